/** What is asked of a backtest beside its history: the programs, how members redeem, what things cost, where luck begins. */

import { nearest } from '../../core/nearest.ts'
import type { Program } from '../../core/program.ts'
import { termsOf } from '../../core/terms.ts'
import type { Redeeming, Response } from './scenario.ts'
import type { Assumed } from './study.ts'

/** How members may redeem, as people name it. */
export const MODELS = ['none', 'at-once', 'saver', 'random'] as const
export type Model = (typeof MODELS)[number]
/** Where a ledger tells of it. */
export const MODELS_AND_PAST = [...MODELS, 'past'] as const
export type ModelOrPast = (typeof MODELS_AND_PAST)[number]

/** Inter-purchase times on a coffee card fell by a fifth from the first to the last stamp (Kivetz et al. 2006). */
export const USUAL_RESPONSE: Response = { closeness: 0.5, speedup: 0.2 }

/** What is taken for granted unless somebody says otherwise. */
export const USUAL = { chance: 0.3, margin: 0.3, seed: 1, seeds: 5 }

/** What rewards cost, as a share of what they save members: `all` of them, and `own` shares of some. */
export interface RewardCosts {
  all: number
  own: Record<string, number>
}

export interface Question {
  program: Program
  /** Another program to compare with; null for none. */
  against: Program | null
  /** Null for as in the past where somebody has redeemed, and at once elsewhere. */
  models: readonly ModelOrPast[] | null
  chance: number
  response: Response | null
  margin: number
  rewardCosts: RewardCosts
  seed: number
  seeds: number
}

/** What was asked cannot be answered; the message says why, for whoever asked. */
export class CannotAnswer extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'CannotAnswer'
  }
}

/** What the question assumes; `chances` are those of the past, null where there is none. */
export function assumedBy(question: Question, chances: Record<string, number> | null): Assumed {
  const { program, against, chance, response, seed, seeds, margin } = question
  const models = question.models ?? [chances === null ? 'at-once' : 'past']
  return {
    redeeming: models.flatMap((model): Redeeming[] => {
      if (model === 'none') return []
      if (model !== 'past') return [redeemingOf(model, chance)]
      if (chances === null)
        throw new CannotAnswer('Nobody has redeemed anything yet: there is no past that members could redeem as in.')
      return [{ model, rewards: chances }]
    }),
    response,
    seed,
    seeds,
    margin,
    reward_cost: costsOf(against === null ? [program] : [program, against], question.rewardCosts),
    against,
  }
}

/** What keeps these costs from being assumed, in a sentence; null where nothing does. */
export function problemOfCosts(programs: readonly Program[], costs: RewardCosts): string | null {
  try {
    costsOf(programs, costs)
    return null
  } catch (error) {
    if (error instanceof CannotAnswer) return error.message
    throw error
  }
}

export function redeemingOf(model: Model, chance: number): Redeeming {
  return model === 'random' ? { model: 'hazard', chance } : { model }
}

/** What each reward costs, of what it saves members; all of it unless said. */
export function costsOf(programs: readonly Program[], { all, own }: RewardCosts): Record<string, number> {
  const rewards = programs.flatMap((program) => termsOf(program).offers.map(({ reward }) => reward))
  for (const id of Object.keys(own))
    if (!rewards.includes(id)) {
      const meant = nearest(id, rewards)
      throw new CannotAnswer(`There is no reward ${id}${meant === undefined ? '.' : ` (did you mean ${meant}?).`}`)
    }
  return all === 1 ? own : { ...Object.fromEntries(rewards.map((reward) => [reward, all])), ...own }
}
