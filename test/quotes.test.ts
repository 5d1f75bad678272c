/** A quote is a promise: if nothing happens between, the order does what its quote said, to the cent and the point. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Answer, type Json, standingApi } from './api.ts'
import { runs } from './history.ts'

const PROGRAM = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
combine: add
wallets:
  stars: { expiry: { after: 10 days, until_end_of: day } }
  credit: { money: true }
earning:
  - { id: welcome, on: join, earn: 500, wallet: stars }
  - { id: loaded, on: join, earn: 20.00, wallet: credit }
  - { id: base, on: order, earn: 3 per 7.00, rounding: carry, without: [shipping], wallet: stars }
  - { id: double, on: order, when: 'order.channel == "web"', times: 2, wallet: stars }
  - { id: bags, on: order, earn: 7 per item, category: beans, limit: 40 per day, pending: 2 days, wallet: stars }
  - { id: promoted, on: tier, when: 'member.tier == "gold"', earn: 100, wallet: stars }
  - { id: back, on: order, earn: 1%, of: gross_with_tax, rounding: nearest, wallet: credit }
tiers: { measure: spend, levels: [{ id: green }, { id: gold, from: 120, multiply: 1.25 }] }
discounts:
  - { id: members, gives: { percent_off: 10, category: beans }, lane: prices }
  - { id: gold-prices, gives: { prices: { coffee: 3.10 } }, from_tier: gold, lane: prices }
  - { id: two-for-one, gives: { buy_get: { buy: { quantity: 2, category: drinks }, get: { quantity: 1, category: drinks } } } }
  - { id: large, gives: { amount_off: 4.00 }, min_spend: 30.00 }
  - { id: web, gives: { free_shipping: { up_to: 5.00 } }, when: 'order.channel == "web"' }
rewards:
  - { id: two-off, cost: 60 stars, gives: { amount_off: 2.00 }, min_spend: 8.00 }
  - { id: fifth-off, cost: 90 stars, gives: { percent_off: 20, up_to: 6.00 }, lane: prices }
  - { id: drink, cost: 80 stars, gives: { free_item: { category: drinks, takes: cheapest } }, limit: 2 per week }
  - { id: bag, cost: { points: 40 stars, money: 1.50 }, gives: { free_item: { category: beans } } }
  - { id: third, cost: 30 stars, gives: { buy_get: { buy: { quantity: 2, category: beans }, get: { quantity: 1, category: beans } } } }
  - { id: shipping, cost: 20 stars, gives: { free_shipping: {} }, when: 'order.total >= money("12.00")' }
  - { id: golden, cost: free, gives: { percent_off: 5 }, from_tier: gold, limit: 1 per month }
  - { id: mug, cost: 150 stars, gives: { thing: { kind: gift } }, limit: 1 per month }
  - { id: treat, gives: { free_item: { category: drinks, up_to: 4.00 } }, valid: 10 days }
  - { id: five-later, gives: { amount_off: 5.00 }, min_spend: 20.00, valid: 20 days }
exchange:
  - { wallet: stars, points: 10, worth: 0.10, at_least: 50, most: 50% }
checkout:
  lanes: [{ id: prices, take: best }, { id: discounts }, { id: rewards }]
  exclusive: [[large, two-off, five-later]]
  most: [70%, 25.00]
  floor: 1.00
budgets:
  - { id: doubles, points: 120 stars, per: week, covers: { earning: [double] }, each: [{ most: 40 stars, per: week }] }
  - { id: campaign, money: 30.00, per: week, covers: { discounts: [large], rewards: [two-off, drink] } }
stamps:
  - { id: drinks, per: item, category: drinks, stamps: 3, reward: treat }
  - { id: orders, min_spend: 5.00, stamps: 2, reward: five-later }
`

const HOUR = 3_600_000
const BEGINNING = Date.parse('2026-03-02T15:00:00Z')
const REWARDS = ['two-off', 'fifth-off', 'drink', 'bag', 'third', 'shipping', 'golden', 'mug', 'treat']

const api = standingApi(PROGRAM, BEGINNING)
let now = BEGINNING
let ids = 0

/** Prices are in steps, so that some of them are equal, and taxes in per cent of what the line costs. */
const line = fc.record({
  sku: fc.constantFrom('coffee', 'tea', 'beans', 'beans', 'mug', 'post'),
  quantity: fc.integer({ min: 1, max: 4 }),
  price: fc.integer({ min: 0, max: 70 }),
  discount: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 300 })),
  tax: fc.integer({ min: 0, max: 20 }),
})
type DrawnLine = typeof line extends fc.Arbitrary<infer T> ? T : never

const CATEGORIES: Record<DrawnLine['sku'], string> = {
  coffee: 'drinks',
  tea: 'drinks',
  beans: 'beans',
  mug: 'mugs',
  post: 'shipping',
}

