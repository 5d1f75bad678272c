/** Rewards: what members get, for points or as a gift. Money comes off an order; all else is held, had, or kept as a voucher. */

import type { Activity, OrderBody } from '../../core/activity.ts'
import { basketOf, total } from '../../core/basket.ts'
import type { Deciding } from '../../core/deciding.ts'
import { mostOff, takeOff } from '../../core/discounts.ts'
import type { Feature, Offer } from '../../core/feature.ts'
import { addCounters } from '../../core/limits.ts'
import { priceOrder } from '../../core/order.ts'
import { NEVER } from '../../core/points.ts'
import type { Program } from '../../core/program.ts'
import { poolClaim } from '../../core/vouchers.ts'
import { claimCard } from './claimed.ts'
import { give, withdraw } from './given.ts'
import { capture, due, hold, letAllGo, letGo, timeOut } from './holds.ts'
import { payForRewards, proposeRewards, restore } from './on-order.ts'
import { compile, RewardsSection } from './section.ts'
import { changeSlice, type Slice } from './slice.ts'
import { rewardLosses, rewardStatements } from './statements.ts'
import { type RewardTerms, rewardsOf, stockOf } from './terms.ts'
import { words } from './words.ts'

export const rewards: Feature = {
  id: 'rewards',
  ordersRedeem: () => true,
  section: RewardsSection,
  compile,
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
    voucher_claim: { grant: claimCard },
    give: { grant: give },
    withdraw: { grant: withdraw },
  },
  due,
  merge,
  claims,
  // A spend that is told late draws what was open when it occurred.
  asksExpired: ({ type, body }, _, late) =>
    late && (type === 'redeem' || (type === 'order' && ((body as OrderBody).redeem ?? []).length > 0)),
  terms: (program) => ({
    offers: [...rewardsOf(program).values()].filter(({ isAsked }) => isAsked).map((reward) => offerOf(program, reward)),
    gifts: [...rewardsOf(program).values()]
      .filter((reward) => isOnlyGiven(program, reward))
      .map((reward) => offerOf(program, reward)),
  }),
  statements: rewardStatements,
  losses: rewardLosses,
  words,
}

/** What sections of the program give as vouchers, and members cannot ask for. */
function isOnlyGiven({ gifts }: Program, { id, isAsked, gives: { kind } }: RewardTerms): boolean {
  const isVoucher = kind === 'off' || kind === 'thing' || kind === 'code'
  return isVoucher && !isAsked && gifts.some(({ reward }) => reward === id)
}

function offerOf(program: Program, { id, name, wallet, cost, levels, stock, benefit, worth }: RewardTerms): Offer {
  const upTo = benefit === null ? NEVER : mostOff(benefit)
  return {
    reward: id,
    name,
    wallet: wallet.id,
    cost,
    levels: levels?.ids ?? null,
    item: benefit?.kind === 'free_item' ? benefit.item : null,
    up_to: benefit === null ? worth : upTo === NEVER ? null : upTo,
    stock,
    onOrders: benefit !== null,
    worthOn(body) {
      if (benefit === null) return null
      const taking = takeOff(benefit, basketOf(priceOrder(body, null), new Array(program.slots)), 1)
      return taking === null ? null : total(taking.shares)
    },
  }
}

/** Points on hold stay on hold; who was two members has used the limits of both. */
function merge(d: Deciding, from: Slice | undefined): void {
  if (from === undefined) return
  changeSlice(d.account, (slice) => {
    slice.h = [...(slice.h ?? []), ...(from.h ?? [])]
    slice.l ??= {}
    addCounters(slice.l, from.l ?? {})
    slice.g = [...(slice.g ?? []), ...(from.g ?? [])]
  })
}

function claims(activity: Activity, program: Program): string[] {
  const wanted = wantedBy(activity, program)
  if (wanted.length === 0) return wanted
  const names: string[] = []
  for (const id of wanted) {
    const reward = rewardsOf(program).get(id)
    if ((reward?.stock ?? null) !== null) names.push(stockOf(id))
    if (reward?.gives.kind !== 'code') continue
    const quantity = activity.type === 'redeem' ? activity.body.quantity : MOST_CODES_GIVEN
    for (let i = 0; i < quantity; i++) names.push(poolClaim(reward.gives.pool))
  }
  return names
}

/** As many codes as one activity may make features give, such as by filling several cards. */
const MOST_CODES_GIVEN = 10

/** What is asked for, and what other features may give. */
function wantedBy({ type, body }: Activity, { gifts }: Program): string[] {
  const wanted =
    type === 'redeem'
      ? [body.reward]
      : type === 'order'
        ? (body.redeem ?? []).flatMap(({ reward }) => reward ?? [])
        : []
  for (const { reward, on } of gifts) if (on.includes(type)) wanted.push(reward)
  return wanted
}
