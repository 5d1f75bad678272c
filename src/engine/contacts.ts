/** Personal data on its way in: joining and changing, with phone, e-mail and card in the one spelling of the directory. */

import { createHash } from 'node:crypto'
import { getCountryCallingCode } from 'libphonenumber-js/min'
import type { ProfileBody } from '../core/activity.ts'
import { type FieldError, Refusal } from '../core/refusal.ts'
import { keyOf } from './answers.ts'
import { countryOf, normalCard, normalEmail, normalPhone } from './directory.ts'
import { type AccountRef, type Incoming, keys } from './incoming.ts'
import { currentProgram, type LiveProgram, nowOf } from './programs.ts'

/** A new member; one's own id makes sending it again harmless. */
export function joinOf(live: LiveProgram, given: ProfileBody, idempotencyKey: string | null): Incoming | Refusal {
  const key = given.external_id === undefined ? keyOf(idempotencyKey) : keys.join(given.external_id)
  const tidied = tidy(live, given)
  if (tidied instanceof Refusal) return tidied
  return { program: live, ref: { by: 'new' }, key, occurredMs: nowOf(live), type: 'join', ...tidied }
}

export function changeOf(
  live: LiveProgram,
  ref: AccountRef,
  given: ProfileBody,
  idempotencyKey: string | null,
): Incoming | Refusal {
  const tidied = tidy(live, given)
  if (tidied instanceof Refusal) return tidied
  return { program: live, ref, key: keyOf(idempotencyKey), occurredMs: nowOf(live), type: 'profile', ...tidied }
}

interface Tidied {
  body: ProfileBody
  contacts: NonNullable<Incoming['contacts']>
}

/** Bodies bear the normal forms, too: the same number in another spelling is the same body. */
function tidy(live: LiveProgram, given: ProfileBody): Tidied | Refusal {
  const body: ProfileBody = { ...given }
  const contacts: Tidied['contacts'] = {}
  const errors: FieldError[] = []
  const country = countryOf(currentProgram(live).currency)
  if (given.phone !== undefined) {
    const phone = normalPhone(given.phone, country)
    if (phone === null) errors.push({ pointer: '/phone', code: 'invalid', message: phoneAdvice(country) })
    else contacts.phone = body.phone = phone
  }
  if (given.email !== undefined) {
    const email = normalEmail(given.email)
    if (email === null) errors.push({ pointer: '/email', code: 'invalid', message: 'This can be no e-mail address.' })
    else contacts.email = body.email = email
  }
  if (given.card_number !== undefined) {
    const card = normalCard(given.card_number)
    if (card === null)
      errors.push({ pointer: '/card_number', code: 'invalid', message: 'A card number has 6 to 32 digits.' })
    else body.card_number = card
  }
  if (given.household !== undefined) body.household = digestOf(live, given.household)
  if (given.referral_code !== undefined) body.referral_code = given.referral_code.replaceAll(/[\s-]/g, '').toUpperCase()
  const [first] = errors
  return first === undefined ? { body, contacts } : new Refusal('invalid', first.message, errors)
}

/** Whether two live together can be told from it, and where not. */
function digestOf({ id }: LiveProgram, household: string): string {
  const spelled = household
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s,.;]+/g, ' ')
    .trim()
  return createHash('sha256').update(`${id}\n${spelled}`).digest('hex').slice(0, 16)
}

function phoneAdvice(country: ReturnType<typeof countryOf>): string {
  const code = country === null ? '' : `, or is of another country and lacks its + and code`
  return country === null
    ? 'This can be no phone number; write it with + and the code of its country.'
    : `This can be no phone number of ${country}${code}.`
}

const FEWEST_DIGITS = 3

/** How stored numbers may begin when somebody types the beginning of one: with the country's code or without. */
export function phoneSpellings(text: string, currency: string): string[] {
  const digits = text.replaceAll(/[\s().+/-]/g, '')
  if (!/^\d+$/.test(digits) || digits.length < FEWEST_DIGITS) return []
  const country = countryOf(currency)
  if (country === null || text.trim().startsWith('+')) return [`+${digits}`]
  return [`+${digits}`, `+${getCountryCallingCode(country)}${digits.replace(/^0+/, '')}`]
}
