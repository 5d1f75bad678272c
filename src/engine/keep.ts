/** What a batch writes: one set-based statement for the ledger, and one for each thing that only some batches have. */

import { encodeAccount } from '../core/account.ts'
import { canonical } from '../core/canonical.ts'
import { NEVER } from '../core/points.ts'
import { bigintArray, byteaArray, intArray, smallintArray, textArray } from './arrays.ts'
import type { Entry, Rows } from './batch.ts'
import { BigintColumn, ByteaColumn, IntColumn, SmallintColumn, TextColumn } from './columns.ts'
import type { Queries } from './db.ts'
import { KIND } from './directory.ts'
import { stripeOf, stripeOfText } from './ids.ts'
import { HASH_LENGTH } from './proof.ts'

/** Accounts, activities, postings and directory entries: what every batch has. */
const LEDGER = {
  name: 'keep-ledger',
  text: `with changed as (
      update account a set seq = n.seq, last = n.last, head = n.head, state = n.state
      from unnest($1::smallint[], $2::bigint[], $3::integer[], $4::bigint[], $5::bytea[], $6::text[])
        as n (stripe, id, seq, last, head, state)
      where a.stripe = n.stripe and a.id = n.id
    ), decided as (
      insert into activity (stripe, id, account, seq, prev, type, key, occurred_ms, recorded_ms, revision, body, salt,
        frozen, outcome, hash, engine)
      select n.*, $7::smallint
      from unnest($8::smallint[], $9::bigint[], $10::bigint[], $11::integer[], $12::bigint[], $13::text[], $14::text[],
        $15::bigint[], $16::bigint[], $17::integer[], $18::text[], $19::bytea[], $20::text[], $21::text[], $22::bytea[])
        as n
    ), posted as (
      insert into posting (stripe, activity, place, account, wallet, from_bucket, to_bucket, points, kind, month,
        release_ms, expiry_ms, rule, line, reverses)
      select stripe, activity, place, account, wallet, from_bucket::bucket, to_bucket::bucket, points, kind, month,
        release_ms, expiry_ms, rule, line, reverses
      from unnest($23::smallint[], $24::bigint[], $25::smallint[], $26::bigint[], $27::text[], $28::text[], $29::text[],
        $30::bigint[], $31::text[], $32::integer[], $33::bigint[], $34::bigint[], $35::text[], $36::text[], $37::bigint[])
        as n (stripe, activity, place, account, wallet, from_bucket, to_bucket, points, kind, month, release_ms,
          expiry_ms, rule, line, reverses)
    )
    insert into directory (stripe, program, kind, value, account, activity)
    select * from unnest($38::smallint[], $39::smallint[], $40::smallint[], $41::text[], $42::bigint[], $43::bigint[])`,
}

/** What the rows do not say themselves. */
export interface Keeping {
  /** How many stripes the database has. */
  stripes: number
  /** The number of the engine that decided. */
  engine: number
}

/** Sends every statement of a batch; the caller waits for all of them. */
export function keep(queries: Queries, rows: Rows, { stripes, engine }: Keeping): Promise<unknown>[] {
  const sent: Promise<unknown>[] = []
  const send = (text: string, values: readonly unknown[]) =>
    sent.push(queries.query({ name: text.slice(0, 60), text }, values))
  if (rows.arrived.length > 0) forgetWaiting(send, rows, stripes)
  if (rows.left.length > 0) forgetContacts(send, rows, stripes)
  if (rows.newAccounts.length > 0) openAccounts(send, rows)
  sent.push(queries.query(LEDGER, ledgerValues(rows, stripes, engine)))
  keepDue(send, [...rows.newAccounts, ...rows.changedAccounts])
  keepExpired(send, [...rows.newAccounts, ...rows.changedAccounts])
  if (rows.profiles.length > 0) keepProfiles(send, rows)
  // Whoever is merged has first what the same batch had them add up.
  if (rows.tallies.length > 0) keepTallies(send, rows)
  if (rows.merged.length > 0) keepMerged(send, rows)
  keepStatus(send, rows)
  if (rows.redemptions.length > 0) keepRedemptions(send, rows)
  if (rows.vouchers.length > 0) keepVouchers(send, rows)
  if (rows.claimed.length > 0) keepClaimed(send, rows, stripes)
  if (rows.handedOut.length > 0) handOut(send, rows, stripes)
  if (rows.adjustments.length > 0) keepAdjustments(send, rows)
  if (rows.benefits.length > 0) keepBenefits(send, rows)
  if (rows.remainders.length > 0) keepRemainders(send, rows)
  if (rows.sales.length > 0) keepSales(send, rows)
  if (rows.soldReturned.length > 0) keepSoldReturned(send, rows)
  if (rows.waiting.length > 0) keepWaiting(send, rows, stripes)
  if (rows.claims.length > 0) keepClaims(send, rows)
  if (rows.messages.length > 0) keepMessages(send, rows)
  if (rows.forwarded.length > 0) send(INSERT_FORWARDED, forwardedValues(rows.forwarded))
  if (rows.referrals.length > 0) keepReferrals(send, rows)
  return sent
}

