import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at, type Driver, runs, stateOf } from '../../../test/history.ts'
import { accepted, type Item, small, Till } from '../../../test/till.ts'
import type { ActivityOf } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import { compileProgram } from '../../core/program.ts'
import { Refusal } from '../../core/refusal.ts'
import { openVouchers } from '../../core/vouchers.ts'
import { features } from '../index.ts'

const rewards = [
  { id: 'two-off', name: 'Two off', cost: 60, gives: { amount_off: '2.00' } },
  { id: 'ten-off', name: 'Ten off', cost: 60, gives: { amount_off: '10.00' }, min_spend: '20.00' },
  { id: 'mug', name: 'A mug', cost: { points: 100, money: '5.00' }, gives: { thing: { kind: 'gift' } }, stock: 2 },
  { id: 'cake', cost: { points: 100, money: '3.00' }, gives: { free_item: { category: 'cake' } } },
  { id: 'more', cost: 50, gives: { points: '10 credit' } },
  {
    id: 'sample',
    name: 'A sample',
    cost: 'free',
    gives: { free_item: { category: 'cake' } },
    limit: '1 per month',
    stock: 2,
  },
  {
    id: 'tour',
    name: 'A tour',
    cost: 10,
    gives: { thing: { kind: 'experience' } },
    limit: ['2 per month', '3 per year'],
  },
  { id: 'summer', name: 'Summer', cost: 10, gives: { amount_off: '1.00' }, from: '2026-06-01', until: '2026-06-30' },
  { id: 'local', name: 'Local', cost: 10, gives: { amount_off: '1.00' }, locations: ['north', 'south'] },
  { id: 'golden', name: 'Golden', cost: 10, gives: { amount_off: '1.00' }, tiers: ['gold'] },
  { id: 'morning', name: 'Morning', cost: 10, gives: { amount_off: '1.00' }, when: 'order.hour < 12' },
  { id: 'treat', name: 'A treat', gives: { free_item: { category: 'cake' } }, valid: '30 days' },
  { id: 'few', gives: { thing: { kind: 'gift' } }, stock: 3 },
  { id: 'bonus', gives: { points: '25 points', expiry: { after: '1 month', until_end_of: 'day' } } },
]
const tiers = { measure: 'spend', levels: [{ id: 'green' }, { id: 'gold', from: 9999 }] }
const wallets = { points: {}, credit: { negative: 'stop_at_zero' } }
const earning = [
  { id: 'welcome', on: 'join', earn: 1000, wallet: 'points' },
  { id: 'base', on: 'order', earn: '1 per 1.00', when: 'order.channel == "web"', wallet: 'points' },
]
const program = small({ wallets, earning, tiers, rewards: rewards.map((reward) => priced(reward)) })

/** With two wallets every number of points names its own. */
function priced({ cost, ...reward }: { cost?: unknown } & object): object {
  if (cost === undefined || cost === 'free') return { ...reward, ...(cost === undefined ? {} : { cost }) }
  if (typeof cost === 'number') return { ...reward, cost: `${cost} points` }
  const { points, money } = cost as { points: number; money: string }
  return { ...reward, cost: { points: `${points} points`, money } }
}

function rich(options: object = {}): Till {
  return new Till(program, '2026-03-04T12:00:00Z', options)
}

function redeem(till: Till, reward: string, more: object = {}): Deciding | Refusal {
  return till.send('redeem', { reward, quantity: 1, capture: true, ...more })
}

const vouchers = (till: Till) => openVouchers(till.account).map(({ reward }) => reward)
const cake: Item[] = [{ price: 500, category: 'cake' }]
const noon = (day: string) => `${day}T12:00:00Z`

/** Gives a reward or takes it back, as a feature does that gives rewards. */
function cause(till: Till, caused: Pick<ActivityOf<'give'> | ActivityOf<'withdraw'>, 'type' | 'body'>): Deciding {
  return accepted((till as Driver).send(caused.type as 'give', caused.body as never))
}

const give = (till: Till, reward: string, quantity = 1, source = 'test') =>
  cause(till, { type: 'give', body: { reward, quantity, source } })
const withdraw = (till: Till, quantity = 1, source = 'test') =>
  cause(till, { type: 'withdraw', body: { source, quantity } })
