/** Expiry and release: pending points become available in time, and points whose time is over are gone. */

import { z } from 'zod'
import { type Account, walletOf } from '../../core/account.ts'
import type { Activity, ActivityOf, ActivityType } from '../../core/activity.ts'
import type { Deciding } from '../../core/deciding.ts'
import { expiredLots } from '../../core/expired.ts'
import { warningBefore } from '../../core/expiry.ts'
import type { Compiling, Feature, Statement } from '../../core/feature.ts'
import { bringBack, expireLater, expireLot, releasePending, settleDebt } from '../../core/ledger.ts'
import { onlySentence } from '../../core/offer-words.ts'
import { expiryIn, keepLots, type LotIdentity, NEVER, type Wallet } from '../../core/points.ts'
import { DurationText, Id, type Program, rulesOf, type WalletRules, walletNamed } from '../../core/program.ts'
import { type Refusal, refuse } from '../../core/refusal.ts'
import type { Condition } from '../../core/rules.ts'
import {
  addDuration,
  addMonths,
  compareDurations,
  type Duration,
  formatInstant,
  localDay,
  parseDay,
  parseDuration,
  startOfDay,
  wholeDays,
} from '../../core/time.ts'
import { words } from './words.ts'

const ExtendingRule = z.strictObject({
  id: Id.describe('Names the rule'),
  on: z.enum(['order', 'visit', 'action', 'join', 'tier']).describe('Which activity the rule hears'),
  when: z.string().optional().describe('A condition in CEL; the rule holds only then'),
  extend: DurationText.describe('Open points last at least this long from that day'),
  reinstate: DurationText.optional().describe(
    'Points that expired within this time before it come back, and last as long; open points stay as they are',
  ),
  wallet: Id.optional().describe('Which points; the only wallet if there is one'),
})

const ExpirySection = z.array(ExtendingRule).default([])
type Section = z.output<typeof ExpirySection>

interface ExtendingTerms {
  wallet: WalletRules
  when: Condition | null
  extend: Duration
  reinstate: Duration | null
}

interface ExpiryRules {
  on: Partial<Record<ActivityType, ExtendingTerms[]>>
  /** Wallets whose points an activity of a kind keeps. */
  keptBy: Partial<Record<ActivityType, WalletRules[]>>
  /** Whether activities keep any points at all. */
  keeps: boolean
  /** Whether any wallet tells its members before points expire. */
  warns: boolean
}

/** By wallet, the instants of expiry (ms) that the member was told of and that are yet to come. */
type Told = Record<string, number[]>

export const expiry: Feature = {
  id: 'expiry',
  section: ExpirySection,
  compile,
  hears: {
    extension: { earn: extendByHand },
    clock: { earn: fallDue },
  },
  merge: (d, from: Told | undefined) => {
    if (from !== undefined) joinTold(d, from)
  },
  due,
  asksExpired,
  statements: keptLonger,
  losses: keptLess,
  words,
}

/** A feature of its own, since few programs let activities keep points, and all let points expire. */
export const keeping: Feature = {
  id: 'keeping',
  hears: {
    order: { spend: keep },
    visit: { spend: keep },
    action: { spend: keep },
    redeem: { spend: keep },
    join: { spend: keep },
    tier: { spend: keep },
  },
  isIdle: (program) => !rulesOfExpiry(program).keeps,
}

/** What members have lasts as long as they were told only while the rules that keep it are there. */
function keptLess(before: Program, after: Program): Statement[] {
  const rules = after.settings['expiry'] as Section
  return (before.settings['expiry'] as Section).flatMap((old): Statement[] => {
    const own = rules.find(({ id }) => id === old.id)
    const isLess =
      own === undefined ||
      compareDurations(parseDuration(own.extend)!, parseDuration(old.extend)!) < 0 ||
      (own.when !== undefined && own.when !== old.when) ||
      own.on !== old.on
    const points = rulesOf(before, old.wallet ?? before.wallets[0]!.id).name
    return isLess ? [{ about: `expiry.${old.id}`, message: 'loss.less', values: { points } }] : []
  })
}

/** Rules that keep points stand with how long points last. */
function keptLonger(program: Program): Statement[] {
  return (program.settings['expiry'] as Section).map(({ id, on, when, extend, reinstate, wallet }) => ({
    about: `expiry.${id}`,
    chapter: 'points',
    message: reinstate === undefined ? 'extends' : 'reinstates',
    values: {
      on,
      points: rulesOf(program, wallet ?? program.wallets[0]!.id).name,
      extend: { duration: extend },
      ...(reinstate === undefined ? {} : { since: { duration: reinstate } }),
    },
    more: when === undefined ? [] : [onlySentence(when, program)],
  }))
}

function rulesOfExpiry(program: Program): ExpiryRules {
  return program.compiled['expiry'] as ExpiryRules
}

