/**
 * From rows to orders, in SQL: every row is checked, rows of one order are put together under its first one, and the
 * lines are sorted by the time of their orders. DuckDB spills what does not fit in memory.
 */

import type { DuckDBConnection } from '@duckdb/node-api'
import { HOUR_MS, type Zone } from '../../core/time.ts'
import { amountsOf, type Cells, idText, isIdMissing, memberText, plainColumns, type Readings } from './cells.ts'
import { matchCreditRows, type PastPurchases } from './credits.ts'
import { quoted } from './duckdb.ts'
import { type Cell, instantOf, NOTHING, plainInstant } from './plain.ts'
import type { Source } from './source.ts'

/** What the columns found make of a row: a line of an order with its price or its total, or a whole order. */
export type RowIs = 'line by price' | 'line by total' | 'order'

export interface Plan {
  /** How SQL reads the fields that the file has. */
  cells: Cells
  rowIs: RowIs
  currency: string
  zone: Zone
  /** Epoch milliseconds; orders from here on are left out. */
  until: number
  sortedBy: 'time' | 'member'
  /** What was sold before the file, where that is known. */
  past?: PastPurchases | undefined
}

/** What became of the rows. */
export interface Grouped {
  counted: Counted
  /** Whether the rows stood in the order of time, as far as the beginning of the file shows. */
  wasSorted: boolean
  /** Whether some rows give back what others sold; then `lines` has it, and says in `returned` of which order. */
  credits: boolean
  /** Whether `lines` is a table, sorted; else it is a view of the file in the file's own order. */
  isSorted: boolean
}

/** Makes `lines` and `odd` out of `raw`, `broken` and the dictionaries. */
export async function groupRows(source: Source, plan: Plan, readings: Readings): Promise<Grouped> {
  const { connection } = source
  const view = (name: string, sql: string) => connection.run(`CREATE VIEW ${name} AS ${sql}`)
  // Whole orders are read again from where they lie whenever they are asked for: that costs less than to keep them.
  const checked = checkedRows(plan, readings)
  if (plan.rowIs === 'order') await view('checked', checked)
  else await connection.run(`CREATE TABLE checked AS ${checked}`)
  const alone = plan.rowIs === 'order' && !(await comeAgain(connection, plan, readings))
  if (alone) await view('placed', placedAlone(plan))
  else await placeRows(connection, plan)
  const counted = await countRows(connection, plan, readings)
  const wasSorted = await standsByTime(connection)
  const credits = counted.credits > 0
  if (credits) await matchCreditRows(source, plan)
  const sold = soldLines(plan, await numberProducts(connection, plan))
  const isSorted = !(alone && plan.sortedBy === 'member' && !credits)
  if (isSorted) await connection.run(`CREATE TABLE lines AS ${sortedLines(sold, plan, credits)}`)
  else await view('lines', sold)
  await collectOdd(connection, plan, counted)
  if (isSorted) await forget(source, plan, alone)
  return { counted, wasSorted, credits, isSorted }
}

/** Lets go of what `lines` was made of, which may be most of the memory. */
async function forget({ connection, isView }: Source, plan: Plan, alone: boolean): Promise<void> {
  const whole = plan.rowIs === 'order'
  await connection.run(`DROP ${alone ? 'VIEW' : 'TABLE'} placed; DROP ${whole ? 'VIEW' : 'TABLE'} checked`)
  await connection.run(`DROP ${isView ? 'VIEW' : 'TABLE'} raw; DROP TABLE broken`)
  for (const table of ['dates', 'amounts', 'quantities', 'products', 'again', 'heads', 'repeated'])
    await connection.run(`DROP TABLE IF EXISTS ${table}`)
}

/** What names a product. */
export function productFields(plan: Plan): string[] {
  return ['sku', 'name', 'category'].filter((field) => field in plan.cells)
}

/** The fields of an order that go into it as texts, as they stand. */
export function keptFields(plan: Plan): string[] {
  return ['line', 'prices', 'location', 'channel', ...productFields(plan)].filter((field) => field in plan.cells)
}

/** The last of all keys: whoever is nobody has it. */
export const LAST_KEY = 2n ** 64n - 1n

/** A number for each member; the last one of all for whoever is nobody. As one key it is sorted by far faster than two. */
export function memberKey(member: string): string {
  return `CASE WHEN ${member} IS NULL THEN ${LAST_KEY} ELSE hash(${member}) END`
}

