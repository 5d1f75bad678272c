/** Random histories of one member and a driver that folds them through the kernel as the engine does. */

import fc from 'fast-check'
import { type Account, copyAccount, decodeAccount, encodeAccount, walletOf } from '../src/core/account.ts'
import type {
  Activity,
  ActivityBodies,
  ActivityType,
  OrderBody,
  ReturnBody,
  TwoSidedType,
} from '../src/core/activity.ts'
import { advance, advanceBoth, decide, type Env, nextDue, start, wake } from '../src/core/decide.ts'
import type { Deciding } from '../src/core/deciding.ts'
import { nothingReturned } from '../src/core/order.ts'
import { type Bucket, compareForSpending, NEVER, type Posting, type Sums, sums } from '../src/core/points.ts'
import { compileProgram, type Program } from '../src/core/program.ts'
import type { Receipt } from '../src/core/receipt.ts'
import { Refusal } from '../src/core/refusal.ts'
import { formatProblem } from '../src/core/source.ts'
import { DAY_MS, formatDay, HOUR_MS, MINUTE_MS } from '../src/core/time.ts'
import type { Voucher } from '../src/core/vouchers.ts'
import { features } from '../src/features/index.ts'

/**
 * Compiles a program that the test knows to be right; any mistake fails the test with its line. Two members with the same
 * file have the same program: compiling takes longer than most histories.
 */
export function programOf(file: string | object, revision = 1): Program {
  const text = typeof file === 'string' ? file : JSON.stringify(file, null, 2)
  if (last?.text === text && last.program.revision === revision) return last.program
  const { program, problems } = compileProgram(text, features, revision)
  if (program === null) throw new Error(problems.map((problem) => formatProblem('program', problem)).join('\n'))
  last = { text, program }
  return program
}

/** What was compiled last. */
let last: { text: string; program: Program } | null = null

/** How often a property is tried: few times in every run of the tests, `PROPERTY_RUNS` times as often when asked. */
export function runs(usual: number): number {
  return usual * Number(process.env['PROPERTY_RUNS'] ?? 1)
}

/** A moment written as people write it. */
export function at(text: string): number {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw new Error(`${text} is no moment`)
  return ms
}

export interface Kept extends Posting {
  activity: number
}

export interface DriverOptions {
  /** `decide` works on a copy, `advance` on the account itself: both must answer alike. */
  by?: 'decide' | 'advance'
  /** Whether the account is written and read again after every step, as between two requests. */
  encoded?: boolean
  /** Shared counters, when several members draw on the same stock. */
  claims?: Map<string, number>
  /** A revision that is published later, and when. */
  later?: { from: number; program: Program }
  /** Names activities where several members have some. */
  ids?: { last: number }
  /** Begins the names of this member's orders, where several members have some. */
  name?: string
}

/** Keeps what the engine keeps: the account, receipts, postings, and which keys were seen. */
export class Driver {
  readonly program: Program
  readonly options: DriverOptions
  readonly claims: Map<string, number>
  readonly receipts = new Map<string, Receipt>()
  readonly orders: string[] = []
  readonly postings: Kept[] = []
  readonly decisions: Deciding[] = []
  readonly answers = new Map<string, Deciding | Refusal>()
  readonly holds: number[] = []
  readonly asked: number[] = []
  /** Members who were merged into this one. */
  readonly ended: Driver[] = []
  readonly uses: number[] = []
  account: Account
  now: number
  private readonly ids: { last: number }
  private clockIds = 0

  constructor(program: Program, now: number, options: DriverOptions = {}) {
    this.program = program
    this.options = options
    this.claims = options.claims ?? new Map()
    this.ids = options.ids ?? { last: 0 }
    this.now = now
    this.account = start(program, now)
  }

  /** Decides one activity now (or as it occurred before); the same key again answers what was answered then. */
  send<T extends ActivityType>(
    type: T,
    body: ActivityBodies[T],
    occurred = this.now,
    key?: string,
  ): Deciding | Refusal {
    const id = ++this.ids.last
    const name = key ?? `${type}:${id}`
    const known = this.answers.get(name)
    if (known !== undefined) return known
    const activity = { type, id, key: name, occurred_at: occurred, body } as Activity
    const answer = this.decided(activity)
    this.answers.set(name, answer)
    return answer
  }

  order(body: OrderBody, occurred = this.now): Deciding | Refusal {
    return this.send('order', body, occurred, `order:${body.external_id}`)
  }

  /** Decides what concerns this member and another one. After a merge the other has all that this one's tills may name. */
  sendBoth<T extends TwoSidedType>(other: Driver, type: T, body: ActivityBodies[T]): Deciding | Refusal {
    const now = Math.max(this.now, this.account.clock, other.account.clock)
    const sideOf = (driver: Driver) => ({
      env: driver.env(now),
      account: copyAccount(driver.account),
      decisions: [] as Deciding[],
    })
    const first = sideOf(this)
    const second = other === this ? first : sideOf(other)
    const id = ++this.ids.last
    const activity = { type, id, key: `${type}:${id}`, occurred_at: now, body } as Activity
    const answer = advanceBoth(first, second, activity, ++this.ids.last)
    if (answer instanceof Refusal) return answer
    this.keep(first.account, first.decisions)
    other.keep(second.account, second.decisions)
    if (type === 'merge') {
      other.ended.push(this)
      for (const [order, receipt] of this.receipts) other.receipts.set(order, receipt)
      other.orders.push(...this.orders)
      other.holds.push(...this.holds)
      other.asked.push(...this.asked)
      other.uses.push(...this.uses)
    }
    return answer
  }

