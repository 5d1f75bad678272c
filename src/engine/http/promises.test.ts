/** What a program promises its members, over HTTP: its terms, and revisions that would take something from them. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type TestServer, testServer } from '../../../test/http.ts'
import { compileProgram } from '../../core/program.ts'
import { features } from '../../features/index.ts'
import { keys } from '../incoming.ts'
import { verify } from '../verify.ts'
import { programRoutes } from './program-routes.ts'

const NOW = Date.parse('2026-05-05T15:00:00Z')
const PROGRAM = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets: { points: {} }
earning: [{ id: visit, on: visit, earn: 10 }]
`
const MUG = 'rewards: [{ id: mug, name: A mug, cost: 100, gives: { amount_off: 5.00 } }]\n'

const routes = programRoutes({
  schema: {},
  templates: () => [],
  compile: (text, revision) => compileProgram(text, features, revision),
  preview: async () => ({ figures: {} }),
  previewAnswer: z.object({ figures: z.looseObject({}) }),
})

let server: TestServer
beforeAll(async () => {
  server = await testServer(PROGRAM + MUG, NOW, routes)
  await server.ledger.join('ada', NOW)
})
afterAll(() => server.drop())

const save = (body: string) =>
  server.call('PUT', '/v1/programs/shop/draft', { body, headers: { 'content-type': 'application/yaml' } })
const publish = async (body: object = {}) => (await server.call('POST', '/v1/programs/shop/publish', { body })).json
const program = async () => (await server.call('GET', '/v1/programs/shop')).json
const terms = async (query = '') => (await server.call('GET', `/v1/programs/shop/terms${query}`)).json

/** The points of a visit at a time. */
async function visit(time: string): Promise<number> {
  const recorded = await server.services.inbox.submit({
    type: 'visit',
    program: server.ledger.program,
    ref: { by: 'external', value: 'ada' },
    key: keys.once(`visit-${time}`),
    occurredMs: Date.parse(time),
    body: {},
  })
  if (recorded.status !== 'recorded') throw new Error(`the visit was ${recorded.status}`)
  return recorded.activity.postings[0]!.points
}

test('are told to members as their terms, in their language', async () => {
  const told = await terms()
  expect(told).toMatchObject({ program: 'shop', revision: 1, language: 'en', languages: ['en', 'tr'], since: null })
  expect(told.chapters).toContainEqual({
    id: 'earning',
    title: 'How you earn',
    statements: [{ about: 'earning.visit', title: null, text: 'You get 10 points for each visit.', who: null }],
  })
  expect(await terms('?language=tr-TR')).toMatchObject({ title: 'Shop', language: 'tr' })
  expect(await terms('?language=en-!!')).toMatchObject({ language: 'en' })
  expect(await terms('?language=xx')).toMatchObject({ status: 400, errors: [{ pointer: '/query/language' }] })
})

test('are not taken away silently: the preview says what would be, and publishing refuses it', async () => {
  await save(PROGRAM)
  const text = '“A mug”, for which members have been collecting, is gone; vouchers of it cannot be used any more.'
  const preview = await server.call('POST', '/v1/programs/shop/draft/preview')
  expect(preview.json.takes_away).toEqual([{ about: 'rewards.mug', text, meant: false }])
  const errors = [{ pointer: '/rewards/mug', code: 'takes_away', message: expect.stringContaining(text) }]
  expect(await publish()).toMatchObject({ status: 422, code: 'takes_away', errors })
  expect(await publish({ meant: ['rewards.cup'] })).toMatchObject({ status: 422, code: 'takes_away', errors })
  expect(await program()).toMatchObject({ revision: 1, draft: PROGRAM })
})

test('are taken away by who says that it is meant, in the file or with the call', async () => {
  expect(await publish({ meant: ['rewards.mug'] })).toMatchObject({ revision: 2, draft: null })
  await save(PROGRAM + MUG)
  expect(await publish()).toMatchObject({ revision: 3 })
  await save(`${PROGRAM}changes: { meant: [rewards.mug] }\n`)
  const preview = await server.call('POST', '/v1/programs/shop/draft/preview')
  expect(preview.json.takes_away).toMatchObject([{ about: 'rewards.mug', meant: true }])
  expect(await publish()).toMatchObject({ revision: 4 })
})

test('may change on a day to come, as the file says, and are compared with what was announced', async () => {
  await save(`${PROGRAM.replace('earn: 10', 'earn: 33')}changes: { from: 2026-05-07 }\n${MUG}`)
  expect(await publish()).toMatchObject({ revision: 4, draft: null })
  expect(await visit('2026-05-05T15:00:00Z')).toBe(10)
  expect(await terms()).toMatchObject({ revision: 4, next: 'From May 7, 2026 on other terms hold.' })
  expect(await terms('?announced=yes')).toMatchObject({
    revision: 5,
    since: 'In force from May 7, 2026 on. Revision 5.',
    next: null,
  })
  // Members have read of the mug already.
  await save(`${PROGRAM.replace('earn: 10', 'earn: 33')}changes: { from: 2026-05-06 }\n`)
  expect(await publish()).toMatchObject({ status: 422, code: 'takes_away' })
  await server.call('POST', '/v1/test-clock', { body: { now: '2026-05-06T23:59:00-04:00' } })
  expect(await visit('2026-05-06T23:59:00-04:00')).toBe(10)
  await server.call('POST', '/v1/test-clock', { body: { now: '2026-05-07T00:00:00-04:00' } })
  expect(await program()).toMatchObject({ revision: 5, effective_at: '2026-05-07T04:00:00Z' })
  expect(await visit('2026-05-07T00:00:00-04:00')).toBe(33)
  expect(await terms()).toMatchObject({ since: 'In force since May 7, 2026. Revision 5.' })
  const { ledger } = server
  expect((await verify(ledger.database.db, ledger.programs)).differences).toEqual([])
})
