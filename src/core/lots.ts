/** Which lot the points of a rule go into: how long they wait, and when they expire. */

import { ByDay } from './by-day.ts'
import { calendarOf, type ExpiryOf, type Yearly, yearlyOnOrAfter } from './expiry.ts'
import type { Compiling, Path } from './feature.ts'
import { nearest } from './nearest.ts'
import { type LotIdentity, NEVER } from './points.ts'
import type { CalendarExpiry, Program, WalletRules } from './program.ts'
import type { FactValue } from './rules/facts.ts'
import type { Condition } from './rules.ts'
import { addMonths, type Duration, firstDayAfter, monthIndex, startOfDay, wholeDays } from './time.ts'

/** The lot of what is earned on a local day; the slots say in which tier. */
export type LotOf = (day: number, slots: FactValue[]) => LotIdentity

export interface LotTerms {
  kind: string
  wallet: WalletRules
  tiers: readonly TierExpiry[]
  /** How long points wait; null where they do not. */
  pending: Duration | YearlyRelease | 'for an action' | null
  /** What the rule says of expiry; undefined where its wallet does. */
  expiry: CalendarExpiry | undefined
}

/** Points that all become available on a day of the year: those of the calendar year before it, or all until then. */
export interface YearlyRelease {
  on: Yearly
  of: 'last_year' | 'all'
}

/** What a wallet's points do that are earned in a tier. */
export interface TierExpiry {
  when: Condition | null
  expiryOf: ExpiryOf
}

export function compileTiers(wallet: WalletRules, compiling: Compiling): TierExpiry[] {
  return Object.entries(wallet.expiryByTier).map(([level, own]) => {
    const place = ['wallets', wallet.id, 'expiry', 'tiers', level]
    const expiryOf = calendarOf(own, compiling.program.zone, reporter(compiling, place))
    return { when: inTier(level, compiling, place), expiryOf }
  })
}

export function compileLots(terms: LotTerms, compiling: Compiling, path: Path): LotOf {
  const { program } = compiling
  const { expiry, wallet, tiers } = terms
  if (expiry !== undefined)
    return lotsOf(terms, program, calendarOf(expiry, program.zone, reporter(compiling, [...path, 'expiry'])))
  const plain = lotsOf(terms, program, wallet.expiryOf)
  if (tiers.length === 0) return plain
  const inTiers = tiers.map(({ when, expiryOf }) => ({ when, lotOf: lotsOf(terms, program, expiryOf) }))
  return (day, slots) => {
    for (const { when, lotOf } of inTiers) if (when?.test(slots)) return lotOf(day, slots)
    return plain(day, slots)
  }
}

/** Days come again and again, so their lots are remembered. */
function lotsOf({ kind, pending }: LotTerms, { zone }: Program, expiryOf: ExpiryOf): LotOf {
  const releaseOf = (day: number) => {
    if (pending === null) return 0
    if (pending === 'for an action') return NEVER
    if ('on' in pending) return startOfDay(zone, dayOfRelease(day, pending))
    return startOfDay(zone, addMonths(day, pending.months) + wholeDays(pending))
  }
  const lots = new ByDay(
    (day): LotIdentity => ({
      kind,
      month: monthIndex(day),
      release: releaseOf(day),
      expiry: expiryOf(day),
    }),
  )
  return (day) => lots.of(day)
}

/** What is earned on the day itself waits for the next one, so that all of a day is alike. */
function dayOfRelease(day: number, { on, of }: YearlyRelease): number {
  return yearlyOnOrAfter(on, of === 'last_year' ? firstDayAfter('year', day) : day + 1)
}

/** Whether points are earned in a tier, as a condition: what a tier is, only its own feature knows. */
function inTier(id: string, compiling: Compiling, path: Path): Condition | null {
  const section = compiling.settings['tiers'] as { levels: { id: string }[] } | undefined
  const levels = section?.levels.map((level) => level.id) ?? []
  if (levels.includes(id)) return compiling.condition(path, `member.tier == ${JSON.stringify(id)}`, 'member')
  compiling.problem(path, 'unknown_tier', `there is no tier ${id}`, nearest(id, levels))
  return null
}

function reporter(compiling: Compiling, path: Path) {
  return (setting: string, code: string, message: string) => compiling.problem([...path, setting], code, message)
}
