/** What activities and sales add up to by local day: the arithmetic of the figures, without the tables. */

import type { OrderBody } from '../../core/activity.ts'
import { priceOrder } from '../../core/order.ts'
import type { Bucket } from '../../core/points.ts'
import type { Program } from '../../core/program.ts'
import { decodeFrozen } from '../../core/receipt.ts'
import { localDay } from '../../core/time.ts'
import type { Outcome } from '../outcome.ts'

/** An activity or a sale without a member, as its row has it. */
export interface Happened {
  id: number
  program: number
  /** Null where it was sold to nobody that we know. */
  account: number | null
  type: string
  occurred_ms: number
  body: string | null
  /** What an order froze and what became of it; null where neither is needed for any figure. */
  frozen: string | null
  outcome: string | null
  /** Of somebody who was erased: whether the account was closed before. */
  was_closed: boolean
}

export interface Moved {
  activity: number
  wallet: string
  from_bucket: Bucket
  to_bucket: Bucket
  points: number
  expiry_ms: number | null
}

/** What is counted. Points are in the wallet's smallest unit, money in minor units. */
export type Figure =
  /** Members who joined, and those who are there: more by each who comes, fewer by each who leaves. */
  | 'joined'
  | 'members'
  /** Sales to members and to others, as they were paid, and what was paid back. */
  | 'orders'
  | 'units'
  | 'sales'
  | 'refunds'
  | 'other_orders'
  | 'other_sales'
  | 'other_refunds'
  /** Rewards that were used and what they took off orders, by reward; what discounts took off, and what points paid. */
  | 'rewards'
  | 'reward_savings'
  | 'discounts'
  | 'paid_with_points'
  /** Rewards that were used apart from any order, by reward: what they were worth stands in no order. */
  | 'beside'
  /** By wallet; `open` is by how much more there are, `expiring` the open ones by the last day on which they are. */
  | 'issued'
  | 'spent'
  | 'expired'
  | 'taken_back'
  | 'open'
  | 'expiring'
  /** Orders by what they call the place where they were made. */
  | 'orders_at'

export interface DayFigure {
  program: number
  figure: Figure
  day: number
  about: string
  amount: number
}

/** The days on which an account bought. */
export interface Bought {
  account: number
  program: number
  days: Set<number>
}

export class Sums {
  readonly #programs: ReadonlyMap<number, Program>
  readonly #figures = new Map<string, DayFigure>()
  readonly #bought = new Map<number, Bought>()
  /** Where each activity belongs, for its postings. */
  readonly #places = new Map<number, { program: number; day: number }>()
  readonly #days = new Map<number, Set<number>>()

  constructor(programs: ReadonlyMap<number, Program>) {
    this.#programs = programs
  }

  get figures(): DayFigure[] {
    return [...this.#figures.values()].filter(({ amount }) => amount !== 0)
  }

  get bought(): Bought[] {
    return [...this.#bought.values()]
  }

  /** The days on which members did something, by program. */
  get days(): ReadonlyMap<number, ReadonlySet<number>> {
    return this.#days
  }

  add(happened: Happened): void {
    const { program, account } = happened
    const day = localDay(this.#programs.get(program)!.zone, happened.occurred_ms)
    if (account === null) this.#addSale(happened, day)
    else this.#addActivity(happened, account, day)
  }

  #addActivity(happened: Happened, account: number, day: number): void {
    const { id, program, type } = happened
    this.#places.set(id, { program, day })
    if (!this.#days.has(program)) this.#days.set(program, new Set())
    this.#days.get(program)!.add(day)
    if (type === 'order') this.#addOrder(happened, account, day)
    else if (type === 'return' || type === 'cancel') this.#addReturn(happened, day)
    else if (type === 'redeem' || type === 'capture' || type === 'voucher_use') this.#addUse(happened, day)
    else this.#addMember(happened, day)
  }

  addPosting({ activity, wallet, from_bucket, to_bucket, points, expiry_ms }: Moved): void {
    const { program, day } = this.#places.get(activity)!
    const leaves = figureOf(from_bucket)
    const enters = figureOf(to_bucket)
    if (from_bucket === 'issued') this.#count(program, 'issued', day, points, wallet)
    else if (leaves !== null) this.#count(program, leaves, day, -points, wallet)
    if (enters !== null) this.#count(program, enters, day, points, wallet)
    const opened = (isOpen(to_bucket) ? points : 0) - (isOpen(from_bucket) ? points : 0)
    this.#count(program, 'open', day, opened, wallet)
    if (expiry_ms === null) return
    const last = localDay(this.#programs.get(program)!.zone, expiry_ms - 1)
    this.#count(program, 'expiring', last, opened, wallet)
  }

  #addSale({ program, type, body, outcome }: Happened, day: number): void {
    if (type === 'order') {
      const order = JSON.parse(body!) as OrderBody
      this.#count(program, 'other_orders', day, 1)
      this.#count(program, 'other_sales', day, priceOrder(order, null).total)
      this.#countPlace(program, day, order)
    } else this.#count(program, 'other_refunds', day, refundOf(outcome!))
  }

  #addOrder({ program, body, frozen, outcome }: Happened, account: number, day: number): void {
    // What an erased person bought is not known any more.
    if (body === null) return
    const order = JSON.parse(body) as OrderBody
    const shares = frozen === null ? null : decodeFrozen(frozen).shares
    this.#count(program, 'orders', day, 1)
    const { total, quantity } = priceOrder(order, shares)
    this.#count(program, 'sales', day, total)
    this.#count(program, 'units', day, quantity)
    this.#countPlace(program, day, order)
    this.#buy(program, order.for_member ?? account, day)
    if (outcome === null) return
    const { discounts = [], payments = [], vouchers = [] } = JSON.parse(outcome) as Outcome
    for (const { place, amount } of discounts) {
      // What has no place among the things asked for came by itself.
      if (place === undefined) this.#count(program, 'discounts', day, amount)
      else {
        const reward = rewardAt(order, vouchers, place)
        this.#count(program, 'reward_savings', day, amount, reward)
        this.#count(program, 'rewards', day, 1, reward)
      }
    }
    this.#pay(program, day, payments, 1)
  }

  #addReturn({ program, outcome }: Happened, day: number): void {
    this.#count(program, 'refunds', day, refundOf(outcome!))
    this.#pay(program, day, (JSON.parse(outcome!) as Outcome).payments ?? [], -1)
  }

  /** Stored value is money that was paid before: no more is given for it than for any other. */
  #pay(program: number, day: number, payments: NonNullable<Outcome['payments']>, sign: 1 | -1): void {
    const { wallets } = this.#programs.get(program)!
    for (const { wallet, amount } of payments)
      if (wallets.find(({ id }) => id === wallet)?.isMoney !== true)
        this.#count(program, 'paid_with_points', day, sign * amount)
  }

