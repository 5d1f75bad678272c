/** The report of a backtest as people open it: from disk, in a real browser, with the figures that the JSON has. */

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BacktestReport } from '../src/insight/backtest/report.ts'
import { amount, count, money, monthName, percent, points, signed } from '../src/insight/report/words.ts'
import { hindrances, openBrowser, type TestBrowser } from './browser.ts'
import { demoOrders } from './demo-orders.ts'

const PROJECT = dirname(import.meta.dirname)
const COFFEE = join(PROJECT, 'examples', 'corner-coffee.yaml')
const regulars = (args: string[], cwd: string) =>
  promisify(execFile)(process.execPath, [join(PROJECT, 'bin', 'regulars.mjs'), ...args], { cwd })

let folder: string
let browser: TestBrowser
let report: BacktestReport
let address: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-test-'))
  const orders = demoOrders(250, '2025-01-01T05:00:00Z', '2026-02-20T05:00:00Z')
  await writeFile(join(folder, 'orders.csv'), orders)
  const files = ['--orders', 'orders.csv', '--json', 'report.json', '--html', 'report.html']
  await regulars(['backtest', COFFEE, ...files], folder)
  report = await readReport('report')
  address = addressOf('report')
  browser = await openBrowser()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true })
})

async function readReport(name: string): Promise<BacktestReport> {
  return BacktestReport.parse(JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')))
}

function addressOf(name: string): string {
  return pathToFileURL(join(folder, `${name}.html`)).href
}

/** What a table says, row by row, by the heading above it. */
async function tableOf(title: string): Promise<string[][]> {
  const rows = browser.page.locator('.table', { has: browser.page.getByRole('heading', { name: title, exact: true }) })
  return rows
    .locator('tbody tr')
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? '')))
}

