import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at, programOf, runs, stateOf } from '../../../test/history.ts'
import { accepted, small, Till } from '../../../test/till.ts'
import type { Deciding } from '../../core/deciding.ts'
import { NEVER } from '../../core/points.ts'
import { compileProgram } from '../../core/program.ts'
import { formatInstant } from '../../core/time.ts'
import { openVouchers } from '../../core/vouchers.ts'
import { features } from '../index.ts'
import { giftLosses } from './statements.ts'

const rewards = [
  { id: 'treat', name: 'A treat', gives: { free_item: { category: 'food' } } },
  { id: 'bonus', gives: { points: 25 } },
  { id: 'credit', gives: { amount_off: '10.00' } },
  { id: 'bought', cost: 190, gives: { amount_off: '1.00' } },
]
const tiers = { measure: 'spend', levels: [{ id: 'green' }, { id: 'gold', from: 500 }] }

function shop(gifts: object[], sections: object = {}, timezone = 'UTC', revision = 1) {
  return small({ rewards, tiers, gifts, ...sections }, timezone, revision)
}

/** A member who joins and tells a birthday. */
function born(birthday: string, joined: string, gifts: object[], timezone = 'UTC'): Till {
  const till = new Till(shop(gifts, {}, timezone), joined)
  accepted(till.send('profile', { birthday }))
  return till
}

/** What can be used now. */
function vouchers({ account }: Till): string[] {
  return openVouchers(account)
    .filter(({ expiry }) => expiry > account.clock)
    .map(({ reward, expiry }) => (expiry === NEVER ? reward : `${reward} until ${formatInstant(expiry)}`))
}

const messages = ({ messages }: Deciding) => messages.map(({ topic }) => topic)

describe('birthdays', () => {
  const birthday = { id: 'birthday', on: 'birthday', reward: 'treat', window: '7 days' }

  test('a gift comes at the beginning of the day and can be used for its window', () => {
    const till = born('1990-06-15', '2026-03-01T12:00:00Z', [birthday])
    till.wake(at('2026-06-14T23:59:59Z'))
    expect(vouchers(till)).toEqual([])
    till.wake(at('2026-06-15T00:00:00Z'))
    expect(vouchers(till)).toEqual(['treat until 2026-06-22T00:00:00Z'])
    accepted(till.go('2026-06-22T00:00:00Z').send('visit', {}))
    expect(vouchers(till)).toEqual([])
    till.wake(at('2027-06-15T00:00:00Z'))
    expect(vouchers(till)).toEqual(['treat until 2027-06-22T00:00:00Z'])
  })

  test('the day begins in the program’s own zone', () => {
    const till = born('1990-06-15', '2026-03-01T12:00:00Z', [birthday], 'America/New_York')
    till.wake(at('2026-06-15T03:59:59Z'))
    expect(vouchers(till)).toEqual([])
    till.wake(at('2026-06-15T04:00:00Z'))
    expect(vouchers(till)).toEqual(['treat until 2026-06-22T04:00:00Z'])
  })

  test('29 February is the 28th in years that have none', () => {
    const till = born('1992-02-29', '2026-12-01T12:00:00Z', [birthday])
    till.wake(at('2027-02-28T00:00:00Z'))
    expect(vouchers(till)).toEqual(['treat until 2027-03-07T00:00:00Z'])
    accepted(till.go('2028-02-28T12:00:00Z').send('visit', {}))
    expect(vouchers(till)).toEqual([])
    till.wake(at('2028-02-29T00:00:00Z'))
    expect(vouchers(till)).toEqual(['treat until 2028-03-07T00:00:00Z'])
  })

  test('a birthday that is changed brings nothing twice in a year', () => {
    const till = born('1990-06-15', '2026-03-01T12:00:00Z', [birthday]).go('2026-06-16T12:00:00Z')
    accepted(till.send('profile', { birthday: '1990-06-17' }))
    expect(vouchers(till)).toHaveLength(1)
    till.wake(at('2026-06-30T00:00:00Z'))
    accepted(till.go('2026-07-01T12:00:00Z').send('profile', { birthday: '1990-07-01' }))
    till.wake(at('2026-12-31T00:00:00Z'))
    expect(till.decisions.flatMap(messages).filter((topic) => topic === 'reward.given')).toHaveLength(1)
    till.wake(at('2027-07-01T00:00:00Z'))
    expect(vouchers(till)).toEqual(['treat until 2027-07-08T00:00:00Z'])
  })

  test('nor does one that moves over the end of the year', () => {
    const early = { ...birthday, days_before: 7 }
    const till = born('1990-01-02', '2026-12-01T12:00:00Z', [early])
    till.wake(at('2026-12-26T00:00:00Z'))
    expect(vouchers(till)).toEqual(['treat until 2027-01-02T00:00:00Z'])
    accepted(till.go('2026-12-27T12:00:00Z').send('profile', { birthday: '1990-12-30' }))
    accepted(till.send('profile', { birthday: '1990-01-05' }))
    expect(vouchers(till)).toHaveLength(1)
  })

  test('whoever joins while it is celebrated is celebrated at once, for what is left of it', () => {
    const till = new Till(shop([birthday]), '2026-06-01T12:00:00Z')
    accepted(till.go('2026-06-18T12:00:00Z').send('profile', { birthday: '1990-06-15' }))
    expect(vouchers(till)).toEqual(['treat until 2026-06-22T00:00:00Z'])
  })

  test('the window is longer in a higher tier', () => {
    const own = { ...birthday, window: { green: '7 days', gold: '30 days' } }
    const till = born('1990-06-15', '2026-03-01T12:00:00Z', [own])
    till.sell('a', [{ price: 60_000 }])
    till.wake(at('2026-06-15T00:00:00Z'))
    expect(vouchers(till)).toEqual(['treat until 2026-07-15T00:00:00Z'])
  })

  test('rules may ask whether it is', () => {
    const earning = [
      { id: 'base', on: 'order', earn: '1 per 1.00' },
      { id: 'double', on: 'order', when: 'member.is_birthday', times: 2 },
    ]
    const till = new Till(shop([{ ...birthday, days_before: 1 }], { earning }), '2026-03-01T12:00:00Z')
    accepted(till.send('profile', { birthday: '1990-06-15' }))
    const earned = ['2026-06-13', '2026-06-14', '2026-06-15', '2026-06-20', '2026-06-21'].map((day) => {
      till.go(`${day}T12:00:00Z`).sell(day, [{ price: 1000 }])
      return till.points()
    })
    expect(earned).toEqual([10, 30, 50, 70, 80])
  })

  test('of a birthday nothing but month and day is remembered, and nothing once the person is erased', () => {
    const till = born('1990-06-15', '2026-03-01T12:00:00Z', [birthday])
    expect(till.account.slices['gifts']).toEqual({ b: 615 })
    accepted(till.send('erase', { reason: 'asked for', actor: 'Ana' }))
    expect(till.account.slices['gifts']).toBeUndefined()
    expect(till.account.due).toBe(Number.MAX_SAFE_INTEGER)
  })
})

