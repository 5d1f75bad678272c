import { expect, test } from 'vitest'
import { features } from '../features/index.ts'
import type { Entry } from './deciding.ts'
import { type Explanation, explain } from './explain.ts'
import { compileProgram, type Program } from './program.ts'
import { promiseOfRule, termsOf } from './terms.ts'

function compile(text: string): Program {
  const { program, problems } = compileProgram(text, features)
  expect(problems).toEqual([])
  return program!
}

const coffee = compile(`
program: coffee
name: Coffee
currency: USD
timezone: America/New_York
wallets: { stars: { decimals: 0 } }
earning:
  - { id: base, on: order, earn: 1 per 1.00, rounding: carry }
  - { id: double-tuesday, on: order, when: 'order.weekday == "tuesday"', times: 2, limit: 200 per month }
  - { id: review, on: action, earn: 25, limit: 1 per week }
  - { id: mugs, on: order, earn: 2 per item, category: mugs, multiplied: false }
tiers:
  measure: stars_earned
  levels: [{ id: green }, { id: gold, from: 500, multiply: 1.2 }, { id: reserve, from: 2500, multiply: 1.7 }]
`)

const cash = compile(`
program: cash
name: Cash
currency: JPY
timezone: Asia/Tokyo
wallets: { cash: { decimals: 2, name: points } }
earning:
  - { id: back, on: order, earn: 5%, rounding: nearest }
  - { id: slow, on: order, earn: 1 per 300, rounding: up }
  - { id: hello, name: joining, on: join, earn: 10.50 }
`)

function entry(changes: Partial<Entry>): Entry {
  return {
    rule: 'base',
    wallet: 'stars',
    base: 0,
    full: 0,
    exact: 0,
    scale: 1,
    rounding: 'floor',
    carry: null,
    points: 0,
    ...changes,
  }
}

function explained(one: Entry, program: Program): Explanation {
  const type = one.exact < 0 ? 'return' : 'order'
  return explain({ type, at: 0, entries: [one], moves: [] }, program, String)[0]!
}

/** Points × scale, with scale 1000 for the coffee's base rule. */
const base = (cents: number, full: number, carry: Entry['carry'], points: number) =>
  entry({ base: cents, full, exact: full, scale: 1000, rounding: 'carry', carry, points })

test.each<[Program, Entry, { rate: string; exact: string; text: string }]>([
  [
    coffee,
    base(3020, 36_240, [0, 1, 6, 25], 36),
    { rate: '6/5', exact: '906/25', text: '36 stars: 30.20 × 1.2 at Gold is 36.24; the 0.24 is kept for next time' },
  ],
  [
    coffee,
    base(3020, 36_240, [4, 5, 1, 25], 37),
    {
      rate: '6/5',
      exact: '906/25',
      text: '37 stars: 30.20 × 1.2 at Gold is 36.24, with 0.8 from before; the 0.04 is kept for next time',
    },
  ],
  [
    coffee,
    base(100, 1_000, [0, 1, 0, 1], 1),
    { rate: '1', exact: '1', text: '1 star: 1 star for every 1.00 USD of 1.00' },
  ],
  [
    coffee,
    base(60, 600, [0, 1, 3, 5], 0),
    { rate: '1', exact: '3/5', text: '0 stars: 1 star for every 1.00 USD of 0.60; the 0.6 is kept for next time' },
  ],
  [
    coffee,
    entry({ rule: 'double-tuesday', base: 16_000, full: 160_000, exact: 120_000, scale: 1000, points: 120 }),
    {
      rate: '1',
      exact: '120',
      text: '120 extra stars for double tuesday, 2 times: 160.00 × 1 is 160; limit of 200 a month reached: 120 of 160',
    },
  ],
  [
    coffee,
    entry({ rule: 'double-tuesday', base: 16_000, full: 160_000, exact: 0, scale: 1000 }),
    { rate: '1', exact: '0', text: 'No extra stars for double tuesday, 2 times: 200 of 200 this month are used' },
  ],
  [
    coffee,
    entry({ rule: 'review', base: 1, full: 25, exact: 0 }),
    { rate: '25', exact: '0', text: 'No stars for a review: 1 of 1 time this week is used' },
  ],
  [
    coffee,
    entry({ rule: 'review', base: 1, full: 25, exact: 25, points: 25 }),
    { rate: '25', exact: '25', text: '25 stars for a review' },
  ],
  [
    coffee,
    entry({ rule: 'mugs', base: 3, full: 6, exact: 6, points: 6 }),
    { rate: '2', exact: '6', text: '6 stars: 2 stars for every item of 3 items' },
  ],
  [
    coffee,
    base(-1500, -15_000, [1, 4, 1, 4], -15),
    {
      rate: '1',
      exact: '-15',
      text: '15 stars taken back for what was returned; the 0.25 is kept for next time',
    },
  ],
  [
    coffee,
    entry({ rule: 'gone', base: 1, full: 1, exact: 1, points: 1 }),
    { rate: '1', exact: '1', text: '1 star for gone' },
  ],
  [
    cash,
    entry({
      rule: 'back',
      wallet: 'cash',
      base: 1999,
      full: 9_995,
      exact: 9_995,
      scale: 1,
      rounding: 'nearest',
      points: 9_995,
    }),
    { rate: '5', exact: '9995', text: '99.95 points: 1 point for every 20 JPY of 1999' },
  ],
  [
    cash,
    entry({ rule: 'slow', wallet: 'cash', base: 1000, full: 1000, exact: 1000, scale: 3, rounding: 'up', points: 334 }),
    { rate: '1/3', exact: '1000/3', text: '3.34 points: 1 point for every 300 JPY of 1000, rounded up' },
  ],
  [
    cash,
    entry({ rule: 'hello', wallet: 'cash', base: 1, full: 1050, exact: 1050, points: 1050 }),
    { rate: '1050', exact: '1050', text: '10.50 points for joining' },
  ],
])('%# is explained', (program, one, expected) => {
  const { rate, exact, text } = explained(one, program)
  expect({ rate, exact, text }).toEqual(expected)
})

test('fractions that were kept stand in lowest terms', () => {
  const found = explained(base(3020, 36_240, [40, 50, 4, 100], 37), coffee)
  expect(found).toMatchObject({ carry_before: '4/5', carry_after: '1/25', line: null, rounding: 'carry', points: 37 })
})

test('what rules promise is said in a sentence each', () => {
  expect(termsOf(coffee).rules.map((rule) => promiseOfRule(rule, coffee))).toEqual([
    '1 star for every 1.00 USD',
    '2 stars for every item',
    'double tuesday: 2 times the stars, at most 200 a month',
    '25 stars for a review, at most once a week',
  ])
})
