/** Which leaderboards a program has, and what is counted on each. */

import { z } from 'zod'
import type { Compiling, Contest } from '../../core/feature.ts'
import { Id, type Program, walletNamed } from '../../core/program.ts'
import type { Unit } from '../../core/time.ts'

const Board = z.strictObject({
  id: Id,
  name: z.string().min(1).max(100).optional().describe('What members call it; the id unless said'),
  counts: z
    .union([
      z.enum(['points_earned', 'spend', 'visits', 'orders']),
      z.strictObject({ on: z.string().min(1).max(100).describe('The type of action that is counted, such as review') }),
    ])
    .describe('What is counted; spend is before tax'),
  wallet: Id.optional().describe('Which points, where there are several wallets'),
  per: z.enum(['week', 'month', 'quarter', 'year', 'lifetime']).default('month').describe('Where it begins anew'),
  top: z.int().min(1).max(1_000).default(10).describe('Down to which place it is shown'),
  shows: z
    .enum(['alias', 'initials'])
    .default('alias')
    .describe('What others see of a member: the alias that they chose, otherwise initials; or initials alone'),
  reward: z
    .strictObject({
      places: z.int().min(1).max(100).describe('Down to which place'),
      reward: Id.describe('What they are given'),
    })
    .optional()
    .describe('What the first are given once the period is over and its purchases can no longer be returned'),
})

export const LeaderboardsSection = z.array(Board).default([])
type Section = z.output<typeof LeaderboardsSection>

export type Counted = 'points_earned' | 'spend' | 'visits' | 'orders' | { on: string }

export interface BoardRules {
  id: string
  name: string
  /** What it is called among all that is counted over members. */
  tally: string
  counts: Counted
  wallet: string
  per: Unit | 'lifetime'
  top: number
  shows: 'alias' | 'initials'
  contest: Contest | null
}

const NONE: readonly BoardRules[] = []

export function boardsOf(program: Program): readonly BoardRules[] {
  return (program.compiled['leaderboards'] as readonly BoardRules[] | undefined) ?? NONE
}

/** What tallies of leaderboards begin with. */
export const TALLY = 'leaderboards:'

export function compile(section: Section, compiling: Compiling): BoardRules[] {
  const seen = new Set<string>()
  return section.map((board, i) => {
    const path = ['leaderboards', i]
    const { id, name = id, counts, per, top, shows, reward } = board
    if (seen.has(id)) compiling.problem([...path, 'id'], 'duplicate_id', `there is another leaderboard ${id}`)
    seen.add(id)
    const wallet = counts === 'points_earned' ? walletNamed(compiling, [...path, 'wallet'], board.wallet).id : ''
    if (counts !== 'points_earned' && board.wallet !== undefined)
      compiling.problem([...path, 'wallet'], 'contradiction', 'only points_earned is of a wallet')
    const tally = `${TALLY}${id}`
    return { id, name, tally, counts, wallet, per, top, shows, contest: contestOf(tally, per, reward, compiling, path) }
  })
}

function contestOf(
  of: string,
  per: BoardRules['per'],
  reward: z.output<typeof Board>['reward'],
  compiling: Compiling,
  path: (string | number)[],
): Contest | null {
  if (reward === undefined) return null
  compiling.gift([...path, 'reward', 'reward'], reward.reward, ['award'])
  if (per === 'lifetime') {
    compiling.problem([...path, 'reward'], 'never_over', 'what counts for a lifetime is never over: say `per: year`')
    return null
  }
  const { returnWindow } = compiling.program
  return { of, per, places: reward.places, reward: reward.reward, wait: returnWindow }
}
