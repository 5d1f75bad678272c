/** Two programs on the same history: every figure side by side, and which members would gain or lose. Pure. */

import { z } from 'zod'
import { assert } from '../../core/assert.ts'
import { termsOf } from '../../core/terms.ts'
import { catalogueValue, type MeanOrder, rate, rounded } from './economics.ts'
import type { MemberEnds } from './member.ts'
import type { Run } from './ranges.ts'
import { type BacktestResult, type PointsResult, RewardResult, RuleResult, TierResult } from './result.ts'
import { Redeeming } from './scenario.ts'

const Unit = z.enum(['members', 'times', 'money', 'points', 'share', 'days', 'orders', 'money a point'])
export type Unit = z.output<typeof Unit>

const Value = z.number().nullable().describe('Null where the program has none, or nothing was there to tell it from')

const Figure = z.strictObject({
  figure: z.string().describe('Such as reward_rate or points_issued'),
  unit: Unit,
  wallet: z.string().nullable().describe('Whose figure it is; null where it is that of the whole program'),
  decimals: z.int().describe('Of the wallet whose points they are'),
  this: Value,
  other: Value,
  difference: Value.describe('this − other'),
})
export type Figure = z.output<typeof Figure>

/** The row of a table that both results have: null where only one program knows it. */
const pairOf = <T extends z.ZodType>(row: T) => ({ this: row.nullable(), other: row.nullable() })

const MemberChange = z.strictObject({
  member: z.string(),
  this: z.int(),
  other: z.int(),
  difference: z.int().describe('this − other, in minor units'),
})
export type MemberChange = z.output<typeof MemberChange>

export const Comparison = z
  .strictObject({
    with: z.strictObject({ program: z.string(), revision: z.int() }).describe('The other program'),
    redeeming: Redeeming.describe('How members redeem in both'),
    figures: z.array(Figure),
    rules: z.array(z.strictObject({ rule: z.string(), ...pairOf(RuleResult) })),
    rewards: z.array(z.strictObject({ reward: z.string(), ...pairOf(RewardResult) })),
    tiers: z.array(z.strictObject({ level: z.string(), ...pairOf(TierResult) })),
    members: z
      .strictObject({
        gain: z.int().describe('To whom this program is worth more than the other'),
        lose: z.int(),
        same: z.int(),
        gained: z.int().describe('What those who gain have more, all together, in minor units'),
        lost: z.int(),
        distribution: z
          .array(
            z.strictObject({
              from: z.int().nullable().describe('Itself included, in minor units; null without a bound'),
              to: z.int().nullable().describe('Itself not included'),
              members: z.int(),
            }),
          )
          .describe('How many members a change of this much concerns'),
        worst: z.array(MemberChange).describe('Who loses most, at most ten'),
        best: z.array(MemberChange).describe('Who gains most, at most ten'),
      })
      .describe('What a member has of a program: the money that rewards saved, and what it offers for open points'),
  })
  .meta({ id: 'Comparison' })
export type Comparison = z.output<typeof Comparison>

/** Both runs are of the same history and of the same model of redeeming. */
export function compareRuns(one: Run, other: Run): Comparison {
  return {
    with: { program: other.result.program, revision: other.result.revision },
    redeeming: one.result.redeeming,
    figures: figuresOf(one.result, other.result),
    rules: paired(one.result.rules, other.result.rules, 'rule'),
    rewards: paired(one.result.rewards, other.result.rewards, 'reward'),
    tiers: paired(one.result.tiers, other.result.tiers, 'level'),
    members: changesOf(one, other),
  }
}

/** In the order of the first list, and then what only the second one has. */
function paired<K extends string, T extends Record<K, string>>(
  these: readonly T[],
  others: readonly T[],
  key: K,
): ({ this: T | null; other: T | null } & Record<K, string>)[] {
  const names = [...new Set([...these, ...others].map((row) => row[key]))]
  const find = (rows: readonly T[], name: string) => rows.find((row) => row[key] === name) ?? null
  return names.map((name) => ({ [key]: name, this: find(these, name), other: find(others, name) })) as never
}

/** What a figure is called, what it is a number of, and where it stands. */
type Reading = [figure: string, unit: Unit, read: (result: BacktestResult) => number | null]

const READINGS: readonly Reading[] = [
  ['members', 'members', (r) => r.members],
  ['sales', 'money', (r) => r.economics.sales],
  ['earning', 'members', (r) => r.customers.earning],
  ['reached', 'members', (r) => r.customers.reached],
  ['reached_share', 'share', (r) => rate(r.customers.reached, r.members)],
  ['redeeming', 'members', (r) => r.customers.redeeming],
  ['redeeming_share', 'share', (r) => rate(r.customers.redeeming, r.members)],
  ['days_to_first_reward', 'days', (r) => r.first_reward.days?.median ?? null],
  ['orders_to_first_reward', 'orders', (r) => r.first_reward.orders?.median ?? null],
  ['redemptions', 'times', (r) => r.rewards.reduce((sum, { times }) => sum + times, 0)],
  ['discounts', 'money', (r) => r.discounts],
  ['cost', 'money', (r) => r.economics.cost],
  ['reward_rate', 'share', (r) => r.economics.reward_rate],
  ['liability_gross', 'money', (r) => r.economics.liability.gross],
  ['liability_net', 'money', (r) => r.economics.liability.net],
  ['expected_cost', 'money', (r) => r.economics.expected_cost],
  ['expected_rate', 'share', (r) => r.economics.expected_rate],
  ['break_even_lift', 'share', (r) => r.economics.break_even_lift],
]

