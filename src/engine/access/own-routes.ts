/** What people change about themselves: name and language, password, one-time codes, where they are signed in. */

import { z } from 'zod'
import { Refusal, refuse } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import type { Database } from '../db.ts'
import { MAY } from '../http/roles.ts'
import { type Caller, ROLES, type Route, route } from '../http/route.ts'
import { hashOf } from '../secrets.ts'
import { Name, pageOf, text } from '../shapes.ts'
import type { Attempts } from './attempts.ts'
import { newRecoveryCodes, newTotpSecret, stepOf, totpLink } from './one-time-codes.ts'
import { hashPassword, isPassword, passwordProblem } from './passwords.ts'
import { endSessions, findPerson, type Person, partsOf } from './people.ts'
import { endOf, IDLE_MS, LONGEST_MS } from './sessions.ts'
import { checkCode } from './sign-in.ts'

const TAG = 'Sessions'
const Instant = z.iso.datetime({ offset: true })
const Password = z.string().max(1_000)
const Done = z.strictObject({ done: z.literal(true) })
const done = { status: 200, body: { done: true } }

interface Signed {
  person: Person
  session: string
}

/** Keys and tills have no password of their own. */
async function signedPerson(database: Database, { staff, session }: Caller): Promise<Signed | Refusal> {
  if (staff === null || session === null)
    return refuse('forbidden', 'This is for people who are signed in, about themselves.')
  return { person: (await findPerson(database, 'id', staff))!, session }
}

const change = route({
  method: 'PUT',
  path: '/v1/staff/me',
  id: 'changeMe',
  tag: TAG,
  summary: 'Change your name or language',
  body: z
    .strictObject({ name: Name.optional(), locale: z.enum(['en', 'tr']).nullable().optional() })
    .meta({ examples: [{ locale: 'tr' }] }),
  answers: { 200: { description: 'Changed', schema: Done } },
  roles: ROLES,
  async handle({ services: { database }, caller, body }) {
    const signed = await signedPerson(database, caller)
    if (signed instanceof Refusal) return signed
    const { id, name, locale } = signed.person
    const after = { name: body.name ?? name, locale: body.locale === undefined ? locale : body.locale }
    await database.query('update staff set name = $2, locale = $3 where id = $1', [id, after.name, after.locale])
    return { ...done, audit: { about: id, before: { name, locale }, after } }
  },
})

/** Whoever sits down at a screen that somebody left open does not know the password. */
async function provePassword(attempts: Attempts, { id, password }: Person, given: string): Promise<Refusal | null> {
  const attempt = attempts.begin(`own ${id}`, `own ${id}`)
  if (attempt instanceof Refusal) return attempt
  if (!(await isPassword(given, password))) return refuse('sign_in_failed', 'This is not your password.', '/password')
  attempts.forgive(attempt)
  return null
}

function changePassword(attempts: Attempts): Route {
  return route({
    method: 'PUT',
    path: '/v1/staff/me/password',
    id: 'changePassword',
    tag: TAG,
    summary: 'Choose another password',
    description: 'What you have open elsewhere is over.',
    body: z
      .strictObject({ password: Password.describe('The one you have'), new_password: Password })
      .meta({ examples: [{ password: 'the old sentence', new_password: 'a sentence that only you know' }] }),
    answers: { 200: { description: 'Changed', schema: Done } },
    refusals: ['sign_in_failed', 'too_many_guesses'],
    roles: ROLES,
    async handle({ services: { database }, caller, body }) {
      const signed = await signedPerson(database, caller)
      if (signed instanceof Refusal) return signed
      const { person, session } = signed
      const wrong = await provePassword(attempts, person, body.password)
      if (wrong !== null) return wrong
      const programs = (await partsOf(database, person.id)).map(({ name }) => name)
      const problem = passwordProblem(body.new_password, [person.email, person.name, ...programs])
      if (problem !== null) return refuse('invalid', problem, '/new_password')
      const hashed = await hashPassword(body.new_password)
      await database.transaction(async (queries) => {
        await queries.query('update staff set password = $2 where id = $1', [person.id, hashed])
        await endSessions(queries, person.id, session)
      })
      return { ...done, audit: { about: person.id, before: null, after: null } }
    },
  })
}

