/** What members are told of perks: what each is, who has it, and how often it may be used. */

import { wordsOfCondition } from '../../core/condition-words.ts'
import type { Sentence, Statement } from '../../core/feature.ts'
import type { Program } from '../../core/program.ts'
import { wordsOfId } from '../../core/terms.ts'
import { type Perk, perkRulesOf, type Section } from './rules.ts'

export function perkStatements(program: Program): Statement[] {
  const settings = program.settings['perks'] as Section
  const { perks } = perkRulesOf(program)
  return settings.map((setting) => statementOf(setting, perks.get(setting.id)!, program))
}

function statementOf({ lasts, name }: Section[number], perk: Perk, program: Program): Statement {
  const { days, when, worth, limit } = perk
  const more: Sentence[] = []
  const say = (message: string, values: Sentence['values']) => more.push({ message, values })
  const who = whoOf(perk, program)
  if (who.length > 0) say('who', { who: { list: who, or: true } })
  if (when !== null) say('only', { condition: wordsOfCondition(when.source, program) })
  if (lasts !== undefined) say('lasts', { lasts: { duration: lasts } })
  if (worth > 0) say('worth', { worth: { money: worth } })
  if (days !== null && Number.isFinite(days.from)) say('from', { from: { day: days.from } })
  if (days !== null && Number.isFinite(days.until)) say('until', { until: { day: days.until } })
  return {
    about: `perks.${perk.id}`,
    title: name ?? wordsOfId(perk.id),
    ...(limit === null
      ? { message: 'unlimited', values: {} }
      : { message: 'uses', values: { uses: limit.uses, per: limit.per } }),
    ...(who.length === 0 ? {} : { who }),
    more,
  }
}

/** The levels and plans that have it, by what members call them. */
function whoOf({ levels, plans }: Perk, program: Program): string[] {
  const named = (section: unknown, ids: readonly string[]) =>
    ids.map((id) => (section as { id: string; name?: string }[]).find((one) => one.id === id)?.name ?? wordsOfId(id))
  const { tiers, memberships } = program.settings as {
    tiers?: { levels: unknown }
    memberships?: { plans: unknown }
  }
  return [...named(tiers?.levels ?? [], levels), ...named(memberships?.plans ?? [], plans)]
}

export function perkLosses(before: Program, after: Program): Statement[] {
  const next = perkRulesOf(after).perks
  return [...perkRulesOf(before).perks.values()].flatMap((perk): Statement[] => {
    const own = next.get(perk.id)
    const loss = (aspect: string, message: string): Statement => ({
      about: aspect === '' ? `perks.${perk.id}` : `perks.${perk.id}.${aspect}`,
      title: perk.name,
      message: `loss.${message}`,
      values: { perk: perk.name },
      who: whoOf(perk, before),
    })
    if (own === undefined) return [loss('', 'gone')]
    return [
      ...(isFewer(perk, own) ? [loss('uses', 'fewer')] : []),
      ...(perk.levels.some((level) => !own.levels.includes(level)) ||
      perk.plans.some((plan) => !own.plans.includes(plan))
        ? [loss('who', 'who')]
        : []),
    ]
  })
}

function isFewer({ limit: old }: Perk, { limit: own }: Perk): boolean {
  if (own === null) return false
  return old === null || old.per !== own.per || own.uses < old.uses
}
