/** Backtests and balances over HTTP: a file is handed in, worked out beside the server, and told as the commands tell it. */

import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Desk } from '../src/engine/studies/desk.ts'
import { giveBackStudy, takeStudy } from '../src/engine/studies/studies.ts'
import { BacktestReport } from '../src/insight/backtest/report.ts'
import { BalanceReport } from '../src/insight/balance/report.ts'
import { openDesk, routes } from '../src/server.ts'
import { demoOrders } from './demo-orders.ts'
import { type TestServer, testServer } from './http.ts'

const PROJECT = dirname(import.meta.dirname)
const COFFEE = join(PROJECT, 'examples', 'corner-coffee.yaml')
const NOW = Date.parse('2026-05-05T15:00:00Z')
const regulars = (args: string[], cwd: string) =>
  promisify(execFile)(process.execPath, [join(PROJECT, 'bin', 'regulars.mjs'), ...args], { cwd })

let folder: string
let server: TestServer
let desk: Desk
let source: string
let orders: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backtests-test-'))
  // The first call compiles what is not compiled yet.
  await regulars(['--version'], folder)
  source = await readFile(COFFEE, 'utf8')
  orders = demoOrders(60, '2025-01-01T05:00:00Z', '2025-07-01T05:00:00Z')
  await writeFile(join(folder, 'orders.csv'), orders)
  server = await testServer(source, NOW, routes)
  desk = openDeskHere()
})
afterAll(async () => {
  await desk.stop()
  await server.drop()
  await rm(folder, { recursive: true })
}, 60_000)

function openDeskHere(fileLimit = 3_000_000): Desk {
  const { db: database, url } = server.ledger.database
  const config = { home: join(folder, 'home'), fileLimit, backtestsAtOnce: 1 }
  const log = { error: (line: object) => server.log.push(JSON.stringify(line)) }
  server.services.desk = openDesk(config as never, log as never, { database, url })
  return server.services.desk
}