/** Whether a batch has anything to write: replays and refusals leave nothing. */
export function isEmpty(rows: Rows): boolean {
  return Object.values(rows).every((list: { length: number }) => list.length === 0)
}

type Send = (text: string, values: readonly unknown[]) => void

function ledgerValues(rows: Rows, stripes: number, engine: number): unknown[] {
  const { activities, postings } = rows.ledger.values()
  return [...changedAccounts(rows), engine, ...activities, ...postings, ...directoryEntries(rows, stripes)]
}

/** The length of most accounts' states, in bytes. */
const STATE_LENGTH = 400

function changedAccounts({ changedAccounts }: Rows): Buffer[] {
  const count = changedAccounts.length
  const stripes = new SmallintColumn(count)
  const ids = new BigintColumn(count)
  const seqs = new IntColumn(count)
  const lasts = new BigintColumn(count)
  const heads = new ByteaColumn(count, HASH_LENGTH)
  const states = new TextColumn(count, STATE_LENGTH)
  for (const { id, account, last, head } of changedAccounts) {
    stripes.push(stripeOf(id))
    ids.push(id)
    seqs.push(account.seq)
    lasts.push(last)
    heads.push(head)
    states.push(encodeAccount(account))
  }
  return [stripes, ids, seqs, lasts, heads, states].map((column) => column.done())
}

/** Sorted, so that two batches that enter the same key wait for each other and do not both wait. */
function directoryEntries({ directory }: Rows, stripes: number): Buffer[] {
  const placed = directory.map((row) => ({ row, stripe: stripeOfText(row.value, stripes) }))
  placed.sort(
    (a, b) =>
      a.stripe - b.stripe ||
      a.row.program - b.row.program ||
      a.row.kind - b.row.kind ||
      (a.row.value < b.row.value ? -1 : 1),
  )
  const count = placed.length
  const columns = {
    stripe: new SmallintColumn(count),
    program: new SmallintColumn(count),
    kind: new SmallintColumn(count),
    value: new TextColumn(count, 32),
    account: new BigintColumn(count),
    activity: new BigintColumn(count),
  }
  for (const { row, stripe } of placed) {
    columns.stripe.push(stripe)
    columns.program.push(row.program)
    columns.kind.push(row.kind)
    columns.value.push(row.value)
    columns.account.push(row.account)
    columns.activity.push(row.activity)
  }
  return Object.values(columns).map((column) => column.done())
}

function openAccounts(send: Send, { newAccounts }: Rows): void {
  send(
    `insert into account (stripe, id, program, seq, last, head, state)
     select * from unnest($1::smallint[], $2::bigint[], $3::smallint[], $4::integer[], $5::bigint[], $6::bytea[], $7::text[])`,
    [
      smallintArray(newAccounts.map(({ id }) => stripeOf(id))),
      bigintArray(newAccounts.map(({ id }) => id)),
      smallintArray(newAccounts.map(({ live }) => live.number)),
      intArray(newAccounts.map(({ account }) => account.seq)),
      bigintArray(newAccounts.map(({ last }) => last)),
      byteaArray(newAccounts.map(({ head }) => head)),
      textArray(newAccounts.map(({ account }) => encodeAccount(account))),
    ],
  )
}

