/** The only write path of the ledger: a batch of activities is looked up, locked, decided in memory and kept at once. */

import type { PoolClient } from 'pg'
import { decodeAccount } from '../core/account.ts'
import { assert } from '../core/assert.ts'
import { leadOf } from '../core/decide.ts'
import { refuse } from '../core/refusal.ts'
import { type Assign, Batch, LeadsElsewhere, type LockedAccount, type Rows } from './batch.ts'
import { assignCard, assignReferralCode } from './cards.ts'
import type { Database, Queries } from './db.ts'
import { forget } from './forget.ts'
import { Ids } from './ids.ts'
import type { Incoming, Recorded } from './incoming.ts'
import { isEmpty, keep } from './keep.ts'
import { type Aliases, find, load, Overtaken, wasOvertaken } from './load.ts'
import { currentProgram } from './programs.ts'

/** PostgreSQL's codes for what another batch was quicker at: the same once more finds what that one left. */
const PASSING = new Set(['23505', '40P01', '40001'])
const CHECK_VIOLATION = '23514'
const TRIES = 8

/**
 * Each statement of a batch looks up rows by their keys. A plan is made once a connection and kept, and one that was made
 * while tables were small, or their statistics old, would read the whole of them when they have grown.
 */
const BEGIN = `begin; set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off;
  set local enable_hashjoin = off; set local enable_mergejoin = off`

export interface Recorder {
  readonly ids: Ids
  readonly stripes: number
  /** Decides and keeps the activities, in their order, and answers each. All that it answers is on disk. */
  record(batch: readonly Incoming[]): Promise<Recorded[]>
}

/** What the recorder is, beside the database: named in every activity that it decides. */
export interface EngineVersion {
  release: string
  tzdata: string
}

export async function openRecorder(database: Database, version: EngineVersion): Promise<Recorder> {
  const { stripes, secret } = await readSettings(database)
  const engine = await numberOf(database, version)
  const ids = await Ids.open(database, stripes)
  const assign: Assign = (account) => ({
    card: assignCard(secret, account),
    referral: assignReferralCode(secret, account),
  })
  const means: Means = { ids, engine, assign, stripes, aliases: new Map() }
  const decide = (batch: readonly Incoming[]) => recordAtOnce(database, means, batch)
  return { ids, stripes, record: (batch) => recordInParts(decide, batch, 1) }
}

interface Means {
  ids: Ids
  engine: number
  assign: Assign
  stripes: number
  aliases: Aliases
}

