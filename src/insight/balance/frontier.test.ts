/** The frontier has no point that another beats, and misses none. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '../../../test/history.ts'
import { depths, kneeOf, onFrontier, type Point } from './frontier.ts'

const point: fc.Arbitrary<Point> = fc.record({ gets: fc.nat(12), costs: fc.nat(12) })
const points = fc.array(point, { maxLength: 30 })

/** At least as good in both, and better in one. */
const beats = (a: Point, b: Point) => a.gets >= b.gets && a.costs <= b.costs && (a.gets > b.gets || a.costs < b.costs)

test('a point is on the frontier exactly if no other beats it', () => {
  fc.assert(
    fc.property(points, (all) => {
      expect(onFrontier(all)).toEqual(all.map((one) => !all.some((other) => beats(other, one))))
    }),
    { numRuns: runs(1_000) },
  )
})

test('below the frontier lies the frontier of the rest', () => {
  fc.assert(
    fc.property(points, (all) => {
      const depth = depths(all)
      for (const [i, one] of all.entries()) {
        const above = all.filter((_, j) => depth[j]! === depth[i]! - 1)
        if (depth[i]! > 0) expect(above.some((other) => beats(other, one))).toBe(true)
        expect(all.some((other, j) => depth[j] === depth[i] && beats(other, one))).toBe(false)
      }
    }),
    { numRuns: runs(300) },
  )
})

test('the knee is where more begins to cost more', () => {
  const bend = [
    { gets: 0, costs: 1 },
    { gets: 60, costs: 2 },
    { gets: 80, costs: 3 },
    { gets: 85, costs: 6 },
    { gets: 90, costs: 11 },
  ]
  expect(kneeOf(bend)).toBe(2)
  expect(kneeOf([])).toBe(null)
  expect(kneeOf([{ gets: 1, costs: 1 }])).toBe(0)
  // Of two ends neither bends, and what stands out by little more is no reason to change: the first that was given.
  expect(kneeOf(bend.slice(0, 2))).toBe(0)
  expect(kneeOf([{ gets: 78, costs: 3 }, ...bend])).toBe(3)
  expect(kneeOf([{ gets: 81, costs: 3.3 }, ...bend])).toBe(0)
})

test('the knee lies on the frontier', () => {
  fc.assert(
    fc.property(points, (all) => {
      const knee = kneeOf(all)
      if (all.length === 0) expect(knee).toBe(null)
      else expect(onFrontier(all)[knee!]).toBe(true)
    }),
    { numRuns: runs(300) },
  )
})
