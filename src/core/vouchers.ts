/** Vouchers: what a member may use later, each under a code of its own. Every way in which one comes and goes. */

import type { Account } from './account.ts'
import type { Deciding } from './deciding.ts'
import { NEVER } from './points.ts'
import type { Program } from './program.ts'
import { Refusal, refuse } from './refusal.ts'
import { addDuration } from './time.ts'

export interface Voucher {
  /** What a till is told; unique in the program. */
  code: string
  /** The reward that it stands for. */
  reward: string
  /** What it was given for, in a name that the account has once: `stamps:coffee:3`, or `redemptionSource` of a redemption. */
  source: string
  /** The activity that issued it, and its place among the vouchers which that issued. */
  activity: number
  place: number
  /** From when on it can be used, in ms. */
  from: number
  /** When it expires, in ms; NEVER if it does not. */
  expiry: number
  /** It has expired. It stays for a while, for orders that used it before and are told of late. */
  isOver: boolean
}

export type VoucherState = 'open' | 'used' | 'expired' | 'withdrawn' | 'transferred'

/** A voucher as it stands after a decision: kept for whoever asks about it later. */
export interface VoucherChange extends Omit<Voucher, 'isOver'> {
  state: VoucherState
  /** Whether this decision issued it. */
  isNew: boolean
  /** The pool that its code was taken from; null where the code was made for it. */
  pool: string | null
}

/** Where the codes of vouchers come from. */
export interface Codes {
  /** The code at this place among those that the account's decision number `seq` (from 0) issues. */
  codeOf(seq: number, place: number): string
  /** What is left of pools of codes, the next one last, by pool; null where nobody counts them. */
  free: Map<string, string[]> | null
}

/** What a claim on one code of a pool is called: see `Feature.claims`. */
export const POOL_CLAIM = 'codes:'

export function poolClaim(pool: string): string {
  return POOL_CLAIM + pool
}

/** Codes that are unique within an account and easy to guess: for backtests, and where nobody asks for them. */
export const PLAIN_CODES: Codes = { codeOf: (seq, place) => `V${seq}-${place}`, free: null }

/** What an account without vouchers has; most are without. */
export const NO_VOUCHERS: readonly Voucher[] = Object.freeze([])

/** An account's row has no room for more. */
export const MOST_VOUCHERS = 40

type EncodedVoucher = [
  code: string,
  reward: string,
  source: string,
  activity: number,
  place: number,
  from: number,
  expiry: number,
  isOver?: 1,
]

export interface EncodedVouchers {
  o?: EncodedVoucher[]
}

export function encodeVouchers(vouchers: readonly Voucher[]): EncodedVoucher[] {
  return vouchers.map(({ code, reward, source, activity, place, from, expiry, isOver }) => {
    const encoded: EncodedVoucher = [code, reward, source, activity, place, from, expiry === NEVER ? 0 : expiry]
    if (isOver) encoded.push(1)
    return encoded
  })
}

export function decodeVouchers({ o }: EncodedVouchers): readonly Voucher[] {
  if (o === undefined) return NO_VOUCHERS
  return o.map(([code, reward, source, activity, place, from, expiry, isOver]) => ({
    code,
    reward,
    source,
    activity,
    place,
    from,
    expiry: expiry === 0 ? NEVER : expiry,
    isOver: isOver === 1,
  }))
}

/** The `source` of the vouchers that a redemption brings: the activity that began it, and its place there. */
export function redemptionSource(activity: number, place: number): string {
  return `redemption:${activity}.${place}`
}

/** What the program file says of a reward, of that which concerns its vouchers. */
export interface RewardSettings {
  id: string
  name?: string
  gives: Readonly<Record<string, unknown>>
  /** Whether members may give vouchers of it to others. */
  transfer?: boolean
}

/** The reward of this id; undefined where a revision has none any more. */
export function rewardNamed({ settings }: Program, id: string): RewardSettings | undefined {
  return (settings['rewards'] as RewardSettings[]).find((reward) => reward.id === id)
}

/** The vouchers that can be used now or later. */
export function openVouchers({ vouchers }: Account): readonly Voucher[] {
  return vouchers.length === 0 ? vouchers : vouchers.filter(({ isOver }) => !isOver)
}

export interface Issue {
  reward: string
  source: string
  quantity: number
  /** When they expire, in ms; NEVER if they do not. */
  expiry: number
  /** From when on they can be used, in ms; at once unless said. */
  from?: number
  /** The pool whose codes they get, instead of codes that are made for them. */
  pool?: string
  /** The code of a single voucher that has one already, such as a printed card. */
  code?: string
}

