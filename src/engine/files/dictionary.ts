/**
 * Reads each distinct text that SQL leaves to us once, with the same code as the rest of the product, into a table that
 * the rows are joined with: DuckDB does what is many, and nothing about money or time is decided twice.
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

/** The texts of a column that are to be read: a query for them, each once, as `text`. */
export type Texts = string

/**
 * Fills `dates(text, ms)` and says how dates with slashes were read; unreadable ones have no `ms`. Nothing is filled if
 * no text is left to read.
 */
export async function readDates(source: Source, texts: Texts | null, zone: Zone, wanted: DayOrder): Promise<string> {
  const order = wanted ?? (texts === null ? null : await evidentOrder(source.connection, texts))
  if (texts !== null) {
    await source.connection.run('CREATE TABLE dates (text VARCHAR, ms BIGINT)')
    await readDistinct(source, 'dates', texts, [VARCHAR, BIGINT], (text) => {
      const ms = readDate(text, zone, order)
      return [text, ms === null ? null : BigInt(ms)]
    })
  }
  return order === null ? 'year first' : `${order} where the year is last`
}

/** The order of day and month that the file itself proves: somewhere one of the two is beyond 12, and never both. */
async function evidentOrder(connection: DuckDBConnection, texts: Texts): Promise<DayOrder> {
  const part = (n: number) =>
    `max(try_cast(regexp_extract(text, '^(\\d{1,2})[-/](\\d{1,2})[-/]\\d{4}', ${n}) AS INTEGER))`
  const query = `SELECT ${part(1)}, ${part(2)} FROM (${texts})`
  const [row] = (await connection.runAndReadAll(query)).getRowsJson() as [number | null, number | null][]
  const [first, second] = [row![0] ?? 0, row![1] ?? 0]
  if (first > 12 && second <= 12) return 'day first'
  return second > 12 && first <= 12 ? 'month first' : null
}

/** Fills `table(text, value, code, rounded)` with what is left to read of some columns. */
export async function readNumbers(
  source: Source,
  table: string,
  texts: readonly Texts[],
  read: (text: string) => Read,
): Promise<void> {
  if (texts.length === 0) return
  await source.connection.run(`CREATE TABLE ${table} (text VARCHAR, value BIGINT, code VARCHAR, rounded BOOLEAN)`)
  await readDistinct(source, table, texts.join(' UNION '), [VARCHAR, BIGINT, VARCHAR, BOOLEAN], (text) => {
    const { value, code, rounded } = read(text)
    return [text, value === null ? null : BigInt(value), code, rounded]
  })
}

async function readDistinct(
  source: Source,
  table: string,
  texts: Texts,
  types: DuckDBType[],
  read: (text: string) => DuckDBValue[],
): Promise<void> {
  const appender = await source.connection.createAppender(table)
  for await (const chunk of chunks(source, texts)) {
    const rows = DuckDBDataChunk.create(types)
    rows.setRows((chunk.getColumnValues(0) as string[]).map(read))
    appender.appendDataChunk(rows)
  }
  appender.closeSync()
}
