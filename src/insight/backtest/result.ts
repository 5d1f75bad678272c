/**
 * What a backtest tells: plain JSON, the same in the library and behind `--json`. Money is minor units of the currency,
 * points the wallet's smallest unit, shares and rates numbers of at most six decimals.
 */

import { z } from 'zod'
import { Redeeming, Response } from './scenario.ts'

const Count = z.int().min(0)
const Money = z.int()
const Points = z.int()
const Rate = z.number()
const Time = z.string().describe('RFC 3339')

const PointsResult = z
  .strictObject({
    wallet: z.string(),
    decimals: Count,
    issued: Points,
    spent: Points.describe('On rewards, less what came back with returned orders'),
    expired: Points,
    reversed: Points.describe('Taken back by returns'),
    forgiven: Points.describe('Of these, what nobody had to give back'),
    pending: Points.describe('What members hold at the end: not yet theirs to spend'),
    available: Points,
    held: Points,
    debt: Points.describe('What members owe at the end'),
  })
  .describe('They balance: issued + forgiven + debt = pending + available + held + spent + expired + reversed')
export type PointsResult = z.output<typeof PointsResult>

export const RuleResult = z
  .strictObject({ rule: z.string(), wallet: z.string(), times: Count, points: Points })
  .describe('What one earning rule gave: how often, and how many points less those that came back')
export type RuleResult = z.output<typeof RuleResult>

const Liability = z.strictObject({
  gross: Money.describe('Open points times what a point costs'),
  net: Money.describe('The same of those points only that are expected to be redeemed'),
})

const MonthPoints = z.strictObject({
  wallet: z.string(),
  issued: Points,
  spent: Points,
  expired: Points,
  reversed: Points,
  open: Points.describe('What members held when the month ended, less what they owed'),
  liability: Liability.describe('When the month ended; what is expected is judged from the whole history'),
})
export type MonthPoints = z.output<typeof MonthPoints>

const MonthResult = z.strictObject({
  month: z.string().describe('In the program’s zone, such as 2026-05'),
  joined: Count,
  orders: Count,
  sales: Money.describe('What customers paid, tax included'),
  anonymous_sales: Money.describe('Of it, to nobody in particular'),
  active: Count.describe('Members who ordered'),
  redeeming: Count.describe('Members who used a reward'),
  redemptions: Count.describe('Also those that came back later'),
  discount: Money.describe('What rewards and discounts took off orders, less what came back'),
  cost: Money.describe('What the rewards and discounts cost the business'),
  tiers: z.array(Count).describe('Members on each level when the month ended, from the lowest'),
  points: z.array(MonthPoints),
})
export type MonthResult = z.output<typeof MonthResult>

const Spread = z
  .strictObject({ p10: Count, median: Count, p90: Count })
  .describe('A tenth lies at or below p10, half at or below the median, nine tenths at or below p90')

const Frequency = z.strictObject({
  orders_from: Count,
  orders_to: Count.nullable(),
  members: Count,
  reached: Count,
  redeeming: Count,
  days_to_first: Count.nullable().describe('Median days from joining to the first reward, of those who reached one'),
})

const Customers = z.strictObject({
  active_days: Count,
  active: Count.describe('Ordered within the last `active_days` days'),
  earning: Count.describe('Ever earned points'),
  redeeming: Count.describe('Ever used a reward'),
  reached: Count.describe('Ever had points enough for a reward that their level may have, or were given one'),
  by_frequency: z.array(Frequency).describe('By how many orders they made'),
})

export const RewardResult = z.strictObject({
  reward: z.string(),
  name: z.string(),
  wallet: z.string().describe('The first one for what nobody can pay for'),
  times: Count.describe('Less those that came back whole'),
  members: Count.describe('How many used it'),
  points: Points.describe('Spent on it, less what came back'),
  value: Money.describe('What members saved by it'),
  cost: Money.describe('What it cost the business'),
})

const VoucherResult = z
  .strictObject({
    reward: z.string(),
    name: z.string(),
    issued: Count,
    sources: z.record(z.string(), Count).describe('How many each part of the program gave, such as stamps:coffee'),
    used: Count.describe('Less those that came back whole'),
    withdrawn: Count.describe('Taken back before anybody used them, mostly by returns'),
    expired: Count,
    open: Count.describe('At the end'),
    value: Money.describe('What members saved by those they used'),
    cost: Money.describe('What these cost the business'),
    liability: Liability.describe(
      'Of those open at the end, each at what one has cost, or by what it gives where nobody used one',
    ),
  })
  .describe('Rewards that the program gives by itself: issued = used + withdrawn + expired + open')

