/** Points that come once a year: a dividend for the year before, with returns and late purchases. */

import { describe, expect, test } from 'vitest'
import { at, Driver, programOf } from '../../../test/history.ts'
import { compileProgram } from '../../core/program.ts'
import { DAY_MS } from '../../core/time.ts'
import { features } from '../index.ts'

const FILE = `
program: co-op
name: Co-op
currency: USD
timezone: America/Denver
late_limit: 90 days
wallets: { dividend: { decimals: 2, expiry: { after: 2 years, on: 12-31 } } }
earning: [{ id: dividend, on: order, earn: 10%, pending: { on: 03-01 } }]
`

function member(file = FILE, now = '2026-05-04T18:00:00Z'): Driver {
  const driver = new Driver(programOf(file), at(now))
  driver.send('join', {})
  return driver
}

function buy(driver: Driver, id: string, cents: number, occurred = driver.now) {
  const lines = [{ id: '1', sku: 'tent', quantity: 1, unit_price: cents }]
  return driver.order({ external_id: id, currency: 'USD', prices: 'tax_excluded', lines }, occurred)
}

function balanceAt(driver: Driver, time: string) {
  driver.now = at(time)
  driver.wake()
  const { available, pending } = driver.balance('dividend')
  return [available, pending]
}

describe('a dividend', () => {
  test('of a year comes on its day of the next one, at the beginning of that day', () => {
    const ana = member()
    buy(ana, 'a', 20_000)
    expect(balanceAt(ana, '2026-12-31T18:00:00Z')).toEqual([0, 2000])
    buy(ana, 'b', 10_000)
    expect(balanceAt(ana, '2027-01-02T18:00:00Z')).toEqual([0, 3000])
    buy(ana, 'c', 5000)
    expect(balanceAt(ana, '2027-03-01T06:59:59Z')).toEqual([0, 3500])
    expect(balanceAt(ana, '2027-03-01T07:00:00Z')).toEqual([3000, 500])
    expect(balanceAt(ana, '2028-03-01T07:00:00Z')).toEqual([3500, 0])
  })

  test('is smaller by what came back, before its day and after it', () => {
    const ana = member()
    buy(ana, 'a', 20_000)
    buy(ana, 'b', 10_000)
    ana.send('cancel', { order: 'a' })
    expect(balanceAt(ana, '2027-03-02T18:00:00Z')).toEqual([1000, 0])
    ana.send('cancel', { order: 'b' })
    expect(balanceAt(ana, '2027-03-03T18:00:00Z')).toEqual([0, 0])
  })

  test('of a purchase that is told late is that of the year in which it was made', () => {
    const ana = member(FILE, '2026-12-30T18:00:00Z')
    ana.now += 75 * DAY_MS
    buy(ana, 'late', 4000, at('2026-12-30T18:00:00Z'))
    buy(ana, 'now', 1000)
    ana.wake()
    const { available, pending } = ana.balance('dividend')
    expect([available, pending]).toEqual([400, 100])
  })
})

test('all that was earned until a day can come on the next one', () => {
  const ana = member(FILE.replace('{ on: 03-01 }', '{ on: 06-30, of: all }'))
  buy(ana, 'a', 20_000)
  expect(balanceAt(ana, '2026-06-30T06:00:00Z')).toEqual([2000, 0])
  buy(ana, 'b', 10_000)
  expect(balanceAt(ana, '2027-06-29T18:00:00Z')).toEqual([2000, 1000])
  expect(balanceAt(ana, '2027-06-30T06:00:00Z')).toEqual([3000, 0])
})

test.each([
  ['{ after: 2 years, on: 12-31 }', '{ after: 6 months }'],
  ['{ on: 03-01 }', '{ on: 3-1 }'],
  ['{ on: 03-01 }', '{ on: 03-01, of: never }'],
])('a program with %s as %s is told its mistake', (from, to) => {
  const { problems } = compileProgram(FILE.replace(from, to), features)
  expect(problems).toHaveLength(1)
  expect(problems[0]!.path.slice(0, 2)).toEqual(['earning', 0])
})
