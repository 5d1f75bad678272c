/**
 * When the program's tiers change, members keep what they were promised: the level of now stays until the moment that
 * the terms of before gave it. What was counted goes on as far as the new terms still count it.
 */

import type { Account } from '../../core/account.ts'
import type { Program } from '../../core/program.ts'
import { localDay, startOfDay, type Zone } from '../../core/time.ts'
import type { TierRules } from './rules.ts'
import { addRow, currentLevel, type Row, type Slice } from './standing.ts'
import { type Part, Windows } from './windows.ts'

/** A member's tiers before anything was counted. */
export function begun(rules: TierRules | null, joined: number): Slice {
  return { k: rules === null ? '' : rules.key, j: joined, n: [], h: [], u: 0 }
}

/** The member's tiers by the terms in force, taken over from older ones at `clock` (ms) where they were counted so. */
export function sliceOf(account: Account, rules: TierRules, program: Program, clock: number): Slice {
  const { slices } = account
  let state = slices['tiers'] as Slice | undefined
  if (state === undefined) {
    // Whoever joined before the program had tiers counts as joined when they were first heard of.
    state = begun(rules, localDay(program.zone, clock))
    slices['tiers'] = state
  }
  if (state.k !== rules.key) takeOver(state, rules, program.zone, clock)
  return state
}

function takeOver(state: Slice, rules: TierRules, zone: Zone, clock: number): void {
  const [part, measures] = state.k.split('/') as [Part, string]
  const before = { windows: new Windows(part, 1, false, zone), measures: measures.split('+') }
  const level = currentLevel(state)
  if (level !== undefined && level !== rules.levels[0]!.id) state.f = [level, state.u]
  for (const { id, of } of rules.measures) if (!before.measures.includes(of)) state.c = { ...state.c, [id]: clock }

  const columns = rules.measures.map(({ of }) => before.measures.indexOf(of) + 1)
  const amounts = (row: Row) => columns.map((column) => (column === 0 ? 0 : row[column]!))
  let rows: Row[] = []
  for (const row of state.n) {
    const at = part === rules.windows.part ? row[0]! : partOf(row[0]!, before.windows, rules, state, clock)
    rows = addRow(rows, [at, ...amounts(row)])
  }
  const waiting = state.p?.map(([day, row]): [number, Row] => [
    day,
    [rules.windows.at(startOfDay(zone, day), state.j), ...amounts(row)],
  ])
  state.n = rows
  if (rules.waitDays > 0 && waiting !== undefined) state.p = waiting
  else {
    for (const [, row] of waiting ?? []) state.n = addRow(state.n, row)
    delete state.p
  }
  // The level that points came with is promised now, so they count like all others.
  delete state.g
  delete state.w
  state.k = rules.key
}

/** Counts what was counted for a member who joined on one day as for one who joined on another. */
export function countFrom(state: Slice, joined: number, rules: TierRules, zone: Zone, clock: number): void {
  const { windows } = rules
  const { j } = state
  if (j === joined) return
  const isOfMember = windows.part === 'joined_month' || windows.part === 'joined_year'
  state.j = joined
  if (!isOfMember) return
  const moved = (part: number) => windows.at(Math.min(clock, windows.endOf(part, j) - 1), joined)
  let rows: Row[] = []
  for (const [part, ...amounts] of state.n) rows = addRow(rows, [moved(part!), ...amounts])
  state.n = rows
  for (const [day, row] of state.p ?? []) row[0] = windows.at(startOfDay(zone, day), joined)
  for (const gift of state.g ?? []) gift.part = moved(gift.part)
}

/** What was counted in a part of time that is over counts at the end of it, and what is not over counts now. */
function partOf(part: number, before: Windows, { windows }: TierRules, { j }: Slice, clock: number): number {
  return windows.at(Math.min(clock, before.endOf(part, j) - 1), j)
}
