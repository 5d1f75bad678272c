/** The calls about what a program was and may say: its revisions, what each changed, the form of its file, templates. */

import { z } from 'zod'
import { Refusal } from '../../core/refusal.ts'
import { CALLS } from '../../core/rules.ts'
import { formatInstant } from '../../core/time.ts'
import { checkProgram } from '../program-check.ts'
import { beginDraft } from '../program-drafts.ts'
import { lastRevision } from '../publish.ts'
import { lastPage, wrongCursor } from '../read.ts'
import { changesIn, listRevisions, type RevisionRow, readRevision } from '../revisions.ts'
import type { Template } from '../templates.ts'
import { once } from './answered.ts'
import { DraftAnswer, draftAnswer } from './draft-answers.ts'
import { type CompileDraft, Language, ownProgram, Params, SourceText, TAG, Time } from './program-answers.ts'
import { MAY } from './roles.ts'
import { type Route, route } from './route.ts'

export interface RevisionRouteOptions {
  compile: CompileDraft
  /** The JSON Schema of program files. */
  schema: Readonly<Record<string, unknown>>
  templates(): readonly Template[]
}

export function revisionRoutes(options: RevisionRouteOptions): readonly Route[] {
  return [listRoute, readRoute, revertRoute, checkRoute(options), formRoute(options), templatesRoute(options)]
}

const RevisionSummary = z.strictObject({
  number: z.int(),
  effective_at: Time.nullable().describe(
    'Since when it decides; null for the first, which decides all that was before',
  ),
  published_at: Time.nullable().describe('Null where nobody wrote that down'),
  published_by: z.string(),
  approved_by: z.string().nullable(),
})

function summaryOf({ number, effective_ms, published_ms, ...by }: RevisionRow): z.output<typeof RevisionSummary> {
  const { published_by, approved_by } = by
  return {
    number,
    effective_at: effective_ms === 0 ? null : formatInstant(effective_ms),
    published_at: published_ms === null ? null : formatInstant(published_ms),
    published_by,
    approved_by,
  }
}

const listRoute = route({
  method: 'GET',
  path: '/v1/programs/{id}/revisions',
  id: 'listRevisions',
  tag: TAG,
  summary: 'List the revisions',
  params: Params,
  query: z.strictObject({
    limit: z.coerce.number().int().min(1).max(100).default(20).describe('The most that are answered at once'),
    cursor: z.string().max(100).optional().describe('The `next_cursor` of the page before'),
  }),
  answers: {
    200: {
      description: 'Revisions, the latest first',
      schema: z.strictObject({
        data: z.array(RevisionSummary.meta({ id: 'RevisionSummary' })),
        has_more: z.boolean(),
        next_cursor: z.string().nullable(),
      }),
    },
  },
  roles: MAY.read,
  async handle({ caller, services: { database }, params: { id }, query: { limit, cursor } }) {
    const live = ownProgram(caller, id)
    if (live instanceof Refusal) return live
    if (cursor !== undefined && !/^\d{1,9}$/.test(cursor)) return wrongCursor()
    const before = cursor === undefined ? 2 ** 31 - 1 : Number(cursor)
    const rows = await listRevisions(database, live, before, limit + 1)
    const data = rows.slice(0, limit).map(summaryOf)
    if (rows.length <= limit) return { status: 200, body: lastPage(data) }
    return { status: 200, body: { data, has_more: true, next_cursor: String(data.at(-1)!.number) } }
  },
})

const ChangeTold = z
  .strictObject({
    about: z.string(),
    kind: z.enum(['added', 'changed', 'gone']),
    who: z.array(z.string()).nullable().describe('The levels or plans whose members it concerns; null for everybody'),
    before: z.string().nullable(),
    after: z.string().nullable(),
    note: z.string().nullable(),
  })
  .meta({ id: 'ProgramChange' })

