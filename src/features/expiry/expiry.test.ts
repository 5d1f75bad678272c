import { describe, expect, test } from 'vitest'
import { small, Till } from '../../../test/till.ts'
import { compileProgram } from '../../core/program.ts'
import { formatInstant } from '../../core/time.ts'
import { features } from '../index.ts'

function expiring(expiry: object | string, timezone = 'UTC', more: object = {}) {
  return small({ wallets: { points: { expiry } }, ...more }, timezone)
}

function expectGoneAt(till: Till, gone: string): void {
  till.go(gone).now -= 1
  till.wake()
  expect(till.points()).toBe(10)
  till.go(gone).wake()
  expect(till.points()).toBe(0)
}

describe('when points expire', () => {
  test.each([
    // Earned, how long, until the end of which period, in which zone, and the instant after the last.
    ['2026-01-15T12:00:00Z', '6 months', 'month', 'America/New_York', '2026-08-01T04:00:00Z'],
    ['2026-01-31T12:00:00Z', '1 month', 'day', 'UTC', '2026-03-01T00:00:00Z'],
    ['2028-01-31T12:00:00Z', '1 month', 'day', 'UTC', '2028-03-01T00:00:00Z'],
    ['2028-01-30T12:00:00Z', '1 month', 'month', 'UTC', '2028-03-01T00:00:00Z'],
    ['2024-02-29T12:00:00Z', '1 year', 'day', 'UTC', '2025-03-01T00:00:00Z'],
    ['2024-02-29T12:00:00Z', '4 years', 'day', 'UTC', '2028-03-01T00:00:00Z'],
    ['2026-08-31T12:00:00Z', '6 months', 'day', 'UTC', '2027-03-01T00:00:00Z'],
    ['2026-11-20T12:00:00Z', '1 quarter', 'quarter', 'UTC', '2027-04-01T00:00:00Z'],
    ['2026-03-04T12:00:00Z', '24 months', 'year', 'UTC', '2029-01-01T00:00:00Z'],
    // The evening there is the next day in UTC: what counts is the day on the shop's wall.
    ['2026-02-01T03:30:00Z', '1 month', 'month', 'America/New_York', '2026-03-01T05:00:00Z'],
    // Midnight after the clocks went forward, after they went back, and where there is no midnight that day.
    ['2026-03-07T12:00:00Z', '1 day', 'day', 'America/New_York', '2026-03-09T04:00:00Z'],
    ['2026-10-31T12:00:00Z', '1 day', 'day', 'America/New_York', '2026-11-02T05:00:00Z'],
    ['2026-09-04T12:00:00Z', '1 day', 'day', 'America/Santiago', '2026-09-06T04:00:00Z'],
    ['2026-03-04T12:00:00Z', '36 hours', 'day', 'UTC', '2026-03-07T00:00:00Z'],
  ])('earned %s, after %s, until the end of the %s in %s: gone at %s', (earned, after, until_end_of, zone, gone) => {
    const till = new Till(expiring({ after, until_end_of }, zone), earned)
    till.sell('a', [{ price: 1000 }])
    expect(formatInstant(till.account.due)).toBe(gone)
    expectGoneAt(till, gone)
  })

  test.each([
    // Earned, `on`, at least how long, in which zone, and the instant after the last.
    ['2026-01-15T12:00:00Z', '03-31', undefined, 'UTC', '2026-04-01T00:00:00Z'],
    ['2026-03-31T23:59:59Z', '03-31', undefined, 'UTC', '2026-04-01T00:00:00Z'],
    ['2026-04-01T00:00:00Z', '03-31', undefined, 'UTC', '2027-04-01T00:00:00Z'],
    ['2026-05-05T12:00:00Z', '12-31', '1 year', 'UTC', '2028-01-01T00:00:00Z'],
    ['2026-12-31T12:00:00Z', '12-31', '1 year', 'UTC', '2028-01-01T00:00:00Z'],
    // 29 February is the last of February where there is none.
    ['2026-01-15T12:00:00Z', '02-29', undefined, 'UTC', '2026-03-01T00:00:00Z'],
    ['2028-01-15T12:00:00Z', '02-29', undefined, 'UTC', '2028-03-01T00:00:00Z'],
    ['2026-03-01T12:00:00Z', '02-29', undefined, 'UTC', '2027-03-01T00:00:00Z'],
    // The evening of 31 March in New York is April in UTC.
    ['2026-04-01T03:30:00Z', '03-31', undefined, 'America/New_York', '2026-04-01T04:00:00Z'],
    ['2026-01-15T12:00:00Z', '03-28', undefined, 'Europe/London', '2026-03-29T00:00:00Z'],
    // Noon there is still the day before the day that Samoa left out.
    ['2011-06-01T12:00:00Z', '12-30', undefined, 'Pacific/Apia', '2011-12-30T10:00:00Z'],
  ])('earned %s, until %s and %s at least, in %s: gone at %s', (earned, on, after, zone, gone) => {
    const till = new Till(expiring({ on, ...(after === undefined ? {} : { after }) }, zone), earned)
    till.sell('a', [{ price: 1000 }])
    expect(formatInstant(till.account.due)).toBe(gone)
    expectGoneAt(till, gone)
  })

  test.each([
    // Zone, the day before the midnight that is odd, and when points of that day are gone if they last one more.
    ['America/New_York', '2026-03-06T12:00:00Z', '2026-03-08T05:00:00Z', 'hour skipped later that day'],
    ['America/New_York', '2026-10-30T12:00:00Z', '2026-11-01T04:00:00Z', 'hour repeated later that day'],
    ['Europe/London', '2026-03-27T12:00:00Z', '2026-03-29T00:00:00Z', 'hour skipped later that day'],
    ['Europe/London', '2026-03-28T12:00:00Z', '2026-03-29T23:00:00Z', 'midnight of summer time'],
    ['Europe/London', '2026-10-24T12:00:00Z', '2026-10-26T00:00:00Z', 'midnight of winter time'],
    [
      'Africa/Cairo',
      '2026-04-22T12:00:00Z',
      '2026-04-23T22:00:00Z',
      'midnight itself is skipped: the day begins at one',
    ],
    ['America/Sao_Paulo', '2018-11-02T12:00:00Z', '2018-11-04T03:00:00Z', 'midnight itself is skipped'],
    [
      'America/Sao_Paulo',
      '2018-02-16T12:00:00Z',
      '2018-02-18T03:00:00Z',
      'the last hour of the day before comes twice',
    ],
    ['Pacific/Apia', '2011-12-28T20:00:00Z', '2011-12-30T10:00:00Z', 'the day that was left out ends as it begins'],
    ['Pacific/Apia', '2011-12-27T20:00:00Z', '2011-12-29T10:00:00Z', 'the day before it is a whole one'],
    ['Australia/Lord_Howe', '2026-10-03T00:00:00Z', '2026-10-04T13:00:00Z', 'half an hour skipped that day'],
  ])('in %s, earned %s: gone at %s (%s)', (zone, earned, gone) => {
    const till = new Till(expiring({ after: '1 day', until_end_of: 'day' }, zone), earned)
    till.sell('a', [{ price: 1000 }])
    expect(formatInstant(till.account.due)).toBe(gone)
    expectGoneAt(till, gone)
  })

  test('points that never expire never do', () => {
    const till = new Till(expiring('never'), '2026-03-04T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2099-01-01T00:00:00Z').wake()
    expect(till.points()).toBe(10)
  })

  test('a purchase at the instant of expiry comes after it', () => {
    const program = expiring({ after: '1 month' }, 'UTC', {
      rewards: [{ id: 'off', cost: 10, gives: { amount_off: '1.00' } }],
    })
    const till = new Till(program, '2026-03-04T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2026-05-01T00:00:00Z')
    expect(till.trySell('b', [{ price: 1000 }], { redeem: [{ reward: 'off' }] })).toMatchObject({
      code: 'insufficient_points',
    })
  })

  test('a purchase told too late to be spent is issued and expired at once', () => {
    const till = new Till(expiring({ after: '1 day', until_end_of: 'day' }), '2026-03-04T12:00:00Z')
    till.go('2026-03-20T12:00:00Z')
    const { postings } = till.sell('a', [{ price: 1000 }], { occurred: '2026-03-05T12:00:00Z' })
    expect(postings.map(({ from, to, points }) => [from, to, points])).toEqual([
      ['issued', 'available', 10],
      ['available', 'expired', 10],
    ])
    expect(till.cancel('a').postings.map(({ from, to }) => [from, to])).toEqual([['expired', 'reversed']])
    expect(till.balance('points')).toMatchObject({ available: 0, debt: 0 })
  })
})

