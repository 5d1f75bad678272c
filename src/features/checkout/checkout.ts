/** Checkout: in which order discounts are taken off, which of them go together, and how much that may be in all. */

import { z } from 'zod'
import type { OrderBody } from '../../core/activity.ts'
import { basketOf } from '../../core/basket.ts'
import { giveBackToBudgets, takeFromBudgets, wordsForStop } from '../../core/budgets.ts'
import {
  type Candidate,
  type CheckoutTerms,
  DISCOUNTS_LANE,
  type Lane,
  type LeftOut,
  REWARDS_LANE,
  resolve,
} from '../../core/checkout.ts'
import type { Deciding, Discount } from '../../core/deciding.ts'
import { takesMoneyOff } from '../../core/discounts.ts'
import type { Compiling, Feature, Path } from '../../core/feature.ts'
import { formatMoney, parseMoney } from '../../core/money.ts'
import { nearest } from '../../core/nearest.ts'
import { pointsKept, priceOrder } from '../../core/order.ts'
import { Id, MoneyText, moneyAt, mostAt, type Program } from '../../core/program.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { localDay } from '../../core/time.ts'
import { checkoutStatements } from './statements.ts'
import { words } from './words.ts'

const LaneRule = z.strictObject({
  id: Id.describe('What discounts and rewards name it by'),
  take: z
    .enum(['all', 'best', 'first'])
    .default('all')
    .describe('Of what is in it: all, each off what is left; the one that takes off most; or the first that can'),
})

const CheckoutSection = z
  .strictObject({
    lanes: z.array(LaneRule).min(1).max(20).optional().describe('The order in which discounts are taken off'),
    exclusive: z
      .array(z.array(Id))
      .max(10)
      .default([])
      .describe('Groups of discounts and rewards of which an order gets one at most'),
    most: z
      .union([MoneyText, z.array(MoneyText)])
      .optional()
      .describe('What is taken off an order at most: a share of its prices such as 50%, an amount, or both in a list'),
    floor: MoneyText.default(0).describe('What is left to pay at least'),
    earn: z
      .strictObject({
        points_paid: z.boolean().default(false).describe('Whether what points pay earns points'),
        stored_value: z.boolean().default(true).describe('Whether what stored value pays earns points'),
        free_items: z
          .boolean()
          .default(false)
          .describe('Whether items that cost nothing earn what rules give per item'),
      })
      .prefault({})
      .describe('What of an order earns; whether discounts do is said by `of` of the earning rules'),
    shipping: z.string().default('shipping').describe('The category of lines that are shipping'),
  })
  .prefault({})
type Section = z.output<typeof CheckoutSection>

export const checkout: Feature = {
  id: 'checkout',
  section: CheckoutSection,
  compile,
  hears: {
    order: { price: take, spend: settle },
    return: { count: giveBudgetsBack },
    cancel: { count: giveBudgetsBack },
  },
  // Whatever takes money off by itself is a discount.
  ordersRedeem: (program) => (program.settings['discounts'] as readonly unknown[]).length === 0,
  statements: checkoutStatements,
  words,
}

interface Terms extends CheckoutTerms {
  earn: Section['earn']
}

function termsOf(program: Program): Terms {
  return program.compiled['checkout'] as Terms
}

/** Last in the price phase, when all that would take money off has been proposed. */
function take(d: Deciding): Refusal | undefined {
  if (d.candidates.length === 0) return undefined
  let { candidates } = d
  const unpaid: LeftOut[] = []
  for (;;) {
    const resolved = resolve(candidates, termsOf(d.program), basketOf(d.order!, d.slots))
    if (resolved instanceof Refusal) return resolved
    const left = d.program.budgets.size === 0 ? null : payFromBudgets(d, candidates, resolved.discounts)
    if (left === null) {
      d.discounts = resolved.discounts
      d.leftOut = [...resolved.leftOut, ...unpaid]
      d.given = resolved.given
      settlePrice(d)
      return undefined
    }
    if (left.candidate.place !== null) return left.why
    // Without it another one may have its place.
    candidates = candidates.filter((one) => one !== left.candidate)
    unpaid.push({ source: left.candidate.source, name: left.candidate.name, why: left.why })
  }
}

