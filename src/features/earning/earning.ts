/** Earning: rules that give points for what happens, exactly, within limits, and take them back with returns. */

import { z } from 'zod'
import { walletOf } from '../../core/account.ts'
import type { OrderBody } from '../../core/activity.ts'
import { giveBackToBudgets, type Stop, takeFromBudgets } from '../../core/budgets.ts'
import type { Deciding, Entry } from '../../core/deciding.ts'
import { parseYearly } from '../../core/expiry.ts'
import type { Compiling, Feature, Path, RuleTerms } from '../../core/feature.ts'
import { issue, reverse, type Source } from '../../core/ledger.ts'
import { addCounters, type Counters, freeUnder, LimitText, parseLimit, useLimit } from '../../core/limits.ts'
import { compileLines, LineChoice, refuseLines } from '../../core/lines.ts'
import { compileLots, compileTiers, type LotOf, type TierExpiry, type YearlyRelease } from '../../core/lots.ts'
import { earningPart, type PricedLine, type PricedOrder } from '../../core/order.ts'
import type { LotIdentity } from '../../core/points.ts'
import {
  CalendarExpiry,
  DurationText,
  Id,
  type Program,
  type WalletRules,
  walletNamed,
  YearlyText,
} from '../../core/program.ts'
import { assertSafe, floorDiv, gcd, lcm, mulDivFloor, type Rational, roundDiv, Unsafe } from '../../core/rational.ts'
import type { Refusal } from '../../core/refusal.ts'
import type { FactValue } from '../../core/rules/facts.ts'
import { type Duration, dayNumber, localDay, parseDuration } from '../../core/time.ts'
import { type EarningRules, type Exact, exactPoints, type Frozen, type Limits, type Terms } from './exact.ts'
import { parseEarn, parseTimes, type Rate, RateText } from './rates.ts'
import { earningLosses, earningStatements } from './statements.ts'
import {
  addWaiting,
  asksForfeited,
  beginWaiting,
  compileWaiting,
  dropEnded,
  hearAction,
  joinWaits,
  nextTimeOut,
  takeBackWaiting,
  timeOut,
  WaitingText,
} from './waiting.ts'
import { words } from './words.ts'

const BASES = ['net_before_tax', 'net_with_tax', 'gross_before_tax', 'gross_with_tax'] as const

const YearlyReleaseText = z.strictObject({
  on: YearlyText.describe('The day of the year on which they can be spent, such as 03-01'),
  of: z
    .enum(['last_year', 'all'])
    .default('last_year')
    .describe('Which: those of the calendar year before, or all that were earned until then'),
})

const EarningRule = z.strictObject({
  id: Id.describe('Names the rule in explanations and reports'),
  name: z.string().max(200).optional().describe('What members read'),
  off: z.boolean().optional().describe('Switched off: it stays in the file, is checked, and gives nothing'),
  on: z.enum(['order', 'visit', 'action', 'join', 'tier']).describe('Which activity the rule hears'),
  when: z.string().optional().describe('A condition in CEL over facts such as order.total and member.tier'),
  ...LineChoice,
  earn: RateText.optional().describe('Points: "1 per 1.00", "2 per item", or a fixed number'),
  times: z
    .union([z.number(), z.string()])
    .optional()
    .describe('Multiplies what the other rules give, such as 2 or 1.5'),
  of: z.enum(BASES).default('net_before_tax').describe('Which amount a rate is of'),
  rounding: z
    .enum(['floor', 'nearest', 'up', 'carry'])
    .default('floor')
    .describe('What happens to a fraction of a point'),
  limit: LimitText.optional().describe(
    '"200 per month" in points, "3 times per day" in occasions; a multiplier counts its extra points',
  ),
  multiplied: z.boolean().optional().describe('Whether multipliers apply; they do to rates and do not to fixed points'),
  pending: z
    .union([z.literal('return_window'), DurationText, WaitingText, YearlyReleaseText])
    .optional()
    .describe(
      'How long the points wait before they can be spent: a time, return_window, until an action, or a day of the year',
    ),
  expiry: CalendarExpiry.optional().describe('When the points expire; as their wallet says unless said'),
  wallet: Id.optional().describe('Where the points go; the only wallet if there is one'),
})

