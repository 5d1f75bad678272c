/** The HTTP of challenges that members join. */

import { z } from 'zod'
import type { Refusal } from '../../core/refusal.ts'
import { challengeAnswer, keyOf, parseMember } from '../../engine/answers.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Caller, type Reply, type Route, route, type Services } from '../../engine/http/route.ts'
import { nowOf } from '../../engine/programs.ts'
import { noMember } from '../../engine/read.ts'
import { ChallengeAnswer, text } from '../../engine/shapes.ts'
import { replayHeaders, submit } from '../../engine/submit.ts'

const Names = z.strictObject({
  id: text(264).describe('`mem_…`, or `external:` and your id'),
  challenge: text(63).describe("The challenge's id in the program"),
})
type Names = z.output<typeof Names>

const ANSWERS = { 200: { description: 'The challenge as it stands then', schema: ChallengeAnswer } }
const REFUSALS = ['not_found', 'challenge_unavailable', 'account_closed', 'idempotency_conflict'] as const

const join = route({
  method: 'POST',
  path: '/v1/members/{id}/challenges/{challenge}/join',
  id: 'joinChallenge',
  tag: 'Members',
  summary: 'Join a challenge',
  description:
    'Of challenges that ask for it, what a member buys and does counts from then on. Once more changes nothing.',
  params: Names,
  answers: ANSWERS,
  refusals: [...REFUSALS],
  roles: MAY.serve,
  handle: ({ params, caller, services, idempotencyKey }) => change(services, caller, params, true, idempotencyKey),
})

const leave = route({
  method: 'POST',
  path: '/v1/members/{id}/challenges/{challenge}/leave',
  id: 'leaveChallenge',
  tag: 'Members',
  summary: 'Leave a challenge',
  description: 'Nothing counts from then on. What was reached stays, for whoever joins again.',
  params: Names,
  answers: ANSWERS,
  refusals: [...REFUSALS],
  roles: MAY.serve,
  handle: ({ params, caller, services, idempotencyKey }) => change(services, caller, params, false, idempotencyKey),
})

export const routes: Route[] = [join, leave]

async function change(
  services: Services,
  { program }: Caller,
  { id, challenge }: Names,
  joined: boolean,
  idempotencyKey: string | null,
): Promise<Reply | Refusal> {
  const ref = parseMember(id)
  if (ref === null) return noMember(id)
  const recorded = await submit(services, {
    program,
    ref,
    key: keyOf(idempotencyKey),
    occurredMs: nowOf(program),
    type: 'challenge',
    body: { challenge, joined },
  })
  if (recorded.status === 'refused') return recorded.refusal
  if (recorded.status !== 'recorded') throw new Error(`a challenge is not answered with ${recorded.status}`)
  return { status: 200, body: challengeAnswer(recorded.activity), ...replayHeaders(recorded.replayed) }
}
