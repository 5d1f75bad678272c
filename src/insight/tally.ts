/** What a run of decisions adds up to: points by wallet, rule and month, sales, tiers. */

import type { Account } from '../core/account.ts'
import type { Deciding } from '../core/deciding.ts'
import type { Fact } from '../core/feature.ts'
import { type Posting, sums } from '../core/points.ts'
import type { Program } from '../core/program.ts'
import type { RefusalCode } from '../core/refusal.ts'
import { formatInstant, localDay, monthIndex } from '../core/time.ts'

/** Points of a wallet, in its smallest unit. `issued + debt = pending + available + held + spent + expired + reversed − forgiven`. */
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

/** What one earning rule gave: how often, and how many points less those that came back. */
export interface RuleResult {
  rule: string
  wallet: string
  times: number
  points: number
}

/** What happened to a wallet's points within a month, and what was open when it ended: not spent, not expired, less debt. */
export interface MonthPoints {
  wallet: string
  issued: number
  spent: number
  expired: number
  reversed: number
  open: number
}

/** A calendar month in the program's zone, such as `2026-05`. Every month from the first to the last is there. */
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
  /** What customers paid, tax included. */
  sales: { members: number; anonymous: number }
  points: PointsResult[]
  rules: RuleResult[]
  months: MonthResult[]
  /** How many members end on each level, from the lowest; none without tiers. */
  tiers: { level: string; members: number }[]
  /** All that was decided: joining, orders, and what fell due. */
  activities: { total: number; clock: number }
}

type Flow = Omit<MonthPoints, 'wallet' | 'open'> & { forgiven: number; open: number }

interface Month {
  joined: number
  orders: number
  sales: number
  /** By the place of the wallet in the program. */
  flows: Flow[]
}

export class Tally {
  duplicates = 0
  afterUntil = 0
  /** The largest number of points that one posting moved so far. */
  largestPosting = 0
  private readonly program: Program
  private from = Number.POSITIVE_INFINITY
  private readonly orders = { members: 0, anonymous: 0 }
  private readonly sales = { members: 0, anonymous: 0 }
  private readonly refused: Partial<Record<RefusalCode, number>> = {}
  private readonly activities = { total: 0, clock: 0 }
  private readonly rules = new Map<string, RuleResult>()
  private readonly months = new Map<number, Month>()
  /** The month of the day asked for last: the next one is most often the same. */
  private lastDay = Number.NaN
  private lastMonth: Month | null = null
  private readonly held: { pending: number; available: number; held: number; debt: number }[]
  private readonly tier: Fact | null
  private readonly levels = new Map<string, number>()

  constructor(program: Program) {
    this.program = program
    this.held = program.wallets.map(() => ({ pending: 0, available: 0, held: 0, debt: 0 }))
    this.tier = findTier(program)
    for (const level of this.tier?.values ?? []) this.levels.set(level, 0)
  }

  noteTime(at: number): void {
    if (at < this.from) this.from = at
  }

  refuse(code: RefusalCode): void {
    this.refused[code] = (this.refused[code] ?? 0) + 1
  }

  countAnonymous(total: number, at: number): void {
    const month = this.monthOf(localDay(this.program.zone, at))
    month.orders += 1
    month.sales += total
    this.orders.anonymous += 1
    this.sales.anonymous += total
  }

  count(d: Deciding): void {
    const month = this.monthOf(d.day)
    this.activities.total += 1
    const type = d.activity.type
    if (type === 'clock') this.activities.clock += 1
    else if (type === 'join') month.joined += 1
    else if (type === 'order') {
      const total = d.order!.total
      month.orders += 1
      month.sales += total
      this.orders.members += 1
      this.sales.members += total
    }
    for (const entry of d.entries) this.countRule(entry.rule, entry.wallet, entry.points)
    for (const posting of d.postings) this.countPosting(month, posting)
  }

  /** What an account holds at the end. */
  countAccount(account: Account, at: number): void {
    for (const wallet of account.wallets) {
      const total = this.held[this.placeOf(wallet.id)]!
      const own = sums(wallet)
      total.pending += own.pending
      total.available += own.available
      total.held += own.held
      total.debt += own.debt
    }
    if (this.tier === null) return
    const { program } = this
    const day = localDay(program.zone, at)
    const context = { program, account, type: 'clock', body: {}, order: null, at, day } as const
    const level = this.tier.read(context) as string
    this.levels.set(level, (this.levels.get(level) ?? 0) + 1)
  }

  result(until: number, members: number): BacktestResult {
    const { program } = this
    const months = this.monthResults()
    return {
      program: program.id,
      revision: program.revision,
      currency: program.currency,
      timezone: program.zone.name,
      from: this.from === Number.POSITIVE_INFINITY ? null : formatInstant(this.from),
      until: formatInstant(until),
      members,
      orders: {
        ...this.orders,
        duplicates: this.duplicates,
        after_until: this.afterUntil,
        refused: this.refused,
      },
      sales: this.sales,
      points: this.pointsResults(),
      rules: this.ruleResults(),
      months,
      tiers: [...this.levels].map(([level, count]) => ({ level, members: count })),
      activities: this.activities,
    }
  }

  private countRule(rule: string, wallet: string, points: number): void {
    const row = this.rules.get(rule)
    if (row === undefined) this.rules.set(rule, { rule, wallet, times: 1, points })
    else {
      row.times += 1
      row.points += points
    }
  }

  private countPosting(month: Month, posting: Posting): void {
    const { from, to, points } = posting
    const flow = month.flows[this.placeOf(posting.wallet)]!
    if (points > this.largestPosting) this.largestPosting = points
    if (from === 'issued') flow.issued += points
    else if (from === 'spent') flow.spent -= points
    else if (from === 'expired') flow.expired -= points
    else if (from === 'forgiven') flow.forgiven += points
    if (to === 'spent') flow.spent += points
    else if (to === 'expired') flow.expired += points
    else if (to === 'reversed') flow.reversed += points
  }

  private placeOf(wallet: string): number {
    const { wallets } = this.program
    for (let i = 0; i < wallets.length; i++) if (wallets[i]!.id === wallet) return i
    throw new Error(`Assertion failed: the program has a wallet ${wallet}`)
  }

  private monthOf(day: number): Month {
    if (day === this.lastDay) return this.lastMonth!
    const index = monthIndex(day)
    let month = this.months.get(index)
    if (month === undefined) {
      month = { joined: 0, orders: 0, sales: 0, flows: this.program.wallets.map(noFlow) }
      this.months.set(index, month)
    }
    this.lastDay = day
    this.lastMonth = month
    return month
  }
}
