/** The calls about the program itself: its file, what it promises, its test clock; drafts and revisions stand beside. */

import { z } from 'zod'
import { Refusal, refuse } from '../../core/refusal.ts'
import { formatInstant, parseInstant } from '../../core/time.ts'
import { languagesOf } from '../../core/wording.ts'
import { sweepAndForward } from '../forwarding.ts'
import { termsIn } from '../members-terms.ts'
import { currentProgram, nowOf } from '../programs.ts'
import { onceDone } from './answered.ts'
import { type DraftRouteOptions, draftRoutes } from './draft-routes.ts'
import { answerOf, ownProgram, Params, ProgramAnswer, TAG, Time } from './program-answers.ts'
import { type RevisionRouteOptions, revisionRoutes } from './revision-routes.ts'
import { MAY } from './roles.ts'
import { type Caller, type Reply, type Route, route, type Services } from './route.ts'

export type ProgramRouteOptions = DraftRouteOptions & RevisionRouteOptions

export function programRoutes(options: ProgramRouteOptions): readonly Route[] {
  return [readRoute, termsRoute, ...draftRoutes(options), ...revisionRoutes(options), testClockRoute]
}

const readRoute = route({
  method: 'GET',
  path: '/v1/programs/{id}',
  id: 'getProgram',
  tag: TAG,
  summary: 'Get a program',
  params: Params,
  answers: { 200: { description: 'The program that decides now', schema: ProgramAnswer } },
  roles: MAY.read,
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
  roles: MAY.read,
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
