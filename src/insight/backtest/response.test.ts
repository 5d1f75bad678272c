/** Members who buy sooner near a goal: by hand, and what never happens. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at, programDraw, programOf, runs } from '../../../test/history.ts'
import { pastOrders, returnsOf } from '../../../test/past-orders.ts'
import type { HistoryOrder } from '../../core/history.ts'
import { backtest } from './backtest.ts'
import { Pace } from './response.ts'
import { BacktestResult } from './result.ts'

const DAY = 86_400_000
const BEGIN = at('2026-01-01T12:00:00Z')

function order(n: number, day: number): HistoryOrder {
  const lines = [{ id: '1', sku: 'coffee', category: 'drinks', quantity: 1, unit_price: 1000 }]
  return { external_id: `o${n}`, member: 'ann', occurred_at: BEGIN + day * DAY, currency: 'USD', lines }
}

const dayOf = ({ occurred_at }: HistoryOrder) => (occurred_at - BEGIN) / DAY

describe('one member', () => {
  test('the nearer the goal, the sooner the next order, and the later ones move along', () => {
    const pace = new Pace({ closeness: 0.5, speedup: 0.2 })
    const days = [0, 10, 20, 30].map((day, n) => {
      const moved = dayOf(pace.sooner(order(n, day)))
      pace.see([0.4, 0.75, 1, 0][n]!)
      return moved
    })
    // At 40% nothing changes; at 75%, half-way from 50%, a tenth of the time is saved; right before it, a fifth.
    expect(days).toEqual([0, 10, 19, 27])
  })

  test('the time that is gained is filled with the member’s own orders at their own distances, and with no more', () => {
    const pace = new Pace({ closeness: 0, speedup: 0.5 })
    for (const [n, day] of [0, 4, 10, 30].entries()) {
      pace.sooner(order(n, day))
      pace.see(n === 2 ? 1 : 0)
    }
    // Half of the 20 days before the last order are gained: it comes on the 20th. Then as from the first to the third.
    expect([...pace.again()].map((one) => [one.external_id, dayOf(one)])).toEqual([
      ['o1#1', 24],
      ['o2#2', 30],
    ])
  })

  test('whoever came once, or gained nothing, comes no more than that', () => {
    const once = new Pace({ closeness: 0, speedup: 0.9 })
    once.sooner(order(1, 0))
    once.see(1)
    expect([...once.again()]).toEqual([])
    const steady = new Pace({ closeness: 0.9, speedup: 0.9 })
    for (const day of [0, 5]) steady.sooner(order(day, day))
    expect([...steady.again()]).toEqual([])
  })
})

const STAMPS = programOf(`
program: stamps
name: Stamps
currency: USD
timezone: UTC
wallets: { stamps: {} }
earning: [{ id: stamp, on: order, earn: 1 per item }]
rewards: [{ id: free, cost: 4 stamps, gives: { amount_off: 5.00 } }]
`)

test('members who speed up buy more within the same time, and are told beside those who do not', () => {
  const orders = Array.from({ length: 40 }, (_, n) => order(n, n * 10))
  const plain = backtest(STAMPS, orders, { redeeming: { model: 'at-once' } })
  const response = { closeness: 0.5, speedup: 0.5 }
  const sooner = backtest(STAMPS, orders, { redeeming: { model: 'at-once' }, response })
  expect([plain.orders.members, plain.response]).toEqual([40, null])
  expect(sooner.response).toEqual(response)
  expect(sooner.orders.members).toBeGreaterThan(40)
  expect(sooner.until).toBe(plain.until)
  expect(sooner.first_reward.days!.median).toBeLessThan(plain.first_reward.days!.median)
})

test('on any history all that is told holds together, and whoever does not respond is as without', () => {
  const drawn = fc.record({ file: programDraw({ gifts: true }), orders: pastOrders, chosen: fc.array(fc.nat(600)) })
  fc.assert(
    fc.property(drawn, ({ file, orders, chosen }) => {
      const program = programOf(file)
      const returns = returnsOf(orders, chosen)
      const run = (speedup: number) =>
        backtest(program, orders, { redeeming: { model: 'at-once' }, returns, response: { closeness: 0.3, speedup } })
      const plain = backtest(program, orders, { redeeming: { model: 'at-once' }, returns })
      expect({ ...run(0), response: null }).toEqual(plain)
      const sooner = run(0.5)
      expect(BacktestResult.parse(sooner)).toEqual(sooner)
      expect(sooner.orders.members).toBeGreaterThanOrEqual(plain.orders.members)
      for (const own of sooner.points) {
        const open = own.pending + own.available + own.held
        expect(own.issued + own.forgiven + own.debt).toBe(open + own.expired + own.spent + own.reversed)
      }
    }),
    { numRuns: runs(30) },
  )
})
