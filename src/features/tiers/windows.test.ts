/** When levels come and go, as tables: windows by keeps, and the calendar's odd days. */

import { describe, expect, test } from 'vitest'
import { small, Till } from '../../../test/till.ts'

const levels = [{ id: 'green' }, { id: 'gold', from: 100 }]

function member(joined: string, tiers: object, timezone = 'UTC'): Till {
  return new Till(small({ tiers: { measure: 'points_earned', levels, ...tiers } }, timezone), joined)
}

function day(ms: number): string {
  return new Date(ms).toISOString().replace('T00:00:00.000Z', '').replace('.000Z', 'Z')
}

/** The days on which the level changed, as decided by waking at every due time up to 2035. */
function life(till: Till): string {
  const from = till.decisions.length
  till.go('2035-01-01T00:00:00Z').wake()
  const changes = till.decisions
    .slice(from)
    .flatMap((d) => d.messages.map((message) => `${message.data['level']} ${day(d.at)}`))
  return [till.decisions[from - 1]!.messages.at(-1)?.data['level'] ?? 'green', ...changes].join(', ')
}

describe('100 points on 10 March 2026 by a member who joined on 20 November 2025', () => {
  test.each([
    // window, keep, from then on
    ['calendar_month', 'until_end_of_window', 'gold, green 2026-04-01'],
    ['calendar_month', 'until_end_of_next_window', 'gold, green 2026-05-01'],
    ['calendar_month', '6 months', 'gold, green 2026-10-01'],
    ['calendar_quarter', 'until_end_of_window', 'gold, green 2026-04-01'],
    ['calendar_quarter', 'until_end_of_next_window', 'gold, green 2026-07-01'],
    ['calendar_quarter', '6 months', 'gold, green 2026-10-01'],
    ['calendar_year', 'until_end_of_window', 'gold, green 2027-01-01'],
    ['calendar_year', 'until_end_of_next_window', 'gold, green 2028-01-01'],
    ['calendar_year', '6 months', 'gold, green 2027-01-01'],
    ['calendar_year', '12 months', 'gold, green 2027-04-01'],
    ['calendar_year', '2 years', 'gold, green 2028-04-01'],
    ['rolling 3 months', 'until_end_of_window', 'gold, green 2026-06-01'],
    ['rolling 3 months', 'until_end_of_next_window', 'gold, green 2026-09-01'],
    ['rolling 3 months', '12 months', 'gold, green 2027-04-01'],
    ['rolling 12 months', 'until_end_of_window', 'gold, green 2027-03-01'],
    ['rolling 12 months', 'until_end_of_next_window', 'gold, green 2028-03-01'],
    ['rolling 12 months', '6 months', 'gold, green 2027-03-01'],
    ['anniversary_year', 'until_end_of_window', 'gold, green 2026-11-20'],
    ['anniversary_year', 'until_end_of_next_window', 'gold, green 2027-11-20'],
    ['anniversary_year', '12 months', 'gold, green 2027-03-20'],
    ['since_joining', 'until_end_of_window', 'gold'],
    ['since_joining', '12 months', 'gold'],
    ['lifetime', 'until_end_of_next_window', 'gold'],
    ['calendar_month', 'for_life', 'gold'],
    ['rolling 12 months', 'for_life', 'gold'],
    ['anniversary_year', 'for_life', 'gold'],
  ])('%s, %s: %s', (window, keep, expected) => {
    const till = member('2025-11-20T12:00:00Z', { window, keep })
    till.go('2026-03-10T12:00:00Z').sell('a', [{ price: 10_000 }])
    expect(life(till)).toBe(expected)
  })
})

