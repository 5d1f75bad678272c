/** What benefits a member had, read from their table. */

import { formatInstant } from '../../core/time.ts'
import { publicId, stripeOf } from '../../engine/ids.ts'
import type { LiveProgram } from '../../engine/programs.ts'
import type { Reading } from '../../engine/read.ts'

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
