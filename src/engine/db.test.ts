import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { openDatabase, othersAtWork } from './db.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

describe('values', () => {
  test('a bigint is a number, and one beyond the safe integers is an error', async () => {
    const { rows } = await database.db.query(`select 9007199254740991::bigint as most, '{1,null}'::bigint[] as several`)
    expect(rows).toEqual([{ most: Number.MAX_SAFE_INTEGER, several: [1, null] }])
    await expect(database.db.query('select 9007199254740992::bigint as beyond')).rejects.toThrow('safe integers')
  })

  test('days and times stay what the server says, without the time zone of this machine', async () => {
    const { rows } = await database.db.query(`select date '2026-03-01' as day, timestamptz '2026-03-01 12:00+02' as at`)
    expect(rows).toEqual([{ day: '2026-03-01', at: '2026-03-01 10:00:00+00' }])
  })
})

test('a named statement is planned once and gives the same answers', async () => {
  const add = { name: 'add', text: 'select $1::int + 1 as sum' }
  expect((await database.db.query(add, [1])).rows).toEqual([{ sum: 2 }])
  expect((await database.db.query(add, [41])).rows).toEqual([{ sum: 42 }])
})

test('a transaction is kept whole or not at all', async () => {
  const { db } = database
  await db.query('create table kept (n int)')
  const answer = await db.transaction(async (connection) => {
    await connection.query('insert into kept values (1)')
    return 'done'
  })
  expect(answer).toBe('done')
  const failed = db.transaction(async (connection) => {
    await connection.query('insert into kept values (2)')
    throw new Error('changed my mind')
  })
  await expect(failed).rejects.toThrow('changed my mind')
  expect((await db.query('select n from kept')).rows).toEqual([{ n: 1 }])
})

test('a connection that the server ends is replaced by the next statement', async () => {
  const errors: string[] = []
  const other = await openDatabase(database.url, { max: 1, onIdleError: (error) => errors.push(error.message) })
  const [{ pid }] = (await other.query<{ pid: number }>('select pg_backend_pid() as pid')).rows as [{ pid: number }]
  await database.db.query('select pg_terminate_backend($1)', [pid])
  while (errors.length === 0) await sleep(5)
  expect((await other.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await other.close()
})

test('another process of ours that is in the middle of something is seen, and our own connections are not', async () => {
  const { db } = database
  const other = new pg.Client({ connectionString: database.url, application_name: 'regulars of-another-process' })
  await other.connect()
  expect(await othersAtWork(db)).toBe(false)
  await other.query('begin')
  expect(await othersAtWork(db)).toBe(true)
  await other.query('commit')
  await db.transaction(async () => expect(await othersAtWork(db)).toBe(false))
  await other.end()
})

describe('an address that cannot be used says what to do, and never the password', () => {
  const wrong = (change: (url: URL) => void) => {
    const url = new URL(database.url)
    url.password = 'hunter2'
    change(url)
    return openDatabase(url.href).then(
      () => 'opened',
      (error: Error) => `${error.name}: ${error.message} ${error.stack}`,
    )
  }

  test('nobody listens', async () => {
    const port = await unusedPort()
    const message = await wrong((url) => {
      url.hostname = 'localhost'
      url.port = String(port)
    })
    expect(message).toContain(`DatabaseUnusable: The database ${new URL(database.url).username}@localhost:${port}`)
    expect(message).toContain('nothing listens there. Start PostgreSQL, or set DATABASE_URL')
    expect(message).not.toContain('hunter2')
  })

  test('the password is refused', async () => {
    const message = await wrong(() => {})
    expect(message).toContain('the server refuses the password')
    expect(message).not.toContain('hunter2')
  })

  test('there is no such database', async () => {
    const url = new URL(database.url)
    url.pathname = '/absent'
    await expect(openDatabase(url.href)).rejects.toThrow('the server has no such database. Create it (createdb)')
  })

  test('it is no URL at all', async () => {
    await expect(openDatabase('hunter2')).rejects.toThrow('is not a URL')
    await expect(openDatabase('hunter2')).rejects.not.toThrow('hunter2')
  })
})

test('settings in the URL are kept beside ours', async () => {
  const url = new URL(database.url)
  url.searchParams.set('options', '-c work_mem=5MB')
  const other = await openDatabase(url.href, { max: 1 })
  const { rows } = await other.query(
    `select current_setting('work_mem') as memory, current_setting('search_path') as path`,
  )
  expect(rows).toEqual([{ memory: '5MB', path: 'regulars,public' }])
  await other.close()
})

/** A port that was free a moment ago. */
function unusedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
