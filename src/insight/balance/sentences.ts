/** What was found, in sentences that a marketer and a CFO read alike. */

import { countOf } from '../../core/text-table.ts'
import { chosenPercent, percent } from '../report/words.ts'
import type { Figures } from './figures.ts'
import type { BalanceReport, Gets, VariantReport } from './report.ts'
import { type FigureName, figureText } from './target-text.ts'
import type { Condition, Thresholds } from './verdict.ts'

/** The answer: where the program stands, what there is around it, and what is recommended. */
export function answer(report: BalanceReport, digits: number): string[] {
  const current = report.variants.find((variant) => variant.current)
  const sentences = current === undefined ? [] : [standing(current, report)]
  if (report.target !== null) return [...sentences, targetAnswer(report, digits)]
  return [...sentences, countSentence(report, current), recommendation(report, current)]
}

export const VERDICTS: Readonly<Record<VariantReport['verdict'], string>> = {
  too_stingy: 'too stingy',
  balanced: 'between',
  too_generous: 'too generous',
  both: 'both',
}

/** The same of the program as it is. */
export const STANDING: Readonly<Record<VariantReport['verdict'], string>> = {
  too_stingy: 'Too stingy as it is',
  balanced: 'In balance as it is',
  too_generous: 'Too generous as it is',
  both: 'Too much for too few as it is',
}

/** Why a variant is too stingy or too generous, as short as a cell of a table. */
export const CONDITIONS: Readonly<Record<Condition, string>> = {
  least_reached: 'few reach',
  longest_wait: 'long wait',
  least_rate: 'low rate',
  most_lift: 'high lift',
}

/** What each of those means. */
export function conditionSentences({ least_reached, longest_wait, least_rate, most_lift }: Thresholds): string[] {
  return [
    `few reach: fewer than ${chosenPercent(least_reached)} of members with three orders or more ever reach a reward`,
    `long wait: half of those who reach a reward wait longer than ${countOf(longest_wait, 'day')} for the first`,
    `low rate: members get back less than ${chosenPercent(least_rate)} of what they spend, once all is redeemed that will be`,
    `high lift: sales would have to grow by more than ${chosenPercent(most_lift)} for the program to pay for itself`,
  ]
}

/** What a model of redeeming means. */
export const REDEEMING: Readonly<Record<BalanceReport['redeeming']['model'], string>> = {
  none: 'members never redeem',
  'at-once': 'members use the reward that saves them most with every order on which they can',
  saver: 'members save for the dearest reward that they may have',
  hazard: 'members use a reward now and then, when they can',
  past: 'members redeem as they did in the past',
}

/** `earning.base.rate 0.75, rewards.free-coffee.cost 250` */
export function settingsText({ settings }: Pick<VariantReport, 'settings'>): string {
  return Object.entries(settings)
    .map(([path, value]) => `${path} ${value}`)
    .join(', ')
}

function standing(current: VariantReport, report: BalanceReport): string {
  const { verdict, because, figures } = current
  const thresholds = report.thresholds as Thresholds
  if (verdict === 'balanced')
    return `As it is, the program is neither too stingy nor too generous: ${given(current, report)}.`
  const what = verdict === 'both' ? 'gives too much to too few' : `is ${VERDICTS[verdict]}`
  return `As it is, the program ${what}: ${because.map((condition) => reasonOf(condition, figures, thresholds)).join('; ')}.`
}

/** Which condition is not met, with the figure and what it had to be. */
export function reasonOf(condition: Condition, figures: Figures, thresholds: Thresholds): string {
  const { regulars_reached, days_to_first, expected_rate, break_even_lift } = figures
  if (condition === 'least_reached')
    return `only ${percent(regulars_reached!)} of members with three orders or more ever reach a reward, and ${chosenPercent(thresholds.least_reached)} is the least`
  if (condition === 'longest_wait')
    return `half of those who reach a reward wait ${days_to_first} days or longer for it, and ${thresholds.longest_wait} is the most`
  if (condition === 'least_rate')
    return `members get back ${percent(expected_rate ?? 0)} of what they spend, and ${chosenPercent(thresholds.least_rate)} is the least`
  if (break_even_lift === null) return 'it costs more than the margin, so that no growth of sales could pay for it'
  return `sales would have to grow by ${percent(break_even_lift)} to pay for it, and ${chosenPercent(thresholds.most_lift)} is the most`
}

