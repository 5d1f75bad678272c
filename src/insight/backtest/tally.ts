/** What a run of decisions adds up to: points by wallet, rule and month, sales, tiers. */

import type { Account } from '../../core/account.ts'
import type { Sink } from '../../core/decide.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Fact } from '../../core/feature.ts'
import { type Posting, sums } from '../../core/points.ts'
import type { Program } from '../../core/program.ts'
import type { RefusalCode } from '../../core/refusal.ts'
import { formatInstant, localDay, monthIndex } from '../../core/time.ts'
import type { BacktestResult, MonthResult, PointsResult, RuleResult } from './result.ts'

/** How a wallet's points moved within a month. */
interface Flow {
  issued: number
  spent: number
  expired: number
  reversed: number
  forgiven: number
}

interface Month {
  joined: number
  orders: number
  sales: number
  /** By the place of the wallet in the program. */
  flows: Flow[]
}

export class Tally implements Sink {
  duplicates = 0
  afterUntil = 0
  /** The largest number of points that one posting moved so far. */
  largestPosting = 0
  private readonly program: Program
  private from = Number.POSITIVE_INFINITY
  private readonly orders = { members: 0, anonymous: 0 }
  private readonly sales = { members: 0, anonymous: 0 }
  private readonly returns = { members: 0, anonymous: 0 }
  private readonly refunds = { members: 0, anonymous: 0 }
  private readonly refused: Partial<Record<RefusalCode, number>> = {}
  private readonly activities = { total: 0, clock: 0 }
  private readonly rules: Map<string, RuleResult>
  private readonly months = new Map<number, Month>()
  /** The month of each day that was asked for. */
  private readonly monthsByDay = new Map<number, Month>()
  private readonly held: { pending: number; available: number; held: number; debt: number }[]
  private readonly tier: Fact | null
  private readonly levels = new Map<string, number>()

  constructor(program: Program) {
    this.program = program
    this.rules = new Map(rulesOf(program).map((rule) => [rule.rule, rule]))
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

  countAnonymousReturn(refund: number): void {
    this.returns.anonymous += 1
    this.refunds.anonymous += refund
  }

  /** Counts a decision as it is made. */
  push(d: Deciding): void {
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
    } else if (type === 'return' || type === 'cancel') {
      this.returns.members += 1
      this.refunds.members += d.refund_total
    }
    const times = type === 'return' || type === 'cancel' ? 0 : 1
    const { entries, postings } = d
    // A rule whose limit left nothing of it has not given anything.
    for (let i = 0; i < entries.length; i++)
      if (entries[i]!.exact !== 0) this.countRule(entries[i]!.rule, entries[i]!.points, times)
    for (let i = 0; i < postings.length; i++) this.countPosting(month, postings[i]!)
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
    const { program, from } = this
    return {
      program: program.id,
      revision: program.revision,
      currency: program.currency,
      timezone: program.zone.name,
      from: from === Number.POSITIVE_INFINITY ? null : formatInstant(from),
      until: formatInstant(until),
      members,
      orders: {
        ...this.orders,
        duplicates: this.duplicates,
        after_until: this.afterUntil,
        refused: this.refused,
      },
      returns: this.returns,
      sales: this.sales,
      refunds: this.refunds,
      points: this.pointsResults(),
      rules: [...this.rules.values()],
      months: this.monthResults(until - 1),
      tiers: [...this.levels].map(([level, count]) => ({ level, members: count })),
      activities: this.activities,
    }
  }

  private countRule(rule: string, points: number, times: number): void {
    const row = this.rules.get(rule)!
    row.times += times
    row.points += points
  }

  private countPosting(month: Month, posting: Posting): void {
    const { from, to, points } = posting
    const flow = month.flows[this.placeOf(posting.wallet)]!
    if (points > this.largestPosting) this.largestPosting = points
    if (from === 'issued') flow.issued += points
    else if (from === 'spent') flow.spent -= points
    else if (from === 'expired') flow.expired -= points
    else if (from === 'forgiven') flow.forgiven += points
    else if (from === 'forfeited') flow.reversed -= points
    if (to === 'spent') flow.spent += points
    else if (to === 'expired') flow.expired += points
    // What was forfeited was taken back like what was returned.
    else if (to === 'reversed' || to === 'forfeited') flow.reversed += points
    else if (to === 'forgiven') flow.forgiven -= points
  }

  private placeOf(wallet: string): number {
    const { wallets } = this.program
    for (let i = 0; i < wallets.length; i++) if (wallets[i]!.id === wallet) return i
    throw new Error(`Assertion failed: the program has a wallet ${wallet}`)
  }

  private monthOf(day: number): Month {
    const known = this.monthsByDay.get(day)
    if (known !== undefined) return known
    const index = monthIndex(day)
    let month = this.months.get(index)
    if (month === undefined) {
      month = noMonth(this.program)
      this.months.set(index, month)
    }
    this.monthsByDay.set(day, month)
    return month
  }

  private pointsResults(): PointsResult[] {
    return this.program.wallets.map(({ id, decimals }, place) => {
      const total = noFlow()
      for (const { flows } of this.months.values()) addFlow(total, flows[place]!)
      return { wallet: id, decimals, ...total, ...this.held[place]! }
    })
  }

  private monthResults(last: number): MonthResult[] {
    if (this.months.size === 0) return []
    const first = Math.min(...this.months.keys())
    const results: MonthResult[] = []
    const open = this.program.wallets.map(() => 0)
    for (let index = first; index <= monthIndex(localDay(this.program.zone, last)); index++) {
      const { joined, orders, sales, flows } = this.months.get(index) ?? noMonth(this.program)
      const points = this.program.wallets.map(({ id }, place) => {
        const { forgiven, ...flow } = flows[place]!
        open[place]! += flow.issued + forgiven - flow.spent - flow.expired - flow.reversed
        return { wallet: id, ...flow, open: open[place]! }
      })
      results.push({ month: nameOf(index), joined, orders, sales, points })
    }
    return results
  }
}

function noFlow(): Flow {
  return { issued: 0, spent: 0, expired: 0, reversed: 0, forgiven: 0 }
}

function addFlow(total: Flow, flow: Flow): void {
  total.issued += flow.issued
  total.spent += flow.spent
  total.expired += flow.expired
  total.reversed += flow.reversed
  total.forgiven += flow.forgiven
}

function noMonth(program: Program): Month {
  return { joined: 0, orders: 0, sales: 0, flows: program.wallets.map(noFlow) }
}

/** `2026-05` for a month's index. */
function nameOf(index: number): string {
  const year = Math.floor(index / 12)
  return `${String(year).padStart(4, '0')}-${String(index - year * 12 + 1).padStart(2, '0')}`
}

/** Every earning rule of the program with nothing given yet. */
function rulesOf(program: Program): RuleResult[] {
  const rules = program.settings['earning'] as readonly { id: string; wallet?: string | undefined }[]
  return rules.map(({ id, wallet }) => ({ rule: id, wallet: wallet ?? program.wallets[0]!.id, times: 0, points: 0 }))
}

/** The tier as conditions see it: what a tier is, only its own feature knows. */
function findTier(program: Program): Fact | null {
  for (const feature of program.features) {
    const fact = feature.facts?.(program.settings[feature.id] as never)['member.tier']
    if (fact !== undefined) return fact
  }
  return null
}
