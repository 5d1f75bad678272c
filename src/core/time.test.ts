import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import {
  addDuration,
  addMonths,
  civil,
  DAY_MS,
  dayNumber,
  daysInMonth,
  firstDayAfter,
  firstDayOf,
  formatDay,
  formatInstant,
  fromLocal,
  localDay,
  localMinute,
  monthIndex,
  offsetAt,
  parseDay,
  parseDuration,
  parseInstant,
  parseLocal,
  periodOf,
  startOfDay,
  type Unit,
  WEEKDAYS,
  weekday,
  type Zone,
  zone,
  zoneSuggestion,
} from './time.ts'

/** Zones chosen for their oddities: sub-hour offsets and changes, skipped days, midnight changes, none at all. */
const ODD_ZONES = [
  'UTC',
  'Europe/London',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kwajalein',
  'America/Havana',
  'America/Sao_Paulo',
  'America/Santiago',
  'America/St_Johns',
  'Africa/Casablanca',
  'Africa/Monrovia',
  'Africa/Cairo',
  'Asia/Gaza',
  'Asia/Beirut',
  'Asia/Tehran',
  'Asia/Pyongyang',
  'Antarctica/Troll',
  'America/Caracas',
  '+05:30',
]
/** Summer times are followed until 2100, so what is added has to end before it. */
const LATEST = Date.UTC(2090, 0, 1)
const UNITS: Unit[] = ['day', 'week', 'month', 'quarter', 'year']

const known = (name: string): Zone => zone(name)!
const anyZone = fc.constantFrom(...ODD_ZONES)
const anyInstant = fc.integer({ min: 1000, max: LATEST })
const anyDay = fc.integer({ min: -800_000, max: 800_000 })
const zoned = (name: string, ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(name)

/** Instants within two days of a change of offset, where every mistake lives. */
const nearChange = fc
  .tuple(anyZone, fc.nat(), fc.integer({ min: -2 * DAY_MS, max: 2 * DAY_MS }))
  .map(([name, pick, distance]) => {
    const { starts } = known(name)
    offsetAt(known(name), Date.UTC(2060, 0, 1))
    const change = starts.length > 1 ? starts[1 + (pick % (starts.length - 1))]! : 1e12
    return { name, ms: Math.min(Math.max(change + distance, 1000), LATEST) }
  })
const anyMoment = fc.oneof(nearChange, fc.record({ name: anyZone, ms: anyInstant }))

describe('zones', () => {
  test('know their usual spelling, and unknown ones are null with a suggestion', () => {
    expect(zone('europe/london')?.name).toBe('Europe/London')
    expect(zone('US/Eastern')).not.toBeNull()
    for (const wrong of [
      'Europe/Londn',
      '',
      'London',
      '__proto__',
      '2020-01-01T00:00Z[UTC]',
      '+25:00',
      'x'.repeat(500),
    ])
      expect(zone(wrong), wrong).toBeNull()
    expect(zoneSuggestion('Europe/Londn')).toBe('Europe/London')
    expect(zoneSuggestion('London')).toBe('Europe/London')
    expect(zoneSuggestion('new york')).toBe('America/New_York')
    expect(zoneSuggestion('the moon, dark side')).toBeUndefined()
  })

  test('agree with Temporal on offset, local day, time of day and start of day', () => {
    fc.assert(
      fc.property(anyMoment, ({ name, ms }) => {
        const place = known(name)
        const expected = zoned(name, ms)
        expect(offsetAt(place, ms)).toBe(expected.offsetNanoseconds / 1e6)
        const day = localDay(place, ms)
        expect(formatDay(day)).toBe(expected.toPlainDate().toString())
        expect(localMinute(place, ms)).toBe(expected.hour * 60 + expected.minute)
        expect(startOfDay(place, day)).toBe(expected.startOfDay().epochMilliseconds)
      }),
      { numRuns: 2000 },
    )
  })

  test('resolve local readings as Temporal does, in gaps and overlaps too', () => {
    fc.assert(
      fc.property(anyMoment, ({ name, ms }) => {
        const reading = new Date(ms).toISOString().slice(0, -1)
        const expected = Temporal.PlainDateTime.from(reading).toZonedDateTime(name).epochMilliseconds
        expect(fromLocal(known(name), ms)).toBe(expected)
        expect(parseLocal(known(name), reading)).toBe(expected)
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['America/New_York', '2026-03-08', '2026-03-08T05:00:00Z', 'an hour is skipped at two'],
    ['America/Havana', '2026-03-08', '2026-03-08T05:00:00Z', 'midnight is skipped'],
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00Z', 'midnight comes twice'],
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00Z', 'the day is skipped'],
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00Z', 'the day after the skipped one'],
    ['Asia/Kathmandu', '2026-01-01', '2025-12-31T18:15:00Z', 'a quarter-hour offset'],
  ])('%s begins %s at %s: %s', (name, day, start) => {
    expect(formatInstant(startOfDay(known(name), parseDay(day)!))).toBe(start)
  })

  test('hold before 1970 and after 2100 with the nearest offset known', () => {
    const london = known('Europe/London')
    expect(offsetAt(london, -1e13)).toBe(offsetAt(london, 0))
    expect(offsetAt(london, 8e15)).toBe(offsetAt(london, Date.UTC(2099, 11, 31)))
    expect(offsetAt(london, Number.MAX_SAFE_INTEGER)).toBe(0)
    expect(formatDay(localDay(london, Date.UTC(2011, 5, 1, 23, 30)))).toBe('2011-06-02')
  })
})

describe('the civil calendar', () => {
  test('names each day as Date does, and back', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const date = new Date(day * DAY_MS)
        const expected = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
        expect(civil(day)).toEqual(expected)
        expect(dayNumber(expected.year, expected.month, expected.day)).toBe(day)
        expect(weekday(day)).toBe((date.getUTCDay() + 6) % 7)
        expect(monthIndex(day)).toBe(expected.year * 12 + expected.month - 1)
      }),
    )
    expect(WEEKDAYS[weekday(parseDay('2026-05-05')!)]).toBe('tuesday')
  })

  test('clamps months to their end, as Temporal does', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 700_000 }), fc.integer({ min: -999, max: 999 }), (day, months) => {
        const { year, month, day: dayOfMonth } = civil(day)
        const expected = new Temporal.PlainDate(year, month, dayOfMonth).add({ months })
        expect(addMonths(day, months)).toBe(dayNumber(expected.year, expected.month, expected.day))
      }),
    )
    expect(formatDay(addMonths(parseDay('2024-01-31')!, 1))).toBe('2024-02-29')
    expect(daysInMonth(1900, 2)).toBe(28)
    expect(daysInMonth(2000, 2)).toBe(29)
  })

  test('cuts time into periods without gap or overlap', () => {
    fc.assert(
      fc.property(fc.constantFrom(...UNITS), anyDay, (unit, day) => {
        const period = periodOf(unit, day)
        const next = firstDayAfter(unit, day)
        expect(firstDayOf(unit, period)).toBeLessThanOrEqual(day)
        expect(next).toBeGreaterThan(day)
        expect(periodOf(unit, next)).toBe(period + 1)
        expect(periodOf(unit, next - 1)).toBe(period)
      }),
    )
  })

  test.each<[Unit, string, string]>([
    ['day', '2026-12-31', '2027-01-01'],
    ['week', '2026-05-04', '2026-05-11'],
    ['week', '2026-05-10', '2026-05-11'],
    ['month', '2024-02-29', '2024-03-01'],
    ['quarter', '2026-05-31', '2026-07-01'],
    ['year', '2026-01-01', '2027-01-01'],
  ])('the first day after the %s of %s is %s', (unit, day, next) => {
    expect(formatDay(firstDayAfter(unit, parseDay(day)!))).toBe(next)
  })
})

