/** What a membership has saved: everything that the member had from the program besides points, with its money value. */

import type { Benefit, Deciding } from '../../core/deciding.ts'
import { has, type Saved, type Slice, sliceOf, standingAt } from './standing.ts'

/** Of how many periods it is known what each has saved; what all of them have is known for good. */
const KEPT_PERIODS = 6

/** What an order froze: the period in which its benefits count, so that a return takes them from there. */
interface Frozen {
  f: number
}

/** Adds up the benefits of a decision that were not counted yet. */
export function count(d: Deciding): undefined {
  const { benefits } = d
  if (benefits.length === 0) return
  const state = sliceOf(d.account)
  if (state === undefined) return
  const now = periodAt(state, d.at)
  for (let i = 0; i < benefits.length; i++) {
    const benefit = benefits[i]!
    if (benefit.counted) continue
    benefit.counted = true
    const period = periodOf(d, benefit, now)
    if (period === 0) continue
    add(state, period, benefit.worth, benefit.uses)
    if (d.type === 'order' && d.frozen !== null) d.frozen.slices['memberships'] = { f: period } satisfies Frozen
  }
}

/** The period in which a benefit is counted; 0 where the member had no membership. */
function periodOf(d: Deciding, { period }: Benefit, now: number): number {
  if (period !== null) return period
  if (d.receipt === null) return now
  return (d.receipt.frozen.slices['memberships'] as Frozen | undefined)?.f ?? 0
}

/** The period that a moment lies in, by its beginning; 0 where there was no membership. */
export function periodAt(state: Slice | undefined, at: number): number {
  const standing = standingAt(state, at)
  if (state === undefined || standing === null || !has(standing.status)) return 0
  // In grace the next period has begun, though nobody has paid for it yet.
  if (state.s === 'grace' && at >= state.u) return state.u
  if (at >= state.f) return state.f
  // What is told late counts in the period in which it happened, as far as that is known.
  return state.b?.findLast(([from]) => from <= at)?.[0] ?? state.f
}

function add(state: Slice, period: number, worth: number, uses: number): void {
  const rows: Saved[] = state.b ?? []
  const known = rows.find(([from]) => from === period)
  const [before, times] = known === undefined ? [0, 0] : [known[1], known[2]]
  const others = rows.filter((row) => row !== known)
  const row: Saved = [period, before + worth, times + uses]
  // A period of which everything came back is one in which nothing was saved.
  const all = row[1] === 0 && row[2] === 0 ? others : [...others, row].sort(([a], [b]) => a - b)
  if (all.length > 0) state.b = all.slice(-KEPT_PERIODS)
  else delete state.b
  state.e = (state.e ?? 0) + worth
  if (state.e === 0) delete state.e
}
