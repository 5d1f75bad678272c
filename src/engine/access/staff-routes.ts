/** The calls about the people of a program: who they are, what they may, inviting them and letting them go. */

import { z } from 'zod'
import { Refusal, refuse } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import type { Queries } from '../db.ts'
import { normalEmail } from '../directory.ts'
import { once } from '../http/answered.ts'
import { covers, MAY } from '../http/roles.ts'
import { type Call, type Caller, type Reply, type Role, type Route, route } from '../http/route.ts'
import { publicId } from '../ids.ts'
import type { LiveProgram } from '../programs.ts'
import { namedAccount, noMember, pageFrom } from '../read.ts'
import { List, MemberRef, Name, pageOf, text } from '../shapes.ts'
import { type Invitation, invite, mayInvite } from './invitations.ts'
import { addPerson, endSessions, findPerson, giveRole, type Person, STAFF_ROLES } from './people.ts'

const TAG = 'People'
const Instant = z.iso.datetime({ offset: true })
const Params = z.strictObject({ id: text(40).describe('`stf_…`') })

const StaffAnswer = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role: z.enum(STAFF_ROLES),
    status: z.enum(['invited', 'active']).describe('Invited until the first time that they sign in'),
    totp: z.boolean().describe('Whether one-time codes are asked for'),
    member: z.string().nullable().describe('Who they are as a member, so that it is seen when they serve themselves'),
    last_seen_at: Instant.nullable(),
  })
  .meta({ id: 'Staff', description: 'Somebody who works for the business, and what they may in this program' })

const InvitationLink = z
  .strictObject({
    link: z
      .string()
      .nullable()
      .describe('Below this server’s address; null when the answer is that of an earlier request'),
    expires_at: Instant,
  })
  .meta({ id: 'InvitationLink', description: 'Lets its bearer choose the password, once: hand it to nobody else' })

const Invited = z
  .strictObject({
    staff: StaffAnswer,
    invitation: InvitationLink.nullable().describe('Null for somebody who has a password: they just sign in'),
  })
  .meta({ id: 'Invited' })

interface StaffRow {
  id: string
  name: string
  email: string
  role: z.output<typeof StaffAnswer>['role']
  totp: boolean
  account: number | null
  seen_ms: number | null
}

const ROWS = `select p.id, p.name, p.email, r.role, p.totp_confirmed_ms is not null as totp, r.account,
    (select max(seen_ms) from staff_session s where s.staff = p.id) as seen_ms
  from staff_role r join staff p on p.id = r.staff`

function answerOf({ account, seen_ms, ...row }: StaffRow): z.output<typeof StaffAnswer> {
  return {
    ...row,
    status: seen_ms === null ? 'invited' : 'active',
    member: account === null ? null : publicId('mem', account),
    last_seen_at: seen_ms === null ? null : formatInstant(seen_ms),
  }
}

async function findStaff(queries: Queries, program: LiveProgram, id: string): Promise<StaffRow | Refusal> {
  const { rows } = await queries.query<StaffRow>(`${ROWS} where r.program = $1 and r.staff = $2`, [program.number, id])
  return rows[0] ?? refuse('not_found', `There is nobody with the id ${id} in this program.`)
}

const list = route({
  method: 'GET',
  path: '/v1/staff',
  id: 'listStaff',
  tag: TAG,
  summary: 'List the people of the program',
  query: List,
  answers: { 200: { description: 'People, by their names', schema: pageOf(StaffAnswer, 'StaffList') } },
  roles: MAY.staff,
  async handle({ services: { database }, caller, query: { limit, cursor } }) {
    const from = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64url').toString())
    if (!Number.isSafeInteger(from) || from < 0)
      return refuse('invalid', 'This is no cursor of this list: use `next_cursor` as it came.', '/query/cursor')
    // A business has few enough people for pages that count.
    const { rows } = await database.query<StaffRow>(
      `${ROWS} where r.program = $1 order by lower(p.name), p.id offset $2 limit $3`,
      [caller.program.number, from, limit + 1],
    )
    return { status: 200, body: pageFrom(rows.slice(0, limit).map(answerOf), rows.length > limit, from + limit) }
  },
})

const read = route({
  method: 'GET',
  path: '/v1/staff/{id}',
  id: 'getStaff',
  tag: TAG,
  summary: 'See somebody of the staff',
  params: Params,
  answers: { 200: { description: 'The person', schema: StaffAnswer } },
  roles: MAY.staff,
  async handle({ services: { database }, caller, params: { id } }) {
    const row = await findStaff(database, caller.program, id)
    return row instanceof Refusal ? row : { status: 200, body: answerOf(row) }
  },
})

