/** The calls about drafts of a program: who writes what, what it would change, who agrees to it, and publishing it. */

import { z } from 'zod'
import type { Program } from '../../core/program.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { setIn } from '../../core/source-edits.ts'
import { addMonths, formatInstant, localDay, parseInstant, startOfDay } from '../../core/time.ts'
import type { Queries } from '../db.ts'
import { inTurn } from '../in-turn.ts'
import {
  approveDraft,
  askForReview,
  beginDraft,
  changeDraft,
  discardDraft,
  listDrafts,
  MAIN,
  type ProgramDraft,
  readDraft,
  saveMain,
  seenDraft,
} from '../program-drafts.ts'
import { currentProgram, type LiveProgram, nowOf } from '../programs.ts'
import { forbidden, lastRevision, programLosses, publish } from '../publish.ts'
import { lastPage } from '../read.ts'
import { readRevision } from '../revisions.ts'
import type { Template } from '../templates.ts'
import { tryOrder } from '../try-order.ts'
import { once, onceDone } from './answered.ts'
import { DraftAnswer, DraftSummary, draftAnswer, summaryOf } from './draft-answers.ts'
import {
  answerOf,
  type CompileDraft,
  mistakenFile,
  ownProgram,
  Params,
  ProgramAnswer,
  SourceText,
  TAG,
  Time,
} from './program-answers.ts'
import { MAY } from './roles.ts'
import { type Call, type Reply, type Role, type Route, route, type Services } from './route.ts'

/** What a preview compares: the recent history of the ledger, folded through both programs. */
export interface Preview {
  services: Services
  live: LiveProgram
  current: Program
  draft: Program
  /** Half-open, in ms. */
  from: number
  until: number
}

export interface DraftRouteOptions {
  compile: CompileDraft
  /** What both programs would have given, and the form that it is told in. */
  preview(preview: Preview): Promise<object>
  previewAnswer: z.ZodObject
  templates(): readonly Template[]
}

export function draftRoutes(options: DraftRouteOptions): readonly Route[] {
  return [
    saveMainRoute(options),
    previewRoute(options, 'main'),
    publishRoute(options, 'main'),
    listRoute,
    beginRoute(options),
    readRoute,
    changeRoute,
    discardRoute,
    previewRoute(options, 'named'),
    tryRoute(options),
    reviewRoute(options),
    approveRoute(options),
    publishRoute(options, 'named'),
  ]
}

/** As far back as a preview looks unless it is told, and at most. */
const PREVIEW_MONTHS = 24
const MOST_MONTHS = 120

const DraftParams = z.strictObject({ ...Params.shape, draft: z.string().max(100).describe('`main`, or `dft_…`') })
const Version = z.int().min(1).describe('The version that you have seen; a later one is not written over')
const Title = z.string().trim().min(1).max(200).describe('What people call it')

/** A draft tells who changed it and when, so that the log need not have every pause in somebody's typing. */
function replyWith(draft: ProgramDraft | Refusal, status = 200): Reply | Refusal {
  return draft instanceof Refusal ? draft : { status, body: draftAnswer(draft), audit: null }
}

/** What others have to be able to see later, of drafts that are there no more. */
function auditedReply(draft: ProgramDraft | Refusal): Reply | Refusal {
  if (draft instanceof Refusal) return draft
  const { id, title, version } = draft
  return { status: 200, body: draftAnswer(draft), audit: { about: id, before: null, after: { title, version } } }
}

const saveMainRoute = ({ compile }: DraftRouteOptions) =>
  route({
    method: 'PUT',
    path: '/v1/programs/{id}/draft',
    id: 'saveDraft',
    tag: TAG,
    summary: 'Save a draft',
    description:
      'The program file as YAML or JSON, kept as the draft `main`. It is checked first: what is wrong is told with its line and column, and then the draft before stays. Nothing is decided by it until it is published. Several people write drafts of their own with `POST /v1/programs/{id}/drafts`.',
    params: Params,
    body: SourceText.describe('A program file'),
    answers: { 200: { description: 'The program with its draft', schema: ProgramAnswer } },
    roles: MAY.draft,
    async handle({ caller, services: { database }, params: { id }, body }) {
      const live = ownProgram(caller, id)
      if (live instanceof Refusal) return live
      const { program, problems } = compile(body, live.revisions.length + 1)
      if (program === null) return mistakenFile(problems)
      await saveMain(database, live, body, caller.actor)
      return { status: 200, body: await answerOf(database, live) }
    },
  })

