/** The section of the program file that tiers have, and what decisions use of it. */

import { z } from 'zod'
import type { Multiplier } from '../../core/deciding.ts'
import type { Compiling, Path } from '../../core/feature.ts'
import { parseMoney } from '../../core/money.ts'
import { nearest } from '../../core/nearest.ts'
import { DurationText, Id, MoneyText, type Program } from '../../core/program.ts'
import { parseDecimal } from '../../core/rational.ts'
import { type Duration, parseDuration, wholeDays } from '../../core/time.ts'
import { builtIn, type Measure, Measures, MeasureText, measureOf } from './measures.ts'
import { type Part, Windows } from './windows.ts'

const Amounts = z.record(z.string(), MoneyText)

const Level = z.strictObject({
  id: Id,
  name: z.string().max(100).optional().describe('What members call the level'),
  from: MoneyText.optional().describe('How much of the measure it takes; the first level takes nothing'),
  any_of: Amounts.optional().describe('How much it takes of several measures, of which one is enough'),
  all_of: Amounts.optional().describe('How much it takes of several measures, of which all are needed'),
  multiply: z.union([z.number(), z.string()]).optional().describe('Multiplies the points that rates give, such as 1.2'),
  perks: z.array(Id).optional().describe('What comes with the level'),
})

const ROLLING = /^rolling ([1-9]\d?) months$/
const KEPT = /^([1-9]\d?) (month|year)s?$/

export const TiersSection = z
  .strictObject({
    measure: MeasureText.optional().describe(
      'What is counted: spend, orders, visits, a wallet with _earned such as stars_earned, or { sum: miles, on: flight }',
    ),
    measures: Measures.optional(),
    window: z
      .union([
        z.enum([
          'calendar_month',
          'calendar_quarter',
          'calendar_year',
          'anniversary_year',
          'since_joining',
          'lifetime',
        ]),
        z.string().regex(ROLLING, 'must be such as "rolling 12 months"'),
      ])
      .default('calendar_year')
      .describe('Within which time it is counted'),
    levels: z.array(Level).min(1).max(20).describe('From the lowest, which everyone has, to the highest'),
    up: z
      .enum(['at_once', 'end_of_window', 'after_return_window'])
      .default('at_once')
      .describe('When a level comes that was reached'),
    return_window: DurationText.optional().describe(
      'With after_return_window: how long after an order it counts, such as 30 days',
    ),
    keep: z
      .union([
        z.enum(['until_end_of_window', 'until_end_of_next_window', 'for_life']),
        z.string().regex(KEPT, 'must be such as "12 months"'),
      ])
      .default('until_end_of_next_window')
      .describe('How long a level stays once it is reached'),
    down: z
      .enum(['to_earned', 'one_level'])
      .default('to_earned')
      .describe('Where a level that is no longer kept falls to: what is earned, or at most one level at a time'),
    grace: DurationText.optional().describe('How much longer a level stays after its time'),
    on_return: z
      .enum(['recompute', 'keep'])
      .default('recompute')
      .describe('Whether a return that takes the measure below a level takes the level too'),
  })
  .optional()

export type Section = z.output<typeof TiersSection>
type Settings = NonNullable<Section>

interface Need {
  /** The place of the measure. */
  measure: number
  from: number
}

interface Level {
  id: string
  name: string
  needs: readonly Need[]
  /** Whether one of the needs is enough. */
  any: boolean
  multiplier: Multiplier | null
  perks: readonly string[]
}

export interface TierRules {
  /** Names the terms on which accounts count: see `terms.ts`. */
  key: string
  measures: readonly Measure[]
  windows: Windows
  levels: readonly Level[]
  /** What the only measure takes for each level; null when levels ask for several. */
  steps: readonly number[] | null
  up: 'at_once' | 'end_of_window' | 'after_return_window'
  /** How long orders wait before they count, in days; 0 if they do not. */
  waitDays: number
  keep: 'window' | 'next_window' | 'parts' | 'for_life'
  /** With `parts`, for how many a level stays at least. */
  keptParts: number
  /** For how many parts the level below stays when one falls level by level; 0 when one falls to what is earned. */
  fallParts: number
  grace: Duration | null
  onReturn: 'recompute' | 'keep'
  /** How many parts are remembered. */
  horizon: number
}

