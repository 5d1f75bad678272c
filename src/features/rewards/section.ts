/** What a program says of rewards, and what decisions make of it. */

import { z } from 'zod'
import { REWARDS_LANE } from '../../core/checkout.ts'
import { compileDays, DaySettings } from '../../core/days.ts'
import { compileMoneyOff, MoneyOffKinds } from '../../core/discounts.ts'
import { calendarOf, type ExpiryOf } from '../../core/expiry.ts'
import type { Compiling, Path } from '../../core/feature.ts'
import { compileLevels, LevelSettings } from '../../core/levels.ts'
import { type Limit, LimitText, parseLimit } from '../../core/limits.ts'
import { compileLots, compileTiers } from '../../core/lots.ts'
import { nearest } from '../../core/nearest.ts'
import { NEVER } from '../../core/points.ts'
import { PointsText, pointsAt } from '../../core/points-text.ts'
import { type Gives, THINGS } from '../../core/prizes.ts'
import { CalendarExpiry, DurationText, Id, MoneyText, moneyAt, type WalletRules } from '../../core/program.ts'
import { parseDuration } from '../../core/time.ts'
import { type RewardTerms, refuseUse } from './terms.ts'

const OtherKinds = [
  z.strictObject({
    thing: z
      .strictObject({
        kind: z.enum(THINGS),
        name: z.string().max(200).optional().describe('What it is'),
      })
      .describe('Something that a person hands over or that happens elsewhere'),
  }),
  z.strictObject({ code: z.strictObject({ pool: Id.describe('The list of codes') }).describe("A partner's code") }),
  z.strictObject({
    points: PointsText.describe('Points, such as "50 stars"'),
    expiry: CalendarExpiry.optional().describe('When they expire; as their wallet says unless said'),
  }),
  z.strictObject({
    credit: MoneyText.describe('Stored value, such as 5.00'),
    wallet: Id.optional().describe('The wallet of money that it goes to; the only one unless said'),
    expiry: CalendarExpiry.optional().describe('When it expires; as its wallet says unless said'),
  }),
  z.strictObject({
    entry: z
      .strictObject({
        draw: Id.describe('The draw'),
        entries: z.int().min(1).max(10_000).default(1).describe('How many entries'),
      })
      .describe('Entries of a prize draw'),
  }),
  z.strictObject({
    perk: z
      .strictObject({
        perk: Id.describe('The perk'),
        uses: z.int().min(1).max(10_000).default(1).describe('How many uses of it'),
      })
      .describe('Uses of a perk'),
  }),
] as const

const Cost = z.union([
  PointsText,
  z.strictObject({
    points: PointsText.describe('Points, such as "500 stars"'),
    money: MoneyText.describe('Money to be paid besides'),
  }),
])

const RewardRule = z.strictObject({
  id: Id,
  name: z.string().max(200).optional().describe('What members read'),
  cost: Cost.optional().describe(
    'Points, with the wallet where there are several: "200 stars"; points and money; or "free". Left out, it is only given',
  ),
  gives: z.union([...MoneyOffKinds.options, ...OtherKinds]).describe('What the member gets'),
  ...LevelSettings,
  when: z.string().optional().describe('A condition in CEL, such as order.total >= money("10.00")'),
  min_spend: MoneyText.optional().describe('What the order has to come to before anything is taken off it'),
  lane: Id.optional().describe('In which lane of the checkout it stands'),
  locations: z.array(z.string().min(1)).min(1).optional().describe('The shops that have it'),
  ...DaySettings,
  limit: z
    .union([LimitText, z.array(LimitText).min(1)])
    .optional()
    .describe('How many of it a member may have, such as "1 per month"'),
  stock: z.int().min(0).optional().describe('How many there are in all'),
  hold: DurationText.default('15 minutes').describe('How long points stay held before they are let go'),
  valid: z
    .union([DurationText, CalendarExpiry])
    .optional()
    .describe('How long a voucher of it may be used; for ever unless said'),
  transfer: z.boolean().default(false).describe('Whether a voucher of it may go to another member'),
  worth: MoneyText.optional().describe('What it is worth to a member, in money'),
})

