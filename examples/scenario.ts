/** What the scenarios share: they tell a program by what its members see, over the HTTP interface, day by day. */

import { readFileSync } from 'node:fs'
import type { Action, Member, Regulars, Tier } from '../src/client/index.ts'

export interface Stage {
  regulars: Regulars
  print(line: string): void
}

/** The program that a scenario is about, from the file of its name. */
export function readProgram(name: string): string {
  return readFileSync(new URL(`./${name}.yaml`, import.meta.url), 'utf8')
}

/** Something that is bought, at a price with tax for each. */
export interface Item {
  what: string
  category: string
  quantity?: number
  price: number
  /** The shop; the first item says it for all. */
  location?: string
}

/** What lies in a basket; prices are before tax. */
export interface Goods {
  price: number
  quantity?: number
  category?: string
}

type Redeemed = { reward: string } | { points: number; wallet?: string }

export class Scenario {
  readonly #stage: Stage
  readonly #currency: string
  readonly #timezone: string
  /** The present of the program, which is in test mode. */
  #now = ''
  #days = 0
  #orders = 0

  /** The currency and the time zone are those of the program. */
  constructor(stage: Stage, currency: string, timezone: string) {
    this.#stage = stage
    this.#currency = currency
    this.#timezone = timezone
  }

  /** Time goes on to a day, at noon UTC, and all that falls due until then happens. */
  async day(date: string, said = ''): Promise<void> {
    this.#now = `${date}T12:00:00Z`
    await this.#stage.regulars.moveTestClock({ now: this.#now })
    this.say(`${this.#isFirst() ? '' : '\n'}${inWords(this.#now, this.#timezone)}${said === '' ? '' : `: ${said}`}`)
  }

  async joins(name: string): Promise<void> {
    await this.#stage.regulars.createMember({ external_id: name.toLowerCase(), name })
  }

