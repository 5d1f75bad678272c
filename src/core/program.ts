/** A program: the file that a business writes, checked and compiled once per revision into what decisions read. */

import { z } from 'zod'
import type { ActivityType } from './activity.ts'
import { type Budgets, NO_BUDGETS } from './budgets.ts'
import { calendarOf, type ExpiryOf, inactivityOf, parseYearly } from './expiry.ts'
import type { Compiling, ConditionScope, Due, Fact, Feature, Hook, Lead, Path, View } from './feature.ts'
import { PHASES } from './feature.ts'
import { currencySuggestion, minorDigits, parseMoney } from './money.ts'
import { nearest } from './nearest.ts'
import { NEVER, type SpendingOrder } from './points.ts'
import { mulDivFloor, parseDecimal, type Rational } from './rational.ts'
import { type Refusal, refuse } from './refusal.ts'
import { FactTable, isRefusedName } from './rules/facts.ts'
import { type Condition, compileCondition } from './rules.ts'
import { problemsFromZod } from './schema-problems.ts'
import { type Problem, readSource, Source } from './source.ts'
import { type Duration, parseDuration, type Zone, zone, zoneSuggestion } from './time.ts'

/** An id within a program file: what rules, wallets, tiers and rewards are called by. */
export const Id = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be lower-case letters, digits, - and _, beginning with a letter')
  .refine((id) => !isRefusedName(id), 'must be another word: this one means something to every JavaScript object')

/** A length of time as people write it. */
export const DurationText = z
  .string()
  .refine((text) => parseDuration(text) !== null, 'must be a whole number and a unit, such as "6 months" or "14 days"')

/** Money in major units, such as 5.00, as a number or a text. */
export const MoneyText = z.union([z.number(), z.string()])

/** A day of every year as `MM-DD`. */
export const YearlyText = z
  .string()
  .refine((text) => parseYearly(text) !== null, 'must be a day of the year, such as "03-31"')

const Calendar = {
  after: DurationText.optional().describe('How long points last'),
  until_end_of: z
    .enum(['day', 'month', 'quarter', 'year'])
    .optional()
    .describe('Points last to the end of this period, so that few lots expire apart; month unless said'),
  on: YearlyText.optional().describe('Points last through this day of the year, such as 03-31'),
}

/** What ends points by the calendar alone: what an earning rule or a tier may say of its own. */
export const CalendarExpiry = z.union([z.literal('never'), z.strictObject(Calendar)])

const KEEPING = ['order', 'visit', 'action', 'redeem'] as const

export type CalendarExpiry = z.output<typeof CalendarExpiry>

const WalletExpiry = z.union([
  z.literal('never'),
  z.strictObject({
    ...Calendar,
    from: z.enum(['earned']).default('earned').describe('From when that is counted'),
    inactive: DurationText.optional().describe('Points last at least this long after the last activity of the member'),
    kept_by: z
      .array(z.enum(KEEPING))
      .min(1)
      .optional()
      .describe('Which activities count for `inactive`; order and visit unless said'),
    tiers: z
      .record(z.string(), CalendarExpiry)
      .optional()
      .describe('What points that are earned in a tier do instead, by the id of the tier'),
    warn: DurationText.optional().describe('How long before points expire the member is told'),
    reinstate: DurationText.optional().describe(
      'How long after they expired points may be brought back; always unless said',
    ),
  }),
])

const WalletSection = z.strictObject({
  name: z.string().max(100).optional().describe('What members call these points'),
  money: z
    .boolean()
    .default(false)
    .describe('Whether it is stored value, such as credit or a gift card: money, which pays one to one'),
  decimals: z
    .int()
    .min(0)
    .max(4)
    .optional()
    .describe("Decimal places of a point; fixed for the life of the wallet. Stored value has its currency's"),
  expiry: WalletExpiry.default('never').describe('When points expire'),
  spend: z
    .enum(['soonest_expiry', 'first_earned'])
    .default('soonest_expiry')
    .describe('Which points are spent first; those that never expire come last'),
  negative: z
    .enum(['allowed', 'stop_at_zero', 'pending_only'])
    .default('allowed')
    .describe('When points that were spent are taken back: carry the debt, stop at zero, or take pending points only'),
  restore: z
    .enum(['proportional', 'when_nothing_remains'])
    .default('proportional')
    .describe('How points spent on an order come back when it is returned'),
})