const NewStaff = z
  .strictObject({
    email: z.string().min(1).max(254),
    name: Name,
    role: z.enum(STAFF_ROLES).describe('Nothing above your own'),
  })
  .meta({ examples: [{ email: 'june@corner.coffee', name: 'June Park', role: 'cashier' }] })

const add = route({
  method: 'POST',
  path: '/v1/staff',
  id: 'inviteStaff',
  tag: TAG,
  summary: 'Invite somebody',
  description: 'The answer has a link to hand to the person, good for a week and once. Its secret is kept nowhere.',
  body: NewStaff,
  answers: { 201: { description: 'The person, and the link', schema: Invited } },
  roles: MAY.staff,
  async handle(call) {
    const { caller, body } = call
    const email = normalEmail(body.email)
    if (email === null) return refuse('invalid', 'This can be no e-mail address.', '/email')
    if (!covers(caller.role, body.role)) return refuse('forbidden', aboveYours(body.role), '/role')
    return once(call, 'inviteStaff', (queries) => addStaff(queries, caller, { ...body, email }), { keep: withoutLink })
  },
})

async function addStaff(
  queries: Queries,
  caller: Caller,
  { email, name, role }: z.output<typeof NewStaff>,
): Promise<Reply | Refusal> {
  const { program } = caller
  const known = await findPerson(queries, 'email', email)
  if (known !== null && !((await findStaff(queries, program, known.id)) instanceof Refusal))
    return refuse('invalid', `${known.name} is among your people already, with this address.`, '/email')
  const staff = known?.id ?? (await addPerson(queries, { email, name, password: null }))
  await giveRole(queries, staff, program.number, role)
  const person = (await findPerson(queries, 'id', staff))!
  const invitation = await linkFor(queries, caller, person)
  const row = (await findStaff(queries, program, staff)) as StaffRow
  return {
    status: 201,
    body: { staff: answerOf(row), invitation },
    audit: { about: staff, before: null, after: { email, role } },
  }
}

/** Who has a password, or gets one by somebody else's link, needs none; nobody gets more by it than they gave. */
async function linkFor(queries: Queries, caller: Caller, person: Person) {
  if (person.password !== null || (await mayInvite(queries, caller, person)) !== null) return null
  const { number: program } = caller.program
  return linkAnswer(await invite(queries, { staff: person.id, program, by: caller.actor }))
}

function linkAnswer({ link, expires }: Invitation) {
  return { link, expires_at: formatInstant(expires) }
}

function withoutLink(answer: unknown): unknown {
  const { invitation, ...rest } = answer as z.output<typeof Invited>
  return { ...rest, invitation: invitation === null ? null : { ...invitation, link: null } }
}

const again = route({
  method: 'POST',
  path: '/v1/staff/{id}/invitation',
  id: 'inviteAgain',
  tag: TAG,
  summary: 'Make a new link for somebody',
  description:
    'For who lost the first link, or the password, or the telephone: by it they choose a new password, and one-time ' +
    'codes are off until they set them up again. Earlier links are void.',
  params: Params,
  answers: { 201: { description: 'The link', schema: InvitationLink } },
  roles: MAY.staff,
  async handle(call) {
    const { caller, params } = call
    const keep = (answer: unknown) => ({ ...(answer as object), link: null })
    return once(
      call,
      'inviteAgain',
      async (queries) => {
        const row = await findStaff(queries, caller.program, params.id)
        if (row instanceof Refusal) return row
        const person = (await findPerson(queries, 'id', row.id))!
        const refusal = await mayInvite(queries, caller, person)
        if (refusal !== null) return refusal
        const made = await invite(queries, { staff: row.id, program: caller.program.number, by: caller.actor })
        return { status: 201, body: linkAnswer(made), audit: { about: row.id, before: null, after: null } }
      },
      { keep },
    )
  },
})

const change = route({
  method: 'PUT',
  path: '/v1/staff/{id}',
  id: 'changeStaff',
  tag: TAG,
  summary: 'Change what somebody may, or whom they are as a member',
  description: 'A new role ends what the person has open: they sign in again, with the new rights.',
  params: Params,
  body: z
    .strictObject({
      role: z.enum(STAFF_ROLES).optional(),
      member: MemberRef.nullable().optional().describe('Null for nobody'),
    })
    .meta({ examples: [{ role: 'support' }] }),
  answers: { 200: { description: 'The person', schema: StaffAnswer } },
  roles: MAY.staff,
  handle: (call) => changeStaff(call),
})

