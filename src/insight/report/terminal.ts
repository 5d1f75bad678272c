/** Figures as the tables of a terminal have them: plain characters, and every digit that tells rows apart. */

import { formatMoney } from '../../core/money.ts'
import { groupDigits } from '../../core/text-table.ts'

/** `12,345.60` of 1234560 minor units: an amount beside which its currency stands elsewhere. */
export function amount(minor: number, currency: string): string {
  return groupDigits(formatMoney(minor, currency).split(' ')[0]!)
}

export function count(value: number): string {
  return groupDigits(String(value))
}

/** `4.31%`, and `43.1%` from a tenth on. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share >= 0.1 ? 1 : 2)}%`
}
