/** How points came about and where they went: exact figures for those who check, a sentence for those at the counter. */

import type { ActivityType } from './activity.ts'
import { type Stop, wordsForStop } from './budgets.ts'
import type { Entry } from './deciding.ts'
import type { RuleTerms } from './feature.ts'
import { formatAmount } from './money.ts'
import { type Move, wordsForMove } from './move-words.ts'
import type { Bucket } from './points.ts'
import { type Program, rulesOf } from './program.ts'
import { format, gcd, type Rational, reduce } from './rational.ts'
import { fractionText, limitText, occasion, periodText, plainRate, pointsText, termsOf, wordsOfId } from './terms.ts'

/** Fractions are exact and in lowest terms, in the wallet's smallest unit: `906/25` is 36.24. */
export interface Explanation {
  /** The earning rule or the reward; of points that move for another reason, which: `expiry`, `release`, `debt` … */
  rule: string
  wallet: string
  line: string | null
  /** What the rate applies to: money in minor units, items, or 1. */
  base: number
  /** Points per major unit of money, per item, or for the occasion: multipliers included, the limit not. */
  rate: string
  exact: string
  rounding: Entry['rounding']
  /** The fraction that the wallet kept before and keeps after; null unless the rule carries. */
  carry_before: string | null
  carry_after: string | null
  points: number
  text: string
  /** The postings that this explains. */
  postings: string[]
}

/** What was decided, as far as it is explained. */
export interface Explained {
  type: ActivityType
  /** When it was decided, in ms. */
  at: number
  entries: readonly Entry[]
  moves: readonly Move[]
}

/** `nameOf` names the posting at a place among the moves. Every posting is named by an explanation. */
export function explain(explained: Explained, program: Program, nameOf: (place: number) => string): Explanation[] {
  const { type, entries, moves } = explained
  const isReturn = type === 'return' || type === 'cancel'
  const explanations = entries.map((entry) => explainEntry(entry, program, isReturn, postingsOf(entry, moves, nameOf)))
  if (entries.length === 0 || moves.some((move) => !isSaid(move, entries)))
    explainMoves(explained, program, nameOf, explanations)
  return explanations
}

/** What a rule gave, or what was taken back of it. */
function postingsOf(entry: Entry, moves: readonly Move[], nameOf: (place: number) => string): string[] {
  const postings: string[] = []
  for (let place = 0; place < moves.length; place++) {
    const { rule, wallet, from, to } = moves[place]!
    if (rule === entry.rule && wallet === entry.wallet && (from === 'issued' || to === 'reversed'))
      postings.push(nameOf(place))
  }
  return postings
}

/** Whether the sentence about a rule says all of it. Where points that are taken back were not there, more is to be said. */
function isSaid({ from, to, rule, wallet }: Move, entries: readonly Entry[]): boolean {
  if (from !== 'issued' && (to !== 'reversed' || (from !== 'pending' && from !== 'available'))) return false
  for (const entry of entries) if (entry.rule === rule && entry.wallet === wallet) return true
  return false
}

/** Points that move alike are told of together, whichever lots they lie in, unless it is the lot that matters. */
function explainMoves(
  { type, at, entries, moves }: Explained,
  program: Program,
  nameOf: (place: number) => string,
  explanations: Explanation[],
): void {
  const alike = new Map<string, { move: Move; after: Bucket | null; postings: string[] }>()
  for (const [place, move] of moves.entries()) {
    if (isSaid(move, entries)) continue
    const { wallet, from, to, rule, month, expiryMs } = move
    const lot = to === 'expired' || from === 'pending' ? `${month} ${expiryMs}` : ''
    const key = `${wallet} ${from} ${to} ${rule} ${lot}`
    const known = alike.get(key)
    if (known === undefined)
      alike.set(key, { move: { ...move }, after: cameFrom(move, place, moves), postings: [nameOf(place)] })
    else {
      known.move.points += move.points
      known.postings.push(nameOf(place))
    }
  }
  for (const { move, after, postings } of alike.values()) {
    const points = pointsText(move.points, program, move.wallet)
    const text = wordsForMove(type, move, after, points, at, program)
    explanations.push(explainMove(move, type, text ?? `${points} moved from ${move.from} to ${move.to}`, postings))
  }
}

