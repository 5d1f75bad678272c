/** The exact points that rules give: whole numbers over one denominator a wallet, so that nothing is ever rounded early. */

import type { Source } from '../../core/ledger.ts'
import type { Limit } from '../../core/limits.ts'
import type { LotOf } from '../../core/lots.ts'
import type { PricedLine, PricedOrder } from '../../core/order.ts'
import type { Combine, WalletRules } from '../../core/program.ts'
import { gcd, mulDivFloor, type Rational } from '../../core/rational.ts'
import type { FactValue } from '../../core/rules/facts.ts'
import type { Condition } from '../../core/rules.ts'
import type { Rate } from './rates.ts'
import type { WaitTerms } from './waiting.ts'

/** A compiled earning rule. */
export interface Terms {
  id: string
  name: string
  wallet: WalletRules
  /** The kind of earning that its lots bear. */
  kind: string
  when: Condition | null
  /** Null for a multiplier. */
  rate: Rate | null
  /** Null for a rule that gives points of its own. */
  times: Rational | null
  multiplied: boolean
  amount: (line: PricedLine) => number
  /** Whether a line counts; null when all do. The slots are for conditions over line.*. */
  counts: ((line: PricedLine, slots: FactValue[]) => boolean) | null
  rounding: 'floor' | 'nearest' | 'up' | 'carry'
  limit: Limit | null
  /** Exact points of this wallet are whole numbers times 1 ÷ scale. */
  scale: number
  /** What its postings say they come from. */
  source: Source
  lotOf: LotOf
  /** What its points wait for; null where it is nothing, or time alone. */
  wait: WaitTerms | null
  /** The rule by whose name its points wait: those that carry into one wallet wait as one, as their fraction is. */
  waitsAs: string
}

export interface EarningRules {
  /** Rules by the type of activity that they hear, in the file's order, multipliers last. */
  on: Record<string, Terms[]>
  /** What the points of rules wait for, by rule, where it is an action. */
  waits: Map<string, WaitTerms>
}

/** What multiplies and limits the rules: of each that has a limit, what it could still give; 0 where there is none. */
export interface Limits {
  times: readonly Times[]
  free: readonly number[]
}

/**
 * What an order freezes of it: multipliers, what each limited rule could still give, by its id, and which rules no budget
 * could pay for, where there were any.
 */
export interface Frozen {
  m: readonly Times[]
  a: Record<string, number>
  b?: readonly string[]
}

/** For each rule: the base, the points that the rate makes of it, and what the limit leaves, times the rule's scale. */
export interface Exact {
  base: number[]
  full: number[]
  exact: number[]
}

/**
 * earn(R, x): what the rules give for an order, or for what remains of it. It reads the terms and their limits, the slots and
 * the order that it is handed, and nothing else. Multipliers meet as the program says, each being answerable for the
 * extra points that it adds to those before it.
 */
export function exactPoints(
  terms: readonly Terms[],
  combine: Combine,
  slots: FactValue[],
  order: PricedOrder | null,
  { times, free }: Limits,
): Exact {
  const count = terms.length
  const result: Exact = { base: new Array(count), full: new Array(count), exact: new Array(count) }
  let given = ONE
  for (let i = 0; i < times.length; i++) given = combined(combine, given, times[i]!)
  let running = given
  for (let i = 0; i < count; i++) {
    const rule = terms[i]!
    // Multipliers stand last and by wallet, so a new wallet's begin from what was given beside the rules.
    if (i > 0 && rule.wallet !== terms[i - 1]!.wallet) running = given
    let base = 0
    let full = 0
    if (rule.when === null || rule.when.test(slots)) {
      if (rule.rate !== null) {
        base = baseOf(rule, rule.rate, slots, order)
        full = plainPoints(rule, base)
        if (rule.multiplied && given !== ONE) full = mulDivFloor(full, given[0], given[1])
      } else {
        const next = combined(combine, running, [rule.times!.n, rule.times!.d])
        for (let j = 0; j < i; j++) {
          const other = terms[j]!
          if (other.rate === null || !other.multiplied || other.wallet !== rule.wallet) continue
          base += result.base[j]!
          full += plainPoints(other, result.base[j]!)
        }
        full = mulDivFloor(full, next[0] * running[1] - running[0] * next[1], running[1] * next[1])
        running = next
      }
    }
    result.base[i] = base
    result.full[i] = full
    result.exact[i] = withinLimit(rule, full, free[i]!)
  }
  return result
}

/** Numerator and denominator of a multiplier, in lowest terms. */
type Times = readonly [number, number]

const ONE: Times = [1, 1]

/** What the rate alone makes of a base, times the rule's scale. */
function plainPoints(rule: Terms, base: number): number {
  const rate = rule.rate!
  const scale = rule.scale / rate.d
  const points = base * rate.n * scale
  return Number.isSafeInteger(points) ? points : mulDivFloor(base, rate.n * scale, 1)
}

function combined(combine: Combine, a: Times, b: Times): Times {
  if (combine === 'best') return b[0] * a[1] > a[0] * b[1] ? b : a
  const top = combine === 'multiply' ? a[0] * b[0] : a[0] * b[1] + (b[0] - b[1]) * a[1]
  const bottom = a[1] * b[1]
  const divisor = gcd(top, bottom)
  return [top / divisor, bottom / divisor]
}

function baseOf(rule: Terms, rate: Rate, slots: FactValue[], order: PricedOrder | null): number {
  if (order === null) return 1
  // Where nothing remains nothing is given, fixed points included: no goods, or no money after it was all given back.
  if (order.quantity === 0 || (order.total === 0 && order.subtotal > order.discount)) return 0
  const counts = rule.counts
  if (rate.per === 'once')
    return counts === null || order.lines.some((line) => line.quantity > 0 && counts(line, slots)) ? 1 : 0
  let base = 0
  const lines = order.lines
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!
    if (counts === null || counts(line, slots)) base += rate.per === 'item' ? line.quantity : rule.amount(line)
  }
  return base
}

function withinLimit(rule: Terms, full: number, free: number): number {
  if (rule.limit === null || full === 0) return full
  if (rule.limit.counts === 'times') return free >= 1 ? full : 0
  return Math.min(full, free)
}
