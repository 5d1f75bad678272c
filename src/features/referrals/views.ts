/** Who brought whom, as it stands. */

import { decodeAccount } from '../../core/account.ts'
import type { Referral as DecidedReferral } from '../../core/deciding.ts'
import type { Refusal } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import { bigintArray, smallintArray } from '../../engine/arrays.ts'
import { publicId, stripeOf } from '../../engine/ids.ts'
import { type LiveProgram, nowOf } from '../../engine/programs.ts'
import {
  type Page,
  type PageRequest,
  pageFrom,
  type Reading,
  readAccount,
  readCursor,
  wrongCursor,
} from '../../engine/read.ts'
import type { Referral, ReferralSummary } from '../../engine/shapes.ts'

interface Row {
  referrer: number
  friend: number
  state: DecidedReferral['state']
  reason: string | null
  until_ms: number | null
  changed_ms: number
  joined_ms: number
  depth: number
}

/** The friends of a member, and of whoever was merged into them, the latest first. */
export async function listFriends(
  reading: Reading,
  live: LiveProgram,
  account: number,
  { limit, cursor }: PageRequest,
): Promise<Page<Referral> | Refusal> {
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : readCursor(cursor)
  if (before === null) return wrongCursor()
  const numbers = await numbersOf(reading, live, account)
  const { rows } = await reading.database.query<Row>(
    `${chained(`select r.referrer, r.friend, r.state, r.reason, r.until_ms, r.changed_ms
       from unnest($2::smallint[], $3::bigint[]) as wanted (stripe, referrer) join referral r using (stripe, referrer)
       where r.program = $1 and r.friend < $4 order by r.friend desc limit $5`)}`,
    [live.number, smallintArray(numbers.map(stripeOf)), bigintArray(numbers), before, limit + 1],
  )
  return pageOf(rows, live, limit)
}

/** The friends of everybody, the latest first. */
export async function listReferrals(
  reading: Reading,
  live: LiveProgram,
  { limit, cursor }: PageRequest,
): Promise<Page<Referral> | Refusal> {
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : readCursor(cursor)
  if (before === null) return wrongCursor()
  const { rows } = await reading.database.query<Row>(
    `${chained(`select r.referrer, r.friend, r.state, r.reason, r.until_ms, r.changed_ms from referral r
       where r.program = $1 and r.friend < $2 order by r.friend desc limit $3`)}`,
    [live.number, before, limit + 1],
  )
  return pageOf(rows, live, limit)
}

/** How long a chain of friends of friends may be and is still followed. */
const DEEPEST = 100

/** Each row of a page with how far it is from somebody whom nobody brought: a friend is at 1, a friend's friend at 2. */
function chained(page: string): string {
  return `with recursive page as materialized (${page}), up as (
      select friend, referrer, 1 as depth from page
      union all
      select u.friend, r.referrer, u.depth + 1 from up u
      join referral r on r.program = $1 and r.friend = u.referrer and r.state <> 'refused' where u.depth < ${DEEPEST}
    )
    select page.*, p.joined_ms, (select max(depth) from up where up.friend = page.friend) as depth
    from page join profile p on p.stripe = page.friend % 256 and p.account = page.friend order by page.friend desc`
}

/** How many there are, by what became of them and by how long their chain is. */
export async function summarize(reading: Reading, live: LiveProgram): Promise<ReferralSummary> {
  const states = await reading.database.query<{ state: Referral['state']; count: number }>(
    `select case when state = 'joined' and until_ms <= $2 then 'lapsed' else state end as state, count(*) as count
     from referral where program = $1 group by 1 order by 1`,
    [live.number, nowOf(live)],
  )
  const depths = await reading.database.query<{ depth: number; count: number }>(
    `with recursive tree as (
       select r.friend, 1 as depth from referral r where r.program = $1 and r.state <> 'refused'
         and not exists (select from referral a where a.program = $1 and a.friend = r.referrer and a.state <> 'refused')
       union all
       select r.friend, t.depth + 1 from tree t
       join referral r on r.stripe = t.friend % 256 and r.referrer = t.friend and r.state <> 'refused'
       where t.depth < ${DEEPEST}
     )
     select depth, count(*) as count from tree group by depth order by depth`,
    [live.number],
  )
  const empty = { joined: 0, lapsed: 0, waiting: 0, rewarded: 0, capped: 0, refused: 0 }
  return {
    states: { ...empty, ...Object.fromEntries(states.rows.map(({ state, count }) => [state, count])) },
    depths: depths.rows,
  }
}

/** The numbers by which friends know a member: those of accounts that were merged into this one, too. */
async function numbersOf(reading: Reading, live: LiveProgram, account: number): Promise<number[]> {
  const row = await readAccount(reading, live, account)
  const slice = row === null ? undefined : decodeAccount(row.state, row.seq).slices['referrals']
  return [...new Set([account, ...((slice as { m?: number[] } | undefined)?.m ?? [])])]
}

function pageOf(rows: readonly Row[], live: LiveProgram, limit: number): Page<Referral> {
  const shown = rows.slice(0, limit)
  return pageFrom(
    shown.map((row) => answerOf(row, nowOf(live))),
    rows.length > limit,
    shown.at(-1)?.friend,
  )
}

function answerOf(
  { referrer, friend, state, reason, until_ms, changed_ms, joined_ms, depth }: Row,
  now: number,
): Referral {
  const isOver = state === 'joined' && until_ms !== null && until_ms <= now
  return {
    referrer: publicId('mem', referrer),
    friend: publicId('mem', friend),
    joined_at: formatInstant(joined_ms),
    state: isOver ? 'lapsed' : state,
    reason,
    until: until_ms === null ? null : formatInstant(until_ms),
    changed_at: formatInstant(changed_ms),
    depth,
  }
}
