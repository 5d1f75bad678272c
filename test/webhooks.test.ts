/** Messages to the world, from a decision to somebody's endpoint, over a real database and a real receiver. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isFromRegulars } from '../examples/verify-webhook.ts'
import { ATTEMPTS, type DeliverOptions, deliver, Undelivered } from '../src/engine/deliver.ts'
import { webhookRoutes } from '../src/engine/http/webhook-routes.ts'
import { publicId } from '../src/engine/ids.ts'
import { keys } from '../src/engine/incoming.ts'
import { type JobOptions, type Jobs, rescue, startJobs, sweepSoon } from '../src/engine/jobs.ts'
import { createLog } from '../src/engine/log.ts'
import { fanOut, prune } from '../src/engine/outbox.ts'
import { type TestServer, testServer } from './http.ts'
import { type Received, type Receiver, startReceiver, until } from './receiver.ts'

const SOURCE = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets:
  points: { expiry: { after: 1 month } }
earning:
  - { id: base, on: order, earn: 1 per 1.00 }
tiers:
  measure: points_earned
  levels: [{ id: green }, { id: gold, from: 500 }]
rewards:
  - { id: mug, cost: 50 points, gives: { amount_off: 5.00 } }
`
const NOW = Date.UTC(2026, 4, 5, 15)
const log = createLog({ level: 'silent', readable: false })
const OPTIONS: DeliverOptions = { log, allowPrivate: false, timeoutMs: 15_000 }

let server: TestServer
let receiver: Receiver
let running: Jobs[]

beforeEach(async () => {
  server = await testServer(SOURCE, NOW, webhookRoutes)
  receiver = await startReceiver()
  running = []
})
afterEach(async () => {
  await Promise.all(running.map((jobs) => jobs.stop()))
  await receiver.close()
  await server.drop()
})

const database = () => server.ledger.database.db

async function start(options: Pick<JobOptions, 'timeoutMs'> = {}): Promise<Jobs> {
  const { programs } = server.ledger
  const services = { ...server.services, programs }
  const { url } = server.ledger.database
  const jobs = await startJobs(services, {
    url,
    log,
    privateWebhooks: false,
    signingKey: null,
    fanOutMs: 20,
    ...options,
  })
  running.push(jobs)
  return jobs
}

/** A queue that makes its tables and runs nothing, for tests that take each step themselves. */
async function prepare(): Promise<void> {
  const jobs = await start()
  await jobs.stop()
  running = []
}

async function register(path = '/', topics: string[] | null = null): Promise<{ id: string; secret: string }> {
  const url = `http://127.0.0.1:${receiver.port}${path}`
  const { status, json } = await server.call('POST', '/v1/webhooks', { body: { url, topics } })
  expect(status).toBe(201)
  return json
}

async function only(webhook: string): Promise<{ webhook: string; message: number }> {
  const { rows } = await database().query<{ message: number }>('select message from delivery where webhook = $1', [
    webhook,
  ])
  expect(rows).toHaveLength(1)
  return { webhook, message: rows[0]!.message }
}

async function buy(member: string, id: string, cents: number) {
  const line = { id: '1', sku: 'a', quantity: 1, unit_price: cents }
  const body = { external_id: id, currency: 'USD', prices: 'tax_excluded' as const, lines: [line] }
  const ref = { by: 'external', value: member } as const
  const [recorded] = await server.ledger.recorder.record([
    server.ledger.incoming('order', body, { key: keys.order(id), ref }),
  ])
  return recorded!
}

const topicsOf = (received: readonly Received[]) => received.map(({ event }) => event.topic).sort()
const deliveriesOf = async (id: string) => (await server.call('GET', `/v1/webhooks/${id}/deliveries`)).json.data