/** When accounts want to be woken stands in a table of its own, touched only where it changes. */
function keepDue(send: Send, entries: readonly Entry[]): void {
  const changed = entries.filter(({ account, storedDue }) => account.due !== storedDue)
  const set = changed.filter(({ account }) => account.due !== NEVER)
  const gone = changed.filter(({ account }) => account.due === NEVER)
  if (set.length > 0)
    send(
      `insert into due (stripe, account, program, due_ms)
       select * from unnest($1::smallint[], $2::bigint[], $3::smallint[], $4::bigint[])
       on conflict (stripe, account) do update set due_ms = excluded.due_ms`,
      [
        smallintArray(set.map(({ id }) => stripeOf(id))),
        bigintArray(set.map(({ id }) => id)),
        smallintArray(set.map(({ live }) => live.number)),
        bigintArray(set.map(({ account }) => account.due)),
      ],
    )
  if (gone.length > 0)
    send(
      `delete from due d using unnest($1::smallint[], $2::bigint[]) as n (stripe, account)
       where d.stripe = n.stripe and d.account = n.account`,
      [smallintArray(gone.map(({ id }) => stripeOf(id))), bigintArray(gone.map(({ id }) => id))],
    )
}

/** Expired points are added to what is there: only an activity that asks, and has read them, takes any away. */
function keepExpired(send: Send, entries: readonly Entry[]): void {
  const changes: { account: number; lot: string; points: number }[] = []
  for (const { id, account, expiredBefore } of entries)
    for (const [lot, points] of account.expired) {
      const change = points - (expiredBefore?.get(lot) ?? 0)
      if (change !== 0) changes.push({ account: id, lot, points: change })
    }
  const values = (some: typeof changes) => [
    smallintArray(some.map(({ account }) => stripeOf(account))),
    bigintArray(some.map(({ account }) => account)),
    textArray(some.map(({ lot }) => lot)),
    bigintArray(some.map(({ points }) => points)),
  ]
  const more = changes.filter(({ points }) => points > 0)
  const fewer = changes.filter(({ points }) => points < 0)
  if (more.length > 0)
    send(
      `insert into expired_lot (stripe, account, lot, points)
       select * from unnest($1::smallint[], $2::bigint[], $3::text[], $4::bigint[])
       on conflict (stripe, account, lot) do update set points = expired_lot.points + excluded.points`,
      values(more),
    )
  if (fewer.length > 0)
    send(
      `update expired_lot e set points = e.points + n.points
       from unnest($1::smallint[], $2::bigint[], $3::text[], $4::bigint[]) as n (stripe, account, lot, points)
       where e.stripe = n.stripe and e.account = n.account and e.lot = n.lot`,
      values(fewer),
    )
}

function keepProfiles(send: Send, { profiles }: Rows): void {
  const texts = (of: (row: Rows['profiles'][number]) => string | undefined) =>
    textArray(profiles.map((row) => of(row) ?? null))
  send(
    `insert into profile (stripe, account, program, external_id, name, email, phone, birthday, locale, card_number,
       referral_code, joined_ms, is_pool, alias, leaderboards)
     select * from unnest($1::smallint[], $2::bigint[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[], $13::boolean[], $14::text[], $15::text[])
     on conflict (stripe, account) do update set
       name = coalesce(excluded.name, profile.name), email = coalesce(excluded.email, profile.email),
       phone = coalesce(excluded.phone, profile.phone), birthday = coalesce(excluded.birthday, profile.birthday),
       locale = coalesce(excluded.locale, profile.locale), alias = coalesce(excluded.alias, profile.alias),
       leaderboards = coalesce(excluded.leaderboards, profile.leaderboards),
       external_id = coalesce(excluded.external_id, profile.external_id),
       card_number = coalesce(nullif(excluded.card_number, ''), profile.card_number)`,
    [
      smallintArray(profiles.map(({ account }) => stripeOf(account))),
      bigintArray(profiles.map(({ account }) => account)),
      smallintArray(profiles.map(({ program }) => program)),
      texts(({ body }) => body.external_id),
      texts(({ body }) => body.name),
      texts(({ contacts }) => contacts.email),
      texts(({ contacts }) => contacts.phone),
      texts(({ body }) => body.birthday),
      texts(({ body }) => body.locale),
      texts(({ body, card, isNew }) => body.card_number ?? (isNew ? card : '')),
      texts(({ referral }) => referral),
      bigintArray(profiles.map(({ joinedMs }) => joinedMs)),
      profiles.map(({ isPool }) => isPool),
      texts(({ body }) => body.alias),
      texts(({ body }) => body.leaderboards),
    ],
  )
}

/** Who closed and who is open again; those who were merged or erased stay that. */
function keepStatus(send: Send, { changedAccounts }: Rows): void {
  const changed = changedAccounts.filter(({ account, storedClosed }) => account.closed !== storedClosed)
  if (changed.length === 0) return
  send(
    `update profile p set status = n.status from unnest($1::smallint[], $2::bigint[], $3::text[]) as n (stripe, account, status)
     where p.stripe = n.stripe and p.account = n.account and p.status in ('active', 'closed')`,
    [
      smallintArray(changed.map(({ id }) => stripeOf(id))),
      bigintArray(changed.map(({ id }) => id)),
      textArray(changed.map(({ account }) => (account.closed ? 'closed' : 'active'))),
    ],
  )
}

