/** The HTTP of transfers. */

import { keyOf, parseMember, transferAnswer } from '../../engine/answers.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Route, route } from '../../engine/http/route.ts'
import { nowOf } from '../../engine/programs.ts'
import { findAccount, noMember, readOther } from '../../engine/read.ts'
import { Transfer, TransferInput } from '../../engine/shapes.ts'
import { replayHeaders, submit } from '../../engine/submit.ts'

const transfer = route({
  method: 'POST',
  path: '/v1/transfers',
  id: 'createTransfer',
  tag: 'Transfers',
  summary: 'Transfer points',
  description:
    'Moves available points from one member to another, in the order of spending. They keep their kind, the month in ' +
    'which they were earned and their expiry.',
  body: TransferInput,
  answers: { 200: { description: 'What was sent and what arrived', schema: Transfer } },
  refusals: [
    'not_found',
    'insufficient_points',
    'same_account',
    'account_closed',
    'limit_reached',
    'transfers_off',
    'idempotency_conflict',
  ],
  roles: MAY.transfer,
  batch: { type: 'transfer', split: (body) => ({ params: undefined, body }) },
  async handle({ body, caller, services, idempotencyKey }) {
    const { program } = caller
    const [from, to] = await Promise.all(
      [body.from, body.to].map((name) => findAccount(services, program, parseMember(name)!)),
    )
    if (from == null) return noMember(body.from, '/from')
    if (to == null) return noMember(body.to, '/to')
    const { wallet, points, note } = body
    const recorded = await submit(services, {
      program,
      ref: { by: 'id', id: from },
      key: keyOf(idempotencyKey),
      occurredMs: nowOf(program),
      type: 'transfer',
      body: note === undefined ? { from, to, wallet, points } : { from, to, wallet, points, note },
    })
    if (recorded.status === 'refused') return recorded.refusal
    if (recorded.status !== 'recorded') throw new Error(`a transfer is not answered with ${recorded.status}`)
    const received = await readOther(services, recorded.activity)
    return {
      status: 200,
      body: transferAnswer(recorded.activity, received, program),
      ...replayHeaders(recorded.replayed),
    }
  },
})

export const routes: Route[] = [transfer]
