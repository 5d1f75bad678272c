/** Roles are a lattice by what they may: nobody gives a role above their own, in however many steps. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { covers, MAY, rightsOf } from './roles.ts'
import { ROLES } from './route.ts'

const role = fc.constantFrom(...ROLES)

test('a role covers itself, and what covers it covers what it covers', () => {
  fc.assert(
    fc.property(role, role, role, (a, b, c) => {
      expect(covers(a, a)).toBe(true)
      if (covers(a, b) && covers(b, c)) expect(covers(a, c)).toBe(true)
      if (covers(a, b) && covers(b, a)) expect(a).toBe(b)
    }),
  )
})

test('however roles are handed on, nobody comes to a right that the first had not', () => {
  fc.assert(
    fc.property(role, fc.array(role, { maxLength: 8 }), (first, wanted) => {
      const last = wanted.reduce((held, next) => (MAY.staff.includes(held) && covers(held, next) ? next : held), first)
      expect(rightsOf(first)).toEqual(expect.arrayContaining(rightsOf(last)))
    }),
  )
})

test('owners may everything', () => {
  for (const one of ROLES.filter((name) => name !== 'partner')) expect(covers('owner', one)).toBe(true)
  expect(rightsOf('owner')).toEqual(Object.keys(MAY))
})

test('a cashier looks, sells and serves, and sees no contacts, keys or logs', () => {
  expect(rightsOf('cashier')).toEqual(['read', 'sell', 'quote', 'serve', 'redeem'])
})
