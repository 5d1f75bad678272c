/** The HTTP of merging two members. */

import { z } from 'zod'
import { keyOf, mergeAnswer, parseMember } from '../../engine/answers.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Route, route } from '../../engine/http/route.ts'
import { publicId } from '../../engine/ids.ts'
import { nowOf } from '../../engine/programs.ts'
import { findAccount, noMember, readOther, readProfile } from '../../engine/read.ts'
import { MergeAnswer, MergeInput, text } from '../../engine/shapes.ts'
import { replayHeaders, submit } from '../../engine/submit.ts'

const merge = route({
  method: 'POST',
  path: '/v1/members/{id}/merge',
  id: 'mergeMember',
  tag: 'Members',
  summary: 'Merge a member into another',
  description:
    'Two members are one person. The one in the address ends; points with their expiry, holds, debt, tiers and limits go ' +
    'to `into`. Cards, phones, e-mail addresses and ids of both keep working and lead there, and so do later orders, ' +
    'returns and redemptions of either. This cannot be undone.',
  params: z.strictObject({ id: text(264).describe('`mem_…`, or `external:` and your id') }),
  body: MergeInput,
  answers: { 200: { description: 'The member that ended, and the other with all of it', schema: MergeAnswer } },
  refusals: ['not_found', 'same_account', 'already_merged', 'account_closed', 'account_full', 'idempotency_conflict'],
  roles: MAY.merge,
  async handle({ params, body, caller, services, idempotencyKey }) {
    const { program } = caller
    const [fromRef, intoRef] = [parseMember(params.id), parseMember(body.into)]
    const from = fromRef === null ? null : await findAccount(services, program, fromRef)
    const into = intoRef === null ? null : await findAccount(services, program, intoRef)
    if (from === null) return noMember(params.id)
    if (into === null) return noMember(body.into, '/into')
    const recorded = await submit(services, {
      program,
      ref: { by: 'id', id: from },
      key: keyOf(idempotencyKey),
      occurredMs: nowOf(program),
      type: 'merge',
      body: { from, into },
    })
    if (recorded.status === 'refused') return recorded.refusal
    if (recorded.status !== 'recorded') throw new Error(`a merge is not answered with ${recorded.status}`)
    const absorbed = await readOther(services, recorded.activity)
    const loser = await readProfile(services, recorded.activity.account)
    const winner = await readProfile(services, absorbed.account)
    return {
      status: 200,
      body: mergeAnswer([recorded.activity, loser!], [absorbed, winner!]),
      ...replayHeaders(recorded.replayed),
      audit: {
        about: publicId('mem', recorded.activity.account),
        before: null,
        after: { into: publicId('mem', absorbed.account), reason: body.reason ?? null },
      },
    }
  },
})

export const routes: Route[] = [merge]
