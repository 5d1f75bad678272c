/** The calls of features over HTTP, each as its reader would make it, on the program of the corner coffee shop. */

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publish } from '../src/engine/publish.ts'
import { type Json, type TestApi, testApi } from './api.ts'
import { compile } from './ledger.ts'

const COFFEE = readFileSync(new URL('../examples/corner-coffee.yaml', import.meta.url), 'utf8')
/** A Friday morning in New York. */
const NOW = Date.parse('2026-05-01T13:00:00Z')

let api: TestApi
beforeAll(async () => {
  api = await testApi(COFFEE, NOW)
})
afterAll(() => api.close())

let count = 0
const fresh = (name: string) => `${name}-${++count}`

async function join(more: object = {}): Promise<Json> {
  const { status, body } = await api.call('POST', '/v1/members', { external_id: fresh('m'), ...more })
  expect([status, body.code]).toEqual([201, undefined])
  return body
}

const latte = { id: '1', sku: 'latte', category: 'drinks', quantity: 2, unit_price: 450 }

function order(member: string | null, more: object = {}): Json {
  return {
    member,
    occurred_at: '2026-05-01T08:30:00-04:00',
    currency: 'USD',
    prices: 'tax_excluded',
    lines: [latte],
    ...more,
  }
}

const put = (id: string, body: object) => api.call('PUT', `/v1/orders/${encodeURIComponent(id)}`, body)
const stars = (answer: Json) => answer.balances[0].available

/** A member with this many stars, bought at once. */
async function rich(dollars: number): Promise<Json> {
  const member = await join()
  const { status } = await put(
    fresh('rich'),
    order(member.id, { lines: [{ ...latte, category: 'beans', quantity: 1, unit_price: dollars * 100 }] }),
  )
  expect(status).toBe(200)
  return member
}

describe('members', () => {
  test('join with what the contract says of a member', async () => {
    const member = await join({
      external_id: 'ada',
      name: 'Ada Lovelace',
      email: 'Ada@Example.com',
      phone: '(212) 555-0123',
    })
    expect(member).toMatchObject({
      id: expect.stringMatching(/^mem_/),
      external_id: 'ada',
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      phone: '+12125550123',
      joined_at: '2026-05-01T13:00:00Z',
      status: 'active',
      card_number: expect.stringMatching(/^9\d{15}$/),
      referral_code: expect.stringMatching(/^.{8}$/),
      merged_into: null,
      balances: [{ wallet: 'stars', decimals: 0, available: 0, pending: 0, held: 0, debt: 0, expiring: [] }],
      tier: { level: 'green', since: '2026-05-01T13:00:00Z', until: null },
      cards: [],
      vouchers: [],
      perks: [],
      entitlements: [],
      choices: [],
      membership: null,
    })
    expect(member.tier.progress).toEqual([{ measure: 'stars_earned', have: 0, need: 500, by: '2027-01-01T05:00:00Z' }])
  })

  test('are found by id, own id, phone in any spelling, e-mail, card and the beginning of a name', async () => {
    const member = await join({
      external_id: 'grace/1',
      name: 'Grace Hopper',
      email: 'grace@navy.example',
      phone: '212 555 0144',
    })
    const ways = [`/v1/members/${member.id}`, `/v1/members/external:${encodeURIComponent('grace/1')}`]
    for (const way of ways) expect((await api.call('GET', way)).body).toEqual(member)
    const searches = [
      'phone=(212)%20555-0144',
      'phone=%2B1%20212%20555%200144',
      'phone=+12125550144',
      'email=GRACE@navy.example',
      `card=${member.card_number
        .replace(/(.{4})/g, '$1 ')
        .trim()
        .replaceAll(' ', '%20')}`,
      'q=grace%20h',
      'q=grace/',
      'q=212555014',
    ]
    for (const query of searches) {
      const { status, body } = await api.call('GET', `/v1/members?${query}`)
      expect([query, status, body.data]).toEqual([query, 200, [member]])
      expect(body).toMatchObject({ has_more: false, next_cursor: null })
    }
    expect((await api.call('GET', '/v1/members?q=%25')).body.data).toEqual([])
  })

  test('the same again answers the same, another body is a conflict', async () => {
    const body = { external_id: 'twice', name: 'Twice', phone: '212-555-0177' }
    const first = await api.call('POST', '/v1/members', body)
    await put(fresh('o'), order(first.body.id))
    const again = await api.call('POST', '/v1/members', { ...body, phone: '+1 (212) 555-0177' })
    expect(again).toMatchObject({ status: 201, body: first.body })
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(await api.call('POST', '/v1/members', { ...body, name: 'Other' })).toMatchObject({
      status: 409,
      body: { code: 'idempotency_conflict' },
    })
  })

  test('an Idempotency-Key makes joining without an own id harmless to repeat', async () => {
    const headers = { 'idempotency-key': fresh('k') }
    const [first, again] = [
      await api.call('POST', '/v1/members', { name: 'No Id' }, headers),
      await api.call('POST', '/v1/members', { name: 'No Id' }, headers),
    ]
    expect(again.body).toEqual(first.body)
  })

  test('a phone belongs to one member', async () => {
    await join({ phone: '212 555 0199' })
    expect(await api.call('POST', '/v1/members', { external_id: fresh('m'), phone: '(212) 555 0199' })).toMatchObject({
      status: 409,
      body: { code: 'contact_taken', errors: [{ pointer: '/phone' }] },
    })
  })

  test('change what is named and keep the rest', async () => {
    const member = await join({ name: 'Before', email: 'before@example.com', phone: '212 555 0111' })
    const changed = await api.call('POST', `/v1/members/${member.id}`, { name: 'After', phone: '212 555 0112' })
    expect(changed).toMatchObject({ status: 200, body: { ...member, name: 'After', phone: '+12125550112' } })
    expect((await api.call('GET', '/v1/members?phone=2125550111')).body.data).toEqual([])
    expect((await api.call('GET', '/v1/members?phone=2125550112')).body.data).toHaveLength(1)
  })

  test('lists go on where the page before ended', async () => {
    const names = ['Zed A', 'Zed B', 'Zed C', 'Zed D', 'Zed E']
    for (const name of names) await join({ name })
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const { body } = await api.call('GET', `/v1/members?q=zed&limit=2${query}`)
      seen.push(...body.data.map(({ name }: Json) => name))
      cursor = body.next_cursor
      expect(body.has_more).toBe(cursor !== null)
    } while (cursor !== null)
    expect(seen.sort()).toEqual(names)
    const all = new Set<string>()
    cursor = null
    do {
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const { body } = await api.call('GET', `/v1/members?limit=7${query}`)
      for (const { id } of body.data) {
        expect(all.has(id)).toBe(false)
        all.add(id)
      }
      cursor = body.next_cursor
    } while (cursor !== null)
    expect(all.size).toBe(Number((await api.ledger.database.db.query('select count(*) from profile')).rows[0]!.count))
    expect(await api.call('GET', '/v1/members?cursor=nonsense')).toMatchObject({ status: 400 })
  })

  test.each([
    [{ phone: 'call me' }, '/phone'],
    [{ email: 'nobody' }, '/email'],
    [{ birthday: '1990-02-30' }, '/birthday'],
    [{ locale: 'not a tag' }, '/locale'],
    [{ name: 'a\u0000b' }, '/name'],
    [{ external_id: 'x'.repeat(256) }, '/external_id'],
    [{ nickname: 'x' }, '/nickname'],
  ])('%j is a clear problem', async (body, pointer) => {
    const answer = await api.call('POST', '/v1/members', body)
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid', errors: [{ pointer }] } })
  })

  test('nobody is not found', async () => {
    for (const id of ['mem_zzz', 'external:nobody', 'nonsense'])
      expect(await api.call('GET', `/v1/members/${id}`)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })
})

