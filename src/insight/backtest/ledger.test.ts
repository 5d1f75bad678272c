/** A backtest over the live ledger says what the ledger says, and the ledger does not notice. */

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApi, testApi } from '../../../test/api.ts'
import { BEGINNING, Driver, perform, programDraw, runs, type Step, step, type What } from '../../../test/history.ts'
import { compile, type TestLedger, testLedger } from '../../../test/ledger.ts'
import type { ActivityBodies, ActivityType } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Program } from '../../core/program.ts'
import { Refusal } from '../../core/refusal.ts'
import type { Database } from '../../engine/db.ts'
import { type AccountRef, type Incoming, keys, type SentType } from '../../engine/incoming.ts'
import { atOneMoment, backtestLedger, type LedgerRequest } from './ledger.ts'
import type { BacktestResult } from './result.ts'
import { assume } from './scenario.ts'

const MEMBERS = 3

/** Sends what the driver decided to the ledger, too. */
class Sending extends Driver {
  readonly sent: { type: ActivityType; body: object; occurred: number; now: number }[] = []

  override send<T extends ActivityType>(
    type: T,
    body: ActivityBodies[T],
    occurred = this.now,
    key?: string,
  ): Deciding | Refusal {
    const known = this.answers.size
    const answer = super.send(type, body, occurred, key)
    if (this.answers.size > known && !(answer instanceof Refusal))
      this.sent.push({ type, body, occurred, now: this.now })
    return answer
  }
}

const PLAIN: ReadonlySet<What['do']> = new Set(['order', 'return', 'cancel', 'visit', 'action', 'retry'])

/** Members who do nothing with their points: they buy, bring back, come by, leave and come again. */
const plainStep: fc.Arbitrary<Step> = fc
  .oneof(
    { weight: 12, arbitrary: step },
    { weight: 1, arbitrary: step.map(closing('close')) },
    { weight: 2, arbitrary: step.map(closing('reopen')) },
  )
  .map((one) => ({
    ...one,
    late: Math.max(0, one.late),
    what: one.what.do === 'order' ? { ...one.what, redeem: [], points: 0 } : one.what,
  }))
  .filter(({ what }) => PLAIN.has(what.do) || what.do === 'close' || what.do === 'reopen')

function closing(what: 'close' | 'reopen') {
  return (one: Step): Step => ({ ...one, late: 0, what: { do: what } })
}

const turns = fc.array(fc.record({ who: fc.nat({ max: MEMBERS - 1 }), step: plainStep }), {
  minLength: 30,
  maxLength: 90,
  size: 'max',
})

test('a backtest of the ledger with its own program gives its own points, to the point', async () => {
  await fc.assert(
    fc.asyncProperty(programDraw({ gifts: true, given: true, cards: true }), turns, async (file, drawn) => {
      // Members of a backtest do not take anything from one another.
      const rewards = (file['rewards'] as object[]).map((reward) => ({ ...reward, stock: undefined }))
      const source = JSON.stringify({ ...file, rewards })
      const program = compile(source, 1)
      const ids = { last: 0 }
      const drivers = Array.from({ length: MEMBERS }, (_, i) => new Sending(program, BEGINNING, { ids, name: `${i}` }))
      const ledger = await testLedger(source, BEGINNING)
      try {
        let now = BEGINNING
        const told = new Map(drivers.map((driver) => [driver, 0]))
        for (const [i, driver] of drivers.entries()) driver.send('join', { external_id: `m${i}` }, now, 'join')
        for (const driver of drivers) await sendOn(ledger, driver, drivers, told)
        for (const { who, step: one } of drawn) {
          now += one.wait
          const driver = drivers[who]!
          driver.now = now
          perform(driver, one)
          await sendOn(ledger, driver, drivers, told)
        }
        ledger.program.clock = now
        for (let i = 0; i < MEMBERS; i++) await ledger.recorder.record([wakeUp(ledger, `m${i}`, now)])
        const before = await pointsOf(ledger)
        const request = { program: ledger.program.number, since: null, until: now + 1 }
        const { result } = await backtestOf(ledger.database.db, request, program)
        expect(result.orders.refused).toEqual({})
        expect(result.members).toBe(MEMBERS)
        expect(comparable(result)).toEqual(before)
        expect(result.vouchers.flatMap(statesOf).sort()).toEqual(await vouchersOf(ledger))
        expect(await pointsOf(ledger)).toEqual(before)
      } finally {
        await ledger.drop()
      }
    }),
    { numRuns: runs(8), endOnFailure: true },
  )
})

/** By reward and state, how many vouchers there are. */
async function vouchersOf(ledger: TestLedger): Promise<string[]> {
  const { rows } = await ledger.database.db.query<{ reward: string; state: string; vouchers: number }>(
    'select reward, state, count(*)::int as vouchers from voucher group by reward, state',
  )
  return rows.map(({ reward, state, vouchers }) => `${reward} ${state} ${vouchers}`).sort()
}