async function changeStaff({
  services,
  caller,
  params: { id },
  body: { role, member },
}: Call<{ id: string }, unknown, { role?: Role | undefined; member?: string | null | undefined }>): Promise<
  Reply | Refusal
> {
  const { program } = caller
  const account = member == null ? null : await namedAccount(services, program, member)
  if (member != null && account === null) return noMember(member, '/member')
  return services.database.transaction(async (queries) => {
    const before = await findChangeable(queries, caller, id)
    if (before instanceof Refusal) return before
    if (role !== undefined && role !== before.role) {
      const refusal = await mayBecome(queries, caller, before, role)
      if (refusal !== null) return refusal
      await giveRole(queries, id, program.number, role)
      await endSessions(queries, id)
    }
    if (member !== undefined)
      await queries.query('update staff_role set account = $3 where staff = $1 and program = $2', [
        id,
        program.number,
        account,
      ])
    const after = (await findStaff(queries, program, id)) as StaffRow
    return { status: 200, body: answerOf(after), audit: { about: id, before: noted(before), after: noted(after) } }
  })
}

function noted(row: StaffRow) {
  const { role, member } = answerOf(row)
  return { role, member }
}

/** Somebody who may no more than the caller. Owners are locked, so that two cannot remove each other at once. */
async function findChangeable(queries: Queries, caller: Caller, id: string): Promise<StaffRow | Refusal> {
  await queries.query(`select from staff_role where program = $1 and role = 'owner' order by staff for update`, [
    caller.program.number,
  ])
  const row = await findStaff(queries, caller.program, id)
  if (row instanceof Refusal) return row
  return covers(caller.role, row.role) ? row : refuse('forbidden', `${row.name} may more than you. Ask an owner.`)
}

async function mayBecome(
  queries: Queries,
  caller: Caller,
  { role: before, name }: StaffRow,
  role: Role | null,
): Promise<Refusal | null> {
  if (role !== null && !covers(caller.role, role)) return refuse('forbidden', aboveYours(role), '/role')
  if (before !== 'owner' || role === 'owner') return null
  const { rows } = await queries.query<{ owners: number }>(
    `select count(*)::int as owners from staff_role where program = $1 and role = 'owner'`,
    [caller.program.number],
  )
  if (rows[0]!.owners > 1) return null
  return refuse('last_owner', `${name} is the only owner. Make somebody else an owner first.`)
}

function aboveYours(role: Role): string {
  return `A ${role.replace('_', ' ')} may things that you may not, so you cannot give this role.`
}

const remove = route({
  method: 'DELETE',
  path: '/v1/staff/{id}',
  id: 'removeStaff',
  tag: TAG,
  summary: 'Let somebody go',
  description: 'They have no part in this program any more, at once. What they did stays in the records.',
  params: Params,
  answers: { 200: { description: 'As the person was', schema: StaffAnswer } },
  refusals: ['last_owner'],
  roles: MAY.staff,
  handle: ({ services: { database }, caller, params: { id } }) =>
    database.transaction(async (queries) => {
      const row = await findChangeable(queries, caller, id)
      if (row instanceof Refusal) return row
      const refusal = await mayBecome(queries, caller, row, null)
      if (refusal !== null) return refusal
      const { number } = caller.program
      await queries.query('delete from staff_role where staff = $1 and program = $2', [id, number])
      await queries.query('update invitation set used_ms = $3 where staff = $1 and program = $2 and used_ms is null', [
        id,
        number,
        Date.now(),
      ])
      await endSessions(queries, id)
      return { status: 200, body: answerOf(row), audit: { about: id, before: noted(row), after: null } }
    }),
})

const signOutAll = route({
  method: 'DELETE',
  path: '/v1/staff/{id}/sessions',
  id: 'endStaffSessions',
  tag: TAG,
  summary: 'Sign somebody out everywhere',
  params: Params,
  answers: { 200: { description: 'How many sessions were ended', schema: z.strictObject({ ended: z.int() }) } },
  roles: MAY.staff,
  handle: ({ services: { database }, caller, params: { id } }) =>
    database.transaction(async (queries) => {
      const row = await findChangeable(queries, caller, id)
      if (row instanceof Refusal) return row
      const ended = await endSessions(queries, id)
      return { status: 200, body: { ended }, audit: { about: id, before: null, after: { ended } } }
    }),
})

export const staffRoutes: readonly Route[] = [list, read, add, again, change, remove, signOutAll]
