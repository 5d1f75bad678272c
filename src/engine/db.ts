/** The pool of connections to PostgreSQL, and the few things that every statement of ours relies on. */

import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { assert } from '../core/assert.ts'

/** The oldest PostgreSQL whose statements ours are: `nulls not distinct`, `merge`. */
const OLDEST_VERSION = 15
/** Every table of ours stands in this schema, which connections look into first. */
export const SCHEMA = 'regulars'

/** A statement with a name is parsed and planned once a connection. A name must always mean the same text. */
export type Statement = string | { readonly name: string; readonly text: string }

export interface Queries {
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    statement: Statement,
    values?: readonly unknown[],
  ): Promise<pg.QueryResult<Row>>
}

export interface Database extends Queries {
  readonly pool: pg.Pool
  /** Runs everything that `work` asks for in one transaction, which an exception rolls back. */
  transaction<Result>(work: (connection: Queries) => Promise<Result>): Promise<Result>
  /** Waits for running statements and closes all connections. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** The most connections that are open at once. */
  max?: number
  /** Told of connections that break while nobody uses them; the next statement opens a new one. */
  onIdleError?: (error: Error) => void
}

/** The database cannot be used as it was named; the message says what to do, without the password. */
export class DatabaseUnusable extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DatabaseUnusable'
  }
}

/** Opens the pool and makes one connection, so that whatever is wrong with the address is said at once. */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  const address = describeAddress(url)
  const pool = new pg.Pool({ ...connectionSettings(url), max: options.max ?? 10 })
  // Without a listener, a server that restarts would end this process.
  // The pool listens only to connections that nobody uses. One that breaks between two statements of a transaction
  // fails the next of them; without a listener of its own it would end this process first.
  pool.on('connect', (client) => client.on('error', () => {}))
  pool.on('error', (error) => {
    // Connections that are being closed may see the server go first, which is no news.
    if (!pool.ending) options.onIdleError?.(error)
  })
  try {
    await checkVersion(pool, address)
  } catch (error) {
    await pool.end()
    throw explain(error, address)
  }
  return {
    pool,
    query: (statement, values) => pool.query(asQuery(statement, values)),
    transaction: (work) => transaction(pool, work),
    close: () => pool.end(),
  }
}

