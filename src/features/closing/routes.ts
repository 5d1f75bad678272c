/** The HTTP of leaving: closing an account, opening it again, and erasing a person. */

import { z } from 'zod'
import { Refusal } from '../../core/refusal.ts'
import { keyOf, parseMember } from '../../engine/answers.ts'
import { signed } from '../../engine/by-hand.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Call, type Reply, type Route, route } from '../../engine/http/route.ts'
import { readMemberThen } from '../../engine/member-then.ts'
import { nowOf } from '../../engine/programs.ts'
import { noMember } from '../../engine/read.ts'
import { Member, ReasonInput, text } from '../../engine/shapes.ts'
import { replayHeaders, submit } from '../../engine/submit.ts'

const ById = z.strictObject({
  id: text(264)
    .describe('`mem_…`, or `external:` and your id')
    .meta({ examples: ['external:ada'] }),
})
const ANSWERS = { 200: { description: 'The member', schema: Member } }

const close = route({
  method: 'POST',
  path: '/v1/members/{id}/close',
  id: 'closeMember',
  tag: 'Members',
  summary: 'Close an account',
  description:
    'Held points are released, adjustments that wait are rejected, and open points expire unless the program keeps them. ' +
    'From then on only returns of its orders are booked, and its card finds nobody. Phone and e-mail stay the member’s.',
  params: ById,
  body: ReasonInput,
  answers: ANSWERS,
  refusals: ['not_found', 'reason_required', 'account_closed', 'idempotency_conflict'],
  roles: MAY.close,
  handle: (call) => decide(call, 'close'),
})

const reopen = route({
  method: 'POST',
  path: '/v1/members/{id}/reopen',
  id: 'reopenMember',
  tag: 'Members',
  summary: 'Open a closed account again',
  description: 'Card, tier and what the program kept of the points are there again; what expired stays expired.',
  params: ById,
  body: ReasonInput,
  answers: ANSWERS,
  refusals: ['not_found', 'reason_required', 'account_open', 'account_erased', 'idempotency_conflict'],
  roles: MAY.close,
  handle: (call) => decide(call, 'reopen'),
})

const erase = route({
  method: 'POST',
  path: '/v1/members/{id}/erase',
  id: 'eraseMember',
  tag: 'Members',
  summary: 'Erase a person',
  description:
    'For good: name, contacts, card, and all that was ever sent about the person are gone, and so are their points. What ' +
    'moved stays in the ledger, under an id that names nobody, and the hash chain holds. Do not name the person in `reason`: ' +
    'it is kept.',
  params: ById,
  body: ReasonInput,
  answers: { 200: { description: 'What is left of the member', schema: Member } },
  refusals: ['not_found', 'reason_required', 'account_erased', 'idempotency_conflict'],
  roles: MAY.close,
  handle: (call) => decide(call, 'erase'),
})

export const routes: Route[] = [close, reopen, erase]

async function decide(
  { params, body, caller, services, idempotencyKey }: Call<z.output<typeof ById>, unknown, { reason: string }>,
  type: 'close' | 'reopen' | 'erase',
): Promise<Reply | Refusal> {
  const { program } = caller
  const ref = parseMember(params.id)
  if (ref === null) return noMember(params.id)
  const byHand = signed(caller, body.reason)
  if (byHand instanceof Refusal) return byHand
  const recorded = await submit(services, {
    program,
    ref,
    key: keyOf(idempotencyKey),
    occurredMs: nowOf(program),
    type,
    body: byHand,
  })
  if (recorded.status === 'refused') return recorded.refusal
  if (recorded.status !== 'recorded') throw new Error(`closing is not answered with ${recorded.status}`)
  const member = await readMemberThen(services, recorded.replayed, recorded.activity)
  return { status: 200, body: member, ...replayHeaders(recorded.replayed) }
}
