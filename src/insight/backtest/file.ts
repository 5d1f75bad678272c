/** A backtest over a business's own file of orders. */

import type { Program } from '../../core/program.ts'
import { isReturn } from '../../engine/files/order-reader.ts'
import type { OrderFile } from '../../engine/files/orders.ts'
import { createBacktest } from './backtest.ts'
import type { BacktestResult } from './result.ts'

export interface FileBacktestOptions {
  /** Where history ends (ms), itself not included; with the last order unless said. */
  until?: number
  onProgress?: (done: number, of: number) => void
}

/** Folds the orders and returns of an opened file through the program, a batch at a time. */
export async function backtestFile(
  program: Program,
  file: OrderFile,
  { until, onProgress }: FileBacktestOptions = {},
): Promise<BacktestResult> {
  const end = until ?? (file.until_ms ?? 0) + 1
  const returns = file.returns > 0
  const run = createBacktest(program, { until: end, distinct: true, byMember: file.sortedBy === 'member', returns })
  let done = 0
  for await (const entries of file.batches()) {
    for (const entry of entries) {
      if (isReturn(entry)) run.giveBack(entry)
      else run.order(entry)
    }
    done += entries.length
    onProgress?.(done, file.orders + file.returns)
  }
  return run.finish()
}