const Core = {
  program: Id.describe('The name of the program in addresses and keys'),
  name: z.string().min(1).max(200).describe('What members call the program'),
  currency: z.string().describe('ISO 4217 code, such as USD'),
  timezone: z.string().describe('IANA name, such as America/New_York; days begin and end in it'),
  combine: z
    .enum(['multiply', 'add', 'best'])
    .default('multiply')
    .describe('How multipliers meet: a doubled day at 1.2 makes 2.4 (multiply), 2.2 (add) or 2 (best)'),
  late_limit: DurationText.default('35 days').describe('How late an activity may come in'),
  review: z
    .enum(['marketers', 'everybody', 'nobody'])
    .default('marketers')
    .describe('Whose drafts somebody else approves before they are published; owners’ too where it is everybody'),
  returns: z
    .strictObject({ window: DurationText.describe('How long after a purchase it may come back') })
    .optional()
    .describe('Until when purchases come back, for whatever waits for that'),
  wallets: z.record(Id, WalletSection).describe('The kinds of points that members hold'),
}

export type Combine = 'multiply' | 'add' | 'best'

export interface WalletRules {
  id: string
  name: string
  decimals: number
  /** Whether it is stored value: its smallest unit is the currency's minor unit. */
  isMoney: boolean
  spend: SpendingOrder
  negative: 'allowed' | 'stop_at_zero' | 'pending_only'
  restore: 'proportional' | 'when_nothing_remains'
  /** When points earned on this local day expire, in ms; NEVER if they do not. */
  expiryOf: ExpiryOf
  /** What points that are earned in a tier do instead, by the tier's id. */
  expiryByTier: Readonly<Record<string, CalendarExpiry>>
  /** Which activities keep points, and until when (ms) one of a local day does; null where none does. */
  inactivity: { by: readonly ActivityType[]; until: ExpiryOf } | null
  /** How long before points expire the member is told; null where nobody is. */
  warn: Duration | null
  /** How long after they expired points may be brought back; null for ever. */
  reinstate: Duration | null
}

export interface Program {
  id: string
  name: string
  /** The number of the revision; activities remember the one that decided them. */
  revision: number
  currency: string
  /** Decimal places of the currency. */
  digits: number
  zone: Zone
  combine: Combine
  late: Duration
  /** How long after a purchase it may come back; null where the program does not say. */
  returnWindow: Duration | null
  wallets: WalletRules[]
  features: readonly Feature[]
  /** What each feature made of its section, by its id. */
  compiled: Record<string, unknown>
  facts: FactTable
  /** How many slots a decision needs. */
  slots: number
  /**
   * Slots that some condition reads, with their readers; facts nobody names are never read. When an order is returned,
   * a fact that `stays` is as it was, while those about the order itself follow what remains of it.
   */
  readers: { slot: number; name: string; fact: Fact; stays: boolean }[]
  multipliers: Rational[]
  /** For every type of activity, the hooks of all features in the order of phases. */
  hooks: Record<ActivityType, Hook[]>
  /**
   * Those of orders, of orders that redeem nothing, and of what time causes, without the ideas that it leaves nothing to
   * do: for decisions in which no other revision has a say.
   */
  orderHooks: Hook[]
  plainHooks: Hook[]
  clockHooks: Hook[]
  /** Rewards that features give, and what they give them for: see `Compiling.gift`. */
  gifts: { reward: string; on: readonly ActivityType[] }[]
  /** What pays for parts of the program and may be spent, by what it pays for; empty in most programs. */
  budgets: Budgets
  /** What makes the slices of a new account, by the features' ids. */
  starts: readonly { id: string; start: NonNullable<Feature['start']> }[]
  /** What tells when the features next want to be woken. */
  dues: readonly Due[]
  /** What tells of activities that another account decides. */
  leads: readonly Lead[]
  /** What shows members and tills the features' parts of an account. */
  views: readonly View[]
  /** The file as JSON, defaults filled in. */
  settings: Readonly<Record<string, unknown>>
}

/** The schema of a whole program file: the core's terms and one section a feature. */
export function programSchema(features: readonly Feature[]): z.ZodObject {
  const sections: Record<string, z.ZodType> = {}
  for (const feature of features) if (feature.section !== undefined) sections[feature.id] = feature.section
  return z.strictObject({ ...Core, ...sections })
}

/** The published JSON Schema of program files. */
export function programJsonSchema(features: readonly Feature[]): Record<string, unknown> {
  return {
    ...z.toJSONSchema(programSchema(features), { io: 'input' }),
    $id: 'https://regulars.example/program.schema.json',
    title: 'A Regulars program',
  }
}

export type Compiled = { program: Program; problems: [] } | { program: null; problems: Problem[] }