const told = ({ messages }: Deciding) =>
  messages.map(({ topic, data }) => [topic, data['code']].filter(Boolean).join(' '))

describe('redeemed by itself', () => {
  test('money off becomes a voucher, once its points are captured', () => {
    const till = rich()
    const held = accepted(till.send('redeem', { reward: 'two-off', quantity: 2, capture: false }))
    expect(vouchers(till)).toEqual([])
    accepted(till.send('capture', { redemption: held.activity.id }))
    expect([vouchers(till), till.points()]).toEqual([['two-off', 'two-off'], 880])
  })

  test('a thing is handed over', () => {
    const till = rich()
    expect(accepted(redeem(till, 'mug')).redemptions).toMatchObject([{ status: 'captured', points: 100 }])
    expect([vouchers(till), till.points()]).toEqual([[], 900])
  })

  test('points come to their wallet', () => {
    const till = rich()
    accepted(redeem(till, 'more', { quantity: 3 }))
    expect([till.points(), till.points('credit')]).toEqual([850, 30])
  })

  test('what is only given cannot be asked for', () => {
    expect(redeem(rich(), 'treat')).toMatchObject({ code: 'reward_unavailable' })
    expect(rich().trySell('a', cake, { redeem: [{ reward: 'treat' }] })).toMatchObject({ code: 'reward_unavailable' })
  })

  test('a thing is redeemed by itself, not on an order', () => {
    expect(rich().trySell('a', cake, { redeem: [{ reward: 'mug' }] })).toMatchObject({ code: 'reward_unavailable' })
  })
})

describe('what it asks', () => {
  test('days, the first and the last included', () => {
    const answers = ['2026-05-31', '2026-06-01', '2026-06-30', '2026-07-01'].map((day) => {
      const answer = redeem(rich().go(noon(day)), 'summer')
      return answer instanceof Refusal ? answer.detail : 'had'
    })
    expect(answers).toEqual(['Summer begins on 2026-06-01.', 'had', 'had', 'Summer ended on 2026-06-30.'])
  })

  test('a tier, said one by one', () => {
    expect(redeem(rich(), 'golden')).toMatchObject({ code: 'tier_too_low', detail: 'Golden is for gold.' })
  })

  test('a shop, on an order and by itself', () => {
    const order = (location?: string) =>
      rich().trySell('a', cake, { redeem: [{ reward: 'local' }], ...(location && { location }) })
    expect(order('north')).not.toBeInstanceOf(Refusal)
    expect(order('west')).toMatchObject({ code: 'reward_unavailable', detail: 'Local is to be had at north, south.' })
    expect(order()).toMatchObject({ code: 'reward_unavailable' })
    expect(redeem(rich(), 'local', { location: 'south' })).not.toBeInstanceOf(Refusal)
    expect(redeem(rich(), 'local')).toMatchObject({ code: 'reward_unavailable' })
  })

  test('an amount: the answer says how much more', () => {
    const answer = rich().trySell('a', [{ price: 1680 }], { redeem: [{ reward: 'ten-off' }] })
    expect(answer).toMatchObject({
      code: 'spend_too_low',
      detail: 'Spend 3.20 USD more for Ten off.',
      missing: { money: 320 },
    })
    expect(rich().sell('a', [{ price: 2000 }], { redeem: [{ reward: 'ten-off' }] }).order).toMatchObject({
      total: 1000,
    })
  })

  test('what is asked of the order is asked when the voucher is used, and not before', () => {
    const till = rich()
    accepted(redeem(till, 'ten-off'))
    accepted(redeem(till, 'morning'))
    const [ten, morning] = openVouchers(till.account).map(({ code }) => code) as [string, string]
    expect(till.trySell('a', [{ price: 1000 }], { redeem: [{ voucher: ten }] })).toMatchObject({
      code: 'spend_too_low',
    })
    expect(till.trySell('b', [{ price: 1000 }], { redeem: [{ voucher: morning }] })).toMatchObject({
      code: 'reward_unavailable',
    })
    till.go('2026-03-05T09:00:00Z')
    expect(till.sell('c', [{ price: 3000 }], { redeem: [{ voucher: ten }, { voucher: morning }] }).order).toMatchObject(
      { total: 1900 },
    )
  })
})

