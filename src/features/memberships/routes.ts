/** The HTTP of memberships: begin or change one, cancel it, and see what is paid and what it has saved. */

import { z } from 'zod'
import { Refusal, refuse } from '../../core/refusal.ts'
import { keyOf, parseMember } from '../../engine/answers.ts'
import { MAY, refusalToBrowse } from '../../engine/http/roles.ts'
import { type Reply, type Route, route } from '../../engine/http/route.ts'
import { publicId } from '../../engine/ids.ts'
import type { Recorded } from '../../engine/incoming.ts'
import { currentProgram, nowOf } from '../../engine/programs.ts'
import { noMember, readDecider } from '../../engine/read.ts'
import { List, Membership, pageOf, text } from '../../engine/shapes.ts'
import { replayHeaders, submit } from '../../engine/submit.ts'
import { planRulesOf } from './plans.ts'
import { STATUSES, sliceOf } from './standing.ts'
import { membershipOf } from './view.ts'
import { listPlans, readUses } from './views.ts'

const ById = z.strictObject({ id: text(264).describe('`mem_…`, or `external:` and your id') })

const PlanInput = z
  .strictObject({
    plan: z.string().min(1).max(63).describe('The id of a plan of the program'),
    when: z
      .enum(['now', 'at_end'])
      .optional()
      .describe('Where the member has another plan: change at once, or at the end of what is paid (unless said)'),
    trial: z.literal(true).optional().describe('Begin with the trial of the plan'),
    paid: z
      .strictObject({
        amount: z.int().min(1).describe('What was taken, in minor units'),
        reference: text(100).describe('Names the payment: the same again is no second one'),
        tender: text(100).optional().describe('How it was paid, such as cash'),
      })
      .optional()
      .describe('What the member paid for it here'),
  })
  .refine(({ trial, paid }) => trial === undefined || paid === undefined, 'says `trial` or `paid`, and not both')
  .meta({ id: 'MembershipChange', example: { plan: 'monthly', paid: { amount: 1499, reference: 'till-7-311' } } })

const CancelInput = z
  .strictObject({
    when: z.enum(['now', 'at_end']).describe('At once, or at the end of what is paid'),
    reason: z.string().max(1_000).optional().describe('What the member said'),
  })
  .meta({ id: 'MembershipCancellation', example: { when: 'at_end', reason: 'Moves to another town' } })

const MembershipUse = z.object({
  activity: z.string().describe('What it was used with: an order, or the use of a perk'),
  source: z.string().describe('What it came from: a perk, a discount, a reward'),
  worth: z.int().describe('In minor units; below zero where a return took it back'),
  occurred_at: z.string().meta({ format: 'date-time' }),
})

const MembershipAnswer = z
  .object({
    member: z.string(),
    membership: Membership.nullable().describe('Null for whoever never had one'),
  })
  .meta({ id: 'MembershipAnswer' })

const MembershipWithUses = MembershipAnswer.extend({
  uses: z.array(MembershipUse).describe('The latest uses of what saves money, the latest first'),
}).meta({ id: 'MembershipWithUses' })

const ANSWERS = { 200: { description: 'The membership as it stands now', schema: MembershipAnswer } }

const MembershipEntry = z
  .object({ member: z.string(), name: z.string().nullable(), membership: Membership })
  .meta({ id: 'MembershipEntry' })

const list = route({
  method: 'GET',
  path: '/v1/memberships',
  id: 'listMemberships',
  tag: 'Memberships',
  summary: 'List the memberships',
  description:
    'By the ids of their members. Where few are of what is asked for, a page may hold fewer than `limit`, or nothing, ' +
    'while `has_more` says to go on.',
  query: List.extend({
    status: z.enum(STATUSES).optional().describe('Only those that stand so'),
    plan: z.string().max(63).optional().describe('Only those of a plan'),
  }),
  answers: { 200: { description: 'A page of memberships', schema: pageOf(MembershipEntry, 'MembershipList') } },
  roles: MAY.read,
  async handle({ caller, services, query: { status, plan, ...request } }) {
    const mayNot = refusalToBrowse(caller)
    if (mayNot !== null) return mayNot
    const page = await listPlans(
      services,
      caller.program,
      request,
      (membership) =>
        (status === undefined || membership.status === status) && (plan === undefined || membership.plan === plan),
    )
    return page instanceof Refusal ? page : { status: 200, body: page }
  },
})

