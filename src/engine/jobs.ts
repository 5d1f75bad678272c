/** What goes on behind the decisions: messages go out, accounts are woken when something falls due, old rows go. */

import { setTimeout as sleep } from 'node:timers/promises'
import { Logger, type LogLevel, parseCrontab, type Runner, run, type TaskList } from 'graphile-worker'
import pg from 'pg'
import type { Queries } from './db.ts'
import { type DeliveryName, deliver, Undelivered } from './deliver.ts'
import { foldFigures } from './figures/fold.ts'
import { forward, programsWithForwards, sweepAndForward } from './forwarding.ts'
import { isImporting } from './importing.ts'
import type { Log } from './log.ts'
import { fanOut, JOB_SCHEMA, prune } from './outbox.ts'
import { nowOf, type Programs } from './programs.ts'
import { sealDays } from './roots.ts'
import type { SweepServices } from './sweep.ts'
import { captureThings } from './till/things.ts'

export type JobServices = SweepServices & { programs: Programs }

export interface JobOptions {
  /** The database's address: the queue has connections of its own. */
  url: string
  log: Log
  /** Whether webhooks of live programs may lead to addresses inside the network. */
  privateWebhooks: boolean
  /** The private key that signs daily roots; null for the database's own. */
  signingKey: string | null
  /** Jobs at once, most of which wait for somebody's endpoint. */
  concurrency?: number
  /** How often the outbox is looked at, in ms. */
  fanOutMs?: number
  /** How long an endpoint may take to answer, in ms. */
  timeoutMs?: number
}

export interface Jobs {
  /** Takes no new jobs, lets running ones finish for some seconds, and gives back what is left. */
  stop(): Promise<void>
}

const KEPT_MS = 30 * 86_400_000
/** After the queue has lost its database, in ms. */
const RESTART_MS = 1_000

/** Starts the queue, whose tables are made or brought up to date first. Several processes may: each job runs in one. */
export async function startJobs(services: JobServices, options: JobOptions): Promise<Jobs> {
  const pool = openPool(options)
  const stopping = new AbortController()
  try {
    const runner = await startQueue(pool, services, options, stopping.signal)
    const running = [
      keepQueue(runner, () => startQueue(pool, services, options, stopping.signal), options.log, stopping.signal),
      keepFanningOut(services, options, stopping.signal),
      keepForwarding(services, options, stopping.signal),
      keepFolding(services, options, stopping.signal),
    ]
    return {
      async stop() {
        stopping.abort()
        await Promise.all(running)
        await pool.end()
      },
    }
  } catch (error) {
    await pool.end()
    throw error
  }
}

/** The queue prepares, listens and locks as it is used to, so nothing of our connections' settings is in its pool. */
function openPool({ url, log, concurrency = CONCURRENCY }: JobOptions): pg.Pool {
  // One listens and one may sweep; they are opened when they are needed.
  const max = concurrency + 2
  const pool = new pg.Pool({ connectionString: url, max, application_name: 'regulars jobs' })
  const tell = (error: Error) => {
    // Connections that are being closed may see the server go first, which is no news.
    if (!pool.ending) log.warn({ err: error }, 'a connection of the job queue broke')
  }
  pool.on('error', tell)
  // A connection that breaks while it is in use tells its query as well; without a listener it would end the process.
  pool.on('connect', (client) => client.on('error', tell))
  return pool
}

const CONCURRENCY = 10
const DELIVERY_TIMEOUT_MS = 15_000

