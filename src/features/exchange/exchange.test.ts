import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '../../../test/history.ts'
import { accepted, small, Till } from '../../../test/till.ts'
import type { RedeemRequest } from '../../core/activity.ts'
import { toPay } from '../../core/checkout.ts'
import type { Deciding } from '../../core/deciding.ts'
import { compileProgram } from '../../core/program.ts'
import { Refusal } from '../../core/refusal.ts'
import { features } from '../index.ts'

const HUNDRED = { points: 100, worth: '1.00' }
const gift = { id: 'welcome', on: 'join', earn: 1000, wallet: 'points' }
const loaded = { id: 'loaded', on: 'action', when: 'action.type == "loaded"', earn: '20.00', wallet: 'credit' }

/** A member with 1,000 points that are worth 10.00, and with 20.00 of credit where the program has that. */
function shop(exchange: object, sections: object = {}): Till {
  const earning = [{ id: 'welcome', on: 'join', earn: 1000 }]
  return new Till(small({ earning, exchange: [exchange], ...sections }), '2026-03-04T12:00:00Z')
}

function withCredit(sections: object = {}): Till {
  const wallets = { points: {}, credit: { name: 'Credit', money: true } }
  const exchange = [{ wallet: 'points', ...HUNDRED, as: 'payment' }]
  const till = new Till(small({ wallets, exchange, earning: [gift, loaded], ...sections }), '2026-03-04T12:00:00Z')
  accepted(till.send('action', { type: 'loaded', data: {} }))
  return till
}

const used = (d: Deciding) => [d.order!.total, toPay(d), d.payments.map(({ points, amount }) => [points, amount])]

describe('points lower the price', () => {
  test('a till that could not choose how many points to spend: as many as the member says, and the rest is paid', () => {
    const till = shop(HUNDRED)
    const sale = till.sell('a', [{ price: 999, tax: 100 }], { redeem: [{ points: 300 }] })
    expect(sale.discounts).toMatchObject([{ source: 'points', amount: 300, points: 300, wallet: 'points' }])
    expect(sale.order).toMatchObject({ net: 699, tax: 69 })
    expect(till.points()).toBe(700)
  })

  test('points that could not pay a decimal bill: whole, and with no more of them than it needs', () => {
    const till = shop(HUNDRED)
    const sale = till.sell('a', [{ price: 437 }], { redeem: [{ points: 1000 }] })
    expect(sale.order!.total).toBe(0)
    expect(till.points()).toBe(563)
  })

  test('discounts for points that were wrong with tax: a price falls by what they are worth, and bears its smaller tax', () => {
    const line = fc.record({ price: fc.integer({ min: 1, max: 5000 }), rate: fc.integer({ min: 0, max: 25 }) })
    const prices = fc.constantFrom('tax_included' as const, 'tax_excluded' as const)
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 4 }),
        prices,
        fc.integer({ min: 1, max: 1000 }),
        (lines, said, points) => {
          const items = lines.map(({ price, rate }) => ({ price, tax: Math.floor((price * rate) / 125) }))
          const full = lines.reduce((sum, { price }) => sum + price, 0)
          const { order } = shop(HUNDRED).sell('a', items, { prices: said, redeem: [{ points }] })
          const off = Math.min(points, full)
          expect(said === 'tax_included' ? order!.total : order!.net).toBe(full - off)
          for (const [i, { net, tax, discount }] of order!.lines.entries()) {
            const { price, tax: whole } = items[i]!
            expect(tax).toBe(Math.floor((whole * (price - discount)) / price))
            expect(said === 'tax_included' ? net + tax : net).toBe(price - discount)
          }
        },
      ),
      { numRuns: runs(100) },
    )
  })

  test('only in whole steps, from so many on, and for so much of an order', () => {
    const till = shop({ ...HUNDRED, step: 50, at_least: 200, most: ['50%', '6.00'] })
    const redeem = (id: string, price: number, points: number) =>
      till.trySell(id, [{ price }], { redeem: [{ points }] })
    expect(redeem('a', 2000, 220)).toMatchObject({
      code: 'points_not_taken',
      detail: 'points are used as money 50 points at a time.',
    })
    expect(redeem('b', 2000, 150)).toMatchObject({ code: 'points_not_taken', missing: { points: 50 } })
    expect(redeem('c', 399, 200)).toMatchObject({ code: 'spend_too_low' })
    expect(accepted(redeem('d', 459, 1000)).discounts).toMatchObject([{ amount: 200 }])
    expect(till.points()).toBe(800)
    expect(accepted(redeem('e', 10_000, 800)).discounts).toMatchObject([{ amount: 600 }])
    expect(redeem('f', 10_000, 400)).toMatchObject({
      code: 'insufficient_points',
      errors: [{ pointer: '/redeem/0/points' }],
    })
  })

  test('three points a cent are never a fraction of a cent', () => {
    const till = shop({ points: 300, worth: '1.00' })
    expect(till.trySell('a', [{ price: 500 }], { redeem: [{ points: 100 }] })).toMatchObject({
      code: 'points_not_taken',
    })
    expect(till.sell('b', [{ price: 500 }], { redeem: [{ points: 99 }] }).discounts).toMatchObject([{ amount: 33 }])
  })

  test('in a lane of the checkout, within its cap', () => {
    const lanes = [{ id: 'rewards' }, { id: 'discounts' }]
    const discounts = [{ id: 'half', gives: { percent_off: 50 } }]
    const till = shop(HUNDRED, { discounts, checkout: { lanes, most: '8.00' } })
    const sale = till.sell('a', [{ price: 1000 }], { redeem: [{ points: 500 }] })
    expect(sale.discounts.map(({ source, amount }) => [source, amount])).toEqual([
      ['points', 500],
      ['half', 250],
    ])
  })

  test('they come back with what comes back', () => {
    const till = shop(HUNDRED)
    till.sell('a', [{ price: 1000, quantity: 3 }], { redeem: [{ points: 300 }] })
    const back = [1, 1, 1].map((quantity) => till.giveBack('a', [{ id: '1', quantity }]))
    expect(back.map((d) => [d.refund_total, d.payments.map(({ points, amount }) => [points, amount])])).toEqual([
      [900, [[100, 0]]],
      [900, [[100, 0]]],
      [900, [[100, 0]]],
    ])
    expect(till.points()).toBe(1000)
  })
})

