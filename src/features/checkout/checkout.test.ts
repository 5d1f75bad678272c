import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '../../../test/history.ts'
import { accepted, type Item, small, Till } from '../../../test/till.ts'
import type { Deciding } from '../../core/deciding.ts'
import { compileProgram } from '../../core/program.ts'
import { Refusal } from '../../core/refusal.ts'
import { features } from '../index.ts'

const rewards = [
  { id: 'two-off', cost: 10, gives: { amount_off: '2.00' } },
  { id: 'fifth-off', cost: 10, gives: { percent_off: 20 } },
  { id: 'drink', cost: 10, gives: { free_item: { category: 'drinks' } } },
]

const tiers = { measure: 'spend', levels: [{ id: 'green' }, { id: 'gold', from: 500 }] }

/** A member with 10,000 points, who earns nothing on orders unless the sections say so. */
function shop(sections: object): Till {
  const earning = [{ id: 'welcome', on: 'join', earn: 10_000 }]
  return new Till(small({ earning, tiers, rewards, ...sections }), '2026-03-04T12:00:00Z')
}

const off = ({ discounts }: Deciding) => Object.fromEntries(discounts.map(({ source, amount }) => [source, amount]))
const coffee: Item = { price: 400, category: 'drinks', sku: 'coffee' }
const beans: Item = { price: 1000, category: 'beans', sku: 'beans' }

describe('discounts come by themselves', () => {
  const gives = { percent_off: 10 }

  test.each<[string, object, Item[], number]>([
    ['off the whole order', { percent_off: 10 }, [coffee, beans], 140],
    ['off one category', { percent_off: 10, category: 'beans' }, [coffee, beans], 100],
    ['off some items', { percent_off: 10, item: ['coffee', 'tea'] }, [coffee, beans], 40],
    ['off lines of a condition', { percent_off: 10, lines: 'line.unit_price >= money("5.00")' }, [coffee, beans], 100],
    ['up to an amount', { percent_off: 10, up_to: '0.50' }, [coffee, beans], 50],
    ['an amount, no more than the lines cost', { amount_off: '6.00', category: 'drinks' }, [coffee, beans], 400],
    ['members’ prices', { prices: { coffee: '3.50', beans: '12.00' } }, [{ ...coffee, quantity: 3 }, beans], 150],
    ['free shipping', { free_shipping: {} }, [beans, { price: 590, category: 'shipping' }], 590],
    ['shipping up to an amount', { free_shipping: { up_to: 5 } }, [beans, { price: 590, category: 'shipping' }], 500],
  ])('%s', (_, given, items, amount) => {
    const sale = shop({ discounts: [{ id: 'it', gives: given }] }).sell('a', items)
    expect(off(sale)).toEqual({ it: amount })
    expect(sale.order!.total).toBe(items.reduce((sum, { price, quantity = 1 }) => sum + price * quantity, 0) - amount)
  })

  test('only for a tier, in a shop, within days, under a condition, from an amount on', () => {
    const discounts = [
      { id: 'gold-only', gives, from_tier: 'gold' },
      { id: 'main-street', gives, locations: ['main'] },
      { id: 'april', gives, from: '2026-04-01', until: '2026-04-30' },
      { id: 'web', gives, when: 'order.channel == "web"' },
      { id: 'large', gives, min_spend: '30.00' },
    ]
    const till = shop({ discounts })
    const { leftOut, discounts: none } = till.sell('a', [beans, { price: 5000, category: 'shipping' }])
    expect(none).toEqual([])
    expect(leftOut.map(({ source, why: { code, missing } }) => [source, code, missing])).toEqual([
      ['gold-only', 'tier_too_low', {}],
      ['main-street', 'reward_unavailable', {}],
      ['april', 'reward_unavailable', {}],
      ['web', 'reward_unavailable', {}],
      ['large', 'spend_too_low', { money: 2000 }],
    ])
    expect(leftOut.at(-1)!.why.detail).toBe('Spend 20.00 USD more for large.')
    till.sell('b', [{ price: 60_000 }])
    till.go('2026-04-30T23:59:00Z')
    const all = till.sell('c', [{ price: 10_000 }], { location: 'main', channel: 'web' })
    expect(off(all)).toEqual({ 'gold-only': 1000, 'main-street': 900, april: 810, web: 729, large: 656 })
  })

  test('what a level saves is booked as its benefit, and taken back line by line', () => {
    const till = shop({
      discounts: [
        { id: 'green', gives, from_tier: 'green' },
        { id: 'all', gives },
      ],
    })
    const sale = till.sell('a', [{ price: 999, quantity: 3 }])
    expect(sale.benefits).toMatchObject([{ source: 'discounts:green', worth: 300 }])
    const back = [1, 2].map((quantity) => till.giveBack('a', [{ id: '1', quantity }]).benefits)
    expect(back.flat().map(({ worth }) => worth)).toEqual([-100, -200])
  })

  test('a 100% discount leaves 0.00, tax and all', () => {
    const till = shop({ discounts: [{ id: 'all', gives: { percent_off: 100 } }] })
    for (const prices of ['tax_included', 'tax_excluded'] as const) {
      const items = [{ price: 333, tax: 17 }, { price: 1 }, { price: 999, quantity: 3, tax: 251 }]
      expect(till.sell(prices, items, { prices }).order).toMatchObject({ net: 0, tax: 0, total: 0 })
    }
  })
})

