import { describe, expect, test } from 'vitest'
import { small, Till } from '../../../test/till.ts'
import type { Feature } from '../../core/feature.ts'
import { compileProgram } from '../../core/program.ts'
import { Refusal } from '../../core/refusal.ts'
import { features } from '../index.ts'

const coffee = { id: 'coffee', per: 'item', category: 'drinks', stamps: 10, reward: 'free-coffee' }
const rewards = [
  { id: 'free-coffee', cost: 100, gives: { free_item: { category: 'drinks' } } },
  { id: 'two-off', cost: 10, gives: { amount_off: 2 } },
]

/** A till of a program whose cards are these; a card that says nothing of its own is the coffee card. */
function withCards(...cards: object[]): Till {
  const stamps = cards.map((card) => ({ ...coffee, ...card }))
  return new Till(small({ rewards, stamps }), '2026-03-02T12:00:00Z')
}

function drinks(quantity: number, price = 300) {
  return [{ price, quantity, category: 'drinks' }]
}

/** What the member's app shows of the first card. */
function cardOf(till: Till, place = 0): Record<string, unknown> {
  const feature: Feature = features.find(({ id }) => id === 'stamps')!
  return (feature.view!(till.account, till.program, till.now)['cards'] as Record<string, unknown>[])[place]!
}

function stampsOf(till: Till, place = 0): string {
  const { stamps, of, filled, owed } = cardOf(till, place)
  return `${stamps}/${of}${filled === 0 ? '' : `, ${filled} filled`}${owed === undefined ? '' : `, owes ${owed}`}`
}

/** What was caused for rewards, in order. */
function gifts(till: Till): string[] {
  return till.decisions.flatMap((d) =>
    d.caused.flatMap(({ type, body }) => {
      const { reward, quantity, source } = body as { reward?: string; quantity: number; source: string }
      return type === 'give' || type === 'withdraw' ? [`${type} ${quantity} ${reward ?? ''}${source}`] : []
    }),
  )
}

describe('collecting', () => {
  test('each item gives a stamp; a full card gives its reward once, and what is over lies on the next card', () => {
    const till = withCards({})
    till.sell('a', [...drinks(4), { price: 900, category: 'food' }])
    expect(stampsOf(till)).toBe('4/10')
    till.sell('b', drinks(8))
    expect([stampsOf(till), gifts(till)]).toEqual(['2/10, 1 filled', ['give 1 free-coffeestamps:coffee']])
  })

  test('many cards at once are full with one order', () => {
    const till = withCards({ head_start: 2 })
    till.sell('a', drinks(27))
    expect([stampsOf(till), gifts(till)]).toEqual(['5/10, 3 filled', ['give 3 free-coffeestamps:coffee']])
  })

  test('a head start is on every new card, or on the first alone', () => {
    const every = withCards({ head_start: 2 })
    const once = withCards({ head_start: 2, next: false })
    for (const till of [every, once]) till.sell('a', drinks(8))
    expect([stampsOf(every), stampsOf(once)]).toEqual(['2/10, 1 filled', '0/10, 1 filled'])
  })

  test('once for an order, for so much spent, for a visit, for an action', () => {
    const till = withCards(
      { per: 'order' },
      { id: 'spend', per: { spend: 5 } },
      { id: 'visit', on: 'visit', per: 'order', category: undefined },
      { id: 'review', on: 'action', per: 'order', category: undefined, when: 'action.type == "review"' },
    )
    till.sell('a', drinks(4))
    till.send('visit', {})
    till.send('action', { type: 'review', data: {} })
    till.send('action', { type: 'wave', data: {} })
    expect([0, 1, 2, 3].map((place) => stampsOf(till, place))).toEqual(['1/10', '2/10', '1/10', '1/10'])
  })

  test('only from so much on, only when a condition holds, only so often', () => {
    const till = withCards(
      { min_spend: 10 },
      { id: 'monday', when: 'order.weekday == "monday"' },
      { id: 'two', limit: '2 per day' },
      { id: 'once', limit: '1 times per day' },
    )
    till.sell('a', drinks(3))
    till.sell('b', drinks(4))
    till.go('2026-03-03T12:00:00Z').sell('c', drinks(1))
    expect([0, 1, 2, 3].map((place) => stampsOf(till, place))).toEqual(['4/10', '7/10', '3/10', '4/10'])
  })

  test('the free coffee itself gives no stamp, unless the program says so', () => {
    const till = withCards({}, { id: 'all', free_items: true })
    till.sell('a', [{ price: 20_000 }])
    till.sell('b', drinks(3), { redeem: [{ reward: 'free-coffee' }] })
    expect([stampsOf(till), stampsOf(till, 1)]).toEqual(['2/10', '3/10'])
    till.sell('c', drinks(1), { redeem: [{ reward: 'free-coffee' }] })
    expect([stampsOf(till), stampsOf(till, 1)]).toEqual(['2/10', '4/10'])
  })

  test('money off the order is no free item: every drink still has its stamp', () => {
    const till = withCards({})
    till.sell('a', [{ price: 20_000 }])
    till.sell('b', drinks(3), { redeem: [{ reward: 'two-off' }] })
    expect(stampsOf(till)).toBe('3/10')
  })

  test('no more cards than the program allows', () => {
    const till = withCards({ cards: 2, stamps: 3 })
    till.sell('a', drinks(7))
    expect([cardOf(till), gifts(till)]).toEqual([undefined, ['give 2 free-coffeestamps:coffee']])
    till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect(cardOf(till)).toBeUndefined()
    till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect(stampsOf(till)).toBe('2/3, 1 filled')
  })
})

