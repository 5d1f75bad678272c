/** The one shape of every idea: its settings, its slice of the account, its part in decisions, its facts. */

import type { z } from 'zod'
import type { Account } from './account.ts'
import type { Activity, ActivityOf, ActivityType, OrderBody, ProfileBody } from './activity.ts'
import type { Deciding } from './deciding.ts'
import type { PricedOrder } from './order.ts'
import type { Program } from './program.ts'
import type { Rational } from './rational.ts'
import type { Refusal } from './refusal.ts'
import type { FactDeclaration, FactValue } from './rules/facts.ts'
import type { Condition } from './rules.ts'
import type { Duration, Unit } from './time.ts'

/** The phases of a decision, in the order in which they happen. */
export const PHASES = ['price', 'spend', 'earn', 'count', 'grant'] as const
export type Phase = (typeof PHASES)[number]

export type Hook<T extends ActivityType = ActivityType> = (d: Deciding, activity: ActivityOf<T>) => undefined | Refusal

/** When a feature next wants to be woken, in ms; NEVER if not. */
export type Due = (account: Account, program: Program) => number

/** What a member sees of a feature at a moment, for answers and screens: plain JSON. */
export type View = (account: Account, program: Program, at: number) => Record<string, unknown>

/** The account that decides activities of another one, and under which number it knows that one. */
export interface Led {
  account: number
  as: number
}

/** Who decides activities of this type instead of this account; null when it decides them itself. */
export type Lead = (account: Account, type: ActivityType) => Led | null

/** Which phases of which activities a feature takes part in. */
export type Hearing = { [T in ActivityType]?: { [P in Phase]?: Hook<T> } }

/** What the reader of a fact may look at. */
export interface FactContext {
  program: Program
  account: Account
  type: ActivityType
  body: unknown
  order: PricedOrder | null
  /** When the activity occurred, in ms, and the local day of it. */
  at: number
  day: number
}

export interface Fact extends FactDeclaration {
  read(context: FactContext): FactValue
  /** The name that messages know it by, where it has a name of the program's own. */
  asked?: string
  /** How members are told one of its values, where they would not know it by what conditions call it. */
  told?(value: string | number, program: Program): StatementValue
}

/** What a feature has at hand while its section of a program file is compiled. */
export interface Compiling {
  /** The program so far: its core terms (currency, zone, wallets) are ready. */
  program: Program
  /** The whole file as it was parsed, for what a section says about another. */
  settings: Readonly<Record<string, unknown>>
  /** Compiles a condition found at `path` of the file; null when it has mistakes, which are then reported. */
  condition(path: Path, source: string, scope: ConditionScope): Condition | null
  /**
   * A section names a reward that it gives when activities of these types are decided (`clock` for what time gives):
   * checked to be there, and known to whatever has to be locked before such an activity is decided.
   */
  gift(path: Path, reward: string, on: readonly ActivityType[]): void
  problem(path: Path, code: string, message: string, suggestion?: string): void
}

export type Path = readonly (string | number)[]

/** An earning rule as members are told of it. */
export interface RuleTerms {
  id: string
  /** What members read; null when the program gives no name. */
  name: string | null
  /** Which activity it hears. */
  on: string
  wallet: string
  /** Points in the wallet's smallest unit per minor unit of money, per item, or once; null for a multiplier. */
  rate: (Rational & { per: 'amount' | 'item' | 'once' }) | null
  times: Rational | null
  limit: { amount: number; counts: 'points' | 'times'; per: string } | null
}

/** What points buy. */
export interface Offer {
  reward: string
  name: string
  wallet: string
  /** In the wallet's smallest unit. */
  cost: number
  /** The levels that may have it; null when all may. */
  levels: readonly string[] | null
  /** What it is an item of, as orders name it; null when it takes money off any order. */
  item: { category: string | undefined; sku: string | undefined } | null
  /** The most that it takes off, or what it is worth by itself, in minor units; null when nobody says. */
  up_to: number | null
  /** How many there are in all; null where it never runs out. */
  stock: number | null
  /** Whether it is had on orders, or by itself. */
  onOrders: boolean
  /** What it takes off this order, in minor units; null when nothing in the order is what it is for. */
  worthOn(body: OrderBody): number | null
}

/** Points that can be used as money, so many at a time, in the wallet's smallest unit. */
export interface Exchange {
  wallet: string
  step: number
}

/** What a program promises, in the parts that explanations, quotes and the pages for members are worded from. */
export interface Terms {
  rules: RuleTerms[]
  offers: Offer[]
  /** What nobody can ask for: the program gives it by itself, as a voucher. */
  gifts: Offer[]
  exchanges: Exchange[]
  /** Multipliers that come with something a member has, such as a tier. */
  multipliers: (Rational & { name: string })[]
}

