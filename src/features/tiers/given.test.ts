/** Levels by hand, measures of one's own, what members see, and two members who become one. */

import { describe, expect, test } from 'vitest'
import { at } from '../../../test/history.ts'
import { accepted, small, Till } from '../../../test/till.ts'
import { encodeAccount } from '../../core/account.ts'
import type { ActivityBodies } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import { Refusal } from '../../core/refusal.ts'

const levels = [{ id: 'green' }, { id: 'silver', from: 50 }, { id: 'gold', from: 100, multiply: 2 }]
const gift = { id: 'gift', on: 'tier', earn: 10 }

function shop(tiers: object = {}, ...more: object[]): Till {
  const earning = [{ id: 'base', on: 'order', earn: '1 per 1.00' }, ...more]
  return new Till(small({ tiers: { measure: 'points_earned', levels, ...tiers }, earning }), '2026-03-02T12:00:00Z')
}

function give(till: Till, level: string, more: Partial<ActivityBodies['tier_given']> = {}): Deciding | Refusal {
  return till.send('tier_given', { level, kind: 'given', reason: 'a good customer', actor: 'ana', ...more })
}

function tierOf(till: Till): Record<string, unknown> {
  const feature = till.program.features.find(({ id }) => id === 'tiers')!
  return feature.view!(till.account, till.program, till.now)['tier'] as Record<string, unknown>
}

describe('a level by hand', () => {
  test('is had until it ends, and what is earned counts from then on', () => {
    const till = shop()
    give(till, 'gold', { until: at('2026-06-01T00:00:00Z') })
    expect(till.tier()).toBe('gold until 2026-06-01T00:00:00Z')
    expect(till.sell('a', [{ price: 3000 }]).postings.map(({ points }) => points)).toEqual([60])
    till.go('2026-06-01T00:00:00Z').wake()
    expect(till.tier()).toBe('silver until 2028-01-01T00:00:00Z')
  })

  test('for months ends at the same time of the day, and without an end it stays', () => {
    const till = shop()
    give(till, 'gold', { kind: 'matched', months: 6 })
    expect(till.tier()).toBe('gold until 2026-09-02T12:00:00Z')
    give(till, 'gold')
    expect(till.tier()).toBe('gold')
    till.go('2034-01-01T00:00:00Z').wake()
    expect(till.tier()).toBe('gold')
  })

  test('takes nothing that was earned, and the lowest one ends what was given', () => {
    const till = shop()
    till.sell('a', [{ price: 10_000 }])
    give(till, 'silver')
    expect(till.tier()).toBe('gold until 2028-01-01T00:00:00Z')
    till.go('2028-01-01T00:00:00Z').wake()
    expect(till.tier()).toBe('silver')
    give(till, 'green')
    expect(till.tier()).toBe('green')
  })

  test('is not taken by a return of what was bought', () => {
    const till = shop()
    till.sell('a', [{ price: 6000 }])
    give(till, 'silver', { until: at('2026-12-01T00:00:00Z') })
    till.cancel('a')
    expect(till.tier()).toBe('silver until 2026-12-01T00:00:00Z')
  })

  test('brings what comes with a level, and a trial does not until the level is earned', () => {
    const till = shop({}, gift)
    give(till, 'silver')
    expect(till.points()).toBe(10)
    const trial = shop({}, gift)
    give(trial, 'gold', { kind: 'trial', months: 2 })
    expect([trial.points(), trial.tier()]).toEqual([0, 'gold until 2026-05-02T12:00:00Z'])
    trial.sell('a', [{ price: 3000 }])
    // 30 at gold make 60: silver is earned, and comes with its gift while gold is still on trial.
    expect([trial.points(), trial.tier()]).toEqual([70, 'gold until 2026-05-02T12:00:00Z'])
    trial.go('2026-05-02T12:00:00Z').wake()
    expect([trial.points(), trial.tier()]).toEqual([70, 'silver until 2028-01-01T00:00:00Z'])
  })

  test('is decided again from what was sent, and says who and why', () => {
    const till = shop()
    const given = accepted(give(till, 'gold', { kind: 'matched', months: 3 }))
    expect(given.activity.body).toEqual({
      level: 'gold',
      kind: 'matched',
      months: 3,
      reason: 'a good customer',
      actor: 'ana',
    })
    expect(given.messages).toEqual([{ topic: 'tier.reached', data: { level: 'gold' } }])
    expect(tierOf(till)).toMatchObject({ level: 'gold', kind: 'matched', otherwise: 'green' })
  })

  test.each([
    [{ level: 'golden', kind: 'given' }, 'invalid', '/level'],
    [{ level: 'gold', kind: 'trial' }, 'invalid', '/until'],
    [{ level: 'gold', kind: 'given', until: at('2026-03-02T12:00:00Z') }, 'invalid', '/until'],
    [{ level: 'gold', kind: 'given', until: at('2027-01-01T00:00:00Z'), months: 2 }, 'invalid', '/months'],
  ] as const)('%o is refused', (body, code, pointer) => {
    const till = shop()
    const refusal = till.send('tier_given', { ...body, reason: 'x', actor: 'ana' }) as Refusal
    expect([refusal.code, refusal.errors.map((one) => one.pointer)]).toEqual([code, [pointer]])
    expect(till.tier()).toBe('green')
  })

  test('is refused where the program has no tiers', () => {
    expect((give(new Till(small(), '2026-03-02T12:00:00Z'), 'gold') as Refusal).code).toBe('invalid')
  })
})

