/** Every feature, in the order in which they take part within a phase. A new idea is one folder and one line here. */

import type { Feature } from '../core/feature.ts'
import { actions } from './actions/actions.ts'
import { adjustments } from './adjustments/adjustments.ts'
import { budgets } from './budgets/budgets.ts'
import { badges, challenges } from './challenges/challenges.ts'
import { changes } from './changes/changes.ts'
import { checkout } from './checkout/checkout.ts'
import { choices } from './choices/choices.ts'
import { closing } from './closing/closing.ts'
import { discounts } from './discounts/discounts.ts'
import { draws } from './draws/draws.ts'
import { earning, waiting } from './earning/earning.ts'
import { exchange } from './exchange/exchange.ts'
import { expiry, keeping } from './expiry/expiry.ts'
import { gifts } from './gifts/gifts.ts'
import { leaderboards } from './leaderboards/leaderboards.ts'
import { members } from './members/members.ts'
import { memberships } from './memberships/memberships.ts'
import { merging } from './merging/merging.ts'
import { orders } from './orders/orders.ts'
import { perks } from './perks/perks.ts'
import { pools } from './pools/pools.ts'
import { referrals } from './referrals/referrals.ts'
import { rewards } from './rewards/rewards.ts'
import { stamps } from './stamps/stamps.ts'
import { terms } from './terms/terms.ts'
import { tiers } from './tiers/tiers.ts'
import { transfers } from './transfers/transfers.ts'
import { visits } from './visits/visits.ts'
import { vouchers } from './vouchers/vouchers.ts'

export const features: readonly Feature[] = [
  members,
  orders,
  visits,
  actions,
  choices,
  pools,
  transfers,
  discounts,
  rewards,
  perks,
  vouchers,
  exchange,
  checkout,
  adjustments,
  expiry,
  keeping,
  budgets,
  tiers,
  stamps,
  challenges,
  badges,
  earning,
  referrals,
  memberships,
  gifts,
  leaderboards,
  draws,
  merging,
  closing,
  terms,
  changes,
  waiting,
]
