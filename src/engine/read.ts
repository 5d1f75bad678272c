/** Reads of the ledger: members as of now, their time line, orders, redemptions and balances as they stood. */

import { type Account, decodeAccount } from '../core/account.ts'
import type { ActivityType } from '../core/activity.ts'
import { leadOf, nextDue, wake } from '../core/decide.ts'
import type { Deciding } from '../core/deciding.ts'
import type { Returned } from '../core/order.ts'
import { type Refusal, refuse } from '../core/refusal.ts'
import {
  memberAnswer,
  orderAnswer,
  type Profile,
  parseMember,
  parseRedemption,
  poolAnswer,
  postingsOf,
  redemptionAnswer,
  saleAnswer,
  voucherOf,
} from './answers.ts'
import { codesOf, NONE_FREE } from './codes.ts'
import type { Queries } from './db.ts'
import { findInDirectory, type Kind } from './directory.ts'
import { parseId, stripeOf } from './ids.ts'
import { type AccountRef, keys, type StoredActivity } from './incoming.ts'
import { readActivities, type SaleRow, storedSale } from './load.ts'
import { balancesOf, detailsOf, type Outcome, viewOf } from './outcome.ts'
import { currentProgram, envOf, type LiveProgram, nowOf, programAt } from './programs.ts'
import type { Member, OrderAnswer, Pool, Redemption } from './shapes.ts'

/** What reads need of the server. */
export interface Reading {
  database: Queries
  stripes: number
}

/** A page of a list; the cursor is opaque to callers. */
export interface Page<T> {
  data: T[]
  has_more: boolean
  next_cursor: string | null
}

export interface PageRequest {
  limit: number
  cursor?: string | undefined
}

/** The account that a member's name leads to; null when there is none in this program. */
export async function findAccount(reading: Reading, live: LiveProgram, ref: AccountRef): Promise<number | null> {
  if (ref.by === 'id') return ref.id
  if (ref.by !== 'external') return null
  return (await findInDirectory(reading.database, reading.stripes, live.number, 'external', ref.value))?.account ?? null
}

export function noMember(name: string, pointer?: string): Refusal {
  return refuse('not_found', `There is no member ${name}.`, pointer)
}

export interface AccountRow {
  id: number
  seq: number
  last: number
  state: string
}

const ACCOUNT = {
  name: 'read-account',
  text: 'select id, seq, last, state from account where stripe = $1 and id = $2 and program = $3',
}

export async function readAccount(reading: Reading, live: LiveProgram, id: number): Promise<AccountRow | null> {
  const { rows } = await reading.database.query<AccountRow>(ACCOUNT, [stripeOf(id), id, live.number])
  return rows[0] ?? null
}

