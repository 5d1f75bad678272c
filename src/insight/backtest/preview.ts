/** The publish check: the recent history of the ledger, folded through the program in force and through a draft of it. */

import { z } from 'zod'
import type { Program } from '../../core/program.ts'
import type { Database } from '../../engine/db.ts'
import { ledgerAssumptions } from './assumptions.ts'
import { atOneMoment, backtestLedger, type LedgerSource, ledgerSource } from './ledger.ts'
import { chancesOf, PastUse, readPast } from './past.ts'
import { BacktestReport, reportOf } from './report.ts'
import { BacktestResult } from './result.ts'
import { assume, type Redeeming } from './scenario.ts'
import { study } from './study.ts'

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

export const Preview = z.strictObject({
  current: BacktestResult.describe('The program of now, if nobody redeems'),
  draft: BacktestResult.describe('The draft, if nobody redeems'),
  past: z.array(PastUse).describe('How often members used what they could'),
  report: BacktestReport.describe(
    'The draft as `regulars backtest --json` reports on it, against the program of now: members redeem as in the past, or at once where nobody has yet',
  ),
})

/** What both programs would have given for the history of that time, out of one reading of it. */
export async function preview(asked: PreviewRequest): Promise<z.output<typeof Preview>> {
  const { current, draft, from: since, until } = asked
  return atOneMoment(asked.database, async (queries) => {
    const request = { program: asked.program, since, until }
    const past = await readPast(queries, request, current)
    const chances = chancesOf(past, [current, draft])
    const redeeming: Redeeming = chances === null ? { model: 'at-once' } : { model: 'past', rewards: chances }
    const { margin, reward_cost, seed, response } = assume(draft)
    const assumed = { redeeming: [redeeming], response, seed, seeds: 1, margin, reward_cost, against: current }
    // The program of now, if nobody redeems, is told beside the report.
    let [source, now]: [LedgerSource | null, BacktestResult | null] = [null, null]
    const found = await study(
      async (scenarios) => {
        const { runs, source: read } = await backtestLedger(queries, request, [...scenarios, assume(current)])
        source = read
        now = runs.at(-1)!.result
        return runs.slice(0, -1)
      },
      draft,
      assumed,
    )
    const known = ledgerAssumptions(source!, since, past, found.assumed)
    const report = reportOf(
      found.assumed,
      ledgerSource(current.id, source!),
      found.asIs,
      found.scenarios,
      found.against,
      known,
    )
    return { current: now!, draft: found.asIs, past, report }
  })
}
