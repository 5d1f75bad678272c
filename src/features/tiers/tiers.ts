/** Tiers: levels that members reach by what they earn, spend or do within a window, and keep for a while. */

import type { Account } from '../../core/account.ts'
import type { Activity, ActivityOf, ActivityType } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Fact, Feature } from '../../core/feature.ts'
import { NEVER } from '../../core/points.ts'
import type { Program } from '../../core/program.ts'
import { assertSafe, parseDecimal } from '../../core/rational.ts'
import type { Refusal } from '../../core/refusal.ts'
import { localDay, startOfDay } from '../../core/time.ts'
import { noteGifts } from './gifts.ts'
import { give } from './given.ts'
import { merge } from './merge.ts'
import { begun, sliceOf } from './revised.ts'
import { compile, type Section, type TierRules, TiersSection, tierRulesOf } from './rules.ts'
import { forget, keepLevel, mature, settle } from './settle.ts'
import { addRow, currentLevel, isNothing, type Row, rankOf, rowOf, type Slice } from './standing.ts'
import { tierLosses, tierStatements } from './statements.ts'
import { view } from './view.ts'
import { words } from './words.ts'

export const tiers: Feature = {
  id: 'tiers',
  section: TiersSection,
  compile,
  multipliers: (section: Section) =>
    (section?.levels ?? []).flatMap((level) => {
      const multiply = level.multiply === undefined ? null : parseDecimal(level.multiply)
      return multiply === null || multiply.n <= 0 ? [] : [multiply]
    }),
  start: (program): Slice | undefined => {
    const rules = tierRulesOf(program)
    return rules === null ? undefined : begun(rules, 0)
  },
  facts: (section: Section): Record<string, Fact> =>
    section === undefined
      ? {}
      : {
          'member.tier': {
            type: 'string',
            describe: 'The level that the member had when it happened',
            values: section.levels.map((level) => level.id),
            read: (c) => levelAt(tierRulesOf(c.program)!, c.account, c.at).id,
            told: (id) => section.levels.find((level) => level.id === id)?.name ?? id,
          },
        },
  hears: {
    join: { count: begin },
    order: { earn: multiply, count },
    visit: { earn: multiply, count },
    action: { price: checkAction, earn: multiply, count },
    tier: { count: countGift },
    tier_given: { count: giveLevel },
    return: { count },
    cancel: { count },
    clock: { count: review },
  },
  merge,
  due,
  isIdle: (program) => tierRulesOf(program) === null,
  view,
  terms: (program) => ({
    multipliers: (tierRulesOf(program)?.levels ?? []).flatMap(({ name, multiplier }) =>
      multiplier === null ? [] : [{ name, n: multiplier.n, d: multiplier.d }],
    ),
  }),
  statements: tierStatements,
  losses: tierLosses,
  words,
}

/** A member has the lowest level from the day of joining; what joining earned is counted like all that is earned. */
function begin(d: Deciding, activity: Activity): undefined {
  const rules = tierRulesOf(d.inForce)
  if (rules === null) return
  const state = begun(rules, localDay(d.inForce.zone, d.at))
  state.h = [[d.at, rules.levels[0]!.id]]
  d.account.slices['tiers'] = state
  count(d, activity)
}

function multiply(d: Deciding): undefined {
  const rules = tierRulesOf(d.program)
  if (rules === null) return
  const { multiplier } = levelAt(rules, d.account, d.at)
  if (multiplier !== null) d.addMultiplier(multiplier)
}

function levelAt(rules: TierRules, account: Account, at: number) {
  const state = account.slices['tiers'] as Slice | undefined
  if (state !== undefined)
    for (let i = state.h.length - 1; i >= 0; i--)
      if (state.h[i]![0] <= at) return rules.levels[rankOf(rules, state.h[i]![1])]!
  return rules.levels[0]!
}

