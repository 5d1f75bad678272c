/** What a return gives back of points that were spent on its order. */

import { nothingRemains, type PricedOrder, pointsKept, type Returned } from './order.ts'
import type { LotPart } from './points.ts'
import type { WalletRules } from './program.ts'

/** How many of the points spent on an order have come back when this much of it was returned. */
export function restoredPoints(
  { points, shares }: { points: number; shares: readonly number[] },
  rules: WalletRules,
  order: PricedOrder,
  returned: Returned,
): number {
  if (nothingRemains(order, returned)) return points
  return rules.restore === 'when_nothing_remains' ? 0 : points - pointsKept(points, shares, order, returned)
}

/** The parts that the points from `before` to `after` came from, counted from the last drawn: it expires the latest. */
export function lastOf(parts: readonly LotPart[], before: number, after: number): LotPart[] {
  const found: LotPart[] = []
  let passed = 0
  for (const part of [...parts].reverse()) {
    const from = Math.max(before, passed)
    const until = Math.min(after, passed + part.points)
    if (until > from) found.push({ ...part, points: until - from })
    passed += part.points
  }
  return found
}
