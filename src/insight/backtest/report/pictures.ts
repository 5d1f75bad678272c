/** The pictures of a backtest: each answers a question, and one that would say nothing is left out. */

import type { Html } from '../../../core/html.ts'
import { wordsOfId } from '../../../core/terms.ts'
import { countOf } from '../../../core/text-table.ts'
import { area, bars, figure, nameAxis, type Picture, type Size, told, valueAxis } from '../../report/charts.ts'
import { chosenPercent, compact, count, money, percent, points as pointsText } from '../../report/words.ts'
import { redeemingName } from '../assumptions.ts'
import type { BacktestReport } from '../report.ts'
import type { BacktestResult } from '../result.ts'
import { flows, levels, owed, salesAndCost } from './month-pictures.ts'

export function picturesOf(report: BacktestReport, result: BacktestResult): Html[] {
  const all = [
    salesAndCost(result),
    owed(result),
    reach(result),
    models(report),
    ...flows(result),
    rules(result),
    rewards(result),
    levels(result),
  ]
  return all.filter((picture) => picture !== null).map(figure)
}

function reach({ customers, rewards, vouchers }: BacktestResult): Picture | null {
  const groups = customers.by_frequency.filter(({ members }) => members > 0)
  if (rewards.length === 0 || groups.length === 0) return null
  const names = groups.map(({ orders_from, orders_to }) => ordersText(orders_from, orders_to))
  const reached = groups.map(({ reached, members }) => reached / members)
  const used = groups.map(({ redeeming, members }) => redeeming / members)
  return {
    id: 'reach',
    title: 'Who gets as far as a reward',
    reading: `Share of members who ever ${vouchers.length > 0 ? 'get as far as' : 'have points enough for'} a reward, and who ever use one, by how many orders they made.`,
    description: `Pairs of bars: ${groups.map(({ members }, i) => `of ${countOf(members, 'member')} with ${names[i]}, ${percent(reached[i]!)} reach a reward and ${percent(used[i]!)} use one`).join('; ')}.`,
    legend: [
      { name: vouchers.length > 0 ? 'Get as far as a reward' : 'Have enough for a reward', colour: 'var(--accent)' },
      { name: 'Use one', colour: 'var(--ochre)' },
    ],
    heights: { wide: groups.length * 44 + 20, narrow: groups.length * 46 + 16 },
    draw: ({ narrow }) => ({
      grid: [area({ left: narrow ? 100 : 120, right: 48, top: 4, bottom: 8 })],
      xAxis: [valueAxis(percent, { show: false, max: 1 })],
      yAxis: [
        nameAxis(
          groups.map(({ members }, i) => `${names[i]}\n{quiet|${countOf(members, 'member')}}`),
          {
            axisLabel: {
              color: 'var(--ink)',
              fontSize: 12,
              rich: { quiet: { color: 'var(--quiet)', fontSize: 11, lineHeight: 15 } },
            },
          },
        ),
      ],
      series: [
        bars('reach', 'var(--accent)', reached, { label: told(percent), barGap: '10%', barCategoryGap: '34%' }),
        bars('use', 'var(--ochre)', used, { label: told(percent) }),
      ],
    }),
  }
}

/** `1 order`, `3–5 orders`, `21+ orders`: a group of members by how often they order. */
export function ordersText(from: number, to: number | null): string {
  if (to === null) return `${count(from)}+ orders`
  return from === to ? countOf(from, 'order') : `${count(from)}–${count(to)} orders`
}

function rules(result: BacktestResult): Picture | null {
  // A wallet's only rule gives all of its points, which needs no picture.
  const given = result.rules.filter(({ points }) => points > 0)
  const giving = given.filter(({ wallet }) => given.filter((one) => one.wallet === wallet).length > 1)
  if (giving.length === 0) return null
  const decimals = new Map(result.points.map((wallet) => [wallet.wallet, wallet.decimals]))
  const several = new Set(giving.map(({ wallet }) => wallet)).size > 1
  const sorted = [...giving].sort((a, b) => b.points - a.points).slice(0, MOST_BARS)
  const totals = new Map<string, number>()
  for (const { wallet, points } of giving) totals.set(wallet, (totals.get(wallet) ?? 0) + points)
  const shares = sorted.map(({ wallet, points }) => points / totals.get(wallet)!)
  const text = (i: number) => {
    const { wallet, points } = sorted[i]!
    return `${pointsText(points, decimals.get(wallet)!)}${several ? ` ${wordsOfId(wallet)}` : ''}, ${percent(shares[i]!)}`
  }
  return {
    id: 'rules',
    title: 'Which rules give the points',
    reading: `Points by earning rule, less what came back${several ? ', and their share in their wallet' : ', and their share'}.${idleText(result.idle_rules)}`,
    description: `Bars of points by rule: ${sorted.map(({ rule }, i) => `${wordsOfId(rule)} ${text(i)}`).join('; ')}.`,
    heights: { wide: sorted.length * 44 + 12, narrow: sorted.length * 46 + 12 },
    draw: (size) =>
      namedBars(
        size,
        sorted.map(({ rule }) => wordsOfId(rule)),
        shares,
        'var(--accent)',
        text,
      ),
  }
}

