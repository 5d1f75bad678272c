/** Prizes: what a reward gives, for whoever gives it, keeps it as a voucher, or tells of it. */

import type { Deciding } from './deciding.ts'
import type { MoneyOff } from './discounts.ts'
import type { ExpiryOf } from './expiry.ts'
import type { LotOf } from './lots.ts'
import type { Program, WalletRules } from './program.ts'
import type { Refusal } from './refusal.ts'

export const THINGS = ['gift', 'experience', 'donation', 'service', 'early_access', 'other'] as const
export type ThingKind = (typeof THINGS)[number]

export type Gives =
  /** Money off an order. */
  | { kind: 'off'; off: MoneyOff }
  /** What a person hands over, or what happens elsewhere. */
  | { kind: 'thing'; thing: ThingKind; name: string | null }
  /** A partner's code, from a list that was imported. */
  | { kind: 'code'; pool: string }
  /** In the wallet's smallest unit; a wallet of money gives credit. */
  | { kind: 'points'; wallet: WalletRules; points: number; lotOf: LotOf }
  | { kind: 'entry'; draw: string; entries: number }
  | { kind: 'perk'; perk: string; uses: number }

export interface Prize {
  reward: string
  name: string
  gives: Gives
  /** What it is worth to a member in money, in minor units; null where the program does not say. */
  worth: number | null
  /** In which lane of the checkout it stands where it takes money off. */
  lane: string
  /** Whether a voucher of it may go to another member. */
  transfer: boolean
  /** When a voucher that is issued on a local day expires, in ms; NEVER if it does not. */
  expiryOf: ExpiryOf
  /**
   * Why it cannot be used here and now, beside all that had to hold when it was got: its shops, what the order has to
   * come to, its condition about the order. `location` is where it would be used.
   */
  refuseUse(d: Deciding, location: string | undefined, pointer: string): Refusal | null
}

/** The program's rewards by id. */
export function prizesOf(program: Program): ReadonlyMap<string, Prize> {
  return program.compiled['rewards'] as ReadonlyMap<string, Prize>
}
