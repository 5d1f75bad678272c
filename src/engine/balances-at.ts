/** Balances at any moment: folded from one member's postings in the past, and what falls due is decided for the future. */

import { NEVER } from '../core/points.ts'
import { type Program, rulesOf } from '../core/program.ts'
import { type Refusal, refuse } from '../core/refusal.ts'
import { addDuration } from '../core/time.ts'
import { balancesAnswer } from './answers.ts'
import { publicId, stripeOf } from './ids.ts'
import type { StoredPosting } from './incoming.ts'
import { balancesOf, type Outcome, type StoredBalance } from './outcome.ts'
import { currentProgram, type LiveProgram, nowOf } from './programs.ts'
import { awake, noMember, type Reading, readAccount } from './read.ts'
import type { Balance } from './shapes.ts'

/** `recorded`: what we knew at that moment. `occurred`: what had happened by then, whenever we heard of it. */
export type Clock = 'recorded' | 'occurred'

/** How far ahead a balance can be asked for. */
const AHEAD = { months: 120, days: 0, ms: 0 }

/**
 * What falls due counts from its own moment, whether or not a sweep came by. A moment that is yet to come shows what
 * will be there if nothing happens until then.
 */
export async function readBalancesAt(
  reading: Reading,
  live: LiveProgram,
  account: number,
  at: number,
  by: Clock,
): Promise<Balance[] | Refusal> {
  const program = currentProgram(live)
  if (at > addDuration(program.zone, nowOf(live), AHEAD))
    return refuse('invalid', 'Balances can be asked for up to ten years ahead.', '/query/at')
  const row = await readAccount(reading, live, account)
  if (row === null) return noMember(publicId('mem', account))
  const { rows } = await reading.database.query<MovedPoints>(MOVED[by], [stripeOf(account), row.last, at])
  const { account: then, decisions } = awake(live, row, at)
  const fallenDue = decisions.flatMap((d) =>
    d.postings.map(({ wallet, from, to, points, lot }) => ({
      wallet,
      from,
      to,
      points,
      expiry: lot === null || lot.expiry === NEVER ? null : lot.expiry,
    })),
  )
  const folded = foldPostings([...rows, ...fallenDue], program)
  const shown = at >= then.clock ? balancesOf(then, program) : await shownAt(reading, account, row.last, at, by)
  return balancesAnswer(shown === null ? folded : folded.map((balance) => expiringAsIn(shown, balance)))
}

/** A posting says when its points were to expire; until when they are kept is known to the account and its answers. */
function expiringAsIn(shown: readonly StoredBalance[], [id, ...rest]: StoredBalance): StoredBalance {
  const [decimals, available, pending, held, debt] = rest
  return [id, decimals, available, pending, held, debt, shown.find(([wallet]) => wallet === id)?.[6] ?? []]
}

/** What was answered last until then; null by the other clock, which nobody has answered by. */
async function shownAt(
  reading: Reading,
  account: number,
  last: number,
  at: number,
  by: Clock,
): Promise<StoredBalance[] | null> {
  if (by === 'occurred') return null
  const { rows } = await reading.database.query<{ outcome: string }>(SHOWN, [stripeOf(account), last, at])
  return rows[0] === undefined ? [] : (JSON.parse(rows[0].outcome) as Outcome).balances
}

/** The line is walked back from the last activity to the first that was recorded by then, and no further. */
const SHOWN = {
  name: 'balances-shown-at',
  text: `with recursive line (id, prev, at) as (
      select a.id, a.prev, a.recorded_ms from activity a where a.stripe = $1 and a.id = $2
      union all
      select a.id, a.prev, a.recorded_ms from line join activity a on a.stripe = $1 and a.id = line.prev
      where line.at > $3
    )
    select a.outcome from line join activity a on a.stripe = $1 and a.id = line.id where line.at <= $3`,
}

/** What fell due bears its own time by both clocks, whenever a sweep came by. */
const MOVED = {
  recorded: moved('recorded', 'line.at'),
  // What came so late that it was released or expired in the same breath waited until its release, and was there until
  // its expiry; what a late spend drew of it came back no earlier. What is gone before its time, with the account that
  // closed, is gone at once.
  occurred: moved(
    'occurred',
    `case
      when 'expired' in (p.from_bucket, p.to_bucket) and p.expiry_ms <= line.recorded_ms
        then greatest(line.at, p.expiry_ms)
      when p.from_bucket = 'pending' and p.to_bucket = 'available' then greatest(line.at, (
        select i.release_ms from posting i where i.stripe = $1 and i.activity = p.activity and i.place = p.place - 1
        and i.from_bucket = 'issued' and i.to_bucket = 'pending' and i.release_ms <= line.recorded_ms))
      else line.at end`,
  ),
}

/** The account's activities are a chain, and a posting's key begins with its activity: nobody else's are read. */
function moved(by: Clock, postingAt: string): { name: string; text: string } {
  return {
    name: `balances-at-${by}`,
    text: `with recursive line (id, prev, at, recorded_ms) as (
      select a.id, a.prev, a.${by}_ms, a.recorded_ms from activity a where a.stripe = $1 and a.id = $2
      union all
      select a.id, a.prev, a.${by}_ms, a.recorded_ms from line join activity a on a.stripe = $1 and a.id = line.prev
    )
    select p.wallet, p.from_bucket as "from", p.to_bucket as "to", p.expiry_ms as expiry, sum(p.points)::bigint as points
    from line join posting p on p.stripe = $1 and p.activity = line.id where ${postingAt} <= $3
    group by 1, 2, 3, 4`,
  }
}

export interface MovedPoints extends Pick<StoredPosting, 'wallet' | 'from' | 'to' | 'points'> {
  expiry: number | null
}

/** Postings are the authority: a balance is what went into a bucket less what left it. */
export function foldPostings(moved: readonly MovedPoints[], program: Program): StoredBalance[] {
  const ids = program.wallets.map(({ id }) => id)
  for (const { wallet } of moved) if (!ids.includes(wallet)) ids.push(wallet)
  return ids.map((id) => {
    const own = moved.filter(({ wallet }) => wallet === id)
    const inBucket = (bucket: string, some: readonly MovedPoints[] = own) =>
      some.reduce((sum, { from, to, points }) => sum + (to === bucket ? points : from === bucket ? -points : 0), 0)
    const expiries = [...new Set(own.flatMap(({ expiry }) => expiry ?? []))].sort((a, b) => a - b)
    const expiring = expiries.flatMap((at): [number, number][] => {
      const some = own.filter(({ expiry }) => expiry === at)
      const points = inBucket('available', some) + inBucket('pending', some)
      return points === 0 ? [] : [[points, at]]
    })
    // Debt is owed from the moment it leaves its bucket; what is paid goes back into it.
    return [
      id,
      rulesOf(program, id).decimals,
      inBucket('available'),
      inBucket('pending'),
      inBucket('held'),
      // Zero has no sign.
      0 - inBucket('debt'),
      expiring,
    ]
  })
}
