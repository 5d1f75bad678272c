/** Members who buy sooner the nearer a reward or a level is, and what they do with the time that they gain. */

import type { HistoryOrder } from '../../core/history.ts'
import { availablePoints } from '../../core/points.ts'
import type { Program } from '../../core/program.ts'
import type { Member } from './member.ts'
import { levelsOf, offersByLevel } from './offered.ts'
import type { Response } from './scenario.ts'

/**
 * One member's orders, moved forward in time. After each order, whoever stands beyond `closeness` on the way to the next
 * goal comes back sooner: the time to the next order shrinks, by `speedup` right before the goal and in proportion below.
 * The time that is gained at the end is filled with the member's own orders again, from the second on, at the same
 * distances: nobody buys anything that they never bought, or beyond the day on which they really came last.
 */
export class Pace {
  private readonly response: Response
  private readonly orders: HistoryOrder[] = []
  /** By which share the time to the next order is shorter. */
  private haste = 0
  /** How much sooner the orders are by now, in ms. */
  private gained = 0

  constructor(response: Response) {
    this.response = response
  }

  /** How much of the way to the next goal is done after an order. */
  see(closeness: number): void {
    const { closeness: from, speedup } = this.response
    this.haste = speedup * Math.min(1, Math.max(0, (closeness - from) / (1 - from)))
  }

  /** The member's next order, as soon as it comes now. */
  sooner(order: HistoryOrder): HistoryOrder {
    const before = this.orders.at(-1)
    if (before !== undefined)
      this.gained += Math.round(this.haste * Math.max(0, order.occurred_at - before.occurred_at))
    this.orders.push(order)
    return this.moved(order)
  }

  /** What comes back does so as long after the order as it did. */
  moved<T extends { occurred_at: number; recorded_at?: number | undefined }>(entry: T): T {
    const { occurred_at, recorded_at } = entry
    const moved = { ...entry, occurred_at: occurred_at - this.gained }
    return recorded_at === undefined ? moved : { ...moved, recorded_at: recorded_at - this.gained }
  }

  /** Orders in the time that was gained. `see` is asked for in between. */
  *again(): Generator<HistoryOrder> {
    const { orders } = this
    const last = orders.at(-1)
    if (last === undefined || this.gained === 0) return
    let at = last.occurred_at - this.gained
    for (let n = 1; ; n++) {
      const place = 1 + ((n - 1) % (orders.length - 1))
      const order = orders[place]!
      const usual = Math.max(0, order.occurred_at - orders[place - 1]!.occurred_at)
      at += Math.max(1, usual - Math.round(this.haste * usual))
      if (at > last.occurred_at) return
      yield { ...order, external_id: `${order.external_id}#${n}`, occurred_at: at, recorded_at: undefined }
    }
  }
}

/** What tells how near a member is to the next reward or level: 0 is far and 1 is there. */
export function closenessIn(program: Program): (member: Member) => number {
  const byLevel = offersByLevel(program)
  const hasLevels = levelsOf(program).length > 0
  return (member) => {
    let closest = hasLevels ? closenessToLevel(program, member) : 0
    for (const { wallet, cost } of byLevel[member.level]!) {
      const own = member.account.wallets.find(({ id }) => id === wallet)
      const share = own === undefined || cost === 0 ? 0 : availablePoints(own) / cost
      if (share < 1 && share > closest) closest = share
    }
    return closest
  }
}

interface LevelView {
  progress: { have: number; need: number }[] | null
  progress_of?: 'any_of' | 'all_of'
}

/** As members see it: what a level asks for, only its own feature knows. */
function closenessToLevel(program: Program, { account }: Member): number {
  for (const view of program.views) {
    const { tier } = view(account, program, account.clock) as { tier?: LevelView | null }
    if (!tier?.progress) continue
    const shares = tier.progress.map(({ have, need }) => Math.max(0, Math.min(1, have / need)))
    return tier.progress_of === 'all_of' ? Math.min(...shares) : Math.max(...shares)
  }
  return 0
}
