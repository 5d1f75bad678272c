import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '../../../test/history.ts'
import { accepted, small, Till } from '../../../test/till.ts'
import { DAY_MS, formatInstant } from '../../core/time.ts'
import { balancesOf } from '../../engine/outcome.ts'

const program = (expiry: object, more: object = {}) => small({ wallets: { points: { expiry } }, ...more })
const moves = (d: { postings: readonly { from: string; to: string; points: number }[] }) =>
  d.postings.map(({ from, to, points }) => [from, to, points])

/** What the member reads: how many points go when. */
function expiring(till: Till): [number, string][] {
  return balancesOf(till.account, till.program)[0]![6].map(([points, at]) => [points, formatInstant(at)])
}

describe('inactivity', () => {
  const six = { inactive: '6 months', until_end_of: 'day' }

  test.each([
    // What happens two months after the purchase, and when its points are gone.
    ['order', '2026-09-11T00:00:00Z'],
    ['visit', '2026-09-11T00:00:00Z'],
    ['action', '2026-07-11T00:00:00Z'],
    ['nothing', '2026-07-11T00:00:00Z'],
  ])('after %s the points are gone at %s', (what, gone) => {
    const till = new Till(program(six), '2026-01-10T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2026-03-10T12:00:00Z')
    if (what === 'order') till.sell('b', [{ price: 50 }])
    if (what === 'visit') accepted(till.send('visit', {}))
    if (what === 'action') accepted(till.send('action', { type: 'wave', data: {} }))
    expect(expiring(till)).toEqual([[10, gone]])
    till.go(gone).now -= 1
    till.wake()
    expect(till.points()).toBe(10)
    till.go(gone).wake()
    expect(till.points()).toBe(0)
  })

  test('all open points move, and their lots keep their names', () => {
    const till = new Till(program(six), '2026-01-10T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2026-02-10T12:00:00Z').sell('b', [{ price: 1000 }])
    const names = till.account.wallets[0]!.lots.map(({ expiry }) => formatInstant(expiry))
    expect(names).toEqual(['2026-07-11T00:00:00Z', '2026-08-11T00:00:00Z'])
    expect(expiring(till)).toEqual([[20, '2026-08-11T00:00:00Z']])
    expect(moves(till.cancel('a'))).toEqual([['available', 'reversed', 10]])
  })

  test.each([
    [['action', 'redeem'], 'action', '2026-09-11T00:00:00Z'],
    [['action', 'redeem'], 'visit', '2026-07-11T00:00:00Z'],
  ] as const)('kept by %j: a %s leaves them until %s', (kept_by, what, gone) => {
    const till = new Till(program({ ...six, kept_by }), '2026-01-10T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2026-03-10T12:00:00Z')
    if (what === 'action') till.send('action', { type: 'wave', data: {} })
    else till.send('visit', {})
    expect(expiring(till)).toEqual([[10, gone]])
  })

  test('coffee house: stars last six months, and then month by month for as long as somebody comes', () => {
    const till = new Till(program({ after: '6 months', inactive: '1 month' }), '2026-01-10T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2026-06-20T12:00:00Z').send('visit', {})
    expect(expiring(till)).toEqual([[10, '2026-08-01T00:00:00Z']])
    till.go('2026-07-20T12:00:00Z').send('visit', {})
    expect(expiring(till)).toEqual([[10, '2026-09-01T00:00:00Z']])
    till.go('2026-09-01T00:00:00Z').wake()
    expect(till.points()).toBe(0)
  })

  test('a till that was offline for a week: a visit in time brings back what expired before it was told', () => {
    const till = new Till(program(six), '2026-01-10T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2026-07-14T12:00:00Z').wake()
    expect(till.points()).toBe(0)
    const visit = accepted(till.send('visit', {}, Date.parse('2026-07-10T18:00:00Z')))
    expect(moves(visit)).toEqual([['expired', 'available', 10]])
    expect(expiring(till)).toEqual([[10, '2027-01-11T00:00:00Z']])
  })

  test('a till that was offline for longer than that: each visit keeps what the one before it had kept', () => {
    const till = new Till(program({ inactive: '10 days', until_end_of: 'day' }), '2026-01-10T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2026-02-05T12:00:00Z').wake()
    const visit = (at: string) => moves(accepted(till.send('visit', {}, Date.parse(at))))
    expect(visit('2026-01-20T12:00:00Z')).toEqual([])
    expect(till.points()).toBe(0)
    expect(visit('2026-01-30T12:00:00Z')).toEqual([['expired', 'available', 10]])
    expect(expiring(till)).toEqual([[10, '2026-02-10T00:00:00Z']])
  })

  test('visits that are told late, in their order, leave what they would have left in time', () => {
    const rules = program({ inactive: '10 days', until_end_of: 'day' })
    const days = fc
      .uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 6 })
      .map((all) => all.sort((a, b) => a - b))
    fc.assert(
      fc.property(days, (visits) => {
        const begin = Date.parse('2026-01-10T12:00:00Z')
        const [timely, late] = [new Till(rules, '2026-01-10T12:00:00Z'), new Till(rules, '2026-01-10T12:00:00Z')]
        for (const till of [timely, late]) {
          till.sell('a', [{ price: 1000 }])
          if (till === late) till.now = begin + 31 * DAY_MS
          if (till === late) till.wake()
          for (const day of visits) {
            if (till === timely) till.now = begin + day * DAY_MS
            till.send('visit', {}, begin + day * DAY_MS)
          }
          till.now = begin + 31 * DAY_MS
          till.wake()
        }
        expect([late.points(), expiring(late)]).toEqual([timely.points(), expiring(timely)])
      }),
      { numRuns: 200 },
    )
  })

  test('visits and purchases that are told late, in any order, if points outlast what may be told late', () => {
    const happened = fc.array(
      fc.record({
        day: fc.integer({ min: 0, max: 100 }),
        late: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 34 })),
        visit: fc.boolean(),
      }),
      { minLength: 1, maxLength: 10 },
    )
    const terms = fc.record({
      inactive: fc.constantFrom('36 days', '2 months'),
      after: fc.constantFrom(undefined, '1 day', '50 days'),
      until_end_of: fc.constantFrom('day', 'month'),
    })
    fc.assert(
      fc.property(terms, happened, ({ after, ...expiry }, all) => {
        const visit = { id: 'seen', on: 'visit', earn: 5 }
        const base = { id: 'base', on: 'order', earn: '1 per 1.00' }
        const rules = program({ ...expiry, ...(after === undefined ? {} : { after }) }, { earning: [base, visit] })
        const [timely, told] = [new Till(rules, '2026-01-10T12:00:00Z'), new Till(rules, '2026-01-10T12:00:00Z')]
        const begin = timely.now
        const tell = (till: Till, day: number, what: (typeof all)[number], i: number) => {
          till.now = begin + day * DAY_MS + i
          const occurred = begin + what.day * DAY_MS + i
          if (what.visit) accepted(till.send('visit', {}, occurred))
          else till.sell(`o${i}`, [{ price: 1000 }], { occurred: formatInstant(occurred) })
        }
        const numbered = all.map((what, i) => ({ what, i }))
        for (const { what, i } of numbered.toSorted((a, b) => a.what.day - b.what.day || a.i - b.i))
          tell(timely, what.day, what, i)
        for (const { what, i } of numbered.toSorted(
          (a, b) => a.what.day + a.what.late - b.what.day - b.what.late || a.i - b.i,
        ))
          tell(told, what.day + what.late, what, i)
        const last = Math.max(...all.map(({ day, late }) => day + late))
        for (const till of [timely, told]) till.now = begin + (last + 1) * DAY_MS
        for (const till of [timely, told]) till.wake()
        expect([told.points(), expiring(told)]).toEqual([timely.points(), expiring(timely)])
      }),
      { numRuns: runs(200) },
    )
  })

  test('a visit that is told late counts with those told before it, if points last shorter than late is', () => {
    const till = new Till(program({ inactive: '10 days', until_end_of: 'day' }), '2026-01-10T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2026-02-05T12:00:00Z').wake()
    const visit = (at: string) => moves(accepted(till.send('visit', {}, Date.parse(at))))
    // The points were gone on the 21st for all that was known, and the account does not list its visits.
    expect(visit('2026-01-30T12:00:00Z')).toEqual([])
    expect(visit('2026-01-20T12:00:00Z')).toEqual([])
    expect(till.points()).toBe(0)
    // What is told again in its order counts.
    expect(visit('2026-01-30T12:00:00Z')).toEqual([['expired', 'available', 10]])
  })

  test('a visit on the day after comes too late', () => {
    const till = new Till(program(six), '2026-01-10T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2026-07-14T12:00:00Z')
    expect(moves(accepted(till.send('visit', {}, Date.parse('2026-07-11T00:00:00Z'))))).toEqual([])
    expect(till.points()).toBe(0)
  })
})

