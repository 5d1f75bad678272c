/** The one function: an account and an activity make the next account, the postings, and what else must follow. */

import { type Account, copyAccount } from './account.ts'
import type { Activity, ActivityOf, ActivityType } from './activity.ts'
import { assert } from './assert.ts'
import { refuseTender } from './checkout.ts'
import { type Claims, Deciding } from './deciding.ts'
import type { Hook, Led } from './feature.ts'
import { dropEmptyLots, NEVER } from './points.ts'
import type { Program } from './program.ts'
import { Unsafe } from './rational.ts'
import type { Receipt } from './receipt.ts'
import { Refusal, refuse } from './refusal.ts'
import { addDuration, HOUR_MS } from './time.ts'
import { type Codes, NO_VOUCHERS, PLAIN_CODES } from './vouchers.ts'

/** What a decision may read beside the account and the activity. */
export interface Env {
  /** The program in force at a moment (ms): a revision never changes what an earlier one decided. */
  programAt(at: number): Program
  /** When the first revision after a moment takes effect (ms); NEVER, or left out, where none does. */
  revisionAfter?(at: number): number
  /** The program of a revision: returns are decided by the one that decided their order. */
  revision(number: number): Program
  /** When the activity is recorded (ms). All that fell due up to then is decided first. */
  now: number
  /** Names an activity that time causes. */
  nextId(): number
  claims?: Claims
  /** Where the account's vouchers get their codes; plain ones unless said. */
  codes?: Codes
  /** Whether an order whose `tender` is not what there is to pay is refused: not where it is of the past. */
  checksTender?: boolean
  /** False in a history without any returns: then what expired need not be remembered for them. */
  returns?: boolean
}

/** What activities name: the receipt of the order that is returned. */
export interface Related {
  receipt?: Receipt | undefined
}

/** How far ahead of us a till's clock may be. */
export const CLOCK_SKEW_MS = HOUR_MS

const NOTHING: readonly never[] = []
const EMPTY: Record<string, never> = Object.freeze({})

/** What came back of a closed account's orders is booked all the same, and the account itself can be put in order. */
const HEARD_WHEN_CLOSED: ReadonlySet<Activity['type']> = new Set([
  'return',
  'cancel',
  'reopen',
  'erase',
  // Whoever is in a pool can leave it.
  'pool',
  'pooled',
])

/** What another account forwards was in time where it happened, however long it was on its way. */
const NEVER_LATE: ReadonlySet<Activity['type']> = new Set(['referred', 'award'])

/** Causes of causes end somewhere: a program in which they do not is at fault. */
const CAUSED_LIMIT = 1_000

/** A new account that has decided nothing. */
export function start(program: Program, at = 0): Account {
  const account: Account = {
    seq: 0,
    clock: at,
    due: NEVER,
    closed: false,
    mergedInto: null,
    wallets: [],
    vouchers: NO_VOUCHERS,
    slices: {},
    expired: new Map(),
  }
  for (const { id, start } of program.starts) {
    const slice = start(program)
    if (slice !== undefined) account.slices[id] = slice
  }
  return account
}

/** When the account next wants to be woken (ms). A closed one that has nothing left sleeps for good. */
export function nextDue(account: Account, program: Program): number {
  if (account.closed && account.vouchers.length === 0 && account.wallets.every(({ lots }) => lots.length === 0))
    return NEVER
  const { dues } = program
  let due = NEVER
  for (let i = 0; i < dues.length; i++) {
    const wanted = dues[i]!(account, program)
    if (wanted < due) due = wanted
  }
  return due
}

export interface Decided {
  account: Account
  /** What fell due, in order, and then the activity itself, last. */
  decisions: Deciding[]
}

/** Where decisions go as they are made, while the account still stands as each of them left it. */
export interface Sink {
  push(d: Deciding): unknown
}

