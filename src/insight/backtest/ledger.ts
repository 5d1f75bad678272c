/** The history of a live ledger, told to backtests member by member: all that members did, and nothing that points did. */

import type { ActivityBodies, OrderBody, ReturnBody } from '../../core/activity.ts'
import type { HistoryEvent } from '../../core/history.ts'
import type { Database, Queries } from '../../engine/db.ts'
import { publicId, stripeOf } from '../../engine/ids.ts'
import { type Backtest, createBacktest } from './backtest.ts'
import type { Run } from './ranges.ts'
import type { Source } from './report.ts'
import type { Scenario } from './scenario.ts'

export interface LedgerRequest {
  /** The number of the program in the database. */
  program: number
  /**
   * From when on things are told, in ms; null from the beginning. The program is as if it began then, as with a file that
   * begins then: who joined before joins with the first thing that they do.
   */
  since: number | null
  /** Where history ends (ms), itself not included. */
  until: number
}

/** What was read of the ledger, and what could not be: what erased persons did is gone. */
export interface LedgerSource {
  activities: number
  members: number
  orders: number
  erased: number
  /** Whether anybody was a member before the time that is told of. */
  begun: boolean
  /** Returns of orders from before it, which are left out. */
  returns_of_before: number
}

type OnProgress = (done: number, of: number) => void

/** So few rows that a page of them holds up whoever else is served for milliseconds only, whatever is folded. */
const PAGE = 250

/** What programs listen to; what points did because of a program (redeeming, expiry, transfers) is its own to decide. */
const TOLD = [
  'join',
  'order',
  'return',
  'cancel',
  'visit',
  'action',
  'membership',
  'membership_cancel',
  'perk_use',
  'choose',
  'close',
  'reopen',
] as const
type Told = (typeof TOLD)[number]

/** Whatever is read in `work` is of one moment; it changes nothing and holds nobody up. */
export function atOneMoment<T>(database: Database, work: (queries: Queries) => Promise<T>): Promise<T> {
  return database.transaction(async (queries) => {
    await queries.query('set transaction isolation level repeatable read read only')
    return work(queries)
  })
}

/**
 * Folds every scenario over one reading of the ledger: each member's activities in a row, in the order in which they
 * were recorded, then anonymous sales. Whoever was merged into somebody did as that one did.
 */
export async function backtestLedger(
  queries: Queries,
  request: LedgerRequest,
  scenarios: readonly Scenario[],
  onProgress?: OnProgress,
): Promise<{ runs: Run[]; source: LedgerSource }> {
  const { since, until } = request
  const options = { until, distinct: true, byMember: true, returns: true }
  const runs = scenarios.map((scenario) => createBacktest(scenario, options))
  const merged = await mergedAccounts(queries, request)
  const teller = new Teller(runs, since, merged.names)
  const source = await countActivities(queries, request)
  let done = 0
  for await (const rows of pages(queries, request, merged)) {
    teller.tell(rows)
    done += rows.length
    onProgress?.(Math.min(done, source.activities), source.activities)
  }
  return { runs: runs.map((run) => run.finishRun()), source: { ...source, returns_of_before: teller.returnsOfBefore } }
}

/** What a report says of the ledger. */
export function ledgerSource(name: string, source: LedgerSource): Source {
  const { activities, orders, erased, returns_of_before } = source
  const reports: Source['reports'] = {}
  if (erased > 0) reports['erased'] = erased
  if (returns_of_before > 0) reports['order_from_before'] = returns_of_before
  return { kind: 'ledger', name, rows: activities, orders, understood: [], reports }
}

