/** The members' terms: whatever a program says can be told in every language. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Program } from '../src/core/program.ts'
import { statementsOf, termsDocument } from '../src/core/terms-document.ts'
import { termsPage, termsText } from '../src/core/terms-page.ts'
import { checkMessages, languagesOf, messagesOf, namedIn, Wording } from '../src/core/wording.ts'
import { features } from '../src/features/index.ts'
import { programDraw, programOf, runs } from './history.ts'
import { toldPrograms, UNFILLED, withSections } from './told-programs.ts'

const LANGUAGES = languagesOf(features)

function told(program: Program, language: string): string {
  return termsText(termsDocument(program, new Wording(language, program, messagesOf(features, language)!)))
}

describe('languages', () => {
  test('are English and Turkish', () => expect(LANGUAGES).toEqual(['en', 'tr']))

  const ours = messagesOf(features, 'en')!
  test.each(LANGUAGES)('%s has every message, and each names what the English one names', (language) => {
    expect(checkMessages(messagesOf(features, language)!, features)).toEqual([])
  })

  test.each(LANGUAGES)('%s selects from the cases that the English one selects from', (language) => {
    for (const [name, text] of Object.entries(messagesOf(features, language)!))
      expect(
        [...namedIn(text)].filter((one) => !namedIn(ours[name]!).has(one)),
        name,
      ).toEqual([])
  })

  test.each(LANGUAGES)('%s has words for whatever conditions ask', (language) => {
    const messages = Object.keys(messagesOf(features, language)!)
    const { facts } = withSections({ tiers: { measure: 'spend', levels: [{ id: 'green' }] } }).facts
    for (const { name } of facts)
      expect(
        messages.filter((one) => one.endsWith(`.when.${name}`)),
        name,
      ).toHaveLength(1)
  })

  test('another one is a file of messages; what it lacks, or names and is not told, is said', () => {
    const { 'earning.title': _, ...rest } = ours
    const messages = { ...rest, 'earning.counts': 'Nur {wenn}.', 'earning.once': '{points', 'earning.nonsense': '' }
    const problems = checkMessages(messages, features)
    expect(problems).toHaveLength(4)
    expect(problems[0]).toBe('there is no message earning.nonsense')
    expect(problems).toContain('earning.title is missing')
    expect(problems).toContain('earning.counts is told no {wenn}')
    expect(problems.find((one) => one.startsWith('earning.once is not in the ICU format'))).toBeDefined()
  })
})

describe('terms', () => {
  test.each(toldPrograms())('of %s are told in every language, each part once', (_, program) => {
    const abouts = statementsOf(program).map(({ statement }) => statement.about)
    expect(new Set(abouts).size).toBe(abouts.length)
    for (const language of LANGUAGES) expect(told(program, language)).not.toMatch(UNFILLED)
  })

  test('have something to say of every section that members should know of', () => {
    // Badges are told with the challenges that give them.
    const silent = features.filter(({ section, statements }) => section !== undefined && statements === undefined)
    expect(silent.map(({ id }) => id).sort()).toEqual(['adjustments', 'badges', 'changes'])
    const spoken = new Set(toldPrograms().flatMap(([, program]) => statementsOf(program).map(({ feature }) => feature)))
    for (const { id, statements } of features) if (statements !== undefined) expect(spoken, id).toContain(id)
  })

  /** Each part on a line. */
  const terms = (sections: object, language = 'en') => told(withSections(sections), language).replaceAll(/\n {2}/g, ' ')

  test('say what a purchase earns, and what does not count', () => {
    const earning = [{ id: 'base', on: 'order', earn: '1 per 10.00', without: ['gift-cards'], rounding: 'carry' }]
    expect(terms({ earning })).toContain('You get 1 point for every $10.00 you spend, after discounts and before tax.')
    expect(terms({ earning })).toContain('This does not count: gift cards.')
    expect(terms({ earning }, 'tr')).toContain('Harcadığınız her $10,00 için 1 points kazanırsınız')
  })

  test('say in words what a condition asks', () => {
    const rule = (when: string) => ({ earning: [{ id: 'x', on: 'order', earn: 5, when }] })
    const asked = (when: string, language = 'en') => terms(rule(when), language)
    expect(asked('order.weekday == "tuesday" && order.total >= money("20.00")')).toContain(
      'Only on a Tuesday and if you pay $20.00 or more, tax included.',
    )
    expect(asked('order.weekday in ["saturday", "sunday"]')).toContain('Only on a Saturday or Sunday.')
    expect(asked('!(order.location == "airport" || member.orders == 0)')).toContain(
      'Only anywhere but at airport and if you have made any number of purchases before but 0.',
    )
    const [a, b, c] = ['order.hour < 9', 'order.weekday == "monday"', 'order.location == "pier"']
    expect(asked(`${a} && (${b} || ${c})`)).toContain('Only before 9:00 and (on a Monday or at pier).')
    expect(asked(`${a} && ${b} || ${c}`)).toContain('Only (before 9:00 and on a Monday) or at pier.')
    expect(asked('20 > order.hour')).toContain('Only before 20:00.')
    expect(asked('"tea" in order.categories', 'tr')).toContain(
      'Yalnızca alışverişinizde “tea” türünden bir ürün varsa geçerlidir.',
    )
    expect(asked('size(order.skus) > 2')).toContain('Only if this holds: size(order.skus) > 2.')
  })

  test('say how long points last, also by activity and by level', () => {
    const wallets = (expiry: unknown) => ({
      wallets: { points: { expiry } },
      earning: [{ id: 'visit', on: 'visit', earn: 1 }],
      tiers: { measure: 'spend', levels: [{ id: 'green' }, { id: 'gold', from: 5 }] },
    })
    expect(terms(wallets('never'))).toContain('What you have collected as points does not expire.')
    expect(terms(wallets({ after: '6 months' }))).toContain('lasts 6 months from that day and then')
    expect(terms(wallets({ on: '03-31', warn: '30 days' }))).toContain('until the next March 31, that day included')
    expect(terms(wallets({ inactive: '1 year' }))).toContain('a purchase or a visit keeps all of it for')
    expect(terms(wallets({ after: '1 year', tiers: { gold: 'never' } }))).toContain('at the level gold this holds')
    expect(terms(wallets({ after: '6 months' }), 'tr')).toContain('6 ay ve ardından o ayın sonuna kadar geçerlidir')
  })

  test('escape what people call their program', () => {
    const program = withSections({ name: '<script>alert(1)</script>' })
    const inForce = { since: 20_000, isComing: false, next: 20_100 }
    const page = termsPage(termsDocument(program, new Wording('en', program, messagesOf(features, 'en')!), inForce), [
      { language: 'tr', href: '?language=tr' },
    ])
    expect(page).not.toContain('<script>')
    expect(page).toContain('In force since October 4, 2024. Revision 1.')
    expect(page).toContain('announced=yes">From January 12, 2025 on other terms hold.</a>')
    expect(page).toContain('hreflang="tr">Türkçe</a>')
  })

  test('of any program are told in every language', () => {
    const property = fc.property(programDraw(), (file) => {
      const program = programOf(file)
      for (const language of LANGUAGES) expect(told(program, language)).not.toMatch(UNFILLED)
    })
    fc.assert(property, { numRuns: runs(60) })
  })

  test('of any condition are told in every language', () => {
    const values: Record<string, fc.Arbitrary<string>> = {
      'order.total': fc.constantFrom('money("5.00")'),
      'order.items': fc.nat(9).map(String),
      'order.hour': fc.nat(23).map(String),
      'order.month': fc.integer({ min: 1, max: 12 }).map(String),
      'member.orders': fc.nat(9).map(String),
      'member.joined_days': fc.nat(99).map(String),
    }
    const compared = fc
      .constantFrom(...Object.keys(values))
      .chain((fact) =>
        fc
          .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>='), values[fact]!)
          .map(([op, v]) => `${fact} ${op} ${v}`),
      )
    const plain = fc.oneof(
      compared,
      fc.constantFrom('"a" in order.categories', 'order.weekday != "monday"', 'order.location in ["a", "b"]'),
      fc.constantFrom('size(order.skus) > 1', 'order.net + order.net > money("1.00")'),
    )
    const { when } = fc.letrec<{ when: string }>((tie) => ({
      when: fc.oneof(
        { maxDepth: 3 },
        plain,
        fc.tuple(tie('when'), fc.constantFrom('&&', '||'), tie('when')).map(([a, op, b]) => `(${a} ${op} ${b})`),
        tie('when').map((inner) => `!(${inner})`),
      ),
    }))
    const property = fc.property(when, (condition) => {
      const program = withSections({ earning: [{ id: 'x', on: 'order', earn: 1, when: condition }] })
      for (const language of LANGUAGES) expect(told(program, language)).not.toMatch(UNFILLED)
    })
    fc.assert(property, { numRuns: runs(60) })
  })
})
