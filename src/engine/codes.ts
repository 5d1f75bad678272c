/** Codes of vouchers: made of a secret of the database and of where they came from, so that nobody can guess another. */

import { createHmac } from 'node:crypto'
import { assert } from '../core/assert.ts'
import type { Codes } from '../core/vouchers.ts'
import type { LiveProgram } from './programs.ts'

/** Signs that are not taken for one another when read aloud or from a screen. A prime number of them: see `checkSign`. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTVWXYZ'
/** Without the check sign: 54 bits, so that of a million open vouchers one guess in twenty thousand million finds one. */
const SIGNS = 11
/** What people write for signs that no code has. */
const READ_AS: Readonly<Record<string, string>> = { '1': 'L', I: 'L', U: 'V' }

/** `7KQM-2PXA-9RTC`: the code at this place among the vouchers that an account's decision issues. */
export function voucherCode(secret: string, account: number, seq: number, place: number): string {
  return codeFrom(createHmac('sha256', secret).update(`voucher:${account}:${seq}:${place}`).digest())
}

/** A code of these bytes, of which it takes eight. */
export function codeFrom(bytes: Buffer): string {
  const base = BigInt(ALPHABET.length)
  let number = bytes.readBigUInt64BE(0)
  let signs = ''
  for (let i = 0; i < SIGNS; i++) {
    signs += ALPHABET[Number(number % base)]
    number /= base
  }
  return grouped(signs + checkSign(signs))
}

/** A code as it stands in the ledger, however somebody typed it. One that is none of ours stays as it is. */
export function normalCode(text: string): string {
  const signs = signsOf(text)
  return signs !== null && checkSign(signs.slice(0, -1)) === signs.at(-1) ? grouped(signs) : text.trim()
}

/** Whether it is a code of ours, whether or not anybody was given it. */
export function isCode(text: string): boolean {
  const signs = signsOf(text)
  return signs !== null && checkSign(signs.slice(0, -1)) === signs.at(-1)
}

/** Whether it has the form of a code of ours, and some sign of it is wrong or stands where another should. */
export function isMistyped(text: string): boolean {
  const signs = signsOf(text)
  return signs !== null && checkSign(signs.slice(0, -1)) !== signs.at(-1)
}

function signsOf(text: string): string | null {
  const signs = [...text.replace(/[\s-]/g, '').toUpperCase()].map((sign) => READ_AS[sign] ?? sign)
  return signs.length === SIGNS + 1 && signs.every((sign) => ALPHABET.includes(sign)) ? signs.join('') : null
}

function grouped(signs: string): string {
  return signs.replace(/.{4}(?=.)/g, '$&-')
}

/**
 * Each sign counts as often as its place says, modulo a prime that is larger than any place: so one wrong sign, and any
 * two that changed places, always show.
 */
function checkSign(signs: string): string {
  let sum = 0
  for (let i = 0; i < signs.length; i++) sum += (i + 2) * ALPHABET.indexOf(signs[i]!)
  return ALPHABET[sum % ALPHABET.length]!
}

/** Where the vouchers of an account get their codes; `free` are the codes of pools that were locked. */
export function codesOf({ secret }: LiveProgram, account: number, free: Codes['free']): Codes {
  assert(secret !== null, 'codes are made where there is a database')
  return { codeOf: (seq, place) => voucherCode(secret, account, seq, place), free }
}

/** For those who only look: no code of a pool is anybody's before it is taken. */
export const NONE_FREE: Map<string, string[]> = new Map()