async function handIn(text: string | Buffer, name = 'orders.csv') {
  const answer = await fetch(`${server.url}/v1/files?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/octet-stream' },
    body: text as BodyInit,
  })
  return { status: answer.status, json: JSON.parse(await answer.text()) }
}

async function ask(body: object, path = '/v1/backtests') {
  return server.call('POST', path, { body })
}

/** Machines that test everything at once are slow. */
const PATIENCE_MS = 120_000

/** Waits until it is no longer worked out. */
async function ended(id: string) {
  const path = id.startsWith('bal') ? '/v1/balances' : '/v1/backtests'
  for (const begun = Date.now(); Date.now() - begun < PATIENCE_MS; await sleep(100)) {
    const { json } = await server.call('GET', `${path}/${id}`)
    if (!['waiting', 'running'].includes(json.status)) return json
  }
  throw new Error(`${id} does not end:\n${server.log.join('\n').slice(-2_000)}`)
}

const current = { program: { revision: 'current' } }

describe('a file', () => {
  test('is answered with what is understood of it', async () => {
    const { status, json } = await handIn(orders)
    expect(status).toBe(201)
    expect(json).toMatchObject({ name: 'orders.csv', bytes: Buffer.byteLength(orders), uploaded_by: 'test' })
    const { reading } = json
    expect(reading).toMatchObject({ format: 'csv', problems: [], odd: [] })
    expect(reading.columns[0]).toEqual({ name: 'order', sample: null })
    expect(reading.sample).toHaveLength(8)
    expect(reading.sample[0]).toHaveLength(7)
    expect(reading.understood).toContainEqual(
      expect.objectContaining({ field: 'member', column: 'member', needed: false }),
    )
    expect(reading.holds).toMatchObject({ returns: 0, members: expect.any(Number) })
    const listed = (await server.call('GET', '/v1/files')).json.data
    expect(listed.map((one: { id: string }) => one.id)).toContain(json.id)
  })

  test('whose columns are called otherwise is shown, and understood once it is mended', async () => {
    const { json } = await handIn(orders.replace('order,member,date', 'Bon,Who,When'), 'bons.csv')
    expect(json.reading.problems.map(({ code }: { code: string }) => code)).toEqual([
      'missing_column',
      'missing_column',
    ])
    expect(json.reading.columns.map(({ name }: { name: string }) => name)).toContain('Who')
    expect(json.reading.sample[0]).toHaveLength(7)
    const map = { order: 'Bon', member: 'Who', date: 'When' }
    const mended = await server.call('POST', `/v1/files/${json.id}/reading`, { body: { map } })
    expect(mended.json.reading).toMatchObject({ problems: [], understood: expect.any(Array) })
    const asked = await ask({ ...current, orders: { file: json.id, map } })
    expect((await ended(asked.json.id)).status).toBe('done')
  })

  test.each([
    ['nothing', '', 'empty_file'],
    ['no rows', 'order,member,date,total\n', 'no_orders'],
    ['no members', 'order,date,total\n1,2025-01-01,5\n', 'no_members'],
    ['some binary format', Buffer.from([1, 0, 2, 0, 3]), 'binary_file'],
    ['a spreadsheet', 'PK\u0003\u0004', 'spreadsheet'],
  ])('with %s in it says so', async (_what, text, code) => {
    const { status, json } = await handIn(text)
    expect(status).toBe(201)
    expect(json.reading.problems.map((problem: { code: string }) => problem.code)).toContain(code)
  })

  test('tells odd rows by their kind', async () => {
    const { json } = await handIn('order,member,date,total\n1,ada,2025-01-01,5\n2,ada,yesterday,5\n3,bob,soon,5\n')
    expect(json.reading.odd).toEqual([
      { code: 'date_unreadable', rows: 2, taken: false, first: expect.stringMatching(/^Row 3 /) },
    ])
    expect(json.reading.holds).toMatchObject({ rows: 3, orders: 1 })
  })

  test('may be compressed, and may be called whatever its owner likes', async () => {
    const { json } = await handIn(gzipSync(orders), '../../etc/..//orders 2025.csv.gz')
    expect(json).toMatchObject({ name: 'orders 2025.csv.gz', reading: { format: 'csv', problems: [] } })
    expect((await handIn(orders, '..')).json.name).toBe('orders')
  })

  test('that is too large is refused, and nothing of it stays', async () => {
    const before = await readdir(join(folder, 'home', 'files'))
    const { status, json } = await handIn('x'.repeat(3_000_001))
    expect([status, json.code, json.detail]).toEqual([
      413,
      'too_large',
      'The file is larger than the 3 MB that this server takes.',
    ])
    expect(await readdir(join(folder, 'home', 'files'))).toEqual(before)
  })

  test('is forgotten when somebody says so, and by itself after a month; its reports stay', async () => {
    const [{ json: one }, { json: other }] = [await handIn(orders), await handIn(orders)]
    const { id } = (await ask({ ...current, orders: { file: one.id } })).json
    await ended(id)
    expect((await server.call('DELETE', `/v1/files/${one.id}`)).status).toBe(204)
    expect((await ask({ ...current, orders: { file: one.id } })).json).toMatchObject({
      status: 404,
      errors: [{ pointer: '/orders/file' }],
    })
    expect((await server.call('GET', `/v1/backtests/${id}`)).json.report).not.toBeNull()
    const { db } = server.ledger.database
    await db.query(`update order_file set uploaded_ms = uploaded_ms - 31 * 86400000::bigint where id = $1`, [other.id])
    await desk.uploads.forgetOld(Date.now())
    expect(await readdir(join(folder, 'home', 'files'))).not.toContain(other.id)
  })

  test('belongs to its program, and to those who may ask for backtests', async () => {
    const cashier = await server.newKey({ role: 'cashier' })
    expect((await server.call('GET', '/v1/files', { key: cashier })).status).toBe(403)
    expect(await desk.uploads.find(server.ledger.program.number + 1, (await handIn(orders)).json.id)).toBeNull()
  })
})

describe('a backtest of a file', () => {
  let file: string
  beforeAll(async () => {
    file = (await handIn(orders)).json.id
  })

  test('is what the command tells of the same file, to the last figure', async () => {
    const { status, json } = await ask({ ...current, orders: { file }, models: ['at-once', 'random'], response: true })
    expect(status).toBe(202)
    expect(json).toMatchObject({ status: 'waiting', progress: 0, asked: { file: { name: 'orders.csv' } } })
    const done = await ended(json.id)
    expect(done).toMatchObject({ status: 'done', progress: 1, summary: { members: done.report.members } })
    const files = ['--json', 'report.json', '--html', 'report.html']
    const options = ['--redeem', 'at-once', 'random', '--response']
    await regulars(['backtest', COFFEE, '--orders', 'orders.csv', ...options, ...files], folder)
    const text = await readFile(join(folder, 'report.json'), 'utf8')
    expect(BacktestReport.parse(done.report)).toEqual({ ...JSON.parse(text), revision: 1 })
    const download = (format: string) => server.call('GET', `/v1/backtests/${json.id}/report?format=${format}`)
    expect((await download('json')).text).toBe(text)
    const page = await download('html')
    expect(page.text).toBe(await readFile(join(folder, 'report.html'), 'utf8'))
    expect(page.headers.get('content-disposition')).toMatch(/^attachment; filename="backtest-corner-coffee-.*\.html"$/)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('compares with another program: who gains and who loses', async () => {
    const dearer = source.replace('cost: 25 stars', 'cost: 75 stars')
    expect(dearer).not.toBe(source)
    const body = { program: { source: dearer, name: 'dearer.yaml' }, against: current.program, orders: { file } }
    const done = await ended((await ask(body)).json.id)
    expect(done.asked).toMatchObject({ program: { from: 'source', name: 'dearer.yaml' }, against: { name: '1' } })
    expect(done.report.against.members.lose).toBeGreaterThan(0)
  })

  test('takes templates and drafts', async () => {
    const template = await ask({ program: { template: 'punch-card' }, orders: { file } })
    expect(template.json).toMatchObject({ asked: { program: { from: 'template', name: 'punch-card' } } })
    expect((await ask({ program: { draft: 'main' }, orders: { file } })).json.code).toBe('no_draft')
    const headers = { 'content-type': 'application/yaml' }
    await server.call('PUT', '/v1/programs/corner-coffee/draft', { body: source, headers })
    expect((await ask({ program: { draft: 'main' }, orders: { file } })).status).toBe(202)
  })

  test.each([
    ['a program with mistakes', { program: { source: 'program: x\n' } }, 400, '/program'],
    ['a template that there is not', { program: { template: 'nothing' } }, 404, '/program/template'],
    ['a revision that there is not', { ...current, against: { revision: 9 } }, 404, '/against/revision'],
    ['a reward that there is not', { ...current, reward_cost: { cofee: 0.5 } }, 400, '/reward_cost'],
    ['a past that a file does not tell', { ...current, models: ['past'] }, 400, '/models'],
    ['a share beyond all', { ...current, margin: 2 }, 400, '/margin'],
  ])('is refused with %s', async (_what, body, status, pointer) => {
    const { json } = await ask({ orders: { file }, ...body })
    expect([json.status, json.errors[0].pointer]).toEqual([status, pointer])
  })

  test('fails with the sentence that the command would say', async () => {
    const broken = (await handIn('order,member,date,total\n1,ada,never,5\n', 'broken.csv')).json.id
    const failed = await ended((await ask({ ...current, orders: { file: broken } })).json.id)
    expect(failed).toMatchObject({
      status: 'failed',
      report: null,
      problem: 'No row of broken.csv could be taken as an order: there is nothing to replay.',
    })
    const columns = (await handIn('a,b\n1,2\n', 'wrong.csv')).json.id
    const wrong = await ended((await ask({ ...current, orders: { file: columns } })).json.id)
    expect(wrong).toMatchObject({
      status: 'failed',
      problem: expect.stringContaining('The file’s columns are: a (1); b (2).'),
    })
  })

  test('is answered once for one key', async () => {
    const headers = { 'idempotency-key': 'once' }
    const body = { ...current, orders: { file } }
    const [one, two] = [
      await server.call('POST', '/v1/backtests', { body, headers }),
      await server.call('POST', '/v1/backtests', { body, headers }),
    ]
    expect(two.json.id).toBe(one.json.id)
    await ended(one.json.id)
  })

  test('is listed, the newest first, and can be forgotten', async () => {
    const { data, has_more, next_cursor } = (await server.call('GET', '/v1/backtests?limit=2')).json
    expect([data.length, has_more]).toEqual([2, true])
    const next = (await server.call('GET', `/v1/backtests?limit=2&cursor=${next_cursor}`)).json
    expect(next.data[0].asked_at <= data[1].asked_at).toBe(true)
    expect((await server.call('DELETE', `/v1/backtests/${data[0].id}`)).status).toBe(204)
    expect((await server.call('GET', `/v1/backtests/${data[0].id}`)).status).toBe(404)
  })
})

describe('what takes long', () => {
  let file: string
  beforeAll(async () => {
    file = (await handIn(orders)).json.id
  })
  /** So many scenarios that it cannot be done before it is stopped. */
  const long = () => ask({ ...current, orders: { file }, models: ['random'], seeds: 50, response: true })

  async function running(id: string) {
    for (;;) {
      const { json } = await server.call('GET', `/v1/backtests/${id}`)
      if (json.status !== 'waiting') return json
      await sleep(50)
    }
  }

  test('waits for its turn, and can be stopped before and while it is worked out', async () => {
    const [first, second] = [(await long()).json.id, (await long()).json.id]
    expect((await running(first)).status).toBe('running')
    const waiting = (await server.call('GET', `/v1/backtests/${second}`)).json
    expect(waiting).toMatchObject({ status: 'waiting', before: 1 })
    for (const id of [second, first])
      expect((await server.call('POST', `/v1/backtests/${id}/stop`)).json.status).toBe('stopped')
    expect((await ended(first)).report).toBeNull()
    // Its process is gone with all it had on disk, and the next one has its turn.
    const next = (await ask({ ...current, orders: { file } })).json.id
    expect((await ended(next)).status).toBe('done')
    expect(await readdir(join(folder, 'home', 'studies'))).toEqual([])
  })

  test('is taken up again by the next server when one ends in the middle of it', async () => {
    const { id } = (await long()).json
    await running(id)
    await desk.stop()
    expect((await server.call('GET', `/v1/backtests/${id}`)).json).toMatchObject({ status: 'waiting', progress: 0 })
    desk = openDeskHere()
    expect((await running(id)).status).toBe('running')
    await server.call('POST', `/v1/backtests/${id}/stop`)
  })

  test('fails with a sentence when two servers in a row were lost over it', async () => {
    await desk.stop()
    const { db } = server.ledger.database
    const { id } = (await ask({ ...current, orders: { file } })).json
    const silence = () => db.query('update study set alive_ms = alive_ms - 60000 where id = $1', [id])
    for (const runner of ['a', 'b']) {
      expect((await takeStudy(db, runner, 1, () => true))?.id).toBe(id)
      await silence()
    }
    expect(await takeStudy(db, 'c', 1, () => true)).toBeNull()
    expect((await server.call('GET', `/v1/backtests/${id}`)).json).toMatchObject({
      status: 'failed',
      problem: 'The server ended while this was worked out, twice. Ask for it again.',
    })
    await giveBackStudy(db, id, 'b')
    expect((await server.call('GET', `/v1/backtests/${id}`)).json.status).toBe('failed')
    desk = openDeskHere()
  })
})

describe('a backtest of the ledger', () => {
  beforeEach(async () => {
    await server.call('PUT', '/v1/orders/sale-1', {
      body: {
        member: null,
        occurred_at: '2026-05-05T14:00:00Z',
        currency: 'USD',
        prices: 'tax_included',
        lines: [{ id: '1', sku: 'latte', category: 'drinks', quantity: 1, unit_price: 500 }],
      },
    })
  })

  test('takes the last months of it, or all of it', async () => {
    const months = await ended((await ask({ ...current, orders: { months: 24 } })).json.id)
    expect(months).toMatchObject({ status: 'done', asked: { months: 24, file: null } })
    expect(months.report).toMatchObject({ source: { kind: 'ledger' }, orders: { anonymous: 1 } })
    const all = await ended((await ask({ ...current, orders: { months: null } })).json.id)
    expect(all.report.orders).toEqual(months.report.orders)
  })

  test('as in the past says that there is no past', async () => {
    const failed = await ended((await ask({ ...current, orders: { months: 3 }, models: ['past'] })).json.id)
    expect(failed).toMatchObject({ status: 'failed', problem: expect.stringMatching(/^Nobody has redeemed anything/) })
  })
})

describe('a balance', () => {
  let file: string
  const vary = ['earning.base.rate=0.5..2']
  beforeAll(async () => {
    file = (await handIn(orders)).json.id
  })

  test('is what the command tells, and any of its variants can be had as a program file', async () => {
    const asked = await ask({ ...current, orders: { file }, vary }, '/v1/balances')
    expect(asked.json).toMatchObject({ status: 'waiting', asked: { vary } })
    const done = await ended(asked.json.id)
    const options = ['--vary', vary[0]!, '--json', 'balance.json']
    await regulars(['balance', COFFEE, '--orders', 'orders.csv', ...options], folder)
    const text = await readFile(join(folder, 'balance.json'), 'utf8')
    expect(BalanceReport.parse(done.report)).toEqual(JSON.parse(text))
    expect((await server.call('GET', `/v1/balances/${done.id}/report?format=json`)).text).toBe(text)
    const { settings } = done.report.variants[0]
    const path = `/v1/balances/${done.id}/program`
    const written = await server.call('POST', path, { body: { settings } })
    expect(written.json.source).toContain(`earn: ${settings['earning.base.rate']} per 1.00`)
    expect(written.json.source).toContain(source.split('\n')[0])
    expect((await server.call('POST', path, { body: { settings: {} } })).json.errors[0].pointer).toBe('/settings')
  })

  test('is refused with ranges that make no sense', async () => {
    const { json } = await ask({ ...current, orders: { file }, vary: ['earning.nothing.rate=1..2'] }, '/v1/balances')
    expect(json).toMatchObject({ status: 400, errors: [{ pointer: '/vary' }] })
  })
})
