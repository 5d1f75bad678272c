/** What real systems got wrong: money, time and rules. Returns have their own page, refunds.test.ts; tills holds.test.ts. */

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OrderBody } from '../src/core/activity.ts'
import { balancesOf } from '../src/engine/outcome.ts'
import { type TestApi, testApi } from './api.ts'
import { BEGINNING, Driver, orderBody, orderDraw, programDraw, programOf } from './history.ts'
import { accepted, type Item, small, Till } from './till.ts'

const BEGIN = '2026-03-04T12:00:00Z'
const WELCOME = { id: 'welcome', on: 'join', earn: 1000 }

describe('real systems shipped', () => {
  test('floats in balances: three times a third of a dime is a dime, over and over', () => {
    const earning = [{ id: 'base', on: 'order', earn: '0.1 per 0.30', rounding: 'carry' }]
    const till = new Till(small({ wallets: { points: { decimals: 1 } }, earning }), BEGIN)
    for (let i = 1; i <= 3000; i++) till.sell(`${i}`, [{ price: 10 }])
    // In floats, a thousand times 0.1 is 99.9999999999986.
    expect(till.balance('points')).toEqual({ available: 1000, pending: 0, held: 0, debt: 0 })
    expect(till.account.wallets[0]).toMatchObject({ carry: 0 })
  })

  test('a member’s time zone against UTC removed a reward after payment', () => {
    // In UTC it is August, and the points are gone; at the shop it is still the last evening of July.
    const wallets = { points: { expiry: { after: '1 month' } } }
    const rewards = [{ id: 'off', cost: 60, gives: { amount_off: '2.00' }, when: 'order.month == 7', hold: '2 hours' }]
    const program = small({ wallets, earning: [WELCOME], rewards }, 'America/Los_Angeles')
    const till = new Till(program, '2026-06-10T12:00:00Z')
    till.go('2026-08-01T06:30:00Z')
    till.sell('evening', [{ price: 1000 }], { redeem: [{ reward: 'off' }] })
    expect(till.points()).toBe(940)
    till.go('2026-08-01T07:00:00Z').wake()
    expect(till.points()).toBe(0)
    const spent = till.decisions.flatMap(({ redemptions }) => redemptions)
    expect(spent).toMatchObject([{ status: 'captured', captured_points: 60 }])
    expect(till.trySell('august', [{ price: 1000 }], { redeem: [{ reward: 'off' }] })).toMatchObject({
      code: 'reward_unavailable',
    })
  })

  test('expiry that ran at another zone’s midnight', () => {
    const expiry = { after: '1 day', until_end_of: 'day' }
    for (const [zone, gone] of [
      ['Pacific/Kiritimati', '2026-03-05T10:00:00Z'],
      ['UTC', '2026-03-06T00:00:00Z'],
      ['Pacific/Niue', '2026-03-05T11:00:00Z'],
    ] as const) {
      const program = small({ wallets: { points: { expiry } }, earning: [WELCOME] }, zone)
      const till = new Till(program, '2026-03-04T00:00:00Z')
      till.go(gone).now -= 1
      till.wake()
      expect([zone, till.points()]).toEqual([zone, 1000])
      till.go(gone).wake()
      expect([zone, till.points()]).toEqual([zone, 0])
    }
  })

  test('a 100% discount that left 0.01', () => {
    const rewards = [
      { id: 'all-off', cost: 1, gives: { percent_off: 100 } },
      { id: 'third-off', cost: 1, gives: { percent_off: '33.3' } },
    ]
    const program = small({ earning: [WELCOME], rewards })
    const item = fc.record({
      price: fc.integer({ min: 0, max: 5000 }),
      quantity: fc.integer({ min: 1, max: 7 }),
      discount: fc.integer({ min: 0, max: 300 }),
      tax: fc.integer({ min: 0, max: 900 }),
    })
    const prices = fc.constantFrom<OrderBody['prices']>('tax_included', 'tax_excluded')
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 5 }), prices, fc.boolean(), (drawn, kind, both) => {
        const items = drawn.map((one): Item => {
          const discount = Math.min(one.discount, one.price * one.quantity)
          const after = one.price * one.quantity - discount
          return { ...one, discount, tax: Math.min(one.tax, after) }
        })
        fc.pre(items.some(({ price, quantity, discount }) => price * quantity! > discount!))
        const redeem = [...(both ? [{ reward: 'third-off' }] : []), { reward: 'all-off' }]
        const answer = new Till(program, BEGIN).trySell('a', items, { prices: kind, redeem })
        // What a third took off whole leaves nothing for the rest to take.
        if ('code' in answer) expect(answer.code).toBe('reward_unavailable')
        else expect(answer.order).toMatchObject({ net: 0, tax: 0, total: 0 })
      }),
      { numRuns: 300 },
    )
  })

  test('priority by "last edited": where a rule stands in the file changes nobody’s points', () => {
    const orders = fc.array(fc.tuple(orderDraw, fc.integer({ min: 0, max: 20 * 86_400_000 })), { maxLength: 12 })
    fc.assert(
      fc.property(programDraw(), orders, fc.nat(), (file, drawn, by) => {
        const turned = file.earning.map((_, i) => file.earning[(i + by) % file.earning.length]!)
        const [as, ...others] = [file, { ...file, earning: turned }, { ...file, earning: [...turned].reverse() }].map(
          (one) => {
            const driver = new Driver(programOf(one), BEGINNING)
            driver.send('join', {})
            for (const [draw, wait] of drawn) {
              driver.now += wait
              driver.order(orderBody(driver, draw))
            }
            return balancesOf(driver.account, driver.program)
          },
        )
        expect(others).toEqual([as, as])
      }),
      { numRuns: 100 },
    )
  })

  test('correcting a description that changed everyone’s points', () => {
    const tiers = (name: string) => ({
      measure: 'spend',
      levels: [
        { id: 'green', name },
        { id: 'gold', from: 50, multiply: 1.5 },
      ],
    })
    const sections = (words: string) => ({
      name: words,
      wallets: { points: { name: words } },
      earning: [
        { id: 'base', name: words, on: 'order', earn: '1 per 1.00', rounding: 'carry' },
        {
          id: 'double',
          name: words,
          on: 'order',
          when: 'order.weekday == "wednesday"',
          times: 2,
          limit: '30 per month',
        },
      ],
      tiers: tiers(words),
      rewards: [{ id: 'off', name: words, cost: 10, gives: { amount_off: '1.00' } }],
    })
    const later = { from: Date.parse('2026-03-05T00:00:00Z'), program: small(sections('New words'), 'UTC', 2) }
    const [kept, corrected] = [{}, { later }].map((options) => {
      const till = new Till(small(sections('Old words')), BEGIN, options)
      till.sell('a', [{ price: 3333 }])
      till.go('2026-03-11T12:00:00Z').sell('b', [{ price: 4555 }], { redeem: [{ reward: 'off' }] })
      till.giveBack('a', [{ id: '1', quantity: 0, amount: 1111 }])
      return till
    }) as [Till, Till]
    expect(corrected.account).toEqual(kept.account)
    expect(corrected.postings).toEqual(kept.postings)
  })

  test('a reward that took the first item on one device and the dearest on another', () => {
    const gives = (takes: string) => ({ free_item: { category: 'drinks', takes } })
    const rewards = ['dearest', 'cheapest'].map((takes) => ({ id: takes, cost: 1, gives: gives(takes) }))
    const program = small({ earning: [WELCOME], rewards })
    const price = fc.integer({ min: 1, max: 20 })
    const baskets = fc
      .array(price, { minLength: 1, maxLength: 6 })
      .chain((prices) =>
        fc.tuple(
          fc.constant(prices),
          fc.shuffledSubarray(prices, { minLength: prices.length, maxLength: prices.length }),
        ),
      )
    fc.assert(
      fc.property(baskets, fc.constantFrom('dearest', 'cheapest'), ([one, other], reward) => {
        const [a, b] = [one, other].map((prices) => {
          const items = prices.map((each) => ({ price: each, category: 'drinks' }))
          return new Till(program, BEGIN).sell('a', items, { redeem: [{ reward }] }).order!
        })
        expect(a!.discount).toBe(reward === 'dearest' ? Math.max(...one) : Math.min(...one))
        expect(b!.discount).toBe(a!.discount)
      }),
    )
  })

  test('a payment that expired and lost the points, and then gave them back twice', () => {
    const rewards = [{ id: 'off', cost: 60, gives: { amount_off: '2.00' }, hold: '10 minutes' }]
    const till = new Till(small({ earning: [WELCOME], rewards }), BEGIN)
    const redemption = accepted(till.send('redeem', { reward: 'off', quantity: 1, capture: false })).activity.id
    till.go('2026-03-04T12:10:00Z').wake()
    till.wake()
    expect(till.balance('points')).toMatchObject({ available: 1000, held: 0 })
    for (const type of ['void', 'capture'] as const)
      expect(till.send(type, { redemption })).toMatchObject({ code: 'hold_closed' })
    expect(till.balance('points')).toMatchObject({ available: 1000, held: 0 })
  })

  test('only the next expiry was shown', () => {
    const till = new Till(small({ wallets: { points: { expiry: { after: '1 month' } } } }), BEGIN)
    for (const month of ['03', '04', '05']) till.go(`2026-${month}-25T12:00:00Z`).sell(month, [{ price: 1000 }])
    const [[, , , , , , expiring]] = balancesOf(till.account, till.program) as [ReturnType<typeof balancesOf>[number]]
    expect(expiring.map(([points, at]) => [points, new Date(at).toISOString()])).toEqual([
      [10, '2026-06-01T00:00:00.000Z'],
      [10, '2026-07-01T00:00:00.000Z'],
    ])
    expect(till.points()).toBe(20)
  })
})

