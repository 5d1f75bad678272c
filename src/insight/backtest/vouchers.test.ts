/** Rewards that a program gives by itself: by hand on paper, and what holds on any history. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at, programDraw, programOf, runs } from '../../../test/history.ts'
import { pastOrders, returnsOf } from '../../../test/past-orders.ts'
import type { HistoryOrder } from '../../core/history.ts'
import { createBacktest } from './backtest.ts'
import { runOf } from './figures.ts'
import { rangesOf } from './ranges.ts'
import { BacktestResult } from './result.ts'
import { assume, type Redeeming, type Scenario } from './scenario.ts'
import { mergeTallies } from './tally-state.ts'

/** Three coffees fill a card, the fourth one is free; and there is not a single point. */
const CARD = programOf(`
program: card
name: Card
currency: USD
timezone: UTC
wallets: { points: {} }
rewards:
  - { id: free-coffee, name: A coffee, valid: 10 days, gives: { free_item: { category: coffee, up_to: 4.00 } } }
stamps:
  - { id: coffee, per: item, category: coffee, stamps: 3, reward: free-coffee }
`)

const UNTIL = at('2026-03-01T00:00:00Z')

function order(day: number, cents: number, category = 'coffee', member = 'ann'): HistoryOrder {
  const lines = [{ id: '1', sku: category, category, quantity: 1, unit_price: cents }]
  const occurred_at = at('2026-01-01T10:00:00Z') + day * 86_400_000
  return { external_id: `${member}-${day}`, member, occurred_at, currency: 'USD', lines }
}

function resultOf(
  orders: readonly HistoryOrder[],
  assumed: Partial<Scenario> = { redeeming: { model: 'at-once' } },
  until = UNTIL,
): BacktestResult {
  const run = createBacktest(assume(CARD, assumed), { until })
  for (const one of orders) run.order(one)
  return run.finish()
}

const THREE = [order(0, 300), order(1, 300), order(2, 300)]

describe('a punch card', () => {
  test('a full card is a reward reached, and its voucher is used with the next order that has what it is for', () => {
    const result = resultOf([...THREE, order(3, 200, 'cake'), order(4, 500)])
    expect(result.customers).toMatchObject({ reached: 1, redeeming: 1 })
    expect(result.first_reward).toMatchObject({ days: { median: 2 }, orders: { median: 3 } })
    // The voucher pays 4.00 of the coffee for 5.00, and the cake before it is paid in full.
    expect(result.sales.members).toBe(900 + 200 + 100)
    expect(result.rewards).toEqual([
      {
        ...{ reward: 'free-coffee', name: 'A coffee', wallet: 'points' },
        ...{ times: 1, members: 1, points: 0, value: 400, cost: 400 },
      },
    ])
    expect(result.vouchers).toEqual([
      {
        ...{ reward: 'free-coffee', name: 'A coffee', issued: 1, sources: { 'stamps:coffee': 1 } },
        ...{ used: 1, withdrawn: 0, expired: 0, open: 0, value: 400, cost: 400 },
        liability: { gross: 0, net: 0 },
      },
    ])
    expect(result.economics).toMatchObject({ cost: 400, reward_rate: 0.333333 })
    expect(result.months[0]).toMatchObject({ redemptions: 1, redeeming: 1, cost: 400, discount: 400 })
  })

  test('nobody uses one where nobody redeems: it expires', () => {
    const result = resultOf([...THREE, order(4, 500)], {})
    expect(result.customers).toMatchObject({ reached: 1, redeeming: 0 })
    expect(result.vouchers[0]).toMatchObject({ issued: 1, used: 0, expired: 1, open: 0 })
    expect(result.economics).toMatchObject({ cost: 0, liability: { gross: 0, net: 0 } })
  })

  test('what is open at the end is owed, at what is on offer where none was used', () => {
    const soon = at('2026-01-06T00:00:00Z')
    const open = resultOf(THREE, {}, soon)
    expect(open.economics).toMatchObject({
      liability: { gross: 400, net: 400 },
      vouchers: { open: 1, gross: 400, net: 400 },
      expected_cost: 400,
    })
    const cheap = resultOf(THREE, { reward_cost: { 'free-coffee': 0.25 } }, soon)
    expect(cheap.economics.liability).toEqual({ gross: 100, net: 100 })
    // One used for 3.00 and one that expired: of the third one half is expected to be used.
    const day = (n: number) => order(n, 300, 'coffee', 'bob')
    const used = [...THREE, order(3, 300), ...[0, 1, 2].map(day)]
    const later = [20, 21, 22].map((n) => order(n, 300, 'coffee', 'cleo'))
    const half = resultOf([...used, ...later], undefined, at('2026-01-24T00:00:00Z'))
    expect(half.vouchers[0]).toMatchObject({ issued: 3, used: 1, expired: 1, open: 1 })
    expect(half.economics.vouchers).toEqual({ open: 1, gross: 300, net: 150 })
  })

  test('an order that comes back takes its stamps, its voucher, or what a voucher saved with it', () => {
    const run = createBacktest(assume(CARD, { redeeming: { model: 'at-once' } }), { until: UNTIL, returns: true })
    const back = (of: string, day: number) => ({ ...order(day, 0), external_id: `r${day}`, order: of })
    for (const one of THREE) run.order(one)
    run.giveBack(back('ann-2', 3))
    run.order(order(4, 300))
    run.order(order(5, 300))
    run.giveBack(back('ann-5', 6))
    const { vouchers, rewards, economics, discounts } = run.finish()
    expect(vouchers[0]).toMatchObject({ issued: 2, withdrawn: 1, used: 0, expired: 1, value: 0, cost: 0 })
    expect(rewards[0]).toMatchObject({ times: 0, members: 1, value: 0, cost: 0 })
    expect([economics.cost, discounts]).toEqual([0, 0])
  })

  test('what an order does not show is fetched beside it, and a thing is fetched with any order', () => {
    const thing = programOf({
      program: 'gift',
      name: 'Gift',
      currency: 'USD',
      timezone: 'UTC',
      wallets: { points: {} },
      rewards: [
        { id: 'mug', gives: { thing: { kind: 'gift' } }, worth: '5.00' },
        { id: 'coffee', gives: { free_item: { category: 'coffee', up_to: '4.00' } } },
      ],
      stamps: [
        { id: 'mugs', stamps: 2, reward: 'mug' },
        { id: 'coffees', stamps: 2, reward: 'coffee' },
      ],
    })
    const run = createBacktest(assume(thing, { redeeming: { model: 'at-once' } }), { until: UNTIL })
    for (let n = 0; n < 4; n++)
      run.order({ ...order(n, 900), lines: [{ id: '1', sku: 'order', quantity: 1, unit_price: 900 }] })
    const { rewards, sales } = run.finish()
    expect(rewards.map(({ reward, times, cost }) => [reward, times, cost])).toEqual([
      ['mug', 1, 500],
      ['coffee', 1, 400],
    ])
    expect(sales.members).toBe(3600)
  })
})

