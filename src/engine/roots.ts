/** Daily roots: the heads of a closed day's chains under one hash, chained to the day before and signed. */

import { hash } from 'node:crypto'
import { assert } from '../core/assert.ts'
import { canonical } from '../core/canonical.ts'
import { formatDay, formatInstant, localDay, MINUTE_MS, startOfDay, type Zone } from '../core/time.ts'
import { bigintArray, byteaArray, intArray, smallintArray } from './arrays.ts'
import type { Database, Queries } from './db.ts'
import { publicId, stripeOf } from './ids.ts'
import { GrowingTree, hashLeaf } from './merkle.ts'
import { currentProgram, type LiveProgram, nowOf } from './programs.ts'
import { HASH_LENGTH } from './proof.ts'
import { openSigningKey, type SigningKey } from './signing.ts'

/** A day's root, as its row has it. */
export interface DailyRoot {
  day: number
  accounts: number
  root: Buffer
  previous: Buffer
  sealed_ms: number
  public_key: string
  signature: Buffer
}

/** The head of an account that a root covers. */
export interface Head {
  account: number
  seq: number
  head: Buffer
}

/** What the first root follows. */
export const NO_ROOT = Buffer.alloc(HASH_LENGTH)

/** The data of a leaf: `["mem_1f3kq",17,"9c1e…"]`. */
export function leafText({ account, seq, head }: Head): string {
  return canonical([publicId('mem', account), seq, head.toString('hex')])
}

/** What is signed: canonical JSON (RFC 8785) of all that a root says. */
export function statementOf(program: string, root: Omit<DailyRoot, 'signature'>): string {
  return canonical({
    accounts: root.accounts,
    day: formatDay(root.day),
    previous: root.previous.toString('hex'),
    program,
    public_key: root.public_key,
    root: root.root.toString('hex'),
    sealed_at: formatInstant(root.sealed_ms),
  })
}

/** By what the next root names the one before it. */
export function statementHash(statement: string): Buffer {
  return hash('sha256', statement, 'buffer')
}

/** How long after midnight a day is sealed, in ms: what was decided before it is kept by then. */
const SETTLED_MS = 10 * MINUTE_MS

export interface Sealing {
  database: Database
  stripes: number
  /** The private key as PEM or a file with it; null for the database's own. */
  signingKey: string | null
}

/**
 * Makes the root of every day of the program that has closed and has none, and answers how many that were. Each is one
 * transaction: whoever is killed leaves the days before whole, and the next goes on there. Two at once take turns.
 */
export async function sealDays(sealing: Sealing, live: LiveProgram): Promise<number> {
  const { zone } = currentProgram(live)
  let made = 0
  let key: SigningKey | null = null
  for (;;) {
    const day = await nextDay(sealing.database, live, zone)
    if (startOfDay(zone, day + 1) + SETTLED_MS > nowOf(live)) return made
    key ??= await openSigningKey(sealing.database, sealing.signingKey)
    if (await sealDay(sealing, live, day, key)) made += 1
  }
}

const LAST = `select day, accounts, root, previous, sealed_ms, public_key, signature from daily_root
  where program = $1 order by day desc limit 1`

async function nextDay(queries: Queries, live: LiveProgram, zone: Zone): Promise<number> {
  const { rows } = await queries.query<DailyRoot>(LAST, [live.number])
  if (rows[0] !== undefined) return rows[0].day + 1
  const created = await queries.query<{ created_ms: number }>('select created_ms from program where number = $1', [
    live.number,
  ])
  // A test clock may have been set before the program was made.
  return localDay(zone, Math.min(created.rows[0]!.created_ms, nowOf(live)))
}

/** Any number, as long as every process that seals takes the same. */
const SEAL_LOCK = 726_568
/** Leaves that are written at once. */
const PAGE = 1_000

