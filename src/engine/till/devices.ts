/** Tills as devices: made in the console, paired by a code that is good once, known afterwards by a token of their own. */

import { randomInt } from 'node:crypto'
import { type Refusal, refuse } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import type { Database, Queries } from '../db.ts'
import type { Approach, Authenticator, KnownKey } from '../http/route.ts'
import type { LiveProgram, Programs } from '../programs.ts'
import { lastPage, type Page } from '../read.ts'
import { hashOf, newId, newSecret } from '../secrets.ts'
import type { Device, OfflineLimit } from './shapes.ts'

/** How long a pairing code is good, in ms. */
const PAIRING_MS = 15 * 60_000
/** Signs that nobody mistakes for another (Crockford's base 32). */
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

export interface DeviceRow {
  id: string
  name: string
  shop: string | null
  prefix: string
  last_seq: number
  program: number
  created_ms: number
  paired_ms: number | null
  revoked_ms: number | null
  seen_ms: number | null
  limit_points: number
  limit_times: number
  limit_member_points: number
  limit_member_times: number
  limit_hours: number
}

const COLUMNS = `d.id, d.name, d.shop, d.prefix, d.last_seq, d.program, d.created_ms, d.paired_ms, d.revoked_ms, d.seen_ms,
  d.limit_points, d.limit_times, d.limit_member_points, d.limit_member_times, d.limit_hours`

