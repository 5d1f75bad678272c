/** What members are told of plans: what each costs and brings, who may have it, and what becomes of a payment. */

import { wordsOfCondition } from '../../core/condition-words.ts'
import type { Sentence, Statement } from '../../core/feature.ts'
import type { Program } from '../../core/program.ts'
import { wordsOfId } from '../../core/terms.ts'
import { type Plan, type PlanRules, planRulesOf, type Section } from './plans.ts'

type Setting = NonNullable<Section>['plans'][number]

export function membershipStatements(program: Program): Statement[] {
  const rules = planRulesOf(program)
  if (rules === null) return []
  const { plans, remind } = program.settings['memberships'] as NonNullable<Section>
  return [
    ...plans.map((setting) => planStatement(setting, rules.plans.get(setting.id)!, program)),
    {
      about: 'memberships.due',
      message: 'due',
      values: { remind: { duration: remind } },
      more: [{ message: 'cancel', values: {} }],
    },
  ]
}

function planStatement(setting: Setting, plan: Plan, program: Program): Statement {
  const { benefits, gift, household, verified, when } = plan
  const more: Sentence[] = []
  const say = (message: string, values: Sentence['values'] = {}) => more.push({ message, values })
  if (household) say('household')
  if (verified !== null) say('verified', { as: wordsOfId(verified) })
  if (when !== null) say('only', { condition: wordsOfCondition(when.source, program) })
  if (benefits.length > 0) say('benefits', { benefits: { list: benefits.map(wordsOfId) } })
  if (gift !== null) say('gift', { reward: nameOfReward(program, gift) })
  if (setting.trial !== undefined) say('trial', { trial: { duration: setting.trial } })
  if (plan.fee > 0 && plan.months > 0) say('grace', { grace: { duration: setting.grace } })
  if (plan.fee > 0) say('refund', { refund: setting.refund })
  const cost: Sentence =
    plan.fee === 0
      ? { message: 'free', values: {} }
      : { message: 'fee', values: { fee: { money: plan.fee }, every: setting.every } }
  return { about: `memberships.${plan.id}`, title: plan.name, ...cost, more }
}

function nameOfReward(program: Program, id: string): string {
  const rewards = program.settings['rewards'] as { id: string; name?: string }[]
  return rewards.find((reward) => reward.id === id)?.name ?? wordsOfId(id)
}

/** What is paid for is had to its end whatever a revision says: what members lose is what they count on after it. */
export function membershipLosses(before: Program, after: Program): Statement[] {
  const [old, own] = [planRulesOf(before), planRulesOf(after)]
  if (old === null) return []
  return own === null
    ? [{ about: 'memberships', message: 'loss.all', values: {} }]
    : [...old.plans.values()].flatMap((plan) => lossesOf(plan, own))
}

const GENEROSITY = { never: 0, unused: 1, pro_rata: 2 } as const

function lossesOf(plan: Plan, { plans }: PlanRules): Statement[] {
  const next = plans.get(plan.id)
  const loss = (aspect: string, message: string, values: Sentence['values'] = {}): Statement => ({
    about: aspect === '' ? `memberships.${plan.id}` : `memberships.${plan.id}.${aspect}`,
    title: plan.name,
    message: `loss.${message}`,
    values: { plan: plan.name, ...values },
    who: [plan.name],
  })
  if (next === undefined) return [loss('', plan.months === 0 ? 'life' : 'plan')]
  const gone = plan.benefits.filter((benefit) => !next.benefits.includes(benefit))
  return [
    ...(next.fee > plan.fee && plan.months > 0 ? [loss('fee', 'fee')] : []),
    ...(gone.length > 0 ? [loss('benefits', 'benefits', { benefits: { list: gone.map(wordsOfId) } })] : []),
    ...(plan.gift !== null && next.gift === null ? [loss('gift', 'gift')] : []),
    ...(GENEROSITY[next.refund] < GENEROSITY[plan.refund] ? [loss('refund', 'refund')] : []),
  ]
}
