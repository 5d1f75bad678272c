/** Referrals: a member brings a friend, and both are given something once the friend's first order is there to stay. */

import { z } from 'zod'
import type { Account } from '../../core/account.ts'
import type { ActivityOf, ProfileBody, ReferredBody } from '../../core/activity.ts'
import { copyPlain } from '../../core/copy.ts'
import { leadOf } from '../../core/decide.ts'
import type { Deciding, Referral } from '../../core/deciding.ts'
import type { Compiling, Feature } from '../../core/feature.ts'
import { NEVER } from '../../core/points.ts'
import { DurationText, Id, MoneyText, moneyAt, type Program } from '../../core/program.ts'
import { addDuration, type Duration, localDay, parseDuration, periodOf, type Unit } from '../../core/time.ts'
import { referralLosses, referralStatements } from './statements.ts'
import { words } from './words.ts'

const LIMIT = /^([1-9]\d{0,5}) per (month|quarter|year|lifetime)$/

const ReferralsSection = z
  .strictObject({
    referrer: Id.optional().describe('The reward of whoever brings a friend'),
    friend: Id.optional().describe('The reward of the friend'),
    friend_when: z
      .enum(['joining', 'first_order'])
      .default('first_order')
      .describe('Whether the friend has it from the beginning, or with the first order'),
    after: z
      .union([z.enum(['return_window', 'first_order']), DurationText])
      .optional()
      .describe(
        'When the first order counts for whoever brought the friend: when it can no longer be returned, at once, or after a time; return_window where the program has one, otherwise 14 days',
      ),
    min_spend: MoneyText.optional().describe('What the first order has to come to, tax included'),
    within: DurationText.default('90 days').describe('How long after joining the first order may come'),
    limit: z
      .string()
      .regex(LIMIT, 'must be such as "5 per year"')
      .optional()
      .describe('For how many friends a member is rewarded; above that the friend still is'),
    same_household: z
      .enum(['refused', 'allowed'])
      .default('refused')
      .describe('Whether people of one household, or one pool, can be friends'),
  })
  .optional()
type Section = z.output<typeof ReferralsSection>

interface ReferralRules {
  referrer: string | null
  friend: string | null
  friendWhen: 'joining' | 'first_order'
  /** How long the first order waits; null where it counts at once. */
  wait: Duration | null
  /** In minor units, at least 1: an order that costs nothing is no purchase. */
  minSpend: number
  within: Duration
  limit: { amount: number; per: Unit | 'lifetime' } | null
  sameHousehold: boolean
}

/** Who brought this member, and how far that has come. */
interface Brought {
  /** The account whose code was named, and this member's own number then. */
  by: number
  as: number
  s: 'joined' | 'waiting' | 'kept' | 'refused'
  /** Until when (ms) the first order may come; once one has stayed, since when. */
  x: number
  /** Orders that may be the first to stay, and until when (ms) each may be returned: the soonest first. */
  q?: [order: number, until: number][]
  /** How often the friend was given something, and whether the last of that stands: a return takes it back. */
  n?: number
  g?: true
}

interface Slice {
  r?: Brought
  /** Friends who came, those whose first order stayed, and those whom this member was rewarded for. */
  f?: number
  k?: number
  w?: number
  /** How many were rewarded in the latest periods of the limit, and the latest friends above it. */
  c?: [period: number, count: number][]
  a?: number[]
  /** Accounts that were merged into this one and had brought friends, who know them by those numbers. */
  m?: number[]
  /** A digest of the household. */
  h?: string
}

/** A late first order counts in the period in which it stayed, so an older one may be asked for. */
const KEPT_PERIODS = 4
const KEPT_ABOVE = 16
/** More orders within a return window than these are not needed to find one that stays. */
const KEPT_ORDERS = 8

const NOTHING: Slice = Object.freeze({})