const asked = fc.oneof(
  fc.record({ reward: fc.constantFrom(...REWARDS), quantity: fc.constantFrom(undefined, undefined, 2) }),
  fc.record({ voucher: fc.nat({ max: 20 }) }),
  fc.record({ wallet: fc.constant('stars'), points: fc.integer({ min: 1, max: 30 }).map((tens) => tens * 10) }),
  fc.record({ wallet: fc.constant('credit'), points: fc.integer({ min: 1, max: 1500 }) }),
)

const step = fc.record({
  wait: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 24 * 4 })),
  returns: fc.option(fc.nat({ max: 10 }), { freq: 4 }),
  late: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -2, max: 24 * 37 })),
  prices: fc.constantFrom('tax_included', 'tax_excluded'),
  channel: fc.constantFrom('till', 'web'),
  lines: fc.array(line, { minLength: 1, maxLength: 4 }),
  asked: fc.uniqueArray(asked, { maxLength: 2, selector: JSON.stringify }),
  /** Which of what the quote offers is taken, if any is. */
  takes: fc.option(fc.nat({ max: 20 }), { freq: 3 }),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** One who buys, with what they have bought and every voucher that they have ever had. */
interface Buyer {
  id: string
  vouchers: string[]
  orders: { id: string; lines: Json[] }[]
}

/** What the orders met, so that the property is not kept by trying nothing. */
const met = { sold: 0, refused: new Set<string>(), offered: 0, vouchers: 0, taken: 0, missing: new Set<string>() }

test('points that have expired since are quoted to an order that was made before', async () => {
  const member = (await api.call('POST', '/v1/members', {})).body.id
  const made = new Date(now).toISOString()
  now += 12 * 24 * HOUR
  await api.setClock(now)
  const lines = [{ id: '1', sku: 'mug', quantity: 1, unit_price: 3000 }]
  const order = { member, currency: 'USD', prices: 'tax_included', lines, redeem: [{ wallet: 'stars', points: 100 }] }
  expect((await quote(order)).body).toMatchObject({ code: 'insufficient_points' })
  const late = await quote({ ...order, occurred_at: made })
  expect(late.body.order).toMatchObject({ total: 2500 })
  expectKept(late, await put({ ...order, occurred_at: made }))
})

test('a quote equals what the order then does, if nothing happened between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), async (steps) => {
      const buyer: Buyer = { id: (await api.call('POST', '/v1/members', {})).body.id, vouchers: [], orders: [] }
      for (const one of steps) await buy(buyer, one)
    }),
    // All of them are in one program, which stands elsewhere when a history is tried again.
    { numRuns: runs(20), endOnFailure: true },
  )
  const { refused, missing, ...counts } = met
  expect(Object.entries(counts).filter(([, count]) => count < 10)).toEqual([])
  for (const code of ['insufficient_points', 'reward_unavailable', 'spend_too_low', 'tier_too_low', 'too_late'])
    expect(refused).toContain(code)
  for (const code of ['insufficient_points', 'reward_unavailable', 'not_together', 'budget_spent', 'limit_reached'])
    expect(missing).toContain(code)
})

async function buy(buyer: Buyer, drawn: Step): Promise<void> {
  if (drawn.wait > 0) {
    now += drawn.wait * HOUR
    await api.setClock(now)
  }
  if (drawn.returns !== null) await giveBack(buyer, drawn.returns)
  const before = await memberOf(buyer)
  const order = orderOf(buyer, drawn)
  const quoted = await quote(order)
  if (quoted.status !== 200) {
    expect(refusalOf(await put(order))).toEqual(refusalOf(quoted))
    met.refused.add(quoted.body.code)
    return
  }
  expect(quoted.body).toMatchObject({ balances: before.balances, tier: before.tier, postings: [], redemptions: [] })
  const larger = await tryOffers(order, quoted.body)
  const taken = drawn.takes === null || larger.length === 0 ? order : larger[drawn.takes % larger.length]
  if (taken !== order) met.taken += 1
  const promised = taken === order ? quoted : await quote(taken)
  // The till takes what the quote said that there is to pay.
  const sold = await put({ ...taken, tender: [{ type: 'card', amount: promised.body.order.to_pay }] })
  expectKept(promised, sold)
  met.sold += 1
  buyer.orders.push({ id: sold.body.order.external_id, lines: taken.lines })
  buyer.vouchers = [...new Set([...buyer.vouchers, ...(await memberOf(buyer)).vouchers.map(({ code }: Json) => code)])]
}

