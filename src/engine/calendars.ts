/**
 * A revision has a calendar of its own from the moment it takes effect: it may tell members before points expire where
 * the one before did not. When accounts want to be woken is written as they decide; those that sleep are gone through
 * once for each revision, page by page.
 */

import { decodeAccount } from '../core/account.ts'
import { nextDue, nextToWake } from '../core/decide.ts'
import { NEVER } from '../core/points.ts'
import { bigintArray } from './arrays.ts'
import type { Database, Queries } from './db.ts'
import { envOf, type LiveProgram, programAt } from './programs.ts'

const PAGE = 200

interface Progress {
  stripe: number
  revision: number
  account: number | null
}

interface Sleeper {
  id: number
  seq: number
  state: string
  due_ms: number | null
}

/**
 * Brings the table `due` in line with the newest revision in force at `now` (ms). Stopped in the middle it goes on from
 * the page where it was.
 */
export async function followCalendar(
  { database, stripes }: { database: Database; stripes: number },
  program: LiveProgram,
  now: number,
): Promise<void> {
  const { revision } = programAt(program, now)
  if (revision === 1) return
  const { rows } = await database.query<Progress>('select stripe, revision, account from calendar where program = $1', [
    program.number,
  ])
  for (let stripe = 0; stripe < stripes; stripe++) {
    const known = rows.find((one) => one.stripe === stripe)
    let account = known?.revision === revision ? known.account : 0
    while (account !== null) account = await turnPage(database, program, stripe, revision, account)
  }
}

/** Answers the last account of the page; null when there are no more. */
async function turnPage(
  database: Database,
  program: LiveProgram,
  stripe: number,
  revision: number,
  after: number,
): Promise<number | null> {
  return database.transaction(async (queries) => {
    // Locked in the order in which batches lock them, so that nobody writes another time meanwhile.
    const { rows } = await queries.query<Sleeper>(SLEEPERS, [stripe, program.number, after, PAGE])
    await keepDue(queries, program, stripe, rows)
    const last = rows.length < PAGE ? null : rows.at(-1)!.id
    await queries.query(
      `insert into calendar (stripe, program, revision, account) values ($1, $2, $3, $4)
       on conflict (stripe, program) do update set revision = excluded.revision, account = excluded.account`,
      [stripe, program.number, revision, last],
    )
    return last
  })
}

const SLEEPERS = `with page as (
    select id, seq, state from account where stripe = $1 and program = $2 and id > $3 order by id limit $4 for update
  )
  select p.id, p.seq, p.state, d.due_ms from page p left join due d on d.stripe = $1 and d.account = p.id order by p.id`

async function keepDue(
  queries: Queries,
  program: LiveProgram,
  stripe: number,
  rows: readonly Sleeper[],
): Promise<void> {
  const env = envOf(program, 0, () => 0, undefined)
  const changed: { id: number; due: number }[] = []
  for (const { id, seq, state, due_ms } of rows) {
    const account = decodeAccount(state, seq)
    account.due = nextDue(account, programAt(program, account.clock))
    const due = nextToWake(env, account, NEVER)
    if (due !== (due_ms ?? NEVER)) changed.push({ id, due })
  }
  const set = changed.filter(({ due }) => due !== NEVER)
  const gone = changed.filter(({ due }) => due === NEVER)
  if (set.length > 0)
    await queries.query(
      `insert into due (stripe, account, program, due_ms)
       select $1, account, $2, due_ms from unnest($3::bigint[], $4::bigint[]) as n (account, due_ms)
       on conflict (stripe, account) do update set due_ms = excluded.due_ms`,
      [stripe, program.number, bigintArray(set.map(({ id }) => id)), bigintArray(set.map(({ due }) => due))],
    )
  if (gone.length > 0)
    await queries.query('delete from due where stripe = $1 and account = any ($2::bigint[])', [
      stripe,
      bigintArray(gone.map(({ id }) => id)),
    ])
}
