/** How far a member is with a challenge: what counted in each of its periods, and how often it was done by that. */

import type { Account } from '../../core/account.ts'
import type { Counters } from '../../core/limits.ts'
import { assertSafe } from '../../core/rational.ts'
import { periodOf, type Unit } from '../../core/time.ts'
import { type Amount, isDistinct } from './goals.ts'
import type { ChallengeRules } from './rules.ts'

/** How much of a goal: an amount, or how often each different thing was bought or visited. */
type Counted = number | Record<string, number>

/** What counted in one period (0 where the challenge has none), goal by goal. */
export interface Row {
  p: number
  a: Counted[]
}

/** A streak: periods in a row so far, those missed in between, and the last one that counted. */
type Run = [length: number, missed: number, last: number]

export interface Progress {
  /** The latest periods, in order. */
  r: Row[]
  /** How often each prize was reached in periods that are forgotten. */
  w?: number[]
  /** The streak that they left. */
  b?: Run
  /** How many of each prize were given. More than were reached are owed: the next ones are not given. */
  g?: number[]
  /** When it was done, in ms, where it can be done once. */
  t?: number
  /** Since when the member takes part, in ms, where that is asked for. */
  j?: number
}

export interface Slice {
  /** By the challenge's id. */
  c: Record<string, Progress>
  /** What was used of limits, by challenge and goal. */
  u: Counters
  /** Badges, by id: since when in ms, and the challenge that brought them. */
  b: Record<string, [since: number, challenge: string]>
}

export function sliceOf(account: Account): Slice {
  return (account.slices['challenges'] as Slice | undefined) ?? { c: {}, u: {}, b: {} }
}

/** How many days a challenge that is over is remembered, for what comes back of it. */
const KEPT_DAYS = 400
/** How many challenges are remembered that the program has no more. */
const MOST_KEPT = 60

/** What is empty is left out, and so is what was over long ago. */
export function keepSlice(account: Account, slice: Slice, inForce: readonly ChallengeRules[], today: number): void {
  const { c, u, b } = slice
  for (const [id, progress] of Object.entries(c)) {
    const until = inForce.find((rules) => rules.id === id)?.until ?? null
    if (isEmpty(progress) || (until !== null && until + KEPT_DAYS < today)) delete c[id]
  }
  const gone = Object.keys(c).filter((id) => inForce.every((rules) => rules.id !== id))
  for (const id of gone.slice(0, Math.max(0, Object.keys(c).length - MOST_KEPT))) delete c[id]
  if ([c, u, b].every((part) => Object.keys(part).length === 0)) delete account.slices['challenges']
  else account.slices['challenges'] = { c, u, b }
}

function isEmpty({ r, ...rest }: Progress): boolean {
  return r.length === 0 && Object.keys(rest).length === 0
}

export function periodIn({ every }: ChallengeRules, day: number): number {
  return every === null ? 0 : periodOf(every, day)
}

/** Enough for the latest activity that programs accept, as limits keep. */
const KEPT_PERIODS: Record<Unit, number> = { day: 64, week: 12, month: 4, quarter: 3, year: 2 }

function keptPeriods({ every, streak, forgives }: ChallengeRules): number {
  return every === null ? 1 : KEPT_PERIODS[every] + (streak === null ? 0 : streak + forgives)
}

/** The row of a period; undefined where that is forgotten. */
export function rowFor(rules: ChallengeRules, progress: Progress, period: number): Row | undefined {
  const found = progress.r.find(({ p }) => p === period)
  if (found !== undefined) return found
  if (period <= (progress.r.at(-1)?.p ?? period) - keptPeriods(rules)) return undefined
  const row: Row = { p: period, a: [] }
  progress.r = [...progress.r, row].sort((a, b) => a.p - b.p)
  return row
}

/** Brings a goal from what an activity gave before to what it gives now. */
export function addAmount(rules: ChallengeRules, row: Row, goal: number, before: Amount, after: Amount): void {
  for (let i = 0; i < rules.goals.length; i++) row.a[i] = ofKind(rules, i, row.a[i])
  row.a.length = rules.goals.length
  const counted = row.a[goal]!
  if (typeof counted === 'number') row.a[goal] = Math.max(0, assertSafe(counted + sum(after) - sum(before)))
  else row.a[goal] = changed(changed(counted, before, -1), after, 1)
}

/** A revision may count something else under the same name: that begins anew. */
function ofKind({ goals }: ChallengeRules, i: number, counted: Counted | undefined): Counted {
  if (isDistinct(goals[i]!.count)) return typeof counted === 'object' ? counted : {}
  return typeof counted === 'number' ? counted : 0
}

