/** A backtest on several threads: members are independent, so each thread takes a part of them and adds up for itself. */

import { Worker } from 'node:worker_threads'
import type { OrderPart } from '../../engine/files/parts.ts'
import type { History } from './file.ts'
import type { Scenario } from './scenario.ts'
import { mergeTallies, type TallyState } from './tally-state.ts'

/** A scenario as data: a thread compiles the program for itself. */
export interface SentScenario extends Omit<Scenario, 'program'> {
  program: { source: string; revision: number }
}

/** What a thread begins with. */
export interface Task {
  part: OrderPart
  scenarios: SentScenario[]
  history: History
}

/** What a thread tells: how many orders and returns it has decided since the last time, or, at the end, all it counted. */
export type Told = { done: number } | { tallies: TallyState[] }

/** As for the process itself: see decision 015. */
const YOUNG_MB = 192

/** Folds each part in a thread of its own. */
export async function foldInThreads(
  door: URL,
  parts: readonly OrderPart[],
  scenarios: readonly Scenario[],
  history: History,
  onDone: (entries: number) => void,
): Promise<TallyState[]> {
  const sent = scenarios.map(asData)
  const threads = parts.map((part) => begin(door, { part, scenarios: sent, history }, onDone))
  try {
    const counted = await Promise.all(threads.map(({ tallies }) => tallies))
    return counted.reduce((a, b) => a.map((tally, i) => mergeTallies(tally, b[i]!)))
  } finally {
    await Promise.all(threads.map(({ worker }) => worker.terminate()))
  }
}

function begin(
  door: URL,
  task: Task,
  onDone: (entries: number) => void,
): { worker: Worker; tallies: Promise<TallyState[]> } {
  const worker = new Worker(door, { workerData: task, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } })
  const tallies = new Promise<TallyState[]>((resolve, reject) => {
    worker.on('message', (told: Told) => {
      if ('done' in told) onDone(told.done)
      else resolve(told.tallies)
    })
    worker.on('error', reject)
    worker.on('exit', () => reject(new Error('A thread of the backtest ended before its work was done.')))
  })
  return { worker, tallies }
}

/** The settings are the file as it was written, its defaults filled in: they compile to the same program. */
function asData({ program, ...assumed }: Scenario): SentScenario {
  return { ...assumed, program: { source: JSON.stringify(program.settings), revision: program.revision } }
}