const listRoute = route({
  method: 'GET',
  path: '/v1/programs/{id}/drafts',
  id: 'listDrafts',
  tag: TAG,
  summary: 'List the drafts',
  params: Params,
  answers: {
    200: {
      description: 'Drafts, the last changed first; there are never more than a page of them',
      schema: z.strictObject({
        data: z.array(DraftSummary.meta({ id: 'ProgramDraftSummary' })),
        has_more: z.boolean(),
        next_cursor: z.string().nullable(),
      }),
    },
  },
  roles: MAY.read,
  async handle({ caller, services: { database }, params: { id } }) {
    const live = ownProgram(caller, id)
    if (live instanceof Refusal) return live
    return { status: 200, body: lastPage((await listDrafts(database, live)).map(summaryOf)) }
  },
})

const NewDraftInput = z
  .strictObject({
    title: Title.optional(),
    source: SourceText.optional().describe('A program file, which may still have mistakes'),
    template: z.string().max(100).optional().describe('Or the template to begin with, by its name'),
  })
  .refine(({ source, template }) => source === undefined || template === undefined, 'takes `source` or `template`')
  .meta({ id: 'NewProgramDraft', examples: [{ title: 'Double points in spring' }] })

const beginRoute = ({ templates }: DraftRouteOptions) =>
  route({
    method: 'POST',
    path: '/v1/programs/{id}/drafts',
    id: 'beginDraft',
    tag: TAG,
    summary: 'Begin a draft',
    description:
      'With a text, with a template, or else with the latest revision. There may be several drafts at once. A template gets this program’s id, name, currency and time zone.',
    params: Params,
    body: NewDraftInput,
    answers: { 201: { description: 'The draft', schema: DraftAnswer } },
    refusals: ['invalid', 'limit_reached'],
    roles: MAY.draft,
    async handle(call) {
      const { caller, services, params, body } = call
      const live = ownProgram(caller, params.id)
      if (live instanceof Refusal) return live
      const begun = await beginning(services.database, live, body, templates)
      if (begun instanceof Refusal) return begun
      return once(call, 'beginDraft', async (queries) => {
        const title = body.title ?? begun.title
        const draft = { title, source: begun.source, begun_from: lastRevision(live).revision }
        return replyWith(await beginDraft(queries, live, draft, caller.actor), 201)
      })
    },
  })

/** The text that a draft begins with, and what it is called for want of anything better. */
async function beginning(
  queries: Queries,
  live: LiveProgram,
  { source, template }: z.output<typeof NewDraftInput>,
  templates: DraftRouteOptions['templates'],
): Promise<{ title: string; source: string } | Refusal> {
  if (source !== undefined) return { title: 'Draft', source }
  if (template === undefined) {
    const latest = await readRevision(queries, live, lastRevision(live).revision)
    return latest instanceof Refusal ? latest : { title: 'Draft', source: latest.source }
  }
  const found = templates().find(({ name }) => name === template)
  if (found === undefined) return refuse('invalid', `There is no template ${template}.`, '/template')
  return { title: found.name, source: asThisProgram(found.text, live) }
}

/** What a program cannot change any more is this one's, also where the text is somebody else's. */
function asThisProgram(text: string, live: LiveProgram): string {
  const { name, currency, settings } = lastRevision(live)
  const own = { program: live.id, name, currency, timezone: settings['timezone'] }
  return Object.entries(own).reduce((source, [setting, value]) => setIn(source, [setting], value), text)
}

