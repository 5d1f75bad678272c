/** Reading the texts of a file's cells: dates, money and quantities as people and programs write them. */

import { minorDigits } from '../../core/money.ts'
import { parseInstant, parseLocal, type Zone } from '../../core/time.ts'

/** A cell's number, or the code of what is wrong with it; `rounded` when it had more decimals than can be kept. */
export interface Read {
  value: number | null
  code: string | null
  rounded: boolean
}

/** Which of day and month comes first in dates such as 03/04/2010; null when nothing in the file tells. */
export type DayOrder = 'day first' | 'month first' | null

const YEAR_FIRST =
  /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i
const YEAR_LAST =
  /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:[T, ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*([AP]M)?$/i
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?)?$/

/**
 * Reads a date as epoch milliseconds. With an offset, or as ten or thirteen digits of Unix time, it is an instant;
 * without, a local time in `zone`, an hour that is skipped or repeated being read as Temporal's `compatible` does.
 * A date without a time is its midnight. Null if it cannot be read without guessing.
 */
export function readDate(text: string, zone: Zone, order: DayOrder): number | null {
  if (/^\d{13}$/.test(text)) return Number(text)
  if (/^\d{10}$/.test(text)) return Number(text) * 1000
  const iso = YEAR_FIRST.exec(text)
  if (iso) return at(zone, [iso[1]!, iso[3]!, iso[4]!], [iso[5], iso[6], iso[7], iso[8]], iso[9])
  const compact = COMPACT.exec(text)
  if (compact) return at(zone, [compact[1]!, compact[2]!, compact[3]!], [compact[4], compact[5], compact[6], undefined])
  const last = YEAR_LAST.exec(text)
  if (!last) return null
  const hour = last[9] ? twelveHour(last[5], last[9]) : last[5]
  if (hour === null) return null
  // Dots are only ever written with the day first; slashes and dashes depend on the country.
  const dayFirst = last[2] === '.' || order === 'day first'
  if (!dayFirst && order === null) return null
  const [day, month] = dayFirst ? [last[1]!, last[3]!] : [last[3]!, last[1]!]
  return at(zone, [last[4]!, month, day], [hour, last[6], last[7], last[8]])
}

function at(zone: Zone, day: [string, string, string], time: (string | undefined)[], offset?: string): number | null {
  const two = (text: string | undefined) => (text ?? '0').padStart(2, '0')
  const date = `${day[0]}-${two(day[1])}-${two(day[2])}`
  if (time[0] === undefined && offset === undefined) return parseLocal(zone, date)
  const millis = (time[3] ?? '').padEnd(3, '0').slice(0, 3)
  const local = `${date}T${two(time[0])}:${two(time[1])}:${two(time[2])}.${millis}`
  return offset === undefined ? parseLocal(zone, local) : parseInstant(local + wholeOffset(offset))
}

function wholeOffset(offset: string): string {
  if (/^(Z|UTC)$/i.test(offset)) return 'Z'
  const digits = offset.replace(':', '').slice(1).padEnd(4, '0')
  return `${offset[0]}${digits.slice(0, 2)}:${digits.slice(2)}`
}

function twelveHour(hour: string | undefined, half: string): string | null {
  const number = Number(hour)
  if (hour === undefined || number < 1 || number > 12) return null
  return String((number % 12) + (/^p/i.test(half) ? 12 : 0))
}

/** What an unreadable date looks like, for the person who has to correct it. */
export function guessDate(text: string): string {
  const last = YEAR_LAST.exec(text)
  if (last && Number(last[1]) <= 12 && Number(last[3]) <= 12) {
    return 'either day/month/year or month/day/year; say which with --map date_order=dmy or mdy'
  }
  if (last || YEAR_FIRST.test(text) || COMPACT.test(text)) return 'a date, but there is no such day or time'
  if (/^\d{1,2}[-/.]\d{1,2}[-/.]\d{2}\b/.test(text)) return 'a date with a year of two digits; four are needed'
  if (/^\d{5}(\.\d+)?$/.test(text)) return 'a spreadsheet’s day number; format the column as a date before saving'
  if (/[a-z]{3}/i.test(text) && /\d{4}/.test(text))
    return 'a date with the month in letters; YYYY-MM-DD hh:mm:ss is needed'
  return 'no date; YYYY-MM-DD hh:mm:ss is needed'
}

