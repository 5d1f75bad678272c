/** Any history with returns and late sales: what counted is what remains of it all, told once more day by day. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BEGINNING, Driver, programOf, runHistory, runs, type Step, stepsOf } from '../../../test/history.ts'
import { comesBackInPieces, comesBackWhole, withoutRedeeming } from '../../../test/returned.ts'
import type { PricedOrder } from '../../core/order.ts'
import { DAY_MS, localDay, periodOf } from '../../core/time.ts'
import type { Slice } from './progress.ts'

interface Drawn {
  count: 'orders' | 'items' | 'spend' | 'categories' | 'visits'
  target: number
  every: 'week' | 'month' | undefined
  streak: number | undefined
  forgives: number
  times: number | undefined
  limit: number | undefined
  head_start: number
}

const drawn: fc.Arbitrary<Drawn> = fc
  .record({
    count: fc.constantFrom('orders', 'items', 'spend', 'categories', 'visits'),
    target: fc.integer({ min: 2, max: 3 }),
    every: fc.constantFrom('week', 'month', undefined),
    streak: fc.constantFrom(undefined, 2, 3),
    forgives: fc.nat({ max: 1 }),
    times: fc.constantFrom(undefined, 1, 3),
    limit: fc.constantFrom(undefined, 1, 4),
    head_start: fc.nat({ max: 1 }),
  })
  .map(
    (draw): Drawn => ({
      ...draw,
      streak: draw.every === undefined ? undefined : draw.streak,
      forgives: draw.every === undefined || draw.streak === undefined ? 0 : draw.forgives,
      target: draw.count === 'spend' ? draw.target * 10 : draw.target,
      limit: draw.count === 'categories' ? undefined : draw.limit && draw.limit * (draw.count === 'spend' ? 10 : 1),
    }),
  ) as fc.Arbitrary<Drawn>

function programFor({ limit, ...challenge }: Drawn) {
  const rest = limit === undefined ? {} : { limit: `${limit} per day` }
  return programOf({
    program: 'drawn',
    name: 'A drawn program',
    currency: 'USD',
    timezone: 'America/New_York',
    wallets: { points: {} },
    rewards: [{ id: 'drink', cost: '100', gives: { free_item: { category: 'drinks' } } }],
    badges: [{ id: 'once', on_return: 'take' }],
    challenges: [{ id: 'drawn', reward: 'drink', badge: 'once', ...challenge, ...rest }],
  })
}

type Amount = number | readonly string[]

/** What an order brings by the words of the challenge alone. */
function amountOf({ count }: Drawn, order: PricedOrder): Amount {
  const lines = order.lines.filter(({ quantity }) => quantity > 0)
  if (lines.length === 0 || (order.total === 0 && order.subtotal > order.discount)) return 0
  if (count === 'items') return order.quantity
  if (count === 'spend') return order.net
  if (count === 'categories') return [...new Set(lines.map(({ category }) => category))]
  return count === 'orders' ? 1 : 0
}

/** All that counted, with the day of each: limits allow what they allowed when it came. */
class Expectation {
  readonly counted = new Map<string, { day: number; amount: Amount }>()
  readonly free = new Map<string, number>()
  readonly challenge: Drawn
  readonly driver: Driver
  heard = 0

  constructor(challenge: Drawn, driver: Driver) {
    this.challenge = challenge
    this.driver = driver
  }

  follow(): void {
    for (; this.heard < this.driver.decisions.length; this.heard++) {
      const { activity, remains, order, at } = this.driver.decisions[this.heard]!
      const day = localDay(this.driver.program.zone, at)
      if (activity.type === 'visit' && this.challenge.count === 'visits')
        this.counted.set(`visit ${activity.id}`, { day, amount: Math.min(1, this.freeOn(day)) })
      if (activity.type === 'order') {
        this.free.set(activity.body.external_id, this.freeOn(day))
        this.count(activity.body.external_id, day, order!)
      }
      if (activity.type === 'return' || activity.type === 'cancel')
        this.count(activity.body.order, this.counted.get(activity.body.order)!.day, remains!.after)
    }
  }

  private count(order: string, day: number, remains: PricedOrder): void {
    const amount = amountOf(this.challenge, remains)
    const free = this.free.get(order)!
    this.counted.set(order, { day, amount: typeof amount === 'number' ? Math.min(amount, free) : amount })
  }

