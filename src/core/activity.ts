/** Activities: whatever happens to an account. Times are ms since 1970 UTC, money integer minor units. */

import type { EncodedAccount } from './account.ts'
import type { LotPart } from './points.ts'

export interface OrderLine {
  id: string
  sku: string
  name?: string | undefined
  category?: string | undefined
  /** Whole units, at least 1. */
  quantity: number
  /** Of one unit, as `prices` says with or without tax. */
  unit_price: number
  /** Taken off the whole line by the shop itself, before anything that Regulars takes off. */
  discount?: number | undefined
  /** Tax of the whole line after `discount`. */
  tax?: number | undefined
}

/** What is used on an order: a reward so many times, a voucher, or points of a wallet as money. */
export interface RedeemRequest {
  reward?: string | undefined
  /** The code of a voucher. */
  voucher?: string | undefined
  quantity?: number | undefined
  points?: number | undefined
  wallet?: string | undefined
}

/** What a pool's account decides for one of its members says which one. */
export interface ForMember {
  for_member?: number | undefined
}

export interface OrderBody extends ForMember {
  external_id: string
  currency: string
  prices: 'tax_included' | 'tax_excluded'
  location?: string | undefined
  channel?: string | undefined
  staff?: string | undefined
  lines: OrderLine[]
  tender?: { type: string; amount: number }[] | undefined
  redeem?: RedeemRequest[] | undefined
  /** Its lines cost what was paid for them, so what comes by itself is in them already: an order of the past. */
  as_paid?: true | undefined
}

export interface ReturnLine {
  id: string
  /** Units that come back; 0 with an `amount` is money back on a line that stays. */
  quantity: number
  amount?: number | undefined
}

export interface ReturnBody {
  external_id: string
  order: string
  lines?: ReturnLine[] | undefined
  /** Money back on the order as a whole, tax included. */
  amount?: number | undefined
  /** Whose order it is, and what its amounts are in, as the sender believes: neither is taken on trust. */
  member?: string | undefined
  currency?: string | undefined
}

export interface ProfileBody {
  external_id?: string | undefined
  name?: string | undefined
  email?: string | undefined
  phone?: string | undefined
  birthday?: string | undefined
  locale?: string | undefined
  card_number?: string | undefined
  referral_code?: string | undefined
  /** Whoever shares it lives in one household: a digest of what the sender calls it. */
  household?: string | undefined
  /** What others call the member. */
  alias?: string | undefined
  /** Whether others see the member on leaderboards: by alias or initials, by the whole name, or not at all. */
  leaderboards?: 'shown' | 'named' | 'hidden' | undefined
}

/** Who brought a new member: what the code that they named led to when they joined. */
export interface Introduction {
  /** The account that the code belongs to; null where nobody has it. */
  by: number | null
  /** The number of the new member's own account, by which the other knows them. */
  as: number
  /** Why it is none, in the program's own code; left out where it is one. */
  refused?: string
}

/** What becomes of a friend, told by the friend's account to that of whoever brought them. */
export interface ReferredBody {
  /** The account whose code was named, and the friend's. */
  by: number
  friend: number
  state: 'joined' | 'waiting' | 'returned' | 'kept' | 'refused'
  /** Until when the friend's first order may come, or the one that came may be returned, in ms. */
  until?: number | undefined
  /** Why it is refused. */
  reason?: string | undefined
  /** The pool of a household that the friend is in by then. */
  pool?: number | undefined
}

/** What a person does by hand says who did it and why. */
export interface ByHand {
  reason: string
  actor: string
}

/** In the wallet's smallest unit. */
export interface AdjustmentLimit {
  per_adjustment: number
  per_day: number
}

export interface AdjustBody extends ByHand {
  wallet: string
  points: number
  /** What the actor may give or take alone; there is none for those who may any amount. */
  limit?: AdjustmentLimit | undefined
}

/** What was paid for a membership, in minor units; `reference` names the payment where it was made. */
export interface MembershipPayment {
  amount: number
  reference: string
  tender?: string | undefined
}

