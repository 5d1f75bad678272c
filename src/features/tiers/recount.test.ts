/** The level is always the one that a plain recount of what happened gives, whenever anybody looked. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at, runs, stateOf } from '../../../test/history.ts'
import { small, Till } from '../../../test/till.ts'
import { encodeAccount } from '../../core/account.ts'
import { DAY_MS, HOUR_MS } from '../../core/time.ts'

const JOINED = '2024-02-29T10:00:00Z'

interface Drawn {
  window: string
  keep: string
  up: string
  return_window?: string
  down: string
  grace?: string
  levels: object[]
  measure?: string
}

const CALENDAR = ['calendar_month', 'calendar_quarter', 'calendar_year', 'anniversary_year']
const KEEPS = ['until_end_of_window', 'until_end_of_next_window', '3 months', '12 months', 'for_life']

const levelsDraw = fc.constantFrom(
  { measure: 'spend', levels: [{}, { from: 60 }, { from: 120 }, { from: 300 }] },
  { measure: 'points_earned', levels: [{}, { from: 60 }, { from: 120 }, { from: 300 }] },
  { measure: 'orders', levels: [{}, { from: 2 }, { from: 4 }, { from: 5 }] },
  { levels: [{}, { any_of: { spend: 60, visits: 2 } }, { all_of: { spend: 120, visits: 3 } }] },
  {
    levels: [
      {},
      { any_of: { orders: 2, visits: 3 } },
      { all_of: { orders: 3 } },
      { all_of: { orders: 4, spend: 300 } },
    ],
  },
)

const programDraw: fc.Arbitrary<Drawn> = fc
  .record({
    what: levelsDraw,
    window: fc.constantFrom(...CALENDAR, 'rolling 2 months', 'rolling 7 months', 'since_joining', 'lifetime'),
    keep: fc.constantFrom(...KEEPS),
    up: fc.constantFrom('at_once', 'at_once', 'end_of_window', 'after_return_window'),
    wait: fc.constantFrom('14 days', '45 days'),
    down: fc.constantFrom('to_earned', 'one_level'),
    grace: fc.constantFrom(undefined, undefined, '10 days', '2 months'),
  })
  .map(({ what, window, keep, up, wait, down, grace }) => {
    const forLife = window === 'lifetime' || window === 'since_joining'
    const isKept = keep === 'for_life'
    const level = (more: object, i: number) => ({ id: `level${i}`, ...more })
    return {
      ...what,
      levels: what.levels.map(level),
      window,
      keep,
      up: forLife && up === 'end_of_window' ? 'at_once' : up,
      ...(up === 'after_return_window' ? { return_window: wait } : {}),
      down: isKept ? 'to_earned' : down,
      ...(grace === undefined || isKept ? {} : { grace }),
    }
  })

interface Step {
  wait: number
  late: number
  do: 'buy' | 'visit' | 'give back' | 'nothing'
  dollars: number
  quantity: number
  order: number
}

const stepDraw: fc.Arbitrary<Step> = fc.record({
  wait: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 20 * 24 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 400 * 24 }) },
  ),
  late: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 34 * 24 }) },
  ),
  do: fc.constantFrom('buy', 'buy', 'buy', 'visit', 'give back', 'nothing'),
  dollars: fc.integer({ min: 1, max: 60 }),
  quantity: fc.integer({ min: 1, max: 4 }),
  order: fc.nat(),
})

/** What happened, as a shopkeeper would write it down: moments and what is left of each order. */
class Book {
  readonly till: Till
  readonly visits: number[] = []

  constructor(tiers: Drawn) {
    this.till = new Till(small({ tiers }), JOINED)
  }

  take(step: Step, i: number, withReturns: boolean): void {
    const { till } = this
    till.now += step.wait * HOUR_MS
    const occurred = till.now - step.late * HOUR_MS
    if (step.do === 'buy')
      till.sell(`${i}`, [{ price: step.dollars * 100, quantity: step.quantity }], {
        occurred: new Date(occurred).toISOString(),
      })
    if (step.do === 'visit') {
      till.send('visit', {}, occurred)
      this.visits.push(occurred)
    }
    if (step.do === 'give back' && withReturns && till.orders.length > 0)
      till.tryGiveBack(till.orders[step.order % till.orders.length]!, [{ id: '1', quantity: step.quantity }])
    till.wake()
  }

  events(): { at: number; spend: number; orders: number; visits: number; isOrder: boolean }[] {
    const orders = [...this.till.receipts.values()].map(({ occurred_at, body, returned }) => {
      const left = body.lines[0]!.quantity - returned.quantities[0]!
      return {
        at: occurred_at,
        spend: left * body.lines[0]!.unit_price,
        orders: Number(left > 0),
        visits: 0,
        isOrder: true,
      }
    })
    return [...orders, ...this.visits.map((at) => ({ at, spend: 0, orders: 0, visits: 1, isOrder: false }))]
  }
}