describe('an endpoint', () => {
  test('gets what happens, signed, with public ids, and each message once', async () => {
    const { id, secret } = await register()
    await start()
    const member = await server.ledger.join('ana', NOW)
    await buy('ana', 'o1', 60_000)
    const received = await receiver.until(2)
    expect(topicsOf(received)).toEqual(['member.joined', 'tier.reached'])
    for (const { headers, body } of received) {
      const header = String(headers['regulars-signature'])
      expect(isFromRegulars(header, body, secret)).toBe(true)
      expect(isFromRegulars(header, `${body} `, secret)).toBe(false)
      expect(isFromRegulars(header, body, 'whsec_another')).toBe(false)
      expect(isFromRegulars(header, body, secret, Date.now() / 1000 + 301)).toBe(false)
    }
    const { event } = received.find(({ event }) => event.topic === 'tier.reached')!
    expect(event).toEqual({
      id: expect.stringMatching(/^evt_/),
      topic: 'tier.reached',
      created_at: '2026-05-05T15:00:00Z',
      program: 'shop',
      member: publicId('mem', member),
      activity: expect.stringMatching(/^act_/),
      data: { level: 'gold' },
    })
    await until(async () => (await deliveriesOf(id)).every(({ status }: { status: string }) => status === 'delivered'))
    expect(await deliveriesOf(id)).toMatchObject([
      { event: event.id, topic: 'tier.reached', attempts: 1, response: 200, error: null },
      { topic: 'member.joined', attempts: 1, response: 200, error: null },
    ])
    expect(receiver.received).toHaveLength(2)
  })

  test('gets only the topics it asked for, and only what happens after it was registered', async () => {
    await server.ledger.join('before', NOW)
    await register('/all')
    await register('/tiers', ['tier.reached', 'tier.lost'])
    await start()
    await server.ledger.join('ana', NOW)
    await buy('ana', 'o1', 60_000)
    const received = await receiver.until(3)
    expect(received.map(({ path, event }) => `${path} ${event.topic}`).sort()).toEqual([
      '/all member.joined',
      '/all tier.reached',
      '/tiers tier.reached',
    ])
  })

  test('gets a message again after it failed, the same to the byte', async () => {
    const { id } = await register()
    receiver.answers.push(500)
    await start()
    await server.ledger.join('ana', NOW)
    const [first, second] = await receiver.until(2)
    expect(second!.body).toBe(first!.body)
    await until(async () => (await deliveriesOf(id))[0].status === 'delivered')
    expect(await deliveriesOf(id)).toMatchObject([{ attempts: 2, response: 200 }])
    expect((await server.call('GET', `/v1/webhooks/${id}`)).json).toMatchObject({ status: 'enabled', failures: 0 })
  })

  test('gets nothing of what was refused', async () => {
    await register()
    await start()
    await server.ledger.join('ana', NOW)
    const ref = { by: 'external', value: 'ana' } as const
    const [refused] = await server.ledger.recorder.record([
      server.ledger.incoming('redeem', { reward: 'mug', quantity: 1, capture: true }, { ref }),
    ])
    expect(refused).toMatchObject({ status: 'refused' })
    await server.ledger.join('bob', NOW)
    expect(topicsOf(await receiver.until(2))).toEqual(['member.joined', 'member.joined'])
    expect((await server.call('GET', '/v1/events')).json.data).toHaveLength(2)
  })

  test('gets a test event alone, whatever its topics are', async () => {
    const { id } = await register('/asked', ['tier.lost'])
    await register('/other')
    await start()
    const { status, json } = await server.call('POST', `/v1/webhooks/${id}/test`)
    expect(status).toBe(202)
    const [received] = await receiver.until(1)
    expect(received).toMatchObject({ path: '/asked', event: json })
    expect(json).toMatchObject({ topic: 'webhook.test', member: null, activity: null, data: { webhook: id } })
    expect(receiver.received).toHaveLength(1)
  })
})

describe('once and only once', () => {
  test('two processes that fan out and deliver at once send each message once', async () => {
    await register('/a')
    await register('/b')
    await Promise.all([start(), start()])
    const joins = Array.from({ length: 120 }, (_, i) =>
      server.ledger.incoming('join', { external_id: `m${i}` }, { key: keys.join(`m${i}`), ref: { by: 'new' } }),
    )
    for (let i = 0; i < joins.length; i += 30) await server.ledger.recorder.record(joins.slice(i, i + 30))
    const received = await receiver.until(240)
    await until(async () => {
      const { rows } = await database().query<{ left: number }>(
        `select count(*)::int as left from delivery where status = 'pending'`,
      )
      return rows[0]!.left === 0
    })
    expect(new Set(received.map(({ path, event }) => path + event.id)).size).toBe(240)
    expect(received).toHaveLength(240)
  })

  test('a message whose number came first and whose commit came last is not passed over', async () => {
    const { id } = await register()
    await prepare()
    const write = `insert into outbox (program, topic, account, activity, data, created_ms)
      values ($1, 'member.joined', 1, 1, '{}', 0)`
    const { number } = server.ledger.program
    let fanning: Promise<number> | undefined
    await database().transaction(async (late) => {
      await late.query(write, [number])
      await database().query(write, [number])
      fanning = fanOut(database())
      const before = await Promise.race([
        fanning,
        database()
          .query('select pg_sleep(0.2)')
          .then(() => 'waits'),
      ])
      expect(before).toBe('waits')
    })
    expect(await fanning).toBe(2)
    expect(await deliveriesOf(id)).toHaveLength(2)
    expect(await fanOut(database())).toBe(0)
  })

  test('a crash after the answer and before the note of it sends the same id again', async () => {
    const { id } = await register()
    await prepare()
    await server.ledger.join('ana', NOW)
    await fanOut(database())
    const name = await only(id)
    await deliver(database(), name, OPTIONS)
    await database().query(`update delivery set status = 'pending', attempts = 0`)
    await deliver(database(), name, OPTIONS)
    await deliver(database(), name, OPTIONS)
    expect(receiver.received).toHaveLength(2)
    expect(receiver.received[1]!.event).toEqual(receiver.received[0]!.event)
  })

  test('the queue outlives a connection that breaks while it notes that a delivery failed', async () => {
    await register()
    receiver.answers.push(0)
    await start({ timeoutMs: 500 })
    await server.ledger.join('ana', NOW)
    await receiver.until(1)
    const queue = `from pg_stat_activity where datname = current_database() and application_name = 'regulars jobs'`
    await database().transaction(async (client) => {
      // The note waits for this transaction, whose end it does not live to see.
      await client.query('lock table regulars_jobs._private_jobs in share mode')
      // Asked from outside of the transaction, which would be told the same for as long as it lasts.
      const waiting = `select ${queue} and wait_event_type = 'Lock' and query ~ 'last_error = '`
      await until(async () => (await database().query(waiting)).rowCount! > 0)
      await client.query(`select pg_terminate_backend(pid) ${queue}`)
    })
    await server.ledger.join('bob', NOW)
    const received = await receiver.until(2)
    expect(received[1]!.event.member).not.toBe(received[0]!.event.member)
  })

  test('the jobs of a process that ended without a word are given to others', async () => {
    await register()
    await prepare()
    await server.ledger.join('ana', NOW)
    await fanOut(database())
    await database().query(
      `update regulars_jobs._private_jobs set locked_by = 'gone', locked_at = now() - interval '3 minutes', attempts = 1`,
    )
    await rescue(database().pool, 15_000)
    await start()
    expect(topicsOf(await receiver.until(1))).toEqual(['member.joined'])
  })
})

