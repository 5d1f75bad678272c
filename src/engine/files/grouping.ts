/**
 * From rows to orders, in SQL: every row is checked, rows of one order are put together under its first one, and the
 * lines are sorted by the time of their orders. DuckDB spills what does not fit in memory.
 */

import type { DuckDBConnection } from '@duckdb/node-api'
import { matchCreditRows, type PastPurchases } from './credits.ts'
import { quoted } from './duckdb.ts'
import type { Source } from './source.ts'

/** What the columns found make of a row: a line of an order with its price or its total, or a whole order. */
export type RowIs = 'line by price' | 'line by total' | 'order'

export interface Plan {
  fields: Record<string, number>
  rowIs: RowIs
  currency: string
  /** Epoch milliseconds; orders from here on are left out. */
  until: number
  sortedBy: 'time' | 'member'
  /** What was sold before the file, where that is known. */
  past?: PastPurchases | undefined
}

/**
 * Makes `lines`, sorted, and `odd` out of `raw`, `broken` and the dictionaries. Answers whether some rows give back what
 * others sold; then `lines` has what they give back, too, and says of which order in `returned`.
 */
export async function groupRows(source: Source, plan: Plan): Promise<boolean> {
  const { connection } = source
  await checkRows(connection, plan)
  await placeRows(connection, plan)
  const credits = await matchCreditRows(source, plan)
  const kept = ['line', 'prices', 'location', 'channel', ...productFields(plan)].filter((field) => field in plan.fields)
  const sold = `SELECT order_ms, first_row, row, placed."order", order_member, placed.quantity, placed.price,
      placed.discount, placed.tax, product${kept.map((field) => `, raw.${field}`).join('')}
    FROM placed JOIN raw USING (row) ${await numberProducts(connection, plan)} WHERE verdict IS NULL AND placed.quantity > 0`
  // One row may give back two lines of an order. Lines stand in one order, since a return that comes again is the same.
  const givenBack = `SELECT ms AS order_ms, first_row, row, note AS "order", member AS order_member, quantity,
      "order" AS returned, line AS returned_line FROM matched`
  await connection.run(`CREATE TABLE lines AS ${credits ? `FROM (${sold} UNION ALL BY NAME ${givenBack})` : sold}
    ORDER BY ${plan.sortedBy === 'member' ? 'order_member, ' : ''}order_ms, first_row, ${credits ? 'returned, returned_line, row' : 'row'}`)
  await collectOdd(connection, plan, credits)
  await connection.run('DROP TABLE placed; DROP TABLE raw; DROP TABLE broken; DROP TABLE IF EXISTS products')
  return credits
}

/** What names a product. */
export function productFields(plan: Plan): string[] {
  return ['sku', 'name', 'category'].filter((field) => field in plan.fields)
}

/** Numbers the products and returns the join, so that a reader decodes the texts of each once and not of every line. */
async function numberProducts(connection: DuckDBConnection, plan: Plan): Promise<string> {
  const fields = productFields(plan)
  if (fields.length === 0) return 'CROSS JOIN (SELECT 1 AS product)'
  await connection.run(`CREATE TABLE products AS SELECT row_number() OVER () AS product, ${fields.join(', ')}
    FROM (SELECT DISTINCT ${fields.join(', ')} FROM raw)`)
  return `JOIN products ON ${fields.map((field) => `products.${field} IS NOT DISTINCT FROM raw.${field}`).join(' AND ')}`
}