/** The entries of contacts that members changed: their stripe is a hash that SQL does not know, so all are asked. */
function forgetContacts(send: Send, { left }: Rows, stripes: number): void {
  send(
    `delete from directory d
     using unnest($1::smallint[], $2::bigint[], $3::smallint[]) as n (stripe, account, kind)
     join profile p using (stripe, account)
     where d.stripe between 0 and $4 and d.program = p.program and d.kind = n.kind and d.account = p.account
       and d.value = case n.kind when ${KIND.phone} then p.phone when ${KIND.email} then p.email
         when ${KIND.card} then p.card_number when ${KIND.external} then p.external_id end`,
    [
      smallintArray(left.map(({ account }) => stripeOf(account))),
      bigintArray(left.map(({ account }) => account)),
      smallintArray(left.map(({ kind }) => kind)),
      stripes - 1,
    ],
  )
}

/** Who is merged keeps their contacts, which lead to the other; the other gets what nobody had told of them. */
function keepMerged(send: Send, { merged }: Rows): void {
  const values = [
    smallintArray(merged.map(({ account }) => stripeOf(account))),
    bigintArray(merged.map(({ account }) => account)),
    smallintArray(merged.map(({ into }) => stripeOf(into))),
    bigintArray(merged.map(({ into }) => into)),
  ]
  send(
    `update profile w set name = coalesce(w.name, l.name), email = coalesce(w.email, l.email),
       phone = coalesce(w.phone, l.phone), birthday = coalesce(w.birthday, l.birthday),
       locale = coalesce(w.locale, l.locale), alias = coalesce(w.alias, l.alias),
       leaderboards = case l.leaderboards when 'hidden' then 'hidden' else coalesce(w.leaderboards, l.leaderboards) end
     from unnest($1::smallint[], $2::bigint[], $3::smallint[], $4::bigint[]) as n (stripe, account, winner_stripe, winner)
     join profile l on l.stripe = n.stripe and l.account = n.account
     where w.stripe = n.winner_stripe and w.account = n.winner`,
    values,
  )
  moveTallies(send, merged)
  send(
    `update profile l set status = 'merged' from unnest($1::smallint[], $2::bigint[]) as n (stripe, account)
     where l.stripe = n.stripe and l.account = n.account`,
    values.slice(0, 2),
  )
}

/** What both had added up is one part of the whole from now on, that of whoever is left at the end of the batch. */
function moveTallies(send: Send, merged: Rows['merged']): void {
  const winners = new Map(merged.map(({ account, into }) => [account, into]))
  const lastOf = (account: number): number => {
    const into = winners.get(account)
    return into === undefined ? account : lastOf(into)
  }
  const [stripes, accounts] = [
    smallintArray(merged.map(({ account }) => stripeOf(account))),
    bigintArray(merged.map(({ account }) => account)),
  ]
  const last = merged.map(({ into }) => lastOf(into))
  send(
    `insert into tally (stripe, account, program, name, period, count)
     select n.winner_stripe, n.winner, t.program, t.name, t.period, sum(t.count)
     from unnest($1::smallint[], $2::bigint[], $3::smallint[], $4::bigint[]) as n (stripe, account, winner_stripe, winner)
     join tally t on t.stripe = n.stripe and t.account = n.account group by 1, 2, 3, 4, 5
     on conflict (stripe, program, name, period, account) do update set count = tally.count + excluded.count`,
    [stripes, accounts, smallintArray(last.map(stripeOf)), bigintArray(last)],
  )
  send(
    `delete from tally t using unnest($1::smallint[], $2::bigint[]) as n (stripe, account)
     where t.stripe = n.stripe and t.account = n.account`,
    [stripes, accounts],
  )
}

