/** The HTTP of choices. */

import { z } from 'zod'
import { keyOf, parseMember } from '../../engine/answers.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Route, route } from '../../engine/http/route.ts'
import { nowOf } from '../../engine/programs.ts'
import { noMember } from '../../engine/read.ts'
import { Choice, text } from '../../engine/shapes.ts'
import { replayHeaders, submit } from '../../engine/submit.ts'

const choose = route({
  method: 'PUT',
  path: '/v1/members/{id}/choices/{choice}',
  id: 'putChoice',
  tag: 'Members',
  summary: 'Choose what the program leaves to the member',
  description: 'The same option again changes nothing. Another one may have to wait for the next period.',
  params: z.strictObject({
    id: text(264).describe('`mem_…`, or `external:` and your id'),
    choice: text(63).describe('The id of a choice of the program'),
  }),
  body: z
    .strictObject({ option: text(63).describe('The id of one of its options') })
    .meta({ id: 'ChoiceInput', example: { option: 'miles' } }),
  answers: { 200: { description: 'The choice as it stands', schema: Choice } },
  refusals: ['not_found', 'limit_reached', 'account_closed', 'idempotency_conflict'],
  roles: MAY.serve,
  async handle({ params, body, caller, services, idempotencyKey }) {
    const ref = parseMember(params.id)
    if (ref === null) return noMember(params.id)
    const recorded = await submit(services, {
      program: caller.program,
      ref,
      key: keyOf(idempotencyKey),
      occurredMs: nowOf(caller.program),
      type: 'choose',
      body: { choice: params.choice, option: body.option },
    })
    if (recorded.status === 'refused') return recorded.refusal
    if (recorded.status !== 'recorded') throw new Error(`a choice is not answered with ${recorded.status}`)
    return { status: 200, body: recorded.activity.outcome.answer!['choice'], ...replayHeaders(recorded.replayed) }
  },
})

export const routes: Route[] = [choose]