  /** A sweep: decides what fell due up to now and nothing else. */
  wake(until = this.now): void {
    const next = copyAccount(this.account)
    const decisions: Deciding[] = []
    wake(this.env(until), next, until, decisions)
    this.keep(next, decisions)
  }

  /** The vouchers that a member sees: what has fallen due shows, whether a sweep came by or not. */
  vouchers(): readonly Voucher[] {
    const next = copyAccount(this.account)
    // Looking takes nothing from what members share.
    wake({ ...this.env(this.now), claims: new Map(this.claims) }, next, this.now, [])
    return next.vouchers
  }

  balance(wallet: string): Sums {
    return sums(walletOf(copyAccount(this.account), wallet))
  }

  private env(now: number): Env {
    const { later } = this.options
    let clockId = this.clockIds
    return {
      programAt: (moment) => (later !== undefined && moment >= later.from ? later.program : this.program),
      revisionAfter: (moment) => (later !== undefined && later.from > moment ? later.from : NEVER),
      revision: (number) => (later !== undefined && number === later.program.revision ? later.program : this.program),
      now,
      // Clock activities count apart, so that the others keep their ids whenever a sweep ran.
      nextId: () => --clockId,
      claims: this.claims,
      // Where several members have vouchers, no two have the same code.
      codes: { codeOf: (seq, place) => `${this.options.name ?? ''}V${seq}-${place}`, free: null },
    }
  }

  /** Counters are there before anything is taken from them, as where the ledger locks them. */
  private openClaims(activity: Activity): void {
    const clock = { ...activity, type: 'clock', body: {} } as Activity
    for (const { claims } of this.program.features)
      for (const name of [activity, clock].flatMap((one) => claims?.(one, this.program) ?? []))
        if (!this.claims.has(name)) this.claims.set(name, 0)
  }

  private decided(activity: Activity): Deciding | Refusal {
    this.openClaims(activity)
    const related = { receipt: this.receiptFor(activity) }
    if (this.options.by === 'decide') {
      const answer = decide(this.env(this.now), this.account, activity, related)
      if (answer instanceof Refusal) return answer
      this.keep(answer.account, answer.decisions)
      return answer.decisions.at(-1)!
    }
    const next = copyAccount(this.account)
    const decisions: Deciding[] = []
    const answer = advance(this.env(this.now), next, activity, related, decisions)
    if (!(answer instanceof Refusal)) this.keep(next, decisions)
    return answer
  }

  private receiptFor(activity: Activity): Receipt | undefined {
    if (activity.type !== 'return' && activity.type !== 'cancel') return undefined
    return structuredClone(this.receipts.get(activity.body.order)!)
  }

  private keep(account: Account, decisions: readonly Deciding[]): void {
    this.account = this.options.encoded ? this.storedAndLoaded(account) : account
    for (const d of decisions) {
      // What fell due before a refused activity is thrown away with it, and its ids are given again.
      if (d.activity.type === 'clock') this.clockIds -= 1
      this.decisions.push(d)
      for (const posting of d.postings) this.postings.push({ ...posting, activity: d.activity.id })
      this.keepReceipt(d)
      if (d.activity.type === 'redeem' && !d.activity.body.capture) this.holds.push(d.activity.id)
      if (d.activity.type === 'adjust') this.asked.push(d.activity.id)
      if (d.activity.type === 'perk_use') this.uses.push(d.activity.id)
    }
  }

  /** What is written beside the account's row are its sequence number and the points that have expired. */
  private storedAndLoaded(account: Account): Account {
    const loaded = decodeAccount(encodeAccount(account), account.seq)
    loaded.expired = new Map(account.expired)
    loaded.due = nextDue(loaded, this.env(loaded.clock).programAt(loaded.clock))
    return loaded
  }

  private keepReceipt(d: Deciding): void {
    const { activity } = d
    if (activity.type === 'order') {
      this.receipts.set(activity.body.external_id, {
        activity: activity.id,
        revision: d.program.revision,
        occurred_at: activity.occurred_at,
        body: activity.body,
        frozen: structuredClone(d.frozen!),
        returned: nothingReturned(activity.body.lines.length),
      })
      this.orders.push(activity.body.external_id)
    }
    if (activity.type === 'return' || activity.type === 'cancel')
      this.receipts.get(activity.body.order)!.returned = structuredClone(d.remains!.returned)
  }
}

/**
 * The account as comparable data: wallets and lots in a fixed order, wallets that hold nothing left out. What is only
 * a trace of how the state came about (the sequence number, the clock, what has expired) is left out on request.
 */
