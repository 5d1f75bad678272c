/** Rewards: what points buy. On an order they take money off; elsewhere points are held, captured or let go. */

import { z } from 'zod'
import { type Account, walletOf } from '../../core/account.ts'
import type { Activity, ActivityOf, OrderBody } from '../../core/activity.ts'
import type { Deciding, Redemption } from '../../core/deciding.ts'
import type { Compiling, Feature, Offer, Path } from '../../core/feature.ts'
import { captureHeld, draw, releaseHeld, restoreSpent } from '../../core/ledger.ts'
import { spread } from '../../core/money.ts'
import { nearest } from '../../core/nearest.ts'
import { nothingRemains, type PricedOrder, pointsKept, type Returned } from '../../core/order.ts'
import { type LotPart, NEVER, spendingOrder, type Wallet } from '../../core/points.ts'
import { DurationText, Id, MoneyText, moneyAt, type Program, rulesOf, type WalletRules } from '../../core/program.ts'
import { mulDivFloor, parseDecimal, type Rational, roundDiv } from '../../core/rational.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import type { Condition } from '../../core/rules.ts'
import { addDuration, type Duration, parseDuration } from '../../core/time.ts'

const Gives = z.union([
  z.strictObject({ amount_off: MoneyText.describe('Money off the order') }),
  z.strictObject({
    percent_off: z.union([z.number(), z.string()]).describe('Per cent off the order'),
    up_to: MoneyText.optional().describe('At most this much'),
  }),
  z.strictObject({
    free_item: z.strictObject({
      category: z.string().optional().describe('An item of this category'),
      item: z.string().optional().describe('This item'),
      up_to: MoneyText.optional().describe('At most this much of its price'),
      takes: z.enum(['dearest', 'cheapest', 'first']).default('dearest').describe('Which item of the order it takes'),
    }),
  }),
])

const RewardRule = z.strictObject({
  id: Id,
  name: z.string().max(200).optional().describe('What members read'),
  cost: z.union([z.number(), z.string()]).describe('Points, with the wallet where there are several: "200 stars"'),
  gives: Gives.describe('What the member gets'),
  from_tier: Id.optional().describe('The lowest tier that may have it'),
  when: z.string().optional().describe('A condition in CEL, such as order.total >= money("10.00")'),
  stock: z.int().min(0).optional().describe('How many there are in all'),
  hold: DurationText.default('15 minutes').describe('How long points stay held before they are let go'),
})

const RewardsSection = z.array(RewardRule).default([])
type Section = z.output<typeof RewardsSection>

type Benefit =
  | { kind: 'amount_off'; amount: number }
  | { kind: 'percent_off'; share: Rational; upTo: number }
  | {
      kind: 'free_item'
      category: string | undefined
      item: string | undefined
      upTo: number
      takes: 'dearest' | 'cheapest' | 'first'
    }

export interface RewardTerms {
  id: string
  name: string
  wallet: WalletRules
  /** In the wallet's smallest unit. */
  cost: number
  benefit: Benefit
  /** The levels that may have it, and whether the member's is one; null when all may. */
  levels: readonly string[] | null
  tiers: Condition | null
  when: Condition | null
  stock: number | null
  hold: Duration
}

/** Points held for a redemption that is not decided yet. */
interface Hold {
  /** The activity that began it. */
  a: number
  r: string
  w: string
  q: number
  p: number
  l: LotPart[]
  /** When it times out, in ms. */
  x: number
}

interface Slice {
  h: Hold[]
}

/** What an order freezes of a reward that was used on it. */
interface Spent {
  place: number
  reward: string
  quantity: number
  wallet: string
  points: number
  parts: LotPart[]
  /** What each line contributes to it: the money that the reward took off the line. */
  shares: number[]
}

