/** A decision in the making: what the phases of one activity read and write. */

import type { Account } from './account.ts'
import type { Activity, ActivityOf, ActivityType, ForwardedType, OnwardType, ProfileBody } from './activity.ts'
import type { Stop } from './budgets.ts'
import type { Candidate, LeftOut } from './checkout.ts'
import type { FactContext } from './feature.ts'
import type { Books } from './ledger.ts'
import { nothingRemains, type PricedOrder, type Returned, type Unearning } from './order.ts'
import type { Posting } from './points.ts'
import type { Program } from './program.ts'
import type { Frozen, Receipt } from './receipt.ts'
import type { FactValue } from './rules/facts.ts'
import type { Settlement } from './settlement.ts'
import { localDay } from './time.ts'
import type { Codes, VoucherChange } from './vouchers.ts'

/** How the points of one rule came about, in numbers; words are made of it when somebody asks. */
export interface Entry {
  rule: string
  wallet: string
  /** The amount or count that the rate applies to: minor units, items, or 1. */
  base: number
  /** Points that the rate makes of the base, and those that the rule's limit left of them: both times `scale`. */
  full: number
  exact: number
  scale: number
  /** What stood against giving any of it, where something did: see core/budgets.ts. */
  stop?: Stop
  rounding: 'floor' | 'nearest' | 'up' | 'carry'
  /** The wallet's fraction before and after, as numerator and denominator; null unless the rule carries. */
  carry: [number, number, number, number] | null
  points: number
}

export interface Discount {
  source: string
  amount: number
  /** The share of each line, in the order of lines. */
  shares: number[]
  /** Its place among what was asked for (`redeem`); left out where it came by itself. */
  place?: number
  /** What it would have taken off if the program's cap, or its floor, had left room for that. */
  cut?: { wanted: number; by: 'most' | 'floor' }
  /** Points that were changed for it; left out where a reward says what it costs. */
  wallet?: string
  points?: number
}

/** Points that pay for a part of an order, or that a return gives back to whoever paid with them. */
export interface Payment {
  wallet: string
  points: number
  /** What they paid, in minor units; 0 where a return gives back points that had lowered the price. */
  amount: number
  /** What they paid of each line. */
  shares: readonly number[]
  /** Whether they are stored value, which is money. */
  isStored: boolean
}

export interface Multiplier {
  source: string
  n: number
  d: number
}

/** A redemption as it stands after a decision: kept for whoever asks about it later. */
export interface Redemption {
  /** The activity that began it, and its place there when an order redeems several. */
  activity: number
  place: number
  reward: string
  wallet: string
  quantity: number
  points: number
  /** Money that is due besides the points, in minor units; what is paid with an order is part of that. */
  to_pay: number
  captured_points: number
  status: 'held' | 'captured' | 'voided' | 'expired' | 'returned'
  expires_at: number | null
}

/** An adjustment as it stands after a decision. */
export interface Adjustment {
  /** The activity that asked for it. */
  activity: number
  wallet: string
  /** Negative when points are taken. */
  points: number
  status: 'pending_approval' | 'applied' | 'rejected'
  requested_by: string
  /** Null while it waits; where nobody had to agree, it is who asked. */
  decided_by: string | null
}

/** Points that came with a level: the rule's exact ones times `scale`, and the local day on which it gave them. */
export interface Regiven {
  rule: string
  day: number
  /** Below zero where they are taken back with the level, above where they are given again after all. */
  exact: number
  scale: number
}

/** Something that a member had from the program besides points: a fee saved, a perk used. */
export interface Benefit {
  /** What gave it: `perks:bag`, `discounts:members-price`. */
  source: string
  /** In minor units; below zero where a return takes it back. */
  worth: number
  /** How often a perk was used, below zero where that is taken back; 0 for what has no uses, such as a discount. */
  uses: number
  /** Which period of a membership it is of, by its beginning in ms: 0 for none, null for that of the moment. */
  period: number | null
  /** Whether it was added to what the member has saved. */
  counted: boolean
}

