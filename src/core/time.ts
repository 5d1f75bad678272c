/**
 * Calendars and zones with integers: an instant is milliseconds since 1970 UTC, a day is days since 1970-01-01 of the
 * local calendar, and only the zone's offset stands between them.
 *
 * Temporal is right but does some 22,000 zoned computations a second. So its answers are read once per zone, as the
 * list of moments at which the offset changes, and everything after that is a comparison and an addition.
 */
import { Temporal } from 'temporal-polyfill'
import { nearest } from './nearest.ts'

export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** Monday first, as ISO 8601 counts; `weekday` gives an index into it. */
export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

export type Unit = 'day' | 'week' | 'month' | 'quarter' | 'year'

/** A span of time. Months and days follow the calendar of a zone, milliseconds do not. */
export interface Duration {
  readonly months: number
  readonly days: number
  readonly ms: number
}

/** A time zone and what has been learned of its offsets so far. Ask `zone` for one. */
export interface Zone {
  /** The IANA name in its usual spelling, or an offset such as `+05:30`. */
  readonly name: string
  /** Segment i runs over `[starts[i], starts[i + 1])` with `offsets[i]` milliseconds east of UTC. */
  readonly starts: number[]
  readonly offsets: number[]
  /** Changes of offset are known before this moment. */
  knownUntil: number
  /** The segment that was asked for last: orders come in the order of time, so the next question is most often there. */
  from: number
  until: number
  offset: number
}

const zones = new Map<string, Zone | null>()

/** Offsets are read from 1970 on; an earlier moment has the offset with which 1970 began. */
const FIRST_MOMENT = 0
/** From 2100 on the last offset stays: no program's rule reaches there, and nobody knows its summer times. */
const LAST_MOMENT = Date.UTC(2100, 0, 1)
/** How far beyond the moment asked for the changes are looked up at once. */
const LOOK_AHEAD_MS = 10 * 366 * DAY_MS

/** The zone of this name, in any case (`europe/london`), or null when there is none. */
export function zone(name: string): Zone | null {
  const known = zones.get(name)
  if (known !== undefined) return known
  const found = openZone(name)
  // Unknown names are not kept: whoever sends many must not fill the memory.
  if (found) zones.set(name, found)
  return found
}

/** The zone that an unknown name probably meant: `London` and `Europe/Londn` both mean `Europe/London`. */
export function zoneSuggestion(name: string): string | undefined {
  const names = Intl.supportedValuesOf('timeZone')
  const cityOf = (zoneName: string) => zoneName.slice(zoneName.lastIndexOf('/') + 1)
  const wanted = name.trim().replaceAll(' ', '_')
  const whole = nearest(wanted, names)
  if (whole) return whole
  const city = nearest(cityOf(wanted), names.map(cityOf))
  return names.find((zoneName) => cityOf(zoneName) === city)
}

/** Milliseconds to add to UTC for the local clock of that moment. */
export function offsetAt(zone: Zone, ms: number): number {
  if (ms >= zone.from && ms < zone.until) return zone.offset
  return findSegment(zone, ms)
}

/** Days since 1970-01-01 of the calendar that hangs on the wall there. */
export function localDay(zone: Zone, ms: number): number {
  return Math.floor((ms + offsetAt(zone, ms)) / DAY_MS)
}

/** The local time of day in milliseconds after midnight as the clock shows it. */
export function localTimeOfDay(zone: Zone, ms: number): number {
  const local = ms + offsetAt(zone, ms)
  return local - Math.floor(local / DAY_MS) * DAY_MS
}

/** The local time of day in whole minutes, 0 to 1439. */
export function localMinute(zone: Zone, ms: number): number {
  return Math.floor(localTimeOfDay(zone, ms) / MINUTE_MS)
}

/**
 * The first instant of that local day. Where the clock skips midnight it is the moment of the change; of a day that a
 * zone skipped whole (Samoa, 30 December 2011) it is the start of the next one.
 */
