/** Shifts: a person with a short number of their own works at a till until the shift ends by itself. */

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { type Refusal, refuse } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import type { Queries } from '../db.ts'
import type { LiveProgram } from '../programs.ts'
import { newId } from '../secrets.ts'
import type { Shift } from './shapes.ts'

/** Nobody works longer; whoever forgets to end a shift does not leave it open for the next day. */
export const SHIFT_MS = 12 * 3_600_000
/** So many wrong numbers, and the person waits so long, in ms, at whichever till. */
const MOST_WRONG = 5
const LOCKED_MS = 5 * 60_000

const COST = { N: 16_384, r: 8, p: 1 }
const BYTES = 32
const derive = promisify<string, Buffer, number, typeof COST, Buffer>(scrypt)

export interface Cashier {
  id: string
  name: string
  account: number | null
}

/** Who may begin a shift: people of this program who have a number. */
export async function listCashiers(queries: Queries, live: LiveProgram): Promise<Cashier[]> {
  const { rows } = await queries.query<Cashier>(
    `select s.id, s.name, r.account from till_pin p
     join staff_role r on r.staff = p.staff and r.program = p.program join staff s on s.id = p.staff
     where p.program = $1 order by s.name, s.id`,
    [live.number],
  )
  return rows
}

export async function readCashier(queries: Queries, live: LiveProgram, staff: string): Promise<Cashier | null> {
  const { rows } = await queries.query<Cashier>(
    `select s.id, s.name, r.account from staff_role r join staff s on s.id = r.staff where r.program = $1 and s.id = $2`,
    [live.number, staff],
  )
  return rows[0] ?? null
}

/** False when there is no such person in this program. */
export async function setPin(queries: Queries, live: LiveProgram, staff: string, pin: string): Promise<boolean> {
  if ((await readCashier(queries, live, staff)) === null) return false
  const salt = randomBytes(16)
  const hash = `${salt.toString('base64')}$${(await derive(pin, salt, BYTES, COST)).toString('base64')}`
  await queries.query(
    `insert into till_pin (program, staff, hash) values ($1, $2, $3)
     on conflict (program, staff) do update set hash = excluded.hash, wrong = 0, locked_until_ms = 0`,
    [live.number, staff, hash],
  )
  return true
}

/** Begins a shift at the till; whatever shift is open there ends. */
export async function beginShift(
  queries: Queries,
  live: LiveProgram,
  device: string,
  { staff, pin }: { staff: string; pin: string },
): Promise<Shift | Refusal> {
  const refusal = await checkPin(queries, live, staff, pin)
  if (refusal !== null) return refusal
  const cashier = await readCashier(queries, live, staff)
  if (cashier === null) return wrongPin()
  await endShifts(queries, device)
  const now = Date.now()
  const shift = { id: newId('shf'), begun: now, ends: now + SHIFT_MS }
  await openShift(queries, live, device, staff, shift, false)
  return {
    id: shift.id,
    staff,
    name: cashier.name,
    begun_at: formatInstant(shift.begun),
    ends_at: formatInstant(shift.ends),
  }
}

/** Kept under the id that it has already, where nobody answered when it began. */
export async function openShift(
  queries: Queries,
  live: LiveProgram,
  device: string,
  staff: string,
  { id, begun, ends }: { id: string; begun: number; ends: number },
  offline: boolean,
): Promise<void> {
  await queries.query(
    `insert into till_shift (id, program, device, staff, begun_ms, ends_ms, offline) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (id) do nothing`,
    [id, live.number, device, staff, begun, ends, offline],
  )
}

export async function endShifts(queries: Queries, device: string): Promise<void> {
  await queries.query('update till_shift set ended_ms = $2 where device = $1 and ended_ms is null', [
    device,
    Date.now(),
  ])
}

export async function readOpenShift(queries: Queries, device: string) {
  const { rows } = await queries.query<{ id: string; staff: string; ends_ms: number }>(
    `select id, staff, ends_ms from till_shift where device = $1 and ended_ms is null and ends_ms > $2
     order by begun_ms desc limit 1`,
    [device, Date.now()],
  )
  return rows[0] ?? null
}

/**
 * Four digits are few: wrong ones are counted in the database, before the number is looked at, so that tries at once,
 * at other tills or after a restart count as well.
 */
async function checkPin(queries: Queries, live: LiveProgram, staff: string, pin: string): Promise<Refusal | null> {
  const now = Date.now()
  const { rows } = await queries.query<{ hash: string; locked_until_ms: number }>(
    `update till_pin set wrong = case when locked_until_ms > $3 then wrong when wrong >= $4 then 1 else wrong + 1 end,
       locked_until_ms = case when locked_until_ms > $3 then locked_until_ms
         when (case when wrong >= $4 then 1 else wrong + 1 end) >= $4 then $3 + $5 else locked_until_ms end
     where program = $1 and staff = $2 and locked_until_ms <= $3 returning hash, locked_until_ms`,
    [live.number, staff, now, MOST_WRONG, LOCKED_MS],
  )
  const row = rows[0]
  if (row === undefined) {
    const known = await queries.query('select from till_pin where program = $1 and staff = $2', [live.number, staff])
    return known.rowCount === 0
      ? wrongPin()
      : refuse('too_many_guesses', 'Too many wrong numbers: wait five minutes, or have a new one set in the console.')
  }
  const [salt, expected] = row.hash.split('$').map((part) => Buffer.from(part, 'base64')) as [Buffer, Buffer]
  if (!timingSafeEqual(await derive(pin, salt, BYTES, COST), expected)) return wrongPin()
  await queries.query('update till_pin set wrong = 0, locked_until_ms = 0 where program = $1 and staff = $2', [
    live.number,
    staff,
  ])
  return null
}

function wrongPin(): Refusal {
  return refuse('forbidden', 'This is not the number of this person.', '/pin')
}
