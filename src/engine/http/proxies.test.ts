/** Where a call comes from: what a header says of it is believed of one's own proxies alone. */

import { afterEach, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../test/http.ts'
import { openRoute } from './route.ts'

const SHOP = 'program: shop\nname: Shop\ncurrency: USD\ntimezone: UTC\nwallets: { points: {} }\n'

const where = openRoute({
  method: 'GET',
  path: '/v1/where',
  id: 'where',
  tag: 'Test',
  summary: 'Says where the call comes from',
  answers: {},
  handle: async ({ request }) => ({ status: 200, body: { address: request.address } }),
})

let server: TestServer
afterEach(() => server.drop())

const addressSeen = async (forwarded: string) =>
  (await server.call('GET', '/v1/where', { headers: { 'x-forwarded-for': forwarded } })).json.address

test('without a proxy nobody chooses the address that they are counted by', async () => {
  server = await testServer(SHOP, 0, [where])
  expect(await addressSeen('203.0.113.7')).toBe('127.0.0.1')
})

test('one proxy is believed, and nothing that its callers say themselves', async () => {
  server = await testServer(SHOP, 0, [where], { proxies: 1 })
  expect(await addressSeen('203.0.113.7')).toBe('203.0.113.7')
  expect(await addressSeen('198.51.100.1, 203.0.113.7')).toBe('203.0.113.7')
})
