/** What a backtest tells as tables that people read on a terminal: first the answer, then where it comes from. */

import { formatAmount, minorDigits } from '../../core/money.ts'
import { alignColumns, countOf, groupDigits } from '../../core/text-table.ts'
import { amount, count, percent } from '../report/terminal.ts'
import { comparisonText } from './compare-text.ts'
import type { Range } from './ranges.ts'
import type { BacktestReport, Ranges } from './report.ts'
import type { BacktestResult } from './result.ts'
import type { Redeeming } from './scenario.ts'

/** Tables of a scenario's own are those of the first one; without any, those of history as it was. */
export function backtestText(report: BacktestReport): string {
  const main = report.scenarios[0]?.result ?? report
  const tables = [
    headText(report),
    answerText(report),
    frequencyText(main),
    rewardsText(main),
    vouchersText(main),
    tiersText(main),
    monthsText(main),
    pointsText(main),
    rulesText(main),
    report.against === null ? '' : comparisonText(report.against, report.currency),
  ]
  return tables.filter((table) => table !== '').join('\n\n')
}

function headText(result: BacktestResult): string {
  const { program, from, until, members, orders, returns, sales, refunds, currency, customers } = result
  const money = (minor: number) => `${amount(minor, currency)} ${currency}`
  const lines = [
    `${program}, ${from === null ? 'no orders' : `from ${from}`} until ${until}`,
    `${countOf(orders.members, 'order')} of ${countOf(members, 'member')}, ${money(sales.members)}; ${countOf(orders.anonymous, 'anonymous sale')}, ${money(sales.anonymous)}`,
    `${countOf(customers.active, 'member')} ordered in the last ${customers.active_days} days; ${countOf(customers.earning, 'member')} earned points at all`,
  ]
  if (returns.members + returns.anonymous > 0)
    lines.push(
      `${countOf(returns.members, 'return')} of members, ${money(refunds.members)}; ${count(returns.anonymous)} of anonymous sales, ${money(refunds.anonymous)}`,
    )
  if (orders.after_until > 0) lines.push(`${countOf(orders.after_until, 'order')} after the end left out`)
  for (const [code, refused] of Object.entries(orders.refused))
    lines.push(`${countOf(refused, 'order')} refused: ${code}`)
  return lines.join('\n')
}

/** A run as a column: what is assumed in it, and its figures. */
interface Column {
  name: string
  result: BacktestResult
  ranges: Ranges
}

/** The headline figures of all runs side by side, and those of the first with the range in which nine of ten draws lie. */
function answerText(report: BacktestReport): string {
  if (report.rewards.length === 0 && report.economics.cost === 0)
    return 'The program offers no reward, so its points cost nothing.'
  const columns: Column[] = [{ name: 'nobody redeems', result: report, ranges: {} }]
  for (const { redeeming, result, ranges, with_response } of report.scenarios) {
    const name = nameOf(redeeming)
    if (redeeming.model !== 'none') columns.push({ name, result, ranges })
    if (with_response !== null)
      columns.push({ name: `${name}, sooner`, result: with_response.result, ranges: with_response.ranges })
  }
  const first = columns[1]
  const head = ['if members redeem', ...columns.map(({ name }) => name)]
  if (first !== undefined) head.push(`range of “${first.name}”`)
  const rows = FIGURES.map(({ words, figure, of, text }) => {
    const values = columns.map(({ result }) => {
      const value = of(result)
      return value === null ? '–' : text(value, result)
    })
    const range = first === undefined || figure === null ? undefined : first.ranges[figure]
    const told = range === undefined ? '' : rangeText(range, (bound) => text(bound, first!.result))
    return [words, ...values, ...(first === undefined ? [] : [told])]
  })
  return alignColumns([head, ...rows])
}

function nameOf(redeeming: Redeeming): string {
  if (redeeming.model === 'hazard') return `at random, ${Math.round(redeeming.chance * 100)}%`
  return { none: 'never', 'at-once': 'at once', saver: 'for the dearest', past: 'as in the past' }[redeeming.model]
}