const RevisionAnswer = z
  .strictObject({
    ...RevisionSummary.shape,
    source: z.string().describe('The file as it was written'),
    before: z.strictObject({ number: z.int(), source: z.string() }).nullable().describe('The revision before it'),
    changes: z.array(ChangeTold).describe('What members are told otherwise than before'),
    settings: z.array(z.string()).describe('Settings that are another and of which members are told nothing'),
    takes_away: z.array(z.strictObject({ about: z.string(), text: z.string() })),
  })
  .meta({ id: 'Revision' })

const RevisionParams = z.strictObject({
  ...Params.shape,
  number: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1),
})

const readRoute = route({
  method: 'GET',
  path: '/v1/programs/{id}/revisions/{number}',
  id: 'getRevision',
  tag: TAG,
  summary: 'Get a revision',
  description: 'With what it changed, in words, and the text before, so that both can be compared line by line.',
  params: RevisionParams,
  query: z.strictObject({
    language: Language,
    against: z.coerce.number().int().min(1).optional().describe('Another revision to compare with than the one before'),
  }),
  answers: { 200: { description: 'The revision', schema: RevisionAnswer } },
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ caller, services: { database }, params: { id, number }, query: { language, against } }) {
    const live = ownProgram(caller, id)
    if (live instanceof Refusal) return live
    const revision = await readRevision(database, live, number)
    if (revision instanceof Refusal) return revision
    const other = against ?? number - 1
    const before = other === 0 ? null : await readRevision(database, live, other)
    if (before instanceof Refusal) return before
    const changed = before === null ? NO_CHANGES : changesIn(live, other, number, language)
    return {
      status: 200,
      body: {
        ...summaryOf(revision),
        source: revision.source,
        before: before === null ? null : { number: before.number, source: before.source },
        changes: changed.changes,
        settings: changed.settings,
        takes_away: changed.losses.map(({ about, text }) => ({ about, text })),
      },
    }
  },
})

const NO_CHANGES = { changes: [], settings: [], losses: [] }

const revertRoute = route({
  method: 'POST',
  path: '/v1/programs/{id}/revisions/{number}/revert',
  id: 'revertToRevision',
  tag: TAG,
  summary: 'Go back to a revision',
  description:
    'Makes a draft of its text. What was decided meanwhile stays as it was decided, so that going back is a revision like any other: to be looked at, and published.',
  params: RevisionParams,
  answers: { 201: { description: 'The draft', schema: DraftAnswer } },
  refusals: ['not_found', 'limit_reached'],
  roles: MAY.draft,
  async handle(call) {
    const { caller, services, params } = call
    const live = ownProgram(caller, params.id)
    if (live instanceof Refusal) return live
    const revision = await readRevision(services.database, live, params.number)
    if (revision instanceof Refusal) return revision
    return once(call, 'revertToRevision', async (queries) => {
      const { source } = revision
      const begun = { title: `Back to revision ${params.number}`, source, begun_from: lastRevision(live).revision }
      const draft = await beginDraft(queries, live, begun, caller.actor)
      return draft instanceof Refusal ? draft : { status: 201, body: draftAnswer(draft) }
    })
  },
})

const FactTold = z
  .strictObject({
    name: z.string(),
    type: z.enum(['bool', 'int', 'string', 'money', 'strings', 'data']),
    describe: z.string(),
    values: z.array(z.string()).nullable().describe('Every value there can be; null where nobody can list them'),
  })
  .meta({ id: 'Fact' })

const CheckAnswer = z
  .strictObject({
    problems: z
      .array(
        z.strictObject({
          pointer: z.string(),
          line: z.int().describe('From 1'),
          column: z.int().describe('From 1, in UTF-16 units'),
          code: z.string(),
          message: z.string(),
          suggestion: z.string().nullable().describe('The word that was probably meant'),
        }),
      )
      .describe('Everything that keeps the text from being published, in the order of the file'),
    program: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('The file as JSON, defaults filled in; null where it has mistakes'),
    sentences: z
      .array(
        z.strictObject({
          pointer: z.string().describe('Where the part stands that it is about'),
          about: z.string(),
          title: z.string().nullable(),
          text: z.string(),
        }),
      )
      .describe('What it promises, read aloud; empty where it has mistakes'),
    takes_away: z
      .array(z.strictObject({ about: z.string(), text: z.string(), meant: z.boolean() }))
      .describe('What members have earned or were promised and would not have any more'),
    changes: z.array(ChangeTold).describe('What members would be told otherwise than by the latest revision'),
    settings: z.array(z.string()).describe('Settings that would be another and of which members are told nothing'),
    facts: z.array(FactTold).describe('What conditions may ask'),
  })
  .meta({ id: 'ProgramCheck' })

