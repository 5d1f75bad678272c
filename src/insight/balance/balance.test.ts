/** The balance of a program over a file of orders: each variant's figures are those of a backtest of its own. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { programOf } from '../../../test/history.ts'
import { compileProgram } from '../../core/program.ts'
import { isReturn } from '../../engine/files/order-reader.ts'
import { type OrderFile, openOrders } from '../../engine/files/orders.ts'
import { features } from '../../features/index.ts'
import { backtestFile } from '../backtest/file.ts'
import { assume } from '../backtest/scenario.ts'
import { figuresOf } from './figures.ts'
import { onFrontier } from './frontier.ts'
import { balancePage } from './page.ts'
import { type Plan, planOf, type Request, runPlan } from './plan.ts'
import { BalanceReport } from './report.ts'
import { balanceText } from './text.ts'

const TEXT = `
program: tea          # a shop
name: Tea & Time
currency: EUR
timezone: Europe/Vienna
wallets: { leaves: { expiry: { after: 6 months } } }
earning:
  - { id: base, on: order, earn: 1 per 1.00 }      # a leaf an euro
  - { id: friday, on: order, when: 'order.weekday == "friday"', times: 2 }
  - { id: review, on: action, earn: 25 }
tiers: { measure: leaves_earned, levels: [{ id: green }, { id: gold, from: 300, multiply: 1.5 }] }
rewards:
  - { id: cup, cost: 60 leaves, gives: { amount_off: 3.00 } }
  - { id: pot, cost: 200, gives: { amount_off: 15.00 } }
`

const compile = (text: string) => {
  const { program, problems } = compileProgram(text, features)
  return program ?? problems[0]!.message
}

/** Members who come every few days, weeks or months. */
function history(): string {
  const rows = ['order,member,date,sku,quantity,price']
  for (let member = 0; member < 40; member++) {
    const everyDays = 2 + ((member * 7) % 50)
    for (let day = member % 30; day < 500; day += everyDays) {
      const at = new Date(Date.UTC(2024, 0, 1 + day, 9 + (member % 8))).toISOString()
      rows.push(`${member}-${day},m${member},${at},tea,1,${4 + ((member + day) % 17)}.50`)
    }
  }
  return `${rows.join('\n')}\n`
}

let folder: string
let file: OrderFile
/** A sweep over two settings, of which one costs and one reaches. */
let report: BalanceReport
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'balance-test-'))
  const path = join(folder, 'orders.csv')
  await writeFile(path, history())
  const opened = await openOrders(path, { currency: 'EUR', timezone: 'Europe/Vienna', sortedBy: 'member' })
  if ('problems' in opened) throw new Error(JSON.stringify(opened.problems))
  file = opened
  report = await balanced(['earning.base.rate=0.25..4', 'rewards.cup.cost=20..200'])
})
afterAll(async () => {
  await file?.close()
  await rm(folder, { recursive: true })
})

const ASSUMED = { redeeming: { model: 'at-once' }, margin: 0.3, reward_cost: {} } as const

function planned(vary: string[], over: Partial<Request> = {}): Plan {
  const request = {
    text: TEXT,
    program: programOf(TEXT),
    vary,
    steps: null,
    target: null,
    thresholds: [],
    assumed: ASSUMED,
  }
  const plan = planOf({ ...request, ...over }, compile)
  if ('problems' in plan) throw new Error(plan.problems.join('\n'))
  return plan
}

const problemsOf = (vary: string[], over: Partial<Request> = {}) => {
  const request = {
    text: TEXT,
    program: programOf(TEXT),
    vary,
    steps: null,
    target: null,
    thresholds: [],
    assumed: ASSUMED,
  }
  const plan = planOf({ ...request, ...over }, compile)
  return 'problems' in plan ? plan.problems : []
}

const balanced = (vary: string[], over: Partial<Request> = {}) => runPlan(planned(vary, over), file, 'orders.csv', {})

