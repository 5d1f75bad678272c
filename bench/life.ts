/** What becomes of points: returns, redemptions, and a night on which those of all members expire while orders go on. */
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { OrderBody } from '../src/core/activity.ts'
import type { Database } from '../src/engine/db.ts'
import { Inbox } from '../src/engine/inbox.ts'
import { type Incoming, keys } from '../src/engine/incoming.ts'
import type { LiveProgram } from '../src/engine/programs.ts'
import { sweep } from '../src/engine/sweep.ts'
import { drive } from './drive.ts'
import { joinAll, type Ledger, NOW, newLoad, publish } from './place.ts'
import { FULL, ordersFor } from './recorder.ts'

export interface LifeFigure {
  returns_a_second: number
  /** Rewards that are spent at once, and holds that are each captured. */
  redemptions_a_second: number
  captures_a_second: number
  night: NightFigure
}

export interface NightFigure {
  members: number
  /** Points that expired while nothing else went on. */
  points_a_second: number
  /** Orders of tills, without the sweep and beside it. */
  orders_a_second: number
  orders_beside_a_second: number
}

/** The points of each member, and when they all are gone. */
const POINTS = 500
const NIGHT = Date.parse('2026-05-01T04:00:00Z')
/** Tills that each send an order and wait for the answer. */
const TILLS = { callers: 64, each: 1 } as const

/** On a program of its own with as many members, so that all of them are due; orders of the night are of the other one. */
export async function measureLife(
  ledger: Ledger,
  members: number,
  seconds: number,
  say: (line: string) => void,
): Promise<LifeFigure> {
  const seed = await newLoad(ledger)
  const source = readFileSync('bench/night.yaml', 'utf8').replace('program: night', `program: night-${seed}`)
  const program = await publish(ledger, source)
  say(`${members.toLocaleString('en')} members for the night join`)
  await joinAll(ledger, program, 0, members, () => {})
  const inbox = new Inbox(ledger.recorder)
  say(`returns and redemptions, ${seconds} s each`)
  const returns_a_second = await measureReturns(inbox, program, members, seed, seconds)
  const captures_a_second = await measureCaptures(inbox, program, members, seconds)
  const spent = await drive(inbox, redemptions(program, members, true), { ...FULL, seconds })
  await inbox.close()
  const night = await measureNight(ledger, program, members, seconds, say)
  return { returns_a_second, redemptions_a_second: spent.a_second, captures_a_second, night }
}

/** Of every order that was placed before, one line comes back. */
async function measureReturns(
  inbox: Inbox,
  program: LiveProgram,
  members: number,
  seed: number,
  seconds: number,
): Promise<number> {
  const sold: OrderBody[] = []
  await drive(inbox, ordersFor(program, members, seed), {
    ...FULL,
    seconds,
    onAnswer: (incoming) => {
      if (incoming.type === 'order') sold.push(incoming.body)
    },
  })
  return (await drive(inbox, returns(program, sold), { ...FULL, seconds })).a_second
}

function* returns(program: LiveProgram, sold: readonly OrderBody[]): Generator<Incoming> {
  for (const { external_id: order, lines } of sold) {
    const { id, quantity } = lines[0]!
    yield {
      program,
      ref: { by: 'order', order },
      key: keys.return(order, 'back'),
      occurredMs: NOW,
      dated: true,
      type: 'return',
      body: { external_id: 'back', order, lines: [{ id, quantity }] },
    }
  }
}

/** Holds are captured while others are begun: both are counted as one. */
async function measureCaptures(inbox: Inbox, program: LiveProgram, members: number, seconds: number): Promise<number> {
  const held: number[] = []
  const holds = await drive(inbox, redemptions(program, members, false), {
    ...FULL,
    seconds,
    onAnswer: (_, answer) => {
      if (answer.status === 'recorded') held.push(answer.activity.id)
    },
  })
  const captured = await drive(inbox, captures(program, held), { ...FULL, seconds: 10 * seconds })
  return captured.done / (holds.seconds + captured.seconds)
}

function* redemptions(program: LiveProgram, members: number, capture: boolean): Generator<Incoming> {
  for (let i = 0; ; i++)
    yield {
      program,
      ref: { by: 'external', value: `load-${i % members}` },
      key: keys.once(`redeem-${i}`),
      occurredMs: NOW,
      type: 'redeem',
      body: { reward: 'coffee', quantity: 1, capture },
    }
}

function* captures(program: LiveProgram, held: readonly number[]): Generator<Incoming> {
  for (const id of held)
    yield {
      program,
      ref: { by: 'activity', id },
      key: keys.once(`capture-${id}`),
      occurredMs: NOW,
      type: 'capture',
      body: { redemption: id },
    }
}

async function measureNight(
  ledger: Ledger,
  program: LiveProgram,
  members: number,
  seconds: number,
  say: (line: string) => void,
): Promise<NightFigure> {
  const { database } = ledger
  await database.query('update program set clock_ms = $2 where number = $1', [program.number, NIGHT])
  await ledger.programs.refresh()
  const inbox = new Inbox(ledger.recorder)
  const orders = async (isOver?: () => boolean) => {
    const load = ordersFor(ledger.program, members, await newLoad(ledger))
    return drive(inbox, load, { ...TILLS, seconds, ...(isOver === undefined ? {} : { isOver }) })
  }
  say(`orders, ${seconds} s`)
  const alone = await orders()
  say(`orders beside the sweep, ${seconds} s`)
  const stopping = new AbortController()
  const sweeping = sweepUntil(ledger, inbox, program, stopping.signal)
  let isSwept = false
  sweeping.then(() => (isSwept = true))
  const beside = await orders(() => isSwept)
  stopping.abort()
  await sweeping
  say(`the sweep, ${seconds} s`)
  const before = await countDue(database, program)
  const began = performance.now()
  const end = new AbortController()
  const sweepingAlone = sweepUntil(ledger, inbox, program, end.signal)
  await Promise.race([sweepingAlone, pause(seconds * 1_000)])
  end.abort()
  await sweepingAlone
  await inbox.close()
  const took = (performance.now() - began) / 1_000
  return {
    members,
    points_a_second: ((before - (await countDue(database, program))) * POINTS) / took,
    orders_a_second: alone.a_second,
    orders_beside_a_second: beside.a_second,
  }
}

class Stopped extends Error {
  constructor() {
    super('The time is over')
    this.name = 'Stopped'
  }
}

/** Sweeps until all are awake or the time is over: a sweep asks for a page at a time, and then gets no further one. */
async function sweepUntil(ledger: Ledger, inbox: Inbox, program: LiveProgram, signal: AbortSignal): Promise<void> {
  const { database, recorder } = ledger
  const stoppable: Database = {
    ...database,
    query: (statement, values) => {
      if (signal.aborted) return Promise.reject(new Stopped())
      return database.query(statement, values)
    },
  }
  try {
    await sweep({ database: stoppable, inbox, stripes: recorder.stripes }, program, NIGHT)
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
  }
}

async function countDue(database: Database, program: LiveProgram): Promise<number> {
  const { rows } = await database.query<{ count: number }>('select count(*) as count from due where program = $1', [
    program.number,
  ])
  return rows[0]!.count
}
