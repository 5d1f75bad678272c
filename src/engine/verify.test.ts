/** Verify finds nothing in a ledger that was left alone, and every row that was tampered with. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestLedger, testLedger } from '../../test/ledger.ts'
import { type Incoming, keys } from './incoming.ts'
import { verify } from './verify.ts'

const SOURCE = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets:
  points: { expiry: { after: 2 months } }
earning:
  - { id: base, on: order, earn: 1 per 1.00, rounding: carry, limit: 500 per month }
  - { id: later, on: order, earn: 1 per item, pending: 3 days }
tiers:
  measure: points_earned
  levels: [{ id: green }, { id: gold, from: 100, multiply: 1.2 }]
rewards:
  - { id: mug, cost: 20 points, gives: { amount_off: 5.00 } }
`

const DAY = 86_400_000
const BEGIN = Date.UTC(2026, 0, 10, 15)
let ledger: TestLedger

beforeAll(async () => {
  ledger = await testLedger(SOURCE, BEGIN)
  for (const member of ['ana', 'ben', 'cleo']) await live(member)
})
afterAll(() => ledger.drop())

/** A year of a member's life, on the file's time: purchases, returns, redemptions, expiry, a tier gained and lost. */
async function live(member: string): Promise<void> {
  const account = await ledger.join(member, BEGIN)
  const batch: Incoming[] = []
  const ref = { by: 'id', id: account } as const
  const at = (days: number) => ({ occurredMs: BEGIN + days * DAY, history: true })
  for (let i = 0; i < 24; i++) {
    const id = `${member}-${i}`
    const lines = [{ id: '1', sku: 'a', quantity: 2, unit_price: 1055 + i }]
    const body = { external_id: id, currency: 'USD', prices: 'tax_excluded' as const, lines }
    const redeem = i % 5 === 4 ? { redeem: [{ reward: 'mug' }] } : {}
    batch.push(ledger.incoming('order', { ...body, ...redeem }, { key: keys.order(id), ref, ...at(i * 12) }))
    if (i % 3 === 1) {
      const back = { external_id: 'r', order: id, lines: [{ id: '1', quantity: 1 }] }
      batch.push(
        ledger.incoming('return', back, {
          key: keys.return(id, 'r'),
          ref: { by: 'order', order: id },
          ...at(i * 12 + 4),
        }),
      )
    }
    if (i % 7 === 3)
      batch.push(ledger.incoming('redeem', { reward: 'mug', quantity: 1, capture: false }, { ref, ...at(i * 12 + 6) }))
  }
  const answers = await ledger.recorder.record(batch)
  expect(answers.filter(({ status }) => status !== 'recorded')).toEqual([])
  await ledger.recorder.record([
    ledger.incoming('visit', {}, { ref }),
    { ...ledger.incoming('visit', {}), type: 'wake', body: {}, ref, occurredMs: BEGIN + 600 * DAY },
  ])
}

const check = () => verify(ledger.database.db, ledger.programs)

test('a ledger that was left alone agrees with itself', async () => {
  const result = await check()
  expect(result.differences).toEqual([])
  expect(result).toMatchObject({ accounts: 3, different: 0, erased: 0 })
  expect(result.activities).toBeGreaterThan(3 * 40)
})

describe('a row that was tampered with is found', () => {
  const tampered: [string, string, string, string][] = [
    [
      'points of a posting',
      'update posting set points = points + 1 where activity = (select max(activity) from posting where points > 5)',
      'update posting set points = points - 1 where activity = (select max(activity) from posting where points > 6)',
      'hash',
    ],
    [
      'a posting deleted',
      'create table gone as with d as (delete from posting where activity = (select max(activity) from posting) returning *) select * from d',
      'insert into posting select * from gone; drop table gone',
      'decision',
    ],
    [
      'an order made dearer',
      `update activity set body = replace(body, '"unit_price":1055', '"unit_price":9055') where body like '%"unit_price":1055%'`,
      `update activity set body = replace(body, '"unit_price":9055', '"unit_price":1055')`,
      'hash',
    ],
    [
      'a balance raised',
      `update account set state = replace(state, '"c":', '"c":1') where id = (select max(id) from account)`,
      `update account set state = replace(state, '"c":1', '"c":') where id = (select max(id) from account)`,
      'state',
    ],
    [
      'an activity moved in time',
      'update activity set occurred_ms = occurred_ms + 1 where seq = 5',
      'update activity set occurred_ms = occurred_ms - 1 where seq = 5',
      'hash',
    ],
    ['a due time changed', 'update due set due_ms = due_ms + 1', 'update due set due_ms = due_ms - 1', 'due'],
  ]
  test.each(tampered)('%s', async (_, change, undo, expected) => {
    await ledger.database.db.query(change)
    const result = await check()
    expect(result.differences.map((difference) => difference.check)).toContain(expected)
    await ledger.database.db.query(undo)
    expect((await check()).differences).toEqual([])
  })
})
