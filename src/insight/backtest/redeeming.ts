/** Which reward a member would use with an order, by the model that the scenario assumes. */

import type { Account } from '../../core/account.ts'
import type { OrderBody } from '../../core/activity.ts'
import type { Offer } from '../../core/feature.ts'
import { showsCategories, showsItems } from '../../core/history.ts'
import { availablePoints } from '../../core/points.ts'
import { openVouchers } from '../../core/vouchers.ts'
import { chanceOf } from './luck.ts'
import type { Member } from './member.ts'
import { givenIn, offersByLevel } from './offered.ts'
import type { Redeeming, Scenario } from './scenario.ts'

/** A reward that may be used now. */
export interface Choice {
  reward: string
  cost: number
  /** What it saves, in minor units. */
  worth: number
  /** Whether the order shows what it is for, so that it takes money off it; else it is used beside the order. */
  onOrder: boolean
  /** The code of the voucher for it that the member has; null where points pay for it. */
  voucher: string | null
}

/** What members do when they could redeem; null where they never do. */
export function chooserOf({ program, redeeming, seed }: Scenario): Chooser | null {
  if (redeeming.model === 'none') return null
  return new Chooser(redeeming, offersByLevel(program), givenIn(program), seed)
}

export class Chooser {
  private readonly model: Exclude<Redeeming, { model: 'none' }>
  /** What members of each level may have. */
  private readonly offers: readonly (readonly Offer[])[]
  /** What vouchers are for, by reward. */
  private readonly given: ReadonlyMap<string, Offer>
  private readonly seed: number

  constructor(
    model: Chooser['model'],
    offers: readonly (readonly Offer[])[],
    given: ReadonlyMap<string, Offer>,
    seed: number,
  ) {
    this.model = model
    this.offers = model.model === 'saver' ? offers.map(dearestOnly) : offers
    this.given = given
    this.seed = seed
  }

  /** The rewards to try, the preferred one first: a condition of the program may refuse one. */
  choose(member: Member, body: OrderBody): readonly Choice[] {
    const choices = this.affordable(member, body)
    const vouchers = member.account.vouchers.length === 0 ? NONE : this.inHand(member, body)
    if (choices.length + vouchers.length === 0) return NONE
    const { model } = this
    const { number, orders } = member
    if (model.model === 'at-once' || model.model === 'saver') return [...vouchers, ...choices.sort(byWorth)]
    const luck = chanceOf(this.seed, number, orders)
    if (model.model === 'past') return drawnBy(model.rewards, [...vouchers, ...choices], luck)
    if (luck >= model.chance) return []
    const all = [...vouchers, ...choices]
    const drawn = Math.floor(chanceOf(this.seed, number, orders, 1) * all.length)
    return [...all.slice(drawn), ...all.slice(0, drawn)]
  }

  private affordable({ account, level }: Member, body: OrderBody): Choice[] {
    const offers = this.offers[level]!
    const choices: Choice[] = []
    for (let i = 0; i < offers.length; i++) {
      const offer = offers[i]!
      if (!canPay(account, offer)) continue
      const onOrder = isShown(offer, body)
      const worth = onOrder ? (offer.worthOn(body) ?? 0) : worthBeside(offer, body)
      if (worth > 0) choices.push({ reward: offer.reward, cost: offer.cost, worth, onOrder, voucher: null })
    }
    return choices
  }

  /**
   * Of each reward the voucher that ends first; what ends first comes first, and of equals what saves most. A thing is
   * fetched whatever it is worth, and money off an order only where it takes some.
   */
  private inHand({ account }: Member, body: OrderBody): readonly Choice[] {
    const soonest = [...openVouchers(account)].sort((a, b) => a.expiry - b.expiry)
    const choices: Choice[] = []
    for (const { reward, code } of soonest) {
      const offer = this.given.get(reward)
      if (offer === undefined || choices.some((one) => one.reward === reward)) continue
      const onOrder = isShown(offer, body)
      const worth = onOrder ? (offer.worthOn(body) ?? 0) : worthBeside(offer, body)
      if (worth > 0 || !offer.onOrders) choices.push({ reward, cost: 0, worth, onOrder, voucher: code })
    }
    return choices
  }
}

const NONE: readonly Choice[] = []

function canPay({ wallets }: Account, { wallet, cost }: Offer): boolean {
  for (let i = 0; i < wallets.length; i++) if (wallets[i]!.id === wallet) return availablePoints(wallets[i]!) >= cost
  return cost === 0
}

/** Whether the order says enough to tell if what the reward is for is in it. */
export function isShown({ item, onOrders }: Offer, body: OrderBody): boolean {
  if (!onOrders) return false
  if (item === null) return true
  if (item.category !== undefined) return showsCategories(body)
  return showsItems(body)
}

/**
 * What something is worth that the order does not show: what the reward pays at most, or what a unit of the order cost.
 * What no order shows is worth what the program says.
 */
function worthBeside({ up_to, onOrders }: Offer, { lines }: OrderBody): number {
  if (up_to !== null || !onOrders) return up_to ?? 0
  let [units, amount] = [0, 0]
  for (const { quantity, unit_price } of lines) {
    units += quantity
    amount += quantity * unit_price
  }
  return Math.round(amount / units)
}

/** Of each wallet the dearest reward, or several that are equally dear. */
function dearestOnly(offers: readonly Offer[]): Offer[] {
  return offers.filter(({ wallet, cost }) => offers.every((other) => other.wallet !== wallet || other.cost <= cost))
}

/** What saves most comes first; of equals the one for fewer points. */
function byWorth(a: Choice, b: Choice): number {
  return b.worth - a.worth || a.cost - b.cost
}

/** One draw decides between all: each reward has its chance, and what is left is the chance of none. */
function drawnBy(chances: Readonly<Record<string, number>>, choices: readonly Choice[], luck: number): Choice[] {
  let passed = 0
  const total = choices.reduce((sum, { reward }) => sum + (chances[reward] ?? 0), 0)
  const scale = total > 1 ? 1 / total : 1
  for (const choice of choices) {
    passed += (chances[choice.reward] ?? 0) * scale
    if (luck < passed) return [choice]
  }
  return []
}
