/** Where the benchmark runs: one embedded server with fsync on, and a ledger with many members that is kept between runs. */
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { assert } from '../src/core/assert.ts'
import { compileProgram } from '../src/core/program.ts'
import { type Database, openDatabase, SCHEMA } from '../src/engine/db.ts'
import { type EmbeddedServer, startEmbedded } from '../src/engine/embedded.ts'
import { type Incoming, keys } from '../src/engine/incoming.ts'
import { createLog } from '../src/engine/log.ts'
import { MigrationRefused, migrate } from '../src/engine/migrate.ts'
import { type LiveProgram, Programs } from '../src/engine/programs.ts'
import { openRecorder, type Recorder } from '../src/engine/record.ts'
import { features } from '../src/features/index.ts'
import { benchMembers } from './load.ts'

const FOLDER = '.regulars/bench'
const LEDGER = 'bench'
/** The ledger's time stands still on a Tuesday, so that every run decides the same. */
export const NOW = Date.parse('2026-03-03T15:00:00Z')
const JOINED = NOW - 7_200_000
/** As many as there are milliseconds between joining and now, which is more than any run sends. */
export const MOST_ORDERS = 7_000_000

export async function startServer(): Promise<EmbeddedServer> {
  return startEmbedded(FOLDER, { log: createLog({ level: 'warn' }) })
}

/** Makes a database beside the server's own, unless it is there, and answers its address. */
export async function createDatabase(serverUrl: string, name: string): Promise<string> {
  await command(serverUrl, async (client) => {
    const found = await client.query('select from pg_database where datname = $1', [name])
    if (found.rowCount === 0) await client.query(`create database ${name}`)
  })
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

async function command<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

export interface Ledger {
  url: string
  database: Database
  programs: Programs
  program: LiveProgram
  recorder: Recorder
}

/** The ledger of the last run, or a new one when there is none or the tables have another shape now. */
export async function openLedger(serverUrl: string): Promise<Ledger> {
  const url = await createDatabase(serverUrl, LEDGER)
  const database = await openDatabase(url)
  try {
    await migrate(database)
  } catch (error) {
    await database.close()
    if (!(error instanceof MigrationRefused)) throw error
    await command(serverUrl, (client) => client.query(`drop database ${LEDGER}`))
    return openLedger(serverUrl)
  }
  const programs = new Programs(database, compile)
  const program = await publish({ database, programs }, readFileSync('bench/program.yaml', 'utf8'))
  const recorder = await openRecorder(database, { release: 'bench', tzdata: process.versions['tz'] ?? 'none' })
  return { url, database, programs, program, recorder }
}

/** Publishes a program whose time stands still, unless it is there. */
export async function publish(
  { database, programs }: Pick<Ledger, 'database' | 'programs'>,
  source: string,
): Promise<LiveProgram> {
  const { id, name } = compile(source, 1)
  await database.query(
    `with made as (
       insert into program (id, name, mode, clock_ms, created_ms) values ($1, $2, 'test', $3, $3)
       on conflict do nothing returning number)
     insert into revision (program, number, source, effective_ms, published_by)
     select number, 1, $4, 0, 'bench' from made`,
    [id, name, NOW, source],
  )
  const program = await programs.find(id)
  assert(program !== undefined, 'the program was published')
  return program
}

function compile(source: string, revision: number) {
  const compiled = compileProgram(source, features, revision)
  assert(compiled.program !== null, `the program of the benchmark is right: ${compiled.problems[0]?.message}`)
  return compiled.program
}

const BATCH = 1_000
const LANES = 2

/** Brings the ledger to this many members by the path that every member takes. Answers how many it has now. */
export async function loadMembers(ledger: Ledger, wanted: number, progress: (done: number) => void): Promise<number> {
  const there = await countMembers(ledger)
  // A load that was cut short may have left gaps of as many batches as were in flight; who is there joins only once.
  const from = Math.max(0, there - 2 * LANES * BATCH)
  if (there >= wanted) return there
  await joinAll(ledger, ledger.program, from, wanted, progress)
  return countMembers(ledger)
}

/** Members of a program join, from one number to another, by the path that every member takes. */
export async function joinAll(
  ledger: Ledger,
  program: LiveProgram,
  from: number,
  to: number,
  progress: (done: number) => void,
): Promise<void> {
  const joins = members(program, from, to)
  let done = from
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (let batch = take(joins, BATCH); batch.length > 0; batch = take(joins, BATCH)) {
        await ledger.recorder.record(batch)
        done += batch.length
        progress(done)
      }
    }),
  )
  await ledger.database.query('vacuum analyze')
}

async function countMembers({ database, program }: Ledger): Promise<number> {
  const { rows } = await database.query<{ count: number }>('select count(*) from account where program = $1', [
    program.number,
  ])
  return rows[0]!.count
}

function* members(program: LiveProgram, from: number, to: number): Generator<Incoming> {
  let index = 0
  for (const { external_id } of benchMembers(to)) {
    if (index++ < from) continue
    const key = keys.join(external_id)
    yield { program, ref: { by: 'new' }, key, occurredMs: JOINED, dated: true, type: 'join', body: { external_id } }
  }
}

export function take<T>(source: Iterator<T>, count: number): T[] {
  const taken: T[] = []
  while (taken.length < count) {
    const { value, done } = source.next()
    if (done) break
    taken.push(value)
  }
  return taken
}

export interface Size {
  table: string
  bytes: number
}

/** Every table of the ledger with its indexes and long values. */
export async function sizes({ database }: Ledger): Promise<Size[]> {
  const { rows } = await database.query<Size>(
    `select relname as table, pg_total_relation_size(oid) as bytes from pg_class
     where relkind = 'r' and relnamespace = to_regnamespace($1) order by 2 desc`,
    [SCHEMA],
  )
  return rows
}

/** A load of its own each time: orders under new ids, and the server's pages clean as after a checkpoint. */
export async function newLoad({ database }: Ledger): Promise<number> {
  await database.query('checkpoint')
  const { rows } = await database.query<{ seed: number }>(`select nextval('id_block') as seed`)
  return rows[0]!.seed
}

export async function serverVersion({ database }: Ledger): Promise<string> {
  const { rows } = await database.query<{ name: string }>(`select current_setting('server_version') as name`)
  return rows[0]!.name
}