export const rewards: Feature = {
  id: 'rewards',
  section: RewardsSection,
  compile: (section: Section, compiling) =>
    new Map(section.map((rule, i) => [rule.id, compileReward(rule, compiling, i, section)])),
  hears: {
    order: { price: takeOff, spend: payForRewards },
    return: { spend: restore },
    cancel: { spend: restore },
    redeem: { spend: hold },
    capture: { spend: capture },
    void: { spend: letGo },
    close: { spend: letAllGo },
    erase: { spend: letAllGo },
    clock: { spend: timeOut },
  },
  due,
  merge: (d, from: Slice | undefined) => keepHolds(d.account, [...slice(d.account).h, ...(from?.h ?? [])]),
  claims,
  // A spend that is told late draws what was open when it occurred.
  asksExpired: ({ type, body }, _, late) =>
    late && (type === 'redeem' || (type === 'order' && ((body as OrderBody).redeem ?? []).length > 0)),
  terms: (program) => ({ offers: [...rewardsOf(program).values()].map(offerOf) }),
}

function offerOf({ id, name, wallet, cost, levels, stock, benefit }: RewardTerms): Offer {
  const upTo = benefit.kind === 'amount_off' ? benefit.amount : benefit.upTo
  return {
    reward: id,
    name,
    wallet: wallet.id,
    cost,
    levels,
    item: benefit.kind === 'free_item' ? { category: benefit.category, sku: benefit.item } : null,
    up_to: upTo === NEVER ? null : upTo,
    stock,
    worthOn(body) {
      const left = body.lines.map(({ quantity, unit_price, discount }) => quantity * unit_price - (discount ?? 0))
      const nothingFree = body.lines.map(() => 0)
      return sharesOf(benefit, body, left, nothingFree, 1)?.reduce((sum, share) => sum + share, 0) ?? null
    },
  }
}

export function rewardsOf(program: Program): ReadonlyMap<string, RewardTerms> {
  return program.compiled['rewards'] as Map<string, RewardTerms>
}

function slice(account: Account): Slice {
  return (account.slices['rewards'] as Slice | undefined) ?? { h: [] }
}

/** A slice without holds is no slice, so that a finished redemption leaves the state as if there had been none. */
function keepHolds(account: Account, holds: Hold[]): void {
  if (holds.length === 0) delete account.slices['rewards']
  else account.slices['rewards'] = { h: holds } satisfies Slice
}

function due(account: Account): number {
  const own = account.slices['rewards'] as Slice | undefined
  return own === undefined ? NEVER : own.h.reduce((next, held) => Math.min(next, held.x), NEVER)
}

function stockOf(reward: string): string {
  return `stock:${reward}`
}

/** What nobody has any more can be had again by somebody else. */
function giveStockBack(d: Deciding, reward: string, quantity: number): void {
  const stock = rewardsOf(d.program).get(reward)?.stock ?? null
  if (stock !== null && quantity > 0) d.giveBack(stockOf(reward), quantity)
}

function claims(activity: Activity, program: Program): string[] {
  const wanted =
    activity.type === 'redeem'
      ? [activity.body.reward]
      : activity.type === 'order'
        ? (activity.body.redeem ?? []).map((r) => r.reward)
        : []
  return wanted.filter((id) => (rewardsOf(program).get(id)?.stock ?? null) !== null).map(stockOf)
}

/** Whether this member may have the reward now, apart from its price in points. */
function refusalFor(d: Deciding, id: string, quantity: number, pointer: string): RewardTerms | Refusal {
  const reward = rewardsOf(d.program).get(id)
  if (reward === undefined) return refuse('reward_unavailable', `The program has no reward ${id}.`, pointer)
  if (reward.tiers !== null && !reward.tiers.test(d.slots))
    return refuse('tier_too_low', `${reward.name} is for higher tiers.`, pointer)
  if (reward.when !== null && !reward.when.test(d.slots))
    return refuse('reward_unavailable', `${reward.name} asks for ${reward.when.source}.`, pointer)
  if (reward.stock !== null && !d.claim(stockOf(id), quantity, reward.stock))
    return refuse('sold_out', `${reward.name} is sold out.`, pointer)
  return reward
}

