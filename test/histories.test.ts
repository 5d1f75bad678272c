/** Long random lives, in memory and in a real database: nothing is lost, made or done twice, whenever sweeps run. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Account, decodeAccount } from '../src/core/account.ts'
import type { ActivityBodies, ActivityType } from '../src/core/activity.ts'
import type { Deciding } from '../src/core/deciding.ts'
import { Refusal } from '../src/core/refusal.ts'
import { voucherCode } from '../src/engine/codes.ts'
import { type AccountRef, type Incoming, keys, type Recorded, type SentType } from '../src/engine/incoming.ts'
import { verify } from '../src/engine/verify.ts'
import { expectBalanced } from './balanced.ts'
import {
  BEGINNING,
  Driver,
  planStep,
  programDraw,
  programOf,
  runHistory,
  runs,
  stateOf,
  stepsOf,
  voucherStep,
} from './history.ts'
import { type TestLedger, testLedger } from './ledger.ts'

interface Sent {
  type: ActivityType
  body: object
  occurred: number
  key: string
  now: number
  answer: Deciding | Refusal
}

/** A driver that remembers what was sent when, so that the same can be sent elsewhere, or again. */
class Remembering extends Driver {
  readonly sent: Sent[] = []

  override send<T extends ActivityType>(
    type: T,
    body: ActivityBodies[T],
    occurred = this.now,
    key?: string,
  ): Deciding | Refusal {
    const known = this.answers.size
    // An order is cancelled once: the ledger calls the cancellation by its order.
    const given = type === 'cancel' ? keys.cancel((body as ActivityBodies['cancel']).order) : key
    const answer = super.send(type, body, occurred, given)
    const again = this.sent.find((one) => one.key === given)
    if (this.answers.size > known) {
      const name = [...this.answers.keys()].at(-1)!
      this.sent.push({ type, body, occurred, key: name, now: this.now, answer })
    }
    // What was refused is not kept, so the ledger would decide it anew.
    else if (!(answer instanceof Refusal)) this.sent.push({ ...again!, now: this.now })
    return answer
  }

  /** A retry names a key of the driver's own. */
  sendAgain(): void {
    for (const key of [...this.answers.keys()]) super.send('visit', {}, this.now, key)
  }
}

const long = stepsOf({ minLength: 200, maxLength: 260 }, fc.oneof(voucherStep, planStep))
/** What is counted over all members is what it adds up to in the ledger, too. */
const leaderboards = [
  { id: 'collectors', counts: 'points_earned', wallet: 'points', per: 'month' },
  { id: 'spenders', counts: 'spend', per: 'week' },
]
const file = programDraw({ gifts: true, given: true, cards: true, plans: true }).map((draw) => ({
  ...draw,
  leaderboards,
}))

describe('a life of at least 200 activities', () => {
  test('balances, is the same in a replay without sweeps, and takes nothing twice', () => {
    fc.assert(
      fc.property(file, long, (draw, steps) => {
        const program = programOf(draw)
        const lived = new Remembering(program, BEGINNING)
        const replayed = new Remembering(program, BEGINNING, { encoded: true })
        for (let i = 0; i < steps.length; i += 20) {
          runHistory(lived, steps.slice(i, i + 20), 'sweeps')
          expectBalanced(lived)
        }
        runHistory(replayed, steps, 'no sweeps')
        lived.wake()
        replayed.wake()
        expect(stateOf(replayed.account)).toEqual(stateOf(lived.account))
        expect(datedPostings(replayed)).toEqual(datedPostings(lived))
        const before = [stateOf(lived.account), lived.postings.length]
        lived.sendAgain()
        expect([stateOf(lived.account), lived.postings.length]).toEqual(before)
      }),
      { numRuns: runs(10), endOnFailure: true },
    )
  })

  test('in the ledger is what it is in memory, is proved by its replay, and sent again changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(file, long, fc.nat(), async (draw, steps, seed) => {
        const program = programOf(draw)
        const driver = new Remembering(program, BEGINNING)
        driver.send('join', { external_id: 'm' }, driver.now, 'join')
        runHistory(driver, steps, 'no sweeps')
        const ledger = await testLedger(JSON.stringify(draw), BEGINNING)
        try {
          await expectSame(ledger, driver, seed)
        } finally {
          await ledger.drop()
        }
      }),
      { numRuns: runs(2), endOnFailure: true },
    )
  })
})

