/**
 * The settlement of a return: what the order's own lots could not give back is owed, paid by others or forgiven. It is
 * reckoned once, at the end of the return, over all that returns of this order have taken so far; so a return in many
 * parts leaves each lot as a return in one would. See docs/decisions/062.
 */

import { type Account, walletOf } from './account.ts'
import { byMoment, parseExpired } from './expired.ts'
import {
  availablePoints,
  type Bucket,
  compareForSpending,
  expiryIn,
  findLot,
  type LotIdentity,
  type LotPart,
  NEVER,
  openLot,
  sameLot,
  type Wallet,
} from './points.ts'
import type { WalletRules } from './program.ts'

/** What returns of an order did not find where the order had put it, in one wallet. Kept with what was returned. */
export interface Missing {
  /** By the lot that should have had it. */
  lots: LotPart[]
  /** The lots that paid for it, or for older debt, when it was settled last. */
  paid: LotPart[]
  /** What nobody had to give back. */
  forgiven: number
  /** Where only pending points are taken back: what returns themselves gave, which is theirs to take again. */
  given: LotPart[]
  /**
   * What returns took of points that had expired, by what those are remembered by (`account.expired`); below zero
   * where they brought some that expired as they came.
   */
  expired: [key: string, points: number][]
}

/** How a settlement moves points; the ledger lends it its own ways. */
export interface Movements {
  account: Account
  /** Writes a posting. `miss` is what the points are taken back for; null when debt is paid, or is not after all. */
  post(wallet: string, from: Bucket, to: Bucket, points: number, lot: LotIdentity, miss: Miss | null): void
  take(wallet: Wallet, rules: WalletRules, points: number): LotPart[]
  /** Pays debt with points that have expired; answers how many there were. */
  takeExpired(rules: WalletRules, lot: LotIdentity, points: number): number
}

/** Points that a rule takes back and that its lot does not have. */
export interface Miss {
  rule: string | null
  reverses: number | null
  lot: LotIdentity
  points: number
}

interface Open {
  rules: WalletRules
  before: Missing
  /** What was paid before and may be paid by others now. */
  reopened: LotPart[]
  /** What this return itself has brought, by lot. */
  brought: LotPart[]
  given: LotPart[]
  expired: Map<string, number>
  misses: Miss[]
}

export class Settlement {
  private readonly account: Account
  private readonly open: Open[] = []

  /** Gives back, for the time being, what other lots paid for earlier returns of the same order. */
  constructor(
    account: Account,
    missing: Readonly<Record<string, Missing>> | undefined,
    rulesOf: (wallet: string) => WalletRules,
  ) {
    this.account = account
    for (const [id, before] of Object.entries(missing ?? {})) {
      const wallet = walletOf(account, id)
      // Points whose time is over meanwhile would be gone by now: whatever they paid stays paid.
      const reopened = before.paid.filter((part) => expiryIn(wallet, part) > account.clock)
      for (const part of reopened) {
        openLot(wallet, part).available += part.points
        wallet.debt += part.points
      }
      const expired = new Map(before.expired.map(([key, points]) => [key, atMostThere(account, key, points)]))
      const given = copyOf(before.given)
      this.open.push({ rules: rulesOf(id), before, reopened, brought: [], given, expired, misses: [] })
    }
  }

  /** Spent points came back into a lot. */
  bring(rules: WalletRules, lot: LotIdentity, points: number): void {
    addTo(this.openFor(rules).brought, lot, points)
  }

  /** A rule gives more for less: the return gave points. */
  give(rules: WalletRules, lot: LotIdentity, points: number): void {
    const open = this.openFor(rules)
    addTo(open.brought, lot, points)
    if (rules.negative === 'pending_only') addTo(open.given, lot, points)
  }

  /** How many points of a lot that are available may be taken back; the caller takes them. */
  takeable(rules: WalletRules, lot: LotIdentity, available: number): number {
    return rules.negative === 'pending_only' ? takeFrom(this.openFor(rules).given, lot, available) : available
  }

  /** How many points of a lot that have expired may be taken back; the caller takes them, and says so. */
  takeableExpired(rules: WalletRules, lot: LotIdentity, most: number): number {
    if (rules.negative !== 'pending_only') return most
    const { expired } = this.openFor(rules)
    let given = 0
    for (const one of byLot(walletOf(this.account, rules.id), expired))
      if (sameLot(one.lot, lot)) for (const key of one.keys) given -= expired.get(key)!
    return Math.min(most, Math.max(0, given))
  }

  /** Points were taken that had expired; below zero, some have expired as they came. */
  tookExpired(rules: WalletRules, key: string, points: number): void {
    const { expired } = this.openFor(rules)
    expired.set(key, (expired.get(key) ?? 0) + points)
  }

