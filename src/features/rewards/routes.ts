/** The HTTP of redemptions: hold, capture, void. */

import { z } from 'zod'
import { type Refusal, refuse } from '../../core/refusal.ts'
import { keyOf, parseMember, parseRedemption, redemptionsOf } from '../../engine/answers.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Reply, type Route, route, type Services } from '../../engine/http/route.ts'
import type { Incoming, Recorded } from '../../engine/incoming.ts'
import { type LiveProgram, nowOf } from '../../engine/programs.ts'
import { readRedemption } from '../../engine/read.ts'
import { CaptureInput, Redemption, RedemptionInput } from '../../engine/shapes.ts'
import { replayHeaders, submit } from '../../engine/submit.ts'
import { RewardsInUse, readRewards } from './views.ts'

const ById = z.strictObject({ id: z.string().describe('`red_…`') })
const ANSWERS = { 200: { description: 'The redemption', schema: Redemption } }

const list = route({
  method: 'GET',
  path: '/v1/rewards',
  id: 'listRewards',
  tag: 'Redemptions',
  summary: 'List the rewards and how they are used',
  description: 'Of the program that decides now, in its order: all of them at once.',
  query: z.strictObject({
    language: z.string().max(35).default('en').describe('In which language they are described; English unless known'),
  }),
  answers: { 200: { description: 'All of them', schema: RewardsInUse } },
  roles: MAY.read,
  async handle({ caller, services, query: { language } }) {
    return { status: 200, body: await readRewards(services, caller.program, language) }
  },
})

const redeem = route({
  method: 'POST',
  path: '/v1/redemptions',
  id: 'createRedemption',
  tag: 'Redemptions',
  summary: 'Redeem a reward',
  description:
    'Holds the points of a reward until they are captured, voided or time out; with `capture` they are spent at once. ' +
    'A reward that takes money off an order is redeemed with the order, in its `redeem`; redeemed here it becomes a ' +
    '`voucher` once it is captured, to be used on an order later.',
  body: RedemptionInput,
  answers: ANSWERS,
  refusals: [
    'not_found',
    'insufficient_points',
    'reward_unavailable',
    'tier_too_low',
    'sold_out',
    'limit_reached',
    'account_closed',
    'idempotency_conflict',
  ],
  roles: MAY.redeem,
  batch: { type: 'redemption', split: (body) => ({ params: undefined, body }) },
  async handle({ body, caller, services, idempotencyKey }) {
    const { member, ...rest } = body
    const recorded = await submit(services, {
      program: caller.program,
      ref: parseMember(member)!,
      key: keyOf(idempotencyKey),
      occurredMs: nowOf(caller.program),
      type: 'redeem',
      body: rest,
    })
    return reply(recorded, caller.program)
  },
})

const get = route({
  method: 'GET',
  path: '/v1/redemptions/{id}',
  id: 'getRedemption',
  tag: 'Redemptions',
  summary: 'Get a redemption',
  params: ById,
  answers: ANSWERS,
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ params, caller, services }) {
    const found = await readRedemption(services, caller.program, params.id)
    return 'code' in found ? found : { status: 200, body: found }
  },
})

const capture = route({
  method: 'POST',
  path: '/v1/redemptions/{id}/capture',
  id: 'captureRedemption',
  tag: 'Redemptions',
  summary: 'Capture a redemption',
  description: 'Spends the held points, once. What is not captured is released.',
  params: ById,
  body: CaptureInput,
  answers: ANSWERS,
  refusals: ['not_found', 'hold_closed', 'capture_exceeds_hold', 'idempotency_conflict'],
  roles: MAY.redeem,
  handle: ({ params, body, caller, services, idempotencyKey }) =>
    settle(services, caller.program, params.id, (redemption) => ({
      ...common(caller.program, redemption, idempotencyKey),
      type: 'capture',
      body: { redemption, ...body },
    })),
})

const letGo = route({
  method: 'POST',
  path: '/v1/redemptions/{id}/void',
  id: 'voidRedemption',
  tag: 'Redemptions',
  summary: 'Void a redemption',
  description: 'Releases the held points.',
  params: ById,
  answers: ANSWERS,
  refusals: ['not_found', 'hold_closed', 'idempotency_conflict'],
  roles: MAY.redeem,
  handle: ({ params, caller, services, idempotencyKey }) =>
    settle(services, caller.program, params.id, (redemption) => ({
      ...common(caller.program, redemption, idempotencyKey),
      type: 'void',
      body: { redemption },
    })),
})

export const routes: Route[] = [list, redeem, get, capture, letGo]

function common(program: LiveProgram, id: number, idempotencyKey: string | null) {
  const ref = { by: 'activity', id } as const
  return { program, ref, key: keyOf(idempotencyKey), occurredMs: nowOf(program) }
}

async function settle(
  services: Services,
  live: LiveProgram,
  name: string,
  incoming: (redemption: number) => Incoming,
): Promise<Reply | Refusal> {
  const id = parseRedemption(name)
  if (id === null) return refuse('not_found', `There is no redemption ${name}.`)
  // Rewards that an order redeemed were captured with it; only what stands alone is ever held.
  const recorded =
    id.place === 0
      ? await submit(services, incoming(id.activity))
      : ({ status: 'refused', refusal: refuse('hold_closed', 'This redemption was captured with its order.') } as const)
  if (recorded.status !== 'refused' || recorded.refusal.code !== 'hold_closed') return reply(recorded, live)
  const found = await readRedemption(services, live, name)
  return 'code' in found ? found : recorded.refusal
}

function reply(recorded: Recorded, live: LiveProgram): Reply | Refusal {
  if (recorded.status === 'refused') return recorded.refusal
  if (recorded.status !== 'recorded') throw new Error(`a redemption is not answered with ${recorded.status}`)
  return { status: 200, body: redemptionsOf(recorded.activity, live)[0], ...replayHeaders(recorded.replayed) }
}
