/**
 * How many orders a second one core puts through the demo program. The orders are in memory before the clock starts, as
 * they are when a file has been read. Run it after `npm run build` as `node dist/bench/backtest.js [orders] [members]`.
 */
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { HistoryOrder } from '../src/core/history.ts'
import { compileProgram, type Program } from '../src/core/program.ts'
import { DAY_MS } from '../src/core/time.ts'
import '../src/engine/inlining.ts'
import { features } from '../src/features/index.ts'
import { backtest, createBacktest } from '../src/insight/backtest/backtest.ts'
import type { BacktestResult } from '../src/insight/backtest/result.ts'
import { assume } from '../src/insight/backtest/scenario.ts'
import { benchOrders } from './load.ts'

export const UNTIL = Date.parse('2026-01-01T05:00:00Z')

/**
 * Within minutes nothing falls due; within two years lots expire and levels lapse all the time. A file is read member by
 * member for a backtest; orders that come by time are put together by member first.
 */
const CASES = [
  { span: 'seventeen minutes', days: 0, byMember: true },
  { span: 'two years', days: 730, byMember: true },
  { span: 'seventeen minutes, members mixed', days: 0, byMember: false },
  { span: 'two years, members mixed', days: 730, byMember: false },
]

export interface BacktestFigure {
  span: string
  orders: number
  members: number
  decided: number
  seconds: number
  orders_a_second: number
  /** The heap at the end, garbage included and the orders not; and the most that the process ever held, with them. */
  heap_mb: number
  peak_mb: number
}

export function measureBacktest(orders = 1_000_000, members = 100_000, runs = 3): BacktestFigure[] {
  const program = demoProgram()
  return CASES.map(({ span, days, byMember }) => {
    const history = makeHistory(orders, members, days, byMember)
    const results = Array.from({ length: runs }, () => ({ span, ...measureOnce(program, history, byMember) }))
    return results.sort((a, b) => a.seconds - b.seconds)[runs >> 1]!
  })
}

export function demoProgram(): Program {
  const compiled = compileProgram(readFileSync('examples/corner-coffee.yaml', 'utf8'), features)
  if (compiled.program === null) throw new Error('The demo program has mistakes')
  return compiled.program
}

/** The load of the other benchmarks, its milliseconds stretched over the span. */
export function makeHistory(count: number, members: number, days: number, byMember: boolean): HistoryOrder[] {
  const step = Math.max(1, Math.floor((days * DAY_MS) / count))
  const from = UNTIL - count * step
  const orders = [...benchOrders(members, count, 1, UNTIL)].map((order, i) => ({ order, at: from + i * step }))
  if (byMember) orders.sort((a, b) => (a.order.member < b.order.member ? -1 : Number(a.order.member > b.order.member)))
  // They lie in memory as if they had been read: one after the other, and their texts not as pieces put together.
  return orders.map(({ order, at }) => ({
    external_id: copyText(order.external_id),
    member: copyText(order.member),
    occurred_at: at,
    currency: order.currency,
    prices: order.prices,
    lines: [...order.lines],
  }))
}

function copyText(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

function measureOnce(program: Program, history: HistoryOrder[], byMember: boolean): Omit<BacktestFigure, 'span'> {
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  const begun = process.hrtime.bigint()
  const result = byMember ? foldFile(program, history) : backtest(program, history, { until: UNTIL, distinct: true })
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9
  const touched = process.memoryUsage().heapUsed
  return {
    orders: history.length,
    members: result.members,
    decided: result.activities.total,
    seconds,
    orders_a_second: Math.round(history.length / seconds),
    heap_mb: Math.round((touched - before) / 2 ** 20),
    peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  }
}

/** As the orders of a file are folded, which come one by one and member by member. */
function foldFile(program: Program, history: readonly HistoryOrder[]): BacktestResult {
  const run = createBacktest(assume(program), { until: UNTIL, distinct: true, byMember: true })
  for (const order of history) run.order(order)
  return run.finish()
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

if (process.argv[1] === import.meta.filename) {
  const [orders, members] = process.argv.slice(2).map(Number)
  for (const figure of measureBacktest(orders, members)) console.log(JSON.stringify(figure))
}