describe('buy and get', () => {
  const three = { buy: { quantity: 2, category: 'beans' }, get: { quantity: 1, category: 'beans' } }
  const bags = (quantity: number) => [{ ...beans, quantity }]

  test.each([
    [2, 0],
    [3, 1000],
    [5, 1000],
    [6, 2000],
    [7, 2000],
    [9, 3000],
  ])('buy-X-get-Y that was miscounted: of %i bags, two for one more takes off %i', (quantity, amount) => {
    const sale = shop({ discounts: [{ id: 'it', gives: { buy_get: three } }] }).sell('a', bags(quantity))
    expect(sale.order!.discount).toBe(amount)
  })

  test('no more often than is said', () => {
    const discounts = [{ id: 'it', gives: { buy_get: { ...three, times: 2 } } }]
    expect(shop({ discounts }).sell('a', bags(30)).order!.discount).toBe(2000)
  })

  test('the second at half its price, and the cheapest of all is the second', () => {
    const half = { buy: { quantity: 1 }, get: { quantity: 1, percent_off: 50 } }
    const till = shop({ discounts: [{ id: 'it', gives: { buy_get: half } }] })
    const sale = till.sell('a', [{ price: 900 }, { price: 500 }, { price: 700 }])
    expect(sale.discounts[0]!.shares).toEqual([0, 250, 0])
  })

  test('what has to be bought is not given, though it is the cheapest', () => {
    const mug = { buy: { quantity: 1, item: 'beans' }, get: { quantity: 1, category: ['beans', 'mugs'] } }
    const till = shop({ discounts: [{ id: 'it', gives: { buy_get: mug } }] })
    const sale = till.sell('a', [beans, { price: 1500, category: 'mugs', sku: 'mug' }])
    expect(sale.discounts[0]!.shares).toEqual([0, 1500])
  })

  test('a unit counts for one offer: what was bought for one is not bought for another', () => {
    const discounts = ['one', 'two'].map((id) => ({ id, gives: { buy_get: three } }))
    expect(off(shop({ discounts }).sell('a', bags(5)))).toEqual({ one: 1000 })
    expect(off(shop({ discounts }).sell('a', bags(6)))).toEqual({ one: 2000 })
  })

  test('a reward is paid for as often as it is had, and refused where it does not fit so often', () => {
    const till = shop({ rewards: [{ id: 'it', cost: 10, gives: { buy_get: three } }] })
    const twice = { redeem: [{ reward: 'it', quantity: 2 }] }
    expect(till.trySell('a', bags(5), twice)).toMatchObject({ code: 'reward_unavailable' })
    expect(till.sell('c', bags(6), twice).order!.discount).toBe(2000)
    expect(till.sell('b', bags(9), { redeem: [{ reward: 'it' }] }).order!.discount).toBe(1000)
  })
})

