/** What points are worth, how many of them will be redeemed, what is owed, and what lift pays for it all. */

import type { Offer } from '../../core/feature.ts'
import type { Cohort } from './tally-state.ts'

/** An order that stands for all of them: what is paid for one, and for a unit, in minor units. */
export interface MeanOrder {
  currency: string
  total: number
  unit: number
}

/** What a point costs by what is offered for it: of all the rewards of the wallet, the one in the middle. */
export function catalogueValue(
  offers: readonly Offer[],
  shares: Readonly<Record<string, number>>,
  wallet: string,
  mean: MeanOrder,
): number | null {
  const values = offers
    .filter((offer) => offer.wallet === wallet && offer.cost > 0 && (offer.onOrders || offer.up_to !== null))
    .map((offer) => (worthOf(offer, mean) * (shares[offer.reward] ?? 1)) / offer.cost)
    .sort((a, b) => a - b)
  if (values.length === 0) return null
  const middle = values.length >> 1
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2
}

/** What a reward saves where no order shows it: what it says at most, or what it would take off a mean order. */
export function worthOf({ item, up_to, onOrders, worthOn }: Offer, { currency, total, unit }: MeanOrder): number {
  if (item !== null) return up_to ?? unit
  if (!onOrders) return up_to ?? 0
  const lines = [{ id: '1', sku: '', quantity: 1, unit_price: Math.round(total) }]
  return worthOn({ external_id: '', currency, prices: 'tax_included', lines }) ?? up_to ?? 0
}

/** By the index of the month in which points were issued and of the month in which something became of them. */
export type Triangle = ReadonlyMap<number, ReadonlyMap<number, Cohort>>

/** What became of the points that are so many months old, of those that were open as they reached that age. */
interface AgeRates {
  used: number
  gone: number
}

/**
 * A chain ladder on month of issue × age in months. Of the points that were open when they reached an age, which share
 * was used at it, and which lapsed or was taken back? From these follows what becomes of the points that are still open:
 * the cumulative incidence of redemption (Aalen & Johansen 1978), with lapsing as what competes with it. Never more is
 * expected than is open, and nothing beyond the oldest age that the history has seen.
 */
export function ageRates(triangle: Triangle, last: number): AgeRates[] {
  const totals: { open: number; used: number; gone: number }[] = []
  for (const [issued, months] of triangle) {
    let open = 0
    for (let month = firstOf(issued, months); month <= last; month++) {
      const { issued: more, used, lapsed, reversed } = months.get(month) ?? NOTHING
      const total = (totals[Math.max(0, month - issued)] ??= { open: 0, used: 0, gone: 0 })
      total.open += open + more
      total.used += used
      total.gone += lapsed + reversed
      open += more - used - lapsed - reversed
    }
  }
  return totals.map(({ open, used, gone }) => {
    if (open <= 0) return { used: 0, gone: 0 }
    const share = Math.min(1, Math.max(0, used) / open)
    return { used: share, gone: Math.min(1 - share, Math.max(0, gone) / open) }
  })
}

/** What is told late may say that something became of points before the month in which they were issued. */
function firstOf(issued: number, months: ReadonlyMap<number, Cohort>): number {
  return Math.min(issued, ...months.keys())
}

const NOTHING: Cohort = { issued: 0, used: 0, lapsed: 0, reversed: 0 }

/** Which share of the points that are open at the end of each age will be redeemed yet. */
export function redeemedYet(rates: readonly AgeRates[]): number[] {
  const shares: number[] = new Array(rates.length).fill(0)
  for (let age = rates.length - 2; age >= 0; age--) {
    const { used, gone } = rates[age + 1]!
    shares[age] = used + (1 - used - gone) * shares[age + 1]!
  }
  return shares
}

/** Points that are open at the end of a month, and how many of them are expected to be redeemed. */
export interface OpenPoints {
  open: number
  expected: number
}

/** For every month from the first to the last; `yet` is `redeemedYet`, or null where nobody ever redeemed. */
export function openByMonth(
  triangle: Triangle,
  yet: readonly number[] | null,
  first: number,
  last: number,
): OpenPoints[] {
  const all: OpenPoints[] = Array.from({ length: Math.max(0, last - first + 1) }, () => ({ open: 0, expected: 0 }))
  for (const [issued, months] of triangle) {
    let open = 0
    for (let month = firstOf(issued, months); month <= last; month++) {
      const moved = months.get(month) ?? NOTHING
      open += moved.issued - moved.used - moved.lapsed - moved.reversed
      const at = all[month - first]
      if (at === undefined || open === 0) continue
      at.open += open
      at.expected += yet === null ? open : open * (yet[Math.max(0, month - issued)] ?? 0)
    }
  }
  return all
}

/**
 * The lift ℓ that pays for a program: members buy 1 + ℓ times as much, each unit of sales costs the program c and leaves
 * the margin m, so ℓ·m = c·(1 + ℓ) and ℓ = c ÷ (m − c). Null where c is m or more: then no lift pays for it.
 */
export function breakEvenLift(cost: number, margin: number): number | null {
  return cost < margin ? cost / (margin - cost) : null
}

/** Six decimals: more than anybody reads, and the same text on every machine. */
export function rounded(rate: number): number {
  return Math.round(rate * 1e6) / 1e6
}

/** A share or a rate; null of nothing. */
export function rate(part: number, whole: number): number | null {
  return whole > 0 ? rounded(part / whole) : null
}
