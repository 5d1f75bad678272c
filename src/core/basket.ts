/** A basket: what of an order there still is to take money off. Each discount finds what those before it left. */

import type { PricedOrder } from './order.ts'
import { mulDivFloor } from './rational.ts'
import type { FactValue } from './rules/facts.ts'

export interface Basket {
  /** The order as the shop priced it. */
  readonly order: PricedOrder
  /** Room for the facts that conditions about lines name. */
  readonly slots: FactValue[]
  /** What each line still costs, in the money of its unit price. */
  readonly left: readonly number[]
  /** Units of each line that were given: a unit is given once. */
  readonly free: readonly number[]
  /** Units of each line for which others were given: they count for one offer. */
  readonly bought: readonly number[]
  /** What the program's cap and floor still let be taken off. */
  readonly room: number
}

/** What a discount takes: money off each line, and the units that it gives and asks to be bought for them. */
export interface Taking {
  shares: readonly number[]
  /** Points that it costs, where how much it takes depends on how many there are. */
  points?: { wallet: string; points: number }
  free?: readonly number[]
  /** Those of the free ones that cost nothing at all. */
  given?: readonly number[]
  bought?: readonly number[]
}

export function basketOf(order: PricedOrder, slots: FactValue[]): Basket {
  const none = new Array(order.lines.length).fill(0) as number[]
  const left = order.lines.map(({ gross, discount }) => gross - discount)
  return { order, slots, left, free: none, bought: none, room: total(left) }
}

/** The basket without what was taken. */
export function without(
  { order, slots, left, free, bought, room }: Basket,
  taken: Pick<Taking, 'shares' | 'free' | 'bought'>,
): Basket {
  const { shares } = taken
  return {
    order,
    slots,
    left: left.map((amount, i) => amount - shares[i]!),
    free: added(free, taken.free),
    bought: added(bought, taken.bought),
    room: room - total(shares),
  }
}

/** The basket with so much room and no more. */
export function within({ order, slots, left, free, bought }: Basket, room: number): Basket {
  return { order, slots, left, free, bought, room }
}

function added(units: readonly number[], more: readonly number[] | undefined): readonly number[] {
  return more === undefined ? units : units.map((count, i) => count + more[i]!)
}

/** Units of a line that no offer has counted yet. */
export function unitsLeft({ order, left, free, bought }: Basket, line: number): number {
  return left[line] === 0 ? 0 : order.lines[line]!.quantity - free[line]! - bought[line]!
}

/** What so many more units of a line cost. What an earlier free unit left to pay is no part of the price of the next. */
export function worthOf({ order, left, free }: Basket, line: number, units: number): number {
  const { quantity, unit_price } = order.lines[line]!
  const paid = quantity - free[line]!
  return units === 0 ? 0 : Math.min(mulDivFloor(left[line]!, units, paid), unit_price * units)
}

export function total(amounts: readonly number[]): number {
  let sum = 0
  for (const amount of amounts) sum += amount
  return sum
}
