/** Sessions in the console: who gets in, what they may, and when it is over. */

import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type TestServer, testServer } from '../../../test/http.ts'
import { PASSWORD, signedIn, type TestPerson } from '../../../test/people.ts'
import { keyRoutes } from '../http/key-routes.ts'
import { route } from '../http/route.ts'
import { Attempts } from './attempts.ts'
import { sessionRoutes } from './session-routes.ts'
import { IDLE_MS, LONGEST_MS } from './sessions.ts'

const NOW = Date.UTC(2026, 4, 5, 15)
const SOURCE = `
program: shop
name: Shop
currency: TRY
timezone: Europe/Istanbul
wallets:
  points: {}
`

/** What a route of another part looks like that says what it changed. */
const rename = route({
  method: 'PUT',
  path: '/v1/shelf',
  id: 'renameShelf',
  tag: 'Shelves',
  summary: 'Rename the shelf',
  body: z.strictObject({ name: z.string() }),
  answers: { 200: { description: 'Done', schema: z.strictObject({ name: z.string() }) } },
  roles: ['owner', 'support'],
  handle: async ({ body }) => ({
    status: 200,
    body,
    ...(body.name === 'quiet' ? {} : { audit: { about: 'shelf', before: { name: 'old' }, after: body } }),
  }),
})

const attempts = new Attempts()
let server: TestServer
let owner: TestPerson
let support: TestPerson
beforeAll(async () => {
  server = await testServer(SOURCE, NOW, [...sessionRoutes(attempts), ...keyRoutes, rename])
  const { database, program } = server.ledger
  owner = await signedIn(database.db, program, 'owner')
  support = await signedIn(database.db, program, 'support')
})
afterAll(() => server.drop())

