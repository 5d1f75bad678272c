import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import {
  anyStep,
  BEGINNING,
  Driver,
  perform,
  programDraw,
  programOf,
  runHistory,
  type Step,
  stepsOf,
} from '../../test/history.ts'
import { accountOf, type TestLedger, testLedger } from '../../test/ledger.ts'
import { type Account, copyAccount } from '../core/account.ts'
import type { Activity, ActivityBodies } from '../core/activity.ts'
import { wake } from '../core/decide.ts'
import { NEVER } from '../core/points.ts'
import { Refusal } from '../core/refusal.ts'
import { DAY_MS, HOUR_MS } from '../core/time.ts'
import { balancesAnswer } from './answers.ts'
import { type Clock, foldPostings, readBalancesAt } from './balances-at.ts'
import { type AccountRef, keys, type SentType } from './incoming.ts'
import { balancesOf } from './outcome.ts'
import { envOf } from './programs.ts'
import type { Balance } from './shapes.ts'
import { verify } from './verify.ts'

const coffee = programOf(readFileSync(new URL('../../examples/corner-coffee.yaml', import.meta.url), 'utf8'))

test('balances that are folded from postings are those that the account shows, whatever happened', () => {
  fc.assert(
    fc.property(stepsOf({ maxLength: 25 }), (steps) => {
      const driver = new Driver(coffee, BEGINNING)
      runHistory(driver, steps)
      const moved = driver.postings.map(({ wallet, from, to, points, lot }) => ({
        wallet,
        from,
        to,
        points,
        expiry: lot === null || lot.expiry === NEVER ? null : lot.expiry,
      }))
      expect(foldPostings(moved, coffee)).toEqual(balancesOf(driver.account, coffee))
    }),
    { numRuns: 100 },
  )
})

const ledgers: TestLedger[] = []
afterAll(async () => {
  for (const ledger of ledgers) await ledger.drop()
})

async function open(source: string): Promise<TestLedger> {
  const ledger = await testLedger(source, BEGINNING)
  ledgers.push(ledger)
  return ledger
}

async function balancesAt(ledger: TestLedger, account: number, at: number, by: Clock): Promise<Balance[]> {
  const { db } = ledger.database
  const found = await readBalancesAt(
    { database: db, stripes: ledger.recorder.stripes },
    ledger.program,
    account,
    at,
    by,
  )
  if (found instanceof Refusal) throw new Error(found.detail)
  return found
}

/** What was decided, when it was heard of, and the account as it stood then. */
interface Heard {
  now: number
  activities: Activity[]
  after: Account
}

function history(driver: Driver, steps: readonly Step[]): Heard[] {
  driver.send('join', { external_id: 'ada' }, driver.now, keys.join('ada'))
  const heard: Heard[] = [{ now: driver.now, activities: [driver.decisions[0]!.activity], after: copyOf(driver) }]
  for (const step of steps) {
    driver.now += step.wait
    const before = driver.decisions.length
    perform(driver, step)
    const activities = driver.decisions.slice(before).map(({ activity }) => activity)
    heard.push({
      now: driver.now,
      activities: activities.filter(({ type }) => type !== 'clock'),
      after: copyOf(driver),
    })
  }
  return heard
}

const copyOf = (driver: Driver) => copyAccount(driver.account)

/** Sends the same history to a ledger, a sweep now and then between. */
async function record(ledger: TestLedger, heard: readonly Heard[], steps: readonly Step[]): Promise<number> {
  const ids = new Map<number, number>()
  let account = 0
  for (const [i, { now, activities }] of heard.entries()) {
    const before = heard[i - 1]?.now ?? now
    for (const share of steps[i - 1]?.sweeps ?? []) {
      const until = before + Math.floor((now - before) * share)
      const ref = { by: 'id', id: account } as const
      const key = keys.once('sweep')
      await ledger.recorder.record([{ type: 'wake', program: ledger.program, ref, key, occurredMs: until, body: {} }])
    }
    ledger.program.clock = now
    for (const activity of activities) {
      const [recorded] = await ledger.recorder.record([
        ledger.incoming(activity.type as SentType, bodyOf(activity, ids), {
          ref: refOf(activity, account, ids),
          key: activity.key,
          occurredMs: activity.occurred_at,
        }),
      ])
      account = accountOf(recorded!)
      if (recorded!.status === 'recorded') ids.set(activity.id, recorded!.activity.id)
    }
  }
  return account
}

