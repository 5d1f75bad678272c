/** Challenges: goals, quests, streaks and milestones on what members buy and do, and the badges that stay of them. */

import type { ActivityOf, ActivityType, OrderBody } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Fact, Feature } from '../../core/feature.ts'
import { addCounters, freeUnder, useLimit } from '../../core/limits.ts'
import type { PricedOrder } from '../../core/order.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'
import type { FactValue } from '../../core/rules/facts.ts'
import { localDay } from '../../core/time.ts'
import { type Amount, amountOf, type GoalRules, NOTHING, withinLimit } from './goals.ts'
import { join } from './merge.ts'
import {
  addAmount,
  isOpen,
  keepSlice,
  type Progress,
  periodIn,
  reachedOf,
  rowFor,
  type Slice,
  sliceOf,
  tidy,
} from './progress.ts'
import {
  BadgesSection,
  badgesOf,
  type ChallengeRules,
  ChallengesSection,
  challengesOf,
  compileBadges,
  compileChallenges,
} from './rules.ts'
import { prizeOfSource, setGiven, settle } from './settle.ts'
import { challengeLosses, challengeStatements } from './statements.ts'
import { view, viewBadges } from './view.ts'
import { badgeWords, words } from './words.ts'

export const challenges: Feature = {
  id: 'challenges',
  section: ChallengesSection,
  compile: compileChallenges,
  hears: {
    challenge: { count: joinOrLeave },
    order: { count: countOrder },
    visit: { count: countOnce },
    action: { count: countOnce },
    join: { count: countOnce },
    return: { count: countLess },
    cancel: { count: countLess },
    // Rewards stand before this in the list of features and have taken back what they could.
    withdraw: { grant: noteWithdrawn },
    erase: { grant: forget },
  },
  isIdle: (program) => challengesOf(program).length === 0,
  merge,
  view,
  statements: challengeStatements,
  losses: challengeLosses,
  words,
}

/** A feature of its own, since badges have a section and a fact of their own. */
export const badges: Feature = {
  id: 'badges',
  section: BadgesSection,
  compile: compileBadges,
  facts: (section: readonly { id: string }[]): Record<string, Fact> =>
    section.length === 0
      ? {}
      : {
          'member.badges': {
            type: 'strings',
            describe: 'The badges that the member has',
            values: section.map(({ id }) => id),
            read: (c) => Object.keys(sliceOf(c.account).b),
          },
        },
  view: viewBadges,
  words: badgeWords,
}

/** What an order freezes of it: by challenge and goal what its limit still allowed, 0 where it did not count. */
type Frozen = Record<string, (number | null)[]>

function countOrder(d: Deciding, { body }: ActivityOf<'order'>): undefined {
  const frozen = countNow(d, 'order', d.order, body.location)
  if (frozen !== null && d.frozen !== null) d.frozen.slices['challenges'] = frozen
}

/** What is no order comes back no more. */
function countOnce(d: Deciding, activity: ActivityOf<'visit'> | ActivityOf<'action'> | ActivityOf<'join'>): undefined {
  if (challengesOf(d.program).length === 0) return
  d.readFacts()
  countNow(d, activity.type, null, activity.type === 'visit' ? activity.body.location : undefined)
}

/** Counts for every challenge of the day; answers what returns of it have to know. */
function countNow(
  d: Deciding,
  type: ActivityType,
  order: PricedOrder | null,
  location: string | undefined,
): Frozen | null {
  const all = challengesOf(d.program)
  if (all.length === 0) return null
  const slice = sliceOf(d.account)
  const frozen: Frozen = {}
  for (const rules of all) {
    const inForce = inForceOf(rules, d)
    if (inForce === undefined || !rules.goals.some(({ hears }) => hears.has(type)) || !isOn(rules, d.day)) continue
    const free = rules.goals.map((goal, i) => freeFor(d, slice, rules, goal, i))
    if (free.some((one) => one !== null)) frozen[rules.id] = free
    change(d, slice, rules, inForce, d.at, (goal, i) => {
      if (!goal.hears.has(type)) return UNCHANGED
      return [NOTHING, withinLimit(goal, amountOf(goal, d.slots, order, location, earnedOf(d, goal)), free[i]!)]
    })
  }
  keepSlice(d.account, slice, challengesOf(d.inForce), d.day)
  return Object.keys(frozen).length === 0 ? null : frozen
}

/** A return takes what the order counted for and what remains of it does not. */
function countLess(d: Deciding): undefined {
  const all = challengesOf(d.program)
  if (all.length === 0) return
  const { body, occurred_at, frozen } = d.receipt!
  const { before, after } = d.remains!
  const allowed = (frozen.slices['challenges'] ?? {}) as Frozen
  const day = localDay(d.program.zone, occurred_at)
  const slice = sliceOf(d.account)
  const slots = [d.slotsOfRemainder(before), d.slotsOfRemainder(after)] as const
  for (const rules of all) {
    const inForce = inForceOf(rules, d)
    if (inForce === undefined || !isOn(rules, day)) continue
    change(d, slice, rules, inForce, occurred_at, (goal, i) => {
      const free = allowed[rules.id]?.[i] ?? null
      if (!goal.hears.has('order')) return UNCHANGED
      if (goal.count === 'points') return free === 0 ? UNCHANGED : [NOTHING, earnedOf(d, goal)]
      return [ofRemainder(goal, slots[0], before, body, free), ofRemainder(goal, slots[1], after, body, free)]
    })
  }
  keepSlice(d.account, slice, challengesOf(d.inForce), localDay(d.inForce.zone, d.account.clock))
}

