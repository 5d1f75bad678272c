import { describe, expect, test } from 'vitest'
import { cornerCoffee, small, Till } from '../../../test/till.ts'

const WEDNESDAY = '2026-03-04T15:00:00Z'

function goldMember(): Till {
  const till = new Till(cornerCoffee(), '2026-03-02T15:00:00Z')
  till.sell('first', [{ price: 50_000 }])
  expect(till.tier()).toContain('gold')
  return till.go(WEDNESDAY)
}

describe('the program of the coffee house', () => {
  test('30.20 gives a green member 30 stars and carries 0.20', () => {
    const till = new Till(cornerCoffee(), WEDNESDAY)
    const [entry] = till.sell('a', [{ price: 3020 }]).entries
    expect(entry).toMatchObject({ rule: 'base', points: 30, carry: [0, 1, 1, 5] })
    expect(till.points()).toBe(30)
    till.sell('b', [{ price: 480 }])
    expect(till.points()).toBe(35)
  })

  test('30.20 gives a gold member 36.24 stars: 36, and 0.24 is carried', () => {
    const till = goldMember()
    const { entries } = till.sell('a', [{ price: 3020 }])
    const [entry] = entries
    expect(entry).toMatchObject({ points: 36, carry: [0, 1, 6, 25] })
    expect([entry!.exact / entry!.scale, entries.length]).toEqual([36.24, 1])
  })

  test('a Tuesday doubles what a gold member earns, up to 200 extra stars a month', () => {
    const till = goldMember().go('2026-03-03T15:00:00Z')
    const extra = (id: string, price: number) =>
      till.sell(id, [{ price }]).entries.find(({ rule }) => rule !== 'base')?.points
    expect(extra('a', 10_000)).toBe(120)
    expect(extra('b', 10_000)).toBe(80)
    till.go('2026-03-10T15:00:00Z')
    expect(extra('c', 10_000)).toBe(0)
    till.go('2026-04-07T15:00:00Z')
    expect(extra('d', 10_000)).toBe(120)
  })

  test('Tuesday is what the shop’s wall calendar says, not what UTC says', () => {
    const till = goldMember()
    const rules = (id: string, moment: string) =>
      till
        .go(moment)
        .sell(id, [{ price: 1000 }])
        .entries.map(({ rule }) => rule)
    expect(rules('monday evening', '2026-03-10T03:59:00Z')).toEqual(['base'])
    expect(rules('tuesday', '2026-03-10T04:00:00Z')).toEqual(['base', 'double-tuesday'])
    expect(rules('tuesday night', '2026-03-11T03:59:00Z')).toEqual(['base', 'double-tuesday'])
    expect(rules('wednesday', '2026-03-11T04:00:00Z')).toEqual(['base'])
  })

  test('one review a week gives 25 stars, and a week begins on Monday', () => {
    const till = new Till(cornerCoffee(), '2026-03-01T15:00:00Z')
    const review = () => till.send('action', { type: 'review', data: {} })
    review()
    review()
    expect(till.points()).toBe(25)
    till.go('2026-03-02T05:00:00Z')
    review()
    expect(till.points()).toBe(50)
    till.send('action', { type: 'wave', data: {} })
    expect(till.points()).toBe(50)
  })

  test('a gift card earns nothing', () => {
    const till = new Till(cornerCoffee(), WEDNESDAY)
    till.sell('a', [
      { price: 5000, category: 'gift-cards' },
      { price: 700, category: 'drinks' },
    ])
    expect(till.points()).toBe(7)
  })
})

describe('multipliers meet as the program says', () => {
  test.each([
    ['multiply', 24],
    ['add', 22],
    ['best', 20],
  ])('a doubled day at 1.2, combined by %s, makes %i of 10', (combine, points) => {
    const program = small({
      combine,
      earning: [
        { id: 'base', on: 'order', earn: '1 per 1.00' },
        { id: 'double', on: 'order', when: 'order.total >= money("10.00")', times: 2 },
      ],
      tiers: { measure: 'orders', levels: [{ id: 'new' }, { id: 'known', from: 1, multiply: 1.2 }] },
    })
    const till = new Till(program, WEDNESDAY)
    till.sell('first', [{ price: 0 }])
    till.sell('a', [{ price: 1000 }])
    expect(till.points()).toBe(points)
  })
})

