/** Our canonical JSON against another implementation of RFC 8785. */

import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical } from './canonical.ts'

const reference = canonicalize as unknown as (value: unknown) => string

test('any JSON value has the text that the reference gives it', () => {
  const anyText = fc.string({ unit: 'binary' })
  const anyJson = fc.jsonValue({ stringUnit: 'binary', maxDepth: 5 })
  const wide = fc.dictionary(anyText, fc.oneof(anyJson, fc.double({ noNaN: true, noDefaultInfinity: true })), {
    maxKeys: 40,
  })
  fc.assert(
    fc.property(fc.oneof(anyJson, wide, anyText, fc.integer()), (value) => {
      expect(canonical(value)).toBe(reference(value))
    }),
    { numRuns: 1_000 },
  )
})

test('texts in UTF-16 units that make no character are written as the reference writes them', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
      const text = String.fromCharCode(...units)
      expect(canonical({ [text]: text })).toBe(reference({ [text]: text }))
    }),
  )
})

test('the order of fields makes no difference, and fields that are undefined are left out', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse())
      expect(canonical({ ...turned, 'left out': undefined })).toBe(canonical(value))
    }),
  )
})

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [undefined], [1n], [Symbol('s')], [{ a: Number.NaN }]])(
  'what JSON cannot hold is our own mistake: %s',
  (value) => {
    expect(() => canonical(value)).toThrow('only JSON values')
  },
)

test('the examples of RFC 8785, sections 3.2.2 and 3.2.3', () => {
  // biome-ignore lint/correctness/noPrecisionLoss: the example of RFC 8785 itself, which shows how this is written.
  const numbers = [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001, -0]
  expect(canonical(numbers)).toBe('[333333333.3333333,1e+30,4.5,0.002,1e-27,0]')
  const sorting = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }
  expect(canonical(sorting)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}')
})
