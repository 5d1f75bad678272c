/** The HTTP of draws. */

import { z } from 'zod'
import { Refusal } from '../../core/refusal.ts'
import { signed } from '../../engine/by-hand.ts'
import { DrawProof } from '../../engine/drawing.ts'
import { once } from '../../engine/http/answered.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Route, route } from '../../engine/http/route.ts'
import { lastPage } from '../../engine/read.ts'
import { Draw, pageOf, text } from '../../engine/shapes.ts'
import { holdDraw, listDraws, readDraw, readDrawProof } from './views.ts'

const TAG = 'Draws'
const ById = z.strictObject({ id: text(63) })

const list = route({
  method: 'GET',
  path: '/v1/draws',
  id: 'listDraws',
  tag: TAG,
  summary: 'List the draws of the program',
  answers: { 200: { description: 'All of them', schema: pageOf(Draw, 'DrawList') } },
  roles: MAY.read,
  async handle({ caller, services }) {
    return { status: 200, body: lastPage(await listDraws(services, caller.program)) }
  },
})

const get = route({
  method: 'GET',
  path: '/v1/draws/{id}',
  id: 'getDraw',
  tag: TAG,
  summary: 'Get a draw',
  description:
    'With the commitment to its seed from the beginning, and with the seed and the winners once it is drawn. With ' +
    '`member` it says how many entries that one has.',
  params: ById,
  query: z.strictObject({ member: text(264).optional().describe('`mem_…`, or `external:` and your id') }),
  answers: { 200: { description: 'The draw', schema: Draw } },
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ params, query, caller, services }) {
    const draw = await readDraw(services, caller.program, params.id, query.member)
    return draw instanceof Refusal ? draw : { status: 200, body: draw }
  },
})

const proof = route({
  method: 'GET',
  path: '/v1/draws/{id}/proof',
  id: 'getDrawProof',
  tag: TAG,
  summary: 'Get what the winners were drawn from',
  description: 'All that anybody needs to draw the same winners again: `regulars draw-check FILE` does.',
  params: ById,
  answers: { 200: { description: 'Seed, entries and winners', schema: DrawProof } },
  refusals: ['not_found', 'draw_open'],
  roles: MAY.read,
  async handle({ params, caller, services }) {
    const found = await readDrawProof(services, caller.program, params.id)
    return found instanceof Refusal ? found : { status: 200, body: found }
  },
})

const hold = route({
  method: 'POST',
  path: '/v1/draws/{id}/draw',
  id: 'holdDraw',
  tag: TAG,
  summary: 'Draw the winners',
  description:
    'Once, after the last day. Publishes the seed, the list of entries and the winners, who are given the prize a moment ' +
    'later. Nobody can draw again.',
  params: ById,
  body: z
    .strictObject({
      reason: text(500).describe('Why now, for the record'),
      seed: text(200).optional().describe('Your own, where the program has the commitment to it'),
    })
    .meta({ id: 'DrawInput', examples: [{ reason: 'The summer is over' }] }),
  answers: { 200: { description: 'The draw, with its winners', schema: Draw } },
  refusals: ['not_found', 'draw_open', 'draw_done', 'reason_required', 'idempotency_conflict'],
  roles: ['owner'],
  async handle(call) {
    const { params, body, caller, services } = call
    const byHand = signed(caller, body.reason)
    if (byHand instanceof Refusal) return byHand
    return once(call, 'holdDraw', async (connection) => {
      const { stripes } = services
      const refusal = await holdDraw(connection, stripes, caller.program, params.id, { ...byHand, seed: body.seed })
      if (refusal !== null) return refusal
      const draw = await readDraw({ database: connection, stripes }, caller.program, params.id)
      return draw instanceof Refusal ? draw : { status: 200, body: draw }
    })
  },
})

export const routes: Route[] = [list, get, proof, hold]