describe('returns', () => {
  test('take off the stamps of the lines that came back, and of no other', () => {
    const till = withCards({})
    till.sell('a', [...drinks(3), { price: 900, category: 'food', quantity: 2 }])
    till.giveBack('a', [{ id: '2', quantity: 2 }])
    expect(stampsOf(till)).toBe('3/10')
    till.giveBack('a', [{ id: '1', quantity: 2 }])
    expect(stampsOf(till)).toBe('1/10')
    till.cancel('a')
    expect(till.account.slices['stamps']).toBeUndefined()
  })

  test('of an order that falls below the least spend take all of its stamps', () => {
    const till = withCards({ min_spend: 10 })
    till.sell('a', drinks(4))
    till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect(till.account.slices['stamps']).toBeUndefined()
  })

  test('of a full card take its reward back while nobody has used it, and open the card again', () => {
    const till = withCards({})
    till.sell('a', drinks(12))
    expect(till.account.vouchers).toHaveLength(1)
    till.giveBack('a', [{ id: '1', quantity: 5 }])
    expect([stampsOf(till), till.account.vouchers]).toEqual(['7/10', []])
    till.sell('b', drinks(3))
    expect([stampsOf(till), till.account.vouchers.length]).toEqual(['0/10, 1 filled', 1])
  })

  test('of a full card whose reward is used are owed: buying and returning makes no coffees without end', () => {
    const till = withCards({})
    till.sell('a', drinks(10))
    const { code } = till.account.vouchers[0]!
    till.sell('b', drinks(1), { redeem: [{ voucher: code }] })
    expect(stampsOf(till)).toBe('0/10, 1 filled')
    till.cancel('a')
    expect(stampsOf(till)).toBe('0/10, 1 filled, owes 10')
    till.sell('c', drinks(14))
    expect([stampsOf(till), till.account.vouchers]).toEqual(['4/10, 1 filled', []])
  })

  test('take back as many rewards as are not used, whichever card they were for', () => {
    const till = withCards({ stamps: 4 })
    till.sell('a', drinks(8))
    const { code } = till.account.vouchers[0]!
    till.sell('b', drinks(1), { redeem: [{ voucher: code }] })
    till.giveBack('a', [{ id: '1', quantity: 2 }])
    expect([stampsOf(till), till.account.vouchers]).toEqual(['2/4, 1 filled', []])
  })

  test('give the allowance of the day back', () => {
    const till = withCards({ limit: '2 per day' })
    till.sell('a', drinks(5))
    till.giveBack('a', [{ id: '1', quantity: 3 }])
    expect(stampsOf(till)).toBe('2/10')
    till.giveBack('a', [{ id: '1', quantity: 1 }])
    till.sell('b', drinks(5))
    expect(stampsOf(till)).toBe('2/10')
  })
})

