/** What members are told of challenges, and what a new revision takes from those who are on their way. */

import { wordsOfCondition } from '../../core/condition-words.ts'
import type { Sentence, Statement, StatementValue } from '../../core/feature.ts'
import { moneyValue, nameIn } from '../../core/offer-words.ts'
import type { Program } from '../../core/program.ts'
import { wordsOfId } from '../../core/terms.ts'
import { parseDay } from '../../core/time.ts'
import type { GoalRules } from './goals.ts'
import { type ChallengeRules, type ChallengeSetting, challengesOf, type Prize } from './rules.ts'

function settingsOf(program: Program): ChallengeSetting[] {
  return program.settings['challenges'] as ChallengeSetting[]
}

export function challengeStatements(program: Program): Statement[] {
  const all = challengesOf(program)
  if (all.length === 0) return []
  const told = settingsOf(program).map((setting, i) => statementOf(setting, all[i]!, program))
  return [...told, { about: 'challenges.returns', message: 'returned', values: {} }]
}

function statementOf(setting: ChallengeSetting, rules: ChallengeRules, program: Program): Statement {
  return {
    about: `challenges.${rules.id}`,
    title: setting.name ?? wordsOfId(setting.id),
    ...whatItTakes(setting, rules),
    more: [
      ...(rules.goals.length === 1 ? whatCounts(setting, rules.goals[0]!, program) : []),
      ...boundsOf(setting, rules),
      ...rules.prizes.map((prize) => won(prize, rules, program)).filter((sentence) => sentence !== null),
    ],
  }
}

function whatItTakes(setting: ChallengeSetting, rules: ChallengeRules): Sentence {
  const { goals, streak, forgives, isAny } = rules
  const every = rules.every ?? 'none'
  const [first] = goals
  if (goals.length > 1) {
    const said = setting.all_of ?? setting.any_of ?? []
    const list = goals.map((goal, i) => said[i]!.name ?? measure(goal, goal.target))
    return { message: 'quest', values: { needs: isAny ? 'any' : 'all', goals: { list, or: isAny }, every } }
  }
  const what = measure(first!, first!.target)
  if (streak === null) return { message: 'goal', values: { what, every } }
  return { message: 'streak', values: { what, every, count: streak, forgives } }
}

/** An amount of what a goal counts: `3 purchases`, `$20.00 spent`. */
function measure({ count, wallet }: Pick<GoalRules, 'count' | 'wallet'>, amount: number): Sentence {
  const isMoney = count === 'spend'
  const points: StatementValue = wallet === null ? '' : { points: amount, wallet }
  return {
    message: 'measure',
    values: { of: count, count: amount, amount: isMoney ? { money: amount } : '', points },
  }
}

function whatCounts(setting: ChallengeSetting, { limit, count }: GoalRules, program: Program): Sentence[] {
  const { when, lines, without, min_spend } = setting
  const named = [setting.category ?? [], setting.item ?? []].flat(2).map(wordsOfId)
  const sentences: Sentence[] = []
  const say = (message: string, values: Record<string, StatementValue>) => sentences.push({ message, values })
  if (when !== undefined) say('only', { condition: wordsOfCondition(when, program) })
  if (named.length > 0) say('counts', { what: { list: named } })
  if (without !== undefined) say('without', { what: { list: without.map(wordsOfId) } })
  if (lines !== undefined) say('only', { condition: wordsOfCondition(lines, program) })
  if (min_spend !== undefined) say('min_spend', { amount: moneyValue(min_spend, program) })
  if (limit?.counts === 'times') say('limit_times', { count: limit.amount, per: limit.per })
  else if (limit !== null) say('limit', { what: measure({ count, wallet: null }, limit.amount), per: limit.per })
  return sentences
}

function boundsOf(setting: ChallengeSetting, rules: ChallengeRules): Sentence[] {
  const { from, until, in_order, starts, times, head_start } = setting
  const sentences: Sentence[] = []
  const say = (message: string, values: Record<string, StatementValue> = {}) => sentences.push({ message, values })
  if (in_order) say('in_order')
  if (from !== undefined) say('from', { day: { day: parseDay(from)! } })
  if (until !== undefined) say('until', { day: { day: parseDay(until)! } })
  if (starts === 'joined') say('joined')
  if (head_start !== undefined) say('head_start', { what: measure(rules.goals[0]!, rules.headStart) })
  if (times !== undefined) say('times', { count: times })
  return sentences
}

function won({ at, reward, badge }: Prize, { goals, streak }: ChallengeRules, program: Program): Sentence | null {
  if (reward === null && badge === null) return null
  const prizes: StatementValue[] = []
  if (reward !== null) prizes.push({ message: 'a_reward', values: { reward: nameIn(program, 'rewards', reward) } })
  if (badge !== null) prizes.push({ message: 'a_badge', values: { badge: nameIn(program, 'badges', badge) } })
  const what = { list: prizes }
  if (at === null) return { message: 'won', values: { what } }
  return { message: 'step', values: { what, at: streak === null ? measure(goals[0]!, at) : String(at) } }
}

/** Whoever is on the way was promised what it takes, what it gives, and how long there is for it. */
export function challengeLosses(before: Program, after: Program): Statement[] {
  const settings = settingsOf(before)
  return challengesOf(before).flatMap((old, i): Statement[] => {
    const own = challengesOf(after).find(({ id }) => id === old.id)
    const challenge = settings[i]!.name ?? wordsOfId(old.id)
    const loss = (aspect: string): Statement => ({
      about: aspect === 'gone' ? `challenges.${old.id}` : `challenges.${old.id}.${aspect}`,
      title: challenge,
      message: `loss.${aspect}`,
      values: { challenge },
    })
    if (own === undefined) return [loss('gone')]
    return [
      ...(takesMore(old, own) ? [loss('target')] : []),
      ...(givesOther(old, own) ? [loss('prizes')] : []),
      ...(own.until !== null && own.until < (old.until ?? Number.POSITIVE_INFINITY) ? [loss('until')] : []),
    ]
  })
}

function takesMore(old: ChallengeRules, own: ChallengeRules): boolean {
  if (old.goals.length !== own.goals.length || old.every !== own.every || (old.isAny && !own.isAny)) return true
  if ((own.streak ?? 0) > (old.streak ?? 0) || own.forgives < old.forgives || own.headStart < old.headStart) return true
  return own.goals.some((goal, i) => goal.count !== old.goals[i]!.count || goal.target > old.goals[i]!.target)
}

/** What was to be won and is no more, or later on the way. */
function givesOther(old: ChallengeRules, own: ChallengeRules): boolean {
  return old.prizes.some(
    (prize) =>
      !own.prizes.some(
        ({ at, reward, badge }) =>
          (at === null ? prize.at === null : prize.at === null || at <= prize.at) &&
          reward === prize.reward &&
          badge === prize.badge,
      ),
  )
}
