/** Drafts of orders: kept apart from the ledger until they are paid. Whoever pays or changes one holds its row. */

import type { OrderBody } from '../core/activity.ts'
import type { Database, Queries } from './db.ts'

export interface Draft {
  member: string | null
  occurredMs: number
  body: OrderBody
  status: 'draft' | 'cancelled'
}

/** Everything about one draft, from the look at it to what follows, in one transaction. */
export interface Drafts {
  /** The draft, held until the transaction ends. */
  hold(): Promise<Draft | null>
  /** The draft as it is to be from now on, held too. */
  save(draft: Draft): Promise<void>
  drop(): Promise<void>
}

/** Does `work` while nobody else can pay, change or cancel the draft. */
export function withDraft<T>(
  database: Database,
  program: number,
  external: string,
  now: number,
  work: (drafts: Drafts) => Promise<T>,
): Promise<T> {
  const key = [program, external]
  return gateOf(database).pass(() =>
    database.transaction((connection) =>
      work({
        hold: () => readDraft(connection, program, external, 'for update'),
        save: async ({ member, occurredMs, body, status }) => {
          await connection.query(
            `insert into draft_order (program, external_id, member, body, status, updated_ms)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (program, external_id) do update set member = excluded.member, body = excluded.body,
               status = excluded.status, updated_ms = excluded.updated_ms`,
            [...key, member, JSON.stringify({ occurredMs, body }), status, now],
          )
        },
        drop: async () => {
          await connection.query('delete from draft_order where program = $1 and external_id = $2', key)
        },
      }),
    ),
  )
}

export async function readDraft(
  queries: Queries,
  program: number,
  external: string,
  lock: 'for update' | '' = '',
): Promise<Draft | null> {
  const { rows } = await queries.query<{ member: string | null; body: string; status: Draft['status'] }>(
    `select member, body, status from draft_order where program = $1 and external_id = $2 ${lock}`,
    [program, external],
  )
  const row = rows[0]
  if (row === undefined) return null
  const { occurredMs, body } = JSON.parse(row.body) as Pick<Draft, 'occurredMs' | 'body'>
  return { member: row.member, occurredMs, body, status: row.status }
}

/**
 * Paying holds the row on one connection while the inbox records on another. If payers could take every connection of
 * the pool, none would be left for the inbox, and all would wait for ever.
 */
class Gate {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(places: number) {
    this.#free = places
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }
}

const gates = new WeakMap<Database, Gate>()

function gateOf(database: Database): Gate {
  let gate = gates.get(database)
  if (gate === undefined) {
    gate = new Gate(Math.max(1, Math.floor((database.pool.options.max ?? 10) / 4)))
    gates.set(database, gate)
  }
  return gate
}
