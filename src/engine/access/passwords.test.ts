/** Which passwords are taken, and how they are kept. */

import { describe, expect, test } from 'vitest'
import { hashPassword, isPassword, passwordProblem } from './passwords.ts'

const OWN = ['nora.lindqvist@corner.coffee', 'Nora Lindqvist', 'Corner Coffee']

describe('a password', () => {
  test.each([
    'seven quiet lanterns',
    'Tr0ub4dor&3',
    'yağmurlu bir salı',
    '雨の火曜日の午後に傘をさす',
    'my corner has seven lamps',
    'correct horse battery stapler',
  ])('%s is taken: sentences, whatever their signs', (password) => {
    expect(passwordProblem(password, OWN)).toBeNull()
  })

  test.each([
    ['ninechars', 'at least 10 characters'],
    ['', 'at least 10 characters'],
    ['x'.repeat(201), 'at most 200 characters'],
    ['Password123!', 'tried first'],
    ['password2026', 'tried first'],
    ['P@ssw0rd123', 'tried first'],
    ['qwertyuiop', 'tried first'],
    ['1234567890', 'tried first'],
    ['0987654321', 'tried first'],
    ['aaaaaaaaaaaa', 'tried first'],
    ['abcabcabcabc', 'tried first'],
    ['ILOVEYOU123', 'tried first'],
    ['nora.lindqvist', 'a name that everybody knows'],
    ['Lindqvist1975', 'a name that everybody knows'],
    ['cornercoffee1', 'a name that everybody knows'],
    ['corner.coffee!', 'a name that everybody knows'],
  ])('%s is not: %s', (password, why) => {
    expect(passwordProblem(password, OWN)).toContain(why)
  })
})

describe('what is kept', () => {
  test('says how it was made, differs each time, and lets the password in alone', async () => {
    const [one, two] = await Promise.all([hashPassword('seven quiet lanterns'), hashPassword('seven quiet lanterns')])
    expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[\w+/]{22}==\$[\w+/]{43}=$/)
    expect(one).not.toBe(two)
    expect(await isPassword('seven quiet lanterns', one)).toBe(true)
    expect(await isPassword('Seven quiet lanterns', one)).toBe(false)
  })

  test('lets in whoever types the same signs in another way', async () => {
    const kept = await hashPassword('cafe\u0301 au lait, s\u2019il')
    expect(await isPassword('caf\u00e9 au lait, s\u2019il', kept)).toBe(true)
  })

  test('still holds when hashes become dearer', async () => {
    // Node's own scrypt with N = 1024, r = 8, p = 1 and a salt of sixteen zeros.
    const { scryptSync } = await import('node:crypto')
    const hash = scryptSync('an old password', Buffer.alloc(16), 32, { N: 1024, r: 8, p: 1 }).toString('base64')
    expect(
      await isPassword('an old password', `$scrypt$ln=10,r=8,p=1$${Buffer.alloc(16).toString('base64')}$${hash}`),
    ).toBe(true)
  })

  test('lets nobody in who has none, and takes as long', async () => {
    const kept = await hashPassword('seven quiet lanterns')
    const time = async (hash: string | null) => {
      const from = performance.now()
      expect(await isPassword('', hash)).toBe(false)
      return performance.now() - from
    }
    const [there, nobody] = [await time(kept), await time(null)]
    expect(nobody).toBeGreaterThan(there / 5)
  })
})