/** In one instant what is released comes first, so that points released and expired at once leave both traces. */
function fallDue(d: Deciding): undefined {
  const now = d.at
  for (const wallet of d.account.wallets) {
    const rules = rulesOf(d.program, wallet.id)
    for (const lot of wallet.lots) if (lot.pending > 0 && lot.release <= now) releasePending(d, rules, lot)
    if (wallet.debt > 0) settleDebt(d, rules)
    // A release opens lots, and the list is another then.
    for (const lot of wallet.lots) {
      if (expiryIn(wallet, lot) > now) continue
      // What waits for an action expires when the action has come, at the earliest.
      if (lot.release !== NEVER) expireLot(d, wallet, lot, 'pending', lot.pending)
      expireLot(d, wallet, lot, 'available', lot.available)
    }
    if (rules.warn !== null) warn(d, wallet, rules.warn)
  }
}

/** One message for all that expires in a wallet at one instant, once. */
function warn(d: Deciding, wallet: Wallet, before: Duration): void {
  const told = (d.account.slices['expiry'] ?? {}) as Told
  const still = (told[wallet.id] ?? []).filter((expiry) => expiry > d.at)
  const coming = new Map<number, number>()
  for (const lot of wallet.lots) {
    const expiry = expiryIn(wallet, lot)
    if (!isTold(lot) || expiry === NEVER || still.includes(expiry)) continue
    if (warningBefore(expiry, before, d.program.zone) > d.at) continue
    coming.set(expiry, (coming.get(expiry) ?? 0) + endingPoints(lot))
  }
  for (const [expiry, points] of [...coming].sort((a, b) => a[0] - b[0])) {
    d.addMessage('points.expiring', { wallet: wallet.id, points, expires_at: formatInstant(expiry) })
    still.push(expiry)
  }
  const { [wallet.id]: _, ...others } = told
  const next = still.length === 0 ? others : { ...others, [wallet.id]: still.sort((a, b) => a - b) }
  if (Object.keys(next).length === 0) delete d.account.slices['expiry']
  else d.account.slices['expiry'] = next
}

/** Whoever was told of an instant is told no more, whichever of the two it was. */
function joinTold(d: Deciding, from: Told): void {
  const told: Told = { ...(d.account.slices['expiry'] as Told | undefined) }
  for (const [wallet, expiries] of Object.entries(from))
    told[wallet] = [...new Set([...(told[wallet] ?? []), ...expiries])].sort((a, b) => a - b)
  d.account.slices['expiry'] = told
}

type OpenLot = Wallet['lots'][number]

function isTold(lot: OpenLot): boolean {
  return endingPoints(lot) > 0
}

/** Points of a lot that expire with it: those on hold, or waiting for an action, have their own time. */
function endingPoints(lot: OpenLot): number {
  return lot.available + (lot.release === NEVER ? 0 : lot.pending)
}

function due(account: Account, program: Program): number {
  let next = NEVER
  for (const wallet of account.wallets) {
    const isKept = wallet.kept.length > 0
    for (const lot of wallet.lots) {
      if (lot.pending > 0 && lot.release < next) next = lot.release
      if (lot.expiry >= next || (lot.available === 0 && (lot.pending === 0 || lot.release === NEVER))) continue
      const expiry = isKept ? expiryIn(wallet, lot) : lot.expiry
      if (expiry < next) next = expiry
    }
  }
  return rulesOfExpiry(program).warns ? Math.min(next, nextWarning(account, program)) : next
}

/** What has to be told already, since it lasts shorter than the time before, is told when the next day begins. */
function nextWarning(account: Account, program: Program): number {
  const { zone } = program
  let next = NEVER
  for (const wallet of account.wallets) {
    const { warn: before } = rulesOf(program, wallet.id)
    if (before === null) continue
    const told = ((account.slices['expiry'] ?? {}) as Told)[wallet.id] ?? []
    for (const lot of wallet.lots) {
      const expiry = expiryIn(wallet, lot)
      if (!isTold(lot) || expiry === NEVER || told.includes(expiry)) continue
      const at = warningBefore(expiry, before, zone)
      next = Math.min(next, at > account.clock ? at : startOfDay(zone, localDay(zone, account.clock) + 1))
    }
  }
  return next
}

/** Activities keep points: all of a wallet that ends with inactivity, and those that a rule of its own names. */
function keep(d: Deciding, { type }: Activity): undefined {
  const { keeps, keptBy, on } = rulesOfExpiry(d.program)
  if (!keeps) return
  const wallets = keptBy[type]
  if (wallets !== undefined) for (const rules of wallets) keepActive(d, rules)
  const rules = on[type]
  if (rules === undefined) return
  if (type !== 'order') d.readFacts()
  for (const rule of rules) if (rule.when === null || rule.when.test(d.slots)) extendByRule(d, rule)
}

/**
 * The wallet lives on from the day of the activity. One that is told late brings back what expired only because
 * nobody knew of it.
 */
function keepActive(d: Deciding, rules: WalletRules): void {
  const { clock } = d.account
  const until = rules.inactivity!.until(d.day)
  const wallet = walletOf(d.account, rules.id)
  if (until > clock) keepLots(wallet, { from: 0, before: NEVER, until }, clock)
  if (d.at === clock || d.account.expired.size === 0) return
  for (const gone of expiredLots(d.account, wallet)) {
    if (gone.isForfeited || gone.at <= d.at || gone.at >= until) continue
    if (until > clock) bringBack(d, wallet, gone, gone.points)
    else expireLater(d, wallet, gone, until)
  }
  settleDebt(d, rules)
}

