/** Programs over HTTP, and the test clock with what falls due. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type TestServer, testServer } from '../../../test/http.ts'
import { compileProgram } from '../../core/program.ts'
import { features } from '../../features/index.ts'
import { keys } from '../incoming.ts'
import { sweep } from '../sweep.ts'
import { programRoutes } from './program-routes.ts'

const NOW = Date.UTC(2026, 4, 5, 15)
const source = (name: string, more = '') => `
program: shop
name: ${name}
currency: USD
timezone: America/New_York
wallets:
  points: { expiry: { after: 1 month, until_end_of: day } }
  coins: {}
earning:
  - { id: visit, on: visit, earn: 10, wallet: points }
  - { id: review, on: action, when: 'action.type == "review"', earn: 3, wallet: coins }
${more}`

const routes = programRoutes({
  schema: {},
  templates: () => [],
  compile: (text, revision) => compileProgram(text, features, revision),
  preview: async ({ current, draft, from, until }) => {
    const figures = (program: typeof current) => ({ program: program.name, days: (until - 1 - from) / 86_400_000 })
    return { current: figures(current), draft: figures(draft) }
  },
  previewAnswer: z.object({ current: z.looseObject({}), draft: z.looseObject({}) }),
})

let server: TestServer
beforeAll(async () => {
  server = await testServer(source('Shop'), NOW, routes)
  await server.ledger.join('ada', NOW)
})
afterAll(() => server.drop())

const save = (body: string, type = 'application/yaml') =>
  server.call('PUT', '/v1/programs/shop/draft', { body, headers: { 'content-type': type } })
const publish = (key?: string) =>
  server.call('POST', '/v1/programs/shop/publish', { headers: key === undefined ? {} : { 'idempotency-key': key } })

const visit = (at: number) =>
  server.services.inbox.submit({
    type: 'visit',
    program: server.ledger.program,
    ref: { by: 'external', value: 'ada' },
    key: keys.once(`visit-${at}`),
    occurredMs: at,
    body: {},
  })

describe('a program', () => {
  test('is read as JSON, with the text that it was written as', async () => {
    const { json } = await server.call('GET', '/v1/programs/shop')
    expect(json).toMatchObject({
      id: 'shop',
      name: 'Shop',
      mode: 'test',
      now: '2026-05-05T15:00:00Z',
      revision: 1,
      draft: null,
      source: source('Shop'),
      program: { currency: 'USD', combine: 'multiply', wallets: { coins: { expiry: 'never' } } },
    })
  })

  test('is only seen by its own keys', async () => {
    expect((await server.call('GET', '/v1/programs/other')).json).toMatchObject({ status: 404 })
    const partner = await server.newKey({ role: 'partner' })
    expect((await server.call('GET', '/v1/programs/shop', { key: partner })).json).toMatchObject({ status: 403 })
  })
})

describe('a draft', () => {
  test('with mistakes is not saved, and each is told where it stands', async () => {
    const { json } = await save(source('Shop').replace('earn: 10', 'eran: 10').replace('action.type', 'action.tipe'))
    expect(json).toMatchObject({
      status: 400,
      code: 'invalid',
      errors: [{ pointer: '/earning/0/eran', line: 10, column: 29, message: expect.stringContaining('`earn`') }],
    })
    expect((await server.call('GET', '/v1/programs/shop')).json.draft).toBeNull()
  })

  test('may be JSON, whose places are told as well', async () => {
    const { json } = await save('{\n  "program": "shop",\n  "colour": 1\n}', 'application/json')
    expect(json.errors).toContainEqual(expect.objectContaining({ pointer: '/colour', line: 3, column: 3 }))
  })

  test('that is no text at all is refused', async () => {
    expect((await save('')).json).toMatchObject({ status: 400 })
    expect((await save('x: [1')).json).toMatchObject({ status: 400, errors: [{ code: 'syntax' }] })
    expect((await save('a: &a [*a]')).json).toMatchObject({ status: 400 })
  })

  test('is compared before it is published, then decides, and is a draft no more', async () => {
    expect((await publish()).json).toMatchObject({ status: 422, code: 'no_draft' })
    const text = source('New Shop').replace('earn: 10', 'earn: 20')
    expect((await save(text)).json).toMatchObject({ revision: 1, draft: text })
    const preview = await server.call('POST', '/v1/programs/shop/draft/preview')
    expect(preview.json).toMatchObject({
      until: '2026-05-05T15:00:00Z',
      from: '2024-05-05T04:00:00Z',
      current: { program: 'Shop' },
      draft: { program: 'New Shop' },
    })
    const over = async (body: unknown) => (await server.call('POST', '/v1/programs/shop/draft/preview', { body })).json
    expect((await over({ months: 1 })).from).toBe('2026-04-05T04:00:00Z')
    expect((await over({ since: '2026-05-01T00:00:00Z' })).current.days).toBe(4.625)
    expect(await over({ since: '2027-01-01T00:00:00Z' })).toMatchObject({
      status: 400,
      errors: [{ pointer: '/since' }],
    })
    expect(await over({ months: 1, since: '2026-05-01T00:00:00Z' })).toMatchObject({ status: 400 })
    const published = await publish('once')
    expect(published.json).toMatchObject({ name: 'New Shop', revision: 2, draft: null, source: text })
    const again = await publish('once')
    expect(again.json).toEqual(published.json)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    const recorded = await visit(NOW)
    expect(recorded).toMatchObject({ activity: { revision: 2, postings: [{ points: 20 }] } })
  })

  test('cannot change what is counted already', async () => {
    const changed = source('Shop')
      .replace('USD', 'EUR')
      .replace('America/New_York', 'Europe/Berlin')
      .replace('coins: {}', 'coins: { decimals: 2 }')
    expect((await save(changed)).status).toBe(200)
    const refused = await publish()
    expect(refused.json).toMatchObject({
      status: 422,
      code: 'fixed_for_life',
      errors: [{ pointer: '/currency' }, { pointer: '/timezone' }, { pointer: '/wallets/coins/decimals' }],
    })
    expect((await server.call('POST', '/v1/programs/shop/draft/preview')).json).toMatchObject({ status: 422 })
  })

  test('may drop a wallet that nobody holds, and keeps one that somebody does', async () => {
    const only = (kept: string, dropped: RegExp) =>
      source('Shop')
        .split('\n')
        .filter((line) => !dropped.test(line))
        .join('\n')
        .replaceAll('NAME', kept)
    await save(only('coins', /points/))
    expect((await publish()).json).toMatchObject({ status: 422, code: 'wallet_in_use' })
    await save(only('points', /coins/))
    expect((await publish()).json).toMatchObject({ revision: 3 })
  })
})

describe('the test clock', () => {
  const move = (now: string, headers: Record<string, string> = {}) =>
    server.call('POST', '/v1/test-clock', { body: { now }, headers })

  test('goes forward, and all that falls due happens', async () => {
    const moved = await move('2026-06-05T12:00:00-04:00', { 'idempotency-key': 'june' })
    // The visit's points expire at the end of the fifth of June, so nothing is due yet.
    expect(moved.json).toEqual({ now: '2026-06-05T16:00:00Z', woken: 0, activities: 0 })
    expect((await server.call('GET', '/v1/programs/shop')).json.now).toBe('2026-06-05T16:00:00Z')
    const later = await move('2026-06-06T00:00:00-04:00', { 'idempotency-key': 'later' })
    expect(later.json).toEqual({ now: '2026-06-06T04:00:00Z', woken: 1, activities: 1 })
    const { db } = server.ledger.database
    const { rows } = await db.query(`select p.to_bucket, p.points, a.type, a.occurred_ms from posting p
      join activity a on a.stripe = p.stripe and a.id = p.activity order by a.id desc limit 1`)
    expect(rows).toEqual([
      { to_bucket: 'expired', points: 20, type: 'clock', occurred_ms: Date.parse('2026-06-06T00:00:00-04:00') },
    ])
  })

  test('can be moved by many at once, more than there are connections', async () => {
    const moves = Array.from({ length: 15 }, (_, i) =>
      move('2026-06-06T05:00:00Z', { 'idempotency-key': `m${i % 14}` }),
    )
    const answers = await Promise.all(moves)
    expect(answers.map(({ status }) => status)).toEqual(Array(15).fill(200))
    expect(answers.filter(({ headers }) => headers.has('idempotent-replayed'))).toHaveLength(1)
    await save(source('Together'))
    const published = await Promise.all(Array.from({ length: 12 }, () => publish('together')))
    expect(published.map(({ status }) => status)).toEqual(Array(12).fill(200))
    expect(new Set(published.map(({ text }) => text)).size).toBe(1)
    await save(source('Apart'))
    const apart = await Promise.all(Array.from({ length: 12 }, () => publish()))
    expect(apart.map(({ status }) => status).sort()).toEqual([200, ...Array(11).fill(422)])
  })

  test('answers the same again, and does not go back', async () => {
    const again = await move('2026-06-06T00:00:00-04:00', { 'idempotency-key': 'later' })
    expect(again.json).toEqual({ now: '2026-06-06T04:00:00Z', woken: 1, activities: 1 })
    expect((await move('2026-06-06T01:00:00-04:00')).json).toMatchObject({ woken: 0 })
    expect((await move('2026-06-05T00:00:00Z')).json).toMatchObject({ status: 422, code: 'clock_backwards' })
    expect((await move('2026-06-07')).json).toMatchObject({ status: 400, errors: [{ pointer: '/now' }] })
  })

  test('is for programs in test mode', async () => {
    const { program } = server.ledger
    const { db } = server.ledger.database
    await db.query(`update program set mode = 'live', clock_ms = null where number = $1`, [program.number])
    await server.ledger.programs.refresh()
    expect((await move('2040-01-01T00:00:00Z')).json).toMatchObject({ status: 422, code: 'not_test_mode' })
  })
})

test('a sweep pages through more accounts than it holds at once, those due first being first', async () => {
  const other = await testServer(source('Shop'), NOW, routes)
  const { ledger, services } = other
  const order: number[] = []
  const members = await Promise.all(Array.from({ length: 1_500 }, (_, i) => join(i)))
  async function join(i: number) {
    const common = { program: ledger.program, key: keys.once(`m${i}`), occurredMs: NOW - (i % 7) * 86_400_000 }
    const joined = await services.inbox.submit({
      ...common,
      type: 'join',
      ref: { by: 'new' },
      body: { external_id: `m${i}` },
    })
    await services.inbox.submit({
      ...common,
      key: keys.once(`v${i}`),
      type: 'visit',
      ref: { by: 'external', value: `m${i}` },
      body: {},
    })
    return joined
  }
  expect(members).toHaveLength(1_500)
  const until = NOW + 40 * 86_400_000
  const watched = {
    ...services,
    inbox: Object.assign(Object.create(services.inbox), {
      submit(incoming: Parameters<typeof services.inbox.submit>[0]) {
        if (incoming.ref.by === 'id') order.push(incoming.ref.id)
        return services.inbox.submit(incoming)
      },
    }),
  }
  const { rows } = await ledger.database.db.query<{ account: number; due_ms: number }>(
    'select account, due_ms from due',
  )
  const due = new Map(rows.map(({ account, due_ms }) => [account, due_ms]))
  expect(await sweep(watched, ledger.program, until)).toEqual({ woken: 1_500, activities: 1_500 })
  expect(order.map((account) => due.get(account))).toEqual([...due.values()].sort((a, b) => a - b))
  expect(await sweep(services, ledger.program, until)).toEqual({ woken: 0, activities: 0 })
  await other.drop()
})
