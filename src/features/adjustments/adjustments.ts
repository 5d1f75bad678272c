/** Adjustments: points that a person gives or takes, with a reason; above their limit a second person has to agree. */

import { z } from 'zod'
import { type Account, walletOf } from '../../core/account.ts'
import type { Activity, ActivityOf, AdjustBody } from '../../core/activity.ts'
import type { Adjustment, Deciding } from '../../core/deciding.ts'
import type { Feature } from '../../core/feature.ts'
import { issue, takeAway } from '../../core/ledger.ts'
import { availablePoints, NEVER } from '../../core/points.ts'
import { type Program, type WalletRules, walletOfProgram } from '../../core/program.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { localDay, monthIndex } from '../../core/time.ts'

/** Accounting keeps what was given by hand apart from what was earned. */
const KIND = 'adjustment'

const AdjustmentsSection = z
  .strictObject({
    below_zero: z
      .enum(['refused', 'owed'])
      .default('refused')
      .describe('When more is taken than is available: refuse it, or let the member owe what is missing'),
  })
  .prefault({})
type Section = z.output<typeof AdjustmentsSection>

/** An adjustment that waits for a second person. */
interface Waiting {
  /** The activity that asked for it. */
  a: number
  w: string
  p: number
  /** Who asked. */
  by: string
}

export const adjustments: Feature = {
  id: 'adjustments',
  section: AdjustmentsSection,
  compile: (section: Section) => section,
  hears: {
    adjust: { earn: adjust },
    approve: { earn: approve },
    reject: { earn: reject },
    close: { earn: rejectAll },
    erase: { earn: rejectAll },
  },
  merge: (d, from: Waiting[] | undefined) => keepWaiting(d.account, [...waitingOf(d.account), ...(from ?? [])]),
  claims,
}

function waitingOf(account: Account): readonly Waiting[] {
  return (account.slices['adjustments'] as Waiting[] | undefined) ?? []
}

/** An account for which nothing waits has no slice, as if nobody had ever asked. */
function keepWaiting(account: Account, waiting: readonly Waiting[]): void {
  if (waiting.length === 0) delete account.slices['adjustments']
  else account.slices['adjustments'] = waiting
}

/** What an actor has moved in a wallet today without asking anybody. */
function allowanceOf({ actor, wallet }: AdjustBody, day: number): string {
  return `adjusted:${day}:${wallet}:${actor}`
}

function claims(activity: Activity, program: Program): string[] {
  if (activity.type !== 'adjust' || activity.body.limit === undefined) return []
  return [allowanceOf(activity.body, localDay(program.zone, activity.occurred_at))]
}

function adjust(d: Deciding, { id, body }: ActivityOf<'adjust'>): Refusal | undefined {
  const rules = walletOfProgram(d.program, body.wallet)
  if (rules instanceof Refusal) return rules
  const asked = { activity: id, wallet: body.wallet, points: body.points, requested_by: body.actor }
  if (mayAlone(d, body)) {
    d.addAdjustment({ ...asked, status: 'applied', decided_by: body.actor })
    return move(d, rules, body.points)
  }
  const refusal = refusalToTake(d, rules, body.points)
  if (refusal !== undefined) return refusal
  keepWaiting(d.account, [...waitingOf(d.account), { a: id, w: body.wallet, p: body.points, by: body.actor }])
  d.addAdjustment({ ...asked, status: 'pending_approval', decided_by: null })
  d.addMessage('adjustment.requested', { wallet: body.wallet, points: body.points, requested_by: body.actor })
  return undefined
}

/** Taking and giving count alike: either is a way to do harm. */
function mayAlone(d: Deciding, body: AdjustBody): boolean {
  const { limit } = body
  if (limit === undefined) return true
  const points = Math.abs(body.points)
  return points <= limit.per_adjustment && d.claim(allowanceOf(body, d.day), points, limit.per_day)
}

function move(d: Deciding, rules: WalletRules, points: number): Refusal | undefined {
  const refusal = refusalToTake(d, rules, points) ?? moveAtOnce(d, rules, points)
  if (refusal === undefined) d.addMessage('points.adjusted', { wallet: rules.id, points })
  return refusal
}

function moveAtOnce(d: Deciding, rules: WalletRules, points: number): Refusal | undefined {
  const lot = { kind: KIND, month: monthIndex(d.day), release: 0, expiry: rules.expiryOf(d.day) }
  return points > 0
    ? issue(d, rules, lot, points, { rule: null, reverses: null })
    : takeAway(d, rules, -points, { ...lot, expiry: NEVER })
}

function refusalToTake(d: Deciding, rules: WalletRules, points: number): Refusal | undefined {
  const available = availablePoints(walletOf(d.account, rules.id))
  if (available + points >= 0 || belowZero(d.program) === 'owed') return undefined
  return refuse('insufficient_points', `${-points} ${rules.id} would be taken; ${available} are available.`, '/points')
}

function belowZero(program: Program): Section['below_zero'] {
  return (program.compiled['adjustments'] as Section).below_zero
}

function approve(d: Deciding, { body }: ActivityOf<'approve'>): Refusal | undefined {
  const waiting = settle(d, body.adjustment)
  if (waiting instanceof Refusal) return waiting
  if (waiting.by === body.actor)
    return refuse('forbidden', `${body.actor} asked for this adjustment; somebody else has to approve it.`)
  d.addAdjustment(decided(waiting, 'applied', body.actor))
  const rules = walletOfProgram(d.program, waiting.w)
  return rules instanceof Refusal ? rules : move(d, rules, waiting.p)
}

/** Whoever asked may also take it back. */
function reject(d: Deciding, { body }: ActivityOf<'reject'>): Refusal | undefined {
  const waiting = settle(d, body.adjustment)
  if (waiting instanceof Refusal) return waiting
  d.addAdjustment(decided(waiting, 'rejected', body.actor))
  d.addMessage('adjustment.rejected', { wallet: waiting.w, points: waiting.p })
  return undefined
}

/** Nothing is left to wait for in an account that closes. */
function rejectAll(d: Deciding, { body }: ActivityOf<'close' | 'erase'>): undefined {
  for (const waiting of waitingOf(d.account)) d.addAdjustment(decided(waiting, 'rejected', body.actor))
  keepWaiting(d.account, [])
}

/** Takes the adjustment off the list of those that wait. */
function settle(d: Deciding, activity: number): Waiting | Refusal {
  const all = waitingOf(d.account)
  const waiting = all.find(({ a }) => a === activity)
  if (waiting === undefined) return refuse('adjustment_closed', 'This adjustment was approved or rejected already.')
  keepWaiting(
    d.account,
    all.filter((one) => one !== waiting),
  )
  return waiting
}

function decided({ a, w, p, by }: Waiting, status: Adjustment['status'], actor: string): Adjustment {
  return { activity: a, wallet: w, points: p, status, requested_by: by, decided_by: actor }
}
