/** The ways in which points move. Each changes the wallet's lots and writes the posting that says so. */

import { type Account, walletOf } from './account.ts'
import { assert } from './assert.ts'
import { type ExpiredLot, expiredKey, expiredLots, keyOfExpired } from './expired.ts'
import {
  allPoints,
  availablePoints,
  type Bucket,
  expiryIn,
  findLot,
  type Lot,
  type LotIdentity,
  type LotPart,
  NEVER,
  openLot,
  type Posting,
  parseLotName,
  sameLot,
  spendingOrder,
  type Wallet,
} from './points.ts'
import type { WalletRules } from './program.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Miss, Missing, Settlement } from './settlement.ts'

/** Where postings are written: a decision in the making. */
export interface Books {
  account: Account
  /** When what is booked occurred, in ms: before the account's clock where it was told late. */
  at: number
  /** Whether a return may come that asks which points have expired. */
  remembersExpired: boolean
  /** What a return settles at its end; null in all else, and once it is settled. */
  settlement: Settlement | null
  addPosting(posting: Posting): void
}

export interface Source {
  rule: string | null
  reverses: number | null
}

const NOBODY: Source = { rule: null, reverses: null }

function post(
  books: Books,
  wallet: string,
  from: Bucket,
  to: Bucket,
  points: number,
  lot: LotIdentity | null,
  source: Source,
): void {
  assert(Number.isSafeInteger(points) && points > 0, 'a posting moves a whole, positive number of points')
  const { rule, reverses } = source
  books.addPosting({ wallet, from, to, points, lot, rule, line: null, reverses })
}

/** What names a lot, without what lies in it: the points move on, and a posting stays as it is. */
function identityOf({ kind, month, release, expiry }: LotIdentity): LotIdentity {
  return { kind, month, release, expiry }
}

/** The lot in which points lie once they are released. */
function released(lot: LotIdentity): LotIdentity {
  return lot.release === 0 ? lot : { kind: lot.kind, month: lot.month, release: 0, expiry: lot.expiry }
}

/**
 * Points come into being in a lot. One whose release has passed is released at once, and one whose expiry has passed
 * expires at once, so that late activities leave the trace that timely ones would have.
 */
export function issue(
  books: Books,
  rules: WalletRules,
  lot: LotIdentity,
  points: number,
  source: Source,
): Refusal | undefined {
  const wallet = walletOf(books.account, rules.id)
  const now = books.account.clock
  const bucket = lot.release === 0 ? 'available' : 'pending'
  if (!Number.isSafeInteger(points) || !Number.isSafeInteger(allPoints(wallet) + points))
    return refuse('points_overflow', `${rules.id} would go beyond what can be counted exactly.`)
  const open = openLot(wallet, lot)
  open[bucket] += points
  post(books, rules.id, 'issued', bucket, points, lot, source)
  const isOver = lot.expiry <= now && expiryIn(wallet, lot) <= now
  if (lot.release > now || lot.release === 0) {
    // What waits for an action does not expire before that.
    if (isOver && lot.release !== NEVER) expireGiven(books, rules, open, bucket, points)
  } else if (isOver && expiryIn(wallet, lot) < lot.release) expireGiven(books, rules, open, 'pending', points)
  else {
    open.pending -= points
    const free = openLot(wallet, released(lot))
    free.available += points
    post(books, rules.id, 'pending', 'available', points, released(lot), NOBODY)
    if (isOver) expireGiven(books, rules, free, 'available', points)
  }
  if (books.settlement !== null) books.settlement.give(rules, lot.release > now ? lot : released(lot), points)
  else if (wallet.debt > 0) settleDebt(books, rules)
  return undefined
}

/** Debt is paid from what is available, in the order of spending. */
export function settleDebt(books: Books, rules: WalletRules): void {
  const wallet = walletOf(books.account, rules.id)
  const points = Math.min(wallet.debt, availablePoints(wallet))
  if (points === 0) return
  for (const part of take(wallet, rules, points))
    post(books, rules.id, 'available', 'debt', part.points, identityOf(part), NOBODY)
  wallet.debt -= points
}

