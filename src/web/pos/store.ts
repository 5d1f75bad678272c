/** The till's own memory: what was done, and what it knows of the server, in the browser's database. */

import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { TillState } from '../../client/calls.ts'
import type { Item, Store } from './queue.ts'

interface Schema extends DBSchema {
  items: { key: number; value: Item }
  known: { key: string; value: unknown }
}

/** What a till knows beside its deeds. */
export interface Known {
  token: string
  state: TillState
  /** How far this machine's clock is behind the program's, in ms. */
  offset: number
  shift: OpenShift
  /** By person: what tells their number when nobody answers. */
  verifiers: Record<string, Verifier>
  /** When the server answered last. */
  reached: number
}

export interface OpenShift {
  id: string
  staff: string
  name: string
  ends: number
  locked: boolean
}

export interface Verifier {
  name: string
  salt: string
  hash: string
  wrong: number
  seen: number
}

export class Memory implements Store {
  readonly #db: IDBPDatabase<Schema>

  private constructor(db: IDBPDatabase<Schema>) {
    this.#db = db
  }

  static async open(): Promise<Memory> {
    const db = await openDB<Schema>('regulars-till', 1, {
      upgrade(made) {
        made.createObjectStore('items', { keyPath: 'seq' })
        made.createObjectStore('known')
      },
    })
    // Browsers clear what nobody asked them to keep.
    await navigator.storage?.persist?.()
    return new Memory(db)
  }

  async add(deed: Parameters<Store['add']>[0], atLeast: number): Promise<Item> {
    const transaction = this.#db.transaction('items', 'readwrite', { durability: 'strict' })
    const last = await transaction.store.openKeyCursor(null, 'prev')
    const seq = Math.max(atLeast, last?.key ?? 0) + 1
    const item = {
      seq,
      deed: { ...deed, seq } as Item['deed'],
      state: 'waiting' as const,
      kept: false,
      problem: null,
      answer: null,
      sentAt: null,
    }
    await transaction.store.add(item)
    await transaction.done
    return item
  }

  items(): Promise<Item[]> {
    return this.#db.getAll('items')
  }

  async change(seq: number, change: Partial<Item>): Promise<void> {
    const transaction = this.#db.transaction('items', 'readwrite', { durability: 'strict' })
    const item = await transaction.store.get(seq)
    if (item !== undefined) await transaction.store.put({ ...item, ...change })
    await transaction.done
  }

  async remove(seq: number): Promise<void> {
    await this.#db.delete('items', seq)
  }

  async know<Name extends keyof Known>(name: Name): Promise<Known[Name] | undefined> {
    return (await this.#db.get('known', name)) as Known[Name] | undefined
  }

  async learn<Name extends keyof Known>(name: Name, value: Known[Name] | undefined): Promise<void> {
    if (value === undefined) await this.#db.delete('known', name)
    else await this.#db.put('known', value, name)
  }
}
