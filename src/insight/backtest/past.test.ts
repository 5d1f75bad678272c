/** How members used what the program gave them, read from the live ledger. */

import { expect, test } from 'vitest'
import { testApi } from '../../../test/api.ts'
import { atOneMoment } from './ledger.ts'
import { chancesOf, readPast } from './past.ts'

const NOW = Date.UTC(2026, 4, 5, 15)
const CARD = `
program: card
name: Card
currency: USD
timezone: UTC
wallets: { points: {} }
rewards:
  - { id: free-tea, gives: { free_item: { category: tea } } }
stamps:
  - { id: tea, category: tea, stamps: 2, reward: free-tea }
`

test('vouchers count at each order that they were for, and at which they were used', async () => {
  const api = await testApi(CARD, NOW)
  try {
    await api.call('POST', '/v1/members', { external_id: 'ada' })
    const buy = async (id: string, category: string, more = {}) => {
      const { status } = await api.call('PUT', `/v1/orders/${id}`, {
        member: 'external:ada',
        occurred_at: new Date(NOW - 60_000).toISOString(),
        currency: 'USD',
        prices: 'tax_included',
        lines: [{ id: '1', sku: category, category, quantity: 1, unit_price: 300 }],
        ...more,
      })
      expect(status).toBe(200)
    }
    await buy('o1', 'tea')
    await buy('o2', 'tea')
    const { body: ada } = await api.call('GET', '/v1/members/external:ada')
    // A cake is nothing that it is for; a tea is, and was paid in full.
    await buy('o3', 'cake')
    await buy('o4', 'tea')
    await buy('o5', 'tea', { redeem: [{ voucher: ada.vouchers[0].code }] })
    const request = { program: api.program.number, since: null, until: NOW + 1 }
    const { program } = api.program.revisions[0]!
    const past = await atOneMoment(api.ledger.database.db, (queries) => readPast(queries, request, program))
    expect(past).toEqual([{ reward: 'free-tea', could: 2, used: 1 }])
    expect(chancesOf(past, [program])).toEqual({ 'free-tea': 0.5 })
  } finally {
    await api.close()
  }
})
