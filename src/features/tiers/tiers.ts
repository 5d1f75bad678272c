/** Tiers: levels that members reach by what they earn, spend or order within a window, and keep for a while. */

import { z } from 'zod'
import type { Account } from '../../core/account.ts'
import type { ActivityType } from '../../core/activity.ts'
import type { Deciding, Multiplier } from '../../core/deciding.ts'
import type { Compiling, Fact, Feature } from '../../core/feature.ts'
import { parseMoney } from '../../core/money.ts'
import { nearest } from '../../core/nearest.ts'
import { NEVER } from '../../core/points.ts'
import { Id, MoneyText, type Program } from '../../core/program.ts'
import { assertSafe, parseDecimal } from '../../core/rational.ts'
import { formatInstant } from '../../core/time.ts'
import { Windows } from './windows.ts'

const Level = z.strictObject({
  id: Id,
  name: z.string().max(100).optional().describe('What members call the level'),
  from: MoneyText.optional().describe('How much of the measure it takes; the first level takes nothing'),
  multiply: z.union([z.number(), z.string()]).optional().describe('Multiplies the points that rates give, such as 1.2'),
  perks: z.array(Id).optional().describe('What comes with the level'),
})

const TiersSection = z
  .strictObject({
    measure: z.string().describe('What is counted: spend, orders, or a wallet with _earned, such as stars_earned'),
    window: z
      .enum(['calendar_month', 'calendar_quarter', 'calendar_year', 'lifetime'])
      .default('calendar_year')
      .describe('Within which time it is counted'),
    levels: z.array(Level).min(1).max(20).describe('From the lowest, which everyone has, to the highest'),
    keep: z
      .enum(['until_end_of_window', 'until_end_of_next_window', 'for_life'])
      .default('until_end_of_next_window')
      .describe('How long a level stays once it is reached'),
    on_return: z
      .enum(['recompute', 'keep'])
      .default('recompute')
      .describe('Whether a return that takes the measure below a level takes the level too'),
  })
  .optional()

type Section = z.output<typeof TiersSection>

interface CompiledLevel {
  id: string
  name: string
  from: number
  multiplier: Multiplier | null
  perks: readonly string[]
}

interface TierRules {
  measure: string
  measures(d: Deciding, heard: ActivityType): number
  windows: Windows
  keep: 'until_end_of_window' | 'until_end_of_next_window' | 'for_life'
  onReturn: 'recompute' | 'keep'
  levels: CompiledLevel[]
}

interface Slice {
  /** The measure by window, the latest windows only: `[window, amount]`. */
  n: [number, number][]
  /** The levels that the member had and since when (ms), the latest last. */
  h: [number, string][]
  /** A level that stays whatever comes back, and the last window in which it does. */
  f?: [string, number]
}

/** How many windows matter: this one, the last, and one more for activities that come late. */
const KEPT_WINDOWS = 3
const KEPT_LEVELS = 6

export const tiers: Feature = {
  id: 'tiers',
  section: TiersSection,
  compile,
  multipliers: (section: Section) =>
    (section?.levels ?? []).flatMap((level) => {
      const multiply = level.multiply === undefined ? null : parseDecimal(level.multiply)
      return multiply === null || multiply.n <= 0 ? [] : [multiply]
    }),
  start: (program): Slice | undefined => (rulesOf(program) === null ? undefined : { n: [], h: [] }),
  facts: (section: Section): Record<string, Fact> =>
    section === undefined
      ? {}
      : {
          'member.tier': {
            type: 'string',
            describe: 'The level that the member had when it happened',
            values: section.levels.map((level) => level.id),
            read: (c) => levelAt(rulesOf(c.program)!, slice(c.account), c.at).id,
          },
        },
  hears: {
    join: { count: begin },
    order: { earn: multiply, count },
    visit: { earn: multiply, count },
    action: { earn: multiply, count },
    tier: { count },
    return: { count },
    cancel: { count },
    clock: { count: review },
  },
  due,
  view,
  terms: (program) => ({
    multipliers: (rulesOf(program)?.levels ?? []).flatMap(({ name, multiplier }) =>
      multiplier === null ? [] : [{ name, n: multiplier.n, d: multiplier.d }],
    ),
  }),
}