/** Takes points out of `available` in the order of spending; the caller says where they go. */
function take(wallet: Wallet, rules: WalletRules, points: number): LotPart[] {
  const lots = wallet.lots.length > 1 ? [...wallet.lots].sort(spendingOrder(rules.spend, wallet)) : wallet.lots
  const parts: LotPart[] = []
  let missing = points
  for (const lot of lots) {
    if (missing === 0) break
    const taken = Math.min(missing, lot.available)
    if (taken === 0) continue
    lot.available -= taken
    missing -= taken
    parts.push({ kind: lot.kind, month: lot.month, release: lot.release, expiry: lot.expiry, points: taken })
  }
  assert(missing === 0, 'no more is taken than is available')
  return parts
}

/** Spends, holds or sends available points; the parts say which lots gave them. */
export function draw(
  books: Books,
  rules: WalletRules,
  points: number,
  to: 'spent' | 'held' | 'sent',
  source: Source,
): LotPart[] | Refusal {
  const wallet = walletOf(books.account, rules.id)
  if (books.at < books.account.clock && books.account.expired.size > 0) reopenForSpending(books, rules, wallet, points)
  const available = availablePoints(wallet)
  if (available < points)
    return refuse('insufficient_points', `This costs ${points} ${rules.id}; ${available} are available.`, undefined, {
      points: points - available,
    })
  const parts = points === 0 ? [] : take(wallet, rules, points)
  for (const part of parts) {
    if (to === 'held') openLot(wallet, part).held += part.points
    post(books, rules.id, 'available', to, part.points, identityOf(part), source)
  }
  return parts
}

/** A person takes points away: available ones, in the order of spending. What is missing is owed, in the lot `debt`. */
export function takeAway(books: Books, rules: WalletRules, points: number, debt: LotIdentity): Refusal | undefined {
  const wallet = walletOf(books.account, rules.id)
  const payable = Math.min(points, availablePoints(wallet))
  const missing = points - payable
  if (!Number.isSafeInteger(wallet.debt + missing))
    return refuse('points_overflow', `More ${rules.id} would be owed than can be counted exactly.`)
  for (const part of payable === 0 ? [] : take(wallet, rules, payable))
    post(books, rules.id, 'available', 'adjusted', part.points, identityOf(part), NOBODY)
  if (missing > 0) post(books, rules.id, 'debt', 'adjusted', missing, debt, NOBODY)
  wallet.debt += missing
  return undefined
}

/**
 * A spend that is told late may draw lots that were open when it occurred. Of those that have expired since, as much
 * comes back as the order of spending would have taken from them then; what it leaves stays expired.
 */
function reopenForSpending(books: Books, rules: WalletRules, wallet: Wallet, points: number): void {
  const since = expiredLots(books.account, wallet).filter(({ at, isForfeited }) => at > books.at && !isForfeited)
  if (since.length === 0) return
  const open = wallet.lots.map((lot) => ({ lot: lot as LotIdentity, points: lot.available, gone: null }))
  const all = [...open, ...since.map((gone) => ({ lot: gone.lot, points: gone.points, gone }))]
  const order = spendingOrder(rules.spend, wallet)
  let missing = points
  for (const { points: there, gone } of all.sort((a, b) => order(a.lot, b.lot))) {
    const taken = Math.min(missing, there)
    missing -= taken
    if (gone !== null) bringBack(books, wallet, gone, taken)
  }
}

/** Points that have expired are available again, in their own lot. */
export function bringBack(books: Books, wallet: Wallet, gone: ExpiredLot, points: number): void {
  if (points === 0) return
  const { expired } = books.account
  expired.set(gone.key, expired.get(gone.key)! - points)
  openLot(wallet, gone.lot).available += points
  post(books, wallet.id, 'expired', 'available', points, gone.lot, NOBODY)
}

/** Held points are spent. */
export function captureHeld(books: Books, rules: WalletRules, parts: readonly LotPart[], source: Source): void {
  moveHeld(books, rules, parts, 'spent', source)
}

