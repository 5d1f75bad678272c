/** The client against a real server, over a line that loses requests and answers. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { purchase } from '../../examples/client.ts'
import { type TestServer, testServer } from '../../test/http.ts'
import { clientCode } from '../engine/http/client-code.ts'
import { openapi } from '../engine/http/openapi.ts'
import { routes } from '../server.ts'
import { type BatchLine, NoAnswerError, type Order, ProblemError, Regulars } from './index.ts'

const program = readFileSync(join(import.meta.dirname, '../../examples/corner-coffee.yaml'), 'utf8')

let server: TestServer
let regulars: Regulars
beforeAll(async () => {
  server = await testServer(program, Date.now(), routes)
  regulars = new Regulars({ url: server.url, key: server.key })
})
afterAll(() => server.drop())

const order = (member: string, cents: number): Order => ({
  member: `external:${member}`,
  occurred_at: new Date().toISOString(),
  currency: 'USD',
  prices: 'tax_excluded',
  lines: [{ id: '1', sku: 'latte', category: 'drinks', quantity: 1, unit_price: cents }],
})

/** What happens to the first requests: the request is lost, its answer is, or something else answers. */
type Mishap = 'request' | 'answer' | number

function mishaps(...expected: Mishap[]): { fetch: typeof fetch; sent: RequestInit[] } {
  const sent: RequestInit[] = []
  return {
    sent,
    async fetch(input, init) {
      sent.push(init!)
      const mishap = expected.shift()
      if (mishap === 'request') throw new TypeError('fetch failed')
      if (typeof mishap === 'number') return new Response('busy', { status: mishap, headers: { 'retry-after': '0' } })
      const answer = await fetch(input, init)
      if (mishap === 'answer') throw new TypeError('terminated')
      return answer
    },
  }
}

test('the generated calls are those of the server', () => {
  const written = readFileSync(join(import.meta.dirname, 'calls.ts'), 'utf8')
  expect(written, 'run npm run generate').toBe(clientCode(openapi(routes)))
})

test('the example prints what its checked-in output says', async () => {
  const lines: string[] = []
  await purchase(regulars, 'grace', (line) => lines.push(`${line}\n`))
  expect(lines.join('')).toBe(readFileSync(join(import.meta.dirname, '../../examples/client.out'), 'utf8'))
})

describe('a call', () => {
  test('that is lost on the way is sent again and done once', async () => {
    const line = mishaps('request', 'answer', 503, 429)
    const client = new Regulars({ url: `${server.url}/`, key: server.key, fetch: line.fetch })
    const visit = {
      member: (await regulars.createMember({ external_id: 'lost' })).id,
      occurred_at: new Date().toISOString(),
    }
    const answer = await client.recordVisit(visit)
    const keys = line.sent.map(({ headers }) => (headers as Record<string, string>)['idempotency-key'])
    expect(keys).toHaveLength(5)
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
    const activities = []
    for await (const activity of regulars.listActivities(visit.member)) activities.push(activity)
    expect(activities.filter(({ type }) => type === 'visit').map(({ id }) => id)).toEqual([answer.id])
  })

  test('is given up after its retries, with the cause', async () => {
    const line = mishaps('request', 'request')
    const client = new Regulars({ url: server.url, key: server.key, retries: 1, fetch: line.fetch })
    const failure = await Promise.resolve(client.getMember('mem_1')).catch((error) => error)
    expect(failure).toBeInstanceOf(NoAnswerError)
    expect(failure.cause).toMatchObject({ message: 'fetch failed' })
    expect(line.sent).toHaveLength(2)
  })

  test('that is refused is not sent again, and says why', async () => {
    const line = mishaps()
    const client = new Regulars({ url: server.url, key: server.key, fetch: line.fetch })
    const refused = await client.putOrder('o1', order('nobody', 450)).catch((error) => error)
    expect(refused).toBeInstanceOf(ProblemError)
    expect(refused).toMatchObject({ code: 'not_found', status: 404 })
    const invalid = await client.putOrder('o1', order('nobody', -1)).catch((error) => error)
    expect(invalid.problem.errors).toMatchObject([{ pointer: '/lines/0/unit_price' }])
    expect(line.sent).toHaveLength(2)
  })

  test('is given up by its caller', async () => {
    const line = mishaps('request')
    const client = new Regulars({ url: server.url, key: server.key, fetch: line.fetch })
    const signal = AbortSignal.abort(new Error('never mind'))
    await expect(client.recordVisit({ member: 'mem_1', occurred_at: '' }, { signal })).rejects.toThrow('never mind')
  })

  test('takes any id, also one with a slash in it', async () => {
    await regulars.createMember({ external_id: 'a/b c?' })
    expect(await regulars.getMember('external:a/b c?')).toMatchObject({ external_id: 'a/b c?' })
  })
})

test('a list is a page when awaited, and everything when gone through', async () => {
  for (let i = 0; i < 5; i++) await regulars.createMember({ external_id: `listed-${i}`, name: `Listed ${i}` })
  const page = await regulars.listMembers({ q: 'Listed', limit: 2 })
  expect(page.data).toHaveLength(2)
  const names = []
  for await (const member of regulars.listMembers({ q: 'Listed', limit: 2 })) names.push(member.name)
  expect(names.sort()).toEqual([0, 1, 2, 3, 4].map((i) => `Listed ${i}`))
})

test('a batch of any length is answered line by line, once, even when an answer is lost', async () => {
  const line = mishaps('answer')
  const client = new Regulars({ url: server.url, key: server.key, fetch: line.fetch })
  function* lines(): Generator<BatchLine> {
    yield { type: 'member', body: { external_id: 'bulk' } }
    for (let i = 0; i < 50; i++)
      yield { type: 'order', key: `bulk-${i}`, body: { external_id: `bulk-${i}`, ...order('bulk', 100) } }
    yield { type: 'order', body: { external_id: 'bad' } }
  }
  const answers = []
  for await (const answer of client.batch(lines())) answers.push(answer)
  expect(answers.map((answer) => answer.line)).toEqual(Array.from({ length: 52 }, (_, i) => i + 1))
  expect(answers.map(({ status }) => status)).toEqual([201, ...Array(50).fill(200), 400])
  expect(answers.slice(1, 51).every(({ replayed }) => replayed)).toBe(true)
  const activities = []
  for await (const activity of regulars.listActivities('external:bulk')) activities.push(activity)
  expect(activities.filter(({ type }) => type === 'order')).toHaveLength(50)
})

test('a program’s draft is sent as the file that it is', async () => {
  const saved = await regulars.saveDraft('corner-coffee', program.replace(/^name: .*/m, 'name: Better Coffee'))
  expect(saved.draft).toContain('Better Coffee')
  expect(await regulars.publishProgram('corner-coffee')).toMatchObject({ name: 'Better Coffee', revision: 2 })
})
