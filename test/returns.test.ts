/** The returns law: what an order gives follows what remains of it, however that came about. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OrderBody, ReturnBody } from '../src/core/activity.ts'
import type { Deciding } from '../src/core/deciding.ts'
import { earningPart, type PricedOrder, priceOrder, remainingOrder } from '../src/core/order.ts'
import type { Receipt } from '../src/core/receipt.ts'
import { Refusal } from '../src/core/refusal.ts'
import { localDay, periodOf, type Unit, WEEKDAYS, weekday } from '../src/core/time.ts'
import {
  BEGINNING,
  CATEGORIES,
  type DrawnProgram,
  type DrawnRule,
  Driver,
  keepingStep,
  orderBody,
  orderDraw,
  programDraw,
  programOf,
  returnDraw,
  runHistory,
  runs,
  type Step,
  stateOf,
  stepsOf,
} from './history.ts'

/** An exact fraction on big integers, so that the expectation shares no arithmetic with what it is held against. */
interface Fraction {
  n: bigint
  d: bigint
}

const fraction = (n: number | bigint, d: number | bigint = 1): Fraction => ({ n: BigInt(n), d: BigInt(d) })
const plus = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d })
const minus = (a: Fraction, b: Fraction): Fraction => plus(a, { n: -b.n, d: b.d })
const by = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d })
const isMore = (a: Fraction, b: Fraction): boolean => a.n * b.d > b.n * a.d
const least = (a: Fraction, b: Fraction): Fraction => (isMore(a, b) ? b : a)

function decimal(value: string | number): Fraction {
  const [whole, places = ''] = String(value).split('.')
  return fraction(BigInt(whole + places), 10n ** BigInt(places.length))
}

function rounded({ n, d }: Fraction, rounding: string): number {
  const floor = n / d
  if (rounding === 'floor' || n % d === 0n) return Number(floor)
  if (rounding === 'up') return Number(floor + 1n)
  return Number((n % d) * 2n >= d ? floor + 1n : floor)
}

/**
 * What the rules of a drawn program give for what remains of an order, written once more from the file's own words:
 * base, rate, multipliers, limit. It remembers what each limit still allowed when an order came.
 */
class Expectation {
  readonly given = new Map<string, Map<string, Fraction>>()
  private readonly free = new Map<string, Map<string, Fraction>>()
  private readonly tiers = new Map<string, Fraction>()
  readonly file: DrawnProgram
  readonly driver: Driver

  constructor(file: DrawnProgram, driver: Driver) {
    this.file = file
    this.driver = driver
  }

  get rules(): DrawnRule[] {
    return this.file.earning.filter(({ on }) => on === 'order')
  }

  private rule(id: string): DrawnRule {
    return this.rules.find((rule) => rule.id === id)!
  }

  hear({ activity, multipliers }: Deciding): void {
    if (activity.type === 'order') this.hearOrder(activity.body.external_id, multipliers)
    if (activity.type === 'return' || activity.type === 'cancel') this.follow(activity.body.order)
  }

  private hearOrder(order: string, multipliers: Deciding['multipliers']): void {
    this.tiers.set(order, multipliers.map(({ n, d }) => fraction(n, d)).reduce(by, fraction(1)))
    this.free.set(order, new Map(this.rules.map((rule) => [rule.id, this.freeNow(rule, order)])))
    this.follow(order)
  }

  private follow(order: string): void {
    const receipt = this.driver.receipts.get(order)!
    const full = this.full(receipt, remains(receipt), this.tiers.get(order)!)
    const given = this.rules.map(({ id, limit }) => {
      const free = this.free.get(order)!.get(id)!
      if (limit === undefined) return [id, full.get(id)!] as const
      if (countsTimes(this.rule(id))) return [id, isMore(fraction(1), free) ? fraction(0) : full.get(id)!] as const
      return [id, least(full.get(id)!, free)] as const
    })
    this.given.set(order, new Map(given))
  }

  /** The allowance of a limit less what the other orders of the same period give now. */
  private freeNow(rule: DrawnRule, order: string): Fraction {
    if (rule.limit === undefined) return fraction(0)
    const [, amount, unit] = /^(\d+) (?:times )?per (\w+)$/.exec(rule.limit)!
    const period = this.periodOf(order, unit!)
    const times = countsTimes(rule)
    let free = by(decimal(amount!), fraction(times ? 1 : this.unitOf(rule.wallet)))
    for (const [other, given] of this.given) {
      const points = given.get(rule.id)!
      if (points.n === 0n || this.periodOf(other, unit!) !== period) continue
      free = minus(free, times ? fraction(1) : points)
    }
    return isMore(fraction(0), free) ? fraction(0) : free
  }

