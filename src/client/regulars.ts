/** The client of the HTTP interface, for Node and browsers: calls that may be lost on the way are safely sent again. */

import { type BatchAnswer, type BatchLine, Calls, type Problem } from './calls.ts'
import { type CallOptions, Listing, type Page, type Request, randomKey } from './request.ts'

export interface RegularsOptions {
  /** Where Regulars runs, such as `https://loyalty.example.com`. */
  url: string
  /**
   * An API key: `sk_live_…` or `sk_test_…`. Keys with rights do not belong into browsers of the public. Null on a page of
   * Regulars itself, where the browser's session speaks.
   */
  key: string | null
  /** How often a call is sent again after the first time; 4 unless said. */
  retries?: number
  /** How long an answer is waited for, each time, in ms; half a minute unless said. */
  timeoutMs?: number
  /** What sends requests; the platform's own unless said. */
  fetch?: typeof fetch
}

/** The server refused the call. `code` is stable; `message` and `problem.errors` are for people. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.name = 'ProblemError'
    this.problem = problem
  }

  get code(): Problem['code'] {
    return this.problem.code
  }

  get status(): number {
    return this.problem.status
  }
}

/** No answer came, or none of this server: whether the call was carried out is not known. `cause` says more. */
export class NoAnswerError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause })
    this.name = 'NoAnswerError'
  }
}

const RETRIES = 4
const TIMEOUT_MS = 30_000
/** As long as the server waits for one. */
const FILE_TIMEOUT_MS = 3_600_000
/** The first pause lasts up to this long, each further one up to twice as long as the one before. */
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 8_000
/** What fits into one batch: lines as the server allows, and characters well below its limit of bytes. */
const MOST_LINES = 10_000
const MOST_CHARACTERS = 3_000_000

export class Regulars extends Calls {
  readonly #options: Required<RegularsOptions>

  constructor({ url, key, retries = RETRIES, timeoutMs = TIMEOUT_MS, fetch = globalThis.fetch }: RegularsOptions) {
    super()
    // Called as a function of its own: browsers insist on that.
    const send: typeof fetch = (input, init) => fetch(input, init)
    this.#options = { url: url.replace(/\/+$/, ''), key, retries, timeoutMs, fetch: send }
  }

  /**
   * Many calls at once, as many as there are; answers come in the order of the lines, each with its problem if it has
   * one. Lines with a key can be sent again at any time; those without are safe within this call.
   */
  async *batch(
    lines: Iterable<BatchLine> | AsyncIterable<BatchLine>,
    options: CallOptions = {},
  ): AsyncGenerator<BatchAnswer> {
    const key = options.idempotencyKey ?? randomKey()
    let sent = 0
    for await (const piece of pieces(lines)) {
      const request: Request = { method: 'POST', path: '/v1/batch', body: piece.text, type: 'application/x-ndjson' }
      const text = await this.#exchange(request, { ...options, idempotencyKey: `${key}:${sent}` })
      for (const line of text.trimEnd().split('\n')) {
        const answer = JSON.parse(line) as BatchAnswer
        yield { ...answer, line: answer.line + sent }
      }
      sent += piece.lines
    }
  }

  protected async send<Answer>(request: Request, options: CallOptions = {}): Promise<Answer> {
    const text = await this.#exchange(request, options)
    return (text === '' ? null : JSON.parse(text)) as Answer
  }

  protected list<Item>(request: Request, options: CallOptions = {}): Listing<Item> {
    return new Listing((cursor) => {
      const query = cursor === null ? request.query : { ...request.query, cursor }
      return this.send<Page<Item>>({ ...request, query }, options)
    })
  }

  /** Sends until there is an answer that sending again would not change. The key is the same every time. */
  async #exchange(request: Request, options: CallOptions): Promise<string> {
    const init = this.#initOf(request, options)
    const url = `${this.#options.url}${request.path}${queryText(request.query)}`
    for (let tries = 0; ; tries++) {
      const attempt = await this.#attempt(url, init, options.signal)
      if ('text' in attempt) return attempt.text
      options.signal?.throwIfAborted()
      if (!attempt.again || tries >= this.#options.retries) throw attempt.error
      await pause(Math.max(attempt.waitMs, jitter(tries)), options.signal)
    }
  }

  #initOf({ method, body, type = 'application/json' }: Request, options: CallOptions): RequestInit {
    const { key } = this.#options
    const headers: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` }
    if (method === 'POST') headers['idempotency-key'] = options.idempotencyKey ?? randomKey()
    if (options.requestId !== undefined) headers['x-request-id'] = options.requestId
    if (body === undefined) return { method, headers }
    headers['content-type'] = type
    return { method, headers, body: typeof body === 'string' || body instanceof Blob ? body : JSON.stringify(body) }
  }

  async #attempt(url: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Attempt> {
    const isFile = init.body instanceof Blob
    const timeout = AbortSignal.timeout(isFile ? FILE_TIMEOUT_MS : this.#options.timeoutMs)
    try {
      const answer = await this.#options.fetch(url, {
        ...init,
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      })
      // An answer that breaks off is no answer.
      const text = await answer.text()
      if (answer.ok) return { text }
      const again = answer.status === 429 || answer.status >= 500
      return { error: errorOf(answer, text), again, waitMs: 1000 * Number(answer.headers.get('retry-after') ?? 0) }
    } catch (cause) {
      return { error: new NoAnswerError(`No answer from ${url}`, cause), again: true, waitMs: 0 }
    }
  }
}

type Attempt = { text: string } | { error: Error; again: boolean; waitMs: number }

function errorOf(answer: Response, text: string): Error {
  const type = answer.headers.get('content-type') ?? ''
  if (type.startsWith('application/problem+json')) return new ProblemError(JSON.parse(text) as Problem)
  // Something between us and the server answered.
  return new NoAnswerError(`The answer ${answer.status} is not one of Regulars`, text.slice(0, 200))
}

function queryText(query: object | undefined): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null)
  if (given.length === 0) return ''
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

/** Anywhere up to the limit, so that clients who failed together do not come back together. */
function jitter(tries: number): number {
  return Math.random() * Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS)
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      clearTimeout(timer)
      reject(signal!.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', giveUp)
      resolve()
    }, ms)
    signal?.addEventListener('abort', giveUp, { once: true })
  })
}

async function* pieces(lines: Iterable<BatchLine> | AsyncIterable<BatchLine>) {
  let piece = { text: '', lines: 0 }
  for await (const line of lines) {
    const text = `${JSON.stringify(line)}\n`
    if (piece.lines === MOST_LINES || piece.text.length + text.length > MOST_CHARACTERS) {
      if (piece.lines > 0) yield piece
      piece = { text: '', lines: 0 }
    }
    piece.text += text
    piece.lines += 1
  }
  if (piece.lines > 0) yield piece
}