/** Price phase: each reward takes its discount off what the ones before it left. */
function takeOff(d: Deciding, { body }: ActivityOf<'order'>): Refusal | undefined {
  if (body.redeem === undefined) return undefined
  const free = body.lines.map(() => 0)
  for (const [i, wanted] of body.redeem.entries()) {
    const quantity = wanted.quantity ?? 1
    const reward = refusalFor(d, wanted.reward, quantity, `/redeem/${i}/reward`)
    if (reward instanceof Refusal) return reward
    if (reward.benefit.kind === 'percent_off' && quantity > 1)
      return refuse('reward_unavailable', `${reward.name} is used once at a time.`, `/redeem/${i}/quantity`)
    const left = remainingPrices(body, d)
    const shares = sharesOf(reward.benefit, body, left, free, quantity)
    if (shares === null)
      return refuse(
        'reward_unavailable',
        `${reward.name} finds nothing in this order that it applies to.`,
        `/redeem/${i}/reward`,
      )
    d.addDiscount({ source: reward.id, amount: shares.reduce((sum, share) => sum + share, 0), shares })
  }
  return undefined
}

/** What each line still costs after the shop's own discount and the rewards before. */
function remainingPrices(body: OrderBody, d: Deciding): number[] {
  return body.lines.map((line, i) =>
    d.discounts.reduce(
      (left, discount) => left - discount.shares[i]!,
      line.quantity * line.unit_price - (line.discount ?? 0),
    ),
  )
}

/** The share of each line in a discount, or null when nothing in the order is of the kind that it is for. */
function sharesOf(
  benefit: Benefit,
  body: OrderBody,
  left: readonly number[],
  free: number[],
  quantity: number,
): number[] | null {
  const total = left.reduce((sum, amount) => sum + amount, 0)
  if (benefit.kind === 'free_item') return freeItems(benefit, body, left, free, quantity)
  if (total === 0) return null
  if (benefit.kind === 'amount_off') return spread(Math.min(total, benefit.amount * quantity), left)
  const off = roundDiv(total * benefit.share.n, benefit.share.d, 'nearest')
  return spread(Math.min(total, off, benefit.upTo), left)
}

/** `free` counts the units of each line that are free already: no unit is given twice. */
function freeItems(
  benefit: Extract<Benefit, { kind: 'free_item' }>,
  body: OrderBody,
  left: readonly number[],
  free: number[],
  quantity: number,
): number[] | null {
  const eligible = body.lines
    .map((line, i) => ({ line, i }))
    .filter(
      ({ line, i }) =>
        left[i]! > 0 &&
        line.quantity > free[i]! &&
        (benefit.category === undefined || line.category === benefit.category) &&
        (benefit.item === undefined || line.sku === benefit.item),
    )
  if (benefit.takes !== 'first') {
    const sign = benefit.takes === 'dearest' ? -1 : 1
    // Equal prices keep the order of the lines, so that every device takes the same one.
    eligible.sort((a, b) => sign * (a.line.unit_price - b.line.unit_price) || a.i - b.i)
  }
  if (eligible.reduce((units, { line, i }) => units + line.quantity - free[i]!, 0) < quantity) return null
  const shares = left.map(() => 0)
  let wanted = quantity
  for (const { line, i } of eligible) {
    const paid = line.quantity - free[i]!
    const units = Math.min(wanted, paid)
    if (units === 0) break
    // What an earlier free unit left to pay is no part of the price of the next.
    const worth = Math.min(mulDivFloor(left[i]!, units, paid), line.unit_price * units)
    shares[i] = Math.min(worth, benefit.upTo === NEVER ? worth : benefit.upTo * units)
    free[i]! += units
    wanted -= units
  }
  return shares
}

