/** The HTTP of visits. */

import { activityAnswer, keyOf, parseMember } from '../../engine/answers.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Route, route } from '../../engine/http/route.ts'
import { ActivityAnswer, VisitInput } from '../../engine/shapes.ts'
import { replayHeaders, submit } from '../../engine/submit.ts'

const visit = route({
  method: 'POST',
  path: '/v1/visits',
  id: 'recordVisit',
  tag: 'Activities',
  summary: 'Record a visit',
  description: 'A member came by, with or without buying.',
  body: VisitInput,
  answers: { 200: { description: 'What the visit did', schema: ActivityAnswer } },
  refusals: ['not_found', 'too_late', 'account_closed', 'idempotency_conflict'],
  roles: MAY.sell,
  batch: { type: 'visit', split: (body) => ({ params: undefined, body }) },
  async handle({ body, caller, services, idempotencyKey }) {
    const { member, occurred_at, location } = body
    const recorded = await submit(services, {
      program: caller.program,
      ref: parseMember(member)!,
      key: keyOf(idempotencyKey),
      occurredMs: occurred_at,
      dated: true,
      type: 'visit',
      body: location === undefined ? {} : { location },
    })
    if (recorded.status === 'refused') return recorded.refusal
    if (recorded.status !== 'recorded') throw new Error(`a visit is not answered with ${recorded.status}`)
    return {
      status: 200,
      body: activityAnswer(recorded.activity, caller.program),
      ...replayHeaders(recorded.replayed),
    }
  },
})

export const routes: Route[] = [visit]
