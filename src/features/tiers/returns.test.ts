/** Returns and tiers: the measure follows, the level as the program says, and what came with it goes with it. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at, runs, stateOf } from '../../../test/history.ts'
import { accepted, small, Till } from '../../../test/till.ts'
import type { Slice } from './standing.ts'

const levels = [{ id: 'green' }, { id: 'silver', from: 50 }, { id: 'gold', from: 100 }]
const base = { id: 'base', on: 'order', earn: '1 per 1.00' }
/** What comes back of an order may leave it small, and small orders earn more. */
const smallOrders = { id: 'few', on: 'order', earn: 40, when: 'order.items < 3' }
const gift = { id: 'gift', on: 'tier', earn: 60 }
const goldGift = { id: 'for-gold', on: 'tier', when: 'member.tier == "gold"', earn: 30 }

function shop(tiers: object, ...more: object[]): Till {
  const section = { measure: 'points_earned', levels, ...tiers }
  return new Till(small({ tiers: section, earning: [base, ...more] }), '2026-03-02T12:00:00Z')
}

describe('a gift that came with a level', () => {
  test('goes when a return takes the level away', () => {
    const till = shop({}, { ...gift, earn: 10 })
    till.sell('a', [{ price: 6000 }])
    expect([till.points(), till.tier()]).toEqual([70, 'silver until 2028-01-01T00:00:00Z'])
    const back = till.cancel('a')
    expect([till.points(), till.tier()]).toEqual([0, 'green'])
    expect(back.postings.map(({ rule, from, points }) => [rule, from, points])).toEqual([
      ['base', 'available', 60],
      ['gift', 'available', 10],
    ])
    expect(back.entries.map(({ rule, points }) => [rule, points])).toEqual([
      ['base', -60],
      ['gift', -10],
    ])
  })

  test('is debt when it was spent, like all that is taken back', () => {
    const rewards = [{ id: 'treat', cost: 110, gives: { amount_off: 1 } }]
    const section = { measure: 'points_earned', levels }
    const till = new Till(small({ tiers: section, earning: [base, gift], rewards }), '2026-03-02T12:00:00Z')
    till.sell('a', [{ price: 6000 }])
    till.send('redeem', { reward: 'treat', quantity: 1, capture: true })
    till.cancel('a')
    expect(till.balance('points')).toMatchObject({ available: 0, debt: 110 })
  })

  test('never carries the level that it came with', () => {
    const till = shop({}, gift)
    till.sell('a', [{ price: 5000 }])
    till.giveBack('a', [], 100)
    expect([till.points(), till.tier()]).toEqual([49, 'green'])
  })

  test('counts towards the next level as long as its own is reached without it', () => {
    const till = shop({}, gift)
    till.sell('a', [{ price: 4000 }, { price: 2000 }])
    // 60 points make silver, 60 more for it make gold, and gold brings 60 again.
    expect([till.points(), till.tier()]).toEqual([180, 'gold until 2028-01-01T00:00:00Z'])
    till.giveBack('a', [{ id: '2', quantity: 1 }])
    expect([till.points(), till.tier()]).toEqual([40, 'green'])
  })

  test('of a lower level comes with the return that leaves just that one', () => {
    const till = shop({}, { ...gift, earn: 10 }, goldGift)
    till.sell('a', [{ price: 6000 }, { price: 5000 }])
    // Silver was jumped over: what came is the 10 of any level, and the 30 of gold.
    expect([till.points(), till.tier()]).toEqual([150, 'gold until 2028-01-01T00:00:00Z'])
    till.giveBack('a', [{ id: '2', quantity: 1 }])
    expect([till.points(), till.tier()]).toEqual([70, 'silver until 2028-01-01T00:00:00Z'])
  })

  test('stays with a level that a return leaves to the member', () => {
    const till = shop({ on_return: 'keep' }, { ...gift, earn: 10 })
    till.sell('a', [{ price: 5000 }])
    till.cancel('a')
    expect([till.points(), till.tier()]).toEqual([10, 'silver until 2028-01-01T00:00:00Z'])
  })

  test('stays when the level is over in its time', () => {
    const till = shop({ keep: 'until_end_of_window' }, { ...gift, earn: 10 })
    till.sell('a', [{ price: 5000 }])
    till.go('2027-01-01T00:00:00Z').wake()
    expect([till.points(), till.tier()]).toEqual([60, 'green'])
  })
})

