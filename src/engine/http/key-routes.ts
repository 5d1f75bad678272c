/** The calls that make, list and revoke API keys. */

import { z } from 'zod'
import { refuse } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import { once } from './answered.ts'
import { createKey, Limits, revokeKey } from './keys.ts'
import { covers, MAY } from './roles.ts'
import { ROLES, type Role, type Route, route } from './route.ts'

const ApiKey = z
  .strictObject({
    id: z.string(),
    actor: z.string().describe('Who uses the key, as the ledger’s records name them'),
    role: z.enum(ROLES),
    mode: z.enum(['live', 'test']).describe('As the program’s'),
    limits: Limits,
    created_at: z.iso.datetime({ offset: true }),
    revoked_at: z.iso.datetime({ offset: true }).nullable(),
  })
  .meta({ id: 'ApiKey', description: 'An API key; its secret is kept nowhere' })

const NewApiKey = ApiKey.extend({
  secret: z.string().nullable().describe('Shown this once: null when the answer is that of an earlier request'),
}).meta({ id: 'NewApiKey', description: 'A key that was made just now' })

const TAG = 'API keys'
/** A programmer who could make an owner's key would be an owner. */
const ABOVE_YOURS = 'Such a key may do things that you may not, so you cannot make it.'
const OWNERS_ONLY = 'Only an owner may revoke an owner’s key.'

interface KeyRow {
  id: string
  actor: string
  role: Role
  limits: Limits
  created_ms: number
  revoked_ms: number | null
}

const COLUMNS = 'id, actor, role, limits, created_ms, revoked_ms'

function answerOf(row: KeyRow, mode: 'live' | 'test'): z.output<typeof ApiKey> {
  const { id, actor, role, limits, created_ms, revoked_ms } = row
  return {
    id,
    actor,
    role,
    mode,
    limits,
    created_at: formatInstant(created_ms),
    revoked_at: revoked_ms === null ? null : formatInstant(revoked_ms),
  }
}

const create = route({
  method: 'POST',
  path: '/v1/api-keys',
  id: 'createApiKey',
  tag: TAG,
  summary: 'Create an API key',
  description: 'The key belongs to the program of the key that makes it, and to its mode. Its secret is shown once.',
  body: z
    .strictObject({
      actor: z.string().trim().min(1).max(200).describe('Who will use it: a person, a till, a script'),
      role: z.enum(ROLES),
      mode: z.enum(['live', 'test']).optional().describe('The program’s; said, it is checked'),
      limits: Limits.default({}),
    })
    .meta({ examples: [{ actor: 'till 2', role: 'cashier' }] }),
  answers: { 201: { description: 'The key and its secret', schema: NewApiKey } },
  roles: MAY.keys,
  async handle(call) {
    const { caller, body } = call
    const { program } = caller
    if (!covers(caller.role, body.role)) return refuse('forbidden', ABOVE_YOURS, '/role')
    if (body.mode !== undefined && body.mode !== program.mode)
      return refuse('invalid', `This program is in ${program.mode} mode, and so are its keys.`, '/mode')
    const withoutSecret = (answer: unknown) => ({ ...(answer as object), secret: null })
    return once(
      call,
      'createApiKey',
      async (connection) => {
        const { id, secret } = await createKey(connection, { program, ...body })
        const { rows } = await connection.query<KeyRow>(`select ${COLUMNS} from api_key where id = $1`, [id])
        const { actor, role, limits } = rows[0]!
        const audit = { about: id, before: null, after: { actor, role, ...limits } }
        return { status: 201, body: { ...answerOf(rows[0]!, program.mode), secret }, audit }
      },
      { keep: withoutSecret },
    )
  },
})

const list = route({
  method: 'GET',
  path: '/v1/api-keys',
  id: 'listApiKeys',
  tag: TAG,
  summary: 'List API keys',
  query: z.strictObject({
    limit: z.coerce.number().int().min(1).max(100).default(20).describe('The most that are answered at once'),
    cursor: z.string().max(100).optional().describe('The `next_cursor` of the page before'),
  }),
  answers: {
    200: {
      description: 'Keys, revoked ones too, by their ids',
      schema: z.strictObject({
        data: z.array(ApiKey),
        has_more: z.boolean(),
        next_cursor: z.string().nullable(),
      }),
    },
  },
  roles: MAY.keys,
  async handle({ services, caller, query: { limit, cursor } }) {
    const { number, mode } = caller.program
    const { rows } = await services.database.query<KeyRow>(
      `select ${COLUMNS} from api_key where program = $1 and id > $2 order by id limit $3`,
      [number, cursor ?? '', limit + 1],
    )
    const data = rows.slice(0, limit).map((row) => answerOf(row, mode))
    const has_more = rows.length > limit
    return { status: 200, body: { data, has_more, next_cursor: has_more ? data.at(-1)!.id : null } }
  },
})

const revoke = route({
  method: 'DELETE',
  path: '/v1/api-keys/{id}',
  id: 'revokeApiKey',
  tag: TAG,
  summary: 'Revoke an API key',
  description: 'Within five seconds nobody gets in with it, on any server. Revoking again changes nothing.',
  params: z.strictObject({ id: z.string().max(100) }),
  answers: { 200: { description: 'The revoked key', schema: ApiKey } },
  roles: MAY.keys,
  async handle({ services: { database }, caller, params: { id } }) {
    const { program } = caller
    const read = async () => {
      const sql = `select ${COLUMNS} from api_key where program = $1 and id = $2`
      return (await database.query<KeyRow>(sql, [program.number, id])).rows[0]
    }
    const key = await read()
    if (key === undefined) return refuse('not_found', `There is no API key ${id}.`)
    if (key.role === 'owner' && caller.role !== 'owner') return refuse('forbidden', OWNERS_ONLY)
    await revokeKey(database, program, id)
    const audit = { about: id, before: { actor: key.actor, role: key.role }, after: null }
    return { status: 200, body: answerOf((await read())!, program.mode), audit }
  },
})

export const keyRoutes: readonly Route[] = [create, list, revoke]
