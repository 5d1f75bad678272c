/** Vouchers over HTTP: each is used once, by whom it belongs to, and the ledger can be decided again. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, type Json, type TestApi, testApi } from '../../../test/api.ts'
import { verify } from '../../engine/verify.ts'

const SOURCE = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets:
  points: {}
  credit: { decimals: 2 }
earning:
  - { id: base, on: order, earn: 1 per 1.00, wallet: points }
rewards:
  - { id: five-off, name: Five off, cost: 10 points, gives: { amount_off: 5.00 }, valid: 30 days }
  - { id: mug, name: A mug, cost: 10 points, gives: { thing: { kind: gift } }, transfer: true }
  - { id: cinema, name: Cinema, cost: 10 points, gives: { code: { pool: cinema } } }
  - { id: gift-card, name: Gift card, gives: { points: 10 credit } }
vouchers:
  grace: 14 days
`
const NOW = Date.parse('2026-03-10T15:00:00Z')
const DAY = 86_400_000

let api: TestApi
let count = 0
let [ana, ben] = ['', '']
beforeAll(async () => {
  api = await testApi(SOURCE, NOW)
})
afterAll(() => api.close())
beforeEach(async () => {
  await api.setClock(NOW)
  ;[ana, ben] = [await join(), await join()]
})
// Whatever a test did, the ledger is what its decisions lead to.
afterEach(async () => {
  expect((await verify(api.ledger.database.db, api.ledger.programs)).differences).toEqual([])
})

async function join(): Promise<string> {
  const { id } = (await api.call('POST', '/v1/members', { external_id: `m${++count}` })).body
  await buy(id, 1_000_00)
  return id
}
function buy(member: string, cents: number, redeem?: object[], at = '2026-03-10T14:00:00Z'): Promise<Answer> {
  return api.call('PUT', `/v1/orders/o${++count}`, orderOf(member, cents, redeem, at))
}
function orderOf(member: string, cents: number, redeem: object[] | undefined, at: string) {
  return {
    member,
    occurred_at: at,
    currency: 'USD',
    prices: 'tax_included',
    lines: [{ id: '1', sku: 'a', quantity: 1, unit_price: cents }],
    ...(redeem === undefined ? {} : { redeem }),
  }
}
const redeem = (member: string, reward: string) =>
  api.call('POST', '/v1/redemptions', { member, reward, capture: true })
async function voucherOf(member: string, reward: string): Promise<string> {
  const { status, body } = await redeem(member, reward)
  expect([status, body.code]).toEqual([200, undefined])
  expect(body.voucher).toEqual(expect.any(String))
  return body.voucher
}
/** Things are handed over where they are redeemed, so a voucher for one is given: here by a card. */
async function mugOf(member: string): Promise<string> {
  const made = await api.call('POST', '/v1/vouchers', { reward: 'mug', count: 1 })
  const { data } = (await api.call('GET', `/v1/voucher-batches/${made.body.id}/codes`)).body
  const { status, body } = await api.call('POST', `/v1/vouchers/${data[0].code}/claim`, { member })
  expect([status, body.vouchers[0].code]).toEqual([200, data[0].code])
  return data[0].code
}
const open = async (member: string): Promise<string[]> =>
  (await api.call('GET', `/v1/members/${member}`)).body.vouchers.map(({ code }: Json) => code)
const stateOf = async (code: string): Promise<string> => (await api.call('GET', `/v1/vouchers/${code}`)).body.state
const use = (code: string, body: object = {}) => api.call('POST', `/v1/vouchers/${code}/use`, body)
const refusal = ({ status, body }: Answer) => [status, body.code]
async function messages(topic: string): Promise<Json[]> {
  const { rows } = await api.ledger.database.db.query<{ data: string }>(
    'select data from outbox where topic = $1 order by id',
    [topic],
  )
  return rows.map(({ data }) => JSON.parse(data))
}

