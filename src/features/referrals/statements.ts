/** What members are told of bringing friends, and what a new revision takes from those who have. */

import type { Sentence, Statement } from '../../core/feature.ts'
import { moneyValue, nameIn } from '../../core/offer-words.ts'
import type { Program } from '../../core/program.ts'
import { compareDurations, parseDuration } from '../../core/time.ts'

/** The section as the program file has it. */
interface Setting {
  referrer?: string
  friend?: string
  friend_when: string
  after?: string
  min_spend?: number | string
  within: string
  limit?: string
  same_household: string
}

function settingOf(program: Program): Setting | undefined {
  return program.settings['referrals'] as Setting | undefined
}

export function referralStatements(program: Program): Statement[] {
  const setting = settingOf(program)
  if (setting === undefined) return []
  const { referrer, friend, friend_when, min_spend, within, limit, same_household } = setting
  const more: Sentence[] = []
  const say = (message: string, values: Sentence['values'] = {}) => more.push({ message, values })
  if (friend !== undefined) say('friend_when', { when: friend_when })
  if (referrer !== undefined) say('after', waitOf(setting, program))
  say('within', { within: { duration: within } })
  if (min_spend !== undefined) say('min_spend', { amount: moneyValue(min_spend, program) })
  if (limit !== undefined) {
    const [count, per] = limit.split(' per ') as [string, string]
    say('limit', { count: Number(count), per })
  }
  if (same_household === 'refused') say('household')
  const name = (reward: string | undefined) => (reward === undefined ? '' : nameIn(program, 'rewards', reward))
  const values = {
    by: referrer === undefined ? 'none' : 'some',
    to: friend === undefined ? 'none' : 'some',
    referrer: name(referrer),
    friend: name(friend),
  }
  return [{ about: 'referrals', message: 'both', values, more }]
}

/** Where nothing is said, the return window is waited for, and where the program has none, 14 days. */
function waitOf({ after }: Setting, { settings }: Program): Sentence['values'] {
  if (after === 'first_order') return { after: 'at_once', wait: '' }
  const window = (settings['returns'] as { window: string } | undefined)?.window ?? '14 days'
  return { after: 'later', wait: { duration: after === undefined || after === 'return_window' ? window : after } }
}

/** Those whose friends have joined, and the friends, wait for a first purchase. */
export function referralLosses(before: Program, after: Program): Statement[] {
  const [old, own] = [settingOf(before), settingOf(after)]
  if (old === undefined) return []
  const loss = (about: string, message: string): Statement => ({ about, message: `loss.${message}`, values: {} })
  if (own === undefined) return [loss('referrals', 'gone')]
  const isShorter = compareDurations(parseDuration(own.within)!, parseDuration(old.within)!) < 0
  const isMore = Number(own.min_spend ?? 0) > Number(old.min_spend ?? 0)
  return [
    ...(old.referrer !== undefined && old.referrer !== own.referrer ? [loss('referrals.referrer', 'referrer')] : []),
    ...(old.friend !== undefined && old.friend !== own.friend ? [loss('referrals.friend', 'friend')] : []),
    ...(isShorter || isMore ? [loss('referrals.within', 'within')] : []),
  ]
}
