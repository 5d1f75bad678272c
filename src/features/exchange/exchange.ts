/** Exchange: points as money on an order, as many as the member or the cashier says; and stored value, which is money. */

import { z } from 'zod'
import type { ActivityOf, OrderBody, RedeemRequest } from '../../core/activity.ts'
import { type Basket, type Taking, total } from '../../core/basket.ts'
import { type Candidate, REWARDS_LANE, toPay } from '../../core/checkout.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Compiling, Feature, Path } from '../../core/feature.ts'
import { draw } from '../../core/ledger.ts'
import { formatMoney, spread } from '../../core/money.ts'
import { NEVER } from '../../core/points.ts'
import {
  Id,
  MoneyText,
  type Most,
  moneyAt,
  mostAt,
  mostOf,
  type Program,
  type WalletRules,
  walletNamed,
} from '../../core/program.ts'
import { gcd, mulDivFloor, parseDecimal } from '../../core/rational.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { pointsText } from '../../core/terms.ts'
import { giveBack, type Spent } from './returns.ts'
import { exchangeLosses, exchangeStatements } from './statements.ts'
import { words } from './words.ts'

const PointsOfWallet = z.union([z.number(), z.string()])

const ExchangeRule = z.strictObject({
  wallet: Id.optional().describe('Whose points; the only wallet if there is one'),
  points: PointsOfWallet.describe('So many points'),
  worth: MoneyText.describe('are worth so much money'),
  as: z
    .enum(['discount', 'payment'])
    .default('discount')
    .describe('Whether they lower the price, and the tax with it, or pay a part of it'),
  step: PointsOfWallet.optional().describe('How many points are changed at a time'),
  at_least: PointsOfWallet.optional().describe('The fewest points that are changed'),
  most: z
    .union([MoneyText, z.array(MoneyText)])
    .optional()
    .describe('How much of an order: a share of what is left to pay such as 50%, an amount, or both in a list'),
  lane: Id.optional().describe('In which lane of the checkout it stands, as a discount'),
})

const ExchangeSection = z.array(ExchangeRule).default([])
type Section = z.output<typeof ExchangeSection>

/** How points of a wallet become money. All points are in its smallest unit, all money in minor units. */
interface Terms {
  wallet: WalletRules
  as: 'discount' | 'payment'
  /** So many points are worth so much money: exactly, in every step. */
  points: number
  worth: number
  step: number
  atLeast: number
  most: Most
  lane: string
}

interface Compiled {
  byWallet: ReadonlyMap<string, Terms>
  /** What is left to pay in money at least, whatever points could pay. */
  floor: number
}

export const exchange: Feature = {
  id: 'exchange',
  ordersRedeem: () => true,
  section: ExchangeSection,
  compile,
  hears: {
    order: { price: propose, spend: pay },
    return: { spend: giveBack },
    cancel: { spend: giveBack },
  },
  // A spend that is told late draws what was open when it occurred.
  asksExpired: ({ type, body }, _, late) =>
    late && type === 'order' && ((body as OrderBody).redeem ?? []).some(({ points }) => points !== undefined),
  terms: (program) => ({
    exchanges: [...compiledOf(program).byWallet.values()].map(({ wallet, step }) => ({ wallet: wallet.id, step })),
  }),
  statements: exchangeStatements,
  losses: exchangeLosses,
  words,
}

function compiledOf(program: Program): Compiled {
  return program.compiled['exchange'] as Compiled
}

/** Price phase: points that lower the price do it among the discounts. */
function propose(d: Deciding, { body }: ActivityOf<'order'>): Refusal | undefined {
  if (body.redeem === undefined) return undefined
  for (const [place, wanted] of body.redeem.entries()) {
    if (wanted.points === undefined) continue
    const terms = termsFor(d, body.redeem, place)
    if (terms instanceof Refusal) return terms
    if (terms.as === 'discount') d.propose(candidateOf(terms, wanted.points, place, d.program))
  }
  return undefined
}

function candidateOf(terms: Terms, points: number, place: number, program: Program): Candidate {
  const { wallet, lane } = terms
  return {
    source: wallet.id,
    name: wallet.name,
    lane,
    place,
    take: (basket) => takeOff(terms, points, place, program, basket),
  }
}

