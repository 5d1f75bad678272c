/** The key that signs daily roots: given by the environment, or made at the first need and kept in the database. */

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Queries } from './db.ts'

export interface SigningKey {
  /** Base64 of the public key's SubjectPublicKeyInfo (RFC 8410): what stands between the lines of its PEM. */
  publicKey: string
  sign(text: string): Buffer
}

/** The message names the mistake, and never the key. */
export class SigningKeyUnusable extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'SigningKeyUnusable'
  }
}

const SETTING = 'signing_key'

/** `given` is a private key as PEM or the path of a file with one; null for the database's own. */
export async function openSigningKey(queries: Queries, given: string | null): Promise<SigningKey> {
  const key = given === null ? createPrivateKey(await ownKey(queries)) : readKey(given)
  return { publicKey: publicText(createPublicKey(key)), sign: (text) => sign(null, Buffer.from(text), key) }
}

/** Several processes may need it first at once: the one that is kept first is everybody's. */
async function ownKey(queries: Queries): Promise<string> {
  const known = await readSetting(queries)
  if (known !== undefined) return known
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  await queries.query('insert into setting (name, value) values ($1, $2) on conflict (name) do nothing', [SETTING, pem])
  return (await readSetting(queries))!
}

async function readSetting(queries: Queries): Promise<string | undefined> {
  const { rows } = await queries.query<{ value: string }>('select value from setting where name = $1', [SETTING])
  return rows[0]?.value
}

function readKey(given: string): KeyObject {
  const isPem = given.includes('-----BEGIN')
  let key: KeyObject
  try {
    // In environments of one line, lines are often written as \n.
    key = createPrivateKey(isPem ? given.replaceAll('\\n', '\n') : readFileSync(given, 'utf8'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const what = isPem ? 'SIGNING_KEY' : `The file ${given} that SIGNING_KEY names`
    const why = code === 'ENOENT' ? 'is not there' : 'holds no private key in PEM'
    throw new SigningKeyUnusable(`${what} ${why}; make one with: openssl genpkey -algorithm ed25519`)
  }
  if (key.asymmetricKeyType === 'ed25519') return key
  throw new SigningKeyUnusable(`SIGNING_KEY is of the kind ${key.asymmetricKeyType}; roots are signed with Ed25519.`)
}

function publicText(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).toString('base64')
}

/** Reads a public key as people keep it: PEM, or what stands between its lines. Null when it is no Ed25519 key. */
export function readPublicKey(text: string): string | null {
  const inner = text.replace(/-----[A-Z ]+-----/g, '').replace(/\s/g, '')
  try {
    const key = createPublicKey({ key: Buffer.from(inner, 'base64'), type: 'spki', format: 'der' })
    return key.asymmetricKeyType === 'ed25519' ? publicText(key) : null
  } catch {
    return null
  }
}

/** Whether a signature is that of the key over the text; anything that cannot be one is not. */
export function isSignedBy(publicKey: string, text: string, signature: Buffer): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' })
    return key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(text), key, signature)
  } catch {
    return false
  }
}
