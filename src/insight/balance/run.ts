/** Runs variants over a business's own file of orders: a reading of it feeds all of them. */

import type { OrderFile } from '../../engine/files/orders.ts'
import { backtestFile, type FileBacktestOptions } from '../backtest/file.ts'
import { assume, type Scenario } from '../backtest/scenario.ts'
import { type Figures, figuresOf } from './figures.ts'
import type { Run } from './sweep.ts'
import type { Variant } from './variants.ts'

export type Assumed = Partial<Omit<Scenario, 'program'>>

export interface Runs {
  run: Run<Figures>
  /** How many members the orders have: known when they were read once. */
  members(): number
}

export function runOver(file: OrderFile, assumed: Assumed, options: FileBacktestOptions): Runs {
  let members = file.members ?? 0
  const run = async (variants: readonly Variant[], share: number) => {
    const orders = share < 1 ? file.sample(share) : file
    const figures: Figures[] = []
    for (let from = 0; from < variants.length; from += MOST_AT_A_READING) {
      const some = variants.slice(from, from + MOST_AT_A_READING)
      const scenarios = some.map(({ program }) => assume(program, assumed))
      const results = await backtestFile(orders, scenarios, options)
      if (share === 1) members = results[0]!.members
      figures.push(...results.map(figuresOf))
    }
    return figures
  }
  return { run, members: () => members }
}

/** Each variant keeps its own accounts and sums while it reads. */
const MOST_AT_A_READING = 64
