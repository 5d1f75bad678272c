/** The HTTP of members: joining, looking up, and all that is to be read of one. */

import { Readable } from 'node:stream'
import { z } from 'zod'
import { levelsOf } from '../../core/levels.ts'
import { Refusal, refuse } from '../../core/refusal.ts'
import { formatInstant } from '../../core/time.ts'
import { activityAnswer, joinedAnswer, parseMember } from '../../engine/answers.ts'
import { readBalancesAt } from '../../engine/balances-at.ts'
import { changeOf, joinOf, phoneSpellings } from '../../engine/contacts.ts'
import { countryOf, normalCard, normalEmail, normalPhone } from '../../engine/directory.ts'
import { MAY, refusalToBrowse } from '../../engine/http/roles.ts'
import { type Caller, CsvText, type Route, route, type Services } from '../../engine/http/route.ts'
import { publicId } from '../../engine/ids.ts'
import { activityShownTo, shownTo } from '../../engine/masked.ts'
import { eachMember, listMembers, MEMBER_SORTS, type MemberFilter } from '../../engine/member-list.ts'
import { membersTable } from '../../engine/member-table.ts'
import { readMemberThen } from '../../engine/member-then.ts'
import { currentProgram, type LiveProgram, nowOf } from '../../engine/programs.ts'
import {
  listByContact,
  namedAccount,
  noMember,
  type Page,
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
    return { status: 200, body: shownTo(caller, member), ...replayHeaders(recorded.replayed) }
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
    return member instanceof Refusal ? member : { status: 200, body: shownTo(caller, member) }
  },
})

const Search = List.extend({
  phone: text(40).optional().describe('In any usual spelling'),
  email: text(254).optional(),
  card: text(40).optional(),
  q: text(100).optional().describe('The beginning of a name, of your id or of a phone number'),
  sort: z
    .enum(MEMBER_SORTS)
    .optional()
    .describe('By when they joined, `-joined` the latest first, or by name; with `q`, by what was found'),
  status: Member.shape.status.optional().describe('Active and closed ones unless said'),
  tier: text(200).optional().describe('The level that they have now'),
  wallet: text(200).optional().describe('Whose points `balance_from` is about; the first of the program unless said'),
  balance_from: z.coerce
    .number()
    .pipe(z.int().min(1))
    .optional()
    .describe('So many points can be spent, or more; in the wallet’s smallest unit'),
  joined_from: Instant.optional(),
  joined_until: Instant.optional().describe('Before this moment'),
}).superRefine((query, context) => {
  const exact = CONTACTS.filter((one) => query[one] !== undefined)
  const refuseThat = (message: string) => context.addIssue({ code: 'custom', message })
  if (exact.length + (query.q === undefined ? 0 : 1) > 1)
    refuseThat('search for one of `phone`, `email`, `card` and `q` at a time')
  else if (exact.length === 1 && FILTERS.some((one) => query[one] !== undefined))
    refuseThat(`\`${exact[0]}\` finds one member or none: leave the filters out`)
})

const CONTACTS = ['phone', 'email', 'card'] as const
const FILTERS = ['status', 'tier', 'wallet', 'balance_from', 'joined_from', 'joined_until'] as const

const list = route({
  method: 'GET',
  path: '/v1/members',
  id: 'listMembers',
  tag: 'Members',
  summary: 'Find members',
  description:
    'By `phone`, `email`, `card` or the beginning of a name, one of them at a time; without any, all members. Who has a ' +
    'level or so many points is looked at as of now, member by member, for a twentieth of a second a page: where few ' +
    'fit, a page may hold fewer than `limit`, or nobody, while `has_more` says to go on. With `Accept: text/csv` it is a ' +
    'table of everybody who fits.',
  query: Search,
  answers: { 200: { description: 'A page of members', schema: pageOf(Member, 'MemberList') } },
  roles: MAY.read,
  async handle({ query, caller, services, wantsCsv }) {
    const { program } = caller
    const contact = byContact(program, query)
    if (contact instanceof Refusal) return contact
    if (contact !== null) {
      const found = await listByContact(services, program, contact.kind, contact.value)
      return { status: 200, body: wantsCsv ? csvOf(caller, [found.data]) : shownList(caller, found) }
    }
    const mayNot = refusalToBrowse(caller)
    if (mayNot !== null) return mayNot
    const filter = filterOf(program, query)
    if (filter instanceof Refusal) return filter
    // A table of everybody leaves the house, so who took it is written down.
    if (wantsCsv) return { status: 200, body: csvOf(caller, eachMember(services, program, filter)), audit: TAKEN_AWAY }
    const page = await listMembers(services, program, filter, query)
    return page instanceof Refusal ? page : { status: 200, body: shownList(caller, page) }
  },
})

