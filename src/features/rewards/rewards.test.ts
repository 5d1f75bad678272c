import { describe, expect, test } from 'vitest'
import { accepted, small, Till } from '../../../test/till.ts'
import type { Deciding } from '../../core/deciding.ts'

const rewards = [
  { id: 'two-off', cost: 60, gives: { amount_off: '2.00' } },
  { id: 'fifth-off', cost: 50, gives: { percent_off: 20, up_to: '10.00' } },
  { id: 'all-off', cost: 50, gives: { percent_off: 100 } },
  { id: 'drink', cost: 100, gives: { free_item: { category: 'drinks', up_to: '8.00' } } },
  { id: 'cheap-drink', cost: 100, gives: { free_item: { category: 'drinks', takes: 'cheapest' } } },
  { id: 'first-drink', cost: 100, gives: { free_item: { category: 'drinks', takes: 'first' } } },
  { id: 'large-only', cost: 10, gives: { amount_off: '1.00' }, when: 'order.total >= money("50.00")' },
  { id: 'scarce', cost: 10, gives: { amount_off: '1.00' }, stock: 2 },
  { id: 'gold-only', cost: 10, gives: { amount_off: '1.00' }, from_tier: 'gold' },
]

/** A member with 1,000 points, who earns nothing on orders unless the sections say so. */
function rich(sections: object = {}): Till {
  const earning = [{ id: 'welcome', on: 'join', earn: 1000 }]
  const tiers = { measure: 'spend', levels: [{ id: 'green' }, { id: 'gold', from: 9999 }] }
  return new Till(small({ earning, tiers, rewards, ...sections }), '2026-03-04T12:00:00Z')
}

const off = ({ order }: Deciding) => order!.lines.map(({ discount }) => discount)

describe('on an order', () => {
  test('a discount is spread over the lines to the cent', () => {
    const sale = rich().sell('a', [{ price: 333 }, { price: 333 }, { price: 334 }], { redeem: [{ reward: 'two-off' }] })
    expect(off(sale)).toEqual([66, 67, 67])
    expect(sale.order).toMatchObject({ discount: 200, total: 800 })
  })

  test('a discount is never more than the order', () => {
    expect(rich().sell('a', [{ price: 150 }], { redeem: [{ reward: 'two-off' }] }).order).toMatchObject({ total: 0 })
  })

  test('a 100% discount leaves 0.00, tax and all', () => {
    for (const prices of ['tax_included', 'tax_excluded'] as const) {
      const items = [
        { price: 333, tax: 17 },
        { price: 1, tax: 0 },
        { price: 999, quantity: 3, tax: 251 },
      ]
      const { order } = rich().sell('a', items, { prices, redeem: [{ reward: 'all-off' }] })
      expect(order).toMatchObject({ net: 0, tax: 0, total: 0 })
    }
  })

  test('a percentage stops at its limit, and a smaller price bears a smaller tax', () => {
    const { order } = rich().sell('a', [{ price: 4000, tax: 800 }], { redeem: [{ reward: 'fifth-off' }] })
    expect(order).toMatchObject({ net: 3200, tax: 640, total: 3840 })
    const capped = rich().sell('b', [{ price: 9000 }], { redeem: [{ reward: 'fifth-off' }] })
    expect(capped.order).toMatchObject({ net: 8000 })
  })

  test.each([
    ['drink', [0, 0, 800]],
    ['cheap-drink', [0, 300, 0]],
    ['first-drink', [500, 0, 0]],
  ])('%s takes the item that the program says, on every device', (reward, discounts) => {
    const items = [
      { price: 500, category: 'drinks' },
      { price: 300, category: 'drinks' },
      { price: 900, category: 'drinks' },
      { price: 2000, category: 'food' },
    ]
    expect(off(rich().sell('a', items, { redeem: [{ reward }] })).slice(0, 3)).toEqual(discounts)
  })

  test('free items are counted by units: two of a line are worth two, in one request or in two', () => {
    const items = [{ price: 500, quantity: 3, category: 'drinks' }]
    expect(off(rich().sell('a', items, { redeem: [{ reward: 'drink', quantity: 2 }] }))).toEqual([1000])
    expect(off(rich().sell('a', items, { redeem: [{ reward: 'drink' }, { reward: 'drink' }] }))).toEqual([1000])
    const dear = [{ price: 1000, quantity: 2, category: 'drinks' }]
    expect(off(rich().sell('a', dear, { redeem: [{ reward: 'drink' }, { reward: 'first-drink' }] }))).toEqual([1800])
    const four = {
      redeem: [
        { reward: 'drink', quantity: 2 },
        { reward: 'drink', quantity: 2 },
      ],
    }
    expect(rich().trySell('a', items, four)).toMatchObject({ code: 'reward_unavailable' })
  })

  test('a percentage cannot be paid twice for once', () => {
    const twice = { redeem: [{ reward: 'fifth-off', quantity: 2 }] }
    expect(rich().trySell('a', [{ price: 4000 }], twice)).toMatchObject({ code: 'reward_unavailable' })
  })

  test.each([
    ['no-such-reward', 'reward_unavailable'],
    ['drink', 'reward_unavailable'],
    ['large-only', 'reward_unavailable'],
    ['gold-only', 'tier_too_low'],
  ])('%s on a sandwich is refused as %s', (reward, code) => {
    expect(rich().trySell('a', [{ price: 900, category: 'food' }], { redeem: [{ reward }] })).toMatchObject({ code })
  })

  test('an order’s own points never pay for its reward', () => {
    const till = rich({ earning: [{ id: 'base', on: 'order', earn: '1 per 1.00' }] })
    const redeem = [{ reward: 'two-off' }]
    expect(till.trySell('a', [{ price: 10_000 }], { redeem })).toMatchObject({ code: 'insufficient_points' })
  })

  test('what a reward takes off earns nothing; the rest of the line does', () => {
    const earning = [
      { id: 'welcome', on: 'join', earn: 1000 },
      { id: 'base', on: 'order', earn: '1 per 1.00' },
    ]
    const till = rich({ earning })
    till.sell('a', [{ price: 1000, category: 'drinks' }], { redeem: [{ reward: 'drink' }] })
    expect(till.points()).toBe(1000 - 100 + 2)
  })
})

