/** Brings one message to one endpoint: at least once, signed, again and again for three days. */

import type { Database } from './db.ts'
import type { Log } from './log.ts'
import { type Event, eventOf, MESSAGE, type MessageRow } from './outbox.ts'
import { type Posted, post } from './post.ts'
import { SIGNATURE_HEADER, sign } from './signature.ts'

/**
 * Attempts before a delivery is given up. The queue waits e, e², … e¹⁰ seconds between them and six hours from then on,
 * which makes 70 hours.
 */
export const ATTEMPTS = 21

export interface DeliverOptions {
  log: Log
  /** Whether the endpoints of live programs may be inside the network; those of test programs always may. */
  allowPrivate: boolean
  /** How long an endpoint may take to answer, in ms. */
  timeoutMs: number
  /** Gives the attempt up, and it does not count. */
  signal?: AbortSignal
}

/** A delivery, as the job of it names it. */
export interface DeliveryName {
  webhook: string
  message: number
}

/** The endpoint did not take the message: an exception, since by it the queue knows that it has to try again. */
export class Undelivered extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'Undelivered'
  }
}

interface Row extends MessageRow {
  webhook: string
  url: string
  secret: string
  attempts: number
  disabled: boolean
  program: string
  mode: 'live' | 'test'
}

/**
 * One attempt. Between the endpoint's answer and our note of it a crash may come: then the message is sent again, with
 * the same id and the same body. Throws `Undelivered` when there is to be another attempt.
 */
export async function deliver(database: Database, name: DeliveryName, options: DeliverOptions): Promise<void> {
  const row = await readPending(database, name)
  // Delivered, given up, or gone with its endpoint.
  if (row === undefined) return
  if (row.disabled) return keepAttempt(database, row, 'failed', { status: null, error: 'the webhook is disabled' })
  const posted = await send(row, eventOf(row, row.program), options)
  if (isTaken(posted)) return keepDelivered(database, row, posted)
  if (options.signal?.aborted) throw new Undelivered('the server stopped meanwhile')
  const reason = posted.status === null ? posted.error : `the endpoint answered ${posted.status}`
  options.log.info({ ...name, attempt: row.attempts + 1, reason }, 'a webhook did not take a message')
  const isLast = row.attempts + 1 >= ATTEMPTS || posted.status === GONE
  await countFailure(database, row, { disable: posted.status === GONE, givenUp: isLast })
  // What is given up is told as failed; whoever wants the message reads it from the list of events.
  await keepAttempt(database, row, isLast ? 'failed' : 'pending', posted)
  if (!isLast) throw new Undelivered(reason)
}

/** By this status an endpoint says that it is not there any more (RFC 9110, 15.5.11). */
const GONE = 410

async function readPending(database: Database, { webhook, message }: DeliveryName): Promise<Row | undefined> {
  const { rows } = await database.query<Row>(
    {
      name: 'read-delivery',
      text: `select ${MESSAGE}, w.id as webhook, w.url, w.secret, d.attempts, w.disabled_ms is not null as disabled,
          p.id as program, p.mode
        from delivery d
        join webhook w on w.id = d.webhook
        join outbox o on o.id = d.message
        join program p on p.number = w.program
        where d.webhook = $1 and d.message = $2 and d.status = 'pending'`,
    },
    [webhook, message],
  )
  return rows[0]
}

function send(row: Row, event: Event, { allowPrivate, timeoutMs, signal }: DeliverOptions): Promise<Posted> {
  const body = JSON.stringify(event)
  return post(new URL(row.url), body, {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Regulars',
      [SIGNATURE_HEADER]: sign(row.secret, body, Date.now()),
    },
    allowPrivate: allowPrivate || row.mode === 'test',
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  })
}

/** Redirects are not followed: they would lead where nobody looked. */
function isTaken({ status }: Posted): boolean {
  return status !== null && status >= 200 && status < 300
}

async function keepDelivered(database: Database, row: Row, posted: Posted): Promise<void> {
  await keepAttempt(database, row, 'delivered', posted)
  await database.query('update webhook set failures = 0 where id = $1 and failures > 0', [row.webhook])
}

async function keepAttempt(
  database: Database,
  row: Row,
  status: 'pending' | 'delivered' | 'failed',
  posted: Posted,
): Promise<void> {
  await database.query(
    {
      name: 'keep-delivery',
      text: `update delivery set status = $3, attempts = attempts + $4, response = $5, error = $6,
          attempted_ms = case when $4 > 0 then $7 else attempted_ms end
        where webhook = $1 and message = $2`,
    },
    [
      row.webhook,
      row.message,
      status,
      row.disabled ? 0 : 1,
      posted.status,
      posted.status === null ? posted.error : null,
      Date.now(),
    ],
  )
}

/** An endpoint that took nothing for as long as a delivery is tried is not there: no more is sent to it. */
async function countFailure(
  database: Database,
  { webhook }: Row,
  { disable, givenUp }: { disable: boolean; givenUp: boolean },
): Promise<void> {
  await database.query(
    `update webhook set failures = failures + 1, disabled_ms = coalesce(disabled_ms,
       case when $2 or ($3 and failures + 1 >= ${ATTEMPTS}) then $4::bigint end)
     where id = $1`,
    [webhook, disable, givenUp, Date.now()],
  )
}
