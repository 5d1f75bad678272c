/** Allowances as the server gives them: signed once, kept as they were signed, and counted against what arrives. */

import { type Allowance, allowanceText, type Beyond, beyondAllowance, type Handed } from '../../core/allowance.ts'
import type { Queries } from '../db.ts'
import type { LiveProgram } from '../programs.ts'
import { newId } from '../secrets.ts'
import { openSigningKey, type SigningKey } from '../signing.ts'
import type { DeviceRow } from './devices.ts'

const HOUR_MS = 3_600_000

/** The database's own key: whoever gives the installation another one for its roots leaves tills as they are. */
const keys = new WeakMap<Queries, Promise<SigningKey>>()

export function signingKeyOf(queries: Queries): Promise<SigningKey> {
  let key = keys.get(queries)
  if (key === undefined) {
    key = openSigningKey(queries, null)
    keys.set(queries, key)
  }
  return key
}

export interface Signed {
  allowance: Allowance
  signature: string
}

/**
 * The allowance of a till for the hours to come. The one that it has is handed out again until half of its time is over;
 * what was handed out under an old one counts against the old one alone, so two never add up for long.
 */
export async function currentAllowance(
  queries: Queries,
  live: LiveProgram,
  device: DeviceRow,
  now: number,
): Promise<Signed> {
  const { sign } = await signingKeyOf(queries)
  const known = await latestAllowance(queries, live, device.id)
  const stays = known !== null && isAsSet(known, device) && now >= known.from && now < (known.from + known.until) / 2
  const allowance = stays ? known : await newAllowance(queries, live, device, now)
  return { allowance, signature: sign(allowanceText(allowance)).toString('base64') }
}

function isAsSet(allowance: Allowance, device: DeviceRow): boolean {
  return (
    allowance.points === device.limit_points &&
    allowance.times === device.limit_times &&
    allowance.member_points === device.limit_member_points &&
    allowance.member_times === device.limit_member_times &&
    allowance.until - allowance.from === device.limit_hours * HOUR_MS
  )
}

async function newAllowance(queries: Queries, live: LiveProgram, device: DeviceRow, now: number): Promise<Allowance> {
  const allowance: Allowance = {
    id: newId('alw'),
    device: device.id,
    from: now,
    until: now + device.limit_hours * HOUR_MS,
    points: device.limit_points,
    times: device.limit_times,
    member_points: device.limit_member_points,
    member_times: device.limit_member_times,
  }
  await queries.query(
    `insert into till_allowance (id, program, device, from_ms, until_ms, points, times, member_points, member_times)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      allowance.id,
      live.number,
      allowance.device,
      allowance.from,
      allowance.until,
      allowance.points,
      allowance.times,
      allowance.member_points,
      allowance.member_times,
    ],
  )
  return allowance
}

const COLUMNS = `id, device, from_ms as from, until_ms as until, points, times, member_points, member_times`

async function latestAllowance(queries: Queries, live: LiveProgram, device: string): Promise<Allowance | null> {
  const { rows } = await queries.query<Allowance>(
    `select ${COLUMNS} from till_allowance where program = $1 and device = $2 order by until_ms desc, id limit 1`,
    [live.number, device],
  )
  return rows[0] ?? null
}

/**
 * Counts what a till says it handed out, and answers which bound it broke. What was counted before, since the answer was
 * lost, is not counted again.
 */
export async function countHanded(
  queries: Queries,
  live: LiveProgram,
  device: string,
  {
    allowance: id,
    deed,
    place,
    at,
    ...wanted
  }: Handed & { allowance: string; deed: string; place: number; at: number },
): Promise<Beyond | 'unknown' | null> {
  const { rows } = await queries.query<Allowance>(
    `select ${COLUMNS} from till_allowance where program = $1 and device = $2 and id = $3`,
    [live.number, device, id],
  )
  const allowance = rows[0]
  if (allowance === undefined) return 'unknown'
  const others = await queries.query<Handed>(
    'select member, points from till_handed where allowance = $1 and not (deed = $2 and place = $3)',
    [id, deed, place],
  )
  await queries.query(
    `insert into till_handed (allowance, deed, place, member, points) values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [id, deed, place, wanted.member, wanted.points],
  )
  return beyondAllowance(allowance, others.rows, wanted, at)
}