function beginTotp(attempts: Attempts): Route {
  return route({
    method: 'POST',
    path: '/v1/staff/me/totp',
    id: 'beginTotp',
    tag: TAG,
    summary: 'Set up one-time codes',
    description: 'They are asked for once `confirmTotp` was told a code. Beginning again makes another secret.',
    body: z.strictObject({ password: Password }).meta({ examples: [{ password: 'a sentence that only you know' }] }),
    answers: {
      200: {
        description: 'For an app on the telephone',
        schema: z
          .strictObject({
            uri: z.string().describe('What the app reads from a QR code'),
            key: z.string().describe('To be typed'),
          })
          .meta({ id: 'TotpLink' }),
      },
    },
    refusals: ['sign_in_failed', 'totp_on', 'too_many_guesses'],
    roles: ROLES,
    async handle({ services: { database }, caller, body }) {
      const signed = await signedPerson(database, caller)
      if (signed instanceof Refusal) return signed
      const { person } = signed
      if (person.totp_confirmed_ms !== null)
        return refuse('totp_on', 'One-time codes are on already. Turn them off first, to use another telephone.')
      const wrong = await provePassword(attempts, person, body.password)
      if (wrong !== null) return wrong
      const secret = newTotpSecret()
      await database.query(
        'update staff set totp_secret = $2, totp_step = 0 where id = $1 and totp_confirmed_ms is null',
        [person.id, secret],
      )
      return {
        status: 200,
        body: totpLink(secret, person.email),
        audit: { about: person.id, before: null, after: null },
      }
    },
  })
}

const confirmTotp = route({
  method: 'POST',
  path: '/v1/staff/me/totp/confirm',
  id: 'confirmTotp',
  tag: TAG,
  summary: 'Turn one-time codes on',
  description: 'Answers recovery codes, each good once instead of a code. They are shown this once.',
  body: z.strictObject({ code: text(20) }).meta({ examples: [{ code: '123456' }] }),
  answers: {
    200: {
      description: 'On',
      schema: z.strictObject({ recovery_codes: z.array(z.string()) }).meta({ id: 'RecoveryCodes' }),
    },
  },
  refusals: ['sign_in_failed', 'totp_on'],
  roles: ROLES,
  async handle({ services: { database }, caller, body }) {
    const signed = await signedPerson(database, caller)
    if (signed instanceof Refusal) return signed
    const { person } = signed
    if (person.totp_confirmed_ms !== null) return refuse('totp_on', 'One-time codes are on already.')
    if (person.totp_secret === null) return refuse('sign_in_failed', 'Begin by reading the QR code.', '/code')
    const now = Date.now()
    const step = stepOf(person.totp_secret, body.code, now, person.totp_step)
    if (step === null) return refuse('sign_in_failed', WRONG_CODE, '/code')
    const codes = newRecoveryCodes()
    const isOn = await database.transaction(async (queries) => {
      const { rowCount } = await queries.query(
        `update staff set totp_confirmed_ms = $3, totp_step = $4
         where id = $1 and totp_secret = $2 and totp_confirmed_ms is null`,
        [person.id, person.totp_secret, now, step],
      )
      if (rowCount !== 1) return false
      await queries.query('delete from recovery_code where staff = $1', [person.id])
      await queries.query('insert into recovery_code (staff, hash) select $1, unnest($2::bytea[])', [
        person.id,
        codes.map(hashOf),
      ])
      return true
    })
    if (!isOn) return refuse('totp_on', 'One-time codes were set up in another window meanwhile.')
    const audit = { about: person.id, before: { totp: false }, after: { totp: true } }
    return { status: 200, body: { recovery_codes: codes }, audit }
  },
})

const WRONG_CODE = 'The code is not right. Look whether the telephone’s clock is, and wait for the next code.'

