/** Transfers over HTTP: what arrives, what is refused, and that nothing is ever moved twice. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApi, testApi } from '../../../test/api.ts'
import { programOf } from '../../../test/history.ts'
import { verify } from '../../engine/verify.ts'

const SOURCE = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets:
  points: { expiry: { after: 6 months, until_end_of: month } }
  credit: { decimals: 2 }
earning:
  - { id: base, on: order, earn: 1 per 1.00, wallet: points }
  - { id: back, on: order, earn: 5%, wallet: credit }
transfers:
  least: 1
  most: 500
  limit: { points: 600, times: 3, per: month }
`
const NOW = Date.parse('2026-03-10T15:00:00Z')

let api: TestApi
let count = 0
let [ana, ben] = ['', '']
beforeAll(async () => {
  api = await testApi(SOURCE, NOW)
})
afterAll(() => api.close())
beforeEach(async () => {
  ;[ana, ben] = [await join(), await join()]
  await buy(ana, 100_000)
})

async function join(): Promise<string> {
  return (await api.call('POST', '/v1/members', { external_id: `m${++count}` })).body.id
}
function buy(member: string, cents: number, at = '2026-03-10T14:00:00Z') {
  return api.call('PUT', `/v1/orders/o${++count}`, {
    member,
    occurred_at: at,
    currency: 'USD',
    prices: 'tax_excluded',
    lines: [{ id: '1', sku: 'a', quantity: 1, unit_price: cents }],
  })
}
const send = (points: number, more: object = {}, headers: Record<string, string> = {}) =>
  api.call('POST', '/v1/transfers', { from: ana, to: ben, wallet: 'points', points, ...more }, headers)
async function available(member: string, wallet = 'points'): Promise<number> {
  const { body } = await api.call('GET', `/v1/members/${member}`)
  return body.balances.find((one: { wallet: string }) => one.wallet === wallet).available
}

test('points arrive with their kind, month and expiry, and both time lines tell of it', async () => {
  const { status, body } = await send(30, { note: 'for the coffee' })
  expect(status).toBe(200)
  expect(body).toMatchObject({ from: ana, to: ben, wallet: 'points', points: 30, note: 'for the coffee' })
  expect(body.postings).toMatchObject([{ from: 'available', to: 'sent', points: 30 }])
  expect(body.received).toMatchObject([{ from: 'received', to: 'available', points: 30, lot: body.postings[0].lot }])
  expect(body.received[0].expires_at).toBe(body.postings[0].expires_at)
  expect(body.balances[0].available).toBe(970)
  expect([await available(ana), await available(ben)]).toEqual([970, 30])
  const [sent] = (await api.call('GET', `/v1/members/${ana}/activities`)).body.data
  expect(sent).toMatchObject({ id: body.id, type: 'transfer', body: { from: ana, to: ben, points: 30 } })
  const [got] = (await api.call('GET', `/v1/members/${ben}/activities`)).body.data
  expect(got).toMatchObject({ type: 'receive', body: { from: ana, source: body.id, note: 'for the coffee' } })
})

test('the points that expire soonest go first, and giving them away gains no time', async () => {
  await buy(ana, 10_000, '2026-02-20T14:00:00Z')
  const { body } = await send(150)
  expect(body.received.map((one: { points: number }) => one.points)).toEqual([100, 50])
  const { body: member } = await api.call('GET', `/v1/members/${ben}`)
  expect(member.balances[0].expiring.map((one: { at: string }) => one.at)).toEqual([
    '2026-09-01T04:00:00Z',
    '2026-10-01T04:00:00Z',
  ])
})

describe('refused, and nothing moves', () => {
  test.each([
    ['to oneself', () => ({ to: ana, points: 1 }), 'same_account'],
    ['more than there is', () => ({ wallet: 'credit', points: 5_001 }), 'insufficient_points'],
    ['more than the program lets one transfer move', () => ({ points: 501 }), 'limit_reached'],
    ['less than the program lets one transfer move', () => ({ wallet: 'credit', points: 99 }), 'limit_reached'],
    ['to nobody', () => ({ to: 'external:nobody', points: 1 }), 'not_found'],
    ['of a wallet that is not there', () => ({ wallet: 'miles', points: 1 }), 'invalid'],
    ['nothing', () => ({ points: 0 }), 'invalid'],
    ['a part of a point', () => ({ points: 1.5 }), 'invalid'],
  ])('%s', async (_, what, code) => {
    const { body } = await send(1, what())
    expect(body.code).toBe(code)
    expect([await available(ana), await available(ana, 'credit'), await available(ben)]).toEqual([1000, 5000, 0])
  })

  test('more than may be sent in a month, until the next one begins', async () => {
    expect((await send(500)).status).toBe(200)
    expect((await send(101)).body).toMatchObject({ code: 'limit_reached', detail: expect.stringContaining('500') })
    expect((await send(50)).status).toBe(200)
    expect((await send(49)).status).toBe(200)
    expect((await send(1)).body.code).toBe('limit_reached')
    expect((await send(100, { wallet: 'credit' })).status).toBe(200)
    await api.setClock(Date.parse('2026-04-01T04:00:00Z'))
    expect((await send(300)).status).toBe(200)
    await api.setClock(NOW)
  })

  test('from or to somebody whose account is closed', async () => {
    const reason = { reason: 'Moved away' }
    await api.call('POST', `/v1/members/${ben}/close`, reason)
    expect((await send(1)).body.code).toBe('account_closed')
    expect((await send(1, { from: ben, to: ana })).body.code).toBe('account_closed')
    expect(await available(ana)).toBe(1000)
    await api.call('POST', `/v1/members/${ben}/reopen`, reason)
    expect((await send(1)).status).toBe(200)
  })

  test('by roles that may not', async () => {
    for (const role of ['cashier', 'marketer', 'read_only', 'partner'] as const) {
      const call = await api.as(role)
      expect((await call('POST', '/v1/transfers', { from: ana, to: ben, wallet: 'points', points: 1 })).status).toBe(
        403,
      )
    }
  })
})

test('the same transfer sent again moves nothing and answers the same, and another under its key is a conflict', async () => {
  const key = { 'idempotency-key': `t${++count}` }
  const [first, second] = await Promise.all([send(10, {}, key), send(10, {}, key)])
  const third = await send(10, {}, key)
  expect([second.body, third.body]).toEqual([first.body, first.body])
  expect(third.headers.get('idempotent-replayed')).toBe('true')
  expect((await send(11, {}, key)).body.code).toBe('idempotency_conflict')
  const other = await join()
  expect((await send(10, { to: other }, key)).body.code).toBe('idempotency_conflict')
  expect([await available(ana), await available(ben)]).toEqual([990, 10])
})

test('as lines of a batch, each after the lines before it about either member', async () => {
  const lines = [
    { type: 'member', body: { external_id: `new${++count}` } },
    {
      type: 'transfer',
      key: `b${count}`,
      body: { from: ana, to: `external:new${count}`, wallet: 'points', points: 40 },
    },
    { type: 'transfer', body: { from: `external:new${count}`, to: ben, wallet: 'points', points: 40 } },
    { type: 'transfer', body: { from: ben, to: ana, wallet: 'points', points: 41 } },
  ]
  const { body } = await api.call('POST', '/v1/batch', lines.map((line) => JSON.stringify(line)).join('\n'))
  const answers = body.trim().split('\n').map(JSON.parse)
  expect(answers.map((one: { status: number }) => one.status)).toEqual([201, 200, 200, 422])
  expect([await available(ana), await available(ben)]).toEqual([960, 40])
})

test('what was sent counts as spent when its purchase comes back', async () => {
  const { body } = await buy(ben, 5_000)
  await api.call('POST', '/v1/transfers', { from: ben, to: ana, wallet: 'points', points: 50 })
  await api.call('POST', `/v1/orders/${body.order.external_id}/cancel`)
  const member = (await api.call('GET', `/v1/members/${ben}`)).body
  expect(member.balances[0]).toMatchObject({ available: 0, debt: 50 })
  await send(60)
  expect((await api.call('GET', `/v1/members/${ben}`)).body.balances[0]).toMatchObject({ available: 10, debt: 0 })
})

test('a program without transfers, and settings that contradict each other', async () => {
  const base = { program: 'p', name: 'P', currency: 'USD', timezone: 'UTC', wallets: { points: {} } }
  expect(() => programOf({ ...base, transfers: { least: 5, most: 2 } })).toThrow('is more than `most`')
  expect(() => programOf({ ...base, transfers: { least: 0.5 } })).toThrow('at most 0 decimals')
  const off = await testApi(JSON.stringify({ ...base, transfers: { allowed: false } }), NOW)
  const ids = await Promise.all(
    ['a', 'b'].map(async (external_id) => (await off.call('POST', '/v1/members', { external_id })).body.id),
  )
  const { body } = await off.call('POST', '/v1/transfers', { from: ids[0], to: ids[1], wallet: 'points', points: 1 })
  await off.close()
  expect(body.code).toBe('transfers_off')
})

test('the ledger agrees with itself after all of this', async () => {
  expect((await verify(api.ledger.database.db, api.ledger.programs)).differences).toEqual([])
})
