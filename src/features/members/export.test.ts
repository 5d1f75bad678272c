/** All that is known of a person comes out as one document, whoever they were before, and however long they have lived. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Json, type TestApi, testApi } from '../../../test/api.ts'
import { keys } from '../../engine/incoming.ts'

const PROGRAM = {
  program: 'shop',
  name: 'Shop',
  currency: 'USD',
  timezone: 'America/New_York',
  wallets: { points: {} },
  earning: [{ id: 'base', on: 'order', earn: '10 per 1.00' }],
  tiers: { measure: 'points_earned', levels: [{ id: 'green' }, { id: 'gold', from: 300 }] },
  rewards: [{ id: 'mug', cost: '30 points', gives: { amount_off: '5.00' } }],
}
const TIME = '2026-05-01T13:00:00Z'
const NOW = Date.parse(TIME)

let api: TestApi
beforeAll(async () => {
  api = await testApi(JSON.stringify(PROGRAM), NOW)
})
afterAll(() => api.close())

let count = 0
let member: Json
beforeEach(async () => {
  const own = `ada-${++count}`
  const { body } = await api.call('POST', '/v1/members', { external_id: own, name: 'Ada', email: `${own}@example.com` })
  member = body
})

const order = (id: string, more: object = {}) =>
  api.call('PUT', `/v1/orders/${id}-${count}`, {
    member: member.id,
    occurred_at: TIME,
    currency: 'USD',
    prices: 'tax_excluded',
    lines: [{ id: '1', sku: 'beans', quantity: 3, unit_price: 1000 }],
    ...more,
  })
const exported = (id = member.id, call = api.call) => call('GET', `/v1/members/${id}/export`)

describe('the bugs of others', () => {
  test(`"A member's data could not be exported": all of it comes, in one document`, async () => {
    await order('a')
    await order('b')
    await order('open', { status: 'draft' })
    await api.call('POST', `/v1/orders/a-${count}/returns`, {
      external_id: 'r',
      occurred_at: TIME,
      lines: [{ id: '1', quantity: 1 }],
    })
    await api.call('POST', `/v1/orders/b-${count}/cancel`)
    await api.call('POST', '/v1/actions', { member: member.id, occurred_at: TIME, type: 'review', data: { stars: 5 } })
    const { body: mug } = await api.call('POST', '/v1/redemptions', { member: member.id, reward: 'mug', capture: true })
    const { body: given } = await api.call('POST', '/v1/adjustments', {
      member: member.id,
      wallet: 'points',
      points: 7,
      reason: 'Sorry',
    })
    const developer = await api.as('developer', { actor: 'A script' })
    const more = { member: member.id, wallet: 'points', points: 9, reason: 'Again' }
    const { body: waits } = await developer('POST', '/v1/adjustments', more)
    const answer = await exported()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${member.id}.json"`)
    const { body } = answer
    const now = (await api.call('GET', `/v1/members/${member.id}`)).body
    expect(body).toMatchObject({ exported_at: TIME, program: { id: 'shop' }, member: now, merged: [] })
    const line = (await api.call('GET', `/v1/members/${member.id}/activities?limit=100`)).body.data
    expect(body.activities).toEqual(line)
    expect(line.map(({ type }: Json) => type)).toContain('adjust')
    for (const one of body.orders)
      expect(one).toEqual((await api.call('GET', `/v1/orders/${one.external_id}`)).body.order)
    expect(body.orders.map(({ status, lines }: Json) => [status, lines[0].returnable])).toEqual([
      ['cancelled', 0],
      ['paid', 2],
    ])
    expect(body.drafts).toMatchObject([
      { external_id: `open-${count}`, status: 'draft', body: { lines: [{ sku: 'beans' }] } },
    ])
    const { postings: _, ...redemption } = mug
    expect(body.redemptions).toEqual([redemption])
    expect(body.adjustments).toEqual([waits, given])
    expect(body.events.map(({ topic }: Json) => topic)).toEqual([
      'member.joined',
      'tier.reached',
      'tier.lost',
      'reward.redeemed',
      'points.adjusted',
      'adjustment.requested',
    ])
  })
})

test('a life of many pages is whole and in order', async () => {
  const ref = { by: 'id', id: Number.parseInt(member.id.slice(4), 36) } as const
  const lines = [{ id: '1', sku: 'a', quantity: 1, unit_price: 100 }]
  const batch = Array.from({ length: 250 }, (_, i) => {
    const id = `o${i}-${count}`
    const body = { external_id: id, currency: 'USD', prices: 'tax_excluded' as const, lines }
    return api.ledger.incoming('order', body, { key: keys.order(id), ref })
  })
  await api.ledger.recorder.record(batch)
  const { body } = await exported()
  expect(body.orders.map(({ external_id }: Json) => external_id)).toEqual(batch.map((_, i) => `o${249 - i}-${count}`))
  expect(body.activities.filter(({ type }: Json) => type === 'order')).toHaveLength(250)
})

test('whoever was merged into the person is in it, by either name', async () => {
  await order('a')
  const { body: other } = await api.call('POST', '/v1/members', { external_id: `other-${count}`, name: 'Augusta' })
  await order('b', { member: other.id })
  const merged = await api.call('POST', `/v1/members/${other.id}/merge`, { into: member.id })
  expect(merged.status).toBe(200)
  const { body } = await exported()
  expect(body.merged).toMatchObject([{ id: other.id, name: 'Augusta', status: 'merged', merged_into: member.id }])
  expect(body.orders.map(({ external_id }: Json) => external_id).sort()).toEqual([`a-${count}`, `b-${count}`])
  expect((await exported(other.id)).body).toEqual(body)
  expect((await exported(`external:other-${count}`)).body).toEqual(body)
})

test('what is left of an erased person names nobody', async () => {
  await order('a')
  await api.call('POST', `/v1/members/${member.id}/erase`, { reason: 'Asked for it' })
  const { body } = await exported()
  expect(body).toMatchObject({ member: { status: 'erased', name: null }, orders: [], drafts: [] })
  expect(JSON.stringify(body)).not.toMatch(/Ada|ada-|example\.com|beans/)
})

test('it is for owners and support, of members that there are', async () => {
  for (const role of ['marketer', 'cashier', 'developer', 'read_only'] as const)
    expect(await exported(member.id, await api.as(role))).toMatchObject({ status: 403 })
  expect(await exported(member.id, await api.as('support'))).toMatchObject({ status: 200 })
  for (const id of ['mem_zzz', 'external:nobody', 'nobody'])
    expect(await exported(id)).toMatchObject({ status: 404, body: { code: 'not_found' } })
})
