/** The member's card over HTTP: links that open one card alone, what it shows, and leaving by it. */

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Json, type TestApi, testApi } from '../../../test/api.ts'

const PROGRAM = `
program: shop
name: Corner Shop
currency: USD
timezone: UTC
wallets: { stars: { expiry: { after: 6 months, from: earned, until_end_of: month } } }
earning: [{ id: base, on: order, earn: 1 per 1.00, wallet: stars }]
rewards:
  - { id: big, name: A big one, cost: 100 stars, gives: { amount_off: 10.00 } }
  - { id: small, name: A small one, cost: 20 stars, gives: { amount_off: 1.00 } }
tiers:
  measure: stars_earned
  window: calendar_year
  levels: [{ id: green }, { id: gold, name: The gold one, from: 500, perks: [early-access] }]
  keep: until_end_of_next_window
`
const NOW = Date.parse('2026-05-01T13:00:00Z')

let api: TestApi
beforeAll(async () => {
  api = await testApi(PROGRAM, NOW)
})
afterAll(() => api.close())

let count = 0
let member: Json
let secret: string
beforeEach(async () => {
  member = await join()
  secret = await linkOf(member)
})

async function join(): Promise<Json> {
  return (await api.call('POST', '/v1/members', { external_id: `ada-${++count}`, name: 'Ada' })).body
}

async function linkOf({ id }: Json): Promise<string> {
  const { status, body } = await api.call('POST', `/v1/members/${id}/card-link`, {})
  expect(status).toBe(201)
  expect(body.link).toMatch(/^\/card#card_[0-9A-Za-z]{43}$/)
  return body.link.slice('/card#'.length)
}

const card = (path = '', method = 'GET', body?: unknown, bearer = secret) =>
  api.call(method, `/v1/card${path}`, body, { authorization: `Bearer ${bearer}` })

function buy(cents: number, of = member) {
  const lines = [{ id: '1', sku: 'coffee', quantity: 1, unit_price: cents }]
  const order = { member: of.id, occurred_at: '2026-05-01T12:00:00Z', currency: 'USD', prices: 'tax_included', lines }
  return api.call('PUT', `/v1/orders/o${++count}`, order)
}

test('the card shows what there is, what is next and how far it is', async () => {
  await buy(4000)
  const { status, body } = await card()
  expect(status).toBe(200)
  expect(body).toMatchObject({
    program: { id: 'shop', name: 'Corner Shop', currency: 'USD', timezone: 'UTC' },
    name: 'Ada',
    card_number: member.card_number,
    balances: [{ wallet: 'stars', available: 40, expiring: [{ points: 40, at: '2026-12-01T00:00:00Z' }] }],
    tier: { level: 'green', next: 'gold' },
    next_level: 'The gold one',
    rewards: [
      { reward: 'small', name: 'A small one', cost: 20, missing: 0, for_level: true },
      { reward: 'big', name: 'A big one', cost: 100, missing: 60, for_level: true },
    ],
  })
})

test('each line says what moved and why, the latest first', async () => {
  await buy(4000)
  await api.call('POST', '/v1/redemptions', { member: member.id, reward: 'small', capture: true })
  const { body } = await card('/activities')
  expect(body.data.map(({ type }: Json) => type)).toEqual(['redeem', 'order', 'join'])
  const [redeem, order] = body.data
  expect(redeem.moves).toEqual([
    { wallet: 'stars', decimals: 0, from: 'available', to: 'spent', points: 20, name: 'A small one' },
  ])
  expect(order).toMatchObject({ total: 4000, moves: [{ from: 'issued', to: 'available', points: 40, name: 'Base' }] })
  expect(order.reasons[0].text).toMatch(/40 stars/)
  const first = await card('/activities?limit=1')
  expect(first.body).toMatchObject({ data: [redeem], has_more: true })
  expect((await card(`/activities?cursor=${first.body.next_cursor}`)).body.data[0]).toEqual(order)
})

test('a link opens one card and nothing else', async () => {
  const other = await join()
  await buy(9900, other)
  expect((await card()).body.balances).toMatchObject([{ available: 0 }])
  expect((await card('', 'GET', undefined, await linkOf(other))).body.card_number).toBe(other.card_number)
  // It is no key: the rest of the interface does not know it.
  for (const path of ['/v1/members', `/v1/members/${other.id}`, `/v1/members/${member.id}`])
    expect((await api.call('GET', path, undefined, { authorization: `Bearer ${secret}` })).status, path).toBe(401)
  for (const wrong of ['card_', `${secret.slice(0, -1)}x`, 'card_1234567890123456789012345', `sk_${secret}`])
    expect((await card('', 'GET', undefined, wrong)).body, wrong).toMatchObject({
      status: 401,
      code: 'unauthenticated',
    })
  expect((await api.call('GET', '/v1/card')).status).toBe(401)
})

test('a link is shown once, and its secret is kept nowhere', async () => {
  const call = () => api.call('POST', `/v1/members/${member.id}/card-link`, {}, { 'idempotency-key': `l${count}` })
  const first = await call()
  expect(first.body.link).toMatch(/^\/card#card_/)
  expect((await call()).body).toEqual({ member: member.id, link: null })
  const made = first.body.link.slice('/card#'.length)
  const tables = ['card_link', 'answered', 'audit']
  for (const table of tables) {
    const { rows } = await api.services.database.query<{ row: string }>(`select t::text as row from ${table} t`)
    expect(
      rows.some(({ row }) => row.includes(made)),
      table,
    ).toBe(false)
  }
})

test('links end when they are ended, and with the account', async () => {
  expect((await api.call('DELETE', `/v1/members/${member.id}/card-link`)).body).toEqual({ member: member.id, ended: 1 })
  expect((await card()).status).toBe(401)
  const again = await linkOf(member)
  expect((await card('', 'GET', undefined, again)).status).toBe(200)
  await api.call('POST', `/v1/members/${member.id}/close`, { reason: 'Moved away' })
  expect((await card('', 'GET', undefined, again)).status).toBe(401)
  expect((await api.call('POST', `/v1/members/${member.id}/card-link`, {})).body.code).toBe('account_closed')
})

test('merging two members leaves neither card dead: both links lead to the one who remains', async () => {
  const into = await join()
  await buy(1000)
  await api.call('POST', `/v1/members/${member.id}/merge`, { into: into.id })
  expect((await card()).body).toMatchObject({ card_number: into.card_number, balances: [{ available: 10 }] })
})

test('a member takes all that is known of them, and is erased by the number of the card', async () => {
  await buy(1000)
  const { body: file } = await card('/export')
  expect(file).toMatchObject({ member: { id: member.id }, orders: [{ total: 1000 }] })
  expect((await card('/erase', 'POST', { card_number: '1234' })).body).toMatchObject({
    status: 400,
    errors: [{ pointer: '/card_number' }],
  })
  const grouped = member.card_number.replace(/(.{4})/g, '$1 ')
  expect((await card('/erase', 'POST', { card_number: grouped })).body).toEqual({ erased: true })
  expect((await card()).status).toBe(401)
  expect((await api.call('GET', `/v1/members/${member.id}`)).body).toMatchObject({ status: 'erased', name: null })
  const { rows } = await api.services.database.query(
    'select from card_link l join profile p using (account) where p.status = $1',
    ['erased'],
  )
  expect(rows).toEqual([])
})