/** A number that is kept over all members, such as a score of a leaderboard. */
export interface Tally {
  /** What is counted: `draws:summer`, `leaderboards:visits`. */
  name: string
  /** The first local day of the period that it counts in; 0 where there are no periods. */
  period: number
  /** What is added to the member's part, below zero where it is taken back. */
  change: number
}

/** Rewards that were given for something and could be taken back. */
export interface Withdrawn {
  source: string
  quantity: number
}

/** A message to the world that the decision causes: it goes out when the decision is kept. */
export interface Message {
  topic: string
  data: Record<string, unknown>
}

/** What an activity that concerns two accounts makes the second one hear. */
export type Onward = { [T in OnwardType]: Pick<ActivityOf<T>, 'type' | 'body'> }[OnwardType]

/** What a decision took from a shared counter, or gave back to it. */
export interface Taken {
  claim: string
  /** Zero where there was not enough, below zero where it was given back. */
  amount: number
  /** How much was used before, where that was asked: whoever decides it again must meet the same. */
  used?: number
}

/**
 * What another account is told, which nobody named beforehand and which is therefore not locked: kept with the decision,
 * and decided there later, once, as of the moment at which it was caused.
 */
export type Forward = {
  [T in ForwardedType]: Pick<ActivityOf<T>, 'type' | 'body'> & { account: number }
}[ForwardedType]

/** What became of a friend whom a member brought, as it stands after a decision of that member's account. */
export interface Referral {
  /** The account whose code the friend named, and the friend's. */
  by: number
  friend: number
  state: 'joined' | 'waiting' | 'rewarded' | 'capped' | 'refused'
  reason: string | null
  /** Until when the friend's first order may come, or the one that came may be returned, in ms. */
  until: number | null
  /** Since when it stands so, in ms. */
  at: number
}

/** Shared counters that were locked for this decision: how much of each is used, by name. */
export type Claims = Map<string, number>

/** What every list of a decision begins as: most are never written to, so none is made before it is. */
const NONE: readonly never[] = Object.freeze([])

/** What nobody has read facts for, nobody asks conditions about. */
const NOT_READ = NONE as readonly FactValue[] as FactValue[]

function append<T>(list: readonly T[], item: T): readonly T[] {
  if (list.length === 0) return [item]
  ;(list as T[]).push(item)
  return list
}

/** A decision is also what the readers of facts look at. */
export class Deciding implements Books, FactContext {
  /** The revision that decides: that of the day it occurred, or that of the order which comes back. */
  readonly program: Program
  /** The revision in force when it is recorded: what is a matter of now, such as a level, goes by it. */
  readonly inForce: Program
  readonly account: Account
  readonly activity: Activity
  /** When it occurred, and the local day of that. */
  readonly at: number
  readonly day: number
  /** Null where nobody shares anything: then every claim is granted up to its limit. */
  readonly claims: Claims | null
  readonly codes: Codes
  readonly remembersExpired: boolean
  /** The receipt of the order that this activity returns. */
  readonly receipt: Receipt | null
  /** Facts, once they are read: most of what time causes asks for none. */
  slots: FactValue[] = NOT_READ
  /** The order as it is after the price phase; before, as the shop priced it. */
  order: PricedOrder | null = null
  /** What an order freezes for its returns, where any may come. */
  readonly frozen: Frozen | null
  /** What would take money off the order: see `propose`. */
  candidates: readonly Candidate[] = NONE
  discounts: readonly Discount[] = NONE
  /** Discounts that come by themselves and that the order does not get. */
  leftOut: readonly LeftOut[] = NONE
  /** Units of each line that discounts made free, where there are any. */
  given: readonly number[] | null = null
  multipliers: readonly Multiplier[] = NONE
  postings: readonly Posting[] = NONE
  entries: readonly Entry[] = NONE
  redemptions: readonly Redemption[] = NONE
  messages: readonly Message[] = NONE
  /** What a member told about themselves, to be kept apart from the ledger. */
  profile: ProfileBody | null = null
  /** Points earned less points taken back, by wallet; what tiers and challenges count. */
  earned: readonly { wallet: string; points: number; counted: number }[] = NONE

