/** Requests that are no activities, done once: their answers are kept by Idempotency-Key. */

import { createHash } from 'node:crypto'
import { canonical } from '../../core/canonical.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import type { Queries } from '../db.ts'
import { inTurn } from '../in-turn.ts'
import type { Call, Reply } from './route.ts'

/** The header that says an answer is the one of before. */
export const REPLAYED = 'idempotent-replayed'

export interface Once {
  /** What is kept of the answer, where it must not be kept as it is. */
  keep?(body: unknown): unknown
}

/**
 * Does `work` in one transaction with the note that it was done, so that neither is there without the other. A second
 * request with the same key waits for the first, and is answered as that was. A refusal leaves nothing behind: the
 * same request may succeed later.
 */
export async function once(
  { services, caller, idempotencyKey, params, body }: Call,
  name: string,
  work: (connection: Queries) => Promise<Reply | Refusal>,
  { keep = (answer) => answer }: Once = {},
): Promise<Reply | Refusal> {
  const program = caller.program.number
  const fingerprint = fingerprintOf(name, params, body)
  try {
    return await services.database.transaction(async (connection) => {
      if (idempotencyKey === null) return orRollBack(await work(connection))
      const earlier = await claim(connection, program, idempotencyKey, fingerprint)
      if (earlier !== null) return orRollBack(earlier)
      const reply = orRollBack(await work(connection))
      await connection.query('update answered set status = $3, answer = $4 where program = $1 and key = $2', [
        program,
        idempotencyKey,
        reply.status,
        JSON.stringify(keep(reply.body) ?? null),
      ])
      return reply
    })
  } catch (error) {
    if (error instanceof Refused) return error.refusal
    throw error
  }
}

/**
 * The same for work that has transactions of its own, takes long, and does no harm when it is begun again: its answer is
 * kept when it is there. No connection is held meanwhile, since those who held all of them would wait for each other.
 */
export function onceDone(call: Call, name: string, work: () => Promise<Reply | Refusal>): Promise<Reply | Refusal> {
  const { services, caller, idempotencyKey: key, params, body } = call
  if (key === null) return work()
  const { database } = services
  const program = caller.program.number
  const fingerprint = fingerprintOf(name, params, body)
  return inTurn(`answer ${program} ${key}`, async () => {
    const earlier = await find(database, program, key, fingerprint)
    if (earlier !== null) return earlier
    const answer = await work()
    if (answer instanceof Refusal) return answer
    await database.query(
      `insert into answered (program, key, fingerprint, status, answer, created_ms) values ($1, $2, $3, $4, $5, $6)
       on conflict do nothing`,
      [program, key, fingerprint, answer.status, JSON.stringify(answer.body ?? null), Date.now()],
    )
    return answer
  })
}

function fingerprintOf(name: string, params: unknown, body: unknown): Buffer {
  return createHash('sha256')
    .update(canonical([name, params ?? null, body ?? null]))
    .digest()
}

/** Carries a refusal out of a transaction, which only an exception rolls back. */
class Refused extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.detail)
    this.refusal = refusal
  }
}

function orRollBack(answer: Reply | Refusal): Reply {
  if (answer instanceof Refusal) throw new Refused(answer)
  return answer
}

/** Null when the key is now ours; otherwise what is answered instead. */
async function claim(
  connection: Queries,
  program: number,
  key: string,
  fingerprint: Buffer,
): Promise<Reply | Refusal | null> {
  // Whoever holds the key now is waited for here.
  const { rowCount } = await connection.query(
    `insert into answered (program, key, fingerprint, status, answer, created_ms) values ($1, $2, $3, 0, '', $4)
     on conflict do nothing`,
    [program, key, fingerprint, Date.now()],
  )
  return rowCount === 1 ? null : find(connection, program, key, fingerprint)
}

/** What was answered to this key before; null when nothing was. */
async function find(
  queries: Queries,
  program: number,
  key: string,
  fingerprint: Buffer,
): Promise<Reply | Refusal | null> {
  const { rows } = await queries.query<{ fingerprint: Buffer; status: number; answer: string }>(
    'select fingerprint, status, answer from answered where program = $1 and key = $2',
    [program, key],
  )
  if (rows[0] === undefined) return null
  const { status, answer, fingerprint: before } = rows[0]
  if (!before.equals(fingerprint))
    return refuse('idempotency_conflict', `The Idempotency-Key ${key} was used before with another request.`)
  return { status, body: JSON.parse(answer), headers: { [REPLAYED]: 'true' } }
}
