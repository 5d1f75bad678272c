/** Verify: the ledger against itself, account by account. Where it stands, in a database or an export, does not matter. */

import type { Adjustment, Referral } from '../core/deciding.ts'
import {
  AccountCheck,
  type Engines,
  type ForwardedRow,
  type RedemptionRow,
  type Stored,
  type TallyRow,
  type VoucherRow,
} from './account-check.ts'
import type { Database, Queries } from './db.ts'
import { type AccountRow, type ActivityRow, Findings, type PostingRow, type Verification } from './differences.ts'
import { publicId, stripeOf } from './ids.ts'
import { keys } from './incoming.ts'
import type { Outcome } from './outcome.ts'
import type { LiveProgram, Programs } from './programs.ts'
import type { EngineVersion } from './record.ts'
import type { BenefitRow } from './replay.ts'
import { checkRoots, type Pin, Pins, type SealedDays } from './root-check.ts'
import type { Head } from './roots.ts'

export interface VerifyOptions {
  program?: string | undefined
  /** Who decides again: a difference from what another engine decided is told as such. */
  engine?: EngineVersion
  /** What somebody kept of the roots. */
  pin?: Pin
  onProgress?: (accounts: number, of: number) => void
}

/** The rows of a ledger, each list sorted by account. */
export interface LedgerRowsOf {
  accounts: AsyncIterable<AccountRow>
  activities: AsyncGenerator<ActivityRow>
  postings: AsyncGenerator<PostingRow>
  expired: AsyncGenerator<{ account: number; lot: string; points: number }>
  remainders: AsyncGenerator<{ account: number; activity: number; returned: string }>
  redemptions: AsyncGenerator<RedemptionRow & { account: number }>
  vouchers: AsyncGenerator<VoucherRow & { account: number }>
  adjustments: AsyncGenerator<Adjustment & { account: number }>
  /** `account` is the one that forwards, 0 for awards, and `to` the one that hears it. */
  forwarded: AsyncGenerator<Omit<ForwardedRow, 'account'> & { account: number; to: number; program: number }>
  tallies: AsyncGenerator<TallyRow & { account: number }>
  referrals: AsyncGenerator<Referral & { account: number }>
  benefits: AsyncGenerator<BenefitRow & { account: number }>
  sealed: AsyncGenerator<Head & { day: number }>
}

/** Checks every account of every program, or of one, in one snapshot of the database. Writes nothing. */
export async function verify(
  database: Database,
  programs: Programs,
  options: VerifyOptions = {},
): Promise<Verification> {
  const lives = new Map((await programs.all()).map((live) => [live.number, live]))
  const findings = new Findings()
  await database.transaction(async (queries) => {
    await queries.query('set transaction isolation level repeatable read read only')
    const total = (await queries.query<{ count: number }>('select count(*) as count from account')).rows[0]!.count
    const rows: LedgerRowsOf = {
      accounts: await open(queries, 'accounts', ACCOUNTS),
      activities: await open(queries, 'activities', ACTIVITIES),
      postings: await open(queries, 'postings', POSTINGS),
      expired: await open(queries, 'expired', EXPIRED),
      remainders: await open(queries, 'remainders', REMAINDERS),
      redemptions: await open(queries, 'redemptions', REDEMPTIONS),
      vouchers: await open(queries, 'vouchers', VOUCHERS),
      adjustments: await open(queries, 'adjustments', ADJUSTMENTS),
      forwarded: await open(queries, 'forwarded', FORWARDED),
      tallies: await open(queries, 'tallies', TALLIES),
      referrals: await open(queries, 'referrals', REFERRALS),
      benefits: await open(queries, 'benefits', BENEFITS),
      sealed: await open(queries, 'sealed', SEALED),
    }
    const engines = { byNumber: await readEngines(queries), current: options.engine ?? null }
    await checkAccounts(rows, { lives, engines, total, ...options }, findings)
    const pins = new Pins(options.pin)
    for (const live of lives.values())
      if (options.program === undefined || live.id === options.program)
        await checkRoots(await openRoots(queries, live), pins, findings)
    pins.report(findings)
    await checkAwards(queries, lives, options.program, findings)
    await checkDirectory(queries, findings)
  })
  return findings.result()
}

const ACCOUNTS = `select a.id, a.program, p.external_id, a.seq, a.last, a.head, a.state, d.due_ms
  from account a left join due d on d.stripe = a.stripe and d.account = a.id
  left join profile p on p.stripe = a.stripe and p.account = a.id order by a.id`
