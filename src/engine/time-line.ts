/** The time line of a member, the latest first. Whoever was merged into them has a chain of their own, which joins it. */

import type { ActivityType } from '../core/activity.ts'
import type { Refusal } from '../core/refusal.ts'
import { publicId, stripeOf } from './ids.ts'
import type { StoredActivity } from './incoming.ts'
import { readActivities } from './load.ts'
import type { LiveProgram } from './programs.ts'
import { noMember, type Page, type PageRequest, type Reading, readAccount, winnerOf, wrongCursor } from './read.ts'

/** An activity on its chain; `joins` is the last one of a chain that ends here, where another account was merged. */
interface Link {
  id: number
  /** The one before it on the chain; 0 for the first. */
  prev: number
  type: ActivityType
  account: number
  recorded_ms: number
  joins: number | null
}

/** Each activity names the one before it, so no index of theirs is needed. */
const CHAIN = {
  name: 'read-time-line',
  text: `with recursive line (id, prev, type, account, recorded_ms, joins, depth) as (
      select a.id, a.prev, a.type, a.account, a.recorded_ms,
        case a.type when 'absorb' then (a.outcome::json -> 'other' ->> 'activity')::bigint end, 1
      from activity a where a.stripe = $1 and a.id = $2
      union all
      select a.id, a.prev, a.type, a.account, a.recorded_ms,
        case a.type when 'absorb' then (a.outcome::json -> 'other' ->> 'activity')::bigint end, line.depth + 1
      from line join activity a on a.stripe = $1 and a.id = line.prev where line.depth < $3
    ) select id, prev, type, account, recorded_ms, joins from line order by depth`,
}

/** Links that are looked at for a page of some kinds alone: where these are rare, it is answered with what was found. */
const MOST_LOOKED = 2_000
/** Links of a chain that are read at once when only some kinds are wanted. */
const READ = 200

/** A page of the time line; of some kinds of activities alone, where `kinds` names any. */
export async function readTimeLine(
  reading: Reading,
  live: LiveProgram,
  account: number,
  { limit, cursor }: PageRequest,
  kinds: ReadonlySet<string> | null = null,
): Promise<Page<StoredActivity> | Refusal> {
  const row = await readAccount(reading, live, account)
  if (row === null) return noMember(publicId('mem', account))
  const heads = cursor === undefined ? [row.last] : readHeads(cursor)
  if (heads === null) return wrongCursor()
  // No chain is read further than the page could reach into it.
  const length = kinds === null ? limit + 1 : READ
  const read: ReadChain = async (head) =>
    (await reading.database.query<Link>(CHAIN, [stripeOf(head), head, length])).rows
  const chains = await Promise.all(heads.map(read))
  for (const [first] of chains)
    if (first === undefined || !(await isTheirs(reading, live, account, first.account))) return wrongCursor()
  const ids: number[] = []
  for (let looked = 0; ids.length < limit && looked < MOST_LOOKED; looked++) {
    const next = await takeLatest(chains, read)
    if (next === undefined) break
    if (kinds === null || kinds.has(next.type)) ids.push(next.id)
  }
  const stored = await readActivities(reading.database, ids)
  const left = chains.flatMap(([first]) => (first === undefined ? [] : [first.id]))
  return {
    data: ids.map((id) => stored.get(id)!),
    has_more: left.length > 0,
    next_cursor: left.length === 0 ? null : Buffer.from(left.join('.')).toString('base64url'),
  }
}

/** The chain that ends with this activity, as far as it is needed. */
type ReadChain = (head: number) => Promise<Link[]>

/** The latest link of all chains; what comes before it, and what joins there, is read when it is reached. */
async function takeLatest(chains: Link[][], read: ReadChain): Promise<Link | undefined> {
  let latest: Link[] | undefined
  for (const chain of chains)
    if (chain[0] !== undefined && (latest === undefined || isLater(chain[0], latest[0]!))) latest = chain
  const link = latest?.shift()
  if (link === undefined) return undefined
  if (latest!.length === 0 && link.prev !== 0) latest!.push(...(await read(link.prev)))
  if (link.joins !== null) chains.push(await read(link.joins))
  return link
}

function isLater(a: Link, b: Link): boolean {
  return a.recorded_ms === b.recorded_ms ? a.id > b.id : a.recorded_ms > b.recorded_ms
}

async function isTheirs(reading: Reading, live: LiveProgram, account: number, other: number): Promise<boolean> {
  if (other === account) return true
  return (await winnerOf(reading, live, other)) === account
}

/** The next activities of the chains that have any left. */
function readHeads(cursor: string): number[] | null {
  const text = Buffer.from(cursor, 'base64url').toString()
  if (!/^\d{1,16}(\.\d{1,16}){0,99}$/.test(text)) return null
  const heads = text.split('.').map(Number)
  return heads.every(Number.isSafeInteger) ? heads : null
}
