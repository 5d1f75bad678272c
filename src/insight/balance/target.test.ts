/** A target is solved to the step that the setting allows, and said to be out of reach where it is. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '../../../test/history.ts'
import { decimalsOf } from './settings.ts'
import { type OutOfReach, type Question, type Solution, solve } from './target.ts'

/** Eleven values from one end to the other. */
const range = (from: number, to: number) => Array.from({ length: 11 }, (_, i) => from + ((to - from) * i) / 10)

const question = (over: Partial<Question>, figure: (value: number) => number | null): Question => ({
  target: 0,
  values: range(0, 100),
  now: 0,
  decimals: 4,
  figuresAt: async (values) => values.map(figure),
  ...over,
})

describe('solving', () => {
  test('finds where the figure is what is asked, and the closest value that people would write', async () => {
    const found = (await solve(question({ target: 0.05, values: range(0.5, 3) }, (rate) => rate * 0.0421))) as Solution
    expect(found.monotone).toBe(true)
    expect(found.exact.value).toBeCloseTo(0.05 / 0.0421, 3)
    expect(found.written).toEqual({ value: 1.2, figure: 1.2 * 0.0421 })
  })

  test('goes down as well as up, and stays with whole points', async () => {
    const found = (await solve(
      question({ target: 0.05, values: range(100, 900), decimals: 0 }, (cost) => 17.3 / cost),
    )) as Solution
    expect(found.exact).toEqual({ value: 346, figure: 17.3 / 346 })
    expect(found.written).toEqual({ value: 350, figure: 17.3 / 350 })
  })

  test('tells what the ends give where the target is out of reach', async () => {
    const found = (await solve(question({ target: 9, values: range(1, 3) }, (value) => value * 2))) as OutOfReach
    expect(found).toEqual({ least: { value: 1, figure: 2 }, most: { value: 3, figure: 6 } })
  })

  test('of several answers takes the one closest to the program, and says that there are several', async () => {
    const valley = (value: number) => (value - 50) ** 2
    const found = (await solve(question({ target: 100, now: 90 }, valley))) as Solution
    expect(found.monotone).toBe(false)
    expect(found.written.value).toBe(60)
  })

  test('values that make no program are passed over', async () => {
    const found = (await solve(question({ target: 30 }, (value) => (value < 20 ? null : value)))) as Solution
    expect(found.written.value).toBe(30)
    expect(await solve(question({ target: 30 }, () => null))).toBe(null)
  })

  test('reads the orders few times', async () => {
    let readings = 0
    const figuresAt = async (values: readonly number[]) => {
      readings += 1
      return values.map((value) => value ** 3)
    }
    await solve({ ...question({ target: 12_345 }, () => null), figuresAt })
    expect(readings).toBeLessThanOrEqual(6)
  })

  test('is right to the step of the setting, for any figure that goes one way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.2, max: 3, noNaN: true }),
        fc.boolean(),
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 0, max: 3 }),
        async (power, falls, wanted, decimals) => {
          const figure = (value: number) => (falls ? -1 : 1) * value ** power
          const found = (await solve(
            question({ target: figure(wanted + 0.37), values: range(1, 101), decimals }, figure),
          )) as Solution
          const step = Math.max(10 ** -decimals, 0.001 * 10 ** Math.floor(Math.log10(wanted)))
          expect(Math.abs(found.exact.value - (wanted + 0.37))).toBeLessThanOrEqual(step * 1.5)
          expect(decimalsOf(found.exact.value)).toBeLessThanOrEqual(decimals)
          expect(Number(found.written.value.toPrecision(2))).toBe(found.written.value)
        },
      ),
      { numRuns: runs(200) },
    )
  })
})
