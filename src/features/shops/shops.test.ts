/** Shops give names to the places that orders name; saved views are everybody's own. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../test/http.ts'
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
`
const NOW = Date.parse('2026-03-02T17:00:00Z')

let server: TestServer
beforeAll(async () => {
  server = await testServer(PROGRAM, NOW, routes)
})
afterAll(() => server.drop())

const call = (method: string, path: string, body?: unknown) => server.call(method, path, { body })
const sell = (id: string, location: string) =>
  call('PUT', `/v1/orders/${id}`, {
    member: null,
    occurred_at: '2026-03-02T12:00:00Z',
    currency: 'USD',
    prices: 'tax_included',
    location,
    lines: [{ id: '1', sku: 'thing', quantity: 1, unit_price: 2000 }],
  })

describe('shops', () => {
  test('are offered by what orders call them, until one has the name', async () => {
    await sell('1', 'main-street')
    await sell('2', 'main-street')
    await sell('3', 'Main St.')
    for (const now of [10_000, 20_000, 30_000]) await foldFigures(server.services, now)
    const { unnamed } = (await call('GET', '/v1/shop-locations')).json
    expect(unnamed).toEqual([
      { location: 'main-street', orders: 2, last_day: '2026-03-02' },
      { location: 'Main St.', orders: 1, last_day: '2026-03-02' },
    ])
    const made = await call('POST', '/v1/shops', { name: 'Main Street', locations: ['main-street', 'Main St.'] })
    expect([made.status, made.json.id, made.json.orders]).toEqual([201, 'main-street', 3])
    expect((await call('GET', '/v1/shop-locations')).json.unnamed).toEqual([])
  })

  test('share no place: it is said beside the place whose it is, and nothing is written', async () => {
    const refused = await call('POST', '/v1/shops', { name: 'Harbour', locations: ['harbour', 'Main St.'] })
    expect([refused.status, refused.json.code]).toEqual([409, 'location_taken'])
    expect(refused.json.errors).toEqual([
      { pointer: '/locations/1', code: 'location_taken', message: 'Main Street has Main St. already.' },
    ])
    expect((await call('GET', '/v1/shops')).json.data).toHaveLength(1)
  })

  test('change as a whole, and leave their orders as they are', async () => {
    const changed = await call('PUT', '/v1/shops/main-street', { name: 'Main & 5th', address: '5 Main', closed: true })
    expect(changed.json).toMatchObject({ name: 'Main & 5th', address: '5 Main', closed: true, locations: [] })
    expect((await call('GET', '/v1/shop-locations')).json.unnamed).toHaveLength(2)
    expect((await call('DELETE', '/v1/shops/main-street')).status).toBe(200)
    expect((await call('DELETE', '/v1/shops/main-street')).status).toBe(404)
  })

  test('of one name have different ids', async () => {
    const ids = []
    for (let i = 0; i < 2; i++) ids.push((await call('POST', '/v1/shops', { name: 'Çarşı' })).json.id)
    expect(ids).toEqual(['carsi', 'carsi-2'])
  })
})

describe('saved views', () => {
  test('are the own ones of whoever saved them, by page and name', async () => {
    await call('PUT', '/v1/views/members/Gold%20ones', { query: 'tier=gold' })
    await call('PUT', '/v1/views/members/Gold%20ones', { query: 'tier=gold&sort=-joined' })
    await call('PUT', '/v1/views/today/Returns', { query: 'tab=returns' })
    const { data } = (await call('GET', '/v1/views?page=members')).json
    expect(data).toMatchObject([{ page: 'members', name: 'Gold ones', query: 'tier=gold&sort=-joined' }])
    const other = await server.newKey({ actor: 'somebody else' })
    expect((await server.call('GET', '/v1/views', { key: other })).json.data).toEqual([])
    expect((await server.call('DELETE', '/v1/views/members/Gold%20ones', { key: other })).status).toBe(404)
    expect((await call('DELETE', '/v1/views/members/Gold%20ones')).status).toBe(200)
    expect((await call('GET', '/v1/views')).json.data).toHaveLength(1)
  })
})