describe('an endpoint that takes nothing', () => {
  test('is disabled when a delivery is given up, and enabled again by a test', async () => {
    const { id } = await register()
    await prepare()
    await server.ledger.join('ana', NOW)
    await fanOut(database())
    const name = await only(id)
    for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
      receiver.answers.push(attempt % 2 === 0 ? 503 : 302)
      await expect(deliver(database(), name, OPTIONS)).rejects.toThrow(Undelivered)
    }
    receiver.answers.push(500)
    await deliver(database(), name, OPTIONS)
    expect(receiver.received).toHaveLength(ATTEMPTS)
    // A redirect was an answer like any other: nothing went elsewhere.
    expect(new Set(receiver.received.map(({ path }) => path))).toEqual(new Set(['/']))
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'failed', attempts: ATTEMPTS, response: 500 }])
    expect((await server.call('GET', `/v1/webhooks/${id}`)).json).toMatchObject({ status: 'disabled' })
    await server.ledger.join('bob', NOW)
    expect(await fanOut(database())).toBe(0)
    await server.call('POST', `/v1/webhooks/${id}/test`)
    expect((await server.call('GET', `/v1/webhooks/${id}`)).json).toMatchObject({ status: 'enabled', failures: 0 })
    expect(await fanOut(database())).toBe(1)
  })

  test('is disabled at once when it says that it is gone', async () => {
    const { id } = await register()
    await prepare()
    await server.ledger.join('ana', NOW)
    await fanOut(database())
    receiver.answers.push(410)
    await deliver(database(), await only(id), OPTIONS)
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'failed', attempts: 1, response: 410 }])
    expect((await server.call('GET', `/v1/webhooks/${id}`)).json).toMatchObject({ status: 'disabled' })
  })

  test('and never answers is left after its time, and does not hold up the end', async () => {
    const { id } = await register()
    const jobs = await start()
    receiver.answers.push(0, 0)
    await server.ledger.join('ana', NOW)
    await receiver.until(1)
    await jobs.stop()
    running = []
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'pending', attempts: 0 }])
    await expect(deliver(database(), await only(id), { ...OPTIONS, timeoutMs: 100 })).rejects.toThrow('0.1 seconds')
    expect(await deliveriesOf(id)).toMatchObject([{ attempts: 1, error: 'no answer within 0.1 seconds' }])
  })

  test('because it is inside the network is not even knocked at in live mode', async () => {
    const { id } = await register()
    await prepare()
    await server.ledger.join('ana', NOW)
    await fanOut(database())
    const name = await only(id)
    await database().query(`update program set mode = 'live', clock_ms = null`)
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '0x7f.1', '[::ffff:127.0.0.1]', '169.254.169.254']) {
      await database().query('update webhook set url = $1', [`http://${host}:${receiver.port}/`])
      await expect(deliver(database(), name, OPTIONS), host).rejects.toThrow('the address is not a public one')
    }
    expect(receiver.received).toHaveLength(0)
    await database().query('update webhook set url = $1', [`http://localhost:${receiver.port}/`])
    await deliver(database(), name, { ...OPTIONS, allowPrivate: true })
    expect(receiver.received).toHaveLength(1)
  })
})