/** Members in whatever order, but each in one place. */
export function memberOrder(plan: Plan): string {
  return plan.sortedBy === 'member' ? `${memberKey('order_member')}, ` : ''
}

function soldLines(plan: Plan, products: string): string {
  const kept = keptFields(plan)
  const texts = kept.map((field) => `, ${plan.cells[field]!.text} AS "${field}"`).join('')
  const from = kept.length === 0 ? 'placed' : 'placed JOIN raw USING (row)'
  const sells = 'quantity' in plan.cells ? ' AND placed.quantity > 0' : ''
  return `SELECT order_ms, first_row, row, placed."order", order_member, placed.quantity, placed.price,
      placed.discount, placed.tax, product${texts}
    FROM ${from} ${products} WHERE verdict IS NULL${sells}`
}

function sortedLines(sold: string, plan: Plan, credits: boolean): string {
  // One row may give back two lines of an order. Lines stand in one order, since a return that comes again is the same.
  const givenBack = `SELECT ms AS order_ms, first_row, row, note AS "order", member AS order_member, quantity,
      "order" AS returned, line AS returned_line FROM matched`
  return `${credits ? `FROM (${sold} UNION ALL BY NAME ${givenBack})` : `FROM (${sold})`}
    ORDER BY ${memberOrder(plan)}order_ms, first_row, ${credits ? 'returned, returned_line, row' : 'row'}`
}

/** Numbers the products and returns the join, so that a reader decodes the texts of each once and not of every line. */
async function numberProducts(connection: DuckDBConnection, plan: Plan): Promise<string> {
  const fields = productFields(plan)
  if (fields.length === 0) return 'CROSS JOIN (SELECT 1 AS product)'
  const texts = fields.map((field) => `${plan.cells[field]!.text} AS ${field}`)
  await connection.run(`CREATE TABLE products AS SELECT row_number() OVER () AS product, ${fields.join(', ')}
    FROM (SELECT DISTINCT ${texts.join(', ')} FROM raw)`)
  return `JOIN products ON ${fields.map((field) => `products.${field} IS NOT DISTINCT FROM ${plan.cells[field]!.text}`).join(' AND ')}`
}

/** Numbers instead of texts, and the code of what keeps a row out on its own account: the first that holds. */
function checkedRows(plan: Plan, readings: Readings): string {
  const { inDictionary, plainIds, local } = readings
  const { cells } = plan
  const has = (field: string) => field in cells
  const amounts = amountsOf(cells)
  const joins = amounts
    .filter((field) => inDictionary.has(field))
    .map((field) => `LEFT JOIN amounts ${field}_read ON ${field}_read.text = ${cells[field]!.text}`)
  if (inDictionary.has('quantity'))
    joins.push(`LEFT JOIN quantities quantity_read ON quantity_read.text = ${cells.quantity!.text}`)
  const read = (field: string, plain: string) =>
    inDictionary.has(field) ? `coalesce(${plain}, ${field}_read.value)` : plain
  const amount = (field: string) => read(field, `CASE WHEN raw.${field}_plain >= 0 THEN raw.${field}_plain END`)
  const quantity = has('quantity') ? read('quantity', 'raw.quantity_plain') : '1::BIGINT'
  const total = has('total') ? amount('total') : ''
  // Of what is given back only the units are taken: the order itself says what they cost.
  const share = has('quantity')
    ? `CASE WHEN ${quantity} > 0 THEN (${total} + ${quantity} - 1) // ${quantity} ELSE 0 END`
    : total
  const price = has('price') ? amount('price') : share
  const rest = has('total') && has('quantity') ? `${price} * ${quantity} - ${total}` : 'NULL::BIGINT'
  const discount = has('discount') ? amount('discount') : rest
  const rounded = amounts
    .filter((field) => inDictionary.has(field))
    .map((field) => `CASE WHEN ${field}_read.rounded THEN '${field}_rounded' END`)
  return `SELECT row, ${has('order') ? idText(cells.order!, plainIds.has('order')) : 'row::VARCHAR'} AS "order",
      ${has('member') ? memberOf(cells.member!, readings) : 'NULL::VARCHAR'} AS member, ms,
      ${quantity} AS quantity, ${price} AS price, ${discount} AS discount,
      ${has('tax') ? amount('tax') : 'NULL::BIGINT'} AS tax,
      ${rounded.length === 0 ? 'NULL::VARCHAR' : `coalesce(${rounded.join(', ')})`} AS rounding,
      ${firstOf(faults(plan, readings, { price, quantity, discount }))} AS fault
    FROM (${datedRows(plan, inDictionary, local)}) AS raw ${joins.join(' ')}`
}

