/** What comes to the ledger, and what it answers: the words between routes, imports and `record`. */

import type { ActivityBodies, ActivityType, CausedType, OnwardType, OrderBody } from '../core/activity.ts'
import type { Bucket } from '../core/points.ts'
import type { Refusal } from '../core/refusal.ts'
import type { Outcome } from './outcome.ts'
import type { LiveProgram } from './programs.ts'

/** Whom an activity concerns: an account by our id, by the business's own, by an order's key or by a redemption. */
export type AccountRef =
  | { by: 'id'; id: number }
  | { by: 'external'; value: string }
  /** The member of the order with this id, for returns and cancellations. */
  | { by: 'order'; order: string }
  /** The member of the activity that began a redemption or asked for an adjustment. */
  | { by: 'activity'; id: number }
  /** Whose voucher this is. */
  | { by: 'voucher'; code: string }
  /** A new member. */
  | { by: 'new' }
  /** Nobody that we know: an anonymous sale. */
  | { by: 'nobody' }

/** Activities that callers send; time and decisions cause the others. */
export type SentType = Exclude<ActivityType, OnwardType | CausedType>

interface Common {
  program: LiveProgram
  ref: AccountRef
  /** Unique per program: see `keys` below. */
  key: string
  occurredMs: number
  /** The caller said when it occurred, so that the same key with another time is another activity. */
  dated?: boolean
  /** History that is imported runs each account on its own time instead of ours. */
  history?: boolean
  /** Where the body's personal data leads to in the directory, in normal form: phone as E.164, e-mail in lower case. */
  contacts?: { phone?: string; email?: string }
}

export type Incoming =
  | { [T in SentType]: Common & { type: T; body: ActivityBodies[T] } }[SentType]
  /** Nothing happened but time: what fell due up to `occurredMs` is decided. */
  | (Common & { type: 'wake'; body: Record<string, never> })

/** The code of a voucher, and where it stands in a body. */
export interface NamedCode {
  code: string
  pointer: string
}

const NO_CODES: readonly NamedCode[] = []

/** The codes that an order names, each with where it stands in the body. */
export function codesOnOrder({ redeem }: OrderBody): readonly NamedCode[] {
  if (redeem === undefined) return NO_CODES
  return redeem.flatMap(({ voucher }, i) =>
    voucher === undefined ? [] : [{ code: voucher, pointer: `/redeem/${i}/voucher` }],
  )
}

/** The codes of vouchers that an activity names, each with where it stands in the body. */
export function vouchersNamed({ type, body }: Incoming): readonly NamedCode[] {
  if (type === 'order') return codesOnOrder(body)
  return type === 'voucher_use' || type === 'voucher_transfer' || type === 'voucher_claim'
    ? [{ code: body.code, pointer: '/code' }]
    : NO_CODES
}

/** The keys of activities. Those of one's own ids make repeating harmless; a random one is never looked up again. */
export const keys = {
  order: (id: string) => `order:${id}`,
  return: (order: string, id: string) => `return:${order}:${id}`,
  cancel: (order: string) => `cancel:${order}`,
  join: (external: string) => `join:${external}`,
  /** Whoever claims a card twice means once. */
  claim: (code: string, account: number) => `claim:${code}:${account}`,
  /** A till names each use of a voucher by an id of its own. */
  use: (code: string, id: string) => `use:${code}:${id}`,
  /** So is each use of a perk. */
  perk: (perk: string, id: string) => `perk:${perk}:${id}`,
  /** An Idempotency-Key of the caller. */
  given: (key: string) => `key:${key}`,
  /** A request that nobody can repeat, since it has no key. */
  once: (random: string) => `once:${random}`,
  /** What a decision forwards, by its activity and its place there. */
  forwarded: (source: number, place: number) => `forwarded:${source}#${place}`,
}

export interface StoredPosting {
  place: number
  wallet: string
  from: Bucket
  to: Bucket
  points: number
  kind: string | null
  month: number | null
  releaseMs: number | null
  expiryMs: number | null
  rule: string | null
  line: string | null
  reverses: number | null
}

/** An activity as the ledger has it. */
export interface StoredActivity {
  id: number
  account: number
  seq: number
  type: ActivityType
  key: string
  occurredMs: number
  recordedMs: number
  revision: number
  /** Null once the person is erased. */
  body: ActivityBodies[ActivityType] | null
  /** The share of every line in what was taken off an order; null for other types and for orders without discounts. */
  shares: number[] | null
  outcome: Outcome
  postings: StoredPosting[]
}

/** A sale to nobody that we know, or a return of one. */
export interface StoredSale {
  id: number
  type: 'order' | 'return' | 'cancel'
  key: string
  occurredMs: number
  recordedMs: number
  body: ActivityBodies['order' | 'return' | 'cancel']
  outcome: { refund_total?: number }
}

export type Recorded =
  /** `replayed` when the same key came with the same body before: then the answer is the one of then. */
  | { status: 'recorded'; replayed: boolean; activity: StoredActivity }
  | { status: 'sale'; replayed: boolean; sale: StoredSale }
  /** A return that came before its order. */
  | { status: 'waiting'; replayed: boolean }
  /** The answer to `wake`, and how much had fallen due. */
  | { status: 'awake'; activities: number }
  | { status: 'refused'; refusal: Refusal }
