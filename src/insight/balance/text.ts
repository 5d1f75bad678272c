/** The balance of a program as a table that people read. */

import { minorDigits } from '../../core/money.ts'
import { alignColumns, countOf } from '../../core/text-table.ts'
import { chosenPercent, percent } from '../report/words.ts'
import type { BalanceReport, VariantReport } from './report.ts'
import {
  answer,
  CONDITIONS,
  conditionSentences,
  hardlyMattersText,
  REDEEMING,
  settingsText,
  VERDICTS,
} from './sentences.ts'
import { type FigureName, figureText } from './target-text.ts'
import type { Thresholds } from './verdict.ts'

export function balanceText(report: BalanceReport): string {
  const digits = minorDigits(report.currency) ?? 2
  return [headText(report), answer(report, digits).join('\n'), tableText(report, digits), footText(report)].join('\n\n')
}

function headText({ name, source, history, redeeming, margin, search }: BalanceReport): string {
  const { orders, members, from, until } = history
  const lines = [
    `${name} on ${source.name}: ${countOf(orders, 'order')} of ${countOf(members, 'member')}${from === null ? '' : `, ${from.slice(0, 10)} to ${until.slice(0, 10)}`}.`,
    `Assumed: ${REDEEMING[redeeming.model]} (${redeeming.model}); the margin is ${chosenPercent(margin)} of sales.`,
  ]
  if (search !== null)
    lines.push(
      `Of ${countOf(search.grid, 'variant')}, ${search.tried} were tried on ${percent(search.share)} of the members, and the ${search.finalists} on or near the frontier were then run on all orders.`,
    )
  return lines.join('\n')
}

/** More variants than this are shown by the frontier alone, and without what hardly matters. */
const MOST_ROWS = 24

const COLUMNS: readonly (readonly [FigureName, string])[] = [
  ['reached_share', 'reach'],
  ['regulars_reached', '3+ orders'],
  ['redeeming_share', 'use'],
  ['days_to_first', 'days'],
  ['reward_rate', 'rate'],
  ['expected_rate', 'in the end'],
  ['cost', 'cost'],
  ['liability_net', 'liability'],
  ['break_even_lift', 'lift'],
]

function tableText({ axes, variants }: BalanceReport, digits: number): string {
  const idle = axes.filter(({ hardly_matters }) => hardly_matters)
  const tells = ({ settings, frontier, current, recommended }: VariantReport) =>
    current || recommended || (frontier && idle.every((axis) => settings[axis.setting] === axis.current))
  const shown = variants.length <= MOST_ROWS ? variants : variants.filter(tells)
  const settings = axes.map(({ setting }) => setting)
  const head = ['', ...settings, ...COLUMNS.map(([, title]) => title), 'verdict']
  const rows = shown.map((variant) => [
    markOf(variant),
    ...settings.map((setting) => String(variant.settings[setting])),
    ...COLUMNS.map(([figure]) => figureText(figure, variant.figures[figure], digits)),
    verdictText(variant),
  ])
  const sides = head.map((_, i) => (i === 0 || i === head.length - 1 ? 'left' : 'right'))
  const table = alignColumns([head, ...rows], sides)
  const left = variants.length - shown.length
  return left === 0
    ? table
    : `${table}\n… and ${countOf(left, 'variant')} below the frontier, or the same: --json and --html have them.`
}

function markOf({ current, recommended, frontier }: VariantReport): string {
  const marks = [frontier ? '*' : ' ', current ? 'now' : '', recommended ? 'best' : '']
  return marks.join(' ').trimEnd()
}

function verdictText({ verdict, because }: VariantReport): string {
  const reasons = because.map((condition) => CONDITIONS[condition]).join(', ')
  return verdict === 'balanced' ? VERDICTS[verdict] : `${VERDICTS[verdict]}: ${reasons}`
}

function footText({ axes, refused, thresholds, currency, gets, redeeming }: BalanceReport): string {
  const lines = [
    `* on the frontier: no other variant gives as many members a reward for less of sales${gets === 'redeeming_share' ? ' (those who use one)' : ''}.`,
    'reach: members who ever reach a reward; 3+ orders: the same among those with three orders or more; use: members who use one;',
    'days: median from joining to the first reward, of those who reach one; rate: what the rewards used cost, of sales;',
    `in the end: the same with what open points are expected to cost; liability: what those are worth; cost, liability: ${currency};`,
    'lift: by how much sales must grow to pay for the program.',
    ...conditionSentences(thresholds as Thresholds),
    'docs/balance.md says why these thresholds; --threshold sets others.',
  ]
  for (const { setting, hardly_matters } of axes)
    if (hardly_matters) lines.push(hardlyMattersText(setting, redeeming.model))
  for (const variant of refused.slice(0, MOST_PROBLEMS))
    lines.push(`Left out: ${settingsText(variant)}: ${variant.problem}`)
  if (refused.length > MOST_PROBLEMS) lines.push(`… and ${refused.length - MOST_PROBLEMS} more left out.`)
  return lines.join('\n')
}

const MOST_PROBLEMS = 5
