/** Looking somebody up at a till: exactly, by what the customer says or shows, and as much of them as a cashier may see. */

import type { OrderBody } from '../../core/activity.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'
import { termsOf } from '../../core/terms.ts'
import { countryOf, findInDirectory, type Kind, normalCard, normalPhone } from '../directory.ts'
import { parseId, publicId } from '../ids.ts'
import { currentProgram, type LiveProgram, nowOf } from '../programs.ts'
import { quoteOrder } from '../quote.ts'
import { type Reading, readMembers, readOrder, readProfile, winnerOf } from '../read.ts'
import type { Member, OrderAnswer, QuoteAnswer } from '../shapes.ts'
import type { LookUpAnswer, SaleLine, SaleMember, TillMember, TillQuote, TillReceipt, TillRedeem } from './shapes.ts'
import { readSoldLines } from './sold.ts'

/** Every line of a till is named after its place, and what rules know it by. */
export function orderOf(live: LiveProgram, lines: readonly SaleLine[], redeem: readonly TillRedeem[]): OrderBody {
  const body: OrderBody = {
    external_id: 'quote',
    currency: currentProgram(live).currency,
    prices: 'tax_included',
    channel: 'till',
    lines: lines.map(({ amount, quantity, name, category }, i) => {
      // A sum that does not part evenly is one unit of it.
      const even = amount % quantity === 0 ? quantity : 1
      const line = { id: String(i + 1), sku: category ?? 'sale', quantity: even, unit_price: amount / even }
      return {
        ...line,
        ...(name === undefined ? {} : { name }),
        ...(category === undefined ? {} : { category }),
      }
    }),
  }
  if (redeem.length > 0)
    body.redeem = redeem.map(({ reward, voucher, points, wallet }) => ({
      ...(reward === undefined ? {} : { reward }),
      ...(voucher === undefined ? {} : { voucher }),
      ...(points === undefined ? {} : { points }),
      ...(wallet === undefined ? {} : { wallet }),
    }))
  return body
}

/** The account that a customer's word leads to; null when it is nobody's. */
export async function findCustomer(
  reading: Reading,
  live: LiveProgram,
  member: Exclude<SaleMember, { enrolment: string }>,
): Promise<number | null> {
  if ('id' in member) {
    const id = parseId('mem', member.id)
    return id === null ? null : openAccount(reading, live, id)
  }
  const { currency } = currentProgram(live)
  const kind: Kind = 'phone' in member ? 'phone' : 'card'
  const value = 'phone' in member ? normalPhone(member.phone, countryOf(currency)) : normalCard(member.card)
  if (value === null) return null
  const found = await findInDirectory(reading.database, reading.stripes, live.number, kind, value)
  return found?.account == null ? null : openAccount(reading, live, found.account)
}

async function openAccount(reading: Reading, live: LiveProgram, account: number): Promise<number | null> {
  const winner = await winnerOf(reading, live, account)
  return (await readProfile(reading, winner))?.status === 'active' ? winner : null
}

export async function lookUp(
  reading: Reading,
  live: LiveProgram,
  { phone, card, voucher, receipt }: { phone?: string; card?: string; voucher?: string; receipt?: string },
): Promise<LookUpAnswer | Refusal> {
  if (receipt !== undefined) return lookUpReceipt(reading, live, receipt)
  const { currency } = currentProgram(live)
  if (phone !== undefined && normalPhone(phone, countryOf(currency)) === null)
    return refuse('invalid', `${phone} can be no phone number.`, '/phone')
  if (card !== undefined && normalCard(card) === null)
    return refuse('invalid', `${card} can be no card number.`, '/card')
  const account =
    voucher === undefined
      ? await findCustomer(reading, live, phone === undefined ? { card: card! } : { phone })
      : await ownerOf(reading, live, voucher)
  const member = account === null ? null : await readTillMember(reading, live, account)
  return { member, receipt: null }
}

async function ownerOf(reading: Reading, live: LiveProgram, code: string): Promise<number | null> {
  const found = await findInDirectory(reading.database, reading.stripes, live.number, 'voucher', code)
  return found?.account == null ? null : openAccount(reading, live, found.account)
}

async function lookUpReceipt(reading: Reading, live: LiveProgram, external: string): Promise<LookUpAnswer | Refusal> {
  const found = await readOrder(reading, live, external)
  if (found === null) return { member: null, receipt: null }
  const sold = await readSoldLines(reading, live, external)
  const id = found.order.member === null ? null : parseId('mem', found.order.member)
  const profile = id === null ? null : await readProfile(reading, await winnerOf(reading, live, id))
  return { member: null, receipt: receiptOf(found, sold, profile === null ? null : maskedName(profile)) }
}

function receiptOf({ order }: OrderAnswer, sold: OrderBody | null, member: string | null): TillReceipt {
  const names = new Map(sold?.lines.map((line) => [line.id, line]))
  return {
    order: order.external_id!,
    status: order.status === 'cancelled' ? 'cancelled' : 'paid',
    occurred_at: order.occurred_at,
    total: order.total,
    member,
    lines: order.lines.map(({ id, net, returnable }) => {
      const line = names.get(id)
      const name = line?.name ?? line?.category ?? line?.sku ?? id
      return { id, name, paid: net, quantity: line?.quantity ?? returnable, returnable }
    }),
  }
}

