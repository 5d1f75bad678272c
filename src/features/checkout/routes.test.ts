/** The checkout as a till sees it: quotes, orders, what is left to pay, and what a return gives back. */

import { describe, expect, test } from 'vitest'
import { type Json, standingApi } from '../../../test/api.ts'

const PROGRAM = `
program: shop
name: Shop
currency: USD
timezone: UTC
wallets:
  stars: {}
  credit: { name: Credit, money: true }
earning:
  - { id: welcome, on: join, earn: 1000, wallet: stars }
  - { id: loaded, on: join, earn: 20.00, wallet: credit }
  - { id: base, on: order, earn: 1 per 1.00, wallet: stars }
tiers: { measure: spend, levels: [{ id: green }, { id: gold, from: 500 }] }
discounts:
  - { id: members, name: Members' beans, gives: { percent_off: 10, category: beans } }
  - { id: large, name: Two off, gives: { amount_off: 2.00 }, min_spend: 30.00 }
  - { id: gold, name: Gold's fifth, gives: { percent_off: 20 }, from_tier: gold }
rewards:
  - { id: five-off, name: Five off, cost: 100 stars, gives: { amount_off: 5.00 }, min_spend: 25.00 }
exchange:
  - { wallet: stars, points: 100, worth: 1.00, as: payment, most: 50% }
checkout: { floor: 1.00 }
`

const api = standingApi(PROGRAM, Date.parse('2026-05-01T12:00:00Z'))
let orders = 0

const beans = { id: '1', sku: 'beans', category: 'beans', quantity: 2, unit_price: 1000, tax: 200 }

async function join(): Promise<string> {
  return (await api.call('POST', '/v1/members', {})).body.id
}

function order(member: string | null, more: object = {}): Json {
  return {
    member,
    occurred_at: '2026-05-01T12:00:00Z',
    currency: 'USD',
    prices: 'tax_excluded',
    lines: [beans],
    ...more,
  }
}

const quote = (body: Json) => api.call('POST', '/v1/orders/quote', body)
const put = (body: Json, id = `o${++orders}`) => api.call('PUT', `/v1/orders/${id}`, body)

describe('a quote', () => {
  test('says what is taken off, what it would take for the rest, and how many points could pay', async () => {
    const { body } = await quote(order(await join()))
    expect(body).toMatchObject({
      order: { subtotal: 2000, discount: 200, tax: 180, total: 1980, to_pay: 1980 },
      discounts: [{ source: 'members', amount: 200, lines: [{ id: '1', amount: 200 }] }],
      discounts_missed: [
        {
          discount: 'large',
          missing: { code: 'spend_too_low', money: 1000, reason: 'Spend 10.00 USD more for Two off.' },
        },
        { discount: 'gold', missing: { code: 'tier_too_low' } },
      ],
      rewards: [{ reward: 'five-off', available: false, missing: { code: 'spend_too_low', money: 500 } }],
      exchange: [
        { wallet: 'credit', points: 1980, amount: 1980, missing: null },
        { wallet: 'stars', points: 990, amount: 990, missing: null },
      ],
    })
  })

  test('is what the order then does', async () => {
    const member = await join()
    for (const redeem of [
      undefined,
      [{ reward: 'five-off' }],
      [{ points: 300, wallet: 'stars' }],
      [{ points: 150, wallet: 'stars' }, { reward: 'five-off' }, { points: 700, wallet: 'credit' }],
    ]) {
      const lines = [
        { ...beans, quantity: 4 },
        { id: '2', sku: 'mug', quantity: 1, unit_price: 899 },
      ]
      const body = order(member, { lines, ...(redeem === undefined ? {} : { redeem }) })
      const quoted = (await quote(body)).body
      const sold = (await put(body)).body
      expect(sold.discounts).toEqual(quoted.discounts)
      expect(sold.payments).toEqual(quoted.payments)
      const { external_id: _, status: __, ...same } = quoted.order
      expect(sold.order).toMatchObject(same)
      const earned = sold.explanation.filter(({ rule }: Json) => rule === 'base').map(({ points }: Json) => points)
      expect(earned).toEqual([quoted.earns.find(({ wallet }: Json) => wallet === 'stars').points])
    }
  })
})

