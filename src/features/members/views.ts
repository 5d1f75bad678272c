/** All that is known of a person, as one document, written piece by piece so that a long life needs no more memory. */

import type { OrderBody } from '../../core/activity.ts'
import type { Adjustment as DecidedAdjustment } from '../../core/deciding.ts'
import { priceOrder, type Returned } from '../../core/order.ts'
import { Refusal } from '../../core/refusal.ts'
import { formatDay, formatInstant } from '../../core/time.ts'
import {
  activityAnswer,
  adjustmentAnswer,
  parseRedemption,
  pricedOrder,
  redemptionsOf,
  shownSource,
} from '../../engine/answers.ts'
import { bigintArray, smallintArray, textArray } from '../../engine/arrays.ts'
import { publicId, stripeOf } from '../../engine/ids.ts'
import type { StoredActivity } from '../../engine/incoming.ts'
import { readActivities } from '../../engine/load.ts'
import { listNotes } from '../../engine/notes.ts'
import { eventOf, MESSAGE, type MessageRow } from '../../engine/outbox.ts'
import { readPerson } from '../../engine/person.ts'
import { type LiveProgram, nowOf } from '../../engine/programs.ts'
import { type Reading, readMembers } from '../../engine/read.ts'
import type { Adjustment, Member, MemberExport, Redemption, Referral } from '../../engine/shapes.ts'
import { readTimeLine } from '../../engine/time-line.ts'

/** Activities, orders and messages that are read at once. */
const PAGE = 100

/** A part of the document: a value, or a list that comes page by page. */
type Part = [name: keyof MemberExport, value: object | string | AsyncIterable<object[]>]

/** The document as text. Its member is there when it begins; a member who is gone by then is a mistake. */
export async function* exportText(reading: Reading, live: LiveProgram, account: number): AsyncGenerator<string> {
  yield '{'
  let isFirst = true
  for await (const [name, value] of partsOf(reading, live, account)) {
    yield `${isFirst ? '' : ','}${JSON.stringify(name)}:`
    if (typeof value === 'object' && Symbol.asyncIterator in value) yield* listText(value)
    else yield JSON.stringify(value)
    isFirst = false
  }
  yield '}'
}

async function* listText(pages: AsyncIterable<object[]>): AsyncGenerator<string> {
  let before = '['
  for await (const page of pages)
    if (page.length > 0) {
      yield before + page.map((one) => JSON.stringify(one)).join(',')
      before = ','
    }
  yield before === '[' ? '[]' : ']'
}

async function* partsOf(reading: Reading, live: LiveProgram, account: number): AsyncGenerator<Part> {
  const found = new Found(live)
  const [member] = await readMembers(reading, live, [account])
  yield ['exported_at', formatInstant(nowOf(live))]
  yield ['program', { id: live.id, name: live.name }]
  yield ['member', member!]
  yield ['activities', activities(reading, live, account, found)]
  yield ['in_pools', inPools(reading, live, account, found)]
  const accounts = [...found.accounts.add(account)]
  const merged = await readMembers(
    reading,
    live,
    accounts.filter((one) => one !== account),
  )
  yield ['merged', merged]
  yield ['orders', orders(reading, found)]
  yield ['drafts', await drafts(reading, live, [member!, ...merged])]
  yield ['redemptions', await redemptions(reading, live, found)]
  yield ['vouchers', await vouchers(reading, accounts)]
  yield ['adjustments', found.adjustments]
  yield ['notes', notes(reading, account)]
  yield ['consents', await consents(reading, accounts)]
  yield ['referrals', await referrals(reading, live, accounts)]
  yield ['counted', await counted(reading, live, accounts)]
  yield ['events', events(reading, live, accounts, found.pooled)]
}

/** What the activities, the latest first, say of other things: the first word on each of them is its last. */
class Found {
  readonly accounts = new Set<number>()
  /** Orders by their activities, and whether they were cancelled. */
  readonly orders: { activity: number; isCancelled: boolean }[] = []
  /** What pools decided. */
  readonly pooled: number[] = []
  readonly #live: LiveProgram
  readonly #cancelled = new Set<string>()
  readonly #redemptions = new Map<string, Redemption>()
  readonly #adjustments = new Map<number, { last: DecidedAdjustment; decided: StoredActivity | null }>()
  readonly adjustments: Adjustment[] = []

  constructor(live: LiveProgram) {
    this.#live = live
  }

