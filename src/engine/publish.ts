/** Publishing: the text of a program becomes its next revision. What was decided by earlier ones stays as it is. */

import type { Program } from '../core/program.ts'
import { type Refusal, refuse } from '../core/refusal.ts'
import type { Database, Queries } from './db.ts'
import { type LiveProgram, nowOf, type Programs } from './programs.ts'

export interface PublishOptions {
  /** What a new program is; one that is there keeps its mode. */
  mode?: 'live' | 'test'
  /** Who publishes, for the revision's row. */
  by: string
}

export interface Published {
  /** `unchanged` when the revision in force has this very text. */
  status: 'created' | 'published' | 'unchanged'
  program: LiveProgram
  revision: number
}

/**
 * Keeps `source`, which compiled into `program`, as the newest revision of the program that it names; a program that
 * is not there yet is created. Two who publish at once take turns.
 */
export async function publish(
  database: Database,
  programs: Programs,
  source: string,
  program: Program,
  { mode = 'live', by }: PublishOptions,
): Promise<Published | Refusal> {
  const kept = await database.transaction(async (queries) => {
    const created = await create(queries, program, mode)
    // The row's lock makes the next one wait until this revision can be read.
    await queries.query('select from program where id = $1 for update', [program.id])
    const known = created ? undefined : await programs.find(program.id)
    return keep(queries, source, program, known, by)
  })
  if (!('status' in kept)) return kept
  await programs.refresh()
  return { ...kept, program: (await programs.find(program.id))! }
}

async function create(queries: Queries, { id, name }: Program, mode: 'live' | 'test'): Promise<boolean> {
  const { rowCount } = await queries.query(
    'insert into program (id, name, mode, created_ms) values ($1, $2, $3, $4) on conflict (id) do nothing',
    [id, name, mode, Date.now()],
  )
  return rowCount === 1
}

async function keep(
  queries: Queries,
  source: string,
  program: Program,
  known: LiveProgram | undefined,
  by: string,
): Promise<Pick<Published, 'status' | 'revision'> | Refusal> {
  const { rows } = await queries.query<{ number: number; source: string }>(
    `select r.number, r.source from revision r join program p on p.number = r.program where p.id = $1
     order by r.number desc limit 1`,
    [program.id],
  )
  const latest = rows[0]
  if (latest?.source === source) return { status: 'unchanged', revision: latest.number }
  const before = known?.revisions.at(-1)?.program
  const refusal = before === undefined ? null : await compare(queries, known!, before, program)
  if (refusal !== null) return refusal
  const revision = (latest?.number ?? 0) + 1
  // The first revision also decides what is imported from before it was published.
  const effective = latest === undefined ? 0 : nowOf(known!)
  await queries.query(
    `insert into revision (program, number, source, effective_ms, published_by)
     select number, $2, $3, $4, $5 from program where id = $1`,
    [program.id, revision, source, effective, by],
  )
  await queries.query('update program set name = $2 where id = $1', [program.id, program.name])
  return { status: latest === undefined ? 'created' : 'published', revision }
}

/** What a new revision may not change, since amounts that are kept already would mean something else. */
async function compare(queries: Queries, live: LiveProgram, before: Program, after: Program): Promise<Refusal | null> {
  if (before.currency !== after.currency)
    return refuse('fixed_for_life', `The currency is ${before.currency} for the life of the program.`, '/currency')
  for (const { id, decimals } of before.wallets) {
    const wallet = after.wallets.find((one) => one.id === id)
    if (wallet !== undefined && wallet.decimals !== decimals)
      return refuse(
        'fixed_for_life',
        `The wallet ${id} has ${decimals} decimals for the life of the program.`,
        `/wallets/${id}/decimals`,
      )
    if (wallet === undefined && (await isInUse(queries, live.number, id)))
      return refuse(
        'wallet_in_use',
        `Members hold points in the wallet ${id}, so the program must keep it.`,
        '/wallets',
      )
  }
  return null
}

/** Whether some member has points in a wallet, or owes some. */
async function isInUse(queries: Queries, program: number, wallet: string): Promise<boolean> {
  const { rows } = await queries.query<{ used: boolean }>(
    `select exists (
       select from posting p join account a on a.stripe = p.stripe and a.id = p.account
       where a.program = $1 and p.wallet = $2 group by p.account
       having sum(case when p.to_bucket in ('pending', 'available', 'held') then p.points else 0 end)
           <> sum(case when p.from_bucket in ('pending', 'available', 'held') then p.points else 0 end)
         or sum(case when p.to_bucket = 'debt' then p.points else 0 end)
           <> sum(case when p.from_bucket = 'debt' then p.points else 0 end)) as used`,
    [program, wallet],
  )
  return rows[0]!.used
}
