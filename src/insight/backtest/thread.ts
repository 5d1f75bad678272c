/** One thread of a backtest: it makes orders of the lines that it is handed, and folds them like any other. */

import { parentPort } from 'node:worker_threads'
import type { Program } from '../../core/program.ts'
import { type FileEntry, OrderReader } from '../../engine/files/order-reader.ts'
import type { Joining } from '../../engine/files/orders.ts'
import { Folding } from './folding.ts'
import type { Said, SentScenario, Told } from './threads.ts'

type Compile = (source: string, revision: number) => Program

/** Does what it is told, one history after the other, with programs compiled by the door that knows the features. */
export function foldWhatIsSaid(compile: Compile): void {
  let reader: OrderReader
  let folding: Folding
  // Kept until they are met: an order that may go on is met with the lines after it.
  const joining: Joining = new Map()
  let done = 0
  const take = (entry: FileEntry) => {
    folding.take(entry, joining)
    done += 1
  }
  const tell = (told: Told) => parentPort!.postMessage(told)
  parentPort!.on('message', (said: Said) => {
    if (said.kind === 'begin') {
      joining.clear()
      reader = new OrderReader(said.reading)
      folding = new Folding(
        said.scenarios.map((sent) => scenarioOf(sent, compile)),
        said.history,
      )
    } else if (said.kind === 'fold') {
      reader.learn(said.products)
      for (const [member, joined_at] of said.joining) joining.set(member, joined_at)
      for (const lines of said.lines) reader.read(lines, take)
      tell({ done })
      done = 0
    } else {
      reader.end(take)
      tell({ tallies: folding.finish(said.others) })
    }
  })
}

function scenarioOf({ program, ...assumed }: SentScenario, compile: Compile) {
  return { ...assumed, program: compile(program.source, program.revision) }
}
