import { describe, expect, test } from 'vitest'
import { small, Till } from '../../../test/till.ts'
import type { Program } from '../../core/program.ts'
import { compileProgram } from '../../core/program.ts'
import { Refusal } from '../../core/refusal.ts'
import { features } from '../index.ts'

const rewards = [
  { id: 'cookie', cost: 100, gives: { amount_off: 2 } },
  { id: 'mug', cost: 500, gives: { amount_off: 9 } },
]
const badges = [
  { id: 'regular', name: 'Regular' },
  { id: 'explorer', on_return: 'take' },
]

function program(...challenges: object[]): Program {
  return small({ rewards, badges, challenges: challenges.map((one, i) => ({ id: `c${i}`, ...one })) })
}

function withChallenges(...challenges: object[]): Till {
  return new Till(program(...challenges), '2026-03-02T12:00:00Z')
}

interface Shown {
  id: string
  state: string
  have: number
  need: number
  by: string | null
  times: number
  done_at: string | null
  steps: { at: number; done: boolean }[]
  goals?: { id: string; have: number; need: number; waits: boolean }[]
  now?: { have: number; need: number }
}

function shown(till: Till): Record<string, unknown> {
  return Object.assign({}, ...till.program.views.map((view) => view(till.account, till.program, till.now)))
}

function challengeOf(till: Till, place = 0): Shown {
  return (shown(till)['challenges'] as Shown[])[place]!
}

function progress(till: Till, place = 0): string {
  const { have, need, state } = challengeOf(till, place)
  return `${have}/${need}${state === 'open' ? '' : ` ${state}`}`
}

function badgesOf(till: Till): string[] {
  return (shown(till)['badges'] as { badge: string }[]).map(({ badge }) => badge)
}

function gifts(till: Till): string[] {
  return till.decisions.flatMap((d) =>
    d.caused.flatMap(({ type, body }) => {
      const { reward, quantity, source } = body as { reward?: string; quantity: number; source: string }
      return type === 'give' || type === 'withdraw' ? [`${type} ${quantity} ${reward ?? source}`] : []
    }),
  )
}

describe('what counts', () => {
  test('orders, items, money, categories, products, shops and points', () => {
    const till = withChallenges(
      { count: 'orders', target: 5 },
      { count: 'items', category: 'tea', target: 5 },
      { count: 'spend', target: 50 },
      { count: 'categories', target: 5 },
      { count: 'products', target: 5 },
      { count: 'shops', target: 5 },
      { count: 'points', target: 50 },
    )
    till.sell(
      'a',
      [
        { price: 500, quantity: 2, category: 'tea', sku: 'green' },
        { price: 700, category: 'food' },
      ],
      {
        location: 'north',
      },
    )
    till.sell('b', [{ price: 300, category: 'tea', sku: 'black' }], { location: 'south' })
    till.send('visit', { location: 'south' })
    const all = [0, 1, 2, 3, 4, 5, 6].map((place) => progress(till, place))
    expect(all).toEqual(['2/5', '3/5', '2000/5000', '2/5', '3/5', '2/5', '20/50'])
  })

  test('visits and actions, only when a condition holds and only so often', () => {
    const till = withChallenges(
      { count: 'visits', target: 5, limit: '1 per day' },
      { count: 'actions', when: 'action.type == "review"', target: 5 },
    )
    till.send('visit', {})
    till.send('visit', {})
    till.go('2026-03-03T12:00:00Z').send('visit', {})
    till.send('action', { type: 'review', data: {} })
    till.send('action', { type: 'wave', data: {} })
    expect([progress(till, 0), progress(till, 1)]).toEqual(['2/5', '1/5'])
  })

  test('only what happened between the first and the last day, also when it is told late', () => {
    const till = withChallenges({ count: 'orders', target: 5, from: '2026-03-03', until: '2026-03-10' })
    till.sell('before', [{ price: 500 }])
    till.go('2026-03-10T23:59:00Z').sell('last', [{ price: 500 }])
    expect(challengeOf(till).by).toBe('2026-03-11T00:00:00Z')
    till.go('2026-03-12T12:00:00Z').sell('after', [{ price: 500 }])
    till.sell('late', [{ price: 500 }], { occurred: '2026-03-05T12:00:00Z' })
    expect(challengeOf(till)).toBeUndefined()
    expect(till.account.slices['challenges']).toMatchObject({ c: { c0: { r: [{ a: [2] }] } } })
  })
})

