import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OrderBody } from './activity.ts'
import { addReturn, allThatRemains, nothingReturned, priceOrder, remainingOrder } from './order.ts'
import { Refusal } from './refusal.ts'

function order(prices: OrderBody['prices'], ...lines: Partial<OrderBody['lines'][number]>[]): OrderBody {
  return {
    external_id: 'a',
    currency: 'USD',
    prices,
    lines: lines.map((line, i) => ({ id: `${i + 1}`, sku: 'thing', quantity: 1, unit_price: 0, ...line })),
  }
}

describe('prices', () => {
  test('with tax included the tax is a part of the price', () => {
    const priced = priceOrder(order('tax_included', { unit_price: 1200, quantity: 2, tax: 400 }), null)
    expect(priced).toMatchObject({ subtotal: 2400, net: 2000, tax: 400, total: 2400 })
    expect(priced.lines[0]).toMatchObject({ gross: 2400, gross_net: 2000, gross_tax: 400, net: 2000, tax: 400 })
  })

  test('with tax excluded it comes on top', () => {
    const priced = priceOrder(order('tax_excluded', { unit_price: 1000, quantity: 2, tax: 400 }), null)
    expect(priced).toMatchObject({ subtotal: 2000, net: 2000, tax: 400, total: 2400 })
  })

  test.each([
    ['tax_included', { net: 1500, tax: 300, total: 1800, subtotal: 2400, discount: 600 }],
    ['tax_excluded', { net: 1800, tax: 300, total: 2100, subtotal: 2400, discount: 600 }],
  ] as const)('the shop’s own discount comes first, and its tax is of what is left: %s', (prices, expected) => {
    const priced = priceOrder(order(prices, { unit_price: 2400, discount: 600, tax: 300 }), null)
    expect(priced).toMatchObject(expected)
    // The line without the discount would have borne a third more tax.
    expect(priced.lines[0]).toMatchObject({ gross_tax: 400 })
  })

  test.each([
    ['tax_included', { net: 750, tax: 150, total: 900 }],
    ['tax_excluded', { net: 900, tax: 150, total: 1050 }],
  ] as const)('what is taken off takes its tax along: %s', (prices, expected) => {
    expect(priceOrder(order(prices, { unit_price: 1200, tax: 200 }), [300])).toMatchObject(expected)
  })
})

const bodies = fc.record({
  prices: fc.constantFrom('tax_included' as const, 'tax_excluded' as const),
  lines: fc.array(
    fc.record({
      quantity: fc.integer({ min: 1, max: 6 }),
      unit_price: fc.integer({ min: 0, max: 5000 }),
      off: fc.double({ min: 0, max: 1, noNaN: true }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      tax: fc.double({ min: 0, max: 0.25, noNaN: true }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
})
type Drawn = typeof bodies extends fc.Arbitrary<infer T> ? T : never

function priced({ prices, lines }: Drawn) {
  const drawn = lines.map(({ quantity, unit_price, off, share, tax }) => {
    const gross = quantity * unit_price
    const discount = Math.floor(gross * off)
    return {
      quantity,
      unit_price,
      discount,
      tax: Math.floor((gross - discount) * tax),
      share: Math.floor((gross - discount) * share),
    }
  })
  return priceOrder(
    order(prices, ...drawn.map(({ share: _, ...line }) => line)),
    drawn.map(({ share }) => share),
  )
}

describe('what remains', () => {
  test('the parts of an order add up, and nothing is ever below zero', () => {
    fc.assert(
      fc.property(
        bodies,
        fc.array(fc.nat({ max: 6 })),
        fc.array(fc.nat({ max: 9000 })),
        fc.nat({ max: 9000 }),
        (draw, taken, amounts, amount) => {
          const whole = priced(draw)
          const returned = {
            quantities: whole.lines.map(({ quantity }, i) => Math.min(quantity, taken[i] ?? 0)),
            amounts: whole.lines.map((_, i) => amounts[i] ?? 0),
            amount,
          }
          const rest = remainingOrder(whole, returned)
          expect(rest.total).toBe(rest.net + rest.tax)
          for (const [i, line] of rest.lines.entries()) {
            expect(line.quantity).toBe(whole.lines[i]!.quantity - returned.quantities[i]!)
            for (const field of ['gross', 'gross_net', 'gross_tax', 'discount', 'net', 'tax'] as const) {
              expect(line[field], field).toBeGreaterThanOrEqual(0)
              expect(line[field], field).toBeLessThanOrEqual(whole.lines[i]![field])
            }
          }
          expect(rest.net).toBe(rest.lines.reduce((sum, { net }) => sum + net, 0))
          expect(rest.tax).toBe(rest.lines.reduce((sum, { tax }) => sum + tax, 0))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('nothing returned is the whole order; all returned is no money at all', () => {
    fc.assert(
      fc.property(bodies, (draw) => {
        const whole = priced(draw)
        const nothing = nothingReturned(whole.lines.length)
        expect(remainingOrder(whole, nothing)).toEqual(whole)
        expect(remainingOrder(whole, allThatRemains(whole, nothing))).toMatchObject({
          total: 0,
          quantity: 0,
          subtotal: 0,
        })
      }),
    )
  })
})

describe('returns that cannot be', () => {
  const whole = priceOrder(order('tax_excluded', { quantity: 2, unit_price: 500, tax: 100 }, { unit_price: 300 }), null)
  const refused = (body: object, before = nothingReturned(2)) =>
    addReturn(whole, 'USD', before, { external_id: 'r', order: 'a', ...body }) as Refusal

  test.each([
    [{ lines: [{ id: '9', quantity: 1 }] }, 'quantity_not_returnable', '/lines/0/id'],
    [{ lines: [{ id: '1', quantity: 3 }] }, 'quantity_not_returnable', '/lines/0/quantity'],
    [
      {
        lines: [
          { id: '1', quantity: 1 },
          { id: '1', quantity: 2 },
        ],
      },
      'quantity_not_returnable',
      '/lines/1/quantity',
    ],
    [{ lines: [{ id: '1', quantity: 0, amount: 1101 }] }, 'amount_exceeds_order', '/lines/0/amount'],
    [
      {
        lines: [
          { id: '1', quantity: 0, amount: 600 },
          { id: '1', quantity: 0, amount: 600 },
        ],
      },
      'amount_exceeds_order',
      '/lines/1/amount',
    ],
    [{ amount: 1401 }, 'amount_exceeds_order', '/amount'],
    [{ lines: [{ id: '2', quantity: 1 }], amount: 1101 }, 'amount_exceeds_order', '/amount'],
  ])('%j: %s at %s', (body, code, pointer) => {
    const refusal = refused(body)
    expect(refusal).toBeInstanceOf(Refusal)
    expect([refusal.code, refusal.errors[0]!.pointer]).toEqual([code, pointer])
  })

  test('what came back before counts', () => {
    const before = { quantities: [1, 1], amounts: [100, 0], amount: 0 }
    expect(refused({ lines: [{ id: '2', quantity: 1 }] }, before).detail).toBe('Line 2 has 0 left to return, not 1.')
    expect(refused({ amount: 451 }, before).detail).toBe('The order has 450 left to give back.')
  })
})