const begin = route({
  method: 'POST',
  path: '/v1/members/{id}/membership',
  id: 'changeMembership',
  tag: 'Memberships',
  summary: 'Begin, renew, resume or change a membership',
  description:
    'With `paid`, a plan begins, or its next period is paid; with `trial` it begins on trial. Named again without ' +
    'either, a plan that was cancelled goes on. Another plan follows at the end of what is paid, or begins `now`: then ' +
    'what is left of the period is taken off its fee. What a payment provider takes is told by `POST /v1/actions` ' +
    'instead (`membership.paid`, `membership.failed`, `membership.refunded`).',
  params: ById,
  body: PlanInput,
  answers: ANSWERS,
  refusals: [
    'not_found',
    'plan_unavailable',
    'payment_required',
    'payment_mismatch',
    'already_paid',
    'trial_used',
    'membership_open',
    'account_closed',
    'idempotency_conflict',
  ],
  roles: MAY.redeem,
  async handle({ params, body, caller, services, idempotencyKey }) {
    const ref = parseMember(params.id)
    if (ref === null) return noMember(params.id)
    const { program } = caller
    const common = { program, ref, key: keyOf(idempotencyKey), occurredMs: nowOf(program) }
    return reply(await submit(services, { ...common, type: 'membership', body }))
  },
})

const cancel = route({
  method: 'POST',
  path: '/v1/members/{id}/membership/cancel',
  id: 'cancelMembership',
  tag: 'Memberships',
  summary: 'Cancel a membership',
  description: 'At once or at the end of what is paid. `refundable` of its payments says what may be given back.',
  params: ById,
  body: CancelInput,
  answers: ANSWERS,
  refusals: ['not_found', 'no_membership', 'already_cancelled', 'account_closed', 'idempotency_conflict'],
  roles: MAY.redeem,
  async handle({ params, body, caller, services, idempotencyKey }) {
    const ref = parseMember(params.id)
    if (ref === null) return noMember(params.id)
    const { program } = caller
    const common = { program, ref, key: keyOf(idempotencyKey), occurredMs: nowOf(program) }
    return reply(await submit(services, { ...common, type: 'membership_cancel', body }))
  },
})

function reply(recorded: Recorded): Reply | Refusal {
  if (recorded.status === 'refused') return recorded.refusal
  if (recorded.status !== 'recorded') throw new Error(`a membership is not answered with ${recorded.status}`)
  const { activity, replayed } = recorded
  const about = (activity.body as { for_member?: number } | null)?.for_member ?? activity.account
  const body = { member: publicId('mem', about), membership: activity.outcome.answer?.['membership'] ?? null }
  return { status: 200, body, ...replayHeaders(replayed) }
}

const get = route({
  method: 'GET',
  path: '/v1/members/{id}/membership',
  id: 'getMembership',
  tag: 'Memberships',
  summary: 'Get a membership',
  description:
    'What is paid, what comes next, and what the fee has saved so far, use by use. Whoever collects in the pool of a ' +
    'household has the membership of that.',
  params: ById,
  answers: { 200: { description: 'The membership as it stands now', schema: MembershipWithUses } },
  refusals: ['not_found', 'plan_unavailable'],
  roles: MAY.read,
  async handle({ params, caller, services }) {
    const { program } = caller
    const rules = currentProgram(program)
    if (planRulesOf(rules) === null) return refuse('plan_unavailable', 'The program has no memberships.')
    const found = await readDecider(services, program, params.id, 'membership')
    if ('code' in found) return found
    const { member, decider, account } = found
    const uses = await readUses(services, program, [decider, ...(sliceOf(account)?.m ?? [])])
    const membership = membershipOf(account, rules, nowOf(program))
    return { status: 200, body: { member: publicId('mem', member), membership, uses } }
  },
})

export const routes: Route[] = [list, begin, get, cancel]
