/** People of the staff for tests: made with a role, signed in, and calling with the cookie of their session. */

import { hashPassword } from '../src/engine/access/passwords.ts'
import { addPerson, giveRole } from '../src/engine/access/people.ts'
import { openSession, SESSION_COOKIE } from '../src/engine/access/sessions.ts'
import type { Database } from '../src/engine/db.ts'
import type { Role } from '../src/engine/http/route.ts'
import type { LiveProgram } from '../src/engine/programs.ts'

export const PASSWORD = 'seven quiet lanterns'

/** Reckoned once: each costs a moment. */
let hashed: Promise<string> | null = null

export interface TestPerson {
  id: string
  email: string
  session: string
  /** What their browser sends with a call that changes something. */
  headers: Record<string, string>
}

/** Somebody of the staff who is signed in. */
export async function signedIn(
  database: Database,
  program: LiveProgram,
  role: Role,
  email = `${role}@shop.test`,
): Promise<TestPerson> {
  hashed ??= hashPassword(PASSWORD)
  const id = await addPerson(database, { email, name: `The ${role}`, password: await hashed })
  await giveRole(database, id, program.number, role)
  const sender = { address: '192.0.2.1', host: 'shop.test', secure: false, headers: {}, cookies: {} }
  const { session, cookie } = await openSession(database, { staff: id, program: program.number }, sender)
  const headers = { cookie: `${SESSION_COOKIE}=${cookie.value}`, 'sec-fetch-site': 'same-origin' }
  return { id, email, session, headers }
}
