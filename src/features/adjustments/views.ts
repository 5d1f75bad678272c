/** Adjustments as the ledger has them: one, or a page of them. */

import type { Adjustment as DecidedAdjustment } from '../../core/deciding.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'
import { adjustmentAnswer } from '../../engine/answers.ts'
import { bigintArray, smallintArray } from '../../engine/arrays.ts'
import { parseId, publicId, stripeOf } from '../../engine/ids.ts'
import { readActivities } from '../../engine/load.ts'
import type { LiveProgram } from '../../engine/programs.ts'
import { type Page, type PageRequest, pageFrom, type Reading, readCursor, wrongCursor } from '../../engine/read.ts'
import type { Adjustment, ListedAdjustment } from '../../engine/shapes.ts'

interface Row extends DecidedAdjustment {
  decided: number | null
}

const COLUMNS = 'activity, decided, wallet, points, status, requested_by, decided_by'

export async function readAdjustment(reading: Reading, live: LiveProgram, name: string): Promise<Adjustment | Refusal> {
  const id = parseId('adj', name)
  const { rows } = await reading.database.query<Row>(
    `select ${COLUMNS} from adjustment where stripe = $1 and activity = $2 and program = $3`,
    [stripeOf(id ?? 0), id, live.number],
  )
  const [adjustment] = await answersOf(reading, live, rows)
  return adjustment ?? noAdjustment(name)
}

export function noAdjustment(name: string): Refusal {
  return refuse('not_found', `There is no adjustment ${name}.`)
}

/** The latest first. */
export async function listAdjustments(
  reading: Reading,
  live: LiveProgram,
  { status, limit, cursor }: PageRequest & { status?: Adjustment['status'] | undefined },
): Promise<Page<ListedAdjustment> | Refusal> {
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : readCursor(cursor)
  if (before === null) return wrongCursor()
  // The few that wait have an index of their own, which a parameter would not find.
  const wanted = status === undefined ? '' : `and status = '${status}'`
  const { rows } = await reading.database.query<Row>(
    `select ${COLUMNS} from adjustment where program = $1 and activity < $2 ${wanted} order by activity desc limit $3`,
    [live.number, before, limit + 1],
  )
  const shown = rows.slice(0, limit)
  const adjustments = await withNames(reading, await answersOf(reading, live, shown))
  return pageFrom(adjustments, rows.length > limit, shown.at(-1)?.activity)
}

async function withNames({ database }: Reading, adjustments: readonly Adjustment[]): Promise<ListedAdjustment[]> {
  const accounts = [...new Set(adjustments.map(({ member }) => parseId('mem', member)!))]
  const { rows } = await database.query<{ account: number; name: string | null }>(
    `select account, name from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, account)
     join profile using (stripe, account)`,
    [smallintArray(accounts.map(stripeOf)), bigintArray(accounts)],
  )
  const names = new Map(rows.map(({ account, name }) => [publicId('mem', account), name]))
  return adjustments.map((adjustment) => ({ ...adjustment, member_name: names.get(adjustment.member) ?? null }))
}

async function answersOf(reading: Reading, live: LiveProgram, rows: readonly Row[]): Promise<Adjustment[]> {
  const activities = await readActivities(
    reading.database,
    rows.flatMap(({ activity, decided }) => (decided === null ? [activity] : [activity, decided])),
  )
  return rows.map(({ decided, ...adjustment }) =>
    adjustmentAnswer(
      adjustment,
      activities.get(adjustment.activity)!,
      decided === null ? null : activities.get(decided)!,
      live,
    ),
  )
}
