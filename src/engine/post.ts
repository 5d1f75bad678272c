/** Sends one message over HTTP: no redirects, a limit of time, and no further into the network than is allowed. */

import { lookup as lookUp } from 'node:dns'
import http, { type RequestOptions } from 'node:http'
import https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress } from './addresses.ts'

export interface PostOptions {
  headers: Readonly<Record<string, string>>
  /** Whether addresses inside the network may be reached. */
  allowPrivate: boolean
  /** How long all of it may take, in ms. */
  timeoutMs: number
  /** Gives the attempt up. */
  signal?: AbortSignal
}

/** What came of it: the status of the answer, or why there was none. What the answer says is read by nobody. */
export type Posted = { status: number } | { status: null; error: string }

export function post(url: URL, body: string, options: PostOptions): Promise<Posted> {
  // A literal address is never looked up, so it is judged here.
  const literal = url.hostname.replace(/^\[|\]$/g, '')
  if (!options.allowPrivate && isIP(literal) !== 0 && !isPublicAddress(literal))
    return Promise.resolve({ status: null, error: PRIVATE })
  const limit = AbortSignal.timeout(options.timeoutMs)
  const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal])
  return new Promise((resolve) => {
    const fail = (error: Error) =>
      resolve({ status: null, error: limit.aborted ? tooSlow(options.timeoutMs) : explain(error) })
    try {
      const request = (url.protocol === 'https:' ? https : http).request(url, requestOptions(body, options, signal))
      request.on('error', fail)
      request.on('response', (response) => {
        resolve({ status: response.statusCode! })
        // The rest is let through, so that the receiver can finish; the limit of time ends whoever does not.
        response.on('error', () => {})
        response.resume()
      })
      request.end(body)
    } catch (error) {
      fail(error as Error)
    }
  })
}

function requestOptions(
  body: string,
  { headers, allowPrivate }: PostOptions,
  signal: AbortSignal,
): https.RequestOptions & RequestOptions {
  return {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    signal,
    // A connection of its own each time: whom it leads to is judged anew.
    agent: false,
    ...(allowPrivate ? {} : { lookup: lookUpPublic }),
  }
}

/**
 * The look-up of the connection itself, so that the address that is judged is the one that is used: a name that leads
 * somewhere else at every question gains nothing.
 */
const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  lookUp(hostname, { ...options, all: true }, (error, found) => {
    if (error) return callback(error, '', 4)
    const open = found.filter(({ address }) => isPublicAddress(address))
    const first = open[0]
    if (first === undefined) return callback(new Error(PRIVATE), '', 4)
    if (options.all) return callback(null, open)
    callback(null, first.address, first.family)
  })
}

const PRIVATE = 'the address is not a public one'

function tooSlow(timeoutMs: number): string {
  return `no answer within ${timeoutMs / 1000} seconds`
}

function explain(error: Error): string {
  const { code } = error as NodeJS.ErrnoException
  const word = code === undefined ? undefined : WORDS[code]
  return (word ?? (error.message || code || 'it failed')).slice(0, 200)
}

const WORDS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was closed without an answer',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  ETIMEDOUT: 'the host does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network of the host cannot be reached',
}
