/**
 * Load for benchmarks: members and small orders in the shapes of the HTTP interface, made so cheaply that what is measured
 * is the product. An order costs one object, one array and three short texts; its lines are shared and frozen.
 */
import { Random } from '../examples/random.ts'

export interface LoadMember {
  external_id: string
}

export interface LoadOrder {
  external_id: string
  /** `external:…` of one of the members. */
  member: string
  /** RFC 3339 in UTC, to the millisecond. */
  occurred_at: string
  currency: 'USD'
  prices: 'tax_excluded'
  lines: readonly LoadLine[]
}

export interface LoadLine {
  readonly id: string
  readonly sku: string
  readonly category: 'drinks' | 'food'
  readonly quantity: number
  /** Cents. */
  readonly unit_price: number
}

/** Members 0 to `members − 1`, each once. */
export function* benchMembers(members: number): Generator<LoadMember> {
  for (let i = 0; i < members; i++) yield { external_id: memberId(i) }
}

/**
 * Orders of one to three lines by members drawn uniformly, which is the worst case for any cache of accounts. The same
 * arguments give the same orders; another `seed` gives other orders under other ids, so that runs on one ledger do not
 * replay each other. They are a millisecond apart and the last one lies just before `until` (epoch milliseconds), so
 * that a server whose clock shows `until` finds none of them in the future.
 */
export function* benchOrders(members: number, orders: number, seed: number, until: number): Generator<LoadOrder> {
  const random = new Random(seed)
  const clock = utcClock()
  for (let i = 0; i < orders; i++) {
    const lines: LoadLine[] = []
    for (let place = 1 + random.below(3); place > 0; place--) lines.push(random.pick(LINES[lines.length]!))
    yield {
      external_id: `load-${seed}-${i}`,
      member: `external:${memberId(random.below(members))}`,
      occurred_at: clock(until - orders + i),
      currency: 'USD',
      prices: 'tax_excluded',
      lines,
    }
  }
}

function memberId(index: number): string {
  return `load-${index}`
}

/** Writes times; formatting a date is the dearest part of an order, so the text of a second is kept for all of it. */
function utcClock(): (at: number) => string {
  let second = Number.NaN
  let text = ''
  return (at) => {
    const now = Math.floor(at / 1000)
    if (now !== second) {
      second = now
      text = new Date(now * 1000).toISOString().slice(0, 20)
    }
    return `${text}${String(at - now * 1000).padStart(3, '0')}Z`
  }
}

/** For each of three places in an order, the lines that may stand there: 32 items, once or twice each. */
const LINES: readonly (readonly LoadLine[])[] = ['1', '2', '3'].map((id) =>
  Array.from({ length: 64 }, (_, i) => {
    const item = i >> 1
    const category = item < 20 ? 'drinks' : 'food'
    return Object.freeze({ id, sku: `item-${item}`, category, quantity: 1 + (i & 1), unit_price: 325 + item * 25 })
  }),
)