describe('lanes', () => {
  const percent = (id: string, percent_off: number, lane?: string) => ({ id, gives: { percent_off }, lane })
  const basket = [{ price: 10_000 }]

  test('come in the program’s order, each off what those before left', () => {
    const discounts = [percent('first', 10, 'b'), percent('second', 50, 'a')]
    const lanes = [{ id: 'a' }, { id: 'b' }, { id: 'rewards' }]
    const sale = shop({ discounts, checkout: { lanes } }).sell('a', basket, { redeem: [{ reward: 'two-off' }] })
    expect(Object.entries(off(sale))).toEqual([
      ['second', 5000],
      ['first', 500],
      ['two-off', 200],
    ])
  })

  test('of the best only what takes off most; of equals the first in the file', () => {
    const discounts = [percent('ten', 10), percent('twenty', 20), percent('also-twenty', 20)]
    const lanes = [{ id: 'discounts', take: 'best' }, { id: 'rewards' }]
    const sale = shop({ discounts, checkout: { lanes } }).sell('a', basket)
    expect(off(sale)).toEqual({ twenty: 2000 })
    expect(sale.leftOut.map(({ why }) => why.detail)).toEqual([
      'ten cannot be had together with twenty.',
      'also-twenty cannot be had together with twenty.',
    ])
  })

  test('or the first that can be had', () => {
    const discounts = [{ ...percent('large', 50), min_spend: 500 }, percent('ten', 10), percent('twenty', 20)]
    const lanes = [{ id: 'discounts', take: 'first' }, { id: 'rewards' }]
    expect(off(shop({ discounts, checkout: { lanes } }).sell('a', basket))).toEqual({ ten: 1000 })
  })

  test('nobody pays points for a reward that takes off less than what comes by itself', () => {
    const discounts = [percent('half', 50, 'only-one')]
    const only = rewards.map((reward) => ({ ...reward, lane: 'only-one' }))
    const checkout = { lanes: [{ id: 'only-one', take: 'best' }] }
    const till = shop({ discounts, rewards: only, checkout })
    const refused = till.trySell('a', basket, { redeem: [{ reward: 'two-off' }] })
    expect(refused).toMatchObject({ code: 'not_together', errors: [{ pointer: '/redeem/0' }] })
    expect(till.points()).toBe(10_000)
    expect(off(till.sell('b', [{ price: 300 }], { redeem: [{ reward: 'two-off' }] }))).toEqual({ 'two-off': 200 })
  })
})

describe('exclusive groups', () => {
  const discounts = [
    { id: 'ten', gives: { percent_off: 10 } },
    { id: 'beans-half', gives: { percent_off: 50, category: 'beans' } },
  ]
  const checkout = { exclusive: [['ten', 'beans-half', 'fifth-off']] }

  test('of what comes by itself the one that saves most in the end', () => {
    const till = shop({ discounts, checkout })
    expect(off(till.sell('a', [coffee, beans]))).toEqual({ 'beans-half': 500 })
    expect(off(till.sell('b', [{ ...coffee, quantity: 20 }, beans]))).toEqual({ ten: 900 })
  })

  test('what is asked for goes before what comes by itself', () => {
    const sale = shop({ discounts, checkout }).sell('a', [beans], { redeem: [{ reward: 'fifth-off' }] })
    expect(off(sale)).toEqual({ 'fifth-off': 200 })
  })

  test('two of a group cannot be asked for', () => {
    const till = shop({ checkout: { exclusive: [['two-off', 'fifth-off']] } })
    const redeem = [{ reward: 'two-off' }, { reward: 'fifth-off' }]
    expect(till.trySell('a', [beans], { redeem })).toMatchObject({
      code: 'not_together',
      errors: [{ pointer: '/redeem/1' }],
    })
  })
})

