/**
 * Budgets: what a campaign may give in all. They are counters that every account shares, locked with the accounts, so
 * nothing beyond them is ever given; see docs/decisions/096.
 */

import { type Days, outsideOf } from './days.ts'
import type { Deciding } from './deciding.ts'
import { type Counters, freeUnder, type Limit, useLimit } from './limits.ts'
import type { Program } from './program.ts'
import { periodOf, type Unit } from './time.ts'

export interface Budget {
  id: string
  name: string
  /** On which days it gives anything; null where that is always. */
  days: Days | null
  /** Whose points it counts; null where it counts money. */
  wallet: string | null
  /** In the wallet's smallest unit, or in minor units of money. */
  total: number
  /** After what time there is as much again; null for one budget over all of it. */
  per: Unit | null
  /** What one member, or one household that decides together, may have of it; empty where that is not said. */
  each: readonly Limit[]
  /** At how much of it a message goes out; null where nobody is told before it is spent. */
  mark: number | null
}

/** Why a budget gives nothing. */
export interface Stop {
  budget: string
  /** Its days have not come or are over, the member had their part of it, or all of it is spent. */
  why: 'over' | 'had' | 'spent'
}

/** "the budget summer is spent": why there is nothing, for whoever asks. */
export function wordsForStop({ budget, why }: Stop): string {
  if (why === 'over') return `the budget ${budget} gives nothing on this day`
  return why === 'spent' ? `the budget ${budget} is spent` : `the member had their part of the budget ${budget}`
}

/** Budgets by what they cover, such as `earning.double-tuesday`. */
export type Budgets = ReadonlyMap<string, readonly Budget[]>

export const NO_BUDGETS: Budgets = new Map()

/** The counter of a budget in the period of a local day. */
export function budgetClaim({ id, per }: Budget, day: number): string {
  return `budget:${id}:${per === null ? 0 : periodOf(per, day)}`
}

/** The counter that says whether a budget's end was told of. */
export function budgetTold(budget: Budget, day: number): string {
  return `${budgetClaim(budget, day)}:told`
}

/** Every budget of a program, each once. */
export function allBudgets(program: Program): readonly Budget[] {
  return [...new Set([...program.budgets.values()].flat())]
}

/**
 * Takes what a part of the program is about to give from every budget that covers it: all of it, or nothing. `amount`
 * is in what its budgets count. Answers what stands against it, or null when it may be given.
 */
export function takeFromBudgets(d: Deciding, part: string, amount: number): Stop | null {
  const budgets = d.program.budgets.get(part)
  if (budgets === undefined || amount === 0) return null
  for (const [i, budget] of budgets.entries()) {
    const why = take(d, budget, amount)
    if (why === null) continue
    // What the budgets before it had given is not given after all.
    for (const other of budgets.slice(0, i)) giveBack(d, other, amount, d.day)
    if (why === 'spent') tellOnce(d, budget)
    return { budget: budget.id, why }
  }
  for (const budget of budgets) warn(d, budget, amount)
  return null
}

/** A return gives back to the budgets what it takes back from the member; `day` is when it had been given. */
export function giveBackToBudgets(d: Deciding, part: string, amount: number, day: number): void {
  if (amount === 0) return
  for (const budget of d.program.budgets.get(part) ?? []) giveBack(d, budget, amount, day)
}

function take(d: Deciding, budget: Budget, amount: number): Stop['why'] | null {
  const { id, total, days, each } = budget
  if (outsideOf(days, d.day) !== null) return 'over'
  const counters = countersOf(d)
  if (each.some((limit, i) => freeUnder(limit, counters[counterOf(id, i)], d.day, 1) < amount)) return 'had'
  const claim = budgetClaim(budget, d.day)
  // A counter that nobody locked may be used up by now, so nothing is taken from it.
  if (d.claims !== null && !d.claims.has(claim)) d.claims.set(claim, total)
  if (!d.claim(claim, amount, total)) return 'spent'
  for (const [i, limit] of each.entries()) useLimit(limit, counters, counterOf(id, i), d.day, 1, 0, amount)
  keepCounters(d, counters)
  return null
}

function giveBack(d: Deciding, budget: Budget, amount: number, day: number): void {
  d.giveBack(budgetClaim(budget, day), amount)
  const counters = countersOf(d)
  for (const [i, limit] of budget.each.entries()) useLimit(limit, counters, counterOf(budget.id, i), day, 1, amount, 0)
  keepCounters(d, counters)
}

function warn(d: Deciding, budget: Budget, amount: number): void {
  const used = d.claims?.get(budgetClaim(budget, d.day))
  if (used === undefined || budget.mark === null || used < budget.mark || used - amount >= budget.mark) return
  d.addMessage('budget.warning', messageOf(budget, used))
}

/** That a budget is spent is told once, by whoever is the first to miss it. */
function tellOnce(d: Deciding, budget: Budget): void {
  const told = budgetTold(budget, d.day)
  if (d.claims?.has(told) !== true || !d.claim(told, 1, 1)) return
  d.addMessage('budget.spent', messageOf(budget, d.claims.get(budgetClaim(budget, d.day)) ?? budget.total))
}

function messageOf({ id, wallet, total }: Budget, used: number): Record<string, unknown> {
  return { budget: id, wallet, used, total }
}

/** What members used of their parts, by budget and by which of its limits it is. */
function countersOf(d: Deciding): Counters {
  return (d.account.slices[SLICE] as Counters | undefined) ?? {}
}

/** Who used nothing keeps no slice. */
function keepCounters(d: Deciding, counters: Counters): void {
  if (Object.keys(counters).length > 0) d.account.slices[SLICE] = counters
  else delete d.account.slices[SLICE]
}

function counterOf(budget: string, limit: number): string {
  return `${budget}#${limit}`
}

const SLICE = 'budgets'