export const referrals: Feature = {
  id: 'referrals',
  section: ReferralsSection,
  compile,
  facts: () => ({
    'member.referrals': {
      type: 'int',
      describe: 'How many friends the member has brought whose first order stayed',
      read: (c) => sliceOf(c.account).k ?? 0,
    },
  }),
  hears: {
    join: { grant: arrive },
    profile: { grant: (d, { body }) => keepHousehold(d, body) },
    order: { grant: noteOrder },
    return: { grant: noteReturn },
    cancel: { grant: noteReturn },
    clock: { grant: noteTime },
    referred: { grant: hear },
    close: { grant: leave },
    erase: { grant: beForgotten },
    // Before everything is handed over: only this side knows both numbers.
    merge: { price: knowOneself },
  },
  introduces,
  merge,
  due,
  isIdle: (program) => rulesOf(program) === null,
  details,
  statements: referralStatements,
  losses: referralLosses,
  words,
}

function rulesOf(program: Program): ReferralRules | null {
  return (program.compiled['referrals'] as ReferralRules | null | undefined) ?? null
}

function sliceOf(account: Account): Slice {
  return (account.slices['referrals'] as Slice | undefined) ?? NOTHING
}

/** The slice to write to. */
function ownSlice(account: Account): Slice {
  return (account.slices['referrals'] ??= {}) as Slice
}

// The friend's side

function arrive(d: Deciding, { body }: ActivityOf<'join'>): undefined {
  const rules = rulesOf(d.program)
  if (rules === null) return
  keepHousehold(d, body)
  const { introduced } = body
  if (introduced === undefined || body.pool === true) return
  const { by, as, refused } = introduced
  if (refused !== undefined || by === null) {
    d.addMessage('referral.refused', { reason: refused ?? 'unknown_code' })
    if (by !== null) tell(d, { by, friend: as, state: 'refused', reason: refused })
    return
  }
  const brought: Brought = { by, as, s: 'joined', x: addDuration(d.program.zone, d.at, rules.within) }
  ownSlice(d.account).r = brought
  tell(d, { by, friend: as, state: 'joined', until: brought.x })
  if (rules.friendWhen === 'joining') giveFriend(d, rules, brought)
}

/** An order that comes to enough waits for its return window; the first whose window is over while it stands counts. */
function noteOrder(d: Deciding): undefined {
  const brought = sliceOf(d.account).r
  if (brought === undefined || brought.s === 'kept' || brought.s === 'refused' || d.at > brought.x) return
  const rules = rulesOf(d.program)
  if (rules === null || d.order!.total < rules.minSpend) return
  if (brought.s === 'joined' && rules.friendWhen === 'first_order') giveFriend(d, rules, brought)
  const until = rules.wait === null ? d.at : addDuration(d.program.zone, d.at, rules.wait)
  if (until <= d.account.clock) return stay(d, brought)
  const orders: Brought['q'] = [...(brought.q ?? []), [d.activity.id, until]]
  waitFor(d, brought, orders.sort((a, b) => a[1] - b[1]).slice(0, KEPT_ORDERS))
}

function noteReturn(d: Deciding): undefined {
  const brought = sliceOf(d.account).r
  const order = d.receipt?.activity
  if (brought?.q === undefined || !brought.q.some(([one]) => one === order)) return
  const rules = rulesOf(d.program)
  if (rules === null || (!d.takesTheRest && d.remains!.after.total >= rules.minSpend)) return
  waitFor(
    d,
    brought,
    brought.q.filter(([one]) => one !== order),
  )
  if (brought.q === undefined && rules.friendWhen === 'first_order') takeFromFriend(d, brought)
}

/** Waits for the soonest of these orders, or where there is none for the next one. */
function waitFor(d: Deciding, brought: Brought, orders: NonNullable<Brought['q']>): void {
  const { by, as } = brought
  const [before, after] = [brought.q?.[0]?.[1], orders[0]?.[1]]
  if (after === undefined) {
    brought.s = 'joined'
    delete brought.q
    tell(d, { by, friend: as, state: 'returned', until: brought.x })
    return
  }
  brought.s = 'waiting'
  brought.q = orders
  if (after !== before) tell(d, { by, friend: as, state: 'waiting', until: after })
}

