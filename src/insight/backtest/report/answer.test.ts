/** The three sentences hold whatever history comes: without sales, without rewards, with one member, in any currency. */

import { describe, expect, test } from 'vitest'
import { at, programOf } from '../../../../test/history.ts'
import type { HistoryOrder } from '../../../core/history.ts'
import { createBacktest } from '../backtest.ts'
import type { BacktestResult } from '../result.ts'
import { assume, type Redeeming } from '../scenario.ts'
import { answerOf, type Lead } from './answer.ts'

const PROGRAM = `
program: paper
name: Small enough for paper
currency: USD
timezone: UTC
wallets: { stars: { expiry: { after: 12 months } } }
earning: [{ id: base, on: order, earn: 1 per 1.00 }]
rewards: [{ id: two-off, name: Two off, cost: 20 stars, gives: { amount_off: 2.00 } }]
`

function orderOf(number: number, member: string | null, day: string, minor: number, currency = 'USD'): HistoryOrder {
  const lines = [{ id: '1', sku: 'coffee', quantity: 1, unit_price: minor }]
  return { external_id: String(number), member, occurred_at: at(`${day}T10:00:00Z`), currency, lines }
}

function resultOf(source: string, orders: readonly HistoryOrder[], redeeming: Redeeming = { model: 'at-once' }) {
  const run = createBacktest(assume(programOf(source), { redeeming }), { until: at('2026-03-01T00:00:00Z') })
  for (const order of orders) run.order(order)
  return run.finish()
}

function sentences(result: BacktestResult, ranges: Lead['ranges'] = {}, others: BacktestResult[] = []): string[] {
  return answerOf({ result, ranges, others }).map(({ text }) => text.replaceAll(/<\/?b>/g, ''))
}

/** Ann reaches a reward with her second order and uses it with her third; Bob never reaches one. */
const ORDERS = [
  orderOf(1, 'ann', '2026-01-01', 1200),
  orderOf(2, 'ann', '2026-01-08', 1200),
  orderOf(3, 'ann', '2026-01-15', 1200),
  orderOf(4, 'bob', '2026-01-16', 500),
]

test('what it costs, who gets something and when, what is owed and what pays for it', () => {
  expect(sentences(resultOf(PROGRAM, ORDERS))).toEqual([
    'If members use rewards as soon as they can, the program costs 5.1% of members’ sales: 2.00 USD.',
    '50.0% of 2 members ever have points enough for a reward, half of these within 7 days of joining, by their 2nd order; 50.0% use one.',
    expect.stringMatching(
      /^At the end members hold points worth 1\.90 USD, of which \d\.\d\d USD are expected to be used; with that the program pays for itself if members buy \d+\.\d% more than they would without it, at a margin of 30%\.$/,
    ),
  ])
})

test('a range is said where it is one', () => {
  const result = resultOf(PROGRAM, ORDERS)
  const rate = result.economics.reward_rate!
  const lift = result.economics.break_even_lift!
  const [cost, , owed] = sentences(result, {
    reward_rate: { low: 0.04, high: 0.062 },
    break_even_lift: { low: lift / 2, high: null },
  })
  expect(cost).toContain('5.1% of members’ sales (4.0% to 6.2%)')
  expect(owed).toMatch(/buy \d+\.\d% more than they would without it \(\d+\.\d% or more\)/)
  expect(sentences(result, { reward_rate: { low: rate, high: rate } })[0]).not.toContain('(')
})

test('what other assumptions come to', () => {
  const [once, random] = [resultOf(PROGRAM, ORDERS), resultOf(PROGRAM, ORDERS, { model: 'hazard', chance: 0 })]
  const saver = resultOf(PROGRAM, ORDERS, { model: 'saver' })
  expect(sentences(once, {}, [random])[0]).toMatch(/2\.00 USD; 0% if members use a reward at 0% of the visits/)
  expect(sentences(once, {}, [random, saver])[0]).toContain('; 0% to 5.1% under the other assumptions of this report.')
})

