/** What members see of each other: never more than each of them has agreed to. */

import { bigintArray, smallintArray } from './arrays.ts'
import type { Queries } from './db.ts'
import { stripeOf } from './ids.ts'

interface Named {
  account: number
  name: string | null
  alias: string | null
  leaderboards: string | null
}

/** By account; with `initials` aliases are left out. */
export async function readShownAs(
  queries: Queries,
  accounts: readonly number[],
  shows: 'alias' | 'initials',
): Promise<Map<number, string>> {
  if (accounts.length === 0) return new Map()
  const { rows } = await queries.query<Named>(
    `select p.account, p.name, p.alias, p.leaderboards
     from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, account) join profile p using (stripe, account)`,
    [smallintArray(accounts.map(stripeOf)), bigintArray(accounts)],
  )
  return new Map(rows.map((row) => [row.account, shownAs(row, shows)]))
}

const NOBODY = '…'

function shownAs({ name, alias, leaderboards }: Named, shows: 'alias' | 'initials'): string {
  if (leaderboards === 'hidden') return NOBODY
  if (leaderboards === 'named' && name !== null) return name
  if (shows === 'alias' && alias !== null) return alias
  const initials = (name ?? '').split(/\s+/).flatMap((word) => [...word].slice(0, 1))
  return initials.length === 0 ? NOBODY : initials.map((letter) => `${letter.toLocaleUpperCase()}.`).join(' ')
}
