/** Standings: members side by side by what is counted over all of them. */

import { smallintArray } from './arrays.ts'
import type { Queries } from './db.ts'

/** What is counted, in which period (its first local day; 0 where there are none). */
export interface Counted {
  program: number
  stripes: number
  name: string
  period: number
}

export interface Standing {
  account: number
  /** Equal scores share a place, and the places after it stay empty. */
  place: number
  score: number
}

/** Those who take part: members who want to be seen and are there, with more than nothing. */
const RANKED = `select t.account, t.count as score, rank() over (order by t.count desc)::integer as place
  from tally t join profile p on p.stripe = t.stripe and p.account = t.account
  where t.stripe = any ($1::smallint[]) and t.program = $2 and t.name = $3 and t.period = $4 and t.count > 0
    and p.status = 'active' and coalesce(p.leaderboards, 'shown') <> 'hidden'`

/** The first places; within a place those who joined first come first. */
export async function readStandings(
  queries: Queries,
  counted: Counted,
  { places, limit, after = 0 }: { places: number; limit: number; after?: number },
): Promise<Standing[]> {
  const { rows } = await queries.query<Standing>(
    `select account, place, score from (${RANKED}) ranked where place <= $5 order by place, account offset $6 limit $7`,
    [...valuesOf(counted), places, after, limit],
  )
  return rows
}

/** Where one account stands; null where it has nothing or does not take part. */
export async function readStanding(queries: Queries, counted: Counted, account: number): Promise<Standing | null> {
  const { rows } = await queries.query<Standing>(
    `select account, place, score from (${RANKED}) ranked where account = $5`,
    [...valuesOf(counted), account],
  )
  return rows[0] ?? null
}

function valuesOf({ program, stripes, name, period }: Counted): unknown[] {
  return [allStripes(stripes), program, name, period]
}

/** The stripes one by one, so that the key is searched and not passed by. */
export function allStripes(stripes: number): Buffer {
  return smallintArray(Array.from({ length: stripes }, (_, stripe) => stripe))
}