describe('what is won', () => {
  test('the reward and the badge in the end, and steps on the way, each once', () => {
    const steps = [{ at: 2, reward: 'cookie' }]
    const till = withChallenges({ count: 'orders', target: 3, steps, reward: 'mug', badge: 'regular' })
    for (const id of ['a', 'b', 'c', 'd']) till.sell(id, [{ price: 500 }])
    expect([gifts(till), badgesOf(till)]).toEqual([['give 1 cookie', 'give 1 mug'], ['regular']])
    expect(challengeOf(till)).toMatchObject({ state: 'done', have: 4, done_at: '2026-03-02T12:00:00Z' })
    expect(challengeOf(till).steps).toMatchObject([{ at: 2, done: true }])
  })

  test('with a head start the target is nearer', () => {
    const till = withChallenges({ count: 'orders', target: 3, head_start: 1, reward: 'mug' })
    expect(progress(till)).toBe('1/3')
    for (const id of ['a', 'b']) till.sell(id, [{ price: 500 }])
    expect(gifts(till)).toEqual(['give 1 mug'])
  })

  test('again and again, as often as the program says', () => {
    const till = withChallenges({ count: 'items', target: 3, times: 2, reward: 'cookie' })
    till.sell('a', [{ price: 500, quantity: 4 }])
    expect(progress(till)).toBe('1/3')
    till.sell('b', [{ price: 500, quantity: 9 }])
    expect([gifts(till), progress(till)]).toEqual([['give 1 cookie', 'give 1 cookie'], '10/3 done'])
  })

  test('every week anew', () => {
    const till = withChallenges({ count: 'orders', target: 2, every: 'week', reward: 'cookie' })
    for (const id of ['a', 'b', 'c']) till.sell(id, [{ price: 500 }])
    expect(progress(till)).toBe('3/2 done')
    till.go('2026-03-09T12:00:00Z')
    expect([progress(till), challengeOf(till).by]).toEqual(['0/2', '2026-03-16T00:00:00Z'])
    for (const id of ['d', 'e']) till.sell(id, [{ price: 500 }])
    expect(gifts(till)).toEqual(['give 1 cookie', 'give 1 cookie'])
  })

  test('milestones of a lifetime: the first, the third and the fifth order', () => {
    const steps = [
      { at: 1, badge: 'explorer' },
      { at: 3, reward: 'cookie' },
    ]
    const till = withChallenges({ count: 'orders', target: 5, steps, badge: 'regular' })
    till.sell('a', [{ price: 500 }])
    expect(badgesOf(till)).toEqual(['explorer'])
    for (const id of ['b', 'c', 'd', 'e']) till.sell(id, [{ price: 500 }])
    expect([gifts(till), badgesOf(till)]).toEqual([['give 1 cookie'], ['explorer', 'regular']])
  })
})