async function sealDay(sealing: Sealing, live: LiveProgram, day: number, key: SigningKey): Promise<boolean> {
  const end = startOfDay(currentProgram(live).zone, day + 1)
  return sealing.database.transaction(async (queries) => {
    await queries.query('select pg_advisory_xact_lock($1, $2)', [SEAL_LOCK, live.number])
    const last = (await queries.query<DailyRoot>(LAST, [live.number])).rows[0]
    // Another process may have had its turn first.
    if (last !== undefined && last.day >= day) return false
    const tree = new GrowingTree()
    const firsts: number[] = []
    let page: Head[] = []
    for await (const head of changedHeads(queries, live, sealing.stripes, end)) {
      if (tree.add(hashLeaf(leafText(head)))) firsts.push(head.account)
      page.push(head)
      if (page.length < PAGE) continue
      await keepHeads(queries, live, day, page)
      page = []
    }
    if (page.length > 0) await keepHeads(queries, live, day, page)
    const root = tree.root()
    await keepParts(queries, live, day, firsts, tree.runs)
    const previous = last === undefined ? NO_ROOT : statementHash(statementOf(live.id, last))
    const unsigned = { day, accounts: tree.size, root, previous, sealed_ms: nowOf(live), public_key: key.publicKey }
    await queries.query(
      `insert into daily_root (program, day, accounts, root, previous, sealed_ms, public_key, signature)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [live.number, ...Object.values(unsigned), key.sign(statementOf(live.id, unsigned))],
    )
    return true
  })
}

/**
 * Heads that no root covers yet, of accounts of one stripe, as they stood at the end of the day. What is recorded after
 * it is walked back over; what was written late, such as history that was imported, is covered by the first root after.
 */
const CHANGED = `select a.id as account, h.seq, h.hash as head
  from account a
  left join lateral (
    select s.seq from sealed_head s where s.stripe = a.stripe and s.account = a.id order by s.day desc limit 1
  ) s on true
  cross join lateral (
    with recursive back as (
      select l.seq, l.prev, l.recorded_ms, l.hash from activity l
      where l.stripe = a.stripe and l.id = a.last
      union all
      select p.seq, p.prev, p.recorded_ms, p.hash from back join activity p on p.stripe = a.stripe and p.id = back.prev
      where back.recorded_ms >= END and back.seq > coalesce(s.seq, 0) + 1
    )
    select seq, hash from back where recorded_ms < END
  ) h
  where a.stripe = STRIPE and a.program = PROGRAM and a.seq > coalesce(s.seq, 0)
  order by a.id`

/** The stripes' cursors as one list in the order of accounts, which is the order of leaves. */
async function* changedHeads(queries: Queries, live: LiveProgram, stripes: number, end: number): AsyncGenerator<Head> {
  const streams: Stream[] = []
  for (let stripe = 0; stripe < stripes; stripe++) {
    const values: Record<string, number> = { END: end, STRIPE: stripe, PROGRAM: live.number }
    const text = CHANGED.replaceAll(/END|STRIPE|PROGRAM/g, (name) => String(values[name]))
    await queries.query(`declare seal_${stripe} no scroll cursor for ${text}`)
    streams.push({ name: `seal_${stripe}`, page: [], at: 0, ended: false })
  }
  for (;;) {
    for (const stream of streams) if (isDry(stream)) await refill(queries, stream)
    let first: Stream | null = null
    for (const stream of streams)
      if (stream.at < stream.page.length && (first === null || headOf(stream) < headOf(first))) first = stream
    if (first === null) break
    yield first.page[first.at++]!
  }
  for (const { name } of streams) await queries.query(`close ${name}`)
}

interface Stream {
  name: string
  page: Head[]
  at: number
  ended: boolean
}

function headOf({ page, at }: Stream): number {
  return page[at]!.account
}

function isDry({ ended, at, page }: Stream): boolean {
  return !ended && at === page.length
}

async function refill(queries: Queries, stream: Stream): Promise<void> {
  const { rows } = await queries.query<Head>(`fetch ${PAGE} from ${stream.name}`)
  stream.page = rows
  stream.at = 0
  stream.ended = rows.length < PAGE
}

async function keepHeads(queries: Queries, live: LiveProgram, day: number, heads: readonly Head[]): Promise<void> {
  await queries.query(
    `insert into sealed_head (stripe, account, day, program, seq, head)
     select n.stripe, n.account, $1::integer, $2::smallint, n.seq, n.head
     from unnest($3::smallint[], $4::bigint[], $5::integer[], $6::bytea[]) as n (stripe, account, seq, head)`,
    [
      day,
      live.number,
      smallintArray(heads.map(({ account }) => stripeOf(account))),
      bigintArray(heads.map(({ account }) => account)),
      intArray(heads.map(({ seq }) => seq)),
      byteaArray(heads.map(({ head }) => head)),
    ],
  )
}

async function keepParts(
  queries: Queries,
  live: LiveProgram,
  day: number,
  firsts: readonly number[],
  hashes: readonly Buffer[],
): Promise<void> {
  assert(firsts.length === hashes.length, 'every run of leaves has a first one')
  await queries.query(
    `insert into root_part (program, day, part, account, hash)
     select $1::smallint, $2::integer, n.part, n.account, n.hash
     from unnest($3::integer[], $4::bigint[], $5::bytea[]) as n (part, account, hash)`,
    [live.number, day, intArray(firsts.map((_, part) => part)), bigintArray([...firsts]), byteaArray([...hashes])],
  )
}
