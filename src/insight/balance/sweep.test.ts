/** A sweep runs a small grid whole, and of a large one finds what lies on its frontier by few runs. */

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileProgram } from '../../core/program.ts'
import { features } from '../../features/index.ts'
import { onFrontier, type Point } from './frontier.ts'
import { parseRange, type Range } from './ranges.ts'
import { sweep } from './sweep.ts'
import { gridOf, type Place, type Variant, Variants } from './variants.ts'

const COFFEE = readFileSync(new URL('../../../examples/corner-coffee.yaml', import.meta.url), 'utf8')

const compile = (text: string) => {
  const { program, problems } = compileProgram(text, features)
  return program ?? problems[0]!.message
}

function variantsOf(varied: Record<string, string>, steps: number | null = null): Variants {
  const list = Object.entries(varied).map(([path, range]) => ({ path, range: parseRange(range) as Range }))
  const variants = Variants.of(COFFEE, compile, list, steps)
  if ('problems' in variants) throw new Error(variants.problems.join('\n'))
  return variants
}

/** What a place would come to, without any orders: members like low costs and high rates, with diminishing joy. */
const pretend = ([rate, cost]: Place): Point => ({
  gets: 1 - Math.exp((-100 * rate!) / cost!),
  costs: (5 * rate!) / cost! + 0.001 * Math.abs(rate! - 1),
})

interface Call {
  places: Place[]
  share: number
}

async function swept(variants: Variants, members: number | null, orders = 400_000) {
  const calls: Call[] = []
  const run = async (own: readonly Variant[], share: number) => {
    calls.push({ places: own.map(({ place }) => place), share })
    return own.map(({ place }) => pretend(place))
  }
  return { ...(await sweep(variants, { run, history: { orders, members }, pointOf: (point) => point })), calls }
}

describe('variants', () => {
  test('are programs of their own, each right or told why not', () => {
    const variants = variantsOf({ 'tiers.gold.from': '400,500,2600', 'rewards.free-coffee.cost': '150,200.5' })
    expect(variants.current).toEqual([500, 200])
    expect(variants.size).toBe(6)
    const right = variants.at([400, 150])
    expect('program' in right && right.program.settings).toMatchObject({ tiers: { levels: [{}, { from: 400 }, {}] } })
    expect(variants.at([400, 200.5])).toMatchObject({ problem: expect.stringMatching(/point/) })
    expect(variants.at([2600, 150])).toMatchObject({ problem: expect.any(String) })
    expect(variants.textAt(variants.current)).toBe(COFFEE)
  })

  test('have no more decimals than the program allows: whole points, cents, or finer', () => {
    const { axes } = variantsOf({
      'rewards.free-coffee.cost': '1..9',
      'rewards.free-coffee.up_to': '1..9',
      'wallets.stars.expiry.after': '1..9',
      'earning.base.rate': '1..9',
    })
    expect(axes.map(({ decimals }) => decimals)).toEqual([0, 2, 0, 4])
  })

  test('a path that is varied twice, or leads nowhere, is told', () => {
    const varied = ['earning.base.rate', 'earning.base.earn', 'earning.bse.rate'].map((path) => ({
      path,
      range: parseRange('1,2') as Range,
    }))
    expect(Variants.of(COFFEE, compile, varied, null)).toEqual({
      problems: [
        'earning.base.earn is varied twice: say it once.',
        expect.stringContaining('did you mean earning.base.rate?'),
      ],
    })
  })
})

describe('a sweep', () => {
  test('runs a small grid whole, in one reading, with the program as it is', async () => {
    const variants = variantsOf({ 'earning.base.rate': '0.5,2', 'rewards.free-coffee.cost': '100,300' })
    const { search, calls, variants: run } = await swept(variants, 100_000)
    expect(search).toBe(null)
    expect(calls).toEqual([
      {
        share: 1,
        places: [
          [1, 200],
          ...gridOf([
            [0.5, 2],
            [100, 300],
          ]),
        ],
      },
    ])
    expect(run.map(({ place }) => place)).toEqual(calls[0]!.places)
  })

  test('leaves out what is no program, and says so', async () => {
    const variants = variantsOf({ 'tiers.gold.from': '400,3000' })
    const { refused, variants: run } = await swept(variants, 100)
    expect(run.map(({ place }) => place)).toEqual([[500], [400]])
    expect(refused).toMatchObject([{ place: [3000] }])
  })

  test('of a large grid finds the frontier, and runs little of it on all orders', async () => {
    const variants = variantsOf({ 'earning.base.rate': '0.5..3 by 0.1', 'rewards.free-coffee.cost': '100..400 by 10' })
    const { search, calls, variants: run } = await swept(variants, 100_000)
    expect(search).toMatchObject({ grid: 26 * 31, share: 0.02 })
    expect(calls.map(({ share }) => share)).toEqual([0.02, 0.02, 1])
    expect(search!.tried).toBeLessThan(400)
    expect(run.length).toBeLessThanOrEqual(64)
    expect(run.map(({ place }) => place.join())).toContain('1,200')
    // What is found lies on the frontier of the whole grid, or next to nothing below it.
    const all = gridOf(variants.axes.map(({ values }) => values)).map(pretend)
    const best = all.filter((_, i) => onFrontier(all)[i])
    const own = run.filter((_, i) => onFrontier(run.map(({ figures }) => figures))[i])
    for (const { figures } of own) {
      const dearest = Math.max(...best.filter(({ gets }) => gets <= figures.gets + 1e-9).map(({ costs }) => costs))
      expect(figures.costs).toBeLessThan(dearest * 1.05)
    }
    const [least, most] = [Math.min(...best.map(({ gets }) => gets)), Math.max(...best.map(({ gets }) => gets))]
    expect(Math.min(...own.map(({ figures }) => figures.gets))).toBeCloseTo(least, 9)
    expect(Math.max(...own.map(({ figures }) => figures.gets))).toBeCloseTo(most, 9)
  })

  test('of very many orders runs even less on all of them', async () => {
    const variants = variantsOf({ 'earning.base.rate': '0.5..3 by 0.25', 'rewards.free-coffee.cost': '100..400 by 50' })
    const { calls, variants: run } = await swept(variants, null, 10_000_000)
    expect(calls.map(({ share }) => share)).toEqual([0.01, 0.01, 1])
    expect(run.length).toBeLessThanOrEqual(16)
    expect(run.map(({ place }) => place.join())).toContain('1,200')
  })

  test('needs no sample where members are few', async () => {
    const variants = variantsOf({ 'earning.base.rate': '0.5..3 by 0.1', 'rewards.free-coffee.cost': '100..400 by 10' })
    const { calls } = await swept(variants, 500)
    expect(new Set(calls.map(({ share }) => share))).toEqual(new Set([1]))
  })
})