/** Checks and compiles a program file (YAML or JSON). Mistakes come back as values with line and column. */
export function compileProgram(text: string, features: readonly Feature[], revision = 1): Compiled {
  const source = readSource(text)
  if (!(source instanceof Source)) return { program: null, problems: [...source.problems] }
  const schema = programSchema(features)
  const parsed = schema.safeParse(source.data)
  if (!parsed.success) return { program: null, problems: problemsFromZod(parsed.error, source, schema) }
  const problems: Problem[] = []
  const program = new Compiler(source, features, parsed.data as Settings, revision, problems).compile()
  if (problems.length > 0)
    return { program: null, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) }
  return { program, problems: [] }
}

type Settings = { [K in keyof typeof Core]: z.output<(typeof Core)[K]> } & Record<string, unknown>

class Compiler {
  readonly source: Source
  readonly features: readonly Feature[]
  readonly settings: Settings
  readonly revision: number
  readonly problems: Problem[]

  constructor(source: Source, features: readonly Feature[], settings: Settings, revision: number, problems: Problem[]) {
    this.source = source
    this.features = features
    this.settings = settings
    this.revision = revision
    this.problems = problems
  }

  compile(): Program {
    const facts = this.facts()
    const table = new FactTable(facts)
    const program = this.core(table)
    // Every section speaks of wallets, so without any there is nothing more to say.
    if (program.wallets.length === 0) return program
    const read = new Set<number>()
    const compiling: Compiling = {
      program,
      settings: this.settings,
      condition: (path, source, scope) => this.condition(program, read, path, source, scope),
      gift: (path, reward, on) => this.gift(program, path, reward, on),
      problem: (path, code, message, suggestion) => this.problem(path, code, message, suggestion),
    }
    for (const feature of this.features)
      program.multipliers.push(...(feature.multipliers?.(this.settings[feature.id] as never) ?? []))
    for (const feature of this.features)
      program.compiled[feature.id] = feature.compile?.(this.settings[feature.id] as never, compiling)
    // What was put together by so many computed names is a hash table to V8, and its copy an object.
    program.compiled = { ...program.compiled }
    Object.assign(program, askedOf(program, this.features))
    program.readers = Object.entries(facts)
      .map(([name, fact]) => ({ name, fact, slot: table.slot(name), stays: !name.startsWith('order.') }))
      .filter(({ slot, name }) => read.has(slot) && !name.startsWith('line.'))
    program.slots = Math.max(-1, ...read) + 1
    return program
  }

  /** Every fact there is; those that the file names come first, so that a decision needs few slots. */
  private facts(): Record<string, Fact> {
    const all: Record<string, Fact> = {}
    for (const feature of this.features) Object.assign(all, feature.facts?.(this.settings[feature.id] as never))
    const text = JSON.stringify(this.settings)
    const place = ([name]: [string, Fact]) => (text.includes(name) ? 0 : 1)
    return Object.fromEntries(Object.entries(all).sort((a, b) => place(a) - place(b)))
  }

  private core(facts: FactTable): Program {
    const { program, name, currency, timezone, combine, late_limit, returns } = this.settings
    const digits = minorDigits(currency)
    if (digits === null)
      this.problem(
        ['currency'],
        'unknown_currency',
        `${currency} is not an ISO 4217 currency`,
        currencySuggestion(currency),
      )
    const found = zone(timezone)
    if (found === null)
      this.problem(['timezone'], 'unknown_timezone', `${timezone} is not a time zone`, zoneSuggestion(timezone))
    const place = found ?? zone('UTC')!
    if (Object.keys(this.settings.wallets).length === 0)
      this.problem(['wallets'], 'no_wallet', 'a program needs at least one wallet')
    return {
      id: program,
      name,
      revision: this.revision,
      currency,
      digits: digits ?? 2,
      zone: place,
      combine,
      late: parseDuration(late_limit)!,
      returnWindow: returns === undefined ? null : parseDuration(returns.window)!,
      wallets: Object.entries(this.settings.wallets).map(([id, section]) =>
        this.wallet(id, section, place, digits ?? 2),
      ),
      features: this.features,
      compiled: {},
      facts,
      slots: 0,
      readers: [],
      multipliers: [],
      gifts: [],
      budgets: NO_BUDGETS,
      hooks: hooksOf(this.features),
      orderHooks: [],
      plainHooks: [],
      clockHooks: [],
      starts: this.features.flatMap(({ id, start }) => (start === undefined ? [] : [{ id, start }])),
      dues: [],
      leads: this.features.flatMap((feature) => (feature.leads === undefined ? [] : [feature.leads])),
      views: this.features.flatMap((feature) => (feature.view === undefined ? [] : [feature.view])),
      settings: this.settings,
    }
  }