function rulesOf(program: Program): TierRules | null {
  return program.compiled['tiers'] as TierRules | null
}

function slice(account: Account): Slice {
  return (account.slices['tiers'] ??= { n: [], h: [] }) as Slice
}

/** A member has the lowest level from the day of joining; what joining earned is counted like all that is earned. */
function begin(d: Deciding, activity: { type: ActivityType }): undefined {
  const rules = rulesOf(d.program)
  if (rules === null) return
  slice(d.account).h = [[d.at, rules.levels[0]!.id]]
  count(d, activity)
}

function multiply(d: Deciding): undefined {
  const rules = rulesOf(d.program)
  if (rules === null) return
  const level = levelAt(rules, slice(d.account), d.at)
  if (level.multiplier !== null) d.addMultiplier(level.multiplier)
}

/** What was earned, spent or ordered is counted in the window in which the purchase was made. */
function count(d: Deciding, activity: { type: ActivityType }): undefined {
  const rules = rulesOf(d.program)
  if (rules === null) return
  const change = rules.measures(d, activity.type)
  if (change === 0) return
  const state = slice(d.account)
  const now = rules.windows.at(d.account.clock)
  if (d.receipt !== null && rules.onReturn === 'keep') keepLevel(rules, state, now)
  const window = rules.windows.at(d.receipt === null ? d.at : d.receipt.occurred_at)
  const row = rowOf(state, window)
  if (row !== undefined) {
    row[1] = assertSafe(row[1] + change)
    if (row[1] === 0) state.n.splice(state.n.indexOf(row), 1)
  } else if (window > now - KEPT_WINDOWS) state.n = withWindow(state.n, window, change)
  settle(d, rules, state, d.receipt !== null)
}

/** Windows stand in the order of time. */
function withWindow(rows: Slice['n'], window: number, amount: number): Slice['n'] {
  const place = rows.findIndex(([at]) => at > window)
  return place < 0 ? [...rows, [window, amount]] : rows.toSpliced(place, 0, [window, amount])
}

/** The latest windows stand last and are the ones looked for most. */
function rowOf(state: Slice, window: number): [number, number] | undefined {
  for (let i = state.n.length - 1; i >= 0; i--) if (state.n[i]![0] === window) return state.n[i]
  return undefined
}

/** At the end of a window a level that is no longer kept falls to what is. */
function review(d: Deciding): undefined {
  const rules = rulesOf(d.program)
  if (rules !== null) settle(d, rules, slice(d.account), false)
}

/** Brings the level in line with the measure. */
function settle(d: Deciding, rules: TierRules, state: Slice, returned: boolean): void {
  const window = rules.windows.at(d.account.clock)
  if (state.n.length > 1)
    while (state.n.length > 0 && state.n[0]![0] <= window - KEPT_WINDOWS) forget(rules, state, state.n.shift()![1])
  const before = rankOf(rules, currentLevel(state))
  const after = rankNow(rules, state, window)
  if (after === before) return
  const level = rules.levels[after]!
  if (returned && after < before) unreach(rules, state, after, d.at)
  else state.h.push([Math.max(d.at, state.h.at(-1)?.[0] ?? 0), level.id])
  if (state.h.length > KEPT_LEVELS) state.h.shift()
  d.addMessage(after > before ? 'tier.reached' : 'tier.lost', { level: level.id })
  if (after > before)
    d.cause({
      type: 'tier',
      id: d.activity.id,
      key: d.activity.key,
      occurred_at: d.at,
      body: { level: level.id },
    })
}

/**
 * A level that is lost because its purchases came back was never reached: the level that remains stands in its place,
 * since the same moment, as if only what remains had been bought.
 */
function unreach(rules: TierRules, state: Slice, rank: number, at: number): void {
  const levelOf = (i: number) => rankOf(rules, state.h.at(i)![1])
  let since = at
  while (state.h.length > 1 && levelOf(-1) > rank && levelOf(-2) < levelOf(-1)) since = state.h.pop()![0]
  // A level that the member had fallen to, and now loses as well, was held for a while.
  if (levelOf(-1) > rank) since = Math.max(at, state.h.at(-1)![0])
  if (levelOf(-1) !== rank) state.h.push([since, rules.levels[rank]!.id])
}

