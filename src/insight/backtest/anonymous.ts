/** Sales to nobody in particular: they earn nothing, and are counted for comparison. */

import type { OrderBody } from '../../core/activity.ts'
import { backActivity, type HistoryOrder, type HistoryReturn, orderBody } from '../../core/history.ts'
import {
  addReturn,
  allThatRemains,
  nothingReturned,
  priceOrder,
  type Returned,
  remainingOrder,
} from '../../core/order.ts'
import type { Program } from '../../core/program.ts'
import { Refusal } from '../../core/refusal.ts'
import type { Tally } from './tally.ts'

/** An anonymous sale that may come back. */
interface Sold {
  body: OrderBody
  returned: Returned
}

export class AnonymousSales {
  private readonly program: Program
  private readonly tally: Tally
  /** Whether sales come back: only then are they kept. */
  private readonly mayComeBack: boolean
  private readonly sold = new Map<string, Sold>()

  constructor(program: Program, tally: Tally, mayComeBack: boolean) {
    this.program = program
    this.tally = tally
    this.mayComeBack = mayComeBack
  }

  sell(order: HistoryOrder): void {
    if (order.currency !== this.program.currency) this.tally.refuse('currency_mismatch')
    else {
      const body = orderBody(order)
      this.tally.countAnonymous(priceOrder(body, null).total, order.occurred_at)
      if (this.mayComeBack) this.sold.set(order.external_id, { body, returned: nothingReturned(body.lines.length) })
    }
  }

  takeBack(back: HistoryReturn): void {
    const sold = this.sold.get(back.order)
    if (sold === undefined) {
      this.tally.refuse('not_found')
      return
    }
    const order = priceOrder(sold.body, null)
    const { type, body } = backActivity(back, 0)
    const after =
      type === 'cancel'
        ? allThatRemains(order, sold.returned)
        : addReturn(order, sold.body.currency, sold.returned, body)
    if (after instanceof Refusal) {
      this.tally.refuse(after.code)
      return
    }
    this.tally.countAnonymousReturn(remainingOrder(order, sold.returned).total - remainingOrder(order, after).total)
    sold.returned = after
  }
}
