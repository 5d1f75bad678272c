/** Exact fractions and rounding on safe integers; what does not fit is an error, never a wrong digit. */

/** A fraction `n / d` in lowest terms with `d > 0`. Both are safe integers. */
export interface Rational {
  readonly n: number
  readonly d: number
}

/** `floor` goes down, `up` goes up (towards +∞ both), `nearest` takes halves away from zero, as cash registers do. */
export type Rounding = 'floor' | 'nearest' | 'up'

/** A result beyond ±(2^53 − 1): too large to be exact. Callers that compute with foreign figures turn it into a refusal. */
export class Unsafe extends RangeError {
  readonly code = 'unsafe'
  override readonly name = 'Unsafe'
  constructor(message = 'A figure is larger than 9007199254740991 and cannot be exact') {
    super(message)
  }
}

/** The value itself when it is a safe integer; throws `Unsafe` otherwise. */
export function assertSafe(value: number): number {
  if (!Number.isSafeInteger(value)) throw new Unsafe()
  // Adding 0 makes the -0 that 0 × -5 gives into the 0 that everyone means.
  return value + 0
}

/** The greatest common divisor, never negative; `gcd(0, 0)` is 0. */
export function gcd(a: number, b: number): number {
  let x = Math.abs(a)
  let y = Math.abs(b)
  while (y !== 0) [x, y] = [y, x % y]
  return x
}

/** The least common multiple, never negative. */
export function lcm(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : assertSafe(Math.abs(a / gcd(a, b)) * Math.abs(b))
}

/** The fraction `n / d` in lowest terms with the sign above. */
export function reduce(n: number, d: number): Rational {
  if (d === 0) throw new Unsafe('A fraction has the denominator 0')
  const divisor = gcd(n, d) * (d < 0 ? -1 : 1)
  return { n: assertSafe(n / divisor), d: assertSafe(d / divisor) }
}

/** Reads `1.25` as 5/4, exactly. Null for what is no plain decimal (an exponent, a comma) or has too many digits. */
export function parseDecimal(value: string | number): Rational | null {
  const match = /^(-?\d{1,16})(?:\.(\d{1,15}))?$/.exec(String(value))
  if (!match) return null
  const [, whole, fraction = ''] = match
  const n = Number(whole! + fraction)
  return Number.isSafeInteger(n) ? reduce(n, 10 ** fraction.length) : null
}

/** `6/5`, and `3` for 3/1. */
export function format(value: Rational): string {
  return value.d === 1 ? String(value.n) : `${value.n}/${value.d}`
}

export function add(a: Rational, b: Rational): Rational {
  if (a.d === b.d) return reduce(assertSafe(a.n + b.n), a.d)
  // Over the least common denominator the sum stays as small as it can.
  const d = lcm(a.d, b.d)
  return reduce(assertSafe(assertSafe(a.n * (d / a.d)) + assertSafe(b.n * (d / b.d))), d)
}

export function multiply(a: Rational, b: Rational): Rational {
  // Cancelling across first keeps the products as small as the result itself.
  const left = reduce(a.n, b.d)
  const right = reduce(b.n, a.d)
  return { n: assertSafe(left.n * right.n), d: assertSafe(left.d * right.d) }
}

/** Below 0 when `a < b`, 0 when they are equal, above 0 when `a > b`. */
export function compare(a: Rational, b: Rational): number {
  const left = a.n * b.d
  const right = b.n * a.d
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return Math.sign(left - right)
  const exact = BigInt(a.n) * BigInt(b.d) - BigInt(b.n) * BigInt(a.d)
  return exact < 0n ? -1 : exact > 0n ? 1 : 0
}

/** floor(n ÷ d) for `d > 0`. */
export function floorDiv(n: number, d: number): number {
  // The quotient of two safe integers never rounds up to a whole number it does not reach: it misses the next one by
  // at least 1/d, and half a unit in its last place is less than that.
  return Math.floor(n / d) + 0
}

/** n ÷ d as a whole number, rounded as asked, for `d > 0`. */
export function roundDiv(n: number, d: number, rounding: Rounding): number {
  const floor = floorDiv(n, d)
  if (rounding === 'floor') return floor
  const signed = n % d
  const remainder = signed < 0 ? signed + d : signed
  if (rounding === 'up') return remainder > 0 ? floor + 1 : floor
  // Compared with what is missing to the next whole: doubling the remainder might not be exact.
  const missing = d - remainder
  return remainder > missing || (remainder === missing && n > 0) ? floor + 1 : floor
}

/** floor(a × b ÷ c) for `c > 0`, exact even where a × b is not; throws `Unsafe` when the result itself does not fit. */
export function mulDivFloor(a: number, b: number, c: number): number {
  const product = a * b
  if (Number.isSafeInteger(product)) return floorDiv(product, c)
  const exact = BigInt(a) * BigInt(b)
  const divisor = BigInt(c)
  const quotient = exact / divisor
  // BigInt division cuts towards zero; below zero the floor is one less unless it divides evenly.
  const floor = exact < 0n && exact % divisor !== 0n ? quotient - 1n : quotient
  return assertSafe(Number(floor))
}
