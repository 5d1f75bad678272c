/** Export: everything of a program. Members and orders have the shape that imports take; beside them is the ledger. */

import { mkdir } from 'node:fs/promises'
import { basename } from 'node:path'
import type { OrderBody, ReturnBody } from '../core/activity.ts'
import { type PricedOrder, priceOrder } from '../core/order.ts'
import { decodeFrozen } from '../core/receipt.ts'
import type { Database, Queries } from './db.ts'
import { LEDGER_TABLES, type LedgerFile, type LedgerTable, nameOf, writeLedgerFile } from './export-ledger.ts'
import { type ColumnType, type Format, orderColumns, type Row, writeTable } from './files/write.ts'
import { publicId } from './ids.ts'
import { currentProgram, type LiveProgram } from './programs.ts'

export interface ExportOptions {
  format: Format
  onProgress?: (table: string, rows: number) => void
}

export interface ExportedTable {
  path: string
  rows: number
}

/** Rows that are read at once. */
const PAGE = 4_000

/** Writes the tables of a program to a folder, all as they stand at one moment. */
export async function exportProgram(
  database: Database,
  live: LiveProgram,
  dir: string,
  options: ExportOptions,
): Promise<ExportedTable[]> {
  await mkdir(dir, { recursive: true })
  return database.transaction(async (queries) => {
    await queries.query('set transaction isolation level repeatable read read only')
    const written: ExportedTable[] = []
    const tables: LedgerFile['tables'] = {}
    for (const [name, { columns, rows }] of Object.entries(tablesOf(queries, live))) {
      const table = await writeTable(dir, name, columns, counted(rows(), name, options), options.format)
      written.push(table)
      tables[name] = { file: basename(table.path), rows: table.rows }
    }
    await writeLedgerFile(queries, live, dir, tables)
    return written
  })
}

interface Table {
  columns: Record<string, ColumnType>
  rows: () => AsyncGenerator<Row>
}

function tablesOf(queries: Queries, live: LiveProgram): Record<string, Table> {
  const { currency, digits } = currentProgram(live)
  return {
    members: { columns: MEMBERS, rows: () => memberRows(queries, live) },
    pools: { columns: POOLS, rows: () => poolRows(queries, live) },
    orders: { columns: orderColumns(currency), rows: () => orderRows(queries, live) },
    returns: {
      columns: { ...RETURNS, amount: { decimal: digits }, refund_total: { decimal: digits } },
      rows: () => returnRows(queries, live),
    },
    ...ledgerTables(queries, live),
  }
}

function ledgerTables(queries: Queries, live: LiveProgram): Record<string, Table> {
  const tables = Object.entries<LedgerTable>(LEDGER_TABLES).map(([name, { columns, text, row }]): [string, Table] => {
    async function* rows() {
      for await (const stored of read<object>(queries, name, text, live)) yield row(stored, live)
    }
    return [name, { columns, rows }]
  })
  return Object.fromEntries(tables)
}

async function* counted(rows: AsyncIterable<Row>, table: string, { onProgress }: ExportOptions): AsyncGenerator<Row> {
  let count = 0
  for await (const row of rows) {
    yield row
    count += 1
    if (count % PAGE === 0) onProgress?.(table, count)
  }
}

/** Reads a query through a cursor, page by page, so that memory holds a page and not a table. */
async function* read<R extends object>(
  queries: Queries,
  name: string,
  text: string,
  live: LiveProgram,
): AsyncGenerator<R> {
  await queries.query(`declare export_${name} no scroll cursor for ${text.replaceAll('$1', String(live.number))}`)
  for (;;) {
    const { rows } = await queries.query<R>(`fetch ${PAGE} from export_${name}`)
    yield* rows
    if (rows.length < PAGE) break
  }
  await queries.query(`close export_${name}`)
}

const MEMBERS = {
  external_id: 'text',
  name: 'text',
  email: 'text',
  phone: 'text',
  birthday: 'text',
  locale: 'text',
  joined_at: 'time',
  status: 'text',
  card_number: 'text',
  referral_code: 'text',
  account: 'text',
  merged_into: 'text',
} as const satisfies Record<string, ColumnType>

/** Whoever was erased has no card and no name, and is no member that could be imported. */
async function* memberRows(queries: Queries, live: LiveProgram): AsyncGenerator<Row> {
  const text = `select p.account, p.external_id, p.name, p.email, p.phone, p.birthday, p.locale, p.joined_ms, p.status,
    p.card_number, p.referral_code, (a.state::json ->> 'm')::bigint as merged
    from profile p join account a on a.stripe = p.stripe and a.id = p.account
    where p.program = $1 and p.card_number <> '' and not p.is_pool order by p.joined_ms, p.account`
  type Profile = Record<string, string | null> & { account: number; joined_ms: number; merged: number | null }
  for await (const { account, joined_ms, merged, ...row } of read<Profile>(queries, 'members', text, live))
    yield {
      ...row,
      external_id: nameOf(row.external_id ?? null, account as number),
      joined_at: joined_ms as number,
      account: publicId('mem', account as number),
      merged_into: merged === null ? null : publicId('mem', merged as number),
    }
}

