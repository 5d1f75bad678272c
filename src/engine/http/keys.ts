/** API keys: made from random bytes, kept as a hash, looked up by it, and forgotten seconds after they are revoked. */

import { z } from 'zod'
import { Refusal, refuse } from '../../core/refusal.ts'
import type { Database, Queries } from '../db.ts'
import type { LiveProgram, Programs } from '../programs.ts'
import { hashOf, newId, newSecret } from '../secrets.ts'
import type { KnownKey, Role } from './route.ts'

const Points = z.int().min(0).max(1_000_000_000)

/** What a key may, beside its role. */
export const Limits = z
  .strictObject({
    rate: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('Calls a second, and how many may come at once; the installation’s own limit unless said'),
    adjustment: z
      .strictObject({
        per_adjustment: Points.describe('Of one adjustment'),
        per_day: Points.describe('Of all adjustments by the key’s actor in a wallet on one day of the program'),
      })
      .optional()
      .describe(
        'Whole points that may be given or taken without another person’s approval; as the role has it unless said',
      ),
  })
  .meta({ id: 'KeyLimits', description: 'What a key may, beside its role' })
export type Limits = z.output<typeof Limits>

export interface NewKey {
  program: LiveProgram
  /** Who uses the key, as the ledger's records will name them. */
  actor: string
  role: Role
  limits?: Limits
}

/** Makes a key. The secret is in the answer and nowhere else. */
export async function createKey(queries: Queries, key: NewKey): Promise<{ id: string; secret: string }> {
  const id = newId('key')
  const secret = newSecret(`sk_${key.program.mode}`)
  await queries.query(
    'insert into api_key (id, program, hash, actor, role, limits, created_ms) values ($1, $2, $3, $4, $5, $6, $7)',
    [id, key.program.number, hashOf(secret), key.actor, key.role, JSON.stringify(key.limits ?? {}), Date.now()],
  )
  return { id, secret }
}

/** From now on nobody gets in with the key; one that was revoked stays so. False when there is no such key. */
export async function revokeKey(queries: Queries, program: LiveProgram, id: string): Promise<boolean> {
  const { rowCount } = await queries.query(
    'update api_key set revoked_ms = coalesce(revoked_ms, $3) where program = $1 and id = $2',
    [program.number, id, Date.now()],
  )
  return rowCount === 1
}

const SECRET_FORM = /^sk_(live|test)_[0-9A-Za-z]{20,64}$/
/** How long a key is believed without asking the database, in ms: a revoked one still works this long. */
const FRESH_MS = 5_000
/** What strangers send must not fill the memory. */
const MOST_KNOWN = 20_000
const MOST_HEADERS = 1_000

interface Entry {
  /** Null for a secret that nobody has. */
  key: KnownKey | null
  readAt: number
}

/** The keys that this process has seen lately, by the hash of their secret. */
export class Keys {
  readonly #database: Database
  readonly #programs: Programs
  readonly #now: () => number
  readonly #entries = new Map<string, Entry>()
  /** The same entries by the whole header, of keys that let somebody in. */
  readonly #headers = new Map<string, Entry>()

  constructor(database: Database, programs: Programs, now: () => number = Date.now) {
    this.#database = database
    this.#programs = programs
    this.#now = now
  }

  /** Who calls, by the Authorization header. */
  async authenticate(header: string | undefined): Promise<KnownKey | Refusal> {
    if (header === undefined) return unauthenticated('Sign in, or send your API key as `Authorization: Bearer sk_…`.')
    const entry = this.#seenLately(header) ?? (await this.#entryOf(header))
    if (entry instanceof Refusal) return entry
    if (entry.key === null) return unauthenticated('This API key is unknown or was revoked.')
    // Asking by name keeps this process close to what others publish.
    await this.#programs.find(entry.key.caller.program.id)
    return entry.key
  }

  /** Hashing the same secret for every call of a busy till would cost more than the rest of this. */
  #seenLately(header: string): Entry | undefined {
    const entry = this.#headers.get(header)
    return entry !== undefined && this.#isFresh(entry) ? entry : undefined
  }

  async #entryOf(header: string): Promise<Entry | Refusal> {
    const secret = /^Bearer +(\S+)$/i.exec(header)?.[1]
    if (secret === undefined) return unauthenticated('The Authorization header must be `Bearer sk_…`.')
    if (!SECRET_FORM.test(secret))
      return unauthenticated('This is not an API key; one begins with sk_live_ or sk_test_.')
    const entry = await this.#find(hashOf(secret))
    if (this.#headers.size >= MOST_HEADERS) this.#headers.clear()
    if (entry.key !== null) this.#headers.set(header, entry)
    return entry
  }

  async #find(hash: Buffer): Promise<Entry> {
    const name = hash.toString('latin1')
    const known = this.#entries.get(name)
    if (known !== undefined && this.#isFresh(known)) return known
    const readAt = this.#now()
    const entry = { key: await this.#read(hash), readAt }
    if (this.#entries.size >= MOST_KNOWN) this.#entries.clear()
    this.#entries.set(name, entry)
    return entry
  }

  #isFresh({ readAt }: Entry): boolean {
    return this.#now() - readAt < FRESH_MS
  }

  async #read(hash: Buffer): Promise<KnownKey | null> {
    const { rows } = await this.#database.query<{
      id: string
      actor: string
      role: Role
      limits: unknown
      program: string
    }>(
      `select k.id, k.actor, k.role, k.limits, p.id as program
       from api_key k join program p on p.number = k.program
       where k.hash = $1 and k.revoked_ms is null`,
      [hash],
    )
    const row = rows[0]
    if (row === undefined) return null
    const program = await this.#programs.find(row.program)
    if (program === undefined) return null
    const { id: keyId, actor, role } = row
    const nobody = { staff: null, session: null, device: null }
    return { caller: { keyId, actor, role, program, limits: Limits.parse(row.limits), ...nobody } }
  }
}

function unauthenticated(detail: string): Refusal {
  return refuse('unauthenticated', detail)
}