describe('limits', () => {
  test('so many in a period, of the program’s own calendar', () => {
    const till = rich()
    accepted(redeem(till, 'tour', { quantity: 2 }))
    expect(redeem(till, 'tour')).toMatchObject({
      code: 'limit_reached',
      detail: 'A member may have 2 of A tour per month.',
    })
    accepted(redeem(till.go(noon('2026-04-01')), 'tour'))
    expect(redeem(till, 'tour')).toMatchObject({
      code: 'limit_reached',
      detail: 'A member may have 3 of A tour per year.',
    })
    accepted(redeem(till.go(noon('2027-01-01')), 'tour'))
  })

  test('what is voided, timed out or captured in part counts no more', () => {
    const till = rich()
    const hold = (quantity: number) =>
      accepted(till.send('redeem', { reward: 'tour', quantity, capture: false })).activity.id
    accepted(till.send('void', { redemption: hold(2) }))
    expect(till.account.slices['rewards']).toBeUndefined()
    hold(2)
    till.go('2026-03-04T13:00:00Z').wake()
    accepted(till.send('capture', { redemption: hold(2), quantity: 1 }))
    hold(1)
    expect(redeem(till, 'tour')).toMatchObject({ code: 'limit_reached' })
  })

  test('a reward that cost nothing comes back with its order, and so do its limit and its stock', () => {
    const claims = new Map<string, number>()
    const till = rich({ claims })
    const redeemed = { redeem: [{ reward: 'sample' }] }
    till.sell('a', [...cake, { price: 900 }], redeemed)
    expect(till.trySell('b', cake, redeemed)).toMatchObject({ code: 'limit_reached' })
    till.giveBack('a', [{ id: '2', quantity: 1 }])
    expect(till.trySell('b', cake, redeemed)).toMatchObject({ code: 'limit_reached' })
    till.giveBack('a', [{ id: '1', quantity: 1 }])
    expect([claims.get('stock:sample'), till.account.slices['rewards']]).toEqual([0, undefined])
    till.sell('c', cake, redeemed)
  })

  test('two who become one have used the limits of both', () => {
    const ids = { last: 0 }
    const [ana, also] = ['a', 'b'].map((name) => rich({ ids, name })) as [Till, Till]
    for (const one of [ana, also]) accepted(redeem(one, 'tour'))
    accepted(also.sendBoth(ana, 'merge', { from: 2, into: 1 }))
    expect(redeem(ana, 'tour')).toMatchObject({ code: 'limit_reached' })
  })

  test('hold under any history', () => {
    const what = fc.constantFrom('redeem', 'hold', 'void', 'order', 'cancel', 'wait')
    fc.assert(
      fc.property(fc.array(fc.tuple(what, fc.nat()), { maxLength: 40 }), (steps) => {
        const claims = new Map<string, number>()
        const till = rich({ claims })
        const holds: number[] = []
        const orders: string[] = []
        const had = new Map<number, number>()
        const count = (month: number, change: number) => had.set(month, (had.get(month) ?? 0) + change)
        const months = new Map<string | number, number>()
        for (const [i, [what, n]] of steps.entries()) {
          const month = new Date(till.now).getUTCMonth()
          if (what === 'wait') till.go(new Date(till.now + (n % 20) * 86_400_000).toISOString()).wake()
          else if (what === 'void' && holds.length > 0) {
            const [hold] = holds.splice(n % holds.length, 1) as [number]
            if (!(till.send('void', { redemption: hold }) instanceof Refusal)) count(months.get(hold)!, -1)
          } else if (what === 'cancel' && orders.length > 0) {
            const [order] = orders.splice(n % orders.length, 1) as [string]
            till.cancel(order)
            count(months.get(order)!, -1)
          } else if (what === 'order') {
            const answer = till.trySell(`${i}`, cake, { redeem: [{ reward: 'sample' }] })
            if (answer instanceof Refusal) expect(['limit_reached', 'sold_out']).toContain(answer.code)
            else {
              orders.push(`${i}`)
              months.set(`${i}`, month)
              count(month, 1)
            }
          } else if (what === 'redeem') redeem(till, 'tour')
          expect([...had.values()].every((times) => times <= 1)).toBe(true)
          expect(claims.get('stock:sample') ?? 0).toBe([...had.values()].reduce((sum, times) => sum + times, 0))
          expect(claims.get('stock:sample') ?? 0).toBeLessThanOrEqual(2)
        }
      }),
      { numRuns: runs(40) },
    )
  })
})

