/** The HTTP of tills: what a till asks and does, under the token that it got when it was paired. */

import { z } from 'zod'
import { Refusal, refuse } from '../../core/refusal.ts'
import { MAY } from '../http/roles.ts'
import { type Caller, openRoute, type Reply, type Route, route, type Services } from '../http/route.ts'
import { auditOf, takeDeed } from './deeds.ts'
import { type DeviceRow, pair, readDevice } from './devices.ts'
import { lookUp, quoteSale } from './look-up.ts'
import {
  Deed,
  DeedAnswer,
  LookUpAnswer,
  LookUpInput,
  PairAnswer,
  PairInput,
  Shift,
  ShiftInput,
  TillQuote,
  TillQuoteInput,
  TillState,
} from './shapes.ts'
import { beginShift, endShifts } from './shifts.ts'
import { readState } from './state.ts'

const TAG = 'Tills'

/** So many wrong codes from one address within this time, in ms. */
const MOST_CODES = 10
const WITHIN_MS = 10 * 60_000
const MOST_ADDRESSES = 10_000
const wrong = new Map<string, number[]>()

const pairing = openRoute({
  method: 'POST',
  path: '/v1/till/pair',
  id: 'pairTill',
  tag: TAG,
  summary: 'Pair a till',
  description: 'With the code that the console shows, which is good once and for 15 minutes.',
  body: PairInput,
  answers: { 201: { description: 'The till is paired', schema: PairAnswer } },
  refusals: ['not_found', 'too_many_guesses'],
  async handle({ body, request, services }) {
    const since = Date.now() - WITHIN_MS
    const lately = (wrong.get(request.address) ?? []).filter((at) => at > since)
    if (lately.length >= MOST_CODES)
      return refuse('too_many_guesses', 'Too many codes that there are not: wait ten minutes.')
    const paired = await pair(services.database, body.code)
    if (paired === null) {
      if (wrong.size >= MOST_ADDRESSES) wrong.clear()
      wrong.set(request.address, [...lately, Date.now()])
      return refuse('not_found', 'There is no such code, or it was used, or its 15 minutes are over.', '/code')
    }
    await services.programs.all()
    const live = services.programs.byNumber(paired.device.program)
    return { status: 201, body: { token: paired.token, state: await readState(services, live, paired.device) } }
  },
})

const state = route({
  method: 'GET',
  path: '/v1/till',
  id: 'getTill',
  tag: TAG,
  summary: 'Get what a till needs to know',
  description:
    'The program’s rewards and wallets, who may work here, and the signed allowance for when nobody answers.',
  answers: { 200: { description: 'All of it', schema: TillState } },
  roles: MAY.sell,
  handle: ({ caller, services }) =>
    atTill(caller, services, async (device) => ({
      status: 200,
      body: await readState(services, caller.program, device),
    })),
})

const shift = route({
  method: 'POST',
  path: '/v1/till/shifts',
  id: 'beginShift',
  tag: TAG,
  summary: 'Begin a shift',
  description:
    'With the person’s number. The shift that is open at this till ends; this one ends by itself after 12 hours.',
  body: ShiftInput,
  answers: { 201: { description: 'The shift', schema: Shift } },
  refusals: ['forbidden', 'too_many_guesses'],
  roles: MAY.sell,
  handle: ({ body, caller, services }) =>
    atTill(caller, services, async (device) => {
      const begun = await beginShift(services.database, caller.program, device.id, body)
      if (begun instanceof Refusal) return begun
      const audit = { about: body.staff, before: null, after: { shift: begun.id } }
      return { status: 201, body: begun, audit }
    }),
})

const endShift = route({
  method: 'DELETE',
  path: '/v1/till/shifts',
  id: 'endShift',
  tag: TAG,
  summary: 'End the shift',
  answers: { 204: { description: 'Nobody works at this till', schema: z.null() } },
  roles: MAY.sell,
  handle: ({ caller, services }) =>
    atTill(caller, services, async (device) => {
      await endShifts(services.database, device.id)
      return { status: 204, body: null, audit: { about: device.id, before: { staff: caller.staff }, after: null } }
    }),
})