/** Sends to the ledger what the driver was sent, now and then twice at once, with sweeps in between. */
async function expectSame(ledger: TestLedger, driver: Remembering, seed: number): Promise<void> {
  const { db } = ledger.database
  const activities = new Map<number, number>()
  const incomings: Incoming[] = []
  let account = 0
  for (const [i, sent] of driver.sent.entries()) {
    ledger.program.clock = sent.now
    if ((i + seed) % 3 === 0) await ledger.recorder.record([wakeUp(ledger, sent.now)])
    const incoming = incomingOf(ledger, sent, activities, account)
    if (incoming === null) continue
    if (!(sent.answer instanceof Refusal)) incomings.push(incoming)
    const twice = (i + seed) % 5 === 0 ? [incoming, incoming] : [incoming]
    for (const answer of await ledger.recorder.record(twice)) {
      expectAnswer(answer, sent, activities)
      if (answer.status === 'recorded') account = answer.activity.account
    }
  }
  ledger.program.clock = driver.now
  await ledger.recorder.record([wakeUp(ledger, driver.now)])
  driver.wake()
  expect(comparable(await stored(ledger))).toEqual(comparable(driver.account))
  expect((await verify(db, ledger.programs, {})).differences).toEqual([])
  const count = async () => (await db.query('select count(*) as count from activity')).rows
  const before = await count()
  for (const answer of await ledger.recorder.record(incomings))
    expect(answer).toMatchObject({ status: 'recorded', replayed: true })
  expect(await count()).toEqual(before)
}

function expectAnswer(answer: Recorded, { answer: expected }: Sent, activities: Map<number, number>): void {
  if (expected instanceof Refusal) expect(answer).toMatchObject({ status: 'refused', refusal: { code: expected.code } })
  else {
    expect(answer).toMatchObject({ status: 'recorded' })
    if (answer.status === 'recorded') activities.set(expected.activity.id, answer.activity.id)
  }
}

function wakeUp(ledger: TestLedger, at: number): Incoming {
  const ref = { by: 'external', value: 'm' } as const
  return { ...ledger.incoming('visit', {}), type: 'wake', body: {}, ref, occurredMs: at }
}

/** What a till would have sent; a redemption is called by the ledger's own number. */
function incomingOf(
  ledger: TestLedger,
  { type, body, occurred, key }: Sent,
  activities: ReadonlyMap<number, number>,
  account: number,
): Incoming | null {
  const own = (code: string) => {
    const [seq, place] = code.slice(1).split('-').map(Number)
    return voucherCode(ledger.program.secret!, account, seq!, place!)
  }
  const send = (ref: AccountRef, name: string, what = body) =>
    ledger.incoming(type as SentType, what as never, { ref, key: name, occurredMs: occurred })
  const member = { by: 'external', value: 'm' } as const
  if (type === 'join') return send({ by: 'new' }, keys.join('m'))
  if (type === 'order') {
    const { redeem, ...order } = body as ActivityBodies['order']
    const codes = redeem?.map((one) => (one.voucher === undefined ? one : { voucher: own(one.voucher) }))
    return send(member, keys.order(order.external_id), codes === undefined ? order : { ...order, redeem: codes })
  }
  if (type === 'voucher_use') {
    const { code } = body as ActivityBodies['voucher_use']
    return send(member, keys.given(key), { code: own(code) })
  }
  if (type === 'cancel') return send({ by: 'order', order: (body as ActivityBodies['cancel']).order }, key)
  if (type === 'return') {
    const { order, external_id } = body as ActivityBodies['return']
    return send({ by: 'order', order }, keys.return(order, external_id))
  }
  if (type === 'capture' || type === 'void') {
    const id = activities.get((body as ActivityBodies['capture']).redemption)
    return id === undefined ? null : send({ by: 'activity', id }, keys.given(key), { ...body, redemption: id })
  }
  if (type === 'perk_void') {
    const use = activities.get((body as ActivityBodies['perk_void']).use)
    return use === undefined ? null : send({ by: 'activity', id: use }, keys.given(key), { ...body, use })
  }
  return send(member, keys.given(key))
}

async function stored(ledger: TestLedger): Promise<Account> {
  const { rows } = await ledger.database.db.query<{ seq: number; state: string }>('select seq, state from account')
  return decodeAccount(rows[0]!.state, rows[0]!.seq)
}

/** Activities are numbered by the ledger, and what has expired stands in a table beside. */
function comparable(account: Account): unknown {
  // Codes follow from the database's secret, and what issued a voucher is numbered by the ledger.
  const vouchers = account.vouchers.map(({ code: _, activity: __, source: ___, ...rest }) => rest)
  const { slices, ...rest } = stateOf({ ...account, expired: new Map(), due: 0 }) as { slices: Record<string, unknown> }
  const unnumbered = JSON.stringify(slices, (name, value) => (name === 'activity' || name === 'a' ? 0 : value))
  const { rewards, ...others } = JSON.parse(unnumbered) as { rewards?: { g?: unknown[][] } }
  // Of a gift the sixth thing is the activity that gave it.
  const g = rewards?.g?.map((gift) => gift.with(5, 0))
  return { ...rest, vouchers, slices: { ...others, rewards: { ...rewards, g } } }
}

/** Postings with the moment that their activity bears: clock activities may be numbered differently. */
function datedPostings(driver: Driver): unknown[] {
  return driver.decisions.flatMap((d) => d.postings.map((posting) => ({ ...posting, at: d.at, key: d.activity.key })))
}
