/** What a batch reads: keys and references first, then the accounts under their locks, then what activities name. */

import type { Activity, OrderBody } from '../core/activity.ts'
import { nothingReturned, type Returned } from '../core/order.ts'
import { decodeFrozen } from '../core/receipt.ts'
import { localDay } from '../core/time.ts'
import { POOL_CLAIM } from '../core/vouchers.ts'
import { parseMember } from './answers.ts'
import { bigintArray, smallintArray, textArray } from './arrays.ts'
import {
  contactsOf,
  directoryEntry,
  entryKey,
  type FoundEntry,
  isTwoSided,
  type Loaded,
  secondOf,
  type WaitingReturn,
} from './batch.ts'
import type { Queries } from './db.ts'
import { KIND } from './directory.ts'
import { stripeOf, stripeOfText } from './ids.ts'
import {
  type Incoming,
  keys,
  type StoredActivity,
  type StoredPosting,
  type StoredSale,
  vouchersNamed,
} from './incoming.ts'
import { currentProgram, type LiveProgram, nowOf } from './programs.ts'
import type { VoucherRow } from './voucher-refusal.ts'

const FIND = {
  name: 'record-find',
  text: `select d.program, d.kind, d.value, d.account, d.activity
    from unnest($1::smallint[], $2::smallint[], $3::smallint[], $4::text[]) as wanted (stripe, program, kind, value)
    join directory d using (stripe, program, kind, value)`,
}

const ACCOUNT_OF_ACTIVITY = {
  name: 'record-account-of-activity',
  text: `select a.id, a.account from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, id) join activity a using (stripe, id)`,
}

/** In one order for everybody, so that no two batches wait for each other. */
const LOCK = {
  name: 'record-lock',
  text: `select a.id, a.program, a.seq, a.last, a.head, a.state
    from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, id) join account a using (stripe, id)
    order by a.stripe, a.id for update of a`,
}

const RECEIPTS = {
  name: 'record-receipts',
  text: `select a.id, a.revision, a.occurred_ms, a.body, a.frozen, r.returned
    from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, id) join activity a using (stripe, id)
    left join remainder r on r.stripe = a.stripe and r.activity = a.id where a.body is not null`,
}

const ACTIVITIES = {
  name: 'stored-activities',
  text: `select a.id, a.account, a.seq, a.type, a.key, a.occurred_ms, a.recorded_ms, a.revision, a.body, a.frozen, a.outcome
    from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, id) join activity a using (stripe, id)`,
}

const POSTINGS = {
  name: 'stored-postings',
  text: `select p.activity, p.place, p.wallet, p.from_bucket, p.to_bucket, p.points, p.kind, p.month, p.release_ms,
      p.expiry_ms, p.rule, p.line, p.reverses
    from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, activity) join posting p using (stripe, activity)
    order by p.activity, p.place`,
}

const SALES = {
  name: 'record-sales',
  text: `select s.id, s.type, s.key, s.occurred_ms, s.recorded_ms, s.body, s.outcome, s.returned
    from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, id) join sale s using (stripe, id)
    order by s.stripe, s.id for update of s`,
}

/** The entries of orders that returns wait for. Whoever holds one is alone with what waits for that order. */
const AWAITED = {
  name: 'record-awaited',
  text: `select d.value from unnest($1::smallint[], $2::smallint[], $3::text[]) as wanted (stripe, program, value)
    join directory d using (stripe, program, value) where d.kind = ${KIND.key} and d.activity is null
    order by d.stripe, d.program, d.value for update of d`,
}

const WAITING = {
  name: 'record-waiting',
  text: `select w.program, w.order_key, w.key, w.type, w.occurred_ms, w.body
    from unnest($1::smallint[], $2::smallint[], $3::text[]) as wanted (stripe, program, order_key)
    join waiting_return w using (stripe, program, order_key) order by w.occurred_ms, w.key`,
}

const EXPIRED = {
  name: 'record-expired',
  text: `select e.account, e.lot, e.points
    from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, account) join expired_lot e using (stripe, account)`,
}

const PRINTED = {
  name: 'record-printed',
  text: `select p.program, p.code, p.activity is not null as is_claimed
    from (select distinct * from unnest($1::smallint[], $2::smallint[], $3::text[])) as wanted (stripe, program, code)
    join printed_code p using (stripe, program, code) order by p.stripe, p.program, p.code for update of p`,
}

