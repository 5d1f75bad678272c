/** Reads the lines of an opened file in their order, a chunk of DuckDB's at a time. */

import type { DuckDBVector } from '@duckdb/node-api'
import { type Connected, chunks } from './duckdb.ts'
import { type Grouped, keptFields, LAST_KEY, memberKey, type Plan, productFields } from './grouping.ts'
import {
  ENTRY,
  type Lines,
  MEMBER,
  NUMBERS,
  type NumberColumn,
  PRODUCTS_KEPT,
  type Product,
  TEXTS,
  type TextColumn,
} from './lines.ts'

/** What is to be read of the lines. */
export interface Wanted {
  /** Only so many of the members, the same ones each time, and none who are nobody. */
  share?: number
  /** Whether orders are called by their ids, and say where they stand; a backtest without returns asks for neither. */
  ids: boolean
}

export async function* readLines(
  source: Connected,
  plan: Plan,
  { credits, isSorted }: Pick<Grouped, 'credits' | 'isSorted'>,
  wanted: Wanted,
): AsyncGenerator<Lines> {
  const columns = columnsOf(plan, credits, wanted)
  const names = Object.keys(columns)
  const reader = new LineReader(plan, credits, wanted.ids)
  for await (const data of chunks(source, linesQuery(plan, columns, isSorted, wanted))) {
    const chunk: Chunk = {}
    for (const [i, name] of names.entries()) chunk[name] = data.getColumnVector(i)
    yield* reader.read(chunk, data.rowCount)
  }
}

/** Doubles, since they are exact to 2^53 and become numbers without a detour. */
function columnsOf(plan: Plan, credits: boolean, { ids }: Wanted): Record<string, string> {
  const has = (field: string) => field in plan.cells
  const columns: Record<string, string> = { order_ms: 'order_ms::DOUBLE', price: 'coalesce(price, 0)::DOUBLE' }
  if (ids || !isEachAnEntry(plan, credits)) columns.first_row = 'first_row::DOUBLE'
  if (ids && (plan.rowIs !== 'order' || credits)) columns.row = 'row::DOUBLE'
  if (has('quantity')) columns.quantity = 'quantity::DOUBLE'
  if (has('discount') || (has('total') && has('quantity'))) columns.discount = 'coalesce(discount, 0)::DOUBLE'
  if (has('tax')) columns.tax = `coalesce(tax::DOUBLE, 'NaN')`
  if (productFields(plan).length > 0) columns.product = 'coalesce(product, 0)::DOUBLE'
  if (has('member')) columns.order_member = 'order_member'
  if (isHashed(plan)) {
    columns.member_high = '(member_key >> 32)::DOUBLE'
    columns.member_low = '(member_key & 4294967295)::DOUBLE'
  }
  if (ids || credits) columns.order = '"order"'
  for (const field of keptFields(plan)) columns[field] = field
  if (credits) Object.assign(columns, { returned: 'returned', returned_line: 'returned_line' })
  return columns
}

/** Whether one row is one entry: nothing has to be compared then to tell where one begins. */
function isEachAnEntry({ rowIs }: Plan, credits: boolean): boolean {
  return rowIs === 'order' && !credits
}

function isHashed({ sortedBy, cells }: Plan): boolean {
  return sortedBy === 'member' && 'member' in cells
}

function linesQuery(plan: Plan, columns: Record<string, string>, isSorted: boolean, { share = 1 }: Wanted): string {
  const selected = Object.entries(columns).map(([name, sql]) => `${sql} AS "${name}"`)
  const order = isSorted ? '' : `ORDER BY ${plan.sortedBy === 'member' ? 'member_key, ' : ''}order_ms, first_row`
  // A key is made once for each row, whether it chooses, sorts or is read.
  return `SELECT ${selected.join(', ')} FROM (FROM (SELECT *, ${memberKey('order_member')} AS member_key FROM lines)
    ${chosen('member_key', share)} ${order})`
}

/** The rows of so many of the members, by their keys. */
export function chosen(key: string, share: number): string {
  return share < 1 ? `WHERE ${key} < ${LAST_KEY} AND (${key} >> 24) % 1000000 < ${share * 1e6}` : ''
}

/** The columns of a chunk; values are taken out only where they are needed, which is what costs. */
type Chunk = Record<string, DuckDBVector | undefined>

/**
 * Tells where entries and members begin. Where one member's lines come after the other's, the members are told apart by
 * the hash of their ids, which two of ten million members have in common once in 370,000 files.
 */