/** Decides one activity on a copy of the account: what was given stays as it was. */
export function decide(env: Env, account: Account, activity: Activity, related: Related = {}): Decided | Refusal {
  const next = copyAccount(account)
  const decisions: Deciding[] = []
  const last = advance(env, next, activity, related, decisions)
  return last instanceof Refusal ? last : { account: next, decisions }
}

/**
 * Decides one activity on the account itself, for callers that own it and fold many. When it answers with a refusal
 * the account may be half-way: throw it away and take the one from before.
 */
export function advance(
  env: Env,
  account: Account,
  activity: Activity,
  related: Related,
  decisions: Sink,
): Deciding | Refusal {
  const claiming = wake(env, account, env.now, decisions)
  account.clock = Math.max(account.clock, env.now)
  const decided = decideActivity(env, account, activity, related, decisions)
  // What fell due is thrown away with the account, so what it gave back to shared counters is taken again.
  if (decided instanceof Refusal) for (const d of claiming) d.undoClaims()
  return decided
}

/** One of the two accounts that an activity concerns, and where its decisions go. */
export interface Side {
  env: Env
  account: Account
  decisions: Sink
}

/**
 * Decides an activity that concerns two accounts, on the accounts themselves: on the first as it was sent, and on the
 * second what the first hands over, under the id `onwardId`. Both are decided or neither is: after a refusal throw both
 * accounts away. Both must be given the same present.
 */
export function advanceBoth(first: Side, second: Side, activity: Activity, onwardId: number): Deciding | Refusal {
  if (first.account === second.account) return refuse('same_account', 'Both sides are the same member.')
  const made: Deciding[] = []
  const both: Sink = {
    push(d) {
      made.push(d)
      first.decisions.push(d)
    },
  }
  const given = advance(first.env, first.account, activity, {}, both)
  if (given instanceof Refusal) return given
  const { onward } = given
  assert(onward !== null, `a ${activity.type} hands something over`)
  const { key, occurred_at } = activity
  const heard = { ...onward, id: onwardId, key: onwardKey(key), occurred_at } as Activity
  const taken = advance(second.env, second.account, heard, {}, second.decisions)
  if (taken instanceof Refusal) for (const d of made) d.undoClaims()
  return taken
}

/** The account that decides what is sent for this one, if it is another. A closed account refuses by itself. */
export function leadOf(account: Account, type: ActivityType, program: Program): Led | null {
  if (account.closed) return null
  for (let i = 0; i < program.leads.length; i++) {
    const lead = program.leads[i]!(account, type)
    if (lead !== null) return lead
  }
  return null
}

/** The key of what an activity makes another account hear. */
export function onwardKey(key: string): string {
  return `${key}#1`
}

function decideActivity(
  env: Env,
  account: Account,
  activity: Activity,
  related: Related,
  decisions: Sink,
): Deciding | Refusal {
  const early = checkTime(env, activity)
  if (early !== null) return early
  if (account.mergedInto !== null) return refuse('already_merged', 'This account was merged into another one before.')
  if (account.closed && !HEARD_WHEN_CLOSED.has(activity.type))
    return refuse('account_closed', 'This account is closed.')
  const receipt = related.receipt ?? null
  const program = receipt === null ? env.programAt(activity.occurred_at) : env.revision(receipt.revision)
  return decideOne(env, program, account, activity, receipt, decisions)
}

/**
 * Decides all that fell due up to `until`, each at its own due time. The account's clock stands at the last of them and
 * not at `until`, so that not even the state depends on when a sweep ran. Answers those that took from what is shared, or
 * gave back to it.
 */
export function wake(env: Env, account: Account, until: number, decisions: Sink): readonly Deciding[] {
  let at = nextToWake(env, account, until)
  let claiming: Deciding[] | null = null
  for (; at <= until; at = nextToWake(env, account, until)) {
    account.clock = Math.max(account.clock, at)
    const decided = decideOne(env, env.programAt(at), account, new FallenDue(env.nextId(), at), null, decisions)
    assert(!(decided instanceof Refusal), 'what falls due is never refused')
    assert(account.due > at, 'what fell due is settled by its decision')
    if (decided.hasClaimed) claiming = claiming === null ? [decided] : [...claiming, decided]
  }
  return claiming ?? NOTHING
}

