/** The pictures of a balance: the frontier, the wait against the growth that pays for it, and how a target is met. */

import type { Html } from '../../core/html.ts'
import { minorDigits } from '../../core/money.ts'
import { area, figure, line, type Size, valueAxis } from '../report/charts.ts'
import { chosenPercent, percent } from '../report/words.ts'
import type { BalanceReport, VariantReport } from './report.ts'
import { VERDICTS } from './sentences.ts'
import { type FigureName, figureText } from './target-text.ts'
import type { Thresholds } from './verdict.ts'

type Verdict = VariantReport['verdict']

export const COLOUR: Readonly<Record<Verdict, string>> = {
  too_stingy: 'var(--blue)',
  balanced: 'var(--accent)',
  too_generous: 'var(--clay)',
  both: 'var(--plum)',
}

export function frontierPicture(report: BalanceReport): Html {
  const { variants, thresholds, margin, gets } = report
  const pointOf = ({ figures }: VariantReport) => [figures.expected_rate ?? 0, figures[gets] ?? 0]
  const { least_rate, most_lift } = thresholds as Thresholds
  // ℓ = c ÷ (m − c), the other way round.
  const dearest = (margin * most_lift) / (1 + most_lift)
  return figure({
    id: 'frontier',
    title: 'The frontier: members reached, against cost',
    reading:
      'Farther up more members reach a reward; farther right it costs more of sales. Nothing lies above the line.',
    description: `Of ${variants.length} variants, the share of members who reach a reward against the share of sales that it costs in the end. The table below has every figure.`,
    legend: legendOf(variants),
    heights: { wide: 360, narrow: 300 },
    draw: (size) => ({
      grid: area({ top: 24, bottom: 44 }),
      xAxis: shareAxis('cost in the end, of sales', [...variants.map((variant) => pointOf(variant)[0]!), dearest]),
      yAxis: shareAxis(
        '',
        variants.map((variant) => pointOf(variant)[1]!),
        1,
      ),
      series: [
        line('frontier', 'var(--quiet)', [], {
          data: variants.filter((variant) => variant.frontier).map(pointOf),
          symbol: 'none',
          lineStyle: { color: 'var(--quiet)', width: 1.25 },
          markLine: marks(
            { xAxis: least_rate, label: `${chosenPercent(least_rate)} is the least` },
            { xAxis: dearest, label: size.narrow ? percent(dearest) : `${percent(dearest)} is the most` },
          ),
        }),
        ...dots(variants, pointOf, size),
      ],
    }),
  })
}

export function waitPicture({ variants, thresholds }: BalanceReport): Html {
  const shown = variants.filter(({ figures }) => figures.days_to_first !== null && figures.break_even_lift !== null)
  const pointOf = ({ figures }: VariantReport) => [figures.break_even_lift!, figures.days_to_first!]
  const { longest_wait, most_lift } = thresholds as Thresholds
  return figure({
    id: 'wait',
    title: 'The wait for the first reward, against the growth that pays for it',
    reading: 'Farther up members wait less; farther right sales must grow more for the program to pay for itself.',
    description:
      'Of every variant, the median days to the first reward against the growth of sales that pays for the program. The table below has every figure.',
    legend: legendOf(shown),
    heights: { wide: 360, narrow: 300 },
    draw: (size) => ({
      grid: area({ top: 24, bottom: 44 }),
      xAxis: shareAxis('more sales needed', [...shown.map((variant) => pointOf(variant)[0]!), most_lift]),
      yAxis: valueAxis((value) => `${value} d`, { inverse: true }),
      series: [
        line('thresholds', 'var(--quiet)', [], {
          markLine: marks(
            { xAxis: most_lift, label: `${chosenPercent(most_lift)} is the most`, end: 'start' },
            { yAxis: longest_wait, label: `${longest_wait} days are the most` },
          ),
        }),
        ...dots(shown, pointOf, size),
      ],
    }),
  })
}

