/**
 * Drafts of a program. Whoever changes one says which version they have seen: of two who change it at once the second
 * learns who was first, and nothing of either is lost. A change takes back what was asked and agreed before it.
 */

import { randomBytes } from 'node:crypto'
import { Refusal, refuse } from '../core/refusal.ts'
import { formatInstant } from '../core/time.ts'
import type { Queries } from './db.ts'
import type { LiveProgram } from './programs.ts'

/** The draft that calls without a name of one mean. */
export const MAIN = 'main'

export interface ProgramDraft {
  id: string
  title: string
  source: string
  version: number
  /** The revision that it goes on from. */
  begun_from: number
  created_ms: number
  created_by: string
  changed_ms: number
  changed_by: string
  asked_ms: number | null
  asked_by: string | null
  note: string | null
  approved_ms: number | null
  approved_by: string | null
}

const COLUMNS = `id, title, source, version, begun_from, created_ms, created_by, changed_ms, changed_by, asked_ms, asked_by,
  note, approved_ms, approved_by`

/** So many that nobody has them by working. */
const MOST_DRAFTS = 200

export async function listDrafts(queries: Queries, { number }: LiveProgram): Promise<ProgramDraft[]> {
  const { rows } = await queries.query<ProgramDraft>(
    `select ${COLUMNS} from program_draft where program = $1 order by changed_ms desc, id`,
    [number],
  )
  return rows
}

export async function readDraft(queries: Queries, live: LiveProgram, id: string): Promise<ProgramDraft | Refusal> {
  const { rows } = await queries.query<ProgramDraft>(
    `select ${COLUMNS} from program_draft where program = $1 and id = $2`,
    [live.number, id],
  )
  return rows[0] ?? noDraft(live, id)
}

function noDraft(live: LiveProgram, id: string): Refusal {
  return id === MAIN
    ? refuse('no_draft', `There is no draft; save one with PUT /v1/programs/${live.id}/draft.`)
    : refuse('not_found', `There is no draft ${id}: it was published or discarded.`)
}

export interface NewDraft {
  title: string
  source: string
  begun_from: number
}

export async function beginDraft(
  queries: Queries,
  { number }: LiveProgram,
  { title, source, begun_from }: NewDraft,
  by: string,
): Promise<ProgramDraft | Refusal> {
  const { rows } = await queries.query<ProgramDraft>(
    `insert into program_draft
       (program, id, title, source, version, begun_from, created_ms, created_by, changed_ms, changed_by)
     select $1, $2, $3, $4, 1, $5, $6, $7, $6, $7
     where (select count(*) from program_draft where program = $1) < $8 returning ${COLUMNS}`,
    [number, `dft_${randomBytes(6).toString('hex')}`, title, source, begun_from, Date.now(), by, MOST_DRAFTS],
  )
  return rows[0] ?? refuse('limit_reached', `There are ${MOST_DRAFTS} drafts; discard some first.`)
}

export interface DraftChange {
  source?: string | undefined
  title?: string | undefined
  begun_from?: number | undefined
}

/** A change that says nothing new changes nothing, so that one that was sent twice is no conflict with itself. */
export async function changeDraft(
  queries: Queries,
  live: LiveProgram,
  id: string,
  version: number,
  change: DraftChange,
  by: string,
): Promise<ProgramDraft | Refusal> {
  const { source = null, title = null, begun_from = null } = change
  const { rows } = await queries.query<ProgramDraft>(
    `update program_draft set source = coalesce($4, source), title = coalesce($5, title),
       begun_from = coalesce($6, begun_from), version = version + 1, changed_ms = $7, changed_by = $8, asked_ms = null,
       asked_by = null, note = null, approved_ms = null, approved_by = null
     where program = $1 and id = $2 and version = $3
       and (source, title, begun_from) is distinct from (coalesce($4, source), coalesce($5, title), coalesce($6, begun_from))
     returning ${COLUMNS}`,
    [live.number, id, version, source, title, begun_from, Date.now(), by],
  )
  if (rows[0] !== undefined) return rows[0]
  const draft = await readDraft(queries, live, id)
  if (draft instanceof Refusal) return draft
  const isSame =
    draft.source === (source ?? draft.source) &&
    draft.title === (title ?? draft.title) &&
    draft.begun_from === (begun_from ?? draft.begun_from)
  return isSame ? draft : changedMeanwhile(draft)
}

function changedMeanwhile({ changed_by, changed_ms, version }: ProgramDraft): Refusal {
  const detail = `${changed_by} changed this draft at ${formatInstant(changed_ms)}; it is version ${version} now.`
  return refuse('changed_meanwhile', detail, '/version')
}

/** Writes the draft that has no version to its callers: the last one who saves it has it. */
export async function saveMain(
  queries: Queries,
  { number, revisions }: LiveProgram,
  source: string,
  by: string,
): Promise<void> {
  await queries.query(
    `insert into program_draft as d
       (program, id, title, source, version, begun_from, created_ms, created_by, changed_ms, changed_by)
     values ($1, $2, $2, $3, 1, $4, $5, $6, $5, $6)
     on conflict (program, id) do update set source = excluded.source, version = d.version + 1,
       begun_from = excluded.begun_from, changed_ms = excluded.changed_ms, changed_by = excluded.changed_by,
       asked_ms = null, asked_by = null, note = null, approved_ms = null, approved_by = null`,
    [number, MAIN, source, revisions.at(-1)!.number, Date.now(), by],
  )
}

export async function discardDraft(
  queries: Queries,
  live: LiveProgram,
  id: string,
  version: number,
): Promise<ProgramDraft | Refusal> {
  const { rows } = await queries.query<ProgramDraft>(
    `delete from program_draft where program = $1 and id = $2 and version = $3 returning ${COLUMNS}`,
    [live.number, id, version],
  )
  if (rows[0] !== undefined) return rows[0]
  const draft = await readDraft(queries, live, id)
  return draft instanceof Refusal ? draft : changedMeanwhile(draft)
}

/** The draft in the version that somebody has seen. */
export async function seenDraft(
  queries: Queries,
  live: LiveProgram,
  id: string,
  version: number,
): Promise<ProgramDraft | Refusal> {
  const draft = await readDraft(queries, live, id)
  return draft instanceof Refusal || draft.version === version ? draft : changedMeanwhile(draft)
}

export async function askForReview(
  queries: Queries,
  live: LiveProgram,
  { id, version }: ProgramDraft,
  by: string,
  note: string | null,
): Promise<ProgramDraft | Refusal> {
  const { rows } = await queries.query<ProgramDraft>(
    `update program_draft set asked_ms = $4, asked_by = $5, note = $6 where program = $1 and id = $2 and version = $3
     returning ${COLUMNS}`,
    [live.number, id, version, Date.now(), by, note],
  )
  return rows[0] ?? seenDraft(queries, live, id, version)
}

/** Nobody agrees to what they wrote themselves, whatever may be published without anybody's agreement. */
export async function approveDraft(
  queries: Queries,
  live: LiveProgram,
  { id, version }: ProgramDraft,
  by: string,
): Promise<ProgramDraft | Refusal> {
  const { rows } = await queries.query<ProgramDraft>(
    `update program_draft set approved_ms = $4, approved_by = $5
     where program = $1 and id = $2 and version = $3 and changed_by <> $5 returning ${COLUMNS}`,
    [live.number, id, version, Date.now(), by],
  )
  if (rows[0] !== undefined) return rows[0]
  const draft = await seenDraft(queries, live, id, version)
  if (draft instanceof Refusal) return draft
  return refuse('own_draft', `${by} made the last change to this draft; somebody else has to approve it.`)
}
