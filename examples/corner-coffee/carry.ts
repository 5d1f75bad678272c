/** The demo business: Corner Coffee's generated people, carried into the ledger through the same `record` as all else. */

import { assert } from '../../src/core/assert.ts'
import { Refusal } from '../../src/core/refusal.ts'
import type { Database } from '../../src/engine/db.ts'
import { countryOf, normalEmail, normalPhone } from '../../src/engine/directory.ts'
import { createKey } from '../../src/engine/http/keys.ts'
import { takeTurn } from '../../src/engine/importing.ts'
import { type AccountRef, type Incoming, keys } from '../../src/engine/incoming.ts'
import type { Compile, LiveProgram, Programs } from '../../src/engine/programs.ts'
import { publish } from '../../src/engine/publish.ts'
import type { Recorder } from '../../src/engine/record.ts'
import { cornerCoffee, type DemoEvent } from '../corner-coffee.ts'

const YEARS_MS = 2 * 365 * 86_400_000
const BATCH = 500

export interface DemoMeans {
  database: Database
  programs: Programs
  recorder: Recorder
  compile: Compile
  /** The text of examples/corner-coffee.yaml. */
  source: string
  /** Told how many days of the two years are done. */
  onProgress: (done: number, of: number) => void
}

/**
 * Makes the demo business where there is no program yet, or finishes it where that was cut short. Answers a key for
 * it when it made one: its secret is kept nowhere else.
 */
export async function makeDemo(means: DemoMeans): Promise<{ secret: string } | null> {
  const { database, programs } = means
  const begun = await setting(database, 'demo')
  if (begun === 'done') return null
  if (begun === null && (await programs.all()).length > 0) return null
  const until = begun === null ? startOfHour(Date.now()) : Number(begun)
  if (begun === null) await database.query(`insert into setting (name, value) values ('demo', $1)`, [String(until)])
  const compiled = means.compile(means.source, 1)
  const published = await publish(database, programs, means.source, compiled, { mode: 'test', by: 'demo' })
  assert(!(published instanceof Refusal), 'the demo program can be published')
  const { program } = published
  await carryAlone(means, program, until)
  const { secret } = await createKey(database, { program, actor: 'demo', role: 'owner' })
  await database.query(`update setting set value = 'done' where name = 'demo'`)
  return { secret }
}

async function setting(database: Database, name: string): Promise<string | null> {
  const { rows } = await database.query<{ value: string }>('select value from setting where name = $1', [name])
  return rows[0]?.value ?? null
}

function startOfHour(ms: number): number {
  return ms - (ms % 3_600_000)
}

/** The members live on the time of their story, like those of an import: a sweep would wake them up to the present. */
async function carryAlone(means: DemoMeans, program: LiveProgram, until: number): Promise<void> {
  const turn = await takeTurn(means.database, program)
  assert(!(turn instanceof Refusal), 'nobody else makes the demo')
  try {
    await turn.begin()
    await carry(means, program, until)
    await turn.complete()
  } finally {
    await turn.release()
  }
}

/** Records the events of two years in their order. A reward that the program refuses is left out, as a till would. */
async function carry(means: DemoMeans, program: LiveProgram, until: number): Promise<void> {
  const from = until - YEARS_MS
  let place = 0
  let batch: Incoming[] = []
  const flush = async () => {
    await recordAll(means.recorder, batch)
    batch = []
  }
  for (const event of cornerCoffee({ from, until })) {
    batch.push(incomingOf(event, program, place++))
    if (batch.length < BATCH) continue
    await flush()
    means.onProgress(event.at - from, YEARS_MS)
  }
  await flush()
  means.onProgress(YEARS_MS, YEARS_MS)
}

async function recordAll(recorder: Recorder, batch: Incoming[]): Promise<void> {
  const again: Incoming[] = []
  for (const [i, answer] of (await recorder.record(batch)).entries()) {
    if (answer.status !== 'refused') continue
    const incoming = batch[i]!
    assert(
      incoming.type === 'order' && incoming.body.redeem !== undefined,
      `the demo is right: ${answer.refusal.detail}`,
    )
    const { redeem: _, ...body } = incoming.body
    again.push({ ...incoming, body })
  }
  for (const answer of again.length === 0 ? [] : await recorder.record(again))
    assert(answer.status !== 'refused', 'an order without a reward is taken')
}

function incomingOf(event: DemoEvent, program: LiveProgram, place: number): Incoming {
  const common = { program, occurredMs: event.at, dated: true, history: true } as const
  const member = (name: string | null): AccountRef =>
    name === null ? { by: 'nobody' } : { by: 'external', value: name.slice('external:'.length) }
  if (event.type === 'member') {
    const { body } = event
    const contacts: NonNullable<Incoming['contacts']> = {}
    const phone = normalPhone(body.phone, countryOf('USD'))
    const email = body.email === undefined ? null : normalEmail(body.email)
    if (phone !== null) contacts.phone = phone
    if (email !== null) contacts.email = email
    return { ...common, type: 'join', body, contacts, ref: { by: 'new' }, key: keys.join(body.external_id) }
  }
  if (event.type === 'order') {
    const { member: who, occurred_at: _, status: __, ...body } = event.body
    return { ...common, type: 'order', body, ref: member(who), key: keys.order(body.external_id) }
  }
  if (event.type === 'return') {
    const { occurred_at: _, ...body } = event.body
    const { order } = event
    return {
      ...common,
      type: 'return',
      body: { ...body, order },
      ref: { by: 'order', order },
      key: keys.return(order, body.external_id),
    }
  }
  const key = keys.given(`demo-${place}`)
  if (event.type === 'visit')
    return { ...common, type: 'visit', body: { location: event.body.location }, ref: member(event.body.member), key }
  const { type, data } = event.body
  return { ...common, type: 'action', body: { type, data }, ref: member(event.body.member), key }
}
