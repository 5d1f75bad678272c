import { expect, test } from 'vitest'
import { zone } from '../../core/time.ts'
import { guessDate, readDate, readMoney, readQuantity } from './values.ts'

const london = zone('Europe/London')!
const iso = (text: string, order: Parameters<typeof readDate>[2] = null) => {
  const ms = readDate(text, london, order)
  return ms === null ? null : new Date(ms).toISOString()
}

test.each([
  ['2010-12-01 08:26:00', '2010-12-01T08:26:00.000Z'],
  ['2011-07-01 08:26', '2011-07-01T07:26:00.000Z'],
  ['2011-07-01', '2011-06-30T23:00:00.000Z'],
  ['20110701', '2011-06-30T23:00:00.000Z'],
  ['2011/7/1 8:26', '2011-07-01T07:26:00.000Z'],
  ['2011-07-01T08:26:00.123456Z', '2011-07-01T08:26:00.123Z'],
  ['2011-07-01 08:26:00+02', '2011-07-01T06:26:00.000Z'],
  ['2011-07-01 08:26:00 +0530', '2011-07-01T02:56:00.000Z'],
  ['1323435000', '2011-12-09T12:50:00.000Z'],
  ['1323435000000', '2011-12-09T12:50:00.000Z'],
  ['1.7.2011 08:26', '2011-07-01T07:26:00.000Z'],
])('%s is %s', (text, instant) => expect(iso(text)).toBe(instant))

test('an hour that the clock skips moves forward, one that comes twice is the first', () => {
  expect(iso('2011-03-27 01:30:00')).toBe('2011-03-27T01:30:00.000Z')
  expect(iso('2011-10-30 01:30:00')).toBe('2011-10-30T00:30:00.000Z')
})

test('day and month are told apart only where the file or its owner says how', () => {
  expect(iso('3/4/2011 1:05 PM')).toBeNull()
  expect(iso('3/4/2011 1:05 PM', 'month first')).toBe('2011-03-04T13:05:00.000Z')
  expect(iso('3/4/2011 12:05 am', 'day first')).toBe('2011-04-02T23:05:00.000Z')
  expect(guessDate('3/4/2011')).toContain('date_order')
})

test.each(['2011-02-30', '2011-13-01', '2011-01-01 25:00', '1/1/11', '40513', 'yesterday', '2011-1/1', ''])(
  '“%s” is no date, and something is said about it',
  (text) => {
    expect(iso(text, 'day first')).toBeNull()
    expect(guessDate(text)).not.toBe('')
  },
)

test.each([
  ['2.55', 255, false],
  ['2', 200, false],
  ['.5', 50, false],
  ['0.001', 0, true],
  ['0.005', 1, true],
  ['1.115', 112, true],
  ['1e-3', 0, true],
  ['1.25e2', 12500, false],
  ['£1,234.50', 123450, false],
  ['2,50', 250, false],
  ['12.50 GBP', 1250, false],
  ['-0.00', 0, false],
  ['90071992547409.91', Number.MAX_SAFE_INTEGER, false],
])('%s in pounds is %i pence', (text, value, rounded) => {
  expect(readMoney(text, 'GBP', 'price')).toEqual({ value, code: null, rounded })
})

test.each([
  ['-2.55', 'price_negative'],
  ['1,234', 'price_unreadable'],
  ['$5', 'price_unreadable'],
  ['5 USD', 'price_unreadable'],
  ['NaN', 'price_unreadable'],
  ['five', 'price_unreadable'],
  ['.', 'price_unreadable'],
  ['1e99', 'price_too_large'],
  ['90071992547409.92', 'price_too_large'],
])('%s in pounds is refused as %s', (text, code) => expect(readMoney(text, 'GBP', 'price').code).toBe(code))

test('a currency without decimals rounds to whole units', () => {
  expect(readMoney('1499.5', 'JPY', 'price')).toEqual({ value: 1500, code: null, rounded: true })
})

test.each([
  ['6', 6, null],
  ['6.0', 6, null],
  ['1,000', 1000, null],
  ['0', null, 'quantity_zero'],
  ['-1', -1, null],
  ['1.5', null, 'quantity_not_whole'],
  ['two', null, 'quantity_unreadable'],
  ['99999999999', null, 'quantity_too_large'],
])('the quantity %s', (text, value, code) => expect(readQuantity(text)).toEqual({ value, code, rounded: false }))
