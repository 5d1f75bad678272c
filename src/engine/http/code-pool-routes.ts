/** The HTTP of code pools: lists of codes that are imported, and how many of them are left. */

import { z } from 'zod'
import { refuse } from '../../core/refusal.ts'
import { importCodes, type Pool, readPools, setLow } from '../code-pools.ts'
import { once } from './answered.ts'
import { MAY } from './roles.ts'
import { type Reply, type Route, route, type Services } from './route.ts'

const CodePool = z
  .object({
    id: z.string().describe('What the program file calls it: `gives: { code: { pool: its-id } }`'),
    free: z.int().describe('Codes that are left'),
    codes: z.int().describe('Codes that there ever were'),
    low: z.int().describe('The message `codes.low` is sent once fewer than this are left; 0 for never'),
  })
  .meta({ id: 'CodePool' })

const Imported = CodePool.extend({
  added: z.int(),
  not_taken: z.array(
    z.object({ row: z.int().describe('From 1, in the order of the list'), code: z.string(), reason: z.string() }),
  ),
}).meta({ id: 'ImportedCodes' })

const ById = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be lower-case letters, digits, - and _, beginning with a letter')
    .describe('The pool, as the program file calls it'),
})
const Low = z.int().min(0).max(1_000_000_000)
const TAG = 'Code pools'

const add = route({
  method: 'POST',
  path: '/v1/code-pools/{id}/codes',
  id: 'importCodes',
  tag: TAG,
  summary: 'Import codes',
  description:
    'Adds codes to a pool, which is made with the first of them. A code that the program has already stays out, and the ' +
    'answer says so row by row; the same list again changes nothing. No code is handed out twice.',
  params: ById,
  body: z
    .strictObject({
      codes: z.array(z.string().max(1_000)).min(1).max(10_000).describe('At most 10,000 at a time'),
      low: Low.optional().describe('Send `codes.low` once fewer than this are left'),
    })
    .meta({ id: 'CodeList', examples: [{ codes: ['CINEMA-0001', 'CINEMA-0002'], low: 100 }] }),
  answers: { 200: { description: 'The pool, and what was not taken', schema: Imported } },
  refusals: ['idempotency_conflict'],
  roles: MAY.print,
  handle: (call) =>
    once(call, 'importCodes', async (connection) => {
      const { services, caller, params, body } = call
      const { program } = caller
      const { added, notTaken } = await importCodes(connection, services.stripes, program, params.id, body.codes)
      if (body.low !== undefined) await setLow(connection, program.number, params.id, body.low)
      const [pool] = await readPools(connection, services.stripes, program.number, params.id)
      return { status: 200, body: { ...pool!, added, not_taken: notTaken } }
    }),
})

const change = route({
  method: 'PUT',
  path: '/v1/code-pools/{id}',
  id: 'putCodePool',
  tag: TAG,
  summary: 'Say when a pool is low',
  params: ById,
  body: z.strictObject({ low: Low }).meta({ id: 'CodePoolChange', examples: [{ low: 100 }] }),
  answers: { 200: { description: 'The pool', schema: CodePool } },
  roles: MAY.print,
  async handle({ params: { id }, body, caller, services }) {
    await setLow(services.database, caller.program.number, id, body.low)
    return reply(services, caller.program.number, id)
  },
})

const get = route({
  method: 'GET',
  path: '/v1/code-pools/{id}',
  id: 'getCodePool',
  tag: TAG,
  summary: 'Get a pool',
  params: ById,
  answers: { 200: { description: 'The pool', schema: CodePool } },
  refusals: ['not_found'],
  roles: MAY.read,
  handle: ({ params: { id }, caller, services }) => reply(services, caller.program.number, id),
})

const list = route({
  method: 'GET',
  path: '/v1/code-pools',
  id: 'listCodePools',
  tag: TAG,
  summary: 'List pools',
  answers: {
    200: {
      description: 'All pools of the program',
      schema: z
        .object({ data: z.array(CodePool), has_more: z.boolean(), next_cursor: z.string().nullable() })
        .meta({ id: 'CodePoolList' }),
    },
  },
  roles: MAY.read,
  async handle({ caller, services }) {
    const data: Pool[] = await readPools(services.database, services.stripes, caller.program.number)
    return { status: 200, body: { data, has_more: false, next_cursor: null } }
  },
})

export const codePoolRoutes: readonly Route[] = [add, change, get, list]

async function reply(services: Services, program: number, id: string): Promise<Reply | ReturnType<typeof refuse>> {
  const [pool] = await readPools(services.database, services.stripes, program, id)
  return pool === undefined ? refuse('not_found', `There is no pool ${id}.`) : { status: 200, body: pool }
}
