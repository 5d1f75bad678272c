/** Rewards on an order: each takes money off, is paid with points, and gives them back with returns. */

import type { ActivityOf } from '../../core/activity.ts'
import { type Taking, total } from '../../core/basket.ts'
import type { Candidate } from '../../core/checkout.ts'
import type { Deciding } from '../../core/deciding.ts'
import { isOnce, type MoneyOff, takeOff } from '../../core/discounts.ts'
import { draw, restoreSpent } from '../../core/ledger.ts'
import { spread } from '../../core/money.ts'
import type { LotPart } from '../../core/points.ts'
import { rulesOf } from '../../core/program.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { lastOf, restoredPoints } from '../../core/restoring.ts'
import { localDay } from '../../core/time.ts'
import { type Begun, giveRoomBack, type RewardTerms, redemption, refusalFor, rewardsOf } from './terms.ts'
import { proposeVoucher, useVouchers } from './voucher-on-order.ts'

/** What an order freezes of a reward that was used on it. */
interface Spent {
  place: number
  reward: string
  quantity: number
  wallet: string
  points: number
  parts: LotPart[]
  /** What each line contributes to it: the money that the reward took off the line. */
  shares: number[]
}

/** Price phase: every reward and every voucher that was asked for would take its discount. */
export function proposeRewards(d: Deciding, { body }: ActivityOf<'order'>): Refusal | undefined {
  if (body.redeem === undefined) return undefined
  for (const [place, wanted] of body.redeem.entries()) {
    if (wanted.voucher !== undefined) {
      const refusal = proposeVoucher(d, wanted.voucher, place)
      if (refusal !== undefined) return refusal
    }
    if (wanted.reward === undefined) continue
    const quantity = wanted.quantity ?? 1
    const reward = refusalFor(d, wanted.reward, quantity, `/redeem/${place}/reward`)
    if (reward instanceof Refusal) return reward
    const { benefit, name } = reward
    if (benefit === null)
      return refuse('reward_unavailable', `${name} is redeemed by itself.`, `/redeem/${place}/reward`)
    if (quantity > 1 && isOnce(benefit))
      return refuse('reward_unavailable', `${name} is used once at a time.`, `/redeem/${place}/quantity`)
    d.propose(candidateOf(reward, benefit, quantity, place))
  }
  return undefined
}

function candidateOf(
  { id, name, lane, money }: RewardTerms,
  benefit: MoneyOff,
  quantity: number,
  place: number,
): Candidate {
  const nothing = `${name} finds nothing in this order that it applies to.`
  return {
    source: id,
    name,
    lane,
    place,
    take: (basket) =>
      lessMoney(takeOff(benefit, basket, quantity), money * quantity) ??
      refuse('reward_unavailable', nothing, `/redeem/${place}/reward`),
  }
}

/** Money that a reward costs besides its points is not taken off, and so is paid with the order. */
function lessMoney(taking: Taking | null, money: number): Taking | null {
  if (taking === null || money === 0) return taking
  const { given: _, ...others } = taking
  const left = total(taking.shares) - money
  return left <= 0 ? null : { ...others, shares: spread(left, taking.shares) }
}

/** Spend phase: the rewards of the order are paid with points that were there before it. */
export function payForRewards(d: Deciding, activity: ActivityOf<'order'>): Refusal | undefined {
  const { body } = activity
  if (body.redeem === undefined || body.redeem.length === 0) return undefined
  const spent: Spent[] = []
  for (const [place, wanted] of body.redeem.entries()) {
    if (wanted.reward === undefined) continue
    const reward = rewardsOf(d.program).get(wanted.reward)!
    const quantity = wanted.quantity ?? 1
    const points = reward.cost * quantity
    const parts = draw(d, reward.wallet, points, 'spent', { rule: reward.id, reverses: null })
    if (parts instanceof Refusal) return refuse(parts.code, parts.detail, `/redeem/${place}`, parts.missing)
    const { shares } = d.discounts.find((discount) => discount.place === place)!
    spent.push({ place, reward: reward.id, quantity, wallet: reward.wallet.id, points, parts, shares })
    d.addRedemption(redemption(begunBy(d.activity.id, spent.at(-1)!), points, 'captured'))
    d.addMessage('reward.redeemed', { reward: reward.id, quantity, points })
  }
  if (d.frozen !== null && spent.length > 0) d.frozen.slices['rewards'] = spent
  return useVouchers(d, activity)
}

/** A return gives back points in proportion to what came back, or all once nothing remains, as the wallet says. */
export function restore(d: Deciding): undefined {
  const receipt = d.receipt!
  const spent = (receipt.frozen.slices['rewards'] ?? []) as Spent[]
  for (const one of spent) {
    const rules = rulesOf(d.program, one.wallet)
    // A reward that cost nothing comes back as one that cost something does, only that there is nothing to give back.
    const cost = one.points === 0 ? NOTHING_SPENT : one
    const before = restoredPoints({ ...one, ...cost }, rules, d.order!, receipt.returned)
    const after = restoredPoints({ ...one, ...cost }, rules, d.order!, d.remains!.returned)
    if (after === before) continue
    if (one.points > 0) {
      const parts = lastOf(one.parts, before, after)
      restoreSpent(d, rules, parts, { rule: one.reward, reverses: receipt.activity })
      d.addRestored(`${receipt.activity}.${one.place}`, after - before)
    }
    const kept = cost.points - after
    const status = kept === 0 ? 'returned' : 'captured'
    const left = Math.min(kept, one.points)
    d.addRedemption(redemption(begunBy(receipt.activity, one), left, status))
    if (kept === 0) giveRoomBack(d, one.reward, one.quantity, localDay(d.program.zone, receipt.occurred_at))
  }
}

/** What it costs in money is paid with the order. */
function begunBy(activity: number, { place, reward, wallet, quantity, points }: Spent): Begun {
  return { activity, place, reward, wallet, quantity, points, to_pay: 0 }
}

/** So fine that a part of an order which stays always keeps some of it. */
const NOTHING_SPENT = { points: 1_000_000 }
