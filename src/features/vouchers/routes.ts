/** The HTTP of vouchers: what a code is worth, its use at a till, and giving it away. */

import { z } from 'zod'
import { NEVER } from '../../core/points.ts'
import { Refusal } from '../../core/refusal.ts'
import { keyOf, parseMember } from '../../engine/answers.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Caller, type Reply, type Route, route, type Services } from '../../engine/http/route.ts'
import { keys, type StoredActivity } from '../../engine/incoming.ts'
import { nowOf } from '../../engine/programs.ts'
import { findAccount, namedAccount, noMember, readOther, winnerOf } from '../../engine/read.ts'
import { List, pageOf } from '../../engine/shapes.ts'
import { replayHeaders, submit } from '../../engine/submit.ts'
import { unclaimed } from '../../engine/voucher-refusal.ts'
import { ByCode, GiveInput, UseInput, Voucher } from '../../engine/voucher-shapes.ts'
import { findVoucher, holderName, listVouchers, voucherAnswer } from './views.ts'

const ANSWERS = { 200: { description: 'The voucher', schema: Voucher } }

const get = route({
  method: 'GET',
  path: '/v1/vouchers/{code}',
  id: 'getVoucher',
  tag: 'Vouchers',
  summary: 'Look at a voucher',
  description:
    'What a code is worth and whose it is. A code with a typing error is told from one that there is not; whoever asks ' +
    'for ten of the latter within ten minutes has to wait.',
  params: ByCode,
  answers: ANSWERS,
  refusals: ['not_found', 'voucher_mistyped', 'too_many_guesses'],
  roles: MAY.read,
  handle: ({ params: { code }, caller, services }) =>
    services.guesses.asking(caller, [code], null, async () => {
      const row = await findVoucher(services, caller.program, code)
      if (row instanceof Refusal) return row
      const account = row.account === null ? null : await winnerOf(services, caller.program, row.account)
      const holder = account === null ? null : await holderName(services, account, caller.role === 'cashier')
      return { status: 200, body: voucherAnswer({ ...row, account }, caller.program, holder) }
    }),
})

const use = route({
  method: 'POST',
  path: '/v1/vouchers/{code}/use',
  id: 'useVoucher',
  tag: 'Vouchers',
  summary: 'Use a voucher',
  description:
    'For what is handed over apart from an order: a gift, a service, a place at an event. A voucher that takes money off ' +
    'an order is used with the order, in its `redeem`. Of two tills that use the same code at once one is refused.',
  params: ByCode,
  body: UseInput,
  answers: ANSWERS,
  refusals: [
    'not_found',
    'voucher_mistyped',
    'voucher_used',
    'voucher_expired',
    'voucher_withdrawn',
    'not_yours',
    'reward_unavailable',
    'too_many_guesses',
    'idempotency_conflict',
  ],
  roles: MAY.redeem,
  handle: ({ params: { code }, body, caller, services, idempotencyKey }) =>
    services.guesses.asking(caller, [code], null, async () => {
      const { program } = caller
      const recorded = await submit(services, {
        program,
        ref: { by: 'voucher', code },
        key: body.external_id === undefined ? keyOf(idempotencyKey) : keys.use(code, body.external_id),
        occurredMs: nowOf(program),
        type: 'voucher_use',
        body: { code, ...body },
      })
      if (recorded.status === 'refused') return recorded.refusal
      if (recorded.status !== 'recorded') throw new Error(`a use is not answered with ${recorded.status}`)
      return reply(services, caller, recorded.activity, recorded.replayed)
    }),
})

const give = route({
  method: 'POST',
  path: '/v1/vouchers/{code}/transfer',
  id: 'transferVoucher',
  tag: 'Vouchers',
  summary: 'Give a voucher to another member',
  description:
    'Where its reward says `transfer: true`. Whoever gets it gets another code, and the old one is worth nothing.',
  params: ByCode,
  body: GiveInput,
  answers: { 200: { description: 'The voucher as the other member has it', schema: Voucher } },
  refusals: [
    'not_found',
    'voucher_mistyped',
    'not_transferable',
    'voucher_used',
    'voucher_expired',
    'voucher_withdrawn',
    'not_yours',
    'same_account',
    'account_closed',
    'limit_reached',
    'too_many_guesses',
    'idempotency_conflict',
  ],
  roles: MAY.transfer,
  handle: ({ params: { code }, body, caller, services, idempotencyKey }) =>
    services.guesses.asking(caller, [code], null, async () => {
      const { program } = caller
      const row = await findVoucher(services, program, code)
      if (row instanceof Refusal) return row
      if (row.account === null) return unclaimed(code, '/code')
      const to = await findAccount(services, program, parseMember(body.to)!)
      if (to === null) return noMember(body.to, '/to')
      const recorded = await submit(services, {
        program,
        ref: { by: 'id', id: row.account },
        key: keyOf(idempotencyKey),
        occurredMs: nowOf(program),
        type: 'voucher_transfer',
        body: { from: row.account, to, code },
      })
      if (recorded.status === 'refused') return recorded.refusal
      if (recorded.status !== 'recorded') throw new Error(`a transfer is not answered with ${recorded.status}`)
      return reply(services, caller, await readOther(services, recorded.activity), recorded.replayed)
    }),
})

const list = route({
  method: 'GET',
  path: '/v1/members/{id}/vouchers',
  id: 'listVouchers',
  tag: 'Vouchers',
  summary: "List a member's vouchers",
  description: 'In every state, the latest first. Those that are open stand with the member, too.',
  params: z.strictObject({ id: z.string().describe('`mem_…` or `external:YOUR-ID`') }),
  query: List,
  answers: { 200: { description: 'A page of vouchers', schema: pageOf(Voucher, 'VoucherList') } },
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ params, query, caller, services }) {
    const account = await namedAccount(services, caller.program, params.id)
    if (account === null) return noMember(params.id)
    const found = await listVouchers(services, caller.program, account, query)
    return found instanceof Refusal ? found : { status: 200, body: found }
  },
})

export const routes: Route[] = [get, use, give, list]

/** A voucher as an activity left it: the answer stays the same when the call is sent again. */
async function reply(
  services: Services,
  caller: Caller,
  { id, account, outcome }: StoredActivity,
  replayed: boolean,
): Promise<Reply> {
  const { from, expiry, state, ...rest } = outcome.vouchers![0]!
  const expires_ms = expiry === NEVER ? null : expiry
  const row = { ...rest, account, from_ms: from, expires_ms, state, ended: state === 'open' ? null : id }
  const holder = await holderName(services, account, caller.role === 'cashier')
  return { status: 200, body: voucherAnswer(row, caller.program, holder), ...replayHeaders(replayed) }
}
