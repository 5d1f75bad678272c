/** A person in the ledger: one account or several that were merged, and what a household's pool decided for them. */

import type { Queries } from './db.ts'
import { stripeOf } from './ids.ts'
import { keys } from './incoming.ts'

export interface Person {
  /** The account, and all that it was ever merged with. */
  accounts: number[]
  /** Every activity of theirs, along the chains of the accounts. */
  activities: Link[]
  /** Activities of pools that were about the person, the latest first in each. */
  pooled: Link[]
}

/** An activity on its chain, and the accounts that it leads to. */
export interface Link {
  id: number
  /** The account whose chain it is on. */
  account: number
  type: string
  /** The account that an activity takes over, that it becomes part of, and the pool that it enters or leaves. */
  absorbed: number | null
  into: number | null
  pool: number | null
  /** For whom a pool decided it. */
  member: number | null
  key: string
  /** The order that comes back, and the activity that began a redemption which is captured or voided. */
  order: string | null
  redemption: number | null
}

export async function readPerson(queries: Queries, account: number): Promise<Person> {
  return (await readPeople(queries, [account])).get(account)!
}

/** The persons that accounts belong to, by the account; two of the accounts may be one person's. */
export async function readPeople(queries: Queries, accounts: readonly number[]): Promise<Map<number, Person>> {
  const lines = await readLines(queries, accounts)
  return new Map(accounts.map((account) => [account, personOf(lines, account)]))
}

function personOf(lines: ReadonlyMap<number, Link[]>, account: number): Person {
  const accounts = mergedWith(lines, [account])
  const activities = accounts.flatMap((one) => lines.get(one)!)
  const entered = activities.flatMap(({ pool }) => (pool === null ? [] : [pool]))
  // A pool that was merged goes on in another.
  const pools = mergedWith(lines, entered)
  return { accounts, activities, pooled: pools.flatMap((pool) => decidedFor(lines.get(pool)!, accounts)) }
}

/** The accounts and all that they were merged into or took over. A set hands out what is added while it is walked through. */
function mergedWith(lines: ReadonlyMap<number, Link[]>, accounts: readonly number[]): number[] {
  const all = new Set(accounts)
  for (const account of all)
    for (const { absorbed, into } of lines.get(account)!) {
      if (absorbed !== null) all.add(absorbed)
      if (into !== null) all.add(into)
    }
  return [...all]
}

/** What a pool decided for one of its members, and what became of their orders and redemptions. */
function decidedFor(line: readonly Link[], accounts: readonly number[]): Link[] {
  const own = line.filter(({ member }) => member !== null && accounts.includes(member))
  const orders = new Set(own.map(({ key }) => key))
  const ids = new Set(own.map(({ id }) => id))
  return line.filter(
    ({ id, order, redemption }) =>
      ids.has(id) || (order !== null && orders.has(keys.order(order))) || (redemption !== null && ids.has(redemption)),
  )
}

/** The chains of the accounts and of all that they lead to, each the latest first. */
async function readLines(queries: Queries, accounts: readonly number[]): Promise<Map<number, Link[]>> {
  const lines = new Map<number, Link[]>()
  for (let wanted = new Set(accounts); wanted.size > 0; ) {
    for (const account of wanted) lines.set(account, [])
    const next = new Set<number>()
    for (const [stripe, ids] of byStripe(wanted)) {
      const { rows } = await queries.query<Link>(LINES, [stripe, ids])
      for (const link of rows) {
        lines.get(link.account)!.push(link)
        for (const account of [link.absorbed, link.into, link.pool]) if (account !== null) next.add(account)
      }
    }
    wanted = new Set([...next].filter((account) => !lines.has(account)))
  }
  return lines
}

function byStripe(accounts: Iterable<number>): Map<number, number[]> {
  const stripes = new Map<number, number[]>()
  for (const account of accounts) {
    const stripe = stripeOf(account)
    if (!stripes.has(stripe)) stripes.set(stripe, [])
    stripes.get(stripe)!.push(account)
  }
  return stripes
}

/** Each activity names the one before it; the whole walk stays on the stripe. */
const LINES = {
  name: 'person-lines',
  text: `with recursive line (account, id, prev, depth) as (
      select c.id, a.id, a.prev, 1 from account c join activity a on a.stripe = c.stripe and a.id = c.last
      where c.stripe = $1 and c.id = any ($2::bigint[])
      union all
      select line.account, a.id, a.prev, line.depth + 1
      from line join activity a on a.stripe = $1 and a.id = line.prev
    )
    select a.id, line.account, a.type, case a.type when 'absorb' then (a.body::jsonb ->> 'from')::bigint end as absorbed,
      case a.type when 'merge' then (a.body::jsonb ->> 'into')::bigint end as into,
      case a.type when 'pool' then (a.body::jsonb ->> 'pool')::bigint end as pool,
      case when a.body like '%"for_member":%' then (a.body::jsonb ->> 'for_member')::bigint end as member, a.key,
      case when a.type in ('return', 'cancel') then a.body::jsonb ->> 'order' end as order,
      case when a.type in ('capture', 'void') then (a.body::jsonb ->> 'redemption')::bigint end as redemption
    from line join activity a on a.stripe = $1 and a.id = line.id order by line.account, line.depth`,
}

/** The accounts that were merged into this one, and into those before. */
export async function readMerged(queries: Queries, account: number): Promise<number[]> {
  const merged: number[] = []
  for (let next: number | undefined = account; next !== undefined; next = merged[merged.indexOf(next) + 1]) {
    const { rows } = await queries.query<{ account: number }>(MERGED, [stripeOf(next), next])
    merged.push(...rows.map((row) => row.account))
  }
  return merged
}

const MERGED = {
  name: 'person-merged',
  text: `with recursive line (id, prev) as (
      select a.id, a.prev from account c join activity a on a.stripe = c.stripe and a.id = c.last
      where c.stripe = $1 and c.id = $2
      union all
      select a.id, a.prev from line join activity a on a.stripe = $1 and a.id = line.prev
    )
    select (a.outcome::json -> 'other' ->> 'account')::bigint as account
    from line join activity a on a.stripe = $1 and a.id = line.id where a.type = 'absorb'`,
}
