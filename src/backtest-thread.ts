/** A door: a thread of a backtest, begun by one that has cores to spare. */

import './engine/inlining.ts'
import { compileProgram } from './core/program.ts'
import { features } from './features/index.ts'
import { foldOwnPart } from './insight/backtest/thread.ts'

await foldOwnPart((source, revision) => {
  const { program, problems } = compileProgram(source, features, revision)
  if (program === null) throw new Error(problems[0]!.message)
  return program
})
