/** Turns the sorted lines of a file into orders, a batch at a time. */

import type { DuckDBVector } from '@duckdb/node-api'
import { assert } from '../../core/assert.ts'
import type { HistoryReturn } from '../../core/history.ts'
import { type Connected, chunks } from './duckdb.ts'
import { type Grouped, keptFields, LAST_KEY, memberKey, type Plan, productFields } from './grouping.ts'

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

/** Members of a list of them, by their ids: when they joined (epoch milliseconds), null where the list does not say. */
export type Joining = Map<string, number | null>

export function isReturn(entry: FileEntry): entry is FileReturn {
  return 'order' in entry
}

/** Orders that go out together: enough to keep the database busy, few enough to hold. */
const BATCH = 2_000

/** Beyond this many products their texts are decoded line by line, so that memory stays bounded. */
const PRODUCTS_KEPT = 100_000

/** The columns of a chunk; values are taken out only where they are needed, which is what costs. */
type Chunk = Record<string, DuckDBVector | undefined>

type Product = Pick<OrderLine, 'sku' | 'name' | 'category'>

/** What is to be read of the lines. */
export interface Wanted {
  /** Only the members of one part of so many. */
  part?: { nth: number; of: number }
  /** Only so many of the members, the same ones each time, and none who are nobody. */
  share?: number
  /** Whether orders are called by their ids; they cost a text each, and a backtest without returns asks for none. */
  ids: boolean
}

export async function* readOrders(
  source: Connected,
  plan: Plan,
  { credits, isSorted }: Pick<Grouped, 'credits' | 'isSorted'>,
  wanted: Wanted = { ids: true },
): AsyncGenerator<FileEntry[]> {
  const columns = columnsOf(plan, credits, wanted)
  const products: (Product | undefined)[] = []
  const members = new Members(plan)
  let batch: FileEntry[] = []
  let last: FileEntry | null = null
  for await (const data of chunks(source, linesQuery(plan, columns, isSorted, wanted))) {
    const chunk = Object.fromEntries(Object.keys(columns).map((name, i) => [name, data.getColumnVector(i)])) as Chunk
    const count = data.rowCount
    for (let i = 0; i < count; i++) {
      const returned = credits ? text(chunk.returned, i) : null
      if (
        last !== null &&
        number(chunk.first_row, i) === last.rows[0] &&
        (returned === null || (isReturn(last) && last.order === returned))
      ) {
        if (isReturn(last)) addReturned(last, chunk, i)
        else addLine(last, chunk, i, productOf(chunk, i, products, plan))
        continue
      }
      if (batch.length === BATCH) {
        yield batch
        batch = []
      }
      const member = members.at(chunk, i)
      const next: FileEntry =
        returned === null
          ? beginOrder(chunk, i, member, plan.currency, productOf(chunk, i, products, plan))
          : beginReturn(chunk, i, member, returned)
      assert(last === null || follows(next, last, plan), 'orders come in their order')
      batch.push(next)
      last = next
    }
  }
  if (batch.length > 0) yield batch
}

/** The members of `joining`. */
export async function readJoining(source: Connected, wanted: Wanted): Promise<Joining> {
  const ours = chosen(memberKey('member'), wanted)
  const joining: Joining = new Map()
  for await (const chunk of chunks(source, `SELECT member, joined_ms FROM joining ${ours}`))
    for (const [member, joined] of chunk.getRows()) joining.set(member as string, joined as number | null)
  return joining
}

/** Doubles, since they are exact to 2^53 and become numbers without a detour. */
function columnsOf(plan: Plan, credits: boolean, { ids }: Wanted): Record<string, string> {
  const has = (field: string) => field in plan.cells
  const columns: Record<string, string> = {}
  const numbers = ['order_ms', 'first_row', 'price']
  if (plan.rowIs !== 'order' || credits) numbers.push('row')
  if (has('quantity')) numbers.push('quantity')
  if (has('discount') || (has('total') && has('quantity'))) numbers.push('discount')
  if (has('tax')) numbers.push('tax')
  if (productFields(plan).length > 0) numbers.push('product')
  for (const name of numbers) columns[name] = `${name}::DOUBLE`
  if (has('member')) columns.order_member = 'order_member'
  if (has('member') && plan.sortedBy === 'member') {
    columns.member_high = '(member_key >> 32)::DOUBLE'
    columns.member_low = '(member_key & 4294967295)::DOUBLE'
  }
  if (ids || credits) columns.order = '"order"'
  for (const field of keptFields(plan)) columns[field] = field
  if (credits) Object.assign(columns, { returned: 'returned', returned_line: 'returned_line' })
  return columns
}

function linesQuery(plan: Plan, columns: Record<string, string>, isSorted: boolean, wanted: Wanted): string {
  const selected = Object.entries(columns).map(([name, sql]) => `${sql} AS "${name}"`)
  const order = isSorted ? '' : `ORDER BY ${plan.sortedBy === 'member' ? 'member_key, ' : ''}order_ms, first_row`
  // A key is made once for each row, whether it chooses, sorts or is read.
  return `SELECT ${selected.join(', ')} FROM (FROM (SELECT *, ${memberKey('order_member')} AS member_key FROM lines)
    ${chosen('member_key', wanted)} ${order})`
}