/** What members get of a variant and what it costs, beside what they get now. */
function given({ figures }: VariantReport, { gets, variants }: BalanceReport): string {
  const now = variants.find((variant) => variant.current)
  const beside = (figure: Gets | 'expected_rate' | 'break_even_lift') => {
    const own = percent(figures[figure])
    const other = now === undefined ? own : percent(now.figures[figure])
    return own === other ? own : `${own} (now ${other})`
  }
  const { days_to_first: days, break_even_lift } = figures
  const wait = days === 0 ? ', half of them on the day they join' : `, half of them within ${countOf(days ?? 0, 'day')}`
  const does = gets === 'reached_share' ? 'reach' : 'use'
  const lift =
    break_even_lift === null
      ? 'which no growth would pay for'
      : `which ${beside('break_even_lift')} more sales would pay for`
  return `${beside(gets)} of members ${does} a reward${days === null || does === 'use' ? '' : wait}; in the end it costs ${beside('expected_rate')} of sales, ${lift}`
}

function countSentence({ variants, search, refused, gets }: BalanceReport, current: VariantReport | undefined): string {
  const count = (verdict: VariantReport['verdict']) => variants.filter((one) => one.verdict === verdict).length
  const are = (number: number) => `${number} ${number === 1 ? 'is' : 'are'}`
  const both = count('both') === 0 ? '' : `, ${are(count('both'))} both`
  const whole = search === null ? '' : ' that were run on all orders,'
  const wrong = refused.length === 0 ? '' : ` ${are(refused.length)} no right program and left out.`
  const better = current === undefined ? null : betterThan(current, variants, gets)
  const cheaper =
    better === null
      ? ''
      : ` As many members would be reached for ${percent(better.figures.expected_rate ?? 0)} of sales, with ${settingsText(better)}.`
  return `Of ${countOf(variants.length, 'variant')}${whole} ${are(count('too_stingy'))} too stingy, ${are(count('too_generous'))} too generous${both}, and ${count('balanced')} ${count('balanced') === 1 ? 'lies' : 'lie'} between.${wrong}${cheaper}`
}

/** Where the program lies below the frontier: the cheapest variant that gives as many members a reward. */
function betterThan(current: VariantReport, variants: readonly VariantReport[], gets: Gets): VariantReport | null {
  if (current.frontier) return null
  const as = variants.filter(
    ({ figures, frontier }) => frontier && (figures[gets] ?? 0) >= (current.figures[gets] ?? 0) - 5e-4,
  )
  // They stand from the cheapest to the dearest.
  return as[0] ?? null
}

function recommendation(report: BalanceReport, current: VariantReport | undefined): string {
  const best = report.variants.find((variant) => variant.recommended)
  if (best === undefined)
    return 'None lies between too stingy and too generous, so none is recommended: vary over a wider range, or other settings.'
  if (best === current) return 'Recommended: keep it. Of those between none gives clearly more for what it costs.'
  return `Recommended: ${settingsText(best)}. With it ${given(best, report)}.`
}

function targetAnswer(report: BalanceReport, digits: number): string {
  const { figure, asked, setting, exact, written, least, most, monotone } = report.target!
  const name = figure as FigureName
  const text = (value: number | null) => figureText(name, value, digits)
  if (least !== null && most !== null)
    return `${setting} cannot bring ${figure} to ${text(asked)} within its range: it goes from ${text(least.figure)} at ${least.value} to ${text(most.figure)} at ${most.value}.`
  if (exact === null || written === null) return `No value of ${setting} within its range makes a right program.`
  const precise = exact.value === written.value ? '' : ` (at ${exact.value} it is ${text(exact.figure)})`
  const several = monotone ? '' : ` ${figure} goes up and down over the range, so that this is not the only answer.`
  const best = report.variants.find((variant) => variant.recommended)
  const also = best === undefined ? '' : ` With it ${given(best, report)}.`
  return `${setting} ${written.value} brings ${figure} to ${text(written.figure)}, where ${text(asked)} was asked for${precise}.${several}${also}`
}

/** Members who redeem at once spend on the smallest rewards, so that what the large ones cost changes little. */
export function hardlyMattersText(setting: string, model: BalanceReport['redeeming']['model']): string {
  const isReward = setting.startsWith('rewards.') && model === 'at-once'
  const hint = isReward
    ? ': members who redeem at once spend their points on smaller ones first (try --redeem saver)'
    : ''
  return `${setting} hardly matters on these orders${hint}.`
}
