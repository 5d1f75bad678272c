/** What is said to members of points that move, by where they come from and where they go. */

import type { ActivityType } from './activity.ts'
import type { Bucket } from './points.ts'
import { type Program, rulesOf } from './program.ts'
import { termsOf, wordsOfId } from './terms.ts'
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
  /** When the activity occurred, in ms. */
  at: number
  program: Program
}

type Words = (told: Told) => string

/**
 * Every way in which points can move has its words here; where the kind of activity makes a difference, it stands
 * before the buckets.
 */
const WORDS: Record<string, Words> = {
  'issued pending': ({ points }) => `${points} added, to be spent later`,
  'issued available': ({ points }) => `${points} added`,
  'pending available': (told) => `${earned(told)} can be spent now: the time of waiting is over`,
  'pending expired': (told) =>
    `${earned(told)} expired before ${told.isOne ? 'it' : 'they'} could be spent: ${good(told)}`,
  'pending reversed': ({ points }) => `${points} taken back`,
  'available held': (told) => `${told.points} held for ${what(told)}`,
  'available spent': (told) => `${told.points} spent on ${what(told)}`,
  'available expired': (told) => `${earned(told)} expired: ${good(told)}`,
  'available reversed': ({ points }) => `${points} taken back`,
  'available adjusted': ({ points }) => `${points} taken away by hand`,
  'available debt': (told) => `${told.points} ${told.isOne ? 'pays' : 'pay'} what was owed`,
  'held available': (told) => `${told.points} held for ${what(told)} can be spent again`,
  'held spent': (told) => `${told.points} spent on ${what(told)}`,
  'spent available': (told) => `${told.points} spent on ${what(told)} came back`,
  'expired reversed': (told) =>
    `${told.points} of those taken back had expired already: nothing is owed for ${it(told)}`,
  'pending debt': (told) => `${told.points} ${told.isOne ? 'pays' : 'pay'} what was owed`,
  'expired debt': (told) => `${told.points} that had expired ${told.isOne ? 'pays' : 'pay'} what was owed`,
  'debt available': (told) => `${told.points} that had paid what was owed came back: others pay it`,
  'debt forgiven': (told) => `${told.points} that need not have been given back ${is(told)} owed after all`,
  'debt reversed': (told) => `${told.points} of those taken back ${was(told)} spent already and ${is(told)} owed`,
  'debt adjusted': (told) => `${told.points} of those taken away by hand ${was(told)} not there and ${is(told)} owed`,
  'forgiven reversed': (told) => `${told.points} of those earned ${was(told)} ${gone(told)} and need not be given back`,

  'order: available expired': cameLate,
  'visit: available expired': cameLate,
  'action: available expired': cameLate,
  'clock: available expired': (told) =>
    told.move.expiryMs !== null && told.move.expiryMs < told.at
      ? expiredWhileHeld(told)
      : `${earned(told)} expired: ${good(told)}`,
  'capture: available expired': expiredWhileHeld,
  'void: available expired': expiredWhileHeld,
  'adjust: issued available': ({ points }) => `${points} added by hand`,
  'approve: issued available': ({ points }) => `${points} added by hand`,
  'close: held available': (told) => `${told.points} held for ${what(told)} ${was(told)} let go: the account closed`,
  'close: pending expired': expiredWithAccount,
  'close: available expired': expiredWithAccount,
  'erase: held available': (told) => `${told.points} held for ${what(told)} ${was(told)} let go: the account closed`,
  'erase: pending expired': expiredWithAccount,
  'erase: available expired': expiredWithAccount,
  'return: available expired': cameBackLate,
  'cancel: available expired': cameBackLate,
  'capture: held available': (told) =>
    `${told.points} held for ${what(told)} ${was(told)} not needed and can be spent again`,
  'void: held available': (told) => `${told.points} held for ${what(told)} can be spent again: the hold was given up`,
  'clock: held available': (told) => `${told.points} held for ${what(told)} can be spent again: the hold timed out`,
}

/** The sentence for points that moved with an activity of this type; undefined for a move that points cannot make. */
export function wordsForMove(
  type: ActivityType,
  move: Move,
  points: string,
  at: number,
  program: Program,
): string | undefined {
  const pair = `${move.from} ${move.to}`
  const words = WORDS[`${type}: ${pair}`] ?? WORDS[pair]
  const isOne = move.points === 10 ** rulesOf(program, move.wallet).decimals
  return words?.({ points, isOne, move, at, program })
}

function cameLate(told: Told): string {
  return `${told.points} had expired before we heard of this: ${good(told)}`
}

function expiredWithAccount(told: Told): string {
  return `${earned(told)} expired: the account closed`
}

function cameBackLate(told: Told): string {
  const { expiryMs } = told.move
  if (expiryMs === null || expiryMs > told.at) return `${told.points} that came back expired: the account is closed`
  return `${told.points} that came back expired: ${good(told)}`
}

function expiredWhileHeld(told: Told): string {
  return `${earned(told)} expired while ${told.isOne ? 'it was' : 'they were'} held: ${good(told)}`
}

/** "36 stars from May 2026". */
function earned({ points, move }: Told): string {
  return move.month === null ? points : `${points} from ${MONTHS[move.month % 12]} ${Math.floor(move.month / 12)}`
}

/** "they were good until 30 November 2026": the last day on which they could be spent. */
function good({ isOne, move, program }: Told): string {
  if (move.expiryMs === null) return isOne ? 'its time was over' : 'their time was over'
  const { year, month, day } = civil(localDay(program.zone, move.expiryMs - 1))
  return `${isOne ? 'it was' : 'they were'} good until ${day} ${MONTHS[month - 1]} ${year}`
}

/** The reward, as members know it. */
function what({ move, program }: Told): string {
  if (move.rule === null) return 'a reward'
  return termsOf(program).offers.find(({ reward }) => reward === move.rule)?.name ?? wordsOfId(move.rule)
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
