/** What is said to members of points that move, by where they come from and where they go. */

import type { ActivityType } from './activity.ts'
import type { Bucket } from './points.ts'
import { prizesOf } from './prizes.ts'
import { type Program, rulesOf } from './program.ts'
import { wordsOfId } from './terms.ts'
import { civil, localDay } from './time.ts'

/** Points that move from one bucket to another, with the lot that they belong to. */
export interface Move {
  wallet: string
  from: Bucket
  to: Bucket
  /** In the wallet's smallest unit. */
  points: number
  /** The earning rule, or the reward. */
  rule: string | null
  /** Month of issue: year × 12 + month − 1. */
  month: number | null
  /** In ms; null for points that never expire. */
  expiryMs: number | null
}

/** What a sentence is made of. */
interface Told {
  /** "36 stars", "1 star": what moves, and whether it is one. */
  points: string
  isOne: boolean
  move: Move
  /** When the activity was decided, and when the points expired if they did, in ms. */
  at: number
  until: number
  program: Program
}

type Words = (told: Told) => string

/**
 * Every way in which points can move has its words here. Where it makes a difference, the kind of activity stands before
 * the buckets, or the bucket that the same points left just before.
 */
const WORDS: Record<string, Words> = {
  'issued pending': ({ points }) => `${points} added, to be spent later`,
  'issued available': (told) => `${told.points} added${asGift(told)}`,
  'pending available': (told) => `${earned(told)} can be spent now: the time of waiting is over`,
  'pending expired': (told) =>
    `${earned(told)} expired before ${told.isOne ? 'it' : 'they'} could be spent: ${good(told)}`,
  'pending reversed': ({ points }) => `${points} taken back`,
  'available held': (told) => `${told.points} held for ${what(told)}`,
  'available spent': (told) => `${told.points} spent on ${what(told)}`,
  'available expired': (told) => `${earned(told)} expired: ${good(told)}`,
  'available reversed': ({ points }) => `${points} taken back`,
  'available adjusted': ({ points }) => `${points} taken away by hand`,
  'available sent': ({ points }) => `${points} sent to another member`,
  'available debt': pays,
  'pending debt': pays,
  'pending sent': ({ points }) => `${points} sent to another member, to be spent later`,
  'held available': (told) => `${told.points} held for ${what(told)} can be spent again`,
  'held spent': (told) => `${told.points} spent on ${what(told)}`,
  'held sent': ({ points }) => `${points} sent to another member, held as before`,
  'spent available': (told) => `${told.points} spent on ${what(told)} came back`,
  'expired available': (told) => `${told.points} that had expired can be spent again`,
  'expired reversed': (told) =>
    `${told.points} of those taken back had expired already: nothing is owed for ${it(told)}`,
  'expired debt': (told) => `${told.points} that had expired ${told.isOne ? 'pays' : 'pay'} what was owed`,
  'debt reversed': (told) => `${told.points} of those taken back ${was(told)} spent already and ${is(told)} owed`,
  'debt adjusted': (told) => `${told.points} of those taken away by hand ${was(told)} not there and ${is(told)} owed`,
  'debt available': (told) => `${told.points} that had paid what was owed came back, since others pay`,
  'debt forgiven': (told) => `${told.points} that need not have been given back ${is(told)} owed after all`,
  'debt sent': (told) => `${told.points} owed by another member ${is(told)} owed here from now on`,
  'forgiven reversed': (told) => `${told.points} of those earned ${was(told)} ${gone(told)} and need not be given back`,
  'received pending': ({ points }) => `${points} received from another member, to be spent later`,
  'received available': ({ points }) => `${points} received from another member`,
  'received held': ({ points }) => `${points} received from another member, held as before`,
  'received debt': (told) =>
    `${told.points} that ${was(told)} owed here ${is(told)} owed by another member from now on`,

  'forfeited available': (told) => `${told.points} that had been forfeited ${was(told)} given back`,
  'action: pending available': (told) => `${told.points} that waited can be spent now`,
  'pending forfeited': forfeited,
  'clock: pending forfeited': (told) => `${forfeited(told)}: what ${it(told)} waited for did not come in time`,
  'forfeited reversed': (told) =>
    `${told.points} of those taken back ${was(told)} forfeited already: nothing is owed for ${it(told)}`,

  'adjust: issued available': ({ points }) => `${points} added by hand`,
  'approve: issued available': ({ points }) => `${points} added by hand`,
  'close: held available': (told) => `${told.points} held for ${what(told)} ${was(told)} let go: the account closed`,
  'close: pending expired': expiredWithAccount,
  'close: available expired': expiredWithAccount,
  'erase: held available': (told) => `${told.points} held for ${what(told)} ${was(told)} let go: the account closed`,
  'erase: pending expired': expiredWithAccount,
  'erase: available expired': expiredWithAccount,
  'merge: available sent': mergedAway,
  'merge: pending sent': mergedAway,
  'merge: held sent': mergedAway,
  'absorb: received available': mergedHere,
  'absorb: received pending': mergedHere,
  'absorb: received held': mergedHere,
  'capture: held available': (told) =>
    `${told.points} held for ${what(told)} ${was(told)} not needed and can be spent again`,
  'void: held available': (told) => `${told.points} held for ${what(told)} can be spent again: the hold was given up`,
  'clock: held available': (told) => `${told.points} held for ${what(told)} can be spent again: the hold timed out`,

  // Points whose time was over when they came, or that came to an account that is closed.
  'issued: available expired': (told) => `${told.points} had expired before we heard of this: ${good(told)}`,
  'held: available expired': (told) =>
    ends(told, `${earned(told)} expired while ${told.isOne ? 'it was' : 'they were'} held`),
  'spent: available expired': (told) => ends(told, `${told.points} that came back expired`),
}

