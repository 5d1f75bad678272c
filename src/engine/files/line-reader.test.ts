/** Lines that are read here and made orders of by others are the orders of the file, and each member is with one of them. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FileEntry, OrderReader } from './order-reader.ts'
import { type OrderFile, openOrders } from './orders.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parts-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function open(path: string): Promise<OrderFile> {
  const file = await openOrders(path, { currency: 'USD', timezone: 'Europe/London', sortedBy: 'member' })
  if ('problems' in file) throw new Error(JSON.stringify(file.problems))
  return file
}

async function all(batches: AsyncIterable<FileEntry[]>): Promise<FileEntry[]> {
  const entries: FileEntry[] = []
  for await (const batch of batches) entries.push(...batch)
  return entries
}

/** The entries of so many readers, who get the lines of one member after the other's in turn, as threads do. */
async function shared(file: OrderFile, count: number, ids: boolean): Promise<FileEntry[][]> {
  const readers = Array.from({ length: count }, () => new OrderReader(structuredClone(file.reading)))
  const parts: FileEntry[][] = readers.map(() => [])
  let nth = 0
  for await (const portion of file.portions({ ids })) {
    const lines = structuredClone(portion)
    for (const [i, reader] of readers.entries())
      if (i === nth) reader.read(lines, (entry) => parts[i]!.push(entry))
      else reader.learn(lines.products)
    if (lines.endsMember) nth = (nth + 1) % count
  }
  for (const [i, reader] of readers.entries()) reader.end((entry) => parts[i]!.push(entry))
  return parts
}

const sorted = (entries: readonly FileEntry[]) => entries.map((entry) => JSON.stringify(entry)).sort()

/** Sales that are nobody's may be with any reader, unless some of them come back. */
function expectShared(file: OrderFile, whole: FileEntry[], parts: FileEntry[][]): void {
  expect(sorted(parts.flat())).toEqual(sorted(whole))
  expect(parts.every((entries) => entries.length > 0)).toBe(true)
  const isOne = ({ member }: FileEntry) => member !== null || file.returns > 0
  const members = parts.map((entries) => new Set(entries.filter(isOne).map(({ member }) => member)))
  const all = new Set(whole.filter(isOne).map(({ member }) => member))
  expect(members.reduce((sum, own) => sum + own.size, 0)).toBe(all.size)
  for (const entries of parts)
    for (const [i, { member, occurred_at }] of entries.entries()) {
      const before = entries[i - 1]
      if (before?.member === member) expect(occurred_at).toBeGreaterThanOrEqual(before.occurred_at)
      else if (member !== null) expect(entries.findIndex((entry) => entry.member === member)).toBe(i)
    }
}

async function parquet(name: string, sql: string): Promise<string> {
  const path = join(folder, name)
  const duck = await (await DuckDBInstance.create()).connect()
  await duck.run(`COPY (${sql}) TO '${path}' (FORMAT parquet)`)
  duck.closeSync()
  return path
}

const TYPED = `SELECT 'o' || i AS order_id, CASE WHEN i % 10 > 0 THEN 'm' || (i * 7919 % 97) END AS member,
  TIMESTAMP '2024-03-30 12:00:00' + to_seconds(i * 65537 % 200000) AS occurred_at, (i % 500 / 100)::DECIMAL(9, 2) AS amount`

test('lines of typed columns, of members and of nobody', async () => {
  const file = await open(await parquet('typed.parquet', `${TYPED} FROM range(3000) AS numbers(i)`))
  const whole = await all(file.batches({ ids: false }))
  expect(whole).toHaveLength(3000)
  expectShared(file, whole, await shared(file, 3, false))
  expect(whole.at(-1)!.member).toBeNull()
  await file.close()
})

test('lines beside odd rows and numbers that come twice, with products that only one reader is shown', async () => {
  const odd = `UNION ALL SELECT 'o17', NULL, TIMESTAMP '2024-03-30 12:00:00', 1.00, 'tea' UNION ALL SELECT 'x', 'm3', NULL, 1.00, 'tea'`
  const sql = `${TYPED}, 'tea ' || (i % 3) AS category FROM range(3000) AS numbers(i) ${odd}`
  const file = await open(await parquet('odd.parquet', sql))
  const whole = await all(file.batches({ ids: false }))
  expect(whole).toHaveLength(3000)
  expect(file.reportCounts).toEqual({ date_missing: 1, duplicate_order: 1 })
  expectShared(file, whole, await shared(file, 2, false))
  await file.close()
})

test('an order whose lines stand in two portions, and one that is longer than both', async () => {
  // A portion is what DuckDB hands over at once, 2,048 rows.
  const lengths = [1_500, 1_000, 5_000, 3]
  const rows = lengths.flatMap((length, order) =>
    Array.from({ length }, (_, i) => `o${order},m${order >> 1},2024-01-0${order + 1},s${i % 700},1,1.00`),
  )
  const path = join(folder, 'long.csv')
  await writeFile(path, ['order,member,date,sku,quantity,price', ...rows].join('\n'))
  const file = await open(path)
  const whole = await all(file.batches())
  expect(whole.map(({ lines }) => lines!.length).sort((a, b) => a - b)).toEqual([3, 1_000, 1_500, 5_000])
  expectShared(file, whole, await shared(file, 2, true))
  await file.close()
})

test('lines that are given back, with the ids that returns name', async () => {
  const rows = Array.from({ length: 900 }, (_, i) => {
    const member = i % 5 === 0 ? '' : `m${i % 60}`
    return i % 9 === 8
      ? `C${i},${member},2024-01-${10 + (i % 20)},a,-1,1.00`
      : `o${i >> 1},${member},${(i % 12) + 1}/${13 + (i % 12)}/2023,a,2,1.00`
  })
  const path = join(folder, 'lines.csv')
  await writeFile(path, ['order,member,date,sku,quantity,price', ...rows].join('\n'))
  const file = await open(path)
  const whole = await all(file.batches())
  expect(file.returns).toBeGreaterThan(10)
  expectShared(file, whole, await shared(file, 2, true))
  await file.close()
})