describe('streaks', () => {
  const streak = { count: 'orders', target: 1, every: 'week', streak: 3, reward: 'mug' }
  const sellInWeeks = (till: Till, ...weeks: number[]) => {
    for (const week of weeks) {
      till.now = Date.parse('2026-03-02T12:00:00Z') + week * 7 * 86_400_000
      till.sell(`w${week}-${till.orders.length}`, [{ price: 500 }])
    }
  }

  test('so many weeks in a row; a missed one breaks it, and the next begins anew', () => {
    const till = withChallenges(streak)
    sellInWeeks(till, 0, 1, 3)
    expect([progress(till), gifts(till)]).toEqual(['1/3', []])
    sellInWeeks(till, 4, 5)
    expect([progress(till), gifts(till)]).toEqual(['0/3', ['give 1 mug']])
    sellInWeeks(till, 6, 7, 8)
    expect(gifts(till)).toEqual(['give 1 mug', 'give 1 mug'])
  })

  test('a week that is forgiven breaks nothing, and counts nothing', () => {
    const till = withChallenges({ ...streak, forgives: 1 })
    sellInWeeks(till, 0, 2)
    expect(progress(till)).toBe('2/3')
    till.now += 14 * 86_400_000
    expect(progress(till)).toBe('0/3')
    sellInWeeks(till, 3)
    expect(gifts(till)).toEqual(['give 1 mug'])
  })

  test('the week of now is not missed before it is over', () => {
    const till = withChallenges(streak)
    sellInWeeks(till, 0, 1)
    till.now += 7 * 86_400_000
    expect([progress(till), challengeOf(till).now]).toEqual(['2/3', { have: 0, need: 1, count: 'orders' }])
    till.now += 7 * 86_400_000
    expect(progress(till)).toBe('0/3')
  })

  test('what is told late closes the gap, and what comes back opens it', () => {
    const till = withChallenges(streak)
    sellInWeeks(till, 0, 2)
    till.sell('late', [{ price: 500 }], { occurred: '2026-03-11T12:00:00Z' })
    expect(gifts(till)).toEqual(['give 1 mug'])
    till.cancel('late')
    expect([progress(till), gifts(till)]).toEqual(['1/3', ['give 1 mug', 'withdraw 1 challenges:c0']])
  })

  test('of years is remembered without its weeks', () => {
    const till = withChallenges({ ...streak, streak: 60 })
    sellInWeeks(till, ...Array.from({ length: 130 }, (_, week) => week))
    expect(gifts(till)).toEqual(['give 1 mug', 'give 1 mug'])
    const { r } = (till.account.slices['challenges'] as { c: { c0: { r: unknown[] } } }).c.c0
    expect([r.length, progress(till)]).toEqual([72, '10/60'])
  })
})

describe('quests', () => {
  const tea = { id: 'tea', count: 'items', category: 'tea', target: 2 }
  const visit = { id: 'visit', count: 'visits', target: 1 }

  test('need all of their goals, or any of them', () => {
    const till = withChallenges({ all_of: [tea, visit], reward: 'mug' }, { any_of: [tea, visit], reward: 'cookie' })
    till.send('visit', {})
    expect([gifts(till), progress(till), progress(till, 1)]).toEqual([['give 1 cookie'], '1/2', '1/1 done'])
    till.sell('a', [{ price: 500, category: 'tea', quantity: 2 }])
    expect([gifts(till), progress(till)]).toEqual([['give 1 cookie', 'give 1 mug'], '2/2 done'])
  })

  test('in order: what happened before its turn does not count, and does not come back', () => {
    const till = withChallenges({ all_of: [visit, tea], in_order: true, reward: 'mug' })
    till.sell('early', [{ price: 500, category: 'tea', quantity: 2 }])
    expect(challengeOf(till).goals).toMatchObject([{ waits: false }, { have: 0, waits: true }])
    till.send('visit', {})
    till.sell('a', [{ price: 500, category: 'tea', quantity: 1 }])
    till.cancel('early')
    expect(challengeOf(till).goals).toMatchObject([{ have: 1 }, { have: 1, waits: false }])
    till.sell('b', [{ price: 500, category: 'tea', quantity: 1 }])
    expect(gifts(till)).toEqual(['give 1 mug'])
  })
})

describe('joining', () => {
  const challenge = { count: 'orders', target: 2, starts: 'joined', reward: 'mug' }
  const join = (till: Till, joined = true, id = 'c0') => till.send('challenge', { challenge: id, joined })

  test('what is bought before joining does not count, nor does it come back', () => {
    const till = withChallenges(challenge)
    till.sell('before', [{ price: 500 }])
    expect(progress(till)).toBe('0/2 to_join')
    join(till)
    till.go('2026-03-03T12:00:00Z').sell('a', [{ price: 500 }])
    till.cancel('before')
    expect(progress(till)).toBe('1/2')
    till.sell('b', [{ price: 500 }])
    expect(gifts(till)).toEqual(['give 1 mug'])
  })

  test('whoever leaves keeps what was reached, and what comes back still goes', () => {
    const till = withChallenges(challenge)
    join(till)
    till.sell('a', [{ price: 500 }])
    join(till, false)
    till.sell('b', [{ price: 500 }])
    expect(progress(till)).toBe('1/2 to_join')
    till.cancel('a')
    expect(till.account.slices['challenges']).toBeUndefined()
  })

  test('is refused where there is nothing to join', () => {
    const till = withChallenges({ count: 'orders', target: 2 }, { ...challenge, until: '2026-03-01' })
    const codes = ['c0', 'c1', 'c7'].map((id) => join(till, true, id)).map((one) => (one as Refusal).code)
    expect(codes).toEqual(['challenge_unavailable', 'challenge_unavailable', 'not_found'])
    expect(join(till)).toBeInstanceOf(Refusal)
  })
})

