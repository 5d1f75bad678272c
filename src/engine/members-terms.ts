/** The members' terms of a program that is published, as of now. */

import { type TermsDocument, termsDocument } from '../core/terms-document.ts'
import { localDay } from '../core/time.ts'
import { messagesOf, Wording } from '../core/wording.ts'
import { currentProgram, type LiveProgram } from './programs.ts'

/** Null where there are no words in that language. */
export function termsIn(live: LiveProgram, language: string): TermsDocument | null {
  const program = currentProgram(live)
  const messages = messagesOf(program.features, language)
  if (messages === null) return null
  const { effective } = live.revisions[program.revision - 1]!
  // The first revision has no day: it also decides what occurred before it was published.
  const since = effective === 0 ? null : localDay(program.zone, effective)
  return termsDocument(program, new Wording(language, program, messages), since)
}
