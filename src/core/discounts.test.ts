import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '../../test/history.ts'
import { basketOf, type Taking, total, without } from './basket.ts'
import { type MoneyOff, takeOff } from './discounts.ts'
import { type PricedLine, priceOrder } from './order.ts'
import { NEVER } from './points.ts'

const CATEGORIES = ['a', 'b', 'c']
const line = fc.record({
  category: fc.constantFrom(...CATEGORIES),
  quantity: fc.integer({ min: 1, max: 4 }),
  unit_price: fc.integer({ min: 1, max: 900 }),
})
const part = fc.record({
  quantity: fc.integer({ min: 1, max: 3 }),
  of: fc.subarray(CATEGORIES, { minLength: 1 }),
})
const takes = fc.constantFrom('dearest' as const, 'cheapest' as const, 'first' as const)

function basket(lines: { category: string; quantity: number; unit_price: number }[]) {
  const named = lines.map((one, i) => ({ id: String(i), sku: one.category, ...one }))
  const body = { external_id: 'o', currency: 'USD', prices: 'tax_excluded' as const, lines: named }
  return basketOf(priceOrder(body, null), [])
}

const among = (of: string[]) => (one: PricedLine) => of.includes(one.category)

test('so many for so many is had as often as the units can be parted, each unit once', () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), part, part, takes, (lines, buy, get, picks) => {
      const gives: MoneyOff = {
        kind: 'buy_get',
        buy: { quantity: buy.quantity, counts: among(buy.of) },
        get: { quantity: get.quantity, counts: among(get.of) },
        share: { n: 100, d: 100 },
        takes: picks,
        most: NEVER,
      }
      const units = lines.flatMap(({ category, quantity }) => new Array<string>(quantity).fill(category))
      const count = (own: boolean, other: boolean) =>
        units.filter((unit) => buy.of.includes(unit) === own && get.of.includes(unit) === other).length
      const [onlyBought, onlyGiven, either] = [count(true, false), count(false, true), count(true, true)]
      // Some of those that could be either are bought, the others given: the best of all ways to part them.
      const ways = Array.from({ length: either + 1 }, (_, bought) =>
        Math.min(
          Math.floor((onlyBought + bought) / buy.quantity),
          Math.floor((onlyGiven + either - bought) / get.quantity),
        ),
      )
      const times = Math.max(...ways)
      const taking = takeOff(gives, basket(lines), NEVER)
      expect(taking === null).toBe(times === 0)
      if (taking === null) return
      const { free, bought, shares } = taking as Required<Taking>
      expect([total(free), total(bought)]).toEqual([times * get.quantity, times * buy.quantity])
      for (const [i, { category, quantity, unit_price }] of lines.entries()) {
        expect(free[i]! + bought[i]!).toBeLessThanOrEqual(quantity)
        if (free[i]! > 0) expect(get.of).toContain(category)
        if (bought[i]! > 0) expect(buy.of).toContain(category)
        expect(shares[i]).toBe(free[i]! * unit_price)
      }
      // What is left is not enough for once more.
      expect(takeOff(gives, without(basket(lines), taking), NEVER)).toBeNull()
    }),
    { numRuns: runs(500) },
  )
})

test('a free item is the dearest, the cheapest or the first, and one that is free already is not taken again', () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), takes, (lines, picks) => {
      const gives: MoneyOff = {
        kind: 'free_item',
        upTo: NEVER,
        takes: picks,
        counts: null,
        item: { category: undefined, sku: undefined },
      }
      const prices = lines.flatMap(({ unit_price, quantity }) => new Array<number>(quantity).fill(unit_price))
      if (picks !== 'first') prices.sort((a, b) => (picks === 'dearest' ? b - a : a - b))
      let left = basket(lines)
      for (const price of prices) {
        const taking = takeOff(gives, left, 1)!
        expect(total(taking.shares)).toBe(price)
        left = without(left, taking)
      }
      expect(takeOff(gives, left, 1)).toBeNull()
    }),
    { numRuns: runs(300) },
  )
})
