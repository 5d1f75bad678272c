/** Tills: pairing, shifts, looking up, selling, undoing, and what they did while nobody answered. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Counter, give, NOW, newMember, openCounter, openShop, pointsOf } from '../../../test/counters.ts'
import type { TestServer } from '../../../test/http.ts'
import { allowanceText } from '../../core/allowance.ts'
import { isSignedBy } from '../signing.ts'
import { captureThings } from './things.ts'

let server: TestServer
let till: Counter
let phones = 0
const phone = () => `+1202555${String(++phones).padStart(4, '0')}`
beforeAll(async () => {
  server = await openShop()
  till = await openCounter(server, 'front')
})
afterAll(() => server.drop())

const sale = (member: object | null, more: object = {}) => ({
  type: 'sale',
  member,
  lines: [{ amount: 1000 }],
  ...more,
})
const ago = (ms: number) => new Date(NOW - ms).toISOString()
const openOnes = async () => (await server.call('GET', '/v1/till/differences?status=open')).json.data

describe('pairing', () => {
  test('a code pairs once', async () => {
    const { code } = (await server.call('POST', '/v1/devices', { body: { name: 'once' } })).json
    const first = await server.call('POST', '/v1/till/pair', { key: null, body: { code: code.toLowerCase() } })
    expect(first.status).toBe(201)
    const second = await server.call('POST', '/v1/till/pair', { key: null, body: { code } })
    expect(second).toMatchObject({ status: 404, json: { code: 'not_found' } })
  })

  test('a code is good for 15 minutes', async () => {
    const { device, code } = (await server.call('POST', '/v1/devices', { body: { name: 'slow' } })).json
    await server.ledger.database.db.query('update till_device set pairing_until_ms = $2 where id = $1', [
      device.id,
      Date.now() - 1,
    ])
    expect((await server.call('POST', '/v1/till/pair', { key: null, body: { code } })).status).toBe(404)
  })

  test('a till that is revoked is out at once', async () => {
    const other = await openCounter(server, 'gone')
    expect((await other.call('GET', '/v1/till')).status).toBe(200)
    await server.call('DELETE', `/v1/devices/${other.device}`)
    expect((await other.call('GET', '/v1/till')).json.code).toBe('unauthenticated')
  })

  test('a till may not browse members', async () => {
    for (const path of ['/v1/members', '/v1/members?q=a', '/v1/members?phone=%2B12025550001'])
      expect((await till.call('GET', path)).json.code).toBe('forbidden')
  })
})

describe('shifts', () => {
  test('five wrong numbers lock the person, at every till', async () => {
    const other = await openCounter(server, 'guessed')
    for (let i = 0; i < 5; i++)
      expect((await other.call('POST', '/v1/till/shifts', { staff: other.staff, pin: '0000' })).json.code).toBe(
        'forbidden',
      )
    const locked = await till.call('POST', '/v1/till/shifts', { staff: other.staff, pin: '2718' })
    expect(locked.json.code).toBe('too_many_guesses')
  })

  test('without a shift nobody is looked up and nothing is sold', async () => {
    expect((await till.call('POST', '/v1/till/lookup', { phone: '+12025550001' }, null)).json.code).toBe('shift_over')
    expect((await till.call('POST', '/v1/till/deeds', till.deed(sale(null)), null)).json.code).toBe('shift_over')
  })

  test('a shift ends by itself', async () => {
    const other = await openCounter(server, 'late')
    await server.ledger.database.db.query('update till_shift set begun_ms = 0, ends_ms = 1 where device = $1', [
      other.device,
    ])
    expect((await other.call('POST', '/v1/till/lookup', { phone: '+12025550001' })).json.code).toBe('shift_over')
  })
})

describe('looking up', () => {
  test('answers exactly who it is, masked, and what they can have', async () => {
    const number = phone()
    const id = await newMember(server, number, 60)
    const { member } = (await till.call('POST', '/v1/till/lookup', { phone: number.slice(2) })).json
    expect(member).toMatchObject({ id, name: 'Ada L.', phone: `•• ${number.slice(-2)}` })
    expect(member.rewards).toMatchObject([
      { reward: 'two-off', available: true },
      { reward: 'free-drink', available: false, missing: { code: 'insufficient_points', points: 20 } },
      { reward: 'mug', available: false, missing: { points: 40 } },
    ])
    expect(JSON.stringify(member)).not.toContain('Lovelace')
    expect((await till.call('POST', '/v1/till/lookup', { phone: number.slice(0, -1) })).json.member ?? null).toBe(null)
  })

  test('finds by card, by receipt and by nothing else', async () => {
    const id = await newMember(server, phone())
    const { card_number } = (await server.call('GET', `/v1/members/${id}`)).json
    expect((await till.call('POST', '/v1/till/lookup', { card: card_number })).json.member.id).toBe(id)
    const sold = (await till.send(sale({ id }))).json
    const { receipt } = (await till.call('POST', '/v1/till/lookup', { receipt: sold.id })).json
    expect(receipt).toMatchObject({
      order: sold.id,
      total: 1000,
      member: 'Ada L.',
      lines: [{ quantity: 1, returnable: 1 }],
    })
    expect((await till.call('POST', '/v1/till/lookup', {})).status).toBe(400)
  })

  test('every look-up stands in the audit log, without the number', async () => {
    const number = phone()
    const id = await newMember(server, number)
    await till.call('POST', '/v1/till/lookup', { phone: number })
    const { rows } = await server.ledger.database.db.query<{ row: string }>(
      `select to_jsonb(audit)::text as row from audit where action = 'lookUp' and about = $1`,
      [id],
    )
    expect(rows).toHaveLength(1)
    expect(JSON.parse(rows[0]!.row)).toMatchObject({ staff: till.staff, device: till.device, after: { by: 'phone' } })
    expect(rows[0]!.row).not.toContain(number.slice(2))
  })
})

describe('selling', () => {
  test('a sale that is sent twice is one sale', async () => {
    const id = await newMember(server, phone())
    const deed = till.deed(sale({ id }))
    const [first, second] = await Promise.all([1, 2].map(() => till.call('POST', '/v1/till/deeds', deed)))
    expect(second!.json).toEqual(first!.json)
    expect(first!.json.sale).toMatchObject({ total: 1000, to_pay: 1000, earned: [{ wallet: 'points', points: 10 }] })
    expect((await pointsOf(server, id)).available).toBe(10)
  })

  test('another sale under the same id is refused', async () => {
    const deed = till.deed(sale(null))
    await till.call('POST', '/v1/till/deeds', deed)
    const other = await till.call('POST', '/v1/till/deeds', { ...deed, lines: [{ amount: 999 }] })
    expect(other.json.code).toBe('idempotency_conflict')
  })

  test('the till chooses how many points to use, and the quote says what they pay', async () => {
    const source = `
program: shop
name: Shop
currency: USD
timezone: UTC
wallets:
  points: { expiry: never }
earning:
  - { id: base, on: order, earn: 1 per 1.00 }
exchange:
  - { wallet: points, points: 10, worth: 0.10, as: payment }
`
    const other = await openShop(source)
    const counter = await openCounter(other, 'front')
    const id = await newMember(other, phone(), 500)
    const quoted = (await counter.call('POST', '/v1/till/quote', { member: id, lines: [{ amount: 300 }] })).json
    expect(quoted.exchange).toEqual([{ wallet: 'points', step: 1, points: 300, amount: 300 }])
    const sold = await counter.send(
      sale({ id }, { lines: [{ amount: 300 }], redeem: [{ points: 120, wallet: 'points' }] }),
    )
    expect(sold.json.sale.to_pay).toBe(180)
    await other.drop()
  })

  test('a reward off the order and a thing beside it, and undone within 30 seconds all is as it was', async () => {
    const id = await newMember(server, phone(), 200)
    const sold = (await till.send(sale({ id }, { redeem: [{ reward: 'two-off' }, { reward: 'mug' }] }))).json
    expect(sold.sale).toMatchObject({ discount: 200, to_pay: 800, redeemed: [{ points: 50 }, { points: 100 }] })
    expect(await pointsOf(server, id)).toEqual({ available: 58, held: 100, debt: 0 })
    const undone = await till.send({ type: 'undo', sale: sold.id })
    expect(undone.json).toMatchObject({ state: 'done', differences: [] })
    expect(await pointsOf(server, id)).toEqual({ available: 200, held: 0, debt: 0 })
    expect((await till.send({ type: 'undo', sale: sold.id })).json.state).toBe('done')
    expect(await pointsOf(server, id)).toEqual({ available: 200, held: 0, debt: 0 })
  })

  test('what was handed over is spent once the sale cannot be undone any more', async () => {
    const id = await newMember(server, phone(), 100)
    await till.send(sale({ id }, { redeem: [{ reward: 'mug' }] }))
    await server.ledger.database.db.query('update till_held set capture_after_ms = 0')
    await captureThings(server.services)
    expect(await pointsOf(server, id)).toEqual({ available: 10, held: 0, debt: 0 })
  })

  test('after 30 seconds a sale is not undone but returned', async () => {
    const id = await newMember(server, phone())
    const sold = (await till.send(sale({ id }, { at: ago(60_000) }))).json
    expect((await till.send({ type: 'undo', sale: sold.id })).json.code).toBe('too_late')
    const back = await till.send({ type: 'return', order: sold.id, lines: [{ id: '1', quantity: 1 }] })
    expect(back.json).toMatchObject({ state: 'done', refund: 1000 })
    expect((await pointsOf(server, id)).available).toBe(0)
  })

  test('two tills at once do not give the same reward twice', async () => {
    const other = await openCounter(server, 'side')
    const id = await newMember(server, phone(), 50)
    const sold = await Promise.all(
      [till, other].map((one) => one.send(sale({ id }, { redeem: [{ reward: 'two-off' }] }))),
    )
    expect(sold.map(({ status }) => status).sort()).toEqual([200, 422])
    expect((await pointsOf(server, id)).available).toBe(8)
  })

  test('a cashier who sells to themselves is flagged', async () => {
    const id = await newMember(server, phone())
    const account = Number.parseInt(id.slice(4), 36)
    await server.ledger.database.db.query('update staff_role set account = $2 where staff = $1', [till.staff, account])
    const sold = (await till.send(sale({ id }))).json
    const { data } = (await server.call('GET', '/v1/till/flags')).json
    expect(data).toMatchObject([{ deed: sold.id, member: id, staff: till.staff, points: 10, amount: 1000 }])
    await server.ledger.database.db.query('update staff_role set account = null where staff = $1', [till.staff])
  })
})

describe('enrolling', () => {
  const consent = { locale: 'en', text: 'I agree.' }

  test('keeps when, by whom and to which text', async () => {
    const done = (await till.send({ type: 'enrolment', phone: phone(), consent })).json
    const { rows } = await server.ledger.database.db.query('select * from till_consent where deed = $1', [done.id])
    expect(rows).toMatchObject([{ given_ms: NOW, staff: till.staff, locale: 'en', text: 'I agree.' }])
    const file = (await server.call('GET', `/v1/members/${done.member}/export`)).json
    expect(file.consents).toEqual([{ given_at: '2026-05-05T15:00:00Z', locale: 'en', text: 'I agree.' }])
  })

  test('whoever is a member already gets the sales of the enrolment', async () => {
    const number = phone()
    const id = await newMember(server, number)
    const enrolled = (await till.send({ type: 'enrolment', phone: number, consent, kept: true, at: ago(7_200_000) }))
      .json
    expect(enrolled.member).toBe(id)
    await till.send(sale({ enrolment: enrolled.id }, { kept: true, at: ago(3_600_000) }))
    expect((await pointsOf(server, id)).available).toBe(10)
  })

  test('a new member bought before the server heard of them', async () => {
    const enrolled = (await till.send({ type: 'enrolment', phone: phone(), consent, kept: true, at: ago(7_200_000) }))
      .json
    const sold = (await till.send(sale({ enrolment: enrolled.id }, { kept: true, at: ago(3_600_000) }))).json
    expect(sold).toMatchObject({ state: 'done', member: enrolled.member })
    expect((await pointsOf(server, enrolled.member)).available).toBe(10)
  })
})

describe('while nobody answered', () => {
  let allowance: string
  beforeEach(async () => {
    allowance = (await till.call('GET', '/v1/till')).json.offline.allowance.id
  })
  const offline = (member: object, redeem: object[], more: object = {}) =>
    sale(member, { kept: true, at: ago(0), redeem, allowance, ...more })

  test('the allowance is signed by the server', async () => {
    const { offline: signed, public_key } = (await till.call('GET', '/v1/till')).json
    expect(isSignedBy(public_key, allowanceText(signed.allowance), Buffer.from(signed.signature, 'base64'))).toBe(true)
    const more = { ...signed.allowance, points: 1_000_000 }
    expect(isSignedBy(public_key, allowanceText(more), Buffer.from(signed.signature, 'base64'))).toBe(false)
  })

  test('a redemption for which the balance suffices is an ordinary one', async () => {
    const number = phone()
    const id = await newMember(server, number, 60)
    const sold = (await till.send(offline({ phone: number }, [{ reward: 'two-off', amount: 200 }]))).json
    expect(sold).toMatchObject({ state: 'done', sale: { to_pay: 800, redeemed: [{ points: 50 }] } })
    expect((await pointsOf(server, id)).available).toBe(18)
  })

  test('one for which it does not suffice leaves the balance and stands open until a person settles it', async () => {
    const id = await newMember(server, phone(), 10)
    const sold = (await till.send(offline({ id }, [{ reward: 'two-off', amount: 200 }]))).json
    expect(sold).toMatchObject({ state: 'open', sale: { to_pay: 800 }, differences: [{ code: 'insufficient_points' }] })
    expect(await pointsOf(server, id)).toEqual({ available: 18, held: 0, debt: 0 })
    const [one] = await openOnes()
    expect(one).toMatchObject({
      kind: 'not_redeemed',
      deed: sold.id,
      member: id,
      reward: 'two-off',
      points: 50,
      amount: 200,
    })
    const settle = (body: object) => server.call('POST', `/v1/till/differences/${one.id}/settle`, { body })
    expect((await settle({ how: 'waive' })).json.code).toBe('reason_required')
    expect((await settle({ how: 'take', reason: 'They have points now' })).json.code).toBe('insufficient_points')
    await give(server, id, 50)
    expect((await settle({ how: 'take', reason: 'They have points now' })).json.how).toBe('taken')
    expect((await pointsOf(server, id)).available).toBe(18)
    expect((await settle({ how: 'take', reason: 'Again' })).json.code).toBe('adjustment_closed')
    expect(await openOnes()).toEqual([])
  })

  test('where the program lets members owe, they owe', async () => {
    const other = await openShop(
      `${(await import('../../../test/counters.ts')).SHOP}\nadjustments: { below_zero: owed }\n`,
    )
    const counter = await openCounter(other, 'front')
    const id = await newMember(other, phone(), 10)
    const deed = {
      ...offline({ id }, [{ reward: 'two-off', amount: 200 }]),
      allowance: counter.state.offline.allowance.id,
    }
    const sold = (await counter.send(deed)).json
    expect(sold).toMatchObject({ state: 'done', differences: [] })
    expect(await pointsOf(other, id)).toEqual({ available: 0, held: 0, debt: 32 })
    await counter.send({ type: 'undo', sale: sold.id, kept: true })
    expect(await pointsOf(other, id)).toEqual({ available: 10, held: 0, debt: 0 })
    await other.drop()
  })

  test('what is beyond the allowance is nobody’s redemption until a person has looked at it', async () => {
    const id = await newMember(server, phone(), 500)
    await till.send(offline({ id }, [{ reward: 'two-off', amount: 200 }]))
    const second = (await till.send(offline({ id }, [{ reward: 'two-off', amount: 200 }]))).json
    expect(second).toMatchObject({ state: 'open', differences: [{ code: 'beyond_allowance' }] })
    const none = (await till.send(offline({ id }, [{ reward: 'mug' }], { allowance: null }))).json
    expect(none.differences).toMatchObject([{ code: 'beyond_allowance' }])
    expect((await pointsOf(server, id)).available).toBe(500 - 50 + 8 + 8 + 10)
    for (const { id: open } of await openOnes())
      await server.call('POST', `/v1/till/differences/${open}/settle`, { body: { how: 'waive', reason: 'Seen' } })
  })

  test('a sale to somebody whom nobody knows waits for a person, and is booked to whom they name', async () => {
    const sold = (await till.send(sale({ phone: phone() }, { kept: true }))).json
    expect(sold).toMatchObject({ state: 'open', member: null, differences: [{ kind: 'no_member' }] })
    const [one] = await openOnes()
    const id = await newMember(server, phone())
    const body = { how: 'book', member: id, reason: 'They wrote to us' }
    const settled = await server.call('POST', `/v1/till/differences/${one.id}/settle`, { body })
    expect(settled.json).toMatchObject({ how: 'booked' })
    expect((await pointsOf(server, id)).available).toBe(10)
    expect((await server.call('GET', `/v1/orders/${sold.id}`)).json.order.member).toBe(id)
  })

  test('a clock that goes wrong is put right by what it says as it sends', async () => {
    const id = await newMember(server, phone())
    const year = 365 * 86_400_000
    const sold = (await till.send(sale({ id }, { kept: true, at: ago(year + 7_200_000), sent_at: ago(year) }))).json
    const { order } = (await server.call('GET', `/v1/orders/${sold.id}`)).json
    expect(Date.parse(order.occurred_at)).toBe(NOW - 7_200_000)
  })

  test('what is too late for the program stands open, and can be booked as of now', async () => {
    const id = await newMember(server, phone())
    const sold = (await till.send(sale({ id }, { kept: true, at: ago(40 * 86_400_000) }))).json
    expect(sold.differences).toMatchObject([{ kind: 'refused', code: 'too_late' }])
    const [one] = await openOnes()
    await server.call('POST', `/v1/till/differences/${one.id}/settle`, {
      body: { how: 'book', reason: 'Found in a drawer' },
    })
    expect((await pointsOf(server, id)).available).toBe(10)
  })
})
