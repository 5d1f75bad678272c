/** Referrals: what a friend's first order brings, and to whom; what keeps anybody from being their own friend. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at, Driver, runs } from '../../../test/history.ts'
import { small } from '../../../test/till.ts'
import type { Activity, ActivityBodies, Introduction } from '../../core/activity.ts'
import type { Deciding, Forward, Referral } from '../../core/deciding.ts'
import { compileProgram, type Program } from '../../core/program.ts'
import { Refusal } from '../../core/refusal.ts'
import { DAY_MS } from '../../core/time.ts'
import { features } from '../index.ts'

const BEGIN = '2026-03-02T12:00:00Z'
const REWARDS = [
  { id: 'thanks', cost: 100, gives: { amount_off: '5.00' } },
  { id: 'welcome', cost: 100, gives: { amount_off: '3.00' } },
]
const REFERRALS = { referrer: 'thanks', friend: 'welcome', limit: '2 per year', within: '60 days' }

function programWith(referrals: object = REFERRALS): Program {
  return small({ returns: { window: '30 days' }, rewards: REWARDS, referrals })
}

/** Members by number, among whom what one is told by another is on its way until it is delivered. */
class Circle {
  readonly program: Program
  readonly drivers: Driver[] = []
  readonly into = new Map<number, number>()
  readonly rows = new Map<string, Referral>()
  onItsWay: { key: string; forward: Forward; at: number }[] = []
  now: number
  private readonly ids = { last: 0 }
  private readonly read = new Map<Driver, number>()

  constructor(program: Program, now = at(BEGIN)) {
    this.program = program
    this.now = now
  }

  /** Answers the number of the new member. */
  joins(by?: number, profile: ActivityBodies['join'] = {}): number {
    const as = this.drivers.length
    const driver = new Driver(this.program, this.now, { ids: this.ids, name: `${as}:` })
    const referrals = features.find(({ id }) => id === 'referrals')!
    const host = by === undefined ? undefined : this.winner(by)
    const refused = host && referrals.introduces!(host.account, profile, this.program)
    const introduced: Introduction | undefined =
      refused === undefined ? undefined : { by: this.numberOf(host!), as, ...(refused === null ? {} : { refused }) }
    this.drivers.push(driver)
    driver.send('join', { ...profile, ...(introduced === undefined ? {} : { introduced }) })
    this.collect()
    return as
  }

  buys(member: number, price = 1000): string {
    const driver = this.winner(member)
    const external_id = `${driver.options.name}${driver.orders.length}`
    const lines = [{ id: '1', sku: 'thing', quantity: 2, unit_price: price / 2 }]
    driver.order({ external_id, currency: 'USD', prices: 'tax_included', lines })
    this.collect()
    return external_id
  }

  returns(member: number, order: string, quantity = 2): void {
    const driver = this.winner(member)
    driver.send('return', { external_id: `r${this.ids.last}`, order, lines: [{ id: '1', quantity }] })
    this.collect()
  }

  does<T extends Activity['type']>(member: number, type: T, body: ActivityBodies[T]): void {
    this.winner(member).send(type, body)
    this.collect()
  }

  merges(member: number, other: number): boolean {
    const [from, into] = [this.numberOf(this.winner(member)), this.numberOf(this.winner(other))]
    if (from === into) return false
    const answer = this.drivers[from]!.sendBoth(this.drivers[into]!, 'merge', { from, into })
    if (!(answer instanceof Refusal)) this.into.set(from, into)
    this.collect()
    return !(answer instanceof Refusal)
  }

  go(days: number): void {
    this.now += days * DAY_MS
    for (const driver of this.drivers) driver.now = this.now
    for (const [i] of this.drivers.entries()) if (!this.into.has(i)) this.drivers[i]!.wake()
    this.collect()
    this.deliver()
  }

  /** Everything, or the first few; each account's own in their order, and each as often as said. */
  deliver(most = Number.POSITIVE_INFINITY, times = 1): void {
    for (let count = 0; this.onItsWay.length > 0 && count < most; count++) {
      const { key, forward, at: occurred } = this.onItsWay.shift()!
      const driver = this.winner(forward.account)
      for (let i = 0; i < times; i++) driver.send(forward.type, forward.body as never, occurred, key)
      this.collect()
    }
  }

  winner(member: number): Driver {
    return this.drivers[this.numberOfWinner(member)]!
  }

