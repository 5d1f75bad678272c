/** What was odd about a file's rows, said so that its owner can find the row and knows what to do. */

import { formatInstant } from '../../core/time.ts'
import { guessDate } from './values.ts'

export interface RowReport {
  row: number
  code: string
  message: string
  /** True when the row was taken with a correction, false when it was not taken. */
  taken: boolean
}

/** What a report is made from: the row's own text, and what it is compared with. */
export interface OddRow {
  row: number
  code: string
  order: string | null
  value: string | null
  other: string | null
}

/** The codes of rows that are taken all the same. */
const WARNINGS: Record<string, (odd: OddRow) => string> = {
  second_time: ({ value, other }) =>
    `has the time “${value}”, while its first row says ${formatInstant(Number(other))}; the first row’s time stands`,
  credit_partly: ({ value, other }) =>
    `gives back more of “${value}” than earlier purchases have left: ${other} match nothing, the others were taken`,
  sku_missing: () => 'names no product; it was taken as “unknown”',
  email_dropped: ({ value }) => `has “${value}” for an e-mail address, which is none; the member was taken without it`,
  joined_dropped: ({ value }) =>
    `has the joining date “${value}”, which looks like ${guessDate(value ?? '')}; the member was taken without it`,
  birthday_dropped: ({ value }) =>
    `has the birthday “${value}”, which looks like ${guessDate(value ?? '')}; the member was taken without it`,
  points_dropped: ({ value }) => `has “${value}” for a balance, which is no number; the member was taken without it`,
  rounded: ({ code, value }) =>
    `has the ${fieldOf(code)} “${value}”, finer than the currency’s smallest unit; it was rounded to the nearest`,
}

/** What each code that keeps a row out says of it; those of amounts are found by what follows the field's name. */
const FAULTS: Record<string, (odd: OddRow) => string> = {
  order_missing: () => 'names no order',
  date_unreadable: ({ value }) => `has a date that cannot be read, “${value}”: it looks like ${guessDate(value ?? '')}`,
  currency_differs: ({ value, other }) => `is in ${value}, and not in ${other} as the others must be`,
  prices_unknown: ({ value }) => `says “${value}” of its prices; they can be tax_included or tax_excluded`,
  quantity_zero: () => 'has the quantity 0',
  credit_unmatched: ({ value, other }) =>
    `gives back “${value}”, and of that item no earlier purchase by the same customer has any left: ${other} match nothing`,
  credit_without_item: () => 'gives something back without naming the item, so no purchase can be found for it',
  quantity_not_whole: ({ value }) => `has the quantity ${value}, which is not a whole number`,
  discount_too_large: ({ value }) => `has the discount “${value}”, which is more than the line costs`,
  two_members: ({ value, other }) =>
    `belongs to the member “${value}”, while the order’s first row belongs to “${other}”`,
  duplicate_order: ({ other }) => `repeats the order of row ${other}`,
  duplicate_line: ({ value }) => `repeats the line “${value}” of its order`,
  duplicate_member: ({ value, other }) => `repeats the member “${value}” of row ${other}`,
  malformed: ({ value }) => `is not a row like the others: ${value}`,
  missing: ({ code }) => `has no ${fieldOf(code)}`,
  unreadable: ({ code, value }) => `has the ${fieldOf(code)} “${value}”, which cannot be read as a number`,
  total_negative: ({ value }) =>
    `has a negative total, “${value}”, and does not say what came back: a refund is a row with its item and a negative quantity, or a return of its order`,
  negative: ({ code, value }) => `has a negative ${fieldOf(code)}, “${value}”`,
  too_large: ({ code, value }) => `has the ${fieldOf(code)} “${value}”, which is beyond what can be counted`,
}

export function explain(given: OddRow): RowReport {
  const odd = { ...given, value: short(given.value), other: short(given.other) }
  const kind = odd.code.replace(/^[a-z]+_/, '')
  const warning = WARNINGS[odd.code] ?? (kind === 'rounded' ? WARNINGS.rounded : undefined)
  const say = warning ?? FAULTS[odd.code] ?? FAULTS[kind]!
  const order = odd.order === null ? '' : ` (order ${short(odd.order)})`
  return { row: odd.row, code: odd.code, message: `Row ${odd.row}${order} ${say(odd)}.`, taken: warning !== undefined }
}

/** Texts come from outside: one line, and no more than shows what is meant. */
function short(text: string | null): string | null {
  const line = text?.replace(/\s+/g, ' ') ?? null
  return line !== null && line.length > 120 ? `${line.slice(0, 119)}…` : line
}

function fieldOf(code: string): string {
  const field = code.split('_')[0]!
  return field === 'price' ? 'unit price' : field
}
