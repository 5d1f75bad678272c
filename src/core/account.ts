/** An account: the small state that decisions read and change. It is the same live, in a backtest and in a replay. */

import { assert } from './assert.ts'
import { quoted } from './canonical.ts'
import { copyPlain } from './copy.ts'
import { type Lot, NEVER, NOTHING_KEPT, type Wallet } from './points.ts'
import { decodeVouchers, type EncodedVouchers, encodeVouchers, type Voucher } from './vouchers.ts'

export interface Account {
  /** How many activities were decided, clock activities included. */
  seq: number
  /** All that fell due up to this moment (ms) has been decided. */
  clock: number
  /** When a feature next wants to be woken (ms), NEVER if none does. */
  due: number
  closed: boolean
  /** The account that this one was merged into: it holds nothing itself any more. Null for all others. */
  mergedInto: number | null
  wallets: Wallet[]
  /** What the member may use later; never changed, only replaced. */
  vouchers: readonly Voucher[]
  /** Each feature's own part, by the feature's id. */
  slices: Record<string, unknown>
  /**
   * Points that expired, by wallet and lot: what a return of a purchase finds there is no longer owed by anyone.
   * Not part of the account's row; the engine brings what a return names.
   */
  expired: Map<string, number>
}

/** The version of the shape that `encodeAccount` writes. */
const SHAPE = 1

type EncodedLot = [string, number, number, number, number, number, number]

/** An account as its row holds it: plain JSON with short names. */
export interface EncodedAccount extends EncodedVouchers {
  v: number
  c: number
  x?: 1
  m?: number
  w: { id: string; l: EncodedLot[]; d?: number; f?: [number, number]; k?: [number, number, number][] }[]
  s: Record<string, unknown>
}

/** The account as compact JSON: what its row in the database holds, beside `seq`. Put together by hand, for every order. */
export function encodeAccount({ clock, closed, mergedInto, wallets, vouchers, slices }: Account): string {
  let text = `{"v":${SHAPE},"c":${clock},"w":[`
  for (let i = 0; i < wallets.length; i++) text += (i === 0 ? '' : ',') + encodeWallet(wallets[i]!)
  text += ']'
  if (vouchers.length > 0) text += `,"o":${JSON.stringify(encodeVouchers(vouchers))}`
  text += `,"s":${JSON.stringify(slices)}${closed ? ',"x":1' : ''}`
  return mergedInto === null ? `${text}}` : `${text},"m":${mergedInto}}`
}

/** The same as data, for an activity that tells of an account. */
export function encoded(account: Account): EncodedAccount {
  return JSON.parse(encodeAccount(account)) as EncodedAccount
}

function encodeWallet({ id, lots, debt, carry, carryOf, kept }: Wallet): string {
  let text = `{"id":${quoted(id)},"l":[`
  for (let i = 0; i < lots.length; i++) {
    const { kind, month, release, expiry, pending, available, held } = lots[i]!
    const end = expiry === NEVER ? 0 : expiry
    text += `${i === 0 ? '' : ','}[${quoted(kind)},${month},${release},${end},${pending},${available},${held}]`
  }
  text += ']'
  if (debt !== 0) text += `,"d":${debt}`
  if (carry !== 0) text += `,"f":[${carry},${carryOf}]`
  if (kept.length > 0) text += `,"k":${JSON.stringify(kept.map(({ from, before, until }) => [from, before, until]))}`
  return `${text}}`
}

/** Reads what `encodeAccount` wrote. `due` is not in it, since it follows from the rest: see `nextDue`. */
export function decodeAccount(text: string, seq: number): Account {
  return decoded(JSON.parse(text) as EncodedAccount, seq)
}

export function decoded(encoded: EncodedAccount, seq: number): Account {
  assert(encoded.v === SHAPE, `an account's state has the shape ${SHAPE}, not ${encoded.v}`)
  return {
    seq,
    clock: encoded.c,
    due: NEVER,
    closed: encoded.x === 1,
    mergedInto: encoded.m ?? null,
    wallets: encoded.w.map((wallet) => ({
      id: wallet.id,
      lots: wallet.l.map(([kind, month, release, expiry, pending, available, held]) => ({
        kind,
        month,
        release,
        expiry: expiry === 0 ? NEVER : expiry,
        pending,
        available,
        held,
      })),
      debt: wallet.d ?? 0,
      carry: wallet.f?.[0] ?? 0,
      carryOf: wallet.f?.[1] ?? 1,
      kept: wallet.k?.map(([from, before, until]) => ({ from, before, until })) ?? NOTHING_KEPT,
    })),
    vouchers: decodeVouchers(encoded),
    slices: encoded.s,
    expired: new Map(),
  }
}

export function copyAccount(account: Account): Account {
  return {
    seq: account.seq,
    clock: account.clock,
    due: account.due,
    closed: account.closed,
    mergedInto: account.mergedInto,
    wallets: account.wallets.map(copyWallet),
    vouchers: account.vouchers,
    slices: copyPlain(account.slices),
    expired: new Map(account.expired),
  }
}

/** What is kept is never changed, only replaced. */
function copyWallet({ id, lots, debt, carry, carryOf, kept }: Wallet): Wallet {
  return { id, lots: lots.map(copyLot), debt, carry, carryOf, kept }
}

function copyLot({ kind, month, release, expiry, pending, available, held }: Lot): Lot {
  return { kind, month, release, expiry, pending, available, held }
}

/** The account's wallet of this id; opened empty when the account never had one. */
export function walletOf(account: Account, id: string): Wallet {
  for (const wallet of account.wallets) if (wallet.id === id) return wallet
  const wallet: Wallet = { id, lots: [], debt: 0, carry: 0, carryOf: 1, kept: NOTHING_KEPT }
  account.wallets = [...account.wallets, wallet]
  return wallet
}
