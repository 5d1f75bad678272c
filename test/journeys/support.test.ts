/** Support explains a balance and corrects it above their limit; a second person approves, and the balance shows it. */

import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, type TestBrowser } from '../browser.ts'
import { NOW, newMember, openShop, pointsOf } from '../counters.ts'
import type { TestServer } from '../http.ts'
import { PASSWORD, signedIn } from '../people.ts'

let server: TestServer
let browser: TestBrowser
let page: Page
let ada: string
beforeAll(async () => {
  server = await openShop()
  const { database, program } = server.ledger
  for (const role of ['support', 'finance'] as const) await signedIn(database.db, program, role)
  ada = await newMember(server, '202 555 0142')
  await server.call('PUT', '/v1/orders/order-1', {
    body: {
      member: ada,
      occurred_at: new Date(NOW).toISOString(),
      currency: 'USD',
      prices: 'tax_included',
      lines: [{ id: '1', sku: 'beans', quantity: 1, unit_price: 1250 }],
    },
  })
  browser = await openBrowser()
  page = browser.page
})
afterAll(async () => {
  await browser.close()
  await server.drop()
})

const press = (name: string | RegExp) => page.getByRole('button', { name }).click()
const enter = async (email: string | null) => {
  if (email !== null) await page.getByLabel('E-mail').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await page.keyboard.press('Enter')
}
const approvals = async () =>
  (await server.ledger.database.db.query(`select from activity where type = 'approve'`)).rowCount

test('support explains a balance and corrects it, and a second person approves', async () => {
  await page.goto(`${server.url}/console/members`)
  await enter('support@shop.test')
  await page.getByLabel('Name, your id or phone').fill('ada')
  await page.waitForURL(/q=ada/)
  await page.getByRole('link', { name: 'Ada Lovelace' }).click()
  await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor()
  await page.getByRole('listitem').filter({ hasText: 'Purchase order-1' }).getByRole('button').click()
  await page.getByText('12 points: 1 point for every 1.00 USD of 12.50').waitFor()
  expect(page.url()).toContain('open=act_')

  await press('Give or take points')
  await page.getByLabel('How many').fill('600')
  await page.getByLabel('Reason').fill('The machine ate her order')
  await server.ledger.database.db.query('delete from staff_session')
  await press('Book it')
  await enter(null)
  await page.getByRole('textbox', { name: 'Password' }).waitFor({ state: 'detached' })
  expect(await page.getByLabel('How many').inputValue()).toBe('600')
  expect(await page.getByLabel('Reason').inputValue()).toBe('The machine ate her order')
  await press('Book it')
  await page.getByText('+600 points asked for. Somebody else has to approve it').waitFor()
  expect(await pointsOf(server, ada)).toMatchObject({ available: 12 })

  await page.getByRole('link', { name: 'See what waits' }).click()
  await page.getByText('You asked for this, so somebody else has to approve it.').waitFor()
  expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0)
  await page.goBack()
  await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor()
  expect(await page.getByRole('dialog').count()).toBe(0)

  await page.context().clearCookies()
  await page.goto(`${server.url}/console/approvals`)
  await enter('finance@shop.test')
  await page.getByText('The machine ate her order').waitFor()
  await page.getByRole('button', { name: 'Approve' }).dblclick()
  await page.getByText('Approved: +600 points for Ada Lovelace.').waitFor()
  await page.getByText('Nothing waits').waitFor()
  expect(await approvals()).toBe(1)
  expect(await pointsOf(server, ada)).toMatchObject({ available: 612 })

  await page.goto(`${server.url}/console/members/${ada}`)
  await page.getByText('612', { exact: true }).waitFor()
  await page.getByText('Adjustment approved').waitFor()
})