describe('an expiry of its own', () => {
  test('a rule says when its points expire', () => {
    const earning = [
      { id: 'base', on: 'order', earn: '1 per 1.00' },
      { id: 'gift', on: 'order', earn: 5, expiry: { after: '7 days', until_end_of: 'day' } },
      { id: 'stays', on: 'order', earn: 3, expiry: 'never' },
    ]
    const till = new Till(program({ after: '1 year' }, { earning }), '2026-01-10T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    expect(expiring(till)).toEqual([
      [5, '2026-01-18T00:00:00Z'],
      [10, '2027-02-01T00:00:00Z'],
    ])
    till.go('2030-01-01T00:00:00Z').wake()
    expect(till.points()).toBe(3)
    expect(moves(till.cancel('a'))).toEqual([
      ['expired', 'reversed', 10],
      ['expired', 'reversed', 5],
      ['available', 'reversed', 3],
    ])
  })

  const tiers = { measure: 'spend', levels: [{ id: 'green' }, { id: 'gold', from: '10.00' }] }
  const stars = { after: '6 months', tiers: { gold: 'never' } }

  test('green stars end and gold ones never: the tier in which they were earned decides', () => {
    const till = new Till(program(stars, { tiers }), '2026-01-10T12:00:00Z')
    till.sell('green', [{ price: 1000 }])
    expect(till.tier()).toContain('gold')
    till.sell('gold', [{ price: 2000 }])
    expect(expiring(till)).toEqual([[10, '2026-08-01T00:00:00Z']])
    till.go('2027-01-01T00:00:00Z').wake()
    expect(till.points()).toBe(20)
  })

  test('a return finds the points of its order whatever the tier is by then', () => {
    const till = new Till(program(stars, { tiers }), '2026-01-10T12:00:00Z')
    till.sell('green', [{ price: 1000 }])
    till.sell('gold', [{ price: 2000 }])
    till.cancel('green')
    expect(till.account.wallets[0]!.lots.map(({ available }) => available)).toEqual([20])
    till.cancel('gold')
    expect(till.account.wallets[0]!.lots).toEqual([])
  })

  test('points that never expire are spent last, in either order', () => {
    for (const spend of ['soonest_expiry', 'first_earned']) {
      const earning = [
        { id: 'stays', on: 'visit', earn: 5, expiry: 'never' },
        { id: 'base', on: 'order', earn: '1 per 1.00' },
      ]
      const rewards = [{ id: 'off', cost: 10, gives: { amount_off: '1.00' } }]
      const wallets = { points: { expiry: { after: '1 year' }, spend } }
      const till = new Till(small({ wallets, earning, rewards }), '2026-01-10T12:00:00Z')
      till.send('visit', {})
      till.go('2026-02-10T12:00:00Z').sell('a', [{ price: 1000 }])
      till.send('redeem', { reward: 'off', quantity: 1, capture: true })
      expect(till.account.wallets[0]!.lots).toMatchObject([{ kind: 'visit', available: 5 }])
    }
  })
})

