/** How members redeemed in the past: out of the live ledger, how often they used a reward that they could afford. */

import { z } from 'zod'
import type { OrderBody } from '../../core/activity.ts'
import type { Program } from '../../core/program.ts'
import { termsOf } from '../../core/terms.ts'
import type { Queries } from '../../engine/db.ts'
import { fetched, type LedgerRequest } from './ledger.ts'
import { givenIn, usedIn } from './offered.ts'
import { isShown } from './redeeming.ts'

export const PastUse = z
  .strictObject({ reward: z.string(), could: z.int(), used: z.int() })
  .describe('Of the orders and redemptions at which a member could have used a reward, at how many it was used')
export type PastUse = z.output<typeof PastUse>

interface Row {
  type: 'order' | 'redeem' | 'voucher_use'
  body: string
  /** What the activity before it left the member with. */
  before: string | null
  used: string[] | null
}

/** The parts of an outcome that say what a member could have. */
interface Left {
  /** Wallet, decimals, available, and what does not matter here. */
  balances: [wallet: string, decimals: number, available: number, ...unknown[]][]
  view: { tier?: { level: string } | null; vouchers?: { code: string; reward: string }[] }
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
  const all = usedIn(inForce)
  if (all.length === 0) return []
  const uses = new Map<string, PastUse>(all.map(({ reward }) => [reward, { reward, could: 0, used: 0 }]))
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
       and (a.type in ('order', 'voucher_use') or (a.type = 'redeem' and r.used is not null))`,
  )
  for await (const page of rows)
    for (const { type, body, before, used } of page) {
      const left = before === null ? null : (JSON.parse(before) as Left)
      const could = left === null || type !== 'order' ? [] : usable(inForce, left, body)
      const shown = left === null || type === 'redeem' ? [] : shownOf(left, body)
      for (const { reward } of all) {
        const use = uses.get(reward)!
        const did = used?.includes(reward) === true || shown.includes(reward)
        if (did) use.used += 1
        if (did || could.includes(reward)) use.could += 1
      }
    }
  return [...uses.values()]
}

/** The rewards of the vouchers that were shown, of those that the member had. */
function shownOf({ view }: Left, body: string): string[] {
  if (view.vouchers === undefined) return []
  const { code, redeem = [] } = JSON.parse(body) as { code?: string; redeem?: { voucher?: string }[] }
  const codes = [code, ...redeem.map(({ voucher }) => voucher)]
  return view.vouchers.filter((one) => codes.includes(one.code)).map(({ reward }) => reward)
}

/** The rewards that the member had a voucher for, or the points and the level, and the order what they are for. */
function usable(program: Program, { balances, view }: Left, body: string): string[] {
  const given = givenIn(program)
  const inHand = (view.vouchers ?? []).flatMap(({ reward }) => given.get(reward) ?? [])
  const affordable = termsOf(program).offers.filter(
    ({ wallet, cost, levels }) =>
      (balances.find(([id]) => id === wallet)?.[2] ?? 0) >= cost &&
      (levels === null || levels.includes(view.tier?.level ?? '')),
  )
  if (affordable.length + inHand.length === 0) return []
  const order = JSON.parse(body) as OrderBody
  return [...affordable, ...inHand]
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
  const rewards = programs.flatMap((program) => usedIn(program).map(({ reward }) => reward))
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
