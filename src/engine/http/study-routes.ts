/** The calls that ask for backtests and balances: worked out in turn, in processes of their own, and kept. */

import { Readable } from 'node:stream'
import { z } from 'zod'
import type { Compiled, Program } from '../../core/program.ts'
import { type FieldError, Refusal, refuse } from '../../core/refusal.ts'
import { formatProblem } from '../../core/source.ts'
import { addMonths, formatInstant, localDay, parseInstant, startOfDay } from '../../core/time.ts'
import type { Queries } from '../db.ts'
import { readDraft } from '../program-drafts.ts'
import { currentProgram, type LiveProgram, nowOf } from '../programs.ts'
import type { Desk } from '../studies/desk.ts'
import {
  addStudy,
  countBefore,
  findStudy,
  forgetStudy,
  type Kind,
  listStudies,
  readText,
  type StudyRow,
  stopStudy,
} from '../studies/studies.ts'
import type { BacktestTask, BalanceTask, FileHistory, LedgerHistory, RewardCosts } from '../studies/task.ts'
import { readTemplates } from '../templates.ts'
import { once } from './answered.ts'
import { MAY } from './roles.ts'
import { type Call, PageText, type Reply, type Route, route } from './route.ts'
import {
  type Asked,
  type AskedProgram,
  BacktestEntry,
  BacktestInput,
  BalanceEntry,
  BalanceInput,
  PageQuery,
  type ProgramChoice,
  pageOf,
} from './study-shapes.ts'

/** What only a door can bring: programs with all features, and how a report is asked for and looks. */
export interface StudyRouteOptions {
  compile(text: string, revision: number): Compiled
  backtestReport: z.ZodType
  balanceReport: z.ZodType
  /** What is taken for granted unless somebody says otherwise. */
  usual: { chance: number; margin: number; seed: number; seeds: number; response: BacktestTask['response'] & object }
  /** What cannot be answered, in sentences. */
  wrongBacktest(task: BacktestTask, program: Program, against: Program | null): string | null
  wrongBalance(task: BalanceTask, program: Program): string[]
  /** The program's text with other settings; null where it has no such settings. */
  textWith(task: BalanceTask, program: Program, settings: Record<string, number>): string | null
}

export function studyRoutes(options: StudyRouteOptions): readonly Route[] {
  const backtest = BacktestEntry.extend({ report: options.backtestReport.nullable() }).meta({
    id: 'Backtest',
    description: 'A backtest, and its report once it is done: the same that `regulars backtest --json` writes',
  })
  const balance = BalanceEntry.extend({ report: options.balanceReport.nullable() }).meta({
    id: 'ProgramBalance',
    description: 'A balance, and its report once it is done: the same that `regulars balance --json` writes',
  })
  return [
    askBacktest(options),
    ...readingRoutes({ ...BACKTESTS, entry: BacktestEntry, whole: backtest }),
    askBalance(options),
    ...readingRoutes({ ...BALANCES, entry: BalanceEntry, whole: balance }),
    variantRoute(options),
  ]
}

const TAG = 'Backtests'
const ROLES = MAY.backtest
const Params = z.strictObject({ id: z.string().max(100) })

const BACKTESTS = {
  kind: 'backtest' as const,
  path: '/v1/backtests',
  one: 'Backtest',
  called: 'a backtest',
  many: 'backtests',
}
const BALANCES = {
  kind: 'balance' as const,
  path: '/v1/balances',
  one: 'Balance',
  called: 'a balance',
  many: 'balances',
}

function noDesk(): Refusal {
  return refuse('unavailable', 'This server works out no backtests.')
}

/** What was chosen, compiled, and how it is told of. */
interface Chosen {
  source: string
  revision: number
  program: Program
  asked: AskedProgram
}

