/** The list of members: sorted, filtered, page by page, and as a table. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Json, type TestApi, testApi } from '../../../test/api.ts'
import { signedIn } from '../../../test/people.ts'
import { DAY_MS } from '../../core/time.ts'

const PROGRAM = {
  program: 'shop',
  name: 'Shop',
  currency: 'USD',
  timezone: 'UTC',
  wallets: { points: {}, credit: { decimals: 2 } },
  earning: [
    { id: 'base', on: 'order', earn: '1 per 1.00', wallet: 'points' },
    { id: 'hello', on: 'action', earn: '1.5', wallet: 'credit' },
  ],
  tiers: { measure: 'points_earned', levels: [{ id: 'green' }, { id: 'gold', from: 300 }] },
}
const NOW = Date.parse('2026-05-01T13:00:00Z')
/** Sixty people who joined an hour apart; every sixth bought for 500, every tenth for 100. */
const PEOPLE = 60

let api: TestApi
beforeAll(async () => {
  api = await testApi(JSON.stringify(PROGRAM), NOW)
  for (let i = 0; i < PEOPLE; i++) {
    await api.setClock(NOW + i * 3_600_000)
    const name = i % 15 === 14 ? {} : { name: `${['Ann', 'Bo', 'ann', 'Ümit'][i % 4]} ${i}` }
    const { body } = await api.call('POST', '/v1/members', {
      external_id: `m-${i}`,
      phone: `+1212555${1000 + i}`,
      ...name,
    })
    const spend = i % 6 === 0 ? 500 : i % 10 === 0 ? 100 : 0
    if (spend > 0) await order(body.id, `o-${i}`, spend * 100, NOW + i * 3_600_000)
  }
  await api.call('POST', '/v1/members/external:m-1/close', { reason: 'Moved away' })
  await api.call('POST', '/v1/members/external:m-2/merge', { into: 'external:m-3' })
  await api.call('POST', '/v1/members/external:m-4/erase', { reason: 'Asked for it' })
}, 60_000)
afterAll(() => api.close())

const order = (member: string, id: string, unit_price: number, at: number) =>
  api.call('PUT', `/v1/orders/${id}`, {
    member,
    occurred_at: new Date(at).toISOString(),
    currency: 'USD',
    prices: 'tax_excluded',
    lines: [{ id: '1', sku: 'beans', quantity: 1, unit_price }],
  })

/** All pages of a list, by the ids that the members have at the business. */
async function listed(query: string, call = api.call): Promise<string[]> {
  const found: string[] = []
  for (let cursor: string | null = '', pages = 0; cursor !== null; pages++) {
    const at = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const { status, body }: Json = await call('GET', `/v1/members?limit=7&${query}${at}`)
    expect([query, status]).toEqual([query, 200])
    expect(body.has_more).toBe(body.next_cursor !== null)
    expect(pages).toBeLessThan(100)
    found.push(...body.data.map(({ external_id }: Json) => external_id))
    cursor = body.next_cursor
  }
  expect(new Set(found).size).toBe(found.length)
  return found
}

const ids = (wanted: (i: number) => boolean) =>
  Array.from({ length: PEOPLE }, (_, i) => i)
    .filter((i) => i !== 2 && i !== 4 && wanted(i))
    .map((i) => `m-${i}`)

