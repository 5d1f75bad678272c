/** The examples of the documentation, sent one after the other as a reader would try them. */

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openapi } from '../src/engine/http/openapi.ts'
import { routes } from '../src/server.ts'
import { type TestApi, testApi } from './api.ts'

const COFFEE = readFileSync(new URL('../examples/corner-coffee.yaml', import.meta.url), 'utf8')

let api: TestApi
beforeAll(async () => {
  api = await testApi(COFFEE, Date.parse('2026-05-01T13:00:00Z'))
})
afterAll(() => api.close())

const document = openapi(routes)
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
)

/** The example of a call's body; the call itself with the ids of the examples in its path. */
function example(id: string) {
  const { path, method, operation } = operations.find(({ operation }) => operation.operationId === id)!
  const content = operation.requestBody?.content['application/json']
  const name = content?.schema.$ref?.split('/').at(-1)
  const schema = name === undefined ? content?.schema : document.components.schemas[name]
  const address = path.replace('{id}', 'external:ada').replace('{external_id}', 'order-1001')
  return { method, address, body: schema?.examples?.[0] }
}

test.each([
  ['createMember', 201],
  ['updateMember', 200],
  ['getMember', 200],
  ['quoteOrder', 200],
  ['putOrder', 200],
  ['returnOrder', 200],
  ['recordVisit', 200],
  ['recordAction', 200],
  ['createRedemption', 200],
  ['giveTier', 200],
  ['listActivities', 200],
  ['getBalances', 200],
])('%s', async (id, status) => {
  const { method, address, body } = example(id)
  const answer = await api.call(method, address, body)
  expect([answer.status, answer.body.detail]).toEqual([status, undefined])
})

test('every body that is JSON has an example that its schema takes', () => {
  for (const route of routes) {
    const body = example(route.id).body
    if (route.body === undefined || body === undefined) continue
    expect(route.body.safeParse(body).error, route.id).toBeUndefined()
  }
  const without = routes
    .filter(({ id, body, method }) => body !== undefined && method !== 'GET' && example(id).body === undefined)
    .map(({ id }) => id)
  // The one is a file, the other a moment; both explain themselves.
  expect(without).toEqual(['saveDraft', 'moveTestClock'])
})