  miss(rules: WalletRules, miss: Miss): void {
    this.openFor(rules).misses.push(miss)
  }

  /** Settles, and answers what to keep for the next return of the order; nothing where nothing is missing. */
  finish(by: Movements): Record<string, Missing> | undefined {
    const missing: Record<string, Missing> = {}
    for (const open of this.open) {
      const left = settle(by, open)
      if (Object.values(left).some((kept) => typeof kept === 'object' && kept.length > 0)) missing[open.rules.id] = left
    }
    return Object.keys(missing).length === 0 ? undefined : missing
  }

  private openFor(rules: WalletRules): Open {
    const known = this.open.find((one) => one.rules.id === rules.id)
    if (known !== undefined) return known
    const before: Missing = { lots: [], paid: [], forgiven: 0, given: [], expired: [] }
    const open: Open = { rules, before, reopened: [], brought: [], given: [], expired: new Map(), misses: [] }
    this.open.push(open)
    return open
  }
}

/** All that is missing is owed at first; then whatever is there pays, and the program may forgive the rest. */
function settle(by: Movements, open: Open): Missing {
  const { rules, before, misses } = open
  const wallet = walletOf(by.account, rules.id)
  const older = wallet.debt
  const missed = misses.reduce((sum, { points }) => sum + points, 0)
  // What was forgiven once is asked for again only from what this very return brings.
  const asked = Math.min(before.forgiven, sumOf(open.brought))
  wallet.debt = older + missed + asked
  const lots = copyOf(before.lots)
  for (const miss of misses) addTo(lots, miss.lot, miss.points)
  const own = payFromOwn(by, wallet, lots, open)
  const expired = settleExpired(by, wallet, open)
  const payable = rules.negative === 'pending_only' ? Math.min(older, wallet.debt) : wallet.debt
  const paid = by.take(wallet, rules, Math.min(payable, availablePoints(wallet)))
  wallet.debt -= sumOf(paid)
  const forgiven = rules.negative === 'allowed' ? 0 : Math.min(wallet.debt, missed + asked)
  wallet.debt -= forgiven
  const forgivenNow = postMisses(by, rules, misses, Math.min(forgiven, missed))
  const forgivenStill = forgiven - forgivenNow
  const lot = lots[0]
  if (asked > forgivenStill) by.post(rules.id, 'debt', 'forgiven', asked - forgivenStill, lot!, null)
  for (const part of own) addTo(paid, part, part.points)
  postPaid(by, rules, open.reopened, paid)
  return {
    lots: lots.filter(({ points }) => points > 0).sort(compareForSpending('first_earned')),
    paid: withoutOwn(paid, own),
    forgiven: before.forgiven - asked + forgivenStill + forgivenNow,
    given: open.given.filter(({ points }) => points > 0),
    expired,
  }
}

/**
 * Had the return come in one, its lots would have given what this part of it brings into them before any other lot was
 * asked. Answers what was available; what was pending or expired is posted at once.
 */
function payFromOwn(by: Movements, wallet: Wallet, lots: LotPart[], { rules, brought, given }: Open): LotPart[] {
  const available: LotPart[] = []
  for (const missing of lots) {
    const { release } = missing
    const released = release === 0 ? missing : { ...missing, release: 0 }
    const came = () => pointsOf(brought, missing) + (release === 0 ? 0 : pointsOf(brought, released))
    const pay = (most: number) => {
      const points = Math.min(missing.points, came(), wallet.debt, most)
      missing.points -= points
      wallet.debt -= points
      const rest = points - takeFrom(brought, missing, points)
      if (rest > 0) takeFrom(brought, released, rest)
      return points
    }
    const waiting = findLot(wallet, missing)
    if (waiting !== undefined) {
      const points = pay(waiting.pending)
      waiting.pending -= points
      if (points > 0) by.post(rules.id, 'pending', 'debt', points, missing, null)
    }
    const lot = findLot(wallet, released)
    if (lot !== undefined) {
      const onlyGiven = rules.negative === 'pending_only'
      const points = pay(onlyGiven ? Math.min(pointsOf(given, released), lot.available) : lot.available)
      lot.available -= points
      if (points > 0) addTo(available, lot, points)
      if (onlyGiven) takeFrom(given, released, points)
    }
    pay(by.takeExpired(rules, released, Math.min(missing.points, came(), wallet.debt)))
  }
  return available
}

/**
 * Points that had expired are taken after those that are there. So had the return come in one, what this part of it
 * brings would have been taken in their place: as many expire again instead. Of those that expired at several moments
 * the ones that went first are taken first, over all returns of the order. Answers what they took.
 */
