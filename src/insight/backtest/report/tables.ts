/** The tables of a backtest: every figure of the run that the report is about, and of the others beside it. */

import { type Html, html } from '../../../core/html.ts'
import { wordsOfId } from '../../../core/terms.ts'
import { table } from '../../report/table.ts'
import {
  amount,
  capital,
  count,
  moneyRangeText,
  monthName,
  NO_FIGURE,
  percent,
  points as pointsText,
  pointWorth,
  rangeText,
} from '../../report/words.ts'
import { redeemingName } from '../assumptions.ts'
import type { BacktestReport, Ranges } from '../report.ts'
import type { BacktestResult, MonthPoints } from '../result.ts'

import { salesToMembers } from './month-pictures.ts'
import { ordersText } from './pictures.ts'

export function tablesOf(report: BacktestReport, result: BacktestResult): Html[] {
  const all = [
    runs(report),
    months(result),
    ...monthsOfPoints(result),
    reach(result),
    rewards(result),
    vouchers(result),
    rules(result),
    levels(result),
    moves(result),
    wallets(result),
    worth(result),
    history(report, result),
  ]
  return all.filter((one) => one !== null)
}

/** A row of figures of all runs: its name in `ranges`, its words, and where it stands. */
interface Reading {
  figure: string
  name: string
  isMoney?: boolean
  /** Judged by how members redeem, so that it says nothing where nobody does. */
  isJudged?: boolean
  read: (result: BacktestResult) => number | null
}

const READINGS: readonly Reading[] = [
  { figure: 'sales', name: 'Sales to members', isMoney: true, read: (r) => r.economics.sales },
  { figure: 'reward_rate', name: 'Cost of rewards, of sales', read: (r) => r.economics.reward_rate },
  { figure: 'cost', name: 'Cost of rewards', isMoney: true, read: (r) => r.economics.cost },
  {
    figure: 'expected_rate',
    name: 'Cost in the end, of sales',
    isJudged: true,
    read: (r) => r.economics.expected_rate,
  },
  {
    figure: 'expected_cost',
    name: 'Cost in the end',
    isJudged: true,
    isMoney: true,
    read: (r) => r.economics.expected_cost,
  },
  { figure: 'liability_gross', name: 'Owed at the end', isMoney: true, read: (r) => r.economics.liability.gross },
  {
    figure: 'liability_net',
    name: 'Of it expected to be used',
    isJudged: true,
    isMoney: true,
    read: (r) => r.economics.liability.net,
  },
  { figure: 'discounts', name: 'Taken off orders', isMoney: true, read: (r) => r.discounts },
  { figure: 'reached_share', name: 'Reach a reward', read: (r) => shareOf(r.customers.reached, r.members) },
  { figure: 'redeeming_share', name: 'Use one', read: (r) => shareOf(r.customers.redeeming, r.members) },
  {
    figure: 'break_even_lift',
    name: 'Growth that pays for it',
    isJudged: true,
    read: (r) => r.economics.break_even_lift,
  },
]

function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

interface Column {
  name: string
  unit: string
  result: BacktestResult
  ranges: Ranges
}

/** Each figure under each assumption, its range below it. */
function runs(report: BacktestReport): Html | null {
  const { scenarios, currency } = report
  const columns: Column[] = scenarios.flatMap(({ redeeming, result, ranges, with_response }) => {
    const name = redeemingName(redeeming)
    const own = { name, unit: '', result, ranges }
    if (with_response === null) return [own]
    return [own, { ...own, unit: 'sooner near a goal', result: with_response.result, ranges: with_response.ranges }]
  })
  if (columns.length === 0) return null
  columns.push({ name: redeemingName(report.redeeming), unit: '', result: report, ranges: {} })
  return table({
    title: 'What hangs on how members redeem',
    note: `Each figure under each assumption${columns[0]!.ranges['cost'] === undefined ? '' : '; below it the range in which nine of ten lie when members are drawn again'}.`,
    columns: ['', ...columns.map(({ name, unit }) => ({ name, unit }))],
    rows: READINGS.map(({ figure, name, isMoney, isJudged, read }) => [
      isMoney ? html`${name} <small>${currency}</small>` : name,
      ...columns.map(({ result, ranges }) => {
        const value = isJudged && result.customers.redeeming === 0 ? null : read(result)
        const range = isMoney ? moneyRangeText(ranges[figure], currency) : rangeText(ranges[figure], percent)
        const text = value === null ? NO_FIGURE : isMoney ? amount(value, currency) : percent(value)
        return range === null ? text : html`${text}<small>${range}</small>`
      }),
    ]),
  })
}

