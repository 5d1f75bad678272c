/** Who may do what: every route names one of these rows. */

import { ROLES, type Role } from './route.ts'

/** Everybody who works for the business may look; a partner sees only what it sends. */
const READ = ROLES.filter((role) => role !== 'partner')
const SELL = ['owner', 'support', 'cashier', 'developer', 'partner'] as const
const SERVE = ['owner', 'marketer', 'support', 'cashier', 'developer'] as const
const REDEEM = ['owner', 'support', 'cashier', 'developer'] as const

export const MAY: Record<'read' | 'sell' | 'quote' | 'serve' | 'redeem', readonly Role[]> = {
  /** Look at members, orders and activities. */
  read: READ,
  /** Send orders, returns, visits and actions. */
  sell: SELL,
  /** Ask what an order would do: as good as looking. */
  quote: ROLES,
  /** Enrol members and keep their data. */
  serve: SERVE,
  /** Spend a member's points. */
  redeem: REDEEM,
}
