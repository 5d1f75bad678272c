/** The HTTP of the member's own card: private links to it, and what whoever has one may see and do. */

import { Readable } from 'node:stream'
import { z } from 'zod'
import { Refusal, refuse } from '../../core/refusal.ts'
import { endCardLinks, findCard, makeCardLink } from '../../engine/card-links.ts'
import { once } from '../../engine/http/answered.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type OpenCall, openRoute, type Route, route, type Services } from '../../engine/http/route.ts'
import { publicId } from '../../engine/ids.ts'
import { type LiveProgram, nowOf } from '../../engine/programs.ts'
import { namedAccount, noMember, readProfile, winnerOf } from '../../engine/read.ts'
import { List, MemberExport, pageOf, text } from '../../engine/shapes.ts'
import { submit } from '../../engine/submit.ts'
import { Card, CardLine, listCardLines, readCard } from './card-views.ts'
import { exportText } from './views.ts'

const TAG = 'The member’s card'
const ById = z.strictObject({ id: text(264).describe('`mem_…`, or `external:` and your id') })

const CardLink = z
  .object({
    member: z.string(),
    link: z
      .string()
      .nullable()
      .describe('On this server; shown this once: null when the answer is that of an earlier request'),
  })
  .meta({ id: 'CardLink' })

const makeLink = route({
  method: 'POST',
  path: '/v1/members/{id}/card-link',
  id: 'createCardLink',
  tag: TAG,
  summary: 'Make a private link to a member’s card',
  description:
    'Whoever has the link sees the card, its history and vouchers, and may export or erase them: give it to the member alone. Links made before go on.',
  params: ById,
  answers: { 201: { description: 'The link', schema: CardLink } },
  refusals: ['not_found', 'account_closed', 'idempotency_conflict'],
  roles: MAY.serve,
  async handle(call) {
    const { params, caller, services } = call
    const found = await personOf(services, caller.program, params.id)
    if (found instanceof Refusal) return found
    const { account, member } = found
    const { number: program } = caller.program
    const withoutLink = (answer: unknown) => ({ ...(answer as object), link: null })
    return once(
      call,
      'createCardLink',
      async (connection) => {
        const made = { program, account, by: caller.actor, at: nowOf(caller.program) }
        const link = await makeCardLink(connection, services.stripes, made)
        const audit = { about: member, before: null, after: 'a link to the card' }
        return { status: 201, body: { member, link }, audit }
      },
      { keep: withoutLink },
    )
  },
})

const endLinks = route({
  method: 'DELETE',
  path: '/v1/members/{id}/card-link',
  id: 'deleteCardLinks',
  tag: TAG,
  summary: 'End all links to a member’s card',
  description: 'For a link that came into other hands. The member needs a new one.',
  params: ById,
  answers: {
    200: { description: 'How many ended', schema: z.object({ member: z.string(), ended: z.int() }) },
  },
  refusals: ['not_found'],
  roles: MAY.serve,
  async handle({ params, caller, services }) {
    const account = await namedAccount(services, caller.program, params.id)
    if (account === null) return noMember(params.id)
    const member = publicId('mem', account)
    const ended = await endCardLinks(services.database, [account])
    return { status: 200, body: { member, ended }, audit: { about: member, before: `${ended} links`, after: null } }
  },
})

/** The member of that name as links lead to them: nobody who has left. */
async function personOf(
  services: Services,
  live: LiveProgram,
  name: string,
): Promise<{ account: number; member: string } | Refusal> {
  const named = await namedAccount(services, live, name)
  if (named === null) return noMember(name)
  const account = await winnerOf(services, live, named)
  const profile = await readProfile(services, account)
  if (profile?.status !== 'active') return refuse('account_closed', 'This account is closed.')
  return { account, member: publicId('mem', account) }
}

const HOW = 'The secret of the link is sent as `Authorization: Bearer card_…`.'

