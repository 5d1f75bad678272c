/** Backtests over a business's own file of orders, on as many threads as there are cores. */

import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import type { HistoryMember } from '../../core/history.ts'
import { type FileEntry, isReturn, type Joining } from '../../engine/files/order-reader.ts'
import type { OrderFile } from '../../engine/files/orders.ts'
import { type Backtest, createBacktest } from './backtest.ts'
import { runOf } from './figures.ts'
import type { Run } from './ranges.ts'
import type { Source } from './report.ts'
import type { BacktestResult } from './result.ts'
import type { Scenario } from './scenario.ts'
import type { TallyState } from './tally-state.ts'
import { foldInThreads } from './threads.ts'

export interface FileBacktestOptions {
  /** Where history ends (ms), itself not included; with the last order unless said. */
  until?: number | undefined
  onProgress?: ((done: number, of: number) => void) | undefined
  /** The door whose threads share the work; without one this thread does it alone. */
  thread?: URL | undefined
  /** How many threads; unless said, as many as there are cores, where each has enough to do. */
  cores?: number | undefined
}

/** What is the same for all scenarios and threads. */
export interface History {
  /** Where it begins and where it ends (ms), the end itself not included. */
  from: number
  until: number
  returns: boolean
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
  { until, onProgress, thread, cores }: FileBacktestOptions,
): Promise<Run[]> {
  const end = until ?? (file.until_ms ?? 0) + 1
  const history = { from: Math.min(file.from_ms ?? end, end - 1), until: end, returns: file.returns > 0 }
  const of = file.orders + file.returns
  const worth = Math.floor((of * scenarios.length) / WORTH_A_THREAD)
  const threads = cores ?? Math.min(availableParallelism(), worth)
  let done = 0
  const onDone = (entries: number) => {
    done += entries
    onProgress?.(done, of)
  }
  const tallies =
    thread === undefined || threads < 2 || file.sortedBy !== 'member'
      ? await foldHere(file, scenarios, history, onDone)
      : await foldInThreads(thread, await file.parts(threads), scenarios, history, onDone)
  return scenarios.map((scenario, i) => runOf(scenario, tallies[i]!, end))
}

/** What orders and returns are read from: a whole file, or a part of one. */
interface Entries {
  sortedBy: OrderFile['sortedBy']
  batches(wanted: { ids: boolean }): AsyncIterable<FileEntry[]>
  joining(): Promise<Joining>
}

/** Folds what is read through every scenario, in this thread. */
export async function foldHere(
  entries: Entries,
  scenarios: readonly Scenario[],
  { from, until, returns }: History,
  onDone: (entries: number) => void,
): Promise<TallyState[]> {
  const options = { until, returns, distinct: true, byMember: entries.sortedBy === 'member' }
  const runs = scenarios.map((scenario) => createBacktest(scenario, options))
  const joining = await entries.joining()
  // Nobody asks a backtest without returns for the ids of orders.
  for await (const batch of entries.batches({ ids: returns })) {
    const all = joining.size > 0 ? withJoining(batch, joining) : batch
    for (const run of runs) fold(run, all)
    onDone(batch.length)
  }
  // Those who never ordered are members all the same, from the first day on where nobody says since when.
  const others = [...joining].map(([member, joined_at]) => ({ member, joined_at: joined_at ?? from }))
  for (const run of runs) fold(run, others)
  return runs.map((run) => run.finishPart())
}

function fold(run: Backtest, entries: readonly (FileEntry | HistoryMember)[]): void {
  for (const entry of entries) {
    if ('joined_at' in entry) run.join(entry)
    else if (isReturn(entry)) run.giveBack(entry)
    else run.order(entry)
  }
}

/** Puts before each member's first order that they joined, and takes them off the list. Who orders has joined. */
function withJoining(batch: readonly FileEntry[], joining: Joining): (FileEntry | HistoryMember)[] {
  const all: (FileEntry | HistoryMember)[] = []
  for (const entry of batch) {
    const { member, occurred_at } = entry
    const joined_at = member === null ? null : (joining.get(member) ?? null)
    if (member !== null && joined_at !== null && joined_at < occurred_at) all.push({ member, joined_at })
    if (member !== null) joining.delete(member)
    all.push(entry)
  }
  return all
}

/** What a report says of the file. */
export function fileSource(path: string, file: OrderFile): Source {
  const { rows, orders, understood, reportCounts } = file
  return { kind: 'file', name: basename(path), rows, orders, understood, reports: reportCounts }
}
