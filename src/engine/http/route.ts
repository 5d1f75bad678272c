/** The one shape of an HTTP call: what it takes, who may, what it answers. OpenAPI is written from it. */

import type { z } from 'zod'
import type { Refusal, RefusalCode } from '../../core/refusal.ts'
import type { Database } from '../db.ts'
import type { Guesses } from '../guesses.ts'
import type { Ids } from '../ids.ts'
import type { Inbox } from '../inbox.ts'
import type { LiveProgram, Programs } from '../programs.ts'
import type { Limits } from './keys.ts'

export const ROLES = [
  'owner',
  'marketer',
  'finance',
  'support',
  'cashier',
  'developer',
  'read_only',
  'partner',
] as const
export type Role = (typeof ROLES)[number]

/** Who calls, by an API key. */
export interface Caller {
  keyId: string
  actor: string
  role: Role
  program: LiveProgram
  limits: Limits
}

/** What handlers use; made once by the server. */
export interface Services {
  database: Database
  inbox: Inbox
  programs: Programs
  ids: Ids
  guesses: Guesses
  /** How many stripes the database was made with. */
  stripes: number
}

export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  params: Params
  query: Query
  body: Body
  caller: Caller
  /** The Idempotency-Key header, if there is one. */
  idempotencyKey: string | null
  requestId: string
  services: Services
}

export interface Reply {
  status: number
  body: unknown
  headers?: Record<string, string>
}

/** An answer that is a table for a spreadsheet, and no JSON. */
export class CsvText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export interface Route<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
> {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With parameters in braces: `/v1/orders/{external_id}`. */
  path: string
  /** The name of the call in OpenAPI and in the client: `payOrder`. */
  id: string
  tag: string
  summary: string
  description?: string
  params?: Params
  query?: Query
  body?: Body
  /** The answers by status. */
  answers: Record<number, { description: string; schema: z.ZodType }>
  /** The refusals that callers should expect, beside those that any call can meet. */
  refusals?: readonly RefusalCode[]
  roles: readonly Role[]
  /** The call as a line of `POST /v1/batch`: its type there, and how the line's body becomes params and body. */
  batch?: { type: string; split(body: Record<string, unknown>): { params: unknown; body: unknown } }
  handle(call: Call<z.output<Params>, z.output<Query>, z.output<Body>>): Promise<Reply | Refusal>
}

/** A route with its types inferred; what is handed in is what comes back. */
export function route<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
  definition: Route<Params, Query, Body>,
): Route {
  return definition as unknown as Route
}
