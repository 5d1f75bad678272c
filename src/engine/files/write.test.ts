import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FileOrder } from './order-reader.ts'
import { openOrders } from './orders.ts'
import { type Format, orderColumns, orderRows, type Row, writeTable } from './write.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'write-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function* from<T>(items: T[]): AsyncGenerator<T> {
  yield* items
}

const ORDERS: Omit<FileOrder, 'rows'>[] = Array.from({ length: 3_000 }, (_, i) => ({
  external_id: i === 0 ? 'a "b", c\nd' : `o${i}`,
  member: i % 3 === 0 ? null : `m${i % 50}`,
  occurred_at: Date.parse('2011-03-27T00:30:00.250Z') + i * 60_000,
  currency: 'GBP',
  ...(i % 2 === 0 ? { location: 'Soho', channel: 'till' } : {}),
  lines: [
    { id: '1', sku: 'tea', name: 'Tea, black', category: 'drinks', quantity: 1 + (i % 5), unit_price: i, tax: 0 },
    { id: 'x', sku: `s${i % 9}`, quantity: 2, unit_price: 1_999, discount: 25 },
  ],
}))

test.each<Format>(['csv', 'parquet'])('orders written as %s are read back as they were', async (format) => {
  const written = await writeTable(folder, 'orders', orderColumns('GBP'), orderRows(from([ORDERS])), format)
  expect(written).toEqual({ path: join(folder, `orders.${format}`), rows: 6_000 })
  // The zone must not matter, since every time that we write is an instant.
  const file = await openOrders(written.path, { currency: 'GBP', timezone: 'Asia/Kathmandu' })
  if ('problems' in file) throw new Error(JSON.stringify(file.problems))
  const read: Omit<FileOrder, 'rows'>[] = []
  for await (const batch of file.batches()) for (const { rows: _, ...order } of batch as FileOrder[]) read.push(order)
  await file.close()
  expect(file.reportCounts).toEqual({})
  expect(read).toEqual(ORDERS)
})

test('a table holds every kind of value, and nothing but the table stays in the folder', async () => {
  const columns = {
    'a "name"': 'text',
    n: 'integer',
    yes: 'boolean',
    at: 'time',
    points: { decimal: 0 },
    money: { decimal: 3 },
  } as const
  const rows: Row[] = [
    { 'a "name"': '', n: -1, yes: false, at: 0, points: 5, money: -1_005 },
    { 'a "name"': null, n: null },
  ]
  const { path } = await writeTable(folder, 'kinds', columns, from(rows), 'csv')
  expect(await readFile(path, 'utf8')).toBe(
    '"a ""name""",n,yes,at,points,money\n"",-1,false,1970-01-01T00:00:00.000Z,5,-1.005\n,,,,,\n',
  )
  const parquet = await writeTable(folder, 'kinds', columns, from(rows), 'parquet')
  const duck = await (await DuckDBInstance.create()).connect()
  const types = await duck.runAndReadAll(`SELECT column_type FROM (DESCRIBE FROM '${parquet.path}')`)
  expect(types.getColumnsJson()[0]).toEqual([
    'VARCHAR',
    'BIGINT',
    'BOOLEAN',
    'TIMESTAMP WITH TIME ZONE',
    'DECIMAL(18,0)',
    'DECIMAL(18,3)',
  ])
  duck.closeSync()
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([])
})

test('a failure leaves the earlier file as it was', async () => {
  const { path } = await writeTable(folder, 'kept', { n: 'integer' }, from([{ n: 1 }]), 'csv')
  async function* failing(): AsyncGenerator<Row> {
    yield { n: 2 }
    throw new Error('the source broke')
  }
  await expect(writeTable(folder, 'kept', { n: 'integer' }, failing(), 'csv')).rejects.toThrow('the source broke')
  expect(await readFile(path, 'utf8')).toBe('n\n1\n')
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([])
})