describe('other occasions', () => {
  test('joining', () => {
    const till = new Till(shop([{ id: 'hello', on: 'join', reward: 'bonus' }]), '2026-03-01T12:00:00Z')
    expect(till.points()).toBe(25)
  })

  test('years of membership, and never the day of joining itself', () => {
    const gift = { id: 'years', on: 'anniversary', reward: 'bonus' }
    const till = new Till(shop([gift]), '2026-03-01T12:00:00Z')
    till.wake(at('2027-02-28T23:00:00Z'))
    expect(till.points()).toBe(0)
    till.wake(at('2028-03-01T00:00:00Z'))
    expect(till.points()).toBe(50)
  })

  test('the first order, and the next one when all of that came back', () => {
    const till = new Till(shop([{ id: 'first', on: 'first_order', reward: 'treat' }]), '2026-03-01T12:00:00Z')
    till.sell('a', [{ price: 1000, quantity: 2 }])
    till.sell('b', [{ price: 1000 }])
    expect(vouchers(till)).toHaveLength(1)
    till.giveBack('b', [{ id: '1', quantity: 1 }])
    till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect(vouchers(till)).toHaveLength(1)
    till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect(vouchers(till)).toHaveLength(0)
    till.sell('c', [{ price: 1000 }])
    expect(vouchers(till)).toHaveLength(1)
  })

  test('a long absence, once for each', () => {
    const gift = { id: 'again', on: 'win_back', inactive: '60 days', reward: 'treat', window: '2 weeks' }
    const till = new Till(shop([gift]), '2026-03-01T12:00:00Z')
    till.wake(at('2026-08-01T00:00:00Z'))
    expect(vouchers(till)).toEqual([])
    till.go('2026-08-01T12:00:00Z').sell('a', [{ price: 1000 }])
    till.wake(at('2026-09-30T00:00:00Z'))
    expect(vouchers(till)).toEqual(['treat until 2026-10-14T00:00:00Z'])
    till.wake(at('2027-09-30T00:00:00Z'))
    expect(till.decisions.flatMap(messages).filter((topic) => topic === 'reward.given')).toHaveLength(1)
  })

  test('every month, to its end, for those of a tier', () => {
    const gift = { id: 'extra', on: 'every_month', reward: 'treat', from_tier: 'gold' }
    const till = new Till(shop([gift]), '2026-03-15T12:00:00Z')
    till.wake(at('2026-04-01T00:00:00Z'))
    expect(vouchers(till)).toEqual([])
    till.go('2026-04-15T12:00:00Z').sell('a', [{ price: 60_000 }])
    till.wake(at('2026-05-01T00:00:00Z'))
    expect(vouchers(till)).toEqual(['treat until 2026-06-01T00:00:00Z'])
  })
})