function expectKept({ body: promised }: Answer, { status, body: sold }: Answer): void {
  expect([status, sold.code, sold.detail]).toEqual([200, undefined, undefined])
  const { external_id: _, status: __, ...order } = promised.order
  expect(sold.order).toMatchObject(order)
  const { discounts, payments, revision } = promised
  expect(sold).toMatchObject({ discounts, payments, revision })
  // What was reckoned of each rule comes first; what is told of beside it are points that moved for other reasons.
  const rules = sold.explanation.slice(0, promised.explanation.length)
  expect(rules.map((rule: Json) => ({ ...rule, postings: [] }))).toEqual(promised.explanation)
  for (const { wallet, points } of promised.earns) {
    const own = <T extends { wallet: string; points: number }>(all: T[]) => all.filter((one) => one.wallet === wallet)
    expect(sum(own(rules))).toBe(points)
    expect(sum(own<Json>(sold.postings).filter(({ from }) => from === 'issued'))).toBe(points)
  }
}

/**
 * What a quote says can be had beside what the order asks for, can be; what it says cannot, is refused with the code
 * that it said. Answers with the orders that have one thing more.
 */
async function tryOffers(order: Json, { rewards, open_vouchers, exchange }: Json): Promise<Json[]> {
  const redeem: Json[] = order.redeem ?? []
  const larger: Json[] = []
  for (const { code: voucher, reward, available, discount, missing } of [...rewards, ...open_vouchers]) {
    // A thing is redeemed by itself.
    if (reward === 'mug') {
      if (!available && order.redeem === undefined && Date.parse(order.occurred_at) === now)
        await expectNoMug(order, missing)
      continue
    }
    const more = { ...order, redeem: [...redeem, voucher === undefined ? { reward } : { voucher }] }
    if (!available) {
      met.missing.add(missing.code)
      const { body } = await put(more)
      expect([body.code, body.detail]).toEqual([missing.code, missing.reason])
      continue
    }
    met.offered += 1
    if (voucher !== undefined) met.vouchers += 1
    const { status, body } = await quote(more)
    expect([status, body.code]).toEqual([200, undefined])
    const amounts = body.discounts.flatMap(({ source, amount }: Json) => (source === reward ? [amount] : []))
    expect(amounts).toContain(discount)
    larger.push(more)
  }
  for (const { wallet, points, amount } of exchange) {
    if (points === 0) continue
    const others = redeem.filter((one) => one.wallet !== wallet)
    const more = { ...order, redeem: [...others, { wallet, points }] }
    const { body } = await quote(more)
    const used = [...body.payments, ...body.discounts.map((one: Json) => ({ ...one, wallet: one.source }))]
    expect(used).toContainEqual(expect.objectContaining({ wallet, points, amount }))
    larger.push(more)
  }
  return larger
}

async function expectNoMug({ member }: Json, { code, reason }: Json): Promise<void> {
  const { body } = await api.call('POST', '/v1/redemptions', { member, reward: 'mug', capture: true })
  expect([body.code, body.detail]).toEqual([code, reason])
}

function orderOf(buyer: Buyer, { lines, prices, channel, late, asked: things }: Step): Json {
  const redeem = things.flatMap((one): Json[] => {
    if (!('voucher' in one)) return [one]
    return buyer.vouchers.length === 0 ? [] : [{ voucher: buyer.vouchers[one.voucher % buyer.vouchers.length] }]
  })
  return {
    member: buyer.id,
    occurred_at: new Date(now - late * HOUR).toISOString(),
    currency: 'USD',
    prices,
    channel,
    lines: lines.map(lineOf),
    ...(redeem.length === 0 ? {} : { redeem }),
  }
}

function lineOf({ sku, quantity, price, discount, tax }: DrawnLine, i: number): Json {
  const unit_price = price * 25
  const off = Math.min(discount, unit_price * quantity)
  const taxed = Math.floor(((unit_price * quantity - off) * tax) / 100)
  return { id: String(i + 1), sku, category: CATEGORIES[sku], quantity, unit_price, discount: off, tax: taxed }
}

/** One unit of a line that was bought before, unless all of it is back already. */
async function giveBack({ orders }: Buyer, nth: number): Promise<void> {
  if (orders.length === 0) return
  const { id, lines } = orders[nth % orders.length]!
  const back = { id: lines[nth % lines.length].id, quantity: 1 }
  const body = { external_id: `r${++ids}`, occurred_at: new Date(now).toISOString(), lines: [back] }
  const { status } = await api.call('POST', `/v1/orders/${id}/returns`, body)
  expect([200, 422]).toContain(status)
}

const quote = (order: Json) => api.call('POST', '/v1/orders/quote', order)
const put = (order: Json) => api.call('PUT', `/v1/orders/o${++ids}`, order)
const memberOf = async ({ id }: Buyer): Promise<Json> => (await api.call('GET', `/v1/members/${id}`)).body

function refusalOf({ status, body: { code, detail, errors, missing } }: Answer): Json {
  return { status, code, detail, errors, missing }
}

function sum(all: readonly { points: number }[]): number {
  return all.reduce((total, { points }) => total + points, 0)
}
