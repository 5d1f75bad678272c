/** Rows with a negative quantity: what they give back is looked for among the purchases of the same file. */

import { DOUBLE, type DuckDBConnection, type DuckDBValue, VARCHAR } from '@duckdb/node-api'
import { type Matches, matchCredits } from '../../core/credit-notes.ts'
import { chunks, Rows } from './duckdb.ts'
import type { Plan } from './grouping.ts'
import type { Source } from './source.ts'

/** A row's units of an item, and where its order or note stands in the order of time. */
interface Units {
  member: string | null
  sku: string
  /** The order or the note. */
  order: string
  line: string
  ms: number
  firstRow: number
  row: number
  quantity: number
}

const COLUMNS = ['member', 'sku', 'order', 'line', 'ms', 'first_row', 'row', 'quantity']

/**
 * Fills `matched`, a row for each line of an order that a note gives back something of, and `unmatched`. Items are
 * matched one by one: only purchases of items that were ever given back by the same member are read. Answers whether
 * the file has such rows at all; most have none, and pay for the question alone.
 */
export async function matchCreditRows(source: Source, plan: Plan): Promise<boolean> {
  const { connection } = source
  const count = `SELECT count(*) FROM placed WHERE verdict IS NULL AND quantity < 0`
  if ((await connection.runAndReadAll(count)).getRowsJson()[0]![0] === '0') return false
  await connection.run(`CREATE TABLE matched (note VARCHAR, "order" VARCHAR, line VARCHAR, ms DOUBLE, first_row DOUBLE,
    row DOUBLE, member VARCHAR, quantity DOUBLE)`)
  await connection.run(
    'CREATE TABLE unmatched (row DOUBLE, "order" VARCHAR, sku VARCHAR, asked DOUBLE, missing DOUBLE)',
  )
  if (!('sku' in plan.fields)) return true
  await createUnits(connection, plan)
  const matched = await Rows.into(connection, 'matched', MATCHED)
  const unmatched = await Rows.into(connection, 'unmatched', UNMATCHED)
  for await (const { purchases, credits } of groups(source)) {
    const found = matchCredits(purchases, credits, isBefore)
    for (const one of found.matched) matched.push(matchedRow(one))
    for (const one of found.unmatched) unmatched.push(unmatchedRow(one))
  }
  matched.close()
  unmatched.close()
  await connection.run('DROP TABLE units')
  return true
}

/** Purchases before notes of the same moment are those that stand above them in the file. */
function isBefore(purchase: Units, credit: Units): boolean {
  return purchase.ms < credit.ms || (purchase.ms === credit.ms && purchase.firstRow < credit.firstRow)
}

async function createUnits(connection: DuckDBConnection, plan: Plan): Promise<void> {
  const line = 'line' in plan.fields ? `coalesce(raw.line, '#' || place)` : 'place::VARCHAR'
  const given = `SELECT DISTINCT order_member, raw.sku FROM placed JOIN raw USING (row)
    WHERE verdict IS NULL AND placed.quantity < 0 AND raw.sku IS NOT NULL`
  await connection.run(`CREATE TABLE units AS
    WITH given AS (${given}),
    lines AS (SELECT *, row_number() OVER (PARTITION BY first_row ORDER BY row) AS place FROM placed WHERE verdict IS NULL)
    SELECT lines.order_member AS member, raw.sku, lines."order", ${line} AS line, order_ms AS ms, first_row, row,
      lines.quantity
    FROM lines JOIN raw USING (row)
      JOIN given ON given.sku = raw.sku AND given.order_member IS NOT DISTINCT FROM lines.order_member
    ORDER BY member, raw.sku, ms, first_row, row`)
}

async function* groups(source: Source): AsyncGenerator<{ purchases: Units[]; credits: Units[] }> {
  const sql = `SELECT ${COLUMNS.map((name) => (TEXTS.has(name) ? `"${name}"` : `${name}::DOUBLE AS ${name}`)).join(', ')} FROM units`
  let group: { purchases: Units[]; credits: Units[] } | null = null
  let last: Units | null = null
  for await (const chunk of chunks(source, sql)) {
    const columns = COLUMNS.map((_, i) => chunk.getColumnValues(i))
    for (let i = 0; i < chunk.rowCount; i++) {
      const [member, sku, order, line, ms, firstRow, row, quantity] = columns.map((column) => column[i])
      const units = { member, sku, order, line, ms, firstRow, row, quantity: Math.abs(quantity as number) } as Units
      if (group === null || last?.member !== units.member || last.sku !== units.sku) {
        if (group !== null) yield group
        group = { purchases: [], credits: [] }
      }
      const side = (quantity as number) < 0 ? group.credits : group.purchases
      side.push(units)
      last = units
    }
  }
  if (group !== null) yield group
}

const TEXTS = new Set(['member', 'sku', 'order', 'line'])

type Found = Matches<Units, Units>

const MATCHED = [VARCHAR, VARCHAR, VARCHAR, DOUBLE, DOUBLE, DOUBLE, VARCHAR, DOUBLE]
const UNMATCHED = [DOUBLE, VARCHAR, VARCHAR, DOUBLE, DOUBLE]

function matchedRow({ purchase, credit, quantity }: Found['matched'][number]): DuckDBValue[] {
  const { order, ms, firstRow, row, member } = credit
  return [order, purchase.order, purchase.line, ms, firstRow, row, member, quantity]
}

function unmatchedRow({ credit, quantity }: Found['unmatched'][number]): DuckDBValue[] {
  return [credit.row, credit.order, credit.sku, credit.quantity, quantity]
}
