/** Budgets: never more than there is, however it is asked for; what comes back can be given to others. */

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../test/http.ts'
import { small, Till } from '../../../test/till.ts'
import { explain } from '../../core/explain.ts'
import { compileProgram } from '../../core/program.ts'
import { verify } from '../../engine/verify.ts'
import { routes } from '../../server.ts'
import { features } from '../index.ts'

const EARNING = [
  { id: 'base', on: 'order', earn: '1 per 1.00' },
  { id: 'double', on: 'order', when: 'order.weekday == "wednesday"', times: 2 },
  { id: 'check-in', on: 'visit', earn: 5 },
]

function shop(budget: object, more: object = {}) {
  return small({
    earning: EARNING,
    budgets: [{ id: 'summer', points: 100, covers: { earning: ['double'] }, ...budget }],
    ...more,
  })
}

/** Two members who draw on the same budgets. 4 March 2026 is a Wednesday. */
function twoTills(program = shop({})): [Till, Till, Map<string, number>] {
  const claims = new Map<string, number>()
  const [ana, ben] = [0, 1].map(() => new Till(program, '2026-03-04T12:00:00Z', { claims })) as [Till, Till]
  return [ana!, ben!, claims]
}

describe('a budget of points', () => {
  test('is shared by all members and gives all of something or nothing; other rules go on', () => {
    const [ana, ben, claims] = twoTills()
    ana.sell('a', [{ price: 8000 }])
    expect(ana.points()).toBe(160)
    const refused = ben.sell('b', [{ price: 3000 }])
    expect([ben.points(), claims.get('budget:summer:0')]).toEqual([30, 80])
    const [, double] = explain({ type: 'order', at: ben.now, entries: refused.entries, moves: [] }, ben.program, String)
    expect(double!.text).toBe('No extra points for double, 2 times: the budget summer is spent')
    ben.sell('c', [{ price: 2000 }])
    expect([ben.points(), claims.get('budget:summer:0')]).toEqual([70, 100])
  })

  test('gets back what a return takes back, to the point, and what it could not pay is not given for a remainder', () => {
    const [ana, ben, claims] = twoTills()
    ana.sell('a', [{ price: 4000 }, { price: 4000 }])
    ben.sell('b', [{ price: 3000 }, { price: 1000 }])
    ana.giveBack('a', [{ id: '1', quantity: 1 }])
    expect([ana.points(), claims.get('budget:summer:0')]).toEqual([80, 40])
    ben.giveBack('b', [{ id: '1', quantity: 1 }])
    expect([ben.points(), claims.get('budget:summer:0')]).toEqual([10, 40])
  })

  test('tells once when its mark is passed and once when it is spent', () => {
    const [ana, ben] = twoTills(shop({ warn: '80%' }))
    const topics = (till: Till, id: string, price: number) =>
      till
        .sell(id, [{ price }])
        .messages.flatMap(({ topic, data }) => (topic.startsWith('budget') ? [[topic, data['used']]] : []))
    expect(topics(ana, 'a', 7900)).toEqual([])
    expect(topics(ben, 'b', 500)).toEqual([['budget.warning', 84]])
    expect(topics(ana, 'c', 500)).toEqual([])
    expect(topics(ana, 'd', 5000)).toEqual([['budget.spent', 89]])
    expect(topics(ben, 'e', 5000)).toEqual([])
  })

  test('has as much again in the next period, and gives nothing outside of its days', () => {
    const [ana] = twoTills(shop({ per: 'week', until: '2026-03-12' }))
    ana.sell('a', [{ price: 10000 }])
    ana.sell('b', [{ price: 100 }])
    expect(ana.points()).toBe(201)
    ana.go('2026-03-11T12:00:00Z').sell('c', [{ price: 10000 }])
    expect(ana.points()).toBe(401)
    ana.go('2026-03-18T12:00:00Z').sell('d', [{ price: 100 }])
    expect(ana.points()).toBe(402)
  })

  test('gives one member no more than their part', () => {
    const [ana, ben, claims] = twoTills(shop({ each: [{ most: 30, per: 'day' }, { most: 50 }] }))
    ana.sell('a', [{ price: 3000 }])
    const had = ana.sell('b', [{ price: 100 }])
    expect(had.entries.at(-1)!.stop).toEqual({ budget: 'summer', why: 'had' })
    ana.go('2026-03-11T12:00:00Z').sell('c', [{ price: 2000 }])
    ana.sell('d', [{ price: 100 }])
    ben.sell('e', [{ price: 2500 }])
    expect([ana.points(), ben.points(), claims.get('budget:summer:0')]).toEqual([102, 50, 75])
  })

  test('pays together with another one or not at all', () => {
    const program = small({
      earning: EARNING,
      budgets: [
        { id: 'large', points: 100, covers: { earning: ['check-in', 'double'] } },
        { id: 'tiny', points: 7, covers: { earning: ['check-in'] } },
      ],
    })
    const [ana, ben, claims] = twoTills(program)
    ana.send('visit', {})
    ben.send('visit', {})
    expect([ana.points(), ben.points()]).toEqual([5, 0])
    expect([claims.get('budget:large:0'), claims.get('budget:tiny:0')]).toEqual([5, 5])
  })
})

