/**
 * Credit notes: a business's records often say what came back and not of which purchase. Each is matched to the latest
 * purchases of the same item by the same member, so that an import and a backtest take back the same points.
 */

/** Units of one item in one line of a purchase. */
export interface Purchased {
  quantity: number
}

/** Units of one item on a credit note. */
export interface Credited {
  quantity: number
}

export interface Matches<P extends Purchased, C extends Credited> {
  /** Which units of a purchase each credit gives back, credit by credit and the latest purchase first. */
  matched: { purchase: P; credit: C; quantity: number }[]
  /** What no purchase is left for. */
  unmatched: { credit: C; quantity: number }[]
}

/**
 * Matches credits of one item and one member to purchases of it, both in the order of time. `precedes` says whether a
 * purchase was made before a credit: no credit ever reaches one that came later. A credit takes the latest purchases
 * first, as many of them as it needs, and of each no more than earlier credits have left.
 */
export function matchCredits<P extends Purchased, C extends Credited>(
  purchases: readonly P[],
  credits: readonly C[],
  precedes: (purchase: P, credit: C) => boolean,
): Matches<P, C> {
  const matches: Matches<P, C> = { matched: [], unmatched: [] }
  /** Purchases of which something is left, the latest on top. */
  const open: { purchase: P; left: number }[] = []
  let next = 0
  for (const credit of credits) {
    for (; next < purchases.length && precedes(purchases[next]!, credit); next++)
      open.push({ purchase: purchases[next]!, left: purchases[next]!.quantity })
    let missing = credit.quantity
    while (missing > 0 && open.length > 0) {
      const latest = open.at(-1)!
      const quantity = Math.min(missing, latest.left)
      matches.matched.push({ purchase: latest.purchase, credit, quantity })
      latest.left -= quantity
      missing -= quantity
      if (latest.left === 0) open.pop()
    }
    if (missing > 0) matches.unmatched.push({ credit, quantity: missing })
  }
  return matches
}
