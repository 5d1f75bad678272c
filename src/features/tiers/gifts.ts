/** Points that come with a level: they are remembered while the level may still turn out never to have been reached. */

import { assert } from '../../core/assert.ts'
import type { Deciding } from '../../core/deciding.ts'
import { issue, reverse, settleReturn } from '../../core/ledger.ts'
import type { LotIdentity } from '../../core/points.ts'
import { rulesOf } from '../../core/program.ts'
import { Settlement } from '../../core/settlement.ts'
import { addGift } from './halfway.ts'
import { takeEarned } from './measures.ts'
import type { TierRules } from './rules.ts'
import { type Gift, inOrder, rankOf, reachedAround, type Slice } from './standing.ts'

/** More gifts than any program gives within the time that matters; the oldest is then nobody's business. */
const MOST_GIFTS = 12

/** Remembers what this decision issued for reaching a level, unless somebody gave the level by hand. */
export function noteGifts(d: Deciding, rules: TierRules, state: Slice, level: string): void {
  if (d.activity.type === 'tier_given') return
  const activity = d.activity.id
  const { windows, horizon } = rules
  const part = windows.at(d.receipt === null ? d.at : d.receipt.occurred_at, state.j)
  if (part <= windows.at(d.account.clock, state.j) - horizon) return
  // What an earlier level of the same decision brought is remembered already.
  let known = state.g?.filter((gift) => gift.activity === activity).length ?? 0
  for (const { from, wallet, points, rule, lot, reverses } of d.postings) {
    // What a return gives again is remembered as what it was.
    if (from !== 'issued' || lot === null || lot.kind !== 'tier' || reverses !== null) continue
    if (known-- > 0) continue
    const { kind, month, release, expiry } = lot
    // The rule was heard just now, so its latest entry is the one.
    const { exact, scale } = d.entries.findLast((entry) => entry.rule === rule)!
    state.g ??= []
    const { day } = d
    state.g.push({ level, part, activity, rule, day, exact, scale, wallet, points, kind, month, release, expiry })
  }
  if (state.g !== undefined) state.g = inOrder(rules, state.g).slice(-MOST_GIFTS)
}

/** What a settlement makes of levels: the rank that the member has, and the one of before. */
interface Ranks {
  has: number
  before: number
}

/**
 * A level that was never reached brought nothing: what came with it is taken back. `taken` are gifts that earlier
 * returns of the same order took back: those are given again whose level was reached after all. Answers what is taken
 * back now.
 */
export function takeGiftsBack(
  d: Deciding,
  rules: TierRules,
  state: Slice,
  ranks: Ranks,
  taken: readonly Gift[],
): Gift[] {
  const gifts = state.g ?? []
  const lost = gifts.filter((gift) => wasNeverReached(d, rules, state, ranks, gift))
  for (const gift of taken) if (!lost.includes(gift)) giveAgain(d, gift)
  for (const gift of lost) {
    if (!taken.includes(gift)) takeBack(d, gift)
    state.n = addGift(rules, state.n, gift, -1)
  }
  const left = gifts.filter((gift) => !lost.includes(gift))
  if (left.length > 0) state.g = left
  else delete state.g
  return lost
}

/** A level that is over in its time was reached all the same, and so was one that the program let the member keep. */
function wasNeverReached(d: Deciding, rules: TierRules, state: Slice, { has, before }: Ranks, gift: Gift): boolean {
  const rank = rankOf(rules, gift.level)
  if (rank <= has) return false
  if (rules.onReturn === 'keep') return rank <= before
  const reached = reachedAround(rules, state, gift.part, rules.windows.at(d.account.clock, state.j))
  return reached !== null && reached < rank
}

export function takeBack(d: Deciding, gift: Gift): void {
  const { activity, rule, wallet, points } = gift
  // An action that corrects a sum is no return of an order, so nothing is kept of what was missing.
  const isReturn = d.settlement !== null
  const rulesIn = (id: string) => rulesOf(d.inForce, id)
  if (!isReturn) d.settlement = new Settlement(d.account, undefined, rulesIn)
  reverse(d, rulesIn(wallet), lotOf(gift), points, { rule, reverses: activity })
  if (!isReturn) settleReturn(d)
  follow(d, gift, -1)
}

/** Whatever it is too much for was too much before. */
function giveAgain(d: Deciding, gift: Gift): void {
  const { activity, rule, wallet, points } = gift
  const refusal = issue(d, rulesOf(d.inForce, wallet), lotOf(gift), points, { rule, reverses: activity })
  assert(refusal === undefined, 'points that were there before can be counted')
  follow(d, gift, 1)
}

function lotOf({ kind, month, release, expiry }: Gift): LotIdentity {
  return { kind, month, release, expiry }
}

/** What else goes by the points of a rule follows: what explains them, what was earned, and the limit of the rule. */
function follow(d: Deciding, { rule, day, exact, scale, wallet, points }: Gift, sign: 1 | -1): void {
  d.addEntry({
    rule: rule ?? 'tier',
    wallet,
    base: sign,
    full: sign * points,
    exact: sign * points,
    scale: 1,
    rounding: 'floor',
    carry: null,
    points: sign * points,
  })
  d.countEarned(wallet, sign * points)
  // It is counted in the part of time that it came in, and not as something of now as well.
  takeEarned(d, wallet)
  if (rule !== null) d.addRegiven({ rule, day, exact: sign * exact, scale })
}
