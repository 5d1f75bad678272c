import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  compare,
  floorDiv,
  format,
  gcd,
  lcm,
  mulDivFloor,
  multiply,
  parseDecimal,
  type Rounding,
  reduce,
  roundDiv,
  Unsafe,
} from './rational.ts'

const safe = fc.maxSafeInteger()
const positive = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
const small = fc.integer({ min: -50_000, max: 50_000 })
const rational = fc.tuple(small, fc.integer({ min: 1, max: 50_000 })).map(([n, d]) => reduce(n, d))

/** floor(n ÷ d) by big integers: the judge of everything below. */
function bigFloor(n: bigint, d: bigint): bigint {
  return n < 0n && n % d !== 0n ? n / d - 1n : n / d
}

describe('division', () => {
  test('rounds down exactly over all safe integers', () => {
    fc.assert(
      fc.property(safe, positive, (n, d) => {
        expect(BigInt(floorDiv(n, d))).toBe(bigFloor(BigInt(n), BigInt(d)))
      }),
    )
    // Next to a multiple is where a float quotient would round up to a whole number that is not reached.
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 94_906_265 }), fc.integer({ min: 1, max: 94_906_265 }), (d, q) => {
        expect(floorDiv(q * d - 1, d)).toBe(q - 1)
        expect(floorDiv(-(q * d) - 1, d)).toBe(-q - 1)
      }),
    )
    expect(Object.is(floorDiv(-0, 5), 0)).toBe(true)
  })

  test('rounds as named over all safe integers', () => {
    fc.assert(
      fc.property(safe, positive, (n, d) => {
        const [big, by] = [BigInt(n), BigInt(d)]
        const down = bigFloor(big, by)
        const up = -bigFloor(-big, by)
        // Halves away from zero: round the magnitude half up, then give it its sign.
        const magnitude = bigFloor(2n * (big < 0n ? -big : big) + by, 2n * by)
        const expected: Record<Rounding, bigint> = { floor: down, up, nearest: big < 0n ? -magnitude : magnitude }
        for (const rounding of ['floor', 'up', 'nearest'] as const)
          expect(BigInt(roundDiv(n, d, rounding)), rounding).toBe(expected[rounding])
      }),
    )
  })

  test.each<[number, number, Rounding, number]>([
    [5, 2, 'nearest', 3],
    [-5, 2, 'nearest', -3],
    [4, 3, 'nearest', 1],
    [-4, 3, 'nearest', -1],
    [5, 2, 'floor', 2],
    [-5, 2, 'floor', -3],
    [5, 2, 'up', 3],
    [-5, 2, 'up', -2],
    [0, 7, 'up', 0],
  ])('%i / %i %s is %i', (n, d, rounding, expected) => expect(roundDiv(n, d, rounding)).toBe(expected))

  test('multiplies before it divides without losing a digit, or says that the result does not fit', () => {
    fc.assert(
      fc.property(safe, safe, positive, (a, b, c) => {
        const expected = bigFloor(BigInt(a) * BigInt(b), BigInt(c))
        const fits = expected <= BigInt(Number.MAX_SAFE_INTEGER) && expected >= -BigInt(Number.MAX_SAFE_INTEGER)
        if (fits) expect(BigInt(mulDivFloor(a, b, c))).toBe(expected)
        else expect(() => mulDivFloor(a, b, c)).toThrow(Unsafe)
      }),
    )
    expect(Object.is(mulDivFloor(0, -5, 3), 0)).toBe(true)
  })
})

describe('fractions', () => {
  test.each([
    ['1.25', '5/4'],
    ['1.20', '6/5'],
    ['0', '0'],
    ['-0.0', '0'],
    ['-1.5', '-3/2'],
    ['3', '3'],
    ['0.000000000000001', '1/1000000000000000'],
  ])('%s is %s', (text, expected) => expect(format(parseDecimal(text)!)).toBe(expected))

  test.each([
    '',
    '.5',
    '5.',
    '1e3',
    '1,5',
    '+1',
    '0x10',
    'NaN',
    '1.2.3',
    ' 1',
    '9007199254740993',
    '1.0000000000000001',
  ])('%j is no decimal', (text) => expect(parseDecimal(text)).toBeNull())

  test('a number is read by its shortest spelling', () => {
    expect(parseDecimal(1.2)).toEqual({ n: 6, d: 5 })
    expect(parseDecimal(1e21)).toBeNull()
    expect(parseDecimal(Number.NaN)).toBeNull()
  })

  test('obey the laws of arithmetic in lowest terms', () => {
    const lowest = ({ n, d }: { n: number; d: number }) => d > 0 && gcd(n, d) === 1
    fc.assert(
      fc.property(rational, rational, rational, (a, b, c) => {
        expect(add(a, b)).toEqual(add(b, a))
        expect(multiply(a, b)).toEqual(multiply(b, a))
        expect(lowest(add(a, b)) && lowest(multiply(a, b))).toBe(true)
        expect(Math.sign(compare(add(a, c), add(b, c)))).toBe(Math.sign(a.n * b.d - b.n * a.d))
      }),
    )
    expect(lcm(4, 6)).toBe(12)
    expect(reduce(6, -4)).toEqual({ n: -3, d: 2 })
    expect(compare({ n: 2 ** 52 + 1, d: 2 ** 52 }, { n: 2 ** 52 + 2, d: 2 ** 52 + 1 })).toBe(1)
  })

  test('say so when a figure would not be exact', () => {
    const huge = { n: Number.MAX_SAFE_INTEGER, d: 1 }
    expect(() => add(huge, { n: 1, d: 1 })).toThrow(Unsafe)
    expect(() => multiply(huge, { n: 2, d: 1 })).toThrow(Unsafe)
    expect(() => reduce(1, 0)).toThrow(Unsafe)
    expect(multiply(huge, { n: 1, d: Number.MAX_SAFE_INTEGER })).toEqual({ n: 1, d: 1 })
  })
})
