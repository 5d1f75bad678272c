/** A level by hand over HTTP: who may give it, what is answered, and that it can be decided again. */

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApi, testApi } from '../../../test/api.ts'
import { verify } from '../../engine/verify.ts'

const COFFEE = readFileSync(new URL('../../../examples/corner-coffee.yaml', import.meta.url), 'utf8')

let api: TestApi
beforeAll(async () => {
  api = await testApi(COFFEE, Date.parse('2026-05-01T13:00:00Z'))
  await api.call('POST', '/v1/members', { external_id: 'ada' })
})
afterAll(() => api.close())

const PATH = '/v1/members/external:ada/tier'
const matched = { level: 'gold', kind: 'matched', months: 3, reason: 'Gold elsewhere' }

test('owners, marketers and support may give a level, and nobody else', async () => {
  for (const [role, status] of [
    ['marketer', 200],
    ['support', 200],
    ['cashier', 403],
    ['finance', 403],
    ['developer', 403],
  ] as const)
    expect([role, (await (await api.as(role))('POST', PATH, matched)).status]).toEqual([role, status])
})

test('it is answered once, stands in the time line with who and why, and is decided again alike', async () => {
  const headers = { 'idempotency-key': 'match-1' }
  const first = await api.call('POST', PATH, matched, headers)
  const again = await api.call('POST', PATH, matched, headers)
  expect(again.body).toEqual(first.body)
  expect(first.body).toMatchObject({
    type: 'tier_given',
    body: { level: 'gold', kind: 'matched', months: 3, reason: 'Gold elsewhere', actor: 'test' },
    tier: { level: 'gold', kind: 'matched', until: '2026-08-01T13:00:00Z', otherwise: 'green' },
  })
  const timeLine = await api.call('GET', '/v1/members/external:ada/activities?limit=1')
  expect(timeLine.body.data[0].id).toBe(first.body.id)

  await api.setClock(Date.parse('2026-08-01T13:00:00Z'))
  expect((await api.call('GET', '/v1/members/external:ada')).body.tier.level).toBe('green')
  const { ledger } = api
  expect((await verify(ledger.database.db, ledger.programs)).differences).toEqual([])
})

test.each([
  [{ level: 'gold', reason: '' }, 422, 'reason_required'],
  [{ level: 'silver', reason: 'x' }, 400, 'invalid'],
  [{ level: 'gold', kind: 'bought', reason: 'x' }, 400, 'invalid'],
  [{ level: 'gold' }, 400, 'invalid'],
])('%o is refused', async (body, status, code) => {
  const answer = await api.call('POST', PATH, body)
  expect([answer.status, answer.body.code]).toEqual([status, code])
})