/** Spend phase: the rewards of the order are paid with points that were there before it. */
function payForRewards(d: Deciding, { body }: ActivityOf<'order'>): Refusal | undefined {
  if (body.redeem === undefined || body.redeem.length === 0) return undefined
  const spent: Spent[] = []
  for (const [place, wanted] of body.redeem.entries()) {
    const reward = rewardsOf(d.program).get(wanted.reward)!
    const quantity = wanted.quantity ?? 1
    const points = reward.cost * quantity
    const parts = draw(d, reward.wallet, points, 'spent', { rule: reward.id, reverses: null })
    if (parts instanceof Refusal) return refuse(parts.code, parts.detail, `/redeem/${place}`)
    const { shares } = d.discounts[place]!
    spent.push({ place, reward: reward.id, quantity, wallet: reward.wallet.id, points, parts, shares })
    d.addRedemption(redemption(d.activity.id, place, reward.id, reward.wallet.id, quantity, points, points, 'captured'))
    d.addMessage('reward.redeemed', { reward: reward.id, quantity, points })
  }
  if (d.frozen !== null) d.frozen.slices['rewards'] = spent
  return undefined
}

function redemption(
  activity: number,
  place: number,
  reward: string,
  wallet: string,
  quantity: number,
  points: number,
  captured_points: number,
  status: Redemption['status'],
  expires_at: number | null = null,
): Redemption {
  return { activity, place, reward, wallet, quantity, points, captured_points, status, expires_at }
}

/** A return gives back points in proportion to what came back, or all once nothing remains, as the wallet says. */
function restore(d: Deciding): undefined {
  const receipt = d.receipt!
  const spent = (receipt.frozen.slices['rewards'] ?? []) as Spent[]
  for (const one of spent) {
    const rules = rulesOf(d.program, one.wallet)
    const before = restoredPoints(one, rules, d.order!, receipt.returned)
    const after = restoredPoints(one, rules, d.order!, d.remains!.returned)
    if (after === before) continue
    const parts = lastOf(one.parts, before, after)
    restoreSpent(d, rules, parts, { rule: one.reward, reverses: receipt.activity })
    d.addRestored(`${receipt.activity}.${one.place}`, after - before)
    const kept = one.points - after
    const status = kept === 0 ? 'returned' : 'captured'
    d.addRedemption(
      redemption(receipt.activity, one.place, one.reward, one.wallet, one.quantity, one.points, kept, status),
    )
    if (kept === 0) giveStockBack(d, one.reward, one.quantity)
  }
}

/** How many of the points spent on an order have come back when this much of it was returned. */
function restoredPoints({ points, shares }: Spent, rules: WalletRules, order: PricedOrder, returned: Returned): number {
  if (nothingRemains(order, returned)) return points
  return rules.restore === 'when_nothing_remains' ? 0 : points - pointsKept(points, shares, order, returned)
}

/** The parts that the points from `before` to `after` came from, counted from the last drawn: it expires the latest. */
function lastOf(parts: readonly LotPart[], before: number, after: number): LotPart[] {
  const found: LotPart[] = []
  let passed = 0
  for (const part of [...parts].reverse()) {
    const from = Math.max(before, passed)
    const until = Math.min(after, passed + part.points)
    if (until > from) found.push({ ...part, points: until - from })
    passed += part.points
  }
  return found
}

function hold(d: Deciding, { id, body }: ActivityOf<'redeem'>): Refusal | undefined {
  d.readFacts()
  const reward = refusalFor(d, body.reward, body.quantity, '/reward')
  if (reward instanceof Refusal) return reward
  const points = reward.cost * body.quantity
  const source = { rule: reward.id, reverses: null }
  const parts = draw(d, reward.wallet, points, body.capture ? 'spent' : 'held', source)
  if (parts instanceof Refusal) return parts
  if (body.capture) {
    d.addRedemption(redemption(id, 0, reward.id, reward.wallet.id, body.quantity, points, points, 'captured'))
    d.addMessage('reward.redeemed', { reward: reward.id, quantity: body.quantity, points })
    return undefined
  }
  const x = addDuration(d.program.zone, d.account.clock, reward.hold)
  const held: Hold = { a: id, r: reward.id, w: reward.wallet.id, q: body.quantity, p: points, l: parts, x }
  keepHolds(d.account, [...slice(d.account).h, held])
  d.addRedemption(redemption(id, 0, reward.id, reward.wallet.id, body.quantity, points, 0, 'held', x))
  return undefined
}

