/** What must hold of a member after whatever has happened. */

import { expect } from 'vitest'
import { NEVER, sums } from '../src/core/points.ts'
import { MOST_VOUCHERS, openVouchers, type VoucherState } from '../src/core/vouchers.ts'
import { type Driver, foldLots, foldPostings } from './history.ts'

export function expectBalanced(driver: Driver): void {
  const folded = foldPostings(driver.postings)
  for (const { points } of driver.postings) expect(Number.isSafeInteger(points) && points > 0).toBe(true)
  for (const wallet of driver.account.wallets) {
    const held = sums(wallet)
    expect(folded.sums[wallet.id] ?? { available: 0, pending: 0, held: 0, debt: 0 }).toEqual(held)
    expect(Math.min(held.available, held.pending, held.held, held.debt)).toBeGreaterThanOrEqual(0)
    // Debt is paid as soon as there is anything to pay it with.
    expect(held.debt > 0 && held.available > 0).toBe(false)
    expect(wallet.carry >= 0 && wallet.carry < wallet.carryOf).toBe(true)
    for (const lot of wallet.lots) expect(Math.min(lot.available, lot.pending, lot.held)).toBeGreaterThanOrEqual(0)
  }
  expect(Object.entries(folded.lots).filter(([, points]) => points !== 0)).toHaveLength(
    Object.keys(foldLots(driver.account)).length,
  )
  expect(folded.lots).toMatchObject(foldLots(driver.account))
  for (const { id } of driver.program.wallets) expectWaiting(driver, id)
  expectVouchers(driver)
}

/** Whoever stays has all that those had who were merged into them. */
function decisionsOf(driver: Driver): Driver['decisions'] {
  return [...driver.ended.flatMap(decisionsOf), ...driver.decisions]
}

/** What may become of a voucher; one that was used is open again when its order comes back. */
const NEXT: Record<VoucherState, readonly VoucherState[]> = {
  open: ['used', 'expired', 'withdrawn', 'transferred'],
  used: ['open'],
  // An order that is told late used it before.
  expired: ['used'],
  withdrawn: [],
  transferred: [],
}

/** Every voucher was issued once, is used once unless it came back, and is the member's exactly while it is open. */
export function expectVouchers(driver: Driver): void {
  if (driver.account.mergedInto !== null) {
    expect(driver.account.vouchers).toEqual([])
    return
  }
  const states = new Map<string, VoucherState>()
  for (const { activity, vouchers } of decisionsOf(driver))
    for (const { code, state, isNew } of vouchers) {
      const before = states.get(code)
      expect(before === undefined).toBe(isNew)
      if (before !== undefined) expect(NEXT[before]).toContain(state)
      if (state === 'open' && !isNew) expect(['return', 'cancel']).toContain(activity.type)
      states.set(code, state)
    }
  const open = [...states].filter(([, state]) => state === 'open').map(([code]) => code)
  expect(
    openVouchers(driver.account)
      .map(({ code }) => code)
      .sort(),
  ).toEqual(open.sort())
  expect(driver.account.vouchers.length).toBeLessThanOrEqual(MOST_VOUCHERS)
}

/** What was issued is open, spent, expired or taken back, whatever was kept longer, brought back or forfeited: of one who is alone. */
export function expectConserved(driver: Driver, wallet: string): void {
  const net: Record<string, number> = {}
  for (const { from, to, points } of driver.postings.filter((posting) => posting.wallet === wallet)) {
    net[from] = (net[from] ?? 0) - points
    net[to] = (net[to] ?? 0) + points
  }
  const { spent = 0, expired = 0, forfeited = 0, reversed = 0, adjusted = 0, issued = 0, forgiven = 0 } = net
  for (const outside of [spent, expired, forfeited, reversed, adjusted, -issued, -forgiven])
    expect(outside).toBeGreaterThanOrEqual(0)
  const own = driver.account.wallets.find(({ id }) => id === wallet)
  const held = own === undefined ? { available: 0, pending: 0, held: 0, debt: 0 } : sums(own)
  const gone = spent + expired + forfeited + reversed + adjusted
  expect(held.available + held.pending + held.held - held.debt + gone + issued + forgiven).toBe(0)
  // What may come back, or be returned, is what has gone.
  const remembered = (of: (lot: string) => boolean) =>
    [...driver.account.expired].reduce((sum, [lot, points]) => (of(lot) ? sum + points : sum), 0)
  expect(remembered((lot) => lot.startsWith(`${wallet} `))).toBe(expired)
  expect(remembered((lot) => lot.startsWith('~') && lot.split(' ')[2] === wallet)).toBe(forfeited)
  for (const [, points] of driver.account.expired) expect(points).toBeGreaterThanOrEqual(0)
}

/** Points whose lot no time releases are those that are kept account of, order by order or day by day. */
function expectWaiting(driver: Driver, wallet: string): void {
  const slice = driver.account.slices['waiting'] as { w: { w: string; n: [unknown, number, number][] }[] } | undefined
  const rows = (slice?.w ?? []).filter(({ w }) => w === wallet).flatMap(({ n }) => n.map(([, , points]) => points))
  const lots = driver.account.wallets.find(({ id }) => id === wallet)?.lots ?? []
  const waiting = lots.filter(({ release }) => release === NEVER).map(({ pending }) => pending)
  const sum = (all: number[]) => all.reduce((total, points) => total + points, 0)
  expect(sum(rows)).toBe(sum(waiting))
  expect(Math.min(1, ...rows)).toBe(1)
}