const ACTIVITIES = `select id, account, seq, prev, type, key, occurred_ms, recorded_ms, revision, engine, body, salt,
  body_hash, frozen, outcome, hash from activity order by account, seq, id`
const POSTINGS = `select account, activity, place, wallet, from_bucket, to_bucket, points, kind, month, release_ms, expiry_ms,
  rule, line, reverses from posting order by account, activity, place`
const EXPIRED = 'select account, lot, points from expired_lot where points > 0 order by account, lot'
const REMAINDERS = `select a.account, r.activity, r.returned from remainder r join activity a on a.stripe = r.stripe
  and a.id = r.activity order by a.account, r.activity`
const REDEMPTIONS = `select account, activity, place, points, captured_points, status from redemption
  order by account, activity, place`
const VOUCHERS = 'select account, activity, place, code, reward, state from voucher order by account, activity, place'
const ADJUSTMENTS = `select account, activity, wallet, points, status, requested_by, decided_by from adjustment
  order by account, activity`
const FORWARDED = `select origin as account, program, source, place, account as to, type, body, activity, refused from forwarded
  order by origin, seq, place`
const TALLIES = 'select account, name, period, count from tally order by account, name, period'
const REFERRALS = `select referrer as account, referrer as by, friend, state, reason, until_ms as until, changed_ms as at
  from referral order by referrer, friend`
const BENEFITS = 'select account, activity, place, source, worth from benefit order by account, activity, place'
const SEALED = 'select account, day, seq, head from sealed_head order by account, day'
const ROOTS = `select day, accounts, root, previous, sealed_ms, public_key, signature from daily_root
  where program = PROGRAM order by day`
const LEAVES = 'select account, day, seq, head from sealed_head where program = PROGRAM order by day, account'

async function openRoots(queries: Queries, { id, number }: LiveProgram): Promise<SealedDays> {
  const of = (text: string) => text.replace('PROGRAM', String(number))
  return {
    program: id,
    roots: await open(queries, `roots_${number}`, of(ROOTS)),
    heads: await open(queries, `leaves_${number}`, of(LEAVES)),
  }
}

const PAGE = 4_000

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

async function readEngines(queries: Queries): Promise<Map<number, EngineVersion>> {
  const { rows } = await queries.query<EngineVersion & { number: number }>(
    'select number, release, tzdata from engine_version',
  )
  return new Map(rows.map(({ number, release, tzdata }) => [number, { release, tzdata }]))
}

export interface Checking {
  lives: ReadonlyMap<number, LiveProgram>
  engines: Engines
  /** How many accounts there are, for whoever watches. */
  total: number
  program?: string | undefined
  onProgress?: (accounts: number, of: number) => void
}

/** Every account, one after the other: memory holds one, whatever the size of the ledger. */
export async function checkAccounts(rows: LedgerRowsOf, checking: Checking, findings: Findings): Promise<void> {
  const activities = new Groups(rows.activities)
  const postings = new Groups(rows.postings)
  const expired = new Groups(rows.expired)
  const remainders = new Groups(rows.remainders)
  const redemptions = new Groups(rows.redemptions)
  const vouchers = new Groups(rows.vouchers)
  const adjustments = new Groups(rows.adjustments)
  const forwarded = new Groups(rows.forwarded)
  const tallies = new Groups(rows.tallies)
  const referrals = new Groups(rows.referrals)
  const forwards = new Forwards()
  const benefits = new Groups(rows.benefits)
  const merged = new Map<number, Waiting>()
  const sealed = new Groups(rows.sealed)
  const pairs = new Pairs()
  for await (const row of rows.accounts) {
    const stored: Stored = {
      activities: await activities.of(row.id),
      postings: await postings.of(row.id),
      expired: await expired.of(row.id),
      remainders: await remainders.of(row.id),
      redemptions: await redemptions.of(row.id),
      vouchers: await vouchers.of(row.id),
      adjustments: await adjustments.of(row.id),
      forwarded: (await forwarded.of(row.id)).map(({ to, ...one }) => ({ ...one, account: to })),
      tallies: await tallies.of(row.id),
      referrals: await referrals.of(row.id),
      benefits: await benefits.of(row.id),
      sealed: await sealed.of(row.id),
    }
    const live = checking.lives.get(row.program)!
    if (checking.program !== undefined && live.id !== checking.program) continue
    pairs.add(stored)
    forwards.add(stored)
    if (stored.activities.some(({ type }) => type === 'merge' || type === 'absorb')) {
      merged.set(row.id, { row, live, stored })
      continue
    }
    new AccountCheck(row, live, stored, checking.engines, findings).run()
    if (findings.accounts % 1_000 === 0) checking.onProgress?.(findings.accounts, checking.total)
  }
  checkMerged(merged, checking, findings)
  pairs.report(findings)
  // Awards are forwarded by nobody's account.
  for (const { to, program, ...one } of await forwarded.rest())
    if (checking.program === undefined || checking.lives.get(program)?.id === checking.program)
      forwards.addRow({ ...one, account: to })
  forwards.report(findings)
  await reportOrphans(activities, 'activities', findings)
  await reportOrphans(postings, 'postings', findings)
  await reportOrphans(sealed, 'heads under roots', findings)
}

