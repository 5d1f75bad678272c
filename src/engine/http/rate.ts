/** How many calls a key may make: a bucket of tokens that fills at a steady rate (docs/decisions/050). */

/** What a call is told that came too early. */
export interface Overrun {
  /** Calls a second, which is also how many may come at once. */
  rate: number
  /** Whole seconds until one more is allowed. */
  retryAfter: number
}

interface Bucket {
  tokens: number
  filledAt: number
}

export class RateLimit {
  readonly #rate: number
  readonly #now: () => number
  readonly #buckets = new Map<string, Bucket>()

  /** @param rate calls a second for keys that have no limit of their own; 0 for as many as they like */
  constructor(rate: number, now: () => number = () => performance.now()) {
    this.#rate = rate
    this.#now = now
  }

  /** Takes a token of this key; null when there was one. */
  take(keyId: string, own: number | undefined): Overrun | null {
    const rate = own ?? this.#rate
    if (rate === 0) return null
    const now = this.#now()
    let bucket = this.#buckets.get(keyId)
    if (bucket === undefined) {
      bucket = { tokens: rate, filledAt: now }
      this.#buckets.set(keyId, bucket)
    }
    bucket.tokens = Math.min(rate, bucket.tokens + ((now - bucket.filledAt) / 1000) * rate)
    bucket.filledAt = now
    if (bucket.tokens < 1) return { rate, retryAfter: Math.max(1, Math.ceil((1 - bucket.tokens) / rate)) }
    bucket.tokens -= 1
    return null
  }
}

/** The fields of draft-ietf-httpapi-ratelimit-headers, and Retry-After (RFC 9110, 10.2.3). */
export function rateHeaders({ rate, retryAfter }: Overrun): Record<string, string> {
  return {
    'ratelimit-policy': `"key";q=${rate};w=1`,
    ratelimit: `"key";r=0;t=${retryAfter}`,
    'retry-after': String(retryAfter),
  }
}
