/** A sale of a till on its way into the ledger: to whom, with which rewards, and what of it stays open. */

import type { OrderBody } from '../../core/activity.ts'
import { spread } from '../../core/money.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { termsOf } from '../../core/terms.ts'
import { orderAnswer, saleAnswer } from '../answers.ts'
import { publicId } from '../ids.ts'
import { type Incoming, keys } from '../incoming.ts'
import { programAt } from '../programs.ts'
import { quoteOrder, refusalAtFirst } from '../quote.ts'
import { readOrder } from '../read.ts'
import type { OrderAnswer } from '../shapes.ts'
import { submit } from '../submit.ts'
import { countHanded } from './allowances.ts'
import { type Doing, type Done, moneyOf, type OpenDifference, readDeed, type Wanted, wordsOf } from './doing.ts'
import { flagOwnSale } from './flags.ts'
import { findCustomer, orderOf, partsOf } from './look-up.ts'
import type { DeedAnswer, SaleMember } from './shapes.ts'
import { redeemThing } from './things.ts'

type Sale = Doing<'sale'>

export async function sell(doing: Sale, member: SaleMember | null): Promise<Done | Refusal> {
  const { deed } = doing
  const account = member === null ? null : await customerOf(doing, member)
  if (member !== null && account === null) {
    const refusal = refuse('not_found', 'Nobody is known by this.', '/member')
    if (!deed.kept) return refusal
    return { account: null, open: [{ kind: 'no_member', place: 0, ...wordsOf(refusal), ...moneyOf(deed) }] }
  }
  if (account === null && deed.redeem.length > 0)
    return refuse('insufficient_points', 'A sale without a member has no points to redeem.', '/redeem')
  const done = await sellTo(doing, account)
  if (!(done instanceof Refusal) && account !== null) await flagOwnSale(doing, account, done)
  return done
}

async function customerOf({ services, live }: Sale, member: SaleMember): Promise<number | null> {
  if (!('enrolment' in member)) return findCustomer(services, live, member)
  const enrolment = await readDeed(services.database, services.stripes, live, member.enrolment)
  // Members who were merged meanwhile are one.
  return enrolment?.account == null ? null : findCustomer(services, live, { id: publicId('mem', enrolment.account) })
}

async function sellTo(doing: Sale, account: number | null): Promise<Done | Refusal> {
  const wanted = wantedOf(doing)
  const known = await readOrder(doing.services, doing.live, doing.deed.id)
  const { beyond, within } = doing.deed.kept
    ? await withinAllowance(doing, account, wanted)
    : { beyond: [], within: wanted }
  const { onOrder, beside } = partsOf(doing.live, within) as { onOrder: Wanted[]; beside: Wanted[] }
  // Things are held before the order earns: points of an order never pay for its own reward.
  const things = await handOver(doing, account, beside)
  if (things instanceof Refusal) return things
  const sold = await payOrder(doing, account, onOrder, beyond, known)
  if (sold instanceof Refusal) return sold
  const open = [...beyond.map(beyondAnswer), ...things.open]
  for (const one of sold.refused) open.push(...(await takeOtherwise(doing, account!, one.wanted, one.refusal)))
  for (const one of things.refused) open.push(...(await takeOtherwise(doing, account!, one.wanted, one.refusal)))
  const redeemed = [...sold.redeemed, ...things.redeemed]
  return { account, sale: shownSale(sold.order, redeemed), balances: sold.order.balances, open }
}

function wantedOf({ live, deed, occurredMs }: Sale): Wanted[] {
  const { offers } = termsOf(programAt(live, occurredMs))
  return deed.redeem.map((one, place) => {
    const offer = offers.find(({ reward }) => reward === one.reward)
    const wallet = one.wallet ?? offer?.wallet
    return {
      ...one,
      ...(wallet === undefined ? {} : { wallet }),
      place,
      name: offer?.name ?? one.voucher ?? one.wallet ?? '',
      cost: one.points ?? offer?.cost ?? 0,
    }
  })
}

interface Handing {
  beyond: { wanted: Wanted; why: string }[]
  within: Wanted[]
}

