/** Codes of vouchers: what is typed wrong is told from what is guessed, and nobody can guess. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isMistyped, normalCode, voucherCode } from './codes.ts'

const ALPHABET = [...'23456789ABCDEFGHJKLMNPQRSTVWXYZ']
const code = fc
  .tuple(fc.nat(2 ** 40), fc.nat(10_000), fc.nat(40))
  .map(([account, seq, place]) => voucherCode('secret', account, seq, place))

describe('a code', () => {
  it('has three groups of four signs that nobody takes for one another', () => {
    expect(voucherCode('secret', 1, 0, 0)).toMatch(/^([2-9A-HJ-NP-TV-Z]{4}-){2}[2-9A-HJ-NP-TV-Z]{4}$/)
  })

  it('is the same again for the same voucher, and another for every other and for every other database', () => {
    const all = new Set<string>()
    for (const secret of ['one', 'two'])
      for (let account = 0; account < 10; account++)
        for (let seq = 0; seq < 10; seq++)
          for (let place = 0; place < 10; place++) all.add(voucherCode(secret, account, seq, place))
    expect(all.size).toBe(2_000)
    expect(voucherCode('one', 3, 4, 5)).toBe(voucherCode('one', 3, 4, 5))
  })

  it('is found however it is typed: small, without hyphens, with spaces, with a 1 for an L', () => {
    fc.assert(
      fc.property(code, (real) => {
        expect(normalCode(real)).toBe(real)
        expect(normalCode(` ${real.toLowerCase().replaceAll('-', ' ')} `)).toBe(real)
        expect(normalCode(real.replaceAll('-', '').replaceAll('L', '1').replaceAll('V', 'u'))).toBe(real)
      }),
    )
  })

  it('with one wrong sign, or with two that changed places, is known to be mistyped and never another code', () => {
    fc.assert(
      fc.property(code, fc.nat(11), fc.nat(11), fc.constantFrom(...ALPHABET), (real, at, other, sign) => {
        const signs = [...real.replaceAll('-', '')]
        const wrong = signs.with(at, sign)
        if (wrong[at] !== signs[at]) expect(isMistyped(wrong.join(''))).toBe(true)
        const swapped = signs.with(at, signs[other]!).with(other, signs[at]!)
        if (swapped.join('') !== signs.join('')) expect(isMistyped(swapped.join(''))).toBe(true)
      }),
    )
  })

  it('of somebody else stays as it is', () => {
    for (const foreign of ['CINEMA-0001', 'summer', 'A', 'https://partner.example/x'])
      expect([normalCode(foreign), isMistyped(foreign)]).toEqual([foreign, false])
  })
})