const SYMBOLS: Record<string, readonly string[]> = {
  '£': ['GBP', 'EGP', 'FKP', 'GIP', 'SHP'],
  '€': ['EUR'],
  $: ['USD', 'CAD', 'AUD', 'NZD', 'SGD', 'HKD', 'TWD', 'MXN', 'ARS', 'CLP', 'COP', 'BRL'],
  '¥': ['JPY', 'CNY'],
}

/**
 * Reads an amount in major units (`2.55`, `£1,234.50`, `2,50`, `1e-3`) as integer minor units of the currency.
 * What is finer than the minor unit is rounded to the nearest, halves away from zero. `what` begins the codes.
 */
export function readMoney(text: string, currency: string, what: string): Read {
  const bare = withoutCurrency(text, currency)
  const number =
    bare === null
      ? null
      : /^[+-]?\d{1,3}(?:,\d{3})+\.\d+$|^[+-]?\d{1,3}(?:,\d{3}){2,}$/.test(bare)
        ? bare.replaceAll(',', '')
        : bare.replace(/^([+-]?\d+),(\d{1,2})$/, '$1.$2')
  const digits = number === null ? null : scaled(number, minorDigits(currency) ?? 2)
  if (!digits) return { value: null, code: `${what}_unreadable`, rounded: false }
  if (digits.value < 0) return { value: null, code: `${what}_negative`, rounded: false }
  if (!Number.isSafeInteger(digits.value)) return { value: null, code: `${what}_too_large`, rounded: false }
  return { value: digits.value, code: null, rounded: digits.rounded }
}

function withoutCurrency(text: string, currency: string): string | null {
  const parts = /^([£€$¥]|[A-Z]{3})?\s*([+-]?[\d.,]+(?:e[+-]?\d+)?)\s*([£€$¥]|[A-Z]{3})?$/i.exec(text)
  if (!parts)
    return /^-\s*[£€$¥]/.test(text) ? withoutCurrency(`${text.replace(/^-\s*([£€$¥])/, '$1-')}`, currency) : null
  for (const sign of [parts[1], parts[3]]) {
    if (sign && sign.toUpperCase() !== currency && !SYMBOLS[sign]?.includes(currency)) return null
  }
  return parts[2]!
}

/** The decimal text times 10^digits, rounded half away from zero, without passing through a float. */
function scaled(text: string, digits: number): { value: number; rounded: boolean } | null {
  const parts = /^([+-])?(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i.exec(text)
  if (!parts || (!parts[2] && !parts[3])) return null
  const fraction = parts[3] ?? ''
  const all = `${parts[2]}${fraction}`
  const keep = (parts[2] ?? '').length + Number(parts[4] ?? 0) + digits
  const whole = keep <= 0 ? '0' : all.slice(0, keep).padEnd(keep, '0')
  const rest = keep < 0 ? '0'.repeat(-keep) + all : all.slice(keep)
  const up = rest[0] !== undefined && rest[0] >= '5' ? 1n : 0n
  const value = Number(BigInt(whole) + up)
  return { value: parts[1] === '-' && value !== 0 ? -value : value, rounded: /[1-9]/.test(rest) }
}

/** Reads a quantity: a whole number other than 0. `6.0` is whole; `1,000` is a thousand; below 0 is given back. */
export function readQuantity(text: string): Read {
  const fault = (code: string): Read => ({ value: null, code: `quantity_${code}`, rounded: false })
  const digits = scaled(/^[+-]?\d{1,3}(,\d{3})+$/.test(text) ? text.replaceAll(',', '') : text, 0)
  if (!digits) return fault('unreadable')
  if (digits.rounded) return fault('not_whole')
  if (digits.value === 0) return fault('zero')
  return Math.abs(digits.value) > 2_147_483_647
    ? fault('too_large')
    : { value: digits.value, code: null, rounded: false }
}
