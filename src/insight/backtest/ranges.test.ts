/** The ranges of figures: they hold the figure itself, narrow with members, and repeat with their seed. */

import { expect, test } from 'vitest'
import { at, programOf } from '../../../test/history.ts'
import type { HistoryOrder } from '../../core/history.ts'
import { createBacktest } from './backtest.ts'
import { type Ranges, rangesOf } from './ranges.ts'
import { assume } from './scenario.ts'

const SHOP = programOf(`
program: shop
name: Shop
currency: USD
timezone: UTC
wallets: { points: {} }
earning: [{ id: base, on: order, earn: 1 per 1.00 }]
rewards: [{ id: five-off, cost: 100 points, gives: { amount_off: 5.00 } }]
`)

/** Members who spend 20.00 to 240.00 a month, each their own amount. */
function ordersOf(members: number): HistoryOrder[] {
  return Array.from({ length: members }, (_, m) =>
    Array.from({ length: 6 }, (_, n): HistoryOrder => {
      const lines = [{ id: '1', sku: 'thing', quantity: 1, unit_price: 2000 + (m % 12) * 2000 }]
      const when = at('2026-01-05T10:00:00Z') + n * 30 * 86_400_000
      return { external_id: `${m}.${n}`, member: `m${m}`, occurred_at: when, currency: 'USD', lines }
    }),
  ).flat()
}

function runOf(members: number, seed = 1) {
  const scenario = assume(SHOP, { redeeming: { model: 'at-once' }, draws: 100, seed })
  const run = createBacktest(scenario, {})
  for (const order of ordersOf(members)) run.order(order)
  return run.finishRun()
}

const widthOf = ({ reward_rate: { low, high } }: Ranges) => high! - low!

test('the figure lies in its range, and more members make it narrower', () => {
  const [few, many] = [runOf(40), runOf(1000)]
  const ranges = rangesOf([many])
  const { economics, customers, members, points, discounts } = many.result
  const figures: Partial<Record<keyof Ranges, number>> = {
    reward_rate: economics.reward_rate!,
    cost: economics.cost,
    expected_cost: economics.expected_cost,
    expected_rate: economics.expected_rate!,
    liability_gross: economics.liability.gross,
    liability_net: economics.liability.net,
    points_issued: points[0]!.issued,
    discounts,
    reached_share: customers.reached / members,
    redeeming_share: customers.redeeming / members,
    break_even_lift: economics.break_even_lift!,
  }
  for (const [name, value] of Object.entries(figures)) {
    const { low, high } = ranges[name as keyof Ranges]
    expect(low, name).toBeLessThanOrEqual(value)
    expect(high, name).toBeGreaterThanOrEqual(value)
  }
  // With 25 times the members, a fifth of the width.
  const narrower = widthOf(rangesOf([few])) / widthOf(ranges)
  expect(narrower).toBeGreaterThan(2.5)
  expect(narrower).toBeLessThan(10)
})

test('where all members are alike, nothing is left to chance', () => {
  const run = createBacktest(assume(SHOP, { redeeming: { model: 'at-once' }, draws: 100 }), {})
  for (const order of ordersOf(1200)) if (order.lines[0]!.unit_price === 6000) run.order(order)
  const { cost, points_issued } = rangesOf([run.finishRun()])
  expect([cost.low, points_issued.low]).toEqual([cost.high, points_issued.high])
})

test('the same seed draws the same members, another others', () => {
  expect(rangesOf([runOf(40)])).toEqual(rangesOf([runOf(40)]))
  expect(rangesOf([runOf(40, 2)])).not.toEqual(rangesOf([runOf(40)]))
})

test('a draw without any member tells nothing of shares', () => {
  const { reached_share, cost } = rangesOf([runOf(1)])
  expect(reached_share).toEqual({ low: 1, high: 1 })
  expect(cost.low).toBe(0)
  expect(rangesOf([runOf(12)]).redeeming_share.high).toBeLessThanOrEqual(1)
})

test('a lift that nothing reaches has no bound, and no members have no range', () => {
  const dear = assume(SHOP, { redeeming: { model: 'at-once' }, draws: 20, margin: 0.001 })
  const run = createBacktest(dear, {})
  for (const order of ordersOf(12)) run.order(order)
  expect(rangesOf([run.finishRun()]).break_even_lift).toEqual({ low: null, high: null })
  const none = createBacktest({ ...dear, margin: 0.3 }, { until: 1 }).finishRun()
  expect(rangesOf([none])).toMatchObject({ reward_rate: { low: null, high: null }, cost: { low: 0, high: 0 } })
})