/** Months since 2000 as dates; the oracle's own calendar, which knows nothing of ours. */
const monthStart = (month: number) => Date.UTC(2000, month, 1)
const monthOf = (ms: number) => (new Date(ms).getUTCFullYear() - 2000) * 12 + new Date(ms).getUTCMonth()

/** The begin of month `k` of a membership; of a 29 February it is the 29th, or the 28th where there is none. */
function joinedMonth(k: number): number {
  const year = 2024 + Math.floor((1 + k) / 12)
  const month = (((1 + k) % 12) + 12) % 12
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return Date.UTC(year, month, Math.min(29, lastDay))
}

/** A stretch of months that is added up, by the bounds of its months; `rest` is when the window itself ends. */
interface Stretch {
  bounds: number[]
  /** Until when a level reached in it stays with each kind of keeping, by its last month. */
  rest: number
  next: number
  after(month: number, months: number): number
}

function stretches(window: string, until: number): { all: Stretch[]; rolls: boolean } {
  const rolling = /^rolling (\d+) months$/.exec(window)
  const all: Stretch[] = []
  const from = monthOf(at(JOINED)) - 24
  const last = monthOf(until) + 1
  const isMember = window === 'anniversary_year'
  const start = isMember ? joinedMonth : monthStart
  const length = rolling ? Number(rolling[1]) : ({ calendar_month: 1, calendar_quarter: 3 }[window] ?? 12)
  const first = isMember ? -24 : from - (from % 12)
  const end = isMember ? last - monthOf(at(JOINED)) + 1 : last
  for (let month = first; month <= end; month += rolling ? 1 : length) {
    const begin = rolling ? month - length + 1 : month
    const bounds = Array.from({ length: length + 1 }, (_, i) => start(begin + i))
    all.push({
      bounds,
      rest: bounds.at(-1)!,
      next: start(begin + 2 * length),
      after: (i, months) => start(begin + i + 1 + months),
    })
  }
  return { all, rolls: rolling !== null }
}

/** The level at a moment, from nothing but what happened and the words of the program. */
function recount(tiers: Drawn, book: Book, now: number): string {
  const wait = tiers.return_window === undefined ? 0 : Number.parseInt(tiers.return_window, 10)
  const counted = book
    .events()
    .filter((one) => !one.isOrder || wait === 0 || Math.floor(one.at / DAY_MS) * DAY_MS + wait * DAY_MS <= now)
  const sum = (from: number, to: number) => {
    const within = counted.filter((one) => one.at >= from && one.at < to)
    const total = (key: 'spend' | 'orders' | 'visits') => within.reduce((all, one) => all + one[key], 0)
    return {
      spend: total('spend') / 100,
      points_earned: total('spend') / 100,
      orders: total('orders'),
      visits: total('visits'),
    }
  }
  const reached = (amounts: ReturnType<typeof sum>): number => {
    let rank = 0
    for (const [i, level] of tiers.levels.entries()) {
      const { from, any_of, all_of } = level as {
        from?: number
        any_of?: Record<string, number>
        all_of?: Record<string, number>
      }
      const needs = Object.entries(any_of ?? all_of ?? (from === undefined ? {} : { [tiers.measure!]: from }))
      const met = needs.map(([measure, need]) => amounts[measure as keyof typeof amounts] >= need)
      if (needs.length > 0 && (any_of === undefined ? met.every(Boolean) : met.some(Boolean))) rank = i
    }
    return rank
  }
  if (tiers.window === 'lifetime' || tiers.window === 'since_joining') {
    const since = tiers.window === 'lifetime' ? 0 : Math.floor(at(JOINED) / DAY_MS) * DAY_MS
    return `level${reached(sum(since, Number.MAX_SAFE_INTEGER))}`
  }

  const months = /^(\d+) months$/.exec(tiers.keep)
  const until: number[] = tiers.levels.map(() => 0)
  const { all, rolls } = stretches(tiers.window, now)
  const atEnd = tiers.up === 'end_of_window'
  let rankBefore = 0
  for (const [i, { bounds, rest, next, after }] of all.entries()) {
    // Windows that roll are looked at as they end, the others month by month.
    const looks = rolls || atEnd ? [bounds.length - 2] : bounds.slice(1).map((_, month) => month)
    if (!rolls) rankBefore = 0
    for (const month of looks) {
      const rank = reached(sum(bounds[0]!, bounds[month + 1]!))
      let waitedMonths = 0
      while (after(month, waitedMonths) <= bounds[month + 1]! - 1 + wait * DAY_MS) waitedMonths++
      for (let level = 1; level <= rank; level++) {
        if (atEnd && bounds.at(-1)! > now) continue
        if (!atEnd && bounds[month]! > now && !rolls) continue
        const later = atEnd ? all[i + 1] : undefined
        const isNew = level > rankBefore || (atEnd && !rolls)
        let end = atEnd ? (later?.rest ?? Number.MAX_SAFE_INTEGER) : rest
        if (tiers.keep === 'until_end_of_next_window') end = atEnd ? (later?.next ?? Number.MAX_SAFE_INTEGER) : next
        if (tiers.keep === 'for_life') end = Number.MAX_SAFE_INTEGER
        if (months !== null) {
          const kept = isNew ? after(month, Number(months[1]) + waitedMonths) : 0
          end = atEnd && !rolls ? kept : Math.max(end, kept)
        }
        until[level] = Math.max(until[level]!, end)
      }
      rankBefore = rank
    }
  }
  if (tiers.down === 'one_level')
    for (let level = until.length - 2; level > 0; level--) {
      const above = until[level + 1]!
      if (above === 0) continue
      until[level] = Math.max(
        until[level]!,
        oneStepAfter(tiers.window, above, months === null ? null : Number(months[1])),
      )
    }
  const rank = until.findLastIndex((end, level) => level > 0 && withGrace(tiers.grace, end) > now)
  return `level${Math.max(0, rank)}`
}

