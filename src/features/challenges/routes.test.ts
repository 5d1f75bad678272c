/** Challenges over HTTP: joined once, shown with the member, refused in words; cards beside them, and a household. */

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApi, testApi } from '../../../test/api.ts'
import { verify } from '../../engine/verify.ts'

const TEA = readFileSync(new URL('../../../examples/challenges.yaml', import.meta.url), 'utf8')

let api: TestApi
beforeAll(async () => {
  api = await testApi(TEA, Date.parse('2026-07-01T13:00:00Z'))
  await api.call('POST', '/v1/members', { external_id: 'mia' })
})
afterAll(() => api.close())

const JOIN = '/v1/members/external:mia/challenges/tour/join'

test('whoever serves members may let them join, and nobody else', async () => {
  for (const [role, status] of [
    ['finance', 403],
    ['read_only', 403],
    ['cashier', 200],
  ] as const)
    expect([role, (await (await api.as(role))('POST', JOIN)).status]).toEqual([role, status])
})

test('joining is answered once under its key, and the member shows it', async () => {
  const headers = { 'idempotency-key': 'join-1' }
  const first = await api.call('POST', JOIN, undefined, headers)
  const again = await api.call('POST', JOIN, undefined, headers)
  expect(again.body).toEqual(first.body)
  expect(first.body.challenge).toMatchObject({ id: 'tour', state: 'open', have: 0, need: 2, needs: 'all_of' })
  const { challenges, badges, cards } = (await api.call('GET', '/v1/members/external:mia')).body
  expect(challenges.find(({ id }: { id: string }) => id === 'tour')).toEqual(first.body.challenge)
  expect([badges, cards]).toEqual([[], []])
  const left = await api.call('POST', JOIN.replace('/join', '/leave'))
  expect(left.body.challenge.state).toBe('to_join')
})

test.each([
  ['/v1/members/external:mia/challenges/none/join', 404, 'not_found'],
  ['/v1/members/external:nobody/challenges/tour/join', 404, 'not_found'],
  ['/v1/members/external:mia/challenges/iced/join', 422, 'challenge_unavailable'],
])('%s answers %i %s', async (path, status, code) => {
  const answer = await api.call('POST', path)
  expect([answer.status, answer.body.code]).toEqual([status, code])
})

test('a household takes part as one: whoever of it joins, joins for all', async () => {
  await api.call('POST', '/v1/members', { external_id: 'leo' })
  await api.call('POST', '/v1/pools', { external_id: 'home', name: 'Home' })
  for (const member of ['mia', 'leo'])
    await api.call('PUT', `/v1/pools/external:home/members/external:${member}`, { earn: true, spend: true })
  await api.call('POST', '/v1/members/external:leo/challenges/tour/join')
  const visit = { member: 'external:mia', occurred_at: '2026-07-01T12:59:00Z', location: 'harbour' }
  expect((await api.call('POST', '/v1/visits', visit)).status).toBe(200)
  await api.call('POST', '/v1/visits', { ...visit, occurred_at: '2026-07-01T13:00:00Z' })
  const again = await api.call('POST', '/v1/members/external:mia/challenges/tour/join')
  expect(again.body.challenge.goals).toMatchObject([{ have: 1, need: 3 }, { waits: true }])
  expect((await verify(api.ledger.database.db, api.ledger.programs)).differences).toEqual([])
})
