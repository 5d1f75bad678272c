/** Members: who joined when, and what rules may ask about them. Personal data stays out of the account's state. */

import type { Account } from '../../core/account.ts'
import type { ActivityOf } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Feature } from '../../core/feature.ts'
import { localDay } from '../../core/time.ts'

interface Slice {
  /** When the member joined, in ms. */
  joined: number
  /** Paid orders less those that came back whole. */
  orders: number
}

function slice(account: Account): Slice {
  return (account.slices['members'] ??= { joined: 0, orders: 0 }) as Slice
}

export const members: Feature = {
  id: 'members',
  facts: () => ({
    'member.orders': {
      type: 'int',
      describe: 'How many orders the member has paid before this one',
      read: (c) => slice(c.account).orders,
    },
    'member.joined_days': {
      type: 'int',
      describe: 'Days since the member joined',
      read: (c) => c.day - localDay(c.program.zone, slice(c.account).joined),
    },
  }),
  hears: {
    join: { price: join },
    profile: { price: keepProfile },
    order: { count: (d) => countOrder(d, 1) },
    return: { count: uncountOrder },
    cancel: { count: uncountOrder },
  },
  merge: addUp,
  view: (account) => ({ orders: slice(account).orders }),
}

function join(d: Deciding, { body }: ActivityOf<'join'>): undefined {
  d.account.slices['members'] = { joined: d.at, orders: 0 }
  d.profile = body
  if (body.pool !== true) d.addMessage('member.joined', {})
}

function keepProfile(d: Deciding, { body }: ActivityOf<'profile'>): undefined {
  d.profile = body
}

function countOrder(d: Deciding, change: number): undefined {
  slice(d.account).orders += change
}

/** An order counts as long as something of it remains. */
function uncountOrder(d: Deciding): undefined {
  if (d.takesTheRest) countOrder(d, -1)
}

/** Who was two members has been one since the first of them joined. */
function addUp(d: Deciding, from: Slice | undefined): void {
  if (from === undefined) return
  const into = slice(d.account)
  into.orders += from.orders
  into.joined = Math.min(into.joined, from.joined)
}