describe('points and money', () => {
  test('the money is not taken off, and is paid with the order', () => {
    const till = rich()
    expect(till.sell('a', cake, { redeem: [{ reward: 'cake' }] }).order).toMatchObject({ discount: 200, total: 300 })
    expect(till.points()).toBe(900)
    till.cancel('a')
    expect(till.points()).toBe(1000)
  })

  test('what costs no more than that is not worth its points', () => {
    const answer = rich().trySell('a', [{ price: 300, category: 'cake' }], { redeem: [{ reward: 'cake' }] })
    expect(answer).toMatchObject({ code: 'reward_unavailable' })
  })
})

describe('given', () => {
  test('a voucher, for as long as it is valid', () => {
    const till = rich()
    expect(told(give(till, 'treat'))).toContain('reward.given')
    const [voucher] = openVouchers(till.account)
    expect(voucher).toMatchObject({ reward: 'treat', source: 'test', expiry: at('2026-04-04T00:00:00Z') })
    expect(till.sell('a', cake, { redeem: [{ voucher: voucher!.code }] }).order).toMatchObject({ total: 0 })
  })

  test('stored value is money', () => {
    const file = {
      wallets: { points: {}, purse: { money: true } },
      earning: [],
      rewards: [{ id: 'five', gives: { credit: '5.00' } }],
    }
    const till = new Till(small(file), '2026-03-04T12:00:00Z')
    give(till, 'five')
    expect(till.points('purse')).toBe(500)
    const { order, payments } = till.sell('a', [{ price: 800 }], { redeem: [{ points: 300, wallet: 'purse' }] })
    expect([order!.total, payments]).toMatchObject([800, [{ amount: 300 }]])
  })

  test('points at once, with an end of their own, that count for no tier', () => {
    const till = rich()
    const { postings, earned } = give(till, 'bonus', 2)
    expect(postings).toMatchObject([
      { points: 50, rule: 'bonus', lot: { kind: 'reward', expiry: at('2026-04-05T00:00:00Z') } },
    ])
    expect(earned).toEqual([])
  })

  test('what is sold out is not given, and that is told', () => {
    const till = rich()
    expect(told(give(till, 'few', 2))).toEqual(['reward.given'])
    expect(told(give(till, 'few', 2))).toEqual(['reward.not_given sold_out'])
    expect(told(give(till, 'few'))).toEqual(['reward.given'])
    expect(told(give(till, 'nothing'))).toEqual(['reward.not_given reward_unavailable'])
  })

  test('an account that is full of vouchers gets no more, and the stock keeps what it cannot take', () => {
    const claims = new Map<string, number>()
    const till = rich({ claims })
    give(till, 'treat', 40)
    expect(told(give(till, 'few'))).toEqual(['reward.not_given limit_reached'])
    expect(claims.get('stock:few')).toBe(0)
  })

  test('taken back as far as nobody used it', () => {
    const till = rich()
    give(till, 'treat', 3)
    const { code } = openVouchers(till.account)[0]!
    till.sell('a', cake, { redeem: [{ voucher: code }] })
    expect(withdraw(till, 3).withdrawn).toEqual([{ source: 'test', quantity: 2 }])
    expect(vouchers(till)).toEqual([])
    expect(withdraw(till, 1).withdrawn).toEqual([{ source: 'test', quantity: 0 }])
  })

  test('points that were spent are owed, or forgiven, as their wallet says', () => {
    const till = rich()
    give(till, 'bonus', 1, 'one')
    accepted(redeem(till, 'tour'))
    accepted(till.send('redeem', { reward: 'two-off', quantity: 16, capture: true }))
    expect(till.points()).toBe(55)
    withdraw(till, 1, 'one')
    expect(till.balance('points')).toMatchObject({ available: 30, debt: 0 })
    give(till, 'bonus', 1, 'two')
    accepted(till.send('redeem', { reward: 'tour', quantity: 1, capture: true }))
    withdraw(till, 1, 'two')
    withdraw(till, 1, 'two')
    expect(till.balance('points')).toMatchObject({ available: 20, debt: 0 })
  })

  test('given and taken back leaves everything as it was', () => {
    const given = fc.record({
      reward: fc.constantFrom('treat', 'few', 'bonus'),
      quantity: fc.integer({ min: 1, max: 4 }),
      source: fc.constantFrom('one', 'two'),
    })
    const before = fc.array(fc.constantFrom('sell', 'redeem', 'give', 'return'), { maxLength: 6 })
    fc.assert(
      fc.property(before, fc.array(given, { minLength: 1, maxLength: 5 }), (steps, gifts) => {
        const claims = new Map<string, number>()
        const till = rich({ claims })
        for (const [i, step] of steps.entries()) {
          if (step === 'sell') till.sell(`${i}`, [{ price: 90_000 }], { channel: 'web' })
          else if (step === 'redeem') redeem(till, 'two-off', { quantity: 10 })
          else if (step === 'give') give(till, 'bonus', 1, 'before')
          else for (const order of till.orders.splice(0, 1)) till.cancel(order)
        }
        const state = stateOf(till.account, 'without traces')
        const stock = claims.get('stock:few') ?? 0
        const were: [string, number][] = gifts.map(({ reward, quantity, source }) => {
          const isGiven = told(give(till, reward, quantity, source)).includes('reward.given')
          return [source, isGiven ? quantity : 0]
        })
        for (const [source, quantity] of were.reverse()) if (quantity > 0) withdraw(till, quantity, source)
        expect(stateOf(till.account, 'without traces')).toEqual(state)
        expect(claims.get('stock:few') ?? 0).toBe(stock)
      }),
      { numRuns: runs(60) },
    )
  })
})