const read = openRoute({
  method: 'GET',
  path: '/v1/card',
  id: 'getCard',
  tag: TAG,
  summary: 'See one’s card',
  description: `What the member has, and what is next. ${HOW}`,
  answers: { 200: { description: 'The card', schema: Card } },
  refusals: ['unauthenticated'],
  async handle(call) {
    const bearer = await bearerOf(call)
    if (bearer instanceof Refusal) return bearer
    return { status: 200, body: await readCard(call.services, bearer.live, bearer.account) }
  },
})

const lines = openRoute({
  method: 'GET',
  path: '/v1/card/activities',
  id: 'listCardLines',
  tag: TAG,
  summary: 'See what happened on one’s card',
  description: `The latest first, each with the reason of its points. ${HOW}`,
  query: List,
  answers: { 200: { description: 'A page of what happened', schema: pageOf(CardLine, 'CardLineList') } },
  refusals: ['unauthenticated'],
  async handle(call) {
    const bearer = await bearerOf(call)
    if (bearer instanceof Refusal) return bearer
    const page = await listCardLines(call.services, bearer.live, bearer.account, call.query)
    return page instanceof Refusal ? page : { status: 200, body: page }
  },
})

const exported = openRoute({
  method: 'GET',
  path: '/v1/card/export',
  id: 'exportCard',
  tag: TAG,
  summary: 'Take all that is known of oneself',
  description: `The document that \`GET /v1/members/{id}/export\` gives. ${HOW}`,
  answers: { 200: { description: 'All of it', schema: MemberExport } },
  refusals: ['unauthenticated'],
  async handle(call) {
    const bearer = await bearerOf(call)
    if (bearer instanceof Refusal) return bearer
    const body = Readable.from(exportText(call.services, bearer.live, bearer.account))
    return { status: 200, body, headers: { 'cache-control': 'no-store' } }
  },
})

const erase = openRoute({
  method: 'POST',
  path: '/v1/card/erase',
  id: 'eraseCard',
  tag: TAG,
  summary: 'Have oneself erased',
  description: `For good: the name, the contacts, the card and the points are gone. ${HOW}`,
  body: z
    .strictObject({ card_number: z.string().max(40).describe('Of the card, so that nobody is erased by a slip') })
    .meta({ examples: [{ card_number: '9123 4567 8901 2345' }] }),
  answers: { 200: { description: 'It is done', schema: z.object({ erased: z.literal(true) }) } },
  refusals: ['unauthenticated', 'invalid'],
  async handle(call) {
    const bearer = await bearerOf(call)
    if (bearer instanceof Refusal) return bearer
    const { live, account } = bearer
    const profile = await readProfile(call.services, account)
    if (call.body.card_number.replace(/\D/g, '') !== profile!.card_number)
      return refuse('invalid', 'This is not the number of this card.', '/card_number')
    const recorded = await submit(call.services, {
      program: live,
      ref: { by: 'id', id: account },
      key: `card-erase:${publicId('mem', account)}`,
      occurredMs: nowOf(live),
      type: 'erase',
      body: { reason: 'Asked for by the member, on the card', actor: 'member' },
    })
    return recorded.status === 'refused' ? recorded.refusal : { status: 200, body: { erased: true } }
  },
})

/** Whose card it is; whoever was merged into somebody has that one's. */
async function bearerOf({ services, request }: OpenCall): Promise<{ live: LiveProgram; account: number } | Refusal> {
  const secret = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const found = secret === undefined ? null : await findCard(services.database, services.stripes, secret)
  const live = found === null ? undefined : await services.programs.find(found.program)
  if (found === null || live === undefined) return noCard()
  const account = await winnerOf(services, live, found.account)
  const profile = await readProfile(services, account)
  return profile?.status === 'active' ? { live, account } : noCard()
}

function noCard(): Refusal {
  return refuse('unauthenticated', 'This link opens no card any more. Ask for a new one at the counter.')
}

export const routes: readonly Route[] = [makeLink, endLinks, read, lines, exported, erase]
