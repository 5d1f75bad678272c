/** The ledger as tables: all that `regulars verify --export` needs to decide everything again, and what waits in it. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NEVER } from '../core/points.ts'
import { redemptionId } from './answers.ts'
import type { Queries } from './db.ts'
import type { ColumnType, Row } from './files/write.ts'
import { publicId } from './ids.ts'
import { currentProgram, type LiveProgram, nowOf, programAt } from './programs.ts'

/** A table of the export: a query of one program, whose number stands for `$1`, and the rows that it becomes. */
export interface LedgerTable {
  columns: Record<string, ColumnType>
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: each table's rows are those of its own query.
  row: (stored: any, live: LiveProgram) => Row
}

const mem = (id: number) => publicId('mem', id)
const act = (id: number | null) => (id === null || id === 0 ? null : publicId('act', id))
const hex = (bytes: Buffer | null) => bytes?.toString('hex') ?? null

/** A member without an id of the business's own is called by ours, so that orders and members still meet. */
export function nameOf(external: string | null, account: number): string {
  return external ?? mem(account)
}

/** Where the members of an account are found: every table of them says whose row it is. */
const NAMED = 'left join profile p on p.stripe = a.stripe and p.account = a.id'

const accounts: LedgerTable = {
  columns: {
    account: 'text',
    member: 'text',
    number: 'integer',
    last: 'text',
    head: 'text',
    state: 'text',
    due_at: 'time',
  },
  text: `select a.id, p.external_id, a.seq, a.last, a.head, a.state, d.due_ms from account a ${NAMED}
    left join due d on d.stripe = a.stripe and d.account = a.id where a.program = $1 order by a.id`,
  row: ({ id, external_id, seq, last, head, state, due_ms }) => ({
    account: mem(id),
    member: nameOf(external_id, id),
    number: seq,
    last: act(last),
    head: hex(head),
    state,
    due_at: due_ms,
  }),
}

const activities: LedgerTable = {
  columns: {
    activity: 'text',
    account: 'text',
    member: 'text',
    number: 'integer',
    previous: 'text',
    type: 'text',
    key: 'text',
    occurred_at: 'time',
    recorded_at: 'time',
    revision: 'integer',
    engine: 'integer',
    salt: 'text',
    body: 'text',
    body_hash: 'text',
    frozen: 'text',
    outcome: 'text',
    hash: 'text',
  },
  text: `select o.id, o.account, p.external_id, o.seq, o.prev, o.type, o.key, o.occurred_ms, o.recorded_ms, o.revision,
    o.engine, o.salt, o.body, o.body_hash, o.frozen, o.outcome, o.hash
    from activity o join account a on a.stripe = o.stripe and a.id = o.account ${NAMED}
    where a.program = $1 order by o.id`,
  row: ({ id, account, external_id, seq, prev, occurred_ms, recorded_ms, salt, body_hash, hash, ...same }) => ({
    ...same,
    activity: act(id),
    account: mem(account),
    member: nameOf(external_id, account),
    number: seq,
    previous: act(prev),
    occurred_at: occurred_ms,
    recorded_at: recorded_ms,
    salt: hex(salt),
    body_hash: hex(body_hash),
    hash: hex(hash),
  }),
}

/**
 * Points are in the wallet's smallest unit, `decimals` of which make the number that members read. `release` and `expiry`
 * are what is hashed (ms since 1970); the times beside them are for people.
 */
const postings: LedgerTable = {
  columns: {
    activity: 'text',
    place: 'integer',
    account: 'text',
    wallet: 'text',
    from: 'text',
    to: 'text',
    points: 'integer',
    decimals: 'integer',
    kind: 'text',
    month: 'text',
    available_at: 'time',
    expires_at: 'time',
    release: 'integer',
    expiry: 'integer',
    rule: 'text',
    line: 'text',
    reverses: 'text',
  },
  text: `select o.activity, o.place, o.account, o.wallet, o.from_bucket as from, o.to_bucket as to, o.points, o.kind,
    o.month, o.release_ms, o.expiry_ms, o.rule, o.line, o.reverses
    from posting o join account a on a.stripe = o.stripe and a.id = o.account where a.program = $1
    order by o.activity, o.place`,
  row: ({ activity, account, month, release_ms, expiry_ms, reverses, ...same }, live) => ({
    ...same,
    activity: act(activity),
    account: mem(account),
    decimals: decimalsOf(live, same.wallet),
    month: month === null ? null : nameOfMonth(month),
    available_at: release_ms === 0 || release_ms === NEVER ? null : release_ms,
    expires_at: expiry_ms,
    release: release_ms,
    expiry: expiry_ms,
    reverses: act(reverses),
  }),
}

const decimals = new WeakMap<LiveProgram, Map<string, number>>()

