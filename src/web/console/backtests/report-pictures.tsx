/** The pictures of a backtest: each answers a question, and one that would say nothing is left out. */

import type { EChartsCoreOption } from 'echarts/core'
import { useMemo } from 'react'
import { formatShare, formatTime } from '../../ui/format.ts'
import { useLanguage, useWords } from '../language.tsx'
import { Chart } from '../parts/chart.tsx'
import { useFormats } from '../parts/values.tsx'
import { reportWords } from './report-words.ts'
import { leadOf, type Report, redeemingText, wordsOf } from './told.ts'

interface Picture {
  title: string
  option: EChartsCoreOption
  rows: string[][]
  height_px?: number
}

interface Series {
  name: string
  values: number[]
}

export function Pictures({ report }: { report: Report }) {
  const pictures = usePictures(report)
  return (
    <div className="backtest-pictures">
      {pictures.map(({ title, option, rows, height_px }) => (
        <Chart key={title} title={title} option={option} rows={rows} {...(height_px && { height_px })} />
      ))}
    </div>
  )
}

function usePictures(report: Report): Picture[] {
  const say = useWords(reportWords)
  const { language } = useLanguage()
  const { money, points, count } = useFormats()
  // biome-ignore lint/correctness/useExhaustiveDependencies: formats change with the language alone.
  return useMemo(() => {
    const { result } = leadOf(report)
    const { months, currency, customers, rules, rewards, tiers } = result
    const names = months.map(({ month }) => formatTime(`${month}-15T12:00:00Z`, 'month', language, 'UTC'))
    const amount = (minor: number) => money(minor, 'exact', currency)
    const short = (minor: number) => money(minor, 'short', currency)
    const share = (value: number) => formatShare(value, language)
    const some = (series: Series[]) => series.some(({ values }) => values.some((value) => value !== 0))
    const byMonth = (title: string, kind: 'bar' | 'line', series: Series[], exact: Text, axis: Text, stack = false) =>
      some(series) ? [overMonths({ title, kind, series, names, exact, axis, stack, month: say('month') })] : []
    const [first] = result.points
    const used = rewards.filter(({ cost }) => cost > 0).sort((a, b) => b.cost - a.cost)
    const giving = rules
      .filter((one) => one.points > 0 && one.wallet === first?.wallet)
      .sort((a, b) => b.points - a.points)
    const groups = customers.by_frequency.filter(({ members }) => members > 0)
    const known = report.scenarios.filter((one) => one.result.economics.expected_rate !== null)
    return [
      ...byMonth(
        say('sales'),
        'bar',
        [{ name: say('sales'), values: months.map((one) => one.sales - one.anonymous_sales) }],
        amount,
        short,
      ),
      ...byMonth(
        say('cost_of_rewards'),
        'bar',
        [{ name: say('cost_of_rewards'), values: months.map((one) => one.cost) }],
        amount,
        short,
      ),
      ...byMonth(
        say('owed_picture'),
        'line',
        (['gross', 'net'] as const).map((part) => ({
          name: say(part === 'gross' ? 'all_open' : 'expected_used'),
          values: months.map((one) => one.points.reduce((sum, { liability }) => sum + liability[part], 0)),
        })),
        amount,
        short,
      ),
      ...(groups.length === 0 || rewards.length === 0
        ? []
        : [
            named({
              title: say('reach_picture'),
              head: '',
              names: groups.map(({ orders_from: from, orders_to: to }) =>
                to === null
                  ? say('orders_more', { from })
                  : from === to
                    ? say('orders_one', { from })
                    : say('orders_range', { from, to }),
              ),
              series: [
                { name: say('reached'), values: groups.map(({ reached, members }) => reached / members) },
                { name: say('use_one'), values: groups.map(({ redeeming, members }) => redeeming / members) },
              ],
              text: share,
            }),
          ]),
      ...(known.length < 2
        ? []
        : [
            named({
              title: say('models'),
              head: say('assumption'),
              names: known.map(({ redeeming }) => redeemingText(say, redeeming)),
              series: [
                { name: say('fig_expected'), values: known.map((one) => one.result.economics.expected_rate ?? 0) },
              ],
              text: share,
            }),
          ]),
      ...(first === undefined
        ? []
        : byMonth(
            say('flows', { wallet: wordsOf(first.wallet) }),
            'bar',
            (['issued', 'spent', 'expired'] as const).map((part) => ({
              name: say(part),
              values: months.map((one) => one.points.find(({ wallet }) => wallet === first.wallet)?.[part] ?? 0),
            })),
            (value) => points(value, first.decimals),
            (value) => count(value / 10 ** first.decimals, 'short'),
          )),
      ...(giving.length < 2
        ? []
        : [
            named({
              title: say('rules'),
              head: say('rule'),
              names: giving.slice(0, MOST).map(({ rule }) => wordsOf(rule)),
              series: [{ name: say('points'), values: giving.slice(0, MOST).map((one) => one.points) }],
              text: (value) => points(value, first!.decimals),
            }),
          ]),
      ...(used.length < 2
        ? []
        : [
            named({
              title: say('rewards'),
              head: say('reward'),
              names: used.slice(0, MOST).map(({ name }) => name),
              series: [{ name: say('cost_column'), values: used.slice(0, MOST).map(({ cost }) => cost) }],
              text: amount,
            }),
          ]),
      ...(tiers.length < 2
        ? []
        : byMonth(
            say('tiers'),
            'bar',
            tiers.map(({ level }, i) => ({ name: wordsOf(level), values: months.map((one) => one.tiers[i] ?? 0) })),
            (value) => count(value),
            (value) => count(value, 'short'),
            true,
          )),
    ]
  }, [report, language])
}

