/** What real systems got wrong about returns: each mistake has a test that is named after it. */

import { describe, expect, test } from 'vitest'
import { Refusal } from '../src/core/refusal.ts'
import { small, Till } from './till.ts'

const BEGIN = '2026-03-04T12:00:00Z'
const LATER = '2026-03-20T12:00:00Z'

const rewards = [
  { id: 'two-off', cost: 60, gives: { amount_off: '2.00' } },
  { id: 'coffee', cost: 100, gives: { free_item: { category: 'drinks' } } },
]

/** A point for every 1.00, fifteen more from 20.00 on, and what two rewards cost. */
function member(sections: object = {}, points = 1000): Till {
  const earning = [
    { id: 'base', on: 'order', earn: '1 per 1.00' },
    { id: 'large', on: 'order', when: 'order.total >= money("20.00")', earn: 15 },
    { id: 'welcome', on: 'join', earn: points },
  ]
  return new Till(small({ earning, rewards, ...sections }), BEGIN)
}

describe('real systems shipped', () => {
  test('a refund that did not take points back, so that buying and refunding made points without end', () => {
    const till = member()
    for (let i = 0; i < 20; i++) {
      till.sell(`o${i}`, [{ price: 3000 }])
      till.giveBack(`o${i}`, [{ id: '1', quantity: 1 }])
    }
    expect(till.points()).toBe(1000)
  })

  test('a refund that took points back twice', () => {
    const till = member()
    till.sell('a', [{ price: 3000, quantity: 2 }])
    const key = 'return:a:r1'
    const body = { external_id: 'r1', order: 'a', lines: [{ id: '1', quantity: 1 }] }
    till.send('return', body, till.now, key)
    till.send('return', body, till.now, key)
    expect(till.points()).toBe(1000 + 30 + 15)
    till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect(till.tryGiveBack('a', [{ id: '1', quantity: 1 }])).toMatchObject({ code: 'quantity_not_returnable' })
    expect(till.points()).toBe(1000)
  })

  test('a refund of one line that took a share of the whole order', () => {
    const earning = [{ id: 'tea', on: 'order', earn: '10 per item', category: 'tea' }]
    const till = new Till(small({ earning }), BEGIN)
    till.sell('a', [{ price: 500, category: 'tea', quantity: 2 }, { price: 9000 }])
    till.giveBack('a', [{ id: '2', quantity: 1 }])
    expect(till.points()).toBe(20)
    till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect(till.points()).toBe(10)
  })

  test('a partial refund that left the bonus of a threshold no longer met', () => {
    const till = member()
    till.sell('a', [{ price: 1500 }, { price: 600 }])
    expect(till.points()).toBe(1000 + 21 + 15)
    till.giveBack('a', [{ id: '2', quantity: 1 }])
    expect(till.points()).toBe(1000 + 15)
  })

  test('refund lines that blocked later rewards', () => {
    const till = member()
    till.sell('a', [{ price: 3000 }], { redeem: [{ reward: 'two-off' }] })
    till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect(till.trySell('b', [{ price: 3000 }], { redeem: [{ reward: 'two-off' }] })).not.toBeInstanceOf(Refusal)
    expect(till.points()).toBe(1000 - 60 + 28 + 15)
  })

  test('a reward that was charged again on refund', () => {
    const till = member()
    till.sell('a', [{ price: 3000 }, { price: 3000 }], { redeem: [{ reward: 'two-off' }] })
    const { postings } = till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect(postings.filter(({ to }) => to === 'spent')).toEqual([])
    expect(till.points()).toBe(1000 - 60 + 30 + 29 + 15)
  })

  test('a reward that was not given back on refund', () => {
    const till = member()
    till.sell('a', [{ price: 3000 }], { redeem: [{ reward: 'two-off' }] })
    const { restored, redemptions } = till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect(restored).toMatchObject([{ points: 60 }])
    expect(redemptions).toMatchObject([{ status: 'returned', captured_points: 0 }])
    expect(till.points()).toBe(1000)
  })

  test('an order cancelled and refunded: a wrong balance', () => {
    for (const first of ['cancelled', 'refunded']) {
      const till = member()
      till.sell('a', [{ price: 3000, quantity: 2 }], { redeem: [{ reward: 'two-off' }] })
      if (first === 'cancelled') till.cancel('a')
      else till.giveBack('a', [{ id: '1', quantity: 2 }])
      const again = first === 'cancelled' ? till.tryGiveBack('a', [{ id: '1', quantity: 1 }]) : till.cancel('a')
      expect(again).toMatchObject(first === 'cancelled' ? { code: 'quantity_not_returnable' } : { refund_total: 0 })
      expect(till.points()).toBe(1000)
    }
  })

  test('points from an order that paid for that same order’s reward', () => {
    const till = member({}, 59)
    const refused = till.trySell('a', [{ price: 9000 }], { redeem: [{ reward: 'two-off' }] })
    expect(refused).toMatchObject({ code: 'insufficient_points' })
    expect(till.points()).toBe(59)
  })

  test('points for the reward’s own line, though nobody had decided so: money earns what was paid', () => {
    const till = member()
    till.sell('a', [{ price: 400, category: 'drinks' }], { redeem: [{ reward: 'coffee' }] })
    expect(till.points()).toBe(1000 - 100)
  })

  test('points for the reward’s own line: the program says whether free items earn', () => {
    const stamps = (checkout: object) => {
      const earning = [
        { id: 'welcome', on: 'join', earn: 100 },
        { id: 'stamp', on: 'order', earn: '1 per item' },
      ]
      const till = new Till(small({ earning, rewards, checkout }), BEGIN)
      till.sell('a', [{ price: 400, category: 'drinks' }, { price: 250 }], { redeem: [{ reward: 'coffee' }] })
      return till.points()
    }
    expect(stamps({})).toBe(1)
    expect(stamps({ earn: { free_items: true } })).toBe(2)
  })
})

