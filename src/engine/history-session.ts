/** A history as a terminal sees it before it is replayed: what was understood of its files, and what is odd about them. */

import type { Program } from '../core/program.ts'
import { countOf } from '../core/text-table.ts'
import { type MemberFile, openMembers } from './files/members.ts'
import { type OrderFile, openOrders } from './files/orders.ts'
import { opened, orderFileText, understoodText } from './import-session.ts'
import { OddRows } from './odd-rows.ts'
import { meanwhile, note, UsedWrongly } from './terminal.ts'

export interface HistorySession {
  map?: Record<string, string> | undefined
  /** The program's unless said. */
  currency?: string | undefined
  timezone?: string | undefined
  until?: number | undefined
  /** The path of a file of members beside the orders. */
  members?: string | undefined
  /** Where all odd rows are written. */
  report?: string | undefined
}

/** Opens a file of orders, sorted by member, and one of members beside it, and says what is in them. */
export async function openHistory(
  path: string,
  program: Program,
  session: HistorySession,
): Promise<{ file: OrderFile; close(): Promise<void> }> {
  const { map, currency = program.currency, timezone = program.zone.name, until, members: memberPath, report } = session
  if (currency !== program.currency)
    throw new UsedWrongly(
      `The program ${program.id} is in ${program.currency}, so orders in ${currency} can earn nothing in it.`,
    )
  const odd = await OddRows.open(report)
  let members: MemberFile | undefined
  try {
    members = memberPath === undefined ? undefined : opened(await openMembers(memberPath, { timezone }))
    const options = { ...(map && { map }), ...(until !== undefined && { until }), currency, timezone, members }
    const file = opened(await meanwhile(`Reading ${path}`, openOrders(path, { ...options, sortedBy: 'member' })))
    note(`${understoodText(path, file)}\n\n${orderFileText(file, until)}${orderText(file)}`)
    if (members !== undefined) note(`\n${understoodText(memberPath!, members)}\n\n${memberText(members)}`)
    for (const one of [file, members]) if (one) for await (const row of one.reports()) odd.add(row)
    if (odd.text !== '') note(`\n${odd.text}`)
    note('')
    if (file.orders === 0 && (members?.members ?? 0) === 0) {
      await file.close()
      throw new UsedWrongly(`No row of ${path} could be taken as an order: there is nothing to replay.`)
    }
    return { file, close: () => file.close() }
  } finally {
    await odd.close()
    await members?.close()
  }
}

function orderText({ orders, anonymous, wasSorted }: OrderFile): string {
  const sorted = wasSorted
    ? ''
    : ' Its rows are not in the order of time: they are sorted, which changes nothing in it.'
  const nobody =
    orders > 0 && anonymous === orders
      ? '\nNo order names a member, and what nobody bought earns nothing. Is there a column that says who bought? Name it with --map member=COLUMN.'
      : ''
  return `${sorted}${nobody}`
}

function memberText({ members, rows }: MemberFile): string {
  return `The file has ${countOf(members, 'member')} in ${countOf(rows, 'row')}.`
}
