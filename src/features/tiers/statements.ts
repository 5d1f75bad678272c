/** What members are told of levels: how each is reached, what comes with it, and how long it stays. */

import type { Sentence, Statement, StatementValue } from '../../core/feature.ts'
import type { Program } from '../../core/program.ts'
import { compare } from '../../core/rational.ts'
import { wordsOfId } from '../../core/terms.ts'
import { compareDurations } from '../../core/time.ts'
import { type Section, type TierRules, tierRulesOf } from './rules.ts'

type Level = TierRules['levels'][number]

export function tierStatements(program: Program): Statement[] {
  const rules = tierRulesOf(program)
  if (rules === null) return []
  const section = program.settings['tiers'] as NonNullable<Section>
  return [
    {
      about: 'tiers.window',
      message: 'window',
      values: { window: windowWord(section), months: monthsIn(section.window) },
    },
    ...rules.levels.map((level, rank) => levelStatement(level, rank, rules, program)),
    {
      about: 'tiers.up',
      message: 'up',
      values: { up: section.up, wait: { duration: section.return_window ?? '0 days' } },
    },
    { about: 'tiers.keep', ...keeping(section), more: falling(section) },
    { about: 'tiers.on_return', message: 'on_return', values: { on_return: section.on_return } },
  ]
}

function windowWord({ window }: NonNullable<Section>): string {
  return window.startsWith('rolling') ? 'rolling' : window
}

/** `rolling 12 months` */
function monthsIn(text: string): StatementValue {
  const months = /\d+ (?:month|year)s?/.exec(text)
  return months === null ? '' : { duration: months[0] }
}

function levelStatement(level: Level, rank: number, rules: TierRules, program: Program): Statement {
  const { id, name, multiplier, perks } = level
  return {
    about: `tiers.${id}`,
    title: name,
    ...reached(level, rank, rules, program),
    // What everybody has from the first day is nobody's in particular.
    ...(rank === 0 ? {} : { who: [name] }),
    more: [
      ...(multiplier === null ? [] : [{ message: 'multiply', values: { times: { factor: multiplier } } }]),
      ...(perks.length === 0 ? [] : [{ message: 'perks', values: { perks: { list: perks.map(wordsOfId) } } }]),
    ],
  }
}

function reached({ needs, any }: Level, rank: number, rules: TierRules, program: Program): Sentence {
  if (rank === 0) return { message: 'first', values: {} }
  const amounts = needs.map(({ measure, from }) => amountOf(rules.measures[measure]!, from, program))
  return { message: 'reached', values: { what: { list: amounts, or: any } } }
}

function amountOf({ id, of, scale }: TierRules['measures'][number], from: number, program: Program): StatementValue {
  if (of === 'spend') return { message: 'measure_spend', values: { amount: { money: from } } }
  if (of === 'orders' || of === 'visits') return { message: `measure_${of}`, values: { count: from } }
  const wallet = program.wallets.find((one) => of === `${one.id}_earned`)
  if (wallet === undefined) return { message: 'measure_other', values: { count: from / 10 ** scale, what: id } }
  return { message: 'measure_points', values: { points: { points: from, wallet: wallet.id } } }
}

function keeping({ keep }: NonNullable<Section>): Sentence {
  const months = monthsIn(keep)
  return { message: 'keep', values: { keep: months === '' ? keep : 'months', months } }
}

function falling({ down, grace, keep }: NonNullable<Section>): Sentence[] {
  if (keep === 'for_life') return []
  return [
    { message: 'down', values: { down } },
    ...(grace === undefined ? [] : [{ message: 'grace', values: { grace: { duration: grace } } }]),
  ]
}

/** Members keep a level for as long as it was promised; what they lose is what they have done towards the next. */
export function tierLosses(before: Program, after: Program): Statement[] {
  const [old, own] = [tierRulesOf(before), tierRulesOf(after)]
  if (old === null) return []
  if (own === null) return [{ about: 'tiers', message: 'loss.all', values: {} }]
  return [
    ...(countsAlike(old, own) ? [] : [{ about: 'tiers.measure', message: 'loss.measure', values: {} }]),
    ...old.levels.slice(1).flatMap((level) => lossesOf(level, old, own)),
    ...(keepsShorter(old, own) ? [{ about: 'tiers.keep', message: 'loss.keep', values: {} }] : []),
  ]
}

/** Whether what was counted still counts. */
function countsAlike(old: TierRules, own: TierRules): boolean {
  return (
    old.windows.part === own.windows.part && old.measures.every(({ of }) => own.measures.some((one) => one.of === of))
  )
}

function lossesOf(level: Level, old: TierRules, own: TierRules): Statement[] {
  const { id, name } = level
  const about = `tiers.${id}`
  const loss = (aspect: string, message: string, values: Sentence['values'] = {}): Statement => ({
    about: aspect === '' ? about : `${about}.${aspect}`,
    title: name,
    message,
    values: { level: name, ...values },
    who: [name],
  })
  const next = own.levels.find((one) => one.id === id)
  if (next === undefined) return [loss('', 'loss.level')]
  const perks = level.perks.filter((perk) => !next.perks.includes(perk))
  return [
    ...(countsAlike(old, own) && takesMore(needsOf(level, old), needsOf(next, own)) ? [loss('from', 'loss.from')] : []),
    ...(level.multiplier !== null && (next.multiplier === null || compare(next.multiplier, level.multiplier) < 0)
      ? [loss('multiply', 'loss.multiply')]
      : []),
    ...(perks.length > 0 ? [loss('perks', 'loss.perks', { perks: { list: perks.map(wordsOfId) } })] : []),
  ]
}

/** How much a level takes of each measure, which another revision may list at another place. */
function needsOf({ needs, any }: Level, { measures }: TierRules): Needs {
  return { any, from: new Map(needs.map(({ measure, from }) => [measures[measure]!.of, from])) }
}

interface Needs {
  any: boolean
  from: ReadonlyMap<string, number>
}

/** Whether somebody could have reached the level before who has not reached it now. */
function takesMore(old: Needs, next: Needs): boolean {
  const enough = (of: string, from: number) => (next.from.get(of) ?? (next.any ? Number.POSITIVE_INFINITY : 0)) <= from
  const given = [...old.from]
  const isNew = [...next.from.keys()].some((of) => !old.from.has(of))
  // Whoever had just enough of one: that has to be enough by itself, and nothing else may be asked for.
  if (old.any) return !given.every(([of, from]) => enough(of, from) && (next.any || next.from.size === 1))
  return next.any
    ? !given.some(([of, from]) => enough(of, from))
    : isNew || !given.every(([of, from]) => enough(of, from))
}

const KEEPS: readonly TierRules['keep'][] = ['window', 'parts', 'next_window', 'for_life']

function keepsShorter(old: TierRules, own: TierRules): boolean {
  if (old.keep === 'parts' && own.keep === 'parts') return own.keptParts < old.keptParts
  const shorterGrace = old.grace !== null && (own.grace === null || compareDurations(own.grace, old.grace) < 0)
  return KEEPS.indexOf(own.keep) < KEEPS.indexOf(old.keep) || shorterGrace
}