describe('orders', () => {
  test('a paid order answers what it earned, and why', async () => {
    const member = await join()
    const id = fresh('order')
    const { status, body } = await put(
      id,
      order(member.id, { lines: [{ ...latte, tax: 80 }], tender: [{ type: 'card', amount: 980 }] }),
    )
    expect(status).toBe(200)
    expect(body).toMatchObject({
      order: {
        external_id: id,
        member: member.id,
        status: 'paid',
        occurred_at: '2026-05-01T12:30:00Z',
        subtotal: 900,
        discount: 0,
        tax: 80,
        total: 980,
        lines: [{ id: '1', net: 900, discount: 0, returnable: 2 }],
      },
      discounts: [],
      redemptions: [],
      revision: 1,
      tier: { level: 'green' },
    })
    expect(body.activity).toMatch(/^act_/)
    expect(body.postings).toEqual([
      {
        id: `pst_${body.activity.slice(4)}_0`,
        activity: body.activity,
        wallet: 'stars',
        from: 'issued',
        to: 'available',
        points: 9,
        lot: expect.stringMatching(/^order\/2026-05/),
        rule: 'base',
        line: null,
        reverses: null,
        available_at: '2026-05-01T12:30:00Z',
        expires_at: '2026-12-01T05:00:00Z',
      },
    ])
    expect(body.balances[0].expiring).toEqual([{ points: 9, at: '2026-12-01T05:00:00Z' }])
    expect(body.explanation).toEqual([
      {
        rule: 'base',
        wallet: 'stars',
        line: null,
        base: 900,
        rate: '1',
        exact: '9',
        rounding: 'carry',
        carry_before: '0',
        carry_after: '0',
        points: 9,
        text: '9 stars: 1 star for every 1.00 USD of 9.00',
        postings: [body.postings[0].id],
      },
    ])
    expect((await api.call('GET', `/v1/orders/${id}`)).body).toEqual(body)
    expect((await api.call('GET', `/v1/activities/${body.activity}`)).body).toMatchObject({
      id: body.activity,
      type: 'order',
      postings: body.postings,
      explanation: body.explanation,
      balances: body.balances,
    })
  })

  test('the same again answers as then; anything else under the id is a conflict', async () => {
    const [member, other] = [await join(), await join()]
    const id = fresh('same')
    const first = await put(id, order(member.id))
    await put(fresh('o'), order(member.id))
    const again = await put(id, order(`external:${member.external_id}`))
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    const conflicts = [
      order(member.id, { lines: [{ ...latte, quantity: 3 }] }),
      order(member.id, { occurred_at: '2026-05-01T08:31:00-04:00' }),
      order(member.id, { status: 'draft' }),
      order(other.id),
      order(null),
    ]
    for (const body of conflicts)
      expect(await put(id, body)).toMatchObject({ status: 409, body: { code: 'idempotency_conflict' } })
  })

  test('an anonymous sale earns nothing and can come back', async () => {
    const id = fresh('anon')
    const sold = await put(id, order(null))
    expect(sold).toMatchObject({
      status: 200,
      body: { order: { member: null, status: 'paid', total: 900 }, postings: [], balances: [], tier: null },
    })
    expect((await put(id, order(null))).body).toEqual(sold.body)
    const back = { external_id: 'r', occurred_at: '2026-05-01T12:40:00Z', lines: [{ id: '1', quantity: 1 }] }
    const returned = await api.call('POST', `/v1/orders/${id}/returns`, back)
    expect(returned).toMatchObject({
      status: 200,
      body: { return: { order: id, status: 'applied' }, refund_total: 450 },
    })
    expect((await api.call('GET', `/v1/orders/${id}`)).body.order.lines[0].returnable).toBe(1)
    expect(await api.call('POST', `/v1/orders/${id}/cancel`)).toMatchObject({
      status: 200,
      body: { order: { status: 'cancelled', lines: [{ returnable: 0 }] }, refund_total: 450 },
    })
  })

  test('rewards take money off, and what was paid must fit', async () => {
    const member = await rich(100)
    const id = fresh('redeem')
    const body = order(member.id, { redeem: [{ reward: 'two-off' }], tender: [{ type: 'cash', amount: 700 }] })
    expect(await put(id, { ...body, tender: [{ type: 'cash', amount: 900 }] })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/tender' }] },
    })
    const paid = await put(id, body)
    expect(paid).toMatchObject({
      status: 200,
      body: {
        order: { total: 700, discount: 200 },
        discounts: [{ source: 'two-off', amount: 200, lines: [{ id: '1', amount: 200 }] }],
        redemptions: [
          { reward: 'two-off', status: 'captured', points: 60, captured_points: 60, member: member.id, voucher: null },
        ],
      },
    })
    expect(stars(paid.body)).toBe(100 - 60 + 7)
    // It comes again after its points were spent, with too few left to redeem once more.
    expect((await put(id, body)).body).toEqual(paid.body)
    const redemption = await api.call('GET', `/v1/redemptions/${paid.body.redemptions[0].id}`)
    expect(redemption.body).toEqual(paid.body.redemptions[0])
  })

  test.each<[string, object, string]>([
    ['no lines', { lines: [] }, '/lines'],
    ['a quantity of nothing', { lines: [{ ...latte, quantity: 0 }] }, '/lines/0/quantity'],
    ['half a cup', { lines: [{ ...latte, quantity: 0.5 }] }, '/lines/0/quantity'],
    ['a negative price', { lines: [{ ...latte, unit_price: -1 }] }, '/lines/0/unit_price'],
    ['more off than it costs', { lines: [{ ...latte, discount: 901 }] }, '/lines/0/discount'],
    ['more tax than price', { prices: 'tax_included', lines: [{ ...latte, tax: 901 }] }, '/lines/0/tax'],
    ['an id twice', { lines: [latte, latte] }, '/lines/1/id'],
    ['an empty id', { lines: [{ ...latte, id: '' }] }, '/lines/0/id'],
    ['a sum beyond counting', { lines: [{ ...latte, quantity: 2 ** 30, unit_price: 2 ** 30 }] }, '/lines/0/unit_price'],
    ['a number beyond counting', { lines: [{ ...latte, unit_price: 2 ** 53 }] }, '/lines/0/unit_price'],
    [
      '10,000 lines',
      { lines: Array.from({ length: 10_000 }, (_, i) => ({ id: String(i), sku: 's', quantity: 1, unit_price: 1 })) },
      '/lines',
    ],
    ['an unknown currency', { currency: 'ZZZ' }, '/currency'],
    ['a time without an offset', { occurred_at: '2026-05-01T08:30:00' }, '/occurred_at'],
    ['tender that does not add up', { tender: [{ type: 'cash', amount: 899 }] }, '/tender'],
    ['a reward and points at once', { redeem: [{ reward: 'two-off', points: 100 }] }, '/redeem/0'],
    ['nothing to redeem', { redeem: [{}] }, '/redeem/0'],
    ['so many times so many points', { redeem: [{ points: 100, quantity: 2 }] }, '/redeem/0/quantity'],
    ['the wallet of a voucher', { redeem: [{ voucher: 'V', wallet: 'points' }] }, '/redeem/0/wallet'],
    ['an unknown field', { colour: 'red' }, '/colour'],
    ['a member that is none', { member: 'ada' }, '/member'],
    ['another id than the address', { external_id: 'other' }, '/external_id'],
  ])('%s is a clear problem', async (_, more, pointer) => {
    const answer = await put('bad', order(null, more))
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid', errors: [{ pointer }] } })
  })

  test('another currency than the program has is refused', async () => {
    const member = await join()
    for (const who of [member.id, null])
      expect(await put(fresh('eur'), order(who, { currency: 'EUR' }))).toMatchObject({
        status: 422,
        body: { code: 'currency_mismatch' },
      })
  })

  test('what lies in the future or long ago is refused', async () => {
    const member = await join()
    for (const [who, occurred_at] of [
      [member.id, '2026-05-01T14:00:01Z'],
      [null, '2026-05-01T14:00:01Z'],
      [member.id, '2026-03-01T12:00:00Z'],
    ])
      for (const status of ['paid', 'draft'])
        expect(await put(fresh('time'), order(who, { occurred_at, status }))).toMatchObject({
          status: 422,
          body: { code: 'too_late', errors: [{ pointer: '/occurred_at' }] },
        })
  })

  test('an order of nobody that we know by this id is not found', async () => {
    expect(await put(fresh('o'), order('external:nobody'))).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(await api.call('GET', '/v1/orders/nothing')).toMatchObject({ status: 404 })
  })
})