function idleText(idle: readonly string[]): string {
  if (idle.length === 0) return ''
  if (idle.length === 1) return ` The rule ${wordsOfId(idle[0]!)} never gave any.`
  return ` ${count(idle.length)} rules never gave any.`
}

const MOST_BARS = 10

/** Bars with their names and figures above them, where long names find room on a phone, too. */
function namedBars(
  { narrow }: Size,
  names: readonly string[],
  values: readonly number[],
  colour: string,
  text: (i: number) => string,
) {
  const longest = narrow ? 24 : 44
  const short = (name: string) => (name.length > longest ? `${name.slice(0, longest - 1)}…` : name)
  const most = Math.max(...values)
  return {
    grid: [area({ left: 2, right: 2, top: 14, bottom: 0 })],
    xAxis: [valueAxis(compact, { show: false, max: most })],
    yAxis: [nameAxis(names, { axisLabel: { show: false } })],
    series: [
      bars('value', colour, values, {
        barWidth: 12,
        barMinHeight: 2,
        itemStyle: { color: colour, borderRadius: 2 },
        label: above('left', (i) => short(names[i]!)),
      }),
      // As long as there is room, and not to be seen: the figures stand above its end.
      bars(
        'figure',
        'transparent',
        values.map(() => most),
        { barWidth: 12, barGap: '-100%', label: above('right', text) },
      ),
    ],
  }
}

/** A label above a bar, at its beginning or its end. */
function above(side: 'left' | 'right', text: (i: number) => string, indent = 0) {
  return {
    show: true,
    position: [side === 'left' ? indent : '100%', -17],
    align: side,
    color: side === 'left' ? 'var(--ink)' : 'var(--quiet)',
    fontSize: 12.5,
    formatter: ({ dataIndex }: { dataIndex: number }) => text(dataIndex),
  }
}

function rewards({ rewards, currency, economics }: BacktestResult): Picture | null {
  const used = rewards.filter(({ times, cost }) => times > 0 && cost > 0)
  if (used.length < 2) return null
  const sorted = [...used].sort((a, b) => b.cost - a.cost).slice(0, MOST_BARS)
  const text = (i: number) => `${money(sorted[i]!.cost, currency)}, used ${timesText(sorted[i]!.times)}`
  return {
    id: 'rewards',
    title: 'What is spent on which reward',
    reading: `The cost of all rewards used is ${money(economics.cost, currency)}.`,
    description: `Bars of cost by reward: ${sorted.map(({ name }, i) => `${name} ${text(i)}`).join('; ')}.`,
    heights: { wide: sorted.length * 44 + 12, narrow: sorted.length * 46 + 12 },
    draw: (size) =>
      namedBars(
        size,
        sorted.map(({ name }) => name),
        sorted.map(({ cost }) => cost),
        'var(--clay)',
        text,
      ),
  }
}

function timesText(times: number): string {
  return times === 1 ? 'once' : `${count(times)} times`
}

/** The same program under each assumption of how members redeem; of one alone there is nothing to compare. */
function models({ scenarios }: BacktestReport): Picture | null {
  const known = scenarios.filter(({ result }) => result.economics.expected_rate !== null)
  if (known.length < 2) return null
  const rows = known.map(({ redeeming, result, ranges }) => {
    const rate = result.economics.expected_rate!
    const { low, high } = ranges['expected_rate'] ?? { low: rate, high: rate }
    return { name: redeemingName(redeeming), rate, low: low ?? rate, high: high ?? rate }
  })
  return {
    id: 'models',
    title: 'How much hangs on how members redeem',
    reading:
      'The cost as a share of sales, with what open points are expected to cost: for each assumption its figure, and the range in which nine of ten repeated runs lie.',
    description: `For each assumption a point and a range: ${rows.map(({ name, rate, low, high }) => `${name} ${percent(rate)}, from ${percent(low)} to ${percent(high)}`).join('; ')}.`,
    heights: { wide: rows.length * 52 + 40, narrow: rows.length * 54 + 40 },
    draw: () => ({
      grid: [area({ left: 4, right: 24, top: 22, bottom: 26 })],
      xAxis: [valueAxis(chosenPercent, { min: 0 })],
      yAxis: [
        nameAxis(
          rows.map(({ name }) => name),
          { axisLabel: { show: false } },
        ),
      ],
      series: [
        {
          ...bars(
            'low',
            'transparent',
            rows.map(({ low }) => low),
            { stack: 'range', barWidth: 8 },
          ),
          label: above('left', (i) => `${rows[i]!.name}: ${percent(rows[i]!.rate)}`, 6),
        },
        bars(
          'range',
          'var(--accent)',
          rows.map(({ low, high }) => high - low),
          { stack: 'range', itemStyle: { color: 'var(--accent)', opacity: 0.35, borderRadius: 4 } },
        ),
        {
          type: 'scatter',
          symbolSize: 12,
          itemStyle: { color: 'var(--accent)', opacity: 1 },
          data: rows.map(({ rate }) => rate),
        },
      ],
    }),
  }
}