function ofRemainder(
  goal: GoalRules,
  slots: FactValue[],
  order: PricedOrder,
  { location }: OrderBody,
  free: number | null,
): Amount {
  return withinLimit(goal, amountOf(goal, slots, order, location, 0), free)
}

const UNCHANGED: [Amount, Amount] = [NOTHING, NOTHING]

function isOn({ from, until }: ChallengeRules, day: number): boolean {
  return (from === null || day >= from) && (until === null || day <= until)
}

/** What is counted, how much it takes and what it gives is a matter of now. */
function inForceOf({ id }: ChallengeRules, { inForce }: Deciding): ChallengeRules | undefined {
  return challengesOf(inForce).find((rules) => rules.id === id)
}

/** Points that this decision has earned so far, less those that it took back. */
function earnedOf(d: Deciding, { wallet }: GoalRules): number {
  return d.earned.find((earned) => earned.wallet === wallet)?.points ?? 0
}

/** What may still count: null for all, 0 for nothing. */
function freeFor(d: Deciding, slice: Slice, rules: ChallengeRules, goal: GoalRules, place: number): number | null {
  const progress = slice.c[rules.id]
  if (rules.mustJoin && (progress?.j ?? Number.POSITIVE_INFINITY) > d.at) return 0
  const row = progress?.r.find(({ p }) => p === periodIn(rules, d.day))
  if (goal.waits.length > 0 && !isOpen(rules, row, place)) return 0
  return goal.limit === null ? null : freeUnder(goal.limit, slice.u[limitKey(rules, goal)], d.day, 1)
}

function limitKey({ id, goals }: ChallengeRules, goal: GoalRules): string {
  return goals.length === 1 ? id : `${id}.${goal.id}`
}

/** Brings a challenge from what an activity counted before to what it counts now, and gives what is reached by that. */
function change(
  d: Deciding,
  slice: Slice,
  rules: ChallengeRules,
  inForce: ChallengeRules,
  occurred: number,
  amounts: (goal: GoalRules, place: number) => [before: Amount, after: Amount],
): void {
  const day = localDay(d.program.zone, occurred)
  const progress: Progress = (slice.c[rules.id] ??= { r: [] })
  const reached = reachedOf(inForce, progress)
  for (const [i, goal] of rules.goals.entries()) {
    const [before, after] = amounts(goal, i)
    // A revision that counts something else under the same name does not ask for what counted before.
    if (isSame(before, after) || inForce.goals[i]?.count !== goal.count) continue
    const row = rowFor(inForce, progress, periodIn(inForce, day))
    if (row === undefined) return
    if (goal.limit !== null)
      useLimit(goal.limit, slice.u, limitKey(rules, goal), day, 1, before as number, after as number)
    addAmount(inForce, row, i, before, after)
  }
  tidy(inForce, progress)
  settle(d, slice, inForce, progress, reached)
}

function isSame(one: Amount, other: Amount): boolean {
  if (typeof one === 'number' || typeof other === 'number') return one === other
  return one.length === other.length && one.every((name, i) => name === other[i])
}

function joinOrLeave(d: Deciding, { body }: ActivityOf<'challenge'>): Refusal | undefined {
  const rules = challengesOf(d.inForce).find(({ id }) => id === body.challenge)
  if (rules === undefined) return refuse('not_found', `The program has no challenge ${body.challenge}.`)
  if (!rules.mustJoin)
    return refuse('challenge_unavailable', `Everybody takes part in ${rules.name}: there is nothing to join.`)
  if (body.joined && rules.until !== null && d.day > rules.until)
    return refuse('challenge_unavailable', `${rules.name} is over.`)
  const slice = sliceOf(d.account)
  const progress: Progress = (slice.c[rules.id] ??= { r: [] })
  if (body.joined === (progress.j !== undefined)) return undefined
  if (body.joined) progress.j = d.at
  else delete progress.j
  d.addMessage(body.joined ? 'challenge.joined' : 'challenge.left', { challenge: rules.id })
  keepSlice(d.account, slice, challengesOf(d.inForce), d.day)
  return undefined
}

function noteWithdrawn(d: Deciding, { body: { source } }: ActivityOf<'withdraw'>): undefined {
  const taken = d.withdrawn.findLast((one) => one.source === source)
  if (taken === undefined || taken.quantity === 0) return
  for (const rules of challengesOf(d.inForce)) {
    const place = prizeOfSource(rules, source)
    if (place < 0) continue
    const slice = sliceOf(d.account)
    const progress = slice.c[rules.id]!
    setGiven(progress, place, progress.g![place]! - taken.quantity)
    keepSlice(d.account, slice, challengesOf(d.inForce), d.day)
  }
}

function forget(d: Deciding): undefined {
  delete d.account.slices['challenges']
}

/** Both have done what both of them did. */
function merge(d: Deciding, from: Slice | undefined): void {
  if (from === undefined) return
  const slice = sliceOf(d.account)
  addCounters(slice.u, from.u)
  for (const [id, other] of Object.entries(from.c)) {
    const rules = challengesOf(d.inForce).find((one) => one.id === id)
    const progress: Progress = (slice.c[id] ??= { r: [] })
    const reached = rules === undefined ? [] : reachedOf(rules, progress)
    join(progress, other)
    if (rules === undefined) continue
    tidy(rules, progress)
    settle(d, slice, rules, progress, reached)
  }
  for (const [id, had] of Object.entries(from.b))
    if (badgesOf(d.inForce).has(id) && had[0] < (slice.b[id]?.[0] ?? Number.POSITIVE_INFINITY)) slice.b[id] = had
  keepSlice(d.account, slice, challengesOf(d.inForce), d.day)
}
