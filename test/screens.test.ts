/** Every page of the console that an address alone opens: it hinders nobody, and the first one is not heavy. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { SESSION_COOKIE } from '../src/engine/access/sessions.ts'
import { pages } from '../src/web/console/pages.ts'
import { BROAD_LIGHT, bytesOfScript, hindrances, NARROW_DARK, openBrowser, type TestBrowser } from './browser.ts'
import { openShop } from './counters.ts'
import type { TestServer } from './http.ts'
import { signedIn } from './people.ts'

let server: TestServer
let browser: TestBrowser
beforeAll(async () => {
  server = await openShop()
  const { database, program } = server.ledger
  const lines = [{ id: '1', sku: 'coffee', category: 'drinks', quantity: 2, unit_price: 6_000 }]
  for (const name of ['Ana', 'Bo', 'Cem']) {
    const member = (await server.call('POST', '/v1/members', { body: { external_id: name, name } })).json.id
    const order = { member, occurred_at: '2026-05-04T14:00:00Z', currency: 'USD', prices: 'tax_included', lines }
    await server.call('PUT', `/v1/orders/${name}-1`, { body: { ...order, location: 'Main street' } })
    await server.call('POST', '/v1/redemptions', { body: { member, reward: 'mug', capture: true } })
  }
  const { headers } = await signedIn(database.db, program, 'owner')
  browser = await openBrowser()
  const [name, value] = headers['cookie']!.split('=')
  expect(name).toBe(SESSION_COOKIE)
  await browser.page.context().addCookies([{ name: name!, value: value!, url: server.url }])
})
afterAll(async () => {
  await browser?.close()
  await server?.drop()
})

/** Each page is there when its title is, and whatever it asked the server for has come. */
async function shown(page: TestBrowser['page']): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"], .mantine-Loader-root') === null)
}

test('the first page needs less than 350 KB of JavaScript', async () => {
  const { page } = browser
  const visit = async () => {
    await page.goto(`${server.url}/console`)
    await page.getByText('Sales by members').first().waitFor()
  }
  // Pictures are loaded when they are needed, after everything else.
  const first = await bytesOfScript(page, visit, (path) => !path.includes('drawing'))
  expect(first).toBeGreaterThan(50_000)
  expect(first).toBeLessThan(350_000)
})

const inside = pages.filter(({ path, outside }) => !path.includes('$') && outside !== true)
const about = ['/members/external:Ana', '/vouchers?tab=cards', '/vouchers?tab=codes', '/today?kind=all']

test.each([...inside.map(({ path }) => path), ...about])('%s hinders nobody', async (path) => {
  expect(await hindrances(browser.page, `${server.url}/console${path}`, shown, [BROAD_LIGHT, NARROW_DARK])).toEqual([])
  // A page that broke, or is none, hinders nobody either.
  const title = await browser.page.getByRole('heading', { level: 1 }).first().textContent()
  expect(title).not.toMatch(/could not be shown|no such page/)
})
