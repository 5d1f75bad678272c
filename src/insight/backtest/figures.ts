/** Makes what a backtest tells out of what was added up. */

import type { Program } from '../../core/program.ts'
import { termsOf } from '../../core/terms.ts'
import { formatInstant, localDay, monthIndex } from '../../core/time.ts'
import {
  ageRates,
  breakEvenLift,
  catalogueValue,
  type MeanOrder,
  type OpenPoints,
  openByMonth,
  rate,
  redeemedYet,
  rounded,
  type Triangle,
  worthOf,
} from './economics.ts'
import { givenIn, levelsOf, rulesIn, usedIn } from './offered.ts'
import type { Run } from './ranges.ts'
import type { BacktestResult, Economics, MonthResult, PointsResult } from './result.ts'
import type { Scenario } from './scenario.ts'
import { ACTIVE_DAYS } from './tally.ts'
import { bandBounds, type Cohort, newMonth, type TallyState } from './tally-state.ts'

/** What was added up of a whole history. */
export function runOf(scenario: Scenario, tally: TallyState, until: number): Run {
  const result = resultOf(scenario, tally, until)
  return { scenario, result, mean: meanOrder(scenario.program, tally), groups: tally.groups, ends: tally.ends }
}

/** `until` is where history ends (ms), itself not included. */
export function resultOf(scenario: Scenario, tally: TallyState, until: number): BacktestResult {
  const { program, redeeming, response, seed } = scenario
  const { from, orders, duplicates, afterUntil, refused } = tally
  const wallets = walletFigures(scenario, tally, until)
  const vouchers = vouchersOf(scenario, tally)
  const rules = rulesIn(program).map(({ id, wallet }, place) => ({ rule: id, wallet, ...tally.rules[place]! }))
  return {
    program: program.id,
    revision: program.revision,
    currency: program.currency,
    timezone: program.zone.name,
    redeeming,
    response,
    seed,
    from: from === null ? null : formatInstant(from),
    until: formatInstant(until),
    members: tally.members,
    orders: { ...orders, duplicates, after_until: afterUntil, refused },
    returns: tally.returns,
    sales: tally.sales,
    refunds: tally.refunds,
    customers: customersOf(tally),
    first_reward: firstReward(tally),
    points: wallets.map(({ points }) => points),
    rules,
    idle_rules: rules.filter(({ times }) => times === 0).map(({ rule }) => rule),
    rewards: rewardsOf(program, tally),
    vouchers,
    discounts: tally.discounts,
    automatic_discounts: tally.automatic,
    months: monthResults(scenario, tally, wallets, until),
    tiers: tiersOf(program, tally),
    tier_moves: tierMoves(program, tally),
    economics: economicsOf(scenario, tally, wallets, vouchers),
    activities: tally.activities,
  }
}

/** All that is known of one wallet. */
interface WalletFigures {
  points: PointsResult
  value: number
  valuedBy: Economics['wallets'][number]['valued_by']
  /** At the end of every month, from the first. */
  open: OpenPoints[]
  expectedRedemption: number | null
}

function walletFigures(scenario: Scenario, tally: TallyState, until: number): WalletFigures[] {
  const { program } = scenario
  const [first, last] = monthsOf(program, tally, until)
  return program.wallets.map(({ id, decimals }, place) => {
    const points = { wallet: id, decimals, ...flowsOf(tally, place), ...tally.held[place]! }
    const triangle = triangleOf(tally, place)
    const yet = points.spent > 0 ? redeemedYet(ageRates(triangle, last)) : null
    const open = openByMonth(triangle, yet, first, last)
    return {
      points,
      ...pointValueOf(scenario, tally, place),
      open,
      expectedRedemption: expectedShare(points, yet, open),
    }
  })
}

/** Of the points that returns did not take back: those that were used, and those that will be. */
function expectedShare(
  { issued, spent, reversed, forgiven }: PointsResult,
  yet: readonly number[] | null,
  open: readonly OpenPoints[],
): number | null {
  const kept = issued + forgiven - reversed
  if (yet === null || kept <= 0) return null
  return Math.min(1, rounded((spent + (open.at(-1)?.expected ?? 0)) / kept))
}

function flowsOf({ months }: TallyState, place: number) {
  const total = { issued: 0, spent: 0, expired: 0, reversed: 0, forgiven: 0 }
  for (const { flows } of months.values()) {
    const flow = flows[place]!
    total.issued += flow.issued
    total.spent += flow.spent
    total.expired += flow.expired
    total.reversed += flow.reversed
    total.forgiven += flow.forgiven
  }
  return total
}