interface Figure {
  words: string
  /** Its name among the ranges. */
  figure: string | null
  of(result: BacktestResult): number | null
  text(value: number, result: BacktestResult): string
}

const asMoney = (value: number, { currency }: BacktestResult) => amount(value, currency)
const asShare = (value: number) => percent(value)
const asCount = (value: number) => count(value)

const FIGURES: readonly Figure[] = [
  { words: 'rewards cost', figure: 'cost', of: (r) => r.economics.cost, text: asMoney },
  { words: '  of sales', figure: 'reward_rate', of: (r) => r.economics.reward_rate, text: asShare },
  {
    words: 'open at the end is worth',
    figure: 'liability_gross',
    of: (r) => r.economics.liability.gross,
    text: asMoney,
  },
  {
    words: '  those to be used',
    figure: 'liability_net',
    of: inTheEnd(({ liability }) => liability.net),
    text: asMoney,
  },
  {
    words: 'cost in the end',
    figure: 'expected_cost',
    of: inTheEnd(({ expected_cost }) => expected_cost),
    text: asMoney,
  },
  { words: '  of sales', figure: 'expected_rate', of: inTheEnd(({ expected_rate }) => expected_rate), text: asShare },
  {
    words: 'growth that pays for it',
    figure: 'break_even_lift',
    of: inTheEnd(({ break_even_lift }) => break_even_lift),
    text: asShare,
  },
  {
    words: 'members who reach a reward',
    figure: 'reached_share',
    of: ({ customers, members }) => (members === 0 ? null : customers.reached / members),
    text: asShare,
  },
  {
    words: 'members who used one',
    figure: 'redeeming_share',
    of: ({ customers, members }) => (members === 0 ? null : customers.redeeming / members),
    text: asShare,
  },
  {
    words: 'days until the first, median',
    figure: null,
    of: (r) => r.first_reward.days?.median ?? null,
    text: asCount,
  },
  {
    words: 'orders until the first, median',
    figure: null,
    of: (r) => r.first_reward.orders?.median ?? null,
    text: asCount,
  },
  { words: 'sales to members', figure: null, of: (r) => r.economics.sales, text: asMoney },
]

function rangeText({ low, high }: Range, text: (bound: number) => string): string {
  return low === null ? '' : `${text(low)} to ${high === null ? 'none' : text(high)}`
}

/** Where nobody redeems, nothing is known of what members will do in the end. */
function inTheEnd(of: (economics: BacktestResult['economics']) => number | null) {
  return ({ redeeming, economics }: BacktestResult) => (redeeming.model === 'none' ? null : of(economics))
}

function frequencyText({ customers, rewards, members: all }: BacktestResult): string {
  if (rewards.length === 0 || all === 0) return ''
  const rows = customers.by_frequency.map(({ orders_from, orders_to, members, reached, redeeming, days_to_first }) => [
    orders_to === null
      ? `${orders_from} and more`
      : orders_from === orders_to
        ? `${orders_from}`
        : `${orders_from}–${orders_to}`,
    count(members),
    members === 0 ? '–' : percent(reached / members),
    members === 0 ? '–' : percent(redeeming / members),
    days_to_first === null ? '–' : count(days_to_first),
  ])
  return alignColumns([['orders', 'members', 'reach a reward', 'use one', 'days to first'], ...rows])
}

function rewardsText({ rewards, points, currency }: BacktestResult): string {
  if (rewards.length === 0) return ''
  const rows = rewards.map(({ reward, name, wallet, times, members, points: spent, value, cost }) => [
    name === reward ? reward : `${name} (${reward})`,
    count(times),
    count(members),
    inWallet(spent, wallet, points),
    amount(value, currency),
    amount(cost, currency),
  ])
  return alignColumns([['reward', 'times', 'members', 'points', `saved (${currency})`, `cost (${currency})`], ...rows])
}

