/** A member: joins at the counter, opens the card, sees a purchase on it, keeps it without a connection, and leaves. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { addScreens } from '../../src/engine/http/screens.ts'
import { joinPages } from '../../src/features/members/pages.ts'
import { routes } from '../../src/server.ts'
import { bytesOfScript, hindrances, openBrowser, type TestBrowser } from '../browser.ts'
import { BUILT, NOW, SHOP } from '../counters.ts'
import { type TestServer, testServer } from '../http.ts'

const TIERS = `
tiers:
  measure: points_earned
  window: calendar_year
  levels: [{ id: green }, { id: gold, from: 500 }]
  keep: until_end_of_next_window
`

let server: TestServer
let browser: TestBrowser
beforeAll(async () => {
  server = await testServer(SHOP + TIERS, NOW, routes, {}, (app, services) => {
    joinPages(app, services)
    addScreens(app, BUILT)
  })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.drop()
})

test('a member joins, opens the card, sees a purchase, keeps it offline, and has everything deleted', async () => {
  const { page } = browser
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${server.url}/join/shop`)
  await page.getByLabel('Your name').fill('Ana Field')
  await page.getByLabel('Phone').fill('(212) 555-0142')
  await page.getByRole('checkbox').check()
  await page.getByRole('button').click()
  const opening = async () => {
    await page.getByRole('link', { name: 'Open my card' }).click()
    await page.getByText('Hello, Ana Field').waitFor()
  }
  const bytes = await bytesOfScript(page, opening)
  expect(await page.locator('.balance').textContent()).toBe('0')
  // On a slow phone every kilobyte is waited for.
  expect(bytes).toBeGreaterThan(1_000)
  expect(bytes).toBeLessThan(60_000)

  const ana = (await server.call('GET', '/v1/members?phone=2125550142')).json.data[0]
  const lines = [{ id: '1', sku: 'beans', quantity: 1, unit_price: 6_000 }]
  const order = { member: ana.id, occurred_at: '2026-05-05T14:00:00Z', currency: 'USD', prices: 'tax_included', lines }
  await server.call('PUT', '/v1/orders/o1', { body: order })
  await page.reload()
  await page.getByText('20 points to go').waitFor()
  expect(await page.locator('.balance').textContent()).toBe('60')
  await page.getByText('You can have it now').waitFor()
  await page.getByText('60 of 500').waitFor()
  await page.getByText('Why?').first().click()
  await page.getByText('60 points', { exact: false }).first().waitFor()

  // Whether or not this very page was claimed in time, the next one comes through the worker.
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.context().setOffline(true)
  await page.reload()
  await page.getByText('there is no connection now', { exact: false }).waitFor()
  expect(await page.locator('.balance').textContent()).toBe('60')
  await page.context().setOffline(false)
  await page.reload()
  await page.getByText('there is no connection now', { exact: false }).waitFor({ state: 'detached' })

  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download my data' }).click()
  expect((await download).suggestedFilename()).toBe('shop.json')

  await page.getByRole('button', { name: 'Delete me', exact: true }).click()
  await page.getByLabel('Type the number of your card to confirm').fill('1234')
  await page.getByRole('button', { name: 'Delete me for good' }).click()
  await page.getByText('This is not the number of your card.').waitFor()
  await page.getByLabel('Type the number of your card to confirm').fill(ana.card_number)
  await page.getByRole('button', { name: 'Delete me for good' }).click()
  await page.getByRole('heading', { name: 'You are deleted' }).waitFor()
  expect((await server.call('GET', `/v1/members/${ana.id}`)).json).toMatchObject({ status: 'erased', name: null })
  await page.reload()
  await page.getByText('This link opens no card any more').waitFor()
})

test('the card hinders nobody, wide or narrow, light or dark', async () => {
  const member = (await server.call('POST', '/v1/members', { body: { name: 'Bo', phone: '+12125550143' } })).json
  const { link } = (await server.call('POST', `/v1/members/${member.id}/card-link`, { body: {} })).json
  expect(await hindrances(browser.page, server.url + link)).toEqual([])
})
