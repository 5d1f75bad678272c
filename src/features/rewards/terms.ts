/** What decisions know of a reward: its terms, whether a member may have it, and how many there still are. */

import type { Account } from '../../core/account.ts'
import { refuseBelow } from '../../core/checkout.ts'
import type { Days } from '../../core/days.ts'
import { outsideOf } from '../../core/days.ts'
import type { Deciding, Redemption } from '../../core/deciding.ts'
import type { MoneyOff } from '../../core/discounts.ts'
import type { Levels } from '../../core/levels.ts'
import { type Counters, freeUnder, type Limit, useLimit } from '../../core/limits.ts'
import type { Prize } from '../../core/prizes.ts'
import type { Program, WalletRules } from '../../core/program.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'
import type { Condition } from '../../core/rules.ts'
import type { Duration } from '../../core/time.ts'
import { changeSlice, sliceOf } from './slice.ts'

export interface RewardTerms extends Prize {
  id: string
  wallet: WalletRules
  /** In the wallet's smallest unit, and in minor units of money that are paid besides. */
  cost: number
  money: number
  /** Whether members may ask for it; if not, it is only given. */
  isAsked: boolean
  /** What it takes off an order; null where it gives something else. */
  benefit: MoneyOff | null
  /** The levels that may have it; null when all may. */
  levels: Levels | null
  when: Condition | null
  /** Whether the condition is one about the order that the reward is used on. */
  asksOrder: boolean
  /** What the order has to come to before anything is taken off it, in minor units. */
  minSpend: number
  locations: readonly string[] | null
  days: Days | null
  limits: readonly Limit[]
  stock: number | null
  /** In which lane of the checkout it stands. */
  lane: string
  hold: Duration
}

export function rewardsOf(program: Program): ReadonlyMap<string, RewardTerms> {
  return program.compiled['rewards'] as Map<string, RewardTerms>
}

/** Whether this member may have the reward now, apart from its price in points. What may be had is taken. */
export function refusalFor(d: Deciding, id: string, quantity: number, pointer: string): RewardTerms | Refusal {
  const reward = rewardsOf(d.program).get(id)
  if (reward === undefined) return refuse('reward_unavailable', `The program has no reward ${id}.`, pointer)
  return refusalBefore(reward, d, pointer) ?? takeRoom(reward, d, quantity, pointer) ?? reward
}

function refusalBefore(reward: RewardTerms, d: Deciding, pointer: string): Refusal | null {
  const { name, isAsked, days, levels, when, asksOrder } = reward
  if (!isAsked) return refuse('reward_unavailable', `${name} is given by the program and cannot be asked for.`, pointer)
  const outside = outsideOf(days, d.day)
  if (outside !== null) return refuse('reward_unavailable', `${name} ${outside}.`, pointer)
  if (levels !== null && !levels.isOne!.test(d.slots))
    return refuse('tier_too_low', `${name} is for ${levels.ids.join(', ')}.`, pointer)
  const location = d.body as { location?: string }
  // Away from an order it is got, and used on an order later: what it asks of that order is asked then.
  if (d.type === 'order') return refuseUse(reward, d, location.location, pointer)
  const elsewhere = refuseElsewhere(reward, location.location, pointer)
  if (elsewhere !== null) return elsewhere
  return when === null || asksOrder || when.test(d.slots) ? null : asksFor(name, when, pointer)
}

/** What has to hold wherever and whenever the reward is used; without an order nothing is asked of one. */
export function refuseUse(
  { name, when, asksOrder, minSpend, locations }: RewardTerms,
  d: Deciding,
  location: string | undefined,
  pointer: string,
): Refusal | null {
  const elsewhere = refuseElsewhere({ name, locations }, location, pointer)
  if (elsewhere !== null) return elsewhere
  if (d.order === null) return null
  const tooLow = refuseBelow(minSpend, name, d, pointer)
  if (tooLow !== null) return tooLow
  return when === null || !asksOrder || when.test(d.slots) ? null : asksFor(name, when, pointer)
}

function refuseElsewhere(
  { name, locations }: Pick<RewardTerms, 'name' | 'locations'>,
  location: string | undefined,
  pointer: string,
): Refusal | null {
  if (locations === null || (location !== undefined && locations.includes(location))) return null
  const where = `${name} is to be had at ${locations.join(', ')}`
  return refuse('reward_unavailable', location === undefined ? `${where}: say \`location\`.` : `${where}.`, pointer)
}

function asksFor(name: string, { source }: Condition, pointer: string): Refusal {
  return refuse('reward_unavailable', `${name} asks for ${source}.`, pointer)
}

/** Takes from the member's limits and from the stock; null when there was enough of both. */
function takeRoom(reward: RewardTerms, d: Deciding, quantity: number, pointer: string): Refusal | null {
  const { id, name, limits, stock } = reward
  for (const limit of limits) {
    const free = freeUnder(limit, countersOf(d.account)[counterOf(id, limit)], d.day, 1)
    if (free < quantity)
      return refuse('limit_reached', `A member may have ${limit.amount} of ${name} ${perText(limit)}.`, pointer)
  }
  if (stock !== null && !d.claim(stockOf(id), quantity, stock))
    return refuse('sold_out', `${name} is sold out.`, pointer)
  countLimits(d, reward, d.day, 0, quantity)
  return null
}

function perText({ per }: Limit): string {
  return per === 'lifetime' ? 'in all' : `per ${per}`
}

function countersOf(account: Account): Counters {
  return sliceOf(account)?.l ?? {}
}

/** A reward has one limit at most for each kind of period. */
function counterOf(reward: string, { per }: Limit): string {
  return `${reward}/${per}`
}

function countLimits(d: Deciding, { id, limits }: RewardTerms, day: number, before: number, after: number): void {
  if (limits.length === 0) return
  changeSlice(d.account, (slice) => {
    slice.l ??= {}
    for (const limit of limits) useLimit(limit, slice.l, counterOf(id, limit), day, 1, before, after)
  })
}

export function stockOf(reward: string): string {
  return `stock:${reward}`
}

/** What nobody has any more can be had again: by this member, who got it on a local day, and by somebody else. */
export function giveRoomBack(d: Deciding, id: string, quantity: number, day: number): void {
  const reward = rewardsOf(d.program).get(id)
  if (reward === undefined || quantity === 0) return
  giveStockBack(d, id, quantity)
  countLimits(d, reward, day, quantity, 0)
}

/** What was given to a member without any limit can be had again by somebody else. */
export function giveStockBack(d: Deciding, id: string, quantity: number): void {
  const stock = rewardsOf(d.program).get(id)?.stock ?? null
  if (stock !== null && quantity > 0) d.giveBack(stockOf(id), quantity)
}

/** What a redemption is before anything becomes of it. */
export type Begun = Pick<Redemption, 'activity' | 'place' | 'reward' | 'wallet' | 'quantity' | 'points' | 'to_pay'>

/** Field by field: to spread what has begun takes as long as half of a decision. */
export function redemption(
  { activity, place, reward, wallet, quantity, points, to_pay }: Begun,
  captured_points: number,
  status: Redemption['status'],
  expires_at: number | null = null,
): Redemption {
  return { activity, place, reward, wallet, quantity, points, to_pay, captured_points, status, expires_at }
}