describe('a sweep', () => {
  test('tells of each variant what a backtest of it alone tells', async () => {
    const plan = planned(['earning.base.rate=0.5,1,2', 'rewards.cup.cost=40,60,120'])
    const report = await runPlan(plan, file, 'orders.csv', {})
    expect(report.variants).toHaveLength(9)
    for (const { settings, figures } of report.variants) {
      const text = TEXT.replace('1 per', `${settings['earning.base.rate']} per`).replace(
        '60 leaves',
        `${settings['rewards.cup.cost']} leaves`,
      )
      const [alone] = await backtestFile(file, [assume(programOf(text), ASSUMED)])
      expect(figures).toEqual(figuresOf(alone!))
    }
  })

  test('marks the program as it is, the frontier and one that is recommended between', () => {
    expect(BalanceReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report)
    const { variants } = report
    expect(variants.filter(({ current }) => current).map(({ settings }) => settings)).toEqual([
      { 'earning.base.rate': 1, 'rewards.cup.cost': 60 },
    ])
    const points = variants.map(({ figures }) => ({ gets: figures.reached_share!, costs: figures.expected_rate! }))
    expect(variants.map(({ frontier }) => frontier)).toEqual(onFrontier(points))
    const [best, ...others] = variants.filter(({ recommended }) => recommended)
    expect(best).toMatchObject({ verdict: 'balanced' })
    expect(others).toEqual([])
    expect(new Set(variants.map(({ verdict }) => verdict)).size).toBeGreaterThan(1)
    for (const { because, verdict } of variants) expect(because.length === 0).toBe(verdict === 'balanced')
  })

  test('a setting that no order meets is said to hardly matter', async () => {
    const { axes } = await balanced(['earning.review.earn=10,25,50', 'earning.base.rate=1,2'])
    expect(axes.map(({ hardly_matters }) => hardly_matters)).toEqual([true, false])
  })

  test('variants that are no right program are left out and told', async () => {
    const { refused, variants } = await balanced(['tiers.gold.multiply=0.5..2 by 0.5'])
    expect(refused).toEqual([{ settings: { 'tiers.gold.multiply': 0.5 }, problem: expect.stringMatching(/1/) }])
    expect(variants.map(({ settings }) => settings['tiers.gold.multiply']).sort()).toEqual([1, 1.5, 2])
  })

  test('thresholds decide what is too generous', async () => {
    const verdicts = async (...thresholds: string[]) => {
      const { variants } = await balanced(['earning.base.rate=0.5,1'], {
        thresholds,
        assumed: { ...ASSUMED, margin: 0.9 },
      })
      return variants.map(({ verdict }) => verdict)
    }
    const wide = ['most_lift=900%', 'least_reached=0%', 'longest_wait=9999', 'least_rate=0%']
    expect(await verdicts(...wide)).toEqual(['balanced', 'balanced'])
    expect(await verdicts(...wide, 'most_lift=0%')).toEqual(['too_generous', 'too_generous'])
    expect(await verdicts(...wide, 'longest_wait=0')).toEqual(['too_stingy', 'too_stingy'])
  })
})

