/** Perks over HTTP: a gate asks what there is, uses it once however often it sends, and gives it back. */

import { beforeEach, expect, test } from 'vitest'
import { type Json, standingApi } from '../../../test/api.ts'
import { parseId } from '../../engine/ids.ts'
import { verify } from '../../engine/verify.ts'

const FILE = `
program: airline
name: Airline
currency: USD
timezone: UTC
wallets: { miles: { expiry: never } }
tiers:
  measures: { flights: { on: flight } }
  levels: [{ id: member }, { id: silver, all_of: { flights: 1 }, perks: [priority-lane, lounge] }]
memberships:
  plans: [{ id: plus, fee: 10.00, every: month }, { id: family, fee: 20.00, every: month, for: household }]
perks:
  - { id: lounge, name: The lounge, kind: lounge, uses: 2, per: month, worth: 20.00 }
  - { id: delivery, kind: free_shipping, plans: [plus, family], worth: 4.00 }
  - { id: try-on, kind: home_trial, from_tier: silver, uses: 1, per: year, lasts: 7 days }
`
const NOW = Date.parse('2026-03-10T15:00:00Z')

const api = standingApi(FILE, NOW)
let count = 0
let ana: Json
beforeEach(async () => {
  ana = (await api.call('POST', '/v1/members', { external_id: `m${++count}` })).body
})

const list = async (member: Json) => (await api.call('GET', `/v1/members/${member.id}/perks`)).body.data
const use = (perk: string, member: Json, more: object = {}) =>
  api.call('POST', `/v1/perks/${perk}/use`, { member: member.id, external_id: `u${++count}`, ...more })
const act = (member: Json, type: string, data: object = {}) =>
  api.call('POST', '/v1/actions', { member: member.id, type, occurred_at: new Date(NOW).toISOString(), data })
const pay = (member: Json, plan: string, amount: number) =>
  act(member, 'membership.paid', { plan, amount, currency: 'USD', reference: `p${++count}` })

test('what there is, why, and how much is left after it was used', async () => {
  expect(await list(ana)).toEqual([])
  await act(ana, 'flight')
  expect(await list(ana)).toMatchObject([
    { perk: 'lounge', name: 'The lounge', left: 2, per: 'month', until: '2026-04-01T00:00:00Z', why: ['tier'] },
    { perk: 'try-on', left: 1, open: [] },
  ])
  const used = await use('lounge', ana, { location: 'ORD' })
  expect(used.body).toMatchObject({ member: ana.id, perk: 'lounge', quantity: 1, worth: 2000, left: 1, ends_at: null })
  const trial = await use('try-on', ana)
  expect(trial.body).toMatchObject({ ends_at: '2026-03-17T15:00:00Z', left: 0 })
  const { perks, entitlements } = (await api.call('GET', `/v1/members/${ana.id}`)).body
  expect(perks).toEqual(['priority-lane', 'lounge', 'try-on'])
  expect(entitlements).toEqual(await list(ana))
  expect(entitlements[1].open).toEqual([{ use: trial.body.id, until: '2026-03-17T15:00:00Z' }])
})

test('a gate that sends its use again is answered as then, also at the same moment', async () => {
  await act(ana, 'flight')
  const body = { member: ana.id, external_id: 'gate-1' }
  const all = await Promise.all([1, 2, 3].map(() => api.call('POST', '/v1/perks/lounge/use', body)))
  expect(new Set(all.map((one) => JSON.stringify(one.body))).size).toBe(1)
  expect((await list(ana))[0].left).toBe(1)
  expect((await api.call('POST', '/v1/perks/lounge/use', { ...body, quantity: 2 })).body.code).toBe(
    'idempotency_conflict',
  )
})

test('no two gates use up more than there is', async () => {
  await act(ana, 'flight')
  const all = await Promise.all([1, 2, 3, 4, 5].map(() => use('lounge', ana)))
  expect(all.map(({ status }) => status).sort()).toEqual([200, 200, 422, 422, 422])
  expect(all.find(({ status }) => status === 422)!.body.code).toBe('limit_reached')
})