function statesOf(row: BacktestResult['vouchers'][number]): string[] {
  const states = ['open', 'used', 'withdrawn', 'expired'] as const
  return states.flatMap((state) => (row[state] === 0 ? [] : [`${row.reward} ${state} ${row[state]}`]))
}

async function backtestOf(database: Database, request: LedgerRequest, program: Program) {
  const told = await atOneMoment(database, (queries) => backtestLedger(queries, request, [assume(program)]))
  return { result: told.runs[0]!.result, source: told.source }
}

async function sendOn(
  ledger: TestLedger,
  driver: Sending,
  drivers: readonly Sending[],
  told: Map<Sending, number>,
): Promise<void> {
  const member: AccountRef = { by: 'external', value: `m${drivers.indexOf(driver)}` }
  for (const { type, body, occurred, now } of driver.sent.slice(told.get(driver))) {
    ledger.program.clock = now
    const send = (ref: AccountRef, key: string) =>
      ledger.incoming(type as SentType, body as never, { ref, key, occurredMs: occurred })
    const { order, external_id } = body as ActivityBodies['return']
    const incoming =
      type === 'join'
        ? send({ by: 'new' }, keys.join(external_id))
        : type === 'order'
          ? send(member, keys.order(external_id))
          : type === 'return'
            ? send({ by: 'order', order }, keys.return(order, external_id))
            : type === 'cancel'
              ? send({ by: 'order', order }, keys.cancel(order))
              : ledger.incoming(type as SentType, body as never, { ref: member, occurredMs: occurred })
    await ledger.recorder.record([incoming])
  }
  told.set(driver, driver.sent.length)
}

function wakeUp(ledger: TestLedger, member: string, at: number): Incoming {
  const ref = { by: 'external', value: member } as const
  return { ...ledger.incoming('visit', {}), type: 'wake', body: {}, ref, occurredMs: at }
}

/** By wallet, what the ledger's postings add up to. */
async function pointsOf(ledger: TestLedger): Promise<unknown> {
  const moved = (side: string, bucket: string) =>
    `coalesce(sum(points) filter (where ${side}_bucket = '${bucket}'), 0)::bigint`
  const net = (bucket: string) => `(${moved('to', bucket)} - ${moved('from', bucket)})`
  const { rows } = await ledger.database.db.query<Record<string, number | string>>(
    `select wallet, ${moved('from', 'issued')} as issued, ${net('expired')} as expired, ${net('pending')} as pending,
       ${net('available')} as available, -${net('debt')} as debt, count(distinct activity) as activities
     from posting group by wallet order by wallet`,
  )
  return rows.map(({ activities: _, ...row }) => row)
}

function comparable({ points }: BacktestResult): unknown {
  return points
    .filter(({ issued }) => issued > 0)
    .map(({ wallet, issued, expired, pending, available, debt }) => ({
      wallet,
      issued,
      expired,
      pending,
      available,
      debt,
    }))
}