function keepRedemptions(send: Send, rows: Rows): void {
  // Within a batch the last word on a redemption counts.
  const latest = new Map(rows.redemptions.map((row) => [`${row.redemption.activity} ${row.redemption.place}`, row]))
  const all = [...latest.values()]
  send(
    `insert into redemption (stripe, activity, place, account, program, reward, wallet, quantity, points,
       to_pay, captured_points, status, expires_ms)
     select * from unnest($1::smallint[], $2::bigint[], $3::smallint[], $4::bigint[], $5::smallint[], $6::text[],
       $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::text[], $13::bigint[])
     on conflict (stripe, activity, place) do update set quantity = excluded.quantity, to_pay = excluded.to_pay,
       captured_points = excluded.captured_points, status = excluded.status, expires_ms = excluded.expires_ms`,
    [
      // The stripe of the account that it began on, which may have been merged into another since.
      smallintArray(all.map(({ redemption }) => stripeOf(redemption.activity))),
      bigintArray(all.map(({ redemption }) => redemption.activity)),
      smallintArray(all.map(({ redemption }) => redemption.place)),
      bigintArray(all.map(({ account }) => account)),
      smallintArray(all.map(({ program }) => program)),
      textArray(all.map(({ redemption }) => redemption.reward)),
      textArray(all.map(({ redemption }) => redemption.wallet)),
      bigintArray(all.map(({ redemption }) => redemption.quantity)),
      bigintArray(all.map(({ redemption }) => redemption.points)),
      bigintArray(all.map(({ redemption }) => redemption.to_pay)),
      bigintArray(all.map(({ redemption }) => redemption.captured_points)),
      textArray(all.map(({ redemption }) => redemption.status)),
      bigintArray(all.map(({ redemption }) => redemption.expires_at)),
    ],
  )
}

function keepVouchers(send: Send, rows: Rows): void {
  const latest = new Map(rows.vouchers.map((row) => [`${row.change.activity} ${row.change.place}`, row]))
  const all = [...latest.values()]
  send(
    `insert into voucher (stripe, activity, place, account, program, code, reward, source, from_ms, expires_ms, state,
       ended)
     select * from unnest($1::smallint[], $2::bigint[], $3::smallint[], $4::bigint[], $5::smallint[], $6::text[],
       $7::text[], $8::text[], $9::bigint[], $10::bigint[], $11::text[], $12::bigint[])
     on conflict (stripe, activity, place) do update set account = excluded.account, expires_ms = excluded.expires_ms,
       state = excluded.state, ended = excluded.ended`,
    [
      // The stripe of the account that it was issued to, which may have been merged into another since.
      smallintArray(all.map(({ change }) => stripeOf(change.activity))),
      bigintArray(all.map(({ change }) => change.activity)),
      smallintArray(all.map(({ change }) => change.place)),
      bigintArray(all.map(({ account }) => account)),
      smallintArray(all.map(({ program }) => program)),
      textArray(all.map(({ change }) => change.code)),
      textArray(all.map(({ change }) => change.reward)),
      textArray(all.map(({ change }) => change.source)),
      bigintArray(all.map(({ change }) => change.from)),
      bigintArray(all.map(({ change }) => (change.expiry === NEVER ? null : change.expiry))),
      textArray(all.map(({ change }) => change.state)),
      bigintArray(all.map(({ ended }) => ended)),
    ],
  )
}

/** A card leads to whoever claimed it from now on. */
function keepClaimed(send: Send, { claimed }: Rows, stripes: number): void {
  const values = [
    smallintArray(claimed.map(({ code }) => stripeOfText(code, stripes))),
    smallintArray(claimed.map(({ program }) => program)),
    textArray(claimed.map(({ code }) => code)),
    bigintArray(claimed.map(({ activity }) => activity)),
    bigintArray(claimed.map(({ account }) => account)),
  ]
  send(
    `update printed_code c set activity = n.activity, account = n.account
     from unnest($1::smallint[], $2::smallint[], $3::text[], $4::bigint[], $5::bigint[])
       as n (stripe, program, code, activity, account)
     where (c.stripe, c.program, c.code) = (n.stripe, n.program, n.code)`,
    values,
  )
  send(LEAD_ON, values)
}

/** The entries of codes lead to the activities that gave them to somebody. */
const LEAD_ON = `update directory d set account = n.account, activity = n.activity
  from unnest($1::smallint[], $2::smallint[], $3::text[], $4::bigint[], $5::bigint[])
    as n (stripe, program, value, activity, account)
  where (d.stripe, d.program, d.kind, d.value) = (n.stripe, n.program, ${KIND.voucher}, n.value)`