  private wallet(id: string, section: z.output<typeof WalletSection>, place: Zone, digits: number): WalletRules {
    const { money, decimals = money ? digits : 0, spend, negative, restore, expiry } = section
    const report = (setting: string, code: string, message: string) =>
      this.problem(['wallets', id, 'expiry', setting], code, message)
    const until = inactivityOf(expiry, place)
    if (money && decimals !== digits)
      this.problem(
        ['wallets', id, 'decimals'],
        'contradiction',
        `${this.settings.currency} has ${digits} decimals, and so has money in a wallet; leave this out`,
      )
    const plain: WalletRules = {
      ...plainRules(id),
      name: section.name ?? id,
      decimals,
      isMoney: money,
      spend,
      negative,
      restore,
      expiryOf: calendarOf(expiry, place, report),
    }
    if (expiry === 'never') return plain
    if (until === null && expiry.kept_by !== undefined)
      report('kept_by', 'contradiction', 'activities keep points only where `inactive` says for how long')
    return {
      ...plain,
      expiryByTier: expiry.tiers ?? {},
      inactivity: until === null ? null : { by: expiry.kept_by ?? ['order', 'visit'], until },
      warn: expiry.warn === undefined ? null : parseDuration(expiry.warn)!,
      reinstate: expiry.reinstate === undefined ? null : parseDuration(expiry.reinstate)!,
    }
  }

  private condition(
    program: Program,
    read: Set<number>,
    path: Path,
    source: string,
    scope: ConditionScope,
  ): Condition | null {
    const compiled = compileCondition(source, program.facts, {
      moneyDigits: program.digits,
      only: (name) => IN_REACH[scope].some((prefix) => name.startsWith(prefix)),
    })
    if ('problems' in compiled) {
      for (const { code, message, start, end, suggestion } of compiled.problems)
        this.problems.push(
          this.source.problem(path, code, message, { within: [start, end], ...(suggestion ? { suggestion } : {}) }),
        )
      return null
    }
    for (const slot of compiled.condition.reads) read.add(slot)
    return compiled.condition
  }

  private gift(program: Program, path: Path, reward: string, on: readonly ActivityType[]): void {
    const section = (this.settings['rewards'] ?? []) as { id: string }[]
    const known = section.map(({ id }) => id)
    if (known.includes(reward)) program.gifts.push({ reward, on })
    else this.problem(path, 'unknown_reward', `there is no reward ${reward}`, nearest(reward, known))
  }

  private problem(path: Path, code: string, message: string, suggestion?: string): void {
    this.problems.push(this.source.problem(path, code, message, suggestion === undefined ? {} : { suggestion }))
  }
}

/** The facts that a condition may name, by where it stands. */
const IN_REACH: Record<ConditionScope, readonly string[]> = {
  order: ['order.', 'member.'],
  visit: ['visit.', 'member.'],
  action: ['action.', 'member.'],
  member: ['member.'],
  line: ['line.'],
}

/** The program as the only revision that its accounts ever know: what they cannot hold anything of is not asked. */
export function asOnlyRevision(program: Program): Program {
  const used = program.features.filter((feature) => !(feature.isUnused?.(program) ?? false))
  return { ...program, ...askedOf(program, used) }
}

/** What of these features orders and time are asked of. */
function askedOf(
  program: Program,
  features: readonly Feature[],
): Pick<Program, 'orderHooks' | 'plainHooks' | 'clockHooks' | 'dues'> {
  const busy = features.filter((feature) => !(feature.isIdle?.(program) ?? false))
  return {
    orderHooks: hooksFor('order', busy),
    plainHooks: hooksFor(
      'order',
      busy.filter((feature) => !(feature.ordersRedeem?.(program) ?? false)),
    ),
    clockHooks: hooksFor('clock', busy),
    dues: busy.flatMap((feature) => (feature.due === undefined ? [] : [feature.due])),
  }
}

function hooksOf(features: readonly Feature[]): Record<ActivityType, Hook[]> {
  return Object.fromEntries(ACTIVITY_TYPES.map((type) => [type, hooksFor(type, features)])) as Program['hooks']
}

function hooksFor(type: ActivityType, features: readonly Feature[]): Hook[] {
  return PHASES.flatMap((phase) =>
    features.flatMap((feature) => {
      const hook = feature.hears?.[type]?.[phase] as Hook | undefined
      return hook === undefined ? [] : [hook]
    }),
  )
}

