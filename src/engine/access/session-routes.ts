/** The calls that sign people in and out, and tell the console who is there. */

import { z } from 'zod'
import { Refusal, refuse } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import type { Queries } from '../db.ts'
import { countryOf } from '../directory.ts'
import { type Right, rightsOf } from '../http/roles.ts'
import { openRoute, type Reply, ROLES, type Role, type Route, route, type Services } from '../http/route.ts'
import { currentProgram, type LiveProgram, nowOf } from '../programs.ts'
import { hashOf } from '../secrets.ts'
import type { Attempts } from './attempts.ts'
import { findPerson, type Person, partsOf } from './people.ts'
import { endOf, isOwnSite, NO_SESSION, SESSION_COOKIE } from './sessions.ts'
import { type SignedIn, signInWithPassword } from './sign-in.ts'

const TAG = 'Sessions'
const Instant = z.iso.datetime({ offset: true })

export const SessionAnswer = z
  .strictObject({
    staff: z.strictObject({ id: z.string(), name: z.string(), email: z.string(), locale: z.string().nullable() }),
    role: z.enum(ROLES),
    rights: z.array(z.string()).describe('What the role may, by name'),
    program: z.strictObject({
      id: z.string(),
      name: z.string(),
      mode: z.enum(['live', 'test']),
      currency: z.string(),
      timezone: z.string(),
      now: Instant.describe('The program’s present'),
      test_clock: z.boolean().describe('Whether its time stands still until it is moved'),
      locale: z.string().describe('How members of its country read, such as `en-US`'),
    }),
    programs: z
      .array(
        z.strictObject({
          id: z.string(),
          name: z.string(),
          mode: z.enum(['live', 'test']),
          role: z.enum(ROLES),
        }),
      )
      .describe('Where the person has a part'),
    totp: z.boolean().describe('Whether one-time codes are asked for'),
    expires_at: Instant.describe('When the session is over if nobody comes back to it'),
  })
  .meta({ id: 'Session', description: 'Who is signed in, and what they may in which program' })

const answers = { 200: { description: 'Who is signed in', schema: SessionAnswer } }

const read = route({
  method: 'GET',
  path: '/v1/session',
  id: 'getSession',
  tag: TAG,
  summary: 'See who is signed in',
  description: 'A call may name another of the person’s programs than the session’s in the header `Regulars-Program`.',
  answers,
  roles: ROLES,
  async handle({ services, caller: { staff, session, program, role } }) {
    if (staff === null || session === null)
      return refuse('forbidden', 'An API key has no session; this is for people who are signed in.')
    const person = (await findPerson(services.database, 'id', staff))!
    return { status: 200, body: await sessionAnswer(services.database, person, { role, program }, session) }
  },
})

/** What the console is told. */
async function sessionAnswer(
  queries: Queries,
  person: Person,
  { role, program }: { role: Role; program: LiveProgram },
  session: string,
): Promise<z.output<typeof SessionAnswer>> {
  const { rows } = await queries.query<{ created_ms: number; seen_ms: number }>(
    'select created_ms, seen_ms from staff_session where id = $1',
    [session],
  )
  const { id, name, email, locale } = person
  const parts = await partsOf(queries, id)
  return {
    staff: { id, name, email, locale },
    role,
    rights: rightsOf(role) satisfies Right[],
    program: programAnswer(program),
    programs: parts.map((part) => ({ id: part.id, name: part.name, mode: part.mode, role: part.role })),
    totp: person.totp_confirmed_ms !== null,
    expires_at: formatInstant(endOf(rows[0]!)),
  }
}

function programAnswer(live: LiveProgram): z.output<typeof SessionAnswer>['program'] {
  const { currency, settings } = currentProgram(live)
  const { id, name, mode, clock } = live
  const now = formatInstant(nowOf(live))
  const timezone = settings['timezone'] as string
  return { id, name, mode, currency, timezone, now, test_clock: clock !== null, locale: localeOf(currency) }
}

/** The language that most people speak where a currency is the local one. */
function localeOf(currency: string): string {
  const country = countryOf(currency)
  return country === null ? 'en' : `${new Intl.Locale(`und-${country}`).maximize().language}-${country}`
}

const switchTo = route({
  method: 'PUT',
  path: '/v1/session',
  id: 'switchProgram',
  tag: TAG,
  summary: 'Look at another program',
  body: z.strictObject({ program: z.string().min(1).max(100) }).meta({ examples: [{ program: 'corner-coffee' }] }),
  answers,
  roles: ROLES,
  async handle({ services: { database, programs }, caller: { staff, session }, body }) {
    if (staff === null || session === null) return refuse('forbidden', 'An API key belongs to one program.')
    const part = (await partsOf(database, staff)).find(({ id }) => id === body.program)
    const program = part === undefined ? undefined : await programs.find(part.id)
    if (part === undefined || program === undefined)
      return refuse('not_found', `You have no part in a program ${body.program}.`, '/program')
    await database.query('update staff_session set program = $2 where id = $1', [session, part.program])
    const person = (await findPerson(database, 'id', staff))!
    const answer = await sessionAnswer(database, person, { role: part.role, program }, session)
    return { status: 200, body: answer, audit: { about: staff, before: null, after: { program: part.id } } }
  },
})

const signOut = openRoute({
  method: 'DELETE',
  path: '/v1/session',
  id: 'signOut',
  tag: TAG,
  summary: 'Sign out',
  description: 'The session is over at once, on every server. Without one nothing happens.',
  answers: { 200: { description: 'Signed out', schema: z.strictObject({ signed_out: z.literal(true) }) } },
  async handle({ services: { database }, request }) {
    const secret = request.cookies[SESSION_COOKIE]
    if (secret !== undefined && isOwnSite(request.headers))
      await database.query('update staff_session set ended_ms = $2 where hash = $1 and ended_ms is null', [
        hashOf(secret),
        Date.now(),
      ])
    return { status: 200, body: { signed_out: true }, cookies: [NO_SESSION] }
  },
})

function signIn(attempts: Attempts): Route {
  return openRoute({
    method: 'POST',
    path: '/v1/session',
    id: 'signIn',
    tag: TAG,
    summary: 'Sign in',
    description:
      'The answer carries the cookie of the session. Wrong passwords are slowed down, by account and by address.',
    body: z
      .strictObject({
        email: z.string().min(1).max(254),
        password: z.string().min(1).max(1_000),
        code: z.string().max(40).optional().describe('From the app on the telephone, or a recovery code'),
      })
      .meta({ examples: [{ email: 'owner@corner.coffee', password: 'a sentence that only you know' }] }),
    answers,
    refusals: ['sign_in_failed', 'code_required', 'too_many_guesses'],
    async handle({ services, body, request, requestId }) {
      const signedIn = await signInWithPassword(services.database, attempts, body, request, requestId)
      return signedIn instanceof Refusal ? signedIn : welcome(services, signedIn)
    },
  })
}

/** The answer to somebody who was let in. */
export async function welcome(
  { database, programs }: Services,
  { person, part, session, cookie }: SignedIn,
  status = 200,
): Promise<Reply> {
  const program = (await programs.find(part.id))!
  const body = await sessionAnswer(database, person, { role: part.role, program }, session)
  return { status, body, cookies: [cookie] }
}

export function sessionRoutes(attempts: Attempts): readonly Route[] {
  return [read, signIn(attempts), switchTo, signOut]
}
