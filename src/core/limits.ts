/** Limits of a rule within a day, a week, a month or a lifetime, and the counters that hold how much is used. */

import { z } from 'zod'
import { assertSafe, lcm, mulDivFloor } from './rational.ts'
import { periodOf, type Unit } from './time.ts'

const FORM = /^(\d{1,12}) +(?:(points|times?) +)?per +(day|week|month|quarter|year|lifetime|member)$/

export const LimitText = z
  .string()
  .regex(FORM, 'must be such as "200 per month", "3 times per day" or "500 points per lifetime"')

export interface Limit {
  /** In points (the wallet's smallest unit) or in occasions. */
  amount: number
  counts: 'points' | 'times'
  per: Unit | 'lifetime'
}

/** Per rule, how much was used in the latest periods: `[period, used, scale]`, points being `used ÷ scale`. */
export type Counters = Record<string, [period: number, used: number, scale: number][]>

/** How many periods stay: enough for the latest activity that programs accept. */
const KEPT_PERIODS: Record<Limit['per'], number> = { day: 64, week: 12, month: 4, quarter: 3, year: 2, lifetime: 1 }

/** Reads a limit. A bare number counts points on a rate or a multiplier, and occasions on fixed points. */
export function parseLimit(text: string, fixed: boolean, decimals: number): Limit {
  const [, amount, counts, per] = FORM.exec(text)!
  const times = counts === undefined ? fixed : counts.startsWith('time')
  return {
    amount: Number(amount) * (times ? 1 : 10 ** decimals),
    counts: times ? 'times' : 'points',
    per: per === 'member' || per === 'lifetime' ? 'lifetime' : (per as Unit),
  }
}

/** What a rule may still give in the period of `day`: points × scale, or occasions. Never below zero. */
export function freeUnder(limit: Limit, counters: Counters[string] | undefined, day: number, scale: number): number {
  // Occasions are counted by ones, whatever fractions of a point the rule has.
  const unit = limit.counts === 'times' ? 1 : scale
  const allowed = limit.amount * unit
  const period = periodIn(limit, day)
  const row = counters === undefined ? undefined : rowOf(counters, period)
  if (row === undefined) return allowed
  const [, used, of] = row
  return Math.max(0, allowed - (of === unit ? used : mulDivFloor(used, unit, of)))
}

/**
 * Counts what a decision gave (or took back: a negative change) under its limit. What is used drops out again when it
 * returns to zero, so the state depends only on what remains given.
 */
export function useLimit(
  limit: Limit,
  counters: Counters,
  rule: string,
  day: number,
  scale: number,
  before: number,
  after: number,
): void {
  const change = limit.counts === 'times' ? Number(after > 0) - Number(before > 0) : after - before
  if (change === 0) return
  const of = limit.counts === 'times' ? 1 : scale
  const period = periodIn(limit, day)
  const rows = (counters[rule] ??= [])
  const row = rowOf(rows, period)
  if (row === undefined) rows.push([period, Math.max(0, change), of])
  else {
    row[1] = Math.max(0, (row[2] === of ? row[1] : mulDivFloor(row[1], of, row[2])) + change)
    row[2] = of
    // No row has come and none has gone, so the rest stands as it was left.
    if (row[1] > 0) return
  }
  const oldest = Math.max(...rows.map(([at]) => at)) - KEPT_PERIODS[limit.per]
  const kept = rows.filter(([at, used]) => used > 0 && at > oldest)
  if (kept.length === 0) delete counters[rule]
  else counters[rule] = kept.sort((a, b) => a[0] - b[0])
}

/** The most that a limit allows within so many days, however they lie. */
export function mostWithin(limit: Limit, days: number): number {
  return limit.amount === 0 ? 0 : limit.amount * periodsWithin(limit.per, days)
}

/** Into how many periods of a limit so many days in a row can fall at most. */
function periodsWithin(per: Limit['per'], days: number): number {
  if (per === 'lifetime') return 1
  return per === 'day' ? days : Math.floor((days - 2) / SHORTEST[per]) + 2
}

const SHORTEST = { week: 7, month: 28, quarter: 90, year: 365 }

/** Two members become one, who has used what both of them had. */
export function addCounters(into: Counters, from: Counters): void {
  for (const [rule, rows] of Object.entries(from))
    for (const [period, used, scale] of rows) {
      const own = (into[rule] ??= [])
      const row = rowOf(own, period)
      if (row === undefined) own.push([period, used, scale])
      else {
        const of = lcm(scale, row[2])
        row[1] = assertSafe(row[1] * (of / row[2]) + used * (of / scale))
        row[2] = of
      }
      own.sort((a, b) => a[0] - b[0])
    }
}

/** The latest periods stand last and are the ones looked for most. */
function rowOf(rows: Counters[string], period: number): Counters[string][number] | undefined {
  for (let i = rows.length - 1; i >= 0; i--) if (rows[i]![0] === period) return rows[i]
  return undefined
}

function periodIn(limit: Limit, day: number): number {
  return limit.per === 'lifetime' ? 0 : periodOf(limit.per, day)
}
