/** Perks as their terms say: who has them, how often, what rewards add, and what is taken back. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at, Driver, programOf, runs, stateOf } from '../../../test/history.ts'
import type { Account } from '../../core/account.ts'
import type { ActivityBodies, ActivityType } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import { compileProgram } from '../../core/program.ts'
import { Refusal } from '../../core/refusal.ts'
import { DAY_MS, HOUR_MS } from '../../core/time.ts'
import { features } from '../index.ts'
import { entitlementsOf } from './view.ts'

const FILE = `
program: airline
name: Airline
currency: USD
timezone: America/Chicago
wallets: { miles: { expiry: never } }
tiers:
  measures: { flights: { on: flight } }
  window: calendar_year
  levels:
    - { id: member }
    - { id: silver, all_of: { flights: 1 }, perks: [priority-lane, lounge] }
    - { id: gold, all_of: { flights: 3 }, perks: [lounge] }
memberships:
  plans: [{ id: plus, fee: 10.00, every: month }, { id: basic, fee: 5.00, every: month }]
perks:
  - { id: bag, name: First bags free, kind: bag, from_tier: silver, uses: 2, per: order, worth: 35.00 }
  - { id: lounge, kind: lounge, uses: 3, per: month, worth: 20.00 }
  - { id: upgrade, kind: seat, tiers: [gold], plans: [plus], uses: 1, per: year }
  - { id: delivery, kind: free_shipping, plans: [plus], worth: 4.00 }
  - { id: monthly-extra, plans: [plus, basic], uses: 1, per: membership_period, worth: 3.00 }
  - { id: trial-at-home, kind: home_trial, from_tier: silver, uses: 1, per: quarter, lasts: 7 days }
  - { id: spring, kind: early_access, when: 'member.orders >= 0', from: 2026-04-01, until: 2026-04-30 }
  - { id: massage, kind: service, worth: 60.00, uses: 1, per: lifetime, when: 'member.orders > 99' }
`
const BEGIN = at('2026-03-10T15:00:00Z')

class Gate extends Driver {
  readonly sent: { type: ActivityType; body: never; now: number }[] = []

  override send<T extends ActivityType>(type: T, body: ActivityBodies[T], occurred = this.now, key?: string) {
    this.sent.push({ type, body: body as never, now: this.now })
    return super.send(type, body, occurred, key)
  }

  fly(times = 1): this {
    for (let i = 0; i < times; i++) this.send('action', { type: 'flight', data: {} })
    return this
  }

  use(perk: string, more: { quantity?: number; order?: string } = {}, occurred = this.now) {
    return this.send('perk_use', { perk, quantity: 1, external_id: `u${this.answers.size}`, ...more }, occurred)
  }

  takeBack(used: Deciding | Refusal) {
    return this.send('perk_void', { use: (used as Deciding).activity.id })
  }

  left(perk: string) {
    this.wake()
    return entitlementsOf(this.account, this.program, this.now).find((one) => one.perk === perk)
  }

  pay(plan: string, reference: string) {
    const fee = plan === 'plus' ? 1000 : 500
    return this.send('action', {
      type: 'membership.paid',
      data: { plan, amount: fee, currency: 'USD', reference },
    })
  }
}

function gate(file = FILE): Gate {
  const driver = new Gate(programOf(file), BEGIN)
  driver.send('join', {})
  return driver
}

const code = (answer: Deciding | Refusal) => (answer instanceof Refusal ? answer.code : 'ok')
const saved = (account: Account) => account.slices['memberships'] as { b?: number[][]; e?: number }

describe('who has a perk', () => {
  test('those of a level, also where the level names it', () => {
    const ana = gate()
    expect(code(ana.use('bag', { order: 'X1' }))).toBe('tier_too_low')
    expect(code(ana.use('lounge'))).toBe('tier_too_low')
    ana.fly()
    expect(code(ana.use('bag', { order: 'X1' }))).toBe('ok')
    expect(code(ana.use('lounge'))).toBe('ok')
    expect(ana.left('lounge')).toMatchObject({ left: 2, per: 'month', until: '2026-04-01T05:00:00Z', why: ['tier'] })
  })

  test('those of a level or of a plan, where both are named', () => {
    const ana = gate()
    expect(code(ana.use('upgrade'))).toBe('perk_unavailable')
    ana.pay('plus', 'p1')
    expect(code(ana.use('upgrade'))).toBe('ok')
    expect(code(ana.use('delivery'))).toBe('ok')
    expect(ana.left('delivery')).toMatchObject({ left: null, why: ['plan'] })
    ana.send('membership_cancel', { when: 'now' })
    expect([ana.left('delivery'), code(ana.use('delivery'))]).toEqual([undefined, 'perk_unavailable'])
  })

  test('nobody outside of its days, or by another name', () => {
    const ana = gate()
    expect(ana.use('spring')).toMatchObject({ code: 'perk_unavailable', detail: 'spring begins on 2026-04-01.' })
    ana.now = at('2026-04-30T20:00:00Z')
    expect(code(ana.use('spring'))).toBe('ok')
    ana.now = at('2026-05-01T20:00:00Z')
    expect(code(ana.use('spring'))).toBe('perk_unavailable')
    expect(ana.use('sprin')).toMatchObject({ detail: expect.stringContaining('did you mean spring?') })
  })
})

describe('how often', () => {
  test('on each order, which has to be named', () => {
    const ana = gate().fly()
    expect(code(ana.use('bag'))).toBe('invalid')
    expect(code(ana.use('bag', { order: 'X1', quantity: 2 }))).toBe('ok')
    expect(code(ana.use('bag', { order: 'X1' }))).toBe('limit_reached')
    expect(code(ana.use('bag', { order: 'X2', quantity: 3 }))).toBe('limit_reached')
    expect(code(ana.use('bag', { order: 'X2' }))).toBe('ok')
  })

  test('in each period of a membership, whatever the calendar says', () => {
    const ana = gate()
    ana.pay('basic', 'p1')
    expect([code(ana.use('monthly-extra')), code(ana.use('monthly-extra'))]).toEqual(['ok', 'limit_reached'])
    ana.now = at('2026-04-05T15:00:00Z')
    expect(code(ana.use('monthly-extra'))).toBe('limit_reached')
    ana.pay('basic', 'p2')
    ana.now = at('2026-04-11T15:00:00Z')
    expect(code(ana.use('monthly-extra'))).toBe('ok')
  })

  test('a use that is told late counts in the period in which it was made', () => {
    const ana = gate().fly()
    const used = ana.now
    ana.now = at('2026-04-02T15:00:00Z')
    ana.use('lounge', { quantity: 3 }, used + DAY_MS)
    expect(code(ana.use('lounge', {}, used + DAY_MS))).toBe('limit_reached')
    expect(ana.left('lounge')!.left).toBe(3)
  })

  test('a use that is taken back can be made again, once, and is no longer counted as saved', () => {
    const ana = gate()
    ana.pay('basic', 'p1')
    const first = ana.use('monthly-extra')
    expect(saved(ana.account)).toMatchObject({ b: [[BEGIN, 300, 1]], e: 300 })
    expect(code(ana.takeBack(first))).toBe('ok')
    expect([saved(ana.account).b, saved(ana.account).e]).toEqual([undefined, undefined])
    expect(code(ana.takeBack(first))).toBe('perk_unavailable')
    expect(code(ana.use('monthly-extra'))).toBe('ok')
  })

  test('one that lasts is open until it ends, and then that is told', () => {
    const ana = gate().fly()
    ana.use('trial-at-home')
    expect(ana.left('trial-at-home')).toMatchObject({ left: 0, open: [{ until: '2026-03-17T15:00:00Z' }] })
    ana.now = at('2026-03-18T15:00:00Z')
    expect(ana.left('trial-at-home')!.open).toEqual([])
    const told = ana.decisions.flatMap((d) => d.messages).filter(({ topic }) => topic === 'perk.ended')
    expect(told).toMatchObject([{ data: { perk: 'trial-at-home' } }])
  })
})

test('a fee is not refunded once a perk of its period was used, and is again when that is taken back', () => {
  const ana = gate()
  ana.pay('plus', 'p1')
  const back = () => ana.send('action', { type: 'membership.refunded', data: { reference: 'p1' } })
  const used = ana.use('delivery')
  expect(code(back())).toBe('benefit_used')
  ana.takeBack(used)
  expect(code(back())).toBe('ok')
})

describe('what rewards give', () => {
  test('is used by whoever has no other right to it, up to its end', () => {
    const ana = gate()
    ana.send('entitle', { perk: 'massage', uses: 2, source: 'gift:1', until: BEGIN + 5 * DAY_MS })
    expect(ana.left('massage')).toMatchObject({ left: 2, per: null, why: ['reward'], until: '2026-03-15T15:00:00Z' })
    expect([code(ana.use('massage', { quantity: 3 })), code(ana.use('massage'))]).toEqual(['limit_reached', 'ok'])
    ana.now += 5 * DAY_MS
    expect([ana.left('massage'), code(ana.use('massage'))]).toEqual([undefined, 'perk_unavailable'])
  })

  test('goes first where it ends and last where it does not', () => {
    const ana = gate().fly()
    ana.send('entitle', { perk: 'lounge', uses: 1, source: 'a' })
    ana.send('entitle', { perk: 'lounge', uses: 1, source: 'b', until: BEGIN + 90 * DAY_MS })
    expect(ana.left('lounge')!.left).toBe(5)
    ana.use('lounge', { quantity: 2 })
    const slice = () => ana.account.slices['perks'] as { n?: object; e?: unknown[] }
    expect(slice()).toMatchObject({ n: { lounge: [[expect.anything(), 1]] }, e: [['lounge', 'a', 1, 0, 1]] })
    const more = ana.use('lounge', { quantity: 3 })
    expect([slice().e, code(ana.use('lounge'))]).toEqual([undefined, 'limit_reached'])
    ana.takeBack(more)
    expect(slice()).toMatchObject({ n: { lounge: [[expect.anything(), 1]] }, e: [['lounge', 'a', 1, 0, 1]] })
  })

  test('goes again as far as nobody has used it', () => {
    const ana = gate()
    ana.send('entitle', { perk: 'massage', uses: 4, each: 2, source: 'cards:1' })
    ana.use('massage')
    const d = ana.send('withdraw', { source: 'cards:1', quantity: 2 }) as Deciding
    expect(d.withdrawn.at(-1)).toEqual({ source: 'cards:1', quantity: 1 })
    expect(ana.left('massage')).toBeUndefined()
  })

  test('of what the program has no more is told and not given', () => {
    const d = gate().send('entitle', { perk: 'gone', uses: 1, source: 'x' }) as Deciding
    expect(d.messages).toMatchObject([{ topic: 'perk.not_given', data: { code: 'perk_unavailable' } }])
  })
})

test.each([
  ['uses: 2, per: order', 'uses: 2', 'per_missing'],
  ['uses: 2, per: order', 'per: order', 'uses_missing'],
  ['from_tier: silver, uses: 2', 'from_tier: silvr, uses: 2', 'unknown_tier'],
  ['plans: [plus], worth', 'plans: [pluss], worth', 'unknown_plan'],
  [", when: 'member.orders > 99'", '', 'never_had'],
  ['id: delivery', 'id: upgrade', 'duplicate_id'],
  ['from: 2026-04-01', 'from: 2026-05-01', 'contradiction'],
])('a program with %s as %s is told %s', (from, to, expected) => {
  const codes = compileProgram(FILE.replace(from, to), features).problems.map((problem) => problem.code)
  expect(codes).toContain(expected)
})

interface Step {
  what: 'use' | 'back' | 'give' | 'withdraw' | 'fly' | 'pay' | 'stop' | 'wait'
  perk: string
  quantity: number
  n: number
}

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom('use', 'use', 'use', 'back', 'give', 'withdraw', 'fly', 'pay', 'stop', 'wait'),
  perk: fc.constantFrom('bag', 'lounge', 'upgrade', 'monthly-extra', 'massage', 'delivery'),
  quantity: fc.integer({ min: 1, max: 3 }),
  n: fc.nat({ max: 5 }),
})

/** A use that stands, and what it was counted by. */
interface Standing {
  perk: string
  quantity: number
  worth: number
  order: string
  day: string
  period: number
}