describe('quotes', () => {
  test('say what an order would earn, what could be had and what is missing, and change nothing', async () => {
    const member = await rich(100)
    const { status, body } = await api.call(
      'POST',
      '/v1/orders/quote',
      order(member.id, { redeem: [{ reward: 'two-off' }] }),
    )
    expect(status).toBe(200)
    expect(body).toMatchObject({
      order: { external_id: null, status: 'quote', total: 700, discount: 200 },
      discounts: [{ source: 'two-off', amount: 200 }],
      postings: [],
      activity: null,
      earns: [{ wallet: 'stars', points: 7 }],
      balances: [{ available: 100 }],
    })
    const reward = (id: string) => body.rewards.find((one: Json) => one.reward === id)
    expect(reward('dollar-off')).toMatchObject({ available: true, discount: 100, missing: null, cost: 25 })
    expect(reward('free-coffee')).toMatchObject({
      available: false,
      missing: { points: 160, code: 'insufficient_points' },
    })
    expect(reward('free-treat')).toMatchObject({ available: false, missing: { code: 'reward_unavailable' } })
    expect((await api.call('GET', `/v1/members/${member.id}`)).body.balances[0].available).toBe(100)
    const lines = (await api.call('GET', `/v1/members/${member.id}/activities`)).body.data
    expect(lines.map(({ type }: Json) => type)).toEqual(['order', 'join'])
  })

  test('of a sale before the latest revision earn by the one of then, and show the level of now', async () => {
    const source = (gold: string, wallets: string) => `
program: revised
name: Revised
currency: USD
timezone: UTC
wallets: { ${wallets} }
earning: [{ id: base, on: order, earn: 1 per 1.00, wallet: points }]
tiers: { measure: points_earned, levels: [{ id: green }, { id: ${gold}, from: 50, multiply: 2 }] }
`
    const [began, revised, now] = ['2026-03-02T12:00:00Z', '2026-03-10T12:00:00Z', '2026-03-12T12:00:00Z'].map((text) =>
      Date.parse(text),
    ) as [number, number, number]
    const shop = await testApi(source('gold', 'points: {}'), began)
    try {
      const sale = (occurred: number) => ({
        member: 'external:a',
        occurred_at: new Date(occurred).toISOString(),
        currency: 'USD',
        prices: 'tax_excluded',
        lines: [{ id: '1', sku: 'a', quantity: 1, unit_price: 6000 }],
      })
      await shop.call('POST', '/v1/members', { external_id: 'a' })
      await shop.call('PUT', '/v1/orders/first', sale(began))
      await shop.setClock(revised)
      const next = source('ruby', 'points: {}, credit: { decimals: 2 }')
      const { programs, database } = shop.ledger
      const done = await publish(database.db, programs, next, compile(next, 2), { by: 'test', meant: ['tiers.gold'] })
      expect(done).toMatchObject({ revision: 2 })
      await shop.setClock(now)
      const late = sale(began + 86_400_000)
      const { body: quoted } = await shop.call('POST', '/v1/orders/quote', late)
      const { body: member } = await shop.call('GET', '/v1/members/external:a')
      expect(quoted.tier).toEqual(member.tier)
      expect(quoted.balances).toEqual(member.balances)
      const { body: sold } = await shop.call('PUT', '/v1/orders/late', late)
      expect(quoted.earns).toEqual([{ wallet: 'points', points: sold.postings[0].points }])
      expect(quoted.explanation[0].text).toBe(sold.explanation[0].text)
      expect(sold.revision).toBe(1)
    } finally {
      await shop.close()
    }
  })

  test('are given to nobody in particular, too', async () => {
    const { occurred_at: _, ...body } = order(null)
    expect(await api.call('POST', '/v1/orders/quote', body)).toMatchObject({
      status: 200,
      body: { order: { member: null, total: 900 }, earns: [], rewards: [] },
    })
  })
})

