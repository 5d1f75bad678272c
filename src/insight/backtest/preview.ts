/** The preview of a draft: the recent history of the ledger, folded through the program in force and through the draft. */

import type { Program } from '../../core/program.ts'
import type { Database } from '../../engine/db.ts'
import { createBacktest } from './backtest.ts'
import { tellLedger } from './ledger.ts'
import type { BacktestResult } from './result.ts'
import { assume } from './scenario.ts'

export interface PreviewRequest {
  database: Database
  /** The number of the program in the database. */
  program: number
  current: Program
  draft: Program
  /** Half-open, in ms. */
  from: number
  until: number
}

/** What both programs would have given for the history of that time. */
export async function preview(request: PreviewRequest): Promise<{ current: BacktestResult; draft: BacktestResult }> {
  const { database, program, current, draft, from, until } = request
  const options = { until, distinct: true, byMember: true, returns: true }
  const runs = [current, draft].map((one) => createBacktest(assume(one), options))
  await tellLedger({ database, program, since: from, until }, runs)
  const [before, after] = runs.map((run) => run.finish())
  return { current: before!, draft: after! }
}