export const RewardsSection = z.array(RewardRule).default([])
type Section = z.output<typeof RewardsSection>
type Rule = Section[number]

export function compile(section: Section, compiling: Compiling): Map<string, RewardTerms> {
  const all = section.map((rule, i) => {
    if (section.findIndex(({ id }) => id === rule.id) < i)
      compiling.problem(['rewards', i, 'id'], 'duplicate_id', `there is another reward ${rule.id}`)
    return compileReward(rule, compiling, ['rewards', i])
  })
  return new Map(all.map((reward) => [reward.id, reward]))
}

function compileReward(rule: Rule, compiling: Compiling, path: Path): RewardTerms {
  const isOfOrder = rule.when?.includes('order.') ?? false
  const gives = compileGives(rule.gives, compiling, [...path, 'gives'])
  const money = (setting: 'min_spend' | 'worth') =>
    rule[setting] === undefined ? null : moneyAt(compiling, [...path, setting], rule[setting])
  const name = rule.name ?? rule.id
  const reward: RewardTerms = {
    id: rule.id,
    reward: rule.id,
    name,
    ...compileCost(rule, compiling, path),
    gives,
    benefit: gives.kind === 'off' ? gives.off : null,
    levels: compileLevels(rule, compiling, path),
    when:
      rule.when === undefined
        ? null
        : compiling.condition([...path, 'when'], rule.when, isOfOrder ? 'order' : 'member'),
    asksOrder: isOfOrder,
    minSpend: money('min_spend') ?? 0,
    locations: rule.locations ?? null,
    days: compileDays(rule, compiling, path),
    limits: compileLimits(rule, compiling, [...path, 'limit']),
    stock: rule.stock ?? null,
    lane: rule.lane ?? REWARDS_LANE,
    hold: parseDuration(rule.hold)!,
    expiryOf: compileValid(rule, compiling, [...path, 'valid']),
    transfer: rule.transfer,
    worth: money('worth') ?? worthOf(gives),
    refuseUse: (d, location, pointer) => refuseUse(reward, d, location, pointer),
  }
  if (gives.kind !== 'off' && rule.min_spend !== undefined)
    compiling.problem(
      [...path, 'min_spend'],
      'order_only',
      'only what takes money off an order can ask what it comes to',
    )
  return reward
}

type Priced = Pick<RewardTerms, 'wallet' | 'cost' | 'money' | 'isAsked'>

/** What costs nothing can be asked for as often as its limit allows; what has no cost at all is only given. */
function compileCost({ cost, limit }: Rule, compiling: Compiling, path: Path): Priced {
  const wallet: WalletRules = compiling.program.wallets[0]!
  if (cost === undefined) return { wallet, cost: 0, money: 0, isAsked: false }
  if (cost === 'free') {
    if (limit === undefined)
      compiling.problem(
        [...path, 'cost'],
        'free_for_all',
        'anybody could take it again and again: say a `limit`, or leave `cost` out if it is only given',
      )
    return { wallet, cost: 0, money: 0, isAsked: true }
  }
  const isBoth = typeof cost === 'object'
  const own = pointsAt(compiling, [...path, 'cost', ...(isBoth ? ['points'] : [])], isBoth ? cost.points : cost)
  const money = isBoth ? moneyAt(compiling, [...path, 'cost', 'money'], cost.money) : 0
  return { wallet: own.wallet, cost: own.points, money, isAsked: true }
}