function oneStepAfter(window: string, end: number, months: number | null): number {
  const rolling = /^rolling (\d+) months$/.exec(window)
  const length = months ?? (rolling ? Number(rolling[1]) : ({ calendar_month: 1, calendar_quarter: 3 }[window] ?? 12))
  if (window !== 'anniversary_year') return monthStart(monthOf(end) + length)
  for (let k = -48; ; k++) if (joinedMonth(k) === end) return joinedMonth(k + length)
}

function withGrace(grace: string | undefined, end: number): number {
  if (grace === undefined || end === 0 || end === Number.MAX_SAFE_INTEGER) return end
  const [count, unit] = grace.split(' ')
  if (unit === 'days') return end + Number(count) * DAY_MS
  const date = new Date(end)
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + Number(count) + 1, 0)).getUTCDate()
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + Number(count), Math.min(date.getUTCDate(), lastDay))
}

function levelOf(till: Till): string {
  return String(till.tier()).split(' ')[0]!
}

describe('any history', () => {
  test('gives the level that a plain recount gives, at every step of it', () => {
    fc.assert(
      fc.property(programDraw, fc.array(stepDraw, { minLength: 1, maxLength: 40, size: 'max' }), (tiers, steps) => {
        const book = new Book(tiers)
        // What is for life stays also when the purchases of a window that is forgotten come back.
        const withReturns = tiers.keep !== 'for_life'
        for (const [i, step] of steps.entries()) {
          book.take(step, i, withReturns)
          expect([i, levelOf(book.till)]).toEqual([i, recount(tiers, book, book.till.now)])
        }
      }),
      { numRuns: runs(600) },
    )
  })

  test('is the same whether a sweep runs early, late or never', () => {
    fc.assert(
      fc.property(programDraw, fc.array(stepDraw, { minLength: 1, maxLength: 30 }), fc.nat(), (tiers, steps, odd) => {
        const [often, never] = [new Till(small({ tiers }), JOINED), new Till(small({ tiers }), JOINED)]
        for (const [i, step] of steps.entries())
          for (const till of [often, never]) {
            if (till === often && (i + odd) % 3 > 0) till.wake(till.now + Math.floor(step.wait * HOUR_MS * 0.4))
            till.now += step.wait * HOUR_MS
            if (till === often && (i + odd) % 2 > 0) till.wake()
            if (step.do === 'visit') till.send('visit', {})
            if (step.do === 'buy') till.sell(`${i}`, [{ price: step.dollars * 100, quantity: step.quantity }])
            if (step.do === 'give back' && till.orders.length > 0)
              till.tryGiveBack(till.orders[step.order % till.orders.length]!, [{ id: '1', quantity: step.quantity }])
          }
        often.wake()
        never.wake()
        expect(stateOf(often.account)).toEqual(stateOf(never.account))
      }),
      { numRuns: runs(200) },
    )
  })

  test('leaves a small state, and the same after it was written and read', () => {
    const dense = fc.array(
      stepDraw.map((step) => ({ ...step, wait: step.wait % 500 })),
      { minLength: 200, maxLength: 200, size: 'max' },
    )
    fc.assert(
      fc.property(programDraw, dense, (tiers, steps) => {
        const book = new Book(tiers)
        for (const [i, step] of steps.entries()) book.take(step, i, true)
        expect(encodeAccount(book.till.account).length).toBeLessThan(3000)
      }),
      { numRuns: runs(30) },
    )
  })
})
