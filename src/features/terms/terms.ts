/** Terms: what the members' terms say that no other section does, such as who runs the program and whom to ask. */

import { z } from 'zod'
import type { Feature, Statement } from '../../core/feature.ts'
import type { Program } from '../../core/program.ts'
import { words } from './words.ts'

const TermsSection = z
  .strictObject({
    run_by: z.string().min(1).max(300).optional().describe('Who runs the program, as members read it'),
    contact: z.string().min(1).max(300).optional().describe('Where members ask: an address, a phone number, a page'),
    also: z
      .array(z.string().min(1).max(2_000))
      .max(50)
      .default([])
      .describe('Sentences of your own, in the language of your members'),
  })
  .optional()
type Section = z.output<typeof TermsSection>

export const terms: Feature = { id: 'terms', section: TermsSection, statements: told, words }

function told({ settings }: Program): Statement[] {
  const section = settings['terms'] as Section
  if (section === undefined) return []
  const { run_by, contact, also } = section
  const statements: Statement[] = []
  if (run_by !== undefined)
    statements.push({ about: 'terms.run_by', chapter: 'program', message: 'run_by', values: { run_by } })
  if (contact !== undefined)
    statements.push({ about: 'terms.contact', chapter: 'program', message: 'contact', values: { contact } })
  for (const [i, text] of also.entries())
    statements.push({ about: `terms.also.${i + 1}`, message: 'also', values: { text } })
  return statements
}
