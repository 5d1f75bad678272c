/** Passwords of people: which ones are taken, and how they are kept (NIST SP 800-63B-4, 3.1.1; scrypt, RFC 7914). */

import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { COMMON_PASSWORDS } from './common-passwords.ts'

const SHORTEST = 10
/** Long enough for any sentence; what strangers send must not keep this machine busy. */
const LONGEST = 200

/**
 * Why a password is not taken, in a sentence; null when it is. There are no rules about its signs: they make people
 * choose what is guessed first. `own` is what anybody would try: the e-mail address, names.
 */
export function passwordProblem(password: string, own: readonly string[]): string | null {
  if ([...password].length < SHORTEST) return `Choose at least ${SHORTEST} characters; a short sentence is a good one.`
  if (password.length > LONGEST) return `Choose at most ${LONGEST} characters.`
  const plain = plainOf(password)
  if (own.some((text) => isMostly(plain, text)))
    return 'This is made of your e-mail address or a name that everybody knows. Choose something else.'
  if (isPattern(plain) || COMMON_PASSWORDS.has(plain))
    return 'This is among the passwords that are tried first. Choose something else.'
  return null
}

/** Signs at the end are what people add to a word that was refused. */
function plainOf(password: string): string {
  const plain = password.normalize('NFKC').toLowerCase()
  const trimmed = plain.replace(/[\d\s!?.$*#@_-]+$/, '')
  return COMMON_PASSWORDS.has(trimmed) ? trimmed : plain
}

/** Whether hardly more is in a password than something that everybody knows. */
function isMostly(password: string, text: string): boolean {
  const known = [text, text.split('@')[0]!, ...text.split(/[\s@.]+/)].map((word) => lettersOf(word))
  const letters = lettersOf(password)
  return known.some((word) => word.length >= 4 && letters.includes(word) && letters.length - word.length < 6)
}

function lettersOf(text: string): string {
  // Without accents, and with what is one letter in Turkish as any keyboard has it.
  return text
    .replaceAll('ı', 'i')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

/** One sign again and again, the same few in turn, or a row of signs as keyboards and alphabets have them. */
function isPattern(password: string): boolean {
  if (/^(.{1,4}?)\1+.{0,3}$/u.test(password)) return true
  return ROWS.some((row) => row.includes(password) || [...row].reverse().join('').includes(password))
}

const ROWS = ['0123456789012345678901234567890', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm']

/** 32 MB and a tenth of a second or two: as strong as the OWASP cheat sheet asks, with little memory at once. */
const COST = { ln: 15, r: 8, p: 3 }
const HASH_BYTES = 32

/** `$scrypt$ln=15,r=8,p=3$salt$hash`: what it was made with stands beside it, so that it can be made dearer later. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, COST)
  const { ln, r, p } = COST
  return `$scrypt$ln=${ln},r=${r},p=${p}$${salt.toString('base64')}$${hash.toString('base64')}`
}

const FORM = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w+/=]+)\$([\w+/=]+)$/

/** For people who are not there, or have no password, as much is reckoned: the time says nothing. */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
  const parts = FORM.exec(kept ?? NOBODYS)!
  const [ln, r, p] = parts.slice(1, 4).map(Number) as [number, number, number]
  const hash = Buffer.from(parts[5]!, 'base64')
  const tried = await derive(password, Buffer.from(parts[4]!, 'base64'), { ln, r, p })
  return timingSafeEqual(hash, tried) && kept !== null
}

const NOBODYS = `$scrypt$ln=${COST.ln},r=${COST.r},p=${COST.p}$${'A'.repeat(22)}==$${'A'.repeat(43)}=`

/** One spelling of the same signs (NFKC), whichever keyboard they came from. */
function derive(password: string, salt: Buffer, { ln, r, p }: typeof COST): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r }
  return new Promise((resolve, reject) =>
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, hash) =>
      error === null ? resolve(hash) : reject(error),
    ),
  )
}