  private periodOf(order: string, unit: string): number {
    const day = localDay(this.driver.program.zone, this.driver.receipts.get(order)!.occurred_at)
    return unit === 'lifetime' ? 0 : periodOf(unit as Unit, day)
  }

  private unitOf(wallet: 'points' | 'stamps'): number {
    return 10 ** this.file.wallets[wallet].decimals
  }

  private full(receipt: Receipt, order: PricedOrder, tier: Fraction): Map<string, Fraction> {
    const plain = new Map<string, Fraction>()
    const { shares, unearning } = receipt.frozen
    const earns = unearning === null ? order : earningPart(order, priceOrder(receipt.body, shares), unearning)
    for (const rule of this.rules)
      if (rule.earn !== undefined)
        plain.set(rule.id, this.applies(rule, receipt, order) ? this.plain(rule, earns) : fraction(0))
    const full = new Map<string, Fraction>()
    for (const rule of this.rules.filter(({ earn }) => earn !== undefined))
      full.set(rule.id, isRate(rule) ? by(plain.get(rule.id)!, tier) : plain.get(rule.id)!)
    let running = tier
    for (const rule of this.rules.filter(({ times }) => times !== undefined)) {
      const next = this.applies(rule, receipt, order) ? this.combined(running, decimal(rule.times!)) : running
      const multiplied = this.rules.filter((one) => isRate(one) && one.wallet === rule.wallet)
      const base = multiplied.reduce((sum, { id }) => plus(sum, plain.get(id)!), fraction(0))
      full.set(rule.id, by(base, minus(next, running)))
      running = next
    }
    return full
  }

  private combined(a: Fraction, b: Fraction): Fraction {
    if (this.file.combine === 'multiply') return by(a, b)
    if (this.file.combine === 'add') return minus(plus(a, b), fraction(1))
    return isMore(b, a) ? b : a
  }

  private applies(rule: DrawnRule, receipt: Receipt, order: PricedOrder): boolean {
    const day = WEEKDAYS[weekday(localDay(this.driver.program.zone, receipt.occurred_at))]!
    if (rule.id === 'double') return ['friday', 'saturday', 'sunday'].includes(day)
    if (rule.id === 'large') return order.total >= 4000
    if (rule.id === 'threshold') return order.total >= 2000
    if (rule.id === 'small') return order.quantity < 3
    return true
  }

  /** Base times rate, before any multiplier; nothing once no goods or no money of the order remain. */
  private plain(rule: DrawnRule, order: PricedOrder): Fraction {
    if (order.quantity === 0 || (order.total === 0 && order.subtotal > order.discount)) return fraction(0)
    const unit = fraction(this.unitOf(rule.wallet))
    const lines = order.lines.filter(
      ({ category }) =>
        !rule.without?.includes(category) && (rule.category === undefined || rule.category === category),
    )
    const [points, of] = String(rule.earn).split(' per ')
    if (of === 'item')
      return by(by(decimal(points!), unit), fraction(lines.reduce((sum, line) => sum + line.quantity, 0)))
    const amount = fraction(
      lines.reduce((sum, line) => sum + AMOUNTS[rule.of ?? 'net_before_tax']!(line), 0),
      100,
    )
    if (points!.endsWith('%')) return by(by(by(decimal(points!.slice(0, -1)), fraction(1, 100)), unit), amount)
    if (of === undefined) return by(decimal(points!), unit)
    const per = decimal(of)
    return by(by(decimal(points!), unit), by(amount, { n: per.d, d: per.n }))
  }
}

const AMOUNTS: Record<string, (line: PricedOrder['lines'][number]) => number> = {
  net_before_tax: (line) => line.net,
  net_with_tax: (line) => line.net + line.tax,
  gross_before_tax: (line) => line.gross_net,
  gross_with_tax: (line) => line.gross_net + line.gross_tax,
}

function isRate({ earn }: DrawnRule): boolean {
  return typeof earn === 'string'
}

/** A bare number limits occasions on fixed points, and points on everything else. */
function countsTimes({ earn, limit }: DrawnRule): boolean {
  return typeof earn === 'number' || limit!.includes('times')
}

