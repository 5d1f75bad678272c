/** The calls of proof: the signed roots of days, and a member's history with its way to one of them. */

import { z } from 'zod'
import { Refusal, refuse } from '../../core/refusal.ts'
import { parseDay } from '../../core/time.ts'
import { parseMember } from '../answers.ts'
import type { LiveProgram } from '../programs.ts'
import { nowOf } from '../programs.ts'
import { MemberProof, RootAnswer } from '../proof-document.ts'
import { findAccount, noMember } from '../read.ts'
import { listRoots, readProof, readRoot, readRootAt, rootAnswer } from '../read-proof.ts'
import { Day, Instant, List, pageOf, text } from '../shapes.ts'
import { MAY } from './roles.ts'
import { type Route, route, type Services } from './route.ts'

const TAG = 'Proof'

const list = route({
  method: 'GET',
  path: '/v1/roots',
  id: 'listRoots',
  tag: TAG,
  summary: 'List the signed roots of days',
  description:
    'Every day that has closed in the program’s time zone has a root, some minutes after midnight. Keep copies elsewhere: ' +
    'what they cover cannot be rewritten unnoticed.',
  query: List,
  answers: { 200: { description: 'Roots, the latest day first', schema: pageOf(RootAnswer, 'DailyRootList') } },
  roles: MAY.read,
  async handle({ query, caller, services }) {
    const before = query.cursor === undefined ? null : parseDay(query.cursor)
    if (query.cursor !== undefined && before === null)
      return refuse('invalid', 'The cursor is not the `next_cursor` of a page.', '/query/cursor')
    return { status: 200, body: await listRoots(services, caller.program, before, query) }
  },
})

const get = route({
  method: 'GET',
  path: '/v1/roots/{day}',
  id: 'getRoot',
  tag: TAG,
  summary: 'Get the signed root of a day',
  params: z.strictObject({ day: Day.meta({ examples: ['2026-05-01'] }) }),
  answers: { 200: { description: 'The root', schema: RootAnswer } },
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ params, caller, services }) {
    const root = await readRoot(services, caller.program, parseDay(params.day)!)
    return root instanceof Refusal ? root : { status: 200, body: rootAnswer(caller.program.id, root) }
  },
})

const Moment = z
  .strictObject({
    day: Day.optional().describe('Under the root of this day'),
    at: Instant.optional().describe('Under the last root that was made by then; now unless said'),
  })
  .refine(({ day, at }) => day === undefined || at === undefined, 'ask for a `day` or a moment, not for both')

const prove = route({
  method: 'GET',
  path: '/v1/members/{id}/proof',
  id: 'proveMember',
  tag: TAG,
  summary: 'Prove a member’s history',
  description:
    'The member’s chain of activities, the way of its end to the root of a day, and the root with its signature: ' +
    '`regulars verify --proof FILE` checks it without us, and docs/proof.md says how to do so by hand. Bodies and salts ' +
    'are left out for roles that may not see what was sent, and once a person is erased; the chain holds all the same.',
  params: z.strictObject({
    id: text(264)
      .describe('`mem_…`, or `external:` and your id')
      .meta({ examples: ['external:ada'] }),
  }),
  query: Moment,
  answers: { 200: { description: 'The proof', schema: MemberProof } },
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ params, query, caller, services }) {
    const ref = parseMember(params.id)
    const account = ref === null ? null : await findAccount(services, caller.program, ref)
    if (account === null) return noMember(params.id)
    const root = await rootFor(services, caller.program, query)
    if (root instanceof Refusal) return root
    const showsBodies = MAY.audit.some((role) => role === caller.role)
    const proof = await readProof(services, caller.program, account, root, showsBodies)
    return proof instanceof Refusal ? proof : { status: 200, body: proof }
  },
})

function rootFor(services: Services, live: LiveProgram, { day, at }: z.output<typeof Moment>) {
  return day === undefined ? readRootAt(services, live, at ?? nowOf(live)) : readRoot(services, live, parseDay(day)!)
}

export const proofRoutes: readonly Route[] = [list, get, prove]
