/** Budgets: what a campaign may give in all, and what of it one member may have. It stops when it is spent. */

import { z } from 'zod'
import type { Activity, ActivityType } from '../../core/activity.ts'
import { allBudgets, type Budget, budgetClaim, budgetTold } from '../../core/budgets.ts'
import { compileDays, DaySettings } from '../../core/days.ts'
import { takesMoneyOff } from '../../core/discounts.ts'
import type { Compiling, Feature, Path } from '../../core/feature.ts'
import { addCounters, type Counters, type Limit } from '../../core/limits.ts'
import { nearest } from '../../core/nearest.ts'
import { PointsText, pointsAt } from '../../core/points-text.ts'
import { Id, MoneyText, moneyAt, type Program } from '../../core/program.ts'
import { floorDiv, parseDecimal } from '../../core/rational.ts'
import { localDay } from '../../core/time.ts'
import { budgetLosses, budgetStatements } from './statements.ts'
import { words } from './words.ts'

const UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const

const Share = z.strictObject({
  most: PointsText.describe('At most this much, in what the budget counts'),
  per: z
    .enum([...UNITS, 'campaign'])
    .default('campaign')
    .describe('Within what time'),
})

const BudgetSection = z.strictObject({
  id: Id.describe('Names the budget in messages and reports'),
  name: z.string().max(200).optional().describe('What people call the campaign'),
  ...DaySettings,
  points: PointsText.optional().describe('Points that it has: "100000 stars"'),
  money: MoneyText.optional().describe('Money that it has, for what rewards and discounts take off'),
  per: z.enum(UNITS).optional().describe('As much again in each of these; one for all time unless said'),
  each: z.array(Share).default([]).describe('What one member may have of it, or a household that decides together'),
  covers: z
    .strictObject({
      earning: z.array(Id).default([]).describe('Earning rules that it pays for'),
      rewards: z.array(Id).default([]).describe('Rewards that it pays for, of those that take money off'),
      discounts: z.array(Id).default([]).describe('Discounts that it pays for'),
    })
    .describe('What is paid from it: only as long as all of it can be'),
  warn: z
    .string()
    .regex(/^\d{1,2}%$/, 'must be such as "80%"')
    .optional()
    .describe('At how much of it a message goes out'),
})

const BudgetsSection = z.array(BudgetSection).default([])
type Section = z.output<typeof BudgetsSection>

/** What may give something that a budget pays for. */
const GIVING: ReadonlySet<ActivityType> = new Set([
  'order',
  'visit',
  'action',
  'join',
  'redeem',
  'tier_given',
  'profile',
])

export const budgets: Feature = {
  id: 'budgets',
  section: BudgetsSection,
  compile,
  claims,
  merge(d, from: Counters | undefined) {
    if (from === undefined) return
    const own = (d.account.slices['budgets'] ??= {}) as Counters
    addCounters(own, from)
  },
  statements: budgetStatements,
  losses: budgetLosses,
  words,
}

/** The counters of the days on which it may be decided: what falls due may have done so yesterday. */
function claims({ type, occurred_at }: Activity, program: Program): string[] {
  if (program.budgets.size === 0) return []
  const day = localDay(program.zone, occurred_at)
  const days = type === 'clock' ? [day - 1, day] : GIVING.has(type) ? [day] : []
  const names = allBudgets(program).flatMap((budget) =>
    days.flatMap((one) => [budgetClaim(budget, one), budgetTold(budget, one)]),
  )
  return [...new Set(names)]
}

function compile(section: Section, compiling: Compiling): undefined {
  const covered = new Map<string, Budget[]>()
  for (const [i, rule] of section.entries()) {
    const path = ['budgets', i]
    if (section.findIndex(({ id }) => id === rule.id) < i)
      compiling.problem([...path, 'id'], 'duplicate_id', `there is another budget ${rule.id}`)
    const budget = compileBudget(rule, compiling, path)
    for (const part of partsOf(rule, compiling, [...path, 'covers'], budget))
      covered.set(part, [...(covered.get(part) ?? []), budget])
  }
  if (covered.size > 0) compiling.program.budgets = covered
}

function compileBudget(rule: Section[number], compiling: Compiling, path: Path): Budget {
  if ((rule.points === undefined) === (rule.money === undefined))
    compiling.problem(path, 'points_or_money', `budget ${rule.id} needs either \`points\` or \`money\``)
  const { wallet, amount } = amountAt(compiling, rule, rule.points ?? rule.money ?? 0, [
    ...path,
    rule.points === undefined ? 'money' : 'points',
  ])
  const each = rule.each.map((share, n): Limit => {
    const most = amountAt(compiling, rule, share.most, [...path, 'each', n, 'most']).amount
    if (most > amount)
      compiling.problem([...path, 'each', n, 'most'], 'contradiction', 'is more than the whole budget has')
    return { amount: most, counts: 'points', per: share.per === 'campaign' ? 'lifetime' : share.per }
  })
  return {
    id: rule.id,
    name: rule.name ?? rule.id,
    days: compileDays(rule, compiling, path),
    wallet,
    total: amount,
    per: rule.per ?? null,
    each,
    mark: rule.warn === undefined ? null : markOf(rule.warn, amount),
  }
}

/** Rounded up, so that nobody is warned too early. */
function markOf(text: string, total: number): number {
  const share = parseDecimal(text.slice(0, -1))!
  return -floorDiv(-total * share.n, share.d * 100)
}

function amountAt(
  compiling: Compiling,
  { points }: Section[number],
  value: string | number,
  path: Path,
): { wallet: string | null; amount: number } {
  if (points === undefined) return { wallet: null, amount: moneyAt(compiling, path, value) }
  const { wallet, points: amount } = pointsAt(compiling, path, value)
  return { wallet: wallet.id, amount }
}

/** What another section says of something that a budget may pay for. */
interface Paid {
  id: string
  wallet?: string
  gives?: Record<string, unknown>
}

/** The parts of the program that a budget pays for, such as `earning.double-tuesday`. */
function partsOf(rule: Section[number], compiling: Compiling, path: Path, budget: Budget): string[] {
  const parts = (['earning', 'rewards', 'discounts'] as const).flatMap((section) =>
    rule.covers[section].map((id, n) => {
      const own = (compiling.settings[section] ?? []) as Paid[]
      const known = own.find((one) => one.id === id)
      if (known === undefined)
        compiling.problem(
          [...path, section, n],
          'unknown_id',
          `there is no ${id} in ${section}`,
          nearest(
            id,
            own.map((one) => one.id),
          ),
        )
      else if (section === 'earning' && budget.wallet !== (known.wallet ?? compiling.program.wallets[0]!.id))
        compiling.problem(
          [...path, section, n],
          'contradiction',
          `${id} gives points of ${known.wallet ?? compiling.program.wallets[0]!.id}, which this budget does not count`,
        )
      else if (section === 'rewards' && !takesMoneyOff(known.gives!))
        compiling.problem(
          [...path, section, n],
          'contradiction',
          `${id} takes no money off: say with \`stock\` how many there are`,
        )
      else if (section !== 'earning' && budget.wallet !== null)
        compiling.problem(
          [...path, section, n],
          'contradiction',
          `${id} takes money off, so its budget is of \`money\``,
        )
      return `${section}.${id}`
    }),
  )
  if (parts.length === 0) compiling.problem(path, 'empty', `budget ${rule.id} pays for nothing`)
  return parts
}
