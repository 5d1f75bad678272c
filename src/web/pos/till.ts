/** The till behind its screens: what it knows, what it asks, and what it does, whether anybody answers or not. */

import type { DeedAnswer, LookUpAnswer, Paired, Shift, TillMember, TillQuote, TillState } from '../../client/calls.ts'
import type { Allowance } from '../../core/allowance.ts'
import { newDeedId } from './ids.ts'
import { mayHandOut, nameOfWho, verified } from './offline.ts'
import { isPin, verifierOf } from './pins.ts'
import { type Item, type Kept, type NewDeed, type Problem, Queue } from './queue.ts'
import { Memory, type OpenShift } from './store.ts'

export type Who = NonNullable<Extract<NewDeed, { type: 'sale' }>['member']>
export interface SaleLine {
  amount: number
  quantity: number
  category?: string
}
/** A reward, a voucher or points; `amount` is what it takes off, and `cost` what it costs. */
export interface Chosen {
  reward?: string
  voucher?: string
  points?: number
  wallet?: string
  name: string
  cost: number
  amount: number
}
export interface NewSale {
  who: Who | null
  member: TillMember | null
  lines: readonly SaleLine[]
  chosen: readonly Chosen[]
}

export type Outcome =
  | { how: 'done'; id: string; answer: DeedAnswer | null }
  | { how: 'refused'; problem: Problem }
  /** Nobody answers, and this may not be done alone. */
  | { how: 'alone' }

type Answered<Body> = { ok: true; body: Body } | { ok: false; problem: Problem }

/** How long somebody at the counter waits, in ms. */
const PATIENCE_MS = 5_000
const CALL_MS = 8_000
const SHIFT_MS = 12 * 3_600_000
/** How often the server is asked, in ms: while something waits, and otherwise. */
const SOON_MS = 10_000
const LATER_MS = 120_000

export class Till {
  readonly #memory: Memory
  readonly #queue: Queue
  readonly #listeners = new Set<() => void>()
  #token: string | undefined
  #offset = 0
  #allowance: Allowance | null = null
  #sendingSince = 0
  state: TillState | undefined
  shift: OpenShift | undefined
  items: readonly Item[] = []
  reachable = true
  reached = 0

