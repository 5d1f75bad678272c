/** A batch in memory: accounts as they were locked, decisions one after the other, and the rows that they become. */

import { type Account, decodeAccount, encodeAccount } from '../core/account.ts'
import type {
  Activity,
  ActivityBodies,
  ForMember,
  Introduction,
  OrderBody,
  ProfileBody,
  ReturnBody,
  TwoSidedType,
} from '../core/activity.ts'
import { assert } from '../core/assert.ts'
import { canonical } from '../core/canonical.ts'
import { advance, advanceBoth, leadOf, nextDue, type Side, start, wake } from '../core/decide.ts'
import type {
  Adjustment,
  Benefit,
  Claims,
  Deciding,
  Forward,
  Message,
  Redemption,
  Referral,
  Tally,
} from '../core/deciding.ts'
import { addReturn, allThatRemains, nothingReturned, priceOrder, type Returned, remainingOrder } from '../core/order.ts'
import { NEVER, type Posting } from '../core/points.ts'
import { encodeFrozen, type Frozen, type Receipt } from '../core/receipt.ts'
import { Refusal, refuse } from '../core/refusal.ts'
import type { Codes, VoucherChange } from '../core/vouchers.ts'
import { parseMember } from './answers.ts'
import { NONE_FREE, voucherCode } from './codes.ts'
import { KIND } from './directory.ts'
import { type Ids, publicId, stripeOf } from './ids.ts'
import {
  type Incoming,
  keys,
  type Recorded,
  type SentType,
  type StoredActivity,
  type StoredPosting,
  type StoredSale,
  vouchersNamed,
} from './incoming.ts'
import { LedgerRows } from './ledger-rows.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { currentProgram, envOf, type LiveProgram, nowOf, programAt, revisionAfter } from './programs.ts'
import { chainHash, GENESIS, hashBody, hashed, newSalt, sealedText } from './proof.ts'
import { noVoucher, refusalOf, type VoucherRow } from './voucher-refusal.ts'

/** An account's row as it was locked. */
export interface LockedAccount {
  id: number
  program: number
  seq: number
  last: number
  head: Buffer
  state: string
}

export interface FoundEntry {
  account: number | null
  activity: number | null
}

export interface WaitingReturn {
  program: number
  orderKey: string
  key: string
  type: 'return' | 'cancel'
  occurredMs: number
  body: string
}

/** All that a batch read before it was decided. */
export interface Loaded {
  /** What the directory has, by `entryKey`. */
  found: Map<string, FoundEntry>
  accounts: Map<number, LockedAccount>
  /** Receipts of member's orders and anonymous sales that are returned, by activity. */
  receipts: Map<number, Receipt>
  sales: Map<number, { body: OrderBody; returned: Returned | null }>
  /** Activities, sales and waiting returns that keys in this batch name, as they were answered. */
  stored: Map<number, StoredActivity>
  storedSales: Map<number, StoredSale>
  waiting: WaitingReturn[]
  /** Whether anything in the batch may ask for the receipt of an order that the batch itself decides. */
  returning: boolean
  /** Activities, beside returns, that may ask which points of their account have expired. */
  asking: ReadonlySet<Incoming>
  /** Points that expired, by account and lot, for accounts with activities that ask. */
  expired: Map<number, Map<string, number>>
  claims: Map<number, Claims>
  /** Vouchers that activities name, by `entryKey`. */
  vouchers: Map<string, VoucherRow>
  /** Cards that are claimed, by `entryKey`: whether somebody has claimed them before. */
  printed: Map<string, boolean>
  /** Codes of pools that nobody else can take now, by program and pool, the next one last. */
  codes: Map<number, Map<string, string[]>>
}

export interface DirectoryRow {
  program: number
  kind: number
  value: string
  account: number | null
  activity: number | null
}

/** Everything that a batch writes. */
export interface Rows {
  newAccounts: Entry[]
  changedAccounts: Entry[]
  /** Activities and their postings. */
  ledger: LedgerRows
  directory: DirectoryRow[]
  profiles: {
    account: number
    program: number
    body: ProfileBody
    contacts: Contacts
    card: string
    referral: string
    joinedMs: number
    isNew: boolean
    isPool: boolean
  }[]
  /** Contacts that a member changed: the entries of the old ones go. */
  left: { account: number; program: number; kind: number }[]
  /** Members that were merged, and into whom. */
  merged: { account: number; into: number }[]
  redemptions: { account: number; program: number; redemption: Redemption }[]
  /** `decided` is the activity that decided it; null while it waits. */
  adjustments: { account: number; program: number; decided: number | null; adjustment: Adjustment }[]
  /** `ended` is the activity that ended it; null while it is open. */
  vouchers: { account: number; program: number; ended: number | null; change: VoucherChange }[]
  /** Cards that were claimed. */
  claimed: { program: number; code: string; account: number; activity: number }[]
  /** Codes of pools that were handed out. */
  handedOut: { program: number; pool: string; code: string; account: number; activity: number }[]
  /** What members had besides points: `place` is that among the benefits of its activity. */
  benefits: { account: number; program: number; activity: number; place: number; benefit: Benefit }[]
  remainders: { activity: number; returned: Returned }[]
  /** Persons that are forgotten once all else is kept. */
  erased: { account: number; program: number }[]
  sales: { sale: StoredSale; program: number; bodyText: string }[]
  soldReturned: { id: number; returned: Returned }[]
  waiting: WaitingReturn[]
  arrived: WaitingReturn[]
  /** Orders that returns waited for, by their keys. */
  met: { program: number; key: string }[]
  claims: { program: number; name: string; amount: number }[]
  messages: { program: number; account: number; activity: number; message: Message; atMs: number }[]
  forwarded: ForwardedRow[]
  tallies: { account: number; program: number; tally: Tally }[]
  referrals: { program: number; referral: Referral }[]
}