describe('bases and rates', () => {
  const earned = (rule: object, ...items: Parameters<Till['sell']>[1]) => {
    const till = new Till(small({ earning: [{ id: 'base', on: 'order', ...rule }] }), WEDNESDAY)
    till.sell('a', items, { prices: 'tax_included' })
    return till.points()
  }

  test.each([
    ['net_before_tax', 75],
    ['net_with_tax', 90],
    ['gross_before_tax', 100],
    ['gross_with_tax', 120],
  ])('a rate is of %s', (of, points) => {
    expect(earned({ earn: '1 per 1.00', of }, { price: 6000, quantity: 2, discount: 3000, tax: 1500 })).toBe(points)
  })

  test.each([
    ['1 per 1.00', 12],
    ['5%', 0],
    ['50%', 6],
    ['2 per item', 6],
    ['3 per 2.50', 15],
    [25, 25],
    ['25 per order', 25],
  ])('%s of 12.99 for three items gives %i', (earn, points) => {
    expect(earned({ earn }, { price: 433, quantity: 3 })).toBe(points)
  })

  test.each([
    ['floor', 1],
    ['nearest', 2],
    ['up', 2],
    ['carry', 1],
  ])('1.50 is rounded by %s to %i, once an order', (rounding, points) => {
    expect(earned({ earn: '1 per 1.00', rounding }, { price: 75 }, { price: 75 })).toBe(points)
  })

  test('points of two decimals keep cents apart', () => {
    const till = new Till(
      small({ wallets: { points: { decimals: 2 } }, earning: [{ id: 'cash', on: 'order', earn: '5%' }] }),
      WEDNESDAY,
    )
    till.sell('a', [{ price: 1999 }])
    expect(till.points()).toBe(99)
  })

  test('only the lines that a rule names count', () => {
    const items = [
      { price: 1000, category: 'drinks' },
      { price: 2000, category: 'food', sku: 'soup' },
      { price: 4000, category: 'beans' },
    ]
    expect(earned({ earn: '1 per 1.00', category: 'drinks' }, ...items)).toBe(10)
    expect(earned({ earn: '1 per 1.00', category: ['drinks', 'food'] }, ...items)).toBe(30)
    expect(earned({ earn: '1 per 1.00', item: 'soup' }, ...items)).toBe(20)
    expect(earned({ earn: '1 per 1.00', without: ['beans'] }, ...items)).toBe(30)
    expect(earned({ earn: '1 per 1.00', lines: 'line.net >= money("20.00")' }, ...items)).toBe(60)
    expect(earned({ earn: 5, category: 'books' }, ...items)).toBe(0)
  })
})

describe('limits', () => {
  test('a rule that is switched off is checked, and gives nothing', () => {
    const base = { id: 'base', on: 'order', earn: '1 per 1.00' }
    const extra = { id: 'extra', on: 'order', off: true, earn: 5, rounding: 'carry' }
    const till = new Till(small({ earning: [base, extra] }), WEDNESDAY)
    expect(till.sell('a', [{ price: 1000 }]).entries.map(({ rule }) => rule)).toEqual(['base'])
    expect(() => small({ earning: [base, { ...extra, earn: 'five' }] })).toThrow('must be such as')
  })

  test('occasions are counted by ones, beside rules of any fraction', () => {
    const earning = [
      { id: 'base', on: 'order', earn: '1 per 0.70' },
      { id: 'visit-gift', on: 'order', earn: 5, limit: '2 times per day' },
    ]
    const till = new Till(small({ earning }), WEDNESDAY)
    const gifts = ['a', 'b', 'c'].map((id) => till.sell(id, [{ price: 0 }]).entries.map(({ points }) => points))
    expect(gifts).toEqual([[5], [5], [0]])
  })

  test('what comes back makes room for later purchases, and changes nothing that was decided', () => {
    const till = new Till(
      small({ earning: [{ id: 'base', on: 'order', earn: '1 per 1.00', limit: '15 per day' }] }),
      WEDNESDAY,
    )
    till.sell('a', [{ price: 1000 }])
    till.sell('b', [{ price: 1000 }])
    expect(till.points()).toBe(15)
    till.cancel('a')
    expect(till.points()).toBe(5)
    till.sell('c', [{ price: 2000 }])
    expect(till.points()).toBe(15)
  })
})

