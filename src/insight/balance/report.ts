/** What `regulars balance` tells: plain JSON, the same behind `--json` and in the tables and pictures. */

import { z } from 'zod'
import { Source } from '../backtest/report.ts'
import { Redeeming } from '../backtest/scenario.ts'
import { Figures } from './figures.ts'

const Settings = z.record(z.string(), z.number()).describe('The varied settings of this variant, by their paths')

const Condition = z.enum(['least_reached', 'longest_wait', 'least_rate', 'most_lift'])

const VariantReport = z.strictObject({
  settings: Settings,
  current: z.boolean().describe('The program as it is'),
  figures: Figures,
  verdict: z.enum(['too_stingy', 'balanced', 'too_generous', 'both']),
  because: z.array(Condition).describe('The thresholds that it does not meet'),
  frontier: z
    .boolean()
    .describe('No other variant gives as many members a reward for less, or more of them for as little'),
  recommended: z.boolean(),
})

const Gets = z
  .enum(['reached_share', 'redeeming_share'])
  .describe('What the frontier raises for the least cost: members who reach a reward, or those who use one')
export type Gets = z.output<typeof Gets>

const Solved = z.strictObject({ value: z.number(), figure: z.number().nullable() })

const Target = z.strictObject({
  figure: z.string(),
  asked: z.number(),
  setting: z.string(),
  reached: z.boolean(),
  monotone: z.boolean().nullable().describe('Whether the figure goes one way over the range; null where not reached'),
  exact: Solved.nullable().describe('The value that comes closest'),
  written: Solved.nullable().describe('The closest that has two digits at most: the one that is recommended'),
  least: Solved.nullable().describe('The least that the range gives, where the target is not within it'),
  most: Solved.nullable(),
})

export const BalanceReport = z.strictObject({
  schema: z.literal('regulars.balance/1'),
  program: z.string(),
  name: z.string(),
  currency: z.string(),
  source: Source,
  history: z.strictObject({
    orders: z.int().describe('Of members'),
    members: z.int(),
    from: z.string().nullable().describe('The first order; RFC 3339; null without orders'),
    until: z.string().describe('The end of history, itself not included'),
  }),
  redeeming: Redeeming,
  margin: z.number(),
  reward_cost: z
    .record(z.string(), z.number())
    .describe('What a reward costs, as a share of what it saves members; all of it unless said'),
  gets: Gets,
  thresholds: z.record(Condition, z.number()),
  axes: z.array(
    z.strictObject({
      setting: z.string(),
      written: z.string().describe('As the program file has it'),
      current: z.number(),
      values: z.array(z.number()),
      hardly_matters: z
        .boolean()
        .describe('On these orders it changes neither what members get nor what it costs by 1%'),
    }),
  ),
  search: z
    .strictObject({
      grid: z.int().describe('All variants that there are'),
      tried: z.int().describe('How many of them were tried on some members'),
      share: z.number().describe('On which share of the members'),
      finalists: z.int().describe('How many were then run on all orders'),
    })
    .nullable()
    .describe('How it was searched; null where every variant was run on all orders'),
  variants: z.array(VariantReport).describe('Those that were run on all orders, from the cheapest to the dearest'),
  refused: z
    .array(z.strictObject({ settings: Settings, problem: z.string() }))
    .describe('Variants that are no right program, and why'),
  target: Target.nullable(),
})
export type BalanceReport = z.output<typeof BalanceReport>
export type VariantReport = z.output<typeof VariantReport>
export type Target = z.output<typeof Target>

/** The published JSON Schema of what `--json` writes. */
export function balanceJsonSchema(): object {
  return {
    ...z.toJSONSchema(BalanceReport, { reused: 'ref' }),
    $id: 'https://regulars.example/balance.schema.json',
    title: 'The balance of a program',
  }
}