describe('a refusal', () => {
  test('says what would be enough', async () => {
    const member = await join()
    expect(await put(order(member, { redeem: [{ reward: 'five-off' }] }))).toMatchObject({
      status: 422,
      body: { code: 'spend_too_low', missing: { money: 500 }, errors: [{ pointer: '/redeem/0/reward' }] },
    })
    const lines = [{ ...beans, quantity: 200 }]
    expect(await put(order(member, { lines, redeem: [{ points: 1200, wallet: 'stars' }] }))).toMatchObject({
      status: 422,
      body: { code: 'insufficient_points', missing: { points: 200 } },
    })
  })
})

describe('what is left to pay', () => {
  const redeem = [
    { points: 300, wallet: 'stars' },
    { points: 1000, wallet: 'credit' },
  ]

  test('is what the tender sums to, in quotes, drafts, orders and batches', async () => {
    const member = await join()
    const right = order(member, { redeem, tender: [{ type: 'card', amount: 680 }] })
    const wrong = order(member, { redeem, tender: [{ type: 'card', amount: 1980 }] })
    const refused = { status: 400, body: { code: 'invalid', errors: [{ pointer: '/tender' }] } }
    expect(await quote(wrong)).toMatchObject(refused)
    expect(await put(wrong, 'left')).toMatchObject(refused)
    expect(await put({ ...wrong, status: 'draft' }, 'left')).toMatchObject(refused)
    const sold = await put(right, 'left')
    expect(sold).toMatchObject({
      status: 200,
      body: {
        order: { total: 1980, to_pay: 680 },
        payments: [
          { wallet: 'stars', points: 300, amount: 300 },
          { wallet: 'credit', points: 1000, amount: 1000 },
        ],
      },
    })
    expect(await put(right, 'left')).toMatchObject({ status: 200, body: sold.body })
    expect((await api.call('GET', '/v1/orders/left')).body).toEqual(sold.body)
  })

  test('of an automatic discount is less than the shop’s own sum, and the sum of a sale to nobody', async () => {
    const tender = [{ type: 'cash', amount: 2200 }]
    expect(await put(order(await join(), { tender }))).toMatchObject({ status: 400 })
    expect(await put(order(null, { tender }))).toMatchObject({ status: 200, body: { order: { to_pay: 2200 } } })
    expect(await put(order(null, { tender: [{ type: 'cash', amount: 1980 }] }))).toMatchObject({ status: 400 })
  })

  test('nobody gets in cash what was paid in points, whatever the split of the returns', async () => {
    const member = await join()
    const sold = await put(order(member, { redeem }), 'split')
    expect(sold.body.order.to_pay).toBe(680)
    const back = async (external_id: string) =>
      (
        await api.call('POST', '/v1/orders/split/returns', {
          external_id,
          occurred_at: '2026-05-01T12:00:00Z',
          lines: [{ id: '1', quantity: 1 }],
        })
      ).body
    expect(await back('r1')).toMatchObject({
      refund_total: 990,
      refund_money: 340,
      points_back: [
        { wallet: 'stars', points: 150, amount: 150 },
        { wallet: 'credit', points: 500, amount: 500 },
      ],
    })
    const rest = await api.call('POST', '/v1/orders/split/cancel')
    expect(rest.body).toMatchObject({ refund_total: 990, refund_money: 340 })
    const { balances } = (await api.call('GET', `/v1/members/${member}`)).body
    expect(balances.map(({ available }: Json) => available)).toEqual([1000, 2000])
  })

  test('a draft is paid as it was quoted', async () => {
    const member = await join()
    const draft = await put(order(member, { status: 'draft', redeem }), 'draft')
    expect(draft.body).toMatchObject({ order: { status: 'draft', to_pay: 680 } })
    const paid = await api.call('POST', '/v1/orders/draft/pay')
    expect(paid.body).toMatchObject({ order: { status: 'paid', to_pay: 680 }, payments: draft.body.payments })
  })
})
