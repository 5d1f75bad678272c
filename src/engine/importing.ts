/** Whose turn it is to import: one import a program, and sweeps keep away from accounts that are still on a file's time. */

import { DAY_MS } from '../core/time.ts'
import type { Database, Queries } from './db.ts'
import type { LiveProgram } from './programs.ts'

/** Any number, as long as every process that imports takes the same. */
const IMPORT_LOCK = 726_567

/** An import that nobody took up again within a day holds sweeps back no longer. */
const ABANDONED_MS = DAY_MS

export interface Turn {
  /** The import is complete: the accounts live in the present from now on. */
  complete(): Promise<void>
  /** Lets others import; until the import is completed, by whomever, sweeps stay away. */
  release(): Promise<void>
}

/**
 * Takes the turn, or answers null while another process imports into this program. A process that is killed loses its
 * turn with its connection. That an import has begun is kept in the database, though: were the accounts woken up to the
 * present before it is run again, the rest of the file would come too late for them.
 */
export async function takeTurn(database: Database, program: LiveProgram): Promise<Turn | null> {
  const connection = await database.pool.connect()
  try {
    const { rows } = await connection.query<{ taken: boolean }>('select pg_try_advisory_lock($1, $2) as taken', [
      IMPORT_LOCK,
      program.number,
    ])
    if (!rows[0]!.taken) {
      connection.release()
      return null
    }
    await connection.query(
      `insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value`,
      [nameOf(program), String(Date.now())],
    )
  } catch (error) {
    connection.release(true)
    throw error
  }
  return {
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