describe('a return of what had expired, where a rule gives more for less', () => {
  const few = { id: 'few', on: 'order', earn: 20, when: 'order.items < 2' }
  const open = () => {
    const terms = { inactive: '1 month', until_end_of: 'day', kept_by: ['visit'] }
    const till = new Till(program(terms, { earning: [{ id: 'base', on: 'order', earn: '1 per 1.00' }, few] }), START)
    till.sell('a', [{ price: 1000 }, { price: 6000 }])
    // The points expire in February, and a visit in March keeps every open point of the wallet.
    till.go('2026-03-10T12:00:00Z').send('visit', {})
    return till
  }
  const START = '2026-01-10T12:00:00Z'

  test('what it gives takes the place of what was taken: it has expired as well', () => {
    const till = open()
    expect(moves(till.giveBack('a', [{ id: '2', quantity: 1 }]))).toEqual([
      ['expired', 'reversed', 60],
      ['issued', 'available', 20],
      ['available', 'expired', 20],
    ])
    expect(till.points()).toBe(0)
  })

  test('and so it is when it comes in two', () => {
    const [split, whole] = [open(), open()]
    whole.giveBack('a', [{ id: '2', quantity: 1 }], 500)
    split.giveBack('a', [], 500)
    split.giveBack('a', [{ id: '2', quantity: 1 }])
    expect(split.account.wallets).toEqual(whole.account.wallets)
    expect([...split.account.expired]).toEqual([...whole.account.expired])
  })
})

