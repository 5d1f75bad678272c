/** `POST /v1/batch`: many calls in one body, a line each, answered in their order. */

import { setImmediate } from 'node:timers/promises'
import { Refusal, refuse } from '../../core/refusal.ts'
import { REPLAYED } from './answered.ts'
import { readJson } from './json.ts'
import { type Problem, problemOf } from './problem.ts'
import type { Caller, Reply, Route, Services } from './route.ts'
import { type Prefixes, validate } from './validate.ts'

export const MOST_LINES = 10_000

export interface BatchCall {
  services: Services
  caller: Caller
  requestId: string
  /** Given to the batch as a whole: lines without a key of their own are numbered under it. */
  idempotencyKey: string | null
  /** Told of what went wrong on our side; the line answers with a problem. */
  onError(error: unknown): Problem
  /** Told of every line that was carried out. */
  onAnswer(route: Route, key: string | null, answer: Reply): void
  /** Waited for before the end of the answers. */
  onEnd(): Promise<void>
}

export type Answer =
  | { line: number; key: string | null; status: number; replayed: boolean; result: unknown }
  | { line: number; key: string | null; status: number; problem: Problem }

type Type = { route: Route; split: NonNullable<Route['batch']>['split'] }

/** The calls that can be lines, by the type that lines name. */
export type BatchTypes = ReadonlyMap<string, Type>

export function batchTypes(routes: readonly Route[]): BatchTypes {
  return new Map(
    routes.flatMap((route) => (route.batch ? [[route.batch.type, { route, split: route.batch.split }]] : [])),
  )
}

/** The answers as text, as they come; a refusal when the body cannot be a batch at all. */
export function answerBatch(types: BatchTypes, text: string, call: BatchCall): AsyncIterable<string> | Refusal {
  const lines = splitLines(text)
  if (lines.length === 0) return refuse('invalid', 'The batch is empty; it must be one JSON object a line.')
  if (lines.length > MOST_LINES)
    return refuse('too_large', `The batch has ${lines.length} lines; at most ${MOST_LINES} fit into one.`)
  return stream(new Batch(types, call), lines, call.onEnd)
}

interface Line {
  /** From 1, blank lines included. */
  number: number
  text: string
}

function splitLines(text: string): Line[] {
  const lines: Line[] = []
  for (let start = 0, number = 1; start < text.length; number++) {
    const end = text.indexOf('\n', start)
    const line = text.slice(start, end < 0 ? text.length : end)
    if (line.trim() !== '') lines.push({ number, text: line })
    if (end < 0) break
    start = end + 1
  }
  return lines
}

/** Lines that are begun before others get their turn: half a thousand take a few milliseconds. */
const SLICE = 500
/** Answers are handed on in pieces of about this many characters. */
const PIECE = 32_768

/** All lines are begun before the first answer is waited for, so that the inbox can gather them. */
async function* stream(batch: Batch, lines: readonly Line[], onEnd: () => Promise<void>): AsyncIterable<string> {
  const answers: (string | Promise<string>)[] = []
  try {
    yield* answersOf(batch, lines, answers)
  } finally {
    // Whoever hangs up in the middle has begun every line all the same.
    await Promise.all(answers)
    await onEnd()
  }
}

