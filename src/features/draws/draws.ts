/** Draws: members collect entries until a day; then winners are drawn by a seed that was committed to beforehand. */

import type { ActivityOf } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Feature } from '../../core/feature.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'
import { formatDay } from '../../core/time.ts'
import { compile, type DrawRules, DrawsSection, drawsOf, TALLY } from './rules.ts'
import { drawLosses, drawStatements } from './statements.ts'
import { words } from './words.ts'

export const draws: Feature = {
  id: 'draws',
  section: DrawsSection,
  compile,
  hears: {
    // After everything that gives entries: see the list of features.
    order: { grant: noneTooLate },
    redeem: { grant: noneTooLate },
    give: { grant: leaveOutTooLate },
    award: { grant: giveAward },
  },
  isIdle: (program) => drawsOf(program).length === 0,
  statements: drawStatements,
  losses: drawLosses,
  words,
}

/** Nobody pays for an entry of a draw that is over. */
function noneTooLate(d: Deciding): Refusal | undefined {
  const late = d.tallies.length === 0 ? undefined : tooLate(d)
  if (late === undefined) return undefined
  return refuse('reward_unavailable', `Entries of ${late.name} came in until ${formatDay(late.lastDay)}.`)
}

/** What is given all the same, since that is never refused, is told to be none. */
function leaveOutTooLate(d: Deciding, { body }: ActivityOf<'give'>): undefined {
  const late = d.tallies.length === 0 ? undefined : tooLate(d)
  if (late === undefined) return
  d.tallies = d.tallies.filter(({ name, change }) => name !== late.tally || change < 0)
  const { reward, source } = body
  d.addMessage('reward.not_given', { reward, source, code: 'draw_over' })
}

/** The draw that is over and gets more entries in this decision. */
function tooLate(d: Deciding): DrawRules | undefined {
  return drawsOf(d.program).find(
    ({ tally, end }) => end <= d.at && d.tallies.some(({ name, change }) => name === tally && change > 0),
  )
}

function giveAward(d: Deciding, { id, key, body }: ActivityOf<'award'>): undefined {
  const { of, place, reward } = body
  if (!of.startsWith(TALLY)) return
  d.cause({ type: 'give', id, key, occurred_at: d.at, body: { reward, quantity: 1, source: `${of}:${place}` } })
  d.addMessage('draw.won', { draw: of.slice(TALLY.length), place })
}