const VOUCHERS = {
  name: 'record-vouchers',
  text: `select v.program, v.code, v.account, v.state
    from unnest($1::smallint[], $2::bigint[], $3::text[]) as wanted (stripe, activity, code)
    join voucher v using (stripe, activity, code)`,
}

/** What activities, sales or orders the keys and references of a batch lead to. */
export async function find(
  queries: Queries,
  batch: readonly Incoming[],
  stripes: number,
): Promise<Map<string, FoundEntry>> {
  const wanted = wantedEntries(batch)
  const found = new Map<string, FoundEntry>()
  if (wanted.size === 0) return found
  const rows = [...wanted.values()]
  const result = await queries.query<{ program: number; kind: number; value: string } & FoundEntry>(FIND, [
    smallintArray(rows.map(({ value }) => stripeOfText(value, stripes))),
    smallintArray(rows.map(({ program }) => program)),
    smallintArray(rows.map(({ kind }) => kind)),
    textArray(rows.map(({ value }) => value)),
  ])
  for (const { program, kind, value, account, activity } of result.rows)
    found.set(entryKey(program, kind, value), { account, activity })
  return found
}

/**
 * Whether an activity that was refused has been decided by another batch, which had its account while this one waited
 * for it: the answer is the one that was given there.
 */
export async function wasOvertaken(
  queries: Queries,
  refused: readonly Incoming[],
  before: ReadonlyMap<string, FoundEntry>,
  stripes: number,
): Promise<boolean> {
  const now = await find(queries, refused, stripes)
  return refused.some((incoming) => {
    const { kind, value } = directoryEntry(incoming)
    const name = entryKey(incoming.program.number, kind, value)
    return now.get(name)?.activity != null && before.get(name)?.activity == null
  })
}

function wantedEntries(batch: readonly Incoming[]): Map<string, { program: number; kind: number; value: string }> {
  const wanted = new Map<string, { program: number; kind: number; value: string }>()
  for (const incoming of batch) {
    const program = incoming.program.number
    const want = (kind: number, value: string) => wanted.set(entryKey(program, kind, value), { program, kind, value })
    if (incoming.type !== 'wake' && !incoming.key.startsWith(keys.once(''))) {
      const own = directoryEntry(incoming)
      want(own.kind, own.value)
    }
    if (incoming.ref.by === 'external') want(KIND.external, incoming.ref.value)
    for (const { code } of vouchersNamed(incoming)) want(KIND.voucher, code)
    if (incoming.type === 'return' || incoming.type === 'cancel') want(KIND.key, keys.order(incoming.body.order))
    const claimed = incoming.type === 'return' ? parseMember(incoming.body.member ?? '') : null
    if (claimed?.by === 'external') want(KIND.external, claimed.value)
    for (const { kind, value } of contactsOf(incoming)) want(kind, value)
    if (incoming.type === 'join' && incoming.body.referral_code !== undefined)
      want(KIND.referral, incoming.body.referral_code)
  }
  return wanted
}

/**
 * Accounts whose activities others decide, as far as this process has met them: those that were merged, which never
 * changes again, and members of pools. What is not so any more costs a lock and changes no decision.
 */
export type Aliases = Map<number, number>

/** Locks the accounts that a batch concerns and reads what its activities name. The statements go out together. */
export async function load(
  queries: Queries,
  batch: readonly Incoming[],
  found: Map<string, FoundEntry>,
  stripes: number,
  aliases: Aliases,
): Promise<Loaded> {
  const wanted = await wantedRows(queries, batch, found, aliases)
  const claims = claimed(batch)
  const [accounts, receipts, sales, stored, waiting, expired, vouchers, printed, counters] = await Promise.all([
    lockAccounts(queries, wanted.accounts),
    readReceipts(queries, wanted.receipts),
    readSales(queries, [...wanted.receipts, ...wanted.replayed]),
    readActivities(queries, [...wanted.replayed, ...wanted.began]),
    readWaiting(queries, wanted.orders, stripes),
    readExpired(queries, wanted.remembering),
    readVouchers(queries, wanted.vouchers),
    lockPrinted(queries, wanted.printed, stripes),
    lockClaims(queries, claims),
  ])
  const codes = await lockCodes(queries, claims, stripes)
  const returning = waiting.length > 0 || wanted.returns
  const { asking } = wanted
  return {
    found,
    accounts,
    receipts,
    ...sales,
    stored,
    waiting,
    returning,
    asking,
    expired,
    claims: counters,
    vouchers,
    printed,
    codes,
  }
}