const ACTIVITY_TYPES = [
  'join',
  'profile',
  'order',
  'return',
  'cancel',
  'visit',
  'action',
  'redeem',
  'capture',
  'void',
  'transfer',
  'receive',
  'merge',
  'absorb',
  'pool',
  'pooled',
  'adjust',
  'approve',
  'reject',
  'close',
  'reopen',
  'erase',
  'extension',
  'clock',
  'voucher_use',
  'voucher_transfer',
  'voucher_receive',
  'voucher_claim',
  'tier_given',
  'challenge',
  'tier',
  'give',
  'withdraw',
  'entitle',
  'perk_use',
  'perk_void',
  'membership',
  'membership_cancel',
  'choose',
  'referred',
  'award',
] as const satisfies readonly ActivityType[]

/** The wallet that a section names, or the program's only one when it names none. */
export function walletNamed(compiling: Compiling, path: Path, id: string | undefined): WalletRules {
  const { wallets } = compiling.program
  const found = id === undefined ? wallets[0]! : wallets.find((wallet) => wallet.id === id)
  if (found !== undefined) {
    if (id === undefined && wallets.length > 1)
      compiling.problem(path, 'wallet_missing', `say which wallet: ${wallets.map((wallet) => wallet.id).join(', ')}`)
    return found
  }
  compiling.problem(
    path,
    'unknown_wallet',
    `there is no wallet ${id}`,
    nearest(
      id!,
      wallets.map((wallet) => wallet.id),
    ),
  )
  return wallets[0]!
}

/** Money of a section in minor units; a mistake is reported at its place. */
export function moneyAt(compiling: Compiling, path: Path, value: string | number): number {
  const minor = parseMoney(value, compiling.program.digits)
  if (minor !== null) return minor
  const { currency, digits } = compiling.program
  compiling.problem(
    path,
    'not_money',
    `must be an amount of ${currency} with at most ${digits} decimals, such as 5 or 7.50`,
  )
  return 0
}

/** The most that something may come to: a share, an amount in minor units, or the smaller of both. */
export interface Most {
  /** Null where no share is said. */
  share: Rational | null
  /** NEVER where no amount is said. */
  amount: number
}

/** A limit as sections say it: `50%`, `20.00`, or both in a list. */
export function mostAt(
  compiling: Compiling,
  path: Path,
  value: string | number | (string | number)[] | undefined,
): Most {
  const most: Most = { share: null, amount: NEVER }
  for (const part of value === undefined ? [] : [value].flat()) {
    const percent = /^(\d+(?:\.\d+)?) ?%$/.exec(String(part))?.[1]
    if (percent === undefined) most.amount = Math.min(most.amount, moneyAt(compiling, path, part))
    else most.share = shareAt(compiling, path, percent)
  }
  if (most.amount === 0) compiling.problem(path, 'contradiction', 'must be above 0: nothing could ever be had')
  return most
}

/** What such a limit comes to, of an amount. */
export function mostOf({ share, amount }: Most, of: number): number {
  return share === null ? amount : Math.min(amount, mulDivFloor(of, share.n, share.d))
}

/** A percentage of a section as a share of one; a mistake is reported at its place. */
export function shareAt(compiling: Compiling, path: Path, percent: string | number): Rational {
  const share = parseDecimal(percent)
  if (share === null || share.n <= 0 || share.n > share.d * 100)
    compiling.problem(path, 'not_a_percentage', 'must be above 0 and at most 100')
  return { n: share?.n ?? 0, d: (share?.d ?? 1) * 100 }
}

/** The wallet that a call names. */
export function walletOfProgram(program: Program, id: string): WalletRules | Refusal {
  const { wallets } = program
  const known = wallets.map((wallet) => wallet.id).join(', ')
  return (
    wallets.find((wallet) => wallet.id === id) ??
    refuse('invalid', `The program has no wallet ${id}; there is ${known}.`, '/wallet')
  )
}

/** The rules for a wallet that an account has. One that a newer revision no longer names lives by the plainest. */
export function rulesOf(program: Program, wallet: string): WalletRules {
  for (const rules of program.wallets) if (rules.id === wallet) return rules
  return plainRules(wallet)
}

function plainRules(id: string): WalletRules {
  return {
    id,
    name: id,
    decimals: 0,
    isMoney: false,
    spend: 'soonest_expiry',
    negative: 'allowed',
    restore: 'proportional',
    expiryOf: () => NEVER,
    expiryByTier: {},
    inactivity: null,
    warn: null,
    reinstate: null,
  }
}
