/**
 * Where a member stands: which level what was counted gives at a moment, and until when. It follows from the amounts
 * by part of time, from what was promised and from what was given by hand, and from nothing else; so it makes no
 * difference in which order purchases and returns came, or when anybody looked.
 */

import { NEVER } from '../../core/points.ts'
import { addDuration, DAY_MS, startOfDay, type Zone } from '../../core/time.ts'
import type { TierRules } from './rules.ts'

/** The part of time, and how much of each measure was counted in it. */
export type Row = number[]

/** A level that stays until a moment (ms) whatever is counted; 0 for ever. */
export type Promised = [level: string, until: number]

export type GivenKind = 'given' | 'matched' | 'trial'

/** A level that somebody gave; during a trial also the level that was earned when it was looked at last. */
export type Given = [level: string, until: number, kind: GivenKind, earned?: string]

/** Points that came with a level: which they are, and the activity and the part of time in which they came. */
export interface Gift {
  level: string
  part: number
  activity: number
  rule: string | null
  /** The local day on which the rule gave them, and how many exactly, times `scale`. */
  day: number
  exact: number
  scale: number
  wallet: string
  points: number
  kind: string
  month: number
  release: number
  expiry: number
}

export interface Slice {
  /** The terms by which it was counted: `TierRules.key`. */
  k: string
  /** The local day of joining. */
  j: number
  /** What was counted, in the order of time. */
  n: Row[]
  /** The levels that the member had and since when (ms), the latest last; 1 where a return reached it. */
  h: ([since: number, level: string] | [since: number, level: string, byReturn: 1])[]
  /** Until when the level of now stays at least (ms); 0 for the lowest and for ever. */
  u: number
  /** When what was counted next makes a higher level (ms). */
  w?: number
  /** Orders that wait for the end of their return window: the local day, and a row. */
  p?: [day: number, row: Row][]
  f?: Promised
  s?: Given
  g?: Gift[]
  /** Measures that a later revision brought, and since when (ms) they are counted. */
  c?: Record<string, number>
}

export interface Standing {
  rank: number
  /** The first moment at which it may be lower, in ms; NEVER for the lowest and for ever. */
  until: number
  /** The rank without what was given by hand. */
  earned: number
}

const NOT_HELD = Number.NEGATIVE_INFINITY
/** The last part of time for which each rank is held. Used within `standing` only, so that it makes no garbage. */
const through: number[] = []

/** Reads `rows` as what was counted at `clock`. */
export function standing(rules: TierRules, state: Slice, rows: readonly Row[], clock: number, zone: Zone): Standing {
  const { windows, levels, fallParts } = rules
  const now = windows.at(clock, state.j)
  for (let rank = 0; rank < levels.length; rank++) through[rank] = NOT_HELD
  if (windows.length === 1) for (let i = 0; i < rows.length; i++) hold(rules, state, rows[i]!, rows[i]![0]!, 0, now)
  else if (rows.length > 0) holdSums(rules, state, rows, now)
  if (fallParts > 0)
    for (let rank = levels.length - 2; rank > 0; rank--)
      through[rank] = Math.max(through[rank]!, through[rank + 1]! + fallParts)

  const found: Standing = { rank: 0, until: NEVER, earned: 0 }
  for (let rank = levels.length - 1; rank > 0 && found.rank === 0; rank--) {
    if (through[rank] === NOT_HELD || (through[rank]! < now && rules.grace === null)) continue
    const until = endOf(rules, through[rank]!, state.j, zone)
    if (until <= clock) continue
    found.rank = rank
    found.until = until
  }
  if (state.f !== undefined) stay(rules, state.f, clock, found)
  found.earned = found.rank
  if (state.s !== undefined) stay(rules, state.s, clock, found)
  return found
}

/** Until when a rank is held by what was counted, or was promised longer than that. */
export function heldUntil(rules: TierRules, state: Slice, rank: number, clock: number, zone: Zone): number {
  standing(rules, state, state.n, clock, zone)
  const counted = through[rank] === NOT_HELD ? 0 : endOf(rules, through[rank]!, state.j, zone)
  if (state.f === undefined || rankOf(rules, state.f[0]) < rank) return counted
  return state.f[1] === 0 ? NEVER : Math.max(counted, state.f[1])
}

