/**
 * From the cells of a row to numbers, in SQL: what is plain is read as it stands, what is not by `values.ts` through a
 * dictionary of its texts. A look at the whole file tells beforehand what there is of either.
 */

import type { Zone } from '../../core/time.ts'
import { readDates, readNumbers, type Texts } from './dictionary.ts'
import { type Cell, isPlainId, plainInstant, plainLocal, plainMoney, plainQuantity } from './plain.ts'
import type { Source } from './source.ts'
import { type DayOrder, readMoney, readQuantity } from './values.ts'

export type Cells = Record<string, Cell>

/** The fields that are amounts of money. */
const AMOUNTS = ['price', 'total', 'discount', 'tax']

export interface Readings {
  /** Rows of `raw`. */
  rows: number
  /** The fields of which some texts are in a dictionary. */
  inDictionary: ReadonlySet<string>
  /** The ids that are ids as they stand, in all rows. */
  plainIds: ReadonlySet<string>
  /** The fields with which nothing is wrong in any row: nobody need look again. */
  flawless: ReadonlySet<string>
  /** The first and the last local time among the dates that SQL reads; null if there is none. */
  local: [number, number] | null
  /** How dates were read, for people. */
  dates: string
}

/** The columns of `raw` that SQL makes of a cell; any that is NULL leaves the cell to the dictionary. */
export function plainColumns(cells: Cells, currency: string): [name: string, sql: string][] {
  const columns: [string, string][] = []
  if (cells.date) columns.push(['date_local', plainLocal(cells.date)], ['date_instant', plainInstant(cells.date)])
  if (cells.quantity) columns.push(['quantity_plain', plainQuantity(cells.quantity)])
  for (const field of amountsOf(cells)) columns.push([`${field}_plain`, plainMoney(cells[field]!, currency)])
  return columns
}

export function amountsOf(cells: Cells): string[] {
  return AMOUNTS.filter((field) => field in cells)
}

/** Looks over the whole file once, and reads what SQL leaves to us into `dates`, `quantities` and `amounts`. */
export async function readCells(
  source: Source,
  cells: Cells,
  currency: string,
  zone: Zone,
  dayOrder: DayOrder,
): Promise<Readings> {
  const read = ['date', 'quantity', ...amountsOf(cells)].filter((field) => field in cells)
  const ids = ['order', 'member'].filter((field) => field in cells)
  const { rows, unread, ...found } = await lookOver(source, cells, currency, read, ids)
  const texts = (fields: readonly string[]): Texts[] =>
    fields.filter((field) => unread.has(field)).map((field) => unreadTexts(cells, currency, field))
  const dates = await readDates(source, texts(['date'])[0] ?? null, zone, dayOrder)
  await readNumbers(source, 'quantities', texts(['quantity']), readQuantity)
  await readNumbers(source, 'amounts', texts(amountsOf(cells)), (text) => readMoney(text, currency, ''))
  return { rows, inDictionary: unread, ...found, dates }
}

interface Look extends Pick<Readings, 'rows' | 'plainIds' | 'flawless' | 'local'> {
  /** The fields of which some texts are left to read. */
  unread: ReadonlySet<string>
}

async function lookOver(
  { connection }: Source,
  cells: Cells,
  currency: string,
  read: readonly string[],
  ids: readonly string[],
): Promise<Look> {
  const local = plainLocal(cells.date!)
  const counts = [
    'count(*)',
    `min(${local})`,
    `max(${local})`,
    // The text is only made where it is asked for: of a typed column it would cost more than all the rest.
    ...read.map((field) => `count(CASE WHEN ${isUnread(cells, currency, field)} THEN ${cells[field]!.text} END)`),
    ...read.map((field) => `count(CASE WHEN ${isRight(cells, currency, field)} THEN 1 END)`),
    ...ids.map((field) => `count(CASE WHEN NOT (${isPlainId(cells[field]!)}) THEN 1 END)`),
    ...ids.map((field) => `count(CASE WHEN ${isNamed(cells, field)} THEN 1 END)`),
  ]
  const result = await connection.runAndReadAll(`SELECT ${counts.join(', ')} FROM raw`)
  const row = result.getRowsJson()[0]!.map((count) => (count === null ? null : Number(count)))
  const [rows, first, last, ...rest] = row as [number, number | null, number | null, ...number[]]
  const take = (count: number) => rest.splice(0, count)
  const [left, right, odd, named] = [read, read, ids, ids].map(({ length }) => take(length)) as [
    number[],
    number[],
    number[],
    number[],
  ]
  const plain = ids.filter((_, i) => odd[i] === 0)
  return {
    rows,
    local: first === null ? null : [first, last!],
    unread: new Set(read.filter((_, i) => left[i]! > 0)),
    plainIds: new Set(plain),
    flawless: new Set([
      ...read.filter((_, i) => right[i] === rows),
      ...plain.filter((field) => named[ids.indexOf(field)] === rows),
    ]),
  }
}

/** Whether a number or a date is read by SQL, and may stand where it stands. */
function isRight(cells: Cells, currency: string, field: string): string {
  const columns = plainColumns({ [field]: cells[field]! }, currency).map(([, sql]) => sql)
  if (field === 'date') return `NOT (${isUnread(cells, currency, field)})`
  return `${columns[0]} ${field === 'quantity' ? '> 0' : '>= 0'}`
}

/** Whether an id that is plain names somebody or something. */
function isNamed(cells: Cells, field: string): string {
  const { sql } = cells[field]!
  return field === 'member' ? `${sql} IS NOT NULL AND NOT (${isNobody(`${sql}::VARCHAR`)})` : `${sql} IS NOT NULL`
}

function isUnread(cells: Cells, currency: string, field: string): string {
  const columns = plainColumns({ [field]: cells[field]! }, currency)
  return columns.map(([, sql]) => `${sql} IS NULL`).join(' AND ')
}

function unreadTexts(cells: Cells, currency: string, field: string): Texts {
  const { text } = cells[field]!
  return `SELECT DISTINCT ${text} AS text FROM raw WHERE ${isUnread(cells, currency, field)} AND ${text} IS NOT NULL`
}

/** Whether a row has no id; a plain one needs no trimming to tell. */
export function isIdMissing(cell: Cell, isPlain: boolean): string {
  return `${isPlain ? cell.sql : cell.text} IS NULL`
}

/** An id as text; programs that know no integers with gaps write 17850 as `17850.0`. */
export function idText(cell: Cell, isPlain: boolean): string {
  if (isPlain) return `${cell.sql}::VARCHAR`
  const { text } = cell
  return `CASE WHEN contains(${text}, '.0') THEN regexp_replace(${text}, '^([0-9]+)\\.0+$', '\\1') ELSE ${text} END`
}

export function memberText(cell: Cell, isPlain: boolean): string {
  const id = idText(cell, isPlain)
  return `CASE WHEN ${isNobody(id)} THEN NULL ELSE ${id} END`
}

/** A sale to nobody in particular is written in many ways. */
function isNobody(id: string): string {
  // Of two conditions beside each other both are worked out for every row; most ids are longer than these.
  return `CASE WHEN strlen(${id}) <= 4 THEN lower(${id}) IN ('0', 'null', 'nan', 'none') ELSE false END`
}
