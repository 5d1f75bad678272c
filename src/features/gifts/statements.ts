/** What members are told of gifts: what comes when, to whom, for how long, and what a new revision takes. */

import { wordsOfCondition } from '../../core/condition-words.ts'
import type { Sentence, Statement } from '../../core/feature.ts'
import { nameIn, pointsValue } from '../../core/offer-words.ts'
import type { Program } from '../../core/program.ts'
import { compareDurations, parseDuration } from '../../core/time.ts'
import { nameOfLevel } from '../../core/wallet-terms.ts'
import { type GiftSetting, giftRulesOf } from './rules.ts'

function settingsOf(program: Program): readonly GiftSetting[] {
  return program.settings['gifts'] as GiftSetting[]
}

export function giftStatements(program: Program): Statement[] {
  return settingsOf(program).map((setting) => {
    const levels = levelsOf(setting, program)
    return {
      about: `gifts.${setting.id}`,
      ...occasion(setting, program),
      ...(levels === null ? {} : { who: levels }),
      more: boundsOf(setting, levels, program),
    }
  })
}

function occasion({ on, reward, days_before, inactive, at, spends, repeats }: GiftSetting, program: Program): Sentence {
  const message = on !== 'threshold' ? on : spends === true ? 'spends' : repeats === true ? 'repeats' : 'threshold'
  const values: Record<string, Sentence['values'][string]> = { reward: nameIn(program, 'rewards', reward) }
  if (on === 'birthday' || on === 'anniversary') values['days'] = days_before ?? 0
  if (inactive !== undefined) values['inactive'] = { duration: inactive }
  if (at !== undefined) values['points'] = pointsValue(at, program)
  return { message, values }
}

function boundsOf({ on, when, window }: GiftSetting, levels: string[] | null, program: Program): Sentence[] {
  const sentences: Sentence[] = []
  const say = (message: string, values: Sentence['values'] = {}) => sentences.push({ message, values })
  if (on === 'birthday') say('once_a_year')
  if (levels !== null) say('levels', { levels: { list: levels } })
  if (when !== undefined) say('only', { condition: wordsOfCondition(when, program) })
  if (typeof window === 'string') say('window', { window: { duration: window } })
  else
    for (const [level, length] of Object.entries(window ?? {}))
      say('window_level', { level: nameOfLevel(program, level), window: { duration: length } })
  return sentences
}

/** The names of the levels that get it; null when all do. */
function levelsOf({ id }: GiftSetting, program: Program): string[] | null {
  const { levels } = giftRulesOf(program).all.find((gift) => gift.id === id)!
  return levels === null ? null : levels.ids.map((level) => nameOfLevel(program, level))
}

/** Gifts to come are a promise: whoever takes them, or makes them rarer, takes that from everybody who waits for one. */
export function giftLosses(before: Program, after: Program): Statement[] {
  const next = new Map(settingsOf(after).map((setting) => [setting.id, setting]))
  return settingsOf(before).flatMap((old): Statement[] => {
    const own = next.get(old.id)
    const reward = nameIn(before, 'rewards', old.reward)
    const who = levelsOf(old, before) ?? undefined
    const loss = (message: string): Statement => ({
      about: `gifts.${old.id}`,
      message: `loss.${message}`,
      values: { reward },
      who,
    })
    if (own === undefined || own.on !== old.on || own.reward !== old.reward) return [loss('removed')]
    return isLess(old, own, before, after) ? [loss('less')] : []
  })
}

function isLess(old: GiftSetting, own: GiftSetting, before: Program, after: Program): boolean {
  const [was, is] = [levelsOf(old, before), levelsOf(own, after)]
  const isForFewer = is !== null && (was === null || was.some((level) => !is.includes(level)))
  const isConditional = own.when !== undefined && own.when !== old.when
  const isRarer = own.repeats !== true && old.repeats === true
  const isDearer = own.at !== undefined && pointsOf(own.at, after) > pointsOf(old.at!, before)
  const isLater = own.inactive !== undefined && isLonger(own.inactive, old.inactive!)
  return isForFewer || isConditional || isRarer || isDearer || isLater || isShorter(old.window, own.window)
}

function pointsOf(text: number | string, program: Program): number {
  return pointsValue(text, program).points
}

function isShorter(was: GiftSetting['window'], is: GiftSetting['window']): boolean {
  if (is === undefined || JSON.stringify(was) === JSON.stringify(is)) return false
  if (typeof is !== 'string' || typeof was !== 'string') return true
  return isLonger(was, is)
}

function isLonger(one: string, other: string): boolean {
  return compareDurations(parseDuration(one)!, parseDuration(other)!) > 0
}
