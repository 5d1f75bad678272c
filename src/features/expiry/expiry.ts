/** Expiry and release: pending points become available in time, and points whose time is over are gone. */

import type { Account } from '../../core/account.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Feature } from '../../core/feature.ts'
import { expireLot, releasePending, settleDebt } from '../../core/ledger.ts'
import { NEVER } from '../../core/points.ts'
import { rulesOf } from '../../core/program.ts'

export const expiry: Feature = {
  id: 'expiry',
  hears: { clock: { earn: fallDue } },
  due,
}

/** In one instant what is released comes first, so that points released and expired at once leave both traces. */
function fallDue(d: Deciding): undefined {
  const now = d.at
  for (const wallet of d.account.wallets) {
    for (const lot of wallet.lots)
      if (lot.pending > 0 && lot.release <= now) releasePending(d, rulesOf(d.program, wallet.id), lot)
    if (wallet.debt > 0) settleDebt(d, rulesOf(d.program, wallet.id))
    // A release opens lots, and the list is another then.
    for (const lot of wallet.lots) {
      if (lot.expiry > now) continue
      expireLot(d, wallet, lot, 'pending', lot.pending)
      expireLot(d, wallet, lot, 'available', lot.available)
    }
  }
}

function due(account: Account): number {
  let next = NEVER
  for (const wallet of account.wallets)
    for (const lot of wallet.lots) {
      if (lot.pending > 0 && lot.release < next) next = lot.release
      if (lot.expiry < next && (lot.available > 0 || lot.pending > 0)) next = lot.expiry
    }
  return next
}
