/** The sections of the program file that challenges and badges have, and what decisions use of them. */

import { z } from 'zod'
import type { ActivityType } from '../../core/activity.ts'
import type { Compiling, Path } from '../../core/feature.ts'
import { nearest } from '../../core/nearest.ts'
import { Id, MoneyText, type Program } from '../../core/program.ts'
import { parseDay, type Unit } from '../../core/time.ts'
import { checkReachable } from './check.ts'
import { compileGoal, type GoalRules, GoalTerms } from './goals.ts'

const DayText = z.string().refine((text) => parseDay(text) !== null, 'must be a date, such as 2027-03-31')

const Goal = z.strictObject({
  id: Id.describe('Names the goal within its challenge'),
  name: z.string().max(200).optional().describe('What members read'),
  ...GoalTerms,
  after: Id.optional().describe('The goal that has to be met first: what happened before does not count'),
})

const Step = z.strictObject({
  at: MoneyText.describe('How much it takes; of a streak, how many periods in a row'),
  reward: Id.optional().describe('What it gives'),
  badge: Id.optional().describe('The badge that it gives'),
})

const Challenge = z.strictObject({
  id: Id.describe('Names the challenge'),
  name: z.string().max(200).optional().describe('What members call it'),
  from: DayText.optional().describe('The first day on which it counts'),
  until: DayText.optional().describe('The last day on which it counts'),
  every: z.enum(['day', 'week', 'month', 'quarter', 'year']).optional().describe('It begins anew with each of these'),
  ...GoalTerms,
  count: GoalTerms.count.optional(),
  target: GoalTerms.target.optional(),
  all_of: z.array(Goal).min(2).max(20).optional().describe('A quest: several goals, of which all are needed'),
  any_of: z.array(Goal).min(2).max(20).optional().describe('A quest: several goals, of which one is enough'),
  in_order: z.boolean().default(false).describe('Whether each goal of a quest waits for the one before it'),
  streak: z.int().min(2).max(366).optional().describe('How many periods in a row have to reach the target'),
  forgives: z.int().min(0).default(0).describe('How many periods may be missed in between'),
  head_start: MoneyText.optional().describe('How much of the target everybody has from the start'),
  steps: z.array(Step).max(20).default([]).describe('What there is on the way'),
  reward: Id.optional().describe('What it gives in the end'),
  badge: Id.optional().describe('The badge that it gives'),
  times: z
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .describe('How often it may be done: once, or in every period, unless said'),
  starts: z
    .enum(['automatic', 'joined'])
    .default('automatic')
    .describe('Whether everybody takes part, or whoever joins'),
})

export const ChallengesSection = z.array(Challenge).max(60).default([])
export type ChallengeSetting = z.output<typeof ChallengesSection>[number]

const Badge = z.strictObject({
  id: Id.describe('Names the badge'),
  name: z.string().max(200).optional().describe('What members call it'),
  on_return: z.enum(['keep', 'take']).default('keep').describe('Whether it stays when what brought it comes back'),
})

export const BadgesSection = z.array(Badge).max(200).default([])

interface BadgeRules {
  id: string
  name: string
  /** Whether a return takes it. */
  isTaken: boolean
}

/** What is won: in the end, or on the way. */
export interface Prize {
  /** How much of the target it takes, in the goal's own unit; of a streak, how many periods. Null for the end. */
  at: number | null
  reward: string | null
  badge: string | null
}

export interface ChallengeRules {
  id: string
  name: string
  /** The first and the last local day; null where there is none. */
  from: number | null
  until: number | null
  every: Unit | null
  goals: readonly GoalRules[]
  /** Whether one of the goals is enough. */
  isAny: boolean
  streak: number | null
  forgives: number
  /** In the unit of the only goal. */
  headStart: number
  /** What is won in the end comes first, then the steps on the way. */
  prizes: readonly Prize[]
  /** How often it may be done in all. */
  times: number
  mustJoin: boolean
}

export function challengesOf(program: Program): readonly ChallengeRules[] {
  return program.compiled['challenges'] as readonly ChallengeRules[]
}

export function badgesOf(program: Program): ReadonlyMap<string, BadgeRules> {
  return program.compiled['badges'] as ReadonlyMap<string, BadgeRules>
}

export function compileBadges(
  section: z.output<typeof BadgesSection>,
  compiling: Compiling,
): ReadonlyMap<string, BadgeRules> {
  const badges = new Map<string, BadgeRules>()
  for (const [i, { id, name, on_return }] of section.entries()) {
    if (badges.has(id)) compiling.problem(['badges', i, 'id'], 'duplicate_id', `there is another badge ${id}`)
    badges.set(id, { id, name: name ?? id, isTaken: on_return === 'take' })
  }
  return badges
}

export function compileChallenges(section: readonly ChallengeSetting[], compiling: Compiling): ChallengeRules[] {
  const seen = new Set<string>()
  return section.map((setting, i) => {
    const path = ['challenges', i]
    const { id } = setting
    if (seen.has(id)) compiling.problem([...path, 'id'], 'duplicate_id', `there is another challenge ${id}`)
    seen.add(id)
    checkForm(setting, compiling, path)
    const goals = compileGoals(setting, compiling, path)
    const every = setting.every ?? null
    const rules: ChallengeRules = {
      id,
      name: setting.name ?? id,
      from: setting.from === undefined ? null : parseDay(setting.from)!,
      until: setting.until === undefined ? null : parseDay(setting.until)!,
      every,
      goals,
      isAny: setting.any_of !== undefined,
      streak: setting.streak ?? null,
      forgives: setting.forgives,
      headStart:
        setting.head_start === undefined || goals.length !== 1
          ? 0
          : goals[0]!.read(setting.head_start, compiling, [...path, 'head_start']),
      prizes: compilePrizes(setting, goals, compiling, path),
      times: setting.times ?? (every === null ? 1 : Number.MAX_SAFE_INTEGER),
      mustJoin: setting.starts === 'joined',
    }
    checkReachable(rules, setting, compiling, path)
    return rules
  })
}