describe('cards that end', () => {
  const told = (till: Till) =>
    till.decisions.flatMap((d) => d.messages.filter(({ topic }) => topic.startsWith('card')).map(({ topic }) => topic))

  test('lose their stamps after their time, and the member is told before', () => {
    const till = withCards({ ends: { after: '30 days' } })
    till.sell('a', drinks(4))
    expect(cardOf(till)['ends_at']).toBe('2026-04-01T00:00:00Z')
    till.go('2026-03-26T12:00:00Z').wake()
    expect([stampsOf(till), told(till)]).toEqual(['4/10', ['card.ending']])
    till.go('2026-04-01T00:00:00Z').wake()
    expect([stampsOf(till), told(till)]).toEqual(['0/10', ['card.ending', 'card.ended']])
    expect(cardOf(till)['ends_at']).toBeNull()
  })

  test('take nothing more when what lay on them comes back', () => {
    const till = withCards({ ends: { after: '30 days' } })
    till.sell('a', drinks(4))
    till.go('2026-04-02T12:00:00Z').sell('b', drinks(3))
    till.giveBack('a', [{ id: '1', quantity: 4 }])
    expect(stampsOf(till)).toBe('3/10')
  })

  test('are full after all by what is told late of their time', () => {
    const till = withCards({ ends: { after: '30 days' } })
    till.sell('a', drinks(9))
    till.go('2026-04-02T12:00:00Z').sell('b', drinks(2), { occurred: '2026-03-20T12:00:00Z' })
    expect([stampsOf(till), gifts(till)]).toEqual(['0/10, 1 filled', ['give 1 free-coffeestamps:coffee']])
  })

  test('end with the last day of the card for everybody', () => {
    const till = withCards({ ends: { on: '2026-03-31' } })
    till.sell('a', drinks(4))
    till.go('2026-04-01T12:00:00Z').sell('b', drinks(9))
    expect(cardOf(till)).toBeUndefined()
    expect(told(till)).toEqual(['card.ending', 'card.ended'])
  })
})

describe('two members who are one', () => {
  test('have the stamps of both: a card that is full by that gives its reward, and both bring back what they bought', () => {
    const ids = { last: 0 }
    const program = small({ rewards, stamps: [{ ...coffee, limit: '8 per day', ends: { after: '30 days' } }] })
    const ann = new Till(program, '2026-03-02T12:00:00Z', { ids, name: 'ann' })
    const anna = new Till(program, '2026-03-02T12:00:00Z', { ids, name: 'anna' })
    ann.sell('a', drinks(6))
    anna.go('2026-03-04T12:00:00Z').sell('b', drinks(7))
    ann.go('2026-03-04T12:00:00Z')
    expect(ann.sendBoth(anna, 'merge', { from: 1, into: 2 })).not.toBeInstanceOf(Refusal)
    expect([stampsOf(anna), anna.account.vouchers.length]).toEqual(['3/10, 1 filled', 1])
    expect(cardOf(anna)['ends_at']).toBe('2026-04-03T00:00:00Z')
    anna.cancel('a')
    expect([stampsOf(anna), anna.account.vouchers.length]).toEqual(['7/10', 0])
  })
})

describe('check', () => {
  const problemsOf = (card: object) => {
    const core = { program: 'p', name: 'P', currency: 'USD', timezone: 'UTC', wallets: { points: {} } }
    const text = JSON.stringify({ ...core, rewards, stamps: [{ ...coffee, ...card }] })
    return compileProgram(text, features).problems.map(({ code, message }) => `${code}: ${message}`)
  }

  test.each([
    [{ head_start: 10 }, 'nothing_to_do: card coffee would be full from the start: give fewer than 10 stamps'],
    [{ reward: 'free-cofee' }, 'unknown_reward: there is no reward free-cofee'],
    [
      { limit: '1 per week', ends: { after: '30 days' } },
      'never_reached: card coffee can never be full: it needs 10 stamps, and "1 per week" allows 6 within 30 days',
    ],
    [
      { limit: '5 per lifetime' },
      'never_reached: card coffee can never be full: it needs 10 stamps, and "5 per lifetime" allows 5',
    ],
    [
      { limit: '0 times per day' },
      'never_reached: card coffee can never be full: it needs 10 stamps, and "0 times per day" allows 0',
    ],
    [{ ends: {} }, 'after_or_on: say either how long a card lasts (`after`) or the last day (`on`)'],
    [{ on: 'visit', category: undefined }, 'order_only: a visit gives one stamp: only an order has items and money'],
    [{ on: 'visit', per: 'order' }, 'order_only: only an order has lines, and this rule is on visit'],
    [{ per: { spend: 0 } }, 'not_money: one stamp for each 0.00 spent would be stamps without end'],
  ])('refuses %j', (card, message) => {
    expect(problemsOf(card)).toEqual([message])
  })

  test('takes a card that can be filled', () => {
    expect(problemsOf({ limit: '1 per week', ends: { after: '90 days' } })).toEqual([])
  })
})
