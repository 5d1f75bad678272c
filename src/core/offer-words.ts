/**
 * What is given to members, in sentences: the kinds of `gives:` that rewards and discounts share, what they cost, and how
 * two revisions of them compare. They are read as the program file has them, so that nothing here asks who compiled it.
 */

import { wordsOfCondition } from './condition-words.ts'
import type { Sentence, StatementValue } from './feature.ts'
import { parseMoney } from './money.ts'
import type { Program } from './program.ts'
import { parseDecimal } from './rational.ts'
import { wordsOfId } from './terms.ts'
import { parseDay } from './time.ts'
import { nameOfLevel } from './wallet-terms.ts'

type Money = string | number

interface Lines {
  category?: string | string[]
  item?: string | string[]
}

/** The kinds as a program file has them; there is one of these. */
export interface Gives extends Lines {
  amount_off?: Money
  percent_off?: string | number
  up_to?: Money
  free_item?: Lines & { up_to?: Money; takes?: string }
  buy_get?: {
    buy: Lines & { quantity: number }
    get: Lines & { quantity: number; percent_off?: string | number }
  }
  free_shipping?: { up_to?: Money }
  prices?: Record<string, Money>
  thing?: { kind: string; name?: string; worth?: Money }
  code?: { pool: string }
  points?: string | number
  credit?: Money
  entry?: { draw: string; entries?: number }
  perk?: { perk: string; uses?: number }
}

export function givesSentences(gives: Gives, program: Program): Sentence[] {
  const upTo = gives.up_to ?? gives.free_item?.up_to ?? gives.free_shipping?.up_to
  return [
    givesSentence(gives, program),
    ...(upTo === undefined ? [] : [{ message: 'gives.up_to', values: { amount: moneyValue(upTo, program) } }]),
  ]
}

function givesSentence(gives: Gives, program: Program): Sentence {
  const sentence = (message: string, values: Sentence['values'] = {}): Sentence => ({
    message: `gives.${message}`,
    values,
  })
  const { amount_off, percent_off, free_item, buy_get, prices, thing, points, credit, entry, perk } = gives
  if (amount_off !== undefined)
    return sentence('amount_off', { amount: moneyValue(amount_off, program), ...ofWhat(gives) })
  if (percent_off !== undefined) return sentence('percent_off', { share: shareValue(percent_off), ...ofWhat(gives) })
  if (free_item !== undefined)
    return sentence('free_item', { ...ofWhat(free_item), takes: free_item.takes ?? 'dearest' })
  if (buy_get !== undefined) {
    const { buy, get } = buy_get
    const share = get.percent_off ?? 100
    return sentence('buy_get', {
      buy: buy.quantity,
      ...named('bought', buy),
      get: get.quantity,
      ...named('given', get),
      free: Number(share) === 100 ? 'yes' : 'no',
      share: shareValue(share),
    })
  }
  if (gives.free_shipping !== undefined) return sentence('free_shipping')
  if (prices !== undefined)
    return sentence('prices', {
      prices: {
        list: Object.entries(prices).map(([item, price]) => ({
          message: 'gives.price',
          values: { item: wordsOfId(item), price: moneyValue(price, program) },
        })),
      },
    })
  if (thing !== undefined) return sentence('thing', { kind: thing.kind })
  if (gives.code !== undefined) return sentence('code')
  if (points !== undefined) return sentence('points', { points: pointsValue(points, program) })
  if (credit !== undefined) return sentence('credit', { amount: moneyValue(credit, program) })
  if (entry !== undefined)
    return sentence('entry', { count: entry.entries ?? 1, draw: nameIn(program, 'draws', entry.draw) })
  if (perk !== undefined) return sentence('perk', { count: perk.uses ?? 1, perk: nameIn(program, 'perks', perk.perk) })
  return sentence('thing', { kind: 'other' })
}

/** What bounds an offer, as a program file says it of rewards and discounts. */
export interface Bounds {
  from_tier?: string
  tiers?: string[]
  when?: string
  min_spend?: Money
  limit?: string | string[]
  locations?: string[]
  from?: string
  until?: string
}

/** The names of the levels that may have it; null when all may. */
export function levelNames({ from_tier, tiers }: Bounds, program: Program): string[] | null {
  if (from_tier === undefined && tiers === undefined) return null
  const section = program.settings['tiers'] as { levels: { id: string }[] } | undefined
  const all = section?.levels.map(({ id }) => id) ?? []
  const ids = tiers ?? all.slice(all.indexOf(from_tier!))
  return ids.map((id) => nameOfLevel(program, id))
}

