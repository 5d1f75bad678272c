/** What benchmarks send must be valid and repeatable, or their figures would mean nothing. */
import { expect, test } from 'vitest'
import { benchMembers, benchOrders } from '../bench/load.ts'

const UNTIL = Date.parse('2025-06-01T12:00:00.500Z')

test('the same arguments give the same orders, and another seed shares no id with them', () => {
  const first = [...benchOrders(50, 200, 1, UNTIL)]
  expect([...benchOrders(50, 200, 1, UNTIL)]).toEqual(first)

  const ids = new Set(first.map((order) => order.external_id))
  expect(ids.size).toBe(200)
  expect([...benchOrders(50, 200, 2, UNTIL)].filter((order) => ids.has(order.external_id))).toEqual([])
})

test('orders name existing members, all of them sooner or later', () => {
  const members = new Set([...benchMembers(50)].map((member) => `external:${member.external_id}`))
  expect(members.size).toBe(50)
  expect(new Set([...benchOrders(50, 2000, 1, UNTIL)].map((order) => order.member))).toEqual(members)
})

test('orders have one to three lines with ids of their own, and end a millisecond before the time given', () => {
  const orders = [...benchOrders(50, 2000, 1, UNTIL)]
  expect(new Set(orders.map((order) => order.lines.length))).toEqual(new Set([1, 2, 3]))
  expect(orders.filter(({ lines }) => new Set(lines.map((line) => line.id)).size !== lines.length)).toEqual([])
  expect(orders.map((order) => Date.parse(order.occurred_at))).toEqual(orders.map((_, i) => UNTIL - 2000 + i))
  expect(orders.at(-1)!.occurred_at).toBe('2025-06-01T12:00:00.499Z')
})
