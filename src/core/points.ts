/** Points: the buckets they lie in, the lots they were earned in, and every way in which they move. */

import { assert } from './assert.ts'

/**
 * Where a point can be. A posting moves points from one bucket to another, so the books balance by construction;
 * `issued`, `spent`, `expired`, `forfeited`, `reversed`, `adjusted`, `forgiven`, `sent` and `received` are the outside of
 * the account. What one account has sent another has received.
 */
export type Bucket =
  | 'issued'
  | 'pending'
  | 'available'
  | 'held'
  | 'spent'
  | 'expired'
  | 'forfeited'
  | 'reversed'
  | 'adjusted'
  | 'debt'
  | 'forgiven'
  | 'sent'
  | 'received'

/** A time that never comes: the expiry of points that do not expire. Safe in integer columns and in JSON. */
export const NEVER = Number.MAX_SAFE_INTEGER

/** What points earned alike have in common. Two lots with the same identity are one lot. */
export interface LotIdentity {
  /** The kind of earning: accounting keeps a cohort per kind. */
  kind: string
  /** Month of issue in the program's zone: year × 12 + month − 1. */
  month: number
  /** When its points become available, in ms; 0 once they are. */
  release: number
  /** When its points expire, in ms; NEVER if they do not. */
  expiry: number
}

export interface Lot extends LotIdentity {
  pending: number
  available: number
  held: number
}

/** A part of a lot that a hold or a spend has taken: which lot, and how many points. */
export interface LotPart extends LotIdentity {
  points: number
}

export interface Wallet {
  id: string
  /** Open lots only; a lot with nothing left in it is gone from the account. */
  lots: Lot[]
  /** Points owed because what they were earned with was returned after they were spent. */
  debt: number
  /** The fraction of a point in [0, 1) that rounding `carry` keeps: numerator and denominator. */
  carry: number
  carryOf: number
  /** Which of its lots last longer than was said when they were earned; in most wallets none. */
  kept: readonly Keep[]
}

/**
 * Lots that last longer: those whose own expiry lies in [from, before) stay until `until` at the earliest. A lot keeps
 * its name, so its postings stay as they are and a return finds it; see docs/decisions/061. All are in ms.
 */
export interface Keep {
  from: number
  before: number
  until: number
}

/** What most wallets have kept. */
export const NOTHING_KEPT: readonly Keep[] = Object.freeze([])

/** When points of a lot really expire, in ms: when it was said they would, or as long after as they are kept. */
export function expiryIn(wallet: Wallet, lot: Pick<LotIdentity, 'expiry'>): number {
  let expiry = lot.expiry
  if (wallet.kept.length === 0) return expiry
  for (const { from, before, until } of wallet.kept)
    if (lot.expiry >= from && lot.expiry < before && until > expiry) expiry = until
  return expiry
}

/** Keeps lots longer. What lies in the past, or within what is kept anyway, is dropped, so the list stays short. */
export function keepLots(wallet: Wallet, keep: Keep, clock: number): void {
  if (wallet.kept.some((one) => covers(one, keep))) return
  const rest = wallet.kept.filter((one) => one.until > clock && !covers(keep, one))
  wallet.kept = [...rest, keep].sort((a, b) => a.from - b.from || a.before - b.before)
}

function covers(one: Keep, other: Keep): boolean {
  return one.from <= other.from && one.before >= other.before && one.until >= other.until
}

export interface Posting {
  wallet: string
  from: Bucket
  to: Bucket
  /** Always positive. */
  points: number
  lot: LotIdentity | null
  rule: string | null
  line: string | null
  /** The activity whose points this posting takes back. */
  reverses: number | null
}

export interface Sums {
  available: number
  pending: number
  held: number
  debt: number
}

export function sums(wallet: Wallet): Sums {
  let available = 0
  let pending = 0
  let held = 0
  for (const lot of wallet.lots) {
    available += lot.available
    pending += lot.pending
    held += lot.held
  }
  return { available, pending, held, debt: wallet.debt }
}

/** Whatever a wallet holds: available, pending and held. */
export function allPoints(wallet: Wallet): number {
  let points = 0
  for (const lot of wallet.lots) points += lot.available + lot.pending + lot.held
  return points
}

