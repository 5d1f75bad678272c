/** A ledger for tests: a fresh database with a program in it, and its recorder. */

import type { Activity } from '../src/core/activity.ts'
import { assert } from '../src/core/assert.ts'
import { compileProgram } from '../src/core/program.ts'
import { type AccountRef, type Incoming, keys, type Recorded, type SentType } from '../src/engine/incoming.ts'
import { type LiveProgram, Programs } from '../src/engine/programs.ts'
import { openRecorder, type Recorder } from '../src/engine/record.ts'
import { features } from '../src/features/index.ts'
import { type TestDatabase, testDatabase } from './database.ts'

export interface TestLedger {
  database: TestDatabase
  recorder: Recorder
  programs: Programs
  program: LiveProgram
  /** An activity of this program, ready to be recorded. */
  incoming(type: SentType, body: Activity['body'], more?: Partial<Omit<Incoming, 'type' | 'body'>>): Incoming
  join(external: string, at: number): Promise<number>
  drop(): Promise<void>
}

export const compile = (source: string, revision: number) => {
  const compiled = compileProgram(source, features, revision)
  assert(compiled.program !== null, `the program of a test is right: ${compiled.problems[0]?.message}`)
  return compiled.program
}

export async function testLedger(source: string, now: number): Promise<TestLedger> {
  const database = await testDatabase()
  const { db } = database
  const program = compile(source, 1)
  await db.query(
    `with made as (insert into program (id, name, mode, clock_ms, created_ms) values ($1, $2, 'test', $3, $3) returning number)
     insert into revision (program, number, source, effective_ms, published_by) select number, 1, $4, 0, 'test' from made`,
    [program.id, program.name, now, source],
  )
  const programs = new Programs(db, compile)
  const recorder = await openRecorder(db, { release: 'test', tzdata: 'test' })
  const live = (await programs.find(program.id))!
  let count = 0
  const incoming: TestLedger['incoming'] = (type, body, more = {}) =>
    ({
      program: live,
      type,
      body,
      ref: { by: 'nobody' } as AccountRef,
      key: keys.given(String(++count)),
      occurredMs: now,
      dated: true,
      ...more,
    }) as Incoming
  return {
    database,
    recorder,
    programs,
    program: live,
    incoming,
    async join(external, at) {
      const join = incoming(
        'join',
        { external_id: external },
        { key: keys.join(external), occurredMs: at, ref: { by: 'new' } },
      )
      return accountOf((await recorder.record([join]))[0]!)
    },
    drop: () => database.drop(),
  }
}

export function accountOf(recorded: Recorded): number {
  assert(recorded.status === 'recorded', `recorded, not ${JSON.stringify(recorded)}`)
  return recorded.activity.account
}
