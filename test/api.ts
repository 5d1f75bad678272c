/** The whole server for a test: a fresh database with a program in it, an API key, and calls as JSON. */

import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect } from 'vitest'
import type { z } from 'zod'
import { Guesses } from '../src/engine/guesses.ts'
import { codePoolRoutes } from '../src/engine/http/code-pool-routes.ts'
import { createKey, type NewKey } from '../src/engine/http/keys.ts'
import { printedRoutes } from '../src/engine/http/printed-routes.ts'
import { proofRoutes } from '../src/engine/http/proof-routes.ts'
import type { Role } from '../src/engine/http/route.ts'
import { createServer, type Server } from '../src/engine/http/server.ts'
import { Inbox } from '../src/engine/inbox.ts'
import { createLog } from '../src/engine/log.ts'
import { Metrics } from '../src/engine/metrics.ts'
import type { LiveProgram } from '../src/engine/programs.ts'
import { verify } from '../src/engine/verify.ts'
import { routes as actions } from '../src/features/actions/routes.ts'
import { routes as adjustments } from '../src/features/adjustments/routes.ts'
import { routes as challenges } from '../src/features/challenges/routes.ts'
import { routes as choices } from '../src/features/choices/routes.ts'
import { routes as closing } from '../src/features/closing/routes.ts'
import { routes as expiry } from '../src/features/expiry/routes.ts'
import { routes as cards } from '../src/features/members/card-routes.ts'
import { routes as members } from '../src/features/members/routes.ts'
import { routes as memberships } from '../src/features/memberships/routes.ts'
import { routes as merging } from '../src/features/merging/routes.ts'
import { routes as notes } from '../src/features/notes/routes.ts'
import { routes as orders } from '../src/features/orders/routes.ts'
import { routes as perks } from '../src/features/perks/routes.ts'
import { routes as pools } from '../src/features/pools/routes.ts'
import { routes as referrals } from '../src/features/referrals/routes.ts'
import { routes as rewards } from '../src/features/rewards/routes.ts'
import { routes as tiers } from '../src/features/tiers/routes.ts'
import { routes as transfers } from '../src/features/transfers/routes.ts'
import { routes as visits } from '../src/features/visits/routes.ts'
import { routes as vouchers } from '../src/features/vouchers/routes.ts'
import { type TestLedger, testLedger } from './ledger.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
export type Json = any

export interface Answer {
  status: number
  body: Json
  headers: Headers
}

export interface TestApi {
  url: string
  /** The secret of an owner's key. */
  key: string
  ledger: TestLedger
  program: LiveProgram
  services: Parameters<typeof createServer>[0]
  app: Server
  /** The program's present in ms; it is a test program, so it stands still until it is moved. */
  setClock(now: number): Promise<void>
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** A caller with another role, and perhaps a name and limits of their own. */
  as(role: Role, more?: Partial<NewKey>): Promise<TestApi['call']>
  close(): Promise<void>
}

const routes = [
  members,
  cards,
  notes,
  orders,
  visits,
  actions,
  rewards,
  referrals,
  expiry,
  tiers,
  memberships,
  perks,
  challenges,
  choices,
  adjustments,
  closing,
  transfers,
  merging,
  pools,
  vouchers,
  proofRoutes,
  codePoolRoutes,
  printedRoutes,
].flat()

/** The documented schema of an answer, by the path that was called. */
function documented(method: string, path: string, status: number): z.ZodType | undefined {
  const called = path.split('?')[0]!.split('/')
  const fits = (pattern: string[]) =>
    pattern.length === called.length && pattern.every((part, i) => part === called[i] || part.startsWith('{'))
  return routes.find((route) => route.method === method && fits(route.path.split('/')))?.answers[status]?.schema
}

const log = createLog({ level: 'error', readable: true })

export async function testApi(
  source: string,
  now: number,
  add: (app: Server, services: TestApi['services']) => void = () => {},
): Promise<TestApi> {
  const ledger = await testLedger(source, now)
  const { db } = ledger.database
  const { recorder, programs, program } = ledger
  const inbox = new Inbox(recorder)
  const services = {
    database: db,
    inbox,
    programs,
    ids: recorder.ids,
    stripes: recorder.stripes,
    guesses: new Guesses(db),
  }
  const options = { log, metrics: new Metrics(), rate: 0, notReady: async () => null }
  const app = createServer(services, routes, options)
  add(app, services)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const keyOf = async (role: Role, more: Partial<NewKey> = {}) =>
    (await createKey(db, { program, actor: 'test', role, ...more })).secret
  const key = await keyOf('owner')
  return {
    url,
    key,
    ledger,
    program,
    services,
    app,
    setClock: async (at) => {
      await db.query('update program set clock_ms = $2 where number = $1', [program.number, at])
      await programs.refresh()
    },
    call: caller(url, key),
    as: async (role, more) => caller(url, await keyOf(role, more)),
    close: async () => {
      await app.close()
      await inbox.close()
      await ledger.drop()
    },
  }
}

/** One server for all tests of a file, made before them; after them its ledger can be decided again as it stands. */
export function standingApi(source: string, now: number): TestApi {
  const api = {} as TestApi
  beforeAll(async () => {
    Object.assign(api, await testApi(source, now))
  })
  afterAll(async () => {
    expect((await verify(api.ledger.database.db, api.ledger.programs)).differences).toEqual([])
    await api.close()
  })
  return api
}

export function caller(url: string, key: string): TestApi['call'] {
  return async (method, path, body, headers = {}) => {
    const isText = typeof body === 'string'
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': isText ? 'application/x-ndjson' : 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const type = response.headers.get('content-type') ?? ''
    const schema = documented(method, path, response.status)
    // What is documented is what comes, with nothing more and nothing less.
    if (schema !== undefined && type.startsWith('application/json'))
      expect(schema.parse(JSON.parse(text))).toEqual(JSON.parse(text))
    return {
      status: response.status,
      body: /json\b/.test(type) && !type.includes('ndjson') ? JSON.parse(text) : text,
      headers: response.headers,
    }
  }
}