const readRoute = route({
  method: 'GET',
  path: '/v1/programs/{id}/drafts/{draft}',
  id: 'getDraft',
  tag: TAG,
  summary: 'Get a draft',
  params: DraftParams,
  answers: { 200: { description: 'The draft', schema: DraftAnswer } },
  refusals: ['no_draft'],
  roles: MAY.read,
  async handle({ caller, services: { database }, params: { id, draft } }) {
    const live = ownProgram(caller, id)
    return live instanceof Refusal ? live : replyWith(await readDraft(database, live, draft))
  },
})

const DraftChangeInput = z
  .strictObject({
    version: Version,
    source: SourceText.optional().describe('The whole file; it may have mistakes, which only publishing minds'),
    title: Title.optional(),
    begun_from: z
      .int()
      .min(1)
      .optional()
      .describe('The revision that it goes on from now, once somebody has seen what that one changed'),
  })
  .meta({ id: 'ProgramDraftChange', examples: [{ version: 3, title: 'Double points in spring' }] })

const changeRoute = route({
  method: 'PUT',
  path: '/v1/programs/{id}/drafts/{draft}',
  id: 'changeDraft',
  tag: TAG,
  summary: 'Change a draft',
  description:
    'What is left out stays. If somebody else has changed the draft since the version that you name, nothing is written and `changed_meanwhile` says who it was and when. A review that was asked for, and an approval, were of the text before, and are taken back.',
  params: DraftParams,
  body: DraftChangeInput,
  answers: { 200: { description: 'The draft in its new version', schema: DraftAnswer } },
  refusals: ['changed_meanwhile', 'no_draft'],
  roles: MAY.draft,
  async handle({ caller, services: { database }, params: { id, draft }, body: { version, ...change } }) {
    const live = ownProgram(caller, id)
    if (live instanceof Refusal) return live
    const { begun_from: begun } = change
    if (begun !== undefined && live.revisions[begun - 1] === undefined)
      return refuse('invalid', `There is no revision ${begun}.`, '/begun_from')
    return replyWith(await changeDraft(database, live, draft, version, change, caller.actor))
  },
})

const discardRoute = route({
  method: 'DELETE',
  path: '/v1/programs/{id}/drafts/{draft}',
  id: 'discardDraft',
  tag: TAG,
  summary: 'Discard a draft',
  description: 'Answers it a last time. Nothing was decided by it.',
  params: DraftParams,
  query: z.strictObject({ version: z.coerce.number().int().min(1).describe('The version that you have seen') }),
  answers: { 200: { description: 'The draft as it was', schema: DraftAnswer } },
  refusals: ['changed_meanwhile', 'no_draft'],
  roles: MAY.draft,
  async handle({ caller, services: { database }, params: { id, draft }, query: { version } }) {
    const live = ownProgram(caller, id)
    return live instanceof Refusal ? live : auditedReply(await discardDraft(database, live, draft, version))
  },
})

const Taken = z
  .strictObject({
    about: z.string().describe('What it is about: the name by which it is said to be meant'),
    text: z.string(),
    meant: z.boolean().describe('Whether the file says that it is meant'),
  })
  .meta({ id: 'TakenAway' })

const PreviewInput = z
  .strictObject({
    months: z
      .int()
      .min(1)
      .max(MOST_MONTHS)
      .optional()
      .describe(`The last so many months; ${PREVIEW_MONTHS} unless said`),
    since: Time.optional().describe('Or everything since then'),
  })
  .refine(({ months, since }) => months === undefined || since === undefined, 'takes `months` or `since`, not both')
  .meta({ id: 'PreviewRequest', examples: [{ months: 12 }] })

/** The draft `main` has addresses of its own, which were there before there could be others. */
type Which = 'main' | 'named'

