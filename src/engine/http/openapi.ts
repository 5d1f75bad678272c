/** The OpenAPI 3.1 document of the server, written from its routes. */

import { z } from 'zod'
import { REFUSALS, type RefusalCode } from '../../core/refusal.ts'
import { SESSION_COOKIE } from '../access/sessions.ts'
import { batchTypes, MOST_LINES } from './batch.ts'
import { ROLES, type Route } from './route.ts'
import { Components, type JsonSchema, takesText } from './schemas.ts'

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description?: string
  schema: JsonSchema
}

export type Content = Record<string, { schema: JsonSchema; example?: unknown }>

export interface Answer {
  description: string
  headers?: Record<string, { description: string; schema: JsonSchema }>
  content?: Content
}

export interface Operation {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  security?: Record<string, string[]>[]
  parameters?: Parameter[]
  requestBody?: { required: boolean; content: Content }
  responses: Record<string, Answer>
  /** The roles whose keys may call it. */
  'x-roles'?: readonly string[]
  /** The codes of the refusals that callers should expect. */
  'x-refusals'?: readonly string[]
}

export interface Document {
  openapi: '3.1.0'
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } }
  servers: { url: string }[]
  tags: { name: string }[]
  security: Record<string, string[]>[]
  paths: Record<string, Record<string, Operation>>
  components: {
    securitySchemes: Record<string, unknown>
    schemas: Record<string, JsonSchema>
  }
  /** Every code of a problem, with its status and its sentence. */
  'x-problem-codes': Record<string, { status: number; description: string }>
}

/** The version of the interface, which changes with `/v1`, and not that of the release. */
const VERSION = '1.0.0'

const ABOUT = `Money and points are integers in their smallest unit, with the currency or the wallet beside them. \
Times are RFC 3339 with an offset. Lists answer \`{data, has_more, next_cursor}\`: hand \`next_cursor\` back as \`cursor\`. \
Every POST takes an \`Idempotency-Key\`: the same request with the same key is done once and answered alike, \
so a call whose answer was lost can be sent again. What is refused answers with a problem document (RFC 9457), \
whose \`code\` is stable and whose \`errors\` point at every mistake.`

/** What every call with a key can meet. */
const ANYWHERE: readonly RefusalCode[] = [
  'unauthenticated',
  'forbidden',
  'rate_limited',
  'internal_error',
  'unavailable',
]

export function openapi(routes: readonly Route[]): Document {
  const components = new Components()
  // Answers come first, so that a shape that is sent and answered keeps its plain name for the answer.
  const answers = new Map(routes.map((route) => [route, answersOf(route, components)]))
  const paths: Document['paths'] = {}
  const problem = components.output(ProblemShape)
  for (const route of routes) {
    const operations = (paths[route.path] ??= {})
    operations[route.method.toLowerCase()] = operationOf(route, answers.get(route)!, problem, components)
  }
  const types = [...batchTypes(routes).keys()]
  if (types.length > 0) paths['/v1/batch'] = { post: batchOperation(types, problem, components) }
  Object.assign(paths, MACHINES)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Regulars',
      version: VERSION,
      description: ABOUT,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set([...routes.map(({ tag }) => tag), 'Batch', 'Monitoring'])]
      .filter((name) => name !== 'Batch' || types.length > 0)
      .map((name) => ({ name })),
    security: [{ key: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key: `sk_live_…` or `sk_test_…`' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: SESSION_COOKIE,
          description: 'A person who is signed in; calls that change something must come from this server’s own pages',
        },
      },
      schemas: components.schemas,
    },
    'x-problem-codes': Object.fromEntries(
      Object.entries(REFUSALS).map(([code, [status, description]]) => [code, { status, description }]),
    ),
  }
}

const FieldErrorShape = z
  .strictObject({
    pointer: z
      .string()
      .describe('JSON pointer into the body; /query/…, /path/… and /header/… for the other parts of a request'),
    code: z.string(),
    message: z.string(),
  })
  .meta({ id: 'FieldError', description: 'One mistake in what was sent' })

const ProblemShape = z
  .strictObject({
    type: z.string().describe('Where the code is explained'),
    title: z.string().describe('The sentence of the code'),
    status: z.int().describe('The status of the response'),
    detail: z.string().describe('What was wrong this time'),
    code: z.enum(Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]]).describe('Stable: to be decided by'),
    request_id: z.string().describe('To be named when asking about it; the same as the X-Request-Id header'),
    errors: z.array(FieldErrorShape).describe('Every mistake, each at its place'),
    missing: z
      .object({ money: z.int().optional(), points: z.int().optional() })
      .optional()
      .describe('What would be enough: money in minor units, points in the smallest unit of their wallet'),
  })
  .meta({ id: 'Problem', description: 'Why something was refused (RFC 9457)' })

function operationOf(route: Route, answers: Operation['responses'], problem: JsonSchema, components: Components) {
  const refusals = [...new Set([...usualRefusals(route), ...(route.refusals ?? []), ...ANYWHERE])]
  const operation: Operation = {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    parameters: parametersOf(route, components),
    ...(route.body === undefined ? {} : { requestBody: requestBodyOf(route.body, components) }),
    // An empty requirement says that nothing has to be shown.
    ...(route.opens === undefined ? {} : { security: [{}] }),
    ...(route.takesFile ? { requestBody: FILE_BODY } : {}),
    responses: { ...answers, ...problemAnswers(refusals, problem) },
    ...(route.opens === undefined ? { 'x-roles': route.roles } : {}),
    'x-refusals': refusals.filter((code) => !ANYWHERE.includes(code)),
  }
  return operation
}