function noteTime(d: Deciding): undefined {
  const brought = sliceOf(d.account).r
  if (brought?.q !== undefined && brought.q[0]![1] <= d.at && rulesOf(d.program) !== null) stay(d, brought)
}

/** From now on a return changes nothing. */
function stay(d: Deciding, brought: Brought): undefined {
  const { by, as } = brought
  brought.s = 'kept'
  brought.x = d.at
  delete brought.q
  const pool = poolOf(d)
  tell(d, { by, friend: as, state: 'kept', ...(pool === undefined ? {} : { pool }) })
}

/** Nobody is rewarded for somebody who has left before it was certain that they stay. */
function leave(d: Deciding): undefined {
  const brought = sliceOf(d.account).r
  if (brought === undefined || brought.s === 'kept' || brought.s === 'refused') return
  refuseFriend(brought)
  tell(d, { by: brought.by, friend: brought.as, state: 'refused', reason: 'friend_left' })
}

function beForgotten(d: Deciding): undefined {
  leave(d)
  delete (d.account.slices['referrals'] as Slice | undefined)?.h
}

function refuseFriend(brought: Brought): void {
  brought.s = 'refused'
  delete brought.q
}

function tell(d: Deciding, body: ReferredBody): void {
  d.forward({ account: body.by, type: 'referred', body })
}

function giveFriend(d: Deciding, { friend }: ReferralRules, brought: Brought): void {
  if (friend === null) return
  brought.n = (brought.n ?? 0) + 1
  brought.g = true
  give(d, friend, friendSource(brought))
}

function takeFromFriend(d: Deciding, brought: Brought): void {
  if (brought.g === undefined) return
  delete brought.g
  withdraw(d, friendSource(brought))
}

/** With the number that they joined under: whoever joined twice may be one person later. */
function friendSource({ as, n }: Brought): string {
  return `referrals:friend:${as}:${n}`
}

// The side of whoever brought a friend

/** Whether somebody who joins with this account's code may be a friend. */
function introduces(account: Account, newcomer: ProfileBody, program: Program): string | null | undefined {
  const rules = rulesOf(program)
  if (rules === null) return undefined
  if (account.closed) return 'account_closed'
  const { h } = sliceOf(account)
  return !rules.sameHousehold && h !== undefined && h === newcomer.household ? 'same_household' : null
}

function hear(d: Deciding, { body }: ActivityOf<'referred'>): undefined {
  const rules = rulesOf(d.program)
  if (rules === null) return
  const slice = ownSlice(d.account)
  const { state, reason } = body
  // The friend turned out to be this very person while the word was on its way.
  if (slice.r?.as === body.friend && slice.r.s === 'refused') return
  slice.f ??= 0
  if (state === 'kept') return reward(d, rules, slice, body)
  if (state === 'joined') slice.f += 1
  if (state === 'refused') {
    if (COUNTED_BEFORE.has(reason!)) slice.f = Math.max(0, slice.f - 1)
    return refused(d, body, reason!)
  }
  note(d, body, state === 'waiting' ? 'waiting' : 'joined')
}

/** Why somebody who was a friend is none any more; for other reasons they never were one. */
const COUNTED_BEFORE: ReadonlySet<string> = new Set(['friend_left', 'same_person'])

function reward(d: Deciding, rules: ReferralRules, slice: Slice, body: ReferredBody): undefined {
  const ours = poolOf(d)
  if (!rules.sameHousehold && body.pool !== undefined && (body.pool === ours || body.pool === body.by)) {
    slice.f = Math.max(0, (slice.f ?? 0) - 1)
    return refused(d, body, 'same_household')
  }
  slice.k = (slice.k ?? 0) + 1
  if (!countUnder(rules.limit, slice, d.day)) {
    slice.a = [...(slice.a ?? []), body.friend].slice(-KEPT_ABOVE)
    note(d, body, 'capped')
    d.addMessage('referral.capped', { limit: rules.limit!.amount })
    return
  }
  slice.w = (slice.w ?? 0) + 1
  note(d, body, 'rewarded')
  if (rules.referrer !== null) give(d, rules.referrer, referrerSource(body.friend))
  d.addMessage('referral.rewarded', { friends: slice.k })
}

