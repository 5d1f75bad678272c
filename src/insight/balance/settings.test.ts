/** Settings are found by their paths and changed where they stand, and nothing else of the file is. */

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '../../../test/history.ts'
import { readSource, type Source } from '../../core/source.ts'
import { type Setting, settingAt, settingsIn, withValues } from './settings.ts'

const COFFEE = readFileSync(new URL('../../../examples/corner-coffee.yaml', import.meta.url), 'utf8')
const EXAMPLES = ['corner-coffee', 'gift-wholesaler', 'airline-tiers', 'beauty-tiers', 'vip-tiers']

const settingsOf = (text: string) => settingsIn(readSource(text) as Source, text)
const at = (text: string, path: string) => settingAt(settingsOf(text), path) as Setting
const dataOf = (text: string) => (readSource(text) as Source).data

describe('paths', () => {
  test('lead through sections, ids and settings to the number that stands there', () => {
    const values = Object.fromEntries(settingsOf(COFFEE).map(({ path, written, value }) => [path, [written, value]]))
    expect(values).toMatchObject({
      'wallets.stars.expiry.after': ['6 months', 6],
      'earning.base.rate': ['1 per 1.00', 1],
      'earning.double-tuesday.times': ['2', 2],
      'earning.double-tuesday.limit': ['200 per month', 200],
      'earning.review.earn': ['25', 25],
      'tiers.gold.from': ['500', 500],
      'tiers.gold.multiply': ['1.2', 1.2],
      'rewards.free-coffee.cost': ['200 stars', 200],
      'rewards.free-coffee.up_to': ['8.00', 8],
      'rewards.twenty-percent.percent_off': ['20', 20],
    })
  })

  test('lead into stamp cards and discounts as well', () => {
    const card = readFileSync(new URL('../../../examples/punch-card.yaml', import.meta.url), 'utf8')
    expect(at(card, 'stamps.coffee.stamps').value).toBe(11)
    expect(at(card, 'stamps.coffee.head_start').value).toBe(2)
    const discount = 'discounts: [{ id: members-price, gives: { percent_off: 5 }, when: true }]'
    expect(at(discount, 'discounts.members-price.percent_off').value).toBe(5)
    expect(at(discount, 'discounts.members-price.gives.percent_off').value).toBe(5)
  })

  test('may be written as the file has it, too', () => {
    expect(at(COFFEE, 'earning.base.earn')).toEqual(at(COFFEE, 'earning.base.rate'))
    expect(at(COFFEE, 'tiers.levels.gold.from')).toEqual(at(COFFEE, 'tiers.gold.from'))
    expect(at(COFFEE, 'rewards.free-coffee.gives.free_item.up_to')).toEqual(at(COFFEE, 'rewards.free-coffee.up_to'))
    expect(at(COFFEE, 'earning.review.rate')).toEqual(at(COFFEE, 'earning.review.earn'))
  })

  test('that lead nowhere are told with what was probably meant and what there is', () => {
    const told = settingAt(settingsOf(COFFEE), 'rewards.free-cofee.cost')
    expect(told).toContain('says no number at rewards.free-cofee.cost (did you mean rewards.free-coffee.cost?)')
    expect(told).toContain('It says: rewards.dollar-off.cost, rewards.dollar-off.amount_off, ')
    expect(told).not.toContain('earning.base.rate')
    expect(settingAt(settingsOf(COFFEE), 'rewards.mug.cost')).not.toContain('did you mean')
    expect(settingAt(settingsOf(COFFEE), 'mug')).toContain('It says: wallets.stars.expiry.after, earning.base.rate, ')
  })

  test('names, conditions and dates are no numbers, and neither is what is fixed for life', () => {
    const paths = settingsOf(`
program: tea
name: 24 teas
wallets: { leaves: { decimals: 2, expiry: { on: 03-31, after: 1 year } } }
earning: [{ id: base, earn: 5%, when: '1 < 2', item: [100, 200], category: 2020 }, { id: fifty, name: 50 for free, earn: 50 }]
`).map(({ path }) => path)
    expect(paths).toEqual(['wallets.leaves.expiry.after', 'earning.base.rate', 'earning.fifty.earn'])
  })
})

describe('writing', () => {
  const changed = (path: string, value: number, text = COFFEE) => withValues(text, [[at(text, path), value]])

  test('keeps unit words, decimals, quotes and comments', () => {
    expect(changed('rewards.free-coffee.cost', 150)).toBe(COFFEE.replace('cost: 200 stars', 'cost: 150 stars'))
    expect(changed('earning.base.rate', 0.5)).toBe(COFFEE.replace('earn: 1 per 1.00', 'earn: 0.5 per 1.00'))
    expect(changed('rewards.free-coffee.up_to', 7.5)).toBe(COFFEE.replace('up_to: 8.00', 'up_to: 7.50'))
    const quoted = `earning: [{ id: base, earn: "1 per 1.00" }, { id: more, earn: '2 per item' }]`
    expect(changed('earning.base.rate', 3, quoted)).toContain('"3 per 1.00"')
    expect(changed('earning.more.rate', 4, quoted)).toContain(`'4 per item'`)
    expect(changed('earning.base.rate', 2, '{"earning": [{"id": "base", "earn": "1 per 1.00"}]}')).toBe(
      '{"earning": [{"id": "base", "earn": "2 per 1.00"}]}',
    )
  })

  test('changes the varied values and nothing else, whatever they are', () => {
    const texts = EXAMPLES.map((name) =>
      readFileSync(new URL(`../../../examples/${name}.yaml`, import.meta.url), 'utf8'),
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(fc.tuple(fc.nat(1_000), fc.integer({ min: 1, max: 99_999 }), fc.nat(3)), {
          minLength: 1,
          maxLength: 3,
        }),
        (text, draws) => {
          const settings = settingsOf(text)
          const changes = new Map(draws.map(([i, n, d]) => [settings[i % settings.length]!, n / 10 ** d]))
          const varied = withValues(text, [...changes])
          const after = settingsOf(varied)
          expect(after.map(({ path }) => path)).toEqual(settings.map(({ path }) => path))
          for (const [i, setting] of settings.entries())
            expect(after[i]!.value).toBe(changes.get(setting) ?? setting.value)
          // Written back as they were, the file is as it was, to the last character.
          const back = [...changes.keys()].map((setting) => [after[settings.indexOf(setting)]!, setting] as const)
          const restored = back
            .sort(([a], [b]) => b.start - a.start)
            .reduce(
              (now, [own, was]) => now.slice(0, own.start) + text.slice(was.start, was.end) + now.slice(own.end),
              varied,
            )
          expect(restored).toBe(text)
          expect(dataOf(restored)).toEqual(dataOf(text))
        },
      ),
      { numRuns: runs(200) },
    )
  })
})