interface Wanted {
  accounts: Set<number>
  receipts: number[]
  /** Activities or sales whose key comes again. */
  replayed: number[]
  /** Activities that began redemptions. */
  began: number[]
  /** Orders that returns wait for, by name: the ones that come, and those of which more comes back. */
  orders: Map<string, { program: number; key: string }>
  asking: Set<Incoming>
  /** Vouchers, with the activities that issued them. */
  vouchers: { code: string; activity: number }[]
  /** Cards that are claimed. */
  printed: { program: number; code: string }[]
  /** Accounts with activities that ask what has expired, as returns do. */
  remembering: Set<number>
  /** Whether any activity is a return or a cancellation. */
  returns: boolean
}

async function wantedRows(
  queries: Queries,
  batch: readonly Incoming[],
  found: Map<string, FoundEntry>,
  aliases: Aliases,
): Promise<Wanted> {
  const wanted: Wanted = {
    accounts: new Set(),
    receipts: [],
    replayed: [],
    began: [],
    orders: new Map(),
    asking: new Set(),
    vouchers: [],
    printed: [],
    remembering: new Set(),
    returns: false,
  }
  for (const incoming of batch) {
    const { ref, program } = incoming
    addRef(wanted.accounts, incoming, found)
    if (ref.by === 'activity') wanted.began.push(ref.id)
    for (const { code } of vouchersNamed(incoming)) {
      const activity = found.get(entryKey(program.number, KIND.voucher, code))?.activity
      if (activity != null) wanted.vouchers.push({ code, activity })
    }
    if (incoming.type === 'wake') continue
    if (isTwoSided(incoming)) addBoth(wanted, incoming)
    if (incoming.type === 'voucher_claim') wanted.printed.push({ program: program.number, code: incoming.body.code })
    if (incoming.type === 'profile')
      for (const { kind, value } of contactsOf(incoming))
        addAccount(wanted.accounts, found.get(entryKey(program.number, kind, value)))
    // Whoever brought a new member is asked whether that makes them friends.
    if (incoming.type === 'join' && incoming.body.referral_code !== undefined)
      addAccount(wanted.accounts, found.get(entryKey(program.number, KIND.referral, incoming.body.referral_code)))
    const own = directoryEntry(incoming)
    const seen = found.get(entryKey(program.number, own.kind, own.value))
    if (seen?.activity != null) wanted.replayed.push(seen.activity)
    if (asksExpired(incoming.program, activityOf(incoming), incoming.history)) {
      wanted.asking.add(incoming)
      addRef(wanted.remembering, incoming, found)
    }
    if (incoming.type === 'order') addAwaited(wanted, program.number, incoming.key, seen)
    if (incoming.type !== 'return' && incoming.type !== 'cancel') continue
    wanted.returns = true
    const orderKey = keys.order(incoming.body.order)
    const order = found.get(entryKey(program.number, KIND.key, orderKey))
    if (order?.activity != null) wanted.receipts.push(order.activity)
    addAccount(wanted.accounts, order)
    addAccount(wanted.remembering, order)
    const claimed = incoming.type === 'return' ? parseMember(incoming.body.member ?? '') : null
    if (claimed !== null) addRef(wanted.accounts, { ref: claimed, program }, found)
    addAwaited(wanted, program.number, orderKey, order)
  }
  if (wanted.began.length > 0) {
    const { rows } = await queries.query<{ id: number; account: number }>(ACCOUNT_OF_ACTIVITY, idArrays(wanted.began))
    for (const { account } of rows) wanted.accounts.add(account)
  }
  if (aliases.size > 0) {
    addWinners(wanted.accounts, aliases)
    addWinners(wanted.remembering, aliases)
  }
  return wanted
}

/** A merge moves what has expired, and after it, or in a pool, the second account is asked what the first would be. */
function addBoth(wanted: Wanted, incoming: Parameters<typeof secondOf>[0]): void {
  for (const account of [incoming.body.from, secondOf(incoming)[0]]) {
    wanted.accounts.add(account)
    if (incoming.type === 'merge' || incoming.type === 'pool') wanted.remembering.add(account)
  }
}

/** A set hands out what is added while it is walked through, so chains of merges are followed to their end. */
function addWinners(accounts: Set<number>, aliases: Aliases): void {
  for (const account of accounts) {
    const into = aliases.get(account)
    if (into !== undefined) accounts.add(into)
  }
}

function addAccount(accounts: Set<number>, found: FoundEntry | undefined): void {
  if (found?.account != null) accounts.add(found.account)
}