/** What a till handed out beyond what was signed is nobody's redemption until a person has looked at it. */
async function withinAllowance(doing: Sale, account: number | null, wanted: Wanted[]): Promise<Handing> {
  const { services, live, device, deed, occurredMs } = doing
  const result: Handing = { beyond: [], within: [] }
  for (const one of wanted) {
    const handed = {
      allowance: deed.allowance ?? '',
      deed: deed.id,
      place: one.place,
      at: occurredMs,
      member: String(account),
      points: one.cost,
    }
    const why = await countHanded(services.database, live, device.id, handed)
    if (why === null) result.within.push(one)
    else result.beyond.push({ wanted: one, why })
  }
  return result
}

function beyondAnswer({ wanted, why }: Handing['beyond'][number]): OpenDifference {
  return { ...differenceOf(wanted), code: 'beyond_allowance', reason: BEYOND[why] ?? BEYOND['unknown']! }
}

const BEYOND: Readonly<Record<string, string>> = {
  not_now: 'The allowance was over.',
  points: 'More points than this till may hand out offline.',
  times: 'More rewards than this till may hand out offline.',
  member_points: 'More points than one member may have offline.',
  member_times: 'More rewards than one member may have offline.',
  unknown: 'This till had no allowance for it.',
}

function differenceOf({ place, reward, wallet, cost, amount }: Wanted): Omit<OpenDifference, 'code' | 'reason'> {
  return {
    kind: 'not_redeemed',
    place,
    ...(reward === undefined ? {} : { reward }),
    ...(wallet === undefined ? {} : { wallet }),
    points: cost,
    ...(amount === undefined ? {} : { amount }),
  }
}

type Redeemed = NonNullable<DeedAnswer['sale']>['redeemed']
interface RefusedOne {
  wanted: Wanted
  refusal: Refusal
}

async function handOver(
  doing: Sale,
  account: number | null,
  beside: readonly Wanted[],
): Promise<{ redeemed: Redeemed; refused: RefusedOne[]; open: OpenDifference[] } | Refusal> {
  const redeemed: Redeemed = []
  const refused: RefusedOne[] = []
  for (const wanted of beside) {
    const thing = await redeemThing(doing, account!, wanted)
    if (!(thing instanceof Refusal)) redeemed.push({ name: wanted.name, points: wanted.cost, voucher: thing })
    else if (doing.deed.kept) refused.push({ wanted, refusal: thing })
    else return thing
  }
  return { redeemed, refused, open: [] }
}

interface Sold {
  order: OrderAnswer
  redeemed: Redeemed
  refused: RefusedOne[]
}

/**
 * The order with what was redeemed on it. What was sold while nobody answered was sold at the price that the till made:
 * if the ledger would make another, the order is kept as it was paid, and the rewards are looked at one by one.
 */
async function payOrder(
  doing: Sale,
  account: number | null,
  onOrder: Wanted[],
  beyond: Handing['beyond'],
  known: OrderAnswer | null,
): Promise<Sold | Refusal> {
  const redeemed = onOrder.map(({ name, cost }) => ({ name, points: cost, voucher: null }))
  if (known !== null)
    return known.redemptions.length > 0 || onOrder.length === 0
      ? { order: known, redeemed, refused: [] }
      : { order: known, redeemed: [], refused: await whyNot(doing, account, onOrder) }
  const elsewhere = beyond.map(({ wanted }) => wanted)
  const plain = bodyOf(doing, onOrder, elsewhere)
  const refusal = doing.deed.kept ? await refusalOf(doing, account, plain, onOrder) : null
  if (refusal === null) {
    const paid = await pay(doing, account, plain)
    if (!(paid instanceof Refusal)) return { order: paid, redeemed, refused: [] }
    if (!doing.deed.kept || onOrder.length === 0) return paid
    return payWithout(doing, account, onOrder, elsewhere, paid)
  }
  return payWithout(doing, account, onOrder, elsewhere, refusal)
}

/** The order as it was paid: what the till took off is a discount of the shop's own. */
async function payWithout(
  doing: Sale,
  account: number | null,
  onOrder: Wanted[],
  elsewhere: Wanted[],
  refusal: Refusal,
): Promise<Sold | Refusal> {
  const order = await pay(doing, account, bodyOf(doing, [], [...onOrder, ...elsewhere]))
  if (order instanceof Refusal) return order
  return { order, redeemed: [], refused: onOrder.map((wanted) => ({ wanted, refusal })) }
}