function remains(receipt: Receipt): PricedOrder {
  return remainingOrder(priceOrder(receipt.body, receipt.frozen.shares), receipt.returned)
}

/** Points that an order brought by a rule, less what was taken back for it. */
function sourced(driver: Driver, { activity }: Receipt, rule: string): number {
  let points = 0
  for (const posting of driver.postings) {
    if (posting.rule !== rule || (posting.activity !== activity && posting.reverses !== activity)) continue
    if (posting.from === 'issued') points += posting.points
    if (posting.to === 'reversed') points -= posting.points
  }
  return points
}

describe('points follow what remains', () => {
  test('what an order brought is always the rounded earnings of what remains of it, and no limit is passed', () => {
    fc.assert(
      fc.property(programDraw(), stepsOf({ maxLength: 50 }), (file, steps) => {
        const driver = new Driver(programOf(file), BEGINNING)
        const expectation = new Expectation(file, driver)
        let heard = 0
        for (const step of steps) {
          runHistory(driver, [step])
          for (; heard < driver.decisions.length; heard++) expectation.hear(driver.decisions[heard]!)
        }
        expectOrders(expectation)
        expectCarried(expectation)
      }),
      { numRuns: runs(200) },
    )
  })
})

function expectOrders({ rules, given, driver }: Expectation): void {
  for (const [order, points] of given)
    for (const { id, rounding } of rules)
      if (rounding !== 'carry')
        expect(sourced(driver, driver.receipts.get(order)!, id), `${order} by ${id}`).toBe(
          rounded(points.get(id)!, rounding ?? 'floor'),
        )
}

/** With carry the sum telescopes: whole points and the fraction kept are all that was ever earned, exactly. */
function expectCarried({ rules, given, driver }: Expectation): void {
  for (const wallet of driver.account.wallets) {
    const carrying = rules.filter((rule) => rule.rounding === 'carry' && rule.wallet === wallet.id)
    let exact = fraction(0)
    let posted = 0
    for (const [order, points] of given)
      for (const { id } of carrying) {
        exact = plus(exact, points.get(id)!)
        posted += sourced(driver, driver.receipts.get(order)!, id)
      }
    const whole = plus(fraction(posted), fraction(wallet.carry, wallet.carryOf))
    expect(minus(whole, exact).n, wallet.id).toBe(0n)
  }
}

/** Programs that forgive no debt and keep no level: nothing that once was outlasts a return. */
const lawful = programDraw({
  negative: fc.constant('allowed'),
  onReturn: fc.constant('recompute'),
  expiry: 'by the calendar',
})

/** All that the kernel knows, except levels that a return leaves: points are kept by what members do, and forgiven. */
const forgiving = programDraw({ onReturn: fc.constant('recompute') })

describe('adjacent returns', () => {
  test('in any split leave the same state', () => {
    fc.assert(
      fc.property(lawful, splitDraw, (file, draw) => {
        const { split, whole } = bothWays(file, draw)
        expect(withoutSeq(split)).toEqual(withoutSeq(whole))
      }),
      { numRuns: runs(200) },
    )
  })

  test('also where debt is forgiven, and where a rule gives more for less', () => {
    fc.assert(
      fc.property(forgiving, splitDraw, (file, draw) => {
        const { split, whole } = bothWays(file, draw)
        expect(untold(split)).toEqual(untold(whole))
      }),
      { numRuns: runs(200) },
    )
  })

  test('also where points had expired, and activity has kept their like since', () => {
    fc.assert(
      fc.property(forgiving, keptDraw, (file, draw) => {
        const { split, whole } = bothWays(file, draw)
        expect(untold(split)).toEqual(untold(whole))
      }),
      { numRuns: runs(200) },
    )
  })

  test('also where levels bring points', () => {
    fc.assert(
      fc.property(giving, fc.oneof(splitDraw, keptDraw), (file, draw) => {
        const earning = file.earning.filter(({ id }) => id !== 'small')
        const tiers = file.tiers && { ...file.tiers, up: undefined, return_window: undefined }
        const { split, whole } = bothWays({ ...file, earning, tiers }, draw)
        expect(untold(split)).toEqual(untold(whole))
      }),
      { numRuns: runs(200) },
    )
  })

  test('also where a level is kept, unless what is halfway reaches one', () => {
    fc.assert(
      fc.property(programDraw(), splitDraw, (file, draw) => {
        const earning = file.earning.filter(({ id }) => id !== 'small')
        const { split, whole } = bothWays({ ...file, earning }, draw)
        expect(untold(split)).toEqual(untold(whole))
      }),
      { numRuns: runs(200) },
    )
  })
})

