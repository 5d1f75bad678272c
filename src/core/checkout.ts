/** Checkout: which of the discounts that are proposed for an order it gets, in lanes, within groups, a cap and a floor. */

import type { OrderBody } from './activity.ts'
import { type Basket, type Taking, total, within, without } from './basket.ts'
import type { Deciding, Discount } from './deciding.ts'
import { formatMoney, spread } from './money.ts'
import { type Most, mostOf } from './program.ts'
import { Refusal, refuse } from './refusal.ts'

/** Something that would take money off an order, if it is let. */
export interface Candidate {
  /** The id by which the program names it, in groups and in answers. */
  source: string
  name: string
  lane: string
  /** Its place among what was asked for (`redeem`); null where it comes by itself. */
  place: number | null
  /** What it takes off what those before it left, or why it cannot. */
  take(basket: Basket): Taking | Refusal
}

/** What an order does not get, and what it would take. */
export interface LeftOut {
  source: string
  name: string
  why: Refusal
}

export interface Lane {
  id: string
  /** Of what is in the lane: all, each off what those before left; the one that takes off most; the first that can. */
  take: 'all' | 'best' | 'first'
}

export interface CheckoutTerms {
  lanes: readonly Lane[]
  /** Of each group an order gets one at most. */
  exclusive: readonly (readonly string[])[]
  /** What is taken off at most; a share is one of the prices. */
  most: Most
  /** What is left to pay at least, in the money of the prices. */
  floor: number
  /** The category of lines that are shipping. */
  shipping: string
  currency: string
}

/** Lanes that every program has, for what names none. */
export const DISCOUNTS_LANE = 'discounts'
export const REWARDS_LANE = 'rewards'

export interface Resolved {
  discounts: readonly Discount[]
  /** Units of each line that cost nothing; null where there are none. */
  given: readonly number[] | null
  leftOut: readonly LeftOut[]
}

/**
 * Puts what is proposed through the program's lanes. What was asked for stands before what comes by itself; where a
 * group leaves a choice between things that come by themselves, the one is taken that saves the member most in the end.
 * What was asked for and cannot be had refuses the order.
 */
export function resolve(candidates: readonly Candidate[], terms: CheckoutTerms, basket: Basket): Resolved | Refusal {
  const asked = candidates.filter(({ place }) => place !== null).sort((a, b) => a.place! - b.place!)
  const clash = clashOf(asked, terms.exclusive)
  if (clash !== null) return clash
  const inTurn = [...asked, ...candidates.filter(({ place }) => place === null)]
  const { most, least } = boundsOf(basket, terms)
  const full = within(basket, Math.min(most, least))
  let best: Outcome | null = null
  for (const barred of choices(inTurn, terms.exclusive)) {
    const outcome = new Outcome(full, most <= least ? 'most' : 'floor', terms, barred)
    for (const lane of terms.lanes) outcome.pass(lane, inTurn)
    if (best === null || outcome.taken > best.taken) best = outcome
  }
  return best!.refusal ?? best!
}

function boundsOf({ left }: Basket, { most, floor }: CheckoutTerms): { most: number; least: number } {
  const prices = total(left)
  return { most: mostOf(most, prices), least: Math.max(0, prices - floor) }
}

/** Two of one group were asked for: whoever asks has to choose. */
function clashOf(asked: readonly Candidate[], exclusive: CheckoutTerms['exclusive']): Refusal | null {
  for (const group of exclusive) {
    const [first, second] = asked.filter(({ source }) => group.includes(source))
    if (second !== undefined) return together(second, first!)
  }
  return null
}

function together(one: Candidate, other: Candidate): Refusal {
  const detail = `${one.name} cannot be had together with ${other.name}.`
  return refuse('not_together', detail, one.place === null ? undefined : `/redeem/${one.place}`)
}

/** By whom a candidate is kept out. */
type Barred = ReadonlyMap<Candidate, Candidate>

/** Every way to choose one of each group among what comes by itself, in the order of the file. */
function choices(candidates: readonly Candidate[], exclusive: CheckoutTerms['exclusive']): Barred[] {
  let ways: Barred[] = [new Map()]
  for (const group of exclusive) {
    const members = candidates.filter(({ source }) => group.includes(source))
    if (members.length < 2) continue
    const asked = members.find(({ place }) => place !== null)
    const chosen = asked === undefined ? members : [asked]
    ways = chosen.flatMap((one) =>
      ways.map((barred) => {
        const others = members.filter((other) => other !== one)
        return new Map([...barred, ...others.map((other) => [other, one] as const)])
      }),
    )
  }
  return ways
}

/** One way through the lanes, and what it comes to. */
class Outcome implements Resolved {
  readonly discounts: Discount[] = []
  readonly leftOut: LeftOut[] = []
  refusal: Refusal | null = null
  given: readonly number[] | null = null
  taken = 0
  #basket: Basket
  readonly #full: number
  /** Which of the program's bounds is the tighter. */
  readonly #bound: 'most' | 'floor'
  readonly #terms: CheckoutTerms
  readonly #barred: Barred

