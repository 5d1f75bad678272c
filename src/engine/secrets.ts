/** Names and secrets from random bytes, and the hash by which a secret is known again. */

import { hash, randomBytes } from 'node:crypto'

/** Such as `key_…`: too many to be guessed, and short enough to be read out. */
export function newId(kind: string): string {
  return `${kind}_${base62(randomBytes(9))}`
}

/** 256 bits, such as `sk_live_…`. */
export function newSecret(kind: string): string {
  return `${kind}_${base62(randomBytes(32))}`
}

/** Random secrets need no salt and no slow function: there are too many to try. */
export function hashOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer')
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The bytes as one number in base 62, with leading zeros, so that a key of some length is always equally long. */
function base62(bytes: Buffer): string {
  let rest = BigInt(`0x${bytes.toString('hex')}`)
  let text = ''
  for (let i = Math.ceil((bytes.length * 8) / Math.log2(62)); i > 0; i--) {
    text = DIGITS[Number(rest % 62n)] + text
    rest /= 62n
  }
  return text
}
