/** Names of accounts and activities: integers that grow with time inside, short texts with a prefix outside. */

import { assert } from '../core/assert.ts'
import type { Database, Queries } from './db.ts'

/** Ids per block: so many that the next is fetched long before one is used up. What is left of one is never used. */
const BLOCK = 1_000_000
/** The last digits of an id tell its stripe, so that no look-up is needed to find where a row is. */
const STRIPES_LIMIT = 256
/** How far the first ids of two blocks are apart. */
export const IDS_PER_BLOCK = BLOCK * STRIPES_LIMIT

export type IdPrefix = 'act' | 'adj' | 'bat' | 'evt' | 'mem' | 'not' | 'red' | 'sal' | 'use'

/** `mem_1f3kq`: the id in base 36 after what it names. */
export function publicId(prefix: IdPrefix, id: number): string {
  return `${prefix}_${base36(id)}`
}

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'
const PAIRS = Array.from({ length: 36 * 36 }, (_, pair) => DIGITS[Math.floor(pair / 36)]! + DIGITS[pair % 36]!)

/** `id.toString(36)`, four times as fast: an answer has half a dozen of them. */
export function base36(id: number): string {
  let text = ''
  let rest = id
  while (rest >= PAIRS.length) {
    const higher = Math.floor(rest / PAIRS.length)
    text = PAIRS[rest - higher * PAIRS.length]! + text
    rest = higher
  }
  return (rest < DIGITS.length ? DIGITS[rest]! : PAIRS[rest]!) + text
}

/** The integer of a public id, or null when the text is none with this prefix. */
export function parseId(prefix: IdPrefix, text: string): number | null {
  const match = /^([a-z]{3})_([0-9a-z]{1,11})$/.exec(text)
  if (match === null || match[1] !== prefix) return null
  const id = Number.parseInt(match[2]!, 36)
  return Number.isSafeInteger(id) ? id : null
}

export function stripeOf(id: number): number {
  return id % STRIPES_LIMIT
}

/** The stripe of a key or an order id: FNV-1a over its UTF-16 units, which is the same on every machine. */
export function stripeOfText(text: string, stripes: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % stripes
}

/** A name for something rare that is no account's: the first of a block of its own, which nobody else takes from. */
export async function takeName(queries: Queries): Promise<number> {
  const { rows } = await queries.query<{ block: number }>(`select nextval('id_block') as block`)
  return rows[0]!.block * BLOCK * STRIPES_LIMIT
}

/** Hands out ids from a block of this process's own, without asking the database. */
export class Ids {
  readonly #database: Database
  readonly #stripes: number
  #next = 0
  #end = 0
  #spare: number | null = null
  #fetching = false

  private constructor(database: Database, stripes: number) {
    this.#database = database
    this.#stripes = stripes
  }

  static async open(database: Database, stripes: number): Promise<Ids> {
    const ids = new Ids(database, stripes)
    await ids.#fetch()
    return ids
  }

  /** An id for an activity of this stripe, or for a new account, whose stripe is then ours to choose. */
  take(stripe?: number): number {
    if (this.#next === this.#end) this.#open()
    const count = this.#next++
    if (this.#end - this.#next < BLOCK / 2 && this.#spare === null && !this.#fetching) void this.#fetch()
    return count * STRIPES_LIMIT + (stripe ?? count % this.#stripes)
  }

  #open(): void {
    assert(this.#spare !== null, 'the next block of ids came before this one was used up')
    this.#next = this.#spare * BLOCK
    this.#end = this.#next + BLOCK
    this.#spare = null
  }

  async #fetch(): Promise<void> {
    this.#fetching = true
    try {
      const { rows } = await this.#database.query<{ block: number }>(`select nextval('id_block') as block`)
      this.#spare = rows[0]!.block
    } finally {
      this.#fetching = false
    }
  }
}