describe('the same, when levels come at the end of the window', () => {
  test.each([
    ['calendar_month', 'until_end_of_window', 'green, gold 2026-04-01, green 2026-05-01'],
    ['calendar_quarter', 'until_end_of_next_window', 'green, gold 2026-04-01, green 2026-10-01'],
    ['calendar_year', 'until_end_of_window', 'green, gold 2027-01-01, green 2028-01-01'],
    ['calendar_year', 'until_end_of_next_window', 'green, gold 2027-01-01, green 2029-01-01'],
    ['calendar_year', '6 months', 'green, gold 2027-01-01, green 2027-07-01'],
    ['calendar_year', '12 months', 'green, gold 2027-01-01, green 2028-01-01'],
    ['rolling 3 months', 'until_end_of_window', 'green, gold 2026-04-01, green 2026-07-01'],
    ['rolling 3 months', '6 months', 'green, gold 2026-04-01, green 2026-10-01'],
    ['anniversary_year', 'until_end_of_window', 'green, gold 2026-11-20, green 2027-11-20'],
    ['calendar_year', 'for_life', 'green, gold 2027-01-01'],
  ])('%s, %s: %s', (window, keep, expected) => {
    const till = member('2025-11-20T12:00:00Z', { window, keep, up: 'end_of_window' })
    till.go('2026-03-10T12:00:00Z').sell('a', [{ price: 10_000 }])
    expect(life(till)).toBe(expected)
  })
})

describe('the same, when levels come after a return window', () => {
  test.each([
    ['calendar_month', 'until_end_of_window', '14 days', 'green, gold 2026-03-24, green 2026-04-01'],
    // What comes when its window is over already was too late to count for it.
    ['calendar_month', 'until_end_of_window', '30 days', 'green'],
    ['calendar_month', 'until_end_of_next_window', '30 days', 'green, gold 2026-04-09, green 2026-05-01'],
    ['calendar_year', 'until_end_of_next_window', '30 days', 'green, gold 2026-04-09, green 2028-01-01'],
    ['rolling 12 months', 'until_end_of_window', '2 weeks', 'green, gold 2026-03-24, green 2027-03-01'],
    ['lifetime', 'for_life', '100 days', 'green, gold 2026-06-18'],
  ])('%s, %s, %s: %s', (window, keep, return_window, expected) => {
    const till = member('2025-11-20T12:00:00Z', { window, keep, up: 'after_return_window', return_window })
    till.go('2026-03-10T12:00:00Z').sell('a', [{ price: 10_000 }])
    expect(life(till)).toBe(expected)
  })
})

test('what a till with a fast clock counts in the next window already comes at the end of that one', () => {
  const tiers = { window: 'calendar_month', keep: 'until_end_of_window', up: 'end_of_window' }
  const till = member('2025-11-20T12:00:00Z', tiers)
  till.go('2026-03-31T23:50:00Z').sell('a', [{ price: 10_000 }], { occurred: '2026-04-01T00:10:00Z' })
  expect(life(till)).toBe('green, gold 2026-05-01, green 2026-06-01')
})

describe('falling from the highest of four levels, reached on 10 March 2026', () => {
  const four = [{ id: 'green' }, { id: 'silver', from: 50 }, { id: 'gold', from: 100 }, { id: 'black', from: 200 }]
  test.each([
    ['calendar_year', 'until_end_of_window', {}, 'black, green 2027-01-01'],
    ['calendar_year', 'until_end_of_window', { grace: '30 days' }, 'black, green 2027-01-31'],
    ['calendar_year', 'until_end_of_window', { grace: '2 months' }, 'black, green 2027-03-01'],
    [
      'calendar_year',
      'until_end_of_window',
      { down: 'one_level' },
      'black, gold 2027-01-01, silver 2028-01-01, green 2029-01-01',
    ],
    [
      'calendar_year',
      'until_end_of_next_window',
      { down: 'one_level' },
      'black, gold 2028-01-01, silver 2029-01-01, green 2030-01-01',
    ],
    [
      'calendar_year',
      'until_end_of_window',
      { down: 'one_level', grace: '30 days' },
      'black, gold 2027-01-31, silver 2028-01-31, green 2029-01-31',
    ],
    [
      'calendar_year',
      '12 months',
      { down: 'one_level' },
      'black, gold 2027-04-01, silver 2028-04-01, green 2029-04-01',
    ],
    [
      'rolling 3 months',
      'until_end_of_window',
      { down: 'one_level' },
      'black, gold 2026-06-01, silver 2026-09-01, green 2026-12-01',
    ],
  ])('%s, %s, %o: %s', (window, keep, fall, expected) => {
    const till = member('2025-11-20T12:00:00Z', { window, keep, levels: four, ...fall })
    till.go('2026-03-10T12:00:00Z').sell('a', [{ price: 20_000 }])
    expect(life(till)).toBe(expected)
  })
})