function startQueue(
  pool: pg.Pool,
  services: JobServices,
  { log, privateWebhooks, signingKey, concurrency = CONCURRENCY, timeoutMs = DELIVERY_TIMEOUT_MS }: JobOptions,
  stopping: AbortSignal,
): Promise<Runner> {
  const { database } = services
  const taskList: TaskList = {
    deliver: (name, { abortSignal: signal }) =>
      deliver(database, name as DeliveryName, { log, allowPrivate: privateWebhooks, timeoutMs, signal }),
    sweep: (_, { withPgClient }) => withPgClient((client) => sweepAlone(client, services, log, stopping)),
    rescue: (_, { withPgClient }) => withPgClient((client) => rescue(client, timeoutMs)),
    settle_tills: async () => {
      await captureThings(services)
    },
    seal: () => sealAll(services, signingKey, log, stopping),
    prune: async () => {
      const removed = await prune(database, Date.now(), Date.now() - KEPT_MS)
      if (removed > 0) log.info({ removed }, 'old messages were removed')
    },
  }
  return run({
    pgPool: pool,
    schema: JOB_SCHEMA,
    concurrency,
    taskList,
    parsedCronItems: parseCrontab(TIMETABLE),
    // Doors decide when the process ends.
    noHandleSignals: true,
    logger: queueLogger(log),
    preset: { worker: GATHERED },
  })
}

/**
 * What became of a job is written down behind the worker's back. Unless such notes are gathered, nobody hears of one that
 * fails with its connection, and Node ends the process; so they are, of one turn of the event loop.
 */
const GATHERED = { completeJobBatchDelay: 0, failJobBatchDelay: 0 }

/** Has the accounts woken whose time has come, at once and not with the next minute. */
export async function sweepSoon(database: Queries): Promise<void> {
  await database.query(`select from ${JOB_SCHEMA}.add_job('sweep')`)
}

/** Missed turns are not made up for: the next one does the same. */
const TIMETABLE = `
* * * * * sweep ?max=1
* * * * * rescue ?max=1
* * * * * settle_tills ?max=1
*/5 * * * * seal ?max=1
17 3 * * * prune ?max=3
`

/** When the queue ends by itself, which it does when its database stays away, it is started again. */
async function keepQueue(first: Runner, start: () => Promise<Runner>, log: Log, stopping: AbortSignal): Promise<void> {
  let runner: Runner | null = first
  while (!stopping.aborted) {
    try {
      runner ??= await start()
      await untilEnded(runner, stopping)
    } catch (error) {
      log.error({ err: error }, 'the job queue stopped and will be started again')
    }
    runner = null
    await sleep(RESTART_MS, undefined, { signal: stopping }).catch(() => {})
  }
}

async function untilEnded(runner: Runner, stopping: AbortSignal): Promise<void> {
  const stop = () => void runner.stop().catch(() => {})
  if (stopping.aborted) stop()
  stopping.addEventListener('abort', stop, { once: true })
  try {
    await runner.promise
  } finally {
    stopping.removeEventListener('abort', stop)
  }
}

const FAN_OUT_MS = 500

/**
 * Looks for new messages. No job itself: one that says to look again would write more than it moves, and as long as
 * there is nothing new, this writes nothing.
 */
async function keepFanningOut(services: JobServices, options: JobOptions, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      await fanOut(services.database, stopping)
    } catch (error) {
      if (!stopping.aborted) options.log.error({ err: error }, 'messages could not be fanned out')
    }
    await sleep(options.fanOutMs ?? FAN_OUT_MS, undefined, { signal: stopping }).catch(() => {})
  }
}

/** Brings what decisions forward to the accounts that it is for. A look where nothing is on its way reads one empty index. */
async function keepForwarding(services: JobServices, options: JobOptions, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      await forwardAll(services)
    } catch (error) {
      if (!stopping.aborted) options.log.error({ err: error }, 'what decisions forward could not be brought on')
    }
    await sleep(options.fanOutMs ?? FAN_OUT_MS, undefined, { signal: stopping }).catch(() => {})
  }
}

/** Longer than it takes for what a look saw to settle, so that each turn adds what the one before it saw. */
const FOLD_MS = 10_000

/** Adds what happened to the figures of its days. Where nothing did, it looks and writes nothing. */
async function keepFolding(services: JobServices, options: JobOptions, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      await foldFigures(services, Date.now(), stopping)
    } catch (error) {
      if (!stopping.aborted) options.log.error({ err: error }, 'what happened could not be added to the figures')
    }
    await sleep(FOLD_MS, undefined, { signal: stopping }).catch(() => {})
  }
}

