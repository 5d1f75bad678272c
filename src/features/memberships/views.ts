/** What benefits a member had, read from their table, and who has which plan. */

import type { Refusal } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import { publicId, stripeOf } from '../../engine/ids.ts'
import { currentProgram, type LiveProgram, nowOf } from '../../engine/programs.ts'
import {
  awake,
  lastPage,
  type Page,
  type PageRequest,
  pageFrom,
  type Reading,
  readCursor,
  wrongCursor,
} from '../../engine/read.ts'
import { type MembershipView, membershipOf } from './view.ts'

interface Use {
  activity: string
  source: string
  worth: number
  occurred_at: string
}

/** So many as a member's app shows; all of them are in the export of the ledger. */
const MOST_USES = 100

/** The latest benefits of accounts that are one person's, the latest first. */
export async function readUses(reading: Reading, live: LiveProgram, accounts: readonly number[]): Promise<Use[]> {
  const { rows } = await reading.database.query<{
    activity: number
    source: string
    worth: number
    occurred_ms: number
  }>(
    {
      name: 'read-benefits',
      text: `select b.activity, b.source, b.worth, a.occurred_ms
        from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, account) join benefit b using (stripe, account)
        join activity a on a.stripe = b.stripe and a.id = b.activity
        where b.program = $3 order by b.activity desc, b.place limit $4`,
    },
    [accounts.map(stripeOf), [...accounts], live.number, MOST_USES],
  )
  return rows.map(({ activity, source, worth, occurred_ms }) => ({
    activity: publicId('act', activity),
    source,
    worth,
    occurred_at: formatInstant(occurred_ms),
  }))
}

export interface Plan {
  member: string
  name: string | null
  membership: MembershipView
}

/** Accounts that are looked at for a page: where few have what is asked for, it is answered with what was found. */
const MOST_LOOKED = 2_000
const READ = 200

/**
 * Members with a membership, by their ids. Which one it is stands in the account alone, so a page is found by looking at
 * one account after the other: enough for a list that people leaf through, and no index on rows that change all day.
 */
export async function listPlans(
  reading: Reading,
  live: LiveProgram,
  { limit, cursor }: PageRequest,
  isWanted: (membership: MembershipView) => boolean,
): Promise<Page<Plan> | Refusal> {
  const begin = cursor === undefined ? 0 : readCursor(cursor)
  if (begin === null) return wrongCursor()
  let after = begin
  const program = currentProgram(live)
  const now = nowOf(live)
  const found: Plan[] = []
  for (let looked = 0; found.length < limit && looked < MOST_LOOKED; looked += READ) {
    const { rows } = await reading.database.query<{ id: number; seq: number; state: string; name: string | null }>(
      { name: 'list-plans', text: PLANS },
      [live.number, after, READ],
    )
    for (const row of rows) {
      if (found.length === limit) break
      after = row.id
      const membership = membershipOf(awake(live, row, now).account, program, now)
      if (membership !== null && isWanted(membership))
        found.push({ member: publicId('mem', row.id), name: row.name, membership })
    }
    if (rows.length < READ && found.length < limit) return lastPage(found)
  }
  return pageFrom(found, true, after)
}

const PLANS = `select a.id, a.seq, a.state, p.name from account a join profile p on p.stripe = a.stripe and p.account = a.id
  where a.program = $1 and a.id > $2 and a.state like '%"memberships":%' and p.status = 'active'
  order by a.id limit $3`
