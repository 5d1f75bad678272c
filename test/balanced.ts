/** What must hold of a member after whatever has happened. */

import { expect } from 'vitest'
import { NEVER, sums } from '../src/core/points.ts'
import { MOST_VOUCHERS, openVouchers, type VoucherState } from '../src/core/vouchers.ts'
import { type Driver, foldLots, foldPostings } from './history.ts'

export function expectBalanced(driver: Driver): void {
  const folded = foldPostings(driver.postings)
  // All that would be wrong is gathered and expected to be nothing: expecting a thousand times takes longer than the history.
  expect(driver.postings.filter(({ points }) => !(Number.isSafeInteger(points) && points > 0))).toEqual([])
  for (const wallet of driver.account.wallets) {
    const held = sums(wallet)
    expect(folded.sums[wallet.id] ?? { available: 0, pending: 0, held: 0, debt: 0 }).toEqual(held)
    const wrong = {
      below_zero: Math.min(held.available, held.pending, held.held, held.debt) < 0,
      // Debt is paid as soon as there is anything to pay it with.
      unpaid: held.debt > 0 && held.available > 0,
      no_fraction: wallet.carry < 0 || wallet.carry >= wallet.carryOf,
      lots: wallet.lots.filter((lot) => Math.min(lot.available, lot.pending, lot.held) < 0),
    }
    expect(wrong).toEqual({ below_zero: false, unpaid: false, no_fraction: false, lots: [] })
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
  const wrong: object[] = []
  for (const { activity, vouchers } of decisionsOf(driver))
    for (const { code, state, isNew } of vouchers) {
      const before = states.get(code)
      const follows = before === undefined ? isNew : !isNew && NEXT[before].includes(state)
      const comesBack = state !== 'open' || isNew || activity.type === 'return' || activity.type === 'cancel'
      if (!follows || !comesBack) wrong.push({ code, before, state, isNew, by: activity.type })
      states.set(code, state)
    }
  expect(wrong).toEqual([])
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
  expect(Math.min(spent, expired, forfeited, reversed, adjusted, -issued, -forgiven)).toBeGreaterThanOrEqual(0)
  const own = driver.account.wallets.find(({ id }) => id === wallet)
  const held = own === undefined ? { available: 0, pending: 0, held: 0, debt: 0 } : sums(own)
  const gone = spent + expired + forfeited + reversed + adjusted
  expect(held.available + held.pending + held.held - held.debt + gone + issued + forgiven).toBe(0)
  // What may come back, or be returned, is what has gone.
  const remembered = (of: (lot: string) => boolean) =>
    [...driver.account.expired].reduce((sum, [lot, points]) => (of(lot) ? sum + points : sum), 0)
  expect(remembered((lot) => lot.startsWith(`${wallet} `))).toBe(expired)
  expect(remembered((lot) => lot.startsWith('~') && lot.split(' ')[2] === wallet)).toBe(forfeited)
  expect([...driver.account.expired].filter(([, points]) => points < 0)).toEqual([])
}

/** Points whose lot no time releases are those that are kept account of, order by order or day by day. */
function expectWaiting(driver: Driver, wallet: string): void {
  const slice = driver.account.slices['waiting'] as { w: { w: string; n: [unknown, number, number][] }[] } | undefined
  const rows = (slice?.w ?? []).filter(({ w }) => w === wallet).flatMap(({ n }) => n.map(([, , points]) => points))
  const lots = driver.account.wallets.find(({ id }) => id === wallet)?.lots ?? []
  const waiting = lots.filter(({ release }) => release === NEVER).map(({ pending }) => pending)
  const sum = (all: number[]) => all.reduce((total, points) => total + points, 0)
  expect({ points: sum(rows), least: Math.min(1, ...rows) }).toEqual({ points: sum(waiting), least: 1 })
}