describe('durations', () => {
  test.each([
    ['6 months', { months: 6, days: 0, ms: 0 }],
    ['1 month', { months: 1, days: 0, ms: 0 }],
    ['30 days', { months: 0, days: 30, ms: 0 }],
    ['2 weeks', { months: 0, days: 14, ms: 0 }],
    ['1 year', { months: 12, days: 0, ms: 0 }],
    ['90 minutes', { months: 0, days: 0, ms: 5_400_000 }],
    ['24 hours', { months: 0, days: 0, ms: 86_400_000 }],
  ])('%s', (text, expected) => expect(parseDuration(text)).toEqual(expected))

  test.each(['', '6', 'months', '-1 day', '1.5 days', '6months', '1 fortnight', '999999 days', '1 day 2 hours'])(
    '%j is none',
    (text) => expect(parseDuration(text)).toBeNull(),
  )

  test('are added as Temporal adds them', () => {
    const anyDuration = fc.record({
      months: fc.integer({ min: -40, max: 40 }),
      days: fc.integer({ min: -400, max: 400 }),
      ms: fc.integer({ min: -9e7, max: 9e7 }),
    })
    const oneSign = anyDuration.map(({ months, days, ms }) =>
      months + days < 0
        ? { months: -Math.abs(months), days: -Math.abs(days), ms: -Math.abs(ms) }
        : { months: Math.abs(months), days: Math.abs(days), ms: Math.abs(ms) },
    )
    fc.assert(
      fc.property(anyMoment, oneSign, ({ name, ms }, duration) => {
        // Offsets before 1970 are not known, so the sum has to stay after it.
        fc.pre(ms > 6 * 366 * DAY_MS)
        const expected = zoned(name, ms).add({
          months: duration.months,
          days: duration.days,
          milliseconds: duration.ms,
        })
        expect(addDuration(known(name), ms, duration)).toBe(expected.epochMilliseconds)
      }),
      { numRuns: 2000 },
    )
  })

  test('keep the local time of day over a change of the clock, while hours are exact', () => {
    const newYork = known('America/New_York')
    const before = parseInstant('2026-03-07T12:00:00-05:00')!
    expect(formatInstant(addDuration(newYork, before, parseDuration('1 day')!))).toBe('2026-03-08T16:00:00Z')
    expect(formatInstant(addDuration(newYork, before, parseDuration('24 hours')!))).toBe('2026-03-08T17:00:00Z')
    const night = parseInstant('2026-03-07T02:30:00-05:00')!
    expect(formatInstant(addDuration(newYork, night, parseDuration('1 day')!))).toBe('2026-03-08T07:30:00Z')
  })
})

