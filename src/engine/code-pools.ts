/** Pools of codes: lists that a business imports, such as a partner's, of which each code is handed out once. */

import { smallintArray, textArray } from './arrays.ts'
import { normalCode } from './codes.ts'
import type { Queries } from './db.ts'
import { KIND } from './directory.ts'
import { stripeOfText } from './ids.ts'
import type { LiveProgram } from './programs.ts'

/** A code that was not taken in, and why. */
export interface NotTaken {
  /** Its place in the list, from 1. */
  row: number
  code: string
  reason: string
}

export interface Pool {
  id: string
  /** How many are left, and how many there ever were. */
  free: number
  codes: number
  /** Below how many somebody is told. */
  low: number
}

const LONGEST = 100
/** No control characters, no halves of a surrogate pair. */
const PLAIN = /^[^\p{Cc}\p{Cs}]+$/u

/**
 * Adds codes to a pool, which is made with the first of them. A code that the program has already, in whatever pool or
 * voucher, stays out, as does one that stands in the list twice: whoever sends the same list again changes nothing.
 */
export async function importCodes(
  queries: Queries,
  stripes: number,
  { number: program }: LiveProgram,
  pool: string,
  codes: readonly string[],
  before = 0,
): Promise<{ added: number; notTaken: NotTaken[] }> {
  const notTaken: NotTaken[] = []
  const rows = new Map<string, number>()
  for (const [i, text] of codes.entries()) {
    const code = text.trim()
    const row = before + i + 1
    const reason = faultOf(code) ?? (rows.has(code) ? `stands in row ${rows.get(code)} already` : null)
    if (reason === null) rows.set(code, row)
    else notTaken.push({ row, code, reason })
  }
  await queries.query('insert into code_pool (program, id) values ($1, $2) on conflict do nothing', [program, pool])
  // Whoever imports into a pool takes turns, and nobody waits for two of them.
  await queries.query('select from code_pool where program = $1 and id = $2 for update', [program, pool])
  const added = await enterCodes(queries, stripes, program, [...rows.keys()])
  for (const [code, row] of rows)
    if (!added.has(code)) notTaken.push({ row, code, reason: 'is a code of the program already' })
  await queries.query(
    `insert into pool_code (stripe, program, pool, code) select $1, $2, $3, code from unnest($4::text[]) as n (code)`,
    [stripeOfText(pool, stripes), program, pool, textArray([...added])],
  )
  await queries.query('update code_pool set free = free + $3 where program = $1 and id = $2', [
    program,
    pool,
    added.size,
  ])
  return { added: added.size, notTaken: notTaken.sort((a, b) => a.row - b.row) }
}

/** Why a text cannot be a code; null when it can. */
function faultOf(code: string): string | null {
  if (code === '') return 'is empty'
  if (code.length > LONGEST) return `is longer than ${LONGEST} characters`
  if (!PLAIN.test(code)) return 'has a control character in it'
  return normalCode(code) === code ? null : 'would be read as a code of Regulars'
}

/** Enters codes that lead to nobody yet; answers those that the program did not have. */
export async function enterCodes(
  queries: Queries,
  stripes: number,
  program: number,
  codes: readonly string[],
): Promise<Set<string>> {
  const placed = codes.map((code) => ({ code, stripe: stripeOfText(code, stripes) }))
  // In one order for everybody, so that no two lists wait for each other.
  placed.sort((a, b) => a.stripe - b.stripe || (a.code < b.code ? -1 : 1))
  const { rows } = await queries.query<{ value: string }>(
    `insert into directory (stripe, program, kind, value)
     select stripe, $1::smallint, ${KIND.voucher}, value from unnest($2::smallint[], $3::text[]) as n (stripe, value)
     on conflict do nothing returning value`,
    [program, smallintArray(placed.map(({ stripe }) => stripe)), textArray(placed.map(({ code }) => code))],
  )
  return new Set(rows.map(({ value }) => value))
}

export async function setLow(queries: Queries, program: number, pool: string, low: number): Promise<void> {
  await queries.query(
    `insert into code_pool (program, id, low) values ($1, $2, $3)
     on conflict (program, id) do update set low = excluded.low`,
    [program, pool, low],
  )
}

/** The pools of a program, or the one of an id. */
export async function readPools(
  queries: Queries,
  stripes: number,
  program: number,
  id: string | null = null,
): Promise<Pool[]> {
  const { rows } = await queries.query<Omit<Pool, 'codes'>>(
    'select id, free, low from code_pool where program = $1 and ($2::text is null or id = $2) order by id',
    [program, id],
  )
  return Promise.all(
    rows.map(async (pool) => ({ ...pool, codes: await countCodes(queries, stripes, program, pool.id) })),
  )
}

async function countCodes(queries: Queries, stripes: number, program: number, pool: string): Promise<number> {
  const { rows } = await queries.query<{ count: number }>(
    'select count(*) as count from pool_code where stripe = $1 and program = $2 and pool = $3',
    [stripeOfText(pool, stripes), program, pool],
  )
  return rows[0]!.count
}
