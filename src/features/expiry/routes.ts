/** The HTTP of expiry: a person keeps points longer, or brings back what has expired. */

import { z } from 'zod'
import { Refusal, refuse } from '../../core/refusal.ts'
import { parseDay } from '../../core/time.ts'
import { activityAnswer, keyOf, parseMember } from '../../engine/answers.ts'
import { signed } from '../../engine/by-hand.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Route, route } from '../../engine/http/route.ts'
import { nowOf } from '../../engine/programs.ts'
import { ActivityAnswer } from '../../engine/shapes.ts'
import { replayHeaders, submit } from '../../engine/submit.ts'

const Day = z.string().refine((text) => parseDay(text) !== null, 'must be a day, such as 2026-12-31')

const ExtensionInput = z
  .strictObject({
    wallet: z.string().min(1).max(63).optional().describe('Which points; the only wallet if there is one'),
    until: Day.describe("The last day on which the points are there, in the program's time zone"),
    expired_since: Day.optional().describe(
      'Brings back what has expired since the beginning of this day; without it, open points are kept',
    ),
    reason: z.string().max(1_000).describe('Why; it is kept with the activity'),
  })
  .meta({ id: 'Extension', example: { until: '2026-12-31', reason: 'The shop was closed for repairs' } })

const extend = route({
  method: 'POST',
  path: '/v1/members/{id}/expiry',
  id: 'extendPoints',
  tag: 'Members',
  summary: 'Keep points longer, or bring back expired ones',
  description:
    'Open points that would expire before a day stay until its end; those that last longer anyway stay as they are. ' +
    'With `expired_since`, what has expired since then comes back and stays until that day instead, as far back as ' +
    'the program allows.',
  params: z.strictObject({ id: z.string().describe('`mem_…`, or `external:` and your own id') }),
  body: ExtensionInput,
  answers: { 200: { description: 'What it did, with the balances after it', schema: ActivityAnswer } },
  refusals: ['not_found', 'invalid', 'reason_required', 'too_late', 'account_closed', 'idempotency_conflict'],
  roles: MAY.keep,
  async handle({ params, body, caller, services, idempotencyKey }) {
    const ref = parseMember(params.id)
    if (ref === null) return refuse('not_found', `There is no member ${params.id}.`)
    const { wallet, until, expired_since, reason } = body
    const byHand = signed(caller, reason)
    if (byHand instanceof Refusal) return byHand
    const recorded = await submit(services, {
      program: caller.program,
      ref,
      key: keyOf(idempotencyKey),
      occurredMs: nowOf(caller.program),
      type: 'extension',
      body: {
        until,
        ...byHand,
        ...(wallet ? { wallet } : {}),
        ...(expired_since ? { expired_since } : {}),
      },
    })
    if (recorded.status === 'refused') return recorded.refusal
    if (recorded.status !== 'recorded') throw new Error(`an extension is not answered with ${recorded.status}`)
    return {
      status: 200,
      body: activityAnswer(recorded.activity, caller.program),
      ...replayHeaders(recorded.replayed),
    }
  },
})

export const routes: Route[] = [extend]
