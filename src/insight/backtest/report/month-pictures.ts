/** The pictures of a backtest that go month by month: sales and cost, what is owed, what becomes of points, levels. */

import { minorDigits } from '../../../core/money.ts'
import { wordsOfId } from '../../../core/terms.ts'
import { parseInstant } from '../../../core/time.ts'
import { area, bars, line, monthAxis, type Picture, type Size, valueAxis } from '../../report/charts.ts'
import {
  capital,
  compact,
  count,
  dayName,
  money,
  monthName,
  monthOf,
  points as pointsText,
} from '../../report/words.ts'
import type { BacktestResult, MonthResult } from '../result.ts'

/** Money on axes stands in major units. */
function major(result: BacktestResult, values: readonly number[]): number[] {
  const unit = 10 ** (minorDigits(result.currency) ?? 0)
  return values.map((value) => value / unit)
}

export function salesAndCost(result: BacktestResult): Picture | null {
  const { months, currency } = result
  if (!months.some((month) => salesToMembers(month) !== 0)) return null
  const names = months.map(({ month }) => month)
  const sales = major(result, months.map(salesToMembers))
  const hasCost = months.some(({ cost }) => cost !== 0)
  const cost = major(
    result,
    months.map((month) => month.cost),
  )
  const best = mostOf(months, salesToMembers)
  return {
    id: 'sales',
    title: hasCost ? 'Sales, and what rewards cost' : 'Sales',
    reading: `By month, in ${currency}. ${hasCost ? 'The two have scales of their own: rewards are small beside sales. ' : ''}Most was sold in ${monthName(best.month)}.${lastMonthText(result)}`,
    description: `Bars of members’ sales${hasCost ? ' and of the cost of rewards' : ''} by month, from ${monthName(names[0]!)} to ${monthName(names.at(-1)!)}.`,
    legend: [
      { name: 'Sales to members', colour: 'var(--sand)' },
      ...(hasCost ? [{ name: 'Cost of rewards', colour: 'var(--clay)' }] : []),
    ],
    draw: (size) => {
      if (!hasCost)
        return {
          grid: [area()],
          xAxis: [monthAxis(names, size)],
          yAxis: [valueAxis()],
          series: [bars('sales', 'var(--sand)', sales)],
        }
      return stacked(size, names, [
        { share: 0.58, series: [bars('sales', 'var(--sand)', sales)] },
        { share: 0.42, series: [bars('cost', 'var(--clay)', cost)] },
      ])
    },
  }
}

/** Before what came back; the program is carried by these alone. */
export function salesToMembers({ sales, anonymous_sales }: MonthResult): number {
  return sales - anonymous_sales
}

/** A last month that looks poor may only be short. */
function lastMonthText({ months, until, timezone }: BacktestResult): string {
  const end = parseInstant(until)!
  const last = months.at(-1)!.month
  if (monthOf(end, timezone) !== last) return ''
  return ` ${monthName(last)} ends with ${dayName(end - 1, timezone)}.`
}

/** Panels above one another over the same months. */
function stacked(
  { height, ...size }: Size,
  months: readonly string[],
  panels: readonly { share: number; series: object[] }[],
) {
  const [top, gap, foot] = [12, 30, 36]
  const room = height - top - foot - gap * (panels.length - 1)
  let y = top
  const parts = panels.map(({ share, series }, i) => {
    const own = Math.round(room * share)
    const grid = area({ top: y, height: own })
    y += own + gap
    const isLast = i === panels.length - 1
    const hidden = { axisLabel: { show: false } }
    return {
      grid,
      xAxis: monthAxis(months, { ...size, height }, { gridIndex: i, ...(isLast ? {} : hidden) }),
      yAxis: valueAxis(compact, { gridIndex: i, splitNumber: 2 }),
      series: series.map((one) => ({ ...one, xAxisIndex: i, yAxisIndex: i })),
    }
  })
  return {
    grid: parts.map(({ grid }) => grid),
    xAxis: parts.map(({ xAxis }) => xAxis),
    yAxis: parts.map(({ yAxis }) => yAxis),
    series: parts.flatMap(({ series }) => series),
  }
}

function mostOf(months: readonly MonthResult[], of: (month: MonthResult) => number): MonthResult {
  return months.reduce((best, month) => (of(month) > of(best) ? month : best))
}

