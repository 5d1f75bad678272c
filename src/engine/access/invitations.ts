/** Invitations: links by which people choose a password, the first or a new one; each once, within a week. */

import { type Refusal, refuse } from '../../core/refusal.ts'
import type { Database, Queries } from '../db.ts'
import { covers } from '../http/roles.ts'
import type { Caller, Role } from '../http/route.ts'
import { hashOf, newSecret } from '../secrets.ts'
import { hashPassword, passwordProblem } from './passwords.ts'
import { endSessions, findPerson, type Person, partsOf } from './people.ts'

const GOOD_FOR_MS = 7 * 86_400_000

export interface Invitation {
  /** Below the address of the server. What follows `#` stays in the browser, so no log and no other site sees it. */
  link: string
  expires: number
}

export async function invite(
  queries: Queries,
  { staff, program, by }: { staff: string; program: number; by: string },
): Promise<Invitation> {
  const secret = newSecret('inv')
  const now = Date.now()
  const expires = now + GOOD_FOR_MS
  // The newest link is the only one: an older may have gone to an address that was mistyped.
  await queries.query('update invitation set used_ms = $2 where staff = $1 and used_ms is null', [staff, now])
  await queries.query(
    'insert into invitation (hash, staff, program, made_by, created_ms, expires_ms) values ($1, $2, $3, $4, $5, $6)',
    [hashOf(secret), staff, program, by, now, expires],
  )
  return { link: `/console/invitation#${secret}`, expires }
}

/**
 * Why somebody may not hand out a link that lets its bearer be this person; null when they may. Whoever chooses the
 * password has all that the person may, in every program: so it takes as much in all of them, and an owner to replace
 * a password that is there.
 */
export async function mayInvite(queries: Queries, caller: Caller, person: Person): Promise<Refusal | null> {
  const own = await ownRoles(queries, caller)
  for (const part of await partsOf(queries, person.id)) {
    const mine = own.get(part.program)
    if (mine === undefined || !covers(mine, part.role))
      return refuse('forbidden', `${person.name} may more than you, in ${part.name}. Ask an owner of it.`)
    if (person.password !== null && mine !== 'owner')
      return refuse('forbidden', 'Only an owner may hand out a link to choose a new password.')
  }
  return null
}

async function ownRoles(queries: Queries, { staff, program, role }: Caller): Promise<Map<number, Role>> {
  if (staff === null) return new Map([[program.number, role]])
  return new Map((await partsOf(queries, staff)).map((part) => [part.program, part.role]))
}

export interface OpenInvitation {
  hash: Buffer
  person: Person
  expires: number
}

const GONE = 'This link was used, replaced by a newer one, or is older than a week. Ask for a new one.'

export async function findInvitation(queries: Queries, token: string): Promise<OpenInvitation | Refusal> {
  const hash = hashOf(token)
  const { rows } = await queries.query<{ staff: string; expires_ms: number }>(
    'select staff, expires_ms from invitation where hash = $1 and used_ms is null and expires_ms > $2',
    [hash, Date.now()],
  )
  const person = rows[0] === undefined ? null : await findPerson(queries, 'id', rows[0].staff)
  return person === null ? refuse('invitation_over', GONE, '/token') : { hash, person, expires: rows[0]!.expires_ms }
}

/**
 * Sets the password that the person chose. What was open is over, and one-time codes have to be set up anew: who needs a
 * link may have lost the telephone with it.
 */
export async function acceptInvitation(
  database: Database,
  { token, password, name }: { token: string; password: string; name: string },
): Promise<Person | Refusal> {
  const invitation = await findInvitation(database, token)
  if (!('person' in invitation)) return invitation
  const { person, hash } = invitation
  const programs = (await partsOf(database, person.id)).map((part) => part.name)
  const problem = passwordProblem(password, [person.email, name, ...programs])
  if (problem !== null) return refuse('invalid', problem, '/password')
  const hashed = await hashPassword(password)
  return database.transaction(async (queries) => {
    const { rowCount } = await queries.query('update invitation set used_ms = $2 where hash = $1 and used_ms is null', [
      hash,
      Date.now(),
    ])
    if (rowCount !== 1) return refuse('invitation_over', GONE, '/token')
    await queries.query(
      'update staff set password = $2, name = $3, totp_secret = null, totp_confirmed_ms = null where id = $1',
      [person.id, hashed, name],
    )
    await queries.query('delete from recovery_code where staff = $1', [person.id])
    await endSessions(queries, person.id)
    return { ...person, name, password: hashed, totp_secret: null, totp_confirmed_ms: null }
  })
}