describe('from disk', () => {
  const asked: string[] = []
  const said: string[] = []

  beforeAll(async () => {
    const { page } = browser
    page.on('request', (request) => asked.push(request.url()))
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(error.message))
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto(address)
  })

  test('it asks nothing of anybody, and runs nothing', async () => {
    const text = await readFile(join(folder, 'report.html'), 'utf8')
    expect(text.match(/<script|\son\w+=|url\((?!#)|@import|\ssrc=|href="(?!#)/)).toBeNull()
    expect(said).toEqual([])
    expect(asked).toEqual([address])
  })

  test('the answer comes first, in three sentences with the figures of the JSON', async () => {
    const { result } = report.scenarios[0]!
    const { economics, members, customers, first_reward, currency } = result
    const sentences = await browser.page.locator('.answer li').allTextContents()
    expect(sentences).toHaveLength(3)
    const [cost, reach, owed] = sentences as [string, string, string]
    expect(cost).toContain(`${percent(economics.reward_rate)} of members’ sales`)
    expect(cost).toContain(money(economics.cost, currency))
    expect(reach).toContain(`${percent(customers.reached / members)} of ${count(members)} members`)
    expect(reach).toContain(`within ${count(first_reward.days!.median)} days`)
    expect(reach).toContain(`${percent(customers.redeeming / members)} use one`)
    expect(owed).toContain(money(economics.liability.gross, currency))
    expect(owed).toContain(money(economics.liability.net, currency))
    expect(owed).toContain(`${percent(economics.break_even_lift)} more`)
  })

  test('tables have every month, rule, reward and level as the JSON has them', async () => {
    const { months, rules, rewards, tiers, currency } = report.scenarios[0]!.result
    const byMonth = await tableOf('Month by month')
    expect(byMonth.map((row) => [row[0], row[3], row[4], row[5], row[8]])).toEqual(
      months.map(({ month, orders, sales, anonymous_sales, cost }) => [
        monthName(month),
        count(orders),
        amount(sales - anonymous_sales, currency),
        amount(anonymous_sales, currency),
        amount(cost, currency),
      ]),
    )
    const stars = await tableOf('Stars month by month')
    expect(stars.map((row) => row.slice(1, 8))).toEqual(
      months.map(({ points: [own] }) => [
        ...[own!.issued, own!.spent, own!.expired, own!.reversed, own!.open].map((number) => points(number, 0)),
        ...[own!.liability.gross, own!.liability.net].map((minor) => amount(minor, currency)),
      ]),
    )
    expect((await tableOf('Earning rules')).map((row) => row[3])).toEqual(rules.map((rule) => points(rule.points, 0)))
    expect((await tableOf('Rewards')).map((row) => [row[0], row[1], row[5]])).toEqual(
      rewards.map(({ name, times, cost }) => [name, count(times), amount(cost, currency)]),
    )
    expect((await tableOf('Levels')).map((row) => row[1])).toEqual(tiers.map(({ members }) => count(members)))
  })

  test('pictures have words for those who do not see them, and one of their two drawings is shown', async () => {
    const { page } = browser
    const pictures = page.getByRole('img')
    const words = await pictures.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''))
    expect(words.length).toBeGreaterThan(5)
    for (const text of words) expect(text.length).toBeGreaterThan(30)
    const last = report.scenarios[0]!.result.months.at(-1)!.points[0]!.liability
    expect(words.join('\n')).toContain(money(last.net, report.currency))
    const shown = (width: number) => page.setViewportSize({ width, height: 900 }).then(drawings)
    const drawings = () =>
      pictures.evaluateAll((all) =>
        all.map((one) => [...one.children].map((child) => getComputedStyle(child).display !== 'none')),
      )
    expect((await shown(1440)).every(([wide, narrow]) => wide && !narrow)).toBe(true)
    expect((await shown(390)).every(([wide, narrow]) => !wide && narrow)).toBe(true)
  })

  test('every assumption is there', async () => {
    const names = await browser.page.locator('.assumptions dt').allTextContents()
    expect(names).toEqual(report.assumptions.map(({ name }) => name))
    expect(names.length).toBeGreaterThan(6)
  })
})

describe('docs/backtest.md', () => {
  const page = () => readFile(join(PROJECT, 'docs', 'backtest.md'), 'utf8')

  test('shows the answer that these orders give', async () => {
    const { page: browsed } = browser
    const told = (await page()).replaceAll(/\n> \d\. /g, '\n')
    expect(told).toContain(`${await browsed.locator('.verdict').textContent()}.`)
    for (const sentence of await browsed.locator('.answer li').allTextContents()) expect(told).toContain(sentence)
  })

  test('shows JSON that these orders give', async () => {
    const [, shown] = /```json\n(.*?)```/s.exec(await page())!
    expect(missing(report, JSON.parse(shown!))).toEqual([])
  })
})

/** Where an excerpt says something else than the whole; an element of a list may stand anywhere in it. */
function missing(whole: unknown, part: unknown, path = ''): string[] {
  if (Array.isArray(part) && Array.isArray(whole))
    return part.flatMap((one, i) => (whole.some((own) => missing(own, one).length === 0) ? [] : [`${path}/${i}`]))
  if (typeof part !== 'object' || part === null) return part === whole ? [] : [path]
  return Object.entries(part).flatMap(([key, value]) =>
    missing((whole as Record<string, unknown> | undefined)?.[key], value, `${path}/${key}`),
  )
}

describe('with everything that can be asked for', () => {
  let whole: BacktestReport

  beforeAll(async () => {
    const text = await readFile(COFFEE, 'utf8')
    await writeFile(join(folder, 'other.yaml'), text.replace('cost: 60 stars', 'cost: 50 stars'))
    const assumed = ['--redeem', 'at-once,saver,random', '--response', '--against', 'other.yaml']
    const files = ['--orders', 'orders.csv', '--json', 'whole.json', '--html', 'whole.html']
    await regulars(['backtest', COFFEE, ...files, ...assumed], folder)
    whole = await readReport('whole')
    await browser.page.goto(addressOf('whole'))
  }, 120_000)

  test('members who buy sooner stand beside the figures, not in them', async () => {
    const [first] = whole.scenarios
    expect(first!.result).toEqual(report.scenarios[0]!.result)
    const { sales } = first!.with_response!.result.economics
    expect(sales).toBeGreaterThan(first!.result.economics.sales)
    const aside = await browser.page.locator('.aside').textContent()
    expect(aside).toContain(`Not in these figures: `)
    expect(aside).toContain(money(sales, whole.currency))
  })

  test('every way of redeeming is a column', async () => {
    const runs = await tableOf('What hangs on how members redeem')
    const cost = runs.find(([name]) => name!.startsWith('Cost of rewards USD'))!
    const told = whole.scenarios.flatMap(({ result, with_response }) => [result, with_response!.result])
    expect(cost.slice(1).map((text) => /^[\d,]+\.\d\d/.exec(text)![0])).toEqual(
      [...told, whole].map(({ economics }) => amount(economics.cost, whole.currency)),
    )
  })

  test('the other program stands beside this one, with who gains and who loses', async () => {
    const { figures, members } = whole.against!
    expect(members.lose).toBeGreaterThan(0)
    const statement = await browser.page.locator('#against .statement').textContent()
    expect(statement).toContain(`${count(members.lose)} would lose ${money(members.lost, whole.currency)}`)
    const rows = await tableOf('Side by side')
    expect(rows).toHaveLength(figures.length)
    const rate = figures.find(({ figure }) => figure === 'expected_rate')!
    expect(rows).toContainEqual([
      'Cost in the end, of sales',
      percent(rate.this),
      percent(rate.other),
      signed(rate.difference, percent(rate.difference)),
    ])
    const worst = await tableOf('Who would lose most')
    expect(worst.map(([member]) => member)).toEqual(members.worst.map(({ member }) => member))
  })

  test('it hinders nobody, wide or narrow, light or dark', async () => {
    expect(await hindrances(browser.page, addressOf('whole'))).toEqual([])
  }, 60_000)
})

test('it prints on A4, in light colours whatever the screen has', async () => {
  const { page } = browser
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  await page.goto(address)
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)')
  const pages = (await page.pdf({ preferCSSPageSize: true })).toString('latin1').match(/\/Type \/Page\b/g)
  expect(pages!.length).toBeGreaterThan(2)
  expect(pages!.length).toBeLessThan(14)
})
