/** The calls about the program itself: its file, its draft, what that would change, publishing it; and the test clock. */

import { z } from 'zod'
import type { Compiled, Program } from '../../core/program.ts'
import { type FieldError, Refusal, refuse } from '../../core/refusal.ts'
import { formatProblem, type Problem } from '../../core/source.ts'
import { addMonths, formatInstant, localDay, parseInstant, startOfDay } from '../../core/time.ts'
import { languagesOf } from '../../core/wording.ts'
import type { Queries } from '../db.ts'
import { sweepAndForward } from '../forwarding.ts'
import { inTurn } from '../in-turn.ts'
import { termsIn } from '../members-terms.ts'
import { currentProgram, type LiveProgram, nowOf } from '../programs.ts'
import { forbidden, programLosses, publish } from '../publish.ts'
import { onceDone } from './answered.ts'
import { type Caller, type Reply, ROLES, type Role, type Route, route, type Services } from './route.ts'

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

export interface ProgramRouteOptions {
  /** Checks a program file with the features that this installation has. */
  compile(text: string, revision: number): Compiled
  /** What both programs would have given, and the form that it is told in. */
  preview(preview: Preview): Promise<object>
  previewAnswer: z.ZodObject
}

export function programRoutes(options: ProgramRouteOptions): readonly Route[] {
  return [readRoute, termsRoute, draftRoute(options), previewRoute(options), publishRoute(options), testClockRoute]
}

const TAG = 'Programs'
const MAY_DRAFT = ['owner', 'marketer', 'developer'] as const satisfies readonly Role[]
const MAY_PUBLISH = ['owner', 'marketer'] as const satisfies readonly Role[]
const EVERYBODY_HERE = ROLES.filter((role) => role !== 'partner')
/** As far back as a preview looks unless it is told, and at most. */
const PREVIEW_MONTHS = 24
const MOST_MONTHS = 120
/** The longest program file, in characters. */
const MOST_CHARACTERS = 1_000_000

const Params = z.strictObject({ id: z.string().max(100).describe('The program’s own name, such as `corner-coffee`') })
const Time = z.iso.datetime({ offset: true })

const ProgramAnswer = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    mode: z.enum(['live', 'test']),
    now: Time.describe('The program’s present: real time, unless its test clock was moved'),
    revision: z.int().describe('The number of the revision that decides now'),
    effective_at: Time.describe('Since when it decides'),
    program: z.record(z.string(), z.unknown()).describe('The program file as JSON, defaults filled in'),
    source: z.string().describe('The file as it was written'),
    draft: z.string().nullable().describe('The draft as it was written; null without one'),
  })
  .meta({ id: 'Program' })

async function answerOf(queries: Queries, live: LiveProgram): Promise<z.output<typeof ProgramAnswer>> {
  const current = currentProgram(live)
  const { rows } = await queries.query<{ source: string; effective_ms: number; draft: string | null }>(
    `select r.source, r.effective_ms, p.draft from program p join revision r on r.program = p.number
     where p.number = $1 and r.number = $2`,
    [live.number, current.revision],
  )
  const { source, effective_ms, draft } = rows[0]!
  return {
    id: live.id,
    name: current.name,
    mode: live.mode,
    now: formatInstant(nowOf(live)),
    revision: current.revision,
    effective_at: formatInstant(effective_ms),
    program: { ...current.settings },
    source,
    draft,
  }
}

/** A key sees its own program and learns nothing of any other. */
function ownProgram({ program }: Caller, id: string): LiveProgram | Refusal {
  return program.id === id ? program : refuse('not_found', `There is no program ${id} for this key.`)
}

const readRoute = route({
  method: 'GET',
  path: '/v1/programs/{id}',
  id: 'getProgram',
  tag: TAG,
  summary: 'Get a program',
  params: Params,
  answers: { 200: { description: 'The program that decides now', schema: ProgramAnswer } },
  roles: EVERYBODY_HERE,
  async handle({ caller, services: { database }, params: { id } }) {
    const live = ownProgram(caller, id)
    return live instanceof Refusal ? live : { status: 200, body: await answerOf(database, live) }
  },
})

