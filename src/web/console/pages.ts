/** A door: the pages of the console, and the only place that knows where each stands. */

import type { ComponentType } from 'react'
import type { PageName } from './shell-words.ts'

/** Where a page stands in the navigation; null for those that are reached from others. */
export type Group = 'top' | 'people' | 'program' | 'shop' | 'settings'

export interface ConsolePage {
  /** As TanStack Router writes it, below `/console`: `/members/$id`. */
  path: string
  /** Its title, in `shell-words.ts`. */
  name: PageName
  group: Group | null
  /** The right without which it is not shown; the server refuses by itself anyway. */
  right?: string
  /** Pages for people who are not signed in stand outside of the frame. */
  outside?: boolean
  load(): Promise<{ default: ComponentType }>
}

export const pages: readonly ConsolePage[] = [
  { path: '/', name: 'home', group: 'top', load: () => import('./home/home.tsx') },
  {
    path: '/today',
    name: 'today',
    group: 'top',
    right: 'browse',
    load: () => import('../../features/today/screen.tsx'),
  },
  { path: '/orders/$id', name: 'order', group: null, load: () => import('../../features/orders/screen.tsx') },
  {
    path: '/members',
    name: 'members',
    group: 'people',
    right: 'browse',
    load: () => import('../../features/members/table-screen.tsx'),
  },
  {
    path: '/members/$id',
    name: 'member',
    group: null,
    right: 'read',
    load: () => import('../../features/members/screen.tsx'),
  },
  {
    path: '/approvals',
    name: 'approvals',
    group: 'people',
    right: 'adjust',
    load: () => import('../../features/adjustments/screen.tsx'),
  },
  {
    path: '/memberships',
    name: 'memberships',
    group: 'people',
    right: 'browse',
    load: () => import('../../features/memberships/screen.tsx'),
  },
  { path: '/program', name: 'program', group: 'program', load: () => import('./program/screen.tsx') },
  { path: '/program/new', name: 'program', group: null, right: 'draft', load: () => import('./program/beginning.tsx') },
  { path: '/program/drafts/$draft', name: 'program', group: null, load: () => import('./program/draft.tsx') },
  { path: '/program/revisions/$number', name: 'program', group: null, load: () => import('./program/revision.tsx') },
  {
    path: '/backtests',
    name: 'backtests',
    group: 'program',
    right: 'backtest',
    load: () => import('./backtests/list.tsx'),
  },
  {
    path: '/backtests/new',
    name: 'backtest',
    group: null,
    right: 'backtest',
    load: () => import('./backtests/ask.tsx'),
  },
  {
    path: '/backtests/$id',
    name: 'backtest',
    group: null,
    right: 'backtest',
    load: () => import('./backtests/backtest.tsx'),
  },
  { path: '/rewards', name: 'rewards', group: 'program', load: () => import('../../features/rewards/screen.tsx') },
  { path: '/vouchers', name: 'vouchers', group: 'program', load: () => import('../../features/vouchers/screen.tsx') },
  { path: '/shops', name: 'shops', group: 'shop', load: () => import('../../features/shops/screen.tsx') },
  {
    path: '/shops/new',
    name: 'shop',
    group: null,
    right: 'shops',
    load: () => import('../../features/shops/shop-screen.tsx'),
  },
  { path: '/shops/$id', name: 'shop', group: null, load: () => import('../../features/shops/shop-screen.tsx') },
  {
    path: '/tills',
    name: 'tills',
    group: 'shop',
    right: 'devices',
    load: () => import('../../features/till/screen.tsx'),
  },
  {
    path: '/tills/new',
    name: 'till',
    group: null,
    right: 'devices',
    load: () => import('../../features/till/device-screen.tsx'),
  },
  {
    path: '/tills/$id',
    name: 'till',
    group: null,
    right: 'devices',
    load: () => import('../../features/till/device-screen.tsx'),
  },
  { path: '/team', name: 'team', group: 'settings', right: 'staff', load: () => import('./pages/team.tsx') },
  { path: '/team/new', name: 'team_new', group: null, right: 'staff', load: () => import('./pages/team-new.tsx') },
  { path: '/team/$id', name: 'team', group: null, right: 'staff', load: () => import('./pages/team-person.tsx') },
  { path: '/keys', name: 'keys', group: 'settings', right: 'keys', load: () => import('./pages/keys.tsx') },
  { path: '/keys/new', name: 'keys_new', group: null, right: 'keys', load: () => import('./pages/keys-new.tsx') },
  { path: '/audit', name: 'audit', group: 'settings', right: 'audit_log', load: () => import('./pages/audit.tsx') },
  { path: '/account', name: 'account', group: null, load: () => import('./pages/account.tsx') },
  { path: '/sign-in', name: 'sign_in', group: null, outside: true, load: () => import('./pages/sign-in.tsx') },
  { path: '/set-up', name: 'set_up', group: null, outside: true, load: () => import('./pages/set-up.tsx') },
  { path: '/invitation', name: 'invitation', group: null, outside: true, load: () => import('./pages/invitation.tsx') },
  {
    path: '/balance/new',
    name: 'balance',
    group: null,
    right: 'backtest',
    load: () => import('./backtests/ask-balance.tsx'),
  },
  {
    path: '/balance/$id',
    name: 'balance',
    group: null,
    right: 'backtest',
    load: () => import('./backtests/balance.tsx'),
  },
]