function vouchersText({ vouchers, currency }: BacktestResult): string {
  if (vouchers.length === 0) return ''
  const rows = vouchers.map(({ reward, sources, issued, used, withdrawn, expired, open, liability }) => [
    reward,
    Object.keys(sources).join(', '),
    ...[issued, used, withdrawn, expired, open].map(count),
    amount(liability.gross, currency),
    amount(liability.net, currency),
  ])
  const head = ['vouchers of', 'given by', 'given', 'used', 'taken back', 'expired', 'open', `worth (${currency})`]
  return alignColumns([[...head, 'to be used'], ...rows], ['left', 'left'])
}

function tiersText({ tiers, tier_moves, currency }: BacktestResult): string {
  if (tiers.length === 0) return ''
  const rows = tiers.map(({ level, members, orders, sales, cost, reward_rate }) => [
    level,
    count(members),
    count(orders),
    amount(sales, currency),
    amount(cost, currency),
    reward_rate === null ? '–' : percent(reward_rate),
  ])
  const table = alignColumns([
    ['tier', 'members', 'orders', `sales (${currency})`, 'rewards cost', 'of sales'],
    ...rows,
  ])
  const moves = tier_moves.map(({ from, to, times }) => `${from} → ${to} ${count(times)}`)
  return moves.length === 0 ? table : `${table}\nmoves: ${moves.join(', ')}`
}

function monthsText({ months, points, currency }: BacktestResult): string {
  if (months.length === 0) return ''
  const name = (wallet: string, what: string) => (points.length === 1 ? what : `${wallet} ${what}`)
  const head = ['month', 'joined', 'active', 'orders', `sales (${currency})`, 'rewards', 'cost']
  for (const { wallet } of points)
    head.push(...['issued', 'used', 'expired', 'open', 'worth', 'to be used'].map((what) => name(wallet, what)))
  const rows = months.map(({ month, joined, active, orders, sales, redemptions, cost, points: moved }) => {
    const row = [month, count(joined), count(active), count(orders), amount(sales, currency)]
    row.push(count(redemptions), amount(cost, currency))
    for (const [place, { issued, spent, expired, open, liability }] of moved.entries()) {
      const { decimals } = points[place]!
      row.push(...[issued, spent, expired, open].map((value) => groupDigits(formatAmount(value, decimals))))
      row.push(amount(liability.gross, currency), amount(liability.net, currency))
    }
    return row
  })
  return alignColumns([head, ...rows])
}

function pointsText({ points, economics, currency }: BacktestResult): string {
  const kinds = ['issued', 'spent', 'expired', 'reversed', 'pending', 'available', 'held', 'debt'] as const
  const rows = points.map((wallet, place) => {
    const { point_value, expected_redemption } = economics.wallets[place]!
    return [
      wallet.wallet,
      ...kinds.map((kind) => groupDigits(formatAmount(wallet[kind], wallet.decimals))),
      pointValue(point_value * 10 ** wallet.decimals, currency),
      expected_redemption === null ? '–' : percent(expected_redemption),
    ]
  })
  return alignColumns([['points', ...kinds, 'one costs', 'used in the end'], ...rows])
}

/** What a point costs is often less than the smallest coin. */
function pointValue(minor: number, currency: string): string {
  const digits = minorDigits(currency) ?? 0
  return (minor / 10 ** digits).toFixed(digits + 2)
}

function rulesText({ rules, points, idle_rules }: BacktestResult): string {
  if (rules.length === 0) return ''
  const rows = rules.map(({ rule, wallet, times, points: given }) => [
    rule,
    wallet,
    count(times),
    inWallet(given, wallet, points),
  ])
  const table = alignColumns([['rule', 'wallet', 'times', 'points'], ...rows], ['left', 'left'])
  if (idle_rules.length === 0) return table
  return `${table}\n${idle_rules.length === 1 ? 'This rule' : 'These rules'} never gave anything: ${idle_rules.join(', ')}`
}

function inWallet(value: number, wallet: string, points: BacktestResult['points']): string {
  return groupDigits(formatAmount(value, points.find((one) => one.wallet === wallet)?.decimals ?? 0))
}
