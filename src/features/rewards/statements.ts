/** What members are told of rewards: what each costs and gives, who may have it, and what a new revision takes. */

import type { Sentence, Statement } from '../../core/feature.ts'
import {
  type Bounds,
  boundsSentences,
  type Gives,
  givesLess,
  givesSentences,
  levelNames,
  moneyValue,
  pointsValue,
} from '../../core/offer-words.ts'
import type { Program } from '../../core/program.ts'
import { compareDurations, parseDuration } from '../../core/time.ts'
import { nameOfLevel } from '../../core/wallet-terms.ts'

/** A reward as the program file has it. */
interface Setting extends Bounds {
  id: string
  name?: string
  /** Left out where it is only given. */
  cost?: number | string | { points: number | string; money: number | string }
  gives: Gives
  stock?: number
  valid?: string | { after?: string }
}

function settingsOf(program: Program): Setting[] {
  return program.settings['rewards'] as Setting[]
}

export function rewardStatements(program: Program): Statement[] {
  return settingsOf(program).map((setting) => {
    const levels = levelNames(setting, program)
    return {
      about: `rewards.${setting.id}`,
      title: setting.name ?? setting.id,
      ...costSentence(setting, program),
      ...(levels === null ? {} : { who: levels }),
      more: [...givesSentences(setting.gives, program), ...boundsSentences(setting, program), ...rest(setting)],
    }
  })
}

function costSentence({ cost }: Setting, program: Program): Sentence {
  if (cost === undefined) return { message: 'given', values: {} }
  if (cost === 'free' || cost === 0 || cost === '0') return { message: 'free', values: {} }
  if (typeof cost !== 'object') return { message: 'cost', values: { points: pointsValue(cost, program) } }
  const { points, money } = cost
  return {
    message: 'cost_and_money',
    values: { points: pointsValue(points, program), money: moneyValue(money, program) },
  }
}

function rest({ stock, valid }: Setting): Sentence[] {
  const length = lengthOf(valid)
  return [
    ...(stock === undefined ? [] : [{ message: 'stock', values: { stock } }]),
    ...(length === undefined ? [] : [{ message: 'valid', values: { valid: { duration: length } } }]),
  ]
}

function lengthOf(valid: Setting['valid']): string | undefined {
  if (typeof valid === 'object') return valid.after
  return valid === 'never' ? undefined : valid
}

/** Members collect points for what a reward costs and gives; whoever changes that takes from those who do. */
export function rewardLosses(before: Program, after: Program): Statement[] {
  const next = new Map(settingsOf(after).map((setting) => [setting.id, setting]))
  return settingsOf(before).flatMap((old): Statement[] => {
    const own = next.get(old.id)
    const about = `rewards.${old.id}`
    const reward = old.name ?? old.id
    const loss = (aspect: string, message: string): Statement => ({
      about: aspect === '' ? about : `${about}.${aspect}`,
      title: reward,
      message: `loss.${message}`,
      values: { reward },
      who: levelNames(old, before) ?? undefined,
    })
    if (own === undefined) return [loss('', 'removed')]
    return [
      ...(costsMore(old, own, before, after) ? [loss('cost', 'dearer')] : []),
      ...(givesLess(old.gives, own.gives) ? [loss('gives', 'less')] : []),
      ...(isForFewer(old, own, before, after) ? [loss('levels', 'fewer')] : []),
      ...(asksMore(old, own) ? [loss('bounds', 'bounds')] : []),
    ]
  })
}

function costsMore(old: Setting, own: Setting, before: Program, after: Program): boolean {
  // What was only given has no price that could rise, and what is only given from now on cannot be had for any.
  if (old.cost === undefined || own.cost === undefined) return old.cost !== undefined
  const [was, is] = [priceOf(old.cost, before), priceOf(own.cost, after)]
  return was.wallet !== is.wallet
    ? is.points > 0 || is.money > was.money
    : is.points > was.points || is.money > was.money
}

function priceOf(
  cost: NonNullable<Setting['cost']>,
  program: Program,
): { points: number; wallet: string; money: number } {
  if (cost === 'free') return { points: 0, wallet: '', money: 0 }
  if (typeof cost !== 'object') return { ...pointsValue(cost, program), money: 0 }
  return { ...pointsValue(cost.points, program), ...moneyValue(cost.money, program) }
}

/** Levels are compared by what members call them, since that is what they were told. */
function isForFewer(old: Setting, own: Setting, before: Program, after: Program): boolean {
  const [was, is] = [levelNames(old, before), levelNames(own, after)]
  if (is === null) return false
  const all = (before.settings['tiers'] as { levels: { id: string }[] } | undefined)?.levels ?? []
  return (was ?? all.map(({ id }) => nameOfLevel(before, id))).some((level) => !is.includes(level))
}

/** A bound that is new, or another condition: whether it bars somebody depends on them. */
function asksMore(old: Setting, own: Setting): boolean {
  const more = (was: number | string | undefined, is: number | string | undefined) =>
    is !== undefined && (was === undefined || Number(is) > Number(was))
  const isNew = (was: unknown, is: unknown) => is !== undefined && JSON.stringify(was) !== JSON.stringify(is)
  return (
    isNew(old.when, own.when) ||
    more(old.min_spend, own.min_spend) ||
    isNew(old.limit, own.limit) ||
    isNew(old.locations, own.locations) ||
    isShorter(lengthOf(old.valid), lengthOf(own.valid)) ||
    (own.until !== undefined && (old.until === undefined || own.until < old.until))
  )
}

function isShorter(was: string | undefined, is: string | undefined): boolean {
  if (is === undefined) return false
  return was === undefined || compareDurations(parseDuration(is)!, parseDuration(was)!) < 0
}