async function forwardAll(services: JobServices): Promise<void> {
  const { database, programs } = services
  const waiting = new Set(await programsWithForwards(database))
  if (waiting.size === 0) return
  // What an import causes is brought on by it, on the time of its file.
  for (const program of await programs.all())
    if (waiting.has(program.number) && !(await isImporting(database, program))) await forward(services, program)
}

/** Any two numbers, as long as every process that sweeps takes the same. */
const SWEEP_LOCK = '1919247220, 1937204592'

/** One process sweeps at a time. The lock is the connection's, so it goes when the process does. */
async function sweepAlone(
  client: pg.PoolClient,
  services: JobServices,
  log: Log,
  stopping: AbortSignal,
): Promise<void> {
  const { rows } = await client.query(`select pg_try_advisory_lock(${SWEEP_LOCK}) as ours`)
  if (!rows[0].ours) return
  try {
    await sweepAll(services, log, stopping)
  } finally {
    await client.query(`select pg_advisory_unlock(${SWEEP_LOCK})`)
  }
}

/** Programs one after the other, each up to its own present. What was not reached is due at the next time, too. */
async function sweepAll(services: JobServices, log: Log, stopping: AbortSignal): Promise<void> {
  const { database } = services
  const stoppable: SweepServices = {
    ...services,
    database: {
      ...database,
      // The sweep asks for a page at a time: after a stop it gets no further one.
      query: (statement, values) => {
        if (stopping.aborted) return Promise.reject(new Stopped())
        return database.query(statement, values)
      },
      transaction: (work) => (stopping.aborted ? Promise.reject(new Stopped()) : database.transaction(work)),
    },
  }
  for (const program of await services.programs.all()) {
    if (program.revisions.length === 0) continue
    try {
      // Accounts that are still on a file's time must not be woken up to the present.
      if (await isImporting(database, program)) continue
      const { woken, activities } = await sweepAndForward(stoppable, program, nowOf(program))
      if (woken > 0) log.info({ program: program.id, woken, activities }, 'swept')
    } catch (error) {
      if (stopping.aborted) return
      log.error({ err: error, program: program.id }, 'a sweep failed')
    }
  }
}

/** Roots of the days that have closed; a program that cannot be sealed keeps no other from it. */
async function sealAll(
  services: JobServices,
  signingKey: string | null,
  log: Log,
  stopping: AbortSignal,
): Promise<void> {
  const { database, stripes } = services
  for (const program of await services.programs.all()) {
    if (stopping.aborted) return
    if (program.revisions.length === 0) continue
    try {
      const days = await sealDays({ database, stripes, signingKey }, program)
      if (days > 0) log.info({ program: program.id, days }, 'days were sealed')
    } catch (error) {
      log.error({ err: error, program: program.id }, 'a day could not be sealed')
    }
  }
}

class Stopped extends Error {
  constructor() {
    super('The server is stopping')
    this.name = 'Stopped'
  }
}

/**
 * Gives back the jobs of processes that ended without a word: the queue itself would wait four hours. No delivery takes
 * longer than an endpoint may, so whoever holds one for so long is not there any more.
 */
export async function rescue(client: Pick<pg.PoolClient, 'query'>, timeoutMs: number): Promise<void> {
  await client.query(
    `select ${JOB_SCHEMA}.force_unlock_workers(array_agg(distinct locked_by)) from ${JOB_SCHEMA}.jobs
     where task_identifier = 'deliver' and locked_at < now() - $1 * interval '1 millisecond'
     having count(*) > 0`,
    [timeoutMs + RESCUE_GRACE_MS],
  )
}

const RESCUE_GRACE_MS = 105_000

/** The queue's words in our log. That an endpoint did not take a message was told already. */
function queueLogger(log: Log): Logger {
  return new Logger((scope) => (level: LogLevel, message, meta) => {
    const error = meta?.['error']
    const line = { ...scope, ...(error instanceof Error ? { err: error } : {}) }
    if (error instanceof Undelivered || level === 'info' || level === 'debug') log.debug(line, message)
    else log[level === 'error' ? 'error' : 'warn'](line, message)
  })
}
