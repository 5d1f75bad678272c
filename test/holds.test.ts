/** Redemptions over HTTP as tills make them: twice, at once, again after a broken connection, and too late. */

import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createServer, type Server } from '../src/engine/http/server.ts'
import { Inbox } from '../src/engine/inbox.ts'
import { createLog } from '../src/engine/log.ts'
import { Metrics } from '../src/engine/metrics.ts'
import { openRecorder } from '../src/engine/record.ts'
import { routes } from '../src/server.ts'
import { type Answer, caller, type Json, type TestApi, testApi } from './api.ts'

const NOW = Date.parse('2026-05-01T13:00:00Z')
const PROGRAM = `
program: tills
name: Tills
currency: USD
timezone: America/New_York
wallets:
  stars: {}
earning:
  - { id: base, on: order, earn: 1 per 1.00, of: net_before_tax }
rewards:
  - { id: coffee, cost: 60, gives: { amount_off: 2.00 } }
  - { id: scarce, cost: 10, gives: { amount_off: 1.00 }, stock: 1 }
`

let api: TestApi
/** A second process on the same database: two tills need not talk to the same one. */
let other: { call: TestApi['call']; app: Server; inbox: Inbox }

beforeAll(async () => {
  api = await testApi(PROGRAM, NOW)
  const recorder = await openRecorder(api.ledger.database.db, { release: 'other', tzdata: 'test' })
  const inbox = new Inbox(recorder)
  const log = createLog({ level: 'error', readable: true })
  const options = { log, metrics: new Metrics(), rate: 0, notReady: async () => null }
  const app = createServer({ ...api.services, inbox, ids: recorder.ids }, routes, options)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  other = { call: caller(url, api.key), app, inbox }
})

afterAll(async () => {
  await other.app.close()
  await other.inbox.close()
  await api.close()
})

let count = 0
const fresh = (name: string) => `${name}-${++count}`

function order(member: string, dollars: number, more: object = {}): Json {
  const lines = [{ id: '1', sku: 'beans', quantity: 1, unit_price: dollars * 100 }]
  return { member, occurred_at: '2026-05-01T12:30:00Z', currency: 'USD', prices: 'tax_excluded', lines, ...more }
}

const put = (id: string, body: object, call = api.call) => call('PUT', `/v1/orders/${id}`, body)

/** A member with this many stars. */
async function rich(stars: number): Promise<string> {
  const { body } = await api.call('POST', '/v1/members', { external_id: fresh('m') })
  expect((await put(fresh('rich'), order(body.id, stars))).status).toBe(200)
  return body.id
}

async function balance(member: string): Promise<Json> {
  return (await api.call('GET', `/v1/members/${member}`)).body.balances[0]
}

const redeem = (member: string, more: object = {}, headers: Record<string, string> = {}, call = api.call) =>
  call('POST', '/v1/redemptions', { member, reward: 'coffee', ...more }, headers)

const capture = (id: string, body: object = {}, headers: Record<string, string> = {}, call = api.call) =>
  call('POST', `/v1/redemptions/${id}/capture`, body, headers)

const codes = (answers: readonly Answer[]) =>
  answers.map(({ status, body }) => (status === 200 ? 'ok' : `${status} ${body.code}`)).sort()

const ROUNDS = 12

describe('two tills at once', () => {
  test.each([
    ['hold', (member: string, call: TestApi['call']) => redeem(member, {}, {}, call)],
    ['spend', (member: string, call: TestApi['call']) => redeem(member, { capture: true }, {}, call)],
    [
      'sell with the reward on the order',
      (member: string, call: TestApi['call']) =>
        put(fresh('o'), order(member, 5, { redeem: [{ reward: 'coffee' }] }), call),
    ],
  ])('for the last points: both %s, and exactly one succeeds', async (_, send) => {
    for (let round = 0; round < ROUNDS; round++) {
      const member = await rich(60)
      const answers = await Promise.all([send(member, api.call), send(member, other.call)])
      expect(codes(answers)).toEqual(['422 insufficient_points', 'ok'])
      const { available, held, debt } = await balance(member)
      expect([available < 60, available + held < 61, debt]).toEqual([true, true, 0])
    }
  })

  test('one takes points that the other holds: it waits for them in vain, and has them once they are let go', async () => {
    const member = await rich(60)
    const held = await redeem(member)
    expect(codes([await redeem(member, { capture: true }, {}, other.call)])).toEqual(['422 insufficient_points'])
    expect((await other.call('POST', `/v1/redemptions/${held.body.id}/void`)).status).toBe(200)
    expect(codes([await redeem(member, { capture: true })])).toEqual(['ok'])
  })
})

test('the same reward redeemed twice at the same moment: the last of a stock goes to one member', async () => {
  const members = [await rich(20), await rich(20)]
  const [one, two] = members as [string, string]
  const more = { reward: 'scarce', capture: true }
  const answers = await Promise.all([redeem(one, more), redeem(two, more, {}, other.call)])
  expect(codes(answers)).toEqual(['422 sold_out', 'ok'])
  const left = await Promise.all(members.map(balance))
  expect(left.map(({ available }) => available).sort()).toEqual([10, 20])
})

