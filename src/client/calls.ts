/** Generated from the OpenAPI document by `npm run generate`: the shapes and the calls of the interface. */
// biome-ignore-all format: written by a program
// biome-ignore-all lint: written by a program

import { type CallOptions, type Listing, part, type Request } from './request.ts'

export interface PairingCode {
  device: Device
  /** To be typed on the till, once */
  code: string
  expires_at: string
}

/** A till */
export interface Device {
  id: string
  name: string
  shop: string | null
  /** What its receipts begin with */
  prefix: string
  status: 'waiting' | 'paired' | 'revoked'
  created_at: string
  paired_at: string | null
  /** When it last called */
  seen_at: string | null
  offline: OfflineLimit
  /** What it did and the ledger did not take */
  open_differences: number
}

/** What a till may hand out while nobody answers it */
export interface OfflineLimit {
  /** Points of all offline redemptions together */
  points: number
  /** How many offline redemptions in all */
  times: number
  /** Points of one member */
  member_points: number
  /** How many times one member */
  member_times: number
  /** How long after the till was last reached */
  hours: number
}

export interface DeviceList {
  data: Device[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

/** Who has a number and may begin shifts */
export interface Cashiers {
  data: ({
    id: string
    name: string
  })[]
}

export interface DifferenceList {
  data: Difference[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

/** What a till did and the ledger did not take */
export interface Difference {
  id: string
  kind: 'no_member' | 'not_redeemed' | 'refused' | 'undone_late'
  device: {
    id: string
    name: string
  }
  staff: string | null
  staff_name: string | null
  deed: string
  type: string
  occurred_at: string
  opened_at: string
  member: string | null
  /** The end of the phone or card number that was nobody’s */
  looked_for: string | null
  reward: string | null
  wallet: string | null
  points: number | null
  /** Money, in minor units: what was sold, or what the reward took off */
  amount: number | null
  code: string
  reason: string
  settled_at: string | null
  settled_by: string | null
  how: 'booked' | 'taken' | 'waived' | 'undone' | null
  settle_reason: string | null
}

export interface TillFlagList {
  data: TillFlag[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

/** A sale of a cashier to their own membership */
export interface TillFlag {
  id: string
  device: {
    id: string
    name: string
  }
  staff: string
  staff_name: string | null
  member: string
  deed: string
  occurred_at: string
  amount: number
  points: number
}

export interface Paired {
  /** Only here */
  token: string
  state: TillState
}

/** What a till needs to know, kept by it for when nobody answers */
export interface TillState {
  device: {
    id: string
    name: string
    shop: string | null
    prefix: string
  }
  business: string
  program: string
  mode: 'live' | 'test'
  currency: string
  /** Minor digits of the currency */
  digits: number
  /** Whose phone numbers need no country code */
  country: string | null
  timezone: string
  /** The time of the program, in ms */
  now: number
  wallets: ({
    wallet: string
    name: string
    decimals: number
  })[]
  offers: ({
    reward: string
    name: string
    wallet: string
    cost: number
    /** What it is an item of */
    category: string | null
    /** What it takes off any order, in minor units; null where that depends */
    amount_off: number | null
    /** Up to which price an item of its category is free */
    item_up_to: number | null
    /** Whether it comes off an order, or is handed over by itself */
    on_orders: boolean
  })[]
  /** What rewards know items by */
  categories: string[]
  /** Who may begin a shift here */
  staff: ({
    id: string
    name: string
  })[]
  shift: {
    id: string
    staff: string
    ends_at: string
  } | null
  /** Base64 of the Ed25519 key that signs allowances, as SubjectPublicKeyInfo */
  public_key: string
  offline: {
    allowance: {
      id: string
      device: string
      from: number
      until: number
      points: number
      times: number
      member_points: number
      member_times: number
    }
    /** Ed25519 over the allowance as canonical JSON (RFC 8785), in Base64 */
    signature: string
  }
  /** The highest number of what the server has from this till */
  last_seq: number
  /** Where customers join by themselves */
  join_page: string
}

export interface Shift {
  id: string
  staff: string
  name: string
  begun_at: string
  ends_at: string
}

export interface LookUpAnswer {
  member: TillMember | null
  receipt: TillReceipt | null
}

/** As much of a member as a cashier may see */
export interface TillMember {
  id: string
  /** Masked */
  name: string
  /** Its last digits */
  phone: string | null
  tier: Tier | null
  balances: Balance[]
  cards: StampCard[]
  rewards: ({
    reward: string
    name: string
    wallet: string
    cost: number
    /** Whether the member could have it now, on an order that fits */
    available: boolean
    missing: {
      code: string
      reason: string
      points?: number
      money?: number
    } | null
  })[]
  vouchers: ({
    code: string
    name: string
    expires_at: string | null
    available: boolean
    missing: {
      code: string
      reason: string
      points?: number
      money?: number
    } | null
  })[]
}

export interface Tier {
  level: string
  /** What members call the level */
  name: string
  since: string | null
  /** How long the level stays at least; null for the lowest and for life */
  until: string | null
  /** What the next level asks for; null on the highest */
  progress: ({
    measure: string
    have: number
    need: number
    /** Until when it can be reached with what there is; null for ever */
    by: string | null
    /** What counts too once the return window of its orders is over */
    waiting?: number
  })[] | null
  /** The next level; null on the highest */
  next: string | null
  /** Whether one entry of `progress` is enough or all are needed, when there are several */
  progress_of?: 'any_of' | 'all_of'
  /** The level from `until` on when nothing more is done */
  otherwise?: string
  /** What it takes to have the level in its own right, when it stays only because of an earlier window or was given */
  keep?: ({
    measure: string
    have: number
    need: number
    /** Until when it can be reached with what there is; null for ever */
    by: string | null
    /** What counts too once the return window of its orders is over */
    waiting?: number
  })[]
  /** How the level came, when it was given by hand */
  kind?: 'given' | 'matched' | 'trial'
}

/** Points in the smallest unit of the wallet */
export interface Balance {
  wallet: string
  /** Decimal places of a point */
  decimals: number
  /** Can be spent now */
  available: number
  /** Earned, and not to be spent yet */
  pending: number
  /** Held for redemptions */
  held: number
  /** Owed, since points were spent that a return took back */
  debt: number
  /** What of it expires when, the soonest first */
  expiring: ({
    points: number
    at: string
  })[]
}

export interface StampCard {
  card: string
  name: string
  /** Stamps on the open card, its head start included */
  stamps: number
  /** Stamps on a full card */
  of: number
  /** What a full card gives */
  reward: string
  /** Cards that are full */
  filled: number
  /** When the card loses its stamps if it is not full */
  ends_at: string | null
  /** Stamps of purchases that came back after their card was full and its reward used */
  owed?: number
}

export interface TillReceipt {
  order: string
  status: 'paid' | 'cancelled'
  occurred_at: string
  total: number
  /** Masked */
  member: string | null
  lines: ({
    id: string
    name: string
    /** What all its units came to */
    paid: number
    quantity: number
    returnable: number
  })[]
}

export interface TillQuote {
  total: number
  discount: number
  to_pay: number
  earns: ({
    wallet: string
    points: number
  })[]
  redeemed: ({
    name: string
    points: number
    amount: number
  })[]
  rewards: ({
    reward: string
    name: string
    wallet: string
    cost: number
    available: boolean
    discount: number | null
    missing: {
      code: string
      reason: string
      points?: number
      money?: number
    } | null
  })[]
  vouchers: ({
    code: string
    name: string
    available: boolean
    discount: number | null
    missing: {
      code: string
      reason: string
      points?: number
      money?: number
    } | null
  })[]
  /** How many points could be used as money, at most, and what they pay */
  exchange: ({
    wallet: string
    step: number
    points: number
    amount: number
  })[]
}

export interface DeedAnswer {
  id: string
  /** Open: something of it waits for a person, see `differences` */
  state: 'done' | 'open' | 'undone'
  member: string | null
  sale: {
    total: number
    discount: number
    to_pay: number
    earned: ({
      wallet: string
      points: number
    })[]
    redeemed: ({
      name: string
      points: number
      voucher: string | null
    })[]
  } | null
  /** What a return gives back in money */
  refund: number | null
  balances: Balance[]
  differences: ({
    kind: string
    code: string
    reason: string
  })[]
  last_seq: number
}

/** Who is signed in, and what they may in which program */
export interface Session {
  staff: {
    id: string
    name: string
    email: string
    locale: string | null
  }
  role: 'owner' | 'marketer' | 'finance' | 'support' | 'cashier' | 'developer' | 'read_only' | 'partner'
  /** What the role may, by name */
  rights: string[]
  program: {
    id: string
    name: string
    mode: 'live' | 'test'
    currency: string
    timezone: string
    /** The program’s present */
    now: string
    /** Whether its time stands still until it is moved */
    test_clock: boolean
    /** How members of its country read, such as `en-US` */
    locale: string
  }
  /** Where the person has a part */
  programs: ({
    id: string
    name: string
    mode: 'live' | 'test'
    role: 'owner' | 'marketer' | 'finance' | 'support' | 'cashier' | 'developer' | 'read_only' | 'partner'
  })[]
  /** Whether one-time codes are asked for */
  totp: boolean
  /** When the session is over if nobody comes back to it */
  expires_at: string
}

export interface SetupState {
  open: boolean
}

export interface Invitation {
  email: string
  name: string
  expires_at: string
  programs: ({
    name: string
    role: 'owner' | 'marketer' | 'finance' | 'support' | 'cashier' | 'developer' | 'read_only' | 'partner'
  })[]
}

export interface TotpLink {
  /** What the app reads from a QR code */
  uri: string
  /** To be typed */
  key: string
}

export interface RecoveryCodes {
  recovery_codes: string[]
}

export interface SessionList {
  data: OpenSession[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

/** Where somebody is signed in */
export interface OpenSession {
  id: string
  /** Whether it is the one that asks */
  current: boolean
  /** Where they signed in */
  address: string
  /** The browser, as it names itself */
  agent: string
  created_at: string
  seen_at: string
  expires_at: string
}

export interface StaffList {
  data: Staff[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

/** Somebody who works for the business, and what they may in this program */
export interface Staff {
  id: string
  name: string
  email: string
  role: 'owner' | 'marketer' | 'finance' | 'support' | 'cashier' | 'developer' | 'read_only'
  /** Invited until the first time that they sign in */
  status: 'invited' | 'active'
  /** Whether one-time codes are asked for */
  totp: boolean
  /** Who they are as a member, so that it is seen when they serve themselves */
  member: string | null
  last_seen_at: string | null
}

export interface Invited {
  staff: Staff
  /** Null for somebody who has a password: they just sign in */
  invitation: InvitationLink | null
}

/** Lets its bearer choose the password, once: hand it to nobody else */
export interface InvitationLink {
  /** Below this server’s address; null when the answer is that of an earlier request */
  link: string | null
  expires_at: string
}

export interface AuditList {
  data: AuditEntry[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

/** Who did what: nobody can change it afterwards */
export interface AuditEntry {
  id: string
  /** Real time, also where the program’s clock was moved */
  at: string
  /** A person by their e-mail address, a till or a script by its name */
  actor: string
  staff: string | null
  device: string | null
  role: 'owner' | 'marketer' | 'finance' | 'support' | 'cashier' | 'developer' | 'read_only' | 'partner'
  /** The call by its name, such as `changeStaff` */
  action: string
  /** An id, or the address of the call */
  about: string
  before: unknown
  after: unknown
  request_id: string
}

export interface Member {
  id: string
  external_id: string | null
  name: string | null
  email: string | null
  phone: string | null
  birthday: string | null
  locale: string | null
  /** What others call the member */
  alias: string | null
  /** Whether others see the member there */
  leaderboards: 'shown' | 'named' | 'hidden'
  joined_at: string
  status: 'active' | 'closed' | 'merged' | 'erased'
  /** On the card and in its code */
  card_number: string
  /** For friends to name when they join */
  referral_code: string
  /** Null where the program has no referrals, and in answers that tell of an earlier moment */
  referral: {
    code: string
    /** Of the page where friends join, on this server */
    link: string
    /** How many have come */
    friends: number
    /** For how many of them the member was rewarded */
    rewarded: number
  } | null
  merged_into: string | null
  balances: Balance[]
  tier: Tier | null
  /** Stamp cards that are open */
  cards: StampCard[]
  /** Challenges that have begun and are not over */
  challenges: Challenge[]
  badges: Badge[]
  /** Those that can be used, now or later */
  vouchers: OpenVoucher[]
  /** The household's pool that the member is in, and what they may do with it */
  pool: {
    id: string
    earn: boolean
    spend: boolean
  } | null
  /** What comes with the level of the tier, and all else that the member may use */
  perks: string[]
  /** What of it can be used and is counted: how much is left, and why */
  entitlements: Entitlement[]
  /** What the program leaves to the member */
  choices: Choice[]
  /** The membership that was had last; null for whoever never had one */
  membership: Membership | null
}

export interface Challenge {
  id: string
  name: string
  state: 'open' | 'done' | 'to_join'
  /** Its head start included */
  have: number
  need: number
  /** What that is: orders, spend (minor units), …; of a streak weeks, of a quest goals */
  count: string
  /** Of a streak: the period of now */
  now?: {
    have: number
    need: number
    /** What counts: orders, items, spend (minor units), points, … */
    count: string
  }
  /** When it is over, or begins anew */
  by: string | null
  /** How often it was done */
  times: number
  steps: ({
    at: number
    reward: string | null
    badge: string | null
    done: boolean
  })[]
  reward: string | null
  badge: string | null
  /** When it was done, where it can be done once */
  done_at: string | null
  /** Of a quest: which of its goals */
  needs?: 'all_of' | 'any_of'
  /** Of a quest */
  goals?: ({
    id: string
    name: string
    have: number
    need: number
    /** What counts: orders, items, spend (minor units), points, … */
    count: string
    done: boolean
    /** Another goal has to be met first: what happens until then does not count */
    waits: boolean
  })[]
}

export interface Badge {
  badge: string
  name: string
  at: string
  /** What brought it */
  challenge: string
}

export interface OpenVoucher {
  code: string
  reward: string
  /** What members call the reward */
  name: string
  /** From when on it can be used */
  starts_at: string
  /** Null when it does not expire */
  expires_at: string | null
  /** What it was given for */
  source: string
  /** What it is good for, as the program file says it */
  gives: Record<string, unknown> | null
}

/** A perk that a member may use */
export interface Entitlement {
  perk: string
  /** What members call it */
  name: string
  /** bag, seat, lounge, concierge, service and so on */
  kind: string
  /** How many uses are left; null without limit */
  left: number | null
  /** Within which time, or on one order; null for what rewards gave alone */
  per: string | null
  /** When uses come anew, or when what a reward gave ends, whichever is first */
  until: string | null
  /** What one use is worth, in minor units */
  worth: number
  /** What it comes from */
  why: ('tier' | 'plan' | 'program' | 'reward')[]
  /** Uses that last for a while and have not ended */
  open: ({
    use: string
    until: string
  })[]
}

/** What the program leaves to the member */
export interface Choice {
  choice: string
  name: string
  /** What is chosen; the first option until something is */
  option: string
  since: string | null
  may_change: boolean
  /** From when another option can be chosen; null where one can now, or never */
  changes_from: string | null
  options: ({
    id: string
    name: string
  })[]
}

/** A plan that a member has */
export interface Membership {
  plan: string
  /** What members call the plan */
  name: string
  /** In grace the payment has not come; lapsed was not paid for, ended was cancelled or refunded */
  status: 'trial' | 'active' | 'grace' | 'lapsed' | 'ended'
  /** Since when it runs without a break */
  since: string
  /** When the period of now began */
  from: string
  /** When it ends; null for life */
  until: string | null
  /** The end of the period after it, where that is paid already */
  paid_until: string | null
  grace_until: string | null
  /** Whether it ends with what is paid */
  cancelled: boolean
  ended_at: string | null
  /** The plan that follows, where another was chosen or paid */
  next_plan: string | null
  /** What is to be paid next, and when */
  due: {
    amount: number
    at: string
  } | null
  /** How many payments failed since the last one came */
  failed_payments: number
  /** Whether the member has had the one trial */
  trial_used: boolean
  /** What was paid for the period of now */
  fee: number
  /** What comes with the plan, as members read it */
  benefits: string[]
  /** What benefits were worth in the period of now, in minor units */
  saved: number
  /** The same of all periods */
  saved_ever: number
  /** How much more it takes to have the fee back */
  to_break_even: number
  /** The latest payments, the first one first */
  payments: ({
    reference: string
    plan: string
    amount: number
    from: string
    until: string | null
    given_back: number
    /** How much of it may be given back now */
    refundable: number
    /** Why nothing may */
    why: 'benefit_used' | 'not_refundable' | null
  })[]
  /** What the other plans cost that the member may have */
  changes: ({
    plan: string
    name: string
    /** What the plan costs when it begins at once; null where it cannot */
    now: number | null
    /** What it costs when it follows */
    at_end: number
  })[]
}

export interface MemberList {
  data: Member[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

export interface ActivityList {
  data: Activity[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

export interface Activity {
  id: string
  member: string
  /** order, return, cancel, visit, action, join, redeem, transfer, receive, merge, absorb, clock (something fell due) and so on */
  type: string
  /** When it happened */
  occurred_at: string
  /** When we heard of it */
  recorded_at: string
  /** The revision of the program that decided it */
  revision: number
  /** What was sent; null once the person is erased */
  body: unknown
  discounts: Discount[]
  redemptions: Redemption[]
  postings: Posting[]
  balances: Balance[]
  tier: Tier | null
  explanation: Explanation[]
  /** Vouchers that it issued, used, took back or opened again */
  vouchers: VoucherChange[]
  /** Stamp cards that are open, as it left them */
  cards: StampCard[]
}

export interface Discount {
  /** The discount, the reward, or the wallet whose points were changed */
  source: string
  amount: number
  lines: ({
    id: string
    amount: number
  })[]
  /** What it would have taken off if the program took more off one order */
  cut?: {
    wanted: number
    /** The cap of the program, or its floor */
    by: 'most' | 'floor'
  }
  /** Points that were changed for it */
  points?: number
}

export interface Redemption {
  id: string
  member: string
  reward: string
  quantity: number
  /** What it costs */
  points: number
  /** What is to be paid in money besides; with an order it is part of its total */
  to_pay: number
  /** What of it was spent */
  captured_points: number
  status: 'held' | 'captured' | 'voided' | 'expired'
  /** When a hold times out */
  expires_at: string | null
  /** The code of the voucher that it brought, the first of several */
  voucher: string | null
  postings: Posting[]
}

/** Points that move from one bucket to another */
export interface Posting {
  id: string
  activity: string
  wallet: string
  /** The bucket that the points leave: issued, pending, available, held, spent, … */
  from: string
  /** The bucket that they reach */
  to: string
  points: number
  /** What was earned alike: kind and month, with the days from which it can be spent and is expired */
  lot: string | null
  /** The earning rule, or the reward */
  rule: string | null
  /** The line of the order, where there is one */
  line: string | null
  /** The activity whose points this takes back */
  reverses: string | null
  /** From when the points can be spent; null while they wait for an action */
  available_at: string | null
  /** Null for points that never expire */
  expires_at: string | null
}

/** How the points of one rule came about, or why points moved */
export interface Explanation {
  /** The earning rule or the reward; of points that move for another reason, which: expiry, release, debt and so on */
  rule: string
  wallet: string
  /** The line of the order, where there is one */
  line: string | null
  /** What the rate applies to: money in minor units, items, or 1 */
  base: number
  /** Points per major unit of money, per item, or for the occasion: a fraction */
  rate: string
  /** Exact points, as a fraction */
  exact: string
  rounding: 'floor' | 'nearest' | 'up' | 'carry'
  /** The fraction that the wallet kept before */
  carry_before: string | null
  /** The fraction that it keeps now */
  carry_after: string | null
  points: number
  /** All of it in a sentence, for people */
  text: string
  /** The postings that this explains */
  postings: string[]
}

export interface VoucherChange {
  code: string
  reward: string
  /** As this left it */
  state: 'open' | 'used' | 'expired' | 'withdrawn' | 'transferred'
}

export interface BalancesAt {
  member: string
  at: string
  by: 'recorded' | 'occurred'
  balances: Balance[]
}

/** All that is known of a person */
export interface MemberExport {
  exported_at: string
  program: {
    id: string
    name: string
  }
  /** Profile, contacts, card, balances, tier and perks as of now */
  member: Member
  /** All that happened, the latest first: what was sent, moved, and why */
  activities: Activity[]
  /** What the pool of a household decided for the member */
  in_pools: Activity[]
  /** Members who were merged into this one */
  merged: Member[]
  /** Orders as they stand, the latest first */
  orders: PricedOrder[]
  drafts: ({
    external_id: string
    status: 'draft' | 'cancelled'
    /** The order as it was sent last */
    body: unknown
  })[]
  /** Rewards, the latest first */
  redemptions: ({
    id: string
    member: string
    reward: string
    quantity: number
    /** What it costs */
    points: number
    /** What is to be paid in money besides; with an order it is part of its total */
    to_pay: number
    /** What of it was spent */
    captured_points: number
    status: 'held' | 'captured' | 'voided' | 'expired'
    /** When a hold times out */
    expires_at: string | null
    /** The code of the voucher that it brought, the first of several */
    voucher: string | null
  })[]
  /** Vouchers in every state, the latest first */
  vouchers: ({
    code: string
    reward: string
    /** From when on it can be used */
    starts_at: string
    /** Null when it does not expire */
    expires_at: string | null
    /** What it was given for */
    source: string
    state: 'open' | 'used' | 'expired' | 'withdrawn' | 'transferred'
  })[]
  /** Points given and taken by hand, with who and why */
  adjustments: Adjustment[]
  /** What people of the business have noted, the latest first */
  notes: Note[]
  /** What the member agreed to at tills, as it was read there */
  consents: ({
    given_at: string
    locale: string
    text: string
  })[]
  /** Who brought the member, and whom the member brought */
  referrals: ({
    /** Whose code was named */
    referrer: string
    friend: string
    state: 'joined' | 'waiting' | 'rewarded' | 'capped' | 'lapsed' | 'refused'
    /** Why it was refused */
    reason: string | null
    /** Until when the first order may come, or the one that came may be returned */
    until: string | null
    changed_at: string
  })[]
  /** What the member has on leaderboards and in draws, with the first day of the period where there is one */
  counted: ({
    name: string
    from: string | null
    count: number
  })[]
  /** Messages about the member of the last thirty days, the first one first */
  events: Event[]
}

export interface PricedOrder {
  external_id: string | null
  member: string | null
  status: 'paid' | 'draft' | 'cancelled' | 'quote'
  occurred_at: string
  currency: string
  /** The lines before discounts */
  subtotal: number
  /** All that was taken off, the shop's own discounts included */
  discount: number
  tax: number
  /** What the order costs, tax included */
  total: number
  /** What of that is left to pay in money, with what points have paid taken off */
  to_pay: number
  lines: ({
    id: string
    net: number
    discount: number
    /** Units still left */
    returnable: number
  })[]
}

export interface Adjustment {
  id: string
  member: string
  wallet: string
  /** Negative when points are taken */
  points: number
  /** Null once the person is erased */
  reason: string | null
  status: 'pending_approval' | 'applied' | 'rejected'
  /** The actor of the key that asked for it */
  requested_by: string
  requested_at: string
  /** Who approved or rejected it; who asked, below their limit */
  decided_by: string | null
  decided_at: string | null
  /** The activity that asked for it */
  activity: string
  postings: Posting[]
  /** As the latest of it left them */
  balances: Balance[]
}

/** What people of the business note of a member, for one another */
export interface Note {
  id: string
  /** Of whom it was written; another than the one asked for where they were merged since */
  member: string
  text: string
  written_by: string
  written_at: string
}

/** What happened, as endpoints get it and as the list of events has it */
export interface Event {
  /** The same at every delivery: whoever saw it before may ignore it */
  id: string
  topic: string
  created_at: string
  program: string
  member: string | null
  activity: string | null
  data: Record<string, unknown>
}

export interface CardLink {
  member: string
  /** On this server; shown this once: null when the answer is that of an earlier request */
  link: string | null
}

/** What a member sees of themselves */
export interface Card {
  as_of: string
  program: {
    id: string
    name: string
    currency: string
    timezone: string
  }
  name: string | null
  joined_at: string
  /** On the card and in its code */
  card_number: string
  /** Null where the program has no referrals, and in answers that tell of an earlier moment */
  referral: {
    code: string
    /** Of the page where friends join, on this server */
    link: string
    /** How many have come */
    friends: number
    /** For how many of them the member was rewarded */
    rewarded: number
  } | null
  balances: Balance[]
  tier: Tier | null
  /** Stamp cards that are open */
  cards: StampCard[]
  /** Challenges that have begun and are not over */
  challenges: Challenge[]
  badges: Badge[]
  /** Those that can be used, now or later */
  vouchers: OpenVoucher[]
  /** What of it can be used and is counted: how much is left, and why */
  entitlements: Entitlement[]
  /** The membership that was had last; null for whoever never had one */
  membership: Membership | null
  /** In words */
  perks: string[]
  /** What the next level of the tier is called */
  next_level: string | null
  /** What points are good for, the smallest first */
  rewards: ({
    reward: string
    name: string
    wallet: string
    decimals: number
    cost: number
    /** Points that are missing for it; 0 when it can be had */
    missing: number
    /** Whether the member’s level may have it */
    for_level: boolean
  })[]
}

export interface CardLineList {
  data: CardLine[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

/** Something that happened on a card */
export interface CardLine {
  id: string
  /** order, return, visit, redeem, clock (something fell due) and so on */
  type: string
  occurred_at: string
  /** Of an order, in minor units; null for everything else */
  total: number | null
  /** Points that moved, from which bucket to which */
  moves: ({
    wallet: string
    decimals: number
    from: string
    to: string
    points: number
    /** The rule or the reward, in words */
    name: string | null
  })[]
  /** Why, in English */
  reasons: ({
    wallet: string
    points: number
    /** All of it in a sentence, for people */
    text: string
  })[]
}

export interface NoteList {
  data: Note[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

/** What an order would do. Nothing has moved: balances are those of now */
export interface QuoteAnswer {
  order: PricedOrder
  discounts: Discount[]
  /** What points and stored value pay of it */
  payments: Payment[]
  redemptions: Redemption[]
  postings: Posting[]
  balances: Balance[]
  tier: Tier | null
  explanation: Explanation[]
  /** Vouchers that it issued, used, took back or opened again */
  vouchers: VoucherChange[]
  /** Stamp cards that are open, as it left them */
  cards: StampCard[]
  /** Null while nothing is decided */
  activity: string | null
  /** The revision of the program that decided it */
  revision: number | null
  /** What the order would earn */
  earns: ({
    wallet: string
    points: number
  })[]
  rewards: ({
    reward: string
    name: string
    wallet: string
    cost: number
    /** Whether it could be had now: on this order, or by itself where it takes nothing off orders */
    available: boolean
    /** What it would take off this order */
    discount: number | null
    /** What it takes to have it: points, or the reason why it cannot be had */
    missing: {
      /** How many points are missing */
      points?: number
      /** How much more would have to be spent */
      money?: number
      /** What the redemption would be refused with */
      code: string
      reason: string
    } | null
  })[]
  /** Vouchers that the member has, beside those that the order uses already */
  open_vouchers: ({
    code: string
    reward: string
    name: string
    expires_at: string | null
    /** Whether it could be used on this order now */
    available: boolean
    /** What it would take off this order */
    discount: number | null
    /** Why it cannot be used */
    missing: {
      /** How many points are missing */
      points?: number
      /** How much more would have to be spent */
      money?: number
      /** What the redemption would be refused with */
      code: string
      reason: string
    } | null
  })[]
  /** Discounts that come by themselves, and what it would take */
  discounts_missed: ({
    discount: string
    name: string
    missing: {
      /** How many points are missing */
      points?: number
      /** How much more would have to be spent */
      money?: number
      /** What the redemption would be refused with */
      code: string
      reason: string
    }
  })[]
  /** Points that can be used as money, beside what the order uses already */
  exchange: ({
    wallet: string
    /** The most that this order could use now */
    points: number
    /** What they would pay, or take off */
    amount: number
    /** Why none can be used */
    missing: {
      /** How many points are missing */
      points?: number
      /** How much more would have to be spent */
      money?: number
      /** What the redemption would be refused with */
      code: string
      reason: string
    } | null
  })[]
}

/** Points, or stored value, that pay a part of an order */
export interface Payment {
  wallet: string
  points: number
  amount: number
}

export interface OrderAnswer {
  order: PricedOrder
  discounts: Discount[]
  /** What points and stored value pay of it */
  payments: Payment[]
  redemptions: Redemption[]
  postings: Posting[]
  balances: Balance[]
  tier: Tier | null
  explanation: Explanation[]
  /** Vouchers that it issued, used, took back or opened again */
  vouchers: VoucherChange[]
  /** Stamp cards that are open, as it left them */
  cards: StampCard[]
  /** Null while nothing is decided */
  activity: string | null
  /** The revision of the program that decided it */
  revision: number | null
}

export interface CancelAnswer {
  order: PricedOrder
  discounts: Discount[]
  /** What points and stored value pay of it */
  payments: Payment[]
  redemptions: Redemption[]
  postings: Posting[]
  balances: Balance[]
  tier: Tier | null
  explanation: Explanation[]
  /** Vouchers that it issued, used, took back or opened again */
  vouchers: VoucherChange[]
  /** Stamp cards that are open, as it left them */
  cards: StampCard[]
  /** Null while nothing is decided */
  activity: string | null
  /** The revision of the program that decided it */
  revision: number | null
  /** Points that were spent on the order and came back */
  restored: ({
    redemption: string
    points: number
  })[]
  /** What is given back in all, tax included */
  refund_total: number
  /** What of that is given back in money: the rest had been paid with points */
  refund_money: number
  /** Points that were used as money and came back; `amount` is what they had paid, 0 where they had lowered the price */
  points_back: Payment[]
}

export interface ReturnAnswer {
  return: {
    external_id: string
    order: string
    status: 'applied' | 'waiting'
  }
  postings: Posting[]
  balances: Balance[]
  tier: Tier | null
  explanation: Explanation[]
  /** Vouchers that it issued, used, took back or opened again */
  vouchers: VoucherChange[]
  /** Stamp cards that are open, as it left them */
  cards: StampCard[]
  /** Points that were spent on the order and came back */
  restored: ({
    redemption: string
    points: number
  })[]
  /** What is given back in all, tax included */
  refund_total: number
  /** What of that is given back in money: the rest had been paid with points */
  refund_money: number
  /** Points that were used as money and came back; `amount` is what they had paid, 0 where they had lowered the price */
  points_back: Payment[]
  activity: string | null
}

export interface RewardsInUse {
  /** The first day of those whose use is told */
  since: string
  currency: string
  data: RewardInUse[]
}

export interface RewardInUse {
  reward: string
  name: string
  /** What it costs and gives, and to whom, in sentences */
  text: string
  wallet: string
  decimals: number
  /** In the smallest unit of the wallet; null where it is only given */
  cost: number | null
  /** What is paid besides, in minor units */
  money: number
  /** How many there are in all; null where it never runs out */
  stock: number | null
  left: number | null
  /** How often it was used in the last 30 days */
  used: number
  /** What it took off orders in these days, in minor units */
  taken_off: number
}

export interface ReferralList {
  data: Referral[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

/** A friend whom a member brought */
export interface Referral {
  /** Whose code was named */
  referrer: string
  friend: string
  joined_at: string
  state: 'joined' | 'waiting' | 'rewarded' | 'capped' | 'lapsed' | 'refused'
  /** Why it was refused */
  reason: string | null
  /** Until when the first order may come, or the one that came may be returned */
  until: string | null
  changed_at: string
  /** How many people stand between the friend and somebody whom nobody brought, and one */
  depth: number
}

export interface ReferralSummary {
  states: Record<string, number>
  /** Refused ones are left out */
  depths: ({
    depth: number
    count: number
  })[]
}

export interface Voucher {
  code: string
  reward: string
  /** What members call the reward */
  name: string
  /** What it is good for, as the program file says it */
  gives: Record<string, unknown> | null
  /** What a card gives, in the smallest unit of its wallet, where that was said when it was printed */
  amount: number | null
  /** What it was given for, or the batch of a card */
  source: string
  /** `unclaimed` is a card that is nobody’s yet */
  state: 'unclaimed' | 'open' | 'used' | 'expired' | 'withdrawn' | 'transferred'
  /** Whose it is */
  member: string | null
  /** Their name; cashiers get its initials, and lists leave it out */
  holder: string | null
  /** The activity that issued it */
  issued_by: string | null
  /** From when on it can be used */
  starts_at: string
  /** Null when it does not expire */
  expires_at: string | null
  /** The activity that used it, took it back or gave it away */
  ended_by: string | null
}

export interface VoucherList {
  data: Voucher[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

export interface LeaderboardList {
  data: Leaderboard[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

export interface Leaderboard {
  id: string
  name: string
  /** points_earned, spend, visits, orders, or the type of an action */
  counts: string
  wallet: string | null
  per: 'day' | 'week' | 'month' | 'quarter' | 'year' | 'lifetime'
  /** Down to which place it is shown */
  top: number
  reward: {
    places: number
    reward: string
  } | null
}

/** Members side by side */
export interface Standings {
  id: string
  name: string
  /** points_earned, spend, visits, orders, or the type of an action */
  counts: string
  wallet: string | null
  per: 'day' | 'week' | 'month' | 'quarter' | 'year' | 'lifetime'
  /** Down to which place it is shown */
  top: number
  reward: {
    places: number
    reward: string
  } | null
  /** The first day of the period; null for a lifetime */
  from: string | null
  /** Its last day */
  until: string | null
  /** When the places were decided that bring a reward */
  decided_at: string | null
  places: ({
    /** Equal scores share a place */
    place: number
    /** Money in minor units, points in the smallest unit of their wallet */
    score: number
    member: string
    /** What others may see of the member */
    shown_as: string
  })[]
  /** The place of the member who was asked for, if they take part */
  member: {
    /** Equal scores share a place */
    place: number
    /** Money in minor units, points in the smallest unit of their wallet */
    score: number
    member: string
    /** What others may see of the member */
    shown_as: string
  } | null
  has_more: boolean
  next_cursor: string | null
}

export interface DrawList {
  data: Draw[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

export interface Draw {
  id: string
  name: string
  /** Over is one that waits to be drawn */
  status: 'open' | 'over' | 'drawn'
  /** The last day on which entries come in */
  until: string
  /** How many win */
  winners: number
  reserves: number
  prize: string
  /** How many entries of one member count */
  most_entries: number
  /** SHA-256 of the seed, the same from the beginning */
  commitment: string
  /** How many take part */
  members: number
  /** How many entries they have */
  tickets: number
  /** What the member who was asked for has in it */
  member: {
    member: string
    entries: number
    entry: string | null
  } | null
  /** Published by the draw */
  seed: string | null
  salt: string | null
  /** SHA-256 of the list of entries */
  digest: string | null
  drawn_at: string | null
  drawn_by: string | null
  reason: string | null
  /** Winners in the order in which they were drawn, and then the reserves */
  places: ({
    place: number
    member: string
    /** What others may see of the member */
    shown_as: string
    /** What the list of entries calls the member: SHA-256 of the salt, a colon and the id */
    entry: string
    /** Counted from 0 through all entries */
    ticket: number
    /** Where an account is closed, whoever is next in reserve steps in */
    status: 'on_its_way' | 'given' | 'refused' | 'in_reserve'
  })[]
}

export interface DrawProof {
  program: string
  draw: string
  /** SHA-256 of the seed, shown from the beginning */
  commitment: string
  seed: string
  /** SHA-256 of the seed and `:salt` */
  salt: string
  /** SHA-256 of the entries, a line each: its name, a space and its tickets */
  digest: string
  /** In the order in which they were drawn */
  winners: string[]
  reserves: string[]
  /** Sorted by name; a name is SHA-256 of salt, `:` and id */
  entries: ([string, number])[]
}

export interface AdjustmentList {
  data: ListedAdjustment[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

export interface ListedAdjustment {
  id: string
  member: string
  wallet: string
  /** Negative when points are taken */
  points: number
  /** Null once the person is erased */
  reason: string | null
  status: 'pending_approval' | 'applied' | 'rejected'
  /** The actor of the key that asked for it */
  requested_by: string
  requested_at: string
  /** Who approved or rejected it; who asked, below their limit */
  decided_by: string | null
  decided_at: string | null
  /** The activity that asked for it */
  activity: string
  postings: Posting[]
  /** As the latest of it left them */
  balances: Balance[]
  /** What the member is called, for whoever decides it */
  member_name: string | null
}

export interface MembershipList {
  data: MembershipEntry[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

export interface MembershipEntry {
  member: string
  name: string | null
  membership: Membership
}

export interface MembershipAnswer {
  member: string
  /** Null for whoever never had one */
  membership: Membership | null
}

export interface MembershipWithUses {
  member: string
  /** Null for whoever never had one */
  membership: Membership | null
  /** The latest uses of what saves money, the latest first */
  uses: ({
    /** What it was used with: an order, or the use of a perk */
    activity: string
    /** What it came from: a perk, a discount, a reward */
    source: string
    /** In minor units; below zero where a return took it back */
    worth: number
    occurred_at: string
  })[]
}

export interface ChallengeAnswer {
  activity: string
  member: string
  /** Null once it is over */
  challenge: Challenge | null
}

export interface PerkList {
  data: Entitlement[]
}

export interface PerkUse {
  /** Names the use: `use_…` */
  id: string
  member: string
  perk: string
  /** How many uses stand; 0 once they are taken back */
  quantity: number
  /** What that is worth to the member, in minor units */
  worth: number
  /** When it ends, where a use lasts for a while */
  ends_at: string | null
  /** How many uses are left; null without limit, or where the member has none any more */
  left: number | null
}

export interface Transfer {
  /** The sender's activity */
  id: string
  from: string
  to: string
  wallet: string
  points: number
  note: string | null
  occurred_at: string
  /** What was sent, lot by lot */
  postings: Posting[]
  /** The same lots as they arrived */
  received: Posting[]
  /** The sender's, after it */
  balances: Balance[]
}

/** The account that the members of a household share */
export interface Pool {
  /** Also the id of its account: balances, time line and transfers are those of any member */
  id: string
  external_id: string | null
  name: string | null
  balances: Balance[]
  members: ({
    id: string
    earn: boolean
    spend: boolean
  })[]
}

export interface PoolList {
  data: Pool[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

/** What is left of the member who was merged */
export interface MergeAnswer {
  id: string
  external_id: string | null
  name: string | null
  email: string | null
  phone: string | null
  birthday: string | null
  locale: string | null
  /** What others call the member */
  alias: string | null
  /** Whether others see the member there */
  leaderboards: 'shown' | 'named' | 'hidden'
  joined_at: string
  status: 'active' | 'closed' | 'merged' | 'erased'
  /** On the card and in its code */
  card_number: string
  /** For friends to name when they join */
  referral_code: string
  /** Null where the program has no referrals, and in answers that tell of an earlier moment */
  referral: {
    code: string
    /** Of the page where friends join, on this server */
    link: string
    /** How many have come */
    friends: number
    /** For how many of them the member was rewarded */
    rewarded: number
  } | null
  merged_into: string | null
  balances: Balance[]
  tier: Tier | null
  /** Stamp cards that are open */
  cards: StampCard[]
  /** Challenges that have begun and are not over */
  challenges: Challenge[]
  badges: Badge[]
  /** Those that can be used, now or later */
  vouchers: OpenVoucher[]
  /** The household's pool that the member is in, and what they may do with it */
  pool: {
    id: string
    earn: boolean
    spend: boolean
  } | null
  /** What comes with the level of the tier, and all else that the member may use */
  perks: string[]
  /** What of it can be used and is counted: how much is left, and why */
  entitlements: Entitlement[]
  /** What the program leaves to the member */
  choices: Choice[]
  /** The membership that was had last; null for whoever never had one */
  membership: Membership | null
  /** The member who has everything now */
  into: Member
}

export interface BudgetList {
  data: Budget[]
}

export interface Budget {
  id: string
  name: string
  /** Whose points it counts; null where it counts money */
  wallet: string | null
  /** Of which money it is; null where it counts points */
  currency: string | null
  /** In the smallest unit */
  total: number
  /** What orders that came back used is given back */
  used: number
  left: number
  /** After what time there is as much again: the figures are of now */
  per: string | null
  /** The first day on which it gives anything */
  from: string | null
  /** The last one */
  until: string | null
  /** What is paid from it, such as `earning.double-tuesday` */
  covers: string[]
}

export interface Program {
  id: string
  name: string
  mode: 'live' | 'test'
  /** The program’s present: real time, unless its test clock was moved */
  now: string
  /** The number of the revision that decides now */
  revision: number
  /** Since when it decides */
  effective_at: string
  /** The program file as JSON, defaults filled in */
  program: Record<string, unknown>
  /** The file as it was written */
  source: string
  /** The draft `main` as it was written; null without one */
  draft: string | null
}

export interface Terms {
  program: string
  /** The revision whose terms they are */
  revision: number
  language: string
  /** The languages that there are */
  languages: string[]
  title: string
  /** Since when the revision holds, in words */
  since: string | null
  /** From when on other terms hold, in words; null where none are announced */
  next: string | null
  chapters: ({
    id: string
    title: string
    statements: ({
      /** The part of the program, by the same name in every revision */
      about: string
      /** What the program calls it */
      title: string | null
      text: string
      /** The levels or plans whose members it concerns; null for all */
      who: string[] | null
    })[]
  })[]
}

export interface Preview {
  from: string
  until: string
  takes_away: TakenAway[]
  /** The program of now, if nobody redeems */
  current: BacktestResult
  /** The draft, if nobody redeems */
  draft: BacktestResult
  /** How often members used what they could */
  past: ({
    reward: string
    could: number
    used: number
  })[]
  /** The draft as `regulars backtest --json` reports on it, against the program of now: members redeem as in the past, or at once where nobody has yet */
  report: {
    program: string
    revision: number
    currency: string
    timezone: string
    redeeming: {
      model: 'none'
    } | {
      model: 'at-once'
    } | {
      model: 'saver'
    } | {
      model: 'hazard'
      chance: number
    } | {
      model: 'past'
      rewards: Record<string, number>
    }
    response: {
      /** From which share of the way to the next reward or level on members speed up */
      closeness: number
      /** By which share the time to the next order is shorter right before the goal */
      speedup: number
    } | null
    seed: number
    /** The first order; null without orders */
    from: string | null
    /** The end of history, itself not included */
    until: string
    members: number
    orders: {
      /** Decided for members */
      members: number
      /** Sales to nobody in particular: they earn nothing */
      anonymous: number
      /** The same id again: not decided again */
      duplicates: number
      /** At or after `until`: left out */
      after_until: number
      /** By the code of the refusal; the sales of these orders are not counted */
      refused: Record<string, number>
    }
    /** What came back: as many as orders of which something did, each time */
    returns: {
      members: number
      anonymous: number
    }
    /** What customers paid, tax included */
    sales: {
      members: number
      anonymous: number
    }
    /** What they got back of it */
    refunds: {
      members: number
      anonymous: number
    }
    customers: {
      active_days: number
      /** Ordered within the last `active_days` days */
      active: number
      /** Ever earned points */
      earning: number
      /** Ever used a reward */
      redeeming: number
      /** Ever had points enough for a reward that their level may have, or were given one */
      reached: number
      /** By how many orders they made */
      by_frequency: ({
        orders_from: number
        orders_to: number | null
        members: number
        reached: number
        redeeming: number
        /** Median days from joining to the first reward, of those who reached one */
        days_to_first: number | null
      })[]
    }
    first_reward: {
      members: number
      /** From joining until points first were enough for a reward */
      days: {
        p10: number
        median: number
        p90: number
      } | null
      /** How many orders it took */
      orders: {
        p10: number
        median: number
        p90: number
      } | null
    }
    points: ({
      wallet: string
      decimals: number
      issued: number
      /** On rewards, less what came back with returned orders */
      spent: number
      expired: number
      /** Taken back by returns */
      reversed: number
      /** Of these, what nobody had to give back */
      forgiven: number
      /** What members hold at the end: not yet theirs to spend */
      pending: number
      available: number
      held: number
      /** What members owe at the end */
      debt: number
    })[]
    rules: ({
      rule: string
      wallet: string
      times: number
      points: number
    })[]
    /** Rules that never gave anything */
    idle_rules: string[]
    rewards: ({
      reward: string
      name: string
      /** The first one for what nobody can pay for */
      wallet: string
      /** Less those that came back whole */
      times: number
      /** How many used it */
      members: number
      /** Spent on it, less what came back */
      points: number
      /** What members saved by it */
      value: number
      /** What it cost the business */
      cost: number
    })[]
    /** None where the program gives no rewards by itself */
    vouchers: ({
      reward: string
      name: string
      issued: number
      /** How many each part of the program gave, such as stamps:coffee */
      sources: Record<string, number>
      /** Less those that came back whole */
      used: number
      /** Taken back before anybody used them, mostly by returns */
      withdrawn: number
      expired: number
      /** At the end */
      open: number
      /** What members saved by those they used */
      value: number
      /** What these cost the business */
      cost: number
      /** Of those open at the end, each at what one has cost, or by what it gives where nobody used one */
      liability: {
        /** Open points times what a point costs */
        gross: number
        /** The same of those points only that are expected to be redeemed */
        net: number
      }
    })[]
    /** What rewards and discounts took off orders, less what came back */
    discounts: number
    /** Of it, what came by itself; it costs what it takes off */
    automatic_discounts: number
    /** All of them, from the first order’s to the end’s */
    months: ({
      /** In the program’s zone, such as 2026-05 */
      month: string
      joined: number
      orders: number
      /** What customers paid, tax included */
      sales: number
      /** Of it, to nobody in particular */
      anonymous_sales: number
      /** Members who ordered */
      active: number
      /** Members who used a reward */
      redeeming: number
      /** Also those that came back later */
      redemptions: number
      /** What rewards and discounts took off orders, less what came back */
      discount: number
      /** What the rewards and discounts cost the business */
      cost: number
      /** Members on each level when the month ended, from the lowest */
      tiers: number[]
      points: ({
        wallet: string
        issued: number
        spent: number
        expired: number
        reversed: number
        /** What members held when the month ended, less what they owed */
        open: number
        /** When the month ended; what is expected is judged from the whole history */
        liability: {
          /** Open points times what a point costs */
          gross: number
          /** The same of those points only that are expected to be redeemed */
          net: number
        }
      })[]
    })[]
    /** From the lowest; none without tiers */
    tiers: ({
      level: string
      /** At the end */
      members: number
      /** While members were on it */
      orders: number
      /** Of these orders, less what came back while members were on it */
      sales: number
      /** Of the rewards used on it */
      cost: number
      /** cost ÷ sales */
      reward_rate: number | null
    })[]
    tier_moves: ({
      from: string
      to: string
      times: number
    })[]
    economics: {
      /** Of members, less refunds */
      sales: number
      /** Of all rewards used */
      cost: number
      /** cost ÷ sales */
      reward_rate: number | null
      wallets: ({
        wallet: string
        /** What the smallest unit of the wallet costs the business when it is redeemed, in minor units */
        point_value: number
        /** By the rewards that were used; else by the median of what the program offers; or there is no reward */
        valued_by: 'rewards used' | 'catalogue' | 'nothing'
        /** Share of the issued points, less those that returns took back, that will be redeemed in the end; null where none was */
        expected_redemption: number | null
        /** Share of the open points that will be redeemed; all of them where none ever was */
        expected_of_open: number
        issued: number
        redeemed: number
        open: number
      })[]
      /** At the end, of open points and of open vouchers */
      liability: {
        /** Open points times what a point costs */
        gross: number
        /** The same of those points only that are expected to be redeemed */
        net: number
      }
      /** Of it, the vouchers */
      vouchers: {
        /** Open points times what a point costs */
        gross: number
        /** The same of those points only that are expected to be redeemed */
        net: number
        open: number
      }
      /** cost + liability.net: what the program costs once all is redeemed that will be */
      expected_cost: number
      /** expected_cost ÷ sales */
      expected_rate: number | null
      margin: number
      /** By which share members must buy more for the margin of it to pay for the program: c ÷ (margin − c) with c the expected rate; null where no lift pays for it */
      break_even_lift: number | null
    }
    /** All that was decided, and of it what fell due */
    activities: {
      total: number
      clock: number
    }
    schema: 'regulars.backtest/1'
    /** The program’s name */
    name: string
    /** What the history was read from */
    source: {
      kind: 'file' | 'ledger'
      /** The file’s name, or that of the ledger’s program */
      name: string
      /** All rows that were read, taken or not */
      rows: number
      /** The orders that they made, anonymous sales among them */
      orders: number
      /** Which column each field was read from */
      understood: ({
        field: string
        column: string | null
        how: string
      })[]
      /** How many rows each oddity was found in */
      reports: Record<string, number>
    }
    /** Every assumption that was made, in words */
    assumptions: ({
      name: string
      value: string
      text: string
    })[]
    /** What is assumed of members; the first is what the page is about */
    scenarios: ({
      redeeming: {
        model: 'none'
      } | {
        model: 'at-once'
      } | {
        model: 'saver'
      } | {
        model: 'hazard'
        chance: number
      } | {
        model: 'past'
        rewards: Record<string, number>
      }
      /** How many runs the ranges are made of */
      seeds: number
      /** The run of the first seed */
      result: BacktestResult
      /** By figure: reward_rate, cost, expected_rate, expected_cost, liability_gross, liability_net, discounts, points_issued, reached_share, redeeming_share, break_even_lift */
      ranges: Record<string, {
        low: number | null
        high: number | null
      }>
      with_response: {
        response: {
          /** From which share of the way to the next reward or level on members speed up */
          closeness: number
          /** By which share the time to the next order is shorter right before the goal */
          speedup: number
        }
        result: BacktestResult
        /** By figure: reward_rate, cost, expected_rate, expected_cost, liability_gross, liability_net, discounts, points_issued, reached_share, redeeming_share, break_even_lift */
        ranges: Record<string, {
          low: number | null
          high: number | null
        }>
      } | null
    })[]
    /** Null where history is too thin: no sales to members, or nobody with three orders */
    judgement: {
      verdict: 'too_stingy' | 'balanced' | 'too_generous' | 'both'
      /** The limits that are not kept */
      because: ('least_reached' | 'longest_wait' | 'least_rate' | 'most_lift')[]
      /** Shares, and of longest_wait days: those from which on docs/balance.md calls a program stingy or generous */
      limits: Record<string, number>
    } | null
    /** Beside the other program that was asked for */
    against: Comparison | null
  }
}

export interface TakenAway {
  /** What it is about: the name by which it is said to be meant */
  about: string
  text: string
  /** Whether the file says that it is meant */
  meant: boolean
}

export interface BacktestResult {
  program: string
  revision: number
  currency: string
  timezone: string
  redeeming: {
    model: 'none'
  } | {
    model: 'at-once'
  } | {
    model: 'saver'
  } | {
    model: 'hazard'
    chance: number
  } | {
    model: 'past'
    rewards: Record<string, number>
  }
  response: {
    /** From which share of the way to the next reward or level on members speed up */
    closeness: number
    /** By which share the time to the next order is shorter right before the goal */
    speedup: number
  } | null
  seed: number
  /** The first order; null without orders */
  from: string | null
  /** The end of history, itself not included */
  until: string
  members: number
  orders: {
    /** Decided for members */
    members: number
    /** Sales to nobody in particular: they earn nothing */
    anonymous: number
    /** The same id again: not decided again */
    duplicates: number
    /** At or after `until`: left out */
    after_until: number
    /** By the code of the refusal; the sales of these orders are not counted */
    refused: Record<string, number>
  }
  /** What came back: as many as orders of which something did, each time */
  returns: {
    members: number
    anonymous: number
  }
  /** What customers paid, tax included */
  sales: {
    members: number
    anonymous: number
  }
  /** What they got back of it */
  refunds: {
    members: number
    anonymous: number
  }
  customers: {
    active_days: number
    /** Ordered within the last `active_days` days */
    active: number
    /** Ever earned points */
    earning: number
    /** Ever used a reward */
    redeeming: number
    /** Ever had points enough for a reward that their level may have, or were given one */
    reached: number
    /** By how many orders they made */
    by_frequency: ({
      orders_from: number
      orders_to: number | null
      members: number
      reached: number
      redeeming: number
      /** Median days from joining to the first reward, of those who reached one */
      days_to_first: number | null
    })[]
  }
  first_reward: {
    members: number
    /** From joining until points first were enough for a reward */
    days: {
      p10: number
      median: number
      p90: number
    } | null
    /** How many orders it took */
    orders: {
      p10: number
      median: number
      p90: number
    } | null
  }
  points: ({
    wallet: string
    decimals: number
    issued: number
    /** On rewards, less what came back with returned orders */
    spent: number
    expired: number
    /** Taken back by returns */
    reversed: number
    /** Of these, what nobody had to give back */
    forgiven: number
    /** What members hold at the end: not yet theirs to spend */
    pending: number
    available: number
    held: number
    /** What members owe at the end */
    debt: number
  })[]
  rules: ({
    rule: string
    wallet: string
    times: number
    points: number
  })[]
  /** Rules that never gave anything */
  idle_rules: string[]
  rewards: ({
    reward: string
    name: string
    /** The first one for what nobody can pay for */
    wallet: string
    /** Less those that came back whole */
    times: number
    /** How many used it */
    members: number
    /** Spent on it, less what came back */
    points: number
    /** What members saved by it */
    value: number
    /** What it cost the business */
    cost: number
  })[]
  /** None where the program gives no rewards by itself */
  vouchers: ({
    reward: string
    name: string
    issued: number
    /** How many each part of the program gave, such as stamps:coffee */
    sources: Record<string, number>
    /** Less those that came back whole */
    used: number
    /** Taken back before anybody used them, mostly by returns */
    withdrawn: number
    expired: number
    /** At the end */
    open: number
    /** What members saved by those they used */
    value: number
    /** What these cost the business */
    cost: number
    /** Of those open at the end, each at what one has cost, or by what it gives where nobody used one */
    liability: {
      /** Open points times what a point costs */
      gross: number
      /** The same of those points only that are expected to be redeemed */
      net: number
    }
  })[]
  /** What rewards and discounts took off orders, less what came back */
  discounts: number
  /** Of it, what came by itself; it costs what it takes off */
  automatic_discounts: number
  /** All of them, from the first order’s to the end’s */
  months: ({
    /** In the program’s zone, such as 2026-05 */
    month: string
    joined: number
    orders: number
    /** What customers paid, tax included */
    sales: number
    /** Of it, to nobody in particular */
    anonymous_sales: number
    /** Members who ordered */
    active: number
    /** Members who used a reward */
    redeeming: number
    /** Also those that came back later */
    redemptions: number
    /** What rewards and discounts took off orders, less what came back */
    discount: number
    /** What the rewards and discounts cost the business */
    cost: number
    /** Members on each level when the month ended, from the lowest */
    tiers: number[]
    points: ({
      wallet: string
      issued: number
      spent: number
      expired: number
      reversed: number
      /** What members held when the month ended, less what they owed */
      open: number
      /** When the month ended; what is expected is judged from the whole history */
      liability: {
        /** Open points times what a point costs */
        gross: number
        /** The same of those points only that are expected to be redeemed */
        net: number
      }
    })[]
  })[]
  /** From the lowest; none without tiers */
  tiers: ({
    level: string
    /** At the end */
    members: number
    /** While members were on it */
    orders: number
    /** Of these orders, less what came back while members were on it */
    sales: number
    /** Of the rewards used on it */
    cost: number
    /** cost ÷ sales */
    reward_rate: number | null
  })[]
  tier_moves: ({
    from: string
    to: string
    times: number
  })[]
  economics: {
    /** Of members, less refunds */
    sales: number
    /** Of all rewards used */
    cost: number
    /** cost ÷ sales */
    reward_rate: number | null
    wallets: ({
      wallet: string
      /** What the smallest unit of the wallet costs the business when it is redeemed, in minor units */
      point_value: number
      /** By the rewards that were used; else by the median of what the program offers; or there is no reward */
      valued_by: 'rewards used' | 'catalogue' | 'nothing'
      /** Share of the issued points, less those that returns took back, that will be redeemed in the end; null where none was */
      expected_redemption: number | null
      /** Share of the open points that will be redeemed; all of them where none ever was */
      expected_of_open: number
      issued: number
      redeemed: number
      open: number
    })[]
    /** At the end, of open points and of open vouchers */
    liability: {
      /** Open points times what a point costs */
      gross: number
      /** The same of those points only that are expected to be redeemed */
      net: number
    }
    /** Of it, the vouchers */
    vouchers: {
      /** Open points times what a point costs */
      gross: number
      /** The same of those points only that are expected to be redeemed */
      net: number
      open: number
    }
    /** cost + liability.net: what the program costs once all is redeemed that will be */
    expected_cost: number
    /** expected_cost ÷ sales */
    expected_rate: number | null
    margin: number
    /** By which share members must buy more for the margin of it to pay for the program: c ÷ (margin − c) with c the expected rate; null where no lift pays for it */
    break_even_lift: number | null
  }
  /** All that was decided, and of it what fell due */
  activities: {
    total: number
    clock: number
  }
}

export interface Comparison {
  /** The other program */
  with: {
    program: string
    revision: number
  }
  /** How members redeem in both */
  redeeming: {
    model: 'none'
  } | {
    model: 'at-once'
  } | {
    model: 'saver'
  } | {
    model: 'hazard'
    chance: number
  } | {
    model: 'past'
    rewards: Record<string, number>
  }
  figures: ({
    /** Such as reward_rate or points_issued */
    figure: string
    unit: 'members' | 'times' | 'money' | 'points' | 'share' | 'days' | 'orders' | 'money a point'
    /** Whose figure it is; null where it is that of the whole program */
    wallet: string | null
    /** Of the wallet whose points they are */
    decimals: number
    /** Null where the program has none, or nothing was there to tell it from */
    this: number | null
    /** Null where the program has none, or nothing was there to tell it from */
    other: number | null
    /** this − other */
    difference: number | null
  })[]
  rules: ({
    rule: string
    this: {
      rule: string
      wallet: string
      times: number
      points: number
    } | null
    other: {
      rule: string
      wallet: string
      times: number
      points: number
    } | null
  })[]
  rewards: ({
    reward: string
    this: {
      reward: string
      name: string
      /** The first one for what nobody can pay for */
      wallet: string
      /** Less those that came back whole */
      times: number
      /** How many used it */
      members: number
      /** Spent on it, less what came back */
      points: number
      /** What members saved by it */
      value: number
      /** What it cost the business */
      cost: number
    } | null
    other: {
      reward: string
      name: string
      /** The first one for what nobody can pay for */
      wallet: string
      /** Less those that came back whole */
      times: number
      /** How many used it */
      members: number
      /** Spent on it, less what came back */
      points: number
      /** What members saved by it */
      value: number
      /** What it cost the business */
      cost: number
    } | null
  })[]
  tiers: ({
    level: string
    this: {
      level: string
      /** At the end */
      members: number
      /** While members were on it */
      orders: number
      /** Of these orders, less what came back while members were on it */
      sales: number
      /** Of the rewards used on it */
      cost: number
      /** cost ÷ sales */
      reward_rate: number | null
    } | null
    other: {
      level: string
      /** At the end */
      members: number
      /** While members were on it */
      orders: number
      /** Of these orders, less what came back while members were on it */
      sales: number
      /** Of the rewards used on it */
      cost: number
      /** cost ÷ sales */
      reward_rate: number | null
    } | null
  })[]
  /** What a member has of a program: the money that rewards saved, and what it offers for open points */
  members: {
    /** To whom this program is worth more than the other */
    gain: number
    lose: number
    same: number
    /** What those who gain have more, all together, in minor units */
    gained: number
    lost: number
    /** How many members a change of this much concerns */
    distribution: ({
      /** Itself included, in minor units; null without a bound */
      from: number | null
      /** Itself not included */
      to: number | null
      members: number
    })[]
    /** Who loses most, at most ten */
    worst: ({
      member: string
      this: number
      other: number
      /** this − other, in minor units */
      difference: number
    })[]
    /** Who gains most, at most ten */
    best: ({
      member: string
      this: number
      other: number
      /** this − other, in minor units */
      difference: number
    })[]
  }
}

export interface ProgramDraftSummary {
  id: string
  title: string
  /** Grows with every change */
  version: number
  /** The revision that it goes on from; one that was published since is not undone by it */
  begun_from: number
  created_at: string
  created_by: string
  changed_at: string
  changed_by: string
  status: 'open' | 'in_review' | 'approved'
  /** Who asks others to look at this version */
  review: {
    asked_at: string
    asked_by: string
    note: string | null
  } | null
  /** Who agreed to it */
  approval: {
    approved_at: string
    approved_by: string
  } | null
}

export interface ProgramDraft {
  id: string
  title: string
  /** Grows with every change */
  version: number
  /** The revision that it goes on from; one that was published since is not undone by it */
  begun_from: number
  created_at: string
  created_by: string
  changed_at: string
  changed_by: string
  status: 'open' | 'in_review' | 'approved'
  /** Who asks others to look at this version */
  review: {
    asked_at: string
    asked_by: string
    note: string | null
  } | null
  /** Who agreed to it */
  approval: {
    approved_at: string
    approved_by: string
  } | null
  /** The file as it was written */
  source: string
}

export interface TriedOrder {
  order: string
  member: string
  occurred_at: string
  /** The revision that decided it then, which may be an earlier one */
  revision: number
  currency: string
  lines: ({
    name: string
    quantity: number
    unit_price: number
  })[]
  /** Under the program of now */
  now: TriedSide
  /** Under the draft */
  draft: TriedSide
}

export interface TriedSide {
  /** Why it refuses the order as it was sent: then all the rest is empty */
  refused: {
    code: string
    detail: string
  } | null
  /** What is paid after all that the program takes off, in minor units */
  total: number | null
  discounts: ({
    source: string
    amount: number
  })[]
  redemptions: ({
    reward: string
    wallet: string
    quantity: number
    points: number
  })[]
  earned: ({
    wallet: string
    decimals: number
    points: number
  })[]
  explanation: ({
    rule: string
    wallet: string
    line: string | null
    base: number
    rate: string
    exact: string
    rounding: string
    carry_before: string | null
    carry_after: string | null
    points: number
    text: string
  })[]
}

export interface RevisionSummary {
  number: number
  /** Since when it decides; null for the first, which decides all that was before */
  effective_at: string | null
  /** Null where nobody wrote that down */
  published_at: string | null
  published_by: string
  approved_by: string | null
}

export interface Revision {
  number: number
  /** Since when it decides; null for the first, which decides all that was before */
  effective_at: string | null
  /** Null where nobody wrote that down */
  published_at: string | null
  published_by: string
  approved_by: string | null
  /** The file as it was written */
  source: string
  /** The revision before it */
  before: {
    number: number
    source: string
  } | null
  /** What members are told otherwise than before */
  changes: ProgramChange[]
  /** Settings that are another and of which members are told nothing */
  settings: string[]
  takes_away: ({
    about: string
    text: string
  })[]
}

export interface ProgramChange {
  about: string
  kind: 'added' | 'changed' | 'gone'
  /** The levels or plans whose members it concerns; null for everybody */
  who: string[] | null
  before: string | null
  after: string | null
  note: string | null
}

export interface ProgramCheck {
  /** Everything that keeps the text from being published, in the order of the file */
  problems: ({
    pointer: string
    /** From 1 */
    line: number
    /** From 1, in UTF-16 units */
    column: number
    code: string
    message: string
    /** The word that was probably meant */
    suggestion: string | null
  })[]
  /** The file as JSON, defaults filled in; null where it has mistakes */
  program: Record<string, unknown> | null
  /** What it promises, read aloud; empty where it has mistakes */
  sentences: ({
    /** Where the part stands that it is about */
    pointer: string
    about: string
    title: string | null
    text: string
  })[]
  /** What members have earned or were promised and would not have any more */
  takes_away: ({
    about: string
    text: string
    meant: boolean
  })[]
  /** What members would be told otherwise than by the latest revision */
  changes: ProgramChange[]
  /** Settings that would be another and of which members are told nothing */
  settings: string[]
  /** What conditions may ask */
  facts: Fact[]
}

export interface Fact {
  name: string
  type: 'bool' | 'int' | 'string' | 'money' | 'strings' | 'data'
  describe: string
  /** Every value there can be; null where nobody can list them */
  values: string[] | null
}

export interface ProgramForm {
  /** JSON Schema 2020-12 */
  schema: Record<string, unknown>
  functions: ({
    name: string
    example: string
    describe: string
    of: string | null
  })[]
}

export interface Template {
  name: string
  /** What it is, in a line */
  about: string
  /** The file, commented */
  source: string
}

export interface Overview {
  /** The moment that the figures are of */
  as_of: string
  currency: string
  /** Whose days they are */
  timezone: string
  current: OverviewPeriod
  /** As many days right before */
  previous: OverviewPeriod
  /** What the series is told by: months where there are more than 92 days */
  by: 'day' | 'month'
  series: ({
    /** The first day of it */
    from: string
    joined: number
    member_orders: number
    /** Less refunds, in minor units */
    member_sales: number
    other_orders: number
    /** Less refunds, in minor units */
    other_sales: number
  })[]
  /** Open points whose expiry is set within the next 30 days */
  expiring: ({
    wallet: string
    name: string
    decimals: number
    points: number
  })[]
}

export interface OverviewPeriod {
  /** The first day */
  from: string
  /** The last one */
  until: string
  members: {
    /** Who are members at the end of the last day */
    all: number
    joined: number
    /** Who bought something, each of them once */
    active: number
    /** Who bought something and had bought before the first day */
    returning: number
  }
  sales: {
    members: {
      orders: number
      /** What was to pay for them, in minor units, tax included, before anything came back */
      amount: number
      /** What came back in these days, whenever it was bought */
      refunds: number
      /** `amount` for each of the orders, rounded; null without orders */
      average_order: number | null
    }
    /** Sales without a member */
    others: {
      orders: number
      /** What was to pay for them, in minor units, tax included, before anything came back */
      amount: number
      /** What came back in these days, whenever it was bought */
      refunds: number
      /** `amount` for each of the orders, rounded; null without orders */
      average_order: number | null
    }
    /** Of all sales less refunds, which part members make; 0 to 1 */
    member_share: number | null
  }
  points: ({
    wallet: string
    name: string
    decimals: number
    issued: number
    spent: number
    expired: number
    /** With goods that came back, by hand, or when an account was closed */
    taken_back: number
    /** What members have at the end of the last day, pending and held points too */
    open: number
  })[]
  rewards: {
    /** How often rewards and vouchers were used */
    used: number
    /** What they were worth: all of the following */
    cost: number
    /** What they took off orders, also where some of it came back later */
    on_orders: number
    /** What came off orders by itself */
    discounts: number
    /** What points paid as money; stored value is none of it */
    paid_with_points: number
    /** An estimate: rewards that were had apart from orders, by what they are worth on a mean order */
    beside: number
  }
}

export interface ActivityPage {
  data: ListedActivity[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

export interface ListedActivity {
  id: string
  member: string
  /** order, return, cancel, visit, action, join, redeem, transfer, receive, merge, absorb, clock (something fell due) and so on */
  type: string
  /** When it happened */
  occurred_at: string
  /** When we heard of it */
  recorded_at: string
  /** The revision of the program that decided it */
  revision: number
  /** What was sent; null once the person is erased */
  body: unknown
  discounts: Discount[]
  redemptions: Redemption[]
  postings: Posting[]
  balances: Balance[]
  tier: Tier | null
  explanation: Explanation[]
  /** Vouchers that it issued, used, took back or opened again */
  vouchers: VoucherChange[]
  /** Stamp cards that are open, as it left them */
  cards: StampCard[]
  /** What the member is called now */
  member_name: string | null
}

export interface FoundList {
  data: FoundThing[]
}

export interface FoundThing {
  kind: 'member' | 'order' | 'activity' | 'redemption' | 'voucher' | 'reward' | 'rule' | 'budget' | 'shop' | 'staff'
  id: string
  title: string
  /** What tells it from others; phones and e-mail addresses are masked for who may not see them */
  detail: string
  /** Its page of the console */
  href: string
}

export interface ShopList {
  data: Shop[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

export interface Shop {
  id: string
  name: string
  address: string | null
  /** What tills call it: the `location` of orders */
  locations: string[]
  closed: boolean
  /** Orders made there within the last 28 days, members’ and others’ */
  orders: number
  created_at: string
}

export interface UnnamedLocations {
  unnamed: ({
    location: string
    orders: number
    /** The day of the last order there */
    last_day: string
  })[]
}

export interface SavedViewList {
  data: SavedView[]
}

export interface SavedView {
  page: string
  name: string
  /** What stands after the `?` in the address: filters, columns, order */
  query: string
  changed_at: string
}

/** A file of past orders, and what is understood of it */
export interface OrderFileRead {
  id: string
  name: string
  bytes: number
  uploaded_at: string
  uploaded_by: string
  /** When it is removed */
  forgotten_at: string
  reading: OrderFileReading
}

/** What is understood of a file of past orders */
export interface OrderFileReading {
  /** Null where nothing of it can be read */
  format: 'csv' | 'parquet' | 'ndjson' | null
  columns: ({
    /** What a map calls it by */
    name: string
    /** Its first text, where the file does not name it */
    sample: string | null
  })[]
  /** The first rows, a text a column */
  sample: ((string | null)[])[]
  understood: ({
    field: string
    /** Null where the file has none */
    column: string | null
    how: string
    needed: boolean
  })[]
  /** Why it cannot be used as it is; none where it can */
  problems: ({
    code: string
    message: string
  })[]
  /** Null while there are problems */
  holds: {
    rows: number
    orders: number
    returns: number
    /** Null where they are too many to be counted beforehand */
    members: number | null
    /** Orders of nobody in particular */
    anonymous: number
    from: string | null
    until: string | null
  } | null
  odd: ({
    code: string
    rows: number
    /** Whether these rows were taken with a correction */
    taken: boolean
    /** What is odd about the first of them */
    first: string
  })[]
}

/** A file of past orders */
export interface OrderFile {
  id: string
  name: string
  bytes: number
  uploaded_at: string
  uploaded_by: string
  /** When it is removed */
  forgotten_at: string
}

/** A backtest that was asked for */
export interface BacktestEntry {
  id: string
  status: 'waiting' | 'running' | 'done' | 'failed' | 'stopped'
  progress: number
  /** Null where it cannot be told */
  seconds_left: number | null
  /** How many are to be worked out first */
  before: number
  asked_at: string
  asked_by: string
  begun_at: string | null
  ended_at: string | null
  /** Why it failed */
  problem: string | null
  asked: {
    program: {
      from: 'revision' | 'draft' | 'template' | 'source'
      /** The number of the revision, the draft, the template or the file */
      name: string
      /** What the program calls itself */
      title: string
    }
    against: {
      from: 'revision' | 'draft' | 'template' | 'source'
      /** The number of the revision, the draft, the template or the file */
      name: string
      /** What the program calls itself */
      title: string
    } | null
    file: {
      id: string
      name: string
    } | null
    /** Of the ledger; null for all of it, or for a file */
    months: number | null
    vary: string[]
  }
  summary: {
    name: string
    orders: number
    members: number
    verdict: 'too_stingy' | 'balanced' | 'too_generous' | 'both' | null
    expected_rate: number | null
    reached_share: number | null
  } | null
}

/** A backtest, and its report once it is done: the same that `regulars backtest --json` writes */
export interface Backtest {
  id: string
  status: 'waiting' | 'running' | 'done' | 'failed' | 'stopped'
  progress: number
  /** Null where it cannot be told */
  seconds_left: number | null
  /** How many are to be worked out first */
  before: number
  asked_at: string
  asked_by: string
  begun_at: string | null
  ended_at: string | null
  /** Why it failed */
  problem: string | null
  asked: {
    program: {
      from: 'revision' | 'draft' | 'template' | 'source'
      /** The number of the revision, the draft, the template or the file */
      name: string
      /** What the program calls itself */
      title: string
    }
    against: {
      from: 'revision' | 'draft' | 'template' | 'source'
      /** The number of the revision, the draft, the template or the file */
      name: string
      /** What the program calls itself */
      title: string
    } | null
    file: {
      id: string
      name: string
    } | null
    /** Of the ledger; null for all of it, or for a file */
    months: number | null
    vary: string[]
  }
  summary: {
    name: string
    orders: number
    members: number
    verdict: 'too_stingy' | 'balanced' | 'too_generous' | 'both' | null
    expected_rate: number | null
    reached_share: number | null
  } | null
  report: {
    program: string
    revision: number
    currency: string
    timezone: string
    redeeming: {
      model: 'none'
    } | {
      model: 'at-once'
    } | {
      model: 'saver'
    } | {
      model: 'hazard'
      chance: number
    } | {
      model: 'past'
      rewards: Record<string, number>
    }
    response: {
      /** From which share of the way to the next reward or level on members speed up */
      closeness: number
      /** By which share the time to the next order is shorter right before the goal */
      speedup: number
    } | null
    seed: number
    /** The first order; null without orders */
    from: string | null
    /** The end of history, itself not included */
    until: string
    members: number
    orders: {
      /** Decided for members */
      members: number
      /** Sales to nobody in particular: they earn nothing */
      anonymous: number
      /** The same id again: not decided again */
      duplicates: number
      /** At or after `until`: left out */
      after_until: number
      /** By the code of the refusal; the sales of these orders are not counted */
      refused: Record<string, number>
    }
    /** What came back: as many as orders of which something did, each time */
    returns: {
      members: number
      anonymous: number
    }
    /** What customers paid, tax included */
    sales: {
      members: number
      anonymous: number
    }
    /** What they got back of it */
    refunds: {
      members: number
      anonymous: number
    }
    customers: {
      active_days: number
      /** Ordered within the last `active_days` days */
      active: number
      /** Ever earned points */
      earning: number
      /** Ever used a reward */
      redeeming: number
      /** Ever had points enough for a reward that their level may have, or were given one */
      reached: number
      /** By how many orders they made */
      by_frequency: ({
        orders_from: number
        orders_to: number | null
        members: number
        reached: number
        redeeming: number
        /** Median days from joining to the first reward, of those who reached one */
        days_to_first: number | null
      })[]
    }
    first_reward: {
      members: number
      /** From joining until points first were enough for a reward */
      days: {
        p10: number
        median: number
        p90: number
      } | null
      /** How many orders it took */
      orders: {
        p10: number
        median: number
        p90: number
      } | null
    }
    points: ({
      wallet: string
      decimals: number
      issued: number
      /** On rewards, less what came back with returned orders */
      spent: number
      expired: number
      /** Taken back by returns */
      reversed: number
      /** Of these, what nobody had to give back */
      forgiven: number
      /** What members hold at the end: not yet theirs to spend */
      pending: number
      available: number
      held: number
      /** What members owe at the end */
      debt: number
    })[]
    rules: ({
      rule: string
      wallet: string
      times: number
      points: number
    })[]
    /** Rules that never gave anything */
    idle_rules: string[]
    rewards: ({
      reward: string
      name: string
      /** The first one for what nobody can pay for */
      wallet: string
      /** Less those that came back whole */
      times: number
      /** How many used it */
      members: number
      /** Spent on it, less what came back */
      points: number
      /** What members saved by it */
      value: number
      /** What it cost the business */
      cost: number
    })[]
    /** None where the program gives no rewards by itself */
    vouchers: ({
      reward: string
      name: string
      issued: number
      /** How many each part of the program gave, such as stamps:coffee */
      sources: Record<string, number>
      /** Less those that came back whole */
      used: number
      /** Taken back before anybody used them, mostly by returns */
      withdrawn: number
      expired: number
      /** At the end */
      open: number
      /** What members saved by those they used */
      value: number
      /** What these cost the business */
      cost: number
      /** Of those open at the end, each at what one has cost, or by what it gives where nobody used one */
      liability: {
        /** Open points times what a point costs */
        gross: number
        /** The same of those points only that are expected to be redeemed */
        net: number
      }
    })[]
    /** What rewards and discounts took off orders, less what came back */
    discounts: number
    /** Of it, what came by itself; it costs what it takes off */
    automatic_discounts: number
    /** All of them, from the first order’s to the end’s */
    months: ({
      /** In the program’s zone, such as 2026-05 */
      month: string
      joined: number
      orders: number
      /** What customers paid, tax included */
      sales: number
      /** Of it, to nobody in particular */
      anonymous_sales: number
      /** Members who ordered */
      active: number
      /** Members who used a reward */
      redeeming: number
      /** Also those that came back later */
      redemptions: number
      /** What rewards and discounts took off orders, less what came back */
      discount: number
      /** What the rewards and discounts cost the business */
      cost: number
      /** Members on each level when the month ended, from the lowest */
      tiers: number[]
      points: ({
        wallet: string
        issued: number
        spent: number
        expired: number
        reversed: number
        /** What members held when the month ended, less what they owed */
        open: number
        /** When the month ended; what is expected is judged from the whole history */
        liability: {
          /** Open points times what a point costs */
          gross: number
          /** The same of those points only that are expected to be redeemed */
          net: number
        }
      })[]
    })[]
    /** From the lowest; none without tiers */
    tiers: ({
      level: string
      /** At the end */
      members: number
      /** While members were on it */
      orders: number
      /** Of these orders, less what came back while members were on it */
      sales: number
      /** Of the rewards used on it */
      cost: number
      /** cost ÷ sales */
      reward_rate: number | null
    })[]
    tier_moves: ({
      from: string
      to: string
      times: number
    })[]
    economics: {
      /** Of members, less refunds */
      sales: number
      /** Of all rewards used */
      cost: number
      /** cost ÷ sales */
      reward_rate: number | null
      wallets: ({
        wallet: string
        /** What the smallest unit of the wallet costs the business when it is redeemed, in minor units */
        point_value: number
        /** By the rewards that were used; else by the median of what the program offers; or there is no reward */
        valued_by: 'rewards used' | 'catalogue' | 'nothing'
        /** Share of the issued points, less those that returns took back, that will be redeemed in the end; null where none was */
        expected_redemption: number | null
        /** Share of the open points that will be redeemed; all of them where none ever was */
        expected_of_open: number
        issued: number
        redeemed: number
        open: number
      })[]
      /** At the end, of open points and of open vouchers */
      liability: {
        /** Open points times what a point costs */
        gross: number
        /** The same of those points only that are expected to be redeemed */
        net: number
      }
      /** Of it, the vouchers */
      vouchers: {
        /** Open points times what a point costs */
        gross: number
        /** The same of those points only that are expected to be redeemed */
        net: number
        open: number
      }
      /** cost + liability.net: what the program costs once all is redeemed that will be */
      expected_cost: number
      /** expected_cost ÷ sales */
      expected_rate: number | null
      margin: number
      /** By which share members must buy more for the margin of it to pay for the program: c ÷ (margin − c) with c the expected rate; null where no lift pays for it */
      break_even_lift: number | null
    }
    /** All that was decided, and of it what fell due */
    activities: {
      total: number
      clock: number
    }
    schema: 'regulars.backtest/1'
    /** The program’s name */
    name: string
    /** What the history was read from */
    source: {
      kind: 'file' | 'ledger'
      /** The file’s name, or that of the ledger’s program */
      name: string
      /** All rows that were read, taken or not */
      rows: number
      /** The orders that they made, anonymous sales among them */
      orders: number
      /** Which column each field was read from */
      understood: ({
        field: string
        column: string | null
        how: string
      })[]
      /** How many rows each oddity was found in */
      reports: Record<string, number>
    }
    /** Every assumption that was made, in words */
    assumptions: ({
      name: string
      value: string
      text: string
    })[]
    /** What is assumed of members; the first is what the page is about */
    scenarios: ({
      redeeming: {
        model: 'none'
      } | {
        model: 'at-once'
      } | {
        model: 'saver'
      } | {
        model: 'hazard'
        chance: number
      } | {
        model: 'past'
        rewards: Record<string, number>
      }
      /** How many runs the ranges are made of */
      seeds: number
      /** The run of the first seed */
      result: BacktestResult
      /** By figure: reward_rate, cost, expected_rate, expected_cost, liability_gross, liability_net, discounts, points_issued, reached_share, redeeming_share, break_even_lift */
      ranges: Record<string, {
        low: number | null
        high: number | null
      }>
      with_response: {
        response: {
          /** From which share of the way to the next reward or level on members speed up */
          closeness: number
          /** By which share the time to the next order is shorter right before the goal */
          speedup: number
        }
        result: BacktestResult
        /** By figure: reward_rate, cost, expected_rate, expected_cost, liability_gross, liability_net, discounts, points_issued, reached_share, redeeming_share, break_even_lift */
        ranges: Record<string, {
          low: number | null
          high: number | null
        }>
      } | null
    })[]
    /** Null where history is too thin: no sales to members, or nobody with three orders */
    judgement: {
      verdict: 'too_stingy' | 'balanced' | 'too_generous' | 'both'
      /** The limits that are not kept */
      because: ('least_reached' | 'longest_wait' | 'least_rate' | 'most_lift')[]
      /** Shares, and of longest_wait days: those from which on docs/balance.md calls a program stingy or generous */
      limits: Record<string, number>
    } | null
    /** Beside the other program that was asked for */
    against: Comparison | null
  } | null
}

/** A balance that was asked for */
export interface BalanceEntry {
  id: string
  status: 'waiting' | 'running' | 'done' | 'failed' | 'stopped'
  progress: number
  /** Null where it cannot be told */
  seconds_left: number | null
  /** How many are to be worked out first */
  before: number
  asked_at: string
  asked_by: string
  begun_at: string | null
  ended_at: string | null
  /** Why it failed */
  problem: string | null
  asked: {
    program: {
      from: 'revision' | 'draft' | 'template' | 'source'
      /** The number of the revision, the draft, the template or the file */
      name: string
      /** What the program calls itself */
      title: string
    }
    against: {
      from: 'revision' | 'draft' | 'template' | 'source'
      /** The number of the revision, the draft, the template or the file */
      name: string
      /** What the program calls itself */
      title: string
    } | null
    file: {
      id: string
      name: string
    } | null
    /** Of the ledger; null for all of it, or for a file */
    months: number | null
    vary: string[]
  }
  summary: {
    name: string
    orders: number
    members: number
    settings: string[]
    verdict: 'too_stingy' | 'balanced' | 'too_generous' | 'both' | null
    recommended: Record<string, number> | null
  } | null
}

/** A balance, and its report once it is done: the same that `regulars balance --json` writes */
export interface ProgramBalance {
  id: string
  status: 'waiting' | 'running' | 'done' | 'failed' | 'stopped'
  progress: number
  /** Null where it cannot be told */
  seconds_left: number | null
  /** How many are to be worked out first */
  before: number
  asked_at: string
  asked_by: string
  begun_at: string | null
  ended_at: string | null
  /** Why it failed */
  problem: string | null
  asked: {
    program: {
      from: 'revision' | 'draft' | 'template' | 'source'
      /** The number of the revision, the draft, the template or the file */
      name: string
      /** What the program calls itself */
      title: string
    }
    against: {
      from: 'revision' | 'draft' | 'template' | 'source'
      /** The number of the revision, the draft, the template or the file */
      name: string
      /** What the program calls itself */
      title: string
    } | null
    file: {
      id: string
      name: string
    } | null
    /** Of the ledger; null for all of it, or for a file */
    months: number | null
    vary: string[]
  }
  summary: {
    name: string
    orders: number
    members: number
    settings: string[]
    verdict: 'too_stingy' | 'balanced' | 'too_generous' | 'both' | null
    recommended: Record<string, number> | null
  } | null
  report: {
    schema: 'regulars.balance/1'
    program: string
    name: string
    currency: string
    /** What the history was read from */
    source: {
      kind: 'file' | 'ledger'
      /** The file’s name, or that of the ledger’s program */
      name: string
      /** All rows that were read, taken or not */
      rows: number
      /** The orders that they made, anonymous sales among them */
      orders: number
      /** Which column each field was read from */
      understood: ({
        field: string
        column: string | null
        how: string
      })[]
      /** How many rows each oddity was found in */
      reports: Record<string, number>
    }
    history: {
      /** Of members */
      orders: number
      members: number
      /** The first order; RFC 3339; null without orders */
      from: string | null
      /** The end of history, itself not included */
      until: string
    }
    redeeming: {
      model: 'none'
    } | {
      model: 'at-once'
    } | {
      model: 'saver'
    } | {
      model: 'hazard'
      chance: number
    } | {
      model: 'past'
      rewards: Record<string, number>
    }
    margin: number
    /** What a reward costs, as a share of what it saves members; all of it unless said */
    reward_cost: Record<string, number>
    /** What the frontier raises for the least cost: members who reach a reward, or those who use one */
    gets: 'reached_share' | 'redeeming_share'
    thresholds: Record<string, number>
    axes: ({
      setting: string
      /** As the program file has it */
      written: string
      current: number
      values: number[]
      /** On these orders it changes neither what members get nor what it costs by 1% */
      hardly_matters: boolean
    })[]
    /** How it was searched; null where every variant was run on all orders */
    search: {
      /** All variants that there are */
      grid: number
      /** How many of them were tried on some members */
      tried: number
      /** On which share of the members */
      share: number
      /** How many were then run on all orders */
      finalists: number
    } | null
    /** Those that were run on all orders, from the cheapest to the dearest */
    variants: ({
      /** The varied settings of this variant, by their paths */
      settings: Record<string, number>
      /** The program as it is */
      current: boolean
      figures: {
        /** Members who ever reach a reward that they may have */
        reached_share: number | null
        /** The same of those with three orders or more; null where nobody is one */
        regulars_reached: number | null
        /** Members who ever use a reward */
        redeeming_share: number | null
        /** Median days from joining to the first reward, of those who reach one */
        days_to_first: number | null
        /** Median orders that this takes */
        orders_to_first: number | null
        /** Cost of the rewards used ÷ sales */
        reward_rate: number | null
        /** The same with what open points are expected to cost */
        expected_rate: number | null
        /** Of the rewards used */
        cost: number
        /** The same with what open points are expected to cost */
        expected_cost: number
        /** What open points are worth at the end */
        liability_gross: number
        /** Of these, what is expected to be redeemed */
        liability_net: number
        /** What rewards took off orders */
        discounts: number
        /** By how much sales must grow to pay for it; null where no growth does */
        break_even_lift: number | null
      }
      verdict: 'too_stingy' | 'balanced' | 'too_generous' | 'both'
      /** The thresholds that it does not meet */
      because: ('least_reached' | 'longest_wait' | 'least_rate' | 'most_lift')[]
      /** No other variant gives as many members a reward for less, or more of them for as little */
      frontier: boolean
      recommended: boolean
    })[]
    /** Variants that are no right program, and why */
    refused: ({
      /** The varied settings of this variant, by their paths */
      settings: Record<string, number>
      problem: string
    })[]
    target: {
      figure: string
      asked: number
      setting: string
      reached: boolean
      /** Whether the figure goes one way over the range; null where not reached */
      monotone: boolean | null
      /** The value that comes closest */
      exact: {
        value: number
        figure: number | null
      } | null
      /** The closest that has two digits at most: the one that is recommended */
      written: {
        value: number
        figure: number | null
      } | null
      /** The least that the range gives, where the target is not within it */
      least: {
        value: number
        figure: number | null
      } | null
      most: {
        value: number
        figure: number | null
      } | null
    } | null
  } | null
}

export interface VariantText {
  source: string
}

export interface DailyRootList {
  data: DailyRoot[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

/** The signed root of a day */
export interface DailyRoot {
  /** The day that closed, in the program’s time zone */
  day: string
  /** Of the Merkle tree (RFC 6962) over the heads that no earlier root covers */
  root: string
  /** How many accounts’ heads it covers */
  accounts: number
  /** SHA-256 of the statement of the day before; zeros for the first */
  previous: string
  sealed_at: string
  /** What is signed: canonical JSON (RFC 8785) of all of the above, the program and the key */
  statement: string
  /** SHA-256 of the statement: what the next day names as `previous` */
  statement_hash: string
  /** Ed25519: base64 of the SubjectPublicKeyInfo, what stands between the lines of a PEM */
  public_key: string
  /** Ed25519 over the statement, in base64 */
  signature: string
}

/** A member’s history with all that is needed to check it */
export interface MemberProof {
  format: 'regulars-proof/1'
  program: string
  member: string
  /** The chain from the first activity to the one that the root covers */
  activities: ({
    id: string
    key: string
    /** JSON as it was hashed: number, type, occurred and recorded (ms since 1970), revision, and postings of wallet, from, to, points, kind, month, release, expiry, rule, line and reversed activity */
    sealed: string
    /** In hexadecimal; null when the person is erased or your role may not see it */
    salt: string | null
    /** What was sent, as it was hashed; null when `salt` is */
    body: string | null
    /** SHA-256 of salt and body */
    body_hash: string
    /** SHA-256 of the hash before, `body_hash` and `sealed` */
    hash: string
  })[]
  leaf: {
    /** The place of the member’s leaf */
    index: number
    /** What stands beside it on the way to the root, from the bottom up */
    path: string[]
  }
  root: DailyRoot
}

/** A webhook that was made just now */
export interface NewWebhook {
  id: string
  url: string
  /** Null for all */
  topics: string[] | null
  /** Disabled when it took nothing for three days, or answered 410 */
  status: 'enabled' | 'disabled'
  /** Attempts that failed since the last one that did not */
  failures: number
  created_at: string
  disabled_at: string | null
  /** Signs its messages. Shown this once: null when the answer is that of an earlier request */
  secret: string | null
}

/** An endpoint that is told what happens */
export interface Webhook {
  id: string
  url: string
  /** Null for all */
  topics: string[] | null
  /** Disabled when it took nothing for three days, or answered 410 */
  status: 'enabled' | 'disabled'
  /** Attempts that failed since the last one that did not */
  failures: number
  created_at: string
  disabled_at: string | null
}

/** An event on its way to a webhook */
export interface Delivery {
  event: string
  topic: string
  status: 'pending' | 'delivered' | 'failed'
  attempts: number
  /** The HTTP status of the last answer */
  response: number | null
  /** Why there was none */
  error: string | null
  attempted_at: string | null
}

/** A key that was made just now */
export interface NewApiKey {
  id: string
  /** Who uses the key, as the ledger’s records name them */
  actor: string
  role: 'owner' | 'marketer' | 'finance' | 'support' | 'cashier' | 'developer' | 'read_only' | 'partner'
  /** As the program’s */
  mode: 'live' | 'test'
  limits: KeyLimits
  created_at: string
  revoked_at: string | null
  /** Shown this once: null when the answer is that of an earlier request */
  secret: string | null
}

/** What a key may, beside its role */
export interface KeyLimits {
  /** Calls a second, and how many may come at once; the installation’s own limit unless said */
  rate?: number
  /** Whole points that may be given or taken without another person’s approval; as the role has it unless said */
  adjustment?: {
    /** Of one adjustment */
    per_adjustment: number
    /** Of all adjustments by the key’s actor in a wallet on one day of the program */
    per_day: number
  }
}

/** An API key; its secret is kept nowhere */
export interface ApiKey {
  id: string
  /** Who uses the key, as the ledger’s records name them */
  actor: string
  role: 'owner' | 'marketer' | 'finance' | 'support' | 'cashier' | 'developer' | 'read_only' | 'partner'
  /** As the program’s */
  mode: 'live' | 'test'
  limits: KeyLimits
  created_at: string
  revoked_at: string | null
}

export interface ImportedCodes {
  /** What the program file calls it: `gives: { code: { pool: its-id } }` */
  id: string
  /** Codes that are left */
  free: number
  /** Codes that there ever were */
  codes: number
  /** The message `codes.low` is sent once fewer than this are left; 0 for never */
  low: number
  added: number
  not_taken: ({
    /** From 1, in the order of the list */
    row: number
    code: string
    reason: string
  })[]
}

export interface CodePool {
  /** What the program file calls it: `gives: { code: { pool: its-id } }` */
  id: string
  /** Codes that are left */
  free: number
  /** Codes that there ever were */
  codes: number
  /** The message `codes.low` is sent once fewer than this are left; 0 for never */
  low: number
}

export interface CodePoolList {
  data: CodePool[]
  has_more: boolean
  next_cursor: string | null
}

export interface VoucherBatchList {
  data: VoucherBatch[]
  /** Whether there is another page */
  has_more: boolean
  /** Hand it back as `cursor` for the next page */
  next_cursor: string | null
}

/** Cards that were printed together */
export interface VoucherBatch {
  id: string
  reward: string
  codes: number
  claimed: number
  amount: number | null
  expires_at: string | null
  per_member: number | null
  most: number | null
  printed_by: string
  printed_at: string
}

export interface VoucherBatchCodes {
  batch: string
  data: ({
    code: string
    claimed: boolean
  })[]
}

/** Why something was refused (RFC 9457) */
export interface Problem {
  /** Where the code is explained */
  type: string
  /** The sentence of the code */
  title: string
  /** The status of the response */
  status: number
  /** What was wrong this time */
  detail: string
  /** Stable: to be decided by */
  code: 'insufficient_points' | 'reward_unavailable' | 'spend_too_low' | 'not_together' | 'points_not_taken' | 'sold_out' | 'limit_reached' | 'budget_spent' | 'tier_too_low' | 'quantity_not_returnable' | 'currency_mismatch' | 'amount_exceeds_order' | 'voucher_used' | 'voucher_expired' | 'voucher_withdrawn' | 'not_transferable' | 'voucher_mistyped' | 'not_yours' | 'hold_closed' | 'capture_exceeds_hold' | 'account_closed' | 'same_account' | 'already_merged' | 'pools_off' | 'already_in_pool' | 'challenge_unavailable' | 'transfers_off' | 'account_open' | 'account_erased' | 'reason_required' | 'adjustment_closed' | 'order_cancelled' | 'plan_unavailable' | 'payment_required' | 'payment_mismatch' | 'already_paid' | 'trial_used' | 'no_membership' | 'membership_open' | 'already_cancelled' | 'benefit_used' | 'not_refundable' | 'perk_unavailable' | 'points_overflow' | 'account_full' | 'too_late' | 'clock_backwards' | 'not_test_mode' | 'contact_taken' | 'location_taken' | 'idempotency_conflict' | 'not_found' | 'invalid' | 'forbidden' | 'unauthenticated' | 'method_not_allowed' | 'too_large' | 'unsupported_media_type' | 'rate_limited' | 'too_many_guesses' | 'sign_in_failed' | 'code_required' | 'shift_over' | 'invitation_over' | 'totp_on' | 'last_owner' | 'set_up_already' | 'internal_error' | 'unavailable' | 'draw_open' | 'draw_done' | 'no_draft' | 'changed_meanwhile' | 'needs_review' | 'own_draft' | 'fixed_for_life' | 'takes_away' | 'wallet_in_use'
  /** To be named when asking about it; the same as the X-Request-Id header */
  request_id: string
  /** Every mistake, each at its place */
  errors: FieldError[]
  /** What would be enough: money in minor units, points in the smallest unit of their wallet */
  missing?: {
    money?: number
    points?: number
  }
}

/** One mistake in what was sent */
export interface FieldError {
  /** JSON pointer into the body; /query/…, /path/… and /header/… for the other parts of a request */
  pointer: string
  code: string
  message: string
}

export interface NewDevice {
  /** What people call the till */
  name: string
  /** The shop where it stands, as orders name it */
  shop?: string
  offline?: OfflineLimitInput
}

/** What a till may hand out while nobody answers it */
export interface OfflineLimitInput {
  /** Points of all offline redemptions together */
  points?: number
  /** How many offline redemptions in all */
  times?: number
  /** Points of one member */
  member_points?: number
  /** How many times one member */
  member_times?: number
  /** How long after the till was last reached */
  hours?: number
}

export interface DeviceChange {
  name?: string
  shop?: string | null
  offline?: OfflineLimitInput
}

export interface Pin {
  pin: string
}

export interface Settle {
  /** `book` the sale now, `take` the points of what was handed out, or `waive`: the business bears it */
  how: 'book' | 'take' | 'waive'
  /** Whose sale it was, where nobody was found */
  member?: string
  reason?: string
}

export interface Pair {
  code: string
}

export interface BeginShift {
  staff: string
  pin: string
}

export interface LookUp {
  /** In any usual spelling */
  phone?: string
  card?: string
  /** The code of a voucher; spaces, hyphens and small letters make no difference */
  voucher?: string
  /** The id of an order */
  receipt?: string
}

export interface TillQuoteInput {
  member: string
  lines: ({
    /** Of all its units together, tax included, in minor units */
    amount: number
    quantity?: number
    name?: string
    category?: string
  })[]
  redeem?: ({
    reward?: string
    /** The code of a voucher; spaces, hyphens and small letters make no difference */
    voucher?: string
    points?: number
    wallet?: string
    /** What the till took off for it while nobody answered */
    amount?: number
  })[]
}

export type Deed = {
  type: 'shift'
  id: string
  /** Counts up from 1 on each till */
  seq: number
  /** When it was done, by the till’s clock */
  at: string
  /** What the till’s clock says as it sends this: how wrong it goes shows in it */
  sent_at: string
  /** Who did it */
  staff: string | null
  shift: string | null
  /** Nobody answered when it was done, so it cannot be refused any more */
  kept?: boolean
} | {
  type: 'enrolment'
  id: string
  /** Counts up from 1 on each till */
  seq: number
  /** When it was done, by the till’s clock */
  at: string
  /** What the till’s clock says as it sends this: how wrong it goes shows in it */
  sent_at: string
  /** Who did it */
  staff: string | null
  shift: string | null
  /** Nobody answered when it was done, so it cannot be refused any more */
  kept?: boolean
  phone: string
  name?: string
  /** What the customer agreed to */
  consent: {
    locale: string
    text: string
  }
} | {
  type: 'sale'
  id: string
  /** Counts up from 1 on each till */
  seq: number
  /** When it was done, by the till’s clock */
  at: string
  /** What the till’s clock says as it sends this: how wrong it goes shows in it */
  sent_at: string
  /** Who did it */
  staff: string | null
  shift: string | null
  /** Nobody answered when it was done, so it cannot be refused any more */
  kept?: boolean
  member: {
    id: string
  } | {
    phone: string
  } | {
    card: string
  } | {
    enrolment: string
  } | null
  lines: ({
    /** Of all its units together, tax included, in minor units */
    amount: number
    quantity?: number
    name?: string
    category?: string
  })[]
  redeem?: ({
    reward?: string
    /** The code of a voucher; spaces, hyphens and small letters make no difference */
    voucher?: string
    points?: number
    wallet?: string
    /** What the till took off for it while nobody answered */
    amount?: number
  })[]
  /** Under which rewards were handed out offline */
  allowance?: string | null
} | {
  type: 'undo'
  id: string
  /** Counts up from 1 on each till */
  seq: number
  /** When it was done, by the till’s clock */
  at: string
  /** What the till’s clock says as it sends this: how wrong it goes shows in it */
  sent_at: string
  /** Who did it */
  staff: string | null
  shift: string | null
  /** Nobody answered when it was done, so it cannot be refused any more */
  kept?: boolean
  sale: string
} | {
  type: 'return'
  id: string
  /** Counts up from 1 on each till */
  seq: number
  /** When it was done, by the till’s clock */
  at: string
  /** What the till’s clock says as it sends this: how wrong it goes shows in it */
  sent_at: string
  /** Who did it */
  staff: string | null
  shift: string | null
  /** Nobody answered when it was done, so it cannot be refused any more */
  kept?: boolean
  order: string
  lines?: ({
    id: string
    quantity: number
  })[]
  /** Instead of lines: so much money of the whole order */
  amount?: number
}

export interface NewMember {
  /** Yours; the same again answers the same */
  external_id?: string
  name?: string
  email?: string
  /** In any usual spelling; with its + where it is not of the program's country */
  phone?: string
  birthday?: string
  /** BCP 47, such as en-US */
  locale?: string
  /** What others call the member */
  alias?: string
  /** Whether others see the member on leaderboards: `shown` by alias or initials, `named` by the whole name, or `hidden` */
  leaderboards?: 'shown' | 'named' | 'hidden'
  /** What you call the household, such as its address: only a digest of it is kept, to tell friends from family */
  household?: string
  /** Of the member who brought this one */
  referral_code?: string
}

export interface MemberChange {
  name?: string
  email?: string
  /** In any usual spelling; with its + where it is not of the program's country */
  phone?: string
  birthday?: string
  /** BCP 47, such as en-US */
  locale?: string
  /** What others call the member */
  alias?: string
  /** Whether others see the member on leaderboards: `shown` by alias or initials, `named` by the whole name, or `hidden` */
  leaderboards?: 'shown' | 'named' | 'hidden'
  /** What you call the household, such as its address: only a digest of it is kept, to tell friends from family */
  household?: string
  card_number?: string
}

export interface NewNote {
  text: string
}

export interface QuoteOrder {
  /** Yours; where the address has it, it must be the same */
  external_id?: string
  /** null for somebody you do not know: kept for comparison, earns nothing */
  member: string | null
  /** A draft moves nothing and may change; paid is final */
  status?: 'draft' | 'paid'
  occurred_at?: string
  /** ISO 4217; the program's */
  currency: string
  /** Whether `unit_price` has the tax in it */
  prices: 'tax_included' | 'tax_excluded'
  /** The shop */
  location?: string
  /** Where it was bought, such as till or web */
  channel?: string
  /** Who served */
  staff?: string
  lines: OrderLine[]
  /** How it was paid; sums to what is left to pay */
  tender?: ({
    type: string
    amount: number
  })[]
  /** Rewards, vouchers and points that are used on this order, in this order */
  redeem?: OrderRedeem[]
}

export interface OrderLine {
  /** Unique within the order; returns name it */
  id: string
  /** The item */
  sku: string
  /** What the item is called */
  name?: string
  /** What rules and rewards know the item by */
  category?: string
  /** Whole units */
  quantity: number
  /** Of one unit, in minor units; with or without tax as `prices` says */
  unit_price: number
  /** Taken off the whole line by the shop itself */
  discount?: number
  /** Of the whole line after its discount */
  tax?: number
}

export interface OrderRedeem {
  /** The id of a reward in the program */
  reward?: string
  /** The code of a voucher, instead of a reward */
  voucher?: string
  /** So many points as money, in the smallest unit of their wallet */
  points?: number
  /** Whose points; needed where the program takes points of several as money */
  wallet?: string
  /** How many of the reward; 1 unless said */
  quantity?: number
}

export interface Order {
  /** Yours; where the address has it, it must be the same */
  external_id?: string
  /** null for somebody you do not know: kept for comparison, earns nothing */
  member: string | null
  /** A draft moves nothing and may change; paid is final */
  status?: 'draft' | 'paid'
  /** When it was bought: rules and tiers are those of that moment */
  occurred_at: string
  /** ISO 4217; the program's */
  currency: string
  /** Whether `unit_price` has the tax in it */
  prices: 'tax_included' | 'tax_excluded'
  /** The shop */
  location?: string
  /** Where it was bought, such as till or web */
  channel?: string
  /** Who served */
  staff?: string
  lines: OrderLine[]
  /** How it was paid; sums to what is left to pay */
  tender?: ({
    type: string
    amount: number
  })[]
  /** Rewards, vouchers and points that are used on this order, in this order */
  redeem?: OrderRedeem[]
}

export interface Return {
  /** Yours; the same again answers the same */
  external_id: string
  /** When it came back */
  occurred_at: string
  lines?: ({
    /** The line of the order */
    id: string
    /** Units that come back; 0 with an amount is money back on a line that stays */
    quantity: number
    /** Money given back for this line, tax included, where it differs from what was paid */
    amount?: number
  })[]
  /** Money back on the order as a whole, tax included */
  amount?: number
  /** Whose order it is; another’s is refused */
  member?: string
  /** What its amounts are in; another than the order’s is refused */
  currency?: string
}

export interface Extension {
  /** Which points; the only wallet if there is one */
  wallet?: string
  /** The last day on which the points are there, in the program's time zone */
  until: string
  /** Brings back what has expired since the beginning of this day; without it, open points are kept */
  expired_since?: string
  /** Why; it is kept with the activity */
  reason: string
}

export interface Visit {
  /** Our id of a member (`mem_…`) or `external:` and yours */
  member: string
  occurred_at: string
  /** The shop */
  location?: string
}

export interface Action {
  /** Our id of a member (`mem_…`) or `external:` and yours */
  member: string
  /** What was done, such as review */
  type: string
  occurred_at: string
  /** Whatever the rules of the program read */
  data?: Record<string, unknown>
}

export interface RedemptionRequest {
  /** Our id of a member (`mem_…`) or `external:` and yours */
  member: string
  /** The id of a reward in the program */
  reward: string
  /** How many of it */
  quantity?: number
  /** Spend the points at once instead of holding them */
  capture?: boolean
  /** The shop, for rewards that only some have */
  location?: string
}

export interface Capture {
  /** Fewer than are held; the rest is released */
  points?: number
  /** Fewer than are held; the points for the rest are released */
  quantity?: number
}

export interface VoucherUse {
  /** Yours; the same again answers the same */
  external_id?: string
  /** The shop */
  location?: string
}

export interface VoucherTransfer {
  /** Our id of a member (`mem_…`) or `external:` and yours */
  to: string
}

export interface DrawInput {
  /** Why now, for the record */
  reason: string
  /** Your own, where the program has the commitment to it */
  seed?: string
}

export interface AdjustmentRequest {
  /** Our id of a member (`mem_…`) or `external:` and yours */
  member: string
  /** The wallet whose points are given or taken */
  wallet: string
  /** In the wallet’s smallest unit; negative to take them */
  points: number
  /** Why: whatever is done by hand is refused without a reason */
  reason?: string
}

export interface Reason {
  /** Why: whatever is done by hand is refused without a reason */
  reason?: string
}

export interface TierGiven {
  /** A level of the program; the lowest ends what was given before */
  level: string
  /** `matched` with a level that the member has elsewhere; a `trial` brings no gift that comes with a level */
  kind?: 'given' | 'matched' | 'trial'
  /** When it ends; what is earned counts from then on */
  until?: string
  /** Instead of `until`: for how many months from now */
  months?: number
  /** For whoever asks later; kept with the activity */
  reason: string
}

export interface MembershipChange {
  /** The id of a plan of the program */
  plan: string
  /** Where the member has another plan: change at once, or at the end of what is paid (unless said) */
  when?: 'now' | 'at_end'
  /** Begin with the trial of the plan */
  trial?: true
  /** What the member paid for it here */
  paid?: {
    /** What was taken, in minor units */
    amount: number
    /** Names the payment: the same again is no second one */
    reference: string
    /** How it was paid, such as cash */
    tender?: string
  }
}

export interface MembershipCancellation {
  /** At once, or at the end of what is paid */
  when: 'now' | 'at_end'
  /** What the member said */
  reason?: string
}

export interface PerkUseInput {
  /** Our id of a member (`mem_…`) or `external:` and yours */
  member: string
  /** Your own id of this use: the same again is no second one */
  external_id: string
  /** How many uses */
  quantity?: number
  /** When, if it is told later */
  occurred_at?: string
  /** The shop */
  location?: string
  /** What it is used on, such as an order or a booking */
  order?: string
}

export interface PerkVoidInput {
  /** Why; it is kept with the activity */
  reason?: string
}

export interface ChoiceInput {
  /** The id of one of its options */
  option: string
}

export interface TransferRequest {
  /** Our id of a member (`mem_…`) or `external:` and yours */
  from: string
  /** Our id of a member (`mem_…`) or `external:` and yours */
  to: string
  /** Which points */
  wallet: string
  /** In the wallet's smallest unit */
  points: number
  /** For both time lines */
  note?: string
}

export interface NewPool {
  /** Yours; the same again answers the same */
  external_id?: string
  name: string
}

export interface PoolRights {
  /** What the member buys and does is collected in the pool */
  earn?: boolean
  /** The member may redeem rewards with the points of the pool */
  spend?: boolean
}

export interface Merge {
  /** Our id of a member (`mem_…`) or `external:` and yours */
  into: string
  /** Why they are one person: kept in the audit log, so do not name them there */
  reason?: string
}

export interface PreviewRequest {
  /** The last so many months; 24 unless said */
  months?: number
  /** Or everything since then */
  since?: string
}

export interface PublishRequest {
  /** What the draft takes from members and is meant to, by its name in the refusal */
  meant?: string[]
}

export interface NewProgramDraft {
  /** What people call it */
  title?: string
  /** A program file, which may still have mistakes */
  source?: string
  /** Or the template to begin with, by its name */
  template?: string
}

export interface ProgramDraftChange {
  /** The version that you have seen; a later one is not written over */
  version: number
  /** The whole file; it may have mistakes, which only publishing minds */
  source?: string
  /** What people call it */
  title?: string
  /** The revision that it goes on from now, once somebody has seen what that one changed */
  begun_from?: number
}

export interface PublishDraftRequest {
  /** The version that you have seen; a later one is not written over */
  version: number
  /** What the draft takes from members and is meant to, by its name in the refusal */
  meant?: string[]
}

export interface ReadingRequest {
  /** Which column a field is read from, as `--map`: the name of a column or its number from 1; empty for none */
  map?: Record<string, string>
  /** The currency of its amounts; the program’s unless said */
  currency?: string
  /** The zone of times without an offset; the program’s unless said */
  timezone?: string
}

export interface BacktestRequest {
  program: ProgramChoice
  /** Another program to compare with */
  against?: ProgramChoice
  orders: {
    file: string
    /** Which column a field is read from, as `--map`: the name of a column or its number from 1; empty for none */
    map?: Record<string, string>
    /** The currency of its amounts; the program’s unless said */
    currency?: string
    /** The zone of times without an offset; the program’s unless said */
    timezone?: string
    /** Where history ends; with the last order unless said */
    until?: string
  } | {
    /** What members did in the last so many months; null for all */
    months: number | null
  }
  /** How members use rewards; of a ledger as in the past, once anybody has redeemed, else at once */
  models?: ('none' | 'at-once' | 'saver' | 'random' | 'past')[]
  /** Also with members who buy sooner near a goal; `true` for the usual sizes */
  response?: boolean | {
    closeness: number
    speedup: number
  }
  seed?: number
  /** How many runs the ranges are made of where there is luck */
  seeds?: number
  /** For `random`: the chance at each order with which a reward could be used */
  chance?: number
  /** What is left of sales when the goods are paid */
  margin?: number
  /** What a reward costs of what it saves members: of all, or by reward */
  reward_cost?: number | Record<string, number>
}

/** A program: a revision, a draft, a template, or the text of a file */
export type ProgramChoice = {
  revision: number | 'current'
} | {
  draft: string
} | {
  template: string
} | {
  source: string
  name?: string
}

export interface BalanceRequest {
  program: ProgramChoice
  orders: {
    file: string
    /** Which column a field is read from, as `--map`: the name of a column or its number from 1; empty for none */
    map?: Record<string, string>
    /** The currency of its amounts; the program’s unless said */
    currency?: string
    /** The zone of times without an offset; the program’s unless said */
    timezone?: string
    /** Where history ends; with the last order unless said */
    until?: string
  }
  /** What varies and over which values: `earning.base.rate=0.5..3` */
  vary: string[]
  /** How many values a range has; a few round ones unless said */
  steps?: number
  /** Solve for the one setting that varies: `reward_rate=5%` */
  target?: string
  /** Such as `most_lift=15%` */
  thresholds?: string[]
  model?: 'none' | 'at-once' | 'saver' | 'random'
  /** For `random`: the chance at each order with which a reward could be used */
  chance?: number
  /** What is left of sales when the goods are paid */
  margin?: number
  /** What a reward costs of what it saves members: of all, or by reward */
  reward_cost?: number | Record<string, number>
}

export interface VariantRequest {
  /** By their paths, as the report names them */
  settings: Record<string, number>
}

export interface CodeList {
  /** At most 10,000 at a time */
  codes: string[]
  /** Send `codes.low` once fewer than this are left */
  low?: number
}

export interface CodePoolChange {
  low: number
}

export interface NewVouchers {
  /** The reward that each card gives */
  reward: string
  /** How many codes */
  count: number
  /** What each card gives, in the smallest unit of its wallet, instead of what the reward says */
  amount?: number
  /** Until when a card can be claimed */
  expires?: string
  /** How many of them one member may claim */
  per_member?: number
  /** How many of them may be claimed in all */
  most?: number
}

export interface VoucherClaim {
  /** Our id of a member (`mem_…`) or `external:` and yours */
  member: string
}

/** A line of a batch: a JSON object without line breaks in it */
export interface BatchLine {
  /** The call that the line stands for */
  type: 'member' | 'order' | 'return' | 'visit' | 'action' | 'redemption' | 'adjustment' | 'transfer'
  /** As the Idempotency-Key of a single call */
  key?: string | null
  /** What the call takes, ids of its path included */
  body: Record<string, unknown>
}

/** A line of the answer, in the order of the lines */
export interface BatchAnswer {
  /** The number of the line, from 1 */
  line: number
  key: string | null
  /** What the single call would have answered with */
  status: number
  /** Whether the answer is that of an earlier request with this key */
  replayed?: boolean
  /** What the single call answers; absent when there is a problem */
  result?: unknown
  problem?: Problem
}

export abstract class Calls {
  protected abstract send<Answer>(request: Request, options?: CallOptions): Promise<Answer>
  protected abstract list<Item>(request: Request, options?: CallOptions): Listing<Item>

  /** Create a till. Answers the code that is typed on it; after 15 minutes, or once it was used, another has to be made. */
  createDevice(body: NewDevice, options?: CallOptions): Promise<PairingCode> {
    return this.send({ method: 'POST', path: `/v1/devices`, body, type: 'application/json' }, options)
  }

  /** List tills. */
  listDevices(options?: CallOptions): Listing<Device> {
    return this.list({ method: 'GET', path: `/v1/devices` }, options)
  }

  /** Update a till. A new limit is in the allowance that the till gets next. May be refused with not_found. */
  updateDevice(id: string, body: DeviceChange, options?: CallOptions): Promise<Device> {
    return this.send({ method: 'PUT', path: `/v1/devices/${part(id)}`, body, type: 'application/json' }, options)
  }

  /** Revoke a till. It is let in no more, from this moment. What it did stays. May be refused with not_found. */
  revokeDevice(id: string, options?: CallOptions): Promise<Device> {
    return this.send({ method: 'DELETE', path: `/v1/devices/${part(id)}` }, options)
  }

  /** Make a new pairing code. The till that has been paired with this one until now is let in no more. May be refused with not_found. */
  createPairingCode(id: string, options?: CallOptions): Promise<PairingCode> {
    return this.send({ method: 'POST', path: `/v1/devices/${part(id)}/pairing-code` }, options)
  }

  /** List who may work at tills. */
  listCashiers(options?: CallOptions): Promise<Cashiers> {
    return this.send({ method: 'GET', path: `/v1/till/cashiers` }, options)
  }

  /** Set the number by which somebody begins shifts. Their own, or with the right to look after tills anybody’s. May be refused with not_found. */
  setPin(id: string, body: Pin, options?: CallOptions): Promise<null> {
    return this.send({ method: 'PUT', path: `/v1/till/cashiers/${part(id)}`, body, type: 'application/json' }, options)
  }

  /** List differences. What tills did and the ledger did not take, the latest first. */
  listDifferences(query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
    status?: 'open' | 'settled'
  }, options?: CallOptions): Listing<Difference> {
    return this.list({ method: 'GET', path: `/v1/till/differences`, query }, options)
  }

  /** Settle a difference. `book` a sale that could not be, perhaps to a member who is named; `take` the points of a reward that was handed out, now that they are there; or `waive` it, which leaves every balance as it is. May be refused with not_found, reason_required, insufficient_points, adjustment_closed, too_late. */
  settleDifference(id: string, body: Settle, options?: CallOptions): Promise<Difference> {
    return this.send({ method: 'POST', path: `/v1/till/differences/${part(id)}/settle`, body, type: 'application/json' }, options)
  }

  /** List sales of cashiers to themselves. The latest first: whoever worked at the till is the member of the sale. */
  listTillFlags(query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
  }, options?: CallOptions): Listing<TillFlag> {
    return this.list({ method: 'GET', path: `/v1/till/flags`, query }, options)
  }

  /** Pair a till. With the code that the console shows, which is good once and for 15 minutes. May be refused with not_found, too_many_guesses. */
  pairTill(body: Pair, options?: CallOptions): Promise<Paired> {
    return this.send({ method: 'POST', path: `/v1/till/pair`, body, type: 'application/json' }, options)
  }

  /** Get what a till needs to know. The program’s rewards and wallets, who may work here, and the signed allowance for when nobody answers. */
  getTill(options?: CallOptions): Promise<TillState> {
    return this.send({ method: 'GET', path: `/v1/till` }, options)
  }

  /** Begin a shift. With the person’s number. The shift that is open at this till ends; this one ends by itself after 12 hours. May be refused with too_many_guesses. */
  beginShift(body: BeginShift, options?: CallOptions): Promise<Shift> {
    return this.send({ method: 'POST', path: `/v1/till/shifts`, body, type: 'application/json' }, options)
  }

  /** End the shift. */
  endShift(options?: CallOptions): Promise<null> {
    return this.send({ method: 'DELETE', path: `/v1/till/shifts` }, options)
  }

  /** Look a customer or a receipt up. Exactly, by phone, card, voucher or receipt: nobody is found by a part of it. Answers what the member has, what could be given now and what is missing to the rest. Every look-up stands in the audit log. */
  lookUp(body: LookUp, options?: CallOptions): Promise<LookUpAnswer> {
    return this.send({ method: 'POST', path: `/v1/till/lookup`, body, type: 'application/json' }, options)
  }

  /** Quote a sale. What it would earn, what could be used on it, and what is left to pay. Changes nothing. May be refused with not_found, insufficient_points, reward_unavailable, limit_reached, not_together. */
  quoteSale(body: TillQuoteInput, options?: CallOptions): Promise<TillQuote> {
    return this.send({ method: 'POST', path: `/v1/till/quote`, body, type: 'application/json' }, options)
  }

  /** Send what was done at a till. A sale, an enrolment, a return, an undone sale, or a shift that began while nobody answered. Each is done once under its `id`: the same again answers the same. What was `kept` while nobody answered is never refused: what the ledger does not take of it stands open until a person settles it. May be refused with not_found, insufficient_points, reward_unavailable, limit_reached, not_together, sold_out, voucher_used, contact_taken, too_late, quantity_not_returnable, amount_exceeds_order. */
  sendDeed(body: Deed, options?: CallOptions): Promise<DeedAnswer> {
    return this.send({ method: 'POST', path: `/v1/till/deeds`, body, type: 'application/json' }, options)
  }

  /** See who is signed in. A call may name another of the person’s programs than the session’s in the header `Regulars-Program`. */
  getSession(options?: CallOptions): Promise<Session> {
    return this.send({ method: 'GET', path: `/v1/session` }, options)
  }

  /** Sign in. The answer carries the cookie of the session. Wrong passwords are slowed down, by account and by address. May be refused with sign_in_failed, code_required, too_many_guesses. */
  signIn(body: {
    email: string
    password: string
    /** From the app on the telephone, or a recovery code */
    code?: string
  }, options?: CallOptions): Promise<Session> {
    return this.send({ method: 'POST', path: `/v1/session`, body, type: 'application/json' }, options)
  }

  /** Look at another program. */
  switchProgram(body: {
    program: string
  }, options?: CallOptions): Promise<Session> {
    return this.send({ method: 'PUT', path: `/v1/session`, body, type: 'application/json' }, options)
  }

  /** Sign out. The session is over at once, on every server. Without one nothing happens. */
  signOut(options?: CallOptions): Promise<{
    signed_out: true
  }> {
    return this.send({ method: 'DELETE', path: `/v1/session` }, options)
  }

  /** See whether there is anything to set up. */
  getSetup(options?: CallOptions): Promise<SetupState> {
    return this.send({ method: 'GET', path: `/v1/setup` }, options)
  }

  /** Make the first owner and their program. With the token of the link that `regulars serve` prints. The program names the business and gives nothing yet. May be refused with set_up_already, too_many_guesses. */
  setUp(body: {
    /** What stands behind `#` in the link */
    token: string
    /** Your own */
    name: string
    email: string
    password: string
    business: string
    currency: string
    timezone: string
  }, options?: CallOptions): Promise<Session> {
    return this.send({ method: 'POST', path: `/v1/setup`, body, type: 'application/json' }, options)
  }

  /** See whom an invitation is for. May be refused with invitation_over. */
  readInvitation(body: {
    /** What stands behind `#` in the link */
    token: string
  }, options?: CallOptions): Promise<Invitation> {
    return this.send({ method: 'POST', path: `/v1/invitations/read`, body, type: 'application/json' }, options)
  }

  /** Choose a password by an invitation. The link is used up, what the person had open is over, and they are signed in. May be refused with invitation_over, too_many_guesses. */
  acceptInvitation(body: {
    /** What stands behind `#` in the link */
    token: string
    /** As colleagues will see it */
    name: string
    password: string
  }, options?: CallOptions): Promise<Session> {
    return this.send({ method: 'POST', path: `/v1/invitations/accept`, body, type: 'application/json' }, options)
  }

  /** Change your name or language. */
  changeMe(body?: {
    name?: string
    locale?: 'en' | 'tr' | null
  }, options?: CallOptions): Promise<{
    done: true
  }> {
    return this.send({ method: 'PUT', path: `/v1/staff/me`, body, type: 'application/json' }, options)
  }

  /** Choose another password. What you have open elsewhere is over. May be refused with sign_in_failed, too_many_guesses. */
  changePassword(body: {
    /** The one you have */
    password: string
    new_password: string
  }, options?: CallOptions): Promise<{
    done: true
  }> {
    return this.send({ method: 'PUT', path: `/v1/staff/me/password`, body, type: 'application/json' }, options)
  }

  /** Set up one-time codes. They are asked for once `confirmTotp` was told a code. Beginning again makes another secret. May be refused with sign_in_failed, totp_on, too_many_guesses. */
  beginTotp(body: {
    password: string
  }, options?: CallOptions): Promise<TotpLink> {
    return this.send({ method: 'POST', path: `/v1/staff/me/totp`, body, type: 'application/json' }, options)
  }

  /** Turn one-time codes off. May be refused with sign_in_failed, too_many_guesses. */
  removeTotp(body: {
    password: string
    /** From the app, or a recovery code */
    code: string
  }, options?: CallOptions): Promise<{
    done: true
  }> {
    return this.send({ method: 'DELETE', path: `/v1/staff/me/totp`, body, type: 'application/json' }, options)
  }

  /** Turn one-time codes on. Answers recovery codes, each good once instead of a code. They are shown this once. May be refused with sign_in_failed, totp_on. */
  confirmTotp(body: {
    code: string
  }, options?: CallOptions): Promise<RecoveryCodes> {
    return this.send({ method: 'POST', path: `/v1/staff/me/totp/confirm`, body, type: 'application/json' }, options)
  }

  /** List where you are signed in. Who may manage people may ask about somebody of theirs with `staff`. */
  listSessions(query?: {
    /** `stf_…`; you unless said */
    staff?: string
  }, options?: CallOptions): Listing<OpenSession> {
    return this.list({ method: 'GET', path: `/v1/sessions`, query }, options)
  }

  /** End one of your sessions. Whoever sits there is out at once. May be refused with not_found. */
  endSession(id: string, options?: CallOptions): Promise<{
    done: true
  }> {
    return this.send({ method: 'DELETE', path: `/v1/sessions/${part(id)}` }, options)
  }

  /** List the people of the program. */
  listStaff(query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
  }, options?: CallOptions): Listing<Staff> {
    return this.list({ method: 'GET', path: `/v1/staff`, query }, options)
  }

  /** Invite somebody. The answer has a link to hand to the person, good for a week and once. Its secret is kept nowhere. */
  inviteStaff(body: {
    email: string
    name: string
    /** Nothing above your own */
    role: 'owner' | 'marketer' | 'finance' | 'support' | 'cashier' | 'developer' | 'read_only'
  }, options?: CallOptions): Promise<Invited> {
    return this.send({ method: 'POST', path: `/v1/staff`, body, type: 'application/json' }, options)
  }

  /** See somebody of the staff. May be refused with not_found. */
  getStaff(id: string, options?: CallOptions): Promise<Staff> {
    return this.send({ method: 'GET', path: `/v1/staff/${part(id)}` }, options)
  }

  /** Change what somebody may, or whom they are as a member. A new role ends what the person has open: they sign in again, with the new rights. May be refused with not_found. */
  changeStaff(id: string, body?: {
    role?: 'owner' | 'marketer' | 'finance' | 'support' | 'cashier' | 'developer' | 'read_only'
    /** Null for nobody */
    member?: string | null
  }, options?: CallOptions): Promise<Staff> {
    return this.send({ method: 'PUT', path: `/v1/staff/${part(id)}`, body, type: 'application/json' }, options)
  }

  /** Let somebody go. They have no part in this program any more, at once. What they did stays in the records. May be refused with not_found, last_owner. */
  removeStaff(id: string, options?: CallOptions): Promise<Staff> {
    return this.send({ method: 'DELETE', path: `/v1/staff/${part(id)}` }, options)
  }

  /** Make a new link for somebody. For who lost the first link, or the password, or the telephone: by it they choose a new password, and one-time codes are off until they set them up again. Earlier links are void. May be refused with not_found. */
  inviteAgain(id: string, options?: CallOptions): Promise<InvitationLink> {
    return this.send({ method: 'POST', path: `/v1/staff/${part(id)}/invitation` }, options)
  }

  /** Sign somebody out everywhere. May be refused with not_found. */
  endStaffSessions(id: string, options?: CallOptions): Promise<{
    ended: number
  }> {
    return this.send({ method: 'DELETE', path: `/v1/staff/${part(id)}/sessions` }, options)
  }

  /** Read the audit log. What people and tills changed or looked up, the newest first. What scripts send with API keys stands in the ledger; here is what they change besides. */
  listAudit(query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
    actor?: string
    action?: string
    about?: string
    from?: string
    /** Up to this time, and not at it */
    until?: string
  }, options?: CallOptions): Listing<AuditEntry> {
    return this.list({ method: 'GET', path: `/v1/audit`, query }, options)
  }

  /** Create a member. Somebody joins the program. With an `external_id` of yours the call may be sent again: the same answers the same. A phone, an e-mail address or a card belongs to one member only. May be refused with contact_taken. */
  createMember(body?: NewMember, options?: CallOptions): Promise<Member> {
    return this.send({ method: 'POST', path: `/v1/members`, body, type: 'application/json' }, options)
  }

  /** Find members. By `phone`, `email`, `card` or the beginning of a name, one of them at a time; without any, all members. Who has a level or so many points is looked at as of now, member by member, for a twentieth of a second a page: where few fit, a page may hold fewer than `limit`, or nobody, while `has_more` says to go on. With `Accept: text/csv` it is a table of everybody who fits. */
  listMembers(query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
    /** In any usual spelling */
    phone?: string
    email?: string
    card?: string
    /** The beginning of a name, of your id or of a phone number */
    q?: string
    /** By when they joined, `-joined` the latest first, or by name; with `q`, by what was found */
    sort?: 'joined' | '-joined' | 'name'
    /** Active and closed ones unless said */
    status?: 'active' | 'closed' | 'merged' | 'erased'
    /** The level that they have now */
    tier?: string
    /** Whose points `balance_from` is about; the first of the program unless said */
    wallet?: string
    /** So many points can be spent, or more; in the wallet’s smallest unit */
    balance_from?: number
    joined_from?: string
    /** Before this moment */
    joined_until?: string
  }, options?: CallOptions): Listing<Member> {
    return this.list({ method: 'GET', path: `/v1/members`, query }, options)
  }

  /** Get a member. As of now: all that has fallen due is decided before it answers. Our id of a member who was merged answers what is left of them, with `merged_into`; your own id of them answers the member that they were merged into. May be refused with not_found. */
  getMember(id: string, options?: CallOptions): Promise<Member> {
    return this.send({ method: 'GET', path: `/v1/members/${part(id)}` }, options)
  }

  /** Update a member. Changes the fields that are named and leaves the rest. May be refused with not_found, contact_taken. */
  updateMember(id: string, body: MemberChange, options?: CallOptions): Promise<Member> {
    return this.send({ method: 'POST', path: `/v1/members/${part(id)}`, body, type: 'application/json' }, options)
  }

  /** List the activities of a member. All that happened to the member, the latest first; also what happened to members that were merged into this one. With `type` only what is of these kinds: where they are rare, a page may hold fewer than `limit`, or nothing, while `has_more` says to go on. May be refused with not_found. */
  listActivities(id: string, query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
    /** One kind of activity, or several with commas between: `order,return` */
    type?: string
  }, options?: CallOptions): Listing<Activity> {
    return this.list({ method: 'GET', path: `/v1/members/${part(id)}/activities`, query }, options)
  }

  /** Get balances at a moment. Balances as they stood then, from the postings. Points that expired or were released count from their own moment. A moment to come, up to ten years ahead, shows what will be there if nothing happens until then. May be refused with not_found. */
  getBalances(id: string, query?: {
    /** Now unless said */
    at?: string
    /** Whether an activity counts from when we heard of it, or from when it happened, were it heard of later */
    by?: 'recorded' | 'occurred'
  }, options?: CallOptions): Promise<BalancesAt> {
    return this.send({ method: 'GET', path: `/v1/members/${part(id)}/balances`, query }, options)
  }

  /** Export all that is known of a person. One JSON document: profile, balances, tier, every activity with what was sent and why its points came about, orders, drafts, redemptions, adjustments and messages, those of members who were merged into this one included. May be refused with not_found. */
  exportMember(id: string, options?: CallOptions): Promise<MemberExport> {
    return this.send({ method: 'GET', path: `/v1/members/${part(id)}/export` }, options)
  }

  /** Get an activity. With its postings, and the explanation of how its points came about. May be refused with not_found. */
  getActivity(id: string, options?: CallOptions): Promise<Activity> {
    return this.send({ method: 'GET', path: `/v1/activities/${part(id)}` }, options)
  }

  /** Make a private link to a member’s card. Whoever has the link sees the card, its history and vouchers, and may export or erase them: give it to the member alone. Links made before go on. May be refused with not_found, account_closed. */
  createCardLink(id: string, options?: CallOptions): Promise<CardLink> {
    return this.send({ method: 'POST', path: `/v1/members/${part(id)}/card-link` }, options)
  }

  /** End all links to a member’s card. For a link that came into other hands. The member needs a new one. May be refused with not_found. */
  deleteCardLinks(id: string, options?: CallOptions): Promise<{
    member: string
    ended: number
  }> {
    return this.send({ method: 'DELETE', path: `/v1/members/${part(id)}/card-link` }, options)
  }

  /** See one’s card. What the member has, and what is next. The secret of the link is sent as `Authorization: Bearer card_…`. */
  getCard(options?: CallOptions): Promise<Card> {
    return this.send({ method: 'GET', path: `/v1/card` }, options)
  }

  /** See what happened on one’s card. The latest first, each with the reason of its points. The secret of the link is sent as `Authorization: Bearer card_…`. */
  listCardLines(query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
  }, options?: CallOptions): Listing<CardLine> {
    return this.list({ method: 'GET', path: `/v1/card/activities`, query }, options)
  }

  /** Take all that is known of oneself. The document that `GET /v1/members/{id}/export` gives. The secret of the link is sent as `Authorization: Bearer card_…`. */
  exportCard(options?: CallOptions): Promise<MemberExport> {
    return this.send({ method: 'GET', path: `/v1/card/export` }, options)
  }

  /** Have oneself erased. For good: the name, the contacts, the card and the points are gone. The secret of the link is sent as `Authorization: Bearer card_…`. */
  eraseCard(body: {
    /** Of the card, so that nobody is erased by a slip */
    card_number: string
  }, options?: CallOptions): Promise<{
    erased: true
  }> {
    return this.send({ method: 'POST', path: `/v1/card/erase`, body, type: 'application/json' }, options)
  }

  /** List the notes about a member. The latest first; also those about members who were merged into this one. May be refused with not_found. */
  listNotes(id: string, query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
  }, options?: CallOptions): Listing<Note> {
    return this.list({ method: 'GET', path: `/v1/members/${part(id)}/notes`, query }, options)
  }

  /** Note something about a member. For colleagues: no member sees it, except in the export of all that is known of them. It is erased with the person. May be refused with not_found, account_erased. */
  addNote(id: string, body: NewNote, options?: CallOptions): Promise<Note> {
    return this.send({ method: 'POST', path: `/v1/members/${part(id)}/notes`, body, type: 'application/json' }, options)
  }

  /** Delete a note. One’s own; an owner may delete any. The audit log says who deleted whose note, and not what it said. May be refused with not_found. */
  deleteNote(id: string, note: string, options?: CallOptions): Promise<Note> {
    return this.send({ method: 'DELETE', path: `/v1/members/${part(id)}/notes/${part(note)}` }, options)
  }

  /** Quote an order. What the order would earn, which rewards could be redeemed on it and what is missing for the others. Changes nothing. May be refused with not_found, currency_mismatch, insufficient_points, points_not_taken, reward_unavailable, spend_too_low, not_together, limit_reached, tier_too_low, sold_out, voucher_used, voucher_expired, voucher_withdrawn, voucher_mistyped, not_yours, too_many_guesses, budget_spent, too_late, account_closed. */
  quoteOrder(body: QuoteOrder, options?: CallOptions): Promise<QuoteAnswer> {
    return this.send({ method: 'POST', path: `/v1/orders/quote`, body, type: 'application/json' }, options)
  }

  /** Send an order. A `paid` order is decided and final: the same again answers the same, a different one under the same id is `idempotency_conflict`. A `draft` moves nothing and may be sent again changed. May be refused with not_found, currency_mismatch, insufficient_points, points_not_taken, reward_unavailable, spend_too_low, not_together, limit_reached, tier_too_low, sold_out, voucher_used, voucher_expired, voucher_withdrawn, voucher_mistyped, not_yours, too_many_guesses, budget_spent, too_late, account_closed. */
  putOrder(external_id: string, body: Order, options?: CallOptions): Promise<QuoteAnswer | OrderAnswer> {
    return this.send({ method: 'PUT', path: `/v1/orders/${part(external_id)}`, body, type: 'application/json' }, options)
  }

  /** Get an order. As it stands, with what of each line can still be returned. May be refused with not_found. */
  getOrder(external_id: string, options?: CallOptions): Promise<QuoteAnswer | OrderAnswer> {
    return this.send({ method: 'GET', path: `/v1/orders/${part(external_id)}` }, options)
  }

  /** Pay a draft. The draft is decided as it was sent last, and is final from then on. May be refused with not_found, currency_mismatch, insufficient_points, points_not_taken, reward_unavailable, spend_too_low, not_together, limit_reached, tier_too_low, sold_out, voucher_used, voucher_expired, voucher_withdrawn, voucher_mistyped, not_yours, too_many_guesses, budget_spent, too_late, account_closed, order_cancelled. */
  payOrder(external_id: string, options?: CallOptions): Promise<OrderAnswer> {
    return this.send({ method: 'POST', path: `/v1/orders/${part(external_id)}/pay` }, options)
  }

  /** Cancel an order. A draft is given up. Of a paid order all that remains is returned. May be refused with not_found. */
  cancelOrder(external_id: string, options?: CallOptions): Promise<CancelAnswer> {
    return this.send({ method: 'POST', path: `/v1/orders/${part(external_id)}/cancel` }, options)
  }

  /** Return an order. Takes back units of its lines, or an amount of money. A return that comes before its order is kept, answers 202 and is decided when the order comes. May be refused with not_found, quantity_not_returnable, amount_exceeds_order, currency_mismatch, not_yours, too_late. */
  returnOrder(external_id: string, body: Return, options?: CallOptions): Promise<ReturnAnswer> {
    return this.send({ method: 'POST', path: `/v1/orders/${part(external_id)}/returns`, body, type: 'application/json' }, options)
  }

  /** Keep points longer, or bring back expired ones. Open points that would expire before a day stay until its end; those that last longer anyway stay as they are. With `expired_since`, what has expired since then comes back and stays until that day instead, as far back as the program allows. May be refused with not_found, reason_required, too_late, account_closed. */
  extendPoints(id: string, body: Extension, options?: CallOptions): Promise<Activity> {
    return this.send({ method: 'POST', path: `/v1/members/${part(id)}/expiry`, body, type: 'application/json' }, options)
  }

  /** Record a visit. A member came by, with or without buying. May be refused with not_found, too_late, account_closed. */
  recordVisit(body: Visit, options?: CallOptions): Promise<Activity> {
    return this.send({ method: 'POST', path: `/v1/visits`, body, type: 'application/json' }, options)
  }

  /** Record an action. Whatever a program may reward besides orders and visits, such as a review. May be refused with not_found, too_late, account_closed. */
  recordAction(body: Action, options?: CallOptions): Promise<Activity> {
    return this.send({ method: 'POST', path: `/v1/actions`, body, type: 'application/json' }, options)
  }

  /** List the rewards and how they are used. Of the program that decides now, in its order: all of them at once. */
  listRewards(query?: {
    /** In which language they are described; English unless known */
    language?: string
  }, options?: CallOptions): Promise<RewardsInUse> {
    return this.send({ method: 'GET', path: `/v1/rewards`, query }, options)
  }

  /** Redeem a reward. Holds the points of a reward until they are captured, voided or time out; with `capture` they are spent at once. A reward that takes money off an order is redeemed with the order, in its `redeem`; redeemed here it becomes a `voucher` once it is captured, to be used on an order later. May be refused with not_found, insufficient_points, reward_unavailable, tier_too_low, sold_out, limit_reached, account_closed. */
  createRedemption(body: RedemptionRequest, options?: CallOptions): Promise<Redemption> {
    return this.send({ method: 'POST', path: `/v1/redemptions`, body, type: 'application/json' }, options)
  }

  /** Get a redemption. May be refused with not_found. */
  getRedemption(id: string, options?: CallOptions): Promise<Redemption> {
    return this.send({ method: 'GET', path: `/v1/redemptions/${part(id)}` }, options)
  }

  /** Capture a redemption. Spends the held points, once. What is not captured is released. May be refused with not_found, hold_closed, capture_exceeds_hold. */
  captureRedemption(id: string, body?: Capture, options?: CallOptions): Promise<Redemption> {
    return this.send({ method: 'POST', path: `/v1/redemptions/${part(id)}/capture`, body, type: 'application/json' }, options)
  }

  /** Void a redemption. Releases the held points. May be refused with not_found, hold_closed. */
  voidRedemption(id: string, options?: CallOptions): Promise<Redemption> {
    return this.send({ method: 'POST', path: `/v1/redemptions/${part(id)}/void` }, options)
  }

  /** List the friends whom a member brought. The latest first, with what became of each: joined, waiting until the first order can no longer be returned, rewarded, capped by the limit, lapsed without an order, or refused with a reason. May be refused with not_found. */
  listFriends(id: string, query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
  }, options?: CallOptions): Listing<Referral> {
    return this.list({ method: 'GET', path: `/v1/members/${part(id)}/referrals`, query }, options)
  }

  /** List who brought whom. Of the whole program, the latest first. `depth` is 1 for a friend, 2 for a friend of a friend. */
  listReferrals(query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
  }, options?: CallOptions): Listing<Referral> {
    return this.list({ method: 'GET', path: `/v1/referrals`, query }, options)
  }

  /** Count who brought whom. By what became of it, and by how long the chains of friends of friends are. */
  getReferralSummary(options?: CallOptions): Promise<ReferralSummary> {
    return this.send({ method: 'GET', path: `/v1/referrals/summary` }, options)
  }

  /** Look at a voucher. What a code is worth and whose it is. A code with a typing error is told from one that there is not; whoever asks for ten of the latter within ten minutes has to wait. May be refused with not_found, voucher_mistyped, too_many_guesses. */
  getVoucher(code: string, options?: CallOptions): Promise<Voucher> {
    return this.send({ method: 'GET', path: `/v1/vouchers/${part(code)}` }, options)
  }

  /** Use a voucher. For what is handed over apart from an order: a gift, a service, a place at an event. A voucher that takes money off an order is used with the order, in its `redeem`. Of two tills that use the same code at once one is refused. May be refused with not_found, voucher_mistyped, voucher_used, voucher_expired, voucher_withdrawn, not_yours, reward_unavailable, too_many_guesses. */
  useVoucher(code: string, body?: VoucherUse, options?: CallOptions): Promise<Voucher> {
    return this.send({ method: 'POST', path: `/v1/vouchers/${part(code)}/use`, body, type: 'application/json' }, options)
  }

  /** Give a voucher to another member. Where its reward says `transfer: true`. Whoever gets it gets another code, and the old one is worth nothing. May be refused with not_found, voucher_mistyped, not_transferable, voucher_used, voucher_expired, voucher_withdrawn, not_yours, same_account, account_closed, limit_reached, too_many_guesses. */
  transferVoucher(code: string, body: VoucherTransfer, options?: CallOptions): Promise<Voucher> {
    return this.send({ method: 'POST', path: `/v1/vouchers/${part(code)}/transfer`, body, type: 'application/json' }, options)
  }

  /** List a member's vouchers. In every state, the latest first. Those that are open stand with the member, too. May be refused with not_found. */
  listVouchers(id: string, query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
  }, options?: CallOptions): Listing<Voucher> {
    return this.list({ method: 'GET', path: `/v1/members/${part(id)}/vouchers`, query }, options)
  }

  /** List the leaderboards of the program. */
  listLeaderboards(options?: CallOptions): Listing<Leaderboard> {
    return this.list({ method: 'GET', path: `/v1/leaderboards` }, options)
  }

  /** Get a leaderboard. Members who want to be seen, the first first. What comes back is taken back in the period of its purchase. With `member` it says where that one stands, also below the places that are shown. May be refused with not_found. */
  getLeaderboard(id: string, query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
    /** A day of the period, such as 2026-03-01; the period of today unless said */
    period?: string
    /** `mem_…`, or `external:` and your id */
    member?: string
  }, options?: CallOptions): Promise<Standings> {
    return this.send({ method: 'GET', path: `/v1/leaderboards/${part(id)}`, query }, options)
  }

  /** List the draws of the program. */
  listDraws(options?: CallOptions): Listing<Draw> {
    return this.list({ method: 'GET', path: `/v1/draws` }, options)
  }

  /** Get a draw. With the commitment to its seed from the beginning, and with the seed and the winners once it is drawn. With `member` it says how many entries that one has. May be refused with not_found. */
  getDraw(id: string, query?: {
    /** `mem_…`, or `external:` and your id */
    member?: string
  }, options?: CallOptions): Promise<Draw> {
    return this.send({ method: 'GET', path: `/v1/draws/${part(id)}`, query }, options)
  }

  /** Get what the winners were drawn from. All that anybody needs to draw the same winners again: `regulars draw-check FILE` does. May be refused with not_found, draw_open. */
  getDrawProof(id: string, options?: CallOptions): Promise<DrawProof> {
    return this.send({ method: 'GET', path: `/v1/draws/${part(id)}/proof` }, options)
  }

  /** Draw the winners. Once, after the last day. Publishes the seed, the list of entries and the winners, who are given the prize a moment later. Nobody can draw again. May be refused with not_found, draw_open, draw_done, reason_required. */
  holdDraw(id: string, body: DrawInput, options?: CallOptions): Promise<Draw> {
    return this.send({ method: 'POST', path: `/v1/draws/${part(id)}/draw`, body, type: 'application/json' }, options)
  }

  /** Adjust a balance. Gives points to a member, or takes them, for a reason that the time line shows with the name of the key’s actor. Above what the key may do alone it answers 202 and moves nothing until another actor approves. May be refused with not_found, reason_required, insufficient_points, account_closed, points_overflow. */
  createAdjustment(body: AdjustmentRequest, options?: CallOptions): Promise<Adjustment> {
    return this.send({ method: 'POST', path: `/v1/adjustments`, body, type: 'application/json' }, options)
  }

  /** List adjustments. The latest first; with `status=pending_approval` those that wait for a second person. */
  listAdjustments(query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
    status?: 'pending_approval' | 'applied' | 'rejected'
  }, options?: CallOptions): Listing<ListedAdjustment> {
    return this.list({ method: 'GET', path: `/v1/adjustments`, query }, options)
  }

  /** Get an adjustment. May be refused with not_found. */
  getAdjustment(id: string, options?: CallOptions): Promise<Adjustment> {
    return this.send({ method: 'GET', path: `/v1/adjustments/${part(id)}` }, options)
  }

  /** Approve an adjustment. The points move now. Whoever asked for it cannot approve it, with whichever key. May be refused with not_found, adjustment_closed, insufficient_points, account_closed. */
  approveAdjustment(id: string, options?: CallOptions): Promise<Adjustment> {
    return this.send({ method: 'POST', path: `/v1/adjustments/${part(id)}/approve` }, options)
  }

  /** Reject an adjustment. Nothing moves. Whoever asked for it may take it back so, too. May be refused with not_found, adjustment_closed. */
  rejectAdjustment(id: string, options?: CallOptions): Promise<Adjustment> {
    return this.send({ method: 'POST', path: `/v1/adjustments/${part(id)}/reject` }, options)
  }

  /** Close an account. Held points are released, adjustments that wait are rejected, and open points expire unless the program keeps them. From then on only returns of its orders are booked, and its card finds nobody. Phone and e-mail stay the member’s. May be refused with not_found, reason_required, account_closed. */
  closeMember(id: string, body?: Reason, options?: CallOptions): Promise<Member> {
    return this.send({ method: 'POST', path: `/v1/members/${part(id)}/close`, body, type: 'application/json' }, options)
  }

  /** Open a closed account again. Card, tier and what the program kept of the points are there again; what expired stays expired. May be refused with not_found, reason_required, account_open, account_erased. */
  reopenMember(id: string, body?: Reason, options?: CallOptions): Promise<Member> {
    return this.send({ method: 'POST', path: `/v1/members/${part(id)}/reopen`, body, type: 'application/json' }, options)
  }

  /** Erase a person. For good: name, contacts, card, and all that was ever sent about the person are gone, and so are their points. What moved stays in the ledger, under an id that names nobody, and the hash chain holds. Do not name the person in `reason`: it is kept. May be refused with not_found, reason_required, account_erased. */
  eraseMember(id: string, body?: Reason, options?: CallOptions): Promise<Member> {
    return this.send({ method: 'POST', path: `/v1/members/${part(id)}/erase`, body, type: 'application/json' }, options)
  }

  /** Give a level. A level by hand: given for a good reason, matched with one that the member has elsewhere, or for a trial. Of it and what is earned the member has the higher one. Who gave it and why stays in the time line. May be refused with not_found, reason_required, account_closed. */
  giveTier(id: string, body: TierGiven, options?: CallOptions): Promise<Activity> {
    return this.send({ method: 'POST', path: `/v1/members/${part(id)}/tier`, body, type: 'application/json' }, options)
  }

  /** List the memberships. By the ids of their members. Where few are of what is asked for, a page may hold fewer than `limit`, or nothing, while `has_more` says to go on. */
  listMemberships(query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
    /** Only those that stand so */
    status?: 'trial' | 'active' | 'grace' | 'lapsed' | 'ended'
    /** Only those of a plan */
    plan?: string
  }, options?: CallOptions): Listing<MembershipEntry> {
    return this.list({ method: 'GET', path: `/v1/memberships`, query }, options)
  }

  /** Begin, renew, resume or change a membership. With `paid`, a plan begins, or its next period is paid; with `trial` it begins on trial. Named again without either, a plan that was cancelled goes on. Another plan follows at the end of what is paid, or begins `now`: then what is left of the period is taken off its fee. What a payment provider takes is told by `POST /v1/actions` instead (`membership.paid`, `membership.failed`, `membership.refunded`). May be refused with not_found, plan_unavailable, payment_required, payment_mismatch, already_paid, trial_used, membership_open, account_closed. */
  changeMembership(id: string, body: MembershipChange, options?: CallOptions): Promise<MembershipAnswer> {
    return this.send({ method: 'POST', path: `/v1/members/${part(id)}/membership`, body, type: 'application/json' }, options)
  }

  /** Get a membership. What is paid, what comes next, and what the fee has saved so far, use by use. Whoever collects in the pool of a household has the membership of that. May be refused with not_found, plan_unavailable. */
  getMembership(id: string, options?: CallOptions): Promise<MembershipWithUses> {
    return this.send({ method: 'GET', path: `/v1/members/${part(id)}/membership` }, options)
  }

  /** Cancel a membership. At once or at the end of what is paid. `refundable` of its payments says what may be given back. May be refused with not_found, no_membership, already_cancelled, account_closed. */
  cancelMembership(id: string, body: MembershipCancellation, options?: CallOptions): Promise<MembershipAnswer> {
    return this.send({ method: 'POST', path: `/v1/members/${part(id)}/membership/cancel`, body, type: 'application/json' }, options)
  }

  /** Join a challenge. Of challenges that ask for it, what a member buys and does counts from then on. Once more changes nothing. May be refused with not_found, challenge_unavailable, account_closed. */
  joinChallenge(id: string, challenge: string, options?: CallOptions): Promise<ChallengeAnswer> {
    return this.send({ method: 'POST', path: `/v1/members/${part(id)}/challenges/${part(challenge)}/join` }, options)
  }

  /** Leave a challenge. Nothing counts from then on. What was reached stays, for whoever joins again. May be refused with not_found, challenge_unavailable, account_closed. */
  leaveChallenge(id: string, challenge: string, options?: CallOptions): Promise<ChallengeAnswer> {
    return this.send({ method: 'POST', path: `/v1/members/${part(id)}/challenges/${part(challenge)}/leave` }, options)
  }

  /** List what a member may use. What comes with the level, with the membership, or from a reward: how much of each is left, until when, and why. Whoever collects in the pool of a household has the perks of that. May be refused with not_found. */
  listPerks(id: string, options?: CallOptions): Promise<PerkList> {
    return this.send({ method: 'GET', path: `/v1/members/${part(id)}/perks` }, options)
  }

  /** Use a perk. Counts the use, and books what it is worth to the member. May be refused with not_found, perk_unavailable, tier_too_low, limit_reached, account_closed. */
  usePerk(id: string, body: PerkUseInput, options?: CallOptions): Promise<PerkUse> {
    return this.send({ method: 'POST', path: `/v1/perks/${part(id)}/use`, body, type: 'application/json' }, options)
  }

  /** Take the use of a perk back. It counts as never used: it can be used again, and what it was worth is taken off what was saved. May be refused with not_found, perk_unavailable, account_closed. */
  voidPerkUse(id: string, body?: PerkVoidInput, options?: CallOptions): Promise<PerkUse> {
    return this.send({ method: 'POST', path: `/v1/perk-uses/${part(id)}/void`, body, type: 'application/json' }, options)
  }

  /** Choose what the program leaves to the member. The same option again changes nothing. Another one may have to wait for the next period. May be refused with not_found, limit_reached, account_closed. */
  putChoice(id: string, choice: string, body: ChoiceInput, options?: CallOptions): Promise<Choice> {
    return this.send({ method: 'PUT', path: `/v1/members/${part(id)}/choices/${part(choice)}`, body, type: 'application/json' }, options)
  }

  /** Transfer points. Moves available points from one member to another, in the order of spending. They keep their kind, the month in which they were earned and their expiry. May be refused with not_found, insufficient_points, same_account, account_closed, limit_reached, transfers_off. */
  createTransfer(body: TransferRequest, options?: CallOptions): Promise<Transfer> {
    return this.send({ method: 'POST', path: `/v1/transfers`, body, type: 'application/json' }, options)
  }

  /** Create a pool. An account that the members of a household share. It has a card and a time line as any member has. May be refused with pools_off, contact_taken. */
  createPool(body: NewPool, options?: CallOptions): Promise<Pool> {
    return this.send({ method: 'POST', path: `/v1/pools`, body, type: 'application/json' }, options)
  }

  /** List the pools. Pools are no members: lists and counts of members are without them. */
  listPools(query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
  }, options?: CallOptions): Listing<Pool> {
    return this.list({ method: 'GET', path: `/v1/pools`, query }, options)
  }

  /** Get a pool. May be refused with not_found. */
  getPool(id: string, options?: CallOptions): Promise<Pool> {
    return this.send({ method: 'GET', path: `/v1/pools/${part(id)}` }, options)
  }

  /** Let a member into a pool, or change what they may do. With `earn`, orders, visits and actions of the member are decided by the account of the pool and collected there; returns find them there. With `spend`, redemptions of the member take the points of the pool. May be refused with not_found, already_in_pool, limit_reached, pools_off, account_closed, same_account. */
  putPoolMember(id: string, member: string, body?: PoolRights, options?: CallOptions): Promise<Pool> {
    return this.send({ method: 'PUT', path: `/v1/pools/${part(id)}/members/${part(member)}`, body, type: 'application/json' }, options)
  }

  /** Take a member out of a pool. What the member collected in the pool stays there, and so do returns of it. May be refused with not_found. */
  deletePoolMember(id: string, member: string, options?: CallOptions): Promise<Pool> {
    return this.send({ method: 'DELETE', path: `/v1/pools/${part(id)}/members/${part(member)}` }, options)
  }

  /** Merge a member into another. Two members are one person. The one in the address ends; points with their expiry, holds, debt, tiers and limits go to `into`. Cards, phones, e-mail addresses and ids of both keep working and lead there, and so do later orders, returns and redemptions of either. This cannot be undone. May be refused with not_found, same_account, already_merged, account_closed, account_full. */
  mergeMember(id: string, body: Merge, options?: CallOptions): Promise<MergeAnswer> {
    return this.send({ method: 'POST', path: `/v1/members/${part(id)}/merge`, body, type: 'application/json' }, options)
  }

  /** List the budgets. What each budget of the program has, and how much of it is used: in the period of now, where it has periods. */
  listBudgets(options?: CallOptions): Promise<BudgetList> {
    return this.send({ method: 'GET', path: `/v1/budgets` }, options)
  }

  /** Get a program. May be refused with not_found. */
  getProgram(id: string, options?: CallOptions): Promise<Program> {
    return this.send({ method: 'GET', path: `/v1/programs/${part(id)}` }, options)
  }

  /** Get the members’ terms. What the program promises, in sentences for members, written from the program itself. The page `/join/{id}/terms` shows the same to everybody, without a key. May be refused with not_found. */
  getTerms(id: string, query?: {
    /** In which language, such as `en` or `tr`; `en` unless said */
    language?: string
    /** The terms that are to come, where there are any */
    announced?: 'yes' | 'no'
  }, options?: CallOptions): Promise<Terms> {
    return this.send({ method: 'GET', path: `/v1/programs/${part(id)}/terms`, query }, options)
  }

  /** Save a draft. The program file as YAML or JSON, kept as the draft `main`. It is checked first: what is wrong is told with its line and column, and then the draft before stays. Nothing is decided by it until it is published. Several people write drafts of their own with `POST /v1/programs/{id}/drafts`. May be refused with not_found. */
  saveDraft(id: string, body: string, options?: CallOptions): Promise<Program> {
    return this.send({ method: 'PUT', path: `/v1/programs/${part(id)}/draft`, body, type: 'application/yaml' }, options)
  }

  /** Preview the draft. Replays what members did in the last 24 months through the draft and through the program of now: what they bought and brought back, visits and actions, from empty accounts. It compares both, figure by figure and member by member, and changes nothing. Of a longer history the program is as if it had begun then: who was a member before joins with the first thing they did since. May be refused with not_found, no_draft, fixed_for_life, wallet_in_use. */
  previewDraft(id: string, body?: PreviewRequest, options?: CallOptions): Promise<Preview> {
    return this.send({ method: 'POST', path: `/v1/programs/${part(id)}/draft/preview`, body, type: 'application/json' }, options)
  }

  /** Publish the draft. From now on the draft decides, or from the day that it names (`changes.from`). What was decided before stays as it is; activities that occurred before are decided by the revision of their time. A draft that takes from members what they have earned or were promised is refused, unless that is said to be meant: here, or in the file (`changes.meant`). A marketer’s draft needs somebody else’s approval first, or everybody’s: as `review` in the program of now has it. May be refused with not_found, no_draft, changed_meanwhile, needs_review, fixed_for_life, wallet_in_use, takes_away. */
  publishProgram(id: string, body?: PublishRequest, options?: CallOptions): Promise<Program> {
    return this.send({ method: 'POST', path: `/v1/programs/${part(id)}/publish`, body, type: 'application/json' }, options)
  }

  /** List the drafts. May be refused with not_found. */
  listDrafts(id: string, options?: CallOptions): Listing<ProgramDraftSummary> {
    return this.list({ method: 'GET', path: `/v1/programs/${part(id)}/drafts` }, options)
  }

  /** Begin a draft. With a text, with a template, or else with the latest revision. There may be several drafts at once. A template gets this program’s id, name, currency and time zone. May be refused with not_found, limit_reached. */
  beginDraft(id: string, body?: NewProgramDraft, options?: CallOptions): Promise<ProgramDraft> {
    return this.send({ method: 'POST', path: `/v1/programs/${part(id)}/drafts`, body, type: 'application/json' }, options)
  }

  /** Get a draft. May be refused with not_found, no_draft. */
  getDraft(id: string, draft: string, options?: CallOptions): Promise<ProgramDraft> {
    return this.send({ method: 'GET', path: `/v1/programs/${part(id)}/drafts/${part(draft)}` }, options)
  }

  /** Change a draft. What is left out stays. If somebody else has changed the draft since the version that you name, nothing is written and `changed_meanwhile` says who it was and when. A review that was asked for, and an approval, were of the text before, and are taken back. May be refused with not_found, changed_meanwhile, no_draft. */
  changeDraft(id: string, draft: string, body: ProgramDraftChange, options?: CallOptions): Promise<ProgramDraft> {
    return this.send({ method: 'PUT', path: `/v1/programs/${part(id)}/drafts/${part(draft)}`, body, type: 'application/json' }, options)
  }

  /** Discard a draft. Answers it a last time. Nothing was decided by it. May be refused with not_found, changed_meanwhile, no_draft. */
  discardDraft(id: string, draft: string, query: {
    /** The version that you have seen */
    version: number
  }, options?: CallOptions): Promise<ProgramDraft> {
    return this.send({ method: 'DELETE', path: `/v1/programs/${part(id)}/drafts/${part(draft)}`, query }, options)
  }

  /** Preview a draft. Replays what members did in the last 24 months through the draft and through the program of now: what they bought and brought back, visits and actions, from empty accounts. It compares both, figure by figure and member by member, and changes nothing. Of a longer history the program is as if it had begun then: who was a member before joins with the first thing they did since. May be refused with not_found, no_draft, fixed_for_life, wallet_in_use. */
  previewNamedDraft(id: string, draft: string, body?: PreviewRequest, options?: CallOptions): Promise<Preview> {
    return this.send({ method: 'POST', path: `/v1/programs/${part(id)}/drafts/${part(draft)}/preview`, body, type: 'application/json' }, options)
  }

  /** Try a draft on a past order. Decides an order of the ledger again, under the draft and under the program of now, for the member as they were before it. Stock, budgets and codes are what is left of them now. Changes nothing. May be refused with not_found, account_erased, no_draft, fixed_for_life, wallet_in_use. */
  tryDraft(id: string, draft: string, body: {
    /** Your id of the order */
    order: string
    /** The draft as it stands with you, where it is not saved yet */
    source?: string
  }, options?: CallOptions): Promise<TriedOrder> {
    return this.send({ method: 'POST', path: `/v1/programs/${part(id)}/drafts/${part(draft)}/try`, body, type: 'application/json' }, options)
  }

  /** Ask for a review. Asks others to look at this version. It has to be without mistakes. May be refused with not_found, changed_meanwhile, no_draft, fixed_for_life, wallet_in_use. */
  askForReview(id: string, draft: string, body: {
    /** The version that you have seen; a later one is not written over */
    version: number
    /** What whoever looks at it should know */
    note?: string
  }, options?: CallOptions): Promise<ProgramDraft> {
    return this.send({ method: 'POST', path: `/v1/programs/${part(id)}/drafts/${part(draft)}/review`, body, type: 'application/json' }, options)
  }

  /** Approve a draft. Agrees to this version. Nobody can who made the last change to it. May be refused with not_found, changed_meanwhile, own_draft, no_draft, fixed_for_life, wallet_in_use. */
  approveDraft(id: string, draft: string, body: {
    /** The version that you have seen; a later one is not written over */
    version: number
  }, options?: CallOptions): Promise<ProgramDraft> {
    return this.send({ method: 'POST', path: `/v1/programs/${part(id)}/drafts/${part(draft)}/approve`, body, type: 'application/json' }, options)
  }

  /** Publish a draft. From now on the draft decides, or from the day that it names (`changes.from`). What was decided before stays as it is; activities that occurred before are decided by the revision of their time. A draft that takes from members what they have earned or were promised is refused, unless that is said to be meant: here, or in the file (`changes.meant`). A marketer’s draft needs somebody else’s approval first, or everybody’s: as `review` in the program of now has it. May be refused with not_found, no_draft, changed_meanwhile, needs_review, fixed_for_life, wallet_in_use, takes_away. */
  publishDraft(id: string, draft: string, body: PublishDraftRequest, options?: CallOptions): Promise<Program> {
    return this.send({ method: 'POST', path: `/v1/programs/${part(id)}/drafts/${part(draft)}/publish`, body, type: 'application/json' }, options)
  }

  /** List the revisions. May be refused with not_found. */
  listRevisions(id: string, query?: {
    /** The most that are answered at once */
    limit?: number
    /** The `next_cursor` of the page before */
    cursor?: string
  }, options?: CallOptions): Listing<RevisionSummary> {
    return this.list({ method: 'GET', path: `/v1/programs/${part(id)}/revisions`, query }, options)
  }

  /** Get a revision. With what it changed, in words, and the text before, so that both can be compared line by line. May be refused with not_found. */
  getRevision(id: string, number: string, query?: {
    /** In which language, such as `en` or `tr`; `en` unless said, and where there is none such */
    language?: string
    /** Another revision to compare with than the one before */
    against?: number
  }, options?: CallOptions): Promise<Revision> {
    return this.send({ method: 'GET', path: `/v1/programs/${part(id)}/revisions/${part(number)}`, query }, options)
  }

  /** Go back to a revision. Makes a draft of its text. What was decided meanwhile stays as it was decided, so that going back is a revision like any other: to be looked at, and published. May be refused with not_found, limit_reached. */
  revertToRevision(id: string, number: string, options?: CallOptions): Promise<ProgramDraft> {
    return this.send({ method: 'POST', path: `/v1/programs/${part(id)}/revisions/${part(number)}/revert` }, options)
  }

  /** Check a program file. Tells each mistake with its place and what would be right, and reads the program aloud. Keeps nothing. May be refused with not_found. */
  checkProgram(id: string, body: {
    /** A program file */
    source: string
    /** In which language, such as `en` or `tr`; `en` unless said, and where there is none such */
    language?: string
  }, options?: CallOptions): Promise<ProgramCheck> {
    return this.send({ method: 'POST', path: `/v1/programs/${part(id)}/check`, body, type: 'application/json' }, options)
  }

  /** Get the form of program files. Their JSON Schema, from which editors draw forms, and the functions that conditions may call. */
  getProgramForm(options?: CallOptions): Promise<ProgramForm> {
    return this.send({ method: 'GET', path: `/v1/program-form` }, options)
  }

  /** List the templates. Program files to begin with; `POST /v1/programs/{id}/drafts` begins a draft with one. */
  listTemplates(options?: CallOptions): Listing<Template> {
    return this.list({ method: 'GET', path: `/v1/templates` }, options)
  }

  /** Move the test clock. Programs in test mode only. Their time goes forward to `now` and stands still there, and all that falls due until then happens, in its order. May be refused with not_test_mode, clock_backwards. */
  moveTestClock(body: {
    /** The new present, not before the one of now */
    now: string
  }, options?: CallOptions): Promise<{
    now: string
    /** How many members something fell due for */
    woken: number
    /** How many activities that made */
    activities: number
  }> {
    return this.send({ method: 'POST', path: `/v1/test-clock`, body, type: 'application/json' }, options)
  }

  /** Get an overview. What happened within some days of the program’s time zone, beside as many days right before: members, sales that they carry and others do, points, and what rewards were worth. Exact, from the ledger, up to this moment. */
  getOverview(query?: {
    /** The first day; 27 days before the last one unless said */
    from?: string
    /** The last day; today unless said */
    until?: string
  }, options?: CallOptions): Promise<Overview> {
    return this.send({ method: 'GET', path: `/v1/overview`, query }, options)
  }

  /** List the activities of all members. The latest first, by the time at which they happened. Sales without a member are no activities. With `Accept: text/csv` it is a table of all of them. */
  listProgramActivities(query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
    /** Of these types only, with commas between them */
    type?: string
    /** Only what began, used or ended a redemption, orders too */
    redemptions?: 'true'
    /** Of this day in the program’s time zone; `from` and `until` are left out then */
    day?: string
    /** Not before; 31 days before `until` unless said */
    from?: string
    /** Before this time; tomorrow unless said */
    until?: string
    /** A shop’s id, or the `location` that orders name. Returns name none */
    shop?: string
    /** The `staff` of orders, or the actor of what was done by hand */
    staff?: string
  }, options?: CallOptions): Listing<ListedActivity> {
    return this.list({ method: 'GET', path: `/v1/activities`, query }, options)
  }

  /** Search for anything. A phone in any spelling, an e-mail address, a card, an order, a code, an id, the name of a reward, or the beginning of a member’s, a shop’s or a colleague’s name. What is meant exactly comes first; ten at most. May be refused with too_many_guesses. */
  search(query: {
    q: string
  }, options?: CallOptions): Promise<FoundList> {
    return this.send({ method: 'GET', path: `/v1/search`, query }, options)
  }

  /** List shops. */
  listShops(query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
  }, options?: CallOptions): Listing<Shop> {
    return this.list({ method: 'GET', path: `/v1/shops`, query }, options)
  }

  /** Add a shop. May be refused with location_taken. */
  createShop(body: {
    /** What people call it */
    name: string
    address?: string
    /** What tills call it: the `location` of orders. Each belongs to one shop */
    locations?: string[]
    /** Whether nothing is sold there any more */
    closed?: boolean
    /** Made from the name unless said */
    id?: string
  }, options?: CallOptions): Promise<Shop> {
    return this.send({ method: 'POST', path: `/v1/shops`, body, type: 'application/json' }, options)
  }

  /** Get a shop. May be refused with not_found. */
  getShop(id: string, options?: CallOptions): Promise<Shop> {
    return this.send({ method: 'GET', path: `/v1/shops/${part(id)}` }, options)
  }

  /** Change a shop. All of it: what is left out is as it would be for a new shop. May be refused with not_found, location_taken. */
  putShop(id: string, body: {
    /** What people call it */
    name: string
    address?: string
    /** What tills call it: the `location` of orders. Each belongs to one shop */
    locations?: string[]
    /** Whether nothing is sold there any more */
    closed?: boolean
  }, options?: CallOptions): Promise<Shop> {
    return this.send({ method: 'PUT', path: `/v1/shops/${part(id)}`, body, type: 'application/json' }, options)
  }

  /** Remove a shop. Its orders stay as they are: their places have no name any more. May be refused with not_found. */
  deleteShop(id: string, options?: CallOptions): Promise<Shop> {
    return this.send({ method: 'DELETE', path: `/v1/shops/${part(id)}` }, options)
  }

  /** Look which places have no shop. The `location`s that orders named within a year and that no shop has yet, the busiest first; 50 at most. */
  getUnnamedLocations(options?: CallOptions): Promise<UnnamedLocations> {
    return this.send({ method: 'GET', path: `/v1/shop-locations` }, options)
  }

  /** List your saved views. */
  listViews(query?: {
    /** The page whose view it is, such as `members` */
    page?: string
  }, options?: CallOptions): Promise<SavedViewList> {
    return this.send({ method: 'GET', path: `/v1/views`, query }, options)
  }

  /** Save a view. Under a name that you have on this page it takes the place of what was there. May be refused with not_found, limit_reached. */
  putView(page: string, name: string, body: {
    query: string
  }, options?: CallOptions): Promise<SavedView> {
    return this.send({ method: 'PUT', path: `/v1/views/${part(page)}/${part(name)}`, body, type: 'application/json' }, options)
  }

  /** Remove a saved view. May be refused with not_found. */
  deleteView(page: string, name: string, options?: CallOptions): Promise<SavedView> {
    return this.send({ method: 'DELETE', path: `/v1/views/${part(page)}/${part(name)}` }, options)
  }

  /** Hand in a file of past orders. CSV, Parquet or NDJSON, as `regulars backtest --orders` takes it, sent as it is. It is kept for 30 days, for backtests alone, and answered with what is understood of it. */
  uploadFile(body: Blob, query: {
    /** What it is called; `.gz` at the end says that it is compressed */
    name: string
  }, options?: CallOptions): Promise<OrderFileRead> {
    return this.send({ method: 'POST', path: `/v1/files`, query, body, type: 'application/octet-stream' }, options)
  }

  /** List files of past orders. The newest hundred that are still kept. */
  listFiles(options?: CallOptions): Listing<OrderFile> {
    return this.list({ method: 'GET', path: `/v1/files` }, options)
  }

  /** Read a file of past orders. What is understood of it, with a map of your own where its columns were not found by their names. May be refused with not_found. */
  readFile(id: string, body?: ReadingRequest, options?: CallOptions): Promise<OrderFileRead> {
    return this.send({ method: 'POST', path: `/v1/files/${part(id)}/reading`, body, type: 'application/json' }, options)
  }

  /** Forget a file of past orders. Reports that were made of it stay. May be refused with not_found. */
  forgetFile(id: string, options?: CallOptions): Promise<null> {
    return this.send({ method: 'DELETE', path: `/v1/files/${part(id)}` }, options)
  }

  /** Ask for a backtest. Replays past orders, of a file or of the ledger, through a program: what it would have cost, given and owed. It is worked out beside the server and changes nothing; ask again with `GET` until it is done. May be refused with not_found, no_draft, currency_mismatch. */
  askBacktest(body: BacktestRequest, options?: CallOptions): Promise<BacktestEntry> {
    return this.send({ method: 'POST', path: `/v1/backtests`, body, type: 'application/json' }, options)
  }

  /** List backtests. The newest first, without their reports. */
  listBacktests(query?: {
    /** The most that are answered at once */
    limit?: number
    /** The `next_cursor` of the page before */
    cursor?: string
  }, options?: CallOptions): Listing<BacktestEntry> {
    return this.list({ method: 'GET', path: `/v1/backtests`, query }, options)
  }

  /** Get a backtest. May be refused with not_found. */
  getBacktest(id: string, options?: CallOptions): Promise<Backtest> {
    return this.send({ method: 'GET', path: `/v1/backtests/${part(id)}` }, options)
  }

  /** Forget a backtest. It is stopped if it is worked out, and its report is gone. May be refused with not_found. */
  forgetBacktest(id: string, options?: CallOptions): Promise<null> {
    return this.send({ method: 'DELETE', path: `/v1/backtests/${part(id)}` }, options)
  }

  /** Stop a backtest. What is worked out is left off, and what waits is not begun. One that has ended stays as it is. May be refused with not_found. */
  stopBacktest(id: string, options?: CallOptions): Promise<BacktestEntry> {
    return this.send({ method: 'POST', path: `/v1/backtests/${part(id)}/stop` }, options)
  }

  /** Ask for a balance. Runs variants of a program on a file of past orders: which are too stingy, which too generous, and what lies between; or, with `target`, solves for a setting. May be refused with not_found, no_draft, currency_mismatch. */
  askBalance(body: BalanceRequest, options?: CallOptions): Promise<BalanceEntry> {
    return this.send({ method: 'POST', path: `/v1/balances`, body, type: 'application/json' }, options)
  }

  /** List balances. The newest first, without their reports. */
  listBalances(query?: {
    /** The most that are answered at once */
    limit?: number
    /** The `next_cursor` of the page before */
    cursor?: string
  }, options?: CallOptions): Listing<BalanceEntry> {
    return this.list({ method: 'GET', path: `/v1/balances`, query }, options)
  }

  /** Get a balance. May be refused with not_found. */
  getBalance(id: string, options?: CallOptions): Promise<ProgramBalance> {
    return this.send({ method: 'GET', path: `/v1/balances/${part(id)}` }, options)
  }

  /** Forget a balance. It is stopped if it is worked out, and its report is gone. May be refused with not_found. */
  forgetBalance(id: string, options?: CallOptions): Promise<null> {
    return this.send({ method: 'DELETE', path: `/v1/balances/${part(id)}` }, options)
  }

  /** Stop a balance. What is worked out is left off, and what waits is not begun. One that has ended stays as it is. May be refused with not_found. */
  stopBalance(id: string, options?: CallOptions): Promise<BalanceEntry> {
    return this.send({ method: 'POST', path: `/v1/balances/${part(id)}/stop` }, options)
  }

  /** Write a variant as a program file. The program that the balance is about, comments and all, with these values of its settings: for a draft. May be refused with not_found. */
  writeVariant(id: string, body: VariantRequest, options?: CallOptions): Promise<VariantText> {
    return this.send({ method: 'POST', path: `/v1/balances/${part(id)}/program`, body, type: 'application/json' }, options)
  }

  /** List the signed roots of days. Every day that has closed in the program’s time zone has a root, some minutes after midnight. Keep copies elsewhere: what they cover cannot be rewritten unnoticed. */
  listRoots(query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
  }, options?: CallOptions): Listing<DailyRoot> {
    return this.list({ method: 'GET', path: `/v1/roots`, query }, options)
  }

  /** Get the signed root of a day. May be refused with not_found. */
  getRoot(day: string, options?: CallOptions): Promise<DailyRoot> {
    return this.send({ method: 'GET', path: `/v1/roots/${part(day)}` }, options)
  }

  /** Prove a member’s history. The member’s chain of activities, the way of its end to the root of a day, and the root with its signature: `regulars verify --proof FILE` checks it without us, and docs/proof.md says how to do so by hand. Bodies and salts are left out for roles that may not see what was sent, and once a person is erased; the chain holds all the same. May be refused with not_found. */
  proveMember(id: string, query?: {
    /** Under the root of this day */
    day?: string
    /** Under the last root that was made by then; now unless said */
    at?: string
  }, options?: CallOptions): Promise<MemberProof> {
    return this.send({ method: 'GET', path: `/v1/members/${part(id)}/proof`, query }, options)
  }

  /** Create a webhook. Every event of the program that happens from now on is posted to the URL, signed with the secret, until it answers 2xx: at least once, with growing pauses, for three days. Redirects are not followed. In live mode the address must be a public one unless the installation allows others. May be refused with limit_reached. */
  createWebhook(body: {
    /** Where events are posted to */
    url: string
    /** Null, or left out, for all */
    topics?: string[] | null
  }, options?: CallOptions): Promise<NewWebhook> {
    return this.send({ method: 'POST', path: `/v1/webhooks`, body, type: 'application/json' }, options)
  }

  /** List webhooks. */
  listWebhooks(query?: {
    /** The most that are answered at once */
    limit?: number
    /** The `next_cursor` of the page before */
    cursor?: string
  }, options?: CallOptions): Listing<Webhook> {
    return this.list({ method: 'GET', path: `/v1/webhooks`, query }, options)
  }

  /** Get a webhook. May be refused with not_found. */
  getWebhook(id: string, options?: CallOptions): Promise<Webhook> {
    return this.send({ method: 'GET', path: `/v1/webhooks/${part(id)}` }, options)
  }

  /** Delete a webhook. What is still on its way to it is not sent any more. May be refused with not_found. */
  deleteWebhook(id: string, options?: CallOptions): Promise<Webhook> {
    return this.send({ method: 'DELETE', path: `/v1/webhooks/${part(id)}` }, options)
  }

  /** Test a webhook. The event has the topic `webhook.test` and goes to this webhook alone, whatever its topics are. A webhook that was disabled is enabled again by it. May be refused with not_found. */
  testWebhook(id: string, options?: CallOptions): Promise<Event> {
    return this.send({ method: 'POST', path: `/v1/webhooks/${part(id)}/test` }, options)
  }

  /** List the deliveries of a webhook. May be refused with not_found. */
  listDeliveries(id: string, query?: {
    /** The most that are answered at once */
    limit?: number
    /** The `next_cursor` of the page before */
    cursor?: string
    status?: 'pending' | 'delivered' | 'failed'
  }, options?: CallOptions): Listing<Delivery> {
    return this.list({ method: 'GET', path: `/v1/webhooks/${part(id)}/deliveries`, query }, options)
  }

  /** List events. What webhooks are told, whether or not there are any. Events are kept for thirty days. */
  listEvents(query?: {
    /** The most that are answered at once */
    limit?: number
    /** The `next_cursor` of the page before */
    cursor?: string
    topic?: string
  }, options?: CallOptions): Listing<Event> {
    return this.list({ method: 'GET', path: `/v1/events`, query }, options)
  }

  /** Create an API key. The key belongs to the program of the key that makes it, and to its mode. Its secret is shown once. */
  createApiKey(body: {
    /** Who will use it: a person, a till, a script */
    actor: string
    role: 'owner' | 'marketer' | 'finance' | 'support' | 'cashier' | 'developer' | 'read_only' | 'partner'
    /** The program’s; said, it is checked */
    mode?: 'live' | 'test'
    limits?: KeyLimits
  }, options?: CallOptions): Promise<NewApiKey> {
    return this.send({ method: 'POST', path: `/v1/api-keys`, body, type: 'application/json' }, options)
  }

  /** List API keys. */
  listApiKeys(query?: {
    /** The most that are answered at once */
    limit?: number
    /** The `next_cursor` of the page before */
    cursor?: string
  }, options?: CallOptions): Listing<ApiKey> {
    return this.list({ method: 'GET', path: `/v1/api-keys`, query }, options)
  }

  /** Revoke an API key. Within five seconds nobody gets in with it, on any server. Revoking again changes nothing. May be refused with not_found. */
  revokeApiKey(id: string, options?: CallOptions): Promise<ApiKey> {
    return this.send({ method: 'DELETE', path: `/v1/api-keys/${part(id)}` }, options)
  }

  /** Import codes. Adds codes to a pool, which is made with the first of them. A code that the program has already stays out, and the answer says so row by row; the same list again changes nothing. No code is handed out twice. May be refused with not_found. */
  importCodes(id: string, body: CodeList, options?: CallOptions): Promise<ImportedCodes> {
    return this.send({ method: 'POST', path: `/v1/code-pools/${part(id)}/codes`, body, type: 'application/json' }, options)
  }

  /** Say when a pool is low. May be refused with not_found. */
  putCodePool(id: string, body: CodePoolChange, options?: CallOptions): Promise<CodePool> {
    return this.send({ method: 'PUT', path: `/v1/code-pools/${part(id)}`, body, type: 'application/json' }, options)
  }

  /** Get a pool. May be refused with not_found. */
  getCodePool(id: string, options?: CallOptions): Promise<CodePool> {
    return this.send({ method: 'GET', path: `/v1/code-pools/${part(id)}` }, options)
  }

  /** List pools. */
  listCodePools(options?: CallOptions): Listing<CodePool> {
    return this.list({ method: 'GET', path: `/v1/code-pools` }, options)
  }

  /** List the batches of cards. The latest first. */
  listVoucherBatches(query?: {
    /** How many at most */
    limit?: number
    /** `next_cursor` of the page before */
    cursor?: string
  }, options?: CallOptions): Listing<VoucherBatch> {
    return this.list({ method: 'GET', path: `/v1/voucher-batches`, query }, options)
  }

  /** Make codes that are nobody’s yet. For gift cards, flyers and letters: the codes are printed, and each belongs to the member who claims it first. A card whose reward gives points or credit is booked as it is claimed. The codes are in `GET /v1/voucher-batches/{id}/codes`. May be refused with reward_unavailable. */
  printVouchers(body: NewVouchers, options?: CallOptions): Promise<VoucherBatch> {
    return this.send({ method: 'POST', path: `/v1/vouchers`, body, type: 'application/json' }, options)
  }

  /** Get a batch of cards. May be refused with not_found. */
  getVoucherBatch(id: string, options?: CallOptions): Promise<VoucherBatch> {
    return this.send({ method: 'GET', path: `/v1/voucher-batches/${part(id)}` }, options)
  }

  /** Get the codes of a batch. For whoever prints them: as JSON, or as CSV with `format=csv`. Whoever has a code has what it gives. May be refused with not_found. */
  listVoucherBatchCodes(id: string, query?: {
    format?: 'json' | 'csv'
  }, options?: CallOptions): Promise<VoucherBatchCodes> {
    return this.send({ method: 'GET', path: `/v1/voucher-batches/${part(id)}/codes`, query }, options)
  }

  /** Claim a card for a member. A card that is nobody’s yet becomes this member’s: a voucher under the same code, or points and credit at once. Of two members who enter the same code at once one gets it. The same member again is answered the same. May be refused with not_found, voucher_mistyped, voucher_used, voucher_expired, limit_reached, reward_unavailable, account_closed, too_many_guesses. */
  claimVoucher(code: string, body: VoucherClaim, options?: CallOptions): Promise<Activity> {
    return this.send({ method: 'POST', path: `/v1/vouchers/${part(code)}/claim`, body, type: 'application/json' }, options)
  }
}
