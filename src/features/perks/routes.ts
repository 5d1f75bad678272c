/** The HTTP of perks: what a member may use, that they use it, and that they did not after all. */

import { z } from 'zod'
import { type Refusal, refuse } from '../../core/refusal.ts'
import { entitlementsAnswer, keyOf, parseMember } from '../../engine/answers.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Reply, type Route, route } from '../../engine/http/route.ts'
import { parseId, publicId } from '../../engine/ids.ts'
import { keys, type Recorded } from '../../engine/incoming.ts'
import { currentProgram, nowOf } from '../../engine/programs.ts'
import { readDecider } from '../../engine/read.ts'
import { Entitlement, Instant, MemberRef, OwnId, Text, text } from '../../engine/shapes.ts'
import { replayHeaders, submit } from '../../engine/submit.ts'
import { entitlementsOf } from './view.ts'

const Time = z.string().meta({ format: 'date-time' })

const UseInput = z
  .strictObject({
    member: MemberRef,
    external_id: OwnId.describe('Your own id of this use: the same again is no second one'),
    quantity: z.int().min(1).max(1_000).default(1).describe('How many uses'),
    occurred_at: Instant.optional().describe('When, if it is told later'),
    location: Text.optional().describe('The shop'),
    order: OwnId.optional().describe('What it is used on, such as an order or a booking'),
  })
  .meta({
    id: 'PerkUseInput',
    example: { member: 'external:ada', external_id: 'gate-12-77', quantity: 2, order: 'X4T9ZQ' },
  })

const VoidInput = z
  .strictObject({ reason: z.string().max(1_000).optional().describe('Why; it is kept with the activity') })
  .meta({ id: 'PerkVoidInput', example: { reason: 'The flight was cancelled' } })

const PerkUse = z
  .object({
    id: z.string().describe('Names the use: `use_…`'),
    member: z.string(),
    perk: z.string(),
    quantity: z.int().describe('How many uses stand; 0 once they are taken back'),
    worth: z.int().describe('What that is worth to the member, in minor units'),
    ends_at: Time.nullable().describe('When it ends, where a use lasts for a while'),
    left: z
      .int()
      .nullable()
      .describe('How many uses are left; null without limit, or where the member has none any more'),
  })
  .meta({ id: 'PerkUse' })

const ANSWERS = { 200: { description: 'The use', schema: PerkUse } }

const list = route({
  method: 'GET',
  path: '/v1/members/{id}/perks',
  id: 'listPerks',
  tag: 'Perks',
  summary: 'List what a member may use',
  description:
    'What comes with the level, with the membership, or from a reward: how much of each is left, until when, and why. ' +
    'Whoever collects in the pool of a household has the perks of that.',
  params: z.strictObject({ id: text(264).describe('`mem_…`, or `external:` and your id') }),
  answers: {
    200: {
      description: 'The perks of now',
      schema: z.object({ data: z.array(Entitlement) }).meta({ id: 'PerkList' }),
    },
  },
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ params, caller, services }) {
    const found = await readDecider(services, caller.program, params.id, 'perk_use')
    if ('code' in found) return found
    const shown = entitlementsOf(found.account, currentProgram(caller.program), nowOf(caller.program))
    return { status: 200, body: { data: entitlementsAnswer(shown) } }
  },
})

const use = route({
  method: 'POST',
  path: '/v1/perks/{id}/use',
  id: 'usePerk',
  tag: 'Perks',
  summary: 'Use a perk',
  description: 'Counts the use, and books what it is worth to the member.',
  params: z.strictObject({ id: text(63).describe('The id of a perk of the program') }),
  body: UseInput,
  answers: ANSWERS,
  refusals: [
    'not_found',
    'perk_unavailable',
    'tier_too_low',
    'limit_reached',
    'account_closed',
    'idempotency_conflict',
  ],
  roles: MAY.redeem,
  async handle({ params, body, caller, services }) {
    const { member, occurred_at, ...rest } = body
    return reply(
      await submit(services, {
        program: caller.program,
        ref: parseMember(member)!,
        key: keys.perk(params.id, body.external_id),
        occurredMs: occurred_at ?? nowOf(caller.program),
        dated: occurred_at !== undefined,
        type: 'perk_use',
        body: { perk: params.id, ...rest },
      }),
    )
  },
})

const letBack = route({
  method: 'POST',
  path: '/v1/perk-uses/{id}/void',
  id: 'voidPerkUse',
  tag: 'Perks',
  summary: 'Take the use of a perk back',
  description: 'It counts as never used: it can be used again, and what it was worth is taken off what was saved.',
  params: z.strictObject({ id: text(20).describe('`use_…`') }),
  body: VoidInput,
  answers: ANSWERS,
  refusals: ['not_found', 'perk_unavailable', 'account_closed', 'idempotency_conflict'],
  roles: MAY.redeem,
  async handle({ params, body, caller, services, idempotencyKey }) {
    const id = parseId('use', params.id)
    if (id === null) return refuse('not_found', `There is no use ${params.id}.`)
    return reply(
      await submit(services, {
        program: caller.program,
        ref: { by: 'activity', id },
        key: keyOf(idempotencyKey),
        occurredMs: nowOf(caller.program),
        type: 'perk_void',
        body: { use: id, ...body },
      }),
    )
  },
})

interface Answered {
  activity: number
  perk: string
  quantity: number
  worth: number
  ends_at: string | null
  left: number | null
}

function reply(recorded: Recorded): Reply | Refusal {
  if (recorded.status === 'refused') return recorded.refusal
  if (recorded.status !== 'recorded') throw new Error(`the use of a perk is not answered with ${recorded.status}`)
  const { activity: stored, replayed } = recorded
  const { activity, ...rest } = stored.outcome.answer!['use'] as Answered
  const about = (stored.body as { for_member?: number } | null)?.for_member ?? stored.account
  return {
    status: 200,
    body: { id: publicId('use', activity), member: publicId('mem', about), ...rest },
    ...replayHeaders(replayed),
  }
}

export const routes: Route[] = [list, use, letBack]
