import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApi, testApi } from '../../../test/api.ts'
import { joinPages } from './pages.ts'

const COFFEE = readFileSync(new URL('../../../examples/corner-coffee.yaml', import.meta.url), 'utf8')
const NOW = Date.parse('2026-05-01T13:00:00Z')

let api: TestApi
beforeAll(async () => {
  api = await testApi(COFFEE, NOW, joinPages)
})
afterAll(() => api.close())

async function open(path: string): Promise<{ status: number; page: string; token: string }> {
  const response = await fetch(api.url + path)
  const page = await response.text()
  return { status: response.status, page, token: /name="token" value="([^"]+)"/.exec(page)?.[1] ?? '' }
}

async function send(fields: Record<string, string>): Promise<{ status: number; page: string }> {
  const response = await fetch(`${api.url}/join/corner-coffee`, { method: 'POST', body: new URLSearchParams(fields) })
  return { status: response.status, page: await response.text() }
}

const cardIn = (page: string) => /class="number">([\d ]+)</.exec(page)?.[1]?.replaceAll(' ', '')

test('the page says what members get, in a sentence for each rule and reward', async () => {
  const { status, page } = await open('/join/corner-coffee')
  expect(status).toBe(200)
  expect(page).toContain('<h1>Corner Coffee Rewards</h1>')
  expect(page).toContain('<li>1 star for every 1.00 USD</li>')
  expect(page).toContain('<li><b>A dollar off</b> for 25 stars</li>')
  expect(page).not.toContain('<script')
})

test('the page leads to the terms, in the language of whoever reads them', async () => {
  const { page } = await open('/join/corner-coffee')
  expect(page).toContain('<a href="corner-coffee/terms">')
  const terms = async (query: string, asked: string) => {
    const headers = { 'accept-language': asked }
    return (await fetch(`${api.url}/join/corner-coffee/terms${query}`, { headers })).text()
  }
  expect(await terms('', 'de-DE,de;q=0.9')).toContain('<html lang="en">')
  expect(await terms('', 'de,tr-TR;q=0.8,en;q=0.7')).toContain('<html lang="tr">')
  expect(await terms('?language=en', 'tr')).toContain(
    '<b>A dollar off.</b> Costs 25 stars. You get $1.00 off your purchase.',
  )
  expect(await terms('?language=%3Cb%3E&language=x', 'tr')).toContain('<a href="?language=en" lang="en"')
  expect((await fetch(`${api.url}/join/nobody/terms`)).status).toBe(404)
})

test('who joins gets a card, and joins once however often the form is sent', async () => {
  const { token } = await open('/join/corner-coffee')
  const fields = { token, name: 'Ana <b>', phone: '(212) 555-0188', consent: 'yes' }
  const [first, second] = await Promise.all([send(fields), send(fields)])
  const third = await send(fields)
  for (const { status, page } of [first, second, third]) {
    expect(status).toBe(200)
    expect(page).toContain('Welcome, Ana &lt;b&gt;')
    expect(page).toContain('<svg')
    expect(cardIn(page)).toBe(cardIn(first.page))
  }
  const { body } = await api.call('GET', '/v1/members?phone=2125550188')
  expect(body.data).toMatchObject([{ name: 'Ana <b>', phone: '+12125550188', card_number: cardIn(first.page) }])
  const changed = await send({ ...fields, name: 'Somebody else' })
  expect([changed.status, changed.page.includes('joined with this form already')]).toEqual([422, true])
})

test('mistakes are told beside their field, and what was typed stays', async () => {
  const { token } = await open('/join/corner-coffee')
  const { status, page } = await send({ token, name: '"Bo"', phone: 'call me' })
  expect(status).toBe(422)
  expect(page).toContain('value="&quot;Bo&quot;"')
  expect(page).toContain('value="call me"')
  expect(page).toContain(`name="token" value="${token}"`)
  expect(page).toContain('id="consent-error"')
  const agreed = await send({ token, name: 'Bo', phone: 'call me', consent: 'yes' })
  expect(agreed.page).toMatch(/aria-describedby="phone-error"[\s\S]*id="phone-error">This does not look like a phone/)
  expect(agreed.page).toContain(' checked')
  const nothing = await send({})
  expect(nothing.page).toContain('Please give a phone number or an e-mail address.')
})

test('a number that belongs to a member is told without telling whose it is', async () => {
  await api.call('POST', '/v1/members', { name: 'Grace Hopper', phone: '212 555 0166' })
  const { token } = await open('/join/corner-coffee')
  const { status, page } = await send({ token, name: 'Bo', phone: '212-555-0166', consent: 'yes' })
  expect([status, page.includes('already'), page.includes('Grace')]).toEqual([422, true, false])
})

test('the poster leads to the form', async () => {
  const { status, page } = await open('/join/corner-coffee/poster')
  expect(status).toBe(200)
  expect(page).toContain(`${api.url}/join/corner-coffee`)
  expect(page.match(/class="line"/g)).toHaveLength(3)
  expect(page).toContain('<svg')
})

test('a program that is not there is told as a page', async () => {
  const { status, page } = await open('/join/nothing')
  expect([status, page.includes('There is no such program')]).toEqual([404, true])
})

test('who joins over and over is asked to wait', async () => {
  const answers = []
  for (let i = 0; i < 40; i++) answers.push(await send({ name: 'Many' }))
  expect(answers.at(-1)!.status).toBe(429)
  expect(answers.at(-1)!.page).toContain('try again in a minute')
})

test('a friend’s link fills in who sent them, and who has joined can pass on their own', async () => {
  const rewards = [{ id: 'five', cost: 1, gives: { amount_off: 5 } }]
  const program = { program: 'shop', name: 'Shop', currency: 'USD', timezone: 'UTC', wallets: { points: {} } }
  const shop = await testApi(JSON.stringify({ ...program, rewards, referrals: { referrer: 'five' } }), NOW, joinPages)
  try {
    const { body: ana } = await shop.call('POST', '/v1/members', { external_id: 'ana' })
    const form = await (await fetch(`${shop.url}/join/shop?ref=${ana.referral_code}`)).text()
    const token = /name="token" value="([^"]+)"/.exec(form)![1]!
    const ref = /name="ref" value="([^"]+)"/.exec(form)![1]!
    expect(ref).toBe(ana.referral_code)
    const fields = new URLSearchParams({ token, ref, name: 'Bo', email: 'bo@example.com', consent: 'yes' })
    const thanks = await (await fetch(`${shop.url}/join/shop`, { method: 'POST', body: fields })).text()
    const { body } = await shop.call('GET', '/v1/members?email=bo@example.com')
    const [bo] = body.data
    expect(thanks).toContain(`<a href="${shop.url}/join/shop?ref=${bo.referral_code}">`)
    const { body: line } = await shop.call('GET', `/v1/members/${bo.id}/activities`)
    expect(line.data[0].body.introduced).toEqual({ by: ana.id })
    const odd = await (await fetch(`${shop.url}/join/shop?ref=${encodeURIComponent('"><script>')}`)).text()
    expect(odd).not.toContain('name="ref"')
  } finally {
    await shop.close()
  }
})
