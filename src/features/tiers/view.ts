/** What members and tills see of tiers: the level, how long it stays, what the next asks for, and what happens otherwise. */

import type { Account } from '../../core/account.ts'
import { copyPlain } from '../../core/copy.ts'
import { NEVER } from '../../core/points.ts'
import type { Program } from '../../core/program.ts'
import { formatInstant, localDay } from '../../core/time.ts'
import { begun, sliceOf } from './revised.ts'
import { type TierRules, tierRulesOf } from './rules.ts'
import { currentLevel, type Row, rankOf, rowsAt, type Slice, standing, sumOf } from './standing.ts'

interface Progress {
  measure: string
  have: number
  need: number
  by: string | null
  /** What will count too, once the return window of its orders is over. */
  waiting?: number
}

/** It is made for every decision, so whoever has the lowest level, as most do, costs little. */
export function view(account: Account, program: Program, at: number): Record<string, unknown> {
  const rules = tierRulesOf(program)
  if (rules === null) return { tier: null }
  const state = read(account, rules, program)
  const rank = rankOf(rules, currentLevel(state))
  const level = rules.levels[rank]!
  const clock = Math.max(at, account.clock)
  const rows = rowsAt(rules, state, clock, program.zone)
  const next = rules.levels[rank + 1]
  const until = rank === 0 ? NEVER : untilOf(rules, state, rows, account.clock, program)
  const tier: Record<string, unknown> = {
    level: level.id,
    name: level.name,
    since: state.h.length === 0 ? null : formatInstant(state.h.at(-1)![0]),
    until: until === NEVER ? null : formatInstant(until),
    progress: next === undefined ? null : progress(rules, state, rows, clock, rank + 1),
    next: next === undefined ? null : next.id,
  }
  if (next !== undefined && next.needs.length > 1) tier['progress_of'] = next.any ? 'any_of' : 'all_of'
  if (until !== NEVER) {
    const { zone } = program
    tier['otherwise'] = rules.levels[standing(rules, state, rows, until, zone).rank]!.id
    if (!reachesNow(rules, state, rows, clock, rank)) tier['keep'] = progress(rules, state, rows, clock, rank)
  }
  if (state.s !== undefined && rankOf(rules, state.s[0]) === rank) tier['kind'] = state.s[2]
  return { tier, perks: level.perks }
}

/** The member's tiers by the terms in force; the account itself takes them over with its next decision. */
function read(account: Account, rules: TierRules, program: Program): Slice {
  const state = account.slices['tiers'] as Slice | undefined
  if (state === undefined) return begun(rules, localDay(program.zone, account.clock))
  if (state.k === rules.key) return state
  const copy = { ...account, slices: { tiers: copyPlain(state) } }
  return sliceOf(copy, rules, program, account.clock)
}

/** Where levels come at once and windows do not slide, it is known since the last change. */
function untilOf(rules: TierRules, state: Slice, rows: readonly Row[], clock: number, program: Program): number {
  if (rules.up === 'at_once' && rules.windows.length === 1) return state.u === 0 ? NEVER : state.u
  return standing(rules, state, rows, clock, program.zone).until
}

/** Whether the window of now carries the level by itself: then nothing more has to be done for it in this window. */
function reachesNow(rules: TierRules, state: Slice, rows: readonly Row[], clock: number, rank: number): boolean {
  const { needs, any } = rules.levels[rank]!
  const part = rules.windows.at(clock, state.j)
  const isMet = ({ measure, from }: { measure: number; from: number }) => sumOf(rules, rows, part, measure) >= from
  return any ? needs.some(isMet) : needs.every(isMet)
}

/** What a level asks for, and by when: the end of the window, or when something that counts leaves a sliding one. */
function progress(rules: TierRules, state: Slice, rows: readonly Row[], clock: number, rank: number): Progress[] {
  const part = rules.windows.at(clock, state.j)
  const end = rules.windows.endOf(lastPart(rules, rows, part), state.j)
  const by = end === NEVER ? null : formatInstant(end)
  return rules.levels[rank]!.needs.map(({ measure, from }) => {
    const entry: Progress = {
      measure: rules.measures[measure]!.id,
      have: sumOf(rules, rows, part, measure),
      need: from,
      by,
    }
    if (state.p !== undefined) entry.waiting = waitingOf(rules, state, rows, part, measure)
    return entry
  })
}

function lastPart({ windows }: TierRules, rows: readonly Row[], part: number): number {
  if (!windows.slides) return windows.lastOf(part)
  const oldest = rows.find(([at]) => at! >= windows.firstOf(part))
  return oldest === undefined ? part + windows.length - 1 : oldest[0]! + windows.length - 1
}

function waitingOf(rules: TierRules, state: Slice, rows: readonly Row[], part: number, measure: number): number {
  const all = state.p!.map(([, row]) => row)
  return sumOf(rules, [...state.n, ...all], part, measure) - sumOf(rules, rows, part, measure)
}