describe('measures of one’s own', () => {
  const airline = {
    measure: undefined,
    measures: { miles: { sum: 'miles', on: 'flight' }, flights: { on: 'flight' } },
    levels: [
      { id: 'blue' },
      { id: 'silver', any_of: { miles: 1000, flights: 3 } },
      { id: 'gold', all_of: { miles: 2000, spend: 50 } },
    ],
  }
  const fly = (till: Till, data: Record<string, unknown>) => till.send('action', { type: 'flight', data })

  test('any of several is enough, all of several are needed', () => {
    const till = shop(airline)
    fly(till, { miles: 300 })
    fly(till, { miles: 300 })
    expect(till.tier()).toBe('blue')
    fly(till, {})
    expect(till.tier()).toMatch('silver')
    fly(till, { miles: 1400 })
    expect(till.tier()).toMatch('silver')
    till.sell('a', [{ price: 5000 }])
    expect(till.tier()).toMatch('gold')
  })

  test('a correction below zero takes a level back', () => {
    const till = shop(airline)
    fly(till, { miles: 1000 })
    expect(till.tier()).toMatch('silver')
    fly(till, { miles: -1 })
    expect(till.tier()).toBe('blue')
  })

  test.each([['many'], [12.5], [2_000_000_000], [{ of: 3 }]])(
    '%o is no number of miles, and nothing is counted',
    (miles) => {
      const till = shop(airline)
      const refusal = fly(till, { miles }) as Refusal
      expect([refusal.code, refusal.errors[0]!.pointer]).toEqual(['invalid', '/data/miles'])
      expect(till.send('action', { type: 'other', data: { miles } })).not.toBeInstanceOf(Refusal)
    },
  )

  test('members see how far they are with each', () => {
    const till = shop(airline)
    fly(till, { miles: 300 })
    const by = '2027-01-01T00:00:00Z'
    expect(tierOf(till)).toMatchObject({
      level: 'blue',
      next: 'silver',
      progress_of: 'any_of',
      progress: [
        { measure: 'miles', have: 300, need: 1000, by },
        { measure: 'flights', have: 1, need: 3, by },
      ],
    })
  })
})

describe('what members see', () => {
  test('the first day: what the next level takes, and by when', () => {
    expect(tierOf(shop())).toEqual({
      level: 'green',
      name: 'green',
      since: '2026-03-02T12:00:00Z',
      until: null,
      progress: [{ measure: 'points_earned', have: 0, need: 50, by: '2027-01-01T00:00:00Z' }],
      next: 'silver',
    })
  })

  test('a level of last year: what keeps it, and what happens otherwise', () => {
    const till = shop()
    till.sell('a', [{ price: 10_000 }])
    expect(tierOf(till)).toMatchObject({ level: 'gold', otherwise: 'green', progress: null, next: null })
    expect(tierOf(till)).not.toHaveProperty('keep')
    till.go('2027-02-01T00:00:00Z').sell('b', [{ price: 3000 }])
    expect(tierOf(till)).toMatchObject({
      until: '2028-01-01T00:00:00Z',
      otherwise: 'silver',
      keep: [{ measure: 'points_earned', have: 60, need: 100, by: '2028-01-01T00:00:00Z' }],
    })
  })

  test('a window that slides: until when what there is still counts', () => {
    const till = shop({ window: 'rolling 3 months', keep: 'until_end_of_window' })
    till.sell('a', [{ price: 3000 }])
    till.go('2026-04-10T00:00:00Z').sell('b', [{ price: 1000 }])
    expect(tierOf(till)['progress']).toEqual([
      { measure: 'points_earned', have: 40, need: 50, by: '2026-06-01T00:00:00Z' },
    ])
    till.go('2026-06-01T00:00:00Z').wake()
    expect(tierOf(till)['progress']).toEqual([
      { measure: 'points_earned', have: 10, need: 50, by: '2026-07-01T00:00:00Z' },
    ])
  })

  test('orders that wait for the end of their return window are told apart', () => {
    const till = shop({ up: 'after_return_window', return_window: '30 days' })
    till.sell('a', [{ price: 3000 }])
    expect(tierOf(till)['progress']).toEqual([
      { measure: 'points_earned', have: 0, need: 50, by: '2027-01-01T00:00:00Z', waiting: 30 },
    ])
  })
})

describe('two members who become one', () => {
  function absorb(till: Till, other: Till): Deciding {
    const state = JSON.parse(encodeAccount(other.account))
    return accepted(till.send('absorb', { from: 2, state, expired: [] } as never))
  }

  test('what was counted adds up', () => {
    const [one, other] = [shop(), shop()]
    one.sell('a', [{ price: 3000 }])
    other.sell('b', [{ price: 7000 }])
    absorb(one, other)
    expect(one.tier()).toBe('gold until 2028-01-01T00:00:00Z')
  })

  test('the higher level stays, as long as it would have, and brings nothing a second time', () => {
    const [one, other] = [shop({}, gift), shop({}, gift)]
    one.sell('a', [{ price: 100 }])
    other.sell('b', [{ price: 5000 }])
    other.go('2027-06-01T00:00:00Z')
    one.go('2027-06-01T00:00:00Z')
    absorb(one, other)
    expect([one.points(), one.tier()]).toEqual([61, 'silver until 2028-01-01T00:00:00Z'])
  })

  test('a level that was given stays, and the membership is as old as the older one', () => {
    const one = shop({ window: 'anniversary_year', keep: 'until_end_of_window' })
    const older = new Till(one.program, '2025-12-24T12:00:00Z')
    give(older, 'silver', { until: at('2026-07-01T00:00:00Z') })
    one.sell('a', [{ price: 4000 }])
    older.go('2026-03-02T12:00:00Z')
    absorb(one, older)
    expect(one.tier()).toBe('silver until 2026-07-01T00:00:00Z')
    expect(tierOf(one)['progress']).toEqual([
      { measure: 'points_earned', have: 40, need: 100, by: '2026-12-24T00:00:00Z' },
    ])
  })
})
