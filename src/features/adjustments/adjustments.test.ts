/** Points given and taken by hand: with a reason, within limits, and above them only when a second person agrees. */

import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Json, type TestApi, testApi } from '../../../test/api.ts'
import { at, Driver, foldLots, foldPostings, programOf } from '../../../test/history.ts'
import { decodeAccount, encodeAccount } from '../../core/account.ts'
import { sums } from '../../core/points.ts'
import { Refusal } from '../../core/refusal.ts'
import { DAY_MS } from '../../core/time.ts'
import { verify } from '../../engine/verify.ts'

const PROGRAM = {
  program: 'shop',
  name: 'Shop',
  currency: 'USD',
  timezone: 'America/New_York',
  wallets: {
    points: { expiry: { after: '6 months', until_end_of: 'month' } },
    credit: { decimals: 2 },
  },
  earning: [{ id: 'visit', on: 'visit', earn: 100, wallet: 'points' }],
  rewards: [{ id: 'mug', cost: '30 points', gives: { amount_off: '5.00' } }],
}
/** A Friday morning in New York. */
const NOW = at('2026-05-01T13:00:00Z')

let api: TestApi
let member: Json
let support: TestApi['call']
let other: TestApi['call']
beforeAll(async () => {
  api = await testApi(JSON.stringify(PROGRAM), NOW)
  other = await api.as('support', { actor: 'Omar' })
})
afterAll(() => api.close())

let count = 0
beforeEach(async () => {
  support = await api.as('support', { actor: `Sue ${++count}` })
  member = (await api.call('POST', '/v1/members', { external_id: `m${count}` })).body
})

const adjust = (call: TestApi['call'], points: number, more: object = {}, headers = {}) =>
  call(
    'POST',
    '/v1/adjustments',
    { member: member.id, wallet: 'points', points, reason: 'The order was late', ...more },
    headers,
  )
const balance = async (wallet = 'points') => {
  const { body } = await api.call('GET', `/v1/members/${member.id}`)
  return body.balances.find((one: Json) => one.wallet === wallet)
}

describe('an adjustment', () => {
  test('gives points into a lot of its own kind, with the expiry of the wallet', async () => {
    const { status, body } = await adjust(support, 50)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      id: expect.stringMatching(/^adj_/),
      member: member.id,
      points: 50,
      reason: 'The order was late',
      status: 'applied',
      requested_by: `Sue ${count}`,
      decided_by: `Sue ${count}`,
      postings: [{ from: 'issued', to: 'available', points: 50, expires_at: '2026-12-01T05:00:00Z' }],
    })
    expect(body.postings[0].lot).toMatch(/^adjustment\/2026-05/)
    expect(await balance()).toMatchObject({ available: 50 })
    expect((await api.call('GET', `/v1/adjustments/${body.id}`)).body).toEqual(body)
  })

  test('takes points in the order of spending, booked apart from what is spent', async () => {
    await adjust(support, 50)
    const { body } = await adjust(support, -20)
    expect(body.postings).toMatchObject([{ from: 'available', to: 'adjusted', points: 20 }])
    expect(await balance()).toMatchObject({ available: 30 })
  })

  test('takes no more than is available, unless the program lets the member owe it', async () => {
    expect(await adjust(support, -1)).toMatchObject({ status: 422, body: { code: 'insufficient_points' } })
    const driver = new Driver(programOf({ ...PROGRAM, adjustments: { below_zero: 'owed' } }), NOW)
    driver.send('join', {})
    driver.send('visit', {})
    driver.send('adjust', { wallet: 'points', points: -130, reason: 'Taken twice', actor: 'Sue' })
    expect(driver.balance('points')).toEqual({ available: 0, pending: 0, held: 0, debt: 30 })
    driver.send('adjust', { wallet: 'points', points: 50, reason: 'Found again', actor: 'Sue' })
    expect(driver.balance('points')).toEqual({ available: 20, pending: 0, held: 0, debt: 0 })
  })

  test('needs a reason', async () => {
    for (const reason of [undefined, '', '  '])
      expect(await adjust(support, 10, { reason })).toMatchObject({ status: 422, body: { code: 'reason_required' } })
    expect(await balance()).toMatchObject({ available: 0 })
  })

  test('of nothing, of no wallet, or of nobody is refused', async () => {
    expect(await adjust(support, 0)).toMatchObject({ status: 400, body: { errors: [{ pointer: '/points' }] } })
    const unknown = await adjust(support, 5, { wallet: 'stars' })
    expect(unknown).toMatchObject({ status: 400, body: { code: 'invalid', errors: [{ pointer: '/wallet' }] } })
    expect(await adjust(support, 5, { member: 'external:nobody' })).toMatchObject({ status: 404 })
  })

  test('is done once for each Idempotency-Key, and not for another actor under the same', async () => {
    const key = { 'idempotency-key': `once-${count}` }
    const first = await adjust(support, 50, {}, key)
    const again = await adjust(support, 50, {}, key)
    expect(again).toMatchObject({ status: 200, body: first.body })
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(await adjust(other, 50, {}, key)).toMatchObject({ status: 409, body: { code: 'idempotency_conflict' } })
    expect(await balance()).toMatchObject({ available: 50 })
  })

  test('is a line of a batch', async () => {
    const body = { member: member.id, wallet: 'points', points: 5, reason: 'Sorry' }
    const lines = [
      { type: 'adjustment', key: `b1-${count}`, body },
      { type: 'adjustment', key: `b2-${count}`, body: { ...body, points: 501 } },
      { type: 'adjustment', key: `b3-${count}`, body: { ...body, reason: '' } },
    ]
    const answer = await support('POST', '/v1/batch', lines.map((line) => JSON.stringify(line)).join('\n'))
    const statuses = answer.body
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line).status)
    expect(statuses).toEqual([200, 202, 422])
  })
})