describe('which points are spent', () => {
  const spend = (order: string) => {
    const wallets = { points: { spend: order, expiry: { after: '3 months' } } }
    const rewards = [{ id: 'off', cost: 15, gives: { amount_off: '1.00' } }]
    const till = new Till(small({ wallets, rewards }), '2026-01-10T12:00:00Z')
    till.sell('january', [{ price: 1000 }])
    till.go('2026-02-10T12:00:00Z').sell('february', [{ price: 1000 }])
    till.send('redeem', { reward: 'off', quantity: 1, capture: true })
    return till
  }

  test.each(['soonest_expiry', 'first_earned'])(
    '%s: the oldest first, and what is left expires in its own time',
    (order) => {
      const till = spend(order)
      till.go('2026-05-01T00:00:00Z').wake()
      expect(till.points()).toBe(5)
      till.go('2026-06-01T00:00:00Z').wake()
      expect(till.points()).toBe(0)
    },
  )

  test('old points that expired take no newer ones along: a balance never collapses', () => {
    const till = spend('soonest_expiry')
    till.go('2026-05-01T00:00:00Z').sell('may', [{ price: 2000 }])
    till.go('2026-06-01T00:00:00Z').wake()
    expect(till.balance('points')).toEqual({ available: 20, pending: 0, held: 0, debt: 0 })
  })
})

