/** The balance of a program as a page: the answer, the frontier as a picture, every variant, and what was assumed. */

import { Html, html, NOTHING } from '../../core/html.ts'
import { minorDigits } from '../../core/money.ts'
import { countOf } from '../../core/text-table.ts'
import { area, figure, line, type Size, valueAxis } from '../report/charts.ts'
import { gallery, reportPage, type Section } from '../report/page.ts'
import { table } from '../report/table.ts'
import { chosenPercent, percent } from '../report/words.ts'
import type { BalanceReport, VariantReport } from './report.ts'
import {
  answer,
  CONDITIONS,
  conditionSentences,
  hardlyMattersText,
  REDEEMING,
  STANDING,
  VERDICTS,
} from './sentences.ts'
import { type FigureName, figureText } from './target-text.ts'
import type { Thresholds } from './verdict.ts'

/** One file of HTML that needs nothing beside it. `release` is that of the program that made it. */
export function balancePage(report: BalanceReport, release: string): string {
  const { name, source, history } = report
  const { orders, members, from, until } = history
  const span = from === null ? '' : ` from ${from.slice(0, 10)} to ${until.slice(0, 10)}`
  return reportPage({
    kind: 'The balance of a loyalty program',
    title: name,
    lead: `What members would have got of it, and what it would have cost, on ${source.name}: ${countOf(orders, 'order')} of ${countOf(members, 'member')}${span}.`,
    sections: [answerSection(report), pictureSection(report), variantSection(report), assumptionSection(report)],
    foot: `Made by Regulars ${release}; the same orders and the same program give the same page.`,
  })
}

type Verdict = VariantReport['verdict']

const COLOUR: Readonly<Record<Verdict, string>> = {
  too_stingy: 'var(--blue)',
  balanced: 'var(--accent)',
  too_generous: 'var(--clay)',
  both: 'var(--plum)',
}

function answerSection(report: BalanceReport): Section {
  const sentences = answer(report, digitsOf(report)).map((sentence) => html`<li>${sentence}</li>`)
  const current = report.variants.find((variant) => variant.current)
  const mark =
    current === undefined
      ? NOTHING
      : html`<p class="verdict${current.verdict === 'balanced' ? NOTHING : new Html(' poor')}">${STANDING[current.verdict]}</p>`
  return { id: 'answer', title: 'The answer', body: html`${mark}<ol class="answer">${sentences}</ol>\n` }
}

function pictureSection(report: BalanceReport): Section {
  const pictures = [frontierPicture(report), waitPicture(report)]
  const [axis] = report.axes
  if (report.target !== null) pictures.unshift(targetPicture(report))
  return {
    id: 'pictures',
    title: report.axes.length === 1 ? `What ${axis!.setting} decides` : 'What the settings decide',
    body: gallery(pictures),
  }
}

function frontierPicture(report: BalanceReport): Html {
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
      xAxis: shareAxis(
        'cost in the end, of sales',
        variants
          .map(pointOf)
          .map(([x]) => x!)
          .concat(dearest),
      ),
      yAxis: valueAxis((value) => percent(value), { scale: true }),
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

function waitPicture({ variants, thresholds }: BalanceReport): Html {
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
      xAxis: shareAxis(
        'more sales needed',
        shown.map(pointOf).map(([x]) => x!),
      ),
      yAxis: valueAxis((value) => `${value} d`, { inverse: true }),
      series: [
        line('thresholds', 'var(--quiet)', [], {
          markLine: marks(
            { xAxis: most_lift, label: `${chosenPercent(most_lift)} is the most` },
            { yAxis: longest_wait, label: `${longest_wait} days are the most` },
          ),
        }),
        ...dots(shown, pointOf, size),
      ],
    }),
  })
}

/** How the figure that was asked for goes over the range of the setting. */
function targetPicture({ variants, target, currency }: BalanceReport): Html {
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

function shareAxis(name: string, shares: readonly number[]) {
  return valueAxis((value) => percent(value), { name, ...NAMED, min: 0, max: roundUp(Math.max(...shares, 0.01)) })
}

/** A little more than the largest, so that no dot stands on the edge. */
function roundUp(share: number): number {
  const step = 10 ** Math.floor(Math.log10(share))
  return Math.ceil((share * 1.02) / (step / 2)) * (step / 2)
}

/** Where the thresholds lie. */
function marks(...places: readonly ({ xAxis: number; label: string } | { yAxis: number; label: string })[]) {
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: 'var(--line)', type: 'dashed', width: 1 },
    data: places.map(({ label, ...at }) => ({
      ...at,
      label: {
        formatter: label,
        color: 'var(--quiet)',
        fontSize: 11,
        position: 'xAxis' in at ? 'end' : 'insideEndTop',
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
      formatter: nameOf(variant),
    },
    data: [pointOf(variant)],
  }))
  return [...plain, ...named]
}

const VERDICT_ORDER = ['too_stingy', 'balanced', 'too_generous', 'both'] as const

function isNamed({ current, recommended }: VariantReport): boolean {
  return current || recommended
}

