/** A backtest says what the ledger would say: by hand on paper, and by `decide` on random pastOrders. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at, foldPostings, programDraw, programOf } from '../../../test/history.ts'
import { pastOrders } from '../../../test/past-orders.ts'
import type { Account } from '../../core/account.ts'
import { decide, type Env, start, wake } from '../../core/decide.ts'
import type { Deciding } from '../../core/deciding.ts'
import { type HistoryOrder, joinActivity, orderActivity } from '../../core/history.ts'
import type { Program } from '../../core/program.ts'
import { Refusal } from '../../core/refusal.ts'
import { type BacktestOptions, backtest, createBacktest } from './backtest.ts'
import { resultOf } from './figures.ts'
import type { BacktestResult } from './result.ts'
import { assume, type Redeeming } from './scenario.ts'
import { mergeTallies } from './tally-state.ts'

const PAPER = programOf(`
program: paper
name: Small enough for paper
currency: USD
timezone: UTC
wallets:
  stars: { expiry: { after: 1 month, until_end_of: month } }
earning:
  - { id: base, on: order, earn: 1 per 1.00 }
  - { id: friday, on: order, when: 'order.weekday == "friday"', times: 2 }
  - { id: never, on: order, when: 'order.total > money("1000.00")', earn: 5 }
tiers:
  measure: stars_earned
  window: calendar_month
  levels: [{ id: green }, { id: gold, from: 20, multiply: 1.5 }]
  keep: until_end_of_window
`)

function order(external_id: string, member: string | null, when: string, cents: number): HistoryOrder {
  const lines = [{ id: '1', sku: 'coffee', quantity: 1, unit_price: cents }]
  return { external_id, member, occurred_at: at(when), currency: 'USD', lines }
}

/** Friday: 10 and 10 more, which is gold. Monday: 10.95, rounded down. Stars of January and February last two months at most. */
const HISTORY = [
  order('1', 'ann', '2026-01-02T10:00:00Z', 1000),
  order('2', 'ann', '2026-01-05T10:00:00Z', 730),
  order('3', 'bob', '2026-01-05T10:00:00Z', 499),
  order('4', null, '2026-01-06T10:00:00Z', 300),
  order('5', 'bob', '2026-02-06T10:00:00Z', 500),
]
const UNTIL = at('2026-03-15T00:00:00Z')

describe('a history small enough for paper', () => {
  const result = backtest(PAPER, HISTORY, { until: UNTIL })

  test('points, by wallet and by rule', () => {
    const nothing = { spent: 0, reversed: 0, forgiven: 0, pending: 0, held: 0, debt: 0 }
    expect(result.points).toEqual([
      { wallet: 'stars', decimals: 0, issued: 44, expired: 34, available: 10, ...nothing },
    ])
    expect(result.rules).toEqual([
      { rule: 'base', wallet: 'stars', times: 4, points: 29 },
      { rule: 'friday', wallet: 'stars', times: 2, points: 15 },
      { rule: 'never', wallet: 'stars', times: 0, points: 0 },
    ])
  })

  test('month by month', () => {
    const nothing = { redeeming: 0, redemptions: 0, discount: 0, cost: 0 }
    const stars = (issued: number, expired: number, open: number) => [
      { wallet: 'stars', issued, spent: 0, expired, reversed: 0, open, liability: { gross: 0, net: 0 } },
    ]
    // Ann is gold from her first order on, until the month ends.
    expect(result.months).toEqual([
      {
        ...nothing,
        month: '2026-01',
        joined: 2,
        orders: 4,
        sales: 2529,
        anonymous_sales: 300,
        active: 2,
        tiers: [1, 1],
        points: stars(34, 0, 34),
      },
      {
        ...nothing,
        month: '2026-02',
        joined: 0,
        orders: 1,
        sales: 500,
        anonymous_sales: 0,
        active: 1,
        tiers: [2, 0],
        points: stars(10, 0, 44),
      },
      {
        ...nothing,
        month: '2026-03',
        joined: 0,
        orders: 0,
        sales: 0,
        anonymous_sales: 0,
        active: 0,
        tiers: [2, 0],
        points: stars(0, 34, 10),
      },
    ])
  })

  test('who, how much, and what was decided', () => {
    const { program, from, until, members, orders, sales, tiers, activities } = result
    expect({ program, from, until, members }).toEqual({
      program: 'paper',
      from: '2026-01-02T10:00:00Z',
      until: '2026-03-15T00:00:00Z',
      members: 2,
    })
    expect(orders).toEqual({ members: 4, anonymous: 1, duplicates: 0, after_until: 0, refused: {} })
    expect(sales).toEqual({ members: 2729, anonymous: 300 })
    // Ann's gold ended with January, which is one of three moments at which something fell due.
    expect(tiers).toEqual([
      { level: 'green', members: 2, orders: 3, sales: 1999, cost: 0, reward_rate: 0 },
      { level: 'gold', members: 0, orders: 1, sales: 730, cost: 0, reward_rate: 0 },
    ])
    expect(activities).toEqual({ total: 9, clock: 3 })
  })

  test('it is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(result))).toEqual(result)
  })
})

