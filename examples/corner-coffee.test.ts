/** The demo business must be the same for everyone, and nothing in it may be impossible. */
import { readFileSync } from 'node:fs'
import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type DemoLine, type DemoOrder, netOf, REWARDS } from './corner-coffee/basket.ts'
import { areaCodesFor } from './corner-coffee/people.ts'
import { cornerCoffee, type DemoEvent } from './corner-coffee.ts'

const FROM = Date.parse('2023-01-01T00:00:00-05:00')
const UNTIL = Date.parse('2025-01-01T00:00:00-05:00')

type Of<Type extends DemoEvent['type']> = Extract<DemoEvent, { type: Type }>

const events = [...cornerCoffee({ from: FROM, until: UNTIL })]
const members = pickEvents('member')
const orders = pickEvents('order')
const returns = pickEvents('return')
const actions = pickEvents('action')
const visits = pickEvents('visit')

describe('the stream', () => {
  test('is the same for the same options, and another for another seed', () => {
    const short = { members: 100, from: FROM, until: FROM + 60 * 86_400_000 }
    const first = [...cornerCoffee({ ...short, seed: 7 })]
    expect([...cornerCoffee({ ...short, seed: 7 })]).toEqual(first)
    expect([...cornerCoffee({ ...short, seed: 8 })]).not.toEqual(first)
  })

  test('is in the order of time, inside its window, and says the same time twice', () => {
    expect(events.filter((event, place) => place > 0 && event.at < events[place - 1]!.at)).toEqual([])
    expect(events[0]!.at).toBeGreaterThanOrEqual(FROM)
    expect(events.at(-1)!.at).toBeLessThan(UNTIL)

    const dated = events.filter((event) => event.type !== 'member')
    const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[45]:00$/
    expect(dated.filter(({ body }) => !form.test(body.occurred_at))).toEqual([])
    expect(dated.filter(({ at, body }) => Date.parse(body.occurred_at) !== at)).toEqual([])
  })

  test('cuts at any moment, also in the middle of a day', () => {
    const from = Date.parse('2024-03-09T15:00:00Z')
    const until = Date.parse('2024-03-12T16:30:00Z')
    const cut = [...cornerCoffee({ members: 50, from, until })]
    expect(cut.length).toBeGreaterThan(20)
    expect(cut.every((event) => event.at >= from && event.at < until)).toBe(true)
    expect([...cornerCoffee({ members: 50, from, until: from })]).toEqual([])
  })

  test('has the size that it promises', () => {
    expect(members).toHaveLength(2000)
    expect(orders.length).toBeGreaterThan(60_000)
    expect(orders.length).toBeLessThan(80_000)
    const anonymous = orders.filter((event) => event.body.member === null).length / orders.length
    expect(anonymous).toBeGreaterThan(0.3)
    expect(anonymous).toBeLessThan(0.37)
    expect(returns.length / orders.length).toBeGreaterThan(0.007)
    expect(returns.length / orders.length).toBeLessThan(0.014)
    expect(actions.length).toBeGreaterThan(200)
    expect(actions.length).toBeLessThan(800)
    expect(visits.length).toBeGreaterThan(100)
  })
})

describe('members', () => {
  test('join once, before anything else happens to them', () => {
    expect(strangersAmong(events)).toEqual([])
    expect(new Set(members.map((event) => event.body.external_id)).size).toBe(members.length)
    // A window that begins at noon must not bring back somebody who joined that morning.
    const fromNoon = { members: 400, from: FROM + 12 * 3_600_000, until: FROM + 5 * 86_400_000 }
    expect(strangersAmong([...cornerCoffee(fromNoon)])).toEqual([])
  })

  test('have phone numbers of stories, valid and each once, and addresses that reach nobody', () => {
    const phones = members.map((event) => event.body.phone)
    expect(new Set(phones).size).toBe(phones.length)
    for (const phone of phones) {
      expect(phone).toMatch(/^\+1\d{3}55501\d\d$/)
      expect(parsePhoneNumberFromString(phone)?.isValid()).toBe(true)
    }
    const emails = members.flatMap((event) => event.body.email ?? [])
    expect(new Set(emails).size).toBe(emails.length)
    for (const email of emails) expect(email).toMatch(/^[a-z]+\.[a-z]+\.\d+@example\.com$/)
  })

  test('may be as many as there are such numbers', () => {
    for (const code of areaCodesFor(6000)) {
      expect(parsePhoneNumberFromString(`+1${code}5550100`)?.isValid()).toBe(true)
    }
    expect(() => areaCodesFor(1_000_000)).toThrow(RangeError)
  })

  test('have birthdays that exist', () => {
    for (const { body } of members) {
      if (body.birthday) expect(new Date(body.birthday).toISOString().slice(0, 10)).toBe(body.birthday)
    }
  })

  test('differ: many come a few times, some come almost daily', () => {
    const counts = new Map<string, number>()
    for (const { body } of orders) if (body.member) counts.set(body.member, (counts.get(body.member) ?? 0) + 1)
    const sorted = [...counts.values()].sort((one, other) => one - other)
    expect(sorted[Math.floor(sorted.length / 4)]).toBeLessThan(8)
    expect(sorted.at(-20)).toBeGreaterThan(150)
  })
})

