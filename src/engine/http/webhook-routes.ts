/** The calls about webhooks, and the messages themselves as a list. */

import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { type Refusal, refuse } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import type { Queries } from '../db.ts'
import { parseId, publicId } from '../ids.ts'
import { eventOf, MESSAGE, type MessageRow, writeTest } from '../outbox.ts'
import { nowOf } from '../programs.ts'
import { Event } from '../shapes.ts'
import { once } from './answered.ts'
import { type Role, type Route, route } from './route.ts'

const Time = z.iso.datetime({ offset: true })
const Topic = z
  .string()
  .regex(/^[a-z_]+(\.[a-z_]+)+$/, 'a topic looks like member.joined')
  .max(100)

const Webhook = z
  .strictObject({
    id: z.string(),
    url: z.string(),
    topics: z.array(Topic).nullable().describe('Null for all'),
    status: z.enum(['enabled', 'disabled']).describe('Disabled when it took nothing for three days, or answered 410'),
    failures: z.int().describe('Attempts that failed since the last one that did not'),
    created_at: Time,
    disabled_at: Time.nullable(),
  })
  .meta({ id: 'Webhook', description: 'An endpoint that is told what happens' })

const NewWebhook = Webhook.extend({
  secret: z
    .string()
    .nullable()
    .describe('Signs its messages. Shown this once: null when the answer is that of an earlier request'),
}).meta({ id: 'NewWebhook', description: 'A webhook that was made just now' })

const Delivery = z
  .strictObject({
    event: z.string(),
    topic: z.string(),
    status: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.int(),
    response: z.int().nullable().describe('The HTTP status of the last answer'),
    error: z.string().nullable().describe('Why there was none'),
    attempted_at: Time.nullable(),
  })
  .meta({ id: 'Delivery', description: 'An event on its way to a webhook' })

const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({ data: z.array(item), has_more: z.boolean(), next_cursor: z.string().nullable() })
const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('The most that are answered at once'),
  cursor: z.string().max(100).optional().describe('The `next_cursor` of the page before'),
})
const WebhookId = z.strictObject({ id: z.string().max(100) })

/** Whoever may register an endpoint learns of every member's doings. */
const MAY_MANAGE = ['owner', 'developer'] as const satisfies readonly Role[]
const MAY_READ = [
  'owner',
  'developer',
  'marketer',
  'finance',
  'support',
  'read_only',
] as const satisfies readonly Role[]
const TAG = 'Webhooks'
const MOST_WEBHOOKS = 16

interface WebhookRow {
  id: string
  url: string
  topics: string[] | null
  failures: number
  created_ms: number
  disabled_ms: number | null
}

const COLUMNS = 'id, url, topics, failures, created_ms, disabled_ms'

function answerOf({ id, url, topics, failures, created_ms, disabled_ms }: WebhookRow): z.output<typeof Webhook> {
  return {
    id,
    url,
    topics,
    status: disabled_ms === null ? 'enabled' : 'disabled',
    failures,
    created_at: formatInstant(created_ms),
    disabled_at: disabled_ms === null ? null : formatInstant(disabled_ms),
  }
}

async function find(queries: Queries, program: number, id: string): Promise<WebhookRow | Refusal> {
  const { rows } = await queries.query<WebhookRow>(`select ${COLUMNS} from webhook where program = $1 and id = $2`, [
    program,
    id,
  ])
  return rows[0] ?? refuse('not_found', `There is no webhook ${id}.`)
}

const create = route({
  method: 'POST',
  path: '/v1/webhooks',
  id: 'createWebhook',
  tag: TAG,
  summary: 'Create a webhook',
  description:
    'Every event of the program that happens from now on is posted to the URL, signed with the secret, until it answers ' +
    '2xx: at least once, with growing pauses, for three days. Redirects are not followed. In live mode the address must ' +
    'be a public one unless the installation allows others.',
  body: z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
        .max(2_048)
        .refine(isWithoutCredentials, 'must not have a name or password in it')
        .describe('Where events are posted to'),
      topics: z.array(Topic).min(1).max(100).nullable().default(null).describe('Null, or left out, for all'),
    })
    .meta({ examples: [{ url: 'https://shop.example/loyalty-events', topics: ['reward.redeemed', 'tier.reached'] }] }),
  answers: { 201: { description: 'The webhook and its secret', schema: NewWebhook } },
  refusals: ['limit_reached'],
  roles: MAY_MANAGE,
  async handle(call) {
    const { url, topics } = call.body
    const program = call.caller.program.number
    const withoutSecret = (answer: unknown) => ({ ...(answer as object), secret: null })
    return once(call, 'createWebhook', (connection) => insert(connection, program, url, topics), {
      keep: withoutSecret,
    })
  },
})