/**
 * The sentence for points that moved with an activity of this type; undefined for a move that points cannot make.
 * `after` is the bucket that these same points had left just before, in the same activity.
 */
export function wordsForMove(
  type: ActivityType,
  move: Move,
  after: Bucket | null,
  points: string,
  at: number,
  program: Program,
): string | undefined {
  const pair = `${move.from} ${move.to}`
  const words = WORDS[`${type}: ${pair}`] ?? WORDS[`${after}: ${pair}`] ?? WORDS[pair]
  const isOne = move.points === 10 ** rulesOf(program, move.wallet).decimals
  // What time alone ends has ended at this moment, which may be later than the lot says if it was kept longer.
  const until = type === 'clock' && after === null ? at : (move.expiryMs ?? at)
  return words?.({ points, isOne, move, at, until, program })
}

/** An end that came before its time is the account's. */
function ends(told: Told, sentence: string): string {
  const { expiryMs } = told.move
  const isEarly = expiryMs === null || expiryMs > told.at
  return `${sentence}: ${isEarly ? 'the account is closed' : good(told)}`
}

function expiredWithAccount(told: Told): string {
  return `${earned(told)} expired: the account closed`
}

function forfeited(told: Told): string {
  return `${told.points} that waited ${was(told)} forfeited`
}

function pays({ points, isOne }: Told): string {
  return `${points} ${isOne ? 'pays' : 'pay'} what was owed`
}

function mergedAway({ points }: Told): string {
  return `${points} moved to the member that this one was merged into`
}

function mergedHere({ points }: Told): string {
  return `${points} came from the member that was merged into this one`
}

/** "36 stars from May 2026". */
function earned({ points, move }: Told): string {
  return move.month === null ? points : `${points} from ${MONTHS[move.month % 12]} ${Math.floor(move.month / 12)}`
}

/** "they were good until 30 November 2026": the last day on which they could be spent. */
function good({ isOne, move, until, program }: Told): string {
  if (move.expiryMs === null) return isOne ? 'its time was over' : 'their time was over'
  const { year, month, day } = civil(localDay(program.zone, until - 1))
  return `${isOne ? 'it was' : 'they were'} good until ${day} ${MONTHS[month - 1]} ${year}`
}

/** The reward, as members know it. */
function what({ move, program }: Told): string {
  if (move.rule === null) return 'a reward'
  return prizesOf(program).get(move.rule)?.name ?? wordsOfId(move.rule)
}

/** Points that a reward gave are called by it. */
function asGift({ move, program }: Told): string {
  const prize = move.rule === null ? undefined : prizesOf(program).get(move.rule)
  return prize === undefined ? '' : `: ${prize.name}`
}

/** Why points that were earned are not there to be taken back. */
function gone({ move, program }: Told): string {
  return rulesOf(program, move.wallet).negative === 'pending_only' ? 'not pending any more' : 'spent already'
}

function was({ isOne }: Told): string {
  return isOne ? 'was' : 'were'
}

function is({ isOne }: Told): string {
  return isOne ? 'is' : 'are'
}

function it({ isOne }: Told): string {
  return isOne ? 'it' : 'them'
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const
