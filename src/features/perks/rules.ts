/** The section of the program file that perks have: what can be used, by whom, and how often. */

import { z } from 'zod'
import { compileDays, DaySettings, type Days } from '../../core/days.ts'
import type { Compiling, Path } from '../../core/feature.ts'
import { nearest } from '../../core/nearest.ts'
import { DurationText, Id, MoneyText, moneyAt, type Program } from '../../core/program.ts'
import type { Condition } from '../../core/rules.ts'
import { type Duration, parseDuration, type Unit } from '../../core/time.ts'

export const KINDS = [
  'bag',
  'seat',
  'lounge',
  'concierge',
  'priority_support',
  'early_access',
  'pre_order',
  'home_trial',
  'birthday_window',
  'free_shipping',
  'service',
  'other',
] as const

const PERS = ['order', 'day', 'week', 'month', 'quarter', 'year', 'membership_period', 'lifetime'] as const
export type Per = (typeof PERS)[number]

const PerkRule = z.strictObject({
  id: Id.describe('Names the perk in calls, in levels and in rewards'),
  name: z.string().min(1).max(200).optional().describe('What members read'),
  kind: z.enum(KINDS).default('other').describe('What it is, for whoever hands it over'),
  from_tier: Id.optional().describe('The lowest level that has it, and all above'),
  tiers: z.array(Id).min(1).optional().describe('The levels that have it'),
  plans: z.array(Id).min(1).optional().describe('The plans of memberships that have it'),
  when: z.string().optional().describe('A condition in CEL over member.*: it is had only then'),
  uses: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('How often it may be used, with `per`; without limit unless said'),
  per: z.enum(PERS).optional().describe('Within which time, or on one order'),
  worth: MoneyText.default(0).describe('What one use is worth to the member, in money'),
  lasts: DurationText.optional().describe(
    'How long a use lasts, such as 7 days of trying at home; then a message says so',
  ),
  ...DaySettings,
})

export const PerksSection = z.array(PerkRule).max(100).default([])
export type Section = z.output<typeof PerksSection>
type Rule = Section[number]

export interface Perk {
  id: string
  name: string
  kind: (typeof KINDS)[number]
  /** The levels and plans that have it, one of which is enough; null where neither is named. */
  levels: readonly string[]
  plans: readonly string[]
  ofLevel: Condition | null
  ofPlan: Condition | null
  when: Condition | null
  /** Null where it may be used without limit. */
  limit: { uses: number; per: Per } | null
  /** In minor units. */
  worth: number
  lasts: Duration | null
  days: Days | null
}

export interface PerkRules {
  perks: ReadonlyMap<string, Perk>
  /** The slot of the fact that names the period of a membership; null in a program without. */
  period: number | null
}

/** The calendar's own periods. */
export const UNITS: ReadonlySet<Per> = new Set<Unit>(['day', 'week', 'month', 'quarter', 'year'])

export function perkRulesOf(program: Program): PerkRules {
  return program.compiled['perks'] as PerkRules
}

export function compile(section: Section, compiling: Compiling): PerkRules {
  const perks = new Map<string, Perk>()
  for (const [i, rule] of section.entries()) {
    const path = ['perks', i]
    if (perks.has(rule.id)) compiling.problem([...path, 'id'], 'duplicate_id', `there is another perk ${rule.id}`)
    perks.set(rule.id, compilePerk(rule, compiling, path))
  }
  return { perks, period: section.length === 0 ? null : periodSlot(compiling) }
}

/** Which period of a membership it is, only memberships know: a condition about it has it read. */
function periodSlot(compiling: Compiling): number | null {
  if (compiling.settings['memberships'] === undefined) return null
  compiling.condition(['perks'], 'member.plan_period >= 0', 'member')
  return compiling.program.facts.slot('member.plan_period')
}

function compilePerk(rule: Rule, compiling: Compiling, path: Path): Perk {
  const levels = levelsOf(rule, compiling, path)
  const plans = plansOf(rule, compiling, path)
  const list = (fact: string, ids: readonly string[]) =>
    ids.length === 0 ? null : compiling.condition(path, `${fact} in ${JSON.stringify(ids)}`, 'member')
  checkLimit(rule, compiling, path)
  checkHad(rule, levels, compiling, path)
  return {
    id: rule.id,
    name: rule.name ?? rule.id,
    kind: rule.kind,
    levels,
    plans,
    ofLevel: list('member.tier', levels),
    ofPlan: list('member.plan', plans),
    when: rule.when === undefined ? null : compiling.condition([...path, 'when'], rule.when, 'member'),
    limit: rule.uses === undefined ? null : { uses: rule.uses, per: rule.per ?? 'lifetime' },
    worth: moneyAt(compiling, [...path, 'worth'], rule.worth),
    lasts: rule.lasts === undefined ? null : parseDuration(rule.lasts)!,
    days: compileDays(rule, compiling, path),
  }
}

interface Level {
  id: string
  perks?: string[]
}

/** Those that the perk names, and those that name the perk. */
function levelsOf({ id, from_tier, tiers }: Rule, compiling: Compiling, path: Path): string[] {
  const section = compiling.settings['tiers'] as { levels: Level[] } | undefined
  const levels = section?.levels ?? []
  const ids = levels.map((level) => level.id)
  const known = (name: string, place: Path) => {
    if (!ids.includes(name)) compiling.problem(place, 'unknown_tier', `there is no tier ${name}`, nearest(name, ids))
  }
  if (from_tier !== undefined) known(from_tier, [...path, 'from_tier'])
  for (const [i, tier] of (tiers ?? []).entries()) known(tier, [...path, 'tiers', i])
  const first = from_tier === undefined ? levels.length : ids.indexOf(from_tier)
  return levels.flatMap((level, i) =>
    (first >= 0 && i >= first) || tiers?.includes(level.id) || level.perks?.includes(id) ? [level.id] : [],
  )
}

function plansOf({ plans }: Rule, compiling: Compiling, path: Path): string[] {
  const section = compiling.settings['memberships'] as { plans: { id: string }[] } | undefined
  const known = section?.plans.map(({ id }) => id) ?? []
  for (const [i, plan] of (plans ?? []).entries())
    if (!known.includes(plan))
      compiling.problem([...path, 'plans', i], 'unknown_plan', `there is no plan ${plan}`, nearest(plan, known))
  return (plans ?? []).filter((plan) => known.includes(plan))
}

function checkLimit({ uses, per }: Rule, compiling: Compiling, path: Path): void {
  if (uses === undefined && per !== undefined)
    compiling.problem([...path, 'per'], 'uses_missing', 'say how often: `uses: 1`; without both it has no limit')
  if (uses !== undefined && per === undefined)
    compiling.problem([...path, 'uses'], 'per_missing', `say within which time: \`per\`, one of ${PERS.join(', ')}`)
  if (per === 'membership_period' && compiling.settings['memberships'] === undefined)
    compiling.problem([...path, 'per'], 'contradiction', 'the program has no memberships')
}

/** What nobody can ever have is a mistake in the file. */
function checkHad({ id, when, plans }: Rule, levels: readonly string[], compiling: Compiling, path: Path): void {
  if (levels.length > 0 || plans !== undefined || when !== undefined) return
  const rewards = (compiling.settings['rewards'] ?? []) as { gives: { perk?: { perk: string } } }[]
  if (rewards.some(({ gives }) => gives.perk?.perk === id)) return
  compiling.problem(
    path,
    'never_had',
    `nobody can ever have ${id}: name levels or plans, say \`when\`, or let a level or a reward give it`,
  )
}
