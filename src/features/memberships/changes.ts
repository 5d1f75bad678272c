/** What changes a membership: it begins, is paid for, goes on, is changed, cancelled or refunded, and ends. */

import type { MembershipPayment } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import { formatMoney } from '../../core/money.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { addDuration, formatInstant } from '../../core/time.ts'
import { barFrom, type Plan, type PlanRules, planNamed } from './plans.ts'
import {
  before,
  beginAnew,
  creditOf,
  endOfNext,
  enter,
  expectsPayment,
  goOn,
  isRunning,
  keepPayment,
  nextPlan,
  type Payment,
  paymentOfNow,
  refundable,
  type Slice,
  type Status,
  sliceOf,
} from './standing.ts'

/** What somebody tells of a payment. `until` is what the payment provider says of the end of its period, in ms. */
export interface Paid extends MembershipPayment {
  plan?: string | undefined
  when?: 'now' | 'at_end' | undefined
  until?: number | undefined
}

/** Where in its body a caller said what is refused. */
export interface Pointers {
  plan: string
  amount: string
  reference: string
  until: string
}

/** Somebody at the till begins, renews, resumes or changes a membership. */
export function arrange(
  d: Deciding,
  rules: PlanRules,
  wanted: {
    plan: string
    when?: 'now' | 'at_end' | undefined
    trial?: true | undefined
    paid?: MembershipPayment | undefined
  },
): Refusal | undefined {
  const { plan: id, when, trial, paid } = wanted
  const plan = planNamed(rules, id, '/plan')
  if (plan instanceof Refusal) return plan
  const pointers = { plan: '/plan', amount: '/paid/amount', reference: '/paid/reference', until: '/until' }
  if (paid !== undefined) return pay(d, rules, { ...paid, plan: id, when }, pointers)
  const state = sliceOf(d.account)
  if (isRunning(state)) return trial === true ? openAlready(rules, state) : rearrange(d, rules, state, plan, when)
  const refusal = refusalFor(d, plan, '/plan')
  if (refusal !== undefined) return refusal
  if (trial === true) return beginTrial(d, rules, state, plan)
  if (plan.fee > 0)
    return refuse('payment_required', `${plan.name} costs ${formatMoney(plan.fee, d.inForce.currency)}.`, '/paid')
  open(d, plan, 'active')
  give(d, plan)
  settle(d, rules, sliceOf(d.account)!)
  return undefined
}

function openAlready(rules: PlanRules, state: Slice): Refusal {
  const name = rules.plans.get(state.p)?.name ?? state.p
  return refuse('membership_open', `The member has ${name}.`, '/plan')
}

/** Without a payment a membership that runs can be resumed, or told which plan is to follow. */
function rearrange(
  d: Deciding,
  rules: PlanRules,
  state: Slice,
  plan: Plan,
  when: 'now' | 'at_end' | undefined,
): Refusal | undefined {
  if (plan.id === state.p) {
    if (state.c === undefined && state.n === undefined) return openAlready(rules, state)
    delete state.n
    resume(d, state)
    settle(d, rules, state)
    return undefined
  }
  if (when === 'now') return changeNow(d, rules, state, plan, null, { plan: '/plan', amount: '/paid/amount' })
  const refusal = refusalFor(d, plan, '/plan') ?? refusalToFollow(rules, state)
  if (refusal !== undefined) return refusal
  state.n = plan.id
  resume(d, state)
  // What was told to be due was for another plan.
  delete state.r
  d.addMessage('membership.changed', { plan: plan.id, at: formatInstant(state.u) })
  settle(d, rules, state)
  return undefined
}

function refusalToFollow(rules: PlanRules, state: Slice): Refusal | undefined {
  if (state.u === 0) return refuse('already_paid', `${rules.plans.get(state.p)?.name ?? state.p} is for life.`, '/plan')
  if (state.x === undefined) return undefined
  return refuse('already_paid', `The period from ${formatInstant(state.u)} is paid already.`, '/plan')
}

function resume(d: Deciding, state: Slice): void {
  if (state.c === undefined) return
  delete state.c
  d.addMessage('membership.resumed', { plan: state.p })
}

function beginTrial(d: Deciding, rules: PlanRules, state: Slice | undefined, plan: Plan): Refusal | undefined {
  if (plan.trial === null) return refuse('plan_unavailable', `${plan.name} has no trial.`, '/trial')
  if (state?.t === 1) return refuse('trial_used', 'The member has had a trial.', '/trial')
  const until = addDuration(d.inForce.zone, d.at, plan.trial)
  open(d, plan, 'trial', until)
  sliceOf(d.account)!.t = 1
  settle(d, rules, sliceOf(d.account)!)
  return undefined
}