describe('a gift whose level is over', () => {
  test('stays when something else comes back', () => {
    const till = shop({ window: 'calendar_month', keep: 'until_end_of_window' }, { ...gift, earn: 10 })
    till.sell('a', [{ price: 5000 }])
    till.go('2026-04-02T12:00:00Z').sell('b', [{ price: 1000 }, { price: 500 }])
    expect([till.points(), till.tier()]).toEqual([75, 'green'])
    till.giveBack('b', [{ id: '2', quantity: 1 }])
    expect(till.points()).toBe(70)
  })

  test('goes when what had reached it comes back', () => {
    const till = shop({ window: 'calendar_month', keep: 'until_end_of_next_window' }, { ...gift, earn: 10 })
    till.sell('a', [{ price: 5000 }])
    till.go('2026-05-02T12:00:00Z').wake()
    expect(till.tier()).toBe('green')
    till.cancel('a')
    expect(till.points()).toBe(0)
  })

  test('goes with an action that corrects what was counted', () => {
    const section = { measure: { sum: 'miles', on: 'flight' }, levels: [{ id: 'green' }, { id: 'silver', from: 500 }] }
    const till = shop(section, { ...gift, earn: 10, limit: '1 per year' })
    const fly = (miles: number) => till.send('action', { type: 'flight', data: { miles } })
    accepted(fly(600))
    expect([till.points(), till.tier()]).toEqual([10, 'silver until 2028-01-01T00:00:00Z'])
    accepted(fly(-500))
    expect([till.points(), till.tier()]).toEqual([0, 'green'])
    accepted(fly(500))
    expect(till.points()).toBe(10)
  })
})

describe('a gift that a limit allows', () => {
  const limited = (limit: string, earn: number | string = 10) => shop({}, { ...gift, earn, limit })

  test.each(['1 per year', '10 points per year', '1 times per lifetime'])(
    '%s: comes again when the purchase that brought it has come back',
    (limit) => {
      const till = limited(limit)
      till.sell('a', [{ price: 6000 }])
      expect(till.points()).toBe(70)
      till.cancel('a')
      till.go('2026-05-02T12:00:00Z').sell('b', [{ price: 6000 }])
      expect([till.points(), till.tier()]).toEqual([70, 'silver until 2028-01-01T00:00:00Z'])
    },
  )

  test('gives back what it used exactly, with its fraction', () => {
    const till = limited('3 points per year', '2.5')
    till.sell('a', [{ price: 6000 }])
    till.cancel('a')
    expect(till.account.slices['earning']).toEqual({})
  })

  test('leaves room no more than once', () => {
    const till = limited('1 per year')
    till.sell('a', [{ price: 6000 }])
    till.sell('b', [{ price: 4000 }])
    // Gold would have brought the gift a second time.
    expect([till.points(), till.tier()]).toEqual([110, 'gold until 2028-01-01T00:00:00Z'])
    till.cancel('b')
    till.sell('c', [{ price: 4000 }])
    expect(till.points()).toBe(110)
  })
})

describe('returns in parts', () => {
  test('leave a level since when it was had, if only what was halfway had lost it', () => {
    const till = shop({}, smallOrders, { ...gift, earn: 10 })
    till.sell('a', [{ price: 2500 }, { price: 2400 }, { price: 300 }])
    const { h, g } = structuredClone((till.account.slices as { tiers: Slice }).tiers)
    till.go('2026-03-09T12:00:00Z').giveBack('a', [], 300)
    expect([till.points(), till.tier()]).toEqual([49, 'green'])
    // Two of three items are left: the order is small now, and earns 40 more.
    const back = till.giveBack('a', [{ id: '3', quantity: 1 }])
    expect([till.points(), till.tier()]).toEqual([96, 'silver until 2028-01-01T00:00:00Z'])
    expect(back.messages.map(({ topic }) => topic)).toEqual(['tier.reached'])
    expect(till.account.slices['tiers']).toMatchObject({ h, g })
  })

  test('leave a gift that came halfway, once another purchase has made something else of the level', () => {
    const till = shop({ measure: 'spend' }, { ...gift, earn: 10 })
    till.sell('a', [{ price: 10_000 }, { price: 100 }])
    till.giveBack('a', [], 300)
    expect([till.points(), till.tier()]).toEqual([108, 'silver until 2028-01-01T00:00:00Z'])
    till.sell('b', [{ price: 500 }])
    const points = till.points()
    till.giveBack('a', [], 1)
    till.giveBack('a', [], 1)
    expect([till.points(), till.tier()]).toEqual([points - 1, 'gold until 2028-01-01T00:00:00Z'])
  })
})