/** False where the limit of the period is used up. */
function countUnder(limit: ReferralRules['limit'], slice: Slice, day: number): boolean {
  if (limit === null) return true
  const period = limit.per === 'lifetime' ? 0 : periodOf(limit.per, day)
  const rows = slice.c ?? []
  const row = rows.find(([one]) => one === period)
  if ((row?.[1] ?? 0) >= limit.amount) return false
  if (row === undefined) slice.c = latest([...rows, [period, 1]])
  else row[1] += 1
  return true
}

/** The allowance that a friend has used who was none. */
function countLess(limit: ReferralRules['limit'], slice: Slice, day: number): void {
  if (limit === null || slice.c === undefined) return
  const period = limit.per === 'lifetime' ? 0 : periodOf(limit.per, day)
  slice.c = slice.c.flatMap(([one, count]): [number, number][] => {
    const left = one === period ? count - 1 : count
    return left > 0 ? [[one, left]] : []
  })
}

function latest(rows: [number, number][]): [number, number][] {
  return rows.sort((a, b) => a[0] - b[0]).slice(-KEPT_PERIODS)
}

function refused(d: Deciding, body: ReferredBody, reason: string): undefined {
  note(d, body, 'refused', reason)
  d.addMessage('referral.refused', { reason })
}

function note(
  d: Deciding,
  { by, friend, until }: Pick<ReferredBody, 'by' | 'friend' | 'until'>,
  state: Referral['state'],
  reason: string | null = null,
): void {
  const open = state === 'joined' || state === 'waiting'
  d.addReferral({ by, friend, state, reason, until: open ? (until ?? null) : null, at: d.at })
}

function referrerSource(friend: number): string {
  return `referrals:${friend}`
}

/** The pool of the household that this member is in. */
function poolOf({ account, inForce }: Deciding): number | undefined {
  return (leadOf(account, 'order', inForce) ?? leadOf(account, 'redeem', inForce))?.account
}

function give(d: Deciding, rewardId: string, source: string): void {
  const { id, key } = d.activity
  d.cause({ type: 'give', id, key, occurred_at: d.at, body: { reward: rewardId, quantity: 1, source } })
}

function withdraw(d: Deciding, source: string): void {
  const { id, key } = d.activity
  d.cause({ type: 'withdraw', id, key, occurred_at: d.at, body: { source, quantity: 1 } })
}

function keepHousehold(d: Deciding, { household }: ProfileBody): undefined {
  if (household !== undefined && rulesOf(d.inForce) !== null) ownSlice(d.account).h = household
}

// Two members turn out to be one person

/** The other side is told both numbers, since an account does not know its own, and friends go on using the old one. */
function knowOneself(d: Deciding, { body }: ActivityOf<'merge'>): undefined {
  const { r, f, m = [] } = sliceOf(d.account)
  const isKnown = f !== undefined
  if (isKnown || r?.by === body.into)
    ownSlice(d.account).m = [...m, ...(isKnown ? [body.from] : []), ...(r?.by === body.into ? [body.into] : [])]
}

