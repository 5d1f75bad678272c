/** A person in the ledger: one account or several that were merged, and what a household's pool decided for them. */

import type { Queries } from './db.ts'
import { stripeOf } from './ids.ts'
import { keys } from './incoming.ts'

export interface Person {
  /** The account, and all that were merged into it. */
  accounts: number[]
  /** Every activity of theirs, along the chains of the accounts. */
  activities: number[]
  /** Activities of pools that were about the person, the latest first in each. */
  pooled: number[]
}

export async function readPerson(queries: Queries, account: number): Promise<Person> {
  const person: Person = { accounts: [account], activities: [], pooled: [] }
  const pools = new Set<number>()
  // The list grows while it is walked through: an account that was merged may have had others merged into it.
  for (const one of person.accounts)
    for (const { id, absorbed, pool } of await readLine(queries, one)) {
      person.activities.push(id)
      if (absorbed !== null) person.accounts.push(absorbed)
      if (pool !== null) pools.add(pool)
    }
  // So does this one: a pool that was merged goes on in another.
  for (const pool of pools) {
    const line = await readLine(queries, pool)
    for (const { into } of line) if (into !== null) pools.add(into)
    person.pooled.push(...decidedFor(line, person.accounts))
  }
  return person
}

/** What a pool decided for one of its members, and what came back of their orders. */
function decidedFor(line: readonly Link[], accounts: readonly number[]): number[] {
  const own = line.filter(({ member }) => member !== null && accounts.includes(member))
  const orders = new Set(own.map(({ key }) => key))
  const ids = new Set(own.map(({ id }) => id))
  return line
    .filter(({ id, order }) => ids.has(id) || (order !== null && orders.has(keys.order(order))))
    .map(({ id }) => id)
}

interface Link {
  id: number
  /** The account that an activity takes over, that it becomes part of, and the pool that it enters or leaves. */
  absorbed: number | null
  into: number | null
  pool: number | null
  /** For whom a pool decided it. */
  member: number | null
  key: string
  /** The order that comes back. */
  order: string | null
}

async function readLine(queries: Queries, account: number): Promise<Link[]> {
  const { rows } = await queries.query<Link>(LINE, [stripeOf(account), account])
  return rows
}

const LINE = {
  name: 'person-line',
  text: `with recursive line (id, prev) as (
      select a.id, a.prev from account c join activity a on a.stripe = c.stripe and a.id = c.last
      where c.stripe = $1 and c.id = $2
      union all
      select a.id, a.prev from line join activity a on a.stripe = $1 and a.id = line.prev
    )
    select a.id, case a.type when 'absorb' then (a.body::jsonb ->> 'from')::bigint end as absorbed,
      case a.type when 'merge' then (a.body::jsonb ->> 'into')::bigint end as into,
      case a.type when 'pool' then (a.body::jsonb ->> 'pool')::bigint end as pool,
      case when a.body like '%"for_member":%' then (a.body::jsonb ->> 'for_member')::bigint end as member, a.key,
      case when a.type in ('return', 'cancel') then a.body::jsonb ->> 'order' end as order
    from line join activity a on a.stripe = $1 and a.id = line.id`,
}
