/** What decisions know of a reward: its terms, whether a member may have it, and how many there still are. */

import type { Deciding, Redemption } from '../../core/deciding.ts'
import type { MoneyOff } from '../../core/discounts.ts'
import type { Program, WalletRules } from '../../core/program.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'
import type { Condition } from '../../core/rules.ts'
import type { Duration } from '../../core/time.ts'

export interface RewardTerms {
  id: string
  name: string
  wallet: WalletRules
  /** In the wallet's smallest unit. */
  cost: number
  benefit: MoneyOff
  /** The levels that may have it, and whether the member's is one; null when all may. */
  levels: readonly string[] | null
  tiers: Condition | null
  when: Condition | null
  stock: number | null
  /** In which lane of the checkout it stands. */
  lane: string
  hold: Duration
}

export function rewardsOf(program: Program): ReadonlyMap<string, RewardTerms> {
  return program.compiled['rewards'] as Map<string, RewardTerms>
}

/** Whether this member may have the reward now, apart from its price in points. */
export function refusalFor(d: Deciding, id: string, quantity: number, pointer: string): RewardTerms | Refusal {
  const reward = rewardsOf(d.program).get(id)
  if (reward === undefined) return refuse('reward_unavailable', `The program has no reward ${id}.`, pointer)
  if (reward.tiers !== null && !reward.tiers.test(d.slots))
    return refuse('tier_too_low', `${reward.name} is for higher tiers.`, pointer)
  if (reward.when !== null && !reward.when.test(d.slots))
    return refuse('reward_unavailable', `${reward.name} asks for ${reward.when.source}.`, pointer)
  if (reward.stock !== null && !d.claim(stockOf(id), quantity, reward.stock))
    return refuse('sold_out', `${reward.name} is sold out.`, pointer)
  return reward
}

export function stockOf(reward: string): string {
  return `stock:${reward}`
}

/** What nobody has any more can be had again by somebody else. */
export function giveStockBack(d: Deciding, reward: string, quantity: number): void {
  const stock = rewardsOf(d.program).get(reward)?.stock ?? null
  if (stock !== null && quantity > 0) d.giveBack(stockOf(reward), quantity)
}

export function redemption(
  activity: number,
  place: number,
  reward: string,
  wallet: string,
  quantity: number,
  points: number,
  captured_points: number,
  status: Redemption['status'],
  expires_at: number | null = null,
): Redemption {
  return { activity, place, reward, wallet, quantity, points, captured_points, status, expires_at }
}