/** What an account is to hear: `source` is the activity that caused it and `seq` its number on the account `origin`. */
export interface ForwardedRow {
  program: number
  source: number
  place: number
  origin: number
  seq: number
  forward: Forward
  occurredMs: number
}

export type Contacts = NonNullable<Incoming['contacts']>

/** No time that anybody wants to be woken at, so that whatever is wanted is written. */
const UNKNOWN = -1

/** An account within a batch, which is also where its vouchers get their codes. */
export class Entry implements Codes {
  readonly id: number
  readonly live: LiveProgram
  readonly isNew: boolean
  /** When it wants to be woken as the table `due` has it. */
  storedDue: number = NEVER
  /** Whether it was closed, as its profile says. */
  storedClosed = false
  /** What had expired when the batch began; null when that was not read. */
  readonly expiredBefore: ReadonlyMap<string, number> | null
  readonly free: Map<string, string[]>
  account: Account
  last: number
  head: Buffer
  changed = false
  #saved: { state: string; expired: ReadonlyMap<string, number> } | null

  constructor(
    live: LiveProgram,
    locked: LockedAccount | null,
    id: number,
    fresh: () => Account,
    expired: Map<string, number> | null,
    free: Map<string, string[]>,
  ) {
    this.id = id
    this.live = live
    this.isNew = locked === null
    this.expiredBefore = expired
    this.free = free
    this.last = locked?.last ?? 0
    this.head = locked?.head ?? GENESIS
    this.account = locked === null ? fresh() : decodeAccount(locked.state, locked.seq)
    if (expired !== null) this.account.expired = new Map(expired)
    this.account.due = nextDue(this.account, programAt(live, this.account.clock))
    if (locked !== null) {
      // A later revision may have changed it since: see calendars.ts.
      this.storedDue = revisionAfter(live, this.account.clock) === NEVER ? this.account.due : UNKNOWN
      this.storedClosed = this.account.closed
    }
    this.#saved = locked === null ? null : { state: locked.state, expired: copyOf(this.account.expired) }
  }

  codeOf(seq: number, place: number): string {
    assert(this.live.secret !== null, 'whoever writes has a database')
    return voucherCode(this.live.secret, this.id, seq, place)
  }

  /** Remembers the state before an activity that may be refused; the row as it was locked needs no copy. */
  save(): void {
    this.#saved ??= { state: encodeAccount(this.account), expired: copyOf(this.account.expired) }
  }

