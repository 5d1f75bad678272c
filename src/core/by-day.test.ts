import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByDay } from './by-day.ts'

test('every day has its own, whatever was asked for before it, and days that lie close together are made once', () => {
  const day = fc.oneof(fc.integer({ min: 19_000, max: 21_000 }), fc.integer({ min: -3_000_000, max: 3_000_000 }))
  fc.assert(
    fc.property(fc.array(day, { maxLength: 50 }), (days) => {
      const made: number[] = []
      const table = new ByDay((of) => {
        made.push(of)
        return { of }
      })
      for (const of of days) expect(table.of(of)).toEqual({ of })
      if (Math.max(...days) - Math.min(...days) < 73_050) expect(made).toEqual([...new Set(days)])
    }),
  )
})
