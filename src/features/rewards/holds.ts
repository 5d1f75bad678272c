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
import { giveStockBack, redemption, refusalFor } from './terms.ts'

/** Points held for a redemption that is not decided yet. */
interface Hold {
  /** The activity that began it. */
  a: number
  r: string
  w: string
  q: number
  p: number
  l: LotPart[]
  /** When it times out, in ms. */
  x: number
}

export interface Slice {
  h: Hold[]
}

function slice(account: Account): Slice {
  return (account.slices['rewards'] as Slice | undefined) ?? { h: [] }
}

/** A slice without holds is no slice, so that a finished redemption leaves the state as if there had been none. */
function keepHolds(account: Account, holds: Hold[]): void {
  if (holds.length === 0) delete account.slices['rewards']
  else account.slices['rewards'] = { h: holds } satisfies Slice
}

/** Whoever had points held has them held still, whichever account it is now. */
export function mergeHolds(d: Deciding, from: Slice | undefined): void {
  keepHolds(d.account, [...slice(d.account).h, ...(from?.h ?? [])])
}

export function due(account: Account): number {
  const own = account.slices['rewards'] as Slice | undefined
  return own === undefined ? NEVER : own.h.reduce((next, held) => Math.min(next, held.x), NEVER)
}

export function hold(d: Deciding, { id, body }: ActivityOf<'redeem'>): Refusal | undefined {
  d.readFacts()
  const reward = refusalFor(d, body.reward, body.quantity, '/reward')
  if (reward instanceof Refusal) return reward
  const points = reward.cost * body.quantity
  const source = { rule: reward.id, reverses: null }
  const parts = draw(d, reward.wallet, points, body.capture ? 'spent' : 'held', source)
  if (parts instanceof Refusal) return parts
  if (body.capture) {
    d.addRedemption(redemption(id, 0, reward.id, reward.wallet.id, body.quantity, points, points, 'captured'))
    d.addMessage('reward.redeemed', { reward: reward.id, quantity: body.quantity, points })
    return undefined
  }
  const x = addDuration(d.program.zone, d.account.clock, reward.hold)
  const held: Hold = { a: id, r: reward.id, w: reward.wallet.id, q: body.quantity, p: points, l: parts, x }
  keepHolds(d.account, [...slice(d.account).h, held])
  d.addRedemption(redemption(id, 0, reward.id, reward.wallet.id, body.quantity, points, 0, 'held', x))
  return undefined
}

function openHold(d: Deciding, activity: number): Hold | Refusal {
  const held = slice(d.account).h.find(({ a }) => a === activity)
  return held ?? refuse('hold_closed', 'This redemption was captured, voided or has timed out.')
}

function closeHold(d: Deciding, held: Hold): void {
  keepHolds(
    d.account,
    slice(d.account).h.filter(({ a }) => a !== held.a),
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
  giveStockBack(d, held.r, held.q - quantity)
  d.addRedemption(redemption(held.a, 0, held.r, held.w, quantity, held.p, wanted, 'captured'))
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
  for (const held of slice(d.account).h) release(d, held, 'voided')
}

export function timeOut(d: Deciding): undefined {
  for (const held of slice(d.account).h) if (held.x <= d.at) release(d, held, 'expired')
}

function release(d: Deciding, held: Hold, status: 'voided' | 'expired'): void {
  releaseHeld(d, rulesOf(d.program, held.w), held.l, { rule: held.r, reverses: null })
  closeHold(d, held)
  d.addRedemption(redemption(held.a, 0, held.r, held.w, held.q, held.p, 0, status))
  giveStockBack(d, held.r, held.q)
}
