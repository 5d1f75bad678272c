/** Points that wait for an action: a statement that is paid, a stay that is completed. Until then they cannot be spent. */

import { z } from 'zod'
import type { Account } from '../../core/account.ts'
import type { ActivityBodies } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import type { Compiling, Path } from '../../core/feature.ts'
import {
  forfeitPending,
  issue,
  releasePart,
  restoreForfeited,
  reverse,
  reverseForfeited,
  type Source,
} from '../../core/ledger.ts'
import { findLot, type LotIdentity, NEVER } from '../../core/points.ts'
import { DurationText, type Program, rulesOf, type WalletRules } from '../../core/program.ts'
import type { Refusal } from '../../core/refusal.ts'
import {
  addMonths,
  type Duration,
  localDay,
  parseDay,
  parseDuration,
  parseInstant,
  startOfDay,
  wholeDays,
} from '../../core/time.ts'

export const WaitingText = z.strictObject({
  until: z.string().min(1).max(200).describe('The type of the action that they wait for, such as statement-paid'),
  per: z
    .enum(['order', 'member'])
    .default('order')
    .describe('Whether the action names its order in data.order, or speaks for all that was earned up to a day'),
  within: DurationText.default('90 days').describe('How long they wait for it'),
  otherwise: z
    .enum(['forfeited', 'available'])
    .default('forfeited')
    .describe('What becomes of them when it has not come by then'),
  forfeited_by: z.string().min(1).max(200).optional().describe('The type of an action that takes them instead'),
})

export interface WaitTerms {
  until: string
  per: 'order' | 'member'
  within: Duration
  otherwise: 'forfeited' | 'available'
  forfeitedBy: string | null
}

/** A rule, a wallet, and the kind, month and expiry (0 for never) of a lot. */
interface Place {
  r: string
  w: string
  k: string
  m: number
  e: number
}

/** Points of a rule that wait in one lot: `[whose, until when in ms, how many]`, by order id or by local day. */
interface Wait extends Place {
  n: [of: string | number, until: number, points: number][]
}

interface Slice {
  w: Wait[]
  /** By rule, the last day for which an action has spoken: what is told late of days up to it waits no more. */
  d?: Record<string, number>
  /** Actions that came before their orders, the latest last. */
  a?: [type: string, order: string][]
}

/** How many actions are kept for orders that are yet to come. */
const KEPT_ACTIONS = 20

const NOTHING: Slice = Object.freeze({ w: [] })

/** What earning compiled of rules whose points wait, by rule. */
function waitsOf(program: Program): ReadonlyMap<string, WaitTerms> {
  return (program.compiled['earning'] as { waits: ReadonlyMap<string, WaitTerms> }).waits
}

/** Whether an activity may give back what was forfeited: that is remembered with what has expired. */
export function asksForfeited({ type, body }: { type: string; body: unknown }, program: Program): boolean {
  if (type !== 'action') return false
  for (const { until } of waitsOf(program).values()) if (until === (body as ActivityBodies['action']).type) return true
  return false
}

function sliceOf(account: Account): Slice {
  return (account.slices['waiting'] as Slice | undefined) ?? NOTHING
}

/** A slice in which nothing is left is no slice. */
function keepSlice(account: Account, slice: Slice): void {
  const w = slice.w.filter(({ n }) => n.length > 0)
  const { d, a } = slice
  if (w.length === 0 && d === undefined && a === undefined) delete account.slices['waiting']
  else account.slices['waiting'] = { w, ...(d === undefined ? {} : { d }), ...(a === undefined ? {} : { a }) }
}

/** What a rule gives, in the terms of this file. */
export interface Given {
  /** The rule by whose name its points wait. */
  rule: string
  terms: WaitTerms
  wallet: WalletRules
  lot: LotIdentity
  /** The order's own id; null for what is no order. */
  order: string | null
  /** The local day on which it was earned. */
  day: number
}

function nameOf({ terms, order, day }: Given): string | number {
  return terms.per === 'order' ? (order ?? '') : day
}

/** Points that are earned wait, unless the action was there before them or their time is over already. */
export function beginWaiting(d: Deciding, given: Given, points: number, source: Source): Refusal | undefined {
  const { rule, terms, wallet, lot, day } = given
  const of = nameOf(given)
  const until = startOfDay(d.program.zone, addMonths(day, terms.within.months) + wholeDays(terms.within))
  const fate = fateOf(sliceOf(d.account), given) ?? (until <= d.account.clock ? terms.otherwise : 'waiting')
  if (fate === 'available') return issue(d, wallet, { ...lot, release: 0 }, points, source)
  const refusal = issue(d, wallet, lot, points, source)
  if (refusal !== undefined) return refusal
  if (fate === 'forfeited') forfeitPending(d, wallet, lot, points, rule, of)
  else addWait(d.account, placeOf(given), of, until, points)
  return undefined
}

