/** The call that reads the audit log. */

import { z } from 'zod'
import { formatInstant } from '../../core/time.ts'
import { MAY } from '../http/roles.ts'
import { ROLES, type Route, route } from '../http/route.ts'
import { wrongCursor } from '../read.ts'
import { Instant, List, pageOf, text } from '../shapes.ts'

const AuditAnswer = z
  .strictObject({
    id: z.string(),
    at: z.iso.datetime({ offset: true }).describe('Real time, also where the program’s clock was moved'),
    actor: z.string().describe('A person by their e-mail address, a till or a script by its name'),
    staff: z.string().nullable(),
    device: z.string().nullable(),
    role: z.enum(ROLES),
    action: z.string().describe('The call by its name, such as `changeStaff`'),
    about: z.string().describe('An id, or the address of the call'),
    before: z.unknown(),
    after: z.unknown(),
    request_id: z.string(),
  })
  .meta({ id: 'AuditEntry', description: 'Who did what: nobody can change it afterwards' })

interface Row {
  id: number
  at_ms: number
  actor: string
  staff: string | null
  device: string | null
  role: (typeof ROLES)[number]
  action: string
  about: string
  before: unknown
  after: unknown
  request_id: string
}

const list = route({
  method: 'GET',
  path: '/v1/audit',
  id: 'listAudit',
  tag: 'Audit',
  summary: 'Read the audit log',
  description:
    'What people and tills changed or looked up, the newest first. What scripts send with API keys stands in the ledger; ' +
    'here is what they change besides.',
  query: List.extend({
    actor: text(200).optional(),
    action: text(100).optional(),
    about: text(500).optional(),
    from: Instant.optional(),
    until: Instant.optional().describe('Up to this time, and not at it'),
  }),
  answers: { 200: { description: 'What was done', schema: pageOf(AuditAnswer, 'AuditList') } },
  roles: MAY.audit_log,
  async handle({ services: { database }, caller, query }) {
    const { actor, action, about, from = 0, until, limit, cursor } = query
    const place = cursor === undefined ? [until ?? Number.MAX_SAFE_INTEGER, 0] : readPlace(cursor)
    if (place === null) return wrongCursor()
    const { rows } = await database.query<Row>(
      `select id, at_ms, actor, staff, device, role, action, about, before, after, request_id from audit
       where program = $1 and at_ms >= $2 and (at_ms, id) < ($3, $4)
         and ($5::text is null or actor = $5) and ($6::text is null or action = $6) and ($7::text is null or about = $7)
       order by at_ms desc, id desc limit $8`,
      [caller.program.number, from, ...place, actor ?? null, action ?? null, about ?? null, limit + 1],
    )
    const data = rows.slice(0, limit)
    const last = data.at(-1)
    const next_cursor = rows.length > limit ? Buffer.from(`${last!.at_ms}.${last!.id}`).toString('base64url') : null
    return { status: 200, body: { data: data.map(answerOf), has_more: next_cursor !== null, next_cursor } }
  },
})

function answerOf({ id, at_ms, ...row }: Row): z.output<typeof AuditAnswer> {
  return { id: `aud_${id}`, at: formatInstant(at_ms), ...row }
}

/** Rows below this place are older; null for a cursor that is none. */
function readPlace(cursor: string): [at: number, id: number] | null {
  const match = /^(\d{1,16})\.(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString())
  return match === null ? null : [Number(match[1]), Number(match[2])]
}

export const auditRoutes: readonly Route[] = [list]
