import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { currencySuggestion, formatAmount, formatMoney, minorDigits, parseMoney, shareOf, spread } from './money.ts'
import { Unsafe } from './rational.ts'

describe('currencies', () => {
  test.each([
    ['USD', 2],
    ['JPY', 0],
    ['ISK', 0],
    ['HUF', 2],
    ['KWD', 3],
    ['CLF', 4],
    ['usd', null],
    ['XXX', null],
    ['', null],
    ['constructor', null],
  ])('%s has %s decimals', (code, digits) => expect(minorDigits(code)).toBe(digits))

  test('a wrong code gets a suggestion', () => {
    expect(currencySuggestion('usd')).toBe('USD')
    expect(currencySuggestion('UDS')).toBe('USD')
    expect(currencySuggestion('dollars')).toBeUndefined()
  })
})

describe('amounts', () => {
  test.each<[string | number, number, number]>([
    ['5.00', 2, 500],
    ['5', 2, 500],
    ['5.5', 2, 550],
    [5.5, 2, 550],
    [0.29, 2, 29],
    [1.005, 3, 1005],
    ['0', 2, 0],
    ['500', 0, 500],
    ['90071992547409.91', 2, Number.MAX_SAFE_INTEGER],
  ])('%s at %i decimals is %i', (value, digits, minor) => expect(parseMoney(value, digits)).toBe(minor))

  test.each<[string | number, number]>([
    ['5.001', 2],
    ['5.0', 0],
    ['-5', 2],
    ['5.', 2],
    ['.5', 2],
    ['5,00', 2],
    ['1,000.00', 2],
    ['1e3', 2],
    ['5 USD', 2],
    ['', 2],
    ['90071992547409.92', 2],
    ['9'.repeat(1000), 2],
    [0.1 + 0.2, 2],
    [10_000_000_000_000, 2],
    [Number.NaN, 2],
    [Number.POSITIVE_INFINITY, 2],
  ])('%s at %i decimals is refused', (value, digits) => expect(parseMoney(value, digits)).toBeNull())

  test('negative ones only where the caller allows them', () => {
    expect(parseMoney('-5.25', 2, { negative: true })).toBe(-525)
    expect(Object.is(parseMoney('-0', 2, { negative: true }), 0)).toBe(true)
  })

  test('are written as they are read', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 4 }), (minor, digits) => {
        expect(parseMoney(formatAmount(minor, digits), digits, { negative: true })).toBe(minor)
      }),
    )
    expect(formatMoney(-5, 'USD')).toBe('-0.05 USD')
    expect(formatMoney(500, 'JPY')).toBe('500 JPY')
  })
})

describe('dividing', () => {
  const weights = fc.array(fc.nat({ max: 2 ** 44 }), { minLength: 1, maxLength: 50 })
  const sumOf = (numbers: readonly number[]) => numbers.reduce((all, number) => all + number, 0)

  test('shares add up, and none exceeds its weight while the total does not exceed theirs', () => {
    fc.assert(
      fc.property(weights, fc.double({ min: 0, max: 1, noNaN: true }), (parts, portion) => {
        const sum = sumOf(parts)
        const total = Math.floor(sum * portion)
        const shares = spread(total, parts)
        expect(sumOf(shares)).toBe(total)
        for (const [index, share] of shares.entries()) {
          expect(share).toBeGreaterThanOrEqual(0)
          expect(share).toBeLessThanOrEqual(parts[index]!)
          if (sum === 0) continue
          // Within one unit of the exact share: |share × sum − total × weight| < sum.
          const distance = BigInt(share) * BigInt(sum) - BigInt(total) * BigInt(parts[index]!)
          expect(distance < BigInt(sum) && distance > -BigInt(sum)).toBe(true)
        }
        expect(spread(-total, parts)).toEqual(shares.map((share) => 0 - share))
      }),
    )
  })

  test('ten thousand lines of the largest sums add up', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => Math.floor(9e15 / 10_000) - (index % 7))
    const total = sumOf(many) - 1
    expect(sumOf(spread(total, many))).toBe(total)
  })

  test('a full discount leaves nothing over', () => expect(spread(999, [333, 0, 666])).toEqual([333, 0, 666]))
  test('thirds', () => expect(spread(100, [1, 1, 1])).toEqual([33, 33, 34]))
  test('nothing over nothing', () => expect([spread(0, []), spread(0, [0, 0])]).toEqual([[], [0, 0]]))
  test('something over nothing is a mistake of ours', () => expect(() => spread(1, [0])).toThrow())
  test('weights beyond what is exact', () => {
    expect(() => spread(1, [Number.MAX_SAFE_INTEGER, 1])).toThrow(Unsafe)
  })

  test('units returned in any split carry the whole amount', () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1 }),
        (amount, split) => {
          const units = sumOf(split)
          let returned = 0
          let carried = 0
          for (const part of split) {
            carried += shareOf(amount, returned + part, units) - shareOf(amount, returned, units)
            returned += part
          }
          expect(carried).toBe(amount)
          expect(shareOf(amount, 0, units)).toBe(0)
        },
      ),
    )
  })
})