/** Codes of pools are somebody's from now on; whoever keeps the pool is told once when few are left. */
function handOut(send: Send, { handedOut }: Rows, stripes: number): void {
  const programs = smallintArray(handedOut.map(({ program }) => program))
  const accounts = bigintArray(handedOut.map(({ account }) => account))
  const activities = bigintArray(handedOut.map(({ activity }) => activity))
  const codes = textArray(handedOut.map(({ code }) => code))
  send(
    `update pool_code c set activity = n.activity, account = n.account
     from unnest($1::smallint[], $2::smallint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])
       as n (stripe, program, pool, code, activity, account)
     where (c.stripe, c.program, c.pool, c.code) = (n.stripe, n.program, n.pool, n.code)`,
    [
      smallintArray(handedOut.map(({ pool }) => stripeOfText(pool, stripes))),
      programs,
      textArray(handedOut.map(({ pool }) => pool)),
      codes,
      activities,
      accounts,
    ],
  )
  const stripesOfCodes = smallintArray(handedOut.map(({ code }) => stripeOfText(code, stripes)))
  send(LEAD_ON, [stripesOfCodes, programs, codes, activities, accounts])
  send(
    `with taken as (
       select program, pool, count(*) as codes, max(account) as account, max(activity) as activity
       from unnest($1::smallint[], $2::text[], $3::bigint[], $4::bigint[]) as n (program, pool, account, activity)
       group by program, pool
     ), locked as (
       select p.program, p.id, t.codes, t.account, t.activity from code_pool p
       join taken t on t.program = p.program and t.pool = p.id order by p.program, p.id for update of p
     ), changed as (
       update code_pool p set free = p.free - l.codes from locked l where p.program = l.program and p.id = l.id
       returning p.program, p.id, p.free, p.low, l.codes, l.account, l.activity
     )
     insert into outbox (program, topic, account, activity, data, created_ms)
     select program, 'codes.low', account, activity, json_build_object('pool', id, 'left', free)::text,
       (extract(epoch from clock_timestamp()) * 1000)::bigint
     from changed where free < low and free + codes >= low`,
    [programs, textArray(handedOut.map(({ pool }) => pool)), accounts, activities],
  )
}

function keepAdjustments(send: Send, rows: Rows): void {
  const latest = new Map(rows.adjustments.map((row) => [row.adjustment.activity, row]))
  const all = [...latest.values()]
  send(
    `insert into adjustment (stripe, activity, decided, account, program, wallet, points, status, requested_by, decided_by)
     select * from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::smallint[], $6::text[],
       $7::bigint[], $8::text[], $9::text[], $10::text[])
     on conflict (stripe, activity) do update set decided = excluded.decided, status = excluded.status,
       decided_by = excluded.decided_by`,
    [
      // The member may have been merged since: the row stays where the activity is.
      smallintArray(all.map(({ adjustment }) => stripeOf(adjustment.activity))),
      bigintArray(all.map(({ adjustment }) => adjustment.activity)),
      bigintArray(all.map(({ decided }) => decided)),
      bigintArray(all.map(({ account }) => account)),
      smallintArray(all.map(({ program }) => program)),
      textArray(all.map(({ adjustment }) => adjustment.wallet)),
      bigintArray(all.map(({ adjustment }) => adjustment.points)),
      textArray(all.map(({ adjustment }) => adjustment.status)),
      textArray(all.map(({ adjustment }) => adjustment.requested_by)),
      textArray(all.map(({ adjustment }) => adjustment.decided_by)),
    ],
  )
}

function keepBenefits(send: Send, { benefits }: Rows): void {
  send(
    `insert into benefit (stripe, account, activity, place, program, source, worth)
     select * from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::smallint[], $6::text[],
       $7::bigint[])`,
    [
      smallintArray(benefits.map(({ account }) => stripeOf(account))),
      bigintArray(benefits.map(({ account }) => account)),
      bigintArray(benefits.map(({ activity }) => activity)),
      smallintArray(benefits.map(({ place }) => place)),
      smallintArray(benefits.map(({ program }) => program)),
      textArray(benefits.map(({ benefit }) => benefit.source)),
      bigintArray(benefits.map(({ benefit }) => benefit.worth)),
    ],
  )
}

function keepRemainders(send: Send, rows: Rows): void {
  const latest = new Map(rows.remainders.map((row) => [row.activity, row]))
  const all = [...latest.values()]
  send(
    `insert into remainder (stripe, activity, returned) select * from unnest($1::smallint[], $2::bigint[], $3::text[])
     on conflict (stripe, activity) do update set returned = excluded.returned`,
    [
      smallintArray(all.map(({ activity }) => stripeOf(activity))),
      bigintArray(all.map(({ activity }) => activity)),
      textArray(all.map(({ returned }) => JSON.stringify(returned))),
    ],
  )
}