function triangleOf({ months }: TallyState, place: number): Triangle {
  const triangle = new Map<number, Map<number, Cohort>>()
  for (const { index, own, older } of months.values())
    for (const [issued, cohort] of [[index, own[place]!] as const, ...older[place]!]) {
      const row = triangle.get(issued) ?? new Map()
      triangle.set(issued, row.set(index, cohort))
    }
  return triangle
}

/** What each point cost that members used says more than any catalogue. */
function pointValueOf(scenario: Scenario, tally: TallyState, place: number): Pick<WalletFigures, 'value' | 'valuedBy'> {
  const { program, reward_cost } = scenario
  const { id } = program.wallets[place]!
  const used = usedIn(program)
  let [points, cost] = [0, 0]
  for (const [i, sums] of tally.rewards.entries()) {
    if (used[i]!.wallet !== id) continue
    points += sums.points
    cost += sums.cost - tally.vouchers[i]!.cost
  }
  if (points > 0) return { value: rounded(cost / points), valuedBy: 'rewards used' }
  const value = catalogueValue(termsOf(program).offers, reward_cost, id, meanOrder(program, tally))
  return value === null ? { value: 0, valuedBy: 'nothing' } : { value: rounded(value), valuedBy: 'catalogue' }
}

function meanOrder({ currency }: Program, { orders, sales, units, subtotal }: TallyState): MeanOrder {
  return {
    currency,
    total: orders.members === 0 ? 0 : sales.members / orders.members,
    unit: units === 0 ? 0 : subtotal / units,
  }
}

function monthsOf(program: Program, { months }: TallyState, until: number): [first: number, last: number] {
  const last = monthIndex(localDay(program.zone, until - 1))
  return months.size === 0 ? [last + 1, last] : [Math.min(...months.keys()), last]
}

function customersOf({ bands, active, earning }: TallyState): BacktestResult['customers'] {
  const bounds = bandBounds()
  return {
    active_days: ACTIVE_DAYS,
    active,
    earning,
    redeeming: bands.reduce((sum, band) => sum + band.redeeming, 0),
    reached: bands.reduce((sum, band) => sum + band.reached, 0),
    by_frequency: bands.flatMap(({ members, reached, redeeming, days }, i) => {
      // Most histories begin with members' first orders, so nobody is without one.
      if (i === 0 && members === 0) return []
      const { from, to } = bounds[i]!
      const days_to_first = quantile(days, 0.5)
      return [{ orders_from: from, orders_to: to, members, reached, redeeming, days_to_first }]
    }),
  }
}

function firstReward({ bands, ordersToFirst }: TallyState): BacktestResult['first_reward'] {
  const days = new Map<number, number>()
  for (const band of bands) for (const [day, members] of band.days) days.set(day, (days.get(day) ?? 0) + members)
  const members = bands.reduce((sum, band) => sum + band.reached, 0)
  return { members, days: spreadOf(days), orders: spreadOf(ordersToFirst) }
}

function spreadOf(counts: ReadonlyMap<number, number>) {
  const [p10, median, p90] = [quantile(counts, 0.1), quantile(counts, 0.5), quantile(counts, 0.9)]
  return p10 === null || median === null || p90 === null ? null : { p10, median, p90 }
}

/** The least value at or below which this share of all that was counted lies. */
function quantile(counts: ReadonlyMap<number, number>, share: number): number | null {
  let total = 0
  for (const count of counts.values()) total += count
  let passed = 0
  for (const [value, count] of [...counts].sort(([a], [b]) => a - b)) {
    passed += count
    if (passed >= share * total) return value
  }
  return null
}

function rewardsOf(program: Program, tally: TallyState): BacktestResult['rewards'] {
  return usedIn(program).map(({ reward, name, wallet }, place) => ({
    reward,
    name,
    wallet,
    ...tally.rewards[place]!,
  }))
}