/** A payment, from wherever it is told. One that was told before changes nothing. */
export function pay(d: Deciding, rules: PlanRules, paid: Paid, pointers: Pointers): Refusal | undefined {
  const state = sliceOf(d.account)
  const known = state?.y?.find(([reference]) => reference === paid.reference)
  if (known !== undefined) return tellAgain(d, known, paid, pointers)
  if (state?.s === 'lapsed' && d.at < state.g!) bringBack(d, state)
  const id = paid.plan ?? state?.n ?? state?.p
  if (id === undefined) return refuse('invalid', 'Say for which plan it was paid.', pointers.plan)
  const plan = planNamed(rules, id, pointers.plan)
  if (plan instanceof Refusal) return plan
  if (!isRunning(state)) return payAnew(d, rules, plan, paid, pointers)
  if (paid.when === 'now' && plan.id !== state.p) return changeNow(d, rules, state, plan, paid, pointers)
  return payNext(d, rules, state, plan, paid, pointers)
}

function tellAgain(d: Deciding, [, plan, amount]: Payment, paid: Paid, pointers: Pointers): Refusal | undefined {
  if (amount === paid.amount && (paid.plan ?? plan) === plan) return undefined
  const before = formatMoney(amount, d.inForce.currency)
  return refuse(
    'idempotency_conflict',
    `${paid.reference} was told before as ${before} for ${plan}.`,
    pointers.reference,
  )
}

/** The payment was made before the membership lapsed and was only told later: then it never did. */
function bringBack(d: Deciding, state: Slice): void {
  state.h.pop()
  state.s = 'grace'
  d.addMessage('membership.restored', { plan: state.p })
}

function payAnew(d: Deciding, rules: PlanRules, plan: Plan, paid: Paid, pointers: Pointers): Refusal | undefined {
  const refusal = refusalFor(d, plan, pointers.plan) ?? refusalOfAmount(d, plan, paid.amount, plan.fee, pointers.amount)
  if (refusal !== undefined) return refusal
  const from = Math.max(d.at, sliceOf(d.account)?.g ?? 0)
  if (paid.until !== undefined && paid.until <= from)
    return refuse('invalid', 'The period is over before it begins.', pointers.until)
  open(d, plan, 'active', paid.until)
  const state = sliceOf(d.account)!
  take(d, state, plan, paid, state.f, state.u)
  settle(d, rules, state)
  return undefined
}

/** Pays for the period after the one of now: ahead of it, or in the grace that follows it. */
function payNext(
  d: Deciding,
  rules: PlanRules,
  state: Slice,
  plan: Plan,
  paid: Paid,
  pointers: Pointers,
): Refusal | undefined {
  const refusal =
    refusalToFollow(rules, state) ??
    refusalFor(d, plan, pointers.plan) ??
    (paid.amount === state.r ? undefined : refusalOfAmount(d, plan, paid.amount, plan.fee, pointers.amount))
  if (refusal !== undefined) return refusal
  const { zone } = d.inForce
  const until = paid.until ?? endOfNext(state, plan, zone)
  if (until !== 0 && until <= state.u)
    return refuse('invalid', `The period of now lasts until ${formatInstant(state.u)}.`, pointers.until)
  resume(d, state)
  take(d, state, plan, paid, state.u, until)
  if (state.s === 'grace') {
    goOn(state, plan, until, zone)
    enter(state, Math.max(state.f, d.at), 'active')
  } else state.x = [plan.id, until]
  settle(d, rules, state)
  return undefined
}

/** Changes to another plan at once: what is left of the period of now is taken off its fee, and a new period begins. */
function changeNow(
  d: Deciding,
  rules: PlanRules,
  state: Slice,
  plan: Plan,
  paid: Paid | null,
  pointers: Pick<Pointers, 'plan' | 'amount'>,
): Refusal | undefined {
  const refusal = refusalToFollow(rules, state) ?? refusalFor(d, plan, pointers.plan)
  if (refusal !== undefined) return refusal
  const credit = creditOf(state, d.at)
  if (credit > plan.fee)
    return refuse(
      'plan_unavailable',
      `What is left of ${rules.plans.get(state.p)?.name ?? state.p} is worth more than ${plan.name} costs; change at its end.`,
      pointers.plan,
    )
  const due = plan.fee - credit
  const wrong = refusalOfAmount(d, plan, paid?.amount ?? 0, due, pointers.amount)
  if (wrong !== undefined) return wrong
  const old = paymentOfNow(state)
  // What was credited cannot be given back as well.
  if (old !== undefined) old[6] = 1
  delete state.c
  beginAnew(state, plan, d.at, d.inForce.zone, paid?.until)
  enter(state, d.at, 'active')
  if (paid !== null) take(d, state, plan, paid, state.f, state.u)
  d.addMessage('membership.changed', { plan: plan.id, at: formatInstant(d.at) })
  settle(d, rules, state)
  return undefined
}