describe('odd days', () => {
  test.each([
    // joined, the program's zone, the window, bought, and what becomes of the level
    ['2024-02-29T12:00:00Z', 'UTC', 'anniversary_year', '2025-02-27T12:00:00Z', 'gold, green 2025-02-28'],
    ['2024-02-29T12:00:00Z', 'UTC', 'anniversary_year', '2025-02-28T12:00:00Z', 'gold, green 2026-02-28'],
    ['2024-02-29T12:00:00Z', 'UTC', 'anniversary_year', '2027-03-01T12:00:00Z', 'gold, green 2028-02-29'],
    ['2025-12-31T12:00:00Z', 'UTC', 'calendar_year', '2025-12-31T23:59:59Z', 'gold, green 2026-01-01'],
    ['2025-12-31T12:00:00Z', 'UTC', 'calendar_year', '2026-01-01T00:00:00Z', 'gold, green 2027-01-01'],
    // In New York the year ends five hours later, and a month in summer four.
    [
      '2025-11-20T12:00:00Z',
      'America/New_York',
      'calendar_year',
      '2026-01-01T04:59:59Z',
      'gold, green 2026-01-01T05:00:00Z',
    ],
    [
      '2025-11-20T12:00:00Z',
      'America/New_York',
      'calendar_month',
      '2026-03-01T05:00:00Z',
      'gold, green 2026-04-01T04:00:00Z',
    ],
    // In Beirut the clock skips midnight on 29 March 2026, and whoever joined on a 29th has a year from one o'clock.
    [
      '2025-03-29T12:00:00Z',
      'Asia/Beirut',
      'anniversary_year',
      '2026-03-28T21:59:59Z',
      'gold, green 2026-03-28T22:00:00Z',
    ],
    ['2025-11-20T12:00:00Z', 'UTC', 'rolling 12 months', '2027-12-31T23:59:59Z', 'gold, green 2028-12-01'],
    ['2025-11-20T12:00:00Z', 'UTC', 'rolling 12 months', '2028-02-29T12:00:00Z', 'gold, green 2029-02-01'],
  ])('joined %s in %s, %s, bought %s: %s', (joined, zone, window, bought, expected) => {
    const till = member(joined, { window, keep: 'until_end_of_window' }, zone)
    till.go(bought).sell('a', [{ price: 10_000 }])
    expect(life(till)).toBe(expected)
  })
})

describe('windows add up what belongs to them', () => {
  test.each([
    ['calendar_year', '2025-12-31T23:00:00Z', '2026-01-01T01:00:00Z', 'green'],
    ['rolling 2 months', '2025-12-01T01:00:00Z', '2026-01-31T23:00:00Z', 'gold'],
    ['rolling 2 months', '2025-11-30T23:00:00Z', '2026-01-01T01:00:00Z', 'green'],
    ['anniversary_year', '2026-11-19T23:00:00Z', '2026-11-20T01:00:00Z', 'green'],
    ['anniversary_year', '2025-11-20T13:00:00Z', '2026-11-19T23:00:00Z', 'gold'],
    ['lifetime', '2025-11-21T00:00:00Z', '2033-01-01T00:00:00Z', 'gold'],
  ])('%s, 50 points at %s and 50 at %s: %s', (window, one, other, expected) => {
    const till = member('2025-11-20T12:00:00Z', { window, keep: 'until_end_of_window' })
    till.go(one).sell('a', [{ price: 5000 }])
    till.go(other).sell('b', [{ price: 5000 }])
    expect(till.tier()).toMatch(expected)
  })

  test('since joining leaves out what was bought before and told later; lifetime does not', () => {
    for (const [window, expected] of [
      ['since_joining', 'green'],
      ['lifetime', 'gold'],
    ] as const) {
      const till = member('2025-11-20T12:00:00Z', { window })
      till.go('2025-11-21T12:00:00Z').sell('a', [{ price: 10_000 }], { occurred: '2025-11-19T12:00:00Z' })
      expect(till.tier(), window).toBe(expected)
    }
  })
})
