/** Quotes: what an order would do if it were paid now. It is decided on a copy, and nothing is locked or kept. */

import { type Account, decodeAccount } from '../core/account.ts'
import type { Activity, ActivityOf, OrderBody } from '../core/activity.ts'
import { CLOCK_SKEW_MS, decide, type Env, leadOf } from '../core/decide.ts'
import type { Claims, Deciding } from '../core/deciding.ts'
import { explain } from '../core/explain.ts'
import type { Exchange, Offer } from '../core/feature.ts'
import { priceOrder } from '../core/order.ts'
import { availablePoints, NEVER } from '../core/points.ts'
import type { Program } from '../core/program.ts'
import { Refusal, refuse } from '../core/refusal.ts'
import { termsOf } from '../core/terms.ts'
import { formatInstant } from '../core/time.ts'
import {
  type Codes,
  MOST_VOUCHERS,
  openVouchers,
  PLAIN_CODES,
  POOL_CLAIM,
  rewardNamed,
  type Voucher,
} from '../core/vouchers.ts'
import { balancesAnswer, cardsOf, discountsOf, parseMember, pricedOrder, tierOf } from './answers.ts'
import { publicId } from './ids.ts'
import { asksExpired, readExpired } from './load.ts'
import { balancesOf, viewOf } from './outcome.ts'
import { currentProgram, envOf, type LiveProgram, nowOf, programAt } from './programs.ts'
import { awake, findAccount, noMember, type Reading, readAccount, winnerOf } from './read.ts'
import type { QuoteAnswer } from './shapes.ts'
import { exactly } from './voucher-refusal.ts'

export interface Quoted {
  body: OrderBody
  /** As the caller named them; null for nobody we know. */
  member: string | null
  occurredMs: number
}

type Status = 'quote' | 'draft'

export async function quoteOrder(
  reading: Reading,
  live: LiveProgram,
  order: Quoted,
  status: Status,
): Promise<QuoteAnswer | Refusal> {
  const mismatch = refusalAtFirst(live, order)
  if (mismatch !== null) return mismatch
  if (order.member === null) return quoteSale(order, status)
  const ref = parseMember(order.member)
  const id = ref === null ? null : await findAccount(reading, live, ref)
  const own = id === null ? null : await readAccount(reading, live, await winnerOf(reading, live, id))
  if (own === null) return noMember(order.member, '/member')
  const now = nowOf(live)
  const most = withEveryOffer(live, order)
  const claims = await readClaims(reading, live, most)
  const led = leadOf(decodeAccount(own.state, own.seq), 'order', currentProgram(live))
  const row = led === null ? own : await readAccount(reading, live, await winnerOf(reading, live, led.account))
  const quoted = led === null ? order : { ...order, body: { ...order.body, for_member: led.as } }
  // What is told late may use points that were there when it happened, though they have expired since.
  const expired = asksExpired(live, most)
    ? (await readExpired(reading.database, new Set([row!.id]))).get(row!.id)
    : undefined
  const { account } = awake(live, row!, now, expired)
  const free = await readFree(reading, live, claims)
  const answer = new Quote(live, quoted, account, now, claims, free).answer(own.id, status)
  return answer instanceof Refusal ? exactly(reading, live, row!.id, order.body, answer) : answer
}

/** What no decision is needed for: an order of another currency, and a sale that nobody decides in the future. */
export function refusalAtFirst(live: LiveProgram, { body, member, occurredMs }: Quoted): Refusal | null {
  const { currency } = programAt(live, occurredMs)
  if (body.currency !== currency)
    return refuse('currency_mismatch', `The program is in ${currency}, the order in ${body.currency}.`, '/currency')
  if (member === null && occurredMs > nowOf(live) + CLOCK_SKEW_MS)
    return refuse('too_late', 'This lies in the future.', '/occurred_at')
  return null
}

/** The order with everything that a quote tries on it: what that may ask for is read before any of it is decided. */
function withEveryOffer(live: LiveProgram, { body, occurredMs }: Quoted): ActivityOf<'order'> {
  const { offers, exchanges } = termsOf(programAt(live, occurredMs))
  const rewards = offers.map(({ reward }) => ({ reward }))
  const points = exchanges.map(({ wallet, step }) => ({ wallet, points: step }))
  const redeem = [...(body.redeem ?? []), ...rewards, ...points]
  return { type: 'order', id: 0, key: 'quote', occurred_at: occurredMs, body: { ...body, redeem } }
}

