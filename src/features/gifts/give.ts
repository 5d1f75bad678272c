/** Gives a gift, or takes it back: what is heard in the same decision by whoever knows what the reward is. */

import type { Deciding } from '../../core/deciding.ts'
import { untilAfter } from './calendar.ts'
import type { GiftTerms } from './rules.ts'

/** Whether it is for this member at this moment. */
export function isFor(d: Deciding, { levels, when }: GiftTerms): boolean {
  if (levels === null && when === null) return true
  d.readFacts()
  return (levels === null || levels.isOne!.test(d.slots)) && (when === null || when.test(d.slots))
}

/** `until` is when it can be used no more, in ms; null where its reward says. Without it, the gift begins today. */
export function give(
  d: Deciding,
  gift: GiftTerms,
  quantity: number,
  source: string,
  until: number | null = untilAfter(gift, d.account, d.program, d.at, d.day),
): void {
  const { id, key } = d.activity
  const body = { reward: gift.reward, quantity, source, ...(until === null ? {} : { until }) }
  d.cause({ type: 'give', id, key, occurred_at: d.at, body })
}

export function takeBack(d: Deciding, source: string, quantity: number): void {
  const { id, key } = d.activity
  d.cause({ type: 'withdraw', id, key, occurred_at: d.at, body: { source, quantity } })
}
