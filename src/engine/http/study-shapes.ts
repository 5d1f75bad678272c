/** The shapes of files, backtests and balances on the interface: what is asked, and what is told of it. */

import { z } from 'zod'
import { STATUSES } from '../studies/studies.ts'

export const Time = z.iso.datetime({ offset: true })
const Id = z.string().min(1).max(100)
const Share = z.number().min(0).max(1)

const FileProblem = z.strictObject({ code: z.string(), message: z.string() })

export const FileReading = z
  .strictObject({
    format: z.enum(['csv', 'parquet', 'ndjson']).nullable().describe('Null where nothing of it can be read'),
    columns: z.array(
      z.strictObject({
        name: z.string().describe('What a map calls it by'),
        sample: z.string().nullable().describe('Its first text, where the file does not name it'),
      }),
    ),
    sample: z.array(z.array(z.string().nullable())).describe('The first rows, a text a column'),
    understood: z.array(
      z.strictObject({
        field: z.string(),
        column: z.string().nullable().describe('Null where the file has none'),
        how: z.string(),
        needed: z.boolean(),
      }),
    ),
    problems: z.array(FileProblem).describe('Why it cannot be used as it is; none where it can'),
    holds: z
      .strictObject({
        rows: z.int(),
        orders: z.int(),
        returns: z.int(),
        members: z.int().nullable().describe('Null where they are too many to be counted beforehand'),
        anonymous: z.int().describe('Orders of nobody in particular'),
        from: Time.nullable(),
        until: Time.nullable(),
      })
      .nullable()
      .describe('Null while there are problems'),
    odd: z.array(
      z.strictObject({
        code: z.string(),
        rows: z.int(),
        taken: z.boolean().describe('Whether these rows were taken with a correction'),
        first: z.string().describe('What is odd about the first of them'),
      }),
    ),
  })
  .meta({ id: 'OrderFileReading', description: 'What is understood of a file of past orders' })

export const OrderFileAnswer = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    bytes: z.int(),
    uploaded_at: Time,
    uploaded_by: z.string(),
    forgotten_at: Time.describe('When it is removed'),
  })
  .meta({ id: 'OrderFile', description: 'A file of past orders' })

export const ReadOrderFile = OrderFileAnswer.extend({ reading: FileReading }).meta({
  id: 'OrderFileRead',
  description: 'A file of past orders, and what is understood of it',
})

const ColumnMap = z
  .record(z.string().max(100), z.string().max(500))
  .describe('Which column a field is read from, as `--map`: the name of a column or its number from 1; empty for none')

export const ReadingInput = z
  .strictObject({
    map: ColumnMap.default({}),
    currency: z.string().max(3).optional().describe('The currency of its amounts; the program’s unless said'),
    timezone: z.string().max(100).optional().describe('The zone of times without an offset; the program’s unless said'),
  })
  .meta({ id: 'ReadingRequest', examples: [{ map: { member: 'Customer ID' } }] })

const ProgramChoice = z
  .union([
    z.strictObject({ revision: z.union([z.int().min(1), z.literal('current')]) }).describe('What decides, or decided'),
    z.strictObject({ draft: Id }).describe('A draft: `main`, or its id'),
    z.strictObject({ template: Id }).describe('A template by its name'),
    z.strictObject({
      source: z.string().min(1, 'The program file is empty').max(1_000_000),
      name: z.string().max(200).optional(),
    }),
  ])
  .meta({ id: 'ProgramChoice', description: 'A program: a revision, a draft, a template, or the text of a file' })
export type ProgramChoice = z.output<typeof ProgramChoice>

const OrdersOfFile = z.strictObject({
  file: Id,
  ...ReadingInput.shape,
  until: Time.optional().describe('Where history ends; with the last order unless said'),
})

const OrdersOfLedger = z.strictObject({
  months: z.int().min(1).max(120).nullable().describe('What members did in the last so many months; null for all'),
})

const RewardCost = z
  .union([Share, z.record(z.string(), Share)])
  .default(1)
  .describe('What a reward costs of what it saves members: of all, or by reward')

const Assumptions = {
  chance: Share.optional().describe('For `random`: the chance at each order with which a reward could be used'),
  margin: Share.optional().describe('What is left of sales when the goods are paid'),
  reward_cost: RewardCost,
}

