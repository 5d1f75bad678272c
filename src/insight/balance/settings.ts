/** The settings of a program file that are numbers: found by the path that people write, and changed in its very text. */

import { nearest } from '../../core/nearest.ts'
import type { Path, Source } from '../../core/source.ts'

/** A number that a program file says, such as the 200 of `cost: 200 stars`. */
export interface Setting {
  /** What it is called: sections, ids and settings, such as `rewards.free-coffee.cost`. */
  path: string
  /** As it is written, with what stands beside the number: `200 stars`. */
  written: string
  value: number
  /** How many decimals it is written with. */
  decimals: number
  /** Where the number stands in the text of the file. */
  start: number
  end: number
}

/** Every number of a program file that could be another one, in the order of the file. */
export function settingsIn(source: Source, text: string): Setting[] {
  const found: Setting[] = []
  collect(source, text, source.data, [], [], found)
  return found.sort((a, b) => a.start - b.start)
}

/** The setting that a path names; otherwise a sentence on what there is. */
export function settingAt(settings: readonly Setting[], path: string): Setting | string {
  const wanted = wayOf(path.split('.'))
  const found = settings.find((setting) => wayOf(setting.path.split('.')) === wanted)
  if (found !== undefined) return found
  const paths = settings.map((setting) => setting.path)
  const meant = meantBy(path, paths)
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`
  const section = paths.filter((one) => one.split('.')[0] === path.split('.')[0])
  const there = section.length > 0 ? section : paths
  return `The program says no number at ${path}${hint}. It says: ${there.join(', ')}.`
}

/** The path that is right but for one misspelt step. */
function meantBy(path: string, paths: readonly string[]): string | undefined {
  const steps = path.split('.')
  for (let place = steps.length - 1; place >= 0; place--) {
    const but = (one: readonly string[]) => one.filter((_, i) => i !== place).join('.')
    const alike = paths
      .map((one) => one.split('.'))
      .filter((one) => one.length === steps.length && but(one) === but(steps))
    const step = nearest(
      steps[place]!,
      alike.map((one) => one[place]!),
    )
    if (step !== undefined) return steps.map((own, i) => (i === place ? step : own)).join('.')
  }
  return undefined
}

/** The text of the file with these settings at other values, and not a character else changed. */
export function withValues(text: string, changes: readonly (readonly [Setting, number])[]): string {
  // From the end to the beginning, so that what is still to be changed stands where it stood.
  const ordered = [...changes].sort(([a], [b]) => b.start - a.start)
  return ordered.reduce(
    (changed, [setting, value]) =>
      changed.slice(0, setting.start) + numberText(value, setting.decimals) + changed.slice(setting.end),
    text,
  )
}

/** `0.5`, and `2.50` where the file has two decimals. */
function numberText(value: number, decimals: number): string {
  return value.toFixed(Math.max(decimals, decimalsOf(value)))
}

/** How many decimals a value needs; six at most, which is finer than any program has use for. */
export function decimalsOf(value: number): number {
  for (let decimals = 0; decimals < MOST_DECIMALS; decimals++)
    if (Number(value.toFixed(decimals)) === roundTo(value, MOST_DECIMALS)) return decimals
  return MOST_DECIMALS
}

export function roundTo(value: number, decimals: number): number {
  return Number(value.toFixed(decimals))
}

export const MOST_DECIMALS = 6

function collect(source: Source, text: string, data: unknown, at: Path, names: string[], found: Setting[]): void {
  if (Array.isArray(data)) {
    for (const [i, item] of data.entries()) {
      const id = (item as { id?: unknown } | null)?.id
      // What has no id of its own has no name that would outlast an edit of the list.
      if (typeof id === 'string') collect(source, text, item, [...at, i], [...names, id], found)
    }
  } else if (typeof data === 'object' && data !== null) {
    for (const [key, value] of Object.entries(data))
      if (!NAMING.has(key)) collect(source, text, value, [...at, key], [...names, key], found)
  } else {
    const number = numberAt(source, text, data, at)
    if (number !== null) found.push({ path: shortest(names, number.written), ...number })
  }
}

/** Keys whose value is a name or a condition, also where it begins with a digit, and what is fixed once it is published. */
const NAMING = new Set(['id', 'name', 'program', 'item', 'category', 'when', 'lines', 'decimals'])

/** A number, and whatever words come after it. Dates such as `03-31` and times such as `10:00` are none. */
const LEADING_NUMBER = /^(\d{1,15}(?:\.(\d{1,6}))?)(?:$|[ %])/

function numberAt(source: Source, text: string, data: unknown, at: Path): Omit<Setting, 'path'> | null {
  if (typeof data !== 'number' && typeof data !== 'string') return null
  const written = source.textAt(at) ?? ''
  const match = LEADING_NUMBER.exec(written)
  if (match === null) return null
  const start = typeof data === 'number' ? source.locate(at).offset : source.locateIn(at, 0, 1).offset
  const end = start + match[1]!.length
  // Where the text of the file is not the value itself, as with an escape, there is no place to write to.
  if (text.slice(start, end) !== match[1]) return null
  return { written, value: Number(match[1]), decimals: match[2]?.length ?? 0, start, end }
}

/** Steps that are there for the form of the file alone are left out, and a rate is called one. */
function shortest(names: readonly string[], written: string): string {
  const short = names.filter((name) => !SKIPPED.has(name))
  if (short.at(-1) === 'earn' && /per|%/.test(written)) short[short.length - 1] = 'rate'
  return short.join('.')
}

const SKIPPED = new Set(['levels', 'gives', 'free_item'])

/** The same for all ways to say a path: with or without those steps, and `rate` for `earn`. */
function wayOf(names: readonly string[]): string {
  return names
    .filter((name) => !SKIPPED.has(name))
    .map((name, i, all) => (i === all.length - 1 && name === 'rate' ? 'earn' : name))
    .join('.')
}