export async function readAccounts(
  reading: Reading,
  live: LiveProgram,
  ids: readonly number[],
): Promise<Map<number, AccountRow>> {
  if (ids.length === 0) return new Map()
  const { rows } = await reading.database.query<AccountRow>(
    {
      name: 'read-accounts',
      text: `select a.id, a.seq, a.last, a.state from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, id)
        join account a using (stripe, id) where a.program = $3`,
    },
    [ids.map(stripeOf), [...ids], live.number],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/**
 * The account with all that fell due up to `until` decided in memory: what was not swept yet shows as if it had been.
 * Points that expired are kept apart from it, and come from whoever asks for them.
 */
export function awake(
  live: LiveProgram,
  row: Pick<AccountRow, 'id' | 'state' | 'seq'>,
  until: number,
  expired?: Account['expired'],
): { account: Account; decisions: Deciding[] } {
  const account = decodeAccount(row.state, row.seq)
  if (expired !== undefined) account.expired = expired
  account.due = nextDue(account, programAt(live, account.clock))
  const decisions: Deciding[] = []
  wake(
    envOf(live, until, () => 0, undefined, codesOf(live, row.id, NONE_FREE)),
    account,
    until,
    decisions,
  )
  return { account, decisions }
}

const PROFILE = `select p.account, p.external_id, p.name, p.email, p.phone, p.birthday, p.locale, p.alias, p.leaderboards, p.card_number,
  p.referral_code, p.joined_ms, p.status`

export async function readProfile(reading: Reading, account: number): Promise<Profile | null> {
  const { rows } = await reading.database.query<Profile>(
    { name: 'read-profile', text: `${PROFILE} from profile p where p.stripe = $1 and p.account = $2` },
    [stripeOf(account), account],
  )
  return rows[0] ?? null
}

/** The account that this one was merged into in the end; itself when it never was, or is not of this program. */
export async function winnerOf(reading: Reading, live: LiveProgram, account: number): Promise<number> {
  const row = await readAccount(reading, live, account)
  const into = row === null ? null : decodeAccount(row.state, row.seq).mergedInto
  return into === null ? account : winnerOf(reading, live, into)
}

/**
 * The account whose data a name asks for. Our own id names the account itself, also one that was merged; an id of the
 * business leads on, as cards and phones do: it stands for the person.
 */
export async function namedAccount(reading: Reading, live: LiveProgram, name: string): Promise<number | null> {
  const ref = parseMember(name)
  const account = ref === null ? null : await findAccount(reading, live, ref)
  return account === null || ref?.by === 'id' ? account : winnerOf(reading, live, account)
}

/** A member by our id or the business's own. */
export async function readMember(reading: Reading, live: LiveProgram, name: string): Promise<Member | Refusal> {
  const account = await namedAccount(reading, live, name)
  const [member] = account === null ? [] : await readMembers(reading, live, [account])
  return member ?? noMember(name)
}

/**
 * The account that decides for a member what is of this type: their own, or that of the household whose pool they
 * collect in. It is as of now, under the member's name.
 */
export async function readDecider(
  reading: Reading,
  live: LiveProgram,
  name: string,
  type: ActivityType,
): Promise<{ member: number; decider: number; account: Account } | Refusal> {
  const named = await namedAccount(reading, live, name)
  const member = named === null ? null : await winnerOf(reading, live, named)
  const row = member === null ? null : await readAccount(reading, live, member)
  if (member === null || row === null) return noMember(name)
  const own = awake(live, row, nowOf(live)).account
  const led = leadOf(own, type, currentProgram(live))
  if (led === null) return { member, decider: member, account: own }
  const decider = await winnerOf(reading, live, led.account)
  const leader = await readAccount(reading, live, decider)
  return { member, decider, account: awake(live, leader!, nowOf(live)).account }
}

/** Members in the order of the accounts that are asked for. */
export async function readMembers(reading: Reading, live: LiveProgram, accounts: readonly number[]): Promise<Member[]> {
  if (accounts.length === 0) return []
  const { rows } = await reading.database.query<Profile & { seq: number; state: string }>(
    {
      name: 'read-members',
      text: `${PROFILE}, a.seq, a.state
        from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, id)
        join account a using (stripe, id)
        join profile p on p.stripe = a.stripe and p.account = a.id
        where a.program = $3`,
    },
    [accounts.map(stripeOf), [...accounts], live.number],
  )
  const now = nowOf(live)
  const program = currentProgram(live)
  const byAccount = new Map<number, Member>()
  for (const row of rows) {
    const { account } = awake(live, { ...row, id: row.account }, now)
    const mergedInto = account.mergedInto === null ? null : await winnerOf(reading, live, account.mergedInto)
    const view = { ...viewOf(account, program, now), ...detailsOf(account, program, now) }
    byAccount.set(row.account, memberAnswer(row, balancesOf(account, program), view, mergedInto))
  }
  return accounts.flatMap((account) => byAccount.get(account) ?? [])
}

/**
 * The member that a phone, an e-mail address or a card belongs to, as a list of one or none. The card of a closed account
 * finds nobody, so that no till serves it; by phone and e-mail whoever wants to come back is found.
 */
export async function listByContact(
  reading: Reading,
  live: LiveProgram,
  kind: Kind,
  value: string,
): Promise<Page<Member>> {
  const found = await findInDirectory(reading.database, reading.stripes, live.number, kind, value)
  if (found?.account == null) return lastPage([])
  const members = await readMembers(reading, live, [await winnerOf(reading, live, found.account)])
  return lastPage(kind === 'card' ? members.filter(({ status }) => status === 'active') : members)
}

export function lastPage<T>(data: T[]): Page<T> {
  return { data, has_more: false, next_cursor: null }
}

/** Whoever is found by what a merged member was called is the one that they were merged into, once a page. */
export async function withWinners(reading: Reading, live: LiveProgram, members: readonly Member[]): Promise<Member[]> {
  if (members.every((member) => member.merged_into === null)) return [...members]
  const winners = await Promise.all(members.map((member) => winnerOf(reading, live, parseId('mem', member.id)!)))
  return readMembers(reading, live, [...new Set(winners)])
}

export function pageFrom<T>(data: T[], more: boolean, next: number | undefined): Page<T> {
  return more && next !== undefined
    ? { data, has_more: true, next_cursor: Buffer.from(String(next)).toString('base64url') }
    : lastPage(data)
}

export function readCursor(cursor: string): number | null {
  const text = Buffer.from(cursor, 'base64url').toString()
  return /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null
}

export function wrongCursor(): Refusal {
  return refuse('invalid', 'This is no cursor of this list: use `next_cursor` as it came.', '/query/cursor')
}

/** One activity of this program by its public id. */
export async function readActivity(
  reading: Reading,
  live: LiveProgram,
  name: string,
): Promise<StoredActivity | Refusal> {
  const id = parseId('act', name)
  const stored = id === null ? undefined : (await readActivities(reading.database, [id])).get(id)
  if (stored === undefined || (await readAccount(reading, live, stored.account)) === null)
    return refuse('not_found', `There is no activity ${name}.`)
  return stored
}

/** A household's pool, with those members who are left of the ones who came in. */
export async function readPool(reading: Reading, live: LiveProgram, name: string): Promise<Pool | Refusal> {
  const named = await namedAccount(reading, live, name)
  const [pool] = named === null ? [] : await readPools(reading, live, [await winnerOf(reading, live, named)])
  return pool ?? refuse('not_found', `There is no pool ${name}.`)
}

/** A pool as it was when somebody came in, or left: `source` is the activity of that member. */
export async function readPoolThen(reading: Reading, live: LiveProgram, source: StoredActivity): Promise<Pool> {
  const { account, outcome } = await readOther(reading, source)
  const listed = outcome.view['pool_members'] as Listed[]
  const left = await readWinners(
    reading,
    live,
    listed.map(([id]) => id),
  )
  const profile = (await readProfile(reading, account))!
  return poolAnswer(memberAnswer(profile, outcome.balances, outcome.view, null), named(listed, left))
}

/** A member of a pool, by the number under which the pool knows them, and whether they may earn and spend. */
type Listed = [id: number, earn: boolean, spend: boolean]

function named(listed: readonly Listed[], left: ReadonlyMap<number, number>): Listed[] {
  return listed.map(([id, earn, spend]) => [left.get(id)!, earn, spend])
}

/** The pools of a program, in an order that stays the same from page to page. */
export async function listPools(
  reading: Reading,
  live: LiveProgram,
  { limit, cursor }: PageRequest,
): Promise<Page<Pool> | Refusal> {
  const after = cursor === undefined ? 0 : readCursor(cursor)
  if (after === null) return wrongCursor()
  const { rows } = await reading.database.query<{ account: number }>(
    `select account from profile where is_pool and program = $1 and status not in ('merged', 'erased')
       and (stripe, account) > ($2, $3) order by stripe, account limit $4`,
    [live.number, stripeOf(after), after, limit + 1],
  )
  const accounts = rows.slice(0, limit).map(({ account }) => account)
  return pageFrom(await readPools(reading, live, accounts), rows.length > limit, accounts.at(-1))
}

/** Those of the accounts that are pools. */
async function readPools(reading: Reading, live: LiveProgram, accounts: readonly number[]): Promise<Pool[]> {
  const rows = await readAccounts(reading, live, accounts)
  const members = await readMembers(reading, live, accounts)
  const now = nowOf(live)
  const pools = members.flatMap((member) => {
    const view = viewOf(awake(live, rows.get(parseId('mem', member.id)!)!, now).account, currentProgram(live), now)
    const listed = view['pool_members'] as Listed[] | undefined
    return listed === undefined ? [] : [{ member, listed }]
  })
  const left = await readWinners(
    reading,
    live,
    pools.flatMap(({ listed }) => listed.map(([id]) => id)),
  )
  return pools.map(({ member, listed }) => poolAnswer(member, named(listed, left)))
}

/** Whom each of the accounts was merged into in the end. */
async function readWinners(
  reading: Reading,
  live: LiveProgram,
  accounts: readonly number[],
): Promise<Map<number, number>> {
  const rows = await readAccounts(reading, live, accounts)
  const winners = new Map<number, number>()
  for (const account of accounts) {
    const row = rows.get(account)
    const into = row === undefined ? null : decodeAccount(row.state, row.seq).mergedInto
    winners.set(account, into === null ? account : await winnerOf(reading, live, into))
  }
  return winners
}

/** What an activity that concerns two accounts did on the other one. */
export async function readOther(reading: Reading, { outcome }: StoredActivity): Promise<StoredActivity> {
  const { activity } = outcome.other!
  return (await readActivities(reading.database, [activity])).get(activity)!
}

/**
 * An order as it stands: a member's activity or an anonymous sale, with what has come back of it. Null when there is
 * none, or when it went with the person who bought it.
 */
export async function readOrder(reading: Reading, live: LiveProgram, external: string): Promise<OrderAnswer | null> {
  const find = (key: string) => findInDirectory(reading.database, reading.stripes, live.number, 'key', key)
  const found = await find(keys.order(external))
  if (found === null || found.activity === null) return null
  const cancelled = (await find(keys.cancel(external))) !== null
  const status = cancelled ? 'cancelled' : 'paid'
  if (found.account === null) return readSale(reading, found.activity, status)
  const [stored, returned] = await Promise.all([
    readActivities(reading.database, [found.activity]),
    reading.database.query<{ returned: string }>('select returned from remainder where stripe = $1 and activity = $2', [
      stripeOf(found.activity),
      found.activity,
    ]),
  ])
  const row = returned.rows[0]
  const order = stored.get(found.activity)!
  if (order.body === null) return null
  return orderAnswer(order, live, {
    status,
    returned: row === undefined ? null : (JSON.parse(row.returned) as Returned),
  })
}

async function readSale(reading: Reading, id: number, status: 'paid' | 'cancelled'): Promise<OrderAnswer> {
  const { rows } = await reading.database.query<SaleRow>(
    `select id, type, key, occurred_ms, recorded_ms, body, outcome, returned from sale where stripe = $1 and id = $2`,
    [stripeOf(id), id],
  )
  const row = rows[0]!
  const returned = row.returned === null ? null : (JSON.parse(row.returned) as Returned)
  return saleAnswer(storedSale(row), { status, returned })
}

/** Whether the order was paid: a member's or an anonymous one. */
export async function isPaid(reading: Reading, live: LiveProgram, external: string): Promise<boolean> {
  const found = await findInDirectory(reading.database, reading.stripes, live.number, 'key', keys.order(external))
  // An order that returns wait for has an entry, too, which leads nowhere yet.
  return found !== null && found.activity !== null
}

interface RedemptionRow {
  activity: number
  place: number
  account: number
  reward: string
  wallet: string
  quantity: number
  points: number
  to_pay: number
  captured_points: number
  status: 'held' | 'captured' | 'voided' | 'expired' | 'returned'
  expires_ms: number | null
}

/** A redemption as it stands, with every posting that it caused. */
export async function readRedemption(reading: Reading, live: LiveProgram, name: string): Promise<Redemption | Refusal> {
  const wanted = parseRedemption(name)
  const row = wanted === null ? undefined : await redemptionRow(reading, live, wanted)
  if (row === undefined) return refuse('not_found', `There is no redemption ${name}.`)
  const { expires_ms, account, ...redemption } = row
  const timedOut = row.status === 'held' && expires_ms !== null && expires_ms <= nowOf(live)
  const touched = (await activitiesSince(reading, live, account, row.activity)).filter(({ outcome }) =>
    outcome.redemptions?.some(({ activity, place }) => activity === row.activity && place === row.place),
  )
  const postings = touched.flatMap((stored) => postingsOf(stored, live, ({ rule }) => rule === row.reward))
  const status = timedOut ? 'expired' : row.status
  const owner = await winnerOf(reading, live, account)
  return redemptionAnswer({ ...redemption, status, expires_at: expires_ms }, owner, postings, voucherOf(row, touched))
}

async function redemptionRow(
  reading: Reading,
  live: LiveProgram,
  { activity, place }: { activity: number; place: number },
): Promise<RedemptionRow | undefined> {
  const { rows } = await reading.database.query<RedemptionRow>(
    `select activity, place, account, reward, wallet, quantity, points, to_pay, captured_points, status, expires_ms
     from redemption where stripe = $1 and activity = $2 and place = $3 and program = $4`,
    [stripeOf(activity), activity, place, live.number],
  )
  return rows[0]
}

/**
 * The activities from one of them on that touched redemptions, the first one first: those of its account, and of the one
 * that it was merged into.
 */
async function activitiesSince(
  reading: Reading,
  live: LiveProgram,
  account: number,
  first: number,
): Promise<StoredActivity[]> {
  const ids = await touching(reading, account, first)
  let next = await mergeOf(reading, live, account)
  while (next !== null) {
    ids.push(...(await touching(reading, next.account, next.activity)))
    next = await mergeOf(reading, live, next.account)
  }
  const stored = await readActivities(reading.database, ids)
  return ids.map((id) => stored.get(id)!)
}

/** The activities of one account that touched redemptions, back to a certain one, which comes first. */
async function touching(reading: Reading, account: number, first: number): Promise<number[]> {
  const { rows } = await reading.database.query<{ id: number }>(
    `with recursive line (id, prev, touches) as (
       select a.id, a.prev, a.outcome like '%"redemptions":%' from account c
       join activity a on a.stripe = c.stripe and a.id = c.last where c.stripe = $1 and c.id = $2
       union all
       select a.id, a.prev, a.outcome like '%"redemptions":%'
       from line join activity a on a.stripe = $1 and a.id = line.prev where line.id <> $3
     ) select id from line where touches or id = $3`,
    [stripeOf(account), account, first],
  )
  return rows.map(({ id }) => id).reverse()
}

/** The account that this one was merged into, and the activity there that did it. */
async function mergeOf(
  reading: Reading,
  live: LiveProgram,
  account: number,
): Promise<NonNullable<Outcome['other']> | null> {
  const row = await readAccount(reading, live, account)
  if (row === null || decodeAccount(row.state, row.seq).mergedInto === null) return null
  return (await readActivities(reading.database, [row.last])).get(row.last)?.outcome.other ?? null
}
