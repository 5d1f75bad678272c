/** The HTTP of cards that are printed before they are anybody's: making a batch, its codes as a file, and claiming one. */

import { z } from 'zod'
import { prizesOf } from '../../core/prizes.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import { activityAnswer, parseMember } from '../answers.ts'
import { parseId, publicId } from '../ids.ts'
import { keys } from '../incoming.ts'
import {
  type BatchInUse,
  type Card,
  printCodes,
  readBatch,
  readBatches,
  readCard,
  readCodes,
} from '../printed-codes.ts'
import { currentProgram, type LiveProgram, nowOf } from '../programs.ts'
import { findAccount, noMember, pageFrom, readCursor, wrongCursor } from '../read.ts'
import { ActivityAnswer, Instant, List, MemberRef, OwnId, pageOf } from '../shapes.ts'
import { replayHeaders, submit } from '../submit.ts'
import { noVoucher } from '../voucher-refusal.ts'
import { ByCode } from '../voucher-shapes.ts'
import { once } from './answered.ts'
import { MAY } from './roles.ts'
import { CsvText, type Route, route } from './route.ts'

const MOST_CODES = 50_000

const VoucherBatch = z
  .object({
    id: z.string(),
    reward: z.string(),
    codes: z.int(),
    claimed: z.int(),
    amount: z.int().nullable(),
    expires_at: z.string().meta({ format: 'date-time' }).nullable(),
    per_member: z.int().nullable(),
    most: z.int().nullable(),
    printed_by: z.string(),
    printed_at: z.string().meta({ format: 'date-time' }),
  })
  .meta({ id: 'VoucherBatch', description: 'Cards that were printed together' })

const BatchCodes = z
  .object({ batch: z.string(), data: z.array(z.object({ code: z.string(), claimed: z.boolean() })) })
  .meta({ id: 'VoucherBatchCodes' })

const ById = z.strictObject({ id: z.string().describe('`bat_…`') })
const TAG = 'Vouchers'

const print = route({
  method: 'POST',
  path: '/v1/vouchers',
  id: 'printVouchers',
  tag: TAG,
  summary: 'Make codes that are nobody’s yet',
  description:
    'For gift cards, flyers and letters: the codes are printed, and each belongs to the member who claims it first. A ' +
    'card whose reward gives points or credit is booked as it is claimed. The codes are in `GET /v1/voucher-batches/{id}/codes`.',
  body: z
    .strictObject({
      reward: OwnId.describe('The reward that each card gives'),
      count: z.int().min(1).max(MOST_CODES).describe('How many codes'),
      amount: z
        .int()
        .min(1)
        .max(Number.MAX_SAFE_INTEGER)
        .optional()
        .describe('What each card gives, in the smallest unit of its wallet, instead of what the reward says'),
      expires: Instant.optional().describe('Until when a card can be claimed'),
      per_member: z.int().min(1).max(1_000).optional().describe('How many of them one member may claim'),
      most: z.int().min(1).max(MOST_CODES).optional().describe('How many of them may be claimed in all'),
    })
    .meta({ id: 'NewVouchers', example: { reward: 'gift-card', count: 100, amount: 2500 } }),
  answers: { 201: { description: 'The batch', schema: VoucherBatch } },
  refusals: ['reward_unavailable', 'idempotency_conflict'],
  roles: MAY.print,
  async handle(call) {
    const { caller, body, services } = call
    const { program } = caller
    const { reward, count, amount = null, expires = null, per_member = null, most = null } = body
    const refusal = refusalOf(program, reward, amount)
    if (refusal !== null) return refusal
    return once(call, 'printVouchers', async (connection) => {
      const id = services.ids.take()
      await printCodes(connection, services.stripes, {
        id,
        program: program.number,
        reward,
        amount,
        expires_ms: expires,
        per_member,
        most,
        codes: count,
        actor: caller.actor,
        created_ms: nowOf(program),
      })
      return { status: 201, body: answerOf((await readBatch(connection, program.number, id))!) }
    })
  },
})

const list = route({
  method: 'GET',
  path: '/v1/voucher-batches',
  id: 'listVoucherBatches',
  tag: TAG,
  summary: 'List the batches of cards',
  description: 'The latest first.',
  query: List,
  answers: { 200: { description: 'A page of batches', schema: pageOf(VoucherBatch, 'VoucherBatchList') } },
  roles: MAY.read,
  async handle({ caller, services, query: { limit, cursor } }) {
    const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : readCursor(cursor)
    if (before === null) return wrongCursor()
    const found = await readBatches(services.database, caller.program.number, before, limit + 1)
    const page = found.slice(0, limit)
    return { status: 200, body: pageFrom(page.map(answerOf), found.length > limit, page.at(-1)?.id) }
  },
})

const get = route({
  method: 'GET',
  path: '/v1/voucher-batches/{id}',
  id: 'getVoucherBatch',
  tag: TAG,
  summary: 'Get a batch of cards',
  params: ById,
  answers: { 200: { description: 'The batch, with how many were claimed', schema: VoucherBatch } },
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ params, caller, services }) {
    const id = parseId('bat', params.id)
    const batch = id === null ? null : await readBatch(services.database, caller.program.number, id)
    return batch === null ? noBatch(params.id) : { status: 200, body: answerOf(batch) }
  },
})