/** Held points become available again, or expire at once when their time came while they were held. */
export function releaseHeld(books: Books, rules: WalletRules, parts: readonly LotPart[], source: Source): void {
  const wallet = walletOf(books.account, rules.id)
  moveHeld(books, rules, parts, 'available', source)
  for (const part of parts) {
    const lot = openLot(wallet, part)
    lot.available += part.points
    if (expiryIn(wallet, lot) <= books.account.clock) expireLot(books, wallet, lot, 'available', part.points)
  }
  if (wallet.debt > 0) settleDebt(books, rules)
}

function moveHeld(books: Books, rules: WalletRules, parts: readonly LotPart[], to: Bucket, source: Source): void {
  const wallet = walletOf(books.account, rules.id)
  for (const part of parts) {
    const lot = openLot(wallet, part)
    assert(lot.held >= part.points, 'no more leaves a hold than was held')
    lot.held -= part.points
    post(books, rules.id, 'held', to, part.points, identityOf(part), source)
  }
}

/** Spent points come back into the lots that gave them; a lot that has expired since takes and expires them. */
export function restoreSpent(books: Books, rules: WalletRules, parts: readonly LotPart[], source: Source): void {
  const wallet = walletOf(books.account, rules.id)
  for (const part of parts) {
    if (part.points === 0) continue
    const lot = openLot(wallet, part)
    lot.available += part.points
    post(books, rules.id, 'spent', 'available', part.points, identityOf(part), source)
    if (expiryIn(wallet, lot) <= books.account.clock) expireGiven(books, rules, lot, 'available', part.points)
    books.settlement?.bring(rules, part, part.points)
  }
  if (wallet.debt > 0 && books.settlement === null) settleDebt(books, rules)
}

/** Points arrive from another account, in the lot that they left there. The caller settles debt once all are there. */
export function receive(
  books: Books,
  rules: WalletRules,
  { points, ...lot }: LotPart,
  bucket: 'pending' | 'available' | 'held',
): Refusal | undefined {
  const wallet = walletOf(books.account, rules.id)
  if (!Number.isSafeInteger(allPoints(wallet) + points))
    return refuse('points_overflow', `${rules.id} would go beyond what can be counted exactly.`)
  const open = openLot(wallet, lot)
  open[bucket] += points
  post(books, rules.id, 'received', bucket, points, lot, NOBODY)
  const isOver = lot.release !== NEVER && expiryIn(wallet, lot) <= books.account.clock
  if (bucket !== 'held' && isOver) expireLot(books, wallet, open, bucket, points)
  return undefined
}

/** Everything in a wallet leaves for another account, as it lies there; what is owed is owed there from now on. */
export function sendAll(books: Books, wallet: Wallet): void {
  for (const lot of wallet.lots)
    for (const bucket of ['pending', 'available', 'held'] as const) {
      if (lot[bucket] > 0) post(books, wallet.id, bucket, 'sent', lot[bucket], identityOf(lot), NOBODY)
      lot[bucket] = 0
    }
  if (wallet.debt > 0) post(books, wallet.id, 'received', 'debt', wallet.debt, null, NOBODY)
  wallet.debt = 0
}

/** Takes over what another account owes: for its points to be paid back there, they leave here, as yet unpaid. */
export function takeOverDebt(books: Books, rules: WalletRules, points: number): Refusal | undefined {
  const wallet = walletOf(books.account, rules.id)
  if (!Number.isSafeInteger(wallet.debt + points))
    return refuse('points_overflow', `${rules.id} would go beyond what can be counted exactly.`)
  post(books, rules.id, 'debt', 'sent', points, null, NOBODY)
  wallet.debt += points
  return undefined
}

/**
 * Pending points whose time has come are available; they join the lot that is alike but for the wait. The caller
 * settles debt once all that is released at this moment is there, so that their order makes no difference.
 */
export function releasePending(books: Books, rules: WalletRules, lot: LotIdentity & { pending: number }): void {
  const wallet = walletOf(books.account, rules.id)
  const points = lot.pending
  lot.pending = 0
  const identity = released(lot)
  openLot(wallet, identity).available += points
  post(books, rules.id, 'pending', 'available', points, identity, NOBODY)
}

/** Points that wait in a lot are available, so many of them. */
export function releasePart(books: Books, rules: WalletRules, lot: LotIdentity, points: number, source: Source): void {
  takePending(books, rules, lot, points)
  makeAvailable(books, rules, 'pending', lot, points, source)
}

