/** The HTTP of members: joining, looking up, and all that is to be read of one. */

import { Readable } from 'node:stream'
import { z } from 'zod'
import { Refusal, refuse } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import { activityAnswer, joinedAnswer, parseMember } from '../../engine/answers.ts'
import { readBalancesAt } from '../../engine/balances-at.ts'
import { changeOf, joinOf, phoneSpellings } from '../../engine/contacts.ts'
import { countryOf, normalCard, normalEmail, normalPhone } from '../../engine/directory.ts'
import { MAY } from '../../engine/http/roles.ts'
import { type Route, route, type Services } from '../../engine/http/route.ts'
import { publicId } from '../../engine/ids.ts'
import { readMemberThen } from '../../engine/member-then.ts'
import { currentProgram, type LiveProgram, nowOf } from '../../engine/programs.ts'
import {
  listByContact,
  listMembers,
  type MemberSearch,
  namedAccount,
  noMember,
  readAccount,
  readActivity,
  readMember,
  readProfile,
  winnerOf,
} from '../../engine/read.ts'
import {
  ActivityAnswer,
  BalancesAnswer,
  Instant,
  List,
  Member,
  MemberExport,
  MemberInput,
  ProfileInput,
  pageOf,
  text,
} from '../../engine/shapes.ts'
import { replayHeaders, submit } from '../../engine/submit.ts'
import { readTimeLine } from '../../engine/time-line.ts'
import { exportText } from './views.ts'

const ById = z.strictObject({
  id: text(264)
    .describe('`mem_…`, or `external:` and your id')
    .meta({ examples: ['external:ada'] }),
})

const join = route({
  method: 'POST',
  path: '/v1/members',
  id: 'createMember',
  tag: 'Members',
  summary: 'Create a member',
  description:
    'Somebody joins the program. With an `external_id` of yours the call may be sent again: the same answers the same. ' +
    'A phone, an e-mail address or a card belongs to one member only.',
  body: MemberInput,
  answers: { 201: { description: 'The member, as at joining', schema: Member } },
  refusals: ['contact_taken', 'idempotency_conflict'],
  roles: MAY.serve,
  batch: { type: 'member', split: (body) => ({ params: undefined, body }) },
  async handle({ body, caller, services, idempotencyKey }) {
    const joining = joinOf(caller.program, body, idempotencyKey)
    if (joining instanceof Refusal) return joining
    const recorded = await submit(services, joining)
    if (recorded.status === 'refused') return recorded.refusal
    if (recorded.status !== 'recorded') throw new Error(`joining is not answered with ${recorded.status}`)
    const { activity } = recorded
    const profile = await readProfile(services, activity.account)
    return { status: 201, body: joinedAnswer(activity, profile!), ...replayHeaders(recorded.replayed) }
  },
})

const change = route({
  method: 'POST',
  path: '/v1/members/{id}',
  id: 'updateMember',
  tag: 'Members',
  summary: 'Update a member',
  description: 'Changes the fields that are named and leaves the rest.',
  params: ById,
  body: ProfileInput,
  answers: { 200: { description: 'The member', schema: Member } },
  refusals: ['not_found', 'contact_taken', 'idempotency_conflict'],
  roles: MAY.serve,
  async handle({ params, body, caller, services, idempotencyKey }) {
    const ref = parseMember(params.id)
    if (ref === null) return noMember(params.id)
    const changing = changeOf(caller.program, ref, body, idempotencyKey)
    if (changing instanceof Refusal) return changing
    const recorded = await submit(services, changing)
    if (recorded.status !== 'recorded') return recorded.status === 'refused' ? recorded.refusal : noMember(params.id)
    const member = await readMemberThen(services, recorded.replayed, recorded.activity)
    return { status: 200, body: member, ...replayHeaders(recorded.replayed) }
  },
})

const get = route({
  method: 'GET',
  path: '/v1/members/{id}',
  id: 'getMember',
  tag: 'Members',
  summary: 'Get a member',
  description:
    'As of now: all that has fallen due is decided before it answers. Our id of a member who was merged answers what is ' +
    'left of them, with `merged_into`; your own id of them answers the member that they were merged into.',
  params: ById,
  answers: { 200: { description: 'The member', schema: Member } },
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ params, caller, services }) {
    const member = await readMember(services, caller.program, params.id)
    return member instanceof Refusal ? member : { status: 200, body: member }
  },
})

const Search = List.extend({
  phone: text(40).optional().describe('In any usual spelling'),
  email: text(254).optional(),
  card: text(40).optional(),
  q: text(100).optional().describe('The beginning of a name, of your id or of a phone number'),
}).refine(
  ({ phone, email, card, q }) => [phone, email, card, q].filter((one) => one !== undefined).length <= 1,
  'search for one of `phone`, `email`, `card` and `q` at a time',
)

const list = route({
  method: 'GET',
  path: '/v1/members',
  id: 'listMembers',
  tag: 'Members',
  summary: 'Find members',
  description:
    'By `phone`, `email`, `card` or the beginning of a name, one of them at a time; without any, all members.',
  query: Search,
  answers: { 200: { description: 'A page of members', schema: pageOf(Member, 'MemberList') } },
  roles: MAY.read,
  async handle({ query, caller, services }) {
    const found = await search(services, caller.program, query)
    return found instanceof Refusal ? found : { status: 200, body: found }
  },
})