  /** Goes back to the state before a refused activity. */
  restore(seq: number): void {
    assert(this.#saved !== null, 'a state was saved before the activity')
    this.account = decodeAccount(this.#saved.state, seq)
    this.account.expired = new Map(this.#saved.expired)
    this.account.due = nextDue(this.account, programAt(this.live, this.account.clock))
  }

  keep(): void {
    this.#saved = null
    this.changed = true
  }
}

const NOTHING_EXPIRED: ReadonlyMap<string, number> = new Map()

/** Nearly no account has points that expired and matter yet, so nearly none costs a copy. */
function copyOf(expired: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return expired.size === 0 ? NOTHING_EXPIRED : new Map(expired)
}

/** Decisions as they are made, each with its outcome while the account still stands as it left it. */
class Decisions {
  readonly made: { d: Deciding; outcome: Outcome }[] = []

  push(d: Deciding): void {
    this.made.push({ d, outcome: outcomeOf(d) })
  }
}

/** The card and the code that a new member gets. */
export type Assign = (account: number) => { card: string; referral: string }

/** The name of a directory entry in memory. */
export function entryKey(program: number, kind: number, value: string): string {
  return `${program} ${kind} ${value}`
}

/** An account leads to one that was not locked and read with it; once that is known, the same batch does both. */
export class LeadsElsewhere extends Error {
  readonly account: number
  readonly leads: number

  constructor(account: number, leads: number) {
    super('An activity leads to an account that was not read')
    this.account = account
    this.leads = leads
  }
}

/** Decides the activities of one batch. It reads what was loaded and writes rows; it never waits. */
export class Batch {
  readonly rows: Rows
  readonly #ids: Ids
  readonly #assign: Assign
  readonly #loaded: Loaded
  readonly #entries = new Map<number, Entry>()
  /** Keys decided in this batch, with what was sent and answered. */
  readonly #answered = new Map<string, { incoming: Incoming; recorded: Recorded }>()

  /** `expected` activities will come. */
  constructor(ids: Ids, assign: Assign, loaded: Loaded, expected: number) {
    this.rows = noRows(expected)
    this.#ids = ids
    this.#assign = assign
    this.#loaded = loaded
  }

  take(incoming: Incoming): Recorded {
    if (incoming.type === 'wake') return this.#wake(incoming)
    const name = directoryName(incoming)
    const seen = this.#seenBefore(incoming, name)
    if (seen !== null) return seen
    const recorded = this.#decide(incoming)
    if (recorded.status !== 'refused') this.#answered.set(name, { incoming, recorded })
    return recorded
  }

  finish(): Rows {
    for (const entry of this.#entries.values()) {
      if (!entry.changed) continue
      if (entry.isNew) this.rows.newAccounts.push(entry)
      else this.rows.changedAccounts.push(entry)
    }
    return this.rows
  }

  #decide(incoming: Exclude<Incoming, { type: 'wake' }>): Recorded {
    if (incoming.ref.by === 'nobody') return this.#sell(incoming)
    if (incoming.type === 'return' || incoming.type === 'cancel') return this.#giveBack(incoming)
    if (isTwoSided(incoming)) return this.#decideBoth(incoming)
    const entry = incoming.type === 'join' ? this.#open(incoming) : this.#account(incoming)
    if (entry instanceof Refusal) return refused(entry)
    if (incoming.type === 'voucher_claim') return this.#claim(incoming, entry)
    if (incoming.type === 'profile') {
      const taken = this.#taken(incoming.program, contactsOf(incoming), entry.id)
      if (taken !== null) return refused(taken)
    }
    const recorded = this.#advanceOrLead(entry, incoming.type === 'join' ? this.#introduce(entry, incoming) : incoming)
    if (incoming.type === 'order' && recorded.status === 'recorded') this.#catchUp(incoming)
    return recorded
  }

  /** Whoever joins with the code of a member is told whose it is, and whether that makes them friends. */
  #introduce(entry: Entry, incoming: Extract<Incoming, { type: 'join' }>): typeof incoming {
    const { body, program } = incoming
    if (body.referral_code === undefined) return incoming
    const rules = currentProgram(program)
    const feature = rules.features.find(({ introduces }) => introduces !== undefined)
    const found = this.#find(program.number, KIND.referral, body.referral_code)?.account ?? null
    const by = found === null ? undefined : this.#entryOf(program, found)
    const account = by?.account ?? start(rules)
    const refused = feature?.introduces?.(account, body, rules)
    if (refused === undefined) return incoming
    const introduced: Introduction = { by: by?.id ?? null, as: entry.id }
    const reason = by === undefined ? 'unknown_code' : refused
    if (reason !== null) introduced.refused = reason
    return { ...incoming, body: { ...body, introduced } }
  }

  /** A card is somebody's as soon as one member has claimed it. */
  #claim(incoming: Extract<Incoming, { type: 'voucher_claim' }>, entry: Entry): Recorded {
    const { code } = incoming.body
    const program = incoming.program.number
    const name = entryKey(program, KIND.voucher, code)
    const isClaimed = this.#loaded.printed.get(name)
    if (isClaimed === undefined) return refused(noVoucher(code, '/code'))
    if (isClaimed) return refused(refuse('voucher_used', `The card ${code} was claimed before.`, '/code'))
    const recorded = this.#advance(entry, incoming, null)
    if (recorded.status !== 'recorded') return recorded
    this.#loaded.printed.set(name, true)
    this.rows.claimed.push({ program, code, account: entry.id, activity: recorded.activity.id })
    return recorded
  }

