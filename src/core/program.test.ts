import { describe, expect, test } from 'vitest'
import { features } from '../features/index.ts'
import { compileProgram, programJsonSchema } from './program.ts'
import { formatProblem } from './source.ts'

const HEAD = `program: corner-coffee
name: Corner Coffee Rewards
currency: USD
timezone: America/New_York
`

/** The lines that `regulars check` prints, without the name of the file. */
function mistakes(text: string): string[] {
  return compileProgram(text, features).problems.map((problem) => formatProblem('', problem).slice(1))
}

const stars = `${HEAD}wallets: { stars: {} }\n`

describe('mistakes', () => {
  test.each([
    ['an empty file', '', ['1:1  The file is empty, but must be a section with keys of its own']],
    [
      'a file without wallets',
      `${HEAD}wallets: {}\nearning:\n  - { id: base, on: order, earn: 1 per 1.00 }\n`,
      ['5:10  a program needs at least one wallet'],
    ],
    [
      'a currency and a zone',
      stars.replace('USD', 'UDS').replace('New_York', 'NewYork'),
      [
        '3:11  UDS is not an ISO 4217 currency  (did you mean `USD`?)',
        '4:11  America/NewYork is not a time zone  (did you mean `America/New_York`?)',
      ],
    ],
    [
      'a section that nobody knows',
      `${stars}earnings: []\n`,
      ['6:1  `earnings` is not known here  (did you mean `earning`?)'],
    ],
    [
      'a misspelt key',
      `${stars}earning:\n  - { id: base, on: order, earn: 1 per 1.00, limt: 5 per day }\n`,
      ['7:46  `limt` is not known here  (did you mean `limit`?)'],
    ],
    [
      'a misspelt fact',
      `${stars}earning:\n  - id: base\n    on: order\n    when: order.totl >= money("5.00")\n    earn: 5\n`,
      ['9:11  There is no fact order.totl. Did you mean order.total?'],
    ],
    [
      'money beside a bare number',
      `${stars}earning:\n  - { id: base, on: order, when: order.total >= 5, earn: 5 }\n`,
      ['7:49  Money is compared and added only with money: write money("5.00").'],
    ],
    [
      'a fact out of reach',
      `${stars}earning:\n  - { id: review, on: action, when: order.items > 2, earn: 5 }\n`,
      ['7:37  The fact order.items cannot be read by a condition in this place.'],
    ],
    [
      'a weekday that is none',
      `${stars}earning:\n  - { id: base, on: order, when: 'order.weekday == "tueday"', earn: 5 }\n`,
      ['7:52  order.weekday is never "tueday". Did you mean "tuesday"?'],
    ],
    [
      'an unknown wallet',
      `${stars}earning:\n  - { id: base, on: order, earn: 1 per 1.00, wallet: starz }\n`,
      ['7:54  there is no wallet starz  (did you mean `stars`?)'],
    ],
    [
      'no wallet named where there are two',
      `${HEAD}wallets: { stars: {}, cash: {} }\nearning:\n  - { id: base, on: order, earn: 1 per 1.00 }\n`,
      ['7:5  say which wallet: stars, cash'],
    ],
    [
      'the same id twice',
      `${stars}earning:\n  - { id: base, on: order, earn: 5 }\n  - { id: base, on: visit, earn: 5 }\n`,
      ['8:11  there is another rule base'],
    ],
    [
      'neither earn nor times, or both',
      `${stars}earning:\n  - { id: a, on: order }\n  - { id: b, on: order, earn: 5, times: 2 }\n`,
      ['7:5  rule a needs either `earn` or `times`', '8:5  rule b needs either `earn` or `times`'],
    ],
    [
      'rates and multipliers that are none',
      `${stars}earning:\n  - { id: a, on: order, earn: lots }\n  - { id: b, on: order, times: 0.5 }\n  - { id: c, on: order, earn: 1 per 0.001 }\n`,
      [
        '7:31  must be such as "1 per 1.00", "2 per item", "5%" or 25',
        '8:32  must be above 1: a multiplier adds points, it never takes any',
        '9:31  must be such as "1 per 1.00", "2 per item", "5%" or 25',
      ],
    ],
    [
      'rates on a visit',
      `${stars}earning:\n  - { id: a, on: visit, earn: 1 per 1.00, category: drinks }\n`,
      [
        '7:31  only an order has amounts and items; on visit give a number of points',
        '7:53  only an order has lines, and this rule is on visit',
      ],
    ],
    [
      'a category that counts and does not',
      `${stars}earning:\n  - { id: a, on: order, earn: 5, category: [drinks, food], without: [food] }\n`,
      ['7:69  food cannot both count and not count'],
    ],
    [
      'a carried fraction with two waits',
      `${stars}earning:\n  - { id: a, on: order, earn: 1 per 1.00, rounding: carry }\n  - { id: b, on: order, times: 1.5, rounding: carry, pending: 14 days }\n`,
      ['8:63  b carries into the same wallet as a, so their points must wait equally long'],
    ],
    [
      'fractions too fine to be exact',
      `${stars}earning:\n  - { id: a, on: order, earn: 0.000000000000001% }\n  - { id: b, on: order, earn: 1 per 9999999.97 }\n  - { id: c, on: order, times: 1.00000000001 }\n`,
      [
        '7:3  the rates, multipliers and limits of stars are too fine together to be counted exactly; give them fewer decimals',
        '7:31  must be such as "1 per 1.00", "2 per item", "5%" or 25',
      ],
    ],
    [
      'a limit that is none',
      `${stars}earning:\n  - { id: a, on: order, earn: 5, limit: 5 a day }\n`,
      ['7:41  must be such as "200 per month", "3 times per day" or "500 points per lifetime"'],
    ],
    [
      'levels out of order',
      `${stars}tiers:\n  measure: stars_earned\n  levels:\n    - { id: green, from: 5 }\n    - { id: gold, from: 500, multiply: 0.5 }\n    - { id: gold, from: 500 }\n`,
      [
        '9:26  the first level is everyone’s, so it takes nothing',
        '10:40  must be a number of 1 or more, such as 1.2',
        '11:13  there is another level gold',
        '11:25  must take more than gold, the level below it',
      ],
    ],
    [
      'a measure that nobody counts',
      `${stars}tiers:\n  measure: star_earned\n  levels: [{ id: green }]\n`,
      ['7:12  star_earned is not counted; it can be spend, orders, visits, stars_earned'],
    ],
    [
      'rewards',
      `${stars}rewards:\n  - { id: a, cost: 20 starz, gives: { amount_off: 2.00 } }\n  - { id: a, cost: 0.5 stars, gives: { percent_off: 101 } }\n  - { id: c, cost: 20 stars, gives: { amount_off: 2.005 }, from_tier: gold }\n`,
      [
        '7:20  there is no wallet starz; there is stars',
        '8:11  there is another reward a',
        '8:20  must be points and a wallet, such as "200 stars", with at most 0 decimals',
        '8:53  must be above 0 and at most 100',
        '9:51  must be an amount of USD with at most 2 decimals, such as 5 or 7.50',
        '9:71  there is no tier gold',
      ],
    ],
    [
      'an unknown tier',
      `${stars}tiers: { measure: spend, levels: [{ id: green }, { id: gold, from: 5 }] }\nrewards:\n  - { id: a, cost: 20, gives: { amount_off: 2 }, from_tier: golden }\n`,
      ['8:61  there is no tier golden  (did you mean `gold`?)'],
    ],
    [
      'two benefits at once',
      `${stars}rewards:\n  - { id: a, cost: 20, gives: { amount_off: 2, percent_off: 5 } }\n`,
      ['7:48  `percent_off` is not known here; there could be `lines`, `category`, `item` and `without`'],
    ],
    [
      'names that every object has',
      `${HEAD}wallets: { constructor: {} }\n`,
      ['5:12  `constructor` cannot be used as a key'],
    ],
    [
      'a hostile key',
      `${HEAD}wallets: { stars: {} }\n__proto__: { polluted: true }\n`,
      ['6:1  `__proto__` cannot be used as a key'],
    ],
    [
      'a rule of a hostile name',
      `${stars}earning:\n  - { id: constructor, on: order, earn: 5, limit: 5 per day }\n`,
      ['7:11  must be another word: this one means something to every JavaScript object'],
    ],
    [
      'a hostile condition',
      `${stars}earning:\n  - { id: a, on: action, when: action.data.constructor == "x", earn: 5 }\n`,
      ['7:44  The name constructor is refused: no fact and no data bears it.'],
    ],
    [
      'a condition that backtracks',
      `${stars}earning:\n  - { id: a, on: order, when: 'order.location.matches("(a+)+$")', earn: 5 }\n`,
      ['7:47  Regular expressions are not offered: one could run for hours. Use contains, startsWith or endsWith.'],
    ],
    [
      'an expiry that is no time',
      `${HEAD}wallets: { stars: { expiry: { after: half a year } } }\n`,
      ['5:38  must be a whole number and a unit, such as "6 months" or "14 days"'],
    ],
  ])('%s', (_, text, expected) => {
    expect(mistakes(text)).toEqual(expected)
  })
})

test('the schema of program files names every section', () => {
  const schema = programJsonSchema(features) as { properties: object; required: string[] }
  expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(['wallets', 'earning', 'tiers', 'rewards']))
  expect(schema.required).toEqual(['program', 'name', 'currency', 'timezone', 'wallets'])
})
