/** The HTTP server: routes become calls, and whatever goes wrong becomes a problem, in this one place. */

import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { assert } from '../../core/assert.ts'
import { Refusal, type RefusalCode, refuse } from '../../core/refusal.ts'
import { type AuditEntry, type Called, entryOf, writeAudit } from '../access/audit.ts'
import { sessionAuthenticator } from '../access/sessions.ts'
import { guessHeaders, TooManyGuesses } from '../guesses.ts'
import { type Log, newRequestId } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { watchArrivals } from './arrival.ts'
import { answerBatch, type BatchTypes, batchTypes } from './batch.ts'
import { cookieText, senderOf } from './cookies.ts'
import { docsPage } from './docs-page.ts'
import { readJson, readText } from './json.ts'
import { Keys } from './keys.ts'
import { openapi } from './openapi.ts'
import { isUnavailable, PROBLEM_TYPE, type Problem, problemOf } from './problem.ts'
import { type Overrun, RateLimit, rateHeaders } from './rate.ts'
import {
  type Authenticator,
  type Call,
  type Caller,
  CsvText,
  type KnownKey,
  type OpenCall,
  PageText,
  type Reply,
  ROLES,
  type Route,
  type Services,
} from './route.ts'
import { takesText } from './schemas.ts'
import { type Sent, validate } from './validate.ts'

export interface ServerOptions {
  log: Log
  metrics: Metrics
  /** Calls a second that a key may make unless its limits say otherwise; 0 for as many as it likes. */
  rate: number
  /** How many proxies stand before the server; none unless said. */
  proxies?: number
  /** What keeps this installation from answering, such as a migration that is missing; null when nothing does. */
  notReady(): Promise<string | null>
  /** Ways in beside API keys and sessions, such as those of tills. */
  authenticators?: readonly Authenticator[]
}

export type Server = FastifyInstance

const JSON_TYPE = 'application/json; charset=utf-8'
const BODY_LIMIT = 1_048_576
const BATCH_LIMIT = 10_485_760
/** Our own ids are short; those of others may be as long as keys are. */
const PARAMETER_LIMIT = 1_024
/** How long a file may take to arrive, in ms. */
const FILE_ARRIVAL_MS = 3_600_000

export function createServer(services: Services, routes: readonly Route[], options: ServerOptions): Server {
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    trustProxy: trusted(options.proxies),
    // Files may take long; whatever else arrives is watched.
    requestTimeout: FILE_ARRIVAL_MS,
    // Running requests are finished, also those that come over a connection that is open already.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    genReqId: readRequestId,
    routerOptions: { maxParamLength: PARAMETER_LIMIT },
    frameworkErrors: (error, request, reply) => sendError(error, request, reply, options.log),
    clientErrorHandler: refuseMalformed,
  })
  const addresses = recordAddresses(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.decorateRequest('key', null)
  app.setErrorHandler((error, request, reply) => sendError(error as FastifyError, request, reply, options.log))
  addHeaders(app)
  watchArrivals(app, routes, refuseMalformed)
  addRecords(app, options)
  const limit = new RateLimit(options.rate)
  const guard = createGuard(waysIn(services, options), limit)
  for (const route of routes) {
    if (route.opens === 'everybody') addOpenRoute(app, services, route, limit)
    else addRoute(app, services, route, guard)
  }
  addBatch(app, services, batchTypes(routes), guard, options.log)
  addPages(app, routes, options)
  options.metrics.watch(services)
  app.setNotFoundHandler(notFound(addresses))
  return app
}

/** The nearest so many are believed when they say for whom they call. */
function trusted(proxies = 0): false | ((address: string, hop: number) => boolean) {
  return proxies === 0 ? false : (_address, hop) => hop < proxies
}

type Request = FastifyRequest & { key?: KnownKey | null }
type Guard = (
  route: Pick<Route, 'roles'>,
) => (request: Request, reply: FastifyReply) => Promise<FastifyReply | undefined>

