/** What a backtest tells: plain JSON, the same in the library and behind `--json`. */

import type { RefusalCode } from '../../core/refusal.ts'

/**
 * Points of a wallet, in its smallest unit. They balance: what was `issued`, `forgiven` and is in `debt` is what is
 * `pending`, `available` and `held` and what was `spent`, `expired` and `reversed`.
 */
export interface PointsResult {
  wallet: string
  decimals: number
  issued: number
  spent: number
  expired: number
  /** Taken back by returns; of these, what nobody had to give back. */
  reversed: number
  forgiven: number
  /** What members hold at the end, and what they owe. */
  pending: number
  available: number
  held: number
  debt: number
}

/** What one earning rule gave: how often, and how many points less those that came back. One that never gave is told too. */
export interface RuleResult {
  rule: string
  wallet: string
  times: number
  points: number
}

/** What happened to a wallet's points within a month, and what members held when it ended, less what they owed. */
export interface MonthPoints {
  wallet: string
  issued: number
  spent: number
  expired: number
  reversed: number
  open: number
}

/** A calendar month in the program's zone, such as `2026-05`. All are there, from the first order's to the end's. */
export interface MonthResult {
  month: string
  joined: number
  orders: number
  sales: number
  points: MonthPoints[]
}

/** What a backtest tells: plain JSON. Money is minor units of the currency, points the wallet's smallest unit. */
export interface BacktestResult {
  program: string
  revision: number
  currency: string
  timezone: string
  /** The first order, and the end of history, itself not included. RFC 3339; `from` is null without orders. */
  from: string | null
  until: string
  members: number
  orders: {
    /** Decided for members. */
    members: number
    /** Sales to nobody in particular: they earn nothing. */
    anonymous: number
    /** The same id again: not decided again. */
    duplicates: number
    /** At or after `until`: left out. */
    after_until: number
    /** By the code of the refusal; the sales of these orders are not counted. */
    refused: Partial<Record<RefusalCode, number>>
  }
  /** What came back: as many as orders of which something did, each time. */
  returns: { members: number; anonymous: number }
  /** What customers paid, tax included, and what they got back of it. */
  sales: { members: number; anonymous: number }
  refunds: { members: number; anonymous: number }
  points: PointsResult[]
  rules: RuleResult[]
  months: MonthResult[]
  /** How many members end on each level, from the lowest; none without tiers. */
  tiers: { level: string; members: number }[]
  /** All that was decided: joining, orders, and what fell due. */
  activities: { total: number; clock: number }
}