describe('points that wait', () => {
  const waiting = (pending: string) => small({ earning: [{ id: 'base', on: 'order', earn: '1 per 1.00', pending }] })

  test.each([
    ['14 days', '2026-03-18T00:00:00Z'],
    ['1 month', '2026-04-04T00:00:00Z'],
    ['24 hours', '2026-03-05T00:00:00Z'],
    ['2 hours', '2026-03-05T00:00:00Z'],
  ])('%s: available from the start of a day, %s', (pending, released) => {
    const till = new Till(waiting(pending), '2026-03-04T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    expect(till.balance('points')).toMatchObject({ available: 0, pending: 10 })
    till.go(released).now -= 1
    till.wake()
    expect(till.points()).toBe(0)
    till.go(released).wake()
    expect(till.balance('points')).toMatchObject({ available: 10, pending: 0 })
  })

  test('until the return window closes, which the program says once', () => {
    const earning = [{ id: 'base', on: 'order', earn: '1 per 1.00', pending: 'return_window' }]
    const till = new Till(small({ returns: { window: '30 days' }, earning }), '2026-03-04T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    expect(formatInstant(till.account.due)).toBe('2026-04-03T00:00:00Z')
  })

  test('what comes back while it waits was never there', () => {
    const till = new Till(waiting('14 days'), '2026-03-04T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    expect(till.cancel('a').postings.map(({ from, to }) => [from, to])).toEqual([['pending', 'reversed']])
    expect(till.balance('points')).toEqual({ available: 0, pending: 0, held: 0, debt: 0 })
  })
})

describe('mistakes in what a program says of expiry', () => {
  const problems = (expiry: object, more: object = {}) => {
    const core = { program: 'small', name: 'Small', currency: 'USD', timezone: 'UTC' }
    const text = JSON.stringify({ ...core, wallets: { points: { expiry } }, ...more })
    return compileProgram(text, features).problems.map(({ path, code }) => [path.slice(-1)[0], code])
  }
  const base = { id: 'base', on: 'order', earn: '1 per 1.00' }

  test.each([
    ['nothing that ends points', {}, {}, 'after', 'expiry_missing'],
    ['a period and a day', { on: '03-31', until_end_of: 'month' }, {}, 'until_end_of', 'contradiction'],
    ['who keeps points, and not how long', { after: '1 year', kept_by: ['order'] }, {}, 'kept_by', 'contradiction'],
    [
      'a tier that there is not',
      { after: '1 year', tiers: { gold: 'never' } },
      { earning: [base, { ...base, id: 'other' }] },
      'gold',
      'unknown_tier',
    ],
    [
      'a window that nobody named',
      { after: '1 year' },
      { earning: [{ ...base, pending: 'return_window' }] },
      'pending',
      'no_return_window',
    ],
  ])('%s', (_, expiry, more, setting, code) => {
    expect(problems(expiry, more)).toEqual([[setting, code]])
  })

  test('a day of the year that there is not', () => {
    expect(problems({ on: '02-30' }).length).toBeGreaterThan(0)
  })

  test('rules that carry into one wallet and end their points differently', () => {
    const [one, other] = [
      { ...base, rounding: 'carry' },
      { ...base, id: 'other', rounding: 'carry', expiry: 'never' },
    ]
    expect(problems({ after: '1 year' }, { earning: [one, other] })).toEqual([['expiry', 'contradiction']])
  })
})

describe('in one instant', () => {
  const day = { after: '1 day', until_end_of: 'day' }
  const tiers = {
    measure: 'orders',
    window: 'calendar_month',
    keep: 'until_end_of_window',
    levels: [{ id: 'green' }, { id: 'gold', from: 1 }],
  }

  test('what is released comes first, then what expires, then the tiers, and then what people do', () => {
    const earning = [
      { id: 'base', on: 'order', earn: '1 per 1.00', pending: '2 days' },
      { id: 'gold', on: 'order', when: 'member.tier == "gold"', earn: 100 },
    ]
    const till = new Till(expiring(day, 'UTC', { earning, tiers }), '2026-03-30T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    expect(till.tier()).toContain('gold')
    till.go('2026-04-01T00:00:00Z')
    const bought = till.sell('b', [{ price: 1000 }])
    const clock = till.decisions.at(-2)!
    expect(formatInstant(clock.at)).toBe('2026-04-01T00:00:00Z')
    expect(clock.postings.map(({ from, to }) => `${from} ${to}`)).toEqual(['pending available', 'available expired'])
    expect(clock.messages.map(({ topic }) => topic)).toContain('tier.lost')
    expect(bought.postings.map(({ rule }) => rule)).toEqual(['base'])
  })

  test('points whose waiting ends as they expire leave both traces', () => {
    const pending = { until: 'paid', within: '2 days', otherwise: 'available' }
    const earning = [{ id: 'base', on: 'order', earn: '1 per 1.00', pending }]
    const till = new Till(expiring(day, 'UTC', { earning }), '2026-03-30T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2026-04-01T00:00:00Z').wake()
    expect(till.decisions.at(-1)!.postings.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'pending available',
      'available expired',
    ])
  })
})