/** Numbers instead of texts, and the code of what keeps a row out on its own account: the first that holds. */
async function checkRows(connection: DuckDBConnection, plan: Plan): Promise<void> {
  const has = (field: string) => field in plan.fields
  const amounts = amountsOf(plan)
  const joins = amounts.map((field) => `LEFT JOIN amounts ${field}_read ON ${field}_read.text = raw."${field}"`)
  if (has('quantity')) joins.push('LEFT JOIN quantities quantity_read ON quantity_read.text = raw.quantity')
  const quantity = has('quantity') ? 'quantity_read.value' : '1::BIGINT'
  const total = 'total_read.value'
  // Of what is given back only the units are taken: the order itself says what they cost.
  const price = has('price')
    ? 'price_read.value'
    : `CASE WHEN ${quantity} > 0 THEN (${total} + ${quantity} - 1) // ${quantity} ELSE 0 END`
  const discount = has('discount')
    ? 'discount_read.value'
    : has('total')
      ? `${price} * ${quantity} - ${total}`
      : 'NULL::BIGINT'
  await connection.run(`CREATE TABLE checked AS
    SELECT row, ${has('order') ? identifier('order') : 'row::VARCHAR'} AS "order",
      ${has('member') ? member() : 'NULL::VARCHAR'} AS member, ms,
      ${quantity} AS quantity, ${price} AS price, ${discount} AS discount, ${has('tax') ? 'tax_read.value' : 'NULL::BIGINT'} AS tax,
      coalesce(${amounts.map((field) => `CASE WHEN ${field}_read.rounded THEN '${field}_rounded' END`).join(', ')}) AS rounding,
      CASE ${faults(plan, price, quantity, discount)
        .map(([when, code]) => `WHEN ${when} THEN ${code}`)
        .join(' ')} END AS fault
    FROM raw LEFT JOIN dates ON dates.text = raw.date ${joins.join(' ')}`)
  await connection.run('DROP TABLE dates; DROP TABLE amounts; DROP TABLE quantities')
}

function amountsOf(plan: Plan): string[] {
  return ['price', 'total', 'discount', 'tax'].filter((field) => field in plan.fields)
}

function faults(plan: Plan, price: string, quantity: string, discount: string): [when: string, code: string][] {
  const has = (field: string) => field in plan.fields
  const amount = has('price') ? 'price' : 'total'
  const found: [string, string][] = [
    ['raw.date IS NULL', `'date_missing'`],
    ['ms IS NULL', `'date_unreadable'`],
  ]
  if (has('order')) found.unshift(['raw."order" IS NULL', `'order_missing'`])
  if (has('currency')) found.push([`upper(raw.currency) <> ${quoted(plan.currency)}`, `'currency_differs'`])
  if (has('prices')) found.push([`lower(raw.prices) NOT IN ('tax_included', 'tax_excluded')`, `'prices_unknown'`])
  if (has('quantity'))
    found.push(['raw.quantity IS NULL', `'quantity_missing'`], ['quantity_read.code IS NOT NULL', 'quantity_read.code'])
  found.push([`raw."${amount}" IS NULL`, `'${amount}_missing'`])
  const givesBack = has('quantity') ? 'quantity_read.value < 0' : 'false'
  for (const field of amountsOf(plan)) {
    const isRight = field === 'price' ? 'false' : `${givesBack} AND ${field}_read.code = '_negative'`
    found.push([`${field}_read.code IS NOT NULL AND NOT (${isRight})`, `'${field}' || ${field}_read.code`])
  }
  found.push([`${price}::HUGEINT * ${quantity} > ${Number.MAX_SAFE_INTEGER}`, `'${amount}_too_large'`])
  if (has('discount'))
    found.push([`NOT (${givesBack}) AND ${discount} > ${price}::HUGEINT * ${quantity}`, `'discount_too_large'`])
  return found
}

/** An id as text; programs that know no integers with gaps write 17850 as `17850.0`. */
function identifier(field: string): string {
  return `CASE WHEN ends_with(raw."${field}", '0') THEN regexp_replace(raw."${field}", '^([0-9]+)\\.0+$', '\\1') ELSE raw."${field}" END`
}

/** A sale to nobody in particular is written in many ways. */
function member(): string {
  return `CASE WHEN lower(raw.member) NOT IN ('0', '0.0', 'null', 'nan', 'none') THEN ${identifier('member')} END`
}

