/** The publish check: the recent history of the ledger, folded through the program in force and through a draft of it. */

import { z } from 'zod'
import type { Program } from '../../core/program.ts'
import type { Database } from '../../engine/db.ts'
import { Comparison, compareRuns } from './compare.ts'
import { atOneMoment, backtestLedger } from './ledger.ts'
import { chancesOf, type PastUse, readPast } from './past.ts'
import { BacktestResult } from './result.ts'
import { assume, Redeeming } from './scenario.ts'

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
  redeeming: Redeeming.describe(
    'How members are taken to redeem below: as in the past, or at once where there is none',
  ),
  past: z
    .array(z.strictObject({ reward: z.string(), could: z.int(), used: z.int() }))
    .describe('How often members could have used each reward with an order, and how often they did'),
  redeemed: z
    .strictObject({ current: BacktestResult, draft: BacktestResult })
    .describe('Both, if members redeem like that'),
  comparison: Comparison.describe(
    'The draft (`this`) against the program of now (`other`), if members redeem like that',
  ),
})

/** What both programs would have given for the history of that time, out of one reading of it. */
export async function preview({
  database,
  program,
  current,
  draft,
  from,
  until,
}: PreviewRequest): Promise<z.output<typeof Preview>> {
  return atOneMoment(database, async (queries) => {
    const request = { program, since: from, until }
    const past = await readPast(queries, request, current)
    const redeeming = redeemingAfter(past, [current, draft])
    const redeemed = { redeeming, ends: true }
    const scenarios = [assume(current), assume(draft), assume(current, redeemed), assume(draft, redeemed)]
    const { runs } = await backtestLedger(queries, request, scenarios)
    const [before, after, now, then] = runs
    return {
      current: before!.result,
      draft: after!.result,
      redeeming,
      past,
      redeemed: { current: now!.result, draft: then!.result },
      comparison: compareRuns(then!, now!),
    }
  })
}

function redeemingAfter(past: readonly PastUse[], programs: readonly Program[]): Redeeming {
  const rewards = chancesOf(past, programs)
  return rewards === null ? { model: 'at-once' } : { model: 'past', rewards }
}
