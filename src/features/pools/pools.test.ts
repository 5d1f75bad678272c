/** Pools over HTTP: a household collects in one account, and every return finds the points where they went. */

import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Json, type TestApi, testApi } from '../../../test/api.ts'
import { runs } from '../../../test/history.ts'
import { totals } from '../../engine/totals.ts'
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
  - { id: welcome, on: join, earn: 5 }
  - { id: review, on: action, earn: 10, limit: 1 times per month }
rewards:
  - { id: mug, cost: 20 points, gives: { amount_off: 5.00 } }
pools: { most_members: 3 }
`
const NOW = Date.parse('2026-03-10T15:00:00Z')

let api: TestApi
let count = 0
let [ana, ben, home]: Json[] = []
beforeAll(async () => {
  api = await testApi(SOURCE, NOW)
})
afterAll(() => api.close())
beforeEach(async () => {
  ;[ana, ben, home] = [await join(), await join(), await open()]
})

const join = async () => (await api.call('POST', '/v1/members', { external_id: `m${++count}` })).body
const open = async () =>
  (await api.call('POST', '/v1/pools', { external_id: `h${++count}`, name: 'The Lovelaces' })).body
const admit = (pool: Json, member: Json, rights: object) =>
  api.call('PUT', `/v1/pools/${pool.id}/members/${member.id}`, rights)
const dismiss = (pool: Json, member: Json) => api.call('DELETE', `/v1/pools/${pool.id}/members/${member.id}`)
const get = async (path: string) => (await api.call('GET', path)).body
const available = async ({ id }: Json) => (await get(`/v1/members/${id}`)).balances[0].available
function orderOf(member: Json, cents: number, more: object = {}) {
  const lines = [{ id: '1', sku: 'a', quantity: 1, unit_price: cents }]
  return {
    member: member.id,
    occurred_at: '2026-03-10T14:00:00Z',
    currency: 'USD',
    prices: 'tax_excluded',
    lines,
    ...more,
  }
}
const buy = (member: Json, cents: number, more: object = {}) =>
  api.call('PUT', `/v1/orders/o${++count}`, orderOf(member, cents, more))
const giveBack = (order: Json, amount: number, more: object = {}) =>
  api.call('POST', `/v1/orders/${order.order.external_id}/returns`, {
    external_id: `r${++count}`,
    occurred_at: '2026-03-10T15:00:00Z',
    amount,
    ...more,
  })
const redeem = (member: Json) => api.call('POST', '/v1/redemptions', { member: member.id, reward: 'mug' })

test('members earn into the pool, and a return takes the points from where they went', async () => {
  expect(home).toMatchObject({ name: 'The Lovelaces', members: [], balances: [{ available: 0 }] })
  expect((await admit(home, ana, { earn: true })).body.members).toEqual([{ id: ana.id, earn: true, spend: false }])
  await admit(home, ben, { earn: true, spend: true })
  const [first, second] = [(await buy(ana, 5_050)).body, (await buy(ben, 3_070)).body]
  expect(first.order.member).toBe(ana.id)
  // 0.50 of one and 0.70 of the other make a point of the household.
  expect([await available(home), await available(ana), await available(ben)]).toEqual([81, 5, 5])
  await dismiss(home, ana)
  expect((await giveBack(first, 5_050, { member: ana.id })).status).toBe(200)
  expect((await giveBack(second, 3_070, { member: ana.id })).body.code).toBe('not_yours')
  expect([await available(home), await available(ana)]).toEqual([30, 5])
  await api.call('POST', `/v1/orders/${second.order.external_id}/cancel`)
  expect((await get(`/v1/pools/${home.id}`)).balances[0]).toMatchObject({ available: 0, debt: 0 })
})

test('who may spend redeems with the points of the pool, on an order and without', async () => {
  await admit(home, ana, { earn: true, spend: true })
  await admit(home, ben, { earn: true })
  await buy(ana, 10_000)
  const { body: held } = await redeem(ana)
  expect(held).toMatchObject({ status: 'held', points: 20 })
  expect((await api.call('POST', `/v1/redemptions/${held.id}/capture`)).body.status).toBe('captured')
  expect((await buy(ana, 1_000, { redeem: [{ reward: 'mug' }] })).status).toBe(200)
  expect(await available(home)).toBe(100 - 20 - 20 + 5)
  // Ben may not: he redeems his own points, of which there are too few, and no order of his takes those of the pool.
  expect((await redeem(ben)).body.code).toBe('insufficient_points')
  expect((await buy(ben, 1_000, { redeem: [{ reward: 'mug' }] })).body.code).toBe('not_yours')
  await admit(home, ben, { earn: false, spend: true })
  expect((await redeem(ben)).status).toBe(200)
  await buy(ben, 700)
  expect([await available(home), await available(ben)]).toEqual([45, 12])
})

test('quotes, visits and actions are those of the pool, limits are the household’s', async () => {
  await admit(home, ana, { earn: true, spend: true })
  await admit(home, ben, { earn: true })
  await buy(ana, 10_000)
  const { occurred_at: _, ...quote } = orderOf(ana, 1_000)
  const quoted = (await api.call('POST', '/v1/orders/quote', quote)).body
  expect(quoted).toMatchObject({ order: { member: ana.id }, earns: [{ points: 10 }], balances: [{ available: 100 }] })
  for (const member of [ana, ben])
    await api.call('POST', '/v1/actions', { member: member.id, type: 'review', occurred_at: '2026-03-10T14:00:00Z' })
  expect(await available(home)).toBe(110)
})

test('an order that is sent again is answered as then, whether its member has left or not', async () => {
  await admit(home, ana, { earn: true })
  const order = orderOf(ana, 1_000)
  const send = () => api.call('PUT', `/v1/orders/again${count}`, order)
  const first = await send()
  expect([(await send()).body, (await send()).headers.get('idempotent-replayed')]).toEqual([first.body, 'true'])
  await dismiss(home, ana)
  expect((await send()).body).toEqual(first.body)
  const other = await api.call('PUT', `/v1/orders/again${count}`, { ...order, member: ben.id })
  expect(other.body.code).toBe('idempotency_conflict')
})

test('merging members and merging pools keeps them together', async () => {
  const cleo = await join()
  const away = await open()
  await admit(home, ana, { earn: true, spend: true })
  await admit(away, cleo, { earn: true })
  await api.call('POST', `/v1/members/${ana.id}/merge`, { into: ben.id })
  await buy(ben, 5_000)
  await buy(cleo, 3_000)
  expect((await redeem(ben)).status).toBe(200)
  expect((await api.call('POST', `/v1/members/${away.id}/merge`, { into: home.id })).status).toBe(200)
  await buy(cleo, 1_000)
  expect(await available(home)).toBe(50 - 20 + 30 + 10)
  expect((await get(`/v1/pools/${away.id}`)).members.map(({ id }: Json) => id)).toEqual([ben.id, cleo.id])
  expect((await dismiss(home, cleo)).body.members).toEqual([{ id: ben.id, earn: true, spend: true }])
  expect((await dismiss(home, ben)).body.members).toEqual([])
  await buy(ben, 700)
  expect(await available(ben)).toBe(5 + 5 + 7)
})

test('pools are no members: they are listed apart, and neither found nor counted among members', async () => {
  const before = await totals(api.ledger.database.db, api.program)
  const away = await open()
  await admit(away, ana, { earn: true })
  const members = await get('/v1/members?limit=100')
  expect(members.data.filter(({ id }: Json) => [home.id, away.id].includes(id))).toEqual([])
  for (const q of ['The%20Lovelaces', away.external_id]) expect((await get(`/v1/members?q=${q}`)).data).toEqual([])
  expect((await totals(api.ledger.database.db, api.program)).members).toBe(before.members)
  const all: Json[] = []
  for (let cursor = '', more = true; more; ) {
    const page = await get(`/v1/pools?limit=2${cursor}`)
    all.push(...page.data)
    more = page.has_more
    cursor = `&cursor=${page.next_cursor}`
  }
  expect(all).toContainEqual(await get(`/v1/pools/${away.id}`))
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
})

test('a pool that is opened or changed again by the same key is answered as then, whatever came since', async () => {
  const body = { external_id: `again${count}`, name: 'The Byrons' }
  const opened = await api.call('POST', '/v1/pools', body)
  const key = { 'idempotency-key': `admit-${count}` }
  const admitAna = () => api.call('PUT', `/v1/pools/${opened.body.id}/members/${ana.id}`, { earn: true }, key)
  const admitted = await admitAna()
  await admit(opened.body, ben, { earn: true })
  await buy(ana, 1_000)
  const again = await api.call('POST', '/v1/pools', body)
  expect([again.status, again.body, again.headers.get('idempotent-replayed')]).toEqual([201, opened.body, 'true'])
  const same = await admitAna()
  expect([same.body, same.headers.get('idempotent-replayed')]).toEqual([admitted.body, 'true'])
  expect((await get(`/v1/pools/${opened.body.id}`)).members).toHaveLength(2)
})

test('who leaves with their data takes what the pool decided for them, and what was told of it', async () => {
  await admit(home, ana, { earn: true, spend: true })
  await admit(home, ben, { earn: true, spend: true })
  const { body: bought } = await buy(ana, 10_000)
  await buy(ben, 5_000)
  const { body: held } = await redeem(ana)
  await redeem(ben)
  await api.call('POST', `/v1/redemptions/${held.id}/capture`)
  await giveBack(bought, 100)
  const known = await get(`/v1/members/${ana.id}/export`)
  expect(known.orders.map(({ external_id, member }: Json) => [external_id, member])).toEqual([
    [bought.order.external_id, ana.id],
  ])
  expect(known.in_pools.map(({ type }: Json) => type)).toEqual(['return', 'capture', 'redeem', 'order'])
  expect(known.redemptions).toMatchObject([{ id: held.id, status: 'captured' }])
  expect(known.events.map(({ topic }: Json) => topic)).toEqual(['member.joined', 'reward.redeemed'])
})

describe('refused, and nothing changes', () => {
  test('two pools at once, strangers, pools in pools, and more members than may be', async () => {
    await admit(home, ana, { earn: true })
    const away = await open()
    expect((await admit(away, ana, { earn: true })).body.code).toBe('already_in_pool')
    expect((await admit(ana, ben, { earn: true })).body.code).toBe('not_found')
    expect((await admit(home, away, { earn: true })).body.code).toBe('invalid')
    expect((await admit(home, home, { earn: true })).body.code).toBe('same_account')
    expect((await admit(home, ben, { earn: false, spend: false })).body.code).toBe('invalid')
    expect((await dismiss(home, ben)).body.code).toBe('not_found')
    expect((await dismiss(away, ana)).body.code).toBe('not_found')
    await admit(home, ben, { earn: true })
    await admit(home, await join(), { earn: true })
    expect((await admit(home, await join(), { earn: true })).body.code).toBe('limit_reached')
    expect((await get(`/v1/pools/${home.id}`)).members).toHaveLength(3)
  })

  test('a household and a person, or two who are in pools, are not merged', async () => {
    await admit(home, ana, { earn: true })
    await admit(home, ben, { earn: true })
    const into = (member: Json) => ({ into: member.id })
    expect((await api.call('POST', `/v1/members/${ana.id}/merge`, into(ben))).body.code).toBe('already_in_pool')
    expect((await api.call('POST', `/v1/members/${home.id}/merge`, into(ben))).body.code).toBe('invalid')
    expect((await api.call('POST', `/v1/members/${ana.id}/merge`, into(home))).body.code).toBe('invalid')
  })

  test('orders into a pool whose account is closed, and by members whose own is', async () => {
    await admit(home, ana, { earn: true })
    await api.call('POST', `/v1/members/${home.id}/close`, { reason: 'They moved' })
    expect((await buy(ana, 1_000)).body.code).toBe('account_closed')
    await api.call('POST', `/v1/members/${home.id}/reopen`, { reason: 'They are back' })
    await api.call('POST', `/v1/members/${ana.id}/close`, { reason: 'She moved' })
    expect((await buy(ana, 1_000)).body.code).toBe('account_closed')
  })

  test('by roles that may not, and where the program has no pools', async () => {
    const cashier = await api.as('cashier')
    expect((await cashier('POST', '/v1/pools', { name: 'Mine' })).status).toBe(403)
    const off = await testApi(SOURCE.replace('{ most_members: 3 }', '{ allowed: false }'), NOW)
    const { body } = await off.call('POST', '/v1/pools', { name: 'Mine' })
    await off.close()
    expect(body.code).toBe('pools_off')
  })
})

/** What members of a household and a stranger do, in some order and some of it at once. */
const doing = fc.record({
  what: fc.constantFrom('buy', 'buy', 'buy', 'back', 'redeem', 'admit', 'dismiss', 'transfer'),
  who: fc.nat({ max: 2 }),
  amount: fc.integer({ min: 1, max: 4_000 }),
})

test('whatever a household does, returning all of it leaves the household and its members with nothing of it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(doing, { maxLength: 4 }), { maxLength: 8 }), async (rounds) => {
      const members = [await join(), await join(), await join()]
      const pool = await open()
      const orders: Json[] = []
      const act = async ({ what, who, amount }: (typeof rounds)[0][0]) => {
        const member = members[who]
        if (what === 'buy') orders.push((await buy(member, amount)).body)
        if (what === 'back' && orders.length > 0) await giveBack(orders[amount % orders.length], 1 + (amount % 500))
        if (what === 'admit') await admit(pool, member, { earn: true, spend: amount % 2 === 0 })
        if (what === 'dismiss') await dismiss(pool, member)
        if (what === 'redeem') {
          const { status, body } = await redeem(member)
          if (status === 200) await api.call('POST', `/v1/redemptions/${body.id}/void`)
        }
        if (what === 'transfer')
          await api.call('POST', '/v1/transfers', {
            from: pool.id,
            to: member.id,
            wallet: 'points',
            points: amount % 9,
          })
      }
      for (const round of rounds) await Promise.all(round.map(act))
      for (const order of orders) await api.call('POST', `/v1/orders/${order.order.external_id}/cancel`)
      const left = await Promise.all(
        [pool, ...members].map(async ({ id }) => (await get(`/v1/members/${id}`)).balances[0]),
      )
      // What is left in one and owed by another is what was transferred.
      expect(left.reduce((sum, { available: own, debt }) => sum + own - debt, 0)).toBe(3 * 5)
    }),
    { numRuns: runs(15) },
  )
})

test('the ledger agrees with itself after all of this', async () => {
  expect((await verify(api.ledger.database.db, api.ledger.programs)).differences).toEqual([])
})
