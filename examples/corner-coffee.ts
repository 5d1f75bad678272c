/**
 * The demo business: Corner Coffee, three shops in New York, as a time-ordered stream of what its tills, its join page and
 * its website would send. The same options give the same stream. Whoever carries it puts it in through the real API.
 */
import { type DemoLine, type DemoOrder, fillBasket, netOf, payFor, REWARDS, suits } from './corner-coffee/basket.ts'
import { type Day, daysBetween, momentOf, timeText } from './corner-coffee/calendar.ts'
import {
  areaCodesFor,
  drawHabits,
  drawPerson,
  type Habits,
  type MemberDetails,
  type Person,
  SHOPS,
  type Shop,
} from './corner-coffee/people.ts'
import { Random } from './random.ts'

export interface DemoOptions {
  /** Another seed is another city of people; 1 unless said. */
  seed?: number
  /** How many people join from `from` to `until`; 2,000 unless said. */
  members?: number
  /** Epoch milliseconds, included. */
  from: number
  /** Epoch milliseconds, excluded. */
  until: number
}

/** `at` is epoch milliseconds and says the same as the body's `occurred_at`. Bodies are those of the HTTP interface. */
export type DemoEvent =
  | { type: 'member'; at: number; body: MemberDetails }
  | { type: 'order'; at: number; body: DemoOrder }
  | { type: 'return'; at: number; order: string; body: DemoReturn }
  | { type: 'action'; at: number; body: DemoReview }
  | { type: 'visit'; at: number; body: { member: string; occurred_at: string; location: Shop } }

export interface DemoReturn {
  external_id: string
  occurred_at: string
  lines: { id: string; quantity: number }[]
}

export interface DemoReview {
  member: string
  type: 'review'
  occurred_at: string
  data: { rating: number }
}

/**
 * Two years of 2,000 members make about 70,000 orders, a third of them anonymous. An order may carry `redeem`, since its
 * customer believes they have the stars; where the program says no, the till rings the same order up without it.
 */
export function* cornerCoffee(options: DemoOptions): Generator<DemoEvent> {
  const { seed = 1, members = 2000, from, until } = options
  const random = new Random(seed)
  const days = [...daysBetween(from, until)]
  const town: Town = {
    random,
    members,
    areaCodes: areaCodesFor(members),
    joining: spreadJoins(random, days, members),
    joined: 0,
    customers: [],
    returns: new Map(),
  }

  for (const day of days) {
    const events = liveOneDay(town, day, (at) => at >= from && at < until)
    // Sorting is stable: what happens in one moment stays in the order in which it was caused.
    yield* events.sort((one, other) => one.at - other.at)
  }
}

/** Everything that one day hands on to the next. */
interface Town {
  random: Random
  members: number
  areaCodes: readonly string[]
  /** How many join on each day, by the day's index. */
  joining: readonly number[]
  /** How many were drawn so far; the next one's number is one more. */
  joined: number
  /** Members who may come again; whoever has dropped out is no longer among them. */
  customers: Person[]
  /** Goods on their way back, by the index of the day they are brought. */
  returns: Map<number, Purchase[]>
}

/** Somebody at the counter, before anything is rung up. */
interface Visit {
  at: number
  minute: number
  shop: Shop
  habits: Habits
  /** Null for who is not a member, or does not say so today. */
  person: Person | null
  /** Whether they join at this purchase. */
  joins: boolean
}

interface Purchase {
  order: DemoOrder
  line: DemoLine
}

function liveOneDay(town: Town, day: Day, inWindow: (at: number) => boolean): DemoEvent[] {
  const events: DemoEvent[] = []
  const { online, atCounter } = drawNewcomers(town, day)
  if (!day.closed) {
    trade(town, day, gatherVisits(town, day, atCounter), inWindow, events)
    takeBack(town, day, events)
    holdTasting(town, day, events)
  }
  for (const person of online) {
    const at = momentOf(day, town.random.between(8 * 3600, 22 * 3600))
    if (!inWindow(at)) continue
    events.push({ type: 'member', at, body: person.details })
    // Who joins at home comes from tomorrow on, when their rhythm says, or never.
    town.customers.push(person)
  }
  return events.filter((event) => inWindow(event.at))
}