function openHold(d: Deciding, activity: number): Hold | Refusal {
  const held = slice(d.account).h.find(({ a }) => a === activity)
  return held ?? refuse('hold_closed', 'This redemption was captured, voided or has timed out.')
}

function closeHold(d: Deciding, held: Hold): void {
  keepHolds(
    d.account,
    slice(d.account).h.filter(({ a }) => a !== held.a),
  )
}

/** A part is captured with the points that expire soonest; the rest is available again, or expires if its time came. */
function capture(d: Deciding, { body }: ActivityOf<'capture'>): Refusal | undefined {
  const held = openHold(d, body.redemption)
  if (held instanceof Refusal) return held
  const wanted = body.points ?? (body.quantity === undefined ? held.p : mulDivFloor(held.p, body.quantity, held.q))
  const pointer = body.points === undefined ? '/quantity' : '/points'
  if (wanted > held.p || (body.quantity ?? 0) > held.q)
    return refuse('capture_exceeds_hold', `${held.p} points are held, for ${held.q}.`, pointer)
  const rules = rulesOf(d.program, held.w)
  const source = { rule: held.r, reverses: null }
  const [taken, rest] = split(held.l, wanted, walletOf(d.account, held.w))
  captureHeld(d, rules, taken, source)
  releaseHeld(d, rules, rest, source)
  closeHold(d, held)
  const quantity = body.quantity ?? held.q
  giveStockBack(d, held.r, held.q - quantity)
  d.addRedemption(redemption(held.a, 0, held.r, held.w, quantity, held.p, wanted, 'captured'))
  d.addMessage('reward.redeemed', { reward: held.r, quantity, points: wanted })
  return undefined
}

/** Whatever order the wallet spends in, what is let go is what lasts longest, and what has expired meanwhile goes first. */
function split(parts: readonly LotPart[], points: number, wallet: Wallet): [LotPart[], LotPart[]] {
  const taken: LotPart[] = []
  const rest: LotPart[] = []
  let missing = points
  for (const part of [...parts].sort(spendingOrder('soonest_expiry', wallet))) {
    const now = Math.min(missing, part.points)
    if (now > 0) taken.push({ ...part, points: now })
    if (now < part.points) rest.push({ ...part, points: part.points - now })
    missing -= now
  }
  return [taken, rest]
}

function letGo(d: Deciding, { body }: ActivityOf<'void'>): Refusal | undefined {
  const held = openHold(d, body.redemption)
  if (held instanceof Refusal) return held
  release(d, held, 'voided')
  return undefined
}

/** Nothing stays held in an account that closes. */
function letAllGo(d: Deciding): undefined {
  for (const held of slice(d.account).h) release(d, held, 'voided')
}

function timeOut(d: Deciding): undefined {
  for (const held of slice(d.account).h) if (held.x <= d.at) release(d, held, 'expired')
}

function release(d: Deciding, held: Hold, status: 'voided' | 'expired'): void {
  releaseHeld(d, rulesOf(d.program, held.w), held.l, { rule: held.r, reverses: null })
  closeHold(d, held)
  d.addRedemption(redemption(held.a, 0, held.r, held.w, held.q, held.p, 0, status))
  giveStockBack(d, held.r, held.q)
}