describe('drafts', () => {
  test('move nothing, may change, and become paid', async () => {
    const member = await join()
    const id = fresh('draft')
    const draft = await put(id, order(member.id, { status: 'draft' }))
    expect(draft).toMatchObject({
      status: 200,
      body: { order: { status: 'draft', total: 900 }, postings: [], activity: null },
    })
    const changed = order(member.id, { status: 'draft', lines: [{ ...latte, quantity: 3 }] })
    expect((await put(id, changed)).body.order.total).toBe(1350)
    expect((await api.call('GET', `/v1/orders/${id}`)).body.order).toMatchObject({ status: 'draft', total: 1350 })
    const paid = await api.call('POST', `/v1/orders/${id}/pay`)
    expect(paid).toMatchObject({ status: 200, body: { order: { status: 'paid', total: 1350 } } })
    expect(stars(paid.body)).toBe(13)
    const again = await api.call('POST', `/v1/orders/${id}/pay`)
    expect(again.body).toEqual(paid.body)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect((await put(id, { ...changed, status: 'paid' })).body).toEqual(paid.body)
    expect(await put(id, changed)).toMatchObject({ status: 409 })
  })

  test('are nothing once cancelled, until they are sent again', async () => {
    const member = await join()
    const id = fresh('draft')
    await put(id, order(member.id, { status: 'draft' }))
    expect(await api.call('POST', `/v1/orders/${id}/cancel`)).toMatchObject({
      status: 200,
      body: { order: { status: 'cancelled', member: member.id }, postings: [], refund_total: 0 },
    })
    expect(await api.call('POST', `/v1/orders/${id}/pay`)).toMatchObject({
      status: 422,
      body: { code: 'order_cancelled' },
    })
    expect((await api.call('GET', `/v1/orders/${id}`)).body.order.status).toBe('cancelled')
    await put(id, order(member.id, { status: 'draft' }))
    expect(await api.call('POST', `/v1/orders/${id}/pay`)).toMatchObject({ status: 200 })
  })

  test('what is not there cannot be paid or cancelled', async () => {
    for (const what of ['pay', 'cancel'])
      expect(await api.call('POST', `/v1/orders/none/${what}`)).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      })
  })

  test('paid and changed at once, the customer pays for what the answer said', async () => {
    const member = await join()
    for (let round = 0; round < 10; round++) {
      const id = fresh('race')
      await put(id, order(member.id, { status: 'draft' }))
      const change = order(member.id, { status: 'draft', lines: [{ ...latte, quantity: 5 }] })
      const [paid, changed, , alsoPaid] = await Promise.all([
        api.call('POST', `/v1/orders/${id}/pay`),
        put(id, change),
        put(id, change),
        api.call('POST', `/v1/orders/${id}/pay`),
      ])
      expect([200, 409]).toContain(changed.status)
      expect(alsoPaid.body.order.total).toBe(paid.body.order.total)
      if (paid.body.order.total === 2250) expect(changed.status).toBe(200)
      expect((await api.call('GET', `/v1/orders/${id}`)).body.order).toMatchObject({
        status: 'paid',
        total: paid.body.order.total,
      })
    }
  })

  test('many are paid at once without waiting for each other for ever', async () => {
    const member = await join()
    const ids = Array.from({ length: 40 }, () => fresh('crowd'))
    await Promise.all(ids.map((id) => put(id, order(member.id, { status: 'draft' }))))
    const paid = await Promise.all(ids.map((id) => api.call('POST', `/v1/orders/${id}/pay`)))
    expect(paid.every(({ status }) => status === 200)).toBe(true)
  })
})

