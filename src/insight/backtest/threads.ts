/**
 * A backtest on several threads. One reads the file and hands its lines to the others, whole members at a time; members
 * are independent, so each of those folds what it gets and adds up for itself.
 */

import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { type Lines, PRODUCTS_KEPT, type Product } from '../../engine/files/lines.ts'
import type { Reading } from '../../engine/files/order-reader.ts'
import type { Joining, OrderFile } from '../../engine/files/orders.ts'
import type { History } from './folding.ts'
import type { Scenario } from './scenario.ts'
import { mergeTallies, type TallyState } from './tally-state.ts'

/** A scenario as data: a thread compiles the program for itself. */
export interface SentScenario extends Omit<Scenario, 'program'> {
  program: { source: string; revision: number }
}

/** What a thread is told: what to fold through, then what is read, and at last who joined and never ordered. */
export type Said =
  | { kind: 'begin'; reading: Reading; scenarios: SentScenario[]; history: History }
  | { kind: 'fold'; lines: Lines[]; products: Lines['products']; joining: Joining }
  | { kind: 'finish'; others: Joining }

/** What it tells: how many orders and returns of a batch it has decided, or, at the end, all it counted. */
export type Told = { done: number } | { tallies: TallyState[] }

/** As for the process itself: see decision 015. */
const YOUNG_MB = 192
/** Lines that go out together: few at first, so that every thread has some at once, then enough to make sending cheap. */
const BATCHES = { first: 2_048, most: 32_768 }
/** Batches that may wait for a thread: it should never wait for one. */
const WAITING = 4
/** So large is a file, in bytes, that a thread will have enough to do, whatever it is made of. */
const LARGE = 16_000_000

export class Threads {
  readonly #door: URL
  readonly #threads: Thread[] = []

  private constructor(door: URL) {
    this.#door = door
  }

  /**
   * Begins those that a file of this size will need, so that they are ready when it is opened; others are begun when there
   * is work for them. `door` is the script that they run.
   */
  static async begin(door: URL, path: string, cores = availableParallelism()): Promise<Threads> {
    const threads = new Threads(door)
    // What is wrong with the path is said by whoever opens it.
    const size = await stat(path).then(
      (file) => file.size,
      () => 0,
    )
    const needed = Math.min(cores, Math.floor(size / LARGE))
    if (needed > 1) threads.#take(needed)
    return threads
  }

  /** Folds a file, sorted by member, through every scenario. */
  async fold(
    file: OrderFile,
    scenarios: readonly Scenario[],
    history: History,
    { count, onDone }: { count: number; onDone: (entries: number) => void },
  ): Promise<TallyState[]> {
    const threads = this.#take(count)
    const { reading } = file
    for (const thread of threads) thread.begin({ reading, scenarios: scenarios.map(asData), history }, onDone)
    const joining = await file.joining()
    let nth = 0
    for await (const lines of gathered(file.portions({ ids: history.returns }))) {
      for (const other of threads) if (other !== threads[nth]) other.learn(lines)
      // One after the other, whoever is faster: so the figures do not hang on that in any way.
      await threads[nth]!.fold(lines, joining)
      if (lines.at(-1)!.endsMember) nth = (nth + 1) % count
    }
    const counted = await Promise.all(threads.map((thread, i) => thread.finish(i === 0 ? joining : new Map())))
    return counted.reduce((a, b) => a.map((tally, i) => mergeTallies(tally, b[i]!)))
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map((thread) => thread.end()))
  }

  #take(count: number): Thread[] {
    while (this.#threads.length < count) this.#threads.push(new Thread(this.#door))
    return this.#threads.slice(0, count)
  }
}

/** Ended where a member ends, unless that one alone has more than a batch. */
async function* gathered(all: AsyncIterable<Lines>): AsyncGenerator<Lines[]> {
  let least = BATCHES.first
  let batch: Lines[] = []
  let size = 0
  for await (const lines of all) {
    batch.push(lines)
    size += lines.begins.length
    if (size < least || (!lines.endsMember && size < 2 * BATCHES.most)) continue
    yield batch
    least = Math.min(2 * least, BATCHES.most)
    batch = []
    size = 0
  }
  if (batch.length > 0) yield batch
}

class Thread {
  readonly #worker: Worker
  /** Products that it has not been told of. */
  #products: [number: number, product: Product][] = []
  /** Batches that it has not decided. */
  #waiting = 0
  #onDone: (entries: number) => void = () => {}
  #onTold: () => void = () => {}
  #tallies: TallyState[] | null = null
  #error: Error | null = null

  constructor(door: URL) {
    this.#worker = new Worker(door, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } })
    this.#worker.on('message', (told: Told) => this.#hear(told))
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new Error('A thread of the backtest ended before its work was done.')))
  }

  begin(task: Omit<Extract<Said, { kind: 'begin' }>, 'kind'>, onDone: (entries: number) => void): void {
    this.#onDone = onDone
    this.#products = []
    this.#tallies = null
    this.#say({ kind: 'begin', ...task })
  }

  /** Hears of products in lines that another thread gets. */
  learn(lines: readonly Lines[]): void {
    for (const { products } of lines)
      for (const product of products) if (product[0] <= PRODUCTS_KEPT) this.#products.push(product)
  }

  /** Resolves when it may be given more. Who joined before their first order is taken off the list. */
  async fold(lines: Lines[], joining: Joining): Promise<void> {
    const own = joining.size > 0 ? takeJoining(lines, joining) : joining
    const buffers = lines.flatMap(({ begins, numbers }) =>
      [begins, ...Object.values(numbers)].map(({ buffer }) => buffer),
    )
    this.#say({ kind: 'fold', lines, products: this.#products, joining: own }, buffers as ArrayBuffer[])
    this.#products = []
    this.#waiting += 1
    await this.#until(() => this.#waiting < WAITING)
  }

  async finish(others: Joining): Promise<TallyState[]> {
    this.#say({ kind: 'finish', others })
    await this.#until(() => this.#tallies !== null)
    return this.#tallies!
  }

  async end(): Promise<void> {
    this.#worker.removeAllListeners('exit')
    await this.#worker.terminate()
  }

  #say(said: Said, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(said, transfer)
  }

  #hear(told: Told): void {
    if ('done' in told) {
      this.#waiting -= 1
      this.#onDone(told.done)
    } else this.#tallies = told.tallies
    this.#onTold()
  }

  #fail(error: Error): void {
    this.#error ??= error
    this.#onTold()
  }

  async #until(condition: () => boolean): Promise<void> {
    while (this.#error === null && !condition())
      await new Promise<void>((resolve) => {
        this.#onTold = resolve
      })
    if (this.#error !== null) throw this.#error
  }
}

/** Of the members on the list those who begin in these lines. */
function takeJoining(lines: readonly Lines[], joining: Joining): Joining {
  const own: Joining = new Map()
  for (const { texts } of lines)
    for (const member of texts.order_member ?? []) {
      if (member === null || !joining.has(member)) continue
      own.set(member, joining.get(member)!)
      joining.delete(member)
    }
  return own
}

/** The settings are the file as it was written, its defaults filled in: they compile to the same program. */
function asData({ program, ...assumed }: Scenario): SentScenario {
  return { ...assumed, program: { source: JSON.stringify(program.settings), revision: program.revision } }
}