/** Does things to a member and keeps account of them in the plainest way. */
class Ledger {
  readonly ana: Gate
  readonly standing = new Map<number, Standing>()
  readonly given = new Map<string, number>()
  refused = 0

  constructor(ana: Gate) {
    this.ana = ana
  }

  take({ what, perk, quantity, n }: Step, i: number): void {
    const { ana } = this
    if (what === 'wait') ana.now += (n + 1) * 3 * DAY_MS
    if (what === 'fly') ana.fly()
    if (what === 'pay') ana.pay('plus', `p${i}`)
    if (what === 'stop') ana.send('membership_cancel', { when: n % 2 === 0 ? 'now' : 'at_end' })
    if (what === 'withdraw') ana.send('withdraw', { source: `s${n}`, quantity })
    if (what === 'use') this.use(perk, quantity, `X${n}`)
    if (what === 'back') this.back(n)
    if (what !== 'give') return
    ana.send('entitle', { perk, uses: quantity, source: `s${n}` })
    this.given.set(perk, (this.given.get(perk) ?? 0) + quantity)
  }

  private use(perk: string, quantity: number, order: string): void {
    const d = this.ana.use(perk, { quantity, order })
    if (d instanceof Refusal) {
      this.refused += 1
      return
    }
    const day = new Date(this.ana.now - 5 * HOUR_MS).toISOString()
    const period = (this.ana.account.slices['memberships'] as { f: number } | undefined)?.f ?? 0
    this.standing.set(d.activity.id, { perk, quantity, worth: d.benefits[0]!.worth, order, day, period })
  }

