/** A receipt: all that a return of an order may read, frozen when the order was decided. */

import type { OrderBody } from './activity.ts'
import type { Returned, Unearning } from './order.ts'
import type { FactValue } from './rules/facts.ts'

export interface Frozen {
  /** The share of every line in what Regulars took off the order; null when it took nothing. */
  shares: number[] | null
  /** The facts, other than the order's own, that conditions read, by name. */
  facts: Record<string, FactValue>
  /** What each feature froze, by its id. */
  slices: Record<string, unknown>
  /** What of the order earns nothing; null where all of it earns. */
  unearning: Unearning | null
}

export interface Receipt {
  /** The activity that decided the order. */
  activity: number
  revision: number
  occurred_at: number
  body: OrderBody
  frozen: Frozen
  /** What returns have taken of it so far. */
  returned: Returned
}

interface Encoded {
  s?: number[]
  f?: Record<string, FactValue>
  p?: Record<string, unknown>
  u?: Unearning
}

/** As its row in the database has it: most orders freeze little, and what is empty takes no room. */
export function encodeFrozen({ shares, facts, slices, unearning }: Frozen): string {
  const encoded: Encoded = {}
  if (shares !== null) encoded.s = shares
  if (!isEmpty(facts)) encoded.f = facts
  if (!isEmpty(slices)) encoded.p = slices
  if (unearning !== null) encoded.u = unearning
  return JSON.stringify(encoded)
}

export function decodeFrozen(text: string): Frozen {
  const { s = null, f = {}, p = {}, u = null } = JSON.parse(text) as Encoded
  return { shares: s, facts: f, slices: p, unearning: u }
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false
  return true
}
