/** What is compared of a variant: what members get of it, and what it costs. */

import { z } from 'zod'
import { rate } from '../backtest/economics.ts'
import type { BacktestResult } from '../backtest/result.ts'

const Share = z.number()
const Money = z.int().describe('Minor units of the currency')

export const Figures = z.strictObject({
  reached_share: Share.nullable().describe('Members who ever reach a reward that they may have'),
  regulars_reached: Share.nullable().describe('The same of those with three orders or more; null where nobody is one'),
  redeeming_share: Share.nullable().describe('Members who ever use a reward'),
  days_to_first: z.int().nullable().describe('Median days from joining to the first reward, of those who reach one'),
  orders_to_first: z.int().nullable().describe('Median orders that this takes'),
  reward_rate: Share.nullable().describe('Cost of the rewards used ÷ sales'),
  expected_rate: Share.nullable().describe('The same with what open points are expected to cost'),
  cost: Money.describe('Of the rewards used'),
  expected_cost: Money.describe('The same with what open points are expected to cost'),
  liability_gross: Money.describe('What open points are worth at the end'),
  liability_net: Money.describe('Of these, what is expected to be redeemed'),
  discounts: Money.describe('What rewards took off orders'),
  break_even_lift: Share.nullable().describe('By how much sales must grow to pay for it; null where no growth does'),
})
export type Figures = z.output<typeof Figures>

export function figuresOf({ members, customers, first_reward, economics, discounts }: BacktestResult): Figures {
  const { cost, reward_rate, expected_cost, expected_rate, liability, break_even_lift } = economics
  const regulars = customers.by_frequency.filter(({ orders_from }) => orders_from >= REGULAR_ORDERS)
  const sum = (of: 'members' | 'reached') => regulars.reduce((total, group) => total + group[of], 0)
  return {
    reached_share: rate(customers.reached, members),
    regulars_reached: rate(sum('reached'), sum('members')),
    redeeming_share: rate(customers.redeeming, members),
    days_to_first: first_reward.days?.median ?? null,
    orders_to_first: first_reward.orders?.median ?? null,
    reward_rate,
    expected_rate,
    cost,
    expected_cost,
    liability_gross: liability.gross,
    liability_net: liability.net,
    discounts,
    break_even_lift,
  }
}

/** Who ordered three times comes regularly: a reward should be within reach. */
const REGULAR_ORDERS = 3