export function stateOf(account: Account, traces: 'with traces' | 'without traces' = 'with traces'): unknown {
  const compare = compareForSpending('first_earned')
  const wallets = account.wallets
    .filter((wallet) => wallet.lots.length > 0 || wallet.debt > 0 || wallet.carry > 0)
    .map((wallet) => ({ ...wallet, lots: [...wallet.lots].sort(compare) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  const expired = [...account.expired].filter(([, points]) => points !== 0).sort()
  const state = { wallets, slices: account.slices, due: account.due, closed: account.closed }
  return structuredClone(
    traces === 'with traces' ? { ...state, expired, seq: account.seq, clock: account.clock } : state,
  )
}

/** Folds postings to what each bucket of a wallet must hold, and what each lot must. */
export function foldPostings(postings: readonly Posting[]): {
  sums: Record<string, Sums>
  lots: Record<string, number>
} {
  const wallets: Record<string, Sums> = {}
  const lots: Record<string, number> = {}
  const inside: readonly Bucket[] = ['pending', 'available', 'held']
  for (const { wallet, from, to, points, lot } of postings) {
    const held = (wallets[wallet] ??= { available: 0, pending: 0, held: 0, debt: 0 })
    if (from !== 'debt' && from in held) held[from as keyof Sums] -= points
    if (to !== 'debt' && to in held) held[to as keyof Sums] += points
    // Debt is what others are owed: it grows where points leave it and shrinks where they arrive.
    if (from === 'debt') held.debt += points
    if (to === 'debt') held.debt -= points
    const name = lot === null ? '' : `${wallet} ${lot.kind} ${lot.month} ${lot.expiry}`
    const change = points * (Number(inside.includes(to)) - Number(inside.includes(from)))
    if (change !== 0) lots[name] = (lots[name] ?? 0) + change
  }
  return { sums: wallets, lots }
}

/** What the account's own lots say, in the same form. */
export function foldLots(account: Account): Record<string, number> {
  const lots: Record<string, number> = {}
  for (const wallet of account.wallets)
    for (const lot of wallet.lots) {
      const name = `${wallet.id} ${lot.kind} ${lot.month} ${lot.expiry}`
      lots[name] = (lots[name] ?? 0) + lot.available + lot.pending + lot.held
    }
  return lots
}

/** One thing that happens, in terms that fit any history: orders and holds are named by their place among those so far. */
export type What =
  | {
      do: 'order'
      lines: LineDraw[]
      tax: boolean
      included: boolean
      redeem: { reward: number; quantity: number }[]
      points: number
      /** Which of the vouchers that are open is used with it, from 1; none unless said. */
      voucher?: number
    }
  | { do: 'use'; voucher: number }
  | { do: 'return'; order: number; picks: { line: number; quantity: number; amount: number }[]; amount: number }
  | { do: 'cancel'; order: number }
  | { do: 'visit' }
  /** Keeps open points, or brings back what expired within so many days, for so many days. */
  | { do: 'extend'; wallet: string; days: number; back: number | null }
  | { do: 'adjust'; wallet: string; points: number; actor: string; limited: boolean }
  | { do: 'approve' | 'reject'; asked: number; actor: string }
  | { do: 'close' | 'reopen' }
  | { do: 'action'; type: string }
  | { do: 'redeem'; reward: number; quantity: number; capture: boolean }
  | { do: 'capture'; hold: number; points: number | null; quantity: number | null }
  | { do: 'void'; hold: number }
  | { do: 'retry'; answer: number }
  /** Money that is paid, taken back or does not come; a reference may come again. */
  | { do: 'paid'; told: 'paid' | 'refunded' | 'failed'; plan: number; reference: number; now: boolean }
  | { do: 'plan'; plan: number; trial: boolean; now: boolean }
  | { do: 'stop'; now: boolean }
  | { do: 'perk'; perk: number; quantity: number; order: number }
  | { do: 'unused'; use: number }

export interface LineDraw {
  category: string
  quantity: number
  unit_price: number
  discount: number
  name?: string
}

export interface Step {
  /** How much later than the step before it is recorded. */
  wait: number
  /** How much earlier it occurred than it is recorded. */
  late: number
  /** When sweeps run in the time before it, as shares of the wait. */
  sweeps: number[]
  what: What
}

export const CATEGORIES = ['drinks', 'food', 'gift-cards'] as const

const lineDraw: fc.Arbitrary<LineDraw> = fc.record({
  category: fc.constantFrom(...CATEGORIES),
  quantity: fc.integer({ min: 1, max: 5 }),
  unit_price: fc.oneof(
    { weight: 1, arbitrary: fc.constant(0) },
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 4000 }) },
  ),
  discount: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 2000 }) },
  ),
})

/** The reward of that number among those of the program; one number more names a reward that there is not. */
const rewardDraw = fc.nat({ max: 6 })

export const orderDraw = fc.record({
  do: fc.constant('order' as const),
  lines: fc.array(lineDraw, { minLength: 1, maxLength: 4 }),
  tax: fc.boolean(),
  included: fc.boolean(),
  redeem: fc.oneof(
    { weight: 4, arbitrary: fc.constant<{ reward: number; quantity: number }[]>([]) },
    {
      weight: 1,
      arbitrary: fc.array(fc.record({ reward: rewardDraw, quantity: fc.integer({ min: 1, max: 2 }) }), {
        maxLength: 2,
      }),
    },
  ),
  /** Points as money. */
  points: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) }),
})

export const returnDraw = fc.record({
  do: fc.constant('return' as const),
  order: fc.nat(),
  picks: fc.array(
    fc.record({
      line: fc.nat({ max: 3 }),
      quantity: fc.integer({ min: 0, max: 3 }),
      amount: fc.oneof(
        { weight: 3, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 1500 }) },
      ),
    }),
    { maxLength: 3 },
  ),
  amount: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 3000 }) },
  ),
})

const cancelDraw = fc.record({ do: fc.constant('cancel' as const), order: fc.nat() })

const redeemDraw = fc.record({
  do: fc.constant('redeem' as const),
  reward: rewardDraw,
  quantity: fc.integer({ min: 1, max: 3 }),
  capture: fc.boolean(),
})

const extendDraw = fc.record({
  do: fc.constant('extend' as const),
  wallet: fc.constantFrom('points', 'stamps'),
  days: fc.integer({ min: 0, max: 60 }),
  back: fc.option(fc.integer({ min: 0, max: 60 })),
})

const actor = fc.constantFrom('Ana', 'Ben')