const previewRoute = ({ compile, preview, previewAnswer }: DraftRouteOptions, which: Which) =>
  route({
    method: 'POST',
    path: which === 'main' ? '/v1/programs/{id}/draft/preview' : '/v1/programs/{id}/drafts/{draft}/preview',
    id: which === 'main' ? 'previewDraft' : 'previewNamedDraft',
    tag: TAG,
    summary: which === 'main' ? 'Preview the draft' : 'Preview a draft',
    description: `Replays what members did in the last ${PREVIEW_MONTHS} months through the draft and through the program of now: what they bought and brought back, visits and actions, from empty accounts. It compares both, figure by figure and member by member, and changes nothing. Of a longer history the program is as if it had begun then: who was a member before joins with the first thing they did since.`,
    params: paramsOf(which),
    body: PreviewInput,
    answers: {
      200: {
        description: 'What both would have given',
        schema: z
          .strictObject({ from: Time, until: Time, takes_away: z.array(Taken), ...previewAnswer.shape })
          .meta({ id: 'Preview' }),
      },
    },
    refusals: ['no_draft', 'fixed_for_life', 'wallet_in_use', 'invalid'],
    roles: MAY.draft,
    async handle({ caller, services, params: { id, draft: name = MAIN }, body }) {
      const live = ownProgram(caller, id)
      if (live instanceof Refusal) return live
      const draft = await readDraft(services.database, live, name)
      const next = draft instanceof Refusal ? draft : await compiled(services.database, live, draft, compile)
      if (next instanceof Refusal) return next
      const current = currentProgram(live)
      const until = nowOf(live)
      const from = beginningOf(body, current, until)
      if (from >= until)
        return refuse('invalid', `There is no history since then: it is ${formatInstant(until)}.`, '/since')
      // What happens at this very moment belongs to it: the time of a program in test mode stands still.
      const history = { from, until: until + 1 }
      // Each keeps a processor busy for seconds, so that several at once would only be slower.
      const figures = await inTurn('preview', () => preview({ services, live, current, draft: next, ...history }))
      const takes_away = programLosses(live, next).map(({ about, text, meant }) => ({ about, text, meant }))
      const told = { from: formatInstant(from), until: formatInstant(until), takes_away, ...figures }
      return { status: 200, body: told, audit: null }
    },
  })

function paramsOf(which: Which): z.ZodType<{ id: string; draft?: string | undefined }> {
  return which === 'main' ? Params : DraftParams
}

function beginningOf({ months, since }: z.output<typeof PreviewInput>, { zone }: Program, until: number): number {
  if (since !== undefined) return parseInstant(since)!
  return startOfDay(zone, addMonths(localDay(zone, until), -(months ?? PREVIEW_MONTHS)))
}

/** The draft as the revision that it would be; a refusal when it cannot become that. */
async function compiled(
  queries: Queries,
  live: LiveProgram,
  { source }: ProgramDraft,
  compile: CompileDraft,
): Promise<Program | Refusal> {
  const { program, problems } = compile(source, lastRevision(live).revision + 1)
  if (program === null) return mistakenFile(problems)
  return (await forbidden(queries, live, program)) ?? program
}

const TriedSide = z
  .strictObject({
    refused: z
      .strictObject({ code: z.string(), detail: z.string() })
      .nullable()
      .describe('Why it refuses the order as it was sent: then all the rest is empty'),
    total: z.int().nullable().describe('What is paid after all that the program takes off, in minor units'),
    discounts: z.array(z.strictObject({ source: z.string(), amount: z.int() })),
    redemptions: z.array(
      z.strictObject({ reward: z.string(), wallet: z.string(), quantity: z.int(), points: z.int() }),
    ),
    earned: z.array(z.strictObject({ wallet: z.string(), decimals: z.int(), points: z.int() })),
    explanation: z.array(
      z.strictObject({
        rule: z.string(),
        wallet: z.string(),
        line: z.string().nullable(),
        base: z.int(),
        rate: z.string(),
        exact: z.string(),
        rounding: z.string(),
        carry_before: z.string().nullable(),
        carry_after: z.string().nullable(),
        points: z.int(),
        text: z.string(),
      }),
    ),
  })
  .meta({ id: 'TriedSide' })

const TryAnswer = z
  .strictObject({
    order: z.string(),
    member: z.string(),
    occurred_at: Time,
    revision: z.int().describe('The revision that decided it then, which may be an earlier one'),
    currency: z.string(),
    lines: z.array(z.strictObject({ name: z.string(), quantity: z.number(), unit_price: z.int() })),
    now: TriedSide.describe('Under the program of now'),
    draft: TriedSide.describe('Under the draft'),
  })
  .meta({ id: 'TriedOrder' })

