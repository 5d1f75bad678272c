/** Turns the lines of a file into orders and returns. */

import { assert } from '../../core/assert.ts'
import type { HistoryReturn } from '../../core/history.ts'
import type { Plan } from './grouping.ts'
import { GOES_ON, type Lines, MEMBER, PRODUCTS_KEPT, type Product } from './lines.ts'

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
  /** The first and the last of its rows, as `numbering` counts them; zeros where nobody asked. */
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

/** What the reader of lines has to know of the file. */
export type Reading = Pick<Plan, 'currency' | 'sortedBy'>

const WHOLE_ORDER: Product = { sku: 'order' }
const NOWHERE: [number, number] = [0, 0]

/** Reads lines as they come; of an order that may go on with the next ones it waits for those. */
export class OrderReader {
  readonly #reading: Reading
  readonly #products = new Map<number, Product>()
  #member: string | null = null
  /** The entry to which the next line may belong. */
  #open: FileEntry | null = null

  constructor(reading: Reading) {
    this.#reading = reading
  }

  /** Products that stood in lines which somebody else reads. */
  learn(products: Lines['products']): void {
    for (const [number, product] of products) this.#products.set(number, product)
  }

  /** Hands on the entries that are complete, in their order, each as soon as it is: it is still in the cache then. */
  read(lines: Lines, take: (entry: FileEntry) => void): void {
    this.learn(lines.products)
    const { begins } = lines
    const cells = new Cells(lines)
    for (let i = 0; i < begins.length; i++) {
      if (begins[i] === GOES_ON) {
        this.#goOn(cells, i)
        continue
      }
      if (begins[i] === MEMBER) this.#member = cells.order_member?.next() ?? null
      const next = this.#begin(cells, i)
      if (this.#open !== null) {
        assert(follows(next, this.#open, this.#reading), 'orders come in their order')
        take(this.#open)
      }
      this.#open = next
    }
    for (const [number] of lines.products) if (number > PRODUCTS_KEPT) this.#products.delete(number)
    if (lines.endsMember) this.end(take)
  }

  /** Hands on the last entry, once nothing more comes that may belong to it. */
  end(take: (entry: FileEntry) => void): void {
    if (this.#open !== null) take(this.#open)
    this.#open = null
  }

  #begin(cells: Cells, i: number): FileEntry {
    const returned = cells.returned?.next() ?? null
    const id = cells.order?.next() ?? ''
    const prices = cells.prices?.next()?.toLowerCase()
    const location = cells.location?.next()
    const channel = cells.channel?.next()
    const member = this.#member
    const { order_ms, first_row, row } = cells.numbers
    const occurred_at = order_ms![i]!
    const rows: [number, number] = first_row === undefined ? NOWHERE : [first_row[i]!, (row ?? first_row)[i]!]
    if (returned !== null) {
      cells.line?.next()
      return { external_id: id, order: returned, member, occurred_at, lines: [returnedLine(cells, i)], rows }
    }
    const order: FileOrder = {
      external_id: id,
      member,
      occurred_at,
      currency: this.#reading.currency,
      // Begun with its line: a list that begins empty makes room for many, and most orders stay as they begin.
      lines: [this.#lineOf(cells, i, 1)],
      rows,
    }
    if (prices === 'tax_included' || prices === 'tax_excluded') order.prices = prices
    if (location) order.location = location
    if (channel) order.channel = channel
    return order
  }

  #goOn(cells: Cells, i: number): void {
    const open = this.#open!
    const { row } = cells.numbers
    if (isReturn(open)) {
      cells.line?.next()
      addReturned(open, returnedLine(cells, i))
      if (row !== undefined) open.rows[1] = Math.max(open.rows[1], row[i]!)
    } else {
      open.lines.push(this.#lineOf(cells, i, open.lines.length + 1))
      if (row !== undefined) open.rows[1] = row[i]!
    }
  }

  /** A line without an id of its own is called by its place, since the same item may be rung up twice in one order. */
  #lineOf(cells: Cells, i: number, place: number): OrderLine {
    const { product, quantity, price, discount, tax } = cells.numbers
    cells.returned_line?.next()
    const { sku, name, category } = product === undefined ? WHOLE_ORDER : this.#products.get(product[i]!)!
    const line: OrderLine = {
      id: cells.line === null ? String(place) : (cells.line.next() ?? `#${place}`),
      sku,
      quantity: quantity === undefined ? 1 : quantity[i]!,
      unit_price: price![i]!,
    }
    if (name) line.name = name
    if (category) line.category = category
    if (discount !== undefined && discount[i] !== 0) line.discount = discount[i]!
    if (tax !== undefined && !Number.isNaN(tax[i])) line.tax = tax[i]!
    return line
  }
}

/** The columns of some lines; each is null where the file has none. */
class Cells {
  readonly numbers: Lines['numbers']
  readonly order_member: Texts | null
  readonly order: Texts | null
  readonly prices: Texts | null
  readonly location: Texts | null
  readonly channel: Texts | null
  readonly returned: Texts | null
  readonly line: Texts | null
  readonly returned_line: Texts | null

  constructor({ numbers, texts }: Lines) {
    this.numbers = numbers
    this.order_member = Texts.of(texts.order_member)
    this.order = Texts.of(texts.order)
    this.prices = Texts.of(texts.prices)
    this.location = Texts.of(texts.location)
    this.channel = Texts.of(texts.channel)
    this.returned = Texts.of(texts.returned)
    this.line = Texts.of(texts.line)
    this.returned_line = Texts.of(texts.returned_line)
  }
}

/** Texts in the order in which they are asked for, each once. */
class Texts {
  readonly #texts: readonly (string | null)[]
  #place = 0

  private constructor(texts: readonly (string | null)[]) {
    this.#texts = texts
  }

  static of(texts: readonly (string | null)[] | undefined): Texts | null {
    return texts === undefined ? null : new Texts(texts)
  }

  next(): string | null {
    return this.#texts[this.#place++]!
  }
}

function returnedLine(cells: Cells, i: number): FileReturn['lines'][number] {
  return { id: cells.returned_line!.next()!, quantity: cells.numbers.quantity![i]! }
}

/** Rows of a note that give back units of the same line give them back together. */
function addReturned(entry: FileReturn, { id, quantity }: FileReturn['lines'][number]): void {
  const known = entry.lines.find((line) => line.id === id)
  if (known === undefined) entry.lines.push({ id, quantity })
  else known.quantity += quantity
}

function follows(next: FileEntry, last: FileEntry, { sortedBy }: Reading): boolean {
  return next.occurred_at >= last.occurred_at || (sortedBy === 'member' && next.member !== last.member)
}