/** From here on the order is what the customer pays; the order's own facts are read again if that changed. */
function settlePrice(d: Deciding): void {
  if (d.discounts.length === 0) return
  const body = d.body as OrderBody
  const shares = body.lines.map((_, i) => d.discounts.reduce((sum, discount) => sum + discount.shares[i]!, 0))
  d.order = priceOrder(body, shares)
  if (d.frozen !== null) d.frozen.shares = shares
  d.readFacts()
}

/** Takes from budgets what all discounts of the order cost; where one cannot be paid, none is, and it is told which. */
function payFromBudgets(
  d: Deciding,
  candidates: readonly Candidate[],
  discounts: readonly Discount[],
): { candidate: Candidate; why: Refusal } | null {
  const paid: Paid[] = []
  for (const { source, place, amount, shares } of discounts) {
    const part = partOf(d, source)
    if (part === null) continue
    const stop = takeFromBudgets(d, part, amount)
    if (stop === null) {
      paid.push([part, shares])
      continue
    }
    for (const [other, taken] of paid) giveBackToBudgets(d, other, sumOf(taken), d.day)
    const candidate = candidates.find((one) => one.source === source && (one.place ?? undefined) === place)!
    const pointer = candidate.place === null ? undefined : `/redeem/${candidate.place}`
    return { candidate, why: refuse('budget_spent', `${candidate.name}: ${wordsForStop(stop)}.`, pointer) }
  }
  if (d.frozen !== null && paid.length > 0) d.frozen.slices['checkout'] = paid
  return null
}

/** What an order freezes of a discount that a budget pays for. */
type Paid = [part: string, shares: number[]]

/** Discounts and rewards share no ids. */
function partOf({ program: { budgets } }: Deciding, source: string): string | null {
  for (const part of [`discounts.${source}`, `rewards.${source}`]) if (budgets.has(part)) return part
  return null
}

/** What a discount no longer takes off can be taken off somebody else's order. */
function giveBudgetsBack(d: Deciding): undefined {
  const receipt = d.receipt!
  const paid = receipt.frozen.slices['checkout'] as Paid[] | undefined
  if (paid === undefined) return
  const day = localDay(d.program.zone, receipt.occurred_at)
  for (const [part, shares] of paid) {
    const amount = sumOf(shares)
    const before = pointsKept(amount, shares, d.order!, receipt.returned)
    giveBackToBudgets(d, part, before - pointsKept(amount, shares, d.order!, d.remains!.returned), day)
  }
}

function sumOf(shares: readonly number[]): number {
  return shares.reduce((sum, share) => sum + share, 0)
}

/** Last in the spend phase, when it is known what points have paid: some of it may earn nothing. */
function settle(d: Deciding): undefined {
  if (d.given === null && d.payments.length === 0) return
  const { earn } = termsOf(d.program)
  const { lines } = d.order!
  const paid = d.payments.filter(({ isStored }) => !(isStored ? earn.stored_value : earn.points_paid))
  const given = earn.free_items ? null : d.given
  if (given === null && paid.length === 0) return
  const money = lines.map((_, i) => paid.reduce((sum, { shares }) => sum + shares[i]!, 0))
  d.unearning = { money, units: given ?? lines.map(() => 0) }
  if (d.frozen !== null) d.frozen.unearning = d.unearning
}

const PLAIN_LANES: readonly Lane[] = [
  { id: DISCOUNTS_LANE, take: 'all' },
  { id: REWARDS_LANE, take: 'all' },
]

function compile(section: Section, compiling: Compiling): Terms {
  const { lanes = PLAIN_LANES, exclusive, most, floor, earn } = section
  const all = proposing(compiling)
  checkLanes(lanes, all, compiling)
  checkGroups(exclusive, all, compiling)
  const terms: Terms = {
    lanes,
    exclusive,
    most: mostAt(compiling, ['checkout', 'most'], most),
    floor: moneyAt(compiling, ['checkout', 'floor'], floor),
    shipping: section.shipping,
    earn,
    currency: compiling.program.currency,
  }
  checkMost(terms, all, compiling)
  return terms
}