async function* answersOf(
  batch: Batch,
  lines: readonly Line[],
  answers: (string | Promise<string>)[],
): AsyncIterable<string> {
  for (const [index, line] of lines.entries()) {
    if (index % SLICE === SLICE - 1) await setImmediate()
    const answer = batch.begin(line)
    // An answer becomes text as soon as it is there: thousands of them wait for the ones before, and text weighs less.
    answers.push(answer instanceof Promise ? answer.then(textOf) : textOf(answer))
  }
  let piece = ''
  for (const answer of answers) {
    piece += await answer
    if (piece.length < PIECE) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

function textOf(answer: Answer): string {
  return `${JSON.stringify(answer)}\n`
}

const PREFIXES: Prefixes = { params: '/body', query: '/query', body: '/body' }
const KEY_FORM = /^[\x20-\x7e]{1,255}$/

/** Lines of one type that concern the same member or order and follow each other. */
interface Run {
  type: string
  /** The runs before it, all answered. */
  before: Promise<unknown> | null
  answers: Promise<Answer>[]
}

class Batch {
  readonly #types: BatchTypes
  readonly #call: BatchCall
  readonly #runs = new Map<string, Run>()

  constructor(types: BatchTypes, call: BatchCall) {
    this.#types = types
    this.#call = call
  }

  /** Answers at once what cannot be carried out; begins what can. Never throws, and what it promises never fails. */
  begin(line: Line): Answer | Promise<Answer> {
    try {
      return this.#begin(line)
    } catch (error) {
      return this.#failed(line.number, null, error)
    }
  }

  #begin({ number, text }: Line): Answer | Promise<Answer> {
    const parsed = readJson(text)
    if (parsed instanceof Refusal) return this.#refused(number, null, parsed)
    const line = readLine(parsed.value)
    if (line instanceof Refusal) return this.#refused(number, null, line)
    const { idempotencyKey } = this.#call
    const key = line.key ?? (idempotencyKey === null ? null : `${idempotencyKey}:${number}`)
    const type = this.#types.get(line.type)
    if (type === undefined) return this.#refused(number, key, this.#unknownType(line.type))
    if (!type.route.roles.includes(this.#call.caller.role))
      return this.#refused(number, key, refuse('forbidden', `This key may not send lines of type ${line.type}.`))
    const checked = validate(type.route, { ...type.split(line.body), query: undefined }, PREFIXES)
    if (checked instanceof Refusal) return this.#refused(number, key, checked)
    return this.#afterOthers(line, () => this.#carryOut(number, key, type.route, checked))
  }

  async #carryOut(
    line: number,
    key: string | null,
    route: Route,
    { params, query, body }: { params: unknown; query: unknown; body: unknown },
  ): Promise<Answer> {
    const { services, caller, requestId } = this.#call
    try {
      const answer = await route.handle({
        params,
        query,
        body,
        caller,
        idempotencyKey: key,
        wantsCsv: false,
        requestId,
        services,
      })
      if (answer instanceof Refusal) return this.#refused(line, key, answer)
      this.#call.onAnswer(route, key, answer)
      return resultOf(line, key, answer)
    } catch (error) {
      return this.#failed(line, key, error)
    }
  }

  /**
   * The inbox keeps the order of equal calls, but an order may rely on the line that makes its member, and a return on
   * the line of its order. So where the type changes, lines about the same member wait for the ones before.
   */
  #afterOthers({ type, body }: { type: string; body: Record<string, unknown> }, begin: () => Promise<Answer>) {
    const run = this.#runOf(type, body)
    if (run === null) return begin()
    const answer = run.before === null ? begin() : run.before.then(begin)
    run.answers.push(answer)
    return answer
  }

  #runOf(type: string, body: Record<string, unknown>): Run | null {
    const { external_id, member, order } = body
    if (type === 'transfer') return this.#between([body['from'], body['to']])
    const own = typeof external_id === 'string' ? external_id : null
    if (type === 'member') return own === null ? null : this.#continue(`member external:${own}`, type)
    if (type === 'return') return typeof order === 'string' ? this.#continue(`order ${order}`, type) : null
    const run = typeof member === 'string' ? this.#continue(`member ${member}`, type) : null
    if (type !== 'order' || own === null) return run
    if (run === null) return this.#continue(`order ${own}`, type)
    this.#runs.set(`order ${own}`, run)
    return run
  }

  /** A transfer waits for what came before it about either member, transfers included, and what follows waits for it. */
  #between(members: readonly unknown[]): Run {
    const subjects = members.map((member) => `member ${String(member)}`)
    const before = subjects.flatMap((subject) => {
      const last = this.#runs.get(subject)
      return last === undefined ? [] : [Promise.all(last.answers)]
    })
    const run: Run = { type: 'transfer', before: before.length === 0 ? null : Promise.all(before), answers: [] }
    for (const subject of subjects) this.#runs.set(subject, run)
    return run
  }

  #continue(subject: string, type: string): Run {
    const last = this.#runs.get(subject)
    if (last?.type === type) return last
    const run: Run = { type, before: last === undefined ? null : Promise.all(last.answers), answers: [] }
    this.#runs.set(subject, run)
    return run
  }

  #unknownType(type: string): Refusal {
    return refuse('invalid', `There are no lines of type ${type}, only ${[...this.#types.keys()].join(', ')}.`, '/type')
  }

  #failed(line: number, key: string | null, error: unknown): Answer {
    const problem = this.#call.onError(error)
    return { line, key, status: problem.status, problem }
  }

  #refused(line: number, key: string | null, refusal: Refusal): Answer {
    const problem = problemOf(refusal, this.#call.requestId)
    return { line, key, status: problem.status, problem }
  }
}

function resultOf(line: number, key: string | null, { status, body, headers }: Reply): Answer {
  return { line, key, status, replayed: headers?.[REPLAYED] === 'true', result: body ?? null }
}

function readLine(value: unknown): { type: string; key: string | null; body: Record<string, unknown> } | Refusal {
  if (!isObject(value)) return refuse('invalid', 'A line must be an object with type, key and body.', '')
  const { type, key = null, body, ...others } = value
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) return refuse('invalid', `\`${unknown}\` is not known here.`, `/${unknown}`)
  if (typeof type !== 'string') return refuse('invalid', '`type` must be a text.', '/type')
  if (!isObject(body)) return refuse('invalid', '`body` must be an object.', '/body')
  if (key === null) return { type, key, body }
  if (typeof key === 'string' && KEY_FORM.test(key)) return { type, key, body }
  return refuse('invalid', '`key` must be a text of 1 to 255 printable ASCII characters.', '/key')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
