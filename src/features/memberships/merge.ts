/** Two members become one: of two memberships the one that lasts longer goes on, and what the other had paid is told. */

import type { ActivityBodies } from '../../core/activity.ts'
import { copyPlain } from '../../core/copy.ts'
import type { Deciding } from '../../core/deciding.ts'
import { NEVER } from '../../core/points.ts'
import { end, settle } from './changes.ts'
import { planRulesOf } from './plans.ts'
import { isRunning, type Slice, sliceOf } from './standing.ts'
import { membershipOf } from './view.ts'

const KEPT = 12

export function merge(d: Deciding, given: Slice | undefined): void {
  if (given === undefined) return
  // It is a part of the activity that tells of it, which stays as it was told.
  const from = copyPlain(given)
  const own = sliceOf(d.account)
  const state = own === undefined || isBetter(from, own) ? from : own
  const other = state === from ? own : from
  d.account.slices['memberships'] = state
  if (other !== undefined) {
    join(state, other)
    if (isRunning(other) && isRunning(state)) endOther(d, state, other)
  }
  const ended = (d.body as ActivityBodies['absorb']).from
  state.m = [...new Set([...(own?.m ?? []), ...(from.m ?? []), ended])]
  const rules = planRulesOf(d.inForce)
  if (rules !== null) settle(d, rules, state)
  d.answer = { ...d.answer, membership: membershipOf(d.account, d.inForce, d.at) }
}

/** One that runs is better than one that does not, then the one that is paid longer. */
function isBetter(one: Slice, other: Slice): boolean {
  if (isRunning(one) !== isRunning(other)) return isRunning(one)
  return paidUntil(one) > paidUntil(other)
}

function paidUntil({ u, x }: Slice): number {
  const until = x === undefined ? u : x[1]
  return until === 0 ? NEVER : until
}

/** What both had paid can be refunded still, a trial was had by either, and what was saved adds up. */
function join(state: Slice, other: Slice): void {
  const payments = [...(other.y ?? []), ...(state.y ?? [])].sort((a, b) => a[3] - b[3]).slice(-KEPT)
  if (payments.length > 0) state.y = payments
  if (other.t === 1) state.t = 1
  if (other.v !== undefined) state.v = laterOf(other.v, state.v ?? {})
  const saved = state.b ?? []
  const more = (other.b ?? []).filter(([from]) => !saved.some(([known]) => known === from))
  for (const [from, worth, uses] of other.b ?? []) {
    const known = saved.find((row) => row[0] === from)
    if (known === undefined) continue
    known[1] += worth
    known[2] += uses
  }
  const all = [...saved, ...more].sort(([a], [b]) => a - b).slice(-KEPT)
  if (all.length > 0) state.b = all
  const ever = (state.e ?? 0) + (other.e ?? 0)
  if (ever !== 0) state.e = ever
}

function laterOf(one: Record<string, number>, other: Record<string, number>): Record<string, number> {
  const all = { ...one }
  for (const [as, until] of Object.entries(other)) all[as] = (all[as] || NEVER) > (until || NEVER) ? all[as]! : until
  return all
}

/** Ends in its own words; the state that goes on keeps its own. */
function endOther(d: Deciding, state: Slice, other: Slice): void {
  end(d, other, 'merged', d.at)
  d.account.slices['memberships'] = state
}
