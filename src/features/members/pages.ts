/** Where people join by themselves: the form, its thanks, and the poster for the counter. */

import { randomUUID } from 'node:crypto'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Program } from '../../core/program.ts'
import { Refusal } from '../../core/refusal.ts'
import { termsPage } from '../../core/terms-page.ts'
import { languageFor, languagesOf } from '../../core/wording.ts'
import { makeCardLink } from '../../engine/card-links.ts'
import { joinOf } from '../../engine/contacts.ts'
import type { Services } from '../../engine/http/route.ts'
import { termsIn } from '../../engine/members-terms.ts'
import { currentProgram, type LiveProgram, nowOf } from '../../engine/programs.ts'
import { readProfile } from '../../engine/read.ts'
import { submit } from '../../engine/submit.ts'
import { type JoinErrors, type JoinForm, joinPage, messagePage, posterPage, thanksPage } from './join-page.ts'

/** A tablet at the counter is one address for everybody who joins there. */
const JOINS_PER_MINUTE = 30
const LOOKS_PER_MINUTE = 300

export function joinPages(app: FastifyInstance, services: Services): void {
  app.register(async (scope) => {
    await scope.register(rateLimit, { global: false })
    scope.setErrorHandler((error, _request, reply) => {
      if ((error as { statusCode?: number }).statusCode !== 429) throw error
      const text = 'Many people are joining from here at this moment. Please try again in a minute.'
      return show(reply.code(429), messagePage('One moment, please', text))
    })
    const looking = { config: { rateLimit: { max: LOOKS_PER_MINUTE, timeWindow: '1 minute' } } }
    const joining = { config: { rateLimit: { max: JOINS_PER_MINUTE, timeWindow: '1 minute' } } }
    scope.get('/join/:program', looking, (request, reply) =>
      withProgram(services, request, reply, ({ program }) =>
        joinPage(program, blankForm((request.query as { ref?: unknown }).ref)),
      ),
    )
    scope.get('/join/:program/poster', looking, (request, reply) =>
      withProgram(services, request, reply, ({ program }) => posterPage(program, addressOf(request, program))),
    )
    scope.get('/join/:program/terms', looking, (request, reply) =>
      withProgram(services, request, reply, ({ live, program }) => termsFor(request, live, program)),
    )
    scope.post('/join/:program', joining, (request, reply) =>
      withProgram(services, request, reply, (found) =>
        join(services, found, readForm(request.body), addressOf(request, found.program), reply),
      ),
    )
  })
}

/** In the language that the address names, or else in the first that the reader's browser asks for and we have. */
function termsFor(request: FastifyRequest, live: LiveProgram, { features }: Program): string {
  const { language, announced } = request.query as { language?: unknown; announced?: unknown }
  const wanted = [language, ...languagesAsked(request)].filter((one) => typeof one === 'string')
  const known = languagesOf(features)
  const chosen = wanted.map((one) => languageFor(features, one)).find((one) => one !== null) ?? known[0]!
  const same = announced === undefined ? '' : '&announced=yes'
  const others = known
    .filter((one) => one !== chosen)
    .map((one) => ({ language: one, href: `?language=${one}${same}` }))
  return termsPage(termsIn(live, chosen, announced !== undefined)!, others)
}

/** `tr-TR,tr;q=0.9,en;q=0.8`, which browsers write in the order of preference. */
function languagesAsked({ headers }: FastifyRequest): string[] {
  return (headers['accept-language'] ?? '').split(',').map((one) => one.split(';')[0]!.trim().toLowerCase())
}

interface Found {
  live: LiveProgram
  program: Program
}

async function withProgram(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (found: Found) => string | Promise<string>,
): Promise<FastifyReply> {
  const live = await services.programs.find((request.params as { program: string }).program)
  if (live === undefined) {
    const text = 'The address may be mistyped. Ask at the counter for the right one.'
    return show(reply.code(404), messagePage('There is no such program', text))
  }
  return show(reply, await work({ live, program: currentProgram(live) }))
}

function show(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    .send(page)
}

