/** Drawing winners: the same for everybody who has the seed, and the same chance for every ticket. */

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '../../test/history.ts'
import {
  checkDraw,
  commitmentOf,
  type DrawEntry,
  type DrawProof,
  digestOf,
  drawWinners,
  entryOf,
  saltOf,
} from './drawing.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const named = (i: number) => sha256(`member ${i}`)

/** The same in other words: every ticket is a piece of paper with a name on it. */
function drawnOnPaper(seed: string, entries: readonly DrawEntry[], wanted: number): string[] {
  const tickets = entries.flatMap(([entry, count]) => Array.from({ length: count }, () => entry))
  const drawn: string[] = []
  for (let n = 0; drawn.length < Math.min(wanted, entries.length); n++) {
    const number = BigInt(`0x${sha256(`${seed}:${n}`).slice(0, 16)}`)
    if (number >= (2n ** 64n / BigInt(tickets.length)) * BigInt(tickets.length)) continue
    const name = tickets[Number(number % BigInt(tickets.length))]!
    if (!drawn.includes(name)) drawn.push(name)
  }
  return drawn
}

const list = fc
  .array(fc.integer({ min: 1, max: 30 }), { maxLength: 20 })
  .map((counts) => counts.map((count, i): DrawEntry => [named(i), count]).sort((a, b) => (a[0] < b[0] ? -1 : 1)))

describe('a draw', () => {
  test('comes to the same winners by whoever does it', () => {
    fc.assert(
      fc.property(fc.string(), list, fc.nat({ max: 25 }), (seed, entries, wanted) => {
        const drawn = drawWinners(seed, entries, wanted).map(({ entry }) => entry)
        expect(drawn).toEqual(drawnOnPaper(seed, entries, wanted))
        expect(new Set(drawn).size).toBe(Math.min(wanted, entries.length))
      }),
      { numRuns: runs(200) },
    )
  })

  test('gives every ticket the same chance', () => {
    // Seven members, one of whom has three tickets of nine: 9 is no divisor of 2^64.
    const entries = [3, 1, 1, 1, 1, 1, 1].map((count, i): DrawEntry => [`${i}`, count])
    const draws = 9_000
    const won = new Array(9).fill(0)
    for (let i = 0; i < draws; i++) won[drawWinners(`fixed ${i}`, entries, 1)[0]!.ticket] += 1
    const expected = draws / 9
    const chiSquare = won.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // Eight degrees of freedom: more than this comes by chance in one of a thousand.
    expect(chiSquare).toBeLessThan(26.12)
  })

  test('leaves out numbers that would give the first tickets more than their share', () => {
    // With 3 × 2^61 tickets, numbers from 6 × 2^61 on would fall on the first third a second time.
    const third = 2 ** 61
    const entries: DrawEntry[] = [
      ['a', third],
      ['b', third],
      ['c', third],
    ]
    const counts = { a: 0, b: 0, c: 0 }
    for (let i = 0; i < 3_000; i++) counts[drawWinners(`s${i}`, entries, 1)[0]!.entry as keyof typeof counts] += 1
    for (const count of Object.values(counts)) expect(Math.abs(count - 1_000)).toBeLessThan(120)
  })

  test('is found out when anything of it was changed', () => {
    const seed = 'a seed'
    const salt = saltOf(seed)
    const entries = [1, 2, 3, 4]
      .map((i): [string, number] => [entryOf(salt, `mem_${i}`), i])
      .sort((a, b) => (a[0] < b[0] ? -1 : 1))
    const [first, second, reserve] = drawWinners(seed, entries, 3).map(({ entry }) => entry) as [string, string, string]
    const proof: DrawProof = {
      program: 'shop',
      draw: 'summer',
      commitment: commitmentOf(seed),
      seed,
      salt,
      digest: digestOf(entries),
      winners: [first, second],
      reserves: [reserve],
      entries,
    }
    expect(checkDraw(proof)).toEqual([])
    const more = entries.map(([entry, count], i): [string, number] => [entry, i === 0 ? count + 1 : count])
    for (const change of [
      { seed: 'another' },
      { winners: [second, first] },
      { reserves: [] as string[], winners: [first] },
      { entries: entries.slice(1) },
      { entries: [...entries].reverse() },
      { entries: more },
      { salt: sha256('another') },
    ]) {
      const isShorter = 'reserves' in change
      expect([change, checkDraw({ ...proof, ...change }).length > 0]).toEqual([change, !isShorter])
    }
  })
})
