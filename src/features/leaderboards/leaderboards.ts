/** Leaderboards: members side by side, by what they earned, spent or did within a period. */

import { z } from 'zod'
import type { Activity, ActivityBodies, ActivityOf, ActivityType } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Compiling, Contest, Feature } from '../../core/feature.ts'
import { Id, type Program, walletNamed } from '../../core/program.ts'
import { firstDayOf, localDay, periodOf, type Unit } from '../../core/time.ts'

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

const LeaderboardsSection = z.array(Board).default([])
type Section = z.output<typeof LeaderboardsSection>

type Counted = 'points_earned' | 'spend' | 'visits' | 'orders' | { on: string }

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

export const leaderboards: Feature = {
  id: 'leaderboards',
  section: LeaderboardsSection,
  compile,
  hears: {
    join: { grant: count },
    order: { grant: count },
    return: { grant: count },
    cancel: { grant: count },
    visit: { grant: count },
    action: { grant: count },
    tier: { grant: count },
    award: { grant: giveAward },
  },
  contests: (program) => boardsOf(program).flatMap(({ contest }) => contest ?? []),
}

export function boardsOf(program: Program): readonly BoardRules[] {
  return (program.compiled['leaderboards'] as readonly BoardRules[] | undefined) ?? NONE
}

/** What comes back is taken back in the period of its purchase. */
function count(d: Deciding, activity: Activity): undefined {
  const boards = boardsOf(d.inForce)
  if (boards.length === 0) return
  const day = d.receipt === null ? d.day : localDay(d.inForce.zone, d.receipt.occurred_at)
  for (const { counts, wallet, tally, per } of boards) {
    const change = changeOf(d, counts, wallet, tally, activity.type)
    if (change !== 0) d.addTally(tally, per === 'lifetime' ? 0 : firstDayOf(per, periodOf(per, day)), change)
  }
}

function changeOf(d: Deciding, counts: Counted, wallet: string, tally: string, heard: ActivityType): number {
  if (counts === 'points_earned') return earnedSince(d, wallet, tally)
  // What this activity causes is heard here, too, and is none of these.
  if (heard !== d.type) return 0
  const { order, remains } = d
  if (counts === 'visits') return Number(heard === 'visit')
  if (typeof counts === 'object')
    return Number(heard === 'action' && (d.body as ActivityBodies['action']).type === counts.on)
  if (heard === 'order') return counts === 'spend' ? order!.net : 1
  if (remains === null) return 0
  return counts === 'spend' ? remains.after.net - remains.before.net : -Number(d.takesTheRest)
}

/** Points of this decision that are not on the board yet: what a level gives is earned in the same decision, later. */
function earnedSince(d: Deciding, wallet: string, tally: string): number {
  let points = 0
  for (const earned of d.earned) if (earned.wallet === wallet) points += earned.points
  for (const one of d.tallies) if (one.name === tally) points -= one.change
  return points
}

function giveAward(d: Deciding, { id, key, body }: ActivityOf<'award'>): undefined {
  const { of, period, place, reward } = body
  if (!of.startsWith(TALLY)) return
  const source = `${of}:${period}:${place}`
  d.cause({ type: 'give', id, key, occurred_at: d.at, body: { reward, quantity: 1, source } })
  d.addMessage('leaderboard.placed', { leaderboard: of.slice(TALLY.length), place })
}

const TALLY = 'leaderboards:'

function compile(section: Section, compiling: Compiling): BoardRules[] {
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
