/** One-time codes: RFC 6238's own vectors, their window, and recovery codes. */

import fc from 'fast-check'
import { Secret, TOTP } from 'otpauth'
import { describe, expect, test } from 'vitest'
import { newRecoveryCodes, newTotpSecret, readRecoveryCode, stepOf, totpLink } from './one-time-codes.ts'

/** RFC 6238, appendix B, SHA-1; ours have the last six of its eight digits. */
const RFC_SECRET = Buffer.from('12345678901234567890')
const VECTORS: [second: number, code: string][] = [
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
]

test.each(VECTORS)('at second %i the code is %s', (second, code) => {
  expect(stepOf(RFC_SECRET, code, second * 1000, 0)).toBe(Math.floor(second / 30))
})

describe('a code', () => {
  const codeAt = (secret: Buffer, step: number) =>
    new TOTP({ secret: new Secret({ buffer: new Uint8Array(secret).buffer }) }).generate({ timestamp: step * 30_000 })

  test('is good a step early and a step late, and once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 1e8 }),
        fc.integer({ min: 0, max: 29_999 }),
        fc.integer({ min: -4, max: 4 }),
        (step, within, off) => {
          const secret = newTotpSecret()
          const code = codeAt(secret, step + off)
          const now = step * 30_000 + within
          const found = stepOf(secret, code, now, 0)
          const inWindow = [-1, 0, 1].map((delta) => step + delta).filter((one) => codeAt(secret, one) === code)
          // Codes of different steps may be alike, once in a million.
          if (inWindow.length === 0) expect(found).toBeNull()
          else expect(inWindow).toContain(found)
          if (Math.abs(off) <= 1) expect(found).not.toBeNull()
          if (found === null) return
          // What was used is never good again, nor is anything older.
          expect(stepOf(secret, code, now, found)).toBeNull()
        },
      ),
    )
  })

  test('may have a space in it, and is six digits', () => {
    expect(stepOf(RFC_SECRET, ' 287 082 ', 59_000, 0)).toBe(1)
    for (const wrong of ['', '28708', '2870822', '94287082', 'abcdef', '２８７０８２'])
      expect(stepOf(RFC_SECRET, wrong, 59_000, 0)).toBeNull()
  })
})

test('an app is told all that it needs', () => {
  const { uri, key } = totpLink(RFC_SECRET, 'nora@corner.coffee')
  const link = new URL(uri)
  expect(link.protocol).toBe('otpauth:')
  expect(decodeURIComponent(link.pathname)).toContain('nora@corner.coffee')
  expect(link.searchParams.get('issuer')).toBe('Regulars')
  expect(link.searchParams.get('secret')).toBe(key)
  expect(key).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
})

test('recovery codes are ten different ones, read however they are typed', () => {
  const codes = newRecoveryCodes()
  expect(new Set(codes).size).toBe(10)
  for (const code of codes) {
    expect(code).toMatch(/^([a-z2-9]{4}-){2}[a-z2-9]{4}$/)
    expect(readRecoveryCode(` ${code.toUpperCase().replaceAll('-', ' ')}`)).toBe(code)
  }
  expect(readRecoveryCode('123456')).toBeNull()
  expect(readRecoveryCode('oooo-oooo-oooo')).toBeNull()
})