describe('returns give points back', () => {
  test('proportional: as much as came back, all of it in the end', () => {
    const till = rich()
    till.sell('a', [{ price: 1000, quantity: 3 }], { redeem: [{ reward: 'two-off' }] })
    const restored = [1, 2, 3].map(() => till.giveBack('a', [{ id: '1', quantity: 1 }]).restored[0]?.points)
    expect(restored).toEqual([20, 20, 20])
    expect(till.points()).toBe(1000)
  })

  test('when_nothing_remains: nothing before, everything then', () => {
    const till = rich({ wallets: { points: { restore: 'when_nothing_remains' } } })
    till.sell('a', [{ price: 1000, quantity: 2 }], { redeem: [{ reward: 'two-off' }] })
    till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect(till.points()).toBe(940)
    till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect(till.points()).toBe(1000)
  })

  test('a return is not charged for the reward again, and blocks no later one', () => {
    const till = rich()
    till.sell('a', [{ price: 1000 }], { redeem: [{ reward: 'two-off' }] })
    till.cancel('a')
    till.sell('b', [{ price: 1000 }], { redeem: [{ reward: 'two-off' }] })
    expect(till.points()).toBe(940)
  })

  test('the parts of a refund add up to what was paid', () => {
    const till = rich()
    till.sell('a', [{ price: 333, quantity: 3, tax: 83 }, { price: 100 }], { redeem: [{ reward: 'two-off' }] })
    const { total } = till.decisions.at(-1)!.order!
    const refunds = [1, 1, 1].map((quantity) => till.giveBack('a', [{ id: '1', quantity }]).refund_total)
    refunds.push(till.giveBack('a', [{ id: '2', quantity: 1 }]).refund_total)
    expect(refunds.reduce((sum, refund) => sum + refund, 0)).toBe(total)
  })
})