export const TierResult = z.strictObject({
  level: z.string(),
  members: Count.describe('At the end'),
  orders: Count.describe('While members were on it'),
  sales: Money.describe('Of these orders, less what came back while members were on it'),
  cost: Money.describe('Of the rewards used on it'),
  reward_rate: Rate.nullable().describe('cost ÷ sales'),
})

const WalletEconomics = z.strictObject({
  wallet: z.string(),
  point_value: Rate.describe(
    'What the smallest unit of the wallet costs the business when it is redeemed, in minor units',
  ),
  valued_by: z
    .enum(['rewards used', 'catalogue', 'nothing'])
    .describe('By the rewards that were used; else by the median of what the program offers; or there is no reward'),
  expected_redemption: Rate.nullable().describe(
    'Share of the issued points, less those that returns took back, that will be redeemed in the end; null where none was',
  ),
  expected_of_open: Rate.describe('Share of the open points that will be redeemed; all of them where none ever was'),
  issued: Points,
  redeemed: Points,
  open: Points,
})

const Economics = z.strictObject({
  sales: Money.describe('Of members, less refunds'),
  cost: Money.describe('Of all rewards used'),
  reward_rate: Rate.nullable().describe('cost ÷ sales'),
  wallets: z.array(WalletEconomics),
  liability: Liability.describe('At the end, of open points and of open vouchers'),
  vouchers: Liability.extend({ open: Count }).describe('Of it, the vouchers'),
  expected_cost: Money.describe('cost + liability.net: what the program costs once all is redeemed that will be'),
  expected_rate: Rate.nullable().describe('expected_cost ÷ sales'),
  margin: Rate,
  break_even_lift: Rate.nullable().describe(
    'By which share members must buy more for the margin of it to pay for the program: c ÷ (margin − c) with c the expected rate; null where no lift pays for it',
  ),
})
export type Economics = z.output<typeof Economics>

export const BacktestResult = z
  .strictObject({
    program: z.string(),
    revision: Count,
    currency: z.string(),
    timezone: z.string(),
    redeeming: Redeeming,
    response: Response.nullable(),
    seed: z.int(),
    from: Time.nullable().describe('The first order; null without orders'),
    until: Time.describe('The end of history, itself not included'),
    members: Count,
    orders: z.strictObject({
      members: Count.describe('Decided for members'),
      anonymous: Count.describe('Sales to nobody in particular: they earn nothing'),
      duplicates: Count.describe('The same id again: not decided again'),
      after_until: Count.describe('At or after `until`: left out'),
      refused: z
        .record(z.string(), Count)
        .describe('By the code of the refusal; the sales of these orders are not counted'),
    }),
    returns: z
      .strictObject({ members: Count, anonymous: Count })
      .describe('What came back: as many as orders of which something did, each time'),
    sales: z.strictObject({ members: Money, anonymous: Money }).describe('What customers paid, tax included'),
    refunds: z.strictObject({ members: Money, anonymous: Money }).describe('What they got back of it'),
    customers: Customers,
    first_reward: z.strictObject({
      members: Count,
      days: Spread.nullable().describe('From joining until points first were enough for a reward'),
      orders: Spread.nullable().describe('How many orders it took'),
    }),
    points: z.array(PointsResult),
    rules: z.array(RuleResult),
    idle_rules: z.array(z.string()).describe('Rules that never gave anything'),
    rewards: z.array(RewardResult),
    vouchers: z.array(VoucherResult).describe('None where the program gives no rewards by itself'),
    discounts: Money.describe('What rewards and discounts took off orders, less what came back'),
    automatic_discounts: Money.describe('Of it, what came by itself; it costs what it takes off'),
    months: z.array(MonthResult).describe('All of them, from the first order’s to the end’s'),
    tiers: z.array(TierResult).describe('From the lowest; none without tiers'),
    tier_moves: z.array(z.strictObject({ from: z.string(), to: z.string(), times: Count })),
    economics: Economics,
    activities: z
      .strictObject({ total: Count, clock: Count })
      .describe('All that was decided, and of it what fell due'),
  })
  .meta({ id: 'BacktestResult' })
export type BacktestResult = z.output<typeof BacktestResult>