/**
 * Where less gives more as well, or levels come later than they are reached, the gift of a level that is only reached
 * halfway may stay as its trace.
 */
const giving = programDraw({ onReturn: fc.constant('recompute'), gifts: true })

const splitDraw = fc.record({
  before: stepsOf({ maxLength: 20 }),
  order: orderDraw,
  between: stepsOf({ maxLength: 5 }),
  returns: fc.array(returnDraw, { minLength: 2, maxLength: 4 }),
})

/** Long waits, and what keeps points or brings them back: lots have expired in part, and are open again. */
const keptDraw = fc.record({
  before: stepsOf({ maxLength: 6 }),
  order: orderDraw,
  between: stepsOf({ maxLength: 6 }, keepingStep),
  returns: fc.array(returnDraw, { minLength: 2, maxLength: 5 }),
})
type SplitDraw = typeof splitDraw extends fc.Arbitrary<infer T> ? T : never

/** The same history twice: once its last order comes back in pieces, once in one return. */
function bothWays(file: object, draw: SplitDraw): { split: Driver; whole: Driver } {
  const rules = programOf(file)
  const [split, whole] = [new Driver(rules, BEGINNING), new Driver(rules, BEGINNING)]
  const orders = [split, whole].map((driver) => {
    runHistory(driver, draw.before, 'no sweeps')
    fc.pre(!(driver.order(orderBody(driver, draw.order)) instanceof Refusal))
    const order = driver.orders.at(-1)!
    runHistory(driver, draw.between, 'no sweeps')
    return order
  })
  const bodies = draw.returns
    .map((one, i) => returnOf(split, orders[0]!, one, i))
    .filter((body) => !(split.send('return', body) instanceof Refusal))
  fc.pre(bodies.length > 1)
  fc.pre(!(whole.send('return', merged(bodies)) instanceof Refusal))
  return { split, whole }
}

function returnOf(driver: Driver, order: string, draw: Extract<Step['what'], { do: 'return' }>, n: number): ReturnBody {
  const { lines } = driver.receipts.get(order)!.body
  return {
    external_id: `piece${n}`,
    order,
    lines: draw.picks.map(({ line, quantity, amount }) => {
      const { id, quantity: most } = lines[line % lines.length]!
      return quantity === 0
        ? { id, quantity, amount: amount % 300 }
        : { id, quantity: Math.min(quantity, Math.ceil(most / 2)) }
    }),
    amount: draw.amount % 300,
  }
}

function merged(bodies: readonly ReturnBody[]): ReturnBody {
  return {
    external_id: 'whole',
    order: bodies[0]!.order,
    lines: bodies.flatMap(({ lines }) => lines ?? []),
    amount: bodies.reduce((sum, { amount }) => sum + (amount ?? 0), 0),
  }
}

function withoutSeq({ account }: Driver): unknown {
  return { ...(stateOf(account) as object), seq: null }
}

/**
 * Whoever was told halfway that points will expire was told, and the next is told when it is due. Which of the returns
 * reached a level and so brought its gift is numbering.
 */
function untold(driver: Driver): unknown {
  const state = withoutSeq(driver) as { slices: { tiers?: { g?: object[] } } }
  const { tiers } = state.slices
  const gifts = tiers?.g?.map((gift) => ({ ...gift, activity: 0 }))
  return { ...state, due: null, slices: { ...state.slices, expiry: null, tiers: tiers && { ...tiers, g: gifts } } }
}

