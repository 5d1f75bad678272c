/** What an account remembers of rewards: points on hold, what its limits have left, and gifts that may be taken back. */

import type { Account } from '../../core/account.ts'
import type { Counters } from '../../core/limits.ts'
import type { LotPart } from '../../core/points.ts'

/** Points held for a redemption that is not decided yet. */
export interface Hold {
  /** The activity that began it. */
  a: number
  r: string
  w: string
  q: number
  p: number
  l: LotPart[]
  /** When it times out, in ms. */
  x: number
  /** The local day on which it began, in which its limits count. */
  d: number
}

/** Points or entries that were given for a source. */
export type Gift = [
  source: string,
  reward: string,
  quantity: number,
  /** How much each of them is, and of what: the wallet, or the name under which entries are counted. */
  each: number,
  of: string,
  /** The activity that gave it, and the local day of that. */
  activity: number,
  day: number,
  /** When points expire, in ms; 0 if they do not. */
  expiry: number,
]

export interface Slice {
  h?: Hold[]
  l?: Counters
  g?: Gift[]
}

export function sliceOf(account: Account): Slice | undefined {
  return account.slices['rewards'] as Slice | undefined
}

export function holdsOf(account: Account): readonly Hold[] {
  return sliceOf(account)?.h ?? []
}

/** What is empty leaves no trace, so that whatever is undone leaves the state as if it had never been. */
export function changeSlice(account: Account, change: (slice: Slice) => void): void {
  const slice = sliceOf(account) ?? {}
  change(slice)
  if (slice.h?.length === 0) delete slice.h
  if (slice.l !== undefined && Object.keys(slice.l).length === 0) delete slice.l
  if (slice.g?.length === 0) delete slice.g
  if (Object.keys(slice).length === 0) delete account.slices['rewards']
  else account.slices['rewards'] = slice
}
