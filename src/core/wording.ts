/** Sentences for members in their language: messages in the ICU format, filled with values as its readers write them. */

import { IntlMessageFormat } from 'intl-messageformat'
import { assert } from './assert.ts'
import type { Feature, Sentence, StatementValue } from './feature.ts'
import { formatAmount } from './money.ts'
import { type Program, rulesOf } from './program.ts'
import type { Rational } from './rational.ts'
import { singular } from './terms.ts'
import { WORDS_OF_THE_CORE } from './terms-words.ts'
import { DAY_MS, WEEKDAYS } from './time.ts'

/** Messages of one language by feature and name: `earning.per_amount`. */
export type Messages = Readonly<Record<string, string>>

/** The languages in which every feature can be told. */
export function languagesOf(features: readonly Feature[]): string[] {
  const spoken = features.flatMap(({ words }) => (words === undefined ? [] : [words]))
  return Object.keys(WORDS_OF_THE_CORE).filter((language) => spoken.every((words) => words[language] !== undefined))
}

/** The language of ours in which whoever asks for one is told: `de-AT` is told in `de`. Null where there is none. */
export function languageFor(features: readonly Feature[], asked: string): string | null {
  const known = languagesOf(features)
  return [asked, asked.split('-')[0]!].find((one) => known.includes(one)) ?? null
}

/** All messages of a language; null when it is none of ours. */
export function messagesOf(features: readonly Feature[], language: string): Messages | null {
  const found = languageFor(features, language)
  if (found === null) return null
  const messages: Record<string, string> = {}
  const add = (id: string, words: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(words)) messages[`${id}.${name}`] = text
  }
  add('core', WORDS_OF_THE_CORE[found]!)
  for (const { id, words } of features) if (words !== undefined) add(id, words[found]!)
  return messages
}

/** What is wrong with messages that somebody wrote beside ours: each must be there, and name what ours names. */
export function checkMessages(messages: Messages, features: readonly Feature[]): string[] {
  const ours = messagesOf(features, 'en')!
  const problems = Object.keys(messages)
    .filter((name) => ours[name] === undefined)
    .map((name) => `there is no message ${name}`)
  for (const [name, text] of Object.entries(ours)) {
    const own = messages[name]
    if (own === undefined) problems.push(`${name} is missing`)
    else problems.push(...checkMessage(name, own, text))
  }
  return problems
}

function checkMessage(name: string, own: string, ours: string): string[] {
  let named: ReadonlySet<string>
  try {
    named = namedIn(own)
  } catch (error) {
    return [`${name} is not in the ICU format: ${(error as Error).message}`]
  }
  const known = namedIn(ours)
  return [...named].filter((one) => !known.has(one)).map((one) => `${name} is told no {${one}}`)
}

/** What a message names: `{points}`, `{limit, plural, …}`. */
export function namedIn(message: string): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) for (const one of part) visit(one)
    else if (typeof part === 'object' && part !== null) {
      const { type, value, options } = part as { type: number; value?: unknown; options?: Record<string, unknown> }
      // Type 0 is plain text, and 7 the number sign of a plural.
      if (type !== 0 && type !== 7 && typeof value === 'string') names.add(value)
      for (const option of Object.values(options ?? {})) visit((option as { value: unknown }).value)
    }
  }
  visit(formatOf('en', message).getAst())
  return names
}

/** Messages are read once in each language. */
const formats = new Map<string, IntlMessageFormat>()

function formatOf(language: string, text: string): IntlMessageFormat {
  const key = `${language} ${text}`
  let format = formats.get(key)
  if (format === undefined) {
    format = new IntlMessageFormat(text, language, undefined, { ignoreTag: true })
    formats.set(key, format)
  }
  return format
}

/** Tells of one program in one language. */
export class Wording {
  readonly language: string
  readonly program: Program
  private readonly messages: Messages

  constructor(language: string, program: Program, messages: Messages) {
    this.language = language
    this.program = program
    this.messages = messages
  }

  /** A message of a feature, or of the core where the feature has none of that name. */
  sentence(feature: string, { message, values }: Sentence): string {
    const told: Record<string, string | number> = {}
    for (const [name, value] of Object.entries(values)) told[name] = this.value(feature, value)
    return String(formatOf(this.language, this.messageOf(feature, message)).format(told))
  }