/** The level of now stays whatever comes back, for as long as it would have stayed without that. */
function keepLevel(rules: TierRules, state: Slice, window: number): void {
  const rank = rankOf(rules, currentLevel(state))
  if (rank > 0) state.f = [rules.levels[rank]!.id, lastWindow(rules, state, rank, window)]
}

/** What was counted long ago matters no more, except that a level for life stays. */
function forget(rules: TierRules, state: Slice, amount: number): void {
  const rank = rankFor(rules, amount)
  if (rules.keep === 'for_life' && rank > rankOf(rules, state.f?.[0])) state.f = [rules.levels[rank]!.id, NEVER]
}

function rankNow(rules: TierRules, state: Slice, window: number): number {
  let rank = 0
  for (let i = 0; i < state.n.length; i++) {
    const [at, amount] = state.n[i]!
    const counts =
      at === window || rules.keep === 'for_life' || (rules.keep === 'until_end_of_next_window' && at === window - 1)
    if (counts) rank = Math.max(rank, rankFor(rules, amount))
  }
  if (state.f !== undefined) {
    if (state.f[1] < window) delete state.f
    else rank = Math.max(rank, rankOf(rules, state.f[0]))
  }
  return rank
}

/** The last window in which a rank is kept by what is counted now. */
function lastWindow(rules: TierRules, state: Slice, rank: number, window: number): number {
  if (rules.keep === 'for_life') return NEVER
  const further = rules.keep === 'until_end_of_next_window' ? 1 : 0
  let last = state.f !== undefined && rankOf(rules, state.f[0]) >= rank ? state.f[1] : window
  for (const [at, amount] of state.n) if (rankFor(rules, amount) >= rank) last = Math.max(last, at + further)
  return last
}

function rankFor(rules: TierRules, amount: number): number {
  let rank = 0
  for (let i = 1; i < rules.levels.length; i++) if (amount >= rules.levels[i]!.from) rank = i
  return rank
}

function rankOf(rules: TierRules, level: string | undefined): number {
  for (let rank = rules.levels.length - 1; rank > 0; rank--) if (rules.levels[rank]!.id === level) return rank
  // A level that a newer revision no longer has counts as the lowest.
  return 0
}

function currentLevel(state: Slice): string | undefined {
  return state.h.length === 0 ? undefined : state.h[state.h.length - 1]![1]
}

function levelAt(rules: TierRules, state: Slice, at: number): CompiledLevel {
  for (let i = state.h.length - 1; i >= 0; i--)
    if (state.h[i]![0] <= at) return rules.levels[rankOf(rules, state.h[i]![1])]!
  return rules.levels[0]!
}

/** The end of the time for which the current level is kept; NEVER for the lowest and for levels for life. */
function keptUntil(rules: TierRules, state: Slice, clock: number): number {
  const rank = rankOf(rules, currentLevel(state))
  if (rank === 0 || rules.keep === 'for_life') return NEVER
  return rules.windows.endOf(lastWindow(rules, state, rank, rules.windows.at(clock)))
}

function due(account: Account, program: Program): number {
  const rules = rulesOf(program)
  if (rules === null) return NEVER
  const state = account.slices['tiers'] as Slice | undefined
  if (state === undefined || state.h.length === 0 || currentLevel(state) === rules.levels[0]!.id) return NEVER
  return keptUntil(rules, state, account.clock)
}

function view(account: Account, program: Program, at: number): Record<string, unknown> {
  const rules = rulesOf(program)
  if (rules === null) return { tier: null }
  const state = slice(account)
  const rank = rankOf(rules, currentLevel(state))
  const level = rules.levels[rank]!
  const until = keptUntil(rules, state, account.clock)
  const window = rules.windows.at(at)
  const next = rules.levels[rank + 1]
  const have = rowOf(state, window)?.[1] ?? 0
  const end = rules.windows.endOf(window)
  const by = end === NEVER ? null : formatInstant(end)
  return {
    tier: {
      level: level.id,
      since: state.h.length === 0 ? null : formatInstant(state.h.at(-1)![0]),
      until: until === NEVER ? null : formatInstant(until),
      progress: next === undefined ? null : [{ measure: rules.measure, have, need: next.from, by }],
    },
    perks: level.perks,
  }
}

