import { expect, test } from 'vitest'
import { assignCard, assignReferralCode, isCard } from './cards.ts'

test('a card number is the same for the same account and secret, and fits its check digit', () => {
  expect(assignCard('a', 7)).toBe(assignCard('a', 7))
  expect(assignCard('a', 7)).not.toBe(assignCard('b', 7))
  for (let id = 0; id < 1_000; id++) expect(isCard(assignCard('a', id))).toBe(true)
})

test('the check digit is that of ISO/IEC 7812-1', () => {
  expect(isCard('4539578763621486')).toBe(true)
  expect(isCard('4539578763621487')).toBe(false)
})

test('a slip of one digit is seen', () => {
  const card = assignCard('a', 1)
  for (let i = 0; i < card.length; i++)
    expect(isCard(card.slice(0, i) + ((Number(card[i]) + 1) % 10) + card.slice(i + 1))).toBe(false)
})

test('cards and codes of many accounts differ', () => {
  const ids = Array.from({ length: 20_000 }, (_, i) => i)
  expect(new Set(ids.map((id) => assignCard('a', id))).size).toBe(ids.length)
  expect(new Set(ids.map((id) => assignReferralCode('a', id))).size).toBe(ids.length)
})

test('a referral code has eight signs that are told apart', () => {
  expect(assignReferralCode('a', 1)).toMatch(/^[2-9A-HJKMNP-TV-Z]{8}$/)
})