function keepSales(send: Send, { sales }: Rows): void {
  send(
    `insert into sale (stripe, id, program, type, key, occurred_ms, recorded_ms, body, outcome)
     select * from unnest($1::smallint[], $2::bigint[], $3::smallint[], $4::text[], $5::text[], $6::bigint[],
       $7::bigint[], $8::text[], $9::text[])`,
    [
      smallintArray(sales.map(({ sale }) => stripeOf(sale.id))),
      bigintArray(sales.map(({ sale }) => sale.id)),
      smallintArray(sales.map(({ program }) => program)),
      textArray(sales.map(({ sale }) => sale.type)),
      textArray(sales.map(({ sale }) => sale.key)),
      bigintArray(sales.map(({ sale }) => sale.occurredMs)),
      bigintArray(sales.map(({ sale }) => sale.recordedMs)),
      textArray(sales.map(({ bodyText }) => bodyText)),
      textArray(sales.map(({ sale }) => JSON.stringify(sale.outcome))),
    ],
  )
}

function keepSoldReturned(send: Send, rows: Rows): void {
  const all = [...new Map(rows.soldReturned.map((row) => [row.id, row])).values()]
  send(
    `update sale s set returned = n.returned
     from unnest($1::smallint[], $2::bigint[], $3::text[]) as n (stripe, id, returned)
     where s.stripe = n.stripe and s.id = n.id`,
    [
      smallintArray(all.map(({ id }) => stripeOf(id))),
      bigintArray(all.map(({ id }) => id)),
      textArray(all.map(({ returned }) => JSON.stringify(returned))),
    ],
  )
}

function keepWaiting(send: Send, { waiting }: Rows, stripes: number): void {
  send(
    `insert into waiting_return (stripe, program, order_key, key, type, occurred_ms, body)
     select * from unnest($1::smallint[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[])`,
    [
      smallintArray(waiting.map(({ orderKey }) => stripeOfText(orderKey, stripes))),
      smallintArray(waiting.map(({ program }) => program)),
      textArray(waiting.map(({ orderKey }) => orderKey)),
      textArray(waiting.map(({ key }) => key)),
      textArray(waiting.map(({ type }) => type)),
      bigintArray(waiting.map(({ occurredMs }) => occurredMs)),
      textArray(waiting.map(({ body }) => body)),
    ],
  )
}

/** Returns whose order came wait no longer; their keys and the order's are entered again with what decided them. */
function forgetWaiting(send: Send, { arrived, met }: Rows, stripes: number): void {
  send(
    `delete from waiting_return w
     using unnest($1::smallint[], $2::smallint[], $3::text[], $4::text[]) as n (stripe, program, order_key, key)
     where (w.stripe, w.program, w.order_key, w.key) = (n.stripe, n.program, n.order_key, n.key)`,
    [
      smallintArray(arrived.map(({ orderKey }) => stripeOfText(orderKey, stripes))),
      smallintArray(arrived.map(({ program }) => program)),
      textArray(arrived.map(({ orderKey }) => orderKey)),
      textArray(arrived.map(({ key }) => key)),
    ],
  )
  const entered = [...arrived, ...met]
  send(
    `delete from directory d using unnest($1::smallint[], $2::smallint[], $3::text[]) as n (stripe, program, value)
     where d.stripe = n.stripe and d.program = n.program and d.kind = ${KIND.key} and d.value = n.value
       and d.activity is null`,
    [
      smallintArray(entered.map(({ key }) => stripeOfText(key, stripes))),
      smallintArray(entered.map(({ program }) => program)),
      textArray(entered.map(({ key }) => key)),
    ],
  )
}

function keepClaims(send: Send, rows: Rows): void {
  const sums = new Map<string, { program: number; name: string; amount: number }>()
  for (const { program, name, amount } of rows.claims) {
    const sum = sums.get(`${program} ${name}`)
    if (sum === undefined) sums.set(`${program} ${name}`, { program, name, amount })
    else sum.amount += amount
  }
  const all = [...sums.values()].sort((a, b) => a.program - b.program || (a.name < b.name ? -1 : 1))
  send(
    `update claim c set used = c.used + n.amount
     from unnest($1::smallint[], $2::text[], $3::bigint[]) as n (program, name, amount)
     where c.program = n.program and c.name = n.name`,
    [
      smallintArray(all.map(({ program }) => program)),
      textArray(all.map(({ name }) => name)),
      bigintArray(all.map(({ amount }) => amount)),
    ],
  )
}