describe('extended by a person', () => {
  const year = { after: '1 month', reinstate: '60 days' }
  const open = () => {
    const till = new Till(program(year), '2026-01-10T12:00:00Z')
    till.sell('january', [{ price: 1000 }])
    till.go('2026-02-10T12:00:00Z').sell('february', [{ price: 500 }])
    return till
  }
  const extension = (more: object) => ({ until: '2026-05-15', reason: 'Closed for repairs', actor: 'Ana', ...more })

  test('open points stay to the end of the day that is named', () => {
    const till = open()
    expect(moves(accepted(till.send('extension', extension({}))))).toEqual([])
    expect(expiring(till)).toEqual([[15, '2026-05-16T00:00:00Z']])
    till.go('2026-05-16T00:00:00Z').wake()
    expect(till.points()).toBe(0)
  })

  test('points that last longer anyway stay as they are, and so do later ones', () => {
    const till = open()
    accepted(till.send('extension', extension({ until: '2026-03-10' })))
    till.go('2026-03-05T12:00:00Z').sell('march', [{ price: 100 }])
    expect(expiring(till)).toEqual([
      [10, '2026-03-11T00:00:00Z'],
      [5, '2026-04-01T00:00:00Z'],
      [1, '2026-05-01T00:00:00Z'],
    ])
  })

  test('what has expired comes back into its own lots, and open points are left alone', () => {
    const till = open()
    till.go('2026-03-10T12:00:00Z').wake()
    expect(till.points()).toBe(5)
    const back = accepted(till.send('extension', extension({ expired_since: '2026-03-01' })))
    expect(moves(back)).toEqual([['expired', 'available', 10]])
    expect(expiring(till)).toEqual([
      [5, '2026-04-01T00:00:00Z'],
      [10, '2026-05-16T00:00:00Z'],
    ])
    expect(moves(till.cancel('january'))).toEqual([['available', 'reversed', 10]])
  })

  test('nothing comes back twice', () => {
    const till = open()
    till.go('2026-03-10T12:00:00Z')
    accepted(till.send('extension', extension({ expired_since: '2026-03-01' })))
    expect(moves(accepted(till.send('extension', extension({ expired_since: '2026-03-01' }))))).toEqual([])
    till.go('2026-05-20T12:00:00Z').wake()
    expect(till.points()).toBe(0)
    // Both have expired on two days since: what is brought back is what expired since the day that is named.
    const again = accepted(till.send('extension', extension({ until: '2026-06-30', expired_since: '2026-05-16' })))
    expect(moves(again)).toEqual([['expired', 'available', 10]])
  })

  test('soonest expiry first is what it is after points were kept', () => {
    const rewards = [{ id: 'off', cost: 5, gives: { amount_off: '1.00' } }]
    const till = new Till(program(year, { rewards }), '2026-01-10T12:00:00Z')
    till.sell('january', [{ price: 1000 }])
    till.go('2026-03-10T12:00:00Z').sell('march', [{ price: 1000 }])
    accepted(till.send('extension', extension({ until: '2026-12-31', expired_since: '2026-03-01' })))
    till.send('redeem', { reward: 'off', quantity: 1, capture: true })
    expect(expiring(till)).toEqual([
      [5, '2026-05-01T00:00:00Z'],
      [10, '2027-01-01T00:00:00Z'],
    ])
  })

  test.each([
    ['a day that is over', { until: '2026-02-09' }, 'too_late', '/until'],
    ['what expired too long ago', { expired_since: '2025-12-01' }, 'too_late', '/expired_since'],
    ['a wallet that there is not', { wallet: 'stars' }, 'invalid', '/wallet'],
  ])('%s is refused and moves nothing', (_, more, code, pointer) => {
    const till = open()
    const before = till.account
    expect(till.send('extension', extension(more))).toMatchObject({ code, errors: [{ pointer }] })
    expect(till.account).toBe(before)
  })
})

