/** Draws as they stand, and the draw itself. */

import { type Refusal, refuse } from '../../core/refusal.ts'
import { formatDay, formatInstant } from '../../core/time.ts'
import { bigintArray, smallintArray, textArray } from '../../engine/arrays.ts'
import { award, type Drawn } from '../../engine/awards.ts'
import type { Queries } from '../../engine/db.ts'
import {
  commitmentOf,
  type DrawEntry,
  type DrawProof,
  digestOf,
  drawWinners,
  entryOf,
  saltOf,
  seedOf,
} from '../../engine/drawing.ts'
import { publicId, stripeOf } from '../../engine/ids.ts'
import { currentProgram, type LiveProgram, nowOf } from '../../engine/programs.ts'
import { namedAccount, noMember, type Reading, winnerOf } from '../../engine/read.ts'
import type { Draw } from '../../engine/shapes.ts'
import { readShownAs } from '../../engine/shown-as.ts'
import { allStripes } from '../../engine/standings.ts'
import { type DrawRules, drawsOf } from './rules.ts'

export async function listDraws(reading: Reading, live: LiveProgram): Promise<Draw[]> {
  return Promise.all(drawsOf(currentProgram(live)).map((draw) => answerOf(reading, live, draw, null)))
}

export async function readDraw(
  reading: Reading,
  live: LiveProgram,
  id: string,
  member?: string | undefined,
): Promise<Draw | Refusal> {
  const draw = drawNamed(live, id)
  if (draw === undefined) return noDraw(id)
  const named = member === undefined ? null : await namedAccount(reading, live, member)
  if (member !== undefined && named === null) return noMember(member, '/query/member')
  return answerOf(reading, live, draw, named === null ? null : await winnerOf(reading, live, named))
}

/** What the winners were drawn from, for whoever draws them again; refused while they are not drawn. */
export async function readDrawProof(reading: Reading, live: LiveProgram, id: string): Promise<DrawProof | Refusal> {
  const draw = drawNamed(live, id)
  if (draw === undefined) return noDraw(id)
  const held = await readHeld(reading.database, live, draw)
  if (held === null) return refuse('draw_open', `${draw.name} was not drawn yet.`)
  const { rows } = await reading.database.query<{ entry: string; count: number }>(
    `select entry, count from draw_entry where stripe = any ($1::smallint[]) and program = $2 and name = $3
     order by entry collate "C"`,
    [allStripes(reading.stripes), live.number, draw.tally],
  )
  const { seed, salt, digest, winners, reserves } = held.result
  return {
    program: live.id,
    draw: id,
    commitment: commitmentOf(seed),
    seed,
    salt,
    digest,
    winners: winners.map(({ entry }) => entry),
    reserves: reserves.map(({ entry }) => entry),
    entries: rows.map(({ entry, count }) => [entry, count]),
  }
}

export interface Holding {
  actor: string
  reason: string
  /** A seed of the business's own, where the program has its commitment. */
  seed: string | undefined
}

