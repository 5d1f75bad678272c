/** Vouchers on an order: each takes off what its reward does, is used with the order, and costs nothing any more. */

import type { ActivityOf, OrderBody } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import { takeOff } from '../../core/discounts.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { usableVoucher, useVoucher } from '../../core/vouchers.ts'
import { rewardsOf } from './terms.ts'

/** Price phase: the voucher would take off what its reward does. Whoever was given it may have it, whatever their tier. */
export function proposeVoucher(d: Deciding, code: string, place: number): Refusal | undefined {
  const pointer = `/redeem/${place}/voucher`
  const voucher = usableVoucher(d, code, pointer)
  if (voucher instanceof Refusal) return voucher
  const reward = rewardsOf(d.program).get(voucher.reward)
  if (reward === undefined)
    return refuse('reward_unavailable', `The program has no reward ${voucher.reward} any more.`, pointer)
  const { id: source, name, lane, benefit } = reward
  if (benefit === null)
    return refuse('reward_unavailable', `${name} is used by itself: it takes nothing off an order.`, pointer)
  const elsewhere = reward.refuseUse(d, (d.body as OrderBody).location, pointer)
  if (elsewhere !== null) return elsewhere
  const nothing = `${name} finds nothing in this order that it applies to.`
  d.propose({
    source,
    name,
    lane,
    place,
    take: (basket) => takeOff(benefit, basket, 1) ?? refuse('reward_unavailable', nothing, pointer),
  })
  return undefined
}

/** Spend phase. The same code twice on one order is found used the second time. */
export function useVouchers(d: Deciding, { body }: ActivityOf<'order'>): Refusal | undefined {
  if (body.redeem === undefined) return undefined
  for (const [place, { voucher }] of body.redeem.entries()) {
    if (voucher === undefined) continue
    const used = useVoucher(d, voucher, `/redeem/${place}/voucher`)
    if (used instanceof Refusal) return used
  }
  return undefined
}