const checkRoute = ({ compile }: RevisionRouteOptions) =>
  route({
    method: 'POST',
    path: '/v1/programs/{id}/check',
    id: 'checkProgram',
    tag: TAG,
    summary: 'Check a program file',
    description:
      'Tells each mistake with its place and what would be right, and reads the program aloud. Keeps nothing.',
    params: Params,
    body: z
      .strictObject({ source: SourceText.describe('A program file'), language: Language })
      .meta({ examples: [{ source: 'program: corner-coffee\n…', language: 'en' }] }),
    answers: { 200: { description: 'What is wrong with it, and what it says', schema: CheckAnswer } },
    roles: MAY.read,
    async handle({ caller, services: { database }, params: { id }, body: { source, language } }) {
      const live = ownProgram(caller, id)
      if (live instanceof Refusal) return live
      const compiled = compile(source, lastRevision(live).revision + 1)
      const { problems, program, sentences, takesAway, changes, facts } = await checkProgram(
        database,
        live,
        source,
        compiled,
        language,
      )
      const body: z.output<typeof CheckAnswer> = {
        problems: problems.map(({ suggestion = null, ...problem }) => ({ ...problem, suggestion })),
        program,
        sentences,
        takes_away: takesAway.map(({ about, text, meant }) => ({ about, text, meant })),
        changes: changes.changes.map(({ who, ...change }) => ({ ...change, who: who === null ? null : [...who] })),
        settings: changes.settings,
        facts: facts.map(({ name, type, describe, values }) => ({
          name,
          type,
          describe,
          values: values === undefined ? null : [...values],
        })),
      }
      return { status: 200, body, audit: null }
    },
  })

const formRoute = ({ schema }: RevisionRouteOptions) =>
  route({
    method: 'GET',
    path: '/v1/program-form',
    id: 'getProgramForm',
    tag: TAG,
    summary: 'Get the form of program files',
    description: 'Their JSON Schema, from which editors draw forms, and the functions that conditions may call.',
    answers: {
      200: {
        description: 'The form of program files',
        schema: z
          .strictObject({
            schema: z.record(z.string(), z.unknown()).describe('JSON Schema 2020-12'),
            functions: z.array(
              z.strictObject({
                name: z.string(),
                example: z.string(),
                describe: z.string(),
                of: z.string().nullable(),
              }),
            ),
          })
          .meta({ id: 'ProgramForm' }),
      },
    },
    roles: MAY.read,
    handle: async () => ({ status: 200, body: { schema, functions: CALLS } }),
  })

const templatesRoute = ({ templates }: RevisionRouteOptions) =>
  route({
    method: 'GET',
    path: '/v1/templates',
    id: 'listTemplates',
    tag: TAG,
    summary: 'List the templates',
    description: 'Program files to begin with; `POST /v1/programs/{id}/drafts` begins a draft with one.',
    answers: {
      200: {
        description: 'All of them',
        schema: z.strictObject({
          data: z.array(
            z
              .strictObject({
                name: z.string(),
                about: z.string().describe('What it is, in a line'),
                source: z.string().describe('The file, commented'),
              })
              .meta({ id: 'Template' }),
          ),
          has_more: z.boolean(),
          next_cursor: z.string().nullable(),
        }),
      },
    },
    roles: MAY.read,
    handle: async () => ({
      status: 200,
      body: lastPage(templates().map(({ name, about, text }) => ({ name, about, source: text }))),
    }),
  })
