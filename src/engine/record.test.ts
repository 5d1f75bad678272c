/** The write path over a real database: once and only once, in batches, against others who do the same. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestLedger, testLedger } from '../../test/ledger.ts'
import type { OrderBody } from '../core/activity.ts'
import { Inbox } from './inbox.ts'
import { type Incoming, keys, type Recorded } from './incoming.ts'

const SOURCE = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets:
  points: { expiry: { after: 6 months } }
earning:
  - { id: base, on: order, earn: 1 per 1.00 }
tiers:
  measure: points_earned
  levels: [{ id: green }, { id: gold, from: 500, multiply: 1.2 }]
rewards:
  - { id: mug, cost: 50 points, gives: { amount_off: 5.00 }, stock: 3 }
`

const NOW = Date.UTC(2026, 4, 5, 15)
let ledger: TestLedger

beforeAll(async () => {
  ledger = await testLedger(SOURCE, NOW)
})
afterAll(() => ledger.drop())

let orders = 0
function body(id: string, cents: number): OrderBody {
  return {
    external_id: id,
    currency: 'USD',
    prices: 'tax_excluded',
    lines: [{ id: '1', sku: 'a', quantity: 2, unit_price: cents / 2 }],
  }
}

function order(member: string, cents: number, id = `o${++orders}`): Incoming {
  return ledger.incoming('order', body(id, cents), { key: keys.order(id), ref: { by: 'external', value: member } })
}

function anonymous(id: string, cents: number): Incoming {
  return ledger.incoming('order', body(id, cents), { key: keys.order(id), ref: { by: 'nobody' } })
}

function giveBack(id: string, of: string, quantity: number): Incoming {
  const body = { external_id: id, order: of, lines: [{ id: '1', quantity }] }
  return ledger.incoming('return', body, { key: keys.return(of, id), ref: { by: 'order', order: of } })
}

const record = async (...batch: Incoming[]) => ledger.recorder.record(batch)
const available = (recorded: Recorded) =>
  recorded.status === 'recorded' ? recorded.activity.outcome.balances[0]![2] : recorded

async function points(member: number): Promise<number> {
  const { rows } = await ledger.database.db.query<{ sum: string }>(
    `select coalesce(sum(case when to_bucket = 'available' then points when from_bucket = 'available' then -points else 0 end), 0) as sum
     from posting where account = $1`,
    [member],
  )
  return Number(rows[0]!.sum)
}

describe('a key is decided once', () => {
  test('the same again answers the same, balances of then included', async () => {
    await ledger.join('ana', NOW)
    const first = order('ana', 2000)
    const [once] = await record(first)
    await record(order('ana', 3000))
    const [again] = await record(first)
    expect(available(again!)).toBe(20)
    expect(again).toEqual({ ...once, replayed: true })
  })

  test('another body under the same key is a conflict', async () => {
    const [answer] = await record(order('ana', 2500, 'o1'))
    expect(answer).toMatchObject({ status: 'refused', refusal: { code: 'idempotency_conflict' } })
  })

  test('twice in one batch is once', async () => {
    const account = await ledger.join('ben', NOW)
    const same = order('ben', 1000)
    const answers = await record(same, same, order('ben', 1000))
    expect(answers.map(available)).toEqual([10, 10, 20])
    expect(await points(account)).toBe(20)
  })

  test('sent by many at the same moment it is once', async () => {
    const account = await ledger.join('cleo', NOW)
    const same = order('cleo', 1000)
    const answers = await Promise.all(Array.from({ length: 8 }, () => record(same)))
    expect(answers.flat().map(available)).toEqual(new Array(8).fill(10))
    expect(answers.flat().filter((answer) => answer.status === 'recorded' && !answer.replayed)).toHaveLength(1)
    expect(await points(account)).toBe(10)
  })

  test('a member joins once, however often and in how many batches at once', async () => {
    const join = ledger.incoming('join', { external_id: 'dora' }, { key: keys.join('dora'), ref: { by: 'new' } })
    const answers = await Promise.all(Array.from({ length: 6 }, () => record(join, join)))
    expect(
      new Set(answers.flat().map((answer) => (answer.status === 'recorded' ? answer.activity.account : answer))).size,
    ).toBe(1)
  })
})

describe('a batch', () => {
  test('may open a member and serve them at once', async () => {
    const join = ledger.incoming('join', { external_id: 'eve' }, { key: keys.join('eve'), ref: { by: 'new' } })
    const answers = await record(join, order('eve', 700), order('eve', 300))
    expect(answers.map(available)).toEqual([0, 7, 10])
  })

  test('a refused activity leaves nothing and spoils no other', async () => {
    await ledger.join('finn', NOW)
    const wanted = order('finn', 6000)
    const spend = ledger.incoming(
      'order',
      { ...body('finn-2', 6000), redeem: [{ reward: 'mug', quantity: 2 }] },
      { key: keys.order('finn-2'), ref: { by: 'external', value: 'finn' } },
    )
    const nobody = order('nobody', 100)
    const answers = await record(wanted, spend, nobody, order('finn', 4000))
    expect(answers.map((answer) => (answer.status === 'refused' ? answer.refusal.code : available(answer)))).toEqual([
      60,
      'insufficient_points',
      'not_found',
      100,
    ])
    const { rows } = await ledger.database.db.query<{ used: number }>(`select used from claim where name = 'stock:mug'`)
    expect(rows[0]?.used ?? 0).toBe(0)
  })

  test('an account that two processes change at once loses nothing', async () => {
    const account = await ledger.join('gus', NOW)
    await Promise.all(Array.from({ length: 20 }, () => record(order('gus', 100), order('gus', 100))))
    expect(await points(account)).toBe(40)
  })
})

describe('returns', () => {
  test('one that comes before its order waits for it, and is once', async () => {
    const account = await ledger.join('hana', NOW)
    const early = giveBack('r1', 'late-1', 1)
    expect((await record(early))[0]).toMatchObject({ status: 'waiting', replayed: false })
    expect((await record(early))[0]).toMatchObject({ status: 'waiting', replayed: true })
    await record(order('hana', 2000, 'late-1'))
    expect(await points(account)).toBe(10)
    const [after] = await record(early)
    expect(after).toMatchObject({ status: 'recorded', replayed: true })
    expect(available(after!)).toBe(10)
  })

  test('an order and returns of it that come at the same moment meet, whoever is first', async () => {
    const account = await ledger.join('hugo', NOW)
    const ids = Array.from({ length: 40 }, (_, i) => `race-${i}`)
    await Promise.all(
      ids.map((id) =>
        Promise.all([record(giveBack('r1', id, 1)), record(order('hugo', 2000, id)), record(giveBack('r2', id, 1))]),
      ),
    )
    expect(await points(account)).toBe(0)
    const { rows } = await ledger.database.db.query('select key from waiting_return')
    expect(rows).toEqual([])
    const again = (await Promise.all(ids.map((id) => record(giveBack('r2', id, 1))))).flat()
    expect(again.map(({ status }) => status)).toEqual(ids.map(() => 'recorded'))
  })

  test('a return that waits while another is let through by its order', async () => {
    const account = await ledger.join('hanno', NOW)
    await record(giveBack('r1', 'late-2', 1), order('nobody', 2000, 'late-2'))
    await record(giveBack('r2', 'late-2', 1))
    expect((await record(order('hanno', 2000, 'late-2')))[0]).toMatchObject({ status: 'recorded', replayed: false })
    expect(await points(account)).toBe(0)
  })

  test('order and return in one batch, then the rest of it', async () => {
    const account = await ledger.join('ida', NOW)
    await record(order('ida', 2000, 'both'), giveBack('r1', 'both', 1))
    expect(await points(account)).toBe(10)
    const [more] = await record(giveBack('r2', 'both', 2))
    expect(more).toMatchObject({ status: 'refused', refusal: { code: 'quantity_not_returnable' } })
    await record(giveBack('r3', 'both', 1))
    expect(await points(account)).toBe(0)
  })

  test('an anonymous sale is kept, returned, and earns nothing', async () => {
    expect((await record(anonymous('anon-1', 900)))[0]).toMatchObject({ status: 'sale', replayed: false })
    expect((await record(anonymous('anon-1', 900)))[0]).toMatchObject({ status: 'sale', replayed: true })
    expect((await record(anonymous('anon-1', 901)))[0]).toMatchObject({ status: 'refused' })
    expect((await record(giveBack('r1', 'anon-1', 1)))[0]).toMatchObject({
      status: 'sale',
      sale: { outcome: { refund_total: 450 } },
    })
    expect((await record(giveBack('r2', 'anon-1', 2)))[0]).toMatchObject({
      refusal: { code: 'quantity_not_returnable' },
    })
  })
})

describe('what is shared', () => {
  test('stock is never oversold by tills at the same moment', async () => {
    const members = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        await ledger.join(`stock-${i}`, NOW)
        await record(order(`stock-${i}`, 10_000))
        return `stock-${i}`
      }),
    )
    const answers = await Promise.all(
      members.map((member) =>
        record(
          ledger.incoming(
            'redeem',
            { reward: 'mug', quantity: 1, capture: true },
            { ref: { by: 'external', value: member } },
          ),
        ),
      ),
    )
    const codes = answers.flat().map((answer) => (answer.status === 'refused' ? answer.refusal.code : answer.status))
    expect(codes.filter((code) => code === 'recorded')).toHaveLength(3)
    expect(codes.filter((code) => code === 'sold_out')).toHaveLength(5)
  })

  test('two holds for the last points: one of them', async () => {
    await ledger.join('till', NOW)
    await record(order('till', 5000))
    await ledger.database.db.query('delete from claim')
    const hold = () =>
      ledger.incoming(
        'redeem',
        { reward: 'mug', quantity: 1, capture: false },
        { ref: { by: 'external', value: 'till' } },
      )
    const answers = (await Promise.all([record(hold()), record(hold())])).flat()
    expect(answers.map((answer) => (answer.status === 'refused' ? answer.refusal.code : answer.status)).sort()).toEqual(
      ['insufficient_points', 'recorded'],
    )
    const held = answers.find((answer) => answer.status === 'recorded')!
    const redemption = held.status === 'recorded' ? held.activity.id : 0
    const capture = () => ledger.incoming('capture', { redemption }, { ref: { by: 'activity', id: redemption } })
    const captured = (await Promise.all([record(capture()), record(capture())])).flat()
    expect(
      captured.map((answer) => (answer.status === 'refused' ? answer.refusal.code : answer.status)).sort(),
    ).toEqual(['hold_closed', 'recorded'])
  })
})

test('the inbox gathers what arrives while a batch is in flight, and answers each in its turn', async () => {
  const sizes: number[] = []
  const inbox = new Inbox(ledger.recorder, { lanes: 1, onBatch: (size) => sizes.push(size) })
  await inbox.submit(ledger.incoming('join', { external_id: 'zoe' }, { key: keys.join('zoe'), ref: { by: 'new' } }))
  const first = inbox.submit(order('zoe', 100))
  await new Promise((resolve) => setImmediate(resolve))
  const rest = Array.from({ length: 50 }, () => inbox.submit(order('zoe', 100)))
  expect(available(await first)).toBe(1)
  expect((await Promise.all(rest)).map(available)).toEqual(Array.from({ length: 50 }, (_, i) => i + 2))
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(52)
  expect(sizes.length).toBeLessThan(6)
  await inbox.close()
  await expect(inbox.submit(order('zoe', 100))).rejects.toThrow('stopping')
})
