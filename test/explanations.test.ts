/** Every point that moves is explained, in words that members understand and in figures that add up. */

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ActivityType } from '../src/core/activity.ts'
import type { Deciding } from '../src/core/deciding.ts'
import { type Explanation, explain } from '../src/core/explain.ts'
import { type Move, wordsForMove } from '../src/core/move-words.ts'
import { type Bucket, NEVER, type Posting } from '../src/core/points.ts'
import {
  BEGINNING,
  Driver,
  programDraw,
  programOf,
  redemptionStep,
  runHistory,
  runs,
  step,
  stepsOf,
} from './history.ts'
import { accepted, cornerCoffee, small, Till } from './till.ts'

function moveOf({ wallet, from, to, points, rule, lot }: Posting): Move {
  const expiryMs = lot === null || lot.expiry === NEVER ? null : lot.expiry
  return { wallet, from, to, points, rule, month: lot?.month ?? null, expiryMs }
}

function explained(d: Deciding): Explanation[] {
  const { entries, postings, program, activity } = d
  const decided = { type: activity.type, at: d.at, entries, moves: postings.map(moveOf) }
  return explain(decided, program, (place) => `pst_${place}`)
}

const texts = (d: Deciding) => explained(d).map(({ text }) => text)

/** Every way in which the database lets points move: from its own constraint. */
function allowedMoves(): { from: Bucket; to: Bucket }[] {
  const sql = readFileSync(new URL('../docs/schema.sql', import.meta.url), 'utf8')
  const cases = /check \(case from_bucket\n([\s\S]*?)else false end\)/.exec(sql)![1]!
  return [...cases.matchAll(/when '(\w+)' then to_bucket (?:in \(([^)]*)\)|= '(\w+)')/g)].flatMap(
    ([, from, many, one]) =>
      (one === undefined ? [...many!.matchAll(/'(\w+)'/g)].map(([, to]) => to!) : [one]).map((to) => ({
        from: from as Bucket,
        to: to as Bucket,
      })),
  )
}

describe('every way in which points can move has words', () => {
  const moves = allowedMoves()
  const program = small()

  test('the database knows them all', () => {
    expect(moves.length).toBeGreaterThanOrEqual(16)
    expect(moves).toContainEqual({ from: 'forgiven', to: 'reversed' })
  })

  test.each(moves)('from $from to $to', ({ from, to }) => {
    for (const points of [1, 2]) {
      const move: Move = { wallet: 'points', from, to, points, rule: null, month: 24_316, expiryMs: null }
      const text = wordsForMove('clock', move, null, points === 1 ? '1 point' : '2 points', 0, program)
      expect(text, `add words for ${from} to ${to} to src/core/move-words.ts`).toMatch(
        points === 1 ? /^1 point\b/ : /^2 points\b/,
      )
      if (points === 1) expect(text).not.toMatch(/\b(they|them|are|were|points)\b/)
      else expect(text).not.toMatch(/\b(it|and is|was spent|was not|pays)\b/)
    }
  })
})