const adjustDraw = fc.record({
  do: fc.constant('adjust' as const),
  wallet: fc.constantFrom('points', 'stamps'),
  points: fc.integer({ min: -150, max: 150 }).filter((points) => points !== 0),
  actor,
  limited: fc.boolean(),
})

const settleDraw = fc.record({
  do: fc.constantFrom('approve' as const, 'reject' as const),
  asked: fc.nat({ max: 3 }),
  actor,
})

const captureDraw = fc.record({
  do: fc.constant('capture' as const),
  hold: fc.nat(),
  points: fc.option(fc.integer({ min: 0, max: 120 })),
  quantity: fc.option(fc.integer({ min: 0, max: 3 })),
})

const voidDraw = fc.record({ do: fc.constant('void' as const), hold: fc.nat() })

const what: fc.Arbitrary<What> = fc.oneof(
  { weight: 10, arbitrary: orderDraw },
  { weight: 4, arbitrary: returnDraw },
  { weight: 1, arbitrary: cancelDraw },
  { weight: 2, arbitrary: fc.constant({ do: 'visit' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('action' as const), type: fc.constantFrom('review', 'wave') }) },
  { weight: 3, arbitrary: redeemDraw },
  { weight: 1, arbitrary: extendDraw },
  { weight: 2, arbitrary: captureDraw },
  { weight: 1, arbitrary: voidDraw },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retry' as const), answer: fc.nat() }) },
)

const planDraw: fc.Arbitrary<What> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('paid' as const),
      told: fc.constantFrom('paid', 'paid', 'paid', 'refunded', 'failed'),
      plan: fc.nat({ max: 2 }),
      reference: fc.nat({ max: 30 }),
      now: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('plan' as const),
      plan: fc.nat({ max: 3 }),
      trial: fc.boolean(),
      now: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const), now: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('perk' as const),
      perk: fc.nat({ max: 3 }),
      quantity: fc.integer({ min: 1, max: 2 }),
      order: fc.nat({ max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unused' as const), use: fc.nat({ max: 3 }) }) },
)

export const step: fc.Arbitrary<Step> = fc.record({
  wait: fc.oneof(
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 20 * MINUTE_MS }) },
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 6 * DAY_MS }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 90 * DAY_MS }) },
  ),
  late: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -HOUR_MS, max: 34 * DAY_MS }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 * DAY_MS }) },
  ),
  sweeps: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 2 }),
  what,
})

const byHand: fc.Arbitrary<What> = fc.oneof(
  { weight: 4, arbitrary: adjustDraw },
  { weight: 2, arbitrary: settleDraw },
  // An account that closes is soon open again: a closed one has little to tell.
  { weight: 1, arbitrary: fc.constant({ do: 'close' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'reopen' as const }) },
)

/** Steps of every kind, those included that people make by hand: an account may close, and then refuses most others. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: step },
  { weight: 1, arbitrary: fc.tuple(step, byHand).map(([one, what]) => ({ ...one, what, late: 0 })) },
)

const nthVoucher = fc.integer({ min: 1, max: 5 })

/** Steps that use vouchers beside all others: on orders, and by themselves. */
export const voucherStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: step },
  {
    weight: 2,
    arbitrary: fc
      .tuple(step, orderDraw, nthVoucher)
      .map(([one, what, voucher]) => ({ ...one, what: { ...what, voucher } })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(step, nthVoucher).map(([one, voucher]) => ({ ...one, what: { do: 'use' as const, voucher } })),
  },
)

/** Steps of every day, and those of members who pay for a plan and use what comes with it. */
export const planStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: step },
  { weight: 1, arbitrary: fc.tuple(step, planDraw).map(([one, what]) => ({ ...one, what })) },
)

export function stepsOf(limits: { minLength?: number; maxLength?: number }, of = step): fc.Arbitrary<Step[]> {
  return fc.array(of, { size: 'max', ...limits })
}

/** Steps that are mostly about redemptions, close together, so that holds are still open when they are named. */
export const redemptionStep: fc.Arbitrary<Step> = fc.record({
  wait: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: HOUR_MS }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 3 * DAY_MS }) },
  ),
  late: fc.constant(0),
  sweeps: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 1 }),
  what: fc.oneof(
    { weight: 4, arbitrary: redeemDraw },
    { weight: 4, arbitrary: captureDraw },
    { weight: 2, arbitrary: voidDraw },
    { weight: 2, arbitrary: orderDraw },
    { weight: 1, arbitrary: returnDraw },
    { weight: 1, arbitrary: cancelDraw },
  ),
})

/** Steps that are mostly about keeping points, far apart, so that some have expired and others of their lots are open. */
export const keepingStep: fc.Arbitrary<Step> = fc.record({
  wait: fc.integer({ min: 0, max: 45 * DAY_MS }),
  late: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 30 * DAY_MS }) },
  ),
  sweeps: fc.constant([]),
  what: fc.oneof(
    { weight: 3, arbitrary: extendDraw },
    { weight: 3, arbitrary: fc.constant({ do: 'visit' as const }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('action' as const), type: fc.constantFrom('review', 'wave') }),
    },
    { weight: 1, arbitrary: orderDraw },
    { weight: 1, arbitrary: redeemDraw },
  ),
})

export const BEGINNING = at('2025-11-20T15:00:00Z')

