/** What is hashed is canonical JSON, whoever writes it: an auditor's own tool gets the same text. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type HashedPosting, type Sealing, sealedText } from './proof.ts'

const time = fc.integer({ min: 0, max: 4e12 })
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
const name = fc.string({ unit: 'binary' })

const sealing: fc.Arbitrary<Sealing> = fc.record({
  seq: fc.nat(),
  type: fc.constantFrom('order', 'return', 'clock'),
  occurredMs: time,
  recordedMs: time,
  revision: fc.nat(),
})

const posting: fc.Arbitrary<HashedPosting> = fc.tuple(
  name,
  fc.constantFrom('issued', 'available'),
  fc.constantFrom('pending', 'spent'),
  fc.maxSafeInteger(),
  maybe(name),
  maybe(fc.nat()),
  maybe(time),
  maybe(time),
  maybe(name),
  maybe(name),
  maybe(fc.maxSafeNat()),
)

test('the sealed text is the JSON of its parts', () => {
  fc.assert(
    fc.property(sealing, fc.array(posting, { maxLength: 4 }), (of, postings) => {
      const { seq, type, occurredMs, recordedMs, revision } = of
      expect(sealedText(of, postings)).toBe(JSON.stringify([seq, type, occurredMs, recordedMs, revision, postings]))
    }),
  )
})