/** Finds each order's head, by its first row, and what keeps a row out for the sake of the others. */
async function placeRows(connection: DuckDBConnection, plan: Plan): Promise<void> {
  // A system that writes the customer on the first line of an order only is not contradicting itself.
  // What an order sells and what is given back under the same number are two things that happened.
  await connection.run(`CREATE TABLE heads AS SELECT "order", quantity < 0 AS gives_back, min(row) AS first_row,
    arg_min(ms, row) AS order_ms, arg_min(member, row) FILTER (member IS NOT NULL) AS order_member
    FROM checked WHERE fault IS NULL GROUP BY "order", gives_back`)
  const duplicate = plan.rowIs === 'order' ? `WHEN row <> first_row THEN 'duplicate_order'` : ''
  const repeated = 'line' in plan.fields ? `WHEN row IN (FROM repeated) THEN 'duplicate_line'` : ''
  if (repeated) {
    await connection.run(`CREATE TABLE repeated AS SELECT row FROM (SELECT row, row_number() OVER (PARTITION BY checked."order", checked.quantity < 0, line ORDER BY row) AS nth
      FROM checked JOIN raw USING (row) WHERE fault IS NULL AND line IS NOT NULL) WHERE nth > 1`)
  }
  await connection.run(`CREATE TABLE placed AS
    SELECT checked.*, first_row, order_ms, order_member,
      CASE WHEN fault IS NOT NULL THEN fault WHEN order_ms >= ${plan.until} THEN 'after_until'
        WHEN member <> order_member THEN 'two_members' ${duplicate} ${repeated} END AS verdict
    FROM checked LEFT JOIN heads ON heads."order" = checked."order" AND gives_back = (quantity < 0)`)
  await connection.run('DROP TABLE checked; DROP TABLE heads')
}

/** Every report, with the text it is about; rows beyond the end asked for are only counted. */
async function collectOdd(connection: DuckDBConnection, plan: Plan, credits: boolean): Promise<void> {
  const raw = (field: string) => (field in plan.fields ? `raw."${field}"` : 'NULL')
  const ownText = `CASE split_part(verdict, '_', 1) ${[
    'date',
    'currency',
    'prices',
    'quantity',
    'price',
    'total',
    'discount',
    'tax',
  ]
    .map((field) => `WHEN '${field}' THEN ${raw(field)}`)
    .join(' ')} END`
  const value = `CASE verdict WHEN 'two_members' THEN placed.member WHEN 'duplicate_line' THEN ${raw('line')} ELSE ${ownText} END`
  const other = `CASE verdict WHEN 'two_members' THEN order_member WHEN 'duplicate_order' THEN first_row::VARCHAR
    WHEN 'currency_differs' THEN ${quoted(plan.currency)} END`
  const odd = `FROM placed JOIN raw USING (row)`
  const roundedText = `CASE split_part(rounding, '_', 1) ${amountsOf(plan)
    .map((field) => `WHEN '${field}' THEN ${raw(field)}`)
    .join(' ')} END`
  const parts = [
    `SELECT row, 'malformed' AS code, NULL AS "order", value, NULL AS other FROM broken`,
    `SELECT row, verdict, placed."order", ${value}, ${other} ${odd} WHERE verdict <> 'after_until'`,
    `SELECT row, 'second_time', placed."order", raw.date, order_ms::VARCHAR ${odd} WHERE verdict IS NULL AND ms <> order_ms`,
    `SELECT row, rounding, placed."order", ${roundedText}, NULL ${odd} WHERE verdict IS NULL AND rounding IS NOT NULL`,
  ]
  const sold = 'verdict IS NULL AND placed.quantity > 0'
  if ('sku' in plan.fields)
    parts.push(`SELECT row, 'sku_missing', placed."order", NULL, NULL ${odd} WHERE ${sold} AND raw.sku IS NULL`)
  if (credits) {
    const nothing = 'sku' in plan.fields ? 'raw.sku IS NULL' : 'true'
    const givesBack = 'verdict IS NULL AND placed.quantity < 0'
    parts.push(
      `SELECT row::BIGINT, CASE WHEN missing = asked THEN 'credit_unmatched' ELSE 'credit_partly' END, "order", sku,
        missing::BIGINT || ' of ' || asked::BIGINT FROM unmatched`,
      `SELECT row, 'credit_without_item', placed."order", NULL, NULL ${odd} WHERE ${givesBack} AND ${nothing}`,
    )
  }
  await connection.run(`CREATE TABLE odd AS FROM (${parts.join(' UNION ALL ')}) ORDER BY row, code`)
  await connection.run(`CREATE TABLE tally AS SELECT count(*) + (SELECT count(*) FROM broken) AS rows,
    count(*) FILTER (verdict = 'after_until') AS after_until,
    count(*) FILTER (verdict IS NULL AND quantity < 0) AS credit_rows FROM placed`)
}