/** What was given is owed until it is used or over, each at what one has cost, or by what is on offer where none was used. */
function vouchersOf({ program, reward_cost }: Scenario, tally: TallyState): BacktestResult['vouchers'] {
  const given = givenIn(program)
  return usedIn(program).flatMap((offer, place) => {
    const { reward, name } = offer
    if (!given.has(reward)) return []
    const { sources, ...sums } = tally.vouchers[place]!
    const { issued, used, withdrawn, open, cost } = sums
    const expired = issued - used - withdrawn - open
    const each = used > 0 ? cost / used : worthOf(offer, meanOrder(program, tally)) * (reward_cost[reward] ?? 1)
    const liability = liabilityOf({ open, expected: used > 0 ? (open * used) / (used + expired) : open }, each)
    const bySource = [...sources].sort(([a], [b]) => (a < b ? -1 : 1))
    return [{ reward, name, ...sums, expired, sources: Object.fromEntries(bySource), liability }]
  })
}

function tiersOf(program: Program, { levels }: TallyState): BacktestResult['tiers'] {
  const ids = levelsOf(program)
  return ids.map((level, place) => {
    const { members, orders, sales, cost } = levels[place]!
    return { level, members, orders, sales, cost, reward_rate: rate(cost, sales) }
  })
}

function tierMoves(program: Program, { moves }: TallyState): BacktestResult['tier_moves'] {
  const ids = levelsOf(program)
  return moves.flatMap((row, from) =>
    row.flatMap((times, to) => (times === 0 ? [] : [{ from: ids[from]!, to: ids[to]!, times }])),
  )
}

function monthResults(
  { program }: Scenario,
  tally: TallyState,
  wallets: readonly WalletFigures[],
  until: number,
): MonthResult[] {
  const [first, last] = monthsOf(program, tally, until)
  const open = wallets.map(() => 0)
  const onLevels = tally.levels.map(() => 0)
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const month = tally.months.get(first + i) ?? newMonth(first + i, wallets.length, onLevels.length)
    const { index, levels, flows, own: _own, older: _older, ...amounts } = month
    for (const [place, more] of levels.entries()) onLevels[place]! += more
    const points = wallets.map(({ points: { wallet }, value, open: opens }, place) => {
      const { forgiven, ...flow } = flows[place]!
      open[place]! += flow.issued + forgiven - flow.spent - flow.expired - flow.reversed
      return { wallet, ...flow, open: open[place]!, liability: liabilityOf(opens[i]!, value) }
    })
    return { month: nameOf(index), ...amounts, tiers: [...onLevels], points }
  })
}

function expectedOfOpen(last: OpenPoints | undefined): number {
  return last === undefined || last.open === 0 ? 1 : rounded(last.expected / last.open)
}

function liabilityOf({ open, expected }: OpenPoints, value: number) {
  return { gross: Math.round(open * value), net: Math.round(expected * value) }
}

/** `2026-05` for a month's index. */
function nameOf(index: number): string {
  const year = Math.floor(index / 12)
  return `${String(year).padStart(4, '0')}-${String(index - year * 12 + 1).padStart(2, '0')}`
}

function economicsOf(
  { margin }: Scenario,
  tally: TallyState,
  wallets: readonly WalletFigures[],
  given: BacktestResult['vouchers'],
): Economics {
  const sales = tally.sales.members - tally.refunds.members
  const cost = tally.rewards.reduce((sum, reward) => sum + reward.cost, tally.automatic)
  const owed = wallets.map(({ open, value }) => liabilityOf(open.at(-1) ?? { open: 0, expected: 0 }, value))
  const vouchers = {
    open: given.reduce((sum, { open }) => sum + open, 0),
    gross: given.reduce((sum, { liability }) => sum + liability.gross, 0),
    net: given.reduce((sum, { liability }) => sum + liability.net, 0),
  }
  const liability = {
    gross: owed.reduce((sum, { gross }) => sum + gross, vouchers.gross),
    net: owed.reduce((sum, { net }) => sum + net, vouchers.net),
  }
  const expected = cost + liability.net
  const lift = sales > 0 ? breakEvenLift(expected / sales, margin) : null
  return {
    sales,
    cost,
    reward_rate: rate(cost, sales),
    wallets: wallets.map(({ points, value, valuedBy, open, expectedRedemption }) => ({
      wallet: points.wallet,
      point_value: value,
      valued_by: valuedBy,
      expected_redemption: expectedRedemption,
      expected_of_open: expectedOfOpen(open.at(-1)),
      issued: points.issued,
      redeemed: points.spent,
      open: open.at(-1)?.open ?? 0,
    })),
    liability,
    vouchers,
    expected_cost: expected,
    expected_rate: rate(expected, sales),
    margin,
    break_even_lift: lift === null ? null : rounded(lift),
  }
}
