/** Which draws a program has. */

import { z } from 'zod'
import type { Compiling } from '../../core/feature.ts'
import { Id, type Program } from '../../core/program.ts'
import { parseDay, startOfDay } from '../../core/time.ts'

const Draw = z.strictObject({
  id: Id,
  name: z.string().min(1).max(100).optional().describe('What members call it; the id unless said'),
  until: z.string().describe('The last day on which entries come in, such as 2026-08-31'),
  winners: z.int().min(1).max(1_000).describe('How many win'),
  prize: Id.describe('The reward that each of them is given'),
  reserves: z
    .int()
    .min(0)
    .max(1_000)
    .default(3)
    .describe('How many are drawn beside them, for winners whose account is closed by then'),
  most_entries: z.int().min(1).max(1_000_000).default(100).describe('How many entries of one member count'),
  commitment: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 digits from 0 to f: the SHA-256 of your seed')
    .optional()
    .describe('The SHA-256 of a seed of your own, which you name when you draw; otherwise the server has made one'),
})

export const DrawsSection = z.array(Draw).default([])
type Section = z.output<typeof DrawsSection>

export interface DrawRules {
  id: string
  name: string
  /** What its entries are called among all that is counted over members. */
  tally: string
  /** From when on (ms) no entry comes in any more. */
  end: number
  lastDay: number
  winners: number
  prize: string
  reserves: number
  mostEntries: number
  commitment: string | null
}

const NONE: readonly DrawRules[] = []
/** What tallies of draws begin with. */
export const TALLY = 'draws:'

export function drawsOf(program: Program): readonly DrawRules[] {
  return (program.compiled['draws'] as readonly DrawRules[] | undefined) ?? NONE
}

export function compile(section: Section, compiling: Compiling): DrawRules[] {
  const seen = new Set<string>()
  return section.map(({ most_entries, commitment, ...draw }, i) => {
    const path = ['draws', i]
    const { id, name = id, until, prize } = draw
    if (seen.has(id)) compiling.problem([...path, 'id'], 'duplicate_id', `there is another draw ${id}`)
    seen.add(id)
    compiling.gift([...path, 'prize'], prize, ['award'])
    const day = parseDay(until)
    if (day === null) compiling.problem([...path, 'until'], 'not_a_day', 'must be a day such as 2026-08-31')
    const lastDay = day ?? 0
    return {
      ...draw,
      name,
      tally: `${TALLY}${id}`,
      lastDay,
      end: startOfDay(compiling.program.zone, lastDay + 1),
      mostEntries: most_entries,
      commitment: commitment ?? null,
    }
  })
}