describe('a cap and a floor', () => {
  const redeem = [{ reward: 'two-off' }, { reward: 'fifth-off' }]

  test('cut what comes last, and the answer says so', () => {
    const till = shop({ checkout: { most: '3.00' } })
    const { discounts } = till.sell('a', [{ price: 1000 }], { redeem })
    expect(discounts).toMatchObject([{ amount: 200 }, { amount: 100, cut: { wanted: 160, by: 'most' } }])
    expect(till.sell('b', [{ price: 300 }], { redeem: redeem.slice(0, 1) }).discounts[0]).not.toHaveProperty('cut')
  })

  test('a share of the prices, an amount, whichever is less', () => {
    const till = shop({ checkout: { most: ['50%', '4.00'] } })
    const total = (id: string, price: number) => till.sell(id, [{ price }], { redeem }).order!.discount
    expect([total('a', 500), total('b', 3000)]).toEqual([250, 400])
  })

  test('the floor is left to pay', () => {
    const till = shop({ checkout: { floor: '1.00' } })
    const { order, discounts } = till.sell('a', [{ price: 250 }], { redeem: redeem.slice(0, 1) })
    expect(order!.total).toBe(100)
    expect(discounts).toMatchObject([{ amount: 150, cut: { wanted: 200, by: 'floor' } }])
    expect(till.trySell('b', [{ price: 90 }], { redeem: redeem.slice(0, 1) })).toMatchObject({
      code: 'limit_reached',
      detail: 'two-off finds nothing to take off: 1.00 USD is left to pay at least.',
    })
  })
})

describe('conflicts are found when the program is checked', () => {
  const discounts = [{ id: 'ten', gives: { percent_off: 10 } }]
  const eight = Array.from({ length: 8 }, (_, i) => `d${i}`)

  test.each<[string, object, string]>([
    [
      'an unknown lane',
      { discounts: [{ ...discounts[0], lane: 'pricse' }], checkout: { lanes: [{ id: 'prices' }, { id: 'rewards' }] } },
      'unknown_lane',
    ],
    ['a lane twice', { checkout: { lanes: [{ id: 'rewards' }, { id: 'rewards' }] } }, 'duplicate_id'],
    [
      'a lane that is not there for what names none',
      { discounts, checkout: { lanes: [{ id: 'rewards' }] } },
      'lane_missing',
    ],
    [
      'points that stand in an unknown lane',
      { exchange: [{ points: 100, worth: 1, lane: 'reward' }], checkout: { lanes: [{ id: 'rewards' }] } },
      'unknown_lane',
    ],
    [
      'points whose usual lane is not there',
      { rewards: [], exchange: [{ points: 100, worth: 1 }], checkout: { lanes: [{ id: 'prices' }] } },
      'lane_missing',
    ],
    ['a group of one', { checkout: { exclusive: [['two-off']] } }, 'contradiction'],
    ['a group with the same twice', { checkout: { exclusive: [['two-off', 'two-off']] } }, 'duplicate_id'],
    ['a group of unknown ids', { checkout: { exclusive: [['two-off', 'two-of']] } }, 'unknown_discount'],
    ['a cap under which nothing could be had', { checkout: { most: 0 } }, 'contradiction'],
    ['a cap that cuts a reward always', { checkout: { most: '1.50' } }, 'contradiction'],
    ['a share that is none', { checkout: { most: '120%' } }, 'not_a_percentage'],
    [
      'more choices than can be tried',
      { discounts: eight.map((id) => ({ ...discounts[0], id })), checkout: { exclusive: [eight, eight, eight] } },
      'too_many_choices',
    ],
    ['a discount with the id of a reward', { discounts: [{ ...discounts[0], id: 'two-off' }] }, 'duplicate_id'],
    [
      'an offer that ends before it begins',
      { discounts: [{ ...discounts[0], from: '2026-05-02', until: '2026-05-01' }] },
      'contradiction',
    ],
  ])('%s', (_, sections, code) => {
    const core = { program: 'p', name: 'P', currency: 'USD', timezone: 'UTC', wallets: { points: {} } }
    const { problems } = compileProgram(JSON.stringify({ ...core, rewards, ...sections }), features)
    expect(problems.map((problem) => problem.code)).toContain(code)
  })
})