describe('returns', () => {
  const back = (id: string, more: object) => ({ external_id: id, occurred_at: '2026-05-01T12:45:00Z', ...more })
  const send = (id: string, body: object) => api.call('POST', `/v1/orders/${id}/returns`, body)

  test('take back what was earned, once', async () => {
    const member = await join()
    const id = fresh('order')
    await put(id, order(member.id))
    const body = back('r1', { lines: [{ id: '1', quantity: 1 }] })
    const first = await send(id, body)
    expect(first).toMatchObject({
      status: 200,
      body: {
        return: { external_id: 'r1', order: id, status: 'applied' },
        refund_total: 450,
        restored: [],
        explanation: [{ points: -5, text: '5 stars taken back for what was returned; the 0.5 is kept for next time' }],
      },
    })
    expect(stars(first.body)).toBe(4)
    expect((await send(id, body)).body).toEqual(first.body)
    expect(await send(id, { ...body, lines: [{ id: '1', quantity: 2 }] })).toMatchObject({ status: 409 })
    expect(await send(id, back('r2', { lines: [{ id: '1', quantity: 2 }] }))).toMatchObject({
      status: 422,
      body: { code: 'quantity_not_returnable', errors: [{ pointer: '/lines/0/quantity' }] },
    })
    expect(await send(id, back('r3', { amount: 451 }))).toMatchObject({
      status: 422,
      body: { code: 'amount_exceeds_order' },
    })
    expect((await api.call('GET', `/v1/orders/${id}`)).body.order.lines[0].returnable).toBe(1)
  })

  test('of another member’s order, or in another currency, are refused and move nothing', async () => {
    const [ada, ben] = [await join(), await join()]
    const id = fresh('order')
    await put(id, order(ada.id))
    const one = (more: object) => back('r1', { lines: [{ id: '1', quantity: 1 }], ...more })
    const refused = (code: string, pointer: string) => ({ status: 422, body: { code, errors: [{ pointer }] } })
    expect(await send(id, one({ member: ben.id }))).toMatchObject(refused('not_yours', '/member'))
    expect(await send(id, one({ member: 'external:nobody' }))).toMatchObject(refused('not_yours', '/member'))
    expect(await send(id, one({ currency: 'EUR' }))).toMatchObject(refused('currency_mismatch', '/currency'))
    expect((await api.call('GET', `/v1/orders/${id}`)).body.order.lines[0].returnable).toBe(2)
    const sold = fresh('sale')
    await put(sold, order(null))
    expect(await send(sold, one({ member: ada.id }))).toMatchObject(refused('not_yours', '/member'))
    expect(await send(sold, one({ currency: 'EUR' }))).toMatchObject(refused('currency_mismatch', '/currency'))
    expect(await send(id, one({ member: ada.id, currency: 'USD' }))).toMatchObject({ status: 200 })
  })

  test('give points back that were spent on the order', async () => {
    const member = await rich(100)
    const id = fresh('order')
    const paid = await put(id, order(member.id, { redeem: [{ reward: 'two-off' }] }))
    const cancelled = await api.call('POST', `/v1/orders/${id}/cancel`)
    const redemption = paid.body.redemptions[0].id
    expect(await api.call('POST', `/v1/orders/${id}/pay`)).toMatchObject({
      status: 422,
      body: { code: 'order_cancelled' },
    })
    expect(cancelled).toMatchObject({
      status: 200,
      body: { order: { status: 'cancelled' }, restored: [{ redemption, points: 60 }], refund_total: 700 },
    })
    expect(stars(cancelled.body)).toBe(100)
    expect((await api.call('POST', `/v1/orders/${id}/cancel`)).body).toEqual(cancelled.body)
    expect((await api.call('GET', `/v1/redemptions/${redemption}`)).body).toMatchObject({
      status: 'voided',
      captured_points: 0,
    })
    expect((await api.call('GET', `/v1/orders/${id}`)).body.order.status).toBe('cancelled')
  })

  test('that come before their order wait for it', async () => {
    const member = await join()
    const id = fresh('later')
    const body = back('early', { lines: [{ id: '1', quantity: 2 }] })
    expect(await send(id, body)).toMatchObject({ status: 202, body: { return: { status: 'waiting' }, activity: null } })
    await put(id, order(member.id))
    expect((await api.call('GET', `/v1/members/${member.id}`)).body.balances[0].available).toBe(0)
    expect(await send(id, body)).toMatchObject({ status: 200, body: { return: { status: 'applied' } } })
  })

  test.each<[object, string]>([
    [{}, ''],
    [{ lines: [{ id: '1', quantity: 1 }], amount: 1 }, ''],
    [{ lines: [{ id: '1', quantity: -1 }] }, '/lines/0/quantity'],
    [{ lines: [{ id: '1', quantity: 0 }] }, '/lines/0/quantity'],
    [{ amount: 0 }, '/amount'],
  ])('%j is a clear problem', async (more, pointer) => {
    const answer = await send('o', back('r', more))
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid', errors: [{ pointer }] } })
  })
})

