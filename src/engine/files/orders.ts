/** Orders out of a business's own file, in the order of time; whatever is odd is reported by its row. */

import { DOUBLE, VARCHAR } from '@duckdb/node-api'
import { currencySuggestion, minorDigits } from '../../core/money.ts'
import { type Zone, zone, zoneSuggestion } from '../../core/time.ts'
import { readCells } from './cells.ts'
import { type FileProblem, findColumns, ORDER_FIELDS, type Understood } from './columns.ts'
import type { PastPurchases } from './credits.ts'
import { DAY_ORDER } from './dictionary.ts'
import { chunks, Rows } from './duckdb.ts'
import { type Grouped, groupRows, memberKey, type Plan, type RowIs } from './grouping.ts'
import { chosen, readLines, type Wanted } from './line-reader.ts'
import type { Lines } from './lines.ts'
import type { MemberFile } from './members.ts'
import { type FileEntry, OrderReader, type Reading } from './order-reader.ts'
import { explain, type OddRow, type RowReport } from './reports.ts'
import { problem, type Source, withSource } from './source.ts'
import type { DayOrder } from './values.ts'

export interface OrderFile {
  /** What each field was read from, for a preview. */
  understood: Understood[]
  /** What the row numbers of this file mean. */
  numbering: string
  /** All rows of the file, taken or not. */
  rows: number
  /** The rows that became lines of orders. */
  lines: number
  orders: number
  /** What credit notes give back, order by order: a note that reaches two orders makes two returns. */
  returns: number
  /** Rows with a negative quantity: all that can be read, and those for which no purchase was found, or too few. */
  credits: { rows: number; unmatched: number; partly: number }
  /** Distinct members among the orders; null where nobody has counted them, since that would cost more than all the rest. */
  members: number | null
  /** Orders without a member. */
  anonymous: number
  /** The first order's time and that of the last order or return, in epoch milliseconds; null if there is none. */
  from_ms: number | null
  until_ms: number | null
  /** How many rows each code was said of, and under `after_until` how many lay at or after the end asked for. */
  reportCounts: Record<string, number>
  /** Whether the rows stand in the order of time, as far as the beginning of the file shows. */
  wasSorted: boolean
  /** How the orders come: by time, or one member's after the other's. */
  sortedBy: 'time' | 'member'
  /** Orders and returns by time and then by first row, or as `sortedBy` says; may be read again and again. */
  batches(wanted?: Pick<Wanted, 'ids'>): AsyncIterable<FileEntry[]>
  /** The same before they are orders, for threads that make those of them: with `reading`, an `OrderReader` does. */
  portions(wanted: Pick<Wanted, 'ids'>): AsyncIterable<Lines>
  reading: Reading
  /** The members of the list that was given beside it. */
  joining(): Promise<Joining>
  /** The same file with a share of its members alone, the same ones each time; its counts stay those of the whole. */
  sample(share: number): OrderFile
  /** What was odd, in the order of rows. */
  reports(): AsyncIterable<RowReport>
  close(): Promise<void>
}

/** Members of a list of them, by their ids: when they joined (epoch milliseconds), null where the list does not say. */
export type Joining = Map<string, number | null>

export interface OrderOptions {
  /** From a field to a column's name or number; `date_order` is `dmy` or `mdy`, `order` may be `@row`. */
  map?: Record<string, string>
  currency: string
  /** The zone of times that carry no offset. */
  timezone: string
  /** Orders at or after this moment (epoch milliseconds) are not taken. */
  until?: number
  /** `member` gives the orders of one member after the other, each member's by time; `time` unless said. */
  sortedBy?: 'time' | 'member'
  /** What was sold before, so that credit notes find it, too; without it they find what the file has. */
  past?: PastPurchases
  /** A list of members beside the orders. */
  members?: MemberFile | undefined
}

/**
 * Reads the whole file once, so that what was understood, the counts and the odd rows are known before an order is
 * taken; then the orders stream as often as they are asked for. Close it when done: it holds temporary files.
 */
export async function openOrders(
  path: string,
  options: OrderOptions,
): Promise<OrderFile | { problems: FileProblem[] }> {
  const settings = readSettings(options)
  if ('problems' in settings) return settings
  return withSource(path, (source) => prepare(source, settings, options.map ?? {}))
}

interface Settings {
  zone: Zone
  currency: string
  until: number
  dayOrder: DayOrder
  sortedBy: 'time' | 'member'
  past: PastPurchases | undefined
  members: MemberFile | undefined
}

