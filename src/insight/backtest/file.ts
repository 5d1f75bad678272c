/** Backtests over a business's own file of orders. */

import { basename } from 'node:path'
import { isReturn } from '../../engine/files/order-reader.ts'
import type { OrderFile } from '../../engine/files/orders.ts'
import { createBacktest } from './backtest.ts'
import type { Run } from './ranges.ts'
import type { Source } from './report.ts'
import type { BacktestResult } from './result.ts'
import type { Scenario } from './scenario.ts'

export interface FileBacktestOptions {
  /** Where history ends (ms), itself not included; with the last order unless said. */
  until?: number
  onProgress?: (done: number, of: number) => void
}

/** Folds the orders and returns of an opened file through every scenario: the file is read once, a batch at a time. */
export async function backtestFile(
  file: OrderFile,
  scenarios: readonly Scenario[],
  options: FileBacktestOptions = {},
): Promise<BacktestResult[]> {
  return (await runFile(file, scenarios, options)).map(({ result }) => result)
}

/** The same with what the draws of the members came to. */
export async function runFile(
  file: OrderFile,
  scenarios: readonly Scenario[],
  { until, onProgress }: FileBacktestOptions,
): Promise<Run[]> {
  const end = until ?? (file.until_ms ?? 0) + 1
  const options = { until: end, distinct: true, byMember: file.sortedBy === 'member', returns: file.returns > 0 }
  const runs = scenarios.map((scenario) => createBacktest(scenario, options))
  let done = 0
  for await (const entries of file.batches()) {
    for (const run of runs)
      for (const entry of entries) {
        if (isReturn(entry)) run.giveBack(entry)
        else run.order(entry)
      }
    done += entries.length
    onProgress?.(done, file.orders + file.returns)
  }
  return runs.map((run) => run.finishRun())
}

/** What a report says of the file. */
export function fileSource(path: string, file: OrderFile): Source {
  const { rows, orders, understood, reportCounts } = file
  return { kind: 'file', name: basename(path), rows, orders, understood, reports: reportCounts }
}
