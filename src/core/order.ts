/** The money of an order: its lines before and after discounts and tax, in full and for what remains after returns. */

import type { OrderBody, ReturnBody } from './activity.ts'
import { spread } from './money.ts'
import { assertSafe, mulDivFloor } from './rational.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Missing } from './settlement.ts'

export interface PricedLine {
  id: string
  sku: string
  name: string
  category: string
  quantity: number
  unit_price: number
  /** quantity × unit price, before any discount: as `prices` says with or without tax. */
  gross: number
  /** The same before tax, and the tax that the undiscounted line would bear. */
  gross_net: number
  gross_tax: number
  /** The shop's own discount and the shares of every discount that Regulars gave. */
  discount: number
  /** After discounts, before tax. */
  net: number
  tax: number
}

export interface PricedOrder {
  lines: PricedLine[]
  /** Sum of gross amounts, as `prices` says with or without tax. */
  subtotal: number
  discount: number
  net: number
  tax: number
  /** What the customer pays: net + tax. */
  total: number
  quantity: number
}

/** What returns have taken of an order so far. Quantities and amounts only grow, and adding is all that happens to them. */
export interface Returned {
  /** Units of each line, in the order's own sequence of lines. */
  quantities: number[]
  /** Money taken off each line that stays, tax included. */
  amounts: number[]
  /** Money taken off the order as a whole, tax included. */
  amount: number
  /** By wallet, what was not there any more to be taken back; left out where nothing was missing. */
  missing?: Readonly<Record<string, Missing>>
  /** By feature, what it keeps for the next return; left out where it is nothing. */
  slices?: Readonly<Record<string, unknown>>
}

/**
 * Prices an order. `shares` holds, per line, what Regulars takes off it: in the same money as the unit prices
 * (with tax when the prices include it). A smaller price carries its own smaller tax.
 */
export function priceOrder(body: OrderBody, shares: readonly number[] | null): PricedOrder {
  const included = body.prices === 'tax_included'
  const lines: PricedLine[] = new Array(body.lines.length)
  let subtotal = 0
  let discount = 0
  let net = 0
  let tax = 0
  let quantity = 0
  for (let i = 0; i < body.lines.length; i++) {
    const line = body.lines[i]!
    const gross = line.quantity * line.unit_price
    const own = line.discount ?? 0
    const before = gross - own
    const share = shares === null ? 0 : shares[i]!
    const after = before - share
    const fullTax = line.tax ?? 0
    const lineTax = share === 0 ? fullTax : before === 0 ? 0 : mulDivFloor(fullTax, after, before)
    const lineNet = included ? after - lineTax : after
    const grossTax = own === 0 ? fullTax : before === 0 ? 0 : mulDivFloor(fullTax, gross, before)
    lines[i] = {
      id: line.id,
      sku: line.sku,
      name: line.name ?? '',
      category: line.category ?? '',
      quantity: line.quantity,
      unit_price: line.unit_price,
      gross,
      gross_net: included ? gross - grossTax : gross,
      gross_tax: grossTax,
      discount: own + share,
      net: lineNet,
      tax: lineTax,
    }
    subtotal += gross
    discount += own + share
    net += lineNet
    tax += lineTax
    quantity += line.quantity
  }
  assertSafe(subtotal + tax)
  return { lines, subtotal, discount, net, tax, total: net + tax, quantity }
}

export function nothingReturned(lines: number): Returned {
  return { quantities: new Array(lines).fill(0), amounts: new Array(lines).fill(0), amount: 0 }
}

/** No goods of the order remain, or no money of it: what was paid may also come back as an amount. */
export function nothingRemains(order: PricedOrder, returned: Returned): boolean {
  if (order.lines.every((line, i) => returned.quantities[i] === line.quantity)) return true
  const paidBack = returned.amount > 0 || returned.amounts.some((amount) => amount > 0)
  return paidBack && remainingOrder(order, returned).total === 0
}

/**
 * How many of the points that were spent on an order stay spent, each line having contributed in proportion to
 * `weights`. Units that come back take the points of their line with them; money that comes back takes its share of
 * what is left. More returned never leaves more, and the steps that led there make no difference.
 */
export function pointsKept(points: number, weights: readonly number[], order: PricedOrder, returned: Returned): number {
  const shares = spread(points, weighing(weights, order))
  let kept = 0
  let money = 0
  for (const [i, line] of order.lines.entries()) {
    const k = line.quantity - returned.quantities[i]!
    const paid = mulDivFloor(line.net, k, line.quantity) + mulDivFloor(line.tax, k, line.quantity)
    kept += leftOf(mulDivFloor(shares[i]!, k, line.quantity), returned.amounts[i]!, paid)
    money += Math.max(0, paid - returned.amounts[i]!)
  }
  return leftOf(kept, returned.amount, money)
}

/**
 * What each payment of an order still stands for when this much of its total remains. The rest was paid in money. All
 * of them, money included, shrink alike; each only ever shrinks, and they always add up to what remains.
 */
export function keptOfPayments(total: number, remaining: number, amounts: readonly number[]): number[] {
  let [all, left] = [total, remaining]
  const keep = (amount: number) => {
    const kept = all === 0 ? 0 : mulDivFloor(amount, left, all)
    all -= amount
    left -= kept
    return kept
  }
  keep(total - amounts.reduce((sum, amount) => sum + amount, 0))
  return amounts.map(keep)
}

/** What of an order earns nothing: money of each line, tax included, and units. */
export interface Unearning {
  money: readonly number[]
  units: readonly number[]
}

