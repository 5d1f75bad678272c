/** The directory: what is unique in a program (keys, ids, phones, e-mails, cards, vouchers), in one spelling, and where it leads. */

import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min'
import type { Queries } from './db.ts'
import { stripeOfText } from './ids.ts'

/** What a value is: the `kind` column of the directory. */
export const KIND = { key: 1, external: 2, phone: 3, email: 4, card: 5, referral: 6, voucher: 7 } as const
export type Kind = keyof typeof KIND

/** Where a value leads to. */
export interface Found {
  account: number | null
  activity: number | null
}

export async function findInDirectory(
  queries: Queries,
  stripes: number,
  program: number,
  kind: Kind,
  value: string,
): Promise<Found | null> {
  const { rows } = await queries.query<Found>(
    'select account, activity from directory where stripe = $1 and program = $2 and kind = $3 and value = $4',
    [stripeOfText(value, stripes), program, KIND[kind], value],
  )
  return rows[0] ?? null
}

/**
 * The country whose people usually write phone numbers without a country code where this currency is paid: `US` for
 * USD. Null for currencies of no one country, such as EUR: there a number needs its `+`.
 */
export function countryOf(currency: string): CountryCode | null {
  const country = currency.slice(0, 2)
  return isSupportedCountry(country) ? country : null
}

/** `+12125550123` for a phone number in any usual spelling (E.164), or null when it can be none. */
export function normalPhone(text: string, country: CountryCode | null): string | null {
  // Two leading zeros are how most of the world dials a plus.
  const spelled = country === null ? text.trim().replace(/^00/, '+') : text
  const phone = parsePhoneNumberFromString(spelled, {
    extract: false,
    ...(country === null ? {} : { defaultCountry: country }),
  })
  return phone?.isPossible() === true && phone.ext === undefined ? phone.number : null
}

/** E-mail addresses are compared without regard to case, as every provider of weight does. Null when it can be none. */
export function normalEmail(text: string): string | null {
  const email = text.trim().toLowerCase()
  return /^[^\s@,;<>()"]{1,64}@[^\s@,;<>()"]+\.[^\s@,;<>()".]+$/.test(email) && email.length <= 254 ? email : null
}

/** The digits of a card number, however it was grouped; null when there are none or other signs. */
export function normalCard(text: string): string | null {
  const digits = text.replace(/[\s-]/g, '')
  return /^\d{6,32}$/.test(digits) ? digits : null
}
