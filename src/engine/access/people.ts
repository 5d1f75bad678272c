/** The people who work for the business, as the database has them. */

import type { Queries } from '../db.ts'
import type { Role } from '../http/route.ts'
import { newId } from '../secrets.ts'

/** What people may be; partners only send what they sell, by keys. */
export const STAFF_ROLES = ['owner', 'marketer', 'finance', 'support', 'cashier', 'developer', 'read_only'] as const
export type StaffRole = (typeof STAFF_ROLES)[number]

export interface Person {
  id: string
  email: string
  name: string
  locale: string | null
  password: string | null
  totp_secret: Buffer | null
  totp_confirmed_ms: number | null
  totp_step: number
}

const COLUMNS = 'id, email, name, locale, password, totp_secret, totp_confirmed_ms, totp_step'

export async function findPerson(queries: Queries, by: 'id' | 'email', value: string): Promise<Person | null> {
  const { rows } = await queries.query<Person>(`select ${COLUMNS} from staff where ${by} = $1`, [value])
  return rows[0] ?? null
}

/** Whether anybody can sign in at all. */
export async function hasStaff(queries: Queries): Promise<boolean> {
  return (await queries.query('select from staff limit 1')).rowCount === 1
}

export interface NewPerson {
  /** In lower case. */
  email: string
  name: string
  locale?: string | null
  /** As `hashPassword` made it. */
  password: string | null
}

/** Somebody with an address that nobody has; the id. */
export async function addPerson(queries: Queries, { email, name, locale, password }: NewPerson): Promise<string> {
  const id = newId('stf')
  await queries.query(
    'insert into staff (id, email, name, locale, password, created_ms) values ($1, $2, $3, $4, $5, $6)',
    [id, email, name, locale ?? null, password, Date.now()],
  )
  return id
}

export async function giveRole(queries: Queries, staff: string, program: number, role: Role): Promise<void> {
  await queries.query(
    `insert into staff_role (staff, program, role, created_ms) values ($1, $2, $3, $4)
     on conflict (staff, program) do update set role = excluded.role`,
    [staff, program, role, Date.now()],
  )
}

/** Ends what a person has open, on every server at once; `but` is the id of a session that stays. */
export async function endSessions(queries: Queries, staff: string, but: string | null = null): Promise<number> {
  const { rowCount } = await queries.query(
    `update staff_session set ended_ms = $3 where staff = $1 and ended_ms is null and id is distinct from $2`,
    [staff, but, Date.now()],
  )
  return rowCount ?? 0
}

export interface Part {
  program: number
  id: string
  name: string
  mode: 'live' | 'test'
  role: Role
}

/** The programs that a person has a part in, by their names. */
export async function partsOf(queries: Queries, staff: string): Promise<Part[]> {
  const { rows } = await queries.query<Part>(
    `select g.number as program, g.id, g.name, g.mode, r.role
     from staff_role r join program g on g.number = r.program where r.staff = $1 order by g.name, g.id`,
    [staff],
  )
  return rows
}