describe('a list of members', () => {
  test('goes by when they joined, either way, through all pages', async () => {
    expect(await listed('sort=joined')).toEqual(ids(() => true))
    expect(await listed('sort=-joined')).toEqual(ids(() => true).reverse())
  })

  test('goes by name, whatever the letters’ size, and ends with those who have none', async () => {
    const found = await listed('sort=name')
    const { body } = await api.call('GET', '/v1/members?limit=100&sort=name')
    const names = body.data.map(({ name }: Json) => name?.toLowerCase() ?? '\u{10ffff}')
    expect(names).toEqual([...names].sort())
    expect(found.sort()).toEqual(ids(() => true).sort())
  })

  test('has those alone who have a level, or so many points, or joined on some days', async () => {
    expect(await listed('sort=joined&tier=gold')).toEqual(ids((i) => i % 6 === 0))
    expect(await listed('sort=joined&balance_from=100')).toEqual(ids((i) => i % 6 === 0 || i % 10 === 0))
    expect(await listed('sort=joined&balance_from=101&tier=green')).toEqual([])
    const days = `joined_from=${new Date(NOW + DAY_MS).toISOString()}&joined_until=${new Date(NOW + 2 * DAY_MS).toISOString()}`
    expect(await listed(days)).toEqual(ids((i) => i >= 24 && i < 48))
    expect(await listed(`sort=name&${days}&tier=gold`)).toHaveLength(4)
  })

  test('counts points of the wallet that is named, in its smallest unit', async () => {
    await api.call('POST', '/v1/actions', {
      member: 'external:m-7',
      type: 'x',
      occurred_at: new Date(NOW).toISOString(),
    })
    expect(await listed('wallet=credit&balance_from=150')).toEqual(['m-7'])
    expect(await listed('wallet=credit&balance_from=151')).toEqual([])
  })

  test('tells the closed from the active, and has nobody who was merged or erased', async () => {
    expect(await listed('status=closed')).toEqual(['m-1'])
    expect(await listed('status=active')).toHaveLength(PEOPLE - 3)
    expect(await listed('status=merged')).toEqual(['m-3'])
    expect(await listed('status=erased')).toEqual([null])
  })

  test('finds beginnings by name first, then ids, then phones, each once, with filters', async () => {
    const anns = await listed('q=ann')
    expect(anns.sort()).toEqual(
      ids((i) => i % 15 !== 14 && i % 2 === 0)
        .concat('m-3')
        .sort(),
    )
    expect(await listed('q=ann&tier=gold')).toEqual(expect.arrayContaining(['m-0', 'm-12']))
    expect((await listed('q=m-1')).sort()).toEqual(ids((i) => `m-${i}`.startsWith('m-1')).sort())
    expect(await listed('q=%2B12125551059')).toEqual(['m-59'])
  })

  test('says what is misspelt, beside the field', async () => {
    const wrong = [
      ['tier=golden', '/query/tier'],
      ['wallet=stars&balance_from=1', '/query/wallet'],
      ['balance_from=0', '/query/balance_from'],
      ['joined_from=yesterday', '/query/joined_from'],
      ['sort=tier', '/query/sort'],
    ]
    for (const [query, pointer] of wrong)
      expect(await api.call('GET', `/v1/members?${query}`)).toMatchObject({
        status: 400,
        body: { errors: [{ pointer }] },
      })
    expect(await api.call('GET', '/v1/members?phone=2125551000&tier=gold')).toMatchObject({ status: 400 })
    const { body } = await api.call('GET', '/v1/members?sort=name&limit=2')
    for (const query of ['sort=joined', ''])
      expect(await api.call('GET', `/v1/members?${query}&cursor=${body.next_cursor}`)).toMatchObject({ status: 400 })
  })
})

test('as a table it has everybody who fits, and no cell that a spreadsheet would reckon', async () => {
  await api.call('POST', '/v1/members', { external_id: '=1+1', name: 'Say "so", twice' })
  const { body, headers } = await api.call('GET', '/v1/members?sort=-joined&limit=1', undefined, { accept: 'text/csv' })
  expect(headers.get('content-type')).toContain('text/csv')
  const lines = String(body).trimEnd().split('\r\n')
  expect(lines).toHaveLength(1 + PEOPLE - 2 + 1)
  expect(lines[0]).toMatch(/^id,external_id,name,.*,tier,points_available,.*,credit_debt$/)
  expect(body).toContain(`,'=1+1,"Say ""so"", twice",`)
  expect(lines.find((line) => line.includes(',m-7,'))).toMatch(/,1\.50,0\.00,0\.00,0\.00$/)
  const gold = await api.call('GET', '/v1/members?tier=gold', undefined, { accept: 'text/csv' })
  expect(String(gold.body).trimEnd().split('\r\n')).toHaveLength(1 + 10)
  const one = await api.call('GET', '/v1/members?phone=2125551007', undefined, { accept: 'text/csv' })
  expect(String(one.body)).toContain('m-7')
})