/** Shared counters as they are now; somebody else may be quicker, which the order itself will be told. */
export async function readClaims(
  reading: Reading,
  live: LiveProgram,
  most: ActivityOf<'order'>,
  // An order takes from what the program of now counts, whenever it was made.
  program = currentProgram(live),
): Promise<Claims> {
  const names = [...new Set(program.features.flatMap((feature) => feature.claims?.(most, program) ?? []))]
  const claims: Claims = new Map(names.map((name) => [name, 0]))
  if (names.length === 0) return claims
  const { rows } = await reading.database.query<{ name: string; used: number }>(
    'select name, used from claim where program = $1 and name = any ($2)',
    [live.number, names],
  )
  for (const { name, used } of rows) claims.set(name, used)
  return claims
}

/** How many codes are left in each pool that may be asked, by pool. */
export async function readFree(reading: Reading, live: LiveProgram, claims: Claims): Promise<Map<string, number>> {
  const pools = [...claims.keys()].filter((name) => name.startsWith(POOL_CLAIM))
  if (pools.length === 0) return new Map()
  const { rows } = await reading.database.query<{ id: string; free: number }>(
    'select id, free from code_pool where program = $1 and id = any ($2)',
    [live.number, pools.map((name) => name.slice(POOL_CLAIM.length))],
  )
  return new Map(rows.map(({ id, free }) => [id, free]))
}

function quoteSale({ body, occurredMs }: Quoted, status: Status): QuoteAnswer | Refusal {
  if ((body.redeem ?? []).length > 0)
    return refuse('insufficient_points', 'A sale without a member has no points to redeem.', '/redeem')
  return {
    order: pricedOrder(body, priceOrder(body, null), null, occurredMs, { status, returned: null }),
    discounts: [],
    payments: [],
    redemptions: [],
    postings: [],
    balances: [],
    tier: null,
    explanation: [],
    vouchers: [],
    cards: [],
    activity: null,
    revision: null,
    earns: [],
    rewards: [],
    open_vouchers: [],
    discounts_missed: [],
    exchange: [],
  }
}

/** One member's order, decided as often as there are rewards to try on it. */
class Quote {
  readonly #live: LiveProgram
  readonly #order: Quoted
  readonly #account: Account
  readonly #now: number
  readonly #claims: Claims
  readonly #free: ReadonlyMap<string, number>

  constructor(
    live: LiveProgram,
    order: Quoted,
    account: Account,
    now: number,
    claims: Claims,
    free: ReadonlyMap<string, number>,
  ) {
    this.#live = live
    this.#order = order
    this.#account = account
    this.#now = now
    this.#claims = claims
    this.#free = free
  }

