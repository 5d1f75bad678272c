/** Messages to the world: kept with the decisions that cause them, fanned out to endpoints, pruned when they are old. */

import { setTimeout as sleep } from 'node:timers/promises'
import { formatInstant } from '../core/time.ts'
import type { Database, Queries } from './db.ts'
import { publicId } from './ids.ts'

/** The schema of the job queue's own tables. */
export const JOB_SCHEMA = 'regulars_jobs'
/** The topic of a message that somebody asked for to try an endpoint; it goes to that endpoint alone. */
export const TEST_TOPIC = 'webhook.test'

/** A message as endpoints and lists have it. */
export interface Event {
  id: string
  topic: string
  created_at: string
  program: string
  member: string | null
  activity: string | null
  data: Record<string, unknown>
}

export interface MessageRow {
  message: number
  topic: string
  account: number
  activity: number
  data: string
  created_ms: number
}

/** Columns of `outbox o` as a `MessageRow`. */
export const MESSAGE = 'o.id as message, o.topic, o.account, o.activity, o.data, o.created_ms'

/** Made from the row each time, and each time the same: whoever gets a message twice knows it by its id. */
export function eventOf(row: MessageRow, program: string): Event {
  return {
    id: publicId('evt', row.message),
    topic: row.topic,
    created_at: formatInstant(row.created_ms),
    program,
    member: row.account === 0 ? null : publicId('mem', row.account),
    activity: row.activity === 0 ? null : publicId('act', row.activity),
    data: JSON.parse(row.data),
  }
}

/** Writes the message that tries an endpoint. It goes the way of all others. */
export async function writeTest(queries: Queries, program: number, webhook: string, atMs: number): Promise<MessageRow> {
  const { rows } = await queries.query<MessageRow>(
    `insert into outbox as o (program, topic, account, activity, data, created_ms)
     values ($1, '${TEST_TOPIC}', 0, 0, $2, $3) returning ${MESSAGE}`,
    [program, JSON.stringify({ webhook }), atMs],
  )
  return rows[0]!
}

/** Deliveries that are made in one transaction. */
const MOST_AT_ONCE = 1_000
/** The queue's own limit is never the one that counts: attempts that a stop or a crash cut short are its alone. */
const JOB_ATTEMPTS = 200

/** Makes a delivery, and a job for it, of every new message for every endpoint that wants it; answers how many. */
export async function fanOut(database: Database, signal?: AbortSignal): Promise<number> {
  const through = await writtenThrough(database, signal)
  if (through === null) return 0
  let made = 0
  for (let more = true; more && signal?.aborted !== true; ) {
    const count = await database.transaction((connection) => fanOutSome(connection, through))
    made += count
    more = count === MOST_AT_ONCE
  }
  return made
}

/**
 * The number of a message before which no other will appear any more, or null when there is nothing new. Numbers are
 * given out before transactions commit, so a smaller one may become visible after a larger. Whoever got one holds a
 * lock on the table until the commit: those who hold it now are waited for, as when an index is built concurrently,
 * and nobody who writes waits for us.
 */
async function writtenThrough(database: Queries, signal?: AbortSignal): Promise<number | null> {
  const { rows } = await database.query<{ last: number | null; message: number }>(
    `select pg_sequence_last_value(pg_get_serial_sequence('outbox', 'id')::regclass) as last, message from fan_out`,
  )
  const { last, message } = rows[0]!
  if (last === null || last <= message) return null
  let writers = await writersOf(database)
  for (let pause = 2; writers.length > 0; pause = Math.min(pause * 2, 200)) {
    await sleep(pause, undefined, { signal })
    const still = new Set(await writersOf(database))
    writers = writers.filter((writer) => still.has(writer))
  }
  return last
}

async function writersOf(database: Queries): Promise<string[]> {
  const { rows } = await database.query<{ writer: string }>(
    `select virtualtransaction as writer from pg_locks
     where locktype = 'relation' and relation = 'outbox'::regclass and mode = 'RowExclusiveLock' and granted
       and database = (select oid from pg_database where datname = current_database())`,
  )
  return rows.map(({ writer }) => writer)
}

/** One transaction: where we are, deliveries, their jobs, and where we are then. A crash leaves all of it or nothing. */
async function fanOutSome(connection: Queries, through: number): Promise<number> {
  // Another process that does the same now does it for us as well.
  const place = await connection.query<{ message: number }>('select message from fan_out for update skip locked')
  const after = place.rows[0]?.message
  if (after === undefined || after >= through) return 0
  const wanted = await connection.query<{ webhook: string; message: number }>(WANTED, [after, through, MOST_AT_ONCE])
  if (wanted.rows.length > 0) await addJobs(connection, wanted.rows)
  // The last of a full page may be wanted by others, too; those who have it already are passed over.
  const reached = wanted.rows.length < MOST_AT_ONCE ? through : wanted.rows.at(-1)!.message - 1
  await connection.query('update fan_out set message = $1', [reached])
  return wanted.rows.length
}

const WANTED = {
  name: 'fan-out',
  text: `with wanted as (
      select w.id as webhook, o.id as message
      from outbox o join webhook w on w.program = o.program and w.after_message < o.id and w.disabled_ms is null
      where o.id > $1 and o.id <= $2
        and case when o.topic = '${TEST_TOPIC}' then o.data::jsonb ->> 'webhook' = w.id
          else w.topics is null or o.topic = any (w.topics) end
        and not exists (select from delivery d where d.webhook = w.id and d.message = o.id)
      order by o.id, w.id limit $3
    ), made as (
      insert into delivery (webhook, message) select webhook, message from wanted
    )
    select webhook, message from wanted order by message, webhook`,
}

async function addJobs(connection: Queries, rows: readonly { webhook: string; message: number }[]): Promise<void> {
  await connection.query(
    {
      name: 'fan-out-jobs',
      text: `select from ${JOB_SCHEMA}.add_jobs(array(
          select ('deliver', json_build_object('webhook', n.webhook, 'message', n.message), null, null,
            ${JOB_ATTEMPTS}, null, null, null)::${JOB_SCHEMA}.job_spec
          from unnest($1::text[], $2::bigint[]) with ordinality as n (webhook, message, place) order by n.place
        ))`,
    },
    [rows.map(({ webhook }) => webhook), rows.map(({ message }) => message)],
  )
}

/** Messages that are removed in one transaction. */
const MOST_PRUNED = 5_000

/**
 * Removes the messages, and their deliveries, that were fanned out before `beforeMs`. Their age is that of the machine:
 * imports and test clocks date messages as they like. Answers how many there were.
 */
export async function prune(database: Database, nowMs: number, beforeMs: number): Promise<number> {
  await database.query(
    'insert into fan_out_past (at_ms, message) select $1, message from fan_out on conflict do nothing',
    [nowMs],
  )
  const { rows } = await database.query<{ through: number | null }>(
    'select max(message) as through from fan_out_past where at_ms <= $1',
    [beforeMs],
  )
  const through = rows[0]!.through
  if (through === null) return 0
  let removed = 0
  for (let count = MOST_PRUNED; count === MOST_PRUNED; removed += count) {
    const deleted = await database.query(
      'delete from outbox where id in (select id from outbox where id <= $1 order by id limit $2)',
      [through, MOST_PRUNED],
    )
    count = deleted.rowCount ?? 0
  }
  await database.query('delete from delivery d using webhook w where d.webhook = w.id and d.message <= $1', [through])
  await database.query('delete from fan_out_past where message < $1', [through])
  return removed
}