describe('whatever happens', () => {
  const program = programDraw({ gifts: true })
  const anyStep = fc.oneof({ weight: 3, arbitrary: step }, { weight: 2, arbitrary: redemptionStep })

  test('every posting is explained, by its own words or by those of its rule', () => {
    fc.assert(
      fc.property(program, stepsOf({ maxLength: 60 }, anyStep), (file, steps) => {
        const driver = new Driver(programOf(file), BEGINNING)
        runHistory(driver, steps)
        for (const d of driver.decisions) {
          const explanations = explained(d)
          const named = new Set(explanations.flatMap(({ postings }) => postings))
          expect([...named].sort()).toEqual(d.postings.map((_, place) => `pst_${place}`).sort())
          for (const { text } of explanations) expect(text).not.toMatch(/moved from|undefined|NaN|null/)
        }
      }),
      { numRuns: runs(150) },
    )
  })

  test('the points of what rules give and take back are those of their postings', () => {
    fc.assert(
      fc.property(program, stepsOf({ maxLength: 60 }), (file, steps) => {
        const driver = new Driver(programOf(file), BEGINNING)
        runHistory(driver, steps)
        for (const d of driver.decisions) {
          const rules = new Set(d.entries.map(({ rule }) => rule))
          const told = new Map<string, number>()
          for (const { rule, wallet, points } of explained(d))
            if (rules.has(rule)) told.set(`${wallet} ${rule}`, (told.get(`${wallet} ${rule}`) ?? 0) + points)
          const moved = new Map([...told.keys()].map((key) => [key, 0]))
          for (const { wallet, rule, from, to, points } of d.postings) {
            const sign = from === 'issued' ? 1 : to === 'reversed' ? -1 : 0
            if (sign !== 0) moved.set(`${wallet} ${rule}`, (moved.get(`${wallet} ${rule}`) ?? 0) + sign * points)
          }
          expect(moved).toEqual(told)
        }
      }),
      { numRuns: runs(150) },
    )
  })

  test('exact points, rate and carry give the points that are told', () => {
    fc.assert(
      fc.property(program, stepsOf({ maxLength: 40 }), (file, steps) => {
        const driver = new Driver(programOf(file), BEGINNING)
        runHistory(driver, steps)
        for (const d of driver.decisions)
          for (const one of explained(d)) {
            if (one.carry_before === null || one.carry_after === null) continue
            // points = exact + carried before − kept after, over one denominator.
            const [exact, before, after] = [one.exact, one.carry_before, one.carry_after].map(fraction)
            const of = exact![1] * before![1] * after![1]
            const sum = (exact![0] * of) / exact![1] + (before![0] * of) / before![1] - (after![0] * of) / after![1]
            expect(sum).toBe(BigInt(one.points) * of)
          }
      }),
      { numRuns: runs(60) },
    )
  })
})

function fraction(text: string): [bigint, bigint] {
  const [n, d = '1'] = text.split('/')
  return [BigInt(n!), BigInt(d)]
}

