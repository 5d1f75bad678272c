/** Two people write the same draft: the form and the text are one file, and neither overwrites the other. */

import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addScreens } from '../../src/engine/http/screens.ts'
import { routes } from '../../src/server.ts'
import { hindrances, openBrowser, type TestBrowser } from '../browser.ts'
import { type TestServer, testServer } from '../http.ts'
import { signedIn, type TestPerson } from '../people.ts'

const NOW = Date.UTC(2026, 4, 5, 15)
const SOURCE = `# What the corner shop gives.
program: shop
name: The Shop
currency: USD
timezone: UTC
wallets:
  points: { expiry: never }
earning:
  - { id: base, on: order, earn: 1 per 1.00 }   # a point a dollar
  - { id: tuesday, on: order, when: 'order.weekday == "tuesday"', times: 2 }
rewards:
  - { id: mug, name: A mug, cost: 100 points, gives: { amount_off: 2.00 } }
`
const BUILT = fileURLToPath(new URL('../../dist/web', import.meta.url))

let server: TestServer
let browser: TestBrowser
let page: Page
let zeynep: TestPerson
let tom: TestPerson
beforeAll(async () => {
  server = await testServer(SOURCE, NOW, routes, {}, (app) => addScreens(app, BUILT))
  browser = await openBrowser()
  page = browser.page
  const { database, program } = server.ledger
  zeynep = await signedIn(database.db, program, 'marketer', 'zeynep@shop.test')
  tom = await signedIn(database.db, program, 'owner', 'tom@shop.test')
  const [name, value] = zeynep.headers['cookie']!.split('=') as [string, string]
  await page.context().addCookies([{ name, value, url: server.url }])
})
afterAll(async () => {
  await browser.close()
  await server.drop()
})

const as = async (person: TestPerson, method: string, path: string, body?: unknown) =>
  (
    await server.call(method, `/v1/programs/shop/${path}`, {
      key: null,
      headers: person.headers,
      ...(body === undefined ? {} : { body }),
    })
  ).json
const saved = () => page.getByText('Saved', { exact: true }).waitFor()
const idOf = () => new URL(page.url()).pathname.split('/').at(-1)!

test('the form and the text are one file, and what is wrong is said where it stands', async () => {
  await page.goto(`${server.url}/console/program`)
  await page.getByRole('button', { name: 'Begin a draft' }).click()
  await page.getByRole('menuitem', { name: 'The program as it is now' }).click()
  await page.getByRole('button', { name: 'Base', exact: true }).click()
  await page.getByLabel('Earn', { exact: true }).fill('2 per 1.00')
  await page.getByText('You get 2 points for every $1.00').waitFor()
  await saved()
  // Nothing but its own place has changed.
  expect((await as(zeynep, 'GET', `drafts/${idOf()}`)).source).toBe(SOURCE.replace('1 per', '2 per'))

  await page.getByRole('button', { name: 'Tuesday', exact: true }).click()
  await page.getByRole('textbox', { name: 'When' }).click()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText('order.weekdy == "monday"')
  await page.getByText('One thing is wrong').waitFor()
  expect(await page.locator('.cm-lintRange-error').textContent()).toBe('order.weekdy')
  await page.getByRole('button', { name: 'Write order.weekday' }).click()
  await page.getByText('Only on a Monday').waitFor()

  await page.getByRole('switch', { name: 'Tuesday is on' }).press('Space')
  await page.getByText('Switched off').waitFor()
  await page.getByText('Text', { exact: true }).click()
  await page.locator('.cm-content').filter({ hasText: 'off: true' }).waitFor()
  await page.locator('.cm-content').click()
  await page.keyboard.press('Control+End')
  await page.keyboard.insertText('review: everybody\n')
  await saved()
  await page.getByText('Form', { exact: true }).click()
  await page.getByRole('button', { name: 'The basics' }).click()
  await page.getByRole('radio', { name: 'Everybody', checked: true }).waitFor({ state: 'attached' })
}, 60_000)

test('whoever comes second sees both texts, and both are kept', async () => {
  const id = idOf()
  const before = await as(tom, 'GET', `drafts/${id}`)
  // She types while he saves; his is there first.
  const his = before.source.replace('The Shop', 'Tom’s Shop')
  await as(tom, 'PUT', `drafts/${id}`, { version: before.version, source: his })
  await page.getByLabel('Name', { exact: true }).fill('Zeynep’s Shop')
  await page.getByText('tom@shop.test changed this draft while you were writing').waitFor()
  expect((await as(tom, 'GET', `drafts/${id}`)).source).toBe(his)
  await page.locator('.cm-deletedChunk').filter({ hasText: 'Tom’s Shop' }).waitFor()
  await page.locator('.cm-changedLine').filter({ hasText: 'Zeynep’s Shop' }).waitFor()
  await page.getByRole('button', { name: 'Keep mine as a draft of its own' }).click()
  await page.waitForURL((url) => !url.pathname.endsWith(id))
  await page.getByRole('heading', { name: 'Draft, the other version' }).waitFor()
  expect((await as(zeynep, 'GET', `drafts/${idOf()}`)).source).toContain('Zeynep’s Shop')
  expect((await as(zeynep, 'GET', `drafts/${id}`)).source).toBe(his)
}, 30_000)

test('without a connection nothing is lost, and what was typed is sent once there is one', async () => {
  const id = idOf()
  await page.goto(`${server.url}/console/program/drafts/${id}?part=basics`)
  await page.getByLabel('Name', { exact: true }).waitFor()
  await page.context().setOffline(true)
  await page.getByLabel('Name', { exact: true }).fill('Typed in a tunnel')
  await page.getByText('Not saved yet: there is no connection').waitFor()
  await page.context().setOffline(false)
  await saved()
  expect((await as(zeynep, 'GET', `drafts/${id}`)).source).toContain('Typed in a tunnel')
}, 40_000)

test('a marketer asks for a review, another person approves, and the draft decides', async () => {
  const id = idOf()
  await page.getByRole('tab', { name: 'Review and publish' }).click()
  await page.getByText('Somebody else has to approve this draft').first().waitFor()
  await page.getByLabel('What whoever looks at it should know').fill('For the spring')
  await page.getByRole('button', { name: 'Ask for a review' }).click()
  await page.getByText('zeynep@shop.test asked for a review').waitFor()
  const { version, review } = await as(tom, 'GET', `drafts/${id}`)
  expect(review.note).toBe('For the spring')
  await as(tom, 'POST', `drafts/${id}/approve`, { version })
  await page.reload()
  await page.getByText('tom@shop.test approved this version').waitFor()
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
  await page.getByRole('heading', { name: 'Revision 2' }).waitFor()
  await page.getByText('Published by zeynep@shop.test, approved by tom@shop.test').waitFor()
  await page.getByText('You get 2 points for every $1.00').first().waitFor()
  await page.getByRole('button', { name: 'Go back to this revision' }).waitFor()
}, 30_000)

test.each([
  ['', 'What holds now'],
  ['/drafts/main?part=earning&open=1', 'Earning'],
  ['/drafts/main?view=text', 'main'],
  ['/drafts/main?step=publish', 'What would change'],
  ['/revisions/2', 'What it changed for members'],
])(
  'nothing on /console/program%s hinders anybody',
  async (path, heading) => {
    await as(zeynep, 'PUT', 'draft', SOURCE.replace('1 per', '3 per'))
    const found = await hindrances(page, `${server.url}/console/program${path}`, async () => {
      await page.getByRole('heading', { name: heading }).first().waitFor()
      await page.waitForTimeout(300)
    })
    expect(found).toEqual([])
  },
  60_000,
)