const codes = route({
  method: 'GET',
  path: '/v1/voucher-batches/{id}/codes',
  id: 'listVoucherBatchCodes',
  tag: TAG,
  summary: 'Get the codes of a batch',
  description: 'For whoever prints them: as JSON, or as CSV with `format=csv`. Whoever has a code has what it gives.',
  params: ById,
  query: z.strictObject({ format: z.enum(['json', 'csv']).default('json') }),
  answers: { 200: { description: 'Every code of the batch', schema: BatchCodes } },
  refusals: ['not_found'],
  roles: MAY.print,
  async handle({ params, query, caller, services }) {
    const id = parseId('bat', params.id)
    if (id === null || (await readBatch(services.database, caller.program.number, id)) === null)
      return noBatch(params.id)
    const rows = await readCodes(services.database, id)
    if (query.format === 'csv') {
      const lines = rows.map(({ code, is_claimed }) => `${code},${is_claimed}`)
      const headers = { 'content-disposition': `attachment; filename="${params.id}.csv"` }
      return { status: 200, body: new CsvText(`${['code,claimed', ...lines].join('\r\n')}\r\n`), headers }
    }
    const data = rows.map(({ code, is_claimed: claimed }) => ({ code, claimed }))
    return { status: 200, body: { batch: params.id, data } }
  },
})

const claim = route({
  method: 'POST',
  path: '/v1/vouchers/{code}/claim',
  id: 'claimVoucher',
  tag: TAG,
  summary: 'Claim a card for a member',
  description:
    'A card that is nobody’s yet becomes this member’s: a voucher under the same code, or points and credit at once. Of ' +
    'two members who enter the same code at once one gets it. The same member again is answered the same.',
  params: ByCode,
  body: z.strictObject({ member: MemberRef }).meta({ id: 'VoucherClaim', examples: [{ member: 'external:ada' }] }),
  answers: { 200: { description: 'What the card brought', schema: ActivityAnswer } },
  refusals: [
    'not_found',
    'voucher_mistyped',
    'voucher_used',
    'voucher_expired',
    'limit_reached',
    'reward_unavailable',
    'account_closed',
    'too_many_guesses',
  ],
  roles: MAY.redeem,
  handle: ({ params: { code }, body, caller, services }) =>
    services.guesses.asking(caller, [code], body.member, async () => {
      const { program } = caller
      const card = await readCard(services.database, services.stripes, program.number, code)
      if (card === null) return noVoucher(code, '/code')
      const account = await findAccount(services, program, parseMember(body.member)!)
      if (account === null) return noMember(body.member, '/member')
      const recorded = await submit(services, {
        program,
        ref: { by: 'id', id: account },
        key: keys.claim(code, account),
        occurredMs: nowOf(program),
        type: 'voucher_claim',
        body: claimOf(card, code),
      })
      if (recorded.status === 'refused') return recorded.refusal
      if (recorded.status !== 'recorded') throw new Error(`a claim is not answered with ${recorded.status}`)
      return {
        status: 200,
        body: activityAnswer(recorded.activity, program),
        ...replayHeaders(recorded.replayed),
      }
    }),
})

export const printedRoutes: readonly Route[] = [list, print, get, codes, claim]

/** Whether cards of this reward can be printed. */
function refusalOf(live: LiveProgram, reward: string, amount: number | null): Refusal | null {
  const prize = prizesOf(currentProgram(live)).get(reward)
  if (prize === undefined) return refuse('reward_unavailable', `The program has no reward ${reward}.`, '/reward')
  if (prize.gives.kind === 'code')
    return refuse('reward_unavailable', `${prize.name} has codes of its own: those are printed elsewhere.`, '/reward')
  if (amount !== null && prize.gives.kind !== 'points')
    return refuse('invalid', `${prize.name} gives no points and no credit, so a card has no amount.`, '/amount')
  return null
}

function claimOf({ id, reward, amount, expires_ms, per_member, most }: Card, code: string) {
  return {
    code,
    batch: id,
    reward,
    ...(amount === null ? {} : { amount }),
    ...(expires_ms === null ? {} : { expires_at: expires_ms }),
    ...(per_member === null ? {} : { per_member }),
    ...(most === null ? {} : { most }),
  }
}

function noBatch(name: string): Refusal {
  return refuse('not_found', `There is no batch ${name}.`)
}

function answerOf(batch: BatchInUse): z.output<typeof VoucherBatch> {
  const { id, reward, codes: count, claimed, amount, expires_ms, per_member, most, actor, created_ms } = batch
  return {
    id: publicId('bat', id),
    reward,
    codes: count,
    claimed,
    amount,
    expires_at: expires_ms === null ? null : formatInstant(expires_ms),
    per_member,
    most,
    printed_by: actor,
    printed_at: formatInstant(created_ms),
  }
}
