/** The rewards of a program as those who run it see them: what each costs and gives in words, and how it is used. */

import { z } from 'zod'
import type { Program } from '../../core/program.ts'
import { formatDay, localDay } from '../../core/time.ts'
import { messagesOf, Wording } from '../../core/wording.ts'
import { readFigures } from '../../engine/figures/read-figures.ts'
import type { Services } from '../../engine/http/route.ts'
import { currentProgram, type LiveProgram, nowOf } from '../../engine/programs.ts'
import { rewardStatements } from './statements.ts'
import { rewardsOf, stockOf } from './terms.ts'

/** The days, today among them, whose use of rewards is told. */
const DAYS = 30

export const RewardInUse = z
  .object({
    reward: z.string(),
    name: z.string(),
    text: z.string().describe('What it costs and gives, and to whom, in sentences'),
    wallet: z.string(),
    decimals: z.int(),
    cost: z.int().nullable().describe('In the smallest unit of the wallet; null where it is only given'),
    money: z.int().describe('What is paid besides, in minor units'),
    stock: z.int().nullable().describe('How many there are in all; null where it never runs out'),
    left: z.int().nullable(),
    used: z.int().describe(`How often it was used in the last ${DAYS} days`),
    taken_off: z.int().describe('What it took off orders in these days, in minor units'),
  })
  .meta({ id: 'RewardInUse' })

export const RewardsInUse = z
  .object({
    since: z.string().meta({ format: 'date' }).describe('The first day of those whose use is told'),
    currency: z.string(),
    data: z.array(RewardInUse),
  })
  .meta({ id: 'RewardsInUse' })
export type RewardsInUse = z.output<typeof RewardsInUse>

export async function readRewards(services: Services, live: LiveProgram, language: string): Promise<RewardsInUse> {
  const program = currentProgram(live)
  const last = localDay(program.zone, nowOf(live))
  const span = { first: last - DAYS + 1, last }
  const [figures, taken] = await Promise.all([
    readFigures(services, live, { spans: [span], expiring: { first: last, last } }),
    readStocks(services, live),
  ])
  const [period] = figures.periods
  const texts = wordsOfRewards(program, language)
  const data = [...rewardsOf(program).values()].map(({ id, name, wallet, cost, money, isAsked, stock }) => ({
    reward: id,
    name,
    text: texts.get(id)!,
    wallet: wallet.id,
    decimals: wallet.decimals,
    cost: isAsked ? cost : null,
    money,
    stock,
    left: stock === null ? null : Math.max(0, stock - (taken.get(stockOf(id)) ?? 0)),
    used: period!.about('rewards').get(id) ?? 0,
    taken_off: period!.about('reward_savings').get(id) ?? 0,
  }))
  return { since: formatDay(span.first), currency: program.currency, data }
}

/** How many of those that run out are gone. */
async function readStocks({ database }: Services, live: LiveProgram): Promise<ReadonlyMap<string, number>> {
  const names = [...rewardsOf(currentProgram(live)).values()].flatMap(({ id, stock }) =>
    stock === null ? [] : [stockOf(id)],
  )
  if (names.length === 0) return new Map()
  const { rows } = await database.query<{ name: string; used: number }>(
    'select name, used from claim where program = $1 and name = any ($2)',
    [live.number, names],
  )
  return new Map(rows.map(({ name, used }) => [name, used]))
}

/** The same sentences that members read in the terms. */
function wordsOfRewards(program: Program, language: string): ReadonlyMap<string, string> {
  const known = messagesOf(program.features, language) === null ? 'en' : language
  const wording = new Wording(known, program, messagesOf(program.features, known)!)
  return new Map(
    rewardStatements(program).map(({ about, message, values, more = [] }) => [
      about.slice('rewards.'.length),
      [{ message, values }, ...more].map((sentence) => wording.sentence('rewards', sentence)).join(' '),
    ]),
  )
}
