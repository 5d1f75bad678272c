/** One thread of a backtest: it makes orders of the lines that it is handed, and folds them like any other. */

import { parentPort } from 'node:worker_threads'
import type { Program } from '../../core/program.ts'
import { type FileEntry, OrderReader } from '../../engine/files/order-reader.ts'
import { Folding } from './folding.ts'
import type { Said, SentScenario, Told } from './threads.ts'

type Compile = (source: string, revision: number) => Program

/** Does what it is told, one history after the other, with programs compiled by the door that knows the features. */
export function foldWhatIsSaid(compile: Compile): void {
  let reader: OrderReader
  let folding: Folding
  const tell = (told: Told) => parentPort!.postMessage(told)
  parentPort!.on('message', (said: Said) => {
    if (said.kind === 'begin') {
      reader = new OrderReader(said.reading)
      folding = new Folding(
        said.scenarios.map((sent) => scenarioOf(sent, compile)),
        said.history,
      )
    } else if (said.kind === 'fold') {
      reader.learn(said.products)
      let done = 0
      const take = (entry: FileEntry) => {
        folding.take(entry, said.joining)
        done += 1
      }
      for (const lines of said.lines) reader.read(lines, take)
      tell({ done })
    } else {
      reader.end((entry) => folding.take(entry, new Map()))
      tell({ tallies: folding.finish(said.others) })
    }
  })
}

function scenarioOf({ program, ...assumed }: SentScenario, compile: Compile) {
  return { ...assumed, program: compile(program.source, program.revision) }
}