type WalletReading = [figure: string, unit: Unit, read: (points: PointsResult, result: BacktestResult) => number | null]

const WALLET_READINGS: readonly WalletReading[] = [
  ['points_issued', 'points', ({ issued }) => issued],
  ['points_spent', 'points', ({ spent }) => spent],
  ['points_expired', 'points', ({ expired }) => expired],
  ['points_reversed', 'points', ({ reversed }) => reversed],
  ['points_open', 'points', ({ pending, available, held, debt }) => pending + available + held - debt],
  ['point_value', 'money a point', ({ wallet }, r) => economicsOf(r, wallet)?.point_value ?? null],
  ['expected_redemption', 'share', ({ wallet }, r) => economicsOf(r, wallet)?.expected_redemption ?? null],
]

function figuresOf(one: BacktestResult, other: BacktestResult): Figure[] {
  const figures = READINGS.map(([figure, unit, read]) => figureOf(figure, unit, null, 0, read(one), read(other)))
  for (const { wallet, this: own, other: others } of paired(one.points, other.points, 'wallet')) {
    const { decimals } = (own ?? others)!
    for (const [figure, unit, read] of WALLET_READINGS) {
      const [a, b] = [own === null ? null : read(own, one), others === null ? null : read(others, other)]
      figures.push(figureOf(figure, unit, wallet, decimals, a, b))
    }
  }
  return figures
}

function figureOf(
  figure: string,
  unit: Unit,
  wallet: string | null,
  decimals: number,
  one: number | null,
  other: number | null,
): Figure {
  const difference = one === null || other === null ? null : rounded(one - other)
  return { figure, unit, wallet, decimals, this: one, other, difference }
}

function economicsOf({ economics }: BacktestResult, wallet: string) {
  return economics.wallets.find((one) => one.wallet === wallet)
}

/** How many of those who gain or lose most are named. */
const NAMED = 10
/** The sizes of changes that are told apart, in minor units: a cent, and about one dollar, two, five, ten … */
const SIZES = [1, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000]
/** From where each bin of the distribution begins; the first has no beginning. Who has as much as before stands apart. */
const EDGES = [
  ...SIZES.slice(1)
    .reverse()
    .map((size) => 1 - size),
  0,
  ...SIZES,
]

function changesOf(one: Run, other: Run): Comparison['members'] {
  assert(one.ends !== null && other.ends !== null, 'runs that are compared keep what members have at the end')
  const { ids } = one.ends
  assert(ids.length === other.ends.ids.length, 'both runs have the same members')
  // The same order stands for both, so that programs with the same rewards have points of the same worth.
  const [values, others] = [valuesOf(one, one.ends, other.mean), valuesOf(other, other.ends, other.mean)]
  const changes = { gain: 0, lose: 0, same: 0, gained: 0, lost: 0 }
  const bins = new Array<number>(EDGES.length + 1).fill(0)
  const [worst, best]: [MemberChange[], MemberChange[]] = [[], []]
  for (let i = 0; i < ids.length; i++) {
    const member = ids[i]!
    assert(member === other.ends.ids[i], 'members come to the end in the same order')
    const difference = values[i]! - others[i]!
    bins[binOf(difference)]! += 1
    if (difference === 0) {
      changes.same += 1
      continue
    }
    changes[difference > 0 ? 'gain' : 'lose'] += 1
    changes[difference > 0 ? 'gained' : 'lost'] += Math.abs(difference)
    enter(difference > 0 ? best : worst, { member, this: values[i]!, other: others[i]!, difference })
  }
  return { ...changes, distribution: distributionOf(bins), worst, best }
}

/** What each member has of the program, in minor units. What a point is worth is what the program offers for it. */
function valuesOf({ scenario: { program } }: Run, ends: MemberEnds, mean: MeanOrder): number[] {
  const { offers } = termsOf(program)
  const worth = program.wallets.map(({ id }) => catalogueValue(offers, {}, id, mean) ?? 0)
  return ends.saved.map((saved, i) => {
    let points = 0
    for (let place = 0; place < worth.length; place++) points += ends.open[place]![i]! * worth[place]!
    return saved + Math.round(points)
  })
}

/** The largest changes come first; members who change alike stand in the order of their names. */
function enter(list: MemberChange[], change: MemberChange): void {
  const last = list[NAMED - 1]
  if (last !== undefined && !standsBefore(change, last)) return
  let place = list.length
  while (place > 0 && standsBefore(change, list[place - 1]!)) place -= 1
  list.splice(place, 0, change)
  if (list.length > NAMED) list.pop()
}

function standsBefore(a: MemberChange, b: MemberChange): boolean {
  const [sizeA, sizeB] = [Math.abs(a.difference), Math.abs(b.difference)]
  return sizeA === sizeB ? a.member < b.member : sizeA > sizeB
}

function binOf(difference: number): number {
  let bin = 0
  while (bin < EDGES.length && difference >= EDGES[bin]!) bin += 1
  return bin
}

/** Without the empty bins at both ends. */
function distributionOf(bins: readonly number[]): Comparison['members']['distribution'] {
  const all = bins.map((members, i) => ({ from: EDGES[i - 1] ?? null, to: EDGES[i] ?? null, members }))
  const first = all.findIndex(({ members }) => members > 0)
  const last = all.findLastIndex(({ members }) => members > 0)
  return first < 0 ? [] : all.slice(first, last + 1)
}
