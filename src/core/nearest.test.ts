import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'

test.each([
  ['wallts', ['wallets', 'earning'], 'wallets'],
  ['erning', ['wallets', 'earning'], 'earning'],
  ['soep', ['soup', 'soap', 'seep'], 'soup'],
  ['member.teir', ['member.name', 'member.tier'], 'member.tier'],
  ['Gold', ['green', 'gold'], 'gold'],
  ['at', ['of', 'on'], undefined],
  ['of', ['on', 'if'], 'on'],
  ['completely', ['different'], undefined],
  ['x', [], undefined],
  ['x'.repeat(1e6), ['x'], undefined],
])('%.20s is nearest to %s', (word, candidates, expected) => expect(nearest(word, candidates)).toBe(expected))
