/** Whatever happens, the books balance: properties of the kernel over random programs and random histories. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Account, copyAccount, decodeAccount, encodeAccount } from '../src/core/account.ts'
import { decide, type Env, nextDue } from '../src/core/decide.ts'
import { sums } from '../src/core/points.ts'
import { asOnlyRevision, type Program } from '../src/core/program.ts'
import { Refusal } from '../src/core/refusal.ts'
import { DAY_MS } from '../src/core/time.ts'
import { expectBalanced, expectConserved } from './balanced.ts'
import {
  anyStep,
  BEGINNING,
  Driver,
  perform,
  programDraw,
  programOf,
  redemptionStep,
  runHistory,
  runs,
  stateOf,
  stepsOf,
} from './history.ts'

const program = programDraw({ gifts: true, given: true })

describe('conservation', () => {
  test('every balance equals the fold of its postings after every step', () => {
    fc.assert(
      fc.property(program, stepsOf({ maxLength: 40 }, anyStep), (file, steps) => {
        const rules = programOf(file)
        const driver = new Driver(rules, BEGINNING)
        runHistory(driver, [])
        for (const step of steps) {
          runHistory(driver, [step])
          expectBalanced(driver)
          for (const { id } of rules.wallets) expectConserved(driver, id)
        }
      }),
      { numRuns: runs(150) },
    )
  })

  test('also after hundreds of activities', () => {
    fc.assert(
      fc.property(program, stepsOf({ minLength: 200, maxLength: 300 }, anyStep), (file, steps) => {
        const rules = programOf(file)
        const driver = new Driver(rules, BEGINNING)
        runHistory(driver, steps)
        expectBalanced(driver)
        expect(encodeAccount(driver.account).length).toBeLessThan(8_192)
      }),
      { numRuns: runs(40) },
    )
  })
})

describe('one answer, however it is asked for', () => {
  test('`decide` leaves what it was given unchanged and answers as `advance` does', () => {
    fc.assert(
      fc.property(program, stepsOf({ maxLength: 40 }, anyStep), (file, steps) => {
        const rules = programOf(file)
        const [copying, owning] = [
          new Driver(rules, BEGINNING, { by: 'decide' }),
          new Driver(rules, BEGINNING, { by: 'advance' }),
        ]
        runHistory(copying, [])
        runHistory(owning, [])
        for (const step of steps) {
          const given = copying.account
          const before = stateOf(given)
          runHistory(copying, [{ ...step, sweeps: [] }])
          runHistory(owning, [{ ...step, sweeps: [] }])
          expect(stateOf(given)).toEqual(before)
        }
        expect(stateOf(copying.account)).toEqual(stateOf(owning.account))
        expect(copying.postings).toEqual(owning.postings)
        expect([...copying.claims]).toEqual([...owning.claims])
      }),
      { numRuns: runs(80) },
    )
  })

  test('ideas that a program leaves nothing to do would have done nothing, had they been asked', () => {
    fc.assert(
      fc.property(program, stepsOf({ maxLength: 40 }, anyStep), (file, steps) => {
        const rules = programOf(file)
        const all = rules.features.flatMap(({ due }) => (due === undefined ? [] : [due]))
        const some = new Driver(asOnlyRevision(rules), BEGINNING)
        const everybody = new Driver(
          {
            ...rules,
            orderHooks: rules.hooks.order,
            plainHooks: rules.hooks.order,
            clockHooks: rules.hooks.clock,
            dues: all,
          },
          BEGINNING,
        )
        runHistory(some, steps)
        runHistory(everybody, steps)
        expect(some.postings).toEqual(everybody.postings)
        expect(stateOf(some.account)).toEqual(stateOf(everybody.account))
      }),
      { numRuns: runs(80) },
    )
  })

  test('an account that is written and read between all its activities answers as one that never was', () => {
    fc.assert(
      fc.property(program, stepsOf({ maxLength: 60 }, anyStep), (file, steps) => {
        const rules = programOf(file)
        const [stored, kept] = [new Driver(rules, BEGINNING, { encoded: true }), new Driver(rules, BEGINNING)]
        runHistory(stored, steps)
        runHistory(kept, steps)
        expect(stateOf(stored.account)).toEqual(stateOf(kept.account))
        expect(stored.postings).toEqual(kept.postings)
      }),
      { numRuns: runs(100) },
    )
  })

  test('what is encoded is what was there', () => {
    fc.assert(
      fc.property(program, stepsOf({ maxLength: 30 }, anyStep), (file, steps) => {
        const rules = programOf(file)
        const driver = new Driver(rules, BEGINNING)
        runHistory(driver, steps)
        expect(readBack(driver.account, rules)).toEqual(driver.account)
      }),
      { numRuns: runs(50) },
    )
  })

  test('a sweep that runs early, late, often or never changes no posting and no state', () => {
    fc.assert(
      fc.property(program, stepsOf({ maxLength: 60 }, anyStep), (file, steps) => {
        const rules = programOf(file)
        const [swept, left] = [new Driver(rules, BEGINNING), new Driver(rules, BEGINNING)]
        runHistory(swept, steps, 'sweeps')
        runHistory(left, steps, 'no sweeps')
        swept.wake()
        left.wake()
        expect(stateOf(swept.account)).toEqual(stateOf(left.account))
        expect(datedPostings(swept)).toEqual(datedPostings(left))
        expect([...swept.claims]).toEqual([...left.claims])
      }),
      { numRuns: runs(150) },
    )
  })

  test('nor across a revision that ends points at other times, published while nothing happened', () => {
    fc.assert(
      fc.property(program, program, stepsOf({ maxLength: 40 }), fc.nat({ max: 200 }), (file, other, steps, day) => {
        const { points, stamps } = other.wallets as Record<string, { expiry?: unknown }>
        const wallets = {
          points: { ...file.wallets.points, expiry: points!.expiry },
          stamps: { ...file.wallets.stamps, expiry: stamps!.expiry },
        }
        const later = { from: BEGINNING + day * DAY_MS, program: programOf({ ...file, wallets }, 2) }
        const rules = programOf(file)
        const [swept, left] = [new Driver(rules, BEGINNING, { later }), new Driver(rules, BEGINNING, { later })]
        runHistory(swept, steps, 'sweeps')
        runHistory(left, steps, 'no sweeps')
        swept.wake()
        left.wake()
        expect(stateOf(swept.account)).toEqual(stateOf(left.account))
        expect(datedPostings(swept)).toEqual(datedPostings(left))
      }),
      { numRuns: 100 },
    )
  })

  test('a refused activity leaves the account and the shared counters as if it had never come', () => {
    fc.assert(
      fc.property(program, stepsOf({ maxLength: 60 }, anyStep), (file, steps) => {
        const rules = programOf(file)
        const driver = new Driver(rules, BEGINNING)
        runHistory(driver, [])
        for (const step of steps) {
          driver.now += step.wait
          const [before, claims] = [copyAccount(driver.account), [...driver.claims]]
          const answer = perform(driver, step)
          if (!(answer instanceof Refusal)) continue
          expect(driver.account).toEqual(before)
          expect([...driver.claims].filter(([, used]) => used !== 0)).toEqual(claims.filter(([, used]) => used !== 0))
        }
      }),
      { numRuns: runs(80) },
    )
  })
})

function readBack(account: Account, rules: Program): Account {
  const read = decodeAccount(encodeAccount(account), account.seq)
  return { ...read, due: nextDue(read, rules), expired: account.expired }
}

/** Postings with the moment that their activity bears: clock activities may be numbered differently. */
function datedPostings(driver: Driver): unknown[] {
  return driver.decisions.flatMap((d) => d.postings.map((posting) => ({ ...posting, at: d.at, key: d.activity.key })))
}