/** The bucket that points of the same lot left for this one's `from` earlier in the activity. */
function cameFrom(move: Move, place: number, moves: readonly Move[]): Bucket | null {
  for (let before = place - 1; before >= 0; before--) {
    const { wallet, from, to, month, expiryMs } = moves[before]!
    if (to === move.from && wallet === move.wallet && month === move.month && expiryMs === move.expiryMs) return from
  }
  return null
}

function explainMove(move: Move, type: ActivityType, text: string, postings: string[]): Explanation {
  const { wallet, points, from, to } = move
  return {
    rule: CAUSES[`${from} ${to}`] ?? move.rule ?? type,
    wallet,
    line: null,
    base: points,
    rate: '1',
    exact: String(points),
    rounding: 'floor',
    carry_before: null,
    carry_after: null,
    points,
    text,
    postings,
  }
}

/** What moves points that no rule gives and no reward costs. */
const CAUSES: Record<string, string> = {
  'pending available': 'release',
  'pending expired': 'expiry',
  'available expired': 'expiry',
  'pending forfeited': 'forfeited',
  'forfeited available': 'forfeited',
  'forfeited reversed': 'forfeited',
  'expired reversed': 'expiry',
  'expired available': 'expiry',
  'available debt': 'debt',
  'pending debt': 'debt',
  'expired debt': 'debt',
  'debt available': 'debt',
  'debt forgiven': 'debt',
  'debt reversed': 'debt',
  'forgiven reversed': 'forgiven',
}

function explainEntry(entry: Entry, program: Program, isReturn: boolean, postings: string[]): Explanation {
  const { rule, wallet, base, exact, scale, rounding, carry, points } = entry
  const pieces = piecesOf(rule, wallet, program)
  const rate = rateOf(entry, pieces)
  return {
    rule,
    wallet,
    line: null,
    base,
    rate: format(rate),
    exact: format(reduce(exact, scale)),
    rounding,
    carry_before: carry === null ? null : format(reduce(carry[0], carry[1])),
    carry_after: carry === null ? null : format(reduce(carry[2], carry[3])),
    points,
    text: isReturn ? wordsForReturn(entry, pieces) : wordsForEarning(entry, pieces, rate, program),
    postings,
  }
}

/** What the sentences about a rule are made of: the same for every order, so made once a revision. */
interface Pieces {
  /** Null when a newer revision no longer has the rule: it is called by its id then, and its figures say the rest. */
  terms: RuleTerms | null
  /** The wallet's points in a sentence: "stars", "star", and how many of its smallest units make one. */
  many: string
  one: string
  decimals: number
  unit: number
  /** What the rate is of, and how many minor units or items make one of it. */
  per: 'amount' | 'item' | 'once'
  perUnit: number
  digits: number
  /** "1 star for every 1.00 USD of ", " × 0.5", "for a review", "double tuesday, 2 times": whatever fits the rule. */
  plainly: string
  factor: string
  occasion: string
  limit: string
  used: string
}

const known = new WeakMap<Program, Map<string, Pieces>>()

function piecesOf(rule: string, wallet: string, program: Program): Pieces {
  let pieces = known.get(program)
  if (pieces === undefined) {
    pieces = new Map()
    known.set(program, pieces)
  }
  let found = pieces.get(rule)
  if (found === undefined) {
    found = makePieces(rule, wallet, program)
    // Only rules of the program are remembered, so that there are never more than it has.
    if (found.terms !== null) pieces.set(rule, found)
  }
  return found
}