describe('what is in a ledger beside orders', () => {
  const NOW = Date.UTC(2026, 4, 5, 15)
  const TODAY = new Date(NOW - 60_000).toISOString()
  const SHOP = `
program: shop
name: Shop
currency: USD
timezone: UTC
wallets:
  points: {}
earning:
  - { id: base, on: order, earn: 1 per 1.00 }
  - { id: welcome, on: join, earn: 7 }
  - { id: visit, on: visit, earn: 5 }
  - { id: card, on: order, when: '"card" in order.tenders', earn: 3 }
rewards:
  - { id: two-off, cost: 10, gives: { amount_off: 2.00 } }
`
  let api: TestApi
  beforeAll(async () => {
    api = await testApi(SHOP, NOW)
  })
  afterAll(() => api.close())

  const sale = (member: string | null, id: string, price = 1000, more = {}) =>
    api.call('PUT', `/v1/orders/${id}`, {
      member: member === null ? null : `external:${member}`,
      occurred_at: TODAY,
      currency: 'USD',
      prices: 'tax_included',
      lines: [{ id: '1', sku: 'tea', quantity: 1, unit_price: price }],
      ...more,
    })
  const join = (external_id: string) => api.call('POST', '/v1/members', { external_id })
  const told = (since: number | null = null) => {
    const request = { program: api.program.number, since, until: NOW + 1 }
    return backtestOf(api.ledger.database.db, request, api.program.revisions[0]!.program)
  }

  test('members who never ordered, merged ones, sales to nobody, and what was redeemed', async () => {
    for (const name of ['ada', 'ada-again', 'idle']) await join(name)
    await sale('ada', 'o1', 3000)
    await sale('ada-again', 'o2', 2000, { tender: [{ type: 'card', amount: 2000 }] })
    await api.call('POST', '/v1/visits', { member: 'external:ada', occurred_at: TODAY })
    const spent = await sale('ada', 'o3', 1000, { redeem: [{ reward: 'two-off' }] })
    expect(spent.body.order.total).toBe(800)
    await sale(null, 'o4', 500)
    await sale(null, 'o5', 700)
    await api.call('POST', '/v1/orders/o5/cancel', {})
    const merged = await api.call('POST', '/v1/members/external:ada-again/merge', { into: 'external:ada' })
    expect(merged.status).toBe(200)
    const back = { external_id: 'r1', occurred_at: TODAY, amount: 500 }
    expect((await api.call('POST', '/v1/orders/o2/returns', back)).status).toBe(200)
    const { source, result } = await told()
    expect(source).toMatchObject({ erased: 0, orders: 3 })
    // Ada joined once; nobody redeemed, so the third order is paid in full.
    expect(result.members).toBe(2)
    expect(result.orders).toEqual({ members: 3, anonymous: 2, duplicates: 0, after_until: 0, refused: {} })
    expect(result.sales).toEqual({ members: 6000, anonymous: 1200 })
    expect(result.refunds).toEqual({ members: 500, anonymous: 700 })
    expect(result.rules.map(({ rule, points }) => [rule, points])).toEqual([
      ['base', 55],
      ['welcome', 14],
      ['visit', 5],
      ['card', 3],
    ])
  })
  test('a household is one customer, and of whoever was erased only the joining of nobody is left', async () => {
    for (const name of ['cleo', 'gone']) await join(name)
    const { body: pool } = await api.call('POST', '/v1/pools', { external_id: 'the-clan', name: 'The clan' })
    await api.call('PUT', `/v1/pools/${pool.id}/members/external:cleo`, { earn: true })
    const before = await told()
    await sale('cleo', 'c1', 4000)
    await sale('gone', 'g1', 9000)
    expect((await told()).result.sales.members).toBe(before.result.sales.members + 13_000)
    const reason = { reason: 'Asked for it' }
    expect((await api.call('POST', '/v1/members/external:gone/erase', reason)).status).toBe(200)
    const { source, result } = await told()
    expect(source.erased).toBe(1)
    expect(result.sales.members).toBe(before.result.sales.members + 4000)
    expect(result.members).toBe(before.result.members - 1)
  })

  test('of a later time only what happened in it is told, as if the program had begun then', async () => {
    for (const name of ['early', 'asleep']) await api.ledger.join(name, NOW - 20 * 86_400_000)
    await sale('early', 'e1', 2000, { occurred_at: new Date(NOW - 10 * 86_400_000).toISOString() })
    await sale('early', 'e2', 100)
    const [all, later] = [await told(), await told(NOW - 86_400_000)]
    // The earlier order is not told of, nor is a member who did nothing since.
    expect(later.result.orders.members).toBe(all.result.orders.members - 1)
    expect(later.result.members).toBe(all.result.members - 1)
    expect(later.result.months.map(({ month }) => month)).toEqual(['2026-05'])
    expect(later.source.begun).toBe(true)
    // What comes back of an order that was not told of is left out, and said.
    const back = { external_id: 'e1-back', occurred_at: TODAY, amount: 100 }
    expect((await api.call('POST', '/v1/orders/e1/returns', back)).status).toBe(200)
    const after = await told(NOW - 86_400_000)
    expect(after.source.returns_of_before).toBe(1)
    expect(after.result).toEqual(later.result)
  })
})

test('a history has what members paid for plans, chose and used', async () => {
  const file = `
program: shop
name: Shop
currency: USD
timezone: UTC
wallets: { points: {} }
memberships: { plans: [{ id: monthly, fee: 14.99, every: month, trial: 30 days }] }
`
  const now = BEGINNING
  const shop = await testApi(file, now)
  await shop.call('POST', '/v1/members', { external_id: 'ana' })
  await shop.call('POST', '/v1/members/external:ana/membership', { plan: 'monthly', trial: true })
  const order = {
    member: 'external:ana',
    occurred_at: new Date(now).toISOString(),
    currency: 'USD',
    prices: 'tax_excluded',
    lines: [{ id: '1', sku: 'a', quantity: 1, unit_price: 5000 }],
  }
  await shop.call('PUT', '/v1/orders/o1', order)
  const draft = `${file}earning: [{ id: plus, on: order, when: 'member.plan == "monthly"', earn: 1 per 1.00 }]`
  const request = { program: shop.program.number, since: null, until: now + 1000 }
  const { result } = await backtestOf(shop.services.database, request, compile(draft, 2))
  expect(result.points).toMatchObject([{ wallet: 'points', issued: 50 }])
  await shop.close()
})