/** What each type of activity says. The programs' features hear them by these names. */
export interface ActivityBodies {
  /** `pool` opens an account for a household instead of a person. */
  join: ProfileBody & { pool?: true | undefined; introduced?: Introduction | undefined }
  profile: ProfileBody
  order: OrderBody
  return: ReturnBody
  /** A paid order is cancelled: a return of all that remains. */
  cancel: { order: string }
  visit: ForMember & { location?: string | undefined }
  action: ForMember & { type: string; data: Readonly<Record<string, unknown>> }
  redeem: ForMember & { reward: string; quantity: number; capture: boolean; location?: string | undefined }
  capture: { redemption: number; points?: number | undefined; quantity?: number | undefined }
  void: { redemption: number }
  /** Points for somebody else. Accounts are named by their numbers, as in all that concerns two of them. */
  transfer: { from: number; to: number; wallet: string; points: number; note?: string | undefined }
  /** What a transfer brought, lot by lot: decided with it, on the account that gets the points. `source` is its id. */
  receive: { from: number; source: number; wallet: string; parts: LotPart[]; note?: string | undefined }
  /** This account ends: all that it has goes to another, and so does whatever is sent to it from now on. */
  merge: { from: number; into: number }
  /** What a merge brought: the whole state of the account that ended, and its points that had expired, by lot. */
  absorb: { from: number; source: number; state: EncodedAccount; expired: [string, number][] }
  /** Points that a person gives, or takes where they are negative. */
  adjust: AdjustBody
  /** Another person agrees to an adjustment that waits; `adjustment` is the activity that asked for it. */
  approve: { adjustment: number; actor: string }
  reject: { adjustment: number; actor: string }
  close: ByHand
  reopen: ByHand
  erase: ByHand
  /**
   * A person keeps open points until the end of a day, or brings back for that long what has expired since another.
   * Days are `2026-12-31`, of the program's zone.
   */
  extension: ByHand & { wallet?: string | undefined; until: string; expired_since?: string | undefined }
  /** A member joins a household's pool, changes what they may do with it, or leaves it: then they may do neither. */
  pool: { from: number; pool: number; earn: boolean; spend: boolean }
  /** The same on the pool's account. */
  pooled: { from: number; source: number; earn: boolean; spend: boolean }
  /** Something fell due: nobody sent it, time did. */
  clock: Record<string, never>
  /** A voucher is used apart from any order: a thing is handed over, a service is had. */
  voucher_use: { code: string; location?: string | undefined; external_id?: string | undefined }
  /** A voucher for somebody else. Whoever gets it gets a code of their own. */
  voucher_transfer: { from: number; to: number; code: string }
  /**
   * Somebody enters the code of a card that was nobody's yet. What the card gives was said when its batch was printed;
   * `expires_at` in ms, `amount` in the smallest unit of the wallet.
   */
  voucher_claim: {
    code: string
    batch: number
    reward: string
    amount?: number | undefined
    expires_at?: number | undefined
    per_member?: number | undefined
    most?: number | undefined
  }
  /** What such a transfer brought. `starts_at` and `expires_at` are in ms; without `expires_at` it does not expire. */
  voucher_receive: {
    from: number
    source: number
    reward: string
    starts_at: number
    expires_at?: number | undefined
  }
  /** Somebody gives a level by hand; `until` in ms. Without `until` and `months` it stays until another is given. */
  tier_given: ByHand & {
    level: string
    kind: 'given' | 'matched' | 'trial'
    until?: number | undefined
    months?: number | undefined
  }
  /** A member takes part in a challenge that asks for it, or takes part no more. */
  challenge: ForMember & { challenge: string; joined: boolean }
  /** A tier was reached; caused by another activity and heard in the same decision. */
  tier: { level: string }
  /**
   * A feature gives a reward that costs nothing: a card is full, a friend has come, it is a birthday. Caused by another
   * activity and heard in the same decision; never refused: what cannot be given is told of in a message. `source` says
   * what it is for: a name such as `stamps:coffee`, under which more may be given later.
   */
  give: {
    reward: string
    quantity: number
    source: string
    /** When what is kept as a voucher can be used no more, in ms; as the reward says unless that is sooner. */
    until?: number | undefined
  }
  /**
   * As many of what was given for `source` are taken back as nobody has used yet; caused likewise. Whoever takes them
   * back says with `Deciding.addWithdrawn`, before the phase `grant` is over, how many these were: the rest stays owed
   * to whoever gave it.
   */
  withdraw: { source: string; quantity: number }
  /**
   * Rewards give uses of a perk, up to a moment (ms) or for good; caused and never refused, as `give` is. `each` is how
   * many one of them gives, where several were given at once.
   */
  entitle: { perk: string; uses: number; source: string; until?: number | undefined; each?: number | undefined }
  /** A member uses something that comes with a level, a membership or a reward. */
  perk_use: ForMember & {
    perk: string
    quantity: number
    external_id: string
    location?: string | undefined
    /** The order, the booking or the like that it is used on. */
    order?: string | undefined
  }
  /** That use is taken back; `use` is its activity. */
  perk_void: { use: number; reason?: string | undefined }
  /** A plan begins, is renewed, resumed or changed at the till; what a payment provider tells comes as actions. */
  membership: ForMember & {
    plan: string
    when?: 'now' | 'at_end' | undefined
    trial?: true | undefined
    paid?: MembershipPayment | undefined
  }
  membership_cancel: ForMember & { when: 'now' | 'at_end'; reason?: string | undefined }
  /** A member picks one of the ways that the program leaves to them. */
  choose: { choice: string; option: string }
  /** Forwarded by the account of a friend. */
  referred: ReferredBody
  /** A place that brings a reward: a draw was held, or the period of a leaderboard is over. `of` is `draws:summer`. */
  award: { of: string; period: number; place: number; reward: string }
}

export type ActivityType = keyof ActivityBodies

/** Activities that concern two accounts, and what each of them makes the second one hear. */
export type TwoSidedType = 'transfer' | 'merge' | 'pool' | 'voucher_transfer'
export type OnwardType = 'receive' | 'absorb' | 'pooled' | 'voucher_receive'

/** What only time and decisions bring about. */
export type CausedType = 'clock' | 'tier' | 'give' | 'withdraw' | 'entitle'
/** What an account is told that nobody named beforehand: it hears it later, by itself. */
export type ForwardedType = 'referred' | 'award'

export interface ActivityOf<T extends ActivityType> {
  type: T
  /** Names the activity within its program's ledger; given by the caller of `decide`. */
  id: number
  /** The caller's key: the same key is decided once. */
  key: string
  occurred_at: number
  body: ActivityBodies[T]
}

export type Activity = { [T in ActivityType]: ActivityOf<T> }[ActivityType]