export async function makeDevice(
  queries: Queries,
  live: LiveProgram,
  { name, shop, offline }: { name: string; shop?: string | undefined; offline: OfflineLimit },
): Promise<string> {
  const id = newId('dev')
  await queries.query(
    `insert into till_device (id, program, name, shop, prefix, created_ms,
       limit_points, limit_times, limit_member_points, limit_member_times, limit_hours)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      id,
      live.number,
      name,
      shop ?? null,
      await freePrefix(queries, live),
      Date.now(),
      offline.points,
      offline.times,
      offline.member_points,
      offline.member_times,
      offline.hours,
    ],
  )
  return id
}

/** Two signs while there are any left, so that receipts stay short. */
async function freePrefix(queries: Queries, live: LiveProgram): Promise<string> {
  const { rows } = await queries.query<{ prefix: string }>('select prefix from till_device where program = $1', [
    live.number,
  ])
  const taken = new Set(rows.map(({ prefix }) => prefix))
  for (let length = 2; ; length++)
    for (let i = 0; i < 50; i++) {
      const prefix = signs(length)
      if (!taken.has(prefix)) return prefix
    }
}

function signs(length: number): string {
  return Array.from({ length }, () => SIGNS[randomInt(SIGNS.length)]).join('')
}

/** A new code for the device, which ends whatever token it has: a till that is paired again is another one. */
export async function newPairingCode(
  queries: Queries,
  live: LiveProgram,
  id: string,
): Promise<{ code: string; expiresMs: number } | Refusal> {
  const code = signs(8)
  const expiresMs = Date.now() + PAIRING_MS
  const { rowCount } = await queries.query(
    `update till_device set pairing_hash = $3, pairing_until_ms = $4, token_hash = null, paired_ms = null
     where program = $1 and id = $2 and revoked_ms is null`,
    [live.number, id, hashOf(code), expiresMs],
  )
  return rowCount === 1 ? { code: `${code.slice(0, 4)}-${code.slice(4)}`, expiresMs } : noDevice(id)
}

/** Whoever has the code is the till from now on. */
export async function pair(queries: Queries, typed: string): Promise<{ token: string; device: DeviceRow } | null> {
  const token = newSecret('dev')
  const code = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  const { rows } = await queries.query<DeviceRow>(
    `update till_device d set pairing_hash = null, pairing_until_ms = null, token_hash = $2, paired_ms = $3, seen_ms = $3
     where pairing_hash = $1 and pairing_until_ms > $3 and revoked_ms is null returning ${COLUMNS}`,
    [hashOf(code), hashOf(token), Date.now()],
  )
  return rows[0] === undefined ? null : { token, device: rows[0] }
}

export async function changeDevice(
  queries: Queries,
  live: LiveProgram,
  id: string,
  change: { name?: string | undefined; shop?: string | null | undefined; offline?: OfflineLimit | undefined },
): Promise<boolean> {
  const { name, shop, offline } = change
  const { rowCount } = await queries.query(
    `update till_device set name = coalesce($3, name), shop = case when $4 then $5 else shop end,
       limit_points = coalesce($6, limit_points), limit_times = coalesce($7, limit_times),
       limit_member_points = coalesce($8, limit_member_points), limit_member_times = coalesce($9, limit_member_times),
       limit_hours = coalesce($10, limit_hours)
     where program = $1 and id = $2`,
    [
      live.number,
      id,
      name ?? null,
      shop !== undefined,
      shop ?? null,
      offline?.points ?? null,
      offline?.times ?? null,
      offline?.member_points ?? null,
      offline?.member_times ?? null,
      offline?.hours ?? null,
    ],
  )
  return rowCount === 1
}

/** From now on nobody gets in with its token; what it has not sent by then, it can only show. */
export async function revokeDevice(queries: Queries, live: LiveProgram, id: string): Promise<boolean> {
  const { rowCount } = await queries.query(
    `update till_device set revoked_ms = coalesce(revoked_ms, $3), token_hash = null, pairing_hash = null,
       pairing_until_ms = null where program = $1 and id = $2`,
    [live.number, id, Date.now()],
  )
  return rowCount === 1
}

export async function readDevice(queries: Queries, live: LiveProgram, id: string): Promise<DeviceRow | null> {
  const { rows } = await queries.query<DeviceRow>(
    `select ${COLUMNS} from till_device d where d.program = $1 and d.id = $2`,
    [live.number, id],
  )
  return rows[0] ?? null
}

/** All of them: a business has as many tills as it has counters. */
export async function listDevices(
  queries: Queries,
  live: LiveProgram,
  id: string | null = null,
): Promise<Page<Device>> {
  const { rows } = await queries.query<DeviceRow & { open: number }>(
    `select ${COLUMNS}, (select count(*)::int from till_difference f
       where f.program = d.program and f.device = d.id and f.settled_ms is null) as open
     from till_device d where d.program = $1 and ($2::text is null or d.id = $2) order by d.revoked_ms is not null, d.name, d.id`,
    [live.number, id],
  )
  return lastPage(rows.map((row) => shown(row, row.open)))
}

function shown(row: DeviceRow, open: number): Device {
  const at = (ms: number | null) => (ms === null ? null : formatInstant(ms))
  return {
    id: row.id,
    name: row.name,
    shop: row.shop,
    prefix: row.prefix,
    status: row.revoked_ms !== null ? 'revoked' : row.paired_ms === null ? 'waiting' : 'paired',
    created_at: formatInstant(row.created_ms),
    paired_at: at(row.paired_ms),
    seen_at: at(row.seen_ms),
    offline: {
      points: row.limit_points,
      times: row.limit_times,
      member_points: row.limit_member_points,
      member_times: row.limit_member_times,
      hours: row.limit_hours,
    },
    open_differences: open,
  }
}

export function noDevice(id: string): Refusal {
  return refuse('not_found', `There is no till ${id}.`)
}

/** The header by which a till says whose shift it is. */
const SHIFT_HEADER = 'till-shift'
const TOKEN = /^Bearer +(dev_[0-9A-Za-z]{20,64})$/i

/**
 * Lets tills in, and nowhere but to what tills may: with a shift that is open, whoever works it is the caller. Asked of
 * the database every time, so that a till that was revoked is out at once.
 */
export function tillAuthenticator(database: Database, programs: Programs): Authenticator {
  const known = async (token: string, { headers, url }: Approach): Promise<KnownKey | Refusal | undefined> => {
    const shift = headers[SHIFT_HEADER]
    const { rows } = await database.query<{
      id: string
      name: string
      program: string
      staff: string | null
    }>(
      {
        name: 'till-by-token',
        text: `select d.id, d.name, p.id as program, s.staff from till_device d join program p on p.number = d.program
          left join till_shift s on s.device = d.id and s.id = $2 and s.ended_ms is null and s.ends_ms > $3
          where d.token_hash = $1 and d.revoked_ms is null`,
      },
      [hashOf(token), typeof shift === 'string' ? shift : null, Date.now()],
    )
    const row = rows[0]
    if (row === undefined) return refuse('unauthenticated', 'This till is not paired any more: pair it again.')
    if (!/^\/v1\/till(\/|\?|$)/.test(url)) return refuse('forbidden', 'A till may only do what tills do.')
    const program = await programs.find(row.program)
    if (program === undefined) return undefined
    const { id, name, staff } = row
    const caller = { keyId: `device:${id}`, actor: `till:${name}`, role: 'cashier' as const, program, limits: {} }
    return { caller: { ...caller, staff, session: null, device: id } }
  }
  return (request) => {
    const token = TOKEN.exec(request.headers.authorization ?? '')?.[1]
    return token === undefined ? undefined : known(token, request)
  }
}
