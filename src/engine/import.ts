/** Importing history: orders out of a business's own file, through the one write path, on the file's own time. */

import { joinActivity, orderActivity, returnActivity } from '../core/history.ts'
import { Refusal, refuse } from '../core/refusal.ts'
import type { Database } from './db.ts'
import { type FileEntry, type FileOrder, type FileReturn, isReturn } from './files/order-reader.ts'
import type { OrderFile } from './files/orders.ts'
import type { RowReport } from './files/reports.ts'
import { sweepAndForward } from './forwarding.ts'
import { stripeOfText } from './ids.ts'
import { type Turn, takeTurn } from './importing.ts'
import { Inbox } from './inbox.ts'
import { type Incoming, keys, type Recorded } from './incoming.ts'
import type { LiveProgram } from './programs.ts'
import type { Recorder } from './record.ts'

export interface ImportMeans {
  database: Database
  recorder: Recorder
}

export interface ImportOptions {
  program: LiveProgram
  /** Where the history ends (ms), itself not included: all that falls due before it happens when the orders are in. */
  until?: number
  /** Orders in a batch; each batch is one transaction. */
  batch?: number
  /** Told to stop, the import finishes the batches in flight. */
  signal?: AbortSignal
  onProgress?: (done: number, of: number) => void
  /** Told of every order that the program refuses. */
  onRefused?: (report: RowReport) => void
  /**
   * The turn, where it was taken before the file was read, so that what its credit notes were matched to is as it was.
   * Whoever took it releases it.
   */
  turn?: Turn
}

export interface ImportResult {
  /** False when it was stopped: the same once more goes on where it was. */
  finished: boolean
  /** What this run added. */
  orders: number
  anonymous: number
  /** What credit notes gave back, of members' orders and of anonymous sales. */
  returns: number
  anonymous_returns: number
  joined: number
  /** Orders and returns that the ledger had already, as they are in the file. */
  replayed: number
  /** Returns whose order was refused: they wait, should it come after all. */
  waiting: number
  /** By the code of the refusal. */
  refused: Record<string, number>
}

const BATCH = 1_000
/** Batches in flight at once: while the database keeps one, this process decides the other. */
const LANES = 2
/** Members whose joining is not sent again; beyond, it is sent once more and found to be there. */
const MEMBERS_KEPT = 1_000_000
const LONGEST_ID = 255

/**
 * Puts the orders and returns of a file into the ledger. Each member's go one after the other, in the order of time, so
 * whenever this stops, each account stands after some beginning of its history; run again, what is there is found by
 * its key, and the rest follows. Answers a refusal while another import into the program runs.
 */
export async function importOrders(
  means: ImportMeans,
  file: OrderFile,
  options: ImportOptions,
): Promise<ImportResult | Refusal> {
  const turn = options.turn ?? (await takeTurn(means.database, options.program))
  if (turn instanceof Refusal) return turn
  try {
    await turn.begin()
    const run = new OrderImport(means, options)
    const finished = (await run.record(file)) && (await wakeAll(means, options))
    if (finished) await turn.complete()
    return { finished, ...run.tally }
  } finally {
    if (options.turn === undefined) await turn.release()
  }
}

class OrderImport {
  readonly tally: Omit<ImportResult, 'finished'> = {
    orders: 0,
    anonymous: 0,
    returns: 0,
    anonymous_returns: 0,
    joined: 0,
    replayed: 0,
    waiting: 0,
    refused: {},
  }
  readonly #means: ImportMeans
  readonly #options: ImportOptions
  /** Members who joined, or were found to be there, in this run. */
  readonly #met = new Set<string>()

  constructor(means: ImportMeans, options: ImportOptions) {
    this.#means = means
    this.#options = options
  }

