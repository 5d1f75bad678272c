/** Merging over HTTP: one person, whichever of their cards, ids and orders is shown. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Json, type TestApi, testApi } from '../../../test/api.ts'
import { verify } from '../../engine/verify.ts'

const SOURCE = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets:
  points: { expiry: { after: 6 months, until_end_of: month } }
earning:
  - { id: base, on: order, earn: 1 per 1.00, rounding: carry }
  - { id: review, on: action, earn: 10, pending: 5 days, limit: 2 times per month }
tiers:
  measure: points_earned
  levels: [{ id: green }, { id: gold, from: 100, multiply: 1.2 }]
rewards:
  - { id: mug, cost: 20 points, gives: { amount_off: 5.00 } }
`
const NOW = Date.parse('2026-03-10T15:00:00Z')

let api: TestApi
let count = 0
let [ana, ben]: Json[] = []
beforeAll(async () => {
  api = await testApi(SOURCE, NOW)
})
afterAll(() => api.close())
beforeEach(async () => {
  ;[ana, ben] = [await join('Ana'), await join('Ben')]
})

async function join(name: string): Promise<Json> {
  const n = ++count
  const phone = `+1202555${String(1000 + n)}`
  const body = { external_id: `m${n}`, name: `${name} ${n}`, phone, email: `m${n}@example.com` }
  return (await api.call('POST', '/v1/members', body)).body
}
async function buy(member: Json, cents: number, at = '2026-03-10T14:00:00Z'): Promise<Json> {
  const { body } = await api.call('PUT', `/v1/orders/o${++count}`, {
    member: member.id,
    occurred_at: at,
    currency: 'USD',
    prices: 'tax_excluded',
    lines: [{ id: '1', sku: 'a', quantity: 1, unit_price: cents }],
  })
  return body
}
function giveBack(order: Json, amount: number, more: object = {}) {
  const body = { external_id: `r${++count}`, occurred_at: '2026-03-10T15:00:00Z', amount, ...more }
  return api.call('POST', `/v1/orders/${order.order.external_id}/returns`, body)
}
const merge = (from: Json, into: Json, headers: Record<string, string> = {}) =>
  api.call('POST', `/v1/members/${from.id}/merge`, { into: into.id }, headers)
const hold = async (member: Json) =>
  (await api.call('POST', '/v1/redemptions', { member: member.id, reward: 'mug' })).body
const get = async (path: string) => (await api.call('GET', path)).body
const memberOf = ({ id }: Json) => get(`/v1/members/${id}`)
const pointsOf = async (member: Json) => (await memberOf(member)).balances[0]

test('merging two members leaves no card dead: each card, phone, address and id finds the one who is left', async () => {
  const answer = await merge(ana, ben)
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({ id: ana.id, status: 'merged', merged_into: ben.id, into: { id: ben.id } })
  for (const one of [ana, ben]) {
    for (const [kind, value] of [
      ['card', one.card_number],
      ['phone', encodeURIComponent(one.phone)],
      ['email', one.email],
      ['q', one.external_id],
      ['q', one.name.replace(' ', '%20')],
    ])
      expect((await get(`/v1/members?${kind}=${value}`)).data, `${kind} ${value}`).toMatchObject([{ id: ben.id }])
    expect(await get(`/v1/members/external:${one.external_id}`)).toMatchObject({ id: ben.id })
  }
  expect(await memberOf(ana)).toMatchObject({ id: ana.id, status: 'merged', merged_into: ben.id, tier: null })
  const all = (await get('/v1/members?limit=100')).data.map(({ id }: Json) => id)
  expect([all.includes(ana.id), all.includes(ben.id)]).toEqual([false, true])
})

test('points move with their expiry, whether they are available, pending, held or owed', async () => {
  await buy(ana, 5_050, '2026-02-20T14:00:00Z')
  await api.call('POST', '/v1/actions', { member: ana.id, type: 'review', occurred_at: '2026-03-10T14:00:00Z' })
  await hold(ana)
  const owed = await buy(ben, 4_070)
  await hold(ben)
  await api.call('POST', '/v1/redemptions', { member: ben.id, reward: 'mug', capture: true })
  await giveBack(owed, 2_500)
  expect(await pointsOf(ben)).toMatchObject({ available: 0, held: 20, debt: 25 - 0 })
  const { body } = await merge(ana, ben)
  expect(body.balances).toMatchObject([{ available: 0, pending: 0, held: 0, debt: 0 }])
  // 30 of Ana's were free; 0.50 and 0.70 make one more and 0.20; 25 of these are what Ben owed.
  expect(body.into.balances).toMatchObject([{ available: 30 + 1 - 25, pending: 10, held: 40, debt: 0 }])
  expect(body.into.balances[0].expiring).toEqual([
    { points: 5, at: '2026-09-01T04:00:00Z' },
    { points: 11, at: '2026-10-01T04:00:00Z' },
  ])
})

test('holds of either are captured and voided as if nothing had happened', async () => {
  await buy(ana, 9_000)
  const [first, second, third] = [await hold(ana), await hold(ana), await hold(ana)]
  await api.call('POST', `/v1/redemptions/${first.id}/capture`)
  await merge(ana, ben)
  expect((await api.call('POST', `/v1/redemptions/${second.id}/capture`, { points: 5 })).body).toMatchObject({
    member: ben.id,
    status: 'captured',
    captured_points: 5,
  })
  expect((await api.call('POST', `/v1/redemptions/${third.id}/void`)).body).toMatchObject({ status: 'voided' })
  expect(await pointsOf(ben)).toMatchObject({ available: 90 - 25, held: 0 })
  const shown = await get(`/v1/redemptions/${second.id}`)
  expect(shown).toMatchObject({ member: ben.id, status: 'captured', points: 20 })
  expect(shown.postings.map(({ from, to, points }: Json) => [from, to, points])).toEqual([
    ['available', 'held', 20],
    ['held', 'spent', 5],
    ['held', 'available', 15],
  ])
  expect(await get(`/v1/redemptions/${first.id}`)).toMatchObject({ status: 'captured', postings: [{}, {}] })
  const again = await api.call('POST', `/v1/redemptions/${second.id}/capture`, {})
  expect(again.body.code).toBe('hold_closed')
})

test('orders of either are returned to the one who is left, also in parts and across the merge', async () => {
  const [first, second] = [await buy(ana, 3_000), await buy(ben, 2_000)]
  await giveBack(first, 1_000)
  await merge(ana, ben)
  expect((await giveBack(first, 500)).body.balances[0].available).toBe(35)
  expect((await giveBack(first, 1_501)).body.code).toBe('amount_exceeds_order')
  await api.call('POST', `/v1/orders/${first.order.external_id}/cancel`)
  await api.call('POST', `/v1/orders/${second.order.external_id}/cancel`)
  expect(await pointsOf(ben)).toMatchObject({ available: 0, debt: 0 })
  expect(await get(`/v1/orders/${first.order.external_id}`)).toMatchObject({ order: { status: 'cancelled' } })
})

test('what comes late for the one who ended reaches the other, and what is sent again is answered as then', async () => {
  const order = await buy(ana, 1_000)
  await merge(ana, ben)
  await buy({ id: `external:${ana.external_id}` }, 2_000)
  await buy(ana, 500, '2026-03-08T10:00:00Z')
  expect(await pointsOf(ben)).toMatchObject({ available: 35 })
  const again = await api.call('PUT', `/v1/orders/${order.order.external_id}`, {
    member: ana.id,
    occurred_at: '2026-03-10T14:00:00Z',
    currency: 'USD',
    prices: 'tax_excluded',
    lines: [{ id: '1', sku: 'a', quantity: 1, unit_price: 1_000 }],
  })
  expect([again.status, again.body]).toEqual([200, order])
  const quote = { member: ana.id, currency: 'USD', prices: 'tax_excluded', lines: order.order.lines.map(line) }
  expect((await api.call('POST', '/v1/orders/quote', quote)).body.balances[0].available).toBe(35)
  const visit = { member: ana.id, occurred_at: '2026-03-10T15:00:00Z' }
  expect((await api.call('POST', '/v1/visits', visit)).body.member).toBe(ben.id)
})
const line = ({ id }: Json) => ({ id, sku: 'a', quantity: 1, unit_price: 1_000 })

test('the time line has what happened to both, page by page, and that of the one who ended stays readable', async () => {
  const bought: string[] = []
  for (const [i, member] of [ana, ben, ana, ben, ana].entries()) {
    await api.setClock(NOW + i * 60_000)
    bought.unshift((await buy(member, 1_000)).activity)
  }
  await merge(ana, ben)
  bought.unshift((await buy(ana, 1_000)).activity)
  const pages: Json[] = []
  let cursor = ''
  for (;;) {
    const page = await get(`/v1/members/${ben.id}/activities?limit=2${cursor}`)
    pages.push(...page.data)
    if (!page.has_more) break
    cursor = `&cursor=${page.next_cursor}`
  }
  expect(pages.map(({ type }) => type)).toEqual(['order', 'absorb', 'merge', ...Array(5).fill('order'), 'join', 'join'])
  expect(pages.filter(({ type }) => type === 'order').map(({ id }) => id)).toEqual(bought)
  expect(pages.filter(({ type }) => type === 'order').map(({ member }) => member)).toEqual(
    [ben, ana, ben, ana, ben, ana].map(({ id }) => id),
  )
  expect((await get(`/v1/members/${ana.id}/activities`)).data.map(({ type }: Json) => type)).toEqual([
    'merge',
    'order',
    'order',
    'order',
    'join',
  ])
  const other = await join('Eve')
  const strange = (await get(`/v1/members/${ana.id}/activities?limit=1`)).next_cursor
  expect((await api.call('GET', `/v1/members/${other.id}/activities?cursor=${strange}`)).status).toBe(400)
  const before = new Date(NOW + 2.5 * 60_000).toISOString()
  expect((await get(`/v1/members/${ana.id}/balances?at=${before}`)).balances[0].available).toBe(20)
  await api.setClock(NOW)
})

test('limits and counters count for both', async () => {
  const review = (member: Json) =>
    api.call('POST', '/v1/actions', { member: member.id, type: 'review', occurred_at: '2026-03-10T14:30:00Z' })
  await review(ana)
  await review(ben)
  await merge(ana, ben)
  await review(ben)
  await review(ana)
  expect(await pointsOf(ben)).toMatchObject({ pending: 20 })
})

test('a chain of merges leads to its end', async () => {
  const cleo = await join('Cleo')
  const order = await buy(ana, 3_000)
  await merge(ana, ben)
  await giveBack(order, 500)
  await merge(ben, cleo)
  await giveBack(order, 500)
  expect(await pointsOf(cleo)).toMatchObject({ available: 20 })
  for (const one of [ana, ben, cleo, { id: `external:${ben.external_id}` }])
    expect((await giveBack(order, 100, { member: one.id })).status).toBe(200)
  const stranger = await join('Dora')
  expect((await giveBack(order, 100, { member: stranger.id })).body.code).toBe('not_yours')
  expect(await memberOf(ana)).toMatchObject({ merged_into: cleo.id })
  expect((await get(`/v1/members?card=${ana.card_number}`)).data).toMatchObject([{ id: cleo.id }])
  expect((await get(`/v1/members/${cleo.id}/activities?limit=100`)).data.length).toBe(3 + 4 + 7)
})

test('whatever of the one who ended nobody had told of the other is kept, and their contacts can be taken over', async () => {
  const bare = (await api.call('POST', '/v1/members', { external_id: `m${++count}` })).body
  await merge(ana, bare)
  expect(await memberOf(bare)).toMatchObject({ name: ana.name, phone: ana.phone, email: ana.email })
  expect((await api.call('POST', `/v1/members/${bare.id}`, { phone: ana.phone })).status).toBe(200)
  expect((await api.call('POST', `/v1/members/${bare.id}`, { phone: ben.phone })).body.code).toBe('contact_taken')
  expect((await api.call('POST', `/v1/members/${ben.id}`, { phone: ana.phone })).body.code).toBe('contact_taken')
})

describe('refused, and nothing moves', () => {
  test('into itself, into nobody, and a second time', async () => {
    await buy(ana, 1_000)
    expect((await merge(ana, ana)).body.code).toBe('same_account')
    expect((await merge(ana, { id: 'external:nobody' })).body).toMatchObject({ code: 'not_found' })
    expect((await merge({ id: 'external:nobody' }, ana)).body).toMatchObject({ code: 'not_found' })
    expect(await pointsOf(ana)).toMatchObject({ available: 10 })
    expect((await merge(ana, ben)).status).toBe(200)
    expect((await merge(ana, ben)).body.code).toBe('already_merged')
    expect((await merge(ana, await join('Cleo'))).body.code).toBe('already_merged')
    expect((await merge(ben, ana)).body.code).toBe('same_account')
    expect(await pointsOf(ben)).toMatchObject({ available: 10 })
  })

  test('of or into somebody whose account is closed', async () => {
    await buy(ana, 1_000)
    await api.call('POST', `/v1/members/${ben.id}/close`, { reason: 'Moved away' })
    expect((await merge(ana, ben)).body.code).toBe('account_closed')
    expect((await merge(ben, ana)).body.code).toBe('account_closed')
    expect(await pointsOf(ana)).toMatchObject({ available: 10 })
  })

  test('of two who together hold more than an account can keep', async () => {
    for (const member of [ana, ben]) {
      await buy(member, 90_000)
      const line = JSON.stringify({ type: 'redemption', body: { member: member.id, reward: 'mug' } })
      const { body } = await api.call('POST', '/v1/batch', Array(30).fill(line).join('\n'))
      expect(body.match(/"status":200/g)).toHaveLength(30)
    }
    expect((await merge(ana, ben)).body.code).toBe('account_full')
    expect(await pointsOf(ana)).toMatchObject({ available: 300, held: 600 })
    expect(await pointsOf(ben)).toMatchObject({ available: 300, held: 600 })
    expect(await memberOf(ana)).toMatchObject({ status: 'active', merged_into: null })
  })

  test('by roles that may not', async () => {
    for (const role of ['cashier', 'developer', 'marketer', 'read_only', 'partner'] as const) {
      const call = await api.as(role)
      expect((await call('POST', `/v1/members/${ana.id}/merge`, { into: ben.id })).status).toBe(403)
    }
    const call = await api.as('support')
    expect((await call('POST', `/v1/members/${ana.id}/merge`, { into: ben.id })).status).toBe(200)
  })
})

test('the same merge sent again answers as then, also after more has happened', async () => {
  await buy(ana, 1_000)
  const key = { 'idempotency-key': `merge${++count}` }
  const [first, second] = await Promise.all([merge(ana, ben, key), merge(ana, ben, key)])
  await buy(ben, 5_000)
  const third = await merge(ana, ben, key)
  expect([second.body, third.body]).toEqual([first.body, first.body])
  expect(third.headers.get('idempotent-replayed')).toBe('true')
  expect((await merge(ben, ana, key)).body.code).toBe('idempotency_conflict')
})

test('an adjustment that waited for a second person is approved for the one who is left', async () => {
  const support = await api.as('support', { actor: 'Sam' })
  const wanted = { member: ana.id, wallet: 'points', points: 5_000, reason: 'The order was late' }
  const { body, status } = await support('POST', '/v1/adjustments', wanted)
  expect(status).toBe(202)
  await merge(ana, ben)
  expect((await api.call('POST', `/v1/adjustments/${body.id}/approve`)).status).toBe(200)
  expect(await pointsOf(ben)).toMatchObject({ available: 5_000 })
})

test('points of either that had expired are owed by nobody when their order comes back', async () => {
  const order = await buy(ana, 3_000)
  await api.setClock(Date.parse('2026-12-10T15:00:00Z'))
  const kept = await buy(ben, 1_000, '2026-12-10T14:00:00Z')
  await merge(ana, ben)
  await api.call('POST', `/v1/orders/${order.order.external_id}/cancel`)
  expect(await pointsOf(ben)).toMatchObject({ available: 10, debt: 0 })
  expect((await get(`/v1/orders/${kept.order.external_id}`)).order.status).toBe('paid')
})

test('who is erased is erased with all that they were, and what they gave others stays with those', async () => {
  const cleo = await join('Cleo')
  await buy(ana, 3_000, '2026-12-10T14:00:00Z')
  await merge(ana, ben)
  const gift = { from: ben.id, to: cleo.id, wallet: 'points', points: 12 }
  const key = { 'idempotency-key': `gift${++count}` }
  const sent = await api.call('POST', '/v1/transfers', gift, key)
  expect((await api.call('POST', `/v1/members/${ben.id}/erase`, { reason: 'Asked for it' })).status).toBe(200)
  for (const one of [ana, ben]) {
    expect((await get(`/v1/members?card=${one.card_number}`)).data).toEqual([])
    expect(await memberOf(one)).toMatchObject({ name: null, phone: null })
    expect((await api.call('GET', `/v1/members/external:${one.external_id}`)).status).toBe(404)
  }
  expect(JSON.stringify(await get(`/v1/members/${ben.id}/activities?limit=100`))).not.toContain(ana.name)
  expect(await pointsOf(cleo)).toMatchObject({ available: 12 })
  expect((await api.call('POST', '/v1/transfers', gift, key)).body).toEqual(sent.body)
  expect((await merge(cleo, ben)).body.code).toBe('account_closed')
})

test('the ledger agrees with itself after all of this', async () => {
  expect((await verify(api.ledger.database.db, api.ledger.programs)).differences).toEqual([])
})

test('why two members were one person stands in the audit log, and nowhere that is erased', async () => {
  const [from, into] = await Promise.all(
    ['twice-1', 'twice-2'].map(async (external_id) => {
      return (await api.call('POST', '/v1/members', { external_id })).body
    }),
  )
  const reason = 'Joined twice, with two phones'
  const merged = await api.call('POST', `/v1/members/${from.id}/merge`, { into: into.id, reason })
  expect(merged.status).toBe(200)
  const { rows } = await api.services.database.query(`select action, about, after from audit where about = $1`, [
    from.id,
  ])
  expect(rows).toEqual([{ action: 'mergeMember', about: from.id, after: { into: into.id, reason } }])
})