describe('above the limit', () => {
  test('an adjustment waits until another actor approves', async () => {
    const asked = await adjust(support, 501)
    expect(asked).toMatchObject({ status: 202, body: { status: 'pending_approval', decided_by: null, postings: [] } })
    expect(await balance()).toMatchObject({ available: 0 })
    const path = `/v1/adjustments/${asked.body.id}`
    expect(await support('POST', `${path}/approve`)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    const { body: waiting } = await api.call('GET', '/v1/adjustments?status=pending_approval')
    expect(waiting.data[0]).toEqual({ ...asked.body, member_name: member.name })
    const approved = await other('POST', `${path}/approve`)
    expect(approved).toMatchObject({ status: 200, body: { status: 'applied', decided_by: 'Omar' } })
    expect(approved.body.postings).toMatchObject([{ from: 'issued', to: 'available', points: 501 }])
    expect(await balance()).toMatchObject({ available: 501 })
    expect((await api.call('GET', path)).body).toEqual(approved.body)
    expect((await api.call('GET', '/v1/adjustments?limit=1')).body.data).toEqual([
      { ...approved.body, member_name: member.name },
    ])
  })

  test('another key of the same actor cannot approve it either', async () => {
    const { body } = await adjust(support, 501)
    const same = await api.as('owner', { actor: `Sue ${count}` })
    expect(await same('POST', `/v1/adjustments/${body.id}/approve`)).toMatchObject({ status: 403 })
  })

  test('it is decided once', async () => {
    const { body } = await adjust(support, 501)
    const path = `/v1/adjustments/${body.id}`
    const closed = { status: 422, body: { code: 'adjustment_closed' } }
    const key = { 'idempotency-key': `approve-${count}` }
    const approved = await other('POST', `${path}/approve`, undefined, key)
    expect(await other('POST', `${path}/approve`, undefined, key)).toMatchObject({ status: 200, body: approved.body })
    expect(await other('POST', `${path}/approve`)).toMatchObject(closed)
    expect(await other('POST', `${path}/reject`)).toMatchObject(closed)
    expect(await balance()).toMatchObject({ available: 501 })
    expect(await other('POST', '/v1/adjustments/adj_zz/approve')).toMatchObject({ status: 404 })
    const visit = await api.call('POST', '/v1/visits', { member: member.id, occurred_at: '2026-05-01T13:00:00Z' })
    const act = visit.body.id.replace('act', 'adj')
    expect(await other('POST', `/v1/adjustments/${act}/approve`)).toMatchObject({ status: 404 })
  })

  test('two people who approve at the same moment move the points once', async () => {
    const { body } = await adjust(support, 501)
    const answers = await Promise.all(
      [other, api.call, other, api.call].map((call) => call('POST', `/v1/adjustments/${body.id}/approve`)),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422])
    expect(await balance()).toMatchObject({ available: 501 })
  })

  test('a rejected one moves nothing; whoever asked may take it back', async () => {
    const { body } = await adjust(support, 501)
    const rejected = await support('POST', `/v1/adjustments/${body.id}/reject`)
    expect(rejected).toMatchObject({ status: 200, body: { status: 'rejected', postings: [] } })
    expect(await other('POST', `/v1/adjustments/${body.id}/approve`)).toMatchObject({ status: 422 })
    expect(await balance()).toMatchObject({ available: 0 })
  })

  test('an approval finds the points gone that were to be taken', async () => {
    await api.call('POST', '/v1/adjustments', { member: member.id, wallet: 'points', points: 600, reason: 'Opening' })
    const { body, status } = await adjust(support, -600)
    expect(status).toBe(202)
    await api.call('POST', '/v1/redemptions', { member: member.id, reward: 'mug', capture: true })
    const path = `/v1/adjustments/${body.id}`
    expect(await other('POST', `${path}/approve`)).toMatchObject({ body: { code: 'insufficient_points' } })
    expect((await api.call('GET', path)).body.status).toBe('pending_approval')
    expect(await adjust(support, -600)).toMatchObject({ body: { code: 'insufficient_points' } })
  })

  test('what waits for a member who is merged reaches the one who is left', async () => {
    const asked = await adjust(support, 501)
    const { body: winner } = await api.call('POST', '/v1/members', { external_id: `winner-${count}` })
    await api.call('POST', `/v1/members/${member.id}/merge`, { into: winner.id })
    const path = `/v1/adjustments/${asked.body.id}`
    expect(await other('POST', `${path}/approve`)).toMatchObject({ status: 200, body: { status: 'applied' } })
    expect(await other('POST', `${path}/approve`)).toMatchObject({ status: 422, body: { code: 'adjustment_closed' } })
    expect((await api.call('GET', path)).body).toMatchObject({ status: 'applied', decided_by: 'Omar' })
    expect((await api.call('GET', `/v1/members/${winner.id}`)).body.balances[0]).toMatchObject({ available: 501 })
    const { body } = await api.call('GET', `/v1/adjustments?limit=100`)
    expect(body.data.filter(({ id }: Json) => id === asked.body.id)).toHaveLength(1)
  })

  test('a replay of the request still says that it waits', async () => {
    const key = { 'idempotency-key': `wait-${count}` }
    const asked = await adjust(support, 501, {}, key)
    await other('POST', `/v1/adjustments/${asked.body.id}/approve`)
    expect(await adjust(support, 501, {}, key)).toMatchObject({ status: 202, body: asked.body })
  })
})

