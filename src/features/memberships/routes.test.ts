/** Memberships over HTTP: the till, the payment provider, the member's app, and a ledger that can be decided again. */

import { beforeEach, expect, test } from 'vitest'
import { type Json, standingApi, testApi } from '../../../test/api.ts'

const FILE = `
program: shop
name: Shop
currency: USD
timezone: UTC
wallets: { points: { expiry: never } }
memberships:
  plans:
    - { id: monthly, name: Plus, fee: 14.99, every: month, trial: 30 days }
    - { id: yearly, fee: 139.00, every: year }
    - { id: family, fee: 19.99, every: month, for: household }
`
const NOW = Date.parse('2026-03-10T15:00:00Z')

const api = standingApi(FILE, NOW)
let count = 0
let ana: Json
beforeEach(async () => {
  await api.setClock(NOW)
  ana = (await api.call('POST', '/v1/members', { external_id: `m${++count}` })).body
})

const path = (member: Json) => `/v1/members/${member.id}/membership`
const paidAtTill = (amount: number, reference = `till-${count}`) => ({ paid: { amount, reference, tender: 'cash' } })
const tell = (member: Json, type: string, data: object, headers = {}) =>
  api.call(
    'POST',
    '/v1/actions',
    { member: member.id, type: `membership.${type}`, occurred_at: new Date(NOW).toISOString(), data },
    headers,
  )

test('a till begins one, the same key answers the same later, and the member’s answer has it', async () => {
  const headers = { 'idempotency-key': 'begin-1' }
  const body = { plan: 'monthly', ...paidAtTill(1499) }
  const first = await api.call('POST', path(ana), body, headers)
  expect(first.body).toMatchObject({
    member: ana.id,
    membership: {
      plan: 'monthly',
      name: 'Plus',
      status: 'active',
      until: '2026-04-10T15:00:00Z',
      fee: 1499,
      saved: 0,
      to_break_even: 1499,
      payments: [{ reference: `till-${count}`, refundable: 1499, why: null }],
    },
  })
  await api.call('POST', `${path(ana)}/cancel`, { when: 'at_end', reason: 'Too dear' })
  const again = await api.call('POST', path(ana), body, headers)
  expect([again.body, again.headers.get('idempotent-replayed')]).toEqual([first.body, 'true'])
  const { membership } = (await api.call('GET', `/v1/members/${ana.id}`)).body
  expect(membership).toMatchObject({ plan: 'monthly', cancelled: true })
  expect((await api.call('GET', path(ana))).body).toEqual({ member: ana.id, membership, uses: [] })
})

test('a provider tells of payments, and what cannot be is refused with its place', async () => {
  const data = { plan: 'monthly', amount: 1499, currency: 'USD', reference: `in_${count}` }
  expect((await tell(ana, 'paid', data)).status).toBe(200)
  expect((await tell(ana, 'paid', data)).status).toBe(200)
  expect((await tell(ana, 'paid', { ...data, amount: 1 })).body.code).toBe('idempotency_conflict')
  const wrong = await tell(ana, 'paid', { ...data, reference: 'x', currency: 'EUR' })
  expect(wrong.body).toMatchObject({ code: 'currency_mismatch', errors: [{ pointer: '/data/currency' }] })
  expect((await tell(ana, 'refunded', { reference: `in_${count}` })).status).toBe(200)
  expect((await api.call('GET', path(ana))).body.membership).toMatchObject({ status: 'ended' })
  expect((await api.call('POST', `${path(ana)}/cancel`, { when: 'now' })).body.code).toBe('already_cancelled')
})

test('what nobody swept yet shows as it is, and is told when it falls due', async () => {
  await api.call('POST', path(ana), { plan: 'monthly', trial: true })
  await api.setClock(Date.parse('2026-04-10T15:00:00Z'))
  expect((await api.call('GET', path(ana))).body.membership.status).toBe('grace')
  await api.setClock(Date.parse('2026-04-17T15:00:00Z'))
  await api.call('POST', '/v1/visits', { member: ana.id, occurred_at: '2026-04-17T15:00:00Z' })
  const { events } = (await api.call('GET', `/v1/members/${ana.id}/export`)).body
  expect(events.map(({ topic }: Json) => topic)).toEqual([
    'member.joined',
    'membership.started',
    'membership.due',
    'membership.lapsed',
  ])
})

test('a household has one for all who collect in its pool, and nobody pays for two', async () => {
  const home = (await api.call('POST', '/v1/pools', { external_id: `h${count}`, name: 'Home' })).body
  const admit = () => api.call('PUT', `/v1/pools/${home.id}/members/${ana.id}`, { earn: true })
  await api.call('POST', path(ana), { plan: 'monthly', ...paidAtTill(1499) })
  expect((await admit()).body.code).toBe('membership_open')
  await api.call('POST', `${path(ana)}/cancel`, { when: 'now' })
  expect((await admit()).status).toBe(200)
  expect((await api.call('POST', path(ana), { plan: 'monthly', ...paidAtTill(1499, 'n') })).body.code).toBe(
    'plan_unavailable',
  )
  const begun = await api.call('POST', path(ana), { plan: 'family', ...paidAtTill(1999, 'f') })
  expect(begun.body).toMatchObject({ member: ana.id, membership: { plan: 'family' } })
  for (const member of [ana, home])
    expect((await api.call('GET', path(member))).body).toMatchObject({
      member: member.id,
      membership: { plan: 'family' },
    })
})

test('two who become one keep what is paid longer, and the trial is used up', async () => {
  const ben = (await api.call('POST', '/v1/members', { external_id: `ben${count}` })).body
  await api.call('POST', path(ana), { plan: 'monthly', trial: true })
  await api.call('POST', path(ben), { plan: 'yearly', ...paidAtTill(13_900) })
  const merged = await api.call('POST', `/v1/members/${ben.id}/merge`, { into: ana.id })
  expect(merged.body.into.membership).toMatchObject({ plan: 'yearly', trial_used: true })
  expect((await api.call('GET', path(ana))).body.membership).toMatchObject({ plan: 'yearly', trial_used: true })
})

test.each([
  [{ plan: 'monthly' }, 422, 'payment_required'],
  [{ plan: 'montly', trial: true }, 422, 'plan_unavailable'],
  [{ plan: 'monthly', trial: true, paid: { amount: 1, reference: 'r' } }, 400, 'invalid'],
  [{ plan: 'monthly', trial: false }, 400, 'invalid'],
  [{ plan: 'monthly', paid: { amount: 14.99, reference: 'r' } }, 400, 'invalid'],
  [{}, 400, 'invalid'],
])('%o is refused', async (body, status, code) => {
  const answer = await api.call('POST', path(ana), body)
  expect([answer.status, answer.body.code]).toEqual([status, code])
})

test('partners and readers may not, and a program without plans says so', async () => {
  for (const role of ['partner', 'read_only', 'marketer'] as const)
    expect((await (await api.as(role))('POST', path(ana), { plan: 'monthly', trial: true })).status).toBe(403)
  const plain = await testApi(FILE.split('memberships:')[0]!, NOW)
  const eve = (await plain.call('POST', '/v1/members', {})).body
  expect((await plain.call('GET', path(eve))).body.code).toBe('plan_unavailable')
  expect((await plain.call('POST', path(eve), { plan: 'monthly', trial: true })).body.code).toBe('plan_unavailable')
  await plain.close()
})
