/** Activities, sales and postings as they stand between two ids, on their way into the figures. */

import { smallintArray } from '../arrays.ts'
import type { Queries } from '../db.ts'
import { IDS_PER_BLOCK, stripeOf } from '../ids.ts'
import { allStripes } from '../standings.ts'
import type { Happened, Moved } from './sums.ts'

/** Ids beyond `after` up to `last`. */
export interface Span {
  after: number
  last: number
}

/** The ids of a block, and how far they are in the figures. */
export interface Block extends Span {
  block: number
}

/** What stands in a span; `last` is how far it was read, since no more is read at once than was asked for. */
export interface Rows {
  last: number
  happened: Happened[]
  moved: Moved[]
}

/** The blocks in which something stands beyond what is in the figures, from where these end. */
export async function readAhead(queries: Queries, stripes: number): Promise<Block[]> {
  const { rows } = await queries.query<Block>(AHEAD, [IDS_PER_BLOCK, allStripes(stripes)])
  return rows
}

const AHEAD = {
  name: 'figures-ahead',
  text: `select b.block, b.after, b.last from (
      select g.block, coalesce(c.id, g.block * $1::bigint - 1) as after, (g.block + 1) * $1::bigint - 1 as last
      from id_block s cross join lateral generate_series(1, s.last_value) as g (block) left join counted c using (block)
    ) b
    where exists (select from activity a where a.id > b.after and a.id <= b.last)
      or exists (select from unnest($2::smallint[]) as wanted (stripe) cross join lateral (
        select from sale s where s.stripe = wanted.stripe and s.id > b.after and s.id <= b.last limit 1
      ) found)
    order by b.block`,
}

/** Both tables are read along their keys, so that a span costs what is in it. */
export async function readRows(queries: Queries, stripes: number, { after, last }: Span, most: number): Promise<Rows> {
  const [activities, sales] = await Promise.all([
    queries.query<Happened>(ACTIVITIES, [after, last, most]),
    queries.query<Happened>(SALES, [after, last, most, allStripes(stripes)]),
  ])
  let end = last
  for (const { rows } of [activities, sales]) if (rows.length === most) end = Math.min(end, rows.at(-1)!.id)
  const happened = [...activities.rows, ...sales.rows].filter(({ id }) => id <= end)
  const { rows: moved } = await queries.query<Moved>(POSTINGS, [after, end])
  await markClosed(queries, happened)
  return { last: end, happened, moved }
}

/** What became of most orders is not asked: nothing was taken off them, and nothing but money paid for them. */
const ACTIVITIES = {
  name: 'figures-activities',
  text: `select a.id, o.program, a.account, a.type, a.occurred_ms, a.body,
      case when t.tells then a.frozen end as frozen, case when t.tells then a.outcome end as outcome, false as was_closed
    from activity a join account o on o.stripe = a.stripe and o.id = a.account cross join lateral (
      select case a.type
        when 'order' then strpos(a.outcome, '"discounts":') > 0 or strpos(a.outcome, '"payments":') > 0
        else a.type in ('return', 'cancel', 'redeem', 'capture', 'voucher_use') end as tells
    ) t
    where a.id > $1 and a.id <= $2 order by a.id limit $3`,
}

const SALES = {
  name: 'figures-sales',
  text: `select s.* from unnest($4::smallint[]) as wanted (stripe) cross join lateral (
      select id, program, null::bigint as account, type, occurred_ms, body, null as frozen, outcome, false as was_closed
      from sale where sale.stripe = wanted.stripe and id > $1 and id <= $2 order by id limit $3
    ) s order by s.id limit $3`,
}

const POSTINGS = {
  name: 'figures-postings',
  text: `select activity, wallet, from_bucket, to_bucket, points, expiry_ms from posting
    where activity > $1 and activity <= $2`,
}

/** Whether those who are erased had left before: few, so each account's own chain is followed. */
async function markClosed(queries: Queries, happened: readonly Happened[]): Promise<void> {
  for (const one of happened) {
    if (one.type !== 'erase') continue
    const { rows } = await queries.query<{ type: string }>(CLOSED_BEFORE, [stripeOf(one.id), one.id])
    one.was_closed = rows[0]?.type === 'close'
  }
}

const CLOSED_BEFORE = `with recursive line (id, prev, type) as (
    select a.id, a.prev, a.type from activity a where a.stripe = $1 and a.id = $2
    union all
    select a.id, a.prev, a.type from line join activity a on a.stripe = $1 and a.id = line.prev
    where line.type not in ('close', 'reopen')
  ) select type from line where id <> $2 and type in ('close', 'reopen')`

/** The days on which accounts bought, as far as they are in the figures. */
export async function readBought(queries: Queries, accounts: readonly number[]): Promise<Map<number, number[]>> {
  if (accounts.length === 0) return new Map()
  const { rows } = await queries.query<{ account: number; days: number[] }>(
    `select b.account, b.days from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, account)
     join bought b using (stripe, account)`,
    [smallintArray(accounts.map(stripeOf)), accounts],
  )
  return new Map(rows.map(({ account, days }) => [account, days]))
}
