/** Verify: the ledger against itself. Postings are folded and decisions made again; both must give every snapshot. */

import { type Account, decodeAccount, encodeAccount } from '../core/account.ts'
import type { Activity, ActivityOf, OrderBody, ReturnBody } from '../core/activity.ts'
import { advance, nextDue, start, wake } from '../core/decide.ts'
import type { Deciding } from '../core/deciding.ts'
import { nothingReturned } from '../core/order.ts'
import { lotName, NEVER } from '../core/points.ts'
import type { Receipt } from '../core/receipt.ts'
import { Refusal } from '../core/refusal.ts'
import type { Database, Queries } from './db.ts'
import { publicId, stripeOf } from './ids.ts'
import { keys, type StoredPosting } from './incoming.ts'
import { type ActivityColumns, type PostingColumns, storedPosting } from './load.ts'
import { currentProgram, envOf, type LiveProgram, type Programs } from './programs.ts'
import { chainHash, GENESIS, type HashedPosting, hashBody } from './proof.ts'

export interface Difference {
  /** The member, and the activity if it is about one. */
  account: string
  activity: string | null
  /** What should agree: `hash`, `chain`, `fold`, `decision`, `state`, `due`, `receipt`, `expired` or `directory`. */
  check: string
  expected: string
  found: string
}

export interface Verification {
  accounts: number
  activities: number
  postings: number
  /** Activities that could not be decided again, since their person was erased. */
  erased: number
  /** How many things disagree in all; `differences` are the first of them. */
  different: number
  differences: Difference[]
}

export interface VerifyOptions {
  program?: string
  onProgress?: (accounts: number, of: number) => void
}

interface AccountRow {
  stripe: number
  id: number
  program: number
  seq: number
  last: number
  head: Buffer
  state: string
  due_ms: number | null
}

interface ActivityRow extends ActivityColumns {
  stripe: number
  prev: number
  salt: Buffer | null
  hash: Buffer
}

const PAGE = 4_000
const SHOWN = 20

/** Checks every account of every program, or of one, in one snapshot of the database. Writes nothing. */
export async function verify(
  database: Database,
  programs: Programs,
  options: VerifyOptions = {},
): Promise<Verification> {
  const lives = new Map((await programs.all()).map((live) => [live.number, live]))
  const result: Verification = { accounts: 0, activities: 0, postings: 0, erased: 0, different: 0, differences: [] }
  await database.transaction(async (queries) => {
    await queries.query('set transaction isolation level repeatable read read only')
    const total = (await queries.query<{ count: number }>('select count(*) as count from account')).rows[0]!.count
    const activities = new Groups<ActivityRow>(await open(queries, 'activities', ACTIVITIES))
    const postings = new Groups<PostingColumns & { account: number }>(await open(queries, 'postings', POSTINGS))
    const expired = new Groups<{ account: number; lot: string; points: number }>(
      await open(queries, 'expired', EXPIRED),
    )
    const remainders = new Groups<{ account: number; activity: number; returned: string }>(
      await open(queries, 'remainders', REMAINDERS),
    )
    for await (const row of await open<AccountRow>(queries, 'accounts', ACCOUNTS)) {
      const own = {
        activities: await activities.of(row.id),
        postings: await postings.of(row.id),
        expired: await expired.of(row.id),
        remainders: await remainders.of(row.id),
      }
      const live = lives.get(row.program)!
      if (options.program !== undefined && live.id !== options.program) continue
      new AccountCheck(row, live, own, result).run()
      if (result.accounts % 1_000 === 0) options.onProgress?.(result.accounts, total)
    }
    for (const rest of [activities, postings])
      for (const orphan of await rest.rest())
        report(result, orphan.account, null, 'chain', 'an account for every row', 'a row without one')
    await checkDirectory(queries, result)
  })
  return result
}

const ACCOUNTS = `select a.stripe, a.id, a.program, a.seq, a.last, a.head, a.state, d.due_ms
  from account a left join due d on d.stripe = a.stripe and d.account = a.id order by a.id`
const ACTIVITIES = `select stripe, id, account, seq, prev, type, key, occurred_ms, recorded_ms, revision, body, salt, frozen,
  outcome, hash from activity order by account, seq`
const POSTINGS = `select account, activity, place, wallet, from_bucket, to_bucket, points, kind, month, release_ms, expiry_ms,
  rule, line, reverses from posting order by account, activity, place`