function decimalsOf(live: LiveProgram, wallet: string): number {
  const known = decimals.get(live)?.get(wallet)
  if (known !== undefined) return known
  const { wallets } = programAt(live, Number.MAX_SAFE_INTEGER)
  decimals.set(live, new Map(wallets.map((one) => [one.id, one.decimals])))
  return wallets.find(({ id }) => id === wallet)?.decimals ?? 0
}

/** `2026-05` for year × 12 + month − 1. */
function nameOfMonth(month: number): string {
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`
}

const redemptions: LedgerTable = {
  columns: {
    redemption: 'text',
    activity: 'text',
    place: 'integer',
    account: 'text',
    member: 'text',
    reward: 'text',
    wallet: 'text',
    quantity: 'integer',
    points: 'integer',
    captured_points: 'integer',
    status: 'text',
    expires_at: 'time',
  },
  text: `select r.activity, r.place, r.account, p.external_id, r.reward, r.wallet, r.quantity, r.points,
    r.captured_points, r.status, r.expires_ms
    from redemption r join account a on a.stripe = r.stripe and a.id = r.account ${NAMED}
    where a.program = $1 order by r.activity, r.place`,
  row: ({ activity, account, external_id, expires_ms, ...same }) => ({
    ...same,
    redemption: redemptionId(activity, same.place),
    activity: act(activity),
    account: mem(account),
    member: nameOf(external_id, account),
    expires_at: expires_ms,
  }),
}

const vouchers: LedgerTable = {
  columns: {
    activity: 'text',
    place: 'integer',
    account: 'text',
    member: 'text',
    code: 'text',
    reward: 'text',
    source: 'text',
    state: 'text',
    from: 'time',
    expires_at: 'time',
    ended: 'text',
  },
  text: `select v.activity, v.place, v.account, p.external_id, v.code, v.reward, v.source, v.state, v.from_ms, v.expires_ms,
    v.ended
    from voucher v left join profile p on p.stripe = v.account % 256 and p.account = v.account
    where v.program = $1 order by v.activity, v.place`,
  row: ({ activity, account, external_id, from_ms, expires_ms, ended, ...same }) => ({
    ...same,
    activity: act(activity),
    account: mem(account),
    member: nameOf(external_id, account),
    from: from_ms,
    expires_at: expires_ms,
    ended: act(ended),
  }),
}

const expired: LedgerTable = {
  columns: { account: 'text', lot: 'text', points: 'integer' },
  text: `select e.account, e.lot, e.points from expired_lot e join account a on a.stripe = e.stripe and a.id = e.account
    where a.program = $1 and e.points > 0 order by e.account, e.lot`,
  row: ({ account, ...same }) => ({ ...same, account: mem(account) }),
}

const returned: LedgerTable = {
  columns: { account: 'text', activity: 'text', returned: 'text' },
  text: `select o.account, r.activity, r.returned from remainder r join activity o on o.stripe = r.stripe and o.id = r.activity
    join account a on a.stripe = o.stripe and a.id = o.account where a.program = $1 order by r.activity`,
  row: ({ account, activity, ...same }) => ({ ...same, account: mem(account), activity: act(activity) }),
}

const adjustments: LedgerTable = {
  columns: {
    activity: 'text',
    decided: 'text',
    account: 'text',
    member: 'text',
    wallet: 'text',
    points: 'integer',
    status: 'text',
    requested_by: 'text',
    decided_by: 'text',
  },
  text: `select j.activity, j.decided, j.account, p.external_id, j.wallet, j.points, j.status, j.requested_by, j.decided_by
    from adjustment j join account a on a.stripe = j.stripe and a.id = j.account ${NAMED}
    where a.program = $1 order by j.activity`,
  row: ({ activity, decided, account, external_id, ...same }) => ({
    ...same,
    activity: act(activity),
    decided: act(decided),
    account: mem(account),
    member: nameOf(external_id, account),
  }),
}

/** What decisions told other accounts. `account` is the one that told it, of which awards have none. */
const forwarded: LedgerTable = {
  columns: {
    source: 'text',
    place: 'integer',
    account: 'text',
    to: 'text',
    type: 'text',
    body: 'text',
    occurred_at: 'time',
    number: 'integer',
    activity: 'text',
    refused: 'text',
  },
  text: `select source, place, origin, account, type, body, occurred_ms, seq, activity, refused from forwarded
    where program = $1 order by origin, seq, place`,
  row: ({ source, origin, account, occurred_ms, seq, activity, ...same }) => ({
    ...same,
    source: act(source),
    account: origin === 0 ? null : mem(origin),
    to: mem(account),
    occurred_at: occurred_ms,
    number: seq,
    activity: act(activity),
  }),
}

/** What members add to what is counted over all of them; `period` is its first local day, counted from 1970-01-01. */
const tallies: LedgerTable = {
  columns: { account: 'text', name: 'text', period: 'integer', count: 'integer' },
  text: 'select account, name, period, count from tally where program = $1 order by account, name, period',
  row: ({ account, ...same }) => ({ ...same, account: mem(account) }),
}

const referrals: LedgerTable = {
  columns: { account: 'text', friend: 'text', state: 'text', reason: 'text', until: 'integer', changed: 'integer' },
  text: `select referrer, friend, state, reason, until_ms, changed_ms from referral where program = $1
    order by referrer, friend`,
  row: ({ referrer, friend, until_ms, changed_ms, ...same }) => ({
    ...same,
    account: mem(referrer),
    friend: mem(friend),
    until: until_ms,
    changed: changed_ms,
  }),
}

const benefits: LedgerTable = {
  columns: {
    activity: 'text',
    place: 'integer',
    account: 'text',
    member: 'text',
    source: 'text',
    worth: 'integer',
  },
  text: `select b.activity, b.place, b.account, p.external_id, b.source, b.worth
    from benefit b join account a on a.stripe = b.stripe and a.id = b.account ${NAMED}
    where a.program = $1 order by b.activity, b.place`,
  row: ({ activity, account, external_id, ...same }) => ({
    ...same,
    activity: act(activity),
    account: mem(account),
    member: nameOf(external_id, account),
  }),
}

/** Returns whose order has not come, and orders that are not paid: they have moved nothing yet. */
const waiting: LedgerTable = {
  columns: { order_key: 'text', key: 'text', type: 'text', occurred_at: 'time', body: 'text' },
  text: `select order_key, key, type, occurred_ms, body from waiting_return where program = $1 order by order_key, key`,
  row: ({ occurred_ms, ...same }) => ({ ...same, occurred_at: occurred_ms }),
}

const drafts: LedgerTable = {
  columns: { order_id: 'text', member: 'text', status: 'text', updated_at: 'time', body: 'text' },
  text: `select external_id, member, status, updated_ms, body from draft_order where program = $1 order by external_id`,
  row: ({ external_id, updated_ms, ...same }) => ({ ...same, order_id: external_id, updated_at: updated_ms }),
}

/** `day` counts from 1970-01-01 in the program's zone. */
const roots: LedgerTable = {
  columns: {
    day: 'integer',
    accounts: 'integer',
    root: 'text',
    previous: 'text',
    sealed_at: 'time',
    public_key: 'text',
    signature: 'text',
  },
  text: `select day, accounts, root, previous, sealed_ms, public_key, signature from daily_root where program = $1 order by day`,
  row: ({ root, previous, sealed_ms, signature, ...same }) => ({
    ...same,
    root: hex(root),
    previous: hex(previous),
    sealed_at: sealed_ms,
    signature: signature.toString('base64'),
  }),
}

const heads: LedgerTable = {
  columns: { account: 'text', day: 'integer', number: 'integer', head: 'text' },
  text: `select account, day, seq, head from sealed_head where program = $1 order by day, account`,
  row: ({ account, day, seq, head }) => ({ account: mem(account), day, number: seq, head: hex(head) }),
}

/** By the names of their files. */
export const LEDGER_TABLES = {
  accounts,
  activities,
  postings,
  redemptions,
  vouchers,
  expired_lots: expired,
  returned_orders: returned,
  adjustments,
  forwarded,
  tallies,
  referrals,
  benefits,
  waiting_returns: waiting,
  drafts,
  roots,
  root_heads: heads,
} as const satisfies Record<string, LedgerTable>

/** The one file of an export that is no table: the program in every revision, who decided, and what the tables hold. */
export interface LedgerFile {
  format: 'regulars-export/1'
  program: string
  name: string
  mode: 'live' | 'test'
  currency: string
  timezone: string
  exported_at: number
  revisions: { number: number; effective_at: number; source: string }[]
  engines: { number: number; release: string; tzdata: string }[]
  /** By name: the file beside this one, and how many rows it has. */
  tables: Record<string, { file: string; rows: number }>
}

export const LEDGER_FILE = 'ledger.json'

export async function writeLedgerFile(
  queries: Queries,
  live: LiveProgram,
  dir: string,
  tables: LedgerFile['tables'],
): Promise<void> {
  const revisions = await queries.query<LedgerFile['revisions'][number]>(
    'select number, effective_ms as effective_at, source from revision where program = $1 order by number',
    [live.number],
  )
  const engines = await queries.query<LedgerFile['engines'][number]>(
    'select number, release, tzdata from engine_version order by number',
  )
  const { currency, zone } = currentProgram(live)
  const file: LedgerFile = {
    format: 'regulars-export/1',
    program: live.id,
    name: live.name,
    mode: live.mode,
    currency,
    timezone: zone.name,
    exported_at: nowOf(live),
    revisions: revisions.rows,
    engines: engines.rows,
    tables,
  }
  await writeFile(join(dir, LEDGER_FILE), `${JSON.stringify(file, null, 2)}\n`)
}
