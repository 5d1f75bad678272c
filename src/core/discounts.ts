/** Discounts: the kinds of money off an order, and what each line gives to one. */

import { z } from 'zod'
import type { OrderBody } from './activity.ts'
import type { Compiling, Path } from './feature.ts'
import { spread } from './money.ts'
import { NEVER } from './points.ts'
import { MoneyText, moneyAt } from './program.ts'
import { mulDivFloor, parseDecimal, type Rational, roundDiv } from './rational.ts'

/** The kinds as a program file says them. */
export const MoneyOffKinds = z.union([
  z.strictObject({ amount_off: MoneyText.describe('Money off the order') }),
  z.strictObject({
    percent_off: z.union([z.number(), z.string()]).describe('Per cent off the order'),
    up_to: MoneyText.optional().describe('At most this much'),
  }),
  z.strictObject({
    free_item: z.strictObject({
      category: z.string().optional().describe('An item of this category'),
      item: z.string().optional().describe('This item'),
      up_to: MoneyText.optional().describe('At most this much of its price'),
      takes: z.enum(['dearest', 'cheapest', 'first']).default('dearest').describe('Which item of the order it takes'),
    }),
  }),
])

export type MoneyOff =
  | { kind: 'amount_off'; amount: number }
  | { kind: 'percent_off'; share: Rational; upTo: number }
  | {
      kind: 'free_item'
      category: string | undefined
      item: string | undefined
      upTo: number
      takes: 'dearest' | 'cheapest' | 'first'
    }

/** The share of each line in a discount, or null when nothing in the order is of the kind that it is for. */
export function sharesOf(
  gives: MoneyOff,
  body: OrderBody,
  left: readonly number[],
  free: number[],
  quantity: number,
): number[] | null {
  const total = left.reduce((sum, amount) => sum + amount, 0)
  if (gives.kind === 'free_item') return freeItems(gives, body, left, free, quantity)
  if (total === 0) return null
  if (gives.kind === 'amount_off') return spread(Math.min(total, gives.amount * quantity), left)
  const off = roundDiv(total * gives.share.n, gives.share.d, 'nearest')
  return spread(Math.min(total, off, gives.upTo), left)
}

/** `free` counts the units of each line that are free already: no unit is given twice. */
function freeItems(
  gives: Extract<MoneyOff, { kind: 'free_item' }>,
  body: OrderBody,
  left: readonly number[],
  free: number[],
  quantity: number,
): number[] | null {
  const eligible = body.lines
    .map((line, i) => ({ line, i }))
    .filter(
      ({ line, i }) =>
        left[i]! > 0 &&
        line.quantity > free[i]! &&
        (gives.category === undefined || line.category === gives.category) &&
        (gives.item === undefined || line.sku === gives.item),
    )
  if (gives.takes !== 'first') {
    const sign = gives.takes === 'dearest' ? -1 : 1
    // Equal prices keep the order of the lines, so that every device takes the same one.
    eligible.sort((a, b) => sign * (a.line.unit_price - b.line.unit_price) || a.i - b.i)
  }
  if (eligible.reduce((units, { line, i }) => units + line.quantity - free[i]!, 0) < quantity) return null
  const shares = left.map(() => 0)
  let wanted = quantity
  for (const { line, i } of eligible) {
    const paid = line.quantity - free[i]!
    const units = Math.min(wanted, paid)
    if (units === 0) break
    // What an earlier free unit left to pay is no part of the price of the next.
    const worth = Math.min(mulDivFloor(left[i]!, units, paid), line.unit_price * units)
    shares[i] = Math.min(worth, gives.upTo === NEVER ? worth : gives.upTo * units)
    free[i]! += units
    wanted -= units
  }
  return shares
}

export function compileMoneyOff(gives: z.output<typeof MoneyOffKinds>, compiling: Compiling, path: Path): MoneyOff {
  if ('amount_off' in gives)
    return { kind: 'amount_off', amount: moneyAt(compiling, [...path, 'amount_off'], gives.amount_off) }
  if ('percent_off' in gives) {
    const share = parseDecimal(gives.percent_off)
    if (share === null || share.n <= 0 || share.n > share.d * 100)
      compiling.problem([...path, 'percent_off'], 'not_a_percentage', 'must be above 0 and at most 100')
    const upTo = gives.up_to === undefined ? NEVER : moneyAt(compiling, [...path, 'up_to'], gives.up_to)
    return { kind: 'percent_off', share: { n: share?.n ?? 0, d: (share?.d ?? 1) * 100 }, upTo }
  }
  const { category, item, up_to, takes } = gives.free_item
  const upTo = up_to === undefined ? NEVER : moneyAt(compiling, [...path, 'free_item', 'up_to'], up_to)
  return { kind: 'free_item', category, item, upTo, takes }
}