const EXPIRED = 'select account, lot, points from expired_lot where points > 0 order by account, lot'
const REMAINDERS = `select a.account, r.activity, r.returned from remainder r join activity a on a.stripe = r.stripe
  and a.id = r.activity order by a.account, r.activity`

/** Reads a query through a cursor, page by page, so that memory holds a page and not a table. */
async function open<Row extends object>(queries: Queries, name: string, text: string): Promise<AsyncGenerator<Row>> {
  await queries.query(`declare verify_${name} no scroll cursor for ${text}`)
  return (async function* () {
    for (;;) {
      const { rows } = await queries.query<Row>(`fetch ${PAGE} from verify_${name}`)
      yield* rows
      if (rows.length < PAGE) return
    }
  })()
}

/** Rows sorted by account, handed out an account at a time. */
class Groups<Row extends { account: number }> {
  readonly #rows: AsyncGenerator<Row>
  #next: Row | null = null
  #begun = false
  readonly #skipped: Row[] = []

  constructor(rows: AsyncGenerator<Row>) {
    this.#rows = rows
  }

  async of(account: number): Promise<Row[]> {
    const group: Row[] = []
    if (!this.#begun) await this.#step()
    while (this.#next !== null && this.#next.account <= account) {
      if (this.#next.account === account) group.push(this.#next)
      else this.#skipped.push(this.#next)
      await this.#step()
    }
    return group
  }

  /** Rows whose account there was none of. */
  async rest(): Promise<Row[]> {
    while (this.#next !== null) {
      this.#skipped.push(this.#next)
      await this.#step()
    }
    return this.#skipped
  }

  async #step(): Promise<void> {
    const { value, done } = await this.#rows.next()
    this.#begun = true
    this.#next = done === true ? null : value
  }
}

function report(
  result: Verification,
  account: number,
  activity: number | null,
  check: string,
  expected: string,
  found: string,
): void {
  result.different += 1
  if (result.differences.length >= SHOWN) return
  const act = activity === null ? null : publicId('act', activity)
  result.differences.push({ account: publicId('mem', account), activity: act, check, expected, found })
}

interface Own {
  activities: ActivityRow[]
  postings: (PostingColumns & { account: number })[]
  expired: { lot: string; points: number }[]
  remainders: { activity: number; returned: string }[]
}

/** One account: its chain, the fold of its postings, and its decisions made again. */
class AccountCheck {
  readonly row: AccountRow
  readonly live: LiveProgram
  readonly own: Own
  readonly result: Verification
  readonly postings = new Map<number, StoredPosting[]>()

  constructor(row: AccountRow, live: LiveProgram, own: Own, result: Verification) {
    this.row = row
    this.live = live
    this.own = own
    this.result = result
    for (const posting of own.postings) {
      const list = this.postings.get(posting.activity)
      if (list === undefined) this.postings.set(posting.activity, [storedPosting(posting)])
      else list.push(storedPosting(posting))
    }
  }

  run(): void {
    const { result, own } = this
    result.accounts += 1
    result.activities += own.activities.length
    result.postings += own.postings.length
    this.checkChain()
    this.checkFold()
    const erased = own.activities.filter(({ body }) => body === null).length
    result.erased += erased
    if (erased === 0) this.checkDecisions()
  }

  private differ(activity: number | null, check: string, expected: unknown, found: unknown): void {
    const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
    report(this.result, this.row.id, activity, check, text(expected), text(found))
  }

  private checkChain(): void {
    let head: Buffer = GENESIS
    let prev = 0
    for (const [i, activity] of this.own.activities.entries()) {
      if (activity.seq !== i + 1) this.differ(activity.id, 'chain', `number ${i + 1}`, `number ${activity.seq}`)
      if (activity.prev !== prev) this.differ(activity.id, 'chain', `after ${prev}`, `after ${activity.prev}`)
      prev = activity.id
      // An erased body has left its hash in the chain alone: the rest of the chain still holds.
      if (activity.body !== null) {
        const postings = (this.postings.get(activity.id) ?? []).map(hashed)
        const body = hashBody(activity.salt!, activity.body)
        const hash = chainHash(head, body, activity.seq, activity.occurred_ms, activity.recorded_ms, postings)
        if (!hash.equals(activity.hash))
          this.differ(activity.id, 'hash', hash.toString('hex'), activity.hash.toString('hex'))
      }
      head = activity.hash
    }
    if (!head.equals(this.row.head)) this.differ(null, 'hash', head.toString('hex'), this.row.head.toString('hex'))
    if (prev !== this.row.last) this.differ(null, 'chain', `ends with ${prev}`, `ends with ${this.row.last}`)
    if (this.own.activities.length !== this.row.seq)
      this.differ(null, 'chain', `${this.row.seq} activities`, `${this.own.activities.length} activities`)
  }

