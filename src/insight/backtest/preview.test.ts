/** The publish check over HTTP: what a draft would have changed, on what members of a live ledger did. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../test/http.ts'
import { routes } from '../../server.ts'
import { Preview } from './preview.ts'

const NOW = Date.UTC(2026, 4, 5, 15)
const SHOP = `
program: shop
name: Shop
currency: USD
timezone: UTC
wallets:
  points: {}
earning:
  - { id: base, on: order, earn: 1 per 1.00 }
  - { id: review, on: action, when: 'action.type == "review"', earn: 7 }
rewards:
  - { id: two-off, cost: 10, gives: { amount_off: 2.00 } }
  - { id: drink, cost: 5, gives: { free_item: { category: drinks } } }
`

let server: TestServer
beforeAll(async () => {
  server = await testServer(SHOP, NOW, routes)
})
afterAll(() => server.drop())

let orders = 0
async function order(member: string, day: number, more: object = {}) {
  const { status, json } = await server.call('PUT', `/v1/orders/o${++orders}`, {
    body: {
      member: `external:${member}`,
      occurred_at: new Date(NOW + (day - 30) * 86_400_000).toISOString(),
      currency: 'USD',
      prices: 'tax_included',
      lines: [{ id: '1', sku: 'tea', category: 'food', quantity: 1, unit_price: 1200 }],
      ...more,
    },
  })
  expect([status, json.detail]).toEqual([200, undefined])
}

async function preview(draft: string, body?: object) {
  const headers = { 'content-type': 'application/yaml' }
  expect((await server.call('PUT', '/v1/programs/shop/draft', { body: draft, headers })).status).toBe(200)
  const { status, json } = await server.call(
    'POST',
    '/v1/programs/shop/draft/preview',
    body === undefined ? {} : { body },
  )
  expect([status, json.detail]).toEqual([200, undefined])
  const { from, until, takes_away, ...figures } = json
  expect(until).toBe('2026-05-05T15:00:00Z')
  expect(takes_away).toBeInstanceOf(Array)
  // What is documented is what comes, with nothing more and nothing less.
  expect(Preview.parse(figures)).toEqual(figures)
  return { from, ...Preview.parse(figures) }
}

describe('a preview', () => {
  test('lets members redeem at once as long as nobody ever redeemed, since the past tells nothing', async () => {
    for (const name of ['ada', 'bob']) await server.ledger.join(name, NOW - 31 * 86_400_000)
    await order('ada', 1)
    await order('ada', 2)
    const { past, report } = await preview(SHOP)
    expect(report.scenarios.map(({ redeeming }) => redeeming)).toEqual([{ model: 'at-once' }])
    expect(past).toEqual([
      { reward: 'two-off', could: 1, used: 0 },
      // Nothing in the order is a drink.
      { reward: 'drink', could: 0, used: 0 },
    ])
    expect(report.against!.members).toMatchObject({ gain: 0, lose: 0, same: 2 })
  })

  test('has them redeem as often as they did, and a new reward as often as any', async () => {
    await order('ada', 3, { redeem: [{ reward: 'two-off' }] })
    await order('bob', 3)
    await order('bob', 4)
    const member = { member: 'external:bob', reward: 'drink', capture: true }
    expect((await server.call('POST', '/v1/redemptions', { body: member })).status).toBe(200)
    const { past, report } = await preview(`${SHOP}  - { id: new, cost: 8, gives: { amount_off: 1.00 } }\n`)
    expect(past).toEqual([
      { reward: 'two-off', could: 3, used: 1 },
      { reward: 'drink', could: 1, used: 1 },
    ])
    const redeeming = { model: 'past', rewards: { 'two-off': 0.333333, drink: 1, new: 0.5 } }
    expect(report.scenarios[0]!.redeeming).toEqual(redeeming)
    expect(report.assumptions).toContainEqual({
      name: 'How often rewards were used',
      value: '50.0%',
      text: expect.stringContaining('two off 1 of 3, drink 1 of 1.'),
    })
  })

  test('says who would lose, with their own names, and leaves the ledger as it was', async () => {
    const count = async () => (await server.services.database.query('select count(*) as n from activity')).rows
    const before = await count()
    const { current, draft, report } = await preview(SHOP.replace('1 per 1.00', '1 per 2.00'))
    // Ada's 36.00 and Bob's 24.00, from nothing and without redeeming.
    expect([current.points[0]!.issued, draft.points[0]!.issued]).toEqual([60, 30])
    expect(report).toMatchObject({ name: 'Shop', source: { kind: 'ledger', name: 'shop', orders: 5 }, ...draft })
    const { figures, members } = report.against!
    expect(figures.find(({ figure }) => figure === 'points_issued')!.difference).toBeLessThan(0)
    expect(members).toMatchObject({ gain: 0, lose: 2 })
    expect(members.worst.map(({ member }) => member).sort()).toEqual(['ada', 'bob'])
    expect(await count()).toEqual(before)
  })

  test('may look back less far', async () => {
    const { from, current } = await preview(SHOP, { since: '2026-04-08T14:00:00Z' })
    expect(from).toBe('2026-04-08T14:00:00Z')
    expect(current.orders.members).toBe(3)
  })
})