  // What few decisions write: see SELDOM.
  /** What a return changes: the order as it remained before and as it remains after. */
  declare remains: { before: PricedOrder; after: PricedOrder; returned: Returned } | null
  declare settlement: Settlement | null
  /** Money that a return gives back, tax included. */
  declare refund_total: number
  /** Points that a return gives back to redemptions of its order. */
  declare restored: readonly { redemption: string; points: number }[]
  declare payments: readonly Payment[]
  /** What of the order earns nothing; null where all of it earns. */
  declare unearning: Unearning | null
  declare adjustments: readonly Adjustment[]
  /** Vouchers that came, went or changed. */
  declare vouchers: readonly VoucherChange[]
  /** What this account hands over to the other one, where the activity concerns two. */
  declare onward: Onward | null
  /** What other accounts are told of it, later. */
  declare forwarded: readonly Forward[]
  /** Friends whom this member brought, as far as this decision concerns them. */
  declare referrals: readonly Referral[]
  declare taken: readonly Taken[]
  /** Gifts of levels that a return takes back or gives again: the limits of their rules follow. */
  declare regiven: readonly Regiven[]
  /** What a member had from the program and what it was worth to them, in money. */
  declare benefits: readonly Benefit[]
  /** What is added up over all members: entries of a draw, scores of a leaderboard. */
  declare tallies: readonly Tally[]
  /** What could be taken back of rewards that were given, for those who caused that: see the activity `withdraw`. */
  declare withdrawn: readonly Withdrawn[]
  /** What this decision causes, heard in the same decision: a short queue. */
  declare caused: readonly Activity[]
  /** What a feature answers beside what moved, kept so that the same key is answered the same. */
  declare answer: Readonly<Record<string, unknown>> | null

  constructor(
    program: Program,
    inForce: Program,
    account: Account,
    activity: Activity,
    receipt: Receipt | null,
    claims: Claims | null,
    codes: Codes,
    remembersExpired: boolean,
  ) {
    this.program = program
    this.inForce = inForce
    this.account = account
    this.activity = activity
    this.at = activity.occurred_at
    this.day = localDay(program.zone, activity.occurred_at)
    this.receipt = receipt
    this.claims = claims
    this.codes = codes
    this.remembersExpired = remembersExpired
    this.frozen =
      remembersExpired && activity.type === 'order' ? { shares: null, facts: {}, slices: {}, unearning: null } : null
  }

  get type(): ActivityType {
    return this.activity.type
  }

  get body(): unknown {
    return this.activity.body
  }

  /** Whether a return takes what was left of its order, by its goods or by its money. */
  get takesTheRest(): boolean {
    const { order, receipt, remains } = this
    if (order === null || receipt === null || remains === null) return false
    return nothingRemains(order, remains.returned) && !nothingRemains(order, receipt.returned)
  }

  /** Fills the slots of every fact that some condition names. */
  readFacts(): void {
    const { readers, slots } = this.program
    const read = new Array<FactValue>(slots)
    for (let i = 0; i < readers.length; i++) read[readers[i]!.slot] = readers[i]!.fact.read(this)
    this.slots = read
  }

  /** The facts of a return: those that were frozen, and the order's own as they are for what remains of it. */
  slotsOfRemainder(order: PricedOrder): FactValue[] {
    const { program, account } = this
    const { body, frozen, occurred_at: at } = this.receipt!
    const context: FactContext = { program, account, type: 'order', body, order, at, day: localDay(program.zone, at) }
    const slots: FactValue[] = []
    const { readers } = program
    for (let i = 0; i < readers.length; i++) {
      const { name, slot, fact, stays } = readers[i]!
      slots[slot] = stays ? frozen.facts[name]! : fact.read(context)
    }
    return slots
  }

  addPosting(posting: Posting): void {
    this.postings = append(this.postings, posting)
  }

  addEntry(entry: Entry): void {
    this.entries = append(this.entries, entry)
  }

  /** In the price phase: what would take money off the order. Checkout, last in that phase, decides what may. */
  propose(candidate: Candidate): void {
    this.candidates = append(this.candidates, candidate)
  }

