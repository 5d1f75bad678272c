/** A backtest over a business's own file of orders. */

import type { Program } from '../core/program.ts'
import type { OrderFile } from '../engine/files/orders.ts'
import { createBacktest } from './backtest.ts'
import type { BacktestResult } from './backtest-result.ts'

export interface FileBacktestOptions {
  /** Where history ends (ms), itself not included; with the last order unless said. */
  until?: number
  onProgress?: (done: number, of: number) => void
}

/** Folds the orders of an opened file through the program, a batch at a time. */
export async function backtestFile(
  program: Program,
  file: OrderFile,
  { until, onProgress }: FileBacktestOptions = {},
): Promise<BacktestResult> {
  const end = until ?? (file.until_ms ?? 0) + 1
  const run = createBacktest(program, { until: end, distinct: true, byMember: file.sortedBy === 'member' })
  let done = 0
  for await (const orders of file.batches()) {
    for (const order of orders) run.order(order)
    done += orders.length
    onProgress?.(done, file.orders)
  }
  return run.finish()
}
