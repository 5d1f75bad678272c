/** One purchase at Corner Coffee: what goes into the basket, what the till makes of it, and how it is paid. */
import type { Random } from '../random.ts'
import type { Day } from './calendar.ts'
import { type Category, ICED_SHARE, type Item, MENU, salesTax, soldOn } from './menu.ts'
import type { Habits, Shop } from './people.ts'

/** An order as `PUT /v1/orders/{external_id}` takes it; all money is in US cents. */
export interface DemoOrder {
  external_id: string
  /** `external:…`, or null for an anonymous sale. */
  member: string | null
  status: 'paid'
  /** RFC 3339 with New York's offset. */
  occurred_at: string
  currency: 'USD'
  prices: 'tax_excluded'
  location: Shop
  channel: 'counter' | 'order-ahead'
  staff: string
  lines: DemoLine[]
  /** Absent when a reward is redeemed, since what remains to be paid is then the program's to say. */
  tender?: { type: 'card' | 'cash' | 'preloaded'; amount: number }[]
  redeem?: { reward: string }[]
}

export interface DemoLine {
  id: string
  sku: string
  name: string
  category: Category
  quantity: number
  unit_price: number
  /** Of the whole line. */
  discount?: number
  /** Of the whole line, on what is left after the discount. */
  tax: number
}

/** A reward as the till knows it: its price in stars and the least that an order must hold for it. */
export interface DemoReward {
  id: string
  stars: number
  /** For a free item: its category and highest price in cents. */
  item?: { category: Category; upTo: number }
  /** For money off: the subtotal in cents under which nobody would use it. */
  subtotal?: number
}

/** The rewards of `corner-coffee.yaml` that the demo's customers save for. */
export const REWARDS: readonly DemoReward[] = [
  { id: 'two-off', stars: 60, subtotal: 400 },
  { id: 'free-treat', stars: 100, item: { category: 'food', upTo: 600 } },
  { id: 'twenty-percent', stars: 150, subtotal: 1500 },
  { id: 'free-coffee', stars: 200, item: { category: 'drinks', upTo: 800 } },
  { id: 'bag-of-beans', stars: 400, item: { category: 'beans', upTo: 2200 } },
]

/** One to four lines. Whoever comes to redeem a free item takes such an item (`wanted`). */
export function fillBasket(random: Random, habits: Habits, day: Day, minute: number, wanted?: Category): DemoLine[] {
  const menu = soldOn(MENU, day)
  const quantities = new Map<Item, number>()
  const put = (item: Item, quantity = 1) => {
    if (quantities.size < 4 || quantities.has(item)) quantities.set(item, (quantities.get(item) ?? 0) + quantity)
  }
  const any = (category: Category) => {
    const choice = menu.filter((item) => item.category === category)
    return random.weighted(choice, (item) => item.weight)
  }

  if (wanted !== undefined && wanted !== 'drinks') put(any(wanted))
  if (wanted === 'drinks' || random.chance(0.93))
    put(chooseDrink(random, habits, day, menu), random.chance(0.03) ? 2 : 1)
  if (random.chance(day.restful ? 0.2 : 0.09)) put(any('drinks'))
  if (random.chance(hunger(minute) * habits.appetite)) put(any('food'), random.chance(0.07) ? 2 : 1)

  // Before Christmas people buy what can be wrapped.
  const giving = day.month === 12 && day.dayOfMonth < 25 ? 4 : 1
  if (random.chance(0.02 * Math.min(giving, 2))) put(any('beans'), random.chance(0.15) ? 2 : 1)
  if (random.chance(0.006 * giving)) put(any('merchandise'), random.chance(0.2) ? 2 : 1)
  if (random.chance(0.003 * giving)) put(any('gift-cards'), random.chance(0.2) ? 2 : 1)

  if (quantities.size === 0) put(any('food'))
  return [...quantities].map(([item, quantity], place) => ringUp(item, quantity, place + 1, habits.ownCup))
}

/** How an order is paid: one tender, or a preloaded card that ran dry and something beside it. */
export function payFor(random: Random, habits: Habits, lines: readonly DemoLine[]): NonNullable<DemoOrder['tender']> {
  const total = lines.reduce((sum, line) => sum + netOf(line) + line.tax, 0)
  const type = random.chance(0.9) ? habits.pays : 'card'
  if (type !== 'preloaded' || total < 2 || !random.chance(0.04)) return [{ type, amount: total }]

  const left = random.between(1, total - 1)
  return [
    { type: 'preloaded', amount: left },
    { type: 'card', amount: total - left },
  ]
}

/** Whether this basket is one that somebody would use the reward on. */
export function suits(reward: DemoReward, lines: readonly DemoLine[]): boolean {
  const { item } = reward
  if (item) return lines.some((line) => line.category === item.category && line.unit_price <= item.upTo)
  return lines.reduce((sum, line) => sum + netOf(line), 0) >= (reward.subtotal ?? 0)
}

/** What a line costs before tax, in cents. */
export function netOf(line: DemoLine): number {
  return line.quantity * line.unit_price - (line.discount ?? 0)
}

function chooseDrink(random: Random, habits: Habits, day: Day, menu: readonly Item[]): Item {
  const pumpkin = menu.find((item) => item.sku === 'pumpkin-latte')
  if (pumpkin && habits.likesPumpkin && random.chance(0.4)) return pumpkin

  const iced = random.chance(ICED_SHARE[day.month - 1]! + habits.icedLean)
  if (random.chance(0.65)) return iced ? habits.iced : habits.hot

  const choice = menu.filter((item) => item.category === 'drinks' && item.iced === iced)
  return random.weighted(choice, (item) => item.weight)
}

/** The share of visits with something to eat: breakfast, lunch, and little in between. */
function hunger(minute: number): number {
  if (minute < 630) return 0.3
  if (minute >= 690 && minute < 840) return 0.48
  return 0.2
}

function ringUp(item: Item, quantity: number, place: number, ownCup: boolean): DemoLine {
  const { sku, name, category, price } = item
  const line: DemoLine = { id: String(place), sku, name, category, quantity, unit_price: price, tax: 0 }
  // Who brings a cup pays 25 cents less for each drink.
  if (ownCup && category === 'drinks') line.discount = 25 * quantity
  line.tax = salesTax(item, netOf(line))
  return line
}