type Section = z.output<typeof EarningSection>
const EarningSection = z.array(EarningRule).default([])

export const earning: Feature = {
  id: 'earning',
  section: EarningSection,
  compile,
  start: (): Counters => ({}),
  hears: {
    order: { earn: earnOnOrder },
    visit: { earn: earnOnce },
    action: { earn: earnOnce, grant: followGifts },
    // A household is nobody who could be welcomed.
    join: { earn: (d, activity) => (activity.body.pool === true ? undefined : earnOnce(d, activity)) },
    tier: { earn: earnOnce, grant: followGifts },
    return: { earn: earnLess, grant: followGifts },
    cancel: { earn: earnLess, grant: followGifts },
  },
  merge: (d, from: Counters | undefined) => addCounters(countersOf(d), from ?? {}),
  terms: (program) => ({ rules: Object.values(rulesOfEarning(program).on).flat().map(termsOfRule) }),
  statements: earningStatements,
  losses: earningLosses,
  words,
}

/** A feature of its own, since what waits ends before other things of the same instant, and after an account closes. */
export const waiting: Feature = {
  id: 'waiting',
  hears: {
    action: { count: hearAction },
    clock: { spend: timeOut },
    close: { grant: dropEnded },
    erase: { grant: dropEnded },
  },
  merge: joinWaits,
  isUnused: (program) => rulesOfEarning(program).waits.size === 0,
  due: nextTimeOut,
  asksExpired: asksForfeited,
}

function termsOfRule({ id, name, kind, wallet, rate, times, limit }: Terms): RuleTerms {
  return { id, name: name === id ? null : name, on: kind, wallet: wallet.id, rate, times, limit }
}

function rulesOfEarning(program: Program): EarningRules {
  return program.compiled['earning'] as EarningRules
}

function countersOf(d: Deciding): Counters {
  return (d.account.slices['earning'] ??= {}) as Counters
}

function earnOnOrder(d: Deciding): Refusal | undefined {
  const terms = rulesOfEarning(d.program).on['order']!
  if (terms.length === 0) return undefined
  const limits = limitsNow(d, terms)
  if (d.frozen !== null) d.frozen.slices['earning'] = freeze(terms, limits)
  const order = d.unearning === null ? d.order : earningPart(d.order!, d.order!, d.unearning)
  const given = exactPoints(terms, d.program.combine, d.slots, order, limits)
  const stopped = payFromBudgets(d, terms, given)
  if (stopped !== null && d.frozen !== null)
    (d.frozen.slices['earning'] as Frozen).b = terms.filter((_, i) => stopped[i] !== undefined).map(({ id }) => id)
  return give(d, terms, d.slots, null, given, d.day, null, stopped)
}

/** Visits, actions and the like earn once and are never returned in part. */
function earnOnce(d: Deciding, activity: { type: string }): Refusal | undefined {
  const terms = rulesOfEarning(d.program).on[activity.type]!
  if (terms.length === 0) return undefined
  d.readFacts()
  const given = exactPoints(terms, d.program.combine, d.slots, null, limitsNow(d, terms))
  return give(d, terms, d.slots, null, given, d.day, null, payFromBudgets(d, terms, given))
}

/** What stands against a rule, by the rule's place. */
type Stopped = readonly (Stop | undefined)[]

/** Takes from budgets what the rules give; what they cannot pay is not given. Null where nothing stood against any. */
function payFromBudgets(d: Deciding, terms: readonly Terms[], given: Exact): Stopped | null {
  if (d.program.budgets.size === 0) return null
  const stopped = terms.map((rule, i) => {
    const stop = takeFromBudgets(d, `earning.${rule.id}`, wholePoints(given.exact[i]!, rule)) ?? undefined
    if (stop !== undefined) given.exact[i] = 0
    return stop
  })
  return stopped.some((stop) => stop !== undefined) ? stopped : null
}

