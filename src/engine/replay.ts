/** Replay: an account's activities decided again, in their order, from nothing but what was stored with them. */

import type { Account } from '../core/account.ts'
import type { Activity, ActivityOf, OrderBody, ReturnBody } from '../core/activity.ts'
import { advance, nextDue, start, wake } from '../core/decide.ts'
import type { Adjustment, Claims, Deciding, Forward, Redemption, Referral } from '../core/deciding.ts'
import { nothingReturned } from '../core/order.ts'
import { encodeFrozen, type Receipt } from '../core/receipt.ts'
import { Refusal } from '../core/refusal.ts'
import type { Codes, VoucherChange } from '../core/vouchers.ts'
import { storedPosting } from './batch.ts'
import { voucherCode } from './codes.ts'
import { keys } from './incoming.ts'
import type { ActivityColumns } from './load.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { envOf, type LiveProgram, programAt } from './programs.ts'
import { type HashedPosting, hashed } from './proof.ts'

/** What an activity gives when it is decided again, in the words of its row. */
export interface Redecided {
  postings: HashedPosting[]
  outcome: string
  frozen: string | null
  /** The key that follows from what was sent; null for activities whose key does not. */
  key: string | null
}

/** A benefit as its row has it. */
export interface BenefitRow {
  activity: number
  place: number
  source: string
  worth: number
}

/** Where a replay ends before its time: what it found, and at which activity. */
export interface Stuck {
  activity: number
  expected: string
  found: string
}

export class Replay {
  account: Account
  readonly decided = new Map<number, Redecided>()
  readonly receipts = new Map<number, Receipt>()
  /** Redemptions as the decisions leave them, by activity and place. */
  readonly redemptions = new Map<string, Redemption>()
  /** Vouchers likewise, by the activity that issued them and their place there. */
  readonly vouchers = new Map<string, VoucherChange>()
  /** Adjustments as the decisions leave them, by the activity that asked for each. */
  readonly adjustments = new Map<number, Adjustment>()
  /** What decisions forward, by the activity that causes it and its place there. */
  readonly forwarded = new Map<string, Forward>()
  /** What decisions add up over all members, by name and period. */
  readonly tallies = new Map<string, number>()
  /** Friends as the decisions leave them, by whose code was named and who they are. */
  readonly referrals = new Map<string, Referral>()
  /** Benefits as the decisions lead to them. */
  readonly benefits: BenefitRow[] = []
  /** Null when everything could be decided again. */
  stuck: Stuck | null = null
  readonly #live: LiveProgram
  readonly #orders = new Map<string, number>()
  /** Replays of the accounts that were merged into this one. */
  readonly #ended: readonly Replay[]

  constructor(live: LiveProgram, opened: { occurred_ms: number; recorded_ms: number }, ended: readonly Replay[] = []) {
    this.#live = live
    this.#ended = ended
    this.account = start(programAt(live, opened.recorded_ms), opened.occurred_ms)
    this.account.due = nextDue(this.account, programAt(live, this.account.clock))
  }

