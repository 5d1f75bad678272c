import { describe, expect, test } from 'vitest'
import { accepted, small, Till } from '../../../test/till.ts'
import type { Deciding } from '../../core/deciding.ts'
import { compileProgram } from '../../core/program.ts'
import { features } from '../index.ts'

const moves = (d: Deciding) => d.postings.map(({ from, to, points }) => [from, to, points])

const program = (pending: object, more: object = {}) =>
  small({ earning: [{ id: 'base', on: 'order', earn: '1 per 1.00', pending }], ...more })

const act = (till: Till, type: string, data: Record<string, unknown> = {}, occurred?: string) =>
  moves(accepted(till.send('action', { type, data }, occurred === undefined ? till.now : Date.parse(occurred))))

describe('a stay: points of an order wait until it is completed', () => {
  const stay = { until: 'stay-completed', within: '60 days', forfeited_by: 'no-show' }
  const open = () => {
    const till = new Till(program(stay), '2026-03-04T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.sell('b', [{ price: 2000 }])
    return till
  }
  const nothing = { available: 0, pending: 0, held: 0, debt: 0 }

  test('each order goes by itself, though both lie in one lot', () => {
    const till = open()
    expect(till.account.wallets[0]!.lots).toHaveLength(1)
    expect(act(till, 'stay-completed', { order: 'b' })).toEqual([['pending', 'available', 20]])
    expect(till.balance('points')).toEqual({ ...nothing, available: 20, pending: 10 })
    expect(act(till, 'stay-completed', { order: 'b' })).toEqual([])
    expect(act(till, 'stay-completed', { order: 'a' })).toEqual([['pending', 'available', 10]])
    expect(till.account.slices['waiting']).toMatchObject({ w: [] })
  })

  test('another action, or an order that there is not, moves nothing', () => {
    const till = open()
    expect(act(till, 'review', { order: 'a' })).toEqual([])
    expect(act(till, 'stay-completed', { order: 'c' })).toEqual([])
    expect(act(till, 'stay-completed')).toEqual([])
    expect(till.balance('points')).toEqual({ ...nothing, pending: 30 })
  })

  test('an action that comes before its order speaks for it all the same', () => {
    const till = new Till(program(stay), '2026-03-04T12:00:00Z')
    act(till, 'stay-completed', { order: 'a' })
    act(till, 'no-show', { order: 'b' })
    expect(moves(till.sell('a', [{ price: 1000 }]))).toEqual([['issued', 'available', 10]])
    expect(moves(till.sell('b', [{ price: 2000 }]))).toEqual([
      ['issued', 'pending', 20],
      ['pending', 'forfeited', 20],
    ])
  })

  test('nobody came: the points are forfeited', () => {
    const till = open()
    expect(act(till, 'no-show', { order: 'a' })).toEqual([['pending', 'forfeited', 10]])
    expect(till.balance('points')).toEqual({ ...nothing, pending: 20 })
  })

  test('forfeited when the time is over, at the beginning of that day, whenever the sweep comes', () => {
    const till = open()
    till.go('2026-05-02T23:59:59Z').wake()
    expect(till.balance('points')).toEqual({ ...nothing, pending: 30 })
    till.go('2026-06-01T12:00:00Z').wake()
    expect(till.balance('points')).toEqual(nothing)
    expect(till.decisions.at(-1)!.at).toBe(Date.parse('2026-05-03T00:00:00Z'))
  })

  test('available when the time is over, where the program says so', () => {
    const till = new Till(program({ ...stay, otherwise: 'available' }), '2026-03-04T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2026-05-03T00:00:00Z').wake()
    expect(till.balance('points')).toEqual({ ...nothing, available: 10 })
  })

  test('a payment that expired loses the points, and the fix gives them back once', () => {
    const till = open()
    till.go('2026-06-01T12:00:00Z').wake()
    expect(act(till, 'stay-completed', { order: 'a' })).toEqual([['forfeited', 'available', 10]])
    expect(act(till, 'stay-completed', { order: 'a' })).toEqual([])
    expect(till.balance('points')).toEqual({ ...nothing, available: 10 })
  })

  describe('what comes back', () => {
    test.each([
      ['while it waits', () => {}, [['pending', 'reversed', 10]]],
      [
        'after its action',
        (till: Till) => act(till, 'stay-completed', { order: 'a' }),
        [['available', 'reversed', 10]],
      ],
      ['after it was forfeited', (till: Till) => act(till, 'no-show', { order: 'a' }), [['forfeited', 'reversed', 10]]],
    ])('%s', (_, before, expected) => {
      const till = open()
      before(till)
      expect(moves(till.cancel('a'))).toEqual(expected)
      // The other order waits as before, and nothing of the first comes again.
      expect(act(till, 'stay-completed', { order: 'a' })).toEqual([])
      expect(act(till, 'stay-completed', { order: 'b' })).toEqual([['pending', 'available', 20]])
      expect(till.balance('points')).toEqual({ ...nothing, available: 20 })
    })

    test('in part, and the rest is completed', () => {
      const till = new Till(program(stay), '2026-03-04T12:00:00Z')
      till.sell('a', [{ price: 1000, quantity: 3 }])
      till.giveBack('a', [{ id: '1', quantity: 1 }])
      expect(act(till, 'stay-completed', { order: 'a' })).toEqual([['pending', 'available', 20]])
      till.giveBack('a', [{ id: '1', quantity: 1 }])
      expect(till.balance('points')).toEqual({ ...nothing, available: 10 })
    })
  })
})

describe('what a return gives first, since less earns more', () => {
  const few = { id: 'few', on: 'order', earn: 5, when: 'order.items < 2', pending: { until: 'stay-completed' } }
  const open = () => {
    const till = new Till(small({ earning: [few] }), '2026-03-04T12:00:00Z')
    till.sell('a', [{ price: 1000 }, { price: 2000 }])
    return till
  }

  test('waits as if the order had been no more than what remains', () => {
    const till = open()
    expect(moves(till.giveBack('a', [{ id: '2', quantity: 1 }]))).toEqual([['issued', 'pending', 5]])
    expect(act(till, 'stay-completed', { order: 'a' })).toEqual([['pending', 'available', 5]])
    expect(moves(till.cancel('a'))).toEqual([['available', 'reversed', 5]])
  })

  test('waits no more once the action has come', () => {
    const till = open()
    act(till, 'stay-completed', { order: 'a' })
    expect(moves(till.giveBack('a', [{ id: '2', quantity: 1 }]))).toEqual([['issued', 'available', 5]])
  })
})

describe('a charge card: points wait until the statement is paid', () => {
  const statement = { until: 'statement-paid', per: 'member', within: '45 days', forfeited_by: 'statement-missed' }
  const open = () => {
    const till = new Till(program(statement), '2026-03-04T12:00:00Z')
    till.sell('march', [{ price: 1000 }])
    till.sell('also', [{ price: 500 }])
    till.go('2026-04-04T12:00:00Z').sell('april', [{ price: 2000 }])
    return till
  }

  test.each([
    ['2026-03-31', 15],
    ['2026-04-04', 35],
    ['2026-04-01T00:30:00Z', 15],
    ['2026-03-03', 0],
    [undefined, 35],
  ])('paid up to %s: %d points are there', (up_to, points) => {
    const till = open()
    act(till, 'statement-paid', up_to === undefined ? {} : { up_to })
    expect(till.points()).toBe(points)
  })

  test('purchases of a day are one row of the account', () => {
    const till = open()
    expect((till.account.slices['waiting'] as { w: { n: unknown[] }[] }).w.map(({ n }) => n.length)).toEqual([1, 1])
  })

  test('a purchase of a paid day that is told late waits no more', () => {
    const till = open()
    act(till, 'statement-paid', { up_to: '2026-03-31' })
    expect(moves(till.sell('late', [{ price: 700 }], { occurred: '2026-03-30T12:00:00Z' }))).toEqual([
      ['issued', 'available', 7],
    ])
  })

  test('missed: forfeited up to that day, and given back once it is paid after all', () => {
    const till = open()
    expect(act(till, 'statement-missed', { up_to: '2026-03-31' })).toEqual([['pending', 'forfeited', 15]])
    expect(act(till, 'statement-paid', { up_to: '2026-03-31' })).toEqual([['forfeited', 'available', 15]])
    expect(act(till, 'statement-paid', { up_to: '2026-03-31' })).toEqual([])
    till.cancel('march')
    expect(till.balance('points')).toEqual({ available: 5, pending: 20, held: 0, debt: 0 })
  })
})

describe('what waits', () => {
  const wallets = { points: { expiry: { after: '1 month', until_end_of: 'day' } } }

  test('does not expire before its action, and then at once if its time is over', () => {
    const till = new Till(program({ until: 'paid', within: '1 year' }, { wallets }), '2026-03-04T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    till.go('2026-05-04T12:00:00Z').wake()
    expect(till.balance('points')).toMatchObject({ pending: 10 })
    expect(act(till, 'paid', { order: 'a' })).toEqual([
      ['pending', 'available', 10],
      ['available', 'expired', 10],
    ])
  })

  test('is never spent', () => {
    const rewards = [{ id: 'off', cost: 10, gives: { amount_off: '1.00' } }]
    const till = new Till(program({ until: 'paid' }, { rewards }), '2026-03-04T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    expect(till.send('redeem', { reward: 'off', quantity: 1, capture: true })).toMatchObject({
      code: 'insufficient_points',
    })
  })

  test('is gone with an account that closes', () => {
    const till = new Till(program({ until: 'paid', within: '5 days' }), '2026-03-04T12:00:00Z')
    till.sell('a', [{ price: 1000 }])
    accepted(till.send('close', { reason: 'Moved away', actor: 'Ana' } as never))
    expect(till.account.slices['waiting']).toBeUndefined()
    till.go('2026-06-04T12:00:00Z').wake()
    expect(till.balance('points')).toEqual({ available: 0, pending: 0, held: 0, debt: 0 })
  })
})

test.each([
  ['a rule on visits that waits for each order', { on: 'visit', earn: 5, pending: { until: 'paid' } }, 'order_only'],
  ['one action for both', { on: 'order', earn: 5, pending: { until: 'paid', forfeited_by: 'paid' } }, 'contradiction'],
])('%s is a mistake', (_, rule, code) => {
  const core = { program: 'small', name: 'Small', currency: 'USD', timezone: 'UTC', wallets: { points: {} } }
  const { problems } = compileProgram(JSON.stringify({ ...core, earning: [{ id: 'a', ...rule }] }), features)
  expect(problems.map((problem) => problem.code)).toEqual([code])
})