describe('redemptions', () => {
  test('holds that are captured in part, voided or timed out never lose or make a point', () => {
    fc.assert(
      fc.property(program, stepsOf({ maxLength: 80 }, redemptionStep), (file, steps) => {
        const rules = programOf(file)
        const driver = new Driver(rules, BEGINNING)
        runHistory(driver, steps)
        driver.now += 10 * 86_400_000
        driver.wake()
        for (const wallet of driver.account.wallets) expect(sums(wallet).held).toBe(0)
        for (const hold of driver.holds) expectClosedOnce(driver, hold)
      }),
      { numRuns: runs(80) },
    )
  })

  test('the stock that members share is never oversold, and what comes back can be had again', () => {
    const members = fc.array(stepsOf({ maxLength: 40 }, redemptionStep), { minLength: 2, maxLength: 3 })
    const rules = programOf(wideOpen)
    fc.assert(
      fc.property(members, (histories) => {
        const claims = new Map<string, number>()
        const drivers = histories.map(() => new Driver(rules, BEGINNING, { claims }))
        for (const driver of drivers) runHistory(driver, [])
        for (let i = 0; i < 40; i++)
          for (const [n, driver] of drivers.entries()) {
            const step = histories[n]![i]
            if (step !== undefined) runHistory(driver, [step])
            const used = drivers.reduce((sum, one) => sum + stillTaken(one, 'scarce'), 0)
            expect(used).toBeLessThanOrEqual(3)
            expect(claims.get('stock:scarce') ?? 0).toBe(used)
          }
      }),
      { numRuns: runs(100) },
    )
  })
})

/** Everyone has points enough, and three of the reward are there. */
const wideOpen = {
  program: 'wide-open',
  name: 'Wide open',
  currency: 'USD',
  timezone: 'UTC',
  wallets: { points: {} },
  earning: [{ id: 'welcome', on: 'join', earn: 100_000 }],
  rewards: [{ id: 'scarce', cost: 5, gives: { amount_off: '1.00' }, stock: 3, hold: '2 days' }],
}

function expectClosedOnce(driver: Driver, hold: number): void {
  const closings = driver.decisions.flatMap((d) =>
    d.redemptions.filter((one) => one.activity === hold && one.status !== 'held'),
  )
  expect(closings).toHaveLength(1)
  const { points, captured_points } = closings[0]!
  expect(captured_points).toBeLessThanOrEqual(points)
  const env: Env = { programAt: () => driver.program, revision: () => driver.program, now: driver.now, nextId: () => 0 }
  const again = { type: 'capture' as const, id: 0, key: '', occurred_at: driver.now, body: { redemption: hold } }
  expect(decide(env, driver.account, again)).toMatchObject({ code: 'hold_closed' })
}

/** How many of a reward a member has or holds, as the answers to them said. */
function stillTaken(driver: Driver, reward: string): number {
  const latest = new Map<string, number>()
  for (const d of driver.decisions)
    for (const one of d.redemptions) {
      const gone = one.status === 'voided' || one.status === 'expired' || one.status === 'returned'
      if (one.reward === reward) latest.set(`${one.activity}.${one.place}`, gone ? 0 : one.quantity)
    }
  return [...latest.values()].reduce((sum, quantity) => sum + quantity, 0)
}