/** Runs a whole history; `sweeps` says whether the account is also woken between activities. */
export function runHistory(driver: Driver, steps: readonly Step[], sweeps: 'sweeps' | 'no sweeps' = 'sweeps'): void {
  if (driver.account.seq === 0) driver.send('join', {}, driver.now, 'join')
  for (const one of steps) {
    if (sweeps === 'sweeps')
      for (const share of [...one.sweeps].sort((a, b) => a - b)) driver.wake(driver.now + Math.floor(one.wait * share))
    driver.now += one.wait
    perform(driver, one)
  }
}

export function perform(driver: Driver, { what: one, late }: Step): Deciding | Refusal | undefined {
  const occurred = driver.now - late
  switch (one.do) {
    case 'order':
      return driver.order(orderBody(driver, one), occurred)
    case 'return': {
      const order = driver.orders[one.order % driver.orders.length]
      return order === undefined ? undefined : driver.send('return', returnBody(driver, order, one), occurred)
    }
    case 'cancel': {
      const order = driver.orders[one.order % driver.orders.length]
      return order === undefined ? undefined : driver.send('cancel', { order }, occurred)
    }
    case 'visit':
      return driver.send('visit', {}, occurred)
    case 'extend':
      return driver.send('extension', extensionBody(driver, one))
    case 'action':
      // Where points of an order wait for the action, it is the latest order's; otherwise nobody reads that.
      return driver.send('action', { type: one.type, data: { order: driver.orders.at(-1) ?? 'none' } }, occurred)
    case 'redeem':
      return driver.send('redeem', {
        reward: rewardAt(driver, one.reward),
        quantity: one.quantity,
        capture: one.capture,
      })
    case 'use': {
      const code = voucherAt(driver, one.voucher)
      return code === undefined ? undefined : driver.send('voucher_use', { code })
    }
    case 'capture':
    case 'void':
      return closeHold(driver, one)
    case 'paid': {
      const [plan, amount] = PLANS[one.plan]!
      const data = {
        plan,
        amount,
        currency: 'USD',
        reference: `p${one.reference}`,
        ...(one.now ? { when: 'now' } : {}),
      }
      return driver.send('action', { type: `membership.${one.told}`, data: { ...data } }, occurred)
    }
    case 'plan': {
      const plan = PLANS[one.plan]?.[0] ?? 'no-such-plan'
      return driver.send('membership', {
        plan,
        when: one.now ? 'now' : 'at_end',
        ...(one.trial ? { trial: true } : {}),
      })
    }
    case 'stop':
      return driver.send('membership_cancel', { when: one.now ? 'now' : 'at_end' })
    case 'perk':
      return driver.send(
        'perk_use',
        {
          perk: PERKS[one.perk]!,
          quantity: one.quantity,
          external_id: `u${driver.answers.size}`,
          order: `X${one.order}`,
        },
        occurred,
      )
    case 'unused': {
      const use = driver.uses.at(-1 - one.use)
      return use === undefined ? undefined : driver.send('perk_void', { use })
    }
    case 'retry':
      return retry(driver, one.answer)
    case 'adjust': {
      const limit = one.limited ? { limit: { per_adjustment: 60, per_day: 100 } } : {}
      const { wallet, points, actor } = one
      return driver.send('adjust', { wallet, points, reason: 'It pleased somebody', actor, ...limit })
    }
    case 'approve':
    case 'reject': {
      const adjustment = driver.asked.at(-1 - one.asked)
      return adjustment === undefined ? undefined : driver.send(one.do, { adjustment, actor: one.actor })
    }
    case 'close':
    case 'reopen':
      return driver.send(one.do, { reason: 'It pleased somebody', actor: 'Ana' })
  }
}

function extensionBody(driver: Driver, { wallet, days, back }: Extract<What, { do: 'extend' }>) {
  const day = Math.floor(driver.now / DAY_MS)
  return {
    wallet,
    until: formatDay(day + days),
    ...(back === null ? {} : { expired_since: formatDay(day - back) }),
    reason: 'It pleased somebody',
    actor: 'Ana',
  }
}

function closeHold(driver: Driver, one: Extract<What, { do: 'capture' | 'void' }>): Deciding | Refusal | undefined {
  // The latest holds are the ones that may still be open.
  const redemption = driver.holds.at(-1 - (one.hold % 3))
  if (redemption === undefined) return undefined
  if (one.do === 'void') return driver.send('void', { redemption })
  return driver.send('capture', {
    redemption,
    ...(one.points === null ? {} : { points: one.points }),
    ...(one.points !== null || one.quantity === null ? {} : { quantity: one.quantity }),
  })
}

/** A till that sends its sale again: the driver answers what it answered before. */
function retry(driver: Driver, answer: number): Deciding | Refusal | undefined {
  const keys = [...driver.answers.keys()]
  return driver.send('visit', {}, driver.now, keys[answer % keys.length])
}

function rewardAt(driver: Driver, place: number): string {
  const rewards = (driver.program.settings['rewards'] ?? []) as { id: string }[]
  return rewards[place % (rewards.length + 1)]?.id ?? 'no-such-reward'
}

export function orderBody(driver: Driver, draw: Extract<What, { do: 'order' }>): OrderBody {
  return {
    external_id: `${driver.options.name ?? ''}o${driver.answers.size}`,
    currency: driver.program.currency,
    prices: draw.included ? 'tax_included' : 'tax_excluded',
    lines: draw.lines.map((line, i) => {
      const discount = Math.min(line.discount, line.quantity * line.unit_price)
      const after = line.quantity * line.unit_price - discount
      return {
        id: `l${i}`,
        sku: `${line.category}-${line.unit_price % 3}`,
        category: line.category,
        quantity: line.quantity,
        unit_price: line.unit_price,
        ...(discount === 0 ? {} : { discount }),
        ...(draw.tax ? { tax: Math.floor((after * 2) / 23) } : {}),
      }
    }),
    ...redeemed(driver, draw),
  }
}