/** Draws the winners, once: in one transaction with the list of entries and the word to the winners. */
export async function holdDraw(
  queries: Queries,
  stripes: number,
  live: LiveProgram,
  id: string,
  { actor, reason, seed: given }: Holding,
): Promise<Refusal | null> {
  const draw = drawNamed(live, id)
  if (draw === undefined) return noDraw(id)
  const { name, end, lastDay, tally, prize, winners, reserves } = draw
  if (nowOf(live) < end) return refuse('draw_open', `Entries of ${name} come in until ${formatDay(lastDay)}.`)
  const seed = await seedFor(queries, live, draw, given)
  if (typeof seed !== 'string') return seed
  const salt = saltOf(seed)
  const rows = await readEntries(queries, stripes, live, draw)
  const entries = rows
    .map(({ account, count }) => ({ account, count, entry: entryOf(salt, publicId('mem', account)) }))
    .sort((a, b) => (a.entry < b.entry ? -1 : 1))
  const listed = entries.map(({ entry, count }): DrawEntry => [entry, count])
  const accounts = new Map(entries.map(({ entry, account }) => [entry, account]))
  const drawn = drawWinners(seed, listed, winners + reserves).map((one): Drawn => {
    return { ...one, account: accounts.get(one.entry)! }
  })
  const tickets = entries.reduce((sum, { count }) => sum + count, 0)
  const result: Result = {
    seed,
    salt,
    digest: digestOf(listed),
    members: entries.length,
    tickets,
    winners: drawn.slice(0, winners),
    reserves: drawn.slice(winners),
  }
  const told = result.winners.map(({ account }, i) => ({ account, place: i + 1, reward: prize }))
  const atMs = nowOf(live)
  const isFirst = await award(queries, {
    program: live,
    of: tally,
    period: 0,
    atMs,
    by: actor,
    reason,
    result,
    winners: told,
  })
  if (isFirst === 0) return refuse('draw_done', `${name} was drawn already.`)
  await queries.query(
    `insert into draw_entry (stripe, account, count, entry, program, name)
     select n.*, $5, $6 from unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::text[]) as n`,
    [
      smallintArray(entries.map(({ account }) => stripeOf(account))),
      bigintArray(entries.map(({ account }) => account)),
      bigintArray(entries.map(({ count }) => count)),
      textArray(entries.map(({ entry }) => entry)),
      live.number,
      tally,
    ],
  )
  return null
}

/** The one that was committed to, whoever made it. */
async function seedFor(
  queries: Queries,
  live: LiveProgram,
  { id, commitment }: DrawRules,
  given: string | undefined,
): Promise<string | Refusal> {
  if (commitment === null) {
    if (given === undefined) return ownSeed(queries, live, id)
    return refuse('invalid', 'The server has made the seed of this draw.', '/seed')
  }
  if (given !== undefined && commitmentOf(given) === commitment) return given
  return refuse('invalid', 'This is not the seed whose SHA-256 the program has as its commitment.', '/seed')
}

async function ownSeed(queries: Queries, live: LiveProgram, draw: string): Promise<string> {
  const { rows } = await queries.query<{ value: string }>(`select value from setting where name = 'secret'`)
  return seedOf(rows[0]!.value, live.id, draw)
}

/** Whoever has entries and an open account. */
const ENTRIES = `select t.account, least(t.count, $4) as count from tally t
  join profile p on p.stripe = t.stripe and p.account = t.account
  where t.stripe = any ($1::smallint[]) and t.program = $2 and t.name = $3 and t.period = 0 and t.count > 0
    and p.status = 'active'`

async function readEntries(
  queries: Queries,
  stripes: number,
  live: LiveProgram,
  { tally, mostEntries }: DrawRules,
): Promise<{ account: number; count: number }[]> {
  const values = [allStripes(stripes), live.number, tally, mostEntries]
  return (await queries.query<{ account: number; count: number }>(ENTRIES, values)).rows
}

async function readTotals(
  queries: Queries,
  stripes: number,
  live: LiveProgram,
  { tally, mostEntries }: DrawRules,
): Promise<Pick<Result, 'members' | 'tickets'>> {
  const { rows } = await queries.query<Pick<Result, 'members' | 'tickets'>>(
    `select count(*) as members, coalesce(sum(count), 0)::bigint as tickets from (${ENTRIES}) entries`,
    [allStripes(stripes), live.number, tally, mostEntries],
  )
  return rows[0]!
}

interface Result {
  seed: string
  salt: string
  digest: string
  members: number
  tickets: number
  winners: Drawn[]
  reserves: Drawn[]
}

interface Held {
  source: number
  decided_ms: number
  decided_by: string
  reason: string | null
  result: Result
}