  /** Decides all of them, or up to where it cannot go on. */
  run(activities: readonly ActivityColumns[]): void {
    for (const one of this.#ended) this.#inherit(one)
    let clocks: ActivityColumns[] = []
    for (const row of activities) {
      if (row.type === 'clock') {
        clocks.push(row)
        continue
      }
      this.#step(clocks, row)
      if (this.stuck !== null) return
      clocks = []
    }
    if (clocks.length > 0) this.#step(clocks, null)
  }

  /** Orders and holds of an account that ended live on in the one that it was merged into. */
  #inherit(ended: Replay): void {
    for (const [order, id] of ended.#orders) this.#orders.set(order, id)
    for (const [id, receipt] of ended.receipts) this.receipts.set(id, receipt)
    for (const [name, redemption] of ended.redemptions) this.redemptions.set(name, redemption)
    for (const [name, voucher] of ended.vouchers) this.vouchers.set(name, voucher)
    for (const [asked, adjustment] of ended.adjustments) this.adjustments.set(asked, adjustment)
    for (const [name, referral] of ended.referrals) this.referrals.set(name, referral)
    for (const [name, count] of ended.tallies) this.tallies.set(name, (this.tallies.get(name) ?? 0) + count)
  }

  /** What fell due, and the activity before which it was decided; null when a sweep was all that happened. */
  #step(clocks: readonly ActivityColumns[], row: ActivityColumns | null): void {
    const rows = row === null ? clocks : [...clocks, row]
    try {
      const made = row === null ? this.#wake(clocks) : this.#decide(clocks, row)
      if (made.length === rows.length) for (const [i, one] of made.entries()) this.decided.set(rows[i]!.id, one)
      else this.#stop(rows.at(-1)!, countOfDecisions(made.length), countOfDecisions(rows.length))
    } catch (error) {
      // Whatever was tampered with may be of any form; what cannot even be read is a finding and no crash.
      this.#stop(rows.at(-1)!, 'an activity that can be decided', (error as Error).message)
    }
  }

  #stop(row: ActivityColumns, expected: string, found: string): void {
    this.stuck = { activity: row.id, expected, found }
  }

  #decide(clocks: readonly ActivityColumns[], row: ActivityColumns): Redecided[] {
    const made = new Made(this)
    const rows = [...clocks, row]
    const body = JSON.parse(row.body!) as never
    const activity = { type: row.type, id: row.id, key: row.key, occurred_at: row.occurred_ms, body } as Activity
    const receipt = this.#receiptFor(activity)
    const env = envOf(this.#live, row.recorded_ms, idsOf(clocks), claimsOf(rows), codesAgain(this.#live, rows))
    const last = advance(env, this.account, activity, receipt === undefined ? {} : { receipt }, made)
    if (last instanceof Refusal) throw new Error(`it is refused: ${last.code}`)
    if (activity.type === 'order') this.#keepReceipt(row, activity, last)
    if (receipt !== undefined && last.remains !== null) receipt.returned = last.remains.returned
    if (CONCERNS_TWO.has(activity.type)) made.addOther(row.outcome)
    return made.list
  }

  #wake(clocks: readonly ActivityColumns[]): Redecided[] {
    const made = new Made(this)
    const until = clocks.at(-1)!.occurred_ms
    const env = envOf(this.#live, until, idsOf(clocks), claimsOf(clocks), codesAgain(this.#live, clocks))
    wake(env, this.account, until, made)
    return made.list
  }

  #receiptFor(activity: Activity): Receipt | undefined {
    if (activity.type !== 'return' && activity.type !== 'cancel') return undefined
    const order = this.#orders.get(keys.order((activity.body as ReturnBody).order))
    return order === undefined ? undefined : this.receipts.get(order)
  }

  #keepReceipt(row: ActivityColumns, activity: ActivityOf<'order'>, decided: Deciding): void {
    const body = activity.body as OrderBody
    this.#orders.set(keys.order(body.external_id), row.id)
    this.receipts.set(row.id, {
      activity: row.id,
      revision: row.revision,
      occurred_at: row.occurred_ms,
      body,
      frozen: decided.frozen!,
      returned: nothingReturned(body.lines.length),
    })
  }
}

const CONCERNS_TWO: ReadonlySet<string> = new Set([
  'transfer',
  'receive',
  'merge',
  'absorb',
  'pool',
  'pooled',
  'voucher_transfer',
  'voucher_receive',
])

/** Decisions in the words of their rows, taken down while the account still stands as each left it. */
class Made {
  readonly list: Redecided[] = []
  readonly #replay: Replay

  constructor(replay: Replay) {
    this.#replay = replay
  }

