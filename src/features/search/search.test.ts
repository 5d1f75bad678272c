/** One field that finds anything, and shows of it what the one who asks may see. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../test/http.ts'
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
  - { id: double-tuesday, on: order, when: 'order.weekday == "tuesday"', times: 2 }
rewards:
  - { id: two-off, name: Two dollars off, cost: 5 points, gives: { amount_off: 2.00 } }
`
const NOW = Date.parse('2026-03-02T17:00:00Z')

let server: TestServer
let card: string
beforeAll(async () => {
  server = await testServer(PROGRAM, NOW, routes)
  const ada = { external_id: 'ada', name: 'Ada Lovelace', phone: '(212) 555-0123', email: 'Ada@Example.com' }
  const made = await server.call('POST', '/v1/members', { body: ada })
  expect(made.status, made.text).toBe(201)
  card = made.json.card_number
  await server.call('POST', '/v1/members', { body: { external_id: 'adam', name: 'Adam Smith' } })
  await server.call('POST', '/v1/shops', { body: { name: 'Kadıköy Çarşı', locations: ['kdk'] } })
  const lines = [{ id: '1', sku: 'thing', quantity: 1, unit_price: 2000 }]
  const order = {
    member: 'external:ada',
    occurred_at: '2026-03-02T12:00:00Z',
    currency: 'USD',
    prices: 'tax_included',
    lines,
  }
  await server.call('PUT', '/v1/orders/A-1001', { body: order })
  await server.call('PUT', '/v1/orders/A-1002', { body: { ...order, member: null } })
})
afterAll(() => server.drop())

async function find(q: string, key = server.key) {
  const answer = await server.call('GET', `/v1/search?q=${encodeURIComponent(q)}`, { key })
  expect(answer.status, answer.text).toBe(200)
  return answer.json.data as { kind: string; title: string; detail: string; href: string }[]
}

test.each([
  ['(212) 555 0123', 'member', 'Ada Lovelace'],
  ['+1 212 555 0123', 'member', 'Ada Lovelace'],
  ['ADA@example.com', 'member', 'Ada Lovelace'],
  ['Adam', 'member', 'Adam Smith'],
  ['A-1001', 'order', 'A-1001'],
  ['A-1002', 'order', 'A-1002'],
  ['two', 'reward', 'Two dollars off'],
  ['tuesday', 'rule', 'double tuesday'],
  ['Kadı', 'shop', 'Kadıköy Çarşı'],
  ['kdk', 'shop', 'Kadıköy Çarşı'],
])('%s finds a %s', async (q, kind, title) => {
  expect((await find(q))[0]).toMatchObject({ kind, title })
})

test('a card finds whose it is, however it is grouped', async () => {
  expect((await find(card.replaceAll(/(.{4})(?=.)/g, '$1 ')))[0]).toMatchObject({
    kind: 'member',
    title: 'Ada Lovelace',
  })
})

test('whoever is meant exactly stands before those whose names begin so, and nobody twice', async () => {
  expect((await find('ada')).map(({ title }) => title)).toEqual(['Ada Lovelace', 'Adam Smith'])
})

test('contacts are whole for those who may see them, and masked for others', async () => {
  expect((await find('Ada L'))[0]!.detail).toBe('+12125550123 · ada@example.com · 20 points')
  const finance = await server.newKey({ role: 'finance' })
  expect((await find('Ada L', finance))[0]!.detail).toBe('••• 123 · a•••@example.com · 20 points')
})

test('who stands at a till does not browse members by it', async () => {
  const cashier = await server.newKey({ role: 'cashier' })
  expect((await server.call('GET', '/v1/search?q=ada', { key: cashier })).status).toBe(403)
})

/** Codes without a typing error in them, which are nobody's. */
const CODES = ['222C', '223Q', '2245', '225H', '226W', '227A', '228N', '2293', '22AF', '22BT', '22C8'].map(
  (end) => `2345-6789-${end}`,
)

test('whoever tries codes has to wait between them, while other words are looked for as often as one likes', async () => {
  const support = await server.newKey({ role: 'support' })
  for (let i = 0; i < 15; i++) expect(await find(`nobody${i}`, support)).toEqual([])
  const statuses: number[] = []
  for (const code of CODES) statuses.push((await server.call('GET', `/v1/search?q=${code}`, { key: support })).status)
  expect(statuses).toEqual([...Array(10).fill(200), 429])
})

test('what has no meaning finds nothing', async () => {
  expect(await find("%_\\'")).toEqual([])
})
