/** One thread of a backtest: it opens its part of the file and folds it like any other. */

import { parentPort, workerData } from 'node:worker_threads'
import type { Program } from '../../core/program.ts'
import { openPart } from '../../engine/files/parts.ts'
import { foldHere } from './file.ts'
import type { Task, Told } from './threads.ts'

/** Tells of this many orders at once. */
const TOLD = 20_000

/** Does the work that this thread was begun for, with programs compiled by the door that knows the features. */
export async function foldOwnPart(compile: (source: string, revision: number) => Program): Promise<void> {
  const { part, scenarios, history } = workerData as Task
  const tell = (told: Told) => parentPort!.postMessage(told)
  const open = await openPart(part)
  try {
    const own = scenarios.map(({ program, ...assumed }) => ({
      ...assumed,
      program: compile(program.source, program.revision),
    }))
    let untold = 0
    const tallies = await foldHere(open, own, history, (entries) => {
      untold += entries
      if (untold < TOLD) return
      tell({ done: untold })
      untold = 0
    })
    tell({ done: untold })
    tell({ tallies })
  } finally {
    open.close()
  }
}