/** The voucher of that number, from 1, among those that a member has or had lately. */
function voucherAt(driver: Driver, place: number): string | undefined {
  const vouchers = driver.vouchers()
  return vouchers[(place - 1) % vouchers.length]?.code
}

function redeemed(
  driver: Driver,
  { redeem, points, voucher = 0 }: Extract<What, { do: 'order' }>,
): Pick<OrderBody, 'redeem'> {
  const rewards = redeem.map(({ reward, quantity }) => ({ reward: rewardAt(driver, reward), quantity }))
  const takesPoints = (driver.program.settings['exchange'] as object[]).length > 0
  const all: OrderBody['redeem'] & object = [...rewards]
  if (points > 0 && takesPoints) all.push({ points, wallet: 'points' })
  const code = voucher === 0 ? undefined : voucherAt(driver, voucher)
  if (code !== undefined) all.push({ voucher: code })
  return all.length === 0 ? {} : { redeem: all }
}

function returnBody(driver: Driver, order: string, draw: Extract<What, { do: 'return' }>): ReturnBody {
  const { lines } = driver.receipts.get(order)!.body
  return {
    external_id: `r${driver.answers.size}`,
    order,
    lines: draw.picks.map(({ line, quantity, amount }) => ({
      id: lines[line % lines.length]!.id,
      quantity,
      ...(quantity === 0 ? { amount } : {}),
    })),
    ...(draw.amount === 0 ? {} : { amount: draw.amount }),
  }
}

const rounding = fc.constantFrom('floor', 'nearest', 'up', 'carry')
const limitDraw = fc.constantFrom(
  undefined,
  '30 per day',
  '60 per week',
  '100 per month',
  '500 per lifetime',
  '2 times per day',
  '3 times per week',
  '5 times per month',
)

export interface ProgramLimits {
  rounding?: fc.Arbitrary<string>
  negative?: fc.Arbitrary<string>
  /** Whether tiers give points of their own when they are reached, within all kinds of windows. */
  gifts?: boolean
  /** Whether rewards of other kinds come by themselves, too, and some cost nothing. */
  given?: boolean
  /** Whether members may pay for plans, and use what comes with them. */
  plans?: boolean
  onReturn?: fc.Arbitrary<string>
  /** Whether there are stamp cards and challenges. */
  cards?: boolean
  /** `by the calendar`: what members do keeps no points, and nobody is told of them. */
  expiry?: 'by the calendar'
}

export interface DrawnRule {
  id: string
  on: string
  wallet: 'points' | 'stamps'
  earn?: string | number
  times?: number
  when?: string
  of?: string
  category?: string
  without?: readonly string[] | undefined
  rounding?: string
  limit?: string | undefined
  pending?: Pending
  expiry?: object | string | undefined
}

export interface DrawnProgram {
  combine: string
  wallets: Record<'points' | 'stamps', { decimals: number }>
  earning: DrawnRule[]
  tiers: { window: string } | undefined
  [section: string]: unknown
}

type Pending = string | object | undefined

/** Waves and reviews are what members do in these histories. */
const WAITING = [
  { until: 'wave', per: 'member', within: '20 days', otherwise: 'available' },
  { until: 'review', per: 'member', within: '10 days', forfeited_by: 'wave' },
]

const keptExpiry = [
  fc.record({
    on: fc.constantFrom('03-31', '02-29', '12-31'),
    after: fc.constantFrom('1 month', '1 year'),
    warn: fc.constantFrom('10 days', '1 month'),
  }),
  fc.record({
    inactive: fc.constantFrom('20 days', '1 month'),
    after: fc.constantFrom('1 day', '2 months'),
    until_end_of: fc.constantFrom('day', 'month'),
    kept_by: fc.constantFrom(['order', 'visit'], ['action', 'redeem']),
    warn: fc.constantFrom('3 days', '2 months'),
  }),
]

/** Program files of every kind that the kernel knows, as plain data. */
/** Members get some of these by themselves. */
const DISCOUNTS = [
  {
    id: 'third-drink',
    gives: { buy_get: { buy: { quantity: 2, category: 'drinks' }, get: { quantity: 1, category: 'drinks' } } },
  },
  { id: 'weekend', gives: { percent_off: 5 }, when: 'order.weekday in ["saturday", "sunday"]' },
  { id: 'members-price', gives: { prices: { 'food-1': '3.00' } }, min_spend: '10.00' },
]