describe('odd histories', () => {
  const none: Redeeming = { model: 'none' }

  test('no orders at all', () => {
    expect(sentences(resultOf(PROGRAM, []))).toEqual([
      'This history has no sales to members that would carry the program, so its cost cannot be set against them.',
      'There are no members in this history, so nobody could get anything.',
      'At the end nothing is owed to members, and there is nothing that more sales would have to win back.',
    ])
  })

  test('sales to nobody in particular', () => {
    const [cost, reach] = sentences(resultOf(PROGRAM, [orderOf(1, null, '2026-01-01', 1200)]))
    expect(cost).toContain('no sales to members')
    expect(reach).toContain('no members')
  })

  test('one member', () => {
    const [, reach] = sentences(resultOf(PROGRAM, ORDERS.slice(0, 3)))
    expect(reach).toBe(
      'The only member has points enough for a reward within 7 days of joining, by their 2nd order, and uses one.',
    )
    const [, unused] = sentences(resultOf(PROGRAM, ORDERS.slice(0, 2)))
    expect(unused).toContain(', and uses none.')
    const [, never] = sentences(resultOf(PROGRAM, ORDERS.slice(3)))
    expect(never).toBe('The only member never has points enough for a reward.')
  })

  test('enough with the first order', () => {
    const [, reach] = sentences(resultOf(PROGRAM, [orderOf(1, 'ann', '2026-01-01', 2500), ORDERS[3]!]))
    expect(reach).toContain('on the day they join, with their first order; nobody uses one.')
  })

  test('nobody gets as far as a reward', () => {
    const [cost, reach] = sentences(resultOf(PROGRAM, [ORDERS[0]!, ORDERS[3]!]))
    expect(cost).toBe(
      'Even if members use rewards as soon as they can, nobody uses a reward in this history, so the program has cost nothing yet.',
    )
    expect(reach).toBe('None of 2 members ever have points enough for a reward; 2 collected points at all.')
  })

  test('all points are gone at the end', () => {
    const [, , owed] = sentences(resultOf(PROGRAM.replace('after: 12 months', 'after: 10 days'), ORDERS))
    expect(owed).toMatch(
      /^At the end nothing is owed to members; the program pays for itself if members buy \d+\.\d% more/,
    )
  })

  test('a program without rewards', () => {
    const [cost, reach, owed] = sentences(resultOf(PROGRAM.replace(/rewards:.*/, ''), ORDERS))
    expect(cost).toContain('offers no reward')
    expect(reach).toBe('2 of 2 members have collected points, and there is nothing to use them for.')
    expect(owed).toContain('nothing is owed')
  })

  test('nobody redeems: what is owed is judged by what is on offer', () => {
    const [cost, , owed] = sentences(resultOf(PROGRAM, ORDERS, none))
    expect(cost).toBe('As long as nobody uses a reward, the program costs nothing.')
    expect(owed).toContain(
      'points worth 4.10 USD, all of which count as owed, since nobody has used any yet; with that',
    )
  })

  test('a cost above the margin: no growth pays for it', () => {
    const generous = PROGRAM.replace('amount_off: 2.00', 'amount_off: 10.00')
    const [, , owed] = sentences(resultOf(generous, ORDERS))
    expect(owed).toMatch(/the program takes \d+\.\d% of sales, and no growth pays for it at a margin of 30%\.$/)
  })

  test.each([
    ['JPY', 0, '2 JPY'],
    ['KWD', 3, '2.000 KWD'],
  ])('money in %s has %i decimals', (currency, digits, reward) => {
    const factor = 10 ** (digits - 2)
    const source = PROGRAM.replace('USD', currency).replace(/1\.00|2\.00/g, (text) => String(Number(text)))
    const orders = ORDERS.map((order) => ({
      ...order,
      currency,
      lines: order.lines.map((line) => ({ ...line, unit_price: line.unit_price * factor })),
    }))
    const [cost] = sentences(resultOf(source, orders))
    expect(cost).toContain(`: ${reward}.`)
  })

  test('several wallets', () => {
    const two = PROGRAM.replace('wallets: { stars:', 'wallets: { miles: { decimals: 2 }, stars:')
      .replace('earn: 1 per 1.00', 'earn: 1 per 1.00, wallet: stars')
      .replace('earning: [', 'earning: [{ id: far, on: order, earn: 1 per 2.00, wallet: miles }, ')
    const [cost, reach] = sentences(resultOf(two, ORDERS))
    expect(cost).toContain('2.00 USD')
    expect(reach).toContain('50.0% of 2 members')
  })
})