describe('in words that members understand', () => {
  test('earned at a tier, carried, and doubled up to a limit', () => {
    const till = new Till(cornerCoffee(), '2026-03-02T15:00:00Z')
    till.sell('first', [{ price: 50_000 }])
    till.go('2026-03-04T15:00:00Z')
    expect(texts(till.sell('a', [{ price: 3020 }]))).toEqual([
      '36 stars: 30.20 × 1.2 at Gold is 36.24; the 0.24 is kept for next time',
    ])
    till.go('2026-03-10T15:00:00Z')
    expect(texts(till.sell('b', [{ price: 20_000 }]))).toEqual([
      '240 stars: 200.00 × 1.2 at Gold is 240, with 0.24 from before; the 0.24 is kept for next time',
      '200 extra stars for double tuesday, 2 times: 200.00 × 1.2 is 240; limit of 200 a month reached: 200 of 240',
    ])
    expect(texts(till.sell('c', [{ price: 1000 }]))).toEqual([
      '12 stars: 10.00 × 1.2 at Gold is 12, with 0.24 from before; the 0.24 is kept for next time',
      'No extra stars for double tuesday, 2 times: 200 of 200 this month are used',
    ])
    expect(texts(accepted(till.send('action', { type: 'review', data: {} })))).toEqual(['25 stars for a review'])
    expect(texts(accepted(till.send('action', { type: 'review', data: {} })))).toEqual([
      'No stars for a review: 1 of 1 time this week is used',
    ])
  })

  const shop = (wallet: object = {}, more: object = {}) =>
    small({
      wallets: { stars: { name: 'Stars', ...wallet } },
      earning: [
        { id: 'base', on: 'order', earn: '1 per 1.00' },
        { id: 'welcome', on: 'join', earn: 100 },
      ],
      rewards: [{ id: 'two-off', name: 'Two dollars off', cost: 60, gives: { amount_off: '2.00' }, hold: '3 days' }],
      ...more,
    })

  const SHORT = { expiry: { after: '1 month', until_end_of: 'month' } }
  const START = '2026-05-01T12:00:00Z'

  const latest = (till: Till, type: ActivityType) =>
    texts(till.decisions.findLast(({ activity }) => activity.type === type)!)

  test('held, captured in part, given up and timed out', () => {
    const till = new Till(shop(), START)
    const hold = () => accepted(till.send('redeem', { reward: 'two-off', quantity: 1, capture: false }))
    const first = hold()
    expect(texts(first)).toEqual(['60 Stars held for Two dollars off'])
    expect(texts(accepted(till.send('capture', { redemption: first.activity.id, points: 59 })))).toEqual([
      '59 Stars spent on Two dollars off',
      '1 Star held for Two dollars off was not needed and can be spent again',
    ])
    till.sell('more', [{ price: 10_000 }])
    expect(texts(accepted(till.send('void', { redemption: hold().activity.id })))).toEqual([
      '60 Stars held for Two dollars off can be spent again: the hold was given up',
    ])
    hold()
    till.go('2026-05-05T12:00:00Z').wake()
    expect(latest(till, 'clock')).toEqual(['60 Stars held for Two dollars off can be spent again: the hold timed out'])
    expect(texts(accepted(till.send('redeem', { reward: 'two-off', quantity: 1, capture: true })))).toEqual([
      '60 Stars spent on Two dollars off',
    ])
  })

  test('waiting, released, expired, and expired while they were held', () => {
    const earning = [{ id: 'base', on: 'order', earn: '1 per 1.00', pending: '14 days' }]
    const till = new Till(shop(SHORT, { earning }), START)
    till.sell('a', [{ price: 100 }])
    till.go('2026-05-15T00:00:00Z').wake()
    expect(latest(till, 'clock')).toEqual(['1 Star from May 2026 can be spent now: the time of waiting is over'])
    till.go('2026-07-01T00:00:00Z').wake()
    expect(latest(till, 'clock')).toEqual(['1 Star from May 2026 expired: it was good until 30 June 2026'])

    const holding = new Till(shop(SHORT), START)
    holding.go('2026-06-29T12:00:00Z').send('redeem', { reward: 'two-off', quantity: 1, capture: false })
    holding.go('2026-07-02T12:00:00Z').wake()
    expect(latest(holding, 'clock')).toEqual([
      '60 Stars held for Two dollars off can be spent again: the hold timed out',
      '60 Stars from May 2026 expired while they were held: they were good until 30 June 2026',
    ])
  })

  test('told too late', () => {
    const till = new Till(shop({ expiry: { after: '1 day', until_end_of: 'day' } }), START)
    till.go('2026-05-20T12:00:00Z')
    expect(texts(till.sell('late', [{ price: 1000 }], { occurred: '2026-05-02T12:00:00Z' }))).toEqual([
      '10 Stars: 1 Star for every 1.00 USD of 10.00',
      '10 Stars had expired before we heard of this: they were good until 3 May 2026',
    ])
    expect(texts(till.cancel('late'))).toEqual([
      '10 Stars taken back for what was returned',
      '10 Stars of those taken back had expired already: nothing is owed for them',
    ])
  })

  test.each([
    ['allowed', '40 Stars of those taken back were spent already and are owed'],
    ['stop_at_zero', '40 Stars of those earned were spent already and need not be given back'],
  ])('returned after they were spent: %s', (negative, words) => {
    const till = new Till(shop({ negative }, { earning: [{ id: 'base', on: 'order', earn: '1 per 1.00' }] }), START)
    till.sell('a', [{ price: 10_000 }])
    till.send('redeem', { reward: 'two-off', quantity: 1, capture: true })
    expect(texts(till.giveBack('a', [{ id: '1', quantity: 0, amount: 8000 }]))).toEqual([
      '80 Stars taken back for what was returned',
      words,
    ])
    const next = texts(till.sell('b', [{ price: 5000 }]))
    expect(next).toEqual([
      '50 Stars: 1 Star for every 1.00 USD of 50.00',
      ...(negative === 'allowed' ? ['40 Stars pay what was owed'] : []),
    ])
  })

  test('spent on an order that came back', () => {
    const till = new Till(shop(), START)
    const sale = till.sell('a', [{ price: 1000 }], { redeem: [{ reward: 'two-off' }] })
    expect(texts(sale)).toEqual(['8 Stars: 1 Star for every 1.00 USD of 8.00', '60 Stars spent on Two dollars off'])
    expect(texts(till.cancel('a'))).toEqual([
      '8 Stars taken back for what was returned',
      '60 Stars spent on Two dollars off came back',
    ])
  })
})
