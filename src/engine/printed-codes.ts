/** Codes that are printed before they are anybody's: batches of gift cards and flyers, each claimed once. */

import { randomBytes } from 'node:crypto'
import { assert } from '../core/assert.ts'
import { smallintArray, textArray } from './arrays.ts'
import { enterCodes } from './code-pools.ts'
import { codeFrom } from './codes.ts'
import type { Queries } from './db.ts'
import { stripeOfText } from './ids.ts'

export interface Batch {
  id: number
  program: number
  reward: string
  amount: number | null
  expires_ms: number | null
  per_member: number | null
  most: number | null
  codes: number
  actor: string
  created_ms: number
}

/** What the claim of a card needs to know of it. */
export interface Card extends Batch {
  /** For whom it was claimed; null while it was not. */
  account: number | null
  activity: number | null
}

const COLUMNS = `b.id, b.program, b.reward, b.amount, b.expires_ms, b.per_member, b.most, b.codes, b.actor, b.created_ms`

/** Makes a batch and its codes, which nobody can guess or count up. */
export async function printCodes(queries: Queries, stripes: number, batch: Batch): Promise<void> {
  const { id, program, reward, amount, expires_ms, per_member, most, codes: count, actor, created_ms } = batch
  await queries.query(
    `insert into voucher_batch (id, program, reward, amount, expires_ms, per_member, most, codes, actor, created_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [id, program, reward, amount, expires_ms, per_member, most, count, actor, created_ms],
  )
  const codes = Array.from({ length: count }, () => codeFrom(randomBytes(8)))
  const entered = await enterCodes(queries, stripes, program, codes)
  assert(entered.size === count, 'codes that are made by chance differ')
  await queries.query(
    `insert into printed_code (stripe, program, code, batch)
     select stripe, $1, code, $2 from unnest($3::smallint[], $4::text[]) as n (stripe, code)`,
    [program, id, smallintArray(codes.map((code) => stripeOfText(code, stripes))), textArray(codes)],
  )
}

/** A batch with how many of its codes were claimed. */
export type BatchInUse = Batch & { claimed: number }

const IN_USE = `select ${COLUMNS},
    (select count(*) from printed_code c where c.batch = b.id and c.activity is not null) as claimed
  from voucher_batch b where b.program = $1`

export async function readBatch(queries: Queries, program: number, id: number): Promise<BatchInUse | null> {
  const { rows } = await queries.query<BatchInUse>(`${IN_USE} and b.id = $2`, [program, id])
  return rows[0] ?? null
}

/** The latest batches first, from those before `before` on. */
export async function readBatches(
  queries: Queries,
  program: number,
  before: number,
  most: number,
): Promise<BatchInUse[]> {
  const { rows } = await queries.query<BatchInUse>(`${IN_USE} and b.id < $2 order by b.id desc limit $3`, [
    program,
    before,
    most,
  ])
  return rows
}

/** The codes of a batch, in the order in which they were not made. */
export async function readCodes(queries: Queries, id: number): Promise<{ code: string; is_claimed: boolean }[]> {
  const { rows } = await queries.query<{ code: string; is_claimed: boolean }>(
    'select code, activity is not null as is_claimed from printed_code where batch = $1 order by code',
    [id],
  )
  return rows
}

export async function readCard(queries: Queries, stripes: number, program: number, code: string): Promise<Card | null> {
  const { rows } = await queries.query<Card>(
    `select ${COLUMNS}, c.account, c.activity from printed_code c join voucher_batch b on b.id = c.batch
     where c.stripe = $1 and c.program = $2 and c.code = $3`,
    [stripeOfText(code, stripes), program, code],
  )
  return rows[0] ?? null
}
