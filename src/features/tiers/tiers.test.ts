import { describe, expect, test } from 'vitest'
import { at } from '../../../test/history.ts'
import { cornerCoffee, small, Till } from '../../../test/till.ts'
import { compileProgram } from '../../core/program.ts'
import { features } from '../index.ts'

const levels = [{ id: 'green' }, { id: 'silver', from: 50 }, { id: 'gold', from: 100 }]

function withTiers(tiers: object, more: object = {}): Till {
  return new Till(small({ tiers: { measure: 'points_earned', levels, ...tiers }, ...more }), '2026-03-02T12:00:00Z')
}

describe('the program of the coffee house', () => {
  test('a tier never comes before its threshold: gold comes with the 500th star', () => {
    const till = new Till(cornerCoffee(), '2026-03-02T15:00:00Z')
    till.sell('a', [{ price: 49_999 }])
    expect(till.tier()).toBe('green')
    till.sell('b', [{ price: 1 }])
    expect(till.tier()).toBe('gold until 2028-01-01T05:00:00Z')
  })

  test('gold is kept to the end of the next year and lost on the first of January', () => {
    const till = new Till(cornerCoffee(), '2026-03-02T15:00:00Z')
    till.sell('a', [{ price: 50_000 }])
    till.go('2028-01-01T04:59:59Z').wake()
    expect(till.tier()).toContain('gold')
    till.go('2028-01-01T05:00:00Z').wake()
    expect(till.tier()).toBe('green')
  })

  test('500 stars of another year keep it for one more', () => {
    const till = new Till(cornerCoffee(), '2026-03-02T15:00:00Z')
    till.sell('a', [{ price: 50_000 }])
    till.go('2027-12-30T15:00:00Z').sell('b', [{ price: 50_000 }])
    expect(till.tier()).toBe('gold until 2029-01-01T05:00:00Z')
  })

  test('a tier is never by balance where it is by points earned: stars that are spent still count', () => {
    const till = new Till(cornerCoffee(), '2026-03-02T15:00:00Z')
    till.sell('a', [{ price: 30_000 }])
    till.send('redeem', { reward: 'lunch', quantity: 1, capture: true })
    till.sell('b', [{ price: 20_000 }])
    expect([till.points(), till.tier()]).toEqual([200, 'gold until 2028-01-01T05:00:00Z'])
  })
})

describe('measures', () => {
  test('a purchase is counted once, also when it reaches a level', () => {
    for (const measure of ['spend', 'orders', 'points_earned']) {
      const till = withTiers({ measure, levels: [{ id: 'new' }, { id: 'known', from: 1 }, { id: 'dear', from: 100 }] })
      till.sell('a', [{ price: 6000 }])
      expect(till.tier(), measure).toBe('known until 2028-01-01T00:00:00Z')
    }
  })

  test('what joining and actions earn is counted like what purchases do', () => {
    const earning = [
      { id: 'welcome', on: 'join', earn: 30 },
      { id: 'review', on: 'action', earn: 20 },
    ]
    const till = withTiers({}, { earning })
    till.send('action', { type: 'review', data: {} })
    expect(till.tier()).toContain('silver')
  })

  test('the gift of a level is counted and may reach the next', () => {
    const earning = [
      { id: 'base', on: 'order', earn: '1 per 1.00' },
      { id: 'gift', on: 'tier', earn: 50 },
    ]
    const till = withTiers({}, { earning })
    till.sell('a', [{ price: 5000 }])
    expect([till.points(), till.tier()]).toEqual([150, 'gold until 2028-01-01T00:00:00Z'])
  })

  test('a purchase that is told late counts in the month in which it was made', () => {
    const till = withTiers({ window: 'calendar_month', keep: 'until_end_of_window' })
    till.go('2026-04-02T12:00:00Z').sell('a', [{ price: 6000 }], { occurred: '2026-03-30T12:00:00Z' })
    expect(till.tier()).toBe('green')
    till.sell('b', [{ price: 6000 }])
    expect(till.tier()).toBe('silver until 2026-05-01T00:00:00Z')
  })
})

describe('keeping', () => {
  test.each([
    ['until_end_of_window', '2027-01-01T00:00:00Z'],
    ['until_end_of_next_window', '2028-01-01T00:00:00Z'],
  ])('%s', (keep, until) => {
    const till = withTiers({ keep })
    till.sell('a', [{ price: 5000 }])
    expect(till.tier()).toBe(`silver until ${until}`)
  })

  test('for life, also after years in which little was bought', () => {
    const till = withTiers({ keep: 'for_life' })
    till.sell('a', [{ price: 10_000 }])
    for (const year of [2027, 2028, 2029, 2030, 2031])
      till.go(`${year}-06-01T12:00:00Z`).sell(`${year}`, [{ price: 100 }])
    expect(till.tier()).toBe('gold')
  })

  test('a level of which not enough is left falls to the one that is', () => {
    const till = withTiers({ keep: 'until_end_of_window' })
    till.sell('a', [{ price: 10_000 }])
    till.go('2027-01-01T00:00:00Z').sell('b', [{ price: 5000 }])
    expect(till.tier()).toBe('silver until 2028-01-01T00:00:00Z')
  })
})