function checkAction(d: Deciding, { body }: ActivityOf<'action'>): Refusal | undefined {
  for (const { refuse } of tierRulesOf(d.inForce)?.measures ?? []) {
    const refusal = refuse?.(body)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** What a decision adds to each measure. Used within `count` only, so that counting makes no garbage. */
const changes: number[] = []

/** What was earned, spent or done is counted in the window in which it happened, by the terms of the day it is recorded. */
function count(d: Deciding, activity: Activity): undefined {
  const rules = tierRulesOf(d.inForce)
  if (rules === null) return
  const isReturn = d.receipt !== null && activity.type !== 'tier'
  const isCounted = takeChanges(d, rules, activity.type)
  if (!isCounted && !isReturn) return
  const { clock } = d.account
  const state = sliceOf(d.account, rules, d.inForce, clock)
  const occurred = d.receipt === null ? d.at : d.receipt.occurred_at
  if (!rules.windows.counts(occurred, state.j)) return
  if (state.c !== undefined) leaveOut(rules, state.c, occurred)

  // A return that changes nothing leaves what two leave of which the second makes up for the first.
  if (!isCounted) {
    settle(d, rules, state, 'returned')
    return
  }
  if (isReturn && rules.onReturn === 'keep') keepLevel(d, rules, state)
  const now = rules.windows.at(clock, state.j)
  if (state.n.length > 0) forget(d, rules, state, now)
  if (rules.waitDays > 0 && (isReturn || activity.type === 'order')) {
    mature(d, rules, state)
    if (hasToWait(d, rules, state, occurred)) {
      settle(d, rules, state, isReturn ? 'returned' : 'counted')
      return
    }
  }
  const part = rules.windows.at(occurred, state.j)
  const row = rowOf(state.n, part)
  if (row === undefined) {
    if (part <= now - rules.horizon) {
      if (isReturn) settle(d, rules, state, 'returned')
      return
    }
    state.n = addRow(state.n, [part, ...changes.slice(0, rules.measures.length)])
  } else {
    if (part === now && d.receipt === null && changesNothing(rules, state, row)) return
    addChanges(row)
    if (isNothing(row)) state.n.splice(state.n.indexOf(row), 1)
  }
  settle(d, rules, state, d.receipt !== null || changes[0]! < 0 ? 'returned' : 'counted')
}

/** False when there is nothing to count. */
function takeChanges(d: Deciding, { measures }: TierRules, heard: ActivityType): boolean {
  let any = false
  for (let i = 0; i < measures.length; i++) {
    changes[i] = measures[i]!.take(d, heard)
    if (changes[i] !== 0) any = true
  }
  return any
}

/** A measure that a later revision brought counts nothing of the time before, nor do returns of that time. */
function leaveOut({ measures }: TierRules, since: Record<string, number>, occurred: number): void {
  for (let i = 0; i < measures.length; i++) if ((since[measures[i]!.id] ?? 0) > occurred) changes[i] = 0
}

function addChanges(row: Row): void {
  for (let i = 1; i < row.length; i++) row[i] = assertSafe(row[i]! + changes[i - 1]!)
}

/**
 * Most purchases reach nothing, and whoever has the level of this window already keeps it as long as before: then
 * adding the amount is all, and this has done it.
 */
function changesNothing(rules: TierRules, state: Slice, row: Row): boolean {
  const { steps, up, windows } = rules
  const change = changes[0]!
  if (steps === null || change < 0 || windows.length > 1 || up !== 'at_once' || state.g !== undefined) return false
  if (state.s !== undefined) return false
  const rank = rankOf(rules, currentLevel(state))
  const amount = assertSafe(row[1]! + change)
  if (rank + 1 < steps.length && amount >= steps[rank + 1]!) return false
  if (rank > 0 && row[1]! < steps[rank]!) return false
  row[1] = amount
  return true
}

/** What a level brought is counted like all that is earned, and may reach the next. */
function countGift(d: Deciding, activity: ActivityOf<'tier'>): undefined {
  const rules = tierRulesOf(d.inForce)
  if (rules === null) return
  noteGifts(d, rules, sliceOf(d.account, rules, d.inForce, d.account.clock), activity.body.level)
  count(d, activity)
}

function giveLevel(d: Deciding, { body }: ActivityOf<'tier_given'>): Refusal | undefined {
  const rules = tierRulesOf(d.inForce)
  const state = rules === null ? null : sliceOf(d.account, rules, d.inForce, d.account.clock)
  const refusal = give(d, rules, state, body)
  if (refusal === undefined) settle(d, rules!, state!, 'given')
  return refusal
}

/** When its time is over, a level falls to what is kept; when a window or a wait ends, one that was reached comes. */
function review(d: Deciding): undefined {
  const rules = tierRulesOf(d.inForce)
  if (rules === null) return
  const { account, inForce } = d
  const state = account.slices['tiers'] as Slice | undefined
  // Most of what falls due is not about tiers.
  if (state !== undefined && state.k === rules.key && isSettled(rules, state, account.clock)) return
  settle(d, rules, sliceOf(account, rules, inForce, account.clock), 'in_time')
}

/** Whether nothing of it has changed since it was settled last, and nothing is over that was counted or given. */
function isSettled({ windows, horizon }: TierRules, { n, u, w, j, p, f, s, g }: Slice, clock: number): boolean {
  if (p !== undefined || f !== undefined || s !== undefined || g !== undefined) return false
  if ((u !== 0 && u <= clock) || (w !== undefined && w <= clock)) return false
  return n.length === 0 || n[0]![0]! > windows.at(clock, j) - horizon
}

/** Puts the change among the orders that wait; false when the order that it concerns waits no longer. */
function hasToWait(d: Deciding, rules: TierRules, state: Slice, occurred: number): boolean {
  const { zone } = d.inForce
  const day = localDay(zone, occurred)
  if (startOfDay(zone, day + rules.waitDays) <= d.account.clock) return false
  const row = [rules.windows.at(occurred, state.j), ...changes.slice(0, rules.measures.length)]
  const waiting = state.p ?? []
  const found = waiting.find(([at, [part]]) => at === day && part === row[0])
  if (found === undefined) waiting.push([day, row])
  else addChanges(found[1])
  const left = waiting.filter(([, amounts]) => !isNothing(amounts)).sort(([a], [b]) => a - b)
  if (left.length > 0) state.p = left
  else delete state.p
  return true
}

function due(account: Account, program: Program): number {
  const state = account.slices['tiers'] as Slice | undefined
  if (state === undefined || tierRulesOf(program) === null) return NEVER
  const until = state.u === 0 ? NEVER : state.u
  return state.w === undefined ? until : Math.min(until, state.w)
}
