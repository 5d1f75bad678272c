/** The activities of all members of a program, the latest first. No index by time is needed: see decision 105. */

import type { ActivityType } from '../../core/activity.ts'
import { assert } from '../../core/assert.ts'
import { csvLine } from '../../core/csv.ts'
import { formatAmount } from '../../core/money.ts'
import { rulesOf } from '../../core/program.ts'
import type { Refusal } from '../../core/refusal.ts'
import { formatInstant, localDay, startOfDay } from '../../core/time.ts'
import { bigintArray, smallintArray, textArray } from '../../engine/arrays.ts'
import type { Queries } from '../../engine/db.ts'
import { readAhead, type Span } from '../../engine/figures/rows.ts'
import { publicId, stripeOf } from '../../engine/ids.ts'
import type { StoredActivity } from '../../engine/incoming.ts'
import { readActivities } from '../../engine/load.ts'
import { currentProgram, type LiveProgram } from '../../engine/programs.ts'
import { type Page, type PageRequest, type Reading, wrongCursor } from '../../engine/read.ts'

export interface ActivityFilter {
  /** Half-open, in ms. */
  from: number
  until: number
  types: readonly ActivityType[] | null
  /** Whether only those are told that began, used or ended a redemption. */
  redemptions: boolean
  /** What orders, visits and redemptions call the place; null for anywhere. */
  locations: readonly string[] | null
  /** Whoever is named with it: at the till, or by the key or the session. */
  staff: string | null
}

interface Place {
  occurred_ms: number
  id: number
}

/** How many days are read at once, from the latest backwards: more and more, so that quiet times are passed quickly. */
const MOST_DAYS = 32

export async function readProgramActivities(
  reading: Reading,
  live: LiveProgram,
  filter: ActivityFilter,
  { limit, cursor }: PageRequest,
): Promise<Page<StoredActivity> | Refusal> {
  const before = cursor === undefined ? { occurred_ms: filter.until, id: 0 } : readCursor(cursor)
  if (before === null) return wrongCursor()
  const places = await readPlaces(reading, live, filter, before, limit + 1)
  const shown = places.slice(0, limit)
  const stored = await readActivities(
    reading.database,
    shown.map(({ id }) => id),
  )
  const end = shown.at(-1)
  const more = places.length > limit && end !== undefined
  return {
    data: shown.map(({ id }) => stored.get(id)!),
    has_more: more,
    next_cursor: more ? Buffer.from(`${end.occurred_ms}.${end.id}`).toString('base64url') : null,
  }
}

/** A line for each posting, since points of several wallets may move at once; one without points where none moved. */
export async function* activitiesTable(
  reading: Reading,
  live: LiveProgram,
  filter: ActivityFilter,
): AsyncGenerator<string> {
  yield csvLine([
    'occurred_at',
    'type',
    'activity',
    'member',
    'name',
    'place',
    'staff',
    'wallet',
    'from',
    'to',
    'points',
  ])
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await readProgramActivities(reading, live, filter, { limit: 500, cursor })
    assert('data' in page, 'a list goes on from its own cursor')
    const names = await readNames(
      reading,
      page.data.map(({ account }) => account),
    )
    yield page.data.map((stored) => linesOf(stored, names.get(stored.account) ?? null, live)).join('')
    cursor = page.next_cursor ?? undefined
    more = page.has_more
  }
}

function linesOf(stored: StoredActivity, name: string | null, live: LiveProgram): string {
  const { id, account, type, occurredMs, body, postings } = stored
  const { location = null, staff = null, actor = null } = (body ?? {}) as Record<string, string | undefined>
  const who = [
    formatInstant(occurredMs),
    type,
    publicId('act', id),
    publicId('mem', account),
    name,
    location,
    staff ?? actor,
  ]
  if (postings.length === 0) return csvLine([...who, null, null, null, null])
  const { program } = live.revisions[stored.revision - 1]!
  return postings
    .map(({ wallet, from, to, points }) =>
      csvLine([...who, wallet, from, to, formatAmount(points, rulesOf(program, wallet).decimals)]),
    )
    .join('')
}

