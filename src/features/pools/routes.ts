/** The HTTP of pools. */

import { z } from 'zod'
import { Refusal, refuse } from '../../core/refusal.ts'
import { keyOf, openedPoolAnswer, parseMember } from '../../engine/answers.ts'
import { joinOf } from '../../engine/contacts.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Caller, type Reply, type Route, route, type Services } from '../../engine/http/route.ts'
import { parseId } from '../../engine/ids.ts'
import { nowOf } from '../../engine/programs.ts'
import {
  findAccount,
  listPools,
  noMember,
  readMembers,
  readPool,
  readPoolThen,
  readProfile,
  winnerOf,
} from '../../engine/read.ts'
import { List, Pool, PoolInput, PoolRights, pageOf, text } from '../../engine/shapes.ts'
import { replayHeaders, submit } from '../../engine/submit.ts'

const Name = text(264)
const ById = z.strictObject({ id: Name.describe('`mem_…`, or `external:` and your id of the pool') })
const ByMember = ById.extend({ member: Name.describe('`mem_…`, or `external:` and your id of the member') })
const ANSWERS = { 200: { description: 'The pool', schema: Pool } }

const create = route({
  method: 'POST',
  path: '/v1/pools',
  id: 'createPool',
  tag: 'Pools',
  summary: 'Create a pool',
  description: 'An account that the members of a household share. It has a card and a time line as any member has.',
  body: PoolInput,
  answers: { 201: { description: 'The pool', schema: Pool } },
  refusals: ['pools_off', 'contact_taken', 'idempotency_conflict'],
  roles: MAY.pool,
  async handle({ body, caller, services, idempotencyKey }) {
    const { program } = caller
    const joining = joinOf(program, body, idempotencyKey)
    if (joining instanceof Refusal) return joining
    if (joining.type !== 'join') throw new Error('whoever is new joins')
    const recorded = await submit(services, { ...joining, body: { ...joining.body, pool: true } })
    if (recorded.status === 'refused') return recorded.refusal
    if (recorded.status !== 'recorded') throw new Error(`a pool is not answered with ${recorded.status}`)
    const { activity, replayed } = recorded
    const profile = await readProfile(services, activity.account)
    return { status: 201, body: openedPoolAnswer(activity, profile!), ...replayHeaders(replayed) }
  },
})

const list = route({
  method: 'GET',
  path: '/v1/pools',
  id: 'listPools',
  tag: 'Pools',
  summary: 'List the pools',
  description: 'Pools are no members: lists and counts of members are without them.',
  query: List,
  answers: { 200: { description: 'A page of pools', schema: pageOf(Pool, 'PoolList') } },
  roles: MAY.read,
  async handle({ query, caller, services }) {
    const page = await listPools(services, caller.program, query)
    return page instanceof Refusal ? page : { status: 200, body: page }
  },
})

const get = route({
  method: 'GET',
  path: '/v1/pools/{id}',
  id: 'getPool',
  tag: 'Pools',
  summary: 'Get a pool',
  params: ById,
  answers: ANSWERS,
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ params, caller, services }) {
    const pool = await readPool(services, caller.program, params.id)
    return pool instanceof Refusal ? pool : { status: 200, body: pool }
  },
})

const admit = route({
  method: 'PUT',
  path: '/v1/pools/{id}/members/{member}',
  id: 'putPoolMember',
  tag: 'Pools',
  summary: 'Let a member into a pool, or change what they may do',
  description:
    'With `earn`, orders, visits and actions of the member are decided by the account of the pool and collected there; ' +
    'returns find them there. With `spend`, redemptions of the member take the points of the pool.',
  params: ByMember,
  body: PoolRights,
  answers: ANSWERS,
  refusals: ['not_found', 'already_in_pool', 'limit_reached', 'pools_off', 'account_closed', 'same_account'],
  roles: MAY.pool,
  handle: ({ params, body, caller, services, idempotencyKey }) =>
    change(services, caller, params, body, idempotencyKey),
})

const dismiss = route({
  method: 'DELETE',
  path: '/v1/pools/{id}/members/{member}',
  id: 'deletePoolMember',
  tag: 'Pools',
  summary: 'Take a member out of a pool',
  description: 'What the member collected in the pool stays there, and so do returns of it.',
  params: ByMember,
  answers: ANSWERS,
  refusals: ['not_found'],
  roles: MAY.pool,
  handle: ({ params, caller, services, idempotencyKey }) =>
    change(services, caller, params, { earn: false, spend: false }, idempotencyKey),
})

export const routes: Route[] = [create, list, get, admit, dismiss]

async function change(
  services: Services,
  { program }: Caller,
  params: z.output<typeof ByMember>,
  rights: { earn: boolean; spend: boolean },
  idempotencyKey: string | null,
): Promise<Reply | Refusal> {
  const found = await readPool(services, program, params.id)
  if (found instanceof Refusal) return found
  const ref = parseMember(params.member)
  const from = ref === null ? null : await findAccount(services, program, ref)
  if (from === null) return noMember(params.member)
  const pool = await knownPool(services, program, from, parseId('mem', found.id)!)
  const recorded = await submit(services, {
    program,
    ref: { by: 'id', id: from },
    key: keyOf(idempotencyKey),
    occurredMs: nowOf(program),
    type: 'pool',
    body: { from, pool, ...rights },
  })
  if (recorded.status === 'refused') return recorded.refusal
  if (recorded.status !== 'recorded') return refuse('not_found', `There is no pool ${params.id}.`)
  const then = await readPoolThen(services, program, recorded.activity)
  return { status: 200, body: then, ...replayHeaders(recorded.replayed) }
}

/** A pool that was merged into another is known to its members by the number that it had. */
async function knownPool(services: Services, program: Caller['program'], from: number, pool: number): Promise<number> {
  const [member] = await readMembers(services, program, [await winnerOf(services, program, from)])
  const known = member?.pool == null ? null : parseId('mem', member.pool.id)!
  return known !== null && (await winnerOf(services, program, known)) === pool ? known : pool
}
