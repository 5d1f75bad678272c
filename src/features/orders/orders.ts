/** Orders and their returns: what a purchase costs, what rules may ask about it, what remains of it. */

import type { ActivityOf, OrderBody } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Fact, FactContext, Feature } from '../../core/feature.ts'
import { settleReturn } from '../../core/ledger.ts'
import {
  addReturn,
  allThatRemains,
  type PricedOrder,
  priceOrder,
  type Returned,
  remainingOrder,
} from '../../core/order.ts'
import { rulesOf } from '../../core/program.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { Settlement } from '../../core/settlement.ts'
import { civil, HOUR_MS, localTimeOfDay, WEEKDAYS, weekday } from '../../core/time.ts'
import { words } from './words.ts'

export const orders: Feature = {
  id: 'orders',
  facts: orderFacts,
  hears: {
    order: { price, grant: freeze },
    return: { price: takeBack, grant: settle },
    cancel: { price: takeAllBack, grant: settle },
  },
  words,
}

/** Reads the order as the shop priced it, and with it every fact. */
function price(d: Deciding, { body }: ActivityOf<'order'>): Refusal | undefined {
  if (body.currency !== d.program.currency)
    return refuse(
      'currency_mismatch',
      `The program is in ${d.program.currency}, the order in ${body.currency}.`,
      '/currency',
    )
  d.order = priceOrder(body, null)
  d.readFacts()
  return undefined
}

/** Facts about the member and the moment stay for returns as they were; those about the order follow its remainder. */
function freeze(d: Deciding): undefined {
  if (d.frozen === null) return
  const { readers } = d.program
  for (let i = 0; i < readers.length; i++) {
    const { name, slot, stays } = readers[i]!
    if (stays) d.frozen.facts[name] = d.slots[slot]!
  }
}

function takeBack(d: Deciding, { body }: ActivityOf<'return'>): Refusal | undefined {
  const receipt = d.receipt!
  const order = priceOrder(receipt.body, receipt.frozen.shares)
  const returned = addReturn(order, receipt.body.currency, receipt.returned, body)
  if (returned instanceof Refusal) return returned
  remain(d, order, returned)
  const { before, after } = d.remains!
  d.refund_total = before.total - after.total
  // A line's own amount says what its units bring, when the shop gives back less than was paid for them.
  for (const line of body.lines ?? []) {
    if (line.quantity === 0 || line.amount === undefined) continue
    const i = order.lines.findIndex(({ id }) => id === line.id)
    d.refund_total += line.amount - (totalOf(before, i) - totalOf(after, i))
  }
  return undefined
}

function totalOf(order: PricedOrder, line: number): number {
  return order.lines[line]!.net + order.lines[line]!.tax
}

function takeAllBack(d: Deciding): undefined {
  const receipt = d.receipt!
  const order = priceOrder(receipt.body, receipt.frozen.shares)
  remain(d, order, allThatRemains(order, receipt.returned))
  d.refund_total = d.remains!.before.total - d.remains!.after.total
}

function remain(d: Deciding, order: PricedOrder, returned: Returned): void {
  d.remains = {
    before: remainingOrder(order, d.receipt!.returned),
    after: remainingOrder(order, returned),
    returned,
  }
  d.order = order
  d.settlement = new Settlement(d.account, d.receipt!.returned.missing, (wallet) => rulesOf(d.program, wallet))
}

/** Last of all: then every point that the return takes and brings has been booked. */
function settle(d: Deciding): undefined {
  const missing = settleReturn(d)
  const { missing: _, ...returned } = d.remains!.returned
  d.remains!.returned = missing === undefined ? returned : { ...returned, missing }
}

function orderFacts(): Record<string, Fact> {
  const order = (read: (order: PricedOrder) => number) => (c: FactContext) => (c.order === null ? 0 : read(c.order))
  const body = (read: (body: OrderBody) => string) => (c: FactContext) =>
    c.order === null ? '' : read(c.body as OrderBody)
  const texts = (read: (order: PricedOrder) => string[]) => (c: FactContext) => (c.order === null ? [] : read(c.order))
  return {
    'order.total': money(
      'What the customer pays, tax included',
      order((o) => o.total),
    ),
    'order.net': money(
      'What the customer pays, before tax',
      order((o) => o.net),
    ),
    'order.subtotal': money(
      'The sum of the lines before discounts',
      order((o) => o.subtotal),
    ),
    'order.discount': money(
      'All that was taken off',
      order((o) => o.discount),
    ),
    'order.items': { type: 'int', describe: 'How many units', read: order((o) => o.quantity) },
    'order.lines': { type: 'int', describe: 'How many lines', read: order((o) => countLines(o)) },
    'order.categories': {
      type: 'strings',
      describe: 'The categories in the order',
      read: texts((o) => distinct(o, (line) => line.category)),
    },
    'order.skus': {
      type: 'strings',
      describe: 'The items in the order',
      read: texts((o) => distinct(o, (line) => line.sku)),
    },
    'order.location': { type: 'string', describe: 'The shop', read: body((b) => b.location ?? '') },
    'order.channel': {
      type: 'string',
      describe: 'Where it was bought, such as till or web',
      read: body((b) => b.channel ?? ''),
    },
    'order.tenders': {
      type: 'strings',
      describe: 'How it was paid',
      read: (c) => (c.order === null ? [] : ((c.body as OrderBody).tender ?? []).map((tender) => tender.type)),
    },
    'order.weekday': {
      type: 'string',
      describe: "The day of the week in the program's time zone",
      values: WEEKDAYS,
      read: (c) => WEEKDAYS[weekday(c.day)]!,
      told: (value) => ({ weekday: String(value) }),
    },
    'order.hour': {
      type: 'int',
      describe: "The hour of the day, 0 to 23, in the program's time zone",
      read: (c) => Math.floor(localTimeOfDay(c.program.zone, c.at) / HOUR_MS),
    },
    'order.month': {
      type: 'int',
      describe: 'The month, 1 to 12',
      read: (c) => civil(c.day).month,
      told: (value) => (MONTH_NUMBERS.includes(Number(value)) ? { month: Number(value) } : value),
    },
    'order.day': { type: 'int', describe: 'The day of the month, 1 to 31', read: (c) => civil(c.day).day },
    'line.category': { type: 'string', describe: 'The category of the line', read: () => '' },
    'line.sku': { type: 'string', describe: 'The item of the line', read: () => '' },
    'line.name': { type: 'string', describe: 'The name of the item', read: () => '' },
    'line.quantity': { type: 'int', describe: 'Units of the line', read: () => 0 },
    'line.unit_price': { type: 'money', describe: 'The price of one unit', read: () => 0 },
    'line.net': { type: 'money', describe: 'The line after discounts, before tax', read: () => 0 },
  }
}

const MONTH_NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]

function money(describe: string, read: Fact['read']): Fact {
  return { type: 'money', describe, read }
}

function countLines(order: PricedOrder): number {
  return order.lines.reduce((count, line) => (line.quantity > 0 ? count + 1 : count), 0)
}

function distinct(order: PricedOrder, of: (line: PricedOrder['lines'][number]) => string): string[] {
  return [...new Set(order.lines.filter((line) => line.quantity > 0).map(of))]
}
