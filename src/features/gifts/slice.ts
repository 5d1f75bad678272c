/** What is remembered of a member for the gifts to come: little, and nothing of it says how old anybody is. */

import type { Account } from '../../core/account.ts'

export interface Slice {
  /** The birthday: month × 100 + day. Never the year. */
  b?: number
  /** By gift, the year of the latest birthday or anniversary that brought it. */
  y?: Record<string, number>
  /** The local day of the last order. */
  l?: number
  /** By gift, the points that were earned towards it, and how often it was given for them and not taken back. */
  t?: Record<string, [earned: number, given: number]>
  /** The account is a household's. */
  h?: 1
}

export function sliceOf(account: Account): Slice | undefined {
  return account.slices['gifts'] as Slice | undefined
}

/** Changes what is remembered; what is nothing any more leaves no trace. */
export function remember(account: Account, change: (slice: Slice) => void): void {
  const slice = sliceOf(account) ?? {}
  change(slice)
  const isEmpty = Object.keys(slice).length === 0
  if (isEmpty) delete account.slices['gifts']
  else account.slices['gifts'] = slice
}

/** Two members become one: nothing that either of them had comes a second time. */
export function joined(into: Slice, from: Slice): void {
  if (into.b === undefined && from.b !== undefined) into.b = from.b
  if (from.l !== undefined) into.l = Math.max(into.l ?? from.l, from.l)
  for (const [id, year] of Object.entries(from.y ?? {})) {
    into.y ??= {}
    into.y[id] = Math.max(into.y[id] ?? year, year)
  }
  for (const [id, [earned, given]] of Object.entries(from.t ?? {})) {
    into.t ??= {}
    const [own, had] = into.t[id] ?? [0, 0]
    into.t[id] = [own + earned, had + given]
  }
}