function sum(amount: Amount): number {
  return typeof amount === 'number' ? amount : 0
}

/** More different things are not remembered: no target asks for as many. */
const MOST_DIFFERENT = 40

function changed(counted: Record<string, number>, names: Amount, change: number): Record<string, number> {
  if (typeof names === 'number') return counted
  const next = { ...counted }
  for (const name of names) {
    const times = (next[name] ?? 0) + change
    if (times <= 0) delete next[name]
    else if (next[name] !== undefined || Object.keys(next).length < MOST_DIFFERENT) next[name] = times
  }
  return next
}

/** Drops rows in which nothing counts, and keeps of those that are too old what they reached. */
export function tidy(rules: ChallengeRules, progress: Progress): void {
  progress.r = progress.r.filter(({ a }) => a.some((one) => (typeof one === 'number' ? one > 0 : !isNone(one))))
  const oldest = (progress.r.at(-1)?.p ?? 0) - keptPeriods(rules)
  while (rules.every !== null && progress.r.length > 0 && progress.r[0]!.p <= oldest) {
    const row = progress.r.shift()!
    const reached = rules.prizes.map((_, i) => progress.w?.[i] ?? 0)
    const run = addReached(rules, row, progress.b ?? NO_RUN, reached)
    if (reached.some((times) => times > 0)) progress.w = reached
    if (run !== NO_RUN) progress.b = run
  }
}

function isNone(counted: object): boolean {
  return Object.keys(counted).length === 0
}

const NO_RUN: Run = [0, 0, 0]

/** How often each prize was reached so far, within the times that the challenge may be done. */
export function reachedOf(rules: ChallengeRules, { r, w, b }: Progress): number[] {
  const reached = rules.prizes.map((_, i) => w?.[i] ?? 0)
  let run = b ?? NO_RUN
  for (const row of r) run = addReached(rules, row, run, reached)
  return reached.map((times) => Math.min(times, rules.times))
}

/** Adds what one period reached; answers the streak that it leaves. */
function addReached(rules: ChallengeRules, row: Row, run: Run, reached: number[]): Run {
  const { prizes, streak } = rules
  if (streak === null) {
    const value = howMuch(rules, row, 0)
    for (let i = 1; i < prizes.length; i++) if (value >= prizes[i]!.at!) reached[i]! += 1
    reached[0]! += rules.every === null ? roundsOf(rules, row) : Math.min(1, roundsOf(rules, row))
    return run
  }
  if (roundsOf(rules, row) === 0) return run
  const [length, missed] = goesOn(rules, run, row.p)
  for (let i = 1; i < prizes.length; i++) if (prizes[i]!.at === length + 1) reached[i]! += 1
  if (length + 1 < streak) return [length + 1, missed, row.p]
  reached[0]! += 1
  // The next streak begins with the next period, and forgives anew.
  return [0, 0, row.p]
}

/** The streak as a period finds it: broken, if more was missed before it than is forgiven. */
export function goesOn({ forgives }: ChallengeRules, [length, missed, last]: Run, period: number): [number, number] {
  if (length === 0) return [0, 0]
  const gap = Math.max(0, period - last - 1)
  return missed + gap > forgives ? [0, 0] : [length, missed + gap]
}

/** The streak that stands now, all periods taken together. */
export function runOf(rules: ChallengeRules, { r, b }: Progress): Run {
  const reached = rules.prizes.map(() => 0)
  return r.reduce((run, row) => addReached(rules, row, run, reached), b ?? NO_RUN)
}

/** How often the target was reached: the head start and what counted, of one goal, of all, or of the best. */
function roundsOf(rules: ChallengeRules, row: Row): number {
  const rounds = rules.goals.map(({ target }, i) => Math.floor(howMuch(rules, row, i) / target))
  return rules.isAny ? Math.max(...rounds) : Math.min(...rounds)
}

/** How much of a goal there is, its head start included. */
export function howMuch(rules: ChallengeRules, row: Row | undefined, goal: number): number {
  const counted = row?.a[goal] ?? 0
  return rules.headStart + (typeof counted === 'number' ? counted : Object.keys(counted).length)
}

/** Whether a goal waits for no other any more. */
export function isOpen(rules: ChallengeRules, row: Row | undefined, goal: number): boolean {
  return rules.goals[goal]!.waits.every((place) => howMuch(rules, row, place) >= rules.goals[place]!.target)
}
