/** An import as a terminal sees it: what was understood of the file, the import, and what came of it. */

import type { OrderBody } from '../core/activity.ts'
import { formatAmount } from '../core/money.ts'
import { Refusal } from '../core/refusal.ts'
import { alignColumns, countOf, groupDigits } from '../core/text-table.ts'
import { formatInstant } from '../core/time.ts'
import type { Understood } from './files/columns.ts'
import { openMembers } from './files/members.ts'
import { type OrderFile, openOrders } from './files/orders.ts'
import type { RowReport } from './files/reports.ts'
import { type ImportMeans, type ImportResult, importOrders } from './import.ts'
import { importMembers, type MemberImportResult } from './import-members.ts'
import { type Turn, takeTurn } from './importing.ts'
import { OddRows } from './odd-rows.ts'
import { pastPurchases } from './past-purchases.ts'
import { currentProgram, type LiveProgram } from './programs.ts'
import { interruptible, note, progress, say, UsedWrongly } from './terminal.ts'
import { type ProgramTotals, totals } from './totals.ts'

export interface OrderSession {
  map?: Record<string, string>
  currency?: OrderBody['currency']
  timezone?: string
  until?: number
  dryRun?: boolean
  report?: string
  json?: boolean
}

export interface MemberSession {
  map?: Record<string, string>
  timezone?: string
  joined?: number
  dryRun?: boolean
  report?: string
  json?: boolean
}

const STOPPING =
  'Stopping when the batches in flight are in the ledger. Ctrl-C again stops at once, which does no harm.'
const AGAIN = 'Stopped. Run the same command again to go on; what is in the ledger already stays as it is.'

/** Imports a file of orders. Answers the exit code: 1 when rows were not taken, or it was stopped. */
export async function runOrderImport(
  means: ImportMeans,
  program: LiveProgram,
  path: string,
  session: OrderSession,
): Promise<number> {
  const rules = currentProgram(program)
  const { currency = rules.currency, timezone = rules.zone.name } = session
  if (currency !== rules.currency)
    throw new UsedWrongly(
      `The program ${program.id} is in ${rules.currency}, so orders in ${currency} can earn nothing in it.`,
    )
  // What credit notes are matched to must not change before they are in.
  const turn = session.dryRun ? null : await takeTurn(means.database, program)
  if (turn instanceof Refusal) throw new UsedWrongly(turn.detail)
  try {
    return await importFrom(means, program, path, { ...session, currency, timezone }, turn)
  } finally {
    await turn?.release()
  }
}

/** Without a turn nothing is imported. */
async function importFrom(
  means: ImportMeans,
  program: LiveProgram,
  path: string,
  session: OrderSession & Required<Pick<OrderSession, 'currency' | 'timezone'>>,
  turn: Turn | null,
): Promise<number> {
  const { map, until, currency, timezone } = session
  const past = pastPurchases(means.database, means.recorder.stripes, program)
  const file = opened(await openOrders(path, { map, currency, timezone, until, past }))
  const odd = await OddRows.open(session.report)
  try {
    note(understoodText(path, file))
    note(`\n${orderFileText(file, until)}`)
    for await (const report of file.reports()) odd.add(report)
    const result = turn === null ? null : await ordersWithProgress(means, program, file, { until, turn, odd })
    const after = result === null ? null : await totals(means.database, program)
    if (session.json)
      say(JSON.stringify({ file: figuresOf(file), odd: odd.counts, import: result, ledger: after }, null, 2))
    else say(orderText(file, result, after, odd, program))
    return (result?.finished ?? true) && odd.notTaken === 0 ? 0 : 1
  } finally {
    await odd.close()
    await file.close()
  }
}

/** Imports a file of members, with the same exit codes. */
export async function runMemberImport(
  means: ImportMeans,
  program: LiveProgram,
  path: string,
  session: MemberSession,
): Promise<number> {
  const { map, joined, timezone = currentProgram(program).zone.name } = session
  const file = opened(await openMembers(path, { map, timezone }))
  const odd = await OddRows.open(session.report)
  const line = progress('Members')
  try {
    note(understoodText(path, file))
    note(`\nThe file has ${countOf(file.members, 'member')} in ${countOf(file.rows, 'row')}.`)
    for await (const report of file.reports()) odd.add(report)
    const onReport = (report: RowReport) => odd.add(report)
    const onProgress = (done: number, of: number) => line.show(done, of)
    const take = (signal: AbortSignal) => importMembers(means, file, { program, joined, signal, onProgress, onReport })
    const result = session.dryRun ? null : await interruptible(STOPPING, take)
    line.end()
    if (session.json) say(JSON.stringify({ file: figuresOf(file), odd: odd.counts, import: result }, null, 2))
    else say(memberText(result, odd, joined))
    return (result?.finished ?? true) && odd.notTaken === 0 ? 0 : 1
  } finally {
    await odd.close()
    await file.close()
  }
}

/** The file, or all that keeps it from being read. */
export function opened<T extends object>(file: T): Exclude<T, { problems: unknown }> {
  if ('problems' in file)
    throw new UsedWrongly((file.problems as { message: string }[]).map(({ message }) => message).join('\n'))
  return file as Exclude<T, { problems: unknown }>
}

async function ordersWithProgress(
  means: ImportMeans,
  program: LiveProgram,
  file: OrderFile,
  { until, turn, odd }: { until: number | undefined; turn: Turn; odd: OddRows },
): Promise<ImportResult> {
  const line = progress('Orders')
  const result = await interruptible(STOPPING, (signal) =>
    importOrders(means, file, {
      program,
      until,
      turn,
      signal,
      onProgress: (done, of) => line.show(done, of),
      onRefused: (report) => odd.add(report),
    }),
  )
  line.end()
  if (result instanceof Refusal) throw new UsedWrongly(result.detail)
  return result
}