/** Whoever brought themselves brought nobody; of two who brought the same person the first one did. */
function merge(d: Deciding, told: Slice | undefined): void {
  if (told === undefined) return
  // What was told is part of the activity, and stays as it is.
  const from = copyPlain(told)
  const slice = ownSlice(d.account)
  const theirs = from.r
  for (const field of ['f', 'k', 'w'] as const) {
    const sum = (slice[field] ?? 0) + (from[field] ?? 0)
    if (sum > 0) slice[field] = sum
  }
  for (const [period, count] of from.c ?? []) {
    const row = slice.c?.find(([one]) => one === period)
    if (row === undefined) slice.c = latest([...(slice.c ?? []), [period, count]])
    else row[1] += count
  }
  if (from.a !== undefined) slice.a = [...(slice.a ?? []), ...from.a].slice(-KEPT_ABOVE)
  const numbers = [...(slice.m ?? []), ...(from.m ?? [])]
  if (numbers.length > 0) slice.m = [...new Set(numbers)]
  if (from.h !== undefined) slice.h ??= from.h
  const { from: ended } = d.body as ActivityOf<'absorb'>['body']
  for (const brought of [slice.r, theirs])
    if (brought !== undefined && brought.s !== 'refused' && (numbers.includes(brought.by) || brought.by === ended))
      undo(d, slice, brought)
  if (theirs === undefined) return
  if (slice.r === undefined || (slice.r.s === 'refused' && theirs.s !== 'refused')) slice.r = theirs
  else if (theirs.s === 'joined' || theirs.s === 'waiting') {
    takeFromFriend(d, theirs)
    tell(d, { by: theirs.by, friend: theirs.as, state: 'refused', reason: 'same_person' })
  }
}

/** What was given to either side for somebody who is the same person is taken back as far as it is there. */
function undo(d: Deciding, slice: Slice, brought: Brought): void {
  const { by, as, s } = brought
  slice.f = Math.max(0, (slice.f ?? 0) - 1)
  if (s === 'kept') {
    slice.k = Math.max(0, (slice.k ?? 0) - 1)
    if (!(slice.a ?? []).includes(as)) takeFromReferrer(d, slice, brought)
  }
  takeFromFriend(d, brought)
  refuseFriend(brought)
  refused(d, { by, friend: as, state: 'refused' }, 'same_person')
}

function takeFromReferrer(d: Deciding, slice: Slice, { as, x }: Brought): void {
  slice.w = Math.max(0, (slice.w ?? 0) - 1)
  countLess(rulesOf(d.inForce)?.limit ?? null, slice, localDay(d.inForce.zone, x))
  withdraw(d, referrerSource(as))
}

function due(account: Account, program: Program): number {
  const brought = (account.slices['referrals'] as Slice | undefined)?.r
  return brought?.q === undefined || rulesOf(program) === null ? NEVER : brought.q[0]![1]
}

function details(account: Account, program: Program): Record<string, unknown> {
  if (rulesOf(program) === null) return {}
  const { f = 0, w = 0 } = sliceOf(account)
  return { referral: { friends: f, rewarded: w, join: `/join/${program.id}` } }
}

function compile(section: Section, compiling: Compiling): ReferralRules | null {
  if (section === undefined) return null
  const { referrer, friend, friend_when, after, min_spend, within, limit, same_household } = section
  const path = ['referrals']
  if (referrer === undefined && friend === undefined)
    compiling.problem(path, 'nothing_given', 'name a reward for `referrer`, for `friend` or for both')
  if (referrer !== undefined) compiling.gift([...path, 'referrer'], referrer, ['referred'])
  if (friend !== undefined) compiling.gift([...path, 'friend'], friend, [friend_when === 'joining' ? 'join' : 'order'])
  const [, amount, per] = limit === undefined ? [] : LIMIT.exec(limit)!
  return {
    referrer: referrer ?? null,
    friend: friend ?? null,
    friendWhen: friend_when,
    wait: waitOf(after, compiling),
    minSpend: min_spend === undefined ? 1 : Math.max(1, moneyAt(compiling, [...path, 'min_spend'], min_spend)),
    within: parseDuration(within)!,
    limit: amount === undefined ? null : { amount: Number(amount), per: per as Unit | 'lifetime' },
    sameHousehold: same_household === 'allowed',
  }
}

const UNLESS_SAID = parseDuration('14 days')!

function waitOf(after: string | undefined, compiling: Compiling): Duration | null {
  const { returnWindow } = compiling.program
  if (after === 'first_order') return null
  if (after === undefined) return returnWindow ?? UNLESS_SAID
  if (after !== 'return_window') return parseDuration(after)
  if (returnWindow === null)
    compiling.problem(['referrals', 'after'], 'no_return_window', 'say how long it is: `returns: { window: 30 days }`')
  return returnWindow
}
