/** What is remembered of one member while history goes by, and what is left of it at the end. */

import type { Account } from '../../core/account.ts'
import { numberOf } from './luck.ts'

/** What is remembered of one member while history goes by: one flat object, since there are many and each is fetched. */
export interface Member {
  id: string
  account: Account
  /** Stands for the member where luck is asked. */
  number: number
  /** The local day of joining. */
  joined: number
  orders: number
  /** The local day of the last order. */
  last: number
  isEarning: boolean
  hasReached: boolean
  daysToFirst: number
  ordersToFirst: number
  level: number
  /** The last month with an order, and the 31 before it as bits, the latest lowest; the same of rewards. */
  orderMonth: number
  orderMonths: number
  rewardMonth: number
  rewardMonths: number
  /** The rewards used, by their places. */
  used: readonly number[]
  /** What was paid less what came back, what rewards saved, and what they cost. */
  sales: number
  saved: number
  cost: number
  /** Where members are drawn again: what rewards took off orders; then points issued and used, and their cost, by wallet. */
  drawn: number[]
}

/**
 * Members as history ended for them, in the order in which it did, which is the same for every program. Plain lists, so
 * that those of several parts of a history can be sent, and put one after the other.
 */
export interface MemberEnds {
  ids: string[]
  /** What rewards saved each of them, and what they hold, by the place of the wallet. */
  saved: number[]
  open: number[][]
}

/** A member at the end of history. */
export interface MemberEnd {
  /** What was paid, less what came back. */
  sales: number
  /** What rewards saved. */
  saved: number
  /** What the account holds, by the place of the wallet in the program. */
  open: number[]
  /** The level, by its place; null without tiers. */
  level: number | null
}

export function keepEnd(ends: MemberEnds, { id, saved }: Member, open: readonly number[]): void {
  ends.ids.push(id)
  ends.saved.push(saved)
  for (let place = 0; place < open.length; place++) ends.open[place]!.push(open[place]!)
}

export function joinedEnds(a: MemberEnds, b: MemberEnds): MemberEnds {
  const open = a.open.map((points, place) => [...points, ...b.open[place]!])
  return { ids: [...a.ids, ...b.ids], saved: [...a.saved, ...b.saved], open }
}

const NONE: readonly never[] = Object.freeze([])

export function drawnOf(
  { sales, cost, hasReached, used, drawn }: Member,
  open: readonly number[],
  vouchers: number,
): number[] {
  const wallets = open.flatMap((points, place) => {
    const [issued, spent, costOfSpent] = drawn.slice(1 + 3 * place)
    return [issued!, points, spent!, costOfSpent!]
  })
  return [1, sales, cost, drawn[0]!, Number(hasReached), Number(used.length > 0), vouchers, ...wallets]
}

export function newMember(id: string, account: Account, joined: number): Member {
  return {
    id,
    account,
    number: numberOf(id),
    joined,
    orders: 0,
    last: 0,
    isEarning: false,
    hasReached: false,
    daysToFirst: 0,
    ordersToFirst: 0,
    level: 0,
    orderMonth: 0,
    orderMonths: 0,
    rewardMonth: 0,
    rewardMonths: 0,
    used: NONE,
    drawn: [],
    sales: 0,
    saved: 0,
    cost: 0,
  }
}

/** Whether it is the member's first order of that month. */
export function seesOrderMonth(member: Member, month: number): boolean {
  if (month === member.orderMonth) return false
  const seen = monthsSeen(member.orderMonth, member.orderMonths, month)
  const isNew = month > member.orderMonth || seen !== member.orderMonths
  member.orderMonths = seen
  if (month > member.orderMonth) member.orderMonth = month
  return isNew
}

export function seesRewardMonth(member: Member, month: number): boolean {
  if (month === member.rewardMonth) return false
  const seen = monthsSeen(member.rewardMonth, member.rewardMonths, month)
  const isNew = month > member.rewardMonth || seen !== member.rewardMonths
  member.rewardMonths = seen
  if (month > member.rewardMonth) member.rewardMonth = month
  return isNew
}

/** The months before the later of both as bits. One that is told more than 31 months late is left out. */
function monthsSeen(last: number, before: number, month: number): number {
  const later = month - last
  if (later > 0) return later > 31 ? 0 : (before << later) | (1 << (later - 1))
  return later < -31 ? before : before | (1 << (-later - 1))
}
