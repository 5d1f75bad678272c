/** When time gives something: birthdays, years of membership, new months, and long absences. */

import type { Account } from '../../core/account.ts'
import { readFact } from '../../core/fact-named.ts'
import { NEVER } from '../../core/points.ts'
import type { Program } from '../../core/program.ts'
import {
  addMonths,
  civil,
  type Duration,
  dayNumber,
  daysInMonth,
  firstDayAfter,
  localDay,
  periodOf,
  startOfDay,
  wholeDays,
} from '../../core/time.ts'
import { type GiftTerms, PERIODS } from './rules.ts'
import { sliceOf } from './slice.ts'

/** One time that a gift is given. */
export interface Opening {
  /** What tells it from the other times of the same gift: the year, the period, the day of the last order. */
  name: number
  /** The local days from the first on which it may be used to the one on which it may be used no more; null for ever. */
  first: number
  end: number | null
}

/** When a gift is given next after a moment, in ms; NEVER where it is not. */
export function nextInstant(gift: GiftTerms, account: Account, program: Program, after: number): number {
  const opening = openingAfter(gift, account, program, after)
  return opening === null ? NEVER : startOfDay(program.zone, opening.first)
}

/** The next time that the calendar gives it, beginning after a moment. */
export function openingAfter(gift: GiftTerms, account: Account, program: Program, after: number): Opening | null {
  const slice = sliceOf(account)
  // A household has no birthday, and what each of its members gets, they get by themselves.
  if (account.closed || account.mergedInto !== null || slice?.h !== undefined) return null
  const { zone } = program
  const isAfter = ({ first }: Opening) => startOfDay(zone, first) > after
  const day = localDay(zone, after)
  if (gift.on === 'birthday' || gift.on === 'anniversary')
    return yearsOf(gift, account, program, after, day).find(isAfter) ?? null
  if (gift.on === 'win_back') {
    if (slice?.l === undefined) return null
    const first = addMonths(slice.l, gift.inactive!.months) + wholeDays(gift.inactive!)
    const opening = { name: slice.l, first, end: endOf(gift, account, program, after, first) }
    return isAfter(opening) ? opening : null
  }
  const unit = PERIODS[gift.on]!
  const first = firstDayAfter(unit, day)
  const end = gift.window === null ? firstDayAfter(unit, first) : endOf(gift, account, program, after, first)
  return { name: periodOf(unit, first), first, end }
}

/** The time of a yearly gift that a day lies in; null when it lies in none. */
export function openingOn(
  gift: GiftTerms,
  account: Account,
  program: Program,
  at: number,
  day: number,
): Opening | null {
  const contains = ({ first, end }: Opening) => first <= day && day < (end ?? first + gift.daysBefore + 1)
  return yearsOf(gift, account, program, at, day).find(contains) ?? null
}

/** Those that begin in the year of a day, in the one before and in the two after, since windows cross the year's end. */
function yearsOf(gift: GiftTerms, account: Account, program: Program, at: number, day: number): Opening[] {
  const date = gift.on === 'birthday' ? birthdayOf(account) : joinedOf(account, program, at, day)
  if (date === null) return []
  const { year } = civil(day)
  const had = sliceOf(account)?.y?.[gift.id] ?? 0
  return [year - 1, year, year + 1, year + 2].flatMap((name) => {
    if (name <= had || name <= date.after) return []
    const first = dayIn(name, date) - gift.daysBefore
    return [{ name, first, end: endOf(gift, account, program, at, first) }]
  })
}

interface Yearly {
  month: number
  day: number
  /** The last year in which there was none yet. */
  after: number
}

function birthdayOf(account: Account): Yearly | null {
  const born = sliceOf(account)?.b
  return born === undefined ? null : { month: Math.floor(born / 100), day: born % 100, after: 0 }
}

function joinedOf(account: Account, program: Program, at: number, day: number): Yearly | null {
  const days = readFact(program, 'member.joined_days', account, at, day)
  if (typeof days !== 'number') return null
  const joined = civil(day - days)
  return { month: joined.month, day: joined.day, after: joined.year }
}

/** 29 February is the 28th in years that have none. */
export function dayIn(year: number, { month, day }: Pick<Yearly, 'month' | 'day'>): number {
  return dayNumber(year, month, Math.min(day, daysInMonth(year, month)))
}

/** When what is given on a local day may be used no more, in ms; null where its reward says. */
export function untilAfter(
  gift: GiftTerms,
  account: Account,
  program: Program,
  at: number,
  day: number,
): number | null {
  const end = endOf(gift, account, program, at, day)
  return end === null ? null : startOfDay(program.zone, end)
}

/** The day on which what begins on a day may be used no more; null where the program does not say. */
function endOf(gift: GiftTerms, account: Account, program: Program, at: number, first: number): number | null {
  const window = windowOf(gift, account, program, at, first)
  return window === null ? null : addMonths(first, window.months) + wholeDays(window)
}

function windowOf({ window }: GiftTerms, account: Account, program: Program, at: number, day: number): Duration | null {
  if (window === null || isDuration(window)) return window
  const level = readFact(program, 'member.tier', account, at, day)
  return window[String(level)] ?? null
}

function isDuration(window: Duration | Readonly<Record<string, Duration>>): window is Duration {
  return typeof window['months'] === 'number'
}
