/** Discounts: the kinds of money off an order, as a program file says them and as they take it off the lines. */

import { z } from 'zod'
import { type Basket, type Taking, total, unitsLeft, worthOf } from './basket.ts'
import type { Compiling, Path } from './feature.ts'
import { compileLines, LineChoice, type Counts as LineCounts } from './lines.ts'
import { spread } from './money.ts'
import { NEVER } from './points.ts'
import { MoneyText, moneyAt, shareAt } from './program.ts'
import { mulDivFloor, type Rational, roundDiv } from './rational.ts'

const Percent = z.union([z.number(), z.string()])
const UpTo = MoneyText.optional()
const Takes = z.enum(['dearest', 'cheapest', 'first'])
const Quantity = z.int().min(1).max(1_000)

/** The kinds as a program file says them. */
/** The settings by one of which a section says that it takes money off. */
const MONEY_OFF = ['amount_off', 'percent_off', 'free_item', 'buy_get', 'free_shipping', 'prices'] as const

export function takesMoneyOff(gives: Readonly<Record<string, unknown>>): boolean {
  return MONEY_OFF.some((kind) => kind in gives)
}

export const MoneyOffKinds = z.union([
  z.strictObject({ amount_off: MoneyText.describe('Money off the order, or off some of its lines'), ...LineChoice }),
  z.strictObject({
    percent_off: Percent.describe('Per cent off the order, or off some of its lines'),
    up_to: UpTo.describe('At most this much'),
    ...LineChoice,
  }),
  z.strictObject({
    free_item: z
      .strictObject({
        ...LineChoice,
        up_to: UpTo.describe('At most this much of its price'),
        takes: Takes.default('dearest').describe('Which item of the order it takes'),
      })
      .describe('One of the items in the order costs nothing'),
  }),
  z.strictObject({
    buy_get: z
      .strictObject({
        buy: z
          .strictObject({ quantity: Quantity.describe('How many have to be bought'), ...LineChoice })
          .describe('What has to be bought'),
        get: z
          .strictObject({
            quantity: Quantity.describe('How many come for them'),
            ...LineChoice,
            percent_off: Percent.default(100).describe('Per cent off those; they are free unless said'),
            takes: Takes.default('cheapest').describe('Which items of the order it takes'),
          })
          .describe('What is cheaper for it'),
        times: Quantity.optional().describe('How often it may be had on one order; as often as it fits unless said'),
      })
      .describe('Some items are cheaper for others that are bought beside them'),
  }),
  z.strictObject({
    free_shipping: z
      .strictObject({ up_to: UpTo.describe('At most this much') })
      .describe('The lines of shipping cost nothing: those of the category that `checkout.shipping` names'),
  }),
  z.strictObject({
    prices: z
      .record(z.string(), MoneyText)
      .refine((prices) => Object.keys(prices).length > 0, 'must name at least one item')
      .describe('What one of each item costs instead, by item number'),
  }),
])

type Counts = LineCounts | null
type Picks = z.output<typeof Takes>

export type MoneyOff =
  | { kind: 'amount_off'; amount: number; counts: Counts }
  | { kind: 'percent_off'; share: Rational; upTo: number; counts: Counts }
  | { kind: 'free_item'; upTo: number; takes: Picks; counts: Counts; item: Item }
  | { kind: 'buy_get'; buy: Part; get: Part; share: Rational; takes: Picks; most: number }
  | { kind: 'free_shipping'; upTo: number; category: string }
  | { kind: 'prices'; prices: ReadonlyMap<string, number> }

/** What a free item is, as orders name it; of several, the first. */
interface Item {
  category: string | undefined
  sku: string | undefined
}

interface Part {
  quantity: number
  counts: Counts
}

/** Kinds that are had once on an order, however often they are asked for. */
export function isOnce({ kind }: MoneyOff): boolean {
  return kind === 'percent_off' || kind === 'free_shipping' || kind === 'prices'
}

/** The most that it takes off, in minor units; NEVER where that depends on the order alone. */
export function mostOff(gives: MoneyOff): number {
  if (gives.kind === 'amount_off') return gives.amount
  return gives.kind === 'buy_get' || gives.kind === 'prices' ? NEVER : gives.upTo
}