  /** Rewards that were given and not taken back, by whom they are of and what for. */
  gifts(member: number): Record<string, number> {
    const given: Record<string, number> = {}
    const own = this.drivers.filter((_, i) => this.numberOfWinner(i) === this.numberOfWinner(member))
    for (const d of own.flatMap(({ decisions }) => decisions))
      for (const { type, body } of d.caused) {
        if (type === 'give') given[body.source] = (given[body.source] ?? 0) + body.quantity
        if (type === 'withdraw') given[body.source] = (given[body.source] ?? 0) - body.quantity
      }
    return Object.fromEntries(Object.entries(given).filter(([, count]) => count !== 0))
  }

  states(): string[] {
    return [...this.rows.values()].map(({ by, friend, state, reason }) => `${by} ${friend} ${reason ?? state}`).sort()
  }

  numberOfWinner(member: number): number {
    let number = member
    while (this.into.has(number)) number = this.into.get(number)!
    return number
  }

  private numberOf(driver: Driver): number {
    return this.drivers.indexOf(driver)
  }

  private collect(): void {
    for (const [from, driver] of this.drivers.entries()) {
      const known = this.read.get(driver) ?? 0
      for (const d of driver.decisions.slice(known)) this.note(from, d)
      this.read.set(driver, driver.decisions.length)
    }
  }

  private note(from: number, d: Deciding): void {
    // What falls due counts apart with each member.
    for (const [place, forward] of d.forwarded.entries())
      this.onItsWay.push({ key: `forwarded:${from}:${d.activity.id}#${place}`, forward, at: d.at })
    for (const referral of d.referrals) this.rows.set(`${referral.by} ${referral.friend}`, referral)
  }
}

const WELCOME = (friend: number, time = 1) => ({ [`referrals:friend:${friend}:${time}`]: 1 })
const THANKS = (friend: number) => ({ [`referrals:${friend}`]: 1 })