function months(result: BacktestResult): Html | null {
  const { currency } = result
  if (result.months.length === 0) return null
  return table({
    title: 'Month by month',
    note: 'Sales are before what came back. Others are those to whom something was sold without a name.',
    columns: [
      'Month',
      'Joined',
      'Ordering',
      'Orders',
      { name: 'Sales to members', unit: currency },
      { name: 'Sales to others', unit: currency },
      'Rewards used',
      { name: 'Taken off orders', unit: currency },
      { name: 'Cost of rewards', unit: currency },
      { name: 'Cost', unit: 'of sales to members' },
    ],
    rows: result.months.map((month) => [
      monthName(month.month),
      count(month.joined),
      count(month.active),
      count(month.orders),
      amount(salesToMembers(month), currency),
      amount(month.anonymous_sales, currency),
      count(month.redemptions),
      amount(month.discount, currency),
      amount(month.cost, currency),
      percent(salesToMembers(month) > 0 ? month.cost / salesToMembers(month) : null),
    ]),
  })
}

function monthsOfPoints(result: BacktestResult): Html[] {
  const { currency } = result
  return result.points.flatMap(({ wallet, decimals, issued }) => {
    // Where a program lives on stamps nobody has points, and every program has a wallet.
    if (issued === 0 && result.vouchers.length > 0) return []
    const own = result.months.map(({ month, points }) => ({
      month,
      points: points.find((one) => one.wallet === wallet),
    }))
    if (own.length === 0) return []
    const text = (number: number) => pointsText(number, decimals)
    return table({
      title: `${capital(wordsOfId(wallet))} month by month`,
      note: 'Held and owed are at the month’s end.',
      columns: [
        'Month',
        'Earned',
        'Spent',
        'Lapsed',
        'Taken back',
        'Held',
        { name: 'Owed', unit: currency },
        { name: 'Expected to be used', unit: currency },
      ],
      rows: own.map(({ month, points }) => [monthName(month), ...flowCells(points, text, currency)]),
    })
  })
}

function flowCells(points: MonthPoints | undefined, text: (number: number) => string, currency: string): string[] {
  if (points === undefined) return Array.from({ length: 7 }, () => NO_FIGURE)
  const { issued, spent, expired, reversed, open, liability } = points
  const moved = [issued, spent, expired, reversed, open].map(text)
  return [...moved, amount(liability.gross, currency), amount(liability.net, currency)]
}

function reach({ customers, rewards }: BacktestResult): Html | null {
  const { by_frequency } = customers
  if (rewards.length === 0 || by_frequency.length === 0) return null
  return table({
    title: 'Who reaches a reward',
    note: 'By how many orders members made. The median says after how many days half of those who reach one do.',
    columns: [
      'Orders',
      'Members',
      'Reach a reward',
      'of them',
      'Use one',
      'of them',
      { name: 'Median', unit: 'days to the first' },
    ],
    rows: by_frequency.map(({ orders_from, orders_to, members, reached, redeeming, days_to_first }) => [
      ordersText(orders_from, orders_to),
      count(members),
      count(reached),
      percent(shareOf(reached, members)),
      count(redeeming),
      percent(shareOf(redeeming, members)),
      days_to_first === null ? NO_FIGURE : count(days_to_first),
    ]),
  })
}

