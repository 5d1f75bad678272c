/** What members are told of earning: a sentence for what each rule gives, and those that bound it. */

import { wordsOfCondition } from '../../core/condition-words.ts'
import type { Sentence, Statement, StatementValue } from '../../core/feature.ts'
import { onlySentence } from '../../core/offer-words.ts'
import { type Program, rulesOf } from '../../core/program.ts'
import type { Rational } from '../../core/rational.ts'
import { wordsOfId } from '../../core/terms.ts'
import { expirySentence } from '../../core/wallet-terms.ts'
import type { EarningRules, Terms } from './exact.ts'
import type { Rate } from './rates.ts'

/** A rule as the program file has it, as far as members are told of it in its own words. */
interface Setting {
  id: string
  name?: string
  of: string
  lines?: string
  category?: string | string[]
  item?: string | string[]
  without?: string[]
  pending?:
    | string
    | { until: string; within: string; otherwise: string; forfeited_by?: string }
    | { on: string; of: 'last_year' | 'all' }
  expiry?: Parameters<typeof expirySentence>[0]
}

export function earningStatements(program: Program): Statement[] {
  const rules = compiledRules(program)
  return (program.settings['earning'] as Setting[]).flatMap((setting) => {
    const rule = rules.get(setting.id)
    // Members are told nothing of a rule that is switched off.
    return rule === undefined ? [] : [statementOf(setting, rule, program)]
  })
}

function compiledRules(program: Program): Map<string, Terms> {
  const { on } = program.compiled['earning'] as EarningRules
  return new Map(
    Object.values(on)
      .flat()
      .map((rule) => [rule.id, rule]),
  )
}

function statementOf(setting: Setting, rule: Terms, program: Program): Statement {
  return {
    about: `earning.${rule.id}`,
    title: setting.name,
    ...given(setting, rule, program),
    more: [
      ...(rule.when === null ? [] : [onlySentence(rule.when.source, program)]),
      ...whatCounts(setting, program),
      ...(rule.limit === null ? [] : [limitSentence(rule)]),
      ...waiting(setting, program),
      ...(setting.expiry === undefined ? [] : [expirySentence(setting.expiry, rule.wallet.name)]),
    ],
  }
}

function given(setting: Setting, { rate, times, wallet, kind, rounding }: Terms, program: Program): Sentence {
  if (rate === null) return { message: 'times', values: { times: { factor: times! }, points: wallet.name } }
  if (rate.per === 'once') return { message: 'once', values: { points: pointsOf(rate, wallet.id), on: kind } }
  if (rate.per === 'item') return { message: 'per_item', values: { points: pointsOf(rate, wallet.id) } }
  return { message: 'per_amount', values: { ...perAmount(rate, wallet.id, program), of: setting.of, rounding } }
}

function pointsOf(rate: Rational, wallet: string): StatementValue {
  return { points: rate, wallet }
}

/** A whole point for so much money, or points for one unit of money: whichever comes out even. */
function perAmount(rate: Rate, wallet: string, program: Program): Record<'points' | 'amount', StatementValue> {
  const major = 10 ** program.digits
  const one = 10 ** rulesOf(program, wallet).decimals
  const price = (rate.d * one) / rate.n
  const perMajor = (rate.n * major) / rate.d
  if ((perMajor < one || !Number.isInteger(perMajor)) && Number.isInteger(price))
    return { points: { points: one, wallet }, amount: { money: price } }
  return { points: { points: { n: rate.n * major, d: rate.d }, wallet }, amount: { money: major } }
}

function whatCounts({ category, item, without, lines }: Setting, program: Program): Sentence[] {
  const wanted = [...listOf(category), ...listOf(item)].map(wordsOfId)
  return [
    ...(wanted.length === 0 ? [] : [{ message: 'counts', values: { what: { list: wanted } } }]),
    ...(without === undefined ? [] : [{ message: 'without', values: { what: { list: without.map(wordsOfId) } } }]),
    ...(lines === undefined ? [] : [{ message: 'lines', values: { condition: wordsOfCondition(lines, program) } }]),
  ]
}

function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}

function limitSentence({ limit, wallet, times }: Terms): Sentence {
  const { amount, counts, per } = limit!
  if (counts === 'times') return { message: 'limit_times', values: { times: amount, per } }
  const points = { points: amount, wallet: wallet.id }
  return { message: times === null ? 'limit_points' : 'limit_extra', values: { points, per } }
}

function waiting({ pending }: Setting, program: Program): Sentence[] {
  if (pending === undefined) return []
  if (typeof pending === 'object') {
    if ('on' in pending) return [{ message: 'yearly', values: { on: { yearly: pending.on }, of: pending.of } }]
    const { until, within, otherwise, forfeited_by } = pending
    return [
      { message: 'waits', values: { until: wordsOfId(until), within: { duration: within }, otherwise } },
      ...(forfeited_by === undefined ? [] : [{ message: 'forfeited', values: { by: wordsOfId(forfeited_by) } }]),
    ]
  }
  const { window } = (program.settings['returns'] ?? {}) as { window: string }
  return [{ message: 'pending', values: { pending: { duration: pending === 'return_window' ? window : pending } } }]
}

/**
 * What is earned stays as it was earned. What a revision can take is what a period under way still allows, and what
 * becomes of points that wait for an action.
 */
export function earningLosses(before: Program, after: Program): Statement[] {
  const rules = compiledRules(after)
  return [...compiledRules(before).values()].flatMap((old): Statement[] => {
    const own = rules.get(old.id)
    // The points of a rule that is gone stay with their members.
    if (own === undefined) return []
    const about = `earning.${old.id}`
    const title = old.name === old.id ? undefined : old.name
    return [
      ...(isLimitLower(old, own)
        ? [{ about: `${about}.limit`, title, message: 'loss.limit', values: { rule: wordsOfRule(old) } }]
        : []),
      ...(waitsForMore(old, own)
        ? [
            {
              about: `${about}.pending`,
              title,
              message: 'loss.waiting',
              values: { rule: wordsOfRule(old), points: old.wallet.name },
            },
          ]
        : []),
    ]
  })
}

function wordsOfRule({ id, name }: Terms): string {
  return name === id ? wordsOfId(id) : name
}

/** A period that is under way may be used up all at once; a limit that is new begins with nothing used. */
function isLimitLower({ limit: old }: Terms, { limit: own }: Terms): boolean {
  if (old === null || own === null) return false
  if (old.counts !== own.counts) return true
  return old.per === own.per ? own.amount < old.amount : PERIODS.indexOf(own.per) > PERIODS.indexOf(old.per)
}

const PERIODS = ['day', 'week', 'month', 'quarter', 'year', 'lifetime']

function waitsForMore({ wait: old }: Terms, { wait: own }: Terms): boolean {
  if (old === null || own === null) return false
  return (
    own.until !== old.until ||
    (old.otherwise === 'available' && own.otherwise === 'forfeited') ||
    (own.forfeitedBy !== null && own.forfeitedBy !== old.forfeitedBy)
  )
}
