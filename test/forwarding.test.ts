/** What one account tells another one comes there once, whoever is stopped at whatever moment; and both ends agree. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { Regulars } from '../src/client/index.ts'
import type { Database } from '../src/engine/db.ts'
import { openOrders } from '../src/engine/files/orders.ts'
import { forward } from '../src/engine/forwarding.ts'
import { importOrders } from '../src/engine/import.ts'
import { verify } from '../src/engine/verify.ts'
import { routes } from '../src/server.ts'
import { type TestServer, testServer } from './http.ts'

const PROGRAM = `
program: shop
name: Shop
currency: USD
timezone: UTC
returns: { window: 14 days }
wallets:
  points: {}
earning:
  - { id: base, on: order, earn: 1 per 1.00 }
  - { id: brought, on: order, when: 'member.referrals >= 2', earn: 1000 }
rewards:
  - { id: thanks, cost: 100, gives: { amount_off: 5.00 } }
referrals: { referrer: thanks, limit: 3 per year }
`
const NOW = Date.parse('2026-03-02T12:00:00Z')

let server: TestServer
afterEach(() => server.drop())

async function begin(): Promise<Regulars> {
  server = await testServer(PROGRAM, NOW, routes)
  return new Regulars({ url: server.url, key: server.key })
}

async function brings(regulars: Regulars, friend: string, by: string): Promise<void> {
  const { referral_code } = await regulars.getMember(`external:${by}`)
  await regulars.createMember({ external_id: friend, referral_code: referral_code.toLowerCase() })
}

function buys(regulars: Regulars, member: string, order: string, day = '2026-03-02') {
  return regulars.putOrder(order, {
    member: `external:${member}`,
    occurred_at: `${day}T12:00:00Z`,
    currency: 'USD',
    prices: 'tax_included',
    lines: [{ id: '1', sku: 'thing', quantity: 1, unit_price: 1000 }],
  })
}

async function expectNothingWrong(): Promise<void> {
  const { ledger } = server
  expect((await verify(ledger.database.db, ledger.programs)).differences).toEqual([])
}

async function statesOf(regulars: Regulars, member: string): Promise<string[]> {
  const { data } = await regulars.listFriends(`external:${member}`, {})
  return data.map(({ state, depth }) => `${state} ${depth}`)
}

describe('a friend over HTTP', () => {
  test('is there with the test clock: it answers when all has come to whom it is for', async () => {
    const regulars = await begin()
    await regulars.createMember({ external_id: 'ana' })
    await brings(regulars, 'bo', 'ana')
    await brings(regulars, 'cy', 'bo')
    await buys(regulars, 'bo', '1')
    await regulars.moveTestClock({ now: '2026-03-03T12:00:00Z' })
    expect(await statesOf(regulars, 'ana')).toEqual(['waiting 1'])
    expect(await statesOf(regulars, 'bo')).toEqual(['joined 2'])
    await regulars.moveTestClock({ now: '2026-09-01T12:00:00Z' })
    expect(await statesOf(regulars, 'ana')).toEqual(['rewarded 1'])
    expect(await statesOf(regulars, 'bo')).toEqual(['lapsed 2'])
    const { referral, referral_code } = await regulars.getMember('external:ana')
    expect(referral).toEqual({
      code: referral_code,
      link: `/join/shop?ref=${referral_code}`,
      friends: 1,
      rewarded: 1,
    })
    expect(await regulars.getReferralSummary()).toEqual({
      states: { joined: 0, lapsed: 1, waiting: 0, rewarded: 1, capped: 0, refused: 0 },
      depths: [
        { depth: 1, count: 1 },
        { depth: 2, count: 1 },
      ],
    })
    expect((await regulars.listReferrals({})).data).toHaveLength(2)
    // It happened when it was caused, however long afterwards the clock was moved.
    const { data } = await regulars.listActivities('external:ana', {})
    const kept = data.find(({ occurred_at }) => occurred_at.startsWith('2026-03-16'))
    expect(kept).toMatchObject({ type: 'referred', occurred_at: '2026-03-16T12:00:00Z' })
    const { id } = await regulars.getMember('external:bo')
    const exported = await server.call('GET', `/v1/members/${id}/export`)
    expect(exported.json.referrals).toMatchObject([
      { friend: id, state: 'rewarded' },
      { referrer: id, state: 'joined' },
    ])
    expect(kept!.body).toEqual({ by: (await regulars.getMember('external:ana')).id, friend: id, state: 'kept' })
    await expectNothingWrong()
  })

  test('is the same when joining is sent again, and nobody with a code that nobody has', async () => {
    const regulars = await begin()
    await regulars.createMember({ external_id: 'ana' })
    await brings(regulars, 'bo', 'ana')
    await brings(regulars, 'bo', 'ana')
    await regulars.createMember({ external_id: 'cy', referral_code: 'NOBODY22' })
    await regulars.moveTestClock({ now: '2026-03-03T12:00:00Z' })
    expect(await statesOf(regulars, 'ana')).toEqual(['joined 1'])
    const topics = await server.ledger.database.db.query<{ topic: string; data: string }>(
      `select topic, data from outbox where topic like 'referral.%'`,
    )
    expect(topics.rows).toEqual([{ topic: 'referral.refused', data: '{"reason":"unknown_code"}' }])
    await expectNothingWrong()
  })

  test('of a member who was merged tells the one who is left', async () => {
    const regulars = await begin()
    for (const external_id of ['ana', 'anna', 'ben']) await regulars.createMember({ external_id })
    await brings(regulars, 'bo', 'ana')
    await regulars.moveTestClock({ now: '2026-03-03T12:00:00Z' })
    await buys(regulars, 'bo', '1')
    const merged = await server.call('POST', '/v1/members/external:ana/merge', { body: { into: 'external:anna' } })
    expect(merged.status).toBe(200)
    await regulars.moveTestClock({ now: '2026-05-01T12:00:00Z' })
    expect(await statesOf(regulars, 'anna')).toEqual(['rewarded 1'])
    expect((await regulars.getMember('external:anna')).referral).toMatchObject({ friends: 1, rewarded: 1 })
    await expectNothingWrong()
  })
})

describe('a friend in a file of past orders', () => {
  test('is told of on the time of the file, so that nobody is woken up to the present before it ends', async () => {
    const regulars = await begin()
    await regulars.createMember({ external_id: 'ana' })
    await brings(regulars, 'bo', 'ana')
    const { ledger } = server
    const { db } = ledger.database
    ledger.program.clock = Date.parse('2026-09-01T12:00:00Z')
    await db.query('update program set clock_ms = $1', [ledger.program.clock])
    const folder = await mkdtemp(join(tmpdir(), 'regulars-'))
    const path = join(folder, 'orders.csv')
    const rows = [
      'order,member,date,price',
      '1,bo,2026-03-05,10.00',
      '2,ana,2026-04-01,10.00',
      '3,ana,2026-04-20,10.00',
    ]
    await writeFile(path, `${rows.join('\n')}\n`)
    const file = await openOrders(path, { currency: 'USD', timezone: 'UTC' })
    if ('problems' in file) throw new Error(file.problems[0]!.message)
    const until = Date.parse('2026-05-01T00:00:00Z')
    const means = { database: db, recorder: ledger.recorder }
    expect(await importOrders(means, file, { program: ledger.program, until })).toMatchObject({
      orders: 3,
      refused: {},
    })
    await file.close()
    await rm(folder, { recursive: true })
    expect(await statesOf(regulars, 'ana')).toEqual(['rewarded 1'])
    const { data } = await regulars.listActivities('external:ana', {})
    const told = data.filter(({ type }) => type === 'referred')
    expect(told.map(({ occurred_at }) => occurred_at.slice(0, 10))).toEqual(['2026-03-19', '2026-03-05', '2026-03-02'])
    for (const { recorded_at } of told) expect(Date.parse(recorded_at)).toBeLessThan(until)
    await expectNothingWrong()
  })
})

describe('what is forwarded', () => {
  /** A process that is stopped after the decision and before the note of it. */
  function forgetful(queries: Database): Database {
    return {
      ...queries,
      query: (statement, values) => {
        const text = typeof statement === 'string' ? statement : statement.text
        return text.startsWith('update forwarded')
          ? Promise.reject(new Error('stopped'))
          : queries.query(statement, values)
      },
    }
  }

  test('comes once, by however many processes, and however often one is stopped on the way', async () => {
    const regulars = await begin()
    await regulars.createMember({ external_id: 'ana' })
    for (let i = 0; i < 12; i++) await brings(regulars, `f${i}`, 'ana')
    for (let i = 0; i < 12; i++) await buys(regulars, `f${i}`, `${i}`)
    const { database, inbox } = server.services
    const { program } = server.ledger
    for (let i = 0; i < 3; i++)
      await expect(forward({ database: forgetful(database), inbox }, program)).rejects.toThrow('stopped')
    await Promise.all(Array.from({ length: 4 }, () => forward({ database, inbox }, program)))
    expect(await forward({ database, inbox }, program)).toBe(0)
    await regulars.moveTestClock({ now: '2026-04-01T12:00:00Z' })
    expect((await regulars.getReferralSummary()).states).toMatchObject({ rewarded: 3, capped: 9 })
    const { rows } = await database.query<{ count: number }>(
      `select count(*) from activity where type = 'referred' group by key having count(*) > 1`,
    )
    expect(rows).toEqual([])
    const order = await buys(regulars, 'ana', 'ana-1', '2026-04-01')
    expect(order.explanation.reduce((sum, { points }) => sum + points, 0)).toBe(1010)
    await expectNothingWrong()
  })

  test('and is changed on either side is found', async () => {
    const regulars = await begin()
    await regulars.createMember({ external_id: 'ana' })
    await brings(regulars, 'bo', 'ana')
    await regulars.moveTestClock({ now: '2026-03-03T12:00:00Z' })
    const { db } = server.ledger.database
    for (const tampering of [
      `update forwarded set activity = 77`,
      `update forwarded set body = replace(body, 'joined', 'kept')`,
      `delete from forwarded`,
      `update referral set state = 'rewarded'`,
      `update tally set count = count + 1`,
    ]) {
      const causes = async () => (await verify(db, server.ledger.programs)).differences.map(({ cause }) => cause).sort()
      const saved = await db.query('select * from forwarded')
      expect(saved.rows).toHaveLength(1)
      const referral = await db.query('select * from referral')
      const { rowCount } = await db.query(tampering)
      if (rowCount === 0) continue
      expect([tampering, (await causes()).length > 0]).toEqual([tampering, true])
      await db.query('delete from forwarded')
      await db.query('insert into forwarded select * from json_populate_recordset(null::forwarded, $1)', [
        JSON.stringify(saved.rows),
      ])
      await db.query('delete from referral')
      await db.query('insert into referral select * from json_populate_recordset(null::referral, $1)', [
        JSON.stringify(referral.rows),
      ])
      expect(await causes()).toEqual([])
    }
  })
})