describe('orders', () => {
  test('have ids and receipts of their own', () => {
    const ids = new Set(orders.map((event) => event.body.external_id))
    expect(ids.size).toBe(orders.length)
    const refunds = new Set(returns.map((event) => event.body.external_id))
    expect(refunds.size).toBe(returns.length)
  })

  test('add up in whole cents', () => {
    expect(orders.filter(({ body }) => !isWhole(body))).toEqual([])
    const tendered = orders.filter(({ body }) => body.tender)
    expect(tendered.filter(({ body }) => tenderedOf(body) !== totalOf(body))).toEqual([])
    expect(tendered.some(({ body }) => body.tender!.length === 2)).toBe(true)
    expect(tendered.flatMap(({ body }) => body.tender!).filter((part) => part.amount <= 0)).toEqual([])
  })

  test('carry either a reward or a tender, and rewards that the program file has', () => {
    const file = parse(readFileSync(new URL('./corner-coffee.yaml', import.meta.url), 'utf8'))
    const offered = new Map<string, string>(
      file.rewards.map((reward: { id: string; cost: string }) => [reward.id, reward.cost]),
    )
    for (const reward of REWARDS) expect(offered.get(reward.id)).toBe(`${reward.stars} stars`)

    const redeeming = orders.filter((event) => event.body.redeem)
    expect(redeeming.length).toBeGreaterThan(500)
    expect(new Set(redeeming.map((event) => event.body.redeem![0]!.reward)).size).toBe(REWARDS.length)
    expect(orders.filter(({ body }) => (body.tender === undefined) !== (body.redeem !== undefined))).toEqual([])
    expect(redeeming.filter(({ body }) => body.member === null)).toEqual([])
  })

  test('follow the days and the seasons', () => {
    const dates = new Set(orders.map((event) => event.body.occurred_at.slice(0, 10)))
    for (const closed of ['2023-11-23', '2023-12-25', '2024-11-28', '2024-12-25']) expect(dates.has(closed)).toBe(false)
    expect(dates.size).toBe(731 - 4)

    const atNight = orders.filter(
      ({ body }) => body.occurred_at.slice(11) < '06:30' || body.occurred_at.slice(11) >= '19',
    )
    expect(atNight).toEqual([])
    expect(shareOf('07', 'cold-brew')).toBeGreaterThan(2 * shareOf('01', 'cold-brew'))
    expect(shareOf('10', 'pumpkin-latte')).toBeGreaterThan(0.03)
    expect(shareOf('03', 'pumpkin-latte')).toBe(0)
  })
})

describe('returns', () => {
  test('bring back some of what a line of an earlier order sold, once', () => {
    const bought = new Map(orders.map((event) => [event.body.external_id, event]))
    for (const event of returns) {
      const order = bought.get(event.order)!
      expect(order.at).toBeLessThan(event.at)
      for (const { id, quantity } of event.body.lines) {
        const line = order.body.lines.find((one) => one.id === id)!
        expect(['drinks', 'beans', 'merchandise']).toContain(line.category)
        expect(Number.isInteger(quantity) && quantity >= 1 && quantity <= line.quantity).toBe(true)
      }
    }
    expect(new Set(returns.map((event) => event.order)).size).toBe(returns.length)
    expect(returns.some((event) => isPartial(event, bought.get(event.order)!.body))).toBe(true)
  })
})

function pickEvents<Type extends DemoEvent['type']>(type: Type): Of<Type>[] {
  return events.filter((event): event is Of<Type> => event.type === type)
}

/** What happens to people who have not joined yet. */
function strangersAmong(stream: readonly DemoEvent[]): DemoEvent[] {
  const joined = new Set<string>()
  return stream.filter((event) => {
    if (event.type === 'member') joined.add(`external:${event.body.external_id}`)
    else if (event.type !== 'return' && event.body.member !== null) return !joined.has(event.body.member)
    return false
  })
}

/** One to four different lines, in whole cents and whole things. */
function isWhole({ lines }: DemoOrder): boolean {
  const ids = new Set(lines.map((line) => line.id))
  return lines.length >= 1 && lines.length <= 4 && ids.size === lines.length && lines.every(isWholeLine)
}

function isWholeLine(line: DemoLine): boolean {
  const numbers = [line.quantity, line.unit_price, line.tax, line.discount ?? 0]
  const whole = numbers.every((value) => Number.isSafeInteger(value) && value >= 0)
  // New York City's 8.875%, to the nearest cent, or nothing on what is not taxed.
  const taxed = Math.abs(line.tax - netOf(line) * 0.08875) <= 0.5
  return whole && line.quantity > 0 && netOf(line) > 0 && (taxed || (line.tax === 0 && line.category !== 'drinks'))
}

function tenderedOf(order: DemoOrder): number {
  return order.tender!.reduce((sum, part) => sum + part.amount, 0)
}

function totalOf(order: DemoOrder): number {
  return order.lines.reduce((sum, line) => sum + netOf(line) + line.tax, 0)
}

/** The share of a month's orders that hold this item. */
function shareOf(month: string, sku: string): number {
  const ofMonth = orders.filter((event) => event.body.occurred_at.slice(5, 7) === month)
  return ofMonth.filter((event) => event.body.lines.some((line) => line.sku === sku)).length / ofMonth.length
}

function isPartial(event: Of<'return'>, order: DemoOrder): boolean {
  return event.body.lines.some(({ id, quantity }) => quantity < order.lines.find((line) => line.id === id)!.quantity)
}