function readSettings(options: OrderOptions): Settings | { problems: FileProblem[] } {
  const place = zone(options.timezone)
  if (!place) return unknown('timezone', options.timezone, zoneSuggestion(options.timezone))
  if (minorDigits(options.currency) === null) {
    return unknown('currency', options.currency, currencySuggestion(options.currency))
  }
  const wanted = options.map?.date_order ?? ''
  if (wanted !== '' && !Object.hasOwn(DAY_ORDER, wanted)) {
    return problem('unknown_date_order', `date_order is “${wanted}”; it can be dmy (day first) or mdy (month first).`)
  }
  const until = Math.min(options.until ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
  const { currency, sortedBy = 'time', past, members } = options
  return { zone: place, currency, until, dayOrder: DAY_ORDER[wanted] ?? null, sortedBy, past, members }
}

function unknown(what: string, value: string, suggestion: string | undefined): { problems: FileProblem[] } {
  return problem(
    `unknown_${what}`,
    `There is no ${what} “${value}”.${suggestion ? ` Did you mean ${suggestion}?` : ''}`,
  )
}

async function prepare(
  source: Source,
  settings: Settings,
  map: Record<string, string>,
): Promise<OrderFile | { problems: FileProblem[] }> {
  const { date_order: _, ...columnMap } = map
  const found = findColumns(ORDER_FIELDS, source.columns, columnMap)
  const rowIs = whatRowsAre(found.at)
  if (rowIs === null) {
    const code = 'missing_column'
    found.problems.push({
      code,
      message: 'The file has neither a price for each unit (price) nor an amount (total): name one with --map.',
    })
  }
  if (found.problems.length > 0 || rowIs === null) return { problems: found.problems }

  const { zone, currency, until, sortedBy, past, dayOrder } = settings
  const fields = usedFields(found.at, rowIs)
  const cells = await source.load(fields)
  const plan: Plan = { cells, rowIs, currency, zone, until, sortedBy, past }
  const readings = await readCells(source, cells, currency, zone, dayOrder)
  const grouped = await groupRows(source, plan, readings)
  await listMembers(source, settings.members)
  const reading = { currency, sortedBy }
  const read = (share: number) => {
    const portions = (wanted: Pick<Wanted, 'ids'>) => readLines(source, plan, grouped, { ...wanted, share })
    return {
      portions,
      batches: (wanted = { ids: true }) => inBatches(portions(wanted), reading),
      joining: () => readJoining(source, share),
      sample: (of: number) => ({ ...whole, ...read(share * of) }),
    }
  }
  const whole: OrderFile = {
    understood: describe(found.understood, plan, `${readings.dates}; without an offset, local time in ${zone.name}`),
    numbering: source.numbering,
    ...(await count(source, plan, readings.rows, grouped)),
    wasSorted: grouped.wasSorted,
    sortedBy,
    reading,
    ...read(1),
    reports: () => reports(source),
    close: source.close,
  }
  return whole
}

/** Orders that go out together: enough to keep the database busy, few enough to hold. */
const BATCH = 2_000

async function* inBatches(all: AsyncIterable<Lines>, reading: Reading): AsyncGenerator<FileEntry[]> {
  const reader = new OrderReader(reading)
  let batch: FileEntry[] = []
  const take = (entry: FileEntry) => void batch.push(entry)
  for await (const lines of all) {
    reader.read(lines, take)
    for (; batch.length > BATCH; batch = batch.slice(BATCH)) yield batch.slice(0, BATCH)
  }
  reader.end(take)
  if (batch.length > 0) yield batch
}

/** The members of `joining`. */
async function readJoining(source: Source, share: number): Promise<Joining> {
  const joining: Joining = new Map()
  const query = `SELECT member, joined_ms FROM joining ${chosen(memberKey('member'), share)}`
  for await (const chunk of chunks(source, query))
    for (const [member, joined] of chunk.getRows()) joining.set(member as string, joined as number | null)
  return joining
}

/** Puts members of a list beside the orders, so that a share of them is chosen as it is of the orders. */
async function listMembers({ connection }: Source, members: MemberFile | undefined): Promise<void> {
  await connection.run('CREATE TABLE joining (member VARCHAR, joined_ms DOUBLE)')
  if (members === undefined) return
  const rows = await Rows.into(connection, 'joining', [VARCHAR, DOUBLE])
  for await (const batch of members.batches())
    for (const { external_id, joined_at } of batch) rows.push([external_id, joined_at ?? null])
  rows.close()
}

function whatRowsAre(at: Record<string, number>): RowIs | null {
  if (at.price !== undefined) return 'line by price'
  if (at.total === undefined) return null
  return at.sku !== undefined || at.line !== undefined ? 'line by total' : 'order'
}

/** Beside a unit price the total says nothing new, and a total is what was paid after any discount. */
function usedFields(at: Record<string, number>, rowIs: RowIs): Record<string, number> {
  const used = { ...at }
  delete used[rowIs === 'line by price' ? 'total' : 'discount']
  return used
}

function describe(understood: Understood[], plan: Plan, dates: string): Understood[] {
  const details: Record<string, string> = {
    date: dates,
    price: `${plan.currency} a unit`,
    total: plan.cells.quantity
      ? `${plan.currency}; divided by the quantity, the unit price rounded up and the rest a discount of the line`
      : plan.currency,
    member: 'empty or 0 is an anonymous sale',
    order: plan.rowIs === 'order' ? 'each row is a whole order' : 'each row is a line of an order',
  }
  return understood.map((entry) => {
    if (entry.column !== null && !(entry.field in plan.cells)) return { ...entry, how: 'not used' }
    const detail = details[entry.field]
    return detail && (entry.column !== null || entry.field === 'order')
      ? { ...entry, how: `${entry.how}; ${detail}` }
      : entry
  })
}

type Counts = Pick<
  OrderFile,
  | 'rows'
  | 'lines'
  | 'orders'
  | 'returns'
  | 'credits'
  | 'members'
  | 'anonymous'
  | 'from_ms'
  | 'until_ms'
  | 'reportCounts'
>

async function count(source: Source, plan: Plan, rawRows: number, grouped: Grouped): Promise<Counts> {
  const read = async (sql: string) => (await source.connection.runAndReadAll(sql)).getRowObjectsJson()
  const { counted, credits, isSorted } = grouped
  const sums = isSorted ? await read(sumsOf(plan, credits)) : []
  const [back] = credits
    ? await read(`SELECT count(*) AS returns, max(order_ms) AS until_ms
        FROM (SELECT DISTINCT order_ms, first_row, returned FROM lines WHERE returned IS NOT NULL)`)
    : []
  const reportCounts: Record<string, number> = {}
  for (const { code, rows } of await read('SELECT code, count(*) AS rows FROM odd GROUP BY code ORDER BY code')) {
    reportCounts[String(code)] = Number(rows)
  }
  if (counted.after_until > 0) reportCounts.after_until = counted.after_until
  const { lines, from_ms, until_ms } = counted
  return {
    rows: rawRows + counted.broken,
    lines,
    orders: Number(sums[0]?.orders ?? lines),
    returns: Number(back?.returns ?? 0),
    credits: {
      rows: counted.credits,
      unmatched: (reportCounts.credit_unmatched ?? 0) + (reportCounts.credit_without_item ?? 0),
      partly: reportCounts.credit_partly ?? 0,
    },
    members: sums[0] === undefined ? null : Number(sums[0].members),
    anonymous: Number(sums[0]?.anonymous ?? counted.anonymous),
    from_ms,
    until_ms: until_ms === null ? null : Math.max(until_ms, Number(back?.until_ms ?? 0)),
    reportCounts,
  }
}

/** Counts come as text, since DuckDB's integers are wider than a number. */
function sumsOf(plan: Plan, credits: boolean): string {
  const sold = credits ? 'WHERE returned IS NULL' : ''
  const orders =
    plan.rowIs === 'order'
      ? `SELECT order_member AS member FROM lines ${sold}`
      : `SELECT any_value(order_member) AS member FROM lines ${sold} GROUP BY first_row`
  return `SELECT count(*) AS orders, count(DISTINCT member) AS members, count(*) FILTER (member IS NULL) AS anonymous
    FROM (${orders})`
}

async function* reports(source: Source): AsyncGenerator<RowReport> {
  for await (const chunk of chunks(source, 'SELECT row::DOUBLE AS row, code, "order", value, other FROM odd')) {
    for (const odd of chunk.getRowObjects(['row', 'code', 'order', 'value', 'other']))
      yield explain(odd as unknown as OddRow)
  }
}