/** How the figure that was asked for goes over the range of the setting. */
export function targetPicture({ variants, target, currency }: BalanceReport): Html {
  const { figure: name, asked, setting } = target!
  const digits = minorDigits(currency) ?? 2
  const text = (value: number) => figureText(name as FigureName, value, digits)
  const shown = variants
    .filter(({ figures }) => figures[name as FigureName] !== null)
    .sort((a, b) => a.settings[setting]! - b.settings[setting]!)
  const pointOf = ({ settings, figures }: VariantReport) => [settings[setting]!, figures[name as FigureName]!]
  return figure({
    id: 'target',
    title: `${name} by ${setting}`,
    reading: `Where the line crosses ${text(asked)} is what was asked for.`,
    description: `${name} at every value of ${setting} that was tried. The table below has every figure.`,
    legend: legendOf(shown),
    heights: { wide: 360, narrow: 300 },
    draw: (size) => ({
      grid: area({ top: 24, bottom: 44, left: 64 }),
      xAxis: valueAxis(String, { name: setting, ...NAMED, scale: true }),
      yAxis: valueAxis(text, { scale: true }),
      series: [
        line('figure', 'var(--quiet)', [], {
          data: shown.map(pointOf),
          symbol: 'none',
          lineStyle: { color: 'var(--quiet)', width: 1.25 },
          markLine: marks({ yAxis: asked, label: text(asked) }),
        }),
        ...dots(shown, pointOf, size),
      ],
    }),
  })
}

const NAMED = {
  nameLocation: 'middle',
  nameGap: 28,
  nameTextStyle: { color: 'var(--quiet)', fontSize: 12 },
}

/** An axis of shares from nothing to a little more than the largest, so that no dot stands on the edge. */
function shareAxis(name: string, shares: readonly number[], limit = Number.POSITIVE_INFINITY) {
  const most = Math.max(...shares, 0.01) * 1.02
  const interval = STEPS.find((step) => most / step <= MOST_STEPS) ?? most
  const max = Math.min(Math.ceil(most / interval) * interval, limit)
  return valueAxis((value) => chosenPercent(value), { name, ...NAMED, min: 0, max, interval })
}

const STEPS = [0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
const MOST_STEPS = 6

/** A threshold; `end` is where its name stands, which is the start of a line where the other axis goes down. */
type Mark = { label: string; end?: 'start' } & ({ xAxis: number } | { yAxis: number })

/** Where the thresholds lie. */
function marks(...places: readonly Mark[]) {
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: 'var(--line)', type: 'dashed', width: 1 },
    data: places.map(({ label, end = 'end', ...at }) => ({
      ...at,
      label: {
        formatter: label,
        color: 'var(--quiet)',
        fontSize: 11,
        position: 'xAxis' in at ? end : 'insideEndTop',
      },
    })),
  }
}

/** A dot a variant, by verdict; the program as it is and the recommended one stand out and are named. */
function dots(variants: readonly VariantReport[], pointOf: (variant: VariantReport) => number[], { narrow }: Size) {
  const plain = VERDICT_ORDER.map((verdict) => ({
    type: 'scatter',
    name: verdict,
    symbolSize: narrow ? 6 : 8,
    itemStyle: { color: COLOUR[verdict], opacity: 0.8 },
    data: variants.filter((variant) => variant.verdict === verdict && !isNamed(variant)).map(pointOf),
  }))
  const named = variants.filter(isNamed).map((variant) => ({
    type: 'scatter',
    z: 5,
    symbol: variant.recommended ? 'circle' : 'diamond',
    symbolSize: narrow ? 13 : 16,
    itemStyle: { color: COLOUR[variant.verdict], borderColor: 'var(--ink)', borderWidth: 1.5 },
    label: {
      show: true,
      position: 'bottom',
      distance: 6,
      color: 'var(--ink)',
      fontWeight: 600,
      fontSize: 12,
      textBorderColor: 'var(--paper)',
      textBorderWidth: 3,
      formatter: nameOf(variant),
    },
    data: [pointOf(variant)],
  }))
  return [...plain, ...named]
}

const VERDICT_ORDER = ['too_stingy', 'balanced', 'too_generous', 'both'] as const

export function isNamed({ current, recommended }: VariantReport): boolean {
  return current || recommended
}

export function nameOf({ current, recommended }: VariantReport): string {
  if (current && recommended) return 'now, recommended'
  return current ? 'now' : 'recommended'
}

function legendOf(variants: readonly VariantReport[]) {
  return VERDICT_ORDER.filter((verdict) => variants.some((variant) => variant.verdict === verdict)).map((verdict) => ({
    name: VERDICTS[verdict],
    colour: COLOUR[verdict],
  }))
}