/** What a budget pays for: the points that are given, and for a fraction that a wallet carries as for a whole one. */
function wholePoints(exact: number, { scale, rounding }: Terms): number {
  return roundDiv(exact, scale, rounding === 'carry' ? 'up' : rounding)
}

/** What multiplies and limits the rules at this moment. */
function limitsNow(d: Deciding, terms: readonly Terms[]): Limits {
  let times = NO_TIMES
  for (let i = 0; i < d.multipliers.length; i++) {
    const { n, d: of } = d.multipliers[i]!
    if (n !== of) times = [...times, [n, of]]
  }
  const free: number[] = new Array(terms.length)
  for (let i = 0; i < terms.length; i++) {
    const { limit, id, scale } = terms[i]!
    free[i] = limit === null ? 0 : freeUnder(limit, countersOf(d)[id], d.day, scale)
  }
  return { times, free }
}

const NO_TIMES: Limits['times'] = []

function freeze(terms: readonly Terms[], { times, free }: Limits): Frozen {
  const frozen: Frozen = { m: times, a: {} }
  for (let i = 0; i < terms.length; i++) if (terms[i]!.limit !== null) frozen.a[terms[i]!.id] = free[i]!
  return frozen
}

function frozenLimits(terms: readonly Terms[], { m, a }: Frozen): Limits {
  return { times: m, free: terms.map(({ id }) => a[id] ?? 0) }
}

/** A return posts the difference between what the order gives for what remains and what it gave for what there was. */
function earnLess(d: Deciding): Refusal | undefined {
  const receipt = d.receipt!
  const terms = rulesOfEarning(d.program).on['order']!
  const frozen = receipt.frozen.slices['earning'] as Frozen | undefined
  if (terms.length === 0 || frozen === undefined) return undefined
  const { before, after } = d.remains!
  const slots = d.slotsOfRemainder(after)
  const limits = frozenLimits(terms, frozen)
  const { unearning } = receipt.frozen
  const earning = (order: PricedOrder) => (unearning === null ? order : earningPart(order, d.order!, unearning))
  const was = exactPoints(terms, d.program.combine, d.slotsOfRemainder(before), earning(before), limits)
  const is = exactPoints(terms, d.program.combine, slots, earning(after), limits)
  const day = localDay(d.program.zone, receipt.occurred_at)
  if (d.program.budgets.size > 0) giveBackToBudgetsOf(d, terms, was, is, frozen.b ?? [], day)
  return give(d, terms, slots, was, is, day, receipt.activity, null)
}

/** What a budget could not pay then is not given for what remains either; of the rest it gets back what is taken back. */
function giveBackToBudgetsOf(
  d: Deciding,
  terms: readonly Terms[],
  was: Exact,
  is: Exact,
  stopped: readonly string[],
  day: number,
): void {
  for (const [i, rule] of terms.entries()) {
    if (stopped.includes(rule.id)) was.exact[i] = is.exact[i] = was.full[i] = is.full[i] = 0
    const before = wholePoints(was.exact[i]!, rule)
    giveBackToBudgets(d, `earning.${rule.id}`, before - wholePoints(is.exact[i]!, rule), day)
  }
}

/** Gifts of a level that is taken back give their allowance back; those that are given again use it again. */
function followGifts(d: Deciding): undefined {
  if (d.regiven.length === 0) return
  const { regiven } = d
  d.regiven = []
  for (const { rule: id, day, exact, scale } of regiven) {
    const rule = rulesOfEarning(d.inForce).on['tier']!.find((one) => one.id === id)
    if (rule === undefined) continue
    const points = mulDivFloor(Math.abs(exact), rule.scale, scale)
    const [before, after] = exact < 0 ? [points, 0] : [0, points]
    giveBackToBudgets(d, `earning.${id}`, wholePoints(before, rule) - wholePoints(after, rule), day)
    if (rule.limit !== null) useLimit(rule.limit, countersOf(d), id, day, rule.scale, before!, after!)
  }
}

