/** Rates as people write them: "1 per 1.00", "2 per item", "5%", or a fixed number of points. */

import { z } from 'zod'
import { parseMoney } from '../../core/money.ts'
import { parseDecimal, type Rational, reduce, Unsafe } from '../../core/rational.ts'

export const RateText = z.union([z.number(), z.string()])

/** Points (in the wallet's smallest unit) per unit of what the rate is of. */
export interface Rate extends Rational {
  per: 'amount' | 'item' | 'once'
}

/**
 * Reads `earn` of a rule. `decimals` are the wallet's, `digits` the currency's.
 * Null when it is none of the known forms, or finer than can be counted exactly; then the caller says what would be right.
 */
export function parseEarn(text: number | string, decimals: number, digits: number): Rate | null {
  try {
    return readEarn(text, decimals, digits)
  } catch (error) {
    if (error instanceof Unsafe) return null
    throw error
  }
}

function readEarn(text: number | string, decimals: number, digits: number): Rate | null {
  const unit = 10 ** decimals
  const written = String(text).trim()
  const percent = /^(\d+(?:\.\d+)?) ?%$/.exec(written)
  if (percent !== null) {
    const share = parseDecimal(percent[1]!)
    return share === null ? null : { per: 'amount', ...reduce(share.n * unit, share.d * 100 * 10 ** digits) }
  }
  const match = /^(\d+(?:\.\d+)?)(?: +per +(item|visit|action|order|\d+(?:\.\d+)?))?$/.exec(written)
  const points = match === null ? null : parseDecimal(match[1]!)
  if (match === null || points === null || points.n === 0) return null
  const of = match[2]
  if (of === undefined || of === 'visit' || of === 'action' || of === 'order')
    return { per: 'once', ...reduce(points.n * unit, points.d) }
  if (of === 'item') return { per: 'item', ...reduce(points.n * unit, points.d) }
  const amount = parseMoney(of, digits)
  if (amount === null || amount === 0) return null
  return { per: 'amount', ...reduce(points.n * unit, points.d * amount) }
}

/** Reads `times`: a number above zero, such as 2 or 1.5. */
export function parseTimes(text: number | string): Rational | null {
  const times = parseDecimal(String(text))
  return times === null || times.n <= 0 ? null : times
}
