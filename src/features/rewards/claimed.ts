/** Cards that were printed before they were anybody's: whoever claims one gets what its reward gives. */

import type { ActivityOf } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'
import { bring } from './given.ts'
import { rewardsOf } from './terms.ts'

/**
 * A voucher keeps the code on the card and has the validity of its reward; points and credit are booked at once, as many
 * as the card says.
 */
export function claimCard(d: Deciding, { body }: ActivityOf<'voucher_claim'>): Refusal | undefined {
  const { code, amount } = body
  const reward = rewardsOf(d.program).get(body.reward)
  if (reward === undefined)
    return refuse('reward_unavailable', `The program has no reward ${body.reward} any more.`, '/code')
  d.readFacts()
  const { gives } = reward
  const prize =
    amount !== undefined && gives.kind === 'points' ? { ...reward, gives: { ...gives, points: amount } } : reward
  const refusal = bring(d, prize, 1, `card:${code}`, reward.expiryOf(d.day), code)
  if (refusal === undefined) d.addMessage('reward.given', { reward: reward.id, quantity: 1, source: `card:${code}` })
  return refusal
}
