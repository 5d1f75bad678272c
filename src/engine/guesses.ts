/** Guesses at codes: whoever names codes that are nobody's, again and again, has to wait between two more. */

import { Refusal } from '../core/refusal.ts'
import type { Queries } from './db.ts'
import type { Caller } from './http/route.ts'

/** So many wrong codes are borne within the time below. */
const MOST = 10
const WITHIN_MS = 10 * 60_000
/** What strangers send must not fill the memory. */
const MOST_KNOWN = 20_000

export interface Guess {
  keyId: string
  actor: string
  program: string
  /** How the code began: the whole of it might be a slip in somebody's real one. */
  begins: string
}

/** A refusal that says when to come again. */
export class TooManyGuesses extends Refusal {
  /** Whole seconds. */
  readonly retryAfter: number

  constructor(
    retryAfter: number,
    detail = `Too many codes that there are not: the next is looked at in ${retryAfter} seconds.`,
  ) {
    super('too_many_guesses', detail)
    this.retryAfter = retryAfter
  }
}

/** The fields of draft-ietf-httpapi-ratelimit-headers, and Retry-After (RFC 9110, 10.2.3). */
export function guessHeaders({ retryAfter }: TooManyGuesses): Record<string, string> {
  return {
    'ratelimit-policy': `"codes";q=${MOST};w=${WITHIN_MS / 1000}`,
    ratelimit: `"codes";r=0;t=${retryAfter}`,
    'retry-after': String(retryAfter),
  }
}

export class Guesses {
  readonly #queries: Queries
  readonly #onGuess: (guess: Guess) => void
  readonly #now: () => number
  /** When each key, and each member that codes were tried for, was wrong lately. */
  readonly #wrong = new Map<string, number[]>()

  constructor(queries: Queries, onGuess: (guess: Guess) => void = () => {}, now: () => number = Date.now) {
    this.#queries = queries
    this.#onGuess = onGuess
    this.#now = now
  }

  /** Asks for codes, unless this key or this member has asked for too many that there are not. */
  async asking<T>(
    caller: Caller,
    codes: readonly string[],
    member: string | null,
    ask: () => Promise<T | Refusal>,
  ): Promise<T | Refusal> {
    if (codes.length === 0) return ask()
    const names = [`key ${caller.keyId}`, ...(member === null ? [] : [`member ${caller.program.number} ${member}`])]
    const wait = Math.max(...names.map((name) => this.#waitOf(name)))
    if (wait > 0) return new TooManyGuesses(Math.ceil(wait / 1000))
    const answer = await ask()
    const wrong = answer instanceof Refusal ? wrongCode(answer, codes) : null
    if (wrong !== null) await this.#count(caller, names, wrong)
    return answer
  }

  #waitOf(name: string): number {
    const lately = this.#lately(name)
    return lately.length < MOST ? 0 : lately[lately.length - MOST]! + WITHIN_MS - this.#now()
  }

  #lately(name: string): number[] {
    const since = this.#now() - WITHIN_MS
    return (this.#wrong.get(name) ?? []).filter((at) => at > since)
  }

  async #count(caller: Caller, names: readonly string[], code: string): Promise<void> {
    if (this.#wrong.size >= MOST_KNOWN) this.#wrong.clear()
    for (const name of names) this.#wrong.set(name, [...this.#lately(name), this.#now()])
    const { keyId, actor, program } = caller
    const begins = code.slice(0, 2)
    this.#onGuess({ keyId, actor, program: program.id, begins })
    await this.#queries.query(
      `insert into outbox (program, topic, account, activity, data, created_ms) values ($1, 'voucher.guessed', 0, 0, $2, $3)`,
      [program.number, JSON.stringify({ key: keyId, actor, begins }), Date.now()],
    )
  }
}

/** The code that a refusal says there is not. */
function wrongCode({ code, errors }: Refusal, codes: readonly string[]): string | null {
  if (code !== 'not_found' || errors.some(({ pointer }) => !/voucher$|^\/code$/.test(pointer))) return null
  return errors.length === 0 || codes.length === 0 ? null : codes[0]!
}
