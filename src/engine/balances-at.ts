/** Balances at any moment: folded from one member's postings in the past, and what falls due is decided for the future. */

import { NEVER } from '../core/points.ts'
import { type Program, rulesOf } from '../core/program.ts'
import { type Refusal, refuse } from '../core/refusal.ts'
import { addDuration } from '../core/time.ts'
import { balancesAnswer } from './answers.ts'
import { publicId, stripeOf } from './ids.ts'
import type { StoredPosting } from './incoming.ts'
import type { StoredBalance } from './outcome.ts'
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
  const fallenDue = awake(live, row, at).decisions.flatMap((d) =>
    d.postings.map(({ wallet, from, to, points, lot }) => ({
      wallet,
      from,
      to,
      points,
      expiry: lot === null || lot.expiry === NEVER ? null : lot.expiry,
    })),
  )
  return balancesAnswer(foldPostings([...rows, ...fallenDue], program))
}

/** What fell due bears its own time by both clocks, whenever a sweep came by. */
const MOVED = {
  recorded: moved('recorded', 'line.at'),
  // What came so late that it expired in the same breath was there until its expiry.
  occurred: moved('occurred', `case p.to_bucket when 'expired' then greatest(line.at, p.expiry_ms) else line.at end`),
}

/** The account's activities are a chain, and a posting's key begins with its activity: nobody else's are read. */
function moved(by: Clock, postingAt: string): { name: string; text: string } {
  return {
    name: `balances-at-${by}`,
    text: `with recursive line (id, prev, at) as (
      select a.id, a.prev, a.${by}_ms from activity a where a.stripe = $1 and a.id = $2
      union all
      select a.id, a.prev, a.${by}_ms from line join activity a on a.stripe = $1 and a.id = line.prev
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