/** A caller's own id is taken when it is harmless in logs and headers. */
function readRequestId(request: { headers: Record<string, string | string[] | undefined> }): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given) ? given : newRequestId()
}

function addHeaders(app: Server): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.raw.setHeader('x-request-id', request.id)
    reply.raw.setHeader('x-content-type-options', 'nosniff')
    done()
  })
}

function addRecords(app: Server, { log, metrics }: ServerOptions): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { method } = request
    const status = reply.statusCode
    const ms = reply.elapsedTime
    metrics.request(method, request.routeOptions.url ?? 'none', status, ms / 1000)
    if (status < 500) {
      const line = { request_id: request.id, method, path: request.url.split('?')[0], status, ms }
      if (status < 400) log.debug(line, 'request')
      else log.info(line, 'request refused')
    }
    done()
  })
}

type Authenticate = (request: FastifyRequest) => Promise<KnownKey | Refusal>

/** Each way in is asked in turn; API keys come last, and say what is missing where nothing was shown. */
function waysIn({ database, programs }: Services, { authenticators = [] }: ServerOptions): Authenticate {
  const keys = new Keys(database, programs)
  const ways = [...authenticators, sessionAuthenticator(database, programs, Date.now)]
  return async (request) => {
    for (const way of ways) {
      // Those who show nothing of the kind are not waited for: most calls are those of tills with a key.
      const asked = way(request)
      const known = asked === undefined ? undefined : await asked
      if (known !== undefined) return known
    }
    return keys.authenticate(request.headers.authorization)
  }
}

/** Lets in those who are known and of a role that the call allows, as often as they may. */
function createGuard(authenticate: Authenticate, limit: RateLimit): Guard {
  return (route) => async (request, reply) => {
    const known = await authenticate(request)
    if (known instanceof Refusal) return sendRefusal(known, request, reply)
    const { caller } = known
    const overrun = limit.take(caller.keyId, caller.limits.rate)
    if (overrun !== null) return sendOverrun(overrun, callsOf(caller), request, reply)
    if (!route.roles.includes(caller.role)) return sendRefusal(forbidden(caller), request, reply)
    request.key = known
    return undefined
  }
}

/** What its calls are counted by, for a sentence. */
function callsOf({ session, device }: Caller): string {
  if (session !== null) return 'Every session'
  return device === null ? 'This key' : 'Every till'
}

function sendOverrun(overrun: Overrun, who: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const detail = `${who} may make ${overrun.rate} ${overrun.rate === 1 ? 'call' : 'calls'} a second.`
  return sendRefusal(refuse('rate_limited', detail), request, reply.headers(rateHeaders(overrun)))
}

function forbidden({ role, session }: Caller): Refusal {
  const name = role.replace('_', ' ')
  if (session === null) return refuse('forbidden', `A key of the role ${role} may not do this.`)
  return refuse('forbidden', `Your role, ${name}, may not do this. An owner of the program can give you another one.`)
}

function addRoute(app: Server, services: Services, route: Route, guard: Guard): void {
  if (route.takesFile) {
    // What a file is made of passes by as it comes, instead of being gathered first.
    app.register(async (own) => {
      own.removeAllContentTypeParsers()
      own.addContentTypeParser('*', (_request, _file, done) => done(null))
      addTo(own, services, route, guard)
    })
  } else addTo(app, services, route, guard)
}

function addTo(app: Server, services: Services, route: Route, guard: Guard): void {
  app.route({
    method: route.method,
    url: fastifyPath(route.path),
    onRequest: guard(route),
    handler: async (request: Request, reply) => {
      const sent = readSent(route, request)
      if (sent instanceof Refusal) return sendRefusal(sent, request, reply)
      const { caller } = knownKey(request)
      const file = route.takesFile && { file: fileOf(request) }
      const answer = await route.handle({ ...sent, ...file, caller, requestId: request.id, services })
      if (answer instanceof Refusal) return sendRefusal(answer, request, reply)
      const entry = entryOf(caller, calledBy(route, request, sent.idempotencyKey), answer)
      if (entry !== null) await writeAudit(services.database, [entry])
      return sendReply(answer, request, reply)
    },
  })
}

