/** How often perks were used, what rewards gave of them, and what is left: the slice of the account and its arithmetic. */

import type { Account } from '../../core/account.ts'
import { NEVER } from '../../core/points.ts'
import type { FactValue } from '../../core/rules/facts.ts'
import { periodOf, type Unit } from '../../core/time.ts'
import { type Per, type Perk, type PerkRules, UNITS } from './rules.ts'

/** The period that a use counts in: a number, or the name of an order. */
export type Period = number | string

/** Uses that a reward gave: until when (ms, 0 for good), and how many each of those rewards gave. */
export type Given = [perk: string, source: string, left: number, until: number, each: number]

export interface Use {
  /** The activity. */
  a: number
  p: string
  /** The period, and how many uses of it were taken. */
  k: Period
  q: number
  /** What was taken of what rewards gave, by source and end. */
  g?: [source: string, until: number, taken: number, each: number][]
  /** What it was worth, in minor units. */
  w: number
  /** The period of the membership in which it counts as saved; 0 for none. */
  m: number
  /** When it ends, in ms; left out where it does not, or has. */
  z?: number
}

export interface Slice {
  /** How often each perk was used by period, the latest last. */
  n?: Record<string, [period: Period, used: number][]>
  e?: Given[]
  /** The latest uses: those that can be taken back. */
  u?: Use[]
}

/** For how many periods uses are remembered: enough for whatever may still be told late. */
const KEPT: Record<Per, number> = {
  order: 40,
  day: 64,
  week: 12,
  month: 4,
  quarter: 3,
  year: 2,
  membership_period: 4,
  lifetime: 1,
}
const KEPT_USES = 24
export const MOST_GIVEN = 24

export function sliceOf(account: Account): Slice {
  return (account.slices['perks'] as Slice | undefined) ?? {}
}

/** A slice in which nothing is left is no slice. */
export function keepSlice(account: Account, { n, e, u }: Slice): void {
  const slice: Slice = {}
  if (n !== undefined && Object.keys(n).length > 0) slice.n = n
  if (e !== undefined && e.length > 0) slice.e = e
  if (u !== undefined && u.length > 0) slice.u = u
  if (Object.keys(slice).length > 0) account.slices['perks'] = slice
  else delete account.slices['perks']
}

/** Whether the member has it without any reward; the slots are those of the moment. */
export function isHad({ ofLevel, ofPlan, when }: Perk, slots: FactValue[]): boolean {
  const named = ofLevel !== null || ofPlan !== null
  if (!named && when === null) return false
  if (named && ofLevel?.test(slots) !== true && ofPlan?.test(slots) !== true) return false
  return when === null || when.test(slots)
}

/** The period that a use on a local day counts in. */
export function periodFor(
  { limit }: Perk,
  { period }: PerkRules,
  slots: FactValue[],
  day: number,
  order: string,
): Period {
  if (limit === null) return 0
  if (limit.per === 'order') return order
  if (limit.per === 'membership_period') return period === null ? 0 : (slots[period] as number)
  return UNITS.has(limit.per) ? periodOf(limit.per as Unit, day) : 0
}

export function usedIn(slice: Slice, perk: string, period: Period): number {
  return slice.n?.[perk]?.find(([of]) => of === period)?.[1] ?? 0
}

/** How many uses of a period are left to whoever has the perk. */
export function leftIn(slice: Slice, { id, limit }: Perk, period: Period): number {
  return limit === null ? NEVER : Math.max(0, limit.uses - usedIn(slice, id, period))
}

/** What rewards gave and is there at a moment, in the order in which it is used: what ends soonest first. */
export function givenOf(slice: Slice, perk: string, at: number): Given[] {
  const open = (slice.e ?? []).filter(([of, , left, until]) => of === perk && left > 0 && (until === 0 || until > at))
  return open.sort((a, b) => (a[3] || NEVER) - (b[3] || NEVER))
}

/** Counts uses of a period, or takes them off again; a period without any is forgotten. */
export function countUses(
  slice: Slice,
  { id, limit }: Pick<Perk, 'id' | 'limit'>,
  period: Period,
  change: number,
): void {
  if (limit === null || change === 0) return
  const rows = slice.n?.[id] ?? []
  const used = usedIn(slice, id, period) + change
  const others = rows.filter(([of]) => of !== period)
  const place = rows.findIndex(([of]) => of === period)
  const row: [Period, number] = [period, Math.max(0, used)]
  const all = row[1] === 0 ? others : place === -1 ? [...others, row] : rows.with(place, row)
  const { [id]: _, ...rest } = slice.n ?? {}
  slice.n = all.length === 0 ? rest : { ...rest, [id]: all.slice(-KEPT[limit.per]) }
}

/** Uses that a reward gave are there, or there again. */
export function addGiven(slice: Slice, [perk, source, more, until, each]: Given): void {
  const rows = slice.e ?? []
  const place = rows.findIndex(([of, from, , end]) => of === perk && from === source && end === until)
  if (place === -1) slice.e = [...rows, [perk, source, more, until, each]]
  else slice.e = rows.with(place, [perk, source, rows[place]![2] + more, until, each])
}

/** Takes of what a reward gave; what nothing is left of goes. */
export function takeGiven(slice: Slice, given: Given, taken: number): void {
  slice.e = (slice.e ?? []).flatMap((row): Given[] => {
    if (row !== given) return [row]
    const [perk, source, left, until, each] = row
    return left === taken ? [] : [[perk, source, left - taken, until, each]]
  })
}

export function addUse(slice: Slice, use: Use): void {
  slice.u = [...(slice.u ?? []), use].slice(-KEPT_USES)
}