  private constructor(memory: Memory) {
    this.#memory = memory
    this.#queue = new Queue({
      store: memory,
      send: (deed) => this.#call('POST', '/v1/till/deeds', deed),
      now: () => this.now(),
      alone: (work) => navigator.locks.request('regulars-till', work),
      onChange: () => void this.#readItems(),
    })
  }

  static async open(): Promise<Till> {
    const memory = await Memory.open()
    const till = new Till(memory)
    till.#token = await memory.know('token')
    till.#offset = (await memory.know('offset')) ?? 0
    till.shift = await memory.know('shift')
    till.reached = (await memory.know('reached')) ?? 0
    await till.#learnState(await memory.know('state'))
    await till.#readItems()
    window.addEventListener('online', () => void till.refresh())
    window.addEventListener('offline', () => till.#setReachable(false))
    if (till.isPaired) void till.#keepAsking()
    return till
  }

  get isPaired(): boolean {
    return this.#token !== undefined && this.state !== undefined
  }

  get waiting(): readonly Item[] {
    return this.items.filter(({ state }) => state !== 'sent')
  }

  /** The program's time, as far as this machine's clock can tell. */
  now(): number {
    return Date.now() + this.#offset
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async pair(code: string): Promise<Problem | null> {
    const paired = await this.#ask<Paired>('POST', '/v1/till/pair', { code })
    if (!paired.ok) return paired.problem
    const { token, state } = paired.body
    this.#token = token
    await this.#memory.learn('token', token)
    await this.#setShift(undefined)
    await this.#arrived(state)
    void this.#keepAsking()
    return null
  }

  async beginShift(staff: string, pin: string): Promise<Problem | null> {
    const begun = await this.#ask<Shift>('POST', '/v1/till/shifts', { staff, pin })
    if (begun.ok) {
      const { id, name, ends_at } = begun.body
      // A number that nobody answered for has to be known again here.
      const verifiers = (await this.#memory.know('verifiers')) ?? {}
      await this.#memory.learn('verifiers', { ...verifiers, [staff]: await verifierOf(pin, name, Date.now()) })
      await this.#setShift({ id, staff, name, ends: Date.parse(ends_at), locked: false })
      return null
    }
    return begun.problem.code === 'unreachable' ? this.#beginAlone(staff, pin) : begun.problem
  }

  async #beginAlone(staff: string, pin: string): Promise<Problem | null> {
    const name = await this.#nameByPin(staff, pin)
    if (name === null) return { code: 'forbidden', reason: '' }
    const id = `shf_${crypto.randomUUID().replaceAll('-', '')}`
    await this.#setShift({ id, staff, name, ends: Date.now() + SHIFT_MS, locked: false })
    await this.#queue.keep(this.#deed({ type: 'shift' }) as NewDeed)
    return null
  }

  /** Opens the screen again for whoever works here; the server is not asked, so that it always works. */
  async unlock(pin: string): Promise<boolean> {
    if (this.shift === undefined || (await this.#nameByPin(this.shift.staff, pin)) === null) return false
    await this.#setShift({ ...this.shift, locked: false })
    return true
  }

  async lock(): Promise<void> {
    if (this.shift !== undefined) await this.#setShift({ ...this.shift, locked: true })
  }

  async endShift(): Promise<void> {
    await this.#setShift(undefined)
    await this.#ask('DELETE', '/v1/till/shifts')
  }

  /** Those who have worked here before, when nobody can say who else may. */
  async cashiers(): Promise<readonly { id: string; name: string }[]> {
    if (this.reachable) return this.state?.staff ?? []
    const known = Object.entries((await this.#memory.know('verifiers')) ?? {})
    return known.map(([id, { name }]) => ({ id, name }))
  }

  async #nameByPin(staff: string, pin: string): Promise<string | null> {
    const verifiers = (await this.#memory.know('verifiers')) ?? {}
    const verifier = verifiers[staff]
    if (verifier === undefined) return null
    const right = await isPin(pin, verifier)
    await this.#memory.learn('verifiers', {
      ...verifiers,
      [staff]: { ...verifier, wrong: right ? 0 : verifier.wrong + 1 },
    })
    return right ? verifier.name : null
  }

  async lookUp(asked: object): Promise<Answered<LookUpAnswer>> {
    // A shift that began while nobody answered has to be told before anything is asked under it.
    if (this.waiting.some(({ deed }) => deed.type === 'shift')) await this.#queue.flush()
    return this.#ask<LookUpAnswer>('POST', '/v1/till/lookup', asked)
  }

  quote(member: string, lines: readonly SaleLine[], chosen: readonly Chosen[]): Promise<Answered<TillQuote>> {
    return this.#ask<TillQuote>('POST', '/v1/till/quote', { member, lines, redeem: chosen.map(redeemOf) })
  }

  async sell({ who, lines, chosen }: NewSale): Promise<Outcome> {
    const redeem = chosen.map((one) => ({ ...redeemOf(one), amount: one.amount }))
    const deed = this.#deed({ type: 'sale', member: who, lines: [...lines], redeem })
    return this.#do(deed, () => this.#allowanceFor(who, chosen))
  }

  async enrol(phone: string, name: string, consent: { locale: string; text: string }): Promise<Outcome> {
    const named = name.trim() === '' ? {} : { name: name.trim() }
    return this.#do(this.#deed({ type: 'enrolment', phone, ...named, consent }), async () => ({}))
  }

  giveBack(order: string, lines: readonly { id: string; quantity: number }[]): Promise<Outcome> {
    return this.#do(this.#deed({ type: 'return', order, lines: [...lines] }), async () => ({}))
  }

  /** It goes after the sale, wherever that has come to. */
  undo(sale: string): Promise<Outcome> {
    return this.#do(this.#deed({ type: 'undo', sale }), async () => ({}))
  }

  async tryAgain(): Promise<void> {
    await this.refresh()
    await this.#queue.tryAgain()
  }

  async refresh(): Promise<void> {
    if (this.#token === undefined) return
    const asked = await this.#ask<TillState>('GET', '/v1/till')
    if (!asked.ok) return
    await this.#arrived(asked.body)
    await this.#queue.reconcile(asked.body.last_seq)
    await this.#queue.flush()
  }

  /** What may be handed out to this customer without asking, besides what was; null where nothing of it may. */
  async #allowanceFor(who: Who | null, chosen: readonly Chosen[]): Promise<Partial<Kept> | null> {
    if (chosen.length === 0) return {}
    if (who === null || this.#allowance === null || !(await this.mayGiveAlone(who, chosen))) return null
    return { allowance: this.#allowance.id } as Partial<Kept>
  }

  async mayGiveAlone(who: Who, chosen: readonly Pick<Chosen, 'cost'>[]): Promise<boolean> {
    if (this.#allowance === null) return false
    const member = nameOfWho(who)
    const handed = await this.#queue.handedUnder(this.#allowance, (deed) =>
      deed.type !== 'sale' || deed.member === null
        ? []
        : (deed.redeem ?? []).map((one) => ({ member: nameOfWho(deed.member!), points: this.#costOf(one) })),
    )
    const wanted = chosen.map(({ cost }) => ({ member, points: cost }))
    return mayHandOut(this.#allowance, handed, wanted, this.now())
  }

  #costOf({ reward, points }: { reward?: string; points?: number }): number {
    return points ?? this.state?.offers.find((offer) => offer.reward === reward)?.cost ?? 0
  }

  /**
   * Every deed is kept before it is sent. When nobody answers it stands if it may: what needs somebody's word is taken
   * back instead, in case the server did hear of it.
   */
  async #do(deed: NewDeed, alone: () => Promise<Partial<Kept> | null>): Promise<Outcome> {
    const done = await this.#queue.attempt(deed, this.reachable ? PATIENCE_MS : PATIENCE_MS / 2)
    if (done.how === 'answered') return { how: 'done', id: deed.id, answer: done.answer }
    if (done.how === 'refused') {
      if (done.problem.code === 'shift_over') await this.#setShift(undefined)
      return done
    }
    this.#setReachable(false)
    const more = await alone()
    if (more !== null) {
      await this.#queue.stand(done.seq, more)
      return { how: 'done', id: deed.id, answer: null }
    }
    await this.#memory.remove(done.seq)
    await this.#queue.keep(this.#deed({ type: 'undo', sale: deed.id }))
    return { how: 'alone' }
  }

  #deed<Part extends { type: NewDeed['type'] }>(part: Part): NewDeed {
    const { shift } = this
    const id = newDeedId(this.state!.device.prefix)
    const at = new Date(this.now()).toISOString()
    return { id, at, staff: shift?.staff ?? null, shift: shift?.id ?? null, ...part } as unknown as NewDeed
  }

  async #keepAsking(): Promise<void> {
    const since = (this.#sendingSince = Date.now())
    while (this.#sendingSince === since) {
      await this.refresh()
      const soon = !this.reachable || this.waiting.some(({ state }) => state === 'waiting')
      await new Promise((resolve) => setTimeout(resolve, soon ? SOON_MS : LATER_MS))
    }
  }

  async #arrived(state: TillState): Promise<void> {
    this.#offset = state.now - Date.now()
    await this.#memory.learn('offset', this.#offset)
    await this.#memory.learn('state', state)
    await this.#learnState(state)
  }

  async #learnState(state: TillState | undefined): Promise<void> {
    this.state = state
    this.#allowance = state === undefined ? null : await verified(state)
    this.#tell()
  }

  async #setShift(shift: OpenShift | undefined): Promise<void> {
    this.shift = shift
    await this.#memory.learn('shift', shift)
    this.#tell()
  }

  #setReachable(reachable: boolean): void {
    if (reachable) {
      this.reached = Date.now()
      void this.#memory.learn('reached', this.reached)
    }
    if (this.reachable === reachable) return
    this.reachable = reachable
    this.#tell()
  }

  async #readItems(): Promise<void> {
    this.items = await this.#memory.items()
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  async #ask<Body>(method: string, path: string, body?: unknown): Promise<Answered<Body>> {
    try {
      const said = await this.#call(method, path, body)
      if (said.status < 300) return { ok: true, body: said.body as Body }
      const { code, detail } = (said.body ?? {}) as { code?: string; detail?: string }
      if (code === 'unauthenticated' && path !== '/v1/till/pair') await this.#unpair()
      if (code === 'shift_over') await this.#setShift(undefined)
      return { ok: false, problem: { code: code ?? 'unreachable', reason: detail ?? '' } }
    } catch {
      return { ok: false, problem: { code: 'unreachable', reason: '' } }
    }
  }

  /** What waits stays: it is sent once the till is paired again. */
  async #unpair(): Promise<void> {
    this.#token = undefined
    this.#sendingSince = 0
    await this.#memory.learn('token', undefined)
    this.#tell()
  }

  async #call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    try {
      const answer = await fetch(path, {
        method,
        headers: {
          ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
          ...(this.shift === undefined ? {} : { 'till-shift': this.shift.id }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(CALL_MS),
      })
      const text = await answer.text()
      this.#setReachable(answer.status < 500)
      return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
    } catch (error) {
      this.#setReachable(false)
      throw error
    }
  }
}

function redeemOf({ reward, voucher, points, wallet }: Chosen) {
  if (reward !== undefined) return { reward }
  return voucher === undefined ? { points: points!, ...(wallet === undefined ? {} : { wallet }) } : { voucher }
}
