/** Where backtests and balances are handed in and worked out: so many at once in an installation, the others wait. */

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Refusal, refuse } from '../../core/refusal.ts'
import type { Database } from '../db.ts'
import type { Log } from '../log.ts'
import type { Reading } from './reading.ts'
import { endStudy, giveBackStudy, keepAlive, type Taken, takeStudy } from './studies.ts'
import type { FileHistory } from './task.ts'
import { Uploads } from './uploads.ts'
import { startWork, type Work } from './work.ts'

export interface DeskOptions {
  database: Database
  /** The database's address, for processes that read the ledger. */
  url: string
  /** The installation's folder. */
  home: string
  /** The compiled door that works out a study. */
  door: string
  /** The largest file that is taken, in bytes. */
  most: number
  /** How many are worked out at once, in all processes of the installation together. */
  atOnce: number
  log: Log
}

/** How often it looks for what waits, and says that what it has begun is still worked on, in ms. */
const LOOK_MS = 500
const FORGET_EVERY_MS = 3_600_000
/** What somebody waits for at a screen is not kept waiting behind backtests; more at once would only be slower. */
const READINGS_AT_ONCE = 2

const OUR_MISTAKE = 'This is our mistake; the server’s log has it under the name of this study.'

export class Desk {
  readonly uploads: Uploads
  readonly #options: DeskOptions
  readonly #runner = randomBytes(6).toString('hex')
  readonly #stopping = new AbortController()
  readonly #running = new Map<string, { work: Work; progress: number; ended: Promise<void> }>()
  readonly #readings = new Set<Work>()
  readonly #looking: Promise<void>
  #readingsWaiting: (() => void)[] = []

  constructor(options: DeskOptions) {
    this.#options = options
    const { database, home, most } = options
    this.uploads = new Uploads(database, { folder: join(home, 'files'), most })
    this.#looking = this.#look()
  }

  /** What can be said of a file, read by a process of its own. */
  async read(history: FileHistory): Promise<Reading | Refusal> {
    while (this.#readings.size >= READINGS_AT_ONCE) await new Promise<void>((free) => this.#readingsWaiting.push(free))
    const { url, log } = this.#options
    const work = startWork({ task: { kind: 'reading', history }, url }, this.#workplace, () => {})
    this.#readings.add(work)
    try {
      const outcome = await work.outcome
      if (outcome === 'stopped') return refuse('unavailable', 'The server is stopping. Send it again in a moment.')
      if ('reading' in outcome) return outcome.reading
      if ('problem' in outcome) return refuse('invalid', outcome.problem)
      log.error({ ...outcome }, 'a file could not be read')
      return refuse('internal_error', 'This is our mistake: the file could not be read.')
    } finally {
      this.#readings.delete(work)
      this.#readingsWaiting.shift()?.()
    }
  }

  /** Stops what runs here now; what was begun waits for the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    for (const work of this.#readings) work.stop()
    for (const { work } of this.#running.values()) work.stop()
    await this.#looking
    await Promise.all([...this.#running.values()].map(({ ended }) => ended))
  }

  get #workplace() {
    return { door: this.#options.door, folder: join(this.#options.home, 'studies') }
  }

  async #look(): Promise<void> {
    const { log } = this.#options
    let forgotten = 0
    while (!this.#stopping.signal.aborted) {
      try {
        if (Date.now() - forgotten > FORGET_EVERY_MS) {
          forgotten = Date.now()
          await this.uploads.forgetOld(forgotten)
        }
        await this.#tellProgress()
        await this.#begin()
      } catch (error) {
        log.error({ err: error }, 'backtests could not be looked after')
      }
      await sleep(LOOK_MS, undefined, { signal: this.#stopping.signal }).catch(() => {})
    }
  }

  /** Whoever stopped or forgot one takes it from its process. */
  async #tellProgress(): Promise<void> {
    for (const [id, { work, progress }] of this.#running)
      if (!(await keepAlive(this.#options.database, id, this.#runner, progress))) work.stop()
  }

  async #begin(): Promise<void> {
    const { database, atOnce } = this.#options
    // A file stands on the machine that it was handed in to, unless they share a folder.
    const isHere = ({ history }: Taken['task']) => !('path' in history) || existsSync(history.path)
    while (this.#running.size < atOnce && !this.#stopping.signal.aborted) {
      const taken = await takeStudy(database, this.#runner, atOnce, isHere)
      if (taken === null) return
      this.#run(taken)
    }
  }

  #run({ id, task }: Taken): void {
    const { url } = this.#options
    const running = { work: null as unknown as Work, progress: 0, ended: Promise.resolve() }
    running.work = startWork({ task, url }, this.#workplace, (progress) => {
      running.progress = progress
    })
    running.ended = this.#keep(id, running.work)
    this.#running.set(id, running)
  }

  async #keep(id: string, work: Work): Promise<void> {
    const { database, log } = this.#options
    try {
      const outcome = await work.outcome
      if (outcome === 'stopped') await giveBackStudy(database, id, this.#runner)
      else if ('found' in outcome) await endStudy(database, id, this.#runner, outcome.found)
      else if ('problem' in outcome) await endStudy(database, id, this.#runner, outcome)
      else {
        log.error({ ...outcome, study: id }, 'a study failed')
        await endStudy(database, id, this.#runner, { problem: OUR_MISTAKE })
      }
    } catch (error) {
      // It falls silent, and is taken up again.
      log.error({ err: error, study: id }, 'what a study found could not be kept')
    } finally {
      this.#running.delete(id)
    }
  }
}
