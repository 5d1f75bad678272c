/** What is wrong with a voucher that an account does not have: only the ledger's rows know what became of it. */

import type { OrderBody } from '../core/activity.ts'
import { type Refusal, refuse } from '../core/refusal.ts'
import type { VoucherState } from '../core/vouchers.ts'
import { isMistyped } from './codes.ts'
import { type Found, findInDirectory } from './directory.ts'
import { stripeOf } from './ids.ts'
import { codesOnOrder, type NamedCode } from './incoming.ts'
import type { LiveProgram } from './programs.ts'
import type { Reading } from './read.ts'

/** Whose a voucher is and what became of it. */
export interface VoucherRow {
  account: number
  state: VoucherState
}

/** A slip of the fingers is told from a code that there is not. */
export function noVoucher(code: string, pointer?: string): Refusal {
  return isMistyped(code)
    ? refuse('voucher_mistyped', `${code} has a typing error in it: look at each sign again.`, pointer)
    : refuse('not_found', `There is no voucher ${code}.`, pointer)
}

/** A card, or a code of a pool, that nobody has yet. */
export function unclaimed(code: string, pointer: string): Refusal {
  return refuse('not_yours', `${code} is nobody’s yet: claim it for a member first.`, pointer)
}

/**
 * Why somebody who asked for a code does not have it: `found` is its entry in the directory, and `row` its voucher, which
 * a card that gave points or credit never became.
 */
export function refusalOf(
  { code, pointer }: NamedCode,
  found: Found | undefined,
  row: VoucherRow | undefined,
  isTheirs: boolean,
): Refusal {
  if (found === undefined) return noVoucher(code, pointer)
  if (found.activity === null) return unclaimed(code, pointer)
  if (row === undefined) return refuse('voucher_used', `The card ${code} was claimed before.`, pointer)
  if (row.state === 'transferred' || !isTheirs)
    return refuse('not_yours', `The voucher ${code} is another member’s.`, pointer)
  if (row.state === 'expired') return refuse('voucher_expired', `The voucher ${code} has expired.`, pointer)
  if (row.state === 'withdrawn') return refuse('voucher_withdrawn', `The voucher ${code} was taken back.`, pointer)
  return refuse('voucher_used', `The voucher ${code} was used before.`, pointer)
}

/** The refusal of a quote, as exact as that of the order would be. */
export async function exactly(
  reading: Reading,
  live: LiveProgram,
  account: number,
  body: OrderBody,
  refusal: Refusal,
): Promise<Refusal> {
  const pointer = refusal.code === 'not_found' ? refusal.errors[0]?.pointer : undefined
  const named = codesOnOrder(body).find((one) => one.pointer === pointer)
  if (named === undefined) return refusal
  const { code } = named
  const found = await findInDirectory(reading.database, reading.stripes, live.number, 'voucher', code)
  if (found?.activity == null) return refusalOf(named, found ?? undefined, undefined, false)
  const { rows } = await reading.database.query<VoucherRow>(
    'select account, state from voucher where stripe = $1 and activity = $2 and code = $3',
    [stripeOf(found.activity), found.activity, code],
  )
  return refusalOf(named, found, rows[0], rows[0]?.account === account)
}