/** More would fill the account's row, and no member's app explains ten years. */
const MOST_PARTS = 120
/** Activities that come late find the part that they belong to, when it is not long over. */
const LATE_PARTS = { month: 2, quarter: 1, year: 1, joined_month: 2, joined_year: 1, lifetime: 0, since_joining: 0 }

export function tierRulesOf(program: Program): TierRules | null {
  return program.compiled['tiers'] as TierRules | null
}

export function compile(section: Section, compiling: Compiling): TierRules | null {
  if (section === undefined) return null
  const measures = compileMeasures(section, compiling)
  const levels = section.levels.map((level, i) => compileLevel(level, section, measures, compiling, i))
  checkLevels(levels, compiling)
  checkTimes(section, compiling)
  const windows = compileWindows(section, compiling)
  const keptMonths = monthsKept(section.keep)
  const keptParts = keptMonths === null ? 0 : keptMonths
  const waits = section.up === 'after_return_window' ? parseDuration(section.return_window ?? '0 days')! : null
  const grace = section.grace === undefined ? null : parseDuration(section.grace)!
  const rules: TierRules = {
    key: '',
    measures,
    windows,
    levels,
    steps: measures.length === 1 ? levels.map(({ needs }) => needs[0]?.from ?? 0) : null,
    up: section.up,
    waitDays: waits === null ? 0 : daysOf(waits),
    keep: KEEPS[section.keep] ?? 'parts',
    keptParts,
    fallParts: section.down === 'one_level' ? keptParts || windows.length : 0,
    grace,
    onReturn: section.on_return,
    horizon: 0,
  }
  rules.horizon = horizonOf(rules)
  if (rules.horizon > MOST_PARTS || rules.horizon * measures.length > 2 * MOST_PARTS)
    compiling.problem(
      ['tiers'],
      'too_long',
      `this asks to remember ${rules.horizon} parts of time of every member, and ${MOST_PARTS} are the most, or fewer where more than two things are counted; shorten the window, \`keep\` or the grace, or let levels fall to_earned`,
    )
  rules.key = keyOf(section, rules)
  return rules
}

const KEEPS: Record<string, TierRules['keep']> = {
  until_end_of_window: 'window',
  until_end_of_next_window: 'next_window',
  for_life: 'for_life',
}

function monthsKept(keep: string): number | null {
  const match = KEPT.exec(keep)
  return match === null ? null : Number(match[1]) * (match[2] === 'year' ? 12 : 1)
}

/** A level that stays for some months from when it was reached asks in which month that was. */
function compileWindows({ window, keep }: Settings, compiling: Compiling): Windows {
  const { zone } = compiling.program
  const rolling = ROLLING.exec(window)
  if (rolling !== null) return new Windows('month', Number(rolling[1]), true, zone)
  const [part, months] = PARTS[window]!
  if (monthsKept(keep) === null || months === 0) return new Windows(part, 1, false, zone)
  return new Windows(part === 'joined_year' ? 'joined_month' : 'month', months, false, zone)
}

const PARTS: Record<string, [part: Part, months: number]> = {
  calendar_month: ['month', 1],
  calendar_quarter: ['quarter', 3],
  calendar_year: ['year', 12],
  anniversary_year: ['joined_year', 12],
  since_joining: ['since_joining', 0],
  lifetime: ['lifetime', 0],
}

/** How many parts back matter: the window, how long it keeps a level, the fall from level to level, and what comes late. */
function horizonOf({ windows, keptParts, keep, fallParts, levels, grace, up, waitDays }: TierRules): number {
  const { length, part } = windows
  if (part === 'lifetime' || part === 'since_joining') return 1
  const kept = keep === 'next_window' ? length : keptParts
  const falls = fallParts * Math.max(0, levels.length - 2)
  const later = up === 'end_of_window' ? (windows.slides ? 1 : length) : Math.ceil(waitDays / 28 / MONTHS[part])
  const graceMonths = grace === null ? 0 : grace.months + Math.ceil(wholeDays(grace) / 28)
  const graceParts = Math.ceil(graceMonths / MONTHS[part])
  return length + kept + falls + later + graceParts + LATE_PARTS[part]
}