  constructor(basket: Basket, bound: 'most' | 'floor', terms: CheckoutTerms, barred: Barred) {
    this.#basket = basket
    this.#full = basket.room
    this.#bound = bound
    this.#terms = terms
    this.#barred = barred
  }

  pass({ id, take }: Lane, candidates: readonly Candidate[]): void {
    const inLane: Candidate[] = []
    for (const candidate of candidates) {
      if (candidate.lane !== id) continue
      const other = this.#barred.get(candidate)
      if (other === undefined) inLane.push(candidate)
      else this.#leaveOut(candidate, together(candidate, other))
    }
    if (take === 'all') for (const candidate of inLane) this.#try(candidate)
    else if (take === 'first') this.#passFirst(inLane)
    else this.#passBest(inLane)
  }

  #passFirst(inLane: readonly Candidate[]): void {
    let first: Candidate | null = null
    for (const candidate of inLane)
      if (first !== null) this.#leaveOut(candidate, together(candidate, first))
      else if (this.#try(candidate)) first = candidate
  }

  #passBest(inLane: readonly Candidate[]): void {
    let best: Candidate | null = null
    let most = 0
    for (const candidate of inLane) {
      const taking = candidate.take(this.#basket)
      const amount = taking instanceof Refusal ? 0 : Math.min(total(taking.shares), this.#basket.room)
      if (amount <= most) continue
      best = candidate
      most = amount
    }
    for (const candidate of inLane)
      if (best === null || candidate === best) this.#try(candidate)
      else {
        const taking = candidate.take(this.#basket)
        this.#leaveOut(candidate, taking instanceof Refusal ? taking : together(candidate, best))
      }
  }

  #try(candidate: Candidate): boolean {
    const taking = candidate.take(this.#basket)
    if (taking instanceof Refusal) {
      this.#leaveOut(candidate, taking)
      return false
    }
    const wanted = total(taking.shares)
    const amount = Math.min(wanted, this.#basket.room)
    if (amount === 0) {
      this.#leaveOut(candidate, this.#noRoom(candidate))
      return false
    }
    // What a cap cuts is cut from every line alike.
    const shares = amount === wanted ? [...taking.shares] : spread(amount, taking.shares)
    const { source, place } = candidate
    const discount: Discount = { source, amount, shares }
    if (place !== null) discount.place = place
    if (amount < wanted) discount.cut = { wanted, by: this.#bound }
    if (taking.points !== undefined) Object.assign(discount, taking.points)
    if (taking.given !== undefined && amount === wanted) this.given = addUnits(this.given, taking.given)
    this.discounts.push(discount)
    this.#basket = without(this.#basket, { shares, free: taking.free, bought: taking.bought })
    this.taken += amount
    return true
  }

  #noRoom({ name, place }: Candidate): Refusal {
    const { floor, currency } = this.#terms
    const why =
      this.#bound === 'most'
        ? `no more than ${formatMoney(this.#full, currency)} is taken off this order`
        : `${formatMoney(floor, currency)} is left to pay at least`
    return refuse('limit_reached', `${name} finds nothing to take off: ${why}.`, pointerTo(place))
  }

  #leaveOut({ source, name, place }: Candidate, why: Refusal): void {
    if (place === null) this.leftOut.push({ source, name, why })
    else this.refusal ??= why
  }
}

function addUnits(units: readonly number[] | null, more: readonly number[]): readonly number[] {
  return units === null ? more : units.map((count, i) => count + more[i]!)
}

/** Why an order is too small for something; null when it is not. Shipping counts for nothing. */
export function refuseBelow(minSpend: number, name: string, d: Deciding, pointer?: string): Refusal | null {
  if (minSpend === 0) return null
  const { shipping } = d.program.compiled['checkout'] as CheckoutTerms
  let spend = 0
  for (const { category, gross, discount } of d.order!.lines) if (category !== shipping) spend += gross - discount
  if (spend >= minSpend) return null
  const money = minSpend - spend
  const detail = `Spend ${formatMoney(money, d.program.currency)} more for ${name}.`
  return refuse('spend_too_low', detail, pointer, { money })
}

/** What is left to pay in money, with everything that points have paid so far taken off. */
export function toPay({ order, payments }: Pick<Deciding, 'order' | 'payments'>): number {
  let left = order!.total
  for (let i = 0; i < payments.length; i++) left -= payments[i]!.amount
  return left
}

/** What was paid at the till has to be what there is to pay. */
export function refuseTender(d: Deciding, { tender }: OrderBody): Refusal | undefined {
  if (tender === undefined) return undefined
  let paid = 0
  for (const { amount } of tender) paid += amount
  const left = toPay(d)
  if (paid === left) return undefined
  return refuse('invalid', `The tender sums to ${paid}, but ${left} is to be paid.`, '/tender')
}

function pointerTo(place: number | null): string | undefined {
  return place === null ? undefined : `/redeem/${place}`
}