describe('the calls', () => {
  test('show a secret once, list, and remove', async () => {
    const body = { url: 'https://shop.example/hook', topics: ['tier.reached'] }
    const headers = { 'idempotency-key': 'w1' }
    const first = await server.call('POST', '/v1/webhooks', { body, headers })
    const again = await server.call('POST', '/v1/webhooks', { body, headers })
    expect(first.json.secret).toMatch(/^whsec_[\w-]{43}$/)
    expect(again.json).toEqual({ ...first.json, secret: null })
    const { secret: _, ...shown } = first.json
    expect((await server.call('GET', '/v1/webhooks')).json).toEqual({
      data: [shown],
      has_more: false,
      next_cursor: null,
    })
    expect((await server.call('DELETE', `/v1/webhooks/${shown.id}`)).json).toEqual(shown)
    expect((await server.call('DELETE', `/v1/webhooks/${shown.id}`)).status).toBe(404)
    expect((await server.call('GET', `/v1/webhooks/${shown.id}/deliveries`)).status).toBe(404)
    expect((await server.call('POST', `/v1/webhooks/${shown.id}/test`)).status).toBe(404)
  })

  test.each([
    [{ url: 'ftp://shop.example' }, '/url'],
    [{ url: 'shop.example/hook' }, '/url'],
    [{ url: 'https://me:secret@shop.example/' }, '/url'],
    [{ url: 'https://shop.example/', topics: [] }, '/topics'],
    [{ url: 'https://shop.example/', topics: ['Tiers'] }, '/topics/0'],
    [{}, '/url'],
  ])('refuse %j', async (body, pointer) => {
    const { status, json } = await server.call('POST', '/v1/webhooks', { body })
    expect(status).toBe(400)
    expect(json.errors[0].pointer).toBe(pointer)
  })

  test('let a program have a bounded number of webhooks', async () => {
    for (let i = 0; i < 16; i++) await register(`/${i}`)
    const { status, json } = await server.call('POST', '/v1/webhooks', { body: { url: 'https://shop.example/' } })
    expect([status, json.code]).toEqual([422, 'limit_reached'])
  })

  test('list events page by page and by topic', async () => {
    for (const name of ['a', 'b', 'c']) await server.ledger.join(name, NOW)
    await buy('a', 'o1', 60_000)
    const page = await server.call('GET', '/v1/events?limit=3')
    expect(page.json).toMatchObject({ data: [{ topic: 'tier.reached' }, {}, {}], has_more: true })
    const next = await server.call('GET', `/v1/events?limit=3&cursor=${page.json.next_cursor}`)
    expect(next.json).toMatchObject({ data: [{ topic: 'member.joined' }], has_more: false, next_cursor: null })
    const joined = await server.call('GET', '/v1/events?topic=member.joined')
    expect(joined.json.data).toHaveLength(3)
    expect((await server.call('GET', '/v1/events?cursor=evt_!')).status).toBe(400)
    const cashier = await server.newKey({ role: 'cashier' })
    expect((await server.call('GET', '/v1/events', { key: cashier })).status).toBe(403)
  })
})

test('messages are pruned by their age on this machine, with their deliveries', async () => {
  const { id } = await register()
  await prepare()
  await server.ledger.join('old', NOW)
  await fanOut(database())
  const day = 86_400_000
  expect(await prune(database(), 0, -30 * day)).toBe(0)
  await server.ledger.join('young', NOW)
  await fanOut(database())
  expect(await prune(database(), 29 * day, -day)).toBe(0)
  expect(await prune(database(), 30 * day, 0)).toBe(1)
  expect(await prune(database(), 30 * day, 0)).toBe(0)
  expect((await server.call('GET', '/v1/events')).json.data).toHaveLength(1)
  expect(await deliveriesOf(id)).toHaveLength(1)
})

test('sealing is a job: days that have closed get their roots without anybody asking', async () => {
  await start()
  await server.ledger.join('ana', NOW)
  await database().query('update program set clock_ms = $1', [NOW + 3 * 86_400_000])
  await database().query(`select from regulars_jobs.add_job('seal')`)
  await until(async () => {
    const { rows } = await database().query('select accounts from daily_root order by day')
    return rows.length === 3 && rows[0]!.accounts === 1
  })
})

test('the sweep is a job: what fell due is decided without anybody asking', async () => {
  await start()
  await server.ledger.join('ana', NOW)
  await buy('ana', 'o1', 2_000)
  await database().query('update program set clock_ms = $1', [NOW + 90 * 86_400_000])
  await sweepSoon(database())
  await until(async () => {
    const { rows } = await database().query(`select from posting where to_bucket = 'expired'`)
    return rows.length === 1
  })
})