/** What is taken off each line when something is had so many times; null when the order has nothing that it is for. */
export function takeOff(gives: MoneyOff, basket: Basket, times: number): Taking | null {
  const taking = taken(gives, basket, times)
  return taking === null || total(taking.shares) === 0 ? null : taking
}

function taken(gives: MoneyOff, basket: Basket, times: number): Taking | null {
  switch (gives.kind) {
    case 'amount_off':
      return upTo(gives.amount * times, counted(basket, gives.counts))
    case 'percent_off': {
      const lines = counted(basket, gives.counts)
      return upTo(Math.min(gives.upTo, partOf(total(lines), gives.share)), lines)
    }
    case 'free_item':
      return freeItems(gives, basket, times)
    case 'buy_get':
      return buyGet(gives, basket, times)
    case 'free_shipping': {
      const shipping = basket.left.map((left, i) => (basket.order.lines[i]!.category === gives.category ? left : 0))
      return upTo(gives.upTo, shipping)
    }
    case 'prices':
      return { shares: basket.order.lines.map(({ sku }, i) => aboveItsPrice(gives.prices.get(sku), basket, i)) }
  }
}

/** What each of the lines that count still costs; nothing for the others. */
function counted({ order, slots, left }: Basket, counts: Counts): readonly number[] {
  return counts === null ? left : left.map((amount, i) => (counts(order.lines[i]!, slots) ? amount : 0))
}

function upTo(amount: number, lines: readonly number[]): Taking {
  return { shares: spread(Math.min(amount, total(lines)), lines) }
}

function partOf(amount: number, { n, d }: Rational): number {
  if (Number.isSafeInteger(amount * n)) return roundDiv(amount * n, d, 'nearest')
  return mulDivFloor(amount, n, d)
}

function aboveItsPrice(price: number | undefined, { order, left, free }: Basket, line: number): number {
  if (price === undefined) return 0
  return Math.max(0, left[line]! - price * (order.lines[line]!.quantity - free[line]!))
}

function freeItems(
  { upTo: most, takes, counts }: Extract<MoneyOff, { kind: 'free_item' }>,
  basket: Basket,
  quantity: number,
): Taking | null {
  const { lines } = basket.order
  const there = lines.map((line, i) => (counts === null || counts(line, basket.slots) ? unitsLeft(basket, i) : 0))
  if (total(there) < quantity) return null
  const free = picked(basket, takes, quantity, there)
  const worth = free.map((units, i) => worthOf(basket, i, units))
  const shares = worth.map((amount, i) => Math.min(amount, ceiling(most, free[i]!)))
  return { free, given: free.map((units, i) => (shares[i] === worth[i] ? units : 0)), shares }
}

function ceiling(most: number, units: number): number {
  return most === NEVER ? NEVER : most * units
}

/**
 * So many for so many. What is bought for something and what is given for it are different units, and none of them
 * counts for another offer. Units that could be either are bought as far as the others do not suffice.
 */
function buyGet(
  { buy, get, share, takes, most }: Extract<MoneyOff, { kind: 'buy_get' }>,
  basket: Basket,
  asked: number,
): Taking | null {
  const { lines } = basket.order
  const buys = lines.map((line) => buy.counts === null || buy.counts(line, basket.slots))
  const gets = lines.map((line) => get.counts === null || get.counts(line, basket.slots))
  const there = lines.map((_, i) => unitsLeft(basket, i))
  const only = (a: boolean[], b: boolean[]) => total(there.map((units, i) => (a[i] && !b[i] ? units : 0)))
  const [bought, given] = [only(buys, gets), only(gets, buys)]
  const either = total(there.map((units, i) => (buys[i] && gets[i] ? units : 0)))
  const times = Math.min(
    asked,
    most,
    Math.floor((bought + either) / buy.quantity),
    Math.floor((given + either) / get.quantity),
    Math.floor((bought + given + either) / (buy.quantity + get.quantity)),
  )
  // A reward is paid for so many times; what comes by itself comes as often as it fits.
  if (times === 0 || (asked !== NEVER && times < asked)) return null
  const wanted = times * buy.quantity
  const spare = either - Math.max(0, wanted - bought)
  const free = picked(
    basket,
    takes,
    times * get.quantity,
    there.map((units, i) => (gets[i] ? units : 0)),
    { among: buys, most: spare },
  )
  const rest = there.map((units, i) => (buys[i] ? units - free[i]! : 0))
  return {
    free,
    ...(share.n === share.d ? { given: free } : {}),
    bought: paying(rest, gets, wanted),
    shares: free.map((units, i) => partOf(worthOf(basket, i, units), share)),
  }
}

