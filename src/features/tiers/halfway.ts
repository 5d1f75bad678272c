/**
 * Returns of one order are settled as if they had come in one. What they did to levels so far is kept with the order:
 * when a further return gives something (a rule may give more for less), a level that was lost halfway was never lost.
 */

import type { Deciding } from '../../core/deciding.ts'
import type { TierRules } from './rules.ts'
import { addRow, countGift, type Gift, inOrder, isNothing, type Row, type Slice } from './standing.ts'

interface Halfway {
  /** The terms by which it was counted. */
  k: string
  /** The levels that the member had before anything of the order came back, and those that returns have left. */
  had: Slice['h']
  left: Slice['h']
  /** Gifts that were taken back with their levels. */
  gifts: readonly Gift[]
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

export function addGift(rules: TierRules, rows: Row[], gift: Gift, sign: 1 | -1): Row[] {
  const row = new Array(rules.measures.length + 1).fill(0)
  row[0] = gift.part
  countGift(rules, row, gift, sign)
  return isNothing(row) ? rows : addRow(rows, row)
}

/** Keeps for the next return of the order what this one and those before it have done. */
export function keepHalfway(
  d: Deciding,
  rules: TierRules,
  had: Slice['h'],
  left: Slice['h'],
  gifts: readonly Gift[],
): void {
  const { remains } = d
  if (remains === null || rules.onReturn === 'keep') return
  const { tiers: _, ...others } = remains.returned.slices ?? {}
  const isSame = gifts.length === 0 && JSON.stringify(had) === JSON.stringify(left)
  const slices = isSame ? others : { ...others, tiers: structuredClone({ k: rules.key, had, left, gifts }) }
  if (Object.keys(slices).length > 0) remains.returned.slices = slices
  else delete remains.returned.slices
}
