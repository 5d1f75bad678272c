/** The call behind the first page of the console: how the program does, against the time before. */

import { z } from 'zod'
import type { Offer } from '../../core/feature.ts'
import { type Program, rulesOf } from '../../core/program.ts'
import { refuse } from '../../core/refusal.ts'
import { termsOf } from '../../core/terms.ts'
import { firstDayOf, formatDay, formatInstant, localDay, parseDay, periodOf, type Unit } from '../../core/time.ts'
import { type Days, type Figures, type Period, readFigures } from '../figures/read-figures.ts'
import type { DayFigure } from '../figures/sums.ts'
import { currentProgram, nowOf } from '../programs.ts'
import { Day } from '../shapes.ts'
import { MAY } from './roles.ts'
import { type Route, route } from './route.ts'

export interface OverviewRouteOptions {
  /** What a reward saves where no order shows it, in minor units, as backtests reckon it. */
  worthOf(offer: Offer, mean: { currency: string; total: number; unit: number }): number
}

export function overviewRoutes(options: OverviewRouteOptions): readonly Route[] {
  return [overviewRoute(options)]
}

/** Days that are told of unless said, today among them. */
const USUAL_DAYS = 28
const MOST_DAYS = 3_660
/** Longer spans are told by month: a chart of more points than this is one of noise. */
const MOST_POINTS = 92
/** Within how many days points expire "soon". */
const SOON_DAYS = 30

const Money = z.int().describe('In minor units')

const Sales = z.strictObject({
  orders: z.int(),
  amount: Money.describe('What was to pay for them, in minor units, tax included, before anything came back'),
  refunds: Money.describe('What came back in these days, whenever it was bought'),
  average_order: Money.nullable().describe('`amount` for each of the orders, rounded; null without orders'),
})

const OverviewPeriod = z
  .strictObject({
    from: z.string().describe('The first day'),
    until: z.string().describe('The last one'),
    members: z.strictObject({
      all: z.int().describe('Who are members at the end of the last day'),
      joined: z.int(),
      active: z.int().describe('Who bought something, each of them once'),
      returning: z.int().describe('Who bought something and had bought before the first day'),
    }),
    sales: z.strictObject({
      members: Sales,
      others: Sales.describe('Sales without a member'),
      member_share: z.number().nullable().describe('Of all sales less refunds, which part members make; 0 to 1'),
    }),
    points: z.array(
      z.strictObject({
        wallet: z.string(),
        name: z.string(),
        decimals: z.int(),
        issued: z.int(),
        spent: z.int(),
        expired: z.int(),
        taken_back: z.int().describe('With goods that came back, by hand, or when an account was closed'),
        open: z.int().describe('What members have at the end of the last day, pending and held points too'),
      }),
    ),
    rewards: z.strictObject({
      used: z.int().describe('How often rewards and vouchers were used'),
      cost: Money.describe('What they were worth: all of the following'),
      on_orders: Money.describe('What they took off orders, also where some of it came back later'),
      discounts: Money.describe('What came off orders by itself'),
      paid_with_points: Money.describe('What points paid as money; stored value is none of it'),
      beside: Money.describe(
        'An estimate: rewards that were had apart from orders, by what they are worth on a mean order',
      ),
    }),
  })
  .meta({ id: 'OverviewPeriod' })

const Overview = z
  .strictObject({
    as_of: z.iso.datetime({ offset: true }).describe('The moment that the figures are of'),
    currency: z.string(),
    timezone: z.string().describe('Whose days they are'),
    current: OverviewPeriod,
    previous: OverviewPeriod.describe('As many days right before'),
    by: z.enum(['day', 'month']).describe('What the series is told by: months where there are more than 92 days'),
    series: z.array(
      z.strictObject({
        from: z.string().describe('The first day of it'),
        joined: z.int(),
        member_orders: z.int(),
        member_sales: Money.describe('Less refunds, in minor units'),
        other_orders: z.int(),
        other_sales: Money.describe('Less refunds, in minor units'),
      }),
    ),
    expiring: z
      .array(z.strictObject({ wallet: z.string(), name: z.string(), decimals: z.int(), points: z.int() }))
      .describe('Open points whose expiry is set within the next 30 days'),
  })
  .meta({ id: 'Overview' })
type Overview = z.output<typeof Overview>

const overviewRoute = (options: OverviewRouteOptions) =>
  route({
    method: 'GET',
    path: '/v1/overview',
    id: 'getOverview',
    tag: 'Programs',
    summary: 'Get an overview',
    description:
      'What happened within some days of the program’s time zone, beside as many days right before: members, sales that they ' +
      'carry and others do, points, and what rewards were worth. Exact, from the ledger, up to this moment.',
    query: z.strictObject({
      from: Day.optional().describe('The first day; 27 days before the last one unless said'),
      until: Day.optional().describe('The last day; today unless said'),
    }),
    answers: { 200: { description: 'The figures', schema: Overview } },
    roles: MAY.read,
    async handle({ caller, services, query }) {
      const program = currentProgram(caller.program)
      const today = localDay(program.zone, nowOf(caller.program))
      const last = query.until === undefined ? today : parseDay(query.until)!
      const first = query.from === undefined ? last - USUAL_DAYS + 1 : parseDay(query.from)!
      if (first > last) return refuse('invalid', 'The first day is after the last one.', '/query/from')
      const length = last - first + 1
      if (length > MOST_DAYS) return refuse('invalid', `That is more than ${MOST_DAYS} days.`, '/query/from')
      const spans: [Days, Days] = [
        { first, last },
        { first: first - length, last: first - 1 },
      ]
      const soon = { first: today, last: today + SOON_DAYS - 1 }
      const figures = await readFigures(services, caller.program, { spans, expiring: soon })
      const [current, previous] = figures.periods.map((period, place) =>
        periodAnswer(options, program, spans[place]!, period),
      )
      const by = length > MOST_POINTS ? 'month' : 'day'
      const body: Overview = {
        as_of: formatInstant(figures.as_of ?? nowOf(caller.program)),
        currency: program.currency,
        timezone: program.settings.timezone as string,
        current: current!,
        previous: previous!,
        by,
        series: seriesOf(spans[0], by, figures.days),
        expiring: expiringIn(program, figures),
      }
      return { status: 200, body }
    },
  })

