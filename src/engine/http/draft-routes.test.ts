/** Drafts over HTTP: two who write at once, four eyes, what a draft would do, and the way back. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type TestServer, testServer } from '../../../test/http.ts'
import { compileProgram, programJsonSchema } from '../../core/program.ts'
import { features } from '../../features/index.ts'
import { routes as members } from '../../features/members/routes.ts'
import { routes as orders } from '../../features/orders/routes.ts'
import { programRoutes } from './program-routes.ts'

const NOW = Date.UTC(2026, 4, 5, 15)
const source = (name: string, more = '') => `# What the corner shop gives.
program: shop
name: ${name}
currency: USD
timezone: America/New_York
wallets:
  points: {}
earning:
  - { id: base, on: order, earn: 1 per 1.00 }   # a point a dollar
  - { id: big, on: order, when: 'order.total >= money("20.00")', earn: 5 }
rewards:
  - { id: mug, name: A mug, cost: 10 points, gives: { amount_off: 2.00 } }
${more}`

const template = {
  name: 'stamps',
  about: 'A stamp card',
  text: source('Stamps').replace('shop', 'other').replace('USD', 'EUR'),
}
const routes = [
  ...programRoutes({
    compile: (text, revision) => compileProgram(text, features, revision),
    preview: async ({ draft }) => ({ draft: { name: draft.name } }),
    previewAnswer: z.object({ draft: z.looseObject({}) }),
    schema: programJsonSchema(features),
    templates: () => [template],
  }),
  ...members,
  ...orders,
]

let server: TestServer
let zeynep: string
let tom: string
let owner: string
beforeAll(async () => {
  server = await testServer(source('Shop'), NOW, routes)
  zeynep = await server.newKey({ actor: 'zeynep', role: 'marketer' })
  tom = await server.newKey({ actor: 'tom', role: 'marketer' })
  owner = await server.newKey({ actor: 'olga', role: 'owner' })
})
afterAll(() => server.drop())

const call = async (key: string, method: string, path: string, body?: unknown) =>
  (await server.call(method, `/v1/programs/shop/${path}`, { key, ...(body === undefined ? {} : { body }) })).json
const begin = (key: string, body: unknown = {}) => call(key, 'POST', 'drafts', body)

describe('two who write at once', () => {
  test('do not overwrite each other: the second learns who was first, and nothing of either is lost', async () => {
    const draft = await begin(zeynep, { title: 'Spring' })
    expect(draft).toMatchObject({
      id: expect.stringMatching(/^dft_/),
      title: 'Spring',
      version: 1,
      begun_from: 1,
      source: source('Shop'),
      created_by: 'zeynep',
      status: 'open',
    })
    const first = await call(zeynep, 'PUT', `drafts/${draft.id}`, { version: 1, source: source('Spring shop') })
    expect(first).toMatchObject({ version: 2, changed_by: 'zeynep' })
    const second = await call(tom, 'PUT', `drafts/${draft.id}`, { version: 1, source: source('Tom’s shop') })
    expect(second).toMatchObject({
      status: 409,
      code: 'changed_meanwhile',
      detail: expect.stringMatching(/^zeynep changed this draft at 20.*; it is version 2 now\.$/),
    })
    expect(await call(tom, 'GET', `drafts/${draft.id}`)).toMatchObject({ version: 2, source: source('Spring shop') })
    // What was lost on the way is sent again, and is no conflict with itself.
    const again = await call(zeynep, 'PUT', `drafts/${draft.id}`, { version: 1, source: source('Spring shop') })
    expect(again).toEqual(first)
    expect(await call(tom, 'DELETE', `drafts/${draft.id}?version=1`)).toMatchObject({ code: 'changed_meanwhile' })
    expect(await call(tom, 'DELETE', `drafts/${draft.id}?version=2`)).toMatchObject({ version: 2 })
    expect(await call(tom, 'GET', `drafts/${draft.id}`)).toMatchObject({ status: 404 })
  })

  test('may write drafts of their own, and many changes at once make one each', async () => {
    const [one, other] = [await begin(zeynep, { title: 'One' }), await begin(tom, { title: 'Other' })]
    expect((await call(owner, 'GET', 'drafts')).data.map(({ title }: { title: string }) => title)).toEqual([
      'Other',
      'One',
    ])
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        call(i % 2 === 0 ? zeynep : tom, 'PUT', `drafts/${one.id}`, { version: 1, title: `Title ${i}` }),
      ),
    )
    expect(answers.filter(({ code }) => code === undefined)).toHaveLength(1)
    expect(answers.filter(({ code }) => code === 'changed_meanwhile')).toHaveLength(7)
    await call(tom, 'DELETE', `drafts/${one.id}?version=2`)
    await call(tom, 'DELETE', `drafts/${other.id}?version=1`)
  })

  test('keep what is half written: only publishing minds mistakes', async () => {
    const draft = await begin(zeynep)
    const half = await call(zeynep, 'PUT', `drafts/${draft.id}`, { version: 1, source: 'program: shop\nname: [' })
    expect(half).toMatchObject({ version: 2, source: 'program: shop\nname: [' })
    const refused = await call(zeynep, 'POST', `drafts/${draft.id}/review`, { version: 2 })
    expect(refused).toMatchObject({ status: 400, errors: [{ code: 'syntax' }] })
    await call(zeynep, 'DELETE', `drafts/${draft.id}?version=2`)
  })
})

describe('four eyes', () => {
  test('a marketer’s draft is approved by somebody else, an owner’s need not be', async () => {
    const draft = await begin(zeynep, { source: source('Spring shop') })
    const at = (key: string, step: string, version: number, more = {}) =>
      call(key, 'POST', `drafts/${draft.id}/${step}`, { version, ...more })
    expect(await at(zeynep, 'publish', 1)).toMatchObject({ status: 422, code: 'needs_review' })
    expect(await at(zeynep, 'review', 1, { note: 'For the campaign' })).toMatchObject({
      status: 'in_review',
      review: { asked_by: 'zeynep', note: 'For the campaign' },
    })
    expect(await at(zeynep, 'approve', 1)).toMatchObject({ status: 422, code: 'own_draft' })
    expect(await at(tom, 'approve', 1)).toMatchObject({ status: 'approved', approval: { approved_by: 'tom' } })
    // What was agreed to is not what stands there any more.
    const changed = await call(zeynep, 'PUT', `drafts/${draft.id}`, { version: 1, source: source('Summer shop') })
    expect(changed).toMatchObject({ version: 2, status: 'open', review: null, approval: null })
    expect(await at(zeynep, 'publish', 1)).toMatchObject({ code: 'changed_meanwhile' })
    expect(await at(zeynep, 'publish', 2)).toMatchObject({ code: 'needs_review' })
    expect(await at(tom, 'approve', 2)).toMatchObject({ status: 'approved' })
    expect(await at(zeynep, 'publish', 2)).toMatchObject({ name: 'Summer shop', revision: 2 })
    expect((await call(owner, 'GET', 'drafts')).data).toEqual([])
    const alone = await begin(owner, { source: source('Autumn shop') })
    expect(await call(owner, 'POST', `drafts/${alone.id}/publish`, { version: 1 })).toMatchObject({ revision: 3 })
  })

  test('the program of now says whose drafts are reviewed, and not the draft', async () => {
    const everybody = await begin(owner, { source: source('Shop', 'review: everybody\n') })
    await call(owner, 'POST', `drafts/${everybody.id}/publish`, { version: 1 })
    const loosened = await begin(owner, { source: source('Shop', 'review: nobody\n') })
    const publish = () => call(owner, 'POST', `drafts/${loosened.id}/publish`, { version: 1 })
    expect(await publish()).toMatchObject({ code: 'needs_review' })
    await call(tom, 'POST', `drafts/${loosened.id}/approve`, { version: 1 })
    expect(await publish()).toMatchObject({ revision: 5 })
    const free = await begin(zeynep, { source: source('Shop') })
    expect(await call(zeynep, 'POST', `drafts/${free.id}/publish`, { version: 1 })).toMatchObject({ revision: 6 })
  })

  test('nobody publishes over a revision that they have not seen', async () => {
    const [mine, theirs] = [
      await begin(owner, { source: source('Mine') }),
      await begin(tom, { source: source('Theirs') }),
    ]
    await call(owner, 'POST', `drafts/${theirs.id}/publish`, { version: 1 })
    const refused = await call(owner, 'POST', `drafts/${mine.id}/publish`, { version: 1 })
    expect(refused).toMatchObject({
      status: 409,
      code: 'changed_meanwhile',
      detail: 'olga has published revision 7 since.',
    })
    await call(owner, 'PUT', `drafts/${mine.id}`, { version: 1, begun_from: 7 })
    expect(await call(owner, 'POST', `drafts/${mine.id}/publish`, { version: 2 })).toMatchObject({ revision: 8 })
  })

  test('what is taken from members is refused until somebody says that it is meant', async () => {
    const draft = await begin(owner, { source: source('Shop').replace('10 points', '20 points') })
    const refused = await call(owner, 'POST', `drafts/${draft.id}/publish`, { version: 1 })
    expect(refused).toMatchObject({ code: 'takes_away', errors: [{ pointer: '/rewards/mug/cost' }] })
    const meant = { version: 1, meant: ['rewards.mug.cost'] }
    expect(await call(owner, 'POST', `drafts/${draft.id}/publish`, meant)).toMatchObject({ revision: 9 })
  })

  test('whoever may only look sees drafts and writes none', async () => {
    const reader = await server.newKey({ actor: 'rita', role: 'read_only' })
    expect(await call(reader, 'GET', 'drafts')).toMatchObject({ data: [] })
    expect(await begin(reader)).toMatchObject({ status: 403 })
    const developer = await server.newKey({ actor: 'dev', role: 'developer' })
    const draft = await begin(developer)
    expect(await call(developer, 'POST', `drafts/${draft.id}/publish`, { version: 1 })).toMatchObject({ status: 403 })
    await call(developer, 'DELETE', `drafts/${draft.id}?version=1`)
  })
})

describe('history', () => {
  test('tells who published each revision, who agreed to it, and what it changed in words', async () => {
    const { data, has_more, next_cursor } = await call(owner, 'GET', 'revisions?limit=7')
    expect(data.map(({ number }: { number: number }) => number)).toEqual([9, 8, 7, 6, 5, 4, 3])
    expect(has_more).toBe(true)
    const rest = await call(owner, 'GET', `revisions?limit=7&cursor=${next_cursor}`)
    expect(rest).toMatchObject({
      data: [
        { number: 2, published_by: 'zeynep', approved_by: 'tom', published_at: expect.any(String) },
        { number: 1, published_by: 'test', approved_by: null, effective_at: null },
      ],
      has_more: false,
    })
    const revision = await call(owner, 'GET', 'revisions/9')
    expect(revision).toMatchObject({
      before: { number: 8, source: source('Mine') },
      changes: expect.arrayContaining([
        expect.objectContaining({ about: 'rewards.mug', kind: 'changed', before: expect.stringContaining('10') }),
      ]),
      takes_away: [{ about: 'rewards.mug.cost' }],
    })
    const far = await call(owner, 'GET', 'revisions/9?against=1&language=tr')
    expect(far).toMatchObject({ before: { number: 1 }, changes: [{ after: expect.stringContaining('20 points') }] })
    expect(await call(owner, 'GET', 'revisions/99')).toMatchObject({ status: 404 })
  })

  test('the way back is a draft like any other', async () => {
    const draft = await call(zeynep, 'POST', 'revisions/1/revert')
    expect(draft).toMatchObject({ title: 'Back to revision 1', source: source('Shop'), begun_from: 9, version: 1 })
    await call(zeynep, 'DELETE', `drafts/${draft.id}?version=1`)
  })
})

describe('a text is checked', () => {
  const check = (text: string, language?: string) =>
    call(zeynep, 'POST', 'check', { source: text, ...(language === undefined ? {} : { language }) })

  test('with every mistake at its place, and what was probably meant', async () => {
    const checked = await check(source('Shop').replace('order.total', 'order.totl'))
    expect(checked).toMatchObject({
      problems: [{ line: 10, column: 34, pointer: '/earning/1/when', suggestion: 'order.total' }],
      program: null,
      sentences: [],
    })
    expect(checked.facts).toContainEqual(expect.objectContaining({ name: 'order.total', type: 'money' }))
  })

  test('against the program that is there, whose currency stays', async () => {
    const { problems } = await check(source('Shop').replace('USD', 'EUR'))
    expect(problems).toMatchObject([{ line: 4, column: 11, pointer: '/currency', code: 'fixed_for_life' }])
  })

  test('and read aloud in the language that is asked for, each sentence at its rule', async () => {
    const { sentences, takes_away, changes } = await check(source('Shop').replace('10 points', '30 points'))
    expect(changes).toMatchObject([{ about: 'rewards.mug', before: expect.stringContaining('20 points') }])
    expect(sentences).toContainEqual(
      expect.objectContaining({ pointer: '/earning/0', text: expect.stringContaining('1 point for every $1.00') }),
    )
    expect(takes_away).toMatchObject([{ about: 'rewards.mug.cost', meant: false }])
    const turkish = await check(source('Shop'), 'tr')
    expect(turkish.sentences.find(({ pointer }: { pointer: string }) => pointer === '/earning/0').text).toMatch(/kazan/)
  })
})

describe('a template', () => {
  test('is begun with as this program: what cannot change is its own', async () => {
    expect((await server.call('GET', '/v1/templates')).json.data).toMatchObject([
      { name: 'stamps', about: 'A stamp card' },
    ])
    const draft = await begin(zeynep, { template: 'stamps' })
    expect(draft.title).toBe('stamps')
    expect(draft.source).toBe(source('Shop').replace('corner shop', 'corner other'))
    expect(await begin(zeynep, { template: 'stmps' })).toMatchObject({
      status: 400,
      errors: [{ pointer: '/template' }],
    })
    await call(zeynep, 'DELETE', `drafts/${draft.id}?version=1`)
  })

  test('the form says what a file may say', async () => {
    const { json } = await server.call('GET', '/v1/program-form')
    expect(json.schema.properties.earning).toBeDefined()
    expect(json.functions).toContainEqual(expect.objectContaining({ name: 'money' }))
  })
})

describe('a past order is tried', () => {
  const sell = (id: string, amount: number, more = {}) =>
    server.call('PUT', `/v1/orders/${id}`, {
      body: {
        member: 'external:ada',
        occurred_at: '2026-05-05T14:00:00Z',
        currency: 'USD',
        prices: 'tax_included',
        lines: [{ id: 'a', sku: 'beans', quantity: 1, unit_price: amount }],
        ...more,
      },
    })

  test('under the draft and under the program of now, for the member as they were then', async () => {
    await server.call('POST', '/v1/members', { body: { external_id: 'ada', name: 'Ada' } })
    expect((await sell('1', 3000)).json.postings).toHaveLength(2)
    // Her points of the first order pay for the mug of the second.
    expect((await sell('2', 1500, { redeem: [{ reward: 'mug' }] })).status).toBe(200)
    const draft = await begin(zeynep, { source: source('Shop') })
    const tried = await call(zeynep, 'POST', `drafts/${draft.id}/try`, { order: '2' })
    expect(tried).toMatchObject({
      lines: [{ name: 'beans', quantity: 1, unit_price: 1500 }],
      now: { total: 1300, redemptions: [{ reward: 'mug', points: 20 }] },
      draft: { total: 1300, redemptions: [{ reward: 'mug', points: 10 }] },
    })
    // Before the first she had nothing, whatever she has by now.
    const dear = source('Shop').replace('10 points', '36 points')
    const refused = await call(zeynep, 'POST', `drafts/${draft.id}/try`, { order: '2', source: dear })
    expect(refused.draft).toMatchObject({ refused: { code: 'insufficient_points' }, total: null, earned: [] })
    await call(zeynep, 'DELETE', `drafts/${draft.id}?version=1`)
  })

  test('changes nothing', async () => {
    const draft = await begin(zeynep, { source: source('Shop').replace('1 per 1.00', '2 per 1.00') })
    const before = (await server.call('GET', '/v1/members/external:ada')).text
    const tried = await call(zeynep, 'POST', `drafts/${draft.id}/try`, { order: '1' })
    expect(tried).toMatchObject({
      order: '1',
      currency: 'USD',
      now: { refused: null, total: 3000, earned: [{ wallet: 'points', points: 35 }] },
      draft: { refused: null, total: 3000, earned: [{ wallet: 'points', points: 65 }] },
    })
    expect(tried.draft.explanation[0].text).toContain('60 points')
    expect((await server.call('GET', '/v1/members/external:ada')).text).toBe(before)
    const unsaved = source('Shop').replace('1 per 1.00', '3 per 1.00')
    expect(
      (await call(zeynep, 'POST', `drafts/${draft.id}/try`, { order: '1', source: unsaved })).draft.earned,
    ).toEqual([{ wallet: 'points', decimals: 0, points: 95 }])
    expect(await call(zeynep, 'POST', `drafts/${draft.id}/try`, { order: 'none' })).toMatchObject({ status: 404 })
  })
})
