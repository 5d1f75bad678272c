/** What points are worth and how many will be redeemed: by hand, and what holds of any points. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ageRates, breakEvenLift, openByMonth, redeemedYet, type Triangle } from './economics.ts'
import type { Cohort } from './tally-state.ts'

test('the lift that pays for a program: one point a dollar, worth a cent, four of five redeemed, at a margin of 30%', () => {
  expect(breakEvenLift(1 * 0.01 * 0.8, 0.3)).toBeCloseTo(0.0274, 4)
})

test('no lift pays for a program that costs its margin', () => {
  expect(breakEvenLift(0.3, 0.3)).toBe(null)
  expect(breakEvenLift(0, 0.3)).toBe(0)
})

/** What became of points month by month from that of their issue; each month `[issued, used, lapsed, reversed]`. */
function triangleOf(cohorts: Record<number, number[][]>): Triangle {
  const cohort = ([issued = 0, used = 0, lapsed = 0, reversed = 0]: number[]): Cohort => ({
    issued,
    used,
    lapsed,
    reversed,
  })
  return new Map(
    Object.entries(cohorts).map(([first, months]) => [
      Number(first),
      new Map(months.map((month, age) => [Number(first) + age, cohort(month)])),
    ]),
  )
}

describe('points of three months', () => {
  // January's: 40 of 100 are used in February, and 20 of the 60 left in March, when 10 lapse.
  const triangle = triangleOf({
    0: [[100], [0, 40], [0, 20, 10]],
    1: [[100], [0, 50]],
    2: [[100]],
  })

  test('by age, which share of those still open was used, and which was gone', () => {
    expect(ageRates(triangle, 2)).toEqual([
      { used: 0, gone: 0 },
      { used: 90 / 200, gone: 0 },
      { used: 20 / 60, gone: 10 / 60 },
    ])
  })

  test('the youngest go the way of the older ones, and nothing is expected of the oldest', () => {
    const yet = redeemedYet(ageRates(triangle, 2))
    expect(yet).toEqual([0.45 + 0.55 * (20 / 60), 20 / 60, 0])
    const open = openByMonth(triangle, yet, 0, 2)
    expect(open.map((month) => month.open)).toEqual([100, 160, 180])
    expect(open[2]!.expected).toBeCloseTo(30 * 0 + 50 * yet[1]! + 100 * yet[0]!)
  })

  test('where nobody has redeemed yet, all that is open counts', () => {
    expect(openByMonth(triangle, null, 0, 2)[2]).toEqual({ open: 180, expected: 180 })
  })
})

test('points that came back are no proof that others lapse before they are used', () => {
  const triangle = triangleOf({ 0: [[100], [0, 50, 0, 50]] })
  expect(ageRates(triangle, 1)[1]).toEqual({ used: 0.5, gone: 0.5 })
})

describe('whatever happens to points', () => {
  const month = fc.tuple(fc.nat(50), fc.nat(40), fc.nat(40), fc.nat(40))
  const cohorts = fc.array(fc.array(month, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 8 })

  test('no more is expected than is open, and never less than nothing', () => {
    fc.assert(
      fc.property(cohorts, (drawn) => {
        // Nothing leaves that was not there.
        const triangle = triangleOf(
          Object.fromEntries(
            drawn.map((months, first) => {
              let open = 0
              const possible = months.slice(0, drawn.length - first).map(([issued, ...leaving]) => {
                open += issued
                const left = leaving.map((points) => {
                  const now = Math.min(points, open)
                  open -= now
                  return now
                })
                return [issued, ...left]
              })
              return [first, possible]
            }),
          ),
        )
        const last = drawn.length - 1
        const yet = redeemedYet(ageRates(triangle, last))
        for (const share of yet) expect(share >= 0 && share <= 1 + 1e-12).toBe(true)
        for (const { open, expected } of openByMonth(triangle, yet, 0, last)) {
          expect(expected).toBeGreaterThanOrEqual(0)
          expect(expected).toBeLessThanOrEqual(open + 1e-9)
        }
      }),
    )
  })
})
