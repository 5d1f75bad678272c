/** Reads the figures of some days: those that are kept, and what has happened since they were. */

import type { Database, Queries } from '../db.ts'
import type { LiveProgram } from '../programs.ts'
import { type Folding, programsByNumber } from './fold.ts'
import { type Block, readAhead, readBought, readRows } from './rows.ts'
import { addedBuyers, type DayFigure, type Figure, NEVER_BEFORE, Sums } from './sums.ts'

/** Local days, both of them included. */
export interface Days {
  first: number
  last: number
}

/** What a span of days added up to. */
export class Period {
  /** Members who bought, each of them once, and those of them who had bought before the first day. */
  buyers = 0
  returning = 0
  readonly #sums = new Map<string, Map<string, number>>()

  /** Of one figure, whatever it is about. */
  sum(figure: Figure): number {
    return [...this.about(figure).values()].reduce((all, amount) => all + amount, 0)
  }

  about(figure: Figure): ReadonlyMap<string, number> {
    return this.#sums.get(figure) ?? new Map()
  }

  add(figure: Figure, about: string, amount: number): void {
    const known = this.#sums.get(figure) ?? new Map<string, number>()
    this.#sums.set(figure, known.set(about, (known.get(about) ?? 0) + amount))
  }
}

export interface Figures {
  /** In the order of the spans that were asked for. */
  periods: Period[]
  /** Of the first span, by day. */
  days: DayFigure[]
  /** Points that are open and will expire within the days that were asked for, by wallet. */
  expiring: ReadonlyMap<string, number>
  /** The moment they are of (ms); null for the present: else so much happened just now that it is still being added. */
  as_of: number | null
}

export interface FiguresRequest {
  spans: readonly [Days, ...Days[]]
  expiring: Days
}

/** How much that is not in the figures yet is added while somebody waits. */
const MOST_AHEAD = 20_000
/** What is the sum of all days up to the last one of a span, not of the span alone. */
const STANDING: readonly Figure[] = ['members', 'open']
const SERIES: readonly Figure[] = [
  'joined',
  'orders',
  'sales',
  'refunds',
  'other_orders',
  'other_sales',
  'other_refunds',
]

export async function readFigures(folding: Folding, live: LiveProgram, asked: FiguresRequest): Promise<Figures> {
  const programs = await programsByNumber(folding)
  return atOneMoment(folding.database, async (queries) => {
    const ahead = await sumAhead(queries, folding.stripes, new Sums(programs))
    const kept = await readKept(queries, live.number, asked)
    if (ahead.sums !== null) await addAhead(queries, live.number, asked, kept, ahead.sums)
    return { ...kept, as_of: ahead.as_of }
  })
}

/** Whatever is read in `work` is of one moment. */
function atOneMoment<T>(database: Database, work: (queries: Queries) => Promise<T>): Promise<T> {
  return database.transaction(async (queries) => {
    await queries.query('set transaction isolation level repeatable read read only')
    return work(queries)
  })
}

/** No sums where there is too much to be added now; then the figures are of the last time that it was done. */
async function sumAhead(
  queries: Queries,
  stripes: number,
  sums: Sums,
): Promise<{ sums: Sums | null; as_of: number | null }> {
  let left = MOST_AHEAD
  for (const block of await readAhead(queries, stripes)) {
    const { happened, moved, last } = await readRows(queries, stripes, block, left)
    left -= happened.length
    if (left <= 0 || last < block.last) return { sums: null, as_of: await countedUntil(queries, block) }
    for (const one of happened) sums.add(one)
    for (const one of moved) sums.addPosting(one)
  }
  return { sums, as_of: null }
}

async function countedUntil(queries: Queries, { after }: Block): Promise<number> {
  const { rows } = await queries.query<{ recorded_ms: number }>(
    'select recorded_ms from activity where id <= $1 order by id desc limit 1',
    [after],
  )
  return rows[0]?.recorded_ms ?? 0
}

type Kept = Omit<Figures, 'as_of'>

async function readKept(queries: Queries, program: number, { spans, expiring }: FiguresRequest): Promise<Kept> {
  const periods = spans.map(() => new Period())
  for (const [place, { first, last }] of spans.entries()) {
    const { rows } = await queries.query<{ figure: Figure; about: string; amount: number }>(
      `select figure, about, sum(amount)::bigint as amount from day_figure
       where program = $1 and ((figure = any ($2) and day <= $4) or (figure <> all ($2) and day between $3 and $4))
       group by figure, about`,
      [program, STANDING, first, last],
    )
    for (const { figure, about, amount } of rows) periods[place]!.add(figure, about, amount)
    await addKeptBuyers(queries, program, spans[place]!, periods[place]!)
  }
  const [{ first, last }] = spans
  const { rows: days } = await queries.query<DayFigure>(
    `select program, figure, day, about, amount from day_figure
     where program = $1 and figure = any ($2) and day between $3 and $4`,
    [program, SERIES, first, last],
  )
  const { rows: ending } = await queries.query<{ about: string; amount: number }>(
    `select about, sum(amount)::bigint as amount from day_figure
     where program = $1 and figure = 'expiring' and day between $2 and $3 group by about`,
    [program, expiring.first, expiring.last],
  )
  return { periods, days, expiring: new Map(ending.map(({ about, amount }) => [about, amount])) }
}

async function addKeptBuyers(queries: Queries, program: number, { first, last }: Days, period: Period): Promise<void> {
  const { rows } = await queries.query<{ buyers: number; returning: number }>(
    `select coalesce(sum(members), 0)::bigint as buyers,
       coalesce(sum(members) filter (where before <> $4), 0)::bigint as returning
     from buyers where program = $1 and day between $2 and $3 and before < $2`,
    [program, first, last, NEVER_BEFORE],
  )
  period.buyers += rows[0]!.buyers
  period.returning += rows[0]!.returning
}

async function addAhead(
  queries: Queries,
  program: number,
  { spans, expiring }: FiguresRequest,
  kept: Kept,
  sums: Sums,
): Promise<void> {
  const isIn = ({ first, last }: Days, day: number) => day >= first && day <= last
  const ending = new Map(kept.expiring)
  for (const figure of sums.figures) {
    if (figure.program !== program) continue
    for (const [place, span] of spans.entries())
      if (STANDING.includes(figure.figure) ? figure.day <= span.last : isIn(span, figure.day))
        kept.periods[place]!.add(figure.figure, figure.about, figure.amount)
    if (SERIES.includes(figure.figure) && isIn(spans[0], figure.day)) kept.days.push(figure)
    if (figure.figure === 'expiring' && isIn(expiring, figure.day))
      ending.set(figure.about, (ending.get(figure.about) ?? 0) + figure.amount)
  }
  kept.expiring = ending
  const bought = sums.bought.filter((one) => one.program === program)
  const known = await readBought(
    queries,
    bought.map(({ account }) => account),
  )
  for (const { account, days } of bought)
    for (const { day, before, members } of addedBuyers(known.get(account) ?? [], days))
      for (const [place, span] of spans.entries())
        if (isIn(span, day) && before < span.first) {
          kept.periods[place]!.buyers += members
          if (before !== NEVER_BEFORE) kept.periods[place]!.returning += members
        }
}
