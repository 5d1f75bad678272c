/** Orders of the past: what a live import and a backtest decide for them, made in one place so that it is the same. */

import type { ActivityOf, OrderBody } from './activity.ts'

/** An order out of a business's records. Amounts are minor units of its currency. */
export interface HistoryOrder {
  external_id: string
  /** The business's own id of the member; null for an anonymous sale. */
  member: string | null
  /** Epoch milliseconds. */
  occurred_at: number
  currency: string
  /**
   * Whether its prices include tax; they do unless said, since what a till writes down is most often what was paid.
   * Where nothing is known of the tax either, net and total are then the same.
   */
  prices?: OrderBody['prices'] | undefined
  location?: string | undefined
  channel?: string | undefined
  lines: OrderBody['lines']
}

/** What came back of one order, out of a business's records. */
export interface HistoryReturn {
  /** The business's own id of what says so, such as a credit note's. */
  external_id: string
  order: string
  /** Whose order it is; null for an anonymous sale. */
  member: string | null
  /** Epoch milliseconds. */
  occurred_at: number
  lines: { id: string; quantity: number }[]
}

/** The body that the order would have had if a till had sent it. */
export function orderBody(order: HistoryOrder): OrderBody {
  return {
    external_id: order.external_id,
    currency: order.currency,
    prices: order.prices ?? 'tax_included',
    location: order.location,
    channel: order.channel,
    lines: order.lines,
  }
}

export function orderActivity(order: HistoryOrder, id: number): ActivityOf<'order'> {
  return new PastOrder(order, id)
}

/** The key is made when somebody asks for it: a backtest decides millions of orders and asks for none. */
class PastOrder implements ActivityOf<'order'> {
  readonly type = 'order'
  readonly id: number
  readonly occurred_at: number
  readonly body: OrderBody

  constructor(order: HistoryOrder, id: number) {
    this.id = id
    this.occurred_at = order.occurred_at
    this.body = orderBody(order)
  }

  get key(): string {
    return `order:${this.body.external_id}`
  }
}

export function returnActivity(back: HistoryReturn, id: number): ActivityOf<'return'> {
  const { external_id, order, occurred_at, lines } = back
  return { type: 'return', id, key: `return:${order}:${external_id}`, occurred_at, body: { external_id, order, lines } }
}

/** A member whom nobody announced joins with the first order, at the same moment. */
export function joinActivity(member: string, at: number, id: number): ActivityOf<'join'> {
  return { type: 'join', id, key: `join:${member}`, occurred_at: at, body: { external_id: member } }
}