const TermsAnswer = z
  .strictObject({
    program: z.string(),
    revision: z.int().describe('The revision whose terms they are'),
    language: z.string(),
    languages: z.array(z.string()).describe('The languages that there are'),
    title: z.string(),
    since: z.string().nullable().describe('Since when the revision holds, in words'),
    next: z.string().nullable().describe('From when on other terms hold, in words; null where none are announced'),
    chapters: z.array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        statements: z.array(
          z.strictObject({
            about: z.string().describe('The part of the program, by the same name in every revision'),
            title: z.string().nullable().describe('What the program calls it'),
            text: z.string(),
            who: z.array(z.string()).nullable().describe('The levels or plans whose members it concerns; null for all'),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'Terms' })

const termsRoute = route({
  method: 'GET',
  path: '/v1/programs/{id}/terms',
  id: 'getTerms',
  tag: TAG,
  summary: 'Get the members’ terms',
  description:
    'What the program promises, in sentences for members, written from the program itself. The page `/join/{id}/terms` shows the same to everybody, without a key.',
  params: Params,
  query: z.strictObject({
    language: z.string().max(35).default('en').describe('In which language, such as `en` or `tr`; `en` unless said'),
    announced: z.enum(['yes', 'no']).default('no').describe('The terms that are to come, where there are any'),
  }),
  answers: { 200: { description: 'The terms', schema: TermsAnswer } },
  refusals: ['invalid'],
  roles: EVERYBODY_HERE,
  async handle({ caller, params: { id }, query: { language, announced } }) {
    const live = ownProgram(caller, id)
    if (live instanceof Refusal) return live
    const document = termsIn(live, language, announced === 'yes')
    if (document === null) {
      const known = languagesOf(currentProgram(live).features).join(', ')
      return refuse('invalid', `There are no words in ${language}, only in ${known}.`, '/query/language')
    }
    const { kind: _, ...told } = document
    const languages = languagesOf(currentProgram(live).features)
    return { status: 200, body: { program: live.id, languages, ...told } }
  },
})

const draftRoute = ({ compile }: ProgramRouteOptions) =>
  route({
    method: 'PUT',
    path: '/v1/programs/{id}/draft',
    id: 'saveDraft',
    tag: TAG,
    summary: 'Save a draft',
    description:
      'The program file as YAML or JSON. It is checked first: what is wrong is told with its line and column, and then the draft before stays. Nothing is decided by it until it is published.',
    params: Params,
    body: z.string().min(1, 'The program file is empty').max(MOST_CHARACTERS).describe('A program file'),
    answers: { 200: { description: 'The program with its draft', schema: ProgramAnswer } },
    roles: MAY_DRAFT,
    async handle({ caller, services: { database }, params: { id }, body }) {
      const live = ownProgram(caller, id)
      if (live instanceof Refusal) return live
      const { program, problems } = compile(body, live.revisions.length + 1)
      if (program === null) return mistakenFile(problems)
      await database.query('update program set draft = $2 where number = $1', [live.number, body])
      return { status: 200, body: await answerOf(database, live) }
    },
  })

function mistakenFile(problems: readonly Problem[]): Refusal {
  const errors = problems.map(({ pointer, code, message, line, column, suggestion }): FieldError => {
    const hint = suggestion === undefined ? '' : ` (did you mean \`${suggestion}\`?)`
    return { pointer, code, message: `${message}${hint}`, line, column }
  })
  return new Refusal('invalid', `The program has mistakes, first: ${formatProblem('line', problems[0]!)}`, errors)
}

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

const previewRoute = ({ compile, preview, previewAnswer }: ProgramRouteOptions) =>
  route({
    method: 'POST',
    path: '/v1/programs/{id}/draft/preview',
    id: 'previewDraft',
    tag: TAG,
    summary: 'Preview the draft',
    description: `Replays what members did in the last ${PREVIEW_MONTHS} months through the draft and through the program of now: what they bought and brought back, visits and actions, from empty accounts. It compares both, figure by figure and member by member, and changes nothing. Of a longer history the program is as if it had begun then: who was a member before joins with the first thing they did since.`,
    params: Params,
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
    roles: MAY_DRAFT,
    async handle({ caller, services, params: { id }, body }) {
      const live = ownProgram(caller, id)
      if (live instanceof Refusal) return live
      const draft = await readDraft(services.database, live, compile)
      if (draft instanceof Refusal) return draft
      const current = currentProgram(live)
      const until = nowOf(live)
      const from = beginningOf(body, current, until)
      if (from >= until)
        return refuse('invalid', `There is no history since then: it is ${formatInstant(until)}.`, '/since')
      // What happens at this very moment belongs to it: the time of a program in test mode stands still.
      const history = { from, until: until + 1 }
      // Each keeps a processor busy for seconds, so that several at once would only be slower.
      const figures = await inTurn('preview', () =>
        preview({ services, live, current, draft: draft.program, ...history }),
      )
      const takes_away = programLosses(live, draft.program).map(({ about, text, meant }) => ({ about, text, meant }))
      return { status: 200, body: { from: formatInstant(from), until: formatInstant(until), takes_away, ...figures } }
    },
  })

function beginningOf({ months, since }: z.output<typeof PreviewInput>, { zone }: Program, until: number): number {
  if (since !== undefined) return parseInstant(since)!
  return startOfDay(zone, addMonths(localDay(zone, until), -(months ?? PREVIEW_MONTHS)))
}

const PublishInput = z
  .strictObject({
    meant: z
      .array(z.string().min(1).max(200))
      .max(1_000)
      .optional()
      .describe('What the draft takes from members and is meant to, by its name in the refusal'),
  })
  .meta({ id: 'PublishRequest', examples: [{ meant: ['rewards.free-coffee'] }] })

const publishRoute = ({ compile }: ProgramRouteOptions) =>
  route({
    method: 'POST',
    path: '/v1/programs/{id}/publish',
    id: 'publishProgram',
    tag: TAG,
    summary: 'Publish the draft',
    description:
      'From now on the draft decides, or from the day that it names (`changes.from`). What was decided before stays as it is; activities that occurred before are decided by the revision of their time. A draft that takes from members what they have earned or were promised is refused, unless that is said to be meant: here, or in the file (`changes.meant`).',
    params: Params,
    body: PublishInput,
    answers: { 200: { description: 'The program as it decides from now on', schema: ProgramAnswer } },
    refusals: ['no_draft', 'fixed_for_life', 'wallet_in_use', 'takes_away', 'invalid'],
    roles: MAY_PUBLISH,
    handle: (call) =>
      onceDone(call, 'publishProgram', () =>
        inTurn(`publish ${call.caller.program.number}`, () => publishDraft(call, compile)),
      ),
  })

async function publishDraft(
  {
    caller,
    services,
    params: { id },
    body: { meant = [] },
  }: { caller: Caller; services: Services; params: { id: string }; body: z.output<typeof PublishInput> },
  compile: ProgramRouteOptions['compile'],
): Promise<Reply | Refusal> {
  const live = ownProgram(caller, id)
  if (live instanceof Refusal) return live
  const { database, programs } = services
  const draft = await readDraft(database, live, compile)
  if (draft instanceof Refusal) return draft
  const { text: source, program: compiled } = draft
  const published = await publish(database, programs, source, compiled, { by: caller.actor, meant })
  if (published instanceof Refusal) return published
  // Other processes learn of it by themselves within seconds; this one answers when it knows.
  while (live.revisions.length < published.revision) await programs.refresh()
  // One that was saved meanwhile stays.
  await database.query('update program set draft = null where number = $1 and draft = $2', [live.number, source])
  return { status: 200, body: await answerOf(database, live) }
}

/** The draft, compiled as the revision that it would be; a refusal when it cannot become that. */
async function readDraft(
  queries: Queries,
  live: LiveProgram,
  compile: ProgramRouteOptions['compile'],
): Promise<{ program: Program; text: string } | Refusal> {
  const { rows } = await queries.query<{ draft: string | null; last: number }>(
    `select draft, (select coalesce(max(number), 0) from revision where program = $1) as last
     from program where number = $1`,
    [live.number],
  )
  const { draft, last } = rows[0]!
  if (draft === null) return refuse('no_draft', `There is no draft; save one with PUT /v1/programs/${live.id}/draft.`)
  // A release may be stricter than the one that the draft was saved with.
  const { program, problems } = compile(draft, last + 1)
  if (program === null) return mistakenFile(problems)
  return (await forbidden(queries, live, program)) ?? { program, text: draft }
}

const testClockRoute = route({
  method: 'POST',
  path: '/v1/test-clock',
  id: 'moveTestClock',
  tag: TAG,
  summary: 'Move the test clock',
  description:
    'Programs in test mode only. Their time goes forward to `now` and stands still there, and all that falls due until then happens, in its order.',
  body: z.strictObject({ now: Time.describe('The new present, not before the one of now') }),
  answers: {
    200: {
      description: 'What happened on the way',
      schema: z.strictObject({
        now: Time,
        woken: z.int().describe('How many members something fell due for'),
        activities: z.int().describe('How many activities that made'),
      }),
    },
  },
  refusals: ['not_test_mode', 'clock_backwards'],
  roles: ['owner', 'developer'],
  handle: (call) =>
    onceDone(call, 'moveTestClock', () => moveClock(call.services, call.caller, parseInstant(call.body.now)!)),
})

/** The clock is moved before anything is decided: should this stop half-way, the same request goes on where it was. */
async function moveClock(services: Services, { program }: Caller, now: number): Promise<Reply | Refusal> {
  if (program.mode !== 'test') return refuse('not_test_mode', 'This program is live, and its time is the real one.')
  const { rowCount } = await services.database.query(
    `update program set clock_ms = $2 where number = $1 and mode = 'test' and coalesce(clock_ms, $3) <= $2`,
    [program.number, now, Date.now()],
  )
  if (rowCount === 0) {
    const detail = `The program's time is ${formatInstant(nowOf(program))} already, and time does not go back.`
    return refuse('clock_backwards', detail, '/now')
  }
  while (program.clock === null || program.clock < now) await services.programs.refresh()
  const { woken, activities } = await sweepAndForward(services, program, now)
  return { status: 200, body: { now: formatInstant(now), woken, activities } }
}