/** The rows of the members who are wanted, by their keys; whoever is nobody is in the last part, all of them. */
function chosen(key: string, { part, share = 1 }: Wanted): string {
  const conditions: string[] = []
  if (part) {
    const first = (nth: number) => ((LAST_KEY + 1n) * BigInt(nth)) / BigInt(part.of)
    conditions.push(`${key} BETWEEN ${first(part.nth)}::UBIGINT AND ${first(part.nth + 1) - 1n}::UBIGINT`)
  }
  if (share < 1) conditions.push(`${key} < ${LAST_KEY} AND (${key} >> 24) % 1000000 < ${share * 1e6}`)
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
}

/**
 * Whose rows they are. Where one member's come after the other's the text is read once for all of them: they have the
 * same hash, which two of ten million members have once in 370,000 files.
 */
class Members {
  private readonly isHashed: boolean
  private high = -1
  private low = -1
  private last: string | null = null

  constructor({ sortedBy, cells }: Plan) {
    this.isHashed = sortedBy === 'member' && 'member' in cells
  }

  at(chunk: Chunk, i: number): string | null {
    if (!this.isHashed) return text(chunk.order_member, i)
    const high = number(chunk.member_high, i)
    const low = number(chunk.member_low, i)
    if (high === this.high && low === this.low) return this.last
    this.high = high
    this.low = low
    this.last = text(chunk.order_member, i)
    return this.last
  }
}

function follows(next: FileEntry, last: FileEntry, { sortedBy }: Plan): boolean {
  return next.occurred_at >= last.occurred_at || (sortedBy === 'member' && next.member !== last.member)
}

function text(column: DuckDBVector | undefined, i: number): string | null {
  return (column?.getItem(i) as string | null | undefined) ?? null
}

function number(column: DuckDBVector | undefined, i: number): number {
  return column!.getItem(i) as number
}

function beginOrder(chunk: Chunk, i: number, member: string | null, currency: string, product: Product): FileOrder {
  const row = number(chunk.first_row, i)
  const order: FileOrder = {
    external_id: text(chunk.order, i) ?? '',
    member,
    occurred_at: number(chunk.order_ms, i),
    currency,
    // Begun with its line: a list that begins empty makes room for many, and most orders stay as they begin.
    lines: [lineOf(chunk, i, 1, product)],
    rows: [row, chunk.row ? number(chunk.row, i) : row],
  }
  const prices = chunk.prices && text(chunk.prices, i)?.toLowerCase()
  const location = chunk.location && text(chunk.location, i)
  const channel = chunk.channel && text(chunk.channel, i)
  if (prices === 'tax_included' || prices === 'tax_excluded') order.prices = prices
  if (location) order.location = location
  if (channel) order.channel = channel
  return order
}

function beginReturn(chunk: Chunk, i: number, member: string | null, order: string): FileReturn {
  const row = number(chunk.first_row, i)
  return {
    external_id: text(chunk.order, i)!,
    order,
    member,
    occurred_at: number(chunk.order_ms, i),
    lines: [{ id: text(chunk.returned_line, i)!, quantity: number(chunk.quantity, i) }],
    rows: [row, number(chunk.row, i)],
  }
}

/** Rows of a note that give back units of the same line give them back together. */
function addReturned(entry: FileReturn, chunk: Chunk, i: number): void {
  const id = text(chunk.returned_line, i)!
  const quantity = number(chunk.quantity, i)
  const known = entry.lines.find((line) => line.id === id)
  if (known === undefined) entry.lines.push({ id, quantity })
  else known.quantity += quantity
  entry.rows[1] = Math.max(entry.rows[1], number(chunk.row, i))
}

const WHOLE_ORDER: Product = { sku: 'order' }

function productOf(chunk: Chunk, i: number, products: (Product | undefined)[], plan: Plan): Product {
  if (chunk.product === undefined) return WHOLE_ORDER
  const place = number(chunk.product, i)
  const known = products[place]
  if (known) return known
  const product: Product = { sku: text(chunk.sku, i) ?? (plan.rowIs === 'order' ? 'order' : 'unknown') }
  const name = text(chunk.name, i)
  const category = text(chunk.category, i)
  if (name) product.name = name
  if (category) product.category = category
  if (place <= PRODUCTS_KEPT) products[place] = product
  return product
}

function addLine(order: FileOrder, chunk: Chunk, i: number, product: Product): void {
  order.lines.push(lineOf(chunk, i, order.lines.length + 1, product))
  if (chunk.row) order.rows[1] = number(chunk.row, i)
}

/** A line without an id of its own is called by its place, since the same item may be rung up twice in one order. */
function lineOf(chunk: Chunk, i: number, place: number, product: Product): OrderLine {
  const line: OrderLine = {
    id: (chunk.line && text(chunk.line, i)) ?? (chunk.line ? `#${place}` : String(place)),
    sku: product.sku,
    quantity: chunk.quantity ? number(chunk.quantity, i) : 1,
    unit_price: number(chunk.price, i),
  }
  if (product.name) line.name = product.name
  if (product.category) line.category = product.category
  const discount = chunk.discount && number(chunk.discount, i)
  const tax = chunk.tax?.getItem(i) as number | null | undefined
  if (discount) line.discount = discount
  if (tax !== null && tax !== undefined) line.tax = tax
  return line
}
