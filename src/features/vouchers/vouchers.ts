/** Vouchers: what members were given to use later. They are used, given away, come back with an order, and expire. */

import { z } from 'zod'
import { type Account, decoded } from '../../core/account.ts'
import type { Activity, ActivityOf } from '../../core/activity.ts'
import { leadOf } from '../../core/decide.ts'
import type { Deciding } from '../../core/deciding.ts'
import { warningBefore } from '../../core/expiry.ts'
import type { Feature, Sentence, Statement } from '../../core/feature.ts'
import { NEVER } from '../../core/points.ts'
import { prizesOf } from '../../core/prizes.ts'
import { DurationText, type Program } from '../../core/program.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { addDuration, type Duration, formatInstant, parseDuration } from '../../core/time.ts'
import {
  decodeVouchers,
  type EncodedVouchers,
  expireVouchers,
  issueVoucher,
  openVouchers,
  remove,
  restoreVoucher,
  rewardNamed,
  usableVoucher,
  useVoucher,
  type Voucher,
} from '../../core/vouchers.ts'
import { words } from './words.ts'

const VouchersSection = z
  .strictObject({
    warn: DurationText.default('3 days').describe('How long before a voucher expires the member is told'),
    grace: DurationText.optional().describe(
      'How long a voucher can be used again that had expired when its order came back; not at all unless said',
    ),
  })
  .prefault({})
type Section = z.output<typeof VouchersSection>

/** How many cards were claimed of batches that let a member have so many; `ends` in ms, 0 for never. */
interface Slice {
  b: [batch: number, claimed: number, ends: number][]
}

interface VoucherTerms {
  warn: Duration
  grace: Duration | null
}

export const vouchers: Feature = {
  id: 'vouchers',
  section: VouchersSection,
  compile: ({ warn, grace }: Section): VoucherTerms => ({
    warn: parseDuration(warn)!,
    grace: grace === undefined ? null : parseDuration(grace)!,
  }),
  hears: {
    voucher_use: { spend: use },
    voucher_transfer: { spend: handOver },
    voucher_receive: { grant: take },
    voucher_claim: { price: mayClaim },
    return: { grant: restore },
    cancel: { grant: restore },
    absorb: { count: takeOver },
    close: { spend: withdrawAll },
    erase: { spend: withdrawAll },
    clock: { spend: tell },
  },
  claims,
  merge,
  due,
  view,
  statements,
  words,
}

function termsOf(program: Program): VoucherTerms {
  return program.compiled['vouchers'] as VoucherTerms
}

/** A till hands over what the voucher stands for. */
function use(d: Deciding, { body }: ActivityOf<'voucher_use'>): Refusal | undefined {
  const used = useVoucher(d, body.code, '/code')
  if (used instanceof Refusal) return used
  const prize = prizesOf(d.program).get(used.reward)
  return prize?.refuseUse(d, body.location, '/location') ?? undefined
}

/** The code that the giver knows is worth nothing afterwards: whoever gets the voucher gets another. */
function handOver(d: Deciding, { id, body }: ActivityOf<'voucher_transfer'>): Refusal | undefined {
  const voucher = usableVoucher(d, body.code, '/code')
  if (voucher instanceof Refusal) return voucher
  // What a member of a household has is the household's, if they want, since that decides what they buy.
  const isOwnPool = leadOf(d.account, 'order', d.inForce)?.account === body.to
  if (!isOwnPool && rewardNamed(d.program, voucher.reward)?.transfer !== true)
    return refuse('not_transferable', `A voucher for ${nameOf(d.program, voucher)} is for its member alone.`, '/code')
  remove(d, voucher, 'transferred')
  const { reward, from: starts_at, expiry } = voucher
  const ends = expiry === NEVER ? {} : { expires_at: expiry }
  d.onward = { type: 'voucher_receive', body: { from: body.from, source: id, reward, starts_at, ...ends } }
  d.addMessage('voucher.sent', { reward })
  return undefined
}

function take(d: Deciding, { body }: ActivityOf<'voucher_receive'>): Refusal | undefined {
  const { reward, source, starts_at, expires_at = NEVER } = body
  const issue = { reward, source: `transfer:${source}`, quantity: 1, expiry: expires_at, from: starts_at }
  const issued = issueVoucher(d, issue)
  if (issued instanceof Refusal) return issued
  d.addMessage('voucher.received', { code: issued[0]!.code, reward })
  return undefined
}

/** Of a batch of cards each member may claim so many, and all of them together so many. */
function mayClaim(d: Deciding, { body }: ActivityOf<'voucher_claim'>): Refusal | undefined {
  const { code, batch, expires_at = NEVER, per_member, most } = body
  if (expires_at <= d.account.clock) return refuse('voucher_expired', `The card ${code} has expired.`, '/code')
  if (most !== undefined && !d.claim(batchClaim(batch), 1, most))
    return refuse('limit_reached', `${most} of these cards may be claimed, and were.`, '/code')
  if (per_member === undefined) return undefined
  const own = sliceOf(d.account)?.b ?? []
  const claimed = own.find(([id]) => id === batch)?.[1] ?? 0
  if (claimed >= per_member)
    return refuse('limit_reached', `A member may claim ${per_member} of these cards.`, '/member')
  const others = own.filter(([id, , until]) => id !== batch && (until === 0 || until > d.account.clock))
  const ends = expires_at === NEVER ? 0 : expires_at
  d.account.slices['vouchers'] = { b: [...others, [batch, claimed + 1, ends]] } satisfies Slice
  return undefined
}

