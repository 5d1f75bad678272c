/** Notes that people of the business write about members: kept apart from the ledger, and erased with the person. */

import { type Refusal, refuse } from '../core/refusal.ts'
import { formatInstant } from '../core/time.ts'
import { bigintArray, smallintArray } from './arrays.ts'
import type { Queries } from './db.ts'
import { parseId, publicId, stripeOf } from './ids.ts'
import { readMerged } from './person.ts'
import { type Page, type PageRequest, pageFrom, readCursor, wrongCursor } from './read.ts'
import type { Note } from './shapes.ts'

export interface NoteRow {
  id: number
  account: number
  text: string
  actor: string
  written_ms: number
}

const COLUMNS = 'id, account, text, actor, written_ms'

/** Whoever is being erased meanwhile is waited for, and gets no note any more. */
export async function addNote(queries: Queries, program: number, note: NoteRow): Promise<NoteRow | Refusal> {
  const { id, account, text, actor, written_ms } = note
  const { rows } = await queries.query<{ status: string }>(
    'select status from profile where stripe = $1 and account = $2 for share',
    [stripeOf(account), account],
  )
  if (rows[0]?.status === 'erased') return refuse('account_erased', 'The person was erased: nothing is noted of them.')
  await queries.query(
    `insert into note (stripe, account, id, program, text, actor, written_ms) values ($1, $2, $3, $4, $5, $6, $7)`,
    [stripeOf(account), account, id, program, text, actor, written_ms],
  )
  return note
}

/** The latest first, also what was noted of members who were merged into this one. */
export async function listNotes(
  queries: Queries,
  account: number,
  { limit, cursor }: PageRequest,
): Promise<Page<Note> | Refusal> {
  const skip = cursor === undefined ? 0 : readCursor(cursor)
  if (skip === null) return wrongCursor()
  const accounts = [account, ...(await readMerged(queries, account))]
  const { rows } = await queries.query<NoteRow>(
    `select ${COLUMNS} from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, account)
     join note using (stripe, account) order by written_ms desc, id desc offset $3 limit $4`,
    [smallintArray(accounts.map(stripeOf)), bigintArray(accounts), skip, limit + 1],
  )
  return pageFrom(rows.slice(0, limit).map(noteAnswer), rows.length > limit, skip + limit)
}

export async function findNote(
  queries: Queries,
  program: number,
  account: number,
  name: string,
): Promise<NoteRow | Refusal> {
  const id = parseId('not', name)
  const accounts = [account, ...(await readMerged(queries, account))]
  const { rows } = await queries.query<NoteRow>(
    `select ${COLUMNS} from unnest($1::smallint[], $2::bigint[]) as wanted (stripe, account)
     join note using (stripe, account) where id = $3 and program = $4`,
    [smallintArray(accounts.map(stripeOf)), bigintArray(accounts), id ?? 0, program],
  )
  return rows[0] ?? refuse('not_found', `There is no note ${name}.`)
}

export async function deleteNote(queries: Queries, { account, id }: NoteRow): Promise<void> {
  await queries.query('delete from note where stripe = $1 and account = $2 and id = $3', [
    stripeOf(account),
    account,
    id,
  ])
}

export function noteAnswer({ id, account, text, actor, written_ms }: NoteRow): Note {
  return {
    id: publicId('not', id),
    member: publicId('mem', account),
    text,
    written_by: actor,
    written_at: formatInstant(written_ms),
  }
}
