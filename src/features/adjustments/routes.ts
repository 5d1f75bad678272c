/** The HTTP of adjustments: asking for one, approving or rejecting it, and looking at what was given and taken. */

import { z } from 'zod'
import type { AdjustmentLimit } from '../../core/activity.ts'
import { rulesOf } from '../../core/program.ts'
import { Refusal } from '../../core/refusal.ts'
import { adjustmentAnswer, keyOf, parseMember } from '../../engine/answers.ts'
import { signed } from '../../engine/by-hand.ts'
import { ADJUSTS_ALONE, MAY } from '../../engine/http/roles.ts'
import { type Call, type Caller, type Reply, type Route, route } from '../../engine/http/route.ts'
import { parseId } from '../../engine/ids.ts'
import type { Recorded, StoredActivity } from '../../engine/incoming.ts'
import { readActivities } from '../../engine/load.ts'
import { currentProgram, type LiveProgram, nowOf } from '../../engine/programs.ts'
import { Adjustment, AdjustmentInput, List, ListedAdjustment, pageOf } from '../../engine/shapes.ts'
import { replayHeaders, submit } from '../../engine/submit.ts'
import { listAdjustments, noAdjustment, readAdjustment } from './views.ts'

const TAG = 'Adjustments'
const ById = z.strictObject({ id: z.string().max(32).describe('`adj_…`') })
const ANSWERS = { 200: { description: 'The adjustment', schema: Adjustment } }

const adjust = route({
  method: 'POST',
  path: '/v1/adjustments',
  id: 'createAdjustment',
  tag: TAG,
  summary: 'Adjust a balance',
  description:
    'Gives points to a member, or takes them, for a reason that the time line shows with the name of the key’s actor. ' +
    'Above what the key may do alone it answers 202 and moves nothing until another actor approves.',
  body: AdjustmentInput,
  answers: {
    200: { description: 'The adjustment, applied', schema: Adjustment },
    202: { description: 'It waits for the approval of another actor', schema: Adjustment },
  },
  refusals: [
    'not_found',
    'reason_required',
    'insufficient_points',
    'account_closed',
    'points_overflow',
    'idempotency_conflict',
  ],
  roles: MAY.adjust,
  batch: { type: 'adjustment', split: (body) => ({ params: undefined, body }) },
  async handle({ body, caller, services, idempotencyKey }) {
    const byHand = signed(caller, body.reason)
    if (byHand instanceof Refusal) return byHand
    const { member, wallet, points } = body
    const limit = limitOf(caller, wallet)
    const recorded = await submit(services, {
      program: caller.program,
      ref: parseMember(member)!,
      key: keyOf(idempotencyKey),
      occurredMs: nowOf(caller.program),
      type: 'adjust',
      body: { wallet, points, ...byHand, ...(limit === null ? {} : { limit }) },
    })
    const stored = activityOf(recorded)
    return stored instanceof Refusal ? stored : reply(recorded, stored, stored, caller.program)
  },
})

/** In the wallet's smallest unit; null for those who may any amount. */
function limitOf({ limits, role, program }: Caller, wallet: string): AdjustmentLimit | null {
  const allowance = limits.adjustment ?? ADJUSTS_ALONE[role]
  if (allowance === null) return null
  const unit = 10 ** rulesOf(currentProgram(program), wallet).decimals
  return { per_adjustment: allowance.per_adjustment * unit, per_day: allowance.per_day * unit }
}

const list = route({
  method: 'GET',
  path: '/v1/adjustments',
  id: 'listAdjustments',
  tag: TAG,
  summary: 'List adjustments',
  description: 'The latest first; with `status=pending_approval` those that wait for a second person.',
  query: List.extend({ status: Adjustment.shape.status.optional() }),
  answers: { 200: { description: 'A page of adjustments', schema: pageOf(ListedAdjustment, 'AdjustmentList') } },
  roles: MAY.read,
  async handle({ query, caller, services }) {
    const page = await listAdjustments(services, caller.program, query)
    return page instanceof Refusal ? page : { status: 200, body: page }
  },
})

const get = route({
  method: 'GET',
  path: '/v1/adjustments/{id}',
  id: 'getAdjustment',
  tag: TAG,
  summary: 'Get an adjustment',
  params: ById,
  answers: ANSWERS,
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ params, caller, services }) {
    const found = await readAdjustment(services, caller.program, params.id)
    return found instanceof Refusal ? found : { status: 200, body: found }
  },
})

const approve = route({
  method: 'POST',
  path: '/v1/adjustments/{id}/approve',
  id: 'approveAdjustment',
  tag: TAG,
  summary: 'Approve an adjustment',
  description: 'The points move now. Whoever asked for it cannot approve it, with whichever key.',
  params: ById,
  answers: ANSWERS,
  refusals: ['not_found', 'adjustment_closed', 'insufficient_points', 'account_closed', 'idempotency_conflict'],
  roles: MAY.approve,
  handle: (call) => decide(call, 'approve'),
})

const reject = route({
  method: 'POST',
  path: '/v1/adjustments/{id}/reject',
  id: 'rejectAdjustment',
  tag: TAG,
  summary: 'Reject an adjustment',
  description: 'Nothing moves. Whoever asked for it may take it back so, too.',
  params: ById,
  answers: ANSWERS,
  refusals: ['not_found', 'adjustment_closed', 'idempotency_conflict'],
  roles: MAY.adjust,
  handle: (call) => decide(call, 'reject'),
})

export const routes: Route[] = [adjust, list, get, approve, reject]

async function decide(
  { params, caller, services, idempotencyKey }: Call<z.output<typeof ById>>,
  type: 'approve' | 'reject',
): Promise<Reply | Refusal> {
  const { program, actor } = caller
  const found = await readAdjustment(services, program, params.id)
  if (found instanceof Refusal) return found
  const adjustment = parseId('adj', params.id)!
  const recorded = await submit(services, {
    program,
    ref: { by: 'activity', id: adjustment },
    key: keyOf(idempotencyKey),
    occurredMs: nowOf(program),
    type,
    body: { adjustment, actor },
  })
  const decided = activityOf(recorded)
  if (decided instanceof Refusal) return decided
  const asked = (await readActivities(services.database, [adjustment])).get(adjustment)
  return asked === undefined ? noAdjustment(params.id) : reply(recorded, asked, decided, program)
}

function activityOf(recorded: Recorded): StoredActivity | Refusal {
  if (recorded.status === 'refused') return recorded.refusal
  if (recorded.status !== 'recorded') throw new Error(`an adjustment is not answered with ${recorded.status}`)
  return recorded.activity
}

/** As it was decided then: a replay of the request that waits still says that it waits. */
function reply(recorded: Recorded, asked: StoredActivity, decided: StoredActivity, live: LiveProgram): Reply {
  const adjustment = decided.outcome.adjustments![0]!
  const waits = adjustment.status === 'pending_approval'
  const body = adjustmentAnswer(adjustment, asked, waits ? null : decided, live)
  const replayed = 'replayed' in recorded && recorded.replayed
  return { status: waits ? 202 : 200, body, ...replayHeaders(replayed) }
}
