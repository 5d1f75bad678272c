/** What makes a challenge one that nobody can ever meet: `check` refuses it and says why. */

import type { Compiling, Path } from '../../core/feature.ts'
import { type Limit, mostWithin } from '../../core/limits.ts'
import { periodOf, type Unit } from '../../core/time.ts'
import { type GoalRules, isDistinct } from './goals.ts'
import type { ChallengeRules, ChallengeSetting } from './rules.ts'

/** More different things than this do not fit in an account's row. */
const MOST_DIFFERENT = 30

export function checkReachable(
  rules: ChallengeRules,
  setting: ChallengeSetting,
  compiling: Compiling,
  path: Path,
): void {
  const problem = (where: Path, message: string) => compiling.problem([...path, ...where], 'never_reached', message)
  const { id, from, until, every, streak, goals, headStart } = rules
  if (from !== null && until !== null && until < from) {
    problem(['until'], `challenge ${id} ended before it began: its last day is before its first`)
    return
  }
  if (streak !== null && every !== null && from !== null && until !== null) {
    const periods = periodOf(every, until) - periodOf(every, from) + 1
    if (periods < streak)
      problem(
        ['streak'],
        `challenge ${id} asks for ${streak} in a row, and from ${setting.from} to ${setting.until} there ${are(periods, every)}`,
      )
  }
  for (const [i, goal] of goals.entries()) {
    const key = setting.all_of === undefined ? 'any_of' : 'all_of'
    const said = setting[key]?.[i] ?? setting
    const why = whyNever(rules, goal, said)
    if (why !== null) problem(setting.count === undefined ? [key, i, 'target'] : ['target'], why)
  }
  if (goals.length === 1 && goals[0]!.target > 0 && headStart >= goals[0]!.target)
    problem(['head_start'], `challenge ${id} would be done from the start: give less than ${setting.target}`)
  checkSteps(rules, setting, problem)
}

/** Of these an order may bring as many as it likes. */
const BRINGS_MANY = ['items', 'spend']

/** Why a goal can never be met, in words; null where it can. */
function whyNever(
  rules: ChallengeRules,
  { count, target, limit, id }: GoalRules,
  said: { category?: string | string[] | undefined; item?: string | string[] | undefined },
): string | null {
  if (target <= 0) return `${id} takes nothing: a target is above 0`
  if (isDistinct(count) && target > MOST_DIFFERENT) return `more than ${MOST_DIFFERENT} ${count} are not remembered`
  const named = count === 'categories' ? said.category : count === 'products' ? said.item : undefined
  const different = named === undefined ? target : new Set([named].flat()).size
  if (different < target) return `${id} asks for ${target} different ${count} and counts only ${different}`
  // Occasions that bring more than one each have no bound.
  const hasNoBound = limit !== null && limit.amount > 0 && limit.counts === 'times' && BRINGS_MANY.includes(count)
  if (limit === null || hasNoBound) return null
  const most = mostAllowed(limit, rules) + rules.headStart
  return most < target ? `${id} takes ${target} ${count}, and the limit allows ${most} ${within(rules)}` : null
}

/** The most that a limit allows in the whole time of a challenge, or in each of its periods. */
function mostAllowed(limit: Limit, { from, until, every }: ChallengeRules): number {
  const fixed = from !== null && until !== null
  if (every !== null)
    return limit.amount * Math.min(periodsIn(every, limit.per), fixed ? periodsFrom(from, until, limit) : 400)
  return fixed ? limit.amount * periodsFrom(from, until, limit) : mostWithin(limit, Number.POSITIVE_INFINITY)
}

function periodsFrom(from: number, until: number, { per }: Limit): number {
  return per === 'lifetime' ? 1 : periodOf(per, until) - periodOf(per, from) + 1
}

const LONGEST: Record<Unit, number> = { day: 1, week: 7, month: 31, quarter: 92, year: 366 }
const BY_MONTHS: readonly (Unit | 'lifetime')[] = ['month', 'quarter', 'year']

/** Into how many periods of a limit one period of a challenge can fall. */
function periodsIn(every: Unit, per: Limit['per']): number {
  const [own, other] = [BY_MONTHS.indexOf(every), BY_MONTHS.indexOf(per)]
  if (per === every || (own >= 0 && other >= own)) return 1
  return mostWithin({ amount: 1, counts: 'points', per }, LONGEST[every])
}

function within({ from, until, every }: ChallengeRules): string {
  if (every !== null) return `in a ${every}`
  return from !== null && until !== null ? 'between its first and its last day' : 'in all'
}

function are(count: number, unit: Unit): string {
  return count === 1 ? `is 1 ${unit}` : `are ${count} ${unit}s`
}

function checkSteps(
  { prizes, goals, streak, headStart }: ChallengeRules,
  setting: ChallengeSetting,
  problem: (where: Path, message: string) => void,
): void {
  const target = streak ?? goals[0]?.target ?? 0
  let last = headStart
  for (const [i, { at }] of prizes.slice(1).entries()) {
    const where = ['steps', i, 'at']
    const said = setting.steps[i]!.at
    if (at! >= target)
      problem(where, `a step at ${said} is not on the way to ${streak ?? setting.target}: it is that or beyond`)
    else if (at! <= last)
      problem(where, `a step at ${said} comes no later than what is before it: steps go up from 0 or the head start`)
    last = at!
  }
}
