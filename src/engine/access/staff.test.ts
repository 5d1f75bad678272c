/** The people of a program: invited, given roles, let go; and what they change about themselves. */

import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../test/http.ts'
import { PASSWORD, signedIn, type TestPerson } from '../../../test/people.ts'
import { compileProgram } from '../../core/program.ts'
import { publicId } from '../ids.ts'
import { type Invited, inviteByHand } from './invite-by-hand.ts'
import { accessRoutes } from './routes.ts'

const NOW = Date.UTC(2026, 4, 5, 15)
const SOURCE = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets:
  points: {}
`
const OTHER_SOURCE = SOURCE.replace('program: shop', 'program: kiosk')

let server: TestServer
let owner: TestPerson
let support: TestPerson
/** Another program of the same installation. */
let kiosk: number
beforeAll(async () => {
  server = await testServer(
    SOURCE,
    NOW,
    accessRoutes({ compile: (text, revision) => compileProgram(text, [], revision) }),
  )
  const { database, program } = server.ledger
  owner = await signedIn(database.db, program, 'owner')
  support = await signedIn(database.db, program, 'support')
  const made = await database.db.query<{ number: number }>(
    `with made as (insert into program (id, name, mode, created_ms) values ('kiosk', 'Kiosk', 'live', 0) returning number)
     insert into revision (program, number, source, effective_ms, published_by)
     select number, 1, $1, 0, 'test' from made returning program as number`,
    [OTHER_SOURCE],
  )
  kiosk = made.rows[0]!.number
})
afterAll(() => server.drop())

const by = (person: TestPerson, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  server.call(method, path, {
    key: null,
    headers: { ...person.headers, ...headers },
    ...(body === undefined ? {} : { body }),
  })
const open = (path: string, body: unknown) => server.call('POST', path, { key: null, body })
const status = async (person: TestPerson) => (await by(person, 'GET', '/v1/session')).status
const somebody = (role: Parameters<typeof signedIn>[2], email: string) =>
  signedIn(server.ledger.database.db, server.ledger.program, role, email)
const tokenOf = (link: string) => link.split('#')[1]!
const invited = async (email: string, role: string, person = owner) => {
  const { json } = await by(person, 'POST', '/v1/staff', { email, name: 'June Park', role })
  return { id: json.staff.id as string, token: tokenOf(json.invitation.link) }
}
const accept = (token: string, password = 'eleven green umbrellas') =>
  open('/v1/invitations/accept', { token, name: 'June P.', password })

describe('an invitation', () => {
  test('lets somebody choose a password, once, and signs them in', async () => {
    const made = await by(owner, 'POST', '/v1/staff', { email: ' June@Shop.test', name: 'June Park', role: 'cashier' })
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({
      staff: { email: 'june@shop.test', name: 'June Park', role: 'cashier', status: 'invited', last_seen_at: null },
      invitation: { link: expect.stringMatching(/^\/console\/invitation#inv_\w{43}$/) },
    })
    const token = tokenOf(made.json.invitation.link)
    expect((await open('/v1/invitations/read', { token })).json).toMatchObject({
      email: 'june@shop.test',
      programs: [{ name: 'Shop', role: 'cashier' }],
    })
    expect((await accept(token, 'short')).json).toMatchObject({ code: 'invalid', errors: [{ pointer: '/password' }] })
    const both = await Promise.all([accept(token), accept(token)])
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 422])
    expect(both.find((answer) => answer.status === 200)!.json).toMatchObject({
      staff: { name: 'June P.' },
      role: 'cashier',
    })
    expect((await accept(token)).json.code).toBe('invitation_over')
    expect((await by(owner, 'GET', `/v1/staff/${made.json.staff.id}`)).json.status).toBe('active')
    const signIn = { email: 'june@shop.test', password: 'eleven green umbrellas' }
    expect((await open('/v1/session', signIn)).status).toBe(200)
  })

  test('is good for a week, and void when there is a newer one', async () => {
    const { id, token } = await invited('late@shop.test', 'cashier')
    const again = await by(owner, 'POST', `/v1/staff/${id}/invitation`)
    expect((await accept(token)).json.code).toBe('invitation_over')
    await server.ledger.database.db.query('update invitation set expires_ms = $2 where staff = $1', [id, Date.now()])
    expect((await accept(tokenOf(again.json.link))).json).toMatchObject({
      code: 'invitation_over',
      detail: 'This link was used, replaced by a newer one, or is older than a week. Ask for a new one.',
    })
  })

  test('is not told a second time to who sends the same request again', async () => {
    const body = { email: 'twice@shop.test', name: 'Twice', role: 'cashier' }
    const send = () => by(owner, 'POST', '/v1/staff', body, { 'idempotency-key': 'once' })
    const [first, second] = [await send(), await send()]
    expect(second.json).toEqual({ ...first.json, invitation: { ...first.json.invitation, link: null } })
    expect((await by(owner, 'POST', '/v1/staff', body)).json).toMatchObject({
      code: 'invalid',
      errors: [{ pointer: '/email' }],
    })
  })

  test('ends what was open and turns one-time codes off: who needs one may have lost the telephone', async () => {
    const person = await somebody('cashier', 'lost@shop.test')
    const secret = Buffer.from(new Secret({ size: 20 }).bytes)
    await server.ledger.database.db.query('update staff set totp_secret = $2, totp_confirmed_ms = 1 where id = $1', [
      person.id,
      secret,
    ])
    const { json } = await by(owner, 'POST', `/v1/staff/${person.id}/invitation`)
    expect((await accept(tokenOf(json.link))).json).toMatchObject({ totp: false })
    expect(await status(person)).toBe(401)
  })

  test('leaves its link in no log', async () => {
    const { rows } = await server.ledger.database.db.query('select * from audit')
    for (const text of [JSON.stringify(rows), server.log.join('\n')]) expect(text).not.toMatch(/inv_\w{43}/)
    expect(rows).toContainEqual(
      expect.objectContaining({ action: 'inviteStaff', after: { email: 'june@shop.test', role: 'cashier' } }),
    )
  })
})

describe('from the command line', () => {
  const invite = (email: string, role?: 'owner' | 'cashier') =>
    inviteByHand(server.ledger.database.db, server.ledger.program, { email, role })

  test('somebody who locked themselves out gets a link, and keeps their role', async () => {
    const person = await somebody('finance', 'locked@shop.test')
    const made = await invite('Locked@shop.test')
    expect(made).toMatchObject({ email: 'locked@shop.test', role: 'finance' })
    expect((await accept(tokenOf((made as Invited).link))).json).toMatchObject({ role: 'finance' })
    expect(await status(person)).toBe(401)
  })

  test('the first owner comes in, and it is noted', async () => {
    expect(await invite('first@shop.test')).toMatchObject({ detail: expect.stringContaining('--role owner') })
    const made = (await invite('first@shop.test', 'owner')) as Invited
    expect((await accept(tokenOf(made.link))).json.role).toBe('owner')
    const { rows } = await server.ledger.database.db.query(`select * from audit where actor = 'regulars staff invite'`)
    expect(rows.at(-1)).toMatchObject({ action: 'inviteStaff', after: { email: 'first@shop.test', role: 'owner' } })
  })
})

describe('nobody gives or takes a role above their own', () => {
  test('support invites cashiers, and no owners, marketers or developers', async () => {
    const invite = (role: string) => by(support, 'POST', '/v1/staff', { email: `${role}2@shop.test`, name: 'X', role })
    expect((await invite('cashier')).status).toBe(201)
    for (const role of ['owner', 'marketer', 'finance', 'developer'])
      expect((await invite(role)).json).toMatchObject({ code: 'forbidden', errors: [{ pointer: '/role' }] })
    expect((await by(support, 'PUT', `/v1/staff/${owner.id}`, { role: 'cashier' })).json.code).toBe('forbidden')
    expect((await by(support, 'DELETE', `/v1/staff/${owner.id}`)).json.code).toBe('forbidden')
    expect((await by(support, 'DELETE', `/v1/staff/${owner.id}/sessions`)).json.code).toBe('forbidden')
    expect((await by(support, 'PUT', `/v1/staff/${support.id}`, { role: 'owner' })).json.code).toBe('forbidden')
  })

  test('a new password for somebody takes an owner, of every program that they have a part in', async () => {
    const { db } = server.ledger.database
    const cashier = await somebody('cashier', 'reset@shop.test')
    expect((await by(support, 'POST', `/v1/staff/${cashier.id}/invitation`)).json.code).toBe('forbidden')
    expect((await by(owner, 'POST', `/v1/staff/${cashier.id}/invitation`)).status).toBe(201)
    await db.query(`insert into staff_role values ($1, $2, 'owner', null, 0)`, [cashier.id, kiosk])
    expect((await by(owner, 'POST', `/v1/staff/${cashier.id}/invitation`)).json.detail).toContain('in Kiosk')
  })

  test('an invitation of who has a part elsewhere hands out no link, which would open that, too', async () => {
    const { db } = server.ledger.database
    await db.query(`insert into staff (id, email, name, created_ms) values ('stf_new', 'new@kiosk.test', 'New', 0)`)
    await db.query(`insert into staff_role values ('stf_new', $1, 'owner', null, 0)`, [kiosk])
    const made = await by(support, 'POST', '/v1/staff', { email: 'new@kiosk.test', name: 'Other', role: 'cashier' })
    expect(made.json).toMatchObject({ staff: { name: 'New', role: 'cashier' }, invitation: null })
  })

  test('who may not manage people does not see them', async () => {
    const cashier = await somebody('cashier', 'curious@shop.test')
    expect((await by(cashier, 'GET', '/v1/staff')).status).toBe(403)
    expect((await by(cashier, 'GET', `/v1/sessions?staff=${owner.id}`)).status).toBe(403)
    expect((await by(cashier, 'GET', '/v1/audit')).status).toBe(403)
  })
})

describe('a role', () => {
  test('that changes ends what the person has open, and is noted with what it was', async () => {
    const person = await somebody('cashier', 'promoted@shop.test')
    const changed = await by(owner, 'PUT', `/v1/staff/${person.id}`, { role: 'support' })
    expect(changed.json).toMatchObject({ role: 'support' })
    expect(await status(person)).toBe(401)
    const { json } = await by(owner, 'GET', `/v1/audit?about=${person.id}&action=changeStaff`)
    expect(json.data).toMatchObject([
      {
        actor: owner.email,
        role: 'owner',
        before: { role: 'cashier', member: null },
        after: { role: 'support', member: null },
      },
    ])
  })

  test('that is taken away is gone in mid-work, with a sentence', async () => {
    const person = await somebody('cashier', 'gone@shop.test')
    expect(await status(person)).toBe(200)
    expect((await by(owner, 'DELETE', `/v1/staff/${person.id}`)).status).toBe(200)
    expect((await by(person, 'GET', '/v1/session')).json).toMatchObject({
      code: 'unauthenticated',
      detail: expect.stringContaining('Sign in again'),
    })
    expect((await open('/v1/session', { email: person.email, password: PASSWORD })).json.code).toBe('forbidden')
  })

  test('of the last owner stays, also when two owners remove each other at once', async () => {
    const { db } = server.ledger.database
    await db.query(`delete from staff_role where role = 'owner' and staff <> $1 and program = $2`, [
      owner.id,
      server.ledger.program.number,
    ])
    expect((await by(owner, 'DELETE', `/v1/staff/${owner.id}`)).json.code).toBe('last_owner')
    expect((await by(owner, 'PUT', `/v1/staff/${owner.id}`, { role: 'support' })).json.code).toBe('last_owner')
    const owners = async () =>
      (await db.query(`select from staff_role where role = 'owner' and program = $1`, [server.ledger.program.number]))
        .rowCount
    const key = await server.newKey({ role: 'owner' })
    const second = await somebody('owner', 'second@shop.test')
    const remove = (id: string) => server.call('DELETE', `/v1/staff/${id}`, { key })
    const codes = (await Promise.all([remove(owner.id), remove(second.id)])).map(({ json }) => json.code ?? 'gone')
    expect(codes.sort()).toEqual(['gone', 'last_owner'])
    expect(await owners()).toBe(1)
    await db.query(`insert into staff_role values ($1, $2, 'owner', null, 0) on conflict do nothing`, [
      owner.id,
      server.ledger.program.number,
    ])
    await db.query('update staff_session set ended_ms = null where staff = $1', [owner.id])
  })

  test('comes with who the person is as a member, so that serving oneself is seen', async () => {
    const account = await server.ledger.join('june', NOW)
    const person = await somebody('cashier', 'member@shop.test')
    const member = publicId('mem', account)
    expect((await by(owner, 'PUT', `/v1/staff/${person.id}`, { member: 'external:june' })).json).toMatchObject({
      member,
      role: 'cashier',
    })
    expect(await status(person)).toBe(200)
    expect((await by(owner, 'PUT', `/v1/staff/${person.id}`, { member: 'external:nobody' })).json).toMatchObject({
      code: 'not_found',
      errors: [{ pointer: '/member' }],
    })
    expect((await by(owner, 'PUT', `/v1/staff/${person.id}`, { member: null })).json.member).toBeNull()
  })
})

describe('people themselves', () => {
  test('choose another password, which ends what they have open elsewhere', async () => {
    const person = await somebody('marketer', 'theo@shop.test')
    const elsewhere = (await open('/v1/session', { email: person.email, password: PASSWORD })).headers.get(
      'set-cookie',
    )!
    const put = (password: string, new_password: string) =>
      by(person, 'PUT', '/v1/staff/me/password', { password, new_password })
    expect((await put('not mine at all', 'nine brown kettles')).json).toMatchObject({
      code: 'sign_in_failed',
      errors: [{ pointer: '/password' }],
    })
    expect((await put(PASSWORD, 'theo@shop.test')).json).toMatchObject({
      code: 'invalid',
      errors: [{ pointer: '/new_password' }],
    })
    expect((await put(PASSWORD, 'nine brown kettles')).status).toBe(200)
    expect(await status(person)).toBe(200)
    const other = await server.call('GET', '/v1/session', { key: null, headers: { cookie: elsewhere.split(';')[0]! } })
    expect(other.status).toBe(401)
    expect((await open('/v1/session', { email: person.email, password: PASSWORD })).status).toBe(422)
  })

  test('turn one-time codes on and off, and get in with a recovery code, each once', async () => {
    const person = await somebody('finance', 'mina@shop.test')
    expect((await by(person, 'POST', '/v1/staff/me/totp', { password: 'wrong password' })).status).toBe(422)
    const { json } = await by(person, 'POST', '/v1/staff/me/totp', { password: PASSWORD })
    expect(json.uri).toContain('otpauth://totp/')
    const totp = new TOTP({ secret: Secret.fromBase32(json.key) })
    expect((await by(person, 'POST', '/v1/staff/me/totp/confirm', { code: '000000' })).json.errors).toMatchObject([
      { pointer: '/code' },
    ])
    const on = await by(person, 'POST', '/v1/staff/me/totp/confirm', { code: totp.generate() })
    const [first, second] = on.json.recovery_codes
    const signIn = (code?: string) => open('/v1/session', { email: person.email, password: PASSWORD, code })
    expect((await signIn()).json.code).toBe('code_required')
    expect((await signIn(first)).status).toBe(200)
    expect((await signIn(first)).status).toBe(422)
    expect((await by(person, 'POST', '/v1/staff/me/totp', { password: PASSWORD })).json.code).toBe('totp_on')
    expect((await by(person, 'DELETE', '/v1/staff/me/totp', { password: PASSWORD, code: second })).status).toBe(200)
    expect((await signIn()).status).toBe(200)
    const { rows } = await server.ledger.database.db.query('select * from audit where staff = $1', [person.id])
    for (const text of [JSON.stringify(rows), server.log.join('\n')]) {
      expect(text).not.toContain(json.key)
      expect(text).not.toContain(first)
    }
  })

  test('see where they are signed in, and end it there', async () => {
    const person = await somebody('cashier', 'places@shop.test')
    const there = (await open('/v1/session', { email: person.email, password: PASSWORD })).headers.get('set-cookie')!
    const { json } = await by(person, 'GET', '/v1/sessions')
    expect(json.data).toMatchObject([
      { current: false, address: '127.0.0.1' },
      { current: true, id: person.session },
    ])
    expect((await by(owner, 'DELETE', `/v1/sessions/${json.data[0].id}`)).status).toBe(404)
    expect((await by(person, 'DELETE', `/v1/sessions/${json.data[0].id}`)).status).toBe(200)
    expect(
      (await server.call('GET', '/v1/session', { key: null, headers: { cookie: there.split(';')[0]! } })).status,
    ).toBe(401)
    expect((await by(owner, 'DELETE', `/v1/staff/${person.id}/sessions`)).json).toEqual({ ended: 1 })
    expect(await status(person)).toBe(401)
  })

  test('choose their name and language', async () => {
    const person = await somebody('cashier', 'elif@shop.test')
    await by(person, 'PUT', '/v1/staff/me', { name: 'Elif Demir', locale: 'tr' })
    expect((await by(person, 'GET', '/v1/session')).json.staff).toMatchObject({ name: 'Elif Demir', locale: 'tr' })
  })

  test('are people: a key has no password', async () => {
    for (const [method, path, body] of [
      ['PUT', '/v1/staff/me', { name: 'Key' }],
      ['POST', '/v1/staff/me/totp', { password: 'x' }],
      ['GET', '/v1/sessions', undefined],
    ] as const)
      expect((await server.call(method, path, body === undefined ? {} : { body })).json.code).toBe('forbidden')
  })
})

describe('lists', () => {
  test('of people come by name, in pages', async () => {
    const first = (await by(owner, 'GET', '/v1/staff?limit=5')).json
    const second = (await by(owner, 'GET', `/v1/staff?limit=100&cursor=${first.next_cursor}`)).json
    const names = [...first.data, ...second.data].map(({ name }: { name: string }) => name.toLowerCase())
    expect(first.data).toHaveLength(5)
    expect(names).toEqual([...names].sort())
    expect(new Set([...first.data, ...second.data].map(({ id }: { id: string }) => id)).size).toBe(names.length)
  })

  test('of the audit come newest first, by who, what, about and when, in pages', async () => {
    const all = async (query: string) => {
      const found: { id: string; at: string; action: string }[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { json } = await by(owner, 'GET', `/v1/audit?limit=7${query}${cursor === '' ? '' : `&cursor=${cursor}`}`)
        found.push(...json.data)
        cursor = json.next_cursor
      }
      return found
    }
    const everything = await all('')
    const { rows } = await server.ledger.database.db.query('select from audit where program = $1', [
      server.ledger.program.number,
    ])
    expect(everything).toHaveLength(rows.length)
    expect(new Set(everything.map(({ id }) => id)).size).toBe(rows.length)
    const times = everything.map(({ at }) => at)
    expect(times).toEqual([...times].sort().reverse())
    const changes = await all('&action=changeStaff')
    expect(changes).toEqual(everything.filter(({ action }) => action === 'changeStaff'))
    const middle = encodeURIComponent(times[10]!)
    expect((await all(`&until=${middle}`)).length + (await all(`&from=${middle}`)).length).toBe(rows.length)
    expect((await by(owner, 'GET', '/v1/audit?cursor=nonsense')).json.code).toBe('invalid')
  })

  test('of the audit come as a table for a spreadsheet, all that the filters let through', async () => {
    const { text, headers } = await by(owner, 'GET', '/v1/audit?action=inviteStaff&limit=1', undefined, {
      accept: 'text/csv',
    })
    expect(headers.get('content-type')).toContain('text/csv')
    const [head, ...lines] = text.trim().split('\r\n')
    expect(head).toBe('id,at,actor,role,action,about,before,after,request_id')
    const sql = `select from audit where program = $1 and action = 'inviteStaff'`
    const { rowCount } = await server.ledger.database.db.query(sql, [server.ledger.program.number])
    expect(lines).toHaveLength(rowCount!)
    expect(lines.every((line) => line.includes(',inviteStaff,stf_'))).toBe(true)
  })
})
