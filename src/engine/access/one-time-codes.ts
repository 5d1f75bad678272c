/** One-time codes from an app on the telephone (TOTP, RFC 6238), and recovery codes for when that is lost. */

import { randomInt } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'

const PERIOD_MS = 30_000
/** A clock may be a step off, either way (RFC 6238, 5.2). */
const WINDOW = 1

export function newTotpSecret(): Buffer {
  return Buffer.from(new Secret({ size: 20 }).bytes)
}

/** The time step that a code belongs to; null for a code that is wrong, or no newer than the last one that was used. */
export function stepOf(secret: Buffer, code: string, now: number, lastStep: number): number | null {
  const token = code.replaceAll(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return null
  const delta = totpOf(secret, '').validate({ token, timestamp: now, window: WINDOW })
  if (delta === null) return null
  const step = Math.floor(now / PERIOD_MS) + delta
  return step > lastStep ? step : null
}

/** What apps read from a QR code, and the same to be typed. */
export function totpLink(secret: Buffer, email: string): { uri: string; key: string } {
  const totp = totpOf(secret, email)
  return { uri: totp.toString(), key: totp.secret.base32 }
}

function totpOf(secret: Buffer, label: string): TOTP {
  const bytes = new Uint8Array(secret)
  return new TOTP({ issuer: 'Regulars', label, secret: new Secret({ buffer: bytes.buffer }), period: PERIOD_MS / 1000 })
}

/** Without signs that are taken for one another. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const CODES = 10

/** Such as `k7mq-3wxp-8dvn`: 59 bits, so that nobody guesses one and a plain hash keeps it. */
export function newRecoveryCodes(): string[] {
  const letter = () => LETTERS[randomInt(LETTERS.length)]!
  const group = () => Array.from({ length: 4 }, letter).join('')
  return Array.from({ length: CODES }, () => [group(), group(), group()].join('-'))
}

/** The code as it was made, however it was typed; null where it can be none. */
export function readRecoveryCode(text: string): string | null {
  const letters = text.toLowerCase().replace(/[\s-]/g, '')
  if (letters.length !== 12 || [...letters].some((letter) => !LETTERS.includes(letter))) return null
  return letters.replace(/(.{4})(?=.)/g, '$1-')
}