const UNITS = {
  calendar_month: 'month',
  calendar_quarter: 'quarter',
  calendar_year: 'year',
  lifetime: 'lifetime',
} as const

function compile(section: Section, compiling: Compiling): TierRules | null {
  if (section === undefined) return null
  const scale = measureScale(section.measure, compiling)
  const levels = section.levels.map((level, i): CompiledLevel => {
    const path = ['tiers', 'levels', i]
    const multiply = level.multiply === undefined ? null : parseDecimal(level.multiply)
    if (level.multiply !== undefined && (multiply === null || multiply.n < multiply.d))
      compiling.problem([...path, 'multiply'], 'not_a_multiplier', 'must be a number of 1 or more, such as 1.2')
    const from = level.from === undefined ? 0 : parseMoney(level.from, scale)
    if (from === null)
      compiling.problem([...path, 'from'], 'not_an_amount', `must be a number with at most ${scale} decimals`)
    const multiplier = multiply === null ? null : { source: level.id, ...multiply }
    return { id: level.id, name: level.name ?? level.id, from: from ?? 0, multiplier, perks: level.perks ?? [] }
  })
  checkLevels(levels, compiling)
  return {
    measure: section.measure,
    measures: measureOf(section.measure),
    windows: new Windows(UNITS[section.window], compiling.program.zone),
    keep: section.keep,
    onReturn: section.on_return,
    levels,
  }
}

/** Decimal places of what is measured. */
function measureScale(measure: string, compiling: Compiling): number {
  const { wallets, digits } = compiling.program
  if (measure === 'spend') return digits
  if (measure === 'orders') return 0
  const wallet = wallets.find(({ id }) => measure === `${id}_earned`)
  if (wallet !== undefined) return wallet.decimals
  const known = ['spend', 'orders', ...wallets.map(({ id }) => `${id}_earned`)]
  compiling.problem(
    ['tiers', 'measure'],
    'unknown_measure',
    `${measure} is not counted; it can be ${known.join(', ')}`,
    nearest(measure, known),
  )
  return 0
}

function measureOf(measure: string): TierRules['measures'] {
  // A tier that is reached is heard in the decision of the order that reached it, whose purchase is counted already.
  if (measure === 'spend')
    return ({ order, remains }, heard) => {
      if (heard === 'order') return order!.net
      return remains === null || heard === 'tier' ? 0 : remains.after.net - remains.before.net
    }
  if (measure === 'orders')
    return ({ remains }, heard) => {
      if (heard === 'order') return 1
      if (remains === null || heard === 'tier') return 0
      return Number(remains.after.quantity > 0) - Number(remains.before.quantity > 0)
    }
  const wallet = measure.slice(0, -'_earned'.length)
  return (d) => takeEarned(d, wallet)
}

/** Points earned in this decision that were not counted yet: what a tier's own gift earns is counted in its turn. */
function takeEarned(d: Deciding, wallet: string): number {
  for (let i = 0; i < d.earned.length; i++) {
    const earned = d.earned[i]!
    if (earned.wallet !== wallet) continue
    const points = earned.points - earned.counted
    earned.counted = earned.points
    return points
  }
  return 0
}

function checkLevels(levels: readonly CompiledLevel[], compiling: Compiling): void {
  if (levels[0]!.from !== 0)
    compiling.problem(
      ['tiers', 'levels', 0, 'from'],
      'contradiction',
      'the first level is everyone’s, so it takes nothing',
    )
  for (let i = 1; i < levels.length; i++) {
    const path = ['tiers', 'levels', i]
    if (levels[i]!.from <= levels[i - 1]!.from)
      compiling.problem(
        [...path, 'from'],
        'contradiction',
        `must take more than ${levels[i - 1]!.id}, the level below it`,
      )
    if (levels.findIndex(({ id }) => id === levels[i]!.id) < i)
      compiling.problem([...path, 'id'], 'duplicate_id', `there is another level ${levels[i]!.id}`)
  }
}
