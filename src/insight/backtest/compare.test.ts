/** Two programs on one history: what the comparison says adds up, and names whoever gains and loses most. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at, programDraw, programOf } from '../../../test/history.ts'
import { pastOrders } from '../../../test/past-orders.ts'
import type { HistoryOrder } from '../../core/history.ts'
import type { Program } from '../../core/program.ts'
import { createBacktest } from './backtest.ts'
import { Comparison, compareRuns } from './compare.ts'
import { comparisonText } from './compare-text.ts'
import { runOf } from './figures.ts'
import type { Run } from './ranges.ts'
import { assume, type Scenario } from './scenario.ts'
import { mergeTallies } from './tally-state.ts'

const programWith = (earn: string, more = '') =>
  programOf(`
program: shop
name: Shop
currency: USD
timezone: UTC
wallets:
  points: {}
earning:
  - { id: base, on: order, earn: ${earn} }
${more}rewards:
  - { id: two-off, cost: 20, gives: { amount_off: 2.00 } }
`)
const PLAIN = programWith('1 per 1.00')
const LAVISH = programWith(
  '2 per 1.00',
  '  - { id: extra, on: order, earn: 5, when: \'order.total >= money("50.00")\' }\n',
)

/** Members 0 to 11, each with one order a month of as many dollars as their number tells. */
const HISTORY = Array.from({ length: 36 }, (_, i): HistoryOrder => {
  const member = i % 12
  const lines = [{ id: '1', sku: 'tea', category: 'drinks', quantity: 1, unit_price: 500 * member }]
  const occurred_at = at('2026-01-05T10:00:00Z') + Math.floor(i / 12) * 30 * 86_400_000
  return { external_id: `o${i}`, member: `m${String(member).padStart(2, '0')}`, occurred_at, currency: 'USD', lines }
})

function run(program: Program, assumed: Partial<Scenario> = {}, history = HISTORY): Run {
  const fold = createBacktest(assume(program, { ...assumed, ends: true }))
  for (const order of history) fold.order(order)
  return fold.finishRun()
}

describe('a more generous program against the one of now', () => {
  const redeeming = { model: 'at-once' } as const
  const [lavish, plain] = [run(LAVISH, { redeeming }), run(PLAIN, { redeeming })]
  const comparison = compareRuns(lavish, plain)
  const { members } = comparison

  test('is plain data of the documented shape', () => {
    expect(Comparison.parse(JSON.parse(JSON.stringify(comparison)))).toEqual(comparison)
  })

  test('every figure stands beside the other, and rules that only one has beside nothing', () => {
    const figure = (name: string) => comparison.figures.find((one) => one.figure === name)!
    const { economics } = lavish.result
    expect(figure('cost')).toMatchObject({ this: economics.cost, other: plain.result.economics.cost, unit: 'money' })
    expect(figure('points_issued').difference).toBe(lavish.result.points[0]!.issued - plain.result.points[0]!.issued)
    expect(comparison.rules.map(({ rule, other }) => [rule, other?.times ?? null])).toEqual([
      ['base', 33],
      ['extra', null],
    ])
    expect(comparison.rewards[0]!.this!.times).toBeGreaterThan(comparison.rewards[0]!.other!.times)
  })

  test('nobody loses, and whoever never paid anything is as before', () => {
    expect(members).toMatchObject({ lose: 0, lost: 0, gain: 11, same: 1, worst: [] })
    expect(members.best).toHaveLength(10)
    expect(members.best[0]!.member).toBe('m11')
    const sizes = members.best.map(({ difference }) => difference)
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
  })

  test('what members have is what rewards saved and ten cents for each open point, together', () => {
    const total = ({ result }: Run) =>
      result.rewards.reduce((sum, { value }) => sum + value, 0) + result.points[0]!.available * 10
    expect(members.gained - members.lost).toBe(total(lavish) - total(plain))
    const counted = members.distribution.reduce((sum, { members: count }) => sum + count, 0)
    expect(counted).toBe(members.gain + members.lose + members.same)
  })

  test('turned round, the same members lose as much', () => {
    const turned = compareRuns(plain, lavish).members
    expect(turned).toMatchObject({ gain: 0, lose: members.gain, lost: members.gained })
    expect(turned.worst.map(({ member, difference }) => [member, -difference])).toEqual(
      members.best.map(({ member, difference }) => [member, difference]),
    )
    expect(turned.distribution.map(({ members: count }) => count)).toEqual(
      members.distribution.map(({ members: count }) => count).reverse(),
    )
  })

  test('in words, a table for each', () => {
    expect(comparisonText(comparison, 'USD')).toMatchInlineSnapshot(`
      "Against shop revision 1, money in USD; in both, members redeem as soon as they can

      figure                         this    other  difference
      members                          12       12           0
      sales                        950.00   956.00       -6.00
      earning                          11       11           0
      reached                          11       10           1
      reached share                91.67%   83.33%       8.33%
      redeeming                        11       10           1
      redeeming share              91.67%   83.33%       8.33%
      days to first reward              0        0           0
      orders to first reward            1        1           0
      redemptions                      20       17           3
      discounts                     40.00    34.00        6.00
      cost                          40.00    34.00        6.00
      reward rate                   4.21%    3.56%       0.65%
      liability gross              152.00    61.60       90.40
      liability net                 53.66    48.18        5.48
      expected cost                 93.66    82.18       11.48
      expected rate                 9.86%    8.60%       1.26%
      break even lift              48.95%   40.16%       8.79%
      points issued                 1,920      956         964
      points spent                    400      340          60
      points expired                    0        0           0
      points reversed                   0        0           0
      points open                   1,520      616         904
      points value                10.0000  10.0000      0.0000
      points expected redemption   48.78%   85.97%     -37.19%

      rule   times  other  points  other  difference
      base      33     33   1,900    956         944
      extra      4      –      20      –          20

      reward   times  other   cost  other  difference
      two-off     20     17  40.00  34.00        6.00

      11 members would gain 96.40 USD together, 0 would lose 0.00, for 1 nothing changes.

      change of       members
      0.00                  1
      0.01 to 0.99          0
      1.00 to 1.99          1
      2.00 to 4.99          2
      5.00 to 9.99          3
      10.00 to 19.99        5

      gains most   this  other  difference
      m11         33.70  16.10       17.60
      m10         29.70  14.60       15.10
      m09         26.20  13.10       13.10
      m08         23.20  11.60       11.60
      m07         20.20  10.10       10.10
      m06         17.20   8.60        8.60
      m05         14.20   7.10        7.10
      m04         11.20   5.80        5.40
      m03          8.20   4.30        3.90
      m02          5.60   2.80        2.80"
    `)
  })
})

