/** Leaderboards: members side by side, by what they earned, spent or did within a period. */

import type { Activity, ActivityBodies, ActivityOf, ActivityType } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Feature } from '../../core/feature.ts'
import { firstDayOf, localDay, periodOf } from '../../core/time.ts'
import { boardsOf, type Counted, compile, LeaderboardsSection, TALLY } from './rules.ts'
import { boardLosses, boardStatements } from './statements.ts'
import { words } from './words.ts'

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
  isIdle: (program) => boardsOf(program).length === 0,
  contests: (program) => boardsOf(program).flatMap(({ contest }) => contest ?? []),
  statements: boardStatements,
  losses: boardLosses,
  words,
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
