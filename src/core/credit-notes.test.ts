import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchCredits } from './credit-notes.ts'

interface Units {
  at: number
  quantity: number
}

const bought = (at: number, quantity: number): Units => ({ at, quantity })
const precedes = (purchase: Units, credit: Units) => purchase.at <= credit.at
const match = (purchases: Units[], credits: Units[]) => {
  const { matched, unmatched } = matchCredits(purchases, credits, precedes)
  return {
    matched: matched.map(({ purchase, credit, quantity }) => [credit.at, purchase.at, quantity]),
    unmatched: unmatched.map(({ credit, quantity }) => [credit.at, quantity]),
  }
}

describe('a credit note without a reference', () => {
  test('is matched to the latest purchase, and to the one before it when that is not enough', () => {
    expect(match([bought(1, 5), bought(2, 2), bought(3, 3)], [bought(4, 4)])).toEqual({
      matched: [
        [4, 3, 3],
        [4, 2, 1],
      ],
      unmatched: [],
    })
  })

  test('never reaches a purchase that came later', () => {
    expect(match([bought(1, 1), bought(3, 9)], [bought(2, 2)])).toEqual({ matched: [[2, 1, 1]], unmatched: [[2, 1]] })
  })

  test('finds only what earlier ones have left', () => {
    expect(match([bought(1, 3)], [bought(2, 2), bought(3, 2)])).toEqual({
      matched: [
        [2, 1, 2],
        [3, 1, 1],
      ],
      unmatched: [[3, 1]],
    })
  })

  const units = (most: number) =>
    fc
      .array(fc.record({ at: fc.nat({ max: 50 }), quantity: fc.integer({ min: 1, max: 9 }) }), { maxLength: most })
      .map((list) => list.sort((a, b) => a.at - b.at))

  test('any of them: all units are accounted for, no purchase gives more than it has, and none later is touched', () => {
    fc.assert(
      fc.property(units(20), units(20), (purchases, credits) => {
        const { matched, unmatched } = matchCredits(purchases, credits, precedes)
        const left = new Map(purchases.map((purchase) => [purchase, purchase.quantity]))
        const missing = new Map(credits.map((credit) => [credit, credit.quantity]))
        for (const { purchase, credit, quantity } of matched) {
          expect(precedes(purchase, credit)).toBe(true)
          left.set(purchase, left.get(purchase)! - quantity)
          missing.set(credit, missing.get(credit)! - quantity)
        }
        for (const rest of left.values()) expect(rest).toBeGreaterThanOrEqual(0)
        for (const { credit, quantity } of unmatched) missing.set(credit, missing.get(credit)! - quantity)
        expect([...missing.values()].every((rest) => rest === 0)).toBe(true)
        // What is reported as unmatched found nothing: when it came, all that was bought before was given back.
        for (const { credit } of unmatched) {
          const before = matched.filter((one) => one.credit.at <= credit.at)
          const given = before.reduce((sum, { quantity }) => sum + quantity, 0)
          const there = purchases.filter((one) => precedes(one, credit)).reduce((sum, one) => sum + one.quantity, 0)
          expect(given).toBe(there)
        }
      }),
    )
  })
})