describe('what real systems got wrong', () => {
  test('buying and giving back makes no points, however often', () => {
    const till = new Till(cornerCoffee(), WEDNESDAY)
    for (const id of ['a', 'b', 'c']) {
      till.sell(id, [{ price: 3333 }])
      till.giveBack(id, [{ id: '1', quantity: 1 }])
    }
    expect([till.points(), till.balance('stars').debt]).toEqual([0, 0])
  })

  test('a returned line takes its own points, not a share of the whole order', () => {
    const till = new Till(
      small({ earning: [{ id: 'base', on: 'order', earn: '1 per 1.00', category: 'drinks' }] }),
      WEDNESDAY,
    )
    till.sell('a', [
      { price: 1000, category: 'drinks' },
      { price: 9000, category: 'food' },
    ])
    till.giveBack('a', [{ id: '2', quantity: 1 }])
    expect(till.points()).toBe(10)
    till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect(till.points()).toBe(0)
  })

  test('a partial return takes the bonus of a threshold that is no longer met', () => {
    const earning = [{ id: 'bonus', on: 'order', when: 'order.total >= money("20.00")', earn: 15 }]
    const till = new Till(small({ earning }), WEDNESDAY)
    till.sell('a', [{ price: 1500 }, { price: 600 }])
    expect(till.points()).toBe(15)
    till.giveBack('a', [{ id: '2', quantity: 1 }])
    expect(till.points()).toBe(0)
  })

  test('an order that is returned and then cancelled loses its points once', () => {
    const till = new Till(small(), WEDNESDAY)
    till.sell('kept', [{ price: 5000 }])
    till.sell('a', [{ price: 1000, quantity: 2 }])
    till.giveBack('a', [{ id: '1', quantity: 1 }])
    till.cancel('a')
    till.cancel('a')
    expect(till.points()).toBe(50)
  })

  test('a till that sends its sale again earns once', () => {
    const till = new Till(small(), WEDNESDAY)
    till.sell('a', [{ price: 1000 }])
    till.sell('a', [{ price: 1000 }])
    expect(till.points()).toBe(10)
  })

  test('money given back without goods takes the points of that money', () => {
    const till = new Till(small(), WEDNESDAY)
    till.sell('a', [{ price: 1000 }, { price: 1000 }])
    expect(till.giveBack('a', [], 500).refund_total).toBe(500)
    expect(till.points()).toBe(15)
    till.giveBack('a', [{ id: '1', quantity: 0, amount: 250 }])
    expect(till.points()).toBe(12)
    expect(till.tryGiveBack('a', [], 5000)).toMatchObject({ code: 'amount_exceeds_order' })
    expect(till.tryGiveBack('a', [{ id: '1', quantity: 2 }])).toMatchObject({ code: 'quantity_not_returnable' })
  })

  test('no more than can be counted exactly is ever earned', () => {
    const till = new Till(
      small({ earning: [{ id: 'base', on: 'order', earn: '1000 per 0.01', pending: '1 day' }] }),
      WEDNESDAY,
    )
    expect(till.trySell('a', [{ price: 9_000_000_000_000_000 }])).toMatchObject({ code: 'points_overflow' })
    till.sell('b', [{ price: 9_000_000_000_000 }])
    expect(till.trySell('c', [{ price: 9_000_000_000_000 }])).toMatchObject({ code: 'points_overflow' })
    expect(till.trySell('d', [{ price: 9_000_000_000_000_000 }, { price: 9_000_000_000_000_000 }])).toMatchObject({
      code: 'points_overflow',
    })
  })
})

describe('negative balances', () => {
  test.each([
    ['allowed', { available: 0, debt: 30 }, 20],
    ['stop_at_zero', { available: 0, debt: 0 }, 50],
  ])('points that were spent and are taken back: %s', (negative, after, later) => {
    const program = small({
      wallets: { points: { negative } },
      rewards: [{ id: 'off', cost: 40, gives: { amount_off: '1.00' } }],
    })
    const till = new Till(program, WEDNESDAY)
    till.sell('a', [{ price: 5000 }])
    till.send('redeem', { reward: 'off', quantity: 1, capture: true })
    till.giveBack('a', [{ id: '1', quantity: 0, amount: 4000 }])
    expect(till.balance('points')).toMatchObject(after)
    till.sell('b', [{ price: 5000 }])
    expect(till.points()).toBe(later)
  })

  test('pending_only takes back what still waits and leaves what may already be spent', () => {
    const earning = [{ id: 'base', on: 'order', earn: '1 per 1.00', pending: '14 days' }]
    const till = new Till(small({ wallets: { points: { negative: 'pending_only' } }, earning }), WEDNESDAY)
    till.sell('early', [{ price: 5000 }])
    till.go('2026-03-20T15:00:00Z').sell('late', [{ price: 3000 }])
    expect(till.balance('points')).toMatchObject({ available: 50, pending: 30 })
    till.cancel('early')
    till.cancel('late')
    expect(till.balance('points')).toMatchObject({ available: 50, pending: 0, debt: 0 })
  })
})