function bodyOf({ type, body }: Activity, ids: ReadonlyMap<number, number>): ActivityBodies[SentType] {
  if (type === 'approve' || type === 'reject') return { ...body, adjustment: ids.get(body.adjustment)! }
  if (type !== 'capture' && type !== 'void') return body as ActivityBodies[SentType]
  return { ...body, redemption: ids.get(body.redemption)! } as ActivityBodies[SentType]
}

function refOf(activity: Activity, account: number, ids: ReadonlyMap<number, number>): AccountRef {
  if (activity.type === 'join') return { by: 'new' }
  if (activity.type === 'return' || activity.type === 'cancel')
    return { by: 'order', order: (activity.body as { order: string }).order }
  if (activity.type === 'capture' || activity.type === 'void')
    return { by: 'activity', id: ids.get(activity.body.redemption)! }
  if (activity.type === 'approve' || activity.type === 'reject')
    return { by: 'activity', id: ids.get(activity.body.adjustment)! }
  return { by: 'id', id: account }
}

/** The account as it stood last, with what fell due between then and that moment. */
function replayedTo(ledger: TestLedger, heard: readonly Heard[], at: number): Balance[] {
  const last = heard.findLast(({ now }) => now <= at)
  const { program } = ledger.program.revisions[0]!
  if (last === undefined) return balancesAnswer(foldPostings([], program))
  const account = copyAccount(last.after)
  const env = envOf(ledger.program, at, () => 0, undefined)
  wake(env, account, at, [])
  return balancesAnswer(balancesOf(account, program))
}

/** Every moment at which something was heard or fell due, the one before it, one between, and some to come. */
function momentsOf(heard: readonly Heard[], driver: Driver): number[] {
  const moments = new Set<number>()
  for (const { now } of heard) for (const at of [now - 1, now, now + HOUR_MS]) moments.add(at)
  driver.now += 500 * DAY_MS
  driver.wake()
  for (const { activity } of driver.decisions)
    if (activity.type === 'clock') for (const late of [-1, 0, 1]) moments.add(activity.occurred_at + late)
  moments.add(driver.now)
  return [...moments]
}

describe('at every moment of a random history', () => {
  const cases = fc.sample(
    fc.tuple(programDraw({ gifts: true, given: true }), stepsOf({ minLength: 40, maxLength: 60 }, anyStep)),
    {
      seed: 20260501,
      numRuns: 6,
    },
  )

  test.each(cases)('%#: balances are those of the state replayed to there', async (file, steps) => {
    const ledger = await open(JSON.stringify(file))
    const driver = new Driver(programOf(file), BEGINNING)
    const heard = history(driver, steps)
    const account = await record(ledger, heard, steps)
    const moments = momentsOf(heard, driver)
    expect(moments.length).toBeGreaterThan(100)
    for (const at of moments)
      expect({ at, balances: await balancesAt(ledger, account, at, 'recorded') }).toEqual({
        at,
        balances: replayedTo(ledger, heard, at),
      })
    // What was read with each activity was all that it asked for: with everything at hand it is decided alike. Only the
    // keys are not those of routes, since these histories cancel an order twice.
    const { differences } = await verify(ledger.database.db, ledger.programs)
    expect(differences.filter(({ cause }) => cause !== 'key')).toEqual([])
  })

  test('without anything late, what had occurred is what was known', async () => {
    const steps = fc
      .sample(stepsOf({ minLength: 60, maxLength: 60 }, anyStep), { seed: 7, numRuns: 1 })[0]!
      .map((step) => ({ ...step, late: 0 }))
    const ledger = await open(readFileSync(new URL('../../examples/corner-coffee.yaml', import.meta.url), 'utf8'))
    const driver = new Driver(coffee, BEGINNING)
    const heard = history(driver, steps)
    const account = await record(ledger, heard, steps)
    for (const at of momentsOf(heard, driver))
      expect({ at, balances: await balancesAt(ledger, account, at, 'occurred') }).toEqual({
        at,
        balances: replayedTo(ledger, heard, at),
      })
  })
})