  /** Every point that the state shows came there by postings, and the other way round. */
  private checkFold(): void {
    const folded = new Map<string, number>()
    const add = (posting: StoredPosting, bucket: string, points: number) => {
      if (!HELD.has(bucket)) return
      const key = bucket === 'debt' ? `${posting.wallet} debt` : `${posting.wallet} ${lotOf(posting)} ${bucket}`
      folded.set(key, (folded.get(key) ?? 0) + points)
    }
    for (const posting of this.own.postings.map(storedPosting)) {
      add(posting, posting.from, -posting.points)
      add(posting, posting.to, posting.points)
    }
    const shown = shownPoints(decodeAccount(this.row.state, this.row.seq))
    for (const key of new Set([...folded.keys(), ...shown.keys()])) {
      const [expected, found] = [folded.get(key) ?? 0, shown.get(key) ?? 0]
      if (expected !== found) this.differ(null, 'fold', `${key} ${expected}`, `${key} ${found}`)
    }
  }

  private checkDecisions(): void {
    const { live, own, row } = this
    const replay = new Replay(live, own.activities, (id) => this.postings.get(id) ?? [])
    replay.run((activity, check, expected, found) => this.differ(activity, check, expected, found))
    const state = encodeAccount(replay.account)
    if (state !== row.state) this.differ(null, 'state', state, row.state)
    const due = nextDue(replay.account, currentProgram(live))
    const storedDue = row.due_ms ?? NEVER
    if (due !== storedDue) this.differ(null, 'due', due, storedDue)
    const expired = [...replay.account.expired].filter(([, points]) => points > 0).sort()
    const stored = own.expired.map(({ lot, points }) => [lot, points]).sort()
    if (JSON.stringify(expired) !== JSON.stringify(stored)) this.differ(null, 'expired', expired, stored)
    for (const { activity, returned } of own.remainders) {
      const again = JSON.stringify(replay.receipts.get(activity)?.returned)
      if (again !== returned) this.differ(activity, 'receipt', again, returned)
    }
  }
}

const HELD = new Set(['pending', 'available', 'held', 'debt'])

/** A lot without its release: pending points that become available stay in it and only change buckets. */
function lotOf(posting: StoredPosting): string {
  return lotName({ kind: posting.kind ?? '', month: posting.month ?? 0, release: 0, expiry: posting.expiryMs ?? NEVER })
}

function shownPoints(account: Account): Map<string, number> {
  const shown = new Map<string, number>()
  const add = (key: string, points: number) => shown.set(key, (shown.get(key) ?? 0) + points)
  for (const wallet of account.wallets) {
    for (const lot of wallet.lots)
      for (const bucket of ['pending', 'available', 'held'] as const)
        add(`${wallet.id} ${lotName({ ...lot, release: 0 })} ${bucket}`, lot[bucket])
    // Debt is booked as points that left a bucket which never had them.
    add(`${wallet.id} debt`, -wallet.debt)
  }
  return shown
}

function hashed(posting: StoredPosting): HashedPosting {
  const { wallet, from, to, points, kind, month, releaseMs, expiryMs, rule, line, reverses } = posting
  return [wallet, from, to, points, kind, month, releaseMs, expiryMs, rule, line, reverses]
}

type Differ = (activity: number | null, check: string, expected: unknown, found: unknown) => void

/** Decides an account's activities again, in their order, from nothing but what was stored with them. */
class Replay {
  account: Account
  readonly receipts = new Map<number, Receipt>()
  readonly #live: LiveProgram
  readonly #activities: readonly ActivityRow[]
  readonly #postings: (activity: number) => StoredPosting[]
  readonly #orders = new Map<string, number>()

  constructor(live: LiveProgram, activities: readonly ActivityRow[], postings: (activity: number) => StoredPosting[]) {
    this.#live = live
    this.#activities = activities
    this.#postings = postings
    this.account = start(currentProgram(live), activities[0]?.occurred_ms ?? 0)
    this.account.due = nextDue(this.account, currentProgram(live))
  }

