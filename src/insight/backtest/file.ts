/** Backtests over a business's own file of orders, on as many threads as there are cores. */

import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import type { OrderFile } from '../../engine/files/orders.ts'
import { runOf } from './figures.ts'
import { Folding, type History } from './folding.ts'
import type { Run } from './ranges.ts'
import type { Source } from './report.ts'
import type { BacktestResult } from './result.ts'
import type { Scenario } from './scenario.ts'
import type { TallyState } from './tally-state.ts'
import type { Threads } from './threads.ts'

export interface FileBacktestOptions {
  /** Where history ends (ms), itself not included; with the last order unless said. */
  until?: number | undefined
  onProgress?: ((done: number, of: number) => void) | undefined
  /** Who shares the work; without them this thread does it alone. */
  threads?: Threads | undefined
  /** How many of them; unless said, as many as there are cores, where each has enough to do. */
  cores?: number | undefined
}

/** Until a thread is as fast as it becomes it has taken the time in which this many orders are decided. */
const WORTH_A_THREAD = 200_000

/** Folds an opened file through every scenario: it is read once, a batch at a time. */
export async function backtestFile(
  file: OrderFile,
  scenarios: readonly Scenario[],
  options: FileBacktestOptions = {},
): Promise<BacktestResult[]> {
  return (await runFile(file, scenarios, options)).map(({ result }) => result)
}

/** The same with what members can be drawn again from. */
export async function runFile(
  file: OrderFile,
  scenarios: readonly Scenario[],
  { until, onProgress, threads, cores }: FileBacktestOptions,
): Promise<Run[]> {
  const end = until ?? (file.until_ms ?? 0) + 1
  const byMember = file.sortedBy === 'member'
  const history = { from: Math.min(file.from_ms ?? end, end - 1), until: end, returns: file.returns > 0, byMember }
  const of = file.orders + file.returns
  const worth = Math.floor((of * scenarios.length) / WORTH_A_THREAD)
  const count = cores ?? Math.min(availableParallelism(), worth)
  let done = 0
  const onDone = (entries: number) => {
    done += entries
    onProgress?.(done, of)
  }
  const tallies =
    threads === undefined || count < 2 || !byMember
      ? await foldHere(file, scenarios, history, onDone)
      : await threads.fold(file, scenarios, history, { count, onDone })
  return scenarios.map((scenario, i) => runOf(scenario, tallies[i]!, end))
}

/** Folds what is read through every scenario, in this thread. */
async function foldHere(
  file: OrderFile,
  scenarios: readonly Scenario[],
  history: History,
  onDone: (entries: number) => void,
): Promise<TallyState[]> {
  const folding = new Folding(scenarios, history)
  const joining = await file.joining()
  // Nobody asks a backtest without returns for the ids of orders.
  for await (const batch of file.batches({ ids: history.returns })) {
    for (const entry of batch) folding.take(entry, joining)
    onDone(batch.length)
  }
  return folding.finish(joining)
}

/** What a report says of the file. */
export function fileSource(path: string, file: OrderFile): Source {
  const { rows, orders, understood, reportCounts } = file
  return { kind: 'file', name: basename(path), rows, orders, understood, reports: reportCounts }
}
