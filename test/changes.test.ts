/** What changes between two programs, and what that takes from members: one test for each thing that can be taken. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Changes, changesBetween, changesText } from '../src/core/changes.ts'
import { languagesOf, messagesOf, Wording } from '../src/core/wording.ts'
import { features } from '../src/features/index.ts'
import { programDraw, programOf, runs } from './history.ts'
import { toldPrograms, UNFILLED, withSections } from './told-programs.ts'

const LANGUAGES = languagesOf(features)

const LEVELS = [{ id: 'green' }, { id: 'gold', name: 'Gold', from: 500, multiply: 1.2, perks: ['lounge', 'seats'] }]
const TIERS = { measure: 'spend', levels: LEVELS }
const MUG = { id: 'mug', name: 'A mug', cost: 100, gives: { free_item: { category: 'mugs', up_to: '8.00' } } }

function compared(before: object, after: object, meant: string[] = []): Changes {
  const wordingOf = (sections: object) => new Wording('en', withSections(sections), messagesOf(features, 'en')!)
  return changesBetween(wordingOf(before), wordingOf(after), meant)
}

/** What is taken, by name. */
function lost(before: object, after: object): string[] {
  return compared(before, after).losses.map(({ about }) => about)
}

const points = (expiry: unknown) => ({
  wallets: { points: { expiry } },
  earning: [{ id: 'visit', on: 'visit', earn: 1 }],
})

