/** What a program's ledger adds up to now, in the words of a backtest, so that the two can be laid side by side. */

import type { Bucket } from '../core/points.ts'
import type { Queries } from './db.ts'
import { type LiveProgram, programAt } from './programs.ts'

/** Points of a wallet in its smallest unit; `open` is what members have or will have. */
export interface WalletTotals {
  wallet: string
  decimals: number
  issued: number
  spent: number
  expired: number
  forfeited: number
  reversed: number
  adjusted: number
  forgiven: number
  /** Between members: each point that one of them sent another one received. */
  sent: number
  received: number
  pending: number
  available: number
  held: number
  debt: number
  open: number
}

export interface ProgramTotals {
  members: number
  orders: number
  anonymous: number
  points: WalletTotals[]
}

const COUNTS = `select
  (select count(*) from profile where program = $1 and not is_pool) as members,
  (select count(*) from activity a join account c on c.stripe = a.stripe and c.id = a.account
    where c.program = $1 and a.type = 'order') as orders,
  (select count(*) from sale where program = $1 and type = 'order') as anonymous`

const MOVES = `select p.wallet, p.from_bucket as from, p.to_bucket as to, sum(p.points)::bigint as points
  from posting p join account c on c.stripe = p.stripe and c.id = p.account
  where c.program = $1 group by p.wallet, p.from_bucket, p.to_bucket`

/** Reads every row of the program: a few seconds for ten million postings. */
export async function totals(queries: Queries, live: LiveProgram): Promise<ProgramTotals> {
  const counts = await queries.query<Omit<ProgramTotals, 'points'>>(COUNTS, [live.number])
  const moves = await queries.query<{ wallet: string; from: Bucket; to: Bucket; points: number }>(MOVES, [live.number])
  const { wallets } = programAt(live, Number.MAX_SAFE_INTEGER)
  const points = new Map(wallets.map(({ id, decimals }) => [id, noPoints(id, decimals)]))
  for (const { wallet, from, to, points: moved } of moves.rows) {
    if (!points.has(wallet)) points.set(wallet, noPoints(wallet, 0))
    const total = points.get(wallet)!
    if (from === 'issued') total.issued += moved
    else if (from === 'debt') total.debt += moved
    // Points that nobody had to give back came from nowhere: how many is told, as it is of those issued.
    else if (from === 'forgiven') total.forgiven += moved
    else if (from === 'received') total.received += moved
    else total[from] -= moved
    if (to === 'debt') total.debt -= moved
    else if (to === 'forgiven') total.forgiven -= moved
    else if (to !== 'issued') total[to] += moved
  }
  for (const total of points.values()) total.open = total.pending + total.available + total.held
  return { ...counts.rows[0]!, points: [...points.values()] }
}

function noPoints(wallet: string, decimals: number): WalletTotals {
  const none = { issued: 0, spent: 0, expired: 0, forfeited: 0, reversed: 0, adjusted: 0, forgiven: 0 }
  const inside = { sent: 0, received: 0, pending: 0, available: 0, held: 0, debt: 0, open: 0 }
  return { wallet, decimals, ...none, ...inside }
}