export function programDraw(limits: ProgramLimits = {}): fc.Arbitrary<DrawnProgram> {
  const roundings = limits.rounding ?? rounding
  const wallet = fc.record({
    decimals: fc.integer({ min: 0, max: 2 }),
    expiry: fc.oneof(
      fc.constant('never'),
      fc.record({
        after: fc.constantFrom('20 days', '1 month', '3 months', '1 year'),
        until_end_of: fc.constantFrom('day', 'month', 'quarter'),
      }),
      ...(limits.expiry === 'by the calendar' ? [] : keptExpiry),
    ),
    spend: fc.constantFrom('soonest_expiry', 'first_earned'),
    negative: limits.negative ?? fc.constantFrom('allowed', 'stop_at_zero', 'pending_only'),
    restore: fc.constantFrom('proportional', 'when_nothing_remains'),
  })
  const times = [undefined, '1 day', '14 days']
  const pending: fc.Arbitrary<Pending> =
    limits.expiry === 'by the calendar' ? fc.constantFrom(...times) : fc.constantFrom(...times, ...WAITING)
  const terms = fc.record({ rounding: roundings, limit: limitDraw, pending })
  const base = fc.record({
    earn: fc.constantFrom('1 per 1.00', '3 per 0.70', '5%', '2 per item'),
    of: fc.constantFrom('net_before_tax', 'net_with_tax', 'gross_before_tax', 'gross_with_tax'),
    without: fc.constantFrom(undefined, ['gift-cards']),
  })
  return fc
    .record({
      combine: fc.constantFrom('multiply', 'add', 'best'),
      timezone: fc.constantFrom('America/New_York', 'UTC', 'Australia/Lord_Howe'),
      points: wallet,
      stamps: wallet,
      base,
      baseTerms: terms,
      times: fc.tuple(fc.constantFrom(2, 1.5, 1.25), fc.constantFrom(3, 1.1)),
      timesTerms: fc.tuple(terms, terms),
      threshold: terms,
      drinks: terms,
      visit: terms,
      tiers: tiersDraw(limits),
      stock: fc.option(fc.integer({ min: 1, max: 6 })),
      carried: pending,
      ofTheOrder: limits.expiry === 'by the calendar' ? fc.constant(false) : fc.boolean(),
      closing: fc.constantFrom('expire', 'keep'),
      discounts: fc.subarray(DISCOUNTS),
      changed: fc.record({
        points: fc.constant(1),
        worth: fc.constant('0.10'),
        as: fc.constantFrom('discount', 'payment'),
      }),
      most: fc.constantFrom('50%', '100%', '9.00'),
      earns: fc.record({ points_paid: fc.boolean(), free_items: fc.boolean() }),
      belowZero: fc.constantFrom('refused', 'owed'),
    })
    .map(
      (draw): DrawnProgram => ({
        program: 'drawn',
        name: 'A drawn program',
        currency: 'USD',
        timezone: draw.timezone,
        combine: draw.combine,
        wallets: { points: draw.points, stamps: draw.stamps },
        earning: rulesOf(draw, limits.gifts === true && draw.tiers !== undefined),
        tiers: draw.tiers,
        closing: { points: draw.closing },
        discounts: draw.discounts,
        exchange: [{ wallet: 'points', ...draw.changed }],
        checkout: { most: draw.most, earn: draw.earns },
        adjustments: { below_zero: draw.belowZero },
        rewards: [
          { id: 'two-off', cost: '40 points', gives: { amount_off: '2.00' } },
          { id: 'tenth-off', cost: '25 points', gives: { percent_off: 10, up_to: '5.00' } },
          { id: 'all-off', cost: '90 points', gives: { percent_off: 100 } },
          { id: 'drink', cost: '4 stamps', gives: { free_item: { category: 'drinks', up_to: '8.00' } } },
          {
            id: 'scarce',
            cost: '5 points',
            gives: { amount_off: '1.00' },
            ...(draw.stock === null ? {} : { stock: draw.stock }),
            hold: '2 days',
          },
          ...(limits.given === true ? givenRewards(draw.stock) : []),
        ],
        ...(limits.given === true ? { gifts: GIFTS } : {}),
        ...(limits.cards === true ? CARDS : {}),
        ...(limits.plans === true ? plansOf(draw.discounts, limits.given === true) : {}),
      }),
    )
}

const PLANS = [
  ['monthly', 1499],
  ['yearly', 9900],
  ['life', 2000],
] as const
const PERKS = ['delivery', 'lounge', 'cake', 'bag'] as const

/** Plans with all that can become of them, perks of every kind of count, and a price that only members have. */
function plansOf(discounts: readonly object[], given: boolean): Record<string, unknown> {
  return {
    discounts: [...discounts, { id: 'of-a-plan', gives: { percent_off: 10 }, when: 'member.plan != ""' }],
    memberships: {
      plans: [
        { id: 'monthly', fee: '14.99', every: 'month', trial: '10 days', ...(given ? { gift: 'treat' } : {}) },
        { id: 'yearly', fee: '99.00', every: 'year', refund: 'pro_rata', grace: '20 days' },
        { id: 'life', fee: '20.00', every: 'life', when: 'member.orders >= 2' },
      ],
    },
    perks: [
      { id: 'delivery', plans: ['monthly', 'yearly'], worth: '4.00' },
      { id: 'lounge', plans: ['yearly', 'life'], uses: 2, per: 'month', worth: '20.00', lasts: '3 days' },
      { id: 'cake', plans: ['monthly'], uses: 1, per: 'membership_period', worth: '3.50' },
      { id: 'bag', when: 'member.orders >= 1', uses: 2, per: 'order', worth: '35.00' },
    ],
  }
}

/** What a random program gives by itself: some of it runs out, and some of it is taken back with returns. */
function givenRewards(stock: number | null): object[] {
  return [
    {
      id: 'free-drink',
      cost: 'free',
      limit: ['1 per week', '3 per quarter'],
      gives: { free_item: { category: 'drinks' } },
    },
    { id: 'treat', gives: { amount_off: '1.50' }, valid: '20 days', ...(stock === null ? {} : { stock }) },
    { id: 'bonus', gives: { points: '7 points' } },
    {
      id: 'stamped',
      cost: '3 stamps',
      limit: '5 per month',
      gives: { points: '9 points', expiry: { after: '1 month' } },
    },
  ]
}