describe('visits and actions', () => {
  test('earn what the program says, once', async () => {
    const member = await join()
    const body = { member: member.id, type: 'review', occurred_at: '2026-05-01T12:00:00Z', data: { stars: 5 } }
    const headers = { 'idempotency-key': fresh('k') }
    const first = await api.call('POST', '/v1/actions', body, headers)
    expect(first).toMatchObject({
      status: 200,
      body: { type: 'action', member: member.id, explanation: [{ points: 25, text: '25 stars for a review' }] },
    })
    expect((await api.call('POST', '/v1/actions', body, headers)).body).toEqual(first.body)
    const other = await join()
    expect(await api.call('POST', '/v1/actions', { ...body, member: other.id }, headers)).toMatchObject({ status: 409 })
    const visit = { member: member.id, occurred_at: '2026-05-01T12:00:00Z', location: 'main-street' }
    expect(await api.call('POST', '/v1/visits', visit)).toMatchObject({
      status: 200,
      body: { type: 'visit', postings: [] },
    })
  })

  const nested = (depth: number): object => (depth === 0 ? {} : { in: nested(depth - 1) })
  test.each([[{ text: 'x'.repeat(17_000) }], [nested(11)], [{ text: 'a\u0000' }], [{ text: '\ud800' }]])(
    'data out of bounds is a clear problem (%#)',
    async (data) => {
      const body = { member: 'external:x', type: 'review', occurred_at: '2026-05-01T12:00:00Z', data }
      expect(await api.call('POST', '/v1/actions', body)).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/data' }] },
      })
    },
  )
})

