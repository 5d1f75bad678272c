/** A marketer: drops a file of past orders whose columns have names of their own, mends them, and reads the report. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashPassword } from '../../src/engine/access/passwords.ts'
import { addPerson, giveRole } from '../../src/engine/access/people.ts'
import type { Desk } from '../../src/engine/studies/desk.ts'
import { openDesk } from '../../src/server.ts'
import { hindrances, openBrowser, type TestBrowser } from '../browser.ts'
import { openShop } from '../counters.ts'
import { demoOrders } from '../demo-orders.ts'
import type { TestServer } from '../http.ts'
import { dropOrders, mendColumn, runBacktest } from './backtest-steps.ts'

const PASSWORD = 'a long and quiet sentence'

let folder: string
let server: TestServer
let desk: Desk
let browser: TestBrowser
let page: Page
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journey-backtests-'))
  server = await openShop()
  const { database, program } = server.ledger
  const config = { home: join(folder, 'home'), fileLimit: 10_000_000, backtestsAtOnce: 1 }
  const log = { error: (line: object) => server.log.push(JSON.stringify(line)) }
  desk = openDesk(config as never, log as never, { database: database.db, url: database.url })
  server.services.desk = desk
  const password = await hashPassword(PASSWORD)
  const staff = await addPerson(database.db, { email: 'mara@shop.test', name: 'Mara', password })
  await giveRole(database.db, staff, program.number, 'marketer')
  browser = await openBrowser()
  page = browser.page
})
afterAll(async () => {
  await browser?.close()
  await desk.stop()
  await server.drop()
  await rm(folder, { recursive: true })
})

test('a marketer drops a file, mends its columns, and reads what the program would have done', async () => {
  const orders = demoOrders(40, '2025-01-01T05:00:00Z', '2025-07-01T05:00:00Z')
  const path = join(folder, 'bons.csv')
  await writeFile(path, orders.replace('order,member,', 'Bon,member,'))
  await page.request.post(`${server.url}/v1/session`, {
    data: { email: 'mara@shop.test', password: PASSWORD },
    headers: { origin: server.url },
  })

  await page.goto(`${server.url}/console/backtests/new`)
  await dropOrders(page, path)
  await page.getByText('No column of the file is known as the “order”').waitFor()
  expect(await page.getByRole('button', { name: 'Run the backtest' }).isDisabled()).toBe(true)
  await mendColumn(page, 'order', 'Bon')
  await page.getByText(/orders in .* rows, from/).waitFor()
  expect(page.url()).toContain('map_order=Bon')
  await runBacktest(page)

  const id = page.url().split('/').at(-1)!
  const { report } = (await server.call('GET', `/v1/backtests/${id}`)).json
  const { members } = report.scenarios[0].result
  await page.getByText(`of ${members} members`).first().waitFor()
  await page.getByRole('figure').first().waitFor()
  const saved = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download as a page' }).click()
  expect((await saved).suggestedFilename()).toMatch(/^backtest-shop-.*\.html$/)

  expect(await hindrances(page, page.url())).toEqual([])
  expect(await hindrances(page, `${server.url}/console/backtests`)).toEqual([])
})
