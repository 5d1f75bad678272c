/** A backtest over the live ledger says what the ledger says, and the ledger does not notice. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BEGINNING, Driver, perform, programDraw, runs, type Step, step, type What } from '../../../test/history.ts'
import { compile, type TestLedger, testLedger } from '../../../test/ledger.ts'
import type { ActivityBodies, ActivityType } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import { Refusal } from '../../core/refusal.ts'
import { type AccountRef, type Incoming, keys, type SentType } from '../../engine/incoming.ts'
import { createBacktest } from './backtest.ts'
import { tellLedger } from './ledger.ts'
import type { BacktestResult } from './result.ts'
import { assume } from './scenario.ts'

const MEMBERS = 3

/** Sends what the driver decided to the ledger, too. */
class Sending extends Driver {
  readonly sent: { type: ActivityType; body: object; occurred: number; now: number }[] = []

  override send<T extends ActivityType>(
    type: T,
    body: ActivityBodies[T],
    occurred = this.now,
    key?: string,
  ): Deciding | Refusal {
    const known = this.answers.size
    const answer = super.send(type, body, occurred, key)
    if (this.answers.size > known && !(answer instanceof Refusal))
      this.sent.push({ type, body, occurred, now: this.now })
    return answer
  }
}

const PLAIN: ReadonlySet<What['do']> = new Set(['order', 'return', 'cancel', 'visit', 'action', 'retry'])

/** Members who do nothing with their points: they buy, bring back, come by, leave and come again. */
const plainStep: fc.Arbitrary<Step> = fc
  .oneof(
    { weight: 12, arbitrary: step },
    { weight: 1, arbitrary: step.map(closing('close')) },
    { weight: 2, arbitrary: step.map(closing('reopen')) },
  )
  .map((one) => ({
    ...one,
    late: Math.max(0, one.late),
    what: one.what.do === 'order' ? { ...one.what, redeem: [] } : one.what,
  }))
  .filter(({ what }) => PLAIN.has(what.do) || what.do === 'close' || what.do === 'reopen')

function closing(what: 'close' | 'reopen') {
  return (one: Step): Step => ({ ...one, late: 0, what: { do: what } })
}

const turns = fc.array(fc.record({ who: fc.nat({ max: MEMBERS - 1 }), step: plainStep }), {
  minLength: 30,
  maxLength: 90,
  size: 'max',
})

test('a backtest of the ledger with its own program gives its own points, to the point', async () => {
  await fc.assert(
    fc.asyncProperty(programDraw({ gifts: true }), turns, async (file, drawn) => {
      const source = JSON.stringify(file)
      const program = compile(source, 1)
      const ids = { last: 0 }
      const drivers = Array.from({ length: MEMBERS }, (_, i) => new Sending(program, BEGINNING, { ids, name: `${i}` }))
      const ledger = await testLedger(source, BEGINNING)
      try {
        let now = BEGINNING
        const told = new Map(drivers.map((driver) => [driver, 0]))
        for (const [i, driver] of drivers.entries()) driver.send('join', { external_id: `m${i}` }, now, 'join')
        for (const driver of drivers) await sendOn(ledger, driver, drivers, told)
        for (const { who, step: one } of drawn) {
          now += one.wait
          const driver = drivers[who]!
          driver.now = now
          perform(driver, one)
          await sendOn(ledger, driver, drivers, told)
        }
        ledger.program.clock = now
        for (let i = 0; i < MEMBERS; i++) await ledger.recorder.record([wakeUp(ledger, `m${i}`, now)])
        const before = await pointsOf(ledger)
        const run = createBacktest(assume(program), { until: now + 1, distinct: true, byMember: true, returns: true })
        const request = { database: ledger.database.db, program: ledger.program.number, since: null, until: now + 1 }
        await tellLedger(request, [run])
        const result = run.finish()
        expect(result.orders.refused).toEqual({})
        expect(result.members).toBe(MEMBERS)
        expect(comparable(result)).toEqual(before)
        expect(await pointsOf(ledger)).toEqual(before)
      } finally {
        await ledger.drop()
      }
    }),
    { numRuns: runs(8), endOnFailure: true },
  )
})

async function sendOn(
  ledger: TestLedger,
  driver: Sending,
  drivers: readonly Sending[],
  told: Map<Sending, number>,
): Promise<void> {
  const member: AccountRef = { by: 'external', value: `m${drivers.indexOf(driver)}` }
  for (const { type, body, occurred, now } of driver.sent.slice(told.get(driver))) {
    ledger.program.clock = now
    const send = (ref: AccountRef, key: string) =>
      ledger.incoming(type as SentType, body as never, { ref, key, occurredMs: occurred })
    const { order, external_id } = body as ActivityBodies['return']
    const incoming =
      type === 'join'
        ? send({ by: 'new' }, keys.join(external_id))
        : type === 'order'
          ? send(member, keys.order(external_id))
          : type === 'return'
            ? send({ by: 'order', order }, keys.return(order, external_id))
            : type === 'cancel'
              ? send({ by: 'order', order }, keys.cancel(order))
              : ledger.incoming(type as SentType, body as never, { ref: member, occurredMs: occurred })
    await ledger.recorder.record([incoming])
  }
  told.set(driver, driver.sent.length)
}

function wakeUp(ledger: TestLedger, member: string, at: number): Incoming {
  const ref = { by: 'external', value: member } as const
  return { ...ledger.incoming('visit', {}), type: 'wake', body: {}, ref, occurredMs: at }
}

/** By wallet, what the ledger's postings add up to. */
async function pointsOf(ledger: TestLedger): Promise<unknown> {
  const moved = (side: string, bucket: string) =>
    `coalesce(sum(points) filter (where ${side}_bucket = '${bucket}'), 0)::bigint`
  const net = (bucket: string) => `(${moved('to', bucket)} - ${moved('from', bucket)})`
  const { rows } = await ledger.database.db.query<Record<string, number | string>>(
    `select wallet, ${moved('from', 'issued')} as issued, ${net('expired')} as expired, ${net('pending')} as pending,
       ${net('available')} as available, -${net('debt')} as debt, count(distinct activity) as activities
     from posting group by wallet order by wallet`,
  )
  return rows.map(({ activities: _, ...row }) => row)
}

function comparable({ points }: BacktestResult): unknown {
  return points
    .filter(({ issued }) => issued > 0)
    .map(({ wallet, issued, expired, pending, available, debt }) => ({
      wallet,
      issued,
      expired,
      pending,
      available,
      debt,
    }))
}