export function startOfDay(zone: Zone, day: number): number {
  const resolved = resolveLocal(zone, day * DAY_MS)
  if (!resolved.inGap) return resolved.ms
  offsetAt(zone, resolved.ms)
  return zone.from
}

/**
 * The instant at which the local clock shows this reading (milliseconds since 1970-01-01T00:00 local). A reading that
 * comes twice means the first; one that is skipped moves forward by what was skipped: Temporal's `compatible`.
 */
export function fromLocal(zone: Zone, localMs: number): number {
  return resolveLocal(zone, localMs).ms
}

/**
 * What `fromLocal` takes from a local reading up to `last`, as a list: `offsets[i]` from the reading `from[i]` on. For
 * those who read more of them than can be asked for one by one.
 */
export function localOffsets(zone: Zone, last: number): { from: number[]; offsets: number[] } {
  // No clock is further from UTC than a day.
  offsetAt(zone, last + DAY_MS)
  const { starts, offsets } = zone
  // Before a change its readings are those before it, and so are those that are skipped or come for the first time.
  const from = starts.map((start, i) => (i === 0 ? start : start + Math.max(offsets[i - 1]!, offsets[i]!)))
  return { from, offsets: [...offsets] }
}

/**
 * Adds calendar units first (month ends clamped, the time of day kept) and exact time after, as RFC 5545 and Temporal
 * do. A duration without calendar units is exact time only.
 */
export function addDuration(zone: Zone, ms: number, duration: Duration): number {
  if (duration.months === 0 && duration.days === 0) return ms + duration.ms
  const local = ms + offsetAt(zone, ms)
  const day = Math.floor(local / DAY_MS)
  const movedDay = addMonths(day, duration.months) + duration.days
  return fromLocal(zone, local + (movedDay - day) * DAY_MS) + duration.ms
}

/** Year, month (1 to 12) and day of a day number; the proleptic Gregorian calendar. */
export function civil(day: number): { year: number; month: number; day: number } {
  // Years are counted from March, so that the leap day is the last of its year (Hinnant, "chrono-compatible low-level
  // date algorithms"); an era is the 400 years after which the calendar repeats.
  const shifted = day + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const leapDays = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  }
}