const GIFTS = [
  { id: 'monthly', on: 'every_month', reward: 'treat' },
  { id: 'away', on: 'win_back', inactive: '12 days', reward: 'bonus' },
  { id: 'first', on: 'first_order', reward: 'treat', window: '9 days' },
  { id: 'enough', on: 'threshold', at: '60 points', repeats: true, reward: 'bonus' },
  { id: 'plenty', on: 'threshold', at: '150 points', reward: 'treat' },
  { id: 'spent', on: 'threshold', at: '30 stamps', spends: true, reward: 'bonus' },
]

/** Cards and challenges that give rewards for what members buy and do, and take them back. */
const CARDS = {
  stamps: [
    { id: 'drinks', per: 'item', category: 'drinks', stamps: 12, head_start: 2, reward: 'two-off' },
    { id: 'orders', stamps: 5, min_spend: '10.00', limit: '2 per week', reward: 'scarce' },
    { id: 'visits', on: 'visit', stamps: 3, reward: 'two-off', ends: { after: '20 days' } },
  ],
  badges: [{ id: 'faithful', on_return: 'take' }],
  challenges: [
    { id: 'often', every: 'week', count: 'orders', target: 3, reward: 'two-off' },
    { id: 'faithful', every: 'week', count: 'spend', target: 20, streak: 3, forgives: 1, badge: 'faithful' },
    { id: 'tour', count: 'categories', target: 3, steps: [{ at: 2, reward: 'two-off' }], reward: 'tenth-off' },
  ],
}

interface TermsDraw {
  rounding: string
  limit: string | undefined
  pending: Pending
}

interface RulesDraw {
  base: Pick<DrawnRule, 'earn' | 'of' | 'without'>
  baseTerms: TermsDraw
  times: [number, number]
  timesTerms: [TermsDraw, TermsDraw]
  threshold: TermsDraw
  drinks: TermsDraw
  visit: TermsDraw
  carried: Pending
  ofTheOrder: boolean
}

function rulesOf(draw: RulesDraw, gifts: boolean): DrawnRule[] {
  const rules: DrawnRule[] = [
    { id: 'base', on: 'order', wallet: 'points', ...draw.base, ...draw.baseTerms },
    {
      id: 'double',
      on: 'order',
      wallet: 'points',
      when: 'order.weekday in ["friday", "saturday", "sunday"]',
      times: draw.times[0],
      ...draw.timesTerms[0],
    },
    {
      id: 'large',
      on: 'order',
      wallet: 'points',
      when: 'order.total >= money("40.00")',
      times: draw.times[1],
      ...draw.timesTerms[1],
    },
    {
      id: 'threshold',
      on: 'order',
      wallet: 'points',
      when: 'order.total >= money("20.00")',
      earn: 15,
      ...draw.threshold,
    },
    {
      id: 'small',
      on: 'order',
      wallet: 'stamps',
      when: 'order.items < 3',
      earn: 2,
      ...(draw.ofTheOrder
        ? { pending: { until: 'wave', within: '15 days', forfeited_by: 'review' }, expiry: 'never' }
        : {}),
    },
    { id: 'drinks', on: 'order', wallet: 'stamps', category: 'drinks', earn: '1 per item', ...draw.drinks },
    { id: 'visit', on: 'visit', wallet: 'points', earn: 5, ...draw.visit },
    {
      id: 'review',
      on: 'action',
      wallet: 'points',
      when: 'action.type == "review"',
      earn: 25,
      limit: '1 per week',
    },
    { id: 'welcome', on: 'join', wallet: 'points', earn: 10 },
    ...(gifts ? [{ id: 'gift', on: 'tier', wallet: 'points' as const, earn: 20 }] : []),
  ]
  // Rules that carry into one wallet wait alike, as the check of a program asks.
  return rules.map((rule) => (rule.rounding === 'carry' ? { ...rule, pending: draw.carried } : rule))
}

const WINDOWS = ['calendar_month', 'calendar_quarter', 'calendar_year', 'lifetime']
const MORE_WINDOWS = ['rolling 2 months', 'anniversary_year', 'since_joining']
const KEEPS = ['until_end_of_window', 'until_end_of_next_window', 'for_life']
const LATER_AND_LONGER = [
  { up: 'end_of_window' },
  { up: 'after_return_window', return_window: '20 days' },
  { down: 'one_level', grace: '10 days' },
]

function tiersDraw(limits: ProgramLimits): fc.Arbitrary<DrawnProgram['tiers']> {
  return fc.option(
    fc
      .record({
        measure: fc.constantFrom('points_earned', 'stamps_earned', 'spend', 'orders'),
        window: fc.constantFrom(...WINDOWS, ...(limits.gifts === true ? MORE_WINDOWS : [])),
        keep: fc.constantFrom(...KEEPS, ...(limits.gifts === true ? ['3 months', '1 year'] : [])),
        on_return: limits.onReturn ?? fc.constantFrom('recompute', 'keep'),
        more: fc.constantFrom<object>({}, ...(limits.gifts === true ? LATER_AND_LONGER : [])),
      })
      .map(({ more, ...plain }) => {
        // What never ends has no end to wait for, and what is for life never falls.
        const endless = plain.window === 'lifetime' || plain.window === 'since_joining' || plain.keep === 'for_life'
        const draw = { ...plain, ...(endless ? {} : more) }
        const [silver, gold] =
          draw.measure === 'orders' ? [2, 4] : draw.measure === 'stamps_earned' ? [5, 10] : [60, 200]
        return {
          ...draw,
          levels: [
            { id: 'green' },
            { id: 'silver', from: silver, multiply: 1.2 },
            { id: 'gold', from: gold, multiply: 1.75 },
          ],
        }
      }),
    { nil: undefined },
  )
}