/** Nobody's order counts sooner than was said: a month is 31 days. */
function daysOf(duration: Duration): number {
  return duration.months * 31 + wholeDays(duration)
}

const MONTHS = { month: 1, quarter: 3, year: 12, joined_month: 1, joined_year: 12, lifetime: 1, since_joining: 1 }

/** The part, the measures, and a mark that is another whenever anything but names, multipliers and perks changes. */
function keyOf(section: Settings, { windows, measures }: TierRules): string {
  const levels = section.levels.map(({ id, from, any_of, all_of }) => [id, from, any_of, all_of])
  const terms = JSON.stringify([{ ...section, levels }, windows.length, windows.slides])
  let mark = 2_166_136_261
  for (let i = 0; i < terms.length; i++) mark = Math.imul(mark ^ terms.charCodeAt(i), 16_777_619)
  return `${windows.part}/${measures.map(({ of }) => of).join('+')}/${(mark >>> 0).toString(36)}`
}

function compileMeasures(section: Settings, compiling: Compiling): Measure[] {
  const measures: Measure[] = []
  if (section.measure !== undefined) measures.push(measureOf(null, section.measure, compiling, ['tiers', 'measure']))
  for (const [id, setting] of Object.entries(section.measures ?? {}))
    measures.push(measureOf(id, setting, compiling, ['tiers', 'measures', id]))
  // A measure that levels name without more ado is one of those that need no description.
  for (const [i, { any_of, all_of }] of section.levels.entries())
    for (const [list, amounts] of Object.entries({ any_of, all_of }))
      for (const id of Object.keys(amounts ?? {})) {
        if (measures.some((measure) => measure.id === id)) continue
        const path = ['tiers', 'levels', i, list, id]
        if (builtIn(compiling).includes(id)) measures.push(measureOf(null, id, compiling, path))
        else measures.push(unknown(id, measures, compiling, path))
      }
  if (measures.length === 0 && section.levels.every(({ from }) => from === undefined))
    compiling.problem(['tiers'], 'measure_missing', 'say what is counted, such as `measure: spend`')
  if (measures.length > MOST_MEASURES)
    compiling.problem(['tiers', 'measures'], 'too_many', `at most ${MOST_MEASURES} measures can be counted`)
  if (new Set(measures.map(({ of }) => of)).size < measures.length)
    compiling.problem(['tiers', 'measures'], 'duplicate_measure', 'the same is counted twice under two names')
  return measures
}

const MOST_MEASURES = 4

function unknown(id: string, measures: readonly Measure[], compiling: Compiling, path: Path): Measure {
  const known = [...measures.map((measure) => measure.id), ...builtIn(compiling)]
  const message = `${id} is not counted; it can be ${[...new Set(known)].join(', ')}, or one of your own under \`measures\``
  compiling.problem(path, 'unknown_measure', message, nearest(id, known))
  return { id, of: id, scale: 0, take: () => 0 }
}

function compileLevel(
  level: Settings['levels'][number],
  section: Settings,
  measures: readonly Measure[],
  compiling: Compiling,
  i: number,
): Level {
  const path = ['tiers', 'levels', i]
  const multiply = level.multiply === undefined ? null : parseDecimal(level.multiply)
  if (level.multiply !== undefined && (multiply === null || multiply.n < multiply.d))
    compiling.problem([...path, 'multiply'], 'not_a_multiplier', 'must be a number of 1 or more, such as 1.2')
  return {
    id: level.id,
    name: level.name ?? level.id,
    needs: needsOf(level, section, measures, compiling, path),
    any: level.any_of !== undefined,
    multiplier: multiply === null ? null : { source: level.id, ...multiply },
    perks: level.perks ?? [],
  }
}

