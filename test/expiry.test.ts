/** Points that expire, are kept, come back and wait, through the whole server; and the ledger against itself. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keys } from '../src/engine/incoming.ts'
import { publish } from '../src/engine/publish.ts'
import { sweep } from '../src/engine/sweep.ts'
import { verify } from '../src/engine/verify.ts'
import { type Json, type TestApi, testApi } from './api.ts'
import { compile } from './ledger.ts'

const SOURCE = `
program: airline
name: Airline
currency: USD
timezone: America/New_York
wallets:
  miles: { expiry: { after: 1 month, until_end_of: day, warn: 7 days, reinstate: 60 days } }
  nights: { expiry: { inactive: 1 month, kept_by: [order, visit], until_end_of: day } }
earning:
  - { id: base, on: order, earn: 1 per 1.00, wallet: miles }
  - { id: seen, on: visit, earn: 5, wallet: nights }
  - { id: stay, on: order, earn: 2, wallet: nights, category: hotel, pending: { until: stay-completed, within: 10 days } }
expiry:
  - { id: survey, on: action, when: 'action.type == "survey"', extend: 2 months, wallet: miles }
  - { id: welcome-back, on: action, when: 'action.type == "hello"', reinstate: 30 days, extend: 10 days, wallet: miles }
rewards:
  - { id: upgrade, cost: 8 miles, gives: { amount_off: 1.00 } }
`
const at = (text: string) => Date.parse(text)
let api: TestApi
beforeAll(async () => {
  api = await testApi(SOURCE, at('2026-01-10T12:00:00Z'))
})
afterAll(() => api.close())

let count = 0
async function join(): Promise<string> {
  await api.setClock(at('2026-01-10T12:00:00Z'))
  const name = `external:m${++count}`
  expect((await api.call('POST', '/v1/members', { external_id: `m${count}` })).status).toBe(201)
  return name
}

async function order(member: string, dollars: number, occurred_at: string, more: object = {}): Promise<Json> {
  const { category, ...rest } = more as { category?: string }
  const line = { id: '1', sku: 'a', quantity: 1, unit_price: dollars * 100, ...(category ? { category } : {}) }
  const body = { member, occurred_at, currency: 'USD', prices: 'tax_excluded', lines: [line], ...rest }
  return api.call('PUT', `/v1/orders/o${++count}`, body)
}

async function balance(member: string, wallet = 'miles'): Promise<Json> {
  const { body } = await api.call('GET', `/v1/members/${member}`)
  return body.balances.find((one: Json) => one.wallet === wallet)
}

const moves = ({ body }: Json) => body.postings.map(({ from, to, points }: Json) => `${points} ${from} ${to}`)

describe('POST /v1/members/{id}/expiry', () => {
  const until = '2026-06-30'
  const reason = 'The airport was closed'

  test('keeps open points, and the member reads until when', async () => {
    const ada = await join()
    await order(ada, 20, '2026-01-10T12:00:00Z')
    expect((await balance(ada)).expiring).toEqual([{ points: 20, at: '2026-02-11T05:00:00Z' }])
    const key = { 'Idempotency-Key': 'keep-ada' }
    const kept = await api.call('POST', `/v1/members/${ada}/expiry`, { wallet: 'miles', until, reason }, key)
    expect(kept).toMatchObject({ status: 200, body: { type: 'extension', body: { until, reason, actor: 'test' } } })
    expect((await balance(ada)).expiring).toEqual([{ points: 20, at: '2026-07-01T04:00:00Z' }])
    const again = await api.call('POST', `/v1/members/${ada}/expiry`, { wallet: 'miles', until, reason }, key)
    expect(again.body).toEqual(kept.body)
    await api.setClock(at('2026-07-01T03:59:59Z'))
    expect((await balance(ada)).available).toBe(20)
    await api.setClock(at('2026-07-01T04:00:00Z'))
    expect((await balance(ada)).available).toBe(0)
  })

  test('brings back what has expired, which nobody had asked the ledger for since', async () => {
    const ben = await join()
    await order(ben, 20, '2026-01-10T12:00:00Z')
    await api.setClock(at('2026-03-01T12:00:00Z'))
    await order(ben, 5, '2026-03-01T12:00:00Z')
    const body = { wallet: 'miles', until, reason, expired_since: '2026-02-01' }
    expect(moves(await api.call('POST', `/v1/members/${ben}/expiry`, body))).toEqual(['20 expired available'])
    expect(moves(await api.call('POST', `/v1/members/${ben}/expiry`, body))).toEqual([])
    expect((await balance(ben)).expiring).toEqual([
      { points: 5, at: '2026-04-02T04:00:00Z' },
      { points: 20, at: '2026-07-01T04:00:00Z' },
    ])
  })

  test.each([
    ['no reason', { wallet: 'miles', until, reason: ' ' }, 422, 'reason_required'],
    ['no wallet where there are two', { until, reason }, 400, 'invalid'],
    ['a day that is over', { wallet: 'miles', until: '2026-01-01', reason }, 422, 'too_late'],
    ['what expired too long ago', { wallet: 'miles', until, reason, expired_since: '2025-11-01' }, 422, 'too_late'],
    ['a day that there is not', { wallet: 'miles', until: '2026-02-30', reason }, 400, 'invalid'],
  ])('refuses %s', async (_, body, status, code) => {
    const member = await join()
    expect(await api.call('POST', `/v1/members/${member}/expiry`, body)).toMatchObject({ status, body: { code } })
  })

  test('is for owners, marketers and support', async () => {
    const member = await join()
    const body = { wallet: 'miles', until, reason }
    for (const [role, status] of [
      ['marketer', 200],
      ['support', 200],
      ['cashier', 403],
      ['finance', 403],
    ] as const)
      expect((await (await api.as(role))('POST', `/v1/members/${member}/expiry`, body)).status).toBe(status)
  })
})

describe('rules, late activities and points that wait', () => {
  const act = (member: string, type: string, occurred_at: string, data: object = {}) =>
    api.call('POST', '/v1/actions', { member, type, occurred_at, data })

  test('a rule brings back what expired', async () => {
    const cy = await join()
    await order(cy, 20, '2026-01-10T12:00:00Z')
    await api.setClock(at('2026-02-20T12:00:00Z'))
    expect(moves(await act(cy, 'hello', '2026-02-20T12:00:00Z'))).toEqual(['20 expired available'])
  })

  test('a till that was offline: its order spends what was open when it was made', async () => {
    const dee = await join()
    await order(dee, 20, '2026-01-10T12:00:00Z')
    await api.setClock(at('2026-02-15T12:00:00Z'))
    await order(dee, 1, '2026-02-15T12:00:00Z')
    const late = await order(dee, 10, '2026-02-10T23:00:00Z', { redeem: [{ reward: 'upgrade' }] })
    expect(moves(late)).toEqual(['8 expired available', '8 available spent', '9 issued available'])
    const after = await order(dee, 10, '2026-02-11T05:00:00Z', { redeem: [{ reward: 'upgrade', quantity: 2 }] })
    expect(after.body.code).toBe('insufficient_points')
  })

  test('a till that was offline: its visit keeps what had expired without it', async () => {
    const eve = await join()
    await api.call('POST', '/v1/visits', { member: eve, occurred_at: '2026-01-10T12:00:00Z' })
    await api.setClock(at('2026-02-15T12:00:00Z'))
    expect((await balance(eve, 'nights')).available).toBe(0)
    const late = await api.call('POST', '/v1/visits', { member: eve, occurred_at: '2026-02-09T12:00:00Z' })
    expect(moves(late)).toEqual(['5 expired available', '5 issued available'])
  })

  test('a stay that is completed too late is given back once, and says until when points wait', async () => {
    const flo = await join()
    const booked = await order(flo, 10, '2026-01-10T12:00:00Z', { category: 'hotel' })
    const waits = booked.body.postings.find(({ to }: Json) => to === 'pending')
    expect(waits).toMatchObject({ available_at: null, lot: 'order/2026-01/waiting/expires-2026-02-11' })
    const { external_id } = booked.body.order
    await api.setClock(at('2026-01-22T12:00:00Z'))
    expect(await balance(flo, 'nights')).toMatchObject({ pending: 0, available: 0 })
    const done = () => act(flo, 'stay-completed', '2026-01-22T12:00:00Z', { order: external_id })
    const first = await done()
    expect(moves(first)).toEqual(['2 forfeited available'])
    expect(first.body.explanation).toMatchObject([{ text: '2 nights that had been forfeited were given back' }])
    expect(moves(await done())).toEqual([])
    const back = await api.call('POST', `/v1/orders/${external_id}/cancel`)
    expect(moves(back)).toContain('2 available reversed')
  })

  test('members are told a week before, once', async () => {
    const gil = await join()
    const { body } = await order(gil, 20, '2026-01-10T12:00:00Z')
    await api.setClock(at('2026-03-01T12:00:00Z'))
    await order(gil, 20, '2026-03-01T12:00:00Z')
    const { rows } = await api.ledger.database.db.query<{ data: string }>(
      `select o.data from outbox o join activity a on a.id = o.activity where o.topic = 'points.expiring' and a.account =
         (select account from activity where key = $1)`,
      [`order:${body.order.external_id}`],
    )
    expect(rows.map(({ data }) => JSON.parse(data))).toEqual([
      { wallet: 'miles', points: 20, expires_at: '2026-02-11T05:00:00Z' },
    ])
  })
})

test('all of it is decided alike again', async () => {
  const { db } = api.ledger.database
  const found = await verify(db, api.ledger.programs)
  expect(found.differences).toEqual([])
  expect(found.accounts).toBeGreaterThan(10)
})

describe('a revision that is published while everybody sleeps', () => {
  const BEGAN = at('2026-01-10T12:00:00Z')
  const source = (warn: string) => `
program: sleepy
name: Sleepy
currency: USD
timezone: UTC
wallets: { miles: { expiry: { after: 2 months, until_end_of: day${warn} } } }
earning: [{ id: base, on: order, earn: 1 per 1.00 }]
`
  const told = async ({ ledger }: TestApi) => {
    const { rows } = await ledger.database.db.query<{ account: number; occurred_ms: number }>(
      `select a.account, a.occurred_ms from outbox o join activity a on a.id = o.activity
       where o.topic = 'points.expiring' order by a.occurred_ms, a.account`,
    )
    return rows
  }
  const asleep = async (count: number) => {
    const sleepy = await testApi(source(''), BEGAN)
    const { ledger, services } = sleepy
    for (let i = 0; i < count; i++) {
      const account = await ledger.join(`m${i}`, BEGAN)
      const lines = [{ id: '1', sku: 'a', quantity: 1, unit_price: 1000 }]
      const body = { external_id: `o${i}`, currency: 'USD', prices: 'tax_excluded' as const, lines }
      const ref = { by: 'id', id: account } as const
      await ledger.recorder.record([
        ledger.incoming('order', body, { ref, key: keys.order(body.external_id), occurredMs: BEGAN }),
      ])
    }
    const revise = async (warn: string) => {
      const compiled = compile(source(warn), ledger.program.revisions.length + 1)
      const done = await publish(ledger.database.db, ledger.programs, source(warn), compiled, {
        by: 'test',
        meant: ['wallets.miles.warn'],
      })
      expect(done).toMatchObject({ status: 'published' })
    }
    const go = async (now: string) => {
      await sleepy.setClock(at(now))
      return sweep(services, ledger.program, at(now))
    }
    return { sleepy, revise, go }
  }

  test('tells them in time what they had not been told', async () => {
    const { sleepy, revise, go } = await asleep(2)
    try {
      await go('2026-02-01T12:00:00Z')
      await revise(', warn: 7 days')
      expect(await go('2026-03-03T23:59:59Z')).toMatchObject({ woken: 0 })
      expect(await told(sleepy)).toEqual([])
      // They expire as 11 March begins, and a week before that everybody is told.
      expect(await go('2026-03-04T00:00:00Z')).toMatchObject({ woken: 2 })
      expect((await told(sleepy)).map(({ occurred_ms }) => occurred_ms)).toEqual([
        at('2026-03-04T00:00:00Z'),
        at('2026-03-04T00:00:00Z'),
      ])
      expect((await verify(sleepy.ledger.database.db, sleepy.ledger.programs)).differences).toEqual([])
      expect(await go('2026-03-05T00:00:00Z')).toMatchObject({ woken: 0 })
      expect(await go('2026-03-11T00:00:00Z')).toMatchObject({ woken: 2 })
    } finally {
      await sleepy.close()
    }
  })

  test('on the next day where the time for that is over, and nobody twice', async () => {
    const { sleepy, revise, go } = await asleep(1)
    try {
      await go('2026-03-08T12:00:00Z')
      await revise(', warn: 7 days')
      expect(await go('2026-03-08T23:59:59Z')).toMatchObject({ woken: 0 })
      expect(await go('2026-03-09T00:00:00Z')).toMatchObject({ woken: 1 })
      await revise(', warn: 8 days')
      expect(await go('2026-03-10T12:00:00Z')).toMatchObject({ woken: 0 })
      expect(await told(sleepy)).toHaveLength(1)
    } finally {
      await sleepy.close()
    }
  })

  test('and one that warns of nothing any more wakes nobody for it', async () => {
    const { sleepy, revise, go } = await asleep(1)
    try {
      await revise(', warn: 7 days')
      await go('2026-02-01T12:00:00Z')
      await revise('')
      expect(await go('2026-03-05T12:00:00Z')).toMatchObject({ woken: 0 })
      expect(await told(sleepy)).toEqual([])
      expect((await verify(sleepy.ledger.database.db, sleepy.ledger.programs)).differences).toEqual([])
    } finally {
      await sleepy.close()
    }
  })

  test('page by page: a sweep that was stopped goes on where it was', async () => {
    const { sleepy, revise, go } = await asleep(12)
    const { database, stripes, inbox } = sleepy.services
    try {
      await go('2026-02-01T12:00:00Z')
      await revise(', warn: 7 days')
      let pages = 0
      const stopped: typeof database = {
        ...database,
        transaction: (work) => {
          if (++pages > 3) return Promise.reject(new Error('stopped'))
          return database.transaction(work)
        },
      }
      const services = { database: stopped, stripes, inbox }
      await expect(sweep(services, sleepy.ledger.program, at('2026-02-01T12:00:00Z'))).rejects.toThrow('stopped')
      const { rows } = await database.query<{ done: number }>('select count(*)::int as done from calendar')
      expect(rows[0]!.done).toBe(3)
      expect(await go('2026-03-04T00:00:00Z')).toMatchObject({ woken: 12 })
    } finally {
      await sleepy.close()
    }
  })
})

test.each([
  ['before the end of what it warns of', '2026-03-05T12:00:00Z'],
  ['after it', '2026-03-15T12:00:00Z'],
])(
  'a revision that is published while nobody comes warns from then on, and is decided alike again: %s',
  async (_, now) => {
    const source = (warn: string) => `
program: sleepy
name: Sleepy
currency: USD
timezone: UTC
wallets: { miles: { expiry: { after: 2 months, until_end_of: day${warn} } } }
earning: [{ id: base, on: order, earn: 1 per 1.00 }]
`
    const sleepy = await testApi(source(''), at('2026-01-10T12:00:00Z'))
    try {
      const { db } = sleepy.ledger.database
      const lines = [{ id: '1', sku: 'a', quantity: 1, unit_price: 1000 }]
      const buy = (id: string, occurred_at: string) =>
        sleepy.call('PUT', `/v1/orders/${id}`, {
          member: 'external:a',
          occurred_at,
          currency: 'USD',
          prices: 'tax_excluded',
          lines,
        })
      await sleepy.call('POST', '/v1/members', { external_id: 'a' })
      await buy('first', '2026-01-10T12:00:00Z')
      await sleepy.setClock(at('2026-02-20T12:00:00Z'))
      await db.query(
        'insert into revision (program, number, source, effective_ms, published_by) values ($1, 2, $2, $3, $4)',
        [sleepy.program.number, source(', warn: 30 days'), at('2026-02-20T12:00:00Z'), 'test'],
      )
      await sleepy.setClock(at(now))
      await buy('second', now)
      const { rows } = await db.query<{ occurred_ms: number }>(
        `select a.occurred_ms from outbox o join activity a on a.id = o.activity where o.topic = 'points.expiring'`,
      )
      expect(rows).toEqual([{ occurred_ms: at('2026-02-21T00:00:00Z') }])
      expect((await verify(db, sleepy.ledger.programs)).differences).toEqual([])
    } finally {
      await sleepy.close()
    }
  },
)