  private freeOn(day: number): number {
    const { limit, count } = this.challenge
    if (limit === undefined) return Number.POSITIVE_INFINITY
    let free = limit * (count === 'spend' ? 100 : 1)
    for (const one of this.counted.values()) if (one.day === day) free -= one.amount as number
    return Math.max(0, free)
  }

  /** How much there is in each period. */
  get periods(): Map<number, number> {
    const { every, head_start, count } = this.challenge
    const named = new Map<number, Set<string>>()
    const periods = new Map<number, number>()
    const unit = count === 'spend' ? 100 : 1
    for (const { day, amount } of this.counted.values()) {
      const period = every === undefined ? 0 : periodOf(every, day)
      if (typeof amount === 'number') {
        if (amount > 0) periods.set(period, (periods.get(period) ?? head_start * unit) + amount)
        continue
      }
      const names = named.get(period) ?? new Set()
      for (const name of amount) names.add(name)
      named.set(period, names)
      if (names.size > 0) periods.set(period, head_start + names.size)
    }
    return periods
  }

  /** How often it is done by that. */
  get times(): number {
    const { target, every, streak, forgives, count, times } = this.challenge
    const needed = target * (count === 'spend' ? 100 : 1)
    const most = times ?? (every === undefined ? 1 : Number.POSITIVE_INFINITY)
    const { periods } = this
    if (every === undefined) return Math.min(most, Math.floor((periods.get(0) ?? 0) / needed))
    const met = [...periods].filter(([, amount]) => amount >= needed).map(([period]) => period)
    if (streak === undefined) return Math.min(most, met.length)
    let [done, length, missed] = [0, 0, 0]
    for (let period = Math.min(...met); period <= Math.max(...met); period++) {
      if (met.includes(period)) length += 1
      else if (length > 0) missed += 1
      if (missed > forgives) [length, missed] = [0, 0]
      if (length === streak) {
        done += 1
        ;[length, missed] = [0, 0]
      }
    }
    return Math.min(most, done)
  }
}

/** No longer than what is remembered of past periods, so that nothing is forgotten while it can still come back. */
const shortWaits = (steps: readonly Step[]): Step[] =>
  withoutRedeeming(steps).map((step) => ({ ...step, wait: Math.min(step.wait, 3 * DAY_MS) }))

const short = stepsOf({ maxLength: 20 }).map(shortWaits)

describe('challenges follow what remains', () => {
  test('done as often as what remains says, the reward given as often and the badge had, after any returns', () => {
    fc.assert(
      fc.property(drawn, stepsOf({ maxLength: 35 }), (challenge, steps) => {
        const driver = new Driver(programFor(challenge), BEGINNING, { encoded: true })
        const expectation = new Expectation(challenge, driver)
        for (const step of shortWaits(steps)) {
          runHistory(driver, [step])
          expectation.follow()
          expectSame(driver, expectation.times)
        }
      }),
      { numRuns: runs(300) },
    )
  })

  test('an order that comes back whole leaves the progress and the rewards that there were without it', () => {
    // What a limit counted of long ago is let go when something new is counted.
    const unlimited = drawn.map((challenge) => programFor({ ...challenge, limit: undefined }))
    fc.assert(comesBackWhole(unlimited, short), { numRuns: runs(100) })
  })

  test('returns in any split leave the same progress', () => {
    fc.assert(comesBackInPieces(drawn.map(programFor), short), { numRuns: runs(200) })
  })
})

const NOTHING: Slice = { c: {}, u: {}, b: {} }

function expectSame(driver: Driver, times: number): void {
  const { c, b } = (driver.account.slices['challenges'] as Slice | undefined) ?? NOTHING
  const shown = driver.program.views.map((view) => view(driver.account, driver.program, driver.now))
  const { challenges } = Object.assign({}, ...shown) as { challenges: { times: number }[] }
  expect(challenges[0]!.times).toBe(times)
  expect(Object.keys(b)).toEqual(times > 0 ? ['once'] : [])
  let [given, taken, asked] = [0, 0, 0]
  for (const d of driver.decisions) {
    for (const { type, body } of d.caused) {
      if (type === 'give') given += (body as { quantity: number }).quantity
      if (type === 'withdraw') asked += (body as { quantity: number }).quantity
    }
    for (const { quantity } of d.withdrawn) taken += quantity
  }
  expect(c['drawn']?.g?.[0] ?? 0).toBe(given - taken)
  expect(given - taken).toBeGreaterThanOrEqual(times)
  expect(given - asked).toBeLessThanOrEqual(times)
}
