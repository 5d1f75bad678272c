/** The figures of days: whenever they were added up, they are what the ledger says. */

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runs } from '../../../test/history.ts'
import { type TestServer, testServer } from '../../../test/http.ts'
import { DAY_MS, formatDay, formatInstant, localDay, zone } from '../../core/time.ts'
import { routes } from '../../server.ts'
import { totals } from '../totals.ts'
import { foldFigures, SETTLED_MS } from './fold.ts'
import { addedBuyers, NEVER_BEFORE } from './sums.ts'

const PROGRAM = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets:
  points: { decimals: 0, expiry: { after: 10 days, until_end_of: day } }
earning:
  - { id: base, on: order, earn: 1 per 1.00 }
rewards:
  - { id: two-off, cost: 5 points, gives: { amount_off: 2.00 } }
  - { id: mug, cost: 5 points, gives: { thing: { kind: gift, name: A mug } }, worth: 12.00 }
`
const NOW = Date.parse('2026-03-02T17:00:00Z')
const NEW_YORK = zone('America/New_York')!

let server: TestServer
beforeEach(async () => {
  server = await testServer(PROGRAM, NOW, routes)
})
afterEach(() => server.drop())

const call = (method: string, path: string, body?: unknown) => server.call(method, path, { body })
const moveTo = (now: number) => call('POST', '/v1/test-clock', { now: formatInstant(now) })
const order = (member: string | null, at: number, price: number, more: object = {}) => ({
  member: member === null ? null : `external:${member}`,
  occurred_at: formatInstant(at),
  currency: 'USD',
  prices: 'tax_included',
  lines: [{ id: '1', sku: 'thing', quantity: 2, unit_price: price }],
  ...more,
})

async function overview(from: string, until: string) {
  const answer = await call('GET', `/v1/overview?from=${from}&until=${until}`)
  expect(answer.status, answer.text).toBe(200)
  return answer.json
}

/** Adds all that there is: the first turn looks, the second adds what was seen. */
async function fold(): Promise<void> {
  clock += 2 * SETTLED_MS
  await foldFigures(server.services, clock)
}
let clock = 0

async function forgetFigures(): Promise<void> {
  await server.services.database.query('truncate counted, day_figure, buyers, bought, day_span')
}

describe('the overview', () => {
  test('says what happened within some days, against as many before', async () => {
    for (const member of ['ana', 'ben', 'cem']) await call('POST', '/v1/members', { external_id: member })
    await call('PUT', '/v1/orders/a1', order('ana', NOW - 3 * DAY_MS, 500))
    await call('PUT', '/v1/orders/a2', order('ana', NOW, 1000, { redeem: [{ reward: 'two-off' }] }))
    await call('PUT', '/v1/orders/b1', order('ben', NOW, 300, { location: 'Main Street' }))
    await call('PUT', '/v1/orders/x1', order(null, NOW, 700))
    await call('POST', '/v1/orders/b1/returns', {
      external_id: 'r1',
      lines: [{ id: '1', quantity: 1 }],
      occurred_at: formatInstant(NOW),
    })
    await call('POST', '/v1/redemptions', { member: 'external:ana', reward: 'mug', capture: true })
    await call('POST', '/v1/members/external:cem/close', { reason: 'moved away' })
    const { current, previous, series } = await overview('2026-03-01', '2026-03-02')
    expect(current.members).toEqual({ all: 2, joined: 3, active: 2, returning: 1 })
    expect(previous.members).toEqual({ all: 0, joined: 0, active: 1, returning: 0 })
    expect(current.sales).toEqual({
      members: { orders: 2, amount: 2400, refunds: 300, average_order: 1200 },
      others: { orders: 1, amount: 1400, refunds: 0, average_order: 1400 },
      member_share: 0.6,
    })
    expect(current.points).toEqual([
      { wallet: 'points', name: 'points', decimals: 0, issued: 24, spent: 10, expired: 0, taken_back: 3, open: 21 },
    ])
    expect(current.rewards).toEqual({
      used: 2,
      cost: 1400,
      on_orders: 200,
      discounts: 0,
      paid_with_points: 0,
      beside: 1200,
    })
    expect(series).toEqual([
      { from: '2026-03-01', joined: 0, member_orders: 0, member_sales: 0, other_orders: 0, other_sales: 0 },
      { from: '2026-03-02', joined: 3, member_orders: 2, member_sales: 2100, other_orders: 1, other_sales: 1400 },
    ])
  })

  test('counts days of the program, not of the server: a sale late in the evening is of that evening', async () => {
    await call('POST', '/v1/members', { external_id: 'ana' })
    await call('PUT', '/v1/orders/1', order('ana', Date.parse('2026-03-02T03:30:00Z'), 500))
    const { series } = await overview('2026-03-01', '2026-03-02')
    expect(series.map((one: { member_orders: number }) => one.member_orders)).toEqual([1, 0])
  })

  test('refuses days that are the wrong way round, beside the one that is wrong', async () => {
    const answer = await call('GET', '/v1/overview?from=2026-03-05&until=2026-03-01')
    expect([answer.status, answer.json.errors[0].pointer]).toEqual([400, '/query/from'])
  })

  test('is the same whether what happened was added to the figures before, is added now, or all over again', async () => {
    const step = fc.record({
      what: fc.constantFrom(
        'order',
        'order',
        'order',
        'sale',
        'return',
        'cancel',
        'redeem',
        'close',
        'reopen',
        'erase',
        'fold',
        'day',
      ),
      who: fc.integer({ min: 0, max: 3 }),
      back: fc.integer({ min: 0, max: 12 }),
      price: fc.integer({ min: 1, max: 2000 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        await server.drop()
        server = await testServer(PROGRAM, NOW, routes)
        let now = NOW
        for (let i = 0; i < 4; i++) await call('POST', '/v1/members', { external_id: `m${i}` })
        for (const [i, { what, who, back, price }] of steps.entries()) {
          const member = `external:m${who}`
          if (what === 'order') await call('PUT', `/v1/orders/o${i}`, order(`m${who}`, now - back * DAY_MS, price))
          else if (what === 'sale') await call('PUT', `/v1/orders/o${i}`, order(null, now - back * DAY_MS, price))
          else if (what === 'return')
            await call('POST', `/v1/orders/o${i - who - 1}/returns`, {
              external_id: `r${i}`,
              occurred_at: formatInstant(now),
              lines: [{ id: '1', quantity: 1 }],
            })
          else if (what === 'cancel') await call('POST', `/v1/orders/o${i - who - 1}/cancel`)
          else if (what === 'redeem')
            await call('POST', '/v1/redemptions', { member, reward: 'two-off', capture: true })
          else if (what === 'close' || what === 'reopen')
            await call('POST', `/v1/members/${member}/${what}`, { reason: 'asked for it' })
          // Erased orders are not known any more, so only who never bought is erased here.
          else if (what === 'erase' && price % 5 === 0) await call('POST', '/v1/members', { external_id: `gone${i}` })
          else if (what === 'fold') await fold()
          else if (what === 'day') await moveTo((now += DAY_MS))
        }
        const until = formatDay(localDay(NEW_YORK, now))
        const from = formatDay(localDay(NEW_YORK, now - 6 * DAY_MS))
        const grown = await overview(from, until)
        await fold()
        await fold()
        expect(await overview(from, until)).toEqual(grown)
        await forgetFigures()
        expect(await overview(from, until)).toEqual(grown)
        await fold()
        await fold()
        expect(await overview(from, until)).toEqual(grown)
        await expectAllCounted()
        await expectLedger(grown, from)
      }),
      { numRuns: runs(5) },
    )
  }, 120_000)

  async function expectAllCounted(): Promise<void> {
    const { db } = server.ledger.database
    const { rows } = await db.query<{ counted: number; last: number }>(
      'select (select max(id) from counted) as counted, greatest((select max(id) from activity), (select max(id) from sale)) as last',
    )
    expect(rows[0]!.counted).toBe(rows[0]!.last)
  }

  /** What the ledger says, counted in another way. */
  async function expectLedger(grown: Awaited<ReturnType<typeof overview>>, from: string): Promise<void> {
    const { db } = server.ledger.database
    const whole = await overview('2026-01-01', grown.current.until)
    const { points, orders, anonymous } = await totals(db, server.ledger.program)
    const { issued, spent, expired, open } = points[0]!
    expect(whole.current.points[0]).toMatchObject({ issued, spent, expired, open })
    expect([whole.current.sales.members.orders, whole.current.sales.others.orders]).toEqual([orders, anonymous])
    const { rows } = await db.query<{ account: number; day: string }>(
      `select account, to_char(to_timestamp(occurred_ms / 1000.0) at time zone 'America/New_York', 'YYYY-MM-DD') as day
       from activity where type = 'order'`,
    )
    const within = new Set(rows.filter(({ day }) => day >= from).map(({ account }) => account))
    const before = new Set(rows.filter(({ day }) => day < from).map(({ account }) => account))
    expect(grown.current.members.active).toBe(within.size)
    expect(grown.current.members.returning).toBe([...within].filter((account) => before.has(account)).length)
    const { rows: there } = await db.query<{ members: number }>(
      `select count(*) as members from profile where status = 'active' and not is_pool`,
    )
    expect(grown.current.members.all).toBe(there[0]!.members)
  }
})

describe('who bought', () => {
  test('is counted once in any span, in whatever order the days became known', () => {
    const days = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 12 })
    fc.assert(
      fc.property(
        days,
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 0, max: 30 }),
        fc.nat(10),
        (all, cut, first, more) => {
          const known = all.slice(0, cut).sort((a, b) => a - b)
          const changes = [...addedBuyers([], known), ...addedBuyers(known, all)]
          const last = first + more
          const counted = changes.filter(({ day, before }) => day >= first && day <= last && before < first)
          const count = counted.reduce((sum, { members }) => sum + members, 0)
          expect(count).toBe(all.some((day) => day >= first && day <= last) ? 1 : 0)
          const returning = counted.reduce(
            (sum, { before, members }) => sum + (before === NEVER_BEFORE ? 0 : members),
            0,
          )
          expect(returning).toBe(count === 1 && all.some((day) => day < first) ? 1 : 0)
        },
      ),
    )
  })
})