describe('check', () => {
  const problemsOf = (reward: object) => {
    const core = { program: 'small', name: 'Small', currency: 'USD', timezone: 'UTC', wallets: { points: {} }, tiers }
    const file = { ...core, rewards: [{ id: 'it', cost: 10, gives: { amount_off: '1.00' }, ...reward }] }
    return compileProgram(JSON.stringify(file), features).problems.map(({ message, suggestion }) =>
      [message, suggestion].filter(Boolean).join(' → '),
    )
  }

  test.each([
    [{ cost: 'free' }, 'anybody could take it again and again: say a `limit`, or leave `cost` out if it is only given'],
    [{ cost: { points: '10 star', money: 1 } }, 'there is no wallet star; there is points'],
    [{ limit: '200 points per month' }, 'counts how many a member may have, such as "1 per month"'],
    [{ limit: ['1 per month', '2 per month'] }, 'there is another limit per month'],
    [{ from: '2026-06-01', until: '2026-05-01' }, 'ends before it begins, which is on 2026-06-01'],
    [{ tiers: ['golf'] }, 'there is no tier golf → gold'],
    [{ tiers: ['gold'], from_tier: 'gold' }, 'say `from_tier` or `tiers`, not both'],
    [{ gives: { points: 0 } }, 'must be above 0'],
    [{ gives: { credit: 5 } }, 'needs a wallet of money: `credit: { money: true }`'],
    [
      { gives: { thing: { kind: 'gift' } }, min_spend: 5 },
      'only what takes money off an order can ask what it comes to',
    ],
    [{ gives: { entry: { draw: 'summer' } } }, 'there is no draw summer'],
    [{ gives: { perk: { perk: 'bag' } } }, 'there is no perk bag'],
  ])('%j', (reward, message) => {
    expect(problemsOf(reward)).toContain(message)
  })
})

test('a late redemption counts in its own month', () => {
  const till = rich().go(noon('2026-04-02'))
  const hold = (day: string) => till.send('redeem', { reward: 'tour', quantity: 1, capture: false }, at(noon(day)))
  for (const day of ['2026-03-30', '2026-04-02', '2026-03-31']) accepted(hold(day))
  expect(hold('2026-03-29')).toMatchObject({ detail: 'A member may have 2 of A tour per month.' })
})
