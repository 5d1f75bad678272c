/** What a program says of gifts: the occasions, for whom they are, and for how long each may be used. */

import { z } from 'zod'
import type { ActivityType } from '../../core/activity.ts'
import type { Compiling, Path } from '../../core/feature.ts'
import { compileLevels, LevelSettings, type Levels, levelsOf } from '../../core/levels.ts'
import { nearest } from '../../core/nearest.ts'
import { PointsText, pointsAt } from '../../core/points-text.ts'
import { prizesOf } from '../../core/prizes.ts'
import { DurationText, Id, type Program, type WalletRules } from '../../core/program.ts'
import type { Condition } from '../../core/rules.ts'
import { type Duration, parseDuration, type Unit } from '../../core/time.ts'

const OCCASIONS = [
  'birthday',
  'anniversary',
  'join',
  'first_order',
  'win_back',
  'threshold',
  'every_week',
  'every_month',
  'every_quarter',
  'every_year',
] as const
export type Occasion = (typeof OCCASIONS)[number]

const GiftRule = z.strictObject({
  id: Id.describe('Names the gift'),
  on: z.enum(OCCASIONS).describe('When it is given'),
  reward: Id.describe('The reward that is given'),
  when: z.string().optional().describe('A condition in CEL about the member; the gift is given only then'),
  ...LevelSettings,
  window: z
    .union([DurationText, z.record(Id, DurationText)])
    .optional()
    .describe(
      'How long it may be used, the first day included: one time, or one for each tier; as its reward says unless said',
    ),
  days_before: z.int().min(0).max(60).optional().describe('Given this many days before a birthday or an anniversary'),
  inactive: DurationText.optional().describe('`win_back`: how long after the last order'),
  at: PointsText.optional().describe('`threshold`: how many points, such as "500 stars"'),
  spends: z.boolean().optional().describe('`threshold`: the points are spent on it, again and again; not unless said'),
  repeats: z
    .boolean()
    .optional()
    .describe('`threshold`: given again each time as many more were earned; once unless said'),
})

export const GiftsSection = z.array(GiftRule).default([])
type Section = z.output<typeof GiftsSection>
type Rule = Section[number]

/** A gift as the program file has it. */
export type GiftSetting = Rule

export interface Threshold {
  wallet: WalletRules
  /** In the wallet's smallest unit. */
  points: number
  spends: boolean
  repeats: boolean
}

export interface GiftTerms {
  id: string
  on: Occasion
  reward: string
  levels: Levels | null
  when: Condition | null
  /** How long it may be used: the same in all levels, or by level; null where its reward says. */
  window: Duration | Readonly<Record<string, Duration>> | null
  daysBefore: number
  inactive: Duration | null
  threshold: Threshold | null
  /** `first_order`: whether the member has no order yet. */
  isFirst: Condition | null
}

export interface GiftRules {
  all: readonly GiftTerms[]
  /** Those that time alone gives. */
  timed: readonly GiftTerms[]
  on: Readonly<Record<Occasion, readonly GiftTerms[]>>
  /** Whether anybody asks when the last order was. */
  asksLastOrder: boolean
  /** Whether points that are there are spent by themselves. */
  spends: boolean
}

export function giftRulesOf(program: Program): GiftRules {
  return program.compiled['gifts'] as GiftRules
}

/** The periods of gifts that come again and again. */
export const PERIODS: Partial<Record<Occasion, Unit>> = {
  every_week: 'week',
  every_month: 'month',
  every_quarter: 'quarter',
  every_year: 'year',
}

/** Which activities, as they are sent, may bring a gift. */
const EARNING = ['order', 'visit', 'action', 'join', 'return', 'cancel', 'clock'] as const
const GIVEN_ON: Record<Occasion, readonly ActivityType[]> = {
  birthday: ['clock', 'join', 'profile'],
  anniversary: ['clock'],
  join: ['join'],
  first_order: ['order'],
  win_back: ['clock'],
  threshold: [...EARNING, 'transfer', 'receive', 'merge', 'absorb', 'adjust', 'approve', 'void'],
  every_week: ['clock'],
  every_month: ['clock'],
  every_quarter: ['clock'],
  every_year: ['clock'],
}

/** Which settings belong to which occasions; those that are not here belong to all. */
const BELONGS: Partial<Record<keyof Rule, readonly Occasion[]>> = {
  days_before: ['birthday', 'anniversary'],
  inactive: ['win_back'],
  at: ['threshold'],
  spends: ['threshold'],
  repeats: ['threshold'],
}

