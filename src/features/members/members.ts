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
  words: {
    en: {
      'when.member.orders':
        '{op, select, is {{count, plural, =0 {with your first purchase} other {if you have made {value} purchases before}}} is_not {if you have made any number of purchases before but {value}} more {if you have made more than {value} purchases before} at_least {if you have made {value} purchases or more before} less {if you have made fewer than {value} purchases before} other {if you have made {value} purchases before or fewer}}',
      'when.member.joined_days':
        '{op, select, is {on day {value} after you joined} is_not {on any day but day {value} after you joined} more {more than {value} days after you joined} at_least {from day {value} after you joined} less {in the first {value} days after you joined} other {until day {value} after you joined}}',
    },
    tr: {
      'when.member.orders':
        '{op, select, is {{count, plural, =0 {ilk alışverişinizde} other {daha önce {value} alışveriş yaptıysanız}}} is_not {önceki alışverişlerinizin sayısı {value} değilse} more {daha önce {value} alışverişten fazlasını yaptıysanız} at_least {daha önce en az {value} alışveriş yaptıysanız} less {daha önce {value} alışverişten azını yaptıysanız} other {daha önce en çok {value} alışveriş yaptıysanız}}',
      'when.member.joined_days':
        '{op, select, is {üyeliğinizin {value}. gününde} is_not {üyeliğinizin {value}. günü dışında} more {üyeliğinizin {value}. gününden sonra} at_least {üyeliğinizin {value}. gününden başlayarak} less {üyeliğinizin ilk {value} gününde} other {üyeliğinizin {value}. gününe kadar}}',
    },
  },
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