function extendByRule(d: Deciding, { wallet: rules, extend, reinstate }: ExtendingTerms): void {
  const { zone } = d.program
  const until = startOfDay(zone, addMonths(d.day, extend.months) + wholeDays(extend) + 1)
  if (until <= d.account.clock) return
  if (reinstate === null) extendOpen(d, rules, until)
  else {
    const since = startOfDay(zone, addMonths(d.day, -reinstate.months) - wholeDays(reinstate))
    bringBackSince(d, rules, { since, until, forfeited: false })
  }
}

/** A person keeps open points until the end of a day, or brings back for that long what has expired since another. */
function extendByHand(d: Deciding, { body }: ActivityOf<'extension'>): Refusal | undefined {
  const { program, account } = d
  const rules = body.wallet === undefined ? program.wallets[0]! : program.wallets.find(({ id }) => id === body.wallet)
  if (rules === undefined) return refuse('invalid', `The program has no wallet ${body.wallet}.`, '/wallet')
  if (body.wallet === undefined && program.wallets.length > 1)
    return refuse('invalid', `Say which wallet: ${program.wallets.map(({ id }) => id).join(', ')}.`, '/wallet')
  const until = startOfDay(program.zone, parseDay(body.until)! + 1)
  if (until <= account.clock) return refuse('too_late', 'This day is over.', '/until')
  if (body.expired_since === undefined) {
    extendOpen(d, rules, until)
    return undefined
  }
  const since = startOfDay(program.zone, parseDay(body.expired_since)!)
  if (rules.reinstate !== null && addDuration(program.zone, since, rules.reinstate) < startOfDay(program.zone, d.day))
    return refuse('too_late', 'What expired then is too long ago to be brought back.', '/expired_since')
  bringBackSince(d, rules, { since, until, forfeited: true })
  return undefined
}

/** Open points that would end before then are kept until then. */
function extendOpen(d: Deciding, rules: WalletRules, until: number): void {
  const wallet = walletOf(d.account, rules.id)
  const lots = wallet.lots.filter((lot) => expiryIn(wallet, lot) < until)
  if (lots.length > 0) keepLots(wallet, { ...spanOf(lots), until }, d.account.clock)
}

interface BringingBack {
  since: number
  until: number
  /** Also what was forfeited when the account closed. */
  forfeited: boolean
}

function bringBackSince(d: Deciding, rules: WalletRules, { since, until, forfeited }: BringingBack): void {
  const wallet = walletOf(d.account, rules.id)
  const gone = expiredLots(d.account, wallet).filter(
    ({ at, isForfeited }) => at >= since && (forfeited || !isForfeited),
  )
  if (gone.length === 0) return
  keepLots(wallet, { ...spanOf(gone.map(({ lot }) => lot)), until }, d.account.clock)
  for (const one of gone) bringBack(d, wallet, one, one.points)
  settleDebt(d, rules)
}

/** The expiries that lots were named with, from the earliest to the latest. */
function spanOf(lots: readonly LotIdentity[]): { from: number; before: number } {
  const expiries = lots.map(({ expiry }) => expiry)
  return { from: Math.min(...expiries), before: Math.max(...expiries) + 1 }
}

function asksExpired({ type, body }: Pick<Activity, 'type' | 'body'>, program: Program, late: boolean): boolean {
  if (type === 'extension') return (body as ActivityOf<'extension'>['body']).expired_since !== undefined
  const { keptBy, on } = rulesOfExpiry(program)
  if (late && keptBy[type] !== undefined) return true
  return on[type]?.some(({ reinstate }) => reinstate !== null) ?? false
}

function compile(section: Section, compiling: Compiling): ExpiryRules {
  const { wallets } = compiling.program
  const rules: ExpiryRules = {
    on: {},
    keptBy: {},
    keeps: section.length > 0 || wallets.some(({ inactivity }) => inactivity !== null),
    warns: wallets.some(({ warn }) => warn !== null),
  }
  for (const wallet of wallets) for (const type of wallet.inactivity?.by ?? []) (rules.keptBy[type] ??= []).push(wallet)
  for (const [i, rule] of section.entries()) {
    const path = ['expiry', i]
    if (section.findIndex(({ id }) => id === rule.id) < i)
      compiling.problem([...path, 'id'], 'duplicate_id', `there is another rule ${rule.id}`)
    const { on, when, extend, reinstate } = rule
    ;(rules.on[on] ??= []).push({
      wallet: walletNamed(compiling, [...path, 'wallet'], rule.wallet),
      when: when === undefined ? null : compiling.condition([...path, 'when'], when, SCOPES[on]),
      extend: parseDuration(extend)!,
      reinstate: reinstate === undefined ? null : parseDuration(reinstate)!,
    })
  }
  return rules
}

const SCOPES = { order: 'order', visit: 'visit', action: 'action', join: 'member', tier: 'member' } as const
