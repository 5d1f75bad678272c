/** Brings a member's level in line with what was counted, and tells what came of it. */

import type { Deciding } from '../../core/deciding.ts'
import { NEVER } from '../../core/points.ts'
import { startOfDay } from '../../core/time.ts'
import { takeBack, takeGiftsBack } from './gifts.ts'
import { countAgain, countNoMore, halfwayOf, keepHalfway } from './halfway.ts'
import type { TierRules } from './rules.ts'
import {
  addRow,
  currentLevel,
  type Gift,
  heldUntil,
  type Row,
  rankOf,
  rowsAt,
  type Slice,
  standing,
} from './standing.ts'

export type Why = 'counted' | 'returned' | 'given' | 'in_time' | 'merged'

const KEPT_LEVELS = 6
const NO_GIFTS: readonly Gift[] = []

/** `had` is a rank that was reached elsewhere before, and so is reached no second time. */
export function settle(d: Deciding, rules: TierRules, state: Slice, why: Why, had = 0): void {
  const { clock } = d.account
  const { zone } = d.inForce
  const now = rules.windows.at(clock, state.j)
  mature(d, rules, state)
  forget(d, rules, state, now)
  const shown = rankOf(rules, currentLevel(state))
  const halfway = why === 'returned' ? halfwayOf(d, rules, state) : null
  const taken = halfway === null ? NO_GIFTS : countAgain(rules, state, halfway.gifts, now)
  const wrong = halfway === null ? NO_GIFTS : countNoMore(d, rules, state, halfway)
  dropWhatIsOver(state, clock)
  const { rank, until, earned } = standing(rules, state, state.n, clock, zone)
  state.u = until === NEVER ? 0 : until
  expectMore(d, rules, state, rank)

  const levels = why === 'returned' ? (halfway?.had ?? structuredClone(state.h)) : null
  // A level that the first of the returns found, or that is another now, is reckoned from what there was before them.
  if (halfway !== null && (rank !== shown || rank === rankOf(rules, halfway.had.at(-1)?.[1])))
    state.h = structuredClone(halfway.had)
  const before = rankOf(rules, currentLevel(state))
  // A trial is no merit: what comes with a level comes when it is earned.
  const trial = state.s?.[2] === 'trial' ? state.s : null
  const hadBefore = trial === null ? before : rankOf(rules, trial[3])
  const has = trial === null ? rank : earned
  if (trial !== null) trial[3] = rules.levels[has]!.id
  const gifts =
    why === 'returned' && state.g !== undefined
      ? takeGiftsBack(d, rules, state, { has, before: hadBefore }, taken)
      : NO_GIFTS
  for (const gift of wrong) takeBack(d, gift)
  const isNew = rank !== before && changeLevel(d, rules, state, before, rank, why)
  if (rank !== shown) d.addMessage(rank > shown ? 'tier.reached' : 'tier.lost', { level: rules.levels[rank]!.id })
  if (levels !== null) keepHalfway(d, rules, halfway, levels, state, gifts)
  if (has > Math.max(hadBefore, had) || (isNew && rank < before)) reach(d, rules.levels[has]!.id)
}

function dropWhatIsOver(state: Slice, clock: number): void {
  const { f, s } = state
  if (f !== undefined && f[1] !== 0 && f[1] <= clock) delete state.f
  if (s !== undefined && s[1] !== 0 && s[1] <= clock) delete state.s
}

/** Answers whether the level is reached for the first time, which a return can bring about as well. */
function changeLevel(d: Deciding, rules: TierRules, state: Slice, before: number, rank: number, why: Why): boolean {
  const level = rules.levels[rank]!.id
  let isNew = rank > before
  if (why === 'returned' && rank < before) isNew = unreach(rules, state, rank, d.at)
  else enter(rules, state, Math.max(d.at, state.h.at(-1)?.[0] ?? 0), level, why === 'returned')
  if (state.h.length > KEPT_LEVELS) state.h.shift()
  return isNew
}

/** With `on_return: keep` it matters whether a return reached it: see `keepLevel`. */
function enter(rules: TierRules, state: Slice, since: number, level: string, byReturn: boolean): void {
  state.h.push(byReturn && rules.onReturn === 'keep' ? [since, level, 1] : [since, level])
}

/** That a level was reached is heard in the same decision, by rules that give something for it. */
function reach(d: Deciding, level: string): void {
  const { id, key } = d.activity
  d.cause({ type: 'tier', id, key, occurred_at: d.at, body: { level } })
}