async function countActivities(
  queries: Queries,
  { program, since, until }: LedgerRequest,
): Promise<Omit<LedgerSource, 'returns_of_before'>> {
  const { rows } = await queries.query<Pick<LedgerSource, 'activities' | 'members' | 'orders' | 'erased'>>(
    `select count(*) filter (where a.body is not null) as activities,
       count(distinct a.account) filter (where a.body is not null) as members,
       count(*) filter (where a.body is not null and a.type = 'order') as orders,
       count(distinct a.account) filter (where a.body is null) as erased
     from activity a join account o on o.stripe = a.stripe and o.id = a.account
     where o.program = $1 and a.type = any($2) and a.occurred_ms >= $3 and a.occurred_ms < $4`,
    [program, TOLD, since ?? 0, until],
  )
  const before = await queries.query('select from profile where program = $1 and joined_ms < $2 limit 1', [
    program,
    since ?? 0,
  ])
  return { ...rows[0]!, begun: before.rowCount === 1 }
}

/** Accounts that were merged, and those that they were merged into. */
interface Merged {
  /** By account, the one that its person is in the end: itself for those that others were merged into. */
  winners: ReadonlyMap<number, number>
  /** What the business calls these, if it does. */
  names: ReadonlyMap<number, string | null>
}

async function mergedAccounts(queries: Queries, { program }: LedgerRequest): Promise<Merged> {
  const { rows } = await queries.query<{ account: number; into: number }>(
    `select p.account, (a.state::json ->> 'm')::bigint as into
     from profile p join account a on a.stripe = p.stripe and a.id = p.account
     where p.program = $1 and p.status = 'merged'`,
    [program],
  )
  const into = new Map(rows.map((row) => [row.account, row.into]))
  const winners = new Map<number, number>()
  for (const account of into.keys()) {
    let winner = account
    while (into.has(winner)) winner = into.get(winner)!
    winners.set(account, winner).set(winner, winner)
  }
  const named = await queries.query<{ account: number; external_id: string | null }>(
    'select account, external_id from profile where stripe = any($1) and account = any($2)',
    [[...new Set([...winners.values()].map(stripeOf))], [...winners.values()]],
  )
  return { winners, names: new Map(named.rows.map(({ account, external_id }) => [account, external_id])) }
}

interface Row {
  /** Null for an anonymous sale. */
  member: number | null
  /** What the business calls whose account it is, if it does. */
  external_id: string | null
  type: Told
  occurred_ms: number
  recorded_ms: number
  body: string
}

/** Through a cursor, so that memory holds a page of them. The numbers in the texts are our own. */
async function* pages(
  queries: Queries,
  { program, since, until }: LedgerRequest,
  { winners }: Merged,
): AsyncGenerator<Row[]> {
  const within = `occurred_ms >= ${since ?? 0} and occurred_ms < ${until}`
  const types = TOLD.map((type) => `'${type}'`).join(', ')
  yield* fetched<Row>(
    queries,
    // An account's activities are numbered; those of merged ones meet by the time at which they were recorded, and what
    // comes back follows what was bought at the same moment.
    `select coalesce(m.winner, a.account) as member, p.external_id, a.type, a.occurred_ms, a.recorded_ms, a.body
     from activity a join account o on o.stripe = a.stripe and o.id = a.account
     left join profile p on p.stripe = a.stripe and p.account = a.account
     left join unnest('{${[...winners.keys()]}}'::bigint[], '{${[...winners.values()]}}'::bigint[]) as m (account, winner)
       on m.account = a.account
     where o.program = ${program} and a.type in (${types}) and a.body is not null and (a.type = 'join' or a.${within})
       and a.occurred_ms < ${until}
     order by member, case when m.winner is null then 0 else a.recorded_ms end,
       m.winner is not null and a.type in ('return', 'cancel'), a.account, a.seq`,
  )
  yield* fetched<Row>(
    queries,
    `select null as member, null as external_id, type, occurred_ms, recorded_ms, body from sale where program = ${program} and ${within}
     order by recorded_ms, type <> 'order', id`,
  )
}

/** The rows of a query a page at a time; whoever else is served by this process has a turn between two pages. */
export async function* fetched<T extends object>(queries: Queries, text: string): AsyncGenerator<T[]> {
  await queries.query(`declare history no scroll cursor for ${text}`)
  for (;;) {
    const { rows } = await queries.query<T>(`fetch ${PAGE} from history`)
    if (rows.length > 0) yield rows
    await new Promise(setImmediate)
    if (rows.length < PAGE) break
  }
  await queries.query('close history')
}