async function whyNot(doing: Sale, account: number | null, onOrder: Wanted[]): Promise<RefusedOne[]> {
  const refusal =
    (await refusalOf(doing, account, bodyOf(doing, onOrder, []), onOrder)) ??
    refuse('reward_unavailable', 'When it was sent first, the ledger did not take it.')
  return onOrder.map((wanted) => ({ wanted, refusal }))
}

/** Why the ledger would not redeem this, or would take another amount off than the customer was told. */
async function refusalOf(
  { services, live, occurredMs }: Sale,
  account: number | null,
  body: OrderBody,
  onOrder: readonly Wanted[],
): Promise<Refusal | null> {
  if (account === null || onOrder.length === 0) return null
  const quote = await quoteOrder(services, live, { body, member: publicId('mem', account), occurredMs }, 'quote')
  if (quote instanceof Refusal) return quote
  const told = onOrder.reduce((sum, { amount }) => sum + (amount ?? 0), 0)
  const taken = quote.discounts.reduce((sum, one) => (isWanted(onOrder, one.source) ? sum + one.amount : sum), 0)
  if (taken === told) return null
  return refuse('reward_unavailable', 'The program would take another amount off than the till did.')
}

function isWanted(onOrder: readonly Wanted[], source: string): boolean {
  return onOrder.some(({ reward, wallet }) => reward === source || wallet === source)
}

function bodyOf({ live, device, deed, staff }: Sale, redeem: readonly Wanted[], taken: readonly Wanted[]): OrderBody {
  const body = orderOf(live, deed.lines, redeem)
  body.external_id = deed.id
  if (device.shop !== null) body.location = device.shop
  if (staff !== null) body.staff = staff
  const off = taken.reduce((sum, { amount }) => sum + (amount ?? 0), 0)
  if (off > 0) {
    const gross = body.lines.map(({ quantity, unit_price }) => quantity * unit_price)
    const total = gross.reduce((sum, one) => sum + one, 0)
    const shares = spread(Math.min(off, total), gross)
    body.lines = body.lines.map((line, i) => ({ ...line, discount: shares[i]! }))
  }
  return body
}

async function pay({ services, live, occurredMs }: Sale, account: number | null, body: OrderBody) {
  const mistaken = refusalAtFirst(live, {
    body,
    member: account === null ? null : publicId('mem', account),
    occurredMs,
  })
  if (mistaken !== null) return mistaken
  const incoming: Incoming = {
    program: live,
    ref: account === null ? { by: 'nobody' } : { by: 'id', id: account },
    key: keys.order(body.external_id),
    occurredMs,
    dated: true,
    type: 'order',
    body,
  }
  const recorded = await submit(services, incoming)
  if (recorded.status === 'refused') return recorded.refusal
  if (recorded.status === 'sale') return saleAnswer(recorded.sale)
  if (recorded.status === 'recorded') return orderAnswer(recorded.activity, live)
  throw new Error(`an order is not answered with ${recorded.status}`)
}

/**
 * A reward that was handed out and cannot be redeemed. Where only points are missing, the program's own word on going
 * below zero decides whether the member owes them; anything else is a person's to settle.
 */
async function takeOtherwise(
  { services, live, device, deed, occurredMs }: Sale,
  account: number,
  wanted: Wanted,
  refusal: Refusal,
): Promise<OpenDifference[]> {
  const open = { ...differenceOf(wanted), ...wordsOf(refusal) }
  if (refusal.code !== 'insufficient_points' || wanted.wallet === undefined || wanted.cost === 0) return [open]
  const recorded = await submit(services, {
    program: live,
    ref: { by: 'id', id: account },
    key: keys.given(`till:${deed.id}:take:${wanted.place}`),
    occurredMs,
    type: 'adjust',
    body: {
      wallet: wanted.wallet,
      points: -wanted.cost,
      reason: `${wanted.name}, handed out offline with ${deed.id}`,
      actor: `till:${device.name}`,
    },
  })
  return recorded.status === 'recorded' ? [] : [open]
}

function shownSale(answer: OrderAnswer, redeemed: Redeemed): NonNullable<DeedAnswer['sale']> {
  const earned = new Map<string, number>()
  for (const { wallet, from, points } of answer.postings)
    if (from === 'issued') earned.set(wallet, (earned.get(wallet) ?? 0) + points)
  const { subtotal, discount, to_pay } = answer.order
  return {
    total: subtotal,
    discount,
    to_pay,
    earned: [...earned].map(([wallet, points]) => ({ wallet, points })),
    redeemed,
  }
}
