/** A cashier: enrols, sells, redeems, goes offline, sells, comes back; each is once in the ledger. */

import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, type TestBrowser } from '../browser.ts'
import { give, openCounter, openShop, PIN, pointsOf } from '../counters.ts'
import type { TestServer } from '../http.ts'

let server: TestServer
let browser: TestBrowser
let page: Page
beforeAll(async () => {
  server = await openShop()
  browser = await openBrowser()
  page = browser.page
})
afterAll(async () => {
  await browser.close()
  await server.drop()
})

const press = (name: string | RegExp) => page.getByRole('button', { name }).click()
const ask = async (text: string) => {
  await page.getByLabel('Phone, card or receipt').fill(text)
  await page.keyboard.press('Enter')
}
const type = async (digits: string) => {
  await page.getByRole('status', { name: 'Amount' }).waitFor()
  await page.keyboard.type(digits)
}
const sold = () => page.locator('.last.sold').getAttribute('data-deed')
const orders = async () => (await server.ledger.database.db.query(`select from activity where type = 'order'`)).rowCount

test('a cashier enrols, sells, redeems, goes offline, sells, comes back', async () => {
  const { staff } = await openCounter(server, 'other')
  const { code } = (await server.call('POST', '/v1/devices', { body: { name: 'Front counter' } })).json

  await page.goto(`${server.url}/till`)
  await page.getByLabel('Pairing code').fill(code)
  await press('Pair')
  await press('Cashier of other')
  await page.getByRole('heading', { name: 'Your number' }).waitFor()
  await page.keyboard.type(PIN)
  await page.keyboard.press('Enter')

  await ask('202 555 0142')
  await press('Enrol 2025550142')
  await page.getByLabel('First name, if they like').fill('Ada')
  await press('They agree: enrol')
  await type('1250')
  await page.getByText('Earns 12 points').waitFor()
  const facing = await page.context().newPage()
  await facing.goto(`${server.url}/till/customer`)
  await facing.getByText('You earn 12 points').waitFor()
  await press('Done')
  await page.getByText('12 points earned').waitFor()
  await facing.getByRole('heading', { name: 'Thank you' }).waitFor()
  await facing.close()

  const { data } = (await server.call('GET', '/v1/members?phone=2025550142')).json
  const ada = data[0].id
  expect(data[0].name).toBe('Ada')
  expect(await pointsOf(server, ada)).toMatchObject({ available: 12 })
  await give(server, ada, 100)

  await ask('2025550142')
  await type('1000')
  await press(/Two dollars off.*−\$2\.00/)
  await page.getByText('$8.00').waitFor()
  await press('Done')
  await page.getByRole('heading', { name: 'Sold to Ada' }).waitFor()
  expect(await pointsOf(server, ada)).toMatchObject({ available: 12 + 100 - 50 + 8 })
  await press(/Undo/)
  await page.getByRole('heading', { name: 'Undone' }).waitFor()
  expect(await pointsOf(server, ada)).toMatchObject({ available: 112 })

  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.waitForFunction(
    async () => (await caches.keys()).length > 0 && navigator.serviceWorker.controller !== null,
  )
  const before = await orders()
  await page.context().setOffline(true)
  await page.getByText('Nobody answers').first().waitFor()
  await ask('2025550142')
  await type('500')
  await press('Done')
  await page.getByText('Kept, and sent when somebody answers').waitFor()
  const first = await sold()

  await page.reload()
  await page.getByText('1 waits').waitFor()
  const locked = page.getByRole('heading', { name: 'Locked' })
  if (await locked.isVisible()) await page.keyboard.type(PIN)
  await ask('2025550142')
  await type('1000')
  await press(/Two dollars off/)
  await page.getByText('$8.00').waitFor()
  await press('Done')
  await page.getByText('2 wait', { exact: false }).first().waitFor()
  const second = await sold()
  expect(second).not.toBe(first)

  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Connected', exact: true }).waitFor({ timeout: 30_000 })
  expect(await orders()).toBe(before! + 2)
  expect(await pointsOf(server, ada)).toMatchObject({ available: 112 + 5 + 8 - 50 })
  expect((await server.call('GET', `/v1/orders/${second}`)).json.order).toMatchObject({ member: ada, to_pay: 800 })

  await ask(first!)
  await press('All of it')
  await press('Take back')
  await page.getByText('Give back $5.00').waitFor()
  expect(await pointsOf(server, ada)).toMatchObject({ available: 112 + 8 - 50 })

  // The member's own card shows it at once.
  const { link } = (await server.call('POST', `/v1/members/${ada}/card-link`, { body: {} })).json
  await page.goto(`${server.url}${link}`)
  await page.getByText('Hello, Ada').waitFor()
  expect(await page.locator('.balance').textContent()).toBe(String(112 + 8 - 50))

  const { rows } = await server.ledger.database.db.query(`select from till_consent where staff = $1`, [staff])
  expect(rows).toHaveLength(1)
})