/** Posts what each rule gives after, less what it gave before; `day` is when the points were earned. */
function give(
  d: Deciding,
  terms: readonly Terms[],
  slots: FactValue[],
  before: Exact | null,
  after: Exact,
  day: number,
  reverses: number | null,
  stopped: Stopped | null,
): Refusal | undefined {
  for (let i = 0; i < terms.length; i++) {
    const rule = terms[i]!
    const was = before === null ? 0 : before.exact[i]!
    const is = after.exact[i]!
    // What a limit took whole is told as well: members ask why there is nothing.
    if (was === is && (before !== null || after.full[i] === is)) continue
    if (rule.limit !== null) useLimit(rule.limit, countersOf(d), rule.id, day, rule.scale, was, is)
    const entry: Entry = {
      rule: rule.id,
      wallet: rule.wallet.id,
      base: after.base[i]! - (before === null ? 0 : before.base[i]!),
      full: after.full[i]! - (before === null ? 0 : before.full[i]!),
      exact: is - was,
      scale: rule.scale,
      rounding: rule.rounding,
      carry: null,
      points: 0,
    }
    const stop = stopped?.[i]
    if (stop !== undefined) entry.stop = stop
    if (was !== is) round(d, rule, was, is, entry)
    d.addEntry(entry)
    const { points } = entry
    if (points === 0) continue
    const source = reverses === null ? rule.source : { rule: rule.id, reverses }
    const refusal = book(d, rule, rule.lotOf(day, slots), day, points, source, was)
    if (refusal !== undefined) return refusal
    d.countEarned(rule.wallet.id, points)
  }
  return undefined
}

/**
 * Points go into their lot or come out of it; those that wait for an action are kept account of beside. `was` is what
 * the rule gave for the order until now.
 */
function book(
  d: Deciding,
  rule: Terms,
  lot: LotIdentity,
  day: number,
  points: number,
  source: Source,
  was: number,
): Refusal | undefined {
  const { wallet, wait } = rule
  if (wait === null)
    return points > 0 ? issue(d, wallet, lot, points, source) : reverse(d, wallet, lot, -points, source)
  const given = { rule: rule.waitsAs, terms: wait, wallet, lot, order: orderOf(d), day }
  if (points < 0) return takeBackWaiting(d, given, -points, source)
  // What a return gives first begins to wait as if the order had been no more than what remains.
  const begins = d.receipt === null || (was === 0 && rule.rounding !== 'carry')
  return begins ? beginWaiting(d, given, points, source) : addWaiting(d, given, points, source)
}

function orderOf(d: Deciding): string | null {
  if (d.receipt !== null) return d.receipt.body.external_id
  return d.type === 'order' ? (d.body as OrderBody).external_id : null
}

/**
 * Writes into the entry the whole points of an exact difference. `carry` keeps the fraction in the wallet, in lowest
 * terms, for next time.
 */
function round(d: Deciding, rule: Terms, was: number, is: number, entry: Entry): void {
  const { scale, rounding } = rule
  if (rounding !== 'carry') {
    entry.points = roundDiv(is, scale, rounding) - roundDiv(was, scale, rounding)
    return
  }
  const wallet = walletOf(d.account, rule.wallet.id)
  const of = scale % wallet.carryOf === 0 ? scale : lcm(scale, wallet.carryOf)
  const total = wallet.carry * (of / wallet.carryOf) + (is - was) * (of / scale)
  if (!Number.isSafeInteger(total)) throw new Unsafe()
  entry.points = floorDiv(total, of)
  const rest = total - entry.points * of
  const divisor = gcd(rest, of)
  entry.carry = [wallet.carry, wallet.carryOf, rest / divisor, of / divisor]
  wallet.carry = rest / divisor
  wallet.carryOf = of / divisor
}

