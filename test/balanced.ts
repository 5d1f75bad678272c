/** What must hold of a member after whatever has happened. */

import { expect } from 'vitest'
import { sums } from '../src/core/points.ts'
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
}