describe('for what was collected', () => {
  const each = { id: 'each', on: 'threshold', at: 250, repeats: true, reward: 'credit' }

  test('every so many points that were earned, spent or not', () => {
    const till = new Till(shop([each]), '2026-03-01T12:00:00Z')
    till.sell('a', [{ price: 60_000 }])
    expect(vouchers(till)).toHaveLength(2)
    expect(till.points()).toBe(600)
  })

  test('what a return makes too many is taken back, and comes again when it is earned again', () => {
    const till = new Till(shop([each]), '2026-03-01T12:00:00Z')
    till.sell('a', [{ price: 30_000 }])
    till.sell('b', [{ price: 30_000 }])
    till.cancel('b')
    expect(vouchers(till)).toHaveLength(1)
    till.cancel('a')
    expect(vouchers(till)).toHaveLength(0)
    expect(till.account.slices['gifts']).toBeUndefined()
    till.sell('c', [{ price: 30_000 }])
    expect(vouchers(till)).toHaveLength(1)
  })

  test('a return of what an earlier revision decided goes by what the gift takes now', () => {
    const later = { from: at('2026-04-01T00:00:00Z'), program: shop([{ ...each, at: 500 }], {}, 'UTC', 2) }
    const till = new Till(shop([each]), '2026-03-01T12:00:00Z', { later })
    till.sell('a', [{ price: 24_000 }])
    till.go('2026-04-02T12:00:00Z').sell('b', [{ price: 38_000 }])
    expect(vouchers(till)).toHaveLength(1)
    till.giveBack('a', [], 1000)
    expect(vouchers(till)).toHaveLength(1)
    till.cancel('a')
    expect(vouchers(till)).toHaveLength(0)
  })

  test('a closed account is given nothing', () => {
    const spends = { id: 'spends', on: 'threshold', at: 250, spends: true, reward: 'credit' }
    const till = new Till(shop([spends], { closing: { points: 'keep' } }), '2026-03-01T12:00:00Z')
    till.sell('a', [{ price: 20_000 }])
    till.sell('b', [{ price: 20_000 }], { redeem: [{ reward: 'bought' }] })
    accepted(till.send('close', { reason: 'moves away', actor: 'Ana' }))
    till.cancel('b')
    expect(vouchers(till)).toEqual([])
  })

  test('once, unless it repeats', () => {
    const till = new Till(shop([{ ...each, repeats: false }]), '2026-03-01T12:00:00Z')
    till.sell('a', [{ price: 60_000 }])
    till.sell('b', [{ price: 60_000 }])
    expect(vouchers(till)).toHaveLength(1)
  })

  test('points that are there are spent by themselves, as often as there are enough', () => {
    const spends = { id: 'spends', on: 'threshold', at: 250, spends: true, reward: 'credit' }
    const till = new Till(shop([spends]), '2026-03-01T12:00:00Z')
    till.sell('a', [{ price: 20_000 }])
    expect([till.points(), vouchers(till).length]).toEqual([200, 0])
    till.sell('b', [{ price: 40_000 }])
    expect([till.points(), vouchers(till).length]).toEqual([100, 2])
    till.cancel('b')
    expect(till.balance('points')).toMatchObject({ available: 0, debt: 300 })
  })

  test('any history leaves as many unused gifts as what was earned is worth', () => {
    const program = shop([each])
    const step = fc.record({ price: fc.integer({ min: 1, max: 90_000 }), back: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const till = new Till(program, '2026-03-01T12:00:00Z')
        const open: string[] = []
        for (const [i, { price, back }] of steps.entries()) {
          if (back && open.length > 0) till.cancel(open.splice(price % open.length, 1)[0]!)
          else {
            till.sell(`${i}`, [{ price }])
            open.push(`${i}`)
          }
          expect(vouchers(till)).toHaveLength(Math.floor(till.points() / 250))
        }
        for (const order of open) till.cancel(order)
        expect(till.account.slices['gifts']).toBeUndefined()
        expect(vouchers(till)).toEqual([])
      }),
      { numRuns: runs(30) },
    )
  })
})