function memberOf(cell: Cell, { plainIds, flawless }: Readings): string {
  return flawless.has('member') ? `${cell.sql}::VARCHAR` : memberText(cell, plainIds.has('member'))
}

function firstOf(cases: readonly [when: string, code: string][]): string {
  if (cases.length === 0) return 'NULL::VARCHAR'
  return `CASE ${cases.map(([when, code]) => `WHEN ${when} THEN ${code}`).join(' ')} END`
}

/** The rows with their numbers as SQL reads them, and their moments. */
function datedRows(
  { cells, currency, zone }: Plan,
  inDictionary: ReadonlySet<string>,
  local: Readings['local'],
): string {
  const moments = []
  if (local !== null) moments.push(instantOf('date_local', zone, ...local))
  if (plainInstant(cells.date!) !== NOTHING) moments.push('date_instant')
  if (inDictionary.has('date')) moments.push('dates.ms')
  const dictionary = inDictionary.has('date') ? `LEFT JOIN dates ON dates.text = ${cells.date!.text}` : ''
  const plain = plainColumns(cells, currency).map(([name, sql]) => `${sql} AS ${name}`)
  return `SELECT raw.*, coalesce(${[...moments, NOTHING].join(', ')}) AS ms
    FROM (SELECT raw.*, ${plain.join(', ')} FROM raw) AS raw ${dictionary}`
}

function faults(
  { cells, currency }: Plan,
  { inDictionary, plainIds, flawless }: Readings,
  { price, quantity, discount }: Record<'price' | 'quantity' | 'discount', string>,
): [when: string, code: string][] {
  const has = (field: string) => field in cells
  const amount = has('price') ? 'price' : 'total'
  const isMissing = (field: string) => `CASE WHEN raw.${field}_plain IS NULL THEN ${cells[field]!.text} IS NULL END`
  const found: [string, string][] = []
  if (!flawless.has('date'))
    found.push(['ms IS NULL', `CASE WHEN ${cells.date!.text} IS NULL THEN 'date_missing' ELSE 'date_unreadable' END`])
  if (has('order') && !flawless.has('order'))
    found.unshift([isIdMissing(cells.order!, plainIds.has('order')), `'order_missing'`])
  if (has('currency')) found.push([`upper(${cells.currency!.text}) <> ${quoted(currency)}`, `'currency_differs'`])
  if (has('prices'))
    found.push([`lower(${cells.prices!.text}) NOT IN ('tax_included', 'tax_excluded')`, `'prices_unknown'`])
  if (has('quantity') && !flawless.has('quantity')) found.push([isMissing('quantity'), `'quantity_missing'`])
  if (inDictionary.has('quantity')) found.push(['quantity_read.code IS NOT NULL', 'quantity_read.code'])
  if (!flawless.has(amount)) found.push([isMissing(amount), `'${amount}_missing'`])
  const givesBack = has('quantity') ? `${quantity} < 0` : 'false'
  for (const field of amountsOf(cells)) {
    if (flawless.has(field)) continue
    const isRight = field === 'price' ? 'false' : givesBack
    found.push([`raw.${field}_plain < 0 AND NOT (${isRight})`, `'${field}_negative'`])
    const code = `${field}_read.code`
    if (inDictionary.has(field))
      found.push([`${code} IS NOT NULL AND NOT (${isRight} AND ${code} = '_negative')`, `'${field}' || ${code}`])
  }
  if (has('quantity'))
    found.push([`${price}::HUGEINT * ${quantity} > ${Number.MAX_SAFE_INTEGER}`, `'${amount}_too_large'`])
  if (has('discount'))
    found.push([`NOT (${givesBack}) AND ${discount} > ${price}::HUGEINT * ${quantity}`, `'discount_too_large'`])
  return found
}

