/** Gathers activities while a commit is in flight: what arrives meanwhile is the next batch. A lone caller never waits. */

import { stripeOf, stripeOfText } from './ids.ts'
import type { AccountRef, Incoming, Recorded } from './incoming.ts'
import type { Recorder } from './record.ts'

export interface InboxOptions {
  /** How many batches may be in flight at once; activities of one member stay in one lane. */
  lanes?: number
  /** The most activities in a batch. */
  most?: number
  /** Told of every batch: how many activities it had and how long it took (ms). */
  onBatch?: (size: number, ms: number) => void
  /** Whether other processes decide something now: then accounts are woken in a fraction of the time alone. */
  othersAtWork?: () => Promise<boolean>
}

interface Waiting {
  incoming: Incoming
  resolve: (recorded: Recorded) => void
  reject: (error: unknown) => void
}

interface Lane {
  queue: Waiting[]
  /** Accounts to be woken: no caller waits for one of those, so they stand behind what is sent. */
  behind: Waiting[]
  running: Promise<void> | null
  /** Told when something is sent while the lane waits for that. */
  knock: (() => void) | null
}

/**
 * How many accounts are woken in a batch by themselves: whoever comes meanwhile waits for no more than that. Beside what
 * is sent, a quarter of it, or a few beside very little.
 */
const WOKEN_ALONE = 100
const WOKEN_AT_LEAST = 4
/** Those who were just answered often send again: so long a lane waits for them before it wakes accounts alone, in ms. */
const QUIET_MS = 5
/** Beside other processes a lane that wakes accounts rests so many times as long as it works, and no longer than so, in ms. */
const REST = 3
const LONGEST_REST_MS = 500

export class Inbox {
  readonly #recorder: Recorder
  readonly #options: Required<InboxOptions>
  readonly #lanes: Lane[]
  #closed = false

  constructor(recorder: Recorder, options: InboxOptions = {}) {
    this.#recorder = recorder
    this.#options = { lanes: 2, most: 500, onBatch: () => {}, othersAtWork: async () => false, ...options }
    this.#lanes = Array.from({ length: this.#options.lanes }, () => ({
      queue: [],
      behind: [],
      running: null,
      knock: null,
    }))
  }

  /** How many activities wait for their batch. */
  get length(): number {
    return this.#lanes.reduce((sum, { queue, behind }) => sum + queue.length + behind.length, 0)
  }

  /** Answers when the activity is decided and on disk. */
  submit(incoming: Incoming): Promise<Recorded> {
    if (this.#closed) return Promise.reject(new Error('The server is stopping'))
    const lane = this.#lanes[laneOf(incoming, this.#lanes.length)]!
    return new Promise((resolve, reject) => {
      const queue = incoming.type === 'wake' ? lane.behind : lane.queue
      queue.push({ incoming, resolve, reject })
      if (queue === lane.queue) lane.knock?.()
      lane.running ??= this.#run(lane)
    })
  }

  /** Takes nothing new and waits for all that it has. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#lanes.map((lane) => lane.running))
  }

  async #run(lane: Lane): Promise<void> {
    // Callers of one turn of the event loop are gathered; nobody waits longer than that.
    await turn()
    while (lane.queue.length > 0 || lane.behind.length > 0) {
      const sent = lane.queue.length
      const batch = this.#nextBatch(lane)
      const began = performance.now()
      try {
        const answers = await this.#recorder.record(batch.map(({ incoming }) => incoming))
        for (const [i, { resolve }] of batch.entries()) resolve(answers[i]!)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
      const took = performance.now() - began
      this.#options.onBatch(batch.length, took)
      if (lane.queue.length > 0 || lane.behind.length === 0) continue
      const rest = sent > 0 ? QUIET_MS : await this.#restAfter(took)
      if (rest > 0 && lane.queue.length === 0) await somebodySends(lane, rest)
    }
    // In the same turn as the look at the empty queue: whoever is answered and submits at once must find nobody running.
    lane.running = null
  }

  /** Accounts that are woken wait for nobody: those who are asked for something by others come first. */
  async #restAfter(took: number): Promise<number> {
    // A database that cannot say it now will say so to the next batch.
    const busy = this.#closed ? false : await this.#options.othersAtWork().catch(() => false)
    return busy ? Math.min(took * REST, LONGEST_REST_MS) : 0
  }

  #nextBatch({ queue, behind }: Lane): Waiting[] {
    const batch = queue.splice(0, this.#options.most)
    if (behind.length === 0) return batch
    const woken = batch.length === 0 ? WOKEN_ALONE : Math.max(WOKEN_AT_LEAST, batch.length >> 2)
    for (const waiting of behind.splice(0, woken)) batch.push(waiting)
    return batch
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Until somebody has, and those of the same turn with them, or the time for it is over. */
async function somebodySends(lane: Lane, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    lane.knock = () => {
      clearTimeout(timer)
      resolve()
    }
  })
  lane.knock = null
  await turn()
}

/** One member's activities go through one lane, in the order in which they came. */
function laneOf(incoming: Incoming, lanes: number): number {
  const { ref } = incoming
  if (ref.by === 'id' || ref.by === 'activity') return stripeOf(ref.id) % lanes
  return stripeOfText(nameOf(ref, incoming), lanes)
}

function nameOf(ref: AccountRef, incoming: Incoming): string {
  if (ref.by === 'external') return ref.value
  if (ref.by === 'order') return ref.order
  if (incoming.type === 'join') return incoming.body.external_id ?? incoming.key
  return incoming.key
}