function makePieces(rule: string, wallet: string, program: Program): Pieces {
  const terms = termsOf(program).ruleById.get(rule) ?? null
  const { decimals } = rulesOf(program, wallet)
  const per = terms === null ? 'once' : perOf(terms, program)
  const unit = 10 ** decimals
  const wordOf = (points: number) => pointsText(points, program, wallet).split(' ').slice(1).join(' ')
  return {
    terms,
    many: wordOf(0),
    one: wordOf(unit),
    decimals,
    unit,
    per,
    perUnit: per === 'amount' ? 10 ** program.digits : 1,
    digits: program.digits,
    plainly: terms === null || terms.rate === null ? '' : plainlyOf(terms.rate, wallet, program),
    factor: terms === null || terms.rate === null ? '' : factorOf(terms.rate, decimals, program),
    occasion: terms === null ? `for ${wordsOfId(rule)}` : occasionOf(terms, program),
    limit: terms?.limit == null ? '' : limitText(terms.limit, program, wallet),
    used: terms?.limit == null ? '' : periodText(terms.limit, program, wallet),
  }
}

/** A multiplier is of what the rules of its wallet are of. */
function perOf(terms: RuleTerms, program: Program): 'amount' | 'item' | 'once' {
  if (terms.rate !== null) return terms.rate.per
  const multiplied = termsOf(program).rules.find(
    (rule) => rule.rate !== null && rule.wallet === terms.wallet && rule.on === terms.on,
  )
  return multiplied?.rate?.per ?? 'once'
}

function plainlyOf(rate: NonNullable<RuleTerms['rate']>, wallet: string, program: Program): string {
  if (rate.per === 'once') return pointsText(Math.floor(rate.n / rate.d), program, wallet)
  const { points, per } = plainRate(rate, program, wallet)
  return `${points} for every ${per} of `
}

/** A rule's own rate as a factor; nothing when it is 1. */
function factorOf(rate: NonNullable<RuleTerms['rate']>, decimals: number, program: Program): string {
  const unit = rate.per === 'amount' ? 10 ** program.digits : 1
  const { n, d } = reduce(rate.n * unit, rate.d * 10 ** decimals)
  if (n === d) return ''
  return n === 1 ? ` ÷ ${d}` : ` × ${fractionText(n, d)}`
}

function occasionOf(terms: RuleTerms, program: Program): string {
  if (terms.times !== null)
    return `for ${terms.name ?? wordsOfId(terms.id)}, ${fractionText(terms.times.n, terms.times.d)} times`
  const per = perOf(terms, program)
  return per === 'once' || terms.name !== null ? occasion(terms) : `for ${wordsOfId(terms.id)}`
}

/** What is a fraction of base: full ÷ scale ÷ base, and for money per major unit. */
function rateOf({ base, full, scale }: Entry, { perUnit }: Pieces): Rational {
  if (base === 0) return NO_RATE
  // Dividing first keeps both figures as small as they can be.
  const common = gcd(full, base)
  const shared = gcd(perUnit, scale)
  return reduce((full / common) * (perUnit / shared), (base / common) * (scale / shared))
}

const NO_RATE: Rational = { n: 0, d: 1 }

function wordsForReturn(entry: Entry, pieces: Pieces): string {
  const { points, exact } = entry
  // What remains may give more than the whole did: a rule for small orders, say.
  if (points > 0 || (points === 0 && exact > 0))
    return `${amountOf(points, pieces)} more for what remains of the order${kept(entry, pieces)}`
  const taken = points === 0 ? `No ${pieces.many}` : amountOf(-points, pieces)
  return `${taken} taken back for what was returned${kept(entry, pieces)}`
}

function wordsForEarning(entry: Entry, pieces: Pieces, rate: Rational, program: Program): string {
  const { terms } = pieces
  if (terms === null) return `${amountOf(entry.points, pieces)} ${pieces.occasion}${kept(entry, pieces)}`
  if (entry.exact === 0 && entry.full !== 0) return wordsForNothing(terms, pieces, entry.stop)
  const limited =
    entry.full === entry.exact
      ? ''
      : `; limit of ${pieces.limit} reached: ${amountText(entry.exact, entry, pieces)} of ${amountText(entry.full, entry, pieces)}`
  return `${calculation(entry, terms, pieces, rate, program)}${kept(entry, pieces)}${limited}`
}

