/** How members redeemed in the past: out of the live ledger, how often they used a reward that they could afford. */

import { z } from 'zod'
import type { OrderBody } from '../../core/activity.ts'
import type { Offer } from '../../core/feature.ts'
import type { Program } from '../../core/program.ts'
import { termsOf } from '../../core/terms.ts'
import type { Queries } from '../../engine/db.ts'
import { fetched, type LedgerRequest } from './ledger.ts'
import { isShown } from './redeeming.ts'

export const PastUse = z
  .strictObject({ reward: z.string(), could: z.int(), used: z.int() })
  .describe('Of the orders and redemptions at which a member could have used a reward, at how many it was used')
export type PastUse = z.output<typeof PastUse>

interface Row {
  type: 'order' | 'redeem'
  body: string
  /** What the activity before it left the member with. */
  before: string | null
  used: string[] | null
}

/** The parts of an outcome that say what a member could have. */
interface Left {
  /** Wallet, decimals, available, and what does not matter here. */
  balances: [wallet: string, decimals: number, available: number, ...unknown[]][]
  view: { tier?: { level: string } | null }
}

/**
 * Counts by reward of the program in force. A member could use it with an order when the points were there before, the
 * level had it, and the order held what it is for; whoever redeemed apart from an order could and did.
 */
export async function readPast(
  queries: Queries,
  { program, since, until }: LedgerRequest,
  inForce: Program,
): Promise<PastUse[]> {
  const { offers } = termsOf(inForce)
  if (offers.length === 0) return []
  const uses = new Map<string, PastUse>(offers.map(({ reward }) => [reward, { reward, could: 0, used: 0 }]))
  const rows = fetched<Row>(
    queries,
    `select a.type, a.body, p.outcome as before, r.used
     from activity a join account o on o.stripe = a.stripe and o.id = a.account
     left join activity p on p.stripe = a.stripe and p.id = a.prev
     left join (
       select stripe, activity, array_agg(distinct reward) as used from redemption
       where program = ${program} and status in ('captured', 'returned') group by stripe, activity
     ) r on r.stripe = a.stripe and r.activity = a.id
     where o.program = ${program} and a.body is not null and a.occurred_ms >= ${since ?? 0} and a.occurred_ms < ${until}
       and (a.type = 'order' or (a.type = 'redeem' and r.used is not null))`,
  )
  for await (const page of rows)
    for (const { type, body, before, used } of page) {
      const could = before === null || type === 'redeem' ? [] : usable(offers, JSON.parse(before) as Left, body)
      for (const { reward } of offers) {
        const use = uses.get(reward)!
        const did = used?.includes(reward) === true
        if (did) use.used += 1
        if (did || could.includes(reward)) use.could += 1
      }
    }
  return [...uses.values()]
}

/** The rewards that the member had the points and the level for, and the order what they are for. */
function usable(offers: readonly Offer[], { balances, view }: Left, body: string): string[] {
  const affordable = offers.filter(
    ({ wallet, cost, levels }) =>
      (balances.find(([id]) => id === wallet)?.[2] ?? 0) >= cost &&
      (levels === null || levels.includes(view.tier?.level ?? '')),
  )
  if (affordable.length === 0) return []
  const order = JSON.parse(body) as OrderBody
  return affordable
    .filter((offer) => !isShown(offer, order) || (offer.worthOn(order) ?? 0) > 0)
    .map(({ reward }) => reward)
}

/**
 * The chances for a run: those of the past where the reward is known from it, and for new ones that of all rewards
 * together. Null where nobody has redeemed anything yet, since that tells nothing.
 */
export function chancesOf(past: readonly PastUse[], programs: readonly Program[]): Record<string, number> | null {
  const sum = (key: 'could' | 'used') => past.reduce((all, use) => all + use[key], 0)
  if (sum('used') === 0) return null
  const usual = chance(sum('used'), sum('could'))
  const rewards = programs.flatMap((program) => termsOf(program).offers.map(({ reward }) => reward))
  return Object.fromEntries(
    rewards.map((reward) => {
      const known = past.find((use) => use.reward === reward && use.could > 0)
      return [reward, known === undefined ? usual : chance(known.used, known.could)]
    }),
  )
}

function chance(used: number, could: number): number {
  return Math.round((used / could) * 1e6) / 1e6
}