async function choose(
  queries: Queries,
  live: LiveProgram,
  choice: ProgramChoice,
  pointer: string,
  compile: StudyRouteOptions['compile'],
): Promise<Chosen | Refusal> {
  const found = await sourceOf(queries, live, choice, pointer)
  if (found instanceof Refusal) return found
  const { program, problems } = compile(found.source, found.revision)
  if (program !== null) return { ...found, program, asked: { ...found.asked, title: program.name } }
  const errors = problems.map(
    ({ code, message, line, column }): FieldError => ({ pointer, code, message, line, column }),
  )
  return new Refusal('invalid', `The program has mistakes, first: ${formatProblem('line', problems[0]!)}`, errors)
}

type Text = Omit<Chosen, 'program' | 'asked'> & { asked: Pick<AskedProgram, 'from' | 'name'> }

async function sourceOf(
  queries: Queries,
  live: LiveProgram,
  choice: ProgramChoice,
  pointer: string,
): Promise<Text | Refusal> {
  const next = live.revisions.length + 1
  if ('source' in choice)
    return { source: choice.source, revision: next, asked: { from: 'source', name: choice.name ?? '' } }
  if ('template' in choice) {
    const template = readTemplates().find(({ name }) => name === choice.template)
    if (template === undefined)
      return refuse('not_found', `There is no template ${choice.template}.`, `${pointer}/template`)
    return { source: template.text, revision: next, asked: { from: 'template', name: template.name } }
  }
  if ('draft' in choice) {
    const draft = await readDraft(queries, live, choice.draft)
    if (draft instanceof Refusal) return refuse(draft.code, draft.detail, `${pointer}/draft`)
    return { source: draft.source, revision: next, asked: { from: 'draft', name: draft.title } }
  }
  const number = choice.revision === 'current' ? currentProgram(live).revision : choice.revision
  const { rows } = await queries.query<{ source: string }>(
    'select source from revision where program = $1 and number = $2',
    [live.number, number],
  )
  if (rows[0] === undefined) return refuse('not_found', `There is no revision ${number}.`, `${pointer}/revision`)
  return { source: rows[0].source, revision: number, asked: { from: 'revision', name: String(number) } }
}

async function fileHistory(
  desk: Desk,
  live: LiveProgram,
  orders: z.output<typeof BalanceInput>['orders'],
  program: Program,
): Promise<{ history: FileHistory; file: NonNullable<Asked['file']> } | Refusal> {
  const { file: id, map, currency = program.currency, timezone = program.zone.name, until } = orders
  const file = await desk.uploads.find(live.number, id)
  if (file === null) return refuse('not_found', `There is no file ${id} any more.`, '/orders/file')
  if (currency !== program.currency)
    return refuse(
      'currency_mismatch',
      `The program is in ${program.currency}, so orders in ${currency} can earn nothing in it.`,
      '/orders/currency',
    )
  const end = until === undefined ? null : parseInstant(until)!
  const history = { path: desk.uploads.pathOf(file), map, currency, timezone, until: end }
  return { history, file: { id: file.id, name: file.name } }
}

async function ledgerHistory(
  queries: Queries,
  live: LiveProgram,
  months: number | null,
  program: Program,
): Promise<LedgerHistory | Refusal> {
  const inForce = currentProgram(live)
  if (inForce.currency !== program.currency)
    return refuse(
      'currency_mismatch',
      `The ledger is in ${inForce.currency}, and this program in ${program.currency}.`,
      '/program',
    )
  const { rows } = await queries.query<{ source: string }>(
    'select source from revision where program = $1 and number = $2',
    [live.number, inForce.revision],
  )
  const now = nowOf(live)
  const since = months === null ? null : startOfDay(inForce.zone, addMonths(localDay(inForce.zone, now), -months))
  return {
    program: live.id,
    number: live.number,
    inForce: { source: rows[0]!.source, revision: inForce.revision },
    since,
    // What happens at this very moment belongs to it: the time of a program in test mode stands still.
    until: now + 1,
  }
}

/** One number is that of all rewards. */
function costsOf(asked: number | Record<string, number>): RewardCosts {
  return typeof asked === 'number' ? { all: asked, own: {} } : { all: 1, own: asked }
}

function textOf({ source, revision }: Chosen) {
  return { source, revision }
}