const find = route({
  method: 'POST',
  path: '/v1/till/lookup',
  id: 'lookUp',
  tag: TAG,
  summary: 'Look a customer or a receipt up',
  description:
    'Exactly, by phone, card, voucher or receipt: nobody is found by a part of it. Answers what the member has, what ' +
    'could be given now and what is missing to the rest. Every look-up stands in the audit log.',
  body: LookUpInput,
  answers: { 200: { description: 'Who was found, if anybody', schema: LookUpAnswer } },
  roles: MAY.sell,
  handle: ({ body, caller, services }) =>
    atWork(caller, services, async () => {
      const [[by, given]] = Object.entries(body) as [[string, string]]
      const found = await services.guesses.asking(caller, by === 'voucher' ? [given] : [], null, async () => {
        const answer = await lookUp(services, caller.program, body)
        const nobody = !(answer instanceof Refusal) && answer.member === null && by === 'voucher'
        return nobody ? refuse('not_found', 'There is no voucher with this code.', '/voucher') : answer
      })
      if (found instanceof Refusal) return found
      const about = found.member?.id ?? found.receipt?.order ?? 'nobody'
      return { status: 200, body: found, audit: { about, before: null, after: { by } } }
    }),
})

const quote = route({
  method: 'POST',
  path: '/v1/till/quote',
  id: 'quoteSale',
  tag: TAG,
  summary: 'Quote a sale',
  description: 'What it would earn, what could be used on it, and what is left to pay. Changes nothing.',
  body: TillQuoteInput,
  answers: { 200: { description: 'What would happen', schema: TillQuote } },
  refusals: ['not_found', 'insufficient_points', 'reward_unavailable', 'limit_reached', 'not_together'],
  roles: MAY.sell,
  handle: ({ body, caller, services }) =>
    atWork(caller, services, async () => {
      const quoted = await quoteSale(services, caller.program, body.member, body.lines, body.redeem)
      return quoted instanceof Refusal ? quoted : { status: 200, body: quoted, audit: null }
    }),
})

const deed = route({
  method: 'POST',
  path: '/v1/till/deeds',
  id: 'sendDeed',
  tag: TAG,
  summary: 'Send what was done at a till',
  description:
    'A sale, an enrolment, a return, an undone sale, or a shift that began while nobody answered. Each is done once under ' +
    'its `id`: the same again answers the same. What was `kept` while nobody answered is never refused: what the ledger ' +
    'does not take of it stands open until a person settles it.',
  body: Deed,
  answers: { 200: { description: 'What became of it', schema: DeedAnswer } },
  refusals: [
    'not_found',
    'insufficient_points',
    'reward_unavailable',
    'limit_reached',
    'not_together',
    'sold_out',
    'voucher_used',
    'contact_taken',
    'too_late',
    'quantity_not_returnable',
    'amount_exceeds_order',
    'idempotency_conflict',
  ],
  roles: MAY.sell,
  handle: ({ body, caller, services }) =>
    atTill(caller, services, async (device) => {
      // Only what is sent again may come when nobody works here: it was done while somebody did.
      if (!body.kept && caller.staff === null) return noShift()
      const answer = await takeDeed(services, caller.program, device, body)
      if (answer instanceof Refusal) return answer
      return { status: 200, body: answer, audit: auditOf(body, answer) }
    }),
})

async function atTill(
  caller: Caller,
  services: Services,
  work: (device: DeviceRow) => Promise<Reply | Refusal>,
): Promise<Reply | Refusal> {
  const device = caller.device === null ? null : await readDevice(services.database, caller.program, caller.device)
  return device === null ? refuse('forbidden', 'Only a till that is paired may do this.') : work(device)
}

function atWork(
  caller: Caller,
  services: Services,
  work: (device: DeviceRow) => Promise<Reply | Refusal>,
): Promise<Reply | Refusal> {
  return atTill(caller, services, async (device) => (caller.staff === null ? noShift() : work(device)))
}

function noShift(): Refusal {
  return refuse('shift_over', 'Nobody works at this till now: begin a shift.')
}

export const routes: Route[] = [pairing, state, shift, endShift, find, quote, deed]