/** What is sent, as it comes. */
function fileOf({ raw, headers }: FastifyRequest): NonNullable<Call['file']> {
  return { stream: raw, bytes: Number(headers['content-length'] ?? 0) }
}

/** A call for which nobody has to be known: it is counted by where it comes from. */
function addOpenRoute(app: Server, services: Services, route: Route, limit: RateLimit): void {
  app.route({
    method: route.method,
    url: fastifyPath(route.path),
    onRequest: async (request, reply) => {
      const overrun = limit.take(`address:${request.ip}`, undefined)
      return overrun === null ? undefined : sendOverrun(overrun, 'Every address', request, reply)
    },
    handler: async (request, reply) => {
      const sent = readSent(route, request)
      if (sent instanceof Refusal) return sendRefusal(sent, request, reply)
      const call: OpenCall = { ...sent, request: senderOf(request), requestId: request.id, services }
      const answer = await openHandle(route)(call)
      return answer instanceof Refusal ? sendRefusal(answer, request, reply) : sendReply(answer, request, reply)
    },
  })
}

/** `openRoute` saw to it that the handler asks for no caller. */
function openHandle({ handle }: Route): (call: OpenCall) => Promise<Reply | Refusal> {
  return handle as unknown as (call: OpenCall) => Promise<Reply | Refusal>
}

function calledBy({ id, method }: Pick<Route, 'id' | 'method'>, request: FastifyRequest, key: string | null): Called {
  return { id, method, address: request.url.split('?')[0]!, requestId: request.id, key }
}

type SentAndKey = Sent & { idempotencyKey: string | null; wantsCsv: boolean }

/** What the call says, checked. */
function readSent(route: Route, request: FastifyRequest): SentAndKey | Refusal {
  const body = readBody(route, request)
  if (body instanceof Refusal) return body
  const checked = validate(route, { params: request.params, query: request.query, body: body.value })
  if (checked instanceof Refusal) return checked
  const idempotencyKey = readKey(request)
  return idempotencyKey instanceof Refusal
    ? idempotencyKey
    : { ...checked, idempotencyKey, wantsCsv: asksForCsv(request) }
}

/** Only who names it gets it: what takes anything gets JSON. */
function asksForCsv({ headers }: FastifyRequest): boolean {
  return /(^|,)\s*text\/csv\s*(;|,|$)/i.test(headers.accept ?? '')
}

/** `/v1/orders/{external_id}` is `/v1/orders/:external_id` there. */
function fastifyPath(path: string): string {
  assert(!path.includes(':'), `the path ${path} has its parameters in braces`)
  return path.replace(/\{(\w+)\}/g, ':$1')
}

function knownKey(request: Request): KnownKey {
  assert(request.key, 'nobody gets here without a key')
  return request.key
}

/** Some types are sent by tools that were told none; they get the same hint as any other. */
const JSON_BODY = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i
const TEXT_BODY =
  /^(?:application\/(?:[\w.-]+\+)?(?:json|yaml)|text\/(?:yaml|plain|x-yaml)|application\/x-yaml)\s*(?:;|$)/i
const LINES_BODY = /^application\/(?:x-ndjson|ndjson|jsonl|x-jsonlines|json-seq)\s*(?:;|$)/i

/** What the route's schema is to check: a JSON value, or the text of a file. */
function readBody(route: Route, request: FastifyRequest): { value: unknown } | Refusal {
  const body = request.body as Buffer | null | undefined
  const isText = route.body !== undefined && takesText(route.body)
  if (body === undefined || body === null || body.length === 0)
    return { value: isText ? '' : route.body === undefined ? undefined : {} }
  const wrong = checkType(request, isText ? TEXT_BODY : JSON_BODY, isText ? 'application/yaml' : 'application/json')
  if (wrong !== null) return wrong
  const text = readText(body)
  if (text instanceof Refusal) return text
  return isText ? { value: text } : readJson(text)
}