const askBacktest = ({ compile, usual, wrongBacktest }: StudyRouteOptions) =>
  route({
    method: 'POST',
    path: '/v1/backtests',
    id: 'askBacktest',
    tag: TAG,
    summary: 'Ask for a backtest',
    description:
      'Replays past orders, of a file or of the ledger, through a program: what it would have cost, given and owed. It is worked out beside the server and changes nothing; ask again with `GET` until it is done.',
    body: BacktestInput,
    answers: { 202: { description: 'It waits for its turn', schema: BacktestEntry } },
    refusals: ['invalid', 'not_found', 'no_draft', 'currency_mismatch', 'unavailable'],
    roles: ROLES,
    async handle(call) {
      const { caller, services, body } = call
      const { desk, database } = services
      if (desk === undefined) return noDesk()
      const live = caller.program
      const chosen = await choose(database, live, body.program, '/program', compile)
      if (chosen instanceof Refusal) return chosen
      const other = body.against === undefined ? null : await choose(database, live, body.against, '/against', compile)
      if (other instanceof Refusal) return other
      if (other !== null && other.program.currency !== chosen.program.currency)
        return refuse(
          'currency_mismatch',
          `One program is in ${chosen.program.currency} and the other in ${other.program.currency}: only programs in one currency can be compared.`,
          '/against',
        )
      const { orders } = body
      const read = 'file' in orders ? await fileHistory(desk, live, orders, chosen.program) : null
      if (read instanceof Refusal) return read
      const history =
        'file' in orders ? read!.history : await ledgerHistory(database, live, orders.months, chosen.program)
      if (history instanceof Refusal) return history
      if ('path' in history && body.models?.includes('past'))
        return refuse('invalid', 'A file does not tell how members redeemed: choose another way.', '/models')
      const task: BacktestTask = {
        kind: 'backtest',
        program: textOf(chosen),
        against: other === null ? null : textOf(other),
        history,
        models: body.models ?? null,
        chance: body.chance ?? usual.chance,
        response: body.response === true ? usual.response : body.response === false ? null : body.response,
        margin: body.margin ?? usual.margin,
        rewardCosts: costsOf(body.reward_cost),
        seed: body.seed ?? usual.seed,
        seeds: body.seeds ?? usual.seeds,
      }
      const wrong = wrongBacktest(task, chosen.program, other?.program ?? null)
      if (wrong !== null) return refuse('invalid', wrong, '/reward_cost')
      const asked: Asked = {
        program: chosen.asked,
        against: other?.asked ?? null,
        file: read?.file ?? null,
        months: 'file' in orders ? null : orders.months,
        vary: [],
      }
      return accept(call, 'askBacktest', task, asked)
    },
  })

const askBalance = ({ compile, usual, wrongBalance }: StudyRouteOptions) =>
  route({
    method: 'POST',
    path: '/v1/balances',
    id: 'askBalance',
    tag: TAG,
    summary: 'Ask for a balance',
    description:
      'Runs variants of a program on a file of past orders: which are too stingy, which too generous, and what lies between; or, with `target`, solves for a setting.',
    body: BalanceInput,
    answers: { 202: { description: 'It waits for its turn', schema: BalanceEntry } },
    refusals: ['invalid', 'not_found', 'no_draft', 'currency_mismatch', 'unavailable'],
    roles: ROLES,
    async handle(call) {
      const { caller, services, body } = call
      const { desk, database } = services
      if (desk === undefined) return noDesk()
      const chosen = await choose(database, caller.program, body.program, '/program', compile)
      if (chosen instanceof Refusal) return chosen
      const read = await fileHistory(desk, caller.program, body.orders, chosen.program)
      if (read instanceof Refusal) return read
      const { vary, steps = null, target = null, thresholds, model } = body
      const task: BalanceTask = {
        kind: 'balance',
        program: textOf(chosen),
        history: read.history,
        vary,
        steps,
        target,
        thresholds,
        model,
        chance: body.chance ?? usual.chance,
        margin: body.margin ?? usual.margin,
        rewardCosts: costsOf(body.reward_cost),
      }
      const wrong = wrongBalance(task, chosen.program)
      if (wrong.length > 0) return mistaken(wrong, '/vary')
      const asked: Asked = { program: chosen.asked, against: null, file: read.file, months: null, vary }
      return accept(call, 'askBalance', task, asked)
    },
  })

