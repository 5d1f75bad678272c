/** A comparison as tables that people read. */

import { formatAmount } from '../../core/money.ts'
import { alignColumns, countOf, groupDigits } from '../../core/text-table.ts'
import { amount, count } from '../report/terminal.ts'
import type { Comparison, Figure, MemberChange } from './compare.ts'

export function comparisonText(comparison: Comparison, currency: string): string {
  const { with: other, redeeming } = comparison
  const parts = [
    `Against ${other.program}${other.revision === 0 ? '' : ` revision ${other.revision}`}, money in ${currency}; in both, ${REDEEMING[redeeming.model]}`,
    figuresText(comparison.figures, currency),
    rulesText(comparison),
    rewardsText(comparison, currency),
    tiersText(comparison),
    membersText(comparison.members, currency),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

const REDEEMING: Record<Comparison['redeeming']['model'], string> = {
  none: 'nobody redeems',
  'at-once': 'members redeem as soon as they can',
  saver: 'members save for the dearest reward',
  hazard: 'members redeem now and then',
  past: 'members redeem as in the past',
}

function figuresText(figures: readonly Figure[], currency: string): string {
  const rows = figures.map((figure) => [
    nameOf(figure),
    ...(['this', 'other', 'difference'] as const).map((key) => figureText(figure, figure[key], currency)),
  ])
  return alignColumns([['figure', 'this', 'other', 'difference'], ...rows])
}

/** `stars issued`, `stars value`: the wallet's own name says that they are points. */
function nameOf({ figure, wallet }: Figure): string {
  const words = figure.replaceAll('_', ' ')
  return wallet === null ? words : `${wallet} ${words.replace(/^points? /, '')}`
}

function figureText({ unit, decimals }: Figure, value: number | null, currency: string): string {
  if (value === null) return '–'
  if (unit === 'money') return amount(value, currency)
  if (unit === 'points') return groupDigits(formatAmount(value, decimals))
  if (unit === 'share') return `${(value * 100).toFixed(2)}%`
  return unit === 'money a point' ? value.toFixed(4) : count(value)
}

/** Both numbers of a row and how much the first is more; nothing where a program has no such row. */
function beside(one: number | undefined, other: number | undefined, text: (value: number) => string): string[] {
  return [one === undefined ? '–' : text(one), other === undefined ? '–' : text(other), text((one ?? 0) - (other ?? 0))]
}

function rulesText({ rules, figures }: Comparison): string {
  if (rules.length === 0) return ''
  const rows = rules.map(({ rule, this: one, other }) => {
    const { wallet } = (one ?? other)!
    const { decimals } = figures.find((figure) => figure.wallet === wallet)!
    const [times, timesOther] = beside(one?.times, other?.times, count)
    return [
      rule,
      times!,
      timesOther!,
      ...beside(one?.points, other?.points, (points) => groupDigits(formatAmount(points, decimals))),
    ]
  })
  return alignColumns([['rule', 'times', 'other', 'points', 'other', 'difference'], ...rows])
}

function rewardsText({ rewards }: Comparison, currency: string): string {
  if (rewards.length === 0) return ''
  const rows = rewards.map(({ reward, this: one, other }) => {
    const [times, timesOther] = beside(one?.times, other?.times, count)
    return [reward, times!, timesOther!, ...beside(one?.cost, other?.cost, (value) => amount(value, currency))]
  })
  return alignColumns([['reward', 'times', 'other', 'cost', 'other', 'difference'], ...rows])
}

function tiersText({ tiers }: Comparison): string {
  if (tiers.length === 0) return ''
  const rows = tiers.map(({ level, this: one, other }) => [level, ...beside(one?.members, other?.members, count)])
  return alignColumns([['tier', 'members', 'other', 'difference'], ...rows])
}

function membersText(members: Comparison['members'], currency: string): string {
  const { gain, lose, same, gained, lost, distribution, worst, best } = members
  const text = (minor: number) => amount(minor, currency)
  const parts = [
    `${countOf(gain, 'member')} would gain ${text(gained)} ${currency} together, ${count(lose)} would lose ${text(lost)}, for ${count(same)} nothing changes.`,
    distribution.length === 0
      ? ''
      : alignColumns([
          ['change of', 'members'],
          ...distribution.map(({ from, to, members: within }) => [rangeText(from, to, text), count(within)]),
        ]),
    changesText('loses most', worst, text),
    changesText('gains most', best, text),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function rangeText(from: number | null, to: number | null, text: (minor: number) => string): string {
  if (from === null) return `less than ${text(to!)}`
  if (to === null) return `${text(from)} and more`
  return to - from === 1 ? text(from) : `${text(from)} to ${text(to - 1)}`
}

function changesText(title: string, changes: readonly MemberChange[], text: (minor: number) => string): string {
  if (changes.length === 0) return ''
  const rows = changes.map(({ member, this: one, other, difference }) => [
    member,
    text(one),
    text(other),
    text(difference),
  ])
  return alignColumns([[title, 'this', 'other', 'difference'], ...rows])
}