describe('a voucher', () => {
  test('comes of a reward that is redeemed for later, and takes its money off the order that names it', async () => {
    const code = await voucherOf(ana, 'five-off')
    const { body: member } = await api.call('GET', `/v1/members/${ana}`)
    expect(member.vouchers).toEqual([
      {
        code,
        reward: 'five-off',
        name: 'Five off',
        starts_at: '2026-03-10T15:00:00Z',
        expires_at: expect.stringMatching(/^2026-04-/),
        source: expect.stringMatching(/^red_/),
        gives: { amount_off: 5 },
      },
    ])
    const { body } = await buy(ana, 20_00, [{ voucher: code.toLowerCase().replaceAll('-', ' ') }])
    expect(body.order).toMatchObject({ discount: 500, total: 1500 })
    expect(body.discounts).toMatchObject([{ source: 'five-off', amount: 500 }])
    expect(body.vouchers).toEqual([{ code, reward: 'five-off', state: 'used' }])
    expect(await open(ana)).toEqual([])
    expect(await stateOf(code)).toBe('used')
  })

  test('is refused with what is wrong: used, somebody else’s, mistyped, or not there', async () => {
    const [used, other] = [await voucherOf(ana, 'five-off'), await voucherOf(ben, 'five-off')]
    await buy(ana, 20_00, [{ voucher: used }])
    const first = used[0] === '2' ? '3' : '2'
    const tries: [string, string][] = [
      [used, 'voucher_used'],
      [other, 'not_yours'],
      [first + used.slice(1), 'voucher_mistyped'],
      ['SUMMER', 'not_found'],
    ]
    for (const [voucher, code] of tries) {
      const order = orderOf(ana, 20_00, [{ voucher }], '2026-03-10T14:00:00Z')
      for (const answer of [
        await api.call('PUT', `/v1/orders/o${++count}`, order),
        await api.call('POST', '/v1/orders/quote', order),
      ]) {
        expect(refusal(answer)).toEqual([code === 'not_found' ? 404 : 422, code])
        expect(answer.body.errors[0].pointer).toBe('/redeem/0/voucher')
      }
    }
    expect(await open(ben)).toEqual([other])
  })

  test('is in a quote with what it would take off, or with why it cannot be used', async () => {
    const [voucher, mug] = [await voucherOf(ana, 'five-off'), await mugOf(ana)]
    const quote = (redeem?: object[]) =>
      api.call('POST', '/v1/orders/quote', orderOf(ana, 20_00, redeem, '2026-03-10T15:00:00Z'))
    const { open_vouchers } = (await quote()).body
    expect(open_vouchers).toMatchObject([
      { code: voucher, name: 'Five off', available: true, discount: 500, missing: null },
      { code: mug, available: false, discount: null, missing: { code: 'reward_unavailable' } },
    ])
    const { body } = await quote([{ voucher }])
    expect([body.order.total, body.open_vouchers.length]).toEqual([1500, 1])
    expect((await buy(ana, 20_00, [{ voucher }])).body.order.total).toBe(body.order.total)
  })

  test('is in what is known of its member, whatever became of it', async () => {
    const [used, kept] = [await voucherOf(ana, 'five-off'), await voucherOf(ana, 'five-off')]
    await buy(ana, 20_00, [{ voucher: used }])
    const { body } = await api.call('GET', `/v1/members/${ana}/export`)
    expect(body.vouchers).toMatchObject([
      { code: kept, state: 'open' },
      { code: used, state: 'used' },
    ])
  })

  test('twice on one order is used once, so the order is refused', async () => {
    const voucher = await voucherOf(ana, 'five-off')
    expect(refusal(await buy(ana, 20_00, [{ voucher }, { voucher }]))).toEqual([422, 'voucher_used'])
    expect(await open(ana)).toEqual([voucher])
  })

  test('that is shown at many tills at the same moment is used at one of them', async () => {
    const code = await mugOf(ana)
    const answers = await Promise.all(Array.from({ length: 20 }, () => use(code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ body }) => body.code === 'voucher_used')).toHaveLength(19)
  })

  test('that is shown for two orders at the same moment takes money off one of them', async () => {
    const voucher = await voucherOf(ana, 'five-off')
    const answers = await Promise.all(Array.from({ length: 8 }, () => buy(ana, 20_00, [{ voucher }])))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(422)])
  })

  test('that a till uses again under its own id is answered as then, and is used up all the same', async () => {
    const code = await mugOf(ana)
    const [first, again] = [await use(code, { external_id: 't1' }), await use(code, { external_id: 't1' })]
    expect(first).toMatchObject({ status: 200, body: { state: 'used', member: ana, name: 'A mug' } })
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(refusal(await use(code, { external_id: 't2' }))).toEqual([422, 'voucher_used'])
  })

  test('is open again when the whole of its order came back, and not before', async () => {
    const voucher = await voucherOf(ana, 'five-off')
    const order = orderOf(ana, 10_00, [{ voucher }], '2026-03-10T14:00:00Z')
    order.lines[0]!.quantity = 2
    await api.call('PUT', '/v1/orders/back', order)
    const back = (id: string) =>
      api.call('POST', '/v1/orders/back/returns', {
        external_id: id,
        occurred_at: '2026-03-10T15:00:00Z',
        lines: [{ id: '1', quantity: 1 }],
      })
    expect((await back('r1')).body.vouchers).toEqual([])
    expect(await open(ana)).toEqual([])
    expect((await back('r2')).body.vouchers).toEqual([{ code: voucher, reward: 'five-off', state: 'open' }])
    expect((await buy(ana, 20_00, [{ voucher }])).status).toBe(200)
    expect(refusal(await buy(ana, 20_00, [{ voucher }]))).toEqual([422, 'voucher_used'])
  })

  test('that expired while its order was out can be used for as long as the program says', async () => {
    const voucher = await voucherOf(ana, 'five-off')
    const id = `o${count + 1}`
    await buy(ana, 20_00, [{ voucher }])
    await api.setClock(NOW + 40 * DAY)
    const { body } = await api.call('POST', `/v1/orders/${id}/cancel`)
    expect(body.vouchers).toEqual([{ code: voucher, reward: 'five-off', state: 'open' }])
    const { body: again } = await api.call('GET', `/v1/vouchers/${voucher}`)
    expect(Date.parse(again.expires_at)).toBe(NOW + 54 * DAY)
  })

  test('expires after its member was told, and can be used by an order that was sold before and is told after', async () => {
    const voucher = await voucherOf(ana, 'five-off')
    const told = (await messages('voucher.expiring')).length
    const { expires_at } = (await api.call('GET', `/v1/vouchers/${voucher}`)).body
    await api.setClock(Date.parse(expires_at) + DAY)
    await api.call('POST', '/v1/visits', { member: ana, occurred_at: new Date(Date.parse(expires_at) + DAY) })
    expect(await stateOf(voucher)).toBe('expired')
    expect((await messages('voucher.expiring')).slice(told).map(({ code }) => code)).toContain(voucher)
    expect((await messages('voucher.expired')).map(({ code }) => code)).toContain(voucher)
    const at = (ms: number) => new Date(Date.parse(expires_at) + ms).toISOString()
    expect(refusal(await buy(ana, 20_00, [{ voucher }], at(0)))).toEqual([422, 'voucher_expired'])
    expect((await buy(ana, 20_00, [{ voucher }], at(-60_000))).body.order.discount).toBe(500)
    expect(await stateOf(voucher)).toBe('used')
  })

  test('given away is another member’s under another code, where its reward lets it', async () => {
    const [mug, five] = [await mugOf(ana), await voucherOf(ana, 'five-off')]
    const give = (code: string, to: string) => api.call('POST', `/v1/vouchers/${code}/transfer`, { to })
    expect(refusal(await give(five, ben))).toEqual([422, 'not_transferable'])
    expect(refusal(await give(mug, ana))).toEqual([422, 'same_account'])
    const { status, body } = await give(mug, ben)
    expect([status, body.member, body.state]).toEqual([200, ben, 'open'])
    expect(body.code).not.toBe(mug)
    expect([await open(ana), await open(ben)]).toEqual([[five], [body.code]])
    expect(await stateOf(mug)).toBe('transferred')
    expect(refusal(await use(mug))).toEqual([422, 'not_yours'])
    expect((await use(body.code)).status).toBe(200)
  })

  test('stays usable when its member turns out to be another one, who has the vouchers of both', async () => {
    const [hers, his] = [await mugOf(ana), await voucherOf(ben, 'five-off')]
    await api.call('POST', `/v1/members/${ana}/merge`, { into: ben })
    expect((await open(ben)).sort()).toEqual([hers, his].sort())
    expect((await use(hers)).body).toMatchObject({ member: ben, state: 'used' })
    const { body } = await api.call('GET', `/v1/members/${ben}/vouchers`)
    expect(body.data.map(({ code, state }: Json) => [code, state]).sort()).toEqual(
      [
        [hers, 'used'],
        [his, 'open'],
      ].sort(),
    )
  })

  test('that somebody changes in the table is found, and none is used without the activity that used it', async () => {
    const code = await voucherOf(ana, 'five-off')
    const { db } = api.ledger.database
    const set = (change: string) => db.query(`update voucher set ${change} where code = '${code}'`)
    await expect(set(`state = 'used'`)).rejects.toThrow(/check constraint/)
    await set(`state = 'used', ended = activity`)
    const { differences } = await verify(db, api.ledger.programs)
    expect(differences.map(({ cause }) => cause)).toEqual(['voucher'])
    await set(`state = 'open', ended = null`)
  })

  test('goes when its member leaves', async () => {
    const code = await mugOf(ana)
    await api.call('POST', `/v1/members/${ana}/close`, { reason: 'asked to' })
    expect(await stateOf(code)).toBe('withdrawn')
    expect((await use(code)).body.code).toMatch(/account_closed|voucher_withdrawn/)
  })

  test('shows a cashier no more of its member than it takes to greet them', async () => {
    const { body: eve } = await api.call('POST', '/v1/members', { external_id: `m${++count}`, name: 'Eve Adams' })
    await buy(eve.id, 100_00)
    const code = await mugOf(eve.id)
    const cashier = await api.as('cashier')
    expect((await cashier('GET', `/v1/vouchers/${code}`)).body.holder).toBe('E. A.')
    expect((await api.call('GET', `/v1/vouchers/${code}`)).body.holder).toBe('Eve Adams')
  })

  test('pages go through all that a member had, the latest first', async () => {
    const codes = [await mugOf(ana), await mugOf(ana), await voucherOf(ana, 'five-off')]
    const first = (await api.call('GET', `/v1/members/${ana}/vouchers?limit=2`)).body
    const rest = (await api.call('GET', `/v1/members/${ana}/vouchers?limit=2&cursor=${first.next_cursor}`)).body
    expect([...first.data, ...rest.data].map(({ code }: Json) => code)).toEqual(codes.reverse())
    expect(rest.has_more).toBe(false)
  })
})