describe('points and stored value pay', () => {
  test('they lower what is left to pay and not the total, nor the tax', () => {
    const till = withCredit()
    const redeem = [
      { points: 500, wallet: 'points' },
      { points: 400, wallet: 'credit' },
    ]
    const sale = till.sell('a', [{ price: 1000, tax: 200 }], { redeem })
    expect(used(sale)).toEqual([
      1200,
      300,
      [
        [500, 500],
        [400, 400],
      ],
    ])
    expect([till.points('points'), till.points('credit')]).toEqual([500, 1600])
  })

  test('no more is taken than there is to pay, and a floor holds for points, not for the member’s own money', () => {
    const till = withCredit({ checkout: { floor: '1.00' } })
    const sale = till.sell('a', [{ price: 450 }], {
      redeem: [
        { points: 1000, wallet: 'points' },
        { points: 2000, wallet: 'credit' },
      ],
    })
    expect(used(sale)).toEqual([
      450,
      0,
      [
        [350, 350],
        [100, 100],
      ],
    ])
  })

  test('which points has to be said where there are several, and once', () => {
    const till = withCredit()
    const refused = (redeem: RedeemRequest[]) =>
      till.trySell(`x${JSON.stringify(redeem)}`, [{ price: 1000 }], { redeem })
    expect(refused([{ points: 100 }])).toMatchObject({ code: 'invalid', errors: [{ pointer: '/redeem/0/wallet' }] })
    expect(refused([{ points: 100, wallet: 'miles' }])).toMatchObject({ code: 'points_not_taken' })
    expect(refused([1, 2].map(() => ({ points: 100, wallet: 'points' })))).toMatchObject({ code: 'invalid' })
    const none = new Till(small(), '2026-03-04T12:00:00Z')
    expect(none.trySell('a', [{ price: 100 }], { redeem: [{ points: 1 }] })).toMatchObject({ code: 'points_not_taken' })
  })

  test('nobody gets in cash what was paid in points', () => {
    const till = withCredit()
    till.sell('a', [{ price: 1000, quantity: 3 }], { redeem: [{ points: 1000, wallet: 'points' }] })
    const back = till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect([back.refund_total, back.payments[0]]).toMatchObject([1000, { points: 333, amount: 333 }])
    const rest = till.cancel('a')
    expect([rest.refund_total, rest.payments[0]]).toMatchObject([2000, { points: 667, amount: 667 }])
    expect(till.points('points')).toBe(1000)
  })

  test('points that come back when nothing remains are no money meanwhile', () => {
    const wallets = { points: { restore: 'when_nothing_remains' } }
    const till = shop({ ...HUNDRED, as: 'payment' }, { wallets })
    till.sell('a', [{ price: 1000, quantity: 2 }], { redeem: [{ points: 600 }] })
    const first = till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect([first.refund_total, first.payments[0]]).toMatchObject([1000, { points: 0, amount: 300 }])
    const last = till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect([last.refund_total, last.payments[0]]).toMatchObject([1000, { points: 600, amount: 300 }])
    expect(till.points()).toBe(1000)
  })
})