  /** What a pool decides for its member is the pool's activity, and names the member. */
  #advanceOrLead(entry: Entry, incoming: Exclude<Incoming, { type: 'wake' }>): Recorded {
    const led = leadOf(entry.account, incoming.type, currentProgram(entry.live))
    if (led === null) return this.#advance(entry, incoming, null)
    const leader = this.#entryOf(entry.live, led.account)
    const asks = this.#loaded.asking.has(incoming)
    if (leader === undefined || (asks && leader.expiredBefore === null && !leader.isNew))
      throw new LeadsElsewhere(entry.id, leader?.id ?? led.account)
    return this.#advance(
      leader,
      { ...incoming, body: { ...incoming.body, for_member: led.as } } as typeof incoming,
      null,
    )
  }

  /** The same key was decided before: the answer of then, or a conflict when something else was sent. */
  #seenBefore(incoming: Exclude<Incoming, { type: 'wake' }>, name: string): Recorded | null {
    const now = this.#answered.get(name)
    if (now !== undefined) {
      const same =
        canonical(now.incoming.body) === canonical(incoming.body) &&
        (!incoming.dated || now.incoming.occurredMs === incoming.occurredMs)
      return same ? ({ ...now.recorded, replayed: true } as Recorded) : conflict(incoming)
    }
    const found = this.#loaded.found.get(name)
    // An id that a member was given after joining is a contact, not the key of joining.
    if (found === undefined || (found.activity === null && found.account !== null)) return null
    // An order that returns wait for has an entry that leads nowhere yet.
    if (found.activity === null && incoming.type === 'order') return null
    const stored = found.activity === null ? undefined : this.#loaded.stored.get(found.activity)
    if (stored !== undefined) {
      // An erased person's activity has no body to compare with; its key was used all the same.
      const same = stored.body === null || sameAs(stored, incoming)
      return same ? { status: 'recorded', replayed: true, activity: stored } : conflict(incoming)
    }
    const sale = found.activity === null ? undefined : this.#loaded.storedSales.get(found.activity)
    if (sale !== undefined)
      return sameAs(sale, incoming) ? { status: 'sale', replayed: true, sale } : conflict(incoming)
    const waiting = this.#loaded.waiting.find(
      (one) => one.key === incoming.key && one.program === incoming.program.number,
    )
    assert(waiting !== undefined, `what key ${incoming.key} led to was read`)
    const same =
      waiting.body === canonical(incoming.body) && (!incoming.dated || waiting.occurredMs === incoming.occurredMs)
    return same ? { status: 'waiting', replayed: true } : conflict(incoming)
  }

  /** Opens an account for a new member, unless somebody else has one of the contacts. */
  #open(incoming: Extract<Incoming, { type: 'join' }>): Entry | Refusal {
    const number = incoming.program.number
    const contacts = contactsOf(incoming)
    const taken = this.#taken(incoming.program, contacts, null)
    if (taken !== null) return taken
    const id = this.#ids.take()
    const { program, history, occurredMs } = incoming
    // The moment at which it is recorded, by which whoever decides it again finds the same program.
    const opened = history === true ? occurredMs : Math.max(nowOf(program), occurredMs)
    const entry = new Entry(
      program,
      null,
      id,
      () => start(programAt(program, opened), occurredMs),
      null,
      this.#freeOf(program),
    )
    this.#entries.set(id, entry)
    for (const { kind, value } of contacts) if (kind !== KIND.external) this.#enter(number, kind, value, id, null)
    return entry
  }

  /** A contact belongs to one member of a program. */
  #taken(program: LiveProgram, contacts: readonly Contact[], account: number | null): Refusal | null {
    for (const { kind, value, pointer, name } of contacts) {
      const found = this.#find(program.number, kind, value)
      // What an account had that was merged into this one is this one's.
      if (found !== undefined && (account === null || this.#winnerOf(program, found.account) !== account))
        return refuse('contact_taken', `Another member has this ${name}.`, pointer)
    }
    return null
  }

  #find(program: number, kind: number, value: string): FoundEntry | undefined {
    return this.#loaded.found.get(entryKey(program, kind, value))
  }

  #enter(program: number, kind: number, value: string, account: number | null, activity: number | null): void {
    this.#loaded.found.set(entryKey(program, kind, value), { account, activity })
    this.rows.directory.push({ program, kind, value, account, activity })
  }

  #account(incoming: Incoming): Entry | Refusal {
    const { ref, program } = incoming
    if (ref.by === 'id') return this.#entryOf(program, ref.id) ?? noMember(publicId('mem', ref.id))
    if (ref.by === 'external') {
      const found = this.#find(program.number, KIND.external, ref.value)
      const entry = found?.account == null ? undefined : this.#entryOf(program, found.account)
      return entry ?? noMember(`external:${ref.value}`)
    }
    if (ref.by === 'voucher') {
      const found = this.#find(program.number, KIND.voucher, ref.code)
      const entry = found?.account == null ? undefined : this.#entryOf(program, found.account)
      return entry ?? refusalOf({ code: ref.code, pointer: '/code' }, found, undefined, false)
    }
    assert(ref.by === 'activity', 'every other reference is resolved by its own path')
    const stored = this.#loaded.stored.get(ref.id)
    const entry = stored === undefined ? undefined : this.#entryOf(program, stored.account)
    return entry ?? refuse('not_found', `There is no activity ${publicId('act', ref.id)}.`)
  }

  /** The account of this number, or the one that it was merged into. */
  #entryOf(program: LiveProgram, id: number): Entry | undefined {
    const named = this.#entryItself(program, id)
    if (named === undefined || named.account.mergedInto === null) return named
    let entry: Entry = named
    while (entry.account.mergedInto !== null) {
      const winner = this.#entryItself(program, entry.account.mergedInto)
      if (winner === undefined) throw new LeadsElsewhere(entry.id, entry.account.mergedInto)
      entry = winner
    }
    // What had expired is asked of the one who is left; it was read for them if they were known to be that.
    if (named.expiredBefore !== null && entry.expiredBefore === null) throw new LeadsElsewhere(id, entry.id)
    return entry
  }

  /** The account that an entry of the directory leads to in the end, as far as it is locked. */
  #winnerOf(program: LiveProgram, account: number | null): number | null {
    return account === null ? null : (this.#entryOf(program, account)?.id ?? account)
  }

  #entryItself(program: LiveProgram, id: number): Entry | undefined {
    const known = this.#entries.get(id)
    if (known !== undefined) return known.live === program ? known : undefined
    const locked = this.#loaded.accounts.get(id)
    if (locked === undefined || locked.program !== program.number) return undefined
    const entry = new Entry(
      program,
      locked,
      id,
      () => start(currentProgram(program)),
      this.#loaded.expired.get(id) ?? null,
      this.#freeOf(program),
    )
    this.#entries.set(id, entry)
    return entry
  }

  #freeOf({ number }: LiveProgram): Map<string, string[]> {
    return this.#loaded.codes.get(number) ?? NONE_FREE
  }

  /** An activity that concerns two accounts: each gets its own activity, or neither does. */
  #decideBoth(incoming: TwoSided): Recorded {
    const { program, body, type } = incoming
    const [named, pointer] = secondOf(incoming)
    // An account that was merged before is told so: it is not its winner that is merged again.
    const from = type === 'merge' ? this.#entryItself(program, body.from) : this.#entryOf(program, body.from)
    if (from === undefined) return refused(noMember(publicId('mem', body.from), '/from'))
    const to = this.#entryOf(program, named)
    if (to === undefined) return refused(noMember(publicId('mem', named), pointer))
    const now = Math.max(nowOf(program), from.account.clock, to.account.clock)
    const [first, second] = [this.#sideOf(from, now), this.#sideOf(to, now)]
    const [firstSeq, secondSeq] = [from.account.seq, to.account.seq]
    const id = this.#ids.take(stripeOf(from.id))
    const onwardId = this.#ids.take(stripeOf(to.id))
    const { key, occurredMs } = incoming
    const activity = { type, id, key, occurred_at: occurredMs, body } as Activity
    from.save()
    to.save()
    const last = advanceBoth(first, second, activity, onwardId)
    if (last instanceof Refusal) {
      from.restore(firstSeq)
      if (to !== from) to.restore(secondSeq)
      return refused(this.#exactly(last, incoming, from))
    }
    first.decisions.made.at(-1)!.outcome.other = { account: to.id, activity: onwardId }
    second.decisions.made.at(-1)!.outcome.other = { account: from.id, activity: id }
    const stored = this.#keep(from, first.decisions, now)
    this.#keep(to, second.decisions, now)
    this.#enterKey(incoming, from.id, id)
    if (type === 'merge') this.rows.merged.push({ account: from.id, into: to.id })
    return { status: 'recorded', replayed: false, activity: stored }
  }

  /** An account only knows that it does not have a voucher; the ledger knows what became of that. */
  #exactly(refusal: Refusal, incoming: Exclude<Incoming, { type: 'wake' }>, entry: Entry): Refusal {
    if (refusal.code !== 'not_found') return refusal
    const named = vouchersNamed(incoming).find(({ pointer }) => refusal.errors[0]?.pointer === pointer)
    if (named === undefined) return refusal
    const { program } = incoming
    const row = this.#loaded.vouchers.get(entryKey(program.number, KIND.voucher, named.code))
    const found = this.#find(program.number, KIND.voucher, named.code)
    return refusalOf(named, found, row, row !== undefined && this.#winnerOf(program, row.account) === entry.id)
  }

  #sideOf(entry: Entry, now: number): Side & { decisions: Decisions } {
    const claims = this.#loaded.claims.get(entry.live.number)
    const env = envOf(entry.live, now, () => this.#ids.take(stripeOf(entry.id)), claims, entry)
    return { env, account: entry.account, decisions: new Decisions() }
  }

  /** Decides one activity on its account and turns the decisions into rows. */
  #advance(entry: Entry, incoming: Exclude<Incoming, { type: 'wake' }>, receipt: Receipt | null): Recorded {
    const { account } = entry
    const seq = account.seq
    const now = Math.max(incoming.history === true ? incoming.occurredMs : nowOf(incoming.program), account.clock)
    const id = this.#ids.take(stripeOf(entry.id))
    const activity = {
      type: incoming.type,
      id,
      key: incoming.key,
      occurred_at: incoming.occurredMs,
      body: incoming.body,
    } as Activity
    const claims = this.#loaded.claims.get(incoming.program.number)
    const env = envOf(incoming.program, now, () => this.#ids.take(stripeOf(entry.id)), claims, entry)
    env.checksTender = incoming.history !== true
    entry.save()
    const decisions = new Decisions()
    const last = advance(env, account, activity, receipt === null ? {} : { receipt }, decisions)
    if (last instanceof Refusal) {
      if (!entry.isNew || seq > 0) entry.restore(seq)
      return refused(this.#exactly(last, incoming, entry))
    }
    const stored = this.#keep(entry, decisions, now)
    this.#enterKey(incoming, entry.id, id)
    if (last.profile !== null) this.#keepProfile(entry, incoming, last.profile)
    if (incoming.type === 'order' && this.#loaded.returning) this.#keepReceipt(stored, last.frozen!)
    if (last.remains !== null) {
      receipt!.returned = last.remains.returned
      this.rows.remainders.push({ activity: receipt!.activity, returned: last.remains.returned })
    }
    if (incoming.type === 'erase') this.rows.erased.push({ account: entry.id, program: entry.live.number })
    return { status: 'recorded', replayed: false, activity: stored }
  }

  /** A member's id at the business is the key of joining; a random key is never asked for again. */
  #enterKey(incoming: Extract<Incoming, { type: SentType }>, account: number, activity: number): void {
    const program = incoming.program.number
    const external = externalOf(incoming)
    if (external !== undefined) this.#enter(program, KIND.external, external, account, activity)
    else if (!incoming.key.startsWith(keys.once(''))) this.#enter(program, KIND.key, incoming.key, account, activity)
  }

  #wake(incoming: Extract<Incoming, { type: 'wake' }>): Recorded {
    const entry = this.#account(incoming)
    if (entry instanceof Refusal) return refused(entry)
    const decisions = new Decisions()
    const claims = this.#loaded.claims.get(incoming.program.number)
    const env = envOf(incoming.program, incoming.occurredMs, () => this.#ids.take(stripeOf(entry.id)), claims, entry)
    wake(env, entry.account, incoming.occurredMs, decisions)
    // Nothing fell due: the clock alone is no reason to write.
    if (decisions.made.length > 0) this.#keep(entry, decisions, incoming.occurredMs)
    return { status: 'awake', activities: decisions.made.length }
  }

  /** The rows of decisions, the account's chain going on from one to the next. Answers the last of them. */
  #keep(entry: Entry, { made }: Decisions, now: number): StoredActivity {
    let stored: StoredActivity | undefined
    let seq = entry.account.seq - made.length
    for (const { d, outcome } of made) {
      seq += 1
      stored = this.#keepOne(entry, d, outcome, seq, d.activity.type === 'clock' ? d.at : now)
    }
    entry.keep()
    return stored!
  }

  #keepOne(entry: Entry, d: Deciding, outcome: Outcome, seq: number, recordedMs: number): StoredActivity {
    const { activity } = d
    const bodyText = canonical(activity.body)
    const salt = newSalt()
    const postings = d.postings.map(storedPosting)
    const stored: StoredActivity = {
      id: activity.id,
      account: entry.id,
      seq,
      type: activity.type,
      key: activity.key,
      occurredMs: activity.occurred_at,
      recordedMs,
      revision: d.program.revision,
      body: activity.body as ActivityBodies[keyof ActivityBodies],
      shares: d.frozen?.shares ?? null,
      outcome,
      postings,
    }
    const hash = chainHash(entry.head, hashBody(salt, bodyText), sealedText(stored, postings.map(hashed)))
    const frozen = activity.type === 'order' ? encodeFrozen(d.frozen!) : null
    this.rows.ledger.push(stored, { prev: entry.last, bodyText, salt, frozen, hash })
    entry.last = activity.id
    entry.head = hash
    const program = entry.live.number
    for (const redemption of d.redemptions) this.rows.redemptions.push({ account: entry.id, program, redemption })
    for (const adjustment of d.adjustments) {
      const decided = adjustment.decided_by === null ? null : activity.id
      this.rows.adjustments.push({ account: entry.id, program, decided, adjustment })
    }
    for (const change of d.vouchers) this.#keepVoucher(entry, change, activity.id)
    for (let place = 0; place < d.benefits.length; place++)
      this.rows.benefits.push({ account: entry.id, program, activity: activity.id, place, benefit: d.benefits[place]! })
    for (const { claim, amount } of d.taken) if (amount !== 0) this.rows.claims.push({ program, name: claim, amount })
    for (const message of d.messages)
      this.rows.messages.push({ program, account: entry.id, activity: activity.id, message, atMs: recordedMs })
    for (const [place, forward] of d.forwarded.entries()) {
      const source = { source: activity.id, place: place + 1, origin: entry.id, seq }
      this.rows.forwarded.push({ program, ...source, forward, occurredMs: activity.occurred_at })
    }
    for (const tally of d.tallies) this.rows.tallies.push({ account: entry.id, program, tally })
    for (const referral of d.referrals) this.rows.referrals.push({ program, referral })
    return stored
  }

  #keepVoucher({ id: account, live }: Entry, change: VoucherChange, decided: number): void {
    const { code, state, isNew, pool, activity } = change
    const program = live.number
    this.rows.vouchers.push({ account, program, ended: state === 'open' ? null : decided, change })
    this.#loaded.vouchers.set(entryKey(program, KIND.voucher, code), { account, state })
    if (!isNew) return
    // The code of a card is in the directory since it was printed.
    if (pool === null && this.#find(program, KIND.voucher, code) === undefined)
      this.#enter(program, KIND.voucher, code, account, activity)
    if (pool !== null) this.rows.handedOut.push({ program, pool, code, account, activity })
  }

  #keepProfile(entry: Entry, incoming: Extract<Incoming, { type: SentType }>, body: ProfileBody): void {
    const isNew = incoming.type === 'join'
    const contacts = incoming.contacts ?? {}
    const program = entry.live.number
    const assigned = this.#assign(entry.id)
    const card = body.card_number ?? assigned.card
    this.rows.profiles.push({
      account: entry.id,
      program,
      body,
      contacts,
      card,
      referral: assigned.referral,
      joinedMs: incoming.occurredMs,
      isNew,
      isPool: incoming.type === 'join' && incoming.body.pool === true,
    })
    if (isNew) {
      if (body.card_number === undefined) this.#enter(program, KIND.card, card, entry.id, null)
      this.#enter(program, KIND.referral, assigned.referral, entry.id, null)
      return
    }
    for (const { kind, value } of contactsOf(incoming)) {
      if (this.#find(program, kind, value) !== undefined) continue
      this.rows.left.push({ account: entry.id, program, kind })
      this.#enter(program, kind, value, entry.id, null)
    }
  }

  #keepReceipt(stored: StoredActivity, frozen: Frozen): void {
    const body = stored.body as OrderBody
    this.#loaded.receipts.set(stored.id, {
      activity: stored.id,
      revision: stored.revision,
      occurred_at: stored.occurredMs,
      body,
      frozen,
      returned: nothingReturned(body.lines.length),
    })
  }

  /** A return or a cancellation: of a member's order, of an anonymous sale, or of an order that is yet to come. */
  #giveBack(incoming: Extract<Incoming, { type: 'return' | 'cancel' }>): Recorded {
    const number = incoming.program.number
    const orderKey = keys.order(incoming.body.order)
    const found = this.#find(number, KIND.key, orderKey)
    if (found === undefined || found.activity === null) return this.#wait(incoming, orderKey)
    const sale = this.#loaded.sales.get(found.activity)
    if (sale !== undefined && this.#isSomeoneElses(incoming, [])) return notYours(incoming.body.order)
    if (sale !== undefined) return this.#takeBackSale(incoming, found.activity, sale)
    const receipt = this.#loaded.receipts.get(found.activity)
    const entry = found.account === null ? undefined : this.#entryOf(incoming.program, found.account)
    assert(entry !== undefined, `the account of ${orderKey} was read`)
    // The order went with the person who bought it.
    if (receipt === undefined) return refused(refuse('not_found', `There is no order ${incoming.body.order}.`))
    if (this.#isSomeoneElses(incoming, [found.account, entry.id, receipt.body.for_member ?? null]))
      return notYours(incoming.body.order)
    return this.#advance(entry, incoming, receipt)
  }

  /** Whether a return names a member who is none of these. */
  #isSomeoneElses({ type, body, program }: Incoming, accounts: readonly (number | null)[]): boolean {
    const ref = type !== 'return' || body.member === undefined ? null : parseMember(body.member)
    if (ref === null) return false
    const external = ref.by === 'external' ? this.#find(program.number, KIND.external, ref.value)?.account : undefined
    const named = ref.by === 'id' ? ref.id : (external ?? null)
    return named === null || !(accounts.includes(named) || accounts.includes(this.#winnerOf(program, named)))
  }

  #wait(incoming: Extract<Incoming, { type: 'return' | 'cancel' }>, orderKey: string): Recorded {
    if (incoming.type === 'cancel') return refused(refuse('not_found', `There is no order ${incoming.body.order}.`))
    const program = incoming.program.number
    const { key, type, occurredMs } = incoming
    const waiting = { program, orderKey, key, type, occurredMs, body: canonical(incoming.body) }
    this.rows.waiting.push(waiting)
    this.#loaded.waiting.push(waiting)
    this.#enter(program, KIND.key, key, null, null)
    // The order's own key is entered too, so that an order which is decided at this moment meets the return.
    if (this.#find(program, KIND.key, orderKey) === undefined) this.#enter(program, KIND.key, orderKey, null, null)
    return { status: 'waiting', replayed: false }
  }

  /** Returns that waited for this order are decided now that it is there; one that does not fit it is dropped. */
  #catchUp(order: Extract<Incoming, { type: 'order' }>): void {
    if (this.#loaded.waiting.length === 0) return
    const number = order.program.number
    const arrived = this.#loaded.waiting.filter((one) => one.program === number && one.orderKey === order.key)
    if (arrived.length > 0) this.#meet(number, order.key)
    for (const waiting of arrived) {
      const body = JSON.parse(waiting.body) as ReturnBody
      const { program, history } = order
      const name = entryKey(program.number, KIND.key, waiting.key)
      this.#loaded.found.delete(name)
      this.rows.directory = this.rows.directory.filter((row) => entryKey(row.program, row.kind, row.value) !== name)
      this.rows.waiting = this.rows.waiting.filter((row) => row !== waiting)
      this.#loaded.waiting = this.#loaded.waiting.filter((row) => row !== waiting)
      this.rows.arrived.push(waiting)
      const ref = { by: 'order', order: body.order } as const
      this.take({
        program,
        ref,
        key: waiting.key,
        occurredMs: waiting.occurredMs,
        type: 'return',
        body,
        ...(history ? { history } : {}),
      })
    }
  }

  /** The order is there: the entry that said it was waited for makes room for its own. */
  #meet(program: number, key: string): void {
    const isPlace = (row: DirectoryRow) =>
      row.activity === null && row.kind === KIND.key && row.value === key && row.program === program
    if (this.rows.directory.some(isPlace)) this.rows.directory = this.rows.directory.filter((row) => !isPlace(row))
    else this.rows.met.push({ program, key })
  }

  /** A sale to nobody that we know is kept as it is. */
  #sell(incoming: Exclude<Incoming, { type: 'wake' }>): Recorded {
    assert(incoming.type === 'order', 'only an order can be anonymous')
    const { body, program } = incoming
    const { currency } = currentProgram(program)
    if (body.currency !== currency)
      return refused(
        refuse('currency_mismatch', `The program is in ${currency}, the order in ${body.currency}.`, '/currency'),
      )
    if ((body.redeem ?? []).length > 0)
      return refused(refuse('insufficient_points', 'A sale without a member has no points to redeem.', '/redeem'))
    const sale = this.#keepSale(incoming, {})
    this.#loaded.sales.set(sale.id, { body, returned: null })
    this.#catchUp(incoming)
    return { status: 'sale', replayed: false, sale }
  }

  #keepSale(
    incoming: Extract<Incoming, { type: 'order' | 'return' | 'cancel' }>,
    outcome: StoredSale['outcome'],
  ): StoredSale {
    const { program, type, key, occurredMs, body } = incoming
    const recordedMs = incoming.history === true ? occurredMs : nowOf(program)
    const sale: StoredSale = { id: this.#ids.take(), type, key, occurredMs, recordedMs, body, outcome }
    this.rows.sales.push({ sale, program: program.number, bodyText: canonical(body) })
    this.#enter(program.number, KIND.key, key, null, sale.id)
    return sale
  }

  #takeBackSale(
    incoming: Extract<Incoming, { type: 'return' | 'cancel' }>,
    id: number,
    sold: { body: OrderBody; returned: Returned | null },
  ): Recorded {
    const order = priceOrder(sold.body, null)
    const before = sold.returned ?? nothingReturned(order.lines.length)
    const after =
      incoming.type === 'cancel'
        ? allThatRemains(order, before)
        : addReturn(order, sold.body.currency, before, incoming.body)
    if (after instanceof Refusal) return refused(after)
    const refund_total = remainingOrder(order, before).total - remainingOrder(order, after).total
    sold.returned = after
    this.rows.soldReturned.push({ id, returned: after })
    return { status: 'sale', replayed: false, sale: this.#keepSale(incoming, { refund_total }) }
  }
}