function checkType({ headers }: FastifyRequest, allowed: RegExp, wanted: string): Refusal | null {
  const type = headers['content-type'] ?? ''
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity')
    return refuse(
      'unsupported_media_type',
      `Send the body as it is, without Content-Encoding: ${encoding.slice(0, 40)}.`,
    )
  if (allowed.test(type)) return null
  const got = type === '' ? 'there is none' : `it is ${type.slice(0, 100)}`
  return refuse('unsupported_media_type', `The Content-Type must be ${wanted}; ${got}.`)
}

function readKey(request: FastifyRequest): string | null | Refusal {
  const key = request.headers['idempotency-key']
  if (key === undefined) return null
  if (typeof key === 'string' && /^[\x20-\x7e]{1,255}$/.test(key)) return key
  return refuse(
    'invalid',
    'The Idempotency-Key must be 1 to 255 printable ASCII characters.',
    '/header/idempotency-key',
  )
}

function addBatch(app: Server, services: Services, types: BatchTypes, guard: Guard, log: Log): void {
  app.route({
    method: 'POST',
    url: '/v1/batch',
    bodyLimit: BATCH_LIMIT,
    // Which lines a key may send is looked at line by line.
    onRequest: guard({ roles: ROLES }),
    handler: async (request: Request, reply) => {
      const text = readLines(request)
      if (text instanceof Refusal) return sendRefusal(text, request, reply)
      const idempotencyKey = readKey(request)
      if (idempotencyKey instanceof Refusal) return sendRefusal(idempotencyKey, request, reply)
      const { caller } = knownKey(request)
      const onError = (error: unknown) => explainError(error, request, log)
      const entries: AuditEntry[] = []
      const onAnswer = (route: Route, key: string | null, answer: Reply) => {
        const entry = entryOf(caller, calledBy(route, request, key), answer)
        if (entry !== null) entries.push(entry)
      }
      const onEnd = () => writeAudit(services.database, entries)
      const call = { services, caller, requestId: request.id, idempotencyKey, onError, onAnswer, onEnd }
      const answers = answerBatch(types, text, call)
      if (answers instanceof Refusal) return sendRefusal(answers, request, reply)
      return reply.type('application/x-ndjson; charset=utf-8').send(Readable.from(answers))
    },
  })
}

function readLines(request: FastifyRequest): string | Refusal {
  const wrong = checkType(request, LINES_BODY, 'application/x-ndjson')
  return wrong ?? readText((request.body as Buffer | null | undefined) ?? Buffer.alloc(0))
}

/** What is there for readers and machines without a key. Nothing in it is secret. */
function addPages(app: Server, routes: readonly Route[], { metrics, notReady }: ServerOptions): void {
  const document = openapi(routes)
  const json = JSON.stringify(document)
  const html = docsPage(document)
  app.get('/openapi.json', (_request, reply) => reply.type(JSON_TYPE).send(json))
  app.get('/docs', (_request, reply) =>
    reply
      .headers({ 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'" })
      .type('text/html; charset=utf-8')
      .send(html),
  )
  app.get('/healthz', (request, reply) => sendReply({ status: 200, body: { status: 'ok' } }, request, reply))
  app.get('/readyz', async (request, reply) => {
    const reason = await notReady()
    if (reason !== null) return sendRefusal(refuse('unavailable', reason), request, reply)
    return sendReply({ status: 200, body: { status: 'ready' } }, request, reply)
  })
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()))
}

function sendReply(
  { status, body, headers, cookies }: Reply,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  reply.code(status)
  if (headers !== undefined) reply.headers(headers)
  if (cookies !== undefined) {
    const { secure } = senderOf(request)
    reply.header(
      'set-cookie',
      cookies.map((cookie) => cookieText(cookie, secure)),
    )
  }
  if (body instanceof CsvText) return reply.type('text/csv; charset=utf-8').send(body.text)
  if (body instanceof PageText) return reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(body.text)
  // A long document comes as text, piece by piece.
  if (body instanceof Readable) return reply.type(JSON_TYPE).send(body)
  return body === undefined || body === null ? reply.send() : reply.type(JSON_TYPE).send(JSON.stringify(body))
}

