/** What a backtest assumes beside the history itself: how members redeem, whether they buy sooner, what things cost. */

import { z } from 'zod'
import type { Program } from '../../core/program.ts'

const Chance = z.number().min(0).max(1)

/** How members would redeem. Where a model has luck, all of it comes from the seed. */
export const Redeeming = z.discriminatedUnion('model', [
  z.strictObject({ model: z.literal('none') }).describe('Nobody redeems: what an import of the same history gives'),
  z
    .strictObject({ model: z.literal('at-once') })
    .describe('With every order, members use the reward that saves them most of those that they can afford'),
  z
    .strictObject({ model: z.literal('saver') })
    .describe('Members wait until they can afford the dearest reward that their level may have'),
  z
    .strictObject({ model: z.literal('hazard'), chance: Chance })
    .describe('Whenever members can afford a reward, they use one with this chance, any of them alike'),
  z
    .strictObject({ model: z.literal('past'), rewards: z.record(z.string(), Chance) })
    .describe('Whenever members can afford a reward, they use it with a chance of its own, as they did in the past'),
])
export type Redeeming = z.output<typeof Redeeming>

/** How members buy sooner when a goal is near: the goal gradient (Hull 1932; Kivetz, Urminsky & Zheng 2006). */
export const Response = z.strictObject({
  closeness: z
    .number()
    .min(0)
    .lt(1)
    .describe('From which share of the way to the next reward or level on members speed up'),
  speedup: z
    .number()
    .min(0)
    .max(0.9)
    .describe('By which share the time to the next order is shorter right before the goal'),
})
export type Response = z.output<typeof Response>

/** One run: a program, and all that is assumed of members. */
export interface Scenario {
  program: Program
  redeeming: Redeeming
  /** Null where members buy when they did. */
  response: Response | null
  /** Luck is made of the seed, the member's id and the number of the order, so that nothing else changes it. */
  seed: number
  /** What is left of each unit of sales when the goods are paid, as a share of it. */
  margin: number
  /** What a reward costs the business, as a share of the money that members save by it; all of it unless said. */
  reward_cost: Readonly<Record<string, number>>
  /** How often members are drawn again for the ranges of figures; 0 for no ranges. */
  draws: number
  /** Whether what each member has at the end is kept, to compare programs member by member. */
  ends: boolean
}

const PLAIN = {
  redeeming: { model: 'none' },
  response: null,
  seed: 1,
  margin: 0.3,
  reward_cost: {},
  draws: 0,
  ends: false,
} as const

/** What is not said is assumed as plainly as can be: nobody redeems, and nobody changes. */
export function assume(program: Program, assumed: Partial<Omit<Scenario, 'program'>> = {}): Scenario {
  return { program, ...PLAIN, ...assumed }
}