describe('a budget of money', () => {
  const program = small({
    earning: [...EARNING, { id: 'welcome', on: 'join', earn: 500 }],
    discounts: [
      { id: 'tenth', gives: { percent_off: 10 } },
      { id: 'one-off', gives: { amount_off: 1 } },
    ],
    rewards: [{ id: 'five-off', cost: 50, gives: { amount_off: 5 } }],
    budgets: [{ id: 'ads', money: 10, covers: { discounts: ['tenth'], rewards: ['five-off'] } }],
  })

  test('leaves out the discount that it cannot pay, and the order goes through with the others', () => {
    const [ana, ben, claims] = twoTills(program)
    expect(ana.sell('a', [{ price: 8000 }]).discounts.map(({ amount }) => amount)).toEqual([800, 100])
    const poorer = ben.sell('b', [{ price: 4000 }])
    expect(poorer.discounts).toMatchObject([{ source: 'one-off', amount: 100 }])
    expect(poorer.leftOut).toMatchObject([{ source: 'tenth', why: { code: 'budget_spent' } }])
    expect(claims.get('budget:ads:0')).toBe(800)
  })

  test('refuses the reward that was asked for, and takes nothing', () => {
    const [ana, ben, claims] = twoTills(program)
    ana.sell('a', [{ price: 8000 }])
    const points = ben.points()
    expect(ben.trySell('b', [{ price: 1000 }], { redeem: [{ reward: 'five-off' }] })).toMatchObject({
      code: 'budget_spent',
      detail: 'five-off: the budget ads is spent.',
    })
    expect([ben.points(), claims.get('budget:ads:0')]).toEqual([points, 800])
  })

  test('gets back what a return takes back of a discount, whatever its parts', () => {
    const [ana, , claims] = twoTills(program)
    ana.sell('a', [{ price: 4000 }, { price: 2000, quantity: 2 }])
    ana.giveBack('a', [{ id: '2', quantity: 1 }])
    expect(claims.get('budget:ads:0')).toBe(600)
    ana.giveBack('a', [{ id: '1', quantity: 1 }])
    ana.giveBack('a', [{ id: '2', quantity: 1 }])
    expect(claims.get('budget:ads:0')).toBe(0)
  })
})

