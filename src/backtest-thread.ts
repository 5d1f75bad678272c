/** A door: a thread of a backtest, begun by one that has cores to spare. */

import './engine/inlining.ts'
import { compileProgram } from './core/program.ts'
import { features } from './features/index.ts'
import { foldWhatIsSaid } from './insight/backtest/thread.ts'

foldWhatIsSaid((source, revision) => {
  const { program, problems } = compileProgram(source, features, revision)
  if (program === null) throw new Error(problems[0]!.message)
  return program
})
