/** Ranges as people write them, round values within them, and what is said to those that make no sense. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '../../../test/history.ts'
import { parseRange, type Range, valuesOf } from './ranges.ts'
import { decimalsOf } from './settings.ts'

const values = (text: string, decimals = 4, steps: number | null = null, most = 8, now = 0) =>
  valuesOf(parseRange(text) as Range, decimals, { steps, most, now })

test('two ends are filled with round values', () => {
  expect(values('0.5..3')).toEqual([0.5, 1, 1.5, 2, 2.5, 3])
  expect(values('100..300', 0)).toEqual([100, 150, 200, 250, 300])
  expect(values('3..12', 0, null, 11)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  expect(values('0.7..1.1')).toEqual([0.7, 0.8, 0.9, 1, 1.1])
})

test('the value that the program has is one of them', () => {
  expect(values('10..75', 0, null, 5, 25)).toEqual([10, 20, 25, 40, 60, 75])
  expect(values('100..300', 0, null, 8, 25)).toEqual([100, 150, 200, 250, 300])
})

test('a step, a number of steps and a list are taken as they are', () => {
  expect(values('1..2 by 0.25')).toEqual([1, 1.25, 1.5, 1.75, 2])
  expect(values('1..2 by 0.4')).toEqual([1, 1.4, 1.8])
  expect(values('100..300', 0, 4)).toEqual([100, 167, 233, 300])
  expect(values('200, 100,150')).toEqual([100, 150, 200])
})

test('what makes no sense is told with what would', () => {
  expect(parseRange('300..100')).toBe('300..100 runs backwards: write 100..300.')
  expect(parseRange('100..100')).toBe('100..100 is a single value: write 100, or a range such as 100..200.')
  expect(parseRange('1..2 by 5')).toBe('A step of 5 leads out of 1..2 at once: write one below 1.')
  expect(parseRange('1..2 by 0')).toBe('1..2 by 0 goes no further at any step: write a step above 0.')
  expect(parseRange('0..100000 by 1')).toContain('more than 1000 values')
  expect(parseRange('-1..3')).toBe('-1..3 goes below 0, which no setting may.')
  for (const text of ['abc', '', '1..', '1...3', '1-3', '1,,2', '1 to 3', '1e3..2e3'])
    expect(parseRange(text)).toMatch(/is no range: write two ends such as 0\.5\.\.3/)
})

test('every value lies within the ends, few enough and no finer than the setting allows', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 50_000 }),
      fc.integer({ min: 1, max: 50_000 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 3, max: 12 }),
      (low, width, decimals, most) => {
        const [from, to] = [low / 10 ** decimals, (low + width) / 10 ** decimals]
        const found = valuesOf({ from, to, by: null }, decimals, { steps: null, most, now: 0 })
        expect(found[0]).toBe(from)
        expect(found.at(-1)).toBe(to)
        expect(found.length).toBeLessThanOrEqual(most + 1)
        for (const [i, value] of found.entries()) {
          if (i > 0) expect(value).toBeGreaterThan(found[i - 1]!)
          expect(decimalsOf(value)).toBeLessThanOrEqual(decimals)
        }
      },
    ),
    { numRuns: runs(500) },
  )
})
