/** Rewards: what points buy. On an order they take money off; elsewhere points are held, captured or let go. */

import { z } from 'zod'
import type { Activity, OrderBody } from '../../core/activity.ts'
import { basketOf, total } from '../../core/basket.ts'
import { REWARDS_LANE } from '../../core/checkout.ts'
import { compileMoneyOff, MoneyOffKinds, mostOff, takeOff } from '../../core/discounts.ts'
import type { Compiling, Feature, Offer, Path } from '../../core/feature.ts'
import { nearest } from '../../core/nearest.ts'
import { priceOrder } from '../../core/order.ts'
import { NEVER } from '../../core/points.ts'
import { DurationText, Id, type Program, type WalletRules } from '../../core/program.ts'
import { parseDecimal } from '../../core/rational.ts'
import { parseDuration } from '../../core/time.ts'
import { capture, due, hold, letAllGo, letGo, mergeHolds, timeOut } from './holds.ts'
import { payForRewards, proposeRewards, restore } from './on-order.ts'
import { rewardLosses, rewardStatements } from './statements.ts'
import { type RewardTerms, rewardsOf, stockOf } from './terms.ts'
import { words } from './words.ts'

const RewardRule = z.strictObject({
  id: Id,
  name: z.string().max(200).optional().describe('What members read'),
  cost: z.union([z.number(), z.string()]).describe('Points, with the wallet where there are several: "200 stars"'),
  gives: MoneyOffKinds.describe('What the member gets'),
  from_tier: Id.optional().describe('The lowest tier that may have it'),
  when: z.string().optional().describe('A condition in CEL, such as order.total >= money("10.00")'),
  lane: Id.optional().describe('In which lane of the checkout it stands'),
  stock: z.int().min(0).optional().describe('How many there are in all'),
  transfer: z.boolean().optional().describe('Whether members may give a voucher of it to another member'),
  hold: DurationText.default('15 minutes').describe('How long points stay held before they are let go'),
})

const RewardsSection = z.array(RewardRule).default([])
type Section = z.output<typeof RewardsSection>

export const rewards: Feature = {
  id: 'rewards',
  section: RewardsSection,
  compile: (section: Section, compiling) =>
    new Map(section.map((rule, i) => [rule.id, compileReward(rule, compiling, i, section)])),
  hears: {
    order: { price: proposeRewards, spend: payForRewards },
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
  merge: mergeHolds,
  claims,
  // A spend that is told late draws what was open when it occurred.
  asksExpired: ({ type, body }, _, late) =>
    late && (type === 'redeem' || (type === 'order' && ((body as OrderBody).redeem ?? []).length > 0)),
  terms: (program) => ({ offers: [...rewardsOf(program).values()].map((reward) => offerOf(program, reward)) }),
  statements: rewardStatements,
  losses: rewardLosses,
  words,
}

function offerOf(program: Program, { id, name, wallet, cost, levels, stock, benefit }: RewardTerms): Offer {
  const upTo = mostOff(benefit)
  return {
    reward: id,
    name,
    wallet: wallet.id,
    cost,
    levels,
    item: benefit.kind === 'free_item' ? benefit.item : null,
    up_to: upTo === NEVER ? null : upTo,
    stock,
    worthOn(body) {
      const taking = takeOff(benefit, basketOf(priceOrder(body, null), new Array(program.slots)), 1)
      return taking === null ? null : total(taking.shares)
    },
  }
}

function claims(activity: Activity, program: Program): string[] {
  const wanted =
    activity.type === 'redeem'
      ? [activity.body.reward]
      : activity.type === 'order'
        ? (activity.body.redeem ?? []).flatMap(({ reward }) => reward ?? [])
        : []
  return wanted.filter((id) => (rewardsOf(program).get(id)?.stock ?? null) !== null).map(stockOf)
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
    benefit: compileMoneyOff(rule.gives, compiling, [...path, 'gives']),
    levels,
    tiers:
      levels === null
        ? null
        : compiling.condition([...path, 'from_tier'], `member.tier in ${JSON.stringify(levels)}`, 'member'),
    when: rule.when === undefined ? null : compiling.condition([...path, 'when'], rule.when, scope),
    stock: rule.stock ?? null,
    lane: rule.lane ?? REWARDS_LANE,
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

/** The level that is named and all above it; null where there is none of that name. */
function levelsFrom(id: string, compiling: Compiling, path: Path): string[] | null {
  const section = compiling.settings['tiers'] as { levels: { id: string }[] } | undefined
  const levels = section?.levels.map((level) => level.id) ?? []
  const first = levels.indexOf(id)
  if (first >= 0) return levels.slice(first)
  compiling.problem(path, 'unknown_tier', `there is no tier ${id}`, nearest(id, levels))
  return null
}
