/** Rewards over HTTP: what is had at a till without an order, what a quote says is missing, and gifts that time brings. */

import { beforeEach, describe, expect, test } from 'vitest'
import { type Json, standingApi } from '../../../test/api.ts'

const FILE = `
program: shop
name: Shop
currency: USD
timezone: UTC
wallets: { points: { expiry: never } }
earning:
  - { id: welcome, on: join, earn: 200 }
  - { id: base, on: order, earn: 1 per 1.00 }
rewards:
  - { id: two-off, name: Two off, cost: 60, gives: { amount_off: 2.00 }, valid: 30 days, min_spend: 10.00 }
  - { id: mug, name: A mug, cost: { points: 150, money: 5.00 }, gives: { thing: { kind: gift } }, locations: [north] }
  - { id: hat, name: A hat, cost: 250, gives: { thing: { kind: gift } } }
  - { id: pin, name: A pin, cost: 1, gives: { thing: { kind: gift } }, stock: 5 }
  - { id: few, name: One of few, gives: { thing: { kind: gift } }, stock: 3 }
gifts:
  - { id: birthday, on: birthday, reward: few, window: 7 days }
`
const NOW = Date.parse('2026-03-10T15:00:00Z')

const api = standingApi(FILE, NOW)
let count = 0
let ana: Json
beforeEach(async () => {
  ana = (await api.call('POST', '/v1/members', { external_id: `m${++count}` })).body
})

const redeem = (reward: string, more: object = {}) =>
  api.call('POST', '/v1/redemptions', { member: ana.id, reward, capture: true, ...more })
const order = (total: number, more: object = {}) => ({
  member: ana.id,
  occurred_at: new Date(NOW).toISOString(),
  currency: 'USD',
  prices: 'tax_included',
  lines: [{ id: '1', sku: 'thing', quantity: 1, unit_price: total }],
  ...more,
})
const memberNow = async () => (await api.call('GET', `/v1/members/${ana.id}`)).body

describe('without an order', () => {
  test('money off becomes a voucher, which an order uses later', async () => {
    const { body } = await redeem('two-off')
    expect(body).toMatchObject({ status: 'captured', points: 60, to_pay: 0, voucher: expect.any(String) })
    expect((await api.call('GET', `/v1/redemptions/${body.id}`)).body).toEqual(body)
    expect((await memberNow()).vouchers).toMatchObject([{ code: body.voucher, reward: 'two-off' }])
    const used = { redeem: [{ voucher: body.voucher }] }
    const small = await api.call('PUT', `/v1/orders/s${count}`, order(900, used))
    expect(small).toMatchObject({
      status: 422,
      body: { code: 'spend_too_low', detail: 'Spend 1.00 USD more for Two off.' },
    })
    const { order: paid } = (await api.call('PUT', `/v1/orders/o${count}`, order(1000, used))).body
    expect(paid).toMatchObject({ discount: 200, total: 800 })
  })

  test('a thing says what is to be paid besides, in the shop that has it', async () => {
    expect(await redeem('mug')).toMatchObject({ status: 422, body: { code: 'reward_unavailable' } })
    expect((await redeem('mug', { location: 'north' })).body).toMatchObject({ points: 150, to_pay: 500, voucher: null })
  })

  test('a hold owes nothing until it is captured, and nothing when it is given up', async () => {
    const held = (await redeem('mug', { location: 'north', capture: false })).body
    expect(held).toMatchObject({ status: 'held', to_pay: 500 })
    const { body } = await api.call('POST', `/v1/redemptions/${held.id}/void`)
    expect(body).toMatchObject({ status: 'voided', to_pay: 0 })
  })

  test('two tills that redeem the last points at once: one gets them', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => redeem('two-off', { quantity: 2 })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422])
    expect((await memberNow()).vouchers).toHaveLength(2)
  })
})

test('a stock is never overdrawn, however many ask at once', async () => {
  const members = await Promise.all(
    Array.from({ length: 12 }, async (_, n) => (await api.call('POST', '/v1/members', { external_id: `s${n}` })).body),
  )
  const answers = await Promise.all(
    members.map(({ id }) => api.call('POST', '/v1/redemptions', { member: id, reward: 'pin', capture: true })),
  )
  const codes = answers.map(({ status, body }) => (status === 200 ? 'had' : body.code)).sort()
  expect(codes).toEqual([...Array(5).fill('had'), ...Array(7).fill('sold_out')])
})

test('a quote lists every reward that can be asked for, and what is missing', async () => {
  const { rewards } = (await api.call('POST', '/v1/orders/quote', order(680, { location: 'north' }))).body
  expect(rewards).toMatchObject([
    { reward: 'two-off', available: false, missing: { code: 'spend_too_low', money: 320 } },
    { reward: 'mug', available: true, discount: null, missing: null },
    { reward: 'hat', available: false, missing: { code: 'insufficient_points', points: 50 } },
    { reward: 'pin', available: false, missing: { code: 'sold_out' } },
  ])
})

test('gifts of time never go beyond their stock, whoever wakes first, and a replay finds the same', async () => {
  const members = await Promise.all(
    [1, 2, 3, 4, 5].map(async (n) => {
      const body = { external_id: `b${n}`, birthday: '1990-06-15' }
      return (await api.call('POST', '/v1/members', body)).body
    }),
  )
  await api.setClock(Date.parse('2026-06-15T09:00:00Z'))
  const now = await Promise.all(
    members.map(async ({ id }) => {
      await api.call('POST', '/v1/visits', { member: id, occurred_at: '2026-06-15T09:00:00Z' })
      return (await api.call('GET', `/v1/members/${id}`)).body.vouchers.length
    }),
  )
  expect(now.sort()).toEqual([0, 0, 1, 1, 1])
})