function mistaken(sentences: readonly string[], pointer: string): Refusal {
  const errors = sentences.map((message) => ({ pointer, code: 'invalid', message }))
  return new Refusal('invalid', sentences.join(' '), errors)
}

function accept(call: Call, name: string, task: BacktestTask | BalanceTask, asked: Asked): Promise<Reply | Refusal> {
  const { number: program } = call.caller.program
  return once(call, name, async (queries) => {
    const row = await addStudy(queries, { program, task, asked, file: asked.file?.id ?? null, by: call.caller.actor })
    return { status: 202, body: await entryOf(queries, row) }
  })
}

async function entryOf(queries: Queries, row: StudyRow): Promise<Record<string, unknown>> {
  const { id, status, thousandths, asked_ms, asked_by, begun_ms, ended_ms, problem, asked, summary } = row
  const progress = thousandths / 1000
  return {
    id,
    status,
    progress,
    seconds_left: status === 'running' ? secondsLeft(Date.now() - begun_ms!, progress) : null,
    before: status === 'waiting' ? await countBefore(queries, row) : 0,
    asked_at: formatInstant(asked_ms),
    asked_by,
    begun_at: begun_ms === null ? null : formatInstant(begun_ms),
    ended_at: ended_ms === null ? null : formatInstant(ended_ms),
    problem,
    asked: JSON.parse(asked),
    summary: summary === null ? null : JSON.parse(summary),
  }
}

/** When the rest takes as long as what is done; null before that can be told. */
function secondsLeft(spentMs: number, share: number): number | null {
  return spentMs < 1_000 || share < 0.02 ? null : Math.ceil((spentMs * (1 - share)) / share / 1000)
}

interface Studies {
  kind: Kind
  path: string
  one: string
  called: string
  many: string
  entry: z.ZodType
  whole: z.ZodType
}

/** Both kinds are looked at, stopped and forgotten alike. */
function readingRoutes(studies: Studies): Route[] {
  return [listRoute(studies), getRoute(studies), stopRoute(studies), forgetRoute(studies), reportRoute(studies)]
}

async function foundOr404(
  { kind, called }: Studies,
  { services: { database }, caller, params: { id } }: Call<{ id: string }>,
): Promise<StudyRow | Refusal> {
  const row = await findStudy(database, caller.program.number, kind, id)
  return row ?? refuse('not_found', `There is no ${called.slice(2)} ${id}.`)
}

const listRoute = ({ kind, path, one, many, entry }: Studies) =>
  route({
    method: 'GET',
    path,
    id: `list${one}s`,
    tag: TAG,
    summary: `List ${many}`,
    description: 'The newest first, without their reports.',
    query: PageQuery,
    answers: { 200: { description: `Some of the ${many}`, schema: pageOf(entry) } },
    roles: ROLES,
    async handle({ caller, services: { database }, query: { limit, cursor } }) {
      const asked = { program: caller.program.number, kind, limit: limit + 1, before: cursor ?? null }
      const rows = await listStudies(database, asked)
      const shown = rows.slice(0, limit)
      const data = await Promise.all(shown.map((row) => entryOf(database, row)))
      const has_more = rows.length > limit
      return { status: 200, body: { data, has_more, next_cursor: has_more ? shown.at(-1)!.id : null } }
    },
  })

const getRoute = (studies: Studies) =>
  route({
    method: 'GET',
    path: `${studies.path}/{id}`,
    id: `get${studies.one}`,
    tag: TAG,
    summary: `Get ${studies.called}`,
    params: Params,
    answers: { 200: { description: 'How far it is, and its report once it is done', schema: studies.whole } },
    roles: ROLES,
    async handle(call) {
      const row = await foundOr404(studies, call)
      if (row instanceof Refusal) return row
      const { database } = call.services
      const report = row.status === 'done' ? await readText(database, row.id, 'report') : null
      const entry = await entryOf(database, row)
      return { status: 200, body: { ...entry, report: report === null ? null : JSON.parse(report) } }
    },
  })