describe('where history ends', () => {
  test('what falls due at that very moment has not happened', () => {
    const before = backtest(PAPER, HISTORY, { until: at('2026-03-01T00:00:00Z') })
    expect(before.points[0]).toMatchObject({ expired: 0, available: 44 })
    expect(before.months.map(({ month }) => month)).toEqual(['2026-01', '2026-02'])
    const after = backtest(PAPER, HISTORY, { until: at('2026-03-01T00:00:00.001Z') })
    expect(after.points[0]).toMatchObject({ expired: 34, available: 10 })
  })

  test('orders at that moment or later are left out', () => {
    const { orders, points } = backtest(PAPER, HISTORY, { until: at('2026-01-05T10:00:00Z') })
    expect(orders).toMatchObject({ members: 1, anonymous: 0, after_until: 4 })
    expect(points[0]!.issued).toBe(20)
  })

  test('unless said, it is the last order', () => {
    const { until, orders } = backtest(PAPER, HISTORY)
    expect([until, orders.members]).toEqual(['2026-02-06T10:00:00.001Z', 4])
  })

  test('no orders at all make an empty result', () => {
    const result = backtest(PAPER, [], { until: UNTIL })
    expect(result).toMatchObject({ from: null, members: 0, months: [], activities: { total: 0 } })
  })
})

describe('orders that are odd', () => {
  test('the same id again is counted and decided once, for members and others', () => {
    const result = backtest(PAPER, [...HISTORY, ...HISTORY], { until: UNTIL })
    const once = backtest(PAPER, HISTORY, { until: UNTIL })
    expect(result).toEqual({ ...once, orders: { ...once.orders, duplicates: 5 } })
  })

  test('another currency is refused, and its sales are not counted', () => {
    const foreign = HISTORY.map((one) => ({ ...one, currency: 'EUR' }))
    const result = backtest(PAPER, foreign, { until: UNTIL })
    expect(result.orders).toMatchObject({ members: 0, anonymous: 0, refused: { currency_mismatch: 5 } })
    expect(result.sales).toEqual({ members: 0, anonymous: 0 })
    // Whoever comes with such an order has joined all the same.
    expect(result.members).toBe(2)
  })

  test('an order from before the account’s time is late, and too late beyond what the program accepts', () => {
    const late = order('6', 'bob', '2026-01-09T10:00:00Z', 200)
    expect(backtest(PAPER, [...HISTORY, late], { until: UNTIL }).points[0]).toMatchObject({ issued: 48 })
    const tooLate = order('6', 'bob', '2026-01-01T10:00:00Z', 200)
    expect(backtest(PAPER, [...HISTORY, tooLate], { until: UNTIL }).orders.refused).toEqual({ too_late: 1 })
  })

  test('one beyond the safe integers leaves the account as it was', () => {
    const huge = order('6', 'bob', '2026-02-07T10:00:00Z', Number.MAX_SAFE_INTEGER)
    const twice = { ...huge, lines: [...huge.lines, { ...huge.lines[0]!, id: '2' }] }
    const { orders, points } = backtest(PAPER, [...HISTORY, twice], { until: UNTIL })
    expect(orders.refused).toEqual({ points_overflow: 1 })
    expect(points[0]!.issued).toBe(44)
  })
})