describe('confirm called twice', () => {
  test('spends once: the same request is answered the same, another finds the hold closed', async () => {
    const member = await rich(100)
    const held = await redeem(member)
    const headers = { 'idempotency-key': fresh('confirm') }
    const first = await capture(held.body.id, { points: 40 }, headers)
    expect(first.body).toMatchObject({ status: 'captured', points: 60, captured_points: 40 })
    const again = await capture(held.body.id, { points: 40 }, headers, other.call)
    expect([again.body, again.headers.get('idempotent-replayed')]).toEqual([first.body, 'true'])
    expect(codes([await capture(held.body.id, { points: 40 })])).toEqual(['422 hold_closed'])
    expect(codes([await capture(held.body.id, { points: 30 }, headers)])).toEqual(['409 idempotency_conflict'])
    expect(await balance(member)).toMatchObject({ available: 60, held: 0 })
  })

  test('at the same moment, with one key it is one request, and with two one of them', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const member = await rich(60)
      const { id } = (await redeem(member)).body
      const headers = { 'idempotency-key': fresh('confirm') }
      const same = await Promise.all([capture(id, {}, headers), capture(id, {}, headers, other.call)])
      expect(codes(same)).toEqual(['ok', 'ok'])
      expect(same[0]!.body).toEqual(same[1]!.body)
      expect(await balance(member)).toMatchObject({ available: 0, held: 0 })
    }
    for (let round = 0; round < ROUNDS; round++) {
      const member = await rich(60)
      const { id } = (await redeem(member)).body
      const answers = await Promise.all([
        capture(id, { points: 20 }),
        other.call('POST', `/v1/redemptions/${id}/void`, {}),
      ])
      expect(codes(answers)).toEqual(['422 hold_closed', 'ok'])
    }
  })
})

describe('a hold', () => {
  test('begun again with the same key is the same hold', async () => {
    const member = await rich(100)
    const headers = { 'idempotency-key': fresh('hold') }
    const first = await redeem(member, {}, headers)
    expect((await redeem(member, {}, headers, other.call)).body).toEqual(first.body)
    expect(await balance(member)).toMatchObject({ available: 40, held: 60 })
  })

  test('is captured by points or by quantity, never more of it than is held, and not by both', async () => {
    const member = await rich(300)
    const { id } = (await redeem(member, { quantity: 3 })).body
    for (const body of [{ points: 181 }, { quantity: 4 }])
      expect(codes([await capture(id, body)])).toEqual(['422 capture_exceeds_hold'])
    for (const body of [{ points: 1, quantity: 1 }, { points: -1 }, { quantity: 0 }, { points: 1.5 }])
      expect(codes([await capture(id, body)])).toEqual(['400 invalid'])
    expect(await balance(member)).toMatchObject({ available: 120, held: 180 })
    const captured = await capture(id, { quantity: 2 })
    expect(captured.body).toMatchObject({ quantity: 2, points: 180, captured_points: 120, status: 'captured' })
    expect(captured.body.postings.map(({ from, to, points }: Json) => [from, to, points])).toEqual([
      ['held', 'spent', 120],
      ['held', 'available', 60],
    ])
    const found = await api.call('GET', `/v1/redemptions/${id}`)
    expect(found.body).toMatchObject({ quantity: 2, points: 180, captured_points: 120, status: 'captured' })
    expect(await balance(member)).toMatchObject({ available: 180, held: 0 })
  })

  test('that timed out is closed, whether or not a sweep came by, and its points are there again', async () => {
    const member = await rich(60)
    const { id, expires_at } = (await redeem(member)).body
    expect(expires_at).toBe('2026-05-01T13:15:00Z')
    await api.setClock(Date.parse(expires_at))
    expect(codes([await capture(id)])).toEqual(['422 hold_closed'])
    expect((await api.call('GET', `/v1/redemptions/${id}`)).body).toMatchObject({ status: 'expired' })
    expect(codes([await redeem(member, { capture: true })])).toEqual(['ok'])
    expect((await api.call('GET', `/v1/redemptions/${id}`)).body).toMatchObject({
      status: 'expired',
      captured_points: 0,
    })
    await api.setClock(NOW)
  })

  test('of nobody or of another program is not found', async () => {
    for (const id of ['red_zzzz', 'red_1_2', 'nonsense'])
      for (const what of ['capture', 'void'])
        expect(codes([await api.call('POST', `/v1/redemptions/${id}/${what}`, {})])).toEqual(['404 not_found'])
  })
})

test('a till offline that sent its sale again: once and only once, whoever receives it', async () => {
  const member = await rich(60)
  const id = fresh('offline')
  const sale = order(member, 30, { redeem: [{ reward: 'coffee' }] })
  const sent = await Promise.all([api.call, other.call, api.call, other.call].map((call) => put(id, sale, call)))
  expect(codes(sent)).toEqual(['ok', 'ok', 'ok', 'ok'])
  for (const answer of sent) expect(answer.body).toEqual(sent[0]!.body)
  // A week later, when the points are long spent on something else.
  await api.setClock(NOW + 7 * 86_400_000)
  expect((await put(id, sale)).body).toEqual(sent[0]!.body)
  expect((await balance(member)).available).toBe(28)
  await api.setClock(NOW)
})

test('draft orders moved balances: they hold, spend and earn nothing, however often they change', async () => {
  const member = await rich(60)
  const before = await balance(member)
  const id = fresh('draft')
  for (const dollars of [10, 200, 35]) {
    const draft = await put(id, order(member, dollars, { status: 'draft', redeem: [{ reward: 'coffee' }] }))
    expect(draft.body).toMatchObject({ order: { status: 'draft' }, activity: null, postings: [], redemptions: [] })
    expect(await balance(member)).toEqual(before)
  }
  const { body } = await api.call('GET', `/v1/members/${member}/activities`)
  expect(body.data).toHaveLength(2)
  await api.call('POST', `/v1/orders/${id}/cancel`)
  expect(await balance(member)).toEqual(before)
})