test('a time line of some kinds alone goes through all of it, merged lives included', async () => {
  const member = 'external:m-3'
  for (let i = 0; i < 30; i++)
    await api.call('POST', '/v1/actions', { member, type: 'x', occurred_at: new Date(NOW).toISOString() })
  await order(member, 'rare', 100, NOW + 2 * DAY_MS)
  const line = `/v1/members/${member}/activities`
  const all = (await api.call('GET', `${line}?limit=100`)).body.data
  expect(all.filter(({ type }: Json) => type === 'join')).toHaveLength(2)
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body }: Json = await api.call(
      'GET',
      `${line}?limit=1&type=order,join&cursor=${cursor}`.replace(/&cursor=$/, ''),
    )
    seen.push(...body.data.map(({ id }: Json) => id))
    cursor = body.next_cursor
  }
  expect(seen).toEqual(all.filter(({ type }: Json) => type === 'order' || type === 'join').map(({ id }: Json) => id))
  expect((await api.call('GET', `${line}?type=nonsense`)).body.data).toEqual([])
})

describe('who need not call anybody', () => {
  test('sees contacts masked, wherever they stand', async () => {
    const contacts = { email: 'zoe@example.com', phone: '212 555 0190', birthday: '1990-12-10' }
    const { body: zoe } = await api.call('POST', '/v1/members', { external_id: 'zoe', name: 'Zoe', ...contacts })
    const marketer = await api.as('marketer')
    const shown = { name: 'Zoe', email: 'z•••@example.com', phone: '••• 190', birthday: null }
    expect((await marketer('GET', `/v1/members/${zoe.id}`)).body).toMatchObject(shown)
    expect((await marketer('GET', '/v1/members?q=zoe')).body.data).toMatchObject([shown])
    expect((await marketer('GET', '/v1/members?phone=2125550190')).body.data).toMatchObject([shown])
    expect((await marketer('POST', `/v1/members/${zoe.id}`, { locale: 'en' })).body).toMatchObject(shown)
    const table = await marketer('GET', '/v1/members', undefined, { accept: 'text/csv' })
    expect(String(table.body)).toContain('z•••@example.com')
    expect(String(table.body)).not.toContain('zoe@example.com')
    const line = (await marketer('GET', `/v1/members/${zoe.id}/activities?type=join`)).body.data
    expect(JSON.stringify(line)).not.toMatch(/zoe@|5550190|1990/)
    expect(JSON.stringify((await marketer('GET', `/v1/activities/${line[0].id}`)).body)).not.toMatch(
      /zoe@|5550190|1990/,
    )
    const support = await api.as('support')
    expect((await support('GET', `/v1/members/${zoe.id}`)).body).toMatchObject({ ...zoe, locale: 'en' })
    const whole = (await support('GET', `/v1/members/${zoe.id}/activities?type=join`)).body.data[0].body
    expect(whole).toMatchObject({ email: 'zoe@example.com', phone: '+12125550190', birthday: '1990-12-10' })
  })
})

test('who stands at a counter finds whom they serve, and looks through nobody else', async () => {
  const { headers } = await signedIn(api.services.database, api.program, 'cashier')
  const asCashier = (path: string) => fetch(`${api.url}${path}`, { headers })
  for (const path of ['/v1/members', '/v1/members?q=A', '/v1/memberships'])
    expect((await asCashier(path)).status, path).toBe(403)
  await api.call('POST', '/v1/members', { name: 'Known', phone: '+12125550177' })
  const found = (await (await asCashier('/v1/members?phone=2125550177')).json()) as Json
  expect(found.data).toMatchObject([{ name: 'Known' }])
  // A till's own key asks for what it needs.
  expect((await (await api.as('cashier'))('GET', '/v1/members')).status).toBe(200)
})