describe('on any history', () => {
  test('it is what `decide` answers one by one', () => {
    fc.assert(
      fc.property(programDraw({ gifts: true }), pastOrders, (file, history) => {
        const program = programOf(file)
        const until = (history.at(-1)?.occurred_at ?? 0) + 40 * 86_400_000
        const result = backtest(program, history, { until })
        const folded = foldOneByOne(program, history, until)
        expect(result.activities.total).toBe(folded.length)
        for (const wallet of result.points) {
          const postings = folded.flatMap((d) => d.postings).filter((one) => one.wallet === wallet.wallet)
          const moved = (side: 'from' | 'to', bucket: string) =>
            postings.reduce((sum, one) => (one[side] === bucket ? sum + one.points : sum), 0)
          expect(wallet).toMatchObject({ issued: moved('from', 'issued'), expired: moved('to', 'expired') })
          expect(wallet).toMatchObject(foldPostings(postings).sums[wallet.wallet] ?? { available: 0, pending: 0 })
          const given = folded
            .flatMap((d) => d.entries)
            .filter((one) => one.wallet === wallet.wallet && one.exact !== 0)
          const ruled = result.rules.filter((one) => one.wallet === wallet.wallet)
          expect(sum(ruled, 'points')).toBe(sum(given, 'points'))
          expect(sum(ruled, 'times')).toBe(given.length)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('how members are mixed makes no difference', () => {
    fc.assert(
      fc.property(programDraw({ gifts: true }), pastOrders, (file, history) => {
        const program = programOf(file)
        const until = (history.at(-1)?.occurred_at ?? 0) + 40 * 86_400_000
        const byMember = [...history].sort((a, b) =>
          String(a.member) < String(b.member) ? -1 : Number(a.member !== b.member),
        )
        const result = backtest(program, history, { until })
        expect(backtest(program, byMember, { until })).toEqual(result)
        expect(oneByOne(program, history, { until })).toEqual(result)
        expect(oneByOne(program, byMember, { until, byMember: true })).toEqual(result)
      }),
      { numRuns: 60 },
    )
  })

  test('parts of the members put together are the whole, however they are split', () => {
    const redeeming = fc.constantFrom<Redeeming>(
      { model: 'none' },
      { model: 'at-once' },
      { model: 'saver' },
      { model: 'hazard', chance: 0.5 },
      { model: 'past', rewards: { 'two-off': 0.3, coffee: 0.4 } },
    )
    fc.assert(
      fc.property(programDraw({ gifts: true }), pastOrders, redeeming, fc.nat(), (file, history, model, split) => {
        const scenario = assume(programOf(file), { redeeming: model, seed: split })
        const until = (history.at(-1)?.occurred_at ?? 0) + 40 * 86_400_000
        const parts = [0, 1, 2].map((part) => {
          const run = createBacktest(scenario, { until })
          for (const one of history) if (String(one.member).length % 3 === (part + split) % 3) run.order(one)
          return structuredClone(run.finishPart())
        })
        const whole = backtest(scenario.program, history, { until, redeeming: model, seed: split })
        expect(resultOf(scenario, parts.reduce(mergeTallies), until)).toEqual(whole)
      }),
      { numRuns: 60 },
    )
  })

  test('months and rules add up, and points balance', () => {
    fc.assert(
      fc.property(programDraw({ gifts: true }), pastOrders, (file, history) => {
        const { points, months, rules, members, orders, sales, tiers } = backtest(programOf(file), history)
        for (const total of points) {
          const mine = months.flatMap((month) => month.points.filter(({ wallet }) => wallet === total.wallet))
          expect([sum(mine, 'issued'), sum(mine, 'expired')]).toEqual([total.issued, total.expired])
          const open = total.pending + total.available + total.held - total.debt
          expect(mine.at(-1)?.open ?? 0).toBe(open)
          expect(total.issued + total.forgiven).toBe(open + total.expired + total.spent + total.reversed)
          expect(sum(rules, 'points')).toBe(sum(points, 'issued'))
        }
        expect(sum(months, 'joined')).toBe(members)
        expect(sum(months, 'orders')).toBe(orders.members + orders.anonymous)
        expect(sum(months, 'anonymous_sales')).toBe(sales.anonymous)
        if (tiers.length > 0) expect(sum(tiers, 'members')).toBe(members)
      }),
      { numRuns: 60 },
    )
  })
})

function oneByOne(program: Program, history: readonly HistoryOrder[], options: BacktestOptions): BacktestResult {
  const run = createBacktest(assume(program), options)
  for (const one of history) run.order(one)
  return run.finish()
}

function sum<K extends string>(rows: readonly Record<K, number>[], key: K): number {
  return rows.reduce((all, row) => all + row[key], 0)
}

/** Every decision of the history, each made on a copy of the account before it. */
function foldOneByOne(program: Program, history: readonly HistoryOrder[], until: number): Deciding[] {
  const accounts = new Map<string, Account>()
  const decisions: Deciding[] = []
  const env = (now: number): Env => ({ programAt: () => program, revision: () => program, now, nextId: () => 0 })
  for (const one of history) {
    if (one.member === null) continue
    const known = accounts.get(one.member)
    const joining = joinActivity(one.member, one.occurred_at, 0)
    let account = known ?? start(program, one.occurred_at)
    for (const activity of [...(known === undefined ? [joining] : []), orderActivity(one, 0)]) {
      const decided = decide(env(one.occurred_at), account, activity)
      if (decided instanceof Refusal) throw new Error(decided.detail)
      account = decided.account
      decisions.push(...decided.decisions)
    }
    accounts.set(one.member, account)
  }
  for (const account of accounts.values()) wake(env(until - 1), account, until - 1, decisions)
  return decisions
}
