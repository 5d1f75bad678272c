/** The HTTP of tiers: a level that is given by hand. */

import { z } from 'zod'
import { Refusal } from '../../core/refusal.ts'
import { activityAnswer, keyOf, parseMember } from '../../engine/answers.ts'
import { signed } from '../../engine/by-hand.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Route, route } from '../../engine/http/route.ts'
import { nowOf } from '../../engine/programs.ts'
import { noMember } from '../../engine/read.ts'
import { ActivityAnswer, TierInput, text } from '../../engine/shapes.ts'
import { replayHeaders, submit } from '../../engine/submit.ts'

const give = route({
  method: 'POST',
  path: '/v1/members/{id}/tier',
  id: 'giveTier',
  tag: 'Members',
  summary: 'Give a level',
  description:
    'A level by hand: given for a good reason, matched with one that the member has elsewhere, or for a trial. Of it and ' +
    'what is earned the member has the higher one. Who gave it and why stays in the time line.',
  params: z.strictObject({ id: text(264).describe('`mem_…`, or `external:` and your id') }),
  body: TierInput,
  answers: { 200: { description: 'What the level did', schema: ActivityAnswer } },
  refusals: ['not_found', 'reason_required', 'account_closed', 'idempotency_conflict'],
  roles: MAY.give,
  async handle({ params, body, caller, services, idempotencyKey }) {
    const ref = parseMember(params.id)
    if (ref === null) return noMember(params.id)
    const byHand = signed(caller, body.reason)
    if (byHand instanceof Refusal) return byHand
    const { level, kind, until, months } = body
    const recorded = await submit(services, {
      program: caller.program,
      ref,
      key: keyOf(idempotencyKey),
      occurredMs: nowOf(caller.program),
      type: 'tier_given',
      body: {
        level,
        kind,
        ...(until === undefined ? {} : { until }),
        ...(months === undefined ? {} : { months }),
        ...byHand,
      },
    })
    if (recorded.status === 'refused') return recorded.refusal
    if (recorded.status !== 'recorded') throw new Error(`giving a level is not answered with ${recorded.status}`)
    return {
      status: 200,
      body: activityAnswer(recorded.activity, caller.program),
      ...replayHeaders(recorded.replayed),
    }
  },
})

export const routes: Route[] = [give]
