/**
 * How far the headline figures may lie apart: with luck, and with other members like these. Each run draws its members
 * again many times, each of them as often as chance will have it (the Poisson bootstrap: Chamandy et al. 2012), so that a
 * figure that hangs on a few large customers shows it.
 */

import { breakEvenLift, type MeanOrder, rounded } from './economics.ts'
import { chanceOf } from './luck.ts'
import type { MemberEnds } from './member.ts'
import type { BacktestResult } from './result.ts'
import type { Scenario } from './scenario.ts'

/** The least and the most that a figure came to, but for the twentieth at either end; null where it has no bound. */
export interface Range {
  low: number | null
  high: number | null
}

export type Ranges = Record<Headline, Range>

/** Points are those of the program's first wallet. */
const HEADLINES = [
  'reward_rate',
  'cost',
  'expected_rate',
  'expected_cost',
  'liability_gross',
  'liability_net',
  'discounts',
  'points_issued',
  'reached_share',
  'redeeming_share',
  'break_even_lift',
] as const
type Headline = (typeof HEADLINES)[number]

/**
 * Members are drawn by groups, into which their ids scatter them: so there is one sum to make for each member, and not one
 * for each member and draw. Where there are fewer members than groups, most are drawn by themselves.
 */
const GROUPS = 1024

/** What a member adds to their group: these, and then `OF_WALLET` of each wallet. */
const OF_MEMBER = ['members', 'sales', 'cost', 'discounts', 'reached', 'redeeming', 'vouchers'] as const
const OF_WALLET = ['issued', 'open', 'used', 'used_cost'] as const

/** The sums of each group, in the order above. */
export type Groups = readonly (readonly number[])[]

export function newGroups(wallets: number): number[][] {
  const width = OF_MEMBER.length + OF_WALLET.length * wallets
  return Array.from({ length: GROUPS }, () => new Array<number>(width).fill(0))
}

/** `member` is the number that stands for the member. */
export function addMember(groups: number[][], member: number, values: readonly number[]): void {
  const sums = groups[(member >>> 0) % GROUPS]!
  for (let i = 0; i < sums.length; i++) sums[i]! += values[i]!
}

/** Of all who are drawn as often as by chance, this share is drawn no more than 0, 1, 2 … times. */
const POISSON = [0.36787944, 0.73575888, 0.9196986, 0.98101184, 0.99634015, 0.99940582, 0.99991676, 0.99998975, 1]

/**
 * The sums of one draw: nothing but the seed decides how often each group is in it. They are told for as many members as
 * there are: how many somebody has is known, and left to chance a thousand groups would make more of it than the members.
 */
function draw(groups: Groups, seed: number, n: number): number[] {
  const sums = new Array<number>(groups[0]?.length ?? 0).fill(0)
  let members = 0
  for (const [group, values] of groups.entries()) {
    const luck = chanceOf(seed, group, n)
    const times = POISSON.findIndex((share) => luck < share)
    members += values[0]!
    if (times > 0) for (let i = 0; i < sums.length; i++) sums[i]! += times * values[i]!
  }
  const drawn = sums[0]!
  return drawn > 0 ? sums.map((sum) => (sum / drawn) * members) : sums
}

/** A run, and what its members can be drawn again from. */
export interface Run {
  scenario: Scenario
  result: BacktestResult
  mean: MeanOrder
  groups: Groups
  /** What each member has at the end, where that is kept. */
  ends: MemberEnds | null
}

/** Over all draws of all runs: nine of ten lie within. */
export function rangesOf(runs: readonly Run[]): Ranges {
  const drawn = runs.flatMap(({ scenario: { seed, draws }, result, groups }) =>
    Array.from({ length: draws }, (_, n) => headlinesOf(result, draw(groups, seed, n))),
  )
  return Object.fromEntries(HEADLINES.map((name) => [name, rangeOf(drawn.map((one) => one[name]))])) as Ranges
}

function rangeOf(values: readonly (number | null)[]): Range {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b)
  const at = (share: number) => {
    const value = sorted[Math.round(share * (sorted.length - 1))] ?? Number.POSITIVE_INFINITY
    return value === Number.POSITIVE_INFINITY ? null : rounded(value)
  }
  return { low: at(0.05), high: at(0.95) }
}

/**
 * The figures of one draw, each as the result tells them; what will be redeemed of the open points is judged as there.
 * Null where the draw has nothing to tell one from, such as no member. A lift that nothing reaches lies beyond all others.
 */
function headlinesOf({ economics, points }: BacktestResult, sums: readonly number[]): Record<Headline, number | null> {
  const [members, sales, cost, discounts, reached, redeeming, vouchers] = sums as [
    ...[number, number, number, number, number, number, number],
  ]
  // A voucher costs what it does in the whole history: which of them a draw has is not kept.
  const { open, gross: ofAll, net: ofUsed } = economics.vouchers
  let [gross, net] = open > 0 ? [(ofAll / open) * vouchers, (ofUsed / open) * vouchers] : [0, 0]
  for (const [place, { point_value, expected_of_open }] of economics.wallets.entries()) {
    const [, openPoints, used, usedCost] = sums.slice(OF_MEMBER.length + place * OF_WALLET.length)
    const worth = openPoints! * (used! > 0 ? usedCost! / used! : point_value)
    gross += worth
    net += worth * expected_of_open
  }
  const expected = cost + net
  const rateOf = (part: number) => (sales > 0 ? part / sales : null)
  return {
    reward_rate: rateOf(cost),
    cost: Math.round(cost),
    expected_rate: rateOf(expected),
    expected_cost: Math.round(expected),
    liability_gross: Math.round(gross),
    liability_net: Math.round(net),
    discounts: Math.round(discounts),
    points_issued: points.length === 0 ? 0 : Math.round(sums[OF_MEMBER.length]!),
    reached_share: members > 0 ? reached / members : null,
    redeeming_share: members > 0 ? redeeming / members : null,
    break_even_lift: sales > 0 ? (breakEvenLift(expected / sales, economics.margin) ?? Number.POSITIVE_INFINITY) : null,
  }
}
