/** Merging: two members turn out to be one person. One account ends and all that it has goes to the other. */

import { decoded, encoded, walletOf } from '../../core/account.ts'
import type { ActivityOf } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Feature } from '../../core/feature.ts'
import { issue, receive, sendAll, settleDebt, takeOverDebt } from '../../core/ledger.ts'
import { keepLots, type Wallet } from '../../core/points.ts'
import { rulesOf, type WalletRules } from '../../core/program.ts'
import { assertSafe, gcd, lcm } from '../../core/rational.ts'
import type { Refusal } from '../../core/refusal.ts'
import { monthIndex } from '../../core/time.ts'
import { NO_VOUCHERS } from '../../core/vouchers.ts'

export const merging: Feature = {
  id: 'merging',
  hears: {
    merge: { spend: handOver },
    absorb: { earn: takeOver, count: joinSlices },
  },
}

/** What the account was like is told to the other one before it is emptied. */
function handOver(d: Deciding, { id, body }: ActivityOf<'merge'>): undefined {
  const { account } = d
  const state = encoded(account)
  const expired = [...account.expired].filter(([, points]) => points > 0).sort(([a], [b]) => (a < b ? -1 : 1))
  d.onward = { type: 'absorb', body: { from: body.from, source: id, state, expired } }
  for (const wallet of account.wallets) sendAll(d, wallet)
  for (const [lot] of expired) account.expired.set(lot, 0)
  account.wallets = []
  account.vouchers = NO_VOUCHERS
  account.slices = {}
  account.mergedInto = body.into
  d.addMessage('member.merged', {})
}

/** Lots keep their kind, month, release and expiry; what is held stays held; debt is settled once all is there. */
function takeOver(d: Deciding, { body }: ActivityOf<'absorb'>): Refusal | undefined {
  const { account } = d
  for (const wallet of decoded(body.state, 0).wallets) {
    const rules = rulesOf(d.program, wallet.id)
    const refusal = takeOverWallet(d, rules, wallet)
    if (refusal !== undefined) return refusal
    if (walletOf(account, wallet.id).debt > 0) settleDebt(d, rules)
  }
  for (const [lot, points] of body.expired) account.expired.set(lot, (account.expired.get(lot) ?? 0) + points)
  return undefined
}

function takeOverWallet(d: Deciding, rules: WalletRules, from: Wallet): Refusal | undefined {
  for (const kept of from.kept) keepLots(walletOf(d.account, rules.id), kept, d.account.clock)
  for (const { pending, available, held, ...lot } of from.lots)
    for (const [bucket, points] of Object.entries({ pending, available, held })) {
      if (points === 0) continue
      const refusal = receive(d, rules, { ...lot, points }, bucket as 'pending' | 'available' | 'held')
      if (refusal !== undefined) return refusal
    }
  return (from.debt === 0 ? undefined : takeOverDebt(d, rules, from.debt)) ?? addCarry(d, rules, from)
}

/** Two fractions of a point are one; the whole point that they may make is issued like any other, on this day. */
function addCarry(d: Deciding, rules: WalletRules, from: Wallet): Refusal | undefined {
  if (from.carry === 0) return undefined
  const wallet = walletOf(d.account, rules.id)
  const of = lcm(wallet.carryOf, from.carryOf)
  const total = assertSafe(wallet.carry * (of / wallet.carryOf) + from.carry * (of / from.carryOf))
  const rest = total % of
  const divisor = gcd(rest, of)
  wallet.carry = rest / divisor
  wallet.carryOf = of / divisor
  if (total < of) return undefined
  const lot = { kind: 'merge', month: monthIndex(d.day), release: 0, expiry: rules.expiryOf(d.day) }
  return issue(d, rules, lot, 1, { rule: null, reverses: null })
}

function joinSlices(d: Deciding, { body }: ActivityOf<'absorb'>): undefined {
  for (const feature of d.program.features) feature.merge?.(d, body.state.s[feature.id] as never)
}