describe('what members have earned or were promised', () => {
  const reward = (change: object) => ({ tiers: TIERS, rewards: [{ ...MUG, ...change }] })
  const gold = (change: object) => ({ tiers: { ...TIERS, levels: [LEVELS[0], { ...LEVELS[1], ...change }] } })
  const tiers = (change: object) => ({ tiers: { ...TIERS, ...change } })
  const rule = (change: object) => ({ earning: [{ id: 'base', on: 'order', earn: '1 per 1.00', ...change }] })
  const waits = (change: object) => rule({ pending: { until: 'paid', otherwise: 'available', ...change } })

  const keeps = (change: object) => ({ expiry: [{ id: 'visit', on: 'visit', extend: '3 months', ...change }] })
  const members = (change: object) => ({
    tiers: TIERS,
    discounts: [{ id: 'members', tiers: ['gold'], gives: { percent_off: 10 }, ...change }],
  })
  const worth = (change: object) => ({ exchange: [{ points: 100, worth: '1.00', ...change }] })
  const budget = (most: number) => ({
    ...rule({}),
    budgets: [{ id: 'spring', points: 1_000, covers: { earning: ['base'] }, each: [{ most, per: 'month' }] }],
  })

  const taken: [what: string, before: object, after: object, about: string[]][] = [
    ['a wallet', { wallets: { points: {}, coins: {} } }, {}, ['wallets.coins']],
    ['keeping by activity', points({ inactive: '1 year' }), points({ after: '1 year' }), ['wallets.points.expiry']],
    ['some of its length', points({ inactive: '1 year' }), points({ inactive: '6 months' }), ['wallets.points.expiry']],
    [
      'an activity that kept points',
      points({ inactive: '1 year', kept_by: ['order', 'visit'] }),
      points({ inactive: '1 year', kept_by: ['order'] }),
      ['wallets.points.expiry'],
    ],
    ['a warning', points({ after: '1 year', warn: '30 days' }), points({ after: '1 year' }), ['wallets.points.warn']],
    ['a reward', reward({}), { tiers: TIERS }, ['rewards.mug']],
    ['its price', reward({}), reward({ cost: 120 }), ['rewards.mug.cost']],
    [
      'its worth',
      reward({}),
      reward({ gives: { free_item: { category: 'mugs', up_to: '6.00' } } }),
      ['rewards.mug.gives'],
    ],
    ['what it is', reward({}), reward({ gives: { amount_off: '8.00' } }), ['rewards.mug.gives']],
    ['it from most levels', reward({}), reward({ from_tier: 'gold' }), ['rewards.mug.levels']],
    ['it in most hours', reward({}), reward({ when: 'order.hour < 9' }), ['rewards.mug.bounds']],
    ['all levels', tiers({}), {}, ['tiers']],
    ['a level', tiers({}), tiers({ levels: [LEVELS[0]] }), ['tiers.gold']],
    ['a level within reach', gold({}), gold({ from: 600 }), ['tiers.gold.from']],
    [
      'one of two ways to it',
      gold({ from: undefined, any_of: { spend: 500, visits: 10 } }),
      gold({ from: undefined, any_of: { spend: 500 } }),
      ['tiers.measure'],
    ],
    [
      'a second way to it',
      gold({ from: undefined, any_of: { spend: 500, visits: 10 } }),
      gold({ from: undefined, all_of: { spend: 500, visits: 10 } }),
      ['tiers.gold.from'],
    ],
    ['its multiplier', gold({}), gold({ multiply: 1.1 }), ['tiers.gold.multiply']],
    ['a perk', gold({}), gold({ perks: ['seats'] }), ['tiers.gold.perks']],
    ['how long it stays', tiers({}), tiers({ keep: 'until_end_of_window' }), ['tiers.keep']],
    ['its grace', tiers({ grace: '30 days' }), tiers({}), ['tiers.keep']],
    ['what was counted', tiers({}), tiers({ measure: 'visits' }), ['tiers.measure']],
    [
      'what a month still allows',
      rule({ limit: '200 per month' }),
      rule({ limit: '100 per month' }),
      ['earning.base.limit'],
    ],
    ['how it is counted', rule({ limit: '200 per month' }), rule({ limit: '200 per year' }), ['earning.base.limit']],
    ['points that wait', waits({}), waits({ otherwise: 'forfeited' }), ['earning.base.pending']],
    ['what they wait for', waits({}), waits({ until: 'delivered' }), ['earning.base.pending']],
    ['their safety', waits({}), waits({ forfeited_by: 'complaint' }), ['earning.base.pending']],
    ['what kept points longer', keeps({}), {}, ['expiry.visit']],
    ['some of that time', keeps({}), keeps({ extend: '1 month' }), ['expiry.visit']],
    ['what came with a level', members({}), { tiers: TIERS }, ['discounts.members']],
    ['some of it', members({}), members({ gives: { percent_off: 5 } }), ['discounts.members.gives']],
    ['it for a level', members({}), members({ tiers: ['green'] }), ['discounts.members.levels']],
    ['what points are worth', worth({}), {}, ['exchange.points']],
    ['some of their worth', worth({}), worth({ worth: '0.80' }), ['exchange.points.worth']],
    ['small amounts of them', worth({}), worth({ at_least: 500 }), ['exchange.points.bounds']],
    ['a part of a campaign', budget(500), budget(300), ['budgets.spring.each']],
    ['what was kept for who left', { closing: { points: 'keep' } }, { closing: { points: 'expire' } }, ['closing']],
  ]
  test.each(taken)('is lost with %s', (_, before, after, about) => {
    expect(lost(before, after)).toEqual(about)
  })

  const kept: [what: string, before: object, after: object][] = [
    ['shorter for what is yet to be earned', points({ after: '1 year' }), points({ after: '6 months' })],
    ['a lower rate', rule({}), rule({ earn: '1 per 2.00' })],
    ['a rule that goes', rule({}), {}],
    ['a limit that is new', rule({}), rule({ limit: '100 per month' })],
    ['a higher limit', rule({ limit: '100 per month' }), rule({ limit: '200 per month' })],
    [
      'a cheaper reward that is worth more',
      reward({}),
      reward({ cost: 80, gives: { free_item: { category: 'mugs' } } }),
    ],
    ['another name', reward({}), reward({ name: 'Our mug' })],
    [
      'a level that is easier to reach',
      gold({}),
      gold({ from: 400, multiply: 1.5, perks: ['lounge', 'seats', 'bags'] }),
    ],
    ['a level more', tiers({}), tiers({ levels: [...LEVELS, { id: 'black', from: 2_000 }] })],
    ['a discount for everybody that goes', { discounts: [{ id: 'all', gives: { percent_off: 5 } }] }, {}],
    ['points that are worth more', worth({}), worth({ points: 80 })],
    ['longer by activity', points({ inactive: '6 months' }), points({ inactive: '1 year' })],
  ]
  test.each(kept)('stays with %s', (_, before, after) => expect(lost(before, after)).toEqual([]))

  test('may be taken by who says so: with the call, or in the file', () => {
    const [before, after] = [reward({}), reward({ cost: 120, gives: { amount_off: '1.00' } })]
    const meant = (losses: Changes['losses']) => losses.map((one) => one.meant)
    expect(meant(compared(before, after).losses)).toEqual([false, false])
    expect(meant(compared(before, after, ['rewards.mug.cost']).losses)).toEqual([true, false])
    expect(meant(compared(before, after, ['rewards.mug']).losses)).toEqual([true, true])
    expect(meant(compared(before, { ...after, changes: { meant: ['rewards.mug'] } }).losses)).toEqual([true, true])
    expect(meant(compared(before, after, ['rewards']).losses)).toEqual([false, false])
    expect(meant(compared(before, after, ['rewards.mu']).losses)).toEqual([false, false])
  })
})