export function availablePoints(wallet: Wallet): number {
  let available = 0
  for (const lot of wallet.lots) available += lot.available
  return available
}

/** The text that a lot is kept and compared by: `order/2026-03`, with release and expiry in ms where they matter. */
export function lotName(lot: LotIdentity): string {
  const year = Math.floor(lot.month / 12)
  const month = String((lot.month % 12) + 1).padStart(2, '0')
  const release = lot.release === 0 ? '' : `+${lot.release}`
  const expiry = lot.expiry === NEVER ? '' : `-${lot.expiry}`
  return `${lot.kind}/${year}-${month}${release}${expiry}`
}

/** The lot that `lotName` names; null where the text names none. */
export function parseLotName(text: string): LotIdentity | null {
  const match = /^(.+)\/(\d{4})-(\d{2})(?:\+(\d+))?(?:-(\d+))?$/.exec(text)
  if (match === null) return null
  const [, kind, year, month, release, expiry] = match
  return {
    kind: kind!,
    month: Number(year) * 12 + Number(month) - 1,
    release: Number(release ?? 0),
    expiry: expiry === undefined ? NEVER : Number(expiry),
  }
}

export function sameLot(a: LotIdentity, b: LotIdentity): boolean {
  return a.month === b.month && a.expiry === b.expiry && a.release === b.release && a.kind === b.kind
}

export function findLot(wallet: Wallet, identity: LotIdentity): Lot | undefined {
  const lots = wallet.lots
  // The newest lots stand last and are the ones looked for most.
  for (let i = lots.length - 1; i >= 0; i--) if (sameLot(lots[i]!, identity)) return lots[i]
  return undefined
}

export function openLot(wallet: Wallet, identity: LotIdentity): Lot {
  const found = findLot(wallet, identity)
  if (found !== undefined) return found
  const { kind, month, release, expiry } = identity
  const lot: Lot = { kind, month, release, expiry, pending: 0, available: 0, held: 0 }
  wallet.lots = withLot(wallet.lots, lot)
  return lot
}

/** Wallets have few lots, and a list that is pushed to keeps room for many more. To spread it takes twice as long. */
function withLot(lots: readonly Lot[], lot: Lot): Lot[] {
  const more = new Array<Lot>(lots.length + 1)
  for (let i = 0; i < lots.length; i++) more[i] = lots[i]!
  more[lots.length] = lot
  return more
}

/** Removes lots that hold nothing, so that an account's state depends only on what it holds. */
export function dropEmptyLots(wallet: Wallet): void {
  const lots = wallet.lots
  let kept = 0
  for (let i = 0; i < lots.length; i++) {
    const lot = lots[i]!
    assert(lot.pending >= 0 && lot.available >= 0 && lot.held >= 0, 'a lot never goes below zero')
    if (lot.pending !== 0 || lot.available !== 0 || lot.held !== 0) lots[kept++] = lot
  }
  // Popping is cheaper than setting the length.
  while (lots.length > kept) lots.pop()
}

export type SpendingOrder = 'soonest_expiry' | 'first_earned'

/**
 * Orders lots for spending: those that never expire come last. Ties are broken by everything else about them, so that
 * the order is total.
 */
export function compareForSpending(order: SpendingOrder): (a: LotIdentity, b: LotIdentity) => number {
  const byRest = (a: LotIdentity, b: LotIdentity) =>
    a.release - b.release || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0)
  return order === 'soonest_expiry'
    ? (a, b) => a.expiry - b.expiry || a.month - b.month || byRest(a, b)
    : (a, b) =>
        Number(a.expiry === NEVER) - Number(b.expiry === NEVER) ||
        a.month - b.month ||
        a.expiry - b.expiry ||
        byRest(a, b)
}

/** The order of spending within a wallet, which knows how long its lots are kept. */
export function spendingOrder(order: SpendingOrder, wallet: Wallet): (a: LotIdentity, b: LotIdentity) => number {
  const plain = compareForSpending(order)
  if (wallet.kept.length === 0 || order === 'first_earned') return plain
  return (a, b) => expiryIn(wallet, a) - expiryIn(wallet, b) || plain(a, b)
}
