/** A page is made of any report, and whatever comes out of data stays text in it. */

import { expect, test } from 'vitest'
import { at, programOf } from '../../../../test/history.ts'
import type { HistoryOrder } from '../../../core/history.ts'
import { createBacktest } from '../backtest.ts'
import { reportOf, type Source } from '../report.ts'
import { assume } from '../scenario.ts'
import { backtestPage } from './backtest-page.ts'

const PROGRAM = programOf(`
program: evil
name: '<script>alert(1)</script>'
currency: KWD
timezone: Asia/Kuwait
wallets: { miles: { decimals: 2 }, stars: {} }
earning:
  - { id: base, on: order, earn: 2 per 1.000, wallet: stars }
  - { id: extra, on: order, earn: 1 per 1.000, wallet: stars }
  - { id: far, on: order, earn: 1 per 3.000, wallet: miles }
tiers:
  measure: stars_earned
  window: calendar_year
  levels: [{ id: low }, { id: high, from: 20 }]
  keep: until_end_of_window
rewards:
  - { id: x, name: '<img src=x onerror=alert(2)>', cost: 60 stars, gives: { amount_off: 1.000 } }
  - { id: y, name: '"&amp;', cost: 3.00 miles, gives: { amount_off: 0.500 } }
`)

const SOURCE: Source = {
  kind: 'file',
  name: '<b>orders</b>.csv',
  rows: 40,
  orders: 40,
  understood: [{ field: 'order', column: '<i>id</i>', how: 'by its name' }],
  reports: { '<u>odd</u>': 2 },
}

function pageOf(orders: readonly HistoryOrder[]): string {
  const redeeming = { model: 'at-once' } as const
  const atOnce = assume(PROGRAM, { redeeming })
  const [asIs, result] = [assume(PROGRAM), atOnce].map((scenario) => {
    const run = createBacktest(scenario, { until: at('2026-06-15T00:00:00Z') })
    for (const order of orders) run.order(order)
    return run.finish()
  })
  const scenarios = [{ redeeming, seeds: 1, result: result!, ranges: {}, with_response: null }]
  return backtestPage(reportOf(atOnce, SOURCE, asIs!, scenarios), '1.0.0')
}

const ORDERS = Array.from({ length: 40 }, (_, i): HistoryOrder => {
  const lines = [{ id: '1', sku: 'tea', quantity: 1, unit_price: 4_000 }]
  const occurred_at = at(`2026-0${1 + (i % 5)}-1${i % 9}T10:00:00Z`)
  return { external_id: String(i), member: `m${i % 4}`, occurred_at, currency: 'KWD', lines }
}).sort((a, b) => a.occurred_at - b.occurred_at)

test('names of programs, rewards, files and columns are text, in drawings, too', () => {
  const page = pageOf(ORDERS)
  expect(page).toContain('<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>')
  for (const markup of ['<script', '<img', '<b>orders', '<i>', '<u>']) expect(page).not.toContain(markup)
  expect(page.match(/<text [^>]*>&lt;img src=x/g)!.length).toBeGreaterThan(0)
})

test('the same report makes the same page, and no id stands in it twice', () => {
  const page = pageOf(ORDERS)
  expect(pageOf(ORDERS)).toBe(page)
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!)
  expect(ids.length).toBeGreaterThan(8)
  expect(new Set(ids).size).toBe(ids.length)
})

test('a history without orders makes a page, without pictures', () => {
  const page = pageOf([])
  expect(page).toContain('No orders were found in &lt;b&gt;orders&lt;/b&gt;.csv.')
  expect(page).not.toContain('<figure')
})
