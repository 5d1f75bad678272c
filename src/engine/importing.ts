/** Whose turn it is to import: one import a program, and sweeps keep away from accounts that are still on a file's time. */

import { type Refusal, refuse } from '../core/refusal.ts'
import { DAY_MS } from '../core/time.ts'
import type { Database, Queries } from './db.ts'
import type { LiveProgram } from './programs.ts'

/** Any number, as long as every process that imports takes the same. */
const IMPORT_LOCK = 726_567

/** An import that nobody took up again within a day holds sweeps back no longer. */
const ABANDONED_MS = DAY_MS

export interface Turn {
  /** From now on accounts are on the file's time. */
  begin(): Promise<void>
  /** The import is complete: the accounts live in the present from now on. */
  complete(): Promise<void>
  /** Lets others import; until the import is completed, by whomever, sweeps stay away. */
  release(): Promise<void>
}

/**
 * Takes the turn; refused while another process imports into this program. A process that is killed loses its
 * turn with its connection. That its import has begun is kept in the database, though: were the accounts woken up to the
 * present before it is run again, the rest of the file would come too late for them.
 */
export async function takeTurn(database: Database, program: LiveProgram): Promise<Turn | Refusal> {
  const connection = await database.pool.connect()
  try {
    const { rows } = await connection.query<{ taken: boolean }>('select pg_try_advisory_lock($1, $2) as taken', [
      IMPORT_LOCK,
      program.number,
    ])
    if (!rows[0]!.taken) {
      connection.release()
      return refuse('unavailable', `Another import into ${program.id} is running.`)
    }
  } catch (error) {
    connection.release(true)
    throw error
  }
  return {
    async begin() {
      await connection.query(
        `insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value`,
        [nameOf(program), String(Date.now())],
      )
    },
    async complete() {
      await connection.query('delete from setting where name = $1', [nameOf(program)])
    },
    async release() {
      await connection.query('select pg_advisory_unlock($1, $2)', [IMPORT_LOCK, program.number])
      connection.release()
    },
  }
}

/** Whether an import into this program has begun and is not complete. */
export async function isImporting(queries: Queries, program: LiveProgram): Promise<boolean> {
  const { rows } = await queries.query<{ value: string }>('select value from setting where name = $1', [
    nameOf(program),
  ])
  return rows.length > 0 && Date.now() - Number(rows[0]!.value) < ABANDONED_MS
}

function nameOf(program: LiveProgram): string {
  return `importing:${program.number}`
}
