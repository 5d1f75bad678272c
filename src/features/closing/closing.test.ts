/** Members who leave: what becomes of points, holds and cards, what is still booked, and how they come back. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Json, type TestApi, testApi } from '../../../test/api.ts'
import { anyStep, at, BEGINNING, Driver, programDraw, programOf, runHistory, stepsOf } from '../../../test/history.ts'
import { compile } from '../../../test/ledger.ts'
import { NEVER, sums } from '../../core/points.ts'
import { Refusal } from '../../core/refusal.ts'
import { DAY_MS } from '../../core/time.ts'
import { exportProgram } from '../../engine/export.ts'
import { verify } from '../../engine/verify.ts'
import { verifyExport } from '../../engine/verify-export.ts'

const PROGRAM = {
  program: 'shop',
  name: 'Shop',
  currency: 'USD',
  timezone: 'America/New_York',
  wallets: { points: { expiry: { after: '6 months', until_end_of: 'month' } } },
  earning: [
    { id: 'base', on: 'order', earn: '10 per 1.00' },
    { id: 'later', on: 'order', earn: '1 per item', pending: '14 days' },
  ],
  tiers: { measure: 'points_earned', levels: [{ id: 'green' }, { id: 'gold', from: 300 }] },
  rewards: [{ id: 'mug', cost: '30 points', gives: { amount_off: '5.00' } }],
}
const NOW = at('2026-05-01T13:00:00Z')
const TIME = '2026-05-01T13:00:00Z'

let api: TestApi
beforeAll(async () => {
  api = await testApi(JSON.stringify(PROGRAM), NOW)
})
afterAll(() => api.close())

let count = 0
let member: Json
beforeEach(async () => {
  member = (await api.call('POST', '/v1/members', { external_id: `m${++count}`, phone: `+1202555${1000 + count}` }))
    .body
})

const path = (rest = '') => `/v1/members/${member.id}${rest}`
const get = async () => (await api.call('GET', path())).body
const close = (reason = 'Asked for it') => api.call('POST', path('/close'), { reason })
const reopen = (reason = 'Came back') => api.call('POST', path('/reopen'), { reason })
const order = (id: string, cents = 1000, more: object = {}) =>
  api.call('PUT', `/v1/orders/${id}-${count}`, {
    member: member.id,
    occurred_at: TIME,
    currency: 'USD',
    prices: 'tax_excluded',
    lines: [{ id: '1', sku: 'a', quantity: 1, unit_price: cents }],
    ...more,
  })

describe('closing', () => {
  test('lets all points expire, with postings, and says so of the member', async () => {
    await order('a')
    const { status, body } = await close()
    expect(status).toBe(200)
    expect(body).toMatchObject({ status: 'closed', balances: [{ available: 0, pending: 0, held: 0, debt: 0 }] })
    expect(await get()).toEqual(body)
    const [closed] = (await api.call('GET', path('/activities'))).body.data
    expect(closed).toMatchObject({
      type: 'close',
      body: { reason: 'Asked for it', actor: 'test' },
      postings: [
        { from: 'available', to: 'expired', points: 100 },
        { from: 'pending', to: 'expired', points: 1 },
      ],
    })
  })

  test('lets go of what is held first, and rejects adjustments that wait', async () => {
    await order('a')
    const { body: hold } = await api.call('POST', '/v1/redemptions', { member: member.id, reward: 'mug' })
    const developer = await api.as('developer', { actor: 'A script' })
    const { body: asked } = await developer('POST', '/v1/adjustments', {
      member: member.id,
      wallet: 'points',
      points: 5,
      reason: 'Why not',
    })
    await close()
    expect((await api.call('GET', `/v1/redemptions/${hold.id}`)).body.status).toBe('voided')
    expect((await api.call('GET', `/v1/adjustments/${asked.id}`)).body).toMatchObject({
      status: 'rejected',
      decided_by: 'test',
      postings: [],
    })
    expect((await get()).balances[0]).toMatchObject({ available: 0, held: 0 })
  })

  test('needs a reason, happens once, and is for owners and support', async () => {
    expect(await close(' ')).toMatchObject({ status: 422, body: { code: 'reason_required' } })
    expect(await (await api.as('cashier'))('POST', path('/close'), { reason: 'So' })).toMatchObject({ status: 403 })
    const key = { 'idempotency-key': `close-${count}` }
    const first = await api.call('POST', path('/close'), { reason: 'So' }, key)
    const again = await api.call('POST', path('/close'), { reason: 'So' }, key)
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 200, 'true'])
    expect(await close()).toMatchObject({ status: 422, body: { code: 'account_closed' } })
    expect(await api.call('POST', '/v1/members/mem_zz/close', { reason: 'So' })).toMatchObject({ status: 404 })
  })

  test('and every other change is answered as then when it is sent again, whatever has changed since', async () => {
    const sent: [string, object][] = [
      ['', { name: 'Mary King' }],
      ['/close', { reason: 'Asked for it' }],
      ['/reopen', { reason: 'Came back' }],
      ['', { name: 'Countess', email: `countess-${count}@example.org` }],
      ['/close', { reason: 'Left for good' }],
    ]
    const call = (i: number) =>
      api.call('POST', path(sent[i]![0]), sent[i]![1], { 'idempotency-key': `change-${count}-${i}` })
    const answers: Json[] = []
    for (const i of sent.keys()) {
      answers.push((await call(i)).body)
      if (i < 3) await order(`change-${i}`)
    }
    expect(answers.map(({ name, status }) => [name, status])).toEqual([
      ['Mary King', 'active'],
      ['Mary King', 'closed'],
      ['Mary King', 'active'],
      ['Countess', 'active'],
      ['Countess', 'closed'],
    ])
    for (const [i, before] of answers.entries()) {
      const again = await call(i)
      expect([again.body, again.headers.get('idempotent-replayed')]).toEqual([before, 'true'])
    }
  })

  test('refuses what comes later, and moves nothing', async () => {
    await order('a')
    await close()
    const body = { member: member.id }
    const calls: [string, string, object][] = [
      ['POST', '/v1/visits', { ...body, occurred_at: TIME }],
      ['POST', '/v1/actions', { ...body, occurred_at: TIME, type: 'review' }],
      ['POST', '/v1/redemptions', { ...body, reward: 'mug' }],
      ['POST', '/v1/adjustments', { ...body, wallet: 'points', points: 5, reason: 'So' }],
      ['POST', path(), { name: 'New' }],
    ]
    for (const call of calls) expect(await api.call(...call)).toMatchObject({ body: { code: 'account_closed' } })
    expect(await order('late')).toMatchObject({ status: 422, body: { code: 'account_closed' } })
    expect((await get()).balances[0]).toMatchObject({ available: 0 })
  })

  test('leaves returns of earlier orders to be booked, which find expired points and owe nothing', async () => {
    await order('a')
    await close()
    const { status, body } = await api.call('POST', `/v1/orders/a-${count}/returns`, {
      external_id: 'r',
      occurred_at: TIME,
      lines: [{ id: '1', quantity: 1 }],
    })
    expect(status).toBe(200)
    expect(body.postings.map(({ from, to }: Json) => `${from} ${to}`)).toEqual(['expired reversed', 'expired reversed'])
    expect(body).toMatchObject({ refund_total: 1000, balances: [{ available: 0, debt: 0 }] })
  })

  test('points that come back to a closed account expire with the rest', async () => {
    await order('a')
    await order('b', 2000, { redeem: [{ reward: 'mug' }] })
    await close()
    const { body } = await api.call('POST', `/v1/orders/b-${count}/cancel`)
    expect(body).toMatchObject({ restored: [{ points: 30 }], balances: [{ available: 0, pending: 0 }] })
    expect((await get()).balances[0]).toMatchObject({ available: 0, pending: 0, debt: 0 })
  })

  test('leaves the account asleep: nothing falls due any more', async () => {
    await order('a', 5000)
    await close()
    const { db } = api.ledger.database
    const { rows } = await db.query(
      'select 1 from due d join profile p using (stripe, account) where p.external_id = $1',
      [`m${count}`],
    )
    expect(rows).toEqual([])
  })

  test('keeps the phone, so that whoever comes back is found, and nobody else takes it', async () => {
    await close()
    const found = await api.call('GET', `/v1/members?phone=${encodeURIComponent(member.phone)}`)
    expect(found.body.data).toMatchObject([{ id: member.id, status: 'closed' }])
    expect(await api.call('POST', '/v1/members', { phone: member.phone })).toMatchObject({ status: 409 })
  })
})

test('a member who left neither earns into the pool of the household nor spends from it, and can leave it', async () => {
  const { body: pool } = await api.call('POST', '/v1/pools', { external_id: `flat-${count}`, name: 'The flat' })
  const rights = `/v1/pools/${pool.id}/members/${member.id}`
  await api.call('PUT', rights, { earn: true, spend: true })
  expect((await order('a')).status).toBe(200)
  await close()
  expect(await order('late')).toMatchObject({ status: 422, body: { code: 'account_closed' } })
  const redemption = { member: member.id, reward: 'mug', capture: true }
  expect(await api.call('POST', '/v1/redemptions', redemption)).toMatchObject({ body: { code: 'account_closed' } })
  expect(await api.call('PUT', rights, { earn: true, spend: false })).toMatchObject({
    body: { code: 'account_closed' },
  })
  expect((await api.call('DELETE', rights)).status).toBe(200)
})

describe('reopening', () => {
  test('lets the member go on; what expired stays expired', async () => {
    await order('a')
    await close()
    expect((await reopen()).body).toMatchObject({ status: 'active', balances: [{ available: 0 }] })
    await order('b')
    expect((await get()).balances[0]).toMatchObject({ available: 100 })
    expect(await reopen()).toMatchObject({ status: 422, body: { code: 'account_open' } })
  })

  test('what expired with the account comes back by hand alone, and balances of then show it as it was', async () => {
    await order('a')
    await close()
    await api.setClock(NOW + 2 * DAY_MS)
    await reopen()
    const balances = async (query: string) => (await api.call('GET', path(`/balances?${query}`))).body.balances[0]
    for (const by of ['recorded', 'occurred'])
      expect(await balances(`by=${by}`)).toMatchObject({ available: 0, pending: 0 })
    const late = await order('late', 1000, { redeem: [{ reward: 'mug' }] })
    expect(late).toMatchObject({ status: 422, body: { code: 'insufficient_points' } })
    const body = { until: '2026-12-31', expired_since: '2026-05-01', reason: 'Came back' }
    const back = await api.call('POST', path('/expiry'), body)
    expect(back.body.postings).toMatchObject([{ from: 'expired', to: 'available', points: 101 }])
    await api.setClock(NOW)
  })

  test('a program may keep the points meanwhile: they cannot be spent, and still expire in their time', () => {
    const driver = new Driver(programOf({ ...PROGRAM, closing: { points: 'keep' } }), NOW)
    const lines = [{ id: '1', sku: 'a', quantity: 1, unit_price: 1000 }]
    driver.send('join', {})
    driver.order({ external_id: 'a', currency: 'USD', prices: 'tax_excluded', lines })
    driver.send('redeem', { reward: 'mug', quantity: 1, capture: false })
    driver.send('close', { reason: 'So', actor: 'Sue' })
    expect(driver.balance('points')).toMatchObject({ available: 100, pending: 1, held: 0 })
    const refused = driver.send('redeem', { reward: 'mug', quantity: 1, capture: true })
    expect(refused instanceof Refusal && refused.code).toBe('account_closed')
    driver.now += 20 * DAY_MS
    driver.send('reopen', { reason: 'So', actor: 'Sue' })
    expect(driver.balance('points')).toMatchObject({ available: 101, pending: 0 })
    driver.send('close', { reason: 'So', actor: 'Sue' })
    driver.wake(NOW + 300 * DAY_MS)
    expect(driver.balance('points')).toMatchObject({ available: 0 })
    expect(driver.account.due).toBe(NEVER)
  })
})

describe('the bugs of others', () => {
  test('"an archived card still worked": not after another took its place, and not after its account closed', async () => {
    const find = async (card: string) =>
      (await api.call('GET', `/v1/members?card=${card}`)).body.data.map(({ id }: Json) => id)
    const old = member.card_number
    expect(await find(old)).toEqual([member.id])
    const card = `77001234${1000 + count}`
    await api.call('POST', path(), { card_number: card })
    expect([await find(old), await find(card)]).toEqual([[], [member.id]])
    await close()
    expect([await find(old), await find(card)]).toEqual([[], []])
    expect(await order('a')).toMatchObject({ body: { code: 'account_closed' } })
    await reopen()
    expect(await find(card)).toEqual([member.id])
  })
})

describe('erasing', () => {
  const erase = (reason = 'Asked for it in writing') => api.call('POST', path('/erase'), { reason })
  const db = () => api.ledger.database.db

  /** Every row of every table that has one of the words in it. */
  async function rowsWith(...words: string[]): Promise<string[]> {
    const { rows } = await db().query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'`,
    )
    const found: string[] = []
    for (const { name } of rows) {
      const all = await db().query<{ text: string }>(`select to_json(t)::text as text from "${name}" t`)
      for (const { text } of all.rows) if (words.some((word) => text.includes(word))) found.push(`${name}: ${text}`)
    }
    return found
  }

  test('leaves nothing that names the person anywhere, and the ledger as it was', async () => {
    const own = `person-${count}`
    const join = {
      external_id: own,
      name: 'Ada Lovelace',
      email: `ada.${count}@example.com`,
      phone: `+12025559${count + 100}`,
    }
    member = (await api.call('POST', '/v1/members', { ...join, birthday: '1990-12-10' })).body
    const second = { external_id: `${own}-b`, name: 'Augusta Ada', email: `augusta.${count}@example.com` }
    const other = (await api.call('POST', '/v1/members', second)).body
    await order('a', 5000)
    await order('b', 2000, { member: other.id })
    await order('draft', 700, { status: 'draft', member: `external:${own}` })
    await api.call('POST', '/v1/actions', {
      member: member.id,
      occurred_at: TIME,
      type: 'review',
      data: { by: 'Lovelace' },
    })
    await api.call('POST', path(), { card_number: `88001234${1000 + count}` })
    await api.call('POST', '/v1/redemptions', { member: member.id, reward: 'mug', capture: true })
    await api.call('POST', '/v1/adjustments', {
      member: member.id,
      wallet: 'points',
      points: 7,
      reason: 'For Ada Lovelace',
    })
    await db().query(
      `insert into answered (program, key, fingerprint, status, answer, created_ms) values ($1, $2, '', 200, $3, 0)`,
      [api.program.number, `answer-${count}`, JSON.stringify({ member: member.id })],
    )
    const number = (id: string) => Number.parseInt(id.slice(4), 36)
    const merge = { from: number(other.id), into: number(member.id) }
    const [merged] = await api.ledger.recorder.record([
      api.ledger.incoming('merge', merge, { ref: { by: 'id', id: merge.from } }),
    ])
    expect(merged!.status).toBe('recorded')
    const words = ['Ada', 'Lovelace', `@example.com`, join.phone, own, `88001234${1000 + count}`, member.card_number]
    expect((await rowsWith(...words)).length).toBeGreaterThan(8)
    const postings = 'select count(*) as count, sum(points) as sum from posting where account = any ($1)'
    const before = (await db().query(postings, [Object.values(merge)])).rows[0]

    const { status, body } = await erase()
    expect(status).toBe(200)
    expect(body).toMatchObject({
      id: member.id,
      status: 'erased',
      name: null,
      email: null,
      phone: null,
      external_id: null,
    })
    expect(body.balances[0]).toMatchObject({ available: 0, pending: 0, held: 0 })
    expect(await rowsWith(...words, `"${member.id}"`)).toEqual([])
    const after = (await db().query(postings, [Object.values(merge)])).rows[0]!
    expect(Number(after['count'])).toBeGreaterThan(Number(before!['count']))
    const result = await verify(db(), api.ledger.programs)
    expect(result.differences).toEqual([])
    expect(result.erased).toBeGreaterThan(8)
  })

  test('reaches what the pool of a household decided for the person, and nothing of the others', async () => {
    const { body: pool } = await api.call('POST', '/v1/pools', { external_id: `home-${count}`, name: 'The house' })
    const { body: other } = await api.call('POST', '/v1/members', { external_id: `other-${count}` })
    for (const { id } of [member, other])
      expect((await api.call('PUT', `/v1/pools/${pool.id}/members/${id}`, { earn: true, spend: true })).status).toBe(
        200,
      )
    await order('a', 5000)
    const line = [{ id: '1', sku: 'keepsake', quantity: 1, unit_price: 900 }]
    await order('b', 900, { member: other.id, lines: line })
    await api.call('POST', '/v1/actions', {
      member: member.id,
      occurred_at: TIME,
      type: 'review',
      data: { by: 'Grace' },
    })
    const units = { external_id: 'r', occurred_at: TIME, lines: [{ id: '1', quantity: 1 }] }
    expect((await api.call('POST', `/v1/orders/a-${count}/returns`, units)).status).toBe(200)
    const { body: known } = await api.call('GET', path('/export'))
    expect(known.in_pools.map(({ type }: Json) => type)).toEqual(['return', 'action', 'order'])
    expect(known.orders).toMatchObject([{ external_id: `a-${count}`, member: member.id }])
    expect((await rowsWith('Grace')).length).toBe(1)
    await erase()
    expect(await rowsWith('Grace')).toEqual([])
    expect((await rowsWith('keepsake')).length).toBeGreaterThan(0)
    const bodies = (await api.call('GET', `/v1/members/${pool.id}/activities`)).body.data
    expect(bodies.filter(({ body }: Json) => body === null)).toHaveLength(3)
    expect((await verify(db(), api.ledger.programs)).differences).toEqual([])
  })

  test('leaves files without them: no row of members, orders without theirs, and an export that can be verified', async () => {
    await order('a')
    await erase()
    const folder = mkdtempSync(join(tmpdir(), 'regulars-erased-'))
    await exportProgram(db(), api.program, folder, { format: 'csv' })
    const read = (name: string) => readFileSync(join(folder, name), 'utf8')
    expect(read('members.csv')).not.toContain(member.id)
    expect(read('orders.csv')).not.toContain(`a-${count}`)
    expect(read('activities.csv')).toContain(member.id)
    expect((await verifyExport(folder, { compile })).differences).toEqual([])
    rmSync(folder, { recursive: true })
  })

  test('leaves the time line with what moved, without what was said; why it was erased stays', async () => {
    await order('a')
    await erase()
    const { data } = (await api.call('GET', path('/activities'))).body
    expect(data.map(({ type, body }: Json) => [type, body])).toEqual([
      ['erase', { reason: 'Asked for it in writing', actor: 'test' }],
      ['order', null],
      ['join', null],
    ])
    expect(data[1].postings).not.toEqual([])
  })

  test('is for good: nothing is booked, reopened or erased any more, and ids of orders stay used', async () => {
    await order('a')
    await erase()
    const refusal = async (answer: Promise<Json>) => (await answer).body.code
    const orders = `/v1/orders/a-${count}`
    const units = { external_id: 'r', occurred_at: TIME, lines: [{ id: '1', quantity: 1 }] }
    expect(await refusal(erase())).toBe('account_erased')
    expect(await refusal(reopen())).toBe('account_erased')
    expect(await refusal(close())).toBe('account_closed')
    expect(await refusal(api.call('GET', orders))).toBe('not_found')
    expect(await refusal(api.call('POST', `${orders}/returns`, units))).toBe('not_found')
    expect(await refusal(api.call('POST', `${orders}/cancel`))).toBe('not_found')
    const again = await order('a')
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true'])
  })

  test('follows closing, once, and the same request answers the same', async () => {
    await close()
    const key = { 'idempotency-key': `erase-${count}` }
    const call = () => api.call('POST', path('/erase'), { reason: 'So' }, key)
    const first = await call()
    const again = await call()
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 200, 'true'])
    expect(again.body).toEqual(first.body)
  })

  test('frees phone and id: the person may join anew, as somebody of whom nothing is known', async () => {
    await order('a')
    await erase()
    const { status, body } = await api.call('POST', '/v1/members', { external_id: `m${count}`, phone: member.phone })
    expect(status).toBe(201)
    expect(body.id).not.toBe(member.id)
    expect(body.balances[0].available).toBe(0)
  })

  test('tells the world that somebody was erased, and no more of whom', async () => {
    await order('a', 1000)
    await api.call('POST', '/v1/redemptions', { member: member.id, reward: 'mug', capture: true })
    await erase()
    const { rows } = await db().query<{ topic: string; data: string }>(
      `select topic, data from outbox where account = $1 order by id`,
      [Number.parseInt(member.id.slice(4), 36)],
    )
    expect(rows.map(({ topic, data }) => [topic, data])).toEqual([
      ['member.joined', '{}'],
      ['reward.redeemed', '{}'],
      ['member.erased', '{}'],
    ])
  })
})

test('whatever happens to it, a closed account has nothing open unless the program keeps it, and nothing held', () => {
  fc.assert(
    fc.property(programDraw(), stepsOf({ maxLength: 60 }, anyStep), (file, steps) => {
      const driver = new Driver(programOf(file), BEGINNING, { encoded: true })
      for (const step of steps) {
        runHistory(driver, [step])
        if (!driver.account.closed) continue
        const all = driver.account.wallets.map((wallet) => sums(wallet))
        expect(all.every(({ held }) => held === 0)).toBe(true)
        if ((file['closing'] as { points: string }).points === 'keep') continue
        expect(all.every(({ available, pending }) => available + pending === 0)).toBe(true)
        expect(driver.account.due).toBe(NEVER)
      }
    }),
    { numRuns: 200 },
  )
})

test('all of it can be verified', async () => {
  expect((await verify(api.ledger.database.db, api.ledger.programs)).differences).toEqual([])
})
