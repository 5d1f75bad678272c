/** How members would redeem: by hand on paper, and what holds on any history. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at, programDraw, programOf, runs } from '../../../test/history.ts'
import { pastOrders, returnsOf } from '../../../test/past-orders.ts'
import type { Account } from '../../core/account.ts'
import { type Decided, decide, type Env, start, wake } from '../../core/decide.ts'
import { type HistoryOrder, joinActivity, orderActivity } from '../../core/history.ts'
import { sums } from '../../core/points.ts'
import type { Program } from '../../core/program.ts'
import { Refusal } from '../../core/refusal.ts'
import { termsOf } from '../../core/terms.ts'
import { backtest } from './backtest.ts'
import { BacktestResult } from './result.ts'
import type { Redeeming } from './scenario.ts'

const KIOSK = programOf(`
program: kiosk
name: Kiosk
currency: USD
timezone: UTC
wallets:
  stars: {}
earning:
  - { id: base, on: order, earn: 1 per 1.00 }
tiers:
  measure: stars_earned
  window: calendar_year
  levels: [{ id: green }, { id: gold, from: 60 }]
  keep: until_end_of_next_window
rewards:
  - { id: one-off, cost: 10 stars, gives: { amount_off: 1.00 } }
  - { id: coffee, cost: 20 stars, gives: { free_item: { category: drinks, up_to: 4.00 } } }
  - { id: half-off, cost: 40 stars, from_tier: gold, gives: { percent_off: 50 } }
  - { id: large-orders, cost: 10 stars, when: 'order.total >= money("50.00")', gives: { amount_off: 6.00 } }
`)

function order(n: number, cents: number, category?: string): HistoryOrder {
  const line = { id: '1', sku: category ?? 'thing', quantity: 1, unit_price: cents }
  const lines = [category === undefined ? line : { ...line, category }]
  return {
    external_id: `o${n}`,
    member: 'ann',
    occurred_at: at('2026-01-01T10:00:00Z') + n * 86_400_000,
    currency: 'USD',
    lines,
  }
}

function timesOf(orders: readonly HistoryOrder[], redeeming: Redeeming): Record<string, number> {
  const { rewards } = backtest(KIOSK, orders, { redeeming })
  return Object.fromEntries(rewards.filter(({ times }) => times > 0).map(({ reward, times }) => [reward, times]))
}

describe('at once', () => {
  test('what saves most of what can be had is used, and points of the order itself pay for none', () => {
    // 25 stars; then a coffee for 3.00 instead of a dollar off; then 5 and 0 more stars are too few.
    const result = backtest(KIOSK, [order(1, 2500, 'food'), order(2, 300, 'drinks')], {
      redeeming: { model: 'at-once' },
    })
    expect(result.rewards[1]).toEqual({
      ...{ reward: 'coffee', name: 'coffee', wallet: 'stars' },
      ...{ times: 1, members: 1, points: 20, value: 300, cost: 300 },
    })
    expect(result.discounts).toBe(300)
    expect(result.sales.members).toBe(2500)
    expect(result.points[0]).toMatchObject({ issued: 25, spent: 20, available: 5 })
  })

  test('what a condition refuses is left for the next best', () => {
    expect(timesOf([order(1, 1500, 'food'), order(2, 1500, 'food')], { model: 'at-once' })).toEqual({ 'one-off': 1 })
    expect(timesOf([order(1, 1500, 'food'), order(2, 5000, 'food')], { model: 'at-once' })).toEqual({
      'large-orders': 1,
    })
  })

  test('a reward of a higher level is for those who have it', () => {
    // 50 stars and green: half of the third order is not to be had. With the third order she is gold.
    const orders = [order(1, 2500, 'food'), order(2, 2500, 'food'), order(3, 4900, 'food'), order(4, 4900, 'food')]
    expect(timesOf(orders, { model: 'saver' })).toEqual({ 'half-off': 1 })
  })

  test('an item that the records do not show is used beside the order', () => {
    const unseen = [order(1, 2500), order(2, 900)]
    const { rewards, discounts, sales, economics } = backtest(KIOSK, unseen, { redeeming: { model: 'at-once' } })
    expect(rewards[1]).toMatchObject({ reward: 'coffee', times: 1, points: 20, value: 400, cost: 400 })
    expect([discounts, sales.members, economics.cost]).toEqual([0, 3400, 400])
  })
})

test('what a reward costs may be less than what it saves', () => {
  const orders = [order(1, 2500, 'food'), order(2, 300, 'drinks')]
  const { rewards, economics } = backtest(KIOSK, orders, {
    redeeming: { model: 'at-once' },
    reward_cost: { coffee: 0.25 },
  })
  expect(rewards[1]).toMatchObject({ value: 300, cost: 75 })
  expect(economics).toMatchObject({ cost: 75, reward_rate: 0.03 })
  expect(economics.wallets[0]).toMatchObject({ point_value: 3.75, valued_by: 'rewards used' })
})

test('a reward of an order that comes back saves nothing, and its points are there again', () => {
  const orders = [order(1, 2500, 'food'), order(2, 300, 'drinks')]
  const returns = [{ ...order(3, 0), order: 'o2', lines: [{ id: '1', quantity: 1 }] }]
  const result = backtest(KIOSK, orders, { redeeming: { model: 'at-once' }, returns })
  expect(result.rewards[1]).toMatchObject({ times: 0, members: 1, points: 0, value: 0, cost: 0 })
  expect([result.discounts, result.points[0]!.spent, result.points[0]!.available]).toEqual([0, 0, 25])
})

const MODELS: readonly Redeeming[] = [
  { model: 'none' },
  { model: 'at-once' },
  { model: 'saver' },
  { model: 'hazard', chance: 0.5 },
  { model: 'past', rewards: { 'two-off': 0.3, drink: 0.9, 'tenth-off': 0.5 } },
]

const drawnRun = fc.record({
  file: programDraw({ gifts: true }),
  orders: pastOrders,
  chosen: fc.array(fc.nat({ max: 600 }), { maxLength: 10 }),
  redeeming: fc.constantFrom(...MODELS),
  seed: fc.nat({ max: 5 }),
})

describe('on any history', () => {
  test('points balance, and value, cost and discounts are told alike wherever they are told', () => {
    fc.assert(
      fc.property(drawnRun, ({ file, orders, chosen, redeeming, seed }) => {
        const returns = returnsOf(orders, chosen)
        const result = backtest(programOf(file), orders, { redeeming, seed, returns, reward_cost: { drink: 0.3 } })
        expect(BacktestResult.parse(result)).toEqual(result)
        const { rewards, months, tiers, points, economics, discounts } = result
        for (const [i, own] of points.entries()) {
          const open = own.pending + own.available + own.held
          expect(own.issued + own.forgiven + own.debt).toBe(open + own.expired + own.spent + own.reversed)
          expect(
            sum(
              rewards.filter(({ wallet }) => wallet === own.wallet),
              'points',
            ),
          ).toBe(own.spent)
          expect(economics.wallets[i]!.open).toBe(open)
        }
        expect(sum(months, 'cost')).toBe(economics.cost)
        expect(sum(rewards, 'cost') + result.automatic_discounts).toBe(economics.cost)
        if (tiers.length > 0) expect(sum(tiers, 'cost')).toBe(economics.cost)
        expect(sum(months, 'discount')).toBe(discounts)
        // Records that show every item leave nothing to be used beside an order.
        expect(sum(rewards, 'value') + result.automatic_discounts).toBe(discounts)
        expect(sum(months, 'redemptions')).toBeGreaterThanOrEqual(sum(rewards, 'times'))
        expect(economics.liability.net).toBeLessThanOrEqual(economics.liability.gross)
        for (const { times, members, points: spent, value } of rewards) {
          expect(Math.min(times, members, spent, value)).toBeGreaterThanOrEqual(0)
        }
      }),
      { numRuns: runs(60) },
    )
  })

  test('who reaches a reward, and when, is the same however members redeem', () => {
    fc.assert(
      fc.property(drawnRun, ({ file, orders, redeeming }) => {
        const program = programOf(file)
        const [plain, run] = [backtest(program, orders), backtest(program, orders, { redeeming })]
        expect(run.first_reward).toEqual(plain.first_reward)
        // Nobody uses a reward before those who use one as soon as they can.
        const first = backtest(program, orders, { redeeming: { model: 'at-once' } })
        expect(run.customers.redeeming).toBeLessThanOrEqual(first.customers.redeeming)
        expect(first.customers.redeeming).toBeLessThanOrEqual(first.customers.reached)
      }),
      { numRuns: runs(60) },
    )
  })

  test('at once is to try every reward on every order, and to take what saves most', () => {
    fc.assert(
      fc.property(drawnRun, ({ file, orders }) => {
        // Members weigh rewards by what they save alone.
        const program = programOf({ ...file, discounts: [] })
        const { rewards, discounts, points, sales, tiers } = backtest(program, orders, {
          redeeming: { model: 'at-once' },
        })
        const tried = tryEverything(program, orders)
        expect(discounts).toBe(tried.discounts)
        expect(sales.members).toBe(tried.sales)
        for (const { reward, times } of rewards) expect(times, reward).toBe(tried.times.get(reward) ?? 0)
        for (const { wallet, available, pending } of points) {
          expect({ available, pending }).toEqual(tried.balances.get(wallet) ?? { available: 0, pending: 0 })
        }
        expect(sum(tiers, 'members')).toBe(tiers.length === 0 ? 0 : tried.members)
      }),
      { numRuns: runs(60) },
    )
  })

  test('a saver never uses anything but the dearest', () => {
    fc.assert(
      fc.property(drawnRun, ({ file, orders }) => {
        const program = programOf(file)
        const { rewards } = backtest(program, orders, { redeeming: { model: 'saver' } })
        for (const { wallet, reward, cost } of termsOf(program).offers) {
          const isDearest = termsOf(program).offers.every((other) => other.wallet !== wallet || other.cost <= cost)
          if (!isDearest) expect(rewards.find((one) => one.reward === reward)!.times).toBe(0)
        }
      }),
      { numRuns: runs(60) },
    )
  })

  test('luck is the seed’s: the same again, another with another, and none where the chance is none', () => {
    fc.assert(
      fc.property(drawnRun, ({ file, orders, redeeming, seed }) => {
        const program = programOf(file)
        const run = (model: Redeeming, begins: number) => backtest(program, orders, { redeeming: model, seed: begins })
        expect(run(redeeming, seed)).toEqual(run(redeeming, seed))
        expect({ ...run({ model: 'at-once' }, seed), seed: 0 }).toEqual(run({ model: 'at-once' }, 0))
        const [none, never] = [run({ model: 'none' }, seed), run({ model: 'hazard', chance: 0 }, seed)]
        expect({ ...never, redeeming: none.redeeming }).toEqual(none)
        const always = run({ model: 'hazard', chance: 1 }, seed)
        expect(always.customers.redeeming).toBe(run({ model: 'at-once' }, seed).customers.redeeming)
      }),
      { numRuns: runs(40) },
    )
  })
})

test('by chance, about as many redeem as the chance says', () => {
  const orders = Array.from({ length: 400 }, (_, i) => [
    { ...order(1, 1000, 'food'), member: `m${i}`, external_id: `a${i}` },
    { ...order(2, 100, 'food'), member: `m${i}`, external_id: `b${i}` },
  ]).flat()
  const used = (seed: number) =>
    backtest(KIOSK, orders, { redeeming: { model: 'hazard', chance: 0.3 }, seed }).rewards[0]!.times
  const counts = [1, 2, 3, 4, 5].map(used)
  expect(new Set(counts).size).toBeGreaterThan(1)
  for (const count of counts) expect(Math.abs(count - 120)).toBeLessThan(40)
})

/** Each order decided on a copy with every reward of the program, one after the other; the best of them is kept. */
function tryEverything(program: Program, orders: readonly HistoryOrder[]) {
  const accounts = new Map<string, Account>()
  const times = new Map<string, number>()
  let [discounts, sold, id] = [0, 0, 0]
  const env = (now: number): Env => ({ programAt: () => program, revision: () => program, now, nextId: () => 0 })
  for (const one of orders) {
    if (one.member === null) continue
    const at = one.occurred_at
    const known = accounts.get(one.member)
    const account = known ?? accountOf(decide(env(at), start(program, at), joinActivity(one.member, at, ++id)))
    const plain = orderActivity(one, ++id)
    const tries = termsOf(program).offers.flatMap(({ reward, cost }) => {
      const body = { ...plain.body, redeem: [{ reward }] }
      const decided = decide(env(at), account, { type: 'order', id, key: '', occurred_at: at, body })
      if (decided instanceof Refusal) return []
      const saved = decided.decisions.at(-1)!.discounts[0]!.amount
      return saved > 0 ? [{ decided, saved, cost, reward }] : []
    })
    const [best] = tries.sort((a, b) => b.saved - a.saved || a.cost - b.cost)
    if (best !== undefined) {
      times.set(best.reward, (times.get(best.reward) ?? 0) + 1)
      discounts += best.saved
    }
    const decided = best?.decided ?? decide(env(at), account, plain)
    sold += decided instanceof Refusal ? 0 : decided.decisions.at(-1)!.order!.total
    accounts.set(one.member, accountOf(decided))
  }
  const until = (orders.at(-1)?.occurred_at ?? 0) + 1
  const balances = new Map<string, { available: number; pending: number }>()
  for (const account of accounts.values()) {
    wake(env(until - 1), account, until - 1, [])
    for (const wallet of account.wallets) {
      const { available, pending } = sums(wallet)
      const before = balances.get(wallet.id) ?? { available: 0, pending: 0 }
      balances.set(wallet.id, { available: before.available + available, pending: before.pending + pending })
    }
  }
  return { times, discounts, sales: sold, balances, members: accounts.size }
}

function accountOf(decided: Decided | Refusal): Account {
  if (decided instanceof Refusal) throw new Error(decided.detail)
  return decided.account
}

function sum<K extends string>(rows: readonly Record<K, number>[], key: K): number {
  return rows.reduce((all, row) => all + row[key], 0)
}