function removeTotp(attempts: Attempts): Route {
  return route({
    method: 'DELETE',
    path: '/v1/staff/me/totp',
    id: 'removeTotp',
    tag: TAG,
    summary: 'Turn one-time codes off',
    body: z
      .strictObject({ password: Password, code: text(20).describe('From the app, or a recovery code') })
      .meta({ examples: [{ password: 'a sentence that only you know', code: '123456' }] }),
    answers: { 200: { description: 'Off', schema: Done } },
    refusals: ['sign_in_failed', 'too_many_guesses'],
    roles: ROLES,
    async handle({ services: { database }, caller, body }) {
      const signed = await signedPerson(database, caller)
      if (signed instanceof Refusal) return signed
      const { person } = signed
      const wrong =
        (await provePassword(attempts, person, body.password)) ?? (await checkCode(database, person, body.code))
      if (wrong !== null) return wrong
      await database.transaction(async (queries) => {
        await queries.query('update staff set totp_secret = null, totp_confirmed_ms = null where id = $1', [person.id])
        await queries.query('delete from recovery_code where staff = $1', [person.id])
      })
      return { ...done, audit: { about: person.id, before: { totp: true }, after: { totp: false } } }
    },
  })
}

const SessionRow = z
  .strictObject({
    id: z.string(),
    current: z.boolean().describe('Whether it is the one that asks'),
    address: z.string().describe('Where they signed in'),
    agent: z.string().describe('The browser, as it names itself'),
    created_at: Instant,
    seen_at: Instant,
    expires_at: Instant,
  })
  .meta({ id: 'OpenSession', description: 'Where somebody is signed in' })

const listSessions = route({
  method: 'GET',
  path: '/v1/sessions',
  id: 'listSessions',
  tag: TAG,
  summary: 'List where you are signed in',
  description: 'Who may manage people may ask about somebody of theirs with `staff`.',
  query: z.strictObject({ staff: text(40).optional().describe('`stf_…`; you unless said') }),
  answers: { 200: { description: 'Open sessions, the newest first', schema: pageOf(SessionRow, 'SessionList') } },
  roles: ROLES,
  async handle({ services: { database }, caller, query }) {
    const staff = query.staff ?? caller.staff
    if (staff === null) return refuse('forbidden', 'An API key has no sessions.')
    if (staff !== caller.staff && !(await isOurs(database, caller, staff)))
      return refuse('forbidden', 'You may only see where you are signed in yourself.')
    const now = Date.now()
    const { rows } = await database.query<{
      id: string
      address: string
      agent: string
      created_ms: number
      seen_ms: number
    }>(
      `select id, address, agent, created_ms, seen_ms from staff_session
       where staff = $1 and ended_ms is null and created_ms > $2 and seen_ms > $3 order by created_ms desc limit 100`,
      [staff, now - LONGEST_MS, now - IDLE_MS],
    )
    const data = rows.map(({ created_ms, seen_ms, ...row }) => ({
      ...row,
      current: row.id === caller.session,
      created_at: formatInstant(created_ms),
      seen_at: formatInstant(seen_ms),
      expires_at: formatInstant(endOf({ created_ms, seen_ms })),
    }))
    return { status: 200, body: { data, has_more: false, next_cursor: null } }
  },
})

async function isOurs(database: Database, { role, program }: Caller, staff: string): Promise<boolean> {
  if (!MAY.staff.includes(role)) return false
  const sql = 'select from staff_role where staff = $1 and program = $2'
  return (await database.query(sql, [staff, program.number])).rowCount === 1
}

const endSession = route({
  method: 'DELETE',
  path: '/v1/sessions/{id}',
  id: 'endSession',
  tag: TAG,
  summary: 'End one of your sessions',
  description: 'Whoever sits there is out at once.',
  params: z.strictObject({ id: text(40).describe('`ses_…`') }),
  answers: { 200: { description: 'Ended', schema: Done } },
  roles: ROLES,
  async handle({ services: { database }, caller, params: { id } }) {
    const { rowCount } = await database.query(
      'update staff_session set ended_ms = coalesce(ended_ms, $3) where id = $1 and staff = $2',
      [id, caller.staff, Date.now()],
    )
    if (rowCount !== 1) return refuse('not_found', `You have no session ${id}.`)
    return { ...done, audit: { about: id, before: null, after: null } }
  },
})

export function ownRoutes(attempts: Attempts): readonly Route[] {
  return [
    change,
    changePassword(attempts),
    beginTotp(attempts),
    confirmTotp,
    removeTotp(attempts),
    listSessions,
    endSession,
  ]
}