  run(differ: Differ): void {
    let clocks: ActivityRow[] = []
    for (const row of this.#activities) {
      if (row.type === 'clock') {
        clocks.push(row)
        continue
      }
      this.#decide(row, clocks, differ)
      clocks = []
    }
    if (clocks.length > 0) this.#wake(clocks, differ)
  }

  #decide(row: ActivityRow, clocks: readonly ActivityRow[], differ: Differ): void {
    const decisions: Deciding[] = []
    const body = JSON.parse(row.body!) as never
    const activity = { type: row.type, id: row.id, key: row.key, occurred_at: row.occurred_ms, body } as Activity
    const receipt = this.#receiptFor(activity)
    const ids = clocks.map(({ id }) => id)
    const env = envOf(this.#live, row.recorded_ms, () => ids.shift() ?? 0, undefined)
    const last = advance(env, this.account, activity, receipt === undefined ? {} : { receipt }, decisions)
    if (last instanceof Refusal) {
      differ(row.id, 'decision', row.type, `refused: ${last.code}`)
      return
    }
    this.#compare([...clocks, row], decisions, differ)
    if (activity.type === 'order') this.#keepReceipt(row, activity, last, differ)
    if (receipt !== undefined) receipt.returned = last.remains!.returned
  }

  #wake(clocks: readonly ActivityRow[], differ: Differ): void {
    const decisions: Deciding[] = []
    const ids = clocks.map(({ id }) => id)
    const until = clocks.at(-1)!.occurred_ms
    wake(
      envOf(this.#live, until, () => ids.shift() ?? 0, undefined),
      this.account,
      until,
      decisions,
    )
    this.#compare(clocks, decisions, differ)
  }

  #compare(rows: readonly ActivityRow[], decisions: readonly Deciding[], differ: Differ): void {
    if (rows.length !== decisions.length) {
      differ(rows.at(-1)!.id, 'decision', `${decisions.length} decisions`, `${rows.length} in the ledger`)
      return
    }
    for (const [i, row] of rows.entries()) {
      const again = decisions[i]!.postings.map((p) => [
        p.wallet,
        p.from,
        p.to,
        p.points,
        p.rule,
        p.lot === null ? null : lotName(p.lot),
      ])
      const stored = this.#postings(row.id).map((p) => [
        p.wallet,
        p.from,
        p.to,
        p.points,
        p.rule,
        p.kind === null ? null : lotName(identityOf(p)),
      ])
      if (JSON.stringify(again) !== JSON.stringify(stored)) differ(row.id, 'decision', again, stored)
    }
  }

  #receiptFor(activity: Activity): Receipt | undefined {
    if (activity.type !== 'return' && activity.type !== 'cancel') return undefined
    const order = this.#orders.get(keys.order((activity.body as ReturnBody).order))
    return order === undefined ? undefined : this.receipts.get(order)
  }

  #keepReceipt(row: ActivityRow, activity: ActivityOf<'order'>, decided: Deciding, differ: Differ): void {
    const frozen = JSON.stringify(decided.frozen)
    if (frozen !== row.frozen) differ(row.id, 'receipt', frozen, row.frozen)
    this.#orders.set(row.key, row.id)
    const body = activity.body as OrderBody
    this.receipts.set(row.id, {
      activity: row.id,
      revision: row.revision,
      occurred_at: row.occurred_ms,
      body,
      frozen: decided.frozen,
      returned: nothingReturned(body.lines.length),
    })
  }
}

function identityOf(posting: StoredPosting) {
  return {
    kind: posting.kind!,
    month: posting.month!,
    release: posting.releaseMs ?? 0,
    expiry: posting.expiryMs ?? NEVER,
  }
}

/** Every directory entry leads to something that is there. */
async function checkDirectory(queries: Queries, result: Verification): Promise<void> {
  const { rows } = await queries.query<{ value: string; account: number | null; activity: number }>(
    `select d.value, d.account, d.activity from directory d where d.activity is not null
     and not exists (select from activity a where a.stripe = d.activity % 256 and a.id = d.activity)
     and not exists (select from sale s where s.stripe = d.activity % 256 and s.id = d.activity) limit 1000`,
  )
  for (const { value, account, activity } of rows)
    report(
      result,
      account ?? 0,
      activity,
      'directory',
      `${value} leads to an activity`,
      `stripe ${stripeOf(activity)} has none`,
    )
}