/** Most people join at their first purchase, one in ten on the website. */
function drawNewcomers(town: Town, day: Day): { online: Person[]; atCounter: Person[] } {
  const online: Person[] = []
  const atCounter: Person[] = []
  for (let i = town.joining[day.index]!; i > 0; i--) {
    town.joined++
    const person = drawPerson(town.random, town.joined, town.areaCodes)
    ;(town.random.chance(0.1) ? online : atCounter).push(person)
  }
  return { online, atCounter }
}

function gatherVisits(town: Town, day: Day, newcomers: readonly Person[]): Visit[] {
  const { random } = town
  const visits = newcomers.map((person) => drawVisit(random, day, person, person, true))
  for (const person of town.customers) {
    const likely = person.daily * person.weekdays[day.weekday - 1]! * day.demand
    if (!random.chance(Math.min(likely, 0.95))) continue
    // Now and then a member is in a hurry and gives no number.
    visits.push(drawVisit(random, day, person, random.chance(0.04) ? null : person, false))
  }

  const passersBy = town.members * 0.0148 * day.demand * (day.restful ? 1.2 : 0.95)
  for (let i = random.count(passersBy); i > 0; i--) visits.push(drawVisit(random, day, drawHabits(random), null, false))
  return visits
}

function drawVisit(random: Random, day: Day, habits: Habits, person: Person | null, joins: boolean): Visit {
  // Who commutes on working days sleeps in on the others.
  const usual = habits.minute + (habits.commutes && day.restful ? 120 : 0)
  let minute = Math.floor(usual + random.normal() * 18)
  if (minute < day.opens || minute >= day.closes - 5) minute = random.between(day.opens + 5, day.closes - 6)
  const shop = random.chance(0.88) ? habits.home : random.weighted(SHOPS, (one) => one.weight).id
  return { at: momentOf(day, minute * 60 + random.below(60)), minute, shop, habits, person, joins }
}

/** Serves the day's visits in their order; each shop counts its receipts from 1 every morning. */
function trade(town: Town, day: Day, visits: Visit[], inWindow: (at: number) => boolean, events: DemoEvent[]): void {
  const receipts = new Map<Shop, number>()
  visits.sort((one, other) => one.at - other.at)
  for (const visit of visits) {
    if (!inWindow(visit.at)) continue

    const number = (receipts.get(visit.shop) ?? 0) + 1
    receipts.set(visit.shop, number)
    const { person } = visit
    if (person && visit.joins) {
      // The form at the counter is filled in at the same moment, so that no purchase comes before its member.
      events.push({ type: 'member', at: visit.at, body: person.details })
      town.customers.push(person)
    }
    const order = ringUp(town.random, day, visit, `${visit.shop}-${day.date}-${String(number).padStart(4, '0')}`)
    events.push({ type: 'order', at: visit.at, body: order })
    const wrong = regret(town, day, visit, order, events)
    if (person) afterwards(town, day, visit, person, wrong, events)
  }
  town.customers = town.customers.filter((person) => !person.gone)
}

function ringUp(random: Random, day: Day, visit: Visit, id: string): DemoOrder {
  const { habits, person } = visit
  const hoped = REWARDS.find((reward) => reward.id === person?.savesFor)
  const ready = person && hoped && person.stars >= hoped.stars && random.chance(0.7) ? hoped : null
  const lines = fillBasket(random, habits, day, visit.minute, ready?.item?.category)
  const tender = payFor(random, habits, lines)

  const order: DemoOrder = {
    external_id: id,
    member: person?.reference ?? null,
    status: 'paid',
    occurred_at: timeText(day, visit.at),
    currency: 'USD',
    prices: 'tax_excluded',
    location: visit.shop,
    channel: habits.pays === 'preloaded' && random.chance(0.35) ? 'order-ahead' : 'counter',
    staff: `${visit.shop}-${visit.minute < 780 ? random.between(1, 3) : random.between(4, 5)}`,
    lines,
  }
  if (person) person.stars += starsHopedFor(lines)
  if (!person || !ready || !suits(ready, lines)) return { ...order, tender }

  person.stars -= ready.stars
  return { ...order, redeem: [{ reward: ready.id }] }
}