test('two who become one have one birthday', () => {
  const gift = { id: 'birthday', on: 'birthday', reward: 'treat' }
  const ids = { last: 0 }
  const program = shop([gift])
  const [ana, also] = ['a', 'b'].map((name) => new Till(program, '2026-03-01T12:00:00Z', { ids, name })) as [Till, Till]
  for (const one of [ana, also]) accepted(one.send('profile', { birthday: '1990-06-15' }))
  for (const one of [ana, also]) one.wake(at('2026-06-15T12:00:00Z'))
  for (const one of [ana, also]) one.go('2026-06-16T12:00:00Z')
  accepted(also.sendBoth(ana, 'merge', { from: 2, into: 1 }))
  accepted(ana.send('profile', { birthday: '1990-06-16' }))
  expect(ana.decisions.flatMap(messages).filter((topic) => topic === 'reward.given')).toHaveLength(1)
  expect(stateOf(also.account)).toMatchObject({ slices: {} })
})

describe('check', () => {
  const problemsOf = (gift: object) => {
    const file = {
      program: 'small',
      name: 'Small',
      currency: 'USD',
      timezone: 'UTC',
      wallets: { points: {} },
      rewards,
      tiers,
      gifts: [gift],
    }
    return compileProgram(JSON.stringify(file), features).problems.map(
      ({ message, suggestion }) => `${message}${suggestion === undefined ? '' : ` (${suggestion})`}`,
    )
  }

  test.each([
    [{ on: 'birthday', reward: 'treet' }, 'there is no reward treet (treat)'],
    [{ on: 'win_back', reward: 'treat' }, 'say how long after the last order: `inactive: 60 days`'],
    [{ on: 'threshold', reward: 'treat' }, 'say how many points: `at: 500 stars`'],
    [{ on: 'join', reward: 'treat', inactive: '60 days' }, '`inactive` is for `on: win_back`'],
    [{ on: 'join', reward: 'treat', from_tier: 'golden' }, 'there is no tier golden (gold)'],
    [{ on: 'birthday', reward: 'treat', window: { goldd: '7 days' } }, 'there is no tier goldd (gold)'],
    [
      { on: 'birthday', reward: 'treat', window: '1 year' },
      'must be over before the next one begins: at most 11 months, or 364 days',
    ],
    [{ on: 'birthday', reward: 'treat', window: '90 minutes' }, 'is counted in whole days or more, such as "7 days"'],
    [
      { on: 'threshold', at: 20, spends: true, reward: 'bonus' },
      'gives as many points as are spent on it, so they would be spent again and again',
    ],
    [
      { on: 'threshold', at: 5, spends: true, repeats: true, reward: 'treat' },
      'points that are spent bring it again whenever there are enough',
    ],
  ])('%j', (gift, message) => {
    expect(problemsOf({ id: 'gift', ...gift })).toContain(message)
  })
})

test('what a new program takes of gifts to come is said', () => {
  const file = (gift: object) => shop([{ id: 'gift', on: 'birthday', reward: 'treat', window: '30 days', ...gift }])
  const lost = (after: object, before: object = {}) =>
    giftLosses(file(before), file(after)).map(({ message }) => message)
  expect(lost({})).toEqual([])
  expect(lost({ window: '31 days' })).toEqual([])
  expect(lost({ window: '7 days' })).toEqual(['loss.less'])
  expect(lost({ from_tier: 'gold' })).toEqual(['loss.less'])
  expect(lost({}, { from_tier: 'gold' })).toEqual([])
  expect(lost({ reward: 'credit' })).toEqual(['loss.removed'])
  expect(lost({ id: 'other' })).toEqual(['loss.removed'])
})

test('a program without gifts is compiled as before', () => {
  expect(
    programOf({ program: 'p', name: 'P', currency: 'USD', timezone: 'UTC', wallets: { points: {} } }).gifts,
  ).toEqual([])
})
