/** Gifts for reaching a number of points: counted by what was earned, or paid with points that are there. */

import { walletOf } from '../../core/account.ts'
import type { ActivityOf } from '../../core/activity.ts'
import { assert } from '../../core/assert.ts'
import type { Deciding } from '../../core/deciding.ts'
import { draw } from '../../core/ledger.ts'
import { availablePoints } from '../../core/points.ts'
import { Refusal } from '../../core/refusal.ts'
import { give, isFor, takeBack } from './give.ts'
import { type GiftTerms, giftRulesOf, type Threshold } from './rules.ts'
import { remember, sliceOf } from './slice.ts'

/** What each wallet earned in a decision that was counted towards gifts already: a level may earn in the same one. */
const counted = new WeakMap<Deciding, Map<string, number>>()

/**
 * What is earned, or comes back, counts towards the gifts that there were on its day; how many points it takes is a
 * matter of now, since the count goes on from one revision to the next.
 */
export function reach(d: Deciding): undefined {
  const gifts = giftRulesOf(d.program).on.threshold
  if (gifts.length === 0) return
  const changes = newlyEarned(d)
  for (const gift of gifts) {
    const threshold = thresholdNow(d, gift)
    if (threshold === null) continue
    if (threshold.spends) spend(d, gift, threshold)
    else count(d, gift, threshold, changes.get(threshold.wallet.id) ?? 0)
  }
}

/** Null when the gift is no more. */
function thresholdNow({ program, inForce }: Deciding, { id, threshold }: GiftTerms): Threshold | null {
  if (program === inForce) return threshold
  return giftRulesOf(inForce).on.threshold.find((gift) => gift.id === id)?.threshold ?? null
}

function newlyEarned(d: Deciding): Map<string, number> {
  const changes = new Map<string, number>()
  const before = counted.get(d)
  for (const { wallet, points } of d.earned) changes.set(wallet, points - (before?.get(wallet) ?? 0))
  if (d.earned.length > 0) counted.set(d, new Map(d.earned.map(({ wallet, points }) => [wallet, points])))
  return changes
}

/**
 * Points that were earned less those that were taken back bring as many gifts as they are worth. What a return makes too
 * many is taken back if nobody has used it; if somebody has, the next one comes only when it is earned again.
 */
function count(d: Deciding, gift: GiftTerms, { points, repeats }: Threshold, change: number): void {
  const [earned, given] = sliceOf(d.account)?.t?.[gift.id] ?? [0, 0]
  const total = earned + change
  const times = Math.max(0, Math.floor(total / points))
  const wanted = repeats ? times : Math.min(1, times)
  let now = given
  const source = sourceOf(gift.id)
  if (wanted > given && !d.account.closed && isFor(d, gift)) {
    give(d, gift, wanted - given, source)
    now = wanted
  } else if (wanted < given && change < 0) takeBack(d, source, given - wanted)
  if (change !== 0 || now !== given) keep(d, gift.id, total, now)
}

/** What could be taken back is given no more. */
export function countBack(d: Deciding, { body }: ActivityOf<'withdraw'>): undefined {
  const gift = giftRulesOf(d.program).on.threshold.find(({ id }) => body.source === sourceOf(id))
  const counted = gift === undefined ? undefined : sliceOf(d.account)?.t?.[gift.id]
  const back = d.withdrawn.findLast(({ source }) => source === body.source)?.quantity ?? 0
  if (counted !== undefined && back > 0) keep(d, gift!.id, counted[0], counted[1] - back)
}

function sourceOf(gift: string): string {
  return `gifts:${gift}`
}

function keep(d: Deciding, gift: string, earned: number, given: number): void {
  remember(d.account, (slice) => {
    const { [gift]: _, ...others } = slice.t ?? {}
    if (earned !== 0 || given !== 0) slice.t = { ...others, [gift]: [earned, given] }
    else if (Object.keys(others).length > 0) slice.t = others
    else delete slice.t
  })
}

/** As if the member had asked for it the moment that there were enough; a return is reckoned as with any spent points. */
function spend(d: Deciding, gift: GiftTerms, { wallet, points }: Threshold): void {
  const times = Math.floor(availablePoints(walletOf(d.account, wallet.id)) / points)
  if (times === 0 || d.account.closed || !isFor(d, gift)) return
  const parts = draw(d, wallet, times * points, 'spent', { rule: gift.reward, reverses: null })
  assert(!(parts instanceof Refusal), 'points that are available can be spent')
  give(d, gift, times, sourceOf(gift.id))
}