test('it makes no difference how a history is divided among parts', () => {
  const until = at('2026-05-01T00:00:00Z')
  const compared = (parts: number) => {
    const [one, other] = [LAVISH, PLAIN].map((program) => {
      const scenario = assume(program, { redeeming: { model: 'at-once' }, ends: true })
      const tallies = Array.from({ length: parts }, (_, part) => {
        const fold = createBacktest(scenario, { until })
        for (const order of HISTORY) if (Number(order.member!.slice(1)) % parts === part) fold.order(order)
        return structuredClone(fold.finishPart())
      })
      return runOf(scenario, tallies.reduce(mergeTallies), until)
    })
    return compareRuns(one!, other!)
  }
  expect(compared(3)).toEqual(compared(1))
})

test('a program against itself changes nothing for anybody', () => {
  const { figures, members } = compareRuns(run(PLAIN), run(PLAIN))
  expect(figures.every(({ difference }) => difference === 0 || difference === null)).toBe(true)
  expect(members).toMatchObject({ gain: 0, lose: 0, same: 12, distribution: [{ from: 0, to: 1, members: 12 }] })
})

test('of any two programs on any history, the one gives what the other takes, and everybody is counted once', () => {
  fc.assert(
    fc.property(programDraw({ gifts: true }), programDraw({ gifts: true }), pastOrders, (one, other, history) => {
      const redeeming = { model: 'at-once' } as const
      const until = (history.at(-1)?.occurred_at ?? 0) + 40 * 86_400_000
      const runs = [one, other].map((file) => {
        const fold = createBacktest(assume(programOf(file), { redeeming, ends: true }), { until })
        for (const order of history) fold.order(order)
        // One mean order stands for both programs, whichever is compared with which.
        return { ...fold.finishRun(), mean: { currency: 'USD', total: 2500, unit: 1250 } }
      })
      const [there, back] = [compareRuns(runs[0]!, runs[1]!), compareRuns(runs[1]!, runs[0]!)]
      expect(Comparison.parse(JSON.parse(JSON.stringify(there)))).toEqual(there)
      const { members } = there
      expect(members.gain + members.lose + members.same).toBe(runs[0]!.result.members)
      const counted = members.distribution.reduce((sum, { members: count }) => sum + count, 0)
      expect(counted).toBe(runs[0]!.result.members)
      expect(back.members).toMatchObject({ gain: members.lose, lose: members.gain, gained: members.lost })
      expect(back.members.best.map(({ member }) => member)).toEqual(members.worst.map(({ member }) => member))
      for (const [i, { difference }] of there.figures.entries()) {
        const turned = back.figures[i]!.difference
        expect(turned === null ? null : turned + difference!).toBe(difference === null ? null : 0)
      }
    }),
    { numRuns: 40 },
  )
})
