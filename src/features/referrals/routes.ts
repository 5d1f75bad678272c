/** The HTTP of referrals: who brought whom, and what became of it. */

import { z } from 'zod'
import { Refusal } from '../../core/refusal.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Route, route } from '../../engine/http/route.ts'
import { namedAccount, noMember } from '../../engine/read.ts'
import { List, pageOf, Referral, ReferralSummary, text } from '../../engine/shapes.ts'
import { listFriends, listReferrals, summarize } from './views.ts'

const ReferralList = pageOf(Referral, 'ReferralList')

const friends = route({
  method: 'GET',
  path: '/v1/members/{id}/referrals',
  id: 'listFriends',
  tag: 'Referrals',
  summary: 'List the friends whom a member brought',
  description:
    'The latest first, with what became of each: joined, waiting until the first order can no longer be returned, ' +
    'rewarded, capped by the limit, lapsed without an order, or refused with a reason.',
  params: z.strictObject({ id: text(264).describe('`mem_…`, or `external:` and your id') }),
  query: List,
  answers: { 200: { description: 'A page of friends', schema: ReferralList } },
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ params, query, caller, services }) {
    const account = await namedAccount(services, caller.program, params.id)
    if (account === null) return noMember(params.id)
    const page = await listFriends(services, caller.program, account, query)
    return page instanceof Refusal ? page : { status: 200, body: page }
  },
})

const list = route({
  method: 'GET',
  path: '/v1/referrals',
  id: 'listReferrals',
  tag: 'Referrals',
  summary: 'List who brought whom',
  description: 'Of the whole program, the latest first. `depth` is 1 for a friend, 2 for a friend of a friend.',
  query: List,
  answers: { 200: { description: 'A page of referrals', schema: ReferralList } },
  roles: MAY.read,
  async handle({ query, caller, services }) {
    const page = await listReferrals(services, caller.program, query)
    return page instanceof Refusal ? page : { status: 200, body: page }
  },
})

const summary = route({
  method: 'GET',
  path: '/v1/referrals/summary',
  id: 'getReferralSummary',
  tag: 'Referrals',
  summary: 'Count who brought whom',
  description: 'By what became of it, and by how long the chains of friends of friends are.',
  answers: { 200: { description: 'The counts', schema: ReferralSummary } },
  roles: MAY.read,
  async handle({ caller, services }) {
    return { status: 200, body: await summarize(services, caller.program) }
  },
})

export const routes: Route[] = [friends, list, summary]