/** A value in a sentence for members, exact: each language writes it as its readers do. */
export type StatementValue =
  | string
  | number
  /** In minor units. */
  | { money: number }
  /** In the wallet's smallest unit; a fraction of that where a rate is meant. */
  | { points: number | Rational; wallet: string }
  | { share: Rational }
  /** What something is multiplied by. */
  | { factor: Rational }
  /** As the program file says it: `6 months`. */
  | { duration: string }
  /** A local day, as days since 1970. */
  | { day: number }
  /** A day of every year, as the program file says it: `03-31`. */
  | { yearly: string }
  | { weekday: string }
  /** 1 to 12. */
  | { month: number }
  /** All of them, or with `or` one of them. */
  | { list: readonly StatementValue[]; or?: boolean }
  /** A part of a sentence that is a message itself. */
  | Sentence

/** Which message it is, and what it says. A feature names its own messages, and those of the core. */
export interface Sentence {
  message: string
  values: Readonly<Record<string, StatementValue>>
}

/** What members are told about a part of the program. */
export interface Statement extends Sentence {
  /** The part that it is about, once in a program and the same in every revision: `rewards.free-coffee`. */
  about: string
  /** What the program itself calls that part. */
  title?: string | undefined
  /** The chapter that it stands in, where it is not its feature's own: see `CHAPTERS` in terms-document.ts. */
  chapter?: string | undefined
  /** The names of the levels or plans whose members it concerns; everybody unless said. */
  who?: readonly string[] | undefined
  /** The sentences that follow. */
  more?: readonly Sentence[] | undefined
}

/**
 * A feature's messages by language (`en`, `tr`) and name, in the ICU format. `title` heads its chapter of the members'
 * terms, and `when.FACT` words what conditions ask of a fact: see condition-words.ts.
 */
export type Words = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Where a condition stands decides which facts it may name. */
export type ConditionScope = 'order' | 'visit' | 'action' | 'member' | 'line'

/** Places of every period that bring a reward once it is over, and all that it counts can no longer come back. */
export interface Contest {
  /** What is counted: see `Tally`. */
  of: string
  per: Unit
  /** Down to which place, and what it brings. */
  places: number
  reward: string
  /** How long after the end of the period it is decided; null for at once. */
  wait: Duration | null
}

export interface Feature {
  /** The name of its section in the program file and of its slice in the account. */
  id: string
  /** Its section's form, if it has one. Descriptions become the JSON Schema and the console's help. */
  section?: z.ZodType
  /** Turns the section into what decisions use; undefined sections come as the schema's default. */
  compile?(section: never, compiling: Compiling): unknown
  /** The slice of a new account. */
  start?(program: Program): unknown
  /** The facts that conditions may name. */
  facts?(section: never): Record<string, Fact>
  /** Multipliers that this section can apply to earning: so that every fraction has a known denominator. */
  multipliers?(section: never): Rational[]
  hears?: Hearing
  /**
   * Two members become one. `d` is the decision of the account that stays (`d.account`, its slice under the feature's
   * id): points, debt and fractions are in its wallets already. `from` is this feature's slice of the account that
   * ends, as it stood then; undefined if it had none. Changes the slice of `d.account` so that it stands for both:
   * counters add up, of two levels the better one stays. The orders of both will be returned to this account later, so
   * whatever a return gives back to must be there. It may add messages, cause activities and write postings as any
   * decision may, and it cannot refuse. A feature that keeps a slice and leaves this out forgets the other's.
   */
  merge?(d: Deciding, from: never): void
  /**
   * Somebody joins with the code of this account: why that makes them no friend, in a code; null where it does. Left out
   * or undefined where the program has no use for friends: then nobody is told who brought them.
   */
  introduces?(account: Account, newcomer: ProfileBody, program: Program): string | null | undefined
  /** What members compete for. */
  contests?(program: Program): Contest[]
  /** Where a member's activities are decided by an account that several share. */
  leads?: Lead
  /**
   * The shared counters that an activity may take from: they are locked before it is decided. Of a pool of codes it is
   * `poolClaim`, once for every code.
   */
  claims?(activity: Activity, program: Program): string[]
  /**
   * Whether an activity may ask which points have expired: they are read with the account then. `late` says that it
   * occurred on an earlier day than it is told, the only time since when anything can have expired.
   */
  asksExpired?(activity: Pick<Activity, 'type' | 'body'>, program: Program, late: boolean): boolean
  /** When it next wants to be woken, in ms; NEVER if not. */
  due?: Due
  /**
   * Whether a program leaves it nothing to do with orders and with time, whatever an account holds: then it is not asked
   * there. Those are most decisions, and most programs use few of all ideas.
   */
  isIdle?(program: Program): boolean
  /** Whether accounts that never know another program can hold nothing that orders and time are asked for. */
  isUnused?(program: Program): boolean
  /** Whether its part in orders is what they redeem: an order that redeems nothing, as most do, does not ask it then. */
  ordersRedeem?(program: Program): boolean
  view?: View
  /** What only the member's own answer shows: it is made when somebody asks, and no decision keeps it. */
  details?: View
  /** What of the program's promises is its own. */
  terms?(program: Program): Partial<Terms>
  /** What the members' terms say of its section, in the order in which people want to read it. */
  statements?(program: Program): Statement[]
  /** What members have earned or were promised under `before` and would not have under `after`. */
  losses?(before: Program, after: Program): Statement[]
  words?: Words
}
