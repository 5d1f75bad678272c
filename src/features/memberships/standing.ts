/** Where a membership stands: which plan, which period, and what comes next. One status at a time, whatever is told. */

import type { Account } from '../../core/account.ts'
import { NEVER } from '../../core/points.ts'
import { mulDivFloor } from '../../core/rational.ts'
import { addDuration, type Duration, type Zone } from '../../core/time.ts'
import type { Plan, PlanRules } from './plans.ts'

/** `lapsed` was not paid for, `ended` was cancelled, refunded or merged; both are over. */
export const STATUSES = ['trial', 'active', 'grace', 'lapsed', 'ended'] as const
export type Status = (typeof STATUSES)[number]

/**
 * What was paid for a period [from, until), times in ms (0 for ever), and how much of it was given back; 1 where what
 * was left of it was taken off the fee of another plan.
 */
export type Payment = [
  reference: string,
  plan: string,
  amount: number,
  from: number,
  until: number,
  back: number,
  credited?: 1,
]

/** What was saved in the period that began at a moment (ms): money in minor units, and uses of perks. */
export type Saved = [from: number, worth: number, uses: number]

export interface Slice {
  /** The plan, and of a membership that is over the last one. */
  p: string
  s: Status
  /** Since when it runs without a break, in ms. */
  j: number
  /** The period of now, [f, u) in ms; `u` is 0 for life. */
  f: number
  u: number
  /** Ends of periods are counted from a moment, in months and by how many periods: so the 31st comes back. */
  a: [from: number, months: number, periods: number]
  /** In grace until when, and once it is over since when, in ms. */
  g?: number
  /** When it was cancelled to its end, in ms. */
  c?: number
  /** The plan that follows at the end of what is paid. */
  n?: string
  /** The period after this one, where it is paid already. */
  x?: [plan: string, until: number]
  /** The amount that was told to be due at the end of the period. */
  r?: number
  /** How often a payment failed since the last one came. */
  q?: number
  /** The latest payments. */
  y?: Payment[]
  /** Whether the member has had the one trial. */
  t?: 1
  /** What the member was verified to be, and until when (ms; 0 for ever). */
  v?: Record<string, number>
  /** The plan and status that the member had, and since when (ms). */
  h: [since: number, plan: string, status: Status][]
  /** What was saved, by period, and in all. */
  b?: Saved[]
  e?: number
  /** The accounts that were merged into this one, which hold what was used before. */
  m?: number[]
}

const KEPT_CHANGES = 8
const KEPT_PAYMENTS = 12

export function sliceOf(account: Account): Slice | undefined {
  return account.slices['memberships'] as Slice | undefined
}

type Running = Slice & { s: 'trial' | 'active' | 'grace' }

export function isRunning(state: Slice | undefined): state is Running {
  return state !== undefined && (state.s === 'trial' || state.s === 'active' || state.s === 'grace')
}

/** The plan and status that the member had at a moment; null for none. */
export function standingAt(state: Slice | undefined, at: number): { plan: string; status: Status } | null {
  if (state === undefined) return null
  for (let i = state.h.length - 1; i >= 0; i--) {
    const [since, plan, status] = state.h[i]!
    if (since <= at) return { plan, status }
  }
  return null
}

/** Whether a plan and its benefits are had in a status. */
export function has(status: Status): boolean {
  return status === 'trial' || status === 'active' || status === 'grace'
}

/** Remembers what holds from a moment on; what stood for that moment or later was never so. */
export function enter(state: Slice, since: number, status: Status): void {
  while (state.h.length > 0 && state.h.at(-1)![0] >= since) state.h.pop()
  state.s = status
  const last = state.h.at(-1)
  if (last?.[1] !== state.p || last[2] !== status) state.h.push([since, state.p, status])
  if (state.h.length > KEPT_CHANGES) state.h.shift()
}

/** When a period ends that follows the one of now, in ms; 0 for life. */
export function endOfNext({ a, u }: Slice, plan: Plan, zone: Zone): number {
  if (plan.months === 0) return 0
  const [from, months, periods] = a
  return months === plan.months ? after(zone, from, months * (periods + 1)) : after(zone, u, plan.months)
}