/** Vouchers come into being: all of them, or none where the account or the pool has not enough room or codes. */
export function issueVoucher(d: Deciding, issue: Issue): readonly Voucher[] | Refusal {
  const { reward, source, quantity, expiry, from = d.at, pool = null } = issue
  const { account } = d
  if (openVouchers(account).length + quantity > MOST_VOUCHERS)
    return refuse('limit_reached', `A member can have ${MOST_VOUCHERS} vouchers at a time.`)
  if (pool !== null && (d.codes.free?.get(pool)?.length ?? (d.codes.free === null ? quantity : 0)) < quantity)
    return refuse('sold_out', `The codes of ${pool} are used up.`)
  const issued: Voucher[] = []
  for (let i = 0; i < quantity; i++) {
    const place = d.vouchers.reduce((count, { isNew }) => (isNew ? count + 1 : count), 0)
    const own = issue.code ?? (pool === null ? undefined : d.codes.free?.get(pool)?.pop())
    const code = own ?? d.codes.codeOf(account.seq, place)
    const isOver = expiry <= account.clock
    const voucher = { code, reward, source, activity: d.activity.id, place, from, expiry, isOver }
    issued.push(voucher)
    change(d, voucher, isOver ? 'expired' : 'open', true, pool)
  }
  account.vouchers = withRoom(d, issued)
  return issued
}

/** The vouchers with new ones among them; those that expired go when no order can be told of any more that used them. */
function withRoom(d: Deciding, added: readonly Voucher[]): readonly Voucher[] {
  const { account, inForce } = d
  const isAwaited = ({ isOver, expiry }: Voucher) =>
    !isOver || addDuration(inForce.zone, expiry, inForce.late) >= account.clock
  const all = [...account.vouchers.filter(isAwaited), ...added]
  let excess = all.length - MOST_VOUCHERS
  return all.filter(({ isOver }) => !isOver || --excess < 0)
}

/**
 * A member's voucher is used. The order that it is used on remembers it, so that it is open again when the whole of the
 * order comes back. `pointer` is where the code stands in the body.
 */
export function useVoucher(d: Deciding, code: string, pointer: string): Voucher | Refusal {
  const voucher = usableVoucher(d, code, pointer)
  if (voucher instanceof Refusal) return voucher
  remove(d, voucher, 'used')
  if (d.frozen !== null) {
    const used = (d.frozen.slices['vouchers'] ?? []) as EncodedVoucher[]
    d.frozen.slices['vouchers'] = [...used, ...encodeVouchers([{ ...voucher, isOver: false }])]
  }
  d.addMessage('voucher.used', { code, reward: voucher.reward })
  return voucher
}

/** The member's voucher with this code, if it could be used when the activity occurred. */
export function usableVoucher(d: Deciding, code: string, pointer: string): Voucher | Refusal {
  const voucher = d.account.vouchers.find((one) => one.code === code)
  if (voucher === undefined) return refuse('not_found', `The member has no voucher ${code}.`, pointer)
  if (voucher.expiry <= d.at) return refuse('voucher_expired', `The voucher ${code} has expired.`, pointer)
  // A till's clock may be behind ours, so what begins now has begun.
  if (voucher.from > Math.max(d.at, d.account.clock))
    return refuse('reward_unavailable', `The voucher ${code} cannot be used yet.`, pointer)
  return voucher
}

/**
 * Takes back vouchers that nobody has used, of those given for `source`; answers how many it were. The latest go first, so
 * that a purchase which comes back takes what it brought and leaves what was there before it.
 */
export function withdrawVouchers(d: Deciding, source: string, quantity: number): number {
  const found = openVouchers(d.account)
    .filter((voucher) => voucher.source === source)
    .reverse()
    .slice(0, quantity)
  for (const voucher of found) remove(d, voucher, 'withdrawn')
  return found.length
}

/** A voucher leaves the account: it was used, taken back, or given to somebody else. */
export function remove(d: Deciding, voucher: Voucher, state: 'used' | 'withdrawn' | 'transferred'): void {
  d.account.vouchers = d.account.vouchers.filter((one) => one !== voucher)
  if (d.account.vouchers.length === 0) d.account.vouchers = NO_VOUCHERS
  change(d, voucher, state, false, null)
}

/** Vouchers whose time came are over. */
export function expireVouchers(d: Deciding): void {
  const { account } = d
  const expired = account.vouchers.filter(({ isOver, expiry }) => !isOver && expiry <= account.clock)
  if (expired.length === 0) return
  for (const voucher of expired) {
    change(d, voucher, 'expired', false, null)
    d.addMessage('voucher.expired', { code: voucher.code, reward: voucher.reward })
  }
  account.vouchers = account.vouchers.map((one) => (expired.includes(one) ? { ...one, isOver: true } : one))
  account.vouchers = withRoom(d, [])
}

/** A voucher that the account has used is open again. */
export function restoreVoucher(d: Deciding, voucher: Voucher): void {
  change(d, voucher, 'open', false, null)
  d.account.vouchers = withRoom(d, [voucher])
}

function change(d: Deciding, voucher: Voucher, state: VoucherState, isNew: boolean, pool: string | null): void {
  const { isOver: _, ...rest } = voucher
  d.addVoucher({ ...rest, state, isNew, pool })
}
