/** The HTTP of orders: quotes, drafts, payment, returns and cancellations. */

import { z } from 'zod'
import type { OrderBody } from '../../core/activity.ts'
import { nothingReturned, priceOrder } from '../../core/order.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import {
  cancelAnswer,
  orderAnswer,
  parseMember,
  pricedOrder,
  returnAnswer,
  saleAnswer,
  saleCancelAnswer,
  saleReturnAnswer,
  waitingAnswer,
} from '../../engine/answers.ts'
import { type Draft, readDraft, withDraft } from '../../engine/drafts.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Caller, type Reply, type Route, route, type Services } from '../../engine/http/route.ts'
import { publicId } from '../../engine/ids.ts'
import { type AccountRef, codesOnOrder, type Incoming, keys, type Recorded } from '../../engine/incoming.ts'
import { type LiveProgram, nowOf } from '../../engine/programs.ts'
import { type Quoted, quoteOrder, refusalAtFirst } from '../../engine/quote.ts'
import { findAccount, isPaid, readOrder } from '../../engine/read.ts'
import {
  CancelAnswer,
  OrderAnswer,
  OrderInput,
  OwnId,
  QuoteAnswer,
  QuoteInput,
  ReturnAnswer,
  ReturnInput,
} from '../../engine/shapes.ts'
import { replayHeaders, submit } from '../../engine/submit.ts'

const ByOwnId = z.strictObject({ external_id: OwnId.describe('Your id of the order') })
const Order = z.union([QuoteAnswer, OrderAnswer])
const DECIDED = [
  'not_found',
  'currency_mismatch',
  'insufficient_points',
  'points_not_taken',
  'reward_unavailable',
  'spend_too_low',
  'not_together',
  'limit_reached',
  'tier_too_low',
  'sold_out',
  'voucher_used',
  'voucher_expired',
  'voucher_withdrawn',
  'voucher_mistyped',
  'not_yours',
  'too_many_guesses',
  'budget_spent',
  'too_late',
  'account_closed',
  'idempotency_conflict',
] as const

const quote = route({
  method: 'POST',
  path: '/v1/orders/quote',
  id: 'quoteOrder',
  tag: 'Orders',
  summary: 'Quote an order',
  description:
    'What the order would earn, which rewards could be redeemed on it and what is missing for the others. Changes nothing.',
  body: QuoteInput,
  answers: { 200: { description: 'What would happen', schema: QuoteAnswer } },
  refusals: DECIDED,
  roles: MAY.quote,
  async handle({ body, caller, services }) {
    const external = body.external_id ?? 'quote'
    const occurred_at = body.occurred_at ?? nowOf(caller.program)
    const order = quotedOf({ ...body, occurred_at }, external)
    const ask = () => quoteOrder(services, caller.program, order, 'quote')
    const answer = await withCodes(services, caller, order, ask)
    if (answer instanceof Refusal) return answer
    const named = { ...answer, order: { ...answer.order, external_id: body.external_id ?? null } }
    return { status: 200, body: named }
  },
})

const put = route({
  method: 'PUT',
  path: '/v1/orders/{external_id}',
  id: 'putOrder',
  tag: 'Orders',
  summary: 'Send an order',
  description:
    'A `paid` order is decided and final: the same again answers the same, a different one under the same id is ' +
    '`idempotency_conflict`. A `draft` moves nothing and may be sent again changed.',
  params: ByOwnId,
  body: OrderInput,
  answers: { 200: { description: 'The order and what it did', schema: Order } },
  refusals: DECIDED,
  roles: MAY.sell,
  batch: { type: 'order', split: (body) => ({ params: { external_id: body['external_id'] }, body }) },
  async handle({ params, body, caller, services }) {
    const { external_id } = params
    if (body.external_id !== undefined && body.external_id !== external_id)
      return refuse('invalid', `The address says ${external_id}, the body ${body.external_id}.`, '/external_id')
    const order = quotedOf(body, external_id)
    return withCodes(services, caller, order, async () => {
      if (body.status === 'draft') return saveDraft(services, caller.program, order)
      const mistaken = refusalAtFirst(caller.program, order)
      return mistaken ?? replyToOrder(await payOrder(services, caller, order), caller.program)
    })
  },
})

const get = route({
  method: 'GET',
  path: '/v1/orders/{external_id}',
  id: 'getOrder',
  tag: 'Orders',
  summary: 'Get an order',
  description: 'As it stands, with what of each line can still be returned.',
  params: ByOwnId,
  answers: { 200: { description: 'The order', schema: Order } },
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ params, caller, services }) {
    const { external_id } = params
    const order = await readOrder(services, caller.program, external_id)
    if (order !== null) return { status: 200, body: order }
    const draft = await readDraft(services.database, caller.program.number, external_id)
    return draft === null
      ? noOrder(external_id)
      : { status: 200, body: await showDraft(services, caller.program, draft) }
  },
})