/** The end of a part of time, and of the grace after it. */
function endOf({ windows, grace }: TierRules, part: number, joined: number, zone: Zone): number {
  const end = windows.endOf(part, joined)
  return grace === null || end === NEVER ? end : addDuration(zone, end, grace)
}

/** A level that was promised or given counts as long as it is higher, or lasts longer, than what is held otherwise. */
function stay(rules: TierRules, [level, end]: readonly [string, number, ...unknown[]], clock: number, found: Standing) {
  const until = end === 0 ? NEVER : end
  const rank = rankOf(rules, level)
  if (rank === 0 || until <= clock || rank < found.rank) return
  found.until = rank === found.rank ? Math.max(until, found.until) : until
  found.rank = rank
}

/** Windows of several parts: adds up from part to part, also beyond the last that has something, for windows that slide. */
function holdSums(rules: TierRules, state: Slice, rows: readonly Row[], now: number): void {
  const { windows, measures } = rules
  const lastRow = rows[rows.length - 1]![0]!
  const last = windows.slides ? lastRow + windows.length - 1 : windows.lastOf(lastRow)
  const sums: Row = new Array(measures.length + 1).fill(0)
  let enters = 0
  let leaves = 0
  let before = 0
  for (let part = rows[0]![0]!; part <= last; part++) {
    const first = windows.firstOf(part)
    for (; leaves < enters && rows[leaves]![0]! < first; leaves++) add(sums, rows[leaves]!, -1)
    for (; enters < rows.length && rows[enters]![0]! <= part; enters++) add(sums, rows[enters]!, 1)
    if (part === first) before = 0
    before = hold(rules, state, sums, part, before, now)
  }
}

function add(sums: Row, row: Row, sign: 1 | -1): void {
  for (let i = 1; i < sums.length; i++) sums[i]! += sign * row[i]!
}

/**
 * Holds every rank that the sums of the window at `part` reach for as long as the program keeps it, and answers the
 * highest; `before` is the one of the window so far.
 */
function hold(rules: TierRules, state: Slice, sums: Row, part: number, before: number, now: number): number {
  const rank = rankFor(rules, state, sums, part)
  if (rank === 0) return 0
  const { windows, keep, keptParts, up } = rules
  const waits = up === 'end_of_window'
  // At the end of a window only what it came to counts, and the level begins with the next part.
  if (waits && (part >= now || part !== windows.lastOf(part))) return rank
  const rest = windows.lastOf(waits ? part + 1 : part)
  const isEnd = waits && !windows.slides
  for (let i = 1; i <= rank; i++) {
    let end = NEVER
    if (keep === 'window') end = rest
    else if (keep === 'next_window') end = rest + windows.length
    else if (keep === 'parts') {
      const reached = isEnd || i > before ? comes(rules, state, part) + keptParts : NOT_HELD
      end = isEnd ? reached : Math.max(rest, reached)
    }
    if (end > through[i]!) through[i] = end
  }
  return rank
}

/** The part of time in which a level that was reached in a part has come at the latest, when orders wait before they count. */
function comes({ windows, waitDays }: TierRules, { j }: Slice, part: number): number {
  return waitDays === 0 ? part : windows.at(windows.endOf(part, j) - 1 + waitDays * DAY_MS, j)
}

/**
 * The highest rank that the sums of a window reach. Points that came with a level count towards higher ones as long as
 * it is reached itself, and never for itself: or else it would carry itself once its purchases have come back.
 */
function rankFor(rules: TierRules, state: Slice, sums: Row, part: number): number {
  const { steps, levels } = rules
  let rank = 0
  if (state.g !== undefined) return rankWithGifts(rules, state.g, sums, part)
  if (steps !== null) {
    const amount = sums[1]!
    for (let i = 1; i < steps.length; i++) if (amount >= steps[i]!) rank = i
    return rank
  }
  for (let i = 1; i < levels.length; i++) if (reaches(rules, i, sums)) rank = i
  return rank
}

/** The first part of time that may have led to a level in another one: levels may come later than they are reached. */
function leadsFrom({ windows, up, waitDays }: TierRules, { j }: Slice, part: number): number {
  if (up === 'at_once') return part
  if (up === 'end_of_window') return windows.firstOf(part) - 1
  return windows.at(windows.endOf(part - 1, j) - (waitDays + 1) * DAY_MS, j)
}

/**
 * The highest rank that a window reaches which may have led to a level in a part of time, or could still; null where
 * such a window is forgotten by `now`, so that nobody can say.
 */