function checkForm(setting: ChallengeSetting, compiling: Compiling, path: Path): void {
  const { count, target, all_of, any_of, every, streak, forgives, steps, head_start, in_order } = setting
  const problem = (key: string, code: string, message: string) => compiling.problem([...path, key], code, message)
  const kinds = [count, all_of, any_of].filter((kind) => kind !== undefined).length
  if (kinds !== 1)
    compiling.problem(path, 'what_counts', `challenge ${setting.id} needs one of \`count\`, \`all_of\` and \`any_of\``)
  if (count !== undefined && target === undefined) problem('count', 'no_target', 'say how much it takes: `target: 5`')
  if (streak !== undefined && every === undefined)
    problem('streak', 'no_period', 'say in what a streak is counted: `every: week`')
  if (forgives > 0 && streak === undefined)
    problem('forgives', 'no_streak', 'only a streak can forgive what was missed')
  if (streak !== undefined && forgives >= streak)
    problem('forgives', 'contradiction', `a streak of ${streak} that forgives ${forgives} would forgive all of it`)
  if (in_order && count !== undefined) problem('in_order', 'one_goal', 'there is only one goal')
  if (count !== undefined) return
  for (const key of Object.keys(GoalTerms) as (keyof typeof GoalTerms)[])
    if (setting[key] !== undefined) problem(key, 'several_goals', 'say this of each goal of the quest')
  if (streak !== undefined) problem('streak', 'several_goals', 'a streak has one goal')
  if (head_start !== undefined) problem('head_start', 'several_goals', 'a quest has no head start')
  if (steps.length > 0) problem('steps', 'several_goals', 'the goals of a quest are its steps')
}

function compileGoals(setting: ChallengeSetting, compiling: Compiling, path: Path): GoalRules[] {
  const { id, count, target, all_of, any_of } = setting
  if (count !== undefined) return [compileGoal({ ...setting, id, count, target: target ?? 1 }, [], compiling, path)]
  const key = all_of === undefined ? 'any_of' : 'all_of'
  const goals = all_of ?? any_of ?? []
  const waits = waitsOf(goals, setting.in_order, compiling, [...path, key])
  return goals.map((goal, i) => compileGoal(goal, waits[i]!, compiling, [...path, key, i]))
}

/** For each goal the places of those that have to be met before it. */
function waitsOf(goals: z.output<typeof Goal>[], inOrder: boolean, compiling: Compiling, path: Path): number[][] {
  const ids = goals.map(({ id }) => id)
  const after = goals.map((goal, i) => {
    if (ids.indexOf(goal.id) !== i)
      compiling.problem([...path, i, 'id'], 'duplicate_id', `there is another goal ${goal.id}`)
    if (goal.after === undefined) return inOrder && i > 0 ? i - 1 : null
    const place = ids.indexOf(goal.after)
    if (place < 0)
      compiling.problem(
        [...path, i, 'after'],
        'unknown_goal',
        `there is no goal ${goal.after}`,
        nearest(goal.after, ids),
      )
    return place < 0 ? null : place
  })
  return goals.map((goal, i) => {
    const waits: number[] = []
    for (let place = after[i]!; place !== null; place = after[place]!) {
      if (place === i || waits.includes(place)) {
        compiling.problem([...path, i, 'after'], 'never_reached', `goal ${goal.id} waits for itself`)
        return []
      }
      waits.push(place)
    }
    return waits
  })
}

/** A reward may be given whenever what counts happens, and when a return makes more of less. */
const GIVEN_ON: readonly ActivityType[] = ['order', 'visit', 'action', 'join', 'return', 'cancel', 'absorb']

function compilePrizes(
  setting: ChallengeSetting,
  goals: readonly GoalRules[],
  compiling: Compiling,
  path: Path,
): Prize[] {
  const { reward, badge, steps, streak } = setting
  const badges = ((compiling.settings['badges'] ?? []) as { id: string }[]).map(({ id }) => id)
  const prize = (
    at: number | null,
    where: Path,
    gives: { reward?: string | undefined; badge?: string | undefined },
  ) => {
    if (gives.reward !== undefined) compiling.gift([...where, 'reward'], gives.reward, GIVEN_ON)
    if (gives.badge !== undefined && !badges.includes(gives.badge))
      compiling.problem(
        [...where, 'badge'],
        'unknown_badge',
        `there is no badge ${gives.badge}; say it under \`badges\``,
        nearest(gives.badge, badges),
      )
    return { at, reward: gives.reward ?? null, badge: gives.badge ?? null }
  }
  return [
    prize(null, path, { reward, badge }),
    ...steps.map((step, i) => {
      const where = [...path, 'steps', i]
      const goal = streak === undefined ? goals[0] : undefined
      return prize(goal?.read(step.at, compiling, [...where, 'at']) ?? Number(step.at), where, step)
    }),
  ]
}
