/** A real server over a real database for tests, and short ways to call it. */

import { Guesses } from '../src/engine/guesses.ts'
import { createKey, type NewKey } from '../src/engine/http/keys.ts'
import type { Route, Services } from '../src/engine/http/route.ts'
import { createServer, type Server, type ServerOptions } from '../src/engine/http/server.ts'
import { Inbox } from '../src/engine/inbox.ts'
import { createLog } from '../src/engine/log.ts'
import { Metrics } from '../src/engine/metrics.ts'
import { findOutdated } from '../src/engine/migrate.ts'
import { tillAuthenticator } from '../src/engine/till/devices.ts'
import { type TestLedger, testLedger } from './ledger.ts'

export interface TestServer {
  ledger: TestLedger
  services: Services
  app: Server
  url: string
  /** What the server wrote to its log. */
  log: string[]
  /** An owner's key. */
  key: string
  newKey(more?: Partial<NewKey>): Promise<string>
  call(method: string, path: string, more?: CallOptions): Promise<TestAnswer>
  drop(): Promise<void>
}

export interface CallOptions {
  /** JSON unless it is a text, which is sent as it is. */
  body?: unknown
  key?: string | null
  headers?: Record<string, string>
}

export interface TestAnswer {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  json: any
}

export async function testServer(
  source: string,
  now: number,
  routes: readonly Route[],
  options: Partial<ServerOptions> = {},
  add: (app: Server, services: Services) => void = () => {},
): Promise<TestServer> {
  const ledger = await testLedger(source, now)
  const { db } = ledger.database
  const metrics = new Metrics()
  const inbox = new Inbox(ledger.recorder, { onBatch: metrics.onBatch })
  const { ids, stripes } = ledger.recorder
  const services: Services = { database: db, inbox, programs: ledger.programs, ids, stripes, guesses: new Guesses(db) }
  const log: string[] = []
  const app = createServer(services, routes, {
    log: createLog({ level: 'debug', readable: false, write: (line) => log.push(line) }),
    metrics,
    rate: 0,
    notReady: () => findOutdated(db),
    authenticators: [tillAuthenticator(db, ledger.programs)],
    ...options,
  })
  add(app, services)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const newKey: TestServer['newKey'] = async (more = {}) =>
    (await createKey(db, { program: ledger.program, actor: 'test', role: 'owner', ...more })).secret
  const key = await newKey()
  return {
    ledger,
    services,
    app,
    url,
    log,
    key,
    newKey,
    call: (method, path, more) => call(`${url}${path}`, method, key, more),
    async drop() {
      await app.close()
      await inbox.close()
      await ledger.drop()
    },
  }
}

async function call(url: string, method: string, ownKey: string, options: CallOptions = {}): Promise<TestAnswer> {
  const { body, key = ownKey, headers = {} } = options
  const answer = await fetch(url, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  const isJson = /^application\/(problem\+)?json/.test(answer.headers.get('content-type') ?? '')
  return { status: answer.status, headers: answer.headers, text, json: isJson && text !== '' ? JSON.parse(text) : null }
}

/** The lines of an NDJSON answer. */
export function linesOf(answer: TestAnswer) {
  return answer.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}