function batchClaim(batch: number): string {
  return `batch:${batch}`
}

function claims({ type, body }: Activity): string[] {
  return type === 'voucher_claim' && body.most !== undefined ? [batchClaim(body.batch)] : []
}

/** A person claimed what both of them claimed. */
function merge({ account }: Deciding, from: Slice | undefined): void {
  if (from === undefined) return
  const own = new Map((sliceOf(account)?.b ?? []).map((one) => [one[0], one]))
  for (const [batch, count, ends] of from.b) own.set(batch, [batch, count + (own.get(batch)?.[1] ?? 0), ends])
  account.slices['vouchers'] = { b: [...own.values()] } satisfies Slice
}

function sliceOf(account: Account): Slice | undefined {
  return account.slices['vouchers'] as Slice | undefined
}

/** When the whole of an order came back, the vouchers that were used on it are open again. */
function restore(d: Deciding): undefined {
  const used = d.receipt!.frozen.slices['vouchers'] as EncodedVouchers['o']
  if (used === undefined || d.account.closed || !d.takesTheRest) return
  const { clock } = d.account
  const { grace } = termsOf(d.inForce)
  for (const voucher of decodeVouchers({ o: used })) {
    const isOver = voucher.expiry <= clock
    if (isOver && grace === null) continue
    const expiry = isOver ? addDuration(d.inForce.zone, clock, grace!) : voucher.expiry
    restoreVoucher(d, { ...voucher, expiry })
    d.addMessage('voucher.restored', { code: voucher.code, reward: voucher.reward })
  }
}

/** Two members are one: whoever stays has the vouchers of both, under the codes that they have. */
function takeOver(d: Deciding, { body }: ActivityOf<'absorb'>): undefined {
  const { vouchers } = decoded(body.state, 0)
  if (vouchers.length > 0) d.account.vouchers = [...d.account.vouchers, ...vouchers]
}

/** Where points are kept for somebody who may come back, vouchers are, too. */
function withdrawAll(d: Deciding, { type }: ActivityOf<'close' | 'erase'>): undefined {
  const closing = d.program.settings['closing'] as { points: 'expire' | 'keep' }
  if (type === 'close' && closing.points === 'keep') return
  for (const voucher of openVouchers(d.account)) remove(d, voucher, 'withdrawn')
}

function tell(d: Deciding): undefined {
  if (d.account.vouchers.length === 0) return
  for (const voucher of openVouchers(d.account)) {
    if (warningOf(voucher, d.inForce) !== d.at) continue
    const { code, reward, expiry } = voucher
    d.addMessage('voucher.expiring', { code, reward, expires_at: formatInstant(expiry) })
  }
  expireVouchers(d)
}

/** When the member is told that a voucher is about to expire, in ms; NEVER where it does not. */
function warningOf({ expiry }: Voucher, program: Program): number {
  return expiry === NEVER ? NEVER : warningBefore(expiry, termsOf(program).warn, program.zone)
}

function due(account: Account, program: Program): number {
  let next = NEVER
  if (account.vouchers.length === 0) return next
  for (const voucher of account.vouchers) {
    if (voucher.isOver || voucher.expiry === NEVER) continue
    const warning = warningOf(voucher, program)
    next = Math.min(next, warning > account.clock && warning < voucher.expiry ? warning : voucher.expiry)
  }
  return next
}

function statements(program: Program): Statement[] {
  const section = program.settings['vouchers'] as Section
  // Where no reward can be given or kept for later, nobody ever has one.
  if ((program.settings['rewards'] as unknown[]).length === 0) return []
  const warn = { about: 'vouchers.warn', message: 'warn', values: { warn: { duration: section.warn } } }
  const { grace } = section
  const more: Sentence[] = grace === undefined ? [] : [{ message: 'grace', values: { grace: { duration: grace } } }]
  return [{ about: 'vouchers', message: 'once', values: {}, more }, warn]
}

function view(account: Account, program: Program): Record<string, unknown> {
  if (account.vouchers.length === 0) return {}
  const open = openVouchers(account)
  if (open.length === 0) return {}
  return {
    vouchers: open.map((voucher) => ({
      code: voucher.code,
      reward: voucher.reward,
      name: nameOf(program, voucher),
      starts_at: formatInstant(voucher.from),
      expires_at: voucher.expiry === NEVER ? null : formatInstant(voucher.expiry),
      source: voucher.source,
      gives: rewardNamed(program, voucher.reward)?.gives ?? null,
    })),
  }
}

function nameOf(program: Program, { reward }: Voucher): string {
  return rewardNamed(program, reward)?.name ?? reward
}
