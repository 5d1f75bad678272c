/** The number of a person, known again while nobody answers: what is kept here is a slow hash of it. */

import { bytesOf } from './offline.ts'
import type { Verifier } from './store.ts'

const ROUNDS = 310_000
/** So many wrong numbers, and the person needs the server. */
const MOST_WRONG = 5

export async function verifierOf(pin: string, name: string, now: number): Promise<Verifier> {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  return { name, salt: textOf(salt), hash: await hashOf(pin, salt), wrong: 0, seen: now }
}

export async function isPin(pin: string, { salt, hash, wrong }: Verifier): Promise<boolean> {
  return wrong < MOST_WRONG && (await hashOf(pin, bytesOf(salt))) === hash
}

async function hashOf(pin: string, salt: Uint8Array<ArrayBuffer>): Promise<string> {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, ['deriveBits'])
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS }
  return textOf(new Uint8Array(await crypto.subtle.deriveBits(how, key, 256)))
}

function textOf(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}