export function boundsSentences(bounds: Bounds, program: Program): Sentence[] {
  const { when, min_spend, limit = [], locations, from, until } = bounds
  const levels = levelNames(bounds, program)
  const sentences: Sentence[] = []
  const say = (name: string, values: Sentence['values']) => sentences.push({ message: `bound.${name}`, values })
  if (levels !== null) say('levels', { levels: { list: levels } })
  if (when !== undefined) sentences.push(onlySentence(when, program))
  if (min_spend !== undefined) say('min_spend', { amount: moneyValue(min_spend, program) })
  for (const one of [limit].flat()) {
    const [, count, per] = /^(\d+).* per (\w+)$/.exec(one) ?? ['', '1', 'lifetime']
    say('limit', { times: Number(count), per: per! })
  }
  if (locations !== undefined) say('locations', { locations: { list: locations, or: true } })
  if (from !== undefined) say('from', { from: { day: parseDay(from) ?? 0 } })
  if (until !== undefined) say('until', { until: { day: parseDay(until) ?? 0 } })
  return sentences
}

/** That something holds only where a condition does. */
export function onlySentence(condition: string, program: Program): Sentence {
  return { message: 'bound.only', values: { condition: wordsOfCondition(condition, program) } }
}

/** What something of a section is called. */
export function nameIn(program: Program, section: string, id: string): string {
  const all = program.settings[section]
  const found = Array.isArray(all) ? (all as { id: string; name?: string }[]).find((one) => one.id === id) : undefined
  return found?.name ?? wordsOfId(id)
}

/** Which items it is of; `named` says whether it is of some. */
function ofWhat(lines: Lines): Record<'named' | 'what', StatementValue> {
  const list = [...listOf(lines.category), ...listOf(lines.item)].map(wordsOfId)
  return { named: list.length === 0 ? 'no' : 'yes', what: { list, or: true } }
}

function named(prefix: string, lines: Lines): Record<string, StatementValue> {
  const { named: isNamed, what } = ofWhat(lines)
  return { [`${prefix}_named`]: isNamed, [prefix]: what }
}

function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}

export function moneyValue(amount: Money, program: Program): { money: number } {
  return { money: parseMoney(amount, program.digits) ?? 0 }
}

/** Per cent as people write it: `20`, `12.5`. */
export function shareValue(percent: string | number): StatementValue {
  const { n, d } = parseDecimal(percent) ?? { n: 0, d: 1 }
  return { share: { n, d: d * 100 } }
}

/** `200 stars`, or `200` where there is one wallet. */
export function pointsValue(text: string | number, program: Program): { points: number; wallet: string } {
  const [amount, named] = String(text).trim().split(/ +/) as [string, string?]
  const wallet = program.wallets.find(({ id }) => id === named) ?? program.wallets[0]!
  const { n, d } = parseDecimal(amount) ?? { n: 0, d: 1 }
  return { points: (n * 10 ** wallet.decimals) / d, wallet: wallet.id }
}

/** Whether `after` gives a member less than `before` did, or something else. */
export function givesLess(before: Gives, after: Gives): boolean {
  if (JSON.stringify(before) === JSON.stringify(after)) return false
  const rest = (gives: Gives): string =>
    JSON.stringify(Object.entries(gives).filter(([name]) => !AMOUNTS.includes(name)))
  if (rest(before) !== rest(after)) return restLess(before, after)
  return AMOUNTS.some((name) => isLess(before[name as 'up_to'], after[name as 'up_to'], name))
}

const AMOUNTS = ['amount_off', 'percent_off', 'up_to', 'points', 'credit']

/** A free item that is worth more, or a thing with another name, is no less; any other change may be. */
function restLess(before: Gives, after: Gives): boolean {
  const [old, own] = [before.free_item, after.free_item]
  if (old === undefined || own === undefined) return true
  const { up_to: was, ...item } = old
  const { up_to: is, ...next } = own
  return JSON.stringify(item) !== JSON.stringify(next) || isLess(was, is, 'up_to')
}

/** No bound is more than any. */
function isLess(was: Money | undefined, is: Money | undefined, name: string): boolean {
  if (name === 'up_to') return is !== undefined && (was === undefined || numberOf(is) < numberOf(was))
  return was !== undefined && (is === undefined || numberOf(is) < numberOf(was))
}

/** The number that a text such as `50 stars` begins with. */
function numberOf(text: Money): number {
  return Number.parseFloat(String(text))
}