function rewards({ rewards, points, currency }: BacktestResult): Html | null {
  if (rewards.length === 0) return null
  const decimals = decimalsOf(points)
  return table({
    title: 'Rewards',
    note: 'What members saved by them, and what they cost the business. What came back with returned orders is taken off.',
    columns: [
      'Reward',
      'Used',
      'By members',
      'Points spent',
      { name: 'Saved', unit: currency },
      { name: 'Cost', unit: currency },
      { name: 'Cost each', unit: currency },
    ],
    rows: rewards.map(({ name, wallet, times, members, points, value, cost }) => [
      name,
      count(times),
      count(members),
      pointsText(points, decimals(wallet)),
      amount(value, currency),
      amount(cost, currency),
      times === 0 ? NO_FIGURE : amount(Math.round(cost / times), currency),
    ]),
  })
}

function vouchers({ vouchers, currency }: BacktestResult): Html | null {
  if (vouchers.length === 0) return null
  return table({
    title: 'Vouchers',
    note: 'Rewards that the program gives by itself. What is open at the end is owed at what one has cost; of it as many are expected to be used as were used of those that ended.',
    columns: [
      'Reward',
      'Given',
      'Used',
      'Taken back',
      'Expired',
      'Open',
      { name: 'Owed', unit: currency },
      { name: 'Expected to be used', unit: currency },
    ],
    rows: vouchers.map(({ name, sources, issued, used, withdrawn, expired, open, liability }) => [
      html`${name} <small>${Object.keys(sources).join(', ')}</small>`,
      ...[issued, used, withdrawn, expired, open].map(count),
      amount(liability.gross, currency),
      amount(liability.net, currency),
    ]),
  })
}

function decimalsOf(points: BacktestResult['points']): (wallet: string) => number {
  const known = new Map(points.map(({ wallet, decimals }) => [wallet, decimals]))
  return (wallet) => known.get(wallet) ?? 0
}

function rules({ rules, points }: BacktestResult): Html | null {
  if (rules.length === 0) return null
  const decimals = decimalsOf(points)
  const totals = new Map<string, number>()
  for (const { wallet, points } of rules) totals.set(wallet, (totals.get(wallet) ?? 0) + points)
  return table({
    title: 'Earning rules',
    note: 'How often each gave points, and how many, less those that came back.',
    columns: ['Rule', 'Wallet', 'Times', 'Points', { name: 'Share', unit: 'of its wallet' }],
    words: 2,
    rows: rules.map(({ rule, wallet, times, points }) => [
      wordsOfId(rule),
      wordsOfId(wallet),
      times === 0 ? 'never' : count(times),
      pointsText(points, decimals(wallet)),
      percent(totals.get(wallet)! > 0 ? points / totals.get(wallet)! : null),
    ]),
  })
}

function levels({ tiers, members: all, currency }: BacktestResult): Html | null {
  if (tiers.length === 0) return null
  return table({
    title: 'Levels',
    note: 'Members at the end; orders, sales and cost are of the time that members spent on the level.',
    columns: [
      'Level',
      'Members',
      { name: 'Share', unit: 'of members' },
      'Orders',
      { name: 'Sales', unit: currency },
      { name: 'Cost of rewards', unit: currency },
      { name: 'Cost', unit: 'of sales' },
    ],
    rows: tiers.map(({ level, members, orders, sales, cost, reward_rate }) => [
      capital(wordsOfId(level)),
      count(members),
      percent(shareOf(members, all)),
      count(orders),
      amount(sales, currency),
      amount(cost, currency),
      percent(reward_rate),
    ]),
  })
}

