/** Members out of a business's own file, in the order of its rows; whatever is odd is reported by its row. */

import { formatDay, localDay, type Zone, zone, zoneSuggestion } from '../../core/time.ts'
import { type FileProblem, findColumns, MEMBER_FIELDS, type Understood } from './columns.ts'
import { DAY_ORDER } from './dictionary.ts'
import { chunks } from './duckdb.ts'
import { explain, type OddRow, type RowReport } from './reports.ts'
import { problem, type Source, withSource } from './source.ts'
import { type DayOrder, readDate } from './values.ts'

export interface FileMember {
  external_id: string
  name?: string
  email?: string
  /** As it stands in the file; whoever knows the business's country makes it one spelling. */
  phone?: string
  /** `YYYY-MM-DD`. */
  birthday?: string
  locale?: string
  /** Epoch milliseconds. */
  joined_at?: number
  /** Points in whole points as decimal text, since how many decimals a wallet has is the program's; null: its only wallet. */
  balances: { wallet: string | null; points: string }[]
  row: number
}

export interface MemberFile {
  understood: Understood[]
  numbering: string
  rows: number
  members: number
  reportCounts: Record<string, number>
  /** The members by row; may be read again and again. */
  batches(): AsyncIterable<FileMember[]>
  reports(): AsyncIterable<RowReport>
  close(): Promise<void>
}

export interface MemberOptions {
  /** From a field to a column's name or number; `points_WALLET` names a wallet's balance, `date_order` is `dmy` or `mdy`. */
  map?: Record<string, string>
  /** The zone of times that carry no offset; UTC unless said. */
  timezone?: string
}

interface Plan {
  zone: Zone
  dayOrder: DayOrder
  fields: Record<string, number>
  /** The wallets whose balances have a column of their own, called `points_WALLET` among the fields. */
  wallets: string[]
}

const BATCH = 2_000

const BALANCE = /^(?:points|balance)[_ :.-](?!balance$)(.+)$/i

export async function openMembers(
  path: string,
  options: MemberOptions = {},
): Promise<MemberFile | { problems: FileProblem[] }> {
  const { date_order: order = '', ...map } = options.map ?? {}
  const name = options.timezone ?? 'UTC'
  const place = zone(name)
  if (!place) {
    const suggestion = zoneSuggestion(name)
    return problem(
      'unknown_timezone',
      `There is no timezone “${name}”.${suggestion ? ` Did you mean ${suggestion}?` : ''}`,
    )
  }
  if (order !== '' && !Object.hasOwn(DAY_ORDER, order)) {
    return problem('unknown_date_order', `date_order is “${order}”; it can be dmy (day first) or mdy (month first).`)
  }
  return withSource(path, (source) => prepare(source, place, DAY_ORDER[order] ?? null, map))
}

async function prepare(
  source: Source,
  zone: Zone,
  dayOrder: DayOrder,
  map: Record<string, string>,
): Promise<MemberFile | { problems: FileProblem[] }> {
  const wallets = [...source.columns.map((column) => column.name), ...Object.keys(map)].flatMap(
    (name) => BALANCE.exec(name)?.[1] ?? [],
  )
  const balances = [...new Set(wallets)].map((wallet) => ({
    field: `points_${wallet}`,
    names: [`points_${wallet}`, `balance_${wallet}`],
  }))
  const found = findColumns([...MEMBER_FIELDS, ...balances], source.columns, map)
  if (found.problems.length > 0) return { problems: found.problems }
  const plan: Plan = {
    zone,
    dayOrder,
    fields: found.at,
    wallets: [...new Set(wallets)].filter((wallet) => `points_${wallet}` in found.at),
  }
  const texts = Object.entries(await source.load(plan.fields)).map(
    ([field, { text }]) => `${text} AS "${field.replaceAll('"', '""')}"`,
  )
  await source.connection.run(`CREATE TABLE members AS
    SELECT *, min(row) OVER (PARTITION BY external_id) AS first_row
    FROM (SELECT row, ${texts.join(', ')} FROM raw) ORDER BY row`)
  return {
    understood: found.understood,
    numbering: source.numbering,
    ...(await count(source, plan)),
    batches: () => batches(source, plan),
    reports: () => reports(source, plan),
    close: source.close,
  }
}