/** Adds the account that is named by our id or the business's own. */
function addRef(
  accounts: Set<number>,
  { ref, program }: Pick<Incoming, 'ref' | 'program'>,
  found: Map<string, FoundEntry>,
): void {
  if (ref.by === 'id') accounts.add(ref.id)
  if (ref.by === 'external') addAccount(accounts, found.get(entryKey(program.number, KIND.external, ref.value)))
  if (ref.by === 'voucher') addAccount(accounts, found.get(entryKey(program.number, KIND.voucher, ref.code)))
}

/** Whether an activity may ask which points have expired. Whatever expires does so at the beginning of a day. */
export function asksExpired(live: LiveProgram, activity: Activity, isHistory = false): boolean {
  const program = currentProgram(live)
  let late: boolean | undefined
  for (const feature of program.features) {
    if (feature.asksExpired === undefined) continue
    late ??= isHistory || localDay(program.zone, activity.occurred_at) < localDay(program.zone, nowOf(live))
    if (feature.asksExpired(activity, program, late)) return true
  }
  return false
}

function activityOf({ type, body, occurredMs }: Exclude<Incoming, { type: 'wake' }>): Activity {
  return { type, body, occurred_at: occurredMs } as Activity
}

function addAwaited(wanted: Wanted, program: number, key: string, found: FoundEntry | undefined): void {
  if (found !== undefined && found.activity === null)
    wanted.orders.set(entryKey(program, KIND.key, key), { program, key })
}

function idArrays(ids: Iterable<number>): [Buffer, Buffer] {
  const distinct = [...new Set(ids)]
  return [smallintArray(distinct.map(stripeOf)), bigintArray(distinct)]
}

async function lockAccounts(queries: Queries, ids: Set<number>): Promise<Loaded['accounts']> {
  if (ids.size === 0) return new Map()
  const { rows } = await queries.query<{
    id: number
    program: number
    seq: number
    last: number
    head: Buffer
    state: string
  }>(LOCK, idArrays(ids))
  return new Map(rows.map((row) => [row.id, row]))
}

async function readReceipts(queries: Queries, ids: number[]): Promise<Loaded['receipts']> {
  if (ids.length === 0) return new Map()
  const { rows } = await queries.query<{
    id: number
    revision: number
    occurred_ms: number
    body: string
    frozen: string
    returned: string | null
  }>(RECEIPTS, idArrays(ids))
  return new Map(
    rows.map((row) => {
      const body = JSON.parse(row.body) as OrderBody
      const frozen = decodeFrozen(row.frozen)
      const returned =
        row.returned === null ? nothingReturned(body.lines.length) : (JSON.parse(row.returned) as Returned)
      return [
        row.id,
        { activity: row.id, revision: row.revision, occurred_at: row.occurred_ms, body, frozen, returned },
      ]
    }),
  )
}

async function readSales(queries: Queries, ids: number[]): Promise<Pick<Loaded, 'sales' | 'storedSales'>> {
  const sales: Loaded['sales'] = new Map()
  const storedSales: Loaded['storedSales'] = new Map()
  if (ids.length === 0) return { sales, storedSales }
  const { rows } = await queries.query<SaleRow>(SALES, idArrays(ids))
  for (const row of rows) {
    const sale = storedSale(row)
    storedSales.set(row.id, sale)
    const returned = row.returned === null ? null : (JSON.parse(row.returned) as Returned)
    if (row.type === 'order') sales.set(row.id, { body: sale.body as OrderBody, returned })
  }
  return { sales, storedSales }
}

export interface SaleRow {
  id: number
  type: 'order' | 'return' | 'cancel'
  key: string
  occurred_ms: number
  recorded_ms: number
  body: string
  outcome: string
  returned: string | null
}

export function storedSale(row: SaleRow): StoredSale {
  const { id, type, key, occurred_ms: occurredMs, recorded_ms: recordedMs } = row
  return { id, type, key, occurredMs, recordedMs, body: JSON.parse(row.body), outcome: JSON.parse(row.outcome) }
}

/** Activities as the ledger has them, with their postings. */
export async function readActivities(queries: Queries, ids: readonly number[]): Promise<Map<number, StoredActivity>> {
  const stored = new Map<number, StoredActivity>()
  if (ids.length === 0) return stored
  const arrays = idArrays(ids)
  const [activities, postings] = await Promise.all([
    queries.query<ActivityColumns>(ACTIVITIES, arrays),
    queries.query<PostingColumns>(POSTINGS, arrays),
  ])
  for (const row of activities.rows) stored.set(row.id, storedActivity(row))
  for (const row of postings.rows) stored.get(row.activity)?.postings.push(storedPosting(row))
  return stored
}