/** Goes on with the period that follows. */
export function goOn(state: Slice, plan: Plan, until: number, zone: Zone): void {
  const [from, months, periods] = state.a
  const counted = until === endOfNext(state, plan, zone)
  if (!counted) state.a = [until, plan.months, 0]
  else state.a = months === plan.months ? [from, months, periods + 1] : [state.u, plan.months, 1]
  begin(state, plan, state.u, until)
}

/** A period begins that is counted anew. `until` is what somebody else says of its end, in ms. */
export function beginAnew(state: Slice, plan: Plan, from: number, zone: Zone, until?: number): void {
  const end = until ?? (plan.months === 0 ? 0 : after(zone, from, plan.months))
  state.a = until === undefined ? [from, plan.months, 1] : [until, plan.months, 0]
  begin(state, plan, from, end)
}

function begin(state: Slice, plan: Plan, from: number, until: number): void {
  state.p = plan.id
  state.f = from
  state.u = until
  for (const key of ['g', 'n', 'x', 'r', 'q'] as const) delete state[key]
}

function after(zone: Zone, from: number, months: number): number {
  return addDuration(zone, from, { months, days: 0, ms: 0 })
}

export function before(zone: Zone, at: number, { months, days, ms }: Duration): number {
  return addDuration(zone, at, { months: -months, days: -days, ms: -ms })
}

/** The plan that is to be paid for next; undefined where the program has it no more. */
export function nextPlan(rules: PlanRules, state: Slice): Plan | undefined {
  return rules.plans.get(state.n ?? state.p)
}

/** Whether a payment is expected at the end of the period. */
export function expectsPayment(rules: PlanRules, state: Slice): boolean {
  if (!isRunning(state) || state.u === 0 || state.c !== undefined || state.x !== undefined) return false
  return (nextPlan(rules, state)?.fee ?? 0) > 0
}

/** When time next changes something, in ms. */
export function nextDue(rules: PlanRules, state: Slice, zone: Zone): number {
  if (!isRunning(state) || state.u === 0) return NEVER
  if (state.s === 'grace') return state.g!
  if (state.r !== undefined || !expectsPayment(rules, state)) return state.u
  return before(zone, state.u, rules.remind)
}

export function keepPayment(state: Slice, payment: Payment): void {
  state.y = [...(state.y ?? []), payment].slice(-KEPT_PAYMENTS)
}

/** What is left of the payment for the period of now, in minor units: the share of the time that is to come. */
export function creditOf(state: Slice, at: number): number {
  const payment = paymentOfNow(state)
  if (payment === undefined || state.u === 0) return 0
  const [, , amount, from, until, back] = payment
  const left = Math.max(0, until - Math.max(at, from))
  return Math.max(0, mulDivFloor(amount, left, until - from) - back)
}

export function paymentOfNow(state: Slice): Payment | undefined {
  return state.y?.find(([, , , from]) => from === state.f)
}

/** Whether anything was used in the period that began then. */
export function isUsed(state: Slice, from: number): boolean {
  const saved = state.b?.find(([of]) => of === from)
  return saved !== undefined && (saved[1] > 0 || saved[2] > 0)
}

/** How much of a payment may be given back at a moment, and why no more. */
export function refundable(
  rules: PlanRules,
  state: Slice,
  [, plan, amount, from, until, back, credited]: Payment,
  at: number,
): { amount: number; why: 'benefit_used' | 'not_refundable' | null } {
  const terms = rules.plans.get(plan)?.refund ?? 'unused'
  // What is over already is refunded as of its end.
  const now = isRunning(state) ? at : Math.min(at, state.g ?? at)
  if (terms === 'never' || back >= amount || credited === 1 || (until !== 0 && until <= now))
    return { amount: 0, why: 'not_refundable' }
  if (from > now) return { amount: amount - back, why: null }
  if (terms === 'pro_rata') return { amount: mulDivFloor(amount, until - now, until - from), why: null }
  return isUsed(state, from) ? { amount: 0, why: 'benefit_used' } : { amount: amount - back, why: null }
}