function refusalOfAmount(d: Deciding, plan: Plan, amount: number, due: number, pointer: string): Refusal | undefined {
  if (amount === due) return undefined
  const { currency } = d.inForce
  if (amount === 0) return refuse('payment_required', `${formatMoney(due, currency)} is due for ${plan.name}.`, pointer)
  return refuse(
    'payment_mismatch',
    `${formatMoney(due, currency)} is due for ${plan.name}, and not ${formatMoney(amount, currency)}.`,
    pointer,
  )
}

/** Whether the member may have a plan. */
function refusalFor(d: Deciding, plan: Plan, pointer: string): Refusal | undefined {
  const bar = barFrom(plan, d.account, d.inForce, d.at)
  return bar === null ? undefined : refuse('plan_unavailable', `${plan.name} ${bar}`, pointer)
}

/** A membership begins. What the member had before, such as the one trial, is remembered. */
function open(d: Deciding, plan: Plan, status: Status, until?: number): void {
  const known = sliceOf(d.account)
  const from = Math.max(d.at, known?.g ?? 0)
  const { y, t, v, h, b, e, m } = known ?? { h: [] }
  const state: Slice = { p: plan.id, s: status, j: from, f: from, u: 0, a: [from, plan.months, 0], h }
  Object.assign(state, defined({ y, t, v, b, e, m }))
  beginAnew(state, plan, from, d.inForce.zone, until)
  d.account.slices['memberships'] = state
  enter(state, from, status)
  d.addMessage('membership.started', { plan: plan.id, status, until: instant(state.u) })
}

function defined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>
}

function take(d: Deciding, state: Slice, plan: Plan, { reference, amount }: Paid, from: number, until: number): void {
  keepPayment(state, [reference, plan.id, amount, from, until, 0])
  d.addMessage('membership.paid', {
    plan: plan.id,
    amount,
    reference,
    from: formatInstant(from),
    until: instant(until),
  })
  give(d, plan, from)
}

function instant(ms: number): string | null {
  return ms === 0 ? null : formatInstant(ms)
}

/** What comes with a payment; it goes again if the payment does. */
function give(d: Deciding, plan: Plan, from = d.at): void {
  if (plan.gift === null) return
  const { id, key } = d.activity
  d.cause({
    type: 'give',
    id,
    key,
    occurred_at: d.at,
    body: { reward: plan.gift, quantity: 1, source: sourceOf(plan.id, from) },
  })
}

function sourceOf(plan: string, from: number): string {
  return `memberships:${plan}:${from}`
}

/** The payment provider could not take the money. */
export function fail(d: Deciding, rules: PlanRules): Refusal | undefined {
  const state = sliceOf(d.account)
  if (!isRunning(state)) return refuse('no_membership', 'The member has no membership that could be paid for.')
  state.q = (state.q ?? 0) + 1
  d.addMessage('membership.payment_failed', {
    plan: nextPlan(rules, state)?.id ?? state.p,
    until: instant(state.g ?? state.u),
  })
  return undefined
}

/** Ends a membership at once, or when what is paid is over. */
export function cancel(d: Deciding, rules: PlanRules, when: 'now' | 'at_end'): Refusal | undefined {
  const state = sliceOf(d.account)
  if (!isRunning(state))
    return state?.s === 'ended'
      ? refuse('already_cancelled', `The membership ended at ${formatInstant(state.g!)}.`)
      : refuse('no_membership', 'The member has no membership that could be cancelled.')
  if (when === 'now' || state.s === 'grace') {
    end(d, state, 'cancelled', d.at)
    return undefined
  }
  if (state.c !== undefined)
    return refuse('already_cancelled', `The membership was cancelled at ${formatInstant(state.c)}.`)
  if (state.u === 0) return refuse('invalid', 'A membership for life has no end: cancel it now.', '/when')
  state.c = d.at
  delete state.n
  d.addMessage('membership.cancelled', { plan: state.p, until: formatInstant(state.x?.[1] ?? state.u) })
  settle(d, rules, state)
  return undefined
}

