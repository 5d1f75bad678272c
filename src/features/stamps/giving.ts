/** How many stamps an order gives, or what remains of it: the returns law of stamps. */

import type { OrderBody } from '../../core/activity.ts'
import type { PricedOrder } from '../../core/order.ts'
import { mulDivFloor } from '../../core/rational.ts'
import type { FactValue } from '../../core/rules/facts.ts'
import type { CardRules } from './rules.ts'

/** The order as it was paid, and as it remains: the same where nothing has come back. */
export interface Bought {
  body: OrderBody
  paid: PricedOrder
  remains: PricedOrder
}

/** What limits the stamps of one order, frozen with it: how many there may be, and whether it may give any. */
export interface Allowance {
  limit: number
  room: number
}

/** Reads the terms, the facts, what remains and what was frozen, and nothing else. */
export function stampsFor(rules: CardRules, slots: FactValue[], bought: Bought | null, free: Allowance): number {
  const full = fullStamps(rules, slots, bought)
  if (full === 0) return 0
  if (rules.limit === null) return Math.min(full, free.room)
  if (rules.limit.counts === 'times') return free.limit >= 1 ? Math.min(full, free.room) : 0
  return Math.min(full, free.limit, free.room)
}

function fullStamps(rules: CardRules, slots: FactValue[], bought: Bought | null): number {
  if (rules.when !== null && !rules.when.test(slots)) return 0
  if (bought === null) return 1
  const { remains } = bought
  // Where nothing remains there are no stamps: no goods, or no money after it was all given back.
  if (remains.quantity === 0 || (remains.total === 0 && remains.subtotal > remains.discount)) return 0
  if (remains.total < rules.minSpend) return 0
  let items = 0
  let net = 0
  for (let i = 0; i < remains.lines.length; i++) {
    const line = remains.lines[i]!
    if (line.quantity === 0 || (rules.counts !== null && !rules.counts(line, slots))) continue
    items += rules.freeItems ? line.quantity : unitsPaid(bought, i)
    net += line.net
  }
  if (typeof rules.per === 'number') return Math.floor(net / rules.per)
  return rules.per === 'item' ? items : Math.min(1, items)
}

/** Units of what remains of a line that are paid for: a unit that a reward took off whole is none of them. */
function unitsPaid({ body, paid, remains }: Bought, i: number): number {
  const { quantity } = remains.lines[i]!
  const { gross, discount } = paid.lines[i]!
  const own = body.lines[i]!.discount ?? 0
  const takenOff = discount - own
  return takenOff === 0 ? quantity : quantity - mulDivFloor(quantity, takenOff, gross - own)
}
