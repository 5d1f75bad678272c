/** Sessions of people in the console: a random secret in a cookie, kept as a hash, asked for at every call. */

import type { IncomingHttpHeaders } from 'node:http'
import { type Refusal, refuse } from '../../core/refusal.ts'
import type { Database, Queries } from '../db.ts'
import { readCookies } from '../http/cookies.ts'
import type { Approach, Authenticator, Cookie, KnownKey, Role, Sender } from '../http/route.ts'
import type { Programs } from '../programs.ts'
import { hashOf, newId, newSecret } from '../secrets.ts'

export const SESSION_COOKIE = 'regulars_session'

/** After a day everybody signs in again, and sooner who was away for an hour (NIST SP 800-63B-4, 2.2.3). */
export const LONGEST_MS = 24 * 3_600_000
export const IDLE_MS = 3_600_000
/** When somebody was last there is written so often: a row that changes with every click would be one for nothing. */
const SEEN_MS = 60_000

/** The program that a tab of the console looks at, where that is another than the session's. */
export const PROGRAM_HEADER = 'regulars-program'

/** Opens a session; the cookie is all that lets its bearer in. */
export async function openSession(
  queries: Queries,
  { staff, program }: { staff: string; program: number },
  sender: Sender,
): Promise<{ session: string; cookie: Cookie }> {
  const session = newId('ses')
  const secret = newSecret('ses')
  const now = Date.now()
  await queries.query(
    `insert into staff_session (id, hash, staff, program, address, agent, created_ms, seen_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $7)`,
    [session, hashOf(secret), staff, program, sender.address, agentOf(sender.headers), now],
  )
  return { session, cookie: { name: SESSION_COOKIE, value: secret, maxAge: LONGEST_MS / 1000 } }
}

export const NO_SESSION: Cookie = { name: SESSION_COOKIE, value: '', maxAge: 0 }

/** Lets in who has the cookie of an open session. A session is never remembered, so one that was ended is over at once. */
export function sessionAuthenticator(database: Database, programs: Programs, now: () => number): Authenticator {
  return (request) => {
    if (request.headers.authorization !== undefined || request.headers.cookie === undefined) return undefined
    const secret = readCookies(request.headers.cookie)[SESSION_COOKIE]
    if (secret === undefined || secret === '') return undefined
    return enter(database, programs, request, secret, now())
  }
}

async function enter(
  database: Database,
  programs: Programs,
  request: Approach,
  secret: string,
  now: number,
): Promise<KnownKey | Refusal> {
  if (request.method !== 'GET' && !isOwnSite(request.headers)) return refuse('forbidden', OTHER_SITE)
  const wanted = request.headers[PROGRAM_HEADER]
  const { rows } = await database.query<SessionRow>(FIND, [hashOf(secret), typeof wanted === 'string' ? wanted : null])
  const row = rows[0]
  if (row === undefined || row.ended_ms !== null) return refuse('unauthenticated', OVER)
  if (now >= endOf(row)) return refuse('unauthenticated', AWAY)
  if (row.role === null || row.program_id === null) return refuse('forbidden', NO_ROLE)
  const program = await programs.find(row.program_id)
  if (program === undefined) return refuse('forbidden', NO_ROLE)
  if (now - row.seen_ms > SEEN_MS)
    await database.query('update staff_session set seen_ms = greatest(seen_ms, $2) where id = $1', [row.id, now])
  const { id, staff, role, email } = row
  return {
    caller: { keyId: `session:${id}`, actor: email, role, program, limits: {}, staff, session: id, device: null },
  }
}

interface SessionRow {
  id: string
  staff: string
  email: string
  role: Role | null
  program_id: string | null
  created_ms: number
  seen_ms: number
  ended_ms: number | null
}

/** The program that the call names, else the session's, with what the person may there. */
const FIND = {
  name: 'find session',
  text: `select s.id, s.staff, p.email, r.role, g.id as program_id, s.created_ms, s.seen_ms, s.ended_ms
    from staff_session s
    join staff p on p.id = s.staff
    left join program g on case when $2::text is null then g.number = s.program else g.id = $2 end
    left join staff_role r on r.staff = s.staff and r.program = g.number
    where s.hash = $1`,
}

/** When a session is over by itself, in ms. */
export function endOf({ created_ms, seen_ms }: { created_ms: number; seen_ms: number }): number {
  return Math.min(created_ms + LONGEST_MS, seen_ms + IDLE_MS)
}

const OVER = 'Your session has ended. Sign in again; what you typed is still there.'
const AWAY = 'You were away too long, so your session has ended. Sign in again; what you typed is still there.'
const NO_ROLE = 'You have no part in this program any more. Ask an owner of it, or choose another program.'
const OTHER_SITE = 'This call came from another site, so it was not carried out. Do it again in the console itself.'

/** Browsers say where a call comes from; a call that changes something and does not say so is not believed. */
export function isOwnSite(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const { origin, host } = headers
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host
}

function agentOf(headers: IncomingHttpHeaders): string {
  return (headers['user-agent'] ?? '').slice(0, LONGEST_AGENT)
}

const LONGEST_AGENT = 300
