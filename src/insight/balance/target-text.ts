/** What may be asked of a program, such as `reward_rate=5%`, and figures as people read them. */

import { formatAmount, parseMoney } from '../../core/money.ts'
import { nearest } from '../../core/nearest.ts'
import { groupDigits } from '../../core/text-table.ts'
import { percent } from '../report/terminal.ts'
import type { Figures } from './figures.ts'

export type FigureName = keyof Figures

const KINDS: Readonly<Record<FigureName, 'share' | 'money' | 'count'>> = {
  reached_share: 'share',
  regulars_reached: 'share',
  redeeming_share: 'share',
  days_to_first: 'count',
  orders_to_first: 'count',
  reward_rate: 'share',
  expected_rate: 'share',
  cost: 'money',
  expected_cost: 'money',
  liability_gross: 'money',
  liability_net: 'money',
  discounts: 'money',
  break_even_lift: 'share',
}

export interface Asked {
  figure: FigureName
  asked: number
}

/** Reads `reward_rate=5%`, `cost=12000.00` or `days_to_first=60`; otherwise a sentence on what would be right. */
export function parseTarget(text: string, digits: number): Asked | string {
  const at = text.indexOf('=')
  if (at < 1) return `--target takes figure=value, such as reward_rate=5%, which “${text}” is not.`
  const [name, value] = [text.slice(0, at).trim(), text.slice(at + 1).trim()]
  const names = Object.keys(KINDS)
  if (!names.includes(name)) {
    const meant = nearest(name, names)
    return `There is no figure ${name}${meant === undefined ? '' : ` (did you mean ${meant}?)`}. There are: ${names.join(', ')}.`
  }
  const figure = name as FigureName
  const asked = READ[KINDS[figure]](value, digits)
  return asked === null ? `${figure} cannot be “${value}”: write ${EXAMPLES[KINDS[figure]]}.` : { figure, asked }
}

const EXAMPLES = {
  share: 'a share such as 5%',
  money: 'an amount such as 12000.00',
  count: 'a whole number such as 60',
}

const READ = {
  // A bare number is a share as JSON has it: 0.05. Nobody asks for a rate of more than all.
  share: (value: string) => {
    const match = /^(\d{1,4}(?:\.\d{1,6})?)(%?)$/.exec(value)
    if (match === null) return null
    const share = Number(match[1]) / (match[2] === '%' ? 100 : 1)
    return match[2] === '%' || share <= 1 ? share : null
  },
  money: (value: string, digits: number) => parseMoney(value, digits),
  count: (value: string) => (/^\d{1,6}$/.test(value) ? Number(value) : null),
} as const

/** A figure as a table has it: `4.31%`, `12,000.00`, `60`, and `–` where there is none. */
export function figureText(figure: FigureName, value: number | null, digits: number): string {
  if (value === null || !Number.isFinite(value)) return '–'
  const kind = KINDS[figure]
  if (kind === 'share') return percent(value)
  return groupDigits(kind === 'money' ? formatAmount(Math.round(value), digits) : String(value))
}