describe('what a key may alone', () => {
  test('follows its role: a cashier nothing at all, an owner any amount', async () => {
    expect(await adjust(await api.as('cashier'), 1)).toMatchObject({ status: 403 })
    expect(await adjust(await api.as('marketer'), 1)).toMatchObject({ status: 403 })
    expect(await adjust(await api.as('developer'), 1)).toMatchObject({ status: 202 })
    expect(await adjust(await api.as('finance'), 10_000)).toMatchObject({ status: 200 })
    expect(await adjust(api.call, 1_000_000)).toMatchObject({ status: 200 })
  })

  test('is what the key says, in whole points of whichever wallet, taking as giving', async () => {
    const limits = { adjustment: { per_adjustment: 20, per_day: 50 } }
    const limited = await api.as('owner', { actor: `Lea ${count}`, limits })
    expect((await adjust(limited, 20)).status).toBe(200)
    expect((await adjust(limited, -20)).status).toBe(200)
    expect((await adjust(limited, 21)).status).toBe(202)
    expect((await adjust(limited, 2_000, { wallet: 'credit' })).status).toBe(200)
    expect((await adjust(limited, 2_001, { wallet: 'credit' })).status).toBe(202)
    // 40 of the 50 of this day are used up, whoever is given them, and the next day begins anew.
    expect((await adjust(limited, 11)).status).toBe(202)
    expect((await adjust(limited, 10)).status).toBe(200)
    expect((await adjust(limited, 1)).status).toBe(202)
    await api.setClock(NOW + DAY_MS)
    expect((await adjust(limited, 20)).status).toBe(200)
    await api.setClock(NOW)
  })

  test('is not spent by what is refused', async () => {
    const limits = { adjustment: { per_adjustment: 20, per_day: 20 } }
    const limited = await api.as('support', { actor: `Ned ${count}`, limits })
    expect((await adjust(limited, -20)).status).toBe(422)
    expect((await adjust(limited, 20)).status).toBe(200)
  })

  test('holds for many at the same moment', async () => {
    const limits = { adjustment: { per_adjustment: 10, per_day: 30 } }
    const limited = await api.as('support', { actor: `Max ${count}`, limits })
    const answers = await Promise.all(Array.from({ length: 8 }, () => adjust(limited, 10)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 202, 202, 202, 202, 202])
  })
})