describe('returns', () => {
  test('recompute: a level whose purchases came back was never reached', () => {
    const till = withTiers({})
    till.sell('a', [{ price: 6000 }, { price: 5000 }])
    till.giveBack('a', [{ id: '2', quantity: 1 }])
    expect(till.tier()).toBe('silver until 2028-01-01T00:00:00Z')
    till.cancel('a')
    expect(till.tier()).toBe('green')
    expect(till.account.slices['tiers']).toMatchObject({ n: [], h: [[till.now, 'green']] })
  })

  test('recompute: a level that other purchases carry stays', () => {
    const till = withTiers({})
    till.sell('a', [{ price: 6000 }])
    till.sell('b', [{ price: 6000 }])
    till.cancel('b')
    expect(till.tier()).toContain('silver')
  })

  test('keep: a level stays for as long as it was promised, whatever comes back', () => {
    const till = withTiers({ on_return: 'keep' })
    till.sell('a', [{ price: 6000 }])
    till.cancel('a')
    expect(till.tier()).toBe('silver until 2028-01-01T00:00:00Z')
    till.go('2028-01-01T00:00:00Z').wake()
    expect(till.tier()).toBe('green')
  })
})

test('a return that an older revision decides leaves the calendar of the newer one alone', () => {
  const tiers = { measure: 'points_earned', levels, window: 'calendar_month', keep: 'until_end_of_window' }
  const later = { from: at('2026-03-05T00:00:00Z'), program: small({ tiers }, 'UTC', 2) }
  const till = new Till(small(), '2026-03-02T12:00:00Z', { later })
  till.sell('old', [{ price: 100 }])
  till.go('2026-03-06T12:00:00Z').sell('new', [{ price: 6000 }])
  till.cancel('old')
  expect(till.tier(later.program)).toBe('silver until 2026-04-01T00:00:00Z')
  till.go('2026-04-01T00:00:00Z').wake()
  expect(till.tier(later.program)).toBe('green')
})

describe('mistakes in the program file', () => {
  const green = { id: 'green' }
  const gold = { id: 'gold', from: 100 }

  test.each([
    [{ levels: [green, gold] }, 'tiers.levels.1.from: say of what, as `measure` above, or name it in `all_of`'],
    [
      { measure: 'spend', levels: [green, { ...gold, all_of: { orders: 3 } }] },
      'tiers.levels.1: say `from`, `any_of` or `all_of`, and only one of them',
    ],
    [
      { levels: [green, { id: 'gold', any_of: { spent: 3 } }] },
      'tiers.levels.1.any_of.spent: spent is not counted; it can be spend, orders, visits, points_earned, or one of your own under `measures`',
    ],
    [
      {
        levels: [
          green,
          { id: 'silver', all_of: { spend: 50, orders: 2 } },
          { id: 'gold', all_of: { spend: 40, orders: 3 } },
        ],
      },
      'tiers.levels.2: must take more than silver, the level below it',
    ],
    [
      { measure: 'spend', measures: { money: 'spend' }, levels: [green, gold] },
      'tiers.measures: the same is counted twice under two names',
    ],
    [
      { measure: 'spend', levels: [green, gold], up: 'after_return_window' },
      'tiers.up: say how long it is: `return_window: 30 days`',
    ],
    [
      { measure: 'spend', levels: [green, gold], return_window: '30 days' },
      'tiers.return_window: is only heard with `up: after_return_window`',
    ],
    [
      { measure: 'spend', levels: [green, gold], up: 'after_return_window', return_window: '1 year' },
      'tiers.return_window: must be at most 120 days',
    ],
    [
      { measure: 'spend', levels: [green, gold], window: 'lifetime', up: 'end_of_window' },
      'tiers.up: a window of lifetime has no end',
    ],
    [
      { measure: 'spend', levels: [green, gold], keep: 'for_life', down: 'one_level' },
      'tiers.down: a level for life never falls',
    ],
    [
      { measure: 'spend', levels: [green, gold], window: 'rolling 60 months' },
      'tiers: this asks to remember 122 parts of time of every member, and 120 are the most, or fewer where more than two things are counted; shorten the window, `keep` or the grace, or let levels fall to_earned',
    ],
  ])('%o', (tiers, expected) => {
    const file = { program: 'a', name: 'A', currency: 'USD', timezone: 'UTC', wallets: { points: {} }, tiers }
    const { problems } = compileProgram(JSON.stringify(file), features)
    expect(problems.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([expected])
  })
})