describe('returns', () => {
  test('take progress back by what remains, and ask for the reward', () => {
    const till = withChallenges({ count: 'spend', category: 'tea', target: 10, reward: 'mug', badge: 'explorer' })
    till.sell('a', [
      { price: 500, quantity: 3, category: 'tea' },
      { price: 900, category: 'food' },
    ])
    expect([progress(till), badgesOf(till)]).toEqual(['1500/1000 done', ['explorer']])
    till.giveBack('a', [{ id: '2', quantity: 1 }])
    expect(progress(till)).toBe('1500/1000 done')
    till.giveBack('a', [{ id: '1', quantity: 2 }])
    expect([progress(till), badgesOf(till)]).toEqual(['500/1000', []])
    expect(gifts(till)).toEqual(['give 1 mug', 'withdraw 1 challenges:c0'])
  })

  test('a badge that is to stay stays', () => {
    const till = withChallenges({ count: 'orders', target: 1, badge: 'regular' })
    till.sell('a', [{ price: 500 }])
    till.cancel('a')
    expect([progress(till), badgesOf(till)]).toEqual(['0/1', ['regular']])
  })

  test('a reward that is used is owed: the same again gives nothing twice', () => {
    const till = withChallenges({ count: 'orders', target: 1, times: 9, reward: 'mug' })
    till.sell('a', [{ price: 500 }])
    const { code } = till.account.vouchers[0]!
    till.cancel('a')
    expect(till.account.vouchers).toEqual([])
    till.sell('b', [{ price: 500 }])
    const { code: second } = till.account.vouchers[0]!
    expect(second).not.toBe(code)
    till.sell('c', [{ price: 2000 }], { redeem: [{ voucher: second }] })
    expect(till.account.vouchers).toHaveLength(1)
    till.cancel('b')
    till.sell('d', [{ price: 500 }])
    expect(till.account.vouchers).toHaveLength(1)
  })

  test('a category counts as long as some of it remains', () => {
    const till = withChallenges({ count: 'categories', target: 3 })
    till.sell('a', [
      { price: 500, quantity: 2, category: 'tea' },
      { price: 900, category: 'food' },
    ])
    till.sell('b', [{ price: 500, category: 'tea' }])
    till.giveBack('a', [
      { id: '1', quantity: 2 },
      { id: '2', quantity: 1 },
    ])
    expect(progress(till)).toBe('1/3')
    till.cancel('b')
    expect(till.account.slices['challenges']).toBeUndefined()
  })
})

describe('two members who are one', () => {
  test('have done what both of them did, and their badges', () => {
    const ids = { last: 0 }
    const own = program(
      { count: 'orders', target: 3, reward: 'mug' },
      { count: 'categories', target: 2, badge: 'explorer' },
      { count: 'orders', target: 1, every: 'week', streak: 2, badge: 'regular' },
      { count: 'orders', target: 9, starts: 'joined' },
    )
    const mia = new Till(own, '2026-03-02T12:00:00Z', { ids, name: 'mia' })
    const maya = new Till(own, '2026-03-02T12:00:00Z', { ids, name: 'maya' })
    mia.send('challenge', { challenge: 'c3', joined: true })
    mia.sell('a', [{ price: 500, category: 'tea' }])
    maya.go('2026-03-09T12:00:00Z').sell('b', [{ price: 500, category: 'food' }])
    maya.sell('c', [{ price: 500, category: 'food' }])
    mia.go('2026-03-09T12:00:00Z')
    expect(mia.sendBoth(maya, 'merge', { from: 1, into: 2 })).not.toBeInstanceOf(Refusal)
    expect([progress(maya), progress(maya, 1), progress(maya, 3)]).toEqual(['3/3 done', '2/2 done', '1/9'])
    expect([badgesOf(maya).sort(), maya.account.vouchers.length]).toEqual([['explorer', 'regular'], 1])
    maya.cancel('a')
    expect([progress(maya), progress(maya, 1), badgesOf(maya)]).toEqual(['2/3', '1/2', ['regular']])
  })
})