  addPayment(payment: Payment): void {
    this.payments = append(this.payments, payment)
  }

  addMultiplier(multiplier: Multiplier): void {
    this.multipliers = append(this.multipliers, multiplier)
  }

  addRedemption(redemption: Redemption): void {
    this.redemptions = append(this.redemptions, redemption)
  }

  addAdjustment(adjustment: Adjustment): void {
    this.adjustments = append(this.adjustments, adjustment)
  }

  addVoucher(voucher: VoucherChange): void {
    this.vouchers = append(this.vouchers, voucher)
  }

  /** `redemption` is named by its activity and its place there. */
  addRestored(redemption: string, points: number): void {
    this.restored = append(this.restored, { redemption, points })
  }

  addMessage(topic: string, data: Record<string, unknown>): void {
    this.messages = append(this.messages, { topic, data })
  }

  addBenefit(source: string, worth: number, uses = 0, period: number | null = null): void {
    this.benefits = append(this.benefits, { source, worth, uses, period, counted: false })
  }

  addTally(name: string, period: number, change: number): void {
    this.tallies = append(this.tallies, { name, period, change })
  }

  addWithdrawn(source: string, quantity: number): void {
    this.withdrawn = append(this.withdrawn, { source, quantity })
  }

  forward(forward: Forward): void {
    this.forwarded = append(this.forwarded, forward)
  }

  addReferral(referral: Referral): void {
    this.referrals = append(this.referrals, referral)
  }

  cause(activity: Activity): void {
    this.caused = append(this.caused, activity)
  }

  addRegiven(regiven: Regiven): void {
    this.regiven = append(this.regiven, regiven)
  }

  countEarned(wallet: string, points: number): void {
    for (let i = 0; i < this.earned.length; i++) {
      const earned = this.earned[i]!
      if (earned.wallet !== wallet) continue
      earned.points += points
      return
    }
    this.earned = append(this.earned, { wallet, points, counted: 0 })
  }

  /** Takes from a shared counter; false when it would go beyond its limit. */
  claim(name: string, amount: number, limit: number): boolean {
    const used = this.claims?.get(name) ?? 0
    const isGranted = used + amount <= limit
    this.addTaken({ claim: name, amount: isGranted ? amount : 0, used })
    return isGranted
  }

  /** Gives back to a shared counter what an earlier decision took. That needs no verdict, so it is never refused. */
  giveBack(name: string, amount: number): void {
    this.addTaken({ claim: name, amount: -amount })
  }

  /** Whether it took something that others share, or gave it back. */
  get hasClaimed(): boolean {
    return this.taken.length > 0 || this.vouchers.length > 0
  }

  /** A refused activity takes nothing. */
  undoClaims(): void {
    for (const { claim, amount } of this.taken) this.count(claim, -amount)
    for (let i = this.vouchers.length - 1; i >= 0; i--) {
      const { pool, code } = this.vouchers[i]!
      if (pool !== null) this.codes.free?.get(pool)?.push(code)
    }
  }

  private addTaken(taken: Taken): void {
    this.count(taken.claim, taken.amount)
    this.taken = append(this.taken, taken)
  }

  private count(claim: string, amount: number): void {
    this.claims?.set(claim, (this.claims.get(claim) ?? 0) + amount)
  }
}

/**
 * What few decisions write stands here for all, and becomes a decision's own as it is written. To fill it in for each of
 * them took about a twelfth of what it takes to fold orders in memory.
 */
const SELDOM = {
  remains: null,
  settlement: null,
  refund_total: 0,
  restored: NONE,
  payments: NONE,
  unearning: null,
  adjustments: NONE,
  vouchers: NONE,
  onward: null,
  forwarded: NONE,
  referrals: NONE,
  taken: NONE,
  regiven: NONE,
  benefits: NONE,
  tallies: NONE,
  withdrawn: NONE,
  caused: NONE,
  answer: null,
} satisfies Partial<Deciding>

Object.assign(Deciding.prototype, SELDOM)
