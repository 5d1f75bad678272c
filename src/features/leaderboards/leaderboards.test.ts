/** Leaderboards: places with ties, what comes back, whom others see, and what the first are given once it is certain. */

import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { runs } from '../../../test/history.ts'
import { type TestServer, testServer } from '../../../test/http.ts'
import { Regulars } from '../../client/index.ts'
import { parseId } from '../../engine/ids.ts'
import { verify } from '../../engine/verify.ts'
import { routes } from '../../server.ts'

const PROGRAM = `
program: shop
name: Shop
currency: USD
timezone: UTC
returns: { window: 14 days }
wallets:
  points: {}
  extra: {}
earning:
  - { id: base, on: order, earn: 1 per 1.00, wallet: points }
rewards:
  - { id: hamper, gives: { points: 500 extra } }
leaderboards:
  - { id: collectors, name: Collectors, counts: points_earned, wallet: points, per: month, top: 3, reward: { places: 2, reward: hamper } }
  - { id: spenders, counts: spend, per: lifetime, top: 100 }
  - { id: buyers, counts: orders, per: lifetime, top: 100 }
  - { id: reviewers, counts: { on: review }, per: week, shows: initials }
  - { id: visitors, counts: visits, per: year }
`
const BEGIN = Date.parse('2026-03-02T12:00:00Z')

let server: TestServer
afterEach(() => server.drop())

async function begin(): Promise<Regulars> {
  server = await testServer(PROGRAM, BEGIN, routes)
  return new Regulars({ url: server.url, key: server.key })
}

let orders = 0
async function buys(regulars: Regulars, member: string, price: number, day = '2026-03-02'): Promise<string> {
  const order = `${member}-${++orders}`
  await regulars.putOrder(order, {
    member: `external:${member}`,
    occurred_at: `${day}T12:00:00Z`,
    currency: 'USD',
    prices: 'tax_included',
    lines: [{ id: '1', sku: 'thing', quantity: 2, unit_price: (price * 100) / 2 }],
  })
  return order
}

async function placesOf(regulars: Regulars, board: string, query: object = {}): Promise<string[]> {
  const { places } = await regulars.getLeaderboard(board, query)
  return places.map(({ place, shown_as, score }) => `${place} ${shown_as} ${score}`)
}

async function expectNothingWrong(): Promise<void> {
  const { ledger } = server
  expect((await verify(ledger.database.db, ledger.programs)).differences).toEqual([])
}