  #addUse({ program, type, outcome }: Happened, day: number): void {
    const { redemptions = [], vouchers = [] } = JSON.parse(outcome!) as Outcome
    if (type === 'voucher_use')
      for (const { reward, state } of vouchers) {
        if (state === 'used') this.#countBeside(program, day, reward, 1)
      }
    // Who gets a voucher for the points has used nothing yet.
    else if (!vouchers.some(({ isNew }) => isNew))
      for (const { reward, status, quantity, points, captured_points } of redemptions) {
        if (status !== 'captured') continue
        const times = points === 0 ? quantity : Math.round((quantity * captured_points) / points)
        this.#countBeside(program, day, reward, times)
      }
  }

  #countBeside(program: number, day: number, reward: string, times: number): void {
    this.#count(program, 'beside', day, times, reward)
    this.#count(program, 'rewards', day, times, reward)
  }

  #addMember({ program, type, body, was_closed }: Happened, day: number): void {
    if (type === 'join') {
      // A household's pool has an account as members do, and is none of them.
      if (body !== null && (JSON.parse(body) as { pool?: true }).pool === true) return
      this.#count(program, 'joined', day, 1)
      this.#count(program, 'members', day, 1)
    } else if (type === 'reopen') this.#count(program, 'members', day, 1)
    else if (type === 'close' || type === 'merge' || (type === 'erase' && !was_closed))
      this.#count(program, 'members', day, -1)
  }

  #buy(program: number, account: number, day: number): void {
    const known = this.#bought.get(account)
    if (known === undefined) this.#bought.set(account, { account, program, days: new Set([day]) })
    else known.days.add(day)
  }

  #countPlace(program: number, day: number, { location }: OrderBody): void {
    if (location !== undefined) this.#count(program, 'orders_at', day, 1, location)
  }

  #count(program: number, figure: Figure, day: number, amount: number, about = ''): void {
    if (amount === 0) return
    const key = `${program} ${figure} ${day} ${about}`
    const known = this.#figures.get(key)
    if (known === undefined) this.#figures.set(key, { program, figure, day, about, amount })
    else known.amount += amount
  }
}

/** The reward that was asked for at a place among others: by its own name, or by the code of a voucher for it. */
function rewardAt({ redeem = [] }: OrderBody, vouchers: NonNullable<Outcome['vouchers']>, place: number): string {
  const { reward, voucher } = redeem[place] ?? {}
  return reward ?? vouchers.find(({ code }) => code === voucher)?.reward ?? ''
}

function isOpen(bucket: Bucket): boolean {
  return bucket === 'pending' || bucket === 'available' || bucket === 'held'
}

function refundOf(outcome: string): number {
  return (JSON.parse(outcome) as { refund_total?: number }).refund_total ?? 0
}

/** What points count as that are in a bucket at the end; null where they are with the member or nowhere told. */
function figureOf(bucket: Bucket): 'spent' | 'expired' | 'taken_back' | null {
  if (bucket === 'spent' || bucket === 'expired') return bucket
  return bucket === 'reversed' || bucket === 'forfeited' || bucket === 'adjusted' ? 'taken_back' : null
}

/** By how many members more bought on `day` and had last bought on `before`: what days that are new to an account change. */
export function addedBuyers(
  known: readonly number[],
  added: Iterable<number>,
): { day: number; before: number; members: number }[] {
  const days = [...known]
  const changes: { day: number; before: number; members: number }[] = []
  for (const day of added) {
    let place = days.length
    while (place > 0 && days[place - 1]! > day) place -= 1
    const before = days[place - 1] ?? NEVER_BEFORE
    if (before === day) continue
    const after = days[place]
    changes.push({ day, before, members: 1 })
    if (after !== undefined) changes.push({ day: after, before, members: -1 }, { day: after, before: day, members: 1 })
    days.splice(place, 0, day)
  }
  return changes
}

export const NEVER_BEFORE = -1