/** Points that wait in a lot are forfeited; whose they were is remembered, since they may come back or be returned. */
export function forfeitPending(
  books: Books,
  rules: WalletRules,
  lot: LotIdentity,
  points: number,
  rule: string,
  of: string | number,
): void {
  takePending(books, rules, lot, points)
  post(books, rules.id, 'pending', 'forfeited', points, identityOf(lot), { rule, reverses: null })
  if (!books.remembersExpired) return
  const key = forfeitedKey(rule, of, rules.id, lot)
  books.account.expired.set(key, (books.account.expired.get(key) ?? 0) + points)
}

/** What was forfeited is given back for what the rule concerns; answers whether there was anything. */
export function restoreForfeited(
  books: Books,
  rule: string,
  concerns: (of: string) => boolean,
  rulesOf: (wallet: string) => WalletRules,
): boolean {
  const { expired } = books.account
  const keys = [...expired.keys()].filter((key) => key.startsWith(`~${rule} `) && expired.get(key)! > 0).sort()
  let found = false
  for (const key of keys) {
    const [, of, wallet, name] = key.split(' ')
    if (!concerns(decodeURIComponent(of!))) continue
    const points = expired.get(key)!
    expired.set(key, 0)
    makeAvailable(books, rulesOf(wallet!), 'forfeited', parseLotName(name!)!, points, { rule, reverses: null })
    found = true
  }
  return found
}

/** What was forfeited is returned as well (booked, nobody misses it). Answers how many points there were. */
export function reverseForfeited(
  books: Books,
  wallet: string,
  lot: LotIdentity,
  points: number,
  source: Source,
  rule: string,
  of: string | number,
): number {
  const key = forfeitedKey(rule, of, wallet, lot)
  const { expired } = books.account
  const forfeited = expired.get(key) ?? 0
  const taken = Math.min(points, forfeited)
  if (taken === 0) return 0
  expired.set(key, forfeited - taken)
  post(books, wallet, 'forfeited', 'reversed', taken, released(lot), source)
  return taken
}

/** Names forfeited points among those that have expired; no wallet begins like it. */
function forfeitedKey(rule: string, of: string | number, wallet: string, lot: LotIdentity): string {
  return `~${rule} ${encodeURIComponent(of)} ${expiredKey(wallet, lot)}`
}

function takePending(books: Books, rules: WalletRules, identity: LotIdentity, points: number): void {
  const lot = findLot(walletOf(books.account, rules.id), identity)
  assert(lot !== undefined && lot.pending >= points, 'no more stops waiting than waits')
  lot.pending -= points
}

/** Points whose time came while they could not be spent expire at once. */
function makeAvailable(
  books: Books,
  rules: WalletRules,
  from: 'pending' | 'forfeited',
  lot: LotIdentity,
  points: number,
  source: Source,
): void {
  const wallet = walletOf(books.account, rules.id)
  const open = openLot(wallet, released(lot))
  open.available += points
  post(books, rules.id, from, 'available', points, released(lot), source)
  if (expiryIn(wallet, open) <= books.account.clock) expireLot(books, wallet, open, 'available', points)
  if (wallet.debt > 0) settleDebt(books, rules)
}

/** Points of a lot whose expiry has come are gone; how many is remembered for returns. Held points stay held. */
export function expireLot(
  books: Books,
  wallet: Wallet,
  lot: LotIdentity & { pending: number; available: number },
  bucket: 'pending' | 'available',
  points: number,
): void {
  if (points === 0) return
  lot[bucket] -= points
  if (books.remembersExpired) remember(books, keyOfExpired(wallet, lot), points)
  post(books, wallet.id, bucket, 'expired', points, identityOf(lot), NOBODY)
}

/** Points expire as they come; a return, which may take them again, makes a note of them. */
function expireGiven(
  books: Books,
  rules: WalletRules,
  lot: LotIdentity & { pending: number; available: number },
  bucket: 'pending' | 'available',
  points: number,
): void {
  const wallet = walletOf(books.account, rules.id)
  expireLot(books, wallet, lot, bucket, points)
  books.settlement?.tookExpired(rules, keyOfExpired(wallet, lot), -points)
}