describe('a friend', () => {
  test('brings both a reward once the first order can no longer be returned', () => {
    const circle = new Circle(programWith())
    const ana = circle.joins()
    const bo = circle.joins(ana)
    circle.buys(bo)
    expect(circle.gifts(bo)).toEqual(WELCOME(1))
    circle.go(29)
    expect([circle.gifts(ana), circle.states()]).toEqual([{}, ['0 1 waiting']])
    circle.go(1)
    expect([circle.gifts(ana), circle.states()]).toEqual([THANKS(bo), ['0 1 rewarded']])
    circle.buys(bo)
    circle.go(60)
    expect(circle.gifts(ana)).toEqual(THANKS(bo))
  })

  test('whose order came back brings nothing until the next one stays', () => {
    const circle = new Circle(programWith())
    const ana = circle.joins()
    const bo = circle.joins(ana)
    const order = circle.buys(bo)
    circle.go(10)
    circle.returns(bo, order)
    expect(circle.gifts(bo)).toEqual({})
    circle.go(40)
    expect([circle.gifts(ana), circle.states()]).toEqual([{}, ['0 1 joined']])
    circle.buys(bo)
    circle.go(30)
    expect([circle.gifts(ana), circle.gifts(bo)]).toEqual([THANKS(bo), WELCOME(1, 2)])
  })

  test('who brings the first of two orders back has made the second', () => {
    const circle = new Circle(programWith())
    const [ana, bo] = [circle.joins(), circle.joins(0)]
    const first = circle.buys(bo)
    circle.go(5)
    circle.buys(bo)
    circle.go(5)
    circle.returns(bo, first)
    expect(circle.gifts(bo)).toEqual(WELCOME(bo))
    circle.go(24)
    expect([circle.gifts(ana), circle.states()]).toEqual([{}, ['0 1 waiting']])
    circle.go(1)
    expect([circle.gifts(ana), circle.gifts(bo)]).toEqual([THANKS(bo), WELCOME(bo)])
  })

  test('whose order is cancelled after its window takes nothing away', () => {
    const circle = new Circle(programWith())
    const [ana, bo] = [circle.joins(), circle.joins(0)]
    const order = circle.buys(bo)
    circle.go(30)
    circle.does(bo, 'cancel', { order })
    circle.go(1)
    expect(circle.gifts(ana)).toEqual(THANKS(bo))
  })

  test('who buys for less than `min_spend`, or leaves less of it, has not bought yet', () => {
    const circle = new Circle(programWith({ ...REFERRALS, min_spend: '8.00' }))
    const [ana, bo] = [circle.joins(), circle.joins(0)]
    circle.buys(bo, 600)
    circle.go(31)
    const order = circle.buys(bo, 1000)
    circle.returns(bo, order, 1)
    circle.go(31)
    expect([circle.gifts(ana), circle.gifts(bo)]).toEqual([{}, {}])
  })

  test('may be given something for joining, and is late after `within`', () => {
    const circle = new Circle(programWith({ ...REFERRALS, friend_when: 'joining' }))
    const [ana, bo] = [circle.joins(), circle.joins(0)]
    expect(circle.gifts(bo)).toEqual(WELCOME(1))
    circle.go(61)
    circle.buys(bo)
    circle.go(31)
    expect(circle.gifts(ana)).toEqual({})
  })

  test('above the limit of a year still has theirs, and whoever brought them has not', () => {
    const circle = new Circle(programWith())
    const ana = circle.joins()
    const friends = [1, 2, 3].map(() => circle.joins(ana))
    for (const friend of friends) circle.buys(friend)
    circle.go(30)
    expect(Object.keys(circle.gifts(ana))).toHaveLength(2)
    expect(circle.gifts(friends[2]!)).toEqual(WELCOME(friends[2]!))
    expect(circle.states()).toEqual(['0 1 rewarded', '0 2 rewarded', '0 3 capped'])
    circle.go(300)
    const next = circle.joins(ana)
    circle.buys(next)
    circle.go(30)
    expect(circle.gifts(ana)).toMatchObject(THANKS(next))
  })

  test('of the same household, or of a closed account, is refused, and joins all the same', () => {
    const circle = new Circle(programWith())
    const ana = circle.joins(undefined, { household: 'a' })
    const bo = circle.joins(ana, { household: 'a' })
    circle.deliver()
    circle.does(ana, 'close', { reason: 'moves away', actor: 'test' })
    circle.joins(ana)
    circle.buys(bo)
    circle.go(60)
    expect([circle.gifts(ana), circle.gifts(bo)]).toEqual([{}, {}])
    expect(circle.states()).toEqual(['0 1 same_household'])
    const messages = circle.drivers[2]!.decisions.flatMap((d) => d.messages)
    expect(messages).toContainEqual({ topic: 'referral.refused', data: { reason: 'account_closed' } })
  })

  test('who collects in the pool of whoever brought them is family by then', () => {
    const circle = new Circle(programWith())
    const [ana, bo, pool] = [circle.joins(), circle.joins(0), circle.joins(undefined, { pool: true })]
    circle.buys(bo)
    for (const member of [ana, bo])
      circle.drivers[member]!.sendBoth(circle.drivers[pool]!, 'pool', { from: member, pool, earn: true, spend: true })
    circle.go(30)
    expect([circle.gifts(ana), circle.states()]).toEqual([{}, ['0 1 same_household']])
  })

  test('who turns out to be whoever brought them was none: what both were given goes', () => {
    for (const days of [1, 40])
      for (const way of ['friend ends', 'friend stays', 'by way of a third'] as const) {
        const circle = new Circle(programWith())
        const [ana, bo, third] = [circle.joins(), circle.joins(0), circle.joins()]
        circle.buys(bo)
        circle.go(days)
        if (way === 'by way of a third') circle.merges(ana, third)
        if (way === 'friend ends') circle.merges(bo, ana)
        else circle.merges(ana, bo)
        circle.go(60)
        expect([way, days, circle.gifts(ana)]).toEqual([way, days, {}])
        expect(circle.states()).toEqual(['0 1 same_person'])
        const { details } = features.find(({ id }) => id === 'referrals')!
        expect(details!(circle.winner(ana).account, circle.program, circle.now)).toMatchObject({
          referral: { friends: 0, rewarded: 0 },
        })
      }
  })

  test('who joins twice is a friend once', () => {
    const circle = new Circle(programWith({ ...REFERRALS, friend_when: 'joining' }))
    const [ana, bo, again] = [circle.joins(), circle.joins(0), circle.joins(0)]
    circle.buys(bo)
    circle.merges(again, bo)
    circle.go(30)
    expect([circle.gifts(ana), circle.gifts(bo)]).toEqual([THANKS(bo), WELCOME(bo)])
    expect(circle.states()).toEqual(['0 1 rewarded', '0 2 same_person'])
  })

  test('who leaves before it is certain that they stay brings nothing', () => {
    const circle = new Circle(programWith())
    const [ana, bo] = [circle.joins(), circle.joins(0)]
    circle.buys(bo)
    circle.does(bo, 'erase', { reason: 'asked for', actor: 'test' })
    circle.go(60)
    expect([circle.gifts(ana), circle.states()]).toEqual([{}, ['0 1 friend_left']])
  })
})

