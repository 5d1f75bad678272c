/** Who may do what: every route names one of these rows. */

import { type Refusal, refuse } from '../../core/refusal.ts'
import type { Limits } from './keys.ts'
import { type Caller, ROLES, type Role } from './route.ts'

/** Everybody who works for the business may look; a partner sees only what it sends. */
const READ = ROLES.filter((role) => role !== 'partner')
const SELL = ['owner', 'support', 'cashier', 'developer', 'partner'] as const
const SERVE = ['owner', 'marketer', 'support', 'cashier', 'developer'] as const
const CLOSE = ['owner', 'support'] as const
const ADJUST = ['owner', 'finance', 'support', 'developer'] as const
/** Who checks the books, and who answers for them. */
const AUDIT = ['owner', 'finance', 'support', 'developer'] as const
const REDEEM = ['owner', 'support', 'cashier', 'developer'] as const
const TRANSFER = ['owner', 'support', 'developer'] as const
const MERGE = ['owner', 'support'] as const

export const MAY: Record<
  | 'read'
  | 'browse'
  | 'audit'
  | 'sell'
  | 'quote'
  | 'serve'
  | 'redeem'
  | 'give'
  | 'adjust'
  | 'approve'
  | 'close'
  | 'transfer'
  | 'print'
  | 'merge'
  | 'pool'
  | 'keep'
  | 'see_contacts'
  | 'notes'
  | 'draft'
  | 'publish'
  | 'review'
  | 'backtest'
  | 'shops'
  | 'search'
  | 'devices'
  | 'staff'
  | 'keys'
  | 'audit_log',
  readonly Role[]
> = {
  /** Look at members, orders and activities. */
  read: READ,
  /** Look through members without knowing whom one looks for. */
  browse: READ.filter((role) => role !== 'cashier'),
  /** See what was sent, to the letter. */
  audit: AUDIT,
  /** Send orders, returns, visits and actions. */
  sell: SELL,
  /** Ask what an order would do: as good as looking. */
  quote: ROLES,
  /** Enrol members and keep their data. */
  serve: SERVE,
  /** Spend a member's points. */
  redeem: REDEEM,
  /** Give a level by hand. */
  give: ['owner', 'marketer', 'support'],
  /** Give points or take them, by hand. */
  adjust: ADJUST,
  /** Close an account, open it again, hand out or erase all that is known of a person. */
  close: CLOSE,
  /** Move points from one member to another. */
  transfer: TRANSFER,
  /** Make codes that whoever has them can use: as good as money. */
  print: ['owner', 'marketer', 'developer'],
  /** Ask what a program would have cost and given on past orders, and hand these in. */
  backtest: ['owner', 'marketer', 'finance', 'developer'],
  /** Make one member of two, which nobody can undo. */
  merge: MERGE,
  /** Keep points longer than the program does. */
  keep: ['owner', 'marketer', 'support'],
  /** Let members of a household collect together. */
  pool: TRANSFER,
  /** Look for anything by a word; who stands at a till looks members up there. */
  search: READ.filter((role) => role !== 'cashier'),
  /** Agree to what somebody else may not adjust alone. */
  approve: ['owner', 'finance', 'support'],
  /** See telephone numbers and e-mail addresses of members in full. */
  see_contacts: ['owner', 'support', 'developer'],
  /** Write notes about members. */
  notes: ['owner', 'marketer', 'support'],
  /** Write on the next revision of the program. */
  draft: ['owner', 'marketer', 'developer'],
  /** Let the next revision decide. */
  publish: ['owner', 'marketer'],
  /** Look over what somebody else drafted, and agree to it. */
  review: ['owner', 'marketer', 'finance'],
  /** Name the shops. */
  shops: ['owner', 'marketer', 'support', 'developer'],
  /** Let tills in, and shut them out. */
  devices: ['owner', 'support', 'developer'],
  /** Invite people and say what they may, as far as one may oneself. */
  staff: ['owner', 'support'],
  /** Make and revoke API keys. */
  keys: ['owner', 'developer'],
  /** Read what everybody did. */
  audit_log: ['owner', 'finance', 'developer'],
}

export type Right = keyof typeof MAY

const RIGHTS = Object.keys(MAY) as Right[]

/** What a role may, by the names of the rows above. */
export function rightsOf(role: Role): Right[] {
  return RIGHTS.filter((right) => MAY[right].includes(role))
}

/** Why somebody may not look through members; null when they may. A key is a program's own, and asks for what it needs. */
export function refusalToBrowse({ session, role }: Pick<Caller, 'session' | 'role'>): Refusal | null {
  return session === null || MAY.browse.includes(role) ? null : refuse('forbidden', WHOM)
}

const WHOM = 'At a counter one finds whom one serves, by phone, e-mail or card, and looks through nobody else.'

/** Whole points of one adjustment, and of a day. */
type Allowance = NonNullable<Limits['adjustment']>

const NOTHING: Allowance = { per_adjustment: 0, per_day: 0 }

/** What each role may adjust without anybody's approval, unless the key says otherwise; null is any amount. */
export const ADJUSTS_ALONE: Readonly<Record<Role, Allowance | null>> = {
  owner: null,
  finance: { per_adjustment: 10_000, per_day: 50_000 },
  support: { per_adjustment: 500, per_day: 5_000 },
  developer: NOTHING,
  marketer: NOTHING,
  cashier: NOTHING,
  read_only: NOTHING,
  partner: NOTHING,
}

/** Whether one role may all that another may: nobody gives, or takes, what is above their own. */
export function covers(role: Role, other: Role): boolean {
  const own = new Set(rightsOf(role))
  return rightsOf(other).every((right) => own.has(right))
}