export interface ActivityColumns {
  id: number
  account: number
  seq: number
  type: Activity['type']
  key: string
  occurred_ms: number
  recorded_ms: number
  revision: number
  body: string | null
  frozen: string | null
  outcome: string
}

export interface PostingColumns {
  activity: number
  place: number
  wallet: string
  from_bucket: StoredPosting['from']
  to_bucket: StoredPosting['to']
  points: number
  kind: string | null
  month: number | null
  release_ms: number | null
  expiry_ms: number | null
  rule: string | null
  line: string | null
  reverses: number | null
}

export function storedActivity(row: ActivityColumns): StoredActivity {
  const { id, account, seq, type, key, revision } = row
  return {
    id,
    account,
    seq,
    type,
    key,
    occurredMs: row.occurred_ms,
    recordedMs: row.recorded_ms,
    revision,
    body: row.body === null ? null : JSON.parse(row.body),
    shares: row.frozen === null ? null : decodeFrozen(row.frozen).shares,
    outcome: JSON.parse(row.outcome),
    postings: [],
  }
}

export function storedPosting(row: PostingColumns): StoredPosting {
  const { place, wallet, points, kind, month, rule, line, reverses } = row
  return {
    place,
    wallet,
    from: row.from_bucket,
    to: row.to_bucket,
    points,
    kind,
    month,
    releaseMs: row.release_ms,
    expiryMs: row.expiry_ms,
    rule,
    line,
    reverses,
  }
}

async function readWaiting(queries: Queries, wanted: Wanted['orders'], stripes: number): Promise<WaitingReturn[]> {
  if (wanted.size === 0) return []
  const orders = [...wanted.values()]
  const arrays = [
    smallintArray(orders.map(({ key }) => stripeOfText(key, stripes))),
    smallintArray(orders.map(({ program }) => program)),
    textArray(orders.map(({ key }) => key)),
  ]
  const [held, waiting] = await Promise.all([
    queries.query(AWAITED, arrays),
    queries.query<{
      program: number
      order_key: string
      key: string
      type: 'return' | 'cancel'
      occurred_ms: number
      body: string
    }>(WAITING, arrays),
  ])
  if (held.rows.length < orders.length) throw new Overtaken()
  return waiting.rows.map(({ program, order_key: orderKey, key, type, occurred_ms: occurredMs, body }) => ({
    program,
    orderKey,
    key,
    type,
    occurredMs,
    body,
  }))
}

/** What was found has changed before it was locked; the same once more finds what it is now. */
export class Overtaken extends Error {
  /** PostgreSQL's code for it. */
  readonly code = '40001'

  constructor() {
    super('Another batch was quicker')
    this.name = 'Overtaken'
  }
}

export async function readExpired(queries: Queries, accounts: ReadonlySet<number>): Promise<Loaded['expired']> {
  const expired: Loaded['expired'] = new Map([...accounts].map((id) => [id, new Map()]))
  if (accounts.size === 0) return expired
  const { rows } = await queries.query<{ account: number; lot: string; points: number }>(EXPIRED, idArrays(accounts))
  for (const { account, lot, points } of rows) expired.get(account)!.set(lot, points)
  return expired
}

async function readVouchers(queries: Queries, wanted: Wanted['vouchers']): Promise<Loaded['vouchers']> {
  if (wanted.length === 0) return new Map()
  const { rows } = await queries.query<VoucherRow & { program: number; code: string }>(VOUCHERS, [
    smallintArray(wanted.map(({ activity }) => stripeOf(activity))),
    bigintArray(wanted.map(({ activity }) => activity)),
    textArray(wanted.map(({ code }) => code)),
  ])
  return new Map(
    rows.map(({ program, code, account, state }) => [entryKey(program, KIND.voucher, code), { account, state }]),
  )
}

/** In one order for everybody; whoever has claimed a card by then was quicker. */
async function lockPrinted(queries: Queries, wanted: Wanted['printed'], stripes: number): Promise<Loaded['printed']> {
  if (wanted.length === 0) return new Map()
  const { rows } = await queries.query<{ program: number; code: string; is_claimed: boolean }>(PRINTED, [
    smallintArray(wanted.map(({ code }) => stripeOfText(code, stripes))),
    smallintArray(wanted.map(({ program }) => program)),
    textArray(wanted.map(({ code }) => code)),
  ])
  return new Map(rows.map(({ program, code, is_claimed }) => [entryKey(program, KIND.voucher, code), is_claimed]))
}

