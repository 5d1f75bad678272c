/** API keys, their limits, and requests that are done once. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../test/http.ts'
import { keyRoutes } from './key-routes.ts'
import { Keys } from './keys.ts'
import { RateLimit } from './rate.ts'

const NOW = Date.UTC(2026, 4, 5, 15)
const SOURCE = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets:
  points: {}
`

let server: TestServer
beforeAll(async () => {
  server = await testServer(SOURCE, NOW, keyRoutes)
})
afterAll(() => server.drop())

const create = (body: unknown, key?: string, headers: Record<string, string> = {}) =>
  server.call('POST', '/v1/api-keys', { body, headers, ...(key === undefined ? {} : { key }) })
const list = (key?: string) => server.call('GET', '/v1/api-keys', key === undefined ? {} : { key })

describe('who has no key', () => {
  const headers: [what: string, authorization: string | null][] = [
    ['nothing', null],
    ['another scheme', 'Basic c2tfdGVzdF8='],
    ['no secret', 'Bearer'],
    ['another text', 'Bearer hello'],
    ['an unknown key', `Bearer sk_test_${'a'.repeat(43)}`],
    ['two keys', 'Bearer sk_test_a sk_test_b'],
  ]
  test.each(headers)('is not let in with %s', async (_what, authorization) => {
    const answer = await server.call('GET', '/v1/api-keys', {
      key: null,
      headers: authorization === null ? {} : { authorization },
    })
    expect(answer.json).toMatchObject({ status: 401, code: 'unauthenticated' })
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  })
})

describe('keys', () => {
  test('are made, shown once, listed without their secret, and work', async () => {
    const made = await create({ actor: 'till 1', role: 'cashier', limits: { rate: 5 } })
    expect(made.json).toMatchObject({
      id: expect.stringMatching(/^key_[0-9A-Za-z]{13}$/),
      secret: expect.stringMatching(/^sk_test_[0-9A-Za-z]{43}$/),
      actor: 'till 1',
      role: 'cashier',
      mode: 'test',
      limits: { rate: 5 },
      revoked_at: null,
    })
    const { text, json } = await list()
    expect(json.data.map(({ id }: { id: string }) => id)).toContain(made.json.id)
    expect(text).not.toContain('sk_')
    const { rows } = await server.ledger.database.db.query('select * from api_key')
    expect(JSON.stringify(rows)).not.toContain(made.json.secret)
    expect((await list(made.json.secret)).json).toMatchObject({ status: 403, code: 'forbidden' })
  })

  test('are listed in pages', async () => {
    const first = await server.call('GET', '/v1/api-keys?limit=1')
    expect(first.json).toMatchObject({ has_more: true, next_cursor: first.json.data[0].id })
    const second = await server.call('GET', `/v1/api-keys?limit=1&cursor=${first.json.next_cursor}`)
    expect(second.json.data[0].id > first.json.data[0].id).toBe(true)
    expect((await server.call('GET', '/v1/api-keys?limit=0')).json).toMatchObject({
      status: 400,
      errors: [{ pointer: '/query/limit' }],
    })
  })

  test('of another mode than the program’s are not made', async () => {
    expect((await create({ actor: 'a', role: 'owner', mode: 'live' })).json).toMatchObject({
      status: 400,
      errors: [{ pointer: '/mode' }],
    })
  })

  test('of an owner are an owner’s business', async () => {
    const developer = await server.newKey({ role: 'developer' })
    for (const role of ['owner', 'marketer', 'finance', 'support'])
      expect((await create({ actor: 'me', role }, developer)).json).toMatchObject({ status: 403 })
    const owner = (await create({ actor: 'boss', role: 'owner' })).json
    const revoked = await server.call('DELETE', `/v1/api-keys/${owner.id}`, { key: developer })
    expect(revoked.json).toMatchObject({ status: 403 })
    expect((await create({ actor: 'script', role: 'read_only' }, developer)).status).toBe(201)
  })

  test('that are revoked stop working, and stay revoked since then', async () => {
    const { id, secret } = (await create({ actor: 'ex', role: 'developer' })).json
    const revoked = await server.call('DELETE', `/v1/api-keys/${id}`)
    expect(revoked.json.revoked_at).toEqual(expect.any(String))
    expect((await list(secret)).json).toMatchObject({ status: 401 })
    expect((await server.call('DELETE', `/v1/api-keys/${id}`)).json).toEqual(revoked.json)
    expect((await server.call('DELETE', '/v1/api-keys/key_nobody')).json).toMatchObject({ status: 404 })
  })

  test('are believed for five seconds without asking again', async () => {
    let now = 0
    const { db } = server.ledger.database
    const keys = new Keys(db, server.ledger.programs, () => now)
    const { id, secret } = (await create({ actor: 'ex', role: 'developer' })).json
    const authenticate = () => keys.authenticate(`Bearer ${secret}`)
    expect(await authenticate()).toMatchObject({ caller: { actor: 'ex' } })
    await server.call('DELETE', `/v1/api-keys/${id}`)
    now = 4_999
    expect(await authenticate()).toMatchObject({ caller: { actor: 'ex' } })
    now = 5_000
    expect(await authenticate()).toMatchObject({ code: 'unauthenticated' })
  })
})

describe('limits', () => {
  test('a bucket fills at its rate and overflows at it', () => {
    let now = 0
    const limit = new RateLimit(2, () => now)
    const take = () => limit.take('key', undefined)
    expect([take(), take(), take()]).toEqual([null, null, { rate: 2, retryAfter: 1 }])
    now = 499
    expect(take()).not.toBeNull()
    now = 501
    expect([take(), take()]).toEqual([null, { rate: 2, retryAfter: 1 }])
    now = 60_000
    expect([take(), take(), take()]).toEqual([null, null, { rate: 2, retryAfter: 1 }])
    expect(limit.take('other', undefined)).toBeNull()
  })

  test('a key has its own, or none where the installation has none', () => {
    const limit = new RateLimit(0, () => 0)
    expect(limit.take('a', undefined)).toBeNull()
    expect([limit.take('b', 1), limit.take('b', 1)]).toEqual([null, { rate: 1, retryAfter: 1 }])
  })

  test('too many calls are told when to come again', async () => {
    const key = await server.newKey({ limits: { rate: 1 } })
    const answers = [await list(key), await list(key)]
    expect(answers.map(({ status }) => status)).toEqual([200, 429])
    const { json, headers } = answers[1]!
    expect(json).toMatchObject({ code: 'rate_limited', detail: 'This key may make 1 call a second.' })
    expect(headers.get('ratelimit-policy')).toBe('"key";q=1;w=1')
    expect(headers.get('ratelimit')).toBe('"key";r=0;t=1')
    expect(headers.get('retry-after')).toBe('1')
  })
})

describe('an Idempotency-Key', () => {
  const count = async () => {
    const { rows } = await server.ledger.database.db.query<{ n: number }>('select count(*) as n from api_key')
    return rows[0]!.n
  }

  test('does a request once, and the secret stays shown once', async () => {
    const before = await count()
    const send = () => create({ actor: 'twice', role: 'cashier' }, undefined, { 'idempotency-key': 'make' })
    const [first, second] = await Promise.all([send(), send()])
    expect(await count()).toBe(before + 1)
    const [fresh, replayed] = first.headers.has('idempotent-replayed') ? [second, first] : [first, second]
    expect(replayed.headers.get('idempotent-replayed')).toBe('true')
    expect(fresh.headers.has('idempotent-replayed')).toBe(false)
    expect(replayed.status).toBe(201)
    expect(replayed.json).toEqual({ ...fresh.json, secret: null })
  })

  test('with another body is a conflict', async () => {
    const headers = { 'idempotency-key': 'conflict' }
    expect((await create({ actor: 'a', role: 'cashier' }, undefined, headers)).status).toBe(201)
    const other = await create({ actor: 'b', role: 'cashier' }, undefined, headers)
    expect(other.json).toMatchObject({ status: 409, code: 'idempotency_conflict' })
  })

  test('is free again after a refusal', async () => {
    const headers = { 'idempotency-key': 'refused' }
    expect((await create({ actor: '', role: 'cashier' }, undefined, headers)).status).toBe(400)
    expect((await create({ actor: 'a', role: 'cashier' }, undefined, headers)).status).toBe(201)
  })
})
