/** Stamp cards: so many purchases, visits or items fill a card, and a full card gives a reward. */

import type { Account } from '../../core/account.ts'
import type { ActivityOf } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Feature } from '../../core/feature.ts'
import { addCounters, freeUnder, useLimit } from '../../core/limits.ts'
import { NEVER } from '../../core/points.ts'
import type { Program } from '../../core/program.ts'
import { formatInstant, localDay, startOfDay } from '../../core/time.ts'
import {
  addFilled,
  type Card,
  cardOfSource,
  changeStamps,
  endIfOver,
  endOf,
  filledOf,
  headStartOf,
  keepSlice,
  reopen,
  roomOn,
  type Slice,
  sliceOf,
  warnIfDue,
  warningOf,
} from './card.ts'
import { type Allowance, type Bought, stampsFor } from './giving.ts'
import { type CardRules, compile, StampsSection, stampRulesOf } from './rules.ts'
import { stampLosses, stampStatements } from './statements.ts'
import { words } from './words.ts'

export const stamps: Feature = {
  id: 'stamps',
  section: StampsSection,
  compile,
  hears: {
    order: { count: stampOrder },
    visit: { count: stampOnce },
    action: { count: stampOnce },
    return: { count: takeBack },
    cancel: { count: takeBack },
    // Rewards stand before this in the list of features and have taken back what they could.
    withdraw: { grant: reopenWithdrawn },
    erase: { grant: forget },
    clock: { count: endCards },
  },
  due,
  isIdle: (program) => {
    const { on, ending } = stampRulesOf(program)
    return on.order.length === 0 && ending.length === 0
  },
  merge,
  view,
  statements: stampStatements,
  losses: stampLosses,
  words,
}

/** What an order freezes of it: by card, what its limit and its cards still allowed. */
type Frozen = Record<string, Allowance>

function stampOrder(d: Deciding, { body }: ActivityOf<'order'>): undefined {
  const all = stampRulesOf(d.program).on.order
  if (all.length === 0) return
  const order = d.order!
  const bought: Bought = { body, paid: order, remains: order }
  const slice = sliceOf(d.account)
  const frozen: Frozen = {}
  for (let i = 0; i < all.length; i++) {
    const rules = all[i]!
    const free = allowanceOf(rules, slice, d.day)
    if (free !== UNBOUNDED) frozen[rules.id] = free
    give(d, slice, rules, 0, isOpenOn(rules, d.day) ? stampsFor(rules, d.slots, bought, free) : 0, d.at)
  }
  if (d.frozen !== null && Object.keys(frozen).length > 0) d.frozen.slices['stamps'] = frozen
  keepSlice(d.account, slice)
}

/** A visit or an action gives one stamp, and does not come back. */
function stampOnce(d: Deciding, activity: ActivityOf<'visit'> | ActivityOf<'action'>): undefined {
  const all = stampRulesOf(d.program).on[activity.type]
  if (all.length === 0) return
  d.readFacts()
  const slice = sliceOf(d.account)
  for (const rules of all) {
    if (!isOpenOn(rules, d.day)) continue
    give(d, slice, rules, 0, stampsFor(rules, d.slots, null, allowanceOf(rules, slice, d.day)), d.at)
  }
  keepSlice(d.account, slice)
}

/** A return takes the stamps that the order gave and what remains of it does not. */
function takeBack(d: Deciding): undefined {
  const all = stampRulesOf(d.program).on.order
  if (all.length === 0) return
  const { body, occurred_at, frozen } = d.receipt!
  const { before, after } = d.remains!
  const free = (frozen.slices['stamps'] ?? {}) as Frozen
  const day = localDay(d.program.zone, occurred_at)
  const slice = sliceOf(d.account)
  const [slotsBefore, slotsAfter] = [d.slotsOfRemainder(before), d.slotsOfRemainder(after)]
  for (const rules of all) {
    if (!isOpenOn(rules, day)) continue
    const allowed = free[rules.id] ?? UNBOUNDED
    const was = stampsFor(rules, slotsBefore, { body, paid: d.order!, remains: before }, allowed)
    const is = stampsFor(rules, slotsAfter, { body, paid: d.order!, remains: after }, allowed)
    give(d, slice, rules, was, is, occurred_at)
  }
  keepSlice(d.account, slice)
}

const UNBOUNDED: Allowance = { limit: 0, room: Number.MAX_SAFE_INTEGER }

function allowanceOf(rules: CardRules, { c, u }: Slice, day: number): Allowance {
  const { limit, id } = rules
  const room = roomOn(rules, c[id])
  if (limit === null && room === UNBOUNDED.room) return UNBOUNDED
  return { limit: limit === null ? 0 : freeUnder(limit, u[id], day, 1), room }
}

