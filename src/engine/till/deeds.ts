/** What tills send: each deed once, whatever became of the answer to it. */

import { createHash } from 'node:crypto'
import { canonical } from '../../core/canonical.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import type { Queries } from '../db.ts'
import type { Services } from '../http/route.ts'
import { publicId, stripeOfText } from '../ids.ts'
import { type LiveProgram, nowOf } from '../programs.ts'
import type { DeviceRow } from './devices.ts'
import { type DeedRow, type Doing, type Done, moneyOf, readDeed, wordsOf } from './doing.ts'
import { enrol } from './enrolments.ts'
import { giveBack } from './returns.ts'
import { sell } from './sales.ts'
import type { Deed, DeedAnswer } from './shapes.ts'
import { openShift, readCashier, SHIFT_MS } from './shifts.ts'
import { undo } from './undo.ts'

/**
 * A deed that comes again is answered as it was. One that was begun and not finished, since a process ended, is gone on
 * with: whatever it did has keys made of its id, so nothing is done twice.
 */
export async function takeDeed(
  services: Services,
  live: LiveProgram,
  device: DeviceRow,
  deed: Deed,
): Promise<DeedAnswer | Refusal> {
  const row = await begin(services, live, device, deed)
  if (!row.hash.equals(hashOfDeed(deed)) || row.device !== device.id)
    return refuse('idempotency_conflict', `${deed.id} was something else before.`, '/id')
  const lastSeq = Math.max(device.last_seq, deed.seq)
  if (row.answer !== null)
    return { ...(JSON.parse(row.answer) as DeedAnswer), state: shownState(row), last_seq: lastSeq }
  const doing: Doing = { services, live, device, deed, occurredMs: row.occurred_ms, staff: row.staff }
  const done = await carryOut(doing)
  if (done instanceof Refusal) {
    if (!deed.kept) return refusedNow(services, live, deed, done)
    return finish(
      doing,
      { account: null, open: [{ kind: 'refused', place: 0, ...wordsOf(done), ...moneyOf(deed) }] },
      lastSeq,
    )
  }
  return finish(doing, done, lastSeq)
}

function shownState({ state }: DeedRow): DeedAnswer['state'] {
  return state === 'begun' ? 'done' : state
}

/** How often it was sent, and whether somebody answered, makes no difference to what was done. */
function hashOfDeed(deed: Deed): Buffer {
  const { sent_at: _sent, kept: _kept, ...what } = deed
  const done = 'allowance' in what ? { ...what, allowance: null } : what
  return createHash('sha256').update(canonical(done)).digest()
}