async function transaction<Result>(pool: pg.Pool, work: (connection: Queries) => Promise<Result>): Promise<Result> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work({ query: (statement, values) => client.query(asQuery(statement, values)) })
    await client.query('commit')
    return result
  } catch (error) {
    // A connection that cannot even roll back is of no use to the next one.
    await client.query('rollback').catch((reason: Error) => {
      broken = reason
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/**
 * Whether another process of ours is in the middle of something at this moment. The server keeps count of that anyway,
 * so it costs those who are at work nothing. Processes whose address gives them one name do not see each other.
 */
export async function othersAtWork(queries: Queries): Promise<boolean> {
  const { rows } = await queries.query<{ busy: boolean }>(
    `select exists (select from pg_stat_activity where datname = current_database() and state <> 'idle'
       and application_name like 'regulars %' and application_name not in ('regulars jobs', current_setting('application_name'))
     ) as busy`,
  )
  return rows[0]!.busy
}

function asQuery(statement: Statement, values: readonly unknown[] = []): pg.QueryConfig {
  const query = typeof statement === 'string' ? { text: statement } : statement
  // Without values the simple protocol is used, which takes several statements in one text.
  return values.length === 0 ? { ...query } : { ...query, values: values as unknown[] }
}

/** Tells the connections of this process from those of another. */
const PROCESS = `regulars ${randomBytes(4).toString('hex')}`

function connectionSettings(url: string): pg.PoolConfig {
  const given = new URL(url).searchParams.get('options') ?? ''
  return {
    connectionString: withoutOptions(url),
    options: `${given} -c search_path=${SCHEMA},public -c timezone=UTC`.trim(),
    application_name: PROCESS,
    types: { getTypeParser },
    connectionTimeoutMillis: 10_000,
    // Statements that do not wait for each other's answers go out together.
    pipeline: true,
  }
}

/** Settings inside the URL would otherwise hide ours. */
function withoutOptions(url: string): string {
  const parsed = new URL(url)
  parsed.searchParams.delete('options')
  return parsed.href
}

async function checkVersion(pool: pg.Pool, address: string): Promise<void> {
  const { rows } = await pool.query<{ number: string; name: string }>(
    `select current_setting('server_version_num') as number, current_setting('server_version') as name`,
  )
  const { number, name } = rows[0]!
  if (Number(number) >= OLDEST_VERSION * 10_000) return
  throw new DatabaseUnusable(`Regulars needs PostgreSQL ${OLDEST_VERSION} or newer, and ${address} is ${name}.`)
}

/** Host, port, database and user; never the password. */
function describeAddress(url: string): string {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw new DatabaseUnusable(
      'The database URL is not a URL; it looks like postgres://user:password@host:5432/database.',
    )
  }
  const host = parsed.hostname || parsed.searchParams.get('host') || 'localhost'
  const user = parsed.username ? `${decodeURIComponent(parsed.username)}@` : ''
  return `${user}${host}:${parsed.port || 5432}${parsed.pathname}`
}

function explain(error: unknown, address: string): Error {
  if (error instanceof DatabaseUnusable) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  const advice = ADVICE[code]
  return new DatabaseUnusable(`The database ${address} cannot be used: ${advice ?? `${message || code}.`}`)
}

/** By the system's error code, or PostgreSQL's (Appendix A of its manual). */
const ADVICE: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there. Start PostgreSQL, or set DATABASE_URL to where it runs.',
  ENOTFOUND: 'there is no such host. Look at DATABASE_URL.',
  EAI_AGAIN: 'the name of the host cannot be looked up now. Look at DATABASE_URL and the network.',
  ETIMEDOUT: 'the host does not answer. Look at DATABASE_URL, the network and firewalls.',
  ENOENT: 'there is no such socket. Start PostgreSQL, or set DATABASE_URL to where it runs.',
  '28P01': 'the server refuses the password. Look at DATABASE_URL.',
  '28000': "the server refuses this user. Look at DATABASE_URL and the server's pg_hba.conf.",
  '3D000': 'the server has no such database. Create it (createdb), or name another one in DATABASE_URL.',
  '53300': 'all of its connections are in use. Raise max_connections, or close other programs.',
  '57P03': 'it is starting or stopping. Try again in a moment.',
}

// Type numbers from PostgreSQL's pg_type.dat.
const BIGINT = 20
const BIGINT_ARRAY = 1016
const DATE_AND_TIME = new Set([1082, 1114, 1184])

/** `bigint` columns hold safe integers by our constraints, so they are numbers here, and anything else is a mistake. */
function getTypeParser(oid: number, format?: 'text' | 'binary') {
  if (format === 'binary') return pg.types.getTypeParser(oid, 'binary')
  if (oid === BIGINT) return safeInteger
  if (oid === BIGINT_ARRAY) return safeIntegers
  // Days and times are integers in our tables; whatever else the server says of time stays text, not a local Date.
  if (DATE_AND_TIME.has(oid)) return String
  return pg.types.getTypeParser(oid, 'text')
}

function safeInteger(text: string): number {
  const value = Number(text)
  assert(Number.isSafeInteger(value), `the database answered ${text}, which is beyond the safe integers`)
  return value
}

const TEXT_ARRAY: number = 1009
const parseTextArray = pg.types.getTypeParser(TEXT_ARRAY) as (text: string) => (string | null)[]

function safeIntegers(text: string): (number | null)[] {
  return parseTextArray(text).map((element) => (element === null ? null : safeInteger(element)))
}