/**
 * Points of a lot are gone before their time, since their account closes. A return finds them among those that expired;
 * nothing but a person brings them back.
 */
export function forfeitLot(books: Books, wallet: Wallet, lot: Lot): void {
  for (const bucket of ['pending', 'available'] as const) {
    const points = lot[bucket]
    if (points === 0) continue
    lot[bucket] = 0
    if (books.remembersExpired) remember(books, `${expiredKey(wallet.id, lot)}!${books.account.clock}`, points)
    post(books, wallet.id, bucket, 'expired', points, identityOf(lot), NOBODY)
  }
}

function remember(books: Books, key: string, points: number): void {
  books.account.expired.set(key, (books.account.expired.get(key) ?? 0) + points)
}

/** Points turn out to have expired later than it was thought: only the moment changes, since they are gone all the same. */
export function expireLater({ account }: Books, wallet: Wallet, gone: ExpiredLot, at: number): void {
  const key = `${expiredKey(wallet.id, gone.lot)}@${at}`
  account.expired.set(gone.key, 0)
  account.expired.set(key, (account.expired.get(key) ?? 0) + gone.points)
}

/**
 * Takes back points that were earned into a lot: pending ones first, then available ones, then ones that have
 * expired (booked, nobody misses them). What was already spent is missing: the return's settlement decides who pays.
 */
export function reverse(books: Books, rules: WalletRules, lot: LotIdentity, points: number, source: Source): undefined {
  const { settlement } = books
  assert(settlement !== null, 'points are taken back by a return, which settles what is missing')
  const wallet = walletOf(books.account, rules.id)
  const identity = released(lot)
  let missing = points
  missing -= reverseFrom(books, wallet, lot, 'pending', missing, source)
  const there = missing === 0 ? 0 : Math.min(missing, findLot(wallet, identity)?.available ?? 0)
  const available = settlement.takeable(rules, identity, there)
  missing -= reverseFrom(books, wallet, identity, 'available', available, source)
  missing -= takeExpired(books, settlement, rules, identity, missing, 'reversed', source)
  if (missing > 0) settlement.miss(rules, { ...source, lot: identity, points: missing })
}

/** Settles a return once all that it takes and brings is booked; what is still missing is kept for the next one. */
export function settleReturn(books: Books): Record<string, Missing> | undefined {
  const { settlement, account } = books
  books.settlement = null
  return settlement!.finish({
    account,
    take,
    takeExpired: (rules, lot, points) => takeExpired(books, settlement!, rules, lot, points, 'debt', NOBODY),
    post: (wallet, from, to, points, lot, miss) =>
      post(books, wallet, from, to, points, identityOf(lot), miss === null ? NOBODY : sourceOf(miss)),
  })
}

function sourceOf({ rule, reverses }: Miss): Source {
  return { rule, reverses }
}

function reverseFrom(
  books: Books,
  wallet: Wallet,
  identity: LotIdentity,
  bucket: 'pending' | 'available',
  points: number,
  source: Source,
): number {
  const lot = points === 0 ? undefined : findLot(wallet, identity)
  const taken = lot === undefined ? 0 : Math.min(points, lot[bucket])
  if (lot === undefined || taken === 0) return 0
  lot[bucket] -= taken
  post(books, wallet.id, bucket, 'reversed', taken, identityOf(lot), source)
  return taken
}

function takeExpired(
  books: Books,
  settlement: Settlement,
  rules: WalletRules,
  lot: LotIdentity,
  points: number,
  to: 'reversed' | 'debt',
  source: Source,
): number {
  const { account } = books
  if (points === 0 || account.expired.size === 0) return 0
  const most = settlement.takeableExpired(rules, lot, points)
  let missing = most
  for (const { key, lot: own, points: gone } of expiredLots(account, walletOf(account, rules.id))) {
    const taken = sameLot(own, lot) ? Math.min(missing, gone) : 0
    if (taken === 0) continue
    account.expired.set(key, gone - taken)
    settlement.tookExpired(rules, key, taken)
    post(books, rules.id, 'expired', to, taken, lot, source)
    missing -= taken
  }
  return most - missing
}