  /** Buys something at a price before tax, and answers with the name of the order. */
  async buys(name: string, price: number): Promise<string> {
    const order = `${name.toLowerCase()}-${++this.#orders}`
    const lines = [{ id: '1', sku: 'thing', quantity: 1, unit_price: Math.round(price * 100) }]
    const answer = await this.#stage.regulars.putOrder(order, {
      member: `external:${name.toLowerCase()}`,
      occurred_at: this.#now,
      currency: this.#currency,
      prices: 'tax_excluded',
      lines,
    })
    const points = answer.explanation.reduce((sum, entry) => sum + entry.points, 0)
    this.say(`  ${name} buys for ${price.toFixed(2)}${points === 0 ? '' : ` and earns ${points}`}.`)
    return order
  }

  /** Buys items of a kind, with vouchers if there are some to use; answers with the name of the order. */
  async takes(name: string, items: readonly Item[], vouchers: readonly string[] = []): Promise<string> {
    const order = `${name.toLowerCase()}-${++this.#orders}`
    const { order: answer } = await this.#stage.regulars.putOrder(order, {
      member: `external:${name.toLowerCase()}`,
      occurred_at: this.#now,
      currency: this.#currency,
      prices: 'tax_included',
      lines: items.map(({ what, quantity = 1, price, location: _, ...rest }, i) => ({
        id: `${i + 1}`,
        sku: what,
        quantity,
        unit_price: Math.round(price * 100),
        ...rest,
      })),
      ...(items[0]?.location === undefined ? {} : { location: items[0].location }),
      ...(vouchers.length === 0 ? {} : { redeem: vouchers.map((voucher) => ({ voucher })) }),
    })
    const bought = items.map(({ what, quantity = 1 }) => `${quantity} ${what}`).join(', ')
    const off = answer.discount === 0 ? '' : `, ${(answer.discount / 100).toFixed(2)} off`
    this.say(`  ${name} buys ${bought} for ${(answer.total / 100).toFixed(2)}${off}.`)
    return order
  }

  /** Brings back so many units of the first thing in an order. */
  async bringsSomeBack(name: string, order: string, quantity: number): Promise<void> {
    await this.#stage.regulars.returnOrder(order, {
      external_id: `${order}-back-${++this.#orders}`,
      occurred_at: this.#now,
      lines: [{ id: '1', quantity }],
    })
    this.say(`  ${name} brings ${quantity} back.`)
  }

  async visits(name: string, location?: string): Promise<void> {
    const member = `external:${name.toLowerCase()}`
    await this.#stage.regulars.recordVisit({ member, occurred_at: this.#now, ...(location ? { location } : {}) })
  }

  /** Fills a basket and pays: what was taken off, what the wallets paid and what was left to pay. */
  async fills(name: string, basket: Record<string, Goods>, redeem: Redeemed[] = []): Promise<string> {
    const order = `${name.toLowerCase()}-${++this.#orders}`
    const answer = await this.#stage.regulars.putOrder(order, {
      ...this.#basket(name, basket),
      ...(redeem.length === 0 ? {} : { redeem }),
    })
    const { subtotal, total, to_pay } = answer.order
    this.say(`  ${name} buys ${Object.keys(basket).join(', ')}: ${money(subtotal)}.`)
    for (const { source, amount } of answer.discounts) this.say(`    ${money(amount)} off: ${source}`)
    for (const { wallet, amount } of answer.payments) this.say(`    ${money(amount)} paid with ${wallet}`)
    if (to_pay !== subtotal) this.say(`    ${money(to_pay)} to pay${total === to_pay ? '' : ` of ${money(total)}`}`)
    return order
  }

  /** What the till could tell before the basket is paid: what would be taken off, and what it would take for the rest. */
  async asks(name: string, basket: Record<string, Goods>): Promise<void> {
    const { discounts, discounts_missed } = await this.#stage.regulars.quoteOrder(this.#basket(name, basket))
    const off = discounts.reduce((sum, { amount }) => sum + amount, 0)
    this.say(`  The till tells ${name}: ${money(off)} off.`)
    for (const { missing } of discounts_missed) if (missing.money !== undefined) this.say(`    ${missing.reason}`)
  }

  #basket(name: string, basket: Record<string, Goods>) {
    return {
      member: `external:${name.toLowerCase()}`,
      occurred_at: this.#now,
      currency: this.#currency,
      prices: 'tax_excluded' as const,
      lines: Object.entries(basket).map(([sku, { price, quantity = 1, category }], i) => ({
        id: `${i + 1}`,
        sku,
        quantity,
        unit_price: Math.round(price * 100),
        ...(category === undefined ? {} : { category }),
      })),
    }
  }

  async bringsBack(name: string, order: string): Promise<void> {
    await this.#stage.regulars.returnOrder(order, {
      external_id: `${order}-back`,
      occurred_at: this.#now,
      lines: [{ id: '1', quantity: 1 }],
    })
    this.say(`  ${name} brings it back.`)
  }

  async does(name: string, type: string, data: Action['data']): Promise<void> {
    const member = `external:${name.toLowerCase()}`
    await this.#stage.regulars.recordAction({ member, type, occurred_at: this.#now, data })
  }

  async isGiven(name: string, given: Parameters<Regulars['giveTier']>[1]): Promise<void> {
    await this.#stage.regulars.giveTier(`external:${name.toLowerCase()}`, given)
  }

  /** What the member's app says of the level. */
  async sees(name: string): Promise<void> {
    const member = await this.member(name)
    for (const sentence of sayTier(member.tier!, this.#timezone)) this.say(`  ${name} ${sentence}`)
    if (member.perks.length > 0) this.say(`    with ${member.perks.join(', ').replaceAll('-', ' ')}`)
  }

  async member(name: string): Promise<Member> {
    return this.#stage.regulars.getMember(`external:${name.toLowerCase()}`)
  }

  #isFirst(): boolean {
    const isFirst = this.#days === 0
    this.#days += 1
    return isFirst
  }

  say(line: string): void {
    for (const one of line.split('\n')) this.#stage.print(one)
  }
}

function money(cents: number): string {
  return (cents / 100).toFixed(2)
}

function sayTier(
  { name, until, otherwise, kind, progress, progress_of, next, keep }: Tier,
  timezone: string,
): string[] {
  const how = kind === undefined ? '' : kind === 'trial' ? ' on trial' : ` (${kind})`
  const end = until === null ? '' : ` until ${inWords(until, timezone)}, then ${otherwise}`
  const said = [`is ${name}${how}${end}.`]
  if (keep !== undefined) said.push(`keeps it with ${listed(keep, timezone)}.`)
  if (progress !== null)
    said.push(`reaches ${next} with ${listed(progress, timezone, progress_of === 'all_of' ? ' and ' : ' or ')}.`)
  return said
}

function listed(progress: NonNullable<Tier['progress']>, timezone: string, between = ' or '): string {
  const by = progress[0]!.by
  const parts = progress.map(({ measure, have, need, waiting }) => {
    const later = waiting === undefined || waiting === 0 ? '' : `, ${amount(measure, waiting)} to come`
    return `${amount(measure, need)} ${words(measure)} (${amount(measure, have)} so far${later})`
  })
  return `${parts.join(between)}${by === null ? '' : ` before ${inWords(by, timezone)}`}`
}

/** Money comes in cents, everything else as it is counted. */
function amount(measure: string, value: number): string {
  return measure === 'spend' ? (value / 100).toFixed(2) : String(value)
}

function words(measure: string): string {
  return measure === 'spend' ? 'of spending' : measure.replace('_earned', '')
}

/** `2027-03-01T05:00:00Z` as "1 March 2027" where it is midnight then. */
function inWords(time: string, timeZone: string): string {
  return new Date(time).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone })
}