function needsOf(
  { from, any_of, all_of }: Settings['levels'][number],
  { measure }: Settings,
  measures: readonly Measure[],
  compiling: Compiling,
  path: Path,
): Need[] {
  const said = [from, any_of, all_of].filter((one) => one !== undefined)
  if (said.length > 1)
    compiling.problem(path, 'contradiction', 'say `from`, `any_of` or `all_of`, and only one of them')
  const amounts = any_of ?? all_of
  if (amounts !== undefined)
    return Object.entries(amounts).map(([id, amount]) => {
      const place = measures.findIndex((one) => one.id === id)
      const at = [...path, any_of === undefined ? 'all_of' : 'any_of', id]
      return { measure: place, from: amountOf(amount, measures[place]!.scale, compiling, at) }
    })
  if (from === undefined) return []
  if (measure === undefined)
    compiling.problem([...path, 'from'], 'measure_missing', 'say of what, as `measure` above, or name it in `all_of`')
  return [{ measure: 0, from: amountOf(from, measures[0]?.scale ?? 0, compiling, [...path, 'from']) }]
}

function amountOf(amount: string | number, scale: number, compiling: Compiling, path: Path): number {
  const parsed = parseMoney(amount, scale)
  if (parsed === null) compiling.problem(path, 'not_an_amount', `must be a number with at most ${scale} decimals`)
  return parsed ?? 0
}

function checkLevels(levels: readonly Level[], compiling: Compiling): void {
  if (levels[0]!.needs.some(({ from }) => from > 0))
    compiling.problem(
      ['tiers', 'levels', 0, 'from'],
      'contradiction',
      'the first level is everyone’s, so it takes nothing',
    )
  for (let i = 1; i < levels.length; i++) {
    const path = ['tiers', 'levels', i]
    if (!takesMore(levels[i]!, levels[i - 1]!))
      compiling.problem(
        levels[i]!.needs.length <= 1 ? [...path, 'from'] : path,
        'contradiction',
        `must take more than ${levels[i - 1]!.id}, the level below it`,
      )
    if (levels.findIndex(({ id }) => id === levels[i]!.id) < i)
      compiling.problem([...path, 'id'], 'duplicate_id', `there is another level ${levels[i]!.id}`)
  }
}

/** Levels that count different things cannot be compared; of the same thing a higher level never takes less. */
function takesMore(level: Level, below: Level): boolean {
  if (level.needs.length === 0 || level.needs.every(({ from }) => from === 0)) return false
  const pairs = level.needs.flatMap(({ measure, from }) =>
    below.needs.filter((one) => one.measure === measure).map((one) => [from, one.from] as const),
  )
  if (pairs.some(([more, less]) => more < less)) return false
  return pairs.length < Math.max(level.needs.length, below.needs.length) || pairs.some(([more, less]) => more > less)
}

function checkTimes(section: Settings, compiling: Compiling): void {
  const { window, up, return_window, keep, down, grace } = section
  const forLife = window === 'lifetime' || window === 'since_joining'
  const contradiction = (key: string, message: string) => compiling.problem(['tiers', key], 'contradiction', message)
  if (up === 'after_return_window' && return_window === undefined)
    compiling.problem(['tiers', 'up'], 'return_window_missing', 'say how long it is: `return_window: 30 days`')
  if (up !== 'after_return_window' && return_window !== undefined)
    contradiction('return_window', 'is only heard with `up: after_return_window`')
  const waits = return_window === undefined ? null : parseDuration(return_window)!
  if (waits !== null && daysOf(waits) > MOST_PARTS)
    compiling.problem(['tiers', 'return_window'], 'too_long', `must be at most ${MOST_PARTS} days`)
  if (up === 'end_of_window' && forLife) contradiction('up', `a window of ${window} has no end`)
  if (keep === 'for_life' && down === 'one_level') contradiction('down', 'a level for life never falls')
  if (keep === 'for_life' && grace !== undefined) contradiction('grace', 'a level for life never falls')
}