const POOLS = { external_id: 'text', name: 'text', opened_at: 'time', status: 'text', account: 'text' } as const

/** Pools of households: orders name them by their ids as they name members. */
async function* poolRows(queries: Queries, live: LiveProgram): AsyncGenerator<Row> {
  const text = `select account, external_id, name, joined_ms, status from profile
    where program = $1 and is_pool and status <> 'erased' order by joined_ms, account`
  type Stored = { account: number; external_id: string | null; name: string | null; joined_ms: number; status: string }
  for await (const { account, external_id, name, joined_ms, status } of read<Stored>(queries, 'pools', text, live))
    yield {
      external_id: nameOf(external_id, account),
      name,
      opened_at: joined_ms,
      status,
      account: publicId('mem', account),
    }
}

interface StoredOrder {
  account: number | null
  external_id: string | null
  occurred_ms: number
  body: string | null
  frozen: string | null
}

const ORDERS = `select a.account, p.external_id, a.occurred_ms, a.body, a.frozen
  from activity a join profile p on p.stripe = a.stripe and p.account = a.account
  where p.program = $1 and a.type = 'order'
  union all
  select null, null, occurred_ms, body, null from sale where program = $1 and type = 'order'
  order by occurred_ms`

/** A row a line, as `openOrders` reads it. What Regulars took off stands with the shop's own discount of the line. */
async function* orderRows(queries: Queries, live: LiveProgram): AsyncGenerator<Row> {
  for await (const row of read<StoredOrder>(queries, 'orders', ORDERS, live)) {
    // Of an erased person's orders nothing is left to tell.
    if (row.body === null) continue
    const body = JSON.parse(row.body) as OrderBody
    const shares = row.frozen === null ? null : decodeFrozen(row.frozen).shares
    const { external_id: order_id, currency, prices, location, channel } = body
    const member = row.account === null ? null : nameOf(row.external_id, row.account)
    const head = { order_id, member, occurred_at: row.occurred_ms, currency, prices, location, channel }
    yield* linesOf(body, priceOrder(body, shares), head)
  }
}

function* linesOf(body: OrderBody, priced: PricedOrder, head: Row): Generator<Row> {
  for (const [i, { id, sku, name, category, quantity, unit_price, tax }] of body.lines.entries()) {
    const { discount, tax: after } = priced.lines[i]!
    yield {
      ...head,
      line_id: id,
      sku,
      name,
      category,
      quantity,
      unit_price,
      discount: discount === 0 ? null : discount,
      tax: tax === undefined ? null : after,
    }
  }
}

const RETURNS = {
  return_id: 'text',
  order_id: 'text',
  member: 'text',
  type: 'text',
  occurred_at: 'time',
  line_id: 'text',
  quantity: 'integer',
} as const satisfies Record<string, ColumnType>

const GIVEN_BACK = `select a.account, p.external_id, a.type, a.occurred_ms, a.body, a.outcome
  from activity a join profile p on p.stripe = a.stripe and p.account = a.account
  where p.program = $1 and a.type in ('return', 'cancel')
  union all
  select null, null, type, occurred_ms, body, outcome from sale where program = $1 and type in ('return', 'cancel')
  order by occurred_ms`

/** A row a line that came back, or one for money back on the whole. The refund of all of it stands on the first row. */
async function* returnRows(queries: Queries, live: LiveProgram): AsyncGenerator<Row> {
  type Stored = Omit<StoredOrder, 'frozen'> & { type: 'return' | 'cancel'; outcome: string }
  for await (const row of read<Stored>(queries, 'returns', GIVEN_BACK, live)) {
    if (row.body === null) continue
    const body = JSON.parse(row.body) as Partial<ReturnBody> & { order: string }
    const head = {
      return_id: body.external_id,
      order_id: body.order,
      member: row.account === null ? null : nameOf(row.external_id, row.account),
      type: row.type,
      occurred_at: row.occurred_ms,
    }
    const { refund_total } = JSON.parse(row.outcome) as { refund_total?: number }
    const lines = (body.lines ?? []).map(({ id, quantity, amount }) => ({ line_id: id, quantity, amount }))
    const parts: Row[] = lines.length > 0 ? lines : [{ amount: body.amount }]
    for (const [i, part] of parts.entries()) yield { ...head, ...part, refund_total: i === 0 ? refund_total : null }
  }
}