describe('a household', () => {
  test('uses what one of them was given once they hand it over, whatever its reward says', async () => {
    const voucher = await voucherOf(ana, 'five-off')
    const { body: pool } = await api.call('POST', '/v1/pools', { name: 'Home' })
    await api.call('PUT', `/v1/pools/${pool.id}/members/${ana}`, { earn: true, spend: true })
    expect(refusal(await buy(ana, 20_00, [{ voucher }]))).toEqual([422, 'not_yours'])
    const { body } = await api.call('POST', `/v1/vouchers/${voucher}/transfer`, { to: pool.id })
    expect((await buy(ana, 20_00, [{ voucher: body.code }])).body.order.discount).toBe(500)
  })
})

describe('guesses', () => {
  test('are slowed after ten, logged without the code and told of; typing errors are not counted', async () => {
    const cashier = await api.as('cashier')
    const code = await mugOf(ana)
    const wrong = `${code.slice(0, -1)}${code.endsWith('2') ? '3' : '2'}`
    for (let i = 0; i < 12; i++)
      expect(refusal(await cashier('GET', `/v1/vouchers/${wrong}`))).toEqual([422, 'voucher_mistyped'])
    for (let i = 0; i < 10; i++) expect((await cashier('GET', `/v1/vouchers/guess-${i}`)).status).toBe(404)
    const blocked = await cashier('GET', `/v1/vouchers/${code}`)
    expect(refusal(blocked)).toEqual([429, 'too_many_guesses'])
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(blocked.headers.get('ratelimit')).toMatch(/^"codes";r=0;t=\d+$/)
    const order = orderOf(ana, 20_00, [{ voucher: 'guess-11' }], '2026-03-10T14:00:00Z')
    expect((await cashier('PUT', `/v1/orders/o${++count}`, order)).status).toBe(429)
    expect(await messages('voucher.guessed')).toContainEqual(expect.objectContaining({ begins: 'gu' }))
    expect((await use(code)).status).toBe(200)
  })
})

