/** What is kept of a decision beside its postings: enough to give the same answer again. */

import type { Account } from '../core/account.ts'
import type { Stop } from '../core/budgets.ts'
import type { Adjustment, Deciding, Discount, Payment, Redemption, Taken } from '../core/deciding.ts'
import { expiryIn, NEVER, sums } from '../core/points.ts'
import { type Program, rulesOf } from '../core/program.ts'
import type { VoucherChange } from '../core/vouchers.ts'

/** A wallet as it stood: `[id, decimals, available, pending, held, debt, [[points, expiry ms], …]]`. */
export type StoredBalance = [string, number, number, number, number, number, [number, number][]]

/** How the points of a rule came about: see `Entry` in core/deciding.ts, whose fields these are in its order. */
export type StoredEntry = [
  rule: string,
  wallet: string,
  base: number,
  full: number,
  exact: number,
  scale: number,
  rounding: string,
  carry: [number, number, number, number] | null,
  points: number,
  stop?: Stop,
]

export type StoredPayment = Pick<Payment, 'wallet' | 'points' | 'amount'>

export interface Outcome {
  balances: StoredBalance[]
  /** What the features show of the account after it: tier and the like. */
  view: Record<string, unknown>
  entries?: StoredEntry[]
  discounts?: Discount[]
  redemptions?: Redemption[]
  adjustments?: Adjustment[]
  /** Vouchers that it issued or changed. */
  vouchers?: VoucherChange[]
  restored?: { redemption: string; points: number }[]
  refund_total?: number
  /** What points paid of an order, or came back to where they had been paid from. */
  payments?: StoredPayment[]
  /** What a feature answered of its own. */
  answer?: Readonly<Record<string, unknown>>
  /** The other account, where the activity concerns two, and what was decided there. */
  other?: { account: number; activity: number }
  /** What of the shared counters was used when this was decided, and what it took. */
  claims?: Taken[]
}

export function outcomeOf(d: Deciding): Outcome {
  const outcome: Outcome = { balances: balancesOf(d.account, d.program), view: viewOf(d.account, d.inForce, d.at) }
  if (d.entries.length > 0)
    outcome.entries = d.entries.map(
      ({ rule, wallet, base, full, exact, scale, rounding, carry, points, stop }): StoredEntry =>
        stop === undefined
          ? [rule, wallet, base, full, exact, scale, rounding, carry, points]
          : [rule, wallet, base, full, exact, scale, rounding, carry, points, stop],
    )
  if (d.discounts.length > 0) outcome.discounts = [...d.discounts]
  if (d.payments.length > 0)
    outcome.payments = d.payments.map(({ wallet, points, amount }) => ({ wallet, points, amount }))
  if (d.redemptions.length > 0) outcome.redemptions = [...d.redemptions]
  if (d.adjustments.length > 0) outcome.adjustments = [...d.adjustments]
  if (d.vouchers.length > 0) outcome.vouchers = [...d.vouchers]
  if (d.restored.length > 0) outcome.restored = [...d.restored]
  if (d.remains !== null) outcome.refund_total = d.refund_total
  if (d.answer !== null) outcome.answer = d.answer
  if (d.taken.length > 0) outcome.claims = [...d.taken]
  return outcome
}

/** What an account's own answer shows beside its view, which no decision keeps: see `Feature.details`. */
export function detailsOf(account: Account, program: Program, at: number): Record<string, unknown> {
  const details: Record<string, unknown> = {}
  if (account.mergedInto !== null) return details
  for (const feature of program.features)
    if (feature.details) Object.assign(details, feature.details(account, program, at))
  return details
}

/** Every wallet of the program and every other that the account has points in. */
export function balancesOf(account: Account, program: Program): StoredBalance[] {
  const ids = program.wallets.map((wallet) => wallet.id)
  for (const wallet of account.wallets) if (!ids.includes(wallet.id)) ids.push(wallet.id)
  return ids.map((id): StoredBalance => {
    const wallet = account.wallets.find((one) => one.id === id)
    const { decimals } = rulesOf(program, id)
    if (wallet === undefined) return [id, decimals, 0, 0, 0, 0, []]
    const { available, pending, held, debt } = sums(wallet)
    const expiring = new Map<number, number>()
    for (const lot of wallet.lots) {
      const points = lot.available + lot.pending
      if (lot.expiry === NEVER || points === 0) continue
      const at = wallet.kept.length === 0 ? lot.expiry : expiryIn(wallet, lot)
      // What waits for an action does not expire before that.
      if (at > account.clock) expiring.set(at, (expiring.get(at) ?? 0) + points)
    }
    const sorted = [...expiring].sort((a, b) => a[0] - b[0]).map(([at, points]): [number, number] => [points, at])
    return [id, decimals, available, pending, held, debt, sorted]
  })
}

export function viewOf(account: Account, program: Program, at: number): Record<string, unknown> {
  const view: Record<string, unknown> = {}
  // Features keep nothing of an account that was merged into another.
  if (account.mergedInto !== null) return view
  for (const viewOfFeature of program.views) Object.assign(view, viewOfFeature(account, program, at))
  return view
}
