/** Several members who give each other points and turn out to be one: nothing is lost, whatever happens in between. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Deciding } from '../src/core/deciding.ts'
import type { Posting } from '../src/core/points.ts'
import { Refusal } from '../src/core/refusal.ts'
import { expectBalanced } from './balanced.ts'
import { BEGINNING, Driver, perform, planStep, programDraw, programOf, runHistory, runs, type Step } from './history.ts'

const MEMBERS = 4

interface Turn {
  who: number
  with: number
  does: 'step' | 'transfer' | 'merge'
  step: Step
  points: number
  wallet: 'points' | 'stamps'
}

const turn: fc.Arbitrary<Turn> = fc.record({
  who: fc.nat({ max: MEMBERS - 1 }),
  with: fc.nat({ max: MEMBERS - 1 }),
  does: fc.oneof(
    { weight: 14, arbitrary: fc.constant('step' as const) },
    { weight: 5, arbitrary: fc.constant('transfer' as const) },
    { weight: 1, arbitrary: fc.constant('merge' as const) },
  ),
  step: planStep,
  points: fc.integer({ min: 1, max: 60 }),
  wallet: fc.constantFrom('points' as const, 'stamps' as const),
})

/** The members of one program; whoever was merged is followed to the one who is left. */
class Members {
  readonly drivers: Driver[]
  readonly into = new Map<Driver, Driver>()
  now = BEGINNING

  constructor(file: object) {
    const program = programOf(file)
    const [claims, ids] = [new Map<string, number>(), { last: 0 }]
    this.drivers = Array.from(
      { length: MEMBERS },
      (_, i) => new Driver(program, BEGINNING, { claims, ids, name: `${i}` }),
    )
    for (const driver of this.drivers) runHistory(driver, [])
  }

  winner(place: number): Driver {
    let driver = this.drivers[place]!
    while (this.into.has(driver)) driver = this.into.get(driver)!
    return driver
  }

  take({ who, with: other, does, step: one, points, wallet }: Turn): Deciding | Refusal | undefined {
    this.now += one.wait
    for (const driver of this.drivers) driver.now = this.now
    const [first, second] = [this.winner(who), this.winner(other)]
    if (does === 'step') return perform(first, one)
    if (does === 'transfer') return first.sendBoth(second, 'transfer', { from: who, to: other, wallet, points })
    const answer = first.sendBoth(second, 'merge', { from: who, into: this.drivers.indexOf(second) })
    if (!(answer instanceof Refusal)) this.into.set(first, second)
    return answer
  }

  get postings(): Posting[] {
    return this.drivers.flatMap((driver) => driver.postings)
  }
}

function sumOf(postings: readonly Posting[], wanted: (posting: Posting) => boolean): number {
  return postings.reduce((sum, posting) => (wanted(posting) ? sum + posting.points : sum), 0)
}

/** Fractions of all members in one wallet, over a common denominator. */
function carried(members: Members, wallet: string): [bigint, bigint] {
  let [n, d] = [0n, 1n]
  for (const { account } of members.drivers)
    for (const { id, carry, carryOf } of account.wallets)
      if (id === wallet) [n, d] = [n * BigInt(carryOf) + BigInt(carry) * d, d * BigInt(carryOf)]
  return [n, d]
}

const history = fc.tuple(programDraw({ gifts: true, plans: true }), fc.array(turn, { maxLength: 60, size: 'max' }))

test('every member balances after every step, and what one sent another received', () => {
  let [sent, merged] = [0, 0]
  fc.assert(
    fc.property(history, ([file, turns]) => {
      const members = new Members(file)
      for (const one of turns) {
        const answer = members.take(one)
        for (const place of [one.who, one.with]) expectBalanced(members.winner(place))
        if (answer instanceof Refusal || answer === undefined) continue
        if (one.does === 'transfer') sent += 1
        if (one.does === 'merge') merged += 1
      }
      for (const driver of members.drivers) expectBalanced(driver)
      for (const wallet of ['points', 'stamps']) {
        const own = members.postings.filter((posting) => posting.wallet === wallet)
        expect(sumOf(own, ({ to }) => to === 'sent')).toBe(sumOf(own, ({ from }) => from === 'received'))
      }
    }),
    { numRuns: runs(80) },
  )
  // The histories do what they are for.
  expect([sent > 20, merged > 20]).toEqual([true, true])
})

test('a merge empties one account into the other: points, holds and debt, and fractions of points to the last', () => {
  fc.assert(
    fc.property(history, fc.nat({ max: MEMBERS - 1 }), ([file, turns], other) => {
      const members = new Members(file)
      for (const one of turns) members.take(one)
      const [from, into] = [members.winner(0), members.winner(other)]
      // What falls due comes first, so that nothing but the merge is left to happen.
      from.wake(members.now)
      into.wake(members.now)
      const before = new Map(['points', 'stamps'].map((wallet) => [wallet, [...totals(members, wallet)]]))
      const carriedBefore = new Map(['points', 'stamps'].map((wallet) => [wallet, carried(members, wallet)]))
      const answer = from.sendBoth(into, 'merge', { from: 0, into: other })
      if (from === into) {
        expect(answer).toMatchObject({ code: 'same_account' })
        return
      }
      expect(answer).not.toBeInstanceOf(Refusal)
      const { account } = from
      expect([account.wallets, account.slices, account.mergedInto]).toEqual([[], {}, other])
      for (const wallet of ['points', 'stamps']) {
        const [held, owned] = totals(members, wallet)
        const [heldBefore, ownedBefore] = before.get(wallet)!
        expect(held).toBe(heldBefore)
        const made = owned! - ownedBefore! - gifts(answer as Deciding, wallet)
        const [n, d] = carried(members, wallet)
        const [was, of] = carriedBefore.get(wallet)!
        expect(n * of + BigInt(made) * d * of).toBe(was * d)
        expect([0, 1]).toContain(made)
      }
    }),
    { numRuns: runs(80) },
  )
})

/** Points held, and all points less what is owed. */
function totals(members: Members, wallet: string): [number, number] {
  let [held, owned] = [0, 0]
  for (const driver of members.drivers) {
    const sums = driver.balance(wallet)
    held += sums.held
    owned += sums.available + sums.pending + sums.held - sums.debt
  }
  return [held, owned]
}

/** What a level gave that only both together reach. */
function gifts({ postings }: Deciding, wallet: string): number {
  return sumOf(postings, (posting) => posting.wallet === wallet && posting.from === 'issued' && posting.rule !== null)
}