describe('what changes', () => {
  test('is told by whom it concerns, part by part, and what members are not told of', () => {
    const base = { id: 'base', on: 'order', earn: '1 per 1.00' }
    const before = { tiers: TIERS, rewards: [MUG], earning: [base] }
    const after = {
      tiers: { ...TIERS, levels: [LEVELS[0], { ...LEVELS[1], multiply: 1.5 }] },
      rewards: [{ ...MUG, hold: '1 day' }],
      earning: [base, { id: 'visit', on: 'visit', earn: 5 }],
      combine: 'add',
    }
    const { changes, settings, losses } = compared(before, after)
    expect(changes).toEqual([
      {
        about: 'tiers.gold',
        kind: 'changed',
        who: ['Gold'],
        before: expect.stringContaining('multiplied by 1.2'),
        after: expect.stringContaining('multiplied by 1.5'),
        note: null,
      },
      {
        about: 'earning.visit',
        kind: 'added',
        who: null,
        before: null,
        after: 'You get 5 points for each visit.',
        note: null,
      },
    ])
    expect(settings.sort()).toEqual(['combine', 'rewards.mug.hold'])
    expect(losses).toEqual([])
  })

  test('of when points end is told with what stays: what is earned already', () => {
    const { changes, losses } = compared(points({ after: '1 year' }), points({ after: '6 months' }))
    expect(changes).toMatchObject([
      { about: 'wallets.points.expiry', note: 'What is earned already keeps the end that it was given.' },
    ])
    expect(losses).toEqual([])
    const inactive = compared(points({ inactive: '1 year' }), points({ inactive: '6 months' }))
    expect(inactive.changes[0]).toMatchObject({ about: 'wallets.points.expiry', note: null })
  })

  test.each(toldPrograms())('is nothing between %s and itself, in any language', (_, program) => {
    for (const language of LANGUAGES) {
      const wording = new Wording(language, program, messagesOf(features, language)!)
      const none = changesBetween(wording, wording)
      expect(none).toEqual({ changes: [], settings: [], losses: [] })
      expect(changesText(none, wording)).toBe(language === 'en' ? 'Nothing changes.' : 'Hiçbir şey değişmiyor.')
    }
  })

  test('and what is lost between programs is told in every language, each part once', () => {
    const programs = toldPrograms().map(([, program]) => program)
    const least = withSections({})
    for (const language of LANGUAGES) {
      const messages = messagesOf(features, language)!
      for (const [i, before] of programs.entries()) {
        // Everything may go, and be in place of anything else.
        for (const after of [least, programs[(i + 1) % programs.length]!, programs[(i + 7) % programs.length]!]) {
          const [old, own] = [new Wording(language, before, messages), new Wording(language, after, messages)]
          const changes = changesBetween(old, own)
          expect(changesText(changes, own)).not.toMatch(UNFILLED)
          const abouts = changes.losses.map(({ about }) => about)
          expect(new Set(abouts).size).toBe(abouts.length)
        }
      }
    }
  })

  test('is nothing between any program and itself, and can be told between any two', () => {
    const property = fc.property(programDraw(), programDraw(), (old, own) => {
      const [before, after] = [old, own].map(
        (file) => new Wording('en', programOf(file), messagesOf(features, 'en')!),
      ) as [Wording, Wording]
      expect(changesBetween(before, before)).toEqual({ changes: [], settings: [], losses: [] })
      expect(changesText(changesBetween(before, after), after)).not.toMatch(UNFILLED)
    })
    fc.assert(property, { numRuns: runs(30) })
  })
})
