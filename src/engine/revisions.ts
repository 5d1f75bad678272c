/** The revisions of a program as they were published: by whom, when, and what each changed. */

import { type Changes, changesBetween } from '../core/changes.ts'
import { type Refusal, refuse } from '../core/refusal.ts'
import { languageFor, messagesOf, Wording } from '../core/wording.ts'
import type { Queries } from './db.ts'
import type { LiveProgram } from './programs.ts'

export interface RevisionRow {
  number: number
  effective_ms: number
  /** When it was published; null where nobody wrote that down. */
  published_ms: number | null
  published_by: string
  approved_by: string | null
}

const COLUMNS = 'number, effective_ms, published_ms, published_by, approved_by'

/** The latest first. */
export async function listRevisions(
  queries: Queries,
  { number }: LiveProgram,
  before: number,
  limit: number,
): Promise<RevisionRow[]> {
  const { rows } = await queries.query<RevisionRow>(
    `select ${COLUMNS} from revision where program = $1 and number < $2 order by number desc limit $3`,
    [number, before, limit],
  )
  return rows
}

export async function readRevision(
  queries: Queries,
  live: LiveProgram,
  number: number,
): Promise<(RevisionRow & { source: string }) | Refusal> {
  const { rows } = await queries.query<RevisionRow & { source: string }>(
    `select ${COLUMNS}, source from revision where program = $1 and number = $2`,
    [live.number, number],
  )
  return rows[0] ?? refuse('not_found', `There is no revision ${number}.`)
}

/** What a revision changed for members, in words; in English where there are none in that language. */
export function changesIn(live: LiveProgram, before: number, after: number, language: string): Changes {
  const wordingOf = (number: number) => {
    const { program } = live.revisions[number - 1]!
    const found = languageFor(program.features, language) ?? 'en'
    return new Wording(found, program, messagesOf(program.features, found)!)
  }
  return changesBetween(wordingOf(before), wordingOf(after))
}