test('a reward comes once, whatever happens in which order and however often it is told', () => {
  const move = fc.record({
    does: fc.constantFrom('join', 'buy', 'buy', 'return', 'go', 'merge', 'deliver', 'deliver', 'close', 'reopen'),
    who: fc.nat({ max: 7 }),
    with: fc.nat({ max: 7 }),
    amount: fc.integer({ min: 1, max: 40 }),
  })
  const settings = fc.record({
    friend_when: fc.constantFrom('joining', 'first_order'),
    after: fc.constantFrom('return_window', 'first_order', '10 days'),
    limit: fc.constantFrom('1 per year', '2 per year'),
  })
  fc.assert(
    fc.property(settings, fc.array(move, { maxLength: 60 }), (more, moves) => {
      const circle = new Circle(programWith({ ...REFERRALS, ...more }))
      circle.joins()
      const limit = Number(more.limit[0])
      for (const { does, who, with: other, amount } of moves) {
        const [a, b] = [who % circle.drivers.length, other % circle.drivers.length]
        if (does === 'join' && circle.drivers.length < 8) circle.joins(a)
        if (does === 'buy') circle.buys(a)
        if (does === 'return') for (const order of circle.winner(a).orders.slice(-1)) circle.returns(a, order)
        if (does === 'go') circle.go(amount)
        if (does === 'merge' && amount < 8) circle.merges(a, b)
        if (does === 'deliver') circle.deliver(amount % 3, 1 + (amount % 2))
        if (does === 'close' && amount < 8) circle.does(a, 'close', { reason: 'test', actor: 'test' })
        if (does === 'reopen') circle.does(a, 'reopen', { reason: 'test', actor: 'test' })
      }
      circle.go(0)
      for (const driver of circle.drivers) {
        const number = circle.drivers.indexOf(driver)
        if (circle.numberOfWinner(number) !== number) continue
        const gifts = circle.gifts(number)
        expect(Object.values(gifts).every((count) => count === 1)).toBe(true)
        const own = circle.drivers.filter((_, i) => circle.numberOfWinner(i) === number)
        const thanks = own.flatMap((one) =>
          one.decisions.flatMap((d) =>
            d.caused.flatMap((c) => (c.type === 'give' && !c.body.source.includes('friend') ? [d.at] : [])),
          ),
        )
        // Two who become one have what both had; nobody has more of one year than the limit by themselves.
        const years = new Map<number, number>()
        for (const ms of thanks)
          years.set(new Date(ms).getUTCFullYear(), (years.get(new Date(ms).getUTCFullYear()) ?? 0) + 1)
        for (const count of years.values()) expect(count).toBeLessThanOrEqual(limit * own.length)
      }
    }),
    { numRuns: runs(150) },
  )
})

describe('a program', () => {
  const problemsOf = (referrals: object, more: object = {}) =>
    compileProgram(
      JSON.stringify({
        program: 'small',
        name: 'Small',
        currency: 'USD',
        timezone: 'UTC',
        wallets: { points: {} },
        rewards: REWARDS,
        referrals,
        ...more,
      }),
      features,
      1,
    ).problems.map(({ code, message }) => `${code}: ${message}`)

  test('says what is wrong in it', () => {
    expect(problemsOf({ referrer: 'thank' })).toEqual([expect.stringContaining('there is no reward thank')])
    expect(problemsOf({})).toEqual([expect.stringContaining('nothing_given')])
    expect(problemsOf({ referrer: 'thanks', after: 'return_window' })).toEqual([
      expect.stringContaining('no_return_window'),
    ])
    expect(problemsOf({ referrer: 'thanks', limit: '5 a year' })).toEqual([expect.stringContaining('5 per year')])
    expect(problemsOf({ referrer: 'thanks' })).toEqual([])
  })
})
