/** A member's stamp cards: what lies on the open one, how many were filled, and what a return takes off again. */

import type { Account } from '../../core/account.ts'
import type { ActivityOf } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Counters } from '../../core/limits.ts'
import { NEVER } from '../../core/points.ts'
import { addMonths, formatInstant, localDay, startOfDay, wholeDays, type Zone } from '../../core/time.ts'
import type { CardRules } from './rules.ts'

/** The cards of one kind. */
export interface Card {
  /** Stamps collected on the open card, without its head start. Below zero where a return took more: these are owed. */
  p: number
  /** Cards that were filled and stand, in order: `[stamps that each took, how many]`. */
  f?: [stamps: number, cards: number][]
  /** The local day on which the open card had its first stamp, where cards last from then. */
  s?: number
  /** The member was told that the open card ends. */
  t?: 1
  /** Cards that ended, the latest last: `[when in ms, stamps lost]`. */
  l?: [ended: number, lost: number][]
  /** When the last card ended that is not listed any more. */
  x?: number
}

export interface Slice {
  /** By the card's id. */
  c: Record<string, Card>
  /** What was used of limits. */
  u: Counters
}

/** How many cards that ended are remembered: a return of what lay on an older one finds its stamps lost. */
const KEPT_ENDED = 4

export function sliceOf(account: Account): Slice {
  return (account.slices['stamps'] as Slice | undefined) ?? { c: {}, u: {} }
}

/** What is empty is left out, so that a member whose purchases all came back stands as if there had been none. */
export function keepSlice(account: Account, { c, u }: Slice): void {
  for (const [id, card] of Object.entries(c)) if (isEmpty(card)) delete c[id]
  if (Object.keys(c).length === 0 && Object.keys(u).length === 0) delete account.slices['stamps']
  else account.slices['stamps'] = { c, u }
}

function isEmpty({ p, f, l, x }: Card): boolean {
  return p === 0 && f === undefined && l === undefined && x === undefined
}

export function filledOf({ f }: Card): number {
  return f === undefined ? 0 : f.reduce((sum, [, cards]) => sum + cards, 0)
}

export function headStartOf({ headStart, headStartOnce }: CardRules, filled: number): number {
  return headStartOnce && filled > 0 ? 0 : headStart
}

/** How many stamps somebody who has filled so many cards has to collect for the next. */
function neededFor(rules: CardRules, filled: number): number {
  return rules.stamps - headStartOf(rules, filled)
}

/** How many stamps may still be collected until the last card that the program allows is full. */
export function roomOn(rules: CardRules, card: Card | undefined): number {
  if (rules.cards === Number.MAX_SAFE_INTEGER) return rules.cards
  const filled = card === undefined ? 0 : filledOf(card)
  if (filled >= rules.cards) return Math.max(0, -(card?.p ?? 0))
  const later = (rules.cards - filled - 1) * neededFor(rules, filled + 1)
  return neededFor(rules, filled) + later - (card?.p ?? 0)
}

/** When the open card ends, in ms; NEVER if it does not, or nothing lies on it that could be lost. */
export function endOf({ lasts, lastDay }: CardRules, card: Card, zone: Zone): number {
  if (card.p <= 0) return NEVER
  if (lastDay !== null) return startOfDay(zone, lastDay + 1)
  if (lasts === null || card.s === undefined) return NEVER
  return startOfDay(zone, addMonths(card.s, lasts.months) + wholeDays(lasts))
}

/** When the member is to be told of the end. */
export function warningOf({ warn }: CardRules, end: number, zone: Zone): number {
  if (end === NEVER) return NEVER
  return startOfDay(zone, addMonths(localDay(zone, end), -warn.months) - wholeDays(warn))
}

/**
 * Puts stamps of something that occurred at `at` on the card, or takes them off again. What full cards give, and what of
 * it has to be taken back, is caused here.
 */
export function changeStamps(d: Deciding, rules: CardRules, card: Card, change: number, at: number): void {
  const { zone } = d.inForce
  if (at < (card.x ?? 0)) return
  const given = addTo(rules, card, change, at)
  if (card.p <= 0) begin(card)
  else if (rules.lasts !== null) card.s ??= localDay(zone, at)
  // What is told late may lie on a card that has ended already.
  endIfOver(d, rules, card)
  warnIfDue(d, rules, card)
  if (given > 0) {
    cause(d, { type: 'give', body: { reward: rules.reward, quantity: given, source: sourceOf(rules.id) } })
    d.addMessage('card.completed', { card: rules.id, reward: rules.reward, cards: given, filled: filledOf(card) })
  }
  const back = cardsToTakeBack(card)
  if (back > 0) cause(d, { type: 'withdraw', body: { source: sourceOf(rules.id), quantity: back } })
}