function isWithoutCredentials(text: string): boolean {
  if (!URL.canParse(text)) return true
  const { username, password } = new URL(text)
  return username === '' && password === ''
}

async function insert(connection: Queries, program: number, url: string, topics: string[] | null) {
  // The program's row is held meanwhile, so that two at once do not both become the last that fits.
  await connection.query('select from program where number = $1 for no key update', [program])
  const { rowCount } = await connection.query('select from webhook where program = $1', [program])
  if ((rowCount ?? 0) >= MOST_WEBHOOKS)
    return refuse('limit_reached', `A program may have ${MOST_WEBHOOKS} webhooks, and this one has.`)
  const secret = `whsec_${randomBytes(32).toString('base64url')}`
  const { rows } = await connection.query<WebhookRow>(
    `insert into webhook (id, program, url, secret, topics, created_ms, after_message)
     values ($1, $2, $3, $4, $5, $6,
       coalesce(pg_sequence_last_value(pg_get_serial_sequence('outbox', 'id')::regclass), 0))
     returning ${COLUMNS}`,
    [`whk_${randomBytes(9).toString('hex')}`, program, url, secret, topics, Date.now()],
  )
  return { status: 201, body: { ...answerOf(rows[0]!), secret } }
}

const list = route({
  method: 'GET',
  path: '/v1/webhooks',
  id: 'listWebhooks',
  tag: TAG,
  summary: 'List webhooks',
  query: PageQuery,
  answers: { 200: { description: 'Webhooks by their ids', schema: pageOf(Webhook) } },
  roles: MAY_MANAGE,
  async handle({ services, caller, query: { limit, cursor } }) {
    const { rows } = await services.database.query<WebhookRow>(
      `select ${COLUMNS} from webhook where program = $1 and id > $2 order by id limit $3`,
      [caller.program.number, cursor ?? '', limit + 1],
    )
    return pageReply(rows, limit, answerOf, ({ id }) => id)
  },
})

const read = route({
  method: 'GET',
  path: '/v1/webhooks/{id}',
  id: 'getWebhook',
  tag: TAG,
  summary: 'Get a webhook',
  params: WebhookId,
  answers: { 200: { description: 'The webhook', schema: Webhook } },
  roles: MAY_MANAGE,
  async handle({ services, caller, params: { id } }) {
    const found = await find(services.database, caller.program.number, id)
    return 'url' in found ? { status: 200, body: answerOf(found) } : found
  },
})

const remove = route({
  method: 'DELETE',
  path: '/v1/webhooks/{id}',
  id: 'deleteWebhook',
  tag: TAG,
  summary: 'Delete a webhook',
  description: 'What is still on its way to it is not sent any more.',
  params: WebhookId,
  answers: { 200: { description: 'The webhook as it was', schema: Webhook } },
  roles: MAY_MANAGE,
  async handle({ services, caller, params: { id } }) {
    const { rows } = await services.database.query<WebhookRow>(
      `delete from webhook where program = $1 and id = $2 returning ${COLUMNS}`,
      [caller.program.number, id],
    )
    const removed = rows[0]
    return removed === undefined
      ? refuse('not_found', `There is no webhook ${id}.`)
      : { status: 200, body: answerOf(removed) }
  },
})

