/** What SQL reads by itself is what `values.ts` reads, or nothing. */

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { zone } from '../../core/time.ts'
import { type Cell, instantOf, isPlainId, plainInstant, plainLocal, plainMoney, plainQuantity } from './plain.ts'
import { readDate, readMoney, readQuantity } from './values.ts'

let duck: DuckDBConnection
beforeAll(async () => {
  duck = await (await DuckDBInstance.create()).connect()
  await duck.run(`SET TimeZone = 'UTC'`)
})
afterAll(() => duck.closeSync())

/** What SQL makes of the texts in a column of that type, beside the text that is then read of it. */
async function read(
  texts: string[],
  type: string,
  expression: (cell: Cell) => string,
): Promise<[string, number | null][]> {
  const rows = texts.map((text) => `('${text.replaceAll("'", "''")}')`).join(', ')
  const cell = { sql: 'cell', type, text: 'cell::VARCHAR' }
  const result = await duck.runAndReadAll(`SELECT cell::VARCHAR, (${expression(cell)})::DOUBLE
    FROM (SELECT try_cast(text AS ${type}) AS cell FROM (VALUES ${rows}) AS texts(text)) WHERE cell IS NOT NULL`)
  return result.getRowsJson() as [string, number | null][]
}

const two = (most: number) => fc.integer({ min: 0, max: most }).map((n) => String(n).padStart(2, '0'))
const year = fc.oneof(fc.integer({ min: 1960, max: 2110 }), fc.integer({ min: 2000, max: 2030 })).map(String)
const day = fc.tuple(year, two(13), two(32)).map((parts) => parts.join('-'))
const time = fc.tuple(two(24), two(60), two(60)).map((parts) => parts.join(':'))
const dates = fc.tuple(
  day,
  fc.constantFrom(' ', 'T', ''),
  time,
  fc.constantFrom('', '', 'Z', '+02:00', '.5', '.123456', ' '),
)
const places = fc.constantFrom(
  'America/New_York',
  'Europe/London',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'UTC',
  'Africa/Casablanca',
)

/** A day around a change of New York's and London's clocks, often. */
const nearChange = fc.tuple(
  fc.constantFrom('2024-03-10', '2024-11-03', '2024-03-31', '2024-10-27'),
  fc.constant(' '),
  fc.tuple(fc.constantFrom('00', '01', '02', '03'), two(59), two(59)).map((parts) => parts.join(':')),
  fc.constant(''),
)

test.each(['VARCHAR', 'TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE'])(
  'dates of type %s',
  async (type) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(dates, nearChange), { minLength: 20, maxLength: 60 }),
        places,
        async (parts, name) => {
          const place = zone(name)!
          const texts = parts.map((part) => part.join(''))
          const local = await read(texts, type, plainLocal)
          const known = local.flatMap(([, ms]) => ms ?? [])
          const [first, last] = [Math.min(...known), Math.max(...known)]
          const ms = (cell: Cell) => {
            const instant = plainInstant(cell)
            return known.length === 0
              ? instant
              : `coalesce(${instantOf(plainLocal(cell), place, first, last)}, ${instant})`
          }
          for (const [text, value] of await read(texts, type, ms))
            if (value !== null) expect([text, value]).toEqual([text, readDate(text.replace(/\+00$/, 'Z'), place, null)])
        },
      ),
      { numRuns: 25 },
    )
  },
)

test('whole numbers that are moments of Unix time', async () => {
  const texts = ['1323435000', '1323435000000', '20110701', '999999999', '10000000000']
  expect((await read(texts, 'BIGINT', plainInstant)).map(([, value]) => value)).toEqual([
    1_323_435_000_000,
    1_323_435_000_000,
    null,
    null,
    null,
  ])
})

const amount = fc.oneof(
  fc
    .tuple(fc.integer({ min: -2000, max: 200_000 }), fc.constantFrom('', '.5', '.05', '.005', '.675', '.10', '.999'))
    .map((parts) => parts.join('')),
  fc.double({ min: 0, max: 1e6, noNaN: true }).map(String),
  fc.constantFrom(
    '0',
    '-0',
    '0.00',
    '1e3',
    '£2.50',
    '1,50',
    'free',
    '9007199254740993',
    '123456789012345.67',
    '1.005',
    '2.675',
  ),
)

test.each([
  'VARCHAR',
  'DOUBLE',
  'DECIMAL(9,2)',
  'DECIMAL(18,3)',
  'DECIMAL(38,4)',
  'DECIMAL(4,0)',
  'INTEGER',
  'BIGINT',
  'UBIGINT',
])('amounts of type %s', async (type) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(amount, { minLength: 20, maxLength: 60 }),
      fc.constantFrom('USD', 'JPY', 'TND'),
      async (texts, currency) => {
        for (const [text, value] of await read(texts, type, (cell) => plainMoney(cell, currency))) {
          if (value === null) continue
          const right = readMoney(text, currency, '')
          expect([text, value < 0 ? '_negative' : value, right.rounded]).toEqual([
            text,
            right.value ?? right.code,
            false,
          ])
        }
      },
    ),
  )
})

test.each(['VARCHAR', 'INTEGER', 'BIGINT', 'UBIGINT'])('quantities of type %s', async (type) => {
  const texts = ['1', '-3', '0', '6.0', '1,000', '007', '2147483648', '99999999999', 'x', '-2147483647']
  for (const [text, value] of await read(texts, type, plainQuantity))
    if (value !== null) expect([text, value]).toEqual([text, readQuantity(text).value])
})

test('an id is as it stands when nothing is to be trimmed and no point ends it', async () => {
  const texts = ['a', ' a', 'a ', 'é', '17.0', '17.00', '', 'a b', '\u00a0a']
  const plain = await read(texts, 'VARCHAR', (cell) => `(${isPlainId(cell)})::INTEGER`)
  expect(plain.filter(([, value]) => value === 1).map(([text]) => text)).toEqual(['a', 'a b'])
})

/** So that the file is not wholly left to the dictionary without anybody noticing. */
test('the usual is read by SQL', async () => {
  const all = async (texts: string[], type: string, expression: (cell: Cell) => string) =>
    (await read(texts, type, expression)).map(([, value]) => value)
  expect(await all(['2024-05-01 10:00:00'], 'TIMESTAMP', plainLocal)).toEqual([Date.parse('2024-05-01T10:00:00Z')])
  expect(await all(['2024-05-01T10:00:00'], 'VARCHAR', plainLocal)).toEqual([Date.parse('2024-05-01T10:00:00Z')])
  expect(await all(['2024-05-01T10:00:00Z'], 'VARCHAR', plainInstant)).toEqual([Date.parse('2024-05-01T10:00:00Z')])
  for (const type of ['VARCHAR', 'DOUBLE', 'DECIMAL(9,2)', 'DECIMAL(18,3)', 'DECIMAL(38,4)'])
    expect(await all(['12.34', '-1.50'], type, (cell) => plainMoney(cell, 'USD'))).toEqual([1234, -150])
  expect(await all(['3', '-3'], 'VARCHAR', plainQuantity)).toEqual([3, -3])
})
