/** Levels that somebody gives by hand: for good reasons, matched from elsewhere, or as a trial. */

import type { ActivityBodies } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import { nearest } from '../../core/nearest.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'
import { addDuration } from '../../core/time.ts'
import type { TierRules } from './rules.ts'
import { currentLevel, rankOf, type Slice } from './standing.ts'

/**
 * The level counts beside what is earned, and the higher of the two is had. So giving the lowest level ends what was
 * given before and takes nothing that was earned.
 */
export function give(
  d: Deciding,
  rules: TierRules | null,
  state: Slice | null,
  { level, kind, until, months }: ActivityBodies['tier_given'],
): Refusal | undefined {
  if (rules === null || state === null) return refuse('invalid', 'The program has no tiers.')
  const known = rules.levels.map(({ id }) => id)
  if (!known.includes(level)) {
    const meant = nearest(level, known)
    const hint = meant === undefined ? `; there are ${known.join(', ')}` : `; did you mean ${meant}?`
    return refuse('invalid', `There is no level ${level}${hint}`, '/level')
  }
  if (until !== undefined && months !== undefined)
    return refuse('invalid', 'Say `until` or `months`, not both.', '/months')
  if (kind !== 'given' && until === undefined && months === undefined && rankOf(rules, level) > 0)
    return refuse('invalid', 'Say `until` when, or for how many `months`.', '/until')
  const end = until ?? (months === undefined ? 0 : endOfMonths(d, months))
  if (end !== 0 && end <= d.account.clock) return refuse('invalid', 'This is over already.', '/until')

  if (rankOf(rules, level) === 0) delete state.s
  else if (kind === 'trial') state.s = [level, end, kind, earnedLevel(rules, state)]
  else state.s = [level, end, kind]
  return undefined
}

function endOfMonths(d: Deciding, months: number): number {
  return addDuration(d.inForce.zone, d.account.clock, { months, days: 0, ms: 0 })
}

/** What a trial that follows a trial begins with is what was earned then, not the trial. */
function earnedLevel(rules: TierRules, state: Slice): string {
  if (state.s?.[2] === 'trial' && state.s[3] !== undefined) return state.s[3]
  return currentLevel(state) ?? rules.levels[0]!.id
}
