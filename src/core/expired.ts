/** Which points have expired: remembered by lot beside the account, for returns and for whoever brings points back. */

import type { Account } from './account.ts'
import { assert } from './assert.ts'
import { expiryIn, type LotIdentity, lotName, parseLotName, type Wallet } from './points.ts'

/** Points of a lot that expired at one moment. */
export interface ExpiredLot {
  /** What they are remembered by in `account.expired`. */
  key: string
  lot: LotIdentity
  /** When they expired, in ms. */
  at: number
  /** They were gone before their time: see `forfeitLot`. */
  isForfeited: boolean
  points: number
}

/**
 * What has expired in a wallet, lot by lot and the earliest first. An activity may only ask if its feature says so
 * (`asksExpired`), since the engine reads it for no other.
 */
export function expiredLots(account: Account, wallet: Wallet): ExpiredLot[] {
  const found: ExpiredLot[] = []
  for (const [key, points] of account.expired)
    if (points > 0 && key.startsWith(`${wallet.id} `)) found.push({ ...parseExpired(wallet, key), points })
  return found.sort(byMoment)
}

/** What a key of `account.expired` says: which lot of the wallet, and when it expired. */
export function parseExpired(wallet: Wallet, key: string): Omit<ExpiredLot, 'points'> {
  const [name, moment] = key.slice(wallet.id.length + 1).split(/[@!]/)
  const lot = parseLotName(name!)
  assert(lot !== null, 'what expired is remembered by the name of its lot')
  return { key, lot, at: moment === undefined ? lot.expiry : Number(moment), isForfeited: key.includes('!') }
}

/** The order in which points expired, which is total. */
export function byMoment(a: Pick<ExpiredLot, 'at' | 'key'>, b: Pick<ExpiredLot, 'at' | 'key'>): number {
  return a.at - b.at || (a.key < b.key ? -1 : 1)
}

/** Names a lot of a wallet among those that have expired; release no longer matters then. */
export function expiredKey(wallet: string, lot: LotIdentity): string {
  return `${wallet} ${lotName({ ...lot, release: 0 })}`
}

/** A lot that was kept longer than it was named for says until when: whoever brings points back asks for the moment. */
export function keyOfExpired(wallet: Wallet, lot: LotIdentity): string {
  const expiry = wallet.kept.length === 0 ? lot.expiry : expiryIn(wallet, lot)
  const key = expiredKey(wallet.id, lot)
  return expiry === lot.expiry ? key : `${key}@${expiry}`
}
