/** Cookies in and out (RFC 6265): for this host alone, out of reach of scripts, and not sent along by other sites. */

import type { FastifyRequest } from 'fastify'
import { assert } from '../../core/assert.ts'
import type { Cookie, Sender } from './route.ts'

/** What the Cookie header says; of two with one name the first, which is the one with the longer path. */
export function readCookies(header: string | undefined): Record<string, string | undefined> {
  const cookies: Record<string, string | undefined> = Object.create(null)
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=')
    if (at > 0) cookies[pair.slice(0, at).trim()] ??= pair.slice(at + 1).trim()
  }
  return cookies
}

/** The text of a Set-Cookie header. */
export function cookieText({ name, value, maxAge }: Cookie, secure: boolean): string {
  assert(/^[\w.~-]*$/.test(value), 'our cookies need no quoting')
  const text = `${name}=${value}; Max-Age=${maxAge}; Path=/; HttpOnly; SameSite=Lax`
  return secure ? `${text}; Secure` : text
}

/** Who sends a request, as far as it says. */
export function senderOf(request: FastifyRequest): Sender {
  const { ip: address, host, headers } = request
  return { address, host, secure: isSecure(request), headers, cookies: readCookies(headers.cookie) }
}

/** Whether people see https in their browser: here, or at the proxy in front. */
function isSecure({ protocol, headers }: Pick<FastifyRequest, 'protocol' | 'headers'>): boolean {
  return protocol === 'https' || String(headers['x-forwarded-proto'] ?? '').startsWith('https')
}
