/** The call that reads the audit log. */

import { Readable } from 'node:stream'
import { z } from 'zod'
import { csvLine } from '../../core/csv.ts'
import { formatInstant } from '../../core/time.ts'
import type { Queries } from '../db.ts'
import { MAY } from '../http/roles.ts'
import { CsvText, ROLES, type Route, route } from '../http/route.ts'
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
  async handle({ services: { database }, caller, query, wantsCsv }) {
    const { limit, cursor } = query
    const first: Place = [query.until ?? Number.MAX_SAFE_INTEGER, 0]
    const place = cursor === undefined ? first : readPlace(cursor)
    if (place === null) return wrongCursor()
    const { number } = caller.program
    if (wantsCsv) return { status: 200, body: new CsvText(Readable.from(tableOf(database, number, query, first))) }
    const rows = await readRows(database, number, query, place, limit + 1)
    const data = rows.slice(0, limit)
    const last = data.at(-1)
    const next_cursor = rows.length > limit ? Buffer.from(`${last!.at_ms}.${last!.id}`).toString('base64url') : null
    return { status: 200, body: { data: data.map(answerOf), has_more: next_cursor !== null, next_cursor } }
  },
})

type Place = [at: number, id: number]
interface Wanted {
  actor?: string | undefined
  action?: string | undefined
  about?: string | undefined
  from?: number | undefined
}

/** The rows below a place, the newest first. */
async function readRows(
  queries: Queries,
  program: number,
  { actor, action, about, from = 0 }: Wanted,
  place: Place,
  most: number,
): Promise<Row[]> {
  const { rows } = await queries.query<Row>(
    `select id, at_ms, actor, staff, device, role, action, about, before, after, request_id from audit
     where program = $1 and at_ms >= $2 and (at_ms, id) < ($3, $4)
       and ($5::text is null or actor = $5) and ($6::text is null or action = $6) and ($7::text is null or about = $7)
     order by at_ms desc, id desc limit $8`,
    [program, from, ...place, actor ?? null, action ?? null, about ?? null, most],
  )
  return rows
}

const COLUMNS = ['id', 'at', 'actor', 'role', 'action', 'about', 'before', 'after', 'request_id'] as const
const CSV_ROWS = 1_000

/** All of them as a table, page by page, so that years of records never stand in memory. */
async function* tableOf(queries: Queries, program: number, wanted: Wanted, first: Place): AsyncIterable<string> {
  yield `${COLUMNS.join(',')}\r\n`
  for (let place: Place | null = first; place !== null; ) {
    const rows: Row[] = await readRows(queries, program, wanted, place, CSV_ROWS)
    yield rows.map((row) => lineOf(answerOf(row))).join('')
    const last = rows.at(-1)
    place = rows.length < CSV_ROWS || last === undefined ? null : [last.at_ms, last.id]
  }
}

function lineOf(entry: z.output<typeof AuditAnswer>): string {
  return csvLine(
    COLUMNS.map((column) => {
      const value = entry[column]
      if (value === null || value === undefined) return ''
      return typeof value === 'object' ? JSON.stringify(value) : String(value)
    }),
  )
}

function answerOf({ id, at_ms, ...row }: Row): z.output<typeof AuditAnswer> {
  return { id: `aud_${id}`, at: formatInstant(at_ms), ...row }
}

/** Rows below this place are older; null for a cursor that is none. */
function readPlace(cursor: string): Place | null {
  const match = /^(\d{1,16})\.(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString())
  return match === null ? null : [Number(match[1]), Number(match[2])]
}

export const auditRoutes: readonly Route[] = [list]
