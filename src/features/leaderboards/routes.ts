/** The HTTP of leaderboards. */

import { z } from 'zod'
import { Refusal } from '../../core/refusal.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Route, route } from '../../engine/http/route.ts'
import { lastPage } from '../../engine/read.ts'
import { Leaderboard, List, pageOf, Standings, text } from '../../engine/shapes.ts'
import { listBoards, readBoard } from './views.ts'

const list = route({
  method: 'GET',
  path: '/v1/leaderboards',
  id: 'listLeaderboards',
  tag: 'Leaderboards',
  summary: 'List the leaderboards of the program',
  answers: { 200: { description: 'All of them', schema: pageOf(Leaderboard, 'LeaderboardList') } },
  roles: MAY.read,
  async handle({ caller }) {
    return { status: 200, body: lastPage(listBoards(caller.program)) }
  },
})

const get = route({
  method: 'GET',
  path: '/v1/leaderboards/{id}',
  id: 'getLeaderboard',
  tag: 'Leaderboards',
  summary: 'Get a leaderboard',
  description:
    'Members who want to be seen, the first first. What comes back is taken back in the period of its purchase. With ' +
    '`member` it says where that one stands, also below the places that are shown.',
  params: z.strictObject({ id: text(63) }),
  query: List.extend({
    period: text(10).optional().describe('A day of the period, such as 2026-03-01; the period of today unless said'),
    member: text(264).optional().describe('`mem_…`, or `external:` and your id'),
  }),
  answers: { 200: { description: 'A page of it', schema: Standings } },
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ params, query, caller, services }) {
    const board = await readBoard(services, caller.program, params.id, query)
    return board instanceof Refusal ? board : { status: 200, body: board }
  },
})

export const routes: Route[] = [list, get]
