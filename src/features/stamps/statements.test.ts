/** Stamp cards in the words of the members' terms, and what a change of them takes. */

import { describe, expect, test } from 'vitest'
import { small } from '../../../test/till.ts'
import { termsDocument } from '../../core/terms-document.ts'
import { termsText } from '../../core/terms-page.ts'
import { messagesOf, Wording } from '../../core/wording.ts'
import { features } from '../index.ts'
import { stampLosses } from './statements.ts'

const rewards = [{ id: 'coffee', name: 'A coffee', cost: 100, gives: { amount_off: 3 } }]
const card = { id: 'card', name: 'Coffee card', per: 'item', category: 'coffee', stamps: 10, reward: 'coffee' }
const withCard = (more: object = {}) => small({ rewards, stamps: [{ ...card, ...more }] })

function told(more: object, language = 'en'): string {
  const program = withCard(more)
  const wording = new Wording(language, program, messagesOf(features, language)!)
  return termsText(termsDocument(program, wording)).replaceAll(/\n +/g, ' ')
}

describe('the terms say', () => {
  test('what gives a stamp, and what a full card gives', () => {
    expect(told({})).toContain(
      'You get a stamp for every item. 10 stamps make a full card, and a full card gives you “A coffee”. This counts: coffee.',
    )
    expect(told({}, 'tr')).toContain('Aldığınız her ürün için bir damga alırsınız. 10 damga kartı doldurur')
  })

  test('what bounds it', () => {
    const more = { per: { spend: 5 }, head_start: 2, limit: '2 per day', cards: 3, ends: { after: '90 days' } }
    expect(told(more)).toContain(
      'At most 2 stamps a day. Every new card has 2 stamps on it already. You can fill 3 cards in all. A card ends 90 days',
    )
    for (const language of ['en', 'tr']) expect(told(more, language)).not.toMatch(/undefined|NaN|[{}]/)
  })
})

describe('whoever has begun a card loses', () => {
  test.each([
    [{ stamps: 12 }, ['loss.stamps']],
    [{ stamps: 12, head_start: 2 }, []],
    [{ stamps: 8 }, []],
    [{ ends: { after: '30 days' } }, ['loss.ends']],
    [{ cards: 2 }, ['loss.cards']],
    [{ name: 'Another name' }, []],
  ])('by %j: %j', (change, lost) => {
    expect(stampLosses(withCard(), withCard(change)).map(({ message }) => message)).toEqual(lost)
  })

  test('all of it where the card goes', () => {
    expect(stampLosses(withCard(), small({ rewards })).map(({ message }) => message)).toEqual(['loss.gone'])
  })
})
