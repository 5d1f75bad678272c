/** What the calls about a program share: how it is told, whose it is, and what is wrong with a text for one. */

import { z } from 'zod'
import type { Compiled } from '../../core/program.ts'
import { type FieldError, Refusal, refuse } from '../../core/refusal.ts'
import { formatProblem, type Problem } from '../../core/source.ts'
import { formatInstant } from '../../core/time.ts'
import type { Queries } from '../db.ts'
import { MAIN, readDraft } from '../program-drafts.ts'
import { currentProgram, type LiveProgram, nowOf } from '../programs.ts'
import type { Caller } from './route.ts'

/** Checks a program file with the features that this installation has. */
export type CompileDraft = (text: string, revision: number) => Compiled

export const TAG = 'Programs'
/** The longest program file, in characters. */
const MOST_CHARACTERS = 1_000_000

export const Params = z.strictObject({
  id: z.string().max(100).describe('The program’s own name, such as `corner-coffee`'),
})
export const Time = z.iso.datetime({ offset: true })
export const SourceText = z.string().min(1, 'The program file is empty').max(MOST_CHARACTERS)
export const Language = z
  .string()
  .max(35)
  .default('en')
  .describe('In which language, such as `en` or `tr`; `en` unless said, and where there is none such')

export const ProgramAnswer = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    mode: z.enum(['live', 'test']),
    now: Time.describe('The program’s present: real time, unless its test clock was moved'),
    revision: z.int().describe('The number of the revision that decides now'),
    effective_at: Time.describe('Since when it decides'),
    program: z.record(z.string(), z.unknown()).describe('The program file as JSON, defaults filled in'),
    source: z.string().describe('The file as it was written'),
    draft: z.string().nullable().describe('The draft `main` as it was written; null without one'),
  })
  .meta({ id: 'Program' })

export async function answerOf(queries: Queries, live: LiveProgram): Promise<z.output<typeof ProgramAnswer>> {
  const current = currentProgram(live)
  const { rows } = await queries.query<{ source: string; effective_ms: number }>(
    'select source, effective_ms from revision where program = $1 and number = $2',
    [live.number, current.revision],
  )
  const { source, effective_ms } = rows[0]!
  const draft = await readDraft(queries, live, MAIN)
  return {
    id: live.id,
    name: current.name,
    mode: live.mode,
    now: formatInstant(nowOf(live)),
    revision: current.revision,
    effective_at: formatInstant(effective_ms),
    program: { ...current.settings },
    source,
    draft: draft instanceof Refusal ? null : draft.source,
  }
}

/** A key sees its own program and learns nothing of any other. */
export function ownProgram({ program }: Caller, id: string): LiveProgram | Refusal {
  return program.id === id ? program : refuse('not_found', `There is no program ${id} for this key.`)
}

export function mistakenFile(problems: readonly Problem[]): Refusal {
  const errors = problems.map(({ pointer, code, message, line, column, suggestion }): FieldError => {
    const hint = suggestion === undefined ? '' : ` (did you mean \`${suggestion}\`?)`
    return { pointer, code, message: `${message}${hint}`, line, column }
  })
  return new Refusal('invalid', `The program has mistakes, first: ${formatProblem('line', problems[0]!)}`, errors)
}
