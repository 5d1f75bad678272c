/** Brings the database's tables to this release's shape: forward only, each step once, in a transaction of its own. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Database, type Queries, SCHEMA } from './db.ts'

/**
 * The tables that grow with members and orders. On Citus they are spread over the workers by `stripe`, which leads the
 * key of each.
 */
export const GROWING_TABLES: readonly string[] = [
  'account',
  'due',
  'activity',
  'posting',
  'directory',
  'profile',
  'remainder',
  'expired_lot',
  'redemption',
  'sale',
  'waiting_return',
  'adjustment',
  'benefit',
  'sealed_head',
  'calendar',
  'forwarded',
  'tally',
  'referral',
  'voucher',
  'pool_code',
  'printed_code',
  'note',
  'till_deed',
  'till_consent',
  'card_link',
  'bought',
]

export interface MigrateOptions {
  /** Spread the growing tables over the workers of a Citus cluster. */
  citus?: boolean
  /** Where the steps stand, as `001-name.sql`; the release's own unless said otherwise. */
  folder?: string
  growingTables?: readonly string[]
}

/** The database and the files of this release contradict each other, or something that is needed is missing. */
export class MigrationRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'MigrationRefused'
  }
}

interface Step {
  number: number
  name: string
  text: string
  checksum: string
}

/** Any number, as long as every process that migrates takes the same: "regulars" has it alone. */
const MIGRATION_LOCK = 7_265_677_117

/** Applies what is missing and answers the names of what it applied. Several processes at once wait for each other. */
export async function migrate(database: Database, options: MigrateOptions = {}): Promise<string[]> {
  const steps = readSteps(options.folder ?? ownFolder())
  if (options.citus) await requireCitus(database)
  await prepare(database)
  const applied: string[] = []
  for (let name = await applyNext(database, steps); name; name = await applyNext(database, steps)) applied.push(name)
  if (options.citus) await distribute(database, options.growingTables ?? GROWING_TABLES)
  return applied
}

/** What keeps this release from using the database as it is, in a sentence; null when nothing does. Changes nothing. */
export async function findOutdated(database: Queries): Promise<string | null> {
  const steps = readSteps(ownFolder())
  let known: { number: number; name: string; checksum: string }[]
  try {
    const { rows } = await database.query<(typeof known)[number]>(
      `select number, name, checksum from ${SCHEMA}.migrations order by number`,
    )
    known = rows
    for (const [index, row] of known.entries()) checkApplied(row, steps[index])
  } catch (error) {
    if (error instanceof MigrationRefused) return error.message
    if ((error as { code?: string }).code === UNDEFINED_TABLE) return 'The database is empty; run `regulars migrate`.'
    return 'The database does not answer.'
  }
  const missing = steps[known.length]
  return missing === undefined ? null : `The database lacks ${missing.name}; run \`regulars migrate\`.`
}

/** PostgreSQL's code for a table that is not there. */
const UNDEFINED_TABLE = '42P01'

/** The compiler leaves SQL files where they are: beside this file's source, three folders above its compiled form. */
function ownFolder(): string {
  const beside = fileURLToPath(new URL('./sql', import.meta.url))
  return existsSync(beside) ? beside : fileURLToPath(new URL('../../../src/engine/sql', import.meta.url))
}

function readSteps(folder: string): Step[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  const steps = names.sort().map((name) => readStep(folder, name))
  steps.forEach(({ number, name }, index) => {
    if (number !== index + 1)
      throw new MigrationRefused(`${name} should have number ${index + 1}: steps count up from 1.`)
  })
  return steps
}

function readStep(folder: string, name: string): Step {
  const number = /^(\d{3})-[a-z0-9-]+\.sql$/.exec(name)?.[1]
  if (!number) throw new MigrationRefused(`${name} is not named like a migration: 001-what-it-does.sql.`)
  // A checkout on Windows ends lines in its own way, which changes nothing of what the step does.
  const text = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')
  return { number: Number(number), name, text, checksum: createHash('sha256').update(text).digest('hex') }
}

/** What another process was quicker at, whichever of schema and table it was. */
const MADE_MEANWHILE = new Set(['23505', '42P07'])

/**
 * The lock below does not help here: a transaction that waited for it still sees no schema, since it looked for one when
 * it connected. Whoever comes second is told that it is there.
 */
async function prepare(database: Database): Promise<void> {
  try {
    await database.query(`
      create schema if not exists ${SCHEMA};
      create table if not exists ${SCHEMA}.migrations (
        number integer primary key, name text not null, checksum text not null, applied_at_ms bigint not null
      )`)
  } catch (error) {
    if (!MADE_MEANWHILE.has((error as { code?: string }).code ?? '')) throw error
  }
}

/** Applies one step under a lock that ends with its transaction; answers its name, or null when none is left. */
function applyNext(database: Database, steps: readonly Step[]): Promise<string | null> {
  return database.transaction(async (connection) => {
    await connection.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    const next = steps[await countApplied(connection, steps)]
    if (!next) return null
    try {
      await connection.query(next.text)
    } catch (error) {
      throw new MigrationRefused(`${next.name} failed: ${describeFailure(error, next.text)}`)
    }
    await connection.query('insert into migrations (number, name, checksum, applied_at_ms) values ($1, $2, $3, $4)', [
      next.number,
      next.name,
      next.checksum,
      Date.now(),
    ])
    return next.name
  })
}

/** How many steps the database has; refuses when they are not the ones of this release. */
async function countApplied(connection: Queries, steps: readonly Step[]): Promise<number> {
  const { rows } = await connection.query<{ number: number; name: string; checksum: string }>(
    'select number, name, checksum from migrations order by number',
  )
  for (const [index, row] of rows.entries()) checkApplied(row, steps[index])
  return rows.length
}

function checkApplied(row: { number: number; name: string; checksum: string }, step: Step | undefined): void {
  if (!step) {
    throw new MigrationRefused(
      `The database has migration ${row.name}, which this release does not know: it was used by a newer Regulars. ` +
        'Use that release or a later one.',
    )
  }
  if (row.number === step.number && row.checksum === step.checksum) return
  throw new MigrationRefused(
    `${step.name} was changed after it was applied to this database (as ${row.name}). ` +
      'Put the file back as it was, and write the change as a new migration.',
  )
}

/** PostgreSQL counts characters from 1; people count lines. */
function describeFailure(error: unknown, text: string): string {
  const { message, position } = error as { message: string; position?: string }
  if (!position) return message
  return `${message} (line ${text.slice(0, Number(position)).split('\n').length})`
}

async function requireCitus(database: Database): Promise<void> {
  const { rowCount } = await database.query(`select from pg_extension where extname = 'citus'`)
  if (rowCount === 1) return
  throw new MigrationRefused(
    'This database has no Citus. Install the extension and run "create extension citus" in it first.',
  )
}

/** Tables that are spread already stay as they are; all of one stripe stand on one worker. */
async function distribute(database: Database, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const name = `${SCHEMA}.${table}`
    const { rowCount } = await database.query('select from pg_dist_partition where logicalrelid = $1::regclass', [name])
    const together = table === tables[0] ? 'default' : `${SCHEMA}.${tables[0]}`
    if (rowCount === 0) {
      await database.query(`select create_distributed_table($1, 'stripe', colocate_with => $2)`, [name, together])
    }
  }
}