function compile(section: Section, compiling: Compiling): EarningRules {
  const rules: EarningRules = { on: { order: [], visit: [], action: [], join: [], tier: [] }, waits: new Map() }
  const seen = new Set<string>()
  const tiers = new Map(compiling.program.wallets.map((wallet) => [wallet, compileTiers(wallet, compiling)]))
  for (const [i, rule] of section.entries()) {
    const path = ['earning', i]
    if (seen.has(rule.id)) compiling.problem([...path, 'id'], 'duplicate_id', `there is another rule ${rule.id}`)
    seen.add(rule.id)
    const terms = compileRule(rule, tiers, compiling, path)
    if (rule.off !== true) rules.on[rule.on]!.push(terms)
  }
  for (const terms of Object.values(rules.on)) arrange(terms, compiling)
  checkCarried(section, rules.on['order']!, compiling)
  for (const { id, wait, waitsAs } of Object.values(rules.on).flat())
    if (wait !== null && waitsAs === id) rules.waits.set(id, wait)
  return rules
}

/** The fraction that a wallet carries is one, so the point that it makes must lie in the same lot whichever rule made it. */
function checkCarried(section: Section, rules: readonly Terms[], compiling: Compiling): void {
  const first = new Map<string | undefined, Section[number]>()
  for (const [i, rule] of section.entries()) {
    if (rule.off === true || rule.on !== 'order' || rule.rounding !== 'carry') continue
    const wallet = rule.wallet ?? compiling.program.wallets[0]?.id
    const other = first.get(wallet)
    if (other === undefined) first.set(wallet, rule)
    else rules.find(({ id }) => id === rule.id)!.waitsAs = other.id
    for (const [setting, alike] of CARRIED_ALIKE)
      if (other !== undefined && JSON.stringify(other[setting]) !== JSON.stringify(rule[setting]))
        compiling.problem(
          ['earning', i, rule[setting] === undefined ? 'rounding' : setting],
          'contradiction',
          `${rule.id} carries into the same wallet as ${other.id}, so their points must ${alike}`,
        )
  }
}

const CARRIED_ALIKE = [
  ['pending', 'wait equally long'],
  ['expiry', 'expire alike'],
] as const

/**
 * Rules that give points come first, then multipliers by wallet; each wallet gets the denominator that all of it needs.
 * Multipliers are rounded one after the other, so they stand by their ids: where a rule stands in the file, or when it
 * was edited last, makes no difference to anyone's points.
 */
function arrange(terms: Terms[], compiling: Compiling): void {
  const { program } = compiling
  const place = (rule: Terms) => (rule.times === null ? 0 : 1 + program.wallets.indexOf(rule.wallet))
  terms.sort((a, b) => place(a) - place(b) || (a.times === null ? 0 : a.id < b.id ? -1 : 1))
  for (const wallet of program.wallets) {
    const own = terms.filter((rule) => rule.wallet === wallet)
    try {
      for (const rule of own) rule.scale = scaleFor(own, program)
      for (const { limit, rate, scale } of own) {
        if (limit !== null) assertSafe(limit.amount * scale)
        if (rate !== null) assertSafe(rate.n * (scale / rate.d))
      }
    } catch (error) {
      if (!(error instanceof Unsafe)) throw error
      const message = `the rates, multipliers and limits of ${wallet.id} are too fine together to be counted exactly; give them fewer decimals`
      compiling.problem(['earning'], 'too_fine', message)
    }
  }
}

function scaleFor(own: readonly Terms[], program: Program): number {
  const tiers = program.multipliers.reduce((all, { d }) => lcm(all, d), 1)
  const times = own.flatMap((rule) => (rule.times === null ? [] : [rule.times.d]))
  const meet = program.combine === 'multiply' ? (a: number, b: number) => assertSafe(a * b) : lcm
  return assertSafe(times.reduce(meet, tiers) * own.reduce((all, rule) => lcm(all, rule.rate?.d ?? 1), 1))
}