/**
 * Which units are taken: by their price, and of equal prices by the order of the lines, so that every device takes the
 * same ones. `among` are lines of which no more than `most` may be taken together.
 */
function picked(
  { order }: Basket,
  takes: Picks,
  quantity: number,
  there: readonly number[],
  { among, most }: { among: readonly boolean[]; most: number } = { among: [], most: 0 },
): number[] {
  const places = order.lines.map((_, i) => i)
  if (takes !== 'first') {
    const sign = takes === 'dearest' ? -1 : 1
    places.sort((a, b) => sign * (order.lines[a]!.unit_price - order.lines[b]!.unit_price) || a - b)
  }
  const units: number[] = new Array(order.lines.length).fill(0)
  let [wanted, spare] = [quantity, most]
  for (const i of places) {
    const now = Math.min(wanted, there[i]!, among[i] === true ? spare : wanted)
    units[i] = now
    wanted -= now
    if (among[i] === true) spare -= now
  }
  return units
}

/** Which units are bought for others: first those that could not be had for nothing themselves. */
function paying(there: readonly number[], gets: readonly boolean[], quantity: number): number[] {
  const units: number[] = new Array(there.length).fill(0)
  let wanted = quantity
  for (const either of [false, true])
    for (let i = 0; i < there.length; i++) {
      if (gets[i] !== either) continue
      units[i] = Math.min(wanted, there[i]!)
      wanted -= units[i]!
    }
  return units
}

export function compileMoneyOff(gives: z.output<typeof MoneyOffKinds>, compiling: Compiling, path: Path): MoneyOff {
  const money = (value: string | number | undefined, ...at: Path) =>
    value === undefined ? NEVER : moneyAt(compiling, [...path, ...at], value)
  if ('amount_off' in gives) {
    const counts = compileLines(gives, compiling, path)
    return { kind: 'amount_off', amount: money(gives.amount_off, 'amount_off'), counts }
  }
  if ('percent_off' in gives) {
    const share = shareAt(compiling, [...path, 'percent_off'], gives.percent_off)
    return {
      kind: 'percent_off',
      share,
      upTo: money(gives.up_to, 'up_to'),
      counts: compileLines(gives, compiling, path),
    }
  }
  if ('free_item' in gives) {
    const { up_to, takes, category, item: sku } = gives.free_item
    const counts = compileLines(gives.free_item, compiling, [...path, 'free_item'])
    const item = { category: [category].flat()[0], sku: [sku].flat()[0] }
    return { kind: 'free_item', upTo: money(up_to, 'free_item', 'up_to'), takes, counts, item }
  }
  if ('buy_get' in gives) {
    const { get, times } = gives.buy_get
    const part = (side: 'buy' | 'get'): Part => ({
      quantity: gives.buy_get[side].quantity,
      counts: compileLines(gives.buy_get[side], compiling, [...path, 'buy_get', side]),
    })
    const share = shareAt(compiling, [...path, 'buy_get', 'get', 'percent_off'], get.percent_off)
    return { kind: 'buy_get', buy: part('buy'), get: part('get'), share, takes: get.takes, most: times ?? NEVER }
  }
  if ('free_shipping' in gives) {
    const checkout = compiling.settings['checkout'] as { shipping: string }
    const upTo = money(gives.free_shipping.up_to, 'free_shipping', 'up_to')
    return { kind: 'free_shipping', upTo, category: checkout.shipping }
  }
  const prices = Object.entries(gives.prices).map(([sku, price]) => [sku, money(price, 'prices', sku)] as const)
  return { kind: 'prices', prices: new Map(prices) }
}
