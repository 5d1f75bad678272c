/** Challenges in the words of the members' terms, and what a change of them takes. */

import { describe, expect, test } from 'vitest'
import { small } from '../../../test/till.ts'
import { termsDocument } from '../../core/terms-document.ts'
import { termsText } from '../../core/terms-page.ts'
import { messagesOf, Wording } from '../../core/wording.ts'
import { features } from '../index.ts'
import { challengeLosses } from './statements.ts'

const rewards = [
  { id: 'mug', name: 'A mug', cost: 100, gives: { amount_off: 3 } },
  { id: 'tea', name: 'A tea', cost: 100, gives: { amount_off: 2 } },
]
const badges = [{ id: 'faithful', name: 'Faithful' }]
const goal = { id: 'goal', count: 'orders', target: 5, steps: [{ at: 2, reward: 'tea' }], reward: 'mug' }
const withChallenge = (more: object) => small({ rewards, badges, challenges: [{ id: 'one', ...more }] })

function told(challenge: object, language = 'en'): string {
  const program = withChallenge(challenge)
  const wording = new Wording(language, program, messagesOf(features, language)!)
  return termsText(termsDocument(program, wording)).replaceAll(/\n +/g, ' ')
}

test('a goal, by when, and what there is on the way', () => {
  expect(told({ ...goal, every: 'month', until: '2027-08-31', badge: 'faithful' })).toContain(
    'It takes 5 purchases within a month. Until August 31, 2027, that day included. Whoever does it gets “A mug” and the badge “Faithful”. On the way, at 2 purchases: “A tea”.',
  )
})

test('a streak, and what it forgives', () => {
  const streak = { count: 'spend', target: 20, every: 'week', streak: 4, forgives: 1, badge: 'faithful' }
  expect(told(streak)).toContain('It takes $20.00 spent, before tax in each of 4 weeks in a row; one may be missed.')
  expect(told(streak, 'tr')).toContain('üst üste 4 hafta boyunca her seferinde vergisiz $20,00 harcama')
})

test('a quest, and that whoever joins takes part', () => {
  const goals = [
    { id: 'shops', name: 'Three of our shops', count: 'shops', target: 3 },
    { id: 'tea', count: 'items', category: 'tea', target: 2 },
  ]
  expect(told({ all_of: goals, in_order: true, starts: 'joined', reward: 'mug' })).toContain(
    'It takes all of these: Three of our shops and 2 items. One after the other: what happens before its turn does not count. It counts once you have joined.',
  )
})

describe('whoever is on the way loses', () => {
  test.each([
    [{ target: 6 }, ['loss.target']],
    [{ target: 4 }, []],
    [{ count: 'items' }, ['loss.target']],
    [{ reward: undefined }, ['loss.prizes']],
    [{ steps: [{ at: 3, reward: 'tea' }] }, ['loss.prizes']],
    [{ steps: [{ at: 1, reward: 'tea' }] }, []],
    [{ until: '2027-08-31' }, ['loss.until']],
  ])('by %j: %j', (change, lost) => {
    const losses = challengeLosses(withChallenge(goal), withChallenge({ ...goal, ...change }))
    expect(losses.map(({ message }) => message)).toEqual(lost)
  })
})
