/**
 * Adds what happened to the figures of its days, behind the decisions and out of their way. Each id is added once: how far
 * a block of ids has come stands in the same transaction as what it added up to.
 */

import type { Program } from '../../core/program.ts'
import { bigintArray, intArray, smallintArray, textArray } from '../arrays.ts'
import type { Database, Queries } from '../db.ts'
import { stripeOf } from '../ids.ts'
import { currentProgram, type Programs } from '../programs.ts'
import { allStripes } from '../standings.ts'
import { readAhead, readBought, readRows, type Span } from './rows.ts'
import { addedBuyers, Sums } from './sums.ts'

export interface Folding {
  database: Database
  stripes: number
  programs: Programs
}

/** Activities that are added in one transaction: so few that whoever calls meanwhile waits some milliseconds at most. */
const PAGE = 1_000
/**
 * How old a look must be before what it saw is added, in ms: whoever had taken an id by then and had not begun to write
 * has done so since.
 */
export const SETTLED_MS = 5_000
/** Any number, as long as every process that folds takes the same. */
const FOLD_LOCK = 1_919_247_221

/** Adds all that has settled since the last time, and looks how far the ledger is now. Answers how many ids it added. */
export async function foldFigures(folding: Folding, now = Date.now(), signal?: AbortSignal): Promise<number> {
  const programs = await programsByNumber(folding)
  let added = 0
  for (;;) {
    if (signal?.aborted) return added
    const page = await folding.database.transaction((queries) => foldPage(queries, folding, programs, now))
    if (page === null) break
    added += page
  }
  await folding.database.transaction((queries) => lookAhead(queries, folding, now))
  return added
}

/** Programs whose figures can be told: each has the time zone that it began with for good. */
export async function programsByNumber({ programs }: Pick<Folding, 'programs'>): Promise<Map<number, Program>> {
  const all = (await programs.all()).filter(({ revisions }) => revisions.length > 0)
  return new Map(all.map((live) => [live.number, currentProgram(live)]))
}

/** Null when nothing is left, or another process is at it. */
async function foldPage(
  queries: Queries,
  { stripes }: Folding,
  programs: ReadonlyMap<number, Program>,
  now: number,
): Promise<number | null> {
  if (!(await takeTurn(queries))) return null
  const { rows } = await queries.query<Span & { block: number }>(
    `select block, id as after, seen as last from counted
     where seen > id and seen_ms <= $1 and (seen_xid <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint
       or seen_xid > pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
     order by block limit 1`,
    [now - SETTLED_MS],
  )
  const [span] = rows
  if (span === undefined) return null
  const { last, happened, moved } = await readRows(queries, stripes, span, PAGE)
  const sums = new Sums(programs)
  for (const one of happened) sums.add(one)
  for (const one of moved) sums.addPosting(one)
  await addFigures(queries, sums)
  await addBuyers(queries, sums)
  await addSpans(queries, sums, { after: span.after, last })
  await queries.query('update counted set id = $2 where block = $1', [span.block, last])
  return happened.length
}

async function takeTurn(queries: Queries): Promise<boolean> {
  const { rows } = await queries.query<{ ours: boolean }>('select pg_try_advisory_xact_lock($1) as ours', [FOLD_LOCK])
  return rows[0]!.ours
}

async function addFigures(queries: Queries, { figures }: Sums): Promise<void> {
  if (figures.length === 0) return
  await queries.query(
    `insert into day_figure (program, figure, day, about, amount)
     select * from unnest($1::smallint[], $2::text[], $3::integer[], $4::text[], $5::bigint[])
     on conflict (program, figure, day, about) do update set amount = day_figure.amount + excluded.amount`,
    [
      smallintArray(figures.map(({ program }) => program)),
      textArray(figures.map(({ figure }) => figure)),
      intArray(figures.map(({ day }) => day)),
      textArray(figures.map(({ about }) => about)),
      bigintArray(figures.map(({ amount }) => amount)),
    ],
  )
}

async function addBuyers(queries: Queries, { bought }: Sums): Promise<void> {
  if (bought.length === 0) return
  const known = await readBought(
    queries,
    bought.map(({ account }) => account),
  )
  const changes = bought.flatMap(({ account, program, days }) =>
    addedBuyers(known.get(account) ?? [], days).map((change) => ({ program, ...change })),
  )
  await queries.query(
    `insert into buyers (program, day, before, members)
     select program, day, before, sum(members) from unnest($1::smallint[], $2::integer[], $3::integer[], $4::integer[])
       as changed (program, day, before, members)
     group by program, day, before having sum(members) <> 0
     on conflict (program, day, before) do update set members = buyers.members + excluded.members`,
    [
      smallintArray(changes.map(({ program }) => program)),
      intArray(changes.map(({ day }) => day)),
      intArray(changes.map(({ before }) => before)),
      intArray(changes.map(({ members }) => members)),
    ],
  )
  const all = bought.flatMap(({ account, program, days }) => {
    const before = known.get(account) ?? []
    const added = [...days].filter((day) => !before.includes(day))
    return added.length === 0 ? [] : [{ account, program, days: `{${[...before, ...added].sort((a, b) => a - b)}}` }]
  })
  await queries.query(
    `insert into bought (stripe, account, program, days)
     select stripe, account, program, days::integer[] from unnest($1::smallint[], $2::bigint[], $3::smallint[], $4::text[])
       as changed (stripe, account, program, days)
     on conflict (stripe, account) do update set days = excluded.days`,
    [
      smallintArray(all.map(({ account }) => stripeOf(account))),
      bigintArray(all.map(({ account }) => account)),
      smallintArray(all.map(({ program }) => program)),
      textArray(all.map(({ days }) => days)),
    ],
  )
}

/** A day that goes on where its last span ended has one span still. */
async function addSpans(queries: Queries, { days }: Sums, { after, last }: Span): Promise<void> {
  const all = [...days].flatMap(([program, some]) => [...some].map((day) => ({ program, day })))
  if (all.length === 0) return
  await queries.query(
    `with changed as (
       select * from unnest($1::smallint[], $2::integer[]) as changed (program, day)
     ), longer as (
       update day_span s set last_id = $4 from changed c
       where s.program = c.program and s.day = c.day and s.last_id = $3 returning s.program, s.day
     )
     insert into day_span (program, day, after_id, last_id)
     select program, day, $3, $4 from changed where (program, day) not in (select program, day from longer)`,
    [smallintArray(all.map(({ program }) => program)), intArray(all.map(({ day }) => day)), after, last],
  )
}

/** Notes how far each block is, where the last look was added up. It writes only where something is new. */
async function lookAhead(queries: Queries, { stripes }: Folding, now: number): Promise<void> {
  if (!(await takeTurn(queries))) return
  for (const { block, after, last } of await readAhead(queries, stripes))
    await queries.query(LOOK, [block, after, last, now, allStripes(stripes)])
}

const LOOK = {
  name: 'figures-look',
  text: `with found as (
      select greatest(
        (select max(id) from activity where id > $2 and id <= $3),
        (select max(m.id) from unnest($5::smallint[]) as wanted (stripe) cross join lateral (
          select max(id) as id from sale where sale.stripe = wanted.stripe and id > $2 and id <= $3
        ) m)
      ) as seen
    )
    insert into counted (block, id, seen, seen_xid, seen_ms)
    select $1, $2::bigint, seen, pg_snapshot_xmax(pg_current_snapshot())::text::bigint, $4 from found where seen is not null
    on conflict (block) do update
      set seen = excluded.seen, seen_xid = excluded.seen_xid, seen_ms = excluded.seen_ms
      where counted.seen = counted.id`,
}