function isOpenOn({ lastDay }: CardRules, day: number): boolean {
  return lastDay === null || day <= lastDay
}

/** Brings the card to what the activity gives now, `before` being what it gave until now. */
function give(d: Deciding, slice: Slice, rules: CardRules, before: number, after: number, at: number): void {
  if (before === after) return
  const { id, limit } = rules
  if (limit !== null) useLimit(limit, slice.u, id, localDay(d.program.zone, at), 1, before, after)
  const card = (slice.c[id] ??= { p: 0 })
  changeStamps(d, inForceOr(rules, d), card, after - before, at)
}

/** The card itself is a matter of now: how many stamps it takes and what it gives. */
function inForceOr(rules: CardRules, { inForce }: Deciding): CardRules {
  return stampRulesOf(inForce).all.find(({ id }) => id === rules.id) ?? rules
}

function reopenWithdrawn(d: Deciding, { body: { source } }: ActivityOf<'withdraw'>): undefined {
  const id = cardOfSource(source)
  const taken = d.withdrawn.findLast((one) => one.source === source)
  if (id === null || taken === undefined || taken.quantity === 0) return
  const slice = sliceOf(d.account)
  const card = slice.c[id]!
  const rules = stampRulesOf(d.inForce).all.find((one) => one.id === id)
  reopen(rules, card, taken.quantity, localDay(d.inForce.zone, d.account.clock))
  keepSlice(d.account, slice)
}

function endCards(d: Deciding): undefined {
  const { ending } = stampRulesOf(d.inForce)
  const slice = ending.length === 0 ? undefined : (d.account.slices['stamps'] as Slice | undefined)
  if (slice === undefined) return
  for (const rules of ending) {
    const card = slice.c[rules.id]
    if (card === undefined) continue
    endIfOver(d, rules, card)
    warnIfDue(d, rules, card)
  }
  keepSlice(d.account, slice)
}

function due(account: Account, program: Program): number {
  const { ending } = stampRulesOf(program)
  let next = NEVER
  if (ending.length === 0) return next
  const slice = account.slices['stamps'] as Slice | undefined
  if (slice === undefined) return next
  for (const rules of ending) {
    const card = slice.c[rules.id]
    if (card === undefined) continue
    const end = endOf(rules, card, program.zone)
    next = Math.min(next, card.t === undefined ? Math.min(end, warningOf(rules, end, program.zone)) : end)
  }
  return next
}

function forget(d: Deciding): undefined {
  delete d.account.slices['stamps']
}

/** Both have collected what both of them had; a card that becomes full by it gives its reward. */
function merge(d: Deciding, from: Slice | undefined): void {
  if (from === undefined) return
  const slice = sliceOf(d.account)
  addCounters(slice.u, from.u)
  for (const [id, other] of Object.entries(from.c)) {
    const card = (slice.c[id] ??= { p: 0 })
    joinCards(card, other)
    const rules = stampRulesOf(d.inForce).all.find((one) => one.id === id)
    if (rules === undefined) card.p += other.p
    else changeStamps(d, rules, card, other.p, d.at)
  }
  keepSlice(d.account, slice)
}

/** All but the open stamps. The card that was opened last says when both end. */
function joinCards(card: Card, { f, s, l, x }: Card): void {
  for (const [stamps, cards] of f ?? []) addFilled(card, stamps, cards)
  if (s !== undefined) card.s = Math.max(s, card.s ?? s)
  if (l !== undefined) card.l = [...(card.l ?? []), ...l].sort(([a], [b]) => a - b)
  if (x !== undefined) card.x = Math.max(x, card.x ?? x)
}

function view(account: Account, program: Program): Record<string, unknown> {
  const { all } = stampRulesOf(program)
  if (all.length === 0) return {}
  const { c } = sliceOf(account)
  return { cards: all.flatMap((rules) => viewOf(rules, c[rules.id] ?? { p: 0 }, account.clock, program)) }
}

/** An open card as the member sees it; nothing once its time or the number of cards is over. */
function viewOf(rules: CardRules, card: Card, clock: number, program: Program): object[] {
  const { zone } = program
  const filled = filledOf(card)
  const onIt = card.p + headStartOf(rules, filled)
  if (rules.lastDay !== null && startOfDay(zone, rules.lastDay + 1) <= clock) return []
  if (filled >= rules.cards && card.p >= 0) return []
  const end = rules.lastDay === null ? endOf(rules, card, zone) : startOfDay(zone, rules.lastDay + 1)
  return [
    {
      card: rules.id,
      name: rules.name,
      stamps: Math.max(0, onIt),
      of: rules.stamps,
      reward: rules.reward,
      filled,
      ends_at: end === NEVER ? null : formatInstant(end),
      ...(onIt < 0 ? { owed: -onIt } : {}),
    },
  ]
}
