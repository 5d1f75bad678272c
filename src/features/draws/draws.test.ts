/** Draws over HTTP: entries, one draw, winners who can be checked, and reserves for those who are gone. */

import { afterEach, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../test/http.ts'
import { small, Till } from '../../../test/till.ts'
import { Regulars } from '../../client/index.ts'
import { checkDraw, commitmentOf } from '../../engine/drawing.ts'
import { verify } from '../../engine/verify.ts'
import { routes } from '../../server.ts'

const OWN_SEED = 'the numbers of the lottery of 5 September'
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
rewards:
  - { id: ticket, cost: 10, gives: { entry: { draw: summer, entries: 1 } } }
  - { id: own-ticket, cost: 10, gives: { entry: { draw: own, entries: 2 } } }
  - { id: hamper, gives: { points: 500 points } }
draws:
  - { id: summer, name: Summer draw, until: 2026-08-31, winners: 2, prize: hamper, reserves: 2, most_entries: 3 }
  - { id: own, until: 2026-08-31, winners: 1, prize: hamper, reserves: 0, commitment: ${commitmentOf(OWN_SEED)} }
`

describe('an entry', () => {
  const rewards = [{ id: 'ticket', gives: { entry: { draw: 'summer', entries: 2 } } }]
  const draws = [{ id: 'summer', until: '2026-08-31', winners: 1, prize: 'ticket' }]
  const stamps = [{ id: 'card', stamps: 2, reward: 'ticket' }]
  const entries = (till: Till) =>
    till.decisions.flatMap(({ tallies }) => tallies).reduce((sum, { change }) => sum + change, 0)

  test('counts on the last day of the program’s zone, and for nothing after it', () => {
    const till = new Till(small({ rewards, draws, stamps }, 'America/Los_Angeles'), '2026-08-20T12:00:00Z')
    till.sell('a', [{ price: 100 }])
    till.go('2026-09-01T06:59:59Z').sell('b', [{ price: 100 }])
    expect(entries(till)).toBe(2)
    till.go('2026-09-01T07:00:00Z').sell('c', [{ price: 100 }])
    till.sell('d', [{ price: 100 }])
    expect(entries(till)).toBe(2)
    const messages = till.decisions.flatMap((d) => d.messages)
    expect(messages).toContainEqual({
      topic: 'reward.not_given',
      data: expect.objectContaining({ reward: 'ticket', code: 'draw_over' }),
    })
    // What counted for nothing takes nothing away when it comes back, and what counted does.
    till.cancel('d')
    till.cancel('c')
    expect(entries(till)).toBe(2)
    till.cancel('b')
    expect(entries(till)).toBe(0)
  })
})

let server: TestServer | undefined
afterEach(async () => {
  await server?.drop()
  server = undefined
})

async function begin(): Promise<Regulars> {
  server = await testServer(PROGRAM, Date.parse('2026-08-01T12:00:00Z'), routes)
  const regulars = new Regulars({ url: server.url, key: server.key })
  for (const member of ['ana', 'bo', 'cy', 'di', 'ed', 'flo']) {
    await regulars.createMember({ external_id: member, name: `${member} smith` })
    await buys(regulars, member, 100)
  }
  return regulars
}

function buys(regulars: Regulars, member: string, price: number, day = '2026-08-01') {
  return regulars.putOrder(`${member}-${day}`, {
    member: `external:${member}`,
    occurred_at: `${day}T12:00:00Z`,
    currency: 'USD',
    prices: 'tax_included',
    lines: [{ id: '1', sku: 'thing', quantity: 1, unit_price: price * 100 }],
  })
}

function enters(regulars: Regulars, member: string, quantity = 1, reward = 'ticket') {
  return regulars.createRedemption({ member: `external:${member}`, reward, quantity, capture: true })
}

async function pointsOf(regulars: Regulars, member: string): Promise<number> {
  return (await regulars.getMember(`external:${member}`)).balances[0]!.available
}

describe('a draw', () => {
  test('is held once, after its day, and gives the winners what anybody can draw again', async () => {
    const regulars = await begin()
    const { commitment } = await regulars.getDraw('summer', {})
    await enters(regulars, 'ana', 5)
    for (const member of ['bo', 'cy', 'di']) await enters(regulars, member)
    expect(await regulars.getDraw('summer', { member: 'external:ana' })).toMatchObject({
      status: 'open',
      members: 4,
      tickets: 6,
      seed: null,
      member: { entries: 3, entry: null },
    })
    const early = await server!.call('POST', '/v1/draws/summer/draw', { body: { reason: 'impatient' } })
    expect([early.status, early.json.code]).toEqual([422, 'draw_open'])
    await regulars.moveTestClock({ now: '2026-09-01T00:00:00Z' })
    // Nobody pays for an entry that comes too late.
    const late = await server!.call('POST', '/v1/redemptions', {
      body: { member: 'external:ed', reward: 'ticket', capture: true },
    })
    expect([late.status, late.json.code]).toEqual([422, 'reward_unavailable'])
    const calls = await Promise.all(
      [1, 2, 3].map(() => server!.call('POST', '/v1/draws/summer/draw', { body: { reason: 'summer is over' } })),
    )
    expect(calls.map(({ status }) => status).sort()).toEqual([200, 422, 422])
    expect(calls.find(({ status }) => status !== 200)!.json.code).toBe('draw_done')
    await regulars.moveTestClock({ now: '2026-09-01T01:00:00Z' })
    const draw = await regulars.getDraw('summer', { member: 'external:ana' })
    expect(draw).toMatchObject({ status: 'drawn', commitment, drawn_by: 'test', reason: 'summer is over' })
    expect(draw.places.map(({ status }) => status)).toEqual(['given', 'given', 'in_reserve', 'in_reserve'])
    const proof = await regulars.getDrawProof('summer')
    expect(checkDraw(proof)).toEqual([])
    expect(proof.entries.map(([, count]) => count).sort()).toEqual([1, 1, 1, 3])
    expect(proof.entries.map(([entry]) => entry)).toContain(draw.member!.entry)
    const points = await Promise.all(['ana', 'bo', 'cy', 'di', 'ed'].map((member) => pointsOf(regulars, member)))
    expect(points.filter((count) => count > 500)).toHaveLength(2)
    expect(draw.places[0]!.shown_as).toMatch(/^[A-D]\. S\.$/)
    const { ledger } = server!
    const { db } = ledger.database
    expect((await verify(db, ledger.programs)).differences).toEqual([])
    await db.query(`update award set result = replace(result, '"account":', '"account":1')`)
    expect((await verify(db, ledger.programs)).differences).toMatchObject([{ cause: 'award' }])
  })

  test('leaves out those who are gone, and lets the reserve step in for a winner who leaves', async () => {
    const regulars = await begin()
    for (const member of ['ana', 'bo', 'cy', 'di']) await enters(regulars, member)
    await regulars.moveTestClock({ now: '2026-09-01T00:00:00Z' })
    await server!.call('POST', '/v1/draws/summer/draw', { body: { reason: 'summer is over' } })
    const [first, second, third] = (await regulars.getDraw('summer', {})).places
    // Between the draw and the word of it the winner asks to be forgotten.
    await server!.call('POST', `/v1/members/${first!.member}/erase`, { body: { reason: 'asked for' } })
    await regulars.moveTestClock({ now: '2026-09-01T01:00:00Z' })
    const { places } = await regulars.getDraw('summer', {})
    expect(places.map(({ status }) => status)).toEqual(['refused', 'given', 'given', 'in_reserve'])
    const points = async (member: string) => (await regulars.getMember(member)).balances[0]!.available
    expect([await points(first!.member), await points(second!.member), await points(third!.member)]).toEqual([
      0, 590, 590,
    ])
    const { ledger } = server!
    expect((await verify(ledger.database.db, ledger.programs)).differences).toEqual([])
  })

  test('by a seed of the business’s own is held with that and no other', async () => {
    const regulars = await begin()
    await enters(regulars, 'ana', 1, 'own-ticket')
    await regulars.moveTestClock({ now: '2026-09-06T00:00:00Z' })
    for (const seed of [undefined, 'another']) {
      const wrong = await server!.call('POST', '/v1/draws/own/draw', { body: { reason: 'it is time', seed } })
      expect([wrong.status, wrong.json.code]).toEqual([400, 'invalid'])
    }
    const held = await server!.call('POST', '/v1/draws/own/draw', { body: { reason: 'it is time', seed: OWN_SEED } })
    expect(held.json).toMatchObject({ seed: OWN_SEED, members: 1, tickets: 2, commitment: commitmentOf(OWN_SEED) })
    expect(checkDraw(await regulars.getDrawProof('own'))).toEqual([])
    const marketer = await server!.newKey({ role: 'marketer' })
    const forbidden = await server!.call('POST', '/v1/draws/summer/draw', { body: { reason: 'me' }, key: marketer })
    expect(forbidden.status).toBe(403)
  })
})
