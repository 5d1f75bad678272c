/** Returns at a till: by the receipt, units of its lines or an amount of money. */

import type { Refusal } from '../../core/refusal.ts'
import { returnAnswer, saleReturnAnswer } from '../answers.ts'
import { keys } from '../incoming.ts'
import { submit } from '../submit.ts'
import type { Doing, Done } from './doing.ts'

export async function giveBack({ services, live, deed, occurredMs }: Doing<'return'>): Promise<Done | Refusal> {
  const { order, lines, amount } = deed
  const recorded = await submit(services, {
    program: live,
    ref: { by: 'order', order },
    key: keys.return(order, deed.id),
    occurredMs,
    dated: true,
    type: 'return',
    body: { external_id: deed.id, order, ...(amount === undefined ? { lines } : { amount }) },
  })
  if (recorded.status === 'refused') return recorded.refusal
  if (recorded.status === 'recorded') {
    const answer = returnAnswer(recorded.activity, live)
    return { account: recorded.activity.account, refund: answer.refund_money, balances: answer.balances }
  }
  return recorded.status === 'sale'
    ? { account: null, refund: saleReturnAnswer(recorded.sale).refund_money }
    : { account: null }
}
