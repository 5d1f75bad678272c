/** Columns as the server reads them, beside each other as statements do. */

import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { BigintColumn, ByteaColumn, IntColumn, SmallintColumn, TextColumn } from './columns.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

interface Row {
  big: number | null
  whole: number | null
  small: number | null
  words: string | null
  bytes: Buffer | null
}

async function roundTrip(rows: readonly Row[]): Promise<Row[]> {
  const columns = {
    big: new BigintColumn(),
    whole: new IntColumn(),
    small: new SmallintColumn(),
    words: new TextColumn(),
    bytes: new ByteaColumn(),
  }
  for (const row of rows) {
    columns.big.push(row.big)
    columns.whole.push(row.whole)
    columns.small.push(row.small)
    columns.words.push(row.words)
    columns.bytes.push(row.bytes)
  }
  const values = Object.values(columns)
  for (const column of values) expect(column.length).toBe(rows.length)
  // Numbered, since columns of nulls alone say nothing of how many rows there are.
  const result = await database.db.query<Row>(
    `select big, whole, small, words, bytes from generate_series(1, $6) as place
     left join unnest($1::bigint[], $2::integer[], $3::smallint[], $4::text[], $5::bytea[])
       with ordinality as n (big, whole, small, words, bytes, place) using (place) order by place`,
    [...values.map((column) => column.done()), rows.length],
  )
  return result.rows
}

const anyText = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => !text.includes('\0'))
const anyRow: fc.Arbitrary<Row> = fc.record({
  big: fc.option(fc.maxSafeInteger()),
  whole: fc.option(fc.integer()),
  small: fc.option(fc.integer({ min: -32_768, max: 32_767 })),
  words: fc.option(anyText),
  bytes: fc.option(fc.uint8Array().map((bytes) => Buffer.from(bytes))),
})

test('what is pushed is what arrives, nulls and long columns included', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRow, { maxLength: 400, size: 'max' }), async (rows) => {
      expect(await roundTrip(rows)).toEqual(rows)
    }),
    { numRuns: 40 },
  )
})

test('a column of nulls is read as nulls beside others', async () => {
  const rows = [1, 2, 3].map((big) => ({ big, whole: null, small: null, words: null, bytes: null }))
  expect(await roundTrip(rows)).toEqual(rows)
})

test('the last safe integers, and texts longer than a column begins with', async () => {
  const rows = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 32, -(2 ** 32) - 1, -1].map((big) => ({
    big,
    whole: 2 ** 31 - 1,
    small: -32_768,
    words: '€😀'.repeat(5_000),
    bytes: Buffer.alloc(10_000, 7),
  }))
  expect(await roundTrip(rows)).toEqual(rows)
})

test('a number that does not fit is a mistake of ours, never another number', () => {
  expect(() => new BigintColumn().push(2 ** 53)).toThrow('safe integer')
  expect(() => new BigintColumn().push(1.5)).toThrow('safe integer')
  expect(() => new IntColumn().push(2 ** 31)).toThrow('32 bits')
  expect(() => new SmallintColumn().push(32_768)).toThrow('16 bits')
})
