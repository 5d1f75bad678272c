/** A study: one history under several assumptions, in one reading of it, and how far the figures may lie apart. */

import type { Program } from '../../core/program.ts'
import { type Comparison, compareRuns } from './compare.ts'
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
  /** Another program to compare with, under the first of the assumptions; null for none. */
  against: Program | null
}

/** Folds one reading of a history, whatever it is read from, through every scenario. */
export type Read = (scenarios: readonly Scenario[]) => Promise<Run[]>

export interface Study {
  /** What an import of the same history would give: nobody redeems, nobody changes. */
  asIs: BacktestResult
  scenarios: ScenarioReport[]
  /** What the first of them assumes, or the history as it is where nothing is. */
  assumed: Scenario
  against: Comparison | null
}

/** Over all runs of a scenario, so that its range is told alike with luck and without. */
const DRAWS = 100

export async function study(read: Read, program: Program, assumed: Assumed): Promise<Study> {
  const { seed, margin, reward_cost, response, against } = assumed
  const asIs = assume(program, { seed, margin, reward_cost })
  const planned = assumed.redeeming.map((redeeming) => plan(asIs, redeeming, assumed))
  const all = [asIs, ...planned.flatMap(({ plain, responding }) => [...plain, ...responding])]
  const main = Math.min(1, all.length - 1)
  if (against !== null) {
    all[main] = { ...all[main]!, ends: true }
    all.push({ ...all[main]!, program: against, draws: 0 })
  }
  const runs = await read(all)
  const waiting = runs.slice(1)
  const scenarios = planned.map(({ redeeming, plain, responding }) => {
    const own = told(waiting.splice(0, plain.length))
    const sooner = waiting.splice(0, responding.length)
    const with_response = response === null ? null : { response, ...told(sooner) }
    return { redeeming, seeds: plain.length, ...own, with_response }
  })
  const other = waiting[0]
  return {
    asIs: runs[0]!.result,
    scenarios,
    assumed: all[main]!,
    against: other === undefined ? null : compareRuns(runs[main]!, other),
  }
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