const FILE_BODY: Operation['requestBody'] = {
  required: true,
  content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
}

function usualRefusals(route: Route): RefusalCode[] {
  const codes: RefusalCode[] = []
  if (route.params !== undefined || route.query !== undefined || route.body !== undefined) codes.push('invalid')
  if (route.body !== undefined) codes.push('too_large', 'unsupported_media_type')
  if (route.takesFile) codes.push('too_large')
  if (route.method === 'POST') codes.push('idempotency_conflict')
  if (route.path.includes('{')) codes.push('not_found')
  return codes
}

function answersOf(route: Route, components: Components): Operation['responses'] {
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, { description, schema, type = 'application/json' }]) => [
      status,
      { description, content: { [type]: { schema: components.output(schema) } } },
    ]),
  )
}

function parametersOf(route: Route, components: Components): Parameter[] {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!)
  const path = route.params === undefined ? undefined : components.input(route.params)
  const parameters = names.map((name): Parameter => {
    const { description, ...schema } = path?.properties?.[name] ?? { type: 'string' }
    return { name, in: 'path', required: true, ...(description ? { description } : {}), schema }
  })
  const query = route.query === undefined ? undefined : components.input(route.query)
  for (const [name, { description, ...schema }] of Object.entries(query?.properties ?? {})) {
    const required = query?.required?.includes(name) ?? false
    parameters.push({ name, in: 'query', required, ...(description ? { description } : {}), schema })
  }
  if (route.method === 'POST') parameters.push(IDEMPOTENCY_KEY)
  return parameters
}

const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same request with the same key is done once; its answer comes again with Idempotent-Replayed: true',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

function requestBodyOf(body: z.ZodType, components: Components): NonNullable<Operation['requestBody']> {
  if (takesText(body))
    return {
      required: true,
      content: {
        'application/yaml': { schema: components.input(body) },
        'application/json': { schema: { type: 'object' } },
      },
    }
  const required = !body.safeParse({}).success
  return { required, content: { 'application/json': { schema: components.input(body) } } }
}

/** One response a status: the codes that share it are told apart by `code`. */
function problemAnswers(codes: readonly RefusalCode[], problem: JsonSchema): Operation['responses'] {
  const byStatus = new Map<number, RefusalCode[]>()
  for (const code of codes) {
    const status = REFUSALS[code][0]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].sort().map(([status, together]) => [
      String(status),
      {
        description: together.map((code) => `\`${code}\`: ${REFUSALS[code][1]}`).join(' '),
        ...(status === 429 ? { headers: RATE_HEADERS } : {}),
        content: { 'application/problem+json': { schema: problem } },
      },
    ]),
  )
}

const RATE_HEADERS: Answer['headers'] = {
  RateLimit: { description: 'What remains, and the seconds until there is more', schema: { type: 'string' } },
  'RateLimit-Policy': { description: 'Calls a key may make in a second', schema: { type: 'string' } },
  'Retry-After': { description: 'Seconds to wait', schema: { type: 'string' } },
}

function batchOperation(types: string[], problem: JsonSchema, components: Components): Operation {
  const line = components.input(
    z
      .strictObject({
        type: z.enum(types as [string, ...string[]]).describe('The call that the line stands for'),
        key: z.string().max(255).nullable().optional().describe('As the Idempotency-Key of a single call'),
        body: z.record(z.string(), z.unknown()).describe('What the call takes, ids of its path included'),
      })
      .meta({
        id: 'BatchLine',
        description: 'A line of a batch: a JSON object without line breaks in it',
        examples: [
          { type: 'visit', key: 'visit-1', body: { member: 'external:ada', occurred_at: '2026-05-01T08:30:00Z' } },
        ],
      }),
  )
  const answer = components.output(
    z
      .strictObject({
        line: z.int().describe('The number of the line, from 1'),
        key: z.string().nullable(),
        status: z.int().describe('What the single call would have answered with'),
        replayed: z.boolean().optional().describe('Whether the answer is that of an earlier request with this key'),
        result: z.unknown().optional().describe('What the single call answers; absent when there is a problem'),
        problem: ProblemShape.optional(),
      })
      .meta({ id: 'BatchAnswer', description: 'A line of the answer, in the order of the lines' }),
  )
  return {
    operationId: 'batch',
    tags: ['Batch'],
    summary: 'Send a batch',
    description: `Up to ${MOST_LINES} lines of NDJSON in, as many out, in their order. A bad line spoils no other.`,
    parameters: [IDEMPOTENCY_KEY],
    requestBody: { required: true, content: { 'application/x-ndjson': { schema: line } } },
    responses: {
      200: { description: 'An answer for every line', content: { 'application/x-ndjson': { schema: answer } } },
      ...problemAnswers(['invalid', 'too_large', 'unsupported_media_type', ...ANYWHERE], problem),
    },
    'x-roles': ROLES,
    'x-refusals': ['invalid', 'too_large', 'unsupported_media_type'],
  }
}

const machine = (operationId: string, summary: string, type: string): Record<string, Operation> => ({
  get: {
    operationId,
    tags: ['Monitoring'],
    summary,
    security: [],
    responses: { 200: { description: 'Yes', content: { [type]: { schema: {} } } } },
  },
})

const MACHINES: Document['paths'] = {
  '/healthz': machine('health', 'Check that the process is up', 'application/json'),
  '/readyz': machine('ready', 'Check that calls can be answered', 'application/json'),
  '/metrics': machine('metrics', 'Get metrics for Prometheus', 'text/plain'),
}
