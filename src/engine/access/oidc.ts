/**
 * Signing in by the company's own accounts (OpenID Connect): the code flow with PKCE (RFC 7636), state and nonce. Who
 * comes back must have a verified e-mail address that belongs to somebody who was invited.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import * as oidc from 'openid-client'
import { Refusal } from '../../core/refusal.ts'
import { normalEmail } from '../directory.ts'
import { cookieText, senderOf } from '../http/cookies.ts'
import type { Cookie, Sender, Services } from '../http/route.ts'
import type { Server } from '../http/server.ts'
import type { Log } from '../log.ts'
import { findPerson } from './people.ts'
import { letIn, type SignedIn } from './sign-in.ts'

export interface OidcSettings {
  /** Such as `https://login.example.com/realms/staff`. */
  issuer: string
  clientId: string
  clientSecret: string
}

/** What the browser keeps between the two ends of the journey, so that any process can welcome it back. */
const JOURNEY_COOKIE = 'regulars_oidc'
const JOURNEY_SECONDS = 600

/** Why somebody is not let in, as the sign-in form is told: `?oidc=…`. */
type Failure = 'failed' | 'unverified' | 'unknown'

/** `/auth/oidc` says whether there is such a way in; the other two are its ends. */
export function addOidc(app: Server, services: Services, settings: OidcSettings | null, log: Log): void {
  const issuer = settings === null ? null : new URL(settings.issuer).host
  app.get('/auth/oidc', (_request, reply) => reply.header('cache-control', 'no-store').send({ issuer }))
  if (settings === null) return
  const provider = new Provider(settings)
  app.get('/auth/oidc/start', async (request, reply) => {
    try {
      const { address, cookie } = await provider.depart(callbackOf(senderOf(request)))
      return leave(request, reply, address, [cookie])
    } catch (error) {
      log.error({ err: error, request_id: request.id }, 'the provider of accounts cannot be reached')
      return leave(request, reply, `/console?oidc=${'failed' satisfies Failure}`)
    }
  })
  app.get('/auth/oidc/callback', async (request, reply) => {
    const found = await arrive(services, provider, request, log)
    const over = { name: JOURNEY_COOKIE, value: '', maxAge: 0 }
    if (typeof found === 'string') return leave(request, reply, `/console?oidc=${found}`, [over])
    return leave(request, reply, '/console', [over, found.cookie])
  })
}

function leave(
  request: FastifyRequest,
  reply: FastifyReply,
  address: string,
  cookies: readonly Cookie[] = [],
): FastifyReply {
  const { secure } = senderOf(request)
  reply.header('cache-control', 'no-store').header(
    'set-cookie',
    cookies.map((cookie) => cookieText(cookie, secure)),
  )
  return reply.redirect(address, 303)
}

async function arrive(
  services: Services,
  provider: Provider,
  request: FastifyRequest,
  log: Log,
): Promise<SignedIn | Failure> {
  const sender = senderOf(request)
  const journey = sender.cookies[JOURNEY_COOKIE]
  if (journey === undefined) return 'failed'
  let claims: oidc.IDToken
  try {
    const { search } = new URL(request.url, 'http://here')
    claims = await provider.welcome(new URL(`${callbackOf(sender)}${search}`), journey)
  } catch (error) {
    log.warn({ err: error, request_id: request.id }, 'somebody came back from the provider of accounts in vain')
    return 'failed'
  }
  const { email, email_verified } = claims
  const address = typeof email === 'string' ? normalEmail(email) : null
  if (address === null || email_verified !== true) return 'unverified'
  const person = await findPerson(services.database, 'email', address)
  if (person === null) return 'unknown'
  const signedIn = await letIn(services.database, person, sender, request.id, 'oidc')
  return signedIn instanceof Refusal ? 'unknown' : signedIn
}

/** Where the provider sends people back to; it only takes addresses that were registered with it. */
function callbackOf({ secure, host }: Sender): string {
  return `${secure ? 'https' : 'http'}://${host}/auth/oidc/callback`
}

class Provider {
  readonly #settings: OidcSettings
  #configuration: Promise<oidc.Configuration> | null = null

  constructor(settings: OidcSettings) {
    this.#settings = settings
  }

  /** Where to send the browser, and what it keeps meanwhile. */
  async depart(callback: string): Promise<{ address: string; cookie: Cookie }> {
    const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()]
    const address = oidc.buildAuthorizationUrl(await this.#ask(), {
      redirect_uri: callback,
      scope: 'openid email profile',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    })
    const value = [state, nonce, verifier].join('.')
    return { address: address.href, cookie: { name: JOURNEY_COOKIE, value, maxAge: JOURNEY_SECONDS } }
  }

  /** What the provider vouches for; throws when anything about the way back is not as it left. */
  async welcome(address: URL, journey: string): Promise<oidc.IDToken> {
    const [state, nonce, verifier] = journey.split('.')
    if (state === undefined || nonce === undefined || verifier === undefined)
      throw new Error('the journey is incomplete')
    const tokens = await oidc.authorizationCodeGrant(await this.#ask(), address, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    })
    return tokens.claims()!
  }

  /** What the provider says of itself is asked once; a provider that was away is asked again. */
  #ask(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings
    const url = new URL(issuer)
    // Only a provider on this very machine may do without TLS, as one for trying things does.
    const execute = ['localhost', '127.0.0.1'].includes(url.hostname) ? [oidc.allowInsecureRequests] : []
    this.#configuration ??= oidc.discovery(url, clientId, clientSecret, undefined, { execute }).catch((error) => {
      this.#configuration = null
      throw error
    })
    return this.#configuration
  }
}