function compileRule(
  rule: Section[number],
  tiers: ReadonlyMap<WalletRules, TierExpiry[]>,
  compiling: Compiling,
  path: Path,
): Terms {
  const wallet = walletNamed(compiling, [...path, 'wallet'], rule.wallet)
  const { digits } = compiling.program
  const rate = rule.earn === undefined ? null : parseEarn(rule.earn, wallet.decimals, digits)
  const times = rule.times === undefined ? null : parseTimes(rule.times)
  checkForm(rule, rate, times, compiling, path)
  const fixed = rate !== null && rate.per === 'once'
  const wait =
    typeof rule.pending === 'object' && 'until' in rule.pending
      ? compileWaiting(rule.pending, rule.on, compiling, [...path, 'pending'])
      : null
  const pending = wait === null ? compilePending(rule, compiling, path) : ('for an action' as const)
  const lots = { kind: rule.on, wallet, tiers: tiers.get(wallet)!, pending, expiry: rule.expiry }
  const lotOf = compileLots(lots, compiling, path)
  if (pending !== null && typeof pending === 'object' && 'on' in pending) checkRelease(lotOf, compiling, path)
  return {
    id: rule.id,
    name: rule.name ?? rule.id,
    wallet,
    kind: rule.on,
    when: rule.when === undefined ? null : compiling.condition([...path, 'when'], rule.when, SCOPES[rule.on]),
    rate,
    times,
    multiplied: rule.multiplied ?? !fixed,
    amount: AMOUNTS[rule.of],
    counts: compileLines(rule, compiling, path),
    rounding: rule.rounding,
    limit: rule.limit === undefined ? null : parseLimit(rule.limit, fixed, wallet.decimals),
    scale: 1,
    source: { rule: rule.id, reverses: null },
    lotOf,
    wait,
    waitsAs: rule.id,
  }
}

function compilePending(
  { pending }: Section[number],
  compiling: Compiling,
  path: Path,
): Duration | YearlyRelease | null {
  if (pending === undefined) return null
  if (typeof pending === 'object') return 'on' in pending ? { on: parseYearly(pending.on)!, of: pending.of } : null
  if (pending !== 'return_window') return parseDuration(pending)
  const { returnWindow } = compiling.program
  if (returnWindow === null)
    compiling.problem([...path, 'pending'], 'no_return_window', 'say how long it is: `returns: { window: 30 days }`')
  return returnWindow
}

/** Points that wait for most of a year must last longer than that. */
function checkRelease(lotOf: LotOf, compiling: Compiling, path: Path): void {
  for (let month = 1; month <= 12; month++) {
    const { release, expiry } = lotOf(dayNumber(2026, month, 1), [])
    if (expiry > release) continue
    const message = `what is earned on the 1st of month ${month} would expire before it can be spent`
    compiling.problem([...path, 'pending'], 'contradiction', message)
    return
  }
}

const SCOPES = { order: 'order', visit: 'visit', action: 'action', join: 'member', tier: 'member' } as const

const AMOUNTS: Record<(typeof BASES)[number], (line: PricedLine) => number> = {
  net_before_tax: (line) => line.net,
  net_with_tax: (line) => line.net + line.tax,
  gross_before_tax: (line) => line.gross_net,
  gross_with_tax: (line) => line.gross_net + line.gross_tax,
}

function checkForm(
  rule: Section[number],
  rate: Rate | null,
  times: Rational | null,
  compiling: Compiling,
  path: Path,
): void {
  if ((rule.earn === undefined) === (rule.times === undefined))
    compiling.problem(path, 'earn_or_times', `rule ${rule.id} needs either \`earn\` or \`times\``)
  if (rule.earn !== undefined && rate === null)
    compiling.problem([...path, 'earn'], 'not_a_rate', 'must be such as "1 per 1.00", "2 per item", "5%" or 25')
  if (rule.times !== undefined && times === null)
    compiling.problem([...path, 'times'], 'not_a_multiplier', 'must be a number above zero, such as 2 or 1.5')
  if (times !== null && times.n <= times.d)
    compiling.problem(
      [...path, 'times'],
      'not_a_multiplier',
      'must be above 1: a multiplier adds points, it never takes any',
    )
  if (rule.on !== 'order' && rate !== null && rate.per !== 'once')
    compiling.problem(
      [...path, 'earn'],
      'order_only',
      `only an order has amounts and items; on ${rule.on} give a number of points`,
    )
  if (rule.on !== 'order') refuseLines(rule, rule.on, compiling, path)
  if (rule.when !== undefined && rule.when.trim() === '')
    compiling.problem([...path, 'when'], 'empty', 'is empty; leave it out when the rule always applies')
}
