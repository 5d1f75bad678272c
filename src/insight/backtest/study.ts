/** A study: one history under several assumptions, in one reading of its file, and how far the figures may lie apart. */

import type { Program } from '../../core/program.ts'
import type { OrderFile } from '../../engine/files/orders.ts'
import { type FileBacktestOptions, runFile } from './file.ts'
import { type Run, rangesOf } from './ranges.ts'
import type { Ranges, ScenarioReport } from './report.ts'
import type { BacktestResult } from './result.ts'
import { assume, type Redeeming, type Response, type Scenario } from './scenario.ts'

export interface Assumed extends Pick<Scenario, 'seed' | 'margin' | 'reward_cost'> {
  /** How members redeem: each way is a scenario. */
  redeeming: readonly Redeeming[]
  /** Each scenario again with members who respond; null for none. */
  response: Response | null
  /** How many runs the ranges are made of where there is luck. */
  seeds: number
}

export interface Study {
  /** What an import of the same history would give: nobody redeems, nobody changes. */
  asIs: BacktestResult
  scenarios: ScenarioReport[]
  /** What the first of them assumes, or the history as it is where nothing is. */
  assumed: Scenario
}

/** Over all runs of a scenario, so that its range is told alike with luck and without. */
const DRAWS = 100

export async function studyFile(
  file: OrderFile,
  program: Program,
  assumed: Assumed,
  options: FileBacktestOptions,
): Promise<Study> {
  const { seed, margin, reward_cost, response } = assumed
  const asIs = assume(program, { seed, margin, reward_cost })
  const planned = assumed.redeeming.map((redeeming) => plan(asIs, redeeming, assumed))
  const runs = await runFile(
    file,
    [asIs, ...planned.flatMap(({ plain, responding }) => [...plain, ...responding])],
    options,
  )
  const waiting = runs.slice(1)
  const scenarios = planned.map(({ redeeming, plain, responding }) => {
    const own = told(waiting.splice(0, plain.length))
    const sooner = waiting.splice(0, responding.length)
    const with_response = response === null ? null : { response, ...told(sooner) }
    return { redeeming, seeds: plain.length, ...own, with_response }
  })
  return { asIs: runs[0]!.result, scenarios, assumed: planned[0]?.plain[0] ?? asIs }
}

function plan(asIs: Scenario, redeeming: Redeeming, { response, seeds }: Assumed) {
  const count = hasLuck(redeeming) ? seeds : 1
  const draws = Math.ceil(DRAWS / count)
  const plain = Array.from({ length: count }, (_, i): Scenario => ({ ...asIs, redeeming, seed: asIs.seed + i, draws }))
  return { redeeming, plain, responding: response === null ? [] : plain.map((one) => ({ ...one, response })) }
}

/** Where there is none, all runs would be the same. */
function hasLuck({ model }: Redeeming): boolean {
  return model === 'hazard' || model === 'past'
}

function told(runs: readonly Run[]): { result: BacktestResult; ranges: Ranges } {
  return { result: runs[0]!.result, ranges: rangesOf(runs) }
}