/** The part of an order that earns, or of what remains of it. `full` is the whole order. */
export function earningPart(order: PricedOrder, full: PricedOrder, { money, units }: Unearning): PricedOrder {
  return totalled(
    order.lines.map((line, i) => {
      const whole = full.lines[i]!
      const total = whole.net + whole.tax
      const off = total === 0 ? 0 : mulDivFloor(money[i]!, line.net + line.tax, total)
      const net = off === 0 ? 0 : takenFromNet(off, line.net, line.tax)
      return {
        ...line,
        quantity: line.quantity - mulDivFloor(units[i]!, line.quantity, whole.quantity),
        gross_net: Math.max(0, line.gross_net - net),
        gross_tax: Math.max(0, line.gross_tax - (off - net)),
        net: line.net - net,
        tax: line.tax - (off - net),
      }
    }),
  )
}

/** Points whose money has come back in part. */
function leftOf(points: number, taken: number, money: number): number {
  if (taken === 0) return points
  return taken >= money ? 0 : mulDivFloor(points, money - taken, money)
}

/** A reward that took no money off is the price's, or of an order without a price everybody's alike. */
function weighing(weights: readonly number[], order: PricedOrder): readonly number[] {
  if (weights.some((weight) => weight > 0)) return weights
  return order.lines.map((line) => (order.subtotal > 0 ? line.gross : line.quantity))
}

/**
 * The order that remains after returns. Of a line of n units the first k keep floor(amount × k ÷ n), so what any
 * sequence of returns takes adds up to the line. Money taken off scales what is left of a line or of the order.
 * The answer depends on `returned` alone, never on the steps that led to it.
 */
export function remainingOrder(order: PricedOrder, returned: Returned): PricedOrder {
  const lines: PricedLine[] = order.lines.map((line, i) => {
    const k = line.quantity - returned.quantities[i]!
    const part = (amount: number) => mulDivFloor(amount, k, line.quantity)
    const net = part(line.net)
    const tax = part(line.tax)
    const off = Math.min(returned.amounts[i]!, net + tax)
    return {
      ...line,
      quantity: k,
      gross: part(line.gross),
      gross_net: part(line.gross_net),
      gross_tax: part(line.gross_tax),
      discount: part(line.discount),
      net: off === 0 ? net : net - takenFromNet(off, net, tax),
      tax: off === 0 ? tax : tax - (off - takenFromNet(off, net, tax)),
    }
  })
  return takeAmount(totalled(lines), returned.amount)
}

function totalled(lines: PricedLine[]): PricedOrder {
  const order: PricedOrder = { lines, subtotal: 0, discount: 0, net: 0, tax: 0, total: 0, quantity: 0 }
  for (const line of lines) {
    order.subtotal += line.gross
    order.discount += line.discount
    order.net += line.net
    order.tax += line.tax
    order.quantity += line.quantity
  }
  order.total = order.net + order.tax
  return order
}

function takenFromNet(off: number, net: number, tax: number): number {
  return off - mulDivFloor(off, tax, net + tax)
}

function takeAmount(order: PricedOrder, amount: number): PricedOrder {
  if (amount === 0 || order.total === 0) return order
  const shares = spread(
    Math.min(amount, order.total),
    order.lines.map((line) => line.net + line.tax),
  )
  return totalled(
    order.lines.map((line, i) => {
      const off = takenFromNet(shares[i]!, line.net, line.tax)
      return line.net + line.tax === 0 ? line : { ...line, net: line.net - off, tax: line.tax - (shares[i]! - off) }
    }),
  )
}

/** Adds one return to what was returned before, or says why it cannot be. `currency` is the order's. */
export function addReturn(
  order: PricedOrder,
  currency: string,
  before: Returned,
  body: ReturnBody,
): Returned | Refusal {
  if (body.currency !== undefined && body.currency !== currency)
    return refuse('currency_mismatch', `The order is in ${currency}, the return in ${body.currency}.`, '/currency')
  const after: Returned = {
    quantities: [...before.quantities],
    amounts: [...before.amounts],
    amount: before.amount,
    ...(before.slices === undefined ? {} : { slices: before.slices }),
  }
  const money = remainingOrder(order, before).lines.map(({ net, tax }) => net + tax)
  for (const [n, wanted] of (body.lines ?? []).entries()) {
    const i = order.lines.findIndex((line) => line.id === wanted.id)
    const pointer = `/lines/${n}`
    if (i < 0) return refuse('quantity_not_returnable', `The order has no line ${wanted.id}.`, `${pointer}/id`)
    after.quantities[i]! += wanted.quantity
    const left = order.lines[i]!.quantity - before.quantities[i]!
    if (after.quantities[i]! > order.lines[i]!.quantity)
      return refuse(
        'quantity_not_returnable',
        `Line ${wanted.id} has ${left} left to return, not ${wanted.quantity}.`,
        `${pointer}/quantity`,
      )
    const amount = wanted.amount ?? 0
    if (amount > money[i]!)
      return refuse('amount_exceeds_order', `Line ${wanted.id} has ${money[i]} left to give back.`, `${pointer}/amount`)
    money[i]! -= amount
    if (wanted.quantity === 0) after.amounts[i]! += amount
  }
  if (body.amount === undefined || body.amount === 0) return after
  const { total } = remainingOrder(order, after)
  if (body.amount > total) return refuse('amount_exceeds_order', `The order has ${total} left to give back.`, '/amount')
  return { ...after, amount: before.amount + body.amount }
}

/** All that is left of the order, as a return: what a cancellation takes back. */
export function allThatRemains(order: PricedOrder, before: Returned): Returned {
  return { ...before, quantities: order.lines.map((line) => line.quantity) }
}