async function readPlaces(
  { database, stripes }: Reading,
  live: LiveProgram,
  filter: ActivityFilter,
  before: Place,
  most: number,
): Promise<Place[]> {
  const { zone } = currentProgram(live)
  // What was not added to the figures yet may be of any day, late as it may have come.
  const ahead = await readAhead(database, stripes)
  const places: Place[] = []
  const first = localDay(zone, filter.from)
  let last = localDay(zone, Math.min(before.occurred_ms, filter.until))
  for (let days = 1; last >= first && places.length < most; days = Math.min(days * 2, MOST_DAYS)) {
    const begin = Math.max(first, last - days + 1)
    const spans = unite([...(await readSpans(database, live, begin, last)), ...ahead])
    const from = Math.max(filter.from, startOfDay(zone, begin))
    const until = Math.min(filter.until, startOfDay(zone, last + 1))
    places.push(...(await readWithin(database, live, { ...filter, from, until }, spans, before, most - places.length)))
    last = begin - 1
  }
  return places
}

async function readSpans(queries: Queries, { number }: LiveProgram, first: number, last: number): Promise<Span[]> {
  const { rows } = await queries.query<Span>(
    'select distinct after_id as after, last_id as last from day_span where program = $1 and day between $2 and $3',
    [number, first, last],
  )
  return rows
}

/** Spans that do not touch, so that nothing is read twice. */
function unite(spans: readonly Span[]): Span[] {
  const united: Span[] = []
  for (const span of [...spans].sort((a, b) => a.after - b.after)) {
    const known = united.at(-1)
    if (known !== undefined && span.after <= known.last) known.last = Math.max(known.last, span.last)
    else united.push({ after: span.after, last: span.last })
  }
  return united
}

async function readWithin(
  queries: Queries,
  { number }: LiveProgram,
  { from, until, types, redemptions, locations, staff }: ActivityFilter,
  spans: readonly Span[],
  before: Place,
  most: number,
): Promise<Place[]> {
  const { rows } = await queries.query<Place>(
    `select a.occurred_ms, a.id from unnest($1::bigint[], $2::bigint[]) as span (after_id, last_id)
     join activity a on a.id > span.after_id and a.id <= span.last_id
     join account o on o.stripe = a.stripe and o.id = a.account
     where o.program = $3 and a.occurred_ms >= $4 and a.occurred_ms < $5 and (a.occurred_ms, a.id) < ($6, $7)
       and ($8::text[] is null or a.type = any ($8)) and (not $9 or a.outcome like '%"redemptions":%')
       and ($10::text[] is null or a.body::json ->> 'location' = any ($10))
       and ($11::text is null or $11 in (a.body::json ->> 'staff', a.body::json ->> 'actor'))
     order by a.occurred_ms desc, a.id desc limit $12`,
    [
      bigintArray(spans.map(({ after }) => after)),
      bigintArray(spans.map(({ last }) => last)),
      number,
      from,
      until,
      before.occurred_ms,
      before.id,
      types === null ? null : textArray(types),
      redemptions,
      locations === null ? null : textArray(locations),
      staff,
      most,
    ],
  )
  return rows
}

function readCursor(cursor: string): Place | null {
  const match = /^(\d{1,16})\.(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (match === null) return null
  const [occurred_ms, id] = [Number(match[1]), Number(match[2])]
  return Number.isSafeInteger(occurred_ms) && Number.isSafeInteger(id) ? { occurred_ms, id } : null
}

/** What the members are called whose activities they are, by account. */
export async function readNames(
  { database }: Reading,
  accounts: readonly number[],
): Promise<ReadonlyMap<number, string | null>> {
  const { rows } = await database.query<{ account: number; name: string | null }>(
    `select p.account, p.name from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, account)
     join profile p using (stripe, account)`,
    [smallintArray(accounts.map(stripeOf)), bigintArray(accounts)],
  )
  return new Map(rows.map(({ account, name }) => [account, name]))
}

/** What orders call the places of a shop; whoever names none that there is means a place. */
export async function locationsOf({ database }: Reading, { number }: LiveProgram, shop: string): Promise<string[]> {
  const { rows } = await database.query<{ location: string }>(
    'select location from shop_location where program = $1 and shop = $2',
    [number, shop],
  )
  return rows.length === 0 ? [shop] : rows.map(({ location }) => location)
}
