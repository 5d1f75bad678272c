/** The balance of a program as a page: the answer, the frontier as a picture, every variant, and what was assumed. */

import { Html, html, NOTHING } from '../../core/html.ts'
import { minorDigits } from '../../core/money.ts'
import { countOf } from '../../core/text-table.ts'
import { gallery, reportPage, type Section } from '../report/page.ts'
import { table } from '../report/table.ts'
import { chosenPercent, NO_FIGURE, percent } from '../report/words.ts'
import { COLOUR, frontierPicture, isNamed, nameOf, targetPicture, waitPicture } from './pictures.ts'
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

function variantSection(report: BalanceReport): Section {
  const { axes, variants, currency } = report
  const digits = digitsOf(report)
  const settings = axes.map(({ setting }) => setting)
  const rows = variants.map((variant) => [
    marksOf(variant),
    html`<span style="white-space:nowrap">${key(variant)}${VERDICTS[variant.verdict]}</span>`,
    ...settings.map((setting) => String(variant.settings[setting])),
    ...COLUMNS.map(([name]) => figureText(name, variant.figures[name], digits)),
    variant.because.map((condition) => CONDITIONS[condition]).join(', '),
  ])
  const columns = COLUMNS.map(([name, title, unit]) => ({ name: title, unit: unit ?? (isMoney(name) ? currency : '') }))
  return {
    id: 'variants',
    title: 'Every variant',
    lead: searchSentence(report),
    body: html`${glance(report)}${table({
      title: 'From the cheapest to the dearest',
      note: 'On the frontier are those than which no other gives as many members a reward for less of sales.',
      columns: ['', 'verdict', ...settings, ...columns, 'because'],
      rows,
      words: 2,
    })}${refusedTable(report)}`,
  }
}

/** Two settings make a table that is taken in at a glance: who is reached, and what it costs. */
function glance({ axes, variants, gets }: BalanceReport): Html {
  const [down, across] = axes
  if (down === undefined || across === undefined || axes.length > 2 || across.values.length > MOST_ACROSS)
    return NOTHING
  const cell = (x: number, y: number) => {
    const found = variants.find(({ settings }) => settings[down.setting] === x && settings[across.setting] === y)
    if (found === undefined) return NO_FIGURE
    const { figures, current, verdict } = found
    const text = html`${key(found)}${percent(figures[gets])} · ${percent(figures.expected_rate)}`
    // Colours alone would tell nothing to those who do not see them.
    const word = verdict === 'balanced' ? NOTHING : html`<br><small>${VERDICTS[verdict]}</small>`
    return html`${current ? html`<b>${text}</b>` : text}${word}`
  }
  return table({
    title: `${down.setting} (down) and ${across.setting} (across)`,
    note: `Members who ${gets === 'reached_share' ? 'reach' : 'use'} a reward · what it costs of sales in the end. The program as it is stands in bold.`,
    columns: ['', ...across.values.map(String)],
    rows: down.values.map((x) => [String(x), ...across.values.map((y) => cell(x, y))]),
  })
}

const MOST_ACROSS = 9

function key({ verdict }: VariantReport): Html {
  return html`<span class="key" style="background:${COLOUR[verdict]}"></span>`
}

const COLUMNS: readonly (readonly [FigureName, string, string?])[] = [
  ['reached_share', 'reach', 'a reward'],
  ['regulars_reached', 'reach', '3+ orders'],
  ['redeeming_share', 'use', 'a reward'],
  ['days_to_first', 'wait', 'days'],
  ['reward_rate', 'rate', 'of sales'],
  ['expected_rate', 'rate', 'in the end'],
  ['cost', 'cost'],
  ['liability_net', 'liability'],
  ['break_even_lift', 'lift', 'needed'],
]

function isMoney(name: FigureName): boolean {
  return name === 'cost' || name === 'liability_net'
}

function marksOf(variant: VariantReport): string {
  const names = isNamed(variant) ? [nameOf(variant)] : []
  return [...names, ...(variant.frontier ? ['frontier'] : [])].join(', ')
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
