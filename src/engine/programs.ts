/** The programs that this process knows: every revision compiled once, and which of them decides at what time. */

import { assert } from '../core/assert.ts'
import type { Env } from '../core/decide.ts'
import { NEVER } from '../core/points.ts'
import type { Program } from '../core/program.ts'
import type { Codes } from '../core/vouchers.ts'
import type { Queries } from './db.ts'

/** Turns the text of a revision into a program. Doors hand it in, since only they know the features. */
export type Compile = (source: string, revision: number) => Program

export interface LiveProgram {
  number: number
  id: string
  name: string
  mode: 'live' | 'test'
  /** The database's, of which the codes of vouchers are made; null where there is no database. */
  secret: string | null
  /** The program's own time in ms, if it was moved. */
  clock: number | null
  revisions: { number: number; effective: number; program: Program }[]
}

/** How long another process's publication may go unnoticed, in ms. */
const FRESH_MS = 2_000

export class Programs {
  readonly #queries: Queries
  readonly #compile: Compile
  #byId = new Map<string, LiveProgram>()
  #byNumber = new Map<number, LiveProgram>()
  #readAt = 0
  #reading: Promise<void> | null = null

  constructor(queries: Queries, compile: Compile) {
    this.#queries = queries
    this.#compile = compile
  }

  async find(id: string): Promise<LiveProgram | undefined> {
    if (Date.now() - this.#readAt > FRESH_MS || !this.#byId.has(id)) await this.refresh()
    return this.#byId.get(id)
  }

  byNumber(number: number): LiveProgram {
    const program = this.#byNumber.get(number)
    assert(program !== undefined, `program ${number} was read before it is used`)
    return program
  }

  async all(): Promise<LiveProgram[]> {
    await this.refresh()
    return [...this.#byId.values()]
  }

  /** Reads programs and revisions again; what was compiled stays. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null
    })
    return this.#reading
  }

  async #read(): Promise<void> {
    const programs = await this.#queries.query<{
      number: number
      id: string
      name: string
      mode: 'live' | 'test'
      clock_ms: number | null
      secret: string
    }>(
      `select p.number, p.id, p.name, p.mode, p.clock_ms, s.value as secret
       from program p, setting s where s.name = 'secret' order by p.number`,
    )
    const revisions = await this.#queries.query<{
      program: number
      number: number
      effective_ms: number
      source: string | null
    }>(
      `select program, number, effective_ms, case when number > coalesce((($1::jsonb) ->> program::text)::int, 0) then source end as source
       from revision order by program, number`,
      [JSON.stringify(Object.fromEntries([...this.#byNumber].map(([n, p]) => [n, p.revisions.length])))],
    )
    for (const row of programs.rows) {
      const known = this.#byNumber.get(row.number)
      const program: LiveProgram = known ?? {
        number: row.number,
        id: row.id,
        name: '',
        mode: 'live',
        secret: row.secret,
        clock: null,
        revisions: [],
      }
      Object.assign(program, { name: row.name, mode: row.mode, clock: row.clock_ms })
      this.#byId.set(row.id, program)
      this.#byNumber.set(row.number, program)
    }
    for (const { program, number, effective_ms, source } of revisions.rows)
      if (source !== null && this.#byNumber.get(program)!.revisions.length < number)
        this.#byNumber
          .get(program)!
          .revisions.push({ number, effective: effective_ms, program: this.#compile(source, number) })
    this.#readAt = Date.now()
  }
}

/** The program's present, in ms. */
export function nowOf(program: LiveProgram): number {
  return program.clock ?? Date.now()
}

/** The revision in force at a moment; before the first one, the first. */
export function programAt(live: LiveProgram, at: number): Program {
  const { revisions } = live
  assert(revisions.length > 0, `program ${live.id} has a revision`)
  for (let i = revisions.length - 1; i > 0; i--) if (revisions[i]!.effective <= at) return revisions[i]!.program
  return revisions[0]!.program
}

/** When the first revision after a moment takes effect, in ms; NEVER where none does. */
export function revisionAfter({ revisions }: LiveProgram, at: number): number {
  for (let i = 1; i < revisions.length; i++) if (revisions[i]!.effective > at) return revisions[i]!.effective
  return NEVER
}

/** The revision that takes effect next; null where none is announced. */
export function comingRevision(live: LiveProgram): LiveProgram['revisions'][number] | null {
  const effective = revisionAfter(live, nowOf(live))
  return live.revisions.find((one) => one.effective === effective) ?? null
}

export function currentProgram(live: LiveProgram): Program {
  return programAt(live, nowOf(live))
}

/** What decisions of this program may read beside account and activity. */
export function envOf(
  live: LiveProgram,
  now: number,
  nextId: () => number,
  claims: Env['claims'],
  codes?: Codes | undefined,
): Env {
  return {
    programAt: (at) => programAt(live, at),
    revisionAfter: (at) => revisionAfter(live, at),
    revision: (number) => {
      const found = live.revisions[number - 1]
      assert(found !== undefined, `revision ${number} of ${live.id} exists`)
      return found.program
    },
    now,
    nextId,
    ...(claims === undefined ? {} : { claims }),
    ...(codes === undefined ? {} : { codes }),
  }
}