describe('extended by a rule', () => {
  const rules = (...expiry: object[]) => program({ after: '1 month' }, { expiry })

  test('a survey keeps open points three months', () => {
    const survey = { id: 'survey', on: 'action', when: 'action.type == "survey"', extend: '3 months' }
    const till = new Till(rules(survey), '2026-01-10T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.send('action', { type: 'wave', data: {} })
    expect(expiring(till)).toEqual([[10, '2026-03-01T00:00:00Z']])
    till.send('action', { type: 'survey', data: {} })
    expect(expiring(till)).toEqual([[10, '2026-04-11T00:00:00Z']])
  })

  test('whoever comes back within two months has the old points back', () => {
    const back = { id: 'welcome-back', on: 'order', reinstate: '60 days', extend: '14 days' }
    const till = new Till(rules(back), '2026-01-10T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2026-04-20T12:00:00Z').sell('b', [{ price: 500 }])
    expect(expiring(till)).toEqual([
      [10, '2026-05-05T00:00:00Z'],
      [5, '2026-06-01T00:00:00Z'],
    ])
  })
})

describe('a warning', () => {
  const messages = (till: Till) =>
    till.decisions.flatMap((d) =>
      d.messages.filter(({ topic }) => topic === 'points.expiring').map(({ data }) => [formatInstant(d.at), data]),
    )

  test('comes once for all that expires at one moment, so many days before', () => {
    const till = new Till(program({ after: '1 month', warn: '10 days' }), '2026-01-10T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2026-01-20T12:00:00Z').sell('b', [{ price: 500 }])
    till.go('2026-02-10T12:00:00Z').sell('c', [{ price: 200 }])
    till.go('2026-06-01T12:00:00Z').wake()
    expect(messages(till)).toEqual([
      ['2026-02-19T00:00:00Z', { wallet: 'points', points: 15, expires_at: '2026-03-01T00:00:00Z' }],
      ['2026-03-22T00:00:00Z', { wallet: 'points', points: 2, expires_at: '2026-04-01T00:00:00Z' }],
    ])
    expect(till.account.slices['expiry']).toBeUndefined()
  })

  test('not for points that are spent by then, nor for points that never expire', () => {
    const earning = [{ id: 'stays', on: 'order', earn: 5, expiry: 'never' }]
    const till = new Till(program({ after: '1 month', warn: '10 days' }, { earning }), '2026-01-10T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2026-06-01T12:00:00Z').wake()
    expect(messages(till)).toEqual([])
  })

  test('again when they were kept after it', () => {
    const till = new Till(program({ inactive: '1 month', until_end_of: 'day', warn: '1 week' }), '2026-01-10T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2026-02-08T12:00:00Z').send('visit', {})
    till.go('2026-06-01T12:00:00Z').wake()
    expect(messages(till).map(([at]) => at)).toEqual(['2026-02-04T00:00:00Z', '2026-03-02T00:00:00Z'])
  })

  test('on the next day for points that last shorter than it', () => {
    const till = new Till(program({ after: '3 days', until_end_of: 'day', warn: '10 days' }), '2026-01-10T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2026-01-12T12:00:00Z').wake()
    expect(messages(till)).toMatchObject([['2026-01-11T00:00:00Z', { points: 10 }]])
  })
})

describe('a spend that is told late', () => {
  const rewards = [{ id: 'off', cost: 12, gives: { amount_off: '1.00' } }]
  const open = () => {
    const till = new Till(program({ after: '1 month' }, { rewards }), '2026-01-10T12:00:00Z')
    till.sell('january', [{ price: 1000 }])
    till.go('2026-02-10T12:00:00Z').sell('february', [{ price: 500 }])
    till.go('2026-03-05T12:00:00Z').wake()
    return till
  }
  const spend = (till: Till, occurred: string) =>
    till.trySell('late', [{ price: 1000 }], { redeem: [{ reward: 'off' }], occurred })

  test('draws what was open when it occurred, soonest expiry first', () => {
    const till = open()
    expect(till.points()).toBe(5)
    const late = spend(till, '2026-02-27T12:00:00Z')
    expect(moves(late as never)).toEqual([
      ['expired', 'available', 10],
      ['available', 'spent', 10],
      ['available', 'spent', 2],
      ['issued', 'available', 9],
    ])
    expect(till.points()).toBe(12)
    expect(expiring(till)).toEqual([[12, '2026-04-01T00:00:00Z']])
  })

  test('draws nothing that was gone by then', () => {
    expect(spend(open(), '2026-03-01T00:00:00Z')).toMatchObject({ code: 'insufficient_points' })
  })

  test('draws no point twice', () => {
    const till = open()
    spend(till, '2026-02-27T12:00:00Z')
    const again = till.trySell('again', [{ price: 100 }], {
      redeem: [{ reward: 'off', quantity: 2 }],
      occurred: '2026-02-27T12:00:00Z',
    })
    expect(again).toMatchObject({ code: 'insufficient_points' })
  })

  test('leaves expired what it does not need, and a return of it expires again at once', () => {
    const cheap = [{ id: 'off', cost: 4, gives: { amount_off: '1.00' } }]
    const till = new Till(program({ after: '1 month' }, { rewards: cheap }), '2026-01-10T12:00:00Z')
    till.sell('january', [{ price: 1000 }])
    till.go('2026-03-05T12:00:00Z')
    spend(till, '2026-02-27T12:00:00Z')
    expect(till.points()).toBe(9)
    expect(moves(till.cancel('late'))).toEqual([
      ['spent', 'available', 4],
      ['available', 'expired', 4],
      ['available', 'reversed', 9],
    ])
    expect(moves(till.cancel('january'))).toEqual([['expired', 'reversed', 10]])
    expect(till.balance('points')).toEqual({ available: 0, pending: 0, held: 0, debt: 0 })
  })
})
