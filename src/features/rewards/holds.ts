/** Redemptions away from an order: points are held, then captured, let go, or released when their time is over. */

import { type Account, walletOf } from '../../core/account.ts'
import type { ActivityOf } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import { captureHeld, draw, releaseHeld } from '../../core/ledger.ts'
import { type LotPart, NEVER, spendingOrder, type Wallet } from '../../core/points.ts'
import { rulesOf } from '../../core/program.ts'
import { mulDivFloor } from '../../core/rational.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { addDuration } from '../../core/time.ts'
import { redemptionSource } from '../../core/vouchers.ts'
import { bring } from './given.ts'
import { changeSlice, type Hold, holdsOf } from './slice.ts'
import { giveRoomBack, type RewardTerms, redemption, refusalFor, rewardsOf } from './terms.ts'

function keepHolds(account: Account, holds: Hold[]): void {
  changeSlice(account, (slice) => {
    slice.h = holds
  })
}

export function due(account: Account): number {
  let next = NEVER
  for (const { x } of holdsOf(account)) next = Math.min(next, x)
  return next
}

export function hold(d: Deciding, { id, body }: ActivityOf<'redeem'>): Refusal | undefined {
  d.readFacts()
  const reward = refusalFor(d, body.reward, body.quantity, '/reward')
  if (reward instanceof Refusal) return reward
  if (reward.gives.kind === 'code' && !body.capture)
    return refuse(
      'reward_unavailable',
      `${reward.name} is a code, which is handed out at once: send \`capture\`.`,
      '/capture',
    )
  const points = reward.cost * body.quantity
  const source = { rule: reward.id, reverses: null }
  const parts = draw(d, reward.wallet, points, body.capture ? 'spent' : 'held', source)
  if (parts instanceof Refusal) return parts
  const { quantity } = body
  const to_pay = reward.money * quantity
  const begun = { activity: id, place: 0, reward: reward.id, wallet: reward.wallet.id, quantity, points, to_pay }
  const redeemed = (captured: number, status: 'captured' | 'held', expires_at: number | null = null) =>
    d.addRedemption(redemption(begun, captured, status, expires_at))
  if (body.capture) {
    redeemed(points, 'captured')
    return handOver(d, reward, body.quantity, points, id)
  }
  const x = addDuration(d.program.zone, d.account.clock, reward.hold)
  const held: Hold = { a: id, r: reward.id, w: reward.wallet.id, q: body.quantity, p: points, l: parts, x, d: d.day }
  keepHolds(d.account, [...holdsOf(d.account), held])
  redeemed(0, 'held', x)
  return undefined
}

/** What was redeemed comes to the member: money off and codes as vouchers, while a thing is handed over here and now. */
function handOver(
  d: Deciding,
  reward: RewardTerms,
  quantity: number,
  points: number,
  redeemed: number,
): Refusal | undefined {
  if (reward.gives.kind !== 'thing') {
    const refusal = bring(d, reward, quantity, redemptionSource(redeemed, 0), reward.expiryOf(d.day))
    if (refusal !== undefined) return refusal
  }
  d.addMessage('reward.redeemed', { reward: reward.id, quantity, points })
  return undefined
}

function openHold(d: Deciding, activity: number): Hold | Refusal {
  const held = holdsOf(d.account).find(({ a }) => a === activity)
  return held ?? refuse('hold_closed', 'This redemption was captured, voided or has timed out.')
}

/** The redemption that a hold is of; whoever lets it go owes nothing for it. */
function begun({ a, r, w, q, p }: Hold) {
  return { activity: a, place: 0, reward: r, wallet: w, quantity: q, points: p, to_pay: 0 }
}

function closeHold(d: Deciding, held: Hold): void {
  keepHolds(
    d.account,
    holdsOf(d.account).filter(({ a }) => a !== held.a),
  )
}

/** A part is captured with the points that expire soonest; the rest is available again, or expires if its time came. */
export function capture(d: Deciding, { body }: ActivityOf<'capture'>): Refusal | undefined {
  const held = openHold(d, body.redemption)
  if (held instanceof Refusal) return held
  const wanted = body.points ?? (body.quantity === undefined ? held.p : mulDivFloor(held.p, body.quantity, held.q))
  const pointer = body.points === undefined ? '/quantity' : '/points'
  if (wanted > held.p || (body.quantity ?? 0) > held.q)
    return refuse('capture_exceeds_hold', `${held.p} points are held, for ${held.q}.`, pointer)
  const rules = rulesOf(d.program, held.w)
  const source = { rule: held.r, reverses: null }
  const [taken, rest] = split(held.l, wanted, walletOf(d.account, held.w))
  captureHeld(d, rules, taken, source)
  releaseHeld(d, rules, rest, source)
  closeHold(d, held)
  const quantity = body.quantity ?? held.q
  giveRoomBack(d, held.r, held.q - quantity, held.d)
  const reward = rewardsOf(d.program).get(held.r)
  d.addRedemption(redemption({ ...begun(held), quantity, to_pay: (reward?.money ?? 0) * quantity }, wanted, 'captured'))
  if (reward !== undefined) return handOver(d, reward, quantity, wanted, held.a)
  d.addMessage('reward.redeemed', { reward: held.r, quantity, points: wanted })
  return undefined
}

/** Whatever order the wallet spends in, what is let go is what lasts longest, and what has expired meanwhile goes first. */
function split(parts: readonly LotPart[], points: number, wallet: Wallet): [LotPart[], LotPart[]] {
  const taken: LotPart[] = []
  const rest: LotPart[] = []
  let missing = points
  for (const part of [...parts].sort(spendingOrder('soonest_expiry', wallet))) {
    const now = Math.min(missing, part.points)
    if (now > 0) taken.push({ ...part, points: now })
    if (now < part.points) rest.push({ ...part, points: part.points - now })
    missing -= now
  }
  return [taken, rest]
}

export function letGo(d: Deciding, { body }: ActivityOf<'void'>): Refusal | undefined {
  const held = openHold(d, body.redemption)
  if (held instanceof Refusal) return held
  release(d, held, 'voided')
  return undefined
}

/** Nothing stays held in an account that closes. */
export function letAllGo(d: Deciding): undefined {
  for (const held of holdsOf(d.account)) release(d, held, 'voided')
}

export function timeOut(d: Deciding): undefined {
  for (const held of holdsOf(d.account)) if (held.x <= d.at) release(d, held, 'expired')
}

function release(d: Deciding, held: Hold, status: 'voided' | 'expired'): void {
  releaseHeld(d, rulesOf(d.program, held.w), held.l, { rule: held.r, reverses: null })
  closeHold(d, held)
  d.addRedemption(redemption(begun(held), 0, status))
  giveRoomBack(d, held.r, held.q, held.d)
}