function moves({ tier_moves }: BacktestResult): Html | null {
  if (tier_moves.length === 0) return null
  return table({
    title: 'Moves between levels',
    columns: ['From', 'To', 'Times'],
    words: 2,
    rows: tier_moves.map(({ from, to, times }) => [capital(wordsOfId(from)), capital(wordsOfId(to)), count(times)]),
  })
}

function wallets({ points }: BacktestResult): Html | null {
  return table({
    title: 'Where all points are',
    note: 'Earned = spent + lapsed + taken back + held, less what returns did not have to give back and less what is owed by members.',
    columns: [
      'Wallet',
      'Earned',
      'Spent',
      'Lapsed',
      'Taken back',
      'Not yet theirs',
      'Held',
      'Reserved',
      'Owed by members',
    ],
    rows: points.map(({ wallet, decimals, issued, spent, expired, reversed, pending, available, held, debt }) => [
      wordsOfId(wallet),
      ...[issued, spent, expired, reversed, pending, available, held, debt].map((number) =>
        pointsText(number, decimals),
      ),
    ]),
  })
}

const VALUED_BY = {
  'rewards used': 'what the rewards used have cost',
  catalogue: 'the rewards on offer, the one in the middle',
  nothing: 'no reward takes them',
}

function worth({ economics, points, currency }: BacktestResult): Html | null {
  const decimals = decimalsOf(points)
  return table({
    title: 'What points are worth',
    note: 'What a point is worth, by what that is judged, and the share of all points that will be used in the end.',
    columns: ['Wallet', 'Judged by', { name: 'Worth of one', unit: currency }, 'Used in the end', 'Held at the end'],
    words: 2,
    rows: economics.wallets.map(({ wallet, point_value, valued_by, expected_redemption, open }) => [
      wordsOfId(wallet),
      VALUED_BY[valued_by],
      pointWorth(point_value * 10 ** decimals(wallet), currency),
      percent(expected_redemption),
      pointsText(open, decimals(wallet)),
    ]),
  })
}

/** What the figures are made of: all that was in the history. */
function history({ source }: BacktestReport, result: BacktestResult): Html {
  const { currency, orders, returns, sales, refunds, members, customers, activities } = result
  const refused = Object.entries(orders.refused).map(([code, number]) => [
    `Orders refused: ${wordsOfId(code)}`,
    count(number!),
    NO_FIGURE,
  ])
  const odd = Object.entries(source.reports).map(([code, number]) => [oddText(source, code), count(number), NO_FIGURE])
  return table({
    title: 'What this is made of',
    columns: ['', 'Number', { name: 'Money', unit: currency }],
    rows: [
      ['Orders of members', count(orders.members), amount(sales.members, currency)],
      ['What came back of them', count(returns.members), amount(refunds.members, currency)],
      ['Sales to nobody in particular', count(orders.anonymous), amount(sales.anonymous, currency)],
      ['What came back of these', count(returns.anonymous), amount(refunds.anonymous, currency)],
      ['Members', count(members), NO_FIGURE],
      [`Members who ordered in the last ${count(customers.active_days)} days`, count(customers.active), NO_FIGURE],
      ['Members who earned points', count(customers.earning), NO_FIGURE],
      ...(orders.duplicates > 0 ? [['Orders that came twice, taken once', count(orders.duplicates), NO_FIGURE]] : []),
      ...(orders.after_until > 0 ? [['Orders after the end, left out', count(orders.after_until), NO_FIGURE]] : []),
      ...refused,
      ...odd,
      ['Decisions made', count(activities.total), NO_FIGURE],
    ],
  })
}

function oddText({ kind }: BacktestReport['source'], code: string): string {
  if (kind === 'file') return `Rows of the file: ${wordsOfId(code)}`
  return LEFT_OUT[code] ?? `Left out: ${wordsOfId(code)}`
}

const LEFT_OUT: Record<string, string> = {
  erased: 'Members who were erased, of whom nothing is told',
  order_from_before: 'Returns of orders from before the beginning, left out',
}
