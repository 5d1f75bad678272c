/** The members' terms of a program that is published: those of now, or those that were announced for a day to come. */

import { type TermsDocument, termsDocument } from '../core/terms-document.ts'
import { localDay } from '../core/time.ts'
import { languageFor, messagesOf, Wording } from '../core/wording.ts'
import { comingRevision, currentProgram, type LiveProgram } from './programs.ts'

/** `announced` asks for the terms to come, where there are any. Null where there are no words in that language. */
export function termsIn(live: LiveProgram, asked: string, announced: boolean): TermsDocument | null {
  const coming = comingRevision(live)
  const isComing = announced && coming !== null
  const program = isComing ? coming.program : currentProgram(live)
  const language = languageFor(program.features, asked)
  if (language === null) return null
  const { effective } = live.revisions[program.revision - 1]!
  const { zone } = program
  return termsDocument(program, new Wording(language, program, messagesOf(program.features, language)!), {
    // The first revision has no day: it also decides what occurred before it was published.
    since: effective === 0 ? null : localDay(zone, effective),
    isComing,
    next: isComing || coming === null ? null : localDay(zone, coming.effective),
  })
}