const MOST = 10

type Text = (value: number) => string

function overMonths(asked: {
  title: string
  kind: 'bar' | 'line'
  series: Series[]
  names: string[]
  exact: Text
  axis: Text
  stack: boolean
  month: string
}): Picture {
  const { title, kind, series, names, exact, axis, stack, month } = asked
  const several = series.length > 1
  return {
    title,
    rows: [
      [month, ...series.map(({ name }) => name)],
      ...names.map((name, i) => [name, ...series.map(({ values }) => exact(values[i]!))]),
    ],
    option: {
      ...(several && { legend: { top: 0, left: 0 } }),
      grid: { containLabel: true, left: 0, right: 8, top: several ? 36 : 12, bottom: 10 },
      tooltip: { trigger: 'axis', valueFormatter: exact },
      xAxis: { type: 'category', data: names, axisLabel: { hideOverlap: true } },
      yAxis: { type: 'value', splitNumber: 3, axisLabel: { formatter: axis } },
      series: series.map(({ name, values }) => ({
        type: kind,
        name,
        data: values,
        ...(stack && { stack: 'all' }),
        ...(kind === 'line'
          ? { symbol: values.length === 1 ? 'circle' : 'none', lineStyle: { width: 2.25 } }
          : { barMaxWidth: 28 }),
      })),
    },
  }
}

/** Bars beside their names, the first at the top. */
function named(asked: { title: string; head: string; names: string[]; series: Series[]; text: Text }): Picture {
  const { title, head, names, series, text } = asked
  const several = series.length > 1
  return {
    title,
    height_px: names.length * (several ? 46 : 34) + (several ? 44 : 12),
    rows: [
      [head, ...series.map(({ name }) => name)],
      ...names.map((name, i) => [name, ...series.map(({ values }) => text(values[i]!))]),
    ],
    option: {
      ...(several && { legend: { top: 0, left: 0 } }),
      grid: { containLabel: true, left: 0, right: 72, top: several ? 36 : 4, bottom: 0 },
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' }, valueFormatter: text },
      xAxis: { type: 'value', show: false },
      yAxis: {
        type: 'category',
        inverse: true,
        data: names,
        axisLine: { show: false },
        axisLabel: { width: 140, overflow: 'truncate' },
      },
      series: series.map(({ name, values }) => ({
        type: 'bar',
        name,
        data: values,
        barMaxWidth: 16,
        itemStyle: { borderRadius: 2 },
        label: { show: true, position: 'right', formatter: ({ value }: { value: number }) => text(value) },
      })),
    },
  }
}