describe('the bugs of others', () => {
  test('"Admins could reset a balance unlogged": who, why and how many stand in the time line for good', async () => {
    await api.call('POST', '/v1/visits', { member: member.id, occurred_at: '2026-05-01T13:00:00Z' })
    const owner = await api.as('owner', { actor: 'The boss' })
    await adjust(owner, -100, { reason: 'Reset' })
    expect(await balance()).toMatchObject({ available: 0 })
    const line = (await api.call('GET', `/v1/members/${member.id}/activities`)).body.data
    expect(line[0]).toMatchObject({
      type: 'adjust',
      body: { points: -100, reason: 'Reset', actor: 'The boss' },
      postings: [{ from: 'available', to: 'adjusted', points: 100 }],
    })
    const result = await verify(api.ledger.database.db, api.ledger.programs)
    expect(result.differences).toEqual([])
    const { db } = api.ledger.database
    await db.query(`update activity set body = replace(body, 'The boss', 'Nobody') where body like '%The boss%'`)
    expect((await verify(db, api.ledger.programs)).differences.map(({ cause }) => cause)).not.toEqual([])
    await db.query(`update activity set body = replace(body, 'Nobody', 'The boss') where body like '%Nobody%'`)
  })
})

test('random adjustments, approvals, visits and redemptions: balance = sum of postings = replay', () => {
  const program = programOf({ ...PROGRAM, adjustments: { below_zero: 'owed' } })
  const amount = fc.integer({ min: -300, max: 300 }).filter((points) => points !== 0)
  const actor = fc.constantFrom('Sue', 'Omar')
  const step = fc.oneof(
    fc.record({ do: fc.constant('adjust' as const), amount, actor, limited: fc.boolean() }),
    fc.record({ do: fc.constantFrom('approve' as const, 'reject' as const), which: fc.nat({ max: 5 }), actor }),
    fc.record({ do: fc.constantFrom('visit' as const, 'redeem' as const, 'wait' as const) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const driver = new Driver(program, NOW, { encoded: true })
      driver.send('join', {})
      const asked: number[] = []
      for (const one of steps) {
        if (one.do === 'wait') driver.now += 20 * DAY_MS
        if (one.do === 'visit') driver.send('visit', {})
        if (one.do === 'redeem') driver.send('redeem', { reward: 'mug', quantity: 1, capture: true })
        if (one.do === 'adjust') {
          const limit = one.limited ? { limit: { per_adjustment: 100, per_day: 250 } } : {}
          const body = { wallet: 'points', points: one.amount, reason: 'So', actor: one.actor, ...limit }
          const answer = driver.send('adjust', body)
          if (!(answer instanceof Refusal)) asked.push(answer.activity.id)
        }
        if (one.do === 'approve' || one.do === 'reject') {
          const adjustment = asked.at(-1 - one.which)
          if (adjustment !== undefined) driver.send(one.do, { adjustment, actor: one.actor })
        }
        expectBooksToBalance(driver)
      }
      expectWhatWasDecided(driver)
    }),
    { numRuns: 300 },
  )
})

function expectBooksToBalance(driver: Driver): void {
  const folded = foldPostings(driver.postings)
  for (const wallet of driver.account.wallets)
    expect(sums(wallet)).toEqual(folded.sums[wallet.id] ?? { available: 0, pending: 0, held: 0, debt: 0 })
  const open = Object.fromEntries(Object.entries(folded.lots).filter(([, points]) => points !== 0))
  expect(foldLots(driver.account)).toEqual(open)
  const { account } = driver
  expect(encodeAccount(decodeAccount(encodeAccount(account), account.seq))).toBe(encodeAccount(account))
}

/** What adjustments moved is what those that were applied say, and nobody agreed with themselves above their limit. */
function expectWhatWasDecided(driver: Driver): void {
  const latest = new Map(driver.decisions.flatMap((d) => d.adjustments.map((one) => [one.activity, one])))
  const applied = [...latest.values()].filter(({ status }) => status === 'applied')
  const moved = driver.postings.reduce((sum, { from, to, points, lot }) => {
    if (to === 'adjusted') return sum - points
    return from === 'issued' && lot?.kind === 'adjustment' ? sum + points : sum
  }, 0)
  expect(moved).toBe(applied.reduce((sum, { points }) => sum + points, 0))
  const waited = driver.decisions.flatMap((d) => d.adjustments.filter(({ status }) => status === 'pending_approval'))
  for (const { activity, requested_by } of waited) {
    const { status, decided_by } = latest.get(activity)!
    if (status === 'applied') expect(decided_by).not.toBe(requested_by)
  }
}