/** An account that is checked after those that were merged into it. */
interface Waiting {
  row: AccountRow
  live: LiveProgram
  stored: Stored
}

/** Orders of an account that ended are returned to the one that it was merged into: so it is checked first. */
function checkMerged(merged: Map<number, Waiting>, { engines }: Checking, findings: Findings): void {
  const checks = new Map<number, AccountCheck>()
  const check = (id: number): AccountCheck[] => {
    const known = checks.get(id)
    const waiting = merged.get(id)
    if (known !== undefined) return [known]
    if (waiting === undefined) return []
    merged.delete(id)
    const { row, live, stored } = waiting
    const own = new AccountCheck(row, live, stored, engines, findings, absorbedBy(stored).flatMap(check))
    checks.set(id, own)
    own.run()
    return [own]
  }
  for (const id of [...merged.keys()]) check(id)
}

/** The accounts that were merged into this one, as far as that can still be read. */
function absorbedBy({ activities }: Stored): number[] {
  return activities.flatMap(({ type, body }) => {
    if (type !== 'absorb' || body === null) return []
    const from = /"from":(\d+)/.exec(body)?.[1]
    return from === undefined ? [] : [Number(from)]
  })
}

interface Pair {
  sides: number
  /** What was sent less what was received, by wallet. */
  moved: Map<string, number>
}

/** What one account sent the other received, and the other way round for debt: each pair balances, wallet by wallet. */
class Pairs {
  /** By the activity that sends; a pair whose sides were both seen, and fit, is forgotten. */
  readonly #open = new Map<number, Pair>()

  add({ activities, postings }: Stored): void {
    for (const { id, type, outcome } of activities) {
      if (type !== 'transfer' && type !== 'merge' && type !== 'receive' && type !== 'absorb') continue
      const source = type === 'transfer' || type === 'merge' ? id : (otherOf(outcome) ?? id)
      const pair = this.#open.get(source) ?? { sides: 0, moved: new Map<string, number>() }
      this.#open.set(source, pair)
      pair.sides += 1
      for (const { activity, wallet, from_bucket, to_bucket, points } of postings) {
        if (activity !== id) continue
        const sent = (to_bucket === 'sent' ? points : 0) - (from_bucket === 'received' ? points : 0)
        pair.moved.set(wallet, (pair.moved.get(wallet) ?? 0) + sent)
      }
      if (pair.sides === 2 && [...pair.moved.values()].every((points) => points === 0)) this.#open.delete(source)
    }
  }

  report(findings: Findings): void {
    for (const [source, { sides, moved }] of this.#open) {
      const [wallet, points] = [...moved].find(([, sum]) => sum !== 0) ?? ['points', 0]
      const what = `${publicId('act', source)} moved ${wallet} between two members, and what one sent the other did not receive`
      findings.add(
        'pair',
        what,
        'as much received as sent',
        sides === 2 ? `${points} less` : `${sides} of 2 activities`,
      )
    }
  }
}

/** What was forwarded is what the other account heard, and nobody heard what was not forwarded. */
class Forwards {
  readonly #rows = new Map<string, ForwardedRow>()
  readonly #heard = new Map<string, ActivityRow>()

  add({ activities, forwarded }: Stored): void {
    for (const row of forwarded) this.addRow(row)
    for (const activity of activities) if (HEARD.has(activity.type)) this.#match(activity.key, { activity })
  }

  addRow(row: ForwardedRow): void {
    this.#match(keys.forwarded(row.source, row.place), { row })
  }

