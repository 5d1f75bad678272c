/** Points that come with a level: they are remembered while the level may still turn out never to have been reached. */

import type { Deciding } from '../../core/deciding.ts'
import { reverse } from '../../core/ledger.ts'
import { rulesOf } from '../../core/program.ts'
import { takeEarned } from './measures.ts'
import type { TierRules } from './rules.ts'
import { addRow, countGift, type Gift, isNothing, rankOf, type Slice } from './standing.ts'

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
  for (const { from, wallet, points, rule, lot } of d.postings) {
    if (from !== 'issued' || lot === null || lot.kind !== 'tier') continue
    if (known-- > 0) continue
    const { kind, month, release, expiry } = lot
    state.g ??= []
    state.g.push({ level, part, activity, rule, wallet, points, kind, month, release, expiry })
  }
  if (state.g !== undefined && state.g.length > MOST_GIFTS) state.g = state.g.slice(-MOST_GIFTS)
}

/** A level that was never reached brought nothing: what came with those above `rank` is taken back. */
export function takeGiftsBack(d: Deciding, rules: TierRules, state: Slice, rank: number): void {
  const lost = state.g!.filter(({ level }) => rankOf(rules, level) > rank)
  if (lost.length === 0) return
  for (const gift of lost) {
    takeBack(d, gift)
    const row = new Array(rules.measures.length + 1).fill(0)
    row[0] = gift.part
    countGift(rules, row, gift, -1)
    if (!isNothing(row)) state.n = addRow(state.n, row)
  }
  const left = state.g!.filter((gift) => !lost.includes(gift))
  if (left.length > 0) state.g = left
  else delete state.g
}

function takeBack(d: Deciding, { activity, rule, wallet, points, kind, month, release, expiry }: Gift): void {
  reverse(d, rulesOf(d.inForce, wallet), { kind, month, release, expiry }, points, { rule, reverses: activity })
  d.addEntry({
    rule: rule ?? 'tier',
    wallet,
    base: -1,
    full: -points,
    exact: -points,
    scale: 1,
    rounding: 'floor',
    carry: null,
    points: -points,
  })
  d.countEarned(wallet, -points)
  // It is taken off the part of time that it was counted in, and not counted as a loss of now as well.
  takeEarned(d, wallet)
}
