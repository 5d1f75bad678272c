/** Memberships: a plan that is paid for by the period, with a trial, a grace, and an account of what it has saved. */

import type { Account } from '../../core/account.ts'
import type { ActivityOf } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Fact, FactContext, Feature } from '../../core/feature.ts'
import { NEVER } from '../../core/points.ts'
import type { Program } from '../../core/program.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'
import { localDay } from '../../core/time.ts'
import { arrange, cancel, end, settle } from './changes.ts'
import { merge } from './merge.ts'
import { compile, MembershipsSection, type PlanRules, planRulesOf, type Section } from './plans.ts'
import { count, periodAt } from './saved.ts'
import { has, isRunning, nextDue, STATUSES, sliceOf, standingAt } from './standing.ts'
import { membershipLosses, membershipStatements } from './statements.ts'
import { hearAction } from './told.ts'
import { membershipOf } from './view.ts'
import { words } from './words.ts'

export const memberships: Feature = {
  id: 'memberships',
  section: MembershipsSection,
  compile,
  facts,
  hears: {
    membership: { spend: hearTill, grant: count },
    membership_cancel: { spend: hearCancel },
    action: { spend: hearTold, grant: count },
    clock: { count: fallDue, grant: count },
    pool: { price: mayCollectElsewhere },
    close: { grant: endWithAccount },
    erase: { grant: endWithAccount },
    order: { grant: count },
    return: { grant: count },
    cancel: { grant: count },
    visit: { grant: count },
    redeem: { grant: count },
    give: { grant: count },
    withdraw: { grant: count },
    perk_use: { grant: count },
    perk_void: { grant: count },
  },
  merge,
  isUnused: (program) => planRulesOf(program) === null,
  due,
  details: (account, program, at) =>
    planRulesOf(program) === null ? {} : { membership: membershipOf(account, program, at) },
  statements: membershipStatements,
  losses: membershipLosses,
  words,
}

function facts(section: Section): Record<string, Fact> {
  if (section === undefined) return {}
  return {
    'member.plan': {
      type: 'string',
      describe: 'The plan of the membership that the member had when it happened',
      values: ['', ...section.plans.map(({ id }) => id)],
      // Words select by the number: without a plan is said in another way than without this one.
      told: (plan, program) => (plan === '' ? 1 : (planRulesOf(program)?.plans.get(String(plan))?.name ?? plan)),
      read: planAt,
    },
    'member.plan_status': {
      type: 'string',
      describe: 'Whether the membership was on trial, active or in grace; none without one',
      values: ['none', ...STATUSES],
      told: (status) => ({ message: `when.member.plan_status.${status}`, values: {} }),
      read: (c) => standingAt(sliceOf(c.account), c.at)?.status ?? 'none',
    },
    'member.plan_days': {
      type: 'int',
      describe: 'Days since the membership began',
      read: (c) => (planAt(c) === '' ? 0 : c.day - localDay(c.program.zone, sliceOf(c.account)!.j)),
    },
    'member.plan_period': {
      type: 'int',
      describe: 'When the period of the membership began, in milliseconds since 1970; 0 without one',
      read: (c) => periodAt(sliceOf(c.account), c.at),
    },
  }
}

function planAt(c: FactContext): string {
  const standing = standingAt(sliceOf(c.account), c.at)
  return standing !== null && has(standing.status) ? standing.plan : ''
}

function hearTill(d: Deciding, { body }: ActivityOf<'membership'>): Refusal | undefined {
  return change(d, (rules) => arrange(d, rules, body))
}

function hearCancel(d: Deciding, { body }: ActivityOf<'membership_cancel'>): Refusal | undefined {
  return change(d, (rules) => cancel(d, rules, body.when))
}

/** What came of it is answered, and answered alike when the same is asked again. */
function change(d: Deciding, by: (rules: PlanRules) => Refusal | undefined): Refusal | undefined {
  const rules = planRulesOf(d.inForce)
  if (rules === null) return refuse('plan_unavailable', 'The program has no memberships.')
  const refusal = by(rules)
  if (refusal !== undefined) return refusal
  d.answer = { membership: membershipOf(d.account, d.inForce, d.at) }
  return undefined
}

function hearTold(d: Deciding, { body }: ActivityOf<'action'>): Refusal | undefined {
  const rules = planRulesOf(d.inForce)
  return rules === null ? undefined : hearAction(d, rules, body)
}

function fallDue(d: Deciding): undefined {
  const state = sliceOf(d.account)
  const rules = planRulesOf(d.inForce)
  if (state !== undefined && rules !== null) settle(d, rules, state)
}

function due(account: Account, program: Program): number {
  const state = sliceOf(account)
  if (state === undefined) return NEVER
  const rules = planRulesOf(program)
  return rules === null ? NEVER : nextDue(rules, state, program.zone)
}

/** What a household's pool decides has the household's plan, so one of the member's own would be paid for nothing. */
function mayCollectElsewhere(d: Deciding, { body }: ActivityOf<'pool'>): Refusal | undefined {
  if (!body.earn || !isRunning(sliceOf(d.account))) return undefined
  return refuse('membership_open', 'The member has a membership of their own, and a household has its own.')
}

/** Whoever leaves has no membership any more; of a person who is forgotten no payment is named. */
function endWithAccount(d: Deciding, { type }: { type: string }): undefined {
  const state = sliceOf(d.account)
  if (state === undefined) return
  if (isRunning(state)) end(d, state, 'closed', d.at)
  if (type === 'erase') delete d.account.slices['memberships']
}
