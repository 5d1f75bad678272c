/** Any history with returns: what lies on cards and what was filled is what remains of all purchases gives, told once more. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BEGINNING, Driver, programOf, runHistory, runs, stepsOf } from '../../../test/history.ts'
import { comesBackInPieces, comesBackWhole, withoutRedeeming } from '../../../test/returned.ts'
import type { PricedOrder } from '../../core/order.ts'
import { localDay } from '../../core/time.ts'
import type { Slice } from './card.ts'

interface Drawn {
  per: 'item' | 'order' | 'spend'
  stamps: number
  head_start: number
  next: boolean
  min_spend: number
  limit: number | null
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  per: fc.constantFrom('item', 'order', 'spend'),
  stamps: fc.integer({ min: 2, max: 12 }),
  head_start: fc.nat({ max: 1 }),
  next: fc.boolean(),
  min_spend: fc.constantFrom(0, 20),
  limit: fc.option(fc.integer({ min: 1, max: 6 })),
})

function programFor({ per, limit, ...card }: Drawn) {
  return programOf({
    program: 'drawn',
    name: 'A drawn program',
    currency: 'USD',
    timezone: 'America/New_York',
    wallets: { points: {} },
    rewards: [{ id: 'drink', cost: '100', gives: { free_item: { category: 'drinks' } } }],
    stamps: [
      {
        id: 'drinks',
        per: per === 'spend' ? { spend: 7 } : per,
        category: 'drinks',
        reward: 'drink',
        ...card,
        ...(limit === null ? {} : { limit: `${limit} per day` }),
      },
    ],
  })
}

/** What an order gives by the words of the card alone. */
function stampsOf({ per, min_spend }: Drawn, order: PricedOrder): number {
  const lines = order.lines.filter(({ category, quantity }) => category === 'drinks' && quantity > 0)
  if (lines.length === 0 || order.total < min_spend * 100) return 0
  if (order.total === 0 && order.subtotal > order.discount) return 0
  if (per === 'order') return 1
  const sum = (of: (line: PricedOrder['lines'][number]) => number) => lines.reduce((all, line) => all + of(line), 0)
  return per === 'item' ? sum(({ quantity }) => quantity) : Math.floor(sum(({ net }) => net) / 700)
}

/** What each order gives now: limits allow it what they allowed it when it came, less what the others of its day gave. */
class Expectation {
  readonly given = new Map<string, number>()
  readonly free = new Map<string, number>()
  readonly card: Drawn
  readonly driver: Driver
  heard = 0

  constructor(card: Drawn, driver: Driver) {
    this.card = card
    this.driver = driver
  }

  follow(): void {
    for (; this.heard < this.driver.decisions.length; this.heard++) {
      const { activity, remains, order } = this.driver.decisions[this.heard]!
      if (activity.type === 'order') {
        const { external_id } = activity.body
        this.free.set(external_id, this.freeOn(this.dayOf(external_id)))
        this.give(external_id, order!)
      }
      if (activity.type === 'return' || activity.type === 'cancel') this.give(activity.body.order, remains!.after)
    }
  }

  get sum(): number {
    return [...this.given.values()].reduce((sum, stamps) => sum + stamps, 0)
  }

  private give(order: string, remains: PricedOrder): void {
    this.given.set(order, Math.min(this.free.get(order)!, stampsOf(this.card, remains)))
  }

  private freeOn(day: number): number {
    if (this.card.limit === null) return Number.POSITIVE_INFINITY
    let free = this.card.limit
    for (const [order, stamps] of this.given) if (this.dayOf(order) === day) free -= stamps
    return Math.max(0, free)
  }

  private dayOf(order: string): number {
    return localDay(this.driver.program.zone, this.driver.receipts.get(order)!.occurred_at)
  }
}

const short = stepsOf({ maxLength: 20 }).map(withoutRedeeming)

describe('stamps follow what remains', () => {
  test('full cards and what lies on the open one are all the stamps that purchases give, after any returns', () => {
    fc.assert(
      fc.property(drawn, stepsOf({ maxLength: 60 }), (card, steps) => {
        const driver = new Driver(programFor(card), BEGINNING, { encoded: true })
        const expectation = new Expectation(card, driver)
        for (const step of withoutRedeeming(steps)) {
          runHistory(driver, [step])
          expectation.follow()
          const { p, f = [] } = sliceOf(driver).c['drinks'] ?? { p: 0 }
          expect(p + f.reduce((sum, [stamps, cards]) => sum + stamps * cards, 0)).toBe(expectation.sum)
        }
        expectGivenOnce(driver, card)
      }),
      { numRuns: runs(200) },
    )
  })

  test('an order that comes back whole leaves the cards and the rewards that there were without it', () => {
    // What a limit counted of long ago is let go when something new is counted.
    const unlimited = drawn.map((card) => programFor({ ...card, limit: null }))
    fc.assert(comesBackWhole(unlimited, short), { numRuns: runs(100) })
  })

  test('returns in any split leave the same cards', () => {
    fc.assert(comesBackInPieces(drawn.map(programFor), short), { numRuns: runs(150) })
  })
})

function sliceOf({ account }: Driver): Slice {
  return (account.slices['stamps'] as Slice | undefined) ?? { c: {}, u: {} }
}

/** A full card gives exactly one reward; those that could not be taken back count until stamps have paid for them. */
function expectGivenOnce(driver: Driver, { stamps, head_start, next }: Drawn): void {
  let [given, taken] = [0, 0]
  for (const d of driver.decisions) {
    for (const { type, body } of d.caused) if (type === 'give') given += (body as { quantity: number }).quantity
    for (const { quantity } of d.withdrawn) taken += quantity
  }
  const runs = sliceOf(driver).c['drinks']?.f ?? []
  expect(runs.reduce((sum, [, cards]) => sum + cards, 0)).toBe(given - taken)
  for (const [i, [took]] of runs.entries()) expect(took).toBe(stamps - (next || i === 0 ? head_start : 0))
}