function periodAnswer(
  options: OverviewRouteOptions,
  program: Program,
  { first, last }: Days,
  period: Period,
): Overview['current'] {
  const members = salesOf(period.sum('orders'), period.sum('sales'), period.sum('refunds'))
  const others = salesOf(period.sum('other_orders'), period.sum('other_sales'), period.sum('other_refunds'))
  const [byMembers, byOthers] = [members.amount - members.refunds, others.amount - others.refunds]
  const total = byMembers + byOthers
  const on_orders = period.sum('reward_savings')
  const discounts = period.sum('discounts')
  const paid_with_points = period.sum('paid_with_points')
  const beside = worthBeside(options, program, period)
  return {
    from: formatDay(first),
    until: formatDay(last),
    members: {
      all: period.sum('members'),
      joined: period.sum('joined'),
      active: period.buyers,
      returning: period.returning,
    },
    sales: { members, others, member_share: total > 0 ? Math.round((byMembers / total) * 1e4) / 1e4 : null },
    points: walletsOf(program, period).map((wallet) => {
      const { name, decimals } = rulesOf(program, wallet)
      const of = (figure: 'issued' | 'spent' | 'expired' | 'taken_back' | 'open') =>
        period.about(figure).get(wallet) ?? 0
      return {
        wallet,
        name,
        decimals,
        issued: of('issued'),
        spent: of('spent'),
        expired: of('expired'),
        taken_back: of('taken_back'),
        open: of('open'),
      }
    }),
    rewards: {
      used: period.sum('rewards'),
      cost: on_orders + discounts + paid_with_points + beside,
      on_orders,
      discounts,
      paid_with_points,
      beside,
    },
  }
}

function salesOf(orders: number, amount: number, refunds: number): z.output<typeof Sales> {
  return { orders, amount, refunds, average_order: orders === 0 ? null : Math.round(amount / orders) }
}

/** The program's wallets, and those of earlier revisions that moved or hold points. */
function walletsOf(program: Program, period: Period): string[] {
  const moved = (['issued', 'spent', 'expired', 'taken_back', 'open'] as const).flatMap((figure) =>
    [...period.about(figure)].flatMap(([wallet, points]) => (points === 0 ? [] : [wallet])),
  )
  return [...new Set([...program.wallets.map(({ id }) => id), ...moved])]
}

/** A reward that the program has no more is worth what nobody can say. */
function worthBeside({ worthOf }: OverviewRouteOptions, program: Program, period: Period): number {
  const orders = period.sum('orders')
  const mean = (of: number) => (of === 0 ? 0 : Math.round(period.sum('sales') / of))
  const order = { currency: program.currency, total: mean(orders), unit: mean(period.sum('units')) }
  const { offers, gifts } = termsOf(program)
  let sum = 0
  for (const [reward, times] of period.about('beside')) {
    const offer = [...offers, ...gifts].find((one) => one.reward === reward)
    if (offer !== undefined) sum += times * Math.round(worthOf(offer, order))
  }
  return sum
}

/** Every day or month of the span, also those on which nothing happened. */
function seriesOf({ first, last }: Days, by: Unit, days: readonly DayFigure[]): Overview['series'] {
  const points = new Map<number, Overview['series'][number]>()
  for (let period = periodOf(by, first); period <= periodOf(by, last); period++) {
    const from = formatDay(Math.max(first, firstDayOf(by, period)))
    points.set(period, { from, joined: 0, member_orders: 0, member_sales: 0, other_orders: 0, other_sales: 0 })
  }
  for (const { figure, day, amount } of days) {
    const point = points.get(periodOf(by, day))!
    if (figure === 'joined') point.joined += amount
    else if (figure === 'orders') point.member_orders += amount
    else if (figure === 'sales') point.member_sales += amount
    else if (figure === 'refunds') point.member_sales -= amount
    else if (figure === 'other_orders') point.other_orders += amount
    else if (figure === 'other_sales') point.other_sales += amount
    else if (figure === 'other_refunds') point.other_sales -= amount
  }
  return [...points.values()]
}

function expiringIn(program: Program, { expiring }: Figures): Overview['expiring'] {
  return [...expiring].flatMap(([wallet, points]) => {
    const { name, decimals } = rulesOf(program, wallet)
    return points > 0 ? [{ wallet, name, decimals, points }] : []
  })
}