/** One star a dollar, as the poster at the counter says it. */
function starsHopedFor(lines: readonly DemoLine[]): number {
  const cents = lines.reduce((sum, line) => sum + (line.category === 'gift-cards' ? 0 : netOf(line)), 0)
  return Math.floor(cents / 100)
}

/** A wrong drink comes back within minutes, and this says so; goods come back within two weeks. */
function regret(town: Town, day: Day, visit: Visit, order: DemoOrder, events: DemoEvent[]): boolean {
  const { random } = town
  const goods = order.lines.find((line) => line.category === 'beans' || line.category === 'merchandise')
  if (goods && random.chance(0.12)) {
    const back = day.index + random.between(1, 14)
    town.returns.set(back, [...(town.returns.get(back) ?? []), { order, line: goods }])
    return false
  }
  const drink = order.lines.find((line) => line.category === 'drinks')
  if (!drink || !random.chance(0.007)) return false

  const at = visit.at + random.between(120, 1200) * 1000
  events.push(returnOf(random, day, at, { order, line: drink }))
  return true
}

/** What a purchase leads to: perhaps a review that evening, and perhaps it was the last one. */
function afterwards(town: Town, day: Day, visit: Visit, person: Person, wrong: boolean, events: DemoEvent[]): void {
  const { random } = town
  if (random.chance(person.writesReviews ? 0.07 : 0.001)) {
    const lastMinute = momentOf(day, 86_000)
    const at = Math.min(visit.at + random.between(1800, 6 * 3600) * 1000, lastMinute)
    const rating = wrong ? random.between(1, 3) : random.weighted([5, 4, 3, 2, 1], (stars) => RATING_WEIGHT[stars - 1]!)
    const occurred_at = timeText(day, at)
    const body: DemoReview = { member: person.reference, type: 'review', occurred_at, data: { rating } }
    events.push({ type: 'action', at, body })
  }
  if (random.chance(person.dropout)) person.gone = true
}

/** How often each rating is given, from one star to five. */
const RATING_WEIGHT = [2, 4, 11, 27, 56]

/** Goods that are due back today; on a closed day nobody takes them, so they come tomorrow. */
function takeBack(town: Town, day: Day, events: DemoEvent[]): void {
  for (const [index, purchases] of town.returns) {
    if (index > day.index) continue
    for (const purchase of purchases) {
      const at = momentOf(day, town.random.between(day.opens * 60, day.closes * 60 - 1))
      events.push(returnOf(town.random, day, at, purchase))
    }
    town.returns.delete(index)
  }
}

/** Some bring back all of a line, some a part; there is one return to an order. */
function returnOf(random: Random, day: Day, at: number, { order, line }: Purchase): DemoEvent {
  const quantity = random.between(1, line.quantity)
  const body: DemoReturn = {
    external_id: `${order.external_id}-return`,
    occurred_at: timeText(day, at),
    lines: [{ id: line.id, quantity }],
  }
  return { type: 'return', at, order: order.external_id, body }
}

/** On the first Thursday of a month there is a tasting, and members check in without buying anything. */
function holdTasting(town: Town, day: Day, events: DemoEvent[]): void {
  if (day.weekday !== 4 || day.dayOfMonth > 7) return
  const location = town.random.weighted(SHOPS, (shop) => shop.weight).id
  for (const person of town.customers) {
    if (!town.random.chance(0.02)) continue
    const at = momentOf(day, town.random.between(18 * 3600, day.closes * 60 - 1))
    events.push({ type: 'visit', at, body: { member: person.reference, occurred_at: timeText(day, at), location } })
  }
}

/** On which day each member joins: a rush when the program opens, then a growing business; nobody on a closed day. */
function spreadJoins(random: Random, days: readonly Day[], members: number): number[] {
  const joining = days.map(() => 0)
  const open = days.filter((day) => !day.closed)
  if (open.length === 0) return joining

  const pull = (day: Day) => {
    const passed = day.index / days.length
    return (1 + 0.5 * passed + 6 / (1 + (passed * 25) ** 2)) * day.demand
  }
  const sums: number[] = []
  let total = 0
  for (const day of open) sums.push((total += pull(day)))
  for (let i = 0; i < members; i++) {
    const place = random.fraction() * total
    const day = open[sums.findIndex((sum) => place < sum)] ?? open.at(-1)!
    joining[day.index]!++
  }
  return joining
}
