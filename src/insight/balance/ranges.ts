/** Which values a setting is varied over: `0.5..3`, `0.5..3 by 0.25` or `100,150,200`. */

import { decimalsOf, MOST_DECIMALS, roundTo } from './settings.ts'

export type Range = { from: number; to: number; by: number | null } | { values: number[] }

/** Reads a range; otherwise a sentence on what would be right. */
export function parseRange(text: string): Range | string {
  const span = SPAN.exec(text)
  if (span === null) return parseList(text)
  const [from, to] = [Number(span[1]), Number(span[2])]
  const by = span[3] === undefined ? null : Number(span[3])
  if (from > to) return `${text} runs backwards: write ${span[2]}..${span[1]}.`
  if (from === to) return `${text} is a single value: write ${span[1]}, or a range such as ${span[1]}..${2 * to || 1}.`
  if (by === 0) return `${text} goes no further at any step: write a step above 0.`
  if (by !== null && by > to - from)
    return `A step of ${span[3]} leads out of ${span[1]}..${span[2]} at once: write one below ${roundTo(to - from, MOST_DECIMALS)}.`
  if (by !== null && (to - from) / by >= MOST_VALUES)
    return `${text} is more than ${MOST_VALUES} values: write a larger step.`
  return { from, to, by }
}

const NUMBER = String.raw`(\d{1,15}(?:\.\d{1,6})?)`
const SPAN = new RegExp(`^ *${NUMBER} *\\.\\. *${NUMBER}(?: +by +${NUMBER})? *$`)
const SINGLE = new RegExp(`^ *${NUMBER} *$`)
const MOST_VALUES = 1_000

function parseList(text: string): Range | string {
  const parts = text.split(',')
  if (/(?:^|,|\.\.) *-\d/.test(text)) return `${text} goes below 0, which no setting may.`
  if (!parts.every((part) => SINGLE.test(part)))
    return `“${text}” is no range: write two ends such as 0.5..3, with a step such as 0.5..3 by 0.25, or values such as 100,150,200.`
  const values = [...new Set(parts.map(Number))].sort((a, b) => a - b)
  if (values.length > MOST_VALUES) return `These are more than ${MOST_VALUES} values.`
  return { values }
}

interface Spacing {
  /** So many, evenly; null for round ones. */
  steps: number | null
  /** About how many round ones. */
  most: number
  /** The value that the program has: the round ones have it among them. */
  now: number
}

/** The values of a range, ends included, in their order. None has more decimals than the setting may have. */
export function valuesOf(range: Range, decimals: number, { steps, most, now }: Spacing): readonly number[] {
  if ('values' in range) return range.values
  const { from, to, by } = range
  if (by !== null) return distinct(spaced(from, by, Math.floor((to - from) / by + 1e-9) + 1))
  if (steps !== null)
    return distinct(spaced(from, (to - from) / (steps - 1), steps).map((value) => roundTo(value, decimals)))
  const step = roundStep((to - from) / (most - 1), decimals)
  const first = Math.floor(from / step + 1e-9) + 1
  const within: number[] = []
  for (let i = first; i * step < to - step * 1e-9; i++) within.push(roundTo(i * step, MOST_DECIMALS))
  const own = now > from && now < to ? [now] : []
  return distinct([from, ...within, ...own, to]).sort((a, b) => a - b)
}

function spaced(from: number, step: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => roundTo(from + i * step, MOST_DECIMALS))
}

function distinct(values: number[]): number[] {
  return [...new Set(values)]
}

/** The least of 1, 2, 2.5 and 5 times a power of ten that is no smaller, and has no more decimals than allowed. */
function roundStep(least: number, decimals: number): number {
  for (let power = Math.floor(Math.log10(least)); ; power++)
    for (const digit of [1, 2, 2.5, 5]) {
      const step = roundTo(digit * 10 ** power, MOST_DECIMALS)
      if (step >= least * (1 - 1e-9) && decimalsOf(step) <= decimals) return step
    }
}