/** The rule held, and its limit was used up already, or its campaign could not pay for it. */
function wordsForNothing(terms: RuleTerms, { many, occasion, used }: Pieces, stop: Stop | undefined): string {
  return `No ${terms.times === null ? '' : 'extra '}${many} ${occasion}: ${stop === undefined ? used : wordsForStop(stop)}`
}

/** The sum without what rounding does to it. */
function calculation(entry: Entry, terms: RuleTerms, pieces: Pieces, rate: Rational, program: Program): string {
  const { unit, plainly, factor } = pieces
  const points = amountOf(entry.points, pieces)
  if (terms.rate === null) {
    const sum = `${baseText(entry.base, pieces)} × ${fractionText(rate.n, rate.d * unit)}`
    return `${extra(entry.points, pieces)} ${pieces.occasion}: ${sum} is ${amountText(entry.full, entry, pieces)}`
  }
  const times = multiplierOf(entry, terms.rate, program)
  if (terms.rate.per === 'once') {
    if (times === null) return `${points} ${pieces.occasion}`
    return `${points}: ${plainly} ${pieces.occasion}${times} is ${amountText(entry.full, entry, pieces)}`
  }
  const of = baseText(entry.base, pieces)
  if (times === null) return `${points}: ${plainly}${of}`
  return `${points}: ${of}${factor}${times} is ${amountText(entry.full, entry, pieces)}`
}

/** "36 stars", in the wallet's smallest unit. */
function amountOf(points: number, { many, one, unit, decimals }: Pieces): string {
  return `${formatAmount(points, decimals)} ${points === unit ? one : many}`
}

function extra(points: number, { many, one, unit, decimals }: Pieces): string {
  return `${formatAmount(points, decimals)} extra ${points === unit ? one : many}`
}

function baseText(base: number, { per, digits }: Pieces): string {
  if (per === 'amount') return formatAmount(base, digits)
  return per === 'item' ? `${base} ${base === 1 ? 'item' : 'items'}` : String(base)
}

/** What the rate was multiplied by, and with whose tier, where just one of the program's multipliers makes it. */
function multiplierOf(
  { base, full, scale }: Entry,
  rate: NonNullable<RuleTerms['rate']>,
  program: Program,
): string | null {
  const plain = base * rate.n * (scale / rate.d)
  if (plain === full || plain === 0 || !Number.isSafeInteger(plain)) return null
  const { n, d } = reduce(full, plain)
  const names = termsOf(program).multipliers.filter((one) => one.n === n && one.d === d)
  return ` × ${fractionText(n, d)}${names.length === 1 ? ` at ${titled(names[0]!.name)}` : ''}`
}

function titled(name: string): string {
  return /^[a-z][a-z0-9_-]*$/.test(name) ? name.charAt(0).toUpperCase() + wordsOfId(name).slice(1) : name
}

/** What became of the fraction. */
function kept(entry: Entry, pieces: Pieces): string {
  const { carry, exact, scale, rounding } = entry
  if (carry !== null) {
    const before = carry[0] === 0 || exact < 0 ? '' : `, with ${partText(carry[0], carry[1], pieces)} from before`
    const after = carry[2] === 0 ? '' : `; the ${partText(carry[2], carry[3], pieces)} is kept for next time`
    return before + after
  }
  if (exact % scale === 0) return ''
  return rounding === 'floor' ? ', rounded down' : rounding === 'up' ? ', rounded up' : ', rounded'
}

/** An amount of points × scale as people write it. */
function amountText(amount: number, { scale }: Entry, pieces: Pieces): string {
  return partText(amount, scale, pieces)
}

function partText(n: number, d: number, { unit, decimals }: Pieces): string {
  return fractionText(n, d * unit, decimals + 2)
}
