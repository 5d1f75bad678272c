/**
 * The lines of a file of orders as plain data: numbers in columns, and of the texts those that are needed, each once. So
 * what one thread reads another may turn into orders.
 */

/** What begins with a line: nothing, so that it goes on with the entry before it, an entry, or an entry of another member. */
export const GOES_ON = 0
export const ENTRY = 1
export const MEMBER = 2

/** What a line is of, in texts. */
export interface Product {
  sku: string
  name?: string
  category?: string
}

export interface Lines {
  /** For each line what begins with it. */
  begins: Uint8Array
  /** For each line; `discount` is 0 and `tax` NaN where there is none. */
  numbers: { [column in NumberColumn]?: Float64Array }
  /** Of each line that begins a member, an entry or nothing in particular, in their order: see `TEXTS`. */
  texts: { [column in TextColumn]?: (string | null)[] }
  /** The products that stand here and not before, by their numbers. */
  products: [number: number, product: Product][]
  /** Whether the next lines are another member's; false also where that is not known yet. */
  endsMember: boolean
}

export const NUMBERS = ['order_ms', 'first_row', 'row', 'price', 'quantity', 'discount', 'tax', 'product'] as const
export type NumberColumn = (typeof NUMBERS)[number]
export type TextColumn = keyof typeof TEXTS

/** Which lines a text is taken of: only those with which so much begins. */
export const TEXTS = {
  order_member: MEMBER,
  order: ENTRY,
  prices: ENTRY,
  location: ENTRY,
  channel: ENTRY,
  returned: ENTRY,
  line: GOES_ON,
  returned_line: GOES_ON,
} as const

/** Beyond this many products each is told wherever it stands and then forgotten, so that memory stays bounded. */
export const PRODUCTS_KEPT = 100_000
