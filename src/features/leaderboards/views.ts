/** Leaderboards as they stand. */

import { type Refusal, refuse } from '../../core/refusal.ts'
import { firstDayAfter, firstDayOf, formatDay, formatInstant, localDay, parseDay, periodOf } from '../../core/time.ts'
import { publicId } from '../../engine/ids.ts'
import { currentProgram, type LiveProgram, nowOf } from '../../engine/programs.ts'
import {
  namedAccount,
  noMember,
  type PageRequest,
  pageFrom,
  type Reading,
  readCursor,
  winnerOf,
  wrongCursor,
} from '../../engine/read.ts'
import type { Leaderboard, Standings } from '../../engine/shapes.ts'
import { readShownAs } from '../../engine/shown-as.ts'
import { readStanding, readStandings, type Standing } from '../../engine/standings.ts'
import { type BoardRules, boardsOf } from './rules.ts'

export function listBoards(live: LiveProgram): Leaderboard[] {
  return boardsOf(currentProgram(live)).map(boardOf)
}

function boardOf({ id, name, counts, wallet, per, top, contest }: BoardRules): Leaderboard {
  return {
    id,
    name,
    counts: typeof counts === 'string' ? counts : counts.on,
    wallet: wallet === '' ? null : wallet,
    per,
    top,
    reward: contest === null ? null : { places: contest.places, reward: contest.reward },
  }
}

export interface StandingsRequest extends PageRequest {
  /** A day of the period. */
  period?: string | undefined
  member?: string | undefined
}

export async function readBoard(
  reading: Reading,
  live: LiveProgram,
  id: string,
  { period: named, member, limit, cursor }: StandingsRequest,
): Promise<Standings | Refusal> {
  const program = currentProgram(live)
  const board = boardsOf(program).find((one) => one.id === id)
  if (board === undefined) return refuse('not_found', `There is no leaderboard ${id}.`)
  const day = named === undefined ? localDay(program.zone, nowOf(live)) : parseDay(named)
  if (day === null) return refuse('invalid', 'This is no day such as 2026-03-01.', '/query/period')
  const after = cursor === undefined ? 0 : readCursor(cursor)
  if (after === null) return wrongCursor()
  const account = member === undefined ? null : await accountOf(reading, live, member)
  if (member !== undefined && account === null) return noMember(member, '/query/member')
  const { per, top, tally: name, shows } = board
  const period = per === 'lifetime' ? 0 : firstDayOf(per, periodOf(per, day))
  const { stripes, database } = reading
  const counted = { program: live.number, stripes, name, period }
  const rows = await readStandings(database, counted, { places: top, limit: limit + 1, after })
  const own = account === null ? null : await readStanding(database, counted, account)
  const shown = rows.slice(0, limit)
  const names = await readShownAs(
    database,
    [...shown, ...(own === null ? [] : [own])].map((one) => one.account),
    shows,
  )
  const placed = ({ account, place, score }: Standing) => ({
    place,
    score,
    member: publicId('mem', account),
    shown_as: names.get(account)!,
  })
  const { data: places, ...rest } = pageFrom(shown.map(placed), rows.length > limit, after + shown.length)
  return {
    ...boardOf(board),
    from: per === 'lifetime' ? null : formatDay(period),
    until: per === 'lifetime' ? null : formatDay(firstDayAfter(per, period) - 1),
    decided_at: await decidedAt(reading, live, name, period),
    member: own === null ? null : placed(own),
    ...rest,
    places,
  }
}

/** Whoever was merged stands where the member does that they were merged into. */
async function accountOf(reading: Reading, live: LiveProgram, name: string): Promise<number | null> {
  const account = await namedAccount(reading, live, name)
  return account === null ? null : winnerOf(reading, live, account)
}

async function decidedAt(reading: Reading, live: LiveProgram, name: string, period: number): Promise<string | null> {
  const { rows } = await reading.database.query<{ decided_ms: number }>(
    'select decided_ms from award where program = $1 and name = $2 and period = $3',
    [live.number, name, period],
  )
  return rows[0] === undefined ? null : formatInstant(rows[0].decided_ms)
}
