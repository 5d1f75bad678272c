/** Draws: members collect entries until a day; then winners are drawn by a seed that was committed to beforehand. */

import type { ActivityOf } from '../../core/activity.ts'
import type { Deciding, Tally } from '../../core/deciding.ts'
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
    withdraw: { grant: takeBackTooLate },
    award: { grant: giveAward },
  },
  merge,
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

/** By the name of a draw's tally, how many entries came too late and were left out: no more than that is taken back. */
type Slice = Record<string, number>

/** What is given all the same, since that is never refused, is told to be none. */
function leaveOutTooLate(d: Deciding, { body }: ActivityOf<'give'>): undefined {
  const late = d.tallies.length === 0 ? undefined : tooLate(d)
  if (late === undefined) return
  const { tally } = late
  const slice = (d.account.slices['draws'] ??= {}) as Slice
  for (const { name, change } of d.tallies)
    if (name === tally && change > 0) slice[tally] = (slice[tally] ?? 0) + change
  d.tallies = d.tallies.filter(({ name, change }) => name !== tally || change < 0)
  const { reward, source } = body
  d.addMessage('reward.not_given', { reward, source, code: 'draw_over' })
}

/** An entry that was left out takes none of those that count with it when it is taken back. */
function takeBackTooLate(d: Deciding): undefined {
  const slice = d.account.slices['draws'] as Slice | undefined
  if (slice === undefined) return
  d.tallies = d.tallies.flatMap((tally): Tally[] => {
    const late = Math.min(slice[tally.name] ?? 0, -tally.change)
    if (late <= 0) return [tally]
    slice[tally.name]! -= late
    return late === -tally.change ? [] : [{ ...tally, change: tally.change + late }]
  })
}

function merge(d: Deciding, from: Slice | undefined): void {
  if (from === undefined) return
  const slice = (d.account.slices['draws'] ??= {}) as Slice
  for (const [name, count] of Object.entries(from)) slice[name] = (slice[name] ?? 0) + count
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
