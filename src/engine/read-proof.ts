/** Reads roots, and the proof of a member: the chain, the way of its head to a root, and the root. */

import { assert } from '../core/assert.ts'
import { type Refusal, refuse } from '../core/refusal.ts'
import { formatDay, formatInstant } from '../core/time.ts'
import type { ActivityRow } from './differences.ts'
import { publicId, stripeOf } from './ids.ts'
import { type PostingColumns, storedPosting } from './load.ts'
import { hashLeaf, pathOf, RUN, rootOf } from './merkle.ts'
import type { LiveProgram } from './programs.ts'
import { type HashedPosting, hashBody, hashed, sealedText } from './proof.ts'
import type { MemberProof, RootAnswer } from './proof-document.ts'
import type { Page, PageRequest, Reading } from './read.ts'
import { type DailyRoot, type Head, leafText, statementHash, statementOf } from './roots.ts'

const ROOT = 'select day, accounts, root, previous, sealed_ms, public_key, signature from daily_root'

export function rootAnswer(program: string, root: DailyRoot): RootAnswer {
  const statement = statementOf(program, root)
  return {
    day: formatDay(root.day),
    root: root.root.toString('hex'),
    accounts: root.accounts,
    previous: root.previous.toString('hex'),
    sealed_at: formatInstant(root.sealed_ms),
    statement,
    statement_hash: statementHash(statement).toString('hex'),
    public_key: root.public_key,
    signature: root.signature.toString('base64'),
  }
}

/** Roots of a program, the latest first; the cursor is a day. */
export async function listRoots(
  { database }: Reading,
  live: LiveProgram,
  before: number | null,
  { limit }: PageRequest,
): Promise<Page<RootAnswer>> {
  const { rows } = await database.query<DailyRoot>(
    `${ROOT} where program = $1 and day < $2 order by day desc limit $3`,
    [live.number, before ?? 2 ** 31 - 1, limit + 1],
  )
  const data = rows.slice(0, limit).map((row) => rootAnswer(live.id, row))
  const has_more = rows.length > limit
  return { data, has_more, next_cursor: has_more ? data.at(-1)!.day : null }
}

export async function readRoot({ database }: Reading, live: LiveProgram, day: number): Promise<DailyRoot | Refusal> {
  const { rows } = await database.query<DailyRoot>(`${ROOT} where program = $1 and day = $2`, [live.number, day])
  return rows[0] ?? refuse('not_found', `There is no root of ${formatDay(day)}.`)
}

/** The last root that was made by a moment (ms). */
export async function readRootAt({ database }: Reading, live: LiveProgram, at: number): Promise<DailyRoot | Refusal> {
  const { rows } = await database.query<DailyRoot>(
    `${ROOT} where program = $1 and sealed_ms <= $2 order by day desc limit 1`,
    [live.number, at],
  )
  return rows[0] ?? refuse('not_found', 'No day had been sealed by then; each is some minutes after it has closed.')
}

/**
 * The member's history up to the head that stood under `root`: that of its day, or of the last day before it after which
 * the member had changed. Bodies and salts only for those who may see them.
 */
export async function readProof(
  reading: Reading,
  live: LiveProgram,
  account: number,
  until: DailyRoot,
  showsBodies: boolean,
): Promise<MemberProof | Refusal> {
  const { rows } = await reading.database.query<{ day: number; seq: number }>(
    `select day, seq from sealed_head where stripe = $1 and account = $2 and program = $3 and day <= $4
     order by day desc limit 1`,
    [stripeOf(account), account, live.number, until.day],
  )
  const sealed = rows[0]
  if (sealed === undefined)
    return refuse('not_found', `No root up to ${formatDay(until.day)} covers ${publicId('mem', account)}.`)
  const root = await readRoot(reading, live, sealed.day)
  assert('day' in root, 'a head is sealed by a root')
  return {
    format: 'regulars-proof/1',
    program: live.id,
    member: publicId('mem', account),
    activities: await readChain(reading, account, sealed.seq, showsBodies),
    leaf: await readPath(reading, live, account, sealed.day),
    root: rootAnswer(live.id, root),
  }
}

/** From the account's last activity back to the first, by each one's link: see docs/decisions/003. */
const CHAIN = `with recursive chain as (
    select l.* from account a join activity l on l.stripe = a.stripe and l.id = a.last
    where a.stripe = $1 and a.id = $2
    union all
    select p.* from chain c join activity p on p.stripe = c.stripe and p.id = c.prev
  )
  select id, seq, type, key, occurred_ms, recorded_ms, revision, body, salt, body_hash, hash from chain
  where seq <= $3 order by seq`

const POSTINGS = `select p.activity, p.place, p.wallet, p.from_bucket, p.to_bucket, p.points, p.kind, p.month, p.release_ms,
    p.expiry_ms, p.rule, p.line, p.reverses
  from unnest($2::bigint[]) as wanted (activity) join posting p on p.stripe = $1 and p.activity = wanted.activity
  order by p.activity, p.place`

async function readChain(
  { database }: Reading,
  account: number,
  seq: number,
  showsBodies: boolean,
): Promise<MemberProof['activities']> {
  const stripe = stripeOf(account)
  const { rows } = await database.query<ActivityRow>(CHAIN, [stripe, account, seq])
  const found = await database.query<PostingColumns>(POSTINGS, [stripe, rows.map(({ id }) => id)])
  const postings = new Map<number, HashedPosting[]>(rows.map(({ id }) => [id, []]))
  for (const row of found.rows) postings.get(row.activity)!.push(hashed(storedPosting(row)))
  return rows.map((row) => {
    const { id, key, salt, body, occurred_ms: occurredMs, recorded_ms: recordedMs } = row
    const isShown = showsBodies && body !== null
    const bodyHash = body === null ? row.body_hash! : hashBody(salt!, body)
    return {
      id: publicId('act', id),
      key,
      sealed: sealedText({ ...row, occurredMs, recordedMs }, postings.get(id)!),
      salt: isShown ? salt!.toString('hex') : null,
      body: isShown ? body : null,
      body_hash: bodyHash.toString('hex'),
      hash: row.hash.toString('hex'),
    }
  })
}

/** The leaf's place and path: within its run of leaves, and of that run among the others. */
async function readPath(
  { database, stripes }: Reading,
  live: LiveProgram,
  account: number,
  day: number,
): Promise<MemberProof['leaf']> {
  const parts = await database.query<{ account: number; hash: Buffer }>(
    'select account, hash from root_part where program = $1 and day = $2 order by part',
    [live.number, day],
  )
  const part = parts.rows.findLastIndex((one) => one.account <= account)
  const after = parts.rows[part + 1]?.account ?? Number.MAX_SAFE_INTEGER
  const { rows } = await database.query<Head>(
    `select account, seq, head from sealed_head
     where stripe = any ($1::smallint[]) and program = $2 and day = $3 and account >= $4 and account < $5
     order by account`,
    [Array.from({ length: stripes }, (_, stripe) => stripe), live.number, day, parts.rows[part]!.account, after],
  )
  const leaves = rows.map((head) => hashLeaf(leafText(head)))
  const place = rows.findIndex((head) => head.account === account)
  const runs = parts.rows.map(({ hash }) => hash)
  runs[part] = rootOf(leaves)
  const path = [...pathOf(leaves, place), ...pathOf(runs, part)]
  return { index: part * RUN + place, path: path.map((one) => one.toString('hex')) }
}
