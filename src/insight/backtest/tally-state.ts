/** What is added up of a run of decisions, as plain data: parts of it can be made apart and put together in any order. */

import type { RefusalCode } from '../../core/refusal.ts'
import { joinedEnds, type MemberEnds } from './member.ts'
import { newGroups } from './ranges.ts'
import type { Scenario } from './scenario.ts'

/** By how many orders they made, members are told apart: the most of each band. */
const BANDS = [1, 2, 5, 10, 20]

/** How a wallet's points moved within a month. */
interface Flow {
  issued: number
  spent: number
  expired: number
  reversed: number
  forgiven: number
}

/**
 * What became within a month of points that were issued in one month. Points that paid a debt were used before, and
 * so were those that nobody had to give back: whatever is no longer open is used, lapsed or taken back.
 */
export interface Cohort {
  issued: number
  used: number
  lapsed: number
  reversed: number
}

export interface Month {
  index: number
  joined: number
  orders: number
  sales: number
  anonymous_sales: number
  active: number
  redeeming: number
  redemptions: number
  discount: number
  cost: number
  /** How many members more are on each level than before it. */
  levels: number[]
  /** By the place of the wallet in the program. */
  flows: Flow[]
  /** What became within this month of points that were issued in it, and in others by the index of those. */
  own: Cohort[]
  older: Map<number, Cohort>[]
}

interface Band {
  members: number
  reached: number
  redeeming: number
  /** How many members took so many days from joining to their first reward. */
  days: Map<number, number>
}

/** What is counted of a rule, of a reward and of a level. */
interface RuleSums {
  times: number
  points: number
}

interface RewardSums {
  times: number
  members: number
  points: number
  value: number
  cost: number
}

/** What is counted of vouchers of a reward that the program gives by itself. */
interface VoucherSums {
  issued: number
  /** How many were given by each part of the program: `stamps:coffee`. */
  sources: Map<string, number>
  /** Less those that came back whole. */
  used: number
  /** Taken back by returns before anybody used them. */
  withdrawn: number
  /** At the end. */
  open: number
  value: number
  cost: number
}

interface LevelSums {
  members: number
  orders: number
  sales: number
  cost: number
}

/** Numbers, lists and tables of numbers, and nothing else: it can be sent to another thread. */
export interface TallyState {
  members: number
  duplicates: number
  afterUntil: number
  /** The first order, in ms; null without orders. */
  from: number | null
  orders: { members: number; anonymous: number }
  sales: { members: number; anonymous: number }
  returns: { members: number; anonymous: number }
  refunds: { members: number; anonymous: number }
  refused: Partial<Record<RefusalCode, number>>
  activities: { total: number; clock: number }
  active: number
  earning: number
  /** Units of members' orders, and what they cost before discounts. */
  units: number
  subtotal: number
  bands: Band[]
  /** How many members took so many orders to their first reward. */
  ordersToFirst: Map<number, number>
  discounts: number
  /** What of them came by itself. */
  automatic: number
  /** By the place of the rule, the reward, the wallet and the level in the program. */
  rules: RuleSums[]
  rewards: RewardSums[]
  /** By the place of the reward. */
  vouchers: VoucherSums[]
  held: { pending: number; available: number; held: number; debt: number }[]
  levels: LevelSums[]
  /** How often members moved: from the level in the row to the one in the column. */
  moves: number[][]
  months: Map<number, Month>
  /** The members by groups that are drawn again; none where no range is asked for. */
  groups: number[][]
  /** What each member has at the end, where that is kept. */
  ends: MemberEnds | null
}

/** Two parts of one history put together, of which no member has orders in both. */
export function mergeTallies(a: TallyState, b: TallyState): TallyState {
  const from = a.from === null || b.from === null ? (a.from ?? b.from) : Math.min(a.from, b.from)
  const { months, ...rest } = added({ ...a, from: 0, ends: 0 }, { ...b, from: 0, ends: 0 })
  for (const [index, month] of months) month.index = index
  return { ...rest, from, months, ends: a.ends === null || b.ends === null ? null : joinedEnds(a.ends, b.ends) }
}