const test = route({
  method: 'POST',
  path: '/v1/webhooks/{id}/test',
  id: 'testWebhook',
  tag: TAG,
  summary: 'Test a webhook',
  description:
    'The event has the topic `webhook.test` and goes to this webhook alone, whatever its topics are. A webhook that was ' +
    'disabled is enabled again by it.',
  params: WebhookId,
  answers: { 202: { description: 'The event that is on its way; its delivery says what became of it', schema: Event } },
  roles: MAY_MANAGE,
  async handle(call) {
    const { program } = call.caller
    return once(call, 'testWebhook', async (connection) => {
      const found = await find(connection, program.number, call.params.id)
      if (!('url' in found)) return found
      await connection.query('update webhook set disabled_ms = null, failures = 0 where id = $1', [found.id])
      const message = await writeTest(connection, program.number, found.id, nowOf(program))
      return { status: 202, body: eventOf(message, program.id) }
    })
  },
})

const deliveries = route({
  method: 'GET',
  path: '/v1/webhooks/{id}/deliveries',
  id: 'listDeliveries',
  tag: TAG,
  summary: 'List the deliveries of a webhook',
  params: WebhookId,
  query: PageQuery.extend({ status: z.enum(['pending', 'delivered', 'failed']).optional() }),
  answers: { 200: { description: 'Deliveries, the latest events first', schema: pageOf(Delivery) } },
  roles: MAY_MANAGE,
  async handle({ services: { database }, caller, params: { id }, query: { limit, cursor, status } }) {
    const before = beforeOf(cursor)
    if (before === null) return wrongCursor()
    const found = await find(database, caller.program.number, id)
    if (!('url' in found)) return found
    const { rows } = await database.query<DeliveryRow>(
      `select d.message, o.topic, d.status, d.attempts, d.response, d.error, d.attempted_ms
       from delivery d join outbox o on o.id = d.message
       where d.webhook = $1 and d.message < $2 and ($3::text is null or d.status = $3)
       order by d.message desc limit $4`,
      [id, before, status ?? null, limit + 1],
    )
    return pageReply(rows, limit, deliveryOf, ({ message }) => publicId('evt', message))
  },
})

interface DeliveryRow {
  message: number
  topic: string
  status: 'pending' | 'delivered' | 'failed'
  attempts: number
  response: number | null
  error: string | null
  attempted_ms: number | null
}

function deliveryOf({ message, attempted_ms, ...row }: DeliveryRow): z.output<typeof Delivery> {
  const attempted_at = attempted_ms === null ? null : formatInstant(attempted_ms)
  return { event: publicId('evt', message), ...row, attempted_at }
}

const events = route({
  method: 'GET',
  path: '/v1/events',
  id: 'listEvents',
  tag: TAG,
  summary: 'List events',
  description: 'What webhooks are told, whether or not there are any. Events are kept for thirty days.',
  query: PageQuery.extend({ topic: Topic.optional() }),
  answers: { 200: { description: 'Events, the latest first', schema: pageOf(Event) } },
  roles: MAY_READ,
  async handle({ services, caller: { program }, query: { limit, cursor, topic } }) {
    const before = beforeOf(cursor)
    if (before === null) return wrongCursor()
    const { rows } = await services.database.query<MessageRow>(
      `select ${MESSAGE} from outbox o
       where o.program = $1 and o.id < $2 and ($3::text is null or o.topic = $3) order by o.id desc limit $4`,
      [program.number, before, topic ?? null, limit + 1],
    )
    return pageReply(
      rows,
      limit,
      (row) => eventOf(row, program.id),
      ({ message }) => publicId('evt', message),
    )
  },
})

/** Pages go back from an event; the first from the latest. Null when the cursor is none. */
function beforeOf(cursor: string | undefined): number | null {
  return cursor === undefined ? Number.MAX_SAFE_INTEGER : parseId('evt', cursor)
}

function wrongCursor(): Refusal {
  return refuse('invalid', 'The cursor is not the `next_cursor` of a page.', '/query/cursor')
}

/** One row more than asked for says that there is another page. */
function pageReply<Row, Item>(
  rows: readonly Row[],
  limit: number,
  answer: (row: Row) => Item,
  cursor: (row: Row) => string,
) {
  const page = rows.slice(0, limit)
  const has_more = rows.length > limit
  return {
    status: 200,
    body: { data: page.map(answer), has_more, next_cursor: has_more ? cursor(page.at(-1)!) : null },
  }
}

export const webhookRoutes: readonly Route[] = [create, list, read, remove, test, deliveries, events]