test('no history takes more from a budget than it has, and what is used is what members have of it', () => {
  const step = fc.record({
    who: fc.nat({ max: 1 }),
    price: fc.integer({ min: 1, max: 6000 }),
    back: fc.option(fc.nat({ max: 5 })),
    days: fc.integer({ min: 0, max: 9 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const [ana, ben, claims] = twoTills(shop({ each: [{ most: 60, per: 'month' }] }))
      const sold: [Till, string][] = []
      let now = ana.now
      for (const [i, { who, price, back, days }] of steps.entries()) {
        now += days * 86_400_000
        const till = who === 0 ? ana : ben
        till.now = now
        till.sell(`o${i}`, [{ price }])
        sold.push([till, `o${i}`])
        if (back === null) continue
        const [seller, order] = sold.splice(back % sold.length, 1)[0]!
        seller.now = now
        seller.giveBack(order, [{ id: '1', quantity: 1 }])
      }
      const given = [ana, ben].map(({ postings }) =>
        postings.reduce(
          (sum, { rule, points, from }) => (rule === 'double' ? sum + (from === 'issued' ? points : -points) : sum),
          0,
        ),
      )
      expect(claims.get('budget:summer:0') ?? 0).toBe(given[0]! + given[1]!)
      expect(given[0]! + given[1]!).toBeLessThanOrEqual(100)
    }),
  )
})

test.each([
  ['{ id: a, covers: { earning: [base] } }', 'budget a needs either `points` or `money`'],
  ['{ id: a, points: 10, covers: {} }', 'budget a pays for nothing'],
  ['{ id: a, points: 10, covers: { earning: [bse] } }', 'there is no bse in earning'],
  [
    '{ id: a, money: 10, covers: { earning: [base] } }',
    'base gives points of points, which this budget does not count',
  ],
  ['{ id: a, money: 10, covers: { rewards: [mug] } }', 'mug takes no money off: say with `stock` how many there are'],
  ['{ id: a, points: 10, covers: { rewards: [off] } }', 'off takes money off, so its budget is of `money`'],
  ['{ id: a, points: 10, each: [{ most: 11 }], covers: { earning: [base] } }', 'is more than the whole budget has'],
])('check: %s', (budget, message) => {
  const text = `program: small\nname: Small\ncurrency: USD\ntimezone: UTC\nwallets: { points: {} }\nearning:\n  - { id: base, on: order, earn: 1 per 1.00 }\nrewards:\n  - { id: mug, cost: 5, gives: { thing: { kind: gift } } }\n  - { id: off, cost: 5, gives: { amount_off: 1.00 } }\nbudgets:\n  - ${budget}\n`
  const { problems } = compileProgram(text, features)
  expect(problems.map((problem) => problem.message).join('\n')).toContain(message)
})

describe('over HTTP', () => {
  const SOURCE = `
program: small
name: Small
currency: USD
timezone: UTC
wallets: { points: {} }
earning:
  - { id: base, on: order, earn: 1 per 1.00 }
  - { id: check-in, on: visit, earn: 5 }
budgets:
  - { id: launch, name: Launch, points: 200, covers: { earning: [check-in] } }
`
  let server: TestServer
  beforeAll(async () => {
    server = await testServer(SOURCE, Date.parse('2026-03-04T12:00:00Z'), routes)
  })
  afterAll(() => server.drop())

  test('many at once never overdraw it, and a replay agrees', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `m${i}`)
    await Promise.all(names.map((name) => server.call('POST', '/v1/members', { body: { external_id: name } })))
    const visits = names.map((name) =>
      server.call('POST', '/v1/visits', {
        body: { member: `external:${name}`, occurred_at: '2026-03-04T12:00:00Z', location: 'x' },
      }),
    )
    expect((await Promise.all(visits)).map(({ status }) => status)).toEqual(names.map(() => 200))
    const members = await Promise.all(names.map((name) => server.call('GET', `/v1/members/external:${name}`)))
    const points = members.map(({ json }) => json.balances[0].available as number)
    expect(points.reduce((sum, one) => sum + one, 0)).toBe(200)
    const { json } = await server.call('GET', '/v1/budgets')
    expect(json.data).toEqual([
      {
        id: 'launch',
        name: 'Launch',
        wallet: 'points',
        currency: null,
        total: 200,
        used: 200,
        left: 0,
        per: null,
        from: null,
        until: null,
        covers: ['earning.check-in'],
      },
    ])
    const { ledger } = server
    expect((await verify(ledger.database.db, ledger.programs)).differences).toEqual([])
  })
})
