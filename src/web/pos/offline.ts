/** What a till may do by itself: the allowance that the server signed, and rewards whose worth it can reckon alone. */

import type { TillState } from '../../client/calls.ts'
import { type Allowance, allowanceText, beyondAllowance, type Handed } from '../../core/allowance.ts'
import type { SaleLine, Who } from './till.ts'

export type Offered = TillState['offers'][number]

/** The allowance, if it is the server's: whoever changes it in this browser has none. */
export async function verified({ offline, public_key, device }: TillState): Promise<Allowance | null> {
  const { allowance, signature } = offline
  try {
    const key = await crypto.subtle.importKey('spki', bytesOf(public_key), { name: 'Ed25519' }, false, ['verify'])
    const text = new TextEncoder().encode(allowanceText(allowance))
    const isSigned = await crypto.subtle.verify({ name: 'Ed25519' }, key, bytesOf(signature), text)
    return isSigned && allowance.device === device.id ? allowance : null
  } catch {
    // A browser that cannot check signatures hands nothing out by itself.
    return null
  }
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))
}

/** The customer as the till knows them while nobody tells it more. */
export function nameOfWho(who: Who): string {
  return 'id' in who ? who.id : 'phone' in who ? who.phone : 'card' in who ? who.card : who.enrolment
}

/** What the reward takes off these lines, in minor units; null where only the server can say. */
export function worthAlone(offer: Offered, lines: readonly SaleLine[]): number | null {
  if (!offer.on_orders) return 0
  const total = lines.reduce((sum, { amount }) => sum + amount, 0)
  if (offer.amount_off !== null) return total >= offer.amount_off ? offer.amount_off : null
  const fitting = lines.filter(({ category }) => category !== undefined && category === offer.category)
  const [only] = fitting
  if (only === undefined || fitting.length > 1 || only.quantity > 1 || offer.item_up_to === null) return null
  return only.amount <= offer.item_up_to ? only.amount : null
}

export function mayHandOut(
  allowance: Allowance | null,
  handed: readonly Handed[],
  wanted: readonly Handed[],
  at: number,
) {
  if (allowance === null) return false
  const all = [...handed]
  for (const one of wanted) {
    if (beyondAllowance(allowance, all, one, at) !== null) return false
    all.push(one)
  }
  return true
}
