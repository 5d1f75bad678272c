/** The calls that take files of past orders, and say what is understood of them. */

import { z } from 'zod'
import { Refusal, refuse } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import { currentProgram, type LiveProgram } from '../programs.ts'
import type { Desk } from '../studies/desk.ts'
import type { Reading } from '../studies/reading.ts'
import { KEPT_MS, type OrderFileRow } from '../studies/uploads.ts'
import { onceDone } from './answered.ts'
import { MAY } from './roles.ts'
import { type Route, route } from './route.ts'
import { OrderFileAnswer, pageOf, ReadingInput, ReadOrderFile } from './study-shapes.ts'

const TAG = 'Backtests'
const ROLES = MAY.backtest
const Params = z.strictObject({ id: z.string().max(100) })

function noDesk(): Refusal {
  return refuse('unavailable', 'This server takes no files.')
}

function answerOf({ id, name, bytes, uploaded_ms, uploaded_by }: OrderFileRow) {
  return {
    id,
    name,
    bytes,
    uploaded_at: formatInstant(uploaded_ms),
    uploaded_by,
    forgotten_at: formatInstant(uploaded_ms + KEPT_MS),
  }
}

function readingOf(
  desk: Desk,
  live: LiveProgram,
  file: OrderFileRow,
  { map, currency, timezone }: z.output<typeof ReadingInput>,
): Promise<Reading | Refusal> {
  const { currency: own, zone } = currentProgram(live)
  const path = desk.uploads.pathOf(file)
  return desk.read({ path, map, currency: currency ?? own, timezone: timezone ?? zone.name, until: null })
}

const uploadRoute = route({
  method: 'POST',
  path: '/v1/files',
  id: 'uploadFile',
  tag: TAG,
  summary: 'Hand in a file of past orders',
  description:
    'CSV, Parquet or NDJSON, as `regulars backtest --orders` takes it, sent as it is. It is kept for 30 days, for backtests alone, and answered with what is understood of it.',
  query: z.strictObject({
    name: z.string().min(1).max(500).describe('What it is called; `.gz` at the end says that it is compressed'),
  }),
  takesFile: true,
  answers: { 201: { description: 'The file, and what is understood of it', schema: ReadOrderFile } },
  refusals: ['unavailable'],
  roles: ROLES,
  async handle(call) {
    const {
      services: { desk },
      caller,
      query: { name },
      file: sent,
    } = call
    if (desk === undefined || sent === undefined) return noDesk()
    const { stream, bytes } = sent
    return onceDone({ ...call, body: { name, bytes } }, 'uploadFile', async () => {
      const kept = await desk.uploads.keep(stream, { program: caller.program.number, name, by: caller.actor, bytes })
      if (kept instanceof Refusal) return kept
      const reading = await readingOf(desk, caller.program, kept, { map: {} })
      return reading instanceof Refusal ? reading : { status: 201, body: { ...answerOf(kept), reading } }
    })
  },
})

const listRoute = route({
  method: 'GET',
  path: '/v1/files',
  id: 'listFiles',
  tag: TAG,
  summary: 'List files of past orders',
  description: 'The newest hundred that are still kept.',
  answers: { 200: { description: 'The files', schema: pageOf(OrderFileAnswer) } },
  roles: ROLES,
  async handle({ services: { desk }, caller }) {
    if (desk === undefined) return noDesk()
    const data = (await desk.uploads.list(caller.program.number)).map(answerOf)
    return { status: 200, body: { data, has_more: false, next_cursor: null } }
  },
})

const readRoute = route({
  method: 'POST',
  path: '/v1/files/{id}/reading',
  id: 'readFile',
  tag: TAG,
  summary: 'Read a file of past orders',
  description: 'What is understood of it, with a map of your own where its columns were not found by their names.',
  params: Params,
  body: ReadingInput,
  answers: { 200: { description: 'The file, and what is understood of it', schema: ReadOrderFile } },
  refusals: ['unavailable'],
  roles: ROLES,
  async handle({ services: { desk }, caller, params: { id }, body }) {
    if (desk === undefined) return noDesk()
    const file = await desk.uploads.find(caller.program.number, id)
    if (file === null) return refuse('not_found', `There is no file ${id} any more.`)
    const reading = await readingOf(desk, caller.program, file, body)
    return reading instanceof Refusal ? reading : { status: 200, body: { ...answerOf(file), reading }, audit: null }
  },
})

const forgetRoute = route({
  method: 'DELETE',
  path: '/v1/files/{id}',
  id: 'forgetFile',
  tag: TAG,
  summary: 'Forget a file of past orders',
  description: 'Reports that were made of it stay.',
  params: Params,
  answers: { 204: { description: 'It is gone', schema: z.null() } },
  roles: ROLES,
  async handle({ services: { desk }, caller, params: { id } }) {
    if (desk === undefined) return noDesk()
    if (await desk.uploads.forget(caller.program.number, id)) return { status: 204, body: null }
    return refuse('not_found', `There is no file ${id} any more.`)
  },
})

export const fileRoutes: readonly Route[] = [uploadRoute, listRoute, readRoute, forgetRoute]
