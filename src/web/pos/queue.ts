/** What was done at this till, on its way to the server: kept before anything else, sent in order, done once. */

import type { Deed, DeedAnswer } from '../../client/calls.ts'
import type { Allowance, Handed } from '../../core/allowance.ts'

type Without<Deeds, Field extends PropertyKey> = Deeds extends unknown ? Omit<Deeds, Field> : never
/** A deed without what is only known as it is sent. */
export type Kept = Without<Deed, 'sent_at' | 'kept'>
/** A deed as a screen makes it; its number comes from the store. */
export type NewDeed = Without<Kept, 'seq'>

export interface Problem {
  /** As the server said, or `unreachable`. */
  code: string
  reason: string
}

export interface Item {
  seq: number
  deed: Kept
  /** Failed is what the server cannot take as it is: it is kept, and can be tried again. */
  state: 'waiting' | 'sent' | 'failed'
  /** Somebody was told that it is done, so that the server may not refuse it any more. */
  kept: boolean
  problem: Problem | null
  answer: DeedAnswer | null
  sentAt: number | null
}

/** Where items stay when the till is closed. Every call is one transaction. */
export interface Store {
  /** Gives the item its number: one more than any before, also than `atLeast`. */
  add(deed: NewDeed, atLeast: number): Promise<Item>
  /** All of them, the first one first. */
  items(): Promise<Item[]>
  /** Nothing happens to an item that is gone. */
  change(seq: number, change: Partial<Item>): Promise<void>
  remove(seq: number): Promise<void>
}

/** What the server said, whatever it was; it throws when nobody answered. */
export type Send = (deed: Deed) => Promise<{ status: number; body: unknown }>

export interface QueueOptions {
  store: Store
  send: Send
  /** The till's clock, in ms. */
  now(): number
  /** Only one tab of a till sends at a time. */
  alone<T>(work: () => Promise<T>): Promise<T>
  onChange?: (() => void) | undefined
}

export type Done =
  | { how: 'answered'; answer: DeedAnswer }
  | { how: 'refused'; problem: Problem }
  /** Nobody answered: it is waiting, and not kept yet; whoever asked says what is to become of it. */
  | { how: 'unanswered'; seq: number }

/** Sent items stay so long, in ms: a server that was restored from a backup is sent them again. */
const REMEMBERED_MS = 14 * 86_400_000

export class Queue {
  readonly #options: QueueOptions
  /** Items whose makers stand there and wait for an answer. */
  readonly #watched = new Map<number, (done: Done) => void>()
  #highest = 0

  constructor(options: QueueOptions) {
    this.#options = options
  }

  /** Keeps the deed, then sends it; after `patience` ms without an answer it is left waiting. */
  async attempt(deed: NewDeed, patience: number): Promise<Done> {
    const { seq } = await this.#options.store.add(deed, this.#highest)
    this.#told()
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(seq, { how: 'unanswered', seq }), patience)
      this.#watched.set(seq, (done) => {
        clearTimeout(timer)
        resolve(done)
      })
      void this.flush().then(() => this.#settle(seq, { how: 'unanswered', seq }))
    })
  }

  /** Keeps the deed for good: it will be sent when somebody answers. */
  async keep(deed: NewDeed): Promise<number> {
    const { seq } = await this.#options.store.add(deed, this.#highest)
    await this.stand(seq)
    return seq
  }

  /** From now on the deed stands, whatever the server thinks of it; `more` is what it stands by, such as an allowance. */
  async stand(seq: number, more: Partial<Kept> = {}): Promise<void> {
    const item = (await this.#options.store.items()).find((one) => one.seq === seq)
    if (item === undefined) return
    await this.#options.store.change(seq, { kept: true, deed: { ...item.deed, ...more } as Kept })
    this.#told()
  }

  /** Sends what waits, in order, until nobody answers. True when nothing waits any more. */
  async flush(): Promise<boolean> {
    return this.#options.alone(async () => {
      for (const item of await this.#options.store.items())
        if (item.state === 'waiting' && !(await this.#send(item))) return false
      await this.#forgetOld()
      return true
    })
  }

  /** Tries again what the server could not take. */
  async tryAgain(): Promise<boolean> {
    for (const { seq, state } of await this.#options.store.items())
      if (state === 'failed') await this.#options.store.change(seq, { state: 'waiting', problem: null })
    return this.flush()
  }

  /**
   * How far the server has come, by its own account: what was sent and is not there any more, since the server was
   * restored from a backup, is sent again.
   */
  async reconcile(lastSeq: number): Promise<void> {
    this.#highest = Math.max(this.#highest, lastSeq)
    for (const { seq, state } of await this.#options.store.items())
      if (state === 'sent' && seq > lastSeq) await this.#options.store.change(seq, { state: 'waiting', kept: true })
    this.#told()
  }

  /** What was handed out under an allowance, sent or not. */
  async handedUnder({ id }: Allowance, costOf: (deed: Kept) => Handed[]): Promise<Handed[]> {
    return (await this.#options.store.items()).flatMap(({ deed }) =>
      deed.type === 'sale' && deed.allowance === id ? costOf(deed) : [],
    )
  }

  async #send(item: Item): Promise<boolean> {
    const kept = item.kept || !this.#watched.has(item.seq)
    const { store, send, now } = this.#options
    let said: Awaited<ReturnType<Send>>
    try {
      said = await send({ ...item.deed, sent_at: new Date(now()).toISOString(), kept } as Deed)
    } catch {
      return this.#stays(item, { code: 'unreachable', reason: '' })
    }
    if (said.status === 200) {
      const answer = said.body as DeedAnswer
      await store.change(item.seq, { state: 'sent', answer, problem: null, sentAt: now() })
      this.#settle(item.seq, { how: 'answered', answer })
      return true
    }
    const problem = problemIn(said)
    if (said.status >= 500 || said.status === 429 || said.status === 401) return this.#stays(item, problem)
    // Nobody waits for it any more: it may be done by now, so it goes once more as what stands.
    if (!kept && !this.#watched.has(item.seq)) return this.#send(item)
    // Whoever waits for the answer hears of the refusal, and nothing was done.
    if (!kept) await store.remove(item.seq)
    else await store.change(item.seq, { state: 'failed', problem })
    this.#settle(item.seq, { how: 'refused', problem })
    return true
  }

  async #stays(item: Item, problem: Problem): Promise<false> {
    await this.#options.store.change(item.seq, { problem })
    this.#settle(item.seq, { how: 'unanswered', seq: item.seq })
    return false
  }

  #settle(seq: number, done: Done): void {
    this.#told()
    this.#watched.get(seq)?.(done)
    this.#watched.delete(seq)
  }

  #told(): void {
    this.#options.onChange?.()
  }

  async #forgetOld(): Promise<void> {
    const { store, now } = this.#options
    for (const { seq, state, sentAt } of await store.items())
      if (state === 'sent' && sentAt !== null && sentAt < now() - REMEMBERED_MS) await store.remove(seq)
  }
}

function problemIn({ body }: { body: unknown }): Problem {
  const { code, detail } = (body ?? {}) as { code?: string; detail?: string }
  return { code: code ?? 'unreachable', reason: detail ?? '' }
}