/** What fits every offer there is, so that what keeps a member from it is not that nothing was bought yet. */
function fittingLines(live: LiveProgram): SaleLine[] {
  const { offers } = termsOf(currentProgram(live))
  const most = offers.reduce((sum, { up_to }) => Math.max(sum, up_to ?? 0), 0)
  const amount = Math.max(100_000, most * 10)
  const categories = new Set(offers.map(({ item }) => item?.category))
  return [...categories.add(undefined)].map((category) => ({
    amount,
    quantity: 1,
    ...(category === undefined ? {} : { category }),
  }))
}

/** All of it in one answer: who it is, what they have, what could be given now and what is missing to the rest. */
export async function readTillMember(reading: Reading, live: LiveProgram, account: number): Promise<TillMember | null> {
  const id = publicId('mem', account)
  const body = orderOf(live, fittingLines(live), [])
  const [[member], quote] = await Promise.all([
    readMembers(reading, live, [account]),
    quoteOrder(reading, live, { body, member: id, occurredMs: nowOf(live) }, 'quote'),
  ])
  if (member === undefined) return null
  const offered = 'rewards' in quote ? quote : null
  return {
    id,
    name: maskedName(member),
    phone: member.phone === null ? null : `•• ${member.phone.slice(-2)}`,
    tier: member.tier,
    balances: member.balances,
    cards: member.cards,
    rewards: (offered?.rewards ?? []).map(({ reward, name, wallet, cost, available, missing }) => ({
      reward,
      name,
      wallet,
      cost,
      available,
      missing,
    })),
    vouchers: (offered?.open_vouchers ?? []).map(({ code, name, expires_at, available, missing }) => ({
      code,
      name,
      expires_at,
      available,
      missing,
    })),
  }
}

/** “Ada L.”: enough to greet somebody, and not enough to find them elsewhere. */
export function maskedName({ name, phone }: Pick<Member, 'name' | 'phone'>): string {
  const [first, ...rest] = (name ?? '').trim().split(/\s+/)
  if (first === undefined || first === '') return phone === null ? '••••' : `•••• ${phone.slice(-2)}`
  const last = rest.at(-1)
  return last === undefined ? first : `${first} ${[...last][0]}.`
}

/** What this sale would do for the member. Changes nothing. */
export async function quoteSale(
  reading: Reading,
  live: LiveProgram,
  member: string,
  lines: readonly SaleLine[],
  redeem: readonly TillRedeem[],
): Promise<TillQuote | Refusal> {
  const { onOrder } = partsOf(live, redeem)
  const order = { body: orderOf(live, lines, onOrder), member, occurredMs: nowOf(live) }
  const quote = await quoteOrder(reading, live, order, 'quote')
  return 'rewards' in quote ? quoteShown(live, quote, onOrder) : quote
}

/** What is used on the order, and what is handed over beside it. */
export function partsOf(live: LiveProgram, redeem: readonly TillRedeem[]) {
  const { offers } = termsOf(currentProgram(live))
  const beside = (one: TillRedeem) => offers.some(({ reward, onOrders }) => reward === one.reward && !onOrders)
  return { onOrder: redeem.filter((one) => !beside(one)), beside: redeem.filter(beside) }
}

function quoteShown(live: LiveProgram, quote: QuoteAnswer, redeem: readonly TillRedeem[]): TillQuote {
  const { offers, exchanges } = termsOf(currentProgram(live))
  const nameOf = ({ reward, voucher, wallet }: TillRedeem) =>
    offers.find((offer) => offer.reward === reward)?.name ?? voucher ?? wallet ?? ''
  const costOf = ({ reward, points }: TillRedeem) =>
    points ?? offers.find((offer) => offer.reward === reward)?.cost ?? 0
  const taken = (source: string | undefined) =>
    quote.discounts.filter((one) => one.source === source).reduce((sum, { amount }) => sum + amount, 0)
  const paid = (wallet: string | undefined) =>
    quote.payments.filter((one) => one.wallet === wallet).reduce((sum, { amount }) => sum + amount, 0)
  return {
    total: quote.order.subtotal,
    discount: quote.order.discount,
    to_pay: quote.order.to_pay,
    earns: quote.earns,
    redeemed: redeem.map((one) => ({
      name: nameOf(one),
      points: costOf(one),
      amount:
        taken(one.reward ?? one.wallet) + paid(one.points === undefined ? '' : (one.wallet ?? quote.earns[0]?.wallet)),
    })),
    rewards: quote.rewards,
    vouchers: quote.open_vouchers.map(({ code, name, available, discount, missing }) => ({
      code,
      name,
      available,
      discount,
      missing,
    })),
    exchange: quote.exchange.map(({ wallet, points, amount }) => ({
      wallet,
      step: exchanges.find((one) => one.wallet === wallet)?.step ?? 1,
      points,
      amount,
    })),
  }
}