/** Prices without fractions of a unit, so that what remains of an order is an order that could have been made. */
const evenOrder = fc.record({
  lines: fc.array(
    fc.record({
      category: fc.constantFrom(...CATEGORIES),
      quantity: fc.integer({ min: 1, max: 4 }),
      unit_price: fc.integer({ min: 0, max: 4000 }),
      unit_tax: fc.integer({ min: 0, max: 90 }),
      unit_discount: fc.integer({ min: 0, max: 300 }),
      kept: fc.integer({ min: 0, max: 4 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  included: fc.boolean(),
})
type EvenOrder = typeof evenOrder extends fc.Arbitrary<infer T> ? T : never

function evenBody(draw: EvenOrder, which: 'all' | 'kept'): OrderBody {
  const lines = draw.lines.map((line, i) => {
    const quantity = which === 'all' ? line.quantity : Math.min(line.kept, line.quantity)
    // The tax that a discounted line would bear without the discount may be a fraction, so a line has the one or the other.
    const discount = quantity * (line.unit_tax > 0 ? 0 : Math.min(line.unit_discount, line.unit_price))
    const tax = quantity * Math.min(line.unit_tax, line.unit_price)
    return { id: `l${i}`, sku: 'any', category: line.category, quantity, unit_price: line.unit_price, discount, tax }
  })
  return {
    external_id: 'even',
    currency: 'USD',
    prices: draw.included ? 'tax_included' : 'tax_excluded',
    lines: lines.filter(({ quantity }) => quantity > 0),
  }
}

/** The state without what cannot be as if nothing had been: numbering, the clock, and what was let go for its age. */
function untraced(driver: Driver, file: DrawnProgram): unknown {
  const { slices, ...state } = stateOf(driver.account, 'without traces') as { slices: Slices }
  const now = (unit: string) =>
    unit === 'lifetime' ? 0 : periodOf(unit as Unit, localDay(driver.program.zone, driver.now))
  const earning = Object.entries(slices.earning).flatMap(([id, rows]) => {
    const unit = file.earning.find((rule) => rule.id === id)!.limit!.split(' per ')[1]!
    const latest = rows.filter(([period]) => period! > now(unit) - 4)
    return latest.length > 0 ? [[id, latest]] : []
  })
  const window = now((file.tiers?.window ?? 'lifetime').replace('calendar_', ''))
  const tiers = slices.tiers && { n: slices.tiers.n.filter(([at]) => at! > window - 2), h: slices.tiers.h.slice(-4) }
  return { ...state, slices: { ...slices, earning, tiers } }
}

interface Slices {
  earning: Record<string, number[][]>
  tiers?: { n: number[][]; h: unknown[] }
}

describe('with nothing in between', () => {
  test('an order that comes back whole leaves what there was without it', () => {
    fc.assert(
      fc.property(lawful, stepsOf({ maxLength: 25 }), orderDraw, fc.boolean(), (file, before, draw, cancelled) => {
        const [with_, without] = [new Driver(programOf(file), BEGINNING), new Driver(programOf(file), BEGINNING)]
        for (const driver of [with_, without]) {
          runHistory(driver, before, 'no sweeps')
          driver.wake()
        }
        const body = orderBody(with_, draw)
        fc.pre(!(with_.order(body) instanceof Refusal))
        const lines = body.lines.map(({ id, quantity }) => ({ id, quantity }))
        const back = cancelled
          ? with_.send('cancel', { order: body.external_id })
          : with_.send('return', { external_id: 'all', order: body.external_id, lines })
        expect(back).not.toBeInstanceOf(Refusal)
        expect(untraced(with_, file)).toEqual(untraced(without, file))
      }),
      { numRuns: runs(250) },
    )
  })

  test('an order that comes back in part leaves what an order of the rest alone would have', () => {
    fc.assert(
      fc.property(lawful, stepsOf({ maxLength: 25 }), evenOrder, (drawn, before, draw) => {
        // What was bought for something does not become dearer when it comes back, so an order of the rest would differ.
        const file = { ...drawn, discounts: [] }
        const [returned, alone] = [new Driver(programOf(file), BEGINNING), new Driver(programOf(file), BEGINNING)]
        const [all, kept] = [evenBody(draw, 'all'), evenBody(draw, 'kept')]
        fc.pre(kept.lines.length > 0)
        for (const driver of [returned, alone]) {
          runHistory(driver, before, 'no sweeps')
          expect(driver.order(driver === returned ? all : kept)).not.toBeInstanceOf(Refusal)
        }
        const lines = all.lines.map(({ id, quantity }) => ({
          id,
          quantity: quantity - (kept.lines.find((line) => line.id === id)?.quantity ?? 0),
        }))
        expect(returned.send('return', { external_id: 'rest', order: 'even', lines })).not.toBeInstanceOf(Refusal)
        expect(untraced(returned, file)).toEqual(untraced(alone, file))
      }),
      { numRuns: runs(250) },
    )
  })
})