/** Hands rows on. */
class Teller {
  returnsOfBefore = 0
  readonly #runs: readonly Backtest[]
  readonly #since: number
  /** The orders that were told of the member who is told of, or of nobody; null where all of them are. */
  readonly #orders: Set<string> | null
  #newcomer: Row | null = null
  readonly #names: Merged['names']
  /** Whose rows they are. */
  #member: number | null = null
  #name: string | null = null

  constructor(runs: readonly Backtest[], since: number | null, names: Merged['names']) {
    this.#names = names
    this.#runs = runs
    this.#since = since ?? 0
    this.#orders = since === null ? null : new Set()
  }

  tell(rows: readonly Row[]): void {
    for (const row of rows) {
      this.#turnTo(row)
      if (row.type === 'join') {
        // Who was two members once has been one since the first of them joined.
        if (this.#newcomer?.member !== row.member) this.#newcomer = row
        if (row.occurred_ms < this.#since) continue
      }
      if (this.#isOfBefore(row)) {
        this.returnsOfBefore += 1
        continue
      }
      if (this.#newcomer !== null && this.#newcomer.member === row.member) this.#join(this.#newcomer, row.occurred_ms)
      this.#newcomer = null
      if (row.type === 'order') this.#order(row)
      else if (row.type === 'return' || row.type === 'cancel') this.#giveBack(row)
      else if (row.type !== 'join') this.#happen(row)
    }
  }

  /** Members are called as the business calls them, so that luck is the same as in a file of theirs; else as we do. */
  #turnTo({ member, external_id }: Row): void {
    if (member === this.#member) return
    this.#member = member
    this.#orders?.clear()
    if (member === null) this.#name = null
    else this.#name = (this.#names.has(member) ? this.#names.get(member) : external_id) ?? publicId('mem', member)
  }

  /** What comes back of an order that is not told of. */
  #isOfBefore({ type, body }: Row): boolean {
    if (this.#orders === null || (type !== 'return' && type !== 'cancel')) return false
    return !this.#orders.has((JSON.parse(body) as ReturnBody).order)
  }

  #join({ occurred_ms, body }: Row, first: number): void {
    const { pool } = JSON.parse(body) as ActivityBodies['join']
    const joined_at = occurred_ms < this.#since ? first : occurred_ms
    for (const run of this.#runs) run.join({ member: this.#name!, joined_at, pool })
  }

  /** As the shop rang it up: which rewards are used on it is decided anew. */
  #order({ occurred_ms, recorded_ms, body }: Row): void {
    const { external_id, currency, prices, location, channel, tender, lines, as_paid } = JSON.parse(body) as OrderBody
    const bought = { external_id, currency, prices, location, channel, tender, lines, as_paid }
    const order = { ...bought, member: this.#name, occurred_at: occurred_ms, recorded_at: recorded_ms }
    this.#orders?.add(external_id)
    for (const run of this.#runs) run.order(order)
  }

  #giveBack({ type, occurred_ms, recorded_ms, body }: Row): void {
    const { order, ...back } = JSON.parse(body) as ReturnBody
    const { external_id, lines, amount } = type === 'cancel' ? { external_id: order } : back
    const at = { occurred_at: occurred_ms, recorded_at: recorded_ms }
    // A return that names nothing gives back nothing, which is not the same as everything.
    const came = type === 'cancel' ? {} : { lines: lines ?? [], amount }
    for (const run of this.#runs) run.giveBack({ external_id, order, member: this.#name, ...at, ...came })
  }

  #happen({ type, occurred_ms, recorded_ms, body }: Row): void {
    const at = { occurred_at: occurred_ms, recorded_at: recorded_ms }
    const event = { type, member: this.#name!, ...at, body: JSON.parse(body) } as HistoryEvent
    for (const run of this.#runs) run.happen(event)
  }
}
