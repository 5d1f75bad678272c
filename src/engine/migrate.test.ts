import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { migrate } from './migrate.ts'

let database: TestDatabase
let folder: string
beforeEach(async () => {
  database = await testDatabase()
  // The copy has this release's tables already; these tests begin before the first step.
  await database.db.query('drop schema regulars cascade')
  folder = mkdtempSync(join(tmpdir(), 'regulars-steps-'))
  write('001-cups.sql', 'create table cups (n bigint);\ninsert into cups values (1);')
})
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true })
  await database.drop()
})

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text)
}

const apply = () => migrate(database.db, { folder })

async function cups(): Promise<number[]> {
  const { rows } = await database.db.query<{ n: number }>('select n from regulars.cups order by n')
  return rows.map(({ n }) => n)
}

test('each step is applied once, in order', async () => {
  expect(await apply()).toEqual(['001-cups.sql'])
  write('002-second.sql', 'insert into cups values (2);')
  write('003-third.sql', 'insert into cups select n + 2 from cups where n = 2;')
  expect(await apply()).toEqual(['002-second.sql', '003-third.sql'])
  expect(await apply()).toEqual([])
  expect(await cups()).toEqual([1, 2, 4])
})

test('several that migrate at once wait for each other', async () => {
  const all = await Promise.all([apply(), apply(), apply(), apply()])
  expect(all.flat()).toEqual(['001-cups.sql'])
  expect(await cups()).toEqual([1])
})

test('a step that fails leaves nothing behind, and its message names file and line', async () => {
  write('002-broken.sql', 'insert into cups values (2);\ninsert into saucers values (3);')
  await expect(apply()).rejects.toThrow('002-broken.sql failed: relation "saucers" does not exist (line 2)')
  expect(await cups()).toEqual([1])
})

test('a step that was changed after it was applied is refused', async () => {
  await apply()
  write('001-cups.sql', 'create table cups (n integer);')
  await expect(apply()).rejects.toThrow('001-cups.sql was changed after it was applied to this database')
})

test('line ends of another system are no change', async () => {
  await apply()
  write('001-cups.sql', 'create table cups (n bigint);\r\ninsert into cups values (1);')
  expect(await apply()).toEqual([])
})

test('a database of a newer release is refused', async () => {
  write('002-second.sql', 'insert into cups values (2);')
  await apply()
  rmSync(join(folder, '002-second.sql'))
  await expect(apply()).rejects.toThrow('002-second.sql, which this release does not know')
})

test('steps are numbered without gaps and named alike', async () => {
  write('003-third.sql', 'select 1;')
  await expect(apply()).rejects.toThrow('003-third.sql should have number 2')
  rmSync(join(folder, '003-third.sql'))
  write('2-second.sql', 'select 1;')
  await expect(apply()).rejects.toThrow('2-second.sql is not named like a migration')
})

test('without the extension, a cluster is asked for in vain, and nothing is applied', async () => {
  await expect(migrate(database.db, { folder, citus: true })).rejects.toThrow('This database has no Citus')
  await expect(cups()).rejects.toThrow('does not exist')
})