const category = fc.constantFrom('drinks', 'beans', 'shipping')
const lineFields = fc.option(fc.record({ category }), { nil: {} }).map((fields) => fields ?? {})
const money = fc.integer({ min: 1, max: 3000 }).map((cents) => (cents / 100).toFixed(2))
const percent = fc.integer({ min: 1, max: 100 })
const takes = fc.constantFrom('dearest', 'cheapest', 'first')
const part = fc.record({ quantity: fc.integer({ min: 1, max: 3 }) })
const gives = fc.oneof(
  fc.tuple(money, lineFields).map(([amount_off, lines]) => ({ amount_off, ...lines })),
  fc.tuple(percent, lineFields).map(([percent_off, lines]) => ({ percent_off, ...lines })),
  fc.tuple(takes, lineFields, fc.option(money, { nil: undefined })).map(([picks, lines, up_to]) => ({
    free_item: { takes: picks, up_to, ...lines },
  })),
  fc.tuple(part, lineFields, part, lineFields, percent, takes).map(([buy, bought, get, given, percent_off, picks]) => ({
    buy_get: { buy: { ...buy, ...bought }, get: { ...get, ...given, percent_off, takes: picks } },
  })),
  fc.constant({ free_shipping: {} }),
  money.map((price) => ({ prices: { drinks: price } })),
)
const LANES = ['discounts', 'rewards', 'third']
const lane = fc.constantFrom(...LANES)

/** A program with discounts and rewards of every kind, in lanes and groups, with and without a cap and a floor. */
const program = fc
  .record({
    discounts: fc.array(fc.record({ gives, lane }), { maxLength: 4 }),
    rewards: fc.array(fc.record({ gives, lane }), { minLength: 1, maxLength: 3 }),
    take: fc.tuple(...LANES.map(() => fc.constantFrom('all', 'best', 'first'))),
    order: fc.shuffledSubarray(LANES, { minLength: 3 }),
    most: fc.option(
      fc.oneof(
        percent.map((share) => `${share}%`),
        fc.constant('30.00'),
      ),
      { nil: undefined },
    ),
    floor: fc.integer({ min: 0, max: 20 }),
    grouped: fc.boolean(),
  })
  .map(({ discounts, rewards: some, take, order, most, floor, grouped }) => {
    const ids = [...discounts.map((_, i) => `d${i}`), ...some.map((_, i) => `r${i}`)]
    return {
      earning: [{ id: 'welcome', on: 'join', earn: 10_000 }],
      discounts: discounts.map((one, i) => ({ ...one, id: `d${i}`, from_tier: 'green' })),
      rewards: some.map((one, i) => ({ ...one, id: `r${i}`, cost: 10 })),
      tiers,
      checkout: {
        lanes: order.map((id, i) => ({ id, take: take[i] })),
        exclusive: grouped && ids.length >= 2 ? [ids.slice(0, 3)] : [],
        most,
        floor,
      },
    }
  })

const items = fc.array(
  fc.record({
    price: fc.integer({ min: 0, max: 2500 }),
    quantity: fc.integer({ min: 1, max: 5 }),
    category,
    tax: fc.integer({ min: 0, max: 300 }),
  }),
  { minLength: 1, maxLength: 5 },
)
const prices = fc.constantFrom('tax_included' as const, 'tax_excluded' as const)

/** An order at which every subset of the rewards is asked for until one is not refused. */
const order = fc.record({ items, prices, asks: fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 3 }) })