/** What an action that came before has said. */
function fateOf(slice: Slice, { rule, terms, order, day }: Given): 'available' | 'forfeited' | null {
  if (terms.per === 'member') return day <= (slice.d?.[rule] ?? Number.NEGATIVE_INFINITY) ? 'available' : null
  for (const [type, named] of slice.a ?? []) {
    if (named === order && type === terms.until) return 'available'
    if (named === order && type === terms.forfeitedBy) return 'forfeited'
  }
  return null
}

/** A return gave points: they go where the others of the order are. */
export function addWaiting(d: Deciding, given: Given, points: number, source: Source): Refusal | undefined {
  const row = rowOf(d.account, given)
  const lot = row === undefined ? { ...given.lot, release: 0 } : given.lot
  const refusal = issue(d, given.wallet, lot, points, source)
  if (refusal === undefined && row !== undefined) addWait(d.account, placeOf(given), row[0], row[1], points)
  return refusal
}

/** A return takes what waits, then what was forfeited, which is booked already, and then what was released. */
export function takeBackWaiting(d: Deciding, given: Given, points: number, source: Source): undefined {
  const { wallet, lot } = given
  const row = rowOf(d.account, given)
  const here = Math.min(points, row?.[2] ?? 0)
  if (here > 0) {
    reverse(d, wallet, lot, here, source)
    addWait(d.account, placeOf(given), row![0], row![1], -here)
  }
  const gone = reverseForfeited(d, wallet.id, lot, points - here, source, given.rule, nameOf(given))
  const rest = points - here - gone
  if (rest > 0) reverse(d, wallet, { ...lot, release: 0 }, rest, source)
}

function rowOf(account: Account, given: Given): Wait['n'][number] | undefined {
  const of = nameOf(given)
  return waitLike(sliceOf(account), placeOf(given))?.n.find(([one]) => one === of)
}

function placeOf({ rule, wallet, lot }: Given): Place {
  return { r: rule, w: wallet.id, k: lot.kind, m: lot.month, e: lot.expiry === NEVER ? 0 : lot.expiry }
}

function waitLike(slice: Slice, place: Place): Wait | undefined {
  return slice.w.find(
    ({ r, w, k, m, e }) => r === place.r && w === place.w && k === place.k && m === place.m && e === place.e,
  )
}

/** More points wait, or fewer; those of one order, or of one day, are one row. */
function addWait(account: Account, place: Place, of: string | number, until: number, points: number): void {
  const slice = sliceOf(account)
  const known = waitLike(slice, place)
  const wait: Wait = known ?? { ...place, n: [] }
  const row = wait.n.find(([one]) => one === of)
  if (row === undefined) wait.n = [...wait.n, [of, until, points]]
  else row[2] += points
  wait.n = wait.n.filter(([, , left]) => left > 0)
  keepSlice(account, { ...slice, w: known === undefined ? [...slice.w, wait] : slice.w })
}

/** An action lets points go or takes them; what it speaks of may have been forfeited before, or be yet to come. */
export function hearAction(d: Deciding): undefined {
  const waits = waitsOf(d.program)
  if (waits.size === 0) return
  const { type, data } = d.body as ActivityBodies['action']
  const order = typeof data['order'] === 'string' ? data['order'] : null
  const upTo = lastDay(d, data['up_to'])
  for (const [rule, terms] of waits) {
    const isRelease = type === terms.until
    if (!isRelease && type !== terms.forfeitedBy) continue
    if (terms.per === 'order' && order === null) continue
    const concerns = (of: string | number) => (terms.per === 'order' ? of === order : Number(of) <= upTo)
    const fate = isRelease ? 'available' : 'forfeited'
    const found = end(d, (wait, [of]) => (wait.r === rule && concerns(of) ? fate : null))
    const restored = isRelease && restoreForfeited(d, rule, concerns, (wallet) => rulesOf(d.program, wallet))
    if (terms.per === 'member') rememberDay(d.account, rule, isRelease ? upTo : null)
    else if (!found && !restored) rememberAction(d.account, type, order!)
  }
}

