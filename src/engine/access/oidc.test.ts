/** Signing in by the company's accounts, against a provider that really signs and checks. */

import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../test/http.ts'
import { signedIn } from '../../../test/people.ts'
import { createLog } from '../log.ts'
import { Attempts } from './attempts.ts'
import { addOidc } from './oidc.ts'
import { sessionRoutes } from './session-routes.ts'

const SOURCE = `
program: shop
name: Shop
currency: USD
timezone: America/New_York
wallets:
  points: {}
`
const CLIENT = { clientId: 'regulars', clientSecret: 'a secret of two' }

/** A provider of accounts: whoever comes is the person that is set, once the client has proved itself. */
interface TestProvider {
  issuer: string
  /** What it says of whoever comes next. */
  claims: Record<string, unknown>
  close(): void
}

async function testProvider(): Promise<TestProvider> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const codes = new Map<string, URLSearchParams>()
  const provider: TestProvider = { issuer: '', claims: {}, close: () => server.close() }
  const server: Server = createServer(async (request, response) => {
    const url = new URL(request.url!, provider.issuer)
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (url.pathname === '/.well-known/openid-configuration') return json(200, documentOf(provider.issuer))
    if (url.pathname === '/keys')
      return json(200, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] })
    if (url.pathname === '/authorize') {
      const code = randomBytes(8).toString('hex')
      codes.set(code, url.searchParams)
      const back = new URL(url.searchParams.get('redirect_uri')!)
      back.search = String(new URLSearchParams({ code, state: url.searchParams.get('state')! }))
      return response.writeHead(302, { location: back.href }).end()
    }
    const sent = new URLSearchParams(await textOf(request))
    const asked = codes.get(sent.get('code') ?? '')
    codes.delete(sent.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(sent.get('code_verifier') ?? '')
      .digest('base64url')
    const isRight =
      asked?.get('code_challenge') === challenge &&
      asked.get('redirect_uri') === sent.get('redirect_uri') &&
      sent.get('client_id') === CLIENT.clientId &&
      sent.get('client_secret') === CLIENT.clientSecret
    if (!isRight) return json(400, { error: 'invalid_grant' })
    const now = Math.floor(Date.now() / 1000)
    const times = { iat: now, exp: now + 60 }
    const claims = { iss: provider.issuer, aud: CLIENT.clientId, sub: 'u1', ...times, nonce: asked.get('nonce') }
    return json(200, {
      access_token: 'unused',
      token_type: 'Bearer',
      id_token: signed({ ...claims, ...provider.claims }),
    })
  })
  function signed(claims: unknown): string {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const text = `${part({ alg: 'RS256', kid: 'one' })}.${part(claims)}`
    return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey).toString('base64url')}`
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  provider.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return provider
}

function documentOf(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

let provider: TestProvider
let server: TestServer
beforeAll(async () => {
  provider = await testProvider()
  const log = createLog({ level: 'silent' })
  server = await testServer(SOURCE, 0, sessionRoutes(new Attempts()), {}, (app, services) =>
    addOidc(app, services, { issuer: provider.issuer, ...CLIENT }, log),
  )
  await signedIn(server.ledger.database.db, server.ledger.program, 'marketer', 'theo@shop.test')
})
afterAll(async () => {
  await server.drop()
  provider.close()
})

const visit = (address: string, cookie = '') => fetch(address, { redirect: 'manual', headers: { cookie } })
const cookieOf = (response: Response, name: string) =>
  response.headers
    .getSetCookie()
    .find((text) => text.startsWith(`${name}=`))
    ?.split(';')[0]

/** To the provider and back, as a browser goes. */
async function journey(claims: Record<string, unknown>, change = (back: URL) => back) {
  provider.claims = claims
  const start = await visit(`${server.url}/auth/oidc/start`)
  const there = await visit(start.headers.get('location')!)
  const back = change(new URL(there.headers.get('location')!))
  const end = await visit(back.href, cookieOf(start, 'regulars_oidc'))
  return { start, back, end, to: end.headers.get('location'), session: cookieOf(end, 'regulars_session') }
}

const THEO = { email: 'Theo@shop.test', email_verified: true }

describe('who comes back from the provider', () => {
  test('is let in when they were invited and the address is verified', async () => {
    const { start, to, session } = await journey(THEO)
    expect(start.headers.getSetCookie()[0]).toMatch(
      /^regulars_oidc=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    expect(to).toBe('/console')
    const answer = await server.call('GET', '/v1/session', { key: null, headers: { cookie: session! } })
    expect(answer.json).toMatchObject({ staff: { email: 'theo@shop.test' }, role: 'marketer' })
    const { rows } = await server.ledger.database.db.query(`select after from audit where action = 'signIn'`)
    expect(rows).toEqual([{ after: { by: 'oidc' } }])
  })

  test.each([
    ['nobody invited them', { email: 'stranger@shop.test', email_verified: true }, 'unknown'],
    ['the address is not verified', { ...THEO, email_verified: false }, 'unverified'],
    ['nothing says that it is', { email: THEO.email }, 'unverified'],
    ['there is no address', {}, 'unverified'],
    ['the nonce is another', { ...THEO, nonce: 'another' }, 'failed'],
    ['it is for another client', { ...THEO, aud: 'another' }, 'failed'],
    ['it has expired', { ...THEO, exp: 1_000 }, 'failed'],
    ['another issuer vouches', { ...THEO, iss: 'https://evil.test' }, 'failed'],
  ])('is not when %s', async (_why, claims, told) => {
    const { to, session } = await journey(claims)
    expect(to).toBe(`/console?oidc=${told}`)
    expect(session).toBeUndefined()
  })

  test('is not with a state of another journey, a code that was used, or without having left from here', async () => {
    const other = await journey(THEO, (back) => {
      back.searchParams.set('state', 'another')
      return back
    })
    expect(other.to).toBe('/console?oidc=failed')
    const { start, back } = await journey(THEO)
    const again = await visit(back.href, cookieOf(start, 'regulars_oidc'))
    expect(again.headers.get('location')).toBe('/console?oidc=failed')
    expect((await visit(back.href)).headers.get('location')).toBe('/console?oidc=failed')
    const refused = await visit(
      `${server.url}/auth/oidc/callback?error=access_denied`,
      cookieOf(start, 'regulars_oidc'),
    )
    expect(refused.headers.get('location')).toBe('/console?oidc=failed')
  })
})

test('the sign-in form is told whether there is such a way in', async () => {
  expect(await (await visit(`${server.url}/auth/oidc`)).json()).toEqual({ issuer: new URL(provider.issuer).host })
})
