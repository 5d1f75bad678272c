/**
 * What SQL reads by itself: columns whose type says what they hold, and texts in the one spelling that leaves no doubt.
 * Each expression is the number that `values.ts` would read from the same text, or NULL where that has to decide.
 */

import { minorDigits } from '../../core/money.ts'
import { localOffsets, type Zone } from '../../core/time.ts'

/** A column of the file in SQL. */
export interface Cell {
  /** As it stands in the file. */
  sql: string
  /** DuckDB's name of its type; VARCHAR for every text. */
  type: string
  /** As a trimmed text, NULL where it is empty. */
  text: string
}

/** A column that SQL reads nothing of. */
export const NOTHING = 'NULL::BIGINT'
const WITH_OFFSET = 'TIMESTAMP WITH TIME ZONE'

/** From 1970 on, and before the year 2100: beyond, offsets are not known, and texts have other lengths. */
const MOMENTS = `BETWEEN TIMESTAMP '1970-01-02' AND TIMESTAMP '2099-12-30'`

const DATE_AND_TIME = '(19[7-9]|20[0-8])\\d-\\d\\d-\\d\\d[ T]([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d'

/** A date with a time and no offset, as milliseconds since 1970-01-01T00:00 on the local clock. */
export function plainLocal({ sql, type }: Cell): string {
  if (type !== 'VARCHAR') {
    const isLocal = type.startsWith('TIMESTAMP') && type !== WITH_OFFSET
    return isLocal ? `CASE WHEN ${sql}::TIMESTAMP ${MOMENTS} THEN epoch_ms(${sql}::TIMESTAMP) END` : NOTHING
  }
  return `CASE WHEN regexp_full_match(${sql}, '${DATE_AND_TIME}') THEN epoch_ms(try_cast(${sql} AS TIMESTAMP)) END`
}

/** A date that names an instant, as epoch milliseconds. */
export function plainInstant({ sql, type }: Cell): string {
  if (type === WITH_OFFSET)
    return `CASE WHEN ${sql} BETWEEN TIMESTAMPTZ '1970-01-02 00:00:00Z' AND TIMESTAMPTZ '2099-12-30 00:00:00Z' THEN epoch_ms(${sql}) END`
  if (isInteger(type))
    return `CASE WHEN ${sql} BETWEEN 1000000000 AND 9999999999 THEN ${sql}::BIGINT * 1000
      WHEN ${sql} BETWEEN 1000000000000 AND 9999999999999 THEN ${sql}::BIGINT END`
  if (type !== 'VARCHAR') return NOTHING
  return `CASE WHEN ends_with(${sql}, 'Z') AND regexp_full_match(${sql}, '${DATE_AND_TIME}Z') THEN epoch_ms(try_cast(left(${sql}, 19) AS TIMESTAMP)) END`
}

/** The instant of a local reading between two others, as a search among the changes of offset there. */
export function instantOf(local: string, zone: Zone, first: number, last: number): string {
  const { from, offsets } = localOffsets(zone, last)
  const search = (low: number, high: number): string => {
    if (low === high) return String(offsets[low])
    const middle = (low + high + 1) >> 1
    return `CASE WHEN ${local} < ${from[middle]} THEN ${search(low, middle - 1)} ELSE ${search(middle, high)} END`
  }
  const segmentOf = (reading: number) => from.findLastIndex((start) => start <= reading)
  return `${local} - ${search(segmentOf(first), segmentOf(last))}`
}

/** Integer minor units; below 0, too, which is for others to judge. */
export function plainMoney({ sql, type }: Cell, currency: string): string {
  const digits = minorDigits(currency) ?? 2
  const scale = 10 ** digits
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(type)
  if (decimal !== null) {
    const minor = `(round(${sql}, ${digits}) * ${scale})::BIGINT`
    const isExact = Number(decimal[2]) <= digits ? 'true' : `${sql} = round(${sql}, ${digits})`
    // Few digits are multiplied as they are; more might be too many for the integers behind them.
    if (isExact === 'true' && Number(decimal[1]) + digits < 18) return `(${sql} * ${scale})::BIGINT`
    return `CASE WHEN abs(${sql}) < ${1e15 / scale} AND ${isExact} THEN ${minor} END`
  }
  if (isInteger(type)) return `CASE WHEN abs(${sql}::HUGEINT) < ${1e15 / scale} THEN ${sql}::BIGINT * ${scale} END`
  if (type === 'DOUBLE') {
    // A double is an amount of so many digits if it is the one nearest to that: then its shortest text is that amount.
    const minor = `round(${sql} * ${scale})`
    return `CASE WHEN abs(${sql}) < ${1e15 / scale} AND ${minor} / ${scale} = ${sql} THEN ${minor}::BIGINT END`
  }
  if (type !== 'VARCHAR') return NOTHING
  const fraction = digits === 0 ? '' : `(\\.\\d{1,${digits}})?`
  return `CASE WHEN regexp_full_match(${sql}, '-?\\d{1,12}${fraction}') THEN (try_cast(${sql} AS DECIMAL(18, ${digits})) * ${scale})::BIGINT END`
}

/** A whole number other than 0. */
export function plainQuantity({ sql, type }: Cell): string {
  const within = (number: string) =>
    `CASE WHEN ${number} <> 0 AND abs(${number}) <= 2147483647 THEN ${number}::BIGINT END`
  if (isInteger(type)) return within(`${sql}::HUGEINT`)
  if (type !== 'VARCHAR') return NOTHING
  return `CASE WHEN regexp_full_match(${sql}, '-?\\d{1,9}') THEN nullif(try_cast(${sql} AS BIGINT), 0) END`
}

/** Whether an id is one as it stands: nothing to trim, and no whole number that was written with a point. */
export function isPlainId({ sql, type }: Cell): string {
  if (isInteger(type)) return 'true'
  if (type !== 'VARCHAR') return 'false'
  // What is empty, or begins with a blank, comes before “!”. A blank of another alphabet takes several bytes.
  return `${sql} >= '!' AND NOT ends_with(${sql}, ' ') AND strlen(${sql}) = length(${sql}) AND NOT contains(${sql}, '.0')`
}

function isInteger(type: string): boolean {
  return /^U?(TINY|SMALL|BIG)?INT(EGER)?$/.test(type)
}
