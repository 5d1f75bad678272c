/** What members and tills see of a membership: what is paid, what comes next, and what the fee has saved. */

import type { Account } from '../../core/account.ts'
import type { Program } from '../../core/program.ts'
import { formatInstant } from '../../core/time.ts'
import { barFrom, type PlanRules, planRulesOf } from './plans.ts'
import {
  creditOf,
  expectsPayment,
  isRunning,
  nextPlan,
  paymentOfNow,
  refundable,
  type Slice,
  sliceOf,
} from './standing.ts'

export interface MembershipView {
  plan: string
  name: string
  status: string
  since: string
  from: string
  until: string | null
  paid_until: string | null
  grace_until: string | null
  cancelled: boolean
  ended_at: string | null
  next_plan: string | null
  due: { amount: number; at: string } | null
  failed_payments: number
  trial_used: boolean
  fee: number
  benefits: readonly string[]
  saved: number
  saved_ever: number
  to_break_even: number
  payments: {
    reference: string
    plan: string
    amount: number
    from: string
    until: string | null
    given_back: number
    refundable: number
    why: string | null
  }[]
  changes: { plan: string; name: string; now: number | null; at_end: number }[]
}

/** Null for whoever never had one. */
export function membershipOf(account: Account, program: Program, at: number): MembershipView | null {
  const rules = planRulesOf(program)
  const state = sliceOf(account)
  if (rules === null || state === undefined || state.p === '') return null
  const runs = isRunning(state)
  const plan = rules.plans.get(state.p)
  const time = (ms: number) => (ms === 0 ? null : formatInstant(ms))
  const fee = paymentOfNow(state)?.[2] ?? 0
  const saved = state.b?.find(([from]) => from === state.f)?.[1] ?? 0
  return {
    plan: state.p,
    name: plan?.name ?? state.p,
    status: state.s,
    since: formatInstant(state.j),
    from: formatInstant(state.f),
    until: runs ? time(state.u) : formatInstant(Math.max(state.f, state.g!)),
    paid_until: state.x === undefined ? null : time(state.x[1]),
    grace_until: state.s === 'grace' ? formatInstant(state.g!) : null,
    cancelled: state.c !== undefined,
    ended_at: runs ? null : formatInstant(state.g!),
    next_plan: state.x?.[0] ?? state.n ?? null,
    due: expectsPayment(rules, state)
      ? { amount: state.r ?? nextPlan(rules, state)!.fee, at: formatInstant(state.u) }
      : null,
    failed_payments: state.q ?? 0,
    trial_used: state.t === 1,
    fee,
    benefits: plan?.benefits ?? [],
    saved,
    saved_ever: state.e ?? 0,
    to_break_even: Math.max(0, fee - saved),
    payments: (state.y ?? []).map((payment) => {
      const [reference, of, amount, from, until, back] = payment
      const left = refundable(rules, state, payment, at)
      return {
        reference,
        plan: of,
        amount,
        from: formatInstant(from),
        until: time(until),
        given_back: back,
        refundable: left.amount,
        why: left.why,
      }
    }),
    changes: runs ? changesOf(rules, state, account, program, at) : [],
  }
}

/** What each other plan costs that the member may have, at once and from the end of the period on. */
function changesOf(
  rules: PlanRules,
  state: Slice,
  account: Account,
  program: Program,
  at: number,
): MembershipView['changes'] {
  if (state.u === 0) return []
  const credit = creditOf(state, at)
  const isFree = state.x === undefined
  return [...rules.plans.values()]
    .filter((plan) => plan.id !== state.p && barFrom(plan, account, program, at) === null)
    .map(({ id, name, fee }) => ({ plan: id, name, now: isFree && credit <= fee ? fee - credit : null, at_end: fee }))
}
