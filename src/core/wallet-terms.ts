/** What members are told of their wallets: how long points last, which go first, and what a new revision takes from them. */

import type { Sentence, Statement, StatementValue } from './feature.ts'
import type { Gives } from './offer-words.ts'
import type { Program, WalletRules } from './program.ts'
import { wordsOfId } from './terms.ts'
import { compareDurations, parseDuration } from './time.ts'

/** What a file says of when points end: a wallet, or a rule or a level of its own. */
interface Calendar {
  after?: string | undefined
  until_end_of?: 'day' | 'month' | 'quarter' | 'year' | undefined
  on?: string | undefined
}

interface Expiry extends Calendar {
  inactive?: string
  kept_by?: readonly string[]
  tiers?: Record<string, Calendar | 'never'>
  warn?: string
}

interface WalletSettings {
  expiry: Expiry | 'never'
}

function expirySettings(program: Program, wallet: string): Expiry | 'never' {
  return (program.settings['wallets'] as Record<string, WalletSettings>)[wallet]!.expiry
}

/** When points end by the calendar, in a sentence. `points` is what it says ends. */
export function expirySentence(terms: Calendar | 'never', points: StatementValue): Sentence {
  if (terms === 'never') return { message: 'expiry_never', values: { points } }
  const { after, on, until_end_of: until = 'month' } = terms
  if (on === undefined) return { message: 'expiry_after', values: { points, after: { duration: after! }, until } }
  if (after === undefined) return { message: 'expiry_on', values: { points, on: { yearly: on } } }
  return { message: 'expiry_after_on', values: { points, after: { duration: after }, on: { yearly: on } } }
}

/** Every program has a wallet, also one in which nobody collects anything: of that members need not know. */
export function isCollected(program: Program, { id, isMoney }: WalletRules): boolean {
  const { earning, rewards } = program.settings as { earning: { wallet?: string }[]; rewards: { gives: Gives }[] }
  const [first] = program.wallets
  const isOwn = (named: string | undefined) => (named ?? first!.id) === id
  const given = rewards.flatMap(({ gives }) => (gives.points === undefined ? [] : [String(gives.points)]))
  return (
    isMoney ||
    earning.some(({ wallet }) => isOwn(wallet)) ||
    given.some((points) => isOwn(points.trim().split(/ +/)[1]))
  )
}

export function walletStatements(program: Program, { id, name, spend, expiryByTier }: WalletRules): Statement[] {
  const expiry = expirySettings(program, id)
  const about = `wallets.${id}`
  const levels = Object.entries(expiryByTier).map(([level, own]): Statement => {
    const called = nameOfLevel(program, level)
    const more = [expirySentence(own, name)]
    return { about: `${about}.expiry.${level}`, message: 'in_level', values: { level: called }, more, who: [called] }
  })
  const ends = expiry !== 'never'
  return [
    { about: `${about}.expiry`, ...lasting(expiry, name) },
    ...levels,
    ...(ends && expiry.warn !== undefined
      ? [{ about: `${about}.warn`, message: 'warned', values: { points: name, before: { duration: expiry.warn } } }]
      : []),
    ...(ends
      ? [{ about: `${about}.spend`, message: spend === 'first_earned' ? 'spend_first' : 'spend_soonest', values: {} }]
      : []),
  ]
}

function lasting(expiry: Expiry | 'never', points: string): Sentence & { more?: Sentence[] } {
  if (expiry === 'never' || expiry.inactive === undefined) return expirySentence(expiry, points)
  const { inactive, kept_by = ['order', 'visit'], until_end_of: until = 'month' } = expiry
  const by = { list: kept_by.map((type) => ({ message: `active.${type}`, values: {} })), or: true }
  const values = { points, by, inactive: { duration: inactive }, until }
  if (expiry.after === undefined && expiry.on === undefined) return { message: 'inactive', values }
  return { ...expirySentence(expiry, points), more: [{ message: 'inactive_too', values }] }
}

/** What a level is called: the section is another feature's, so its name is read where everybody may. */
export function nameOfLevel(program: Program, id: string): string {
  const section = program.settings['tiers'] as { levels: { id: string; name?: string }[] } | undefined
  return section?.levels.find((level) => level.id === id)?.name ?? wordsOfId(id)
}

/**
 * Points keep the end that they were given when they were earned, whatever a later revision says of those yet to come.
 * What lasts by activity is kept by the revision of the activity, so that one may end sooner than members were told.
 */
export function walletLosses(before: Program, after: Program): Statement[] {
  return before.wallets.flatMap(({ id, name }): Statement[] => {
    if (!after.wallets.some((wallet) => wallet.id === id))
      return [{ about: `wallets.${id}`, message: 'loss.wallet', values: { name } }]
    const [old, own] = [expirySettings(before, id), expirySettings(after, id)]
    if (old === 'never') return []
    const losses: Statement[] = []
    if (old.inactive !== undefined && keepsLess(old, own))
      losses.push({ about: `wallets.${id}.expiry`, message: 'loss.inactivity', values: { name } })
    if (old.warn !== undefined && (own === 'never' || own.warn === undefined))
      losses.push({
        about: `wallets.${id}.warn`,
        message: 'loss.warned',
        values: { name, before: { duration: old.warn } },
      })
    return losses
  })
}

/** What was earned under `inactive` has an end, and nothing would keep it any more, or for less long. */
function keepsLess(old: Expiry, own: Expiry | 'never'): boolean {
  if (own === 'never' || own.inactive === undefined) return true
  const [was, is] = [parseDuration(old.inactive!)!, parseDuration(own.inactive)!]
  const types = old.kept_by ?? ['order', 'visit']
  const kept = own.kept_by ?? ['order', 'visit']
  return compareDurations(is, was) < 0 || types.some((type) => !kept.includes(type))
}