const TAKEN_AWAY = { about: 'members', before: null, after: { as: 'text/csv' } }

type Contact = { kind: (typeof CONTACTS)[number]; value: string }

/** What one member alone has, in the directory's spelling; null when the search is for many. */
function byContact(live: LiveProgram, { phone, email, card }: z.output<typeof Search>): Contact | Refusal | null {
  if (phone !== undefined) {
    // A plus is a space in an address unless it is encoded, and people forget that.
    const value = normalPhone(phone.replace(/^ (?=\d)/, '+'), countryOf(currentProgram(live).currency))
    return value === null
      ? refuse('invalid', `${phone} can be no phone number.`, '/query/phone')
      : { kind: 'phone', value }
  }
  if (email !== undefined) {
    const value = normalEmail(email)
    return value === null
      ? refuse('invalid', `${email} can be no e-mail address.`, '/query/email')
      : { kind: 'email', value }
  }
  if (card === undefined) return null
  const value = normalCard(card)
  return value === null ? refuse('invalid', `${card} can be no card number.`, '/query/card') : { kind: 'card', value }
}

/** What is misspelt is said, since a level that there is not would find nobody. */
function filterOf(live: LiveProgram, query: z.output<typeof Search>): MemberFilter | Refusal {
  const program = currentProgram(live)
  const levels = levelsOf(program)
  const { q, sort, status, tier, balance_from, joined_from, joined_until } = query
  if (tier !== undefined && !levels.includes(tier))
    return refuse('invalid', `There is no level ${tier}; there is ${levels.join(', ') || 'none'}.`, '/query/tier')
  const wallet = query.wallet ?? program.wallets[0]!.id
  if (!program.wallets.some(({ id }) => id === wallet))
    return refuse('invalid', `There is no wallet ${wallet}.`, '/query/wallet')
  return {
    search: q === undefined ? null : { name: q.trim(), external: q, phones: phoneSpellings(q, program.currency) },
    sort: sort ?? null,
    status: status ?? null,
    joinedFrom: joined_from ?? null,
    joinedUntil: joined_until ?? null,
    tier: tier ?? null,
    balance: balance_from === undefined ? null : { wallet, points: balance_from },
  }
}

function shownList(caller: Caller, page: Page<Member>): Page<Member> {
  return { ...page, data: page.data.map((one) => shownTo(caller, one)) }
}

/** Everybody's line, and columns for each wallet. */
function csvOf(caller: Caller, pages: Iterable<Member[]> | AsyncIterable<Member[]>): CsvText {
  return new CsvText(Readable.from(membersTable(caller, pages)))
}

const timeLine = route({
  method: 'GET',
  path: '/v1/members/{id}/activities',
  id: 'listActivities',
  tag: 'Members',
  summary: 'List the activities of a member',
  description:
    'All that happened to the member, the latest first; also what happened to members that were merged into this one. ' +
    'With `type` only what is of these kinds: where they are rare, a page may hold fewer than `limit`, or nothing, while ' +
    '`has_more` says to go on.',
  params: ById,
  query: List.extend({
    type: text(400).optional().describe('One kind of activity, or several with commas between: `order,return`'),
  }),
  answers: { 200: { description: 'A page of activities', schema: pageOf(ActivityAnswer, 'ActivityList') } },
  refusals: ['not_found'],
  roles: MAY.read,
  async handle({ params, query, caller, services }) {
    const account = await accountOf(services, caller.program, params.id)
    if (account instanceof Refusal) return account
    const kinds = query.type === undefined ? null : new Set(query.type.split(','))
    const page = await readTimeLine(services, caller.program, account, query, kinds)
    if (page instanceof Refusal) return page
    return {
      status: 200,
      body: { ...page, data: page.data.map((one) => activityShownTo(caller, activityAnswer(one, caller.program))) },
    }
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
    return { status: 200, body: activityShownTo(caller, activityAnswer(stored, caller.program)) }
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
    const audit = { about: publicId('mem', person), before: null, after: { as: 'application/json' } }
    return { status: 200, body: Readable.from(exportText(services, caller.program, person)), headers, audit }
  },
})

async function accountOf(services: Services, live: LiveProgram, name: string): Promise<number | Refusal> {
  return (await namedAccount(services, live, name)) ?? noMember(name)
}

export const routes: Route[] = [join, list, get, change, timeLine, balances, exported, activity]
