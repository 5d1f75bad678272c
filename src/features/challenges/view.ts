/** What members see of challenges: how far they are, what it takes, by when, and the badges that they have. */

import type { Account } from '../../core/account.ts'
import type { Program } from '../../core/program.ts'
import { firstDayAfter, formatInstant, localDay, startOfDay } from '../../core/time.ts'
import { goesOn, howMuch, isOpen, type Progress, periodIn, type Row, reachedOf, runOf, sliceOf } from './progress.ts'
import { badgesOf, type ChallengeRules, challengesOf } from './rules.ts'

export function view(account: Account, program: Program, at: number): Record<string, unknown> {
  const all = challengesOf(program)
  if (all.length === 0) return {}
  const { c } = sliceOf(account)
  const day = localDay(program.zone, Math.max(at, account.clock))
  return { challenges: all.flatMap((rules) => viewOf(rules, c[rules.id] ?? NONE, day, program)) }
}

export function viewBadges(account: Account, program: Program): Record<string, unknown> {
  const named = badgesOf(program)
  if (named.size === 0) return {}
  const list = Object.entries(sliceOf(account).b).map(([badge, [since, challenge]]) => ({
    badge,
    name: named.get(badge)?.name ?? badge,
    at: formatInstant(since),
    challenge,
  }))
  return { badges: list }
}

const NONE: Progress = { r: [] }

/** A challenge that has begun and is not over; one that is done is shown until its end. */
function viewOf(rules: ChallengeRules, progress: Progress, day: number, program: Program): object[] {
  const { id, name, from, until, prizes, goals } = rules
  if ((from !== null && day < from) || (until !== null && day > until)) return []
  const reached = reachedOf(rules, progress)
  const row = progress.r.find(({ p }) => p === periodIn(rules, day))
  const isDone = reached[0]! >= rules.times || isDoneNow(rules, row)
  const by = endOf(rules, day)
  const state = isDone ? 'done' : rules.mustJoin && progress.j === undefined ? 'to_join' : 'open'
  return [
    {
      id,
      name,
      state,
      ...measured(rules, progress, row, day),
      by: by === null ? null : formatInstant(startOfDay(program.zone, by)),
      times: reached[0]!,
      steps: prizes.slice(1).map(({ at, reward, badge }, i) => ({
        at: at!,
        reward,
        badge,
        done: hasOf(rules, progress, row, day) >= at! || (rules.every === null && reached[i + 1]! > 0),
      })),
      reward: prizes[0]!.reward,
      badge: prizes[0]!.badge,
      done_at: progress.t === undefined ? null : formatInstant(progress.t),
      ...(goals.length === 1 ? {} : { needs: rules.isAny ? 'any_of' : 'all_of', goals: goalsOf(rules, row) }),
    },
  ]
}

/** Whether the target of now is reached; of what may be done several times in one go there is always a next. */
function isDoneNow(rules: ChallengeRules, row: Row | undefined): boolean {
  if (rules.streak !== null || (rules.every === null && rules.times > 1)) return false
  const isMet = rules.goals.map(({ target }, i) => howMuch(rules, row, i) >= target)
  return rules.isAny ? isMet.includes(true) : !isMet.includes(false)
}

/** `have` of `need`: of one goal in its unit, of a streak in periods, of a quest in goals. */
function measured(rules: ChallengeRules, progress: Progress, row: Row | undefined, day: number): object {
  const { goals, streak, every } = rules
  const [first] = goals
  const have = hasOf(rules, progress, row, day)
  if (streak !== null) {
    const now = { have: howMuch(rules, row, 0), need: first!.target, count: first!.count }
    return { have, need: streak, count: `${every}s`, now }
  }
  if (goals.length === 1) return { have, need: first!.target, count: first!.count }
  return { have, need: rules.isAny ? 1 : goals.length, count: 'goals' }
}

function hasOf(rules: ChallengeRules, progress: Progress, row: Row | undefined, day: number): number {
  const { goals, streak, times } = rules
  if (streak !== null) {
    const run = runOf(rules, progress)
    // The period of now is missed only when it is over.
    return goesOn(rules, run, periodIn(rules, day))[0]
  }
  if (goals.length > 1) return goals.filter(({ target }, i) => howMuch(rules, row, i) >= target).length
  const value = howMuch(rules, row, 0)
  const { target } = goals[0]!
  // Of what is done already the next time counts.
  const done = rules.every === null && times > 1 ? Math.min(Math.floor(value / target), times - 1) : 0
  return value - done * target
}

function goalsOf(rules: ChallengeRules, row: Row | undefined): object[] {
  return rules.goals.map(({ id, name, count, target }, i) => {
    const have = howMuch(rules, row, i)
    return { id, name, have, need: target, count, done: have >= target, waits: !isOpen(rules, row, i) }
  })
}

/** The local day before which it has to be done; null where there is time for ever. */
function endOf({ every, until }: ChallengeRules, day: number): number | null {
  if (every === null) return until === null ? null : until + 1
  const end = firstDayAfter(every, day)
  return until === null ? end : Math.min(end, until + 1)
}
