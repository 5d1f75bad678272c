/** People of the staff for tests: made with a role, signed in, and calling with the cookie of their session. */

import { scryptSync } from 'node:crypto'
import { addPerson, giveRole } from '../src/engine/access/people.ts'
import { openSession, SESSION_COOKIE } from '../src/engine/access/sessions.ts'
import type { Database } from '../src/engine/db.ts'
import type { Role } from '../src/engine/http/route.ts'
import type { LiveProgram } from '../src/engine/programs.ts'

export const PASSWORD = 'seven quiet lanterns'

/** Cheaper than those that people choose: their cost stands beside them, so tests that sign in often need not wait. */
const HASHED = hashedCheaply()

function hashedCheaply(): string {
  const salt = Buffer.alloc(16)
  const hash = scryptSync(PASSWORD, salt, 32, { N: 2 ** 10, r: 8, p: 1 })
  return `$scrypt$ln=10,r=8,p=1$${salt.toString('base64')}$${hash.toString('base64')}`
}

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
  const id = await addPerson(database, { email, name: `The ${role}`, password: HASHED })
  await giveRole(database, id, program.number, role)
  const sender = { address: '192.0.2.1', host: 'shop.test', secure: false, headers: {}, cookies: {} }
  const { session, cookie } = await openSession(database, { staff: id, program: program.number }, sender)
  const headers = { cookie: `${SESSION_COOKIE}=${cookie.value}`, 'sec-fetch-site': 'same-origin' }
  return { id, email, session, headers }
}
