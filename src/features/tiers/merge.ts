/** Two members become one: what was counted of both adds up, and the higher level stays. */

import { copyPlain } from '../../core/copy.ts'
import type { Deciding } from '../../core/deciding.ts'
import { NEVER } from '../../core/points.ts'
import { countFrom, sliceOf } from './revised.ts'
import { type TierRules, tierRulesOf } from './rules.ts'
import { settle } from './settle.ts'
import { addRow, currentLevel, rankOf, type Slice, standing } from './standing.ts'

export function merge(d: Deciding, from: Slice | undefined): void {
  const rules = tierRulesOf(d.inForce)
  if (rules === null || from === undefined) return
  const { zone } = d.inForce
  const { clock } = d.account
  const state = sliceOf(d.account, rules, d.inForce, clock)
  const other = sliceOf({ ...d.account, slices: { tiers: copyPlain(from) } }, rules, d.inForce, clock)
  // A membership is as old as the older of the two.
  const joined = Math.min(state.j, other.j)
  countFrom(state, joined, rules, zone, clock)
  countFrom(other, joined, rules, zone, clock)

  for (const row of other.n) state.n = addRow(state.n, row)
  if (other.p !== undefined) state.p = [...(state.p ?? []), ...other.p].sort(([a], [b]) => a - b)
  if (other.g !== undefined) state.g = [...(state.g ?? []), ...other.g]
  for (const [id, since] of Object.entries(other.c ?? {}))
    state.c = { ...state.c, [id]: Math.max(since, state.c?.[id] ?? 0) }
  const promised = better(rules, state.f, other.f)
  if (promised !== undefined) state.f = promised
  const given = better(rules, state.s, other.s)
  if (given !== undefined) state.s = given

  const had = rankOf(rules, currentLevel(other))
  const level = currentLevel(other)
  if (level !== undefined && standing(rules, state, state.n, clock, zone).rank < had) state.f = [level, other.u]
  settle(d, rules, state, 'merged', had)
}

/** The higher level of two, or of equal ones the one that lasts longer. */
function better<T extends readonly [level: string, until: number, ...unknown[]]>(
  rules: TierRules,
  one: T | undefined,
  other: T | undefined,
): T | undefined {
  if (one === undefined || other === undefined) return one ?? other
  const more = rankOf(rules, other[0]) - rankOf(rules, one[0])
  if (more !== 0) return more > 0 ? other : one
  return (other[1] || NEVER) > (one[1] || NEVER) ? other : one
}