  private back(n: number): void {
    const use = [...this.standing.keys()].at(-1 - n)
    if (use !== undefined && !(this.ana.send('perk_void', { use }) instanceof Refusal)) this.standing.delete(use)
  }

  /** How many uses go beyond what everybody with the perk has in each period. */
  over(perk: string, period: (use: Standing) => unknown, most: number): number {
    const counts = new Map<unknown, number>()
    for (const use of this.standing.values())
      if (use.perk === perk) counts.set(period(use), (counts.get(period(use)) ?? 0) + use.quantity)
    return [...counts.values()].reduce((sum, count) => sum + Math.max(0, count - most), 0)
  }
}

const history = fc.array(step, { maxLength: 60 })

test('no history uses more than the member was entitled to', () => {
  let refused = 0
  fc.assert(
    fc.property(history, fc.boolean(), (steps, encoded) => {
      const ana = new Gate(programOf(FILE), BEGIN, { encoded })
      const ledger = new Ledger(ana)
      ana.send('join', {})
      for (const [i, one] of steps.entries()) ledger.take(one, i)
      for (const [perk, period, most] of [
        ['bag', ({ order }: Standing) => order, 2],
        ['lounge', ({ day }: Standing) => day.slice(0, 7), 3],
        ['upgrade', ({ day }: Standing) => day.slice(0, 4), 1],
        ['monthly-extra', (use: Standing) => use.period, 1],
        ['massage', () => 0, 0],
      ] as const)
        expect(ledger.over(perk, period, most), perk).toBeLessThanOrEqual(ledger.given.get(perk) ?? 0)
      refused += ledger.refused
    }),
    { numRuns: runs(150) },
  )
  // The histories meet their limits.
  expect(refused).toBeGreaterThan(100)
})

test('what was saved is the sum of the uses that stand, and a replay comes to the same', () => {
  fc.assert(
    fc.property(history, (steps) => {
      const ana = gate()
      const ledger = new Ledger(ana)
      for (const [i, one] of steps.entries()) ledger.take(one, i)
      const benefits = ana.decisions.flatMap((d) => d.benefits)
      const sum = (list: readonly { worth: number }[]) => list.reduce((all, { worth }) => all + worth, 0)
      expect(sum(benefits)).toBe(sum([...ledger.standing.values()]))
      const { b = [], e = 0 } = (ana.account.slices['memberships'] ?? {}) as { b?: number[][]; e?: number }
      for (const [, worth, times] of b) expect([worth! >= 0, times! >= 0]).toEqual([true, true])
      expect(e).toBeGreaterThanOrEqual(b.reduce((all, [, worth]) => all + worth!, 0))

      const again = new Gate(programOf(FILE), BEGIN, { encoded: true })
      for (const { type, body, now } of ana.sent) {
        again.now = now
        again.send(type, body)
      }
      ana.wake()
      again.wake(ana.now)
      expect(stateOf(again.account)).toEqual(stateOf(ana.account))
    }),
    { numRuns: runs(80) },
  )
})