const pay = route({
  method: 'POST',
  path: '/v1/orders/{external_id}/pay',
  id: 'payOrder',
  tag: 'Orders',
  summary: 'Pay a draft',
  description: 'The draft is decided as it was sent last, and is final from then on.',
  params: ByOwnId,
  answers: { 200: { description: 'The order and what it did', schema: OrderAnswer } },
  refusals: [...DECIDED, 'order_cancelled'],
  roles: MAY.sell,
  async handle({ params, caller, services }) {
    const { external_id } = params
    const { program } = caller
    // The draft is held while it is paid, so that nobody changes what the customer is paying for.
    return withDraft(services.database, program.number, external_id, nowOf(program), async (drafts) => {
      const draft = await drafts.hold()
      const paid = draft?.status === 'draft' ? null : await readOrder(services, program, external_id)
      if ((paid?.order ?? draft)?.status === 'cancelled')
        return refuse('order_cancelled', `The order ${external_id} was cancelled.`)
      if (paid !== null) return { status: 200, body: paid, ...replayHeaders(true) }
      if (draft === null) return noOrder(external_id)
      const recorded = await payOrder(services, caller, draft)
      if (recorded.status !== 'refused') await drafts.drop()
      return replyToOrder(recorded, program)
    })
  },
})

const cancel = route({
  method: 'POST',
  path: '/v1/orders/{external_id}/cancel',
  id: 'cancelOrder',
  tag: 'Orders',
  summary: 'Cancel an order',
  description: 'A draft is given up. Of a paid order all that remains is returned.',
  params: ByOwnId,
  answers: { 200: { description: 'The order, cancelled', schema: CancelAnswer } },
  refusals: ['not_found'],
  roles: MAY.sell,
  async handle({ params, caller, services }) {
    const { external_id } = params
    const { program } = caller
    const draft = await withDraft(services.database, program.number, external_id, nowOf(program), async (drafts) => {
      const held = await drafts.hold()
      if (held === null || (await isPaid(services, program, external_id))) return null
      await drafts.save({ ...held, status: 'cancelled' })
      return held
    })
    if (draft === null) return cancelPaid(services, program, external_id)
    const answer = await withoutDecision(services, program, { ...draft, status: 'cancelled' })
    return {
      status: 200,
      body: { ...answer, restored: [], refund_total: 0, refund_money: 0, points_back: [] } satisfies CancelAnswer,
    }
  },
})

const giveBack = route({
  method: 'POST',
  path: '/v1/orders/{external_id}/returns',
  id: 'returnOrder',
  tag: 'Orders',
  summary: 'Return an order',
  description:
    'Takes back units of its lines, or an amount of money. A return that comes before its order is kept, answers 202 ' +
    'and is decided when the order comes.',
  params: ByOwnId,
  body: ReturnInput,
  answers: {
    200: { description: 'What came back and what it took', schema: ReturnAnswer },
    202: { description: 'The order is not there yet; the return waits for it', schema: ReturnAnswer },
  },
  refusals: [
    'quantity_not_returnable',
    'amount_exceeds_order',
    'currency_mismatch',
    'not_yours',
    'too_late',
    'idempotency_conflict',
  ],
  roles: MAY.sell,
  batch: {
    type: 'return',
    split: ({ order, ...body }) => ({ params: { external_id: order }, body }),
  },
  async handle({ params, body, caller, services }) {
    const order = params.external_id
    const { occurred_at, ...rest } = body
    const recorded = await submit(services, {
      program: caller.program,
      ref: { by: 'order', order },
      key: keys.return(order, body.external_id),
      occurredMs: occurred_at,
      dated: true,
      type: 'return',
      body: { ...rest, order },
    })
    return replyToReturn(recorded, caller.program, body.external_id, order)
  },
})

export const routes: Route[] = [quote, put, get, pay, cancel, giveBack]

/** Codes on an order may be guesses as any others. */
function withCodes<T>(services: Services, caller: Caller, { body, member }: Quoted, ask: () => Promise<T | Refusal>) {
  const codes = codesOnOrder(body).map(({ code }) => code)
  return services.guesses.asking(caller, codes, member, ask)
}