describe('instants', () => {
  test('read and write the same moments as Date', () => {
    const anyTime = fc.integer({ min: Date.UTC(1, 0), max: Date.UTC(9999, 11, 31) })
    fc.assert(
      fc.property(anyTime, fc.integer({ min: -1439, max: 1439 }), (ms, minutes) => {
        expect(parseInstant(formatInstant(ms))).toBe(ms)
        const clock = `${String(Math.floor(Math.abs(minutes) / 60)).padStart(2, '0')}:${String(Math.abs(minutes) % 60).padStart(2, '0')}`
        const local = new Date(ms + minutes * 60_000).toISOString()
        fc.pre(/^\d{4}/.test(local))
        expect(parseInstant(local.replace('Z', (minutes < 0 ? '-' : '+') + clock))).toBe(ms)
      }),
    )
  })

  test.each([
    ['2026-05-01T08:30:00Z', '2026-05-01T08:30:00Z'],
    ['2026-05-01t08:30:00z', '2026-05-01T08:30:00Z'],
    ['2026-05-01T08:30:00+02:00', '2026-05-01T06:30:00Z'],
    ['2026-05-01T00:30:00-00:45', '2026-05-01T01:15:00Z'],
    ['2026-05-01T08:30:00.5Z', '2026-05-01T08:30:00.500Z'],
    ['2026-05-01T08:30:00.123999999+00:00', '2026-05-01T08:30:00.123Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59Z'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, expected) => expect(formatInstant(parseInstant(text)!)).toBe(expected))

  test.each([
    ['', 'nothing'],
    ['2026-05-01', 'no time'],
    ['2026-05-01T08:30:00', 'no offset'],
    ['2026-05-01T08:30Z', 'no seconds'],
    ['2026-05-01 08:30:00Z', 'a space for the T'],
    ['2026-02-30T08:30:00Z', 'no such day'],
    ['2025-02-29T08:30:00Z', 'no leap year'],
    ['2026-13-01T08:30:00Z', 'no such month'],
    ['2026-00-10T08:30:00Z', 'no such month'],
    ['2026-05-01T25:00:00Z', 'no such hour'],
    ['2026-05-01T24:00:00Z', 'the day ends before 24'],
    ['2016-12-31T23:59:60Z', 'a leap second'],
    ['2026-05-01T08:30:00.Z', 'a point without digits'],
    ['2026-05-01T08:30:00,5Z', 'a comma'],
    ['2026-05-01T08:30:00+0200', 'an offset without colon'],
    ['2026-05-01T08:30:00+24:00', 'no such offset'],
    ['2026-05-01T08:30:00+02', 'half an offset'],
    ['2026-05-01T08:30:00ZZ', 'something after it'],
    [' 2026-05-01T08:30:00Z', 'something before it'],
    ['+02026-05-01T08:30:00Z', 'a long year'],
    ['２０２６-05-01T08:30:00Z', 'digits that are not ASCII'],
    ['2026-05-01T08:30:00.٣Z', 'a fraction that is not ASCII'],
  ])('%j is refused: %s', (text) => expect(parseInstant(text)).toBeNull())

  test('local readings are taken in the usual spellings and no others', () => {
    const london = known('Europe/London')
    for (const text of ['2011-06-09 12:50:00', '2011-06-09T12:50:00', '2011-06-09 12:50', '2011-06-09 12:50:00.0'])
      expect(parseLocal(london, text), text).toBe(Date.UTC(2011, 5, 9, 11, 50))
    expect(parseLocal(london, '2011-06-09')).toBe(Date.UTC(2011, 5, 8, 23))
    for (const text of [
      '2011-06-31',
      '2011-06-09 ',
      '2011-06-09 12',
      '2011-06-09 12:5',
      '09/06/2011',
      '2011-06-09 12:50:00Z',
    ])
      expect(parseLocal(london, text), text).toBeNull()
  })
})