function settleExpired(by: Movements, wallet: Wallet, { brought, expired }: Open): [string, number][] {
  const { account } = by
  const settled: [string, number][] = []
  for (const { lot, keys } of byLot(wallet, expired)) {
    let taken = 0
    for (const key of keys) taken += expired.get(key)!
    for (const part of brought.filter((one) => sameLot({ ...one, release: 0 }, lot)))
      taken -= expireInstead(by, wallet, part, Math.min(taken, part.points))
    // As if none of the returns had been: what they brought is gone from there, and what they took is there.
    for (const key of keys) remember(account, key, expired.get(key)!)
    const first = keys.find((key) => expired.get(key)! < 0)
    if (taken < 0) remember(account, first!, -taken)
    if (taken < 0) settled.push([first!, taken])
    for (const key of keys) {
      const points = Math.min(account.expired.get(key)!, taken)
      if (points <= 0) continue
      remember(account, key, -points)
      settled.push([key, points])
      taken -= points
    }
  }
  return settled
}

/** What came into a lot expires in place of points that had expired and were taken; answers how many. */
function expireInstead(by: Movements, wallet: Wallet, part: LotPart, most: number): number {
  const lot = most > 0 ? findLot(wallet, part) : undefined
  // What waits for an action does not expire before that.
  if (lot === undefined || lot.release === NEVER) return 0
  const bucket = part.release === 0 ? 'available' : 'pending'
  const points = Math.min(most, lot[bucket])
  lot[bucket] -= points
  if (points > 0) by.post(wallet.id, bucket, 'expired', points, part, null)
  return points
}

/** Takes back what is missing: of all that is missing the last `forgiven` points are, the others are owed. */
function postMisses(by: Movements, rules: WalletRules, misses: readonly Miss[], forgiven: number): number {
  let owed = misses.reduce((sum, { points }) => sum + points, 0) - forgiven
  for (const miss of misses) {
    const now = Math.min(owed, miss.points)
    if (now > 0) by.post(rules.id, 'debt', 'reversed', now, miss.lot, miss)
    if (miss.points > now) by.post(rules.id, 'forgiven', 'reversed', miss.points - now, miss.lot, miss)
    owed -= now
  }
  return forgiven
}

/** Only what differs from how it was paid before is posted. */
function postPaid(by: Movements, rules: WalletRules, before: readonly LotPart[], after: readonly LotPart[]): void {
  for (const part of before) {
    const less = part.points - pointsOf(after, part)
    if (less > 0) by.post(rules.id, 'debt', 'available', less, part, null)
  }
  for (const part of after) {
    const more = part.points - pointsOf(before, part)
    if (more > 0) by.post(rules.id, 'available', 'debt', more, part, null)
  }
}

/** What its own lots paid is no longer missing, so no later return gives it back. */
function withoutOwn(paid: readonly LotPart[], own: readonly LotPart[]): LotPart[] {
  const rest = paid.map((part) => ({ ...part, points: part.points - pointsOf(own, part) }))
  return rest.filter(({ points }) => points > 0)
}

/** The lots of what expired, and by what its points are remembered, those that went first standing first. */
function byLot(wallet: Wallet, expired: ReadonlyMap<string, number>): { lot: LotIdentity; keys: string[] }[] {
  const found: { lot: LotIdentity; keys: string[] }[] = []
  const all = [...expired.keys()].map((key) => parseExpired(wallet, key)).sort(byMoment)
  for (const { lot, key } of all) {
    const known = found.find((one) => sameLot(one.lot, lot))
    if (known === undefined) found.push({ lot, keys: [key] })
    else known.keys.push(key)
  }
  return found
}

function remember(account: Account, key: string, points: number): void {
  account.expired.set(key, (account.expired.get(key) ?? 0) + points)
}

/** Of points that expired as a return brought them, those are left that nobody has brought back since. */
function atMostThere(account: Account, key: string, points: number): number {
  return Math.max(points, -(account.expired.get(key) ?? 0))
}

function addTo(parts: LotPart[], { kind, month, release, expiry }: LotIdentity, points: number): void {
  const known = parts.find((part) => sameLot(part, { kind, month, release, expiry }))
  if (known === undefined) parts.push({ kind, month, release, expiry, points })
  else known.points += points
}

/** Takes at most so many points out of a part; answers how many. */
function takeFrom(parts: readonly LotPart[], lot: LotIdentity, most: number): number {
  const part = parts.find((one) => sameLot(one, lot))
  const points = Math.min(most, part?.points ?? 0)
  if (part !== undefined) part.points -= points
  return points
}

function copyOf(parts: readonly LotPart[]): LotPart[] {
  return parts.map((part) => ({ ...part }))
}

function pointsOf(parts: readonly LotPart[], lot: LotIdentity): number {
  return parts.find((part) => sameLot(part, lot))?.points ?? 0
}

function sumOf(parts: readonly LotPart[]): number {
  return parts.reduce((sum, { points }) => sum + points, 0)
}