describe('what earns is said in the program', () => {
  const earning = [gift, loaded, { id: 'base', on: 'order', earn: '1 per 1.00', wallet: 'points' }]
  const redeem = [
    { points: 500, wallet: 'points' },
    { points: 300, wallet: 'credit' },
  ]

  test.each([
    [{}, 15],
    [{ points_paid: true }, 20],
    [{ stored_value: false }, 12],
  ])('%o: an order of 20.00 earns %i', (earn, points) => {
    const till = withCredit({ earning, checkout: { earn } })
    till.sell('a', [{ price: 2000 }], { redeem })
    expect(till.points('points')).toBe(500 + points)
    till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect([till.points('points'), till.points('credit')]).toEqual([1000, 2000])
  })

  test('the reward’s own line earns nothing, unless the program says that it does', () => {
    const item = { id: 'item', on: 'order', earn: '5 per item', wallet: 'points' }
    const rewards = [{ id: 'drink', cost: '100 points', gives: { free_item: { category: 'drinks' } } }]
    const balance = (earn: object) => {
      const till = withCredit({ earning: [gift, loaded, item], rewards, checkout: { earn } })
      till.sell('a', [{ price: 300, quantity: 3, category: 'drinks' }], { redeem: [{ reward: 'drink' }] })
      const earned = till.points('points') - 900
      till.giveBack('a', [{ id: '1', quantity: 3 }])
      expect(till.points('points')).toBe(1000)
      return earned
    }
    expect([balance({}), balance({ free_items: true })]).toEqual([10, 15])
  })
})

describe('mistakes in the program', () => {
  test.each<[string, object, string]>([
    ['points of an unknown wallet', { exchange: [{ ...HUNDRED, wallet: 'mils' }] }, 'unknown_wallet'],
    ['points of a wallet twice', { exchange: [HUNDRED, HUNDRED] }, 'duplicate_id'],
    ['a step that is a fraction of a cent', { exchange: [{ points: 300, worth: 1, step: 100 }] }, 'not_whole'],
    ['points worth nothing', { exchange: [{ points: 100, worth: 0 }] }, 'not_money'],
    ['no points', { exchange: [{ points: 0, worth: 1 }] }, 'not_points'],
    ['a payment in a lane', { exchange: [{ ...HUNDRED, as: 'payment', lane: 'rewards' }] }, 'contradiction'],
    ['a rate for what is money', { wallets: { points: { money: true } }, exchange: [HUNDRED] }, 'contradiction'],
    ['money with decimals of its own', { wallets: { points: { money: true, decimals: 0 } } }, 'contradiction'],
  ])('%s', (_, sections, code) => {
    const core = { program: 'p', name: 'P', currency: 'USD', timezone: 'UTC', wallets: { points: {} } }
    const { problems } = compileProgram(JSON.stringify({ ...core, ...sections }), features)
    expect(problems.map((problem) => problem.code)).toContain(code)
  })
})

const priced = fc.record({
  price: fc.integer({ min: 0, max: 3000 }),
  quantity: fc.integer({ min: 1, max: 5 }),
  tax: fc.integer({ min: 0, max: 300 }),
})

test('returns of any split give back every point, every cent of money and every cent that points had paid', () => {
  const input = {
    items: fc.array(priced, { minLength: 1, maxLength: 4 }),
    points: fc.integer({ min: 1, max: 1000 }),
    credit: fc.integer({ min: 1, max: 2000 }),
    restore: fc.constantFrom('proportional', 'when_nothing_remains'),
    steps: fc.array(fc.tuple(fc.nat(), fc.boolean(), fc.integer({ min: 1, max: 500 })), { maxLength: 15 }),
  }
  fc.assert(
    fc.property(fc.record(input), ({ items, points, credit, restore, steps }) => {
      const wallets = { points: { restore }, credit: { money: true } }
      const earning = [gift, loaded, { id: 'base', on: 'order', earn: '3 per 1.00', wallet: 'points' }]
      const till = withCredit({ wallets, earning })
      const bought = items.map((item) => ({ ...item, tax: Math.min(item.tax, item.price * item.quantity) }))
      const redeem = [
        { points, wallet: 'points' },
        { points: credit, wallet: 'credit' },
      ]
      const sale = till.trySell('a', bought, { redeem })
      if (sale instanceof Refusal) return
      const left = items.map(({ quantity }) => quantity)
      let [refunded, money] = [0, 0]
      const count = (d: Deciding | Refusal) => {
        if (d instanceof Refusal) return
        const paid = d.payments.reduce((sum, { amount }) => sum + amount, 0)
        expect(d.refund_total - paid).toBeGreaterThanOrEqual(0)
        expect(Math.min(...d.payments.flatMap((one) => [one.points, one.amount]), 0)).toBe(0)
        refunded += d.refund_total
        money += d.refund_total - paid
      }
      for (const [pick, byAmount, amount] of steps) {
        const line = pick % left.length
        if (byAmount) count(till.tryGiveBack('a', [{ id: `${line + 1}`, quantity: 0, amount }]))
        else if (left[line]! > 0) {
          left[line]! -= 1
          count(till.tryGiveBack('a', [{ id: `${line + 1}`, quantity: 1 }]))
        }
      }
      count(till.cancel('a'))
      expect([refunded, money]).toEqual([sale.order!.total, toPay(sale)])
      expect([till.points('points'), till.points('credit')]).toEqual([1000, 2000])
    }),
    { numRuns: runs(150) },
  )
})
