/** Turns the sorted lines of a file into orders, a batch at a time. */

import type { DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api'
import { assert } from '../../core/assert.ts'
import type { HistoryReturn } from '../../core/history.ts'
import { chunks } from './duckdb.ts'
import { type Plan, productFields } from './grouping.ts'
import type { Source } from './source.ts'

/** Amounts are minor units of the order's currency; `discount` and `tax` are of the whole line. */
export interface OrderLine {
  id: string
  sku: string
  name?: string
  category?: string
  quantity: number
  unit_price: number
  discount?: number
  tax?: number
}

export interface FileOrder {
  external_id: string
  /** Null for an anonymous sale. */
  member: string | null
  /** Epoch milliseconds. */
  occurred_at: number
  currency: string
  /** Where the file says so, whether unit prices hold the tax. */
  prices?: 'tax_included' | 'tax_excluded'
  location?: string
  channel?: string
  lines: OrderLine[]
  /** The first and the last of its rows, as `numbering` counts them. */
  rows: [number, number]
}

/** What a credit note gives back of one order. */
export interface FileReturn extends HistoryReturn {
  lines: { id: string; quantity: number }[]
  rows: [number, number]
}

export type FileEntry = FileOrder | FileReturn

export function isReturn(entry: FileEntry): entry is FileReturn {
  return 'order' in entry
}

/** Orders that go out together: enough to keep the database busy, few enough to hold. */
const BATCH = 2_000

/** Beyond this many products their texts are decoded line by line, so that memory stays bounded. */
const PRODUCTS_KEPT = 100_000

/** Doubles, since they are exact to 2^53 and become numbers without a detour. */
const NUMBERS = ['order_ms', 'first_row', 'row', 'quantity', 'price', 'discount', 'tax', 'product']

/** The columns of a chunk; texts are decoded only where they are needed, which is what costs. */
interface Chunk {
  numbers: Record<string, (number | null)[]>
  texts: Record<string, DuckDBVector | undefined>
}

type Product = Pick<OrderLine, 'sku' | 'name' | 'category'>

export async function* readOrders(source: Source, plan: Plan, credits: boolean): AsyncGenerator<FileEntry[]> {
  const optional = ['line', 'prices', 'location', 'channel', ...productFields(plan)].filter(
    (name) => name in plan.fields,
  )
  const texts = ['order', 'order_member', ...optional, ...(credits ? ['returned', 'returned_line'] : [])]
  const sql = `SELECT ${NUMBERS.map((name) => `${name}::DOUBLE`).join(', ')}, ${texts.map((name) => `"${name}"`).join(', ')} FROM lines`
  const products: (Product | undefined)[] = []
  let batch: FileEntry[] = []
  let last: FileEntry | null = null
  for await (const data of chunks(source, sql)) {
    const chunk = columnsOf(data, texts)
    for (let i = 0; i < data.rowCount; i++) {
      const returned = credits ? text(chunk, 'returned', i) : null
      if (
        last === null ||
        chunk.numbers.first_row![i] !== last.rows[0] ||
        (returned !== null && !isOf(last, returned))
      ) {
        if (batch.length === BATCH) {
          yield batch
          batch = []
        }
        const next: FileEntry =
          returned === null ? beginOrder(chunk, i, plan.currency) : beginReturn(chunk, i, returned)
        assert(last === null || follows(next, last, plan), 'orders come in their order')
        batch.push(next)
        last = next
      }
      if (isReturn(last)) addReturned(last, chunk, i)
      else addLine(last, chunk, i, productOf(chunk, i, products, plan))
    }
  }
  if (batch.length > 0) yield batch
}

function isOf(entry: FileEntry, order: string): boolean {
  return isReturn(entry) && entry.order === order
}

function follows(next: FileEntry, last: FileEntry, { sortedBy }: Plan): boolean {
  return next.occurred_at >= last.occurred_at || (sortedBy === 'member' && next.member !== last.member)
}

function columnsOf(data: DuckDBDataChunk, texts: string[]): Chunk {
  const numbers = NUMBERS.map((name, i) => [name, data.getColumnValues(i) as (number | null)[]])
  const vectors = texts.map((name, i) => [name, data.getColumnVector(NUMBERS.length + i)])
  return { numbers: Object.fromEntries(numbers), texts: Object.fromEntries(vectors) }
}

function text(chunk: Chunk, name: string, i: number): string | null {
  return (chunk.texts[name]?.getItem(i) as string | null | undefined) ?? null
}

function beginOrder(chunk: Chunk, i: number, currency: string): FileOrder {
  const row = chunk.numbers.first_row![i]!
  const order: FileOrder = {
    external_id: text(chunk, 'order', i)!,
    member: text(chunk, 'order_member', i),
    occurred_at: chunk.numbers.order_ms![i]!,
    currency,
    lines: [],
    rows: [row, row],
  }
  const prices = text(chunk, 'prices', i)?.toLowerCase()
  const location = text(chunk, 'location', i)
  const channel = text(chunk, 'channel', i)
  if (prices === 'tax_included' || prices === 'tax_excluded') order.prices = prices
  if (location) order.location = location
  if (channel) order.channel = channel
  return order
}

function beginReturn(chunk: Chunk, i: number, order: string): FileReturn {
  const row = chunk.numbers.first_row![i]!
  return {
    external_id: text(chunk, 'order', i)!,
    order,
    member: text(chunk, 'order_member', i),
    occurred_at: chunk.numbers.order_ms![i]!,
    lines: [],
    rows: [row, row],
  }
}

/** Rows of a note that give back units of the same line give them back together. */
function addReturned(entry: FileReturn, chunk: Chunk, i: number): void {
  const id = text(chunk, 'returned_line', i)!
  const quantity = chunk.numbers.quantity![i]!
  const known = entry.lines.find((line) => line.id === id)
  if (known === undefined) entry.lines.push({ id, quantity })
  else known.quantity += quantity
  entry.rows[1] = Math.max(entry.rows[1], chunk.numbers.row![i]!)
}

function productOf(chunk: Chunk, i: number, products: (Product | undefined)[], plan: Plan): Product {
  const number = chunk.numbers.product![i]!
  const known = products[number]
  if (known) return known
  const product: Product = { sku: text(chunk, 'sku', i) ?? (plan.rowIs === 'order' ? 'order' : 'unknown') }
  const name = text(chunk, 'name', i)
  const category = text(chunk, 'category', i)
  if (name) product.name = name
  if (category) product.category = category
  if (number <= PRODUCTS_KEPT) products[number] = product
  return product
}

/** A line without an id of its own is called by its place, since the same item may be rung up twice in one order. */
function addLine(order: FileOrder, chunk: Chunk, i: number, product: Product): void {
  const place = order.lines.length + 1
  const line: OrderLine = {
    id: text(chunk, 'line', i) ?? (chunk.texts.line ? `#${place}` : String(place)),
    ...product,
    quantity: chunk.numbers.quantity![i]!,
    unit_price: chunk.numbers.price![i]!,
  }
  const discount = chunk.numbers.discount![i]!
  const tax = chunk.numbers.tax![i]!
  if (discount) line.discount = discount
  if (tax !== null) line.tax = tax
  order.lines.push(line)
  order.rows[1] = chunk.numbers.row![i]!
}