export function reachedAround(rules: TierRules, state: Slice, part: number, now: number): number | null {
  const { windows, horizon } = rules
  const first = leadsFrom(rules, state, part)
  if (windows.firstOf(first) <= now - horizon) return null
  const last = windows.slides ? part + windows.length - 1 : windows.lastOf(part)
  let rank = 0
  for (let at = first; at <= last; at++) {
    const sums: Row = new Array(rules.measures.length + 1).fill(0)
    for (const row of state.n) if (row[0]! >= windows.firstOf(at) && row[0]! <= at) add(sums, row, 1)
    rank = Math.max(rank, rankFor(rules, state, sums, at))
  }
  return rank
}

function reaches({ levels }: TierRules, rank: number, sums: Row): boolean {
  const { needs, any } = levels[rank]!
  return any
    ? needs.some(({ measure, from }) => sums[measure + 1]! >= from)
    : needs.every(({ measure, from }) => sums[measure + 1]! >= from)
}

function rankWithGifts(rules: TierRules, gifts: readonly Gift[], sums: Row, part: number): number {
  const first = rules.windows.firstOf(part)
  const within = gifts.filter((gift) => gift.part >= first && gift.part <= part)
  const counted = [...sums]
  for (const gift of within) countGift(rules, counted, gift, -1)
  let rank = 0
  for (let i = 1; i < rules.levels.length; i++) {
    if (!reaches(rules, i, counted)) continue
    rank = i
    for (const gift of within) if (gift.level === rules.levels[i]!.id) countGift(rules, counted, gift, 1)
  }
  return rank
}

/** Gifts stand by the time and the level that they came with, and by the day on which they came, whatever led there. */
export function inOrder(rules: TierRules, gifts: readonly Gift[]): Gift[] {
  return gifts.toSorted((a, b) => a.part - b.part || rankOf(rules, a.level) - rankOf(rules, b.level) || a.day - b.day)
}

export function countGift({ measures }: TierRules, row: Row, { wallet, points }: Gift, sign: 1 | -1): void {
  const measure = measures.findIndex(({ of }) => of === `${wallet}_earned`)
  if (measure >= 0) row[measure + 1]! += sign * points
}

/** What is counted at a moment: all but the orders that still wait for the end of their return window. */
export function rowsAt(rules: TierRules, state: Slice, clock: number, zone: Zone): readonly Row[] {
  if (state.p === undefined) return state.n
  let rows = state.n.map((row) => [...row])
  for (const [day, row] of state.p) if (startOfDay(zone, day + rules.waitDays) <= clock) rows = addRow(rows, [...row])
  return rows
}

/**
 * Adds amounts to those of their part. Parts stand in the order of time, and one in which nothing is left goes. A list
 * that changes its length is a new one, since a list that grows keeps room for more, in every account.
 */
export function addRow(rows: Row[], row: Row): Row[] {
  const found = rowOf(rows, row[0]!)
  if (found === undefined) {
    const place = rows.findIndex(([part]) => part! > row[0]!)
    return place < 0 ? [...rows, row] : rows.toSpliced(place, 0, row)
  }
  add(found, row, 1)
  return isNothing(found) ? rows.filter((one) => one !== found) : rows
}

export function isNothing(row: Row): boolean {
  for (let i = 1; i < row.length; i++) if (row[i] !== 0) return false
  return true
}

/** The latest parts stand last and are the ones looked for most. */
export function rowOf(rows: readonly Row[], part: number): Row | undefined {
  for (let i = rows.length - 1; i >= 0; i--) if (rows[i]![0] === part) return rows[i]
  return undefined
}

/** How much of a measure the window of a part has so far. */
export function sumOf(rules: TierRules, rows: readonly Row[], part: number, measure: number): number {
  const first = rules.windows.firstOf(part)
  let sum = 0
  for (let i = 0; i < rows.length; i++) {
    const at = rows[i]![0]!
    if (at >= first && at <= part) sum += rows[i]![measure + 1]!
  }
  return sum
}

export function rankOf(rules: TierRules, level: string | undefined): number {
  for (let rank = rules.levels.length - 1; rank > 0; rank--) if (rules.levels[rank]!.id === level) return rank
  // A level that a newer revision no longer has counts as the lowest.
  return 0
}

export function currentLevel(state: Slice): string | undefined {
  return state.h.length === 0 ? undefined : state.h[state.h.length - 1]![1]
}