/** One row: the member, unless it was not taken, and what is odd about it. */
interface Reading {
  member: FileMember | null
  odd: OddRow[]
}

async function count(source: Source, plan: Plan): Promise<Pick<MemberFile, 'rows' | 'members' | 'reportCounts'>> {
  const counts = { rows: 0, members: 0, reportCounts: {} as Record<string, number> }
  for await (const { member, odd } of readings(source, plan)) {
    counts.rows++
    if (member) counts.members++
    for (const { code } of odd) counts.reportCounts[code] = (counts.reportCounts[code] ?? 0) + 1
  }
  return counts
}

async function* batches(source: Source, plan: Plan): AsyncGenerator<FileMember[]> {
  let batch: FileMember[] = []
  for await (const { member } of readings(source, plan)) {
    if (member) batch.push(member)
    if (batch.length === BATCH) {
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

async function* reports(source: Source, plan: Plan): AsyncGenerator<RowReport> {
  for await (const { odd } of readings(source, plan)) yield* odd.map(explain)
}

/** Reads the rows one after the other. Reading is pure, so counts, members and reports can never disagree. */
async function* readings(source: Source, plan: Plan): AsyncGenerator<Reading> {
  const names = Object.keys(plan.fields)
  const all = [...names, 'broken']
  const sql = `SELECT row::DOUBLE, first_row::DOUBLE, ${names.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ')}, NULL AS broken FROM members
    UNION ALL SELECT row::DOUBLE, row::DOUBLE, ${names.map(() => 'NULL').join(', ')}, value FROM broken ORDER BY 1`
  for await (const chunk of chunks(source, sql)) {
    for (const [row, first, ...texts] of chunk.getRows()) {
      const cells = Object.fromEntries(all.map((name, i) => [name, texts[i] as string | null]))
      yield readRow(row as number, first as number, cells, plan)
    }
  }
}

function readRow(row: number, first: number, cells: Record<string, string | null>, plan: Plan): Reading {
  const id = cells.external_id?.replace(/^(\d+)\.0+$/, '$1') ?? null
  const because = (code: string, value: string | null, other: string | null = null): OddRow => ({
    row,
    code,
    order: null,
    value,
    other,
  })
  if (cells.broken) return { member: null, odd: [because('malformed', cells.broken)] }
  if (id === null || id === '0') return { member: null, odd: [because('member_missing', null)] }
  if (first !== row) return { member: null, odd: [because('duplicate_member', id, String(first))] }
  const member: FileMember = { external_id: id, balances: [], row }
  const odd: OddRow[] = []
  for (const field of ['name', 'phone', 'locale'] as const) if (cells[field]) member[field] = cells[field]
  if (cells.email && /^[^\s@]+@[^\s@]+$/.test(cells.email)) member.email = cells.email
  else if (cells.email) odd.push(because('email_dropped', cells.email))
  readTimes(member, cells, plan, (code, value) => odd.push(because(code, value)))
  readBalances(member, cells, plan, (code, value) => odd.push(because(code, value)))
  return { member, odd }
}

function readTimes(
  member: FileMember,
  cells: Record<string, string | null>,
  plan: Plan,
  drop: (code: string, value: string) => void,
): void {
  if (cells.joined_at) {
    const at = readDate(cells.joined_at, plan.zone, plan.dayOrder)
    if (at === null) drop('joined_dropped', cells.joined_at)
    else member.joined_at = at
  }
  if (cells.birthday) {
    const at = readDate(cells.birthday, plan.zone, plan.dayOrder)
    if (at === null) drop('birthday_dropped', cells.birthday)
    else member.birthday = formatDay(localDay(plan.zone, at))
  }
}

function readBalances(
  member: FileMember,
  cells: Record<string, string | null>,
  plan: Plan,
  drop: (code: string, value: string) => void,
): void {
  const columns: [string, string | null][] = [
    ['points', null],
    ...plan.wallets.map((wallet): [string, string] => [`points_${wallet}`, wallet]),
  ]
  for (const [field, wallet] of columns) {
    const text = cells[field]
    if (!text) continue
    const plain = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text
    if (/^-?\d{1,15}(\.\d+)?$/.test(plain)) member.balances.push({ wallet, points: plain })
    else drop('points_dropped', text)
  }
}