/** Makes `again`, the order numbers that whole orders have in common; false if there is none, and every row stands alone. */
async function comeAgain(connection: DuckDBConnection, plan: Plan, { plainIds, rows }: Readings): Promise<boolean> {
  if (!('order' in plan.cells)) return false
  const order = idText(plan.cells.order!, plainIds.has('order'))
  const count = async (sql: string) => Number((await connection.runAndReadAll(sql)).getRowsJson()[0]![0])
  // Most systems count upwards. Where each number follows the one before it none comes twice, which is soon found out.
  const follow = await count(`SELECT count(*) FROM (SELECT ${order} AS own, lag(own) OVER () AS before FROM raw)
    WHERE strlen(own) > strlen(before) OR (strlen(own) = strlen(before) AND own > before)`)
  if (follow >= rows - 1) return false
  await connection.run(`CREATE TABLE again AS SELECT hash(${order}) AS number FROM raw WHERE ${order} IS NOT NULL
    GROUP BY number HAVING count(*) > 1`)
  return (await count('SELECT count(*) FROM again')) > 0
}

/** Every row is the head of its own order. */
function placedAlone({ until }: Plan): string {
  return `SELECT *, row AS first_row, ms AS order_ms, member AS order_member,
    CASE WHEN fault IS NOT NULL THEN fault WHEN ms >= ${until} THEN 'after_until' END AS verdict FROM checked`
}

/** Finds each order's head, by its first row, and what keeps a row out for the sake of the others. */
async function placeRows(connection: DuckDBConnection, plan: Plan): Promise<void> {
  const whole = plan.rowIs === 'order'
  // A system that writes the customer on the first line of an order only is not contradicting itself.
  // What an order sells and what is given back under the same number are two things that happened.
  await connection.run(`CREATE TABLE heads AS SELECT "order", quantity < 0 AS gives_back, min(row) AS first_row,
    arg_min(ms, row) AS order_ms, arg_min(member, row) FILTER (member IS NOT NULL) AS order_member
    FROM checked WHERE fault IS NULL ${whole ? 'AND hash("order") IN (FROM again)' : ''} GROUP BY "order", gives_back`)
  const duplicate = whole ? `WHEN row <> first_row THEN 'duplicate_order'` : ''
  const repeated = 'line' in plan.cells ? `WHEN row IN (FROM repeated) THEN 'duplicate_line'` : ''
  if (repeated) {
    await connection.run(`CREATE TABLE repeated AS SELECT row FROM (SELECT row, row_number() OVER (PARTITION BY checked."order", checked.quantity < 0, line ORDER BY row) AS nth
      FROM checked JOIN (SELECT row, ${plan.cells.line!.text} AS line FROM raw) USING (row)
      WHERE fault IS NULL AND line IS NOT NULL) WHERE nth > 1`)
  }
  const own = (column: string, mine: string) =>
    whole ? `coalesce(heads.${column}, checked.${mine})` : `heads.${column}`
  await connection.run(`CREATE TABLE placed AS
    SELECT *, CASE WHEN fault IS NOT NULL THEN fault WHEN order_ms >= ${plan.until} THEN 'after_until'
        WHEN member <> order_member THEN 'two_members' ${duplicate} ${repeated} END AS verdict
    FROM (SELECT checked.*, ${own('first_row', 'row')} AS first_row, ${own('order_ms', 'ms')} AS order_ms,
        ${own('order_member', 'member')} AS order_member
      FROM checked LEFT JOIN heads ON heads."order" = checked."order" AND gives_back = (quantity < 0))`)
}

/** What became of the rows, in numbers. */
export interface Counted {
  broken: number
  after_until: number
  /** Rows that are odd in themselves or for the sake of others, and those whose amounts were rounded. */
  not_taken: number
  rounded: number
  /** Rows that give something back. */
  credits: number
  /** Rows that sell something. */
  lines: number
  anonymous: number
  /** Epoch milliseconds of the first and the last of them. */
  from_ms: number | null
  until_ms: number | null
}

