/** Orders of the past: what a live import and a backtest decide for them, made in one place so that it is the same. */

import type { Activity, ActivityOf, ActivityType, OrderBody, RedeemRequest, ReturnLine } from './activity.ts'

/** An order out of a business's records. Amounts are minor units of its currency. */
export interface HistoryOrder {
  external_id: string
  /** The business's own id of the member; null for an anonymous sale. */
  member: string | null
  /** Epoch milliseconds. */
  occurred_at: number
  /** When it was told, if later: it is decided as late as it was then. */
  recorded_at?: number | undefined
  currency: string
  /**
   * Whether its prices include tax; they do unless said, since what a till writes down is most often what was paid.
   * Where nothing is known of the tax either, net and total are then the same.
   */
  prices?: OrderBody['prices'] | undefined
  location?: string | undefined
  channel?: string | undefined
  tender?: OrderBody['tender']
  lines: OrderBody['lines']
  as_paid?: true | undefined
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
  recorded_at?: number | undefined
  /** What of it came back, or how much money; neither where the order was cancelled, and all that remained came back. */
  lines?: ReturnLine[] | undefined
  amount?: number | undefined
}

/** Who became a member before the first order, or without ever ordering. */
export interface HistoryMember {
  member: string
  /** Epoch milliseconds. */
  joined_at: number
  /** A household's account instead of a person's. */
  pool?: boolean | undefined
}

/** What else happened to a member that programs listen to. */
export type HistoryEvent = { [T in EventType]: EventOf<T> }[EventType]

type EventType = 'visit' | 'action' | 'membership' | 'membership_cancel' | 'perk_use' | 'choose' | 'close' | 'reopen'

interface EventOf<T extends ActivityType> extends Pick<ActivityOf<T>, 'type' | 'body' | 'occurred_at'> {
  member: string
  recorded_at?: number | undefined
}

/** What a line is called where records show whole orders, or lines without an item. */
const NO_ITEM: ReadonlySet<string> = new Set(['order', 'unknown'])

/** Whether an order of the past shows what was bought: some records have nothing but its total. */
export function showsItems({ lines }: OrderBody): boolean {
  return lines.some(({ sku }) => !NO_ITEM.has(sku))
}

/** Whether it shows of which kind that was. */
export function showsCategories({ lines }: OrderBody): boolean {
  return lines.some(({ category }) => category !== undefined && category !== '')
}

/** The body that the order would have had if a till had sent it. */
export function orderBody(order: HistoryOrder): OrderBody {
  const body: OrderBody = {
    external_id: order.external_id,
    currency: order.currency,
    prices: order.prices ?? 'tax_included',
    location: order.location,
    channel: order.channel,
    lines: order.lines,
    tender: order.tender,
  }
  if (order.as_paid === true) body.as_paid = true
  return body
}

export function orderActivity(order: HistoryOrder, id: number): ActivityOf<'order'> {
  return new PastOrder(id, order.occurred_at, orderBody(order))
}

/** The same order, had the member used a reward or a voucher on it. */
export function redeemingOrder(
  { id, occurred_at, body }: ActivityOf<'order'>,
  wanted: RedeemRequest,
): ActivityOf<'order'> {
  // Field by field: a copy by spreading takes as long as half of a decision.
  const { external_id, currency, prices, location, channel, lines, tender } = body
  const redeem = [wanted]
  const used: OrderBody = { external_id, currency, prices, location, channel, lines, tender, redeem }
  if (body.as_paid === true) used.as_paid = true
  return new PastOrder(id, occurred_at, used)
}

/** The key is made when somebody asks for it: a backtest decides millions of orders and asks for none. */
class PastOrder implements ActivityOf<'order'> {
  readonly type = 'order'
  readonly id: number
  readonly occurred_at: number
  readonly body: OrderBody

  constructor(id: number, occurred_at: number, body: OrderBody) {
    this.id = id
    this.occurred_at = occurred_at
    this.body = body
  }

  get key(): string {
    return `order:${this.body.external_id}`
  }
}

export function returnActivity(back: HistoryReturn, id: number): ActivityOf<'return'> {
  const { external_id, order, occurred_at, lines, amount } = back
  const body = { external_id, order, lines, ...(amount === undefined ? {} : { amount }) }
  return { type: 'return', id, key: `return:${order}:${external_id}`, occurred_at, body }
}

/** What came back of an order, which is a cancellation where nothing says how much. */
export function backActivity(back: HistoryReturn, id: number): ActivityOf<'return'> | ActivityOf<'cancel'> {
  const { order, occurred_at, lines, amount } = back
  if (lines !== undefined || amount !== undefined) return returnActivity(back, id)
  return { type: 'cancel', id, key: `cancel:${order}`, occurred_at, body: { order } }
}

/** A member whom nobody announced joins with the first order, at the same moment. */
export function joinActivity(member: string, at: number, id: number, pool = false): ActivityOf<'join'> {
  const body = { external_id: member, ...(pool ? ({ pool: true } as const) : {}) }
  return { type: 'join', id, key: `join:${member}`, occurred_at: at, body }
}

export function eventActivity({ type, body, occurred_at }: HistoryEvent, id: number): Activity {
  return { type, id, key: `${type}:${id}`, occurred_at, body } as Activity
}

/** A member uses a reward at once, apart from any order. */
export function redeemActivity(reward: string, at: number, id: number): ActivityOf<'redeem'> {
  return { type: 'redeem', id, key: `redeem:${id}`, occurred_at: at, body: { reward, quantity: 1, capture: true } }
}

/** A member uses a voucher apart from any order. */
export function useActivity(code: string, at: number, id: number): ActivityOf<'voucher_use'> {
  return { type: 'voucher_use', id, key: `voucher_use:${id}`, occurred_at: at, body: { code } }
}