export function compile(section: Section, compiling: Compiling): GiftRules {
  const all = section.map((rule, i) => compileGift(rule, compiling, ['gifts', i], section))
  const on = Object.fromEntries(OCCASIONS.map((one) => [one, all.filter((gift) => gift.on === one)]))
  return {
    all,
    timed: all.filter(({ on }) => GIVEN_ON[on].includes('clock') && on !== 'threshold'),
    on: on as Record<Occasion, GiftTerms[]>,
    asksLastOrder: on['win_back']!.length > 0 || JSON.stringify(compiling.settings).includes('member.days_since_order'),
    spends: all.some(({ threshold }) => threshold?.spends === true),
  }
}

function compileGift(rule: Rule, compiling: Compiling, path: Path, section: Section): GiftTerms {
  if (section.find(({ id }) => id === rule.id) !== rule)
    compiling.problem([...path, 'id'], 'duplicate_id', `there is another gift ${rule.id}`)
  for (const [setting, occasions] of Object.entries(BELONGS))
    if (rule[setting as keyof Rule] !== undefined && !occasions.includes(rule.on))
      compiling.problem(
        [...path, setting],
        'contradiction',
        `\`${setting}\` is for \`on: ${occasions.join('` or `')}\``,
      )
  compiling.gift([...path, 'reward'], rule.reward, GIVEN_ON[rule.on])
  return {
    id: rule.id,
    on: rule.on,
    reward: rule.reward,
    levels: compileLevels(rule, compiling, path),
    when: rule.when === undefined ? null : compiling.condition([...path, 'when'], rule.when, scopeOf(rule)),
    window: compileWindow(rule, compiling, [...path, 'window']),
    daysBefore: rule.days_before ?? 0,
    inactive: rule.on === 'win_back' ? compileInactive(rule, compiling, path) : null,
    threshold: rule.on === 'threshold' ? compileThreshold(rule, compiling, path) : null,
    isFirst: rule.on === 'first_order' ? compiling.condition([...path, 'on'], 'member.orders == 0', 'member') : null,
  }
}

function scopeOf({ on }: Rule): 'order' | 'member' {
  return on === 'first_order' ? 'order' : 'member'
}

/** A window of a year or more would not have ended when the next one begins. */
const LONGEST_DAYS = 364

function compileWindow({ on, window }: Rule, compiling: Compiling, path: Path): GiftTerms['window'] {
  if (window === undefined) return null
  const check = (text: string, at: Path) => {
    const duration = parseDuration(text)!
    if (duration.ms > 0 || duration.months + duration.days === 0)
      compiling.problem(at, 'not_days', 'is counted in whole days or more, such as "7 days"')
    const isYearly = on === 'birthday' || on === 'anniversary'
    if (isYearly && duration.months * 31 + duration.days > LONGEST_DAYS)
      compiling.problem(at, 'too_long', 'must be over before the next one begins: at most 11 months, or 364 days')
    return duration
  }
  if (typeof window === 'string') return check(window, path)
  const levels = levelsOf(compiling)
  for (const id of Object.keys(window))
    if (!levels.includes(id))
      compiling.problem([...path, id], 'unknown_tier', `there is no tier ${id}`, nearest(id, levels))
  return Object.fromEntries(Object.entries(window).map(([id, text]) => [id, check(text, [...path, id])]))
}

function compileInactive({ inactive }: Rule, compiling: Compiling, path: Path): Duration {
  if (inactive === undefined)
    compiling.problem([...path, 'on'], 'inactive_missing', 'say how long after the last order: `inactive: 60 days`')
  return parseDuration(inactive ?? '1 day')!
}

function compileThreshold(rule: Rule, compiling: Compiling, path: Path): Threshold | null {
  const { at, spends = false, repeats = false } = rule
  if (at === undefined) {
    compiling.problem([...path, 'on'], 'at_missing', 'say how many points: `at: 500 stars`')
    return null
  }
  if (spends && rule.repeats !== undefined)
    compiling.problem(
      [...path, 'repeats'],
      'contradiction',
      'points that are spent bring it again whenever there are enough',
    )
  const { wallet, points } = pointsAt(compiling, [...path, 'at'], at)
  if (points < 1) compiling.problem([...path, 'at'], 'not_points', 'must be above 0')
  const gives = prizesOf(compiling.program).get(rule.reward)?.gives
  if (spends && gives?.kind === 'points' && gives.wallet.id === wallet.id && gives.points >= points)
    compiling.problem(
      [...path, 'reward'],
      'never_ends',
      'gives as many points as are spent on it, so they would be spent again and again',
    )
  return { wallet, points: Math.max(1, points), spends, repeats }
}