function blankForm(ref: unknown): JoinForm {
  return { token: randomUUID(), ref: codeOf(ref), name: '', phone: '', email: '', consent: false }
}

/** A code as friends pass it on; whatever else an address says there is nobody's. */
function codeOf(text: unknown): string {
  return typeof text === 'string' && /^[0-9A-Za-z-]{1,40}$/.test(text) ? text : ''
}

/** The address of the form, as people will type or scan it: the one under which the poster was asked for. */
function addressOf(request: FastifyRequest, program: Program): string {
  const protocol = request.headers['x-forwarded-proto'] === 'https' ? 'https' : request.protocol
  return `${protocol}://${request.host}/join/${encodeURIComponent(program.id)}`
}

function readForm(body: unknown): JoinForm {
  const fields = new URLSearchParams(Buffer.isBuffer(body) ? body.toString('utf8') : '')
  const text = (name: string) => (fields.get(name) ?? '').trim().slice(0, 254)
  const token = text('token')
  return {
    token: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(token) ? token : randomUUID(),
    ref: codeOf(text('ref')),
    name: text('name').replaceAll(/[\p{Cc}\p{Cs}]/gu, ''),
    phone: text('phone'),
    email: text('email'),
    consent: fields.get('consent') === 'yes',
  }
}

async function join(
  services: Services,
  { live, program }: Found,
  form: JoinForm,
  address: string,
  reply: FastifyReply,
): Promise<string> {
  const errors = missingIn(form)
  if (Object.keys(errors).length > 0) return again(reply, program, form, errors)
  const { name, phone, email, token, ref } = form
  const given = {
    name,
    ...(phone === '' ? {} : { phone }),
    ...(email === '' ? {} : { email }),
    ...(ref === '' ? {} : { referral_code: ref }),
  }
  const joining = joinOf(live, given, `join-page:${token}`)
  if (joining instanceof Refusal) return again(reply, program, form, errorsOf(joining))
  const recorded = await submit(services, joining)
  if (recorded.status === 'refused') return again(reply, program, form, errorsOf(recorded.refusal))
  if (recorded.status !== 'recorded') throw new Error(`joining is not answered with ${recorded.status}`)
  const profile = await readProfile(services, recorded.activity.account)
  const invites = program.settings['referrals'] === undefined ? null : `${address}?ref=${profile!.referral_code}`
  const made = { program: live.number, account: recorded.activity.account, by: 'join-page', at: nowOf(live) }
  const link = await makeCardLink(services.database, services.stripes, made)
  return thanksPage(program, name, { card: profile!.card_number, link, invites })
}

function again(reply: FastifyReply, program: Program, form: JoinForm, errors: JoinErrors): string {
  reply.code(422)
  return joinPage(program, form, errors)
}

function missingIn({ name, phone, email, consent }: JoinForm): JoinErrors {
  const errors: JoinErrors = {}
  if (name === '') errors.name = 'Please tell us your name.'
  else if (name.length > 200) errors.name = 'This name is too long for us; please shorten it.'
  if (phone === '' && email === '') errors.phone = 'Please give a phone number or an e-mail address.'
  if (!consent) errors.consent = 'We can only keep your card if you agree.'
  return errors
}

/** A refusal in words for somebody at the counter, beside the field that it is about. */
function errorsOf({ code, errors }: Refusal): JoinErrors {
  if (code === 'idempotency_conflict')
    return { form: 'You have joined with this form already. To change something, ask at the counter.' }
  const words: JoinErrors = {}
  for (const { pointer } of errors) {
    const taken = code === 'contact_taken'
    if (pointer === '/phone')
      words.phone = taken
        ? 'Somebody has joined with this number already. If it was you, just tell it at the counter.'
        : 'This does not look like a phone number. One from abroad begins with + and its country.'
    if (pointer === '/email')
      words.email = taken
        ? 'Somebody has joined with this address already. If it was you, just tell it at the counter.'
        : 'This does not look like an e-mail address.'
  }
  return Object.keys(words).length > 0 ? words : { form: 'Joining did not work. Please ask at the counter.' }
}
