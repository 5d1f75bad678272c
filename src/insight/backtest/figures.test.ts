/** What is told of customers, tiers and time: on paper. */

import { expect, test } from 'vitest'
import { at, programOf } from '../../../test/history.ts'
import type { HistoryOrder } from '../../core/history.ts'
import { backtest } from './backtest.ts'

const KIOSK = programOf(`
program: kiosk
name: Kiosk
currency: USD
timezone: UTC
wallets:
  stars: { expiry: { after: 1 month, until_end_of: month } }
earning:
  - { id: base, on: order, earn: 1 per 1.00 }
  - { id: review, on: action, earn: 5 }
tiers:
  measure: orders
  window: calendar_month
  levels: [{ id: guest }, { id: friend, from: 2 }]
  keep: until_end_of_window
rewards:
  - { id: one-off, cost: 10 stars, gives: { amount_off: 1.00 } }
  - { id: for-friends, cost: 4 stars, from_tier: friend, gives: { amount_off: 0.20 } }
`)

function order(external_id: string, member: string, day: string, cents: number): HistoryOrder {
  const lines = [{ id: '1', sku: 'paper', quantity: 1, unit_price: cents }]
  return { external_id, member, occurred_at: at(`${day}T10:00:00Z`), currency: 'USD', lines }
}

/** Ann has ten stars at once, and uses them ten days later; Bob never has; Cleo has them with her second order. */
const result = backtest(
  KIOSK,
  [
    order('1', 'ann', '2026-01-01', 1000),
    order('2', 'bob', '2026-01-02', 500),
    order('3', 'cleo', '2026-01-03', 400),
    order('4', 'ann', '2026-01-11', 1000),
    order('5', 'cleo', '2026-02-03', 800),
  ],
  { until: at('2026-04-15T00:00:00Z'), redeeming: { model: 'at-once' } },
)

test('who reaches a reward and uses one, and after how long', () => {
  expect(result.customers).toEqual({
    ...{ active_days: 90, active: 1, earning: 3, redeeming: 1, reached: 2 },
    by_frequency: [
      { orders_from: 1, orders_to: 1, members: 1, reached: 0, redeeming: 0, days_to_first: null },
      { orders_from: 2, orders_to: 2, members: 2, reached: 2, redeeming: 1, days_to_first: 0 },
      { orders_from: 3, orders_to: 5, members: 0, reached: 0, redeeming: 0, days_to_first: null },
      { orders_from: 6, orders_to: 10, members: 0, reached: 0, redeeming: 0, days_to_first: null },
      { orders_from: 11, orders_to: 20, members: 0, reached: 0, redeeming: 0, days_to_first: null },
      { orders_from: 21, orders_to: null, members: 0, reached: 0, redeeming: 0, days_to_first: null },
    ],
  })
  expect(result.first_reward).toEqual({
    ...{ members: 2, days: { p10: 0, median: 0, p90: 31 } },
    orders: { p10: 1, median: 1, p90: 2 },
  })
})

test('levels by month, the moves between them, and what was bought and used on each', () => {
  expect(result.months.map(({ month, tiers }) => [month, ...tiers])).toEqual([
    ['2026-01', 2, 1],
    ['2026-02', 3, 0],
    ['2026-03', 3, 0],
    ['2026-04', 3, 0],
  ])
  expect(result.tier_moves).toEqual([
    { from: 'guest', to: 'friend', times: 1 },
    { from: 'friend', to: 'guest', times: 1 },
  ])
  // Ann's second order makes her a friend, and is a guest's itself.
  expect(result.tiers).toEqual([
    { level: 'guest', members: 3, orders: 5, sales: 3600, cost: 100, reward_rate: 0.027778 },
    { level: 'friend', members: 0, orders: 0, sales: 0, cost: 0, reward_rate: null },
  ])
})

test('what is owed by month, and what never happened', () => {
  expect(result.idle_rules).toEqual(['review'])
  const { wallets, liability, cost, expected_cost } = result.economics
  expect(wallets).toEqual([
    {
      ...{ wallet: 'stars', point_value: 10, valued_by: 'rewards used' },
      ...{ expected_redemption: 0.277778, expected_of_open: 1, issued: 36, redeemed: 10, open: 0 },
    },
  ])
  expect([liability, cost, expected_cost]).toEqual([{ gross: 0, net: 0 }, 100, 100])
  // Of January's stars 10 were used in January itself, so that nothing is expected of those that grow older.
  expect(
    result.months.map(({ points }) => [points[0]!.open, points[0]!.liability.gross, points[0]!.liability.net]),
  ).toEqual([
    [18, 180, 0],
    [26, 260, 0],
    [8, 80, 0],
    [0, 0, 0],
  ])
})