  has(feature: string, message: string): boolean {
    return this.messages[`${feature}.${message}`] !== undefined
  }

  private messageOf(feature: string, message: string): string {
    const text = this.messages[`${feature}.${message}`] ?? this.messages[`core.${message}`]
    if (text !== undefined) return text
    // What conditions ask is worded by the feature that offers the fact, whoever's condition it is.
    const asked = message.startsWith('when.')
      ? Object.keys(this.messages).find((name) => name.endsWith(`.${message}`))
      : undefined
    assert(asked !== undefined, `there is a message ${feature}.${message} in ${this.language}`)
    return this.messages[asked]!
  }

  /** Numbers stay numbers, since plurals go by them. */
  private value(feature: string, value: StatementValue): string | number {
    if (typeof value === 'string' || typeof value === 'number') return value
    if ('message' in value) return this.sentence(feature, value)
    if ('money' in value) return this.money(value.money)
    if ('points' in value) return this.points(value.points, value.wallet)
    if ('share' in value)
      return this.number(value.share.n / value.share.d, { style: 'percent', maximumFractionDigits: 2 })
    if ('factor' in value) return this.number(value.factor.n / value.factor.d, { maximumFractionDigits: 4 })
    if ('duration' in value) return this.duration(value.duration)
    if ('list' in value) return this.list(feature, value)
    return this.date(value)
  }

  private money(minor: number): string {
    const { currency, digits } = this.program
    const style = { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const
    return this.number(formatAmount(minor, digits) as `${number}`, style)
  }

  private points(points: number | Rational, wallet: string): string {
    const { name, decimals, isMoney } = rulesOf(this.program, wallet)
    if (isMoney && typeof points === 'number')
      return this.sentence('core', { message: 'points_of_money', values: { amount: { money: points }, name } })
    const one = 10 ** decimals
    const count = typeof points === 'number' ? points / one : points.n / (points.d * one)
    const exact = typeof points === 'number' ? (formatAmount(points, decimals) as `${number}`) : count
    const amount = this.number(exact, { minimumFractionDigits: 0, maximumFractionDigits: 4 })
    const only = this.language.startsWith('en') ? singular(name) : name
    return this.sentence('core', { message: 'points', values: { count, amount, one: only, many: name } })
  }

  private number(value: number | `${number}`, style: Intl.NumberFormatOptions): string {
    return new Intl.NumberFormat(this.language, style).format(value)
  }

  /** A quarter is three months: no language that we know of counts in quarters. */
  private duration(text: string): string {
    const [, count, unit] = /^(\d+) +([a-z]+?)s?$/.exec(text.trim())!
    const isQuarter = unit === 'quarter'
    return this.number(Number(count) * (isQuarter ? 3 : 1), {
      style: 'unit',
      unit: isQuarter ? 'month' : unit!,
      unitDisplay: 'long',
    })
  }

  private list(feature: string, { list, or = false }: { list: readonly StatementValue[]; or?: boolean }): string {
    const format = new Intl.ListFormat(this.language, { type: or ? 'disjunction' : 'conjunction' })
    return format.format(list.map((one) => String(this.value(feature, one))))
  }

  private date(value: { day: number } | { yearly: string } | { weekday: string } | { month: number }): string {
    if ('day' in value) return this.dayOf(value.day, { dateStyle: 'long' })
    if ('yearly' in value) {
      const [month, day] = value.yearly.split('-').map(Number) as [number, number]
      return this.dayOf(Date.UTC(2000, month - 1, day) / DAY_MS, { month: 'long', day: 'numeric' })
    }
    if ('month' in value) return this.dayOf(Date.UTC(2000, value.month - 1, 1) / DAY_MS, { month: 'long' })
    // 3 January 2000 was a Monday.
    const weekday = WEEKDAYS.indexOf(value.weekday as (typeof WEEKDAYS)[number])
    return this.dayOf(Date.UTC(2000, 0, 3 + weekday) / DAY_MS, { weekday: 'long' })
  }

  private dayOf(day: number, style: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(this.language, { ...style, timeZone: 'UTC' }).format(new Date(day * DAY_MS))
  }
}
