/** Figures as people read them in a report: grouped, rounded where it helps, the same in every language. */

import { formatAmount, minorDigits } from '../../core/money.ts'
import { groupDigits } from '../../core/text-table.ts'

/** What stands where there is no figure. */
export const NO_FIGURE = '–'

/** `3.1%`, `0.42%`, `100%`: a share to one decimal, and a small one to two. */
export function percent(share: number | null): string {
  if (share === null) return NO_FIGURE
  const hundredths = Math.abs(share * 100)
  const text = hundredths === 0 || hundredths === 100 ? String(hundredths) : hundredths.toFixed(hundredths < 1 ? 2 : 1)
  return `${share < 0 ? '−' : ''}${groupDigits(text)}%`
}

/** `30%`, `12.5%`: a share that somebody chose, as they chose it. */
export function chosenPercent(share: number): string {
  return `${Number((share * 100).toFixed(4))}%`
}

/** `12,345.60` of 1234560 minor units: an amount beside which its currency stands elsewhere. */
export function amount(minor: number, currency: string): string {
  return withMinus(groupDigits(formatAmount(minor, minorDigits(currency) ?? 0)))
}

/** `1,234,567 GBP`, `12.50 GBP`: for sentences, where the pennies of thousands only distract. */
export function money(minor: number, currency: string): string {
  const unit = 10 ** (minorDigits(currency) ?? 0)
  if (Math.abs(minor) < 1000 * unit) return `${amount(minor, currency)} ${currency}`
  return `${count(Math.round(minor / unit))} ${currency}`
}

export function count(number: number): string {
  return withMinus(groupDigits(String(number)))
}

/** Points of a wallet's smallest unit. */
export function points(number: number, decimals: number): string {
  return withMinus(groupDigits(formatAmount(number, decimals)))
}

/** `0.0084`: what one point is worth in major units, of minor ones; points are worth parts of a penny. */
export function pointWorth(minor: number, currency: string): string {
  const value = minor / 10 ** (minorDigits(currency) ?? 0)
  return value === 0 ? '0' : withMinus(String(Number(value.toPrecision(4))))
}

function withMinus(text: string): string {
  return text.replace(/^-/, '−')
}

const SIZES = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const

/** `1.2M`, `350k`, `80`: for the axes of pictures. */
export function compact(value: number): string {
  const [size, sign] = SIZES.find(([size]) => Math.abs(value) >= size) ?? [1, '']
  return withMinus(`${Number((value / size).toPrecision(3))}${sign}`)
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ')

/** `May 2026` of `2026-05`. */
export function monthName(month: string): string {
  const [year, number] = month.split('-') as [string, string]
  return `${MONTHS[Number(number) - 1]!} ${year}`
}

/** `9 December 2011`: the day of a moment in a time zone. */
export function dayName(moment: number, timezone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, day: 'numeric', month: 'long', year: 'numeric' })
  return parts.format(moment)
}

/** `2011-12`: the calendar month of a moment in a time zone. */
export function monthOf(moment: number, timezone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, year: 'numeric', month: '2-digit' })
  const [month, year] = parts.format(moment).split('/') as [string, string]
  return `${year.padStart(4, '0')}-${month}`
}

/** The text of a number with its sign, also where it is positive. */
export function signed(value: number | null, text: string): string {
  return value !== null && value > 0 ? `+${text}` : text
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** `3.7% to 3.9%`: how far a figure may lie from what was said; null where nothing is known of it. */
export function rangeText(
  range: { low: number | null; high: number | null } | undefined,
  text: (bound: number) => string,
) {
  if (!range || range.low === null) return null
  return range.high === null ? `${text(range.low)} or more` : `${text(range.low)} to ${text(range.high)}`
}

/** `13,162 to 15,754`: the same of money, beside which its currency stands. */
export function moneyRangeText(range: { low: number | null; high: number | null } | undefined, currency: string) {
  return rangeText(range, (minor) => money(minor, currency).replace(` ${currency}`, ''))
}
