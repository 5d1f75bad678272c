/** Checks what was sent against the schemas of a route, and tells every mistake at once. */

import type { z } from 'zod'
import { type FieldError, Refusal } from '../../core/refusal.ts'
import { fieldErrorsFromZod } from '../../core/schema-problems.ts'
import type { Route } from './route.ts'

export interface Sent {
  params: unknown
  query: unknown
  body: unknown
}

/** Where the pointers of each part begin: those into the body begin with nothing, as clients expect. */
export interface Prefixes {
  params: string
  query: string
  body: string
}

const OF_A_REQUEST: Prefixes = { params: '/path', query: '/query', body: '' }

/** What handlers are given, with defaults filled in and texts turned into what they stand for. */
export function validate(route: Route, sent: Sent, prefixes: Prefixes = OF_A_REQUEST): Sent | Refusal {
  const params = route.params?.safeParse(sent.params)
  const query = route.query?.safeParse(sent.query)
  const body = route.body?.safeParse(sent.body)
  if (params?.success === false || query?.success === false || body?.success === false)
    return mistaken([
      ...errorsOf(params, sent.params, route.params, prefixes.params),
      ...errorsOf(query, sent.query, route.query, prefixes.query),
      ...errorsOf(body, sent.body, route.body, prefixes.body),
    ])
  // Where a route takes nothing, something is a mistake: it would be believed to have an effect.
  if (route.query === undefined && isAnything(sent.query)) return unexpected(sent.query, prefixes.query)
  if (route.body === undefined && isAnything(sent.body)) return unexpected(sent.body, prefixes.body)
  return { params: params?.data ?? sent.params, query: query?.data, body: body?.data }
}

type Parsed = z.ZodSafeParseResult<unknown> | undefined

function errorsOf(parsed: Parsed, data: unknown, schema: z.ZodType | undefined, prefix: string): FieldError[] {
  if (parsed === undefined || parsed.success) return []
  return fieldErrorsFromZod(parsed.error, data, schema!).map((error) => ({
    ...error,
    pointer: `${prefix}${error.pointer}`,
  }))
}

function isAnything(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value !== undefined && value !== null
  return Array.isArray(value) || Object.keys(value).length > 0
}

function unexpected(value: unknown, prefix: string): Refusal {
  const names = typeof value === 'object' && !Array.isArray(value) ? Object.keys(value!).slice(0, MOST_NAMED) : []
  if (names.length === 0)
    return mistaken([{ pointer: prefix, code: 'wrong_type', message: 'This call takes no body.' }])
  return mistaken(
    names.map((name) => ({
      pointer: `${prefix}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      code: 'unknown_key',
      message: `\`${name.slice(0, 60)}\` is not known here.`,
    })),
  )
}

const MOST_NAMED = 100

function mistaken(errors: readonly FieldError[]): Refusal {
  const others = errors.length - 1
  const more = others === 0 ? '' : ` And ${others} other mistake${others === 1 ? '' : 's'}.`
  return new Refusal('invalid', `${errors[0]!.message}${more}`, errors)
}