function orderFor(
  till: Till,
  { items: all, prices: said, asks }: { items: Item[]; prices: 'tax_included' | 'tax_excluded'; asks: number[] },
) {
  const priced = all.map((item) => ({ ...item, tax: Math.min(item.tax ?? 0, item.price * (item.quantity ?? 1)) }))
  const known = (till.program.settings['rewards'] as { id: string }[]).map(({ id }) => id)
  const wanted = [...new Set(asks)].filter((ask) => ask < known.length)
  for (let count = wanted.length; count >= 0; count--) {
    const redeem = wanted.slice(0, count).map((ask) => ({ reward: known[ask]! }))
    const answer = till.trySell(`a${count}`, priced, { prices: said, redeem })
    if (!(answer instanceof Refusal)) return { id: `a${count}`, sale: answer, priced }
  }
  throw new Error('what comes by itself never refuses an order')
}

describe('whatever the program says', () => {
  test('a discount is the sum of its shares, no line is below zero, cap and floor hold', () => {
    fc.assert(
      fc.property(program, order, (sections, bought) => {
        const { sale, priced } = orderFor(new Till(small(sections), '2026-03-04T12:00:00Z'), bought)
        const full = priced.map(({ price, quantity = 1 }) => price * quantity)
        const sum = (amounts: readonly number[]) => amounts.reduce((all, amount) => all + amount, 0)
        for (const { amount, shares } of sale.discounts) {
          expect(sum(shares)).toBe(amount)
          expect(amount).toBeGreaterThan(0)
          expect(Math.min(...shares)).toBeGreaterThanOrEqual(0)
        }
        for (const [i, line] of sale.order!.lines.entries()) {
          expect(line.discount).toBe(sum(sale.discounts.map(({ shares }) => shares[i]!)))
          expect(Math.min(line.net, line.tax, full[i]! - line.discount)).toBeGreaterThanOrEqual(0)
        }
        const { most, floor } = sections.checkout
        const total = sum(full)
        const cap = most === undefined ? total : most.endsWith('%') ? (total * Number.parseInt(most, 10)) / 100 : 3000
        expect(sale.order!.discount).toBeLessThanOrEqual(Math.min(cap, Math.max(0, total - floor * 100)))
      }),
      { numRuns: runs(150) },
    )
  })

  test('of a lane for the best nothing else of the lane would have taken off more', () => {
    fc.assert(
      fc.property(program, order, (sections, bought) => {
        const best = { ...sections, checkout: { lanes: [{ id: 'third', take: 'best' }] }, rewards: [] }
        const alone = best.discounts.map((one) => ({ ...best, discounts: [{ ...one, lane: 'third' }] }))
        const all = { ...best, discounts: best.discounts.map((one) => ({ ...one, lane: 'third' })) }
        const taken = (some: object) => orderFor(new Till(small(some), '2026-03-04T12:00:00Z'), { ...bought, asks: [] })
        const most = Math.max(0, ...alone.map((one) => taken(one).sale.order!.discount))
        expect(taken(all).sale.order!.discount).toBe(most)
      }),
      { numRuns: runs(60) },
    )
  })

  test('returns of any split give back what was paid, the points and the benefits', () => {
    fc.assert(
      fc.property(program, order, fc.array(fc.nat(), { minLength: 1, maxLength: 12 }), (sections, bought, picks) => {
        const till = new Till(small(sections), '2026-03-04T12:00:00Z')
        const { id, sale, priced } = orderFor(till, bought)
        const left = priced.map(({ quantity = 1 }) => quantity)
        let [refunded, benefits] = [0, sale.benefits.reduce((sum, { worth }) => sum + worth, 0)]
        const giveBack = (line: number, quantity: number) => {
          const back = accepted(till.tryGiveBack(id, [{ id: `${line + 1}`, quantity }]))
          left[line]! -= quantity
          refunded += back.refund_total
          benefits += back.benefits.reduce((sum, { worth }) => sum + worth, 0)
        }
        for (const pick of picks) if (left[pick % left.length]! > 0) giveBack(pick % left.length, 1)
        for (const [line, quantity] of left.entries()) if (quantity > 0) giveBack(line, quantity)
        expect([refunded, benefits, till.points()]).toEqual([sale.order!.total, 0, 10_000])
      }),
      { numRuns: runs(100) },
    )
  })
})