/** One transaction: keys and references, locks and state, decisions in memory, rows. Three times there and back. */
async function recordAtOnce(database: Database, means: Means, batch: readonly Incoming[]): Promise<Recorded[]> {
  const client = await database.pool.connect()
  const queries = together(client)
  let broken: Error | undefined
  try {
    const [, found] = await settled([queries.query(BEGIN), find(queries, batch, means.stripes)] as const)
    const loaded = await load(queries, batch, found, means.stripes, means.aliases)
    const work = new Batch(means.ids, means.assign, loaded, batch.length)
    const answers = takeAll(work, batch, loaded.accounts, means.aliases)
    const refused = batch.filter((incoming, i) => answers[i]!.status === 'refused' && incoming.type !== 'wake')
    if (refused.length > 0 && (await wasOvertaken(queries, refused, found, means.stripes))) throw new Overtaken()
    const rows = work.finish()
    if (isEmpty(rows)) await queries.query('rollback')
    else if (rows.erased.length === 0) await settled([...keep(queries, rows, means), queries.query('commit')])
    else await keepAndForget(queries, rows, means)
    return answers
  } catch (error) {
    await client.query('rollback').catch((reason: Error) => {
      broken = reason
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** A person is erased in the very transaction that says so. */
async function keepAndForget(queries: Queries, rows: Rows, means: Means): Promise<void> {
  await settled(keep(queries, rows, means))
  for (const { account, program } of rows.erased) await forget(queries, account, program, means.stripes)
  await queries.query('commit')
}

/** When an activity leads to an account that was not locked, all that lead on are remembered for the next try. */
function takeAll(
  work: Batch,
  batch: readonly Incoming[],
  locked: ReadonlyMap<number, LockedAccount>,
  aliases: Aliases,
): Recorded[] {
  try {
    return batch.map((incoming) => work.take(incoming))
  } catch (error) {
    if (error instanceof LeadsElsewhere) {
      learnAliases(batch, locked, aliases)
      aliases.set(error.account, error.leads)
    }
    throw error
  }
}

const MOST_ALIASES = 100_000

function learnAliases(batch: readonly Incoming[], locked: ReadonlyMap<number, LockedAccount>, aliases: Aliases): void {
  if (aliases.size > MOST_ALIASES) aliases.clear()
  const programs = new Map(batch.map(({ program }) => [program.number, currentProgram(program)]))
  for (const { id, program, state, seq } of locked.values()) {
    const account = decodeAccount(state, seq)
    const rules = programs.get(program)
    const led = rules === undefined ? null : (leadOf(account, 'order', rules) ?? leadOf(account, 'redeem', rules))
    const leads = account.mergedInto ?? led?.account
    if (leads !== undefined) aliases.set(id, leads)
  }
}

/** Statements that are asked for in one turn go to the server in one piece: a system call for all, not several for each. */
function together(client: PoolClient): Queries {
  const { stream } = client.connection
  let gathering = false
  return {
    query: (statement, values) => {
      if (!gathering) {
        gathering = true
        stream.cork()
        process.nextTick(() => {
          gathering = false
          stream.uncork()
        })
      }
      const query = typeof statement === 'string' ? { text: statement } : { ...statement }
      return client.query(values === undefined ? query : { ...query, values: values as unknown[] })
    },
  }
}

/** Waits for every statement that was sent, so that none is left on the connection, and fails with the first cause. */
async function settled<const T extends readonly Promise<unknown>[]>(
  sent: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(sent)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as never
}

/**
 * If a batch fails it is halved until the activity at fault stands alone; the others go through. What another batch
 * was quicker at is tried again.
 */
async function recordInParts(
  decide: (batch: readonly Incoming[]) => Promise<Recorded[]>,
  batch: readonly Incoming[],
  attempt: number,
): Promise<Recorded[]> {
  try {
    return await decide(batch)
  } catch (error) {
    if (error instanceof LeadsElsewhere) return recordInParts(decide, batch, attempt)
    const { code, constraint } = error as { code?: string; constraint?: string }
    // A server that is not there is nobody's fault, and asking it once per activity would not bring it back.
    if (code === undefined || !/^(23|40|22)/.test(code)) throw error
    if (batch.length > 1) {
      const half = batch.length >> 1
      const first = await recordInParts(decide, batch.slice(0, half), attempt)
      return [...first, ...(await recordInParts(decide, batch.slice(half), attempt))]
    }
    if (PASSING.has(code) && attempt < TRIES) return recordInParts(decide, batch, attempt + 1)
    if (code === CHECK_VIOLATION && constraint === 'account_state_check')
      return [{ status: 'refused', refusal: refuse('account_full', 'The account holds more than its row can keep.') }]
    throw error
  }
}

async function readSettings(database: Database): Promise<{ stripes: number; secret: string }> {
  const { rows } = await database.query<{ name: string; value: string }>('select name, value from setting')
  const settings = new Map(rows.map(({ name, value }) => [name, value]))
  const stripes = Number(settings.get('stripes'))
  const secret = settings.get('secret')
  assert(Number.isInteger(stripes) && secret !== undefined, 'the migration made the settings')
  return { stripes, secret }
}

async function numberOf(database: Database, { release, tzdata }: EngineVersion): Promise<number> {
  const { rows } = await database.query<{ number: number }>(
    `insert into engine_version (number, release, tzdata)
     select coalesce(max(number), 0) + 1, $1, $2 from engine_version
     on conflict (release, tzdata) do update set release = excluded.release returning number`,
    [release, tzdata],
  )
  return rows[0]!.number
}
