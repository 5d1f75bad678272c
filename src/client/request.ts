/** What every call of the client is made of. */

export interface CallOptions {
  /** For a POST: the same request with the same key is done once. A random one is taken unless this is given. */
  idempotencyKey?: string
  /** Gives up the call, attempts to come included. */
  signal?: AbortSignal
  /** Ties the call to lines of the server's log. */
  requestId?: string
}

export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  query?: object
  body?: unknown
  /** The type of the body; what is not JSON is sent as the text it is. */
  type?: string
}

/** A part of a path, such as an id, with whatever it has in it. */
export function part(text: string): string {
  return encodeURIComponent(text)
}

/** 128 random bits: `crypto.randomUUID` is missing on pages that are not served over TLS. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export interface Page<Item> {
  data: Item[]
  has_more: boolean
  next_cursor: string | null
}

/** The first page when it is awaited; every item, page after page, with `for await`. */
export class Listing<Item> implements PromiseLike<Page<Item>>, AsyncIterable<Item> {
  readonly #fetch: (cursor: string | null) => Promise<Page<Item>>

  constructor(fetch: (cursor: string | null) => Promise<Page<Item>>) {
    this.#fetch = fetch
  }

  // biome-ignore lint/suspicious/noThenProperty: a listing is awaited like the page that it begins with.
  then<Result = Page<Item>, Failure = never>(
    fulfilled?: ((page: Page<Item>) => Result | PromiseLike<Result>) | null,
    rejected?: ((reason: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Result | Failure> {
    return this.#fetch(null).then(fulfilled, rejected)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
    let cursor: string | null = null
    do {
      const page: Page<Item> = await this.#fetch(cursor)
      yield* page.data
      cursor = page.has_more ? page.next_cursor : null
    } while (cursor !== null)
  }
}
