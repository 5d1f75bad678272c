/** Choices: once a year, asked by rules as they were when it happened, and answered over HTTP. */

import { expect, test } from 'vitest'
import { testApi } from '../../../test/api.ts'
import { at, Driver, programOf } from '../../../test/history.ts'
import type { Deciding } from '../../core/deciding.ts'
import { compileProgram } from '../../core/program.ts'
import { Refusal } from '../../core/refusal.ts'
import { verify } from '../../engine/verify.ts'
import { features } from '../index.ts'

const FILE = `
program: airline
name: Airline
currency: USD
timezone: America/Chicago
wallets: { miles: { expiry: never } }
choices:
  - id: earn-by
    name: How you earn
    per: year
    options: [{ id: miles, name: one for each mile }, { id: money }, { id: segments }]
earning:
  - { id: by-mile, on: order, when: 'member.choice_earn_by == "miles"', earn: 1 per item, category: miles }
  - { id: by-money, on: order, when: 'member.choice_earn_by == "money"', earn: 5 per 1.00 }
  - { id: by-segment, on: order, when: 'member.choice_earn_by == "segments"', earn: 500 per item, category: segment }
`
const BEGIN = at('2026-11-10T18:00:00Z')

/** Two segments of 300.00 together, 1,400 miles. */
function fly(driver: Driver, id: string, occurred = driver.now): number {
  const lines = [
    { id: '1', sku: 'ORD-DEN', category: 'segment', quantity: 1, unit_price: 15_000 },
    { id: '2', sku: 'DEN-SJC', category: 'segment', quantity: 1, unit_price: 15_000 },
    { id: '3', sku: 'miles', category: 'miles', quantity: 1400, unit_price: 0 },
  ]
  const d = driver.order({ external_id: id, currency: 'USD', prices: 'tax_excluded', lines }, occurred) as Deciding
  return d.entries.reduce((sum, { points }) => sum + points, 0)
}

const code = (answer: Deciding | Refusal) => (answer instanceof Refusal ? answer.code : 'ok')

test('rules give by what was chosen when it happened; another choice has to wait for the next year', () => {
  const ana = new Driver(programOf(FILE), BEGIN)
  const choose = (option: string) => code(ana.send('choose', { choice: 'earn-by', option }))
  ana.send('join', {})
  expect(fly(ana, 'a')).toBe(1400)
  expect(choose('money')).toBe('ok')
  expect(fly(ana, 'b')).toBe(1500)
  expect([choose('money'), choose('segments'), choose('segment')]).toEqual(['ok', 'limit_reached', 'invalid'])
  ana.now = at('2027-01-01T05:59:59Z')
  expect(choose('segments')).toBe('limit_reached')
  ana.now = at('2027-01-01T06:00:00Z')
  expect(choose('segments')).toBe('ok')
  expect([fly(ana, 'c'), fly(ana, 'late', at('2026-12-31T18:00:00Z'))]).toEqual([1000, 1500])
  ana.send('cancel', { order: 'b' })
  expect(ana.balance('miles').available).toBe(1400 + 1000 + 1500)
})

test.each([
  ['{ id: money }', '{ id: miles }', 'duplicate_id'],
  ['member.choice_earn_by == "money"', 'member.choice_earn_by == "mony"', 'unknown_value'],
])('a program with %s as %s is told its mistake', (from, to) => {
  expect(compileProgram(FILE.replace(from, to), features).problems.length).toBeGreaterThan(0)
})

test('over HTTP it is answered once, shown with the member, and decided again alike', async () => {
  const api = await testApi(FILE, BEGIN)
  await api.call('POST', '/v1/members', { external_id: 'ana' })
  const path = '/v1/members/external:ana/choices/earn-by'
  const headers = { 'idempotency-key': 'c1' }
  const first = await api.call('PUT', path, { option: 'money' }, headers)
  expect(first.body).toMatchObject({
    choice: 'earn-by',
    option: 'money',
    may_change: false,
    changes_from: '2027-01-01T06:00:00Z',
  })
  await api.setClock(at('2027-02-01T06:00:00Z'))
  await api.call('PUT', path, { option: 'segments' })
  expect((await api.call('PUT', path, { option: 'money' }, headers)).body).toEqual(first.body)
  const { choices } = (await api.call('GET', '/v1/members/external:ana')).body
  expect(choices).toMatchObject([{ option: 'segments', name: 'How you earn' }])
  expect((await api.call('PUT', '/v1/members/external:ana/choices/seat', { option: 'aisle' })).body.code).toBe(
    'not_found',
  )
  const { ledger } = api
  expect((await verify(ledger.database.db, ledger.programs)).differences).toEqual([])
  await api.close()
})
