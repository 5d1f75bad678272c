/** The activities of all members, read without an index by time: the same list whatever was added to the figures. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../test/http.ts'
import { DAY_MS, formatInstant } from '../../core/time.ts'
import { foldFigures } from '../../engine/figures/fold.ts'
import { routes } from '../../server.ts'

const PROGRAM = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets:
  points: {}
earning:
  - { id: base, on: order, earn: 1 per 1.00 }
rewards:
  - { id: two-off, cost: 5 points, gives: { amount_off: 2.00 } }
`
const NOW = Date.parse('2026-03-02T17:00:00Z')

let server: TestServer
const call = (method: string, path: string, body?: unknown) => server.call(method, path, { body })

let clock = 0
const fold = async () => {
  for (let i = 0; i < 2; i++) await foldFigures(server.services, (clock += 10_000))
}

async function sell(id: string, daysAgo: number, more: object = {}): Promise<void> {
  const answer = await call('PUT', `/v1/orders/${id}`, {
    member: 'external:ada',
    occurred_at: formatInstant(NOW - daysAgo * DAY_MS),
    currency: 'USD',
    prices: 'tax_included',
    lines: [{ id: '1', sku: 'thing', quantity: 1, unit_price: 2000 }],
    ...more,
  })
  expect(answer.status, answer.text).toBe(200)
}

beforeAll(async () => {
  server = await testServer(PROGRAM, NOW, routes)
  await call('POST', '/v1/members', { external_id: 'ada', name: 'Ada' })
  await sell('1', 3, { location: 'main', staff: 'sam' })
  await fold()
  await sell('2', 0, { location: 'main' })
  await sell('3', 9, { location: 'harbour' })
  await fold()
  await sell('4', 2, { redeem: [{ reward: 'two-off' }] })
  await call('POST', '/v1/orders/2/returns', {
    external_id: 'r',
    occurred_at: formatInstant(NOW),
    lines: [{ id: '1', quantity: 1 }],
  })
})
afterAll(() => server.drop())

async function listed(query = ''): Promise<string[]> {
  const { data } = (await call('GET', `/v1/activities?limit=100&from=2026-02-01T00:00:00Z&${query}`)).json
  return data.map((one: { type: string; body: { external_id: string } }) => `${one.type} ${one.body.external_id}`)
}

const ALL = ['return r', 'order 2', 'join ada', 'order 4', 'order 1', 'order 3']

test('they come the latest first, late ones where they belong, before and after they are in the figures', async () => {
  expect(await listed()).toEqual(ALL)
  await fold()
  expect(await listed()).toEqual(ALL)
})

test('every page goes on where the one before it ended', async () => {
  const ids: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`
    const { data, next_cursor } = (await call('GET', `/v1/activities?limit=1${after}`)).json
    for (const { type, body } of data) ids.push(`${type} ${body.external_id}`)
    cursor = next_cursor
  }
  expect(ids).toEqual(ALL)
})

test('they are chosen by type, time, shop and staff, and by whether they redeemed', async () => {
  expect(await listed('type=return,cancel')).toEqual(['return r'])
  expect(await listed('until=2026-02-28T17:00:01Z')).toEqual(['order 4', 'order 1', 'order 3'].slice(0))
  expect(await listed('shop=main')).toEqual(['order 2', 'order 1'])
  expect(await listed('staff=sam')).toEqual(['order 1'])
  expect(await listed('redemptions=true')).toEqual(['order 4'])
  await call('POST', '/v1/shops', { id: 'both', name: 'Both', locations: ['main', 'harbour'] })
  expect(await listed('shop=both')).toEqual(['order 2', 'order 1', 'order 3'])
})

test('a day is one of the program’s own', async () => {
  const { data } = (await call('GET', '/v1/activities?day=2026-02-28')).json
  expect(data.map(({ type }: { type: string }) => type)).toEqual(['order'])
  expect((await call('GET', '/v1/activities?day=2026-02-28&from=2026-02-01T00:00:00Z')).status).toBe(400)
})

test('each names the member', async () => {
  const { data } = (await call('GET', '/v1/activities?limit=1')).json
  expect(data[0].member_name).toBe('Ada')
})

test('all of them that fit are a table, with a line for each posting', async () => {
  const answer = await server.call('GET', '/v1/activities?redemptions=true', { headers: { accept: 'text/csv' } })
  const [head, ...lines] = answer.text.trimEnd().split('\r\n')
  expect(head).toBe('occurred_at,type,activity,member,name,place,staff,wallet,from,to,points')
  expect(lines.map((line) => line.split(',').slice(-4).join(' '))).toEqual([
    'points available spent 5',
    'points issued available 18',
  ])
})

test('what members said of themselves is masked for those who need not call anybody', async () => {
  await call('POST', '/v1/members', { external_id: 'bo', phone: '+12125550123' })
  const finance = await server.newKey({ role: 'finance' })
  const { data } = (await server.call('GET', '/v1/activities?type=join&limit=1', { key: finance })).json
  expect(data[0].body.phone).toBe('••• 123')
})

test('a cursor of another list is refused', async () => {
  expect((await call('GET', '/v1/activities?cursor=abc')).status).toBe(400)
})
