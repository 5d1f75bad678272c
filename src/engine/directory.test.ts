import { expect, test } from 'vitest'
import { countryOf, normalCard, normalEmail, normalPhone } from './directory.ts'

test.each([
  ['(212) 555-0123', 'US', '+12125550123'],
  ['212.555.0123', 'US', '+12125550123'],
  ['+1 212 555 0123', 'US', '+12125550123'],
  ['1-212-555-0123', 'US', '+12125550123'],
  ['020 7946 0018', 'GB', '+442079460018'],
  ['+44 (0)20 7946 0018', 'GB', '+442079460018'],
  ['0044 20 7946 0018', 'GB', '+442079460018'],
  ['+49 30 901820', null, '+4930901820'],
  ['0049 30 901820', null, '+4930901820'],
  ['030 901820', null, null],
  ['12', 'US', null],
  ['call me', 'US', null],
  ['212 555 0123 ext. 9', 'US', null],
  ['', 'US', null],
  ['9'.repeat(300), 'US', null],
] as const)('the phone %j in %s is %j', (text, country, expected) => {
  expect(normalPhone(text, country)).toBe(expected)
})

test('the country of a currency is the one that its code names', () => {
  expect(['USD', 'GBP', 'JPY', 'CHF', 'EUR', 'XAF'].map(countryOf)).toEqual(['US', 'GB', 'JP', 'CH', null, null])
})

test.each([
  [' Ana@Example.COM ', 'ana@example.com'],
  ['a.b+c@mail.example.co.uk', 'a.b+c@mail.example.co.uk'],
  ['ana@localhost', null],
  ['ana', null],
  ['a b@example.com', null],
  ['a@b@example.com', null],
])('the e-mail %j is %j', (text, expected) => {
  expect(normalEmail(text)).toBe(expected)
})

test.each([
  ['9123 4567 8901 2345', '9123456789012345'],
  ['9123-4567-8901-2345', '9123456789012345'],
  ['12', null],
  ['9123x', null],
])('the card %j is %j', (text, expected) => {
  expect(normalCard(text)).toBe(expected)
})