async function countRows(connection: DuckDBConnection, plan: Plan, { flawless }: Readings): Promise<Counted> {
  const sold = `verdict IS NULL${'quantity' in plan.cells ? ' AND quantity > 0' : ''}`
  // Where every row is known to name somebody their names need not be read again.
  const anonymous = flawless.has('member') ? '0' : `count(*) FILTER (${sold} AND order_member IS NULL)`
  const result = await connection.runAndReadAll(`SELECT (SELECT count(*) FROM broken) AS broken,
    count(*) FILTER (verdict = 'after_until') AS after_until, count(*) FILTER (verdict <> 'after_until') AS not_taken,
    count(rounding) AS rounded, count(*) FILTER (verdict IS NULL AND quantity < 0) AS credits,
    count(*) FILTER (${sold}) AS lines, ${anonymous} AS anonymous,
    min(order_ms) FILTER (${sold}) AS from_ms, max(order_ms) FILTER (${sold}) AS until_ms FROM placed`)
  const counts = Object.entries(result.getRowObjectsJson()[0]!)
  return Object.fromEntries(
    counts.map(([name, count]) => [name, count === null ? null : Number(count)]),
  ) as unknown as Counted
}

/** Summer time alone makes an hour's difference. To look at all of a large file would cost as much as to sort it. */
async function standsByTime(connection: DuckDBConnection): Promise<boolean> {
  const first = 'SELECT row, order_ms FROM placed WHERE verdict IS NULL LIMIT 100000'
  const result = await connection.runAndReadAll(`SELECT count(*) FROM
    (SELECT order_ms + ${HOUR_MS} < lag(order_ms) OVER (ORDER BY row) AS falls FROM (${first})) WHERE falls`)
  return result.getRowsJson()[0]![0] === '0'
}

/** Every report, with the text it is about; rows beyond the end asked for are only counted. */
async function collectOdd(connection: DuckDBConnection, plan: Plan, counted: Counted): Promise<void> {
  const text = (field: string) => plan.cells[field]?.text ?? 'NULL'
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
    .map((field) => `WHEN '${field}' THEN ${text(field)}`)
    .join(' ')} END`
  const value = `CASE verdict WHEN 'two_members' THEN placed.member WHEN 'duplicate_line' THEN ${text('line')} ELSE ${ownText} END`
  const other = `CASE verdict WHEN 'two_members' THEN order_member WHEN 'duplicate_order' THEN first_row::VARCHAR
    WHEN 'currency_differs' THEN ${quoted(plan.currency)} END`
  const odd = `FROM placed JOIN raw USING (row)`
  const roundedText = `CASE split_part(rounding, '_', 1) ${amountsOf(plan.cells)
    .map((field) => `WHEN '${field}' THEN ${text(field)}`)
    .join(' ')} END`
  const parts = [`SELECT row, 'malformed' AS code, NULL AS "order", value, NULL AS other FROM broken`]
  // Most files have none of a kind, and need not be read again to find that out.
  if (counted.not_taken > 0)
    parts.push(`SELECT row, verdict, placed."order", ${value}, ${other} ${odd} WHERE verdict <> 'after_until'`)
  if (counted.rounded > 0)
    parts.push(
      `SELECT row, rounding, placed."order", ${roundedText}, NULL ${odd} WHERE verdict IS NULL AND rounding IS NOT NULL`,
    )
  if (plan.rowIs !== 'order')
    parts.push(
      `SELECT row, 'second_time', placed."order", ${text('date')}, order_ms::VARCHAR ${odd} WHERE verdict IS NULL AND ms <> order_ms`,
    )
  const sold = 'verdict IS NULL AND placed.quantity > 0'
  if ('sku' in plan.cells)
    parts.push(`SELECT row, 'sku_missing', placed."order", NULL, NULL ${odd} WHERE ${sold} AND ${text('sku')} IS NULL`)
  if (counted.credits > 0) {
    const nothing = 'sku' in plan.cells ? `${text('sku')} IS NULL` : 'true'
    const givesBack = 'verdict IS NULL AND placed.quantity < 0'
    parts.push(
      `SELECT row::BIGINT, CASE WHEN missing = asked THEN 'credit_unmatched' ELSE 'credit_partly' END, "order", sku,
        missing::BIGINT || ' of ' || asked::BIGINT FROM unmatched`,
      `SELECT row, 'credit_without_item', placed."order", NULL, NULL ${odd} WHERE ${givesBack} AND ${nothing}`,
    )
  }
  await connection.run(`CREATE TABLE odd AS FROM (${parts.join(' UNION ALL ')}) ORDER BY row, code`)
}