describe('what comes late', () => {
  const source = `
program: short
name: Short
currency: USD
timezone: UTC
wallets: { points: { expiry: { after: 5 days, until_end_of: day } } }
earning: [{ id: base, on: order, earn: 1 per 1.00 }]
`
  const at = (day: number) => Date.parse(`2026-03-${String(day).padStart(2, '0')}T12:00:00Z`)

  test('counts from when it happened, to its expiry, by one clock, and never by the other', async () => {
    const ledger = await open(source)
    ledger.program.clock = at(1)
    const account = await ledger.join('late', at(1))
    ledger.program.clock = at(20)
    const lines = [{ id: '1', sku: 'a', quantity: 1, unit_price: 1000 }]
    const body = { external_id: 'o', currency: 'USD', prices: 'tax_excluded' as const, lines }
    await ledger.recorder.record([
      ledger.incoming('order', body, { ref: { by: 'id', id: account }, key: keys.order('o'), occurredMs: at(3) }),
    ])
    const days = async (by: Clock) =>
      Promise.all([2, 3, 8, 9, 20].map(async (day) => (await balancesAt(ledger, account, at(day), by))[0]!.available))
    expect(await days('occurred')).toEqual([0, 10, 10, 0, 0])
    expect(await days('recorded')).toEqual([0, 0, 0, 0, 0])
    expect((await balancesAt(ledger, account, at(8), 'occurred'))[0]!.expiring).toEqual([
      { points: 10, at: '2026-03-09T00:00:00Z' },
    ])
  })

  test('waits by one clock until it would have been released, though it was never seen to wait', async () => {
    const ledger = await open(source.replace('earn: 1 per 1.00', 'earn: 1 per 1.00, pending: 3 days'))
    ledger.program.clock = at(1)
    const account = await ledger.join('waiting', at(1))
    ledger.program.clock = at(7)
    const lines = [{ id: '1', sku: 'a', quantity: 1, unit_price: 1000 }]
    const body = { external_id: 'o', currency: 'USD', prices: 'tax_excluded' as const, lines }
    await ledger.recorder.record([
      ledger.incoming('order', body, { ref: { by: 'id', id: account }, key: keys.order('o'), occurredMs: at(3) }),
    ])
    const days = async (by: Clock) =>
      Promise.all(
        [2, 3, 5, 6, 7, 9].map(async (day) => {
          const [{ pending, available }] = (await balancesAt(ledger, account, at(day), by)) as [Balance]
          return [pending, available]
        }),
      )
    const [none, waits, free] = [
      [0, 0],
      [10, 0],
      [0, 10],
    ]
    expect(await days('occurred')).toEqual([none, waits, waits, free, free, none])
    expect(await days('recorded')).toEqual([none, none, none, none, free, none])
  })

  test('is asked for up to ten years ahead', async () => {
    const ledger = ledgers.at(-1)!
    const account = await ledger.join('ahead', at(20))
    const far = Date.parse('2036-03-21T00:00:00Z')
    expect(
      await readBalancesAt({ database: ledger.database.db, stripes: 8 }, ledger.program, account, far, 'recorded'),
    ).toMatchObject({ code: 'invalid', errors: [{ pointer: '/query/at' }] })
  })
})
