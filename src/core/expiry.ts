/** When points expire: the calendar that makes instants of what a program file says. */

import { ByDay } from './by-day.ts'
import { NEVER } from './points.ts'
import {
  addMonths,
  civil,
  type Duration,
  dayNumber,
  daysInMonth,
  firstDayAfter,
  localDay,
  parseDuration,
  startOfDay,
  wholeDays,
  type Zone,
} from './time.ts'

/** Terms that end points by the calendar: what a wallet, an earning rule or a tier says. */
export type CalendarTerms =
  | 'never'
  | {
      after?: string | undefined
      until_end_of?: 'day' | 'month' | 'quarter' | 'year' | undefined
      on?: string | undefined
      inactive?: string | undefined
    }

/** The instant at which points that are earned on a local day expire, in ms; NEVER if they do not. */
export type ExpiryOf = (day: number) => number

/** Reports a mistake in the terms at one of their settings. */
type Report = (setting: string, code: string, message: string) => void

/** What the calendar makes of terms. Days come again and again, so they are remembered. */
export function calendarOf(terms: CalendarTerms, zone: Zone, report: Report): ExpiryOf {
  if (terms === 'never') return () => NEVER
  if (terms.on !== undefined && terms.until_end_of !== undefined)
    report('until_end_of', 'contradiction', 'points last either to the end of a period or through a day: leave one out')
  const length = terms.after ?? terms.inactive
  if (length === undefined && terms.on === undefined)
    report('after', 'expiry_missing', 'say when points expire: `after` a time, `on` a day of the year, or `never`')
  const after = length === undefined ? NO_TIME : parseDuration(length)!
  const yearly = terms.on === undefined ? null : parseYearly(terms.on)
  const unit = terms.until_end_of ?? 'month'
  return remembered((day) => {
    const last = addMonths(day, after.months) + wholeDays(after)
    return startOfDay(zone, yearly === null ? firstDayAfter(unit, last) : yearlyOnOrAfter(yearly, last) + 1)
  })
}

const NO_TIME: Duration = { months: 0, days: 0, ms: 0 }

/** Until when an activity on a local day keeps points, in ms; null where activities keep nothing. */
export function inactivityOf(terms: CalendarTerms, zone: Zone): ExpiryOf | null {
  if (terms === 'never' || terms.inactive === undefined) return null
  const inactive = parseDuration(terms.inactive)!
  const unit = terms.until_end_of ?? 'month'
  return remembered((day) =>
    startOfDay(zone, firstDayAfter(unit, addMonths(day, inactive.months) + wholeDays(inactive))),
  )
}

/** The beginning of the day on which members are told of points that expire at an instant, in ms. */
export function warningBefore(expiry: number, before: Duration, zone: Zone): number {
  return startOfDay(zone, addMonths(localDay(zone, expiry), -before.months) - wholeDays(before))
}

function remembered(of: ExpiryOf): ExpiryOf {
  const known = new ByDay(of)
  return (day) => known.of(day)
}

export interface Yearly {
  month: number
  day: number
}

/** Reads `03-31`: a day of every year. */
export function parseYearly(text: string): Yearly | null {
  const match = /^(\d{2})-(\d{2})$/.exec(text)
  if (match === null) return null
  const [month, day] = [Number(match[1]), Number(match[2])]
  // A leap year has every day that a year can have.
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(2000, month) ? { month, day } : null
}

/** The next such day, today included; 29 February is the last of February where there is none. */
export function yearlyOnOrAfter({ month, day }: Yearly, from: number): number {
  const { year } = civil(from)
  const within = (of: number) => dayNumber(of, month, Math.min(day, daysInMonth(of, month)))
  return within(year) >= from ? within(year) : within(year + 1)
}
