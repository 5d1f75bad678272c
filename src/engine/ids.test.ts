/** Ids inside are integers and outside short texts, and each is the other again. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseId, publicId } from './ids.ts'

test('a public id is the integer in base 36, and leads back to it', () => {
  const check = (id: number) => {
    expect(publicId('act', id)).toBe(`act_${id.toString(36)}`)
    expect(parseId('act', publicId('act', id))).toBe(id)
  }
  for (const id of [0, 1, 35, 36, 1_295, 1_296, 46_655, 46_656, Number.MAX_SAFE_INTEGER]) check(id)
  fc.assert(fc.property(fc.maxSafeNat(), check))
})
