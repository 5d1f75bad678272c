/** What a till needs to know of its program, the people and itself: asked for now and then, and kept for when nobody answers. */

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
      amount_off: offer.onOrders && offer.item === null ? offer.up_to : null,
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