/** Numbers add up, wherever in the data they stand. */
function added<T>(a: T, b: T): T {
  return sumOf(a, b) as T
}

function sumOf(a: unknown, b: unknown): unknown {
  if (a === undefined || b === undefined) return structuredClone(a ?? b)
  if (typeof a === 'number') return a + (b as number)
  if (Array.isArray(a)) return a.map((item, i) => sumOf(item, (b as unknown[])[i]))
  if (a instanceof Map) {
    const other = b as Map<unknown, unknown>
    return new Map([...a.keys(), ...other.keys()].map((key) => [key, sumOf(a.get(key), other.get(key))]))
  }
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>]
  return Object.fromEntries(Object.keys({ ...one, ...other }).map((key) => [key, sumOf(one[key], other[key])]))
}

export function emptyState(
  { program, draws, ends }: Scenario,
  rules: number,
  rewards: number,
  levels: number,
): TallyState {
  const none = () => ({ members: 0, anonymous: 0 })
  return {
    members: 0,
    duplicates: 0,
    afterUntil: 0,
    from: null,
    orders: none(),
    sales: none(),
    returns: none(),
    refunds: none(),
    refused: {},
    activities: { total: 0, clock: 0 },
    active: 0,
    earning: 0,
    units: 0,
    subtotal: 0,
    bands: times(BANDS.length + 2, () => ({ members: 0, reached: 0, redeeming: 0, days: new Map() })),
    ordersToFirst: new Map(),
    discounts: 0,
    automatic: 0,
    rules: times(rules, () => ({ times: 0, points: 0 })),
    rewards: times(rewards, () => ({ times: 0, members: 0, points: 0, value: 0, cost: 0 })),
    vouchers: times(rewards, () => ({
      ...{ issued: 0, sources: new Map(), used: 0, withdrawn: 0, open: 0 },
      ...{ value: 0, cost: 0 },
    })),
    held: program.wallets.map(() => ({ pending: 0, available: 0, held: 0, debt: 0 })),
    levels: times(levels, () => ({ members: 0, orders: 0, sales: 0, cost: 0 })),
    moves: times(levels, () => times(levels, () => 0)),
    months: new Map(),
    groups: draws > 0 ? newGroups(program.wallets.length) : [],
    ends: ends ? { ids: [], saved: [], open: program.wallets.map(() => []) } : null,
  }
}

export function newMonth(index: number, wallets: number, levels: number): Month {
  return {
    index,
    joined: 0,
    orders: 0,
    sales: 0,
    anonymous_sales: 0,
    active: 0,
    redeeming: 0,
    redemptions: 0,
    discount: 0,
    cost: 0,
    levels: times(levels, () => 0),
    flows: times(wallets, () => ({ issued: 0, spent: 0, expired: 0, reversed: 0, forgiven: 0 })),
    own: times(wallets, newCohort),
    older: times(wallets, () => new Map()),
  }
}

export function newCohort(): Cohort {
  return { issued: 0, used: 0, lapsed: 0, reversed: 0 }
}

export function cohortOf(cohorts: Map<number, Cohort>, month: number): Cohort {
  let cohort = cohorts.get(month)
  if (cohort === undefined) {
    cohort = newCohort()
    cohorts.set(month, cohort)
  }
  return cohort
}

/** The first band is of those who never ordered, and the last of those beyond all bounds. */
export function bandBounds(): { from: number; to: number | null }[] {
  return [0, ...BANDS, null].map((to, i) => ({ from: i === 0 ? 0 : [0, ...BANDS][i - 1]! + 1, to }))
}

export function bandOf(orders: number): number {
  if (orders === 0) return 0
  let band = 1
  while (band <= BANDS.length && orders > BANDS[band - 1]!) band++
  return band
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make)
}
