/** A till for examples: a member, sales in few words, and balances to read. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { OrderBody, OrderLine, ReturnLine } from '../src/core/activity.ts'
import type { Deciding } from '../src/core/deciding.ts'
import type { Program } from '../src/core/program.ts'
import { Refusal } from '../src/core/refusal.ts'
import { at, Driver, type DriverOptions, programOf } from './history.ts'

/** The program that ships as the first example. */
export function cornerCoffee(): Program {
  return programOf(readFileSync(fileURLToPath(new URL('../examples/corner-coffee.yaml', import.meta.url)), 'utf8'))
}

/** A small program in dollars; the sections given replace or join its own. */
export function small(sections: object = {}, timezone = 'UTC', revision = 1): Program {
  const core = { program: 'small', name: 'Small', currency: 'USD', timezone }
  const earning = [{ id: 'base', on: 'order', earn: '1 per 1.00' }]
  return programOf({ ...core, wallets: { points: {} }, earning, ...sections }, revision)
}

export type Item = Partial<OrderLine> & { price: number }

export class Till extends Driver {
  /** A member who joins at that moment. */
  constructor(program: Program, joined: string, options: DriverOptions = {}) {
    super(program, at(joined), options)
    this.send('join', {})
  }

  /** Moves to a moment, without waking anything. */
  go(moment: string): this {
    this.now = at(moment)
    return this
  }

  /** Sells items at prices in cents; what a test does not say is ordinary. */
  sell(id: string, items: readonly Item[], more: Partial<OrderBody> & { occurred?: string } = {}): Deciding {
    return accepted(this.trySell(id, items, more))
  }

  trySell(
    id: string,
    items: readonly Item[],
    more: Partial<OrderBody> & { occurred?: string } = {},
  ): Deciding | Refusal {
    const { occurred, ...rest } = more
    const lines = items.map(({ price, ...line }, i) => ({
      id: `${i + 1}`,
      sku: line.category ?? 'thing',
      quantity: 1,
      unit_price: price,
      ...line,
    }))
    const body = { external_id: id, currency: this.program.currency, prices: 'tax_excluded' as const, lines, ...rest }
    return this.order(body, occurred === undefined ? this.now : at(occurred))
  }

  giveBack(order: string, lines: readonly ReturnLine[], amount?: number): Deciding {
    return accepted(this.tryGiveBack(order, lines, amount))
  }

  tryGiveBack(order: string, lines: readonly ReturnLine[], amount?: number): Deciding | Refusal {
    return this.send('return', { external_id: `r${this.answers.size}`, order, lines: [...lines], amount })
  }

  cancel(order: string): Deciding {
    return accepted(this.send('cancel', { order }))
  }

  /** Available points of the only wallet, or of the one that is named. */
  points(wallet = this.program.wallets[0]!.id): number {
    return this.balance(wallet).available
  }

  tier(program = this.program): unknown {
    const feature = program.features.find(({ id }) => id === 'tiers')!
    const { tier } = feature.view!(this.account, program, this.now) as { tier: { level: string; until: string } }
    return tier.until === null ? tier.level : `${tier.level} until ${tier.until}`
  }
}

export function accepted(answer: Deciding | Refusal): Deciding {
  if (answer instanceof Refusal) throw new Error(`${answer.code}: ${answer.detail}`)
  return answer
}
