/** What people see in a browser today: the page to join, the poster at the counter, the interface's own pages. */

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinPages } from '../src/features/members/pages.ts'
import { type TestApi, testApi } from './api.ts'
import { hindrances, openBrowser, type TestBrowser } from './browser.ts'

const COFFEE = readFileSync(new URL('../examples/corner-coffee.yaml', import.meta.url), 'utf8')
let api: TestApi
let browser: TestBrowser

beforeAll(async () => {
  api = await testApi(COFFEE, Date.parse('2026-05-01T13:00:00Z'), joinPages)
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await api?.close()
})

test('a customer at the counter joins by phone, is told what is wrong beside the field, and holds a card', async () => {
  const { page } = browser
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${api.url}/join/corner-coffee`)
  await page.getByLabel('Your name').fill('Ana Field')
  await page.getByLabel('Phone').fill('12')
  await page.getByRole('checkbox').check()
  await page.getByRole('button').click()
  expect(await page.getByLabel('Your name').inputValue()).toBe('Ana Field')
  expect(await page.getByLabel('Phone').getAttribute('aria-invalid')).toBe('true')

  await page.getByLabel('Phone').fill('(212) 555-0142')
  await page.getByRole('button').click()
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('Ana Field')
  expect(await page.locator('svg').count()).toBeGreaterThan(0)
  const { body } = await api.call('GET', '/v1/members?phone=212-555-0142')
  expect(body.data[0]).toMatchObject({ name: 'Ana Field' })
  const card = (await page.locator('body').textContent())?.replaceAll(' ', '')
  expect(card).toContain(body.data[0].card_number)
})

test.each(['/join/corner-coffee', '/join/corner-coffee/poster', '/join/corner-coffee/terms?language=tr', '/docs'])(
  '%s hinders nobody, wide or narrow, light or dark',
  async (path) => {
    expect(await hindrances(browser.page, api.url + path)).toEqual([])
  },
)
