/** The server over a real database, with a few routes of its own: what strangers send, and what they get. */

import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { linesOf, type TestServer, testServer } from '../../../test/http.ts'
import { refuse } from '../../core/refusal.ts'
import { keys } from '../incoming.ts'
import { REPLAYED } from './answered.ts'
import { keyRoutes } from './key-routes.ts'
import { ROLES, type Route, route } from './route.ts'

const NOW = Date.UTC(2026, 4, 5, 15)
const SOURCE = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets:
  points: {}
earning:
  - { id: visit, on: visit, earn: 10 }
`

const Thing = z.strictObject({
  name: z.string().min(1).max(20),
  size: z.int().min(1).default(1),
  tags: z.array(z.strictObject({ label: z.string() })).default([]),
  kind: z.enum(['big', 'small']).optional(),
})

let slow = { started: () => {}, go: Promise.resolve() }

const routes: Route[] = [
  route({
    method: 'PUT',
    path: '/v1/things/{id}',
    id: 'putThing',
    tag: 'Things',
    summary: 'Put a thing',
    params: z.strictObject({ id: z.string().max(300) }),
    query: z.strictObject({ loud: z.enum(['yes', 'no']).default('no') }),
    body: Thing,
    answers: { 200: { description: 'The thing', schema: z.looseObject({}) } },
    roles: ROLES,
    handle: async ({ params, query, body }) => ({ status: 200, body: { ...params, ...query, ...body } }),
  }),
  route({
    method: 'GET',
    path: '/v1/things/{id}',
    id: 'getThing',
    tag: 'Things',
    summary: 'Get a thing',
    params: z.strictObject({ id: z.string() }),
    answers: { 200: { description: 'The thing', schema: z.looseObject({}) } },
    roles: ROLES,
    handle: async ({ params: { id } }) =>
      id === 'none' ? refuse('not_found', 'There is no such thing.') : { status: 200, body: { id } },
  }),
  route({
    method: 'POST',
    path: '/v1/things/{id}/burn',
    id: 'burnThing',
    tag: 'Things',
    summary: 'Burn a thing',
    params: z.strictObject({ id: z.string() }),
    answers: { 204: { description: 'Burnt', schema: z.null() } },
    roles: ['owner'],
    async handle({ params: { id } }) {
      if (id === 'all') throw new Error('the secret place /var/things burns')
      if (id === 'slow') {
        slow.started()
        await slow.go
      }
      return { status: 204, body: null }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/visits',
    id: 'visit',
    tag: 'Things',
    summary: 'Visit',
    body: z.strictObject({ member: z.string(), at: z.int().default(NOW) }),
    answers: { 200: { description: 'The points', schema: z.looseObject({}) } },
    roles: ['owner', 'cashier'],
    batch: { type: 'visit', split: (body) => ({ params: {}, body }) },
    async handle({ body: { member, at }, caller: { program }, services: { inbox }, idempotencyKey }) {
      const recorded = await inbox.submit({
        type: 'visit',
        program,
        ref: { by: 'external', value: member.slice('external:'.length) },
        key: idempotencyKey === null ? keys.once(String(Math.random())) : keys.given(idempotencyKey),
        occurredMs: at,
        dated: true,
        body: {},
      })
      if (recorded.status === 'refused') return recorded.refusal
      const { activity, replayed } = recorded as Extract<typeof recorded, { status: 'recorded' }>
      const headers = replayed ? { [REPLAYED]: 'true' } : undefined
      return { status: 200, body: { available: activity.outcome.balances[0]![2] }, headers }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/members',
    id: 'join',
    tag: 'Things',
    summary: 'Join',
    body: z.strictObject({ external_id: z.string() }),
    answers: { 201: { description: 'Joined', schema: z.looseObject({}) } },
    roles: ['owner'],
    batch: { type: 'member', split: (body) => ({ params: {}, body }) },
    async handle({ body, caller: { program }, services: { inbox } }) {
      const key = keys.join(body.external_id)
      const recorded = await inbox.submit({ type: 'join', program, ref: { by: 'new' }, key, occurredMs: NOW, body })
      return recorded.status === 'refused' ? recorded.refusal : { status: 201, body: { external_id: body.external_id } }
    },
  }),
  ...keyRoutes,
]

let server: TestServer
beforeAll(async () => {
  server = await testServer(SOURCE, NOW, routes)
})
afterAll(() => server.drop())

const put = (body: unknown, headers: Record<string, string> = {}) =>
  server.call('PUT', '/v1/things/a', { body, headers })

describe('a call', () => {
  test('is answered with what its schemas made of it', async () => {
    const answer = await server.call('PUT', '/v1/things/a%2Fb?loud=yes', { body: { name: 'cup' } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(answer.json).toEqual({ id: 'a/b', loud: 'yes', name: 'cup', size: 1, tags: [] })
  })

  test('may have no body where none is needed, and may have an empty one', async () => {
    expect((await server.call('POST', '/v1/things/a/burn')).status).toBe(204)
    expect((await server.call('POST', '/v1/things/a/burn', { body: {} })).status).toBe(204)
    const { json } = await server.call('POST', '/v1/things/a/burn', { body: { hard: true } })
    expect(json).toMatchObject({ status: 400, errors: [{ pointer: '/hard', code: 'unknown_key' }] })
  })

  test('echoes a sane request id and makes one of its own otherwise', async () => {
    expect((await put({ name: 'a' }, { 'x-request-id': 'mine-1' })).headers.get('x-request-id')).toBe('mine-1')
    const { json, headers } = await server.call('GET', '/v1/things/none', { headers: { 'x-request-id': 'a b' } })
    expect(json.request_id).toMatch(/^req_[0-9a-f]{32}$/)
    expect(headers.get('x-request-id')).toBe(json.request_id)
  })

  test('that is refused by its handler is a problem with the status of its code', async () => {
    const { status, json, headers } = await server.call('GET', '/v1/things/none', { headers: { 'x-request-id': 'r' } })
    expect(status).toBe(404)
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(json).toEqual({
      type: '/docs#not_found',
      title: 'There is nothing with this id.',
      status: 404,
      detail: 'There is no such thing.',
      code: 'not_found',
      request_id: 'r',
      errors: [],
    })
  })

  test('that goes wrong on our side tells nothing of the inside, and the log has it once', async () => {
    const { status, json, text } = await server.call('POST', '/v1/things/all/burn')
    expect(status).toBe(500)
    expect(json.code).toBe('internal_error')
    expect(text).not.toMatch(/secret|server\.ts/)
    const lines = server.log.filter((line) => line.includes('secret place'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain(json.request_id)
  })

  test('is finished while the server closes, and then nothing is accepted', async () => {
    const other = await testServer(SOURCE, NOW, routes)
    let go = () => {}
    const started = new Promise<void>((resolve) => {
      slow = { started: resolve, go: new Promise<void>((finish) => (go = finish)) }
    })
    const running = other.call('POST', '/v1/things/slow/burn')
    await started
    const closed = other.drop()
    go()
    expect((await running).status).toBe(204)
    await closed
    await expect(fetch(`${other.url}/healthz`)).rejects.toThrow()
  })
})

describe('addresses and methods', () => {
  test('an unknown address is 404, another method is 405 with what there is', async () => {
    expect((await server.call('GET', '/v1/nothing')).json).toMatchObject({ status: 404, code: 'not_found' })
    const wrong = await server.call('DELETE', '/v1/things/a')
    expect(wrong.json).toMatchObject({ status: 405, code: 'method_not_allowed' })
    expect(wrong.headers.get('allow')).toBe('GET, HEAD, PUT, OPTIONS')
  })

  test('HEAD is GET without the body; OPTIONS tells the methods and opens nothing to other origins', async () => {
    const head = await server.call('HEAD', '/v1/things/a')
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', '10'])
    const options = await server.call('OPTIONS', '/v1/things/a', { headers: { origin: 'https://evil.example' } })
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, PUT, OPTIONS'])
    expect([...options.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    expect((await server.call('OPTIONS', '/v1/nothing')).status).toBe(404)
  })

  test('a % without a code is the caller’s mistake', async () => {
    expect((await server.call('GET', '/v1/things/%zz')).json).toMatchObject({ status: 400, code: 'invalid' })
    const long = await server.call('GET', `/v1/things/${'x'.repeat(2000)}`)
    expect(long.json).toMatchObject({ status: 400, detail: 'A part of the address is too long.' })
  })
})

describe('what strangers send', () => {
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
  const hostile: [what: string, body: string, status: number, errors: Record<string, unknown>[]][] = [
    ['an unknown field', '{"name":"a","nmae":"b"}', 400, [{ pointer: '/nmae', code: 'unknown_key' }]],
    ['a missing field', '{}', 400, [{ pointer: '/name', code: 'missing', message: '`name` is missing.' }]],
    [
      'a wrong type',
      '{"name":7}',
      400,
      [{ pointer: '/name', code: 'wrong_type', message: '`name` must be text, got 7.' }],
    ],
    [
      'a fraction',
      '{"name":"a","size":1.5}',
      400,
      [{ pointer: '/size', message: '`size` must be a whole number, got 1.5.' }],
    ],
    ['a negative number', '{"name":"a","size":-1}', 400, [{ pointer: '/size', code: 'too_small' }]],
    ['more than is safe', '{"name":"a","size":9007199254740993}', 400, [{ pointer: '/size' }]],
    ['infinity', '{"name":"a","size":1e999}', 400, [{ pointer: '/size' }]],
    [
      'a misspelt value',
      '{"name":"a","kind":"bgi"}',
      400,
      [{ message: '`kind` must be `big` or `small`, got "bgi" (did you mean `big`?).' }],
    ],
    ['null', 'null', 400, [{ pointer: '', message: 'The body is empty, but must be an object.' }]],
    ['a list', '[]', 400, [{ pointer: '', message: 'The body must be an object, got an empty list.' }]],
    ['deep inside', '{"name":"a","tags":[{"label":"x"},{"label":1}]}', 400, [{ pointer: '/tags/1/label' }]],
    ['__proto__', '{"name":"a","__proto__":{"size":2}}', 400, [{ pointer: '/__proto__', code: 'unknown_key' }]],
    ['__proto__ in escapes', '{"name":"a","\\u005f_proto__":{"size":2}}', 400, [{ pointer: '/__proto__' }]],
    ['constructor', '{"name":"a","constructor":{"prototype":{"x":1}}}', 400, [{ pointer: '/constructor' }]],
    ['5,000 levels', `{"name":"a","tags":${deep}}`, 400, [{ code: 'too_deep' }]],
    ['over 1 MB', `{"name":"${'x'.repeat(1_048_576)}"}`, 413, []],
  ]
  test.each(hostile)('%s', async (_what, body, status, errors) => {
    const { json } = await put(body)
    expect(json).toMatchObject({ status, errors })
    expect(JSON.stringify(json)).not.toMatch(/\bat .*\.[jt]s/)
  })

  test('every mistake is told at once', async () => {
    const { json } = await server.call('PUT', `/v1/things/${'i'.repeat(400)}?loud=very&x=1`, {
      body: { name: '', size: 'big', tags: [{}] },
    })
    expect(json.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/name',
      '/path/id',
      '/query/loud',
      '/query/x',
      '/size',
      '/tags/0/label',
    ])
    expect(json.detail).toContain('And 5 other mistakes.')
  })

  const broken: [text: string, detail: string][] = [
    ['{"name":}', '"}" cannot stand there (line 1, column 9, character 8)'],
    ['{"name":"a",}', 'line 1, column 13'],
    ['{\n  "name" "a"\n}', 'line 2, column 10'],
    ['{"name":"a"', 'it ends too early'],
    ['{"name":tru}', 'character 11'],
    ['hello', '"h" cannot stand there (line 1, column 1'],
    ['{"a":[1,{"b":"}]"}, x]}', '"x" cannot stand there (line 1, column 21'],
    ["{'a':1}", 'column 2'],
    ['{"a":01}', 'column 7'],
    [' ', 'The body is empty'],
    ['{}{}', 'column 3'],
  ]
  test.each(broken)('%s', async (body, detail) => {
    const { json } = await put(body)
    expect(json).toMatchObject({ status: 400, code: 'invalid' })
    expect(json.detail).toContain(detail)
  })

  test('bytes that are no UTF-8', async () => {
    const answer = await fetch(`${server.url}/v1/things/a`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
      body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
    })
    expect(await answer.json()).toMatchObject({ status: 400, detail: 'The body is not UTF-8 text.' })
  })

  test('other types of content, and content that is packed', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonx',
      'multipart/form-data; boundary=x',
    ])
      expect((await put('{"name":"a"}', { 'content-type': type })).json).toMatchObject({ status: 415 })
    expect((await put({ name: 'a' }, { 'content-encoding': 'gzip' })).json).toMatchObject({ status: 415 })
    expect((await put({ name: 'a' }, { 'content-type': 'application/json;charset=UTF-8' })).status).toBe(200)
  })

  test('an Idempotency-Key that is none', async () => {
    for (const key of ['', 'x'.repeat(256), 'tab\there'])
      expect((await put({ name: 'a' }, { 'idempotency-key': key })).json).toMatchObject({
        status: 400,
        errors: [{ pointer: '/header/idempotency-key' }],
      })
  })

  test('what is not HTTP at all', async () => {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write('BLAH\r\n\r\n'))
      let text = ''
      socket.on('data', (data) => (text += data)).on('close', () => resolve(text))
    })
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ code: 'invalid', status: 400 })
  })
})

describe('batches', () => {
  const batch = (lines: unknown[], headers: Record<string, string> = {}, key?: string) =>
    server.call('POST', '/v1/batch', {
      body: lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
      headers: { 'content-type': 'application/x-ndjson', ...headers },
      ...(key === undefined ? {} : { key }),
    })
  const visit = (member: string, key: string) => ({ type: 'visit', key, body: { member: `external:${member}` } })

  test('are answered line by line, and a bad line spoils no other', async () => {
    const answer = await batch([
      { type: 'member', key: 'm1', body: { external_id: 'ada' } },
      visit('ada', 'v1'),
      '{"type":',
      '',
      visit('ada', 'v2'),
      visit('ada', 'v1'),
      { type: 'visit', key: 'v3', body: { member: 7, x: 1 } },
      { type: 'nothing', key: 'v4', body: {} },
      { type: 'visit', key: 'v5' },
      visit('nobody', 'v6'),
      { ...visit('ada', 'v7'), extra: 1 },
      { ...visit('ada', 'v1'), body: { member: 'external:ada', at: NOW - 1 } },
    ])
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
    expect(linesOf(answer)).toMatchObject([
      { line: 1, key: 'm1', status: 201, replayed: false, result: { external_id: 'ada' } },
      { line: 2, key: 'v1', status: 200, replayed: false, result: { available: 10 } },
      { line: 3, key: null, status: 400, problem: { code: 'invalid' } },
      { line: 5, key: 'v2', status: 200, replayed: false, result: { available: 20 } },
      { line: 6, key: 'v1', status: 200, replayed: true, result: { available: 10 } },
      { line: 7, key: 'v3', status: 400, problem: { errors: [{ pointer: '/body/member' }, { pointer: '/body/x' }] } },
      { line: 8, key: 'v4', status: 400, problem: { errors: [{ pointer: '/type' }] } },
      { line: 9, key: null, status: 400, problem: { errors: [{ pointer: '/body' }] } },
      { line: 10, key: 'v6', status: 404, problem: { code: 'not_found' } },
      { line: 11, key: null, status: 400, problem: { errors: [{ pointer: '/extra' }] } },
      { line: 12, key: 'v1', status: 409, problem: { code: 'idempotency_conflict' } },
    ])
  })

  test('sent again answer the same, also when only the whole has a key', async () => {
    const lines = [
      { type: 'member', body: { external_id: 'bob' } },
      { type: 'visit', body: { member: 'external:bob' } },
    ]
    const first = linesOf(await batch(lines, { 'idempotency-key': 'whole' }))
    const second = linesOf(await batch(lines, { 'idempotency-key': 'whole' }))
    expect(first[1]).toMatchObject({ key: 'whole:2', replayed: false, result: { available: 10 } })
    expect(second[1]).toMatchObject({ key: 'whole:2', replayed: true, result: { available: 10 } })
  })

  test('let a key do what its role may, line by line', async () => {
    const cashier = await server.newKey({ role: 'cashier' })
    await batch([{ type: 'member', body: { external_id: 'cy' } }])
    const answers = linesOf(
      await batch([{ type: 'member', body: { external_id: 'no' } }, visit('cy', 'c1')], {}, cashier),
    )
    expect(answers).toMatchObject([{ status: 403, problem: { code: 'forbidden' } }, { status: 200 }])
  })

  test('gather thousands of lines into few transactions', async () => {
    const before = await decided()
    const answers = linesOf(await batch(Array.from({ length: 3000 }, (_, i) => visit('ada', `many-${i}`))))
    expect(answers).toHaveLength(3000)
    expect(answers.every(({ status, line }, i) => status === 200 && line === i + 1)).toBe(true)
    expect(answers.at(-1).result.available - answers[0].result.available).toBe(2999 * 10)
    const after = await decided()
    expect(after.activities - before.activities).toBe(3000)
    expect(after.batches - before.batches).toBeLessThan(30)
  })

  async function decided() {
    const { text } = await server.call('GET', '/metrics', { key: null })
    const read = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)![1])
    return { activities: read('regulars_activities_total'), batches: read('regulars_inbox_batch_size_count') }
  }

  test('have their limits', async () => {
    expect((await batch([''])).json).toMatchObject({ status: 400 })
    expect((await batch(Array.from({ length: 10_001 }, () => '{}'))).json).toMatchObject({ status: 413 })
    expect((await batch(['x'.repeat(10_485_761)])).json).toMatchObject({ status: 413, code: 'too_large' })
    expect((await batch(['{}'], { 'content-type': 'application/json' })).json).toMatchObject({ status: 415 })
  })
})

describe('pages for machines', () => {
  test('need no key', async () => {
    const get = (path: string) => server.call('GET', path, { key: null })
    expect((await get('/healthz')).json).toEqual({ status: 'ok' })
    expect((await get('/readyz')).json).toEqual({ status: 'ready' })
    const { text } = await get('/metrics')
    expect(text).toContain(
      'regulars_http_request_duration_seconds_count{method="PUT",route="/v1/things/:id",status="400"}',
    )
    expect(text).toMatch(/regulars_inbox_queue_length 0/)
    expect(text).toMatch(/regulars_pg_pool_connections [1-9]/)
    expect(text).not.toMatch(/sk_|ada/)
  })

  test('say so when the database is not ready', async () => {
    const db = server.ledger.database.db
    await db.query(`update migrations set name = name, checksum = checksum || 'x' where number = 1`)
    expect((await server.call('GET', '/readyz')).json).toMatchObject({ status: 503, code: 'unavailable' })
    await db.query(`update migrations set checksum = left(checksum, -1) where number = 1`)
    expect((await server.call('GET', '/readyz')).status).toBe(200)
  })
})

test('the log has a line for every refused call, and never a key', async () => {
  await put({ nmae: 1 }, { 'x-request-id': 'look-for-me' })
  const line = server.log.map((one) => JSON.parse(one)).find((one) => one.request_id === 'look-for-me')
  expect(line).toMatchObject({ method: 'PUT', path: '/v1/things/a', status: 400 })
  expect(server.log.join('')).not.toContain(server.key)
})