describe('redemptions', () => {
  const redeem = (body: object) => api.call('POST', '/v1/redemptions', body)

  test('hold points until they are captured, once, and let go of the rest', async () => {
    const member = await rich(100)
    const held = await redeem({ member: member.id, reward: 'dollar-off', quantity: 2 })
    expect(held).toMatchObject({
      status: 200,
      body: {
        member: member.id,
        reward: 'dollar-off',
        quantity: 2,
        points: 50,
        captured_points: 0,
        status: 'held',
        voucher: null,
      },
    })
    expect(held.body.expires_at).toBe('2026-05-01T13:15:00Z')
    const path = `/v1/redemptions/${held.body.id}`
    expect((await api.call('GET', path)).body).toEqual(held.body)
    expect((await api.call('GET', `/v1/members/${member.id}`)).body.balances[0]).toMatchObject({
      available: 50,
      held: 50,
    })
    expect(await api.call('POST', `${path}/capture`, { points: 51 })).toMatchObject({
      status: 422,
      body: { code: 'capture_exceeds_hold' },
    })
    const captured = await api.call('POST', `${path}/capture`, { quantity: 1 })
    expect(captured).toMatchObject({ status: 200, body: { id: held.body.id, status: 'captured', captured_points: 25 } })
    expect(await api.call('POST', `${path}/capture`)).toMatchObject({ status: 422, body: { code: 'hold_closed' } })
    expect(await api.call('POST', `${path}/void`)).toMatchObject({ status: 422, body: { code: 'hold_closed' } })
    const found = await api.call('GET', path)
    expect(found.body).toMatchObject({ status: 'captured', captured_points: 25 })
    expect(found.body.postings).toHaveLength(held.body.postings.length + captured.body.postings.length)
    expect((await api.call('GET', `/v1/members/${member.id}`)).body.balances[0]).toMatchObject({
      available: 75,
      held: 0,
    })
  })

  test('are captured at once, voided, or time out by themselves', async () => {
    const member = await rich(100)
    expect(await redeem({ member: member.id, reward: 'dollar-off', capture: true })).toMatchObject({
      body: { status: 'captured', captured_points: 25 },
    })
    const held = await redeem({ member: member.id, reward: 'dollar-off' })
    const headers = { 'idempotency-key': fresh('k') }
    const voided = await api.call('POST', `/v1/redemptions/${held.body.id}/void`, {}, headers)
    expect(voided.body).toMatchObject({ status: 'voided', captured_points: 0 })
    expect((await api.call('POST', `/v1/redemptions/${held.body.id}/void`, {}, headers)).body).toEqual(voided.body)
    expect(await api.call('POST', `/v1/redemptions/${held.body.id}/capture`, {}, headers)).toMatchObject({
      status: 409,
    })
    const forgotten = await redeem({ member: member.id, reward: 'dollar-off' })
    await api.setClock(NOW + 16 * 60_000)
    expect((await api.call('GET', `/v1/redemptions/${forgotten.body.id}`)).body.status).toBe('expired')
    expect((await api.call('GET', `/v1/members/${member.id}`)).body.balances[0]).toMatchObject({
      available: 75,
      held: 0,
    })
    await api.setClock(NOW)
  })

  test('are refused with a code', async () => {
    const member = await join()
    expect(await redeem({ member: member.id, reward: 'dollar-off' })).toMatchObject({
      status: 422,
      body: { code: 'insufficient_points' },
    })
    expect(await redeem({ member: member.id, reward: 'yacht' })).toMatchObject({
      status: 422,
      body: { code: 'reward_unavailable' },
    })
    expect(await redeem({ member: 'external:nobody', reward: 'dollar-off' })).toMatchObject({ status: 404 })
    for (const id of ['red_zz', 'nonsense'])
      expect(await api.call('POST', `/v1/redemptions/${id}/capture`)).toMatchObject({ status: 404 })
  })
})

