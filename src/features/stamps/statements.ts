/** What members are told of stamp cards, and what a new revision takes from those who have begun one. */

import { wordsOfCondition } from '../../core/condition-words.ts'
import type { Sentence, Statement, StatementValue } from '../../core/feature.ts'
import { moneyValue, nameIn } from '../../core/offer-words.ts'
import type { Program } from '../../core/program.ts'
import { wordsOfId } from '../../core/terms.ts'
import { compareDurations, parseDay, parseDuration } from '../../core/time.ts'
import { type CardRules, type Section, stampRulesOf } from './rules.ts'

type Setting = Section[number]

function settingsOf(program: Program): Section {
  return program.settings['stamps'] as Section
}

export function stampStatements(program: Program): Statement[] {
  const { all } = stampRulesOf(program)
  if (all.length === 0) return []
  const cards = settingsOf(program).map((setting, i) => statementOf(setting, all[i]!, program))
  return [...cards, { about: 'stamps.returns', message: 'returned', values: {} }]
}

function statementOf(setting: Setting, rules: CardRules, program: Program): Statement {
  const { on, per, reward } = setting
  const isSpend = typeof per === 'object'
  const kind = on === 'order' ? (isSpend ? 'spend' : per) : on
  return {
    about: `stamps.${rules.id}`,
    title: setting.name ?? wordsOfId(setting.id),
    message: 'card',
    values: {
      per: kind,
      amount: moneyValue(isSpend ? per.spend : 0, program),
      stamps: rules.stamps,
      reward: nameIn(program, 'rewards', reward),
    },
    more: [...whatCounts(setting, program), ...boundsOf(setting, rules)],
  }
}

function whatCounts(setting: Setting, program: Program): Sentence[] {
  const { when, lines, without, min_spend, on, per, free_items } = setting
  const named = [setting.category ?? [], setting.item ?? []].flat(2).map(wordsOfId)
  const sentences: Sentence[] = []
  const say = (message: string, values: Record<string, StatementValue> = {}) => sentences.push({ message, values })
  if (when !== undefined) say('only', { condition: wordsOfCondition(when, program) })
  if (named.length > 0) say('counts', { what: { list: named } })
  if (without !== undefined) say('without', { what: { list: without.map(wordsOfId) } })
  if (lines !== undefined) say('only', { condition: wordsOfCondition(lines, program) })
  if (min_spend !== undefined) say('min_spend', { amount: moneyValue(min_spend, program) })
  if (on === 'order' && per === 'item' && !free_items) say('free_items')
  return sentences
}

function boundsOf({ ends, cards, head_start }: Setting, rules: CardRules): Sentence[] {
  const { limit } = rules
  const sentences: Sentence[] = []
  const say = (message: string, values: Record<string, StatementValue>) => sentences.push({ message, values })
  if (limit !== null) say(limit.counts === 'times' ? 'limit_times' : 'limit', { count: limit.amount, per: limit.per })
  if (head_start > 0) say('head_start', { count: head_start, which: rules.headStartOnce ? 'first' : 'every' })
  if (cards !== undefined) say('cards', { count: cards })
  if (ends?.after !== undefined) say('ends_after', { after: { duration: ends.after } })
  if (ends?.on !== undefined) say('ends_on', { day: { day: parseDay(ends.on)! } })
  if (ends !== undefined) say('warn', { warn: { duration: ends.warn } })
  return sentences
}

/** Whoever has begun a card was promised what fills it, what it gives, and how long there is for it. */
export function stampLosses(before: Program, after: Program): Statement[] {
  const next = new Map(settingsOf(after).map((setting) => [setting.id, setting]))
  return settingsOf(before).flatMap((old): Statement[] => {
    const own = next.get(old.id)
    const card = old.name ?? wordsOfId(old.id)
    const loss = (aspect: string): Statement => ({
      about: aspect === 'gone' ? `stamps.${old.id}` : `stamps.${old.id}.${aspect}`,
      title: card,
      message: `loss.${aspect}`,
      values: { card },
    })
    if (own === undefined) return [loss('gone')]
    return [
      ...(own.stamps - own.head_start > old.stamps - old.head_start ? [loss('stamps')] : []),
      ...(own.reward === old.reward ? [] : [loss('reward')]),
      ...(endsSooner(old.ends, own.ends) ? [loss('ends')] : []),
      ...(own.cards !== undefined && own.cards < (old.cards ?? Number.POSITIVE_INFINITY) ? [loss('cards')] : []),
    ]
  })
}

function endsSooner(old: Setting['ends'], own: Setting['ends']): boolean {
  if (own === undefined) return false
  if (old === undefined) return true
  if (own.after !== undefined && old.after !== undefined)
    return compareDurations(parseDuration(own.after)!, parseDuration(old.after)!) < 0
  return own.on === undefined || old.on === undefined || own.on < old.on
}