async function readHeld(queries: Queries, live: LiveProgram, { tally }: DrawRules): Promise<Held | null> {
  const { rows } = await queries.query<Omit<Held, 'result'> & { result: string }>(
    'select source, decided_ms, decided_by, reason, result from award where program = $1 and name = $2 and period = 0',
    [live.number, tally],
  )
  return rows[0] === undefined ? null : { ...rows[0], result: JSON.parse(rows[0].result) as Result }
}

async function answerOf(reading: Reading, live: LiveProgram, draw: DrawRules, member: number | null): Promise<Draw> {
  const { database, stripes } = reading
  const { id, name, lastDay, end, winners, reserves, prize, mostEntries } = draw
  const held = await readHeld(database, live, draw)
  const { members, tickets } = held?.result ?? (await readTotals(database, stripes, live, draw))
  const seed = held?.result.seed ?? null
  return {
    id,
    name,
    status: held !== null ? 'drawn' : nowOf(live) < end ? 'open' : 'over',
    until: formatDay(lastDay),
    winners,
    reserves,
    prize,
    most_entries: mostEntries,
    commitment: seed === null ? await commitmentFor(database, live, draw) : commitmentOf(seed),
    members,
    tickets,
    member: member === null ? null : await readOwn(reading, live, draw, held, member),
    seed,
    salt: held?.result.salt ?? null,
    digest: held?.result.digest ?? null,
    drawn_at: held === null ? null : formatInstant(held.decided_ms),
    drawn_by: held?.decided_by ?? null,
    reason: held?.reason ?? null,
    places: held === null ? [] : await placesOf(database, held),
  }
}

async function commitmentFor(queries: Queries, live: LiveProgram, draw: DrawRules): Promise<string> {
  return draw.commitment ?? commitmentOf(await ownSeed(queries, live, draw.id))
}

/** What a member has in the draw, and by which name the list of entries calls them. */
async function readOwn(
  { database }: Reading,
  live: LiveProgram,
  { tally, mostEntries }: DrawRules,
  held: Held | null,
  account: number,
): Promise<Draw['member']> {
  const member = publicId('mem', account)
  if (held === null) {
    const { rows } = await database.query<{ count: number }>(
      `select least(greatest(count, 0), $5) as count from tally
       where stripe = $1 and program = $2 and name = $3 and period = 0 and account = $4`,
      [stripeOf(account), live.number, tally, account, mostEntries],
    )
    return { member, entries: rows[0]?.count ?? 0, entry: null }
  }
  const entry = entryOf(held.result.salt, member)
  const { rows } = await database.query<{ count: number }>(
    'select count from draw_entry where stripe = $1 and program = $2 and name = $3 and entry = $4',
    [stripeOf(account), live.number, tally, entry],
  )
  return { member, entries: rows[0]?.count ?? 0, entry: rows[0] === undefined ? null : entry }
}

async function placesOf(queries: Queries, { source, result }: Held): Promise<Draw['places']> {
  const { rows } = await queries.query<{ account: number; activity: number | null; refused: string | null }>(
    'select account, activity, refused from forwarded where stripe = $1 and source = $2',
    [stripeOf(source), source],
  )
  const told = new Map(rows.map((row) => [row.account, row]))
  const drawn = [...result.winners, ...result.reserves]
  const names = await readShownAs(
    queries,
    drawn.map(({ account }) => account),
    'alias',
  )
  return drawn.map(({ account, entry, ticket }, i) => ({
    place: i + 1,
    member: publicId('mem', account),
    shown_as: names.get(account)!,
    entry,
    ticket,
    status: statusOf(told.get(account)),
  }))
}

function statusOf(
  told: { activity: number | null; refused: string | null } | undefined,
): Draw['places'][number]['status'] {
  if (told === undefined) return 'in_reserve'
  if (told.refused !== null) return 'refused'
  return told.activity === null ? 'on_its_way' : 'given'
}

function drawNamed(live: LiveProgram, id: string): DrawRules | undefined {
  return drawsOf(currentProgram(live)).find((one) => one.id === id)
}

function noDraw(id: string): Refusal {
  return refuse('not_found', `There is no draw ${id}.`)
}