function compileGives(gives: Rule['gives'], compiling: Compiling, path: Path): Gives {
  if ('thing' in gives) return { kind: 'thing', thing: gives.thing.kind, name: gives.thing.name ?? null }
  if ('code' in gives) return { kind: 'code', pool: gives.code.pool }
  if ('points' in gives) {
    const { wallet, points } = pointsAt(compiling, [...path, 'points'], gives.points)
    if (points === 0) compiling.problem([...path, 'points'], 'not_points', 'must be above 0')
    return compilePoints(wallet, points, gives.expiry, compiling, path)
  }
  if ('credit' in gives) {
    const credit = moneyAt(compiling, [...path, 'credit'], gives.credit)
    if (credit === 0) compiling.problem([...path, 'credit'], 'not_money', 'must be above 0')
    return compilePoints(moneyWallet(gives.wallet, compiling, path), credit, gives.expiry, compiling, path)
  }
  if ('entry' in gives) {
    const { draw, entries } = gives.entry
    checkKnown('draws', draw, 'draw', compiling, [...path, 'entry', 'draw'])
    return { kind: 'entry', draw, entries }
  }
  if ('perk' in gives) {
    const { perk, uses } = gives.perk
    checkKnown('perks', perk, 'perk', compiling, [...path, 'perk', 'perk'])
    return { kind: 'perk', perk, uses }
  }
  return { kind: 'off', off: compileMoneyOff(gives, compiling, path) }
}

function compilePoints(
  wallet: WalletRules,
  points: number,
  expiry: CalendarExpiry | undefined,
  compiling: Compiling,
  path: Path,
): Gives {
  const terms = { kind: 'reward', wallet, tiers: compileTiers(wallet, compiling), pending: null, expiry }
  return { kind: 'points', wallet, points, lotOf: compileLots(terms, compiling, path) }
}

function moneyWallet(id: string | undefined, compiling: Compiling, path: Path): WalletRules {
  const { wallets } = compiling.program
  const money = wallets.filter(({ isMoney }) => isMoney)
  const known = money.map((wallet) => wallet.id)
  const found = id === undefined ? money[0] : money.find((wallet) => wallet.id === id)
  if (found === undefined && id !== undefined)
    compiling.problem([...path, 'wallet'], 'unknown_wallet', `there is no wallet of money ${id}`, nearest(id, known))
  else if (found === undefined)
    compiling.problem([...path, 'credit'], 'no_money_wallet', 'needs a wallet of money: `credit: { money: true }`')
  else if (id === undefined && money.length > 1)
    compiling.problem(path, 'wallet_missing', `say which wallet: ${known.join(', ')}`)
  return found ?? wallets[0]!
}

/** Something that another section of the file describes. */
function checkKnown(section: string, id: string, what: string, compiling: Compiling, path: Path): void {
  const known = ((compiling.settings[section] ?? []) as { id: string }[]).map((one) => one.id)
  if (!known.includes(id)) compiling.problem(path, `unknown_${what}`, `there is no ${what} ${id}`, nearest(id, known))
}

/** Each counts how many of the reward a member got. */
function compileLimits({ limit }: Rule, compiling: Compiling, path: Path): Limit[] {
  const texts = limit === undefined ? [] : typeof limit === 'string' ? [limit] : limit
  return texts.map((text, i) => {
    const at = typeof limit === 'string' ? path : [...path, i]
    const { amount, per, counts } = parseLimit(text, true, 0)
    if (counts === 'points')
      compiling.problem(at, 'not_a_limit', 'counts how many a member may have, such as "1 per month"')
    if (texts.findIndex((other) => parseLimit(other, true, 0).per === per) < i)
      compiling.problem(at, 'contradiction', `there is another limit per ${per}`)
    return { amount, per, counts: 'points' }
  })
}

function compileValid({ valid }: Rule, compiling: Compiling, path: Path): ExpiryOf {
  if (valid === undefined) return () => NEVER
  const terms = typeof valid === 'string' && valid !== 'never' ? { after: valid } : (valid as CalendarExpiry)
  if (terms === 'never') return () => NEVER
  // A voucher that is good for 30 days is good for 30 days, and not to the end of the month as points are.
  const until_end_of = terms.until_end_of ?? (terms.on === undefined ? 'day' : undefined)
  return calendarOf({ ...terms, until_end_of }, compiling.program.zone, (setting, code, message) =>
    compiling.problem(typeof valid === 'string' ? path : [...path, setting], code, message),
  )
}

function worthOf(gives: Gives): number | null {
  return gives.kind === 'off' && gives.off.kind === 'amount_off' ? gives.off.amount : null
}
