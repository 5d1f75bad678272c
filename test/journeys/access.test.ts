/** An owner invites somebody, who chooses a password and one-time codes; the records have who did what. */

import { Secret, TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, type TestBrowser } from '../browser.ts'
import { openShop } from '../counters.ts'
import type { TestServer } from '../http.ts'
import { PASSWORD, signedIn } from '../people.ts'

const OWN = 'eleven green umbrellas'

let server: TestServer
let browser: TestBrowser
let page: Page
beforeAll(async () => {
  server = await openShop()
  const { database, program } = server.ledger
  await signedIn(database.db, program, 'owner')
  browser = await openBrowser()
  page = browser.page
})
afterAll(async () => {
  await browser.close()
  await server.drop()
})

const press = (name: string | RegExp) => page.getByRole('button', { name }).click()
const password = (name = 'Password') => page.getByRole('textbox', { name })
const signIn = async (email: string, secret: string) => {
  await page.getByLabel('E-mail').fill(email)
  await password().fill(secret)
  await page.keyboard.press('Enter')
}

test('somebody is invited, comes in, protects the account, and is let go in mid-work', async () => {
  await page.goto(`${server.url}/console/team/new`)
  await signIn('owner@shop.test', PASSWORD)
  await page.getByLabel('Name').fill('June Park')
  await page.getByLabel('E-mail').fill('june@shop')
  await press('Make the link')
  await page.getByText('This can be no e-mail address.').waitFor()
  expect(await page.getByLabel('Name').inputValue()).toBe('June Park')
  await page.getByLabel('E-mail').fill('june@shop.test')
  await page.getByLabel('Support').check()
  await page.getByRole('button', { name: 'Make the link' }).dblclick()
  const link = (await page.locator('.secret').textContent())!

  await page.context().clearCookies()
  await page.goto(link)
  await password().fill('shop.test!')
  await press('Save and sign in')
  await page.getByText('This is made of your e-mail address').waitFor()
  await password().fill(OWN)
  await press('Save and sign in')
  await page.waitForURL(/\/console\/?$/)

  await page.goto(`${server.url}/console/account`)
  const codes = page.locator('section').filter({ has: page.getByRole('heading', { name: 'One-time codes' }) })
  await codes.getByRole('textbox', { name: 'Current password' }).fill(OWN)
  await press('Set up one-time codes')
  const key = (await codes.locator('.mono').textContent())!
  const totp = new TOTP({ secret: Secret.fromBase32(key) })
  await codes.getByLabel('The code that the app shows now').fill(totp.generate())
  await press('Turn on')
  const recovery = (await codes.locator('.recovery li').first().textContent())!

  await page.context().clearCookies()
  await page.goto(`${server.url}/console/team`)
  await signIn('june@shop.test', OWN)
  await page.getByLabel('Code from your authenticator app').fill(recovery)
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'June P' }).waitFor()

  await server.ledger.database.db.query(
    `delete from staff_role where staff <> (select id from staff where email = 'owner@shop.test')`,
  )
  await page.getByRole('link', { name: 'Invite somebody' }).click()
  await page.getByLabel('Name').fill('Typed before')
  await page.getByLabel('E-mail').fill('typed@shop.test')
  await press('Make the link')
  await page.getByText('You have no part in this program any more').waitFor()
  expect(await page.getByLabel('Name').inputValue()).toBe('Typed before')

  await page.context().clearCookies()
  await page.goto(`${server.url}/console/audit?actor=owner%40shop.test`)
  await signIn('owner@shop.test', PASSWORD)
  await page.getByText('Invited somebody').waitFor()
  expect(await page.getByText('Invited somebody').count()).toBe(1)
})