describe('a leaderboard', () => {
  test('shows who is first, by the names that they chose, and those who share a place', async () => {
    const regulars = await begin()
    await regulars.createMember({ external_id: 'ana', name: 'Ana Lima', alias: 'Comet' })
    await regulars.createMember({ external_id: 'bo', name: 'Bo Berg' })
    await regulars.createMember({ external_id: 'cy', name: 'Cy Chen', leaderboards: 'named' })
    await regulars.createMember({ external_id: 'di', name: 'Di Dorn', leaderboards: 'hidden' })
    await regulars.createMember({ external_id: 'ed' })
    for (const [member, price] of Object.entries({ ana: 20, bo: 20, cy: 10, di: 90, ed: 4 }))
      await buys(regulars, member, price)
    expect(await placesOf(regulars, 'collectors')).toEqual(['1 Comet 20', '1 B. B. 20', '3 Cy Chen 10'])
    const first = await regulars.getLeaderboard('collectors', { limit: 2, member: 'external:ed' })
    expect(first).toMatchObject({ from: '2026-03-01', until: '2026-03-31', has_more: true, member: { place: 4 } })
    const next = await regulars.getLeaderboard('collectors', { limit: 2, cursor: first.next_cursor! })
    expect(next.places).toMatchObject([{ place: 3 }])
    expect((await regulars.getLeaderboard('collectors', { member: 'external:di' })).member).toBeNull()
    await regulars.updateMember('external:di', { leaderboards: 'shown', alias: 'Deer' })
    expect((await placesOf(regulars, 'collectors'))[0]).toBe('1 Deer 90')
    await server.call('POST', '/v1/members/external:di/erase', { body: { reason: 'asked for' } })
    expect((await placesOf(regulars, 'collectors'))[0]).toBe('1 Comet 20')
    expect((await regulars.listLeaderboards()).data).toHaveLength(5)
    await expectNothingWrong()
  })

  test('counts what was done, and takes back what comes back in the month of its purchase', async () => {
    const regulars = await begin()
    await regulars.createMember({ external_id: 'ana', name: 'Ana Lima', alias: 'Comet' })
    const order = await buys(regulars, 'ana', 30)
    await regulars.recordAction({
      member: 'external:ana',
      type: 'review',
      occurred_at: '2026-03-02T12:00:00Z',
      data: {},
    })
    await regulars.recordVisit({ member: 'external:ana', occurred_at: '2026-03-02T12:00:00Z' })
    await regulars.moveTestClock({ now: '2026-04-02T12:00:00Z' })
    await buys(regulars, 'ana', 8, '2026-04-02')
    await regulars.returnOrder(order, {
      external_id: 'r',
      occurred_at: '2026-04-02T12:00:00Z',
      lines: [{ id: '1', quantity: 1 }],
    })
    expect(await placesOf(regulars, 'collectors', { period: '2026-03-20' })).toEqual(['1 Comet 15'])
    expect(await placesOf(regulars, 'collectors')).toEqual(['1 Comet 8'])
    expect(await placesOf(regulars, 'spenders')).toEqual(['1 Comet 2300'])
    expect(await placesOf(regulars, 'buyers')).toEqual(['1 Comet 2'])
    expect(await placesOf(regulars, 'visitors')).toEqual(['1 Comet 1'])
    expect(await placesOf(regulars, 'reviewers', { period: '2026-03-04' })).toEqual(['1 A. L. 1'])
    await regulars.cancelOrder(order)
    expect(await placesOf(regulars, 'buyers')).toEqual(['1 Comet 1'])
    await expectNothingWrong()
  })

  test('gives the first their reward once, when the month can no longer change', async () => {
    const regulars = await begin()
    for (const member of ['ana', 'bo', 'cy']) await regulars.createMember({ external_id: member, name: member })
    const order = await buys(regulars, 'ana', 50)
    await buys(regulars, 'bo', 20)
    await buys(regulars, 'cy', 10)
    await regulars.moveTestClock({ now: '2026-04-14T12:00:00Z' })
    await regulars.returnOrder(order, {
      external_id: 'r',
      occurred_at: '2026-04-14T12:00:00Z',
      lines: [{ id: '1', quantity: 2 }],
    })
    const extra = async (member: string) =>
      (await regulars.getMember(`external:${member}`)).balances.find(({ wallet }) => wallet === 'extra')!.available
    expect([await extra('bo'), await extra('cy')]).toEqual([0, 0])
    // Months in which nothing was counted are over as well, and tell nobody.
    await regulars.moveTestClock({ now: '2026-08-01T12:00:00Z' })
    await regulars.moveTestClock({ now: '2026-08-02T12:00:00Z' })
    expect([await extra('ana'), await extra('bo'), await extra('cy')]).toEqual([0, 500, 500])
    const { decided_at } = await regulars.getLeaderboard('collectors', { period: '2026-03-01' })
    expect(decided_at).toBe('2026-04-15T00:00:00Z')
    await expectNothingWrong()
  })

  test('of two members who were one has the sum of both', async () => {
    const regulars = await begin()
    for (const member of ['ana', 'anna']) await regulars.createMember({ external_id: member, name: 'Ana Lima' })
    const order = await buys(regulars, 'ana', 30)
    await buys(regulars, 'anna', 20)
    await server.call('POST', '/v1/members/external:ana/merge', { body: { into: 'external:anna' } })
    expect(await placesOf(regulars, 'collectors')).toEqual(['1 A. L. 50'])
    await regulars.cancelOrder(order)
    expect(await placesOf(regulars, 'collectors')).toEqual(['1 A. L. 20'])
    await expectNothingWrong()
  })

  test('counts what somebody bought a moment before they were merged', async () => {
    const regulars = await begin()
    for (const member of ['ana', 'anna', 'annie'])
      await regulars.createMember({ external_id: member, name: 'Ana Lima' })
    const { ledger } = server
    const accountOf = async (member: string) => parseId('mem', (await regulars.getMember(`external:${member}`)).id)!
    const [from, into, last] = [await accountOf('ana'), await accountOf('anna'), await accountOf('annie')]
    await buys(regulars, 'anna', 3)
    const lines = [{ id: '1', sku: 'thing', quantity: 1, unit_price: 700 }]
    const body = { external_id: 'last', currency: 'USD', prices: 'tax_included' as const, lines }
    const ref = { by: 'id', id: from } as const
    const answers = await ledger.recorder.record([
      ledger.incoming('order', body, { ref, key: 'order:last' }),
      ledger.incoming('merge', { from, into }, { ref }),
      ledger.incoming('merge', { from: into, into: last }, { ref: { by: 'id', id: into } }),
    ])
    expect(answers.map(({ status }) => status)).toEqual(['recorded', 'recorded', 'recorded'])
    expect(await placesOf(regulars, 'collectors')).toEqual(['1 A. L. 10'])
    await expectNothingWrong()
  })

  test('is the sum of what its members did, whatever comes back', async () => {
    const regulars = await begin()
    const members = ['ana', 'bo', 'cy']
    for (const member of members) await regulars.createMember({ external_id: member, name: member })
    const move = fc.record({
      who: fc.nat({ max: 2 }),
      price: fc.integer({ min: 1, max: 50 }),
      back: fc.option(fc.integer({ min: 1, max: 2 })),
    })
    const moves = fc.sample(fc.array(move, { minLength: 20, maxLength: 20 }), { numRuns: runs(1), seed: 7 }).flat()
    const spent = new Map<string, number>()
    for (const { who, price, back } of moves) {
      const member = members[who]!
      const order = await buys(regulars, member, price * 2)
      spent.set(member, (spent.get(member) ?? 0) + price * 200 - (back ?? 0) * price * 100)
      if (back === null) continue
      const lines = [{ id: '1', quantity: back }]
      await regulars.returnOrder(order, { external_id: 'r', occurred_at: '2026-03-02T12:00:00Z', lines })
    }
    const { places } = await regulars.getLeaderboard('spenders', {})
    const expected = [...spent.values()].filter((sum) => sum > 0).sort((a, b) => b - a)
    expect(places.map(({ score }) => score)).toEqual(expected)
    await expectNothingWrong()
  })
})