/** A page needs nothing beside it, and may do nothing in the name of whoever opens it. */
const PAGE_HEADERS = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; sandbox allow-popups",
}

function sendRefusal(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (refusal instanceof TooManyGuesses) reply.headers(guessHeaders(refusal))
  return sendProblem(problemOf(refusal, request.id), reply)
}

function sendProblem(problem: Problem, reply: FastifyReply): FastifyReply {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  if (problem.status === 503) reply.header('retry-after', '1')
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem))
}

/** What fastify itself refuses is the caller's mistake; anything else is ours. */
function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  const { statusCode = 500 } = error
  if (statusCode >= 500 || !error.code?.startsWith('FST_')) return sendProblem(explainError(error, request, log), reply)
  const code = CODE_BY_STATUS[statusCode] ?? 'invalid'
  return sendRefusal(refuse(code, FASTIFY_WORDS[error.code] ?? `${error.message}.`), request, reply)
}

const CODE_BY_STATUS: Record<number, RefusalCode> = {
  404: 'not_found',
  413: 'too_large',
  415: 'unsupported_media_type',
}
const FASTIFY_WORDS: Record<string, string> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too long: at most 1 MB, and 10 MB for /v1/batch.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as its Content-Length says.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The Content-Type is not the name of a type.',
  FST_ERR_MAX_PARAM_LENGTH: 'A part of the address is too long.',
  FST_ERR_BAD_URL: 'The address has a % that is not followed by the code of a character.',
}

/** Tells callers nothing of the inside; the log has it, under the same request id. */
function explainError(error: unknown, request: FastifyRequest, log: Log): Problem {
  log.error(
    { err: error, request_id: request.id, method: request.method, path: request.routeOptions.url },
    'call failed',
  )
  const refusal = isUnavailable(error)
    ? refuse('unavailable', 'The database cannot be reached now. The same call with the same key may be sent again.')
    : refuse('internal_error', `This is our mistake; the log has it under ${request.id}.`)
  return problemOf(refusal, request.id)
}

interface Address {
  methods: Set<string>
  pattern: RegExp
}

/** Every address that the server takes, also those that a door adds. */
function recordAddresses(app: Server): Map<string, Address> {
  const addresses = new Map<string, Address>()
  app.addHook('onRoute', ({ url, method }) => {
    const address = addresses.get(url) ?? { methods: new Set<string>(), pattern: patternOf(url) }
    for (const one of [method].flat()) address.methods.add(one)
    addresses.set(url, address)
  })
  return addresses
}

function patternOf(url: string): RegExp {
  const literal = (text: string) => text.replace(/[$()+.?[\\\]^{|}]/g, '\\$&')
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : literal(part).replaceAll('*', '.*')))
  return new RegExp(`^${parts.join('/')}$`)
}

/** An address that exists with another method says which; OPTIONS asks for just that. */
function notFound(addresses: ReadonlyMap<string, Address>) {
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = request.url.split('?')[0]!
    const found = [...addresses.values()].filter(({ pattern }) => pattern.test(path))
    const allowed = [...new Set(found.flatMap(({ methods }) => [...methods]))].sort()
    if (allowed.length === 0)
      return sendRefusal(
        refuse('not_found', 'There is nothing at this address; /docs lists what there is.'),
        request,
        reply,
      )
    reply.header('allow', [...allowed, 'OPTIONS'].join(', '))
    if (request.method === 'OPTIONS') return reply.code(204).send()
    return sendRefusal(refuse('method_not_allowed', `This address takes ${allowed.join(', ')}.`), request, reply)
  }
}

/** Bytes that are no HTTP request never become one, so the answer is written to the connection itself. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
  const requestId = newRequestId()
  const problem = { ...problemOf(refuse('invalid', 'This is not an HTTP request.'), requestId), status }
  const body = JSON.stringify(problem)
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${PROBLEM_TYPE}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nx-request-id: ${requestId}\r\nconnection: close\r\n\r\n${body}`,
  )
}