/** The day number of a date; the inverse of `civil`. The date must exist: see `daysInMonth`. */
export function dayNumber(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year
  const era = Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** 0 for Monday to 6 for Sunday; the index of its name in `WEEKDAYS`. */
export function weekday(day: number): number {
  // 1970-01-01 was a Thursday.
  return day + 3 - Math.floor((day + 3) / 7) * 7
}

/** Months since January of the year 0: grows by one each month. */
export function monthIndex(day: number): number {
  const place = day & (KNOWN_DAYS - 1)
  if (knownDays[place] === day) return knownMonths[place]!
  const { year, month } = civil(day)
  knownDays[place] = day
  knownMonths[place] = year * 12 + month - 1
  return year * 12 + month - 1
}

/** The months of days that were asked for: a year or ten of them come again and again. */
const KNOWN_DAYS = 4_096
const knownDays = new Float64Array(KNOWN_DAYS).fill(Number.NaN)
const knownMonths = new Int32Array(KNOWN_DAYS)

/** The same day `months` later or earlier; the 31st becomes the last day of a shorter month. */
export function addMonths(day: number, months: number): number {
  if (months === 0) return day
  const date = civil(day)
  const index = date.year * 12 + date.month - 1 + months
  const year = Math.floor(index / 12)
  const month = index - year * 12 + 1
  return dayNumber(year, month, Math.min(date.day, daysInMonth(year, month)))
}

/** An integer that names the period which holds this day and grows by one from each period to the next. */
export function periodOf(unit: Unit, day: number): number {
  switch (unit) {
    case 'day':
      return day
    case 'week':
      return Math.floor((day + 3) / 7)
    case 'month':
      return monthIndex(day)
    case 'quarter':
      return Math.floor(monthIndex(day) / 3)
    case 'year':
      return Math.floor(monthIndex(day) / 12)
  }
}

/** The first day of a period named by `periodOf`. Weeks begin on Monday. */
export function firstDayOf(unit: Unit, period: number): number {
  switch (unit) {
    case 'day':
      return period
    case 'week':
      return period * 7 - 3
    case 'month':
      return firstDayOfMonth(period)
    case 'quarter':
      return firstDayOfMonth(period * 3)
    case 'year':
      return dayNumber(period, 1, 1)
  }
}

/** The first day of the period after the one that holds this day: the open end of "until the end of the month". */
export function firstDayAfter(unit: Unit, day: number): number {
  return firstDayOf(unit, periodOf(unit, day) + 1)
}

const DURATION_UNITS: Record<string, Duration> = {
  second: { months: 0, days: 0, ms: SECOND_MS },
  minute: { months: 0, days: 0, ms: MINUTE_MS },
  hour: { months: 0, days: 0, ms: HOUR_MS },
  day: { months: 0, days: 1, ms: 0 },
  week: { months: 0, days: 7, ms: 0 },
  month: { months: 1, days: 0, ms: 0 },
  quarter: { months: 3, days: 0, ms: 0 },
  year: { months: 12, days: 0, ms: 0 },
}

/** Reads `6 months`, `1 year`, `90 minutes`: a whole number and a unit, as program files write it. Null for the rest. */
export function parseDuration(text: string): Duration | null {
  const match = /^(\d{1,5}) +(second|minute|hour|day|week|month|quarter|year)s?$/.exec(text.trim())
  if (!match) return null
  const count = Number(match[1])
  const unit = DURATION_UNITS[match[2]!]!
  return { months: count * unit.months, days: count * unit.days, ms: count * unit.ms }
}

/** The days and the time of a duration in whole days, a part of a day being one: nobody is given less than was said. */
export function wholeDays(duration: Duration): number {
  return duration.days + Math.ceil(duration.ms / DAY_MS)
}

/** Below zero where the first is shorter. A month is taken for the shortest that there is, so that 30 days are longer. */
export function compareDurations(a: Duration, b: Duration): number {
  return a.months * 28 + wholeDays(a) - (b.months * 28 + wholeDays(b)) || a.ms - b.ms
}

/**
 * Milliseconds of an RFC 3339 date-time with its offset (`2026-05-01T08:30:00Z`, `…T10:30:00.25+02:00`), or null.
 *
 * Strict: a date without a time, a time without an offset and days that do not exist are refused. So is second 60:
 * our time line, like POSIX's, has no leap seconds, and taking one would date it into the next minute. Digits beyond
 * the millisecond are cut off.
 */
export function parseInstant(text: string): number | null {
  const length = text.length
  if (length < 20) return null
  const local = readDate(text) * DAY_MS + readTime(text, true)
  const separator = text.charCodeAt(10)
  if ((separator !== CODE_T && separator !== CODE_T_SMALL) || Number.isNaN(local)) return null
  const end = endOfFraction(text, 19)
  if (end < 0) return null
  const offset = readOffset(text, end)
  const result = local + readMillisecond(text, end) - offset
  return Number.isNaN(result) ? null : result
}

/** The days that were written lately: the same few stand in nearly all answers. */
const writtenDays = new Map<number, string>()
const MOST_WRITTEN = 1_000

/** RFC 3339 in UTC, with milliseconds only when there are some: `2026-05-01T08:30:00Z`. */
export function formatInstant(ms: number): string {
  const day = Math.floor(ms / DAY_MS)
  const rest = ms - day * DAY_MS
  const seconds = Math.floor(rest / SECOND_MS)
  const fraction = rest - seconds * SECOND_MS
  const minutes = Math.floor(seconds / 60)
  const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`
  return `${dayOf(day)}T${time}${fraction === 0 ? '' : `.${String(fraction).padStart(3, '0')}`}Z`
}

function dayOf(day: number): string {
  let text = writtenDays.get(day)
  if (text === undefined) {
    const full = new Date(day * DAY_MS).toISOString()
    text = full.slice(0, full.indexOf('T'))
    if (writtenDays.size === MOST_WRITTEN) writtenDays.clear()
    writtenDays.set(day, text)
  }
  return text
}

const TWO = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

function two(number: number): string {
  return TWO[number]!
}

/** A day number as `2026-05-01`. */
export function formatDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

/** The day number of `2026-05-01`, or null where that is no date. */
export function parseDay(text: string): number | null {
  const day = text.length === 10 ? readDate(text) : Number.NaN
  return Number.isNaN(day) ? null : day
}

/**
 * The instant of a local reading without an offset, as files of history have it: `2011-12-09 12:50:00`, with `T` for the
 * space, without seconds, with a fraction, or a date alone for the start of that day. Null where it is no such reading.
 */
export function parseLocal(zone: Zone, text: string): number | null {
  const day = readDate(text)
  if (Number.isNaN(day)) return null
  if (text.length === 10) return startOfDay(zone, day)
  const separator = text.charCodeAt(10)
  if (separator !== CODE_SPACE && separator !== CODE_T) return null
  const withSeconds = text.length > 16
  const end = withSeconds ? endOfFraction(text, 19) : 16
  const time = readTime(text, withSeconds) + readMillisecond(text, end)
  if (end !== text.length || Number.isNaN(time)) return null
  return fromLocal(zone, day * DAY_MS + time)
}

const CODE_SPACE = 0x20
const CODE_PLUS = 0x2b
const CODE_MINUS = 0x2d
const CODE_POINT = 0x2e
const CODE_ZERO = 0x30
const CODE_COLON = 0x3a
const CODE_T = 0x54
const CODE_T_SMALL = 0x74
const CODE_Z = 0x5a
const CODE_Z_SMALL = 0x7a

/** The day number of `YYYY-MM-DD` at the start of the text; NaN where none stands there or there is no such day. */
function readDate(text: string): number {
  if (text.charCodeAt(4) !== CODE_MINUS || text.charCodeAt(7) !== CODE_MINUS) return Number.NaN
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month))) return Number.NaN
  return dayNumber(year, month, day)
}

/** Milliseconds of `hh:mm:ss`, or of `hh:mm`, at position 11; NaN where none stands there. */
function readTime(text: string, withSeconds: boolean): number {
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const second = withSeconds ? twoDigits(text, 17) : 0
  const punctuated = text.charCodeAt(13) === CODE_COLON && (!withSeconds || text.charCodeAt(16) === CODE_COLON)
  if (!(punctuated && hour <= 23 && minute <= 59 && second <= 59)) return Number.NaN
  return hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS
}

/** Where the fraction of a second that may begin at `start` ends; -1 for a point without digits. */
function endOfFraction(text: string, start: number): number {
  if (text.charCodeAt(start) !== CODE_POINT) return start
  let end = start + 1
  while (isDigit(text.charCodeAt(end))) end++
  return end === start + 1 ? -1 : end
}

/** The milliseconds of the fraction that runs from position 19 to `end`, cut off after three digits. */
function readMillisecond(text: string, end: number): number {
  let result = 0
  for (let position = 20, worth = 100; position < end && position < 23; position++, worth /= 10) {
    result += (text.charCodeAt(position) - CODE_ZERO) * worth
  }
  return result
}

/** Milliseconds east of UTC of `Z` or `±hh:mm`, with which the text must end; NaN otherwise. */
function readOffset(text: string, start: number): number {
  const sign = text.charCodeAt(start)
  if (sign === CODE_Z || sign === CODE_Z_SMALL) return text.length === start + 1 ? 0 : Number.NaN
  if ((sign !== CODE_PLUS && sign !== CODE_MINUS) || text.length !== start + 6) return Number.NaN
  const hours = twoDigits(text, start + 1)
  const minutes = twoDigits(text, start + 4)
  if (!(text.charCodeAt(start + 3) === CODE_COLON && hours <= 23 && minutes <= 59)) return Number.NaN
  const offset = hours * HOUR_MS + minutes * MINUTE_MS
  return sign === CODE_MINUS ? -offset : offset
}

function twoDigits(text: string, position: number): number {
  const first = text.charCodeAt(position)
  const second = text.charCodeAt(position + 1)
  return isDigit(first) && isDigit(second) ? (first - CODE_ZERO) * 10 + (second - CODE_ZERO) : Number.NaN
}

function isDigit(code: number): boolean {
  return code >= CODE_ZERO && code <= CODE_ZERO + 9
}

/**
 * A local reading can only be an instant under the offset of the day before it or of the day after it, so both are
 * tried; when neither fits, the reading was skipped.
 */
function resolveLocal(zone: Zone, localMs: number): { ms: number; inGap: boolean } {
  const before = offsetAt(zone, localMs - DAY_MS)
  const after = offsetAt(zone, localMs + DAY_MS)
  const earlier = localMs - before
  if (before === after || offsetAt(zone, earlier) === before) return { ms: earlier, inGap: false }
  const later = localMs - after
  if (offsetAt(zone, later) === after) return { ms: later, inGap: false }
  return { ms: earlier, inGap: true }
}

/** Moves the remembered segment to the one that holds this moment, reading further changes first if need be. */
function findSegment(zone: Zone, ms: number): number {
  if (ms >= zone.knownUntil && zone.knownUntil < LAST_MOMENT) learnOffsets(zone, ms + LOOK_AHEAD_MS)
  let low = 0
  let high = zone.starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (zone.starts[middle]! <= ms) low = middle
    else high = middle - 1
  }
  const isLast = low === zone.starts.length - 1
  zone.from = zone.starts[low]!
  // The last segment ends where knowledge ends, except that after the last moment nothing more is ever learned.
  const known = zone.knownUntil >= LAST_MOMENT ? Number.POSITIVE_INFINITY : zone.knownUntil
  zone.until = isLast ? known : zone.starts[low + 1]!
  return (zone.offset = zone.offsets[low]!)
}

function learnOffsets(zone: Zone, wanted: number): void {
  const until = Math.min(wanted, LAST_MOMENT)
  let at = Temporal.Instant.fromEpochMilliseconds(zone.knownUntil - 1).toZonedDateTimeISO(zone.name)
  for (;;) {
    const next = at.getTimeZoneTransition('next')
    if (!next || next.epochMilliseconds >= until) break
    zone.starts.push(next.epochMilliseconds)
    zone.offsets.push(next.offsetNanoseconds / 1e6)
    at = next
  }
  zone.knownUntil = until
}

/** Names of the IANA database and plain offsets; Temporal alone would also take a whole date-time in their place. */
const ZONE_NAME = /^(?:[A-Za-z][A-Za-z0-9_+/-]{0,63}|[+-]\d{2}:\d{2})$/

function openZone(name: string): Zone | null {
  if (!ZONE_NAME.test(name)) return null
  try {
    const first = Temporal.Instant.fromEpochMilliseconds(FIRST_MOMENT).toZonedDateTimeISO(name)
    const offset = first.offsetNanoseconds / 1e6
    const start = Number.NEGATIVE_INFINITY
    return {
      name: first.timeZoneId,
      starts: [start],
      offsets: [offset],
      knownUntil: FIRST_MOMENT + 1,
      from: start,
      until: FIRST_MOMENT + 1,
      offset,
    }
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function firstDayOfMonth(index: number): number {
  const year = Math.floor(index / 12)
  return dayNumber(year, index - year * 12 + 1, 1)
}