describe('what was spent on an order comes back', () => {
  test('with the line that the reward was for, and not with another', () => {
    const till = member()
    till.sell('a', [{ price: 2600 }, { price: 400, category: 'drinks' }], { redeem: [{ reward: 'coffee' }] })
    expect(till.giveBack('a', [{ id: '1', quantity: 1 }]).restored).toEqual([])
    expect(till.giveBack('a', [{ id: '2', quantity: 1 }]).restored).toMatchObject([{ points: 100 }])
    expect(till.points()).toBe(1000)
  })

  test('by amount as by line: with half of the money comes half of the points', () => {
    const till = member()
    till.sell('a', [{ price: 3000 }], { redeem: [{ reward: 'two-off' }] })
    expect(till.giveBack('a', [], 1400).restored).toMatchObject([{ points: 30 }])
    expect(till.giveBack('a', [], 1400).restored).toMatchObject([{ points: 30 }])
    expect(till.points()).toBe(1000)
  })

  test('when_nothing_remains: with the last of the goods, or with the last of the money', () => {
    for (const last of ['goods', 'money']) {
      const till = member({ wallets: { points: { restore: 'when_nothing_remains' } } })
      till.sell('a', [{ price: 3000, quantity: 2 }], { redeem: [{ reward: 'two-off' }] })
      expect(till.giveBack('a', [{ id: '1', quantity: 1 }]).restored).toEqual([])
      const { restored } =
        last === 'goods' ? till.giveBack('a', [{ id: '1', quantity: 1 }]) : till.giveBack('a', [], 2900)
      expect(restored).toMatchObject([{ points: 60 }])
      expect(till.points()).toBe(1000)
    }
  })
})

test('an order of which nothing remains counts no more, whether its goods or all of its money came back', () => {
  for (const way of ['goods', 'money', 'both']) {
    const tiers = { measure: 'orders', levels: [{ id: 'green' }, { id: 'gold', from: 2 }] }
    const till = member({ tiers })
    till.sell('a', [{ price: 1000 }])
    till.sell('b', [{ price: 3000, quantity: 2 }])
    expect(till.tier()).toContain('gold')
    if (way === 'goods') till.giveBack('b', [{ id: '1', quantity: 2 }])
    else till.giveBack('b', [], 6000)
    if (way === 'both') till.giveBack('b', [{ id: '1', quantity: 2 }])
    expect(till.tier()).toBe('green')
    expect(till.account.slices['members']).toMatchObject({ orders: 1 })
  }
})

describe('points that were spent already', () => {
  const expiring = { points: { expiry: { after: '6 months' } } }
  const lots = (till: Till) => till.account.wallets[0]!.lots.map(({ kind, available }) => [kind, available])

  /** 60 points of joining, spent on the order with what it earns; then 30 points of a visit, which expire later. */
  function spent(negative: string): Till {
    const earning = [
      { id: 'base', on: 'order', earn: '1 per 1.00' },
      { id: 'welcome', on: 'join', earn: 60 },
      { id: 'visit', on: 'visit', earn: 30 },
    ]
    const wallets = { points: { ...expiring.points, negative } }
    const till = new Till(
      small({ earning, rewards: [{ id: 'two-off', cost: 60, gives: { amount_off: '2.00' } }], wallets }),
      BEGIN,
    )
    till.sell('a', [{ price: 3100, quantity: 2 }], { redeem: [{ reward: 'two-off' }] })
    till.send('redeem', { reward: 'two-off', quantity: 1, capture: true })
    till.go(LATER).send('visit', {})
    return till
  }

  test.each(['allowed', 'stop_at_zero'])('%s: two halves leave the lots that one return leaves', (negative) => {
    const [halves, whole] = [spent(negative), spent(negative)]
    halves.giveBack('a', [{ id: '1', quantity: 1 }])
    halves.giveBack('a', [{ id: '1', quantity: 1 }])
    whole.giveBack('a', [{ id: '1', quantity: 2 }])
    expect(lots(halves)).toEqual(lots(whole))
    expect(halves.balance('points')).toEqual(whole.balance('points'))
  })

  test('forgiven points stay forgiven when others are earned', () => {
    const till = spent('stop_at_zero')
    till.cancel('a')
    const left = till.points()
    till.send('visit', {})
    expect(till.points()).toBe(left + 30)
    expect(till.balance('points').debt).toBe(0)
  })
})