const stopRoute = (studies: Studies) =>
  route({
    method: 'POST',
    path: `${studies.path}/{id}/stop`,
    id: `stop${studies.one}`,
    tag: TAG,
    summary: `Stop ${studies.called}`,
    description: 'What is worked out is left off, and what waits is not begun. One that has ended stays as it is.',
    params: Params,
    answers: { 200: { description: 'As it is now', schema: studies.entry } },
    roles: ROLES,
    async handle(call) {
      const row = await foundOr404(studies, call)
      if (row instanceof Refusal) return row
      const { database } = call.services
      await stopStudy(database, row.id)
      const stopped = await foundOr404(studies, call)
      return stopped instanceof Refusal ? stopped : { status: 200, body: await entryOf(database, stopped) }
    },
  })

const forgetRoute = (studies: Studies) =>
  route({
    method: 'DELETE',
    path: `${studies.path}/{id}`,
    id: `forget${studies.one}`,
    tag: TAG,
    summary: `Forget ${studies.called}`,
    description: 'It is stopped if it is worked out, and its report is gone.',
    params: Params,
    answers: { 204: { description: 'It is gone', schema: z.null() } },
    roles: ROLES,
    async handle(call) {
      const row = await foundOr404(studies, call)
      if (row instanceof Refusal) return row
      await forgetStudy(call.services.database, row.id)
      return { status: 204, body: null }
    },
  })

const reportRoute = (studies: Studies) =>
  route({
    method: 'GET',
    path: `${studies.path}/{id}/report`,
    id: `download${studies.one}`,
    tag: TAG,
    summary: `Download the report of ${studies.called}`,
    description: `The very file that \`regulars ${studies.kind}\` writes with \`--json\` or \`--html\`.`,
    params: Params,
    query: z.strictObject({ format: z.enum(['html', 'json']).default('html') }),
    answers: { 200: { description: 'The file', schema: z.string(), type: 'text/html' } },
    roles: ROLES,
    async handle(call) {
      const row = await foundOr404(studies, call)
      if (row instanceof Refusal) return row
      const isPage = call.query.format === 'html'
      const text = await readText(call.services.database, row.id, isPage ? 'page' : 'report')
      if (text === null) return refuse('not_found', 'There is no report yet.')
      const name = `${studies.kind}-${call.caller.program.id}-${formatInstant(row.asked_ms).slice(0, 10)}`
      const headers = { 'content-disposition': `attachment; filename="${name}.${call.query.format}"` }
      return { status: 200, headers, body: isPage ? new PageText(text) : Readable.from([text]) }
    },
  })

const variantRoute = ({ compile, textWith }: StudyRouteOptions) =>
  route({
    method: 'POST',
    path: '/v1/balances/{id}/program',
    id: 'writeVariant',
    tag: TAG,
    summary: 'Write a variant as a program file',
    description:
      'The program that the balance is about, comments and all, with these values of its settings: for a draft.',
    params: Params,
    body: z
      .strictObject({ settings: z.record(z.string(), z.number()).describe('By their paths, as the report names them') })
      .meta({ id: 'VariantRequest', examples: [{ settings: { 'earning.base.rate': 1.5 } }] }),
    answers: {
      200: { description: 'The file', schema: z.strictObject({ source: z.string() }).meta({ id: 'VariantText' }) },
    },
    roles: ROLES,
    async handle(call) {
      const row = await findStudy(call.services.database, call.caller.program.number, 'balance', call.params.id)
      if (row === null) return refuse('not_found', `There is no balance ${call.params.id}.`)
      const task = JSON.parse((await readText(call.services.database, row.id, 'task'))!) as BalanceTask
      const { program } = compile(task.program.source, task.program.revision)
      const source = program === null ? null : textWith(task, program, call.body.settings)
      if (source === null) return refuse('invalid', 'The balance has no such settings.', '/settings')
      return { status: 200, body: { source }, audit: null }
    },
  })
