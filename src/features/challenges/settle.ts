/** Gives what a challenge has reached, and takes back what it has not reached after all. */

import type { Deciding } from '../../core/deciding.ts'
import { type Progress, reachedOf, type Slice } from './progress.ts'
import { badgesOf, type ChallengeRules, type Prize } from './rules.ts'

/** `before` is how often each prize was reached before what is settled now. */
export function settle(
  d: Deciding,
  slice: Slice,
  rules: ChallengeRules,
  progress: Progress,
  before: readonly number[],
): void {
  const after = reachedOf(rules, progress)
  for (const [i, prize] of rules.prizes.entries()) {
    const [had, has] = [before[i]!, after[i]!]
    giveOrTake(d, rules, progress, i, had, has)
    if (has === had) continue
    if (prize.at === null && rules.times === 1) noteDone(progress, has > had ? d.at : null)
    if (has > had) earnBadge(d, slice, rules, prize)
    else if (has === 0) loseBadge(d, slice, rules, prize)
    tell(d, rules, prize, had, has)
  }
}

/**
 * Rewards follow what is reached: those that a return could not take back, since they are used, count as given for what
 * is reached next. What a revision alone has put out of reach stays given.
 */
function giveOrTake(d: Deciding, rules: ChallengeRules, progress: Progress, i: number, had: number, has: number): void {
  const { reward } = rules.prizes[i]!
  if (reward === null) return
  const { id, key } = d.activity
  const given = progress.g?.[i] ?? 0
  const source = sourceOf(rules, i)
  if (has > given) {
    setGiven(progress, i, has)
    d.cause({ type: 'give', id, key, occurred_at: d.at, body: { reward, quantity: has - given, source } })
  } else if (has < given && has < had) {
    const quantity = Math.min(given - has, had - has)
    d.cause({ type: 'withdraw', id, key, occurred_at: d.at, body: { source, quantity } })
  }
}

/** Of what may be done again nobody remembers when: a return would have to know of every time before. */
function noteDone(progress: Progress, at: number | null): void {
  if (at === null) delete progress.t
  else progress.t = at
}

/** A list in which nothing is left is no list. */
export function setGiven(progress: Progress, i: number, times: number): void {
  const given = [...(progress.g ?? [])]
  while (given.length <= i) given.push(0)
  given[i] = times
  while (given.at(-1) === 0) given.pop()
  if (given.length === 0) delete progress.g
  else progress.g = given
}

function earnBadge(d: Deciding, { b }: Slice, { id }: ChallengeRules, { badge }: Prize): void {
  if (badge === null || b[badge] !== undefined) return
  b[badge] = [d.at, id]
  d.addMessage('badge.earned', { badge, challenge: id })
}

function loseBadge(d: Deciding, { b }: Slice, { id }: ChallengeRules, { badge }: Prize): void {
  if (badge === null || b[badge]?.[1] !== id || badgesOf(d.inForce).get(badge)?.isTaken !== true) return
  delete b[badge]
  d.addMessage('badge.lost', { badge, challenge: id })
}

function tell(d: Deciding, { id }: ChallengeRules, { at, reward, badge }: Prize, had: number, has: number): void {
  const data = { challenge: id, times: has, reward, badge }
  if (at !== null) d.addMessage(has > had ? 'challenge.step' : 'challenge.step_undone', { ...data, at })
  else d.addMessage(has > had ? 'challenge.completed' : 'challenge.undone', data)
}

/** What rewards are given for: the challenge, and on the way the step. */
function sourceOf({ id, prizes }: ChallengeRules, i: number): string {
  const { at } = prizes[i]!
  return at === null ? `challenges:${id}` : `challenges:${id}:${at}`
}

/** The place of the prize that something was given for; -1 where it was for something else. */
export function prizeOfSource(rules: ChallengeRules, source: string): number {
  return rules.prizes.findIndex((_, i) => sourceOf(rules, i) === source)
}
