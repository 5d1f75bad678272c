/** Awards: places among all members that bring a reward, when a leaderboard's period is over or a draw is held. */

import type { ActivityBodies } from '../core/activity.ts'
import type { Contest } from '../core/feature.ts'
import { addDuration, firstDayAfter, startOfDay } from '../core/time.ts'
import type { Database, Queries } from './db.ts'
import { takeName } from './ids.ts'
import { forwardedValues, INSERT_FORWARDED } from './keep.ts'
import { currentProgram, type LiveProgram } from './programs.ts'
import { allStripes, readStandings } from './standings.ts'

export interface AwardServices {
  database: Database
  stripes: number
}

/** What is decided once, of a period or for good. */
export interface Award {
  program: LiveProgram
  /** `leaderboards:visits`, `draws:summer`. */
  of: string
  period: number
  atMs: number
  by: string
  reason: string | null
  /** What was decided, for whoever asks later. */
  result: object
  /** Who is told, in the order of places. */
  winners: readonly { account: number; place: number; reward: string }[]
}

/** The most who share the places of a contest. */
const MOST_PLACED = 1_000

/**
 * Decides the contests that are over by `until` (ms), each at its own moment and once: whoever comes second finds it
 * decided. Answers how many periods that were.
 */
export async function awardContests(
  { database, stripes }: AwardServices,
  program: LiveProgram,
  until: number,
): Promise<number> {
  const { features } = currentProgram(program)
  const contests = features.flatMap((feature) => feature.contests?.(currentProgram(program)) ?? [])
  let decided = 0
  for (const contest of contests) decided += await awardContest(database, stripes, program, contest, until)
  return decided
}

async function awardContest(
  database: Database,
  stripes: number,
  program: LiveProgram,
  { of, per, places, reward, wait }: Contest,
  until: number,
): Promise<number> {
  const { zone } = currentProgram(program)
  let decided = 0
  for (let day = await nextPeriod(database, stripes, program, of, per); day !== null; day = firstDayAfter(per, day)) {
    const end = startOfDay(zone, firstDayAfter(per, day))
    const atMs = wait === null ? end : addDuration(zone, end, wait)
    if (atMs > until) break
    const period = day
    decided += await database.transaction(async (queries) => {
      const counted = { program: program.number, stripes, name: of, period }
      const first = await readStandings(queries, counted, { places, limit: MOST_PLACED })
      const winners = first.map(({ account, place }) => ({ account, place, reward }))
      const result = { places: first.map(({ account, place, score }) => [account, place, score]) }
      return award(queries, { program, of, period, atMs, by: 'time', reason: null, result, winners })
    })
  }
  return decided
}

/** The period after the last one that was decided, or the first in which anything was counted. */
async function nextPeriod(
  queries: Queries,
  stripes: number,
  program: LiveProgram,
  of: string,
  per: Contest['per'],
): Promise<number | null> {
  const last = await queries.query<{ period: number | null }>(
    'select max(period) as period from award where program = $1 and name = $2',
    [program.number, of],
  )
  if (last.rows[0]!.period !== null) return firstDayAfter(per, last.rows[0]!.period)
  const first = await queries.query<{ period: number | null }>(
    'select min(period) as period from tally where stripe = any ($1::smallint[]) and program = $2 and name = $3',
    [allStripes(stripes), program.number, of],
  )
  return first.rows[0]!.period
}

/** Writes what was decided and tells the winners; answers 0 where it was decided before, and 1 otherwise. */
export async function award(
  queries: Queries,
  { program, of, period, atMs, by, reason, result, winners }: Award,
): Promise<0 | 1> {
  const source = await takeName(queries)
  const { rowCount } = await queries.query(
    `insert into award (program, name, period, source, decided_ms, decided_by, reason, result)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (program, name, period) do nothing`,
    [program.number, of, period, source, atMs, by, reason, JSON.stringify(result)],
  )
  if (rowCount === 0) return 0
  if (winners.length > 0)
    await queries.query(
      INSERT_FORWARDED,
      forwardedValues(
        winners.map(({ account, place, reward }, i) => ({
          program: program.number,
          source,
          place: i + 1,
          origin: 0,
          seq: 0,
          occurredMs: atMs,
          forward: { account, type: 'award', body: { of, period, place, reward } },
        })),
      ),
    )
  return 1
}

/** Somebody who was drawn cannot have it any more: whoever is next in reserve steps in, in the same transaction. */
export async function stepIn(queries: Queries, source: number, refused: ActivityBodies['award']): Promise<void> {
  const { rows } = await queries.query<{ program: number; decided_ms: number; result: string }>(
    'select program, decided_ms, result from award where source = $1 for update',
    [source],
  )
  const { winners = [], reserves = [] } = JSON.parse(rows[0]!.result) as { winners?: Drawn[]; reserves?: Drawn[] }
  const { rows: told } = await queries.query<{ count: number }>(
    'select count(*) as count from forwarded where stripe = $1 % 256 and source = $1',
    [source],
  )
  const { count } = told[0]!
  const next = reserves[count - winners.length]
  if (next === undefined) return
  const { program, decided_ms: occurredMs } = rows[0]!
  const forward = { account: next.account, type: 'award', body: refused } as const
  const row = { program, source, place: count + 1, origin: 0, seq: 0, occurredMs, forward }
  await queries.query(INSERT_FORWARDED, forwardedValues([row]))
}

/** Somebody who was drawn, by account and by entry. */
export interface Drawn {
  account: number
  entry: string
  ticket: number
}