/**
 * When the account falls due, if it does up to `until`, in ms.
 * A revision that takes effect while nothing happens has a calendar of its own from then on; what it would have wanted
 * before is due as it begins. So it makes no difference either which revision was the latest when somebody looked.
 */
export function nextToWake(env: Env, account: Account, until: number): number {
  let at = account.due
  if (env.revisionAfter === undefined) return at
  let begins = env.revisionAfter(account.clock)
  for (; begins < NEVER && begins <= until && begins <= at; begins = env.revisionAfter(begins)) {
    const { clock } = account
    account.clock = begins
    at = Math.max(begins, nextDue(account, env.programAt(begins)))
    account.clock = clock
  }
  return at
}

/** The activity that time causes. Its key is made when somebody asks for it. */
class FallenDue implements ActivityOf<'clock'> {
  readonly type = 'clock'
  readonly id: number
  readonly occurred_at: number
  readonly body = EMPTY

  constructor(id: number, at: number) {
    this.id = id
    this.occurred_at = at
  }

  get key(): string {
    return `clock:${this.occurred_at}`
  }
}

function checkTime(env: Env, activity: Activity): Refusal | null {
  const at = activity.occurred_at
  if (at > env.now + CLOCK_SKEW_MS) return refuse('too_late', 'This lies in the future.', '/occurred_at')
  if (at < env.now) {
    const program = env.programAt(env.now)
    if (addDuration(program.zone, at, program.late) < env.now && !NEVER_LATE.has(activity.type))
      return refuse('too_late', 'This occurred longer ago than the program accepts.', '/occurred_at')
  }
  return null
}

function decideOne(
  env: Env,
  program: Program,
  account: Account,
  activity: Activity,
  receipt: Receipt | null,
  decisions: Sink,
): Deciding | Refusal {
  const inForce = env.programAt(account.clock)
  const { claims = null, codes = PLAIN_CODES, returns = true } = env
  const d = new Deciding(program, inForce, account, activity, receipt, claims, codes, returns)
  const refusal =
    runPhases(d) ??
    (env.checksTender === true && activity.type === 'order' ? refuseTender(d, activity.body) : undefined)
  if (refusal !== undefined) {
    d.undoClaims()
    return refusal
  }
  for (let i = 0; i < account.wallets.length; i++) dropEmptyLots(account.wallets[i]!)
  account.seq += 1
  // The calendar is that of the program in force, also when an older revision decided a return or a late activity.
  account.due = nextDue(account, inForce)
  decisions.push(d)
  return d
}

function runPhases(d: Deciding): Refusal | undefined {
  try {
    const refusal = runHooks(d, d.activity)
    if (refusal !== undefined) return refusal
    for (let i = 0; i < d.caused.length; i++) {
      assert(i < CAUSED_LIMIT, 'what a decision causes comes to an end')
      const caused = runHooks(d, d.caused[i]!)
      if (caused !== undefined) return caused
    }
    return undefined
  } catch (error) {
    if (error instanceof Unsafe) return refuse('points_overflow', error.message)
    throw error
  }
}

function runHooks(d: Deciding, activity: Activity): Refusal | undefined {
  const hooks = hooksFor(d, activity)
  for (let i = 0; i < hooks.length; i++) {
    const refusal = hooks[i]!(d, activity as never)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** Whoever has a part in the activity: everybody where another revision is in force than decides. */
function hooksFor({ program, inForce }: Deciding, { type, body }: Activity): readonly Hook[] {
  if (program === inForce) {
    if (type === 'order') return body.redeem === undefined ? program.plainHooks : program.orderHooks
    if (type === 'clock') return program.clockHooks
  }
  return program.hooks[type]
}