const tryRoute = ({ compile }: DraftRouteOptions) =>
  route({
    method: 'POST',
    path: '/v1/programs/{id}/drafts/{draft}/try',
    id: 'tryDraft',
    tag: TAG,
    summary: 'Try a draft on a past order',
    description:
      'Decides an order of the ledger again, under the draft and under the program of now, for the member as they were before it. Stock, budgets and codes are what is left of them now. Changes nothing.',
    params: DraftParams,
    body: z
      .strictObject({
        order: z.string().min(1).max(200).describe('Your id of the order'),
        source: SourceText.optional().describe('The draft as it stands with you, where it is not saved yet'),
      })
      .meta({ examples: [{ order: '1001' }] }),
    answers: { 200: { description: 'The order as both decide it', schema: TryAnswer } },
    refusals: ['not_found', 'account_erased', 'no_draft', 'fixed_for_life', 'wallet_in_use'],
    roles: MAY.draft,
    async handle({ caller, services, params: { id, draft: name }, body: { order, source } }) {
      const live = ownProgram(caller, id)
      if (live instanceof Refusal) return live
      const saved = await readDraft(services.database, live, name)
      if (saved instanceof Refusal) return saved
      const draft = source === undefined ? saved : { ...saved, source }
      const next = await compiled(services.database, live, draft, compile)
      if (next instanceof Refusal) return next
      const tried = await tryOrder(services, live, order, currentProgram(live), next)
      if (tried instanceof Refusal) return tried
      const { occurredMs, ...told } = tried
      return { status: 200, body: { ...told, occurred_at: formatInstant(occurredMs) }, audit: null }
    },
  })

const reviewRoute = ({ compile }: DraftRouteOptions) =>
  route({
    method: 'POST',
    path: '/v1/programs/{id}/drafts/{draft}/review',
    id: 'askForReview',
    tag: TAG,
    summary: 'Ask for a review',
    description: 'Asks others to look at this version. It has to be without mistakes.',
    params: DraftParams,
    body: z
      .strictObject({
        version: Version,
        note: z.string().trim().min(1).max(2_000).optional().describe('What whoever looks at it should know'),
      })
      .meta({ examples: [{ version: 3, note: 'For the spring campaign' }] }),
    answers: { 200: { description: 'The draft', schema: DraftAnswer } },
    refusals: ['changed_meanwhile', 'no_draft', 'fixed_for_life', 'wallet_in_use'],
    roles: MAY.draft,
    async handle({ caller, services: { database }, params: { id, draft: name }, body: { version, note = null } }) {
      const live = ownProgram(caller, id)
      if (live instanceof Refusal) return live
      const draft = await seenDraft(database, live, name, version)
      const next = draft instanceof Refusal ? draft : await compiled(database, live, draft, compile)
      if (draft instanceof Refusal || next instanceof Refusal) return next as Refusal
      return auditedReply(await askForReview(database, live, draft, caller.actor, note))
    },
  })

const approveRoute = ({ compile }: DraftRouteOptions) =>
  route({
    method: 'POST',
    path: '/v1/programs/{id}/drafts/{draft}/approve',
    id: 'approveDraft',
    tag: TAG,
    summary: 'Approve a draft',
    description: 'Agrees to this version. Nobody can who made the last change to it.',
    params: DraftParams,
    body: z.strictObject({ version: Version }).meta({ examples: [{ version: 3 }] }),
    answers: { 200: { description: 'The draft', schema: DraftAnswer } },
    refusals: ['changed_meanwhile', 'own_draft', 'no_draft', 'fixed_for_life', 'wallet_in_use'],
    roles: MAY.review,
    async handle({ caller, services: { database }, params: { id, draft: name }, body: { version } }) {
      const live = ownProgram(caller, id)
      if (live instanceof Refusal) return live
      const draft = await seenDraft(database, live, name, version)
      const next = draft instanceof Refusal ? draft : await compiled(database, live, draft, compile)
      if (draft instanceof Refusal || next instanceof Refusal) return next as Refusal
      return auditedReply(await approveDraft(database, live, draft, caller.actor))
    },
  })

