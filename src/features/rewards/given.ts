/** Rewards that come to a member: what they give is booked or becomes a voucher, and may be taken back. */

import type { ActivityOf } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import { issue, reverse, settleReturn } from '../../core/ledger.ts'
import { NEVER } from '../../core/points.ts'
import type { Prize } from '../../core/prizes.ts'
import { rulesOf } from '../../core/program.ts'
import { Refusal, type RefusalCode } from '../../core/refusal.ts'
import { Settlement } from '../../core/settlement.ts'
import { addMonths, monthIndex } from '../../core/time.ts'
import { issueVoucher, openVouchers, withdrawVouchers } from '../../core/vouchers.ts'
import { changeSlice, type Gift, sliceOf } from './slice.ts'
import { giveStockBack, type RewardTerms, rewardsOf, stockOf } from './terms.ts'

/** Whoever gives something gives it whatever else holds; only what is not there cannot be given, and that is told. */
export function give(d: Deciding, { body }: ActivityOf<'give'>): undefined {
  const { reward: id, quantity, source, until = NEVER } = body
  const reward = rewardsOf(d.program).get(id)
  const code = reward === undefined ? 'reward_unavailable' : giveOne(d, reward, quantity, source, until)
  const told = { reward: id, quantity, source }
  if (code === null) d.addMessage('reward.given', told)
  else d.addMessage('reward.not_given', { ...told, code })
}

/** Null when it is given; otherwise why it is not. */
function giveOne(
  d: Deciding,
  reward: RewardTerms,
  quantity: number,
  source: string,
  until: number,
): RefusalCode | null {
  if (reward.stock !== null && !d.claim(stockOf(reward.id), quantity, reward.stock)) return 'sold_out'
  d.readFacts()
  const refusal = bring(d, reward, quantity, source, Math.min(until, reward.expiryOf(d.day)))
  if (refusal !== undefined) giveStockBack(d, reward.id, quantity)
  else note(d, reward, quantity, source)
  return refusal?.code ?? null
}

/** What a reward gives comes to the member. `expiry` and `code` are those of its voucher, if it becomes one. */
export function bring(
  d: Deciding,
  { reward, gives }: Prize,
  quantity: number,
  source: string,
  expiry: number,
  code?: string,
): Refusal | undefined {
  switch (gives.kind) {
    case 'points': {
      const from = { rule: reward, reverses: null }
      return issue(d, gives.wallet, gives.lotOf(d.day, d.slots), gives.points * quantity, from)
    }
    case 'entry':
      d.addTally(entriesOf(gives.draw), 0, gives.entries * quantity)
      return undefined
    case 'perk':
      entitle(d, gives.perk, { uses: gives.uses * quantity, each: gives.uses }, source, expiry)
      return undefined
    case 'off':
    case 'thing':
    case 'code': {
      const pool = gives.kind === 'code' ? { pool: gives.pool } : {}
      const own = code === undefined ? {} : { code }
      const issued = issueVoucher(d, { reward, source, quantity, expiry, ...pool, ...own })
      return issued instanceof Refusal ? issued : undefined
    }
  }
}

/** Uses of a perk are kept, and taken back, where perks are. */
function entitle(
  d: Deciding,
  perk: string,
  count: { uses: number; each: number },
  source: string,
  expiry: number,
): void {
  const { id, key } = d.activity
  const body = { perk, ...count, source, ...(expiry === NEVER ? {} : { until: expiry }) }
  d.cause({ type: 'entitle', id, key, occurred_at: d.at, body })
}

/** The name under which the entries of a draw are counted. */
function entriesOf(draw: string): string {
  return `draws:${draw}`
}

/** An account's row has no room for more, and after so many months nobody takes anything back. */
const MOST_NOTED = 24
const NOTED_MONTHS = 13

/** Points and entries are remembered by what they were given for, since they may have to be taken back. */
function note(d: Deciding, { reward, gives }: Prize, quantity: number, source: string): void {
  const { day } = d
  const { id } = d.activity
  let noted: Gift
  if (gives.kind === 'points') {
    const { expiry } = gives.lotOf(day, d.slots)
    noted = [source, reward, quantity, gives.points, gives.wallet.id, id, day, expiry === NEVER ? 0 : expiry]
  } else if (gives.kind === 'entry')
    noted = [source, reward, quantity, gives.entries, entriesOf(gives.draw), id, day, 0]
  else return
  const since = addMonths(day, -NOTED_MONTHS)
  changeSlice(d.account, (slice) => {
    const recent = (slice.g ?? []).filter((gift) => gift[6] > since)
    slice.g = [...recent, noted].slice(-MOST_NOTED)
  })
}

/** What was given for a source is taken back: vouchers that nobody used, and all else, whether it was spent or not. */
export function withdraw(d: Deciding, { body }: ActivityOf<'withdraw'>): undefined {
  const { source, quantity } = body
  const open = openVouchers(d.account).filter((voucher) => voucher.source === source)
  const taken = withdrawVouchers(d, source, quantity)
  for (const voucher of open) if (!d.account.vouchers.includes(voucher)) tell(d, voucher.reward, 1, source)
  let left = quantity - taken
  const noted = sliceOf(d.account)?.g ?? []
  // The latest go first: what is taken back is what was given too much in the end.
  for (const gift of noted.filter(([of]) => of === source).reverse()) {
    const times = Math.min(left, gift[2])
    left -= times
    if (times > 0) takeBack(d, gift, times)
  }
  // Also that it was nothing is said: whoever asks looks for the latest word on this source.
  d.addWithdrawn(source, quantity - left)
}

function takeBack(d: Deciding, gift: Gift, times: number): void {
  const [source, id, quantity, each, of, ...when] = gift
  // What a reward gives may be another thing by now; no wallet has a colon in its name.
  if (of.includes(':')) d.addTally(of, 0, -each * times)
  else takePointsBack(d, gift, each * times)
  const left: Gift = [source, id, quantity - times, each, of, ...when]
  changeSlice(d.account, (slice) => {
    slice.g = slice.g!.flatMap((one) => (one !== gift ? [one] : left[2] === 0 ? [] : [left]))
  })
  tell(d, id, times, source)
}

/** As with any points that should not have come: from their lot first, and what was spent of them as the wallet says. */
function takePointsBack(d: Deciding, gift: Gift, points: number): void {
  const [, rule, , , wallet, activity, day, expiry] = gift
  const isReturn = d.settlement !== null
  const rulesIn = (id: string) => rulesOf(d.inForce, id)
  if (!isReturn) d.settlement = new Settlement(d.account, undefined, rulesIn)
  const lot = { kind: 'reward', month: monthIndex(day), release: 0, expiry: expiry === 0 ? NEVER : expiry }
  reverse(d, rulesIn(wallet), lot, points, { rule, reverses: activity })
  if (!isReturn) settleReturn(d)
}

function tell(d: Deciding, reward: string, quantity: number, source: string): void {
  giveStockBack(d, reward, quantity)
  d.addMessage('reward.withdrawn', { reward, quantity, source })
}