describe('badges', () => {
  test('are a fact that other rules may ask for', () => {
    const earning = [{ id: 'thanks', on: 'order', when: '"regular" in member.badges', earn: 10 }]
    const challenges = [{ id: 'first', count: 'orders', target: 1, badge: 'regular' }]
    const till = new Till(small({ rewards, badges, challenges, earning }), '2026-03-02T12:00:00Z')
    till.sell('a', [{ price: 500 }])
    expect(till.points()).toBe(0)
    till.sell('b', [{ price: 500 }])
    expect(till.points()).toBe(10)
    till.cancel('b')
    expect(till.points()).toBe(0)
  })
})

describe('check refuses what can never be met', () => {
  const problemsOf = (challenge: object) => {
    const core = { program: 'p', name: 'P', currency: 'USD', timezone: 'UTC', wallets: { points: {} } }
    const text = JSON.stringify({ ...core, rewards, badges, challenges: [{ id: 'c', ...challenge }] })
    return compileProgram(text, features).problems.map(({ code, message }) => `${code}: ${message}`)
  }
  const goals = [
    { id: 'one', count: 'visits', target: 1 },
    { id: 'two', count: 'orders', target: 1 },
  ]

  test.each([
    [
      { count: 'orders', target: 2, from: '2026-04-01', until: '2026-03-01' },
      'never_reached: challenge c ended before it began: its last day is before its first',
    ],
    [{ count: 'orders', target: 0 }, 'never_reached: c takes nothing: a target is above 0'],
    [
      { count: 'visits', target: 5, limit: '1 per day', from: '2026-03-01', until: '2026-03-03' },
      'never_reached: c takes 5 visits, and the limit allows 3 between its first and its last day',
    ],
    [
      { count: 'visits', target: 8, limit: '1 per day', every: 'week' },
      'never_reached: c takes 8 visits, and the limit allows 7 in a week',
    ],
    [
      { count: 'visits', target: 2, limit: '1 per month', every: 'month' },
      'never_reached: c takes 2 visits, and the limit allows 1 in a month',
    ],
    [
      { count: 'categories', category: ['tea', 'food'], target: 3 },
      'never_reached: c asks for 3 different categories and counts only 2',
    ],
    [
      { count: 'orders', target: 1, every: 'week', streak: 6, from: '2026-03-02', until: '2026-03-29' },
      'never_reached: challenge c asks for 6 in a row, and from 2026-03-02 to 2026-03-29 there are 4 weeks',
    ],
    [
      { count: 'orders', target: 5, steps: [{ at: 6, reward: 'mug' }] },
      'never_reached: a step at 6 is not on the way to 5: it is that or beyond',
    ],
    [
      { count: 'orders', target: 5, head_start: 5 },
      'never_reached: challenge c would be done from the start: give less than 5',
    ],
    [{ count: 'orders', target: 5, reward: 'mgu' }, 'unknown_reward: there is no reward mgu'],
    [{ count: 'orders', target: 5, badge: 'reglar' }, 'unknown_badge: there is no badge reglar; say it under `badges`'],
    [{ all_of: [{ ...goals[0], after: 'one' }, goals[1]] }, 'never_reached: goal one waits for itself'],
    [{ all_of: [{ ...goals[0], after: 'three' }, goals[1]] }, 'unknown_goal: there is no goal three'],
    [{ count: 'orders', target: 1, streak: 3 }, 'no_period: say in what a streak is counted: `every: week`'],
    [
      { count: 'visits', target: 1, category: 'tea' },
      'order_only: only an order has lines, and this rule is on visits',
    ],
    [{ reward: 'mug' }, 'what_counts: challenge c needs one of `count`, `all_of` and `any_of`'],
  ])('%j', (challenge, message) => {
    expect(problemsOf(challenge)).toEqual([message])
  })

  test('and takes what can just be met', () => {
    const days = { from: '2026-03-01', until: '2026-03-05' }
    expect(problemsOf({ count: 'visits', target: 5, limit: '1 per day', ...days })).toEqual([])
    expect(problemsOf({ count: 'orders', target: 1, every: 'day', streak: 5, ...days })).toEqual([])
  })
})