function keepMessages(send: Send, { messages }: Rows): void {
  send(
    `insert into outbox (program, topic, account, activity, data, created_ms)
     select * from unnest($1::smallint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[])`,
    [
      smallintArray(messages.map(({ program }) => program)),
      textArray(messages.map(({ message }) => message.topic)),
      bigintArray(messages.map(({ account }) => account)),
      bigintArray(messages.map(({ activity }) => activity)),
      textArray(messages.map(({ message }) => JSON.stringify(message.data))),
      bigintArray(messages.map(({ atMs }) => atMs)),
    ],
  )
}

export const INSERT_FORWARDED = `insert into forwarded
    (stripe, source, place, origin, seq, program, account, type, body, occurred_ms)
  select * from unnest($1::smallint[], $2::bigint[], $3::smallint[], $4::bigint[], $5::integer[], $6::smallint[],
    $7::bigint[], $8::text[], $9::text[], $10::bigint[])`

export function forwardedValues(forwarded: Rows['forwarded']): unknown[] {
  return [
    smallintArray(forwarded.map(({ source }) => stripeOf(source))),
    bigintArray(forwarded.map(({ source }) => source)),
    smallintArray(forwarded.map(({ place }) => place)),
    bigintArray(forwarded.map(({ origin }) => origin)),
    intArray(forwarded.map(({ seq }) => seq)),
    smallintArray(forwarded.map(({ program }) => program)),
    bigintArray(forwarded.map(({ forward }) => forward.account)),
    textArray(forwarded.map(({ forward }) => forward.type)),
    textArray(forwarded.map(({ forward }) => canonical(forward.body))),
    bigintArray(forwarded.map(({ occurredMs }) => occurredMs)),
  ]
}

/** One row for all that a batch adds to the same, in one order for everybody. */
function keepTallies(send: Send, { tallies }: Rows): void {
  const sums = new Map<string, { account: number; program: number; name: string; period: number; change: number }>()
  for (const { account, program, tally } of tallies) {
    const { name, period, change } = tally
    const key = `${program} ${name} ${period} ${account}`
    const sum = sums.get(key)
    if (sum === undefined) sums.set(key, { account, program, name, period, change })
    else sum.change += change
  }
  const all = [...sums.values()].filter(({ change }) => change !== 0)
  if (all.length === 0) return
  all.sort((a, b) => a.account - b.account || (a.name < b.name ? -1 : a.name > b.name ? 1 : a.period - b.period))
  send(
    `insert into tally (stripe, program, name, period, account, count)
     select * from unnest($1::smallint[], $2::smallint[], $3::text[], $4::integer[], $5::bigint[], $6::bigint[])
     on conflict (stripe, program, name, period, account) do update set count = tally.count + excluded.count`,
    [
      smallintArray(all.map(({ account }) => stripeOf(account))),
      smallintArray(all.map(({ program }) => program)),
      textArray(all.map(({ name }) => name)),
      intArray(all.map(({ period }) => period)),
      bigintArray(all.map(({ account }) => account)),
      bigintArray(all.map(({ change }) => change)),
    ],
  )
}

function keepReferrals(send: Send, { referrals }: Rows): void {
  const latest = new Map(referrals.map((row) => [`${row.referral.by} ${row.referral.friend}`, row]))
  const all = [...latest.values()].sort(
    (a, b) => a.referral.by - b.referral.by || a.referral.friend - b.referral.friend,
  )
  send(
    `insert into referral (stripe, program, referrer, friend, state, reason, until_ms, changed_ms)
     select * from unnest($1::smallint[], $2::smallint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[],
       $7::bigint[], $8::bigint[])
     on conflict (stripe, referrer, friend) do update set state = excluded.state, reason = excluded.reason,
       until_ms = excluded.until_ms, changed_ms = excluded.changed_ms`,
    [
      // The stripe of the account whose code was named, which may have been merged into another since.
      smallintArray(all.map(({ referral }) => stripeOf(referral.by))),
      smallintArray(all.map(({ program }) => program)),
      bigintArray(all.map(({ referral }) => referral.by)),
      bigintArray(all.map(({ referral }) => referral.friend)),
      textArray(all.map(({ referral }) => referral.state)),
      textArray(all.map(({ referral }) => referral.reason)),
      bigintArray(all.map(({ referral }) => referral.until)),
      bigintArray(all.map(({ referral }) => referral.at)),
    ],
  )
}