/** Answers how many cards became full. */
function addTo(rules: CardRules, card: Card, change: number, at: number): number {
  const ended = card.l?.find(([when]) => when > at)
  if (ended === undefined) {
    card.p += change
    return fill(rules, card)
  }
  // It belongs to a card that has ended: it may make that one full after all, and otherwise was lost with it.
  const now = { ...card, p: ended[1] + change }
  const given = fill(rules, now)
  if (now.f !== undefined) card.f = now.f
  ended[1] = Math.max(0, now.p)
  card.p += Math.min(0, now.p)
  return given
}

/** Turns stamps into full cards as far as there are enough; answers how many. */
function fill(rules: CardRules, card: Card): number {
  let filled = filledOf(card)
  const before = filled
  while (filled < rules.cards && card.p >= neededFor(rules, filled)) {
    const needed = neededFor(rules, filled)
    // Of many cards at once all but the first take alike.
    const cards = filled === 0 ? 1 : Math.min(Math.floor(card.p / needed), rules.cards - filled)
    addFilled(card, needed, cards)
    card.p -= needed * cards
    filled += cards
  }
  if (filled > before) begin(card)
  return filled - before
}

export function addFilled(card: Card, stamps: number, cards: number): void {
  const last = card.f?.at(-1)
  if (last?.[0] === stamps) last[1] += cards
  else card.f = [...(card.f ?? []), [stamps, cards]]
}

/** A card begins anew: its first stamp, if it has one already, is of now. */
function begin(card: Card): void {
  delete card.s
  delete card.t
}

/** How many filled cards have to be opened again to pay what is owed. */
function cardsToTakeBack({ p, f }: Card): number {
  let owed = -p
  let cards = 0
  for (let i = (f?.length ?? 0) - 1; i >= 0 && owed > 0; i--) {
    const [stamps, filled] = f![i]!
    const wanted = Math.min(filled, Math.ceil(owed / stamps))
    cards += wanted
    owed -= wanted * stamps
  }
  return cards
}

/** The rewards of so many cards could be taken back: their stamps lie on the open card again. */
export function reopen(rules: CardRules | undefined, card: Card, cards: number, day: number): void {
  for (let left = cards; left > 0 && card.f !== undefined; ) {
    const run = card.f.at(-1)!
    const taken = Math.min(left, run[1])
    card.p += taken * run[0]
    left -= taken
    run[1] -= taken
    if (run[1] === 0) card.f = card.f.slice(0, -1)
    if (card.f.length === 0) delete card.f
  }
  begin(card)
  if (rules !== undefined && rules.lasts !== null && card.p > 0) card.s = day
}

/** An open card whose time is over loses its stamps. */
export function endIfOver(d: Deciding, rules: CardRules, card: Card): void {
  const { zone } = d.inForce
  const end = endOf(rules, card, zone)
  if (end > d.account.clock) return
  d.addMessage('card.ended', { card: rules.id, stamps: card.p })
  const ended = [...(card.l ?? []), [end, card.p] as [number, number]].sort(([a], [b]) => a - b)
  if (ended.length > KEPT_ENDED) card.x = ended.shift()![0]
  card.l = ended
  card.p = 0
  begin(card)
}

/** Tells the member in time that an open card ends. */
export function warnIfDue(d: Deciding, rules: CardRules, card: Card): void {
  const { zone } = d.inForce
  const end = endOf(rules, card, zone)
  if (card.t !== undefined || warningOf(rules, end, zone) > d.account.clock) return
  card.t = 1
  const stamps = card.p + headStartOf(rules, filledOf(card))
  d.addMessage('card.ending', { card: rules.id, stamps, of: rules.stamps, ends_at: formatInstant(end) })
}

/** What full cards are given for. */
const SOURCE = 'stamps:'

function sourceOf(card: string): string {
  return SOURCE + card
}

/** The card that a gift was for; null where it was for something else. */
export function cardOfSource(source: string): string | null {
  return source.startsWith(SOURCE) ? source.slice(SOURCE.length) : null
}

function cause(
  d: Deciding,
  what: Pick<ActivityOf<'give'>, 'type' | 'body'> | Pick<ActivityOf<'withdraw'>, 'type' | 'body'>,
): void {
  const { id, key } = d.activity
  d.cause({ ...what, id, key, occurred_at: d.at })
}