function nameOf({ current, recommended }: VariantReport): string {
  if (current && recommended) return 'now, recommended'
  return current ? 'now' : 'recommended'
}

function legendOf(variants: readonly VariantReport[]) {
  return VERDICT_ORDER.filter((verdict) => variants.some((variant) => variant.verdict === verdict)).map((verdict) => ({
    name: VERDICTS[verdict],
    colour: COLOUR[verdict],
  }))
}

function variantSection(report: BalanceReport): Section {
  const { axes, variants, currency } = report
  const digits = digitsOf(report)
  const settings = axes.map(({ setting }) => setting)
  const rows = variants.map((variant) => [
    nameInTable(variant),
    html`<span class="key" style="background:${COLOUR[variant.verdict]}"></span>${verdictOf(variant)}`,
    ...settings.map((setting) => String(variant.settings[setting])),
    ...COLUMNS.map(([name]) => figureText(name, variant.figures[name], digits)),
  ])
  const columns = COLUMNS.map(([name, title, unit]) => ({ name: title, unit: unit ?? (isMoney(name) ? currency : '') }))
  return {
    id: 'variants',
    title: 'Every variant',
    lead: searchSentence(report),
    body: html`${table({
      title: 'From the cheapest to the dearest',
      note: 'Those with a star are on the frontier: no other reaches as many members for less of sales.',
      columns: ['', 'verdict', ...settings, ...columns],
      rows,
      words: 2,
    })}${refusedTable(report)}`,
  }
}

const COLUMNS: readonly (readonly [FigureName, string, string?])[] = [
  ['reached_share', 'reach a reward', 'of members'],
  ['regulars_reached', 'the same', 'with 3 orders or more'],
  ['days_to_first', 'wait', 'days'],
  ['reward_rate', 'rate', 'rewards used, of sales'],
  ['expected_rate', 'rate', 'in the end'],
  ['cost', 'cost'],
  ['liability_net', 'liability'],
  ['break_even_lift', 'lift', 'to pay for it'],
]

function isMoney(name: FigureName): boolean {
  return name === 'cost' || name === 'liability_net'
}

function nameInTable(variant: VariantReport): string {
  const star = variant.frontier ? '★ ' : ''
  return `${star}${isNamed(variant) ? nameOf(variant) : ''}`.trim()
}

function verdictOf({ verdict, because }: VariantReport): string {
  const reasons = because.map((condition) => CONDITIONS[condition]).join(', ')
  return reasons === '' ? VERDICTS[verdict] : `${VERDICTS[verdict]}: ${reasons}`
}

function searchSentence({ search }: BalanceReport): string {
  if (search === null) return 'Each was run on all orders.'
  return `Of ${search.grid} variants ${search.tried} were tried on ${percent(search.share)} of the members; the ${search.finalists} on or near their frontier were then run on all orders, and stand here.`
}

function refusedTable({ refused, axes }: BalanceReport): Html {
  if (refused.length === 0) return NOTHING
  const rows = refused.slice(0, 50).map(({ settings, problem }) => [
    Object.entries(settings)
      .map(([path, value]) => (axes.length === 1 ? String(value) : `${path} ${value}`))
      .join(', '),
    problem,
  ])
  return table({ title: 'Left out: no right programs', columns: ['settings', 'problem'], rows, words: 2 })
}

function assumptionSection({ redeeming, margin, reward_cost, thresholds, axes }: BalanceReport): Section {
  const rows = [
    ['How members redeem', redeeming.model, `In every variant ${REDEEMING[redeeming.model]}.`],
    ...rewardCosts(reward_cost),
    ['Margin', chosenPercent(margin), 'What is left of sales when the goods are paid. The lift is reckoned by it.'],
    [
      'What members buy',
      'as they did',
      'The same orders, whatever the program: what it would bring is not in the figures, what it would have to bring is the lift.',
    ],
    ...conditionSentences(thresholds as Thresholds).map((sentence) => {
      const [name, text] = sentence.split(': ') as [string, string]
      return [name, 'threshold', `${text[0]!.toUpperCase()}${text.slice(1)}.`]
    }),
    ...axes.flatMap(({ setting, hardly_matters }) =>
      hardly_matters ? [[setting, 'hardly matters', hardlyMattersText(setting, redeeming.model)]] : [],
    ),
  ]
  const terms = rows.map(
    ([name, value, text]) => html`<div><dt>${name!}</dt><dd>${value!}</dd><dd class="means">${text!}</dd></div>\n`,
  )
  return { id: 'assumptions', title: 'What was assumed', body: html`<dl class="assumptions">\n${terms}</dl>\n` }
}

function rewardCosts(costs: BalanceReport['reward_cost']): string[][] {
  const own = Object.entries(costs).map(([reward, share]) => [
    `Cost of ${reward}`,
    chosenPercent(share),
    'Of what members save by it.',
  ])
  return own.length > 0 ? own : [['Cost of rewards', '100%', 'Of what members save by them.']]
}

function digitsOf({ currency }: BalanceReport): number {
  return minorDigits(currency) ?? 2
}