describe('a pool of codes', () => {
  test('reports row by row what it does not take, and takes nothing twice', async () => {
    const codes = ['P-1', ' P-2 ', 'P-1', '', 'P-3']
    const { body } = await api.call('POST', '/v1/code-pools/rows/codes', { codes, low: 2 })
    expect(body).toMatchObject({ id: 'rows', free: 3, codes: 3, low: 2, added: 3 })
    expect(body.not_taken).toEqual([
      { row: 3, code: 'P-1', reason: 'stands in row 1 already' },
      { row: 4, code: '', reason: 'is empty' },
    ])
    const again = await api.call('POST', '/v1/code-pools/others/codes', { codes: ['P-3', 'P-4'] })
    expect(again.body).toMatchObject({ added: 1, not_taken: [{ row: 1, reason: 'is a code of the program already' }] })
  })

  test('of 150 codes is handed out to 150 of 200 members who ask at once, each code to one', async () => {
    const codes = Array.from({ length: 150 }, (_, i) => `CINEMA-${String(i).padStart(4, '0')}`)
    await api.call('POST', '/v1/code-pools/cinema/codes', { codes, low: 10 })
    const members = await Promise.all(Array.from({ length: 50 }, join))
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => redeem(members[i % 50]!, 'cinema')))
    const got = answers.filter(({ status }) => status === 200).map(({ body }) => body.voucher)
    expect(new Set(got).size).toBe(150)
    expect(got.every((code) => codes.includes(code))).toBe(true)
    expect(answers.filter(({ body }) => body.code === 'sold_out')).toHaveLength(50)
    expect((await api.call('GET', '/v1/code-pools/cinema')).body).toMatchObject({ free: 0, codes: 150 })
    expect((await messages('codes.low')).filter(({ pool }) => pool === 'cinema')).toHaveLength(1)
  })
})