describe('keep', () => {
  test('holds what purchases had reached, and not what a return itself reached', () => {
    const till = shop({ on_return: 'keep' }, smallOrders)
    till.sell('a', [{ price: 2000, quantity: 2 }, { price: 100 }])
    expect(till.tier()).toBe('green')
    // Two of three items are left: the order is small now, and earns 40 more.
    till.giveBack('a', [{ id: '2', quantity: 1 }])
    expect([till.points(), till.tier()]).toEqual([80, 'silver until 2028-01-01T00:00:00Z'])
    till.giveBack('a', [{ id: '1', quantity: 2 }])
    expect([till.points(), till.tier()]).toEqual([0, 'green'])
  })

  test('does not hold a level for a gift that a return brought', () => {
    const till = shop({ on_return: 'keep' }, smallOrders, { ...gift, earn: 20 })
    till.sell('a', [{ price: 2000, quantity: 2 }, { price: 100 }])
    till.giveBack('a', [{ id: '2', quantity: 1 }])
    expect([till.points(), till.tier()]).toEqual([120, 'gold until 2028-01-01T00:00:00Z'])
    till.cancel('a')
    expect([till.points(), till.tier()]).toEqual([0, 'green'])
  })

  test('holds a level no longer than it was promised', () => {
    const till = shop({ on_return: 'keep', keep: 'until_end_of_window' })
    till.sell('a', [{ price: 6000 }])
    till.go('2026-12-30T12:00:00Z').cancel('a')
    expect(till.tier()).toBe('silver until 2027-01-01T00:00:00Z')
  })
})

describe('orders that wait for the end of their return window', () => {
  const waiting = { up: 'after_return_window', return_window: '30 days' }

  test('never count when they come back before', () => {
    const till = shop(waiting)
    till.sell('a', [{ price: 6000 }])
    till.go('2026-03-20T12:00:00Z').cancel('a')
    till.go('2026-12-01T12:00:00Z').wake()
    expect(till.tier()).toBe('green')
    expect(till.decisions.flatMap((d) => d.messages.map(({ topic }) => topic))).toEqual(['member.joined'])
  })

  test('count one by one, and the level comes with the one that completes it', () => {
    const till = shop(waiting)
    till.sell('a', [{ price: 3000 }])
    till.go('2026-03-10T12:00:00Z').sell('b', [{ price: 3000 }])
    till.go('2026-04-08T23:59:59Z').wake()
    expect(till.tier()).toBe('green')
    till.go('2026-04-09T00:00:00Z').wake()
    expect(till.tier()).toBe('silver until 2028-01-01T00:00:00Z')
  })
})

describe('the returns law', () => {
  const programs = [{}, { on_return: 'keep' }, { window: 'rolling 2 months', keep: 'until_end_of_window' }].flatMap(
    (tiers) => [
      [tiers, []],
      [tiers, [smallOrders]],
      [tiers, [gift, goldGift]],
      [tiers, [smallOrders, gift, goldGift]],
    ],
  ) as [object, object[]][]
  const items = fc.array(fc.integer({ min: 100, max: 6000 }), { minLength: 2, maxLength: 6 })

  test('returns in any split leave the same level, points and state as one', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...programs),
        items,
        items,
        fc.nat(),
        fc.nat(),
        ([tiers, more], first, second, n, cut) => {
          const [whole, split] = [shop(tiers, ...more), shop(tiers, ...more)]
          const count = 1 + (n % second.length)
          const back = Array.from({ length: count }, (_, i) => ({ id: `${i + 1}`, quantity: 1 }))
          for (const till of [whole, split]) {
            till.sell(
              'first',
              first.map((price) => ({ price })),
            )
            till.go('2026-03-09T12:00:00Z').sell(
              'second',
              second.map((price) => ({ price })),
            )
            till.go('2026-03-11T12:00:00Z')
          }
          whole.giveBack('second', back)
          const at = 1 + (cut % count)
          split.giveBack('second', back.slice(0, at))
          if (at < count) split.giveBack('second', back.slice(at))
          expect(split.tier()).toEqual(whole.tier())
          expect(split.balance('points')).toEqual(whole.balance('points'))
        },
      ),
      { numRuns: runs(300) },
    )
  })

  // Where a return reaches a level on its way, the gift of one that was jumped over is a trace of that way.
  const plainPrograms = programs.filter(([, more]) => !(more.includes(smallOrders) && more.includes(gift)))

  test('with recompute nothing is left of what came back but its trace', () => {
    fc.assert(
      fc.property(fc.constantFrom(...plainPrograms), items, fc.nat(), ([tiers, more], prices, n) => {
        const law = { ...tiers, on_return: 'recompute' }
        const [returned, remainder] = [shop(law, ...more), shop(law, ...more)]
        const count = n % prices.length
        const left = prices.slice(count)
        returned.sell(
          'a',
          prices.map((price) => ({ price })),
        )
        if (count > 0)
          returned.giveBack(
            'a',
            Array.from({ length: count }, (_, i) => ({ id: `${i + 1}`, quantity: 1 })),
          )
        remainder.sell(
          'a',
          left.map((price) => ({ price })),
        )
        expect(returned.balance('points')).toEqual(remainder.balance('points'))
        const plain = ({ account }: Till) => {
          const { g, h, ...rest } = (stateOf(account) as { slices: { tiers: Slice } }).slices.tiers
          return { ...rest, level: h.at(-1), gifts: (g ?? []).map(({ activity: _, ...one }) => one) }
        }
        expect(plain(returned)).toEqual(plain(remainder))
      }),
      { numRuns: runs(300) },
    )
  })
})

