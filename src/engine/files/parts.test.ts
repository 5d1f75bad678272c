/** Parts of a file have what the whole has, and each member is in one of them. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openMembers } from './members.ts'
import type { FileEntry } from './order-reader.ts'
import { type OrderFile, openOrders } from './orders.ts'
import { openPart } from './parts.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parts-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function open(path: string, members?: string): Promise<OrderFile> {
  const list = members === undefined ? undefined : await openMembers(members)
  if (list !== undefined && 'problems' in list) throw new Error(JSON.stringify(list.problems))
  const file = await openOrders(path, { currency: 'USD', timezone: 'Europe/London', sortedBy: 'member', members: list })
  await list?.close()
  if ('problems' in file) throw new Error(JSON.stringify(file.problems))
  return file
}

async function all(batches: AsyncIterable<FileEntry[]>): Promise<FileEntry[]> {
  const entries: FileEntry[] = []
  for await (const batch of batches) entries.push(...batch)
  return entries
}

/** Each part's entries and members; the file is closed. */
async function readParts(file: OrderFile, count: number) {
  const parts: { entries: FileEntry[]; joining: Map<string, number | null> }[] = []
  for (const sent of await file.parts(count)) {
    // As another thread gets it.
    const part = await openPart(structuredClone(sent))
    parts.push({ entries: await all(part.batches()), joining: await part.joining() })
    part.close()
  }
  return parts
}

const key = ({ member, occurred_at, rows }: FileEntry) => `${member} ${occurred_at} ${rows}`
const sorted = (entries: readonly FileEntry[]) => [...entries].sort((a, b) => (key(a) < key(b) ? -1 : 1))

function expectDivided(whole: FileEntry[], parts: { entries: FileEntry[] }[]): void {
  expect(sorted(parts.flatMap(({ entries }) => entries))).toEqual(sorted(whole))
  const members = parts.map(({ entries }) => new Set(entries.map(({ member }) => member)))
  expect(members.every((own) => own.size > 0)).toBe(true)
  expect(members.reduce((sum, own) => sum + own.size, 0)).toBe(new Set(whole.map(({ member }) => member)).size)
  for (const { entries } of parts)
    for (const [i, { member, occurred_at }] of entries.entries()) {
      const before = entries[i - 1]
      if (before?.member === member) expect(occurred_at).toBeGreaterThanOrEqual(before.occurred_at)
      else expect(entries.findIndex((entry) => entry.member === member)).toBe(i)
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

test('of typed columns, read from the file again in each', async () => {
  const file = await open(await parquet('typed.parquet', `${TYPED} FROM range(3000) AS numbers(i)`))
  const whole = await all(file.batches({ ids: false }))
  expect(whole).toHaveLength(3000)
  expectDivided(whole, await readParts(file, 3))
  expect(whole.at(-1)!.member).toBeNull()
  await file.close()
})

test('of texts, odd rows, numbers that come twice and products, handed over in a file', async () => {
  const odd = `UNION ALL SELECT 'o17', NULL, TIMESTAMP '2024-03-30 12:00:00', 1.00, 'tea' UNION ALL SELECT 'x', 'm3', NULL, 1.00, 'tea'`
  const sql = `${TYPED}, 'tea ' || (i % 3) AS category FROM range(3000) AS numbers(i) ${odd}`
  const file = await open(await parquet('odd.parquet', sql))
  const whole = await all(file.batches({ ids: false }))
  expect(whole).toHaveLength(3000)
  expect(file.reportCounts).toEqual({ date_missing: 1, duplicate_order: 1 })
  expectDivided(whole, await readParts(file, 2))
  await file.close()
})

test('of lines that are given back, with the ids that returns name', async () => {
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
  expectDivided(whole, await readParts(file, 2))
  await file.close()
})

test('members of a list are in the part of their orders', async () => {
  const members = join(folder, 'members.csv')
  const names = ['never', ...Array.from({ length: 97 }, (_, i) => `m${i}`)]
  await writeFile(
    members,
    ['member,joined', ...names.map((name, i) => `${name},${i % 2 ? '' : '2020-01-01'}`)].join('\n'),
  )
  const file = await open(await parquet('listed.parquet', `${TYPED} FROM range(3000) AS numbers(i)`), members)
  expect((await file.joining()).size).toBe(98)
  const parts = await readParts(file, 2)
  for (const [i, { joining }] of parts.entries())
    for (const { member } of parts[1 - i]!.entries) if (member !== null) expect(joining.has(member)).toBe(false)
  const listed = new Map(parts.flatMap(({ joining }) => [...joining]))
  expect(listed.get('never')).toBe(Date.parse('2020-01-01'))
  expect(listed.get('m0')).toBeNull()
  expect(listed.size).toBe(98)
  await file.close()
})