/** Money of a payment was given back: the period that it was for is not had. */
export function refund(
  d: Deciding,
  rules: PlanRules,
  { reference, amount: said }: { reference: string; amount?: number | undefined },
): Refusal | undefined {
  const state = sliceOf(d.account)
  const payment = state?.y?.find(([one]) => one === reference)
  if (state === undefined || payment === undefined)
    return refuse('not_found', `The member has no payment ${reference}.`, '/data/reference')
  if (payment[5] > 0 && payment[5] === (said ?? payment[5])) return undefined
  const { amount, why } = refundable(rules, state, payment, d.at)
  if (why === 'benefit_used') return refuse('benefit_used', 'A benefit of the period was used.', '/data/reference')
  if (why !== null) return refuse('not_refundable', `Of ${reference} nothing is refunded any more.`, '/data/reference')
  if (said !== undefined && said > amount)
    return refuse(
      'not_refundable',
      `Of ${reference} ${formatMoney(amount, d.inForce.currency)} is refunded.`,
      '/data/amount',
    )
  giveBack(d, rules, state, payment, said ?? amount)
  return undefined
}

function giveBack(d: Deciding, rules: PlanRules, state: Slice, payment: Payment, amount: number): void {
  const [reference, plan, , from] = payment
  payment[5] = amount
  d.addMessage('membership.refunded', { plan, amount, reference })
  const { id, key } = d.activity
  if (rules.plans.get(plan)?.gift != null)
    d.cause({ type: 'withdraw', id, key, occurred_at: d.at, body: { source: sourceOf(plan, from), quantity: 1 } })
  if (!isRunning(state)) return
  if (from === state.f) end(d, state, 'refunded', Math.max(d.at, from))
  else if (from === state.u) delete state.x
  settle(d, rules, state)
}

/** A membership is over. What was paid for time after it is told, since it has to be given back. */
export function end(
  d: Deciding,
  state: Slice,
  why: 'cancelled' | 'refunded' | 'not_paid' | 'merged' | 'closed' | 'plan_ended',
  at: number,
): void {
  for (const key of ['c', 'n', 'x', 'r', 'q'] as const) delete state[key]
  state.g = at
  enter(state, at, why === 'not_paid' ? 'lapsed' : 'ended')
  const ahead = (state.y ?? []).filter(([, , , from, , back]) => from >= at && back === 0)
  const paid_ahead = ahead.reduce((sum, [, , amount]) => sum + amount, 0)
  d.addMessage(why === 'not_paid' ? 'membership.lapsed' : 'membership.ended', {
    plan: state.p,
    reason: why,
    ...(paid_ahead === 0 ? {} : { paid_ahead }),
  })
}

/** Brings a membership to the present: periods that are over, grace that is over, and what is to be told. */
export function settle(d: Deciding, rules: PlanRules, state: Slice): void {
  const { clock } = d.account
  while (isRunning(state) && state.u !== 0 && state.u <= clock && state.s !== 'grace') turn(d, rules, state)
  if (state.s === 'grace' && state.g! <= clock) end(d, state, 'not_paid', state.g!)
  if (state.r !== undefined || !expectsPayment(rules, state) || state.s === 'grace') return
  if (before(d.inForce.zone, state.u, rules.remind) > clock) return
  const { id, fee } = nextPlan(rules, state)!
  state.r = fee
  const { currency } = d.inForce
  d.addMessage('membership.due', {
    plan: id,
    amount: fee,
    currency,
    at: formatInstant(state.u),
    trial: state.s === 'trial',
  })
}

/** A period is over: the next one begins, or the membership ends, or it waits for its payment. */
function turn(d: Deciding, rules: PlanRules, state: Slice): void {
  const { zone } = d.inForce
  const over = state.u
  const next = rules.plans.get(state.x?.[0] ?? state.n ?? state.p)
  if (state.x !== undefined) {
    // What was paid for is had, also when the program offers it no more.
    goOn(state, next ?? { ...NO_PLAN, id: state.x[0] }, state.x[1], zone)
    enter(state, over, 'active')
  } else if (state.c !== undefined) end(d, state, 'cancelled', over)
  else if (next === undefined || refusalFor(d, next, '') !== undefined) end(d, state, 'plan_ended', over)
  else if (next.fee === 0) {
    goOn(state, next, endOfNext(state, next, zone), zone)
    enter(state, over, 'active')
  } else {
    state.g = addDuration(zone, over, next.grace)
    enter(state, over, 'grace')
  }
}

/** A plan that the program has no more: its period is as long as was paid for. */
const NO_PLAN: Plan = Object.freeze({
  id: '',
  name: '',
  fee: 0,
  months: 1,
  trial: null,
  grace: { months: 0, days: 0, ms: 0 },
  household: false,
  holder: null,
  verified: null,
  when: null,
  gift: null,
  refund: 'unused',
  benefits: [],
})
