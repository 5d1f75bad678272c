import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { bigintArray, byteaArray, intArray, smallintArray, textArray } from './arrays.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

/** What the server makes of a parameter, and how many elements it counts. */
async function roundTrip(type: string, parameter: Buffer): Promise<{ elements: unknown[]; count: number }> {
  const { rows } = await database.db.query<{ elements: unknown[]; count: number }>(
    `select $1::${type}[] as elements, cardinality($1::${type}[]) as count`,
    [parameter],
  )
  return rows[0]!
}

const many = Array.from({ length: 10_000 }, (_, index) => index)

describe('numbers', () => {
  const bigints = [
    0,
    1,
    -1,
    2 ** 31,
    -(2 ** 31),
    2 ** 32,
    -(2 ** 32) - 1,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
  ]
  test.each([
    ['bigint', bigintArray, bigints],
    ['integer', intArray, [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]],
    ['smallint', smallintArray, [0, 1, -1, 32_767, -32_768]],
  ] as const)('%s arrays arrive as they are', async (type, encode, extremes) => {
    for (const values of [extremes, [...extremes, null, 7], [null], [], many]) {
      const { elements, count } = await roundTrip(type, encode(values))
      expect(elements).toEqual(values)
      expect(count).toBe(values.length)
    }
  })

  test('a number that does not fit is a mistake of ours, never another number', () => {
    expect(() => bigintArray([2 ** 53])).toThrow('safe integer')
    expect(() => bigintArray([1.5])).toThrow('safe integer')
    expect(() => intArray([2 ** 31])).toThrow('32 bits')
    expect(() => smallintArray([32_768])).toThrow('16 bits')
    expect(() => smallintArray([Number.NaN])).toThrow('16 bits')
  })
})

test('texts arrive as they are, in any script and of any length', async () => {
  const texts = [
    '',
    'plain',
    'NULL',
    '{a,"b"}',
    "it's \\ here",
    'Zoë',
    '日本語',
    '👩‍🍳',
    'é'.repeat(25),
    'x'.repeat(100_000),
  ]
  for (const values of [texts, [null, ...texts, null], [null], [], many.map((number) => `ключ-${number}`)]) {
    expect((await roundTrip('text', textArray(values))).elements).toEqual(values)
  }
})

test('bytes arrive as they are', async () => {
  const bytes = [Buffer.alloc(0), Buffer.from([0, 1, 254, 255]), Buffer.alloc(10_000, 7)]
  for (const values of [bytes, [null, ...bytes], [], many.map((number) => Buffer.from([number & 255]))]) {
    expect((await roundTrip('bytea', byteaArray(values))).elements).toEqual(values)
  }
})

test('an array of bytes that are no Buffer is taken, too', async () => {
  const { elements } = await roundTrip('bytea', byteaArray([new Uint8Array([1, 2])]))
  expect(elements).toEqual([Buffer.from([1, 2])])
})
