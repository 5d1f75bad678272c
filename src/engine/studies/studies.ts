/** What was asked for and what came of it: the rows of backtests and balances, from waiting to done. */

import { randomBytes } from 'node:crypto'
import type { Database, Queries } from '../db.ts'
import type { BacktestTask, BalanceTask, Findings } from './task.ts'

export type Kind = 'backtest' | 'balance'
export const STATUSES = ['waiting', 'running', 'done', 'failed', 'stopped'] as const
export type Status = (typeof STATUSES)[number]

export interface StudyRow {
  id: string
  kind: Kind
  asked: string
  file: string | null
  status: Status
  thousandths: number
  asked_ms: number
  asked_by: string
  begun_ms: number | null
  ended_ms: number | null
  problem: string | null
  summary: string | null
}

/** What a list shows; reports and pages are read when somebody opens one. */
const COLUMNS = `id, kind, asked, file, status, thousandths, asked_ms, asked_by, begun_ms, ended_ms, problem, summary`

export interface NewStudy {
  program: number
  task: BacktestTask | BalanceTask
  /** As it is told again. */
  asked: object
  file: string | null
  by: string
}

const PREFIX: Record<Kind, string> = { backtest: 'bkt', balance: 'bal' }

export async function addStudy(queries: Queries, { program, task, asked, file, by }: NewStudy): Promise<StudyRow> {
  const id = `${PREFIX[task.kind]}_${randomBytes(9).toString('hex')}`
  const { rows } = await queries.query<StudyRow>(
    `insert into study (id, program, kind, asked, task, file, status, asked_ms, asked_by)
     values ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8) returning ${COLUMNS}`,
    [id, program, task.kind, JSON.stringify(asked), JSON.stringify(task), file, Date.now(), by],
  )
  return rows[0]!
}

export async function findStudy(queries: Queries, program: number, kind: Kind, id: string): Promise<StudyRow | null> {
  const { rows } = await queries.query<StudyRow>(
    `select ${COLUMNS} from study where program = $1 and kind = $2 and id = $3`,
    [program, kind, id],
  )
  return rows[0] ?? null
}

/** One of the long texts of a study: what it was asked with, its report, or its page. */
export async function readText(
  queries: Queries,
  id: string,
  column: 'task' | 'report' | 'page',
): Promise<string | null> {
  const { rows } = await queries.query<{ text: string | null }>(`select ${column} as text from study where id = $1`, [
    id,
  ])
  return rows[0]?.text ?? null
}

/** The newest first; `before` is the last one of the page before. */
export async function listStudies(
  queries: Queries,
  { program, kind, limit, before }: { program: number; kind: Kind; limit: number; before: string | null },
): Promise<StudyRow[]> {
  const { rows } = await queries.query<StudyRow>(
    `select ${COLUMNS} from study where program = $1 and kind = $2
       and ($3::text is null or (asked_ms, id) < (select asked_ms, id from study where id = $3))
     order by asked_ms desc, id desc limit $4`,
    [program, kind, before, limit],
  )
  return rows
}

/** How many are to be worked out before this one. */
export async function countBefore(queries: Queries, { id, asked_ms }: StudyRow): Promise<number> {
  const { rows } = await queries.query<{ count: number }>(
    `select count(*) as count from study
     where status in ('waiting', 'running') and (asked_ms, id) < ($1, $2)`,
    [asked_ms, id],
  )
  return rows[0]!.count
}

/** What has ended already stays as it is. */
export async function stopStudy(queries: Queries, id: string): Promise<void> {
  await queries.query(
    `update study set status = 'stopped', runner = null, ended_ms = $2
     where id = $1 and status in ('waiting', 'running')`,
    [id, Date.now()],
  )
}

export async function forgetStudy(queries: Queries, id: string): Promise<void> {
  await queries.query('delete from study where id = $1', [id])
}

/** Any number, as long as every process that takes studies takes the same. */
const TAKING_LOCK = 7_265_677_118
/** A process that has not been heard of for so long is not there any more, in ms. */
const SILENT_MS = 15_000
/** One that ends its process twice would end it for ever. */
const MOST_ATTEMPTS = 2

export interface Taken {
  id: string
  task: BacktestTask | BalanceTask
}

/** Takes the oldest that waits and can be worked out here; null where there is none, or as many as may are at work. */
export async function takeStudy(
  database: Database,
  runner: string,
  atOnce: number,
  isHere: (task: Taken['task']) => boolean,
): Promise<Taken | null> {
  const open = await database.query(`select from study where status in ('waiting', 'running') limit 1`)
  if (open.rowCount === 0) return null
  return database.transaction(async (queries) => {
    await queries.query('select pg_advisory_xact_lock($1)', [TAKING_LOCK])
    const now = Date.now()
    await giveBackSilent(queries, now)
    const { rows } = await queries.query<{ id: string; status: Status; task: string }>(
      `select id, status, task from study where status in ('waiting', 'running') order by asked_ms, id`,
    )
    if (rows.filter(({ status }) => status === 'running').length >= atOnce) return null
    for (const { id, status, task: text } of rows) {
      if (status === 'running') continue
      const task = JSON.parse(text) as Taken['task']
      if (!isHere(task)) continue
      await queries.query(
        `update study set status = 'running', runner = $2, attempts = attempts + 1, begun_ms = $3, alive_ms = $3,
           thousandths = 0 where id = $1`,
        [id, runner, now],
      )
      return { id, task }
    }
    return null
  })
}

/** What a process that is gone had begun waits for another one, unless it has ended two of them. */
async function giveBackSilent(queries: Queries, now: number): Promise<void> {
  await queries.query(
    `update study set runner = null, status = case when attempts < $2 then 'waiting' else 'failed' end,
       problem = case when attempts < $2 then null else $3::text end,
       ended_ms = case when attempts < $2 then null else $4::bigint end
     where status = 'running' and alive_ms < $1`,
    [now - SILENT_MS, MOST_ATTEMPTS, 'The server ended while this was worked out, twice. Ask for it again.', now],
  )
}

/** Gives back what this process had begun, because it ends: that was no attempt. */
export async function giveBackStudy(queries: Queries, id: string, runner: string): Promise<void> {
  await queries.query(
    `update study set status = 'waiting', runner = null, attempts = attempts - 1, thousandths = 0
     where id = $1 and runner = $2`,
    [id, runner],
  )
}

/** Says that it is still worked on; false where somebody has stopped or forgotten it. */
export async function keepAlive(queries: Queries, id: string, runner: string, progress: number): Promise<boolean> {
  const thousandths = Math.floor(Math.min(Math.max(progress, 0), 1) * 1000)
  const { rowCount } = await queries.query(
    'update study set thousandths = $3, alive_ms = $4 where id = $1 and runner = $2',
    [id, runner, thousandths, Date.now()],
  )
  return rowCount === 1
}

export async function endStudy(
  queries: Queries,
  id: string,
  runner: string,
  outcome: Findings | { problem: string },
): Promise<void> {
  const found = 'problem' in outcome ? null : outcome
  await queries.query(
    `update study set status = $3, runner = null, ended_ms = $4, problem = $5, report = $6, page = $7, summary = $8,
       thousandths = case when $6::text is null then thousandths else 1000 end
     where id = $1 and runner = $2`,
    [
      id,
      runner,
      found === null ? 'failed' : 'done',
      Date.now(),
      'problem' in outcome ? outcome.problem : null,
      found?.report ?? null,
      found?.page ?? null,
      found === null ? null : JSON.stringify(found.summary),
    ],
  )
}