/** The last day that an action for the whole member speaks of: named as a day or an instant, or its own. */
function lastDay(d: Deciding, named: unknown): number {
  if (typeof named !== 'string') return d.day
  const instant = parseInstant(named)
  return parseDay(named) ?? (instant === null ? d.day : localDay(d.program.zone, instant))
}

function rememberDay(account: Account, rule: string, day: number | null): void {
  const slice = sliceOf(account)
  if (day === null || day <= (slice.d?.[rule] ?? Number.NEGATIVE_INFINITY)) return
  keepSlice(account, { ...slice, d: { ...slice.d, [rule]: day } })
}

function rememberAction(account: Account, type: string, order: string): void {
  const slice = sliceOf(account)
  const known = slice.a ?? []
  if (known.some(([one, named]) => one === type && named === order)) return
  keepSlice(account, { ...slice, a: [...known, [type, order] as [string, string]].slice(-KEPT_ACTIONS) })
}

/** At the end of their time points go as the program says; those of a rule that it no longer has stay with the member. */
export function timeOut(d: Deciding): undefined {
  const waits = waitsOf(d.program)
  end(d, ({ r }, [, until]) => (until <= d.at ? (waits.get(r)?.otherwise ?? 'available') : null))
}

/** Ends the waits for which `fateOfRow` has an end; answers whether there were any. */
function end(
  d: Deciding,
  fateOfRow: (wait: Wait, row: Wait['n'][number]) => 'available' | 'forfeited' | null,
): boolean {
  const slice = sliceOf(d.account)
  let found = false
  for (const wait of slice.w) {
    const rules = rulesOf(d.program, wait.w)
    const lot = { kind: wait.k, month: wait.m, release: NEVER, expiry: wait.e || NEVER }
    const still: Wait['n'] = []
    for (const row of wait.n) {
      const fate = fateOfRow(wait, row)
      const [of, , points] = row
      if (fate === null) still.push(row)
      else if (fate === 'available') releasePart(d, rules, lot, points, { rule: wait.r, reverses: null })
      else forfeitPending(d, rules, lot, points, wait.r, of)
    }
    if (still.length === wait.n.length) continue
    found = true
    wait.n = still
  }
  if (found) keepSlice(d.account, slice)
  return found
}

/** Points that an account lost when it was closed wait for nothing any more. */
export function dropEnded(d: Deciding): undefined {
  const slice = sliceOf(d.account)
  const isThere = ({ w, k, m, e }: Wait) => {
    const wallet = d.account.wallets.find(({ id }) => id === w)
    const lot = wallet && findLot(wallet, { kind: k, month: m, release: NEVER, expiry: e || NEVER })
    return lot !== undefined && lot.pending > 0
  }
  if (slice.w.length > 0) keepSlice(d.account, { ...slice, w: slice.w.filter(isThere) })
}

/** Both wait for what both of them waited for. */
export function joinWaits(d: Deciding, from: Slice | undefined): void {
  if (from === undefined) return
  const own = sliceOf(d.account)
  const days = { ...from.d }
  for (const [rule, day] of Object.entries(own.d ?? {})) days[rule] = Math.max(day, days[rule] ?? day)
  const actions = [...(from.a ?? []), ...(own.a ?? [])].slice(-KEPT_ACTIONS)
  keepSlice(d.account, {
    w: own.w,
    ...(Object.keys(days).length === 0 ? {} : { d: days }),
    ...(actions.length === 0 ? {} : { a: actions }),
  })
  for (const { n, ...place } of from.w)
    for (const [of, until, points] of n) addWait(d.account, place, of, until, points)
}

export function nextTimeOut(account: Account): number {
  const slice = account.slices['waiting'] as Slice | undefined
  let next = NEVER
  if (slice === undefined) return next
  for (const { n } of slice.w) for (const [, until] of n) if (until < next) next = until
  return next
}

export function compileWaiting(
  wanted: z.output<typeof WaitingText>,
  on: string,
  compiling: Compiling,
  path: Path,
): WaitTerms {
  const { until, per, within, otherwise, forfeited_by } = wanted
  if (per === 'order' && on !== 'order')
    compiling.problem([...path, 'per'], 'order_only', `what is earned on ${on} has no order: say \`per: member\``)
  if (forfeited_by === until)
    compiling.problem(
      [...path, 'forfeited_by'],
      'contradiction',
      'the same action cannot both give points and take them',
    )
  return { until, per, within: parseDuration(within)!, otherwise, forfeitedBy: forfeited_by ?? null }
}
