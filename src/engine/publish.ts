/** Publishing: the text of a program becomes its next revision. What was decided by earlier ones stays as it is. */

import { type Loss, lossesBetween } from '../core/changes.ts'
import type { Program } from '../core/program.ts'
import { type FieldError, Refusal, refuse } from '../core/refusal.ts'
import { parseDay, startOfDay } from '../core/time.ts'
import { messagesOf, Wording } from '../core/wording.ts'
import type { Database, Queries } from './db.ts'
import { type LiveProgram, nowOf, type Programs } from './programs.ts'

export interface PublishOptions {
  /** What a new program is; one that is there keeps its mode. */
  mode?: 'live' | 'test'
  /** Who publishes, for the revision's row. */
  by: string
  /** What the revision takes from members and is meant to, beside what its file says. */
  meant?: readonly string[]
  /** Who agreed to it beforehand. */
  approvedBy?: string | null
  /** The revision that its text goes on from: none may have been published since. */
  begunFrom?: number
}

export interface Published {
  /** `unchanged` when the newest revision has this very text. */
  status: 'created' | 'published' | 'unchanged'
  program: LiveProgram
  revision: number
}

/**
 * Keeps `source`, which compiled into `next`, as the newest revision of the program that it names; a program that is
 * not there yet is created. Two who publish at once take turns.
 */
export async function publish(
  database: Database,
  programs: Programs,
  source: string,
  next: Program,
  { mode = 'live', ...told }: PublishOptions,
): Promise<Published | Refusal> {
  const kept = await database.transaction(async (queries) => {
    await queries.query(
      'insert into program (id, name, mode, created_ms) values ($1, $2, $3, $4) on conflict (id) do nothing',
      [next.id, next.name, mode, Date.now()],
    )
    // The row's lock makes the next one wait until this revision can be read.
    await queries.query('select from program where id = $1 for update', [next.id])
    await programs.refresh()
    return keep(queries, (await programs.find(next.id)) ?? null, source, next, told)
  })
  if (kept instanceof Refusal) return kept
  await programs.refresh()
  return { ...kept, program: (await programs.find(next.id))! }
}

interface LatestRow {
  number: number
  source: string
  effective_ms: number
  published_by: string
}

/** `live` is null while the program is known to this transaction alone. */
async function keep(
  queries: Queries,
  live: LiveProgram | null,
  source: string,
  next: Program,
  { by, meant = [], approvedBy = null, begunFrom }: Omit<PublishOptions, 'mode'>,
): Promise<Pick<Published, 'status' | 'revision'> | Refusal> {
  const { rows } = await queries.query<LatestRow>(
    `select r.number, r.source, r.effective_ms, r.published_by from revision r join program p on p.number = r.program
     where p.id = $1 order by r.number desc limit 1`,
    [next.id],
  )
  const latest = rows[0]
  if (latest?.source === source) return { status: 'unchanged', revision: latest.number }
  if (latest !== undefined && begunFrom !== undefined && begunFrom < latest.number)
    return refuse('changed_meanwhile', `${latest.published_by} has published revision ${latest.number} since.`)
  const isFirst = latest === undefined || live === null
  const refusal = isFirst ? null : ((await forbidden(queries, live, next)) ?? takesAway(live, next, meant))
  if (refusal !== null) return refusal
  const revision = isFirst ? 1 : latest.number + 1
  // The first revision also decides what occurred before it was published, as imported orders did.
  const effective = isFirst ? 0 : Math.max(nowOf(live), latest.effective_ms, beginsAt(next))
  await queries.query(
    `insert into revision (program, number, source, effective_ms, published_by, published_ms, approved_by)
     select number, $2, $3, $4, $5, $6, $7 from program where id = $1`,
    [next.id, revision, source, effective, by, Date.now(), approvedBy === by ? null : approvedBy],
  )
  await queries.query('update program set name = $2 where id = $1', [next.id, next.name])
  return { status: isFirst ? 'created' : 'published', revision }
}

