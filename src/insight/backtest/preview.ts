/** The preview of a draft: recent orders of the ledger, folded through the program in force and through the draft. */

import type { OrderBody } from '../../core/activity.ts'
import type { HistoryOrder } from '../../core/history.ts'
import type { Program } from '../../core/program.ts'
import type { Database, Queries } from '../../engine/db.ts'
import { type Backtest, createBacktest } from './backtest.ts'
import type { BacktestResult } from './result.ts'

export interface PreviewRequest {
  database: Database
  /** The number of the program in the database. */
  program: number
  current: Program
  draft: Program
  /** Half-open, in ms. */
  from: number
  until: number
}

const PAGE = 2_000

/** What both programs would have given for the orders of that time, members and anonymous sales alike. */
export async function preview(request: PreviewRequest): Promise<{ current: BacktestResult; draft: BacktestResult }> {
  const { current, draft, until } = request
  const runs: Backtest[] = [current, draft].map((program) => createBacktest(program, { until, distinct: true }))
  await request.database.transaction(async (queries) => {
    await queries.query('set transaction isolation level repeatable read read only')
    const merged = await mergedAccounts(queries, request)
    for await (const order of ledgerOrders(queries, request, merged)) for (const run of runs) run.order(order)
  })
  const [before, after] = runs.map((run) => run.finish())
  return { current: before!, draft: after! }
}

/** Whoever was merged into somebody else buys as that one: both programs are told of one member. */
async function mergedAccounts(queries: Queries, { program }: PreviewRequest): Promise<Map<number, number>> {
  const { rows } = await queries.query<{ account: number; winner: number }>(
    `select p.account, (a.state::json ->> 'm')::bigint as winner
     from profile p join account a on a.stripe = p.stripe and a.id = p.account
     where p.program = $1 and p.status = 'merged'`,
    [program],
  )
  return new Map(rows.map(({ account, winner }) => [account, winner]))
}

interface OrderRow {
  account: number | null
  occurred_ms: number
  body: string
}

/** Orders in the order of time, read through a cursor, so that memory holds a page of them. */
async function* ledgerOrders(
  queries: Queries,
  { program, from, until }: PreviewRequest,
  merged: ReadonlyMap<number, number>,
): AsyncGenerator<HistoryOrder> {
  await queries.query(
    `declare preview no scroll cursor for
     select a.account, a.occurred_ms, a.body from activity a join account o on o.stripe = a.stripe and o.id = a.account
     where o.program = ${program} and a.type = 'order' and a.body is not null and a.occurred_ms >= ${from} and a.occurred_ms < ${until}
     union all
     select null, s.occurred_ms, s.body from sale s
     where s.program = ${program} and s.type = 'order' and s.occurred_ms >= ${from} and s.occurred_ms < ${until}
     order by 2`,
  )
  for (;;) {
    const { rows } = await queries.query<OrderRow>(`fetch ${PAGE} from preview`)
    for (const row of rows) yield historyOrder(row, merged)
    if (rows.length < PAGE) return
  }
}

function historyOrder({ account, occurred_ms, body }: OrderRow, merged: ReadonlyMap<number, number>): HistoryOrder {
  const order = JSON.parse(body) as OrderBody
  let member = account
  while (member !== null && merged.has(member)) member = merged.get(member)!
  return { ...order, member: member === null ? null : String(member), occurred_at: occurred_ms }
}