describe('a new revision', () => {
  const published = at('2026-06-01T00:00:00Z')

  function revised(before: object, after: object): Till {
    const program = (tiers: object, revision: number) =>
      small({ tiers: { measure: 'points_earned', levels, ...tiers } }, 'UTC', revision)
    return new Till(program(before, 1), '2026-03-02T12:00:00Z', {
      later: { from: published, program: program(after, 2) },
    })
  }
  const tierNow = (till: Till) => till.tier(till.options.later!.program)

  test('keeps the level that members have for as long as it was promised', () => {
    const till = revised({}, { levels: [{ id: 'green' }, { id: 'silver', from: 80 }, { id: 'gold', from: 200 }] })
    till.sell('a', [{ price: 6000 }])
    till.go('2026-07-01T00:00:00Z').sell('b', [{ price: 100 }])
    expect(tierNow(till)).toBe('silver until 2028-01-01T00:00:00Z')
    till.sell('c', [{ price: 13_900 }])
    expect(tierNow(till)).toBe('gold until 2028-01-01T00:00:00Z')
  })

  test('settles a return of an older order by the thresholds in force', () => {
    const till = revised({}, { levels: [{ id: 'green' }, { id: 'silver', from: 80 }, { id: 'gold', from: 200 }] })
    till.sell('old', [{ price: 2000 }, { price: 2000 }])
    till.go('2026-07-01T00:00:00Z').sell('new', [{ price: 3000 }])
    // 70 points: silver as it was until May, and not as it is now.
    expect(tierNow(till)).toBe('green')
    till.giveBack('old', [{ id: '1', quantity: 1 }])
    expect(tierNow(till)).toBe('green')
    till.sell('more', [{ price: 3000 }])
    expect(tierNow(till)).toBe('silver until 2028-01-01T00:00:00Z')
  })

  test('goes on with what was counted by month when it counts by year', () => {
    const till = revised({ window: 'calendar_month', keep: 'until_end_of_window' }, { window: 'calendar_year' })
    till.sell('a', [{ price: 4000 }])
    till.go('2026-04-20T00:00:00Z').sell('b', [{ price: 2000 }])
    till.go('2026-06-02T00:00:00Z').sell('c', [{ price: 4500 }])
    expect(tierNow(till)).toBe('gold until 2028-01-01T00:00:00Z')
  })

  test('begins at nothing with what was not counted before, and returns of that time leave it alone', () => {
    const till = revised({}, { measure: 'orders', levels: [{ id: 'green' }, { id: 'silver', from: 2 }] })
    till.sell('old', [{ price: 1000 }])
    till.go('2026-07-01T00:00:00Z').sell('a', [{ price: 1000 }])
    till.cancel('old')
    expect(tierNow(till)).toBe('green')
    till.sell('b', [{ price: 1000 }])
    expect(tierNow(till)).toBe('silver until 2028-01-01T00:00:00Z')
  })
})
