/** What returns give back of points that were used as money. */

import type { Deciding } from '../../core/deciding.ts'
import { restoreSpent } from '../../core/ledger.ts'
import { keptOfPayments, nothingRemains, type Returned, remainingOrder } from '../../core/order.ts'
import type { LotPart } from '../../core/points.ts'
import { rulesOf } from '../../core/program.ts'
import { mulDivFloor } from '../../core/rational.ts'
import { lastOf, restoredPoints } from '../../core/restoring.ts'

/** What an order freezes of points that were used on it. */
export interface Spent {
  wallet: string
  points: number
  /** What they paid; 0 where they lowered the price instead. */
  amount: number
  /** What they took off each line; those that paid did so of all lines alike. */
  shares: number[]
  parts: LotPart[]
}

/** How much of what was spent has come back: points, and of those that paid the money. */
interface Back {
  points: number
  amount: number
}

/**
 * Points come back as their wallet says. Of the money that a return brings, what points had paid is not paid out,
 * whatever becomes of the points: nobody gets in cash what was paid in points.
 */
export function giveBack(d: Deciding): undefined {
  const receipt = d.receipt!
  const all = (receipt.frozen.slices['exchange'] ?? []) as Spent[]
  if (all.length === 0) return
  const before = backOf(all, d, receipt.returned)
  const after = backOf(all, d, d.remains!.returned)
  for (const [i, { wallet, amount: paid, parts }] of all.entries()) {
    const points = after[i]!.points - before[i]!.points
    const amount = after[i]!.amount - before[i]!.amount
    const source = { rule: paid === 0 ? 'money-off' : 'a-payment', reverses: receipt.activity }
    if (points > 0)
      restoreSpent(d, rulesOf(d.program, wallet), lastOf(parts, before[i]!.points, after[i]!.points), source)
    if (points > 0 || amount > 0) d.addPayment({ wallet, points, amount, shares: [], isStored: false })
  }
}

function backOf(all: readonly Spent[], d: Deciding, returned: Returned): Back[] {
  const order = d.order!
  const amounts = all.map(({ amount }) => amount)
  const kept = keptOfPayments(order.total, remainingOrder(order, returned).total, amounts)
  const isOver = nothingRemains(order, returned)
  return all.map((spent, i) => {
    const { wallet, points, amount } = spent
    const rules = rulesOf(d.program, wallet)
    if (amount === 0) return { points: restoredPoints(spent, rules, order, returned), amount: 0 }
    const waits = rules.restore === 'when_nothing_remains' && !isOver
    return { points: waits ? 0 : points - mulDivFloor(points, kept[i]!, amount), amount: amount - kept[i]! }
  })
}
