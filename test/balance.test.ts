/** `regulars balance` as people call it: its table, its files, its exit codes, and its page in a real browser. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BalanceReport } from '../src/insight/balance/report.ts'
import { percent } from '../src/insight/report/words.ts'
import { hindrances, openBrowser, type TestBrowser } from './browser.ts'
import { demoOrders } from './demo-orders.ts'

const PROJECT = dirname(import.meta.dirname)
const COFFEE = join(PROJECT, 'examples', 'corner-coffee.yaml')

let folder: string
let out: string
let report: BalanceReport

async function balance(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const all = [join(PROJECT, 'bin', 'regulars.mjs'), 'balance', COFFEE, '--orders', 'orders.csv', ...args]
  const child = spawn(process.execPath, all, { cwd: folder })
  let [out, err] = ['', '']
  child.stdout.on('data', (data) => {
    out += data
  })
  child.stderr.on('data', (data) => {
    err += data
  })
  const [code] = await once(child, 'close')
  return { code, out, err: err.replace('Compiling the sources.\n', '') }
}

const BOTH = ['--vary', 'earning.base.rate=0.5..2', '--vary', 'rewards.dollar-off.cost=10..75']

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'balance-test-'))
  await writeFile(join(folder, 'orders.csv'), demoOrders(60, '2025-01-01T05:00:00Z', '2025-07-01T05:00:00Z'))
  const files = ['--json', 'balance.json', '--html', 'balance.html', '--write', 'best.yaml']
  const ran = await balance(...BOTH, ...files)
  expect(ran).toMatchObject({ code: 0 })
  out = ran.out
  report = BalanceReport.parse(JSON.parse(await readFile(join(folder, 'balance.json'), 'utf8')))
}, 120_000)
afterAll(() => rm(folder, { recursive: true }))

describe('a sweep', () => {
  test('answers first, then shows every variant', () => {
    const [head, answer, table] = out.split('\n\n') as [string, string, string]
    expect(head).toMatch(/^Corner Coffee Rewards on orders\.csv: [\d,]+ orders of \d+ members, 2025-01-/)
    expect(answer).toMatch(/^As it is, the program .*\nOf \d+ variants .*\nRecommended: /)
    expect(table).toMatch(/earning\.base\.rate +rewards\.dollar-off\.cost +reach/)
    expect(table).toMatch(/\n.* now.* 1 +25 /)
  })

  test('writes the recommended program: the file with its values, comments and all', async () => {
    const best = report.variants.find(({ recommended }) => recommended)!
    const { 'earning.base.rate': rate, 'rewards.dollar-off.cost': cost } = best.settings
    const before = await readFile(COFFEE, 'utf8')
    expect(await readFile(join(folder, 'best.yaml'), 'utf8')).toBe(
      before.replace('earn: 1 per', `earn: ${rate} per`).replace('cost: 25 stars', `cost: ${cost} stars`),
    )
    const again = await balance(...BOTH, '--write', 'best.yaml')
    expect(again).toEqual({ code: 2, out: '', err: 'best.yaml is there already; name another file.\n' })
  })
})

test('a target is solved, or told to be out of reach by the exit code', async () => {
  const solved = await balance('--vary', 'earning.base.rate=0.5..3', '--target', 'reward_rate=3%', '--json')
  expect(solved).toMatchObject({ code: 0 })
  const { target } = BalanceReport.parse(JSON.parse(solved.out))
  expect(target).toMatchObject({ reached: true, asked: 0.03 })
  expect(Math.abs(target!.exact!.figure! - 0.03)).toBeLessThan(0.001)
  const beyond = await balance('--vary', 'earning.base.rate=0.5..3', '--target', 'reward_rate=90%', '--write', 'x.yaml')
  expect(beyond).toMatchObject({ code: 1 })
  expect(beyond.err).toContain('x.yaml is not written, since no variant is recommended.')
  expect(beyond.out).toContain('earning.base.rate cannot bring reward_rate to 90.0% within its range')
})

test('what makes no sense is told before anything is read', async () => {
  const wrong = await balance(
    '--vary',
    'rewards.dolar-off.cost=100..50',
    '--vary',
    'earning.bse.rate=1..2',
    'by',
    '0.5',
  )
  expect(wrong).toMatchObject({ code: 2, out: '' })
  expect(wrong.err).toContain('--vary rewards.dolar-off.cost: 100..50 runs backwards: write 50..100.')
  expect(wrong.err).toContain('says no number at earning.bse.rate (did you mean earning.base.rate?)')
})

describe('the page', () => {
  let browser: TestBrowser
  beforeAll(async () => {
    browser = await openBrowser()
  }, 60_000)
  afterAll(() => browser?.close())

  test('has the figures of the JSON, and nothing that hinders anybody', async () => {
    const address = pathToFileURL(join(folder, 'balance.html')).href
    expect(await hindrances(browser.page, address)).toEqual([])
    const cells = await browser.page.locator('#variants .table td').allTextContents()
    const current = report.variants.find((variant) => variant.current)!.figures
    expect(
      cells.some((cell) => cell.startsWith(`${percent(current.reached_share)} · ${percent(current.expected_rate)}`)),
    ).toBe(true)
    expect(await browser.page.locator('#variants .table').last().locator('tbody tr').count()).toBe(
      report.variants.length,
    )
    expect(await browser.page.locator('figure').count()).toBe(2)
  })
})
