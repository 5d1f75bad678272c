/**
 * Reads each distinct text of a column once, with the same code as the rest of the product, into a table that the rows
 * are joined with: DuckDB does what is many, and nothing about money or time is decided twice.
 */

import {
  BIGINT,
  BOOLEAN,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  VARCHAR,
} from '@duckdb/node-api'
import type { Zone } from '../../core/time.ts'
import { chunks } from './duckdb.ts'
import type { Source } from './source.ts'
import { type DayOrder, type Read, readDate } from './values.ts'

/** How people say which of day and month their dates begin with. */
export const DAY_ORDER: Record<string, DayOrder> = { dmy: 'day first', mdy: 'month first' }

/** Fills `dates(text, ms)` from `raw.date` and says how dates with slashes were read; unreadable ones have no `ms`. */
export async function readDates(source: Source, zone: Zone, wanted: DayOrder): Promise<string> {
  const order = wanted ?? (await evidentOrder(source.connection))
  await source.connection.run('CREATE TABLE dates (text VARCHAR, ms BIGINT)')
  await readDistinct(
    source,
    'dates',
    'SELECT DISTINCT date FROM raw WHERE date IS NOT NULL',
    [VARCHAR, BIGINT],
    (text) => {
      const ms = readDate(text, zone, order)
      return [text, ms === null ? null : BigInt(ms)]
    },
  )
  return order === null ? 'year first' : `${order} where the year is last`
}

/** The order of day and month that the file itself proves: somewhere one of the two is beyond 12, and never both. */
async function evidentOrder(connection: DuckDBConnection): Promise<DayOrder> {
  const part = (n: number) =>
    `max(try_cast(regexp_extract(date, '^(\\d{1,2})[-/](\\d{1,2})[-/]\\d{4}', ${n}) AS INTEGER))`
  const [row] = (await connection.runAndReadAll(`SELECT ${part(1)}, ${part(2)} FROM raw`)).getRowsJson() as [
    number | null,
    number | null,
  ][]
  const [first, second] = [row![0] ?? 0, row![1] ?? 0]
  if (first > 12 && second <= 12) return 'day first'
  return second > 12 && first <= 12 ? 'month first' : null
}

/** Fills `table(text, value, code, rounded)` from those of the columns that the file has. */
export async function readNumbers(
  source: Source,
  table: string,
  columns: readonly string[],
  fields: Record<string, number>,
  read: (text: string) => Read,
): Promise<void> {
  await source.connection.run(`CREATE TABLE ${table} (text VARCHAR, value BIGINT, code VARCHAR, rounded BOOLEAN)`)
  const parts = columns.filter((column) => column in fields).map((column) => `SELECT "${column}" AS text FROM raw`)
  if (parts.length === 0) return
  const distinct = `SELECT DISTINCT text FROM (${parts.join(' UNION ALL ')}) WHERE text IS NOT NULL`
  await readDistinct(source, table, distinct, [VARCHAR, BIGINT, VARCHAR, BOOLEAN], (text) => {
    const { value, code, rounded } = read(text)
    return [text, value === null ? null : BigInt(value), code, rounded]
  })
}

async function readDistinct(
  source: Source,
  table: string,
  sql: string,
  types: DuckDBType[],
  read: (text: string) => DuckDBValue[],
): Promise<void> {
  const appender = await source.connection.createAppender(table)
  for await (const chunk of chunks(source, sql)) {
    const rows = DuckDBDataChunk.create(types)
    rows.setRows((chunk.getColumnValues(0) as string[]).map(read))
    appender.appendDataChunk(rows)
  }
  appender.closeSync()
}