class LineReader {
  readonly #plan: Plan
  readonly #credits: boolean
  readonly #isHashed: boolean
  readonly #isEachAnEntry: boolean
  readonly #numbers: readonly NumberColumn[]
  readonly #texts: readonly TextColumn[]
  readonly #known = new Set<number>()
  #first = -1
  #returned: string | null = null
  #high = -1
  #low = -1

  constructor(plan: Plan, credits: boolean, ids: boolean) {
    const columns = Object.keys(columnsOf(plan, credits, { ids }))
    this.#plan = plan
    this.#credits = credits
    this.#isHashed = isHashed(plan)
    this.#isEachAnEntry = isEachAnEntry(plan, credits)
    this.#numbers = NUMBERS.filter((name) => columns.includes(name) && (ids || name !== 'first_row'))
    this.#texts = (Object.keys(TEXTS) as TextColumn[]).filter((name) => columns.includes(name))
  }

  /** Cut where the last member begins, so that whoever takes the first part takes whole members. */
  *read(chunk: Chunk, count: number): Generator<Lines> {
    const begins = this.#findBegins(chunk, count)
    const last = begins.lastIndexOf(MEMBER)
    if (last > 0) yield this.#take(chunk, begins, 0, last)
    yield this.#take(chunk, begins, Math.max(0, last), count)
  }

  #findBegins(chunk: Chunk, count: number): Uint8Array {
    const begins = new Uint8Array(count)
    for (let i = 0; i < count; i++)
      if (this.#isEachAnEntry || this.#beginsEntry(chunk, i)) begins[i] = this.#beginsMember(chunk, i) ? MEMBER : ENTRY
    return begins
  }

  /** Rows of one note that give something back of two orders are two returns. */
  #beginsEntry(chunk: Chunk, i: number): boolean {
    const first = numberAt(chunk.first_row, i)
    const returned = this.#credits ? textAt(chunk.returned, i) : null
    if (first === this.#first && (returned === null || returned === this.#returned)) return false
    this.#first = first
    this.#returned = returned
    return true
  }

  /** A sale that is nobody's is like one of a member who comes once, unless some of it may come back. */
  #beginsMember(chunk: Chunk, i: number): boolean {
    // Without a column of members all are nobody's, and then those of which some come back stay together.
    if (!this.#isHashed) return this.#plan.sortedBy === 'time' || !this.#credits
    const high = numberAt(chunk.member_high, i)
    const low = numberAt(chunk.member_low, i)
    if (high === this.#high && low === this.#low) return !this.#credits && high === LAST_HALF && low === LAST_HALF
    this.#high = high
    this.#low = low
    return true
  }

  #take(chunk: Chunk, begins: Uint8Array, from: number, to: number): Lines {
    const lines: Lines = {
      begins: begins.slice(from, to),
      numbers: {},
      texts: {},
      products: [],
      endsMember: to < begins.length,
    }
    for (const name of this.#numbers) lines.numbers[name] = numbersOf(chunk[name]!, from, to)
    for (const name of this.#texts) lines.texts[name] = textsOf(chunk[name]!, begins, TEXTS[name], from, to)
    const { product } = lines.numbers
    if (product !== undefined)
      for (let i = 0; i < product.length; i++) this.#tellProduct(lines, product[i]!, chunk, from + i)
    return lines
  }

  #tellProduct({ products }: Lines, number: number, chunk: Chunk, i: number): void {
    if (this.#known.has(number)) return
    const product: Product = { sku: textAt(chunk.sku, i) ?? (this.#plan.rowIs === 'order' ? 'order' : 'unknown') }
    const name = textAt(chunk.name, i)
    const category = textAt(chunk.category, i)
    if (name) product.name = name
    if (category) product.category = category
    products.push([number, product])
    if (number <= PRODUCTS_KEPT) this.#known.add(number)
  }
}

/** Each half of the key of whoever is nobody. */
const LAST_HALF = 0xffff_ffff

function numbersOf(column: DuckDBVector, from: number, to: number): Float64Array {
  const numbers = new Float64Array(to - from)
  for (let i = from; i < to; i++) numbers[i - from] = numberAt(column, i)
  return numbers
}

function textsOf(column: DuckDBVector, begins: Uint8Array, least: number, from: number, to: number): (string | null)[] {
  const texts: (string | null)[] = []
  for (let i = from; i < to; i++) if (begins[i]! >= least) texts.push(textAt(column, i))
  return texts
}

function textAt(column: DuckDBVector | undefined, i: number): string | null {
  return (column?.getItem(i) as string | null | undefined) ?? null
}

function numberAt(column: DuckDBVector | undefined, i: number): number {
  return column!.getItem(i) as number
}
