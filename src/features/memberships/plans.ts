/** The section of the program file that memberships have, and what decisions use of it. */

import { z } from 'zod'
import type { Account } from '../../core/account.ts'
import type { Compiling, FactContext, Path } from '../../core/feature.ts'
import { nearest } from '../../core/nearest.ts'
import { DurationText, Id, MoneyText, moneyAt, type Program } from '../../core/program.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'
import type { FactValue } from '../../core/rules/facts.ts'
import type { Condition } from '../../core/rules.ts'
import { type Duration, localDay, parseDuration, wholeDays } from '../../core/time.ts'
import { sliceOf } from './standing.ts'

const PlanRule = z.strictObject({
  id: Id.describe('Names the plan in conditions and calls'),
  name: z.string().min(1).max(200).optional().describe('What members read'),
  fee: MoneyText.describe('What a period costs, tax included'),
  every: z
    .enum(['month', 'quarter', 'year', 'life'])
    .describe('How long a period is; a plan for life is paid once and never ends'),
  trial: DurationText.optional().describe('How long a member may try it for nothing, once ever'),
  for: z
    .enum(['person', 'household'])
    .default('person')
    .describe('Who holds it: a person, or the pool of a household for all who collect in it'),
  verified: z
    .string()
    .min(1)
    .max(63)
    .optional()
    .describe('Only for those whom an action membership.verified has said to be this, such as student'),
  when: z.string().optional().describe('A condition in CEL over member.*: only then the plan can be had'),
  grace: DurationText.default('7 days').describe('How long a membership goes on when a payment does not come'),
  gift: Id.optional().describe('The reward that comes with every payment'),
  refund: z
    .enum(['unused', 'pro_rata', 'never'])
    .default('unused')
    .describe('What a payment gives back: all of it while nothing was used, what is left of the period, or nothing'),
  benefits: z.array(z.string().min(1).max(200)).default([]).describe('What comes with it, as members read it'),
})

export const MembershipsSection = z
  .strictObject({
    plans: z.array(PlanRule).min(1).max(20).describe('The plans that members may have, one at a time'),
    remind: DurationText.default('3 days').describe('How long before a payment is due it is told'),
  })
  .optional()

export type Section = z.output<typeof MembershipsSection>
type Rule = NonNullable<Section>['plans'][number]

export interface Plan {
  id: string
  name: string
  /** In minor units. */
  fee: number
  /** Of a period; 0 for life. */
  months: number
  trial: Duration | null
  grace: Duration
  household: boolean
  /** Whether the account is of the kind that may hold it. */
  holder: Condition | null
  verified: string | null
  when: Condition | null
  gift: string | null
  refund: 'unused' | 'pro_rata' | 'never'
  benefits: readonly string[]
}

export interface PlanRules {
  plans: ReadonlyMap<string, Plan>
  remind: Duration
}

const MONTHS = { month: 1, quarter: 3, year: 12, life: 0 } as const
/** Shorter than the shortest period, so that every period has one reminder. */
const LONGEST_REMIND_DAYS = 27

export function planRulesOf(program: Program): PlanRules | null {
  return program.compiled['memberships'] as PlanRules | null
}

export function compile(section: Section, compiling: Compiling): PlanRules | null {
  if (section === undefined) return null
  const remind = parseDuration(section.remind)!
  if (remind.months > 0 || wholeDays(remind) > LONGEST_REMIND_DAYS)
    compiling.problem(['memberships', 'remind'], 'too_long', `must be at most ${LONGEST_REMIND_DAYS} days`)
  const plans = new Map<string, Plan>()
  for (const [i, rule] of section.plans.entries()) {
    const path = ['memberships', 'plans', i]
    if (plans.has(rule.id)) compiling.problem([...path, 'id'], 'duplicate_id', `there is another plan ${rule.id}`)
    plans.set(rule.id, compilePlan(rule, compiling, path))
  }
  return { plans, remind }
}

function compilePlan(rule: Rule, compiling: Compiling, path: Path): Plan {
  const household = rule.for === 'household'
  checkPlan(rule, compiling, path)
  if (rule.gift !== undefined) compiling.gift([...path, 'gift'], rule.gift, ['membership', 'action'])
  return {
    id: rule.id,
    name: rule.name ?? rule.id,
    fee: moneyAt(compiling, [...path, 'fee'], rule.fee),
    months: MONTHS[rule.every],
    trial: rule.trial === undefined ? null : parseDuration(rule.trial)!,
    grace: parseDuration(rule.grace)!,
    household,
    holder: compiling.condition([...path, 'for'], household ? 'member.is_household' : '!member.is_household', 'member'),
    verified: rule.verified ?? null,
    when: rule.when === undefined ? null : compiling.condition([...path, 'when'], rule.when, 'member'),
    gift: rule.gift ?? null,
    refund: rule.refund,
    benefits: rule.benefits,
  }
}

function checkPlan(rule: Rule, compiling: Compiling, path: Path): void {
  const { pools } = compiling.settings as { pools?: { allowed?: boolean } }
  if (rule.for === 'household' && pools?.allowed === false)
    compiling.problem([...path, 'for'], 'contradiction', 'the program has no pools, so no household could have it')
  if (rule.every === 'life' && rule.refund === 'pro_rata')
    compiling.problem([...path, 'refund'], 'contradiction', 'a plan for life has no period of which anything is left')
  if (Number(rule.fee) === 0 && rule.trial !== undefined)
    compiling.problem([...path, 'trial'], 'contradiction', 'what costs nothing needs no trial')
}

/** The plan that somebody names. */
export function planNamed(rules: PlanRules, id: string, pointer: string): Plan | Refusal {
  const plan = rules.plans.get(id)
  if (plan !== undefined) return plan
  const known = [...rules.plans.keys()]
  const meant = nearest(id, known)
  const hint = meant === undefined ? `there is ${known.join(', ')}` : `did you mean ${meant}?`
  return refuse('plan_unavailable', `The program has no plan ${id}; ${hint}.`, pointer)
}

/** Why somebody may not have a plan at a moment, in the rest of a sentence; null when they may. */
export function barFrom(plan: Plan, account: Account, program: Program, at: number): string | null {
  const slots = slotsAt(account, program, at)
  if (plan.holder?.test(slots) === false)
    return plan.household
      ? 'is for the pool of a household.'
      : 'is for one person, and this is the pool of a household.'
  const until = plan.verified === null ? 0 : sliceOf(account)?.v?.[plan.verified]
  if (until === undefined || (until !== 0 && until <= at))
    return `is only for those who were verified as ${plan.verified}.`
  return plan.when?.test(slots) === false ? `asks for ${plan.when.source}.` : null
}

/** Plans ask about the member alone, whatever is just being decided. */
function slotsAt(account: Account, program: Program, at: number): FactValue[] {
  const context: FactContext = {
    program,
    account,
    type: 'clock',
    body: {},
    order: null,
    at,
    day: localDay(program.zone, at),
  }
  const slots: FactValue[] = new Array(program.slots)
  for (const { slot, fact } of program.readers) slots[slot] = fact.read(context)
  return slots
}