function noRows(expected: number): Rows {
  return {
    newAccounts: [],
    changedAccounts: [],
    ledger: new LedgerRows(expected),
    directory: [],
    profiles: [],
    left: [],
    merged: [],
    redemptions: [],
    adjustments: [],
    vouchers: [],
    claimed: [],
    handedOut: [],
    benefits: [],
    remainders: [],
    erased: [],
    sales: [],
    soldReturned: [],
    waiting: [],
    arrived: [],
    met: [],
    claims: [],
    messages: [],
    forwarded: [],
    tallies: [],
    referrals: [],
  }
}

/** The member's id at the business, where an activity makes one. */
function externalOf(incoming: Incoming): string | undefined {
  return incoming.type === 'join' ? incoming.body.external_id : undefined
}

/** Where the directory says whether an activity was there before. */
export function directoryEntry(incoming: Incoming): { kind: number; value: string } {
  const external = externalOf(incoming)
  return external === undefined ? { kind: KIND.key, value: incoming.key } : { kind: KIND.external, value: external }
}

function directoryName(incoming: Incoming): string {
  const { kind, value } = directoryEntry(incoming)
  return entryKey(incoming.program.number, kind, value)
}

export interface Contact {
  kind: number
  value: string
  pointer: string
  /** What a person calls it. */
  name: string
}