  get redemptions(): Omit<Redemption, 'postings'>[] {
    return [...this.#redemptions.values()].map(({ postings: _, ...redemption }) => redemption)
  }

  add(stored: StoredActivity): void {
    this.accounts.add(stored.account)
    this.addOfPool(stored)
    for (const last of stored.outcome.adjustments ?? []) this.#addAdjustment(stored, last)
  }

  /** The account is not the person's own, but what was bought and redeemed is. */
  addOfPool(stored: StoredActivity): void {
    this.#addOrder(stored)
    for (const redemption of redemptionsOf(stored, this.#live))
      if (!this.#redemptions.has(redemption.id)) this.#redemptions.set(redemption.id, redemption)
  }

  #addOrder({ id, type, body }: StoredActivity): void {
    if (body === null) return
    if (type === 'cancel') this.#cancelled.add((body as { order: string }).order)
    if (type !== 'order') return
    this.orders.push({ activity: id, isCancelled: this.#cancelled.has((body as OrderBody).external_id) })
  }

  /** An adjustment is whole when the activity is reached that asked for it. */
  #addAdjustment(stored: StoredActivity, adjustment: DecidedAdjustment): void {
    const { activity } = adjustment
    const decided = adjustment.decided_by === null ? null : stored
    const known = this.#adjustments.get(activity) ?? { last: adjustment, decided }
    this.#adjustments.set(activity, known)
    if (activity === stored.id) this.adjustments.push(adjustmentAnswer(known.last, stored, known.decided, this.#live))
  }
}

async function* activities(
  reading: Reading,
  live: LiveProgram,
  account: number,
  found: Found,
): AsyncGenerator<MemberExport['activities']> {
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await readTimeLine(reading, live, account, { limit: PAGE, cursor })
    if (page instanceof Refusal) throw new Error(`the time line of an export goes on: ${page.detail}`)
    for (const stored of page.data) found.add(stored)
    yield page.data.map((one) => activityAnswer(one, live))
    cursor = page.next_cursor ?? undefined
    more = page.has_more
  }
}

/** What the pool of a household decided for the person. */
async function* inPools(
  reading: Reading,
  live: LiveProgram,
  account: number,
  found: Found,
): AsyncGenerator<MemberExport['in_pools']> {
  const { pooled } = await readPerson(reading.database, account)
  found.pooled.push(...pooled.map(({ id }) => id))
  for (let i = 0; i < pooled.length; i += PAGE) {
    const ids = found.pooled.slice(i, i + PAGE)
    const stored = await readActivities(reading.database, ids)
    const page = ids.map((id) => stored.get(id)!)
    for (const one of page) found.addOfPool(one)
    yield page.map((one) => activityAnswer(one, live))
  }
}

/** Orders as they stand, with what of each line can still be returned. */
async function* orders(reading: Reading, found: Found): AsyncGenerator<MemberExport['orders']> {
  for (let i = 0; i < found.orders.length; i += PAGE) {
    const some = found.orders.slice(i, i + PAGE)
    const ids = some.map(({ activity }) => activity)
    const [stored, returned] = await Promise.all([readActivities(reading.database, ids), readReturned(reading, ids)])
    yield some.flatMap(({ activity, isCancelled }) => {
      const { body, shares, account, occurredMs } = stored.get(activity)!
      // The person may be erased while the document is written.
      if (body === null) return []
      const order = body as OrderBody
      const since = { status: isCancelled ? 'cancelled' : 'paid', returned: returned.get(activity) ?? null } as const
      return pricedOrder(
        order,
        priceOrder(order, shares),
        publicId('mem', order.for_member ?? account),
        occurredMs,
        since,
      )
    })
  }
}

/** Redemptions as they stand: a hold that times out does so in an activity that is about nobody. */

async function vouchers({ database }: Reading, accounts: readonly number[]): Promise<MemberExport['vouchers']> {
  const { rows } = await database.query<{
    code: string
    reward: string
    source: string
    state: MemberExport['vouchers'][number]['state']
    from_ms: number
    expires_ms: number | null
  }>(
    `select code, reward, source, state, from_ms, expires_ms from voucher where account = any ($1::bigint[])
     order by activity desc, place desc`,
    [bigintArray(accounts)],
  )
  return rows.map(({ from_ms, expires_ms, source, ...same }) => ({
    ...same,
    source: shownSource(source),
    starts_at: formatInstant(from_ms),
    expires_at: expires_ms === null ? null : formatInstant(expires_ms),
  }))
}

async function redemptions(reading: Reading, live: LiveProgram, found: Found): Promise<MemberExport['redemptions']> {
  const known = found.redemptions.map((redemption) => ({ redemption, ...parseRedemption(redemption.id)! }))
  const { rows } = await reading.database.query<{ activity: number; place: number; status: Redemption['status'] }>(
    `select r.activity, r.place, case when r.status = 'returned' then 'voided'
       when r.status = 'held' and r.expires_ms <= $3 then 'expired' else r.status end as status
     from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, activity) join redemption r using (stripe, activity)`,
    [
      smallintArray(known.map(({ activity }) => stripeOf(activity))),
      bigintArray(known.map(({ activity }) => activity)),
      nowOf(live),
    ],
  )
  const now = new Map(rows.map(({ activity, place, status }) => [`${activity} ${place}`, status]))
  return known.map(({ redemption, activity, place }) => ({ ...redemption, status: now.get(`${activity} ${place}`)! }))
}

async function readReturned(reading: Reading, ids: readonly number[]): Promise<Map<number, Returned>> {
  const { rows } = await reading.database.query<{ activity: number; returned: string }>(
    `select r.activity, r.returned from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, activity)
     join remainder r using (stripe, activity)`,
    [smallintArray(ids.map(stripeOf)), bigintArray(ids)],
  )
  return new Map(rows.map(({ activity, returned }) => [activity, JSON.parse(returned) as Returned]))
}

async function drafts(reading: Reading, live: LiveProgram, members: readonly Member[]): Promise<object[]> {
  const names = members.flatMap(({ id, external_id }) => [
    id,
    ...(external_id === null ? [] : [`external:${external_id}`]),
  ])
  const { rows } = await reading.database.query<{ external_id: string; status: string; body: string }>(
    'select external_id, status, body from draft_order where program = $1 and member = any ($2::text[]) order by 1',
    [live.number, textArray(names)],
  )
  return rows.map(({ external_id, status, body }) => ({ external_id, status, body: JSON.parse(body).body }))
}

async function* notes({ database }: Reading, account: number): AsyncGenerator<MemberExport['notes']> {
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await listNotes(database, account, { limit: PAGE, cursor })
    if (page instanceof Refusal) throw new Error(`the notes of an export go on: ${page.detail}`)
    yield page.data
    cursor = page.next_cursor ?? undefined
    more = page.has_more
  }
}

async function consents({ database }: Reading, accounts: readonly number[]): Promise<MemberExport['consents']> {
  const { rows } = await database.query<{ given_ms: number; locale: string; text: string }>(
    `select c.given_ms, c.locale, c.text from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, account)
     join till_consent c using (stripe, account) order by c.given_ms, c.deed`,
    [smallintArray(accounts.map(stripeOf)), bigintArray(accounts)],
  )
  return rows.map(({ given_ms, locale, text }) => ({ given_at: formatInstant(given_ms), locale, text }))
}

/** From either side: as who brought somebody, and as who was brought. */
async function referrals(
  reading: Reading,
  live: LiveProgram,
  accounts: readonly number[],
): Promise<MemberExport['referrals']> {
  interface Row extends Pick<Referral, 'state' | 'reason'> {
    referrer: number
    friend: number
    until_ms: number | null
    changed_ms: number
  }
  const { rows } = await reading.database.query<Row>(
    `select referrer, friend, state, reason, until_ms, changed_ms from referral
     where program = $1 and (stripe, referrer) in (select * from unnest($2::smallint[], $3::bigint[]))
     union select referrer, friend, state, reason, until_ms, changed_ms from referral
     where program = $1 and friend = any ($3::bigint[]) order by friend, referrer`,
    [live.number, smallintArray(accounts.map(stripeOf)), bigintArray(accounts)],
  )
  return rows.map(({ referrer, friend, until_ms, changed_ms, ...same }) => ({
    ...same,
    referrer: publicId('mem', referrer),
    friend: publicId('mem', friend),
    until: until_ms === null ? null : formatInstant(until_ms),
    changed_at: formatInstant(changed_ms),
  }))
}

async function counted(
  reading: Reading,
  live: LiveProgram,
  accounts: readonly number[],
): Promise<MemberExport['counted']> {
  const { rows } = await reading.database.query<{ name: string; period: number; count: number }>(
    `select t.name, t.period, t.count from unnest($2::smallint[], $3::bigint[]) as wanted (stripe, account)
     join tally t using (stripe, account) where t.program = $1 and t.count <> 0 order by t.name, t.period`,
    [live.number, smallintArray(accounts.map(stripeOf)), bigintArray(accounts)],
  )
  return rows.map(({ name, period, count }) => ({ name, from: period === 0 ? null : formatDay(period), count }))
}

/** Messages about the person that webhooks were told, the first one first. */
async function* events(
  reading: Reading,
  live: LiveProgram,
  accounts: readonly number[],
  pooled: readonly number[],
): AsyncGenerator<MemberExport['events']> {
  for (let after = 0, more = true; more; ) {
    const { rows } = await reading.database.query<MessageRow>(
      `select ${MESSAGE} from outbox o
       where o.program = $1 and (o.account = any ($2::bigint[]) or o.activity = any ($3::bigint[])) and o.id > $4
       order by o.id limit $5`,
      [live.number, bigintArray(accounts), bigintArray(pooled), after, PAGE],
    )
    yield rows.map((row) => eventOf(row, live.id))
    after = rows.at(-1)?.message ?? after
    more = rows.length === PAGE
  }
}
