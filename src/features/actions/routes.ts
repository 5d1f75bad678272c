/** The HTTP of actions. */

import { activityAnswer, keyOf, parseMember } from '../../engine/answers.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Route, route } from '../../engine/http/route.ts'
import { ActionInput, ActivityAnswer } from '../../engine/shapes.ts'
import { replayHeaders, submit } from '../../engine/submit.ts'

const action = route({
  method: 'POST',
  path: '/v1/actions',
  id: 'recordAction',
  tag: 'Activities',
  summary: 'Record an action',
  description: 'Whatever a program may reward besides orders and visits, such as a review.',
  body: ActionInput,
  answers: { 200: { description: 'What the action did', schema: ActivityAnswer } },
  refusals: ['not_found', 'too_late', 'account_closed', 'idempotency_conflict'],
  roles: MAY.sell,
  batch: { type: 'action', split: (body) => ({ params: undefined, body }) },
  async handle({ body, caller, services, idempotencyKey }) {
    const { member, type, occurred_at, data } = body
    const recorded = await submit(services, {
      program: caller.program,
      ref: parseMember(member)!,
      key: keyOf(idempotencyKey),
      occurredMs: occurred_at,
      dated: true,
      type: 'action',
      body: { type, data },
    })
    if (recorded.status === 'refused') return recorded.refusal
    if (recorded.status !== 'recorded') throw new Error(`an action is not answered with ${recorded.status}`)
    return {
      status: 200,
      body: activityAnswer(recorded.activity, caller.program),
      ...replayHeaders(recorded.replayed),
    }
  },
})

export const routes: Route[] = [action]