describe('a target', () => {
  test('is solved to the step of the setting, and told with what people would write', async () => {
    const report = await balanced(['earning.base.rate=0.25..4'], { target: 'reward_rate=5%' })
    const { exact, written, reached, monotone } = report.target!
    expect({ reached, monotone }).toEqual({ reached: true, monotone: true })
    const rateAt = async (rate: number) => {
      const [result] = await backtestFile(file, [
        assume(programOf(TEXT.replace('1 per', `${rate.toFixed(4)} per`)), ASSUMED),
      ])
      return result!.economics.reward_rate!
    }
    expect(await rateAt(exact!.value)).toBe(exact!.figure)
    expect(await rateAt(written!.value)).toBe(written!.figure)
    // A little to either side the figure is past the target, or no closer to it.
    expect(await rateAt(exact!.value * 0.99)).toBeLessThanOrEqual(0.05)
    expect(await rateAt(exact!.value * 1.01)).toBeGreaterThanOrEqual(0.05)
    expect(Number(written!.value.toPrecision(2))).toBe(written!.value)
    expect(report.variants.find(({ recommended }) => recommended)!.settings).toEqual({
      'earning.base.rate': written!.value,
    })
  })

  test('stays with whole points, and tells when it is out of reach', async () => {
    const points = await balanced(['rewards.cup.cost=20..200'], { target: 'reward_rate=4%' })
    expect(Number.isInteger(points.target!.exact!.value)).toBe(true)
    const beyond = await balanced(['rewards.cup.cost=150..200'], { target: 'reward_rate=60%' })
    expect(beyond.target).toMatchObject({ reached: false, exact: null, least: {}, most: {} })
    expect(balanceText(beyond)).toMatch(
      /rewards\.cup\.cost cannot bring reward_rate to 60\.0% within its range: it goes from/,
    )
  })
})

test('a lift that no growth reaches is told as none', async () => {
  const { target } = await balanced(['earning.base.rate=4..9'], { target: 'break_even_lift=1%' })
  expect(target).toMatchObject({ reached: false, least: { value: 4 }, most: { figure: null } })
})

describe('what was asked', () => {
  test('is read whole, and every mistake told at once', () => {
    expect(
      problemsOf(['earning.bse.rate=1..2', 'rewards.cup.cost=9..1', 'rewards'], {
        target: 'reward=5%',
        thresholds: ['x'],
      }),
    ).toEqual([
      '--vary rewards.cup.cost: 9..1 runs backwards: write 1..9.',
      '--vary takes setting=range, such as earning.base.rate=0.5..3, which “rewards” is not.',
      '“x” is no threshold such as least_reached=40% or longest_wait=90.',
      expect.stringContaining('There is no figure reward'),
      '--target solves for one setting: vary a single one.',
      expect.stringContaining('did you mean earning.base.rate?'),
    ])
  })

  test('a range outside of what the program allows is told with what is wrong there', () => {
    const [problem] = problemsOf(['tiers.gold.multiply=0.1..0.9'])
    expect(problem).toMatch(/^--vary tiers\.gold\.multiply: no value of it makes a right program\. At 0\.1: .*1/)
  })
})

test('a sample takes some members whole, the same ones each time', async () => {
  const ordersBy = async (share: number) => {
    const counts = new Map<string, number>()
    for await (const entries of file.sample(share).batches())
      for (const entry of entries) if (!isReturn(entry)) counts.set(entry.member!, (counts.get(entry.member!) ?? 0) + 1)
    return counts
  }
  const [all, half] = [await ordersBy(1), await ordersBy(0.5)]
  expect(all.size).toBe(40)
  expect(half.size).toBeGreaterThan(8)
  expect(half.size).toBeLessThan(32)
  for (const [member, orders] of half) expect(all.get(member)).toBe(orders)
  expect(await ordersBy(0.5)).toEqual(half)
})

describe('what is shown', () => {
  test('a table with the answer above it', () => {
    const text = balanceText(report)
    expect(text).toMatch(/^Tea & Time on orders\.csv: [\d,]+ orders of 40 members, 2024-01-01 to 2025-0\d-\d\d\./)
    expect(text).toMatch(/\nAs it is, the program /)
    expect(text).toMatch(/\n(\*| ) now +1 +60 /)
    expect(text).toContain('high lift: sales would have to grow by more than 20%')
  })

  test('a page with all of it, names escaped', () => {
    const page = balancePage(report, '0.1.0')
    expect(page).toContain('<h1>Tea &amp; Time</h1>')
    expect(page.match(/<svg /g)).toHaveLength(4)
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
    for (const { figures } of report.variants) expect(page).toContain(String(figures.days_to_first))
  })
})