async function begin(services: Services, live: LiveProgram, device: DeviceRow, deed: Deed): Promise<DeedRow> {
  const { database, stripes } = services
  const known = await readDeed(database, stripes, live, deed.id)
  if (known !== null) return known
  await database.query(
    `insert into till_deed (stripe, program, id, type, state, device, seq, staff, occurred_ms, received_ms, hash, body)
     values ($1, $2, $3, $4, 'begun', $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
    [
      stripeOfText(deed.id, stripes),
      live.number,
      deed.id,
      deed.type,
      device.id,
      deed.seq,
      await staffOf(database, live, device, deed),
      occurredOf(live, deed),
      Date.now(),
      hashOfDeed(deed),
      JSON.stringify(deed),
    ],
  )
  return (await readDeed(database, stripes, live, deed.id))!
}

/**
 * When it happened. How far the till's clock is off is what it says as it sends, against ours; a clock that was moved in
 * between can at most put a deed into the future, which is now.
 */
export function occurredOf(live: LiveProgram, { at, sent_at }: Pick<Deed, 'at' | 'sent_at'>): number {
  const now = nowOf(live)
  return Math.min(now, at + (now - sent_at))
}

/** The shift says who it was: a till can name nobody who did not work there. */
async function staffOf(
  queries: Queries,
  live: LiveProgram,
  device: DeviceRow,
  { type, staff, shift }: Deed,
): Promise<string | null> {
  if (type === 'shift') return staff !== null && (await readCashier(queries, live, staff)) !== null ? staff : null
  const { rows } = await queries.query<{ staff: string }>(
    'select staff from till_shift where id = $1 and device = $2',
    [shift, device.id],
  )
  return rows[0]?.staff ?? null
}

function carryOut(doing: Doing): Promise<Done | Refusal> {
  const { deed } = doing
  if (deed.type === 'enrolment') return enrol(doing as Doing<'enrolment'>)
  if (deed.type === 'sale') return sell(doing as Doing<'sale'>, deed.member)
  if (deed.type === 'undo') return undo(doing as Doing<'undo'>)
  return deed.type === 'return' ? giveBack(doing as Doing<'return'>) : beginOffline(doing)
}

/** A shift that began while nobody answered: the till knew the person's number from before. */
async function beginOffline({ services, live, device, deed, occurredMs, staff }: Doing): Promise<Done> {
  if (staff !== null && deed.shift !== null) {
    const shift = { id: deed.shift, begun: occurredMs, ends: occurredMs + SHIFT_MS }
    await openShift(services.database, live, device.id, staff, shift, true)
  }
  return { account: null }
}

/** The cashier hears of it while the customer is there, and nothing was done. */
async function refusedNow(services: Services, live: LiveProgram, deed: Deed, refusal: Refusal): Promise<Refusal> {
  await services.database.query(
    `delete from till_deed where stripe = $1 and program = $2 and id = $3 and state = 'begun'`,
    [stripeOfText(deed.id, services.stripes), live.number, deed.id],
  )
  return refusal
}

/** One transaction: the deed, what of it is open, and how far this till has come. */
async function finish(doing: Doing, done: Done, lastSeq: number): Promise<DeedAnswer> {
  const { services, live, device, deed, staff } = doing
  const open = done.open ?? []
  const state = open.length === 0 ? 'done' : 'open'
  const answer: DeedAnswer = {
    id: deed.id,
    state,
    member: done.account === null ? null : publicId('mem', done.account),
    sale: done.sale ?? null,
    refund: done.refund ?? null,
    balances: done.balances ?? [],
    differences: open.map(({ kind, code, reason }) => ({ kind, code, reason })),
    last_seq: lastSeq,
  }
  const now = Date.now()
  await services.database.transaction(async (connection) => {
    await connection.query(
      `update till_deed set state = $4, account = $5, answer = $6, body = case when $4 = 'open' then body end
       where stripe = $1 and program = $2 and id = $3 and state in ('begun', 'open')`,
      [stripeOfText(deed.id, services.stripes), live.number, deed.id, state, done.account, JSON.stringify(answer)],
    )
    for (const one of open)
      await connection.query(
        `insert into till_difference (program, device, deed, staff, place, kind, account, reward, wallet, points, amount,
           code, reason, opened_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing`,
        [
          live.number,
          device.id,
          deed.id,
          staff,
          one.place,
          one.kind,
          done.account,
          one.reward ?? null,
          one.wallet ?? null,
          one.points ?? null,
          one.amount ?? null,
          one.code,
          one.reason,
          now,
        ],
      )
    await connection.query('update till_device set last_seq = greatest(last_seq, $2), seen_ms = $3 where id = $1', [
      device.id,
      deed.seq,
      now,
    ])
  })
  return answer
}

/** What stands in the audit of a deed: no phone numbers, no codes. */
export function auditOf(deed: Deed, answer: DeedAnswer) {
  return {
    about: answer.member ?? deed.id,
    before: null,
    after: {
      deed: deed.id,
      type: deed.type,
      at: formatInstant(deed.at),
      kept: deed.kept,
      state: answer.state,
      ...(answer.sale === null ? {} : { sale: answer.sale }),
      ...(answer.differences.length === 0 ? {} : { differences: answer.differences.map(({ code }) => code) }),
    },
  }
}
