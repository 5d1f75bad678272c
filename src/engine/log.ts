/** Structured logs: one JSON object a line, or a readable line on a terminal; secrets never reach either. */
import { randomUUID } from 'node:crypto'
import { type Logger, pino } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

export interface LogOptions {
  level: string
  /** Readable lines instead of JSON; by default when standard output is a terminal. */
  readable?: boolean
  /** Where finished lines go; standard output unless said otherwise. */
  write?: (line: string) => void
}

export function createLog({ level, readable = process.stdout.isTTY === true, write = writeOut }: LogOptions): Logger {
  const destination = {
    write(line: string) {
      const clean = scrub(line)
      write(readable ? humanLine(clean) : clean)
    },
  }
  // The machine's name and the process number are known to whoever collects the lines.
  return pino(
    { level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: describeError } },
    destination,
  )
}

/** What is known of an error without what hangs on it: drivers hang whole connections on theirs. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack, cause } = error
  const { code } = error as { code?: unknown }
  return {
    type: name,
    message,
    ...(typeof code === 'string' ? { code } : {}),
    stack,
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  }
}

function writeOut(line: string): void {
  process.stdout.write(line)
}

/** The id that ties a request, its log lines and a problem response together. */
export function newRequestId(): string {
  return `req_${randomUUID().replaceAll('-', '')}`
}

const HIDDEN = '[hidden]'
/** Fields whose text is secret, at any depth of the line. */
const SECRET_FIELD =
  /"(authorization|proxy-authorization|cookie|set-cookie|password|secret|api_key|apiKey|token|x-api-key)":"(?:[^"\\]|\\.)*"/gi
/** Our API keys, wherever they stand, and whatever follows the word Bearer or Basic. */
const SECRET_KEY = /\bsk_[A-Za-z0-9_]+/g
const BEARER = /\b(Bearer|Basic) +[A-Za-z0-9._~+/=-]+/gi
/** The user's part of a URL, as in postgres://name:password@host. */
const URL_CREDENTIALS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/"@]*:[^\s/"]*@/gi

/**
 * Hides secrets in a finished line. The whole line is looked at rather than chosen fields, since secrets come in
 * messages, stack traces and nested objects of other libraries, too.
 */
function scrub(line: string): string {
  return line
    .replace(SECRET_FIELD, `"$1":"${HIDDEN}"`)
    .replace(URL_CREDENTIALS, `$1${HIDDEN}@`)
    .replace(BEARER, `$1 ${HIDDEN}`)
    .replace(SECRET_KEY, HIDDEN)
}

const LEVEL_NAMES: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

/** `17:29:03 info  the message  field=value`, and an error's stack below it. */
function humanLine(line: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>
  const clock = String(time).slice(11, 19)
  const rest = Object.entries(fields).map(([name, value]) => `  ${name}=${plain(value)}`)
  const stack = isRecord(err) && typeof err.stack === 'string' ? `\n${err.stack}` : ''
  return `${clock} ${(LEVEL_NAMES[Number(level)] ?? String(level)).padEnd(5)} ${msg ?? ''}${rest.join('')}${stack}\n`
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