const MODELS: readonly Redeeming[] = [
  { model: 'none' },
  { model: 'at-once' },
  { model: 'saver' },
  { model: 'hazard', chance: 0.5 },
]

test('vouchers balance on any history, in parts as in one, and ranges enclose what they are of', () => {
  const drawn = fc.record({
    file: programDraw({ gifts: true, given: true, cards: true }),
    orders: pastOrders,
    chosen: fc.array(fc.nat({ max: 600 }), { maxLength: 10 }),
    redeeming: fc.constantFrom(...MODELS),
  })
  fc.assert(
    fc.property(drawn, ({ file, orders, chosen, redeeming }) => {
      const returns = returnsOf(orders, chosen)
      const program = programOf(file)
      const scenario = assume(program, { redeeming, draws: 5 })
      const until = at('2030-01-01T00:00:00Z')
      const fold = (isMine: (member: string | null) => boolean) => {
        const run = createBacktest(scenario, { until, returns: true })
        for (const one of orders) if (isMine(one.member)) run.order(one)
        for (const one of returns) if (isMine(one.member)) run.giveBack(one)
        return run.finishPart()
      }
      const whole = runOf(
        scenario,
        fold(() => true),
        until,
      )
      const parts = mergeTallies(
        fold((member) => member === 'ann'),
        fold((member) => member !== 'ann'),
      )
      const { result } = whole
      expect(BacktestResult.parse(result)).toEqual(result)
      expect(runOf(scenario, parts, until).result).toEqual(result)
      for (const { reward, issued, used, withdrawn, expired, open, sources, cost } of result.vouchers) {
        expect(used + withdrawn + expired + open).toBe(issued)
        expect(Object.values(sources).reduce((sum, one) => sum + one, 0)).toBe(issued)
        expect(Math.min(used, withdrawn, expired, open)).toBeGreaterThanOrEqual(0)
        const row = result.rewards.find((one) => one.reward === reward)!
        expect(row.times).toBeGreaterThanOrEqual(used)
        expect(row.cost).toBeGreaterThanOrEqual(cost)
        if (redeeming.model === 'none') expect(used).toBe(0)
      }
      const total = result.rewards.reduce((sum, { cost }) => sum + cost, result.automatic_discounts)
      expect(result.economics.cost).toBe(total)
      expect(rangesOf([whole]).liability_gross.low).not.toBeNaN()
    }),
    { numRuns: runs(60) },
  )
})