export function owed(result: BacktestResult): Picture | null {
  const { months, currency } = result
  const sum = (month: MonthResult, of: 'gross' | 'net') =>
    month.points.reduce((all, { liability }) => all + liability[of], 0)
  const gross = months.map((month) => sum(month, 'gross'))
  const net = months.map((month) => sum(month, 'net'))
  if (!gross.some((value) => value !== 0)) return null
  const names = months.map(({ month }) => month)
  const most = mostOf(months, (month) => sum(month, 'gross'))
  return {
    id: 'owed',
    title: 'What is owed to members',
    reading: `The worth of open points at each month’s end, in ${currency}: all of them, and those expected to be used. At most ${money(sum(most, 'gross'), currency)}, in ${monthName(most.month)}.`,
    description: `Two lines of the worth of open points at the end of each month, before and after points that are expected to lapse. The last stand at ${money(gross.at(-1)!, currency)} and ${money(net.at(-1)!, currency)}.`,
    legend: [
      { name: 'All open points', colour: 'var(--blue)' },
      { name: 'Expected to be used', colour: 'var(--accent)' },
    ],
    draw: (size) => ({
      grid: [area()],
      xAxis: [monthAxis(names, size, { boundaryGap: names.length === 1 })],
      yAxis: [valueAxis()],
      series: [
        line('all', 'var(--blue)', major(result, gross), { areaStyle: { color: 'var(--blue)', opacity: 0.12 } }),
        line('expected', 'var(--accent)', major(result, net), { areaStyle: { color: 'var(--accent)', opacity: 0.16 } }),
      ],
    }),
  }
}

export function flows(result: BacktestResult): (Picture | null)[] {
  return result.points.map(({ wallet, decimals }) => {
    const moved = result.months.map(({ points }) => points.find((own) => own.wallet === wallet)!)
    if (!moved.some(({ issued, spent, expired }) => issued !== 0 || spent !== 0 || expired !== 0)) return null
    const whole = (values: number[]) => values.map((value) => value / 10 ** decimals)
    const out = [
      { name: 'Spent', colour: 'var(--ochre)', data: whole(moved.map(({ spent }) => -spent)) },
      { name: 'Lapsed', colour: 'var(--plum)', data: whole(moved.map(({ expired }) => -expired)) },
      { name: 'Taken back by returns', colour: 'var(--clay)', data: whole(moved.map(({ reversed }) => -reversed)) },
    ].filter(({ data }) => data.some((value) => value !== 0))
    const names = result.months.map(({ month }) => month)
    const words = wordsOfId(wallet)
    return {
      id: `flow-${result.points.findIndex((own) => own.wallet === wallet)}`,
      title: `What becomes of ${words}`,
      reading: `Above the line what was earned in a month${out.length === 0 ? '' : `, below it what was ${either(out.map(({ name }) => name.toLowerCase()))}`}; under that, what members held when the month ended.`,
      description: `Bars by month of the ${words} earned, ${out.map(({ name }) => name.toLowerCase()).join(', ')}; below, the ${words} that members held. At the end they held ${pointsText(moved.at(-1)!.open, decimals)}.`,
      legend: [{ name: 'Earned', colour: 'var(--accent)' }, ...out, { name: 'Held', colour: 'var(--blue)' }],
      heights: { wide: 340, narrow: 320 },
      draw: (size) =>
        stacked(size, names, [
          {
            share: 0.62,
            series: [
              bars('earned', 'var(--accent)', whole(moved.map(({ issued }) => issued)), { stack: 'flow' }),
              ...out.map(({ name, colour, data }) => bars(name, colour, data, { stack: 'flow' })),
            ],
          },
          {
            share: 0.38,
            series: [
              line('held', 'var(--blue)', whole(moved.map(({ open }) => open)), {
                areaStyle: { color: 'var(--blue)', opacity: 0.12 },
              }),
            ],
          },
        ]),
    }
  })
}

/** `spent or lapsed`, `spent, lapsed or taken back by returns` */
function either(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

const LEVEL_COLOURS = ['var(--ochre)', 'var(--blue)', 'var(--accent)', 'var(--plum)', 'var(--clay)', 'var(--sand)']

export function levels({ tiers, months, members }: BacktestResult): Picture | null {
  if (tiers.length < 2 || !months.some((month) => month.tiers.slice(1).some((on) => on > 0))) return null
  const names = months.map(({ month }) => month)
  const [lowest, ...above] = tiers
  const colour = (i: number) => LEVEL_COLOURS[i % LEVEL_COLOURS.length]!
  return {
    id: 'levels',
    title: 'How many reach a higher level',
    reading: `Members above the lowest level at each month’s end. At the end ${count(lowest!.members)} of ${count(members)} are ${wordsOfId(lowest!.level)}, the lowest.`,
    description: `Stacked bars by month of the members on each level above ${wordsOfId(lowest!.level)}. At the end: ${above.map(({ level, members }) => `${wordsOfId(level)} ${count(members)}`).join(', ')}.`,
    legend: above.map(({ level, members }, i) => ({
      name: `${capital(wordsOfId(level))}, ${count(members)} at the end`,
      colour: colour(i),
    })),
    draw: (size) => ({
      grid: [area()],
      xAxis: [monthAxis(names, size)],
      yAxis: [valueAxis(compact, { minInterval: 1 })],
      series: above.map(({ level }, i) =>
        bars(
          level,
          colour(i),
          months.map((month) => month.tiers[i + 1]!),
          { stack: 'levels' },
        ),
      ),
    }),
  }
}