/** Why a program cannot become the next revision of one that is published; null when it can. */
export async function forbidden(queries: Queries, live: LiveProgram, next: Program): Promise<Refusal | null> {
  const changed = forbiddenChanges(live, lastRevision(live), next)
  if (changed.length > 0) return new Refusal('fixed_for_life', changed[0]!.message, changed)
  return lostWallet(queries, live, next)
}

/** The beginning of the day from which the file says that it holds, in ms; 0 where it says none. */
function beginsAt({ settings, zone }: Program): number {
  const { from } = (settings['changes'] ?? {}) as { from?: string }
  return from === undefined ? 0 : startOfDay(zone, parseDay(from)!)
}

/** What was published last, which may be yet to come into force. */
export function lastRevision({ revisions }: LiveProgram): Program {
  return revisions.at(-1)!.program
}

/** What the next revision would take from members, unless that is said to be meant. */
function takesAway(live: LiveProgram, next: Program, meant: readonly string[]): Refusal | null {
  const losses = programLosses(live, next, meant).filter((loss) => !loss.meant)
  if (losses.length === 0) return null
  const errors = losses.map(({ about, text }) => ({
    pointer: `/${about.replaceAll('.', '/')}`,
    code: 'takes_away',
    message: `${text} If this is meant, say so: ${about}`,
  }))
  return new Refusal('takes_away', errors[0]!.message, errors)
}

/**
 * What members have earned or were promised and would not have under `next`, in English. A wallet that is gone is not
 * among it: where anybody holds something in it the program is forbidden, and elsewhere nothing is lost.
 */
export function programLosses(live: LiveProgram, next: Program, meant: readonly string[] = []): Loss[] {
  const wording = new Wording('en', next, messagesOf(next.features, 'en')!)
  const isWallet = ({ about }: Loss) => /^wallets\.[^.]+$/.test(about)
  return lossesBetween(lastRevision(live), wording, meant).filter((loss) => !isWallet(loss))
}

/** What accounts were decided with, and would mean something else under another program. */
function forbiddenChanges(live: LiveProgram, current: Program, next: Program): FieldError[] {
  const errors: FieldError[] = []
  const keep = (pointer: string, what: string, before: unknown, after: unknown) => {
    if (before === after) return
    const message = `${what} is ${before} and stays so: what members hold was counted with it.`
    errors.push({ pointer, code: 'fixed_for_life', message })
  }
  keep('/program', 'The name of the program in addresses and keys', live.id, next.id)
  keep('/currency', 'The currency', current.currency, next.currency)
  keep('/timezone', 'The time zone', current.settings.timezone, next.settings.timezone)
  for (const { id, decimals, isMoney } of current.wallets) {
    const after = next.wallets.find((wallet) => wallet.id === id)
    if (after === undefined) continue
    keep(`/wallets/${id}/decimals`, `The number of decimals of ${id}`, decimals, after.decimals)
    keep(`/wallets/${id}/money`, `That ${id} is stored value`, isMoney, after.isMoney)
  }
  return errors
}

/** A wallet of any revision that the next revision has no more, while somebody has points or a debt in it. */
async function lostWallet(queries: Queries, live: LiveProgram, next: Program): Promise<Refusal | null> {
  const ever = new Set(live.revisions.flatMap(({ program }) => program.wallets.map(({ id }) => id)))
  for (const id of ever) {
    if (next.wallets.some((wallet) => wallet.id === id)) continue
    const { rowCount } = await queries.query(HOLDS_WALLET, [live.number, id, `%"id":"${id}"%`])
    if (rowCount === 0) continue
    const detail = `Members hold points in the wallet ${id}, so the program must keep it; no rule has to earn into it.`
    return refuse('wallet_in_use', detail, `/wallets/${id}`)
  }
  return null
}

/** The text is searched first, since few accounts name a wallet that is hardly used. See `encodeAccount`. */
const HOLDS_WALLET = `select from account, jsonb_array_elements(state::jsonb -> 'w') as wallet
  where program = $1 and state like $3 and wallet ->> 'id' = $2
    and (jsonb_array_length(wallet -> 'l') > 0 or wallet ? 'd')
  limit 1`
