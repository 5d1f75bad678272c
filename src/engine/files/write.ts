/** Writes tables as CSV or Parquet, in the shape that the import takes. */

import { mkdtemp, realpath, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  BIGINT,
  BOOLEAN,
  DECIMAL,
  DuckDBDecimalValue,
  DuckDBTimestampTZValue,
  type DuckDBType,
  type DuckDBValue,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api'
import { assert } from '../../core/assert.ts'
import { minorDigits } from '../../core/money.ts'
import { quoted, Rows, sealedDuckDB } from './duckdb.ts'
import type { FileOrder } from './order-reader.ts'

/**
 * How a value is written. `time` is epoch milliseconds, written as an instant; `decimal` is an integer of the smallest
 * units with so many decimal places (money in minor units, points), written as the decimal number.
 */
export type ColumnType = 'text' | 'integer' | 'boolean' | 'time' | { decimal: number }

export type Row = Record<string, string | number | boolean | null | undefined>

export type Format = 'csv' | 'parquet'

/**
 * Writes the rows to `NAME.csv` or `NAME.parquet` in the folder and returns its path and how many they were. The file
 * appears when it is whole; until then, and if writing fails, an earlier one of that name stays.
 */
export async function writeTable(
  dir: string,
  name: string,
  columns: Record<string, ColumnType>,
  rows: AsyncIterable<Row>,
  format: Format,
): Promise<{ path: string; rows: number }> {
  assert(/^[\w-]+$/.test(name), `“${name}” can name a file`)
  // The link-free path is what DuckDB compares with; the folder lies beside the result, so that renaming stays atomic.
  const folder = await mkdtemp(join(await realpath(dir), '.writing-'))
  const instance = await sealedDuckDB([], [folder], folder)
  const connection = await instance.connect()
  try {
    const types = Object.values(columns).map(duckType)
    const names = Object.keys(columns).map((column) => `"${column.replaceAll('"', '""')}"`)
    await connection.run(`CREATE TABLE rows (${names.map((column, i) => `${column} ${types[i]}`).join(', ')})`)
    const count = await writeRows(rows, columns, await Rows.into(connection, 'rows', types))
    const written = join(folder, `${name}.${format}`)
    const shown = Object.values(columns).map((type, i) =>
      format === 'csv' && type === 'time' ? csvTime(names[i]!) : names[i]!,
    )
    await connection.run(
      `COPY (SELECT ${shown.join(', ')} FROM rows) TO ${quoted(written)} (FORMAT ${format}${format === 'csv' ? ', HEADER' : ', COMPRESSION zstd'})`,
    )
    const path = join(dir, `${name}.${format}`)
    await rename(written, path)
    return { path, rows: count }
  } finally {
    connection.closeSync()
    instance.closeSync()
    await rm(folder, { recursive: true, force: true })
  }
}

/** RFC 3339 in UTC. */
function csvTime(column: string): string {
  return `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%gZ') AS ${column}`
}

function duckType(type: ColumnType): DuckDBType {
  if (typeof type === 'object') return DECIMAL(18, type.decimal)
  return { text: VARCHAR, integer: BIGINT, boolean: BOOLEAN, time: TIMESTAMPTZ }[type]
}

async function writeRows(rows: AsyncIterable<Row>, columns: Record<string, ColumnType>, into: Rows): Promise<number> {
  const entries = Object.entries(columns)
  let count = 0
  for await (const row of rows) {
    into.push(entries.map(([name, type]) => duckValue(row[name], type)))
    count++
  }
  into.close()
  return count
}

function duckValue(value: Row[string], type: ColumnType): DuckDBValue {
  if (value === null || value === undefined) return null
  if (type === 'text') return String(value)
  if (type === 'boolean') return Boolean(value)
  assert(Number.isSafeInteger(value), `${value} is an integer`)
  if (type === 'time') return new DuckDBTimestampTZValue(BigInt(value) * 1000n)
  return type === 'integer' ? BigInt(value) : new DuckDBDecimalValue(BigInt(value), 18, type.decimal)
}

/** The columns of an orders file, one row a line: what `openOrders` finds by itself. */
export function orderColumns(currency: string): Record<string, ColumnType> {
  const money = { decimal: minorDigits(currency) ?? 2 }
  return {
    order_id: 'text',
    member: 'text',
    occurred_at: 'time',
    currency: 'text',
    prices: 'text',
    location: 'text',
    channel: 'text',
    line_id: 'text',
    sku: 'text',
    name: 'text',
    category: 'text',
    quantity: 'integer',
    unit_price: money,
    discount: money,
    tax: money,
  }
}

/** The rows of an orders file. */
export async function* orderRows(batches: AsyncIterable<Omit<FileOrder, 'rows'>[]>): AsyncGenerator<Row> {
  for await (const batch of batches) {
    for (const { external_id, lines, ...order } of batch) {
      for (const { id, ...line } of lines) yield { order_id: external_id, ...order, line_id: id, ...line }
    }
  }
}