describe('over HTTP, real systems shipped', () => {
  let api: TestApi
  beforeAll(async () => {
    const earning = [{ id: 'base', on: 'order', earn: '1 per 1.00' }]
    const file = {
      program: 'shipped',
      name: 'Shipped',
      currency: 'USD',
      timezone: 'UTC',
      wallets: { points: {} },
      earning,
    }
    api = await testApi(JSON.stringify(file), Date.parse(BEGIN))
  })
  afterAll(() => api.close())

  const send = (channel: string, id: string, more: object = {}) => {
    const lines = [{ id: '1', sku: 'a', quantity: 1, unit_price: 1000, ...more }]
    const body = { member: 'external:ada', occurred_at: BEGIN, currency: 'USD', prices: 'tax_excluded', channel, lines }
    return api.call('PUT', `/v1/orders/${id}`, body)
  }

  test('the same program applied twice from two channels', async () => {
    await api.call('POST', '/v1/members', { external_id: 'ada' })
    const answers = await Promise.all([send('web', 'one'), send('till', 'one')])
    expect(answers.map(({ status, body }) => body.code ?? status).sort()).toEqual([200, 'idempotency_conflict'])
    const { body } = await api.call('GET', '/v1/members/external:ada')
    expect(body.balances).toMatchObject([{ available: 10 }])
  })

  test('floats in balances: a fraction of a cent or of an item is refused', async () => {
    for (const more of [{ unit_price: 10.5 }, { quantity: 1.5 }, { unit_price: 1e300 }, { tax: 0.1 }])
      expect((await send('till', 'fraction', more)).status).toBe(400)
  })
})