async function search(services: Services, live: LiveProgram, query: z.output<typeof Search>) {
  const { currency } = currentProgram(live)
  if (query.phone !== undefined) {
    // A plus is a space in an address unless it is encoded, and people forget that.
    const phone = normalPhone(query.phone.replace(/^ (?=\d)/, '+'), countryOf(currency))
    if (phone === null) return refuse('invalid', `${query.phone} can be no phone number.`, '/query/phone')
    return listByContact(services, live, 'phone', phone)
  }
  if (query.email !== undefined) {
    const email = normalEmail(query.email)
    if (email === null) return refuse('invalid', `${query.email} can be no e-mail address.`, '/query/email')
    return listByContact(services, live, 'email', email)
  }
  if (query.card !== undefined) {
    const card = normalCard(query.card)
    if (card === null) return refuse('invalid', `${query.card} can be no card number.`, '/query/card')
    return listByContact(services, live, 'card', card)
  }
  return listMembers(services, live, query.q === undefined ? null : searchFor(query.q, currency), query)
}

function searchFor(text: string, currency: string): MemberSearch {
  return { name: text.trim(), external: text, phones: phoneSpellings(text, currency) }
}

const timeLine = route({
  method: 'GET',
  path: '/v1/members/{id}/activities',
  id: 'listActivities',
  tag: 'Members',
  summary: 'List the activities of a member',
  description:
    'All that happened to the member, the latest first; also what happened to members that were merged into this one.',
  params: ById,
  query: List,
  answers: { 200: { description: 'A page of activities', schema: pageOf(ActivityAnswer, 'ActivityList') } },
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ params, query, caller, services }) {
    const account = await accountOf(services, caller.program, params.id)
    if (account instanceof Refusal) return account
    const page = await readTimeLine(services, caller.program, account, query)
    if (page instanceof Refusal) return page
    return { status: 200, body: { ...page, data: page.data.map((one) => activityAnswer(one, caller.program)) } }
  },
})

const activity = route({
  method: 'GET',
  path: '/v1/activities/{id}',
  id: 'getActivity',
  tag: 'Activities',
  summary: 'Get an activity',
  description: 'With its postings, and the explanation of how its points came about.',
  params: z.strictObject({ id: z.string().max(32).describe('`act_…`') }),
  answers: { 200: { description: 'The activity', schema: ActivityAnswer } },
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ params, caller, services }) {
    const stored = await readActivity(services, caller.program, params.id)
    if (stored instanceof Refusal) return stored
    return { status: 200, body: activityAnswer(stored, caller.program) }
  },
})

const balances = route({
  method: 'GET',
  path: '/v1/members/{id}/balances',
  id: 'getBalances',
  tag: 'Members',
  summary: 'Get balances at a moment',
  description:
    'Balances as they stood then, from the postings. Points that expired or were released count from their own moment. ' +
    'A moment to come, up to ten years ahead, shows what will be there if nothing happens until then.',
  params: ById,
  query: z.strictObject({
    at: Instant.optional().describe('Now unless said'),
    by: z
      .enum(['recorded', 'occurred'])
      .default('recorded')
      .describe(
        'Whether an activity counts from when we heard of it, or from when it happened, were it heard of later',
      ),
  }),
  answers: { 200: { description: 'The balances', schema: BalancesAnswer } },
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ params, query, caller, services }) {
    const account = await accountOf(services, caller.program, params.id)
    if (account instanceof Refusal) return account
    const { at = nowOf(caller.program), by } = query
    const found = await readBalancesAt(services, caller.program, account, at, by)
    if (found instanceof Refusal) return found
    const body = { member: publicId('mem', account), at: formatInstant(at), by, balances: found }
    return { status: 200, body: body satisfies BalancesAnswer }
  },
})

const exported = route({
  method: 'GET',
  path: '/v1/members/{id}/export',
  id: 'exportMember',
  tag: 'Members',
  summary: 'Export all that is known of a person',
  description:
    'One JSON document: profile, balances, tier, every activity with what was sent and why its points came about, orders, ' +
    'drafts, redemptions, adjustments and messages, those of members who were merged into this one included.',
  params: ById,
  answers: { 200: { description: 'All of it', schema: MemberExport } },
  refusals: ['not_found'],
  roles: MAY.close,
  async handle({ params, caller, services }) {
    const account = await accountOf(services, caller.program, params.id)
    if (account instanceof Refusal) return account
    const person = await winnerOf(services, caller.program, account)
    if ((await readAccount(services, caller.program, person)) === null) return noMember(params.id)
    const headers = { 'content-disposition': `attachment; filename="${publicId('mem', person)}.json"` }
    return { status: 200, body: Readable.from(exportText(services, caller.program, person)), headers }
  },
})

async function accountOf(services: Services, live: LiveProgram, name: string): Promise<number | Refusal> {
  return (await namedAccount(services, live, name)) ?? noMember(name)
}

export const routes: Route[] = [join, list, get, change, timeLine, balances, exported, activity]