const by = (person: TestPerson, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  server.call(method, path, {
    key: null,
    headers: { ...person.headers, ...headers },
    ...(body === undefined ? {} : { body }),
  })

const signIn = (email: string, password: string, code?: string) =>
  server.call('POST', '/v1/session', { key: null, body: { email, password, ...(code === undefined ? {} : { code }) } })

const auditOf = async (about: string) =>
  (await server.ledger.database.db.query('select * from audit where about = $1 order by id', [about])).rows

describe('signing in', () => {
  test('answers who is there, what they may, and in which program', async () => {
    const answer = await signIn(' Owner@Shop.test ', PASSWORD)
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({
      staff: { email: 'owner@shop.test', name: 'The owner', locale: null },
      role: 'owner',
      rights: expect.arrayContaining(['read', 'staff', 'audit_log', 'publish']),
      program: {
        id: 'shop',
        mode: 'test',
        currency: 'TRY',
        timezone: 'Europe/Istanbul',
        test_clock: true,
        locale: 'tr-TR',
      },
      programs: [{ id: 'shop', role: 'owner' }],
      totp: false,
    })
    const cookie = answer.headers.get('set-cookie')!
    expect(cookie).toMatch(/^regulars_session=ses_\w{43}; Max-Age=86400; Path=\/; HttpOnly; SameSite=Lax$/)
    const read = await server.call('GET', '/v1/session', { key: null, headers: { cookie: cookie.split(';')[0]! } })
    expect(read.json.staff).toEqual(answer.json.staff)
  })

  test('sets a cookie for https alone where it came over https', async () => {
    const body = { email: owner.email, password: PASSWORD }
    const answer = await server.call('POST', '/v1/session', {
      key: null,
      body,
      headers: { 'x-forwarded-proto': 'https' },
    })
    expect(answer.headers.get('set-cookie')).toMatch(/; Secure$/)
  })

  test('says the same of an unknown address and of a wrong password', async () => {
    const [unknown, wrong] = [await signIn('nobody@shop.test', PASSWORD), await signIn(support.email, 'something else')]
    const { request_id: _, ...first } = unknown.json
    const { request_id: __, ...second } = wrong.json
    expect(first).toMatchObject({ status: 422, code: 'sign_in_failed' })
    expect(second).toEqual(first)
    expect(await auditOf(support.id)).toMatchObject([{ action: 'signInFailed', after: { wrong: 'password' } }])
  })

  test('is slowed down after too many wrong passwords, for that account', async () => {
    const { database, program } = server.ledger
    const victim = await signedIn(database.db, program, 'finance')
    for (let i = 0; i < 10; i++) attempts.begin(victim.email, `192.0.2.${i}`)
    const late = await signIn(victim.email, PASSWORD)
    expect(late.json).toMatchObject({ status: 429, code: 'too_many_guesses' })
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(500)
    expect((await signIn(owner.email, PASSWORD)).status).toBe(200)
  })

  test('asks for a code where the person has them, and takes each once', async () => {
    const { database, program } = server.ledger
    const person = await signedIn(database.db, program, 'developer')
    const secret = Buffer.from(new Secret({ size: 20 }).bytes)
    await database.db.query('update staff set totp_secret = $2, totp_confirmed_ms = 1 where id = $1', [
      person.id,
      secret,
    ])
    expect((await signIn(person.email, PASSWORD)).json).toMatchObject({
      code: 'code_required',
      errors: [{ pointer: '/code' }],
    })
    const code = new TOTP({ secret: new Secret({ buffer: new Uint8Array(secret).buffer }) }).generate()
    const both = await Promise.all([signIn(person.email, PASSWORD, code), signIn(person.email, PASSWORD, code)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 422])
    expect((await signIn(person.email, PASSWORD, '000000')).json.code).toBe('sign_in_failed')
  })

  test('neither passwords nor sessions come into the log or the audit', async () => {
    const rows = (await server.ledger.database.db.query('select * from audit')).rows
    for (const text of [JSON.stringify(rows), server.log.join('\n')]) {
      expect(text).not.toContain(PASSWORD)
      expect(text).not.toMatch(/ses_\w{43}|scrypt/)
    }
  })
})

describe('a session', () => {
  test('lets its person do what the role may', async () => {
    expect((await by(owner, 'GET', '/v1/api-keys')).status).toBe(200)
    expect((await by(support, 'GET', '/v1/api-keys')).json).toMatchObject({
      status: 403,
      code: 'forbidden',
      detail: 'Your role, support, may not do this. An owner of the program can give you another one.',
    })
  })

  test('changes nothing for a page of another site', async () => {
    const { cookie } = owner.headers as { cookie: string }
    const put = (headers: Record<string, string>) =>
      server.call('PUT', '/v1/shelf', { key: null, body: { name: 'x' }, headers: { cookie, ...headers } })
    const { host } = new URL(server.url)
    expect((await put({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await put({ 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect((await put({ origin: 'https://evil.test' })).status).toBe(403)
    expect((await put({ origin: 'null' })).status).toBe(403)
    expect((await put({})).status).toBe(403)
    expect((await put({ origin: `http://${host}` })).status).toBe(200)
    expect((await put({ 'sec-fetch-site': 'same-origin', origin: 'https://proxied.test' })).status).toBe(200)
  })

  test('is over after a day, and sooner for who was away', async () => {
    const { database, program } = server.ledger
    const move = async (created: number, seen: number) => {
      const person = await signedIn(database.db, program, 'read_only', `r${created}-${seen}@shop.test`)
      const times = [person.session, Date.now() - created, Date.now() - seen]
      await database.db.query('update staff_session set created_ms = $2, seen_ms = $3 where id = $1', times)
      return (await by(person, 'GET', '/v1/session')).status
    }
    expect(await move(LONGEST_MS - 60_000, 0)).toBe(200)
    expect(await move(LONGEST_MS, 0)).toBe(401)
    expect(await move(IDLE_MS, IDLE_MS - 60_000)).toBe(200)
    expect(await move(IDLE_MS, IDLE_MS)).toBe(401)
  })

  test('says in a sentence that it is over, or that the right is gone', async () => {
    const { database, program } = server.ledger
    const person = await signedIn(database.db, program, 'cashier')
    await database.db.query('delete from staff_role where staff = $1', [person.id])
    expect((await by(person, 'GET', '/v1/session')).json).toMatchObject({
      code: 'forbidden',
      detail: 'You have no part in this program any more. Ask an owner of it, or choose another program.',
    })
    await database.db.query('update staff_session set ended_ms = 1 where id = $1', [person.session])
    expect((await by(person, 'GET', '/v1/session')).json).toMatchObject({
      code: 'unauthenticated',
      detail: 'Your session has ended. Sign in again; what you typed is still there.',
    })
  })

  test('is over at once when its person signs out', async () => {
    const { database, program } = server.ledger
    const person = await signedIn(database.db, program, 'cashier', 'leaves@shop.test')
    const answer = await by(person, 'DELETE', '/v1/session')
    expect(answer.headers.get('set-cookie')).toMatch(/^regulars_session=; Max-Age=0;/)
    expect((await by(person, 'GET', '/v1/session')).status).toBe(401)
  })

  test('looks at one program in one tab and at another in the next', async () => {
    const { database } = server.ledger
    const other = (
      await database.db.query<{ number: number }>(
        `with made as (insert into program (id, name, mode, created_ms) values ('kiosk', 'Kiosk', 'live', 0) returning number)
         insert into revision (program, number, source, effective_ms, published_by)
         select number, 1, $1, 0, 'test' from made returning program as number`,
        [SOURCE.replace('program: shop', 'program: kiosk')],
      )
    ).rows[0]!.number
    expect((await by(owner, 'PUT', '/v1/session', { program: 'kiosk' })).json.code).toBe('not_found')
    await database.db.query(`insert into staff_role values ($1, $2, 'marketer', null, 0)`, [owner.id, other])
    const tab = await by(owner, 'GET', '/v1/session', undefined, { 'regulars-program': 'kiosk' })
    expect(tab.json).toMatchObject({ role: 'marketer', program: { id: 'kiosk', test_clock: false } })
    expect((await by(owner, 'GET', '/v1/session')).json.program.id).toBe('shop')
    expect((await by(owner, 'PUT', '/v1/session', { program: 'kiosk' })).json.role).toBe('marketer')
    expect((await by(owner, 'GET', '/v1/session')).json.program.id).toBe('kiosk')
    expect((await by(owner, 'PUT', '/v1/session', { program: 'shop' })).json.role).toBe('owner')
    expect((await by(support, 'GET', '/v1/session', undefined, { 'regulars-program': 'kiosk' })).status).toBe(403)
  })

  test('is none for an API key', async () => {
    expect((await server.call('GET', '/v1/session')).json.code).toBe('forbidden')
  })
})

describe('the audit log', () => {
  test('has who did what, with what was before and after', async () => {
    await by(support, 'PUT', '/v1/shelf', { name: 'new' }, { 'x-request-id': 'one' })
    expect((await auditOf('shelf')).at(-1)).toMatchObject({
      actor: support.email,
      staff: support.id,
      device: null,
      role: 'support',
      action: 'renameShelf',
      before: { name: 'old' },
      after: { name: 'new' },
      request_id: 'one',
    })
  })

  test('Admins could reset a balance unlogged: whatever people change leaves a row, said by the call or not', async () => {
    await by(support, 'PUT', '/v1/shelf', { name: 'quiet' })
    expect(await auditOf('/v1/shelf')).toMatchObject([{ action: 'renameShelf', before: null, after: null }])
    const { db } = server.ledger.database
    await expect(db.query(`update audit set actor = 'nobody'`)).rejects.toThrow('never changed')
    await expect(db.query('delete from audit')).rejects.toThrow('never changed')
    await expect(db.query('truncate audit')).rejects.toThrow('never changed')
  })

  test('has one row of a call that is sent again', async () => {
    const again = () => by(support, 'PUT', '/v1/shelf', { name: 'again' }, { 'idempotency-key': 'k1' })
    await Promise.all([again(), again()])
    expect((await auditOf('shelf')).filter(({ key }) => key === 'k1')).toHaveLength(1)
  })

  test('leaves out what scripts do, unless the call says it', async () => {
    const count = async () => (await server.ledger.database.db.query('select from audit')).rowCount
    const before = await count()
    await server.call('PUT', '/v1/shelf', { body: { name: 'quiet' } })
    expect(await count()).toBe(before)
    await server.call('PUT', '/v1/shelf', { body: { name: 'said' } })
    expect(await count()).toBe(before! + 1)
  })
})
