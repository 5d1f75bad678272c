/** What members bought before, and gave back, as the live ledger has it: credit notes of a file are matched to it, too. */

import type { OrderBody, ReturnBody } from '../core/activity.ts'
import type { Returned } from '../core/order.ts'
import { bigintArray, smallintArray, textArray } from './arrays.ts'
import type { Database, Queries } from './db.ts'
import { KIND } from './directory.ts'
import type { Past, PastPurchases } from './files/credits.ts'
import { stripeOf, stripeOfText } from './ids.ts'
import { readPeople } from './person.ts'
import type { LiveProgram } from './programs.ts'

/** Anonymous sales that are read at once. */
const PAGE = 5_000

/** Each statement looks up rows by their keys, however small the tables were when it was planned. */
const BY_KEYS = 'set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off'

export function pastPurchases(database: Database, stripes: number, live: LiveProgram): PastPurchases {
  return {
    ofMembers: (members, items) =>
      database.transaction(async (queries) => {
        await queries.query(BY_KEYS)
        return pastOf(queries, stripes, live, members, items)
      }),
    anonymous: (items) => pastSales(database, live, items),
  }
}

/** An order or a return as the ledger has it. */
interface Row {
  id: number
  type: string
  occurred_ms: number
  body: string
  returned: string | null
}

const ORDERS_AND_RETURNS = {
  name: 'past-purchases',
  text: `select a.id, a.type, a.occurred_ms, a.body, r.returned
    from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, id) join activity a using (stripe, id)
    left join remainder r on r.stripe = a.stripe and r.activity = a.id where a.body is not null`,
}

async function pastOf(
  queries: Queries,
  stripes: number,
  live: LiveProgram,
  members: readonly string[],
  items: ReadonlySet<string>,
): Promise<Past> {
  const past = nothing()
  const accounts = await accountsOf(queries, stripes, live, members)
  const people = await readPeople(queries, [...new Set(accounts.values())])
  const owners = new Map<number, number>()
  for (const [member, account] of accounts) {
    const person = people.get(account)!
    // Whoever was merged is one person, whichever of their names the file has.
    const number = Math.min(...person.accounts)
    past.people.push({ member, person: number })
    for (const { id, type } of [...person.activities, ...person.pooled])
      if (type === 'order' || type === 'return') owners.set(id, number)
  }
  const ids = [...owners.keys()]
  const { rows } = await queries.query<Row>(ORDERS_AND_RETURNS, [smallintArray(ids.map(stripeOf)), bigintArray(ids)])
  for (const row of rows) addRow(past, owners.get(row.id)!, row, items)
  return past
}

async function accountsOf(
  queries: Queries,
  stripes: number,
  live: LiveProgram,
  members: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await queries.query<{ value: string; account: number }>(
    `select d.value, d.account from unnest($1::smallint[], $2::text[]) as wanted (stripe, value)
     join directory d using (stripe, value) where d.program = $3 and d.kind = ${KIND.external} and d.account is not null`,
    [smallintArray(members.map((member) => stripeOfText(member, stripes))), textArray(members), live.number],
  )
  return new Map(rows.map(({ value, account }) => [value, account]))
}

/** No index says which sales had an item, so all sales to nobody are gone through, once for a file. */
async function* pastSales(queries: Queries, live: LiveProgram, items: ReadonlySet<string>): AsyncGenerator<Past> {
  for (let stripe = -1, id = 0, more = true; more; ) {
    const { rows } = await queries.query<Row & { stripe: number }>(
      `select stripe, id, type, occurred_ms, body, returned from sale
       where program = $1 and (stripe, id) > ($2, $3) order by stripe, id limit $4`,
      [live.number, stripe, id, PAGE],
    )
    const past = nothing()
    for (const row of rows) addRow(past, null, row, items)
    yield past
    more = rows.length === PAGE
    if (more) ({ stripe, id } = rows.at(-1)!)
  }
}

function nothing(): Past {
  return { people: [], bought: [], givenBack: [] }
}

function addRow({ bought, givenBack }: Past, person: number | null, row: Row, items: ReadonlySet<string>): void {
  const { id, type, occurred_ms: ms } = row
  if (type === 'return') {
    const { external_id: note, order, lines = [] } = JSON.parse(row.body) as ReturnBody
    for (const line of lines)
      if (line.quantity > 0) givenBack.push({ note, order, line: line.id, quantity: line.quantity })
  }
  if (type !== 'order') return
  const { external_id: order, lines } = JSON.parse(row.body) as OrderBody
  const quantities = row.returned === null ? null : (JSON.parse(row.returned) as Returned).quantities
  for (const [place, { id: line, sku, quantity }] of lines.entries()) {
    const left = quantity - (quantities?.[place] ?? 0)
    if (items.has(sku)) bought.push({ person, order, line, sku, ms, id, place, left })
  }
}