describe('codes that somebody else might have taken', () => {
  test('are not missed by those who can pay: whoever waits for them hears no “sold out” before it is true', async () => {
    const codes = Array.from({ length: 40 }, (_, i) => `SHOW-${i}`)
    await api.call('POST', '/v1/code-pools/cinema/codes', { codes })
    const rich = await Promise.all(Array.from({ length: 40 }, join))
    const poor = await Promise.all(
      rich.map(async () => (await api.call('POST', '/v1/members', { external_id: `m${++count}` })).body.id as string),
    )
    const all = rich.flatMap((member, i) => [poor[i]!, member])
    const answers = await Promise.all(all.map((member) => redeem(member, 'cinema')))
    const got = answers.filter((_, i) => i % 2 === 1)
    expect(got.map(({ status }) => status)).toEqual(got.map(() => 200))
    expect(new Set(got.map(({ body }) => body.voucher))).toEqual(new Set(codes))
    for (const answer of answers.filter((_, i) => i % 2 === 0))
      expect(answer.body.code).toMatch(/^(insufficient_points|sold_out)$/)
  })
})

describe('a card', () => {
  const print = async (body: object): Promise<string[]> => {
    const made = await api.call('POST', '/v1/vouchers', body)
    expect(made.status).toBe(201)
    const { data } = (await api.call('GET', `/v1/voucher-batches/${made.body.id}/codes`)).body
    return data.map(({ code }: Json) => code)
  }
  const claim = (code: string, member: string) => api.call('POST', `/v1/vouchers/${code}/claim`, { member })

  test('becomes a voucher of the member who claims it first, under the code that is printed on it', async () => {
    const [code] = await print({ reward: 'five-off', count: 3 })
    expect(refusal(await use(code!))).toEqual([422, 'not_yours'])
    expect(await stateOf(code!)).toBe('unclaimed')
    const first = await claim(code!, ana)
    expect(first.body).toMatchObject({ type: 'voucher_claim', vouchers: [{ code, state: 'open' }] })
    expect((await claim(code!, ana)).headers.get('idempotent-replayed')).toBe('true')
    expect(refusal(await claim(code!, ben))).toEqual([422, 'voucher_used'])
    expect((await buy(ana, 20_00, [{ voucher: code }])).body.order.discount).toBe(500)
  })

  test('the same gift card redeemed twice at the same moment: of two members who enter it one gets it', async () => {
    const [code] = await print({ reward: 'gift-card', count: 1, amount: 2500 })
    const answers = await Promise.all([ana, ben, ana, ben].map((member) => claim(code!, member)))
    const credit = async (member: string) =>
      (await api.call('GET', `/v1/members/${member}`)).body.balances.find(({ wallet }: Json) => wallet === 'credit')
        .available
    expect((await credit(ana)) + (await credit(ben))).toBe(2500)
    expect(answers.filter(({ body }) => body.code === 'voucher_used')).toHaveLength(2)
    expect(await stateOf(code!)).toBe('used')
  })

  test('is bound to its batch: so many each, so many in all, and until when', async () => {
    const codes = await print({ reward: 'five-off', count: 5, per_member: 1, most: 2, expires: '2026-03-20T00:00:00Z' })
    const carl = await join()
    expect((await claim(codes[0]!, ana)).status).toBe(200)
    expect(refusal(await claim(codes[1]!, ana))).toEqual([422, 'limit_reached'])
    expect((await claim(codes[1]!, ben)).status).toBe(200)
    expect(refusal(await claim(codes[2]!, carl))).toEqual([422, 'limit_reached'])
    await api.setClock(Date.parse('2026-03-20T00:00:00Z'))
    expect(refusal(await claim(codes[3]!, carl))).toEqual([422, 'voucher_expired'])
  })

  test('is in the file for the printer, which only those get who may print', async () => {
    const { body } = await api.call('POST', '/v1/vouchers', { reward: 'mug', count: 2 })
    const response = await fetch(`${api.url}/v1/voucher-batches/${body.id}/codes?format=csv`, {
      headers: { authorization: `Bearer ${api.key}` },
    })
    expect(response.headers.get('content-type')).toMatch(/^text\/csv/)
    expect((await response.text()).trim().split('\r\n')).toEqual([
      'code,claimed',
      expect.stringMatching(/^[-0-9A-Z]{14},false$/),
      expect.stringMatching(/^[-0-9A-Z]{14},false$/),
    ])
    const cashier = await api.as('cashier')
    expect((await cashier('GET', `/v1/voucher-batches/${body.id}/codes`)).status).toBe(403)
  })
})

describe('a gift that time brings', () => {
  let gifts: TestApi
  beforeAll(async () => {
    gifts = await testApi(`${SOURCE}\ngifts:\n  - { id: monthly, on: every_month, reward: mug }\n`, NOW)
  })
  afterAll(() => gifts.close())

  test('has the code that the member read before any sweep came by', async () => {
    const { body } = await gifts.call('POST', '/v1/members', { external_id: 'early' })
    await gifts.setClock(Date.parse('2026-04-02T12:00:00Z'))
    const seen = async () => (await gifts.call('GET', `/v1/members/${body.id}`)).body.vouchers
    const [before] = await seen()
    await gifts.call('POST', '/v1/visits', { member: body.id, occurred_at: '2026-04-02T12:00:00Z' })
    expect(await seen()).toContainEqual(before)
    expect((await gifts.call('POST', `/v1/vouchers/${before.code}/use`, {})).status).toBe(200)
  })
})
