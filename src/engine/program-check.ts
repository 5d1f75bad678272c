/** Checks a text against the program that is there: each mistake at its place, and what the text says, read aloud. */

import { type Changes, changesBetween, type Loss } from '../core/changes.ts'
import type { Compiled, Program } from '../core/program.ts'
import { readAloud, type SentenceInPlace } from '../core/read-aloud.ts'
import type { FactDeclaration } from '../core/rules.ts'
import { type Path, type Problem, readSource, Source } from '../core/source.ts'
import { languageFor, messagesOf, Wording } from '../core/wording.ts'
import type { Queries } from './db.ts'
import { currentProgram, type LiveProgram } from './programs.ts'
import { forbidden, lastRevision, programLosses } from './publish.ts'

export interface Checked {
  /** By line and column. */
  problems: Omit<Problem, 'path'>[]
  /** The file as data, defaults filled in; null where it has mistakes. */
  program: Readonly<Record<string, unknown>> | null
  sentences: SentenceInPlace[]
  takesAway: Loss[]
  /** What it would change of the latest revision, in words. */
  changes: Pick<Changes, 'changes' | 'settings'>
  facts: (FactDeclaration & { name: string })[]
}

export async function checkProgram(
  queries: Queries,
  live: LiveProgram,
  text: string,
  { program, problems }: Compiled,
  language: string,
): Promise<Checked> {
  if (program === null)
    return {
      problems: problems.map(({ path: _, ...problem }) => problem),
      program: null,
      sentences: [],
      takesAway: [],
      changes: { changes: [], settings: [] },
      facts: [...currentProgram(live).facts.facts],
    }
  const refusal = await forbidden(queries, live, program)
  const spoken = languageFor(program.features, language) ?? 'en'
  const wordingOf = (told: Program) => new Wording(spoken, told, messagesOf(program.features, spoken)!)
  return {
    problems: (refusal?.errors ?? []).map((error) => inPlace(text, error)),
    program: program.settings,
    sentences: readAloud(wordingOf(program)),
    takesAway: programLosses(live, program),
    changes: changesBetween(wordingOf(lastRevision(live)), wordingOf(program)),
    facts: [...program.facts.facts],
  }
}

function inPlace(
  text: string,
  { pointer, code, message }: { pointer: string; code: string; message: string },
): Omit<Problem, 'path'> {
  const source = readSource(text)
  const { line, column } = source instanceof Source ? source.locate(pathOf(pointer)) : { line: 1, column: 1 }
  return { pointer, code, message, line, column }
}

function pathOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}