  /** What fits is forgotten, so that memory holds what is still open. */
  #match(key: string, { row = this.#rows.get(key), activity = this.#heard.get(key) }: Ends): void {
    if (row !== undefined && activity !== undefined && isHeard(row, activity)) {
      this.#rows.delete(key)
      this.#heard.delete(key)
      return
    }
    if (row !== undefined) this.#rows.set(key, row)
    if (activity !== undefined) this.#heard.set(key, activity)
  }

  report(findings: Findings): void {
    for (const [key, { activity, account }] of this.#rows) {
      const heard = this.#heard.get(key)
      this.#heard.delete(key)
      // What is on its way was not heard yet, or was heard a moment ago and not noted; what was refused never will be.
      if (activity === null && heard === undefined) continue
      const what = `${key} for ${publicId('mem', account)} is not what was heard there`
      findings.add('forwarded', what, activity === null ? 'nothing' : publicId('act', activity), heard?.id ?? 'nothing')
    }
    for (const [key, { account }] of this.#heard)
      findings.add('forwarded', `${publicId('mem', account)} heard ${key}, which nobody forwarded`, 'nothing', key)
  }
}

interface Ends {
  row?: ForwardedRow | undefined
  activity?: ActivityRow | undefined
}

const HEARD: ReadonlySet<string> = new Set(['referred', 'award'])

/** A process may be stopped between the decision and the note of it, which the next one makes. */
function isHeard(row: ForwardedRow, { id, type, body }: ActivityRow): boolean {
  const isNoted = row.activity === id || (row.activity === null && row.refused === null)
  return isNoted && row.type === type && (body === null || row.body === body)
}

/** The activity of the other account, as an answer names it. */
function otherOf(outcome: string): number | null {
  try {
    return (JSON.parse(outcome) as Outcome).other?.activity ?? null
  } catch {
    return null
  }
}

/** Rows of accounts that are not there: each such account is told once. */
async function reportOrphans(groups: Groups<{ account: number }>, what: string, findings: Findings): Promise<void> {
  const counts = new Map<number, number>()
  for (const { account } of await groups.rest()) counts.set(account, (counts.get(account) ?? 0) + 1)
  for (const [id, count] of counts) {
    const words = `the account is missing, though ${count} of its ${what} are there`
    findings.ofMember('account', { id, external_id: null }, null, words, 'an account', 'nothing')
  }
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
    if (!this.#begun) await this.#step()
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

/** Winners are told what was decided, and nobody else is; where one could not have it, somebody in reserve is. */
async function checkAwards(
  queries: Queries,
  lives: ReadonlyMap<number, LiveProgram>,
  only: string | undefined,
  findings: Findings,
): Promise<void> {
  const { rows } = await queries.query<{ program: number; name: string; result: string | null; told: number[] }>(
    `select coalesce(a.program, f.program) as program, coalesce(a.name, 'no award') as name, a.result,
       coalesce(f.told, '{}') as told
     from award a full join (
       select source, min(program) as program, array_agg(account order by place) as told from forwarded
       where origin = 0 group by source
     ) f on f.source = a.source order by 1, 2`,
  )
  for (const { program, name, result, told } of rows) {
    if (only !== undefined && lives.get(program)?.id !== only) continue
    const drawn = result === null ? [] : accountsIn(result)
    const count = told.map(Number).filter((account, i) => account === drawn[i]).length
    if (count === told.length && count >= Math.min(drawn.length, winnersIn(result))) continue
    const named = (accounts: readonly number[]) =>
      accounts.map((account) => publicId('mem', Number(account))).join(', ')
    findings.add('award', `who is told of ${name} is not who it was decided for`, named(drawn), named(told))
  }
}

/** What an award has decided, in the form of leaderboards and of draws. */
interface Decided {
  places?: [account: number, place: number, score: number][]
  winners?: { account: number }[]
  reserves?: { account: number }[]
}

function accountsIn(result: string): number[] {
  const { places = [], winners = [], reserves = [] } = JSON.parse(result) as Decided
  return [...places.map(([account]) => account), ...[...winners, ...reserves].map(({ account }) => account)]
}

function winnersIn(result: string | null): number {
  const { places = [], winners = [] } = JSON.parse(result ?? '{}') as Decided
  return places.length + winners.length
}

/** Every directory entry leads to something that is there. */
async function checkDirectory(queries: Queries, findings: Findings): Promise<void> {
  const { rows } = await queries.query<{ value: string; activity: number }>(
    `select d.value, d.activity from directory d where d.activity is not null
     and not exists (select from activity a where a.stripe = d.activity % 256 and a.id = d.activity)
     and not exists (select from sale s where s.stripe = d.activity % 256 and s.id = d.activity) limit 1000`,
  )
  for (const { value, activity } of rows) {
    const what = `the key ${value} leads to an activity that is not there`
    findings.add('directory', what, `activity ${activity} in stripe ${stripeOf(activity)}`, 'nothing')
  }
}
