/** Goals: what counts for a challenge, how much of it an order or what remains of it brings, and how much it takes. */

import { z } from 'zod'
import type { ActivityType } from '../../core/activity.ts'
import type { Compiling, ConditionScope, Path } from '../../core/feature.ts'
import { type Limit, LimitText, parseLimit } from '../../core/limits.ts'
import { type Counts, compileLines, LineChoice, refuseLines } from '../../core/lines.ts'
import { parseMoney } from '../../core/money.ts'
import type { PricedLine, PricedOrder } from '../../core/order.ts'
import { Id, MoneyText, moneyAt, walletNamed } from '../../core/program.ts'
import type { FactValue } from '../../core/rules/facts.ts'
import type { Condition } from '../../core/rules.ts'

const COUNTED = ['orders', 'items', 'spend', 'categories', 'products', 'visits', 'actions', 'shops', 'points'] as const
export type Counted = (typeof COUNTED)[number]

export const GoalTerms = {
  count: z
    .enum(COUNTED)
    .describe('What counts; of categories, products and shops how many different ones, of spend money before tax'),
  when: z.string().optional().describe('A condition in CEL: it counts only then'),
  ...LineChoice,
  min_spend: MoneyText.optional().describe('An order counts only if the customer pays at least this'),
  wallet: Id.optional().describe('Whose points count; the only wallet if there is one'),
  limit: LimitText.optional().describe('"1 per day": what counts at most; "1 times per day": how often'),
  target: MoneyText.describe('How much it takes'),
}

const Terms = z.strictObject(GoalTerms)
type Setting = z.output<typeof Terms> & { id: string; name?: string | undefined }

export interface GoalRules {
  id: string
  name: string
  count: Counted
  /** Which activities count. */
  hears: ReadonlySet<ActivityType>
  when: Condition | null
  counts: Counts | null
  minSpend: number
  /** Whose points count. */
  wallet: string | null
  limit: Limit | null
  target: number
  /** The places of the goals that have to be met before. */
  waits: readonly number[]
  /** An amount of what this counts, as people write it. */
  read(value: string | number, compiling: Compiling, path: Path): number
}

/** What an activity brings: an amount, or the different things that it names. */
export type Amount = number | readonly string[]

export const NOTHING: Amount = 0

/** Reads the terms, the facts and the order that it is handed, and nothing else. Points are told by whoever earned them. */
export function amountOf(
  goal: GoalRules,
  slots: FactValue[],
  order: PricedOrder | null,
  location: string | undefined,
  points: number,
): Amount {
  if (order !== null && isNothing(order)) return NOTHING
  if (goal.when !== null && !goal.when.test(slots)) return NOTHING
  if (order !== null && order.total < goal.minSpend) return NOTHING
  if (goal.count === 'points') return points
  if (goal.count === 'shops') return location === undefined || location === '' ? NOTHING : [location]
  return order === null ? 1 : ofOrder(goal, slots, order)
}

/** Of an order without goods or without money nothing counts, however it came to that. */
function isNothing({ quantity, total, subtotal, discount }: PricedOrder): boolean {
  return quantity === 0 || (total === 0 && subtotal > discount)
}

function ofOrder(goal: GoalRules, slots: FactValue[], order: PricedOrder): Amount {
  const lines = order.lines.filter((line) => line.quantity > 0 && (goal.counts === null || goal.counts(line, slots)))
  switch (goal.count) {
    case 'items':
      return lines.reduce((sum, { quantity }) => sum + quantity, 0)
    case 'spend':
      return lines.reduce((sum, { net }) => sum + net, 0)
    case 'categories':
      return different(lines, ({ category }) => category)
    case 'products':
      return different(lines, ({ sku }) => sku)
    default:
      return lines.length > 0 ? 1 : NOTHING
  }
}

function different(lines: readonly PricedLine[], of: (line: PricedLine) => string): string[] {
  return [...new Set(lines.map(of))].filter((name) => name !== '')
}

/** What a limit leaves of an amount. */
export function withinLimit({ limit }: GoalRules, amount: Amount, free: number | null): Amount {
  if (free === null) return amount
  if (free === 0) return NOTHING
  return limit === null || limit.counts === 'times' || typeof amount !== 'number' ? amount : Math.min(amount, free)
}

export function isDistinct(count: Counted): boolean {
  return count === 'categories' || count === 'products' || count === 'shops'
}

const ORDER: readonly Counted[] = ['orders', 'items', 'spend', 'categories', 'products']

function heardBy(count: Counted): ActivityType[] {
  if (count === 'points') return ['order', 'visit', 'action', 'join']
  if (count === 'shops') return ['order', 'visit']
  return count === 'visits' ? ['visit'] : count === 'actions' ? ['action'] : ['order']
}

function scopeOf(count: Counted): ConditionScope {
  const heard = heardBy(count)
  return heard.length > 1 ? 'member' : (heard[0] as ConditionScope)
}

export function compileGoal(setting: Setting, waits: number[], compiling: Compiling, path: Path): GoalRules {
  const { id, count, target, limit, when, min_spend } = setting
  checkForm(setting, compiling, path)
  const wallet = count === 'points' ? walletNamed(compiling, [...path, 'wallet'], setting.wallet) : null
  const decimals = wallet?.decimals ?? (count === 'spend' ? compiling.program.digits : 0)
  const read: GoalRules['read'] = (value, { problem }, place) => {
    const amount = parseMoney(value, decimals)
    if (amount === null)
      problem(place, 'not_an_amount', `must be a number of ${count} with at most ${decimals} decimals`)
    return amount ?? 0
  }
  return {
    id,
    name: setting.name ?? id,
    count,
    hears: new Set(heardBy(count)),
    when: when === undefined ? null : compiling.condition([...path, 'when'], when, scopeOf(count)),
    counts: compileLines(setting, compiling, path),
    minSpend: min_spend === undefined ? 0 : moneyAt(compiling, [...path, 'min_spend'], min_spend),
    wallet: wallet?.id ?? null,
    limit: limit === undefined ? null : parseLimit(limit, false, count === 'spend' ? decimals : 0),
    target: read(target, compiling, [...path, 'target']),
    waits,
    read,
  }
}

function checkForm(setting: Setting, compiling: Compiling, path: Path): void {
  const { count, limit, min_spend, wallet } = setting
  const problem = (key: string, code: string, message: string) => compiling.problem([...path, key], code, message)
  if (!ORDER.includes(count)) {
    refuseLines(setting, count, compiling, path)
    if (min_spend !== undefined) problem('min_spend', 'order_only', `only an order is paid, and this counts ${count}`)
  }
  if (wallet !== undefined && count !== 'points')
    problem('wallet', 'points_only', `only points have a wallet, and this counts ${count}`)
  if (limit !== undefined && (isDistinct(count) || count === 'points'))
    problem(
      'limit',
      'no_limit',
      `${count} cannot be limited here: each different one counts once, and points have limits of their own`,
    )
}