function takeOff(terms: Terms, points: number, place: number, program: Program, basket: Basket): Taking | Refusal {
  const left = total(basket.left)
  const used = usable(terms, points, left, Math.min(left, basket.room), place, program)
  if (used instanceof Refusal) return used
  return { shares: spread(worthOf(terms, used), basket.left), points: { wallet: terms.wallet.id, points: used } }
}

/** Spend phase: what lowered the price is paid for, and what pays a part of it pays. */
function pay(d: Deciding, { body }: ActivityOf<'order'>): Refusal | undefined {
  if (body.redeem === undefined) return undefined
  const spent: Spent[] = []
  for (const [place, wanted] of body.redeem.entries()) {
    if (wanted.points === undefined) continue
    const terms = termsFor(d, body.redeem, place) as Terms
    const one = terms.as === 'discount' ? changed(d, terms, place) : payPart(d, terms, wanted.points, place)
    if (one instanceof Refusal) return one
    spent.push(one)
  }
  if (d.frozen !== null && spent.length > 0) d.frozen.slices['exchange'] = spent
  return undefined
}

function changed(d: Deciding, { wallet }: Terms, place: number): Spent | Refusal {
  const { points, shares } = d.discounts.find((discount) => discount.place === place)!
  const parts = draw(d, wallet, points!, 'spent', { rule: 'money-off', reverses: null })
  if (parts instanceof Refusal) return refuse(parts.code, parts.detail, `/redeem/${place}/points`, parts.missing)
  return { wallet: wallet.id, points: points!, amount: 0, shares, parts }
}

function payPart(d: Deciding, terms: Terms, wanted: number, place: number): Spent | Refusal {
  const { wallet } = terms
  const left = toPay(d)
  // Stored value is the member's own money: no floor keeps them from paying with it.
  const floor = wallet.isMoney ? 0 : compiledOf(d.program).floor
  const points = usable(terms, wanted, left, Math.max(0, left - floor), place, d.program)
  if (points instanceof Refusal) return points
  const parts = draw(d, wallet, points, 'spent', { rule: 'a-payment', reverses: null })
  if (parts instanceof Refusal) return refuse(parts.code, parts.detail, `/redeem/${place}/points`, parts.missing)
  const amount = worthOf(terms, points)
  const shares = spread(amount, unpaid(d))
  d.addPayment({ wallet: wallet.id, points, amount, shares, isStored: wallet.isMoney })
  return { wallet: wallet.id, points, amount, shares, parts }
}

/** What each line still costs, tax included, after what was paid already. */
function unpaid({ order, payments }: Deciding): number[] {
  return order!.lines.map(({ net, tax }, i) => payments.reduce((left, { shares }) => left - shares[i]!, net + tax))
}

/**
 * How many of the points that were offered are used: no more than an order has use for, in whole steps. `left` is what
 * is left to pay, `room` what of it points may pay.
 */
function usable(
  terms: Terms,
  points: number,
  left: number,
  room: number,
  place: number,
  program: Program,
): number | Refusal {
  const { wallet, step, atLeast, most } = terms
  const pointer = `/redeem/${place}/points`
  const text = (some: number) => pointsText(some, program, wallet.id)
  if (points % step !== 0)
    return refuse('points_not_taken', `${wallet.name} are used as money ${text(step)} at a time.`, pointer)
  if (points < atLeast)
    return refuse('points_not_taken', `${text(atLeast)} are used as money at least.`, pointer, {
      points: atLeast - points,
    })
  const bound = Math.min(room, mostOf(most, left))
  const fitting = Math.floor(mulDivFloor(bound, terms.points, terms.worth) / step) * step
  const used = Math.min(points, fitting)
  if (used >= atLeast) return used
  const money = worthOf(terms, atLeast)
  const detail = `${text(atLeast)} are worth ${formatMoney(money, program.currency)}, and points may pay ${formatMoney(bound, program.currency)} of this order.`
  return refuse('spend_too_low', detail, pointer, bound < left ? {} : { money: money - bound })
}

function worthOf({ points, worth }: Terms, some: number): number {
  return mulDivFloor(some, worth, points)
}