/** What a body claims for its member in the directory, in normal form. */
export function contactsOf(incoming: Incoming): Contact[] {
  if (incoming.type !== 'join' && incoming.type !== 'profile') return []
  const { body, contacts = {} } = incoming
  const wanted: Contact[] = []
  const want = (kind: number, value: string | undefined, pointer: string, name: string) => {
    if (value !== undefined) wanted.push({ kind, value, pointer, name })
  }
  want(KIND.external, body.external_id, '/external_id', 'external_id')
  want(KIND.phone, contacts.phone, '/phone', 'phone number')
  want(KIND.email, contacts.email, '/email', 'e-mail address')
  want(KIND.card, body.card_number, '/card_number', 'card')
  return wanted
}

function sameAs(stored: StoredActivity | StoredSale, incoming: Incoming): boolean {
  return (
    canonical(asSent(stored.body)) === canonical(incoming.body) &&
    (!incoming.dated || stored.occurredMs === incoming.occurredMs)
  )
}

/** What a pool decided names the member, and joining names who brought somebody; whoever sent it did not. */
function asSent(body: StoredActivity['body'] | StoredSale['body']): unknown {
  if (body === null || !('for_member' in body || 'introduced' in body)) return body
  const { for_member: _, introduced: __, ...sent } = body as ForMember & ActivityBodies['join']
  return sent
}