describe('holds', () => {
  const held = (till: Till, reward = 'two-off', quantity = 1) =>
    accepted(till.send('redeem', { reward, quantity, capture: false })).activity.id

  test('points are held, then captured once', () => {
    const till = rich()
    const redemption = held(till)
    expect(till.balance('points')).toMatchObject({ available: 940, held: 60 })
    accepted(till.send('capture', { redemption }))
    expect(till.balance('points')).toMatchObject({ available: 940, held: 0 })
    expect(till.send('capture', { redemption })).toMatchObject({ code: 'hold_closed' })
    expect(till.send('void', { redemption })).toMatchObject({ code: 'hold_closed' })
  })

  test('a hold that is voided gives its points back, once', () => {
    const till = rich()
    const redemption = held(till)
    accepted(till.send('void', { redemption }))
    expect(till.send('void', { redemption })).toMatchObject({ code: 'hold_closed' })
    expect(till.points()).toBe(1000)
  })

  test('a part is captured and the rest let go; no more than was held', () => {
    const till = rich()
    const redemption = held(till, 'two-off', 3)
    expect(till.send('capture', { redemption, points: 181 })).toMatchObject({ code: 'capture_exceeds_hold' })
    expect(till.send('capture', { redemption, quantity: 4 })).toMatchObject({ code: 'capture_exceeds_hold' })
    accepted(till.send('capture', { redemption, quantity: 2 }))
    expect(till.balance('points')).toMatchObject({ available: 880, held: 0 })
  })

  test('a hold times out by itself, exactly when it was to', () => {
    const till = rich()
    const redemption = held(till)
    till.go('2026-03-04T12:14:59Z').wake()
    expect(till.balance('points').held).toBe(60)
    till.go('2026-03-04T12:15:00Z')
    expect(till.send('capture', { redemption })).toMatchObject({ code: 'hold_closed' })
    till.wake()
    expect(till.balance('points')).toMatchObject({ available: 1000, held: 0 })
  })

  test('points that expire while they are held expire when they are let go, and may be captured before', () => {
    const wallets = { points: { expiry: { after: '1 day', until_end_of: 'day' } } }
    const slow = rewards.map((reward) => ({ ...reward, hold: '10 days' }))
    const till = rich({ wallets, rewards: slow })
    const [first, second] = [held(till), held(till)]
    till.go('2026-03-06T00:00:00Z').wake()
    expect(till.balance('points')).toMatchObject({ available: 0, held: 120 })
    accepted(till.send('capture', { redemption: first }))
    accepted(till.send('void', { redemption: second }))
    expect(till.balance('points')).toMatchObject({ available: 0, held: 0 })
  })

  test.each(['soonest_expiry', 'first_earned'])(
    'a part that is captured takes what expires soonest, and the rest is there again or expires if its time came: spend %s',
    (spend) => {
      const wallets = { points: { spend, expiry: { after: '1 day', until_end_of: 'day' } } }
      const earning = [{ id: 'base', on: 'order', earn: '1 per 1.00' }]
      const slow = rewards.map((reward) => ({ ...reward, hold: '10 days' }))
      const till = rich({ wallets, earning, rewards: slow })
      till.sell('first', [{ price: 5000 }])
      till.go('2026-03-05T12:00:00Z').sell('second', [{ price: 5000 }])
      const redemption = held(till, 'drink')
      till.go('2026-03-06T00:00:00Z').wake()
      expect(till.balance('points')).toMatchObject({ available: 0, held: 100 })
      const { postings } = accepted(till.send('capture', { redemption, points: 30 }))
      expect(postings.map(({ from, to, points }) => [from, to, points])).toEqual([
        ['held', 'spent', 30],
        ['held', 'available', 20],
        ['held', 'available', 50],
        ['available', 'expired', 20],
      ])
      expect(till.balance('points')).toMatchObject({ available: 50, held: 0 })
    },
  )

  test('points that were released expire in their own time', () => {
    const till = rich({ wallets: { points: { expiry: { after: '1 day', until_end_of: 'day' } } } })
    const redemption = held(till)
    accepted(till.send('capture', { redemption, points: 10 }))
    expect(till.points()).toBe(990)
    till.go('2026-03-06T00:00:00Z').wake()
    expect(till.points()).toBe(0)
  })

  test('nothing may be captured, and then all is there again', () => {
    const till = rich()
    const redemption = held(till)
    const { redemptions } = accepted(till.send('capture', { redemption, points: 0 }))
    expect(redemptions).toMatchObject([{ status: 'captured', points: 60, captured_points: 0 }])
    expect(till.balance('points')).toMatchObject({ available: 1000, held: 0 })
  })

  test('a hold whose reward a later revision no longer has is captured all the same', () => {
    const revised = small({ earning: [{ id: 'welcome', on: 'join', earn: 1000 }], rewards: [] }, 'UTC', 2)
    const later = { from: Date.parse('2026-03-04T12:05:00Z'), program: revised }
    const till = new Till(rich().program, '2026-03-04T12:00:00Z', { later })
    const redemption = held(till, 'two-off', 2)
    till.go('2026-03-04T12:10:00Z')
    accepted(till.send('capture', { redemption, quantity: 1 }))
    expect(till.balance('points')).toMatchObject({ available: 940, held: 0 })
  })

  test('two tills at once: the points of one reward are not spent twice', () => {
    const till = rich({ earning: [{ id: 'welcome', on: 'join', earn: 60 }] })
    held(till)
    expect(till.send('redeem', { reward: 'two-off', quantity: 1, capture: true })).toMatchObject({
      code: 'insufficient_points',
    })
  })
})

describe('stock', () => {
  test('is shared by all members, and what is let go can be had by another', () => {
    const claims = new Map<string, number>()
    const program = rich().program
    const [ana, ben] = [0, 1].map(() => new Till(program, '2026-03-04T12:00:00Z', { claims })) as [Till, Till]
    const redemption = accepted(ana.send('redeem', { reward: 'scarce', quantity: 2, capture: false })).activity.id
    expect(ben.send('redeem', { reward: 'scarce', quantity: 1, capture: true })).toMatchObject({ code: 'sold_out' })
    accepted(ana.send('capture', { redemption, quantity: 1 }))
    accepted(ben.send('redeem', { reward: 'scarce', quantity: 1, capture: true }))
    expect(ana.send('redeem', { reward: 'scarce', quantity: 1, capture: true })).toMatchObject({ code: 'sold_out' })
  })

  test('a refused purchase counts nothing free that fell due before it', () => {
    const claims = new Map<string, number>()
    const till = new Till(rich().program, '2026-03-04T12:00:00Z', { claims })
    accepted(till.send('redeem', { reward: 'scarce', quantity: 2, capture: false }))
    till.go('2026-03-04T13:00:00Z')
    expect(till.trySell('a', [{ price: 100 }], { redeem: [{ reward: 'gold-only' }] })).toMatchObject({
      code: 'tier_too_low',
    })
    expect(claims.get('stock:scarce')).toBe(2)
    till.wake()
    expect(claims.get('stock:scarce')).toBe(0)
  })
})