function compileReward(rule: Section[number], compiling: Compiling, i: number, section: Section): RewardTerms {
  const path = ['rewards', i]
  if (section.findIndex(({ id }) => id === rule.id) < i)
    compiling.problem([...path, 'id'], 'duplicate_id', `there is another reward ${rule.id}`)
  const { wallet, cost } = compileCost(rule.cost, compiling, [...path, 'cost'])
  const levels = rule.from_tier === undefined ? null : levelsFrom(rule.from_tier, compiling, [...path, 'from_tier'])
  const scope = rule.when?.includes('order.') ? 'order' : 'member'
  return {
    id: rule.id,
    name: rule.name ?? rule.id,
    wallet,
    cost,
    benefit: compileBenefit(rule.gives, compiling, [...path, 'gives']),
    levels,
    tiers:
      levels === null
        ? null
        : compiling.condition([...path, 'from_tier'], `member.tier in ${JSON.stringify(levels)}`, 'member'),
    when: rule.when === undefined ? null : compiling.condition([...path, 'when'], rule.when, scope),
    stock: rule.stock ?? null,
    hold: parseDuration(rule.hold)!,
  }
}

function compileCost(text: string | number, compiling: Compiling, path: Path): { wallet: WalletRules; cost: number } {
  const { wallets } = compiling.program
  const match = /^(\d+(?:\.\d+)?)(?: +([a-z][a-z0-9_-]*))?$/.exec(String(text).trim())
  const id = match?.[2]
  const wallet = id === undefined ? wallets[0]! : wallets.find((one) => one.id === id)
  if (wallet === undefined) {
    const known = wallets.map((one) => one.id)
    compiling.problem(
      path,
      'unknown_wallet',
      `there is no wallet ${id}; there is ${known.join(', ')}`,
      nearest(id!, known),
    )
    return { wallet: wallets[0]!, cost: 0 }
  }
  const amount = match === null ? null : parseDecimal(match[1]!)
  const cost = amount === null ? 0.5 : (amount.n * 10 ** wallet.decimals) / amount.d
  if (!Number.isSafeInteger(cost))
    compiling.problem(
      path,
      'not_a_cost',
      `must be points and a wallet, such as "200 ${wallet.id}", with at most ${wallet.decimals} decimals`,
    )
  if (id === undefined && wallets.length > 1)
    compiling.problem(path, 'wallet_missing', `say which wallet: ${wallets.map((one) => one.id).join(', ')}`)
  return { wallet, cost }
}

function compileBenefit(gives: Section[number]['gives'], compiling: Compiling, path: Path): Benefit {
  if ('amount_off' in gives)
    return { kind: 'amount_off', amount: moneyAt(compiling, [...path, 'amount_off'], gives.amount_off) }
  if ('percent_off' in gives) {
    const share = parseDecimal(gives.percent_off)
    if (share === null || share.n <= 0 || share.n > share.d * 100)
      compiling.problem([...path, 'percent_off'], 'not_a_percentage', 'must be above 0 and at most 100')
    const upTo = gives.up_to === undefined ? NEVER : moneyAt(compiling, [...path, 'up_to'], gives.up_to)
    return { kind: 'percent_off', share: { n: share?.n ?? 0, d: (share?.d ?? 1) * 100 }, upTo }
  }
  const { category, item, up_to, takes } = gives.free_item
  const upTo = up_to === undefined ? NEVER : moneyAt(compiling, [...path, 'free_item', 'up_to'], up_to)
  return { kind: 'free_item', category, item, upTo, takes }
}

/** The level that is named and all above it; null where there is none of that name. */
function levelsFrom(id: string, compiling: Compiling, path: Path): string[] | null {
  const section = compiling.settings['tiers'] as { levels: { id: string }[] } | undefined
  const levels = section?.levels.map((level) => level.id) ?? []
  const first = levels.indexOf(id)
  if (first >= 0) return levels.slice(first)
  compiling.problem(path, 'unknown_tier', `there is no tier ${id}`, nearest(id, levels))
  return null
}