test('a use that is taken back can be made again, and once only', async () => {
  await act(ana, 'flight')
  const { body } = await use('lounge', ana, { quantity: 2 })
  const back = () => api.call('POST', `/v1/perk-uses/${body.id}/void`, { reason: 'The flight was cancelled' })
  expect((await back()).body).toEqual({ ...body, quantity: 0, worth: 0, left: 2 })
  expect((await back()).body.code).toBe('perk_unavailable')
  expect((await api.call('POST', '/v1/perk-uses/use_nothing/void', {})).status).toBe(404)
  expect((await use('lounge', ana, { quantity: 2 })).status).toBe(200)
})

test('a membership shows each use, and what the fee has saved', async () => {
  await pay(ana, 'plus', 1000)
  const first = await use('delivery', ana)
  await use('delivery', ana)
  await api.call('POST', `/v1/perk-uses/${first.body.id}/void`, {})
  const { membership, uses } = (await api.call('GET', `/v1/members/${ana.id}/membership`)).body
  expect(membership).toMatchObject({ fee: 1000, saved: 400, saved_ever: 400, to_break_even: 600 })
  expect(uses.map(({ source, worth }: Json) => [source, worth])).toEqual([
    ['perks:delivery', -400],
    ['perks:delivery', 400],
    ['perks:delivery', 400],
  ])
})

test('a household’s perks are those of all who collect in its pool', async () => {
  const home = (await api.call('POST', '/v1/pools', { external_id: `h${count}`, name: 'Home' })).body
  await api.call('PUT', `/v1/pools/${home.id}/members/${ana.id}`, { earn: true })
  await pay(ana, 'family', 2000)
  const used = await use('delivery', ana)
  expect(used.body).toMatchObject({ member: ana.id, perk: 'delivery' })
  expect(await list(ana)).toEqual(await list(home))
  const { membership } = (await api.call('GET', `/v1/members/${home.id}/membership`)).body
  expect(membership).toMatchObject({ plan: 'family', saved: 400 })
  expect((await api.call('POST', `/v1/perk-uses/${used.body.id}/void`, {})).status).toBe(200)
})

test('two who become one have what is left of both, and what both have saved', async () => {
  const ben = (await api.call('POST', '/v1/members', { external_id: `ben${count}` })).body
  for (const member of [ana, ben]) await act(member, 'flight')
  await pay(ben, 'plus', 1000)
  await use('delivery', ben)
  await use('lounge', ben)
  await api.call('POST', `/v1/members/${ben.id}/merge`, { into: ana.id })
  expect((await list(ana)).find(({ perk }: Json) => perk === 'lounge').left).toBe(1)
  const { membership, uses } = (await api.call('GET', `/v1/members/${ana.id}/membership`)).body
  expect([membership.saved, uses.length]).toEqual([2400, 2])
})

test.each([
  ['nothing', {}, 422, 'perk_unavailable'],
  ['lounge', {}, 422, 'tier_too_low'],
  ['delivery', {}, 422, 'perk_unavailable'],
  ['lounge', { quantity: 0 }, 400, 'invalid'],
  ['lounge', { member: 'mem_nobody' }, 404, 'not_found'],
])('a use of %s with %o is refused', async (perk, more, status, code) => {
  const answer = await use(perk, ana, more)
  expect([answer.status, answer.body.code]).toEqual([status, code])
})

test('a benefit that somebody wrote into the ledger, or took out of it, is found', async () => {
  await pay(ana, 'plus', 1000)
  await use('delivery', ana)
  const { ledger } = api
  const { db } = ledger.database
  const found = async () => (await verify(db, ledger.programs)).differences.map(({ cause }) => cause)
  await db.query('update benefit set worth = worth + 1 where account = $1', [parseId('mem', ana.id)])
  expect(await found()).toEqual(['benefit'])
  await db.query('update benefit set worth = worth - 1 where account = $1', [parseId('mem', ana.id)])
  expect(await found()).toEqual([])
})
