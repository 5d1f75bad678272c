/**
 * A past order decided again, by another program beside the one of now: for the member as they were before it, with all
 * that they had. Nothing is kept of it. Stock, budgets and codes are what is left of them now.
 */

import { type Account, copyAccount } from '../core/account.ts'
import type { ActivityOf, OrderBody } from '../core/activity.ts'
import { decide, type Env, nextDue } from '../core/decide.ts'
import type { Deciding } from '../core/deciding.ts'
import { type Explanation, explain } from '../core/explain.ts'
import { NEVER } from '../core/points.ts'
import { type Program, rulesOf } from '../core/program.ts'
import { Refusal, refuse } from '../core/refusal.ts'
import { storedPosting } from './batch.ts'
import { findInDirectory } from './directory.ts'
import { publicId, stripeOf } from './ids.ts'
import { keys } from './incoming.ts'
import type { ActivityColumns } from './load.ts'
import type { Outcome } from './outcome.ts'
import type { LiveProgram } from './programs.ts'
import { nobodysCodes, readClaims, readFree } from './quote.ts'
import type { Reading } from './read.ts'
import { Replay } from './replay.ts'

/** An order as one program decides it. */
export interface Tried {
  /** Why it refuses the order as it was sent; then all the rest is empty. */
  refused: { code: string; detail: string } | null
  /** What is paid after everything that the program takes off, in minor units. */
  total: number | null
  discounts: { source: string; amount: number }[]
  redemptions: { reward: string; wallet: string; quantity: number; points: number }[]
  earned: { wallet: string; decimals: number; points: number }[]
  explanation: Omit<Explanation, 'postings'>[]
}

export interface TriedOrder {
  order: string
  member: string
  occurredMs: number
  /** Under the revision that really decided it, which may be neither of the two. */
  revision: number
  currency: string
  lines: { name: string; quantity: number; unit_price: number }[]
  now: Tried
  draft: Tried
}

export async function tryOrder(
  reading: Reading,
  live: LiveProgram,
  external: string,
  now: Program,
  draft: Program,
): Promise<TriedOrder | Refusal> {
  const found = await findInDirectory(reading.database, reading.stripes, live.number, 'key', keys.order(external))
  if (found === null || found.activity === null) return refuse('not_found', `There is no order ${external}.`, '/order')
  if (found.account === null)
    return refuse(
      'invalid',
      `The order ${external} is nobody’s that we know, so no program gives anything for it.`,
      '/order',
    )
  const rows = await activitiesUntil(reading, found.activity)
  const row = rows.pop()!
  const before = row.body === null ? null : await accountAfter(reading, live, rows, row)
  if (before === null)
    return refuse('account_erased', 'What this member did before the order was erased, so it cannot be decided again.')
  const body = JSON.parse(row.body!) as OrderBody
  const order: ActivityOf<'order'> = { type: 'order', id: 0, key: row.key, occurred_at: row.occurred_ms, body }
  const decideBy = async (program: Program) => {
    const claims = await readClaims(reading, live, order, program)
    const codes = nobodysCodes(await readFree(reading, live, claims))
    const env: Env = { ...onlyBy(program), now: Math.max(row.recorded_ms, before.clock), claims, codes }
    const account = copyAccount(before)
    account.due = nextDue(account, program)
    const decided = decide(env, account, order)
    return toldOf(decided instanceof Refusal ? decided : decided.decisions.at(-1)!)
  }
  return {
    order: external,
    member: publicId('mem', body.for_member ?? row.account),
    occurredMs: row.occurred_ms,
    revision: row.revision,
    currency: body.currency,
    lines: body.lines.map(({ sku, name, quantity, unit_price }) => ({ name: name ?? sku, quantity, unit_price })),
    now: await decideBy(now),
    draft: await decideBy(draft),
  }
}

/** As if this program had always decided. */
function onlyBy(program: Program): Pick<Env, 'programAt' | 'revisionAfter' | 'revision' | 'nextId'> {
  return { programAt: () => program, revisionAfter: () => NEVER, revision: () => program, nextId: () => 0 }
}

function toldOf(decided: Deciding | Refusal): Tried {
  if (decided instanceof Refusal) {
    const refused = { code: decided.code, detail: decided.detail }
    return { refused, total: null, discounts: [], redemptions: [], earned: [], explanation: [] }
  }
  const { program, entries, discounts, redemptions, payments, postings, order, at } = decided
  const earned = new Map(program.wallets.map(({ id }) => [id, 0]))
  for (const { wallet, points } of entries) earned.set(wallet, (earned.get(wallet) ?? 0) + points)
  const moves = postings.map(storedPosting)
  return {
    refused: null,
    total: payments.reduce((left, { amount }) => left - amount, order!.total),
    discounts: discounts.map(({ source, amount }) => ({ source, amount })),
    redemptions: redemptions.map(({ reward, wallet, quantity, points }) => ({ reward, wallet, quantity, points })),
    earned: [...earned].map(([wallet, points]) => ({ wallet, decimals: rulesOf(program, wallet).decimals, points })),
    explanation: explain({ type: 'order', at, entries, moves }, program, String).map(
      ({ postings: _, ...explanation }) => explanation,
    ),
  }
}

/** The account as it was before the activity of `row`; null where some of what led there is erased. */
async function accountAfter(
  reading: Reading,
  live: LiveProgram,
  rows: readonly ActivityColumns[],
  row: ActivityColumns,
): Promise<Account | null> {
  const replay = await replayed(reading, live, rows, row)
  return replay.stuck === null ? replay.account : null
}

async function replayed(
  reading: Reading,
  live: LiveProgram,
  rows: readonly ActivityColumns[],
  opened: ActivityColumns,
): Promise<Replay> {
  const ended: Replay[] = []
  for (const { type, outcome } of rows) {
    if (type !== 'absorb') continue
    // Orders and holds of an account that was merged into this one live on in it.
    const others = await activitiesUntil(reading, (JSON.parse(outcome) as Outcome).other!.activity)
    ended.push(await replayed(reading, live, others, others[0]!))
  }
  const replay = new Replay(live, rows[0] ?? opened, ended)
  replay.run(rows)
  return replay
}

/** An activity and all that its account did before, in their order. */
async function activitiesUntil({ database }: Reading, activity: number): Promise<ActivityColumns[]> {
  const { rows } = await database.query<ActivityColumns>(UNTIL, [stripeOf(activity), activity])
  return rows
}

const UNTIL = `with recursive line as (
    select a.* from activity a where a.stripe = $1 and a.id = $2
    union all
    select a.* from line join activity a on a.stripe = $1 and a.id = line.prev
  )
  select id, account, seq, type, key, occurred_ms, recorded_ms, revision, body, frozen, outcome from line order by seq`
