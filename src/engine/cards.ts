/** Card numbers and referral codes: made of the account's id and a secret of the database, so nobody can count them up. */

import { createHmac } from 'node:crypto'

/** Digits of a card number before its check digit. */
const CARD_DIGITS = 15
/** Letters and digits that are not taken for one another when read aloud or from a screen: no I, L, O, U, 0, 1. */
const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
const CODE_LENGTH = 8

/**
 * 16 digits, the last a check digit (ISO/IEC 7812-1, annex B: Luhn). The first is a 9, which that standard leaves to
 * national use, so that no till takes the card for one that pays.
 */
export function assignCard(secret: string, accountId: number): string {
  const range = 10n ** BigInt(CARD_DIGITS - 1)
  const digits = `9${String(numberOf(secret, 'card', accountId) % range).padStart(CARD_DIGITS - 1, '0')}`
  return digits + luhnDigit(digits)
}

/** Eight signs that a friend can type. */
export function assignReferralCode(secret: string, accountId: number): string {
  const base = BigInt(CODE_ALPHABET.length)
  let number = numberOf(secret, 'referral', accountId)
  let code = ''
  for (let i = 0; i < CODE_LENGTH; i++) {
    code += CODE_ALPHABET[Number(number % base)]
    number /= base
  }
  return code
}

/** Whether the last digit of a card number fits the others: a slip of one digit never does. */
export function isCard(digits: string): boolean {
  return /^\d{16}$/.test(digits) && luhnDigit(digits.slice(0, -1)) === digits.slice(-1)
}

function numberOf(secret: string, purpose: string, accountId: number): bigint {
  const bytes = createHmac('sha256', secret).update(`${purpose}:${accountId}`).digest()
  return bytes.readBigUInt64BE(0) * 2n ** 64n + bytes.readBigUInt64BE(8)
}

function luhnDigit(digits: string): string {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    // Every second digit, beginning with the one beside the check digit, counts double, its own digits added.
    const doubled = i % 2 === 0 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return String((10 - (sum % 10)) % 10)
}