describe('the past', () => {
  test('the time line is read page by page, the latest first', async () => {
    const member = await join()
    const ids = []
    for (let i = 0; i < 5; i++) ids.push((await put(fresh('o'), order(member.id))).body.activity)
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`
      const { body } = await api.call('GET', `/v1/members/external:${member.external_id}/activities?limit=2${query}`)
      seen.push(...body.data.map(({ id }: Json) => id))
      cursor = body.next_cursor
    }
    expect(seen.slice(0, 5)).toEqual(ids.reverse())
    expect(seen).toHaveLength(6)
  })

  test('balances as they stood, by when we heard and by when it happened', async () => {
    const member = await join()
    await put(fresh('o'), order(member.id))
    await api.setClock(NOW + 60_000)
    await put(fresh('o'), order(member.id, { occurred_at: '2026-05-01T12:00:00Z' }))
    const at = async (time: string, by: string) =>
      (await api.call('GET', `/v1/members/${member.id}/balances?at=${time}&by=${by}`)).body.balances[0]
    expect((await at('2026-05-01T13:00:30Z', 'recorded')).available).toBe(9)
    expect((await at('2026-05-01T13:01:00Z', 'recorded')).available).toBe(18)
    expect((await at('2026-05-01T12:15:00Z', 'occurred')).available).toBe(9)
    expect((await at('2026-05-01T12:30:00Z', 'occurred')).available).toBe(18)
    const now = await api.call('GET', `/v1/members/${member.id}/balances`)
    expect(now.body.balances).toEqual((await api.call('GET', `/v1/members/${member.id}`)).body.balances)
    await api.setClock(NOW)
  })

  test('points that fell due show as expired before any sweep came by', async () => {
    const member = await join()
    await put(fresh('o'), order(member.id))
    await api.setClock(Date.parse('2026-12-01T06:00:00Z'))
    const { body } = await api.call('GET', `/v1/members/${member.id}`)
    expect(body.balances[0]).toMatchObject({ available: 0, expiring: [] })
    const balances = (query: string) => api.call('GET', `/v1/members/${member.id}/balances${query}`)
    expect((await balances('')).body.balances).toEqual(body.balances)
    expect((await balances('?at=2026-12-01T04:59:59Z')).body.balances[0].available).toBe(9)
    await api.setClock(NOW)
  })
})

describe('whatever is sent', () => {
  const weird = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(null, '', -1, 0.5, 1e308, 2 ** 53, [], {}, 'a\u0000b', '\ud800', 'x'.repeat(300), 'constructor'),
  )
  const moment = '2026-05-01T12:00:00Z'
  const valid = (member: string): [method: string, path: string, body: Json][] => [
    [
      'POST',
      '/v1/members',
      { name: 'N', email: 'n@example.com', phone: '2125550100', birthday: '1990-01-01', locale: 'en' },
    ],
    ['POST', `/v1/members/${member}`, { name: 'N', card_number: '123456' }],
    ['PUT', '/v1/orders/fuzz', { ...order(member), external_id: 'fuzz', tender: [{ type: 'x', amount: 900 }] }],
    [
      'PUT',
      '/v1/orders/fuzz-draft',
      { ...order(member), status: 'draft', redeem: [{ reward: 'two-off', quantity: 1 }] },
    ],
    ['POST', '/v1/orders/quote', { ...order(member), redeem: [{ reward: 'two-off' }] }],
    [
      'POST',
      '/v1/orders/fuzz/returns',
      { external_id: 'r', occurred_at: moment, lines: [{ id: '1', quantity: 1, amount: 1 }] },
    ],
    ['POST', '/v1/actions', { member, type: 't', occurred_at: moment, data: { a: [1] } }],
    ['POST', '/v1/visits', { member, occurred_at: moment, location: 'l' }],
    ['POST', '/v1/redemptions', { member, reward: 'two-off', quantity: 1, capture: true }],
    ['POST', '/v1/redemptions/red_1/capture', { points: 1 }],
  ]

  /** The body with one of its values, however deep, put in the place of another. */
  function changed(body: Json, way: number[], value: Json): Json {
    const keys = typeof body === 'object' && body !== null ? Object.keys(body) : []
    if (keys.length === 0 || way.length === 0) return value
    const key = keys[way[0]! % keys.length]!
    const copy = Array.isArray(body) ? [...body] : { ...body }
    copy[key] = changed(body[key], way.slice(1), value)
    return copy
  }

  test('is answered without a fault of ours', async () => {
    const member = await rich(1_000)
    const calls = valid(member.id)
    await fc.assert(
      fc.asyncProperty(
        fc.nat(calls.length - 1),
        fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }),
        weird,
        async (i, way, value) => {
          const [method, path, body] = calls[i]!
          const answer = await api.call(method, path, changed(body, way, value))
          expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500)
          if (answer.status === 400) expect(answer.body.detail.length + answer.body.errors.length).toBeGreaterThan(0)
        },
      ),
      { numRuns: 400 },
    )
  })

  test.each([
    '/v1/members/external:%00',
    '/v1/members?q=%00',
    '/v1/members?email=%00a@b.example',
    '/v1/members?phone=%00',
    '/v1/members?card=%00',
    '/v1/members?limit=0',
    '/v1/members?limit=1e9',
    '/v1/members?cursor=%00',
    '/v1/members?q=a&phone=2125550100',
    '/v1/members/mem_1/balances?at=yesterday',
    '/v1/orders/%00',
    '/v1/orders/%E0%A4%A',
  ])('%s is a clear problem', async (path) => {
    expect(await api.call('GET', path)).toMatchObject({ status: 400, body: { code: 'invalid' } })
  })
})

describe('who may', () => {
  test('a reader reads, a cashier sells', async () => {
    const member = await join()
    const reader = await api.as('read_only')
    expect(await reader('GET', `/v1/members/${member.id}`)).toMatchObject({ status: 200 })
    expect(await reader('POST', '/v1/members', {})).toMatchObject({ status: 403 })
    const cashier = await api.as('cashier')
    expect(await cashier('PUT', `/v1/orders/${fresh('o')}`, order(member.id))).toMatchObject({ status: 200 })
  })
})

describe('a batch', () => {
  test('takes every type of line, and one bad line spoils no other', async () => {
    const id = fresh('batch')
    const lines = [
      { type: 'member', key: 'a', body: { external_id: id } },
      { type: 'order', key: 'b', body: { external_id: id, ...order(`external:${id}`) } },
      { type: 'order', key: 'c', body: { external_id: `${id}-bad`, ...order(`external:${id}`), lines: [] } },
      {
        type: 'return',
        key: 'd',
        body: { order: id, external_id: 'r', occurred_at: '2026-05-01T12:45:00Z', amount: 100 },
      },
      { type: 'visit', key: `${id}-v`, body: { member: `external:${id}`, occurred_at: '2026-05-01T12:45:00Z' } },
      {
        type: 'action',
        key: `${id}-x`,
        body: { member: `external:${id}`, type: 'review', occurred_at: '2026-05-01T12:45:00Z' },
      },
      { type: 'redemption', key: `${id}-r`, body: { member: `external:${id}`, reward: 'dollar-off' } },
    ]
    const send = async () => {
      const { body } = await api.call('POST', '/v1/batch', lines.map((line) => JSON.stringify(line)).join('\n'))
      return body
        .trim()
        .split('\n')
        .map((line: string) => JSON.parse(line))
    }
    const first = await send()
    expect(first.map(({ status }: Json) => status)).toEqual([201, 200, 400, 200, 200, 200, 200])
    expect(first[2].problem).toMatchObject({ code: 'invalid', errors: [{ pointer: '/body/lines' }] })
    const again = await send()
    expect(again.map(({ replayed }: Json) => replayed)).toEqual([true, true, undefined, true, true, true, true])
    expect(again.map(({ result }: Json) => result)).toEqual(first.map(({ result }: Json) => result))
  })
})