  answer(id: number, status: Status): QuoteAnswer | Refusal {
    const { body, occurredMs } = this.#order
    const d = this.#decide(body, true)
    if (d instanceof Refusal) return d
    const member = publicId('mem', id)
    // The past decides a late order, but what the member has is theirs by the program of now.
    const inForce = currentProgram(this.#live)
    return {
      order: pricedOrder(body, d.order!, member, occurredMs, { status, returned: null, payments: d.payments }),
      discounts: discountsOf(d.discounts, body),
      payments: d.payments.map(({ wallet, points, amount }) => ({ wallet, points, amount })),
      redemptions: [],
      postings: [],
      balances: balancesAnswer(balancesOf(this.#account, inForce)),
      tier: tierOf(viewOf(this.#account, inForce, this.#now)),
      // A quote moves nothing, so there is nothing to explain but what would be earned.
      explanation: explain({ type: 'order', at: this.#now, entries: d.entries, moves: [] }, d.program, String),
      vouchers: [],
      cards: cardsOf(viewOf(this.#account, inForce, this.#now)),
      activity: null,
      revision: d.program.revision,
      earns: earnedOf(d),
      rewards: termsOf(d.program).offers.map((offer) => this.#try(offer, d)),
      open_vouchers: openVouchers(this.#account)
        .filter(({ code }) => !body.redeem?.some(({ voucher }) => voucher === code))
        .map((voucher) => this.#tryVoucher(voucher)),
      discounts_missed: d.leftOut.map(({ source, name, why }) => ({ discount: source, name, missing: missingOf(why) })),
      exchange: termsOf(d.program).exchanges.map((exchange) => this.#exchange(exchange, d)),
    }
  }

  #decide(body: OrderBody, checksTender = false): Deciding | Refusal {
    return this.#decideOne(
      { type: 'order', id: 0, key: 'quote', occurred_at: this.#order.occurredMs, body },
      checksTender,
    )
  }

  #decideOne(activity: Activity, checksTender = false): Deciding | Refusal {
    // Each try takes from counters of its own.
    const now = Math.max(this.#now, this.#account.clock)
    const env: Env = {
      ...envOf(this.#live, now, () => 0, new Map(this.#claims), nobodysCodes(this.#free)),
      checksTender,
    }
    const decided = decide(env, this.#account, activity)
    return decided instanceof Refusal ? decided : decided.decisions.at(-1)!
  }

  /** Whether a voucher that the member has could be used on this order, too. */
  #tryVoucher({ code, reward, expiry }: Voucher): QuoteAnswer['open_vouchers'][number] {
    const { body } = this.#order
    const redeem = body.redeem ?? []
    const tried = this.#decide({ ...body, redeem: [...redeem, { voucher: code }] })
    const name = rewardNamed(currentProgram(this.#live), reward)?.name ?? reward
    const expires_at = expiry === NEVER ? null : formatInstant(expiry)
    const told = { code, reward, name, expires_at }
    if (tried instanceof Refusal) return { ...told, available: false, discount: null, missing: missingOf(tried) }
    const discount = tried.discounts.find(({ place }) => place === redeem.length)?.amount ?? 0
    return { ...told, available: true, discount, missing: null }
  }

  /** Whether one more reward could be had with this order, or by itself beside it, and what is missing to it. */
  #try({ reward, name, wallet, cost, onOrders }: Offer, d: Deciding): QuoteAnswer['rewards'][number] {
    const { body } = this.#order
    const tried = onOrders
      ? this.#decide({ ...body, redeem: [...(body.redeem ?? []), { reward }] })
      : this.#redeem(reward, this.#left(wallet, d) - cost)
    if (!(tried instanceof Refusal)) {
      const place = body.redeem?.length ?? 0
      const discount = onOrders ? (tried.discounts.find((one) => one.place === place)?.amount ?? 0) : null
      return { reward, name, wallet, cost, available: true, discount, missing: null }
    }
    const points = cost - this.#left(wallet, d)
    const missing = tried.code === 'insufficient_points' ? { points, ...missingOf(tried) } : missingOf(tried)
    return { reward, name, wallet, cost, available: false, discount: null, missing }
  }

  /** `rest` are the points that would be left when the order itself has been paid for. */
  #redeem(reward: string, rest: number): Deciding | Refusal {
    const { location, for_member } = this.#order.body
    const body = { reward, quantity: 1, capture: true, location, for_member }
    const tried = this.#decideOne({ type: 'redeem', id: 0, key: 'quote', occurred_at: this.#order.occurredMs, body })
    if (tried instanceof Refusal || rest >= 0) return tried
    return refuse('insufficient_points', 'What the order itself costs leaves too few points for this.')
  }

  /** The most points of a wallet that the order could use as money, of those that it leaves. */
  #exchange({ wallet, step }: Exchange, d: Deciding): QuoteAnswer['exchange'][number] {
    const { body } = this.#order
    const redeem = body.redeem ?? []
    const points = Math.max(step, Math.floor(this.#left(wallet, d) / step) * step)
    const others = redeem.filter((one) => one.points === undefined || one.wallet !== wallet)
    const tried = this.#decide({ ...body, redeem: [...others, { points, wallet }] })
    if (tried instanceof Refusal) return { wallet, points: 0, amount: 0, missing: missingOf(tried) }
    const discount = tried.discounts.find(({ place }) => place === others.length)
    const used = discount ?? tried.payments.find((payment) => payment.wallet === wallet)!
    return { wallet, points: used.points!, amount: used.amount, missing: null }
  }

  /** Points that the rewards of the order itself leave. */
  #left(wallet: string, d: Deciding): number {
    const own = this.#account.wallets.find(({ id }) => id === wallet)
    const spent = d.redemptions.reduce((sum, one) => (one.wallet === wallet ? sum + one.points : sum), 0)
    return (own === undefined ? 0 : availablePoints(own)) - spent
  }
}

/** No code is anybody's by a quote: only how many are left matters. */
export function nobodysCodes(left: ReadonlyMap<string, number>): Codes {
  const free = [...left].map(([pool, count]): [string, string[]] => [
    pool,
    new Array(Math.min(count, MOST_VOUCHERS)).fill(''),
  ])
  return { ...PLAIN_CODES, free: new Map(free) }
}

function missingOf({ code, detail, missing }: Refusal): QuoteAnswer['discounts_missed'][number]['missing'] {
  return { ...missing, code, reason: detail }
}

function earnedOf({ entries, program }: { entries: Deciding['entries']; program: Program }): QuoteAnswer['earns'] {
  const earned = new Map(program.wallets.map(({ id }) => [id, 0]))
  for (const { wallet, points } of entries) earned.set(wallet, (earned.get(wallet) ?? 0) + points)
  return [...earned].map(([wallet, points]) => ({ wallet, points }))
}