/**
 * A level that is lost because its purchases came back was never reached: the level that remains stands in its place,
 * since the same moment, as if only what remains had been bought. Whoever jumped over that one now reaches it.
 */
function unreach(rules: TierRules, state: Slice, rank: number, at: number): boolean {
  const levelOf = (i: number) => rankOf(rules, state.h.at(i)![1])
  let since = at
  while (state.h.length > 1 && levelOf(-1) > rank && levelOf(-2) < levelOf(-1)) since = state.h.pop()![0]
  const wasJumped = levelOf(-1) < rank
  // A level that the member had fallen to, and now loses as well, was held for a while.
  if (levelOf(-1) > rank) since = Math.max(at, state.h.at(-1)![0])
  if (levelOf(-1) !== rank) enter(rules, state, since, rules.levels[rank]!.id, wasJumped)
  return wasJumped
}

/**
 * The level of now stays whatever comes back, for as long as it would have stayed without that. One that was only
 * reached in the middle of a return is no promise: it goes as it came.
 */
export function keepLevel(d: Deciding, rules: TierRules, state: Slice): void {
  const { clock } = d.account
  const { zone } = d.inForce
  const reached = state.h.findLast(([, , byReturn]) => byReturn === undefined)
  const rank = Math.min(rankOf(rules, reached?.[1]), standing(rules, state, state.n, clock, zone).earned)
  if (rank === 0 || rank < rankOf(rules, state.f?.[0])) return
  const until = heldUntil(rules, state, rank, clock, zone)
  if (until > clock) state.f = [rules.levels[rank]!.id, until === NEVER ? 0 : until]
}

/** When what was counted already makes a higher level by the mere passing of time. */
function expectMore(d: Deciding, rules: TierRules, state: Slice, rank: number): void {
  if (state.w !== undefined) delete state.w
  if (rules.up === 'at_once') return
  const next = rules.up === 'end_of_window' ? endOfWindow(d, rules, state, rank) : endOfWait(d, rules, state, rank)
  if (next !== NEVER) state.w = next
}

function endOfWindow(d: Deciding, rules: TierRules, state: Slice, rank: number): number {
  const { windows } = rules
  const now = windows.at(d.account.clock, state.j)
  // A till whose clock is ahead may have counted something in the next window already.
  for (const part of [now, Math.max(now, state.n.at(-1)?.[0] ?? now)]) {
    const end = windows.endOf(windows.lastOf(part), state.j)
    if (standing(rules, state, state.n, end, d.inForce.zone).rank > rank) return end
  }
  return NEVER
}

function endOfWait(d: Deciding, rules: TierRules, state: Slice, rank: number): number {
  const { zone } = d.inForce
  const { clock } = d.account
  // If all that waits were there and it made no difference, no part of it does.
  if (state.p === undefined || standing(rules, state, rowsAt(rules, state, NEVER, zone), clock, zone).rank <= rank)
    return NEVER
  for (const [day] of state.p) {
    const end = startOfDay(zone, day + rules.waitDays)
    if (standing(rules, state, rowsAt(rules, state, end, zone), end, zone).rank > rank) return end
  }
  return NEVER
}

/** Orders whose return window is over count. */
export function mature(d: Deciding, rules: TierRules, state: Slice): void {
  if (state.p === undefined) return
  const { zone } = d.inForce
  const isOver = ([day]: [number, Row]) => startOfDay(zone, day + rules.waitDays) <= d.account.clock
  for (const [, row] of state.p.filter(isOver)) state.n = addRow(state.n, row)
  const left = state.p.filter((one) => !isOver(one))
  if (left.length > 0) state.p = left
  else delete state.p
}

/** What was counted long ago matters no more, except that a level for life stays. */
export function forget(d: Deciding, rules: TierRules, state: Slice, now: number): void {
  const oldest = now - rules.horizon
  while (state.n.length > 0 && state.n[0]![0]! <= oldest) {
    if (rules.keep === 'for_life') keepForLife(d, rules, state, state.n[0]![0]! + rules.windows.length)
    state.n.shift()
  }
  if (state.g === undefined) return
  state.g = state.g.filter(({ part }) => part > oldest)
  if (state.g.length === 0) delete state.g
}

/** The level of the window that begins with the row that is forgotten is held for good. */
function keepForLife(d: Deciding, rules: TierRules, state: Slice, end: number): void {
  const rows = state.n.filter(([part]) => part! < end)
  const { f: _, s: __, ...counted } = state
  const { rank } = standing(rules, counted, rows, d.account.clock, d.inForce.zone)
  if (rank > rankOf(rules, state.f?.[0])) state.f = [rules.levels[rank]!.id, 0]
}
