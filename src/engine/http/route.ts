/** The one shape of an HTTP call: what it takes, who may, what it answers. OpenAPI is written from it. */

import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { z } from 'zod'
import type { Refusal, RefusalCode } from '../../core/refusal.ts'
import type { Database } from '../db.ts'
import type { Guesses } from '../guesses.ts'
import type { Ids } from '../ids.ts'
import type { Inbox } from '../inbox.ts'
import type { LiveProgram, Programs } from '../programs.ts'
import type { Desk } from '../studies/desk.ts'
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

/** Who calls: by an API key, as a person who is signed in, or at a till. */
export interface Caller {
  /** What calls are counted by: `key_…`, `session:ses_…`, `device:dev_…`. */
  keyId: string
  /** As the ledger's records name them; a person by their e-mail. */
  actor: string
  role: Role
  program: LiveProgram
  limits: Limits
  /** The person (`stf_…`) who is signed in, or whose shift it is at a till. */
  staff: string | null
  /** `ses_…`, for those who are signed in. */
  session: string | null
  /** `dev_…`, when a till calls. */
  device: string | null
}

/** Somebody who was let in. */
export interface KnownKey {
  caller: Caller
}

/** What a request says of who sends it. */
export interface Approach {
  method: string
  url: string
  headers: IncomingHttpHeaders
}

/** Looks at one kind of proof, such as a cookie: undefined where there is none, so that the next is asked. */
export type Authenticator = (request: Approach) => Promise<KnownKey | Refusal | undefined> | undefined

/** What handlers use; made once by the server. */
export interface Services {
  database: Database
  inbox: Inbox
  programs: Programs
  ids: Ids
  guesses: Guesses
  /** How many stripes the database was made with. */
  stripes: number
  /** Where backtests are worked out; a server without one takes none. */
  desk?: Desk
}

export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  params: Params
  query: Query
  body: Body
  /** What is sent where the route takes a file, and how long it says it is (bytes; 0 where it does not say). */
  file?: { stream: Readable; bytes: number }
  caller: Caller
  /** The Idempotency-Key header, if there is one. */
  idempotencyKey: string | null
  /** Whether a table for a spreadsheet was asked for, by `Accept: text/csv`. */
  wantsCsv: boolean
  requestId: string
  services: Services
}

export interface Reply {
  status: number
  body: unknown
  headers?: Record<string, string>
  cookies?: readonly Cookie[]
  /**
   * What the audit log is to say of it, whoever calls; of what people change there, it says the address otherwise. Null
   * where nothing was changed, or nothing that is not told elsewhere.
   */
  audit?: Audited | null
}

/** What changed, without secrets and without anything that would have to be erased with a member. */
export interface Audited {
  /** An id such as `stf_…`. */
  about: string
  before: unknown
  after: unknown
}

/** For this host alone, never seen by scripts, and only sent over https where it was set over https. */
export interface Cookie {
  name: string
  value: string
  /** Seconds; 0 takes it back. */
  maxAge: number
}

/** An answer that is a table for a spreadsheet, and no JSON. A long one comes piece by piece. */
export class CsvText {
  readonly text: string | Readable

  constructor(text: string | Readable) {
    this.text = text
  }
}

/** An answer that is a page for people. */
export class PageText {
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
  /** Takes a file of any kind and length instead of a body, piece by piece. */
  takesFile?: true
  /** The answers by status. */
  answers: Record<number, { description: string; schema: z.ZodType; type?: 'text/html' }>
  /** The refusals that callers should expect, beside those that any call can meet. */
  refusals?: readonly RefusalCode[]
  roles: readonly Role[]
  /** Nobody has to be known for it; see `openRoute`. */
  opens?: 'everybody'
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

/** Who sends a call for which nobody has to be known. */
export interface Sender {
  /** The other end of the connection. */
  address: string
  /** The host that was asked, as the sender names it. */
  host: string
  /** Whether it came over https, as far as the last proxy says. */
  secure: boolean
  headers: IncomingHttpHeaders
  cookies: Readonly<Record<string, string | undefined>>
}

export interface OpenCall<Params = unknown, Query = unknown, Body = unknown>
  extends Omit<Call<Params, Query, Body>, 'caller'> {
  request: Sender
}

interface OpenRoute<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>
  extends Omit<Route<Params, Query, Body>, 'roles' | 'opens' | 'batch' | 'handle'> {
  handle(call: OpenCall<z.output<Params>, z.output<Query>, z.output<Body>>): Promise<Reply | Refusal>
}

/** A route that anybody may call, such as signing in. What should be in the audit log it writes there itself. */
export function openRoute<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
  definition: OpenRoute<Params, Query, Body>,
): Route {
  return { ...definition, roles: [], opens: 'everybody' } as unknown as Route
}