/** Counters that the activities may take from are locked after the accounts, in the order of their names. */
async function lockClaims(queries: Queries, claimed: readonly Claimed[]): Promise<Loaded['claims']> {
  const wanted = new Set<string>()
  const claims: Loaded['claims'] = new Map()
  for (const { live, name } of claimed) if (!isPool(name)) wanted.add(`${live.number} ${name}`)
  if (wanted.size === 0) return claims
  const rows = [...wanted]
    .sort()
    .map((key) => [Number(key.slice(0, key.indexOf(' '))), key.slice(key.indexOf(' ') + 1)] as const)
  const arrays = [smallintArray(rows.map(([program]) => program)), textArray(rows.map(([, name]) => name))]
  const made = queries.query(
    `insert into claim (program, name) select * from unnest($1::smallint[], $2::text[]) on conflict do nothing`,
    arrays,
  )
  const locked = queries.query<{ program: number; name: string; used: number }>(
    `select c.program, c.name, c.used from unnest($1::smallint[], $2::text[]) as wanted (program, name)
     join claim c using (program, name) order by c.program, c.name for update of c`,
    arrays,
  )
  // Waited for together: where the connection breaks, both do.
  const [, { rows: counters }] = await Promise.all([made, locked])
  for (const { program, name, used } of counters) {
    if (!claims.has(program)) claims.set(program, new Map())
    claims.get(program)!.set(name, used)
  }
  return claims
}

interface Claimed {
  live: LiveProgram
  name: string
  times: number
}

/**
 * What the activities of a batch may take from, as often as each of them may; what falls due before any of them is
 * counted for each.
 */
function claimed(batch: readonly Incoming[]): Claimed[] {
  const found: Claimed[] = []
  const want = (live: LiveProgram, activity: Activity, times: number) => {
    const program = currentProgram(live)
    for (const feature of program.features)
      for (const name of feature.claims?.(activity, program) ?? []) found.push({ live, name, times })
  }
  const counts = new Map<LiveProgram, number>()
  for (const incoming of batch) {
    const { type, program, occurredMs: occurred_at } = incoming
    counts.set(program, (counts.get(program) ?? 0) + 1)
    if (type !== 'wake') want(program, { type, body: incoming.body, occurred_at } as Activity, 1)
  }
  for (const [live, times] of counts)
    want(live, { type: 'clock', body: {}, occurred_at: nowOf(live) } as Activity, times)
  return found
}

/** A pool of codes among the claims: see `Feature.claims`. */
function isPool(name: string): boolean {
  return name.startsWith(POOL_CLAIM)
}

/**
 * As many codes of each pool as the batch may hand out, locked last of all. Those that another batch has locked are
 * left out first; where that leaves too few, this one waits for what the other does not use. It has given back its own
 * before it waits, and everybody goes through the pools in one order, so no two wait for each other.
 */
async function lockCodes(queries: Queries, claimed: readonly Claimed[], stripes: number): Promise<Loaded['codes']> {
  const wanted = new Map<string, { program: number; pool: string; most: number }>()
  const codes: Loaded['codes'] = new Map()
  for (const { live, name, times } of claimed) {
    if (!isPool(name)) continue
    const pool = name.slice(POOL_CLAIM.length)
    const known = wanted.get(`${live.number} ${pool}`)
    if (known !== undefined) known.most += times
    else wanted.set(`${live.number} ${pool}`, { program: live.number, pool, most: times })
  }
  for (const [, { program, pool, most }] of [...wanted].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const values = [stripeOfText(pool, stripes), program, pool, most]
    await queries.query('savepoint codes')
    let { rows } = await queries.query<{ code: string }>(`${FREE_CODES} skip locked`, values)
    if (rows.length < most) {
      await queries.query('rollback to savepoint codes')
      rows = (await queries.query<{ code: string }>(FREE_CODES, values)).rows
    }
    if (!codes.has(program)) codes.set(program, new Map())
    codes.get(program)!.set(pool, rows.map(({ code }) => code).reverse())
  }
  return codes
}

const FREE_CODES = `select code from pool_code where stripe = $1 and program = $2 and pool = $3 and activity is null
  order by code limit $4 for update`