  push(d: Deciding): void {
    this.list.push({
      postings: d.postings.map((posting, place) => hashed(storedPosting(posting, place))),
      outcome: JSON.stringify(outcomeOf(d)),
      frozen: d.activity.type === 'order' ? encodeFrozen(d.frozen!) : null,
      key: keyOf(d.activity),
    })
    for (const one of d.redemptions) this.#replay.redemptions.set(`${one.activity}/${one.place}`, one)
    for (const one of d.vouchers) this.#replay.vouchers.set(`${one.activity}/${one.place}`, one)
    for (const one of d.adjustments) this.#replay.adjustments.set(one.activity, one)
    for (const [place, { source, worth }] of d.benefits.entries())
      this.#replay.benefits.push({ activity: d.activity.id, place, source, worth })
    for (const one of d.referrals) this.#replay.referrals.set(`${one.by} ${one.friend}`, one)
    for (const { name, period, change } of d.tallies) {
      const key = `${name} ${period}`
      this.#replay.tallies.set(key, (this.#replay.tallies.get(key) ?? 0) + change)
    }
    if (d.forwarded.length > 0) this.#addForwarded(d)
  }

  #addForwarded({ activity, forwarded }: Deciding): void {
    for (const [i, one] of forwarded.entries()) this.#replay.forwarded.set(`${activity.id} ${i + 1}`, one)
  }

  /** The other account's activity is named there and not here; whether the two fit is checked for all pairs at once. */
  addOther(stored: string): void {
    const last = this.list.at(-1)!
    const { other } = JSON.parse(stored) as Outcome
    last.outcome = JSON.stringify({ ...(JSON.parse(last.outcome) as Outcome), other })
  }
}

/** Orders, returns and cancellations are named by the business's own ids, and what falls due by its time. */
function keyOf({ type, body, key }: Activity): string | null {
  if (type === 'order') return keys.order((body as OrderBody).external_id)
  if (type === 'return') return keys.return((body as ReturnBody).order, (body as ReturnBody).external_id)
  if (type === 'cancel') return keys.cancel((body as { order: string }).order)
  return type === 'clock' ? key : null
}

/** Shared counters as the first of these activities met them; nothing where none of them asked. */
function claimsOf(rows: readonly ActivityColumns[]): Claims | undefined {
  const asking = rows.filter(({ outcome }) => outcome.includes('"claims":'))
  if (asking.length === 0) return undefined
  const claims: Claims = new Map()
  const changes = new Map<string, number>()
  for (const { outcome } of asking) {
    for (const { claim, amount, used } of (JSON.parse(outcome) as Outcome).claims ?? []) {
      const change = changes.get(claim) ?? 0
      if (used !== undefined && !claims.has(claim)) claims.set(claim, used - change)
      changes.set(claim, change + amount)
    }
  }
  return claims
}

/**
 * The codes of vouchers, as they were made. Those of pools are what these activities were handed; without the secret of
 * the database, which no export has, all others are taken from there too.
 */
function codesAgain({ secret }: LiveProgram, rows: readonly ActivityColumns[]): Codes {
  const account = rows[0]!.account
  const free = new Map<string, string[]>()
  const made = new Map<string, string>()
  for (const { seq, outcome } of rows) {
    if (!outcome.includes('"vouchers":')) continue
    for (const { isNew, pool, place, code } of (JSON.parse(outcome) as Outcome).vouchers ?? []) {
      if (!isNew) continue
      if (pool === null) made.set(`${seq - 1} ${place}`, code)
      else free.set(pool, [code, ...(free.get(pool) ?? [])])
    }
  }
  const codeOf: Codes['codeOf'] = (seq, place) =>
    secret === null ? (made.get(`${seq} ${place}`) ?? '') : voucherCode(secret, account, seq, place)
  return { codeOf, free }
}

/** Hands out the names that were given to what fell due. */
function idsOf(clocks: readonly ActivityColumns[]): () => number {
  let next = 0
  return () => clocks[next++]?.id ?? 0
}

function countOfDecisions(count: number): string {
  return count === 1 ? '1 decision' : `${count} decisions`
}
