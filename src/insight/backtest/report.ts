/** The report of a backtest: what `--json` writes, and what the page for people is made of. */

import { z } from 'zod'
import { figuresOf } from '../balance/figures.ts'
import { judge, USUAL_THRESHOLDS } from '../balance/verdict.ts'
import { type Assumption, assumptionsOf } from './assumptions.ts'
import { Comparison } from './compare.ts'
import { BacktestResult } from './result.ts'
import { Redeeming, Response, type Scenario } from './scenario.ts'

const Range = z
  .strictObject({ low: z.number().nullable(), high: z.number().nullable() })
  .describe('Nine of ten runs lie in it; null where a run had no such figure')

const Ranges = z
  .record(z.string(), Range)
  .describe(
    'By figure: reward_rate, cost, expected_rate, expected_cost, liability_gross, liability_net, discounts, points_issued, reached_share, redeeming_share, break_even_lift',
  )
export type Ranges = z.output<typeof Ranges>

export const Source = z
  .strictObject({
    kind: z.enum(['file', 'ledger']),
    name: z.string().describe('The file’s name, or that of the ledger’s program'),
    rows: z.int().describe('All rows that were read, taken or not'),
    orders: z.int().describe('The orders that they made, anonymous sales among them'),
    understood: z
      .array(z.strictObject({ field: z.string(), column: z.string().nullable(), how: z.string() }))
      .describe('Which column each field was read from'),
    reports: z.record(z.string(), z.int()).describe('How many rows each oddity was found in'),
  })
  .describe('What the history was read from')
export type Source = z.output<typeof Source>

const WithResponse = z
  .strictObject({ response: Response, result: BacktestResult, ranges: Ranges })
  .describe('The same run with members who buy sooner when a goal is near')

const ScenarioReport = z.strictObject({
  redeeming: Redeeming,
  seeds: z.int().min(1).describe('How many runs the ranges are made of'),
  result: BacktestResult.describe('The run of the first seed'),
  ranges: Ranges,
  with_response: WithResponse.nullable(),
})
export type ScenarioReport = z.output<typeof ScenarioReport>

const Condition = z.enum(['least_reached', 'longest_wait', 'least_rate', 'most_lift'])

const Judgement = z
  .strictObject({
    verdict: z.enum(['too_stingy', 'balanced', 'too_generous', 'both']),
    because: z.array(Condition).describe('The limits that are not kept'),
    limits: z
      .record(Condition, z.number())
      .describe(
        'Shares, and of longest_wait days: those from which on docs/balance.md calls a program stingy or generous',
      ),
  })
  .describe('Whether the first scenario is too stingy or too generous')

export const BacktestReport = BacktestResult.extend({
  schema: z.literal('regulars.backtest/1'),
  name: z.string().describe('The program’s name'),
  source: Source,
  assumptions: z
    .array(z.strictObject({ name: z.string(), value: z.string(), text: z.string() }))
    .describe('Every assumption that was made, in words'),
  scenarios: z.array(ScenarioReport).describe('What is assumed of members; the first is what the page is about'),
  judgement: Judgement.nullable().describe(
    'Null where history is too thin: no sales to members, or nobody with three orders',
  ),
  against: Comparison.nullable().describe('Beside the other program that was asked for'),
}).describe(
  'The figures at the top are those of the history as it is: a live import of the same orders gives them, to the point',
)
export type BacktestReport = z.output<typeof BacktestReport>

/** `asIs` is the run in which nobody redeems but whom the history has redeeming; `scenario` that of the first of the others. */
export function reportOf(
  scenario: Scenario,
  source: Source,
  asIs: BacktestResult,
  scenarios: readonly ScenarioReport[],
  against: Comparison | null = null,
  ofTheHistory: readonly Assumption[] = [],
): BacktestReport {
  return {
    schema: 'regulars.backtest/1',
    name: scenario.program.name,
    source,
    ...asIs,
    assumptions: [...assumptionsOf(scenario, scenarios[0]?.result ?? asIs, scenarios), ...ofTheHistory],
    scenarios: [...scenarios],
    judgement: judgementOf(scenarios[0]?.result ?? asIs),
    against,
  }
}

function judgementOf(result: BacktestResult): BacktestReport['judgement'] {
  const figures = figuresOf(result)
  if (figures.expected_rate === null || figures.regulars_reached === null) return null
  return { ...judge(figures, USUAL_THRESHOLDS), limits: USUAL_THRESHOLDS }
}

/** The form of the report, as JSON Schema. */
export function backtestJsonSchema(): object {
  return {
    ...z.toJSONSchema(BacktestReport, { reused: 'ref' }),
    $id: 'https://regulars.example/backtest.schema.json',
    title: 'The report of a backtest',
  }
}