const Models = ['none', 'at-once', 'saver', 'random'] as const

export const BacktestInput = z
  .strictObject({
    program: ProgramChoice,
    against: ProgramChoice.optional().describe('Another program to compare with'),
    orders: z.union([OrdersOfFile, OrdersOfLedger]),
    models: z
      .array(z.enum([...Models, 'past']))
      .min(1)
      .max(5)
      .optional()
      .describe('How members use rewards; of a ledger as in the past, once anybody has redeemed, else at once'),
    response: z
      .union([z.boolean(), z.strictObject({ closeness: z.number().min(0).lt(1), speedup: z.number().min(0).max(0.9) })])
      .default(false)
      .describe('Also with members who buy sooner near a goal; `true` for the usual sizes'),
    seed: z.int().min(1).max(999_999_999).optional(),
    seeds: z.int().min(1).max(50).optional().describe('How many runs the ranges are made of where there is luck'),
    ...Assumptions,
  })
  .meta({
    id: 'BacktestRequest',
    examples: [
      { program: { draft: 'main' }, against: { revision: 'current' }, orders: { file: 'fil_2f6c1e0b7d9a4c5e81' } },
      { program: { revision: 'current' }, orders: { months: 24 } },
    ],
  })

export const BalanceInput = z
  .strictObject({
    program: ProgramChoice,
    orders: OrdersOfFile,
    vary: z
      .array(z.string().min(1).max(300))
      .min(1)
      .max(6)
      .describe('What varies and over which values: `earning.base.rate=0.5..3`'),
    steps: z.int().min(2).max(1_000).optional().describe('How many values a range has; a few round ones unless said'),
    target: z.string().max(100).optional().describe('Solve for the one setting that varies: `reward_rate=5%`'),
    thresholds: z.array(z.string().max(100)).max(10).default([]).describe('Such as `most_lift=15%`'),
    model: z.enum(Models).default('at-once'),
    ...Assumptions,
  })
  .meta({
    id: 'BalanceRequest',
    examples: [
      {
        program: { revision: 'current' },
        orders: { file: 'fil_2f6c1e0b7d9a4c5e81' },
        vary: ['earning.base.rate=0.5..3'],
      },
    ],
  })

const AskedProgram = z.strictObject({
  from: z.enum(['revision', 'draft', 'template', 'source']),
  name: z.string().describe('The number of the revision, the draft, the template or the file'),
  title: z.string().describe('What the program calls itself'),
})
export type AskedProgram = z.output<typeof AskedProgram>

/** What both kinds tell before their report. */
const study = {
  id: z.string(),
  status: z.enum(STATUSES),
  progress: z.number().min(0).max(1),
  seconds_left: z.int().nullable().describe('Null where it cannot be told'),
  before: z.int().describe('How many are to be worked out first'),
  asked_at: Time,
  asked_by: z.string(),
  begun_at: Time.nullable(),
  ended_at: Time.nullable(),
  problem: z.string().nullable().describe('Why it failed'),
  asked: z.strictObject({
    program: AskedProgram,
    against: AskedProgram.nullable(),
    file: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
    months: z.int().nullable().describe('Of the ledger; null for all of it, or for a file'),
    vary: z.array(z.string()),
  }),
}
export type Asked = z.output<typeof study.asked>

const Verdict = z.enum(['too_stingy', 'balanced', 'too_generous', 'both']).nullable()

export const BacktestEntry = z
  .strictObject({
    ...study,
    summary: z
      .strictObject({
        name: z.string(),
        orders: z.int(),
        members: z.int(),
        verdict: Verdict,
        expected_rate: z.number().nullable(),
        reached_share: z.number().nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'BacktestEntry', description: 'A backtest that was asked for' })

export const BalanceEntry = z
  .strictObject({
    ...study,
    summary: z
      .strictObject({
        name: z.string(),
        orders: z.int(),
        members: z.int(),
        settings: z.array(z.string()),
        verdict: Verdict,
        recommended: z.record(z.string(), z.number()).nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'BalanceEntry', description: 'A balance that was asked for' })

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({ data: z.array(item), has_more: z.boolean(), next_cursor: z.string().nullable() })

export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('The most that are answered at once'),
  cursor: z.string().max(100).optional().describe('The `next_cursor` of the page before'),
})