type TwoSided = Extract<Incoming, { type: TwoSidedType }>

export function isTwoSided(incoming: Incoming): incoming is TwoSided {
  const { type } = incoming
  return type === 'transfer' || type === 'merge' || type === 'pool' || type === 'voucher_transfer'
}

/** The second account that an activity concerns, and where its sender named it. */
export function secondOf({ type, body }: TwoSided): [account: number, pointer: string] {
  if (type === 'transfer' || type === 'voucher_transfer') return [body.to, '/to']
  return type === 'merge' ? [body.into, '/into'] : [body.pool, '/pool']
}

function refused(refusal: Refusal): Recorded {
  return { status: 'refused', refusal }
}

function conflict(incoming: Incoming): Recorded {
  const [kind, ...id] = incoming.key.split(':')
  const what = kind === 'key' ? 'Idempotency-Key' : `${kind} id`
  return refused(refuse('idempotency_conflict', `The ${what} ${id.join(':')} was used before with a different body.`))
}

function notYours(order: string): Recorded {
  return refused(refuse('not_yours', `The order ${order} is another member’s.`, '/member'))
}

function noMember(name: string, pointer = '/member'): Refusal {
  return refuse('not_found', `There is no member ${name}.`, pointer)
}

/** The row of a posting. */
export function storedPosting(posting: Posting, place: number): StoredPosting {
  const { wallet, from, to, points, lot, rule, line, reverses } = posting
  return {
    place,
    wallet,
    from,
    to,
    points,
    kind: lot?.kind ?? null,
    month: lot?.month ?? null,
    releaseMs: lot?.release ?? null,
    expiryMs: lot === null || lot.expiry === NEVER ? null : lot.expiry,
    rule,
    line,
    reverses,
  }
}
