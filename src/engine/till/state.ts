/** What a till needs to know of its program, the people and itself: asked for now and then, and kept for when nobody answers. */

import type { OrderBody } from '../../core/activity.ts'
import type { Offer } from '../../core/feature.ts'
import { termsOf } from '../../core/terms.ts'
import { formatInstant } from '../../core/time.ts'
import { countryOf } from '../directory.ts'
import { currentProgram, type LiveProgram, nowOf } from '../programs.ts'
import type { Reading } from '../read.ts'
import { currentAllowance, signingKeyOf } from './allowances.ts'
import type { DeviceRow } from './devices.ts'
import type { TillState } from './shapes.ts'
import { listCashiers, readOpenShift } from './shifts.ts'

export async function readState({ database }: Reading, live: LiveProgram, device: DeviceRow): Promise<TillState> {
  const program = currentProgram(live)
  const now = nowOf(live)
  const [cashiers, shift, offline, { publicKey }] = await Promise.all([
    listCashiers(database, live),
    readOpenShift(database, device.id),
    currentAllowance(database, live, device, now),
    signingKeyOf(database),
    database.query('update till_device set seen_ms = $2 where id = $1', [device.id, Date.now()]),
  ])
  const { offers, gifts } = termsOf(program)
  return {
    device: { id: device.id, name: device.name, shop: device.shop, prefix: device.prefix },
    business: live.name,
    program: live.id,
    mode: live.mode,
    currency: program.currency,
    digits: program.digits,
    country: countryOf(program.currency),
    timezone: program.zone.name,
    now,
    wallets: program.wallets.map(({ id, name, decimals }) => ({ wallet: id, name, decimals })),
    offers: offers.map((offer) => ({
      reward: offer.reward,
      name: offer.name,
      wallet: offer.wallet,
      cost: offer.cost,
      category: offer.item?.category ?? null,
      amount_off: amountOff(program.currency, offer),
      item_up_to: offer.item === null ? null : offer.up_to,
      on_orders: offer.onOrders,
    })),
    categories: [...new Set([...offers, ...gifts].flatMap(({ item }) => item?.category ?? []))],
    staff: cashiers.map(({ id, name }) => ({ id, name })),
    shift: shift === null ? null : { id: shift.id, staff: shift.staff, ends_at: formatInstant(shift.ends_ms) },
    public_key: publicKey,
    offline,
    last_seq: device.last_seq,
    join_page: `/join/${live.id}`,
  }
}

/** Null where what it takes off depends on the order: a till can only reckon the plain ones by itself. */
function amountOff(currency: string, { onOrders, item, up_to, worthOn }: Offer): number | null {
  if (!onOrders || item !== null || up_to === null) return null
  const orderOf = (unit_price: number): OrderBody => ({
    external_id: 'quote',
    currency,
    prices: 'tax_included',
    lines: [{ id: '1', sku: 'sale', quantity: 1, unit_price }],
  })
  // A share of the order would take less off the smaller one.
  return worthOn(orderOf(up_to)) === up_to && worthOn(orderOf(up_to * 10)) === up_to ? up_to : null
}
