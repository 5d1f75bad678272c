/** What a program promises, gathered from its features once, and the words that rules, wallets and fractions get. */

import type { RuleTerms, Terms } from './feature.ts'
import { formatAmount } from './money.ts'
import { type Program, rulesOf } from './program.ts'
import { gcd } from './rational.ts'

const known = new WeakMap<Program, Terms & { ruleById: ReadonlyMap<string, RuleTerms> }>()

export function termsOf(program: Program): Terms & { ruleById: ReadonlyMap<string, RuleTerms> } {
  let terms = known.get(program)
  if (terms === undefined) {
    const parts = program.features.map((feature) => feature.terms?.(program) ?? {})
    const rules = parts.flatMap((part) => part.rules ?? [])
    const offers = parts.flatMap((part) => part.offers ?? [])
    const gifts = parts.flatMap((part) => part.gifts ?? [])
    const exchanges = parts.flatMap((part) => part.exchanges ?? [])
    const multipliers = parts.flatMap((part) => part.multipliers ?? [])
    terms = { rules, offers, gifts, exchanges, multipliers, ruleById: new Map(rules.map((rule) => [rule.id, rule])) }
    known.set(program, terms)
  }
  return terms
}

/** What people read instead of an id: `double-tuesday` is "double tuesday". */
export function wordsOfId(id: string): string {
  return id.replaceAll(/[-_]+/g, ' ')
}

/** "36 stars", "1 star", "2.50 points": points in the wallet's smallest unit. */
export function pointsText(points: number, program: Program, wallet: string): string {
  const { name, decimals } = rulesOf(program, wallet)
  return `${formatAmount(points, decimals)} ${points === 10 ** decimals ? singular(name) : name}`
}

export function singular(name: string): string {
  return /[^su]s$/.test(name) ? name.slice(0, -1) : name
}

/** "of 200 a month", "of 3 times a day", "of 500 in all". */
export function limitText(limit: NonNullable<RuleTerms['limit']>, program: Program, wallet: string): string {
  const times = limit.amount === 1 ? 'time' : 'times'
  const amount =
    limit.counts === 'times'
      ? `${limit.amount} ${times}`
      : formatAmount(limit.amount, rulesOf(program, wallet).decimals)
  return limit.per === 'lifetime' ? `${amount} in all` : `${amount} a ${limit.per}`
}

/** "200 of 200 this month are used", "1 of 1 time today is used": a limit of which nothing is left. */
export function periodText(limit: NonNullable<RuleTerms['limit']>, program: Program, wallet: string): string {
  const { decimals } = rulesOf(program, wallet)
  const isOne = limit.amount === (limit.counts === 'times' ? 1 : 10 ** decimals)
  const amount = limit.counts === 'times' ? String(limit.amount) : formatAmount(limit.amount, decimals)
  const times = limit.counts === 'times' ? ` ${isOne ? 'time' : 'times'}` : ''
  const period = limit.per === 'lifetime' ? 'in all' : limit.per === 'day' ? 'today' : `this ${limit.per}`
  return `${amount} of ${amount}${times} ${period} ${isOne ? 'is' : 'are'} used`
}

/** The sentence in which members learn what a rule gives: "1 star for every 1.00 USD". */
export function promiseOfRule(rule: RuleTerms, program: Program): string {
  const limit =
    rule.limit === null ? '' : `, at most ${limitText(rule.limit, program, rule.wallet).replace(/^1 time /, 'once ')}`
  const label = rule.name ?? wordsOfId(rule.id)
  if (rule.times !== null)
    return `${label}: ${fractionText(rule.times.n, rule.times.d)} times the ${rulesOf(program, rule.wallet).name}${limit}`
  const { points, per } = plainRate(rule.rate!, program, rule.wallet)
  return rule.rate!.per === 'once' ? `${points} ${occasion(rule)}${limit}` : `${points} for every ${per}${limit}`
}

/** "for a review": what a rule that gives points once gives them for. */
export function occasion(rule: RuleTerms): string {
  if (rule.name !== null) return `for ${rule.name}`
  const words = wordsOfId(rule.id)
  return `for ${/^[aeiou]/i.test(words) ? 'an' : 'a'} ${words}`
}

/** "I earn this many points for every so much": 1 star per 10.00 rather than a tenth of a star per 1.00. */
export function plainRate(
  rate: NonNullable<RuleTerms['rate']>,
  program: Program,
  wallet: string,
): { points: string; per: string } {
  const { decimals } = rulesOf(program, wallet)
  const one = 10 ** decimals
  if (rate.per === 'amount') {
    const major = 10 ** program.digits
    // Of whole points per unit of money, and money per whole point, the one that comes out even is said.
    const whole = (rate.n * major) / rate.d
    const price = (rate.d * one) / rate.n
    if ((whole < one || !Number.isInteger(whole)) && Number.isInteger(price))
      return {
        points: `1 ${singular(rulesOf(program, wallet).name)}`,
        per: `${formatAmount(price, program.digits)} ${program.currency}`,
      }
    return {
      points: `${fractionText(rate.n * major, rate.d * one)} ${whole === one ? singular(rulesOf(program, wallet).name) : rulesOf(program, wallet).name}`,
      per: `${formatAmount(major, program.digits)} ${program.currency}`,
    }
  }
  const points = Number.isInteger(rate.n / rate.d)
    ? pointsText(rate.n / rate.d, program, wallet)
    : `${fractionText(rate.n, rate.d * one)} ${rulesOf(program, wallet).name}`
  return { points, per: 'item' }
}

/** A fraction as a decimal number, all of it where it ends, otherwise "about" and `places` decimals. `d` is above 0. */
export function fractionText(n: number, d: number, places = 2): string {
  const divisor = gcd(n, d)
  const [top, bottom] = [n / divisor, d / divisor]
  const digits = decimalPlaces(bottom)
  if (digits === 0) return String(top)
  if (digits !== null && Number.isSafeInteger(top * 10 ** digits))
    return formatAmount((top * 10 ** digits) / bottom, digits)
  return `about ${(top / bottom).toFixed(places)}`
}

/** How many decimals a fraction in lowest terms with this denominator has; null when it goes on for ever, or nearly. */
function decimalPlaces(bottom: number): number | null {
  let [rest, twos, fives] = [bottom, 0, 0]
  while (rest % 2 === 0) {
    rest /= 2
    twos++
  }
  while (rest % 5 === 0) {
    rest /= 5
    fives++
  }
  const digits = Math.max(twos, fives)
  return rest === 1 && digits <= 8 ? digits : null
}