/** What another section proposes: something in the file that takes money off orders. */
interface Proposing {
  section: 'discounts' | 'rewards'
  place: number
  id: string
  lane: string | undefined
  gives: Record<string, unknown>
}

function proposing({ settings }: Compiling): Proposing[] {
  return (['discounts', 'rewards'] as const).flatMap((section) =>
    ((settings[section] ?? []) as Omit<Proposing, 'section' | 'place'>[])
      .map((rule, place) => ({ ...rule, section, place }))
      .filter(({ gives }) => takesMoneyOff(gives)),
  )
}

/** Something that stands in a lane: in the usual one unless it says another. */
interface Standing {
  path: Path
  what: string
  lane: string | undefined
  usual: string
}

function standing(all: readonly Proposing[], { settings }: Compiling): Standing[] {
  const changed = settings['exchange'] as { wallet?: string; as: string; lane?: string }[]
  return [
    ...all.map(({ section, place, id, lane }) => ({ path: [section, place], what: id, lane, usual: section })),
    ...changed.flatMap(({ wallet = 'points', as, lane }, i) =>
      as === 'discount' ? [{ path: ['exchange', i], what: `what ${wallet} take off`, lane, usual: REWARDS_LANE }] : [],
    ),
  ]
}

function checkLanes(lanes: readonly Lane[], all: readonly Proposing[], compiling: Compiling): void {
  const known = lanes.map(({ id }) => id)
  for (const [i, id] of known.entries())
    if (known.indexOf(id) < i)
      compiling.problem(['checkout', 'lanes', i, 'id'], 'duplicate_id', `there is another lane ${id}`)
  for (const { path, what, lane, usual } of standing(all, compiling))
    if (lane !== undefined && !known.includes(lane))
      compiling.problem([...path, 'lane'], 'unknown_lane', `there is no lane ${lane}`, nearest(lane, known))
    else if (lane === undefined && !known.includes(usual))
      compiling.problem(
        path,
        'lane_missing',
        `say in which lane ${what} stands (${known.join(', ')}), or give \`checkout.lanes\` one with the id ${usual}`,
      )
}

/** Every choice between discounts that come by themselves is tried on every order, so there cannot be very many. */
const MOST_CHOICES = 64

function checkGroups(groups: Section['exclusive'], all: readonly Proposing[], compiling: Compiling): void {
  const known = all.map(({ id }) => id)
  let choices = 1
  for (const [i, group] of groups.entries()) {
    const path = ['checkout', 'exclusive', i]
    for (const [j, id] of group.entries())
      if (!known.includes(id))
        compiling.problem(
          [...path, j],
          'unknown_discount',
          `there is no discount, and no reward that takes money off, with the id ${id}`,
          nearest(id, known),
        )
      else if (group.indexOf(id) < j) compiling.problem([...path, j], 'duplicate_id', `${id} is in this group already`)
    if (new Set(group).size < 2)
      compiling.problem(path, 'contradiction', 'a group is of two at least: one alone excludes nothing')
    choices *= Math.max(1, all.filter(({ section, id }) => section === 'discounts' && group.includes(id)).length)
  }
  if (choices > MOST_CHOICES)
    compiling.problem(
      ['checkout', 'exclusive'],
      'too_many_choices',
      `these groups leave ${choices} ways to choose, and every order tries them all; make them ${MOST_CHOICES} at most`,
    )
}

/** A cap below what a reward promises would cut it on every order. */
function checkMost({ most, currency }: CheckoutTerms, all: readonly Proposing[], compiling: Compiling): void {
  const { digits } = compiling.program
  for (const { section, place, id, gives } of all) {
    const amount = parseMoney((gives['amount_off'] as string | number | undefined) ?? '', digits)
    if (amount === null || amount <= most.amount) continue
    const cap = formatMoney(most.amount, currency)
    compiling.problem(
      [section, place, 'gives', 'amount_off'],
      'contradiction',
      `${id} could never be had in full: \`checkout.most\` takes no more than ${cap} off an order`,
    )
  }
}