function figuresOf(file: { understood: Understood[]; rows: number }): Record<string, unknown> {
  return Object.fromEntries(Object.entries(file).filter(([, value]) => typeof value !== 'function'))
}

/** Which column each field is read from, before anything is done with it. */
export function understoodText(
  path: string,
  { understood, numbering }: { understood: Understood[]; numbering: string },
): string {
  const rows = understood
    .filter(({ column, how }) => column !== null || how.startsWith('the row'))
    .map(({ field, column, how }) => [`  ${field}`, column ?? '', how])
  const missing = understood.filter(({ column, how }) => column === null && !how.startsWith('the row'))
  const without = missing.length === 0 ? '' : `\n  not in the file: ${missing.map(({ field }) => field).join(', ')}`
  return `${path}  (${numbering})\n${alignColumns(rows, ['left', 'left', 'left'])}${without}`
}

export function orderFileText(file: OrderFile, until: number | undefined): string {
  const { rows, lines, orders, members, anonymous, from_ms, until_ms, reportCounts } = file
  const text = [
    `${countOf(lines, 'line')} out of ${countOf(rows, 'row')} make ${countOf(orders, 'order')}:`,
    `${groupDigits(String(orders - anonymous))} of ${members === null ? 'members' : countOf(members, 'member')} and ${groupDigits(String(anonymous))} anonymous`,
  ].join(' ')
  const time = from_ms === null ? '' : `, from ${formatInstant(from_ms)} to ${formatInstant(until_ms!)}`
  const later = reportCounts.after_until ?? 0
  const left =
    later === 0
      ? ''
      : ` ${countOf(later, 'row')} from ${formatInstant(until!)} on ${later === 1 ? 'is' : 'are'} left out.`
  return `${text}${time}.${left}${creditText(file)}`
}

/** What rows with a negative quantity give back. */
function creditText({ credits, returns }: OrderFile): string {
  if (credits.rows === 0) return ''
  const { rows, unmatched, partly } = credits
  const few = partly === 0 ? '' : `, ${groupDigits(String(partly))} of them in part`
  return [
    `\n${countOf(rows, 'row')} of credit notes: ${groupDigits(String(rows - unmatched))} match earlier purchases${few},`,
    `which makes ${countOf(returns, 'return')}; ${groupDigits(String(unmatched))} match none.`,
  ].join(' ')
}

function orderText(
  file: OrderFile,
  result: ImportResult | null,
  after: ProgramTotals | null,
  odd: OddRows,
  program: LiveProgram,
): string {
  const parts = [odd.text]
  if (result === null || after === null) parts.push('Nothing was imported: this was a dry run.')
  else {
    const rows = [
      ['orders of members, new', result.orders],
      ['anonymous sales, new', result.anonymous],
      ...returnRows(result),
      ['in the ledger before', result.replayed],
      ...Object.entries(result.refused).map(([code, count]): [string, number] => [`refused: ${code}`, count]),
      ['members who joined', result.joined],
      ['members there before', Math.max(0, (file.members ?? 0) - result.joined)],
    ] as [string, number][]
    // Of a file that was not read to its end, nobody knows how many members were there.
    const shown = result.finished ? rows : rows.slice(0, -1)
    parts.push(alignColumns(shown.map(([what, count]) => [`  ${what}`, groupDigits(String(count))])))
    parts.push(ledgerText(program, after))
    if (!result.finished) parts.push(AGAIN)
  }
  return parts.filter((part) => part !== '').join('\n\n')
}

/** Files without credit notes say nothing of returns. */
function returnRows({ returns, anonymous_returns, waiting }: ImportResult): [string, number][] {
  const rows: [string, number][] = [
    ['returns of members, new', returns],
    ['returns of anonymous sales, new', anonymous_returns],
    ['returns whose order was not taken', waiting],
  ]
  return rows.filter(([, count]) => count > 0)
}

/** What the program's ledger adds up to. */
function ledgerText(program: LiveProgram, after: ProgramTotals): string {
  const kinds = ['issued', 'spent', 'expired', 'reversed', 'pending', 'available', 'held', 'debt'] as const
  const rows = after.points.map((wallet) => [
    `  ${wallet.wallet}`,
    ...kinds.map((kind) => groupDigits(formatAmount(wallet[kind], wallet.decimals))),
  ])
  const head = [
    `${program.id} has ${countOf(after.members, 'member')}, ${countOf(after.orders, 'order')}`,
    `and ${countOf(after.anonymous, 'anonymous sale')}. Its points:`,
  ].join(' ')
  return `${head}\n${alignColumns([['', ...kinds], ...rows])}`
}

function memberText(result: MemberImportResult | null, odd: OddRows, joined: number | undefined): string {
  const parts = [odd.text]
  if (result === null) parts.push('Nothing was imported: this was a dry run.')
  else {
    const rows: [string, number][] = [
      ['members who joined', result.joined],
      ['members brought up to date', result.updated],
      ['members there before, as in the file', result.unchanged],
      ...Object.entries(result.refused).map(([code, count]): [string, number] => [`refused: ${code}`, count]),
    ]
    parts.push(alignColumns(rows.map(([what, count]) => [`  ${what}`, groupDigits(String(count))])))
    if (result.undated > 0 && joined === undefined)
      parts.push(
        `${countOf(result.undated, 'member')} joined now, since the file does not say when. Orders from long before come too late for them: import orders first, or say with --joined when they joined.`,
      )
    if (!result.finished) parts.push(AGAIN)
  }
  return parts.filter((part) => part !== '').join('\n\n')
}
