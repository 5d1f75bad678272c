/**
 * Returns of one order are settled as if they had come in one. What they did to levels so far is kept with the order:
 * when a further return gives something (a rule may give more for less), a level that was lost halfway was never lost.
 */

import type { Deciding } from '../../core/deciding.ts'
import type { TierRules } from './rules.ts'
import { addRow, countGift, type Gift, inOrder, isNothing, type Row, rankOf, type Slice, standing } from './standing.ts'

interface Halfway {
  /** The terms by which it was counted. */
  k: string
  /** The levels that the member had before anything of the order came back, and those that returns have left. */
  had: Slice['h']
  left: Slice['h']
  /** Gifts that were taken back with their levels. */
  gifts: readonly Gift[]
  /** The activities of those returns: they may have brought gifts as well. */
  returns: number[]
}

/** What returns of the same order have done before, as long as nothing else has changed the member's levels since. */
export function halfwayOf(d: Deciding, rules: TierRules, state: Slice): Halfway | null {
  const halfway = d.remains?.returned.slices?.['tiers'] as Halfway | undefined
  if (halfway === undefined || halfway.k !== rules.key || rules.onReturn === 'keep') return null
  return JSON.stringify(halfway.left) === JSON.stringify(state.h) ? halfway : null
}

/** Counts gifts again that were taken back: the level that they came with may be reached after all. */
export function countAgain(rules: TierRules, state: Slice, gifts: readonly Gift[], now: number): Gift[] {
  // What was counted longer ago is forgotten by now.
  const known = gifts.filter(({ part }) => part > now - rules.horizon)
  for (const gift of known) state.n = addGift(rules, state.n, gift, 1)
  if (known.length > 0) state.g = inOrder(rules, [...known, ...(state.g ?? [])])
  return known
}

/**
 * Where returns leave what was had before them, nothing was reached on the way: what they brought for that is counted
 * no more. Answers what it was; the caller takes it back.
 */
export function countNoMore(d: Deciding, rules: TierRules, state: Slice, { had, returns }: Halfway): Gift[] {
  const given = state.g?.filter(({ activity }) => returns.includes(activity)) ?? []
  if (given.length === 0) return given
  const { clock } = d.account
  for (const gift of given) state.n = addGift(rules, state.n, gift, -1)
  state.g = state.g!.filter((gift) => !given.includes(gift))
  const rankBefore = rankOf(rules, had.at(-1)?.[1])
  const { rank } = standing(rules, state, state.n, clock, d.inForce.zone)
  const isOnTheWay = ({ level }: Gift) => rank >= rankBefore && rankOf(rules, level) <= rankBefore
  countAgain(
    rules,
    state,
    given.filter((gift) => !isOnTheWay(gift)),
    rules.windows.at(clock, state.j),
  )
  return given.filter(isOnTheWay)
}

export function addGift(rules: TierRules, rows: Row[], gift: Gift, sign: 1 | -1): Row[] {
  const row = new Array(rules.measures.length + 1).fill(0)
  row[0] = gift.part
  countGift(rules, row, gift, sign)
  return isNothing(row) ? rows : addRow(rows, row)
}

/**
 * Keeps for the next return of the order what this one has done, and those before it where `halfway` still holds, as
 * long as it shows.
 */
export function keepHalfway(
  d: Deciding,
  rules: TierRules,
  halfway: Halfway | null,
  had: Slice['h'],
  { h: left, g }: Slice,
  gifts: readonly Gift[],
): void {
  const { remains } = d
  if (remains === null || rules.onReturn === 'keep') return
  const { tiers: _, ...others } = remains.returned.slices ?? {}
  const returns = [...new Set([...(halfway?.returns ?? []), d.activity.id])]
  const shows = gifts.length > 0 || g?.some(({ activity }) => returns.includes(activity)) === true
  const kept: Halfway = { k: rules.key, had, left, gifts, returns }
  const slices =
    shows || JSON.stringify(had) !== JSON.stringify(left) ? { ...others, tiers: structuredClone(kept) } : others
  if (Object.keys(slices).length > 0) remains.returned.slices = slices
  else delete remains.returned.slices
}