/** What the program says of the points that are offered at a place of `redeem`. */
function termsFor(d: Deciding, redeem: readonly RedeemRequest[], place: number): Terms | Refusal {
  const { byWallet } = compiledOf(d.program)
  const { wallet } = redeem[place]!
  const known = [...byWallet.keys()]
  const pointer = `/redeem/${place}/wallet`
  if (known.length === 0) return refuse('points_not_taken', 'The program takes no points as money.', pointer)
  if (wallet === undefined && known.length > 1)
    return refuse('invalid', `Say which points: \`wallet\` is one of ${known.join(', ')}.`, pointer)
  const id = wallet ?? known[0]!
  const terms = byWallet.get(id)
  if (terms === undefined)
    return refuse('points_not_taken', `The program takes no ${id} as money, but ${known.join(', ')}.`, pointer)
  const earlier = redeem.slice(0, place).some((one) => one.points !== undefined && (one.wallet ?? known[0]) === id)
  return earlier ? refuse('invalid', `${id} are offered twice: say once how many.`, pointer) : terms
}

function compile(section: Section, compiling: Compiling): Compiled {
  const { program, settings } = compiling
  const byWallet = new Map<string, Terms>()
  for (const wallet of program.wallets) if (wallet.isMoney) byWallet.set(wallet.id, storedValue(wallet))
  for (const [i, rule] of section.entries()) {
    const path = ['exchange', i]
    const wallet = walletNamed(compiling, [...path, 'wallet'], rule.wallet)
    if (wallet.isMoney)
      compiling.problem([...path, 'wallet'], 'contradiction', `${wallet.id} is money already, and pays one to one`)
    else if (byWallet.has(wallet.id))
      compiling.problem([...path, 'wallet'], 'duplicate_id', `it is said above already what ${wallet.id} are worth`)
    else byWallet.set(wallet.id, compileRule(rule, wallet, compiling, path))
  }
  const { floor } = settings['checkout'] as { floor: string | number }
  return { byWallet, floor: moneyAt(compiling, ['checkout', 'floor'], floor) }
}

const ANY: Most = { share: null, amount: NEVER }

function storedValue(wallet: WalletRules): Terms {
  return { wallet, as: 'payment', points: 1, worth: 1, step: 1, atLeast: 1, most: ANY, lane: REWARDS_LANE }
}

function compileRule(rule: Section[number], wallet: WalletRules, compiling: Compiling, path: Path): Terms {
  const points = pointsOf(rule.points, wallet, compiling, [...path, 'points'])
  const worth = moneyAt(compiling, [...path, 'worth'], rule.worth)
  if (worth === 0) compiling.problem([...path, 'worth'], 'not_money', 'must be above 0')
  // The fewest points that are worth a whole number of cents.
  const finest = points / gcd(points, worth)
  const step = rule.step === undefined ? finest : pointsOf(rule.step, wallet, compiling, [...path, 'step'])
  if (worth > 0 && step % finest !== 0)
    compiling.problem(
      [...path, 'step'],
      'not_whole',
      `so many are worth a fraction of the smallest coin; make it a multiple of ${pointsText(finest, compiling.program, wallet.id)}`,
    )
  const least = rule.at_least === undefined ? step : pointsOf(rule.at_least, wallet, compiling, [...path, 'at_least'])
  if (rule.as === 'payment' && rule.lane !== undefined)
    compiling.problem([...path, 'lane'], 'contradiction', 'lanes are for discounts, and this is a payment')
  return {
    wallet,
    as: rule.as,
    points,
    worth,
    step,
    atLeast: Math.ceil(least / step) * step,
    most: mostAt(compiling, [...path, 'most'], rule.most),
    lane: rule.lane ?? REWARDS_LANE,
  }
}

/** Points above zero, as the file says them, in the wallet's smallest unit. */
function pointsOf(value: string | number, { id, decimals }: WalletRules, compiling: Compiling, path: Path): number {
  const amount = parseDecimal(value)
  const points = amount === null ? Number.NaN : (amount.n * 10 ** decimals) / amount.d
  if (Number.isSafeInteger(points) && points > 0) return points
  compiling.problem(path, 'not_points', `must be a number of ${id} above 0 with at most ${decimals} decimals`)
  return 1
}
