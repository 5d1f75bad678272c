/** Signing in with a password and, where the person has them, one-time codes. */

import { Refusal, refuse } from '../../core/refusal.ts'
import type { Database, Queries } from '../db.ts'
import { normalEmail } from '../directory.ts'
import type { Cookie, Sender } from '../http/route.ts'
import { hashOf } from '../secrets.ts'
import type { Attempts } from './attempts.ts'
import { type AuditEntry, writeAudit } from './audit.ts'
import { readRecoveryCode, stepOf } from './one-time-codes.ts'
import { isPassword } from './passwords.ts'
import { findPerson, type Part, type Person, partsOf } from './people.ts'
import { openSession } from './sessions.ts'

export interface Credentials {
  email: string
  password: string
  code?: string | undefined
}

export interface SignedIn {
  person: Person
  part: Part
  session: string
  cookie: Cookie
}

/** The same for an unknown address and for a wrong password, after the same time. */
const FAILED = 'The e-mail address or the password is not right.'

export async function signInWithPassword(
  database: Database,
  attempts: Attempts,
  { email, password, code }: Credentials,
  sender: Sender,
  requestId: string,
): Promise<SignedIn | Refusal> {
  const address = normalEmail(email) ?? email.trim().toLowerCase()
  const attempt = attempts.begin(address, sender.address)
  if (attempt instanceof Refusal) return attempt
  const person = await findPerson(database, 'email', address)
  const isRight = await isPassword(password, person?.password ?? null)
  if (person === null || !isRight) {
    await noteFailure(database, person, 'password', requestId)
    return refuse('sign_in_failed', FAILED)
  }
  const wrongCode = await checkCode(database, person, code)
  if (wrongCode !== null) {
    // Who has not been asked for a code yet has guessed nothing.
    if (wrongCode.code === 'code_required') attempts.forgive(attempt)
    else await noteFailure(database, person, 'code', requestId)
    return wrongCode
  }
  attempts.forgive(attempt)
  return letIn(database, person, sender, requestId, 'password')
}

/** Opens a session for somebody who has proved who they are. */
export async function letIn(
  database: Database,
  person: Person,
  sender: Sender,
  requestId: string,
  by: 'password' | 'oidc' | 'invitation' | 'set-up',
): Promise<SignedIn | Refusal> {
  const part = await usualPart(database, person)
  if (part === null) return refuse('forbidden', 'You have no part in any program any more. Ask an owner for one.')
  const { session, cookie } = await openSession(database, { staff: person.id, program: part.program }, sender)
  await writeAudit(database, [{ ...entryFor(person, part, requestId), action: 'signIn', after: { by } }])
  return { person, part, session, cookie }
}

/** The program that the person looked at last, else the first that they have a part in. */
async function usualPart(queries: Queries, person: Person): Promise<Part | null> {
  const parts = await partsOf(queries, person.id)
  const { rows } = await queries.query<{ program: number }>(
    'select program from staff_session where staff = $1 order by created_ms desc limit 1',
    [person.id],
  )
  return parts.find(({ program }) => program === rows[0]?.program) ?? parts[0] ?? null
}

/** Why a person may not go on with this code; null when they may. A code that was right is used up. */
export async function checkCode(queries: Queries, person: Person, code: string | undefined): Promise<Refusal | null> {
  if (person.totp_confirmed_ms === null) return null
  if (code === undefined || code.trim() === '')
    return refuse('code_required', 'Type the code that the app on your telephone shows.', '/code')
  const isGood = (await takeTotp(queries, person, code)) || (await takeRecoveryCode(queries, person, code))
  return isGood
    ? null
    : refuse('sign_in_failed', 'The code is not right, or was used before. Wait for the next.', '/code')
}

async function takeTotp(queries: Queries, person: Person, code: string): Promise<boolean> {
  const step = stepOf(person.totp_secret!, code, Date.now(), person.totp_step)
  if (step === null) return false
  // Of two who send the same code at once, one is let in.
  const { rowCount } = await queries.query('update staff set totp_step = $2 where id = $1 and totp_step < $2', [
    person.id,
    step,
  ])
  return rowCount === 1
}

async function takeRecoveryCode(queries: Queries, person: Person, text: string): Promise<boolean> {
  const code = readRecoveryCode(text)
  if (code === null) return false
  const { rowCount } = await queries.query(
    'update recovery_code set used_ms = $3 where staff = $1 and hash = $2 and used_ms is null',
    [person.id, hashOf(code), Date.now()],
  )
  return rowCount === 1
}

/** Whoever answers for the program sees that somebody tried; about addresses that nobody has there is nothing to say. */
async function noteFailure(
  queries: Queries,
  person: Person | null,
  wrong: 'password' | 'code',
  requestId: string,
): Promise<void> {
  const part = person === null ? null : await usualPart(queries, person)
  if (person === null || part === null) return
  await writeAudit(queries, [{ ...entryFor(person, part, requestId), action: 'signInFailed', after: { wrong } }])
}

function entryFor({ id, email }: Person, { program, role }: Part, requestId: string): Omit<AuditEntry, 'action'> {
  const what = { about: id, before: null, after: null }
  return { program, actor: email, staff: id, device: null, role, requestId, key: null, ...what }
}
