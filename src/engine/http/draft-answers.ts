/** How drafts of a program are told. */

import { z } from 'zod'
import { formatInstant } from '../../core/time.ts'
import type { ProgramDraft } from '../program-drafts.ts'
import { Time } from './program-answers.ts'

export const DraftSummary = z.strictObject({
  id: z.string(),
  title: z.string(),
  version: z.int().describe('Grows with every change'),
  begun_from: z.int().describe('The revision that it goes on from; one that was published since is not undone by it'),
  created_at: Time,
  created_by: z.string(),
  changed_at: Time,
  changed_by: z.string(),
  status: z.enum(['open', 'in_review', 'approved']),
  review: z
    .strictObject({ asked_at: Time, asked_by: z.string(), note: z.string().nullable() })
    .nullable()
    .describe('Who asks others to look at this version'),
  approval: z.strictObject({ approved_at: Time, approved_by: z.string() }).nullable().describe('Who agreed to it'),
})

export const DraftAnswer = z
  .strictObject({ ...DraftSummary.shape, source: z.string().describe('The file as it was written') })
  .meta({ id: 'ProgramDraft' })

export function summaryOf(draft: ProgramDraft): z.output<typeof DraftSummary> {
  const { id, title, version, begun_from, created_by, changed_by, asked_ms, asked_by, note } = draft
  const { approved_ms, approved_by } = draft
  return {
    id,
    title,
    version,
    begun_from,
    created_at: formatInstant(draft.created_ms),
    created_by,
    changed_at: formatInstant(draft.changed_ms),
    changed_by,
    status: approved_by !== null ? 'approved' : asked_by !== null ? 'in_review' : 'open',
    review: asked_by === null ? null : { asked_at: formatInstant(asked_ms!), asked_by, note },
    approval: approved_by === null ? null : { approved_at: formatInstant(approved_ms!), approved_by },
  }
}

export function draftAnswer(draft: ProgramDraft): z.output<typeof DraftAnswer> {
  return { ...summaryOf(draft), source: draft.source }
}
