/** Money as integers in a currency's minor unit, and the ways to divide it so that the parts always add up. */
import { assert } from './assert.ts'
import { nearest } from './nearest.ts'
import { assertSafe, mulDivFloor } from './rational.ts'

/**
 * Decimal places per ISO 4217 (list one, with the codes that were withdrawn since 2022, which history still names).
 * `Intl` is not asked: it follows CLDR, which gives the places people use (no øre) rather than those of the books.
 */
const CODES: readonly (readonly [digits: number, codes: string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF ' +
      'CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK ' +
      'HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR ' +
      'MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK ' +
      'SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST ' +
      'XCD XCG YER ZAR ZMW ZWG ZWL',
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
]

const DIGITS = new Map(CODES.flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, digits] as const)))

/** How many decimal places the currency has: 2 for `USD`, 0 for `JPY`; null for a code that is none. */
export function minorDigits(currency: string): number | null {
  return DIGITS.get(currency) ?? null
}

/** The code that a wrong one probably meant: `usd` and `UDS` both mean `USD`. */
export function currencySuggestion(currency: string): string | undefined {
  return nearest(currency.trim(), ['USD', 'EUR', 'GBP', ...DIGITS.keys()])
}

/**
 * Minor units of an amount in major units as people write it: `5`, `5.00`, `5.5`. Null for anything else: a thousands
 * separator, an exponent, more decimals than the currency has, an amount beyond the safe integers, or a negative one
 * unless the caller allows it.
 *
 * A number is read by its shortest decimal spelling, so 5.1 is 5.10. That is exact up to the 15 digits that a double
 * holds; a number with more is refused, and has to come as text.
 */
export function parseMoney(
  value: string | number,
  digits: number,
  allow: { readonly negative?: boolean } = {},
): number | null {
  const match = /^(-?)(\d{1,16})(?:\.(\d{1,4}))?$/.exec(String(value))
  if (!match) return null
  const [, sign, whole, fraction = ''] = match
  if (fraction.length > digits || (sign && !allow.negative)) return null
  const minor = Number(whole! + fraction.padEnd(digits, '0'))
  if (!Number.isSafeInteger(minor) || (typeof value === 'number' && minor >= 1e15)) return null
  return sign && minor > 0 ? -minor : minor
}

/** `5.00` for 500 minor units of two decimals. */
export function formatAmount(minor: number, digits: number): string {
  const text = String(Math.abs(minor)).padStart(digits + 1, '0')
  const sign = minor < 0 ? '-' : ''
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** `5.00 USD` for 500 minor units; the same in every language, for messages and explanations. */
export function formatMoney(minor: number, currency: string): string {
  return `${formatAmount(minor, minorDigits(currency) ?? 0)} ${currency}`
}

/**
 * Divides `total` in proportion to `weights` (safe integers, none negative) so that the shares add up to it exactly.
 *
 * Cumulative rounding: share i is what the first i lines get, rounded down, less what the first i − 1 got. Hence the
 * same input always gives the same shares, each is within one unit of exact, and when the total is no more than the
 * sum of the weights, none exceeds its weight. Where there is no weight at all, only a total of 0 can be divided.
 */
export function spread(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((all, weight) => assertSafe(all + weight), 0)
  assert(sum > 0 || total === 0, 'an amount is spread over lines that weigh something')
  // A negative total is the mirror of the positive one, so that giving back undoes exactly what was given.
  const amount = Math.abs(total)
  let weightSoFar = 0
  let givenSoFar = 0
  return weights.map((weight) => {
    weightSoFar += weight
    const given = sum === 0 ? 0 : mulDivFloor(amount, weightSoFar, sum)
    const share = given - givenSoFar
    givenSoFar = given
    return total < 0 && share > 0 ? -share : share
  })
}

/**
 * What the first `k` of `n` units carry of an amount: floor(amount × k ÷ n), exactly. Units i to j together carry
 * `shareOf(j) − shareOf(i)`, so however returns are split, their shares add up to the whole.
 */
export function shareOf(amount: number, k: number, n: number): number {
  return mulDivFloor(amount, k, n)
}