  /** False when it was told to stop before the end. */
  async record(file: OrderFile): Promise<boolean> {
    const { batch = BATCH, signal, onProgress } = this.#options
    let done = 0
    for await (const entries of inParts(file.batches(), batch * LANES)) {
      if (signal?.aborted) return false
      const lanes = divide(entries.filter((entry) => this.#isNamed(entry)))
      await settled(lanes.map((lane) => this.#recordLane(lane)))
      done += entries.length
      onProgress?.(done, file.orders + file.returns)
    }
    return true
  }

  /** Ids that no index of the database can hold are not taken. */
  #isNamed(entry: FileEntry): boolean {
    const { external_id, member } = entry
    const ids = isReturn(entry) ? { return: external_id, order: entry.order, member } : { order: external_id, member }
    for (const [what, id] of Object.entries(ids)) {
      if (id === null || (id.length <= LONGEST_ID && !id.includes('\0'))) continue
      const detail = `The id of the ${what} must be at most ${LONGEST_ID} characters of text.`
      this.#refuse(entry, refuse('invalid', detail))
      return false
    }
    return true
  }

  async #recordLane(entries: readonly FileEntry[]): Promise<void> {
    const sent = entries.flatMap((entry) => (isReturn(entry) ? this.#returned(entry) : this.#ordered(entry)))
    if (sent.length === 0) return
    const answers = await this.#means.recorder.record(sent.map(({ incoming }) => incoming))
    for (const [i, { entry }] of sent.entries()) this.#count(entry, answers[i]!)
  }

  #returned(entry: FileReturn): Sent[] {
    const { program } = this.#options
    const { occurred_at: occurredMs, order, external_id } = entry
    const { type, body } = returnActivity(entry, 0)
    const key = keys.return(order, external_id)
    const common = { program, occurredMs, dated: true, history: true } as const
    return [{ entry, incoming: { ...common, type, key, body, ref: { by: 'order', order } } }]
  }

  /** An order, and before it its member's joining, unless that was sent before. */
  #ordered(order: FileOrder): Sent[] {
    const { program } = this.#options
    const { member, occurred_at: occurredMs } = order
    const common = { program, occurredMs, dated: true, history: true } as const
    const { type, key, body } = orderActivity(order, 0)
    if (member === null) return [{ entry: order, incoming: { ...common, type, key, body, ref: { by: 'nobody' } } }]
    const ref = { by: 'external', value: member } as const
    // What a file tells was paid: nothing comes off it a second time.
    const paid = { ...body, as_paid: true } as const
    const sent: Sent[] = [{ entry: order, incoming: { ...common, type, key, body: paid, ref } }]
    if (this.#met.has(member)) return sent
    if (this.#met.size === MEMBERS_KEPT) this.#met.clear()
    this.#met.add(member)
    const join = joinActivity(member, occurredMs, 0)
    const incoming: Incoming = {
      ...common,
      type: join.type,
      key: keys.join(member),
      body: join.body,
      ref: { by: 'new' },
    }
    return [{ entry: null, incoming }, ...sent]
  }

  #count(entry: FileEntry | null, recorded: Recorded): void {
    const { tally } = this
    if (entry === null) {
      // Whoever is refused here was a member before, by other words: the orders go to that account all the same.
      if (recorded.status === 'recorded' && !recorded.replayed) tally.joined += 1
    } else if (recorded.status === 'refused') this.#refuse(entry, recorded.refusal)
    else if (recorded.status === 'waiting') this.#wait(entry)
    else if ('replayed' in recorded && recorded.replayed) tally.replayed += 1
    else if (isReturn(entry)) tally[recorded.status === 'sale' ? 'anonymous_returns' : 'returns'] += 1
    else if (recorded.status === 'sale') tally.anonymous += 1
    else tally.orders += 1
  }

  #wait(entry: FileEntry): void {
    this.tally.waiting += 1
    this.#report(entry, 'order_not_taken', 'Its order was not taken, and it waits for that.')
  }

  #refuse(entry: FileEntry, { code, detail }: Refusal): void {
    this.tally.refused[code] = (this.tally.refused[code] ?? 0) + 1
    this.#report(entry, code, detail)
  }

  #report(entry: FileEntry, code: string, detail: string): void {
    const [row] = entry.rows
    const what = isReturn(entry)
      ? `return ${shortened(entry.external_id)} of order ${shortened(entry.order)}`
      : `order ${shortened(entry.external_id)}`
    this.#options.onRefused?.({ row, code, message: `Row ${row} (${what}) was not taken: ${detail}`, taken: false })
  }
}

/** What is sent for an entry of the file; null for a joining, which the file does not have. */
interface Sent {
  entry: FileEntry | null
  incoming: Incoming
}

function shortened(id: string): string {
  return id.length > 60 ? `${id.slice(0, 59)}…` : id
}

/** The same entries in the same order, in parts of one size. */
async function* inParts(batches: AsyncIterable<FileEntry[]>, size: number): AsyncGenerator<FileEntry[]> {
  let part: FileEntry[] = []
  for await (const batch of batches)
    for (const entry of batch) {
      part.push(entry)
      if (part.length < size) continue
      yield part
      part = []
    }
  if (part.length > 0) yield part
}

/** What one member did shares a lane, as do an anonymous sale and its return; lanes have no account in common. */
function divide(entries: readonly FileEntry[]): FileEntry[][] {
  const lanes: FileEntry[][] = Array.from({ length: LANES }, () => [])
  for (const entry of entries) {
    const order = isReturn(entry) ? entry.order : entry.external_id
    lanes[stripeOfText(entry.member ?? order, LANES)]!.push(entry)
  }
  return lanes
}

/** Waits for all of them, so that nothing is in flight when this fails, and fails with the first cause. */
async function settled(running: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(running)).find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/** Decides all that falls due before the end of the history. False when it was told to stop. */
async function wakeAll(means: ImportMeans, { program, until, signal }: ImportOptions): Promise<boolean> {
  if (until === undefined) return true
  const { database, recorder } = means
  const inbox = new Inbox(recorder)
  const stop = () => void inbox.close()
  if (signal?.aborted) return false
  signal?.addEventListener('abort', stop)
  try {
    await sweepAndForward({ database, inbox, stripes: recorder.stripes }, program, until - 1, true)
    return true
  } catch (error) {
    if (signal?.aborted) return false
    throw error
  } finally {
    signal?.removeEventListener('abort', stop)
    await inbox.close()
  }
}