/** An order as it was sent, in the words of the ledger. */
function quotedOf(input: OrderInput, external_id: string): Quoted {
  const { currency, prices, location, channel, staff, lines, tender, redeem } = input
  const body: OrderBody = { external_id, currency, prices, lines }
  if (location !== undefined) body.location = location
  if (channel !== undefined) body.channel = channel
  if (staff !== undefined) body.staff = staff
  if (tender !== undefined) body.tender = tender
  if (redeem !== undefined) body.redeem = redeem
  return { body, member: input.member, occurredMs: input.occurred_at }
}

function payOrder(services: Services, caller: Caller, { body, member, occurredMs }: Quoted): Promise<Recorded> {
  const ref: AccountRef = member === null ? { by: 'nobody' } : parseMember(member)!
  const incoming: Incoming = {
    program: caller.program,
    ref,
    key: keys.order(body.external_id),
    occurredMs,
    dated: true,
    type: 'order',
    body,
  }
  return submit(services, incoming)
}

function replyToOrder(recorded: Recorded, live: LiveProgram): Reply | Refusal {
  if (recorded.status === 'refused') return recorded.refusal
  if (recorded.status === 'sale')
    return { status: 200, body: saleAnswer(recorded.sale), ...replayHeaders(recorded.replayed) }
  if (recorded.status === 'recorded')
    return { status: 200, body: orderAnswer(recorded.activity, live), ...replayHeaders(recorded.replayed) }
  throw new Error(`an order is not answered with ${recorded.status}`)
}

function replyToReturn(recorded: Recorded, live: LiveProgram, external: string, order: string): Reply | Refusal {
  if (recorded.status === 'refused') return recorded.refusal
  if (recorded.status === 'waiting')
    return { status: 202, body: waitingAnswer(external, order), ...replayHeaders(recorded.replayed) }
  if (recorded.status === 'sale')
    return { status: 200, body: saleReturnAnswer(recorded.sale), ...replayHeaders(recorded.replayed) }
  if (recorded.status === 'recorded')
    return { status: 200, body: returnAnswer(recorded.activity, live), ...replayHeaders(recorded.replayed) }
  throw new Error(`a return is not answered with ${recorded.status}`)
}

async function saveDraft(services: Services, live: LiveProgram, order: Quoted): Promise<Reply | Refusal> {
  const { external_id } = order.body
  const answer = await quoteOrder(services, live, order, 'draft')
  if (answer instanceof Refusal) return answer
  return withDraft(services.database, live.number, external_id, nowOf(live), async (drafts) => {
    await drafts.save({ ...order, status: 'draft' })
    if (!(await isPaid(services, live, external_id))) return { status: 200, body: answer }
    await drafts.drop()
    return refuse('idempotency_conflict', `The order ${external_id} is paid, and final.`)
  })
}

/** A draft as a quote, or plainly priced when it could not be paid as it stands. */
async function showDraft(services: Services, live: LiveProgram, draft: Draft): Promise<QuoteAnswer | OrderAnswer> {
  const quoted = draft.status === 'cancelled' ? null : await quoteOrder(services, live, draft, 'draft')
  return quoted === null || quoted instanceof Refusal ? withoutDecision(services, live, draft) : quoted
}

async function withoutDecision(
  services: Services,
  live: LiveProgram,
  { body, member, occurredMs, status }: Draft,
): Promise<OrderAnswer> {
  const account = member === null ? null : await findAccount(services, live, parseMember(member)!)
  const name = account === null ? null : publicId('mem', account)
  const returned = nothingReturned(body.lines.length)
  // Nothing of what was never bought can come back.
  returned.quantities = body.lines.map(({ quantity }) => quantity)
  return {
    order: pricedOrder(body, priceOrder(body, null), name, occurredMs, { status, returned }),
    discounts: [],
    payments: [],
    redemptions: [],
    postings: [],
    balances: [],
    tier: null,
    explanation: [],
    vouchers: [],
    cards: [],
    activity: null,
    revision: null,
  }
}

async function cancelPaid(services: Services, live: LiveProgram, external: string): Promise<Reply | Refusal> {
  const recorded = await submit(services, {
    program: live,
    ref: { by: 'order', order: external },
    key: keys.cancel(external),
    occurredMs: nowOf(live),
    type: 'cancel',
    body: { order: external },
  })
  if (recorded.status === 'refused') return recorded.refusal
  const order = await readOrder(services, live, external)
  if (order === null || (recorded.status !== 'recorded' && recorded.status !== 'sale')) return noOrder(external)
  const body =
    recorded.status === 'sale' ? saleCancelAnswer(order, recorded.sale) : cancelAnswer(order, recorded.activity, live)
  return { status: 200, body, ...replayHeaders(recorded.replayed) }
}

function noOrder(external: string): Refusal {
  return refuse('not_found', `There is no order ${external}.`)
}
