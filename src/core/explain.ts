/** How points came about: exact figures for those who check, and a sentence for those who ask at the counter. */

import type { Entry } from './deciding.ts'
import type { RuleTerms } from './feature.ts'
import { formatAmount } from './money.ts'
import { type Program, rulesOf } from './program.ts'
import { format, gcd, reduce } from './rational.ts'
import { fractionText, limitText, occasion, plainRate, pointsText, termsOf, wordsOfId } from './terms.ts'

/** Fractions are exact and in lowest terms, in the wallet's smallest unit: `906/25` is 36.24. */
export interface Explanation {
  rule: string
  wallet: string
  line: string | null
  /** What the rate applies to: money in minor units, items, or 1. */
  base: number
  /** Points per major unit of money, per item, or for the occasion: multipliers included, the limit not. */
  rate: string
  exact: string
  rounding: Entry['rounding']
  /** The fraction that the wallet kept before and keeps after; null unless the rule carries. */
  carry_before: string | null
  carry_after: string | null
  points: number
  text: string
}

export function explain(entries: readonly Entry[], program: Program): Explanation[] {
  return entries.map((entry) => explainEntry(entry, program))
}

function explainEntry(entry: Entry, program: Program): Explanation {
  const { rule, wallet, base, exact, scale, rounding, carry, points } = entry
  const rate = rateOf(entry, program)
  return {
    rule,
    wallet,
    line: null,
    base,
    rate: format(rate),
    exact: format(reduce(exact, scale)),
    rounding,
    carry_before: carry === null ? null : format(reduce(carry[0], carry[1])),
    carry_after: carry === null ? null : format(reduce(carry[2], carry[3])),
    points,
    text: exact < 0 || (exact === 0 && points < 0) ? wordsForLess(entry, program) : wordsForMore(entry, program, rate),
  }
}

/** What is a fraction of base: full ÷ scale ÷ base, and for money per major unit. */
function rateOf({ rule, base, full, scale }: Entry, program: Program): { n: number; d: number } {
  if (base === 0) return { n: 0, d: 1 }
  const terms = termsOf(program).ruleById.get(rule)
  const isMoney = terms !== undefined && perOf(terms, program) === 'amount'
  // Dividing first keeps both figures as small as they can be.
  const common = gcd(full, base)
  const top = full / common
  const bottom = base / common
  const unit = isMoney ? 10 ** program.digits : 1
  const shared = gcd(unit, scale)
  return reduce(top * (unit / shared), bottom * (scale / shared))
}

/** A multiplier is of what the rules of its wallet are of. */
function perOf(terms: RuleTerms, program: Program): 'amount' | 'item' | 'once' {
  if (terms.rate !== null) return terms.rate.per
  const multiplied = termsOf(program).rules.find(
    (rule) => rule.rate !== null && rule.wallet === terms.wallet && rule.on === terms.on,
  )
  return multiplied?.rate?.per ?? 'once'
}

function wordsForLess(entry: Entry, program: Program): string {
  return `${pointsText(-entry.points, program, entry.wallet)} taken back for what was returned${kept(entry, program)}`
}

function wordsForMore(entry: Entry, program: Program, rate: { n: number; d: number }): string {
  const terms = termsOf(program).ruleById.get(entry.rule)
  const points = pointsText(entry.points, program, entry.wallet)
  // A rule that a newer revision no longer has is called by its id, and its figures say the rest.
  if (terms === undefined) return `${points} for ${wordsOfId(entry.rule)}${kept(entry, program)}`
  const limited =
    entry.full === entry.exact || terms.limit === null
      ? ''
      : `; limit of ${limitText(terms.limit, program, entry.wallet)} reached: ${amountText(entry.exact, entry, program)} of ${amountText(entry.full, entry, program)}`
  return `${calculation(entry, terms, points, rate, program)}${kept(entry, program)}${limited}`
}

/** The sum without what rounding does to it. */
function calculation(
  entry: Entry,
  terms: RuleTerms,
  points: string,
  rate: { n: number; d: number },
  program: Program,
): string {
  const of = baseText(entry.base, perOf(terms, program), program)
  const value = amountText(entry.full, entry, program)
  const { decimals } = rulesOf(program, entry.wallet)
  if (terms.rate === null)
    return `${extra(points)} for ${terms.name ?? wordsOfId(terms.id)}, ${fractionText(terms.times!.n, terms.times!.d)} times: ${of} × ${fractionText(rate.n, rate.d * 10 ** decimals)} is ${value}`
  const times = multiplierOf(entry, terms.rate, program)
  if (terms.rate.per === 'once') {
    const plain = pointsText(Math.floor(terms.rate.n / terms.rate.d), program, entry.wallet)
    return times === null
      ? `${points} ${occasion(terms)}`
      : `${points}: ${plain} ${occasion(terms)}${times} is ${value}`
  }
  const each = plainRate(terms.rate, program, entry.wallet)
  if (times === null) return `${points}: ${each.points} for every ${each.per} of ${of}`
  return `${points}: ${of}${rateText(terms.rate, program, decimals)}${times} is ${value}`
}

function extra(points: string): string {
  return points.replace(' ', ' extra ')
}

function baseText(base: number, per: 'amount' | 'item' | 'once', program: Program): string {
  if (per === 'amount') return formatAmount(base, program.digits)
  return per === 'item' ? `${base} ${base === 1 ? 'item' : 'items'}` : String(base)
}

/** A rule's own rate as a factor; nothing when it is 1. */
function rateText(rate: NonNullable<RuleTerms['rate']>, program: Program, decimals: number): string {
  const unit = rate.per === 'amount' ? 10 ** program.digits : 1
  const { n, d } = reduce(rate.n * unit, rate.d * 10 ** decimals)
  if (n === d) return ''
  return n === 1 ? ` ÷ ${d}` : ` × ${fractionText(n, d)}`
}

/** What the rate was multiplied by, and with whose tier, where just one of the program's multipliers makes it. */
function multiplierOf(
  { base, full, scale }: Entry,
  rate: NonNullable<RuleTerms['rate']>,
  program: Program,
): string | null {
  const plain = base * rate.n * (scale / rate.d)
  if (plain === full || plain === 0 || !Number.isSafeInteger(plain)) return null
  const { n, d } = reduce(full, plain)
  const names = termsOf(program).multipliers.filter((one) => one.n === n && one.d === d)
  return ` × ${fractionText(n, d)}${names.length === 1 ? ` at ${titled(names[0]!.name)}` : ''}`
}

function titled(name: string): string {
  return /^[a-z][a-z0-9_-]*$/.test(name) ? name.charAt(0).toUpperCase() + wordsOfId(name).slice(1) : name
}

/** What became of the fraction. */
function kept(entry: Entry, program: Program): string {
  const { carry, exact, scale, rounding } = entry
  if (carry !== null) {
    const before =
      carry[0] === 0 || exact < 0 ? '' : `, with ${partText(carry[0], carry[1], entry, program)} from before`
    const after = carry[2] === 0 ? '' : `; the ${partText(carry[2], carry[3], entry, program)} is kept for next time`
    return before + after
  }
  if (exact % scale === 0) return ''
  return rounding === 'floor' ? ', rounded down' : rounding === 'up' ? ', rounded up' : ', rounded'
}

/** An amount of points × scale as people write it. */
function amountText(amount: number, entry: Entry, program: Program): string {
  return partText(amount, entry.scale, entry, program)
}

function partText(n: number, d: number, { wallet }: Entry, program: Program): string {
  const { decimals } = rulesOf(program, wallet)
  return fractionText(n, d * 10 ** decimals, decimals + 2)
}
