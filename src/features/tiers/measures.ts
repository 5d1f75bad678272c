/** What tiers count: points earned, money spent, orders, visits, or what a business's own actions say. */

import { z } from 'zod'
import type { ActivityBodies, ActivityType } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Compiling, Path } from '../../core/feature.ts'
import { nearest } from '../../core/nearest.ts'
import { Id } from '../../core/program.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'

const ActionMeasure = z.strictObject({
  on: z.string().min(1).max(100).describe('The type of action that is heard, such as flight'),
  sum: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('The field of its data that is added up, such as miles: whole numbers. Without it, actions are counted'),
})

export const MeasureText = z.union([z.string(), ActionMeasure])
export type MeasureSetting = z.output<typeof MeasureText>

export const Measures = z
  .record(Id, MeasureText)
  .describe('Measures by names of your own, for levels that name several: `miles: { sum: miles, on: flight }`')

export interface Measure {
  /** What levels and members call it. */
  id: string
  /** What it counts, in one word: the same word is the same measure in every revision. */
  of: string
  /** Decimal places of what is counted. */
  scale: number
  /** What an activity adds, or takes away when an order comes back. */
  take(d: Deciding, heard: ActivityType): number
  /** Why what an activity says cannot be counted. */
  refuse?: (activity: ActivityBodies['action']) => Refusal | undefined
}

/** The measure that a setting describes; a mistake is reported at its place. */
export function measureOf(id: string | null, setting: MeasureSetting, compiling: Compiling, path: Path): Measure {
  if (typeof setting !== 'string') return ofActions(id ?? setting.sum ?? setting.on, setting)
  const name = id ?? setting
  const { wallets, digits } = compiling.program
  if (setting === 'spend') return { id: name, of: setting, scale: digits, take: takeSpend }
  if (setting === 'orders') return { id: name, of: setting, scale: 0, take: takeOrders }
  if (setting === 'visits') return { id: name, of: setting, scale: 0, take: (_, heard) => Number(heard === 'visit') }
  const wallet = wallets.find((one) => setting === `${one.id}_earned`)
  if (wallet !== undefined)
    return { id: name, of: setting, scale: wallet.decimals, take: (d) => takeEarned(d, wallet.id) }
  const known = builtIn(compiling)
  const message = `${setting} is not counted; it can be ${known.join(', ')}`
  compiling.problem(path, 'unknown_measure', message, nearest(setting, known))
  return { id: name, of: setting, scale: 0, take: () => 0 }
}

/** The measures that need no description. */
export function builtIn(compiling: Compiling): string[] {
  return ['spend', 'orders', 'visits', ...compiling.program.wallets.map(({ id }) => `${id}_earned`)]
}

// A tier that is reached is heard in the decision of the order that reached it, whose purchase is counted already.

function takeSpend({ order, remains }: Deciding, heard: ActivityType): number {
  if (heard === 'order') return order!.net
  return remains === null || heard === 'tier' ? 0 : remains.after.net - remains.before.net
}

/** An order counts as long as something of it remains. */
function takeOrders(d: Deciding, heard: ActivityType): number {
  if (heard === 'order') return 1
  return heard !== 'tier' && d.takesTheRest ? -1 : 0
}

/** Points earned in this decision that were not counted yet: what a tier's own gift earns is counted in its turn. */
export function takeEarned(d: Deciding, wallet: string): number {
  for (let i = 0; i < d.earned.length; i++) {
    const earned = d.earned[i]!
    if (earned.wallet !== wallet) continue
    const points = earned.points - earned.counted
    earned.counted = earned.points
    return points
  }
  return 0
}

function ofActions(id: string, { on, sum }: z.output<typeof ActionMeasure>): Measure {
  const wanted = (d: Deciding, heard: ActivityType) =>
    heard === 'action' && (d.body as ActivityBodies['action']).type === on
  if (sum === undefined) return { id, of: `count(${on})`, scale: 0, take: (d, heard) => Number(wanted(d, heard)) }
  return {
    id,
    of: `sum(${sum} of ${on})`,
    scale: 0,
    take: (d, heard) => (wanted(d, heard) ? ((fieldOf(d.body as ActivityBodies['action'], sum) as number) ?? 0) : 0),
    refuse: (action) => (action.type === on ? refusalOf(action, sum) : undefined),
  }
}

function fieldOf(action: ActivityBodies['action'], field: string): unknown {
  return Object.hasOwn(action.data, field) ? action.data[field] : undefined
}

/** An action that says nothing of what is added up adds nothing; one that says something else than a number is wrong. */
function refusalOf(action: ActivityBodies['action'], field: string): Refusal | undefined {
  const value = fieldOf(action, field)
  if (value === undefined || value === null || (Number.isSafeInteger(value) && Math.abs(value as number) <= MOST))
    return undefined
  const detail = `The tiers of the program add up ${field}, so it must be a whole number of at most ${MOST}.`
  return refuse('invalid', detail, `/data/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`)
}

/** More than anybody does at once, and so little that a million of them can still be added up exactly. */
const MOST = 1_000_000_000
