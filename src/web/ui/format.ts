/** Money, points and times as the reader's language writes them. Amounts stay integers until they are text. */

import type { Language } from './words.ts'

const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>()

function kept<Format extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => Format): Format {
  let format = formats.get(key) as Format | undefined
  if (format === undefined) formats.set(key, (format = make()))
  return format
}

/** `minor` is in the currency's minor unit; `short` leaves out cents and writes thousands and millions in short. */
export function formatMoney(
  minor: number,
  currency: string,
  language: Language,
  style: 'exact' | 'short' = 'exact',
): string {
  const exact = kept(`${language} ${currency}`, () => new Intl.NumberFormat(language, { style: 'currency', currency }))
  const digits = exact.resolvedOptions().maximumFractionDigits ?? 2
  if (style === 'exact') return exact.format(decimal(minor, digits))
  const short = kept(
    `${language} ${currency} short`,
    () => new Intl.NumberFormat(language, { style: 'currency', currency, ...SHORT }),
  )
  return short.format(decimal(minor, digits))
}

const SHORT = { notation: 'compact', maximumSignificantDigits: 3 } as const

/** `units` is in the wallet's smallest unit, of which `decimals` digits stand behind the point. */
export function formatPoints(
  units: number,
  decimals: number,
  language: Language,
  sign: 'auto' | 'always' = 'auto',
): string {
  const key = `${language} points ${decimals} ${sign}`
  const signDisplay = sign === 'always' ? 'exceptZero' : 'auto'
  const make = () => new Intl.NumberFormat(language, { minimumFractionDigits: decimals, signDisplay })
  return kept(key, make).format(decimal(units, decimals))
}

/** The integer with its point put in: text, since a number would be rounded on the way. */
function decimal(units: number, digits: number): Intl.StringNumericLiteral {
  const text = String(Math.abs(units)).padStart(digits + 1, '0')
  const point = text.length - digits
  const value = digits === 0 ? text : `${text.slice(0, point)}.${text.slice(point)}`
  return `${units < 0 ? '-' : ''}${value}` as Intl.StringNumericLiteral
}

export function formatCount(count: number, language: Language, style: 'exact' | 'short' = 'exact'): string {
  const options = style === 'short' ? SHORT : {}
  return kept(`${language} count ${style}`, () => new Intl.NumberFormat(language, options)).format(count)
}

/** A share such as 0.046 as `4.6%`. */
export function formatShare(share: number, language: Language): string {
  return kept(
    `${language} share`,
    () => new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }),
  ).format(share)
}

const TIMES = {
  day: { dateStyle: 'medium' },
  'short-day': { day: 'numeric', month: 'short' },
  month: { month: 'long', year: 'numeric' },
  time: { timeStyle: 'short' },
  moment: { dateStyle: 'medium', timeStyle: 'short' },
  exact: { dateStyle: 'long', timeStyle: 'long' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

export type TimeStyle = keyof typeof TIMES

/** `instant` is RFC 3339; `zone` is the program's, so that everybody reads the same day. */
export function formatTime(instant: string, style: TimeStyle, language: Language, zone: string): string {
  const make = () => new Intl.DateTimeFormat(language, { ...TIMES[style], timeZone: zone })
  return kept(`${language} ${style} ${zone}`, make).format(new Date(instant))
}

/** The last second of a local day such as `2026-05-31`, as RFC 3339. */
export function endOfDay(day: string, zone: string): string {
  const names = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  const name = names.formatToParts(new Date(`${day}T23:59:59Z`)).find(({ type }) => type === 'timeZoneName')!.value
  // `GMT-05:00`, and `GMT` alone where there is no offset.
  return `${day}T23:59:59${name.slice(3) || 'Z'}`
}
