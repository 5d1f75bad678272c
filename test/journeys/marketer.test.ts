/** A marketer: from an empty database to a published program, with a backtest over a file of past orders on the way. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newSetUpLink } from '../../src/engine/access/set-up.ts'
import { readConfig } from '../../src/engine/config.ts'
import { createLog } from '../../src/engine/log.ts'
import { Programs } from '../../src/engine/programs.ts'
import { openRecorder } from '../../src/engine/record.ts'
import { compile } from '../../src/means.ts'
import { listen, type Running } from '../../src/server.ts'
import { openBrowser, type TestBrowser } from '../browser.ts'
import { type TestDatabase, testDatabase } from '../database.ts'
import { demoOrders } from '../demo-orders.ts'
import { dropOrders, runBacktest } from './backtest-steps.ts'

let database: TestDatabase
let running: Running
let browser: TestBrowser
const home = mkdtempSync(join(tmpdir(), 'regulars-marketer-'))
beforeAll(async () => {
  database = await testDatabase()
  const { db, url } = database
  const config = readConfig({ PORT: '0', HOST: '127.0.0.1', DATABASE_URL: url, REGULARS_HOME: home })
  const recorder = await openRecorder(db, { release: 'test', tzdata: 'test' })
  const means = { url, database: db, programs: new Programs(db, compile), recorder, announce: () => {} }
  running = await listen(config, createLog({ level: 'silent' }), { ...means, close: async () => {} })
  browser = await openBrowser()
}, 60_000)
afterAll(async () => {
  await browser.close()
  await running.stop()
  await database.drop()
  rmSync(home, { recursive: true })
})

test('a marketer goes from an empty database to a published program with a backtest', async () => {
  const { page } = browser
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()

  await page.goto(running.address + (await newSetUpLink(database.db)))
  await page.getByLabel('Name of the business').fill('Corner Coffee')
  await page.getByRole('combobox', { name: 'Currency' }).fill('USD')
  await page.getByRole('combobox', { name: 'Time zone' }).fill('America/New_York')
  await page.getByLabel('Your name').fill('Nora')
  await page.getByLabel('E-mail').fill('nora@corner.test')
  await page.getByRole('textbox', { name: 'Password' }).fill('seven quiet lanterns')
  await press('Set up and sign in')
  await page.waitForURL(/\/console\/?$/)

  // The template becomes a draft of this business, in which one number is changed.
  await page.goto(`${running.address}/console/program/new?template=corner-coffee`)
  await page.waitForURL(/drafts\/dft_/)
  const draft = page.url()
  await press('Base')
  await page.getByLabel('Earn', { exact: true }).fill('2 per 1.00')
  await page.getByText('You get 2 stars for every $1.00').waitFor()
  await page.getByText('Saved', { exact: true }).waitFor()

  // What it would have done with the orders of last year.
  await page.getByRole('tab', { name: 'Who gains and loses' }).click()
  await page.getByRole('link', { name: 'Open a full backtest of this draft' }).click()
  const orders = join(home, 'orders.csv')
  writeFileSync(orders, demoOrders(40, '2025-01-01T05:00:00Z', '2025-07-01T05:00:00Z'))
  await dropOrders(page, orders)
  await runBacktest(page)

  await page.goto(`${draft.split('?')[0]}?step=publish`)
  await page.getByRole('heading', { name: 'What would change' }).waitFor()
  await press('Publish')
  await page.getByRole('heading', { name: 'Revision 2' }).waitFor()
  await page.getByText('Published by nora@corner.test').waitFor()

  const { rows } = await database.db.query<{ source: string }>(
    'select source from revision order by number desc limit 1',
  )
  expect(rows[0]!.source).toContain('earn: 2 per 1.00')
  expect(rows[0]!.source).toMatch(/^program: corner-coffee\s+# the program's id; it never changes$/m)
}, 120_000)