const PublishInput = z
  .strictObject({
    meant: z
      .array(z.string().min(1).max(200))
      .max(1_000)
      .optional()
      .describe('What the draft takes from members and is meant to, by its name in the refusal'),
  })
  .meta({ id: 'PublishRequest', examples: [{ meant: ['rewards.free-coffee'] }] })

const PublishNamedInput = z
  .strictObject({ version: Version, ...PublishInput.shape })
  .meta({ id: 'PublishDraftRequest', examples: [{ version: 3, meant: ['rewards.free-coffee'] }] })

const publishRoute = ({ compile }: DraftRouteOptions, which: Which) =>
  route({
    method: 'POST',
    path: which === 'main' ? '/v1/programs/{id}/publish' : '/v1/programs/{id}/drafts/{draft}/publish',
    id: which === 'main' ? 'publishProgram' : 'publishDraft',
    tag: TAG,
    summary: which === 'main' ? 'Publish the draft' : 'Publish a draft',
    description:
      'From now on the draft decides, or from the day that it names (`changes.from`). What was decided before stays as it is; activities that occurred before are decided by the revision of their time. A draft that takes from members what they have earned or were promised is refused, unless that is said to be meant: here, or in the file (`changes.meant`). A marketer’s draft needs somebody else’s approval first, or everybody’s: as `review` in the program of now has it.',
    params: paramsOf(which),
    body: (which === 'main' ? PublishInput : PublishNamedInput) as z.ZodType<PublishBody>,
    answers: { 200: { description: 'The program as it decides from now on', schema: ProgramAnswer } },
    refusals: [
      'no_draft',
      'changed_meanwhile',
      'needs_review',
      'fixed_for_life',
      'wallet_in_use',
      'takes_away',
      'invalid',
    ],
    roles: MAY.publish,
    handle: (call) =>
      onceDone(call, which === 'main' ? 'publishProgram' : 'publishDraft', () =>
        inTurn(`publish ${call.caller.program.number}`, () => publishDraft(call, compile)),
      ),
  })

type PublishBody = z.output<typeof PublishInput> & { version?: number | undefined }

async function publishDraft(
  {
    caller,
    services: { database, programs },
    params: { id, draft: name = MAIN },
    body: { version, meant = [] },
  }: Call<{ id: string; draft?: string | undefined }, unknown, PublishBody>,
  compile: CompileDraft,
): Promise<Reply | Refusal> {
  const live = ownProgram(caller, id)
  if (live instanceof Refusal) return live
  const draft =
    version === undefined ? await readDraft(database, live, name) : await seenDraft(database, live, name, version)
  if (draft instanceof Refusal) return draft
  const next = await compiled(database, live, draft, compile)
  if (next instanceof Refusal) return next
  if (draft.approved_by === null && needsApproval(live, caller))
    return refuse('needs_review', 'Somebody else has to approve this draft before it is published.')
  const published = await publish(database, programs, draft.source, next, {
    by: caller.actor,
    meant,
    approvedBy: draft.approved_by,
    begunFrom: draft.begun_from,
  })
  if (published instanceof Refusal) return published
  // Other processes learn of it by themselves within seconds; this one answers when it knows.
  while (live.revisions.length < published.revision) await programs.refresh()
  // One that was saved meanwhile stays.
  await discardDraft(database, live, draft.id, draft.version)
  const before = { revision: draft.begun_from }
  const after = {
    revision: published.revision,
    draft: draft.id,
    title: draft.title,
    approved_by: draft.approved_by,
    meant,
  }
  return { status: 200, body: await answerOf(database, live), audit: { about: live.id, before, after } }
}

/** The program of now says so, and not the draft: whoever writes one could write themselves out of it. */
function needsApproval(live: LiveProgram, { role }: { role: Role }): boolean {
  const { review } = currentProgram(live).settings as { review: 'marketers' | 'everybody' | 'nobody' }
  return review === 'everybody' || (review === 'marketers' && role !== 'owner')
}
