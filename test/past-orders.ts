/** Random histories of several members' orders, as a business's records have them. */

import fc from 'fast-check'
import type { HistoryOrder, HistoryReturn } from '../src/core/history.ts'
import { at, type LineDraw } from './history.ts'

const line: fc.Arbitrary<LineDraw> = fc.record({
  category: fc.constantFrom('drinks', 'food', 'gift-cards'),
  quantity: fc.integer({ min: 1, max: 3 }),
  unit_price: fc.integer({ min: 0, max: 4000 }),
  discount: fc.constant(0),
})

/** In the order of time. */
export const pastOrders: fc.Arbitrary<HistoryOrder[]> = fc
  .array(
    fc.record({
      member: fc.constantFrom('ann', 'bob', 'cleo', null),
      wait: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 * 86_400_000 })),
      lines: fc.array(line, { minLength: 1, maxLength: 3 }),
    }),
    { maxLength: 40, size: 'max' },
  )
  .map((draws) => {
    let now = at('2025-11-20T15:00:00Z')
    return draws.map(({ member, wait, lines }, i) => ({
      external_id: `o${i}`,
      member,
      occurred_at: (now += wait),
      currency: 'USD',
      lines: lines.map(({ discount: _, ...rest }, place) => ({ id: `${place}`, sku: rest.category, ...rest })),
    }))
  })

/** Of some of the orders a first unit of some lines comes back, or all, some days later. */
export function returnsOf(orders: readonly HistoryOrder[], chosen: readonly number[]): HistoryReturn[] {
  return orders.flatMap(({ external_id: order, member, occurred_at, lines }, i) => {
    const draw = chosen[i % Math.max(1, chosen.length)] ?? 0
    if (draw % 3 === 0) return []
    const whole = draw % 3 === 2
    const back = lines.filter((_, place) => whole || (draw >> place) % 2 === 0)
    if (back.length === 0) return []
    const wanted = back.map(({ id, quantity }) => ({ id, quantity: whole ? quantity : 1 }))
    return [{ external_id: `r${i}`, order, member, occurred_at: occurred_at + (draw % 30) * 86_400_000, lines: wanted }]
  })
}
